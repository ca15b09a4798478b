"""Find the reviews: what the learner named, the user's cache, Keras's cache, a download, the built-in corpus."""

import hashlib
import os
import shutil
import tarfile
import threading
from dataclasses import dataclass
from pathlib import Path

from lstm_course.reviews import read
from lstm_course.reviews.errors import DataError, MissingFolderError
from lstm_course.settings.paths import cache_folder, whole_or_nothing

ARCHIVE_NAME = "aclImdb_v1.tar.gz"
PATH_VARIABLE = "LSTM_COURSE_DATA"
OFFLINE_VARIABLE = "LSTM_COURSE_OFFLINE"
URL = f"https://ai.stanford.edu/~amaas/data/sentiment/{ARCHIVE_NAME}"
PUBLISHED_SHA256 = "c40f74a18d3b61f90feba1e17730e0d38e8b97c05fde7008942e91923d1658fe"
# sha256 of every labelled review's bytes, one after another, in the order of reading:
#   cd aclImdb; LC_ALL=C; cat train/pos/*.txt train/neg/*.txt test/pos/*.txt test/neg/*.txt | sha256sum
PUBLISHED_FINGERPRINT = "f3fc242a6caea00831dfdfff0f38b426481ed14f4c050d763e5ae894fda35662"

_NAMES = {
    "imported": "the archive imported into the course's cache",
    "downloaded": f"the downloaded {ARCHIVE_NAME}",
    "keras": "Keras's cache, without texts and stars",
    "built-in": "lstm_course.reviews.synthetic_reviews",
}


@dataclass(frozen=True)
class Source:
    """Where the reviews come from; ``str()`` is one line without any folder path.

    Attributes:
        kind: ``archive``, ``folder``, ``imported``, ``downloaded``, ``keras`` or ``built-in``.
        name: the same in words.
        published: whether they are the published reviews, judged by their content; None when they have not been
            read yet and so it is not known.
    """

    kind: str
    name: str
    published: bool | None

    def __str__(self):
        if self.kind == "built-in":
            return (
                "Reviews: the built-in corpus of generated sentences, in place of the published reviews. "
                "To get those: lstm-course data --fetch"
            )
        what = {
            True: "the published IMDB set",
            False: "not the published IMDB set, so your numbers will differ",
            None: "not read yet, so not compared with the published IMDB set",
        }
        return f"Reviews: {what[self.published]} (read from {self.name})"


@dataclass(frozen=True)
class Origin:
    """Something that reviews can be read from.

    Attributes:
        kind: as in Source.
        path: the archive or folder; None for the built-in corpus.
        told_by: ``path`` or ``LSTM_COURSE_DATA`` where one of them named it.
    """

    kind: str
    path: Path | None
    told_by: str = ""

    def key(self) -> str:
        """Return what the prepared copy is filed under: a digest that changes when the content does."""
        if self.kind == "built-in":
            digest = hashlib.sha256()
            for file in sorted(Path(__file__).parent.glob("*review*.py")):  # the grammar and its words
                digest.update(file.read_bytes())
            return digest.hexdigest()
        return read.KERAS_REVIEWS_SHA256 if self.kind == "keras" else read.key(self.path)

    def source(self, key: str, fingerprint: str | None) -> Source:
        """Return the public description; ``fingerprint`` is that of the prepared copy, None before there is one."""
        name = _NAMES.get(self.kind) or f"the {self.kind} {self.path.name}"
        if key in (PUBLISHED_SHA256, read.KERAS_REVIEWS_SHA256) or fingerprint == PUBLISHED_FINGERPRINT:
            return Source(self.kind, name, True)
        unknown = fingerprint is None and self.kind != "built-in"
        return Source(self.kind, name, None if unknown else False)


BUILT_IN = Origin("built-in", None)


def offline() -> bool:
    """Return whether ``LSTM_COURSE_OFFLINE`` forbids a download."""
    return os.environ.get(OFFLINE_VARIABLE, "").strip() not in ("", "0")


def locate(path: str | Path | None) -> tuple[Origin | None, str]:
    """Return the first source that needs no download and is not built in, and a remark on one that was passed over.

    Raises:
        DataError: ``path`` or ``LSTM_COURSE_DATA`` names something that is not there or is no review set.
    """
    named = path if path is not None else os.environ.get(PATH_VARIABLE, "").strip()
    if named:
        told_by = "path" if path is not None else PATH_VARIABLE
        return _named(Path(named).expanduser(), told_by), ""
    kept = [kind for kind in ("imported", "downloaded") if slot(kind).is_file()]
    if kept:  # the one that was asked for last
        kind = max(kept, key=lambda kind: slot(kind).stat().st_mtime_ns)
        return Origin(kind, slot(kind)), ""
    return _keras()


def slot(kind: str) -> Path:
    """Return where the user's cache keeps the ``imported`` or the ``downloaded`` archive."""
    return cache_folder() / ("imported.tar.gz" if kind == "imported" else ARCHIVE_NAME)


def _named(path: Path, told_by: str) -> Origin:
    if path.is_file():
        return Origin("archive", path, told_by)
    if not path.is_dir():
        raise DataError(
            f"{told_by} names {path}, and there is nothing of that name. "
            f"Correct {told_by}, or leave it out and use: lstm-course data --fetch"
        )
    for folder in (path, path / "aclImdb"):
        if (folder / "train").is_dir() or (folder / "test").is_dir():
            return Origin("folder", folder, told_by)
    if (path / ARCHIVE_NAME).is_file():
        return Origin("archive", path / ARCHIVE_NAME, told_by)
    raise DataError(
        f"{told_by} names the folder {path}, which holds neither train/ and test/, nor aclImdb/, "
        f"nor {ARCHIVE_NAME}. Correct {told_by}, or leave it out and use: lstm-course data --fetch"
    )


def keras_folder() -> Path:
    """Return the folder in which Keras keeps its data sets; ``KERAS_HOME`` moves it."""
    home = os.environ.get("KERAS_HOME", "").strip()
    return (Path(home).expanduser() if home else Path.home() / ".keras") / "datasets"


def _keras() -> tuple[Origin | None, str]:
    folder = keras_folder()
    if (folder / ARCHIVE_NAME).is_file():
        return Origin("archive", folder / ARCHIVE_NAME), ""
    if (folder / "aclImdb" / "train").is_dir():
        return Origin("folder", folder / "aclImdb"), ""
    if not (folder / "imdb.npz").is_file():
        return None, ""
    try:
        read.keras_files(folder)
    except DataError as error:
        return None, str(error)
    return Origin("keras", folder), ""


def prepare(origin: Origin, *, bar: bool = False):
    """Return the labelled reviews of a source, read, encoded and checked anew; nothing is kept.

    Raises:
        DataError: what is there is broken, incomplete or unsafe.
    """
    try:
        return read.prepare(origin.kind, origin.path, bar=bar)
    except DataError as error:
        then = f" Then leave out {origin.told_by}." if origin.told_by else ""
        raise DataError(f"{error}{then}") from None


def prepare_unlabelled(origin: Origin, words: list[str]):
    """Return the unlabelled reviews of a source, read and encoded.

    Raises:
        DataError: as ``prepare`` does; MissingFolderError where there are none.
    """
    if origin.kind in ("keras", "built-in"):
        raise MissingFolderError(f"{_NAMES[origin.kind]} has no unlabelled reviews.")
    return read.prepare_unlabelled(origin.path, words)


def download() -> Path:
    """Download the published archive into the user's cache, with a progress bar; nothing if it is there whole.

    Raises:
        DataError: there is no connection, the download broke off, or what came is not the published file.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")
    host = requests.utils.urlparse(URL).netloc
    target = slot("downloaded")
    downloader = pooch.HTTPDownloader(progressbar=True, chunk_size=1 << 16, timeout=(4, 30))
    try:
        if not (target.is_file() and pooch.file_hash(str(target)) == PUBLISHED_SHA256):
            _reach(host)
        pooch.retrieve(URL, PUBLISHED_SHA256, target.name, target.parent, downloader=downloader)
    except (requests.ConnectionError, requests.Timeout):
        raise DataError(f"There is no connection to {host}, so nothing was downloaded.") from None
    except requests.HTTPError as error:
        raise DataError(f"{host} answered {error.response.status_code}, so nothing was downloaded.") from None
    except requests.RequestException:
        raise DataError(f"The download from {host} broke off; nothing of it is kept.") from None
    except ValueError:
        raise DataError(
            f"What came from {host} is not the published archive (its hash differs); nothing of it is kept."
        ) from None
    except OSError as error:
        raise DataError(f"The download could not be written to {target.parent}: {error.strerror or error}.") from None
    target.touch()  # of an imported and a downloaded archive, the later one is used
    return target


def _reach(host: str, seconds: float = 5) -> None:
    """Raise requests.ConnectionError if the server does not answer; a look-up of its name may hang for long."""
    import requests

    failures = []

    def ask():
        try:
            requests.head(URL, timeout=seconds, allow_redirects=True)
        except requests.RequestException as error:
            failures.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(seconds)
    if failures or asking.is_alive():
        raise requests.ConnectionError(f"{host} does not answer")


def survey() -> list[tuple[str, str]]:
    """Return each source, in the order in which they are looked at, and what is found there."""
    named = os.environ.get(PATH_VARIABLE, "").strip()
    rows = [(PATH_VARIABLE, _found(Path(named).expanduser()) if named else "not set")]
    kept = [(kind, slot(kind)) for kind in ("imported", "downloaded")]
    rows += [(f"{kind} archive", _found(file) if file.is_file() else "not found") for kind, file in kept]
    keras, remark = _keras()
    rows.append(("Keras's cache", _found(keras.path) if keras else remark or "not found"))
    return [*rows, ("built-in corpus", "always there")]


def _found(path: Path) -> str:
    if path.is_file():
        return f"found, {path.stat().st_size / 1e6:.1f} MB: {path}"
    return f"found: {path}" if path.exists() else f"not found: {path}"


def import_copy(path: Path) -> tuple:
    """Copy an archive or folder into the user's cache, with progress bars, once it has been read and found whole.

    Returns:
        The copy, and its reviews as ``prepare`` returns them.

    Raises:
        DataError: there is nothing of that name, it is broken, or the copy cannot be written.
    """
    origin = _named(path, "--from")
    prepared = prepare(origin, bar=True)
    target = slot("imported")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_nothing(target) as part:
            _pack(origin.path, part) if origin.path.is_dir() else _copy(origin.path, part)
    except OSError as error:
        raise DataError(
            f"The copy could not be written to {target.parent}: {error.strerror or error}. "
            "LSTM_COURSE_HOME names another folder for it."
        ) from None
    return Origin("imported", target), prepared


def _copy(archive: Path, target) -> None:
    from tqdm import tqdm

    with (
        archive.open("rb") as file,
        tqdm.wrapattr(file, "read", total=archive.stat().st_size, desc="Copying") as watched,
    ):
        shutil.copyfileobj(watched, target, 1 << 20)


def _pack(folder: Path, target) -> None:
    from tqdm import tqdm

    names = [*read.LABELLED, read.UNLABELLED]
    urls = [folder / f"{name.replace('/', '/urls_')}.txt" for name in names]
    files = [file for name in names for file in sorted((folder / name).glob("*.txt"))]
    with tarfile.open(fileobj=target, mode="w:gz", compresslevel=6, dereference=True) as tar:
        for file in tqdm([*files, *(file for file in urls if file.is_file())], desc="Packing", unit=" files"):
            tar.add(file, f"aclImdb/{file.relative_to(folder).as_posix()}")
