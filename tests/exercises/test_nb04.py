import numpy as np
from exercise_answers import Answers

from lstm_course import cells
from lstm_course.exercises import nb01, nb02, nb03, nb04, nb04_orders


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def lstm_concatenated(x, h, c, w, u, b):
    z = np.hstack([x, h]) @ np.vstack([w, u]) + b
    n = h.shape[1]
    c = sigmoid(z[:, n : 2 * n]) * c + sigmoid(z[:, :n]) * np.tanh(z[:, 2 * n : 3 * n])
    return sigmoid(z[:, 3 * n :]) * np.tanh(c), c


def lstm_by_loops(x, h, c, w, u, b):
    n = h.shape[1]
    new_h, new_c = np.zeros_like(h), np.zeros_like(c)
    for row in range(len(x)):
        for unit in range(n):
            z = [x[row] @ w[:, k * n + unit] + h[row] @ u[:, k * n + unit] + b[k * n + unit] for k in range(4)]
            new_c[row, unit] = sigmoid(z[1]) * c[row, unit] + sigmoid(z[0]) * np.tanh(z[2])
            new_h[row, unit] = sigmoid(z[3]) * np.tanh(new_c[row, unit])
    return [new_h, new_c]


def lstm_einsum(x, h, c, w, u, b):
    w, u, b = (a.reshape(*a.shape[:-1], 4, -1) for a in (w, u, b))
    z = np.einsum("bf,fgu->gbu", x, w) + np.einsum("bi,igu->gbu", h, u) + b[:, None]
    i, f, o = sigmoid(z[[0, 1, 3]])
    c = f * c + i * np.tanh(z[2])
    return {"cell_state": c, "hidden_state": o * np.tanh(c)}


def lstm_blocks(x, h, c, w, u, b, i, f, g, o, squash=np.tanh, output=np.tanh, keep=lambda f: f):
    z = np.split(x @ w + h @ u + b, 4, axis=-1)
    c = keep(sigmoid(z[f])) * c + sigmoid(z[i]) * squash(z[g])
    return sigmoid(z[o]) * output(c), c


def lstm_with_matrix_products(x, h, c, w, u, b):
    i, f, g, o = np.split(x @ w + h @ u + b, 4, axis=1)
    c = sigmoid(f) @ c + sigmoid(i) @ np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gradient_by_loop(f, i, start):
    gradient = 1
    for t in range(f.shape[1] - 1, start, -1):
        gradient = gradient * f[:, t]
    return gradient


def gru_with_three_products(x, h, w, u, b):
    n = h.shape[1]
    x_z, x_r, x_h = (x @ w[:, k * n : (k + 1) * n] + b[0, k * n : (k + 1) * n] for k in range(3))
    h_z, h_r, h_h = (h @ u[:, k * n : (k + 1) * n] + b[1, k * n : (k + 1) * n] for k in range(3))
    z, r = sigmoid(x_z + h_z), sigmoid(x_r + h_r)
    g = np.tanh(x_h + r * h_h)
    return g + z * (h - g)


def gru_reset_before(x, h, w, u, b):
    xz, xr, xh = np.split(x @ w + b[0], 3, axis=1)
    (uz, ur, uh), (bz, br, bh) = np.split(u, 3, axis=1), np.split(b[1], 3)
    z, r = sigmoid(xz + h @ uz + bz), sigmoid(xr + h @ ur + br)
    return z * h + (1 - z) * np.tanh(xh + (r * h) @ uh + bh)


def gru_by_shares(x, h, w, u, b, candidate):
    n = h.shape[1]
    from_x, from_h = x @ w + b[0], h @ u + b[1]
    z, r = np.hsplit(sigmoid(from_x + from_h)[:, : 2 * n], 2)
    return z * h + (1 - z) * candidate(from_x[:, 2 * n :], r, from_h[:, 2 * n :])


def step_without_input_gate(x, h, c, w, u, b):
    _, f, g, o = np.split(x @ w + h @ u + b, 4, axis=1)
    c = sigmoid(f) * c + np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


RIGHT = [
    ("cell_state", lambda c, f, i, g: np.einsum("bu,bu->bu", f, c) + np.multiply(i, g)),
    ("cell_state", lambda c, f, i, g: c - (1 - f) * c + i * g),
    ("step", lstm_concatenated),
    ("step", lstm_by_loops),
    ("step", lstm_einsum),
    ("count", lambda d, u: sum(np.prod(s) for s in [(d, 4 * u), (u, 4 * u), (4 * u,)])),
    ("cell_gradient", gradient_by_loop),
    ("cell_gradient", lambda f, i, s: np.exp(np.log(f[:, s + 1 :]).sum(axis=1))),
    ("keep_a_bit", lambda: np.array([-100.0, 6.0])),
    ("backward", lambda gh, gc, o, c: gc + gh * o / np.cosh(c) ** 2),
    ("swapped", {"equal weights": "none", "finite differences": "none", "fresh bias": "some"}),
    ("gru_step", gru_with_three_products),
]

WRONG = [
    ("cell_state", lambda c, f, i, g: (1 - f) * c + i * g, "You use 1 − f. The name misleads"),
    ("cell_state", lambda c, f, i, g: i * c + f * g, "Forget gate and input gate are swapped"),
    ("cell_state", lambda c, f, i, g: f * c + (1 - f) * g, "You use 1 − f as the input gate"),
    ("cell_state", lambda c, f, i, g: f @ c + i @ g, "Gates multiply elementwise"),
    ("cell_state", lambda c, f, i, g: c + i * g, "The old cell state is not scaled by the forget gate"),
    (
        "cell_state",
        lambda c, f, i, g: sigmoid(f) * c + sigmoid(i) * g,
        "The gates are already between 0 and 1",
    ),
    ("step", lambda *a: lstm_blocks(*a, 0, 1, 2, 3, squash=lambda z: z), "The candidate has no tanh."),
    ("step", step_without_input_gate, "The input gate is left out"),
    ("swapped", {"equal weights": "all", "finite differences": "none"}, "the same network in any order"),
    ("swapped", {"finite differences": "all"}, "Finite differences know nothing of Keras."),
    ("swapped", {"fresh bias": "none"}, "the 1 lands on the input gate"),
    ("swapped", {"fresh bias": "all"}, "Three of the blocks hold nothing but zeros."),
    ("swapped", {"equal weights": "none", "fresh bias": "some"}, "still without an answer: finite differences"),
    ("step", lambda *a: lstm_blocks(*a, i=0, f=1, o=2, g=3), "you take them as i, f, o, c"),
    ("step", lambda *a: lstm_blocks(*a, f=0, i=1, g=2, o=3), "Forget gate and input gate are swapped"),
    ("step", lambda *a: lstm_blocks(*a, 0, 1, 2, 3, squash=sigmoid), "The candidate goes through a sigmoid."),
    (
        "step",
        lambda *a: lstm_blocks(*a, 0, 1, 2, 3, output=lambda c: c),
        "The tanh at the output is left out",
    ),
    ("step", lambda *a: lstm_blocks(*a, 0, 1, 2, 3, keep=lambda f: 1 - f), "You multiply by 1 − f."),
    ("step", lambda x, h, c, w, u, b: lstm_concatenated(x, h, c, w, u, 0), "The bias is left out."),
    (
        "step",
        lambda *a: lstm_concatenated(*a)[0],
        "one array of shape (4, 3); expected 2 values (hidden_state,",
    ),
    ("step", lambda *a: lstm_concatenated(*a)[::-1], "The two results are swapped"),
    ("step", lstm_with_matrix_products, "Gates multiply elementwise"),
    ("cell_state", lambda c, f, i, g: f * c + i * np.tanh(g), "The candidate has been through its tanh"),
    ("step", lambda *a: (np.tanh(lstm_concatenated(*a)[1]), lstm_concatenated(*a)[1]), "The output gate is left out"),
    ("step", lambda *a: lstm_blocks(*a, i=1, f=2, g=0, o=3), "You take the candidate from the first block"),
    ("count", lambda d, u: 4 * d * u + u * u + 4 * u, "The recurrent kernel lacks its factor 4"),
    ("count", lambda d, u: 4 * (d + u + 1) * d, "Units and features are swapped"),
    ("cell_gradient", lambda f, i, s: f[:, s + 1 : -1].prod(axis=1), "The last step is left out"),
    ("backward", lambda gh, gc, o, c: o * gc + gh * o / np.cosh(c) ** 2, "The carried gradient is multiplied by o"),
    ("keep_a_bit", lambda: (-20, 5.66), "After 200 steps the cell holds 0.4989"),
    ("count", lambda d, u: (d + u + 1) * u, "This is one block."),
    ("count", lambda d, u: 3 * (d + u + 1) * u, "You count three blocks"),
    ("count", lambda d, u: 4 * (d + u + 2) * u, "You count two biases"),
    ("count", lambda d, u: d * 4 * u + 4 * u * 4 * u + 4 * u, "The recurrent kernel is (units, 4 units)"),
    ("count", lambda d, u: d * 4 * u + u * 4 * u + u, "You count the bias once"),
    ("cell_gradient", lambda f, i, s: f[:, s:].prod(axis=1), "cell_state[:, start] has passed its own"),
    ("cell_gradient", lambda f, i, s: f[:, s + 1 :].sum(axis=1), "You add the gates."),
    ("cell_gradient", lambda f, i, s: gradient_by_loop(i, f, s), "You use the input gates."),
    (
        "cell_gradient",
        lambda f, i, s: gradient_by_loop(f * i, i, s),
        "You multiply by the input gates as well",
    ),
    ("cell_gradient", lambda f, i, s: np.prod(f[:, : s + 1], axis=1), "These are the steps up to start"),
    ("keep_a_bit", lambda: (20, -10), "The signs are turned round"),
    ("keep_a_bit", lambda: (10, -20), "The two are swapped: return (weight, bias)."),
    ("keep_a_bit", lambda: (-20, 0.999), "The bias is not the gate's value"),
    (
        "keep_a_bit",
        lambda: (-20, 4),
        "After 200 steps the cell holds 0.02652, after a wipe 1.1e-07. The bit is worn away",
    ),
    ("keep_a_bit", lambda: (0, 8), "a wipe does not clear it"),
    ("keep_a_bit", lambda: 10, "has to return two numbers"),
    ("keep_a_bit", lambda: ("a", "b"), "cannot be used"),
    ("backward", lambda gh, gc, o, c: gc + gh * o, "The slope of the tanh is missing"),
    ("backward", lambda gh, gc, o, c: gh * o * (1 - np.tanh(c) ** 2), "What is carried from the next step"),
    ("backward", lambda gh, gc, o, c: gc + gh * o * (1 - c * c), "you wrote 1 − c²"),
    ("backward", lambda gh, gc, o, c: gc + gh * o * np.tanh(c), "You multiply by tanh(c); that is the value"),
    (
        "gru_step",
        lambda *a: gru_by_shares(*a, lambda x, r, s: np.tanh(r * (x + s))),
        "multiplies the inputs' share as well",
    ),
    ("gru_step", lambda *a: gru_by_shares(*a, lambda x, r, s: x + r * s), "The candidate has no tanh around"),
    ("gru_step", gru_reset_before, "You reset the state before the product"),
    (
        "gru_step",
        lambda x, h, w, u, b: gru_with_three_products(x, h, w, u, [[1], [0]] * b),
        "The recurrent bias",
    ),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


def test_the_steps_agree_with_the_package_s_cells():
    for inputs, hidden_state, cell_state, *weights in nb04.check_step.inputs():
        lstm = cells.LSTM(*weights)
        _, cache = lstm.forward(inputs[:, None], initial_state=(hidden_state, cell_state))
        step = nb04.check_step.reference(inputs, hidden_state, cell_state, *weights)
        np.testing.assert_allclose(step, tuple(cache.final_state), atol=1e-12)
        units = hidden_state.shape[1]
        assert nb04.check_count.reference(inputs.shape[1], units) == sum(array.size for array in weights)
    for inputs, hidden_state, *weights in nb04.check_gru_step.inputs():
        _, cache = cells.GRU(*weights).forward(inputs[:, None], initial_state=hidden_state)
        step = nb04.check_gru_step.reference(inputs, hidden_state, *weights)
        np.testing.assert_allclose(step, cache.final_state, atol=1e-12)


def test_the_backward_line_agrees_with_the_package():
    rng = np.random.default_rng(0)
    lstm = cells.LSTM.initialise(2, 3, rng=rng)
    state = rng.normal(size=(2, 4, 3))
    _, cache = lstm.forward(rng.normal(size=(4, 1, 2)), initial_state=tuple(state))
    grad_hidden, grad_carried = rng.normal(size=(2, 4, 3))
    expected = lstm.backward(grad_hidden, cache, grad_final_state=(np.zeros((4, 3)), grad_carried))
    line = nb04.check_backward.reference(grad_hidden, grad_carried, cache.output_gate[:, 0], cache.cell_state[:, 0])
    np.testing.assert_allclose(line, expected.cell_state[:, 0])


def test_notebooks_01_to_04_know_enough_mistakes_and_each_in_its_own_words():
    sentences = [
        f"{module.book.number} {name}: {sentence}"
        for module in (nb01, nb02, nb03, nb04)
        for name, exercise in module.book.exercises.items()
        for sentence in getattr(exercise, "mutants", {})
    ]
    assert len(set(sentences)) == len(sentences) >= 25
    assert len(RIGHT) >= 10


def test_every_diagnosis_is_a_sentence():
    for name, exercise in nb04.book.exercises.items():
        for sentence in getattr(exercise, "mutants", {}):
            assert sentence[0].isupper() or sentence[0] == "`", f"{name}: {sentence}"
            assert len(sentence.split()) >= 5, f"{name}: {sentence}"


def test_which_tests_catch_a_wrong_order_of_the_blocks():
    """A test passes with the right order; random weights beside the right order catch all 23, as the check says."""
    assert all(test(range(4)) for test in nb04_orders.TESTS.values())
    weights = list(cells.LSTM.initialise(3, 2, rng=np.random.default_rng(0)).weights.values())
    weights[2] = np.random.default_rng(1).normal(size=8)
    inputs = np.random.default_rng(2).normal(size=(1, 5, 3))
    expected = cells.LSTM(*weights).forward(inputs)[0]
    assert len(nb04_orders.WRONG_ORDERS) == 23
    for order in nb04_orders.WRONG_ORDERS:
        found = nb04_orders.in_order(weights, order).forward(inputs)[0]
        assert np.abs(found - expected).max() > 1e-3, order
