"""The package's models are the ones that the source script and the notebooks define."""

import numpy as np
import pytest

from lstm_course import models
from lstm_course.quiet import keras


@pytest.mark.parametrize(
    ("build", "embedding", "recurrent"),
    [
        # An embedding row a word; an LSTM has 4 gates of (inputs + units) weights and a bias a unit.
        (models.source_lstm, 20_000 * 128, 4 * ((128 + 64) * 64 + 64)),
        (models.lean_lstm, 20_000 * 32, 4 * ((32 + 32) * 32 + 32)),
        (models.simple_rnn, 20_000 * 32, (32 + 32) * 32 + 32),
    ],
)
def test_parameters_counted_by_hand(build, embedding, recurrent):
    model = build()
    model.build((None, 100))
    units = model.layers[1].units
    assert [layer.count_params() for layer in model.layers] == [embedding, recurrent, units + 1]


def test_source_model_has_the_source_scripts_settings():
    model = models.source_lstm()
    lstm = model.layers[1]
    assert (lstm.dropout, lstm.recurrent_dropout) == (0.2, 0.2)
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(1e-3)
    assert model.loss == "binary_crossentropy"


@pytest.mark.parametrize("build", [models.source_lstm, models.lean_lstm, models.simple_rnn])
def test_a_batch_gives_one_probability_a_review(build):
    probabilities = build(vocabulary=50).predict(np.arange(24).reshape(3, 8), verbose=0)
    assert probabilities.shape == (3, 1)
    assert np.all((probabilities > 0) & (probabilities < 1))
