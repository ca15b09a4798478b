"""A bag of words that comes with the course: one weight a word, and no order.

It was trained on the reviews of the shipped ``"source"`` model, as that model sees them: the same words, the last 100
of each review. ``tools/weights bag-of-words`` trained it. Words and ranks are the source model's.
"""

import io
from dataclasses import dataclass

import numpy as np

from lstm_course import models
from lstm_course.models import weights
from lstm_course.reviews import imdb

NAME = "bag-of-words"


@dataclass(frozen=True)
class BagOfWords:
    """A logistic regression on which words occur.

    Attributes:
        word_weights: ``(words,)``: what a word adds to the log-odds of "positive"; entry 0 is the commonest word's.
        bias: the log-odds of an empty review.
    """

    word_weights: np.ndarray
    bias: float

    def score(self, text: str, word_index: dict[str, int]) -> float:
        """Return the probability that a review is positive: every word in it counts once, wherever it stands.

        Raises:
            TypeError: ``text`` is not a string.
            ValueError: it is empty, or no word of it is in the vocabulary.
        """
        ids = np.unique(models.known_ids(text, word_index)[-models.MAXLEN :])
        ranks = ids[ids > imdb.INDEX_FROM] - imdb.INDEX_FROM
        return float(1 / (1 + np.exp(-(self.bias + self.word_weights[ranks - 1].sum()))))


def load() -> BagOfWords:
    """Return the shipped bag of words; its word index is that of ``weights.load("source")``.

    Raises:
        ValueError: a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    with np.load(io.BytesIO(weights.files(NAME)["npz"]), allow_pickle=False) as arrays:
        return BagOfWords(arrays["word_weights"].astype(np.float64), float(arrays["bias"]))


def save(words: BagOfWords, known: dict) -> None:
    """Write the weights as float16, and the card with what is known of them."""
    packed = io.BytesIO()
    np.savez_compressed(packed, word_weights=words.word_weights.astype(np.float16), bias=np.float16(words.bias))
    weights.write(NAME, {"npz": packed.getvalue()}, known | {"words": len(words.word_weights)})
