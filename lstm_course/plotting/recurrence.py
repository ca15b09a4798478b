"""Plots of states, gates and gradients through time."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import MaxNLocator

from lstm_course.plotting.display import describe, each_at, from_to, listed, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    INK,
    LINESTYLES,
    above_zero,
    check_array,
    check_curves,
    check_fractions,
    curve_style,
    label_ends,
    legend_beside,
    time_axis,
    titled,
)

MOST = 6  # steps that a description lists one by one


def hidden_states(ax, states, *, tokens=None, title):
    """Draw the hidden state as a network reads: one row per unit, one column per time step.

    Args:
        ax: the axes to draw on.
        states: ``(time, units)``.
        tokens: one label per time step, or None for the step's number.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``states`` is not two-dimensional and finite, or ``tokens`` has another length.
    """
    states = check_array("states", states, "(time, units)")
    limit = np.abs(states).max() or 1.0
    image = ax.imshow(states.T, aspect="auto", cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
    ax.figure.colorbar(image, ax=ax, label="hidden state")
    ax.set_ylabel("unit")
    ax.yaxis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    ax.grid(False)
    time_axis(ax, tokens, len(states))
    sizes = np.abs(states).mean(axis=1)
    describe(
        ax,
        f"Hidden state of {states.shape[1]} units over {len(states)} time steps as colours, from "
        f"{written(states.min())} to {written(states.max())}; the mean size goes "
        f"{from_to(range(len(states)), sizes, at='step')}.",
    )
    return titled(ax, title)


def gate_traces(ax, traces, *, title, tokens=None):
    """Draw gates and states over time, each with its colour, marker and name at its right end.

    Args:
        ax: the axes to draw on.
        traces: dict from a name (``"forget_gate"``, ``"cell_state"``, …) to ``(time,)`` values.
        title: the finding.
        tokens: one label per time step, or None for the step's number.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a trace is not one-dimensional and finite, or lengths differ.
    """
    traces = {
        name: check_array(f"traces[{name!r}]", values, "(time,)") for name, values in check_curves("traces", traces)
    }
    timesteps = len(next(iter(traces.values())))
    ends = []
    for name, values in traces.items():
        if len(values) != timesteps:
            raise ValueError(f"traces: {name!r} has {len(values)} time steps, the first trace has {timesteps}")
        style = curve_style(name, len(ends))
        dashes = LINESTYLES.get(name, "-")
        ax.plot(values, linestyle=dashes, markevery=max(1, timesteps // 20), label=name, **style)
        ends.append((timesteps - 1, values[-1], name.replace("_", " "), style["color"]))
    gates_only = all(name.endswith("_gate") for name in traces)
    if gates_only:
        ax.set_ylim(-0.05, 1.05)
    ax.set_ylabel("gate activation (0 shut, 1 open)" if gates_only else "activation")
    time_axis(ax, tokens, timesteps)
    label_ends(ax, ends)
    said = "; ".join(_course(name, values, tokens) for name, values in traces.items())
    describe(ax, f"{ax.get_ylabel().capitalize()} over {timesteps} time steps. {said[0].upper()}{said[1:]}.")
    return titled(ax, title)


def _course(name, values, tokens):
    """Say how far a trace goes, and at which steps: a gate opens or shuts there, a state jumps."""
    label, reach, size = name.replace("_", " "), np.ptp(values), np.abs(values).max()
    if reach == 0:
        return f"{label} {written(values[0])} throughout"
    values = np.round(values, 2 - int(np.floor(np.log10(size))))  # three digits of the largest
    low, high = values.argmin(), values.argmax()
    if name.endswith("_gate"):
        return (
            f"{label} between {written(values[low])} and {written(values[high])}, highest at "
            f"{_steps([high], tokens)}, {_opening(values > 0.5, tokens)}"
        )
    jumps = 1 + np.flatnonzero(np.abs(np.diff(values)) > reach / 3)
    jumped = listed(f"to {written(values[j])} at {_steps([j], tokens)}" for j in jumps) if len(jumps) else ""
    return (
        f"{label} from {written(values[0])} to {written(values[-1])}, lowest {written(values[low])} at "
        f"{_steps([low], tokens)}, highest {written(values[high])} at {_steps([high], tokens)}"
    ) + (f"; it jumps {jumped}" if 0 < len(jumps) <= MOST else "")


def _opening(opened, tokens):
    """Say at which steps a gate is more than half open, or at which it is not where those are fewer."""
    if opened.all() or not opened.any():
        return f"{'above' if opened.all() else 'below'} 0.5 throughout"
    side, fewer = ("above", opened) if 2 * opened.sum() <= len(opened) else ("below", ~opened)
    if fewer.sum() > MOST:
        return f"{side} 0.5 at {fewer.sum()} steps"
    return f"{side} 0.5 only at {_steps(np.flatnonzero(fewer), tokens)}"


def _steps(steps, tokens):
    """Name steps by their tokens: "“write” (steps 0 and 10)"; by their numbers alone without tokens."""
    if tokens is None:
        return f"step{'s' * (len(steps) > 1)} {listed(steps)}"
    places = {}
    for step in steps:
        places.setdefault(str(tokens[step]), []).append(step)
    return listed([f"“{token}” ({_steps(where, None)})" for token, where in places.items()])


def gradient_by_lag(ax, curves, *, predicted=None, title):
    """Draw how the gradient's norm changes with lag: the median over draws and the band from 10 % to 90 %.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(draws, lags)`` norms; column ``k`` is lag ``k``. A label that contains
            "rnn", "lstm" or "gru" gets that model's colour.
        predicted: dict from a label of ``curves`` to ``(lags,)`` predicted norms, drawn dashed, or None.
        title: the finding.

    Returns:
        ``ax``. Norms of exactly zero cannot be drawn on a log axis and are left out.

    Raises:
        ValueError: if a curve is not two-dimensional, finite and non-negative, or a prediction has no curve.
    """
    seen, used, said = {}, [], []
    for label, norms in check_curves("curves", curves):
        norms = check_array(f"curves[{label!r}]", norms, "(draws, lags)", low=0)
        low, median, high = (above_zero(q) for q in np.quantile(norms, [0.1, 0.5, 0.9], axis=0))
        lags = np.arange(len(median))
        said.append(f"{label} {from_to(lags, np.nan_to_num(median), at='lag')}")
        seen[label] = style = curve_style(label, len(seen), used)
        ax.plot(lags, median, linestyle="-", markevery=max(1, len(lags) // 12), label=label, **style)
        ax.fill_between(lags, low, high, color=style["color"], alpha=0.18, linewidth=0)
    for label, norms in (predicted or {}).items():
        if label not in seen:
            raise ValueError(f"predicted: {label!r} is not a label of curves; those are {list(seen)}")
        norms = above_zero(check_array(f"predicted[{label!r}]", norms, "(lags,)", low=0))
        ax.plot(norms, color=INK, linestyle="--", linewidth=1.4, zorder=3)
    if predicted:
        ax.plot([], [], color=INK, linestyle="--", linewidth=1.4, label="predicted")
    ax.set_yscale("log")
    ax.set_xlabel("lag (time steps back)")
    ax.set_ylabel("norm of the gradient")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    legend_beside(ax, title="median; band: 10–90 %")
    dashed = "; ".join(
        f"{label} {from_to(range(len(norms)), norms, at='lag')}" for label, norms in (predicted or {}).items()
    )
    describe(
        ax,
        f"Median norm of the gradient by lag, on a logarithmic axis. {'; '.join(said)}."
        + (f" Predicted, dashed: {dashed}." if predicted else ""),
    )
    return titled(ax, title)


def singular_values(ax, values, *, title):
    """Draw the singular values of a product of step Jacobians, one column per lag, coloured on a log scale.

    Args:
        ax: the axes to draw on.
        values: ``(time, units)``; row ``k`` holds the values after ``k + 1`` steps back, the largest first.
        title: the finding.

    Returns:
        ``ax``. Values below 1e-16 of the largest are rounding noise and share the darkest colour.

    Raises:
        ValueError: if ``values`` is not two-dimensional, finite and non-negative, or has no value above zero.
    """
    values = check_array("values", values, "(time, units)", low=0)
    top = values.max()
    if top == 0:
        raise ValueError("values: every singular value is 0, which a log scale cannot show")
    floor = max(values[values > 0].min(), top * 1e-16)
    norm = LogNorm(floor if floor < top else top / 10, top)
    extent = (0.5, len(values) + 0.5, values.shape[1] + 0.5, 0.5)
    image = ax.imshow(np.maximum(values, floor).T, aspect="auto", cmap="viridis", norm=norm, extent=extent)
    ax.figure.colorbar(image, ax=ax, label="singular value (log scale)")
    ax.set_xlabel("lag (time steps back)")
    ax.set_ylabel("singular value,\nlargest first")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(MaxNLocator(nbins=8, integer=True))
    ax.grid(False)
    lags = range(1, len(values) + 1)
    describe(
        ax,
        f"{values.shape[1]} singular values by lag as colours on a logarithmic scale. The largest goes "
        f"{from_to(lags, values[:, 0], at='lag')}, the smallest {from_to(lags, values[:, -1], at='lag')}.",
    )
    return titled(ax, title)


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
    for index, (label, by_lag) in enumerate(check_curves("curves", curves)):
        lags = sorted(by_lag)
        runs = [check_fractions(f"curves[{label!r}][{lag}]", np.atleast_1d(by_lag[lag])) for lag in lags]
        median = 100 * np.array([np.median(run) for run in runs])
        said.append(f"{label} {each_at(lags, median / 100, at='lag', write=percent)}")
        ends = 100 * np.array([[run.min() for run in runs], [run.max() for run in runs]])
        several |= any(len(run) > 1 for run in runs)
        dashes = ("-", "--", "-.", ":")[index % 4]
        ax.errorbar(
            lags,
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
