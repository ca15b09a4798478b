"""The shipped LSTM in NumPy says what the Keras model says."""

import numpy as np
import pytest

from lstm_course import interpret, models
from lstm_course.models import in_numpy, weights

TEXTS = ("Wonderful.", "The first hour is dull, and I nearly left.", "A dull film. " * 40 + "But wonderful.")


@pytest.fixture(scope="module", params=weights.NAMES)
def both(request):
    in_keras, word_index = weights.load(request.param)
    model, same_index = in_numpy.load(request.param)
    assert same_index == word_index
    return in_keras, model, word_index


@pytest.mark.parametrize("text", TEXTS)
def test_every_state_and_every_prediction_is_kerass(both, text):
    in_keras, model, word_index = both
    reading = interpret.read(text, word_index)
    states = interpret.gate_trace(in_keras, reading.row).hidden_state
    np.testing.assert_allclose(model.hidden_state(reading.row[None])[0], states, atol=1e-5)
    expected = interpret.running_prediction(in_keras, reading.ids)
    np.testing.assert_allclose(model.running_prediction(reading.ids), expected, atol=1e-5)
    score = models.score(in_keras, text, word_index, num_words=len(model.embeddings))
    assert model.score(text, word_index) == pytest.approx(score, abs=1e-5)


def test_a_name_that_is_none_is_refused():
    with pytest.raises(ValueError, match=r"^name: there is no Keras model 'bag-of-words'"):
        in_numpy.load("bag-of-words")


def test_a_text_without_a_known_word_is_refused(both):
    _, model, word_index = both
    with pytest.raises(ValueError, match="has 1 word, which the model does not know"):
        model.score("xyzzy", word_index)
