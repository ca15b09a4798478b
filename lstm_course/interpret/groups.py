"""Where a classifier errs: its accuracy in parts of the data, and what a cell answers to."""

from collections.abc import Sequence

import numpy as np

from lstm_course.interpret.reading import Reading
from lstm_course.reviews.baselines import accuracy_interval


def accuracy_by_group(
    correct, values, *, edges: Sequence[float], labels: Sequence[str]
) -> list[tuple[str, float, float, float, int]]:
    """Split texts wherever a value passes an edge, and return the accuracy in each part.

    Args:
        correct: ``(texts,)`` bool, whether the model was right.
        values: ``(texts,)``, the property by which to split.
        edges: rising numbers; a part begins at each, and the first part lies below all of them.
        labels: one for each part, so one more than ``edges``.

    Returns:
        For each part that is not empty: its label, the accuracy, the low and the high end of its 95 % interval, and
        the number of texts: what ``plotting.accuracy_by_group`` draws.

    Raises:
        ValueError: lengths differ.
    """
    correct, values = np.asarray(correct).astype(bool), np.asarray(values)
    if correct.shape != values.shape:
        raise ValueError(f"values: expected one for each of the {len(correct)} texts, found shape {values.shape}")
    if len(labels) != len(edges) + 1:
        raise ValueError(f"labels: {len(edges)} edges make {len(edges) + 1} parts, found {len(labels)} labels")
    part = np.digitize(values, edges)
    rows = []
    for place, label in enumerate(labels):
        right = correct[part == place]
        if len(right):
            interval = accuracy_interval(int(right.sum()), len(right))
            rows.append((label, float(right.mean()), *interval, len(right)))
    return rows


def strongest_responses(
    readings: Sequence[Reading], hidden_states: np.ndarray, cell: int, count: int = 5
) -> list[tuple[str, float]]:
    """Return the words after which a cell's hidden state is highest, and those after which it is lowest.

    Args:
        readings: texts, as ``read`` returns them.
        hidden_states: ``(texts, row, units)``, at every step of their rows.
        cell: which cell.
        count: how many words at each end.

    Returns:
        ``2 * count`` rows, the highest first, fewer if the texts have fewer words: the word in capitals after up to
        three before it, and the hidden state.
    """
    found = [
        (
            float(states[step - len(reading), cell]),
            " ".join([*reading.words[max(1, step - 3) : step], reading.words[step].upper()]),
        )
        for reading, states in zip(readings, hidden_states, strict=True)
        for step in range(1, len(reading))
    ]
    found = [(context, value) for value, context in sorted(found, reverse=True)]
    return found if len(found) <= 2 * count else found[:count] + found[-count:]
