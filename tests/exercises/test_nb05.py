import math

import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course.exercises import nb05
from lstm_course.exercises.nb05_fair_comparison import PROTOCOL


def recall_by_loops(count, lag, symbols, rng):
    inputs, labels = np.zeros((count, lag + 1, symbols), "float32"), []
    for row in range(count):
        for step in range(lag + 1):
            symbol = rng.choice(symbols)
            inputs[row, step, symbol] = 1
            if step == 0:
                labels.append(symbol)
    return inputs, labels


def recall_cue_first(count, lag, symbols, rng):
    labels = rng.integers(0, symbols, count)
    noise = rng.integers(0, symbols, (count, lag))
    numbers = np.concatenate([labels[:, None], noise], axis=1)
    return (numbers[:, :, None] == np.arange(symbols)).astype(int), labels.astype("int32")


def recall_multinomial(count, lag, symbols, rng):
    inputs = rng.multinomial(1, np.full(symbols, 1 / symbols), size=(count, lag + 1))
    return {"labels": inputs[:, 0].argmax(axis=1), "inputs": inputs}


def task(numbers=lambda numbers: numbers, labels=lambda numbers: numbers[:, 0], time=1, least=0, most=0):
    """Return a generator with a mistake: in the symbols that it shows, in its labels, in its steps."""

    def generate(count, lag, symbols, rng):
        drawn = numbers(rng.integers(least, symbols + most, size=(count, lag + time)))
        return np.eye(symbols)[drawn], labels(drawn)

    return generate


def same_cue(numbers):
    numbers[:, 0] = 1
    return numbers


def cue_at_the_end(numbers):
    numbers[:, -1] = numbers[:, 0]
    return numbers


def never_the_cue(count, lag, symbols, rng):
    cue = rng.integers(symbols, size=count)
    others = (cue[:, None] + rng.integers(1, symbols, size=(count, lag))) % symbols
    numbers = np.column_stack([cue, others])
    return np.eye(symbols)[numbers], cue


def only_a_cue(count, lag, symbols, rng):
    inputs, labels = np.zeros((count, lag + 1, symbols)), rng.integers(symbols, size=count)
    inputs[np.arange(count), 0, labels] = 1
    return inputs, labels


def shuffled_deck(count, lag, symbols, rng):
    numbers = np.array([rng.permutation(lag + 1) % symbols for _ in range(count)])
    return np.eye(symbols)[numbers], numbers[:, 0]


def own_generator(count, lag, symbols, rng):
    return nb05.recall(count, lag, symbols, np.random.default_rng(0))


def unseeded(count, lag, symbols, rng):
    return nb05.recall(count, lag, symbols, np.random.default_rng())


def same_noise(count, lag, symbols, rng):
    numbers = np.column_stack([rng.integers(symbols, size=count), np.tile(rng.integers(symbols, size=lag), (count, 1))])
    return np.eye(symbols)[numbers], numbers[:, 0]


def one_noise_symbol(count, lag, symbols, rng):
    cue, noise = rng.integers(symbols, size=(2, count))
    numbers = np.column_stack([cue, *[noise] * lag])
    return np.eye(symbols)[numbers], cue


def uneven(count, lag, symbols, rng):
    numbers = np.minimum(rng.integers(symbols + 1, size=(count, lag + 1)), symbols - 1)
    return np.eye(symbols)[numbers], numbers[:, 0]


def changed(inputs=lambda x: x, labels=lambda y: y):
    def generate(*given):
        x, y = nb05.recall(*given)
        return inputs(x), labels(y)

    return generate


def units_by_formula(parameters, features, cell):
    blocks, biases = {"SimpleRNN": (1, 1), "LSTM": (4, 1), "GRU": (3, 2)}[cell]
    half = (features + biases) / 2
    return math.floor(math.sqrt(half**2 + parameters / blocks) - half + 1e-9)


def units_by_bisection(parameters, features, cell):
    def weights(units):
        shapes = {
            "SimpleRNN": [(features, units), (units, units), (units,)],
            "LSTM": [(features, 4 * units), (units, 4 * units), (4 * units,)],
            "GRU": [(features, 3 * units), (units, 3 * units), (2, 3 * units)],
        }[cell]
        return sum(math.prod(shape) for shape in shapes)

    low, high = 0, parameters
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if weights(middle) <= parameters else (low, middle - 1)
    return low


def units_with(count):
    def units_for(parameters, features, cell):
        return max(u for u in range(1, 500) if count(u, features, cell) <= parameters)

    return units_for


def limit_by_loop(rate, share):
    left, steps = 1.0, 0
    while left >= share:
        left *= rate
        steps += 1
    return steps


def bias_by_bisection(horizon):
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if 1 + math.exp(middle) < horizon else (low, middle)
    return low


def crossing_by_loop(a, r, b, s):
    lag = 0
    while b * s**lag <= a * r**lag:
        lag += 1
    return lag


def interval(accuracies, t=2.776, ddof=1, divisor=5**0.5):
    half = t * np.std(accuracies, ddof=ddof) / divisor
    return np.mean(accuracies) - half, np.mean(accuracies) + half


def interval_by_hand(accuracies):
    mean = sum(accuracies) / 5
    s = math.sqrt(sum((a - mean) ** 2 for a in accuracies) / 4)
    return [mean - 2.7764451 * s / 5**0.5, mean + 2.7764451 * s / 5**0.5]


SUITED = {"a": "bag of words", "b": "RNN", "c": "LSTM", "d": "GRU", "e": "attention"}

RIGHT = [
    ("recall", recall_by_loops),
    ("recall", recall_cue_first),
    ("recall", recall_multinomial),
    ("units_for", units_by_formula),
    ("units_for", units_by_bisection),
    ("lag_limit", limit_by_loop),
    ("lag_limit", lambda rate, share: math.floor(math.log10(share) / math.log10(rate)) + 1),
    ("lag_limit", lambda rate, share: int(np.log2(share) // np.log2(rate)) + 1),
    ("lag_limit", lambda rate, share: math.floor(math.log(share, rate) + 1)),
    ("lag_limit", lambda rate, share: float(np.argmax(rate ** np.arange(5000) < share))),
    ("bias_for", lambda horizon: math.log(horizon - 1)),
    ("bias_for", lambda horizon: math.log((1 - 1 / horizon) * horizon)),
    ("bias_for", lambda horizon: -np.log(1 / (1 - 1 / horizon) - 1)),
    ("bias_for", bias_by_bisection),
    ("crossing_lag", crossing_by_loop),
    ("crossing_lag", lambda a, r, b, s: 1 + math.floor((math.log(a) - math.log(b)) / (math.log(s) - math.log(r)))),
    ("crossing_lag", lambda a, r, b, s: int(np.log10(a / b) / np.log10(s / r)) + 1),
    ("seed_interval", interval_by_hand),
    ("seed_interval", lambda a: (a.mean() - 2.776 * a.std(ddof=1) / 5**0.5, a.mean() + 2.776 * a.std(ddof=1) / 5**0.5)),
    ("seed_interval", lambda a: {"low": interval(a)[0], "high": interval(a)[1]}),
    ("unfair", {"b", "d", "e", "g", "i"}),
    ("unfair", ["B", "i ", "g", "e", "d"]),
    ("unfair", "b d e g i"),
    ("unfair", "b, d, e, g, i"),
    ("unfair", "bdegi"),
    ("unfair", np.array(["i", "g", "e", "d", "b"])),
    ("choose", SUITED),
]

WRONG = [
    (
        "recall",
        lambda n, lag, k, rng: rng.integers(k, size=(n, lag + 1)),
        "expected 2 values (inputs, labels)",
    ),
    ("recall", changed(lambda x: x.argmax(2)), "np.eye(symbols)[numbers] adds the last axis."),
    ("recall", task(time=0), "that makes lag + 1 steps."),
    ("recall", task(time=2), "One step too many"),
    ("recall", changed(lambda x: x.swapaxes(0, 1)), "The batch comes first, then time."),
    (
        "recall",
        changed(lambda x: np.concatenate([x, 0 * x[:, :, :1]], axis=2)),
        "There is no blank in this task",
    ),
    ("recall", changed(lambda x: x * 2), "every step is one-hot"),
    ("recall", changed(lambda x: np.maximum(x, x[:, ::-1])), "holds 2 ones; every step shows one symbol."),
    ("recall", changed(lambda x: x[:5]), "inputs has shape (5, "),
    ("recall", changed(labels=lambda y: np.eye(9)[y][:, :4]), "labels is one-hot, (300, 4)"),
    ("recall", changed(labels=lambda y: y[:, None]), "labels has shape (300, 1); expected (300,)."),
    ("recall", changed(labels=lambda y: y + 1), "The labels are one too large"),
    (
        "recall",
        changed(labels=lambda y: np.where(y > 0, y, 1)),
        "and step 0 of that sequence shows symbol 0.",
    ),
    ("recall", changed(labels=lambda y: None), "labels is None."),
    ("recall", changed(lambda x: x * np.nan), "inputs holds other numbers than 0 and 1"),
    ("recall", task(labels=lambda drawn: drawn), "labels has an entry for every step"),
    ("recall", task(labels=lambda drawn: drawn[:, -1]), "the last: it is in sight when the label is asked"),
    (
        "recall",
        task(labels=lambda drawn: drawn[:, 1]),
        "The labels are the symbols of step 1. The task asks for",
    ),
    ("recall", only_a_cue, "Only step 0 shows a symbol"),
    (
        "recall",
        changed(labels=lambda y: np.random.default_rng(5).permutation(y)),
        "have nothing to do with the",
    ),
    ("recall", task(same_cue), "Every sequence has the same cue at step 0"),
    ("recall", task(lambda drawn: 0 * drawn + drawn[0]), "All sequences are alike"),
    ("recall", task(lambda drawn: 0 * drawn + drawn[:, :1]), "Each sequence shows its cue at every step"),
    (
        "recall",
        task(cue_at_the_end),
        "The cue is in sight again at step 8, the last, when the label is asked",
    ),
    ("recall", task(most=-1), "Symbol 3 never comes."),
    ("recall", task(least=1), "Symbol 0 never comes."),
    ("recall", task(most=1), "IndexError"),
    ("recall", never_the_cue, "shows the cue in 0% of the sequences; by chance it would be 25%"),
    ("recall", same_noise, "After the cue all sequences are alike"),
    ("recall", one_noise_symbol, "After the cue each sequence repeats one symbol"),
    ("recall", uneven, "The symbols are not equally likely at every step"),
    ("recall", own_generator, "Two calls with one generator give the same sequences."),
    ("recall", unseeded, "draw from `rng` and nothing else."),
    ("units_for", units_with(lambda u, d, cell: (u + d + 1) * u), "You count every cell as a SimpleRNN."),
    (
        "units_for",
        units_with(lambda u, d, cell: {"S": 1, "L": 4, "G": 3}[cell[0]] * (u + d + 1) * u),
        "You count the GRU with one bias.",
    ),
    (
        "units_for",
        units_with(lambda u, d, cell: (1 if cell == "SimpleRNN" else 4) * (u + d + 1) * u),
        "You count the GRU like an LSTM.",
    ),
    (
        "units_for",
        units_with(lambda u, d, cell: {"S": 1, "L": 4, "G": 3}[cell[0]] * (u + d) * u),
        "The biases are missing from your count.",
    ),
    ("units_for", lambda *a: units_by_formula(*a) + 1, "One unit too many"),
    ("units_for", lambda *a: units_by_formula(a[0] - 1, *a[1:]), "is allowed as well"),
    ("recall", shuffled_deck, "The later steps show the cue in"),
    ("units_for", lambda p, d, cell: p // (d + 1), "The result is"),
    ("units_for", lambda p, d, cell: np.nan, "The result is NaN"),
    ("units_for", lambda p, d, cell: np.ones(3), "The result has shape (3,); expected ()."),
    ("units_for", lambda p, d, cell: {"rnn": 1}[cell], "KeyError"),
    ("lag_limit", lambda rate, share: int(math.log(share) / math.log(rate)), "One step too few"),
    (
        "lag_limit",
        lambda rate, share: math.ceil(math.log(share) / math.log(rate)),
        "Where log(share) / log(rate) is whole, exactly `share` is left after so many steps",
    ),
    ("lag_limit", lambda rate, share: round(math.log(share, rate)), "You round to the nearest. Less than `share`"),
    ("lag_limit", lambda rate, share: math.log(share) / math.log(rate), "The number of steps is a whole one"),
    (
        "lag_limit",
        lambda rate, share: math.ceil((1 - share) / (1 - rate)),
        "The decay is geometric, not linear",
    ),
    ("lag_limit", lambda rate, share: math.ceil(math.log(rate) / math.log(share)), "logarithms are swapped"),
    ("lag_limit", lambda rate, share: limit_by_loop(rate, 1 - share), "This is the share that is lost"),
    ("lag_limit", lambda rate, share: "31", "The result is of type str; expected numbers."),
    ("bias_for", lambda horizon: 1 - 1 / horizon, "This is the gate."),
    ("bias_for", math.log, "You take ln(horizon)."),
    ("bias_for", lambda horizon: math.log(1 / (horizon - 1)), "forgets at once"),
    ("bias_for", lambda horizon: np.log10(horizon - 1), "belongs to the base e:"),
    ("bias_for", lambda horizon: horizon - 1, "which is e to the power of the bias"),
    ("bias_for", lambda horizon: math.log(1 / (2 ** (1 / horizon) - 1)), "half is left after so many steps"),
    ("bias_for", lambda horizon: math.log(1 / (math.exp(1 / horizon) - 1)), "the share 1/e is left"),
    ("crossing_lag", lambda *a: crossing_by_loop(*a) - 1, "One lag too small"),
    (
        "crossing_lag",
        lambda a, r, b, s: math.ceil(math.log(a / b) / math.log(s / r)),
        "Where your quotient is whole, the two are equally large at that lag",
    ),
    ("crossing_lag", lambda a, r, b, s: math.log(a / b) / math.log(s / r), "The lag is a whole number"),
    ("crossing_lag", lambda a, r, b, s: crossing_by_loop(1, r, 1, s), "The starts are left out"),
    ("crossing_lag", lambda a, r, b, s: math.ceil((a - b) / (s - r)), "You treat the decay as linear."),
    (
        "crossing_lag",
        lambda a, r, b, s: math.ceil(math.log(b / a) / math.log(r)),
        "one rate's logarithm alone",
    ),
    ("crossing_lag", lambda a, r, b, s: math.log(a - r), "The result is"),
    ("seed_interval", lambda a: interval(a, t=1.96), "1.96 belongs to the normal distribution"),
    ("seed_interval", lambda a: interval(a, ddof=0), "np.std divides by n unless told otherwise"),
    ("seed_interval", lambda a: interval(a, t=1.96, ddof=0), "Two things make your interval too narrow"),
    (
        "seed_interval",
        lambda a: interval(a, divisor=1),
        "You take the standard deviation of the seeds for that of",
    ),
    ("seed_interval", lambda a: interval(a, divisor=5), "You divide by 5; the standard error has sqrt(5)."),
    ("seed_interval", lambda a: interval(a, divisor=2), "You divide by sqrt(4)."),
    ("seed_interval", lambda a: interval(a)[::-1], "Low and high are swapped."),
    ("seed_interval", lambda a: (min(a), max(a)), "These are the worst and the best seed"),
    ("seed_interval", lambda a: interval(a)[0], "expected 2 values (low, high)"),
    ("seed_interval", lambda a: (np.nan, np.nan), "low is NaN"),
    ("unfair", {"b", "d", "a"}, "One does not belong. Letter a: Every cell has to start somewhere"),
    ("unfair", "abcdefghi", "4 of your 9 do not belong. Letter a"),
    (
        "unfair",
        {"b", "d", "g"},
        "3 of 5 found, and none that does not belong. Look for one more: Does each network",
    ),
    ("unfair", {"b", "z"}, "There is no letter z: they go from a to i."),
    (
        "unfair",
        {"b": True},
        "Expected a set of letters, such as {'a', 'c'}; found {'b': True}, of type dict.",
    ),
    ("unfair", 3.5, "Expected a set of letters"),
    ("unfair", len, "Expected a set of letters"),
    ("choose", SUITED | {"c": "gru"}, "c: On twins it guessed, on most seeds, at 20 words"),
    ("choose", SUITED | {"c": "bag of words"}, "The order of the words is what it throws away"),
    ("choose", SUITED | {"d": "lstm"}, "One gated cell does it with three."),
    ("choose", SUITED | {"a": "transformer"}, "a: Expected one of 'bag of words', 'rnn',"),
    ("choose", SUITED | {"e": None}, "Right so far; still without an answer: e."),
]

STUBS = [
    ("recall", lambda count, lag, symbols, rng: (None, None)),
    ("units_for", lambda parameters, features, cell: None),
    ("unfair", None),
    ("unfair", set()),
    ("unfair", []),
    ("unfair", ""),
    ("unfair", {None}),
    ("choose", dict.fromkeys("abcde")),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize(("name", "answer"), STUBS)
def test_a_stub_is_not_attempted(said, name, answer):
    assert said(name, answer).startswith("○ Not attempted yet: ")


def test_every_situation_explains_every_other_model():
    exercise = nb05.check_choose
    expected = {(s, m) for s in exercise.answer for m in exercise.choices if m != exercise.answer[s]}
    assert set(exercise.mistakes) == expected


def test_every_sentence_of_the_protocol_is_judged():
    exercise = nb05.check_unfair
    assert sorted([*exercise.belong, *exercise.decoys]) == sorted(PROTOCOL)


@pytest.mark.parametrize("cell", ["SimpleRNN", "LSTM", "GRU"])
def test_keras_counts_as_the_exercise_does(cell):
    from lstm_course.models.quiet import keras

    units = 9
    layer = getattr(keras.layers, cell)(units)
    layer.build((None, None, 5))
    weights = layer.count_params()
    assert nb05.check_units_for.reference(weights, 5, cell) == units
    assert nb05.check_units_for.reference(weights - 1, 5, cell) == units - 1


@pytest.mark.parametrize("seed", range(30))
def test_a_right_generator_is_never_called_unlikely(seed):
    rng = np.random.default_rng(seed)
    given = 300, int(rng.integers(2, 12)), int(rng.integers(2, 7)), rng
    assert nb05.observe_recall(nb05.recall(*given), *given) == 1


@pytest.mark.parametrize("seed", range(30))
def test_the_gradients_cross_where_the_loop_says(seed):
    given = nb05.check_crossing_lag.draw(np.random.default_rng(seed))
    assert nb05.check_crossing_lag.reference(*given) == crossing_by_loop(*given) >= 2
