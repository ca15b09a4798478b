import math

import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course.exercises import nb07


def count(vocabulary, embedding, units):
    lstm = 4 * ((embedding + units) * units + units)
    return {"embedding": vocabulary * embedding, "lstm": lstm, "dense": units + 1, "total": 0}


def count_with_total(vocabulary, embedding, units):
    layers = count(vocabulary, embedding, units)
    return {**layers, "total": sum(layers.values())}


def count_without_bias(v, e, u):
    return v * e, 4 * (e * u + u * u), u + 1, v * e + 4 * (e * u + u * u) + u + 1


def lowest_by_loop(train, validation):
    best = 0
    for epoch, loss in enumerate(validation):
        if loss < validation[best]:
            best = epoch
    return best + 1


def first_rise(train, validation):
    for epoch in range(1, len(validation)):
        if validation[epoch] > validation[epoch - 1]:
            return epoch
    return len(validation)


def first_crossing(train, validation):
    return next(epoch for epoch, (t, v) in enumerate(zip(train, validation, strict=True), 1) if v > t)


def smallest_gap(train, validation):
    gaps = [abs(v - t) for t, v in zip(train, validation, strict=True)]
    return gaps.index(min(gaps)) + 1


def mask_with_its_own_generator(shape, rate, rng):
    return (np.random.default_rng(0).random(shape) >= rate) / (1 - rate)


def mask_with_an_unseeded_generator(shape, rate, rng):
    return (np.random.default_rng().random(shape) >= rate) / (1 - rate)


def mask_with_a_fixed_number_of_zeros(shape, rate, rng):
    mask = np.full(math.prod(shape), 1 / (1 - rate))
    mask[: round(rate * mask.size)] = 0
    rng.shuffle(mask)
    return mask.reshape(shape)


def counts_with(lstm, dense):
    def parameters(v, e, u):
        layers = v * e, lstm(e, u), dense(u)
        return *layers, sum(layers)

    return parameters


def mask_by_loops(shape, rate, rng):
    mask = np.zeros(shape)
    for index in np.ndindex(*shape):
        if rng.random() > rate:
            mask[index] = 1 / (1 - rate)
    return mask


RIGHT = [
    ("parameters", count_with_total),
    ("parameters", lambda v, e, u: list(count_with_total(v, e, u).values())),
    ("best_epoch", lowest_by_loop),
    ("best_epoch", lambda t, v: v.index(min(v)) + 1),
    ("steps", lambda n, b: math.ceil(n / b)),
    ("steps", lambda n, b: (n + b - 1) // b),
    ("steps", lambda n, b: len(range(0, n, b))),
    ("dropout_mask", lambda s, r, g: g.binomial(1, 1 - r, size=s) / (1 - r)),
    ("dropout_mask", lambda s, r, g: np.where(g.uniform(size=s) < 1 - r, 1 / (1 - r), 0).astype("float32")),
    ("dropout_mask", mask_by_loops),
    ("selection", lambda v, t: min(zip(v, t, strict=True))[1]),
    ("selection", lambda v, t: t[v.index(min(v))]),
    ("shuffled", "Stays"),
]

WRONG = [
    ("parameters", count_without_bias, "The LSTM's bias is missing"),
    (
        "parameters",
        lambda v, e, u: (v * e, (e + u + 1) * u, u + 1, v * e + (e + u + 1) * u + u + 1),
        "one block",
    ),
    ("parameters", lambda v, e, u: tuple(count(v, e, u).values())[:3], "expected 4 values (embedding, lstm,"),
    ("parameters", count, "The three layers are right, and the total is not"),
    (
        "parameters",
        lambda v, e, u: (*list(count(v, e, u).values())[:3], sum(list(count(v, e, u).values())[:2])),
        "The three layers are right, and the total is not",
    ),
    (
        "parameters",
        counts_with(lambda e, u: 4 * (e * u + u), lambda u: u + 1),
        "The recurrent kernel is missing: each",
    ),
    (
        "parameters",
        counts_with(lambda e, u: 4 * (e + u) * u + u, lambda u: u + 1),
        "The bias is counted once in the LSTM, not once for each of the four blocks.",
    ),
    (
        "parameters",
        counts_with(lambda e, u: 4 * (e + u) * u, lambda u: u),
        "You count no bias in either layer",
    ),
    ("best_epoch", lambda t, v: v.index(min(v)), "You count epochs from 0"),
    ("best_epoch", lambda t, v: t.index(min(t)) + 1, "You take the lowest training loss."),
    ("best_epoch", lambda t, v: len(v), "This is the last epoch"),
    ("best_epoch", first_rise, "You stop before the first increase."),
    ("best_epoch", lambda t, v: min(v), "This is the loss; return the number of its epoch."),
    ("best_epoch", lambda t, v: v.index(max(v)) + 1, "You take the highest validation loss"),
    ("best_epoch", first_crossing, "You take the epoch where the curves cross. Dropout alone can shift them"),
    ("best_epoch", smallest_gap, "You take the epoch of the smallest gap."),
    ("best_epoch", lambda t, v: int(np.argmin(np.add(t, v))) + 1, "You take the lowest sum of both losses."),
    ("steps", lambda n, b: n // b, "The last, smaller batch is left out."),
    ("steps", lambda n, b: n // b + 1, "One too many when the reviews fill whole batches"),
    ("steps", lambda n, b: math.ceil(25_000 / b), "Your function ignores `reviews`"),
    ("steps", lambda n, b: 4_000 // b, "Your function ignores `reviews`"),
    ("steps", lambda n, b: 782, "Your function ignores `reviews`"),
    ("dropout_mask", lambda s, r, g: g.random(s) > r, "The kept entries are not scaled."),
    ("dropout_mask", lambda s, r, g: np.where(g.random(s) < r, 1 / r, 0), "and scale for that."),
    (
        "dropout_mask",
        lambda s, r, g: g.binomial(1, r, s),
        "You keep with probability `rate`, and do not scale.",
    ),
    (
        "dropout_mask",
        mask_with_its_own_generator,
        "Two calls with one generator give the same mask. Draw from `rng`",
    ),
    ("dropout_mask", mask_with_an_unseeded_generator, "draw from `rng` and nothing else."),
    (
        "dropout_mask",
        mask_with_a_fixed_number_of_zeros,
        "The number of zeros is the same at every call. Draw from",
    ),
    ("dropout_mask", lambda s, r, g: np.where(g.random(s) > r, 1 - r, 0), "You multiply by 1 − rate"),
    ("dropout_mask", lambda s, r, g: np.where(g.random() > r, 1.2, 1.5) * np.ones(s), "everywhere"),
    ("dropout_mask", lambda s, r, g: (g.random(s[1]) > r) * np.ones(s) / (1 - r), "Whole rows or columns"),
    ("dropout_mask", lambda s, r, g: (g.random(s) > r) * g.random(s), "more than two different numbers"),
    ("dropout_mask", lambda s, r, g: np.ones(3), "The mask has shape (3,); expected (150, 120)."),
    ("dropout_mask", lambda s, r, g: "mask", "cannot be used"),
    ("selection", lambda v, t: max(t), "You report the best test accuracy."),
    ("selection", lambda v, t: t[-1], "You report the last epoch."),
    ("selection", lambda v, t: min(v), "You report the validation loss."),
    ("selection", lambda v, t: v.index(min(v)) + 1, "This is the epoch; return its test accuracy."),
    ("selection", lambda v, t: v.index(min(v)), "This is the index of the epoch; return the test accuracy"),
    ("selection", lambda v, t: t[v.index(max(v))], "You take the epoch of the highest validation loss;"),
    ("shuffled", "falls", "Counts of words; shuffling a review changes none of them."),
    ("shuffled", "rises", "Nothing is gained"),
    ("shuffled", "explodes", "Expected one of 'falls', 'stays', 'rises'; found 'explodes'."),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


def test_the_source_script_has_these_counts():
    from lstm_course.models.quiet import keras

    layers = [keras.layers.Embedding(50, 7), keras.layers.LSTM(5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((None,)), *layers])
    counts = [layer.count_params() for layer in layers]
    assert nb07.check_parameters.reference(50, 7, 5) == (*counts, model.count_params())


def test_an_answer_that_fails_is_not_said_to_ignore_the_reviews(said):
    text = said("steps", lambda n, b: undefined)  # noqa: F821
    assert "NameError" in text
    assert "ignores" not in text


@pytest.mark.parametrize("seed", range(50))
def test_the_losses_cross_before_the_epoch_to_keep(seed):
    train, validation = nb07.check_best_epoch.draw(np.random.default_rng(seed))
    assert train[0] > validation[0]
    assert first_crossing(train, validation) in (2, 3)
    assert lowest_by_loop(train, validation) in (5, 6, 7)
    assert validation.index(max(validation)) >= len(validation) - 2
    assert min(train) > 0


def test_no_two_mistakes_about_the_epoch_look_alike():
    exercise = nb07.check_best_epoch
    answers = [exercise.reference, *exercise.mutants.values()]
    results = {tuple(answer(*given) for given in exercise.inputs()) for answer in answers}
    assert len(results) == len(answers)


def test_a_right_shuffled_says_nothing_of_the_lstm(said):
    text = said("shuffled", "stays")
    assert text == "✓ Right. The counts of the words are the same, so every prediction is the same."


def test_a_right_mask_claims_the_expected_sum_alone(said):
    text = said("dropout_mask", nb07.check_dropout_mask.reference)
    assert text == "✓ Right. The expected sum is the same with and without dropout."
