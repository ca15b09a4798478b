"""Plots of language models: how the perplexity falls, and how much of what they write was copied."""

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from lstm_course.plotting.display import describe, from_to, written
from lstm_course.plotting.style import (
    COLOURS,
    QUIET,
    check_array,
    check_curves,
    check_rows,
    curve_style,
    label_ends,
    plain,
    row_axis,
    titled,
)

LONG_RUN = 10  # words; notebook 10 does not print a sample that shares as many in a row


def perplexity_curves(ax, curves, levels, *, title):
    """Draw perplexities on a log axis against updates, with a dotted line for each model that does not learn.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(updates, perplexities)``, two arrays ``(points,)``.
        levels: dict from a label to a perplexity.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if updates and perplexities differ in number, or a perplexity is below 1.
    """
    ends, used = [], []
    for index, (label, (updates, values)) in enumerate(check_curves("curves", curves)):
        updates = check_array(f"curves[{label!r}]: updates", updates, "(points,)", low=0)
        values = check_array(f"curves[{label!r}]: perplexities", values, "(points,)", low=1)
        if len(updates) != len(values):
            raise ValueError(f"curves[{label!r}]: expected as many perplexities as updates, {len(updates)}")
        style = curve_style(label, index, used)
        ax.plot(updates, values, **style)
        ends.append((updates[-1], values[-1], label, style["color"]))
    right = max(x for x, *_ in ends)
    for label, value in check_curves("levels", levels):
        check_array(f"levels[{label!r}]", [value], "(n,)", low=1)
        ax.axhline(value, color=COLOURS["baseline"], linestyle=":", linewidth=1.3)
        ends.append((right, value, label, COLOURS["baseline"]))
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 8)))
    ax.yaxis.set_minor_locator(NullLocator())
    ax.yaxis.set_major_formatter(FuncFormatter(plain))
    ax.set_xlabel("updates")
    ax.set_ylabel("perplexity (log scale)")
    titled(ax, title)
    label_ends(ax, ends)
    fallen = "; ".join(f"{label} {from_to(*curve, at='update')}" for label, curve in curves.items())
    counted = "; ".join(f"{label} {written(value)}" for label, value in levels.items())
    describe(ax, f"Perplexity against updates, on a logarithmic axis. {fallen}. Dotted lines: {counted}.")
    return ax


def shared_runs(ax, rows, *, title):
    """Draw one dot a sample: the longest run of words that it shares with a text.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, runs)``: the lengths in words, ``(samples,)``.
        title: the finding.

    Returns:
        ``ax``.
    """
    rows = check_rows(rows, 2)
    for position, (label, runs) in enumerate(rows):
        runs = check_array(f"rows: {label!r}", runs, "(samples,)", low=0)
        heights = position + np.linspace(-0.3, 0.3, len(runs) + 2)[1:-1]
        ax.plot(runs, heights, "o", color=COLOURS["lstm"], markersize=5, alpha=0.8)
    ax.axvline(LONG_RUN, color=QUIET, linestyle="--", linewidth=1.2)
    ax.set_xlim(left=0)
    ax.set_xlabel(f"longest run of words shared with a review (dashed: {LONG_RUN})")
    row_axis(ax, [label for label, _ in rows])
    said = "; ".join(
        f"{label}: {min(runs):.0f} to {max(runs):.0f}, median {np.median(runs):.0f}" for label, runs in rows
    )
    describe(ax, f"The longest run of words that each sample shares with a review, one dot a sample. {said}.")
    return titled(ax, title)
