import math

import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course import cells
from lstm_course.exercises import nb03


def radius_by_powers(matrix):
    return np.linalg.norm(np.linalg.matrix_power(matrix, 2**10), 2) ** (1 / 2**10)


def jacobian_by_loops(h, u):
    return [[(1 - h[i] ** 2) * u[j, i] for j in range(len(h))] for i in range(len(h))]


def product_forward(jacobians):
    product = jacobians[0]
    for jacobian in jacobians[1:]:
        product = jacobian @ product
    return product


def product_backward(jacobians):
    product = jacobians[0]
    for jacobian in jacobians[1:]:
        product = product @ jacobian
    return product


def clip_by_loop(gradients, limit):
    norm = math.sqrt(sum(float(x) ** 2 for g in gradients for x in np.ravel(g)))
    if norm <= limit:
        return gradients
    return tuple(g * limit / norm for g in gradients)


def clip_in_place(gradients, limit):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradients])
    for g in gradients:
        g *= 1 if norm < limit else limit / norm
    return gradients


def clip_each(gradients, limit):
    return [g * min(1, limit / np.linalg.norm(g)) for g in gradients]


def orthogonal_by_svd(units, rng):
    left, _, right = np.linalg.svd(rng.normal(size=(units, units)))
    return left @ right


def gram_schmidt(units, rng):
    rows = []
    for _ in range(units):
        row = rng.normal(size=units)
        for other in rows:
            row = row - (row @ other) * other
        rows.append(row / np.linalg.norm(row))
    return rows


RIGHT = [
    ("spectral_radius", lambda m: max(abs(x) for x in np.linalg.eig(m)[0])),
    (
        "spectral_radius",
        lambda m: np.sqrt(max(x * np.conj(x) for x in np.linalg.eigvals(m))),
    ),
    ("decay", lambda r, s, k: math.exp(k * math.log(r * s))),
    ("decay", lambda r, s, k: math.prod([r * s] * k)),
    ("jacobian", jacobian_by_loops),
    ("jacobian", lambda h, u: np.diag(1 - h * h) @ u.T),
    ("jacobian", lambda h, u: np.einsum("i,ji->ij", 1 - h**2, u)),
    ("jacobian_product", product_forward),
    ("jacobian_product", lambda js: np.linalg.multi_dot(js[::-1]) if len(js) > 1 else js[0]),
    ("clip", clip_by_loop),
    ("clip", clip_in_place),
    ("orthogonal", orthogonal_by_svd),
    ("orthogonal", gram_schmidt),
    ("remedy", {"a": "clip", "b": "Start", "c": "LSTM"}),
]


def common_norm(gradients):
    return np.linalg.norm(np.concatenate([gradient.ravel() for gradient in gradients]))


WRONG = [
    ("spectral_radius", lambda m: max(abs(np.linalg.eigvalsh(m))), "is for symmetric matrices"),
    (
        "spectral_radius",
        lambda m: [abs(e) for e in np.linalg.eigvals(m)],
        "of all eigenvalues; return the largest",
    ),
    ("jacobian", lambda h, u: np.diag(h * h) @ u.T, "h² stands where the slope should"),
    ("jacobian", lambda h, u: u @ (1 - h * h), "A vector times a matrix adds up over the units."),
    (
        "clip",
        lambda gs, limit: [g * max(1, limit / common_norm(gs)) for g in gs],
        "it takes min(1, limit / norm)",
    ),
    (
        "clip",
        lambda gs, limit: [g * min(1, common_norm(gs) / limit) for g in gs],
        "The fraction is upside down",
    ),
    ("clip", lambda gs, limit: [g / common_norm(gs) for g in gs], "You give every gradient the norm 1."),
    (
        "orthogonal",
        lambda n, rng: np.linalg.qr(rng.normal(size=(n, n)))[1],
        "Of Q and R it is Q that is orthogonal.",
    ),
    (
        "orthogonal",
        lambda n, rng: tuple(np.linalg.svd(rng.normal(size=(n, n)))),
        "Your function returns 3 things",
    ),
    ("spectral_radius", lambda m: np.linalg.svd(m)[1][0], "This is the largest singular value."),
    ("spectral_radius", lambda m: max(np.linalg.eigvals(m).real), "This is the largest real part."),
    ("spectral_radius", lambda m: sum(np.diag(m)), "This is the trace"),
    ("spectral_radius", lambda m: max(np.linalg.eigvals(m), key=abs), "complex numbers; expected real ones"),
    ("decay", lambda r, s, k: r * s * k, "The decay is geometric, not linear"),
    ("decay", lambda r, s, k: (r * s) ** (k - 1), "One factor is missing"),
    ("decay", lambda r, s, k: r**k, "The slope of the tanh is left out."),
    ("jacobian", lambda h, u: u * (1 - h**2), "The Jacobian is transposed"),
    ("jacobian", lambda h, u: u.T, "The slope of the tanh is left out"),
    ("jacobian", lambda h, u: u.T @ np.diag(1 - h**2), "The slope is on the wrong side"),
    ("jacobian_product", product_backward, "The order is turned round"),
    ("jacobian_product", lambda js: sum(js), "You add the Jacobians"),
    ("jacobian_product", lambda js: product_forward(js[:-1]), "The last step is missing"),
    ("clip", lambda gs, limit: [np.clip(g, -limit, limit) for g in gs], "You clip value by value"),
    (
        "clip",
        lambda gs, limit: [g * limit / np.sqrt(sum(np.sum(x * x) for x in gs)) for g in gs],
        "You always rescale.",
    ),
    ("clip", clip_each, "You clip each array by its own norm"),
    (
        "clip",
        lambda gs, limit: clip_by_loop(gs, limit)[:2],
        "Your function returns 2 values; expected 3 values",
    ),
    ("orthogonal", lambda n, rng: rng.standard_normal((n, n)), "These are plain normal numbers"),
    ("orthogonal", lambda n, rng: np.eye(n), "The identity is orthogonal, and"),
    ("orthogonal", lambda n, rng: np.linalg.qr(rng.normal(size=(n, n))), "Q and R. Return Q, the first."),
    ("orthogonal", lambda n, rng: np.eye(n + 1), "The matrix has shape"),
    ("orthogonal", lambda n, rng: gram_schmidt(n, np.random.default_rng(0)), "the same whatever `rng` is given"),
    ("orthogonal", lambda n, rng: gram_schmidt(n, np.random.default_rng()), "although `rng` starts from the same seed"),
    ("remedy", {"a": "lstm", "b": "start", "c": "lstm"}, "a: An LSTM can explode as well."),
    ("remedy", {"a": "clip", "b": "clip", "c": "lstm"}, "b: Clipping makes large gradients smaller."),
    ("remedy", {"a": "clip", "b": "start", "c": "start"}, "c: It has a good start already."),
    ("remedy", {"a": "clip", "b": None, "c": "lstm"}, "still without an answer: b."),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


def test_the_reference_radius_is_the_rate_at_which_powers_grow():
    for (matrix,) in nb03.check_spectral_radius.inputs():
        # A power's norm is the radius to that power, times what the change of basis costs.
        assert nb03.check_spectral_radius.reference(matrix) == pytest.approx(radius_by_powers(matrix), rel=0.02)


def test_the_jacobians_agree_with_the_package_s_backward_pass():
    rng = np.random.default_rng(0)
    cell = cells.SimpleRNN(*(rng.normal(size=shape) for shape in [(2, 3), (3, 3), (3,)]))
    states, cache = cell.forward(rng.normal(size=(1, 4, 2)), return_sequences=True)
    jacobians = [nb03.check_jacobian.reference(state, cell.recurrent_kernel) for state in states[0]]
    product = nb03.check_jacobian_product.reference(np.array(jacobians))
    for unit in range(3):
        grad_outputs = np.zeros_like(states)
        grad_outputs[0, -1, unit] = 1
        np.testing.assert_allclose(product[unit], cell.backward(grad_outputs, cache).initial_state[0])
