"""The command ``lstm-course lab``: open JupyterLab at the first notebook."""

import subprocess
import sys

import click

from lstm_course.commands import notebooks


@click.command()
def lab() -> None:
    """Open JupyterLab at the first notebook."""
    first = notebooks.notebook_paths()[0].relative_to(notebooks.ROOT).as_posix()
    # A notebook named as an argument would make its folder the root, and ../figures would lie outside.
    places = [f"--ServerApp.root_dir={notebooks.ROOT}", f"--LabApp.default_url=/lab/tree/{first}"]
    sys.exit(subprocess.run([sys.executable, "-m", "jupyterlab", *places], cwd=notebooks.ROOT).returncode)
