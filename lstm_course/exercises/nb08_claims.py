"""Exercises of notebook 08 that test a claim: what a cell is worth, and what a probability is worth."""

import math
from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Exercise


def _draw_auc(rng):
    reviews = int(rng.integers(14, 22))
    labels = rng.permutation(np.arange(reviews) % 3 == 0).astype(int)
    sign = rng.choice([-1, 1])
    # Coarse values, so that there are ties within and between the two classes.
    return np.round(sign * labels + rng.normal(size=reviews)) / 2, labels


def _auc(values, labels, tie=0.5, pairs=None):
    positive, negative = values[labels == 1][:, None], values[labels == 0]
    wins = (positive > negative).sum() + tie * (positive == negative).sum()
    return wins / (pairs or positive.size * negative.size)


def _auc_by_ranks(values, labels):
    ranks = np.argsort(np.argsort(values, kind="stable")) + 1
    positives = (labels == 1).sum()
    return (ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * (labels == 0).sum())


AUC = Exercise(
    name="auc",
    draw=_draw_auc,
    reference=_auc,
    mutants={
        "A tie counts nothing in yours. A cell that always has one value would get 0; with one half it gets 0.5, as it "
        "should.": partial(_auc, tie=0),
        "A tie counts as a win in yours. A cell that always has one value would get 1; with one half it gets 0.5, as "
        "it should.": partial(_auc, tie=1),
        "It is the other way round: count the pairs in which the positive review has the larger value.": (
            lambda *a: 1 - _auc(*a)
        ),
        "It is the other way round, and a tie counts nothing in yours. Count the pairs in which the positive review "
        "has the larger value, and a tie as one half.": lambda x, y: _auc(-x, y, tie=0),
        "You fold it: max(auc, 1 − auc) hides that a cell goes down for a positive review.": (
            lambda *a: max(_auc(*a), 1 - _auc(*a))
        ),
        "You divide by all pairs of reviews; divide by the pairs of a positive and a negative one.": (
            lambda x, y: _auc(x, y, pairs=len(x) * (len(x) - 1) / 2)
        ),
        "You divide by the square of the reviews; divide by the pairs of a positive and a negative one.": (
            lambda x, y: _auc(x, y, pairs=len(x) ** 2)
        ),
        "This is the number of pairs that the positive review wins, without the ties. Add half of those, and divide by "
        "the number of all pairs.": partial(_auc, tie=0, pairs=1),
        "This is the number of pairs; divide it by how many there are.": partial(_auc, pairs=1),
        "Equal values get different ranks here, by their place in the list. Give them their mean rank, or count the "
        "pairs.": _auc_by_ranks,
        "You subtract the lost pairs from the won ones. A pair that is lost counts 0, a tie one half.": (
            lambda *a: 2 * _auc(*a) - 1
        ),
        "This is the accuracy with a threshold at 0. The AUC needs no threshold.": (lambda x, y: np.mean((x > 0) == y)),
        "This is the difference of the two means, which a single large value can move.": (
            lambda x, y: x[y == 1].mean() - x[y == 0].mean()
        ),
        "This is the correlation; the AUC asks for the order alone.": lambda x, y: np.corrcoef(x, y)[0, 1],
        "You compare each positive review with the mean of the negative ones; compare it with every one of "
        "them.": lambda x, y: np.mean(x[y == 1] > x[y == 0].mean()),
    },
    hints=(
        "positive = values[labels == 1], negative = values[labels == 0].",
        "positive[:, None] > negative compares every pair; so does == for the ties.",
    ),
    right="0.5 says nothing about the label, 1 everything; near 0 the cell says it with the sign turned round.",
)


def _draw_ablation(rng):
    draws = int(rng.integers(24, 60))
    random_drops = rng.normal(0.002, 0.006, draws).round(3)
    # A large fall, one equal to it, a larger one, and a gain of the same size.
    drop = float(np.sort(random_drops)[-4])
    random_drops[:3] = drop, drop + 0.003, -drop - 0.002
    return drop, random_drops


def _p_value(drop, random_drops, above=1, below=1):
    return (above + np.sum(random_drops >= drop)) / (below + len(random_drops))


ABLATION = Exercise(
    name="ablation",
    draw=_draw_ablation,
    reference=_p_value,
    mutants={
        "You count the random falls alone. The claimed cell is one of the cells that could have been drawn: with the 1 "
        "above and below, p is never zero.": partial(_p_value, above=0, below=0),
        "The 1 belongs above as well as below.": partial(_p_value, above=0),
        "The 1 belongs below as well as above.": partial(_p_value, below=0),
        "Two things: count a random fall equal to the claimed one too (>=, not >), and add 1 above and "
        "below.": lambda d, r: np.mean(r > d),
        "This is the share of the random falls that are smaller. Count those at least as large, and add 1 above and "
        "below.": lambda d, r: np.mean(r < d),
        "This is the share of the random falls that are not larger. Count those at least as large, and add 1 above and "
        "below.": lambda d, r: np.mean(r <= d),
        "A random fall equal to the claimed one counts too: >=, not >.": (lambda d, r: _p_value(np.nextafter(d, 1), r)),
        "You count the random falls that are smaller; count those at least as large.": (
            lambda d, r: _p_value(-d, -np.asarray(r))
        ),
        "This is 1 − p: a small p speaks for the claim.": lambda *a: 1 - _p_value(*a),
        "You compare absolute values. A random cell whose ablation raises the accuracy does not hurt.": (
            lambda d, r: _p_value(abs(d), np.abs(r))
        ),
        "This is the number of the random falls at least as large; p is a share.": (lambda d, r: np.sum(r >= d)),
        "You assume that the random falls follow a normal curve. Count them instead.": (
            lambda d, r: math.erfc((d - np.mean(r)) / np.std(r) / 2**0.5) / 2
        ),
        "This is how many standard deviations the fall is from the mean of the random ones; count instead.": (
            lambda d, r: (d - np.mean(r)) / np.std(r)
        ),
        "You compare with the mean of the random falls; compare with every one of them.": (
            lambda d, r: float(d > np.mean(r))
        ),
    },
    hints=(
        "np.sum(random_drops >= drop) counts those at least as large.",
        "Add 1 to that, and 1 to the number of draws, then divide.",
    ),
    right="A claim about one cell has to beat what any cell would do: a small p, or no claim.",
)


def _draw_calibration(rng):
    reviews, bins = int(rng.integers(60, 100)), int(rng.integers(4, 8))
    probabilities = rng.beta(0.7, 0.5, reviews)
    inside = np.clip(np.floor(probabilities * bins), 0, bins - 1)
    inside[inside == 0] = 1  # the first bin is empty
    probabilities = (inside + 0.05 + 0.9 * (probabilities * bins % 1)) / bins  # and none on an edge
    probabilities[:3] = 1.0
    labels = (rng.random(reviews) < rng.choice([0.1, 0.5]) + 0.4 * probabilities).astype(int)
    labels[inside == bins - 1] = 1  # what is nearly sure is right, and what is sure is wrong: the bin holds both
    labels[:3] = 0, 0, 1
    return probabilities, labels, bins


def _bins(probabilities, bins):
    return np.minimum((probabilities * bins).astype(int), bins - 1)


def _calibration(probabilities, labels, bins, gap=np.abs, weigh=True, where=None, claimed=None):
    """Return the sum over the bins; ``claimed`` is what a bin claims in place of its mean probability."""
    where = _bins(probabilities, bins) if where is None else where
    filled = np.unique(where)
    claims = [np.mean(probabilities[where == b]) if claimed is None else claimed(b, bins) for b in filled]
    gaps = gap(np.array(claims) - [np.mean(labels[where == b]) for b in filled])
    weights = [np.mean(where == b) for b in filled] if weigh else 1 / len(filled)
    return float(np.sum(weights * gaps))


def _edges_without_one(probabilities, labels, bins):
    inside = probabilities < 1
    share = np.mean(inside)
    return share * _calibration(probabilities[inside], labels[inside], bins)


def _of_the_verdict(probabilities, labels, bins):
    verdicts = probabilities > 0.5
    sure = np.where(verdicts, probabilities, 1 - probabilities)
    return _calibration(sure, (verdicts == labels).astype(int), bins)


def _accuracy_of_bins(probabilities, labels, bins):
    return _calibration(probabilities, ((probabilities > 0.5) == labels).astype(int), bins)


def _split_evenly(probabilities, labels, bins):
    where = np.empty(len(probabilities), int)
    for number, part in enumerate(np.array_split(np.argsort(probabilities), bins)):
        where[part] = number
    return _calibration(probabilities, labels, bins, where=where)


CALIBRATION_ERROR = Exercise(
    name="calibration_error",
    draw=_draw_calibration,
    reference=_calibration,
    mutants={
        "Every filled bin counts alike in yours. Weight each by its share of the reviews.": (
            partial(_calibration, weigh=False)
        ),
        "You take the mean over all bins, empty ones too. Weight each by its share of the reviews.": (
            lambda p, y, bins: _calibration(p, y, bins, weigh=False) * len(np.unique(_bins(p, bins))) / bins
        ),
        "Each bin counts fully in yours. Weight it by its share of the reviews.": (
            lambda p, y, bins: _calibration(p, y, bins, weigh=False) * len(np.unique(_bins(p, bins)))
        ),
        "You weight by the number of reviews in the bin; divide by the number of all reviews.": (
            lambda p, y, bins: len(p) * _calibration(p, y, bins)
        ),
        "You weight by the number of reviews in the bin, and lose those at 1.0. Divide by the number of all "
        "reviews, and let the last bin include its upper edge.": (
            lambda p, y, bins: len(p) * _edges_without_one(p, y, bins)
        ),
        "This is the mean distance of each review from its label. A probability of 0.9 is right when nine in ten are "
        "positive: compare means, bin by bin.": lambda p, y, bins: np.mean(np.abs(p - y)),
        "The distances keep their signs, so that bins above and below the diagonal cancel. Take each bin's absolute "
        "value.": partial(_calibration, gap=lambda gaps: gaps),
        "You square the distances; take absolute values.": partial(_calibration, gap=np.square),
        "This is the root of the mean square; take the weighted mean of the absolute distances.": (
            lambda *a: _calibration(*a, gap=np.square) ** 0.5
        ),
        "You use the accuracy of the verdicts in each bin. The probabilities are of *positive*, so compare them with "
        "the share of positive reviews.": _accuracy_of_bins,
        "You bin how sure the verdict is, max(p, 1 − p), against its accuracy. That is the definition for many "
        "classes; the task bins the probability of *positive*.": _of_the_verdict,
        "You use the middle of each bin; take the mean probability of the reviews in it.": (
            partial(_calibration, claimed=lambda b, bins: (b + 0.5) / bins)
        ),
        "You compare the two means over all reviews. Errors in different bins cancel there.": (
            lambda p, y, bins: abs(p.mean() - y.mean())
        ),
        "A probability of 1.0 falls out of your bins; the last bin includes its upper edge.": _edges_without_one,
        "A probability of 1.0 gets a bin of its own in yours; it belongs to the last.": (
            lambda p, y, bins: _calibration(p, y, bins, where=(p * bins).astype(int))
        ),
        "The result is NaN, as the mean of an empty bin is: leave empty bins out.": lambda *a: np.nan,
        "Your bins begin at the smallest probability; they go from 0 to 1, whatever the model says.": (
            lambda p, y, bins: _calibration(p, y, bins, where=_bins((p - p.min()) / np.ptp(p) * (1 - 1e-12), bins))
        ),
        "Your bins hold equally many reviews; the task has bins of equal width.": (
            lambda p, y, bins: _calibration(p, y, bins, where=np.argsort(np.argsort(p)) * bins // len(p))
        ),
        "np.array_split makes bins of equally many reviews; the task has bins of equal width.": _split_evenly,
        "This is the Brier score, the mean squared distance of each review from its label.": (
            lambda p, y, bins: np.mean((p - y) ** 2)
        ),
        "This is the largest distance of a bin; the task asks for the weighted mean of all of them.": (
            lambda p, y, bins: max(
                abs(p[_bins(p, bins) == b].mean() - y[_bins(p, bins) == b].mean()) for b in np.unique(_bins(p, bins))
            )
        ),
    },
    hints=(
        "np.minimum((probabilities * bins).astype(int), bins - 1) is the number of each review's bin.",
        "For each bin: inside = where == b; skip it if inside has no True.",
        "total += inside.mean() * abs(probabilities[inside].mean() - labels[inside].mean())",
    ),
    right="Of reviews given 0.9 by a calibrated model nine in ten are positive; this is how far yours is from it.",
)
