"""Reviews as rows of ids: which words are kept, which n-grams have an id, which occur where."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.ladder import vectorise

reviews = st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=12), min_size=1, max_size=8)


@given(ids=st.lists(st.integers(1, 99), max_size=40), words=st.integers(1, 50), data=st.data())
def test_head_and_tail(ids, words, data):
    head = data.draw(st.integers(0, words))
    kept = vectorise.head_and_tail(ids, words, head).tolist()
    assert kept == (ids if len(ids) <= words else ids[:head] + ids[head - words or len(ids) :])


@pytest.mark.parametrize(("words", "head"), [(0, 0), (5, 6), (5, -1)])
def test_head_and_tail_says_what_it_needs(words, head):
    with pytest.raises(ValueError, match=f"words={words} and head={head}: need words of at least 1"):
        vectorise.head_and_tail([1, 2, 3], words, head)


@given(texts=reviews, length=st.integers(2, 3), at_least=st.integers(1, 3))
def test_ngram_ids_against_a_dictionary(texts, length, at_least):
    index = vectorise.NgramIndex.of(texts, length, most=1000, at_least=at_least)
    counts: dict[tuple, int] = {}
    for text in texts:
        for start in range(len(text) - length + 1):
            gram = tuple(text[start : start + length])
            counts[gram] = counts.get(gram, 0) + 1
    known = sorted(gram for gram, count in counts.items() if count >= at_least)
    for text in texts:
        expected = [
            known.index(gram) + 1 if (gram := tuple(text[max(end - length + 1, 0) : end + 1])) in known else 0
            for end in range(len(text))
        ]
        assert index(text).tolist() == expected


def test_most_keeps_the_frequent_ones():
    index = vectorise.NgramIndex.of([[1, 2, 1, 2, 1, 3]], 2, most=1, at_least=1)
    assert index([1, 2, 1, 3]).tolist() == [0, 1, 0, 0]


@settings(deadline=None)
@given(texts=reviews)
def test_document_terms_against_sets(texts):
    vectoriser = vectorise.fit_vectoriser(texts, words=10, head=2, ngrams=2)
    rows = vectoriser(texts)
    matrix = vectorise.document_terms(rows, vectoriser.sizes).toarray()
    assert matrix.shape == (len(texts), vectorise.VOCABULARY + vectoriser.sizes[1])
    for row, found in zip(rows, matrix, strict=True):
        bigrams = {vectorise.VOCABULARY + bigram for bigram in row[:, 1] if bigram}
        assert set(np.flatnonzero(found)) == set(row[:, 0].tolist()) | bigrams
        assert set(found) <= {0, 1}
