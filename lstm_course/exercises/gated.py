"""The step of an LSTM and of a GRU for notebooks 04 and 08, with an option for every usual mistake."""

import numpy as np

from lstm_course.exercises.engine.checking import distinct


def sigmoid(x):
    """Return the logistic function."""
    return 1 / (1 + np.exp(-x))


def hard_sigmoid(x):
    """Return the sigmoid made of straight lines that was the default of older versions of Keras."""
    return np.clip(0.2 * x + 0.5, 0, 1)


def linear(x):
    """Return what is given."""
    return x


def draw_gates(rng, shape, count):
    """Draw ``count`` gates of ``shape``, away from 0 and 1."""
    return tuple(rng.uniform(0.05, 0.95, size=(count, *shape)))


def draw_lstm(rng, blocks=4):
    """Draw inputs, states and weights of one LSTM step, all sizes different."""
    batch, features, units = distinct(rng, 3)
    weights = rng.normal(size=(features, blocks * units)), rng.normal(size=(units, blocks * units))
    states = rng.normal(size=(2, batch, units))
    return rng.normal(size=(batch, features)), *states, *weights, rng.normal(size=blocks * units)


def newer(old, new):
    """Return the second of two states."""
    return new


def raised(bias):
    """Return the bias of an LSTM with 1 added to the forget gate's, as TensorFlow's old cell added it at every step."""
    return bias + np.repeat([0, 1, 0, 0], len(bias) // 4)


def lstm(x, h, c, w, u, b, order="ifco", candidate=np.tanh, output=np.tanh, keep=linear, gate=sigmoid, shown=newer):
    """Return the hidden and cell state after one LSTM step; each option is a usual mistake."""
    blocks = dict(zip(order, np.split(x @ w + h @ u + b, 4, axis=1), strict=True))
    i, f, o = (gate(blocks[name]) for name in "ifo")
    new = keep(f) * c + i * candidate(blocks["c"])
    return o * output(shown(c, new)), new


def draw_gru(rng):
    """Draw inputs, state and weights of one GRU step."""
    inputs, hidden_state, _, kernel, recurrent_kernel, bias = draw_lstm(rng, blocks=3)
    return inputs, hidden_state, kernel, recurrent_kernel, np.stack([bias, rng.normal(size=bias.shape)])


def gru_candidate(x_share, r, h_share, *_):
    """Return the candidate, reset after the matrix product as in Keras."""
    return np.tanh(x_share + r * h_share)


def gru(
    x, h, w, u, b, order="zrh", state_order=None, keep=linear, candidate=gru_candidate, old=linear, new=lambda z: 1 - z
):
    """Return the hidden state after one GRU step; each option is a usual mistake."""
    of_inputs = dict(zip(order, np.split(x @ w + b[0], 3, axis=1), strict=True))
    of_state = dict(zip(state_order or order, np.split(h @ u + b[1], 3, axis=1), strict=True))
    z, r = (sigmoid(of_inputs[name] + of_state[name]) for name in "zr")
    z = keep(z)
    kernel, bias = (np.split(array, 3, axis=-1)[2] for array in (u, b[1]))
    return old(z) * h + new(z) * candidate(of_inputs["h"], r, of_state["h"], h, kernel, bias)
