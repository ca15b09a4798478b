"""Drawing words, counting n-grams, and measuring what was copied."""

import numpy as np
import pytest

from lstm_course.ladder import generation, language_model, word_counts

WORD_INDEX = {"the": 1, "film": 2, "good": 3, "rare": 90}


def test_temperature_and_top_k():
    scores = np.log([0.5, 0.3, 0.2])
    np.testing.assert_allclose(generation.next_word_probabilities(scores), [0.5, 0.3, 0.2])
    cold = generation.next_word_probabilities(scores, temperature=0.5)
    np.testing.assert_allclose(cold, np.array([25, 9, 4]) / 38)
    two = generation.next_word_probabilities(scores, top_k=2)
    np.testing.assert_allclose(two, [0.625, 0.375, 0])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"temperature": 0}, "it has to be above 0. For the likeliest word every time, pass top_k=1"),
        ({"temperature": -1.0}, "temperature is -1.0"),
        ({"top_k": 4}, "top_k is 4, and there are 3 words: pass a number from 1 to 3"),
        ({"top_k": 0}, "top_k is 0"),
    ],
)
def test_a_wrong_setting_gets_a_sentence(settings, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        generation.next_word_probabilities(np.zeros(3), **settings)


def test_a_prompt_needs_a_word_that_is_known():
    assert generation.prompt_ids("The film!", WORD_INDEX, 50) == [1, 4, 5]
    with pytest.raises(ValueError, match="the prompt has no word; begin with at least one"):
        generation.prompt_ids(" ... ", WORD_INDEX, 50)
    with pytest.raises(ValueError, match="none of the words of 'rare zzz' is among the 50 that the model knows"):
        generation.prompt_ids("rare zzz", WORD_INDEX, 50)


def test_what_is_written_are_words_and_no_more_than_asked_for():
    sizes = language_model.Sizes(vocabulary=12, dimension=4, units=3)
    model = language_model.LanguageModel(sizes, np.random.default_rng(0), ("forward",))
    written = generation.generate(model, [1, 5], 20, rng=np.random.default_rng(0))
    assert len(written) <= 20
    assert set(written) <= set(range(4, 12))
    with pytest.raises(ValueError, match="the prompt is empty"):
        generation.generate(model, [], 5, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match="temperature is 0"):
        generation.generate(model, [1], 5, rng=np.random.default_rng(0), temperature=0)


@pytest.mark.parametrize(
    ("sample", "longest"),
    [([7, 8, 9], 3), ([2, 8, 9, 1], 2), ([5], 0), ([4, 9, 7, 4, 9], 2), ([9, 4, 7, 8], 2), ([], 0)],
)
def test_the_longest_shared_run(sample, longest):
    assert generation.longest_shared_run(sample, [4, 9, 3, 7, 8, 9, 4]) == longest


def test_counts_give_probabilities_that_add_up_to_one():
    words = np.random.default_rng(0).integers(4, 9, 300)
    model = word_counts.NgramModel.fit(words, 3, vocabulary=12)
    for before in ([5, 6], [4, 4], [11, 11], [11, 5]):
        every = [model.probabilities([*before, word])[-1] for word in range(12)]
        np.testing.assert_allclose(sum(every), 1)


def test_a_trigram_by_hand():
    model = word_counts.NgramModel.fit([1, 2, 3, 1, 2, 4], 3, vocabulary=5)
    one = (1 + 4 / 5) / (6 + 4)  # 3 occurred once of six; four kinds of words
    two = (1 + 2 * one) / (2 + 2)  # after 2: once of two; two kinds
    np.testing.assert_allclose(model.probabilities([1, 2, 3])[-1], (1 + 2 * two) / (2 + 2))


def test_perplexity_of_equal_choices_is_their_number():
    assert word_counts.perplexity(np.full(7, 1 / 20)) == pytest.approx(20)
    with pytest.raises(ValueError, match="above 0"):
        word_counts.perplexity([0.5, 0.0])
