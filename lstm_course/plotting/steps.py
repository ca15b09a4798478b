"""Lines over whole numbers: positions, windows, letters read, training steps."""

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullFormatter

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import (
    COLOURS,
    LINESTYLES,
    check_array,
    check_curves,
    curve_style,
    legend_beside,
    plain,
    titled,
)

DASHES = ("-", ":", "--", "-.")
FEW = 8  # values that a description lists one by one
MANY = 30  # values whose markers would touch


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
        ax.plot(numbers, values, linestyle=DASHES[index % 4], label=label, **style)
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
