"""BatchedLSTM against the layer that it stands in for."""

import numpy as np
import pytest

from lstm_course.models.batched import BatchedLSTM
from lstm_course.models.quiet import keras, tf

BATCH, TIME, FEATURES, UNITS = 5, 7, 3, 4


def pair(dtype="float64", **options):
    """Return a Keras layer and a BatchedLSTM with the same weights and the same seed for their masks."""
    layers = [kind(UNITS, dtype=dtype, seed=3, **options) for kind in (keras.layers.LSTM, BatchedLSTM)]
    for layer in layers:
        layer.build((BATCH, TIME, FEATURES))
    rng = np.random.default_rng(0)
    weights = [rng.standard_normal(weight.shape) for weight in layers[0].get_weights()]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def inputs():
    return tf.constant(np.random.default_rng(1).standard_normal((BATCH, TIME, FEATURES)))


@pytest.mark.parametrize("dropout", [0.0, 0.4])
@pytest.mark.parametrize("recurrent_dropout", [0.0, 0.4])
def test_outputs_and_gradients_equal_keras(dropout, recurrent_dropout):
    """The seeds are equal, and so are the masks: one for each gate with recurrent dropout, one for all without."""
    found = []
    for layer in pair(dropout=dropout, recurrent_dropout=recurrent_dropout):
        given = inputs()
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs = layer(given, training=True)
            loss = tf.reduce_sum(outputs * tf.constant(np.arange(1.0, UNITS + 1)))
        gradients = tape.gradient(loss, [variable.value for variable in layer.trainable_variables] + [given])
        found.append([array.numpy() for array in (outputs, *gradients)])
    for expected, array in zip(*found, strict=True):
        np.testing.assert_allclose(array, expected, rtol=0, atol=1e-12)


def test_outside_training_it_is_the_keras_layer():
    stock, batched = pair(dropout=0.4, recurrent_dropout=0.4)
    np.testing.assert_array_equal(batched(inputs()), stock(inputs()))


def model(kind):
    keras.utils.set_random_seed(0)
    layer = kind(8, dropout=0.2, recurrent_dropout=0.2, seed=5)
    built = keras.Sequential([keras.layers.Embedding(50, 6), layer, keras.layers.Dense(1, activation="sigmoid")])
    built.compile("adam", "binary_crossentropy")
    return built


def test_twenty_steps_of_training_equal_keras():
    """The last batch is smaller than the others."""
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 50, (78, 12)), rng.integers(0, 2, (78, 1)).astype("float32")
    weights = []
    for kind in (keras.layers.LSTM, BatchedLSTM):
        built = model(kind)
        built.fit(x, y, batch_size=16, epochs=4, shuffle=False, verbose=0)
        weights.append(built.get_weights())
    for expected, found in zip(*weights, strict=True):
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)  # float32, and Adam divides small by small


def test_saved_and_loaded(tmp_path):
    x = np.arange(24).reshape(2, 12)
    built = model(BatchedLSTM)
    expected = built.predict(x, verbose=0)
    built.save(tmp_path / "model.keras")
    np.testing.assert_array_equal(keras.saving.load_model(tmp_path / "model.keras").predict(x, verbose=0), expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("return_sequences", True),
        ("return_state", True),
        ("go_backwards", True),
        ("stateful", True),
        ("activation", "relu"),
        ("recurrent_activation", "tanh"),
        ("use_bias", False),
    ],
)
def test_what_it_cannot_do_is_refused(name, value):
    with pytest.raises(ValueError, match=rf"BatchedLSTM: found {name}={value!r}; use keras.layers.LSTM for that"):
        BatchedLSTM(3, **{name: value})


def test_a_mask_is_refused():
    with pytest.raises(ValueError, match="neither a mask nor an initial state"):
        BatchedLSTM(3)(inputs(), mask=tf.ones((BATCH, TIME), bool))
