"""The notebooks on the disk: where they lie, what their cells are tagged, and how one is executed."""

import os
import re
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[2]


def notebook_paths() -> list[Path]:
    """Return the notebooks in teaching order.

    Raises:
        click.ClickException: the package was installed without its notebooks.
    """
    found = sorted((ROOT / "notebooks").glob("*.ipynb"))
    if not found:
        raise click.ClickException(
            f"there are no notebooks in {ROOT / 'notebooks'}. Install from a clone: git clone …, then make lab"
        )
    return found


def chosen(numbers: tuple[str, ...]) -> list[Path]:
    """Return the notebooks with the numbers, in teaching order; all of them where no number is given.

    Args:
        numbers: one or two digits each.

    Raises:
        click.ClickException: there is no notebook with a number.
    """
    there = {path.name[:2]: path for path in notebook_paths()}
    wanted = {number.zfill(2) for number in numbers} or set(there)
    for number in sorted(wanted - set(there)):
        raise click.ClickException(f"there is no notebook {number}. There are: {', '.join(there)}")
    return [path for number, path in there.items() if number in wanted]


def title(notebook) -> str:
    """Return a notebook's title: its first line."""
    return notebook.cells[0].source.split("\n")[0].removeprefix("# ")


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


def execute(notebook, folder: Path, environment: dict[str, str] | None = None, **hooks) -> None:
    """Run all cells of ``notebook`` in place, as if it lay in ``folder``.

    Args:
        notebook: is changed.
        folder: the kernel's working directory.
        environment: the kernel's environment variables, in place of this process's.
        **hooks: what `NotebookClient` calls, such as ``on_cell_executed``.

    Raises:
        CellExecutionError: a cell raised.
    """
    from nbclient import NotebookClient  # seconds, which only this needs

    NotebookClient(
        notebook,
        timeout=None,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
        extra_arguments=["--log-level=ERROR"],  # the kernel warns of its unencrypted socket on this machine
        **hooks,
    ).execute(env=environment or dict(os.environ))
