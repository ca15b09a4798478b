"""Which words a prediction rests on, by three methods, and a test of which method to believe.

All three explain the log-odds of the model's probability, log(p / (1 − p)): positive where a word speaks for
"positive". The probability itself is flat where the model is sure, and a gradient there says next to nothing.
"""

from contextlib import contextmanager

import numpy as np

from lstm_course.interpret.network import (
    as_batch,
    check_probabilities,
    embedding_layer,
    probabilities,
    replaced_call,
    to_log_odds,
)
from lstm_course.models.quiet import keras, tf
from lstm_course.reviews import imdb

_BATCH = 250  # texts differentiated at once


def is_word(ids) -> np.ndarray:
    """Return where ``ids`` holds words: no pad and no start token."""
    return np.asarray(ids) > imdb.START


def gradient_times_input(model, ids) -> np.ndarray:
    """Return, for each word, the derivative of the log-odds with respect to its vector, times the vector.

    It is exact for a model that is linear in the vectors, and elsewhere a first-order estimate of what replacing the
    vector by zeros would change.

    Args:
        model: a Keras model with an Embedding that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int, or ``(time,)`` for one text.

    Returns:
        The shape of ``ids``, float32; pads and the start token have a share as well.

    Source: Shrikumar, Greenside, Shcherbina and Kundaje 2016, arXiv:1605.01713.
    """
    inputs, single = as_batch(model, ids)
    vectors = _vectors(model, inputs)
    shares = (_gradients(model, inputs, [vectors]) * vectors).sum(axis=-1)
    return shares[0] if single else shares


def integrated_gradients(model, ids, *, baseline: int = imdb.PAD, points: int = 32) -> np.ndarray:
    """Return, for each word, its share of the log-odds above those of the baseline.

    In the baseline the token ``baseline`` stands in the place of every word; pads and the start token stay. The
    gradient is averaged over ``points`` places on the straight line from the baseline's vectors to the text's own. The
    shares of a text sum to the difference of the log-odds at the two ends (completeness), up to an error that falls as
    ``points`` grows.

    Args:
        model: a Keras model with an Embedding that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int, or ``(time,)`` for one text.
        baseline: the id that stands for "no word", such as ``imdb.PAD`` or ``imdb.UNKNOWN``.
        points: at least 1; the time grows with it.

    Returns:
        The shape of ``ids``, float32; 0 for pads and the start token.

    Raises:
        ValueError: ``points`` is below 1, or ``baseline`` is no id of the model.

    Source: Sundararajan, Taly and Yan 2017, arXiv:1703.01365.
    """
    if points < 1:
        raise ValueError(f"points: expected at least 1, found {points}")
    vocabulary = embedding_layer(model).input_dim
    if not 0 <= baseline < vocabulary:
        raise ValueError(f"baseline: expected an id from 0 to {vocabulary - 1}, found {baseline}")
    inputs, single = as_batch(model, ids)
    vectors, start = _vectors(model, inputs), _vectors(model, np.where(is_word(inputs), baseline, inputs))
    line = (start + (point + 0.5) / points * (vectors - start) for point in range(points))
    shares = (_gradients(model, inputs, line) / points * (vectors - start)).sum(axis=-1)
    return shares[0] if single else shares


def occlusion(model, ids) -> np.ndarray:
    """Return, for each word, how far the log-odds fall when the unknown word stands in its place.

    Args:
        model: a Keras model that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int, or ``(time,)`` for one text.

    Returns:
        The shape of ``ids``, float32; 0 for pads and the start token.

    Source: Zeiler and Fergus 2014, arXiv:1311.2901, for patches of images; Li, Monroe and Jurafsky 2016,
    arXiv:1612.08220, for words.
    """
    inputs, single = as_batch(model, ids)
    rows, places = np.nonzero(is_word(inputs))
    without = inputs[rows]
    without[np.arange(len(rows)), places] = imdb.UNKNOWN
    found = to_log_odds(probabilities(model, np.concatenate([inputs, without])))
    shares = np.zeros(inputs.shape, np.float32)
    shares[rows, places] = found[rows] - found[len(inputs) :]
    return shares[0] if single else shares


def deletion_curve(model, ids, scores, most: int = 10, *, replacement: int = imdb.UNKNOWN) -> np.ndarray:
    """Return how far a prediction falls when the words that ``scores`` ranks first are replaced.

    The words that speak most for the predicted class go first. A method that finds the words the prediction rests on
    makes the curve rise fastest; a random ranking shows what any loss of words does.

    Args:
        model: a Keras model that ends in ``Dense(1, activation="sigmoid")``.
        ids: ``(batch, time)`` int.
        scores: the shape of ``ids``, positive where a word speaks for "positive".
        most: how many words to replace in the end.
        replacement: the id that takes their place.

    Returns:
        ``(batch, most + 1)`` float64: by how much the log-odds of the class that was predicted have fallen after 0, 1,
        …, ``most`` words. A text with fewer words stays as it is when they are gone.

    Raises:
        ValueError: ``scores`` has another shape than ``ids``.

    Source: Samek et al. 2017, arXiv:1509.06321 (for images); the mean of a curve is the area under it.
    """
    ids, _ = as_batch(model, np.atleast_2d(ids))
    scores = np.atleast_2d(np.asarray(scores, np.float64))
    if scores.shape != ids.shape:
        raise ValueError(f"scores: expected one for each id, shape {ids.shape}; found {scores.shape}")
    whole = to_log_odds(probabilities(model, ids))
    sign = np.where(whole > 0, 1, -1)
    support = np.where(is_word(ids), sign[:, None] * scores, -np.inf)
    order = np.argsort(-support, axis=1, kind="stable")
    place = np.argsort(order, axis=1)  # of each word, in the order of removal
    removed = [np.where((place < count) & is_word(ids), replacement, ids) for count in range(most + 1)]
    left = to_log_odds(probabilities(model, np.concatenate(removed))).reshape(most + 1, len(ids))
    return (sign * (whole - left)).T


def _vectors(model, ids) -> np.ndarray:
    """Return the embedded ids, ``(batch, time, features)`` float32."""
    table = keras.ops.convert_to_numpy(embedding_layer(model).embeddings)
    return table[ids]


@contextmanager
def _log_odds_shown(model):
    """Let the model return what goes into its last sigmoid: the log-odds, exact where the probability rounds to 1."""
    dense = model.layers[-1]
    activation, dense.activation = dense.activation, keras.activations.linear
    try:
        yield
    finally:
        dense.activation = activation


def _gradients(model, ids, stand_ins) -> np.ndarray:
    """Return the sum, over the stand-ins for the embedded ids, of the log-odds' derivatives with respect to them."""
    check_probabilities(model, np.empty((1, model.output_shape[-1])))
    current = {}

    @tf.function(reduce_retracing=True)
    def derivative(ids, vectors):
        current["vectors"] = vectors
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            log_odds = model(ids, training=False)
        return tape.gradient(log_odds, vectors)

    total = 0.0
    with (
        replaced_call(embedding_layer(model), lambda *_args, **_kwargs: current["vectors"]),
        _log_odds_shown(model),
    ):
        for vectors in stand_ins:
            parts = range(0, len(ids), _BATCH)
            found = [
                derivative(tf.constant(ids[part : part + _BATCH]), tf.constant(vectors[part : part + _BATCH]))
                for part in parts
            ]
            total = total + np.concatenate(found)
    return total
