"""What notebook 00 shows: words as they were written, and changes that add up."""

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

from lstm_course import models, plotting
from lstm_course.interpret import welcome
from lstm_course.models import in_numpy
from lstm_course.plotting.display import alt_text

REVIEW = '"Dull" at first, then: wonderful!'


@pytest.fixture(scope="module")
def trained():
    return in_numpy.load("source")


@pytest.fixture
def watched(trained):
    return welcome.watch(REVIEW, *trained)


def test_words_are_those_that_were_written(watched):
    assert watched.words == ['"Dull"', "at", "first,", "then:", "wonderful!"]
    assert watched.labels == ["Dull", "at", "first", "then", "wonderful"]


def test_the_changes_lead_from_the_start_to_the_models_own_score(watched, trained):
    model, word_index = trained
    expected = model.score(REVIEW, word_index)
    assert watched.probabilities[-1] == pytest.approx(expected, abs=1e-5)
    assert watched.before + watched.changes.sum() / 100 == pytest.approx(expected, abs=1e-5)
    assert abs(watched.changes[watched.turn]) == abs(watched.changes).max()


def test_what_the_cells_add_is_the_log_odds(watched, trained):
    model, word_index = trained
    log_odds = watched.totals[-1].sum() + model.dense_bias
    assert 1 / (1 + np.exp(-log_odds)) == pytest.approx(model.score(REVIEW, word_index), abs=1e-6)
    np.testing.assert_allclose(np.diff(watched.totals, axis=0), watched.moves[1:], atol=1e-6)


def test_a_long_review_is_read_from_its_hundredth_word_from_the_end(trained):
    watched = welcome.watch("A dull film. " * 40 + "But wonderful.", *trained)
    assert len(watched.words) == models.MAXLEN
    assert watched.words[-2:] == ["But", "wonderful."]
    assert watched.before is None
    assert watched.changes[0] == 0
    assert "before the first word" not in str(watched)


def test_an_unknown_word_is_kept_and_named(trained):
    watched = welcome.watch("A xyzzy film", *trained)
    assert watched.words == ["A", "xyzzy", "film"]
    assert "Not in the model's vocabulary: xyzzy." in watched.coloured().caption


def test_the_figure_shows_both_curves(watched):
    plotting.use_style()
    figure = watched.figure()
    top, bottom = figure.axes
    np.testing.assert_allclose(top.lines[1].get_ydata(), 100 * watched.probabilities)
    np.testing.assert_allclose(bottom.lines[1].get_ydata(), watched.totals[:, watched.cell])
    assert top.get_title(loc="left").endswith(f"The strongest word: “{watched.labels[watched.turn]}”")
    spoken = alt_text(figure)
    assert f"The strongest word: “{watched.labels[watched.turn]}”" in spoken
    assert f"{watched.totals[watched.turn, watched.cell]:.2f} in the ring" in spoken
    plt.close(figure)


@pytest.mark.parametrize(
    ("review", "message"), [("", "the review is empty"), ("xyzzy", "which the model does not know")]
)
def test_a_review_that_says_nothing_is_refused(trained, review, message):
    with pytest.raises(ValueError, match=message):
        welcome.watch(review, *trained)
