"""Plots of gradients: by lag, by weight, by batch, and of what decides their rate."""

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.ticker import (
    MaxNLocator,
)

from lstm_course.plotting.display import describe, from_to
from lstm_course.plotting.states import lines_by_step
from lstm_course.plotting.style import (
    COLOURS,
    INK,
    QUIET,
    above_zero,
    check_array,
    check_curves,
    check_length,
    curve_style,
    legend_beside,
    titled,
)

USUAL_STEP = 1e-5  # of central differences in the course


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


def _last_medians(curves):
    """Say where the median of each curve ends."""
    return ", ".join(f"{label} {np.median(values, axis=0)[-1]:.1g}" for label, values in curves.items())


def gradient_shares(ax, shares, *, title, unit=None):
    """Draw what each time step adds to the gradient of one weight, and the sum from the last step back.

    Args:
        ax: the axes to draw on.
        shares: ``(time,)``.
        title: the finding.
        unit: the unit of the shares, such as "thousandths"; or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``shares`` is not one-dimensional and finite.
    """
    shares = check_array("shares", shares, "(time,)")
    steps, so_far = np.arange(1, len(shares) + 1), shares[::-1].cumsum()[::-1]
    ax.bar(steps, shares, width=0.55, color=COLOURS["rnn"], alpha=0.75, label="share of this step")
    ax.plot(steps, so_far, "o--", color=INK, label="sum so far, from\nthe last step back")
    ax.axhline(0, color=QUIET, linewidth=0.8)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
    ax.set_xlabel("time step (the loop runs from right to left)")
    ax.set_ylabel(f"gradient ({unit})" if unit else "gradient")
    legend_beside(ax)
    each = ", ".join(f"{share:.1f} from step {step}" for step, share in zip(steps, shares, strict=True))
    describe(
        ax,
        f"Bars: the share of each time step in the gradient of one weight{f', in {unit}' if unit else ''}: {each}. "
        f"A dashed line adds them up from the last step back to the first, where it reaches {so_far[0]:.1f}.",
    )
    return titled(ax, title)


def difference_by_epsilon(ax, epsilons, differences, *, title):
    """Draw how far central differences are from the gradient, by the size of their step.

    Args:
        ax: the axes to draw on.
        epsilons: ``(n,)``, rising.
        differences: ``(n,)``, the relative difference for each.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if the two are not finite or differ in length.
    """
    epsilons = check_array("epsilons", epsilons, "(n,)", low=0)
    differences = check_array("differences", differences, "(n,)", low=0)
    check_length("differences", differences, len(epsilons), "epsilon")
    ax.loglog(epsilons, differences, "o-", color=COLOURS["rnn"])
    ax.axvline(USUAL_STEP, color=QUIET, linestyle=":")
    ax.set_ylim(top=30 * differences.max())
    said = {"fontsize": 9.5, "textcoords": "offset points", "color": INK}
    ax.annotate("rounding,\ndivided by ε", (epsilons[0], differences[0]), xytext=(14, 2), va="bottom", **said)
    ax.annotate(
        "the curve between\nthe two points",
        (epsilons[-1], differences[-1]),
        xytext=(-14, 2),
        ha="right",
        **said,
    )
    ax.set_xlabel("ε")
    ax.set_ylabel("relative difference")
    best = differences.argmin()
    describe(
        ax,
        "Relative difference between the gradient and its central differences by ε, both axes logarithmic: "
        f"{differences[0]:.0e} at {epsilons[0]:.0e}, lowest at {epsilons[best]:.0e} with {differences[best]:.0e}, "
        f"{differences[-1]:.0e} at {epsilons[-1]:.0e}. A dotted line marks {USUAL_STEP:.0e}.",
    )
    return titled(ax, title)


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
