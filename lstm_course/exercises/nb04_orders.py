"""Tests of an LSTM, run with its four blocks in every wrong order (exercise "swapped" of notebook 04).

What a test compares with is the right order, as `lstm_course.cells.LSTM` has it; the course's tests hold that to Keras.
"""

import itertools
from functools import cache

import numpy as np

from lstm_course.cells import LSTM

WRONG_ORDERS = list(itertools.permutations(range(4)))[1:]
STEPS, FEATURES, UNITS = 5, 3, 2


def in_order(weights, order):
    """Return an `LSTM` that takes each of its four blocks of columns for that at another place."""
    blocks = (np.split(weight, 4, axis=-1) for weight in weights)
    return LSTM(*(np.concatenate([parts[place] for place in order], axis=-1) for parts in blocks))


def _inputs():
    return np.random.default_rng(0).normal(size=(1, STEPS, FEATURES))


def _random_weights():
    rng = np.random.default_rng(1)
    return [rng.normal(size=shape) for shape in ((FEATURES, 4 * UNITS), (UNITS, 4 * UNITS), (4 * UNITS,))]


def equal_weights(order):
    """Tell whether hidden states with every weight at 0.1 are those of the right order."""
    weights = [np.full_like(weight, 0.1) for weight in _random_weights()]
    found, expected = (in_order(weights, blocks).forward(_inputs())[0] for blocks in (order, range(4)))
    return np.allclose(found, expected, rtol=0, atol=1e-9)


def finite_differences(order):
    """Tell whether the backward pass agrees with the slope of the forward pass in the same order."""
    weights, step = _random_weights(), 1e-6
    outputs, kept = in_order(weights, order).forward(_inputs())
    gradient = in_order(weights, order).backward(np.ones_like(outputs), kept).inputs
    direction = np.random.default_rng(2).normal(size=gradient.shape)
    ahead, behind = (in_order(weights, order).forward(_inputs() + h * direction)[0].sum() for h in (step, -step))
    return np.isclose((ahead - behind) / (2 * step), (gradient * direction).sum(), rtol=1e-6)


def fresh_bias(order):
    """Tell whether a cell state of 1 becomes what it should with no weight but a forget bias of 1."""
    weights = [np.zeros_like(weight) for weight in _random_weights()]
    weights[2][UNITS : 2 * UNITS] = 1.0
    state = np.zeros((1, UNITS)), np.ones((1, UNITS))
    cells = (in_order(weights, blocks) for blocks in (order, range(4)))
    found, expected = (cell.forward(_inputs()[:, :1], state)[1].final_state[1] for cell in cells)
    return np.allclose(found, expected, rtol=0, atol=1e-9)


TESTS = {"equal weights": equal_weights, "finite differences": finite_differences, "fresh bias": fresh_bias}


@cache
def caught(test):
    """Return how many of the 23 wrong orders a test fails with: ``"none"``, ``"some"`` or ``"all"``."""
    failed = sum(not TESTS[test](order) for order in WRONG_ORDERS)
    return "none" if failed == 0 else "all" if failed == len(WRONG_ORDERS) else "some"
