"""Execute the notebooks unattended, and write them without their solutions."""

import re
import shutil
import time
from pathlib import Path

import click
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from tqdm import tqdm

from lstm_course.reviews import imdb
from lstm_course.settings import profile


def tagged(cell, tag: str) -> bool:
    """Return whether a notebook cell carries ``tag``."""
    return tag in cell.metadata.get("tags", [])


def expected_minutes(notebook) -> float:
    """Return the minutes to run that the notebook's header states, or 1 if it states none."""
    found = re.search(r"([\d.]+) minutes? to run", notebook.cells[0].source)
    return float(found.group(1)) if found else 1.0


def headline(notebook) -> str:
    """Return what the cell tagged ``headline`` printed, as one line."""
    for cell in notebook.cells:
        if tagged(cell, "headline"):
            return " ".join("".join(output.get("text", "") for output in cell.outputs).split())
    return ""


def execute(notebook, folder: Path, on_cell_executed=None) -> None:
    """Run all cells of ``notebook`` in place, as if it lay in ``folder``.

    Raises:
        CellExecutionError: a cell raised.
    """
    NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
        on_cell_executed=on_cell_executed,
        extra_arguments=["--log-level=ERROR"],  # the kernel warns of its unencrypted socket on this machine
    ).execute()


def run_notebook(path: Path, target: Path, bar: tqdm) -> tuple[float, str, bool]:
    """Execute ``path`` into ``target``; return the minutes taken, the headline or the error, and whether all ran."""
    notebook = nbformat.read(path, as_version=4)
    share = expected_minutes(notebook) / max(1, sum(cell.cell_type == "code" for cell in notebook.cells))
    started = time.monotonic()
    try:
        execute(notebook, path.parent, lambda cell, **_: bar.update(min(share, bar.total - bar.n)))
        outcome, whole = headline(notebook), True
    except CellExecutionError as error:
        outcome, whole = f"stopped: {error.ename}: {error.evalue}", False
    nbformat.write(notebook, target)
    return (time.monotonic() - started) / 60, outcome, whole


def run_all(paths: list[Path], folder: Path) -> bool:
    """Execute the notebooks in order with a bar of the time left, print a table, and return whether all of them ran.

    Args:
        paths: the notebooks.
        folder: where the executed copies go; it is made.
    """
    folder.mkdir(exist_ok=True)
    click.echo(f"Profile {profile.current().name}; {imdb.find_source()}")
    total = sum(expected_minutes(nbformat.read(path, as_version=4)) for path in paths)
    rows = []
    with tqdm(total=total, bar_format="{l_bar}{bar}| {elapsed} gone, about {remaining} left") as bar:
        for path in paths:
            bar.set_description(path.stem)
            rows.append((path.stem, *run_notebook(path, folder / path.name, bar)))
    width = max(len(row[0]) for row in rows)
    click.echo(f"\n{'notebook':{width}}  minutes  result")
    for name, minutes, outcome, _ in rows:
        click.echo(f"{name:{width}}  {minutes:7.1f}  {outcome}")
    click.echo(f"\nThe executed notebooks are in {folder}")
    return all(row[-1] for row in rows)


def write_handout(paths: list[Path], figures: Path, out: Path) -> int:
    """Write the notebooks without solution cells to ``out``, with the figures they show; return how many.

    Args:
        paths: the notebooks.
        figures: the folder of figures that their prose links to.
        out: the folder to write; notebooks of the same name in it are replaced.
    """
    (out / "notebooks").mkdir(parents=True, exist_ok=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if not tagged(cell, "solution")]
        nbformat.write(notebook, out / "notebooks" / path.name)
    shutil.copytree(figures, out / "figures", dirs_exist_ok=True)
    return len(paths)
