"""Pretraining without labels: word vectors from co-occurrence, then states that predict words of their context.

Both steps see reviews without their labels. Words and n-grams that occur in the same reviews get similar vectors
(latent semantic analysis). Then the encoder reads: at every fourth word its forward state has to predict a word among
the next twenty, its backward state one of the twenty before. A classifier starts from these weights.

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

from lstm_course.ladder import batches, rungs, vectorise
from lstm_course.models.quiet import keras, tf
from lstm_course.models.training import Progress

STRIDE = 4  # words from one state that predicts to the next
WINDOW = 20  # words on either side that may be the target
FREQUENT = 100  # smaller ids are the most frequent words, which say little; they are no targets
NEGATIVES = 512  # sampled words that compete with the target


def lsa_vectors(rows: list[np.ndarray], sizes: list[int], dimension: int) -> list[np.ndarray]:
    """Return vectors of length 1 for words and n-grams, close where two occur in the same reviews.

    Args:
        rows: what the vectoriser returns for the reviews.
        sizes: its sizes.
        dimension: of a vector. The direction that all reviews share is left out.

    Returns:
        One float32 array ``(size, dimension)`` for each column; zeros for what never occurs.
    """
    weighted = TfidfTransformer().fit_transform(vectorise.document_terms(rows, sizes))
    svd = TruncatedSVD(dimension + 1, n_iter=3, random_state=0).fit(weighted)
    vectors = svd.components_[1:].T
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    vectors[np.asarray(weighted.sum(axis=0)).ravel() == 0] = 0
    return np.split(vectors.astype(np.float32), np.cumsum(sizes)[:-1])


def context_words(words: np.ndarray, places: np.ndarray, rng: np.random.Generator, *, before: bool) -> np.ndarray:
    """Draw for each place of each review a word of its context, int64 ``(reviews, places)``; 0 for none.

    Args:
        words: ids ``(reviews, time)``, zeros behind the last word.
        places: the steps whose states predict.
        rng: draws; after four draws without a word that may be a target there is none.
        before: take the words before the place, without the two that its n-grams hold; else those after it.
    """
    chosen = np.zeros((len(words), len(places)), np.int64)
    for _ in range(4):
        distance = rng.integers(1, WINDOW + 1, size=chosen.shape)
        step = places - 2 - distance if before else places + distance
        there = (step >= 0) & (step < words.shape[1]) & (words[:, places] > 0)
        found = np.where(there, np.take_along_axis(words, np.clip(step, 0, words.shape[1] - 1), axis=1), 0)
        chosen = np.where((chosen == 0) & (found >= FREQUENT), found, chosen)
    return chosen


class ContextWordLoss(keras.layers.Layer):
    """The loss of predicting a word from a state, by sampled softmax; it adds the loss and returns the states.

    Args:
        vectors: ``(vocabulary, dimension)``, the initial output vectors of the words.
        frequencies: ``(vocabulary,)``, how often each word is the target.
    """

    def __init__(self, vectors, frequencies, **kwargs):
        super().__init__(**kwargs)
        self.size, dimension = vectors.shape
        self.project = keras.layers.Dense(dimension)
        self.vectors = self.add_weight(vectors.shape, keras.initializers.Constant(vectors))
        self.bias = self.add_weight((self.size,), keras.initializers.Constant(np.log(frequencies + 1e-9)))

    def call(self, states, words):
        """Add the mean loss over the states ``(batch, places, units)`` whose word ``(batch, places)`` is not 0."""
        targets = tf.where(words > 0)
        losses = tf.nn.sampled_softmax_loss(
            tf.convert_to_tensor(self.vectors),
            tf.convert_to_tensor(self.bias),
            labels=tf.gather_nd(words, targets)[:, None],
            inputs=self.project(tf.gather_nd(states, targets)),
            num_sampled=NEGATIVES,
            num_classes=self.size,
        )
        self.add_loss(tf.math.divide_no_nan(tf.reduce_sum(losses), tf.cast(tf.size(losses), tf.float32)))
        return states


def _dataset(rung: rungs.Rung, rows, epochs: int, seed: int):
    """Return a dataset of ``(ids, places, words after, words before)`` batches."""
    lengths, rng = np.array([len(row) for row in rows]), np.random.default_rng(seed)

    def generate():
        for _ in range(epochs):
            for _, ids in batches.padded(rung.text, rows, lengths, rung.training.batch_size, rng):
                places = np.arange(rng.integers(STRIDE), ids.shape[1], STRIDE, dtype=np.int32)
                after, before = (context_words(ids[..., 0], places, rng, before=b) for b in (False, True))
                yield (ids, np.tile(places, (len(ids), 1)), after, before), np.zeros(len(ids), np.float32)

    targets = tf.TensorSpec((None, None), tf.int64)
    inputs = (
        tf.TensorSpec((None, None, rows[0].shape[1]), tf.int32),
        tf.TensorSpec((None, None), tf.int32),
        targets,
        targets,
    )
    signature = inputs, tf.TensorSpec((None,), tf.float32)
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)


@dataclass(frozen=True)
class Pretrained:
    """What a classifier starts from.

    Attributes:
        vectoriser: how the reviews were read, and are to be read.
        weights: of the embeddings and of the recurrent cell, in the order of
            ``rungs.encoder(rung, sizes).get_weights()``.
        losses: the mean loss of every epoch, in nats, forward and backward added.
    """

    vectoriser: vectorise.Vectoriser
    weights: list[np.ndarray]
    losses: list[float]


def pretrain(rung: rungs.Rung, sequences, *, epochs: int, seed: int) -> Pretrained:
    """Pretrain the embeddings and the encoder of a bidirectional rung on reviews without labels.

    Args:
        rung: its text, embeddings, encoder and batch size are used.
        sequences: lists of word ids below ``vectorise.VOCABULARY``.
        epochs: over these reviews.
        seed: of weights, order, targets and dropout.

    Raises:
        ValueError: there are no reviews, or the rung has no mask or one direction.
    """
    if len(sequences) == 0:
        raise ValueError("0 reviews: pass at least one")
    if not (rung.encoder.directions == 2 and rung.text.mask):
        raise ValueError(f"the rung {rung.name!r} has to be bidirectional, with a mask")
    keras.utils.set_random_seed(seed)
    vectoriser = rung.text.fit(sequences)
    rows = vectoriser(sequences)
    vectors = lsa_vectors(rows, vectoriser.sizes, rung.embeddings.dimension)
    network = rungs.encoder(rung, vectoriser.sizes)
    # Short at first, like those of a fresh Embedding, and shorter for n-grams, which come on top of their words.
    for length, table in enumerate(vectors, start=1):
        layer = network.get_layer("words" if length == 1 else f"ngrams_{length}")
        layer.set_weights([(0.3 if length == 1 else 0.12) * table[:, : layer.output_dim]])
    model = _with_losses(network, 2 * vectors[0], rows)  # longer, so that scores differ from the start
    steps = math.ceil(len(rows) / rung.training.batch_size)
    rate = keras.optimizers.schedules.CosineDecay(2e-3, steps * epochs)
    model.compile(optimizer=keras.optimizers.Adam(rate))
    history = model.fit(
        _dataset(rung, rows, epochs, seed),
        epochs=epochs,
        steps_per_epoch=steps,
        shuffle=False,
        verbose=0,
        callbacks=[Progress()],
    )
    return Pretrained(vectoriser, network.get_weights(), history.history["loss"])


def _with_losses(network, vectors, rows):
    """Return a model of the network's states and of the two losses, one for each direction."""
    counts = np.bincount(np.concatenate([row[:, 0] for row in rows]), minlength=len(vectors)).astype(float)
    counts[:FREQUENT] = 0
    places, after, before = (keras.Input((None,), dtype=kind) for kind in ("int32", "int64", "int64"))
    states = keras.ops.take_along_axis(network.output, places[..., None], axis=1)
    outputs = [
        ContextWordLoss(vectors, counts / counts.sum())(part, words)
        for part, words in zip(keras.ops.split(states, 2, axis=-1), (after, before), strict=True)
    ]
    return keras.Model([network.input, places, after, before], outputs)
