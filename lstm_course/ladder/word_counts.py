"""A language model that only counts how often a word has followed those before it.

Source: Witten and Bell, 1991, "The Zero-Frequency Problem", IEEE Transactions on Information Theory 37(4); compared
with others by Chen and Goodman, 1999, "An Empirical Study of Smoothing Techniques for Language Modeling",
arXiv:cmp-lg/9606011.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course.ladder.vectorise import VOCABULARY, ngram_keys


@dataclass(frozen=True)
class _Counts:
    """Counts of n-grams of one length, and of their contexts, each sorted by key."""

    grams: np.ndarray
    counts: np.ndarray
    contexts: np.ndarray
    totals: np.ndarray  # how often a context occurred
    kinds: np.ndarray  # how many different words followed it

    @classmethod
    def of(cls, words, length: int):
        grams, counts = np.unique(ngram_keys(words, length), return_counts=True)
        contexts, first, kinds = np.unique(grams // VOCABULARY, return_index=True, return_counts=True)
        return cls(grams, counts, contexts, np.add.reduceat(counts, first), kinds)


def _look_up(keys, values, wanted) -> np.ndarray:
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)


@dataclass(frozen=True)
class NgramModel:
    """Probabilities of the next word from counts of n-grams, each length smoothed by the one below.

    ``P(w | h) = (count(h w) + kinds(h) P(w | shorter h)) / (count(h) + kinds(h))``, where ``kinds(h)`` is how many
    different words have followed ``h``; below one word, every word is equally likely.

    Attributes:
        vocabulary: ids are below it.
        lengths: the counts of 1-grams, 2-grams, … in order.
    """

    vocabulary: int
    lengths: tuple

    @classmethod
    def fit(cls, words, longest: int, vocabulary: int):
        """Count a stream of ids ``(words,)`` below ``vocabulary``, n-grams of up to ``longest`` words."""
        words = np.asarray(words, np.int64)
        if not 1 <= longest <= len(words):
            raise ValueError(f"longest is {longest} for {len(words)} words: need 1 <= longest <= words")
        return cls(vocabulary, tuple(_Counts.of(words, length) for length in range(1, longest + 1)))

    def probabilities(self, words) -> np.ndarray:
        """Return the probability of each word of a stream after those before it, float64 ``(words,)``."""
        words = np.asarray(words, np.int64)
        found = np.full(len(words), 1 / self.vocabulary)
        for length, known in enumerate(self.lengths, start=1):
            grams = ngram_keys(words, length)
            count = _look_up(known.grams, known.counts, grams)
            total = _look_up(known.contexts, known.totals, grams // VOCABULARY)
            kinds = _look_up(known.contexts, known.kinds, grams // VOCABULARY)
            shorter = found[length - 1 :]
            smoothed = (count + kinds * shorter) / np.maximum(total + kinds, 1)
            found[length - 1 :] = np.where(total > 0, smoothed, shorter)
        return found


def perplexity(probabilities) -> float:
    """Return ``exp`` of the mean negative logarithm of the probabilities of what came: the words it hesitates between.

    Raises:
        ValueError: a probability is not above 0, or there is none.
    """
    probabilities = np.asarray(probabilities, float)
    if probabilities.size == 0 or not (probabilities > 0).all():
        raise ValueError("perplexity needs at least one probability, and each above 0")
    return float(np.exp(-np.log(probabilities).mean()))
