import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.cells import LRU
from lstm_course.cells.lru import draw_eigenvalues

RNG = np.random.default_rng


@settings(max_examples=20, deadline=None)
@given(units=st.integers(1, 6), time=st.integers(1, 20), seed=st.integers(0, 999))
def test_it_is_a_full_matrix_seen_in_its_own_basis(units, time, seed):
    """A real matrix with these eigenvalues, applied to real states, gives the same after a change of basis."""
    rng = RNG(seed)
    matrix, kernel = rng.normal(size=(2 * units, 2 * units)), rng.normal(size=(3, 2 * units))
    values, basis = np.linalg.eig(matrix / np.abs(np.linalg.eigvals(matrix)).max() * 0.95)
    inputs = rng.normal(size=(time, 3))
    state = np.zeros(2 * units)
    full = (basis @ np.diag(values) @ np.linalg.inv(basis)).real
    for x in inputs:
        state = full @ state + x @ kernel
    complex_kernel = kernel @ np.linalg.inv(basis).T
    cell = LRU(
        np.concatenate([complex_kernel.real, complex_kernel.imag], axis=1),
        np.log(np.concatenate([-np.log(np.abs(values)), np.angle(values) % (2 * np.pi) + 2 * np.pi])),
        np.zeros(2 * units),
    )
    last = cell.forward(inputs[None])[0, -1]
    real, imaginary = np.split(last, 2)
    scale = np.linalg.cond(basis) * max(1, np.abs(state).max())
    np.testing.assert_allclose(basis @ (real + 1j * imaginary), state, rtol=0, atol=1e-11 * scale)


@pytest.mark.parametrize("ring", [(0.0, 1.0), (0.9, 0.999), (0.0, 0.5)])
def test_the_ring_is_filled_evenly(ring):
    values = draw_eigenvalues(20_000, rng=RNG(0), ring=ring)
    modulus = np.abs(values)
    assert ring[0] <= modulus.min()
    assert modulus.max() <= ring[1]
    # Half of the area lies within this radius.
    middle = np.sqrt((ring[0] ** 2 + ring[1] ** 2) / 2)
    assert np.mean(modulus < middle) == pytest.approx(0.5, abs=0.02)
    assert abs(values.mean()) < 0.02
    np.testing.assert_allclose(LRU.initialise(3, 50, rng=RNG(1), ring=ring).eigenvalues, _drawn(50, ring), atol=1e-12)


def _drawn(units, ring):
    return draw_eigenvalues(units, rng=RNG(1), ring=ring)


def test_states_of_white_noise_have_the_variance_of_their_kernel():
    cell = LRU.initialise(4, 30, rng=RNG(2), ring=(0.5, 0.95))
    states = cell.forward(RNG(3).normal(size=(200, 300, 4)))[:, -1]
    real, imaginary = np.split(cell.kernel**2, 2, axis=1)
    size = np.split(np.mean(states**2, axis=0), 2)
    np.testing.assert_allclose(sum(size), (real + imaginary).sum(axis=0), rtol=0.3)


def test_no_weights_make_it_explode():
    cell = LRU(np.ones((1, 2)), np.array([-12.0, 0.0]), np.zeros(1))
    assert np.abs(cell.eigenvalues) < 1
    assert np.isfinite(cell.forward(np.ones((1, 500, 1)))).all()


@pytest.mark.parametrize("ring", [(0.5, 0.5), (-0.1, 0.9), (0.2, 1.1)])
def test_a_ring_that_is_none_is_refused(ring):
    message = f"ring: found {ring}, expected two radii with 0 <= smallest < largest <= 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        LRU.initialise(3, 2, rng=RNG(0), ring=ring)


def test_inputs_of_another_shape_are_refused():
    cell = LRU.initialise(3, 2, rng=RNG(0))
    with pytest.raises(ValueError, match=re.escape("inputs: found shape (5, 3), expected (batch, time, 3)")):
        cell.forward(np.zeros((5, 3)))
