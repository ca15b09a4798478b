"""The three files that say what is installed agree, and what the package imports stays light."""

import importlib
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lstm_course.commands import doctor

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DECLARED = {
    canonicalize_name(Requirement(line).name): Requirement(line).specifier
    for line in PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
}
SITE = {
    canonicalize_name(Requirement(line).name): Requirement(line).specifier
    for extra in ("book", "browser", "hub")
    for line in PROJECT["optional-dependencies"][extra]
}
PINNED = {
    canonicalize_name(name): pin
    for name, pin in re.findall(r"^([\w.-]+)==([\w.]+)$", (ROOT / "constraints.txt").read_text(), re.M)
}
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]


@pytest.mark.parametrize("name", sorted(DECLARED | SITE))
def test_every_declared_package_is_pinned_inside_its_range(name):
    assert PINNED[name] in (DECLARED | SITE)[name]


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_the_installed_package_is_inside_its_range(name):
    assert version(name) in DECLARED[name]


def test_every_line_of_the_constraints_is_an_exact_pin():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert len(PINNED) == len([line for line in lines if line and not line.startswith("#")])


def test_conda_names_the_same_ranges():
    pip_lines = next(entry["pip"] for entry in CONDA if isinstance(entry, dict))
    assert "-c constraints.txt" in pip_lines
    assert "-e .[test]" in pip_lines
    for line in pip_lines:
        if not line.startswith("-"):
            requirement = Requirement(line)
            assert requirement.specifier == DECLARED[requirement.name]
    (python,) = (entry for entry in CONDA if str(entry).startswith("python"))
    assert Requirement(python).specifier == Requirement("python" + PROJECT["requires-python"]).specifier


@pytest.mark.parametrize("minor", range(8, 20))
def test_makefile_and_doctor_accept_the_declared_pythons(minor, monkeypatch):
    declared = f"3.{minor}.0" in Requirement("python" + PROJECT["requires-python"]).specifier
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (refused,) = re.findall(r"sys\.exit\((not .+)\)'", makefile)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "version_info", (3, minor, 0))
        assert doctor.check_python()[0] == declared
        assert eval(refused) == (not declared)


def test_the_environment_script_accepts_the_declared_pythons():
    script = (ROOT / "tools" / "setup_environment.py").read_text(encoding="utf-8")
    assert "OLDEST, NEWEST = (3, 11), (3, 13)" in script
    specifier = Requirement("python" + PROJECT["requires-python"]).specifier
    assert [minor for minor in range(8, 20) if f"3.{minor}.0" in specifier] == [11, 12, 13]


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("lstm_course", {"tensorflow", "keras", "matplotlib", "numpy"}),
        ("lstm_course.cells", {"tensorflow", "keras", "matplotlib"}),
        ("lstm_course.cells.gradient_checks", {"tensorflow", "keras", "matplotlib"}),
        ("lstm_course.plotting", {"tensorflow", "keras"}),
        ("lstm_course.exercises.nb01", {"tensorflow", "keras", "matplotlib"}),
        ("lstm_course.interpret.welcome, lstm_course.exercises.nb00", {"tensorflow", "keras"}),
        ("lstm_course.reviews.imdb", {"tensorflow", "keras", "matplotlib", "sklearn"}),
        ("lstm_course.commands.main", {"tensorflow", "keras", "matplotlib", "sklearn"}),
    ],
)
def test_imports_stay_light(module, absent):
    code = f"import {module}, sys; print({absent!r} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_keras_is_imported_without_a_word():
    code = "from lstm_course.models.quiet import keras, tf; print(float(keras.ops.sum(tf.ones(3))))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (found.stdout, found.stderr) == ("3.0\n", "")


def test_codespaces_has_a_declared_python():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["image"].rsplit(":", 1)[1] + ".0" in Requirement("python" + PROJECT["requires-python"]).specifier


def test_codespaces_opens_a_notebook_that_is_there():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert all((ROOT / name).is_file() for name in container["customizations"]["codespaces"]["openFiles"])


@pytest.mark.skipif(os.name == "nt", reason="Binder's machines run Linux")
def test_binder_starts_jupyterlab_in_the_profile_for_small_machines():
    code = "from lstm_course.settings import profile; print(profile.current().name)"
    started = [ROOT / "start", sys.executable, "-c", code]
    assert "workshop" in subprocess.run(started, capture_output=True, text=True, check=True).stdout


def test_what_binder_runs_is_there():
    script = ROOT / "postBuild"
    assert os.name == "nt" or os.access(script, os.X_OK)
    for module, name in re.findall(r"from ([\w.]+) import (\w+)", script.read_text(encoding="utf-8")):
        assert importlib.import_module(f"{module}.{name}").load_data
