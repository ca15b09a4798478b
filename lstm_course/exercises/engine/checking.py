"""Exercises that diagnose an answer.

An exercise is declared by what a right answer computes, and by *mutants*: the usual mistakes, written as
functions, each under the sentence that explains it. An answer that agrees with the reference on every draw
is right; one that agrees with a mutant on every draw gets the mutant's sentence; for any other there is a
general diagnosis.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from lstm_course.exercises.engine.comparing import NotYet, difference, parts, same
from lstm_course.exercises.engine.explaining import Doubt
from lstm_course.exercises.engine.progress import MARKS, NOT_ATTEMPTED, RIGHT, TRIED, Attempt, say
from lstm_course.exercises.engine.running import (
    Outcome,
    TimeIsUp,
    argument_names,
    call,
    describe_error,
    is_about_shapes,
    within,
)

TIME_LIMIT = 5.0  # seconds for all draws together
DRAWS, FURTHER = 5, 3  # draws that judge an answer, and those that confirm an explanation
_STUB = "Write it in place of the stub and run the cell again"


class NotAttempted(Exception):
    """The answer is still the stub; carries what shows it."""


def distinct(rng: np.random.Generator, count: int) -> list[int]:
    """Return ``count`` different small sizes, so that no two axes can be confused unseen."""
    return [int(n) for n in rng.permutation(np.arange(2, count + 3))[:count]]


def normal(*arrays: str) -> Callable[[np.random.Generator], tuple]:
    """Return a draw of normal arrays, each given by its axes: in ``normal("bf", "fu")`` both f are of one size."""
    letters = list(dict.fromkeys("".join(arrays)))

    def draw(rng):
        sizes = dict(zip(letters, distinct(rng, len(letters)), strict=True))
        return tuple(rng.normal(size=[sizes[axis] for axis in array]) for array in arrays)

    return draw


@dataclass(kw_only=True)
class AnyExercise:
    """What all exercises share: calling one judges an answer, prints the verdict and notes it.

    Attributes:
        name: as in ``check_<name>`` and ``hint("<name>")``.
        right: one sentence on why it matters, shown when the answer is right.
        hints: shown one at a time.
    """

    name: str
    right: str
    hints: Sequence[str]
    notebook: str = field(default="", init=False)
    hints_shown: int = field(default=0, init=False)

    def __post_init__(self):
        self.__doc__ = f'Say whether an answer to the exercise "{self.name}" is right, and if not, why.'

    def __call__(self, answer: object, *, record: bool = True) -> None:
        """Print whether an answer is right, and if not, why; ``record=False`` leaves progress as it is."""
        help_at_hand = f'; hint("{self.name}") helps.'
        attempt = Attempt(self.notebook, self.name, answer) if record else None
        try:
            state, text = RIGHT, f"Right. {self.right}{self.judge(answer)}"
        except NotAttempted as stub:
            state, text = NOT_ATTEMPTED, f"Not attempted yet: {stub}. {_STUB}{help_at_hand}"
        except NotYet as diagnosis:
            state, text = TRIED, f"Not yet. {diagnosis}"
        say(f"{MARKS[state]} {text}" + ("" if record else " (Not counted as progress.)"))
        if attempt:
            attempt.end(state, text)

    def judge(self, answer: object) -> str:
        """Return a remark on a right answer; raise `NotYet` or `NotAttempted` for any other."""
        raise NotImplementedError

    def hint(self) -> None:
        """Print the next hint."""
        if self.hints_shown == len(self.hints):
            say(f"No more hints for {self.name}: you have seen all {len(self.hints)}.")
            return
        self.hints_shown += 1
        say(f"Hint {self.hints_shown} of {len(self.hints)}: {self.hints[self.hints_shown - 1]}")


def is_empty(value: object) -> bool:
    """Tell whether a value is what a stub leaves: None, an ellipsis, an empty text, or several of them."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list) and value:
        return all(map(is_empty, value))
    return value is None or value is Ellipsis or (isinstance(value, str) and not value.strip())


@dataclass(kw_only=True)
class Exercise(AnyExercise):
    """An exercise whose answer is a function.

    Attributes:
        reference: a right answer; its argument names are the ones that the task uses.
        draw: makes the inputs of one call, from a generator of random numbers; left out where there are none.
        also: inputs besides the drawn ones, for a case that a draw would miss.
        mutants: the usual mistakes, by the sentence that explains each.
        outputs: the name of each result, where the function returns several.
        axes: what the axes of a result mean.
        shapes: what to say where an answer stopped because shapes did not fit, when many mistakes raise the same
            error and none of them can be named.
        observe: ``observe(value, *inputs)`` turns a result into what is compared, where many results are
            right. It may raise `NotYet`.
        tolerance: an absolute tolerance in place of the usual one.
    """

    reference: Callable
    draw: Callable[[np.random.Generator], tuple] = lambda rng: ()
    also: Sequence[tuple] = ()
    mutants: Mapping[str, Callable] = field(default_factory=dict)
    outputs: Sequence[str] = ()
    axes: Sequence[str] = ()
    shapes: str = ""
    observe: Callable | None = None
    tolerance: float | None = None

    @property
    def arguments(self) -> list[str]:
        """The names of the answer's arguments."""
        return argument_names(self.reference)[: len(self.inputs()[0])]

    def inputs(self) -> list[tuple]:
        """Return the inputs of every draw, and those besides; the same at each call."""
        return [*(self.draw(np.random.default_rng(seed)) for seed in range(DRAWS)), *self.also]

    def further(self) -> list[tuple]:
        """Return inputs besides those, on which an explanation of a wrong answer has to hold as well."""
        return [self.draw(np.random.default_rng(seed)) for seed in range(DRAWS, DRAWS + FURTHER)]

    def judge(self, answer: object) -> str:
        """Return a remark on a right answer; raise `NotYet` or `NotAttempted` for any other."""
        self._expect_function(answer)
        inputs, names = self.inputs(), self.arguments
        try:
            outcomes = within(TIME_LIMIT, lambda: [call(answer, given, names) for given in inputs])
        except TimeIsUp:
            raise NotYet(
                f"Your function had not come to an end after {TIME_LIMIT:g} seconds and was stopped. "
                "Look for a loop whose condition never becomes false."
            ) from None
        self._expect_attempt(outcomes)
        found = [self.see(*pair) for pair in zip(outcomes, inputs, strict=True)]
        expected = [self.see(call(self.reference, given, names), given) for given in inputs]
        changed = dict.fromkeys(name for outcome in outcomes for name in outcome.changed)
        remark = ""
        if changed:
            remark = (
                f" One remark: your function changes its argument {', '.join(changed)} in place, and so the "
                "caller's own array or list."
            )
        if self.agree(found, expected):
            return remark
        raise NotYet(self._diagnose(answer, outcomes, found, expected) + remark)

    def _expect_function(self, answer: object) -> None:
        if is_empty(answer):
            raise NotAttempted("there is no answer")
        if not callable(answer):
            raise NotYet(
                f"The check expects the function itself, `check_{self.name}(your_function)`, and found a "
                f"value of type {type(answer).__name__}. Pass its name without parentheses and arguments."
            )
        try:
            inspect.signature(answer).bind(*self.inputs()[0])
        except TypeError as error:
            wanted = f"({', '.join(self.arguments)})" if self.arguments else "no arguments"
            raise NotYet(f"Your function cannot be called with {wanted}: {error}.") from None
        except ValueError:  # a function written in C has no signature
            pass

    def _expect_attempt(self, outcomes: Sequence[Outcome]) -> None:
        if all(isinstance(outcome.error, NotImplementedError) for outcome in outcomes):
            raise NotAttempted("the function raises NotImplementedError")
        empty = [outcome.error is None and is_empty(outcome.value) for outcome in outcomes]
        if all(empty):
            raise NotAttempted("the function returns nothing (or its `return` is missing)")
        if any(outcome.value is None and outcome.error is None for outcome in outcomes):
            raise NotYet("Your function returns None for some inputs: one of its branches has no `return`.")

    def see(self, outcome: Outcome, inputs: tuple) -> list[np.ndarray] | str:
        """Return what is compared: arrays, or the sentence that says why there are none."""
        if outcome.error is not None:
            return f"{type(outcome.error).__name__}: {outcome.error}"
        try:
            value = outcome.value if self.observe is None else self.observe(outcome.value, *inputs)
            return parts(value, self.names(inputs))
        except NotYet as reason:
            return str(reason)
        except Exception as error:  # an answer may return anything
            return f"The result, of type {type(outcome.value).__name__}, cannot be used: {error}."

    def names(self, inputs: tuple) -> Sequence[str]:
        """Return what each result is called."""
        return self.outputs or ("The result",)

    def agree(self, one: Sequence, other: Sequence) -> bool:
        """Tell whether what was seen of two functions is the same in every draw."""
        return all(same(a, b, self.tolerance) for a, b in zip(one, other, strict=True))

    def _diagnose(self, answer, outcomes, found, expected) -> str:
        inputs = self.inputs()
        known = self._known_mistake(found)
        doubt = Doubt(self, answer, found, expected)
        for outcome in outcomes:
            if outcome.error is not None:
                advice = known or doubt.repaired() or (self.shapes if is_about_shapes(outcome.error) else "")
                return " ".join(filter(None, [describe_error(outcome.error, answer), advice]))
        if known:
            return known
        for seen, given in zip(found, inputs, strict=True):
            if isinstance(seen, str):
                return seen + self._given(given)
        masks = [[(n, v) for n, v in zip(self.arguments, given, strict=True) if _is_mask(v)] for given in inputs]
        number, text = difference(found, expected, self.names(inputs[0]), self.axes, self.tolerance, masks)
        for more in (doubt.repaired, doubt.explained, partial(doubt.repaired, known=True), doubt.depends):
            if said := more():
                text = f"{text} {said}"
                break
        return text + self._given(inputs[number])

    def _known_mistake(self, found: Sequence) -> str:
        for sentence, mutant in self.mutants.items():
            made = [self.see(call(mutant, given, self.arguments), given) for given in self.inputs()]
            if self.agree(found, made):
                return sentence
        return ""

    def _given(self, inputs: tuple) -> str:
        """Say which inputs a diagnosis speaks of."""
        told = (value for value in zip(self.arguments, inputs, strict=True) if _tellable(value[1]))
        words = ", ".join(f"{name} {_told(value)}" for name, value in told)
        return f"\n  It was given {words}." if words else ""


def _is_mask(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == bool


def _tellable(value: object) -> bool:
    return not callable(value) and not isinstance(value, np.random.Generator)


def _told(value: object) -> str:
    if isinstance(value, np.ndarray) and (value.ndim > 1 or value.size > 6):
        return f"of shape {value.shape}"
    if isinstance(value, np.ndarray):
        value = (value.round(4) if value.dtype.kind == "f" else value).tolist()
    text = f"{value:.4g}" if isinstance(value, float) else repr(value)
    return f"= {text}" if len(text) <= 80 else f"of length {len(value)}"


@dataclass(kw_only=True)
class ValueExercise(AnyExercise):
    """An exercise whose answer is a number or a choice, or a dictionary of them.

    Attributes:
        answer: the right value; or a dictionary of right values, one for each part of the question.
        mistakes: known wrong values, each with its explanation; where the question has parts, by ``(part,
            value)``.
        choices: the values to choose from, for a choice.
    """

    answer: object
    mistakes: Mapping[object, str]
    choices: Sequence[str] = ()

    def judge(self, answer: object) -> str:
        """Return nothing for a right answer; raise `NotYet` or `NotAttempted` for any other."""
        if is_empty(answer):
            raise NotAttempted("there is no answer")
        if not isinstance(self.answer, dict):
            self._judge_one(answer, self.answer, None)
            return ""
        if not isinstance(answer, dict):
            raise NotYet(f"Expected a dictionary with the keys {', '.join(self.answer)}; found {_kind(answer)}.")
        left = [part for part in self.answer if is_empty(answer.get(part))]
        for part in self.answer:
            if part not in left:
                self._judge_one(answer[part], self.answer[part], part)
        if left:
            raise NotYet(f"Right so far; still without an answer: {', '.join(left)}.")
        return ""

    def _judge_one(self, given: object, wanted: object, part: str | None) -> None:
        where = "" if part is None else f"{part}: "
        if callable(given):
            raise NotYet(f"{where}The check expects a value and found a function.")
        if isinstance(given, np.generic | np.ndarray) and np.size(given) == 1:
            given = np.asarray(given).item()
        if isinstance(wanted, str):
            given = self._choice(given, where)
        elif isinstance(given, bool) or not isinstance(given, int | float):
            raise NotYet(f"{where}Expected a number; found {_kind(given)}.")
        if given == wanted:
            return
        explanation = self.mistakes.get(given if part is None else (part, given))
        if explanation is None:
            size = "" if isinstance(wanted, str) else f", which is too {'small' if given < wanted else 'large'}"
            explanation = f'Found {given!r}{size}. hint("{self.name}") helps.'
        raise NotYet(where + explanation)

    def _choice(self, given: object, where: str) -> str:
        if not isinstance(given, str) or given.strip().casefold() not in self.choices:
            listed = ", ".join(repr(choice) for choice in self.choices)
            raise NotYet(f"{where}Expected one of {listed}; found {given!r}.")
        return given.strip().casefold()


def _kind(value: object) -> str:
    return f"{value!r}, of type {type(value).__name__}"


@dataclass
class Notebook:
    """The exercises of one notebook.

    Attributes:
        number: two digits, as in the notebook's file name.
        title: as in the notebook.
    """

    number: str
    title: str
    exercises: dict[str, AnyExercise] = field(default_factory=dict)

    def add(self, exercise: AnyExercise) -> AnyExercise:
        """Make an exercise one of this notebook's, and return it."""
        exercise.notebook = self.number
        self.exercises[exercise.name] = exercise
        return exercise

    def function(self, name: str, reference: Callable, **declared) -> Exercise:
        """Add an exercise whose answer is a function; ``declared`` is what `Exercise` takes."""
        return self.add(Exercise(name=name, reference=reference, **declared))

    def value(self, name: str, answer: object, **declared) -> ValueExercise:
        """Add an exercise whose answer is a value; ``declared`` is what `ValueExercise` takes."""
        return self.add(ValueExercise(name=name, answer=answer, **declared))

    def hint(self, name: str) -> None:
        """Print one more hint for the exercise of this name."""
        name = str(name).removeprefix("check_")
        if name not in self.exercises:
            say(f"There is no exercise {name!r} here. The exercises are: {', '.join(self.exercises)}.")
            return
        self.exercises[name].hint()
