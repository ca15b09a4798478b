"""The diagrams are legible: titled, nothing clipped, no text on text, and every arrow arrives somewhere."""

import inspect
from functools import cache
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from itertools import combinations
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.plotting import diagrams, drawing

ROOT = Path(__file__).resolve().parents[2]


def tool(name):
    """Import a script of tools/."""
    loader = SourceFileLoader(f"tool_{name}", str(ROOT / "tools" / name))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


script = tool("figures")


pytestmark = pytest.mark.usefixtures("course_style")


@cache
def drawn(name):
    """Return the axes and the pixels of one figure of the script, drawn as finely as the script saves it."""
    figure = script.draw(name)
    figure.set_dpi(200)
    figure.canvas.draw()
    return figure.axes[0], np.asarray(figure.canvas.buffer_rgba()) / 255


def test_figures_folder_holds_exactly_what_the_scripts_draw_and_photograph():
    files = {path.name: path.stat().st_size for path in (ROOT / "figures").iterdir()}
    assert set(files) == {f"{name}.png" for name in (*script.FIGURES, *tool("pictures").PICTURES)}
    assert max(files.values()) < 150_000


def test_the_script_draws_every_diagram():
    functions = {
        name
        for name, function in inspect.getmembers(diagrams, inspect.isfunction)
        if function.__module__ == diagrams.__name__ and not name.startswith("_")
    }
    assert functions == {function for function, _ in script.FIGURES.values()} == set(diagrams.SIZES)


@pytest.mark.parametrize("name", script.FIGURES)
def test_diagram_is_titled_and_no_text_is_clipped_or_covered(name):
    ax, _ = drawn(name)
    assert ax.get_title(loc="left")
    texts = [text for text in ax.texts if text.get_text()]
    page = ax.get_window_extent()
    for text in texts:
        box = text.get_window_extent()
        assert page.x0 <= box.x0, text
        assert box.x1 <= page.x1, text
        assert page.y0 <= box.y0, text
        assert box.y1 <= page.y1, text
    boxes = [text.get_window_extent() for text in texts]
    crossing = [
        (texts[i].get_text(), texts[j].get_text())
        for i, j in combinations(range(len(texts)), 2)
        if boxes[i].overlaps(boxes[j])
    ]
    assert not crossing
    title = ax.title if ax.title.get_text() else ax._left_title
    assert title.get_window_extent().x1 <= ax.figure.bbox.x1


@pytest.mark.parametrize("name", script.FIGURES)
def test_every_arrow_ends_on_a_box_or_at_a_label(name, monkeypatch):
    tips, boxes = [], []
    arrow, edges = diagrams.arrow, drawing.edges

    def recorded_arrow(ax, *points, **look):
        tips.append(points[-1])
        arrow(ax, *points, **look)

    def recorded_edges(*place):
        boxes.append(edges(*place))
        return boxes[-1]

    monkeypatch.setattr(diagrams, "arrow", recorded_arrow)
    monkeypatch.setattr(drawing, "edges", recorded_edges)
    ax = script.draw(name).axes[0]
    labels = [text.get_position() for text in ax.texts if text.get_text()]
    for x, y in tips:
        on_side = any(
            min(abs(x - box.left[0]), abs(x - box.right[0])) < 1e-9 and box.bottom[1] <= y <= box.top[1]
            for box in boxes
        )
        on_end = any(
            min(abs(y - box.bottom[1]), abs(y - box.top[1])) < 1e-9 and box.left[0] <= x <= box.right[0]
            for box in boxes
        )
        at_label = min(np.hypot(x - lx, y - ly) for lx, ly in labels) < 0.4
        assert on_side or on_end or at_label, (x, y)


@pytest.mark.parametrize("name", script.FIGURES)
def test_committed_picture_is_what_the_code_draws(name):
    _, fresh = drawn(name)
    stored = plt.imread(ROOT / "figures" / f"{name}.png")
    assert fresh.shape == stored.shape
    # Averaged over tiles, so that another FreeType's edges pass and a moved label does not.
    assert np.abs(tiles(fresh) - tiles(stored)).max() < 0.1


def tiles(picture, side=20):
    """Average a picture over squares."""
    height, width = (length // side * side for length in picture.shape[:2])
    return picture[:height, :width, :3].reshape(height // side, side, width // side, side, 3).mean(axis=(1, 3))


def test_the_script_writes_the_same_bytes_each_time(tmp_path, monkeypatch):
    monkeypatch.setattr(script, "FIGURES", {"rnn_cell": script.FIGURES["rnn_cell"]})
    script.main(tmp_path / "one")
    script.main(tmp_path / "two")
    one, two = ((tmp_path / folder / "rnn_cell.png").read_bytes() for folder in ("one", "two"))
    assert one == two
    assert b"Software" not in one


@pytest.mark.parametrize("timesteps", [1, 6])
def test_unrolling_draws_one_state_per_step(timesteps):
    _, ax = plt.subplots()
    diagrams.unrolled_rnn(ax, timesteps)
    texts = [text.get_text() for text in ax.texts]
    assert [f"$h_{step}$" in texts for step in range(1, 7)] == [step <= timesteps for step in range(1, 7)]
    assert texts.count("$W,\\ U,\\ b$") == timesteps + 1


@pytest.mark.parametrize("newest", diagrams.STAGES)
def test_an_lstm_is_drawn_as_far_as_it_is_built(newest):
    ax, _ = drawn(next(n for n, (_, options) in script.FIGURES.items() if options.get("newest") == newest))
    texts = [text.get_text() for text in ax.texts]
    stages = list(diagrams.STAGES)
    for gate, symbol in {"forget_gate": "f_t", "input_gate": "i_t", "output_gate": "o_t"}.items():
        built = stages.index(gate) <= stages.index(newest)
        assert any(text.startswith(gate.replace("_", " ") + "\n") for text in texts) == built
        assert (f"${symbol}$" in texts) == built
        assert (f"{symbol} \\odot" in diagrams.STAGES[newest][1]) == built
    assert "candidate\ntanh" in texts


@pytest.mark.parametrize(
    ("function", "argument", "message"),
    [
        ("unrolled_rnn", 0, "timesteps: expected a whole number from 1 to 6, found 0"),
        ("unrolled_rnn", 7, "timesteps: expected a whole number from 1 to 6, found 7"),
        ("lstm_cell", "forget", "newest: expected one of .*, found 'forget'"),
        ("gradient_paths", "gru", "kind: expected 'rnn' or 'lstm', found 'gru'"),
    ],
)
def test_bad_argument_names_what_is_expected(function, argument, message):
    _, ax = plt.subplots()
    with pytest.raises(ValueError, match=f"^{message}$"):
        getattr(diagrams, function)(ax, argument)
