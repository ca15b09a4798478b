import math

import numpy as np
import pytest

from lstm_course import paths
from lstm_course.exercises import nb07


@pytest.fixture
def said(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv(paths.VARIABLE, str(tmp_path))

    def ask(name, answer):
        getattr(nb07, f"check_{name}")(answer)
        return " ".join(capsys.readouterr().out.split())

    return ask


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


def mask_by_loops(shape, rate, rng):
    mask = np.zeros(shape)
    for index in np.ndindex(*shape):
        if rng.random() > rate:
            mask[index] = 1 / (1 - rate)
    return mask


RIGHT = [
    ("parameters", count_with_total),
    ("parameters", lambda v, e, u: list(count_with_total(v, e, u).values())),
    ("crossing", lowest_by_loop),
    ("crossing", lambda t, v: v.index(min(v)) + 1),
    ("steps", lambda n, b: math.ceil(n / b)),
    ("steps", lambda n, b: (n + b - 1) // b),
    ("steps", lambda n, b: len(range(0, n, b))),
    ("dropout_mask", lambda s, r, g: g.binomial(1, 1 - r, size=s) / (1 - r)),
    ("dropout_mask", lambda s, r, g: np.where(g.uniform(size=s) < 1 - r, 1 / (1 - r), 0).astype("float32")),
    ("dropout_mask", mask_by_loops),
    ("selection", lambda v, t: max(zip(v, t, strict=True))[1]),
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
    ("parameters", count, "total is 0; expected"),
    ("crossing", lambda t, v: v.index(min(v)), "You count epochs from 0"),
    ("crossing", lambda t, v: t.index(min(t)) + 1, "You take the lowest training loss."),
    ("crossing", lambda t, v: len(v), "This is the last epoch"),
    ("crossing", first_rise, "You stop before the first increase."),
    ("crossing", lambda t, v: min(v), "The result is 0.4"),
    ("steps", lambda n, b: n // b, "The last, smaller batch is left out."),
    ("steps", lambda n, b: n // b + 1, "One too many when the reviews fill whole batches"),
    ("dropout_mask", lambda s, r, g: g.random(s) > r, "The kept entries are not scaled."),
    ("dropout_mask", lambda s, r, g: np.where(g.random(s) < r, 1 / r, 0), "and scale for that."),
    ("dropout_mask", lambda s, r, g: np.where(g.random(s) > r, 1 - r, 0), "You multiply by 1 − rate"),
    ("dropout_mask", lambda s, r, g: np.where(g.random() > r, 1.2, 1.5) * np.ones(s), "everywhere"),
    ("dropout_mask", lambda s, r, g: (g.random(s[1]) > r) * np.ones(s) / (1 - r), "Whole rows or columns"),
    ("dropout_mask", lambda s, r, g: (g.random(s) > r) * g.random(s), "more than two different numbers"),
    ("dropout_mask", lambda s, r, g: np.ones(3), "The mask has shape (3,); expected (150, 120)."),
    ("dropout_mask", lambda s, r, g: "mask", "cannot be used"),
    ("selection", lambda v, t: max(t), "You report the best test accuracy."),
    ("selection", lambda v, t: t[-1], "You report the last epoch."),
    ("selection", lambda v, t: max(v), "You report the validation accuracy."),
    ("shuffled", "falls", "Counts of words; shuffling a review changes none of them."),
    ("shuffled", "rises", "Nothing is gained"),
    ("shuffled", "explodes", "Expected one of 'falls', 'stays', 'rises'; found 'explodes'."),
]


@pytest.mark.parametrize(("name", "answer"), RIGHT)
def test_a_right_answer_in_another_style(said, name, answer):
    assert said(name, answer).startswith("✓ Right. ")


@pytest.mark.parametrize(("name", "answer", "diagnosis"), WRONG)
def test_a_wrong_answer_gets_its_diagnosis(said, name, answer, diagnosis):
    text = said(name, answer)
    assert text.startswith("✗ Not yet. ")
    assert diagnosis in text


def test_the_source_script_has_these_counts():
    from lstm_course.quiet import keras

    layers = [keras.layers.Embedding(50, 7), keras.layers.LSTM(5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((None,)), *layers])
    counts = [layer.count_params() for layer in layers]
    assert nb07.check_parameters.reference(50, 7, 5) == (*counts, model.count_params())
