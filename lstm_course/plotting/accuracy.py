"""Plots of accuracies, of losses by epoch, and of calibration."""

import numpy as np
from matplotlib.ticker import (
    MaxNLocator,
    PercentFormatter,
)

from lstm_course.plotting.display import describe, from_to, in_points, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    LINESTYLES,
    MARKERS,
    PANEL,
    QUIET,
    SPLIT_NAMES,
    beside,
    check_array,
    check_fractions,
    check_rows,
    curve_style,
    label_ends,
    row_axis,
    titled,
)


def learning_curves(ax, history, *, title, mark_lowest=False):
    """Draw the losses by epoch.

    Args:
        ax: the axes to draw on.
        history: dict with ``"loss"`` and, where they exist, ``"val_loss"`` and ``"test_loss"``: one mean
            cross-entropy per epoch, as in ``model.fit(...).history``. Other keys are left alone. Rename
            ``"val_loss"`` to ``"test_loss"`` when the test set was what ``fit`` was given to validate on.
        title: the finding.
        mark_lowest: whether to put a star on the lowest value of the last of these curves.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``history`` has no ``"loss"``.
    """
    if "loss" not in history:
        raise ValueError(f"history: 'loss' is missing; its keys are {list(history)}")
    losses = {"train": "loss", "validation": "val_loss", "test": "test_loss"}
    losses = {s: check_array(f"history[{k!r}]", history[k], "(epochs,)") for s, k in losses.items() if k in history}
    ends = []
    for split, values in losses.items():
        epochs = np.arange(1, len(values) + 1)
        ax.plot(epochs, values, linestyle=LINESTYLES[split], label=SPLIT_NAMES[split], **curve_style(split, 0))
        ends.append((epochs[-1], values[-1], SPLIT_NAMES[split], COLOURS[split]))
    marked = ""
    if mark_lowest:
        split, values = list(losses.items())[-1]
        lowest = int(values.argmin()) + 1
        marked = f" Marked: epoch {lowest}."
        ax.axvline(lowest, color=QUIET, linestyle=":", linewidth=1.2, zorder=1)
        ax.plot(lowest, values.min(), "*", color=COLOURS[split], markersize=14)
        ends.append((lowest, values.min(), f"★ best: epoch {lowest}", COLOURS[split]))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("epoch")
    ax.set_ylabel("loss (cross-entropy, nats)")
    label_ends(ax, ends)
    said = "; ".join(
        f"{SPLIT_NAMES[split]} {from_to(range(1, len(values) + 1), values, at='epoch')}, "
        f"lowest {written(values.min())} at epoch {values.argmin() + 1}"
        for split, values in losses.items()
    )
    describe(ax, f"Loss by epoch. {said.capitalize()}.{marked}")
    return titled(ax, title)


def accuracy_ladder(ax, rows, *, title, chance=0.5):
    """Draw one accuracy per row as a dot with its interval, the first row on top.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, accuracy, low, high, kind)``: fractions from 0 to 1 with the ends of the 95 %
            interval, and a key of ``COLOURS`` for colour and marker.
        title: the finding.
        chance: the accuracy of guessing, 0 to 1; None leaves it out, so that rows far above it can be distinguished.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a row has no known kind or its numbers are not ``0 <= low <= accuracy <= high <= 1``.
    """
    rows = check_rows(rows, 5)
    for position, (label, accuracy, low, high, kind) in enumerate(rows):
        if kind not in COLOURS:
            raise ValueError(f"rows: {label!r} has kind {kind!r}; expected one of {list(COLOURS)}")
        if not 0 <= low <= accuracy <= high <= 1:
            raise ValueError(
                f"rows: {label!r} needs 0 <= low <= accuracy <= high <= 1, found {low}, {accuracy}, {high}"
            )
        ax.errorbar(
            100 * accuracy,
            position,
            xerr=[[100 * (accuracy - low)], [100 * (high - accuracy)]],
            fmt=MARKERS[kind],
            color=COLOURS[kind],
            capsize=6,
        )
        text = f"{100 * accuracy:.1f} %"
        beside(ax, 100 * high, position, text, COLOURS[kind])
    ax.set_xlabel("accuracy (%), with its 95 % interval")
    if chance is not None:
        ax.axvline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], zorder=1)
        ax.set_xlabel(f"{ax.get_xlabel()}; dotted line: chance ({100 * chance:.0f} %)")
    ax.set_xlim(right=ax.get_xlim()[1] + 0.14 * np.ptp(ax.get_xlim()))
    row_axis(ax, [row[0] for row in rows])
    said = "; ".join(
        f"{label}: {percent(accuracy)} ({100 * low:.1f} to {100 * high:.1f})" for label, accuracy, low, high, _ in rows
    )
    line = f" Dotted line: chance, {percent(chance)}." if chance is not None else ""
    describe(ax, f"Accuracy with its 95 % interval, row by row: {said}.{line}")
    return titled(ax, title)


def cost_bars(ax, rows, *, title):
    """Draw ratios as horizontal bars, the first row on top, with the reference at 1.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, ratio)``, ratios above 0.
        title: the finding; it says what the ratio is of.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a ratio is not above 0.
    """
    rows = check_rows(rows, 2)
    for position, (label, ratio) in enumerate(rows):
        if not ratio > 0:
            raise ValueError(f"rows: {label!r} needs a ratio above 0, found {ratio}")
        ax.barh(position, ratio, height=0.62, color=COLOURS["lstm"])
        beside(ax, ratio, position, f"× {ratio:.3g}", COLOURS["cell_state"])
    ax.axvline(1, color=QUIET, linestyle=":", linewidth=1.2)
    ax.set_xlim(0, 1.15 * max(1, *(ratio for _, ratio in rows)))
    ax.set_xlabel("ratio (dotted line: 1, the reference)")
    row_axis(ax, [row[0] for row in rows])
    said = "; ".join(f"{label}: {written(ratio)}" for label, ratio in rows)
    describe(ax, f"Ratio to the reference, which is 1: {said}.")
    return titled(ax, title)


def accuracy_by_seed(ax, rows, *, title):
    """Draw each row's accuracies, one mark a seed, the first row on top.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, accuracies, kind)``: fractions ``(seeds,)``, one for a model without a seed, and a key
            of ``COLOURS``.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an accuracy is not from 0 to 1.
    """
    rows = check_rows(rows, 3)
    for position, (label, accuracies, kind) in enumerate(rows):
        accuracies = check_fractions(f"rows: {label!r}", accuracies)
        # One below the other, so that equal seeds do not look like one.
        heights = position + (np.linspace(-0.15, 0.15, len(accuracies)) if len(accuracies) > 1 else np.zeros(1))
        ax.plot(100 * accuracies, heights, MARKERS[kind], color=COLOURS[kind], alpha=0.75, markersize=9)
    ax.set_xlabel("accuracy (%), one mark a seed")
    row_axis(ax, [row[0] for row in rows])
    said = "; ".join(
        f"{label}: {percent(values[0])}"
        if len(values) == 1
        else f"{label}: median {percent(np.median(values))}, {100 * min(values):.1f} to {100 * max(values):.1f} "
        f"({len(values)} seeds)"
        for label, values, _ in rows
    )
    describe(ax, f"Accuracy of every seed, row by row: {said}.")
    return titled(ax, title)


def accuracy_changes(ax, rows, *, title):
    """Draw changes of accuracy as horizontal bars from 0, the first row on top, with a mark for each seed.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, change, kind)``: a difference of fractions, or several, ``(seeds,)``, of which the bar
            is the mean; and a key of ``COLOURS``.
        title: the finding; it says what changed.

    Returns:
        ``ax``.
    """
    rows = check_rows(rows, 3)
    said = []
    for position, (label, changes, kind) in enumerate(rows):
        changes = np.atleast_1d(changes)
        change, seeds = changes.mean(), len(changes)
        ax.barh(position, 100 * change, height=0.62, color=COLOURS[kind])
        beside(ax, max(0, 100 * changes.max()), position, in_points(change), COLOURS[kind])
        said.append(f"{label}: {in_points(change)}")
        if seeds > 1:
            heights = position + np.linspace(-0.2, 0.2, seeds)
            ax.plot(100 * changes, heights, "o", markersize=7, color=COLOURS[kind], markeredgecolor=PANEL)
            said[-1] += f", {in_points(changes.min())} to {in_points(changes.max())} ({seeds} seeds)"
    ax.axvline(0, color=QUIET, linewidth=1.2)
    ax.margins(x=0.14)
    ax.set_xlabel("change of accuracy (percentage points)")
    row_axis(ax, [row[0] for row in rows])
    describe(ax, f"Change of accuracy in percentage points: {'; '.join(said)}.")
    return titled(ax, title)


def _check_interval(label, value, low, high, reviews):
    if not 0 <= low <= value <= high <= 1:
        raise ValueError(f"rows: {label!r} needs 0 <= low <= value <= high <= 1, found {low}, {value}, {high}")
    if reviews < 1:
        raise ValueError(f"rows: {label!r} holds {reviews} reviews; leave empty rows out")


def _dot(ax, x, value, low, high, kind):
    """Draw a share in percent with its interval."""
    bar = [[100 * (value - low)], [100 * (high - value)]]
    ax.errorbar(x, 100 * value, yerr=bar, fmt=MARKERS[kind], color=COLOURS[kind], capsize=4)


def reliability(ax, rows, *, title):
    """Draw how often a prediction comes true against how sure the model was, with the number of reviews below.

    Args:
        ax: the axes to draw on.
        rows: one ``(predicted, observed, low, high, reviews)`` for each bin that is not empty: the mean predicted
            probability of "positive", the share that is positive with the ends of its 95 % interval, and how
            many reviews that is.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a row has no reviews, or its numbers are not ``0 <= low <= observed <= high <= 1``.
    """
    rows = check_rows(rows, 5)
    ax.plot([0, 100], [0, 100], color=COLOURS["chance"], linestyle=LINESTYLES["chance"], zorder=1)
    _name_diagonal(ax, [100 * row[0] for row in rows])
    for predicted, observed, low, high, reviews in rows:
        _check_interval(predicted, observed, low, high, reviews)
        if not 0 <= predicted <= 1:
            raise ValueError(f"rows: expected predicted probabilities from 0 to 1, found {predicted}")
        _dot(ax, 100 * predicted, observed, low, high, "lstm")
        ax.text(100 * predicted, -14, f"{reviews:,}", ha="center", va="center", fontsize=8, rotation=45)
    ax.text(-3, -14, "reviews:", ha="right", va="center", fontsize=8)
    ax.set(xlim=(-16, 104), ylim=(-24, 104), xticks=range(0, 101, 20), yticks=range(0, 101, 20))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_formatter(PercentFormatter(decimals=0))
    ax.set_xlabel("predicted probability of “positive”")
    ax.set_ylabel("share that is positive")
    widest = max(rows, key=lambda row: abs(row[1] - row[0]))
    describe(
        ax,
        f"Share of reviews that are positive against the predicted probability, in {len(rows)} bins: "
        f"{percent(rows[0][1])} where {percent(rows[0][0])} is predicted, {percent(rows[-1][1])} where "
        f"{percent(rows[-1][0])} is predicted. The largest distance from the diagonal is "
        f"{in_points(widest[1] - widest[0])} points, at a prediction of {percent(widest[0])} ({widest[4]:,} reviews).",
    )
    return titled(ax, title)


def _name_diagonal(ax, taken):
    """Say what the diagonal means, from a corner that stays free, pointing between the bins at ``taken``."""
    free = np.arange(30, 71)
    at = free[np.abs(free[:, None] - np.array(taken)).min(axis=1).argmax()]
    leader = {"arrowstyle": "-", "color": COLOURS["chance"], "linewidth": 0.8}
    style = {"color": COLOURS["chance"], "fontsize": 9.5, "va": "center", "arrowprops": leader}
    ax.annotate("on this line:\nas sure as right", (at, at), xytext=(72, 15), **style)


def accuracy_by_group(ax, rows, *, title, overall=None):
    """Draw the accuracy of groups of reviews, in their order, each with its interval and its size.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, accuracy, low, high, reviews)``: fractions from 0 to 1 with the ends of the 95 %
            interval, and how many reviews the group holds.
        title: the finding.
        overall: the accuracy over all reviews, drawn as a line, or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a group is empty or its numbers are not ``0 <= low <= accuracy <= high <= 1``.
    """
    rows = check_rows(rows, 5)
    for position, (label, *numbers) in enumerate(rows):
        _check_interval(label, *numbers)
        _dot(ax, position, *numbers[:3], "lstm")
    if overall is not None:
        ax.axhline(100 * overall, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], zorder=1)
        text = f"all:\n{100 * overall:.1f} %"
        ax.text(1.01, 100 * overall, text, transform=ax.get_yaxis_transform(), va="center", fontsize=9.5)
    ax.set_xticks(range(len(rows)), [f"{label}\nn = {reviews:,}" for label, *_, reviews in rows])
    ax.set_xlim(-0.6, len(rows) - 0.4)
    ax.set_ylabel("accuracy (%)\nwith its 95 % interval")
    ax.set_xlabel("group of reviews")
    ax.grid(False, axis="x")
    groups = "; ".join(f"{label}: {percent(accuracy)}" for label, accuracy, *_ in rows)
    line = f" Line: all reviews, {percent(overall)}." if overall is not None else ""
    describe(ax, f"Accuracy by group, each with its 95 % interval: {groups}.{line}")
    return titled(ax, title)
