"""The package's models are the ones that the source script and the notebooks define."""

import numpy as np
import pytest

from lstm_course import models
from lstm_course.models.quiet import keras


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


WORDS = {"fine": 1, "film": 2}


@pytest.fixture(scope="module")
def tiny():
    return models.lean_lstm(vocabulary=10)


def test_a_score_is_the_models_own_prediction(tiny):
    row = np.zeros((1, 100), int)
    row[0, -3:] = [1, 2 + 3, 2]  # start, film, unknown
    assert models.score(tiny, "Film? Unheard!", WORDS, 10) == pytest.approx(
        float(tiny.predict(row, verbose=0)[0, 0]), abs=1e-6
    )


def test_a_long_review_is_judged_by_its_last_hundred_words(tiny):
    assert models.score(tiny, "film " * 10_000, WORDS, 10) == pytest.approx(
        models.score(tiny, "film " * 100, WORDS, 10), abs=1e-6
    )


@pytest.mark.parametrize(
    ("text", "error", "sentence"),
    [
        ("", ValueError, "the review is empty; write a sentence"),
        ("  \n ", ValueError, "the review is empty"),
        ("xyzzy", ValueError, "has 1 word, which the model does not know"),
        ("xyzzy plugh", ValueError, "has 2 words, and the model knows none of them"),
        (7, TypeError, "int"),
        (None, TypeError, "None"),
    ],
)
def test_a_review_that_cannot_be_judged(tiny, text, error, sentence):
    with pytest.raises(error, match=sentence):
        models.score(tiny, text, WORDS, 10)


def test_a_saved_model_predicts_the_same(tiny, tmp_path):
    rows = np.arange(20).reshape(2, 10) % 10
    tiny.save(tmp_path / "model.keras")
    loaded = models.load(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(rows, verbose=0), tiny.predict(rows, verbose=0))


@pytest.mark.parametrize("damage", [b"", b"not a model", None])
def test_a_damaged_model_is_named_and_left_alone(tiny, tmp_path, damage):
    path = tmp_path / "model.keras"
    tiny.save(path)
    path.write_bytes(path.read_bytes()[:1000] if damage is None else damage)
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"model\.keras is not a whole Keras model"):
        models.load(path)
    assert path.read_bytes() == before


def test_a_model_that_was_never_saved(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no saved model"):
        models.load(tmp_path / "model.keras")
