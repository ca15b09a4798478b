"""Keep which exercises are done, in a file of the user's data folder."""

import itertools
import json
import os
import sys
import tempfile
import textwrap
from pathlib import Path

from lstm_course.settings import paths

RIGHT, TRIED, NOT_ATTEMPTED = "right", "tried", "not attempted"
MARKS = {RIGHT: "✓", TRIED: "✗", NOT_ATTEMPTED: "○"}


def say(text: str) -> None:
    """Print text, wrapped, also where the output cannot show every character."""
    lines = [textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")]
    coding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print("\n".join(lines).encode(coding, "replace").decode(coding))


def _file() -> Path:
    return paths.data_folder() / "progress.json"


def read() -> dict[str, dict[str, str]] | None:
    """Return the states kept so far, by notebook and exercise.

    A file that cannot be read or understood is moved aside, never overwritten. None means that this failed
    too, and nothing may be written.
    """
    try:
        states = json.loads(_file().read_text(encoding="utf-8"))
        if not all(state in MARKS for exercises in states.values() for state in exercises.values()):
            raise ValueError
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        return _move_aside()
    return states


def _move_aside() -> dict | None:
    names = itertools.chain([".json.bak"], (f".json.bak{number}" for number in itertools.count(2)))
    aside = next(path for path in map(_file().with_suffix, names) if not path.exists())
    try:
        _file().replace(aside)
    except OSError as error:
        say(f"The progress file {_file()} cannot be read, nor moved aside ({error.strerror}); it is left as it is.")
        return None
    say(f"The progress file could not be understood. It is kept as {aside}, and progress starts anew.")
    return {}


def record(notebook: str, exercise: str, state: str) -> None:
    """Note the state of an exercise; what was once right stays right."""
    states = read()
    if states is None:
        return
    kept = states.setdefault(notebook, {})
    if kept.get(exercise) in (RIGHT, state):
        return
    kept[exercise] = state
    try:
        _write(states)
    except OSError as error:
        say(f"Your progress could not be saved in {_file().parent}: {error.strerror}. The check itself holds.")


def _write(states: dict) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=_file().parent, prefix="progress-", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(states, file, indent=1, sort_keys=True)
        Path(name).replace(_file())
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
