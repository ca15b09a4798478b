"""The command line, on a small course made for the purpose."""

import importlib.metadata
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pytest
from click.testing import CliRunner

from lstm_course.commands import doctor, handout, lab, notebooks, selftest
from lstm_course.commands.main import main
from lstm_course.settings import profile


def write_notebook(path, *cells):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell("# Title\n**Time:** 5 minutes to read, 0.5 minutes to run.")]
    for number, (source, *tags) in enumerate(cells):
        notebook.cells.append(nbformat.v4.new_code_cell(source, id=f"cell-{number}", metadata={"tags": list(tags)}))
    nbformat.write(notebook, path)
    return path


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.png").write_bytes(b"png")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path / "home"))
    return tmp_path


def invoke(*arguments):
    return CliRunner().invoke(main, arguments)


def test_run_prints_headlines_and_leaves_the_notebooks_alone(course):
    path = write_notebook(course / "notebooks" / "01_a.ipynb", ("print('six is', 2 * 3)", "headline"), ("1 + 1",))
    write_notebook(course / "notebooks" / "02_b.ipynb", ("raise ValueError('no good')",))
    before = path.read_bytes()
    result = invoke("run")
    assert result.exit_code == 1
    assert "six is 6" in result.output
    assert "stopped: ValueError: no good" in result.output
    assert path.read_bytes() == before
    executed = nbformat.read(course / "runs" / "01_a.ipynb", 4)
    assert executed.cells[-1].outputs[0]["data"]["text/plain"] == "2"


def test_run_takes_names_and_says_which_there_are(course):
    write_notebook(course / "notebooks" / "01_a.ipynb", ("print(1)", "headline"))
    assert invoke("run", "01").exit_code == 0
    result = invoke("run", "07")
    assert result.exit_code == 1
    assert "no notebook starts with 07. There are: 01_a" in result.output


def test_a_package_without_notebooks_says_so(course):
    result = invoke("lab")
    assert result.exit_code == 1
    assert "there are no notebooks in" in result.output


def test_lab_opens_the_first_notebook(course, monkeypatch):
    for name in ("02_b.ipynb", "01_a.ipynb"):
        write_notebook(course / "notebooks" / name)
    called = []
    monkeypatch.setattr(
        lab.subprocess,
        "run",
        lambda command, cwd: called.append((command[1:], cwd)) or type("", (), {"returncode": 0}),
    )
    assert invoke("lab").exit_code == 0
    # The whole course is the root, so that the notebooks' links to ../figures work.
    assert called == [
        (
            [
                "-m",
                "jupyterlab",
                f"--ServerApp.root_dir={course}",
                "--LabApp.default_url=/lab/tree/notebooks/01_a.ipynb",
            ],
            course,
        )
    ]


def test_the_course_opens_with_the_welcome():
    assert notebooks.notebook_paths()[0].name == "00_welcome.ipynb"


def test_handout_has_every_cell_but_the_solutions(course):
    write_notebook(course / "notebooks" / "01_a.ipynb", ("stub = None",), ("answer = 6", "solution"))
    result = invoke("handout", "--out", str(course / "class"))
    assert result.exit_code == 0
    sources = [cell.source for cell in nbformat.read(course / "class" / "notebooks" / "01_a.ipynb", 4).cells]
    assert "stub = None" in sources
    assert "answer = 6" not in sources
    assert (course / "class" / "figures" / "a.png").exists()


def test_a_notebook_to_catch_up_with_shows_the_first_solutions_in_place_of_their_stubs(course):
    cells = [("a = None",), ("a = 1", "solution"), ("a + 1",), ("b = None",), ("b = 2", "solution")]
    path = write_notebook(course / "notebooks" / "01_a.ipynb", *cells)
    notebook = nbformat.read(path, 4)
    for cell in notebook.cells:
        if "solution" in cell.metadata.get("tags", []):
            cell.source = f"# Solution: click the dots to open\n{cell.source}"
            cell.metadata.jupyter = {"source_hidden": True, "outputs_hidden": True}
    nbformat.write(notebook, path)
    result = invoke("handout", "1", "--solved", "1", "--out", str(course / "class"))
    assert result.exit_code == 0, result.output
    assert "1 notebook with the first exercise solved in" in result.output
    caught_up = nbformat.read(course / "class" / "notebooks" / "01_a_solved_1.ipynb", 4)
    assert [cell.source for cell in caught_up.cells[1:]] == ["# Solution\na = 1", "a + 1", "b = None"]
    assert "jupyter" not in caught_up.cells[1].metadata
    assert not (course / "class" / "notebooks" / "01_a.ipynb").exists()


def test_handout_says_which_notebooks_there_are(course):
    write_notebook(course / "notebooks" / "01_a.ipynb")
    result = invoke("handout", "99", "--out", str(course / "class"))
    assert (result.exit_code, result.output) == (1, "Error: there is no notebook 99. There are: 01\n")


@pytest.mark.parametrize("solved", [0, 3])
def test_no_solution_and_no_output_of_one_is_in_what_is_handed_out(solved):
    for path in notebooks.notebook_paths():
        notebook = nbformat.read(path, 4)
        stubs = [cell.id for cell in notebook.cells if cell.id.endswith("-stub")]
        handout.without_solutions(notebook, solved)
        shown = [cell for cell in notebook.cells if "record=False" in cell.source]
        assert len(shown) == solved, path.name
        assert [cell.id for cell in notebook.cells if cell.id.endswith("-stub")] == stubs[solved:]
        for cell in notebook.cells:
            printed = "".join(output.get("text", "") for output in cell.get("outputs", []))
            assert cell in shown or "Not counted as progress" not in printed, cell.id


def test_expected_minutes_come_from_the_header(course):
    path = write_notebook(course / "notebooks" / "01_a.ipynb")
    assert notebooks.expected_minutes(nbformat.read(path, 4)) == 0.5


def test_doctor_is_content_with_this_machine(course):
    shutil.copy(Path(__file__).parents[2] / "constraints.txt", course)
    result = invoke("doctor")
    assert result.exit_code == 0, result.output
    assert "MISSING" not in result.output


def test_doctor_names_what_is_wrong_and_what_fixes_it(course, monkeypatch):
    monkeypatch.setenv(profile.VARIABLE, "fast")
    monkeypatch.setenv("LSTM_COURSE_DATA", str(course / "nowhere"))
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package"))
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "there is no such profile. Choose one of: full, workshop" in result.output
    assert "no-such-package is missing; fix it with: pip install" in result.output
    assert "nowhere" in result.output


def test_what_the_first_notebook_prints_names_no_version_and_no_folder(course, capsys):
    doctor.explain()
    printed = capsys.readouterr().out
    assert [line[0] for line in printed.splitlines()[:-1]] == ["✓"] * 5
    assert printed.endswith("All is in place.\n")
    without_reviews = "\n".join(line for line in printed.splitlines() if "Reviews: " not in line)
    assert not any(character.isdigit() or character == "/" for character in without_reviews)


def test_what_the_first_notebook_prints_names_what_is_wrong(course, monkeypatch, capsys):
    monkeypatch.setenv(profile.VARIABLE, "fast")
    monkeypatch.setattr(doctor, "PACKAGES", ("numpy", "no-such-package", "nor-this-one"))
    doctor.explain()
    printed = capsys.readouterr().out
    assert "✗ no-such-package is missing; fix it with: pip install" in printed
    assert "✗ nor-this-one is missing" in printed
    assert "no such profile. Choose one of: full, workshop" in printed
    assert printed.endswith("Fix what has a ✗ and run this cell again.\n")


def test_doctor_names_a_plugin_that_is_known_to_be_wrong(course, monkeypatch):
    version = importlib.metadata.version
    monkeypatch.setattr(
        importlib.metadata, "version", lambda name: "1.2.0" if name == "tensorflow-metal" else version(name)
    )
    result = invoke("doctor")
    assert result.exit_code == 1
    assert "MISSING tensorflow-metal 1.2.0 is known to train LSTMs to wrong results" in result.output
    assert "pip uninstall tensorflow-metal" in result.output


def test_doctor_names_a_package_older_than_the_course_takes(monkeypatch):
    assert doctor.oldest("tensorflow") == "2.20"
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "2.9.3")
    good, sentence = doctor.check_package("tensorflow", {})
    assert not good
    assert sentence == "tensorflow 2.9.3 is too old; fix it with: pip install -c constraints.txt tensorflow"


def test_selftest_finds_this_machine_right(capsys):
    assert selftest.report()
    assert "ok      LSTM on CPU:0, float64: at most " in capsys.readouterr().out


@pytest.mark.parametrize("spoil", [lambda array: array * 1.05, lambda array: array * np.nan], ids=["off", "NaN"])
def test_selftest_names_a_device_that_computes_wrongly(capsys, monkeypatch, spoil):
    right = selftest._keras
    monkeypatch.setattr(selftest, "_keras", lambda *given: [spoil(array) for array in right(*given)])
    assert not selftest.report()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("WRONG   LSTM on CPU:0, float64")
    assert "--force-reinstall" in lines[1]


def test_doctor_says_when_a_version_is_not_the_tested_one(tmp_path):
    (tmp_path / "constraints.txt").write_text("# a comment\nnumpy==0.1\n")
    tested = doctor.pinned_versions(tmp_path / "constraints.txt")
    good, sentence = doctor.check_package("numpy", tested)
    assert good
    assert "(the course was tested with 0.1)" in sentence


@pytest.mark.parametrize(("value", "name"), [(None, "full"), ("", "full"), ("workshop", "workshop")])
def test_profiles(monkeypatch, value, name):
    if value is None:
        monkeypatch.delenv(profile.VARIABLE, raising=False)
    else:
        monkeypatch.setenv(profile.VARIABLE, value)
    assert profile.current().name == name


def test_an_unknown_profile_lists_those_that_exist(monkeypatch):
    monkeypatch.setenv(profile.VARIABLE, "quick")
    with pytest.raises(ValueError, match=r"'quick'.*Choose one of: full, workshop"):
        profile.current()
