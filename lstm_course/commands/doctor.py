"""The command ``lstm-course doctor``: check a machine for what the course needs, and say what fixes it."""

import importlib.metadata
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import click

from lstm_course.commands import notebooks
from lstm_course.reviews import imdb
from lstm_course.settings import paths, profile

PACKAGES = ("numpy", "tensorflow", "keras", "scikit-learn", "matplotlib", "seaborn", "jupyterlab", "nbval")


def pinned_versions(constraints: Path) -> dict[str, str]:
    """Return the versions that a constraints file names, by lower-case package."""
    lines = constraints.read_text(encoding="utf-8").splitlines() if constraints.exists() else []
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name.strip().lower(): version.split(";")[0].strip() for name, version in pairs}


def check_python() -> tuple[bool, str]:
    """Check the interpreter's version."""
    found = ".".join(map(str, sys.version_info[:3]))
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    return good, f"Python {found}" + ("" if good else ": TensorFlow needs 3.11, 3.12 or 3.13")


def check_package(name: str, tested: dict[str, str]) -> tuple[bool, str]:
    """Check that a package is there, and say if it is not the version that was tested."""
    try:
        version = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False, f'{name} is missing; fix it with: pip install -c constraints.txt -e ".[test]"'
    if _numbers(version) < _numbers(oldest(name)):
        return False, f"{name} {version} is too old; fix it with: pip install -c constraints.txt {name}"
    same = tested.get(name) in (None, version)
    return True, f"{name} {version}" + ("" if same else f" (the course was tested with {tested[name]})")


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


def oldest(name: str) -> str:
    """Return the oldest version of a package that the course takes; ``"0"`` where it names none."""
    for line in importlib.metadata.requires("lstm-course") or ():
        found = re.match(rf"{re.escape(name)}\s*>=\s*([\d.]+)", line, re.I)
        if found:
            return found[1]
    return "0"


def check_metal() -> tuple[bool, str]:
    """Check that Apple's plugin for the GPU, with which LSTMs have given wrong results, is not there.

    Sources: apple/tensorflow_macos#55 and #157, tensorflow/tensorflow#92564 and #92686.
    """
    try:
        version = importlib.metadata.version("tensorflow-metal")
    except importlib.metadata.PackageNotFoundError:
        return True, "no plugin that is known to compute LSTMs wrongly"
    return False, (
        f"tensorflow-metal {version} is known to train LSTMs to wrong results (apple/tensorflow_macos#55); "
        "run on the CPU: pip uninstall tensorflow-metal"
    )


def check_profile() -> tuple[bool, str]:
    """Check that the profile exists."""
    try:
        return True, f"profile {profile.current().name}"
    except ValueError as error:
        return False, str(error)


def check_reviews() -> tuple[bool, str]:
    """Say which reviews would be used."""
    try:
        return True, str(imdb.find_source())
    except imdb.DataError as error:
        return False, str(error)


def check_folder(folder: Path) -> tuple[bool, str]:
    """Check that a folder can be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        return (
            False,
            f"{folder} cannot be written ({error.strerror}); choose another: export {paths.VARIABLE}=FOLDER",
        )
    return True, f"{folder} can be written, {shutil.disk_usage(folder).free / 1e9:.0f} GB free"


def check_cache() -> tuple[bool, str]:
    """Check that prepared reviews can be kept, or that they are there where others share them."""
    folder = paths.cache_folder()
    if os.environ.get(paths.CACHE_VARIABLE, "").strip() and any(folder.glob("*.npz")):
        return True, f"{folder} holds prepared reviews"
    return check_folder(folder)


def _results(root: Path) -> list[tuple[str, bool, str]]:
    """Return topic, verdict and sentence of every check."""
    tested = pinned_versions(root / "constraints.txt")
    return [
        ("Python", *check_python()),
        *(("packages", *check_package(name, tested)) for name in PACKAGES),
        ("packages", *check_metal()),
        ("profile", *check_profile()),
        ("reviews", *check_reviews()),
        ("folders", *check_cache()),
        ("folders", *check_folder(paths.data_folder())),
        ("processors", True, f"{os.cpu_count()} processors"),
    ]


def report(root: Path) -> bool:
    """Print one line a check, and return whether all of them passed."""
    results = _results(root)
    for _, good, sentence in results:
        click.echo(f"{'ok     ' if good else 'MISSING'} {sentence}")
    return all(good for _, good, _ in results)


MEANING = {
    "Python": "Python: TensorFlow runs on this version.",
    "packages": "Packages: NumPy, TensorFlow, Keras and all else that the notebooks import is installed.",
    "profile": "Profile: it is one of the two that exist.",
    "folders": "Folders: your progress and the models that you train can be kept.",
}


def explain() -> None:
    """Print what this machine has and what that is good for; what is missing, with the line that fixes it.

    Where all is well the text is the same on every machine, but for the line that says which reviews there are.
    """
    results = _results(notebooks.ROOT)
    for topic in dict.fromkeys(name for name, _, _ in results if name != "processors"):
        here = [(good, sentence) for name, good, sentence in results if name == topic]
        faults = [f"✗ {sentence}" for good, sentence in here if not good]
        print("\n".join(faults) or f"✓ {MEANING.get(topic, here[0][1])}")
    well = all(good for _, good, _ in results)
    print("All is in place." if well else "Fix what has a ✗ and run this cell again.")


@click.command()
@click.option("--selftest", is_flag=True, help="also compute an LSTM on every device")
def doctor(selftest: bool) -> None:
    """Check this machine: Python, packages, reviews, folders; say what fixes what is wrong."""
    well = report(notebooks.ROOT)
    if selftest:
        from lstm_course.commands import selftest as computed

        well &= computed.report()
    sys.exit(0 if well else 1)
