"""Accuracy in parts of the data, and the words that a cell answers to most."""

import numpy as np
import pytest

from lstm_course import interpret
from lstm_course.reviews.baselines import accuracy_interval

WORDS = {"good": 1, "bad": 2, "film": 3, "the": 4}


def test_accuracy_by_group_by_hand():
    correct = [True, False, True, True, True]
    rows = interpret.accuracy_by_group(correct, [0, 1, 2, 9, 9], edges=[2, 5, 7], labels=["a", "b", "none", "c"])
    assert rows == [
        ("a", 0.5, *accuracy_interval(1, 2), 2),
        ("b", 1.0, *accuracy_interval(1, 1), 1),
        ("c", 1.0, *accuracy_interval(2, 2), 2),
    ]


@pytest.mark.parametrize(
    ("values", "labels", "sentence"),
    [
        ([1], ["a", "b"], "one for each of the 2 texts"),
        ([1, 2], ["a"], "1 edges make 2 parts, found 1 labels"),
    ],
)
def test_groups_that_do_not_fit(values, labels, sentence):
    with pytest.raises(ValueError, match=sentence):
        interpret.accuracy_by_group([True, False], values, edges=[1], labels=labels)


def test_strongest_responses_are_words_with_those_before_them():
    readings = [interpret.read(text, WORDS, maxlen=6) for text in ("the good film", "bad")]
    states = np.zeros((2, 6, 2))
    states[0, -3:, 1] = 0.1, 0.9, 0.5  # the, good, film
    states[1, -1, 1] = -0.7
    assert interpret.strongest_responses(readings, states, 1, 1) == [("the GOOD", 0.9), ("BAD", -0.7)]
    everything = interpret.strongest_responses(readings, states, 1, 5)
    assert [context for context, _ in everything] == ["the GOOD", "the good FILM", "THE", "BAD"]
