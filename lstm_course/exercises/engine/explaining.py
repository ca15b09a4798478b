"""Explain a wrong result that is no known mistake, by one change or by two mistakes at once.

An explanation is a function: the right one or one with a known mistake, with a change of its arguments before it or of
its result behind it. It is given where it computes what the answer does, on every input and on further ones, so that
what it says of the result is true.
"""

import contextlib
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations

import numpy as np

from lstm_course.exercises.engine import changes
from lstm_course.exercises.engine.comparing import ABSOLUTE, RELATIVE
from lstm_course.exercises.engine.repairs import repairs
from lstm_course.exercises.engine.running import TimeIsUp, call, within
from lstm_course.exercises.engine.where import dependence

BUDGET, LONGEST = 1.2, 4.0  # seconds of processor time for a search, and of waiting for it


@dataclass(frozen=True)
class Explanation:
    """A function that makes up to two mistakes, and what to say of each.

    Attributes:
        said: sentences (of known mistakes) and clauses (of changes).
        before: changes of the arguments.
        base: the function.
        behind: changes of the results.
    """

    said: tuple[str, ...]
    base: Callable
    before: tuple[changes.Change, ...] = ()
    behind: tuple[changes.Change, ...] = ()

    def text(self) -> str:
        """Return what a learner is told."""
        sentences = [said for said in self.said if said.endswith(".")]
        clauses = [said for said in self.said if not said.endswith(".")]
        if len(self.said) == 1 and sentences:
            return sentences[0]
        if len(self.said) == 1:
            return f"It is what comes out when all is right but for one thing: {clauses[0]}."
        if not sentences:
            return f"It is what comes out when two things are wrong: {clauses[0]}; and {clauses[1]}."
        parts = [*sentences, *(f"{clause[0].upper()}{clause[1:]}." for clause in clauses)]
        return "Two mistakes at once: " + " And: ".join(parts)


def joined(mutants: Mapping[str, Callable]) -> Iterator[tuple[tuple[str, str], Callable]]:
    """Yield the pairs of mutants that are one function with different options, with both sets of options."""
    options = [(said, f) for said, f in mutants.items() if isinstance(f, partial) and not f.args]
    for (one, f), (other, g) in combinations(options, 2):
        if f.func is g.func and not set(f.keywords) & set(g.keywords):
            yield (one, other), partial(f.func, **f.keywords, **g.keywords)


@dataclass
class Search:
    """The search for an explanation.

    Attributes:
        reference: the right function.
        mutants: functions with one mistake, by their sentences.
        inputs: the arguments of every call.
        found: what the answer returned, a list of arrays for each call.
        expected: the same of the right function.
        see: ``see(function, inputs)`` returns what a function makes of arguments, or something else than a list.
        confirm: ``confirm(run)`` tells whether a function agrees with the answer, on these inputs and on others.
        in_changes: changes of the arguments.
        out_changes: changes of the results.
    """

    reference: Callable
    mutants: Mapping[str, Callable]
    inputs: Sequence[tuple]
    found: Sequence[list[np.ndarray]]
    expected: Sequence[list[np.ndarray]]
    see: Callable
    confirm: Callable
    in_changes: list[changes.Change]
    out_changes: list[changes.Change]
    deadline: float = field(default_factory=lambda: time.thread_time() + BUDGET)

    def __post_init__(self):
        differing = [not _near(f, e) for f, e in zip(self.found, self.expected, strict=True)]
        self.pivot = differing.index(True)

    def explanation(self) -> str:
        """Return the sentences of the first explanation that holds, or nothing."""
        for explanation, made in self._all():
            if _near(self.found[self.pivot], made) and self.confirm(partial(self.run, explanation)):
                return explanation.text()
            if time.thread_time() > self.deadline:
                break
        return ""

    def run(self, explanation: Explanation, inputs: tuple, see: Callable | None = None) -> list[np.ndarray] | None:
        """Return the results of an explanation; None where a change does not fit."""
        given = inputs
        try:
            for change in explanation.before:
                given = change.apply(given)
            results = (see or self.see)(explanation.base, given, inputs)
            if not isinstance(results, list):
                return None
            return self._behind(results, explanation.behind, inputs)
        except Exception:  # a change that fits no such argument
            return None

    def _behind(self, results, behind, inputs):
        with np.errstate(all="ignore"):
            for change in behind:
                results = [np.asarray(x) for x in change.apply(results, inputs)]
        return results

    def _all(self) -> Iterator[tuple[Explanation, list | None]]:
        here, right = self.inputs[self.pivot], self.expected[self.pivot]
        mutants = [Explanation((said,), f) for said, f in self.mutants.items()]
        known = [(m, self.run(m, here)) for m in mutants]
        singles: list[tuple[Explanation, list]] = []
        candidates = [Explanation((c.words,), self.reference, before=(c,)) for c in self.in_changes]
        candidates += [Explanation((c.words,), self.reference, behind=(c,)) for c in self.out_changes]
        for candidate in candidates:
            made = self.run(candidate, here)
            if made is None or _near(made, right) or not all(np.isfinite(x).all() for x in made):
                continue
            if not any(_near(made, other) for _, other in singles):
                singles.append((self._named(candidate, made, known), made))
                yield singles[-1]
        for said, function in joined(self.mutants):
            pair = Explanation(said, function)
            yield pair, self.run(pair, here)
        usual = [
            (single, made)
            for single, made in singles
            if all(c.usual or c.words not in single.said for c in (*single.before, *single.behind))
        ]
        usual.sort(key=lambda single: not single[0].said[0].endswith("."))
        before = [single for single, _ in usual if single.before]
        behind = [single for single, _ in usual if single.behind]
        starts = [(m, made) for m, made in known if made is not None]
        starts += [(s, made) for s, made in usual if s.before and not s.said[0].endswith(".")]
        for start, made in starts:
            for last in behind:
                try:
                    changed = self._behind(made, last.behind, here)
                except Exception:  # a change that fits no such result
                    continue
                yield _both(start, last), changed
        for start in [m for m, _ in known] + before:
            for first in before:
                if not start.before or start.before[0].argument != first.before[0].argument:
                    both = _both(first, start)
                    yield both, self.run(both, here)

    def _named(self, change: Explanation, made: list, known: Sequence) -> Explanation:
        """Let a change that is a known mistake bear the sentence of the mistake."""
        for mutant, result in known:
            if result is not None and _near(made, result):
                alike = (self.run(mutant, given) for given in self.inputs)
                if all(
                    a is not None and b is not None and _near(a, b)
                    for a, b in zip((self.run(change, given) for given in self.inputs), alike, strict=True)
                ):
                    return Explanation(mutant.said, change.base, change.before, change.behind)
        return change


def _both(one: Explanation, other: Explanation) -> Explanation:
    return Explanation(
        one.said + other.said,
        other.base if one.before else one.base,
        one.before + other.before,
        one.behind + other.behind,
    )


def _near(one: list[np.ndarray] | None, other: list[np.ndarray] | None) -> bool:
    """Tell quickly whether results may agree."""
    if one is None or other is None or len(one) != len(other):
        return False
    return all(_near_array(a, b) for a, b in zip(one, other, strict=True))


def _near_array(a: np.ndarray, b: np.ndarray) -> bool:
    if a.shape != b.shape or not a.size:
        return a.shape == b.shape
    first = float(b.flat[0])
    if not abs(float(a.flat[0]) - first) <= ABSOLUTE + RELATIVE * abs(first):
        return False
    return bool((np.abs(a - b.astype(float)) <= ABSOLUTE + RELATIVE * np.abs(b)).all())


@dataclass
class Doubt:
    """A wrong answer, and what its check saw.

    Attributes:
        exercise: an `Exercise` of functions.
        answer: the learner's function.
        found: what the exercise saw of it, for each of its inputs: a list of arrays or a sentence.
        expected: the same of the reference.
    """

    exercise: object
    answer: Callable
    found: Sequence
    expected: Sequence

    def __post_init__(self):
        self.inputs, self.arguments = self.exercise.inputs(), self.exercise.arguments
        self.further: list[tuple] = self.exercise.further()

    def seen(self, function: Callable, given: tuple, inputs: tuple | None = None):
        """Return what the check sees of a function that is given these arguments in place of the inputs."""
        return self.exercise.see(call(function, given, self.arguments), given if inputs is None else inputs)

    def explained(self) -> str:
        """Return what a function with one or two mistakes says of the answer's results; nothing if there is none."""
        made = _quietly(lambda: [self.seen(self.answer, given) for given in self.further])
        if made is None:
            return ""

        def confirm(run):
            agree = self.exercise.agree
            if not agree([run(given) for given in self.inputs], self.found):
                return False
            return agree([run(given) for given in self.further], made)

        mutants, reference = self.exercise.mutants, self.exercise.reference
        return Search(
            reference, mutants, self.inputs, self.found, self.expected, self.seen, confirm, *self._changes()
        ).explanation()

    def _changes(self):
        if any(array.dtype.kind != "f" for array in self.expected[0]):
            return [], []  # few numbers, and whole ones, agree by chance
        meaning = self.exercise.axes

        def axis(number):
            return f"axis {number} ({meaning[number]})" if number < len(meaning) else f"axis {number}"

        def of_argument(number, axis):
            return f"axis {axis}"

        names = self.exercise.outputs or ("the result",)
        return (
            changes.of_arguments(self.arguments, self.inputs, of_argument),
            changes.of_results(names, self.expected[0], self.inputs, self.arguments, axis, of_argument),
        )

    def repaired(self, known: bool = False) -> str:
        """Return where one change to the answer's source makes it right or, on demand, leaves one known mistake."""
        aims = self.exercise.mutants if known else {"": self.exercise.reference}
        return _quietly(lambda: self._repaired(aims)) or ""

    def _repaired(self, aims: Mapping[str, Callable]) -> str:
        exercise, deadline = self.exercise, time.thread_time() + BUDGET
        pivot = [exercise.agree([f], [e]) for f, e in zip(self.found, self.expected, strict=True)].index(False)
        here, every = self.inputs[pivot], [*self.inputs, *self.further]

        def same(one, other):
            return exercise.agree(*([self.seen(f, given) for given in every] for f in (one, other)))

        made_by = {said: self.seen(aim, here) for said, aim in aims.items()}
        for place, changed, usual in repairs(self.answer):
            made = self.seen(changed, here)
            # What is NaN throughout agrees with every NaN, and tells nothing.
            told = isinstance(made, list) and any(x.dtype == object or np.isfinite(x).any() for x in made)
            for said, aim in aims.items() if told and (usual or "" in aims) else ():
                if exercise.agree([made], [made_by[said]]) and same(changed, aim):
                    return (
                        f"Two mistakes at once: {said} And: {place}" if said else f"One change makes it right. {place}"
                    )
            if time.thread_time() > deadline:
                break
        return ""

    def depends(self) -> str:
        """Return what the results depend on, or do not, unlike right ones; nothing where that is as it is."""

        def made_by(function):
            def made(given):
                results = self.seen(function, given)
                return results if isinstance(results, list) else None

            return made

        def said():
            made = made_by(self.answer), made_by(self.exercise.reference)
            return [dict(dependence(*made, given, self.arguments, self.exercise.axes)) for given in self.inputs[:2]]

        one, *others = _quietly(said) or [{}]
        return next((sentence for about, sentence in one.items() if all(about in other for other in others)), "")


def _quietly(task: Callable):
    """Return ``task()``, which calls an answer, without what that prints; None where it takes too long."""
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(TimeIsUp):
        return within(LONGEST, task)
