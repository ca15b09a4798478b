"""Exercises of notebook 05, *RNN, LSTM or GRU?*."""

from functools import partial
from math import ceil, exp, floor, log

import numpy as np

from lstm_course.exercises.engine.checking import Exercise, Notebook
from lstm_course.exercises.engine.choosing import SetExercise
from lstm_course.exercises.nb05_fair_comparison import MODELS, SITUATIONS, SPOILS, SPOILS_NOT, SUITED, WHY_NOT
from lstm_course.exercises.nb05_fair_comparison import PROTOCOL as PROTOCOL  # shown by the notebook
from lstm_course.exercises.nb05_recall import RecallExercise, observe_recall, recall

book = Notebook("05", "RNN, LSTM or GRU?")
hint = book.hint

check_recall = book.add(
    RecallExercise(
        name="recall",
        draw=lambda rng: (300, int(rng.integers(4, 9)), int(rng.integers(3, 6)), np.random.default_rng(rng)),
        reference=recall,
        observe=observe_recall,
        hints=(
            "rng.integers(symbols, size=(count, lag + 1)) draws all symbols of all sequences.",
            "np.eye(symbols)[numbers] makes them one-hot, on one more axis.",
            "The labels are the numbers at step 0: numbers[:, 0].",
        ),
        right="Everything between the cue and the end is noise, so only what the state kept for `lag` steps can help.",
    )
)

_BLOCKS = {"SimpleRNN": (1, 1), "LSTM": (4, 4), "GRU": (3, 6)}  # products, biases for each unit


def _count(features, units, cell, blocks=_BLOCKS, recurrent=1, bias=1):
    products, biases = blocks[cell]
    return products * (features + recurrent * units) * units + bias * biases * units


def _units(parameters, features, cell, **mistake):
    units = 1
    while _count(features, units, cell, **mistake) <= parameters:
        units += 1
    return units - 1


def _draw_budget(rng, cell, share):
    """Return a budget that exceeds a whole layer by this share of what one more unit takes."""
    features, units = int(rng.integers(3, 9)), int(rng.integers(9, 20))
    least, most = (_count(features, u, cell) for u in (units, units + 1))
    return min(least + int(share * (most - least)), most - 1), features, cell


class _BudgetExercise(Exercise):
    """Its draws bring every cell with a budget that is just enough, half-way and just not enough for one more."""

    def inputs(self):
        rng = np.random.default_rng(0)
        return [self.draw(rng, cell, share) for share in (0, 0.52, 1) for cell in _BLOCKS]

    def further(self):
        return []


def _without_gates(parameters, features, cell):
    return _units(parameters, features, "SimpleRNN") // _BLOCKS[cell][0]


def _real_units(parameters, features, cell):
    products, biases = _BLOCKS[cell]
    half = (features + biases / products) / 2
    return (half**2 + parameters / products) ** 0.5 - half


def _nearest(parameters, features, cell):
    units = _units(parameters, features, cell)
    least, most = (_count(features, u, cell) for u in (units, units + 1))
    return units + (most - parameters < parameters - least)


check_units_for = book.add(
    _BudgetExercise(
        name="units_for",
        draw=_draw_budget,
        reference=_units,
        mutants={
            "You count every cell as a SimpleRNN. An LSTM has four such blocks, a GRU three.": (
                partial(_units, blocks=dict.fromkeys(_BLOCKS, (1, 1)))
            ),
            "You count the GRU with one bias. With reset_after=True, Keras's default, the inputs' share and the "
            "state's share have one each.": partial(_units, blocks={**_BLOCKS, "GRU": (3, 3)}),
            "You count the GRU like an LSTM. It has three blocks, not four, and two biases in each.": (
                partial(_units, blocks={**_BLOCKS, "GRU": (4, 4)})
            ),
            "You count three blocks for the LSTM; it has three gates and the candidate, four.": (
                partial(_units, blocks={**_BLOCKS, "LSTM": (3, 3)})
            ),
            "The biases are missing from your count.": partial(_units, bias=0),
            "You count two biases for each block of every cell, as PyTorch has. In Keras only the GRU has "
            "two.": partial(_units, blocks={"SimpleRNN": (1, 2), "LSTM": (4, 8), "GRU": (3, 6)}),
            "The recurrent kernel is missing from your count: units × units in each block.": (
                partial(_units, recurrent=0)
            ),
            "One unit too many: that layer is larger than the budget. Round down.": lambda *a: _units(*a) + 1,
            "One unit too few: at most `parameters` weights allows a layer of exactly that many.": (
                lambda *a: _units(*a) - 1
            ),
            "A layer of exactly `parameters` weights is allowed as well: at most, not fewer than.": (
                lambda p, d, cell: _units(p - 1, d, cell)
            ),
            "You leave the features out: every block has a kernel, features × units, as well.": (
                lambda p, d, cell: _units(p, 0, cell)
            ),
            "You take the square root of the weights of a block, which leaves features and biases out.": (
                lambda p, d, cell: int((p / _BLOCKS[cell][0]) ** 0.5)
            ),
            "The number of units is a whole one: round down.": _real_units,
            "You round up, and the layer is larger than the budget. Round down.": (
                lambda *a: ceil(_real_units(*a) - 1e-9)
            ),
            "You round to the nearest. The budget may not be exceeded: round down.": _nearest,
            "You take a quarter (an LSTM) or a third (a GRU) of the SimpleRNN's units. The recurrent kernel "
            "grows with the square of the units, so a quarter of the units has far less than a quarter of "
            "its weights.": (_without_gates),
        },
        hints=(
            "An LSTM layer has 4 (features + units + 1) units weights. And a SimpleRNN? A GRU has two biases.",
            "Count upwards from one unit while the layer fits, or solve the quadratic equation and round down.",
        ),
        right="At one budget the SimpleRNN gets about twice the LSTM's units.",
    )
)


def _limit(rate, share):
    return floor(log(share) / log(rate)) + 1


check_lag_limit = book.function(
    "lag_limit",
    _limit,
    draw=lambda rng: (float(rng.uniform(0.7, 0.97)), float(rng.choice([0.4, 0.2, 0.05, 0.001]))),
    also=[(0.25, 0.25**2), (0.25, 0.25**4)],  # the quotient of logarithms is whole, also in floating point
    mutants={
        "One step too few: `share` or more is still left. Take the next whole number above your quotient.": lambda *a: (
            _limit(*a) - 1
        ),
        "One step too many: one step earlier the gradient is below `share` already.": (lambda *a: _limit(*a) + 1),
        "The number of steps is a whole one: take the next above your quotient.": lambda r, s: log(s) / log(r),
        "You round to the nearest. Less than `share` has to be left: take the next whole number above.": (
            lambda r, s: round(log(s) / log(r))
        ),
        "Where log(share) / log(rate) is whole, exactly `share` is left after so many steps, and the task asks for "
        "less: one step more. floor(…) + 1 is right in both cases.": lambda r, s: ceil(log(s) / log(r)),
        "The sign is wrong: the logarithms of two numbers below 1 are both negative.": (lambda *a: 1 - _limit(*a)),
        "The decay is geometric, not linear: each step takes its part of what is left.": (
            lambda r, s: ceil((1 - s) / (1 - r))
        ),
        "The two logarithms are swapped: rate**k = share gives k = log(share) / log(rate).": (
            lambda r, s: ceil(log(r) / log(s))
        ),
        "This is the share that is lost; `share` is what is left.": lambda r, s: _limit(r, 1 - s),
        "You use 1 − rate. `rate` is what a step lets through, not what it takes.": (lambda r, s: _limit(1 - r, s)),
        "This is what is left after one step, not a number of steps.": lambda r, s: r * s,
        "Every step is another factor `rate`, so k steps make rate**k; `share` stands in no exponent.": (
            lambda r, s: r**s
        ),
    },
    hints=(
        "After k steps rate**k is left. Take logarithms of rate**k < share; log(rate) is negative.",
        "A loop is as good: multiply by rate and count until less than share is left.",
    ),
    right=(
        "A rate of 0.8 loses all but a thousandth in 31 steps, one of 0.98 in 342: small differences in the "
        "rate are large ones in the lag."
    ),
)


def _logit(share):
    return log(share / (1 - share))


check_bias_for = book.function(
    "bias_for",
    lambda horizon: log(horizon - 1),
    draw=lambda rng: (round(float(rng.uniform(3, 60)), 1),),
    mutants={
        "This is the gate. The task asks for the bias whose sigmoid it is.": lambda h: 1 - 1 / h,
        "You take ln(horizon). 1/(1 − f) is the horizon; solve σ(b) = f for b, and keep the 1.": log,
        "One too many: 1/(1 − f) is 1 + e**b, not e**b − 1.": lambda h: log(h + 1),
        "The sign is wrong: with that bias the gate starts nearly shut, and forgets at once.": lambda h: -log(h - 1),
        "The logarithm belongs to the base e: σ(b) = 1 / (1 + e**−b).": lambda h: log(h - 1) / log(10),
        "The logarithm belongs to the base e, not 2: σ(b) = 1 / (1 + e**−b).": lambda h: log(h - 1) / log(2),
        "This is the horizon less one, which is e to the power of the bias.": lambda h: h - 1,
        "With that bias half is left after so many steps. The horizon is 1/(1 − f), a little more than a third is "
        "left.": lambda h: _logit(0.5 ** (1 / h)),
        "With that bias the share 1/e is left after so many steps; close, but the horizon is 1/(1 − f).": lambda h: (
            _logit(exp(-1 / h))
        ),
    },
    hints=(
        "Solve 1/(1 − f) = horizon for f, the gate. It is the sigmoid of the bias, 1 / (1 + e**−b).",
        "1 − f = 1/horizon and f = 1 / (1 + e**−b), so 1/(1 − f) = 1 + e**b.",
    ),
    right="A bias of 3 is a horizon of 21 steps, and one of 1 a horizon of 4.",
)


def _crossing(rnn_start, rnn_rate, lstm_start, lstm_rate):
    return floor(log(rnn_start / lstm_start) / log(lstm_rate / rnn_rate)) + 1


def _draw_crossing(rng):
    starts = rng.uniform(1, 2), rng.uniform(0.05, 0.4)
    rates = rng.uniform(0.5, 0.8), rng.uniform(0.85, 0.98)
    return tuple(float(np.round(number, 3)) for pair in zip(starts, rates, strict=True) for number in pair)


check_crossing_lag = book.function(
    "crossing_lag",
    _crossing,
    draw=_draw_crossing,
    also=[(1.0, 0.25, 0.25, 0.5), (1.0, 0.25, 0.0625, 0.5)],  # as for lag_limit
    mutants={
        "One lag too small: the LSTM's is not larger there yet. Take the next whole number above your quotient.": (
            lambda *a: _crossing(*a) - 1
        ),
        "One lag too large: the LSTM's gradient is the larger one a lag earlier already.": (
            lambda *a: _crossing(*a) + 1
        ),
        "The lag is a whole number: take the next above your quotient.": lambda a, r, b, s: log(a / b) / log(s / r),
        "You round to the nearest. The LSTM's has to be larger: take the next whole number above.": (
            lambda a, r, b, s: round(log(a / b) / log(s / r))
        ),
        "Where your quotient is whole, the two are equally large at that lag, and the task asks where the LSTM's "
        "is larger: one lag more. floor(…) + 1 is right in both cases.": (
            lambda a, r, b, s: ceil(log(a / b) / log(s / r))
        ),
        "The starts are left out: the RNN is ahead at lag 0, and the LSTM has to make that good.": (lambda *a: 1),
        "At lag 0 the RNN's gradient is the larger one: its start is.": lambda *a: 0,
        "You treat the decay as linear. A rate is a factor, so the ratio of the two gradients grows by lstm_rate / "
        "rnn_rate at every step.": lambda a, r, b, s: ceil((a - b) / (s - r)),
        "You divide by one rate's logarithm alone. Both gradients shrink: it takes the logarithm of lstm_rate / "
        "rnn_rate.": lambda a, r, b, s: ceil(log(b / a) / log(r)),
        "You let the RNN's gradient fall to the LSTM's start, but the LSTM's has shrunk too by then.": (
            lambda a, r, b, s: floor(log(b / a) / log(r)) + 2
        ),
        "The sign is wrong: turn one of the two ratios round.": lambda *a: 1 - _crossing(*a),
    },
    hints=(
        "The LSTM's is larger when lstm_start · lstm_rate**k > rnn_start · rnn_rate**k.",
        "(lstm_rate / rnn_rate)**k > rnn_start / lstm_start; take logarithms, or count k upwards.",
    ),
    right="Below this lag more of the SimpleRNN's gradient arrives, above it more of the LSTM's.",
)


def _interval(accuracies, t=2.776, less=1, root=0.5, n=None):
    accuracies = np.asarray(accuracies)
    half = t * accuracies.std(ddof=less) / (n or len(accuracies)) ** root
    return accuracies.mean() - half, accuracies.mean() + half


def _binomial(accuracies):
    p = np.mean(accuracies)
    half = 1.96 * (p * (1 - p) / len(accuracies)) ** 0.5
    return p - half, p + half


check_seed_interval = book.function(
    "seed_interval",
    _interval,
    draw=lambda rng: (rng.uniform(0.6, 0.9, 5).round(3),),
    mutants={
        "1.96 belongs to the normal distribution, with a spread that is known. Estimated from five seeds, it takes "
        "Student's 2.776.": partial(_interval, t=1.96),
        "np.std divides by n unless told otherwise: the standard deviation of a sample has n − 1, np.std(accuracies, "
        "ddof=1).": partial(_interval, less=0),
        "Two things make your interval too narrow: np.std without ddof=1, and 1.96 where five seeds take "
        "2.776.": partial(_interval, t=1.96, less=0),
        "You take the standard deviation of the seeds for that of their mean. The mean of five scatters less, by "
        "sqrt(5).": partial(_interval, root=0),
        "You take the standard deviation of the seeds, with n, for that of their mean. Use ddof=1, and divide by "
        "sqrt(5).": partial(_interval, root=0, less=0),
        "You take 1.96 standard deviations of the seeds. The mean of five scatters less, by sqrt(5), and five seeds "
        "take 2.776.": partial(_interval, root=0, t=1.96),
        "You take 1.96 standard deviations of the seeds, with n. Use ddof=1, divide by sqrt(5), and take "
        "2.776.": partial(_interval, root=0, t=1.96, less=0),
        "This is one standard deviation of the seeds on either side. Divide by sqrt(5) and take 2.776.": (
            partial(_interval, root=0, t=1)
        ),
        "This is one standard deviation of the seeds, with n, on either side. Use ddof=1, divide by sqrt(5) and take "
        "2.776.": partial(_interval, root=0, t=1, less=0),
        "This is the formula for one accuracy over n reviews. Here the five accuracies themselves show how much they "
        "scatter.": _binomial,
        "You divide by 5; the standard error has sqrt(5).": partial(_interval, root=1),
        "You divide by sqrt(4). The n − 1 is in the standard deviation; its mean is divided by sqrt(5).": (
            partial(_interval, n=4)
        ),
        "This is one standard error on either side; 95 % takes 2.776 of them.": partial(_interval, t=1),
        "2.571 is Student's t for six values, five degrees of freedom. Five values have four: 2.776.": (
            partial(_interval, t=2.571)
        ),
        "2.132 leaves 5 % on one side. An interval leaves 2.5 % on either side: 2.776.": (partial(_interval, t=2.132)),
        "Your interval is half as wide as it should be: 2.776 standard errors go on either side.": (
            partial(_interval, t=1.388)
        ),
        "Your interval is around the median; it is one for the mean.": (
            lambda a: np.array(_interval(a)) - np.mean(a) + np.median(a)
        ),
        "s is the standard deviation; you take its square, the variance.": (
            lambda a: (
                np.mean(a) - 2.776 * np.var(a, ddof=1) / 5**0.5,
                np.mean(a) + 2.776 * np.var(a, ddof=1) / 5**0.5,
            )
        ),
        "Low and high are swapped.": lambda a: _interval(a)[::-1],
        "These are the worst and the best seed, whose distance grows with every seed that you add.": (
            lambda a: (min(a), max(a))
        ),
        "These are the mean and the half width: return mean − half and mean + half.": (
            lambda a: (np.mean(a), _interval(a)[1] - np.mean(a))
        ),
    },
    outputs=("low", "high"),
    tolerance=1e-4,
    hints=(
        "s = np.std(accuracies, ddof=1), and the standard error of the mean is s / sqrt(5).",
        "Return two numbers: the mean minus and plus 2.776 standard errors.",
    ),
    right="Two cells whose intervals stand far apart differ by more than the luck of a start.",
)

check_unfair = book.add(
    SetExercise(
        name="unfair",
        belong=SPOILS,
        decoys=SPOILS_NOT,
        hints=(
            "Ask of each sentence: does it treat the two alike? Does the test set choose anything?",
            "Five sentences spoil it.",
        ),
        right="A repaired protocol: equal weights, equal care, choices by validation, several seeds, every lag.",
    )
)

check_choose = book.value(
    "choose",
    dict(zip(SITUATIONS, SUITED, strict=True)),
    choices=MODELS,
    mistakes=WHY_NOT,
    hints=(
        "Each of the five is used once.",
        "Which cell read twins at the longest distance in section 9? Which model has no loop over time?",
    ),
    right="The task decides: its lag, whether order matters, how much room there is, what a step may cost.",
)
