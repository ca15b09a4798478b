"""Say where a wrong result parts from the right one, and what it depends on that the right one does not."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

_UNCHANGED = 1e-12


def dependence(
    answer: Callable, reference: Callable, inputs: tuple, arguments: Sequence[str], axes: Sequence[str]
) -> Iterator[tuple[tuple, str]]:
    """Yield what a result depends on, or does not, unlike the right one: arguments, or their ends along an axis.

    Each sentence comes with what it is about, which is the same for inputs of other sizes.

    Args:
        answer: from a tuple of arguments to a list of arrays, or None where it makes none.
        reference: the same of the right function.
        inputs: the arguments of one call.
        arguments: their names.
        axes: what the axes of a result mean.
    """
    found, expected = answer(inputs), reference(inputs)
    if found is None or expected is None or [np.shape(a) for a in found] != [np.shape(a) for a in expected]:
        return
    for number, name in enumerate(arguments):
        value = inputs[number]
        if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
            continue
        for at, words in _places(value, name):
            changed = np.array(value)
            changed[at] = _other(changed[at])
            given = tuple(changed if i == number else x for i, x in enumerate(inputs))
            by_answer, by_reference = _effect(found, answer(given)), _effect(expected, reference(given))
            if by_answer is None or by_reference is None:
                continue
            about, said = _compared(words, by_answer, by_reference, axes)
            if said:
                yield (words, about), said
                if at is ...:
                    break


def _places(value: np.ndarray, name: str) -> Iterator[tuple]:
    yield ..., f"`{name}`"
    for axis in range(value.ndim):
        if value.shape[axis] > 1:
            for index, words in ((0, "first"), (-1, "last")):
                of_all = ", ".join([*[":"] * axis, str(index)])
                yield (
                    (*[slice(None)] * axis, index),
                    f"the {words} place along axis {axis} of `{name}`, `{name}[{of_all}]`,",
                )


def _other(values: np.ndarray) -> np.ndarray:
    """Return other values: those of a gate stay between 0 and 1."""
    return 0.7 * values + 0.1


def _effect(before: list, after: list | None) -> list[np.ndarray] | None:
    if after is None or [np.shape(a) for a in before] != [np.shape(a) for a in after]:
        return None
    return [np.abs(np.asarray(a, float) - b) > _UNCHANGED for a, b in zip(before, after, strict=True)]


def _compared(words: str, found: list[np.ndarray], expected: list[np.ndarray], axes: Sequence[str]) -> tuple:
    any_found, any_expected = (any(a.any() for a in arrays) for arrays in (found, expected))
    if any_expected and not any_found:
        return "unused", f"Your result stays the same whatever {words} holds: it is not used, or has no effect."
    if any_found and not any_expected:
        return "used", f"Your result changes with {words} which a right one does not depend on."
    for f, e in zip(found, expected, strict=True):
        for axis in range(f.ndim):
            others = tuple(i for i in range(f.ndim) if i != axis)
            places, right = (set(np.flatnonzero(array.any(others)).tolist()) for array in (f, e))
            where = f"along axis {axis}" + (f" ({axes[axis]})" if len(axes) == f.ndim else "")
            for shown, more, only_here in ((places - right, "", "only "), (right - places, "only ", "")):
                if shown:
                    return (axis, more), (
                        f"When {words} changes, your result changes {more}at {listed(places)} {where}, a right one "
                        f"{only_here}at {listed(right)}."
                    )
    return "", ""


def listed(numbers: set[int] | Sequence[int]) -> str:
    """Return whole numbers in words: 3, 1 and 2, or 4 to 7."""
    numbers = sorted(numbers)
    if not numbers:
        return "no place"
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    words = [str(number) for number in numbers]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def only(wrong: np.ndarray, axes: Sequence[str], masks: Sequence[tuple[str, np.ndarray]]) -> str:
    """Name the places that hold all the wrong entries, if they are not everywhere.

    Args:
        wrong: True where an entry is wrong.
        axes: what its axes mean.
        masks: arguments of True and False, by their names.
    """
    for name, mask in masks:
        for axis in range(wrong.ndim - mask.ndim + 1):
            if wrong.shape[axis : axis + mask.ndim] == mask.shape:
                others = tuple(i for i in range(wrong.ndim) if not axis <= i < axis + mask.ndim)
                places = wrong.any(others)
                for said, where in ((False, ~mask), (True, mask)):
                    if places.any() and where.any() and not where.all() and not (places & ~where).any():
                        return f" It is wrong only where {name} is {said}."
    for axis, size in enumerate(wrong.shape):
        places = np.unique(np.argwhere(wrong)[:, axis]).tolist()
        if 0 < len(places) < size:
            called = axes[axis] if len(axes) == wrong.ndim else f"axis {axis}, index"
            if len(places) == 1:
                end = {0: " (the first)", size - 1: " (the last)"}.get(places[0], "")
                return f" It is wrong only at {called} {places[0]}{end}."
            if places[-1] == size - 1 and len(places) == size - places[0]:
                return f" It is right up to {called} {places[0] - 1}, and wrong from {called} {places[0]} on."
            return f" It is wrong only at {called} {listed(places)}."
    return ""
