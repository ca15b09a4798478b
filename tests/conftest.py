"""Fixtures that more than one test module uses."""

import importlib
import warnings

import pytest

from lstm_course.settings import paths

pytest.register_assert_rewrite("exercise_answers")


@pytest.fixture
def said(request, capsys, tmp_path, monkeypatch):
    """Return a function that puts an answer to a check of the module's notebook and returns what the check says."""
    monkeypatch.setenv(paths.VARIABLE, str(tmp_path))
    # test_exercises_nb02 tests lstm_course.exercises.nb02
    exercises = importlib.import_module(f"lstm_course.exercises.{request.module.__name__.rsplit('_', 1)[1]}")

    def ask(name, answer):
        getattr(exercises, f"check_{name}")(answer)
        return " ".join(capsys.readouterr().out.split())

    return ask


@pytest.fixture
def course_style():
    """Draw in the course's style, take any warning for an error, and close the figures."""
    import matplotlib.pyplot as plt

    from lstm_course import plotting

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plotting.use_style()
        yield
    plt.close("all")
