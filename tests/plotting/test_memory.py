"""The plots of notebook 05: the interval equals SciPy's, and what is drawn is what was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lstm_course.plotting import sequence_grid, success_by_lag
from lstm_course.plotting.memory import mean_interval

pytestmark = pytest.mark.usefixtures("course_style")


@pytest.fixture
def ax(course_style):
    return plt.subplots()[1]


class TestMeanInterval:
    @given(st.lists(st.floats(0, 1), min_size=2, max_size=10).filter(lambda values: np.std(values) > 1e-6))
    def test_it_is_students_interval_within_0_and_1(self, values):
        mean, low, high = mean_interval(values)
        expected = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
        assert mean == pytest.approx(np.mean(values))
        assert [low, high] == pytest.approx(np.clip(expected, 0, 1))

    def test_one_value_and_equal_values_have_no_width(self):
        assert mean_interval([0.7]) == (0.7, 0.7, 0.7)
        assert mean_interval([1.0, 1.0, 1.0]) == (1, 1, 1)

    def test_what_is_no_fraction_is_refused(self):
        with pytest.raises(ValueError, match=r"values: expected fractions from 0 to 1, found 80\.0"):
            mean_interval([70.0, 80.0])


class TestSuccessByLag:
    def test_it_draws_means_intervals_and_chance(self, ax):
        curves = {"SimpleRNN": {5: [1.0, 0.8], 40: [0.2, 0.2]}, "LSTM": {5: [1.0, 1.0], 40: [0.9, 1.0]}}
        assert success_by_lag(ax, curves, title="A finding", chance=0.25) is ax
        rnn, lstm, chance = (line for line in ax.lines if line.get_linestyle() != "None")
        assert rnn.get_ydata() == pytest.approx([90, 20])
        assert lstm.get_ydata() == pytest.approx([100, 95])
        assert list(chance.get_ydata()) == [25, 25]
        assert rnn.get_color() != lstm.get_color()
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["5", "40"]
        assert ax.get_title(loc="left") == "A finding"

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
