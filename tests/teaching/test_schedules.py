"""The schedules fit the notebooks: their minutes add up, and what they name exists."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lstm_course import teaching
from lstm_course.exercises import notebooks
from lstm_course.teaching import schedules

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
COURSE = {path.name[:2]: teaching.Lesson(path.name[:2], nbformat.read(path, as_version=4)) for path in NOTEBOOKS}
SESSIONS = [(schedule.name, session) for schedule in teaching.load().values() for session in schedule.sessions]
VOTE = 2  # minutes: put the question, let them write, count, run the cell


@pytest.fixture(params=SESSIONS, ids=lambda pair: f"{pair[0]}, {pair[1].title}")
def session(request):
    return request.param[1]


def test_the_schedules_are_those_that_the_guide_promises():
    lengths = {s.name: [session.minutes for session in s.sessions] for s in teaching.load().values()}
    assert lengths == {"two-hours": [120], "half-day": [240], "day": [450], "four-weeks": [120] * 8}


def test_minutes_add_up(session):
    assert sum(item.minutes for item in session.items) == session.minutes


def test_there_is_a_buffer_of_four_parts_in_a_hundred_and_a_break_in_every_two_hours(session):
    assert sum(item.minutes for item in session.items if item.kind == "buffer") >= 0.04 * session.minutes
    assert {item.kind for item in session.items} == {"", "break", "buffer"}
    without = 0
    for item in session.items:
        without = 0 if item.kind == "break" else without + item.minutes
        assert without <= 100


def test_every_section_and_exercise_exists_in_the_order_of_the_notebook(session):
    shown = schedules.parts(session, COURSE)
    assert shown
    for number, items in shown.items():
        for item, _ in items:
            cell = COURSE[number].cells[COURSE[number].place(item.start)]
            assert cell.cell_type == "markdown"  # only these have an address on the pages
            assert item.start != "title"


def test_an_item_has_time_for_its_exercises_its_votes_and_the_computer(session):
    for number, items in schedules.parts(session, COURSE).items():
        tasks = COURSE[number].tasks()
        for item, places in items:
            needed = sum(tasks[name].minutes for name in item.exercises) + VOTE * COURSE[number].questions(places)
            assert needed + (item.runs or 0) <= item.minutes, item.what


@pytest.mark.parametrize("book", notebooks(), ids=lambda book: book.number)
def test_a_lesson_finds_all_exercises_of_its_notebook(book):
    assert list(COURSE[book.number].tasks()) == sorted(book.exercises, key=list(COURSE[book.number].tasks()).index)


@pytest.fixture
def lesson():
    cells = [
        new_markdown_cell("# 09 · Title", id="title"),
        new_markdown_cell("Before.\n\n## 1 · One\n\n```python\n# no heading\n```", id="one"),
        new_code_cell("1", id="code"),
        new_markdown_cell("### Exercise 1 · First\n\n*Difficulty ●○○ · 4 minutes*\n\nDo.", id="task"),
        new_code_cell('nb09.check_first(f)\n# hint("first")', id="task-stub"),
        new_markdown_cell("**Predict first.** What?", id="plain"),
        new_markdown_cell("## 2 · Two", id="two"),
    ]
    return teaching.Lesson("09", new_notebook(cells=cells))


def test_a_section_ends_where_the_next_of_its_rank_begins(lesson):
    assert lesson.section("one") == range(1, 6)
    assert lesson.section("task") == range(3, 6)
    assert lesson.section("two") == range(6, 7)
    assert lesson.section("code", "task") == range(2, 4)


def test_what_a_lesson_says_of_its_cells(lesson):
    assert lesson.title("one") == "1 · One"
    assert lesson.title("plain") == "below Exercise 1 · First"
    assert lesson.last_text(lesson.section("one", "task-stub")) == "task"
    assert lesson.questions(lesson.section("one")) == 1
    assert lesson.tasks() == {"first": teaching.Task(4, "task", "Exercise 1 · First", 4)}


def session_of(*items):
    return teaching.Session("s", 10, tuple(teaching.Item(5, "w", notebook="09", **item) for item in items))


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ([{"start": "three"}], "notebook 09 has no cell 'three'"),
        ([{"start": "one", "end": "three"}], "notebook 09 has no cell 'three'"),
        ([{"start": "two", "end": "one"}], "in notebook 09 the cell 'one' comes before 'two'"),
        ([{"start": "plain"}], "in notebook 09 no section begins at 'plain': name its last cell, too"),
        ([{"start": "two"}, {"start": "one"}], "in notebook 09 the item from 'one' goes back"),
        ([{"start": "one"}, {"start": "task"}], "in notebook 09 the item from 'task' goes back"),
        ([{"start": "two", "exercises": ("first",)}], "the item from 'two' of notebook 09 has no exercise 'first'"),
    ],
)
def test_a_schedule_that_does_not_fit_says_where(items, sentence, lesson):
    with pytest.raises(teaching.ScheduleError) as error:
        schedules.parts(session_of(*items), {"09": lesson})
    assert str(error.value) == sentence


def test_a_notebook_that_does_not_exist_is_named():
    with pytest.raises(teaching.ScheduleError, match=r"^there is no notebook 09$"):
        schedules.parts(session_of({"start": "one"}), {})
