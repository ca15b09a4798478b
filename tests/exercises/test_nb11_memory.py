import re

import numpy as np
import pytest
from exercise_answers import Answers

from lstm_course.exercises.engine.checking import NotAttempted
from lstm_course.exercises.engine.comparing import NotYet
from lstm_course.exercises.nb11_memory import DECAY_MASK, KEPT, RING, STABILISE

EXERCISES = {exercise.name: exercise for exercise in (RING, DECAY_MASK, STABILISE, KEPT)}


@pytest.fixture
def said():
    """Return what an exercise says of an answer, without noting it down."""

    def ask(name, answer):
        try:
            return f"✓ Right. {EXERCISES[name].judge(answer)}"
        except NotYet as diagnosis:
            return " ".join(f"✗ Not yet. {diagnosis}".split())

    return ask


def ring_by_area(uniform, smallest, largest):
    areas = np.pi * smallest**2 + np.asarray(uniform) * np.pi * (largest**2 - smallest**2)
    return [float(np.sqrt(area / np.pi)) for area in areas]


def ring_by_mixing(uniform, smallest, largest):
    return np.sqrt(uniform * largest**2 + (1 - uniform) * smallest**2)


def mask_by_ratios(forget_gates, input_gates):
    logs = np.cumsum(np.log(forget_gates))
    return np.tril(np.exp(logs[:, None] - logs)) * input_gates


def mask_by_division(forget_gates, input_gates):
    until = np.array([np.prod(forget_gates[: t + 1]) for t in range(len(forget_gates))])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.tril(np.outer(until, input_gates / until))


def mask_by_rows(forget_gates, input_gates):
    rows = []
    for forget, admit in zip(forget_gates, input_gates, strict=True):
        rows.append([*(forget * weight for weight in (rows[-1] if rows else [])), admit])
    return np.array([row + [0.0] * (len(rows) - len(row)) for row in rows])


def stabilise_by_branches(log_forget, log_input, before):
    old = log_forget + before
    if old > log_input:
        return 1.0, np.exp(log_input - old), old
    return {"now": log_input, "admit": 1.0, "forget": np.exp(old - log_input)}


def kept_by_arrays(words, size):
    keys, values = np.zeros((2, words, size))
    return np.array([keys.size + values.size, size + size, np.zeros((size, size)).size + size + 1])


RIGHT = [
    ("ring", ring_by_area),
    ("ring", ring_by_mixing),
    ("decay_mask", mask_by_ratios),
    ("decay_mask", mask_by_rows),
    ("stabilise", stabilise_by_branches),
    ("stabilise", lambda f, i, b: [np.exp(min(0, f + b - i)), np.exp(min(0, i - f - b)), max(f + b, i)]),
    ("numbers_kept", kept_by_arrays),
    ("numbers_kept", lambda words, size: (2.0 * size * words, size * 2, size * (size + 1) + 1)),
]

WRONG = [
    ("ring", lambda u, a, b: np.interp(u, [0, 1], [a, b]), "the inside gets crowded; spread their squares"),
    ("ring", lambda u, a, b: u * b**2 + (1 - u) * a**2, "These are the squares of the moduli."),
    ("ring", lambda u, a, b: ring_by_mixing(u, b, a), "upside down"),
    ("ring", lambda u, a, b: ring_by_mixing(u, a, b)[:, None], "has shape"),
    ("decay_mask", lambda f, i: mask_by_ratios(f, i).T, "Row and column are swapped"),
    ("decay_mask", lambda f, i: mask_by_ratios(f, np.ones(len(f))), "The input gates are missing"),
    ("decay_mask", lambda f, i: mask_by_ratios(f, i * f), "The forget gate of step s is among your factors."),
    ("decay_mask", lambda f, i: np.tril(np.ones((len(f), len(f)))) * i, "Nothing is forgotten here"),
    ("decay_mask", lambda f, i: f * i, "has shape"),
    ("decay_mask", mask_by_division, "section 6's shortcut"),
    ("stabilise", lambda f, i, b: (np.exp(f), np.exp(i), max(f + b, i)), "The gates are not scaled"),
    ("stabilise", lambda f, i, b: (np.exp(f - max(f, i)), np.exp(i - max(f, i)), max(f, i)), "`before` is all zeros"),
    ("stabilise", lambda f, i, b: stabilise_by_branches(f, i, b)["now"], "TypeError"),
    ("stabilise", lambda f, i, b: max(f + b, i), "expected 3 values (forget, admit, now)"),
    ("numbers_kept", lambda words, size: (words * size, 2 * size, size**2 + size + 1), "you count one of them"),
    ("numbers_kept", lambda words, size: (2 * words * size, 2 * size, size**2), "Beside the matrix"),
    ("numbers_kept", lambda words, size: (2 * words * size, size, size**2 + size + 1), "carries two states"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize("name", EXERCISES)
def test_a_stub_is_not_attempted(name):
    with pytest.raises(NotAttempted):
        EXERCISES[name].judge(lambda *given: None)


@pytest.mark.parametrize("name", EXERCISES)
def test_every_mutant_gets_its_own_sentence(name):
    exercise = EXERCISES[name]
    for sentence, mutant in exercise.mutants.items():
        with pytest.raises(NotYet, match=r"^" + re.escape(sentence)):
            exercise.judge(mutant)
