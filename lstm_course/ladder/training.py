"""Train one rung, and score reviews with it."""

import math
from dataclasses import dataclass

import numpy as np

from lstm_course.ladder import batches, rungs, vectorise
from lstm_course.models.quiet import keras
from lstm_course.models.training import Clock, Progress


def predict(rung: rungs.Rung, model, rows) -> np.ndarray:
    """Return the log-odds of each review, ``(reviews,)`` float32, in the order given."""
    log_odds = np.zeros(len(rows), np.float32)
    lengths = np.array([len(row) for row in rows])
    for batch, ids in batches.padded(rung.text, rows, lengths, 256, None):
        probability = np.clip(model.predict_on_batch(ids)[:, 0], 1e-7, 1 - 1e-7)
        log_odds[batch] = np.log(probability) - np.log1p(-probability)
    return log_odds


@dataclass
class Trained:
    """A trained rung.

    Attributes:
        model: the Keras model, with the moving average of its weights where the rung has one.
        vectoriser: turns sequences into the model's rows.
        seconds: training seconds up to the end of each epoch, scoring left out.
        processor_seconds: the same in processor time, over all cores; it compares models on a busy machine too.
        accuracies: the accuracy on the validation reviews after each epoch; empty without any.
    """

    model: object
    vectoriser: vectorise.Vectoriser
    seconds: list[float]
    processor_seconds: list[float]
    accuracies: list[float]


def train(rung: rungs.Rung, sequences, labels, *, seed: int, validation=None, start=None) -> Trained:
    """Train a model of ``rung``.

    Args:
        rung: what to train.
        sequences: lists of word ids below ``vectorise.VOCABULARY``.
        labels: one a review: 0 or 1, or a soft label in between.
        seed: of the initial weights, the order of the reviews and the dropout.
        validation: ``(sequences, labels)`` to score after each epoch.
        start: a ``pretraining.Pretrained`` of the same rung to go on from; None starts afresh.

    Raises:
        ValueError: there are no reviews, or not one label for each.
    """
    labels = batches.one_label_each(sequences, labels)
    keras.utils.set_random_seed(seed)
    vectoriser = rung.text.fit(sequences) if start is None else start.vectoriser
    rows = vectoriser(sequences)
    epochs, batch_size = rung.training.epochs, rung.training.batch_size
    steps = math.ceil(len(rows) / batch_size)
    model = rungs.build(rung, vectoriser.sizes, steps * epochs)
    if start is not None:
        model.set_weights([*start.weights, *model.get_weights()[-2:]])  # the last two are the Dense layer's
    score = None
    if validation is not None:
        held, truth = vectoriser(validation[0]), np.asarray(validation[1])

        def score(model):
            return float(np.mean((predict(rung, model, held) > 0) == truth))

    clock = Clock(score)
    averaging = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if rung.training.ema_momentum else []
    model.fit(
        batches.dataset(rung.text, rows, labels, batch_size=batch_size, epochs=epochs, seed=seed),
        epochs=epochs,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        # The moving average is in place when the clock scores, and the weights again when the next epoch begins.
        callbacks=[*averaging, clock, Progress()],
    )
    return Trained(model, vectoriser, clock.seconds, clock.processor_seconds, clock.scores)
