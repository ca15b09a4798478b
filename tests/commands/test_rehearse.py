"""The command ``rehearse``, on a small course and a small schedule made for the purpose."""

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_course import teaching
from lstm_course.commands import notebooks, rehearse
from lstm_course.commands.main import main

SCHEDULE = """
[tiny]
title = "Tiny"
aim = "None."

[[tiny.sessions]]
title = "Only one"
minutes = 9
items = [
  { minutes = 4, what = "The second section", notebook = "01", from = "two" },
  { minutes = 3, what = "A break", kind = "break" },
  { minutes = 2, what = "The fourth", notebook = "01", from = "four", exercises = ["f"], runs = 0.5 },
]
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "schedules.toml").write_text(SCHEDULE)
    known = teaching.load(tmp_path / "schedules.toml")
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    monkeypatch.setattr(teaching, "load", lambda: known)
    return tmp_path


def write(course, *, third="kept = known + 1", fourth="print(kept)"):
    task = "### Exercise 1 · F\n\n*Difficulty ●○○ · 1 minutes*"
    profile = "import os\nassert os.environ['LSTM_COURSE_PROFILE'] == 'workshop'\nknown = 1"
    cells = [
        new_markdown_cell("# 01 · Title", id="title"),
        new_markdown_cell("## 1", id="one"),
        new_code_cell(profile, id="first"),
        new_markdown_cell("## 2", id="two"),
        new_code_cell("assert known == 1", id="second"),
        new_markdown_cell("## 3", id="three"),
        new_code_cell(third, id="third"),
        new_markdown_cell("## 4", id="four"),
        new_code_cell(fourth, id="fourth"),
        new_markdown_cell(task, id="task"),
        new_code_cell('f = None\n# hint("f")', id="task-stub"),
        new_markdown_cell("## 5", id="five"),
        new_code_cell("raise ValueError('no schedule shows this')", id="fifth"),
    ]
    nbformat.write(new_notebook(cells=cells), course / "notebooks" / "01_a.ipynb")


def invoke(*arguments):
    return CliRunner().invoke(main, ["rehearse", *arguments])


def test_it_runs_a_notebook_from_its_top_to_the_last_cell_shown_and_no_further(course):
    write(course)
    before = (course / "notebooks" / "01_a.ipynb").read_bytes()
    result = invoke("--schedule", "tiny")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if line[:2] == "0:"]
    assert [line.split()[:2] for line in lines] == [["0:00", "4"], ["0:04", "3"], ["0:07", "2"], ["0:09", "9"]]
    assert [line.split("  ")[-1] for line in lines] == [
        "01 · The second section",
        "A break",
        "01 · The fourth",
        "in all",
    ]
    assert lines[2].split()[2:4] == ["0.5", "0.0"]  # minutes of the computer, stored and now
    assert result.output.rstrip().endswith("Everything ran, and no cell takes more than a minute.")
    assert (course / "notebooks" / "01_a.ipynb").read_bytes() == before


def test_a_cell_that_fails_is_named_though_the_schedule_skips_it(course):
    write(course, third="1 / 0")
    result = invoke("--schedule", "tiny")
    assert result.exit_code == 1
    assert "Stopped: notebook 01 stops at cell 'third': ZeroDivisionError: division by zero\n" in result.output


def test_a_cell_over_a_minute_and_an_item_over_its_plan_are_named(course, monkeypatch):
    write(course, fourth="import time\ntime.sleep(0.2)")
    monkeypatch.setattr(rehearse, "WAIT", 0.2)
    known = teaching.load()
    hasty = [teaching.Item(0.001 if item.notebook else 1, item.what, item.kind, item.notebook, item.start)
             for item in known["tiny"].sessions[0].items]  # fmt: skip
    session = teaching.Session("Hasty", 1, tuple(hasty))
    monkeypatch.setattr(teaching, "load", lambda: {"hasty": teaching.Schedule("hasty", "", "", (session,))})
    result = invoke("--schedule", "hasty")
    assert result.exit_code == 0
    assert "Warning: one cell keeps the room waiting: 'fourth' of notebook 01, 0.0 minutes\n" in result.output
    assert "Warning: 'The fourth' has 0.001 minutes, and the computer takes longer\n" in result.output


def test_an_unknown_schedule_is_one_sentence_that_lists_those_there_are(course):
    result = invoke("--schedule", "week")
    assert result.exit_code == 1
    assert result.output == "Error: there is no schedule 'week'. There are: tiny. For example: --schedule tiny\n"


def test_without_a_name_it_lists_those_there_are(course):
    result = invoke()
    assert (result.exit_code, result.output) == (
        1,
        "Error: name a schedule. There are: tiny. For example: --schedule tiny\n",
    )


def test_a_schedule_that_does_not_fit_the_notebooks_is_one_sentence(course):
    nbformat.write(new_notebook(cells=[new_markdown_cell("# 01", id="title")]), course / "notebooks" / "01_a.ipynb")
    result = invoke("--schedule", "tiny")
    assert result.exit_code == 1
    assert result.output == ("Error: the schedule tiny does not fit the notebooks: notebook 01 has no cell 'two'\n")
