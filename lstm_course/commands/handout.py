"""The command ``lstm-course handout``: write the notebooks without their solutions."""

import shutil
from pathlib import Path

import click

from lstm_course.commands import notebooks


def write_handout(paths: list[Path], figures: Path, out: Path) -> int:
    """Write the notebooks without solution cells to ``out``, with the figures they show; return how many.

    Args:
        paths: the notebooks.
        figures: the folder of figures that their prose links to.
        out: the folder to write; notebooks of the same name in it are replaced.
    """
    import nbformat

    (out / "notebooks").mkdir(parents=True, exist_ok=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if not notebooks.tagged(cell, "solution")]
        nbformat.write(notebook, out / "notebooks" / path.name)
    shutil.copytree(figures, out / "figures", dirs_exist_ok=True)
    return len(paths)


@click.command()
@click.option("--out", type=click.Path(path_type=Path), default=notebooks.ROOT / "handout", show_default="handout")
def handout(out: Path) -> None:
    """Write the notebooks without their solutions, for a class."""
    count = write_handout(notebooks.notebook_paths(), notebooks.ROOT / "figures", out)
    click.echo(f"{count} notebooks without solutions in {out / 'notebooks'}")
