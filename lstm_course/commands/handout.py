"""The command ``lstm-course handout``: write the notebooks without their solutions, or with the first few of them."""

import shutil
from pathlib import Path

import click

from lstm_course.commands import notebooks


def without_solutions(notebook, solved: int = 0) -> None:
    """Take the solutions out of a notebook, with their outputs, except the first ``solved``.

    Those take the place of their stubs, and are open.

    Args:
        notebook: is changed. Each solution follows its stub.
        solved: how many exercises are solved; more than there are means all.
    """
    cells = []
    for cell in notebook.cells:
        if notebooks.tagged(cell, "solution"):
            if solved == 0:
                continue
            solved -= 1
            cells.pop()
            cell.source = cell.source.replace("# Solution: click the dots to open", "# Solution", 1)
            del cell.metadata["jupyter"]
        cells.append(cell)
    notebook.cells = cells


def write_handout(paths: list[Path], figures: Path, out: Path, solved: int = 0) -> int:
    """Write the notebooks without their solutions to ``out``, with the figures they show; return how many.

    Args:
        paths: the notebooks.
        figures: the folder of figures that their prose links to.
        out: the folder to write; notebooks of the same name in it are replaced.
        solved: of so many exercises of each notebook the solution is shown; such a notebook's name says so.
    """
    import nbformat

    (out / "notebooks").mkdir(parents=True, exist_ok=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        without_solutions(notebook, solved)
        name = f"{path.stem}_solved_{solved}.ipynb" if solved else path.name
        nbformat.write(notebook, out / "notebooks" / name)
    shutil.copytree(figures, out / "figures", dirs_exist_ok=True)
    return len(paths)


@click.command()
@click.argument("numbers", nargs=-1, metavar="[NN ...]")
@click.option("--solved", type=click.IntRange(min=1), metavar="N", help="Show the solutions of the first N exercises.")
@click.option("--out", type=click.Path(path_type=Path), default=notebooks.ROOT / "handout", show_default="handout")
def handout(numbers: tuple[str, ...], solved: int | None, out: Path) -> None:
    """Write the notebooks (or those with the numbers NN) without their solutions, for a class.

    With --solved 3 it writes notebooks to catch up with, beside the others: 04_…_solved_3.ipynb.
    """
    count = write_handout(notebooks.chosen(numbers), notebooks.ROOT / "figures", out, solved or 0)
    first = "the first exercise" if solved == 1 else f"the first {solved} exercises"
    what = f"with {first} solved" if solved else "without solutions"
    written = "1 notebook" if count == 1 else f"{count} notebooks"
    click.echo(f"{written} {what} in {out / 'notebooks'}")
