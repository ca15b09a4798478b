"""The table of what is done, over all notebooks that have exercises."""

import importlib
import pkgutil
import re
from pathlib import Path

from lstm_course.exercises.engine.progress import MARKS, NOT_ATTEMPTED, RIGHT, attempts, read, say


def notebooks() -> list:
    """Return the notebooks that have exercises, in teaching order."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent)])
    names = sorted(module.name for module in modules if re.fullmatch(r"nb\d\d", module.name))
    return [importlib.import_module(f"lstm_course.exercises.{name}").book for name in names]


def progress(notebook: str | None = None) -> None:
    """Print the state of every exercise and the totals.

    Args:
        notebook: the number of one notebook, such as ``"06"``, to show that one only.
    """
    books = [book for book in notebooks() if notebook in (None, book.number)]
    if not books:
        numbers = ", ".join(book.number for book in notebooks())
        say(f"No notebook {notebook!r} has exercises. Those that have: {numbers}.")
        return
    states, done, total = read(), 0, 0
    for book in books:
        here = {name: states.get(book.number, {}).get(name, NOT_ATTEMPTED) for name in book.exercises}
        right = sum(state == RIGHT for state in here.values())
        print(f"{book.number} {book.title}: {right} of {len(here)} right")
        width = max(map(len, here), default=0)
        say("\n".join(f"  {MARKS[state]} {name:<{width}}  {state}" for name, state in here.items()))
        done, total = done + right, total + len(here)
    if len(books) > 1:
        print(f"All notebooks: {done} of {total} right")


def answers(notebook: str) -> None:
    """Print the last answer that was put to each check of a notebook, such as ``"04"``."""
    last = {kept.exercise: kept for kept in attempts() if kept.notebook == notebook}
    for kept in last.values():
        print(f"# {kept.exercise}: {MARKS[kept.state]} {kept.state}, {kept.at}\n{kept.answer.rstrip()}\n")
    if not last:
        say(f"No answer to an exercise of notebook {notebook!r} is kept.")
