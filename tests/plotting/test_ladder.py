"""The plots of the ladder: what is drawn is what was given, nothing lies on top of another, and bad input is named."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import plotting

RUNGS = [("script", 0.82, 0.81, 0.83), ("mask", 0.85, 0.84, 0.86), ("bidirectional", 0.845, 0.83, 0.86)]
GAINS = [("script", None, None), ("mask", 0.03, 0.01), ("bidirectional", -0.005, 0.02), ("pooling", 0.01, 0.01)]
LINEAR = ("linear model", 0.9)


pytestmark = pytest.mark.usefixtures("course_style")


def draw(name, *args, **kwargs):
    figure, ax = plt.subplots(figsize=(9, 5))
    kwargs.setdefault("title", "A finding")
    assert getattr(plotting, name)(ax, *args, **kwargs) is ax
    figure.canvas.draw()
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_rungs_say_their_accuracy_and_where_the_linear_model_lies():
    ax = draw("accuracy_by_rung", RUNGS, reference=LINEAR)
    assert texts(ax) == ["82.0 %", "85.0 %", "84.5 %"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["script", "mask", "bidirectional"]
    assert "dotted line: linear model, 90.0 %" in ax.get_xlabel()
    np.testing.assert_allclose(ax.lines[-1].get_xdata(), 90)


def test_rungs_on_top_and_their_text_beside_everything_drawn():
    ax = draw("accuracy_by_rung", RUNGS, reference=LINEAR)
    assert ax.yaxis_inverted()
    box = ax.get_window_extent()
    rightmost = ax.transData.transform((90, 0))[0]
    assert all(rightmost < text.get_window_extent().x0 < text.get_window_extent().x1 < box.x1 for text in ax.texts)


def test_a_rung_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match=r"'mask' needs 0 <= low <= accuracy <= high <= 1, found 0.9, 0.85, 0.95"):
        draw("accuracy_by_rung", [("mask", 0.85, 0.9, 0.95)], reference=LINEAR)


def test_gains_say_their_interval_and_the_row_without_one_stays_empty():
    ax = draw("gain_by_rung", GAINS)
    assert texts(ax) == ["+3.0 ± 1.0", "−0.5 ± 2.0", "+1.0 ± 1.0"]
    assert [text.xy[1] for text in ax.texts] == [1, 2, 3]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["script", "mask", "bidirectional", "pooling"]
    box = ax.get_window_extent()
    assert all(text.get_window_extent().x1 < box.x1 for text in ax.texts)


def test_a_clear_gain_lies_above_zero_with_its_interval_and_differs_by_more_than_colour():
    ax = draw("gain_by_rung", GAINS)
    marks = {line.get_ydata()[0]: line.get_marker() for line in ax.lines if line.get_marker() in "so"}
    assert marks == {1: "s", 2: "o", 3: "o"}
    assert legend(ax) == ["clear gain", "within\nthe scatter"]


def test_points_stand_at_their_seconds_and_the_list_names_them():
    ax = draw("accuracy_by_seconds", [("0", "script", 400, 0.82, "rnn"), ("m", "bigrams", 60, 0.9, "lstm")])
    assert [(line.get_xdata()[0], line.get_ydata()[0]) for line in ax.lines] == [(400, 82), (60, 90)]
    assert legend(ax) == ["0  script", "m  bigrams"]
    assert texts(ax) == ["0", "m"]
    assert ax.get_xscale() == "log"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.integers(10, 900), st.integers(820, 930)), min_size=2, max_size=12, unique=True))
def test_marks_of_neighbours_do_not_cover_each_other(places):
    # Two points on one spot share it; marks have room when the points are a marker's width apart.
    ax = draw(
        "accuracy_by_seconds", [(str(n), f"rung {x} {y}", x, y / 1000, "lstm") for n, (x, y) in enumerate(places)]
    )
    spots = ax.transData.transform([(x, y / 10) for x, y in places])
    near = [np.sort(np.hypot(*(spots - spot).T))[1:3] for spot in spots]
    if min(distances[0] for distances in near) < 40:
        return
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])
    plt.close("all")


def test_points_are_refused_when_kind_or_time_is_impossible():
    with pytest.raises(ValueError, match=r"points: 'a' has kind 'bert'; expected one of"):
        draw("accuracy_by_seconds", [("0", "a", 1, 0.5, "bert")])
    with pytest.raises(ValueError, match=r"points: 'a' needs seconds above 0, found 0"):
        draw("accuracy_by_seconds", [("0", "a", 0, 0.5, "lstm")])


def test_costs_are_drawn_with_what_would_be_proportional():
    ax = draw("cost_by_size", [50, 100, 400], {"whole": [2.0, 4.0, 16.0]}, xlabel="words")
    measured, proportional = ax.lines[:2]
    np.testing.assert_allclose(measured.get_ydata(), proportional.get_ydata())
    assert texts(ax) == ["whole"]
    assert "dotted: in proportion" in ax.get_xlabel()
    assert [label.get_text() for label in ax.get_xticklabels()] == ["50", "100", "400"]


def test_a_cost_that_grows_slower_lies_above_its_proportional_line():
    measured, proportional = draw("cost_by_size", [1, 10], {"a": [5.0, 10.0]}, xlabel="reviews").lines[:2]
    assert measured.get_ydata()[0] > proportional.get_ydata()[0]
    assert measured.get_ydata()[-1] == proportional.get_ydata()[-1]


@pytest.mark.parametrize(
    ("sizes", "costs", "message"),
    [
        ([100, 50], [1, 2], r"sizes: expected ascending sizes above 0, found \[100, 50\]"),
        ([0, 50], [1, 2], r"sizes: expected ascending sizes above 0, found \[0, 50\]"),
        ([50, 100], [1], r"curves\['a'\]: expected 2 costs above 0, found \[1\]"),
        ([50, 100], [0, 1], r"curves\['a'\]: expected 2 costs above 0, found \[0, 1\]"),
    ],
)
def test_costs_without_a_meaning_are_refused(sizes, costs, message):
    with pytest.raises(ValueError, match=message):
        draw("cost_by_size", sizes, {"a": costs}, xlabel="words")


def test_a_ladder_may_leave_chance_out():
    rows = [("words", 0.88, 0.875, 0.885, "baseline"), ("bigrams", 0.91, 0.905, 0.915, "lstm")]
    ax = draw("accuracy_ladder", rows, chance=None)
    assert ax.get_xlim()[0] > 80
    assert "chance" not in ax.get_xlabel()
    assert draw("accuracy_ladder", rows).get_xlim()[0] < 50
