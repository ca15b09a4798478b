"""A classifier from a language model: what it pools, and that it learns."""

import numpy as np
import pytest

from lstm_course.ladder import fine_tuning, language_model, vectorise
from lstm_course.models.quiet import tf

SIZES = language_model.Sizes(vocabulary=30, dimension=5, units=4)


WORDS_ALONE = vectorise.Vectoriser(60, 10)


def classifier(vectoriser=WORDS_ALONE):
    return fine_tuning.Classifier(language_model.LanguageModel(SIZES, np.random.default_rng(0)), vectoriser)


def test_pads_change_nothing_and_each_direction_ends_at_its_own_end():
    one = classifier()
    short = one.features(tf.constant([[1, 7, 8, 9]])[..., None]).numpy()
    padded = one.features(tf.constant([[1, 7, 8, 9, 0, 0]])[..., None]).numpy()
    np.testing.assert_allclose(padded, short, atol=1e-6)
    for direction, ids, place in [("forward", [1, 7, 8, 9], 8), ("backward", [1, 9, 8, 7], 20)]:
        states, _ = one.model.read(direction, tf.constant([ids]), one.model.zero_states(1)[direction])
        np.testing.assert_allclose(short[0, place : place + 4], states[-1, 0], atol=1e-6)
        np.testing.assert_allclose(short[0, place - 8 : place - 4], tf.reduce_mean(states[:, 0], 0), atol=1e-6)
        np.testing.assert_allclose(short[0, place - 4 : place], tf.reduce_max(states[:, 0], 0), atol=1e-6)


def test_rows_begin_with_the_start_token_and_know_the_vocabulary():
    first, second, third = classifier(vectorise.Vectoriser(4, 2)).rows([[1, 5, 29, 30, 7, 8], [1, 99], [6]])
    assert first[:, 0].tolist() == [1, 5, 7, 8]
    assert second[:, 0].tolist() == [1, 2]
    assert third[:, 0].tolist() == [1, 6]


def test_ngrams_change_nothing_until_they_have_learned_and_then_where_they_end():
    bigrams = vectorise.fit_vectoriser([[1, 7, 8, 9]] * 3, words=60, head=10, ngrams=2)
    with_bigrams, plain = classifier(bigrams), classifier()
    texts = [[1, 7, 8, 9], [1, 8, 7, 9]]
    ids, words = (tf.constant(np.stack(one.rows(texts))) for one in (with_bigrams, plain))
    assert ids[..., 1].numpy().tolist() == [[0, 1, 2, 3], [0, 0, 0, 0]]
    np.testing.assert_array_equal(with_bigrams.features(ids), plain.features(words))
    with_bigrams.ngrams["forward_ngram_kernel"].assign(tf.ones((24, 16)))
    moved = np.abs(with_bigrams.features(ids) - plain.features(words))
    assert moved[0, :12].max() > 1e-3
    assert moved[0, 12:].max() == 0, "the backward reader has a kernel of its own"
    assert moved[1].max() == 0, "no known bigram in the second text"


def test_it_learns_which_word_decides():
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)
    reviews = [[1, *rng.integers(6, 30, rng.integers(3, 60)), 4 + label, 7] for label in labels]
    plan = fine_tuning.Plan(epochs=8, batch_size=20, rate=3e-2, word_dropout=0.0, dropout=0.0)
    one, losses = classifier(), []
    fine_tuning.fine_tune(one, reviews, labels, plan, seed=0, after_epoch=losses.append)
    assert losses[-1] < 0.5 * losses[0]
    assert np.mean((fine_tuning.predict(one, reviews) > 0) == labels) > 0.95


def test_reviews_and_labels_have_to_agree():
    with pytest.raises(ValueError, match="2 reviews and 1 labels"):
        fine_tuning.fine_tune(classifier(), [[1, 5], [1, 6]], [1], fine_tuning.Plan(), seed=0)
