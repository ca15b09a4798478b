import numpy as np
from exercise_answers import Answers

from lstm_course import cells
from lstm_course.exercises import nb02


def previous_by_diagonals(g, h, u):
    return [u @ np.diag(1 - state**2) @ grad for grad, state in zip(g, h, strict=True)]


def kernel_by_steps(x, g):
    gradient = np.zeros((x.shape[2], g.shape[2]))
    for t in reversed(range(x.shape[1])):
        gradient += x[:, t].T @ g[:, t]
    return gradient


def kernel_assigned(x, g):
    for t in reversed(range(x.shape[1])):
        gradient = x[:, t].T @ g[:, t]
    return gradient


def recurrent_by_steps(h, g):
    gradient = np.zeros((h.shape[2], h.shape[2]))
    for t in range(1, h.shape[1]):
        gradient += h[:, t - 1].T @ g[:, t]
    return gradient


def recurrent_with_negative_index(h, g):
    return sum(h[:, t - 1].T @ g[:, t] for t in range(h.shape[1]))


def bias_by_loop(g):
    total = 0
    for sequence in g:
        for step in sequence:
            total = total + step
    return total


def numerical_in_place(loss, w, e):
    gradient = np.zeros_like(w)
    for index in np.ndindex(*w.shape):
        kept = w[index]
        w[index] = kept + e
        plus = loss(w)
        w[index] = kept - e
        minus = loss(w)
        w[index] = kept
        gradient[index] = (plus - minus) / (2 * e)
    return gradient


def numerical_in_two_loops(loss, w, e):
    gradient = np.zeros_like(w)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            kept = w[i, j]
            w[i, j] = kept + e
            plus = loss(w)
            w[i, j] = kept - e
            minus = loss(w)
            w[i, j] = kept
            gradient[i, j] = (plus - minus) / (2 * e)
    return gradient


def numerical_without_restoring(loss, w, e):
    gradient = np.zeros_like(w)
    for index in np.ndindex(*w.shape):
        w[index] += e
        plus = loss(w)
        w[index] -= 2 * e
        gradient[index] = (plus - loss(w)) / (2 * e)
    return gradient


def numerical(loss, w, e, plus, minus, divisor):
    units = np.eye(w.size).reshape(-1, *w.shape)
    values = [(loss(w + plus * unit) - loss(w - minus * unit)) / divisor for unit in units]
    return np.reshape(values, w.shape)


def truncated_by_list(g, j, window):
    rows = [g]
    for t in range(len(j) - 1, 0, -1):
        rows.insert(0, rows[0] @ j[t] if len(rows) < window else 0 * g)
    return rows


def truncated_in_columns(g, j, window):
    rows, column = np.zeros((len(j), len(g))), g.reshape(-1, 1)
    for back in range(window):
        rows[len(j) - 1 - back] = column[:, 0]
        column = j[len(j) - 1 - back].T @ column
    return rows


def whole(g, j, window):
    return truncated_by_list(g, j, len(j))


RIGHT = [
    ("tanh_gradient", lambda g, h: g - g * h * h),
    ("tanh_gradient", lambda g, h: g / np.cosh(np.arctanh(h)) ** 2),
    ("previous_state", previous_by_diagonals),
    ("previous_state", lambda g, h, u: np.einsum("bj,ij->bi", g * (1 - h * h), u)),
    ("kernel_gradient", kernel_by_steps),
    ("kernel_gradient", lambda x, g: np.tensordot(x, g, axes=[(0, 1), (0, 1)])),
    ("kernel_gradient", lambda x, g: x.reshape(-1, x.shape[2]).T @ g.reshape(-1, g.shape[2])),
    ("recurrent_gradient", recurrent_by_steps),
    ("bias_gradient", bias_by_loop),
    ("bias_gradient", lambda g: np.einsum("btu->u", g).tolist()),
    ("numerical_gradient", numerical_in_place),
    ("numerical_gradient", lambda loss, w, e: numerical(loss, w, e, e, e, 2 * e)),
    ("truncated", truncated_by_list),
    ("truncated", truncated_in_columns),
]


def left_moved(loss, weights, epsilon):
    gradient = np.zeros_like(weights)
    for index in np.ndindex(*weights.shape):
        weights[index] += epsilon
        above = loss(weights)
        weights[index] -= 2 * epsilon
        gradient[index] = (above - loss(weights)) / (2 * epsilon)
    return gradient


def second_name(loss, weights, epsilon):
    gradient = np.zeros_like(weights)
    for index in np.ndindex(*weights.shape):
        up = down = weights
        up[index] += epsilon
        down[index] -= epsilon
        gradient[index] = (loss(up) - loss(down)) / (2 * epsilon)
    return gradient


WRONG = [
    ("tanh_gradient", lambda g, h: g + 1 - h * h, "You add the slope; the chain rule multiplies by it."),
    ("kernel_gradient", lambda x, g: x.sum(1).T @ g.sum(1), "You sum over time before you multiply"),
    (
        "kernel_gradient",
        lambda x, g: np.stack([x[:, t].T @ g[:, t] for t in range(x.shape[1])]),
        "The gradient is not summed over time",
    ),
    ("kernel_gradient", lambda x, g: x.T @ g, "Take one step at a time: inputs[:, t]"),
    (
        "recurrent_gradient",
        lambda h, g: np.einsum("bti,btj->ij", h[:, :-1], g[:, 1:]) / g.shape[1],
        "You average over time. The recurrent kernel is used at every step",
    ),
    ("numerical_gradient", numerical_in_two_loops, "stopped with"),
    ("numerical_gradient", left_moved, "You move each entry and leave it moved"),
    ("numerical_gradient", second_name, "`up = weights` is a second name for it"),
    ("tanh_gradient", lambda g, h: 1 - h**2, "This is the slope alone"),
    ("tanh_gradient", lambda g, h: g * (1 - np.tanh(h) ** 2), "You apply tanh once more"),
    ("tanh_gradient", lambda g, h: g * h * (1 - h), "is the slope of a sigmoid"),
    ("tanh_gradient", lambda g, h: -g * (1 - h**2), "the wrong sign"),
    ("previous_state", lambda g, h, u: (g * (1 - h * h)) @ u, "The recurrent kernel is not transposed."),
    ("previous_state", lambda g, h, u: g @ u.T, "The slope of the tanh is left out"),
    ("previous_state", lambda g, h, u: (g @ u.T) * (1 - h**2), "The order is wrong"),
    ("previous_state", lambda g, h, u: g * (1 - h**2) * u.T, "is a matrix product"),
    (
        "kernel_gradient",
        kernel_assigned,
        "You assign where you should add: what is left is the gradient of step 0",
    ),
    ("kernel_gradient", lambda x, g: kernel_by_steps(x, g) / x.shape[1], "You average over time."),
    ("kernel_gradient", lambda x, g: kernel_by_steps(x, g).T, "The gradient is transposed"),
    ("kernel_gradient", lambda x, g: x.T @ g, "stopped with ValueError"),
    ("recurrent_gradient", lambda h, g: np.einsum("bti,btj->ij", h, g), "The index is off by one"),
    ("recurrent_gradient", recurrent_with_negative_index, "by Python's negative index"),
    ("recurrent_gradient", lambda h, g: recurrent_by_steps(h, g).T, "The gradient is transposed"),
    ("bias_gradient", lambda g: g.sum(0), "You sum over the batch alone"),
    ("bias_gradient", lambda g: g.reshape(-1, g.shape[2]).mean(0), "You take the mean."),
    ("bias_gradient", lambda g: sum(g[:, 0]), "only step 0 is left"),
    (
        "numerical_gradient",
        lambda loss, w, e: numerical(loss, w, e, e, 0, e),
        "These are forward differences",
    ),
    ("numerical_gradient", lambda loss, w, e: numerical(loss, w, e, e, e, e), "The 2 is missing below"),
    (
        "numerical_gradient",
        numerical_without_restoring,
        "One remark: your function changes its argument weights",
    ),
    ("truncated", whole, "This is the whole of backpropagation through time"),
    ("truncated", lambda g, j, w: truncated_by_list(g, j, w - 1), "The window is one state too short"),
    ("truncated", lambda g, j, w: truncated_by_list(g, j, w)[::-1], "The order of time is turned round"),
    (
        "truncated",
        lambda g, j, w: truncated_by_list(g, np.swapaxes(j, 1, 2), w),
        "The Jacobian is transposed",
    ),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


def test_the_lines_together_are_the_package_s_backward_pass():
    rng = np.random.default_rng(0)
    cell = cells.SimpleRNN.initialise(2, 3, rng=rng)
    inputs, grad_last = rng.normal(size=(4, 5, 2)), rng.normal(size=(4, 3))
    states, cache = cell.forward(inputs, return_sequences=True)
    grad_outputs = np.zeros_like(states)
    grad_outputs[:, -1] = grad_last
    expected = cell.backward(grad_outputs, cache)

    grad, grad_pre = grad_last, np.zeros_like(states)
    for t in reversed(range(5)):
        grad_pre[:, t] = nb02.check_tanh_gradient.reference(grad, states[:, t])
        grad = nb02.check_previous_state.reference(grad, states[:, t], cell.recurrent_kernel)
    np.testing.assert_allclose(nb02.check_kernel_gradient.reference(inputs, grad_pre), expected.kernel)
    recurrent = nb02.check_recurrent_gradient.reference(states, grad_pre)
    np.testing.assert_allclose(recurrent, expected.recurrent_kernel)
    np.testing.assert_allclose(nb02.check_bias_gradient.reference(grad_pre), expected.bias)
    np.testing.assert_allclose(grad, expected.initial_state)
