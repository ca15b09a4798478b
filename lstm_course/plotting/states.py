"""Plots of states and gates over time, and of states in the plane."""

import numpy as np
from matplotlib.ticker import (
    FuncFormatter,
    MaxNLocator,
    NullFormatter,
)

from lstm_course.plotting.display import describe, from_to, listed, written
from lstm_course.plotting.style import (
    COLOURS,
    INK,
    LINESTYLES,
    QUIET,
    RAMP,
    RAMP_MARKERS,
    check_array,
    check_curves,
    check_length,
    curve_style,
    label_ends,
    legend_beside,
    plain,
    time_axis,
    titled,
)

WALK_DASHES = ("-", "--", ":", "-.")
STEP_DASHES = ("-", ":", "--", "-.")
# Dashes first: of two curves that cover each other both show.
COVERED_DASHES = ("--", "-", "-.", ":")
FEW = 8  # values that a description lists one by one
MANY = 30  # values whose markers would touch
FLOOR = 1e-12  # where the axis of a distance ends below
MOST = 6  # steps that a description lists one by one


def state_walk(ax, walks, *, title):
    """Draw a state of two units as a walk through the plane: one leg per word, a star at the end.

    Args:
        ax: the axes to draw on.
        walks: dict from a text to its states ``(words + 1, units)``, the one before the first word first; two units.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a walk has not two units, or not one state more than its text has words.
    """
    ends = []
    for index, (text, states) in enumerate(check_curves("walks", walks)):
        states, words = check_array(f"walks[{text!r}]", states, "(words + 1, units)"), text.split()
        check_length(f"walks[{text!r}]", states, len(words) + 1, "word, and one before the first")
        check_length(f"walks[{text!r}]", states[0], 2, "axis of the plane")
        colour, place = RAMP[2 * index % len(RAMP)], index % 4
        ax.plot(*states.T, WALK_DASHES[place], marker=RAMP_MARKERS[place], color=colour, label=text)
        ax.plot(*states[-1], "*", color=colour, markersize=16)
        for word, middle in zip(words, (states[:-1] + states[1:]) / 2, strict=True):
            box = {"facecolor": ax.get_facecolor(), "edgecolor": colour, "pad": 2}
            ax.text(*middle, word, color=colour, ha="center", va="center", fontsize=9, bbox=box)
        ends.append(f"“{text}” ends at ({states[-1][0]:.2f}, {states[-1][1]:.2f})")
    ax.plot(*states[0], "o", color=INK, markersize=9)
    ax.margins(0.12)
    ax.set_xlabel("unit 0")
    ax.set_ylabel("unit 1")
    legend_beside(ax)
    describe(
        ax,
        f"Walks of the state through the plane of unit 0 and unit 1, one leg per word, from a common start. "
        f"{'; '.join(ends)}.",
    )
    return titled(ax, title)


def state_rows(ax, rows, *, tokens, title):
    """Draw named values while a network reads: one coloured row each, one column per word.

    Args:
        ax: the axes to draw on.
        rows: dict from a name to ``(time,)`` values.
        tokens: the words, one per time step.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a row is not one-dimensional and finite, or has not one value per word.
    """
    spoken = []
    for name, values in check_curves("rows", rows):
        values = check_array(f"rows[{name!r}]", values, "(time,)")
        check_length(f"rows[{name!r}]", values, len(tokens), "token")
        # A rounded -0.04 is written as 0.0.
        told = ", ".join(f"{word} {np.round(value, 1) + 0:.1f}" for word, value in zip(tokens, values, strict=True))
        spoken.append(f"{name} {told}")
    hidden_states(ax, np.column_stack([*rows.values()]), tokens=tokens, title=title)
    ax.images[-1].colorbar.set_label("value")
    ax.set_yticks(range(len(rows)), list(rows))
    ax.set_ylabel("")
    describe(ax, f"Values after each word. {'; '.join(spoken)}.")
    return titled(ax, title)


def lines_by_step(ax, curves, *, xlabel, ylabel, title, first=1, reference=None, log_steps=False):
    """Draw one value for each of the numbers ``first``, ``first + 1``, …, as lines.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(n,)`` values.
        xlabel: what the numbers count.
        ylabel: what the values are; an axis in "(%)" ends at 105.
        title: the finding.
        first: the number of the first value.
        reference: ``(value, name)`` of a horizontal line, or None.
        log_steps: whether the numbers stand on a logarithmic axis; then ``first`` has to be above 0.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not one-dimensional and finite.
    """
    spoken, used = [], []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_array(f"curves[{label!r}]", values, "(n,)")
        style = curve_style(label, 2 * index if len(curves) == 2 else index, used)  # two stand far apart
        if len(values) > MANY:
            style["marker"] = None
        numbers = np.arange(first, first + len(values))
        ax.plot(numbers, values, linestyle=STEP_DASHES[index % 4], label=label, **style)
        spoken.append(f"{' '.join(label.split())}: {_in_words(numbers, values)}")
    if reference is not None:
        value, name = reference
        ax.axhline(value, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], linewidth=1.4, label=name)
        spoken.append(f"horizontal line at {value:.3g}: {name}")
    if log_steps:
        ax.set_xscale("log")
        ax.xaxis.set_major_formatter(FuncFormatter(plain))
        ax.xaxis.set_minor_formatter(NullFormatter())
        xlabel = f"{xlabel} (log scale)"
    else:
        ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    ax.set_ylim(min(0, ax.get_ylim()[0]) if ax.dataLim.ymin < 0 else 0, 105 if "(%)" in ylabel else None)
    ax.set_xlabel(xlabel)
    ax.set_ylabel(ylabel)
    legend_beside(ax)
    describe(ax, f"{ylabel[0].upper()}{ylabel[1:]} by {xlabel}. {'; '.join(spoken)}.")
    return titled(ax, title)


def _in_words(numbers, values):
    if np.ptp(values) == 0:
        return f"{values[0]:.3g} throughout"
    if len(values) <= FEW:
        return ", ".join(f"{value:.3g} at {number}" for number, value in zip(numbers, values, strict=True))
    low, high = values.argmin(), values.argmax()
    return (
        f"from {values[0]:.3g} at {numbers[0]} to {values[-1]:.3g} at {numbers[-1]}, "
        f"highest {values[high]:.3g} at {numbers[high]}, lowest {values[low]:.3g} at {numbers[low]}, "
        f"median {np.median(values):.3g}"
    )


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


def state_distance(ax, curves, *, last_word, title):
    """Draw how far apart the states of two reviews are, step by step, on a log axis.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(time,)`` distances.
        last_word: the step of the last word, which is marked; what follows is padding.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not one-dimensional, finite and non-negative.
    """
    spoken = []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_array(f"curves[{label!r}]", values, "(time,)", low=0)
        colour = RAMP[2 * index % len(RAMP)]
        ax.semilogy(np.maximum(values, FLOOR / 10), COVERED_DASHES[index % 4], color=colour, label=label)
        end = f"below {FLOOR:.0e}" if values[-1] < FLOOR else f"{values[-1]:.2g}"
        spoken.append(f"{label}: {values[last_word]:.2g} at the last word, {end} at step {len(values) - 1}")
    ax.axvline(last_word, color=QUIET, linewidth=1)
    ax.annotate(
        "last word",
        (last_word, 1e3 * FLOOR),
        xytext=(8, 0),
        textcoords="offset points",
        color=QUIET,
        fontsize=9.5,
    )
    ax.set_ylim(FLOOR, 1)
    ax.set_xlabel("time step")
    ax.set_ylabel("distance between\nthe two states")
    legend_beside(ax)
    describe(
        ax,
        f"Distance between the states of two reviews by step, on a logarithmic axis; the last word is at step "
        f"{last_word}. {'; '.join(spoken)}.",
    )
    return titled(ax, title)
