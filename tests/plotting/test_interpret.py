"""The plots of a trained model: what is drawn is what was given, and bad input is named."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course import plotting

WORDS = ["dull", "but", "wonderful"]


pytestmark = pytest.mark.usefixtures("course_style")


def draw(name, *args, **kwargs):
    figure, ax = plt.subplots()
    kwargs.setdefault("title", "A finding")
    assert getattr(plotting, name)(ax, *args, **kwargs) is ax
    figure.canvas.draw()
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def test_running_prediction_draws_percent_and_marks_the_strongest_change():
    ax = draw("running_prediction", [0.2, 0.25, 0.9], words=WORDS, before=0.5)
    after = next(line for line in ax.lines if line.get_label() == "after this word")
    np.testing.assert_allclose(after.get_ydata(), [20, 25, 90])
    assert texts(ax) == ["“wonderful” +65 points", "positive", "negative"]
    assert [label.get_text() for label in ax.get_xticklabels()] == WORDS


def test_the_first_word_may_be_the_strongest_if_the_start_is_known():
    assert "“dull” −40 points" in texts(draw("running_prediction", [0.1, 0.2, 0.3], words=WORDS, before=0.5))
    assert "“but” +10 points" in texts(draw("running_prediction", [0.1, 0.2, 0.25], words=WORDS))


def test_a_prediction_that_never_moves_has_no_mark():
    assert texts(draw("running_prediction", [0.5] * 3, words=WORDS, before=0.5)) == ["positive", "negative"]


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.floats(0, 1))
def test_the_marked_change_is_the_largest(probabilities, before):
    ax = draw("running_prediction", probabilities, words=WORDS, before=before)
    changes = np.diff([before, *probabilities])
    marked = [text for text in texts(ax) if "points" in text]
    plt.close("all")
    if not np.any(changes):
        assert not marked
        return
    word = WORDS[int(np.argmax(np.abs(changes)))]
    size = f"{100 * changes[np.argmax(np.abs(changes))]:+.0f}".replace("-", "−")
    assert marked == [f"“{word}” {size} points"]


def test_gate_heatmap_puts_the_unit_with_the_largest_mean_on_top():
    values = np.array([[0.1, 0.9, 0.5], [0.3, 0.7, 0.5], [0.0, 1.0, 0.6]])
    image = draw("gate_heatmap", values, words=WORDS).images[0]
    np.testing.assert_array_equal(image.get_array(), values.T[[1, 2, 0]])
    assert image.get_clim() == (0, 1)


def test_states_are_coloured_around_zero():
    image = draw("gate_heatmap", [[-2.0], [1.0], [0.5]], words=WORDS, kind="cell_state").images[0]
    assert image.get_clim() == pytest.approx((-2, 2), rel=0.02)
    assert draw("gate_heatmap", np.zeros((3, 2)), words=WORDS, kind="candidate").images[0].get_clim() == (
        -1,
        1,
    )


def test_one_extreme_state_does_not_make_the_others_pale():
    values = np.full((3, 200), 0.5)
    values[0, 0] = -50
    image = draw("gate_heatmap", values, words=WORDS, kind="cell_state").images[0]
    assert image.get_clim() == (-0.5, 0.5)
    assert image.colorbar.extend == "both"


@pytest.mark.parametrize("strongest", [1, 8])
def test_the_mark_of_the_strongest_word_covers_no_point_of_the_curve(strongest):
    probabilities = np.full(10, 0.3)
    probabilities[strongest:] = 0.8
    probabilities[strongest + 1 :: 2] -= 0.25
    figure, ax = plt.subplots(figsize=(9, 3.75))
    plotting.running_prediction(ax, probabilities, words=["word"] * 10, title="A finding")
    figure.canvas.draw()
    label = next(text for text in ax.texts if "points" in text.get_text())
    box = label.get_bbox_patch().get_window_extent()
    points = ax.transData.transform(np.column_stack([np.arange(10), 100 * probabilities]))
    assert not any(box.contains(*point) for point in points)


def test_notes_point_at_the_first_trace():
    trace = [0.5, -1.0, 2.0]
    ax = draw("annotated_trace", {"cell_state": trace}, words=WORDS, notes={2: "written", 1: "kept"}, title="t")
    notes = {text.get_text(): text.xy for text in ax.texts if text.get_text() in ("written", "kept")}
    assert notes == {"kept": (1, -1.0), "written": (2, 2.0)}


def test_deletion_curves_draw_the_mean_over_draws_and_their_range():
    ax = draw("deletion_curves", [0, 3], {"occlusion": [0, 2.5], "random words": [[0, 0.5], [0, -0.1]]})
    np.testing.assert_allclose(ax.lines[0].get_xydata(), [[0, 0], [3, 2.5]])
    np.testing.assert_allclose(ax.lines[1].get_ydata(), [0, 0.2])
    band = ax.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(-0.1)
    assert band[:, 1].max() == pytest.approx(0.5)
    assert texts(ax) == ["occlusion", "random words"]
    assert ax.lines[1].get_linestyle() == ":"


def test_the_claimed_cells_are_one_mark_and_the_other_choices_a_cloud():
    ax = draw("ablation_strip", [("best", -0.02, [0.001, -0.002, 0.0]), ("ten", -0.1, [-0.01])])
    changes = [line.get_xdata() for line in ax.lines[:4]]
    np.testing.assert_allclose(np.concatenate(changes), [0.1, -0.2, 0, -2, -1, -10])
    assert len(set(ax.lines[0].get_ydata())) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["other choices", "claimed cells"]
    ax = draw("ablation_strip", [("best", -0.02, [0.001])], named="best units")
    assert ax.get_legend().get_texts()[1].get_text() == "best units"


def test_reliability_writes_the_counts_of_the_bins():
    ax = draw("reliability", [(0.1, 0.2, 0.1, 0.3, 50), (0.9, 0.8, 0.7, 0.9, 12000)])
    np.testing.assert_allclose(ax.lines[1].get_xydata(), [[10, 20]])
    bars = [collection.get_segments()[0][:, 1] for collection in ax.collections]
    np.testing.assert_allclose(bars, [[10, 30], [70, 90]])
    assert {"50", "12,000"} <= set(texts(ax))


def test_the_name_of_the_diagonal_covers_no_bin():
    places = np.linspace(0.05, 0.95, 10)
    bins = [(x, x + 0.04, x + 0.02, x + 0.05, 9) for x in places]
    ax = draw("reliability", bins)
    label = next(text for text in ax.texts if "as sure as right" in text.get_text())
    points = ax.transData.transform(100 * np.array(bins)[:, :2])
    box = label.get_window_extent()
    assert not any(box.contains(*point) for point in points)


def test_groups_keep_their_order_and_show_their_size():
    ax = draw("accuracy_by_group", [("7 stars", 0.7, 0.6, 0.8, 60), ("10", 0.9, 0.9, 0.9, 4999)], overall=0.85)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert labels == ["7 stars\nn = 60", "10\nn = 4,999"]
    assert texts(ax) == ["all:\n85.0 %"]


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "message"),
    [
        ("running_prediction", ([1.2],), {"words": ["a"]}, r"probabilities: expected fractions from 0 to 1"),
        (
            "running_prediction",
            ([0.2],),
            {"words": WORDS},
            r"words: expected 1, one per probability, found 3",
        ),
        (
            "running_prediction",
            ([0.2],),
            {"words": ["a"], "before": -1},
            r"before: expected values of 0 or more",
        ),
        ("gate_heatmap", ([0.5],), {"words": ["a"]}, r"values: .*shape \(time, units\), found shape \(1,\)"),
        ("gate_heatmap", ([[1.5]],), {"words": ["a"]}, r"values: expected fractions from 0 to 1, found 1.5"),
        ("gate_heatmap", ([[0.5]],), {"words": WORDS}, r"tokens: expected 1, one per time step, found 3"),
        (
            "gate_heatmap",
            ([[0.5]],),
            {"words": ["a"], "kind": "gate"},
            r"kind: expected one of .*found 'gate'",
        ),
        (
            "annotated_trace",
            ({"cell_state": [1.0]},),
            {"words": ["a"], "notes": {1: "late"}},
            r"notes: 'late' is at word 1; words run from 0 to 0",
        ),
        ("deletion_curves", ([0, 1], {"a": [0.9]}), {}, r"curves: 'a' has 1 points, removed has 2"),
        ("deletion_curves", ([1, 1], {"a": [0.9, 1]}), {}, r"removed: expected rising numbers of words"),
        ("deletion_curves", ([0, 1], {"a": [0, np.inf]}), {}, r"curves\['a'\]: expected finite numbers"),
        ("ablation_strip", ([("a", 2.0, [0.1])],), {}, r"rows: 'a': expected fractions"),
        ("ablation_strip", ([("a", 0.1, [])],), {}, r"rows: 'a': others: expected a non-empty array"),
        ("reliability", ([(0.5, 0.4, 0.45, 0.5, 9)],), {}, r"rows: 0.5 needs 0 <= low <= value"),
        ("reliability", ([(1.5, 0.4, 0.3, 0.5, 9)],), {}, r"rows: expected predicted probabilities"),
        ("accuracy_by_group", ([("a", 0.4, 0.3, 0.5, 0)],), {}, r"rows: 'a' holds 0 reviews; leave empty"),
        ("accuracy_by_group", ([("a", 90, 80, 95, 7)],), {}, r"rows: 'a' needs 0 <= low"),
    ],
)
def test_bad_input_names_the_argument(name, args, kwargs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        draw(name, *args, **kwargs)
