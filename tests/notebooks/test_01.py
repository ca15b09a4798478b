"""What notebook 01 builds in the open agrees with the package, and its tables and claims hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course import cells

NOTEBOOK = "01_rnn_from_scratch"


@pytest.fixture(scope="module")
def notebook():
    return namespace(
        NOTEBOOK,
        "setup",
        "encode",
        "weights",
        "exercise-step-solution",
        "read-one",
        "exercise-mask-solution",
        "simple-rnn",
        "window-texts",
        "exercise-parity-solution",
        "parity-weights",
        "fading-test",
        "fading-slope",
    )


@pytest.fixture(scope="module")
def layers(notebook):
    """The notebook's layer and the package's, with the same random weights, for any sizes."""

    def build(seed, features, units):
        rng = np.random.default_rng(seed)
        weights = [rng.normal(size=shape) for shape in ((features, units), (units, units), (units,))]
        return notebook["SimpleRNN"](*weights), cells.SimpleRNN(*weights), rng

    return build


SIZES = st.tuples(*[st.integers(1, 6)] * 4)


@given(sizes=SIZES, seed=st.integers(0, 1000))
def test_the_layer_equals_the_package(layers, sizes, seed):
    batch, time, features, units = sizes
    ours, package, rng = layers(seed, features, units)
    inputs = rng.normal(size=(batch, time, features))
    expected, _ = package.forward(inputs, return_sequences=True)
    np.testing.assert_allclose(ours.forward(inputs), expected, rtol=0, atol=1e-12)


@given(sizes=SIZES, seed=st.integers(0, 1000))
def test_the_masked_layer_equals_the_package(layers, sizes, seed):
    batch, time, features, units = sizes
    ours, package, rng = layers(seed, features, units)
    inputs = rng.normal(size=(batch, time, features))
    mask = rng.random((batch, time)) < 0.5
    expected, _ = package.forward(inputs, mask=mask, return_sequences=True)
    np.testing.assert_allclose(ours.forward(inputs, mask), expected, rtol=0, atol=1e-12)


def test_reading_one_review_equals_the_package(notebook):
    package = cells.SimpleRNN(notebook["kernel"], notebook["recurrent_kernel"], notebook["bias"])
    expected, _ = package.forward(notebook["praise"][None], return_sequences=True)
    np.testing.assert_allclose(notebook["read"](notebook["praise"]), expected[0], rtol=0, atol=1e-12)


def test_the_parity_cell_counts_in_the_package_too(notebook):
    """XOR, folded over every text, is a second derivation of the answers."""
    weights = notebook["parity_cell"](8)
    package = cells.SimpleRNN(weights.kernel, weights.recurrent_kernel, weights.bias)
    texts = notebook["texts"]
    states, _ = package.forward(texts[..., None].astype(float), return_sequences=True)
    expected = np.bitwise_xor.accumulate(texts, axis=1).astype(bool)
    assert np.array_equal(notebook["read_out"](states) > 0.5, expected)
    assert np.array_equal(notebook["odd"], expected)


def test_all_texts_are_there_once(notebook):
    assert notebook["texts"].shape == (4096, 12)
    assert len(np.unique(notebook["texts"], axis=0)) == 4096


@pytest.mark.parametrize("k", range(1, 13))
def test_the_best_window_by_numbers(notebook, k):
    """The window's words as a binary number, and a count for each number, give the same shares."""
    texts = notebook["texts"]
    shown = texts[:, -k:] @ 2 ** np.arange(k)
    parity = np.bitwise_xor.reduce(texts, axis=1)
    counts = np.zeros((2**k, 2), dtype=int)
    np.add.at(counts, (shown, parity), 1)
    assert notebook["best_with_window"](k) == 100 * counts.max(axis=1).sum() / 4096


@pytest.mark.parametrize(("g", "shown"), [(1, "8e-05"), (2, "3e-01"), (2.5, "3e-02"), (4, "6e-10"), (8, "3e-34")])
def test_the_slope_by_the_closed_derivative(notebook, g, shown):
    """1 / cosh² of what goes into the tanh is the same slope, without the difference 1 − tanh²."""
    cell = notebook["parity_cell"](g)
    inputs, state, change = np.eye(10)[0], np.zeros(2), np.eye(2)
    for step, x in enumerate(inputs):
        total = x * cell.kernel[0] + state @ cell.recurrent_kernel + cell.bias
        state = np.tanh(total)
        if step > 0:
            change = change @ cell.recurrent_kernel @ np.diag(np.cosh(total) ** -2)
    expected = np.linalg.norm(change, 2)
    assert f"{expected:.0e}" == shown
    assert notebook["slope"](g) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("s", "share"), [([0.1, 0.2, 0.3, 0.4], 75), ([0.1, 0.3, 0.2, 0.4], 100), ([0, 0, 0, 0], 50)])
def test_the_best_threshold_by_trying(notebook, s, share):
    assert notebook["best_share"](np.array(s), np.array([False, True, False, True])) == share


def test_a_cell_that_is_not_there_is_named():
    with pytest.raises(ValueError, match=r"has no code cell \['no-such-cell'\]"):
        namespace(NOTEBOOK, "setup", "no-such-cell")
