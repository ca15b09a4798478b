"""The usual mistakes of an exercise, as its check names them."""

from itertools import islice

from lstm_course.exercises.engine.checking import AnyExercise

MOST = 3  # mistakes that a teaching page lists


def usual_mistakes(exercise: AnyExercise) -> list[str]:
    """Return the sentences that explain the first mistakes of a check's list, each once.

    Where a mistake is a choice, it stands in front, between backticks. A check that tries the answer, and says where it
    fails, has no list.
    """
    if mutants := getattr(exercise, "mutants", None):
        return list(islice(mutants, MOST))
    chosen = getattr(exercise, "mistakes", None) or getattr(exercise, "decoys", {})
    first = {}
    for choice, sentence in chosen.items():
        first.setdefault(sentence, choice)
    return [f"`{_written(choice)}`: {sentence}" for sentence, choice in islice(first.items(), MOST)]


def _written(choice: object) -> str:
    return ": ".join(map(str, choice)) if isinstance(choice, tuple) else str(choice)
