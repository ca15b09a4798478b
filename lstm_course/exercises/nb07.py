"""Exercises of notebook 07, *The IMDB LSTM*."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Exercise, Notebook
from lstm_course.exercises.engine.comparing import NotYet, parts, same
from lstm_course.exercises.engine.running import call

book = Notebook("07", "The IMDB LSTM")
hint = book.hint


def _count(vocabulary, embedding, units, *, gates=4, biases=4, recurrent=1, dense_bias=1, by_units=False):
    layers = [
        vocabulary * (units if by_units else embedding),
        gates * (embedding + recurrent * units) * units + biases * units,
        units + dense_bias,
    ]
    return *layers, sum(layers)


class _CountsExercise(Exercise):
    """Says so where the total alone is wrong."""

    def _known_mistake(self, found):
        layers = [list(self.reference(*given)[:3]) for given in self.inputs()]
        if all(
            isinstance(result, list) and same(result[:3], parts(right, self.outputs[:3]))
            for result, right in zip(found, layers, strict=True)
        ):
            return "The three layers are right, and the total is not: it is their sum, all three together."
        return super()._known_mistake(found)


check_parameters = book.add(
    _CountsExercise(
        name="parameters",
        reference=_count,
        draw=lambda rng: (int(rng.integers(50, 90)), int(rng.integers(8, 20)), int(rng.integers(3, 7))),
        mutants={
            "The LSTM's bias is missing: each of its four blocks has one bias for each unit.": (
                partial(_count, biases=0)
            ),
            "The bias is counted once in the LSTM, not once for each of the four blocks.": (partial(_count, biases=1)),
            "You count no bias in either layer: the LSTM has one for each unit in each of its four blocks, the Dense "
            "layer has one.": partial(_count, biases=0, dense_bias=0),
            "The recurrent kernel is missing: each of the four blocks also multiplies the old hidden state, by units * "
            "units weights.": partial(_count, recurrent=0),
            "You count one block of the LSTM. It has four: input gate, forget gate, candidate, output gate.": (
                partial(_count, gates=1, biases=1)
            ),
            "You count three blocks, as a GRU has (with one bias). An LSTM has three gates and the candidate: "
            "four.": partial(_count, gates=3, biases=3),
            "The bias of the Dense layer is missing: one weight for each unit, and one bias.": (
                partial(_count, dense_bias=0)
            ),
            "You count the embedding by units. It is a table with one row of length `embedding` for each word.": (
                partial(_count, by_units=True)
            ),
            "You count two biases for each block, as PyTorch does. Keras's LSTM has one.": (partial(_count, biases=8)),
        },
        outputs=("embedding", "lstm", "dense", "total"),
        hints=(
            "The embedding is a table: one row for each word of the vocabulary.",
            "Each of the LSTM's four blocks sees the word vector and the old hidden state, and has a bias: "
            "(embedding + units) * units + units.",
            "Dense(1) has one weight for each unit and one bias.",
        ),
        right="Nearly all parameters of this model are word vectors: the LSTM itself is the small part.",
    )
)


def _draw_losses(rng):
    # Dropout acts in training alone, so the training loss starts above the validation loss. They cross at
    # epoch 2 or 3, before the minimum; a rise at epoch 3 is made good later. The highest validation loss is
    # the last or the one before, and the sum of both losses is lowest two epochs late.
    epochs, best = 12, int(rng.integers(4, 7))
    after = np.arange(epochs) - best
    validation = 0.4 + np.where(after < 0, -0.035, 0.05) * after + rng.uniform(0, 0.004, epochs)
    validation[2] = validation[1] + 0.03
    start = validation[0] + rng.choice([0.01, 0.025, 0.05])
    train = start - np.cumsum(np.where(after > 2, 0.015, 0.07)) + 0.07
    train[-2:] = train[:-3:-1]
    if rng.random() < 0.5:
        validation[-2:] = validation[:-3:-1]
    return train.round(3).tolist(), validation.round(3).tolist()


def _best_epoch(train_losses, validation_losses):
    return np.argmin(validation_losses) + 1


check_best_epoch = book.function(
    "best_epoch",
    _best_epoch,
    draw=_draw_losses,
    mutants={
        "You count epochs from 0; Keras's progress lines, and this task, count from 1.": (lambda t, v: np.argmin(v)),
        "You take the lowest training loss. It goes on falling while the model memorises its reviews; only the "
        "validation loss shows that.": lambda t, v: np.argmin(t) + 1,
        "This is the last epoch, whatever the losses say.": lambda t, v: len(t),
        "You stop before the first increase. A loss may rise once and fall below again: take the lowest of "
        "all.": lambda t, v: np.argmax(np.diff(v) > 0) + 1,
        "You take the highest validation loss; the lowest is the best.": lambda t, v: np.argmax(v) + 1,
        "This is one epoch too late: the epoch after the lowest validation loss.": (lambda t, v: np.argmin(v) + 2),
        "You take the epoch where the curves cross. Dropout alone can shift them against each other; take the lowest "
        "validation loss.": lambda t, v: np.argmax(np.greater(v, t)) + 1,
        "You take the epoch of the smallest gap. Two losses can be close and both be high; take the lowest validation "
        "loss.": lambda t, v: np.argmin(np.abs(np.subtract(v, t))) + 1,
        "You take the lowest sum of both losses. The training loss goes on falling and moves the choice to a later "
        "epoch; take the lowest validation loss.": lambda *a: np.argmin(np.add(*a)) + 1,
        "This is the loss; return the number of its epoch.": lambda t, v: min(v),
    },
    hints=(
        "The training loss has no say in this.",
        "np.argmin gives the index of the smallest entry, counted from 0.",
    ),
    right="After that epoch the model only gets better at the reviews that it has seen.",
)


class _StepsExercise(Exercise):
    """Its draws share batch sizes, so that an answer that never looks at ``reviews`` shows."""

    def _known_mistake(self, found):
        by_batch_size = {}
        for (_, batch_size), result in zip(self.inputs(), found, strict=True):
            by_batch_size.setdefault(batch_size, []).append(result)
        if all(
            isinstance(result, list) and same(result, results[0])
            for results in by_batch_size.values()
            for result in results
        ):
            return "Your function ignores `reviews`: it returns the same number however many there are."
        return super()._known_mistake(found)


def _draw_steps(rng):
    batch, full = int(rng.choice([16, 24])), int(rng.integers(20, 60))
    return full * batch + int(rng.choice([0, 0, batch // 4, batch - 2])), batch


check_steps = book.add(
    _StepsExercise(
        name="steps",
        # Whole batches alone in some draws, a rest in others.
        draw=_draw_steps,
        reference=lambda reviews, batch_size: -(-reviews // batch_size),
        mutants={
            "The last, smaller batch is left out. Keras trains on it too: round up.": lambda n, b: n // b,
            "One too many when the reviews fill whole batches: there is no rest to train on then.": (
                lambda n, b: n // b + 1
            ),
            "You round to the nearest number, which loses a small last batch: round up.": (lambda n, b: round(n / b)),
            "The number of updates is a whole number: round up.": lambda n, b: n / b,
            "This is the number of reviews; an update takes batch_size of them at once.": lambda n, b: n,
        },
        hints=("How many batches does Keras make of 65 reviews at 32 each?", "math.ceil rounds up."),
        right="25,000 reviews at 32 make 782 updates an epoch, the number in Keras's progress bar.",
    )
)


def _draw_dropout(rng):
    return (150, 120), float(rng.choice([0.2, 0.3, 0.7, 0.1])), np.random.default_rng(rng.integers(99))


def _mask(shape, rate, rng, scale=None):
    kept = rng.random(shape) >= rate
    return kept * (1 / (1 - rate) if scale is None else scale(rate))


def _observe_mask(mask, shape, rate, rng):
    mask = np.asarray(mask, dtype=float)
    if mask.shape != shape:
        raise NotYet(f"The mask has shape {mask.shape}; expected {shape}.")
    kept = mask[mask != 0]
    if kept.size and np.ptp(kept) > 1e-6:
        raise NotYet("The mask holds more than two different numbers; expected 0 and 1 / (1 − rate) alone.")
    if kept.size == mask.size or not kept.size:
        raise NotYet(f"The mask is {mask.flat[0]:.4g} everywhere; each entry is 0 or not by its own random number.")
    if any(np.ptp(mask, axis=axis).min() == 0 for axis in (0, 1)):
        raise NotYet("Whole rows or columns of the mask are alike: every entry needs a random number of its own.")
    return kept.size / mask.size, kept[0]


class _MaskExercise(Exercise):
    """Calls an answer that is right by its shares once more, to see where its random numbers come from."""

    def judge(self, answer):
        remark = super().judge(answer)

        def twice(*given):
            return [np.asarray(answer(*given)) != 0 for _ in range(2)]

        inputs = [((50, 40), rate, generator) for _, rate, generator in self.inputs()]
        runs, again = ([call(twice, given, self.arguments).value for given in inputs] for _ in range(2))
        if any(np.array_equal(*masks) for masks in runs):
            raise NotYet(
                "Two calls with one generator give the same mask. Draw from `rng`, which moves on at every "
                "call; a generator that you make inside starts anew."
            )
        if not np.array_equal(runs, again):
            raise NotYet("The same `rng` gives another mask each time: draw from `rng` and nothing else.")
        if all(first.sum() == second.sum() for first, second in runs):
            raise NotYet(
                "The number of zeros is the same at every call. Draw from `rng` for each entry on its own; "
                "the number of zeros then varies around its mean."
            )
        return remark


check_dropout_mask = book.add(
    _MaskExercise(
        name="dropout_mask",
        draw=_draw_dropout,
        reference=_mask,
        mutants={
            "The kept entries are not scaled. With 1 / (1 − rate) the expected sum is the same with dropout and "
            "without, and prediction needs no correction.": partial(_mask, scale=lambda r: 1.0),
            "You keep with probability `rate`. It is the share that is dropped.": (
                lambda shape, r, rng: (rng.random(shape) < r) / (1 - r)
            ),
            "You keep with probability `rate`, and scale for that. `rate` is the share that is dropped.": (
                lambda shape, r, rng: (rng.random(shape) < r) / r
            ),
            "You keep with probability `rate`, and do not scale. `rate` is the share that is dropped, and what is kept "
            "is multiplied by 1 / (1 − rate).": lambda shape, r, rng: rng.random(shape) < r,
            "You multiply by 1 − rate where you should divide by it: what is kept has to make up for what is "
            "not.": partial(_mask, scale=lambda r: 1 - r),
            "You scale by 1 / rate; what is kept is a share of 1 − rate, so it takes 1 / (1 − rate).": (
                partial(_mask, scale=lambda r: 1 / r)
            ),
            "You scale by rate; what is kept is a share of 1 − rate, so it takes 1 / (1 − rate).": (
                partial(_mask, scale=lambda r: r)
            ),
        },
        observe=_observe_mask,
        outputs=("The share of entries kept", "The number in a kept entry"),
        tolerance=0.02,
        hints=(
            "rng.random(shape) gives a number between 0 and 1 for each entry; it is below rate with probability rate.",
            "kept = rng.random(shape) >= rate; then scale what is kept.",
        ),
        right="The expected sum is the same with and without dropout.",
    )
)


def _draw_scores(rng):
    # The epochs chosen by validation, by test and by patience differ.
    losses = rng.permutation(np.linspace(0.4, 0.7, 8)) + rng.uniform(0, 0.01, 8)
    accuracies = rng.permutation(np.linspace(0.70, 0.85, 8)) + rng.uniform(0, 0.01, 8)
    v, t = rng.permutation(6)[:2]
    losses[v], accuracies[t] = 0.36, 0.89
    return losses.round(4).tolist(), accuracies.round(4).tolist()


def _chosen(validation_losses, test_accuracies):
    return test_accuracies[np.argmin(validation_losses)]


check_selection = book.function(
    "selection",
    _chosen,
    draw=_draw_scores,
    mutants={
        "You report the best test accuracy. That chooses the epoch by the test set, and flatters: the test reviews "
        "then took part in the choice.": lambda v, t: max(t),
        "You report the last epoch. Choose the epoch by the validation loss.": lambda v, t: t[-1],
        "You report the validation loss. It took part in the choice, so it flatters; report the test accuracy of "
        "the same epoch.": lambda v, t: min(v),
        "This is the epoch; return its test accuracy.": lambda v, t: np.argmin(v) + 1,
        "This is the index of the epoch; return the test accuracy that stands there.": lambda v, t: np.argmin(v),
        "You report the mean over the epochs. The model that is kept is that of one epoch.": (
            lambda v, t: float(np.mean(t))
        ),
        "The epoch is one too late: index 0 of both lists is epoch 1.": lambda v, t: t[np.argmin(v) + 1],
        "You take the epoch of the highest validation loss; an accuracy is best high, a loss low.": (
            lambda v, t: t[np.argmax(v)]
        ),
    },
    hints=(
        "Two steps: choose the epoch as in exercise 4, then look up a number. Only the second may see the test "
        "accuracies.",
        "best = int(np.argmin(validation_losses)) is the index in both lists.",
    ),
    right="The test set had no part in the choice: this number has no reason to flatter.",
)

check_shuffled = book.value(
    "shuffled",
    "stays",
    choices=("falls", "stays", "rises"),
    mistakes={
        "falls": "What does the model see of a test review? Counts of words; shuffling a review changes none of them.",
        "rises": "Nothing is gained: the model sees counts of words alone, and those are the same.",
    },
    hints=("Write down the bag of words of 'not good at all' and of 'at all not good'.",),
    right="The counts of the words are the same, so every prediction is the same.",
)
