"""minGRU: the GRU of notebook 04 with the recurrent kernel at zero."""

import numpy as np

from lstm_course.cells import GRU, minimal, scan


def test_min_gru_is_a_gru_whose_gates_do_not_see_the_state():
    """With a recurrent kernel of zeros, and candidates so small that tanh is a line."""
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((3, 11, 4))
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
