"""Exercises of notebook 03, *Vanishing and exploding gradients*."""

from functools import partial

import numpy as np
from numpy.linalg import eigvals

from lstm_course.cells import global_norm
from lstm_course.exercises.engine.checking import Exercise, Notebook, distinct
from lstm_course.exercises.engine.comparing import NotYet

book = Notebook("03", "Vanishing and exploding gradients")
hint = book.hint


def _draw_matrix(rng):
    # The largest eigenvalues are a complex pair, then a real negative one: neither is its own absolute value.
    a, b, c = rng.uniform(0.5, 1, 3)
    core = np.array([[-a, b, 0, 0], [-b, -a, 0, 0], [0, 0, -0.4 * c, 0], [0, 0, 0, 0.3]])
    basis = rng.normal(size=(4, 4)) + 2 * np.eye(4)
    return (basis @ core @ np.linalg.inv(basis),)


check_spectral_radius = book.function(
    "spectral_radius",
    lambda matrix: np.abs(eigvals(matrix)).max(),
    draw=_draw_matrix,
    mutants={
        "This is the largest singular value. It bounds what one step can do; over many steps the eigenvalues "
        "decide.": lambda m: np.linalg.norm(m, 2),
        "This is the largest real part. An eigenvalue far from zero counts whatever its direction: take absolute "
        "values.": lambda m: eigvals(m).real.max(),
        "This is the trace, the sum of the eigenvalues.": np.trace,
        "This is the absolute value of the trace, the sum of the eigenvalues.": lambda m: abs(np.trace(m)),
        "This is the absolute value of the real part. A complex eigenvalue has an imaginary part too: np.abs of the "
        "complex number takes both.": lambda m: np.abs(eigvals(m).real).max(),
        "This is the largest entry of the matrix; its eigenvalues are wanted.": lambda m: np.abs(m).max(),
        "This is the smallest absolute value; the largest is wanted.": lambda m: np.abs(eigvals(m)).min(),
        "This is the Frobenius norm, over all entries of the matrix; the eigenvalues are wanted.": (np.linalg.norm),
        "This is the determinant, the product of the eigenvalues.": np.linalg.det,
        "np.linalg.eigvalsh is for symmetric matrices and reads one half of this one; take eigvals.": (
            lambda m: np.abs(np.linalg.eigvalsh(m)).max()
        ),
        "These are the absolute values of all eigenvalues; return the largest of them.": (lambda m: np.abs(eigvals(m))),
    },
    hints=(
        "NumPy's linear algebra, np.linalg, has a function for eigenvalues. Look at what it gives for a small matrix.",
        "They are complex in general. Which NumPy function gives the size of a complex number?",
    ),
    right="Applied again and again, a matrix in the end stretches or shrinks a vector by this factor at each step.",
)


def _decay(radius, slope, steps):
    return (radius * slope) ** steps


check_decay = book.function(
    "decay",
    _decay,
    draw=lambda rng: (*map(float, rng.uniform([0.8, 0.6], [1.4, 0.95])), int(rng.integers(3, 9))),
    mutants={
        "The decay is geometric, not linear: each step multiplies once more, which makes a power.": (
            lambda r, s, k: r * s * k
        ),
        "One factor is missing: k steps back are k factors.": lambda r, s, k: _decay(r, s, k - 1),
        "There is one factor too many: k steps back are k factors.": lambda r, s, k: _decay(r, s, k + 1),
        "The slope counts once only. Every step goes through a tanh: it has to be in the power too.": (
            lambda r, s, k: r**k * s
        ),
        "The slope of the tanh is left out.": lambda r, s, k: r**k,
        "The spectral radius is left out.": lambda r, s, k: s**k,
        "The spectral radius counts once only. Every step goes through the recurrent kernel.": (
            lambda r, s, k: r * s**k
        ),
    },
    hints=("By what does one step multiply? Both factors belong to it.", "And two steps? Then any number of them."),
    right="Radius times slope against 1 decides: below it the gradient vanishes, above it it explodes.",
)


def _draw_jacobian(rng):
    units = int(rng.integers(3, 6))
    return np.tanh(rng.normal(size=units)), rng.normal(size=(units, units))


def _step_jacobian(hidden_state, recurrent_kernel):
    return (1 - hidden_state**2)[:, None] * recurrent_kernel.T


check_jacobian = book.function(
    "jacobian",
    _step_jacobian,
    draw=_draw_jacobian,
    mutants={
        "The Jacobian is transposed: row i belongs to the output, h_t[i], column j to the input, "
        "h_{t−1}[j].": lambda h, u: _step_jacobian(h, u).T,
        "The slope of the tanh is left out: multiply row i by 1 − h_t[i]².": lambda h, u: u.T,
        "The slope is on the wrong side: it belongs to the output, so it multiplies rows, not columns.": (
            lambda h, u: (1 - h**2) * u.T
        ),
        "The recurrent kernel is not transposed: h_{t−1}[j] reaches h_t[i] through U[j, i].": (
            lambda h, u: (1 - h**2)[:, None] * u
        ),
        "The slope of tanh is 1 − h²; the square is missing.": lambda h, u: (1 - h)[:, None] * u.T,
        "hidden_state is already the output of the tanh: the slope is 1 − h², without another tanh.": (
            lambda h, u: (1 - np.tanh(h) ** 2)[:, None] * u.T
        ),
        "h² stands where the slope should: that is 1 − h².": lambda h, u: (h**2)[:, None] * u.T,
        "A vector times a matrix adds up over the units. The result is a matrix: each of its rows has a slope of its "
        "own.": lambda h, u: (1 - h**2) @ u.T,
    },
    axes=("outputs", "inputs"),
    hints=(
        "Leave the tanh out first: which matrix is the derivative of h_{t−1} U, if its rows are the outputs?",
        "Then each row has to be multiplied by one number. A column, (units, 1), does that; so does a diagonal matrix "
        "on one of the two sides.",
    ),
    right="A product of such matrices is all that stands between an early letter and the loss.",
)


def _jacobian_product(jacobians):
    product = np.eye(jacobians.shape[1])
    for jacobian in jacobians:
        product = jacobian @ product
    return product


check_jacobian_product = book.function(
    "jacobian_product",
    _jacobian_product,
    draw=lambda rng: (rng.normal(size=(int(rng.integers(3, 6)), *[int(rng.integers(2, 4))] * 2)),),
    mutants={
        "The order is turned round: the last step stands on the left, J_T ⋯ J_2 J_1.": (
            lambda js: _jacobian_product(js[::-1])
        ),
        "You add the Jacobians; the chain rule multiplies them.": lambda js: js.sum(axis=0),
        "You multiply elementwise; the chain rule takes matrix products.": lambda js: js.prod(axis=0),
        "The first step is missing from the product.": lambda js: _jacobian_product(js[1:]),
        "The last step is missing from the product.": lambda js: _jacobian_product(js[:-1]),
        "The product starts from ones in every place; start from the identity, np.eye(units).": (
            lambda js: _jacobian_product(js) @ np.ones(js.shape[1:])
        ),
        "One Jacobian is multiplied by itself; every step has its own.": (
            lambda js: np.linalg.matrix_power(js[-1], len(js))
        ),
        "The result is transposed: multiply the Jacobians themselves, the last one on the left.": (
            lambda js: _jacobian_product(js).T
        ),
    },
    axes=("outputs", "inputs"),
    hints=(
        "Start from np.eye(units), and take in one Jacobian after the other, forward in time.",
        "Write out two steps: a small change d of h_0 becomes J_1 d, and then? On which side does J_2 stand?",
    ),
    right="Its singular values say how much of the past each direction of the state still carries.",
)


def _draw_clip(rng):
    units, features = distinct(rng, 2)
    gradients = [rng.normal(size=shape) for shape in [(features, units), (units, units), (units,)]]
    # Too large in some draws, within the limit in others, the single arrays on either side of it.
    return gradients, float(global_norm(gradients) * rng.choice([0.3, 0.8, 1.2, 1.6]))


def _clip(gradients, limit, norm=global_norm, always=False, each=False):
    if each:
        return [_clip([gradient], limit, norm, always)[0] for gradient in gradients]
    factor = limit / norm(gradients)
    return [g * (factor if always else min(1.0, factor)) for g in gradients]


check_clip = book.function(
    "clip",
    _clip,
    draw=_draw_clip,
    mutants={
        "You clip value by value, which turns the gradient's direction. Multiply everything by one factor.": (
            lambda gs, limit: [np.clip(g, -limit, limit) for g in gs]
        ),
        "You always rescale. A gradient whose norm is below the limit stays as it is.": (partial(_clip, always=True)),
        "You clip each array by its own norm, which changes their proportions. One norm, over all arrays.": (
            partial(_clip, each=True)
        ),
        "Your norm is the sum of the absolute values; it is the root of the sum of squares.": (
            partial(_clip, norm=lambda gs: sum(np.abs(g).sum() for g in gs))
        ),
        "Your norm is the largest entry alone; all entries count.": (
            partial(_clip, norm=lambda gs: max(np.abs(g).max() for g in gs))
        ),
        "The square root is missing: the norm is the root of the sum of squares.": (
            partial(_clip, norm=lambda gs: global_norm(gs) ** 2)
        ),
        "Your norm is the sum of the arrays' norms; it is the root of the sum of all squares.": (
            partial(_clip, norm=lambda gs: sum(global_norm([g]) for g in gs))
        ),
        "Your norm is that of the largest array alone; all arrays count together.": (
            partial(_clip, norm=lambda gs: max(global_norm([g]) for g in gs))
        ),
        "The gradients come back as they were.": lambda gs, limit: gs,
        "You lengthen what is short and leave what is too long: it takes min(1, limit / norm), not max.": (
            lambda gs, limit: [g * max(1, limit / global_norm(gs)) for g in gs]
        ),
        "The fraction is upside down: what is too long has to be multiplied by limit / norm.": (
            lambda gs, limit: [g * min(1, global_norm(gs) / limit) for g in gs]
        ),
        "You give every gradient the norm 1. Only what is longer than `limit` changes, and then to that "
        "norm.": lambda gs, limit: [g / global_norm(gs) for g in gs],
        "You divide by the norm alone: what is too long should have norm `limit` afterwards, not 1.": (
            lambda gs, limit: [g * (1 if global_norm(gs) <= limit else 1 / global_norm(gs)) for g in gs]
        ),
    },
    outputs=("gradients[0]", "gradients[1]", "gradients[2]"),
    hints=(
        "First one number: the root of the sum of the squares of all entries of all arrays.",
        "If that number is above limit, which factor makes it equal to limit? Every array gets the same one.",
    ),
    right="The step keeps its direction and loses its length: that stops an explosion, and fixes no vanishing.",
)


def _observe_orthogonal(matrix, units, rng):
    if isinstance(matrix, tuple) and len(matrix) == 2:
        raise NotYet("Your function returns two matrices, as np.linalg.qr does: Q and R. Return Q, the first.")
    if isinstance(matrix, tuple):
        raise NotYet(f"Your function returns {len(matrix)} things; return the one matrix that is orthogonal.")
    matrix = np.asarray(matrix, dtype=float)
    if matrix.shape != (units, units):
        raise NotYet(f"The matrix has shape {matrix.shape}; expected {(units, units)}.")
    if np.allclose(np.abs(matrix), np.eye(units)):
        raise NotYet("The identity is orthogonal, and every unit would keep to itself: the matrix has to be random.")
    if np.allclose(matrix, np.triu(matrix)) or np.allclose(matrix, np.tril(matrix)):
        raise NotYet("The matrix is triangular, as the R of np.linalg.qr is. Of Q and R it is Q that is orthogonal.")
    return matrix.T @ matrix


def _normal(units, rng, size=lambda matrix: 1):
    matrix = rng.normal(size=(units, units))
    return matrix / size(matrix)


class _Drawn(Exercise):
    """An exercise whose answer draws a matrix from the generator that it is given, and from nothing else."""

    def judge(self, answer):
        remark = super().judge(answer)
        first, again, other = (np.asarray(answer(6, np.random.default_rng(seed))) for seed in (0, 0, 1))
        if np.allclose(first, other):
            raise NotYet(
                "The matrix is orthogonal, and the same whatever `rng` is given: draw the numbers with rng.normal."
            )
        if not np.allclose(first, again):
            raise NotYet(
                "The matrix is orthogonal, and another one each time, although `rng` starts from the same seed. Draw "
                "the numbers with rng.normal, not with np.random: only then can a run be repeated."
            )
        return remark


check_orthogonal = book.add(
    _Drawn(
        name="orthogonal",
        reference=lambda units, rng: np.linalg.qr(_normal(units, rng))[0],
        draw=lambda rng: (int(rng.integers(4, 8)), np.random.default_rng(rng.integers(99))),
        observe=_observe_orthogonal,
        mutants={
            "These are plain normal numbers: the columns have neither length 1 nor right angles.": _normal,
            "Normal numbers divided by sqrt(units) have the right size on average, but no right angles.": (
                partial(_normal, size=lambda m: np.sqrt(len(m)))
            ),
            "You divide by the spectral radius. That sets the largest eigenvalue to 1 and leaves the others smaller; "
            "an orthogonal matrix keeps every direction.": partial(_normal, size=lambda m: np.abs(eigvals(m)).max()),
            "The columns have length 1, but stand at any angle to each other.": (
                partial(_normal, size=lambda m: np.linalg.norm(m, axis=0))
            ),
        },
        outputs=("matrix.T @ matrix",),
        hints=(
            "Start from a matrix of normal numbers. Its columns have to be made to stand at right angles, which is "
            "what Gram and Schmidt did, one column after the other.",
            "A factorisation of matrices does it for you: look in np.linalg for one whose first factor is orthogonal.",
        ),
        right="All its singular values are 1: apart from the tanh, it neither shrinks nor stretches a gradient.",
    )
)


check_remedy = book.value(
    "remedy",
    {"a": "clip", "b": "start", "c": "lstm"},
    choices=("clip", "start", "lstm"),
    mistakes={
        ("a", "start"): (
            "A better start concerns the first updates; this network learns until one gradient, 300 updates "
            "later, explodes."
        ),
        (
            "a",
            "lstm",
        ): "An LSTM can explode as well. What went wrong is one step of enormous length: bound the length.",
        ("b", "clip"): "Clipping makes large gradients smaller. These are too small, and stay so.",
        ("b", "lstm"): "It would help, but the network has to stay a SimpleRNN: begin where nothing shrinks.",
        ("c", "clip"): "Gradients are clipped already, and the trouble is that they vanish.",
        ("c", "start"): (
            "It has a good start already. Training moves away from it, and the tanh shrinks the rest: the state "
            "needs a path without a tanh in every step."
        ),
    },
    hints=(
        "Ask of each failure first: exploding or vanishing?",
        "If vanishing: is it so at the start, or does it become so however well it starts?",
    ),
    right="Clipping is for what explodes, a start for the first updates, another cell for what training does later.",
)
