"""The IMDB reviews: find, check, read, encode and decode them.

The data set is the Large Movie Review Dataset v1.0 (Maas et al., *Learning Word Vectors for Sentiment Analysis*, ACL
2011). Words become ids as in ``keras.datasets.imdb``: 0 pads, 1 starts a review, 2 stands for a word outside the
vocabulary, and the word of rank ``r`` (1 is the commonest) has the id ``r + 3``.
"""

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from lstm_course.reviews import find, keep
from lstm_course.reviews.encode import INDEX_FROM, START, UNKNOWN, tokens_of
from lstm_course.reviews.errors import DataError, MissingFolderError
from lstm_course.reviews.find import Source

__all__ = [
    "INDEX_FROM",
    "PAD",
    "START",
    "UNKNOWN",
    "DataError",
    "ImdbData",
    "Source",
    "Split",
    "decode",
    "encode",
    "find_source",
    "load_data",
    "tokenize",
]

PAD = 0
_SPECIAL = {PAD: "<pad>", START: "<start>", UNKNOWN: "<unknown>", INDEX_FROM: "<unused>"}


@dataclass(eq=False, repr=False)
class Split:
    """Reviews of one split, all attributes in the same order.

    Attributes:
        sequences: ``(reviews,)`` object array of lists of int, built when first asked for.
        labels: ``(reviews,)`` int64, 1 positive and 0 negative; None for unlabelled reviews.
        stars: ``(reviews,)`` int8, 1 to 10, or None where the source does not say.
        texts: a sequence of str that is read when first asked for, or None where the source has no texts.
        movies: ``(reviews,)`` array of IMDB title ids, or None where the source does not say.
    """

    labels: np.ndarray | None
    stars: np.ndarray | None
    movies: np.ndarray | None
    texts: Sequence[str] | None
    _ids: np.ndarray
    _offsets: np.ndarray
    _num_words: int

    @cached_property
    def sequences(self) -> np.ndarray:  # noqa: D102  (among the attributes above)
        ids = np.where(self._ids < self._num_words, self._ids, UNKNOWN)
        # One int object for each id instead of one for each token saves 150 MB.
        tokens = np.arange(ids.max() + 1).astype(object)[ids].tolist()
        bounds = self._offsets.tolist()
        sequences = np.empty(len(self), dtype=object)
        for i in range(len(self)):
            sequences[i] = tokens[bounds[i] : bounds[i + 1]]
        return sequences

    def __len__(self):
        return len(self._offsets) - 1

    def __repr__(self):
        return f"<Split of {len(self):,} reviews>"


@dataclass(eq=False, repr=False)
class ImdbData:
    """What ``load_data`` returns; ``(x_train, y_train), (x_test, y_test) = data`` unpacks it as Keras does.

    Attributes:
        train: the training reviews.
        test: the test reviews.
        unlabelled: the unlabelled reviews where they were asked for and are there, else None.
        word_index: rank of each word of the training reviews, 1 for the commonest.
        source: where all this comes from.
    """

    train: Split
    test: Split
    unlabelled: Split | None
    word_index: dict[str, int]
    source: Source

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        yield self.train.sequences, self.train.labels
        yield self.test.sequences, self.test.labels

    def __repr__(self):
        return f"<ImdbData, {len(self.train):,} training and {len(self.test):,} test reviews. {self.source}>"


def tokenize(text: str) -> list[str]:
    r"""Return the words of a review as ``keras.preprocessing.text.Tokenizer`` cuts them.

    Lower case; every character of ``!"#$%&()*+,-./:;<=>?@[\]^_`{|}~``, tab and newline becomes a space; split
    on spaces. Apostrophes stay.

    Raises:
        TypeError: ``text`` is not a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"A review has to be a string (str); this one is of type {type(text).__name__}.")
    return tokens_of(text)


def encode(text: str, word_index: dict[str, int], num_words: int = 20000) -> list[int]:
    """Return the ids of a review: the start token 1, then rank + 3 of each word.

    A word that is not in ``word_index``, or whose id is not below ``num_words``, becomes 2. (In the data that
    ``load_data`` returns, as in Keras's, a test word that no training review has is left out instead.)

    Raises:
        TypeError: ``text`` is not a string.
        ValueError: ``num_words`` is not a whole number from 1.
    """
    limit = _checked_num_words(num_words)
    ids = [START, *(word_index.get(word, UNKNOWN - INDEX_FROM) + INDEX_FROM for word in tokenize(text))]
    return [token if token < limit else UNKNOWN for token in ids]


def decode(sequence: Sequence[int], word_index: dict[str, int]) -> str:
    """Return the words of a sequence of ids, with ``<pad>``, ``<start>`` and ``<unknown>`` for 0, 1 and 2.

    Raises:
        TypeError: ``sequence`` is not one sequence of whole numbers.
        ValueError: an id stands for no word of ``word_index``.
    """
    try:
        ids = [operator.index(token) for token in sequence]
    except TypeError:
        raise TypeError(
            "decode takes one sequence of whole numbers, such as data.train.sequences[0]; "
            f"this is a {type(sequence).__name__} with something else in it or no sequence at all."
        ) from None
    wanted = set(ids)
    words = {rank + INDEX_FROM: word for word, rank in word_index.items() if rank + INDEX_FROM in wanted}
    words |= _SPECIAL
    for token in ids:
        if token not in words:
            raise ValueError(
                f"The id {token} stands for no word: ids run from 0 to {len(word_index) + INDEX_FROM}, "
                f"the number of words plus {INDEX_FROM}."
            )
    return " ".join(words[token] for token in ids)


def load_data(num_words: int = 20000, *, path: str | Path | None = None, unlabelled: bool = False) -> ImdbData:
    """Load the reviews, encoded as ``keras.datasets.imdb.load_data`` encodes them, and print where they come from.

    The first of these that is there is used: ``path``, or else what ``LSTM_COURSE_DATA`` names; the archive that
    ``lstm-course data`` imported or downloaded; Keras's cache; a download of the published archive, 84 MB, unless
    ``LSTM_COURSE_OFFLINE`` is set; the built-in corpus of generated reviews.

    Args:
        num_words: ids from this one on become 2. More than there are words keeps every word.
        path: the folder ``aclImdb``, a folder that holds it, or the ``.tar.gz`` archive.
        unlabelled: whether to read the 50,000 unlabelled reviews as well.

    Raises:
        ValueError: ``num_words`` is not a whole number from 1.
        DataError: the source is named and missing, or is broken, incomplete or unsafe; the message says which
            line fixes it.
    """
    limit = _checked_num_words(num_words)
    origin, remark = _choose(path)
    key = origin.key()
    labelled = _Part(keep.file_for(key), lambda: find.prepare(origin), limit, origin.kind != "keras")
    prepared = labelled.prepared()
    source = origin.source(key, prepared.fingerprint)
    print(f"{remark} {source}".strip())
    train, test = (labelled.split(prepared, name) for name in ("train", "test"))
    extra = _unlabelled(origin, key, prepared.words, limit) if unlabelled else None
    word_index = {word: rank for rank, word in enumerate(prepared.words, start=1)}
    return ImdbData(train, test, extra, word_index, source)


def find_source() -> Source:
    """Return what ``load_data()`` would use if nothing is downloaded, without reading a review.

    ``published`` is None for an archive or folder that has never been read.

    Raises:
        DataError: ``LSTM_COURSE_DATA`` names something that is not there.
    """
    origin = find.locate(None)[0] or find.BUILT_IN
    key = origin.key()
    return origin.source(key, keep.load_fingerprint(keep.file_for(key)))


def _checked_num_words(num_words) -> int:
    try:
        limit = operator.index(num_words)
    except TypeError:
        limit = 0
    if limit < 1 or isinstance(num_words, bool):
        raise ValueError(
            f"num_words has to be a whole number from 1, such as 20000; it is {num_words!r}. "
            "A number larger than the vocabulary keeps every word."
        )
    return limit


def _choose(path) -> tuple[find.Origin, str]:
    """Return the source to use, downloading if it comes to that, and a remark on what was passed over."""
    origin, remark = find.locate(path)
    if origin is None and not find.offline():
        try:
            origin = find.Origin("downloaded", find.download())
        except DataError as error:
            remark = f"{remark} {error}".strip()
    return origin or find.BUILT_IN, remark


@dataclass
class _Part:
    """The labelled or the unlabelled reviews of a source: where their prepared copy lies and how to make it."""

    file: Path
    make: Callable[[], keep.Prepared]
    num_words: int
    has_texts: bool = True

    def prepared(self) -> keep.Prepared:
        return keep.load_or_make(self.file, self.make)

    def remade(self) -> keep.Prepared:  # the file was damaged after it had been loaded
        prepared = self.make()
        keep.save(self.file, prepared)
        return prepared

    def split(self, prepared: keep.Prepared, name: str) -> Split:
        arrays = prepared.splits[name]

        def load():  # from memory where they could not be kept, else from the file
            return arrays.texts or keep.load_texts(self.file, name) or self.remade().splits[name].texts

        texts = keep.Texts(len(arrays.offsets) - 1, load) if self.has_texts else None
        return Split(arrays.labels, arrays.stars, arrays.movies, texts, arrays.ids, arrays.offsets, self.num_words)


def _unlabelled(origin: find.Origin, key: str, words: list[str], num_words: int) -> Split | None:
    file = keep.file_for(key, "unlabelled")
    part = _Part(file, lambda: find.prepare_unlabelled(origin, words), num_words)
    try:
        return part.split(part.prepared(), "unlabelled")
    except MissingFolderError:
        print("This source has no unlabelled reviews, so data.unlabelled is None.")
        return None
