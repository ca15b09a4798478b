"""Keep encoded reviews in a file that loads in a moment.

A prepared file is a plain ``.npz`` of numbers and bytes, never of pickles. It is written under a temporary
name and moved when whole: of two processes that fill the cache at once each leaves a good file, and a full
disk leaves none.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_course.reviews.errors import REMEDY, DataError
from lstm_course.settings.paths import cache_folder, whole_or_nothing

VERSION = 1  # part of every file's name: another layout gets other files


@dataclass
class Arrays:
    """One split, flat: review ``i`` is ``ids[offsets[i]:offsets[i + 1]]``.

    Attributes:
        ids: int32; rank + 3 of every word, with the start token 1 before each review.
        offsets: int64, one more than there are reviews.
        labels: int64, 1 positive and 0 negative, or None for unlabelled reviews.
        stars: int8, or None.
        movies: title ids as str, or None.
        texts: UTF-8 bytes of all reviews and the int64 offsets into them; None when not yet read.
    """

    ids: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray | None
    stars: np.ndarray | None
    movies: np.ndarray | None
    texts: tuple[np.ndarray, np.ndarray] | None


@dataclass
class Prepared:
    """What one prepared file holds: splits by name, the words by rank, and the content's fingerprint."""

    splits: dict[str, Arrays]
    words: list[str]
    fingerprint: str


def pack_texts(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the UTF-8 bytes of all texts as one uint8 array, and the offsets of each."""
    pieces = [text.encode("utf-8") for text in texts]
    return np.frombuffer(b"".join(pieces), np.uint8), offsets_of(map(len, pieces))


def offsets_of(lengths: Iterable[int]) -> np.ndarray:
    """Return where each of several pieces starts, and where the last one ends."""
    return np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))])


def check(prepared: Prepared, where: str) -> None:
    """Assert what must hold of labelled reviews; ``where`` names them in the message.

    Raises:
        DataError: a split has more reviews of one class than of the other, or its labels are still sorted.
    """
    for name, split in prepared.splits.items():
        if split.labels is None:
            continue
        negative, positive = np.bincount(split.labels, minlength=2)
        if negative != positive:
            raise DataError(
                f"The {name} split of {where} holds {positive:,} positive and {negative:,} negative reviews; "
                f"the two must be as many (12,500 each in the published set). {REMEDY}"
            )
        changes = np.count_nonzero(np.diff(split.labels))
        if len(split.labels) >= 100 and changes < 2:
            raise DataError(f"The {name} split of {where} is sorted by label, not shuffled. {REMEDY}")


class Texts(Sequence):
    """The texts of a split, read from the disk when the first is asked for."""

    def __init__(self, count: int, load: Callable[[], tuple[np.ndarray, np.ndarray]]):
        self._count, self._load, self._packed = count, load, None

    def __len__(self):
        return self._count

    def __repr__(self):
        return f"<{self._count:,} texts>"

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._count))]
        position = range(self._count)[index]  # raises IndexError, and takes negative and NumPy integers
        if self._packed is None:
            blob, offsets = self._load()
            self._packed = blob.tobytes(), offsets.tolist()
        blob, offsets = self._packed
        return blob[offsets[position] : offsets[position + 1]].decode("utf-8")


def file_for(key: str, kind: str = "reviews") -> Path:
    """Return where the prepared copy of the content ``key`` lies, or would lie."""
    return cache_folder() / f"{kind}-v{VERSION}-{key[:32]}.npz"


def load_or_make(file: Path, make: Callable[[], Prepared]) -> Prepared:
    """Read a prepared file; where there is none that is whole, make it and keep it."""
    prepared = load(file)
    if prepared is None:
        prepared = make()
        if save(file, prepared):
            for split in prepared.splits.values():
                split.texts = None  # the file has them: 65 MB that few need
    return prepared


def save(file: Path, prepared: Prepared) -> bool:
    """Write a prepared file; where that is impossible, say so in one printed sentence and return False."""
    members = {"words": _bytes("\n".join(prepared.words)), "fingerprint": _bytes(prepared.fingerprint)}
    for name, split in prepared.splits.items():
        text_bytes, text_offsets = split.texts if split.texts is not None else (None, None)
        titles = None if split.movies is None else split.movies.astype("S")
        for member, array in {
            "ids": split.ids,
            "offsets": split.offsets,
            "labels": split.labels,
            "stars": split.stars,
            "movies": titles,
            "text_bytes": text_bytes,
            "text_offsets": text_offsets,
        }.items():
            if array is not None:
                members[f"{name}_{member}"] = array
    members["contents"] = _bytes("\n".join(members))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_nothing(file) as unfinished:
            np.savez(unfinished, **members)
    except OSError as error:
        print(
            f"The prepared reviews could not be kept ({error.strerror or error}), so they are read anew "
            "next time. LSTM_COURSE_HOME names another folder for them."
        )
        return False
    return True


def load(file: Path) -> Prepared | None:
    """Read a prepared file without the texts; None where there is none, or where it is damaged."""
    try:
        with np.load(file, allow_pickle=False) as members:
            if {"contents", *_text(members["contents"]).split("\n")} != set(members.files):
                raise ValueError("a part is missing")
            names = [name.removesuffix("_ids") for name in members.files if name.endswith("_ids")]
            splits = {name: _arrays(members, name) for name in names}
            prepared = Prepared(splits, _text(members["words"]).split("\n"), _text(members["fingerprint"]))
            check(prepared, "the prepared copy")
    except FileNotFoundError:
        return None
    except Exception as error:  # one flipped byte of a zip file can raise nearly anything
        print(f"The prepared reviews were damaged and are made again ({type(error).__name__}).")
        return None
    return prepared


def same(first: Prepared, second: Prepared, second_file: Path) -> bool:
    """Return whether two prepared sets agree in everything; the texts of ``second`` are read from its file."""
    if (first.words, first.fingerprint) != (second.words, second.fingerprint):
        return False
    for name, ours in first.splits.items():
        theirs = second.splits[name]
        parts = [(getattr(ours, part), getattr(theirs, part)) for part in ("ids", "offsets", "labels")]
        parts += [(ours.stars, theirs.stars), (ours.movies, theirs.movies)]
        if ours.texts is not None:
            parts += zip(ours.texts, load_texts(second_file, name) or (None, None), strict=True)
        if not all(np.array_equal(a, b) if a is not None else b is None for a, b in parts):
            return False
    return True


def load_fingerprint(file: Path) -> str | None:
    """Read the fingerprint of a prepared file alone; None where it cannot be read."""
    try:
        with np.load(file, allow_pickle=False) as members:
            return _text(members["fingerprint"])
    except Exception:  # as in load
        return None


def load_texts(file: Path, split: str) -> tuple[np.ndarray, np.ndarray] | None:
    """Read the packed texts of one split of a prepared file; None where they cannot be read whole."""
    try:
        with np.load(file, allow_pickle=False) as members:
            return members[f"{split}_text_bytes"], members[f"{split}_text_offsets"]
    except Exception:  # as in load
        return None


def _arrays(members, name: str) -> Arrays:
    def member(kind):
        return members[f"{name}_{kind}"] if f"{name}_{kind}" in members.files else None

    ids, offsets, labels, stars, movies = map(member, ("ids", "offsets", "labels", "stars", "movies"))
    if offsets[0] != 0 or offsets[-1] != len(ids) or (labels is not None and len(labels) + 1 != len(offsets)):
        raise ValueError("the parts of a prepared file do not fit together")
    return Arrays(ids, offsets, labels, stars, None if movies is None else movies.astype(str), None)


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _text(array: np.ndarray) -> str:
    return array.tobytes().decode("utf-8")
