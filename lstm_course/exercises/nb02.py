"""Exercises of notebook 02, *Backpropagation through time*."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Notebook, distinct, normal

book = Notebook("02", "Backpropagation through time")
hint = book.hint


def _draw_state(rng):
    grad, pre_activation = normal("bu", "bu")(rng)
    return grad, np.tanh(pre_activation)


def _tanh_gradient(grad_hidden_state, hidden_state):
    return grad_hidden_state * (1 - hidden_state**2)


check_tanh_gradient = book.function(
    "tanh_gradient",
    _tanh_gradient,
    draw=_draw_state,
    mutants={
        "The square is missing: the slope of tanh is 1 − h².": lambda g, h: g * (1 - h),
        "This is the slope alone; the chain rule multiplies it by the gradient that arrives.": (lambda g, h: 1 - h**2),
        "You apply tanh once more: hidden_state is already its output, so the slope is 1 − h².": (
            lambda g, h: g * (1 - np.tanh(h) ** 2)
        ),
        "You multiply by a tanh. The way back takes its slope, 1 − h².": lambda g, h: g * np.tanh(h),
        "h (1 − h) is the slope of a sigmoid; that of tanh is 1 − h².": lambda g, h: g * h * (1 - h),
        "The slope is left out: the gradient goes through the tanh unchanged.": lambda g, h: g,
        "You add the slope; the chain rule multiplies by it.": lambda g, h: g + (1 - h**2),
        "The slope multiplies elementwise: each unit has a tanh of its own.": lambda g, h: g @ (1 - h**2),
    },
    axes=("batch", "units"),
    hints=(
        "If h = tanh(a), the derivative of h with respect to a is 1 − tanh(a)², and tanh(a) is at hand.",
        "Multiply it, entry by entry, by grad_hidden_state.",
    ),
    right="The slope is at most 1, and small where the unit is saturated: here gradients begin to fade.",
)


def _draw_previous(rng):
    grad, state = _draw_state(rng)
    return grad, state, rng.normal(size=(state.shape[1],) * 2)


def _previous_state_gradient(grad_hidden_state, hidden_state, recurrent_kernel):
    return _tanh_gradient(grad_hidden_state, hidden_state) @ recurrent_kernel.T


check_previous_state = book.function(
    "previous_state",
    _previous_state_gradient,
    draw=_draw_previous,
    mutants={
        "The recurrent kernel is not transposed. Forward, h goes through U; backward, the gradient goes through "
        "U.T.": lambda g, h, u: _tanh_gradient(g, h) @ u,
        "The slope of the tanh is left out: multiply by 1 − h² before the recurrent kernel.": (lambda g, h, u: g @ u.T),
        "The order is wrong: backward, the tanh comes first and the recurrent kernel after it.": (
            lambda g, h, u: (g @ u.T) * (1 - h**2)
        ),
        "This is the gradient before the tanh; it still has to go through the recurrent kernel.": (
            lambda g, h, u: _tanh_gradient(g, h)
        ),
        "The product with the recurrent kernel is a matrix product: every unit fed every other.": (
            lambda g, h, u: _tanh_gradient(g, h) * u.T
        ),
        "The slope of tanh is 1 − h²; the square is missing.": lambda g, h, u: (g * (1 - h)) @ u.T,
    },
    axes=("batch", "units"),
    hints=(
        "Two stations, last one first: through the tanh, then through h @ U.",
        "If y = h @ U, the gradient with respect to h is grad_y @ U.T.",
    ),
    right=(
        "Repeated once for each step, this line is backpropagation through time, and notebook 03 is "
        "about what the repetition does."
    ),
)


def _kernel(inputs, grad_pre_activations):
    return np.einsum("btf,btu->fu", inputs, grad_pre_activations)


check_kernel_gradient = book.function(
    "kernel_gradient",
    _kernel,
    draw=normal("btf", "btu"),
    mutants={
        "You assign where you should add: what is left is the gradient of step 0, the last one that a backward loop "
        "visits. Use += over all steps.": lambda x, g: x[:, 0].T @ g[:, 0],
        "You assign where you should add: what is left is the gradient of the last step. Use += over all "
        "steps.": lambda x, g: x[:, -1].T @ g[:, -1],
        "You average over time. The same kernel is used at every step, and its gradients add up.": (
            lambda x, g: _kernel(x, g) / x.shape[1]
        ),
        "You average over the batch. If the loss is a mean, the division by the batch is already in the gradients that "
        "arrive.": lambda x, g: _kernel(x, g) / x.shape[0],
        "The gradient is transposed: the kernel has shape (features, units).": lambda x, g: _kernel(x, g).T,
        "One step is missing: the loop leaves out step 0.": lambda x, g: _kernel(x[:, 1:], g[:, 1:]),
        "One step is missing: the loop leaves out the last one.": lambda x, g: _kernel(x[:, :-1], g[:, :-1]),
        "The gradient is not summed over the batch: x.T @ g does that for one step.": (
            lambda x, g: np.einsum("btf,btu->bfu", x, g)
        ),
        "The gradient is not summed over time: every step uses the same kernel, so its shares add up.": (
            lambda x, g: np.einsum("btf,btu->tfu", x, g)
        ),
        "You sum before you multiply, over batch and time. Multiply first, step by step.": (
            lambda x, g: np.outer(x.sum(axis=(0, 1)), g.sum(axis=(0, 1)))
        ),
        "You sum over time before you multiply, which also pairs the inputs of one step with the gradients of another. "
        "Multiply first, step by step.": lambda x, g: x.sum(axis=1).T @ g.sum(axis=1),
    },
    shapes=(
        "Take one step at a time: inputs[:, t] has shape (batch, features). `inputs` has three axes, and .T "
        "turns all three round."
    ),
    axes=("features", "units"),
    hints=(
        "For one step it is inputs[:, t].T @ grad_pre_activations[:, t], of shape (features, units).",
        "Start from zeros, and add the product of each step.",
    ),
    right="Shared weights collect a gradient from every place where they are used: that is why it accumulates.",
)


def _draw_recurrent(rng):
    batch, time, units = distinct(rng, 3)
    return np.tanh(rng.normal(size=(batch, time, units))), rng.normal(size=(batch, time, units))


def _recurrent(hidden_states, grad_pre_activations):
    return np.einsum("bti,btj->ij", hidden_states[:, :-1], grad_pre_activations[:, 1:])


check_recurrent_gradient = book.function(
    "recurrent_gradient",
    _recurrent,
    draw=_draw_recurrent,
    mutants={
        "The index is off by one: the recurrent kernel multiplied the state before the step, h_{t−1}, not "
        "h_t.": lambda h, g: np.einsum("bti,btj->ij", h, g),
        "The shift goes the wrong way: pair the gradient of step t with the state of step t − 1.": (
            lambda h, g: np.einsum("bti,btj->ij", h[:, 1:], g[:, :-1])
        ),
        "The gradient is transposed: row i belongs to the unit that sends, column j to the one that "
        "receives.": lambda h, g: _recurrent(h, g).T,
        "h[:, t − 1] at t = 0 is the last state, by Python's negative index; before step 0 the state is "
        "zero.": lambda h, g: np.einsum("bti,btj->ij", np.roll(h, 1, axis=1), g),
        "You pair the gradient of step t with the state of step t − 2: one step too far back.": (
            lambda h, g: np.einsum("bti,btj->ij", h[:, :-2], g[:, 2:])
        ),
        "You average over the batch. If the loss is a mean, the division by the batch is already in the gradients that "
        "arrive.": lambda h, g: _recurrent(h, g) / len(h),
        "You average over time. The recurrent kernel is used at every step, and its gradients add up.": (
            lambda h, g: _recurrent(h, g) / h.shape[1]
        ),
        "You assign where you should add: only step 1 is left. Use += over all steps.": (
            lambda h, g: h[:, 0].T @ g[:, 1]
        ),
        "You assign where you should add: only the last step is left. Use += over all steps.": (
            lambda h, g: h[:, -2].T @ g[:, -1]
        ),
    },
    axes=("units", "units"),
    hints=(
        "It is the kernel's gradient, with h_{t−1} in the place of x_t.",
        "Step 0 adds nothing, because the state before it is zero. Step t adds h[:, t − 1].T @ grad[:, t].",
    ),
    right="This index is the one that goes wrong most often, and only a gradient check shows it.",
)


check_bias_gradient = book.function(
    "bias_gradient",
    lambda grad_pre_activations: grad_pre_activations.sum(axis=(0, 1)),
    draw=normal("btu"),
    mutants={
        "You sum over the batch alone; the bias is used at every step, so sum over time as well.": (
            lambda g: g.sum(axis=0)
        ),
        "You sum over time alone; every sequence of the batch uses the bias, so sum over the batch as well.": (
            lambda g: g.sum(axis=1)
        ),
        "You take the mean. The bias is used at every step of every sequence, and its gradients add up.": (
            lambda g: g.mean(axis=(0, 1))
        ),
        "You take the mean over the batch and the sum over time. Both are sums.": lambda g: g.mean(0).sum(0),
        "You take the mean over time and the sum over the batch. Both are sums.": lambda g: g.mean(1).sum(0),
        "You sum over the units as well. Each unit has a bias of its own.": lambda g: g.sum(),
        "You assign where you should add: only the last step is left.": lambda g: g[:, -1].sum(axis=0),
        "You assign where you should add: only step 0 is left.": lambda g: g[:, 0].sum(axis=0),
    },
    axes=("units",),
    hints=(
        "The bias has shape (units,), and its gradient too: the other two axes have to go.",
        "sum takes several axes at once: axis=(0, 1).",
    ),
    right="Where something is broadcast on the way forward, its gradient is summed on the way back.",
)


class _Loss:
    """A smooth function of an array in which every entry matters, and the entries matter to each other."""

    def __init__(self, rng, shape):
        self.slopes, self.rates = rng.normal(size=(2, *shape))

    def __call__(self, weights):
        return float(np.sum(self.slopes * np.exp(self.rates * weights)) + 0.1 * np.sum(weights) ** 3)


def _draw_numerical(rng):
    shape = tuple(distinct(rng, 2)[: rng.integers(1, 3)])  # one axis or two
    return _Loss(rng, shape), rng.normal(size=shape), 0.1


def _numerical(loss, weights, epsilon, forward=1.0, backward=1.0, divisor=2.0):
    gradient = np.zeros(weights.shape)
    for index in np.ndindex(*weights.shape):
        shift = np.zeros(weights.shape)
        shift[index] = epsilon
        difference = loss(weights + forward * shift) - loss(weights - backward * shift)
        gradient[index] = difference / (divisor * epsilon)
    return gradient


def _moved_and_left(loss, weights, epsilon):
    moved, gradient = weights.copy(), np.zeros(weights.shape)
    for index in np.ndindex(*weights.shape):
        moved[index] += epsilon
        above = loss(moved)
        moved[index] -= 2 * epsilon
        gradient[index] = (above - loss(moved)) / (2 * epsilon)
    return gradient


check_numerical_gradient = book.function(
    "numerical_gradient",
    _numerical,
    draw=_draw_numerical,
    mutants={
        "These are forward differences, whose error falls with epsilon only; the central ones' falls with its "
        "square.": partial(_numerical, backward=0.0, divisor=1.0),
        "These are backward differences. Take one step forward and one back: loss(w + ε) − loss(w − ε).": (
            partial(_numerical, forward=0.0, divisor=1.0)
        ),
        "The 2 is missing below: the two points are 2 ε apart.": partial(_numerical, divisor=1.0),
        "You divide by 2 ε, but your two points are only ε apart: step back as well.": (
            partial(_numerical, backward=0.0)
        ),
        "The sign is the wrong way round: loss(w + ε) − loss(w − ε).": partial(_numerical, divisor=-2.0),
        "You shift all weights at once, which gives the sum of the gradient's entries; shift one at a time.": (
            lambda loss, w, e: np.full(w.shape, (loss(w + e) - loss(w - e)) / (2 * e))
        ),
        "You move each entry and leave it moved, so that the next one starts from another place: put it back, or shift "
        "a copy.": _moved_and_left,
        "Every entry is zero, as when both losses are of one array: `up = weights` is a second name for it, not a "
        "copy. Write weights.copy().": lambda loss, w, e: np.zeros(w.shape),
        "You do not divide: the difference of the two losses has to be divided by 2 ε.": (
            lambda loss, w, e: 2 * e * _numerical(loss, w, e)
        ),
    },
    hints=(
        "Go through the entries with np.ndindex(*weights.shape), and shift one at a time, in a copy.",
        "(loss(plus) − loss(minus)) / (2 * epsilon)",
    ),
    right="Slow, and independent of any derivation: the judge that every backward pass in this course has to satisfy.",
)


def _draw_truncated(rng):
    units, time = distinct(rng, 2)
    time += 5
    return rng.normal(size=units), rng.normal(size=(time, units, units)), int(rng.integers(2, time - 2))


def _truncated(grad_last, jacobians, window, back=lambda grad, jacobian: grad @ jacobian):
    gradients = np.zeros((len(jacobians), len(grad_last)))
    gradients[-1] = grad_last
    for t in range(len(jacobians) - 1, len(jacobians) - window, -1):
        gradients[t - 1] = back(gradients[t], jacobians[t])
    return gradients


def _not_carried(grad_last, jacobians, window):
    gradients = _truncated(grad_last, jacobians, window)
    for t in range(len(jacobians) - window, len(jacobians) - 1):
        gradients[t] = grad_last @ jacobians[t + 1]
    return gradients


def _one_step_late(grad_last, jacobians, window):
    gradients = np.zeros((len(jacobians), len(grad_last)))
    for t in range(len(jacobians) - 1, len(jacobians) - 1 - window, -1):
        grad_last = gradients[t] = grad_last @ jacobians[t]
    return gradients


check_truncated = book.function(
    "truncated",
    _truncated,
    draw=_draw_truncated,
    mutants={
        "This is the whole of backpropagation through time: the states before the window should get zeros.": (
            lambda g, j, w: _truncated(g, j, len(j))
        ),
        "The window is one state too long: the last state itself is the first of its states.": (
            lambda g, j, w: _truncated(g, j, w + 1)
        ),
        "The window is one state too short: it holds `window` states, the last one included.": (
            lambda g, j, w: _truncated(g, j, w - 1)
        ),
        "The order of time is turned round: row 0 belongs to the first state, row T − 1 to the last.": (
            lambda g, j, w: _truncated(g, j, w)[::-1]
        ),
        "The Jacobian is transposed: one step back is grad @ jacobians[t].": (
            partial(_truncated, back=lambda grad, jacobian: jacobian @ grad)
        ),
        "Every row is made from grad_last. One step back takes the gradient of the state after it, gradients[t].": (
            _not_carried
        ),
        "The last row has gone through a Jacobian already. It is grad_last itself; put it in first.": _one_step_late,
        "The index of the Jacobian is off by one: from h_t to h_{t−1} it is jacobians[t].": (
            lambda g, j, w: _truncated(g, np.roll(j, 1, axis=0), w)
        ),
    },
    axes=("time", "units"),
    hints=(
        "Start from zeros of shape (time, units), and put grad_last into the last row.",
        "Go back from t = T − 1: gradients[t − 1] = gradients[t] @ jacobians[t], window − 1 times.",
    ),
    right="Before the window there is no gradient at all, unless another loss of the same weights reaches there.",
)
