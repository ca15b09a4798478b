"""Reviews as rows of ids: head and tail of the words, with the ids of bigrams and trigrams beside them."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

VOCABULARY = 30_000  # word ids, as imdb.load_data(30_000) gives them


def head_and_tail(ids, words: int, head: int) -> np.ndarray:
    """Return at most ``words`` ids of a review, int32: the first ``head`` and, for the rest, the last.

    Args:
        ids: the word ids of one review, in order.
        words: how many to keep; at least 1.
        head: how many of them come from the review's beginning; 0 keeps the last alone, as the source script does.

    Raises:
        ValueError: ``words`` is below 1, or ``head`` is not between 0 and ``words``.
    """
    if words < 1 or not 0 <= head <= words:
        raise ValueError(f"words={words} and head={head}: need words of at least 1 and 0 <= head <= words")
    ids = np.asarray(ids, np.int32)
    if len(ids) <= words:
        return ids
    return np.concatenate([ids[:head], ids[len(ids) - (words - head) :]])


def ngram_keys(ids, length: int) -> np.ndarray:
    """Return one int64 for each n-gram of a review: its word ids as the digits of a number to base ``VOCABULARY``."""
    count = max(len(ids) - length + 1, 0)
    key = np.zeros(count, np.int64)
    for offset in range(length):
        key = key * VOCABULARY + ids[offset : offset + count]
    return key


@dataclass(frozen=True)
class NgramIndex:
    """Gives n-grams the ids 1, 2, … in the order of their keys; any other n-gram is 0.

    Attributes:
        keys: the n-grams that have an id, sorted, as :func:`ngram_keys` computes them.
        length: 2 for bigrams, 3 for trigrams.
    """

    keys: np.ndarray
    length: int

    @classmethod
    def of(cls, reviews, length: int, *, most: int, at_least: int):
        """Return an index of the ``most`` frequent n-grams of ``reviews`` that occur ``at_least`` so often."""
        every = np.concatenate([ngram_keys(ids, length) for ids in reviews])
        keys, counts = np.unique(every, return_counts=True)
        keys, counts = keys[counts >= at_least], counts[counts >= at_least]
        return cls(np.sort(keys[np.argsort(-counts, kind="stable")[:most]]), length)

    def __len__(self) -> int:
        return len(self.keys)

    def __call__(self, ids) -> np.ndarray:
        """Return for each word the id of the n-gram that ends there, ``(time,)`` int32; 0 where it has none."""
        found = np.zeros(len(ids), np.int32)
        keys = ngram_keys(ids, self.length)
        if len(keys) and len(self.keys):
            place = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            found[self.length - 1 :] = np.where(self.keys[place] == keys, place + 1, 0)
        return found


@dataclass(frozen=True)
class Vectoriser:
    """Turns reviews into ids: fitted on the training reviews, then used on any.

    Attributes:
        words: the most words of a review.
        head: how many of them come from its beginning.
        indices: one :class:`NgramIndex` for each length of n-grams beside the words.
    """

    words: int
    head: int
    indices: tuple[NgramIndex, ...] = ()

    @property
    def sizes(self) -> list[int]:
        """The number of ids in each column, that of "none" included."""
        return [VOCABULARY, *(len(index) + 1 for index in self.indices)]

    def __call__(self, sequences) -> list[np.ndarray]:
        """Return one array ``(time, columns)`` a review, int32: column 0 is the word, the others its n-grams."""
        cut = [head_and_tail(ids, self.words, self.head) for ids in sequences]
        return [np.stack([ids, *(index(ids) for index in self.indices)], axis=-1) for ids in cut]


def fit_vectoriser(sequences, *, words: int, head: int, ngrams: int, most: int = 100_000) -> Vectoriser:
    """Return a vectoriser whose n-grams of 2 to ``ngrams`` words are the most frequent ones of ``sequences``.

    Args:
        sequences: lists of word ids of the training reviews.
        words: the most words of a review to read.
        head: how many of them come from its beginning.
        ngrams: the longest n-gram; 1 for words alone.
        most: how many n-grams of each length get an id; a bigram has to occur 3 times, a trigram 4.
    """
    cut = [head_and_tail(ids, words, head) for ids in sequences]
    indices = (NgramIndex.of(cut, length, most=most, at_least=length + 1) for length in range(2, ngrams + 1))
    return Vectoriser(words, head, tuple(indices))


def document_terms(rows: list[np.ndarray], sizes: list[int]) -> csr_matrix:
    """Return which words and n-grams occur in which review, float32 zeros and ones ``(reviews, sum of sizes)``.

    Args:
        rows: what :class:`Vectoriser` returns.
        sizes: its ``sizes``; the columns of the matrix are the ids of each in turn. Id 0 never occurs.
    """
    offsets = np.cumsum([0, *sizes])
    found = [np.unique((row + offsets[:-1])[row != 0]) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    ones = np.ones(ends[-1], np.float32)
    return csr_matrix((ones, np.concatenate(found), ends), shape=(len(rows), offsets[-1]))
