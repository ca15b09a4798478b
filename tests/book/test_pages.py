"""A notebook becomes a page: questions set off, solutions and hints folded, equations and pictures with addresses."""

import re
from pathlib import Path

import course_pages
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


def test_a_question_is_set_off_and_what_follows_stays_outside():
    text = "Before.\n\n**Predict first.** How much\nis left?\n\nAfter."
    expected = "Before.\n\n:::{admonition} Predict first\n:class: predict\n\nHow much\nis left?\n:::\n\nAfter."
    assert course_pages.set_off_questions(text) == expected


def test_a_question_in_mid_paragraph_begins_at_its_mark():
    text = course_pages.set_off_questions("Why not smaller? **Predict first.** What happens?")
    assert text.startswith("Why not smaller?\n\n:::{admonition} Predict first\n")
    assert text.endswith("\n\nWhat happens?\n:::")


def test_a_quotation_belongs_to_the_question_before_it():
    assert course_pages.set_off_questions("**Predict first.** Which?\n\n> a\n> b\n\nc").endswith("> a\n> b\n:::\n\nc")


def test_a_list_that_names_the_habit_is_left_alone():
    text = "- **Predict first.** Before each result there is a question.\n- **Exercises.** A check."
    assert course_pages.set_off_questions(text) == text


def test_every_displayed_equation_gets_its_own_label():
    text = "$$a = b$$\n\nand $x$ and\n\n$$\nc\n$$\n"
    expected = "$$a = b$$ (eq-04-x-1)\n\nand $x$ and\n\n$$\nc\n$$ (eq-04-x-2)\n"
    assert course_pages.number_equations(text, "04-x") == expected


def test_an_equations_own_number_stays_as_text():
    assert course_pages.number_equations(r"$$a \tag{1}$$", "02-x") == r"$$a \qquad (1)$$ (eq-02-x-1)"


@pytest.mark.parametrize(
    ("sentence", "written"),
    [
        ("From `h_t`,\n h_t, h_{t-1} and W_ij.", "From `h_t`\\, $h_t$\\, $h_{t-1}$ and W\\_ij\\."),
        ("input_gate is not e**b", "input\\_gate is not `e**b`"),
    ],
)
def test_symbols_are_set_and_words_with_an_underscore_are_left_alone(sentence, written):
    assert course_pages.as_markdown(sentence) == written


@pytest.fixture
def made():
    """Return the page of a notebook with one cell of each kind."""
    picture = new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": "A line falls."}})
    cells = [
        new_markdown_cell("# 09 · Title", id="title"),
        new_markdown_cell("![a](../figures/a.png)", id="seen"),
        new_code_cell("show()", id="plot", outputs=[picture]),
        new_code_cell('def f(): ...\nnb.check_f(f)\n# hint("f")', id="f-stub", outputs=[new_output("stream")]),
        new_code_cell("# Solution: click the dots to open\ndef f(): ...", metadata={"tags": ["solution"]}),
    ]
    given = new_notebook(cells=cells)
    before = nbformat.writes(given)
    page = course_pages.page(given, "09_x.ipynb", "owner/name", {"f": ("Mind *h* and `a_b`.", "Add.")})
    assert nbformat.writes(given) == before  # the source is not touched
    return page.cells


def test_cells_have_addresses_and_pictures_are_found_from_the_pages_folder(made):
    assert made[0].source == "# 09 · Title"
    assert made[1].source == "(nb09-seen)=\n![a](../../figures/a.png)"


def test_a_plot_keeps_its_text_alternative(made):
    assert made[2].metadata["mystnb"] == {"image": {"alt": "A line falls."}}


def test_a_stub_says_where_it_is_done_and_hides_its_hints(made):
    block = made[4].source
    assert "remove-output" in made[3].metadata["tags"]
    assert "`Download this notebook <../../notebooks/09_x.ipynb>`" in block
    assert "https://mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/notebooks/09_x.ipynb" in block
    assert "https://colab.research.google.com/github/owner/name/blob/colab/09_x.ipynb" in block
    assert block.count(":::{dropdown} Hint") == 2
    assert "\nMind \\*h\\* and `a_b`\\.\n" in block


def test_a_solution_is_folded_and_loses_the_line_about_the_dots(made):
    assert "hide-cell" in made[5].metadata["tags"]
    assert made[5].source == "def f(): ..."


def test_without_a_repository_only_the_download_is_offered():
    assert course_pages.run_links("09_x.ipynb", "") == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_copy_for_colab_installs_first_and_points_to_nothing_beside_it(path):
    notebook = nbformat.read(path, as_version=4)
    made = course_pages.for_colab(notebook, "owner/name", "git+https://github.com/owner/name")
    title, install, *others = made.cells
    assert '%pip install -q --no-deps "git+https://github.com/owner/name"' in install.source
    assert [cell.id for cell in (title, *others)] == [cell.id for cell in notebook.cells]
    links = "".join(cell.source for cell in made.cells if cell.cell_type == "markdown").split("](")[1:]
    assert all(link.startswith(("https://", "#")) for link in links), links
    nbformat.validate(made)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_of_the_course_is_lost(path):
    notebook = nbformat.read(path, as_version=4)
    made = course_pages.page(notebook, path.name, "", course_pages.hints_of(path.name[:2]))
    ids = [cell.id for cell in notebook.cells]
    assert [cell.id for cell in made.cells if cell.id in set(ids)] == ids
    stubs = [cell for cell in notebook.cells if cell.id.endswith("-stub")]
    live = [cell for cell in notebook.cells if re.search(r"^explorer\(", cell.source, re.M)]
    assert sum(cell.source == course_pages.LIVE for cell in made.cells) == len(live)
    assert len(made.cells) == len(ids) + len(stubs) + len(live)
    questions = sum(c.source.count("**Predict first.**") for c in notebook.cells if c.cell_type == "markdown")
    kept = sum(c.source.count("**Predict first.**") for c in made.cells if c.cell_type == "markdown")
    assert sum(c.source.count("{admonition} Predict first") for c in made.cells) == questions - kept
    assert kept == (path.name == "00_welcome.ipynb")  # where the habit is introduced
