"""What a wheel holds is enough: a notebook runs alone in an empty folder, as on Colab, with nothing but the package."""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import course_pages
import nbformat
import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the package's wheel from a copy, since a folder ``build`` would end up in it."""
    copy = tmp_path_factory.mktemp("source")
    shutil.copytree(ROOT / "lstm_course", copy / "lstm_course", ignore=shutil.ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", "dist", "."]
    subprocess.run(command, cwd=copy, check=True)
    (built,) = (copy / "dist").glob("*.whl")
    return built


def test_every_file_of_the_package_is_in_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = [path for path in (ROOT / "lstm_course").rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert held == {path.relative_to(ROOT).as_posix() for path in files if not path.name.startswith(".")}


@pytest.fixture
def machine(tmp_path):
    """Return the Python of an environment with everything that the course needs but not the course itself."""
    venv.create(tmp_path / "machine", with_pip=False, symlinks=True)
    (packages,) = (tmp_path / "machine").glob("lib/python*/site-packages")
    for installed in Path(sysconfig.get_path("purelib")).iterdir():
        if "lstm_course" not in installed.name:
            (packages / installed.name).symlink_to(installed)
    return tmp_path / "machine" / "bin" / "python"


@pytest.mark.skipif(os.name == "nt", reason="links to the installed packages, which Windows allows administrators only")
def test_the_first_cell_for_colab_installs_the_course_and_the_rest_runs(wheel, machine, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    given = nbformat.read(ROOT / "notebooks" / "00_welcome.ipynb", as_version=4)
    nbformat.write(course_pages.for_colab(given, "owner/name", str(wheel)), alone / "00_welcome.ipynb")
    settings = {"LSTM_COURSE_OFFLINE": "1", "LSTM_COURSE_HOME": str(tmp_path / "home"), "PIP_NO_INDEX": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | settings
    execute = [machine, "-c", "from nbclient.cli import main; main()"]  # `jupyter execute`, by that Python
    command = [*execute, "--inplace", "--allow-errors", "00_welcome.ipynb"]
    subprocess.run(command, cwd=alone, env=environment, check=True, capture_output=True)

    cells = nbformat.read(alone / "00_welcome.ipynb", as_version=4).cells
    outputs = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []
    assert "Installed for as long as this machine lasts: lstm-course 0.1.0" in cells[1].outputs[-1].text
    assert sorted(path.name for path in alone.iterdir()) == ["00_welcome.ipynb"]
    assert list(machine.parents[1].rglob("site-packages/lstm_course/__init__.py")), "it came into that environment"
