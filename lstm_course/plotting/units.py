"""Plots of single units and gates: means, AUC, the responses of a cell."""

import textwrap

import numpy as np

from lstm_course.plotting.accuracy import accuracy_by_group
from lstm_course.plotting.display import describe, percent
from lstm_course.plotting.style import (
    COLOURS,
    LINESTYLES,
    MARKERS,
    QUIET,
    beside,
    check_array,
    check_curves,
    check_fractions,
    check_length,
    check_rows,
    legend_beside,
    row_axis,
    titled,
)


def gate_means(ax, means, *, places, title):
    """Draw the mean of each gate at several kinds of places in a text, side by side.

    Args:
        ax: the axes to draw on.
        means: dict from a gate (``"forget_gate"``, …) to ``(places,)``, 0 to 1.
        places: one label per place, such as ``"after a full stop"``.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a mean lies outside 0 to 1, or a gate has not one mean for each place.
    """
    means = check_curves("means", means)
    shifts = 0.12 * (np.arange(len(means)) - (len(means) - 1) / 2)
    said = []
    for shift, (gate, values) in zip(shifts, means, strict=True):
        values = check_fractions(f"means[{gate!r}]", values)
        check_length("places", places, len(values), "mean")
        name = gate.replace("_", " ")
        style = {"color": COLOURS[gate], "marker": MARKERS[gate], "markersize": 9}
        ax.plot(shift + np.arange(len(values)), values, linestyle="none", label=name, **style)
        said.append(f"{name} " + ", ".join(f"{value:.2f}" for value in values))
    ax.set_xticks(range(len(places)), [textwrap.fill(label, 9) for label in places])
    ax.set(ylim=(0, 1), xlabel="where in the text", ylabel="mean over cells\n(0 shut, 1 open)")
    legend_beside(ax)
    describe(ax, f"Mean gates at these places: {', '.join(places)}. {'; '.join(said).capitalize()}.")
    return titled(ax, title)


def best_auc(ax, areas, *, title):
    """Draw one area under the ROC curve per row as a square with its number, the first row on top.

    Args:
        ax: the axes to draw on.
        areas: dict from a property to the AUC of the cell that tells it best, 0.5 to 1.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an area lies outside 0.5 to 1.
    """
    areas = dict(check_curves("areas", areas))
    values = check_array("areas", list(areas.values()), "(properties,)", low=0.5)
    if values.max() > 1:
        raise ValueError(f"areas: expected values from 0.5 to 1, found {values.max()}")
    for position, value in enumerate(values):
        ax.plot(value, position, MARKERS["lstm"], color=COLOURS["lstm"], markersize=9)
        beside(ax, value, position, f"{value:.2f}", COLOURS["lstm"])
    ax.axvline(0.5, color=COLOURS["chance"], linestyle=LINESTYLES["chance"])
    ax.set_xlim(0.45, 1.05)
    ax.set_xlabel("AUC of the best cell (dotted line: 0.5, chance)")
    row_axis(ax, list(areas))
    listed = "; ".join(f"{name} {value:.2f}" for name, value in areas.items())
    describe(ax, f"AUC of the best cell for each property, where 0.5 is chance: {listed}.")
    return titled(ax, title)


def strongest_responses(ax, rows, *, title):
    """Draw a cell's hidden state at single words as horizontal bars from 0, the first row on top.

    Args:
        ax: the axes to draw on.
        rows: list of ``(context, value)``: the word with those before it, and the hidden state after it.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a value is not a finite number.
    """
    rows = check_rows(rows, 2)
    values = check_array("rows", [value for _, value in rows], "(rows,)")
    ax.barh(range(len(rows)), values, color=COLOURS["hidden_state"])
    ax.axvline(0, color=QUIET, linewidth=1.2)
    ax.set_xlabel("hidden state after the word in capitals")
    row_axis(ax, [context for context, _ in rows])
    listed = ", ".join(f"{context} {value:+.2f}".replace("-", "−") for context, value in rows)
    describe(ax, f"Hidden state after the word in capitals, from the highest to the lowest: {listed}.")
    return titled(ax, title)


def accuracy_by_property(ax, rows, *, name, title, overall=None):
    """Draw the accuracy of the groups that one property makes of the reviews, as ``accuracy_by_group`` does.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, accuracy, low, high, reviews)``, one for each group.
        name: the property, such as ``"length in words"``, written below.
        title: the finding.
        overall: the accuracy over all reviews, drawn as a line, or None.

    Returns:
        ``ax``.
    """
    accuracy_by_group(ax, rows, overall=overall, title=title)
    ax.set_xlabel(name)
    listed = ", ".join(f"{label} {percent(value)}" for label, value, *_ in rows)
    describe(ax, f"Accuracy with 95 % intervals by {name}: {listed}.")
    return titled(ax, title)
