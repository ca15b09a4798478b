"""One change to the source of an answer, and where it parts from a right one."""

import numpy as np
import pytest

from lstm_course.exercises.engine import repairs as _repairs
from lstm_course.exercises.engine.checking import Exercise, normal
from lstm_course.exercises.engine.repairs import repairs
from lstm_course.exercises.engine.where import listed, only


def read(inputs, kernel, bias):
    return np.cumsum(np.tanh(inputs @ kernel + bias), axis=1)


@pytest.fixture
def verdict(capsys):
    def ask(answer, **declared):
        check = Exercise(
            name="read",
            reference=read,
            draw=normal("btf", "fu", "u"),
            axes=("batch", "time", "units"),
            hints=(),
            right="",
            **declared,
        )
        check(answer, record=False)
        return " ".join(capsys.readouterr().out.split())

    return ask


def minus_bias(inputs, kernel, bias):
    return np.cumsum(np.tanh(inputs @ kernel - bias), axis=1)


def bias_last(inputs, kernel, bias):
    return np.cumsum(np.tanh(inputs @ kernel) + bias, axis=1)


def other_axis(inputs, kernel, bias):
    sums = np.tanh(inputs @ kernel + bias)
    return np.cumsum(sums, axis=0)


def prints(inputs, kernel, bias):
    print("seen")
    return np.cumsum(np.tanh(inputs @ kernel - bias), axis=1)


def puts_a_list_into_itself(inputs, kernel, bias):
    total, found = 0, []
    for t in range(inputs.shape[1]):
        total = total + np.tanh(inputs[:, t] @ kernel) + bias
        found.append(total)
    return np.stack(found, axis=1)


def without_end(inputs, kernel, bias):
    t, found = 0, []
    while t < inputs.shape[1]:
        found.append(np.tanh(inputs[:, t] @ kernel))
        t += 1
    return np.stack(found, axis=1)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (minus_bias, "One change makes it right. Look at `return np.cumsum(np.tanh(inputs @ kernel - bias), axis=1)`"),
        (minus_bias, "in line 2: the `-` is the wrong one."),
        (other_axis, "Look at `return np.cumsum(sums, axis=0)` in line 3: the number 0 is the wrong one."),
    ],
)
def test_the_place_of_one_change_is_named(verdict, answer, said):
    assert said in verdict(answer)


def test_no_place_is_named_where_one_change_is_not_enough(verdict):
    assert "One change" not in verdict(bias_last)


def test_trying_changes_prints_nothing_more(verdict):
    assert verdict(prints).count("seen") == 5  # once for each draw


@pytest.mark.parametrize("answer", [puts_a_list_into_itself, without_end])
def test_trying_changes_comes_to_an_end(verdict, answer):
    assert verdict(answer).startswith("✗ Not yet. ")


def test_what_leaves_traces_is_not_tried():
    def writes(text):
        return display(text) + 1  # noqa: F821

    assert list(repairs(writes)) == []


def test_without_source_there_is_nothing_to_change():
    names = {}
    exec("def answer(x):\n    return x + 1", names)
    assert list(repairs(names["answer"])) == list(repairs(len)) == list(repairs(lambda x: x + 1)) == []


def test_an_answer_stays_as_it_is():
    before = minus_bias.__code__
    assert len(list(repairs(minus_bias))) > 20
    assert minus_bias.__code__ is before
    assert _repairs.np is np


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda x, w, b: read(x, w, 0), "`bias` is all zeros, as if it were left out."),
        (lambda x, w, b: read(x, w, b)[:, ::-1], "the result is read backwards along axis 1 (time)."),
        (
            lambda x, w, b: read(x, w, b) / len(x),
            "divided by the length of axis 0 of `inputs`, a mean where a sum belongs.",
        ),
        (lambda x, w, b: read(x, w, 0).swapaxes(0, 1), "the result has axes 0 and 1 exchanged"),
        (lambda x, w, b: read(x, w, b) + 3 * (x[:1, :1, :1] > 9), "✓"),
        (
            lambda x, w, b: read(x, w, b) + x[:1, :1, :1],
            "When the first place along axis 0 of `inputs`, `inputs[0]`, changes",
        ),
    ],
)
def test_a_result_is_explained_by_what_gives_it(verdict, answer, said):
    assert said in verdict(answer)


def test_two_mistakes_are_both_named(verdict):
    mutants = {"The bias is left out.": lambda x, w, b: read(x, w, 0)}
    text = verdict(lambda x, w, b: read(x, w, 0).swapaxes(0, 1), mutants=mutants)
    assert "Two mistakes at once: The bias is left out. And: The result has axes 0 and 1 exchanged." in text


@pytest.mark.parametrize(
    ("numbers", "words"),
    [([], "no place"), ([3], "3"), ([1, 3], "1 and 3"), ([0, 1, 4], "0, 1 and 4"), ([4, 5, 6, 7], "4 to 7")],
)
def test_places_in_words(numbers, words):
    assert listed(numbers) == words


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (np.ones((2, 4), bool), ""),
        (np.arange(4) >= [[2], [2]], " It is right up to time 1, and wrong from time 2 on."),
        (np.isin(np.arange(4), [0, 2]) & np.ones((2, 1), bool), " It is wrong only at time 0 and 2."),
        (np.arange(4) == [[0], [0]], " It is wrong only at time 0 (the first)."),
    ],
)
def test_where_the_wrong_entries_are(wrong, said):
    assert only(wrong, ("batch", "time"), []) == said


def test_wrong_entries_at_the_pads_alone():
    mask = np.array([[True, True, False], [True, False, False]])
    assert only(~mask, ("batch", "time"), [("mask", mask)]) == " It is wrong only where mask is False."
