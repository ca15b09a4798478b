"""A language model writes: a word is drawn, read, and the next one drawn; how much of it was copied is measured."""

import numpy as np

from lstm_course.models.quiet import tf
from lstm_course.reviews import imdb

NEVER = (imdb.PAD, imdb.UNKNOWN, imdb.INDEX_FROM)  # ids that stand for no word


def next_word_probabilities(scores, *, temperature: float = 1.0, top_k: int | None = None) -> np.ndarray:
    """Return the probability of every word, ``(vocabulary,)`` float64.

    Args:
        scores: of every word, ``(vocabulary,)``.
        temperature: the scores are divided by it: below 1 the likely words get likelier.
        top_k: only so many words with the highest scores may be drawn; None allows all.

    Raises:
        ValueError: the temperature is not above 0, or ``top_k`` is not between 1 and the vocabulary.
    """
    scores = np.asarray(scores, np.float64)
    if not temperature > 0:
        raise ValueError(
            f"temperature is {temperature}; it has to be above 0. For the likeliest word every time, pass top_k=1"
        )
    if top_k is not None and not 1 <= top_k <= len(scores):
        raise ValueError(f"top_k is {top_k}, and there are {len(scores)} words: pass a number from 1 to {len(scores)}")
    scaled = (scores - scores.max()) / temperature
    if top_k is not None:
        scaled[np.argsort(-scaled, kind="stable")[top_k:]] = -np.inf
    weights = np.exp(scaled)
    return weights / weights.sum()


def prompt_ids(prompt: str, word_index: dict[str, int], vocabulary: int) -> list[int]:
    """Return the ids of a prompt, the start token first.

    Raises:
        ValueError: the prompt has no word, or none that the vocabulary has.
    """
    ids = imdb.encode(prompt, word_index, vocabulary)
    if len(ids) == 1:
        raise ValueError('the prompt has no word; begin with at least one, such as "this film"')
    if all(token == imdb.UNKNOWN for token in ids[1:]):
        raise ValueError(
            f"none of the words of {prompt!r} is among the {vocabulary:,} that the model knows: "
            'use at least one common English word, such as "this film"'
        )
    return ids


def generate(model, prompt, words: int, *, rng, temperature: float = 1.0, top_k: int | None = None) -> list[int]:
    """Return ids that the forward model writes after a prompt, at most ``words``; it stops before a new review.

    Args:
        model: a ``language_model.LanguageModel`` with a forward direction.
        prompt: ids to read first, with the start token.
        words: how many to write at most.
        rng: draws.
        temperature: as :func:`next_word_probabilities` has it, as ``top_k`` is.
        top_k: the same.

    Raises:
        ValueError: the prompt is empty, or a setting is none that :func:`next_word_probabilities` takes.
    """
    if len(prompt) == 0:
        raise ValueError("the prompt is empty: pass at least the start token, [1]")
    next_word_probabilities(np.zeros(model.sizes.vocabulary), temperature=temperature, top_k=top_k)
    state = model.zero_states(1)["forward"]
    unread, written = list(prompt), []
    while len(written) < words:
        for word in unread:
            states, state = model.read("forward", tf.constant([[word]]), state)
        scores = model.scores("forward", states[-1])[0].numpy()
        scores[list(NEVER)] = -np.inf
        word = int(rng.choice(len(scores), p=next_word_probabilities(scores, temperature=temperature, top_k=top_k)))
        if word == imdb.START:
            break
        written.append(word)
        unread = [word]
    return written


def longest_shared_run(sample, words) -> int:
    """Return the length of the longest run of ids in ``sample`` that stands in the same order in ``words``.

    Args:
        sample: ids, ``(words,)``, such as a text that a model wrote.
        words: the ids of everything that it has read, one after another, start tokens between reviews.
    """
    sample, words = np.asarray(sample), np.asarray(words)
    longest = 0
    for start in range(len(sample)):
        places = np.flatnonzero(words == sample[start])
        length = 0
        while len(places):
            length += 1
            if start + length == len(sample):
                break
            places = places[places < len(words) - length]
            places = places[words[places + length] == sample[start + length]]
        longest = max(longest, length)
    return longest
