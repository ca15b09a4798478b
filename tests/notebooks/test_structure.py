"""What nbval cannot see: it passes a stripped, half-run or unreadable notebook. These tests do not."""

import ast
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
KNOWN_TAGS = {"solution", "claims", "real-reviews", "headline", "nbval-ignore-output"}


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
    assert [cell.execution_count for cell in code_cells(notebook)] == list(range(1, len(code_cells(notebook)) + 1))


def test_no_error_and_no_stderr_is_stored(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert output.output_type != "error", cell.id
            assert output.get("name") != "stderr", cell.id


def test_outputs_are_present_and_compared(notebook):
    """Enough cells print something that nbval compares, and few are exempt."""
    cells = [cell for cell in code_cells(notebook) if "claims" not in tags(cell)]
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
        lengths = {tag for tag in tags(cell) if tag.startswith("long-because-")}
        assert tags(cell) <= KNOWN_TAGS | reasons | lengths, cell.id
        assert bool(reasons) == ("nbval-ignore-output" in tags(cell)), cell.id
        assert "NBVAL" not in cell.source, f"{cell.id}: use a tag"


def test_images_have_alt_text(notebook):
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                alt = output.metadata.get("image/png", {}).get("alt", "")
                assert len(alt) >= 60, f"{cell.id}: a plotting function describes what it draws"
    for alt in re.findall(r"!\[([^\]]*)\]\(", prose(notebook)):
        assert len(alt) >= 20, f"an image in the prose has the alt text {alt!r}"


def test_linked_files_exist(path, notebook):
    for target in re.findall(r"\]\((?!https?://|#|attachment:)([^)\s]+)\)", prose(notebook)):
        assert (path.parent / target.split("#")[0]).exists(), target


def exercises(notebook):
    """Yield the task, the stub and the solution of every exercise; in this order they follow one another."""
    cells = notebook.cells
    for place, cell in enumerate(cells):
        if cell.cell_type == "markdown" and re.search(r"^### Exercise \d+", cell.source, re.M):
            yield cell, *[after for after in cells[place + 1 :] if after.cell_type == "code"][:2]


def defined(source):
    """Return the names that a cell defines or assigns at its top level."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {name.id for target in node.targets for name in ast.walk(target) if isinstance(name, ast.Name)}
    return found


def test_exercises_are_complete_and_closed(path, notebook):
    """At least three; each has its difficulty and minutes, a stub that can be checked, and a collapsed solution."""
    number = f"nb{path.name[:2]}"
    found = list(exercises(notebook))
    assert len(found) >= 3
    assert len(found) == len([cell for cell in code_cells(notebook) if "solution" in tags(cell)])
    assert any(re.search(rf"^hint = {number}\.hint$", cell.source, re.M) for cell in code_cells(notebook))
    for place, (task, stub, solution) in enumerate(found, start=1):
        header = rf"### Exercise {place} · .+\n\n\*Difficulty (●○○|●●○|●●●) · \d+ minutes?\*\n\n\S"
        assert re.search(header, task.source), f"{task.id}: exercises are numbered, with difficulty and minutes"
        assert re.search(rf"^{number}\.check_\w+\(", stub.source, re.M), stub.id
        assert re.search(r'^# hint\("\w+"\)$', stub.source, re.M), stub.id
        assert "solution" in tags(solution), f"{solution.id}: the solution follows the stub"
        assert defined(stub.source) & defined(solution.source), f"{solution.id}: it answers by the stub's own names"


def test_solutions_are_collapsed_and_never_counted(notebook):
    for cell in code_cells(notebook):
        if "solution" in tags(cell):
            assert cell.metadata.get("jupyter") == {"source_hidden": True, "outputs_hidden": True}, cell.id
            assert cell.source.startswith("# Solution: click the dots to open"), cell.id
            assert "record=False" in cell.source, cell.id


def test_stubs_are_stored_unanswered_and_solutions_right(notebook):
    for cell in code_cells(notebook):
        text = "".join(output.get("text", "") for output in cell.outputs)
        if "solution" in tags(cell):
            assert "Right" in text, cell.id
        elif re.search(r"\bcheck_(?!gradient\b)\w+\(", cell.source):
            assert "Not attempted yet" in text, cell.id


def test_claims_are_checked_out_of_sight(notebook):
    """What the prose says of a run is asserted in a collapsed cell, which prints nothing when it holds."""
    for cell in code_cells(notebook):
        if "claims" in tags(cell):
            assert cell.metadata.get("jupyter") == {"source_hidden": True}, cell.id
            assert cell.source.startswith("# Checks what the text says: click the dots to open\n"), cell.id
            assert re.search(r"^ *assert ", cell.source, re.M), cell.id
            assert not cell.outputs, cell.id


def test_outputs_are_numbers_rather_than_verdicts(notebook):
    verdicts = [
        cell.id
        for cell in code_cells(notebook)
        for output in cell.outputs
        for _ in re.findall(r"\b(True|False)\b", "".join(output.get("text", "")))
    ]
    assert len(verdicts) <= 4, verdicts


def test_one_cell_prints_the_headline(notebook):
    (cell,) = (cell for cell in code_cells(notebook) if "headline" in tags(cell))
    assert "".join(output.get("text", "") for output in cell.outputs).strip()


OPENING = r"""# {number} · \S.*

[^*\n](.|\n)*?

\*\*Prerequisites:\*\* (.|\n)+?

\*\*Time:\*\* (?P<read>\d+) minutes to read, (?P<worked>\d+) with the exercises, (?#
)[\d.]+ minutes? to run on two cores \(full profile\)\."""


def test_opening_and_closing(path, notebook):
    first, objectives, setup = notebook.cells[:3]
    opening = re.match(OPENING.format(number=path.name[:2]), first.source)
    assert opening
    minutes = re.findall(r"^\*Difficulty ... · (\d+) minutes?\*$", prose(notebook), re.M)
    assert int(opening["worked"]) == int(opening["read"]) + sum(map(int, minutes))
    assert re.match(r"## Objectives\n\nWhen you have worked through this notebook, you can\n\n1\. ", objectives.source)
    assert "import" in setup.source
    headings = re.findall(r"^## (.+)$", prose(notebook), re.M)
    assert headings[0] == "Objectives"
    assert headings[-2:] == ["Recap", "References"]


def test_predictions_are_marked_alike(notebook):
    marks = re.findall(r"\*\*(predict first)[^*]*\*\*", prose(notebook), re.I)
    assert marks
    assert set(re.findall(r"\*\*predict first[^*]*\*\*", prose(notebook), re.I)) == {"**Predict first.**"}


def test_code_cells_are_short(notebook):
    """Fifteen lines at most, or a reason; a cell that draws has six, since looks belong into plotting functions."""
    for cell in code_cells(notebook):
        lines = cell.source.count("\n") + 1
        if not any(tag.startswith("long-because-") for tag in tags(cell)):
            assert lines <= 15, cell.id
        if re.search(r"^show\(", cell.source, re.M) and "solution" not in tags(cell):
            assert lines <= 6, cell.id
        assert not re.search(r"\balt=|\.set_(title|xlabel|ylabel|xlim|ylim)\(|\.legend\(", cell.source), cell.id


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
