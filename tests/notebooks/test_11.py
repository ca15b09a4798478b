"""What notebook 11 defines itself agrees with the package, with finite differences and with equations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from min_lstm import min_lstm
from notebook_cells import namespace

from lstm_course.cells import minimal, scan

few = settings(max_examples=20, deadline=None)


@pytest.fixture(scope="module")
def notebook():
    solutions = ("ex-join", "ex-doubling", "ex-tree", "ex-backward", "ex-min-gru", "ex-parity")
    cells = ("setup", "wait-loop", "small-logs", "struck-min-lstm")
    # The logarithms are tried out on what the cell before them defines.
    given = {name: np.full((1, 4, 1), value) for name, value in (("half", 0.5), ("ones", 1.0))}
    return namespace("11_recurrence_today", *cells, *(f"{name}-solution" for name in solutions), **given)


def pairs(time, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(0.05, 1, (2, time, 3)), rng.standard_normal((2, time, 3))


@few
@given(time=st.integers(1, 30), seed=st.integers(0, 999))
def test_the_scans_are_the_packages(notebook, time, seed):
    a, b = pairs(time, seed)
    for name in ("loop", "hillis_steele", "blelloch"):
        np.testing.assert_allclose(notebook[name](a, b), getattr(scan, name)(a, b), rtol=0, atol=1e-12)
    np.testing.assert_array_equal(notebook["join"]((a, b), (b, a)), scan.join((a, b), (b, a)))


@few
@given(time=st.integers(1, 12), seed=st.integers(0, 999))
def test_backward_is_the_derivative(notebook, time, seed):
    a, b = pairs(time, seed)
    weights = np.random.default_rng(seed + 1).standard_normal(b.shape)
    grads = notebook["scan_backward"](a, scan.loop(a, b), weights)
    small = 1e-6
    for array, grad in zip((a, b), grads, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + small
            above = (weights * scan.loop(a, b)).sum()
            array[place] = kept - small
            below = (weights * scan.loop(a, b)).sum()
            array[place] = kept
            assert grad[place] == pytest.approx((above - below) / (2 * small), rel=1e-6, abs=1e-7)


@few
@given(time=st.integers(1, 60), seed=st.integers(0, 999))
def test_the_logarithms_are_those_of_the_states(notebook, time, seed):
    a, b = pairs(time, seed)
    b = np.abs(b)
    np.testing.assert_allclose(np.exp(notebook["log_scan"](np.log(a), np.log(b))), scan.loop(a, b), rtol=1e-10)


def test_logarithms_reach_below_the_smallest_number(notebook):
    log_a, log_b = np.full((1, 2000, 1), -3.0), np.full((1, 2000, 1), -np.inf)
    log_b[:, 0] = 0.0
    np.testing.assert_allclose(notebook["log_scan"](log_a, log_b)[0, :, 0], -3.0 * np.arange(2000), rtol=1e-12)


def test_the_cells_by_their_equations(notebook):
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((2, 5, 4))
    for name, blocks, cell in (("min_gru", 2, minimal.min_gru), ("min_lstm", 3, min_lstm)):
        weights = rng.standard_normal((4, blocks * 6)), rng.standard_normal(blocks * 6)
        found, expected = notebook[name](inputs, *weights), cell(inputs, *weights)
        np.testing.assert_allclose(found, expected, rtol=1e-12)


@few
@given(bits=st.lists(st.integers(0, 1), min_size=1, max_size=200))
def test_the_parity_is_that_of_the_count(notebook, bits):
    a, b = (np.asarray(part, float)[None, :, None] for part in notebook["parity_pairs"](np.array(bits)))
    np.testing.assert_array_equal(scan.blelloch(a, b)[0, :, 0], np.cumsum(bits) % 2)
