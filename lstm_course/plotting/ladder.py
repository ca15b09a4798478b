"""Plots of the ladder: what each change gains, what it costs, and how the cost grows."""

import numpy as np
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from lstm_course.plotting.display import describe, from_to, in_points, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    MARKERS,
    PANEL,
    QUIET,
    RAMP,
    RAMP_MARKERS,
    beside,
    check_costs,
    check_rows,
    label_ends,
    legend_beside,
    row_axis,
    titled,
)

# A gain that the scatter of the seeds could explain is grey, and hollow too.
GAINS = {
    True: {"fmt": "s", "color": COLOURS["lstm"], "label": "clear gain"},
    False: {
        "fmt": "o",
        "color": COLOURS["chance"],
        "markerfacecolor": PANEL,
        "label": "within\nthe scatter",
    },
}


def accuracy_by_rung(ax, rows, *, title, reference):
    """Draw the accuracy after each change as a dot with its interval, the first row on top.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, accuracy, low, high)``: fractions from 0 to 1 with the ends of the interval over seeds.
        title: the finding.
        reference: ``(label, accuracy)`` of a model that is no rung, drawn as a line.

    Returns:
        ``ax``.

    Raises:
        ValueError: if the numbers of a row are not ``0 <= low <= accuracy <= high <= 1``.
    """
    rows = check_rows(rows, 4)
    for position, (label, accuracy, low, high) in enumerate(rows):
        if not 0 <= low <= accuracy <= high <= 1:
            raise ValueError(
                f"rows: {label!r} needs 0 <= low <= accuracy <= high <= 1, found {low}, {accuracy}, {high}"
            )
        ends = [[100 * (accuracy - low)], [100 * (high - accuracy)]]
        ax.errorbar(100 * accuracy, position, xerr=ends, capsize=5, markersize=7, fmt="o", color=COLOURS["lstm"])
        # In a column of their own, where no interval and no line runs through them.
        place = {"transform": ax.get_yaxis_transform(), "ha": "right", "va": "center", "fontsize": 9.5}
        ax.text(0.985, position, percent(accuracy), color=COLOURS["lstm"], **place)
    name, level = reference
    ax.axvline(100 * level, color=COLOURS["baseline"], linestyle=":", zorder=1)
    left, right = ax.get_xlim()
    ax.set_xlim(left, right + 0.2 * (right - left))
    ax.set_xlabel(f"validation accuracy (%), interval over seeds\ndotted line: {name}, {percent(level)}")
    row_axis(ax, [row[0] for row in rows])
    best = max(rows, key=lambda row: row[1])
    describe(
        ax,
        f"Validation accuracy of {len(rows)} rows, each with its interval over seeds: from {percent(rows[0][1])} "
        f"(“{rows[0][0]}”) to {percent(rows[-1][1])} (“{rows[-1][0]}”); the best is “{best[0]}” with "
        f"{percent(best[1])}. Dotted line: {name}, {percent(level)}.",
    )
    return titled(ax, title)


def gain_by_rung(ax, rows, *, title):
    """Draw what each change gains as a dot with its interval, the first row on top; filled where it lies above zero.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, gain, half)``: a difference of fractions and half of its interval over seeds, both None
            where nothing is compared.
        title: the finding.

    Returns:
        ``ax``.
    """
    rows = check_rows(rows, 3)
    compared = [(position, *row) for position, row in enumerate(rows) if row[1] is not None]
    drawn = set()
    for position, _, gain, half in compared:
        clear = bool(gain > half)
        style = dict(GAINS[clear])
        # One entry a kind in the legend; matplotlib leaves out labels that begin with an underscore.
        style["label"] = f"_{style['label']}" if clear in drawn else style["label"]
        drawn.add(clear)
        ax.errorbar(100 * gain, position, xerr=100 * half, capsize=5, markersize=8, **style)
        beside(ax, 100 * (gain + half), position, f"{in_points(gain)} ± {100 * half:.1f}", style["color"])
    ax.axvline(0, color=QUIET, linewidth=1.2, zorder=1)
    left, right = ax.get_xlim()
    ax.set_xlim(left, right + 0.3 * (right - left))
    ax.set_xlabel("gain over the row above (points),\ninterval over seeds")
    row_axis(ax, [row[0] for row in rows])
    legend_beside(ax)
    clear = sum(bool(gain > half) for _, _, gain, half in compared)
    _, at, largest, _ = max(compared, key=lambda row: row[2])
    describe(
        ax,
        f"Gain of each change over the row above, with its interval over seeds: {clear} of {len(compared)} changes "
        f"gain clearly; the largest gain is {in_points(largest)} points, by “{at}”.",
    )
    return titled(ax, title)


def accuracy_by_seconds(ax, points, *, title):
    """Draw accuracy against processor time on a log axis; each point has a mark that a list beside the axes explains.

    Args:
        ax: the axes to draw on.
        points: list of ``(mark, label, seconds, accuracy, kind)``: what stands at the point, such as ``"3"``; seconds
            above 0, a fraction, and a key of ``COLOURS``.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a point has no known kind, or its seconds are not above 0.
    """
    points = check_rows(points, 5)
    for _, label, seconds, _, kind in points:
        if kind not in COLOURS:
            raise ValueError(f"points: {label!r} has kind {kind!r}; expected one of {list(COLOURS)}")
        if not seconds > 0:
            raise ValueError(f"points: {label!r} needs seconds above 0, found {seconds}")
    for mark, label, seconds, accuracy, kind in points:
        style = {"linestyle": "none", "marker": MARKERS[kind], "color": COLOURS[kind]}
        ax.plot(seconds, 100 * accuracy, markersize=8, label=f"{mark}  {label}", **style)
    ax.set_xscale("log")
    ax.margins(x=0.08, y=0.12)
    _plain_log(ax.xaxis)
    ax.set_xlabel("processor seconds of training (log scale)")
    ax.set_ylabel("validation accuracy (%)")
    legend_beside(ax)
    titled(ax, title)
    _mark(ax, [(mark, seconds, 100 * accuracy, COLOURS[kind]) for mark, _, seconds, accuracy, kind in points])
    cheapest, dearest = (choose(points, key=lambda point: point[2]) for choose in (min, max))
    best = max(points, key=lambda point: point[3])
    describe(
        ax,
        f"Validation accuracy of {len(points)} models against the processor seconds of their training, on a "
        f"logarithmic axis. The cheapest is {_point(cheapest)}; the dearest is {_point(dearest)}; the most accurate "
        f"is {_point(best)}.",
    )
    return ax


def _point(point):
    """Say what a point of `accuracy_by_seconds` is."""
    _, label, seconds, accuracy, _ = point
    return f"“{label}” with {percent(accuracy)} after {written(seconds)} seconds"


def _mark(ax, points):
    """Write the mark of points ``(mark, x, y, colour)``, each where it is farthest from points and marks so far."""
    ax.figure.canvas.draw()  # the layout is known only now
    ax.set_xlim(ax.get_xlim())
    ax.set_ylim(ax.get_ylim())
    taken = list(ax.transData.transform([(x, y) for _, x, y, _ in points]))
    pixels = ax.figure.dpi / 72
    around = [(0, 12), (0, -12), (12, 0), (-12, 0), (10, 10), (-10, 10), (10, -10), (-10, -10)]
    for number, (mark, x, y, colour) in enumerate(points):
        here = ax.transData.transform((x, y))
        others = [place for index, place in enumerate(taken) if index != number]

        def room(offset, here=here, others=others):
            spot = here + np.multiply(offset, pixels)
            return min((np.hypot(*(spot - place)) for place in others), default=np.inf)

        # Rounded, so that the first of places with about as much room wins.
        best = max(around, key=lambda offset: min(round(room(offset)), 25 * pixels))
        taken.append(here + np.multiply(best, pixels))
        place = {"xytext": best, "textcoords": "offset points", "ha": "center", "va": "center"}
        ax.annotate(mark, (x, y), color=colour, fontsize=9.5, fontweight="bold", **place)


def _plain_log(axis):
    """Mark 1, 2, 5, 10, … on a log axis, in plain numbers."""
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))


def cost_by_size(ax, sizes, curves, *, title, xlabel, ylabel="seconds (log scale)"):
    """Draw measured costs on log axes, each with a dotted line of what is proportional to the size.

    Args:
        ax: the axes to draw on.
        sizes: what grows, ``(points,)``, above 0 and ascending.
        curves: dict from a label to the costs ``(points,)``, above 0.
        title: the finding.
        xlabel: what grows, with its unit.
        ylabel: the cost, with its unit.

    Returns:
        ``ax``.

    Raises:
        ValueError: if sizes do not ascend, or a curve has not one cost above 0 for each.
    """
    sizes, curves = check_costs("sizes", sizes, curves)
    ends = []
    for index, (label, costs) in enumerate(curves.items()):
        colour = RAMP[index % len(RAMP)]
        ax.plot(sizes, costs, marker=RAMP_MARKERS[index % len(RAMP_MARKERS)], color=colour)
        ax.plot(sizes, costs[-1] * sizes / sizes[-1], linestyle=":", linewidth=1.3, color=colour)
        ends.append((sizes[-1], costs[-1], label, colour))
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xticks(sizes, [f"{size:,.0f}" for size in sizes])
    ax.xaxis.set_minor_locator(NullLocator())
    _plain_log(ax.yaxis)
    ax.set_xlabel(f"{xlabel} (log scale); dotted: in proportion")
    ax.set_ylabel(ylabel)
    label_ends(ax, ends)
    times = written(sizes[-1] / sizes[0])
    said = "; ".join(
        f"{label} {from_to(sizes, costs, at='size')}, {written(costs[-1] / costs[0])} times as much"
        for label, costs in curves.items()
    )
    describe(
        ax,
        f"Cost ({ylabel.removesuffix(' (log scale)')}) against {xlabel} on logarithmic axes, for a size that grows "
        f"{times} times. {said}.",
    )
    return titled(ax, title)
