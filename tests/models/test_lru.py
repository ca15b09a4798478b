"""The Keras LRU against its NumPy twin."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.cells import LRU as Cell
from lstm_course.models.lru import LRU
from lstm_course.models.quiet import keras, tf


@settings(max_examples=10, deadline=None)
@given(time=st.integers(1, 33), units=st.integers(1, 5), seed=st.integers(0, 99))
def test_the_scan_is_the_loop(time, units, seed):
    inputs = np.random.default_rng(seed).normal(size=(3, time, 4))
    layer = LRU(units, ring=(0.5, 0.999), seed=seed, dtype="float64")
    found = np.asarray(layer(inputs))
    cell = Cell(*layer.get_weights())
    np.testing.assert_allclose(found, cell.forward(inputs), rtol=0, atol=1e-12)


def test_it_starts_like_its_twin():
    layer = LRU(6, ring=(0.9, 0.99), seed=3, dtype="float64")
    layer.build((None, None, 4))
    twin = Cell.initialise(4, 6, rng=np.random.default_rng(3), ring=(0.9, 0.99))
    for one, other in zip(layer.get_weights(), twin.weights.values(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_its_gradient_is_that_of_finite_differences():
    inputs = np.random.default_rng(1).normal(size=(2, 7, 3))
    goal = np.random.default_rng(2).normal(size=(2, 7, 8))
    layer = LRU(4, ring=(0.5, 0.9), dtype="float64")
    layer.build(inputs.shape)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs) * goal)
    gradients = tape.gradient(loss, layer.trainable_variables)
    weights = layer.get_weights()
    for number, gradient in enumerate(gradients):
        index = tuple(size // 2 for size in weights[number].shape)
        around = []
        for step in (1e-6, -1e-6):
            moved = [weight.copy() for weight in weights]
            moved[number][index] += step
            around.append(np.sum(Cell(*moved).forward(inputs) * goal))
        assert float(gradient[index]) == pytest.approx((around[0] - around[1]) / 2e-6, rel=1e-6)


def test_it_is_saved_and_loaded(tmp_path):
    model = keras.Sequential([keras.Input((5, 3)), LRU(4, ring=(0.8, 0.9), seed=7), keras.layers.Dense(2)])
    inputs = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    assert again.layers[0].ring == (0.8, 0.9)
    assert model.layers[0].compute_output_shape((2, 5, 3)) == (2, 5, 8)
    np.testing.assert_array_equal(again.predict(inputs, verbose=0), model.predict(inputs, verbose=0))
