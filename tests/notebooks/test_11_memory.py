"""What the second half of notebook 11 defines itself agrees with the package, its exercises, and plain loops."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course.cells.lru import draw_eigenvalues
from lstm_course.exercises import nb11

ATTENTION = ("recall-memories", "recall-attention", "recall-game")


@pytest.fixture(scope="module")
def notebook():
    parts = ("ring", "mask", "stabilise", "kept")
    names = namespace("11_recurrence_today", "setup", *(f"ex-{part}-solution" for part in parts))
    return namespace("11_recurrence_today", "matrix-loop", "exponential-mlstm", *ATTENTION, **names)


def test_the_ring(notebook):
    moduli = np.abs(draw_eigenvalues(7, rng=np.random.default_rng(3), ring=(0.4, 0.9)))
    uniform = (moduli**2 - 0.4**2) / (0.9**2 - 0.4**2)
    np.testing.assert_allclose(notebook["ring"](uniform, 0.4, 0.9), moduli, rtol=1e-12)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 999), time=st.integers(1, 12))
def test_the_matrix_memory(notebook, seed, time):
    rng = np.random.default_rng(seed)
    queries, keys = rng.normal(size=(2, time, 3))
    values, gates = rng.normal(size=(time, 2)), rng.uniform(0.2, 1, (2, time))
    mask = nb11.check_decay_mask.reference(*gates)
    found = notebook["read_step_by_step"](queries, keys, values, *gates)
    np.testing.assert_allclose(found, (queries @ keys.T * mask) @ values, atol=1e-12)
    np.testing.assert_allclose(notebook["decay_mask"](*gates), mask, rtol=1e-12)


def mlstm_without_a_memory(queries, keys, values, log_forget, log_input):
    """Weigh every pair anew at every step; return the outputs, and the logarithm of each step's largest weight."""
    outputs, largest = [], []
    for t, query in enumerate(queries):
        logs = np.array([log_input[s] + log_forget[s + 1 : t + 1].sum() for s in range(t + 1)])
        fits = np.exp(logs - logs.max()) * (keys[: t + 1] @ query)
        outputs.append(fits @ values[: t + 1] / max(abs(fits.sum()), np.exp(-logs.max())))
        largest.append(logs.max())
    return np.array(outputs), largest


@pytest.mark.parametrize(("scale", "level"), [(1, 0), (200, 0), (2, 900)])
def test_the_stabilised_mlstm(notebook, scale, level):
    """On the notebook's own queries, keys and values; e to the power 900 is no float."""
    rng = np.random.default_rng(4)
    log_forget, log_input = -rng.uniform(0, 1, 200), level + scale * rng.normal(size=200)
    pairs = (notebook["queries"], notebook["keys"], notebook["values"])
    expected, largest = mlstm_without_a_memory(*pairs, log_forget, log_input)
    stabilisers = []

    def noting(*given):
        stabilisers.append(notebook["stabilise"](*given)[2])
        return notebook["stabilise"](*given)

    np.testing.assert_allclose(notebook["mlstm"](log_forget, log_input, noting), expected, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(stabilisers, largest, rtol=1e-9, atol=1e-9)


def test_what_is_kept(notebook):
    words, size = 50, 8
    keys = values = np.zeros((words, size))
    hidden_state = cell_state = normaliser = np.zeros(size)
    memory = np.zeros((size, size))
    expected = keys.size + values.size, hidden_state.size + cell_state.size, memory.size + normaliser.size + 1
    assert notebook["numbers_kept"](words, size) == expected


@pytest.mark.parametrize("name", ["vector", "matrix", "attention"])
def test_one_pair_is_recalled(notebook, name):
    rng = np.random.default_rng(5)
    assert all(notebook["recalled"](notebook[name], 1, 16, rng) == 1 for _ in range(20))


def test_the_memories_by_plain_loops(notebook):
    rng = np.random.default_rng(6)
    keys, values = notebook["signs"](rng, 5, 8), notebook["signs"](rng, 5, 8)
    query = keys[2]
    by_vector = [sum(keys[p, d] * values[p, d] for p in range(5)) * query[d] for d in range(8)]
    by_matrix = sum((keys[p] @ query) * values[p] for p in range(5))
    weights = [np.exp((keys[p] @ query) / np.sqrt(8)) for p in range(5)]
    by_attention = sum(weights[p] / sum(weights) * values[p] for p in range(5))
    for name, expected in (("vector", by_vector), ("matrix", by_matrix), ("attention", by_attention)):
        np.testing.assert_allclose(notebook[name](keys, values, keys[2:3])[0], expected, rtol=1e-5)
