"""The plots of notebook 05: what is drawn is what was given."""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course.plotting import sequence_grid, success_by_lag
from lstm_course.plotting.display import description

pytestmark = pytest.mark.usefixtures("course_style")


@pytest.fixture
def ax(course_style):
    return plt.subplots()[1]


class TestSuccessByLag:
    def test_it_draws_every_seed_their_means_and_chance(self, ax):
        curves = {"SimpleRNN": {5: [1.0, 0.8], 40: [0.2, 0.2]}, "LSTM": {5: [1.0, 1.0], 40: [0.9, 1.0]}}
        assert success_by_lag(ax, curves, title="A finding", chance=0.25) is ax
        drawn = [line for line in ax.lines if len(line.get_ydata())]
        rnn, lstm, chance = (line for line in drawn if line.get_linestyle() != "None")
        assert rnn.get_ydata() == pytest.approx([90, 20])
        assert lstm.get_ydata() == pytest.approx([100, 95])
        assert list(chance.get_ydata()) == [25, 25]
        assert rnn.get_color() != lstm.get_color()
        seeds = [line.get_ydata().tolist() for line in drawn if line.get_linestyle() == "None"]
        assert seeds == [[100, 80], [20, 20], [100, 100], [90, 100]]
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["5", "40"]
        assert ax.get_title(loc="left") == "A finding"

    def test_seeds_of_equal_success_stay_apart(self, ax):
        curves = {label: {lag: [1.0] * 5 for lag in (2, 3, 5, 8)} for label in ("SimpleRNN", "LSTM", "GRU")}
        success_by_lag(ax, curves, title="x", chance=0.5)
        marks = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) and line.get_linestyle() == "None"]
        places = np.log(np.sort(np.concatenate(marks)))
        assert len(places) == 3 * 4 * 5
        assert np.diff(places).min() > 0.01
        by_lag = [sorted(np.log(np.concatenate(marks[n::4]))) for n in range(4)]
        assert all(low[-1] < high[0] for low, high in pairwise(by_lag))

    def test_it_says_the_range_of_the_seeds(self, ax):
        success_by_lag(ax, {"GRU": {5: [1.0, 0.8], 40: [0.2, 0.2]}}, title="x", chance=0.25)
        said = "GRU 90.0 % at lag 5, 20.0 % at 40 (seeds from 80 to 100, 20 to 20)"
        assert said in description(ax)

    def test_a_success_above_one_is_refused(self, ax):
        with pytest.raises(ValueError, match="expected fractions from 0 to 1"):
            success_by_lag(ax, {"LSTM": {5: [1.2]}}, title="x", chance=0.5)

    def test_no_curves_are_refused(self, ax):
        with pytest.raises(ValueError, match="curves: expected a dict"):
            success_by_lag(ax, {}, title="x", chance=0.5)


class TestSequenceGrid:
    def test_a_row_for_each_feature(self, ax):
        inputs = np.arange(8).reshape(4, 2) / 8
        assert sequence_grid(ax, inputs, features=["value", "mark"], title="x") is ax
        (image,) = ax.images
        assert np.array_equal(image.get_array(), inputs.T)
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["value", "mark"]

    def test_a_missing_name_is_refused(self, ax):
        with pytest.raises(ValueError, match="features: expected 2, one per feature, found 1"):
            sequence_grid(ax, np.zeros((4, 2)), features=["value"], title="x")
