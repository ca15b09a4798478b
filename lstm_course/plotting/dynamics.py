"""Plots of what becomes of a difference, a gradient or a cell state from step to step."""

import numpy as np

from lstm_course.plotting.display import describe
from lstm_course.plotting.recurrence import gate_traces, gradient_by_lag
from lstm_course.plotting.style import COLOURS, INK, QUIET, check_array, check_curves, legend_beside, titled


def difference_by_step(ax, curves, *, title):
    """Draw how far apart two states are after a difference at the first step, on a log axis.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(draws, steps)`` distances; column ``k`` is ``k`` steps after the difference.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not two-dimensional, finite and non-negative.
    """
    gradient_by_lag(ax, curves, title=title)
    ax.set_xlabel("steps since the first letter")
    ax.set_ylabel("distance of the states")
    steps = len(np.asarray(next(iter(curves.values())))[0]) - 1
    describe(
        ax,
        f"Distance between two states that read a different first letter, by steps since then, 0 to {steps}, on a "
        f"logarithmic axis. Median after {steps} steps: {_last_medians(curves)}.",
    )
    return ax


def gradient_share_by_lag(ax, curves, *, title, gates_alone=None, floor=None):
    """Draw the share of the gradient left by lag, and dashed what the product of forget gates alone would leave.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(draws, lags)`` shares, 1 at lag 0.
        title: the finding.
        gates_alone: dict from a label of ``curves`` to ``(lags,)``, drawn dashed in that curve's colour; or None.
        floor: where the axis ends below, or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not two-dimensional, finite and non-negative, or a label has no curve.
    """
    gradient_by_lag(ax, curves, predicted=gates_alone, title=title)
    lags = len(np.asarray(next(iter(curves.values())))[0]) - 1
    spoken = (
        f"Share of the gradient left by lag, 0 to {lags}, on a logarithmic axis. Median at lag {lags}: "
        f"{_last_medians(curves)}."
    )
    if gates_alone:
        colours = {line.get_label(): line.get_color() for line in ax.lines}
        dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_xdata())]
        for line, label in zip(dashed, gates_alone, strict=True):
            line.set_color(colours[label])
        ax.get_legend().get_texts()[-1].set_text("gates alone,\nin the colour\nof their LSTM")
        alone = ", ".join(f"{label} {values[-1]:.1g}" for label, values in gates_alone.items())
        spoken += f" By the forget gates alone, dashed: {alone}."
    ax.set_ylabel("share of the gradient left")
    ax.set_ylim(bottom=floor)
    describe(ax, spoken)
    return ax


def rate_by_radius(ax, radii, measured, predictions, *, title):
    """Draw a gradient's rate per step against the spectral radius, with what predicts it.

    Args:
        ax: the axes to draw on.
        radii: ``(n,)`` spectral radii, rising.
        measured: ``(n,)`` measured rates, drawn as points.
        predictions: dict from a label to ``(n,)`` predicted rates, drawn as lines.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if an array is not finite or has another length.
    """
    radii = check_array("radii", radii, "(n,)")
    measured = check_array("measured", measured, "(n,)", low=0)
    looks = ((INK, "--"), (COLOURS["candidate"], "-."), (COLOURS["chance"], ":"))
    for (label, rates), (colour, dashes) in zip(check_curves("predictions", predictions), looks, strict=False):
        rates = check_array(f"predictions[{label!r}]", rates, "(n,)", low=0)
        ax.plot(radii, rates, dashes, color=colour, linewidth=1.4, label=label)
    ax.plot(radii, measured, "o", color=COLOURS["rnn"], label="measured")
    ax.axhline(1, color=QUIET, linewidth=1)
    for height, side, vertical in ((1.03, "explodes", "bottom"), (0.97, "vanishes", "top")):
        ax.text(radii[0], height, side, va=vertical, color=QUIET, fontsize=9.5)
    ax.set_xlabel("spectral radius of the recurrent kernel")
    ax.set_ylabel("rate per step")
    ax.set_ylim(0, 1.3 * measured.max())
    legend_beside(ax)
    ends = ", ".join(f"{label} {rates[-1]:.2f}" for label, rates in predictions.items())
    edge = f"passes 1 at a radius of {np.interp(1, measured, radii):.1f} and " if measured.max() > 1 else ""
    describe(
        ax,
        f"Rate per step against spectral radius, {radii[0]:g} to {radii[-1]:g}. The measured rate {edge}"
        f"reaches {measured[-1]:.2f} at the end; the lines reach: {ends}.",
    )
    return titled(ax, title)


def cell_states(ax, traces, *, title, tokens=None):
    """Draw cell states over time, each with its name at its right end.

    Args:
        ax: the axes to draw on.
        traces: dict from a name to ``(time,)`` values.
        title: the finding.
        tokens: one label per time step, or None for the step's number.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a trace is not one-dimensional and finite, or lengths differ.
    """
    gate_traces(ax, traces, title=title, tokens=tokens)
    ax.set_ylabel("cell state")
    steps = len(next(iter(traces.values())))
    ends = "; ".join(
        f"{name}: from {values[0]:.2f} to {values[-1]:.2f}, between {min(values):.2f} and {max(values):.2f}"
        for name, values in traces.items()
    )
    describe(ax, f"Cell state over {steps} steps. {ends}.")
    return ax


def _last_medians(curves):
    """Say where the median of each curve ends."""
    return ", ".join(f"{label} {np.median(values, axis=0)[-1]:.1g}" for label, values in curves.items())
