"""The linear baselines against counts done by hand and published definitions."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import NotFittedError

from lstm_course.reviews import baselines

DOCUMENTS = st.lists(st.lists(st.sampled_from(["a", "b", "a'b", "ab", "ä"]), max_size=8), min_size=1, max_size=6)


@given(DOCUMENTS, st.integers(1, 4))
def test_every_run_of_tokens_is_counted_and_nothing_across_documents(documents, longest):
    documents = [*documents, ["a"]]  # an empty vocabulary is refused
    runs = [
        Counter(" ".join(tokens[at : at + n]) for n in range(1, longest + 1) for at in range(len(tokens) - n + 1))
        for tokens in documents
    ]
    expected = [[run[kind] for kind in sorted(set().union(*runs))] for run in runs]
    counts, _ = baselines.count_ngrams(documents, [], longest=longest)
    np.testing.assert_array_equal(counts.toarray(), expected)


def test_counts_use_the_training_vocabulary():
    train, test = baselines.count_ngrams([["a", "b", "a"], ["b"]], [["a", "new", "a", "b"]], longest=2)
    # Columns in alphabetical order: a, a b, b, b a.
    assert train.toarray().tolist() == [[2, 1, 1, 1], [0, 0, 1, 0]]
    assert test.toarray().tolist() == [[2, 1, 1, 0]]


def test_nb_weights_follow_wang_and_manning():
    train, _ = baselines.count_ngrams([["good", "film"], ["bad", "film"], ["good"]], [], longest=1)
    weights = baselines.NBWeights().fit(train, [1, 0, 1])
    # bad, film, good; p = 1 + counts in the positive documents, q in the negative ones.
    p, q = np.array([1, 2, 3]), np.array([2, 2, 1])
    expected = np.log((p / 6) / (q / 5))
    np.testing.assert_allclose(weights.log_ratio_, expected, rtol=1e-12)
    np.testing.assert_allclose(weights.transform(train).toarray(), train.toarray() * expected, rtol=1e-12)


def test_nb_weights_need_fitting_first():
    train, _ = baselines.count_ngrams([["a"]], [], longest=1)
    with pytest.raises(NotFittedError):
        baselines.NBWeights().transform(train)


@pytest.mark.parametrize("model", [baselines.unigrams, baselines.tfidf, baselines.nb_weighted])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_a_bag_does_not_see_the_order(model, seed):
    rng = np.random.default_rng(seed)
    documents = [list(rng.choice(list("abcdef"), size=8)) for _ in range(40)]
    labels = np.arange(40) % 2
    shuffled = [list(rng.permutation(document)) for document in documents]
    counts, counts_shuffled = baselines.count_ngrams(documents, shuffled, longest=1)
    fitted = model().fit(counts, labels)
    np.testing.assert_array_equal(fitted.predict(counts), fitted.predict(counts_shuffled))


def test_pairs_tell_apart_what_words_cannot():
    documents = [["not", "good"], ["good", "not"]] * 20
    labels = np.array([0, 1] * 20)
    for longest, expected in ((1, 0.5), (2, 1.0)):
        counts, _ = baselines.count_ngrams(documents, [], longest=longest)
        assert baselines.nb_weighted().fit(counts, labels).score(counts, labels) == expected


@given(st.integers(1, 1000), st.data())
def test_interval_solves_the_wilson_equation(count, data):
    correct = data.draw(st.integers(0, count))
    low, high = baselines.accuracy_interval(correct, count)
    share = correct / count
    assert 0 <= low <= share <= high <= 1
    # Each end p of the score interval satisfies (share - p)^2 = z^2 p (1 - p) / n.
    for end in (low, high):
        assert (share - end) ** 2 == pytest.approx(1.959964**2 * end * (1 - end) / count, abs=1e-7)


def films_and_labels(films=12, of_each=6):
    """Return documents that hold their film's name alone, with the films and labels that go by film."""
    film = np.repeat(np.arange(films), of_each)
    return [[f"film{number}"] for number in film], film, film % 2


def test_out_of_fold_has_not_seen_the_film():
    tokens, film, labels = films_and_labels()
    counts, _ = baselines.count_ngrams(tokens, [], longest=1)
    model = baselines.nb_weighted()
    scores = baselines.out_of_fold(model, counts, labels, film, folds=4)
    # A name tells the label to whoever has seen the film, and nothing to whoever has not.
    assert model.fit(counts, labels).score(counts, labels) == 1
    assert all(len(set(scores[film == number].round(9))) == 1 for number in range(12))
    assert len(set(scores.round(9))) <= 4


def test_out_of_fold_is_the_word_of_the_other_folds():
    rng = np.random.default_rng(0)
    groups, labels = np.repeat([0, 1], 40), rng.integers(0, 2, 80)
    tokens = [[str(word) for word in rng.integers(0, 9, 12)] + ["good"] * label for label in labels]
    counts, _ = baselines.count_ngrams(tokens, [], longest=2)
    scores = baselines.out_of_fold(baselines.unigrams(), counts, labels, groups, folds=2)
    for group in (0, 1):
        other = baselines.unigrams().fit(counts[groups != group], labels[groups != group])
        np.testing.assert_allclose(scores[groups == group], other.decision_function(counts[groups == group]))


@pytest.mark.parametrize("folds", [1, 13])
def test_out_of_fold_needs_a_group_for_each_fold(folds):
    tokens, film, labels = films_and_labels()
    counts, _ = baselines.count_ngrams(tokens, [], longest=1)
    with pytest.raises(ValueError, match=f"folds is {folds} and there are 12 groups: need 2 <= folds"):
        baselines.out_of_fold(baselines.unigrams(), counts, labels, film, folds=folds)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="longest is 0"):
        baselines.count_ngrams([["a"]], [], longest=0)
    with pytest.raises(ValueError, match="correct=3 of count=2"):
        baselines.accuracy_interval(3, 2)
