"""Make .venv and install the course into it. Runs on a bare Python; every obstacle gets one sentence.

    python tools/setup_environment.py [--newest] [--extra=NAMES]

`--newest` ignores constraints.txt and takes the newest releases that pyproject.toml allows. `--extra` names the
optional dependencies to take in place of `test`, such as `test,book`. A second run does nothing unless
pyproject.toml or constraints.txt has changed since the first.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
OLDEST, NEWEST = (3, 11), (3, 13)
NEEDED_GB = 4.0  # an installation takes 2.6 GB, and pip unpacks beside it


def stop(sentence: str) -> None:
    """End with one sentence on standard error."""
    sys.exit(f"lstm-course: {sentence}")


def check_machine() -> None:
    """Stop if this Python, its modules or the disk cannot carry the course."""
    found = ".".join(map(str, sys.version_info[:3]))
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        stop(
            f"Python {found} cannot run TensorFlow; the course needs 3.11, 3.12 or 3.13. "
            "If you have one of them, name it: make PYTHON=python3.12 lab"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop(
            f"Python {found} lacks its venv module. On Debian and Ubuntu: "
            f"sudo apt install python3.{sys.version_info[1]}-venv"
        )
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < NEEDED_GB and not VENV.exists():
        stop(f"{ROOT} has {free:.1f} GB of free disk space; installing the course needs {NEEDED_GB:.0f} GB.")


def venv_python() -> Path:
    """Return the path of the environment's interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def run(*command: str, failure: str) -> None:
    """Run ``command``; if it fails, stop with ``failure``."""
    if subprocess.run([str(venv_python()), *command], cwd=ROOT).returncode:
        stop(failure)


def main() -> None:
    """Create or update the environment."""
    newest = "--newest" in sys.argv[1:]
    (extra,) = [word.removeprefix("--extra=") for word in sys.argv[1:] if word.startswith("--extra=")] or ["test"]
    check_machine()
    inputs = [ROOT / "pyproject.toml"] + ([] if newest else [ROOT / "constraints.txt"])
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in inputs)).hexdigest()
    stamp = VENV / f"lstm-course-installed-{extra}"
    if stamp.exists() and stamp.read_text() == digest:
        return
    if not venv_python().exists():
        print("Making .venv …", flush=True)
        if subprocess.run([sys.executable, "-m", "venv", str(VENV)]).returncode:
            stop("the environment .venv could not be made; the lines above say why.")
    print("Installing the course into .venv (about 2.6 GB; minutes the first time) …", flush=True)
    constraints = [] if newest else ["-c", "constraints.txt"]
    run(
        "-m", "pip", "install", "-q", "--disable-pip-version-check", *constraints, "-e", f".[{extra}]",
        failure="the installation stopped; the lines above say why. Run the same command again to go on.",
    )  # fmt: skip
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
