"""The shipped SimpleRNN: the source model's vectors, another recurrent layer."""

import hashlib

import numpy as np
import pytest

from lstm_course.models import keras, rnn, weights


def test_it_reads_the_source_models_vectors_with_as_many_units():
    source, model = weights.load("source")[0], rnn.load()
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], source.layers[0].get_weights()[0])
    assert not model.layers[0].trainable
    assert isinstance(model.layers[1], keras.layers.SimpleRNN)
    assert model.layers[1].units == source.layers[1].units == 64
    assert model.name == weights.card(rnn.NAME)["model"]


def test_the_card_states_its_file():
    content = (weights.FOLDER / "simple-rnn.npz").read_bytes()
    assert hashlib.sha256(content).hexdigest() == weights.card(rnn.NAME)["sha256"]["npz"]
    assert len(content) < 100_000


def test_what_is_saved_is_loaded_and_a_damaged_file_is_named(tmp_path, monkeypatch):
    source = weights.load("source")[0]
    card = weights.card("source")
    model = rnn.build(source.layers[0].get_weights()[0])
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    monkeypatch.setattr(weights, "card", lambda name: card if name == "source" else real(name))
    monkeypatch.setattr(weights, "load", lambda name: (source, {}))
    rnn.save(model, {"note": 1})
    loaded = rnn.load()
    for mine, its in zip(model.layers[1].get_weights(), loaded.layers[1].get_weights(), strict=True):
        np.testing.assert_allclose(its, mine, atol=1e-3)
    (tmp_path / "simple-rnn.npz").write_bytes(b"")
    with pytest.raises(ValueError, match=r"SHA-256.*python tools/weights simple-rnn"):
        rnn.load()


real = weights.card
