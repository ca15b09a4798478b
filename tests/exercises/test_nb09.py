import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course.exercises import nb09
from lstm_course.exercises.engine.checking import Exercise


def bidirectional_by_shapes(features, units):
    one = sum(int(np.prod(shape)) for shape in [(features, 4 * units), (units, 4 * units), (4 * units,)])
    return {"dense": 2 * units * 1 + 1, "bidirectional": one + one}


def masked_max_by_loops(states, mask):
    return [[max(s[unit] for s, word in zip(row, words, strict=True) if word) for unit in range(row.shape[1])]
            for row, words in zip(states, mask, strict=True)]  # fmt: skip


def masked_max_in_place(states, mask):
    states[~mask] = -1e9
    return states.max(axis=1)


def average_by_weights(history, decay):
    powers = decay ** np.arange(len(history))[::-1]
    powers[1:] *= 1 - decay
    return powers @ history


def average_with_an_update(history, decay):
    average = history[0].astype("float32")
    for row in history:
        average += (1 - decay) * (row - average)
    return average


def worst_perturbation_by_flattening(gradient, vectors, share):
    g, v = gradient.ravel(), vectors.ravel()
    return (share * np.sqrt(v @ v) / np.sqrt(g @ g) * g).reshape(gradient.shape)


def perturbation(g, v, share):
    return share * np.linalg.norm(v) * g / np.linalg.norm(g)


def differ_by_counts(a, b):
    n, only_a, only_b = len(a), np.sum(a & ~b), np.sum(b & ~a)
    d = (only_a - only_b) / n
    error = np.sqrt((only_a + only_b) / n - d**2) / np.sqrt(n)
    return {"high": d + 1.96 * error, "low": d - 1.96 * error, "difference": d}


def differ(a, b, z=1.96, ddof=1, root=0.5):
    d = np.array(a, int) - np.array(b, int)
    half = z * np.std(d, ddof=ddof) / len(d) ** root
    return d.mean(), d.mean() - half, d.mean() + half


def differ_unpaired(a, b):
    p, q, n = a.mean(), b.mean(), len(a)
    half = 1.96 * np.sqrt(p * (1 - p) / n + q * (1 - q) / n)
    return p - q, p - q - half, p - q + half


def ema(history, decay, start=None):
    average = history[0] if start is None else start * np.ones_like(history[0])
    for row in history if start is not None else history[1:]:
        average = decay * average + (1 - decay) * row
    return average


RIGHT = [
    ("leaks", {3, 5, 10, 13, 15}),
    ("leaks", [15, 13, 10, 5, 3, 3]),
    ("leaks", "lines 3, 5, 10, 13 and 15"),
    ("leaks", np.array([3, 5, 10, 13, 15])),
    ("leaks", {"3", "5", "10", "13", "15"}),
    ("curves", {"a": "Regularise", "b": "longer", "c": "larger", "d": " average"}),
    ("bidirectional", bidirectional_by_shapes),
    ("bidirectional", lambda d, u: np.array([8 * u * (d + u + 1), 2 * u + 1])),
    ("masked_max", masked_max_by_loops),
    ("masked_max", masked_max_in_place),
    (
        "masked_max",
        lambda s, m: np.ma.masked_array(s, ~np.broadcast_to(m[..., None], s.shape)).max(1).filled(),
    ),
    ("masked_max", lambda s, m: (s + 10 * m[:, :, None]).max(axis=1) - 10),
    ("masked_max", lambda s, m: np.stack([row[words].max(axis=0) for row, words in zip(s, m, strict=True)])),
    ("average_weights", average_by_weights),
    ("average_weights", average_with_an_update),
    ("worst_perturbation", worst_perturbation_by_flattening),
    ("worst_perturbation", lambda g, v, share: g * (share * np.sqrt(np.sum(v * v) / np.sum(g * g)))),
    ("differ", differ_by_counts),
    ("differ", differ),
    ("differ", lambda a, b: list(differ(a, b, ddof=0))),
]

CURVES = {"a": "regularise", "b": "longer", "c": "larger", "d": "average"}

WRONG = [
    (
        "leaks",
        {3, 5, 10, 13},
        "4 of 5 found, and none that does not belong. Look for one more: Of which model",
    ),
    ("leaks", {3, 2}, "One does not belong. Line 2: It takes doubles and copies of test reviews away"),
    ("leaks", {4, 6, 10}, "2 of your 3 do not belong. Line 4: These are other reviews"),
    ("leaks", {14}, "To measure on the test set is what it is for."),
    ("leaks", {0, 3}, "There is no line 0: they go from 1 to 17."),
    (
        "leaks",
        {3: "vocabulary"},
        "Expected a set of lines, such as {1, 2}; found {3: 'vocabulary'}, of type dict.",
    ),
    ("leaks", True, "Expected a set of lines"),
    (
        "curves",
        CURVES | {"a": "longer"},
        "a: More epochs help where the validation loss is still on its way down.",
    ),
    (
        "curves",
        CURVES | {"c": "regularise"},
        "both losses have come to rest, close together and far above 0.29.",
    ),
    ("curves", CURVES | {"d": "larger"}, "both losses jump from epoch to epoch around a level"),
    ("curves", CURVES | {"b": "stop"}, "b: Expected one of 'regularise', 'longer', 'larger', 'average'"),
    (
        "bidirectional",
        lambda d, u: (8 * (d + u + 1) * u, u + 1),
        "The Dense layer gets both directions' last states",
    ),
    ("bidirectional", lambda d, u: (8 * (d + u + 1) * u, 4 * u + 1), "right behind mean and maximum"),
    ("bidirectional", lambda d, u: (4 * (d + u + 1) * u, 2 * u + 1), "This is one direction. The other has"),
    (
        "bidirectional",
        lambda d, u: (4 * (d + 2 * u + 1) * 2 * u, 2 * u + 1),
        "Your recurrent kernels are too large.",
    ),
    (
        "bidirectional",
        lambda d, u: (8 * (d + u) * u + 4 * u, 2 * u + 1),
        "The second direction has biases too",
    ),
    ("bidirectional", lambda d, u: (8 * (d + u + 1) * u, 2 * u), "The bias of the Dense layer is missing."),
    ("bidirectional", lambda d, u: (2 * u + 1, 8 * (d + u + 1) * u), "The two numbers are swapped"),
    (
        "bidirectional",
        lambda d, u: 8 * (d + u + 1) * u + 2 * u + 1,
        "expected 2 values (bidirectional, dense)",
    ),
    ("bidirectional", lambda d, u: (1 / 0, 1), "stopped with ZeroDivisionError"),
    ("masked_max", lambda s, m: (s * m[:, :, None]).max(axis=1), "The padding counts as zero"),
    ("masked_max", lambda s, m: s.max(axis=1), "The mask is not used"),
    ("masked_max", lambda s, m: masked_max_in_place(s, ~m), "The mask is upside down: it is True at a word."),
    (
        "masked_max",
        lambda s, m: np.where(m[:, :, None], s, -np.inf).max(axis=-1),
        "This is the largest over the units",
    ),
    ("masked_max", lambda s, m: s[m].max(axis=0), "the words of all reviews together"),
    ("masked_max", lambda s, m: np.where(m, s, 0).max(axis=1), "stopped with ValueError"),
    ("masked_max", lambda s, m: np.where(m[:, :, None], s, np.nan).max(axis=1), "is NaN (not a number)"),
    ("average_weights", lambda h, d: ema(h, 1 - d), "decay and 1 − decay are swapped"),
    ("average_weights", lambda h, d: ema(h, d, start=0), "You start from zero, which pulls the average"),
    ("average_weights", lambda h, d: ema(h, d, 0) / (1 - d ** len(h)), "You start from zero and divide by"),
    ("average_weights", lambda h, d: np.mean(h, axis=0), "This is the plain mean"),
    (
        "average_weights",
        lambda h, d: np.mean(h[-int(np.rint(1 / (1 - d))) :], axis=0),
        "You count some of the last updates alike",
    ),
    ("average_weights", lambda h, d: h[-1], "These are the last weights"),
    ("average_weights", lambda h, d: np.mean(h), "The result has shape (); expected"),
    ("average_weights", lambda h, d: h[len(h)], "stopped with IndexError"),
    (
        "worst_perturbation",
        lambda g, v, share: -perturbation(g, v, share),
        "This perturbation lowers the loss.",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: v + perturbation(g, v, share),
        "These are the vectors after the perturbation",
    ),
    ("worst_perturbation", lambda g, v, share: share * g / np.linalg.norm(g), "as long as `share` itself"),
    ("worst_perturbation", lambda g, v, share: share * np.linalg.norm(v) * g, "has to go: divide by it."),
    (
        "worst_perturbation",
        lambda g, v, share: np.stack([perturbation(one, other, share) for one, other in zip(g, v, strict=True)]),
        "Each word gets a perturbation of its own length",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: perturbation(np.sign(g), v, share),
        "The length is right, but the sign",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: np.linalg.norm(v) / np.linalg.norm(g) * g,
        "`share` is missing",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: share * len(v) * g / np.linalg.norm(g),
        "is the number of words",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: share * v * g / np.linalg.norm(g),
        "You multiply by the vectors",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: share * np.linalg.norm(v) * g / np.sum(g**2),
        "The root is missing where you divide",
    ),
    (
        "worst_perturbation",
        lambda g, v, share: share * np.linalg.norm(v) * np.sign(g),
        "has a length of its own",
    ),
    ("worst_perturbation", lambda g, v, share: np.linalg.norm(perturbation(g, v, share)), "has shape ()"),
    ("differ", differ_unpaired, "You treat the two as measured on different reviews."),
    ("differ", lambda a, b: 100 * np.array(differ(a, b)), "Your numbers are per cent; return fractions."),
    ("differ", lambda a, b: differ(a, b, z=1.645), "1.645 leaves 5 % on one side."),
    ("differ", lambda a, b: differ(a, b, z=2), "2 in place of 1.96"),
    ("differ", lambda a, b: differ(b, a), "The sign is turned round"),
    ("differ", lambda a, b: differ(a, b, root=0), "You take the standard deviation of a single difference"),
    ("differ", lambda a, b: differ(a, b, root=1), "Your interval has next to no width."),
    ("differ", lambda a, b: (differ(a, b)[0], differ(a, b)[2], differ(a, b)[1]), "Low and high are swapped."),
    ("differ", lambda a, b: np.mean(a - b), "NumPy does not subtract booleans"),
    ("differ", lambda a, b: np.mean(a) - np.mean(b), "expected 3 values (difference, low, high)"),
    ("differ", lambda a, b: (np.nan,) * 3, "difference is NaN"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize("name", nb09.book.exercises)
def test_a_stub_is_not_attempted(said, name):
    answer = (lambda *given: None) if isinstance(nb09.book.exercises[name], Exercise) else None
    assert said(name, answer).startswith("○ Not attempted yet: ")


def test_every_line_of_the_script_is_numbered_and_judged():
    numbers = [int(line[:2]) for line in nb09.LEAKY_SCRIPT.splitlines()]
    exercise = nb09.check_leaks
    assert numbers == list(range(1, 18)) == sorted([*exercise.belong, *exercise.decoys])
    compile("\n".join(line[4:] for line in nb09.LEAKY_SCRIPT.splitlines()), "script", "exec")


def test_the_curves_show_what_the_diagnoses_say_of_them():
    train, validation = ({k: np.array(c[s]) for k, c in nb09.CURVES.items()} for s in ("train", "validation"))
    assert all(len(losses) == 10 for losses in [*train.values(), *validation.values()])
    assert train["a"][-1] < 0.05
    assert np.argmin(validation["a"]) == 2
    assert (np.diff(validation["a"][2:]) > 0).all()
    assert (np.diff(train["b"])[3:] < -0.02).all()
    assert (np.diff(validation["b"])[3:] < -0.02).all()
    assert np.ptp(train["c"][-4:]) == np.ptp(validation["c"][-4:]) == 0
    assert validation["c"][-1] - train["c"][-1] < 0.02
    assert (np.diff(train["d"])[:-1] * np.diff(train["d"])[1:] < 0).all()
    assert min(losses.min() for losses in validation.values()) > 0.29
    expected = {(letter, r) for letter in nb09.CURVES for r in CURVES.values() if r != CURVES[letter]}
    assert set(nb09.check_curves.mistakes) == expected


def test_keras_counts_as_the_exercise_does():
    from lstm_course.models.quiet import keras

    both, dense = keras.layers.Bidirectional(keras.layers.LSTM(5)), keras.layers.Dense(1)
    keras.Sequential([keras.Input((None, 11)), both, dense])
    assert nb09.check_bidirectional.reference(11, 5) == (both.count_params(), dense.count_params())
