"""Describe a figure in words, and show it in a notebook together with that text alternative."""

from weakref import WeakKeyDictionary

import numpy as np
from IPython.display import display

_DESCRIPTIONS = WeakKeyDictionary()  # axes -> the sentences that the plotting function composed


def describe(ax, text: str) -> None:
    """Say in words what ``ax`` shows; every plotting function does so, from its data, before it returns.

    Args:
        ax: the axes that were drawn on.
        text: one to three sentences: what is drawn against what, and the numbers that carry the finding. A later call
            replaces an earlier one.
    """
    _DESCRIPTIONS[ax] = text


def description(ax) -> str:
    """Return what `describe` stored for ``ax``, or an empty string."""
    return _DESCRIPTIONS.get(ax, "")


def alt_text(figure) -> str:
    """Return the text alternative of a figure: of each axes its title, the finding, and what is drawn there.

    Color bars, twins of a described axes, and axes without data need no description.

    Raises:
        ValueError: something is drawn on an axes that no plotting function has described.
    """
    parts = [_sentence(figure.get_suptitle())]
    bars = {item.colorbar.ax for ax in figure.axes for item in (*ax.images, *ax.collections) if item.colorbar}
    told = {ax.get_position(original=True).bounds for ax in figure.axes if description(ax)}
    for ax in figure.axes:
        title = ax.get_title(loc="left") or ax.get_title()
        if description(ax):
            parts += [_sentence(title), description(ax)]
        elif ax.has_data() and not (
            ax in bars or ax.get_label() == "<colorbar>" or ax.get_position(original=True).bounds in told
        ):
            raise ValueError(f"figure: the axes {title!r} has no description; see describe(ax, text)")
    return " ".join(filter(None, parts))


def _sentence(title):
    """Return a title on one line, ended like a sentence."""
    line = " ".join(title.split())
    return line if not line or line[-1] in ".?!" else f"{line}."


def show(figure) -> None:
    """Display ``figure`` with its text alternative, and close it.

    The text is stored as the output's ``image/png`` metadata, which nbconvert writes into the page
    (jupyter/nbconvert#1112); a front end that ignores it still leaves it in the file.

    Args:
        figure: a matplotlib figure, or an axes of it, drawn by plotting functions of the course.
    """
    import matplotlib.pyplot as plt

    figure = getattr(figure, "figure", figure)
    display(figure, metadata={"image/png": {"alt": alt_text(figure)}})
    plt.close(figure)


# ------------------------------------------------------------------------------------ the words of a description


def written(value: float) -> str:
    """Write a number as a sentence does, to three digits: 12,000; 0.845; 4.1e-07."""
    value = float(value)
    if value == 0 or not np.isfinite(value):
        return f"{value:.0f}".lstrip("-")
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}" if abs(value) >= 1e-3 else f"{value:.1e}"
    return f"−{text[1:]}" if value < 0 else text


def percent(fraction: float) -> str:
    """Write a fraction in percent with one decimal: 84.0 %."""
    return f"{100 * fraction:.1f} %"


def in_points(change: float) -> str:
    """Write a difference of fractions in percentage points, with its sign: −2.9."""
    return f"{100 * change:+.1f}".replace("-", "−")


def listed(parts) -> str:
    """Join words to a list: "a, b and c"."""
    *others, last = map(str, parts)
    return f"{', '.join(others)} and {last}" if others else last


def from_to(places, values, *, at: str, write=written) -> str:
    """Say where a curve begins and ends: "from 1 at lag 0 to 0.004 at lag 60" for ``at="lag"``."""
    first, last = (f"{write(values[i])} at {at} {written(places[i])}" for i in (0, -1))
    return f"from {first} to {last}" if len(values) > 1 else first


def each_at(places, values, *, at: str, write=written) -> str:
    """Say a curve of few points value by value: "100.0 % at lag 2, 14.0 % at 10" for ``at="lag"``."""
    names = [f"{at} {written(places[0])}", *(written(place) for place in places[1:])]
    return ", ".join(f"{write(value)} at {name}" for name, value in zip(names, values, strict=True))
