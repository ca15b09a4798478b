"""Fixtures that more than one test module uses."""

import importlib
import shutil
import warnings

import pytest
from hypothesis import settings

from lstm_course.settings import paths

pytest.register_assert_rewrite("exercise_answers")
settings.register_profile("untimed", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("untimed")


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", NO_NETWORK]


@pytest.fixture(scope="module")
def browser():
    """Chromium, without a network; where it or Playwright is missing, the tests in a browser are skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs Playwright: pip install -e '.[browser]'")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip("needs Chromium or Chrome: apt-get install chromium")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=program, args=FLAGS)
        yield opened
        opened.close()


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
