"""Schematic figures: the unrolled network, the cells, where gradients flow, and how a review becomes a number.

Each function draws on the axes that it is given and returns them. A diagram is laid out in inches, and
``SIZES[name]`` is the figure it was laid out for: ``plt.subplots(figsize=SIZES["lstm_cell"])``.
"""

from itertools import pairwise

from matplotlib.patches import Rectangle

from lstm_course.plotting.display import describe
from lstm_course.plotting.drawing import arrow, box, frame, label, operation, page
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
SIZES = {name: (width + 2 * MARGIN, height + TITLE_HEIGHT + 2 * MARGIN) for name, (width, height) in PAGES.items()}
# The parts of an LSTM in the order of their appearance: title, and the two lines of the forward pass with that part in.
STAGES = {
    "cell_state": (
        "The candidate is added to the cell state, which runs straight through",
        "$c_t = c_{t-1} + \\tilde{c}_t$          $h_t = \\tanh(c_t)$",
    ),
    "forget_gate": (
        "The forget gate scales the old cell state: 1 keeps it, 0 drops it",
        "$c_t = f_t \\odot c_{t-1} + \\tilde{c}_t$          $h_t = \\tanh(c_t)$",
    ),
    "input_gate": (
        "The input gate scales the candidate before it is added",
        "$c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_t$          $h_t = \\tanh(c_t)$",
    ),
    "output_gate": (
        "The output gate scales what is shown of the cell state, and the cell is whole",
        "$c_t = f_t \\odot c_{t-1} + i_t \\odot \\tilde{c}_t$          $h_t = o_t \\odot \\tanh(c_t)$",
    ),
}


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
    page(
        ax,
        3.8 + gap * timesteps,
        PAGES["unrolled_rnn"][1],
        "The same weights at every step: one cell, used again and again",
    )
    loop = box(ax, 1.15, 1.85, 1.0, 0.8, "$W,\\ U,\\ b$", COLOURS["rnn"])
    _step(ax, loop, "$x_t$", "$h_t$")
    branch, side = loop.y + 0.8, loop.x + 0.95
    corners = ((loop.x, branch), (side, branch), (side, loop.y))
    arrow(ax, *corners, loop.right, colour=COLOURS["hidden_state"])
    label(ax, loop.x + 0.1, branch + 0.17, "recurrent_kernel $U$", COLOURS["hidden_state"], size=9, ha="left")
    label(ax, loop.x + 0.12, 1.2, "kernel $W$", COLOURS["input_gate"], size=9, ha="left")
    label(ax, 2.55, loop.y, "=", size=22)
    before = box(ax, 3.25, loop.y, 0.42, 0.42, "0", COLOURS["hidden_state"])
    label(ax, before.x, before.y - 0.4, "$h_0$", size=11)
    for step in range(1, timesteps + 1):
        cell = box(ax, 3.05 + gap * step, loop.y, 0.85, 0.8, "$W,\\ U,\\ b$", COLOURS["rnn"], size=11)
        arrow(ax, before.right, cell.left, colour=COLOURS["hidden_state"])
        middle = (before.right[0] + cell.left[0]) / 2
        label(ax, middle, loop.y + 0.17, "$U$", COLOURS["hidden_state"])
        _step(ax, cell, f"$x_{step}$", f"$h_{step}$")
        label(ax, cell.x + 0.12, 1.2, "$W$", COLOURS["input_gate"], ha="left")
        before = cell
    label(ax, 3.05 + gap * (timesteps + 1) / 2, 0.1, "time →", size=10)
    describe(
        ax,
        f"A recurrent cell as a loop equals the same cell {timesteps} times in a row, from h_0 = 0: step t reads x_t "
        "through the kernel W and the old state through the recurrent kernel U, and gives h_t. W, U and the bias b are "
        "the same at every step.",
    )
    return ax


def rnn_cell(ax):
    """Draw one step of a SimpleRNN with the shape of everything in it; returns ``ax``."""
    page(ax, *PAGES["rnn_cell"], "One step: two products and a bias are added, then squashed by tanh")
    state, features = COLOURS["hidden_state"], COLOURS["input_gate"]
    frame(ax, 2.35, 0.55, 4.7, 2.75, "SimpleRNN cell")
    old = box(ax, 0.95, 2.35, 1.5, 0.75, "$h_{t-1}$\n(batch, units)", state, size=10)
    new = box(ax, 0.95, 1.15, 1.5, 0.75, "$x_t$\n(batch, features)", features, size=10)
    recurrent = box(ax, 3.6, 2.35, 1.9, 0.75, "recurrent_kernel $U$\n(units, units)", state, size=10)
    kernel = box(ax, 3.6, 1.15, 1.9, 0.75, "kernel $W$\n(features, units)", features, size=10)
    plus = operation(ax, 5.4, 1.75, "+")
    bias = box(ax, 5.4, 0.95, 0.85, 0.5, "bias $b$\n(units,)", COLOURS["baseline"], size=8.5)
    squash = box(ax, 6.42, 1.75, 0.8, 0.6, "tanh", COLOURS["rnn"])
    out = box(ax, 8.05, 1.75, 1.5, 0.75, "$h_t$\n(batch, units)", state, size=10)
    arrow(ax, old.right, recurrent.left, colour=state)
    arrow(ax, new.right, kernel.left, colour=features)
    arrow(ax, recurrent.right, (plus.x, recurrent.y), plus.top, colour=state)
    arrow(ax, kernel.right, (4.77, kernel.y), (4.77, plus.y), plus.left, colour=features)
    arrow(ax, bias.top, plus.bottom)
    arrow(ax, plus.right, squash.left)
    arrow(ax, squash.right, out.left)
    back = ((out.x, 3.55), (old.x, 3.55))
    arrow(ax, out.top, *back, old.top, colour=state)
    label(ax, 4.6, 3.72, "the new state is the next step’s old state", state, size=10)
    label(ax, 4.6, 0.2, "$h_t = \\tanh(x_t\\,W + h_{t-1}\\,U + b)$", size=13)
    describe(
        ax,
        "The old state, of shape (batch, units), times the recurrent kernel U (units, units), plus the input (batch, "
        "features) times the kernel W (features, units), plus the bias b (units,), goes through tanh and becomes the "
        "new state (batch, units), which is the next step’s old state: h_t = tanh(x_t W + h_(t−1) U + b).",
    )
    return ax


def lstm_cell(ax, newest="output_gate"):
    """Draw one step of an LSTM as far as it is built: the cell state on top, its gates below in their colours.

    Args:
        ax: the axes to draw on.
        newest: the part of ``STAGES`` that came last; those after it are left out.

    Returns:
        ``ax``.

    Raises:
        ValueError: if ``newest`` names no part.
    """
    if newest not in STAGES:
        raise ValueError(f"newest: expected one of {list(STAGES)}, found {newest!r}")
    title, equations = STAGES[newest]
    built = list(STAGES)[: list(STAGES).index(newest) + 1]
    page(ax, *PAGES["lstm_cell"], title)
    frame(ax, 1.35, 0.85, 6.95, 4.0, "")
    columns = {"forget_gate": 2.45, "input_gate": 3.95, "candidate": 5.35, "output_gate": 6.75}
    columns = {part: x for part, x in columns.items() if part in (*built, "candidate")}
    boxes = _gate_boxes(ax, columns)
    line = 4.3
    add = operation(ax, columns["candidate"], line, "+", COLOURS["cell_state"])
    stops, offer, routes = [add], add, {}
    if "forget_gate" in built:
        keep = operation(ax, columns["forget_gate"], line, "×", COLOURS["forget_gate"])
        stops, routes["forget_gate"] = [keep, add], ("$f_t$", keep.bottom)
    if "input_gate" in built:
        offer = operation(ax, columns["candidate"], 3.3, "×", COLOURS["input_gate"])
        arrow(ax, offer.top, add.bottom, colour=COLOURS["input_gate"])
        routes["input_gate"] = ("$i_t$", (columns["input_gate"], offer.y), offer.left)
    show = operation(ax, 7.7, 2.75, "×", COLOURS["output_gate"]) if "output_gate" in built else None
    if show:
        routes["output_gate"] = ("$o_t$", (columns["output_gate"], show.y), show.left)
    routes["candidate"] = ("$\\tilde{c}_t$", offer.bottom)
    for part, (name, *points) in routes.items():
        arrow(ax, boxes[part].top, *points, colour=COLOURS[part])
        label(ax, columns[part] - 0.18, 2.68, name, COLOURS[part])
    _cell_state_line(ax, line, stops)
    _hidden_state_line(ax, line, show)
    label(ax, 4.8, 0.4, equations, size=13)
    described = {
        "cell_state": "The cell state runs along the top from left to right, and the candidate, a tanh of the old "
        "hidden state and the input, is added to it.",
        "forget_gate": "Before that the old cell state is multiplied by the forget gate.",
        "input_gate": "The candidate is multiplied by the input gate before it is added.",
        "output_gate": "The output gate multiplies the tanh on the way out. All three gates are sigmoids of the old "
        "hidden state and the input.",
    }
    out = "" if show else " The new hidden state is tanh of the cell state."
    describe(ax, " ".join(described[part] for part in built) + out)
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
        "rnn": "Each step back multiplies the gradient by a matrix",
        "lstm": "Along the cell state each step back multiplies by a forget gate: near 1, the gradient stays",
    }
    if kind not in titles:
        raise ValueError(f"kind: expected 'rnn' or 'lstm', found {kind!r}")
    page(ax, *PAGES["gradient_paths"], titles[kind])
    state, colour = ("h", COLOURS["rnn"]) if kind == "rnn" else ("c", COLOURS["lstm"])
    widths = (1.0, 1.8, 3.2, 5.2) if kind == "rnn" else (4.6, 4.8, 5.0, 5.2)
    cells = [box(ax, 1.0 + 2.15 * t, 1.55, 0.95, 0.7, f"${state}_{t + 1}$", colour) for t in range(4)]
    cells.append(box(ax, 9.2, 1.55, 0.95, 0.7, "loss", COLOURS["baseline"]))
    for position, (left, right) in enumerate(pairwise(cells)):
        arrow(ax, (left.right[0], 1.38), (right.left[0], 1.38), colour=EDGE)
        start, end = (right.left[0], 1.72), (left.right[0], 1.72)
        arrow(ax, start, end, colour=colour, width=widths[position])
        step = position + 2
        factor = f"$\\odot\\,(1-h_{step}^2)$, then $\\cdot\\,U^\\top$" if kind == "rnn" else f"$\\odot\\, f_{step}$"
        if right is not cells[-1]:
            label(ax, (left.x + right.x) / 2, 2.13, factor, colour, size=11)
    label(ax, (cells[3].x + cells[4].x) / 2, 2.13, f"$\\partial L/\\partial {state}_4$", size=12)
    label(ax, 0.5, 2.55, "← backward: the gradient (width: its size)", colour, size=10, ha="left")
    label(ax, 0.5, 0.95, "forward: the state →", QUIET, size=10, ha="left")
    rnn = "three steps back: three factors $\\mathrm{diag}(1-h_t^2)\\,U^\\top$, whose size goes like rate$^{\\,3}$"
    lstm = "three steps back: $f_4 \\odot f_3 \\odot f_2$, elementwise; the paths through the gates come on top"
    label(ax, 5.0, 0.35, rnn if kind == "rnn" else lstm, size=11)
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
    page(
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
        label(ax, 0.1, y + (0.11 if note else 0), name, size=10, ha="left", family="monospace")
        label(ax, 0.1, y - 0.14, note, QUIET, size=9, ha="left")
        placed = dict(enumerate(words, start=offset))
        for column in sorted({*range(window), *placed}):
            _token_cell(ax, first + cell * column, y, cell, placed.get(column), 0 <= column < window)
        ax.add_patch(Rectangle((first, y - 0.23), cell * window, 0.46, fill=False, edgecolor=INK, linewidth=2.2))
    label(ax, first + cell * window / 2, 3.68, "what the model reads: maxlen = 8", size=10.5)
    label(ax, first + cell * window / 2, 0.28, "hatched: pads; struck out: words that are lost", QUIET, size=10)
    describe(
        ax,
        'Four rows for maxlen = 8. A review of five words gets its three pads in front with padding="pre", Keras’s '
        'default, and behind with padding="post". Of a review of eleven words truncating="pre", the default too, loses '
        'the first three, and truncating="post" the last three.',
    )
    return ax


def imdb_pipeline(ax):
    """Draw how a review becomes a probability, with the shape after each stage; returns ``ax``."""
    page(ax, *PAGES["imdb_pipeline"], "From text to a probability: every stage changes the shape")
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
        stage = box(ax, x, y, 2.05, 0.95, "", colour)
        label(ax, x, y + 0.27, name, size=11.5, weight="bold")
        label(ax, x, y - 0.16, example, size=8.8)
        label(ax, x, y - 0.76, shape, QUIET, size=9)
        boxes.append(stage)
    for index, (before, after) in enumerate(pairwise(boxes)):
        if index == 3:
            edge = before.right[0] + 0.1
            turn = ((edge, before.y), (edge, 2.2), (after.x, 2.2))
            arrow(ax, before.right, *turn, after.top)
        else:
            arrow(ax, before.right, after.left)
    shapes = ", ".join(f"{name}: {' '.join(shape.split())}" for name, _, shape, _ in stages)
    describe(ax, f"{len(stages)} stages in a row, each with its shape. {shapes}.")
    return ax


def _step(ax, cell, below, above):
    """Draw the input that comes into a cell from below and the state that leaves it at the top."""
    label(ax, cell.x, 0.5, below, COLOURS["input_gate"], size=13)
    arrow(ax, (cell.x, 0.72), cell.bottom, colour=COLOURS["input_gate"])
    arrow(ax, cell.top, (cell.x, 3.1), colour=COLOURS["hidden_state"])
    label(ax, cell.x, 3.35, above, COLOURS["hidden_state"], size=13)


def _gate_boxes(ax, columns):
    """Draw the small layers of an LSTM cell and the line that feeds them; return their boxes."""
    label(ax, 0.6, 1.25, "$h_{t-1},\\ x_t$", size=13)
    bus = 1.25
    ax.plot([1.05, max(columns.values())], [bus, bus], color=QUIET, linewidth=1.6, zorder=2)
    boxes = {}
    for part, x in columns.items():
        activation = "tanh" if part == "candidate" else "σ"
        text = f"{part.replace('_', ' ')}\n{activation}"
        boxes[part] = box(ax, x, 2.1, 1.2, 0.72, text, COLOURS[part], size=10)
        arrow(ax, (x, bus), boxes[part].bottom, colour=QUIET)
    return boxes


def _cell_state_line(ax, y, stops):
    """Draw the cell state from left to right, through the circles that scale it and add to it."""
    ends = [(0.85, y), *(end for stop in stops for end in (stop.left, stop.right)), (8.75, y)]
    for start, end in zip(ends[::2], ends[1::2], strict=True):
        arrow(ax, start, end, colour=COLOURS["cell_state"], width=2.6)
    label(ax, 0.5, y, "$c_{t-1}$", size=14)
    label(ax, 9.05, y, "$c_t$", size=14)
    label(ax, 3.9, y + 0.22, "cell state", COLOURS["cell_state"], size=10)


def _hidden_state_line(ax, y, show):
    """Draw the way from the cell state down through tanh, and the output gate's circle if any, to the hidden state."""
    look = {"colour": COLOURS["hidden_state"]}
    squash = box(ax, 7.7, 3.5, 0.7, 0.42, "tanh", size=10, **look)
    arrow(ax, (squash.x, y), squash.top, **look)
    if show:
        arrow(ax, squash.bottom, show.top, **look)
    arrow(ax, (show or squash).bottom, (squash.x, 1.25), (8.75, 1.25), **look)
    label(ax, 9.05, 1.25, "$h_t$", size=14, **look)


def _token_cell(ax, x, y, width, word, kept):
    """Draw one position of a review: a word, a word that is cut off, or a pad."""
    pad = word is None
    look = {
        "facecolor": GRID if pad else PANEL if kept else GROUND,
        "edgecolor": GROUND if kept else GRID,
    }
    hatch = "////" if pad else None
    ax.add_patch(Rectangle((x, y - 0.23), width, 0.46, hatch=hatch, linewidth=1.2, zorder=1, **look))
    label(ax, x + width / 2, y, "0" if pad else word, INK if kept else QUIET, size=9)
    if not kept:
        ax.plot([x + 0.06, x + width - 0.06], [y, y], color=COLOURS["rnn"], linewidth=1.2, zorder=5)
