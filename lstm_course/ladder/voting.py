"""A vote of two models: the weighted mean of their log-odds, with a share that other films choose."""

import numpy as np

from lstm_course.reviews import splits

SHARES = np.linspace(0, 1, 21)


def vote(first, second, share: float) -> np.ndarray:
    """Return the mean of two models' log-odds ``(reviews,)``, the first one's counting ``share``, from 0 to 1."""
    return share * np.asarray(first) + (1 - share) * np.asarray(second)


def best_share(first, second, labels) -> float:
    """Return the share of the first model with which the vote is right most often; the mean of those that tie.

    Args:
        first: log-odds, ``(reviews,)``.
        second: log-odds of the same reviews.
        labels: one a review, 0 or 1.
    """
    accuracies = [np.mean((vote(first, second, share) > 0) == labels) for share in SHARES]
    return float(SHARES[accuracies == np.max(accuracies)].mean())


def cross_fitted(first, second, labels, films) -> tuple[np.ndarray, list[float]]:
    """Return the log-odds of a vote in which no film helps to choose the share that judges it.

    The films are dealt to two halves; each half is voted on with the share that is best on the other.

    Args:
        first: log-odds, ``(reviews,)``.
        second: log-odds of the same reviews.
        labels: one a review, 0 or 1.
        films: one a review, of two films at least.

    Returns:
        The log-odds ``(reviews,)``, and the two shares of the first model.
    """
    first, second, labels = map(np.asarray, (first, second, labels))
    halves = splits.split_by_film(films, held_out=len(labels) // 2, seed=0)
    votes, shares = np.empty(len(labels)), []
    for judged, choosing in (halves, halves[::-1]):
        shares.append(best_share(first[choosing], second[choosing], labels[choosing]))
        votes[judged] = vote(first[judged], second[judged], shares[-1])
    return votes, shares
