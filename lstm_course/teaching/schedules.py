"""Schedules for a class, minute by minute, as ``schedules.toml`` states them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lstm_course.teaching.lessons import Lesson, ScheduleError

FILE = Path(__file__).with_name("schedules.toml")


@dataclass(frozen=True)
class Item:
    """One line of a schedule.

    Attributes:
        minutes: how long it takes in the room.
        what: what happens.
        kind: "break", "buffer", or nothing.
        notebook: the two digits of the notebook on the screen, or nothing.
        start: the id of the markdown cell where the item begins.
        end: the id of its last cell, or nothing where the item is the section that `start` begins.
        exercises: the names of the exercises that are done, all of them in these cells.
        runs: the minutes that the computer takes, measured on two cores in the workshop profile; None where nobody has.
    """

    minutes: int
    what: str
    kind: str = ""
    notebook: str = ""
    start: str = ""
    end: str = ""
    exercises: tuple[str, ...] = ()
    runs: float | None = None


@dataclass(frozen=True)
class Session:
    """A stretch of a schedule without a night in it: every notebook is opened afresh.

    Attributes:
        title: its name.
        minutes: its length.
        items: what happens, in order.
        before: what the class does at home before it, or nothing.
    """

    title: str
    minutes: int
    items: tuple[Item, ...]
    before: str = ""


@dataclass(frozen=True)
class Schedule:
    """A schedule.

    Attributes:
        name: as ``--schedule`` takes it.
        title: as the page shows it.
        aim: what the class can do afterwards, and what is skipped.
        sessions: in order.
    """

    name: str
    title: str
    aim: str
    sessions: tuple[Session, ...]


def load(file: Path = FILE) -> dict[str, Schedule]:
    """Return the schedules of a file, by name."""
    stated = tomllib.loads(file.read_text(encoding="utf-8"))
    return {name: _schedule(name, **parts) for name, parts in stated.items()}


def _schedule(name: str, title: str, aim: str, sessions: list[Mapping]) -> Schedule:
    return Schedule(name, title, aim, tuple(_session(**session) for session in sessions))


def _session(title: str, minutes: int, items: list[Mapping], before: str = "") -> Session:
    return Session(title, minutes, tuple(_item(**item) for item in items), before)


def _item(exercises: list[str] = (), **parts) -> Item:
    names = {"from": "start", "to": "end"}  # `from` is no name in Python
    return Item(exercises=tuple(exercises), **{names.get(key, key): value for key, value in parts.items()})


def parts(session: Session, lessons: Mapping[str, Lesson]) -> dict[str, list[tuple[Item, range]]]:
    """Return the items of a session that show a notebook, by notebook, each with the indices of its cells.

    Raises:
        ScheduleError: an item names a notebook, a cell or an exercise that there is not, or goes back in a notebook.
    """
    found: dict[str, list[tuple[Item, range]]] = {}
    for item in session.items:
        if not item.notebook:
            continue
        if item.notebook not in lessons:
            raise ScheduleError(f"there is no notebook {item.notebook}")
        lesson = lessons[item.notebook]
        places = lesson.section(item.start, item.end)
        before = found.setdefault(item.notebook, [])
        if before and places.start < before[-1][1].stop:
            raise ScheduleError(f"in notebook {item.notebook} the item from {item.start!r} goes back")
        tasks = lesson.tasks()
        strange = [name for name in item.exercises if name not in tasks or tasks[name].place not in places]
        if strange:
            raise ScheduleError(
                f"the item from {item.start!r} of notebook {item.notebook} has no exercise {strange[0]!r}"
            )
        before.append((item, places))
    return found
