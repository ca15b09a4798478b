"""Exercises of notebook 01, *RNN from scratch*."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Notebook, distinct, normal
from lstm_course.exercises.nb01_by_hand import latch_weights, observe_latch, observe_parity, parity_weights

book = Notebook("01", "RNN from scratch")
hint = book.hint


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _step(inputs, hidden_state, kernel, recurrent_kernel, bias, activation=np.tanh):
    return activation(inputs @ kernel + hidden_state @ recurrent_kernel + bias)


check_step = book.function(
    "step",
    _step,
    draw=normal("bf", "bu", "fu", "uu", "u"),
    mutants={
        "The bias is left out: add it to both products before the tanh.": lambda *a: _step(*a[:-1], 0),
        "The tanh is left out. Without it the state can grow without bound, and the whole network is linear.": partial(
            _step, activation=lambda x: x
        ),
        "You squash with a sigmoid. The cell uses tanh, whose values lie between −1 and 1.": (
            partial(_step, activation=_sigmoid)
        ),
        "The old hidden state is not used: every step starts afresh, and nothing is remembered.": (
            lambda x, h, w, u, b: np.tanh(x @ w + b)
        ),
        "You add the bias after the tanh; it belongs inside.": lambda *a: _step(*a[:-1], 0) + a[-1],
        "The recurrent kernel is transposed: it is hidden_state @ recurrent_kernel.": (
            lambda x, h, w, u, b: _step(x, h, w, u.T, b)
        ),
        "The old hidden state is added as it is; it has to go through the recurrent kernel, hidden_state @ "
        "recurrent_kernel.": lambda x, h, w, u, b: np.tanh(x @ w + h + b),
        "The tanh stands around inputs @ kernel alone. It belongs around the whole sum, so that the state stays "
        "between −1 and 1.": lambda x, h, w, u, b: np.tanh(x @ w) + h @ u + b,
        "Each product goes through a tanh of its own. Add first: there is one tanh, around the whole sum.": (
            lambda x, h, w, u, b: np.tanh(x @ w) + np.tanh(h @ u + b)
        ),
    },
    shapes=(
        "The shapes do not fit. Rows are sequences: inputs (batch, features) @ kernel (features, units), and "
        "hidden_state (batch, units) @ recurrent_kernel (units, units). Look for a transposed, swapped or "
        "reversed product, or for a * where @ belongs."
    ),
    axes=("batch", "units"),
    hints=(
        "inputs @ kernel has shape (batch, units), and so has hidden_state @ recurrent_kernel.",
        "Add the two products and the bias, then apply np.tanh to the sum.",
    ),
    right="This one line, used again at every step, is the whole of a recurrent layer.",
)


def _loop(inputs, kernel, recurrent_kernel, bias, carry=True, first=0):
    hidden_state = np.zeros((inputs.shape[0], len(bias)))
    states = []
    for step in range(first, inputs.shape[1]):
        new_state = _step(inputs[:, step], hidden_state, kernel, recurrent_kernel, bias)
        hidden_state = new_state if carry else hidden_state
        states.append(new_state)
    return np.stack(states, axis=1)


check_loop = book.function(
    "loop",
    _loop,
    draw=normal("btf", "fu", "uu", "u"),
    mutants={
        "The loop runs over the batch: time is axis 1 of the inputs, so step t is inputs[:, t].": (
            lambda x, w, u, b: _loop(x.swapaxes(0, 1), w, u, b).swapaxes(0, 1)
        ),
        "Your result has time first: np.stack(states, axis=1) gives (batch, time, units).": (
            lambda x, w, u, b: _loop(x, w, u, b).swapaxes(0, 1)
        ),
        "The numbers are right and in the wrong places: reshape fills row by row and swaps no axes. The list has time "
        "first; np.stack(states, axis=1) makes (batch, time, units).": (
            lambda x, w, u, b: _loop(x, w, u, b).swapaxes(0, 1).reshape(*x.shape[:2], len(b))
        ),
        "The loop runs over the batch, and so does the stacking. Time is axis 1, before and after.": (
            lambda x, w, u, b: _loop(x.swapaxes(0, 1), w, u, b)
        ),
        "Every step shows the last state: the list holds one array many times, and each step writes over it. "
        "Make a new array at each step: hidden_state = ..., not hidden_state[:] = ...": (
            lambda x, w, u, b: np.repeat(_loop(x, w, u, b)[:, -1:], x.shape[1], axis=1)
        ),
        "The first step is skipped: the loop has to start at step 0.": partial(_loop, first=1),
        "The state is not carried on: each step gets the zeros of the start, not the state of the step "
        "before.": partial(_loop, carry=False),
        "You read the sequence backwards, from the last step to the first.": (
            lambda x, w, u, b: _loop(x[:, ::-1], w, u, b)
        ),
        "You read the sequence backwards, from the last step to the first, and put the states in the order of "
        "time.": lambda x, w, u, b: _loop(x[:, ::-1], w, u, b)[:, ::-1],
        "The first step is read twice: the state before the loop is that of step 0 already. Start from zeros.": (
            lambda x, w, u, b: _loop(np.concatenate([x[:, :1], x], axis=1), w, u, b)[:, 1:]
        ),
        "Each sequence goes on from the last state of the one before it. Every row starts from zeros of its own.": (
            lambda x, w, u, b: _loop(x.reshape(1, -1, x.shape[2]), w, u, b).reshape(*x.shape[:2], len(b))
        ),
        "This is the last state alone; the task asks for the state after every step.": (
            lambda x, w, u, b: _loop(x, w, u, b)[:, -1]
        ),
        "The states begin with the zeros of the start; the first state wanted is the one after step 0.": (
            lambda x, w, u, b: np.pad(_loop(x, w, u, b)[:, :-1], ((0, 0), (1, 0), (0, 0)))
        ),
    },
    shapes=(
        "The shapes do not fit. Time is axis 1 of the inputs: step t is inputs[:, t], of shape (batch, features), "
        "while `for x_t in inputs` runs over the batch. The state beside it has the shape (batch, units)."
    ),
    axes=("batch", "time", "units"),
    hints=(
        "The state starts as np.zeros((batch, units)).",
        "for t in range(time): compute the new state from inputs[:, t] and the old one, and append it to a list.",
        "np.stack(states, axis=1) makes (batch, time, units) of a list of (batch, units).",
    ),
    right="The same three arrays serve a sequence of any length: that is what sharing weights over time means.",
)


def _count(features, units, bias=1):
    return units * (features + units + bias)


check_count = book.function(
    "count",
    _count,
    draw=lambda rng: tuple(distinct(rng, 2)),
    mutants={
        "The biases are missing: one for each unit.": partial(_count, bias=0),
        "The recurrent kernel is missing: units × units weights from the state to itself.": (lambda d, u: d * u + u),
        "This is the kernel alone; the recurrent kernel and the biases are missing.": lambda d, u: d * u,
        "The kernel is missing: features × units weights from the input to the state.": lambda d, u: u**2 + u,
        "There is one bias for each unit, not one alone.": lambda d, u: d * u + u * u + 1,
        "Features and units are swapped: the state has `units` numbers.": lambda d, u: d * (u + d + 1),
        "Keras's SimpleRNN has one bias vector; you count two.": partial(_count, bias=2),
    },
    hints=(
        "Three arrays: kernel (features, units), recurrent_kernel (units, units), bias (units,).",
        "The length of the sequence is not among the arguments. Why is it not needed?",
    ),
    right="The length of the sequence appears nowhere: ten steps cost as many weights as a thousand.",
)


def _draw_masked_step(rng):
    batch, units = distinct(rng, 2)
    mask = rng.permutation(np.arange(batch + 2) % 2 == 0)
    return rng.normal(size=(batch + 2, units + 5)), rng.normal(size=(batch + 2, units + 5)), mask


def _masked_step(new_state, old_state, mask):
    return np.where(mask[:, None], new_state, old_state)


check_masked_step = book.function(
    "masked_step",
    _masked_step,
    draw=_draw_masked_step,
    also=[(np.full((3, 4), 0.5), np.full((3, 4), -0.5), np.full(3, word)) for word in (True, False)],
    mutants={
        "The mask is upside down: where it is True stands a word, and the new state counts.": (
            lambda new, old, mask: _masked_step(new, old, ~mask)
        ),
        "At a pad you set the state to zero, which forgets the sequence; repeat the old state.": (
            lambda new, old, mask: new * mask[:, None]
        ),
        "The mask is not used: a pad changes the state like a word.": lambda new, old, mask: new,
        "You always keep the old state, so nothing is ever read.": lambda new, old, mask: old,
        "You decide once for the whole batch, by whether any row has a word. Each row decides for itself.": (
            lambda new, old, mask: new if mask.any() else old
        ),
        "You decide once for the whole batch, by whether all rows have a word. Each row decides for itself.": (
            lambda new, old, mask: new if mask.all() else old
        ),
        "You add the old state everywhere; at a word the new state alone counts.": (
            lambda new, old, mask: new * mask[:, None] + old
        ),
        "The mask, of shape (batch,), does not fit states of shape (batch, units): mask[:, None] does.": (
            lambda new, old, mask: np.where(mask, new, old)
        ),
        "The mask, of shape (batch,), does not fit (batch, units): multiply by mask[:, None].": (
            lambda new, old, mask: mask * new + (1 - mask) * old
        ),
    },
    axes=("batch", "units"),
    hints=(
        "np.where(condition, a, b) takes a where the condition is True and b elsewhere.",
        "The condition needs the shape (batch, 1): mask[:, None].",
    ),
    right="With it the padding leaves no trace, wherever it stands: this is all that a Keras mask does to an RNN.",
)


def _draw_last_words(rng):
    batch, units = distinct(rng, 2)
    time = 9
    return rng.normal(size=(batch, time, units)), rng.permutation([1, time, *range(2, time)])[:batch]


def _last_words(states, lengths, shift=1):
    return states[np.arange(len(states)), (lengths - shift) % states.shape[1]]


check_last_words = book.function(
    "last_words",
    _last_words,
    draw=_draw_last_words,
    mutants={
        "This is the state after the last step, padding included: the network has gone on reading pads.": (
            lambda s, n: s[:, -1]
        ),
        "The index is off by one: a sequence of length n ends with step n − 1, and states[:, n] is a pad.": (
            lambda s, n: s[np.arange(len(s)), n]
        ),
        "The index is off by one: you take the state before the last word, at lengths − 2.": (
            partial(_last_words, shift=2)
        ),
        "The index is off by one: each sequence ends with step length − 1.": (
            lambda s, n: [state[length] for state, length in zip(s, n, strict=True)]
        ),
        "This is the state after the first step; each sequence's last word stands at step length − 1.": (
            lambda s, n: s[:, 0]
        ),
        "This is the mean over the words; the last word's state alone is wanted.": (
            lambda s, n: [state[:length].mean(0) for state, length in zip(s, n, strict=True)]
        ),
        "This is the sum over all steps; the last word's state alone is wanted.": lambda s, n: s.sum(1),
        "You take the shortest length for every row. Each row has a length of its own.": (
            lambda s, n: s[:, n.min() - 1]
        ),
        "You count from the end: −length is that many steps before the last. The padding stands behind.": (
            lambda s, n: s[np.arange(len(s)), -n]
        ),
        "This is the mean over all steps; the last word's state alone is wanted.": lambda s, n: s.mean(1),
        "states[:, lengths] takes for every row all lengths, and each one step too far. Pair each row with its own "
        "index: states[np.arange(batch), lengths - 1].": lambda s, n: s[:, n],
        "states[:, lengths - 1] takes every length from every sequence. Pair them: states[np.arange(batch), lengths - "
        "1].": lambda s, n: s[:, n - 1],
    },
    axes=("batch", "units"),
    hints=(
        "A sequence of length 1 ends with step 0.",
        "Two index arrays of equal length are read in pairs: states[np.arange(batch), lengths - 1].",
    ),
    right="It is what a masked layer returns, and what the layer above needs: one state for the whole sequence.",
)


check_parity = book.function(
    "parity",
    parity_weights,
    observe=observe_parity,
    mutants={
        "Your network says 0 after every step: unit 0 is never more than 1 above unit 1. Either the "
        "thresholds are wrong (unit 0 switches at 0.5, unit 1 at 1.5, and the bias is −8 times that), or "
        "some weights are so small that tanh hardly decides: each holds the factor 8.": (
            partial(parity_weights, bias=-1.0)
        ),
        "Your network repeats the last bit: the recurrent kernel does not bring in the old parity, (unit 0 − unit 1) / "
        "2, or too weakly. It holds the factor 8 like the kernel.": partial(parity_weights, old=0.0),
        "Unit 1 never switches on, so your network computes 'a 1 has been seen'. Unit 1 has to recognise both, the old "
        "parity and the new bit.": partial(parity_weights, both=0.0),
    },
    outputs=("parity",),
    axes=("sequence", "step"),
    hints=(
        "The old parity as 0 or 1 is (unit 0 − unit 1) / 2. The number to decide on is s = bit + old "
        "parity: 0, 1 or 2.",
        "Unit 0 is on when s > 0.5, unit 1 when s > 1.5: tanh(8 (s − 0.5)) and tanh(8 (s − 1.5)).",
        "Row 0 of the recurrent kernel is what unit 0 sends to both units, 8 × 1/2; row 1 is minus that.",
    ),
    right="No window of fixed width can do this for a sequence of any length; two units of state can.",
)


check_window_or_state = book.value(
    "window_or_state",
    {
        "last word is not": "window",
        "an even number of nots": "state",
        "a not anywhere": "state",
        "a not among the last three words": "window",
        "first word equals last word": "state",
    },
    choices=("window", "state"),
    mistakes={
        ("last word is not", "state"): "The last word is always inside the window.",
        ("an even number of nots", "window"): (
            "Take any text, and put one more not in front, where the window no longer reaches. The window "
            "shows the same five words, and the answer has changed."
        ),
        ("a not anywhere", "window"): (
            "Compare 'not a b c d e' with 'x a b c d e': the first of six words has left the window."
        ),
        ("a not among the last three words", "state"): "These three are always among the last five.",
        ("first word equals last word", "window"): (
            "Compare 'good a b c d good' with 'bad a b c d good': the same last five words, two answers."
        ),
    },
    hints=(
        "Look for two texts that agree in their last five words and need different answers. If there are "
        "such texts, no window of five will do.",
        "How far back can the word lie on which the answer depends?",
    ),
    right="What has left the window is gone; a state may keep what follows from it.",
)

check_latch = book.function(
    "latch",
    latch_weights,
    observe=observe_latch,
    outputs=("latch",),
    hints=(
        "From h near 1, any other word gives tanh(recurrent_kernel · 1 + bias), which has to be near 1 again.",
        "Before any not, another word gives tanh(bias), which has to be 0 or less.",
        "From h = −1, a not gives tanh(kernel − recurrent_kernel + bias): let the kernel be the largest.",
    ),
    right="A unit that tells itself to stay on keeps one bit for as long as you like.",
)
