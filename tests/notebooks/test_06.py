"""What notebook 06 defines itself agrees with the package, with Keras or with a second derivation."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from notebook_cells import namespace
from scipy.stats import norm
from sklearn.dummy import DummyClassifier

from lstm_course.models.quiet import keras
from lstm_course.reviews import baselines, imdb

ROWS = st.lists(st.lists(st.integers(1, 90), max_size=12), min_size=1, max_size=5)


@pytest.fixture(scope="module")
def notebook():
    return namespace(
        "06_reviews_as_sequences",
        *("setup", "tokenize", "rank-code", "number-code", "pad-by-hand-code", "ends-code"),
        *("encode-solution", "pad-solution", "row-solution", "mean-solution", "interval-solution"),
        *("decay-code", "short-reviews", "small-lstm", "judge"),
    )


@given(text=st.text())
def test_the_tokens_are_the_packages(notebook, text):
    assert notebook["tokenize"](text) == imdb.tokenize(text)


def test_the_ranks_are_those_of_a_sort_by_count_and_first_place(notebook):
    words = [word for row in notebook["tokens"] for word in row]
    expected = sorted(set(words), key=lambda word: (-words.count(word), words.index(word)))
    assert notebook["word_index"] == {word: rank for rank, word in enumerate(expected, start=1)}


def test_the_ids_by_pencil_are_the_packages(notebook):
    ids = [imdb.encode(text, notebook["word_index"]) for text in notebook["REVIEWS"]]
    assert notebook["ids"] == ids
    assert notebook["ids"][0][:6] == [1, 6, 4, 7, 5, 8]  # as the prose derives them


@given(
    words=st.lists(st.sampled_from(["film", "a", "joy", "real", "bad", "superb"])),
    num_words=st.integers(5, 20),
)
def test_the_solution_encodes_as_the_package(notebook, words, num_words):
    word_index = notebook["word_index"]
    expected = imdb.encode(" ".join(words), word_index, num_words)
    assert notebook["encode"](words, word_index, num_words) == expected


@given(sequences=ROWS, maxlen=st.integers(1, 8))
def test_the_solution_pads_as_keras(notebook, sequences, maxlen):
    expected = keras.utils.pad_sequences(sequences, maxlen=maxlen)
    np.testing.assert_array_equal(notebook["pad"](sequences, maxlen), expected)


@given(seed=st.integers(0, 1000), time=st.integers(1, 9), vocabulary=st.integers(1, 9))
def test_the_gradient_of_the_table_is_that_of_the_one_hot_product(notebook, seed, time, vocabulary):
    rng = np.random.default_rng(seed)
    ids, grad_vectors = rng.integers(0, vocabulary, time), rng.normal(size=(time, 3))
    expected = np.eye(vocabulary)[ids].T @ grad_vectors
    found = notebook["table_gradient"](ids, grad_vectors, vocabulary)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@given(seed=st.integers(0, 1000), lengths=st.lists(st.integers(0, 6), min_size=1, max_size=4))
def test_the_masked_mean_is_the_mean_of_the_words(notebook, seed, lengths):
    embedded = np.random.default_rng(seed).normal(size=(len(lengths), 6, 3))
    means = notebook["masked_mean"](embedded, np.arange(6) < np.array(lengths)[:, None])
    for row, mean, length in zip(embedded, means, lengths, strict=True):
        expected = row[:length].mean(axis=0) if length else np.zeros(3)
        np.testing.assert_allclose(mean, expected, rtol=0, atol=1e-12)


@given(correct=st.integers(1, 24_999))
def test_the_plain_interval(notebook, correct):
    low, high = notebook["interval"](correct, 25_000)
    p = correct / 25_000
    expected = norm.interval(0.95, loc=p, scale=np.sqrt(p * (1 - p) / 25_000))
    assert (low, high) == pytest.approx(expected, abs=1e-6)
    # Wilson's is another interval; at this many reviews the two are the same to three decimals.
    assert (low, high) == pytest.approx(baselines.accuracy_interval(correct, 25_000), abs=1e-3)


def test_a_masked_state_is_that_of_the_review_without_its_pads(notebook):
    table, pair, lstm = notebook["table"], notebook["pair"], notebook["lstm"]
    bare, _ = lstm.forward(table[pair[:, :100]])
    padded, _ = lstm.forward(table[pair], mask=pair != 0)
    np.testing.assert_allclose(padded, bare, rtol=0, atol=1e-12)
    distance = np.linalg.norm(bare[0] - bare[1])
    np.testing.assert_allclose(notebook["apart"]["pads masked"][99:], distance, rtol=1e-12)


@pytest.mark.parametrize("mask_zero", [False, True])
def test_pads_behind_move_the_score_unless_masked(notebook, mask_zero):
    model = notebook["small_lstm"](mask_zero, seed=0)
    words = np.random.default_rng(0).integers(4, 5000, (20, 30))
    scores = [model(np.pad(words, [(0, 0), (0, pads)])).numpy() for pads in (0, 40)]
    assert np.allclose(*scores, rtol=0, atol=1e-6) == mask_zero


def test_short_reviews_are_short_balanced_and_in_order(notebook):
    rng = np.random.default_rng(0)
    sequences = np.empty(60, dtype=object)
    sequences[:] = [rng.integers(1, 9000, length).tolist() for length in rng.integers(80, 160, 60)]
    split = SimpleNamespace(sequences=sequences, labels=rng.integers(0, 2, 60))
    texts, labels = notebook["short_reviews"](split, per_class=5)
    assert labels.tolist() == [0] * 5 + [1] * 5
    expected = []
    for label in (0, 1):
        of_class = zip(sequences, split.labels, strict=True)
        kept = [row for row, found in of_class if found == label and len(row) < 120]
        expected += [[2 if i >= 5000 else i for i in row] for row in kept[:5]]
    assert texts == expected


def test_a_model_is_judged_on_the_test_reviews(notebook):
    notebook["y_train"], notebook["y_test"] = np.array([1, 1, 0]), np.array([1, 0, 0, 1, 1])
    notebook["judge"]("majority", DummyClassifier(), np.zeros((3, 1)), np.zeros((5, 1)))
    assert notebook["bar"]["majority"] == (3 / 5, *baselines.accuracy_interval(3, 5))


def test_the_paired_interval_is_that_of_the_mean_difference(capsys):
    rng = np.random.default_rng(0)
    bigrams = ("NB-weighted, words and bigrams", "TF-IDF, words and bigrams")
    ends = ("words, last 100 tokens", "words, first 100 tokens")
    right = {name: rng.random(500) < 0.8 for name in bigrams + ends}
    found = namespace("06_reviews_as_sequences", "setup", "paired-code", right=right, y_test=np.zeros(500))
    difference = right[bigrams[0]].astype(float) - right[bigrams[1]]
    expected = norm.interval(0.95, loc=difference.mean(), scale=difference.std() / np.sqrt(500))
    assert found["bigrams_differ"] == pytest.approx(expected, abs=1e-5)
    assert f"≈ {(difference > 0).sum()} and ≈ {(difference < 0).sum()} reviews" in capsys.readouterr().out


def test_merges_are_those_that_sennrich_haddow_and_birch_print():
    words, counts = ("low", "lower", "newest", "widest"), [5, 2, 6, 3]
    word_of = ["<pad>", "<start>", "<unknown>", "<unused>", *words, *["x"] * 996]
    occurrences = np.array(counts + [0] * 996)
    found = namespace("06_reviews_as_sequences", "setup", "subword-merges", word_of=word_of, occurrences=occurrences)
    assert [pair for pair, _ in found["merges"][:5]] == ["e s", "es t", "est _", "l o", "lo w"]
    assert [count for _, count in found["merges"][:5]] == [9, 9, 9, 7, 7]
    assert found["join"]("b a n a n a _", "a n") == "b an an a _"


def test_keras_cuts_and_pads_in_front_unless_told():
    default = keras.utils.pad_sequences([list(range(1, 12)), [1, 2]], maxlen=8)
    assert default.tolist() == [[*range(4, 12)], [0] * 6 + [1, 2]]
