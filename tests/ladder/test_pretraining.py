"""Pretraining without labels: vectors by co-occurrence, words to predict, and the start of a classifier."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.ladder import batches, pretraining, rungs, training, vectorise
from lstm_course.ladder.blocks import LSTM, Bidirectional, Segments
from lstm_course.models.quiet import keras

SMALL = rungs.PRETRAINED.replace(
    text={"words": 50, "head": 10},
    embeddings={"dimension": 6, "ngram_dimension": 3},
    encoder=Segments(Bidirectional(LSTM(4))),
    training={"batch_size": 16},
)


def two_topics(count=160, seed=0):
    """Return reviews that each hold the words of one topic, and the topics."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, 2, count)
    return [rng.integers(100, 120, 50) + 100 * topic for topic in topics], topics


def test_words_that_occur_together_are_close():
    texts, _ = two_topics()
    vectoriser = vectorise.fit_vectoriser(texts, words=50, head=10, ngrams=2)
    words, bigrams = pretraining.lsa_vectors(vectoriser(texts), vectoriser.sizes, 2)
    assert [len(words), len(bigrams)] == vectoriser.sizes
    used = np.r_[100:120, 200:220]
    np.testing.assert_allclose(np.linalg.norm(words[used], axis=1), 1, atol=1e-5)
    assert not words[np.setdiff1d(np.arange(len(words)), used)].any()
    alike = words[used] @ words[used].T
    assert alike[:20, :20].mean() > 0.5 > 0 > alike[:20, 20:].mean()


@given(lengths=st.lists(st.integers(1, 60), min_size=1, max_size=4), before=st.booleans(), seed=st.integers(0, 9))
def test_a_context_word_is_one_of_the_twenty_on_its_side(lengths, before, seed):
    words = np.zeros((len(lengths), 60), np.int32)
    for row, length in zip(words, lengths, strict=True):
        row[:length] = 1_000 + np.arange(length)  # the id says where the word is
        row[:length:3] = pretraining.FREQUENT - 1
    places = np.arange(seed % 4, 60, 4)
    chosen = pretraining.context_words(words, places, np.random.default_rng(seed), before=before)
    review, place = np.nonzero(chosen)
    distance = chosen[review, place] - 1_000 - places[place]
    nearest, farthest = (-22, -3) if before else (1, 20)
    assert ((nearest <= distance) & (distance <= farthest)).all()
    assert (places[place] < np.array(lengths)[review]).all()
    assert set(chosen.ravel()) <= {0, *words[words >= pretraining.FREQUENT].tolist()}


def test_every_word_of_the_window_can_be_a_target():
    words = 1_000 + np.arange(60)[None]
    rng = np.random.default_rng(0)
    for before, window in ((False, range(31, 51)), (True, range(8, 28))):
        targets = {int(pretraining.context_words(words, np.array([30]), rng, before=before)[0, 0]) for _ in range(600)}
        assert targets == {1_000 + place for place in window}


def test_pretraining_learns_to_predict_words_of_the_topic():
    texts, topics = two_topics()
    start = pretraining.pretrain(SMALL, texts, epochs=6, seed=0)
    assert start.losses[-1] < start.losses[0] - 0.1
    network = rungs.encoder(SMALL, start.vectoriser.sizes)
    network.set_weights(start.weights)
    states = network.predict(batches.pad(start.vectoriser(texts), 50, behind=True), verbose=0).mean(axis=1)
    # No label was shown, yet the states of the two topics are far apart.
    first, second = states[topics == 0], states[topics == 1]
    apart = np.linalg.norm(first.mean(axis=0) - second.mean(axis=0))
    assert apart > 3 * max(first.std(axis=0).max(), second.std(axis=0).max())


def test_a_classifier_starts_from_what_was_pretrained():
    texts, topics = two_topics(32)
    start = pretraining.pretrain(SMALL, texts, epochs=1, seed=0)
    still = SMALL.replace(training={"learning_rate": 0.0, "ema_momentum": 0.0, "epochs": 1})
    trained = training.train(still, texts[:16], topics[:16], seed=1, start=start)
    assert trained.vectoriser is start.vectoriser
    for found, expected in zip(trained.model.get_weights(), start.weights, strict=False):
        np.testing.assert_array_equal(found, expected)
    assert len(trained.model.get_weights()) == len(start.weights) + 2


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="0 reviews: pass at least one"):
        pretraining.pretrain(SMALL, [], epochs=1, seed=0)
    with pytest.raises(ValueError, match="the rung 'pooling' has to be bidirectional, with a mask"):
        pretraining.pretrain(rungs.rung("pooling"), [[1, 2]], epochs=1, seed=0)


def test_predicting_a_word_that_the_vectors_point_at_costs_little():
    vectors = np.zeros((2_000, 3), np.float32)
    vectors[500] = [9.0, 0.0, 0.0]
    layer = pretraining.ContextWordLoss(vectors, np.full(2_000, 1 / 2_000))
    layer.project.build((None, 3))
    layer.project.set_weights([np.eye(3), np.zeros(3)])
    losses = []
    for word in (500, 700):
        layer(keras.ops.convert_to_tensor([[[3.0, 0.0, 0.0]]]), keras.ops.convert_to_tensor([[word]], "int64"))
        losses.append(float(layer.losses[-1]))
    # 9 · 3 = 27 in its favour: the one is certain, and the other pays about 27 wherever 500 is in the sample.
    assert losses[0] < 1e-3
    assert losses[1] > 1
