"""A vote is decided by films that it does not judge."""

import numpy as np
import pytest

from lstm_course.ladder import voting


def toy(seed, films=40):
    """Return the log-odds of two models with errors of their own, labels and films."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, 400)
    first, second = (np.where(labels, 1, -1) + rng.normal(size=(2, 400)) * [[1], [2]]) * [[1], [5]]
    return first, second, labels, rng.integers(0, films, 400)


def test_a_share_of_one_or_none_is_one_model_alone():
    first, second, *_ = toy(0)
    np.testing.assert_array_equal(voting.vote(first, second, 1), first)
    np.testing.assert_array_equal(voting.vote(first, second, 0), second)


def test_the_share_of_a_model_that_is_always_right_is_in_the_middle_of_those_that_leave_it_alone():
    labels = np.array([0, 1, 0, 1])
    sure, wrong = 2.0 * labels - 1, 1 - 2.0 * labels
    assert voting.best_share(sure, wrong, labels) == pytest.approx(np.mean(voting.SHARES[voting.SHARES > 0.5]))


@pytest.mark.parametrize("seed", range(5))
def test_no_film_chooses_the_share_that_judges_it(seed):
    """Turning the labels of one half round changes how the other is voted on, and not itself."""
    first, second, labels, films = toy(seed)
    votes, (_, share) = voting.cross_fitted(first, second, labels, films)
    _, held = voting.splits.split_by_film(films, held_out=200, seed=0)
    turned = labels.copy()
    turned[held] = 1 - turned[held]
    others, (_, same) = voting.cross_fitted(first, second, turned, films)
    assert same == share
    np.testing.assert_array_equal(others[held], votes[held])
    rest = np.setdiff1d(np.arange(len(labels)), held)
    assert (others[rest] != votes[rest]).any()
