"""The plots of padding and of distance say in words what they show."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.plotting import state_distance, success_by_distance
from lstm_course.plotting.display import alt_text

pytestmark = pytest.mark.usefixtures("course_style")


@pytest.fixture
def ax(course_style):
    return plt.subplots()[1]


def test_a_state_that_is_wiped_out_is_said_to_be_below_the_floor(ax):
    curves = {"read": 0.04 * 0.1 ** np.maximum(0, np.arange(60) - 20), "masked": np.full(60, 0.04)}
    assert state_distance(ax, curves, last_word=20, title="Wiped out") is ax
    text = alt_text(ax.figure)
    assert text.startswith("Wiped out. ")
    assert "the last word is at step 20" in text
    assert "read: 0.04 at the last word, below 1e-12 at step 59" in text
    assert "masked: 0.04 at the last word, 0.04 at step 59" in text
    assert ax.get_ylim() == (1e-12, 1)


def test_a_negative_distance_is_refused(ax):
    with pytest.raises(ValueError, match=r"curves\['a'\]: expected values of 0 or more"):
        state_distance(ax, {"a": [-1.0]}, last_word=0, title="x")


def test_success_by_distance_names_every_mean(ax):
    success_by_distance(ax, {"GRU": {5: [1.0, 0.98], 20: [0.5, 0.52]}}, title="Too far", chance=0.5)
    said = "GRU 99.0 % at distance 5, 51.0 % at 20 (seeds from 98 to 100, 50 to 52). Dotted line: chance, 50.0 %"
    assert said in alt_text(ax.figure)
    assert "words" in ax.get_xlabel()
