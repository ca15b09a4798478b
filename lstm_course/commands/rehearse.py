"""The command ``lstm-course rehearse``: run what a schedule shows, and say how long the computer takes."""

import os
import sys
import time

import click
from tqdm import tqdm

from lstm_course import teaching
from lstm_course.commands import notebooks
from lstm_course.settings import profile
from lstm_course.teaching import schedules

WAIT = 60  # seconds of one cell; a room does not wait longer


def lessons() -> dict[str, teaching.Lesson]:
    """Return the notebooks as lessons, by number."""
    import nbformat

    read = {path.name[:2]: nbformat.read(path, as_version=4) for path in notebooks.notebook_paths()}
    return {number: teaching.Lesson(number, notebook) for number, notebook in read.items()}


def run_cells(lesson: teaching.Lesson, stop: int, bar: tqdm) -> tuple[dict[int, float], str]:
    """Run a lesson's code cells from the top to `stop`, left out, with a fresh kernel in the workshop profile.

    Solutions are run as well: later cells use what they define.

    Returns:
        the seconds of each cell by its index, and what went wrong, or nothing.
    """
    import nbformat
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.v4.new_notebook(cells=[nbformat.NotebookNode(cell) for cell in lesson.cells[:stop]])
    started, seconds = {}, {}

    def begin(cell_index, **_):
        started[cell_index] = time.monotonic()

    def end(cell_index, **_):
        seconds[cell_index] = time.monotonic() - started[cell_index]
        bar.update()

    environment = os.environ | {profile.VARIABLE: "workshop"}
    hooks = {"on_cell_execute": begin, "on_cell_executed": end}
    try:
        notebooks.execute(notebook, notebooks.ROOT / "notebooks", environment, **hooks)
    except CellExecutionError as error:
        cell = lesson.cells[max(started)].id
        return seconds, f"notebook {lesson.number} stops at cell {cell!r}: {error.ename}: {error.evalue}"
    return seconds, ""


def rehearse_session(
    session: teaching.Session, course: dict[str, teaching.Lesson]
) -> tuple[dict, list[str], list[str]]:
    """Run the notebooks of a session.

    Returns:
        the computer's seconds for each item that was reached, those of the cells since the item before included; what
        keeps a room waiting; and what went wrong.
    """
    taken, slow, wrong = {}, [], []
    for number, shown in schedules.parts(session, course).items():
        stop = shown[-1][1].stop
        cells = sum(cell.cell_type == "code" for cell in course[number].cells[:stop])
        with tqdm(total=cells, desc=f"notebook {number}", unit="cell", leave=False) as bar:
            seconds, fault = run_cells(course[number], stop, bar)
        wrong += [fault] if fault else []
        slow += [
            f"one cell keeps the room waiting: {course[number].cells[place].id!r} of notebook {number}, "
            f"{spent / 60:.1f} minutes"
            for place, spent in seconds.items()
            if spent > WAIT
        ]
        first = 0
        for item, places in shown:
            taken[item] = sum(spent for place, spent in seconds.items() if first <= place < places.stop)
            first = places.stop
    return taken, slow, wrong


def table(session: teaching.Session, taken: dict[teaching.Item, float]) -> list[str]:
    """Return a session's lines: the clock, minutes in the room, the computer's stored and now, and what happens."""
    lines, clock = [f"\n{session.title}", "  at  planned  computer: stored  now"], 0
    for item in session.items:
        stored = "-" if item.runs is None else f"{item.runs:.1f}"
        computer = f"{stored:>16} {taken[item] / 60:4.1f}" if item in taken else " " * 21
        where = f"{item.notebook} · " if item.notebook else ""
        lines.append(f"{clock // 60}:{clock % 60:02}  {item.minutes:7} {computer}  {where}{item.what}")
        clock += item.minutes
    computer = f"{sum(item.runs or 0 for item in session.items):16.1f} {sum(taken.values()) / 60:4.1f}"
    lines.append(f"{clock // 60}:{clock % 60:02}  {clock:7} {computer}  in all")
    return lines


@click.command()
@click.option("--schedule", "name", metavar="NAME", help="the schedule, such as half-day")
def rehearse(name: str | None) -> None:
    """Run the cells that a schedule shows, and print planned against measured minutes.

    Every notebook is run from its top to the last cell that the schedule shows, in the workshop profile: no cell can
    miss one that it needs. Cells that the schedule skips count for the item after them.
    """
    known = teaching.load()
    if name not in known:
        asked = "name a schedule" if name is None else f"there is no schedule {name!r}"
        example = f"For example: --schedule {next(iter(known))}"
        raise click.ClickException(f"{asked}. There are: {', '.join(known)}. {example}")
    course, slow, wrong = lessons(), [], []
    for session in known[name].sessions:
        try:
            taken, waits, faults = rehearse_session(session, course)
        except teaching.ScheduleError as error:
            raise click.ClickException(f"the schedule {name} does not fit the notebooks: {error}") from None
        click.echo("\n".join(table(session, taken)))
        late = [item for item, seconds in taken.items() if seconds > 60 * item.minutes]
        slow += waits + [f"{item.what!r} has {item.minutes} minutes, and the computer takes longer" for item in late]
        wrong += faults
    for line in [*slow, *wrong]:
        click.echo(f"Warning: {line}" if line in slow else f"Stopped: {line}")
    if not slow + wrong:
        click.echo("\nEverything ran, and no cell takes more than a minute.")
    sys.exit(1 if wrong else 0)
