"""Whether checks help with mistakes that nobody listed: a fresh reader's, and those from forums."""

import functools
import re

import fresh_answers
import pytest

FILES = "fresh_answers.txt", "forum_answers.txt"


@functools.cache
def verdicts(file):
    return [(answer, answer.verdict()) for answer in fresh_answers.read(file)]


def _of(mistakes, file=FILES[0]):
    return [(answer, verdict) for answer, verdict in verdicts(file) if len(answer.mistakes) == mistakes]


def _named(answer, verdict):
    """Return for each mistake whether the verdict names it, or the one place that makes the answer right.

    That a number, or a shape, is another than expected names nothing.
    """
    said = re.sub(r"^.*?; expected .*?\.(?= [A-Z]|$)", "", verdict.split("It was given")[0])
    return ["One change makes it right" in said or bool(re.search(words, said, re.I)) for words in answer.words]


def test_there_are_enough_answers():
    assert [len(_of(mistakes)) >= least for mistakes, least in ((0, 70), (1, 350), (2, 70))] == [True] * 3


def test_every_mistake_from_a_forum_has_its_source():
    found = [answer for answer, _ in verdicts(FILES[1]) if "\n    # http" not in answer.source]
    assert found == []


def test_every_right_answer_is_accepted():
    assert [answer for answer, verdict in _of(0) if not verdict.startswith("✓")] == []


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("mistakes", [1, 2])
def test_every_wrong_answer_is_refused(mistakes, file):
    assert [answer for answer, verdict in _of(mistakes, file) if not verdict.startswith("✗")] == []


@pytest.mark.parametrize(
    ("mistakes", "file", "share"), [(1, FILES[0], 0.95), (2, FILES[0], 0.85), (1, FILES[1], 0.95), (2, FILES[1], 0.85)]
)
def test_mistakes_are_named(mistakes, file, share):
    named = [any(_named(*pair)) for pair in _of(mistakes, file)]
    assert sum(named) >= share * len(named)


@pytest.mark.parametrize("file", FILES)
def test_no_answer_with_one_mistake_is_said_to_have_two(file):
    assert [pair for pair in _of(1, file) if "Two mistakes" in pair[1] or "two things" in pair[1]] == []


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("mistakes", [1, 2])
def test_no_mistake_is_named_that_was_not_made(mistakes, file):
    wrongly = []
    for answer, verdict in _of(mistakes, file):
        claimed = [said for said in answer.exercise_itself().mutants if said in verdict]
        if claimed and not any(_named(answer, verdict)):
            wrongly.append((answer.exercise, answer.mistakes, claimed))
    assert wrongly == []
