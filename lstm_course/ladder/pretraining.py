"""Pretraining without labels: vectors from the company that words keep, then states that can name words nearby.

Two steps, both on reviews whose labels nobody tells. Words and n-grams that occur in the same reviews get similar
vectors (latent semantic analysis). Then the network reads: at every fourth word its forward state has to name a word
among the next twenty, its backward state one of the twenty before. The weights are where a classifier starts.

Sources: Deerwester et al., 1990, "Indexing by Latent Semantic Analysis", JASIS 41(6). Dai and Le, 2015,
"Semi-supervised Sequence Learning", arXiv:1511.01432. Johnson and Zhang, 2016, "Supervised and Semi-Supervised Text
Categorization using LSTM for Region Embeddings", arXiv:1602.02373, who have a region predict the words around it. The
sampled softmax: Jean et al., 2015, "On Using Very Large Target Vocabulary for Neural Machine Translation",
arXiv:1412.2007.
"""

import math
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer

from lstm_course.ladder import reading, rungs, training
from lstm_course.models.quiet import keras, tf
from lstm_course.models.training import Progress

EVERY = 4  # words from one state that is asked to the next
REACH = 20  # words on either side that may be asked for
COMMON = 100  # smaller ids are the commonest words, which tell nothing
NEGATIVES = 512  # words that the asked one is told from


def company(rows: list[np.ndarray], sizes: list[int], numbers: int) -> list[np.ndarray]:
    """Return vectors of length 1 for words and n-grams, close where two occur in the same reviews.

    Args:
        rows: what the reader returns for the reviews.
        sizes: its sizes.
        numbers: the length of a vector. The direction that all reviews share is left out.

    Returns:
        One float32 array ``(size, numbers)`` for each column; zeros for what never occurs.
    """
    weighted = TfidfTransformer().fit_transform(reading.occurrences(rows, sizes))
    svd = TruncatedSVD(numbers + 1, n_iter=3, random_state=0).fit(weighted)
    vectors = svd.components_[1:].T
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    vectors[np.asarray(weighted.sum(axis=0)).ravel() == 0] = 0
    return np.split(vectors.astype(np.float32), np.cumsum(sizes)[:-1])


def words_nearby(
    words: np.ndarray, places: np.ndarray, rng: np.random.Generator, *, behind: bool
) -> np.ndarray:
    """Return for each place of each review a word at random from nearby, int64 ``(reviews, places)``; 0 for none.

    Args:
        words: ``(reviews, time)``, zeros behind the last word.
        places: the steps that are asked.
        rng: draws; after four draws without a word worth naming there is none.
        behind: take the words before the place, without the two that its n-grams hold; else those after it.
    """
    chosen = np.zeros((len(words), len(places)), np.int64)
    for _ in range(4):
        distance = rng.integers(1, REACH + 1, size=chosen.shape)
        step = places - 2 - distance if behind else places + distance
        there = (step >= 0) & (step < words.shape[1]) & (words[:, places] > 0)
        found = np.where(there, np.take_along_axis(words, np.clip(step, 0, words.shape[1] - 1), axis=1), 0)
        chosen = np.where((chosen == 0) & (found >= COMMON), found, chosen)
    return chosen


class NameAWord(keras.layers.Layer):
    """The loss of naming a word from a state, against a sample of the vocabulary; it trains and returns nothing new.

    Args:
        vectors: ``(vocabulary, numbers)``, where the vectors of the words to name start.
        frequencies: ``(vocabulary,)``, how often each word is asked for.
    """

    def __init__(self, vectors, frequencies, **kwargs):
        super().__init__(**kwargs)
        self.size, numbers = vectors.shape
        self.project = keras.layers.Dense(numbers)
        self.vectors = self.add_weight(vectors.shape, keras.initializers.Constant(vectors))
        self.bias = self.add_weight((self.size,), keras.initializers.Constant(np.log(frequencies + 1e-9)))

    def call(self, states, words):
        """Add the mean loss over the states ``(batch, places, units)`` whose word ``(batch, places)`` is not 0."""
        asked = tf.where(words > 0)
        losses = tf.nn.sampled_softmax_loss(
            tf.convert_to_tensor(self.vectors),
            tf.convert_to_tensor(self.bias),
            labels=tf.gather_nd(words, asked)[:, None],
            inputs=self.project(tf.gather_nd(states, asked)),
            num_sampled=NEGATIVES,
            num_classes=self.size,
        )
        self.add_loss(tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.size(losses), tf.float32)))
        return states


def _questions(rung: rungs.Rung, rows, epochs: int, seed: int):
    """Return a dataset of ``(ids, places, words after, words before)`` batches."""
    lengths, rng = np.array([len(row) for row in rows]), np.random.default_rng(seed)

    def generate():
        for _ in range(epochs):
            for _, ids in training.in_batches(rung, rows, lengths, rung.batch_size, rng):
                places = np.arange(rng.integers(EVERY), ids.shape[1], EVERY, dtype=np.int32)
                after, before = (words_nearby(ids[..., 0], places, rng, behind=b) for b in (False, True))
                yield (ids, np.tile(places, (len(ids), 1)), after, before), np.zeros(len(ids), np.float32)

    pairs = tf.TensorSpec((None, None), tf.int64)
    inputs = (
        tf.TensorSpec((None, None, rows[0].shape[1]), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        pairs,
        pairs,
    )
    signature = inputs, tf.TensorSpec((None,), tf.float32)
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)


@dataclass(frozen=True)
class Start:
    """What a classifier starts from.

    Attributes:
        reader: how the reviews were read, and are to be read.
        weights: of the vectors and of the recurrent cell, in the order of ``rungs.states(rung, sizes).get_weights()``.
        losses: the mean loss of every pass, in nats, both directions added.
    """

    reader: reading.Reader
    weights: list[np.ndarray]
    losses: list[float]


def pretrain(rung: rungs.Rung, sequences, *, epochs: int, seed: int) -> Start:
    """Pretrain the vectors and the cell of a rung that reads both directions, on reviews without labels.

    Args:
        rung: its vectors, cell, segments, dropout of words and batch size are used.
        sequences: lists of word ids below ``reading.VOCABULARY``.
        epochs: passes over them.
        seed: of weights, order, questions and dropout.

    Raises:
        ValueError: there are no reviews, or the rung has no mask or one direction.
    """
    if len(sequences) == 0:
        raise ValueError("0 reviews: pass at least one")
    if not (rung.bidirectional and rung.mask):
        raise ValueError(f"the rung {rung.name!r} has to read both directions, with a mask")
    keras.utils.set_random_seed(seed)
    reader = reading.fit_reader(sequences, words=rung.words, head=rung.head, ngrams=rung.ngrams)
    rows = reader(sequences)
    vectors = company(rows, reader.sizes, rung.embedding)
    network = rungs.states(rung, reader.sizes)
    # Short at first, as those of a fresh Embedding are, and shorter for n-grams, which come on top of their words.
    for length, table in enumerate(vectors, start=1):
        layer = network.get_layer("words" if length == 1 else f"ngrams_{length}")
        layer.set_weights([(0.3 if length == 1 else 0.12) * table[:, : layer.output_dim]])
    model = _asking(rung, network, 2 * vectors[0], rows)  # longer, so that scores differ from the start
    steps = math.ceil(len(rows) / rung.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps * epochs)
    model.compile(optimizer=keras.optimizers.Adam(rate))
    history = model.fit(
        _questions(rung, rows, epochs, seed),
        epochs=epochs,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[Progress()],
    )
    return Start(reader, network.get_weights(), history.history["loss"])


def _asking(rung: rungs.Rung, network, vectors, rows):
    """Return a model of the network's states and the two questions put to them."""
    counts = np.bincount(np.concatenate([row[:, 0] for row in rows]), minlength=len(vectors)).astype(float)
    counts[:COMMON] = 0
    places, after, before = (keras.Input((None,), dtype=kind) for kind in ("int32", "int64", "int64"))
    states = keras.ops.take_along_axis(network.output, places[..., None], axis=1)
    asked = [
        NameAWord(vectors, counts / counts.sum())(part, words)
        for part, words in zip(keras.ops.split(states, 2, axis=-1), (after, before), strict=True)
    ]
    return keras.Model([network.input, places, after, before], asked)
