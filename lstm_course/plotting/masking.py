"""Plots of what padding does to an LSTM: to its state, and to its training."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import (
    QUIET,
    RAMP,
    check_array,
    check_curves,
    check_fractions,
    curve_style,
    legend_beside,
    titled,
)

DASHES = ("--", "-", "-.", ":")


def state_distance(ax, curves, *, last_word, title, floor=1e-12):
    """Draw how far apart the states of two reviews are, step by step, on a log axis.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(time,)`` distances.
        last_word: the step of the last word, which is marked; what follows is padding.
        title: the finding.
        floor: where the axis ends below.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not one-dimensional, finite and non-negative.
    """
    spoken = []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_array(f"curves[{label!r}]", values, "(time,)", low=0)
        colour = RAMP[2 * index % len(RAMP)]
        ax.semilogy(np.maximum(values, floor / 10), DASHES[index % 4], color=colour, label=label)
        end = f"below {floor:.0e}" if values[-1] < floor else f"{values[-1]:.2g}"
        spoken.append(f"{label}: {values[last_word]:.2g} at the last word, {end} at step {len(values) - 1}")
    ax.axvline(last_word, color=QUIET, linewidth=1)
    ax.annotate(
        "last word",
        (last_word, 1e3 * floor),
        xytext=(8, 0),
        textcoords="offset points",
        color=QUIET,
        fontsize=9.5,
    )
    ax.set_ylim(floor, 1)
    ax.set_xlabel("time step")
    ax.set_ylabel("distance between\nthe two states")
    legend_beside(ax)
    describe(
        ax,
        f"Distance between the states of two reviews by step, on a logarithmic axis; the last word is at step "
        f"{last_word}. {'; '.join(spoken)}.",
    )
    return titled(ax, title)


def accuracy_by_epoch(ax, curves, *, title, legend=None):
    """Draw the accuracy of several trainings by epoch.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(epochs,)`` accuracies, 0 to 1.
        title: the finding.
        legend: what the labels have in common, above them; or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an accuracy lies outside 0 to 1.
    """
    spoken = []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_fractions(f"curves[{label!r}]", values)
        epochs = np.arange(1, len(values) + 1)
        style = curve_style(label, index)
        ax.plot(epochs, 100 * values, linestyle=DASHES[index % 4], label=label, **style)
        spoken.append(f"{label}: {', '.join(f'{100 * value:.1f}' for value in values)}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    low, high = ax.get_ylim()
    ax.set_ylim(min(45, low), max(90, high))
    ax.set_xlabel("epoch")
    ax.set_ylabel("test accuracy (%)")
    legend_beside(ax, title=legend)
    named = f"{legend}: " if legend else ""
    describe(ax, f"Test accuracy in percent after each epoch. {named}{'; '.join(spoken)}.")
    return titled(ax, title)
