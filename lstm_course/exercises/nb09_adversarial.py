"""The perturbation of adversarial training that notebook 09 asks for, and the usual mistakes."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import distinct


def draw(rng):
    """Return a gradient, vectors ``(time, features)`` and a share; their lengths are far from 1 and from another."""
    time, features = distinct(rng, 2)
    gradient = 0.1 * rng.normal(size=(time + 2, features)) * rng.uniform(0.2, 2, size=(time + 2, 1))
    vectors = rng.normal(size=(time + 2, features)) * rng.uniform(0.5, 2, size=(time + 2, 1))
    return gradient, vectors, float(rng.choice([0.02, 0.05, 0.1]))


def perturbation(gradient, vectors, share, *, scale=None, unit=None, norm=np.linalg.norm):
    """Return ``share`` times the length of the vectors, along the gradient."""
    return share * (scale or norm)(vectors) * gradient / (unit or norm)(gradient)


def _one(values):
    return 1.0


def _squares(values):
    return np.sum(values**2)


def _each_word(values):
    return np.linalg.norm(values, axis=1, keepdims=True)


MUTANTS = {
    "This perturbation lowers the loss. The gradient points to where it rises; the worst perturbation goes along "
    "it.": lambda *a: -perturbation(*a),
    "Your perturbation is as long as `share` itself. It is a share of the length of the vectors: multiply by that "
    "too.": partial(perturbation, scale=_one),
    "The gradient has a length of its own, which has to go: divide by it.": partial(perturbation, unit=_one),
    "The gradient has a length of its own, which has to go; and the perturbation is a share of the length of the "
    "vectors.": partial(perturbation, scale=_one, unit=_one),
    "Each word gets a perturbation of its own length, a share of its own vector. The review is one long vector: one "
    "length over all its numbers.": partial(perturbation, norm=_each_word),
    "You scale the gradient to length 1 at each word, so that a word that does not matter is perturbed as far as one "
    "that does. One length, over all numbers.": partial(perturbation, unit=_each_word),
    "Each word gets a perturbation by the length of its own vector. The review is one long vector: one length over all "
    "its numbers.": partial(perturbation, scale=_each_word),
    "`share` is missing: the perturbation is as long as the vectors themselves.": (
        lambda g, v, s: perturbation(g, v, 1.0)
    ),
    "You multiply by the vectors; multiply by their length, which is one number.": (
        lambda g, v, s: s * v * g / np.linalg.norm(g)
    ),
    "len(vectors) is the number of words. The length of the vectors is the root of the sum of squares, "
    "np.linalg.norm(vectors).": partial(perturbation, scale=len),
    "vectors.size counts the numbers. The length of the vectors is the root of the sum of squares, "
    "np.linalg.norm(vectors).": partial(perturbation, scale=np.size),
    "The lengths are taken down each column. The review is one long vector: one length over all its numbers.": partial(
        perturbation, norm=partial(np.linalg.norm, axis=0)
    ),
    "np.linalg.norm(…, 2) of a matrix is its largest stretch, not its length as one long vector. Leave the 2 "
    "out.": partial(perturbation, norm=partial(np.linalg.norm, ord=2)),
    "The length is the root of the sum of squares; the root is missing.": (partial(perturbation, norm=_squares)),
    "The root is missing where you divide by the length of the gradient.": (partial(perturbation, unit=_squares)),
    "The root is missing in the length of the vectors.": partial(perturbation, scale=_squares),
    "You add up absolute values, or take their mean; the length is the root of the sum of squares.": (
        partial(perturbation, norm=lambda x: np.abs(x).sum())
    ),
    "You divide by the largest number; the length is the root of the sum of squares.": (
        partial(perturbation, unit=lambda x: np.abs(x).max())
    ),
    "The sign of the gradient changes every number by the same amount. That is the worst where each number "
    "has a bound of its own (Goodfellow et al., 2015); here the length of the whole is bounded.": (
        lambda g, v, s: s * np.sign(g)
    ),
    "The sign of the gradient has a length of its own, the root of how many numbers there are; and the loss rises "
    "fastest along the gradient itself.": lambda g, v, s: s * np.linalg.norm(v) * np.sign(g),
    "The length is right, but the sign of the gradient changes every number alike. The loss rises fastest along the "
    "gradient itself.": lambda g, v, s: perturbation(np.sign(g), v, s),
    "These are the vectors after the perturbation; the perturbation alone is asked for.": (
        lambda g, v, s: v + perturbation(g, v, s)
    ),
    "Gradient and vectors are swapped: your perturbation goes along the vectors.": (
        lambda g, v, s: perturbation(v, g, s)
    ),
    "Your perturbation goes along the vectors, which only makes them longer; the gradient gives the "
    "direction.": lambda g, v, s: s * v,
}
