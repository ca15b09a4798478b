"""Plots of gradient descent: a loss along one weight, the steps taken on it, and what a training run records."""

import numpy as np

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import COLOURS, RAMP, check_array, check_curves, legend_beside, titled

DASHES = ("-", ":", "--", "-.")


def loss_by_weight(ax, weights, losses, *, start, title, landings=None):
    """Draw a loss as a function of one weight, the point where a step starts, and where steps land.

    Args:
        ax: the axes to draw on.
        weights: ``(n,)``, rising.
        losses: ``(n,)``, the loss of each weight.
        start: ``(weight, loss)`` of the marked point.
        title: the finding.
        landings: dict from a label to ``(weight, loss)``, one arrow each; an arrow to a weight beyond the axis is
            dotted and ends at its edge. None marks the point alone.

    Returns:
        ``ax``.

    Raises:
        ValueError: if weights and losses are not finite, or differ in length.
    """
    weights = check_array("weights", weights, "(n,)")
    losses = check_array("losses", losses, "(n,)")
    if len(losses) != len(weights):
        raise ValueError(f"losses: expected {len(weights)}, one per weight, found {len(losses)}")
    ax.plot(weights, losses, color=COLOURS["rnn"])
    ax.plot(*start, "ko", markersize=7)
    ax.set_xlim(weights[0], weights[-1])
    ax.set_xlabel("recurrent weight $w$")
    ax.set_ylabel("loss")
    if landings:
        for label, goal in landings.items():
            _step(ax, start, goal, weights[-1], label)
    else:
        towards = (start[0] - 0.24 * np.ptp(weights), 0.7 * start[1])
        arrow = {"arrowstyle": "->", "color": "0.3"}
        ax.annotate("you are here", start, xytext=towards, arrowprops=arrow)
    steps = "".join(
        f" The step {label!r} lands at weight {weight:.2f} with loss {loss:.2f}."
        for label, (weight, loss) in (landings or {}).items()
    )
    describe(
        ax,
        f"Loss against the recurrent weight, {weights[0]:g} to {weights[-1]:g}: highest {losses.max():.2f} at "
        f"{weights[losses.argmax()]:.2f}, lowest {losses.min():.2f} at {weights[losses.argmin()]:.2f}. A point is "
        f"marked at weight {start[0]:.2f}, loss {start[1]:.2f}.{steps}",
    )
    return titled(ax, title)


def _step(ax, start, goal, edge, label):
    """Draw an arrow from the start to where a step lands, and say so beside it."""
    beyond = goal[0] > edge
    end = (edge, start[1]) if beyond else goal
    arrow = {"arrowstyle": "-|>", "linestyle": ":" if beyond else "-", "color": "0.2"}
    ax.annotate("", end, xytext=start, arrowprops=arrow)
    place = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    ax.annotate(
        f"{label}: lands at w = {goal[0]:.3g}",
        place,
        xytext=(0, 5) if beyond else (10, 0),
        textcoords="offset points",
        ha="center" if beyond else "left",
        color="0.2",
    )


def by_batch(ax, curves, *, ylabel, title, reference=None, log=False):
    """Draw what a training run recorded at every batch.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to ``(batches,)`` values.
        ylabel: what was recorded.
        title: the finding.
        reference: ``(value, name)`` of a horizontal line, or None.
        log: whether the axis is logarithmic; then values have to be above 0.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not one-dimensional and finite.
    """
    spoken = []
    for index, (label, values) in enumerate(check_curves("curves", curves)):
        values = check_array(f"curves[{label!r}]", values, "(batches,)")
        colour = RAMP[2 * index % len(RAMP)]
        ax.plot(np.arange(1, len(values) + 1), values, DASHES[index % 4], color=colour, label=label)
        tail = np.median(values[-max(1, len(values) // 10) :])
        spoken.append(f"{label}: starts at {values[0]:.2g}, median of the last tenth {tail:.2g}")
    if reference is not None:
        value, name = reference
        ax.axhline(value, color=COLOURS["chance"], linewidth=1, label=name)
        spoken.append(f"line at {value:.3g}: {name}")
    if log:
        ax.set_yscale("log")
    ax.set_xlabel("batch")
    ax.set_ylabel(ylabel)
    legend_beside(ax)
    describe(
        ax, f"{ylabel.capitalize()} by batch{', on a logarithmic axis' if log else ''}. {'; '.join(spoken)}."
    )
    return titled(ax, title)
