"""What notebook 09 defines itself agrees with the package or a second derivation, and its tables are consistent."""

import re

import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import NOTEBOOKS, namespace

from lstm_course.ladder import climb, layers, rungs, stored
from lstm_course.models.quiet import keras

NAME = "09_beating_the_baseline"
ERRORS = {  # in per cent, as the papers print them
    "Dai and Le (2015)": 7.24,
    "Maas et al. (2011)": 11.11,
    "Mesnil et al. (2014)": 7.43,
    "Johnson and Zhang (2016)": 5.94,
    "Miyato et al. (2017)": 5.91,
    "Howard and Ruder (2018)": 4.6,
    "Bingyu and Arefyev (2022)": 6.32,
}


@pytest.fixture(scope="module")
def notebook():
    return namespace(
        NAME,
        *("setup", "exercise-max-solution", "rung-pooling-code", "exercise-bidirectional-solution"),
        *("rung-segments-code", "exercise-average-solution", "exercise-differ-solution"),
    )


def table(cell_id):
    """Return the rows of a cell's table, its header left out, as lists of their cells without emphasis."""
    cells = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4).cells
    (source,) = (cell.source for cell in cells if cell.id == cell_id)
    source = source.replace("\N{NO-BREAK SPACE}", " ")
    rows = [line.strip("|").split("|") for line in source.splitlines() if line.startswith("|")]
    return [[cell.strip(" *") for cell in row] for row in rows[2:]]


@settings(max_examples=10, deadline=None)
@given(words=st.lists(st.integers(1, 6), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_pooling_is_the_packages_and_sees_words_alone(notebook, words, seed):
    states = np.random.default_rng(seed).normal(size=(len(words), 6, 3))
    mask = np.arange(6) < np.array(words)[:, None]
    pooled = notebook["mean_and_max"](states, mask)
    np.testing.assert_allclose(layers.MeanAndMax()(states, mask), pooled, atol=1e-5)
    for row, count, review in zip(pooled, words, states, strict=True):
        np.testing.assert_allclose(row, np.r_[review[:count].mean(0), review[:count].max(0)], atol=1e-12)
    np.testing.assert_array_equal(notebook["masked_max"](states, mask), pooled[:, 3:])


def test_segments_are_read_as_reviews_of_their_own(notebook):
    layer = keras.layers.LSTM(3, return_sequences=True)
    inputs = np.random.default_rng(0).normal(size=(2, 12, 4)).astype("float32")
    chopped = notebook["read_in_segments"](layer, inputs, 4)
    np.testing.assert_array_equal(layers.InSegments(layer, 4)(inputs), chopped)
    for start in range(0, 12, 4):
        alone = layer(inputs[:, start : start + 4])
        np.testing.assert_allclose(chopped[:, start : start + 4], alone, atol=1e-6)


def test_the_table_of_rungs_not_told_says_what_is_stored():
    steps, rows = climb.Climb(stored()), table("others")
    for place, name, gain, _ in rows:
        digits = len(re.search(r"\.(\d+) ±", gain)[1])
        over = "soft labels" if place == "on 11" else None
        assert gain.replace("−", "-") == climb.in_points(steps.gains(name, over=over), digits), name
        assert place in ("on 11", str(steps.names.index(name) if not over else 0)), name
    assert {row[1] for row in rows if row[0] == "on 11"} == {rung.name for rung in rungs.TRIED}
    told = [cell.source for cell in nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4).cells]
    told = {int(number) for source in told for number in re.findall(r"^### Rung (\d+) · ", source, re.M)}
    untold = {int(row[0]) for row in rows if row[0] != "on 11"}
    assert sorted(told | untold) == list(range(1, len(rungs.LADDER)))
    assert not told & untold
    assert len(told) <= 8


def test_the_published_accuracies_are_the_printed_errors_and_what_the_text_says_of_them():
    rows = [(float(accuracy.rstrip(" %")), *rest) for accuracy, *rest in table("published-table")]
    assert rows == sorted(rows, key=lambda row: row[0])
    for result, error in ERRORS.items():
        assert max(row[0] for row in rows if row[1] == result) == pytest.approx(100 - error), result
    by_labels = [row for row in rows if row[3] == "nothing"]
    above = [row for row in rows if row[0] > by_labels[-1][0]]
    assert above
    assert all(row[3].startswith(("unlabelled", "outside")) for row in above)
    assert all("LSTM" in row[2] for row in rows[-4:])
    ours = [row["correct"] / row["reviews"] for row in stored()["test"] if row["kind"] == "ladder"]
    assert [row[0] for row in rows if row[1] == "rung 12"] == [round(100 * np.mean(ours), 2)]


def test_the_stored_table_is_of_the_rungs_there_are():
    stored_table = stored()
    for row in stored_table["rungs"] + stored_table["tried"]:
        assert row["change"] == rungs.rung(row["name"]).change
        assert len(row["accuracies"]) == len(stored_table["made"]["seeds"])
