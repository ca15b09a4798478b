"""Exercises of notebook 10, *Reading before judging*."""

from functools import partial

import numpy as np
from scipy.special import logsumexp

from lstm_course.exercises.engine.checking import Notebook, distinct
from lstm_course.exercises.engine.comparing import NotYet

book = Notebook("10", "Reading before judging")
hint = book.hint


def _perplexity(probabilities, sign=-1, mean=np.mean, log=np.log, power=np.exp):
    return power(sign * mean(log(probabilities)))


check_perplexity = book.function(
    "perplexity",
    _perplexity,
    draw=lambda rng: (rng.uniform(0.01, 0.6, size=int(rng.integers(5, 12))),),
    mutants={
        "This is the cross-entropy, in nats. The perplexity is its exponential.": partial(
            _perplexity, power=lambda x: x
        ),
        "This is the cross-entropy, in bits. The perplexity is 2 to that power.": partial(
            _perplexity, log=np.log2, power=lambda x: x
        ),
        "This is the root of the cross-entropy. The perplexity is its exponential.": partial(
            _perplexity, power=np.sqrt
        ),
        "You take e to the power of bits. Logarithm and power need the same base.": (partial(_perplexity, log=np.log2)),
        "You take 2 to the power of nats. Logarithm and power need the same base.": (
            partial(_perplexity, power=np.exp2)
        ),
        "The sign is missing: a perplexity is 1 or more.": partial(_perplexity, sign=1),
        "You add the logarithms up. Take their mean, or a longer text is always more perplexing.": (
            partial(_perplexity, mean=np.sum)
        ),
        "This is one over the mean probability. The mean is taken of the logarithms, so that one word that was thought "
        "impossible costs dearly.": lambda p: 1 / np.mean(p),
        "This is the mean of 1 / p. The mean is taken of the logarithms.": lambda p: np.mean(1 / p),
        "The logarithm comes first, then the mean.": lambda p: np.exp(-np.log(np.sum(p)) / len(p)),
        "−p log p is the entropy of a distribution. These are the probabilities of words that came, and each of them "
        "came once.": lambda p: np.exp(-np.sum(p * np.log(p))),
    },
    hints=(
        "The cross-entropy is the mean of −log p.",
        "np.exp(-np.mean(np.log(probabilities)))",
    ),
    right="A perplexity of 100: as unsure as somebody who chooses among 100 equally likely words.",
)


def _draw_streams(rng):
    count, steps = distinct(rng, 2)
    number = int(rng.integers(1, 4))
    streams = rng.permutation(np.arange(count * (5 * steps + 3)) + 4).reshape(count, 5 * steps + 3)
    return streams, number, steps


def _window(streams, number, steps, *, start=lambda number, steps: number * steps, shift=1):
    first = start(number, steps)
    return streams[:, first : first + steps], streams[:, first + shift : first + shift + steps]


check_next_batch = book.function(
    "next_batch",
    _window,
    draw=_draw_streams,
    also=((np.arange(24).reshape(2, 12), 0, 3),),
    mutants={
        "The targets are the inputs: the model would learn to repeat what it has just read. They come one word "
        "later.": partial(_window, shift=0),
        "The targets come a whole batch later; each is the word right after its input.": (
            lambda s, n, t: (s[:, n * t : n * t + t], s[:, n * t + t : n * t + 2 * t])
        ),
        "The targets come two words after their inputs: the first target is the second word of the batch.": partial(
            _window, shift=2
        ),
        "You leave out one word between two batches: the last target of one is the first input of the next, so that "
        "batch n begins at n · steps.": partial(_window, start=lambda n, t: n * (t + 1)),
        "Batch n begins at step n, and overlaps nearly all of the one before; it begins at n · steps.": partial(
            _window, start=lambda n, t: n
        ),
        "You count the batches from 1; the first is batch 0.": partial(_window, start=lambda n, t: max(n - 1, 0) * t),
        "Inputs and targets are swapped.": lambda s, n, t: _window(s, n, t)[::-1],
        "You cut across the streams. They are the rows, and time is axis 1.": (
            lambda s, n, t: (s[n * t : n * t + t], s[n * t + 1 : n * t + t + 1])
        ),
        "The window is cut from the rows, and those are the streams. Cut the columns: time is axis 1.": (
            lambda s, n, t: (s[n * t : n * t + t + 1][:-1], s[n * t : n * t + t + 1][1:])
        ),
        "The last target of the batch is lost. The window has to hold steps + 1 words: the last of them is only a "
        "target here, and the first input of the next batch.": (
            lambda s, n, t: (s[:, n * t : n * t + t - 1], s[:, n * t + 1 : n * t + t])
        ),
        "The last target is the first input of the same batch. It is the word that the next batch begins with.": (
            lambda s, n, t: (_window(s, n, t)[0], np.roll(_window(s, n, t)[0], -1, axis=1))
        ),
        "Your inputs have one step more than was asked for.": (
            lambda s, n, t: (s[:, n * t : n * t + t + 1], s[:, n * t + 1 : n * t + t + 1])
        ),
        "The last step has no target: take one word more for the targets than for the inputs.": (
            lambda s, n, t: (s[:, n * t : n * t + t], s[:, n * t + 1 : n * t + t])
        ),
    },
    outputs=("inputs", "targets"),
    hints=(
        "first = number * steps; the inputs are the columns from there on.",
        "The targets are the same number of columns, one later.",
    ),
    right="The next batch goes on where this one stops, stream by stream, so that the state can be carried.",
)


def _draw_states(rng):
    batch, units = distinct(rng, 2)
    batch += 2
    ids = rng.integers(4, 90, size=batch)
    ids[rng.permutation(batch)[: int(rng.integers(1, batch - 1))]] = 1
    return rng.normal(size=(batch, units)), rng.normal(size=(batch, units)), ids


def _carry(hidden_state, cell_state, ids):
    keep = (ids != 1)[:, None]
    return hidden_state * keep, cell_state * keep


check_carry = book.function(
    "carry",
    _carry,
    draw=_draw_states,
    also=((np.ones((3, 2)), np.ones((3, 2)), np.array([5, 6, 7])),),
    mutants={
        "Both states are carried everywhere: a review is read with the end of another one in mind. Reset the streams "
        "whose word is the start token 1.": lambda h, c, i: (h, c),
        "Both states are reset everywhere. Only the streams that begin a review are, and the others go on.": (
            lambda h, c, i: (0 * h, 0 * c)
        ),
        "It is the other way round: a start token resets, any other word carries on.": (
            lambda h, c, i: (h * (i == 1)[:, None], c * (i == 1)[:, None])
        ),
        "One review that begins resets all streams. Each stream has its own reviews.": (
            lambda h, c, i: (h * (i != 1).all(), c * (i != 1).all())
        ),
        "The cell state is carried over the start of a review, and it is what remembers. Reset both.": (
            lambda h, c, i: (_carry(h, c, i)[0], c)
        ),
        "The hidden state is carried over the start of a review. Reset both.": (
            lambda h, c, i: (h, _carry(h, c, i)[1])
        ),
        "You leave out the streams that begin a review. They stay, with zeros as their states.": (
            lambda h, c, i: (h[i != 1], c[i != 1])
        ),
        "The two states are swapped: first the hidden state, then the cell state.": (
            lambda h, c, i: _carry(h, c, i)[::-1]
        ),
        "You set the states to ones where a review begins; the state before the first word is zero.": (
            lambda h, c, i: tuple(np.where((i == 1)[:, None], 1.0, s) for s in (h, c))
        ),
    },
    outputs=("hidden_state", "cell_state"),
    axes=("streams", "units"),
    hints=(
        "keep = ids != 1 is True where a stream goes on.",
        "keep[:, None] has shape (streams, 1), and multiplies the states of a stream as a whole.",
    ),
    right="Carried from batch to batch, reset from review to review: two different things.",
)


def _draw_scores(rng):
    words = int(rng.integers(6, 12))
    return 2 * rng.normal(size=words), float(rng.choice([0.5, 0.7, 1.6])), int(rng.integers(2, words - 1))


def _softmax(scores):
    weights = np.exp(scores - np.max(scores))
    return weights / weights.sum()


def _probabilities(scores, temperature, top_k, *, scale=np.divide, cut=lambda s, k: np.argsort(s)[:-k], value=-np.inf):
    scaled = np.array(scale(scores, temperature), dtype=float)
    scaled[cut(scaled, top_k)] = value
    return _softmax(scaled)


def _cut_without_rest(scores, temperature, top_k, *, scale=np.divide):
    probabilities = _softmax(scale(scores, temperature))
    probabilities[np.argsort(scores)[:-top_k]] = 0
    return probabilities


def _without_exponential(scores, temperature, top_k):
    weights = np.where(scores >= np.sort(scores)[-top_k], scores / temperature, 0.0)
    return weights / weights.sum()


def _expect_every_word(probabilities, scores, temperature, top_k):
    """Return the probabilities; raise `NotYet` where they are those of the kept words alone."""
    if np.shape(probabilities) == (top_k,) != np.shape(scores):
        raise NotYet(
            "Only the words that may be drawn are left. Return one probability for every word, 0 for the others."
        )
    return probabilities


check_word_probabilities = book.function(
    "word_probabilities",
    _probabilities,
    draw=_draw_scores,
    also=((np.array([0.5, 0.1, 3.0, -1.0]), 1.0, 4),),
    observe=_expect_every_word,
    mutants={
        "The scores are multiplied by the temperature. Divide: below 1, the likely words get likelier.": (
            partial(_probabilities, scale=np.multiply)
        ),
        "The temperature has no effect. Divide the scores by it, before the softmax; dividing probabilities changes "
        "nothing once they add up to 1 again.": partial(_probabilities, scale=lambda s, t: s),
        "top_k is not used: every word may be drawn.": partial(_probabilities, cut=lambda s, k: []),
        "The probabilities no longer add up to 1: share out anew what the words left out had.": _cut_without_rest,
        "These are the words with the lowest scores; the highest ones may be drawn.": partial(
            _probabilities, cut=lambda s, k: np.argsort(s)[k:]
        ),
        "One word too few may be drawn.": partial(
            _probabilities, cut=lambda s, k: np.argsort(s)[: len(s) - max(k - 1, 1)]
        ),
        "You set the scores of the other words to 0. A score of 0 is not a probability of 0: set them to −∞.": (
            partial(_probabilities, value=0.0)
        ),
        "These are the scores divided by the temperature, not yet probabilities: the softmax is missing.": (
            lambda s, t, k: np.where(s >= np.sort(s)[-k], s / t, -np.inf)
        ),
        "The probabilities come in the order of their size. Each word keeps its place.": (
            lambda s, t, k: np.sort(_probabilities(s, t, k))[::-1]
        ),
        "The exponential is missing: you divide the scores themselves by their sum. A score may be negative.": (
            _without_exponential
        ),
    },
    axes=("words",),
    hints=(
        "Divide the scores by the temperature; np.argsort(scores)[:-top_k] are the places of all but the top k.",
        "Set those to −np.inf, and take the softmax: exp(−∞) is 0, and the rest adds up to 1.",
    ),
    right="Temperature changes how sharp the choice is, top_k how long the tail; neither changes the order.",
)


def _draw_sampled(rng):
    targets, negatives = distinct(rng, 2)
    return (
        rng.normal(size=targets),
        rng.normal(size=(targets, negatives + 2)),
        -rng.uniform(0.5, 4, size=targets),
        -rng.uniform(0.5, 4, size=negatives + 2),
    )


def _sampled(target, sampled, log_q_target, log_q_sampled, *, sign=-1, own=True, correct="ts", reduce=np.mean):
    target = target + sign * log_q_target * ("t" in correct)
    sampled = sampled + sign * log_q_sampled * ("s" in correct)
    every = np.concatenate([target[:, None], sampled], axis=1) if own else sampled
    return reduce(logsumexp(every, axis=1) - target)


check_sampled_softmax = book.function(
    "sampled_softmax",
    _sampled,
    draw=_draw_sampled,
    mutants={
        "The correction is missing. Frequent words are sampled often and would be pushed down for it: subtract log Q "
        "from every score.": partial(_sampled, sign=0),
        "You add log Q; a word that is sampled often has to count for less. Subtract it.": partial(_sampled, sign=1),
        "The target is missing among the choices: it competes with the sampled words.": partial(_sampled, own=False),
        "The sampled words are corrected, the target is not. It stands in the same softmax: subtract its log Q "
        "too.": partial(_sampled, correct="s"),
        "The target is corrected, the sampled words are not. Subtract their log Q too.": partial(_sampled, correct="t"),
        "log_q_target and log_q_sampled are logarithms already. Subtract them as they are.": (
            lambda t, s, qt, qs: _sampled(t, s, np.exp(qt), np.exp(qs))
        ),
        "One sum runs over the sampled words of all targets. Each target competes with its own row: axis=1.": (
            lambda t, s, qt, qs: np.mean(np.logaddexp(t - qt, logsumexp(s - qs)) - (t - qt))
        ),
        "You take the logarithm of the mean probability. The loss is a mean of logarithms.": (
            partial(_sampled, reduce=lambda losses: -np.log(np.mean(np.exp(-losses))))
        ),
        "The sign of the loss is wrong: this is the mean log-probability.": lambda *a: -_sampled(*a),
        "These losses are added up. Return their mean.": partial(_sampled, reduce=np.sum),
        "This is the mean probability of the targets. The loss is the mean of −log of it.": (
            lambda t, s, qt, qs: np.mean(np.exp(t - qt - logsumexp(np.column_stack([t - qt, s - qs]), axis=1)))
        ),
        "You take the softmax over the targets of the batch. Each target competes with its sampled words: axis 1.": (
            lambda t, s, qt, qs: np.mean(logsumexp(np.column_stack([t - qt, s - qs]), axis=0)[0] - (t - qt))
        ),
    },
    hints=(
        "Subtract log Q from both kinds of scores; put the target's in front of its sampled words'.",
        "The loss of one target is logsumexp(every, axis=1) − its corrected score; scipy.special has logsumexp.",
    ),
    right="The target competes with the sampled words alone, each corrected for how often it is drawn.",
)
