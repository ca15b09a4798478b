"""Read the reviews, from the published archive, a folder unpacked from it, Keras's files, or the built-in corpus.

Nothing is unpacked to the disk: the archive is streamed once, and a member that could leave its folder is
refused.
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_course.reviews import encode
from lstm_course.reviews.errors import REMEDY, DataError, MissingFolderError

LABELLED = ("train/pos", "train/neg", "test/pos", "test/neg")  # the order in which reviews are read
UNLABELLED = "train/unsup"
# keras/src/datasets/imdb.py: both files are fetched with these hashes. The first holds pickles.
KERAS_REVIEWS_SHA256 = "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f"
KERAS_INDEX_MD5 = "bfafd718b763782e994055a2d397834f"

_REVIEW_NAME = re.compile(r"(\d+)_(\d+)\.txt")
_TITLE = re.compile(r"/title/(tt\d+)/")


@dataclass
class RawFolder:
    """The reviews of one folder such as ``train/pos``, in file-name order as strings (``0_9``, ``10000_8``).

    Attributes:
        texts: the reviews.
        stars: the number of stars in each file name, 1 to 10.
        movies: the IMDB title of each review (``tt`` and digits), or None where ``urls_*.txt`` does not say.
    """

    texts: list[str]
    stars: list[int]
    movies: list[str] | None


def prepare(kind: str, path: Path | None, *, bar: bool = False):
    """Read the labelled reviews of a source, and return them encoded and checked.

    Args:
        kind: ``"built-in"``, ``"keras"``, or anything else for an archive or a folder.
        path: the archive or folder; None for the built-in corpus.
        bar: whether to show a progress bar while an archive is read.

    Raises:
        DataError: what is there is broken, incomplete or unsafe.
    """
    if kind == "built-in":
        from lstm_course.reviews import synthetic_reviews

        corpus = synthetic_reviews.corpus()
        splits = {"train": corpus.train, "test": corpus.test}
        parts = {name: encode.Reviews(part.texts, part.labels, part.stars) for name, part in splits.items()}
        return encode.from_texts(parts, str(path), shuffle=False)
    if kind == "keras":
        return _prepare_keras(path)
    raw = read(path, bar=bar)
    parts = {split: _joined(raw[f"{split}/pos"], raw[f"{split}/neg"]) for split in ("train", "test")}
    return encode.from_texts(parts, str(path), shuffle=True)


def prepare_unlabelled(path: Path, words: list[str]):
    """Read the unlabelled reviews of an archive or folder, and return them encoded.

    Raises:
        DataError: as ``prepare`` does; MissingFolderError where there are none.
    """
    raw = read(path, (UNLABELLED,))[UNLABELLED]
    return encode.from_unlabelled(raw.texts, raw.movies, words)


def _joined(positive: RawFolder, negative: RawFolder) -> encode.Reviews:
    known = positive.movies is not None and negative.movies is not None
    return encode.Reviews(
        positive.texts + negative.texts,
        [1] * len(positive.texts) + [0] * len(negative.texts),
        positive.stars + negative.stars,
        positive.movies + negative.movies if known else None,
    )


def keras_files(folder: Path) -> tuple[bytes, bytes]:
    """Return the bytes of Keras's two files, hashed: what is opened later is what was hashed."""
    try:
        reviews = (folder / "imdb.npz").read_bytes()
        index = (folder / "imdb_word_index.json").read_bytes()
    except OSError as error:
        raise DataError(
            f"Keras's cache is passed over: {Path(error.filename).name} cannot be read ({error.strerror})."
        ) from None
    if hashlib.sha256(reviews).hexdigest() != KERAS_REVIEWS_SHA256:
        raise DataError("Keras's cache is passed over: its imdb.npz is of an older version or damaged.")
    if hashlib.md5(index, usedforsecurity=False).hexdigest() != KERAS_INDEX_MD5:
        raise DataError("Keras's cache is passed over: its imdb_word_index.json is of an older version or damaged.")
    return reviews, index


def _prepare_keras(folder: Path):
    reviews, index = keras_files(folder)
    rank_of = json.loads(index)
    # A pickle, and so any code: opened only because its bytes have the published hash.
    with np.load(io.BytesIO(reviews), allow_pickle=True) as members:
        splits = {split: (members[f"x_{split}"], members[f"y_{split}"]) for split in ("train", "test")}
    return encode.from_ranks(splits, sorted(rank_of, key=rank_of.get), KERAS_REVIEWS_SHA256, str(folder))


def read(path: Path, folders: tuple[str, ...] = LABELLED, *, bar: bool = False) -> dict[str, RawFolder]:
    """Read some folders of the review set.

    Args:
        path: a ``.tar.gz`` archive, or the folder ``aclImdb``.
        folders: which to read; the others are skipped.
        bar: whether to show a progress bar while an archive is read.

    Raises:
        DataError: the archive or folder is broken, unsafe or incomplete, or a review is not UTF-8.
    """
    members = _folder_members(path, folders) if path.is_dir() else _archive_members(path, folders, bar)
    files: dict[str, dict[str, bytes]] = {folder: {} for folder in folders}
    urls: dict[str, bytes] = {}
    for folder, name, content in members:
        if name.startswith("urls_"):
            urls[folder] = content
        else:
            files[folder][name] = content
    missing = [folder for folder in folders if not files[folder]]
    if missing:
        raise MissingFolderError(f"{path} has no reviews in {' and '.join(missing)}. {REMEDY}")
    return {folder: _raw_folder(path, folder, files[folder], urls.get(folder)) for folder in folders}


def _raw_folder(path: Path, folder: str, files: dict[str, bytes], urls: bytes | None) -> RawFolder:
    texts, stars, numbers = [], [], []
    for name in sorted(files):
        match = _REVIEW_NAME.fullmatch(name)
        if match is None:
            raise DataError(f"{path} holds {folder}/{name}; a review is named <id>_<stars>.txt. {REMEDY}")
        try:
            texts.append(files[name].decode("utf-8"))
        except UnicodeDecodeError as error:
            raise DataError(
                f"The review {folder}/{name} in {path} is not UTF-8 text: byte {error.start} is "
                f"0x{files[name][error.start]:02x}. {REMEDY}"
            ) from None
        numbers.append(int(match[1]))
        stars.append(int(match[2]))
    return RawFolder(texts, stars, _movies(urls, numbers))


def _movies(urls: bytes | None, numbers: list[int]) -> list[str] | None:
    """Return each review's title: line ``i`` of ``urls_*.txt`` belongs to the review whose id is ``i``."""
    titles = _TITLE.findall(urls.decode("ascii", "replace")) if urls else []
    return [titles[number] for number in numbers] if len(titles) > max(numbers) else None


def _place(parts: list[str], folders: tuple[str, ...]) -> tuple[str, str] | None:
    """Return (folder, file name) of a member that belongs to ``folders``, else None."""
    name = parts[-1]
    if name.startswith(".") or not name.endswith(".txt"):
        return None
    if name.startswith("urls_"):
        folder = f"{parts[-2]}/{name[5:-4]}" if len(parts) > 1 else ""
    else:
        folder = "/".join(parts[-3:-1])
    return (folder, name) if folder in folders else None


def _archive_members(path: Path, folders: tuple[str, ...], bar: bool) -> Iterator[tuple[str, str, bytes]]:
    with _explained(path), _opened(path, bar) as file, gzip.open(file) as unzipped:
        with tarfile.open(fileobj=unzipped, mode="r|") as tar:
            while (member := tar.next()) is not None:
                tar.members.clear()  # they would pile up: 100,000 of them
                parts = _safe_parts(path, member)
                place = _place(parts, folders) if member.isreg() else None
                if place:
                    yield *place, tar.extractfile(member).read()
        while unzipped.read(1 << 20):  # gzip checks its checksum at the very end
            pass


@contextmanager
def _opened(path: Path, bar: bool):
    with path.open("rb") as file:
        if not bar:
            yield file
            return
        from tqdm import tqdm

        with tqdm.wrapattr(file, "read", total=path.stat().st_size, desc="Reading") as watched:
            yield watched


@contextmanager
def _explained(path: Path):
    """Turn what the gzip and tar readers raise into a sentence with the line that fixes it."""
    try:
        yield
    except EOFError:
        raise DataError(f"{path} is cut short: the archive ends in the middle. {REMEDY}") from None
    except gzip.BadGzipFile as error:
        found = "is damaged" if "CRC" in str(error) else "is not a .tar.gz archive"
        raise DataError(f"{path} {found} ({error}). {REMEDY}") from None
    except (tarfile.TarError, zlib.error) as error:
        raise DataError(f"{path} is damaged ({error}). {REMEDY}") from None
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}. {REMEDY}") from None


def _safe_parts(path: Path, member: tarfile.TarInfo) -> list[str]:
    name = member.name
    parts = name.split("/")
    if name.startswith(("/", "\\")) or ".." in parts or "\\" in name or ":" in parts[0]:
        raise DataError(f"{path} is refused: its member {name!r} would leave the archive's folder. {REMEDY}")
    if not (member.isreg() or member.isdir()):
        raise DataError(f"{path} is refused: its member {name!r} is a link or a device, not a file. {REMEDY}")
    return parts


def _folder_members(path: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, str, bytes]]:
    for folder in folders:
        split, label = folder.split("/")
        if not (path / folder).is_dir():
            raise MissingFolderError(f"{path} has no folder {folder}. {REMEDY}")
        with _explained(path / folder):
            for file in (path / folder).iterdir():
                if _place([split, label, file.name], folders):
                    yield folder, file.name, file.read_bytes()
            urls = path / split / f"urls_{label}.txt"
            if urls.exists():
                yield folder, urls.name, urls.read_bytes()


def key(path: Path) -> str:
    """Return what identifies an archive (its sha256) or a folder (a digest of names, sizes and times)."""
    with _explained(path):
        if path.is_dir():
            return _listing_digest(path)
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def _listing_digest(path: Path) -> str:
    digest = hashlib.sha256()
    for folder in LABELLED:
        split, label = folder.split("/")
        urls = path / split / f"urls_{label}.txt"
        files = sorted((path / folder).iterdir()) if (path / folder).is_dir() else []
        for file in [*files, *([urls] if urls.exists() else [])]:
            found = file.stat()
            digest.update(f"{folder}/{file.name} {found.st_size} {found.st_mtime_ns}\n".encode())
    if (path / UNLABELLED).is_dir():
        digest.update(str((path / UNLABELLED).stat().st_mtime_ns).encode())
    return digest.hexdigest()
