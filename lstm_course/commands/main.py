"""The command ``lstm-course``: open, run and hand out the course, and look after its data."""

import subprocess
import sys
from pathlib import Path

import click

from lstm_course.commands.data import data

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


@click.group()
def main() -> None:
    """Open, run and hand out the LSTM course, and look after its data."""


main.add_command(data)


@main.command()
def lab() -> None:
    """Open JupyterLab at the first notebook."""
    first = notebook_paths()[0].relative_to(ROOT).as_posix()
    # A notebook named as an argument would make its folder the root, and ../figures would lie outside.
    places = [f"--ServerApp.root_dir={ROOT}", f"--LabApp.default_url=/lab/tree/{first}"]
    sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab", *places], cwd=ROOT).returncode)


@main.command()
@click.argument("names", nargs=-1)
def run(names: tuple[str, ...]) -> None:
    """Execute the sequence (or the notebooks whose names start with NAMES) and print the headline results.

    The executed copies go to runs/; the course's own notebooks stay as they are.
    """
    from lstm_course.commands import running

    chosen = [path for path in notebook_paths() if not names or path.name.startswith(names)]
    if not chosen:
        known = ", ".join(path.stem for path in notebook_paths())
        raise click.ClickException(f"no notebook starts with {' or '.join(names)}. There are: {known}")
    sys.exit(0 if running.run_all(chosen, ROOT / "runs") else 1)


@main.command()
def doctor() -> None:
    """Check this machine: Python, packages, reviews, folders; say what mends what is wrong."""
    from lstm_course.commands import doctor as checks

    sys.exit(0 if checks.report(ROOT) else 1)


@main.command()
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "handout", show_default="handout")
def handout(out: Path) -> None:
    """Write the notebooks without their solutions, for a class."""
    from lstm_course.commands import running

    count = running.write_handout(notebook_paths(), ROOT / "figures", out)
    click.echo(f"{count} notebooks without solutions in {out / 'notebooks'}")


@main.command()
def progress() -> None:
    """Show which exercises are done."""
    from lstm_course.exercises import progress as show_progress

    show_progress()
