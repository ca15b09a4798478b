"""minGRU: the GRU of notebook 04, with every term struck by which a gate sees the state.

What is left of a step is ``h_t = a_t * h_{t-1} + b_t``; the function returns ``a`` and ``b``, and
:mod:`lstm_course.cells.scan` the states. The minLSTM is a Keras layer, :class:`lstm_course.models.minimal.MinLSTM`.

Source: Feng et al., 2024, "Were RNNs all we needed?", arXiv:2410.01201.
"""

import numpy as np

from lstm_course.cells.layers import sigmoid


def min_gru(inputs, kernel, bias):
    """Return the factors and what is added: ``a = z`` and ``b = (1 - z) * g``.

    ``z = sigmoid(x W_z + b_z)`` is the share of the old state that is kept, as in Keras's GRU (in the paper it is the
    share of the new), ``g = x W_g + b_g`` the candidate.

    Args:
        inputs: ``(batch, time, features)``.
        kernel: ``(features, 2 * units)``, columns in the order update gate, candidate.
        bias: ``(2 * units,)``, in the same order.

    Returns:
        ``a`` and ``b``, each ``(batch, time, units)``.
    """
    update_gate, candidate = np.split(inputs @ kernel + bias, 2, axis=-1)
    update_gate = sigmoid(update_gate)
    return update_gate, (1 - update_gate) * candidate
