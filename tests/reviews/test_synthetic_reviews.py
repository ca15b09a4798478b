"""The grammar keeps its promises: balance, distance, twins, and how hard it is for a linear model."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from lstm_course.reviews import review_words as words
from lstm_course.reviews.synthetic_reviews import (
    EVIDENCE_WORDS,
    LABEL_NOISE,
    MAX_DISTANCE,
    NEGATIVE_WORDS,
    POSITIVE_WORDS,
    corpus,
    generate,
    twins,
)

seeds = st.integers(0, 2**32)
distances = st.integers(0, MAX_DISTANCE)
quick = settings(max_examples=20, deadline=None)


def split(text):
    """Lower-case words without punctuation."""
    return re.findall(r"[a-z']+", text.lower().replace("<br />", " "))


def words_after_evidence(text):
    return next(k for k, word in enumerate(reversed(split(text))) if word in EVIDENCE_WORDS)


def read_opinion(sentence):
    """A second derivation of what a sentence says, from English: +1, -1, or None without evidence."""
    found = [(k, 1 if word in POSITIVE_WORDS else -1) for k, word in enumerate(sentence) if word in EVIDENCE_WORDS]
    if not found:
        return None
    if len(found) == 1:
        negated = {"not", "never", "hardly", "far", "nothing", "no", "nobody"} & set(sentence[: found[0][0]])
        return -found[0][1] if negated else found[0][1]
    hearsay, own = {"expected", "swore", "poster", "critics"}, {"got", "turned", "say", "call"}
    (verdict,) = [
        sign for k, sign in found if next(word for word in reversed(sentence[:k]) if word in hearsay | own) in own
    ]
    return verdict


def read_review(text):
    """Return the sum of what the opinions of a review say."""
    sentences = re.split(r"[.!?]", text.replace("<br />", " "))
    return sum(read_opinion(split(sentence)) or 0 for sentence in sentences)


def linear_model(**options):
    return make_pipeline(CountVectorizer(**options), LogisticRegression(solver="liblinear", C=0.1, tol=0.01))


@pytest.fixture(scope="module")
def reviews():
    return generate(4000, seed=1)


class TestGenerate:
    @quick
    @given(count=st.integers(1, 40), seed=seeds, distance=st.none() | distances)
    def test_it_is_balanced_and_typed(self, count, seed, distance):
        made = generate(count, seed=seed, distance=distance)
        assert len(made.texts) == len(made.labels) == len(made.stars) == count
        assert made.labels.dtype == np.int64
        assert made.stars.dtype == np.int8
        assert abs(2 * made.labels.sum() - count) == count % 2
        assert set(made.stars[made.labels == 1]) <= {7, 8, 9, 10}
        assert set(made.stars[made.labels == 0]) <= {1, 2, 3, 4}

    def test_words_are_what_stands_between_white_space(self, reviews):
        for text in reviews.texts[:500]:
            assert len(split(text)) == len(text.replace("<br />", " ").split())

    @quick
    @given(seed=seeds, distance=distances)
    def test_the_distance_is_what_was_asked_for(self, seed, distance):
        assert {words_after_evidence(text) for text in generate(20, seed=seed, distance=distance).texts} == {distance}

    @quick
    @given(seed=seeds)
    def test_a_seed_fixes_everything(self, seed):
        one, two, other = generate(10, seed=seed), generate(10, seed=seed), generate(10, seed=seed + 1)
        assert one.texts == two.texts
        assert one.labels.tolist() == two.labels.tolist()
        assert one.stars.tolist() == two.stars.tolist()
        assert one.texts != other.texts

    def test_a_longer_distance_lengthens_the_tail_alone(self):
        short, long = (
            np.mean([len(split(text)) for text in generate(3000, seed=4, distance=distance).texts])
            for distance in (0, 300)
        )
        assert long - short == pytest.approx(300, abs=10)

    def test_a_careful_reader_is_right_but_for_the_noise(self, reviews):
        sums = np.array([read_review(text) for text in reviews.texts])
        assert np.all(sums != 0)
        wrong = np.mean((sums > 0) != (reviews.labels == 1))
        assert wrong == pytest.approx(LABEL_NOISE, abs=4 * np.sqrt(LABEL_NOISE * (1 - LABEL_NOISE) / 4000))

    def test_stars_fall_with_dissent(self, reviews):
        sums = np.array([read_review(text) for text in reviews.texts])
        sure = np.isin(reviews.stars, [1, 10])
        evidence = np.array([sum(word in EVIDENCE_WORDS for word in split(text)) for text in reviews.texts])
        agreement = np.abs(sums) / evidence
        assert agreement[sure].mean() > agreement[~sure].mean()

    def test_lengths_and_where_the_evidence_stands(self, reviews):
        tokens = [split(text) for text in reviews.texts]
        lengths = np.array([len(review) for review in tokens])
        assert 160 < np.median(lengths) < 190
        assert 400 < lengths.max() <= 620
        total = sum(word in EVIDENCE_WORDS for review in tokens for word in review)
        kept = sum(word in EVIDENCE_WORDS for review in tokens for word in review[-100:])
        assert 0.5 < kept / total < 0.8

    def test_it_looks_like_prose(self, reviews):
        assert any("<br /><br />" in text for text in reviews.texts)
        assert all(text[0].isupper() or text[0] in '("' for text in reviews.texts)
        assert not any(re.search(r"[.!?] [a-z]|  |[%{}]| [.,]", text) for text in reviews.texts)
        assert any(re.search(r"[A-Z]{3,} [A-Z]{2,}", text) for text in reviews.texts)


class TestVocabulary:
    def test_nothing_but_opinions_holds_evidence(self):
        filler = [*words.FILLER, *(closer for closers in words.CLOSERS for closer in closers)]
        filler += [word for slot in words.SLOTS.values() for word in slot]
        assert not EVIDENCE_WORDS & {word for text in filler for word in split(text)}

    def test_the_sides_are_alike(self):
        assert len(words.GOOD_ADJECTIVES) == len(words.BAD_ADJECTIVES)
        assert len(words.GOOD_NOUNS) == len(words.BAD_NOUNS)
        assert not POSITIVE_WORDS & NEGATIVE_WORDS

    def test_a_gap_of_any_length_can_be_filled(self):
        lengths = {len(text.split()) for text in words.FILLER}
        assert lengths == set(range(1, max(lengths) + 1))

    def test_closers_are_listed_by_their_number_of_words(self):
        for length, closers in enumerate(words.CLOSERS, 1):
            assert {len(closer.split()) for closer in closers} == {length}

    def test_rank_and_frequency_make_a_line(self):
        counts = Counter(word for text in generate(8000, seed=2).texts for word in split(text))
        frequencies = np.array([count for _, count in counts.most_common()])
        assert len(frequencies) > 8000
        ranks = np.unique(np.geomspace(10, 5000, 100).astype(int))
        x, y = np.log(ranks), np.log(frequencies[ranks - 1])
        slope = np.polyfit(x, y, 1)[0]
        assert -1.8 < slope < -1.1
        assert np.corrcoef(x, y)[0, 1] < -0.98


class TestTwins:
    @quick
    @given(pairs=st.integers(1, 20), seed=seeds, distance=st.none() | distances)
    def test_twins_share_their_words_and_nothing_of_their_label(self, pairs, seed, distance):
        made = twins(pairs, seed=seed, distance=distance)
        assert len(made.texts) == len(made.labels) == len(made.stars) == 2 * pairs
        assert np.all(made.labels[::2] + made.labels[1::2] == 1)
        assert np.all((made.stars >= 7) == (made.labels == 1))
        for one, two in zip(made.texts[::2], made.texts[1::2], strict=True):
            assert one != two
            assert Counter(one.split()) == Counter(two.split())
            assert Counter(split(one)) == Counter(split(two))

    @quick
    @given(seed=seeds, distance=distances)
    def test_the_distance_is_what_was_asked_for(self, seed, distance):
        made = twins(10, seed=seed, distance=distance)
        assert {words_after_evidence(text) for text in made.texts} == {distance}
        for one, two in zip(made.texts[::2], made.texts[1::2], strict=True):
            both = zip(reversed(split(one)), reversed(split(two)), strict=True)
            differ = [k for k, (a, b) in enumerate(both) if a != b]
            assert len(differ) == 2
            assert differ[0] == distance

    @quick
    @given(seed=seeds)
    def test_a_seed_fixes_everything(self, seed):
        assert twins(5, seed=seed).texts == twins(5, seed=seed).texts
        assert twins(5, seed=seed).labels.tolist() == twins(5, seed=seed).labels.tolist()
        assert twins(5, seed=seed).texts != twins(5, seed=seed + 1).texts

    def test_a_careful_reader_is_always_right(self):
        made = twins(1000, seed=6)
        sums = np.array([read_review(text) for text in made.texts])
        assert np.all((sums > 0) == (made.labels == 1))

    def test_the_first_twin_does_not_give_the_label_away(self):
        assert 0.4 < twins(1000, seed=7).labels[::2].mean() < 0.6

    @pytest.mark.parametrize("token_pattern", [r"(?u)\b\w\w+\b", r"\S+"])
    @pytest.mark.parametrize("distance", [None, 0, 30])
    def test_a_bag_of_words_scores_exactly_one_half(self, token_pattern, distance):
        test = twins(200, seed=8, distance=distance)
        for train in (twins(200, seed=9, distance=distance), generate(400, seed=9)):
            model = linear_model(token_pattern=token_pattern).fit(train.texts, train.labels)
            assert model.score(test.texts, test.labels) == 0.5

    def test_a_bag_of_the_last_words_scores_exactly_one_half_too(self):
        """Truncation keeps both evidence words (12 words reach back over any contrast) or none of them."""
        train, test = (twins(200, seed=seed, distance=20) for seed in (1, 2))
        for kept in (5, 20, 40):
            last = [[" ".join(split(text)[-kept:]) for text in made.texts] for made in (train, test)]
            assert linear_model().fit(last[0], train.labels).score(last[1], test.labels) == 0.5


def test_word_pairs_beat_words_and_neither_is_perfect(reviews):
    test = generate(2000, seed=3)
    words_alone, pairs = (
        linear_model(ngram_range=(1, longest), min_df=3, binary=True)
        .fit(reviews.texts, reviews.labels)
        .score(test.texts, test.labels)
        for longest in (1, 2)
    )
    assert 0.78 < words_alone < 0.93
    assert words_alone + 0.015 < pairs < 1 - LABEL_NOISE


def test_corpus_has_two_balanced_splits_without_a_review_in_common():
    made = corpus()
    for reviews in (made.train, made.test):
        assert len(reviews.texts) == 25_000
        assert reviews.labels.sum() == 12_500
    assert len({*made.train.texts, *made.test.texts}) == 50_000


class TestErrors:
    @pytest.mark.parametrize("value", [0, -3, 2.5, "10", None, True])
    def test_count(self, value):
        message = re.escape(f"count must be an integer of at least 1, and it is {value!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            generate(value, seed=0)

    @pytest.mark.parametrize("value", [0, -3, 2.5, "10", None, True])
    def test_pairs(self, value):
        message = re.escape(f"pairs must be an integer of at least 1, and it is {value!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            twins(value, seed=0)

    @pytest.mark.parametrize("make", [generate, twins])
    @pytest.mark.parametrize("value", [-1, 501, 2.0, "3", False])
    def test_distance(self, make, value):
        message = re.escape(f"distance must be an integer from 0 to 500, and it is {value!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            make(2, seed=0, distance=value)

    @pytest.mark.parametrize("make", [lambda seed: generate(2, seed=seed), lambda seed: twins(2, seed=seed), corpus])
    @pytest.mark.parametrize("value", [-1, 1.5, None])
    def test_seed(self, make, value):
        message = re.escape(f"seed must be an integer of at least 0, and it is {value!r}")
        with pytest.raises(ValueError, match=f"^{message}$"):
            make(value)

    def test_numpy_integers_are_integers(self):
        made = generate(np.int64(4), seed=np.int32(1), distance=np.int8(100))
        assert made.texts == generate(4, seed=1, distance=100).texts
