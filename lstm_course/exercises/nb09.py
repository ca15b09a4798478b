"""Exercises of notebook 09, *Beating the baseline*."""

from functools import partial

import numpy as np

from lstm_course.exercises import nb09_adversarial as adversarial
from lstm_course.exercises.engine.checking import Notebook, distinct
from lstm_course.exercises.engine.choosing import SetExercise
from lstm_course.exercises.nb09_leaks import CURVES as CURVES  # shown by the notebook, as is the next
from lstm_course.exercises.nb09_leaks import INNOCENT, LEAKS, MISTAKEN, REMEDIES, SUITED
from lstm_course.exercises.nb09_leaks import LEAKY_SCRIPT as LEAKY_SCRIPT

book = Notebook("09", "Beating the baseline")
hint = book.hint

check_leaks = book.add(
    SetExercise(
        name="leaks",
        belong=LEAKS,
        decoys=INNOCENT,
        item="line",
        hints=(
            "Follow the word `test` through the script: where does it choose, and where is it only measured on?",
            "Then follow `validation`: is it as new to the model as a test review would be?",
            "Five lines leak.",
        ),
        right="Four of the five can lift the number that is printed. Line 5 flatters the validation reviews, so that "
        "line 8 may choose badly. None helps whoever uses the model afterwards.",
    )
)

check_curves = book.value(
    "curves",
    SUITED,
    choices=REMEDIES,
    mistakes=MISTAKEN,
    hints=(
        "Two questions: how far are the two losses apart, and what has the validation loss done lately?",
        "Each of the four is used once.",
    ),
    right="The curve says where the next gain may be; the validation split says whether it came.",
)


def _count(features, units, *, blocks=4, directions=2, biases=8, recurrent=2, kernels=2, head=2, head_bias=1):
    lstm = blocks * units * (kernels * features + recurrent * units) * directions // 2 + biases * units
    return lstm, head * units + head_bias


check_bidirectional = book.function(
    "bidirectional",
    _count,
    draw=lambda rng: (int(rng.integers(10, 20)), int(rng.integers(4, 9))),
    mutants={
        "The Dense layer gets both directions' last states side by side: 2 units inputs.": (partial(_count, head=1)),
        "4 units + 1 is right behind mean and maximum, as on the ladder. Here nothing is pooled: the Dense layer gets "
        "the last state of each direction.": partial(_count, head=4),
        "This is one direction. The other has weights of its own: twice as many.": (
            partial(_count, directions=1, biases=4)
        ),
        "This is one direction, and a Dense layer for one. Both directions have weights, and both have a place in the "
        "Dense layer.": partial(_count, directions=1, biases=4, head=1),
        "Your recurrent kernels are too large. Count two LSTMs of `units`, not one of 2 units: the directions do not "
        "hear each other, so each has one of (units, 4 units).": partial(_count, recurrent=4),
        "The second direction has biases too: 4 units in each.": partial(_count, biases=4),
        "You count one bias for a whole block; it has one for each unit.": (
            lambda d, u: (_count(d, u, biases=0)[0] + 8, 2 * u + 1)
        ),
        "The biases of the LSTMs are missing: 4 units in each direction.": partial(_count, biases=0),
        "You count two biases for each block, as PyTorch has. Keras's LSTM has one.": (partial(_count, biases=16)),
        "The bias of the Dense layer is missing.": partial(_count, head_bias=0),
        "You count two biases for Dense(1). It has one output, so one bias.": partial(_count, head_bias=2),
        "The recurrent kernels are missing, one of (units, 4 units) in each direction.": (partial(_count, recurrent=0)),
        "You count one block in each direction; an LSTM has four.": partial(_count, blocks=1, biases=2),
        "You count three blocks in each direction; an LSTM has three gates and the candidate, four.": (
            partial(_count, blocks=3, biases=6)
        ),
        "You count one recurrent kernel; each direction has its own.": partial(_count, recurrent=1),
        "You count one kernel; each direction has its own.": partial(_count, kernels=1),
        "The two numbers are swapped: first the weights of the two LSTMs, then those of the Dense layer.": (
            lambda d, u: _count(d, u)[::-1]
        ),
    },
    outputs=("bidirectional", "dense"),
    hints=(
        "One LSTM has 4 ((features + units) units + units) weights.",
        "Two of them, side by side: the Dense layer behind has 2 units inputs, one output and one bias.",
    ),
    right="Twice the weights, nearly twice the time, and every word is read with what comes after it.",
)


def _draw_states(rng):
    batch, time, units = 4, *distinct(rng, 2)
    time, units = time + 4, units + 1
    # Some units are negative at every word, so that a zero in the padding would be the largest.
    states = np.tanh(rng.normal(size=(batch, time, units)) + np.resize([-3, 0.5], units))
    mask = np.arange(time) < rng.permutation([1, 3, time - 2, time - 1])[:, None]
    return states, mask


def _masked_max(states, mask, padding=-np.inf, axis=1, choose=np.max):
    return choose(np.where(mask[:, :, None], states, padding), axis=axis)


check_masked_max = book.function(
    "masked_max",
    _masked_max,
    draw=_draw_states,
    mutants={
        "The padding counts as zero, which is the largest where a unit is negative at every word. Put −inf "
        "there.": partial(_masked_max, padding=0),
        "The mask is not used: the states at the padding take part.": lambda s, m: s.max(1),
        "The mask is upside down: it is True at a word.": lambda s, m: _masked_max(s, ~m),
        "The mask is upside down, and a word counts as zero. It is True at a word; put −inf at the padding.": (
            lambda s, m: _masked_max(s, ~m, 0)
        ),
        "This is the largest over the units; the time is axis 1.": partial(_masked_max, axis=2),
        "This is the largest over the reviews; the time is axis 1.": partial(_masked_max, axis=0),
        "This is the largest over the words of all reviews together; each review has its own.": (
            lambda s, m: s[m].max(0)
        ),
        "This is the mean over the words; the largest is asked for.": (
            lambda s, m: (s * m[:, :, None]).sum(1) / m.sum(1)[:, None]
        ),
        "This is the largest absolute value; −0.9 is smaller than 0.1.": (
            lambda s, m: np.abs(s * m[:, :, None]).max(1)
        ),
        "This is the state at the last word.": lambda s, m: s[np.arange(len(s)), m.sum(1) - 1],
        "These are the steps of the largest values (argmax); the values are asked for.": (
            partial(_masked_max, choose=np.argmax)
        ),
        "This is the smallest value over the words.": partial(_masked_max, padding=np.inf, choose=np.min),
    },
    axes=("batch", "units"),
    hints=(
        "mask[:, :, None] has shape (batch, time, 1) and goes with the states.",
        "np.where(mask[:, :, None], states, -np.inf) leaves the padding no chance.",
    ),
    right="A word that matters is found wherever it stands, and need not be carried to the end.",
)


def _draw_history(rng):
    updates, weights = distinct(rng, 2)
    return rng.normal(size=(updates + 3, weights)), float(rng.choice([0.6, 0.7, 0.8, 0.9]))


def _average(history, decay, keep=None, take=None):
    average = history[0]
    keep, take = keep or decay, take or 1 - decay
    for weights in history[1:]:
        average = keep * average + take * weights
    return average


def _averages(history, decay):
    return np.array([_average(history[: last + 1], decay) for last in range(len(history))])


check_average_weights = book.function(
    "average_weights",
    _average,
    draw=_draw_history,
    mutants={
        "decay and 1 − decay are swapped: with a decay of 0.999 your average would be the last update "
        "alone.": lambda h, d: _average(h, 1 - d),
        "You start from zero, which pulls the average towards zero. Start from the first row.": (
            lambda h, d: _average(np.vstack([0 * h[:1], h]), d)
        ),
        "You start from zero and divide by 1 − decay**updates. That is a sound average too; the task starts from the "
        "first row.": lambda h, d: _average(np.vstack([0 * h[:1], h]), d) / (1 - d ** len(h)),
        "This is the plain mean: every update counts alike, the first ones too.": lambda h, d: h.mean(0),
        "You count some of the last updates alike and leave the older ones out. In a moving average they "
        "fade, and none is dropped: average = decay · average + (1 − decay) · weights.": (
            lambda h, d: h[-round(1 / (1 - d)) :].mean(0)
        ),
        "These are the last weights; nothing is averaged.": lambda h, d: h[-1],
        "These are the first weights. Does the return stand inside the loop?": lambda h, d: h[0],
        "Only the first two updates are in it. Does the return stand inside the loop?": (
            lambda h, d: _average(h[:2], d)
        ),
        "These are the averages after every update; return the last.": _averages,
        "(1 − decay) is missing: the new weights count fully, and the average grows.": (
            lambda h, d: _average(h, d, take=1)
        ),
        "decay is missing: the old average counts fully, and the sum grows.": (lambda h, d: _average(h, d, keep=1)),
        "The last update is missing.": lambda h, d: _average(h[:-1], d),
        "The first update is missing: it is where the average starts.": lambda h, d: _average(h[1:], d),
        "You average each update with the one before. The average itself has to go on: average = decay · average + "
        "….": lambda h, d: d * h[-2] + (1 - d) * h[-1],
        "You go through the updates backwards.": lambda h, d: _average(h[::-1], d),
        "The average runs over the weights of each update, not over the updates.": (lambda h, d: _average(h.T, d)),
    },
    axes=("weights",),
    hints=(
        "average = history[0], then a loop over history[1:].",
        "average = decay * average + (1 - decay) * weights",
    ),
    right="The last 1 / (1 − decay) updates weigh most, the older ones fade, and the jumps of single ones cancel.",
)


check_worst_perturbation = book.function(
    "worst_perturbation",
    adversarial.perturbation,
    draw=adversarial.draw,
    mutants=adversarial.MUTANTS,
    axes=("time", "features"),
    hints=(
        "The perturbation has to be share · ‖vectors‖ long. Which way does it go, and how long is the gradient "
        "already?",
        "np.linalg.norm of a whole array is the length of all its numbers as one vector.",
        "gradient / np.linalg.norm(gradient) has length 1; make it share * np.linalg.norm(vectors) long.",
    ),
    right="Along the gradient the loss rises fastest; the share makes the perturbation mean the same at every scale.",
)


def _draw_correct(rng):
    reviews = int(rng.integers(15_000, 20_000))
    easy = rng.random(reviews) < 0.6
    chances = rng.permutation([0.75, 0.4])
    return tuple(easy | (rng.random(reviews) < chance) for chance in chances)


def _differ(correct_a, correct_b, z=1.96, error=None):
    d = correct_a.astype(float) - correct_b
    half = z * (d.std() / len(d) ** 0.5 if error is None else error(correct_a, correct_b, d))
    return d.mean(), d.mean() - half, d.mean() + half


def _unpaired(a, b, d):
    return ((a.var() + b.var()) / len(d)) ** 0.5


def _pooled(a, b, d):
    p = (a.mean() + b.mean()) / 2
    return (2 * p * (1 - p) / len(d)) ** 0.5


def _subtracted_ends(a, b):
    middle, half = a.mean() - b.mean(), 1.96 * (a.std() - b.std()) / len(a) ** 0.5
    return middle, middle - half, middle + half


check_differ = book.function(
    "differ",
    _differ,
    draw=_draw_correct,
    mutants={
        "You treat the two as measured on different reviews. They share their easy and hard ones, so the "
        "difference scatters less: take the standard deviation of correct_a − correct_b.": (
            partial(_differ, error=_unpaired)
        ),
        "You pool the two accuracies, as for models measured on different reviews. They share their easy and hard "
        "ones: take the standard deviation of correct_a − correct_b.": partial(_differ, error=_pooled),
        "You add the two half widths. That asks when two intervals no longer touch, which is too strict.": (
            partial(_differ, error=lambda a, b, d: (a.std() + b.std()) / len(d) ** 0.5)
        ),
        "You subtract the ends of the two intervals from each other. Work with the differences, review by "
        "review.": _subtracted_ends,
        "You put the difference into the formula for an accuracy. It is no share of reviews, but a mean of "
        "−1, 0 and 1: take their standard deviation.": (
            partial(_differ, error=lambda a, b, d: (abs(d.mean()) * (1 - abs(d.mean())) / len(d)) ** 0.5)
        ),
        "You take the standard deviation of the absolute differences; keep their signs.": (
            partial(_differ, error=lambda a, b, d: np.abs(d).std() / len(d) ** 0.5)
        ),
        "Your numbers are per cent; return fractions.": lambda *a: 100 * np.array(_differ(*a)),
        "These are numbers of reviews; divide by how many there are.": (lambda a, b: len(a) * np.array(_differ(a, b))),
        "The sign is turned round: it is the accuracy of a minus that of b.": lambda a, b: _differ(b, a),
        "The difference has lost its sign: it is the accuracy of a minus that of b.": (
            lambda a, b: _differ(a, b) if a.mean() > b.mean() else _differ(b, a)
        ),
        "1.645 leaves 5 % on one side. An interval leaves 2.5 % on either side, which takes 1.96.": (
            partial(_differ, z=1.645)
        ),
        "2 in place of 1.96 makes the interval a little too wide; take 1.96.": partial(_differ, z=2),
        "This is one standard error on either side, which covers 68 %; 95 % takes 1.96 of them.": (
            partial(_differ, z=1)
        ),
        "You take the standard deviation of a single difference; that of the mean is smaller by sqrt(n).": (
            partial(_differ, error=lambda a, b, d: d.std())
        ),
        "Your interval has next to no width. The standard error is std(d) / sqrt(n): neither std(d) / n nor var(d) / "
        "n.": partial(_differ, error=lambda a, b, d: d.std() / len(d)),
        "This is the standard error of a test that takes the models to be equal, as McNemar's does. For the "
        "interval take std(d), around the mean difference that was found.": (
            partial(_differ, error=lambda a, b, d: (d**2).mean() ** 0.5 / len(d) ** 0.5)
        ),
        "Low and high are swapped.": lambda *a: (_differ(*a)[0], *_differ(*a)[:0:-1]),
        "You look only at the reviews about which the two disagree. The difference of the accuracies is over all "
        "reviews.": lambda a, b: _differ(a[a != b], b[a != b]),
        "This is the interval of a's accuracy beside the difference; it has to be that of the difference.": (
            lambda a, b: (
                a.mean() - b.mean(),
                a.mean() - 1.96 * a.std() / len(a) ** 0.5,
                a.mean() + 1.96 * a.std() / len(a) ** 0.5,
            )
        ),
        "a ^ b is True where the two disagree, whoever is right. The sign matters: subtract floats.": (
            lambda a, b: _differ((a ^ b), np.zeros(len(a), bool))
        ),
        "NumPy does not subtract booleans: make them numbers first, correct_a.astype(float).": (lambda a, b: a - b),
    },
    outputs=("difference", "low", "high"),
    tolerance=5e-5,
    hints=(
        "d = correct_a.astype(float) - correct_b is 1 where only a is right, −1 where only b is, else 0.",
        "The standard error is d.std() / np.sqrt(len(d)).",
    ),
    right="If the interval leaves out 0, the two differ by more than the luck of these reviews.",
)
