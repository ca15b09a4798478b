"""Reviews as long streams of words: what a language model reads, batch after batch, without losing its place."""

import numpy as np

from lstm_course.reviews.imdb import START


def streams(sequences, count: int, *, seed, backwards: bool = False) -> np.ndarray:
    """Return the reviews one after another, in random order, cut into ``count`` streams of the same length.

    Args:
        sequences: lists of word ids, each with the start token 1 first; it stands between reviews.
        count: how many streams, the rows of a batch.
        seed: of the order.
        backwards: from the last word of the last review to the first of the first; a start token then still comes
            before each review's words.

    Returns:
        int32 ``(count, length)``; the few words that do not fill a row of all streams are left out.

    Raises:
        ValueError: there are fewer than two words for each stream.
    """
    order = np.random.default_rng(seed).permutation(len(sequences))
    words = np.concatenate([np.asarray(sequences[place], np.int32) for place in order]) if len(order) else order
    if len(words) < 2 * count:
        raise ValueError(
            f"{len(words)} words are too few for {count} streams, which need two each: "
            f"ask for at most {len(words) // 2} streams, or pass more reviews"
        )
    if backwards:
        words = np.concatenate([[START], words[:0:-1]])
    length = len(words) // count
    return words[: count * length].reshape(count, length).astype(np.int32)


def windows(stream: np.ndarray, steps: int) -> list[np.ndarray]:
    """Return the batches of streams ``(count, length)``, each ``(count, steps + 1)``: inputs, and targets one later.

    The last word of a batch, its last target, is the first input of the next. What is shorter than a batch is left out.

    Raises:
        ValueError: a stream is not longer than ``steps``.
    """
    batches = (stream.shape[1] - 1) // steps
    if batches < 1:
        raise ValueError(
            f"a stream of {stream.shape[1]} words is shorter than a batch of {steps} steps and their targets: "
            f"ask for fewer streams, or for at most {stream.shape[1] - 1} steps"
        )
    return [stream[:, batch * steps : (batch + 1) * steps + 1] for batch in range(batches)]
