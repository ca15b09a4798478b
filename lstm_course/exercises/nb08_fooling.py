"""Judge a text that is meant to fool the model of notebook 08."""

import re
from dataclasses import dataclass

import numpy as np

from lstm_course.exercises.engine.checking import AnyExercise, NotAttempted, is_empty
from lstm_course.exercises.engine.comparing import NotYet

LEAST_WORDS = 8
PARTS = ("text", "meant", "probability")


@dataclass(kw_only=True)
class FoolingExercise(AnyExercise):
    """An exercise whose answer is a text of the learner's, what it means, and what the model makes of it."""

    def judge(self, answer: object) -> str:
        """Return how far the model is off; raise `NotYet` or `NotAttempted` for a text that does not fool it."""
        if is_empty(answer):
            raise NotAttempted("there is no answer")
        if not isinstance(answer, tuple | list) or len(answer) != len(PARTS):
            raise NotYet(f"Expected three things, ({', '.join(PARTS)}); found {_kind(answer)}.")
        empty = [name for name, part in zip(PARTS, answer, strict=True) if is_empty(part)]
        if empty:
            raise NotYet(f"Still without a value: {', '.join(empty)}.")
        text, meant, probability = _text(answer[0]), _meant(answer[1]), _probability(answer[2])
        verdict = "positive" if probability > 0.5 else "negative"
        told = f"the model says positive with a probability of {probability:.2f}"
        if verdict == meant:
            sure = max(probability, 1 - probability)
            raise NotYet(
                f"Not fooled: {told}, and you mean the text as {meant}. "
                + ("You are near: it wavers. Go on in this direction." if sure < 0.7 else _advice(meant))
            )
        return f" You mean your {len(_words(text))} words as {meant}; {told}."


def _words(text):
    return re.findall(r"\w+(?:['’]\w+)*", text.casefold())


def _text(text):
    if not isinstance(text, str):
        raise NotYet(f"text: expected a text in quotes; found {_kind(text)}.")
    words = _words(text)
    if len(words) < LEAST_WORDS:
        raise NotYet(
            f"The text has {len(words)} word{'s' * (len(words) != 1)}; write at least {LEAST_WORDS}. A few words "
            "out of any context say nothing to a person either."
        )
    if 2 * len(set(words)) < len(words):
        raise NotYet("The text says the same words again and again. Write what a person could have written.")
    return text


def _meant(meant):
    if not isinstance(meant, str) or meant.strip().casefold() not in ("positive", "negative"):
        raise NotYet(f"meant: expected 'positive' or 'negative', as a person reads it; found {_kind(meant)}.")
    return meant.strip().casefold()


def _probability(probability):
    try:
        number = float(np.asarray(probability).item())
    except (TypeError, ValueError):
        raise NotYet(f"probability: expected one number from the model; found {_kind(probability)}.") from None
    if not 0 <= number <= 1:
        raise NotYet(f"probability: {number:.4g} is none. It lies between 0 and 1; is it a logit, or per cent?")
    return number


def _advice(meant):
    other = "praise" if meant == "negative" else "blame"
    return (
        f"Let words of {other} stand for what you expected or what others said, and put your own verdict into few, "
        "plain words far from where it counts most."
    )


def _kind(value):
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '…'}, of type {type(value).__name__}"
