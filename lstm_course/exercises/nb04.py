"""Exercises of notebook 04, *LSTM from scratch*."""

from functools import partial
from itertools import permutations

import numpy as np

from lstm_course.exercises.engine.checking import Notebook, ValueExercise, distinct
from lstm_course.exercises.engine.comparing import NotYet
from lstm_course.exercises.gated import (
    draw_gates,
    draw_gru,
    draw_lstm,
    gru,
    hard_sigmoid,
    linear,
    lstm,
    raised,
    sigmoid,
)
from lstm_course.exercises.nb04_orders import TESTS, caught

book = Notebook("04", "LSTM from scratch")
hint = book.hint


def _draw_cell_state(rng):
    shape = distinct(rng, 2)
    return rng.normal(size=shape) * 2, *draw_gates(rng, shape, 2), np.tanh(rng.normal(size=shape))


def _update(cell_state, forget_gate, input_gate, candidate):
    return forget_gate * cell_state + input_gate * candidate


check_cell_state = book.function(
    "cell_state",
    _update,
    draw=_draw_cell_state,
    mutants={
        "You use 1 − f. The name misleads: a forget gate of 1 keeps everything, one of 0 forgets it.": (
            lambda c, f, i, g: _update(c, 1 - f, i, g)
        ),
        "Forget gate and input gate are swapped: f multiplies the old cell state, i the candidate.": (
            lambda c, f, i, g: _update(c, i, f, g)
        ),
        "The candidate is not gated: multiply it by the input gate.": lambda c, f, i, g: f * c + g,
        "You use 1 − f as the input gate, as a coupled cell or a GRU does. An LSTM has an input gate of its "
        "own.": lambda c, f, i, g: _update(c, f, 1 - f, g),
        "The old cell state is not scaled by the forget gate.": lambda c, f, i, g: c + i * g,
        "The gates are already between 0 and 1: they need no further sigmoid.": (
            lambda c, f, i, g: _update(c, sigmoid(f), sigmoid(i), g)
        ),
        "There is a tanh around the sum. The cell state is a plain sum, which is why gradients survive on "
        "it.": lambda c, f, i, g: np.tanh(_update(c, f, i, g)),
        "The candidate has been through its tanh already: it needs no second one.": (
            lambda c, f, i, g: _update(c, f, i, np.tanh(g))
        ),
        "Gates multiply elementwise, each unit by its own: * and not @.": lambda c, f, i, g: f @ c + i @ g,
        "What is kept and what is written are multiplied; they add up.": lambda c, f, i, g: f * c * i * g,
        "You add the gates; they multiply.": lambda c, f, i, g: c + f + i + g,
    },
    axes=("batch", "units"),
    hints=(
        "Two things are added: what is kept of the old cell state, and what is written.",
        "The forget gate multiplies the old cell state, the input gate the candidate, entry by entry.",
    ),
    right="It is a sum: the old state comes through multiplied by f alone, with no tanh and no matrix in between.",
)


def _lstm_step(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    return lstm(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias)


def _interleaved(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    columns = np.arange(len(bias)).reshape(-1, 4).T.ravel()  # 0, 4, 8, ..., 1, 5, 9, ...
    return lstm(inputs, hidden_state, cell_state, kernel[:, columns], recurrent_kernel[:, columns], bias[columns])


_ORDERS = [", ".join(order) for order in permutations("ifco") if "".join(order) not in ("ifco", "fico", "cifo")]


def _without_input_gate(inputs, hidden_state, cell_state, kernel, recurrent_kernel, bias):
    units = hidden_state.shape[1]
    open_wide = np.where(np.arange(4 * units) < units, 0, 1)  # no weights in the first block, and a bias of 50
    return lstm(
        inputs,
        hidden_state,
        cell_state,
        *(w * open_wide for w in (kernel, recurrent_kernel)),
        np.where(open_wide, bias, 50),
    )


check_step = book.function(
    "step",
    _lstm_step,
    draw=draw_lstm,
    mutants={
        "Forget gate and input gate are swapped: Keras's order is i, f, c, o, so the forget gate is the second "
        "block.": partial(lstm, order="fico"),
        "The candidate goes through a sigmoid. It takes a tanh, so that it can write negative numbers as "
        "well.": partial(lstm, candidate=sigmoid),
        "The candidate has no tanh. Without one a single step can write any amount.": (partial(lstm, candidate=linear)),
        "The tanh at the output is left out: the hidden state is o · tanh(c).": partial(lstm, output=linear),
        "You multiply by 1 − f. A forget gate of 1 keeps the old cell state.": (partial(lstm, keep=lambda f: 1 - f)),
        "The bias is left out.": lambda x, h, c, w, u, b: lstm(x, h, c, w, u, 0),
        "The old hidden state is left out: add hidden_state @ recurrent_kernel.": (
            lambda x, h, c, w, u, b: lstm(x, 0 * h, c, w, u, b)
        ),
        "Gates multiply elementwise, each unit by its own: * and not @.": lambda x, h, c, w, u, b: (h @ c, c),
        "The two results are swapped: return (hidden_state, cell_state).": lambda *a: lstm(*a)[::-1],
        "The input gate is left out: the cell state takes i · candidate, not the candidate whole.": _without_input_gate,
        "The output gate is left out: the hidden state is o · tanh(c).": (
            lambda *a: (np.tanh(lstm(*a)[1]), lstm(*a)[1])
        ),
        "You take the candidate from the first block. Keras's order is i, f, c, o.": partial(lstm, order="cifo"),
        "Your blocks are every fourth column. They lie side by side: np.split(z, 4, axis=1).": _interleaved,
        "The gates have no sigmoid. A gate is a share between 0 and 1.": partial(lstm, gate=linear),
        "The gates go through a tanh. A gate is a share between 0 and 1: a sigmoid.": (partial(lstm, gate=np.tanh)),
        "The gates are hard sigmoids, made of straight lines. Keras's LSTM takes the smooth one by default.": (
            partial(lstm, gate=hard_sigmoid)
        ),
        "You add 1 to the forget gate. Keras starts the forget bias at 1; what training made of it is in `bias`.": (
            lambda x, h, c, w, u, b: lstm(x, h, c, w, u, raised(b))
        ),
        "The hidden state is made from the old cell state; update the cell state first.": (
            partial(lstm, shown=lambda old, new: old)
        ),
        **{
            f"The blocks are in the wrong order: you take them as {order}. Keras's order is i, f, c, o.": partial(
                lstm, order=order.replace(", ", "")
            )
            for order in _ORDERS
        },
    },
    outputs=("hidden_state", "cell_state"),
    axes=("batch", "units"),
    hints=(
        "z = inputs @ kernel + hidden_state @ recurrent_kernel + bias has four blocks of columns: "
        "np.split(z, 4, axis=1).",
        "Sigmoid for blocks 0, 1 and 3 (i, f, o), tanh for block 2 (the candidate).",
        "cell_state = f * cell_state + i * candidate, and then hidden_state = o * np.tanh(cell_state).",
    ),
    right="That is the whole cell, and it agrees with Keras's.",
)


def _count(features, units, blocks=4, bias=1):
    return blocks * ((features + units) * units + bias * units)


check_count = book.function(
    "count",
    _count,
    draw=lambda rng: (int(rng.integers(3, 9)), int(rng.integers(10, 20))),
    mutants={
        "This is one block. An LSTM has four: three gates and the candidate.": partial(_count, blocks=1),
        "You count three blocks: the candidate has weights too.": partial(_count, blocks=3),
        "The biases are missing: one for each unit of each block.": partial(_count, bias=0),
        "You count two biases for each block, as PyTorch has. Keras's LSTM has one.": partial(_count, bias=2),
        "The recurrent kernel is missing: units × 4 units weights.": lambda d, u: 4 * (d * u + u),
        "The recurrent kernel is (units, 4 units): one hidden state comes in, four blocks go out.": (
            lambda d, u: 4 * (d * u + u) + (4 * u) ** 2
        ),
        "The recurrent kernel lacks its factor 4: one block of (units, units) for each of the four.": (
            lambda d, u: 4 * (d * u + u) + u * u
        ),
        "Units and features are swapped: the recurrent kernel is square in the units.": lambda d, u: _count(u, d),
        "You count the bias once; each of the four blocks has its own.": lambda d, u: 4 * (d + u) * u + u,
    },
    hints=(
        "One block has a SimpleRNN's weights: (features + units) * units + units.",
        "How many blocks are there? Three gates are not all.",
    ),
    right="Four times a SimpleRNN of the same size: compare the two at equal parameters, not at equal units.",
)


class _Swapped(ValueExercise):
    """A choice for each test; the right ones are found by running the tests with every wrong order of the blocks."""

    def judge(self, answer):
        self.answer = {test: caught(test) for test in TESTS}
        return super().judge(answer)


_EQUAL = "With every weight at 0.1 the four blocks hold the same numbers, so it is the same network in any order."
_DIFFERENCES = (
    "The backward pass takes the blocks in the same order as the forward pass, so the two agree with each other, be "
    "the order right or wrong. Finite differences know nothing of Keras."
)

check_swapped = book.add(
    _Swapped(
        name="swapped",
        answer=dict.fromkeys(TESTS),
        choices=("none", "some", "all"),
        mistakes={
            ("equal weights", "some"): _EQUAL,
            ("equal weights", "all"): _EQUAL,
            ("finite differences", "some"): _DIFFERENCES,
            ("finite differences", "all"): _DIFFERENCES,
            (
                "fresh bias",
                "none",
            ): "In the order f, i, c, o the 1 lands on the input gate. What is then kept of the 1 in the cell?",
            ("fresh bias", "all"): "Three of the blocks hold nothing but zeros. What if two of these change places?",
        },
        hints=(
            "A test notices an order only if the blocks that change places differ.",
            "With what does each test compare, and does that take the blocks in the wrong order too?",
        ),
        right=(
            "A test has power only where the blocks differ, and beside a witness with an order of its own. Random "
            "weights against Keras, as in section 9, catch all 23."
        ),
    )
)


def _draw_cell_gradient(rng):
    batch, time, units = distinct(rng, 3)
    time += 3
    return *draw_gates(rng, (batch, time, units), 2), int(rng.integers(1, time - 2))


def _cell_gradient(forget_gates, input_gates, start, shift=1):
    return forget_gates[:, start + shift :].prod(axis=1)


check_cell_gradient = book.function(
    "cell_gradient",
    _cell_gradient,
    draw=_draw_cell_gradient,
    mutants={
        "The index is off by one: cell_state[:, start] has passed its own forget gate already. Begin with the gate of "
        "step start + 1.": partial(_cell_gradient, shift=0),
        "The index is off by one: the gate of step start + 1 is the first to count.": (
            partial(_cell_gradient, shift=2)
        ),
        "The last step is left out: a slice that ends at −1 stops before it.": lambda f, i, s: f[:, s + 1 : -1].prod(
            axis=1
        ),
        "You add the gates. Each step multiplies, so the derivative is their product.": (
            lambda f, i, s: f[:, s + 1 :].sum(axis=1)
        ),
        "You use the input gates. They decide what is written; what is kept is decided by the forget gates.": (
            lambda f, i, s: _cell_gradient(i, f, s)
        ),
        "You multiply by 1 − f. A forget gate of 1 lets everything through.": (
            lambda f, i, s: _cell_gradient(1 - f, i, s)
        ),
        "The product runs over the whole sequence; begin after step start.": lambda f, i, s: f.prod(axis=1),
        "You multiply by the input gates as well. They decide what is added beside the path, not what comes along "
        "it.": lambda f, i, s: _cell_gradient(f * i, i, s),
        "These are the steps up to start; the state after it passes the gates of the later ones.": (
            lambda f, i, s: f[:, : s + 1].prod(axis=1)
        ),
    },
    axes=("batch", "units"),
    hints=(
        "c_t = f_t c_{t−1} + …: the derivative of c_t with respect to c_{t−1} is f_t.",
        "np.prod takes an axis; the steps are start + 1, start + 2, … to the last.",
    ),
    right="A product of gates that the network sets itself can stay near 1; a product of Jacobians rarely does.",
)


def _observe_bit(answer):
    """Return True for a gate that keeps and drops as it should; raise `NotYet` with what it does otherwise."""
    if not isinstance(answer, tuple | list | np.ndarray) or len(answer) != 2:
        raise NotYet("Your function has to return two numbers: weight and bias.")
    weight, bias = (float(number) for number in answer)
    with np.errstate(over="ignore"):  # far below zero exp overflows, and the gate is rightly 0
        kept, reset, swapped = sigmoid(bias) ** 200, sigmoid(weight + bias), sigmoid(weight) ** 200
    if kept > 0.5 and reset < 0.01:
        return True
    found = f"After 200 steps the cell holds {kept:.4g}, after a wipe {reset:.2g}. "
    if swapped > 0.5 and reset < 0.01:
        raise NotYet(f"{found}The two are swapped: return (weight, bias).")
    if bias < 0 < weight:
        raise NotYet(f"{found}The signs are turned round: a forget gate near 1 remembers, one near 0 forgets.")
    if kept > 0.5:
        raise NotYet(f"{found}It keeps the bit, but a wipe does not clear it: weight + bias has to be below −4.6.")
    if 0 <= bias <= 1:
        raise NotYet(
            f"{found}The bias is not the gate's value, it goes through a sigmoid: sigmoid({bias:g}) is "
            f"{sigmoid(bias):.2f}, and that to the power of 200 is next to nothing. Take a larger one."
        )
    raise NotYet(
        f"{found}The bit is worn away: at every step the cell is multiplied by sigmoid({bias:g}) = "
        f"{sigmoid(bias):.6f}. For 200 steps it takes more than 0.996540."
    )


check_keep_a_bit = book.function(
    "keep_a_bit",
    lambda: (-20.0, 10.0),
    observe=_observe_bit,
    hints=(
        "Which b gives sigmoid(b) to the power of 200 above 0.5? The gate has to be above 0.9965.",
        "A bias of 10 keeps nearly everything. At a wipe the sum weight + bias has to be far below zero.",
    ),
    right="Forgetting is a decision that the network takes from its input; keeping is the default that a bias sets.",
)


def _draw_backward(rng):
    shape = distinct(rng, 2)
    return rng.normal(size=shape), rng.normal(size=shape), *draw_gates(rng, shape, 1), rng.normal(size=shape)


def _grad_cell_state(grad_hidden_state, grad_carried, output_gate, cell_state):
    return grad_carried + grad_hidden_state * output_gate * (1 - np.tanh(cell_state) ** 2)


check_backward = book.function(
    "backward",
    _grad_cell_state,
    draw=_draw_backward,
    mutants={
        "The slope of the tanh is missing: from h to c the gradient goes through 1 − tanh(c)².": (
            lambda h, d, o, c: d + h * o
        ),
        "What is carried from the next step is not added: c_t reaches the loss by h_t and by c_{t+1}, and both paths "
        "add up.": lambda h, d, o, c: _grad_cell_state(h, 0, o, c),
        "The slope is 1 − tanh(c)²; you wrote 1 − c². The cell state has not been through the tanh yet.": (
            lambda h, d, o, c: d + h * o * (1 - c**2)
        ),
        "The output gate is missing: h = o · tanh(c), so the gradient with respect to c has a factor o.": (
            lambda h, d, o, c: _grad_cell_state(h, d, 1, c)
        ),
        "The carried gradient goes through the output gate and the slope too. It comes along the cell state, past "
        "both.": lambda h, d, o, c: _grad_cell_state(h + d, 0, o, c),
        "The carried gradient is multiplied by o. It comes along the cell state, past the output gate.": (
            lambda h, d, o, c: _grad_cell_state(h, d * o, o, c)
        ),
        "You multiply by tanh(c); that is the value of the tanh, and the chain rule needs its slope, 1 − "
        "tanh(c)².": lambda h, d, o, c: d + h * o * np.tanh(c),
        "The two paths are multiplied; gradients that come by two paths add up.": (
            lambda h, d, o, c: d * _grad_cell_state(h, 0, o, c)
        ),
        "The slope is 1 − tanh(c)²; the square is missing.": lambda h, d, o, c: d + h * o * (1 - np.tanh(c)),
    },
    axes=("batch", "units"),
    hints=(
        "c_t reaches the loss by two paths: through h_t, and through c_{t+1}. Their gradients add up.",
        "By h_t = o tanh(c_t): grad_hidden_state * output_gate * (1 − tanh(c)²).",
    ),
    right="The carried part has no factor but the forget gate of the next step: the path that need not vanish.",
)


def _gru_step(inputs, hidden_state, kernel, recurrent_kernel, bias):
    return gru(inputs, hidden_state, kernel, recurrent_kernel, bias)


check_gru_step = book.function(
    "gru_step",
    _gru_step,
    draw=draw_gru,
    mutants={
        "You swap z and 1 − z: in Keras's GRU z keeps the old state, and 1 − z takes the candidate.": (
            partial(gru, keep=lambda z: 1 - z)
        ),
        "You reset the state before the product, (r · h) @ U, as in the first paper on the GRU. With "
        "reset_after=True the gate multiplies the product, bias included: r · (h @ U + b).": (
            partial(gru, candidate=lambda x, r, share, h, u, b: np.tanh(x + (r * h) @ u + b))
        ),
        "The reset gate multiplies the product but not its bias: r · (h @ U + b).": (
            partial(gru, candidate=lambda x, r, share, h, u, b: np.tanh(x + r * (h @ u) + b))
        ),
        "The blocks are in the wrong order: Keras's GRU has update gate, reset gate, candidate.": (
            partial(gru, order="rzh")
        ),
        "The recurrent kernel's first two blocks are exchanged: all weights hold update gate, reset gate, candidate.": (
            partial(gru, state_order="rzh")
        ),
        "The reset gate is not used.": partial(gru, candidate=lambda x, r, share, *_: np.tanh(x + share)),
        "The reset gate multiplies the inputs' share as well; it is for the state's share alone.": (
            partial(gru, candidate=lambda x, r, share, *_: np.tanh(r * (x + share)))
        ),
        "The candidate has no tanh around its two shares.": (
            partial(gru, candidate=lambda x, r, share, *_: x + r * share)
        ),
        "The candidate goes through a sigmoid. It takes a tanh, so that it can be negative as well.": (
            partial(gru, candidate=lambda x, r, share, *_: sigmoid(x + r * share))
        ),
        "The candidate is not weighed: it takes the factor 1 − z.": partial(gru, new=lambda z: 1),
        "The old state is left out: it takes the factor z, beside the candidate's 1 − z.": partial(
            gru, old=lambda z: 0
        ),
        "The two biases are swapped: row 0 belongs to the inputs, row 1 to the state.": (
            lambda x, h, w, u, b: gru(x, h, w, u, b[::-1])
        ),
        "The recurrent bias, row 1, is left out.": lambda x, h, w, u, b: gru(x, h, w, u, b * [[1], [0]]),
        "The input bias, row 0, is left out.": lambda x, h, w, u, b: gru(x, h, w, u, b * [[0], [1]]),
    },
    axes=("batch", "units"),
    hints=(
        "Keep the two shares apart: inputs @ kernel + bias[0], and hidden_state @ recurrent_kernel + bias[1].",
        "z and r are sigmoids of the sum of their two shares; the candidate's state share is multiplied by r first.",
    ),
    right="One state, two gates, three quarters of an LSTM's weights.",
)
