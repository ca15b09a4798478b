"""Plots of a hidden state of few units while a network reads a few words."""

import numpy as np

from lstm_course.plotting.display import describe
from lstm_course.plotting.recurrence import hidden_states
from lstm_course.plotting.style import (
    INK,
    RAMP,
    RAMP_MARKERS,
    check_array,
    check_curves,
    check_length,
    legend_beside,
    titled,
)

DASHES = ("-", "--", ":", "-.")


def state_walk(ax, walks, *, title):
    """Draw a state of two units as a walk through the plane: one leg per word, a star at the end.

    Args:
        ax: the axes to draw on.
        walks: dict from a text to its states ``(words + 1, units)``, the one before the first word first; two units.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a walk has not two units, or not one state more than its text has words.
    """
    ends = []
    for index, (text, states) in enumerate(check_curves("walks", walks)):
        states, words = check_array(f"walks[{text!r}]", states, "(words + 1, units)"), text.split()
        check_length(f"walks[{text!r}]", states, len(words) + 1, "word, and one before the first")
        check_length(f"walks[{text!r}]", states[0], 2, "axis of the plane")
        colour, place = RAMP[2 * index % len(RAMP)], index % 4
        ax.plot(*states.T, DASHES[place], marker=RAMP_MARKERS[place], color=colour, label=text)
        ax.plot(*states[-1], "*", color=colour, markersize=16)
        for word, middle in zip(words, (states[:-1] + states[1:]) / 2, strict=True):
            box = {"facecolor": ax.get_facecolor(), "edgecolor": colour, "pad": 2}
            ax.text(*middle, word, color=colour, ha="center", va="center", fontsize=9, bbox=box)
        ends.append(f"“{text}” ends at ({states[-1][0]:.2f}, {states[-1][1]:.2f})")
    ax.plot(*states[0], "o", color=INK, markersize=9)
    ax.margins(0.12)
    ax.set_xlabel("unit 0")
    ax.set_ylabel("unit 1")
    legend_beside(ax)
    describe(
        ax,
        f"Walks of the state through the plane of unit 0 and unit 1, one leg per word, from a common start. "
        f"{'; '.join(ends)}.",
    )
    return titled(ax, title)


def state_rows(ax, rows, *, tokens, title):
    """Draw named values while a network reads: one coloured row each, one column per word.

    Args:
        ax: the axes to draw on.
        rows: dict from a name to ``(time,)`` values.
        tokens: the words, one per time step.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a row is not one-dimensional and finite, or has not one value per word.
    """
    spoken = []
    for name, values in check_curves("rows", rows):
        values = check_array(f"rows[{name!r}]", values, "(time,)")
        check_length(f"rows[{name!r}]", values, len(tokens), "token")
        # A rounded -0.04 is written as 0.0.
        told = ", ".join(f"{word} {np.round(value, 1) + 0:.1f}" for word, value in zip(tokens, values, strict=True))
        spoken.append(f"{name} {told}")
    hidden_states(ax, np.column_stack([*rows.values()]), tokens=tokens, title=title)
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set_ylabel("")
    describe(ax, f"Values after each word. {'; '.join(spoken)}.")
    return titled(ax, title)
