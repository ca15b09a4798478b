"""Plots of tasks that need a memory, and of success against the lag."""

import numpy as np
from matplotlib.ticker import (
    FixedLocator,
    NullLocator,
    ScalarFormatter,
)

from lstm_course.plotting.display import describe, each_at, listed, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    GRID,
    LINESTYLES,
    check_array,
    check_curves,
    check_fractions,
    check_length,
    curve_style,
    legend_beside,
    titled,
)

DASHES = ("-", "--", "-.", (0, (6, 1, 1, 1, 1, 1)))  # of a race's curves; dots alone are chance


def accuracy_by_lag(ax, curves, *, title, chance):
    """Draw how often a trained network succeeds against the lag that it has to bridge.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from lag to the accuracies (0 to 1) of its seeds. The line is
            their median, the bar runs from the worst to the best.
        title: the finding.
        chance: the accuracy of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an accuracy lies outside 0 to 1, or a lag has none.
    """
    used, said, several = [], [], False
    curves = check_curves("curves", curves)
    apart = 0.012 * np.ptp([lag for _, by_lag in curves for lag in by_lag])  # so that no bar hides another's
    for index, (label, by_lag) in enumerate(curves):
        lags = sorted(by_lag)
        runs = [check_fractions(f"curves[{label!r}][{lag}]", np.atleast_1d(by_lag[lag])) for lag in lags]
        median = 100 * np.array([np.median(run) for run in runs])
        said.append(f"{label} {each_at(lags, median / 100, at='lag', write=percent)}")
        ends = 100 * np.array([[run.min() for run in runs], [run.max() for run in runs]])
        several |= any(len(run) > 1 for run in runs)
        dashes = DASHES[index % len(DASHES)]
        ax.errorbar(
            np.array(lags) + (index - (len(curves) - 1) / 2) * apart,
            median,
            yerr=np.abs(ends - median),
            linestyle=dashes,
            capsize=3,
            elinewidth=1.2,
            label=label,
            **curve_style(label, index, used),
        )
    ax.axhline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], label="chance", zorder=1)
    ax.set_xlabel("lag (time steps)")
    ax.set_ylabel("accuracy (%)")
    ax.set_ylim(top=102)
    legend_beside(ax, title="median; bar: all seeds" if several else None)
    describe(ax, f"Median accuracy by lag. {'; '.join(said)}. Dotted line: chance, {percent(chance)}.")
    return titled(ax, title)


def accuracy_by_window(ax, accuracies, *, chance, title, names=None):
    """Draw the accuracy of networks by the window of steps that their gradient goes back.

    Args:
        ax: the axes to draw on.
        accuracies: dict from a window to the accuracies (0 to 1) of its networks; each is a dot, the bar their median.
        chance: the accuracy of guessing, 0 to 1.
        title: the finding.
        names: dict from a window to what it is called below its number, or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an accuracy lies outside 0 to 1.
    """
    spoken, windows = [], list(accuracies)
    for place, (window, values) in enumerate(check_curves("accuracies", accuracies)):
        values = 100 * check_fractions(f"accuracies[{window!r}]", values)
        median = np.median(values)
        ax.plot([place] * len(values), values, "o", color=COLOURS["rnn"], alpha=0.75)
        ax.plot([place - 0.25, place + 0.25], [median] * 2, color=COLOURS["rnn"], linewidth=3)
        spoken.append(f"{percent(median / 100)} at {window}")
    ax.axhline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], label="guessing")
    ax.plot([], [], color=COLOURS["rnn"], linewidth=3, label="median")
    ax.plot([], [], "o", color=COLOURS["rnn"], alpha=0.75, label="one network")
    below = {window: f"\n({name})" for window, name in (names or {}).items()}
    ax.set_xticks(range(len(windows)), [f"{window}{below.get(window, '')}" for window in windows])
    ax.grid(False, axis="x")
    ax.set_ylim(0, 104)
    ax.set_xlabel("steps that the gradient goes back")
    ax.set_ylabel("right (%)")
    legend_beside(ax)
    describe(
        ax,
        "Accuracy by the number of steps that the gradient goes back; dots are networks, bars their medians: "
        f"{', '.join(spoken)}. Guessing: {percent(chance)}.",
    )
    return titled(ax, title)


def success_by_lag(ax, curves, *, title, chance):
    """Draw the success of trained networks, a mark for each seed and a line through their means, against the lag.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from lag to the successes (0 to 1) of its seeds. A label that contains
            "rnn", "lstm" or "gru" gets that model's colour.
        title: the finding.
        chance: the success of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a success lies outside 0 to 1, or a lag has none.
    """
    used = []
    every = sorted({lag for by_lag in dict(check_curves("curves", curves)).values() for lag in by_lag})
    room = _gap(every) / len(curves)
    for index, (label, by_lag) in enumerate(curves.items()):
        runs = _runs(label, by_lag)
        style = curve_style(label, index, used)
        dashes = DASHES[index % len(DASHES)]
        # Side by side where they would cover each other, the curves and the seeds of one.
        places = np.array(list(runs)) * np.exp(room * (index - (len(curves) - 1) / 2))
        for place, successes in zip(places, runs.values(), strict=True):
            shifts = np.linspace(-0.35, 0.35, len(successes)) if len(successes) > 1 else np.zeros(1)
            seeds = place * np.exp(room * shifts)
            ax.plot(seeds, 100 * successes, linestyle="none", markersize=4.5, alpha=0.75, **style)
        means = [100 * successes.mean() for successes in runs.values()]
        ax.plot(places, means, linestyle=dashes, color=style["color"])
        ax.plot([], [], linestyle=dashes, label=label, **style)
    ax.axhline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], label="chance", zorder=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(every))
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("lag (time steps)")
    ax.set_ylabel("right answers (%)")
    ax.set_ylim(0, 104)
    legend_beside(ax, title="mark: one seed\nline: their mean")
    said = _said(curves, at="lag")
    describe(ax, f"Mean share of right answers by lag. {said}. Dotted line: chance, {percent(chance)}.")
    return titled(ax, title)


def _gap(lags):
    """Return how much of a logarithmic axis the curves take around each lag: a tenth of the lag to either side.

    It is less where two lags would meet; more would read as another lag.
    """
    return min([0.2, *(0.66 * np.diff(np.log(lags)))])


def _runs(label, by_lag):
    """Return the successes of the seeds by lag, in the order of the lags."""
    return {lag: check_fractions(f"curves[{label!r}][{lag}]", np.atleast_1d(by_lag[lag])) for lag in sorted(by_lag)}


def _said(curves, *, at):
    """Say the mean of every point, and where its seeds differ, their range."""
    said = []
    for label, by_lag in curves.items():
        runs = _runs(label, by_lag)
        means = each_at(list(runs), [run.mean() for run in runs.values()], at=at, write=percent)
        ranges = [f"{100 * run.min():.0f} to {100 * run.max():.0f}" for run in runs.values()]
        several = any(len(run) > 1 for run in runs.values())
        said.append(f"{label} {means}" + f" (seeds from {', '.join(ranges)})" * several)
    return "; ".join(said)


def sequence_grid(ax, inputs, *, features, title):
    """Draw one sequence as a network gets it: a row for each feature, a column for each step.

    Args:
        ax: the axes to draw on.
        inputs: ``(time, features)``, from -1 to 1.
        features: one name for each feature.
        title: what it is, or what to see in it.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``inputs`` is not two-dimensional and finite, or there are too few or too many names.
    """
    inputs = check_array("inputs", inputs, "(time, features)")
    check_length("features", features, inputs.shape[1], "feature")
    ax.imshow(inputs.T, aspect="auto", cmap="RdBu_r", vmin=-1, vmax=1, interpolation="nearest")
    ax.set_xticks(np.arange(-0.5, len(inputs)), minor=True)
    ax.set_yticks(np.arange(-0.5, len(features)), minor=True)
    ax.grid(False)
    ax.grid(True, which="minor", color=GRID, linewidth=0.6)
    ax.tick_params(which="minor", length=0)
    ax.set_yticks(range(len(features)), features)
    ax.set_xlabel("time step")
    said = "; ".join(f"{name} {_where(column)}" for name, column in zip(features, inputs.T, strict=True))
    describe(
        ax,
        f"The input at {len(inputs)} time steps as colours, a row for each of {len(features)} features: {said}.",
    )
    return titled(ax, title)


def _where(column):
    """Say at which steps a feature is not 0: the steps, or the range where they are many."""
    steps = np.flatnonzero(column)
    if not len(steps):
        return "is 0 throughout"
    if len(steps) > 5:
        return f"is not 0 at {len(steps)} steps, from {written(column.min())} to {written(column.max())}"
    return f"is not 0 at step{'s' * (len(steps) > 1)} {listed([str(step) for step in steps])}"


def success_by_distance(ax, curves, *, title, chance):
    """Draw success against the distance, in words, between the last evidence and the end of a text.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from distance to the successes (0 to 1) of its seeds.
        title: the finding.
        chance: the success of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: as from `success_by_lag`.
    """
    success_by_lag(ax, curves, title=title, chance=chance)
    ax.set_xlabel("distance (words after the last evidence)")
    said = _said(curves, at="distance")
    describe(ax, f"Mean share of right answers by distance in words. {said}. Dotted line: chance, {percent(chance)}.")
    return ax


def success_by_length(ax, curves, *, trained, title, chance):
    """Draw success against the length of the sequence, for networks trained at one length.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from length to the successes (0 to 1) of its seeds.
        trained: the length of the sequences that they were trained on.
        title: the finding.
        chance: the success of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: as from `success_by_lag`.
    """
    success_by_lag(ax, curves, title=title, chance=chance)
    ax.axvline(trained, color=GRID, linewidth=8, zorder=0)
    ax.set_xlabel(f"length of the sequence (steps); trained at {trained}")
    said = _said(curves, at="length")
    what = f"Mean share of right answers by length, after a training at length {trained}"
    describe(ax, f"{what}. {said}. Dotted line: chance, {percent(chance)}.")
    return ax
