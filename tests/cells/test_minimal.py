"""minGRU and minLSTM: the cells of notebook 04 with the recurrent kernel at zero, and what the factors may be."""

import numpy as np
import pytest

from lstm_course.cells import GRU, minimal, scan, sigmoid


@pytest.fixture
def drawn():
    rng = np.random.default_rng(0)
    return rng, rng.standard_normal((3, 11, 4))


def test_min_gru_is_a_gru_whose_gates_do_not_see_the_state(drawn):
    """With a recurrent kernel of zeros, and candidates so small that tanh is a line."""
    rng, inputs = drawn
    units, small = 5, 1e-5
    kernel, bias = rng.standard_normal((4, 3 * units)), rng.standard_normal((2, 3 * units))
    kernel[:, 2 * units :] *= small
    bias[:, 2 * units :] *= small
    bias[1, 2 * units :] = 0.0  # what the reset gate would multiply
    gru = GRU(kernel, np.zeros((units, 3 * units)), bias)
    expected, _ = gru.forward(inputs, return_sequences=True)
    columns = np.r_[:units, 2 * units : 3 * units]
    a, b = minimal.min_gru(inputs, kernel[:, columns], bias.sum(axis=0)[columns])
    np.testing.assert_allclose(scan.loop(a, b), expected, rtol=1e-6, atol=1e-12)


def test_min_lstm_by_its_equations(drawn):
    rng, inputs = drawn
    kernel, bias = rng.standard_normal((4, 15)), rng.standard_normal(15)
    a, b = minimal.min_lstm(inputs, kernel, bias)
    state = np.zeros((3, 5))
    for t, found in enumerate(scan.blelloch(a, b).swapaxes(0, 1)):
        f, i = (sigmoid(inputs[:, t] @ kernel[:, part] + bias[part]) for part in (slice(0, 5), slice(5, 10)))
        state = f / (f + i) * state + i / (f + i) * (inputs[:, t] @ kernel[:, 10:] + bias[10:])
        np.testing.assert_allclose(found, state, rtol=1e-12, atol=1e-12)


def test_signed_factors(drawn):
    rng, inputs = drawn
    kernel, bias = 5 * rng.standard_normal((4, 15)), rng.standard_normal(15)
    (a, b), (signed, same) = (minimal.min_lstm(inputs, kernel, bias, signed) for signed in (False, True))
    np.testing.assert_allclose(signed, 2 * a - 1, atol=1e-15)
    np.testing.assert_array_equal(same, b)
    assert a.min() > 0
    assert a.max() < 1
    assert -1 < signed.min() < -0.9
