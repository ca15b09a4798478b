"""Plots of backpropagation through time: what steps contribute, how exact a check is, what a window costs."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from lstm_course.plotting.display import describe, percent
from lstm_course.plotting.style import (
    COLOURS,
    INK,
    LINESTYLES,
    QUIET,
    check_array,
    check_curves,
    check_fractions,
    check_length,
    legend_beside,
    titled,
)


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


def difference_by_epsilon(ax, epsilons, differences, *, title, chosen=1e-5):
    """Draw how far central differences are from the gradient, by the size of their step.

    Args:
        ax: the axes to draw on.
        epsilons: ``(n,)``, rising.
        differences: ``(n,)``, the relative difference for each.
        title: the finding.
        chosen: the step that the course uses, which is marked.

    Returns:
        ``ax``.

    Raises:
        ValueError: if the two are not finite or differ in length.
    """
    epsilons = check_array("epsilons", epsilons, "(n,)", low=0)
    differences = check_array("differences", differences, "(n,)", low=0)
    check_length("differences", differences, len(epsilons), "epsilon")
    ax.loglog(epsilons, differences, "o-", color=COLOURS["rnn"])
    ax.axvline(chosen, color=QUIET, linestyle=":")
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
        f"{differences[-1]:.0e} at {epsilons[-1]:.0e}. A dotted line marks {chosen:.0e}.",
    )
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
