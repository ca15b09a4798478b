"""The Keras minLSTM against its NumPy twin; saved and loaded again."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from min_lstm import min_lstm

from lstm_course.cells import scan
from lstm_course.models.minimal import MinLSTM
from lstm_course.models.quiet import keras, tf


def mask_of(lengths, time):
    """Return ``(batch, time)``, True in front."""
    return np.arange(time) < np.asarray(lengths)[:, None]


@settings(max_examples=10, deadline=None)
@given(time=st.integers(1, 17), backwards=st.booleans(), signed=st.booleans(), seed=st.integers(0, 99))
def test_it_equals_its_numpy_twin(time, backwards, signed, seed):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(3, time, 4))
    mask = mask_of(rng.integers(1, time + 1, 3), time)
    layer = MinLSTM(5, signed=signed, go_backwards=backwards, dtype="float64")
    found = np.asarray(layer(inputs, mask=mask))
    a, b = min_lstm(inputs, *layer.get_weights(), signed=signed)
    a, b = np.where(mask[..., None], a, 1.0), np.where(mask[..., None], b, 0.0)  # a masked step repeats the state
    step = -1 if backwards else 1
    np.testing.assert_allclose(found, scan.loop(a[:, ::step], b[:, ::step]), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("signed", [False, True])
def test_its_gradient_is_the_twins(signed):
    rng = np.random.default_rng(0)
    inputs, weights = rng.normal(size=(2, 9, 3)), rng.normal(size=(2, 9, 4))
    layer = MinLSTM(4, signed=signed, dtype="float64")
    layer.build(inputs.shape)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(inputs) * weights)
    _, found = tape.gradient(loss, layer.trainable_weights)
    kernel, bias = layer.get_weights()
    for unit in range(12):
        moved = [bias.copy(), bias.copy()]
        moved[0][unit] += 1e-6
        moved[1][unit] -= 1e-6
        above, below = ((scan.loop(*min_lstm(inputs, kernel, m, signed)) * weights).sum() for m in moved)
        assert float(found[unit]) == pytest.approx((above - below) / 2e-6, rel=1e-6, abs=1e-7)


@pytest.mark.parametrize("signed", [False, True])
def test_it_can_be_saved(tmp_path, signed):
    model = keras.Sequential([keras.Input((6, 3)), MinLSTM(4, signed=signed)])
    model.save(tmp_path / "model.keras")
    inputs = np.random.default_rng(0).normal(size=(2, 6, 3)).astype("float32")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again(inputs), model(inputs))
    assert again.layers[0].signed is signed


def test_it_refuses_what_it_cannot():
    with pytest.raises(ValueError, match="pass return_sequences=True"):
        MinLSTM(3, return_sequences=False)
    with pytest.raises(ValueError, match="leave initial_state out"):
        MinLSTM(3)(np.zeros((1, 2, 3), "float32"), initial_state=np.zeros((1, 3)))
