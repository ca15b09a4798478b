"""Plots of where a model errs and how far its probabilities can be trusted."""

from matplotlib.ticker import PercentFormatter

from lstm_course.plotting.display import describe, in_points, percent
from lstm_course.plotting.style import COLOURS, LINESTYLES, MARKERS, check_rows, titled


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
    ax.text(30, 32, "as sure as right", color=COLOURS["chance"], fontsize=9.5, ha="right")
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
