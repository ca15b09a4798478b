"""Turn reviews into word ranks once, and keep the result in a file that loads in a moment.

A prepared file is a plain ``.npz`` of numbers and bytes, never of pickles. It is written under a temporary
name and moved when whole: of two processes that fill the cache at once each leaves a good file, and a full
disk leaves none.
"""

import contextlib
import itertools
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lstm_course.reviews import read as _archive
from lstm_course.reviews.read import DataError
from lstm_course.settings.paths import cache_folder

START, UNKNOWN, INDEX_FROM = 1, 2, 3
SHUFFLE_SEED = 113  # that of keras.datasets.imdb.load_data
VERSION = 1  # part of every file's name: another layout gets other files
SPLITS = ("train", "test")

# The characters that keras.preprocessing.text.Tokenizer removes: the apostrophe is not among them.
_FILTER = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


def tokens_of(text: str) -> list[str]:
    """Return the words of a text as Keras's Tokenizer cuts them: lower case, split on spaces only."""
    return [word for word in text.lower().translate(_FILTER).split(" ") if word]


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


def from_raw(raw: dict[str, _archive.RawFolder]) -> Prepared:
    """Encode and shuffle the labelled reviews as ``keras.datasets.imdb`` does.

    Words are ranked by their count in the training reviews; of two with the same count, the one that is met
    first in reading order (positives before negatives, file names as strings) has the lower rank.
    """
    fingerprint = _archive.fingerprint(raw[folder].texts for folder in _archive.LABELLED)
    random = np.random.RandomState(SHUFFLE_SEED)  # Keras shuffles both splits with one, train first
    splits = {}
    for split in SPLITS:
        both = _joined(raw[f"{split}/pos"], raw[f"{split}/neg"])
        if split == "train":
            words, ids, offsets = rank_and_encode(both.texts)
        else:
            ids, offsets = encode_all(both.texts, words)
        order = np.arange(len(both.texts))
        random.shuffle(order)
        labels = np.repeat(np.array([1, 0]), [len(raw[f"{split}/pos"].texts), len(raw[f"{split}/neg"].texts)])
        splits[split] = Arrays(
            *_reordered(ids, offsets, order),
            labels[order],
            np.array(both.stars, np.int8)[order],
            None if both.movies is None else np.array(both.movies)[order],
            pack_texts(both.texts[i] for i in order),
        )
    return Prepared(splits, words, fingerprint)


def from_ranks(sequences, labels, random: np.random.RandomState) -> Arrays:
    """Encode and shuffle one split of Keras's file, whose sequences are lists of ranks."""
    order = np.arange(len(sequences))
    random.shuffle(order)
    lengths = [len(sequences[i]) for i in order]
    ranks = np.fromiter(itertools.chain.from_iterable(sequences[i] for i in order), np.int32)
    return Arrays(*_with_start(ranks, lengths), np.asarray(labels, np.int64)[order], None, None, None)


def _joined(first: _archive.RawFolder, second: _archive.RawFolder) -> _archive.RawFolder:
    known = first.movies is not None and second.movies is not None
    movies = first.movies + second.movies if known else None
    return _archive.RawFolder(first.texts + second.texts, first.stars + second.stars, movies)


def _reordered(ids: np.ndarray, offsets: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pieces = [ids[offsets[i] : offsets[i + 1]] for i in order]
    return np.concatenate(pieces), _offsets(map(len, pieces))


def from_unlabelled(raw: _archive.RawFolder, words: list[str]) -> Prepared:
    """Encode the unlabelled reviews with the ranks of the training reviews, in file-name order."""
    ids, offsets = encode_all(raw.texts, words)
    movies = None if raw.movies is None else np.array(raw.movies)
    arrays = Arrays(ids, offsets, None, None, movies, pack_texts(raw.texts))
    return Prepared({"unlabelled": arrays}, [], _archive.fingerprint([raw.texts]))


def from_texts(train, test) -> Prepared:
    """Encode splits that have ``.texts``, ``.labels`` and ``.stars``, in the order in which they come."""
    words, *train_ids = rank_and_encode(train.texts)
    splits = {}
    for name, reviews in zip(SPLITS, (train, test), strict=True):
        ids, offsets = train_ids if name == "train" else encode_all(reviews.texts, words)
        labels, stars = np.asarray(reviews.labels, np.int64), np.asarray(reviews.stars, np.int8)
        splits[name] = Arrays(ids, offsets, labels, stars, None, pack_texts(reviews.texts))
    return Prepared(splits, words, _archive.fingerprint([train.texts, test.texts]))


def rank_and_encode(texts: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return ``(words, ids, offsets)`` of the reviews that define the ranks.

    The commonest word comes first; of two with the same count, the one that appears first in ``texts``.
    """
    number: dict[str, int] = defaultdict()
    number.default_factory = number.__len__  # a new word gets the next number
    numbers = [np.fromiter(map(number.__getitem__, tokens_of(text)), np.int32) for text in texts]
    flat = np.concatenate(numbers)
    order = np.argsort(-np.bincount(flat, minlength=len(number)), kind="stable")
    rank = np.empty(len(number), np.int32)
    rank[order] = np.arange(1, len(number) + 1)
    words = list(number)
    return [words[i] for i in order], *_with_start(rank[flat], [len(piece) for piece in numbers])


def encode_all(texts: Iterable[str], words: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return ``(ids, offsets)`` of other reviews; a word without a rank is left out, as in Keras."""
    rank_of = {word: rank for rank, word in enumerate(words, start=1)}
    pieces = []
    for text in texts:
        ranks = [rank_of.get(word, 0) for word in tokens_of(text)]
        pieces.append(np.array([rank for rank in ranks if rank], np.int32))
    return _with_start(np.concatenate(pieces), [len(piece) for piece in pieces])


def _with_start(ranks: np.ndarray, lengths: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Turn flat ranks into ids with the start token before each review."""
    offsets = _offsets(length + 1 for length in lengths)
    ids = np.empty(offsets[-1], np.int32)
    starts = np.zeros(len(ids), bool)
    starts[offsets[:-1]] = True
    ids[starts], ids[~starts] = START, ranks + INDEX_FROM
    return ids, offsets


def pack_texts(texts: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the UTF-8 bytes of all texts as one uint8 array, and the offsets of each."""
    pieces = [text.encode("utf-8") for text in texts]
    return np.frombuffer(b"".join(pieces), np.uint8), _offsets(map(len, pieces))


def _offsets(lengths: Iterable[int]) -> np.ndarray:
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
                f"the two must be as many (12,500 each in the published set). {_archive.MEND}"
            )
        changes = np.count_nonzero(np.diff(split.labels))
        if len(split.labels) >= 100 and changes < 2:
            raise DataError(f"The {name} split of {where} is sorted by label, not shuffled. {_archive.MEND}")


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
