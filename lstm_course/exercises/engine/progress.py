"""Keep every attempt at an exercise, each in a file of its own in the user's data folder.

Kernels of several open notebooks write at once. No two of them ever write the same file, so that none can overwrite
another, and no lock is needed, which a killed kernel could leave behind or a network folder refuse.
"""

import contextlib
import inspect
import json
import sys
import textwrap
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from lstm_course.settings import paths

RIGHT, TRIED, NOT_ATTEMPTED = "right", "tried", "not attempted"
MARKS = {RIGHT: "✓", TRIED: "✗", NOT_ATTEMPTED: "○"}


def say(text: str) -> None:
    """Print text, wrapped, also where the output cannot show every character."""
    lines = [textwrap.fill(line, 100, break_long_words=False, break_on_hyphens=False) for line in text.split("\n")]
    coding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print("\n".join(lines).encode(coding, "replace").decode(coding))


def _folder() -> Path:
    return paths.data_folder() / "attempts"


@dataclass
class Kept:
    """What is kept of one attempt.

    Attributes:
        notebook: two digits.
        exercise: its name.
        at: when the check was called, in ISO format.
        answer: the source of the function, or the value as Python shows it.
        state: `RIGHT` or `TRIED`.
        verdict: what the check said; empty when it did not come to an end.
    """

    notebook: str
    exercise: str
    at: str
    answer: str
    state: str = TRIED
    verdict: str = ""

    def __post_init__(self):
        if self.state not in MARKS:
            raise ValueError(f"no state: {self.state}")


class Attempt:
    """One answer put to one check: kept before it is run, so that a kernel that hangs loses nothing."""

    def __init__(self, notebook: str, exercise: str, answer: object):
        now = datetime.now()
        self.kept = Kept(notebook, exercise, now.isoformat(" ", "seconds"), _text(answer))
        self.file = _folder() / f"{now:%Y%m%d-%H%M%S-%f}-{uuid.uuid4().hex[:8]}.json"
        with contextlib.suppress(OSError):  # `end` tries again, and says why it fails
            self._write()

    def _write(self) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with paths.whole_or_nothing(self.file) as part:
            part.write(json.dumps(asdict(self.kept), indent=1).encode())

    def end(self, state: str, verdict: str) -> None:
        """Keep what the check said; a stub leaves no trace."""
        self.kept.state, self.kept.verdict = state, verdict
        try:
            if state == NOT_ATTEMPTED:
                self.file.unlink(missing_ok=True)
            else:
                self._write()
        except OSError as error:
            say(f"Your progress could not be saved in {_folder()}: {error.strerror}. The check itself holds.")


def _text(answer: object) -> str:
    for show in (inspect.getsource, repr):
        with contextlib.suppress(Exception):  # a value has no source, and an answer may be anything
            return show(answer)
    return str(type(answer))


def attempts() -> list[Kept]:
    """Return the attempts that are kept, oldest first; a file that is none is named, left alone and left out."""
    found = []
    for file in sorted(_folder().glob("*.json")):
        try:
            found.append(Kept(**json.loads(file.read_text(encoding="utf-8"))))
        except (OSError, ValueError, TypeError):
            say(f"{file} cannot be read as an attempt at an exercise. It is left as it is, and does not count.")
    return found


def read() -> dict[str, dict[str, str]]:
    """Return the state of every exercise that was tried, by notebook; what was once right stays right."""
    states: dict[str, dict[str, str]] = {}
    for kept in attempts():
        here = states.setdefault(kept.notebook, {})
        here[kept.exercise] = RIGHT if RIGHT in (kept.state, here.get(kept.exercise)) else TRIED
    return states
