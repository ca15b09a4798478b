"""The shipped bag of words: one weight a word, and no order."""

import hashlib

import numpy as np
import pytest

from lstm_course.models import bag, weights

ENDS_WELL = "The beginning is dull and the ending is wonderful."
ENDS_BADLY = "The beginning is wonderful and the ending is dull."


@pytest.fixture(scope="module")
def word_index():
    words = weights.files("source")["txt"].decode("utf-8").split("\n")[:-1]
    return {word: rank for rank, word in enumerate(words, start=1)}


def test_it_is_the_one_of_its_card(word_index):
    card, words = weights.card(bag.NAME), bag.load()
    assert hashlib.sha256((weights.FOLDER / "bag-of-words.npz").read_bytes()).hexdigest() == card["sha256"]["npz"]
    assert words.word_weights.shape == (card["words"],) == (len(word_index),)
    assert card["training_reviews"] == weights.card("source")["training_reviews"]
    assert card["strength"] in card["strengths_tried"]


def test_a_score_is_the_sigmoid_of_the_words_that_occur(word_index):
    words = bag.BagOfWords(np.array([0.5, -2.0, 1.0]), 0.25)
    index = {"a": 1, "bad": 2, "film": 3}
    expected = 1 / (1 + np.exp(-(0.25 + 1.0 - 2.0)))
    for text in ("bad film", "Film: bad, bad, bad!", "film bad xyzzy"):
        assert words.score(text, index) == pytest.approx(expected, abs=1e-12)
    long = "a " * 5 + "film " * 100
    assert words.score(long, index) == pytest.approx(1 / (1 + np.exp(-1.25)), abs=1e-12)


def test_praise_scores_above_complaint_and_order_is_nothing_to_it(word_index):
    words = bag.load()
    assert words.score("A wonderful film, I loved it.", word_index) > 0.7
    assert words.score("A dull and stupid film, a waste of time.", word_index) < 0.2
    assert words.score(ENDS_WELL, word_index) == words.score(ENDS_BADLY, word_index)


@pytest.mark.parametrize("text", ["", "xyzzy"])
def test_a_review_that_says_nothing_is_refused(word_index, text):
    with pytest.raises(ValueError, match="write a sentence of English about a film"):
        bag.load().score(text, word_index)


def test_what_is_saved_is_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(weights, "FOLDER", tmp_path)
    bag.save(bag.BagOfWords(np.array([0.5, -2.0]), 0.25), {"note": 1})
    loaded = bag.load()
    np.testing.assert_array_equal(loaded.word_weights, [0.5, -2.0])
    assert (loaded.bias, weights.card(bag.NAME)["note"], weights.card(bag.NAME)["words"]) == (0.25, 1, 2)
    (tmp_path / "bag-of-words.npz").write_bytes(b"")
    with pytest.raises(ValueError, match=r"SHA-256.*python tools/weights bag-of-words"):
        bag.load()
