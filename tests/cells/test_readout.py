"""The readout's gradients agree with finite differences, and its accuracy counts."""

import numpy as np
import pytest

from lstm_course import cells
from lstm_course.cells import gradient_checks


@pytest.mark.parametrize("kind", [cells.SimpleRNN, cells.LSTM, cells.GRU])
def test_the_gradients_are_those_of_finite_differences(kind):
    rng = np.random.default_rng(0)
    cell = kind.initialise(4, 3, rng=rng)
    inputs, labels = rng.normal(size=(6, 5, 4)), rng.integers(7, size=6)
    weights = dict(cell.weights) | {
        "readout_kernel": rng.normal(size=(3, 7)),
        "readout_bias": rng.normal(size=7),
    }

    def run(point):
        *own, kernel, bias = point.values()
        return cells.loss_and_gradients(kind(*own), [kernel, bias], inputs, labels)

    exact = dict(zip(weights, run(weights)[1], strict=True))
    report = gradient_checks.check_gradient(lambda point: run(point)[0], weights, exact)
    assert report.largest_relative_difference < 1e-6


def test_the_loss_of_knowing_nothing_is_the_logarithm_of_the_classes():
    cell = cells.SimpleRNN.initialise(4, 3, rng=np.random.default_rng(0))
    readout = [np.zeros((3, 8)), np.zeros(8)]
    loss, _ = cells.loss_and_gradients(cell, readout, np.ones((2, 5, 4)), np.array([0, 7]))
    assert loss == pytest.approx(np.log(8))


def test_accuracy_is_the_share_of_right_classes():
    cell = cells.SimpleRNN(np.eye(2), np.zeros((2, 2)), np.zeros(2))
    inputs = np.eye(2)[[0, 1, 1, 0]][:, None]
    readout = [np.eye(2), np.zeros(2)]
    assert cells.accuracy(cell, readout, inputs, np.array([0, 1, 1, 1])) == 0.75


def test_the_norm_is_that_of_one_long_vector():
    arrays = [np.random.default_rng(n).normal(size=shape) for n, shape in enumerate([(2, 3), (3, 3), (3,)])]
    assert cells.global_norm(arrays) == pytest.approx(np.linalg.norm(np.concatenate([a.ravel() for a in arrays])))
    assert cells.global_norm([np.array([3.0]), np.array([[-4.0]])]) == 5
