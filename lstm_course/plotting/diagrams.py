"""Schematic figures: the unrolled network, the cells, where gradients flow, and how a review becomes a number.

Each function draws on the axes that it is given and returns them. A diagram is laid out in inches, and
``SIZES[name]`` is the figure it was laid out for: ``plt.subplots(figsize=SIZES["lstm_cell"])``.
"""

from itertools import pairwise
from typing import NamedTuple

from matplotlib.colors import to_rgb
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from lstm_course.plotting.display import describe
from lstm_course.plotting.style import COLOURS, EDGE, GRID, GROUND, INK, MARGIN, PANEL, QUIET

PAGES = {
    "unrolled_rnn": (10.0, 3.65),
    "rnn_cell": (9.0, 3.9),
    "lstm_cell": (9.6, 4.95),
    "gradient_paths": (10.0, 2.75),
    "padding_ends": (10.5, 3.9),
    "imdb_pipeline": (10.0, 4.05),
}
TITLE_HEIGHT = 0.3
SIZES = {
    name: (width + 2 * MARGIN, height + TITLE_HEIGHT + 2 * MARGIN) for name, (width, height) in PAGES.items()
}
GATES = ("forget_gate", "input_gate", "candidate", "output_gate")
LSTM_TITLES = {
    None: "Three gates decide what the cell state keeps, takes in and shows",
    "cell_state": "The cell state runs straight through: it is scaled and added to, nothing else",
    "forget_gate": "The forget gate scales the old cell state: 1 keeps it, 0 drops it",
    "input_gate": "The input gate scales the candidate before it is added",
    "candidate": "The candidate is what the step would like to write into the cell state",
    "output_gate": "The output gate decides how much of the cell state becomes the hidden state",
}
FAINT = 0.15


class Box(NamedTuple):
    """Where a drawn box is: its centre, and the middle of each edge, where arrows start and end."""

    x: float
    y: float
    left: tuple
    right: tuple
    top: tuple
    bottom: tuple


def unrolled_rnn(ax, timesteps=4):
    """Draw a recurrent network as a loop, and the same loop unrolled over time with its shared weights.

    Args:
        ax: the axes to draw on.
        timesteps: how many steps to unroll, 1 to 6.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``timesteps`` is out of range.
    """
    if timesteps not in range(1, 7):
        raise ValueError(f"timesteps: expected a whole number from 1 to 6, found {timesteps!r}")
    gap = 1.55
    _page(
        ax,
        3.8 + gap * timesteps,
        PAGES["unrolled_rnn"][1],
        "The same weights at every step: one cell, used again and again",
    )
    loop = _box(ax, 1.15, 1.85, 1.0, 0.8, "$W,\\ U,\\ b$", COLOURS["rnn"])
    _step(ax, loop, "$x_t$", "$h_t$")
    branch, side = loop.y + 0.8, loop.x + 0.95
    corners = ((loop.x, branch), (side, branch), (side, loop.y))
    _arrow(ax, *corners, loop.right, colour=COLOURS["hidden_state"])
    _label(
        ax, loop.x + 0.1, branch + 0.17, "recurrent_kernel $U$", COLOURS["hidden_state"], size=9, ha="left"
    )
    _label(ax, loop.x + 0.12, 1.2, "kernel $W$", COLOURS["input_gate"], size=9, ha="left")
    _label(ax, 2.55, loop.y, "=", size=22)
    before = _box(ax, 3.25, loop.y, 0.42, 0.42, "0", COLOURS["hidden_state"])
    _label(ax, before.x, before.y - 0.4, "$h_0$", size=11)
    for step in range(1, timesteps + 1):
        cell = _box(ax, 3.05 + gap * step, loop.y, 0.85, 0.8, "$W,\\ U,\\ b$", COLOURS["rnn"], size=11)
        _arrow(ax, before.right, cell.left, colour=COLOURS["hidden_state"])
        middle = (before.right[0] + cell.left[0]) / 2
        _label(ax, middle, loop.y + 0.17, "$U$", COLOURS["hidden_state"])
        _step(ax, cell, f"$x_{step}$", f"$h_{step}$")
        _label(ax, cell.x + 0.12, 1.2, "$W$", COLOURS["input_gate"], ha="left")
        before = cell
    _label(ax, 3.05 + gap * (timesteps + 1) / 2, 0.1, "time →", size=10)
    describe(
        ax,
        f"A recurrent cell as a loop equals the same cell {timesteps} times in a row, from h_0 = 0: step t reads x_t "
        "through the kernel W and the old state through the recurrent kernel U, and gives h_t. W, U and the bias b are "
        "the same at every step.",
    )
    return ax


def rnn_cell(ax):
    """Draw one step of a SimpleRNN with the shape of everything in it; returns ``ax``."""
    _page(ax, *PAGES["rnn_cell"], "One step: two products and a bias are added, then squashed by tanh")
    state, features = COLOURS["hidden_state"], COLOURS["input_gate"]
    _frame(ax, 2.35, 0.55, 4.7, 2.75, "SimpleRNN cell")
    old = _box(ax, 0.95, 2.35, 1.5, 0.75, "$h_{t-1}$\n(batch, units)", state, size=10)
    new = _box(ax, 0.95, 1.15, 1.5, 0.75, "$x_t$\n(batch, features)", features, size=10)
    recurrent = _box(ax, 3.6, 2.35, 1.9, 0.75, "recurrent_kernel $U$\n(units, units)", state, size=10)
    kernel = _box(ax, 3.6, 1.15, 1.9, 0.75, "kernel $W$\n(features, units)", features, size=10)
    plus = _operation(ax, 5.4, 1.75, "+")
    bias = _box(ax, 5.4, 0.95, 0.85, 0.5, "bias $b$\n(units,)", COLOURS["baseline"], size=8.5)
    squash = _box(ax, 6.42, 1.75, 0.8, 0.6, "tanh", COLOURS["rnn"])
    out = _box(ax, 8.05, 1.75, 1.5, 0.75, "$h_t$\n(batch, units)", state, size=10)
    _arrow(ax, old.right, recurrent.left, colour=state)
    _arrow(ax, new.right, kernel.left, colour=features)
    _arrow(ax, recurrent.right, (plus.x, recurrent.y), plus.top, colour=state)
    _arrow(ax, kernel.right, (4.77, kernel.y), (4.77, plus.y), plus.left, colour=features)
    _arrow(ax, bias.top, plus.bottom)
    _arrow(ax, plus.right, squash.left)
    _arrow(ax, squash.right, out.left)
    back = ((out.x, 3.55), (old.x, 3.55))
    _arrow(ax, out.top, *back, old.top, colour=state)
    _label(ax, 4.6, 3.72, "the new state is the next step’s old state", state, size=10)
    _label(ax, 4.6, 0.2, "$h_t = \\tanh(x_t\\,W + h_{t-1}\\,U + b)$", size=13)
    describe(
        ax,
        "The old state, of shape (batch, units), times the recurrent kernel U (units, units), plus the input (batch, "
        "features) times the kernel W (features, units), plus the bias b (units,), goes through tanh and becomes the "
        "new state (batch, units), which is the next step’s old state: h_t = tanh(x_t W + h_(t−1) U + b).",
    )
    return ax


def lstm_cell(ax, highlight=None):
    """Draw one step of an LSTM: the cell state on top, the gates below it in their colours.

    Args:
        ax: the axes to draw on.
        highlight: one of ``GATES`` or ``"cell_state"`` to dim everything else, or None.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``highlight`` names no part.
    """
    if highlight not in LSTM_TITLES:
        raise ValueError(f"highlight: expected None or one of {list(LSTM_TITLES)[1:]}, found {highlight!r}")
    # The cell state is never dimmed: it is what every gate acts on.
    alpha = {gate: 1.0 if highlight in (None, gate) else FAINT for gate in GATES}
    _page(ax, *PAGES["lstm_cell"], LSTM_TITLES[highlight])
    _frame(ax, 1.35, 0.85, 6.95, 4.0, "")
    columns = dict(zip(GATES, (2.45, 3.95, 5.35, 6.75), strict=True))
    line = 4.3
    keep = _operation(ax, columns["forget_gate"], line, "×", COLOURS["forget_gate"], alpha["forget_gate"])
    take = _operation(ax, columns["candidate"], 3.3, "×", COLOURS["input_gate"], alpha["input_gate"])
    add = _operation(ax, columns["candidate"], line, "+", COLOURS["cell_state"])
    show = _operation(ax, 7.7, 2.75, "×", COLOURS["output_gate"], alpha["output_gate"])
    _cell_state_line(ax, line, keep, add)
    _hidden_state_line(ax, line, show, alpha["output_gate"])
    boxes = _gate_boxes(ax, columns, alpha)
    routes = {
        "forget_gate": ("$f_t$", keep.bottom),
        "input_gate": ("$i_t$", (columns["input_gate"], take.y), take.left),
        "candidate": ("$\\tilde{c}_t$", take.bottom),
        "output_gate": ("$o_t$", (columns["output_gate"], show.y), show.left),
    }
    for gate, (name, *points) in routes.items():
        _arrow(ax, boxes[gate].top, *points, colour=COLOURS[gate], alpha=alpha[gate])
        _label(ax, columns[gate] - 0.18, 2.68, name, COLOURS[gate], alpha=alpha[gate])
    _arrow(ax, take.top, add.bottom, colour=COLOURS["input_gate"], alpha=alpha["input_gate"])
    equations = "$c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_t$          $h_t = o_t \\odot \\tanh(c_t)$"
    _label(ax, 4.8, 0.4, equations, size=13)
    bright = None if highlight is None else " and ".join(sorted({"cell state", highlight.replace("_", " ")}))
    dimmed = f" Everything but {bright} is faint." if bright else ""
    describe(
        ax,
        "The cell state runs along the top from left to right: it is multiplied by the forget gate, then the "
        "candidate, multiplied by the input gate, is added. Below, the old hidden state and the input feed all four: "
        "three sigmoids and a tanh for the candidate. The new hidden state is tanh of the cell state times the output "
        "gate." + dimmed,
    )
    return ax


def gradient_paths(ax, kind="rnn"):
    """Draw where the gradient flows backwards through time, and what each step multiplies it by.

    Args:
        ax: the axes to draw on.
        kind: ``"rnn"`` (along the hidden state) or ``"lstm"`` (along the cell state).

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``kind`` is neither.
    """
    titles = {
        "rnn": "Each step back multiplies the gradient by a matrix: it shrinks or grows geometrically",
        "lstm": "Along the cell state each step back multiplies by a forget gate: near 1, the gradient stays",
    }
    if kind not in titles:
        raise ValueError(f"kind: expected 'rnn' or 'lstm', found {kind!r}")
    _page(ax, *PAGES["gradient_paths"], titles[kind])
    state, colour = ("h", COLOURS["rnn"]) if kind == "rnn" else ("c", COLOURS["lstm"])
    widths = (1.0, 1.8, 3.2, 5.2) if kind == "rnn" else (4.6, 4.8, 5.0, 5.2)
    cells = [_box(ax, 1.0 + 2.15 * t, 1.55, 0.95, 0.7, f"${state}_{t + 1}$", colour) for t in range(4)]
    cells.append(_box(ax, 9.2, 1.55, 0.95, 0.7, "loss", COLOURS["baseline"]))
    for position, (left, right) in enumerate(pairwise(cells)):
        _arrow(ax, (left.right[0], 1.38), (right.left[0], 1.38), colour=EDGE)
        start, end = (right.left[0], 1.72), (left.right[0], 1.72)
        _arrow(ax, start, end, colour=colour, width=widths[position])
        step = position + 2
        factor = (
            f"$\\odot\\,(1-h_{step}^2)$, then $\\cdot\\,U^\\top$"
            if kind == "rnn"
            else f"$\\odot\\, f_{step}$"
        )
        if right is not cells[-1]:
            _label(ax, (left.x + right.x) / 2, 2.13, factor, colour, size=11)
    _label(ax, (cells[3].x + cells[4].x) / 2, 2.13, f"$\\partial L/\\partial {state}_4$", size=12)
    _label(ax, 0.5, 2.55, "← backward: the gradient (width: its size)", colour, size=10, ha="left")
    _label(ax, 0.5, 0.95, "forward: the state →", QUIET, size=10, ha="left")
    rnn = "three steps back: three factors $\\mathrm{diag}(1-h_t^2)\\,U^\\top$, whose size goes like rate$^{\\,3}$"
    lstm = (
        "three steps back: $f_4 \\odot f_3 \\odot f_2$, elementwise; the paths through the gates come on top"
    )
    _label(ax, 5.0, 0.35, rnn if kind == "rnn" else lstm, size=11)
    factor = "diag(1 − h²) times U transposed" if kind == "rnn" else "a forget gate, elementwise"
    arrows = "get thinner from step to step" if kind == "rnn" else "stay almost as wide"
    describe(
        ax,
        f"Four states in a row and the loss at the right end. Arrows lead back from the loss to the first state, and "
        f"each step back multiplies by {factor}: the arrows, whose width is the size of the gradient, {arrows}.",
    )
    return ax


def padding_ends(ax):
    """Draw both ends of padding a short review and of truncating a long one to eight tokens; returns ``ax``."""
    _page(
        ax,
        *PAGES["padding_ends"],
        "Front or back: padding moves a short review, truncation chooses what is lost",
    )
    short = ["not", "one", "dull", "scene", "here"]
    long = ["the", "start", "is", "slow", "but", "the", "end", "is", "a", "great", "joy"]
    window, cell, first = 8, 0.6, 1.95 + 3 * 0.6
    rows = (
        ('padding="pre"', "Keras's default", short, window - len(short)),
        ('padding="post"', "", short, 0),
        ('truncating="pre"', "Keras's default", long, window - len(long)),
        ('truncating="post"', "", long, 0),
    )
    for row, (name, note, words, offset) in enumerate(rows):
        y = 3.2 - 0.72 * row - 0.2 * (row > 1)
        _label(ax, 0.1, y + (0.11 if note else 0), name, size=10, ha="left", family="monospace")
        _label(ax, 0.1, y - 0.14, note, QUIET, size=9, ha="left")
        placed = dict(enumerate(words, start=offset))
        for column in sorted({*range(window), *placed}):
            _token_cell(ax, first + cell * column, y, cell, placed.get(column), 0 <= column < window)
        ax.add_patch(
            Rectangle((first, y - 0.23), cell * window, 0.46, fill=False, edgecolor=INK, linewidth=2.2)
        )
    _label(ax, first + cell * window / 2, 3.68, "what the model reads: maxlen = 8", size=10.5)
    _label(
        ax, first + cell * window / 2, 0.28, "hatched: pads; struck out: words that are lost", QUIET, size=10
    )
    describe(
        ax,
        'Four rows for maxlen = 8. A review of five words gets its three pads in front with padding="pre", Keras’s '
        'default, and behind with padding="post". Of a review of eleven words truncating="pre", the default too, loses '
        'the first three, and truncating="post" the last three.',
    )
    return ax


def imdb_pipeline(ax):
    """Draw how a review becomes a probability, with the shape after each stage; returns ``ax``."""
    _page(ax, *PAGES["imdb_pipeline"], "From text to a probability: every stage changes the shape")
    data, model = COLOURS["train"], COLOURS["lstm"]
    stages = (
        ("text", "“This is not that film”", "one string", data),
        ("tokens", "this · is · not · that · film", "a list of 5 words", data),
        ("ids", "1, 14, 9, 24, 15, 22", "a list of 6 integers;\n1 marks the start", data),
        ("padded batch", "0, 0, …, 1, 14, 9, 24, 15, 22", "(batch, time)\n= (32, 100)", data),
        (
            "Embedding",
            "each id becomes a row\nof 128 numbers",
            "(batch, time, features)\n= (32, 100, 128)",
            model,
        ),
        ("LSTM", "reads 100 steps,\ngives its last state", "(batch, units)\n= (32, 64)", model),
        ("Dense", "one weighted sum,\nsigmoid", "(batch, 1)\n= (32, 1)", model),
        ("probability", "above 0.5: positive", "one number from 0 to 1\nper review", COLOURS["test"]),
    )
    boxes = []
    for index, (name, example, shape, colour) in enumerate(stages):
        x, y = 1.2 + 2.53 * (index % 4), 3.4 - 2.15 * (index // 4)
        box = _box(ax, x, y, 2.05, 0.95, "", colour)
        _label(ax, x, y + 0.27, name, size=11.5, weight="bold")
        _label(ax, x, y - 0.16, example, size=8.8)
        _label(ax, x, y - 0.76, shape, QUIET, size=9)
        boxes.append(box)
    for index, (before, after) in enumerate(pairwise(boxes)):
        if index == 3:
            edge = before.right[0] + 0.1
            turn = ((edge, before.y), (edge, 2.2), (after.x, 2.2))
            _arrow(ax, before.right, *turn, after.top)
        else:
            _arrow(ax, before.right, after.left)
    shapes = ", ".join(f"{name}: {' '.join(shape.split())}" for name, _, shape, _ in stages)
    describe(ax, f"{len(stages)} stages in a row, each with its shape. {shapes}.")
    return ax


# ------------------------------------------------------------------------------------------- drawing helpers


def _page(ax, width, height, title):
    """Turn the axes into a blank page of ``width`` by ``height`` inches."""
    ax.set_xlim(0, width)
    ax.set_ylim(0, height)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(title, fontsize=12, fontweight="bold", loc="left")


def _box(ax, x, y, width, height, text, colour, alpha=1.0, size=12):
    """Draw a rounded box around a centre and return where it is."""
    corner = (x - width / 2, y - height / 2)
    rounding = "round,pad=0,rounding_size=0.08"
    fill = {"facecolor": _faded(colour, 0.12 * alpha), "edgecolor": _faded(colour, alpha), "linewidth": 1.6}
    ax.add_patch(FancyBboxPatch(corner, width, height, rounding, zorder=3, **fill))
    _label(ax, x, y, text, size=size, alpha=alpha)
    return _edges(x, y, width, height)


def _edges(x, y, width, height):
    """Return the box around a centre."""
    half, tall = width / 2, height / 2
    return Box(x, y, (x - half, y), (x + half, y), (x, y + tall), (x, y - tall))


def _operation(ax, x, y, sign, colour=INK, alpha=1.0):
    """Draw a circle with the sign of an elementwise operation and return where it is."""
    circle = {"boxstyle": "circle,pad=0", "facecolor": PANEL, "edgecolor": _faded(colour, alpha)}
    ax.add_patch(FancyBboxPatch((x - 0.18, y - 0.18), 0.36, 0.36, linewidth=1.6, zorder=3, **circle))
    _label(ax, x, y, sign, colour, size=14, alpha=alpha)
    return _edges(x, y, 0.36, 0.36)


def _arrow(ax, *points, colour=INK, alpha=1.0, width=1.6):
    """Draw an arrow through ``points``; its head ends on the last one."""
    head = f"-|>,head_length={3 + width},head_width={1.4 + 0.6 * width}"
    look = {"color": _faded(colour, alpha), "linewidth": width, "zorder": 2 + alpha / 2}
    joints = {"joinstyle": "miter", "capstyle": "butt", "shrinkA": 0, "shrinkB": 0}
    ax.add_patch(FancyArrowPatch(path=Path(points), arrowstyle=head, mutation_scale=1, **look, **joints))


def _label(ax, x, y, text, colour=INK, *, size=11, alpha=1.0, ha="center", **font):
    """Write ``text``, vertically centred."""
    ax.text(x, y, text, color=_faded(colour, alpha), fontsize=size, ha=ha, va="center", zorder=4, **font)


def _frame(ax, x, y, width, height, name):
    """Draw the outline of a cell, with its name at the top left."""
    look = {"facecolor": PANEL, "edgecolor": EDGE, "linewidth": 1.2, "zorder": 1}
    ax.add_patch(FancyBboxPatch((x, y), width, height, "round,pad=0,rounding_size=0.15", **look))
    _label(ax, x + 0.15, y + height - 0.2, name, QUIET, size=10, ha="left")


def _step(ax, cell, below, above):
    """Draw the input that comes into a cell from below and the state that leaves it at the top."""
    _label(ax, cell.x, 0.5, below, COLOURS["input_gate"], size=13)
    _arrow(ax, (cell.x, 0.72), cell.bottom, colour=COLOURS["input_gate"])
    _arrow(ax, cell.top, (cell.x, 3.1), colour=COLOURS["hidden_state"])
    _label(ax, cell.x, 3.35, above, COLOURS["hidden_state"], size=13)


def _gate_boxes(ax, columns, alpha):
    """Draw the four small layers of an LSTM cell and the line that feeds them; return their boxes."""
    _label(ax, 0.6, 1.25, "$h_{t-1},\\ x_t$", size=13)
    bus = 1.25
    ax.plot([1.05, max(columns.values())], [bus, bus], color=QUIET, linewidth=1.6, zorder=2)
    boxes = {}
    for gate, x in columns.items():
        activation = "tanh" if gate == "candidate" else "σ"
        text = f"{gate.replace('_', ' ')}\n{activation}"
        boxes[gate] = _box(ax, x, 2.1, 1.2, 0.72, text, COLOURS[gate], alpha[gate], size=10)
        _arrow(ax, (x, bus), boxes[gate].bottom, colour=QUIET, alpha=alpha[gate])
    return boxes


def _cell_state_line(ax, y, keep, add):
    """Draw the cell state from left to right, through the circle that scales it and the one that adds to it."""
    state = {"colour": COLOURS["cell_state"], "width": 2.6}
    _arrow(ax, (0.85, y), keep.left, **state)
    _arrow(ax, keep.right, add.left, **state)
    _arrow(ax, add.right, (8.75, y), **state)
    _label(ax, 0.5, y, "$c_{t-1}$", size=14)
    _label(ax, 9.05, y, "$c_t$", size=14)
    _label(ax, 3.9, y + 0.22, "cell state", COLOURS["cell_state"], size=10)


def _hidden_state_line(ax, y, show, alpha):
    """Draw the way from the cell state down through tanh and the output gate's circle to the hidden state."""
    hidden = {"colour": COLOURS["hidden_state"], "alpha": alpha}
    squash = _box(ax, show.x, 3.5, 0.7, 0.42, "tanh", size=10, **hidden)
    _arrow(ax, (show.x, y), squash.top, **hidden)
    _arrow(ax, squash.bottom, show.top, **hidden)
    _arrow(ax, show.bottom, (show.x, 1.25), (8.75, 1.25), **hidden)
    _label(ax, 9.05, 1.25, "$h_t$", size=14, **hidden)


def _token_cell(ax, x, y, width, word, kept):
    """Draw one position of a review: a word, a word that is cut off, or a pad."""
    pad = word is None
    look = {
        "facecolor": GRID if pad else PANEL if kept else GROUND,
        "edgecolor": GROUND if kept else GRID,
    }
    hatch = "////" if pad else None
    ax.add_patch(Rectangle((x, y - 0.23), width, 0.46, hatch=hatch, linewidth=1.2, zorder=1, **look))
    _label(ax, x + width / 2, y, "0" if pad else word, INK if kept else QUIET, size=9)
    if not kept:
        ax.plot([x + 0.06, x + width - 0.06], [y, y], color=COLOURS["rnn"], linewidth=1.2, zorder=5)


def _faded(colour, alpha):
    """Mix ``1 - alpha`` of the ground into a colour; transparency would show where lines overlap."""
    mixed = zip(to_rgb(GROUND), to_rgb(colour), strict=True)
    return tuple((1 - alpha) * ground + alpha * channel for ground, channel in mixed)
