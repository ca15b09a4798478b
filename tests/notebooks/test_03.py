"""What notebook 03 builds in the open agrees with the package and a second derivation, and its slider turns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jacobians import (
    jacobian_product,
    predicted_geometric_rate,
    singular_values_by_lag,
    spectral_radius,
    step_jacobians,
)
from notebook_cells import namespace

from lstm_course import cells
from lstm_course.cells import gradient_checks

CELLS = (
    "setup",
    "game",
    "fresh",
    "step-jacobian",
    "products-by-lag",
    "products-shapes",
    "norm-by-lag",
    "ex-radius-solution",
    "predicted-rate",
    "normal-start",
    "count-alive",
    "wall",
    "rescaled",
    "rescaled-class",
    "held",
    "slider",
    "slider-knob",
)
SIZES = st.integers(1, 6)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def notebook():
    return namespace("03_vanishing_gradients", *CELLS)


def draw(seed, time, features, units):
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=shape) for shape in ((features, units), (units, units), (units,))]
    return cells.SimpleRNN(*weights), rng.normal(size=(1, time, features))


@settings(deadline=None)
@given(SEEDS, SIZES, SIZES, SIZES)
def test_jacobians_and_their_products_are_a_second_derivation_s(notebook, seed, time, features, units):
    cell, inputs = draw(seed, time, features, units)
    states, cache = cell.forward(inputs, return_sequences=True)
    jacobians = notebook["step_jacobians"](states, cell.recurrent_kernel)
    expected = step_jacobians(cell, cache)
    np.testing.assert_allclose(jacobians, expected, rtol=0, atol=1e-12)
    products = notebook["products_by_lag"](jacobians[0])
    np.testing.assert_allclose(products, jacobian_product(expected)[0], rtol=1e-10, atol=1e-12)


@settings(deadline=None)
@given(SEEDS, SIZES, SIZES, SIZES)
def test_the_norm_by_lag_is_that_of_backpropagation(notebook, seed, time, features, units):
    """The package's comes from its backward pass: a second derivation."""
    cell, inputs = draw(seed, time, features, units)
    expected = gradient_checks.gradient_norm_by_lag(cell, inputs, norm="frobenius")[0] / np.sqrt(units)
    np.testing.assert_allclose(notebook["norm_by_lag"](cell, inputs), expected, rtol=1e-8, atol=1e-12)


@settings(deadline=None)
@given(SEEDS, SIZES, SIZES, SIZES)
def test_rate_radius_and_singular_values_are_a_second_derivation_s(notebook, seed, time, features, units):
    cell, inputs = draw(seed, time, features, units)
    _, cache = cell.forward(inputs)
    expected = predicted_geometric_rate(cell, cache)[0]
    assert notebook["predicted_rate"](cell, inputs) == pytest.approx(expected, rel=1e-10)
    values = singular_values_by_lag(step_jacobians(cell, cache))[0, 1:]
    found = notebook["singular_values_by_lag"](cell, inputs)
    np.testing.assert_allclose(found, values, rtol=0, atol=1e-10 * values.max())


@settings(deadline=None)
@given(SEEDS, SIZES, SIZES, SIZES, st.sampled_from(["Held", "Vanishing"]))
def test_a_rescaled_signal_has_the_norm_that_was_chosen_and_else_is_backpropagation(
    notebook, seed, time, features, units, kind
):
    """Against the package's backward pass, one step at a time, the signal rescaled between the steps."""
    plain, inputs = draw(seed, time, features, units)
    cell, signal = notebook[kind](*plain.weights.values()), np.ones((2, units))
    inputs = np.repeat(inputs, 2, axis=0) * [[[1.0]], [[-0.5]]]
    _, cache = cell.forward(inputs)
    found, expected = cell.backward(signal, cache).weights, dict.fromkeys(plain.weights, 0)
    norms = np.linalg.norm(signal, axis=1, keepdims=True)
    for t in reversed(range(time)):
        before = cache.hidden_state[:, t - 1] if t else cache.initial_state
        step = plain.backward(signal, plain.forward(inputs[:, [t]], initial_state=before)[1])
        expected = {name: expected[name] + gradient for name, gradient in step.weights.items()}
        norms *= cell.keep
        signal = step.initial_state * norms / np.linalg.norm(step.initial_state, axis=1, keepdims=True)
    for name, gradient in expected.items():
        np.testing.assert_allclose(found[name], gradient, rtol=1e-8, atol=1e-10)


@given(st.sampled_from([0.5, 1.0, 1.5]), SEEDS)
def test_a_fresh_network_has_the_radius_that_it_was_given(notebook, radius, seed):
    cell = notebook["fresh"](radius, np.random.default_rng(seed))
    assert spectral_radius(cell.recurrent_kernel) == pytest.approx(radius)
    np.testing.assert_allclose(
        cell.recurrent_kernel.T @ cell.recurrent_kernel, radius**2 * np.eye(32), rtol=0, atol=1e-12
    )


def test_the_normal_start_has_radius_one_and_the_same_letters(notebook):
    cell, letters = notebook["normal_start"](3)
    assert spectral_radius(cell.recurrent_kernel) == pytest.approx(1)
    assert np.array_equal(letters, notebook["draw"](1.0, 3)[1])


def test_the_game_asks_for_the_first_letter(notebook):
    inputs, labels = notebook["game"](5, 200, np.random.default_rng(0))
    assert inputs.shape == (200, 6, 8)
    assert np.array_equal(inputs.sum(axis=2), np.ones((200, 6)))
    assert np.array_equal(inputs[:, 0].argmax(axis=1), labels)


def test_the_slope_on_the_wall_is_that_of_backpropagation(notebook):
    """One unit, a constant input: the package's gradient of its recurrent weight, through 50 steps."""
    for weight in (1.0, 1.29, 1.5):
        cell = cells.SimpleRNN(np.array([[-0.1]]), np.array([[weight]]), np.zeros(1))
        last, cache = cell.forward(np.ones((1, 50, 1)), initial_state=np.array([[0.5]]))
        assert notebook["loss_of"](weight) == pytest.approx((last[0, 0] - 0.5) ** 2, abs=1e-12)
        exact = cell.backward(2 * (last - 0.5), cache).recurrent_kernel[0, 0]
        assert notebook["slope_of"](weight) == pytest.approx(exact, rel=1e-4)


def test_the_slider_draws_radii_on_both_sides_of_the_edge(notebook, monkeypatch):
    shown = []
    monkeypatch.setitem(notebook, "show", shown.append)
    knob = notebook["slider"]().children[0]
    for radius in (knob.min, knob.max):
        knob.value = radius
    for figure in shown:
        notebook["plt"].close(figure)
    for text, figure in zip(("Radius 1.3", "Radius 0.1", "Radius 3.0"), shown, strict=True):
        assert figure.axes[0].get_title(loc="left").startswith(text)
