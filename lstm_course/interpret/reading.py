"""A text as the model sees it, and what is true of each of its words."""

import re
from dataclasses import dataclass

import numpy as np

from lstm_course import models
from lstm_course.reviews import imdb

# One word for imdb.tokenize: what lies between the characters that it takes for gaps.
_WORD = re.compile(r"[^ !\"#$%&()*+,\-./:;<=>?@\[\\\]^_`{|}~\t\n]+")
_NEGATIONS = frozenset({"no", "not", "never", "nobody", "nothing", "none", "neither", "nor"})
_NEGATIONS |= {"nowhere", "hardly", "cannot", "without"}


@dataclass(frozen=True)
class Reading:
    """The words of a text that a model with rows of a fixed length reads, one entry a step.

    Attributes:
        text: the text as it was written.
        words: what the model sees: lower case, ``"<start>"`` in front unless the text is longer than a row, and
            ``"<unknown>"`` for a word that has no id.
        ids: ``(steps,)`` int.
        spans: for each step the (first, one past the last) character in ``text``; (0, 0) for the start token.
        row: ``(maxlen,)`` int, the ids with pads in front: ``model.predict(reading.row[None])``.
    """

    text: str
    words: list[str]
    ids: np.ndarray
    spans: list[tuple[int, int]]
    row: np.ndarray

    def __len__(self):
        return len(self.words)


def read(text: str, word_index: dict[str, int], *, maxlen: int = models.MAXLEN) -> Reading:
    """Return a text as the model reads it: its last ``maxlen`` tokens, the start token being the first of all.

    Args:
        text: the review.
        word_index: the word index that came with the model.
        maxlen: steps in a row.

    Raises:
        TypeError: ``text`` is not a string.
        ValueError: the text is empty, or the model knows none of its words.
    """
    ids = models.known_ids(text, word_index)[-maxlen:]
    spans = [(0, 0), *(match.span() for match in _WORD.finditer(text))][-len(ids) :]
    names = {imdb.START: "<start>", imdb.UNKNOWN: "<unknown>"}
    words = [names.get(token) or text[slice(*span)].lower() for token, span in zip(ids, spans, strict=True)]
    row = np.zeros(maxlen, np.int64)
    row[maxlen - len(ids) :] = ids
    return Reading(text, words, np.array(ids), spans, row)


def translation(from_index: dict[str, int], to_index: dict[str, int], num_words: int = 20_000) -> np.ndarray:
    """Return a table from one word index's ids to another's: ``table[ids]`` says the same words to another model.

    A word that the second index lacks, or that has no id below ``num_words`` there, becomes unknown.
    """
    table = np.full(max(from_index.values()) + 1 + imdb.INDEX_FROM, imdb.UNKNOWN)
    table[: imdb.INDEX_FROM] = range(imdb.INDEX_FROM)
    for word, rank in from_index.items():
        token = to_index.get(word, num_words) + imdb.INDEX_FROM
        table[rank + imdb.INDEX_FROM] = token if token < num_words else imdb.UNKNOWN
    return table


def negated(reading: Reading, reach: int = 3) -> np.ndarray:
    """Return which steps are one of the ``reach`` words after a negation ("not", "never", "hardly", "isn't", …)."""
    flags = np.zeros(len(reading), bool)
    for place, word in enumerate(reading.words):
        if is_negation(word):
            flags[place + 1 : place + 1 + reach] = True
    return flags


def is_negation(word: str) -> bool:
    """Return whether a word denies what follows it."""
    return word in _NEGATIONS or word.endswith("n't")


def distance_from_end(reading: Reading) -> np.ndarray:
    """Return how many words come after each step, ``(steps,)`` int."""
    return np.arange(len(reading))[::-1]


def in_quotation(reading: Reading) -> np.ndarray:
    """Return which steps stand between double quotation marks, ``(steps,)`` bool. The model sees no such marks."""
    opened = np.cumsum([character in '"“”' for character in " " + reading.text])
    return np.array([end > start and opened[start] % 2 == 1 for start, end in reading.spans])


def after_full_stop(reading: Reading) -> np.ndarray:
    """Return which steps begin a sentence, ``(steps,)`` bool: a full stop, "!" or "?" ends the one before."""
    ends = [0, *(end for _, end in reading.spans)]
    gaps = [reading.text[end:start] for end, (start, _) in zip(ends[:-1], reading.spans, strict=True)]
    flags = np.array([any(mark in gap for mark in ".!?") for gap in gaps])
    flags[0] = False
    return flags
