"""What the notebook says of the rungs follows from their accuracies."""

import numpy as np
import pytest
from scipy import stats

from lstm_course import ladder
from lstm_course.ladder import climb, rungs


@pytest.fixture(scope="module")
def made():
    return climb.Climb(ladder.stored())


def test_the_interval_is_that_of_a_t_test():
    values = [0.81, 0.84, 0.82]
    interval = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert climb.half_width(values) == pytest.approx((interval.high - interval.low) / 2)
    assert climb.in_points(values) == f"+82.3 ± {50 * (interval.high - interval.low):.1f}"


def test_one_seed_has_no_interval():
    with pytest.raises(ValueError, match=r"^found 1 value: an interval over seeds needs two at least$"):
        climb.half_width([0.8])


@pytest.mark.parametrize(("gains", "clear"), [([0.01, 0.011, 0.012], 1), ([0.01, 0.0, 0.03], 0), ([-0.01, -0.01], 0)])
def test_a_gain_is_clear_where_its_interval_lies_above_zero(gains, clear):
    assert climb.is_clear(gains) == clear


def test_gains_add_up_from_rung_to_rung(made):
    whole = made.gains(made.names[-1], over=made.names[0])
    np.testing.assert_allclose(sum(made.gains(name) for name in made.names[1:]), whole, atol=1e-12)


def test_a_rung_is_told_beside_the_one_below(made):
    first, second, third = made.say("mask").splitlines()
    assert first == "rung 3 · " + rungs.rung("mask").change
    assert second.startswith(f"    accuracy {np.mean(made.rows['mask']['accuracies']):.1%} ± ")
    assert third.endswith(" points over rung 2 (400 words)")


def test_the_figures_get_every_rung_in_its_order(made):
    labels = [row[0] for row in made.accuracy_rows()]
    assert labels == [f"{number}  {rung.name}" for number, rung in enumerate(rungs.LADDER)]
    assert [point[1] for point in made.price_points()] == [rung.name for rung in rungs.LADDER]
    assert [row[0] for row in made.gain_rows()] == labels
    assert made.gain_rows()[0][1:] == (None, None)
    for (_, gain, half), name in zip(made.gain_rows()[1:], made.names[1:], strict=True):
        assert f"{100 * gain:+.1f} ± {100 * half:.1f}" == climb.in_points(made.gains(name))
