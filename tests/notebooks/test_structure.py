"""What nbval cannot see: it passes a stripped, half-run or unreadable notebook. These tests do not."""

import json
import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KNOWN_TAGS = {"solution", "real-reviews", "headline", "nbval-ignore-output"}


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell):
    return set(cell.metadata.get("tags", []))


def prose(notebook):
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def notebook(path):
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_valid_and_plain_metadata(notebook):
    nbformat.validate(notebook)
    assert notebook.metadata == METADATA


def test_every_code_cell_was_run_in_order(notebook):
    assert [cell.execution_count for cell in code_cells(notebook)] == list(
        range(1, len(code_cells(notebook)) + 1)
    )


def test_no_error_and_no_stderr_is_stored(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


def test_outputs_are_present_and_compared(notebook):
    """Enough cells print something that nbval compares, and few are exempt."""
    cells = code_cells(notebook)
    compared = [
        cell
        for cell in cells
        if "nbval-ignore-output" not in tags(cell)
        and any("text/plain" in output.get("data", {}) or output.get("text") for output in cell.outputs)
    ]
    ignored = [cell for cell in cells if "nbval-ignore-output" in tags(cell)]
    assert len(compared) >= len(cells) / 2
    assert len(ignored) <= len(cells) * 0.15


def test_an_ignored_output_has_a_reason_in_its_tags(notebook):
    for cell in code_cells(notebook):
        reasons = {tag for tag in tags(cell) if tag.startswith("because-")}
        assert tags(cell) <= KNOWN_TAGS | reasons, cell.id
        assert bool(reasons) == ("nbval-ignore-output" in tags(cell)), cell.id
        assert "NBVAL" not in cell.source, f"{cell.id}: use a tag"


def test_images_have_alt_text(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) >= 20, f"{cell.id}: show(figure, alt=…) says what the figure finds"
    for alt in re.findall(r"!\[([^\]]*)\]\(", prose(notebook)):
        assert len(alt) >= 20, f"an image in the prose has the alt text {alt!r}"


def test_linked_files_exist(path, notebook):
    for target in re.findall(r"\]\((?!https?://|#|attachment:)([^)\s]+)\)", prose(notebook)):
        assert (path.parent / target.split("#")[0]).exists(), target


def test_exercises_are_complete_and_closed(notebook):
    """At least three solutions, collapsed, each with the line that stays visible, and never counted.

    What a check advises, ``hint("name")``, has to be a name in the notebook.
    """
    solutions = [cell for cell in code_cells(notebook) if "solution" in tags(cell)]
    assert len(solutions) >= 3
    assert any(
        re.search(r"^hint = nb\d\d\.hint$", cell.source, re.MULTILINE) for cell in code_cells(notebook)
    )
    for cell in solutions:
        assert cell.metadata.get("jupyter", {}).get("source_hidden") is True, cell.id
        assert cell.source.startswith("# Solution: click the dots to open"), cell.id
        assert "record=False" in cell.source, cell.id


def test_stubs_are_stored_unanswered_and_solutions_right(notebook):
    for cell in code_cells(notebook):
        text = "".join(output.get("text", "") for output in cell.outputs)
        if "solution" in tags(cell):
            assert "Right" in text, cell.id
        elif re.search(r"\bcheck_(?!gradient\b)\w+\(", cell.source):
            assert "Not attempted yet" in text, cell.id


def test_one_cell_prints_the_headline(notebook):
    (cell,) = (cell for cell in code_cells(notebook) if "headline" in tags(cell))
    assert "".join(output.get("text", "") for output in cell.outputs).strip()


def test_opening_and_closing(path, notebook):
    first, text = notebook.cells[0].source, prose(notebook)
    assert re.match(r"# \S", first)
    assert re.search(r"minutes to read", first), "the header states the time to read and to run"
    assert "to run" in first
    for heading in ("Objectives", "Recap", "References"):
        assert re.search(rf"^## {heading}", text, re.M), heading


def test_code_cells_fit_a_screen(notebook):
    for cell in code_cells(notebook):
        assert cell.source.count("\n") < 25, cell.id


def test_prose_avoids_belittling_words(notebook):
    found = re.findall(r"\b(simply|obviously|trivially|of course|as you can see)\b", prose(notebook), re.I)
    assert not found


def test_no_path_of_a_machine(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"/(home|root|work|Users)/\w|[A-Z]:\\\\Users", text)


def test_cell_ids_are_unique_and_readable(path):
    ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
    assert len(set(ids)) == len(ids)
    assert not [name for name in ids if re.fullmatch(r"[0-9a-f]{8}", name)]
