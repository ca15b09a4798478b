"""Exercises of notebook 07, *The IMDB LSTM*.

``parameters(vocabulary, embedding, units)`` (check_parameters)
    The model is ``Embedding(vocabulary, embedding)``, ``LSTM(units)``, ``Dense(1)``. Return the parameter
    counts ``(embedding, lstm, dense, total)``, as a tuple or as a dict with these keys.
``best_epoch(train_losses, validation_losses)`` (check_crossing)
    Two lists of floats, one entry for each epoch. Return the number of the epoch, counted from 1, with the
    lowest validation loss.
``steps(reviews, batch_size)`` (check_steps)
    Return the number of updates in one epoch; the last batch may be smaller.
``dropout_mask(shape, rate, rng)`` (check_dropout_mask)
    ``shape`` is a tuple, ``rng`` a ``numpy.random.Generator``. Return an array of that shape: 0 with
    probability ``rate``, else 1 / (1 − rate), each entry on its own.
``honest_score(validation_accuracies, test_accuracies)`` (check_selection)
    Two lists, one entry for each epoch. Return the test accuracy of the epoch that the validation accuracy
    chooses.
``shuffled = …`` (check_shuffled, a choice)
    The words of every review, in training and test, are put into random order. A bag-of-words model's test
    accuracy: ``"falls"``, ``"stays"`` or ``"rises"``.
"""

from functools import partial

import numpy as np

from lstm_course.exercises._checking import Exercise, Notebook, ValueExercise
from lstm_course.exercises._comparing import NotYet

book = Notebook("07", "The IMDB LSTM")
hint = book.hint


def _parameters(vocabulary, embedding, units, gates=4, bias=1, dense_bias=1, table=None):
    layers = [
        vocabulary * (embedding if table is None else units),
        gates * ((embedding + units) * units + bias * units),
        units + dense_bias,
    ]
    return *layers, sum(layers)


check_parameters = book.add(
    Exercise(
        name="parameters",
        task="parameters(vocabulary, embedding, units): the counts (embedding, lstm, dense, total).",
        draw=lambda rng: (int(rng.integers(50, 90)), int(rng.integers(8, 20)), int(rng.integers(3, 7))),
        reference=_parameters,
        mutants={
            "The LSTM's bias is missing: each of its four blocks has one bias for each unit.": partial(
                _parameters, bias=0
            ),
            "You count one block of the LSTM. It has four: input gate, forget gate, candidate, output "
            "gate.": partial(_parameters, gates=1),
            "You count three blocks, as a GRU has (with one bias). An LSTM has three gates and the "
            "candidate: four.": partial(_parameters, gates=3),
            "The bias of the Dense layer is missing: one weight for each unit, and one bias.": partial(
                _parameters, dense_bias=0
            ),
            "You count the embedding by units. It is a table with one row of length `embedding` for each "
            "word.": (partial(_parameters, table="units")),
            "You count two biases for each block, as PyTorch does. Keras's LSTM has one.": partial(
                _parameters, bias=2
            ),
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
    # A rise that is made good later, then the turn: the first increase is not the end.
    epochs, best = 9, int(rng.integers(4, 7))
    validation = 0.4 + 0.04 * np.abs(np.arange(epochs) - best) + rng.uniform(0, 0.01, epochs)
    validation[2] = validation[1] + 0.03
    train = 0.6 - 0.05 * np.arange(epochs)
    train[[epochs - 2, epochs - 1]] = train[[epochs - 1, epochs - 2]]
    return train.round(3).tolist(), validation.round(3).tolist()


def _best_epoch(train_losses, validation_losses):
    return int(np.argmin(validation_losses)) + 1


check_crossing = book.add(
    Exercise(
        name="crossing",
        task=(
            "best_epoch(train_losses, validation_losses): the epoch, counted from 1, after which it overfits."
        ),
        draw=_draw_losses,
        reference=_best_epoch,
        mutants={
            "You count epochs from 0; Keras's progress lines, and this task, count from 1.": (
                lambda train, validation: int(np.argmin(validation))
            ),
            "You take the lowest training loss. It goes on falling while the model learns its reviews by "
            "heart; only the validation loss shows that.": (
                lambda train, validation: int(np.argmin(train)) + 1
            ),
            "This is the last epoch, whatever the losses say.": lambda train, validation: len(train),
            "You stop before the first increase. A loss may rise once and fall below again: take the "
            "lowest of all.": (lambda train, validation: int(np.argmax(np.diff(validation) > 0)) + 1),
            "You take the highest validation loss; the lowest is the best.": (
                lambda train, validation: int(np.argmax(validation)) + 1
            ),
            "This is one epoch too late: the epoch after the lowest validation loss.": (
                lambda train, validation: int(np.argmin(validation)) + 2
            ),
        },
        hints=(
            "The training loss has no say in this.",
            "np.argmin gives the index of the smallest entry, counted from 0.",
        ),
        right="After that epoch the model only gets better at the reviews that it has seen.",
    )
)


def _draw_steps(rng):
    batch, full = int(rng.integers(8, 40)), int(rng.integers(20, 60))
    return full * batch + int(rng.choice([0, 0, batch // 4, batch - 2])), batch


check_steps = book.add(
    Exercise(
        name="steps",
        task="steps(reviews, batch_size): the number of updates in one epoch.",
        # Whole batches alone in some draws, a rest in others.
        draw=_draw_steps,
        reference=lambda reviews, batch_size: -(-reviews // batch_size),
        mutants={
            "The last, smaller batch is left out. Keras trains on it too: round up.": (
                lambda reviews, batch_size: reviews // batch_size
            ),
            "One too many when the reviews fill whole batches: there is no rest to train on then.": (
                lambda reviews, batch_size: reviews // batch_size + 1
            ),
            "You round to the nearest number, which loses a small last batch: round up.": (
                lambda reviews, batch_size: round(reviews / batch_size)
            ),
            "The number of updates is a whole number: round up.": lambda reviews, batch_size: (
                reviews / batch_size
            ),
            "This is the number of reviews; an update takes batch_size of them at once.": (
                lambda reviews, batch_size: reviews
            ),
        },
        hints=("How many batches does Keras make of 65 reviews at 32 each?", "math.ceil rounds up."),
        right="25,000 reviews at 32 make 782 updates an epoch, the number in Keras's progress bar.",
    )
)


def _draw_dropout(rng):
    return (150, 120), float(rng.choice([0.2, 0.3, 0.7, 0.1])), np.random.default_rng(rng.integers(99))


def _dropout_mask(shape, rate, rng, scale=None):
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
        raise NotYet(
            f"The mask is {mask.flat[0]:.4g} everywhere; each entry is 0 or not by its own random number."
        )
    if any(np.ptp(mask, axis=axis).min() == 0 for axis in (0, 1)):
        raise NotYet(
            "Whole rows or columns of the mask are alike: every entry needs a random number of its own."
        )
    return kept.size / mask.size, kept[0]


check_dropout_mask = book.add(
    Exercise(
        name="dropout_mask",
        task="dropout_mask(shape, rate, rng): what Keras multiplies by in training.",
        draw=lambda rng: (
            (150, 120),
            float(rng.choice([0.2, 0.3, 0.7, 0.1])),
            np.random.default_rng(rng.integers(99)),
        ),
        reference=_dropout_mask,
        mutants={
            "The kept entries are not scaled. With 1 / (1 − rate) the expected sum is the same with "
            "dropout and without, and prediction needs no correction.": partial(
                _dropout_mask, scale=lambda rate: 1.0
            ),
            "You keep with probability `rate`. It is the share that is dropped.": (
                lambda shape, rate, rng: (rng.random(shape) < rate) / (1 - rate)
            ),
            "You keep with probability `rate`, and scale for that. `rate` is the share that is dropped.": (
                lambda shape, rate, rng: (rng.random(shape) < rate) / rate
            ),
            "You multiply by 1 − rate where you should divide by it: what is kept has to make up for what "
            "is not.": (partial(_dropout_mask, scale=lambda rate: 1 - rate)),
            "You scale by 1 / rate; what is kept is a share of 1 − rate, so it takes 1 / (1 − rate).": partial(
                _dropout_mask, scale=lambda rate: 1 / rate
            ),
            "You scale by rate; what is kept is a share of 1 − rate, so it takes 1 / (1 − rate).": partial(
                _dropout_mask, scale=lambda rate: rate
            ),
        },
        observe=_observe_mask,
        outputs=("The share of entries kept", "The number in a kept entry"),
        tolerance=0.02,
        hints=(
            "rng.random(shape) gives a number between 0 and 1 for each entry; it is below rate with "
            "probability rate.",
            "kept = rng.random(shape) >= rate; then scale what is kept.",
        ),
        right="Training and prediction agree on average, and prediction needs no dropout at all.",
    )
)


def _draw_accuracies(rng):
    # The epochs chosen by validation, by test and by patience differ.
    validation, test = (
        rng.permutation(np.linspace(0.70, 0.85, 8)) + rng.uniform(0, 0.01, 8) for _ in range(2)
    )
    v, t = rng.permutation(6)[:2]
    validation[v], test[t] = 0.88, 0.89
    return validation.round(4).tolist(), test.round(4).tolist()


def _honest_score(validation_accuracies, test_accuracies):
    return test_accuracies[int(np.argmax(validation_accuracies))]


check_selection = book.add(
    Exercise(
        name="selection",
        task="honest_score(validation_accuracies, test_accuracies): the test accuracy to report.",
        draw=_draw_accuracies,
        reference=_honest_score,
        mutants={
            "You report the best test accuracy. That chooses the epoch by the test set, and flatters: the "
            "test reviews then took part in the choice.": lambda validation, test: max(test),
            "You report the last epoch. Choose the epoch by the validation accuracy.": (
                lambda validation, test: test[-1]
            ),
            "You report the validation accuracy. It took part in the choice, so it flatters; report the "
            "test accuracy of the same epoch.": lambda validation, test: max(validation),
            "You report the number of the epoch; the task asks for its test accuracy.": (
                lambda validation, test: int(np.argmax(validation))
            ),
            "You report the mean over the epochs. The model that is kept is that of one epoch.": (
                lambda validation, test: float(np.mean(test))
            ),
            "The epoch is one too late: index 0 of both lists is epoch 1.": (
                lambda validation, test: test[int(np.argmax(validation)) + 1]
            ),
        },
        hints=(
            "Two steps: choose the epoch, then look up a number. Only the second may see the test "
            "accuracies.",
            "best = int(np.argmax(validation_accuracies)) is the index in both lists.",
        ),
        right="The test set was looked at once, after the choice: this number has no reason to flatter.",
    )
)

check_shuffled = book.add(
    ValueExercise(
        name="shuffled",
        task="A bag-of-words model's test accuracy when the words of every review are shuffled.",
        answer="stays",
        choices=("falls", "stays", "rises"),
        mistakes={
            "falls": "What does the model get to see? Counts of words; shuffling a review changes none of them.",
            "rises": "Nothing is gained: the model sees the counts of words alone, and those are the same.",
        },
        hints=("Write down the bag of words of 'not good at all' and of 'at all not good'.",),
        right="Whatever an LSTM loses when the words are shuffled is what it had learned from their order.",
    )
)
