"""Notebook 08's own definitions are the package's, and no review is stored in it."""

from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from notebook_cells import NOTEBOOKS, namespace

from lstm_course import interpret, models

NAME = "08_inside_the_lstm"


class Silent(SimpleNamespace):
    """Stand in for the exercises: the solutions are checked in their own tests."""

    def __getattr__(self, name):
        return lambda *_args, **_kwargs: None


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def solution(cell, name, **given):
    return namespace(NAME, cell, np=np, nb08=Silent(), **given)[name]


def test_auc(rng):
    values, labels = rng.integers(0, 5, 40), rng.integers(0, 2, 40)
    own = solution("exercise-auc-solution", "auc")
    assert own(values, labels) == pytest.approx(interpret.auc(values, labels), abs=1e-12)


def test_expected_calibration_error(rng):
    probabilities, y_test = rng.random(200), rng.integers(0, 2, 200)
    probabilities[:2] = 0, 1
    given = {"probabilities": probabilities, "y_test": y_test, "interpret": interpret}
    own = solution("exercise-calibration-solution", "expected_calibration_error", **given)
    for bins in (1, 7, 10):
        assert own(probabilities, y_test, bins) == pytest.approx(
            interpret.expected_calibration_error(probabilities, y_test, bins), abs=1e-12
        )


def test_occlusion(rng):
    model = models.lean_lstm(vocabulary=20)
    ids = rng.integers(2, 20, 6)
    own = solution("exercise-occlusion-solution", "occlusion")
    found = own(lambda rows: interpret.log_odds(model, rows), ids, 2)
    np.testing.assert_allclose(found, interpret.occlusion(model, ids), atol=1e-5)


def test_p_value_by_hand():
    own = solution("exercise-ablation-solution", "p_value")
    assert own(0.02, [0.01, 0.02, 0.03]) == 0.75
    assert own(0.04, [0.01, 0.02, 0.03]) == 0.25


def test_no_review_is_stored():
    notebook = nbformat.read(NOTEBOOKS / f"{NAME}.ipynb", as_version=4)
    (live,) = (cell for cell in notebook.cells if cell.id == "live")
    assert live.source.startswith("which = None")
    assert [output.text for output in live.outputs] == [
        "Set which to 0 for the surest mistake, and run this cell again.\n"
    ]
    # A review has some 230 words; nothing that a cell prints is as long as that.
    printed = [output.text for cell in notebook.cells for output in cell.get("outputs", []) if "text" in output]
    assert max(len(line.split()) for text in printed for line in text.splitlines()) < 40
