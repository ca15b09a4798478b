"""The LSTM that notebook 04 builds is the package's, and its notepad keeps notes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course.cells import LSTM

SIZES = st.integers(1, 5)
TRACES = ("input_gate", "forget_gate", "candidate", "output_gate", "cell_state", "hidden_state")


@pytest.fixture(scope="module")
def notebook():
    cell_ids = (
        "setup",
        "gates",
        "forward",
        "over-time",
        "ex-backward-solution",
        "backward-step",
        "backward-loop",
        "notepad-weights-code",
    )
    return namespace("04_lstm_from_scratch", *cell_ids)


def draw(seed, batch, time, features, units):
    rng = np.random.default_rng(seed)
    cell = LSTM.initialise(features, units, rng=rng, forget_bias=rng.uniform(-3, 3))
    return cell, list(cell.weights.values()), rng.standard_normal((batch, time, features)) * 2, rng


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), SIZES, SIZES, SIZES, SIZES)
def test_forward_is_the_package_s(notebook, seed, batch, time, features, units):
    cell, weights, inputs, _ = draw(seed, batch, time, features, units)
    outputs, steps = notebook["lstm_forward"](inputs, weights)
    expected, cache = cell.forward(inputs)
    np.testing.assert_allclose(outputs, expected, rtol=0, atol=1e-12)
    for name in TRACES:
        found = notebook["over_time"](steps, name)
        np.testing.assert_allclose(found, getattr(cache, name), rtol=0, atol=1e-12, err_msg=name)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), SIZES, SIZES, SIZES, SIZES)
def test_backward_is_the_package_s(notebook, seed, batch, time, features, units):
    cell, weights, inputs, rng = draw(seed, batch, time, features, units)
    direction = rng.standard_normal((batch, time, units))
    _, steps = notebook["lstm_forward"](inputs, weights)
    found = notebook["lstm_backward"](direction, steps, weights)
    _, cache = cell.forward(inputs, return_sequences=True)
    expected = cell.backward(direction, cache)
    for name, gradient in zip(("kernel", "recurrent_kernel", "bias", "inputs"), found, strict=True):
        np.testing.assert_allclose(gradient, getattr(expected, name), rtol=0, atol=1e-10, err_msg=name)


def test_the_notepad_answers_with_what_was_noted(notebook):
    """On random scripts: the sign of what was noted since the last wipe when asked, nothing when not."""
    rng = np.random.default_rng(0)
    words = rng.choice(["chatter", "write", "wipe", "ask"], size=(50, 30), p=[0.5, 0.15, 0.1, 0.25])
    values = np.where(words == "write", rng.choice([-1.0, 1.0], words.shape), rng.uniform(-1, 1, words.shape))
    stream = np.stack([values, *(words == flag for flag in ("write", "wipe", "ask"))], axis=2)
    _, steps = notebook["lstm_forward"](stream.astype(float), notebook["notepad"])
    shown = notebook["over_time"](steps, "hidden_state")[..., 0]

    note = np.zeros(len(words))
    for t, word in enumerate(words.T):
        note = np.where(word == "wipe", 0.0, note) + np.where(word == "write", values[:, t], 0.0)
        assert np.abs(shown[word != "ask", t]).max() < 0.01
        asked, empty = word == "ask", note == 0
        assert np.abs(shown[asked & empty, t]).max(initial=0.0) < 0.25  # the chatter that leaks through
        np.testing.assert_array_equal(np.sign(shown[asked & ~empty, t]), np.sign(note[asked & ~empty]))
