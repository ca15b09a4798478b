"""Plots of gradient descent: a loss along one weight, the steps taken on it, and what a training run records."""

import numpy as np

from lstm_course.plotting.display import describe
from lstm_course.plotting.steps import lines_by_step
from lstm_course.plotting.style import COLOURS, INK, QUIET, check_array, titled


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
    ax.plot(*start, "o", color=INK, markersize=7)
    ax.set_xlim(weights[0], weights[-1])
    ax.set_xlabel("recurrent weight $w$")
    ax.set_ylabel("loss")
    if landings:
        for label, goal in landings.items():
            _step(ax, start, goal, weights[-1], label)
    else:
        towards = (start[0] - 0.24 * np.ptp(weights), 0.7 * start[1])
        arrow = {"arrowstyle": "->", "color": QUIET}
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
    arrow = {"arrowstyle": "-|>", "linestyle": ":" if beyond else "-", "color": INK}
    ax.annotate("", end, xytext=start, arrowprops=arrow)
    place = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    ax.annotate(
        f"{label}: lands at w = {goal[0]:.3g}",
        place,
        xytext=(0, 5) if beyond else (10, 0),
        textcoords="offset points",
        ha="center" if beyond else "left",
        color=INK,
    )


def norm_by_batch(ax, norms, *, title):
    """Draw the norm of the gradient at every batch of a training run, on a log axis.

    Args:
        ax: the axes to draw on.
        norms: dict from a label to ``(batches,)`` norms above 0.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a curve is not one-dimensional and finite.
    """
    lines_by_step(ax, norms, xlabel="batch", ylabel="norm of the gradient", title=title)
    ax.autoscale(axis="y")
    ax.set_yscale("log")
    spoken = []
    for label, values in norms.items():
        late = np.median(values[-max(1, len(values) // 10) :])
        spoken.append(f"{label}: {values[0]:.2g} at the first batch, median of the last tenth {late:.2g}")
    describe(ax, f"Norm of the gradient by batch, on a logarithmic axis. {'; '.join(spoken)}.")
    return ax
