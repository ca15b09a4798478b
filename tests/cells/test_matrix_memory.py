import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.cells import matrix_memory

SIZES = {"time": st.integers(1, 12), "size": st.integers(1, 5), "width": st.integers(1, 4), "seed": st.integers(0, 999)}


def drawn(time, size, width, seed):
    rng = np.random.default_rng(seed)
    pairs = rng.normal(size=(time, size)), rng.normal(size=(time, size)), rng.normal(size=(time, width))
    return pairs, rng.uniform(0.3, 1, time), rng.uniform(0, 2, time)


@settings(max_examples=30, deadline=None)
@given(**SIZES)
def test_the_recurrence_is_masked_attention(time, size, width, seed):
    pairs, forget, admit = drawn(time, size, width, seed)
    loop = matrix_memory.read_step_by_step(*pairs, forget, admit)
    at_once = matrix_memory.masked_attention(*pairs, matrix_memory.decay_mask(forget, admit))
    np.testing.assert_allclose(loop, at_once, rtol=0, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(time=st.integers(1, 9), seed=st.integers(0, 999))
def test_the_mask_holds_the_products_of_the_gates(time, seed):
    _, forget, admit = drawn(time, 1, 1, seed)
    expected = [[admit[s] * np.prod(forget[s + 1 : t + 1]) * (s <= t) for s in range(time)] for t in range(time)]
    np.testing.assert_allclose(matrix_memory.decay_mask(forget, admit), expected, rtol=1e-12)


@settings(max_examples=30, deadline=None)
@given(**SIZES)
def test_the_stabiliser_cancels(time, size, width, seed):
    pairs, forget, admit = drawn(time, size, width, seed)
    gates = np.log(forget), np.log(admit + 0.1)
    found = matrix_memory.mlstm(*pairs, *gates)
    for other in (np.zeros(time), np.random.default_rng(seed).normal(0, 3, time)):
        np.testing.assert_allclose(matrix_memory.mlstm(*pairs, *gates, other), found, rtol=1e-9, atol=1e-12)


@settings(max_examples=30, deadline=None)
@given(time=st.integers(1, 30), seed=st.integers(0, 999), scale=st.floats(0.1, 900))
def test_the_stabiliser_is_the_log_of_the_largest_weight(time, seed, scale):
    rng = np.random.default_rng(seed)
    forget, admit = -rng.uniform(0, scale, time), rng.normal(0, scale, time)
    expected = [max(admit[s] + forget[s + 1 : t + 1].sum() for s in range(t + 1)) for t in range(time)]
    np.testing.assert_allclose(matrix_memory.stabilisers(forget, admit), expected, rtol=1e-9, atol=1e-9)


def test_gates_that_overflow_are_read_exactly():
    """Against fractions: the largest weight is e^900, and e^900 and 1 are taken to be as far apart as they are."""
    pairs, _, _ = drawn(4, 3, 2, 5)
    log_input = np.array([900.0, 0.0, 899.0, 900.0])
    found = matrix_memory.mlstm(*pairs, np.zeros(4), log_input)
    queries, keys, values = (np.vectorize(Fraction)(array) for array in pairs)
    weight = np.vectorize(Fraction)(np.exp(log_input - 900))  # e^-900 is below the smallest float, and is 0
    fits = [weight[s] * (queries[3] @ keys[s]) for s in range(4)]
    expected = sum(fit * value for fit, value in zip(fits, values, strict=True)) / abs(sum(fits))
    np.testing.assert_allclose(found[3], expected.astype(float), rtol=1e-12)
    with np.errstate(over="ignore", invalid="ignore"):
        assert np.isnan(matrix_memory.mlstm(*pairs, np.zeros(4), log_input, np.zeros(4))).any()


def test_what_does_not_belong_together_is_refused():
    pairs, forget, admit = drawn(4, 3, 2, 0)
    message = "queries, keys, values: found shapes (4, 3), (4, 3) and (3, 2), expected (time, size) twice"
    with pytest.raises(ValueError, match=re.escape(message)):
        matrix_memory.read_step_by_step(*pairs[:2], pairs[2][:3], forget, admit)
    with pytest.raises(ValueError, match=re.escape("a gate has shape (3,), and one number a step is expected: (4,)")):
        matrix_memory.mlstm(*pairs, np.log(forget), np.log(admit[:3]))
