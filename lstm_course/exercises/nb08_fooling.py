"""Judge a text that is meant to fool the model of notebook 08: the shipped model reads it itself."""

import math
import re
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np

from lstm_course.exercises.engine.checking import AnyExercise, NotAttempted, is_empty
from lstm_course.exercises.engine.comparing import NotYet
from lstm_course.exercises.shipped_model import shipped_model
from lstm_course.reviews.synthetic_reviews import NEGATIVE_WORDS, POSITIVE_WORDS

LEAST_WORDS = 8
PARTS = ("text", "meant", "probability")
CLOSE = 0.0101  # two decimals are enough, rounded or cut


def _listed(text):
    return frozenset(text.split())


OPINIONS = {
    "positive": POSITIVE_WORDS | _listed("great perfect best love loved loves enjoy enjoyed amazing favourite"),
    "negative": NEGATIVE_WORDS | _listed("worst worse hate hated poor stupid slow ugly weak wasted bored"),
}
# A text with one of these, or with a question mark or a quotation, may say the opposite of its words of opinion.
TURNING = _listed(
    "no not never nobody nothing none neither nor nowhere hardly barely cannot without but although though however yet "
    "while instead unlike until unless except despite if only than so-called expected hoped promised supposed thought "
    "believed feared said say says tell told heard hear call called calls claim claims swore friends critics poster "
    "trailer everyone everybody everything others they wanted want wish would could should might anything lack lacks "
    "missing fail fails failed wrong far opposite rather ought sleep slept left leave awake minutes hours"
)
# The three texts that section 2 of the notebook reads word by word.
SHOWN = (
    "The film is wonderful. The actors are great, the story is moving and I loved every minute of it.",
    "The film is not wonderful. The actors are not great, and I did not enjoy a minute of it.",
    "The first hour is dull and the jokes are awful. Then it turns, and the ending is wonderful, moving and perfect.",
)
ALIKE = 0.75  # the share of words in the same order from which a text is taken for one of those


def model_probability(text: str) -> float:
    """Return the probability that the shipped model gives to a text."""
    model, word_index = shipped_model()
    return model.score(text, word_index)


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
        text, meant = _text(answer[0]), _meant(answer[1])
        probability = _measured(text, _number(answer[2]))
        _expect_meaning(text, meant)
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
    if any(SequenceMatcher(None, words, _words(shown), autojunk=False).ratio() >= ALIKE for shown in SHOWN):
        raise NotYet("This is a text of section 2, or nearly one. Write one of your own.")
    return text


def _meant(meant):
    if not isinstance(meant, str) or meant.strip().casefold() not in OPINIONS:
        raise NotYet(f"meant: expected 'positive' or 'negative', as a person reads it; found {_kind(meant)}.")
    return meant.strip().casefold()


def _number(probability):
    try:
        return float(np.asarray(probability).item())
    except (TypeError, ValueError):
        raise NotYet(f"probability: expected one number from the model; found {_kind(probability)}.") from None


def _measured(text, given):
    """Return the model's probability for the text; raise `NotYet` where another one was given."""
    try:
        own = model_probability(text)
    except ValueError as error:
        raise NotYet(f"text: {error}.") from None
    if abs(given - own) <= CLOSE:
        return own
    if abs(given - (1 - own)) <= CLOSE:
        why = "That is the probability of negative, 1 − p; give the model's own number, that of positive."
    elif abs(given - math.log(own / (1 - own))) <= 0.05:
        why = "That is the log-odds; the probability is its sigmoid."
    elif abs(given / 100 - own) <= CLOSE:
        why = "That is per cent; give a number from 0 to 1."
    elif not 0 <= given <= 1:
        why = "A probability lies between 0 and 1."
    else:
        why = (
            "Let the model read the text that you hand in: "
            "interpret.running_prediction(model, interpret.read(text, word_index).ids)[-1]."
        )
    raise NotYet(f"probability: you give {given:.4g}, and for this text the model says {own:.2f}. {why}")


def _expect_meaning(text, meant):
    """Raise `NotYet` where every word of opinion says the opposite of what is meant, and nothing turns it round."""
    words = set(_words(text))
    other = next(side for side in OPINIONS if side != meant)
    speaking = [word for word in dict.fromkeys(_words(text)) if word in OPINIONS[other]]
    turned = words & TURNING or any("n't" in word.replace("’", "'") for word in words) or re.search(r'[?"“]', text)
    if speaking and not turned and not words & OPINIONS[meant]:
        raise NotYet(
            f"You mean the text as {meant}, and a person would read it as {other}: {', '.join(speaking)}, and no word "
            "that turns it round, such as *not*, *but* or *expected*. A mistake is the model's alone."
        )


def _advice(meant):
    other = "praise" if meant == "negative" else "blame"
    return (
        f"Let words of {other} stand for what you expected or what others said, and put your own verdict into few, "
        "plain words far from where it counts most."
    )


def _kind(value):
    text = repr(value)
    return f"{text if len(text) <= 60 else text[:57] + '…'}, of type {type(value).__name__}"
