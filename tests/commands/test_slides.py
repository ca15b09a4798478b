"""The notebooks as slides: what a deck is made of, and how every slide looks in a browser that has no network.

The second half needs the extras `book` and `browser`, and a Chromium.
"""

import importlib.util
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lstm_course.commands import notebooks, slides
from lstm_course.commands.main import main

ROOT = Path(__file__).resolve().parents[2]
DECKS = [
    path
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    if any("slideshow" in cell.metadata for cell in nbformat.read(path, 4).cells)
]
TYPES = {"slide", "subslide", "fragment", "-", "notes", "skip"}


def typed(kind, **more):
    return {"slideshow": {"slide_type": kind}} | more


@pytest.fixture
def given():
    """Return a notebook with one cell of each kind."""
    picture = new_output("display_data", {"image/png": "AA=="}, metadata={"image/png": {"alt": "A line falls."}})
    asked = ["## Why?", "", "**Predict first.** How much?", "", "1. none", "2. all"]
    cells = [
        new_markdown_cell("# 09 · Title", id="title", metadata=typed("slide")),
        new_markdown_cell("Long prose.", id="long", metadata=typed("slide", slides={"text": asked})),
        new_code_cell("1 + 1", id="left-out", metadata=typed("skip")),
        new_code_cell("show()", id="plot", outputs=[picture], metadata=typed("subslide", slides={"text": ["## Less"]})),
        new_code_cell("f()", id="plain", metadata=typed("-"), outputs=[new_output("stream", text="x" * 90)]),
        new_markdown_cell("It falls. **Predict first.**", id="meaning", metadata=typed("notes")),
    ]
    return new_notebook(cells=cells)


def test_a_slide_says_its_text_and_the_speaker_the_prose(given):
    before = nbformat.writes(given)
    made = [(slides.slide_type(cell), cell.source) for cell in slides.deck(given).cells]
    assert nbformat.writes(given) == before  # the source is not touched
    assert made == [
        ("slide", "# 09 · Title"),
        ("slide", "## Why?\n\n"),
        ("-", "**Predict first.** How much?\n\n1. none\n2. all"),
        ("notes", "Long prose."),
        ("subslide", "## Less"),
        ("-", "show()"),
        ("notes", "The figure: A line falls."),
        ("-", "f()"),
        ("notes", "It falls. **Predict first.**"),
    ]


def test_a_question_is_set_off_a_figure_hides_its_code_and_long_lines_are_set_smaller(given):
    cells = {cell.id: cell.metadata for cell in slides.deck(given).cells}
    assert cells["long-poll"]["tags"] == ["poll"]
    assert cells["plot"]["transient"] == {"remove_source": True}
    assert cells["plain"]["transient"] == {"remove_source": False}
    assert (cells["plot"]["tags"], cells["plain"]["tags"]) == ([], ["wide"])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["42"], "Error: there is no notebook 42. There are: 09\n"),
        (
            ["9"],
            "Error: 09_a.ipynb has no slides: give its cells a slide type in JupyterLab's property inspector\n",
        ),
    ],
)
def test_what_cannot_be_shown_is_said_in_one_sentence(arguments, sentence, tmp_path, monkeypatch):
    pytest.importorskip("sphinx_revealjs", reason="slides are not made here: pip install -e '.[book]'")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(new_notebook(cells=[new_markdown_cell("# 09")]), tmp_path / "notebooks" / "09_a.ipynb")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    result = CliRunner().invoke(main, ["slides", *arguments, "--out", str(tmp_path / "out")])
    assert (result.exit_code, result.output) == (1, sentence)


def test_all_notebooks_are_written_and_one_without_slides_is_named(given, tmp_path, monkeypatch):
    pytest.importorskip("sphinx_revealjs", reason="slides are not made here: pip install -e '.[book]'")
    (tmp_path / "notebooks").mkdir()
    nbformat.write(given, tmp_path / "notebooks" / "09_a.ipynb")
    nbformat.write(new_notebook(cells=[new_markdown_cell("# 10")]), tmp_path / "notebooks" / "10_b.ipynb")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    result = CliRunner().invoke(main, ["slides", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert f"  3 slides  {tmp_path / 'out' / '09_a'}.html\n10_b.ipynb has no slides" in result.output
    assert (tmp_path / "out" / "reveal" / "dist" / "reveal.js").exists()


def test_every_notebook_has_slides():
    assert {f"{number:02}" for number in range(12)} == {path.name[:2] for path in DECKS}


def test_without_the_packages_the_line_that_installs_them_is_given(tmp_path, monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["slides", "--out", str(tmp_path)])
    assert result.exit_code == 1
    assert result.output == (
        "Error: slides need the packages of the web edition; install them with: "
        'pip install -c constraints.txt -e ".[book]"\n'
    )


# ------------------------------------------------------------------------------------------- the course's own notebooks


@pytest.fixture(scope="module", params=DECKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture(scope="module")
def notebook(path):
    return nbformat.read(path, 4)


def test_every_cell_of_a_notebook_with_slides_says_what_it_is_there(notebook):
    undecided = [cell.id for cell in notebook.cells if slides.slide_type(cell) not in TYPES]
    assert not undecided, f"choose a slide type in the property inspector, or skip: {undecided}"
    for cell in notebook.cells:
        assert set(cell.metadata.get("slides", {})) <= {"text", "show"}, cell.id


def test_no_slide_shows_a_solution_a_stub_or_what_checks_the_text(notebook):
    for cell in notebook.cells:
        if cell.id.endswith("-stub") or {"solution", "claims"} & set(cell.metadata.get("tags", [])):
            assert slides.slide_type(cell) == "skip", cell.id


def test_a_deck_has_the_length_of_a_lesson_and_polls_with_choices(notebook):
    made = slides.deck(notebook).cells
    assert 12 <= sum(slides.slide_type(cell) in ("slide", "subslide") for cell in made) <= 18
    polls = [cell for cell in made if "poll" in cell.metadata.get("tags", [])]
    assert len(polls) >= 2
    assert all("\n1. " in cell.source and "\n2. " in cell.source for cell in polls)


# ------------------------------------------------------------------------------------ in a browser, without a network

STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
# What a slide shows: its first heading, whatever carries text or is a picture, and lines of code that are cut off.
MEASURE = """() => {
    const slide = Reveal.getCurrentSlide(), shown = [];
    for (const part of slide.querySelectorAll("*")) {
        if (part.closest("aside.notes, mjx-assistive-mml, mjx-container *")) continue;
        const words = [...part.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
        if (!words && !part.matches("img, mjx-container")) continue;
        const range = document.createRange();
        range.selectNodeContents(part);
        const box = (part.matches("img") ? part : range).getBoundingClientRect();
        const size = words ? parseFloat(getComputedStyle(part).fontSize) : 99;
        shown.push({what: part.tagName, words: part.textContent.slice(0, 40), size,
                    left: box.left, right: box.right, bottom: box.bottom, height: box.height});
    }
    return {heading: slide.querySelector("h1, h2")?.textContent ?? "", shown,
            notes: slide.querySelectorAll("aside.notes").length};
}"""
SLIDES = "[...document.querySelectorAll('.slides section')].filter(slide => !slide.querySelector('section'))"
GO_TO = f"number => {{ const {{h, v}} = Reveal.getIndices({SLIDES}[number]); Reveal.slide(h, v) }}"


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """Return a folder with what decks load."""
    made = tmp_path_factory.mktemp("decks")
    try:
        slides.vendor(made)
    except click.ClickException as error:
        pytest.skip(error.message)
    return made


def test_every_slide_fits_and_says_something_and_needs_no_network(path, decks, browser):
    count = slides.write_deck(path, decks)
    page = browser.new_page(viewport={"width": 1280, "height": 720})
    page.set_default_timeout(120_000)  # a busy machine takes its time
    wrong = []
    page.on("console", lambda said: said.type in ("error", "warning") and wrong.append(said.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda asked: asked.url.startswith((decks.as_uri(), "data:")) or wrong.append(asked.url))
    page.goto((decks / f"{path.stem}.html").as_uri())
    page.add_style_tag(content=STILL)
    page.evaluate("MathJax.startup.promise")
    assert page.locator("mjx-merror").count() == 0
    assert page.evaluate(f"{SLIDES}.length") == count
    assert min(page.evaluate("[...document.images].map(image => image.alt.length)"), default=60) >= 60
    notes = 0
    for number in range(count):
        page.evaluate(GO_TO, number)
        slide = page.evaluate(MEASURE)
        notes += slide["notes"]
        where = f"slide {number + 1}, {slide['heading']!r}"
        assert slide["heading"], where
        assert slide["shown"], where
        for part in slide["shown"]:
            assert part["left"] >= 40, (where, part)
            assert part["right"] <= 1240, (where, part)
            assert part["bottom"] <= 704, (where, part)
            assert part["size"] >= 19, (where, part)
            assert part["what"] != "IMG" or part["height"] >= 240, (where, part)
    assert notes >= count / 3
    assert wrong == []
    page.close()
