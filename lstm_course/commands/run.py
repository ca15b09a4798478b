"""The command ``lstm-course run``: execute the notebooks unattended."""

import sys
import time
from pathlib import Path

import click
from tqdm import tqdm

from lstm_course.commands import notebooks
from lstm_course.reviews import imdb
from lstm_course.settings import profile


def run_notebook(path: Path, target: Path, bar: tqdm) -> tuple[float, str, bool]:
    """Execute ``path`` into ``target``; return the minutes taken, the headline or the error, and whether all ran."""
    import nbformat
    from nbclient.exceptions import CellExecutionError

    notebook = nbformat.read(path, as_version=4)
    share = notebooks.expected_minutes(notebook) / max(1, sum(cell.cell_type == "code" for cell in notebook.cells))
    started = time.monotonic()
    try:
        notebooks.execute(notebook, path.parent, on_cell_executed=lambda **_: bar.update(min(share, bar.total - bar.n)))
        outcome, whole = notebooks.headline(notebook), True
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
    import nbformat

    folder.mkdir(exist_ok=True)
    click.echo(f"Profile {profile.current().name}; {imdb.find_source()}")
    total = sum(notebooks.expected_minutes(nbformat.read(path, as_version=4)) for path in paths)
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


@click.command()
@click.argument("names", nargs=-1)
def run(names: tuple[str, ...]) -> None:
    """Execute the sequence (or the notebooks whose names start with NAMES) and print the headline results.

    The executed copies go to runs/; the course's own notebooks stay unchanged.
    """
    chosen = [path for path in notebooks.notebook_paths() if not names or path.name.startswith(names)]
    if not chosen:
        known = ", ".join(path.stem for path in notebooks.notebook_paths())
        raise click.ClickException(f"no notebook starts with {' or '.join(names)}. There are: {known}")
    sys.exit(0 if run_all(chosen, notebooks.ROOT / "runs") else 1)
