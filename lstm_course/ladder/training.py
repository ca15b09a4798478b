"""Train one rung, and score reviews with it."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from lstm_course.ladder import reading, rungs
from lstm_course.models.quiet import keras, tf
from lstm_course.models.training import Clock, Progress
from lstm_course.reviews import baselines

WIDTH = 50  # batches are padded to a multiple of it: segments fit, and few shapes occur


def _width(rung: rungs.Rung, rows) -> int:
    return WIDTH * math.ceil(max(map(len, rows)) / WIDTH) if rung.mask else rung.words


def in_batches(rung: rungs.Rung, rows, lengths, batch_size: int, rng):
    """Yield every review once: the indices of a batch and its padded ids ``(batch, time, columns)``.

    Args:
        rung: says where the pads stand.
        rows: what the reader returns.
        lengths: reviews of similar length share a batch.
        batch_size: reviews in a batch.
        rng: shuffles as ``reading.batches_by_length`` says; None keeps the order of the lengths.
    """
    for batch in reading.batches_by_length(lengths, batch_size, rng):
        chosen = [rows[review] for review in batch]
        yield batch, reading.pad(chosen, _width(rung, chosen), behind=rung.mask)


def batches(rung: rungs.Rung, rows, labels, *, epochs: int, seed: int):
    """Return a ``tf.data.Dataset`` of ``(ids, labels)`` batches, each epoch in an order of its own."""
    lengths = np.array([len(row) for row in rows]) if rung.mask else np.full(len(rows), rung.words)
    rng = np.random.default_rng(seed)

    def generate():
        for _ in range(epochs):
            for batch, ids in in_batches(rung, rows, lengths, rung.batch_size, rng):
                yield ids, labels[batch, None]

    columns = rows[0].shape[1]
    signature = (
        tf.TensorSpec((None, None if rung.mask else rung.words, columns), tf.int32),
        tf.TensorSpec((None, 1), tf.float32),
    )
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)


def predict(rung: rungs.Rung, model, rows) -> np.ndarray:
    """Return the log-odds of each review, ``(reviews,)`` float32, in the order given."""
    log_odds = np.zeros(len(rows), np.float32)
    lengths = np.array([len(row) for row in rows])
    for batch, ids in in_batches(rung, rows, lengths, 256, None):
        probability = np.clip(model.predict_on_batch(ids)[:, 0], 1e-7, 1 - 1e-7)
        log_odds[batch] = np.log(probability) - np.log1p(-probability)
    return log_odds


def as_words(sequences) -> list[list[str]]:
    """Return ids as the linear models take them, one token each."""
    return [[str(word) for word in ids] for ids in sequences]


def doubts(sequences, labels, films) -> np.ndarray:
    """Return the log-odds, float64 ``(reviews,)``, that a linear model gives reviews whose films it has not seen.

    The model is the NB-weighted one on words, pairs and triples.

    Args:
        sequences: lists of word ids.
        labels: one a review, 0 or 1.
        films: one a review, of five films at least.

    Raises:
        ValueError: there are fewer than five films.
    """
    counts, _ = baselines.count_ngrams(as_words(sequences), [], longest=3)
    return baselines.out_of_fold(baselines.nb_weighted(), counts, labels, films)


def with_doubts(labels, log_odds, taught: float) -> np.ndarray:
    """Return labels that a teacher has a share in, float32 ``(reviews,)``.

    Args:
        labels: 0 or 1.
        log_odds: the teacher's, of the same reviews; :func:`doubts` gives them.
        taught: the teacher's share, from 0 to 1.
    """
    return ((1 - taught) * np.asarray(labels) + taught * expit(log_odds)).astype(np.float32)


@dataclass
class Trained:
    """A trained rung.

    Attributes:
        model: the Keras model, with averaged weights where the rung averages them.
        reader: turns sequences into the model's rows.
        seconds: training seconds up to the end of each epoch, scoring left out.
        processor_seconds: the same of processor time, over all cores; it tells models apart on a busy machine too.
        accuracies: the accuracy on the validation reviews after each epoch; empty without any.
    """

    model: object
    reader: reading.Reader
    seconds: list[float]
    processor_seconds: list[float]
    accuracies: list[float]


def train(rung: rungs.Rung, sequences, labels, *, seed: int, validation=None, start=None) -> Trained:
    """Train a model of ``rung``.

    Args:
        rung: what to train.
        sequences: lists of word ids below ``reading.VOCABULARY``.
        labels: one a review, 0 or 1, or a probability in between as a teacher gives it.
        seed: of the initial weights, the order of the reviews and the dropout.
        validation: ``(sequences, labels)`` to score after each epoch.
        start: a ``pretraining.Start`` of the same rung to go on from; None starts afresh.

    Raises:
        ValueError: there are no reviews, or not one label for each.
    """
    labels = np.asarray(labels, np.float32)
    if len(sequences) == 0 or len(sequences) != len(labels):
        raise ValueError(
            f"{len(sequences)} reviews and {len(labels)} labels: pass one label a review, at least one"
        )
    keras.utils.set_random_seed(seed)
    if start is None:
        reader = reading.fit_reader(sequences, words=rung.words, head=rung.head, ngrams=rung.ngrams)
    else:
        reader = start.reader
    rows = reader(sequences)
    steps = math.ceil(len(rows) / rung.batch_size)
    model = rungs.build(rung, reader.sizes, steps * rung.epochs)
    if start is not None:
        model.set_weights([*start.weights, *model.get_weights()[-2:]])  # the last two are the Dense layer's
    score = None
    if validation is not None:
        held, truth = reader(validation[0]), np.asarray(validation[1])

        def score(model):
            return float(np.mean((predict(rung, model, held) > 0) == truth))

    clock = Clock(score)
    averaged = [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if rung.averaged else []
    model.fit(
        batches(rung, rows, labels, epochs=rung.epochs, seed=seed),
        epochs=rung.epochs,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        # The averaged weights are in place when the clock scores, and the others again when the next epoch begins.
        callbacks=[*averaged, clock, Progress()],
    )
    return Trained(model, reader, clock.seconds, clock.processor_seconds, clock.scores)
