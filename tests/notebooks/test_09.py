"""What notebook 09 defines itself agrees with the package or a second derivation, and its tables are consistent."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course.ladder import layers, rungs, stored
from lstm_course.models.quiet import keras

ERRORS = {  # in per cent, as the papers print them
    "Maas et al.": 11.11,
    "Mesnil et al.": 7.43,
    "Johnson and Zhang": 5.94,
    "Miyato et al.": 5.91,
    "Howard and Ruder": 4.6,
    "Bingyu and Arefyev": 6.32,
}


@pytest.fixture(scope="module")
def notebook():
    return namespace(
        "09_beating_the_baseline",
        *("setup", "exercise-max-solution", "rung-pooling-code", "exercise-bidirectional-solution"),
        *(
            "rung-segments-code",
            "exercise-average-solution",
            "minlstm-scan",
            "minlstm-scan-rounds",
            "exercise-differ-solution",
        ),
        "published-table",
    )


@settings(max_examples=20, deadline=None)
@given(time=st.integers(1, 40), seed=st.integers(0, 99))
def test_the_scan_is_the_loop_in_as_many_rounds_as_doublings(notebook, time, seed):
    rng = np.random.default_rng(seed)
    keep, added = rng.uniform(-1, 1, size=(2, time, 3)), rng.normal(size=(2, time, 3))
    given_keep = keep.copy()
    scanned, rounds = notebook["scan"](keep, added)
    np.testing.assert_allclose(scanned, notebook["loop"](keep, added), atol=1e-12)
    np.testing.assert_array_equal(keep, given_keep)
    assert rounds == math.ceil(math.log2(time))


def test_the_loop_is_a_geometric_sum_where_the_gate_is_constant(notebook):
    states = notebook["loop"](np.full((1, 20, 1), 0.5), np.ones((1, 20, 1)))
    np.testing.assert_allclose(states[0, :, 0], 2 * (1 - 0.5 ** np.arange(1, 21)), rtol=1e-12)


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
    for start in range(0, 12, 4):
        alone = layer(inputs[:, start : start + 4])
        np.testing.assert_allclose(chopped[:, start : start + 4], alone, atol=1e-6)


def test_the_published_accuracies_are_the_printed_errors(notebook):
    best = {authors: accuracy for _, authors, _, _, accuracy in sorted(notebook["PUBLISHED"], key=lambda row: row[-1])}
    for authors, error in ERRORS.items():
        assert best[authors] == pytest.approx(1 - error / 100, abs=1e-9), authors
    assert {row[3] for row in notebook["PUBLISHED"]} == {"none", "unlabelled", "outside"}


def test_the_stored_table_is_of_the_rungs_there_are():
    table = stored()
    for row in table["rungs"] + table["tried"]:
        assert row["change"] == rungs.rung(row["name"]).change
        assert len(row["accuracies"]) == len(table["made"]["seeds"])
