"""Reviews as the ladder's networks read them: head and tail of the words, with ids of pairs and triples beside them."""

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


def split_by_film(films, held_out: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the reviews to train on and of at least ``held_out`` reviews to validate on.

    No film has reviews on both sides: two reviews of one film share names, which a network can learn by heart.

    Args:
        films: one name a review, ``(reviews,)``; a number for each review, where the films are unknown.
        held_out: how many reviews to hold out; the last film drawn is held out whole.
        seed: draws the films.

    Returns:
        Two sorted int64 arrays.

    Raises:
        ValueError: ``held_out`` does not leave reviews on both sides.
    """
    names, film = np.unique(np.asarray(films), return_inverse=True)
    if not 0 < held_out < len(film):
        raise ValueError(f"held_out is {held_out} of {len(film)} reviews: both sides need at least one")
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = np.bincount(film, minlength=len(names))[order]
    chosen = order[: int(np.searchsorted(np.cumsum(sizes), held_out)) + 1]
    held = np.isin(film, chosen)
    if held.all():
        raise ValueError(
            f"held_out is {held_out}, and the films drawn have all {len(film)} reviews: hold out fewer"
        )
    return np.flatnonzero(~held), np.flatnonzero(held)


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
        keys: the n-grams that have an id, sorted, as :func:`ngram_keys` writes them.
        length: 2 for pairs, 3 for triples.
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
class Reader:
    """How a rung reads: fitted on the training reviews, then used on any.

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


def fit_reader(sequences, *, words: int, head: int, ngrams: int, most: int = 100_000) -> Reader:
    """Return a reader whose n-grams of 2 to ``ngrams`` words are the most frequent ones of ``sequences``.

    Args:
        sequences: lists of word ids of the training reviews.
        words: the most words of a review to read.
        head: how many of them come from its beginning.
        ngrams: the longest n-gram; 1 for words alone.
        most: how many n-grams of each length get an id; a pair has to occur 3 times, a triple 4.
    """
    cut = [head_and_tail(ids, words, head) for ids in sequences]
    indices = (NgramIndex.of(cut, length, most=most, at_least=length + 1) for length in range(2, ngrams + 1))
    return Reader(words, head, tuple(indices))


def occurrences(rows: list[np.ndarray], sizes: list[int]) -> csr_matrix:
    """Return which words and n-grams occur in which review, float32 zeros and ones ``(reviews, sum of sizes)``.

    Args:
        rows: what :class:`Reader` returns.
        sizes: its ``sizes``; the columns of the matrix are the ids of each in turn. Id 0 never occurs.
    """
    offsets = np.cumsum([0, *sizes])
    found = [np.unique((row + offsets[:-1])[row != 0]) for row in rows]
    ends = np.cumsum([0, *map(len, found)])
    ones = np.ones(ends[-1], np.float32)
    return csr_matrix((ones, np.concatenate(found), ends), shape=(len(rows), offsets[-1]))


def pad(rows: list[np.ndarray], width: int, *, behind: bool) -> np.ndarray:
    """Return ``(reviews, width, columns)`` int32 with zeros behind, or in front of, each review's rows."""
    batch = np.zeros((len(rows), width, rows[0].shape[1]), np.int32)
    for place, row in enumerate(rows):
        start = 0 if behind else width - len(row)
        batch[place, start : start + len(row)] = row
    return batch


def batches_by_length(lengths, batch_size: int, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Return arrays of indices: reviews of similar length together, so that little is padded.

    Args:
        lengths: words of each review, ``(reviews,)``.
        batch_size: reviews in a batch; the last one of a pool may be smaller.
        rng: shuffles reviews before pools of 40 batches are sorted by length, and then the batches; None sorts once
            and shuffles nothing, as scoring wants it.
    """
    lengths = np.asarray(lengths)
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    pool = len(order) if rng is None else 40 * batch_size
    batches = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [part[first : first + batch_size] for first in range(0, len(part), batch_size)]
    if rng is not None:
        rng.shuffle(batches)
    return batches
