"""Where the course keeps what it makes outside its own folder: prepared reviews and a learner's progress."""

import contextlib
import os
import uuid
from pathlib import Path

import platformdirs

VARIABLE = "LSTM_COURSE_HOME"
CACHE_VARIABLE = "LSTM_COURSE_CACHE"


def _folder(kind: str, default: str) -> Path:
    home = os.environ.get(VARIABLE, "").strip()
    return Path(home).expanduser() / kind if home else Path(default)


def cache_folder() -> Path:
    """Return the folder for prepared reviews (it may be deleted at any time); it need not exist yet.

    ``LSTM_COURSE_HOME`` moves it, and ``LSTM_COURSE_CACHE`` it alone: learners of one machine share what is prepared
    there, and need not be able to write it. Otherwise it is the operating system's place for caches.
    """
    shared = os.environ.get(CACHE_VARIABLE, "").strip()
    if shared:
        return Path(shared).expanduser()
    return _folder("cache", platformdirs.user_cache_dir("lstm-course", appauthor=False))


def data_folder() -> Path:
    """Return the folder for what must be kept: progress, models, unfinished training. It need not exist yet.

    ``LSTM_COURSE_HOME`` moves it; otherwise it is the operating system's place for a user's data.
    """
    return _folder("data", platformdirs.user_data_dir("lstm-course", appauthor=False))


@contextlib.contextmanager
def whole_or_nothing(file: Path):
    """Open a temporary file that takes the name of ``file`` if the block ends well, and is deleted if not."""
    unfinished = file.with_name(f"{file.name}.{uuid.uuid4().hex}.part")
    try:
        with unfinished.open("xb") as part:
            yield part
        unfinished.replace(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
