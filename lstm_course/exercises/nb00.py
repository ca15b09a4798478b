"""Exercises of notebook 00, *Welcome*. They ask the shipped model, which is loaded at the first answer."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from lstm_course.exercises.engine.checking import AnyExercise, NotAttempted, Notebook, is_empty
from lstm_course.exercises.engine.comparing import NotYet

book = Notebook("00", "Welcome")
hint = book.hint

TRICKY = "This is not a bad film."
VERDICTS = ("positive", "negative")
ENOUGH = 0.9
SMALL = 3  # points; a smaller change is not worth a remark


@cache
def _model():
    from lstm_course.models import weights

    return weights.load("source")


def _watch(review):
    """Return a review as the shipped model reads it, or raise NotYet with what is wrong with it."""
    from lstm_course.interpret import welcome

    if not isinstance(review, str):
        raise NotYet(f"Expected a review between quotation marks; found {review!r}, of type {type(review).__name__}.")
    try:
        return welcome.watch(review, *_model())
    except ValueError as error:
        text = str(error)
        raise NotYet(f"{text[0].upper()}{text[1:]}.") from None


def _percent(watched) -> str:
    return f"{100 * watched.probabilities[-1]:.0f} % positive"


def _moved(watched, at) -> str:
    points = f"{watched.changes[at]:+.0f}".replace("-", "−")
    return f"“{watched.labels[at]}” ({points} points)"


@dataclass(kw_only=True)
class PraiseExercise(AnyExercise):
    """An exercise whose answer is a review that convinces the model."""

    def judge(self, answer: object) -> str:
        """Return the model's judgement; raise `NotYet` with the words that stand in the way."""
        if is_empty(answer):
            raise NotAttempted("there is no review")
        watched = _watch(answer)
        said = f"The model says {_percent(watched)}"
        if watched.probabilities[-1] > ENOUGH:
            return f" {said}."
        lowest = int(watched.changes.argmin())
        if watched.changes[lowest] > -SMALL:
            raise NotYet(f"{said}. No word pulls it down much; there is too little praise in it. Add some.")
        up = f", {_moved(watched, watched.changes.argmax())} lifted it most" if watched.changes.max() > 0.5 else ""
        raise NotYet(f"{said}{up}, and {_moved(watched, lowest)} lowered it most. Replace that word, or praise more.")


@dataclass(kw_only=True)
class FooledExercise(AnyExercise):
    """An exercise whose answer is a review that the model gets wrong, and what it means."""

    def judge(self, answer: object) -> str:
        """Return the model's judgement; raise `NotYet` where it agrees with the writer."""
        if is_empty(answer):
            raise NotAttempted("there is no review")
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise NotYet(f"Expected two things, a review and “positive” or “negative”; found {answer!r}.")
        review, meant = answer
        if review in VERDICTS:
            raise NotYet("The review comes first, then what you mean by it.")
        if not isinstance(meant, str) or meant.strip().casefold() not in VERDICTS:
            raise NotYet(f"What do you mean by it, 'positive' or 'negative'? Found {meant!r}.")
        meant, watched = meant.strip().casefold(), _watch(review)
        if (watched.probabilities[-1] > 0.5) == (meant == "positive"):
            raise NotYet(
                f"You mean it to be {meant}, and the model agrees: {_percent(watched)}. Its strongest word was "
                f"{_moved(watched, watched.turn)}. Look for a phrase whose words say one thing and which as a "
                "whole says the other."
            )
        return f" You mean it to be {meant}; the model says {_percent(watched)}."


@dataclass(kw_only=True)
class StrongestExercise(AnyExercise):
    """An exercise whose answer is the word of a sentence that moves the model most.

    Attributes:
        sentence: the sentence.
    """

    sentence: str

    def judge(self, answer: object) -> str:
        """Return how far the right word moved it; raise `NotYet` with how far another one did."""
        if is_empty(answer):
            raise NotAttempted("there is no word")
        watched = _watch(self.sentence)
        words = [word.casefold() for word in watched.labels]
        given = answer.strip().strip(".,!?\"'“”").casefold() if isinstance(answer, str) else answer
        if given not in words:
            raise NotYet(f"Expected one of the words {', '.join(words)}, in quotation marks; found {answer!r}.")
        at, most = words.index(given), np.abs(watched.changes).max()
        if at == watched.turn:
            return f" It moved by {watched.changes[at]:+.0f} points.".replace("-", "−")
        times = most / max(abs(watched.changes[at]), 0.5)
        raise NotYet(f"{_moved(watched, at)} is not it. Another word moves it about {times:.0f} times as far.")


check_praise = book.add(
    PraiseExercise(
        name="praise",
        right="You know what it likes to hear.",
        hints=(
            "It was trained on real reviews. Write what people write about a film that they love.",
            "Say it with several words of praise, and leave out every “not” and “but”.",
        ),
    )
)

check_fooled = book.add(
    FooledExercise(
        name="fooled",
        right="You understand your sentence and the model does not: this is what 84 % right on new reviews means.",
        hints=(
            "Praise with words that usually condemn, or condemn with words that usually praise.",
            "Think of irony, of “if only”, of advice not to watch, of expectations that were not met.",
        ),
    )
)

check_strongest = book.add(
    StrongestExercise(
        name="strongest",
        sentence=TRICKY,
        right="The model takes this word at face value, in spite of what stands before it.",
        hints=(
            "Let the model read the sentence: watch(…) in a new cell, as above.",
            "In the coloured text it is the word with the largest number below, whatever its sign.",
        ),
    )
)
