"""Plots of what a trained LSTM does with a text: gates, traces, deletions, ablations."""

import numpy as np
from matplotlib.ticker import (
    MaxNLocator,
    PercentFormatter,
)

from lstm_course.plotting.display import describe, description, in_points, listed, percent, written
from lstm_course.plotting.states import gate_traces
from lstm_course.plotting.style import (
    COLOURS,
    INK,
    LINESTYLES,
    MARKERS,
    PANEL,
    QUIET,
    RAMP,
    RAMP_MARKERS,
    check_array,
    check_curves,
    check_fractions,
    check_length,
    check_rows,
    label_ends,
    row_axis,
    time_axis,
    titled,
)

GATES = ("forget_gate", "input_gate", "output_gate")
STATES = ("cell_state", "hidden_state", "candidate")


def running_prediction(ax, probabilities, *, words, title, before=None):
    """Draw the probability of "positive" after each word, with the word that moved it most marked.

    Args:
        ax: the axes to draw on.
        probabilities: ``(time,)``, after each word, 0 to 1.
        words: one label per word.
        title: the finding.
        before: the probability before the first word, against which the first word's change is measured; without
            it, the change of the first word is not counted.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a probability lies outside 0 to 1, or ``words`` has another length.
    """
    probabilities = check_fractions("probabilities", probabilities)
    check_length("words", words, len(probabilities), "probability")
    ax.axhspan(50, 104, color=COLOURS["lstm"], alpha=0.06, linewidth=0)
    ax.axhspan(-4, 50, color=COLOURS["rnn"], alpha=0.06, linewidth=0)
    ax.axhline(50, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], zorder=1)
    ax.plot(100 * probabilities, color=COLOURS["lstm"], marker=MARKERS["lstm"], label="after this word")
    start = probabilities[0] if before is None else check_fractions("before", [before])[0]
    if before is not None:
        ax.plot([-1, 0], [100 * start, 100 * probabilities[0]], color=COLOURS["lstm"], linestyle=":", zorder=1)
    _mark_strongest(ax, np.diff(probabilities, prepend=start), probabilities, words)
    for height, side in ((0.96, "positive"), (0.04, "negative")):
        vertical = "top" if height > 0.5 else "bottom"
        ax.text(0.01, height, side, transform=ax.transAxes, va=vertical, color=QUIET, fontsize=9.5)
    ax.set_xlim(-1 if before is not None else -0.5, len(words) - 0.5)
    ax.set_ylim(-4, 104)
    ax.yaxis.set_major_formatter(PercentFormatter(decimals=0))
    ax.set_ylabel("probability of “positive”")
    time_axis(ax, words, len(words))
    changes = np.diff(probabilities, prepend=start)
    at = int(np.abs(changes).argmax())
    origin = f"{percent(start)} before the first word" if before is not None else percent(start)
    describe(
        ax,
        f"Probability of “positive” after each of {len(words)} words: from {origin} to {percent(probabilities[-1])} "
        f"after the last, “{words[-1]}”. "
        + (
            f"The largest change is {in_points(changes[at])} points, at “{words[at]}”."
            if changes[at]
            else "It never changes."
        ),
    )
    return titled(ax, title)


def _mark_strongest(ax, changes, probabilities, words):
    """Draw an arrow along the largest change, and write the word and the change beside it."""
    at = int(np.abs(changes).argmax())
    if changes[at] == 0:
        return
    top, bottom = 100 * probabilities[at], 100 * (probabilities[at] - changes[at])
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 3}
    ax.annotate("", (at, top), xytext=(at, bottom), arrowprops=arrow)
    text = f"“{words[at]}” {100 * changes[at]:+.0f} points".replace("-", "−")
    right = at < len(words) / 2
    height = _free_height(ax, 100 * probabilities, at, len(text), right, (top + bottom) / 2)
    ax.annotate(
        text,
        (at, (top + bottom) / 2),
        xytext=(at + (0.25 if right else -0.25), height),
        ha="left" if right else "right",
        va="center",
        fontsize=9.5,
        fontweight="bold",
        arrowprops={"arrowstyle": "-", "color": QUIET, "linewidth": 0.8, "relpos": (0 if right else 1, 0.5)},
        bbox={"boxstyle": "round,pad=0.2", "facecolor": PANEL, "edgecolor": QUIET, "alpha": 0.9},
        zorder=5,
    )


def _free_height(ax, percents, at, letters, right, wanted):
    """Return the height nearest to the wanted one at which a label beside word ``at`` covers neither curve nor line."""
    figure = ax.figure
    across = 0.09 * letters / (0.85 * figure.get_figwidth()) * len(percents)  # words that the label covers
    half = 11 / (72 * 0.85 * figure.get_figheight() * ax.get_position().height) * 108  # its half height, in percent
    places = at + np.linspace(0, across + 0.5, 50) * (1 if right else -1)
    covered = np.append(np.interp(places[1:], range(len(percents)), percents), 50)
    heights = np.arange(6, 95)
    free = heights[(np.abs(heights[:, None] - covered) > half).all(axis=1)]
    return free[np.abs(free - wanted).argmin()] if len(free) else wanted


def gate_heatmap(ax, values, *, words, title, kind="forget_gate"):
    """Draw a gate or a state of every unit at every word; units with the largest mean on top.

    Args:
        ax: the axes to draw on.
        values: ``(time, units)``.
        words: one label per word.
        title: the finding.
        kind: which values they are. A gate's colours run from 0 (shut) to 1 (open); those of ``"cell_state"``,
            ``"hidden_state"`` and ``"candidate"`` are centred on 0, and one in a hundred may be larger than the
            strongest colour says.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``values`` is not two-dimensional and finite, ``words`` has another length, ``kind`` is
            unknown, or a gate lies outside 0 to 1.
    """
    values = check_array("values", values, "(time, units)")
    if kind not in GATES + STATES:
        raise ValueError(f"kind: expected one of {[*GATES, *STATES]}, found {kind!r}")
    name = kind.replace("_", " ")
    if kind in GATES:
        check_fractions("values", values.ravel())
        colours, label = {"cmap": "viridis", "vmin": 0, "vmax": 1}, f"{name} (0 shut, 1 open)"
    else:
        limit = np.quantile(np.abs(values), 0.99) or 1.0
        colours, label = {"cmap": "RdBu", "vmin": -limit, "vmax": limit}, name
    order = np.argsort(-values.mean(axis=0), kind="stable")
    image = ax.imshow(values[:, order].T, aspect="auto", interpolation="nearest", **colours)
    beyond = kind not in GATES and np.abs(values).max() > limit
    ax.figure.colorbar(image, ax=ax, label=label, extend="both" if beyond else "neither")
    ax.set_ylabel("unit, by its mean:\nlargest on top")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    ax.grid(False)
    time_axis(ax, words, len(values))
    means = values.mean(axis=0)
    describe(
        ax,
        f"{name.capitalize()} of {values.shape[1]} units at {len(values)} words as colours, from "
        f"{written(values.min())} to {written(values.max())}; the units’ means run from {written(means.min())} to "
        f"{written(means.max())}.",
    )
    return titled(ax, title)


def annotated_trace(ax, traces, *, words, notes, title):
    """Draw gates and states of one cell over the words, with notes at some of them.

    Args:
        ax: the axes to draw on.
        traces: dict from a name (``"cell_state"``, ``"forget_gate"``, …) to ``(time,)``; the notes point at the
            first of them.
        words: one label per word.
        notes: dict from the position of a word, from 0, to a short text.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a trace is not one-dimensional and finite, lengths differ, or a note has no word.
    """
    gate_traces(ax, traces, title=title, tokens=words)
    first = np.asarray(next(iter(traces.values())), dtype=float)
    low, high = ax.get_ylim()
    room = 0.3 * (high - low)  # above the highest and below the lowest curve
    ax.set_ylim(low - room, high + room)
    for position, text in sorted(notes.items()):
        if position not in range(len(first)):
            raise ValueError(f"notes: {text!r} is at word {position}; words run from 0 to {len(first) - 1}")
        above = first[position] >= (low + high) / 2
        ax.annotate(
            text,
            (position, first[position]),
            xytext=(position, high + 0.8 * room if above else low - 0.8 * room),
            ha="left" if position < len(first) / 3 else "right" if position > 2 * len(first) / 3 else "center",
            va="center",
            fontsize=9.5,
            arrowprops={"arrowstyle": "->", "color": QUIET, "shrinkB": 4},
            bbox={"boxstyle": "round,pad=0.2", "facecolor": PANEL, "edgecolor": QUIET},
        )
    pointed = "; ".join(f"at “{words[position]}”: {text}" for position, text in sorted(notes.items()))
    describe(ax, description(ax) + (f" Notes: {pointed}." if notes else ""))
    return titled(ax, title)


def deletion_curves(ax, removed, curves, *, title):
    """Draw how a prediction gives way while the words that a method ranks highest are removed.

    Args:
        ax: the axes to draw on.
        removed: ``(points,)``, rising numbers of words removed.
        curves: dict from a method to the mean fall of the predicted class's log-odds: ``(points,)``, or ``(draws,
            points)`` where the order of removal is drawn at random: then the line is the mean and the band runs
            over all draws.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not finite or has not one point for each number removed, or those do not rise.
    """
    removed = check_array("removed", removed, "(points,)", low=0)
    if np.any(np.diff(removed) <= 0):
        raise ValueError("removed: expected rising numbers of words")
    ends, said = [], []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_array(f"curves[{label!r}]", np.atleast_2d(values), "(draws, points)")
        if values.shape[1] != len(removed):
            raise ValueError(f"curves: {label!r} has {values.shape[1]} points, removed has {len(removed)}")
        random, mean = "random" in label.lower(), values.mean(axis=0)
        colour = COLOURS["chance"] if random else RAMP[index % len(RAMP)]
        dashes = ":" if random else ("-", "--", "-.")[index % 3]
        ax.plot(removed, mean, color=colour, linestyle=dashes, marker=RAMP_MARKERS[index % 4], label=label)
        if len(values) > 1:
            ax.fill_between(removed, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.2)
        ends.append((removed[-1], mean[-1], label, colour))
        spread = f" ({written(values[:, -1].min())} to {written(values[:, -1].max())} over {len(values)} draws)"
        said.append(f"{label} {written(mean[-1])}" + (spread if len(values) > 1 else ""))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel("words removed, the highest ranked first")
    ax.set_ylabel("mean fall of the log-odds\nof the class first predicted")
    label_ends(ax, ends)
    describe(
        ax,
        f"Mean fall of the log-odds against the number of words removed, {removed[0]} to {removed[-1]}. "
        f"With all of those removed: {listed(said)}.",
    )
    return titled(ax, title)


def ablation_strip(ax, rows, *, title, named="claimed cells"):
    """Draw what it costs to ablate cells: one diamond for the claimed cells, a dot for each other choice.

    Args:
        ax: the axes to draw on.
        rows: list of ``(label, claimed, others)``: the change of accuracy when the cells are ablated that the claim
            names, and ``(n,)`` changes for other choices of as many cells. Fractions: −0.02 is two points lost.
        title: the finding.
        named: what the legend calls the diamonds.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a change is not a finite number from −1 to 1.
    """
    rows = check_rows(rows, 3)
    for position, (label, claimed, others) in enumerate(rows):
        others = check_array(f"rows: {label!r}: others", others, "(n,)")
        check_fractions(f"rows: {label!r}", np.abs([claimed, *others]))
        # Dots of one row are spread evenly over its height, in their given order, so that they can be counted.
        heights = position + np.linspace(-0.35, 0.35, len(others) + 2)[1:-1]
        names = {"label": "other choices"} if position == 0 else {}
        ax.plot(100 * others, heights, "o", color=COLOURS["chance"], markersize=4, alpha=0.8, **names)
        names = {"label": named} if position == 0 else {}
        ax.plot(
            100 * claimed,
            position,
            "D",
            color=COLOURS["lstm"],
            markersize=10,
            markeredgecolor=PANEL,
            **names,
        )
    ax.axvline(0, color=QUIET, linestyle=":", linewidth=1.2)
    ax.set_xlabel("change of accuracy when ablated (points)")
    row_axis(ax, [row[0] for row in rows])
    ax.legend(loc="lower left", bbox_to_anchor=(1.01, 0), frameon=False, borderaxespad=0)
    said = "; ".join(
        f"{label}: {in_points(claimed)}, and for {len(others)} other choices {in_points(min(others))} to "
        f"{in_points(max(others))}"
        for label, claimed, others in rows
    ).replace("\n", " ")
    describe(ax, f"Change of accuracy, in percentage points, when cells are ablated. {said}.")
    return titled(ax, title)
