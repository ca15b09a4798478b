"""A training that is interrupted goes on where it stopped, and ends where an uninterrupted one ends."""

import numpy as np
import pytest

from lstm_course.models import training
from lstm_course.models.quiet import keras

EPOCHS = 4


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    monkeypatch.setenv("LSTM_COURSE_HOME", str(tmp_path))


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    x = rng.integers(1, 20, size=(48, 6))
    return x, (x[:, -1] > 10).astype(float)


def build(units=4, learning_rate=0.01):
    keras.utils.set_random_seed(3)
    layers = [
        keras.layers.Embedding(20, 3),
        keras.layers.LSTM(units),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
    model = keras.Sequential(layers, name="tiny")
    model.compile(keras.optimizers.Adam(learning_rate), "binary_crossentropy", metrics=["accuracy"])
    return model


def fit_until_interrupted(monkeypatch, epoch, data, **settings):
    """Train, and raise the learner's interrupt in the middle of epoch ``epoch`` (from 0)."""
    original = training.Progress.on_train_batch_end

    def interrupted(self, batch, logs=None):
        original(self, batch, logs)
        if self.bar.n > epoch * self.params["steps"]:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training.Progress, "on_train_batch_end", interrupted)
        with pytest.raises(KeyboardInterrupt):
            training.fit(build(), *data, batch_size=48, **settings)


def test_resumed_training_equals_an_uninterrupted_one(data, monkeypatch, capsys):
    # One batch an epoch, so that the shuffling cannot tell the two apart.
    whole = build()
    expected = training.fit(whole, *data, epochs=EPOCHS, batch_size=48, validation_data=data)
    fit_until_interrupted(monkeypatch, 2, data, epochs=EPOCHS, validation_data=data)
    capsys.readouterr()
    resumed = build()
    history = training.fit(resumed, *data, epochs=EPOCHS, batch_size=48, validation_data=data)
    assert "going on after its last finished epoch" in capsys.readouterr().out
    assert history.keys() == expected.keys()
    assert len(history["val_loss"]) == EPOCHS
    np.testing.assert_allclose(history["loss"], expected["loss"], rtol=1e-5)
    for found, wanted in zip(resumed.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-6)


def test_a_finished_training_leaves_nothing_and_starts_anew(data, tmp_path, capsys):
    training.fit(build(), *data, epochs=1, batch_size=16)
    assert not list((tmp_path / "data" / "unfinished").iterdir())
    history = training.fit(build(), *data, epochs=1, batch_size=16)
    assert len(history["loss"]) == 1
    assert "interrupted" not in capsys.readouterr().out


@pytest.mark.parametrize("changed", [{"units": 5}, {"learning_rate": 0.02}])
def test_a_changed_model_does_not_take_up_another_ones_training(data, monkeypatch, capsys, changed):
    fit_until_interrupted(monkeypatch, 1, data, epochs=2)
    training.fit(build(**changed), *data, epochs=2, batch_size=48)
    assert "going on" not in capsys.readouterr().out


def test_the_bar_goes_to_standard_output_and_erases_itself(data, capsys):
    training.fit(build(), *data, epochs=2, batch_size=16)
    out, err = capsys.readouterr()
    assert "epoch 1 of 2" in out
    assert out.split("\r")[-1].strip() == ""
    assert err == ""


def test_lengths_that_differ_are_named(data):
    x, y = data
    with pytest.raises(ValueError, match="x holds 48 reviews and y 47 labels"):
        training.fit(build(), x, y[:-1], epochs=1, batch_size=16)


def test_a_repeated_epoch_counts_once(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("epoch,loss\n0,0.7\n1,0.6\n1,0.5\n")
    assert training.read_history(path) == {"loss": [0.7, 0.5]}
