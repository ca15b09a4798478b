"""Exercises of notebook 00, *Welcome*. They ask the shipped model, which is loaded at the first answer."""

from dataclasses import dataclass

import numpy as np

from lstm_course.exercises.engine.checking import AnyExercise, NotAttempted, Notebook, is_empty
from lstm_course.exercises.engine.comparing import NotYet
from lstm_course.exercises.shipped_model import shipped_model

book = Notebook("00", "Welcome")
hint = book.hint

TRICKY = "This is not a bad film."
NEGATIONS = ("not", "never")
ENOUGH = 0.9
SMALL = 3  # points; a smaller change is not worth a remark


def _watch(review):
    """Return a review as the shipped model reads it, or raise NotYet with what is wrong with it."""
    from lstm_course.interpret import welcome

    if not isinstance(review, str):
        raise NotYet(f"Expected a review between quotation marks; found {review!r}, of type {type(review).__name__}.")
    try:
        return welcome.watch(review, *shipped_model())
    except ValueError as error:
        text = str(error)
        raise NotYet(f"{text[0].upper()}{text[1:]}.") from None


def _percent(watched) -> str:
    return f"{100 * watched.probabilities[-1]:.0f} % positive"


def _moved(watched, at) -> str:
    points = round(watched.changes[at])
    unit = "point" if abs(points) == 1 else "points"
    return f"“{watched.labels[at]}” ({f'{points:+d}'.replace('-', '−') if points else 0} {unit})"


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


def _place_of_not(without, with_one):
    """Return the place of the one negation that the second list of words has more than the first, or None."""
    for place, word in enumerate(with_one):
        if word in NEGATIONS and with_one[:place] + with_one[place + 1 :] == without:
            return place
    return None


@dataclass(kw_only=True)
class FooledExercise(AnyExercise):
    """An exercise whose answer is a review, and the same with one “not” more, of both of which the model is sure."""

    def judge(self, answer: object) -> str:
        """Return what the model says to both; raise `NotYet` unless it is sure and one “not” differs."""
        if is_empty(answer):
            raise NotAttempted("there is no review")
        if not isinstance(answer, tuple | list) or len(answer) != 2:
            raise NotYet(f"Expected two reviews, without and with the “not”; found {answer!r}.")
        without, with_not = (_watch(review) for review in answer)
        words = [[word.casefold() for word in watched.labels] for watched in (without, with_not)]
        self._compare(*words)
        said = f"Without your “not” it says {_percent(without)}, with it {_percent(with_not)}"
        both = [without.probabilities[-1], with_not.probabilities[-1]]
        if min(both) <= ENOUGH and max(both) >= 1 - ENOUGH:
            raise NotYet(
                f"{said}. It has to be more than 90 % sure of one answer both times. The strongest word of the "
                f"second was {_moved(with_not, with_not.turn)}; look for more words that outweigh the “not”."
            )
        return f" {said}."

    def _compare(self, without, with_not):
        """Raise `NotYet` unless the second list of words is the first with one “not” that can deny it."""
        place = _place_of_not(without, with_not)
        if place is None and _place_of_not(with_not, without) is not None:
            raise NotYet("The review without the “not” comes first.")
        if place is None:
            wrong = "is the same" if without == with_not else "differs in more"
            raise NotYet(
                f"The second review has to be the first with one “not” more, and it {wrong}. Where the “not” needs a "
                "“do” or a “will”, write that into both."
            )
        if with_not[place + 1 : place + 2] in (["only"], ["just"], ["merely"]):
            raise NotYet(f"“not {with_not[place + 1]}” denies nothing. Put the “not” where it turns what you say.")


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
        right=("The model is sure of one answer both times. If your “not” turns what the review says, one is wrong."),
        hints=(
            "The “not” is one word among many. What do the others say, and how loudly?",
            "Praise the acting, the music and the ending first, and then write “you will enjoy it”.",
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
