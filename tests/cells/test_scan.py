"""Scans against the loop, and what they cost."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.cells import scan

SCANS = [scan.hillis_steele, scan.blelloch]
each_scan = pytest.mark.parametrize("method", SCANS)
many = settings(max_examples=40, deadline=None, derandomize=True, database=None)


def pairs(time, seed):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (2, time, 3)), rng.standard_normal((2, time, 3))


def by_definition(a, b):
    """The states in plain Python numbers."""
    states = np.zeros_like(b)
    for row in np.ndindex(b.shape[0], b.shape[2]):
        state = 0.0
        for t in range(b.shape[1]):
            state = float(a[row[0], t, row[1]]) * state + float(b[row[0], t, row[1]])
            states[row[0], t, row[1]] = state
    return states


@many
@given(time=st.integers(1, 40), seed=st.integers(0, 999))
def test_every_way_gives_the_states(time, seed):
    a, b = pairs(time, seed)
    kept = a.copy(), b.copy()
    for method in (scan.loop, *SCANS):
        np.testing.assert_allclose(method(a, b), by_definition(a, b), rtol=0, atol=1e-12)
    np.testing.assert_array_equal((a, b), kept)  # the arguments stay as they are


@each_scan
def test_a_long_sequence(method):
    a, b = pairs(3000, seed=1)
    np.testing.assert_allclose(method(a, b), scan.loop(a, b), rtol=0, atol=1e-12)


@many
@given(seed=st.integers(0, 999))
def test_it_does_not_matter_which_neighbours_are_joined_first(seed):
    a, b = pairs(3, seed)
    one, two, three = zip(a.swapaxes(0, 1), b.swapaxes(0, 1), strict=True)
    left, right = scan.join(scan.join(one, two), three), scan.join(one, scan.join(two, three))
    np.testing.assert_allclose(left, right, atol=1e-14)
    swapped = scan.join(two, one)
    assert np.abs(swapped[1] - scan.join(one, two)[1]).max() > 1e-6, "the order of the steps does"


@pytest.mark.parametrize("time", [1, 2, 3, 7, 8, 9, 400, 1024])
def test_work_and_depth(time):
    by_doubling, by_tree = (scan.rounds(method, time) for method in SCANS)
    depth = math.ceil(math.log2(time))
    assert [len(joins) for joins in by_doubling] == [time - 2**k for k in range(depth)]
    assert depth <= len(by_tree) <= 2 * depth
    work = sum(map(len, by_tree))
    assert time - 1 <= work <= 2 * time
    if time == 1024:  # Blelloch's tree: 2 n - 2 - log2 n joins in 2 log2 n - 1 rounds
        assert (work, len(by_tree)) == (2 * 1024 - 2 - 10, 19)


@each_scan
@pytest.mark.parametrize("time", [1, 5, 8, 13])
def test_the_rounds_join_neighbours_until_every_step_knows_all_before_it(method, time):
    starts = list(range(time))  # the first step of the stretch that is stored at each step
    for joins in scan.rounds(method, time):
        read = list(starts)  # all joins of a round happen at once
        for end, place in joins:
            assert end == read[place] - 1
            starts[place] = read[end]
    assert starts == [0] * time


@pytest.mark.parametrize("method", [scan.loop, *SCANS])
@pytest.mark.parametrize(("a", "b"), [((2, 3, 4), (2, 3, 5)), ((3, 4), (3, 4)), ((2, 0, 4), (2, 0, 4))])
def test_other_shapes_are_refused(method, a, b):
    with pytest.raises(ValueError, match=r"a and b must be of one shape \(batch, time, units\) .*np.broadcast_arrays"):
        method(np.zeros(a), np.zeros(b))


def test_float32_stays_float32():
    a, b = (array.astype(np.float32) for array in pairs(9, 0))
    assert {method(a, b).dtype for method in (scan.loop, *SCANS)} == {np.dtype(np.float32)}
    assert scan.loop(np.ones((1, 3, 1), int), np.ones((1, 3, 1), int)).dtype == np.float64
