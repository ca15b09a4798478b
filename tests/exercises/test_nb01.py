import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course import cells
from lstm_course.exercises import nb01


def step_by_loops(x, h, w, u, b):
    new = np.zeros((len(x), len(b)))
    for n in range(len(x)):
        for j in range(len(b)):
            total = b[j]
            for i in range(x.shape[1]):
                total += x[n, i] * w[i, j]
            for i in range(len(b)):
                total += h[n, i] * u[i, j]
            new[n, j] = np.tanh(total)
    return new


def step_concatenated(x, h, w, u, b):
    return np.tanh(np.concatenate([x, h], axis=1) @ np.concatenate([w, u]) + b)


def step_einsum(x, h, w, u, b):
    return np.tanh(np.einsum("bf,fu->bu", x, w) + np.einsum("bi,iu->bu", h, u) + b).astype(np.float32)


def loop_over_time(x, w, u, b):
    state = np.zeros((x.shape[0], u.shape[0]), dtype=np.float32)
    out = np.empty((x.shape[0], x.shape[1], u.shape[0]))
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w + state @ u + b)
        out[:, t] = state
    return out


def loop_over_sequences(x, w, u, b):
    result = []
    for sequence in x:
        states = [np.zeros(len(b))]
        for vector in sequence:
            states.append(np.tanh(vector @ w + states[-1] @ u + b))
        result.append(states[1:])
    return result


def loop_time_first(x, w, u, b):
    state, states = 0 * b, []
    for t in range(x.shape[1]):
        state = np.tanh(x[:, t] @ w + state @ u + b)
        states.append(state)
    return np.array(states)


def loop_over_the_batch_axis(x, w, u, b):
    state, states = np.zeros((x.shape[1], len(b))), []
    for step in x:
        state = np.tanh(step @ w + state @ u + b)
        states.append(state)
    return np.array(states)


def loop_whose_items_are_sequences(x, w, u, b):
    state, states = np.zeros((len(x), len(b))), []
    for x_t in x:
        state = np.tanh(x_t @ w + state @ u + b)
        states.append(state)
    return np.stack(states, axis=1)


def loop_from_one(x, w, u, b):
    return loop_over_time(x[:, 1:], w, u, b)


def loop_into_one_array(x, w, u, b):
    state, states = np.zeros((len(x), len(b))), []
    for t in range(x.shape[1]):
        state[:] = np.tanh(x[:, t] @ w + state @ u + b)
        states.append(state)
    return np.stack(states, axis=1)


def loop_forgetting(x, w, u, b):
    state = np.zeros((len(x), len(b)))
    return np.stack([np.tanh(x[:, t] @ w + state @ u + b) for t in range(x.shape[1])], axis=1)


def masked_by_loop(new, old, mask):
    return [n if m else o for n, o, m in zip(new, old, mask, strict=True)]


def masked_by_arithmetic(new, old, mask):
    keep = mask[:, np.newaxis].astype(float)
    return keep * new + (1 - keep) * old


def masked_in_place(new, old, mask):
    new[~mask] = old[~mask]
    return new


def parity_of_other_gain():
    return [[12, 12]], [[6, 6], [-6, -6]], [-6, -18]


def remembers_any_one():
    return [[8, 0]], [[4, 0], [-4, 0]], [-4, -12]


def repeats_the_last_bit():
    return [[8, 8]], np.zeros((2, 2)), [-4, -12]


CHOICES = {
    "last word is not": "window",
    "an even number of nots": "state",
    "a not anywhere": "state",
    "a not among the last three words": "window",
    "first word equals last word": "state",
}

RIGHT = [
    ("step", step_by_loops),
    ("step", step_concatenated),
    ("step", step_einsum),
    ("loop", loop_over_time),
    ("loop", loop_over_sequences),
    ("count", lambda d, u: sum(np.prod(s) for s in [(d, u), (u, u), (u,)])),
    ("masked_step", masked_by_loop),
    ("masked_step", masked_by_arithmetic),
    ("masked_step", masked_in_place),
    ("last_words", lambda s, n: [s[i, k - 1] for i, k in enumerate(n)]),
    ("last_words", lambda s, n: np.take_along_axis(s, n[:, None, None] - 1, axis=1)[:, 0]),
    ("parity", parity_of_other_gain),
    ("window_or_state", CHOICES),
    ("latch", lambda: (3, 1.1, 0)),
    ("latch", lambda: (10, 2, -0.5)),
    ("latch", lambda: [np.array([[10.0]]), np.array([[4.0]]), np.array([-1.0])]),
]

WRONG = [
    ("step", lambda x, h, w, u, b: np.tanh(x @ w + h @ u), "The bias is left out"),
    ("step", lambda x, h, w, u, b: x @ w + h @ u + b, "The tanh is left out."),
    ("step", lambda x, h, w, u, b: 1 / (1 + np.exp(-(x @ w + h @ u + b))), "You squash with a sigmoid."),
    ("step", lambda x, h, w, u, b: np.tanh(x @ w + b), "The old hidden state is not used"),
    ("step", lambda x, h, w, u, b: np.tanh(x @ w) + np.tanh(h @ u) + b, "The result[0, 0] is"),
    ("loop", loop_time_first, "Your result has time first"),
    ("loop", loop_over_the_batch_axis, "The loop runs over the batch"),
    ("loop", loop_whose_items_are_sequences, "Time is axis 1 of the inputs: step t is inputs[:, t]"),
    ("loop", lambda x, w, u, b: loop_over_time(x, w.T, u, b), "The shapes do not fit."),
    ("loop", loop_from_one, "The first step is skipped"),
    ("loop", loop_into_one_array, "Every step shows the last state"),
    ("loop", loop_forgetting, "The state is not carried on"),
    ("loop", lambda x, w, u, b: loop_over_time(x, w, u, b)[:, -1], "This is the last state alone"),
    ("loop", lambda x, w, u, b: loop_over_time(x[:, ::-1], w, u, b), "You read the sequence backwards"),
    ("count", lambda d, u: d * u + u * u, "The biases are missing"),
    ("count", lambda d, u: u * d, "This is the kernel alone"),
    ("count", lambda d, u: d * u + u, "The recurrent kernel is missing"),
    ("count", lambda d, u: d * u + u * u + 1, "There is one bias for each unit"),
    ("masked_step", lambda n, o, m: n * m[:, None], "At a pad you set the state to zero"),
    ("masked_step", lambda n, o, m: np.where(m[:, None], o, n), "The mask is upside down"),
    ("masked_step", lambda n, o, m: np.where(m, n, o), "does not fit states of shape (batch, units)"),
    ("last_words", lambda s, n: s[:, -1, :], "This is the state after the last step"),
    (
        "last_words",
        lambda s, n: np.array([x[k] for x, k in zip(s, n, strict=True)]),
        "each sequence ends with step length − 1",
    ),
    ("last_words", lambda s, n: s[:, n], "states[:, lengths] takes for every row all lengths"),
    ("last_words", lambda s, n: s[np.arange(len(s)), n], "The index is off by one"),
    ("last_words", lambda s, n: s[:, n - 1], "takes every length from every sequence"),
    ("parity", remembers_any_one, "'a 1 has been seen'"),
    ("parity", repeats_the_last_bit, "Your network repeats the last bit"),
    (
        "parity",
        lambda: ([[8, 8]], [[8, 8], [-8, -8]], [-4, -12]),
        "is 2 times too large beside",
    ),
    ("parity", lambda: ([[8, 8]], [[4, 4], [4, 4]], [-4, -12]), "Both units send plus"),
    ("parity", lambda: ([[8, 8]], [[-4, -4], [4, 4]], [-4, -12]), "The signs of the recurrent kernel are reversed"),
    ("parity", lambda: ([[8, 8]], [[4, 4], [-4, -4]], [4, 12]), "the thresholds are wrong"),
    (
        "parity",
        lambda: ([[8, 8]], [[0.5, 0.5], [-0.5, -0.5]], [-4, -12]),
        "recurrent_kernel has the right pattern",
    ),
    ("parity", lambda: ([[8, 8]], [[0.5, 0.5], [-0.5, -0.5]], [-4, -12]), "is 8 times too small"),
    ("parity", lambda: ([[8, 8]], [[4, 0], [0, -4]], [-4, -12]), "The recurrent kernel is diagonal"),
    ("parity", lambda: ([[8, 8]], [[4, -4], [4, -4]], [-4, -12]), "The recurrent kernel is transposed"),
    (
        "parity",
        lambda: ([[1, 1]], [[4, 4], [-4, -4]], [-4, -12]),
        "kernel has the right pattern and is 8 times",
    ),
    (
        "parity",
        lambda: ([[8, 8]], [[4, 4], [-4, -4]], [-0.5, -1.5]),
        "bias has the right pattern",
    ),
    ("parity", lambda: ([[1, 1]], [[0.5, 0.5], [-0.5, -0.5]], [-0.5, -1.5]), "g = 1 is too gentle"),
    ("parity", lambda: ([[8, 8]], [[0.1, 0.3], [-0.2, 0]], [-4, -12]), "or too weakly"),
    (
        "parity",
        lambda: (np.ones((2, 1)), np.ones((2, 2)), np.ones(2)),
        "kernel has shape (2, 1); expected (1, 2).",
    ),
    ("parity", lambda: np.ones((1, 2)), "has to return three arrays"),
    ("window_or_state", CHOICES | {"last word is not": "state"}, "always inside the window"),
    ("window_or_state", CHOICES | {"an even number of nots": "window"}, "put one more not in front"),
    ("window_or_state", CHOICES | {"a not anywhere": "window"}, "the first of six words has left"),
    ("window_or_state", CHOICES | {"a not among the last three words": "state"}, "among the last five"),
    ("window_or_state", CHOICES | {"first word equals last word": "window"}, "two answers"),
    (
        "latch",
        lambda: (3, 0.5, 0),
        "The not is forgotten: the state is 1.00 when it is read, and 0.46 at word 1",
    ),
    ("latch", lambda: (10, 2, -0.6), "0.41 at word 10 after it. To stay on, some h above 0.5 must not fall"),
    ("latch", lambda: (3, 1.05, 0), "With bias 0 that takes a recurrent_kernel of about 1.1 or more"),
    ("latch", lambda: (6.418, 4, -1.8), "a state of at least 0.64 would last"),
    ("latch", lambda: (10, 4, 1), "Without any not the state rises above 0.5"),
    ("latch", lambda: (10, -4, -1), "recurrent_kernel is negative"),
    ("latch", lambda: (-10, 4, -1), "kernel is negative: a not pushes the state down"),
    ("latch", lambda: (1, 4, -1), "from -1.00 only to -1.00"),
    ("latch", lambda: (10, np.nan, 1), "recurrent_kernel is nan; expected a finite number"),
    ("latch", lambda: (np.ones((1, 2)), 1, 1), "kernel has shape (1, 2)"),
    ("latch", lambda: (1, 2), "has to return three numbers: kernel, recurrent_kernel, bias"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize(
    "answer",
    [
        lambda x, h, w, u, b: np.tanh(x @ u + h @ w + b),
        lambda x, h, w, u, b: np.tanh(x @ w.T + h @ u.T + b),
        lambda x, h, w, u, b: np.tanh(x @ w + u @ h + b),
        lambda x, h, w, u, b: np.tanh(w @ x + u @ h + b),
        lambda x, h, w, u, b: np.tanh(np.dot(w, x) + h @ u + b),
        lambda x, h, w, u, b: np.tanh(x @ w + h * u + b),
        lambda x, h, w, u, b: np.tanh(w.T @ x.T + u.T @ h.T + b),
    ],
)
def test_a_product_whose_shapes_do_not_fit_gets_no_guess_at_one_cause(said, answer):
    """Several mistakes raise the very same error, so the advice names them all and claims none."""
    text = said("step", answer)
    assert text.startswith("✗ Not yet. Your function stopped with ValueError")
    assert "The shapes do not fit." in text
    assert "transposed, swapped or reversed product" in text
    assert "are swapped" not in text
    assert "wrong way round" not in text


def test_an_error_that_is_not_about_shapes_gets_no_word_on_shapes(said):
    def broken(x, h, w, u, b):
        raise ValueError("the film was too long")

    assert "shapes" not in said("step", broken)


def test_the_references_agree_with_the_package():
    for inputs, *weights in nb01.check_loop.inputs():
        cell = cells.SimpleRNN(*weights)
        expected, _ = cell.forward(inputs, return_sequences=True)
        np.testing.assert_allclose(nb01.check_loop.reference(inputs, *weights), expected, atol=1e-12)
        size = sum(array.size for array in weights)
        assert nb01.check_count.reference(*weights[0].shape) == size
