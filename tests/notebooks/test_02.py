"""What notebook 02 defines is what the package computes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course.cells import SimpleRNN
from lstm_course.cells.gradient_checks import check_gradient

NOTEBOOK = "02_backpropagation_through_time"
SIZES = st.integers(1, 6)


@pytest.fixture(scope="module")
def notebook():
    return namespace(
        NOTEBOOK,
        "setup",
        "draw",
        "network",
        "network-shapes",
        "loss",
        "step-back",
        "backward",
        "gradients-of",
        "exercise-numerical-solution",
        "train",
        "stream-gradients",
        "train-on-stream",
    )


def states_of(cell, inputs):
    """Return the hidden states with the empty one first, as the notebook keeps them."""
    outputs, cache = cell.forward(inputs, return_sequences=True)
    return np.concatenate([np.zeros_like(outputs[:, :1]), outputs], axis=1), cache


@settings(max_examples=30, deadline=None)
@given(SIZES, SIZES, SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_backward_agrees_with_the_package(notebook, batch, time, features, units, seed):
    rng = np.random.default_rng(seed)
    cell = SimpleRNN.initialise(features, units, rng=rng)
    inputs = rng.normal(size=(batch, time, features))
    states, cache = states_of(cell, inputs)
    grad_outputs = rng.normal(size=(batch, time, units))

    gradients, deltas = notebook["backward"](inputs, states, grad_outputs, cell.recurrent_kernel)
    expected = cell.backward(grad_outputs, cache)
    for name, gradient in expected.weights.items():
        np.testing.assert_allclose(gradients[name], gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(deltas @ cell.kernel.T, expected.inputs, rtol=1e-12, atol=1e-12)


def test_a_window_treats_the_state_before_it_as_given(notebook):
    """The truncated backward of section 9 is the package's, for the last steps from their initial state."""
    rng = np.random.default_rng(3)
    cell = SimpleRNN.initialise(4, 5, rng=rng)
    inputs = rng.normal(size=(3, 8, 4))
    states, _ = states_of(cell, inputs)
    grad_outputs = rng.normal(size=(3, 8, 5))
    found, _ = notebook["backward"](inputs[:, 6:], states[:, 6:], grad_outputs[:, 6:], cell.recurrent_kernel)

    _, cache = cell.forward(inputs[:, 6:], initial_state=states[:, 6], return_sequences=True)
    for name, gradient in cell.backward(grad_outputs[:, 6:], cache).weights.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-12, atol=1e-12)


def test_a_chunk_s_gradients_pass_the_package_check(notebook):
    """Those of a chunk in the middle of a stream, for losses at its last steps and the state before it held fixed."""
    rng = np.random.default_rng(8)
    weights = notebook["new_weights"](rng)
    inputs, _ = notebook["draw"](5, rng)
    asked, initial = rng.integers(8, size=(5, 3)), np.tanh(rng.normal(size=(5, 16)))

    def loss(w):
        last = notebook["read"](inputs, w, initial)[:, -3:]
        probabilities = notebook["softmax"](last @ w["readout_kernel"] + w["readout_bias"])
        return -np.log(np.take_along_axis(probabilities, asked[..., None], axis=2)).mean()

    states, gradients = notebook["stream_gradients"](weights, inputs, asked, initial)
    np.testing.assert_array_equal(states[:, 0], initial)
    report = check_gradient(loss, weights, gradients)
    assert report.largest_relative_difference < 1e-6, f"\n{report}"


@pytest.mark.parametrize("advance", [1, 4])
def test_a_stream_is_read_without_a_gap(notebook, monkeypatch, advance):
    """Each piece starts from the state before it, and asks for the letters two steps before its newest ones."""
    seen = []

    def watched(weights, inputs, asked, initial):
        states = notebook["read"](inputs, weights, initial)
        seen.append((inputs.argmax(axis=2), asked, initial))
        return states, {name: np.zeros_like(array) for name, array in weights.items()}

    monkeypatch.setitem(notebook, "UPDATES", 6)
    monkeypatch.setitem(notebook, "stream_gradients", watched)
    weights = notebook["train_on_stream"](0, 4, advance)
    stream = np.concatenate([letters[:, :advance] for letters, *_ in seen], axis=1)
    states = notebook["read"](np.eye(8)[stream], weights)
    for place, (letters, asked, initial) in enumerate(seen):
        np.testing.assert_allclose(initial, states[:, place * advance], rtol=0, atol=1e-12)
        inside = min(advance, 2)  # so many of the letters asked for lie in this piece
        np.testing.assert_array_equal(asked[:, -inside:], letters[:, 2 - inside : 2])


def test_all_five_gradients_pass_the_package_check(notebook):
    rng = np.random.default_rng(4)
    weights = notebook["new_weights"](rng)
    inputs, labels = notebook["draw"](5, rng)
    gradients = notebook["gradients_of"](weights, inputs, labels)
    report = check_gradient(lambda w: notebook["loss_of"](w, inputs, labels), weights, gradients)
    assert report.largest_relative_difference < 1e-6, f"\n{report}"


def test_central_differences_agree_with_the_package_and_leave_the_weights(notebook):
    rng = np.random.default_rng(5)
    weights = notebook["new_weights"](rng)
    inputs, labels = notebook["draw"](4, rng)
    before = weights["recurrent_kernel"].copy()
    found = notebook["numerical_gradient"](
        lambda array: notebook["loss_of"]({**weights, "recurrent_kernel": array}, inputs, labels),
        weights["recurrent_kernel"],
        1e-5,
    )
    np.testing.assert_array_equal(weights["recurrent_kernel"], before)

    report = check_gradient(
        lambda w: notebook["loss_of"](w, inputs, labels),
        weights,
        notebook["gradients_of"](weights, inputs, labels),
    )
    np.testing.assert_allclose(found, report["recurrent_kernel"].approximate, rtol=1e-5, atol=1e-10)


def test_the_first_letter_is_the_label(notebook):
    inputs, labels = notebook["draw"](50, np.random.default_rng(6))
    assert inputs.shape == (50, 7, 8)
    np.testing.assert_array_equal(inputs.sum(axis=2), 1)
    np.testing.assert_array_equal(inputs[:, 0].argmax(axis=1), labels)


def test_training_does_not_touch_the_weights_of_another_network(notebook, monkeypatch):
    """Two runs with one seed end in the same numbers, so that a figure can be drawn again."""
    monkeypatch.setitem(notebook, "STEPS", 20)
    first, losses = notebook["train"](seed=7)
    again, losses_again = notebook["train"](seed=7)
    assert losses == losses_again
    assert losses[-1] < losses[0]
    for name, weight in first.items():
        np.testing.assert_array_equal(weight, again[name])
        assert weight is not again[name]
