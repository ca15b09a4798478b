"""A planted failure has to fail, so that the notebooks' green means something on every system that runs this."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
PRINTS = "print('states', 3 + 4)"
MEASURES = "print(f'accuracy ≈ {0.85:.2f}, seeds 5')"
CLAIMS = "# Checks what the text says: click the dots to open\nassert 0.85 {} 0.8"
CELLS = {  # what the cell runs, and what is stored as its output
    "right": (PRINTS, "states 7\n"),
    "another number": (PRINTS, "states 8\n"),
    "an output missing": (PRINTS, ""),
    "a measured number": (MEASURES, "accuracy ≈ 0.87, seeds 5\n"),  # it may differ
    "another number beside a measured one": (MEASURES, "accuracy ≈ 0.85, seeds 3\n"),
    "a true claim": (CLAIMS.format(">"), ""),
    "an output that is no longer printed": (CLAIMS.format(">"), "the LSTM leads\n"),
    "a false claim": (CLAIMS.format("<"), ""),
}
GREEN = {"right", "a measured number", "a true claim"}


def test_planted_failures_fail_and_nothing_else_does(tmp_path):
    notebook = nbformat.v4.new_notebook()
    for source, output in CELLS.values():
        outputs = [nbformat.v4.new_output("stream", name="stdout", text=output)] if output else []
        notebook.cells.append(nbformat.v4.new_code_cell(source, outputs=outputs, execution_count=1))
    nbformat.write(notebook, tmp_path / "scratch.ipynb")
    shutil.copy(ROOT / "conftest.py", tmp_path)
    rules = ROOT / "tests" / "nbval_sanitize.cfg"
    command = "-m pytest -rA -p no:cacheprovider --nbval --nbval-current-env scratch.ipynb --nbval-sanitize-with"
    run = subprocess.run(
        [sys.executable, *command.split(), str(rules)], cwd=tmp_path, capture_output=True, text=True, encoding="utf-8"
    )
    assert run.returncode == 1, run.stdout + run.stderr
    passed = re.findall(r"^PASSED .*::Cell (\d+)$", run.stdout, re.M)
    assert {name for number, name in enumerate(CELLS) if str(number) in passed} == GREEN
