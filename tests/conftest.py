"""Fixtures that more than one test module uses."""

import importlib

import pytest

from lstm_course import paths


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
