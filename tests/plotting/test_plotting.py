"""The plots say what they show, fit their figure, and reject what they cannot draw."""

from itertools import combinations
from types import SimpleNamespace

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_hex, to_rgb
from matplotlib.text import Text

from lstm_course import plotting
from lstm_course.plotting import COLOURS, LINESTYLES, MARKERS
from lstm_course.plotting.display import alt_text, describe, description, each_at, from_to, listed, written
from lstm_course.plotting.style import EDGE, GROUND, INK, PANEL, QUIET, RAMP, curve_style, spread

MODELS = ("rnn", "lstm", "gru", "baseline", "chance")
GATES = ("forget_gate", "input_gate", "output_gate", "candidate", "cell_state", "hidden_state")
SPLITS = ("train", "validation", "test")
TOKENS = ["it", "was", "not", "the", "film", "that", "i", "had", "expected", "but", "a", "better", "one"]
STEPS = len(TOKENS)
LAGS = np.arange(30)
IDS = np.array([[0, 0, 1, 14], [1, 13, 69, 24]])
LADDER = [
    ("chance", 0.5, 0.5, 0.5, "chance"),
    ("SimpleRNN", 0.78, 0.77, 0.79, "rnn"),
    ("LSTM of the source", 0.84, 0.835, 0.846, "lstm"),
    ("bag of words", 0.881, 0.877, 0.885, "baseline"),
]


def decaying(rate):
    return rate**LAGS * np.random.default_rng(0).uniform(0.5, 2, size=(20, len(LAGS)))


CURVES = {
    "SimpleRNN": decaying(0.7),
    "LSTM, forget bias 0": decaying(0.8),
    "LSTM, forget bias 3": decaying(0.99),
}
SUCCESS = {"SimpleRNN": {5: [0.9, 0.95, 1.0], 50: [0.5, 0.55, 0.6]}, "LSTM": {5: [1.0], 50: [0.99]}}
SIZES = np.array([100, 1000, 10000, 40000])
PROBABILITIES = np.linspace(0.2, 0.9, STEPS)
PLOTS = {
    "ablation_strip": (([("best cell", -0.02, [0.0, 0.001, -0.003]), ("best ten", -0.1, [-0.02])],), {}),
    "accuracy_by_group": (
        ([("1 star", 0.9, 0.88, 0.92, 5022), ("2", 0.8, 0.7, 0.9, 40)],),
        {"overall": 0.85},
    ),
    "accuracy_by_property": (
        ([("to 100", 0.9, 0.88, 0.92, 5022), ("longer", 0.8, 0.7, 0.9, 40)],),
        {"name": "length in words", "overall": 0.85},
    ),
    "best_auc": (({"the review is positive": 0.96, "begins a sentence": 0.55},), {}),
    "gate_means": (
        ({gate: [0.5, 0.4, 0.6] for gate in GATES[:3]},),
        {"places": ["any word", "a pad", "after a full stop"]},
    ),
    "strongest_responses": (([("a truly wonderful FILM", 0.6), ("the worst OF", -0.8)],), {}),
    "accuracy_by_rung": (
        ([("script", 0.82, 0.81, 0.83), ("mask", 0.84, 0.83, 0.85)],),
        {"reference": ("a linear model", 0.9)},
    ),
    "accuracy_by_seconds": (([("0", "script", 400, 0.82, "rnn"), ("1", "bigrams", 90, 0.9, "lstm")],), {}),
    "annotated_trace": (({"cell_state": PROBABILITIES},), {"words": TOKENS, "notes": {0: "in", 12: "out"}}),
    "cost_by_size": (([1000, 25000], {"400 words": [4.0, 55.0]}), {"xlabel": "training reviews"}),
    "deletion_curves": (([0, 5], {"occlusion": [0, 2.5], "random words": [[0, 0.2], [0, 0.3]]}), {}),
    "exercise_outcomes": (([("04 step", 12, 8, 10), ("06 encode", 0, 3, 1)],), {}),
    "gain_by_rung": (([("script", None, None), ("mask", 0.02, 0.03)],), {}),
    "gate_heatmap": ((np.outer(PROBABILITIES, [0.1, 1, 0.5]),), {"words": TOKENS}),
    "reliability": (([(0.1, 0.2, 0.1, 0.3, 50), (0.9, 0.8, 0.7, 0.9, 12000)],), {}),
    "running_prediction": ((PROBABILITIES,), {"words": TOKENS, "before": 0.5}),
    "norm_by_batch": (({"clipped": [0.9, 2.0, 0.01], "not clipped": [0.9, 4.0, 2.2]},), {}),
    "cell_states": (({"forget gate 1.0": np.arange(STEPS), "forget gate 0.5": np.full(STEPS, 2.0)},), {}),
    "difference_by_step": (({"radius 0.5": decaying(0.5), "radius 1": decaying(0.9)},), {}),
    "gradient_share_by_lag": ((CURVES,), {"gates_alone": {"LSTM, forget bias 0": 0.6**LAGS}, "floor": 1e-9}),
    "loss_by_weight": (
        (np.linspace(1, 2, 9), np.linspace(1, 0, 9) ** 2),
        {"start": (1.25, 0.56), "landings": {"unchanged": (63, 0.25), "clipped": (1.5, 0.25)}},
    ),
    "accuracy_by_window": (
        ({0: [0.5, 0.4], 7: [1.0, 0.99]},),
        {"chance": 0.125, "names": {0: "read-out only"}},
    ),
    "difference_by_epsilon": (([1e-12, 1e-5, 1e-1], [1e-3, 1e-10, 1e-2]), {}),
    "gradient_shares": (([10.8, 7.1, -6.7, 0.9],), {"unit": "thousandths"}),
    "lines_by_step": (
        ({"dense": [50, 100, 50, 50], "shared": [100, 99, 100, 100]},),
        {"xlabel": "position", "ylabel": "right (%)", "first": 0, "reference": (50, "guessing")},
    ),
    "state_rows": (({"unit 0: one?": np.linspace(-1, 1, STEPS)},), {"tokens": TOKENS}),
    "state_walk": (
        ({"good not bad": [[0, 0], [0.1, 0.8], [0.8, -0.1], [0.2, -0.9]], "bad": [[0, 0], [-0.1, -0.7]]},),
        {},
    ),
    "state_distance": (
        ({"pads read as words": 0.5 ** np.arange(60), "pads masked": np.full(60, 0.04)},),
        {"last_word": 20},
    ),
    "perplexity_curves": (
        ({"LSTM": ([0, 100, 400], [8000, 900, 210])}, {"unigrams": 700, "trigrams": 190}),
        {},
    ),
    "shared_runs": (([("temperature 0.5", [5, 7, 12]), ("temperature 1", [3, 4, 3])],), {}),
    "success_by_distance": ((SUCCESS,), {"chance": 0.5}),
    "rate_by_radius": (
        (
            [0.1, 1.0, 2.5],
            [0.1, 0.87, 1.2],
            {"radius × slope": [0.1, 0.88, 1.3], "radius alone": [0.1, 1, 2.5]},
        ),
        {},
    ),
    "eigenvalues_in_plane": (
        ({"disc": np.array([0.3, 0.5j]), "ring": 0.95 * np.exp(1j * np.arange(5))},),
        {"radii": (0.9, 1)},
    ),
    "recall_by_pairs": (
        ({"a vector": {1: [1.0, 1.0], 8: [0.5, 0.7]}, "attention": {1: [1.0, 1.0], 8: [1.0, 1.0]}},),
        {"chance": 1 / 64},
    ),
    "cost_by_length": (
        ([10, 100, 1000], {"attention": [1280, 12800, 128000], "LSTM": [128, 128, 128]}),
        {"ylabel": "numbers kept"},
    ),
    "hidden_states": ((np.tanh(np.outer(np.arange(STEPS) - 6, [1, -1, 0.2])),), {"tokens": TOKENS}),
    "gate_traces": (({gate: np.full(STEPS, 0.5) for gate in GATES},), {"tokens": TOKENS}),
    "gradient_by_lag": ((CURVES,), {"predicted": {"SimpleRNN": 0.7**LAGS}}),
    "singular_values": ((0.5 ** np.add.outer(np.arange(40), np.arange(8)),), {}),
    "accuracy_by_lag": ((SUCCESS,), {"chance": 0.5}),
    "learning_curves": (({"loss": [0.5, 0.3, 0.1], "val_loss": [0.4, 0.38, 0.5]},), {"mark_lowest": True}),
    "joins_by_round": (([[(0, 1), (1, 2)], [(0, 2)]],), {"time": 3}),
    "accuracy_ladder": ((LADDER,), {}),
    "cost_bars": (([("with recurrent_dropout", 3.2), ("without", 1.0)],), {}),
    "accuracy_by_seed": (([("best", [0.85, 0.84], "test"), ("last", [0.81, 0.79], "train")],), {}),
    "accuracy_changes": (([("LSTM", -0.029, "lstm"), ("bag of words", 0.0, "baseline")],), {}),
    "zipf": ((10000 / np.arange(1, 1001),), {}),
    "lengths": (({"train": [20, 150, 300, 190], "test": [30, 200, 1000, 400]},), {}),
    "coverage": ((SIZES, [0.4, 0.7, 0.92, 0.98]), {}),
    "embedding_heatmap": ((np.linspace(-1, 1, 12).reshape(3, 4),), {"row_labels": ["pad", "the", "film"]}),
    "sequence_grid": ((np.eye(4)[[0, 2, 1, 3, 3]],), {"features": ["A", "B", "blank", "go"]}),
    "success_by_lag": ((SUCCESS,), {"chance": 0.25}),
    "success_by_length": ((SUCCESS,), {"trained": 5, "chance": 0.25}),
    "token_grid": ((IDS,), {"labels": [["", "", "START", "this"], ["START", "i", "have", "not"]]}),
}
FINDING = "A finding that takes more than one line when the axes are as narrow as they are in this figure"


pytestmark = pytest.mark.usefixtures("course_style")


def draw(name, *args, figsize=(8, 4), **kwargs):
    """Draw one plot, from the table above where no arguments are given, and return its axes."""
    figure, ax = plt.subplots(figsize=figsize)
    if not args:
        args, kwargs = PLOTS[name][0], PLOTS[name][1] | kwargs
    kwargs.setdefault("title", FINDING)
    assert getattr(plotting, name)(ax, *args, **kwargs) is ax
    figure.canvas.draw()
    return ax


def luminance(colour):
    """Relative luminance as WCAG 2.1 defines it."""
    channels = np.array(to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


# Machado, Oliveira and Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(colour, vision):
    """CIELAB (D65) of a colour as somebody with that vision sees it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(VISION[vision]) @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.asarray(to_xyz) @ seen / [0.9505, 1.0, 1.089]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_each_name_has_a_colour_a_marker_and_a_line_style():
    assert set(COLOURS) == set(MARKERS) == set(LINESTYLES) == {*MODELS, *GATES, *SPLITS}
    assert len(set(COLOURS.values())) == len(COLOURS)


def contrast(one, other):
    """Contrast ratio as WCAG 2.1 defines it."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_no_ink_is_readable_on_both_of_jupyterlabs_pages():
    # On the ink that lies between both pages the two contrasts are equal; any other is worse on one of them.
    between = np.sqrt((luminance("#FFFFFF") + 0.05) * (luminance("#111111") + 0.05))
    best = (luminance("#FFFFFF") + 0.05) / between
    assert best == pytest.approx(4.35, abs=0.005)
    assert best == pytest.approx(np.sqrt(1.05 / 0.0556), abs=0.005)
    assert (
        max(min(contrast(str(grey), page) for page in ("#FFFFFF", "#111111")) for grey in np.linspace(0, 1, 500)) < 4.5
    )


VARIANTS = [curve_style(f"LSTM {n}", n, used)["color"] for used in [[]] for n in range(3)]


@pytest.mark.parametrize("colour", [*COLOURS.values(), *RAMP, *VARIANTS, INK, QUIET])
def test_colours_are_readable_on_the_card(colour):
    assert contrast(colour, GROUND) >= 4.5


def test_lines_of_the_frame_are_seen_and_notes_are_readable():
    assert contrast(EDGE, GROUND) >= 3
    assert contrast(INK, PANEL) >= 4.5


def test_the_card_suits_both_pages():
    assert 1.15 < contrast(GROUND, "#FFFFFF") < 1.4
    assert contrast(GROUND, "#111111") < 15


def test_the_ramp_keeps_its_order_in_grey():
    assert list(RAMP) == sorted(RAMP, key=luminance)


def test_repeated_models_differ():
    for vision in VISION:
        for one, other in combinations(VARIANTS, 2):
            assert np.linalg.norm(lab(one, vision) - lab(other, vision)) > 10


def test_a_figure_is_drawn_on_the_card():
    assert to_hex(plt.figure().get_facecolor()).upper() == GROUND


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("group", [MODELS, GATES, SPLITS])
def test_colours_drawn_together_stay_apart(group, vision):
    for one, other in combinations(group, 2):
        assert np.linalg.norm(lab(COLOURS[one], vision) - lab(COLOURS[other], vision)) > 10, (one, other)


@pytest.mark.parametrize("group", [MODELS, GATES, SPLITS])
def test_colour_is_never_the_only_difference(group):
    assert len({MARKERS[name] for name in group}) == len(group)


def test_every_public_plot_is_in_the_table():
    assert set(PLOTS) == set(plotting.__all__) - {
        "COLOURS",
        "LINESTYLES",
        "MARKERS",
        "describe",
        "show",
        "title_for",
        "use_style",
    }


@pytest.mark.parametrize("name", PLOTS)
def test_plot_is_labelled_and_nothing_is_clipped(name):
    ax = draw(name, figsize=(6, 3.2))
    assert ax.get_title(loc="left").replace("\n", " ") == FINDING
    assert ax.get_xlabel()
    # Where rows have names, those names are the labels of the axis.
    assert ax.get_ylabel() or all(not text.get_text().isdigit() for text in ax.get_yticklabels())
    if legend := ax.get_legend():
        # Outside the axes a legend covers no data.
        assert legend.get_window_extent().x0 >= ax.get_window_extent().x1
    page = ax.figure.bbox.padded(1)
    for part in ax.figure.axes:
        everything = part.get_tightbbox()
        assert page.contains(*everything.min), everything
        assert page.contains(*everything.max), everything
        for text in part.texts:
            box = Text.get_window_extent(text)
            assert page.contains(*box.min), text
            assert page.contains(*box.max), text


def median_end(name):
    return np.median(CURVES[name], axis=0)[-1]


# What a description has to say, worked out from the data of the table.
STATES = np.tanh(np.outer(np.arange(STEPS) - 6, [1, -1, 0.2]))
SAID = {
    "perplexity_curves": ["LSTM from 8,000 at update 0 to 210 at update 400", "unigrams 700; trigrams 190"],
    "shared_runs": ["temperature 0.5: 5 to 12, median 7", "temperature 1: 3 to 4, median 3"],
    "ablation_strip": ["best cell: −2.0", "−0.3 to +0.1", "best ten: −10.0"],
    "accuracy_by_group": ["1 star: 90.0 %", "2: 80.0 %", "all reviews, 85.0 %"],
    "accuracy_by_rung": ["82.0 % (“script”)", "best is “mask” with 84.0 %", "a linear model, 90.0 %"],
    "accuracy_by_seconds": [
        "“bigrams” with 90.0 % after 90 seconds",
        "dearest is “script” with 82.0 % after 400",
    ],
    "annotated_trace": [f"from {PROBABILITIES[0]:.1g} to {PROBABILITIES[-1]:.1g}", "at “one”: out"],
    "cost_by_size": [
        f"grows {25000 / 1000:.0f} times",
        "from 4 at",
        "to 55 at",
        f"{55 / 4:.1f} times as much",
    ],
    "deletion_curves": ["occlusion 2.5", f"random words {np.mean([0.2, 0.3]):.2f} (0.2 to 0.3 over 2 draws)"],
    "gain_by_rung": ["0 of 1 changes", "+2.0 points, by “mask”"],
    "gate_heatmap": [f"from {0.1 * 0.2:.2f} to {0.9:.1f}", f"to {PROBABILITIES.mean():.2f}"],
    "reliability": ["20.0 % where 10.0 % is", "80.0 % where 90.0 % is", "+10.0 points", "(50 reviews)"],
    "running_prediction": ["50.0 % before the first word to 90.0 %", f"{100 * (0.2 - 0.5):+.1f}"[1:], "“it”"],
    "eigenvalues_in_plane": [
        "disc: 2, moduli from 0.3 to 0.5",
        "ring: 5, moduli from 0.95 to 0.95",
        "modulus 0.9 and 1",
    ],
    "recall_by_pairs": ["a vector 100.0 % at pairs 1, 60.0 % at 8", "Guessing: 1.6 %"],
    "cost_by_length": ["attention from 1,280 at length 10 to 128,000 at length 1,000", "LSTM from 128 at length 10"],
    "hidden_states": [f"{STATES.shape[1]} units over {STEPS} time steps", "from −1 to 1"],
    "gate_traces": ["Forget gate 0.5 throughout", "hidden state 0.5 throughout"],
    "gradient_by_lag": [f"to {median_end('LSTM, forget bias 3'):.3g} at lag 29", "to 3.2e-05 at lag 29"],
    "singular_values": ["from 1 at lag 1", f"to {0.5**39:.1e} at lag 40", f"from {0.5**7:.3g} at lag 1"],
    "accuracy_by_lag": ["SimpleRNN 95.0 % at lag 5, 55.0 % at 50", "chance, 50.0 %"],
    "learning_curves": ["from 0.5 at epoch 1 to 0.1 at epoch 3", "lowest 0.38 at epoch 2", "Marked: epoch 2"],
    "accuracy_ladder": [f"{label}: {100 * accuracy:.1f} %" for label, accuracy, *_ in LADDER],
    "cost_bars": ["with recurrent_dropout: 3.2", "without: 1"],
    "accuracy_by_seed": [f"best: median {100 * np.median([0.85, 0.84]):.1f} %, 84.0 to 85.0 (2 seeds)"],
    "accuracy_changes": ["LSTM: −2.9", "bag of words: +0.0"],
    "zipf": ["1,000 words", "from 10,000 at rank 1 to 10 at rank 1,000", "slope −1."],
    "lengths": [
        f"training median {np.median([20, 150, 300, 190]):.0f}, 20 to 300",
        "75 % are longer than 100",
    ],
    "coverage": ["from 40.0 % at num_words 100 to 98.0 % at num_words 40,000", "95.0 % at 20,000"],
    "embedding_heatmap": ["pad, the and film", "−1 (pad, column 0) to 1 (film, column 3)"],
    "sequence_grid": ["5 time steps", "A is not 0 at step 0", "go is not 0 at steps 3 and 4"],
    "success_by_length": ["SimpleRNN 95.0 % at length 5, 55.0 % at 50", "a training at length 5"],
    "joins_by_round": ["3 steps in 2 rounds", "joins in each round: 2, 1"],
    "success_by_lag": ["SimpleRNN 95.0 % at lag 5, 55.0 % at 50", "chance, 25.0 %"],
    "token_grid": ["2 reviews by 4 time steps", "review 1 has 2 pads in front", "review 2 has no pads"],
}


@pytest.mark.parametrize("name", PLOTS)
def test_alt_text_says_the_finding_and_its_numbers(name):
    words = alt_text(draw(name).figure)
    assert words.startswith(f"{FINDING}. ")
    spoken = words.removeprefix(FINDING)
    assert any(letter.isdigit() for letter in spoken)
    assert spoken.endswith(".")
    missing = [part for part in SAID.get(name, []) if part not in spoken]
    assert not missing, spoken


def test_an_axes_without_a_description_is_refused():
    figure, (one, other) = plt.subplots(1, 2)
    plotting.cost_bars(one, [("a", 2.0)], title="Twice")
    assert alt_text(figure).startswith("Twice. ")  # nothing is drawn on the other
    other.plot([1, 2])
    other.set_title("Bare")
    with pytest.raises(ValueError, match=r"^figure: the axes 'Bare' has no description; see describe\(ax, text\)$"):
        alt_text(figure)


def test_twins_and_colour_bars_need_no_description():
    figure, (one, other, bar) = plt.subplots(1, 3)
    one.plot([1, 2])
    one.twinx().plot([3, 4])
    figure.colorbar(other.imshow([[1, 2]]), cax=bar)
    figure.suptitle("Both")
    one.set_title("Why?")
    describe(one, "A line.")
    describe(other, "A row.")
    assert alt_text(figure) == "Both. Why? A line. A row."


def test_numbers_and_lists_are_written_as_in_a_sentence():
    assert [written(value) for value in (0, -0.0, 12000, 0.8451, -2.5, 0.00041)] == [
        "0",
        "0",
        "12,000",
        "0.845",
        "−2.5",
        "4.1e-04",
    ]
    assert [listed(parts) for parts in ("a", "ab", "abc")] == ["a", "a and b", "a, b and c"]
    assert from_to([0, 60], [1, 0.004], at="lag") == "from 1 at lag 0 to 0.004 at lag 60"
    assert from_to([3], [1], at="lag") == "1 at lag 3"
    assert each_at([2, 10, 60], [1, 0.5, 0.004], at="lag") == "1 at lag 2, 0.5 at 10, 0.004 at 60"


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("gradient_by_lag", [*CURVES, "predicted"]),
        ("accuracy_by_lag", ["chance", "SimpleRNN", "LSTM"]),
        ("zipf", ["words", "fitted line, slope −1.00"]),
        ("lengths", ["training", "test", "cut at 100 tokens:\n75 % are longer"]),
    ],
)
def test_legend_entries_are_the_curves(name, entries):
    assert [text.get_text() for text in draw(name).get_legend().get_texts()] == entries


def test_hidden_states_shows_units_by_time_around_zero():
    states = np.array([[0.1, -0.9], [0.2, 0.3], [0.0, 0.4]])
    image = draw("hidden_states", states).images[0]
    np.testing.assert_array_equal(image.get_array(), states.T)
    assert image.get_clim() == (-0.9, 0.9)


def test_constant_inputs_draw_without_a_warning():
    draw("hidden_states", np.zeros((3, 2)))
    draw("singular_values", np.ones((3, 2)))
    draw("gate_traces", {"forget_gate": np.ones(1)})
    draw("lengths", np.full(10, 100))


def test_gate_traces_names_each_line_once_and_apart():
    ax = draw("gate_traces")
    labels = [text for text in ax.texts if text.get_text()]
    assert {text.get_text() for text in labels} == {gate.replace("_", " ") for gate in GATES}
    # Of the words alone: an annotation's own extent takes in its line.
    boxes = [Text.get_window_extent(text) for text in labels]
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert [to_hex(line.get_color()).upper() for line in ax.lines] == [COLOURS[gate] for gate in GATES]
    assert [line.get_marker() for line in ax.lines] == [MARKERS[gate] for gate in GATES]


def test_gate_traces_say_at_which_token_gates_open_and_states_jump():
    traces = {
        "input_gate": [0.9, 0.1, 0.1, 0.2, 0.8, 0.1],
        "forget_gate": [1.0, 0.9, 0.9, 0.0, 0.9, 1.0],
        "output_gate": [0.1, 0.2, 0.1, 0.1, 0.1, 0.1],
        "cell_state": [1.0, 1.0, 0.9, 0.0, -1.0, -1.0],
    }
    text = alt_text(draw("gate_traces", traces, tokens=["write", "·", "ask", "wipe", "write", "·"]).figure)
    assert "Input gate between 0.1 and 0.9, highest at “write” (step 0)" in text
    assert "above 0.5 only at “write” (steps 0 and 4)" in text
    assert "below 0.5 only at “wipe” (step 3)" in text
    assert "highest at “·” (step 1), below 0.5 throughout" in text
    assert "it jumps to 0 at “wipe” (step 3) and to −1 at “write” (step 4)" in text
    text = alt_text(draw("gate_traces", {"forget_gate": np.linspace(0, 1, 20)}).figure)
    assert "highest at step 19, above 0.5 at 10 steps" in text


def test_gates_alone_have_the_range_of_a_gate():
    ax = draw("gate_traces", {"forget_gate": np.full(4, 0.9)})
    assert ax.get_ylim() == (-0.05, 1.05)
    assert "0 shut, 1 open" in ax.get_ylabel()


def test_gradient_by_lag_draws_the_median_on_a_log_axis():
    ax = draw("gradient_by_lag")
    assert ax.get_yscale() == "log"
    np.testing.assert_allclose(ax.lines[1].get_ydata(), np.median(CURVES["LSTM, forget bias 0"], axis=0))
    assert to_hex(ax.lines[0].get_color()).upper() == COLOURS["rnn"]
    assert len({(line.get_color(), line.get_marker()) for line in ax.lines[:3]}) == 3
    assert ax.lines[3].get_linestyle() == "--"


def test_gradients_that_vanish_to_zero_leave_a_gap():
    norms = np.array([[1.0, 0.1, 0.0], [1.0, 0.2, 0.0]])
    line = draw("gradient_by_lag", {"SimpleRNN": norms}).lines[0]
    assert np.isnan(line.get_ydata()[2])


def test_singular_values_counts_lags_and_values_from_one():
    ax = draw("singular_values", np.array([[1.0, 0.5], [0.5, 0.0], [0.25, 0.0]]))
    assert ax.images[0].get_extent() == [0.5, 3.5, 2.5, 0.5]


def test_accuracy_by_lag_draws_median_and_range():
    ax = draw("accuracy_by_lag")
    np.testing.assert_allclose(ax.lines[0].get_ydata(), [95, 55])
    bars = ax.collections[0].get_segments()
    np.testing.assert_allclose([bar[:, 1] for bar in bars], [[90, 100], [50, 60]])


def test_learning_curves_marks_the_lowest_value_with_whole_ticks():
    ax = draw("learning_curves")
    star = next(line for line in ax.lines if line.get_marker() == "*")
    assert (star.get_xdata()[0], star.get_ydata()[0]) == (2, 0.38)
    assert {text.get_text() for text in ax.texts} == {"training", "validation", "★ best: epoch 2"}
    assert all(float(tick).is_integer() for tick in ax.get_xticks())


def test_learning_curves_says_test_where_it_is_the_test_set():
    ax = draw("learning_curves", {"loss": [0.5, 0.3], "test_loss": [0.4, 0.5], "accuracy": [0.7, 0.8]})
    assert {text.get_text() for text in ax.texts} == {"training", "test"}


def test_ladder_keeps_its_order_and_writes_the_values():
    ax = draw("accuracy_ladder")
    assert [text.get_text() for text in ax.get_yticklabels()] == [row[0] for row in LADDER]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    assert [text.get_text() for text in ax.texts] == ["50.0 %", "78.0 %", "84.0 %", "88.1 %"]


def test_cost_bars_start_at_zero():
    ax = draw("cost_bars")
    assert ax.get_xlim()[0] == 0
    assert [text.get_text() for text in ax.texts] == ["× 3.2", "× 1"]


def test_seeds_are_all_drawn_on_their_row():
    ax = draw("accuracy_by_seed")
    marks = [line.get_xydata() for line in ax.lines]
    assert [row[:, 0].tolist() for row in marks] == [[85, 84], [81, 79]]
    assert [row[:, 1].round().tolist() for row in marks] == [[0, 0], [1, 1]]
    assert all(len(set(row[:, 1])) == 2 for row in marks)  # equal seeds are seen apart


def test_a_model_without_a_seed_has_one_mark_on_its_row():
    _, ax = plt.subplots()
    plotting.accuracy_by_seed(ax, [("LSTM", [0.85, 0.84], "lstm"), ("words", [0.88], "baseline")], title="t")
    assert ax.lines[1].get_xydata().tolist() == [[88, 1]]
    assert description(ax).endswith("words: 88.0 %.")


def test_changes_start_at_zero_and_write_their_sign():
    ax = draw("accuracy_changes")
    assert [bar.get_width() for bar in ax.patches] == [pytest.approx(-2.9), 0]
    assert [text.get_text() for text in ax.texts] == ["−2.9", "+0.0"]


def test_changes_of_several_seeds_are_marked_on_the_bar_of_their_mean():
    _, ax = plt.subplots()
    plotting.accuracy_changes(ax, [("LSTM", np.array([-0.03, -0.01, 0.01]), "lstm")], title="t")
    assert [bar.get_width() for bar in ax.patches] == [pytest.approx(-1)]
    marks = next(line.get_xydata() for line in ax.lines if line.get_marker() == "o")
    np.testing.assert_allclose(marks[:, 0], [-3, -1, 1])
    assert len(set(marks[:, 1])) == 3  # equal seeds are seen apart
    assert description(ax).endswith("LSTM: −1.0, −3.0 to +1.0 (3 seeds).")


def test_zipf_recovers_the_slope_in_any_order():
    counts = np.random.default_rng(1).permutation(1e6 * np.arange(1.0, 501) ** -1.3)
    assert draw("zipf", counts).get_legend().get_texts()[1].get_text() == "fitted line, slope −1.30"


def test_lengths_counts_every_review():
    lengths = np.random.default_rng(2).integers(11, 2495, size=500)
    ax = draw("lengths", lengths)
    outline = ax.collections[0].get_paths()[0].vertices
    assert outline[:, 1].max() <= 500
    assert ax.get_legend().get_texts()[1].get_text().endswith(f"{100 * np.mean(lengths > 100):.0f} % are longer")


def test_coverage_reads_the_chosen_size_off_the_curve():
    ax = draw("coverage", SIZES, [0.4, 0.7, 0.92, 0.98], chosen=10000)
    assert ax.texts[0].get_text() == "★ num_words = 10,000:\n92.0 % of tokens"


def test_token_grid_marks_pads_and_nothing_else():
    ax = draw("token_grid")
    assert sum(bool(patch.get_hatch()) for patch in ax.patches) == np.sum(IDS == 0)
    texts = [text.get_text() for text in ax.texts]
    assert texts[:4] == ["pad\n0", "pad\n0", "START\n1", "this\n14"]


def test_embedding_heatmap_writes_no_negative_zero():
    ax = draw("embedding_heatmap", [[-0.001, 1.0]], row_labels=["the"])
    assert ax.texts[0].get_text() == "0.00"


@pytest.mark.parametrize(("kind", "mark"), [("built-in", True), ("archive", False), ("keras", False)])
def test_title_says_when_the_reviews_are_built_in(kind, mark):
    title = plotting.title_for("Most are long", SimpleNamespace(kind=kind, published=not mark))
    assert title == ("Most are long (built-in reviews)" if mark else "Most are long")


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.floats(0.01, 0.12))
def test_labels_are_spread_in_order_and_inside(positions, gap):
    placed = spread(positions, gap)
    order = np.argsort(positions, kind="stable")
    assert np.all(np.diff(placed[order]) >= gap - 1e-9)
    assert placed.max() <= 1 + 1e-9
    assert placed.min() >= -1e-9


def test_labels_with_room_stay_where_they_are():
    np.testing.assert_array_equal(spread([0.9, 0.1, 0.5], 0.1), [0.9, 0.1, 0.5])


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "message"),
    [
        ("hidden_states", (np.zeros(3),), {}, r"states: .*shape \(time, units\), found shape \(3,\)"),
        ("hidden_states", (np.zeros((0, 3)),), {}, r"states: expected a non-empty array"),
        ("hidden_states", ([[np.nan]],), {}, r"states: expected finite numbers"),
        ("hidden_states", ([[1, 2], [3]],), {}, r"states: .*rows of unequal length"),
        (
            "hidden_states",
            (np.zeros((3, 2)),),
            {"tokens": ["a"]},
            r"tokens: expected 3, one per time step, found 1",
        ),
        ("gate_traces", ({},), {}, r"traces: expected a dict"),
        (
            "gate_traces",
            ({"a": [1, 2], "b": [1]},),
            {},
            r"traces: 'b' has 1 time steps, the first trace has 2",
        ),
        ("gate_traces", ({"a": [[1]]},), {}, r"traces\['a'\]: .*found shape \(1, 1\)"),
        ("gradient_by_lag", ({"a": [1.0]},), {}, r"curves\['a'\]: .*\(draws, lags\), found shape \(1,\)"),
        (
            "gradient_by_lag",
            ({"a": [[-1.0]]},),
            {},
            r"curves\['a'\]: expected values of 0 or more, found -1.0",
        ),
        (
            "gradient_by_lag",
            ({"a": [[1]]},),
            {"predicted": {"b": [1]}},
            r"predicted: 'b' is not a label of curves",
        ),
        ("singular_values", (np.zeros((2, 2)),), {}, r"values: every singular value is 0"),
        ("accuracy_by_lag", ({"a": {1: [1.2]}},), {"chance": 0.5}, r"curves\['a'\]\[1\]: expected fractions"),
        (
            "learning_curves",
            ({"val_loss": [1]},),
            {},
            r"history: 'loss' is missing; its keys are \['val_loss'\]",
        ),
        ("accuracy_ladder", ([],), {}, r"rows: expected at least one row of 5 entries"),
        (
            "accuracy_ladder",
            ([("a", 0.5, 0.4, 0.6, "svm")],),
            {},
            r"rows: 'a' has kind 'svm'; expected one of",
        ),
        ("accuracy_ladder", ([("a", 84, 83, 85, "lstm")],), {}, r"rows: 'a' needs 0 <= low <= accuracy"),
        ("cost_bars", ([("a", 0)],), {}, r"rows: 'a' needs a ratio above 0, found 0"),
        ("accuracy_by_seed", ([("a", [1.2], "test")],), {}, r"rows: 'a': .*0 to 1"),
        ("zipf", ([5],), {}, r"counts: expected at least 2 words"),
        ("zipf", ([5, 0],), {}, r"counts: expected values of 1 or more, found 0"),
        ("lengths", ([[1, 2]],), {}, r"lengths\['all reviews'\]: .*\(reviews,\)"),
        ("coverage", ([1, 2], [0.5]), {}, r"share: expected \(2,\), one value per num_words, found \(1,\)"),
        ("coverage", ([2, 1], [0.5, 0.6]), {}, r"num_words: expected rising sizes"),
        (
            "embedding_heatmap",
            ([[1.0]],),
            {"row_labels": []},
            r"row_labels: expected 1, one per row of matrix",
        ),
        ("token_grid", ([[1.5]],), {}, r"ids: expected integers, found float64"),
        ("token_grid", ([[1, 2]],), {"labels": ["a"]}, r"labels: expected one word per id, shape \(1, 2\)"),
    ],
)
def test_bad_input_names_the_argument(name, args, kwargs, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        draw(name, *args, **kwargs)
