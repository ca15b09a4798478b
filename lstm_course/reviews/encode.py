"""Turn texts into word ranks and ids, in the order and with the numbers of ``keras.datasets.imdb``.

``keras.preprocessing.text.Tokenizer`` cuts the words; ranks are counted in the training reviews.
"""

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from lstm_course.reviews.keep import Arrays, Prepared, check, offsets_of, pack_texts

START, UNKNOWN, INDEX_FROM = 1, 2, 3
SHUFFLE_SEED = 113  # that of keras.datasets.imdb.load_data

# The characters that keras.preprocessing.text.Tokenizer removes: the apostrophe is not among them.
_FILTER = str.maketrans(dict.fromkeys('!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n', " "))


def tokens_of(text: str) -> list[str]:
    """Return the words of a text as Keras's Tokenizer cuts them: lower case, split on spaces only."""
    return [word for word in text.lower().translate(_FILTER).split(" ") if word]


@dataclass
class Reviews:
    """Reviews of one split as they were read, all attributes in the same order.

    Attributes:
        texts: the reviews.
        labels: 1 positive and 0 negative.
        stars: 1 to 10.
        movies: IMDB title ids, or None where the source does not say.
    """

    texts: Sequence[str]
    labels: Sequence[int]
    stars: Sequence[int]
    movies: Sequence[str] | None = None


def from_texts(splits: dict[str, Reviews], where: str, *, shuffle: bool) -> Prepared:
    """Encode the labelled reviews, the training reviews first: they define the ranks.

    Words are ranked by their count; of two with the same count, the one that is met first has the lower rank.

    Args:
        splits: ``"train"`` and ``"test"``, in this order.
        where: what they were read from, for the message of an error.
        shuffle: whether to shuffle as ``keras.datasets.imdb`` does, both splits with one generator.

    Raises:
        DataError: the labels are not balanced, or still sorted.
    """
    random = np.random.RandomState(SHUFFLE_SEED)
    words, arrays = None, {}
    for name, reviews in splits.items():
        if words is None:
            words, ids, offsets = rank_and_encode(reviews.texts)
        else:
            ids, offsets = encode_all(reviews.texts, words)
        order = np.arange(len(reviews.texts))
        if shuffle:
            random.shuffle(order)
        arrays[name] = Arrays(
            *_reordered(ids, offsets, order),
            np.asarray(reviews.labels, np.int64)[order],
            np.asarray(reviews.stars, np.int8)[order],
            None if reviews.movies is None else np.array(reviews.movies)[order],
            pack_texts(reviews.texts[i] for i in order),
        )
    prepared = Prepared(arrays, words, fingerprint(reviews.texts for reviews in splits.values()))
    check(prepared, where)
    return prepared


def from_ranks(splits: dict[str, tuple], words: list[str], known_as: str, where: str) -> Prepared:
    """Encode and shuffle splits of ``(sequences, labels)`` whose sequences are lists of ranks, as in Keras's file.

    Args:
        splits: ``"train"`` and ``"test"``, in this order.
        words: by rank.
        known_as: the fingerprint of the content, which has no texts to compute one from.
        where: as in `from_texts`.

    Raises:
        DataError: the labels are not balanced, or still sorted.
    """
    random = np.random.RandomState(SHUFFLE_SEED)
    arrays = {}
    for name, (sequences, labels) in splits.items():
        order = np.arange(len(sequences))
        random.shuffle(order)
        lengths = [len(sequences[i]) for i in order]
        ranks = np.fromiter(itertools.chain.from_iterable(sequences[i] for i in order), np.int32)
        labels = np.asarray(labels, np.int64)[order]
        arrays[name] = Arrays(*_with_start(ranks, lengths), labels, None, None, None)
    prepared = Prepared(arrays, words, known_as)
    check(prepared, where)
    return prepared


def from_unlabelled(texts: list[str], movies: list[str] | None, words: list[str]) -> Prepared:
    """Encode the unlabelled reviews with the ranks of the training reviews, in the order given."""
    titles = None if movies is None else np.array(movies)
    arrays = Arrays(*encode_all(texts, words), None, None, titles, pack_texts(texts))
    return Prepared({"unlabelled": arrays}, [], fingerprint([texts]))


def fingerprint(texts_by_part: Iterable[Sequence[str]]) -> str:
    """Return the sha256 of all texts' bytes one after another."""
    digest = hashlib.sha256()
    for texts in texts_by_part:
        digest.update("".join(texts).encode("utf-8"))
    return digest.hexdigest()


def _reordered(ids: np.ndarray, offsets: np.ndarray, order: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pieces = [ids[offsets[i] : offsets[i + 1]] for i in order]
    return np.concatenate(pieces), offsets_of(map(len, pieces))


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
    offsets = offsets_of(length + 1 for length in lengths)
    ids = np.empty(offsets[-1], np.int32)
    starts = np.zeros(len(ids), bool)
    starts[offsets[:-1]] = True
    ids[starts], ids[~starts] = START, ranks + INDEX_FROM
    return ids, offsets
