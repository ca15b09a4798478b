"""A learner's progress as one small file without names, and what such a file may hold.

It holds the course's version and, for each exercise that was tried, whether it is solved, the number of attempts up to
then, and how often each of the course's own diagnoses was met. No answer, no time and nothing of the machine is in it.
"""

import json
from collections import Counter
from collections.abc import Iterator

from lstm_course import __version__
from lstm_course.exercises.engine import progress
from lstm_course.exercises.engine.checking import AnyExercise
from lstm_course.exercises.progress_table import notebooks

FORMAT = "lstm-course progress"
OTHER = "another mistake"  # a diagnosis that speaks of the answer itself, and stays with the learner


class NotAnExport(Exception):
    """A file is no export that can be counted; carries why, and what to do."""


def diagnoses(exercise: AnyExercise) -> list[str]:
    """Return the sentences under which the usual mistakes of an exercise are known."""
    return [*getattr(exercise, "mutants", ()), *getattr(exercise, "mistakes", {}).values()]


def exercises() -> Iterator[tuple[str, AnyExercise]]:
    """Yield the number of the notebook, and the exercise, for all exercises in teaching order."""
    for book in notebooks():
        for exercise in book.exercises.values():
            yield book.number, exercise


def export() -> dict:
    """Return what is kept of this learner's attempts, without names; its ``exercises`` are empty where nothing is."""
    kept, rows = progress.attempts(), []
    for number, exercise in exercises():
        states = [one.state for one in kept if (one.notebook, one.exercise) == (number, exercise.name)]
        said = [one.verdict for one in kept if (one.notebook, one.exercise) == (number, exercise.name)]
        if states:
            solved = progress.RIGHT in states
            wrong = states.index(progress.RIGHT) if solved else len(states)  # what was tried after that does not count
            met = Counter(_met(exercise, verdict) for verdict in said[:wrong])
            row = {"notebook": number, "exercise": exercise.name, "attempts": wrong + solved, "solved": solved}
            rows.append(row | {"diagnoses": dict(met)})
    return {"format": FORMAT, "version": __version__, "exercises": rows}


def _met(exercise, verdict: str) -> str:
    return next((sentence for sentence in diagnoses(exercise) if sentence in verdict), OTHER)


def parse(text: str) -> list[dict]:
    """Return the rows of an exported file.

    Raises:
        NotAnExport: it is none, or one from another version of the course.
    """
    known = {(number, exercise.name): exercise for number, exercise in exercises()}
    try:
        content = json.loads(text)
        version, rows = content["version"], content["exercises"]
        good = content["format"] == FORMAT
        good &= version != __version__ or all(_good(row, known[row["notebook"], row["exercise"]]) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError):
        good = False
    if not good:
        raise NotAnExport("is not a progress export; ask for it again: lstm-course progress --export")
    if version != __version__:
        raise NotAnExport(
            f"comes from version {version} of the course, and this is {__version__}; "
            "bring both to one version and export again"
        )
    return rows


def _good(row: dict, exercise: AnyExercise) -> bool:
    counts = [row["attempts"], *row["diagnoses"].values()]
    return (
        isinstance(row["solved"], bool)
        and all(type(count) is int and count > 0 for count in counts)
        and set(row["diagnoses"]) <= {OTHER, *diagnoses(exercise)}
    )
