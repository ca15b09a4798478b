"""Palette, style and the pieces that the plots share.

A figure lies on a soft grey-blue card of its own, because no single ink is readable on both of JupyterLab's pages: on
white (#FFFFFF) and on dark (#111111) at once the best possible contrast is √(1.05 / 0.0556) ≈ 4.35, less than the 4.5
that text needs (WCAG 2.1, success criterion 1.4.3). The card is light enough for inks with 4.5, and darker than a white
slab, so that it does not glare on the dark page.
"""

import textwrap
from itertools import pairwise

import numpy as np
import seaborn as sns
from matplotlib.colors import to_hex, to_rgb
from matplotlib.ticker import MaxNLocator

GROUND = "#DDE4EB"  # the card that a figure lies on
PANEL = "#EDF1F5"  # lighter than the card: notes, frames and the inside of hollow marks
INK = "#1F2328"  # text and what is drawn in black
QUIET = "#525960"  # secondary text, helper lines
GRID = "#C6CED6"
EDGE = "#78828C"  # the frame of the axes
MARGIN = 0.1  # inches of card around what is drawn

COLOURS = {
    "rnn": "#A84800",
    "lstm": "#0069A5",
    "gru": "#005C40",
    "forget_gate": "#B3286E",
    "input_gate": "#155E2B",
    "output_gate": "#1F6B93",
    "candidate": "#8D5A00",
    "cell_state": "#1A1A1A",
    "hidden_state": "#6F53B6",
    "baseline": "#333333",
    "chance": "#646464",
    "train": "#4A697B",
    "validation": "#8C510A",
    "test": "#5E2B97",
}
MARKERS = {
    "rnn": "o",
    "lstm": "s",
    "gru": "^",
    "forget_gate": "v",
    "input_gate": "^",
    "output_gate": "s",
    "candidate": "D",
    "cell_state": "o",
    "hidden_state": "P",
    "baseline": "D",
    "chance": "X",
    "train": "o",
    "validation": "s",
    "test": "^",
}
LINESTYLES = {
    "rnn": "--",
    "lstm": "-",
    "gru": "-.",
    "forget_gate": "-",
    "input_gate": "--",
    "output_gate": "-.",
    "candidate": ":",
    "cell_state": "-",
    "hidden_state": "--",
    "baseline": ":",
    "chance": ":",
    "train": "-",
    "validation": "--",
    "test": "-.",
}
# For curves that are none of the above, such as one per spectral radius: dark to light, so that their order
# shows in grey too.
RAMP = ("#0D0887", "#6B0290", "#933155", "#A5492C")
RAMP_MARKERS = ("o", "s", "^", "D")
SPLIT_NAMES = {"train": "training", "validation": "validation", "test": "test"}
PAD = 0


def use_style() -> None:
    """Set the course's figure style for everything drawn afterwards."""
    sns.set_theme(
        context="notebook",
        style="whitegrid",
        font="DejaVu Sans",
        rc={
            "figure.dpi": 110,
            "figure.figsize": (8, 4),
            "figure.facecolor": GROUND,
            "savefig.facecolor": GROUND,
            "axes.facecolor": GROUND,
            **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
            "figure.constrained_layout.use": True,
            "figure.constrained_layout.h_pad": MARGIN,
            "figure.constrained_layout.w_pad": MARGIN,
            "axes.titlelocation": "left",
            "axes.titleweight": "bold",
            "axes.titlesize": 11.5,
            "axes.labelsize": 10.5,
            "xtick.labelsize": 9.5,
            "ytick.labelsize": 9.5,
            "legend.fontsize": 9.5,
            "legend.title_fontsize": 9.5,
            "axes.edgecolor": EDGE,
            "grid.color": GRID,
            "lines.linewidth": 1.8,
            "lines.markersize": 5.5,
        },
    )


def title_for(title: str, source) -> str:
    """Return ``title``, marked when the reviews behind the plot are the built-in ones.

    Args:
        title: the finding.
        source: where the reviews came from, such as ``load_data().source``; its ``kind`` is read.
    """
    return f"{title} (built-in reviews)" if source.kind == "built-in" else title


def check_array(name, values, shape, low=None):
    """Return ``values`` as a finite array with as many axes as ``shape`` names, none of them empty."""
    try:
        array = np.asarray(values)
    except ValueError:
        raise ValueError(f"{name}: expected an array of shape {shape}, found rows of unequal length") from None
    axes = [part for part in shape.strip("()").split(",") if part.strip()]
    if array.ndim != len(axes) or array.size == 0:
        raise ValueError(f"{name}: expected a non-empty array of shape {shape}, found shape {array.shape}")
    if not np.issubdtype(array.dtype, np.number) or not np.all(np.isfinite(array)):
        raise ValueError(f"{name}: expected finite numbers, found NaN, infinity or something else")
    if low is not None and array.min() < low:
        raise ValueError(f"{name}: expected values of {low} or more, found {array.min()}")
    return array


def check_fractions(name, values):
    """Return ``values`` as a one-dimensional array of fractions."""
    array = check_array(name, values, "(n,)", low=0)
    if array.max() > 1:
        raise ValueError(f"{name}: expected fractions from 0 to 1, found {array.max()}")
    return array


def check_curves(name, curves):
    """Return the items of a non-empty dict."""
    if not isinstance(curves, dict) or not curves:
        raise ValueError(f"{name}: expected a dict from labels to values, with at least one")
    return curves.items()


def check_costs(name, sizes, curves):
    """Return ascending sizes above 0 as an array, and the curves by label, each with one cost above 0 for each size."""
    sizes = check_array(name, sizes, "(points,)", low=0)
    if not (np.all(np.diff(sizes) > 0) and sizes[0] > 0):
        raise ValueError(f"{name}: expected ascending {name} above 0, found {sizes.tolist()}")
    checked = {}
    for label, costs in check_curves("curves", curves):
        checked[label] = costs = check_array(f"curves[{label!r}]", costs, "(points,)", low=0)
        if len(costs) != len(sizes) or costs.min() <= 0:
            raise ValueError(f"curves[{label!r}]: expected {len(sizes)} costs above 0, found {costs.tolist()}")
    return sizes, checked


def check_rows(rows, width):
    """Return ``rows`` as a list, each of ``width`` entries."""
    rows = list(rows)
    if not rows or any(len(row) != width for row in rows):
        raise ValueError(f"rows: expected at least one row of {width} entries, found lengths {[*map(len, rows)]}")
    return rows


def check_length(name, labels, length, of_what):
    """Raise unless there are ``length`` labels."""
    if len(labels) != length:
        raise ValueError(f"{name}: expected {length}, one per {of_what}, found {len(labels)}")


def above_zero(values):
    """Return ``values`` with NaN, which is not drawn, where a log axis has no place for them."""
    return np.where(values > 0, values, np.nan)


def curve_style(label, index, used=None):
    """Return colour and marker for a curve: its own by name, varied where it repeats, else of the ramp.

    Args:
        label: a key of ``COLOURS``, or a text that contains "rnn", "lstm" or "gru".
        index: the curve's position, which chooses within the ramp.
        used: the keys used so far on these axes; the one chosen is added to it.
    """
    used = [] if used is None else used
    models = (model for model in ("lstm", "gru", "rnn") if model in label.lower())
    key = label if label in COLOURS else next(models, None)
    if key is None:
        return {"color": RAMP[index % len(RAMP)], "marker": RAMP_MARKERS[index % len(RAMP)]}
    repeat = used.count(key)
    used.append(key)
    markers = (MARKERS[key], *(marker for marker in RAMP_MARKERS if marker != MARKERS[key]))
    # As it is, darker, then one that no model has: darker still would look like the second, and grey is chance.
    own, other = np.array(to_rgb(COLOURS[key])), np.array(to_rgb(COLOURS["forget_gate"]))
    colour = (own, 0.5 * own, other)[min(repeat, 2)]
    return {"color": to_hex(colour), "marker": markers[repeat % len(markers)]}


def titled(ax, title):
    """Set a title that fits the axes: wrapped where one line would leave it."""
    if layout := ax.figure.get_layout_engine():
        # Long row names and legends narrow the axes, so the width is known only once they are laid out.
        layout.execute(ax.figure)
    inches = ax.figure.get_figwidth() * ax.get_position().width
    letters_per_inch = 9.4  # of DejaVu Sans Bold at 11.5 points, on average over English text
    ax.set_title(textwrap.fill(title, max(20, int(inches * letters_per_inch))))
    return ax


def time_axis(ax, tokens, timesteps):
    """Label the time axis with the tokens, or with the number of each step."""
    if tokens is None:
        ax.set_xlabel("time step")
        ax.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))
        return
    check_length("tokens", tokens, timesteps, "time step")
    long_words = max(len(str(token)) for token in tokens) > 2
    slant = {"rotation": 55, "ha": "right", "rotation_mode": "anchor"} if long_words else {}
    size = 9 if timesteps <= 30 else 7
    ax.set_xticks(range(timesteps), [str(token) for token in tokens], fontsize=size, **slant)
    ax.set_xlabel("token, in the order of reading")


def row_axis(ax, labels):
    """Name the rows, the first on top."""
    ax.set_yticks(range(len(labels)), labels)
    ax.set_ylim(len(labels) - 0.4, -0.6)
    ax.grid(False, axis="y")


def beside(ax, x, y, text, colour):
    """Write ``text`` to the right of a mark."""
    offset = {"xytext": (8, 0), "textcoords": "offset points"}
    ax.annotate(text, (x, y), va="center", color=colour, fontsize=9.5, **offset)


def legend_beside(ax, title=None):
    """Put the legend to the right of the axes, where it covers no data."""
    place = {"loc": "upper left", "bbox_to_anchor": (1.01, 1.0), "borderaxespad": 0}
    ax.legend(**place, frameon=False, title=title, alignment="left")


def label_ends(ax, ends):
    """Name curves to the right of the axes, moved apart where their ends are close.

    Args:
        ax: the axes, with everything else drawn.
        ends: list of ``(x, y, text, colour)``, the point named in data coordinates.
    """
    ax.set_ylim(ax.get_ylim())
    ax.set_xlim(ax.get_xlim())
    to_axes = ax.transData + ax.transAxes.inverted()
    heights = [to_axes.transform((x, y))[1] for x, y, _, _ in ends]
    line = 17 / (72 * 0.8 * ax.figure.get_figheight() * ax.get_position().height)
    leader = {"arrowstyle": "-", "linewidth": 0.7, "alpha": 0.6, "shrinkB": 4, "relpos": (0, 0.5)}
    for (x, y, text, colour), height in zip(ends, spread(heights, line), strict=True):
        ax.annotate(
            text,
            (x, y),
            xytext=(1.03, height),
            textcoords="axes fraction",
            va="center",
            color=colour,
            fontsize=9.5,
            arrowprops=leader | {"color": colour},
        )


def spread(positions, gap):
    """Move positions in 0 to 1 as little as it takes to keep ``gap`` between neighbours."""
    placed = np.array(positions, dtype=float)
    order = np.argsort(placed, kind="stable")
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + gap)
    ceiling = max(1.0, gap * (len(placed) - 1))
    for index in order[::-1]:
        placed[index] = ceiling = min(placed[index], ceiling)
        ceiling -= gap
    return placed


def plain(value, _position):
    """Write a tick of a log axis as a plain number."""
    return f"{value:,.0f}"
