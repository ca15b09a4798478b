"""Tasks that track a state which every input may change: parity, and a ball under one of five cups.

Notebook 05 asks for the parity at the end. Here an answer is due at each of the last `ANSWERS` steps, so that a
training on `ANSWERS` steps begins with the short sequences that it contains. Sequences are drawn as in
:mod:`lstm_course.memory.tasks`.
"""

import numpy as np

from lstm_course.memory.tasks import Task, prepare

ANSWERS = 20
"""At how many of the last steps an answer is due."""

CUPS = 5
MOVES = np.array([[1, 0, 2, 3, 4], [1, 2, 3, 4, 0]])
"""Where a ball under each cup goes: the first two cups change places, or all move on by one."""


def running_parity(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw bits, and ask after each whether the number of ones so far is odd.

    The one feature is +1 for a one and -1 for a zero; a 0 in front of them is no bit.

    Chance: 50 %. Best: 100 %.

    Args:
        count: how many sequences, at least 1.
        lag: steps between the first bit and the end, at least ``ANSWERS - 1``.
        seed: the same seed gives the same sequences, at least 0.
        length: steps of a sequence, at least ``lag + 1``, which None stands for.

    Returns:
        ``inputs (count, time, 1)`` float32, ``targets (count, ANSWERS)`` int64: 1 for odd.

    Raises:
        ValueError: an argument is not an integer in its range.
    """
    rng, length = prepare(count, lag, seed, length, beyond=1, least_lag=ANSWERS - 1)
    bits = rng.integers(2, size=(count, lag + 1))
    inputs = np.zeros((count, length, 1), np.float32)
    inputs[:, length - lag - 1 :, 0] = 2 * bits - 1
    return inputs, bits.cumsum(axis=1)[:, -ANSWERS:] % 2


def five_cups(count: int, *, lag: int, seed: int, length: int | None = None):
    """Draw moves of five cups, the first of which hides a ball, and ask after each move which cup hides it.

    The features are the two `MOVES`, one-hot; zeros in front of them are no move. The two generate all 120
    permutations of the cups: no shorter record of a sequence of moves than its result is enough.

    Chance: 20 %. Best: 100 %.

    Source: the word problem of the group S5, as Merrill, Petty and Sabharwal, 2024, "The illusion of state in
    state-space models", arXiv:2404.08819, pose it; here with two generators, and for one of the five elements.

    Arguments and errors as `running_parity`.

    Returns:
        ``inputs (count, time, 2)`` float32, ``targets (count, ANSWERS)`` int64: the cup, 0 to 4.
    """
    rng, length = prepare(count, lag, seed, length, beyond=1, least_lag=ANSWERS - 1)
    moves = rng.integers(len(MOVES), size=(count, lag + 1))
    inputs = np.zeros((count, length, len(MOVES)), np.float32)
    inputs[:, length - lag - 1 :] = np.eye(len(MOVES))[moves]
    place, places = np.zeros(count, int), []
    for t in range(lag + 1):
        place = MOVES[moves[:, t], place]
        places.append(place)
    return inputs, np.stack(places[-ANSWERS:], axis=1)


TRACKING = {
    task.name: task
    for task in (
        Task("parity after every bit", running_parity, features=1, outputs=2, answers=ANSWERS, chance=1 / 2),
        Task("five cups", five_cups, len(MOVES), CUPS, ANSWERS, chance=1 / CUPS),
    )
}
"""The tasks by name."""
