"""What notebook 11 defines itself agrees with the package, and its numbers with what they stand for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
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
@given(time=st.integers(1, 20), seed=st.integers(0, 999))
def test_backward_is_the_packages(notebook, time, seed):
    a, b = pairs(time, seed)
    states = scan.loop(a, b)
    found, expected = (back(a, states, b) for back in (notebook["scan_backward"], scan.scan_backward))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


def test_the_logarithms_are_the_packages(notebook):
    a, b = pairs(12, 0)
    logs = np.log(a), np.log(np.abs(b))
    np.testing.assert_allclose(notebook["log_scan"](*logs), scan.log_scan(*logs), rtol=1e-14)


def test_the_cells_are_the_packages(notebook):
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((2, 5, 4))
    for name, blocks in (("min_gru", 2), ("min_lstm", 3)):
        weights = rng.standard_normal((4, blocks * 6)), rng.standard_normal(blocks * 6)
        found, expected = (cell(inputs, *weights) for cell in (notebook[name], getattr(minimal, name)))
        np.testing.assert_allclose(found, expected, rtol=1e-14)


@few
@given(bits=st.lists(st.integers(0, 1), min_size=1, max_size=200))
def test_the_parity_is_that_of_the_count(notebook, bits):
    a, b = (np.asarray(part, float)[None, :, None] for part in notebook["parity_pairs"](np.array(bits)))
    np.testing.assert_array_equal(scan.blelloch(a, b)[0, :, 0], np.cumsum(bits) % 2)
