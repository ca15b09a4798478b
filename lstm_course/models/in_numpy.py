"""The shipped LSTM computed by the course's own cell: no TensorFlow, whose import takes seconds and 400 MB.

The weights are those of ``weights.load``, and so are the answers, to the rounding of float32; a test compares them.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course import models
from lstm_course.cells import LSTM, sigmoid
from lstm_course.models import weights
from lstm_course.reviews import imdb


@dataclass(frozen=True)
class NumpyLSTM:
    """An Embedding, an LSTM and a Dense(1) with a sigmoid.

    Attributes:
        embeddings: ``(vocabulary, features)``, a vector for each id.
        cell: the LSTM.
        dense_kernel: ``(units,)``: what each unit's hidden state adds to the log-odds of "positive".
        dense_bias: the log-odds where all of it is 0.
    """

    embeddings: np.ndarray
    cell: LSTM
    dense_kernel: np.ndarray
    dense_bias: float

    def hidden_state(self, ids: np.ndarray) -> np.ndarray:
        """Return the state after every step, ``(batch, time, units)``, for ids ``(batch, time)``."""
        return self.cell.forward(self.embeddings[ids], return_sequences=True)[0]

    def running_prediction(self, ids: np.ndarray) -> np.ndarray:
        """Return the probability after each of a text's words, ``(steps,)``; each beginning is padded in front.

        Args:
            ids: ``(steps,)`` int, at most ``models.MAXLEN`` of them.
        """
        rows = np.full((len(ids), models.MAXLEN), imdb.PAD)
        for row, end in zip(rows, range(1, len(ids) + 1), strict=True):
            row[-end:] = ids[:end]
        return sigmoid(self.cell.forward(self.embeddings[rows])[0] @ self.dense_kernel + self.dense_bias)

    def score(self, text: str, word_index: dict[str, int]) -> float:
        """Return the probability that a review is positive, as the model sees its last 100 words.

        Raises:
            TypeError: ``text`` is not a string.
            ValueError: it is empty, or no word of it is in the vocabulary.
        """
        ids = models.known_ids(text, word_index, len(self.embeddings))[-models.MAXLEN :]
        return float(self.running_prediction(np.array(ids))[-1])


def load(name: str = "source") -> tuple[NumpyLSTM, dict[str, int]]:
    """Return a shipped LSTM and the word index that its ids come from, as ``weights.load`` does, without Keras.

    Args:
        name: ``"source"`` or ``"built-in"``.

    Raises:
        ValueError: there is no such model, or a file is not the one that belongs to the card.
        FileNotFoundError: a file is missing.
    """
    arrays, word_index = weights.load_arrays(name)
    embeddings, kernel, recurrent_kernel, bias, dense_kernel, dense_bias = arrays
    cell = LSTM(kernel, recurrent_kernel, bias)
    return NumpyLSTM(embeddings, cell, dense_kernel[:, 0], float(dense_bias[0])), word_index
