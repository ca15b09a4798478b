"""The ladder's layers against the layers and loops that they stand for."""

import numpy as np

from lstm_course.ladder import layers
from lstm_course.models.quiet import keras


def mask_of(lengths, time):
    """Return ``(batch, time)``, True in front."""
    return np.arange(time) < np.asarray(lengths)[:, None]


def test_segments_equal_the_layer_on_each_piece():
    inputs = np.random.default_rng(0).normal(size=(3, 20, 4)).astype("float32")
    mask = mask_of([20, 13, 2], 20)
    lstm = keras.layers.LSTM(5, return_sequences=True)
    whole = np.asarray(layers.InSegments(lstm, 5)(inputs, mask=mask))
    pieces = [np.asarray(lstm(inputs[:, s : s + 5], mask=mask[:, s : s + 5])) for s in range(0, 20, 5)]
    np.testing.assert_allclose(whole, np.concatenate(pieces, axis=1), atol=1e-6)


def test_mean_and_max_of_words_alone():
    states = np.random.default_rng(1).normal(size=(4, 9, 3)) - 3  # all negative: a pad's zero would be the maximum
    lengths = [9, 1, 4, 7]
    pooled = np.asarray(layers.MeanAndMax(dtype="float64")(states, mask_of(lengths, 9)))
    for row, length in enumerate(lengths):
        words = states[row, :length]
        np.testing.assert_allclose(pooled[row], [*words.mean(axis=0), *words.max(axis=0)], rtol=1e-12)


def test_a_one_hot_lstm_cell_is_an_lstm_of_one_hot_words():
    ids = np.array([[3, 1, 4, 1], [2, 0, 0, 0]])
    mask = mask_of([4, 1], 4)
    one_way = keras.layers.LSTM(5, return_sequences=True, dtype="float64")
    lstm = keras.layers.Bidirectional(one_way, dtype="float64")
    wanted = np.asarray(lstm(np.eye(6)[ids], mask=mask))
    forward, backward = lstm.forward_layer.get_weights(), lstm.backward_layer.get_weights()
    rows = np.concatenate([forward[0], backward[0]], axis=1)[ids]  # what an embedding would look up
    for part, weights, columns in [(0, forward, slice(0, 5)), (1, backward, slice(5, 10))]:
        cell = layers.OneHotLSTMCell(5, part, dtype="float64")
        layer = keras.layers.RNN(cell, return_sequences=True, go_backwards=part == 1, dtype="float64")
        layer.build(rows.shape)
        np.testing.assert_array_equal(cell.bias, weights[2])  # the forget gate starts open
        layer.set_weights(weights[1:])
        states = np.asarray(layer(rows, mask=mask))
        states = states[:, ::-1] if part == 1 else states
        np.testing.assert_allclose(states[mask], wanted[mask][:, columns], rtol=1e-12, atol=1e-14)
