"""The pieces of a diagram: a page laid out in inches, boxes, circles, arrows and labels."""

from typing import NamedTuple

from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from lstm_course.plotting.style import EDGE, GROUND, INK, PANEL, QUIET


class Box(NamedTuple):
    """Where a drawn box is: its centre, and the middle of each edge, where arrows start and end."""

    x: float
    y: float
    left: tuple
    right: tuple
    top: tuple
    bottom: tuple


def page(ax, width, height, title):
    """Turn the axes into a blank page of ``width`` by ``height`` inches."""
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(title, fontsize=12, fontweight="bold", loc="left")


def box(ax, x, y, width, height, text, colour, size=12):
    """Draw a rounded box around a centre and return where it is."""
    corner = (x - width / 2, y - height / 2)
    rounding = "round,pad=0,rounding_size=0.08"
    fill = {"facecolor": pale(colour), "edgecolor": colour, "linewidth": 1.6}
    ax.add_patch(FancyBboxPatch(corner, width, height, rounding, zorder=3, **fill))
    label(ax, x, y, text, size=size)
    return edges(x, y, width, height)


def edges(x, y, width, height):
    """Return the box around a centre."""
    half, tall = width / 2, height / 2
    return Box(x, y, (x - half, y), (x + half, y), (x, y + tall), (x, y - tall))


def operation(ax, x, y, sign, colour=INK):
    """Draw a circle with the sign of an elementwise operation and return where it is."""
    circle = {"boxstyle": "circle,pad=0", "facecolor": PANEL, "edgecolor": colour}
    ax.add_patch(FancyBboxPatch((x - 0.18, y - 0.18), 0.36, 0.36, linewidth=1.6, zorder=3, **circle))
    label(ax, x, y, sign, colour, size=14)
    return edges(x, y, 0.36, 0.36)


def arrow(ax, *points, colour=INK, width=1.6):
    """Draw an arrow through ``points``; its head ends on the last one."""
    head = f"-|>,head_length={3 + width},head_width={1.4 + 0.6 * width}"
    look = {"color": colour, "linewidth": width, "zorder": 2.5}
    joints = {"joinstyle": "miter", "capstyle": "butt", "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(path=Path(points), arrowstyle=head, mutation_scale=1, **look, **joints))


def label(ax, x, y, text, colour=INK, *, size=11, ha="center", **font):
    """Write ``text``, vertically centred."""
    ax.text(x, y, text, color=colour, fontsize=size, ha=ha, va="center", zorder=4, **font)


def frame(ax, x, y, width, height, name):
    """Draw the outline of a cell, with its name at the top left."""
    look = {"facecolor": PANEL, "edgecolor": EDGE, "linewidth": 1.2, "zorder": 1}
    ax.add_patch(FancyBboxPatch((x, y), width, height, "round,pad=0,rounding_size=0.15", **look))
    label(ax, x + 0.15, y + height - 0.2, name, QUIET, size=10, ha="left")


def pale(colour):
    """Mix much of the ground into a colour; transparency would show where lines overlap."""
    mixed = zip(to_rgb(GROUND), to_rgb(colour), strict=True)
    return tuple(0.88 * ground + 0.12 * channel for ground, channel in mixed)
