import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course.exercises import nb11


def join_by_matrices(first, second):
    """A step is the matrix [[a, b], [0, 1]]; two steps are their product."""
    one, two = (np.stack([np.stack([a, b]), np.stack([0 * a, 0 * a + 1])]) for a, b in (first, second))
    product = np.einsum("ij...,jk...->ik...", two, one)
    return product[0, 0], product[0, 1]


def join_as_list(first, second):
    return [second[0] * first[0], second[1] + first[1] * second[0]]


def states_by_loop(a, b):
    states, state = [], 0
    for t in range(a.shape[1]):
        state = a[:, t] * state + b[:, t]
        states.append(state)
    return np.stack(states, axis=1)


def doubling_with_padding(a, b):
    reach = 1
    while reach < a.shape[1]:
        ones, zeros = np.ones_like(a[:, :reach]), np.zeros_like(b[:, :reach])
        before_a = np.concatenate([ones, a[:, :-reach]], axis=1)
        before_b = np.concatenate([zeros, b[:, :-reach]], axis=1)
        a, b = before_a * a, a * before_b + b
        reach *= 2
    return b


def tree_by_halves(a, b):
    """Divide and conquer: another tree with the same leaves."""

    def prefixes(a, b):
        if a.shape[1] == 1:
            return a, b
        middle = a.shape[1] // 2
        left, right = prefixes(a[:, :middle], b[:, :middle]), prefixes(a[:, middle:], b[:, middle:])
        joined = left[0][:, -1:] * right[0], right[0] * left[1][:, -1:] + right[1]
        return [np.concatenate(pair, axis=1) for pair in zip(left, joined, strict=True)]

    return prefixes(a, b)[1]


def backward_by_loop(a, states, grad_states):
    grad_a, grad_b = np.zeros_like(a), np.zeros_like(a)
    carried = 0 * a[:, 0]
    for t in range(a.shape[1] - 1, -1, -1):
        total = grad_states[:, t] + carried
        grad_b[:, t] = total
        if t:
            grad_a[:, t] = total * states[:, t - 1]
        carried = a[:, t] * total
    return grad_a, grad_b


def backward_by_matrix(a, states, grad_states):
    """With the whole matrix of derivatives of h_t with respect to b_s."""
    time = a.shape[1]
    slopes = np.zeros((*a.shape[:1], time, time, a.shape[2]))
    for s in range(time):
        slopes[:, s, s] = 1
        for t in range(s + 1, time):
            slopes[:, t, s] = a[:, t] * slopes[:, t - 1, s]
    grad_b = np.einsum("btu,btsu->bsu", grad_states, slopes)
    return {"grad_a": grad_b * np.pad(states, [(0, 0), (1, 0), (0, 0)])[:, :-1], "grad_b": grad_b}


def gru_by_columns(inputs, kernel, bias):
    units = len(bias) // 2
    z = 1 / (1 + np.exp(-(np.einsum("btf,fu->btu", inputs, kernel[:, :units]) + bias[:units])))
    return z, (1 - z) * (inputs @ kernel[:, units:] + bias[units:])


def gru_of_the_paper(inputs, kernel, bias):
    z, g = np.split(inputs @ kernel + bias, 2, axis=-1)
    z = 1 / (1 + np.exp(-z))
    return 1 - z, z * g


def parity_by_loop(bits):
    return [-1 if bit else 1 for bit in bits], [int(bit) for bit in bits]


def parity_by_cosine(bits):
    return np.cos(np.pi * bits), bits


RIGHT = [
    ("join", join_by_matrices),
    ("join", join_as_list),
    ("hillis_steele", states_by_loop),
    ("hillis_steele", doubling_with_padding),
    ("blelloch", tree_by_halves),
    ("blelloch", states_by_loop),
    ("scan_backward", backward_by_loop),
    ("scan_backward", backward_by_matrix),
    ("min_gru", gru_by_columns),
    ("parity_pairs", parity_by_loop),
    ("parity_pairs", parity_by_cosine),
]


def one_round(a, b):
    b = b.copy()
    b[:, 1:] += a[:, 1:] * b[:, :-1]
    return b


def without_factors(a, b):
    b, reach = b.copy(), 1
    while reach < b.shape[1]:
        b[:, reach:] = a[:, reach:] * b[:, :-reach] + b[:, reach:]
        reach *= 2
    return b


def couples_alone(a, b):
    found = b.copy()
    found[:, 1::2] = (a[:, 1:] * b[:, :-1] + b[:, 1:])[:, ::2]
    before = found[:, 1::2][:, : (b.shape[1] - 1) // 2]
    found[:, 2::2] = a[:, 2::2] * before + b[:, 2::2]
    return found


def backward_own_factor(a, states, grad_states):
    total = states_by_loop(a[:, ::-1], grad_states[:, ::-1])[:, ::-1]
    return total * np.pad(states, [(0, 0), (1, 0), (0, 0)])[:, :-1], total


def in_place(a, b):
    states = states_by_loop(a, b)
    b[:] = states
    return states


WRONG = [
    ("join", lambda p, q: (p[0] * q[0], p[0] * q[1] + p[1]), "wrong order"),
    ("join", lambda p, q: (p[0] * q[0], p[1] + q[1]), "multiplies it by its own factor"),
    ("join", lambda p, q: (p[0] + q[0], q[0] * p[1] + q[1]), "The factors are multiplied, not added"),
    ("join", lambda p, q: q[0] * p[1] + q[1], "expected 2 values (a, b)"),
    ("hillis_steele", one_round, "Only one round is done"),
    ("hillis_steele", without_factors, "leave a as it was"),
    ("hillis_steele", lambda a, b: np.cumsum(b, axis=1), "the factors are missing"),
    ("hillis_steele", lambda a, b: states_by_loop(a, b)[:, -1], "Return the states of all steps"),
    ("hillis_steele", in_place, "work on copies"),
    ("blelloch", couples_alone, "The couples are not scanned"),
    ("blelloch", lambda a, b: np.cumprod(a, axis=1), "the other half of the pair"),
    ("blelloch", lambda a, b: states_by_loop(a[:, :4], b[:, :4]), "has shape"),
    ("scan_backward", backward_own_factor, "passes the factor of step t + 1"),
    ("scan_backward", lambda a, h, g: backward_by_loop(a, h, g)[::-1], "The two results are swapped"),
    ("scan_backward", lambda a, h, g: (backward_by_loop(a, h, g)[1] * h, backward_by_loop(a, h, g)[1]), "h_{t-1}"),
    ("min_gru", gru_of_the_paper, "Old and new are exchanged"),
    ("min_gru", lambda x, w, c: gru_by_columns(x, w, 0 * c), "The bias is missing"),
    ("min_gru", lambda x, w, c: gru_by_columns(x, w, c)[::-1], "first a, then b"),
    ("parity_pairs", lambda bits: (np.ones(len(bits)), bits), "counts the ones"),
    ("parity_pairs", lambda bits: (1 - 2 * bits, 0 * bits), "the state stays 0"),
    ("parity_pairs", lambda bits: (0 * bits, np.cumsum(bits) % 2), "gets one pair here and another there"),
    ("parity_pairs", lambda bits: (1 - 3 * bits, bits), "between −1 and 1"),
    ("parity_pairs", lambda bits: 1 - 2 * bits, "Expected the pair (a, b)"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize("name", nb11.book.exercises)
def test_a_stub_is_not_attempted(said, name):
    assert said(name, lambda *given: None).startswith("○ Not attempted yet: ")
