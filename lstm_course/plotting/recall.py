"""Plots of what a memory holds: eigenvalues in the plane, recall against the number of pairs, costs of a long text."""

import numpy as np
from matplotlib.patches import Circle
from matplotlib.ticker import NullLocator

from lstm_course.plotting.display import describe, each_at, from_to, listed, percent, written
from lstm_course.plotting.style import (
    COLOURS,
    LINESTYLES,
    RAMP,
    RAMP_MARKERS,
    check_array,
    check_costs,
    check_curves,
    check_fractions,
    label_ends,
    legend_beside,
    plain,
    titled,
)

DASHES = ("-", "--", "-.", ":")


def _style(index, count):
    """Return colour and marker of one of so many curves, at most four, as far apart on the ramp as it goes."""
    place = round(index * (len(RAMP) - 1) / max(count - 1, 1))
    return {"color": RAMP[place % len(RAMP)], "marker": RAMP_MARKERS[place % len(RAMP_MARKERS)]}


def eigenvalues_in_plane(ax, groups, *, radii, title):
    """Draw complex eigenvalues as points in the plane, with circles such as the one on which nothing fades or grows.

    Args:
        ax: the axes to draw on.
        groups: dict from a label to complex numbers ``(units,)``.
        radii: of the circles, up to 1.
        title: the finding.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a group is empty or not finite.
    """
    said, line = [], {"color": COLOURS["chance"], "linestyle": LINESTYLES["chance"]}
    for radius in radii:
        ax.add_patch(Circle((0, 0), radius, fill=False, linewidth=1.5, **line))
    for index, (label, values) in enumerate(check_curves("groups", groups)):
        values = check_array(f"groups[{label!r}]", values, "(units,)")
        style = _style(index, len(groups))
        ax.plot(values.real, values.imag, linestyle="none", label=label, alpha=0.85, **style)
        modulus = np.abs(values)
        said.append(f"{label}: {len(values)}, moduli from {written(modulus.min())} to {written(modulus.max())}")
    circles = f"modulus {listed([written(radius) for radius in radii])}"
    ax.plot([], [], label=circles, **line)
    ax.set_aspect("equal")
    ax.set_xlim(-1.12, 1.12)
    ax.set_ylim(-1.12, 1.12)
    ax.set_xlabel("real part")
    ax.set_ylabel("imaginary part")
    legend_beside(ax)
    describe(ax, f"Eigenvalues in the complex plane, with circles at {circles}. {'; '.join(said)}.")
    return titled(ax, title)


def recall_by_pairs(ax, curves, *, title, chance):
    """Draw the share of values that a memory recalls against the number of pairs that it holds.

    Args:
        ax: the axes to draw on.
        curves: dict from a label to a dict from the number of pairs to the shares (0 to 1) of its draws. The line is
            their mean, the band its 95 % interval (1.96 standard errors).
        title: the finding.
        chance: the share of guessing, 0 to 1.

    Returns:
        ``ax``.

    Raises:
        ValueError: if a share lies outside 0 to 1, or a number of pairs has none.
    """
    said = []
    for index, (label, by_pairs) in enumerate(check_curves("curves", curves)):
        pairs = sorted(by_pairs)
        draws = [check_fractions(f"curves[{label!r}][{count}]", by_pairs[count]) for count in pairs]
        mean = np.array([shares.mean() for shares in draws])
        error = np.array([1.96 * shares.std() / np.sqrt(len(shares)) for shares in draws])
        style = _style(index, len(curves))
        ax.plot(pairs, 100 * mean, linestyle=DASHES[index % len(DASHES)], label=label, **style)
        ax.fill_between(pairs, 100 * (mean - error), 100 * (mean + error), color=style["color"], alpha=0.2, linewidth=0)
        said.append(f"{label} {each_at(pairs, mean, at='pairs', write=percent)}")
    ax.axhline(100 * chance, color=COLOURS["chance"], linestyle=LINESTYLES["chance"], label="guessing", zorder=1)
    ax.set_xscale("log", base=2)
    ax.xaxis.set_major_formatter(plain)
    ax.set_xlabel("pairs in the memory (log scale)")
    ax.set_ylabel("values recalled (%)")
    ax.set_ylim(0, 104)
    legend_beside(ax, title="mean, with its 95 % interval")
    describe(ax, f"Share of values recalled by the number of pairs. {'; '.join(said)}. Guessing: {percent(chance)}.")
    return titled(ax, title)


def cost_by_length(ax, lengths, curves, *, title, ylabel):
    """Draw what the next word costs against the length of the text before it, on log axes.

    Args:
        ax: the axes to draw on.
        lengths: words so far, ``(points,)``, above 0 and ascending.
        curves: dict from a label to the costs ``(points,)``, above 0.
        title: the finding.
        ylabel: the cost, with its unit.

    Returns:
        ``ax``.

    Raises:
        ValueError: if lengths do not ascend, or a curve has not one cost above 0 for each.
    """
    lengths, curves = check_costs("lengths", lengths, curves)
    ends, said = [], []
    for index, (label, costs) in enumerate(curves.items()):
        style = _style(index, len(curves))
        ax.plot(lengths, costs, linestyle=DASHES[index % len(DASHES)], **style)
        ends.append((lengths[-1], costs[-1], label, style["color"]))
        said.append(f"{label} {from_to(lengths, costs, at='length')}")
    ax.set_xscale("log")
    ax.set_yscale("log")
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    ax.set_xlabel("words so far (log scale)")
    ax.set_ylabel(f"{ylabel} (log scale)")
    label_ends(ax, ends)
    describe(ax, f"{ylabel.capitalize()} against the words so far, on logarithmic axes. {'; '.join(said)}.")
    return titled(ax, title)
