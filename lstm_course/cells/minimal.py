"""minGRU and minLSTM: the gated cells of notebook 04, with every term struck by which a gate sees the state.

What is left of a step is ``h_t = a_t * h_{t-1} + b_t``; the functions return ``a`` and ``b``, and
:mod:`lstm_course.cells.scan` the states.

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


def min_lstm(inputs, kernel, bias, signed=False):
    """Return the factors and what is added: ``a = f / (f + i)`` and ``b = i / (f + i) * g``.

    ``f = sigmoid(x W_f + b_f)``, ``i = sigmoid(x W_i + b_i)`` and the candidate ``g = x W_g + b_g``.

    Args:
        inputs: ``(batch, time, features)``.
        kernel: ``(features, 3 * units)``, columns in the order forget gate, input gate, candidate.
        bias: ``(3 * units,)``, in the same order.
        signed: stretch the factors from (0, 1) to (-1, 1), ``2 * a - 1``, and leave ``b`` as it is: Grazzi et al.,
            2024, arXiv:2411.12537.

    Returns:
        ``a`` and ``b``, each ``(batch, time, units)``.
    """
    forget_gate, input_gate, candidate = np.split(inputs @ kernel + bias, 3, axis=-1)
    forget_gate, input_gate = sigmoid(forget_gate), sigmoid(input_gate)
    keep = forget_gate / (forget_gate + input_gate)
    return (2 * keep - 1 if signed else keep), (1 - keep) * candidate
