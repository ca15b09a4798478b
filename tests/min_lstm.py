"""The minLSTM by its equations, in NumPy: what the Keras layer and notebook 11 are held against."""

import numpy as np

from lstm_course.cells import sigmoid


def min_lstm(inputs, kernel, bias, signed=False):
    """Return ``a`` and ``b`` of ``h_t = a_t * h_{t-1} + b_t``, each ``(batch, time, units)``.

    Args:
        inputs: ``(batch, time, features)``.
        kernel: ``(features, 3 * units)``, columns in the order forget gate, input gate, candidate.
        bias: ``(3 * units,)``, in the same order.
        signed: stretch the factors from (0, 1) to (-1, 1).
    """
    f, i, g = np.split(inputs @ kernel + bias, 3, axis=-1)
    f, i = sigmoid(f), sigmoid(i)
    return (2 * f / (f + i) - 1 if signed else f / (f + i)), i / (f + i) * g
