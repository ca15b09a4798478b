"""Whether a probability of 0.8 comes true in eight of ten cases."""

import numpy as np

from lstm_course.reviews.baselines import accuracy_interval


def _binned(probabilities, labels, bins):
    probabilities, labels = np.asarray(probabilities, np.float64), np.asarray(labels).astype(bool)
    if probabilities.shape != labels.shape or probabilities.ndim != 1 or not len(labels):
        raise ValueError(
            "probabilities: expected one for each label, shape (reviews,); "
            f"found {probabilities.shape} and labels {labels.shape}"
        )
    if bins < 1 or not ((probabilities >= 0) & (probabilities <= 1)).all():
        raise ValueError("probabilities: expected values from 0 to 1, and bins of at least 1")
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    return [(probabilities[place == each], labels[place == each]) for each in range(bins) if (place == each).any()]


def reliability(probabilities, labels, bins: int = 10) -> list[tuple[float, float, float, float, int]]:
    """Sort predictions into bins of equal width and compare each with what came true.

    Args:
        probabilities: ``(reviews,)``, of "positive".
        labels: ``(reviews,)``, 1 positive and 0 negative.
        bins: how many.

    Returns:
        For each bin that is not empty, from the lowest: the mean probability, the share that is positive, the low and
        the high end of that share's 95 % interval, and the number of reviews: what ``plotting.reliability`` draws.
    """
    rows = []
    for predicted, came_true in _binned(probabilities, labels, bins):
        interval = accuracy_interval(int(came_true.sum()), len(came_true))
        rows.append((float(predicted.mean()), float(came_true.mean()), *interval, len(came_true)))
    return rows


def expected_calibration_error(probabilities, labels, bins: int = 10) -> float:
    """Return the mean distance between a bin's mean probability and its share of positives, weighted by its size.

    Source: Naeini, Cooper and Hauskrecht 2015; Guo, Pleiss, Sun and Weinberger 2017, arXiv:1706.04599 (who bin the
    probability of the predicted class; here it is that of "positive").
    """
    rows = reliability(probabilities, labels, bins)
    reviews = sum(row[4] for row in rows)
    return sum(abs(predicted - observed) * count for predicted, observed, _, _, count in rows) / reviews
