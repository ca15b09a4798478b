"""The cells against numbers and code that nobody of this course wrote.

*Power first*: a test that passes with the gates in a wrong order proves nothing, so each of them is also run with every
wrong order of the blocks, and has to fail with it.

The constants are retyped from

- ONNX Runtime, ``onnxruntime/test/providers/cpu/rnn/deep_cpu_lstm_op_test.cc`` (MIT): ``SimpleWeightsNoBiasTwoRows``,
  forward, and ``MixedSequenceLengths``;
- burn, ``burn-tensor-testgen``, ``ad_lstm`` (MIT or Apache-2.0), whose values come from PyTorch by its own comment.
"""

import itertools

import numpy as np
import pytest
from cell_weights import reordered

from lstm_course.cells import LSTM


def wrong_orders(blocks):
    """Return every order of the blocks but the right one."""
    return list(itertools.permutations(range(blocks)))[1:]


def lstm(kernel, recurrent_kernel, bias, order=(0, 1, 2, 3)):
    return LSTM(*(reordered(np.asarray(weight), order) for weight in (kernel, recurrent_kernel, bias)))


# ONNX Runtime. Its order of the gates is input, output, forget, candidate; one input, three units; weights are rows.
FROM_ONNX = (0, 2, 3, 1)  # takes its blocks into Keras's order: input, forget, candidate, output
ORT_KERNEL = reordered(np.array([[0.1, 0.2, 0.3, 0.4, 1, 2, 3, 4, 10, 11, 12, 13]]), FROM_ONNX)
ORT_RECURRENT_KERNEL = np.full((3, 12), 0.1)
ORT_INPUTS = np.array([[1.0, 10.0], [2.0, 11.0]])[..., None]  # (batch, time, features)
ORT_FIRST = [[0.28828835, 0.36581863, 0.45679406], [0.34526032, 0.47220859, 0.55850911]]
ORT_SECOND = [[0.84196719, 0.89402526, 0.91073048], [0.85882828, 0.90703777, 0.92382453]]
ORT_CELL_FIRST = [[0.52497941, 0.54983425, 0.5744428], [0.54983425, 0.59868795, 0.64565659]]
ORT_CELL_SECOND = [[1.27731147, 1.44181041, 1.53179041], [1.3249796, 1.51063104, 1.61451544]]
FLOAT32 = 3e-7  # they were computed in float32


def off_from_onnx_runtime(order):
    """Return the largest distance from ``SimpleWeightsNoBiasTwoRows``, with the blocks in an order."""
    cell = lstm(ORT_KERNEL, ORT_RECURRENT_KERNEL, np.zeros(12), order)
    outputs, cache = cell.forward(ORT_INPUTS, return_sequences=True)
    found = outputs[:, 0], outputs[:, 1], *cache.final_state
    expected = ORT_FIRST, ORT_SECOND, ORT_SECOND, ORT_CELL_SECOND
    return max(np.abs(a - b).max() for a, b in zip(found, expected, strict=True))


def test_onnx_runtime_two_rows():
    assert off_from_onnx_runtime((0, 1, 2, 3)) < FLOAT32


@pytest.mark.parametrize("order", wrong_orders(4))
def test_onnx_runtime_catches_a_wrong_order(order):
    assert off_from_onnx_runtime(order) > 1e-3


@pytest.mark.parametrize("short", [0, 1])
def test_onnx_runtime_mixed_sequence_lengths(short):
    """One of the two rows ends after its first step. (ONNX then returns zeros; Keras, and so we, repeat the output.)"""
    mask = np.ones((2, 2), bool)
    mask[short, 1] = False
    cell = lstm(ORT_KERNEL, ORT_RECURRENT_KERNEL, np.zeros(12))
    outputs, cache = cell.forward(ORT_INPUTS, mask=mask, return_sequences=True)
    hidden, cell_state = np.array(ORT_SECOND), np.array(ORT_CELL_SECOND)
    hidden[short], cell_state[short] = ORT_FIRST[short], ORT_CELL_FIRST[short]
    np.testing.assert_allclose(outputs[:, 0], ORT_FIRST, rtol=0, atol=FLOAT32)
    np.testing.assert_allclose(cache.final_state[0], hidden, rtol=0, atol=FLOAT32)
    np.testing.assert_allclose(cache.final_state[1], cell_state, rtol=0, atol=FLOAT32)


# burn, from PyTorch: two steps of four sequences of three features, two units; rows are gates, in Keras's order.
BURN_INPUTS = np.array(
    [
        [
            [6.1599e-2, 1.4434e-1, 5.0515e-1], [4.5327e-1, 9.6461e-2, 9.4723e-1],
            [6.5902e-1, 8.3846e-1, 8.5444e-1], [7.3353e-1, 7.8060e-1, 2.7181e-1],
        ],
        [
            [4.5411e-1, 7.2665e-1, 4.0610e-1], [2.4880e-4, 2.0886e-1, 5.9652e-1],
            [4.7231e-1, 2.0873e-1, 8.2748e-1], [3.4535e-2, 8.7611e-2, 8.1984e-1],
        ],
    ]
).swapaxes(0, 1)  # fmt: skip
BURN_KERNEL = np.array(
    [
        [0.5515, -1.0005, -0.9981], [-0.3744, -0.6567, -0.8902], [-0.7804, 0.5981, -0.9637], [0.9862, -0.191, 0.1298],
        [-0.5881, -0.6989, 0.5698], [-0.5157, -0.5139, 0.8493], [0.3309, -0.5226, -0.1362], [0.3765, 0.5327, 0.7626],
    ]
).T  # fmt: skip
BURN_RECURRENT_KERNEL = np.array(
    [
        [-0.4148, -0.1351], [0.209, 0.4742], [-0.6913, 0.0456], [0.2024, 0.6486],
        [0.1362, -0.0956], [0.337, -0.3085], [-0.2517, 0.0471], [-0.2644, 0.4771],
    ]
).T  # fmt: skip
BURN_BIAS = np.array([0.0, 0, 1, 1, 0, 0, 0, 0])
BURN_GRAD_KERNEL = np.array(
    [
        [-7.1392e-3, -9.1484e-3, -8.3713e-5], [-1.8330e-3, -4.6515e-3, 1.3608e-2],
        [-2.5509e-4, 1.6488e-5, -1.5846e-3], [2.9855e-4, 6.5486e-4, -5.2864e-5],
        [2.6259e-2, 2.5132e-2, 5.2782e-2], [3.8327e-2, 4.1747e-2, 6.8519e-2],
        [-4.2946e-3, -5.0783e-3, -1.4337e-3], [1.2592e-4, 1.1887e-4, 5.2137e-3],
    ]
).T  # fmt: skip
BURN_GRAD_RECURRENT_KERNEL = np.array(
    [
        [-2.7388e-4, -3.0253e-4], [-5.5798e-4, -3.4758e-4], [2.1925e-4, 2.1652e-4], [1.5562e-4, 2.2855e-4],
        [-7.7453e-4, 3.3847e-4], [-6.2271e-4, 9.5916e-4], [6.3325e-5, 5.1526e-5], [-3.4406e-5, 1.8998e-4],
    ]
).T  # fmt: skip
BURN_GRAD_BIAS = np.array([-0.0054, 0.0125, -0.0017, 0.0006, 0.0790, 0.1081, -0.0045, 0.0066])
# Rounding the weights to the four decimals that are printed moves the gradients by as much (300 draws: up to 4.1e-6,
# 4.9e-7 and 6.2e-6); the bias's gradients have four decimals themselves.
PRINTED = {"kernel": 5e-6, "recurrent_kernel": 5e-7, "bias": 5.7e-5}


def off_from_burn(order):
    """Return how far each gradient of the mean of all outputs is off, with the blocks in an order."""
    cell = lstm(BURN_KERNEL, BURN_RECURRENT_KERNEL, BURN_BIAS, order)
    outputs, cache = cell.forward(BURN_INPUTS, return_sequences=True)
    gradients = cell.backward(np.full(outputs.shape, 1 / outputs.size), cache).weights
    back = np.argsort(order)
    expected = {"kernel": BURN_GRAD_KERNEL, "recurrent_kernel": BURN_GRAD_RECURRENT_KERNEL, "bias": BURN_GRAD_BIAS}
    return {name: np.abs(reordered(gradients[name], back) - expected[name]).max() for name in expected}


def test_burn_gradients():
    off = off_from_burn((0, 1, 2, 3))
    assert all(off[name] < limit for name, limit in PRINTED.items()), off


@pytest.mark.parametrize("order", wrong_orders(4))
def test_burn_gradients_catch_a_wrong_order(order):
    off = off_from_burn(order)
    assert any(off[name] > 100 * limit for name, limit in PRINTED.items()), off
