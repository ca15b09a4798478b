"""What the long run of notebook 10 is put together from: tokens of paragraph vectors, copies, rounds of the rate."""

import numpy as np
import pytest

from lstm_course.ladder import paragraph_vectors, reading, reading_run


def test_tokens_are_words_bigrams_and_trigrams_without_the_start_token():
    assert paragraph_vectors.tokens([1, 7, 2, 9]) == ["7", "2", "9", "7_2", "2_9", "7_2_9"]
    assert paragraph_vectors.tokens([1]) == []
    assert paragraph_vectors.tokens([0, 1, 7]) == ["7"]


@pytest.fixture(scope="module")
def two_topics():
    """400 reviews, each of 60 words of one of two topics that share no word, and their topics."""
    rng, topics = np.random.default_rng(0), np.arange(400) % 2
    return [[1, *(10 + 1_000 * topic + rng.integers(0, 1_000, 60))] for topic in topics], topics


@pytest.mark.parametrize("inferred", [False, True])
def test_the_nearest_review_is_of_the_same_topic(two_topics, inferred):
    reviews, topics = two_topics
    model = paragraph_vectors.fit(reviews)
    vectors = paragraph_vectors.infer(model, reviews) if inferred else model.dv.vectors
    assert vectors.shape == (400, paragraph_vectors.DIMENSION)
    centred = vectors - vectors.mean(axis=0)
    alike = centred @ centred.T / np.outer(*[np.linalg.norm(centred, axis=1)] * 2)
    np.fill_diagonal(alike, -1)
    assert np.mean(topics[alike.argmax(axis=1)] == topics) > 0.95, "the nearest review is of the same topic"


def test_a_model_comes_back_from_its_file(two_topics, tmp_path):
    model = paragraph_vectors.fit(two_topics[0])
    model.save(str(tmp_path / "paragraphs"))
    np.testing.assert_array_equal(paragraph_vectors.load(tmp_path / "paragraphs").dv.vectors, model.dv.vectors)


def test_copies_are_counted_word_for_word():
    assert reading_run.copies([[1, 5, 6], [1, 5], [1, 7]], [np.array([1, 5, 6]), [1, 7], [1, 5, 6, 7]]) == 2


def test_the_rate_begins_anew_with_every_round():
    plan = reading.Plan(updates=2_000, rounds=2, rate=1.0, warm_up=100, falling=0.3)
    one = reading.Plan(updates=1_000, rate=1.0, warm_up=100, falling=0.3)
    first, second = ([plan.rate_of(start + update) for update in range(1, 1_001)] for start in (0, 1_000))
    assert first == second == [one.rate_of(update) for update in range(1, 1_001)]
    assert (first[-1], second[9]) == (0, 0.1)
