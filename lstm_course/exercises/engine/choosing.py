"""Exercises whose answer is a choice of several items out of a list."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from lstm_course.exercises.engine.checking import AnyExercise, NotAttempted, is_empty
from lstm_course.exercises.engine.comparing import NotYet

_FILLERS = ("and", "letter", "letters", "line", "lines")


@dataclass(kw_only=True)
class SetExercise(AnyExercise):
    """An exercise whose answer is the set of the items that belong: letters, or line numbers.

    Attributes:
        belong: for each item that belongs, what to look for when it is missing; it does not name the item.
        decoys: for each other item, why it does not belong.
        item: what an item is called, such as "line".
    """

    belong: Mapping[object, str]
    decoys: Mapping[object, str]
    item: str = "letter"

    def judge(self, answer: object) -> str:
        """Return nothing for the right set; raise `NotYet` or `NotAttempted` for any other."""
        given = self._given(answer)
        wrong = [item for item in self.decoys if item in given]
        missing = [item for item in self.belong if item not in given]
        if wrong:
            wrongly = f"{self.item.capitalize()} {wrong[0]}: {self.decoys[wrong[0]]}"
            counted = (
                f"{len(wrong)} of your {len(given)} do not belong. " if len(wrong) > 1 else "One does not belong. "
            )
            raise NotYet(counted + wrongly)
        if missing:
            raise NotYet(
                f"{len(given)} of {len(self.belong)} found, and none that does not belong. Look for one more: "
                f"{self.belong[missing[0]]}"
            )
        return ""

    def _given(self, answer: object) -> set:
        if is_empty(answer) or (isinstance(answer, Iterable) and all(map(is_empty, answer))):
            raise NotAttempted("there is no answer")
        items = {str(item): item for item in [*self.belong, *self.decoys]}
        given = _listed(answer, items)
        if given is None:
            example = sorted(self.decoys)[:2]
            raise NotYet(
                f"Expected a set of {self.item}s, such as {{{', '.join(map(repr, example))}}}; found {answer!r}, "
                f"of type {type(answer).__name__}."
            )
        unknown = [item for item in given if item not in items]
        if unknown:
            names = [*map(str, sorted(items.values()))]
            raise NotYet(f"There is no {self.item} {unknown[0]}: they go from {names[0]} to {names[-1]}.")
        return {items[item] for item in given}


def _listed(answer: object, items: Mapping[str, object]) -> list[str] | None:
    """Return the items of an answer as texts; None for an answer that is no list of items."""
    if isinstance(answer, str):
        words = [word for word in re.findall(r"\w+", answer.casefold()) if word not in _FILLERS]
        # "bdf" is b, d and f where items are single letters.
        return [part for word in words for part in ([word] if word in items or word.isdigit() else word)]
    if isinstance(answer, int | np.integer) and not isinstance(answer, bool):
        answer = [answer]
    if isinstance(answer, dict) or not isinstance(answer, Iterable):
        return None
    return [str(item).strip().casefold() for item in answer]
