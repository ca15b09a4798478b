"""Plots of tasks and of success against lag."""

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator, ScalarFormatter
from scipy import stats

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


def mean_interval(values) -> tuple[float, float, float]:
    """Return the mean and the ends of its 95 % interval by Student's t, cut off at 0 and 1.

    Args:
        values: fractions ``(seeds,)``. A single one has no interval: all three numbers are its own.

    Raises:
        ValueError: a value is not from 0 to 1, or there is none.
    """
    values = check_fractions("values", values)
    mean, half = values.mean(), 0.0
    if len(values) > 1:
        half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return float(mean), float(max(0, mean - half)), float(min(1, mean + half))


def success_by_lag(ax, curves, *, title, chance):
    """Draw the mean success of trained networks, with its 95 % interval, against the lag on a logarithmic axis.

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
    used, said = [], []
    every = sorted({lag for by_lag in dict(check_curves("curves", curves)).values() for lag in by_lag})
    for index, (label, by_lag) in enumerate(curves.items()):
        lags = sorted(by_lag)
        means, lows, highs = 100 * np.array([mean_interval(by_lag[lag]) for lag in lags]).T
        said.append(f"{label} {each_at(lags, means / 100, at='lag', write=percent)}")
        style = curve_style(label, index, used)
        # Side by side where they would cover each other.
        places = np.array(lags) * 1.025 ** (index - (len(curves) - 1) / 2)
        dashes = ("-", "--", "-.", ":")[index % 4]
        bars = [means - lows, highs - means]
        ax.errorbar(places, means, yerr=bars, linestyle=dashes, capsize=3, elinewidth=1.2, label=label, **style)
    ax.axhline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], label="chance", zorder=1)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(every))
    ax.xaxis.set_major_formatter(ScalarFormatter())
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_xlabel("lag (time steps)")
    ax.set_ylabel("right answers (%)")
    ax.set_ylim(0, 104)
    legend_beside(ax, title="mean; bar: 95 %\ninterval over seeds")
    describe(ax, f"Mean share of right answers by lag. {'; '.join(said)}. Dotted line: chance, {percent(chance)}.")
    return titled(ax, title)


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
