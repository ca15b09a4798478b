"""Whether checks help with mistakes that nobody listed: the answers are by a reader who had not seen the lists."""

import functools
import re

import fresh_answers
import pytest


@functools.cache
def verdicts():
    return [(answer, answer.verdict()) for answer in fresh_answers.read()]


def _of(mistakes):
    return [(answer, verdict) for answer, verdict in verdicts() if len(answer.mistakes) == mistakes]


def _named(answer, verdict):
    """Return for each mistake whether the verdict names it, or the one place that makes the answer right.

    That a number, or a shape, is another than expected names nothing.
    """
    said = re.sub(r"^.*?; expected .*?\.(?= [A-Z]|$)", "", verdict.split("It was given")[0])
    return ["One change makes it right" in said or bool(re.search(words, said, re.I)) for words in answer.words]


def test_there_are_enough_answers():
    assert [len(_of(mistakes)) >= least for mistakes, least in ((0, 40), (1, 200), (2, 50))] == [True] * 3


def test_every_right_answer_is_accepted():
    assert [answer for answer, verdict in _of(0) if not verdict.startswith("✓")] == []


@pytest.mark.parametrize("mistakes", [1, 2])
def test_every_wrong_answer_is_refused(mistakes):
    assert [answer for answer, verdict in _of(mistakes) if not verdict.startswith("✗")] == []


@pytest.mark.parametrize(("mistakes", "share"), [(1, 0.95), (2, 0.85)])
def test_mistakes_are_named(mistakes, share):
    named = [any(_named(*pair)) for pair in _of(mistakes)]
    assert sum(named) >= share * len(named)


def test_no_answer_with_one_mistake_is_said_to_have_two():
    assert [pair for pair in _of(1) if "Two mistakes" in pair[1] or "two things" in pair[1]] == []


@pytest.mark.parametrize("mistakes", [1, 2])
def test_no_mistake_is_named_that_was_not_made(mistakes):
    wrongly = []
    for answer, verdict in _of(mistakes):
        claimed = [said for said in answer.exercise_itself().mutants if said in verdict]
        if claimed and not any(_named(answer, verdict)):
            wrongly.append((answer.exercise, answer.mistakes, claimed))
    assert wrongly == []
