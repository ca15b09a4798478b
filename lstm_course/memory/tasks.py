"""Tasks that are hard for one reason alone: the answer depends on something read `lag` steps ago.

Each generator draws fresh sequences from a seed::

    inputs, targets = temporal_order(64, lag=20, seed=0)     # (64, 21, 6), (64,)
    inputs, targets = TASKS["temporal order"].draw(64, lag=20, seed=0)

``inputs`` is float32 ``(count, time, features)``. The steps are as many as the lag needs, or ``length``, which puts
more of the same in front: so that a long sequence need not mean a long lag. `TASKS` holds for each task what an
experiment has to know of it, and `Task.success` scores answers in the same way for all of them.
"""

import functools
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from lstm_course.reviews import synthetic_reviews

TOLERANCE = 0.1
"""How near an answer to the adding problem must be to count as right."""

COPY_ITEMS, COPY_SYMBOLS = 3, 4
"""How many symbols the copy task shows, and of how many kinds."""

ORDER_DISTRACTORS = 4
"""Kinds of symbols without meaning in the temporal order task; X and Y follow as features 4 and 5."""


def adding(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw the adding problem: two of many numbers are marked, and their sum is asked for at the end.

    Feature 0 is a number between 0 and 1, feature 1 is 1 where it is marked. The first mark stands `lag` steps
    before the last step, the second at any step after it.

    Chance: without the inputs the best answer is 1, with a mean squared error of 1/6 (the variance of the sum), within
    `TOLERANCE` in 1 - (1 - 0.1)² = 19 % of all sequences. Best: an error of 0, 100 %.

    Source: Hochreiter and Schmidhuber, 1997, "Long short-term memory", Neural Computation 9(8), section 5.4, whose
    sequences vary in length; the fixed length is that of Le, Jaitly and Hinton, 2015, arXiv:1504.00941.

    Args:
        count: how many sequences, at least 1.
        lag: steps between the first mark and the end, at least 1.
        seed: the same seed gives the same sequences, at least 0.
        length: steps of a sequence, at least ``lag + 1``, which None stands for.

    Returns:
        ``inputs (count, time, 2)`` float32, ``targets (count,)`` float32.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    rng, length = prepare(count, lag, seed, length, beyond=1)
    first, second = _two_places(count, lag, length, rng)
    rows = np.arange(count)
    inputs = np.zeros((count, length, 2), np.float32)
    inputs[..., 0] = rng.random((count, length), dtype=np.float32)
    inputs[:, first, 1] = 1
    inputs[rows, second, 1] = 1
    return inputs, inputs[:, first, 0] + inputs[rows, second, 0]


def copy_memory(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw the copy task: `COPY_ITEMS` symbols are shown, and asked for in their order `lag` steps later.

    Features 0 to ``COPY_SYMBOLS - 1`` are the symbols, one-hot. Then come blanks (the next feature), and the last
    `COPY_ITEMS` steps carry the go signal (the last feature): at each of them one symbol is due, the first one first.

    Chance: 1 of `COPY_SYMBOLS` symbols is right, 25 %. Best: 100 %.

    Source: Hochreiter and Schmidhuber, 1997, in the form of Arjovsky, Shah and Bengio, 2016, "Unitary evolution
    recurrent neural networks", ICML, arXiv:1511.06464, section 4.1, with 3 symbols of 4 kinds in place of 10 of 8.

    Args:
        count: how many sequences, at least 1.
        lag: steps between a symbol and its recall, at least ``COPY_ITEMS``.
        seed: the same seed gives the same sequences, at least 0.
        length: steps of a sequence, at least ``lag + COPY_ITEMS``, which None stands for.

    Returns:
        ``inputs (count, time, COPY_SYMBOLS + 2)`` float32, ``targets (count, COPY_ITEMS)`` int64.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    rng, length = prepare(count, lag, seed, length, beyond=COPY_ITEMS, least_lag=COPY_ITEMS)
    targets = rng.integers(COPY_SYMBOLS, size=(count, COPY_ITEMS))
    read = np.full((count, length), COPY_SYMBOLS)
    read[:, length - lag - COPY_ITEMS : length - lag] = targets
    read[:, -COPY_ITEMS:] = COPY_SYMBOLS + 1
    return np.eye(COPY_SYMBOLS + 2, dtype=np.float32)[read], targets


def temporal_order(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw the two-symbol temporal order task: X or Y, and later X or Y again; name both in their order.

    The symbols are one-hot: features 0 to 3 are distractors, 4 is X, 5 is Y. The first X or Y stands `lag` steps
    before the last step, the second at any step after it. The classes are XX, XY, YX, YY, in this order.

    Chance: 25 %. Counting X and Y without their order is right in 75 %. Best: 100 %.

    Source: Hochreiter and Schmidhuber, 1997, "Long short-term memory", Neural Computation 9(8), section 5.6, task 6a.

    Args:
        count: how many sequences, at least 1.
        lag: steps between the first X or Y and the end, at least 1.
        seed: the same seed gives the same sequences, at least 0.
        length: steps of a sequence, at least ``lag + 1``, which None stands for.

    Returns:
        ``inputs (count, time, 6)`` float32, ``targets (count,)`` int64.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    rng, length = prepare(count, lag, seed, length, beyond=1)
    first, second = _two_places(count, lag, length, rng)
    targets = rng.integers(4, size=count)
    read = rng.integers(ORDER_DISTRACTORS, size=(count, length))
    read[:, first] = ORDER_DISTRACTORS + targets // 2
    read[np.arange(count), second] = ORDER_DISTRACTORS + targets % 2
    return np.eye(ORDER_DISTRACTORS + 2, dtype=np.float32)[read], targets


def parity(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw the parity task: say whether the number of ones among the last ``lag + 1`` bits is odd.

    The one feature is +1 for a one and -1 for a zero; a 0 in front of them is no bit. One state that every one
    flips is enough, but no bit alone says anything of the answer.

    Chance: 50 %, even when only a single bit was missed. Best: 100 %.

    Source: Schmidhuber and Hochreiter, 1996, "Guessing can outperform many long time lag algorithms", technical note
    IDSIA-19-96, where random weights solve it sooner than gradients do.

    Args:
        count: how many sequences, at least 1.
        lag: steps between the first bit and the end, at least 1.
        seed: the same seed gives the same sequences, at least 0.
        length: steps of a sequence, at least ``lag + 1``, which None stands for.

    Returns:
        ``inputs (count, time, 1)`` float32, ``targets (count,)`` int64: 1 for odd.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    rng, length = prepare(count, lag, seed, length, beyond=1)
    bits = rng.integers(2, size=(count, lag + 1))
    inputs = np.zeros((count, length, 1), np.float32)
    inputs[:, length - lag - 1 :, 0] = 2 * bits - 1
    return inputs, bits.sum(axis=1) % 2


_TWIN_HEAD = 40  # the most steps of a twin review up to its last evidence word, with room to spare
_WORD_VECTORS, _WORD_FEATURES = 4096, 16


def twin_reviews(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw twins of the review grammar: the same words, two of them exchanged, and opposite labels.

    A step is a word. Features 0 to 15 are random numbers, the same wherever the word stands; feature 16 is +1 for a
    word of praise, -1 for one of blame and else 0, so that no vocabulary has to be learned: what remains is which
    of the two evidence words counts. The last of them stands `lag` steps before the last step, and zeros fill up the
    front. Where `count` is odd, the last review is without its twin.

    Chance: 50 %, also for every model that knows which words occur and how often, and no more. Best: 100 %.

    Source: `lstm_course.reviews.synthetic_reviews.twins`.

    Args:
        count: how many reviews, at least 1.
        lag: words after the last evidence word, at least 1, at most ``synthetic_reviews.MAX_DISTANCE``.
        seed: the same seed gives the same reviews, at least 0.
        length: steps of a sequence, at least ``lag + 40``, which None stands for.

    Returns:
        ``inputs (count, time, 17)`` float32, ``targets (count,)`` int64: 1 for praise.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    _, length = prepare(count, lag, seed, length, beyond=_TWIN_HEAD)
    reviews = synthetic_reviews.twins((count + 1) // 2, seed=seed, distance=lag)
    ids = np.zeros((count, length), int)
    for row, text in zip(ids, reviews.texts, strict=False):
        words = [_word_id(word) for word in text.lower().split()]
        row[-len(words) :] = words
    return _word_table()[ids], reviews.labels[:count]


@functools.cache
def _word_id(word):
    polarity = (word in synthetic_reviews.POSITIVE_WORDS) + 2 * (word in synthetic_reviews.NEGATIVE_WORDS)
    # Not Python's own hash, which changes from run to run. Two words may share their numbers; that does no harm.
    return 1 + polarity * _WORD_VECTORS + zlib.crc32(word.encode()) % _WORD_VECTORS


@functools.cache
def _word_table():
    """Return the features of every id: zeros for padding, then words without evidence, of praise, of blame."""
    vectors = np.random.default_rng(0).standard_normal((_WORD_VECTORS, _WORD_FEATURES))
    vectors /= np.sqrt(_WORD_FEATURES)
    polarity = np.repeat([0, 1, -1], _WORD_VECTORS)[:, None]
    words = np.hstack([np.tile(vectors, (3, 1)), polarity])
    return np.vstack([np.zeros(_WORD_FEATURES + 1), words]).astype(np.float32)


@dataclass(frozen=True)
class Task:
    """A task, and what an experiment has to know of it.

    Attributes:
        name: its key in `TASKS`.
        draw: the generator: ``draw(count, lag=…, seed=…, length=None)``.
        features: numbers read at each step.
        outputs: numbers answered at each answering step: one for each class, or 1 for a number.
        answers: at how many of the last steps an answer is due.
        chance: the success of the best answer that ignores the inputs.
        best: the best achievable success.
    """

    name: str
    draw: Callable
    features: int
    outputs: int
    answers: int
    chance: float
    best: float = 1.0

    @property
    def is_regression(self) -> bool:
        """Whether the answer is a number and not a class."""
        return self.outputs == 1

    def success(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the share of right answers, for one network or for several at once.

        Args:
            outputs: ``(..., count, answers, outputs)``: scores of the classes, or the number itself.
            targets: as drawn, ``(count,)`` or ``(count, answers)``.

        Returns:
            An array of the shape ``(...)``, between 0 and 1.
        """
        targets = np.asarray(targets).reshape(-1, self.answers)
        if self.is_regression:
            right = np.abs(outputs[..., 0] - targets) < TOLERANCE
        else:
            right = outputs.argmax(axis=-1) == targets
        return right.mean(axis=(-2, -1))


TASKS = {
    task.name: task
    for task in (
        Task("adding", adding, features=2, outputs=1, answers=1, chance=1 - (1 - TOLERANCE) ** 2),
        Task("copy", copy_memory, COPY_SYMBOLS + 2, COPY_SYMBOLS, COPY_ITEMS, chance=1 / COPY_SYMBOLS),
        Task("temporal order", temporal_order, ORDER_DISTRACTORS + 2, outputs=4, answers=1, chance=1 / 4),
        Task("parity", parity, features=1, outputs=2, answers=1, chance=1 / 2),
        Task("twin reviews", twin_reviews, features=_WORD_FEATURES + 1, outputs=2, answers=1, chance=1 / 2),
    )
}
"""The tasks by name."""


def _whole(value) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def prepare(count, lag, seed, length, *, beyond, least_lag=1):
    """Check a generator's arguments; return the random generator and the number of steps, `lag` + `beyond` at least."""
    for name, value, least in (("count", count, 1), ("lag", lag, least_lag), ("seed", seed, 0)):
        if not _whole(value) or value < least:
            raise ValueError(f"{name} must be an integer of at least {least}, and it is {value!r}")
    needed = lag + beyond
    if length is None:
        length = needed
    if not _whole(length) or length < needed:
        raise ValueError(f"a lag of {lag} needs a length of at least {needed} steps, and length is {length!r}")
    return np.random.default_rng(seed), int(length)


def _two_places(count, lag, length, rng):
    """Return the step `lag` before the last one, and for each sequence one of the steps after it."""
    first = length - 1 - lag
    return first, rng.integers(first + 1, length, size=count)
