"""Compare results, and say in words how one differs from what was expected."""

from collections.abc import Sequence

import numpy as np

from lstm_course.exercises.engine.where import only

RELATIVE, ABSOLUTE = 1e-5, 1e-6  # room for float32; every mutant is further away than this


class NotYet(Exception):
    """Carries the sentence that tells a learner what is wrong with a result."""


def parts(value: object, names: Sequence[str]) -> list[np.ndarray]:
    """Return a result as a list of arrays, one for each name.

    A tuple, a list, an array with one entry per name or a dict by name are all welcome where there are
    several.

    Raises:
        NotYet: the result is of no use: too few values, text for numbers, lists of unequal length, complex
            numbers.
    """
    if len(names) == 1:
        return [_array(value, names[0])]
    if isinstance(value, dict):
        missing = [name for name in names if name not in value]
        if missing:
            raise NotYet(f"The dictionary has no key {missing[0]!r}; expected the keys {', '.join(names)}.")
        value = [value[name] for name in names]
    if isinstance(value, np.ndarray) and value.shape[:1] != (len(names),):
        raise NotYet(f"Your function returns one array of shape {value.shape}; expected {_listed(names)}.")
    if not isinstance(value, tuple | list | np.ndarray):
        raise NotYet(f"Your function returns one value of type {type(value).__name__}; expected {_listed(names)}.")
    if len(value) != len(names):
        raise NotYet(f"Your function returns {_count(len(value))}; expected {_listed(names)}.")
    return [_array(part, name) for part, name in zip(value, names, strict=True)]


def _count(number: int) -> str:
    return "1 value" if number == 1 else f"{number} values"


def _listed(names: Sequence[str]) -> str:
    return f"{_count(len(names))} ({', '.join(names)})"


def _array(value: object, name: str) -> np.ndarray:
    if value is None:
        raise NotYet(f"{name} is None.")
    try:
        array = np.asarray(value)
    except ValueError:
        raise NotYet(f"{name} holds lists of unequal length, which make no array.") from None
    if array.dtype.kind == "c" and np.allclose(array.imag, 0):
        array = array.real
    if array.dtype.kind == "c":
        raise NotYet(f"{name} holds complex numbers; expected real ones.")
    if array.dtype.kind == "O" and array.size:
        try:
            array = array.astype(float)
        except (TypeError, ValueError):
            raise NotYet(f"{name} holds values {_type_of(array.flat[0])}; expected numbers.") from None
    if array.dtype.kind not in "biufO":
        raise NotYet(f"{name} is {_type_of(value)}; expected numbers.")
    return array


def _type_of(value: object) -> str:
    return f"of type {type(value).__name__}"


def same(one: object, other: object, tolerance: float | None = None) -> bool:
    """Tell whether two results agree: lists of arrays entry by entry, anything else by equality."""
    if not (isinstance(one, list) and isinstance(other, list)):
        return type(one) is type(other) and one == other
    return len(one) == len(other) and all(_close(a, b, tolerance) for a, b in zip(one, other, strict=True))


def _close(found: np.ndarray, expected: np.ndarray, tolerance: float | None) -> bool:
    if expected.ndim == 0 and found.size == 1:
        found = found.reshape(())
    return found.shape == expected.shape and bool(np.all(_agree(found, expected, tolerance)))


def _agree(found: np.ndarray, expected: np.ndarray, tolerance: float | None) -> np.ndarray:
    if tolerance is not None:
        return np.abs(found.astype(float) - expected) <= tolerance
    if expected.dtype.kind in "biu":
        return found == expected
    return np.isclose(found, expected, RELATIVE, ABSOLUTE, equal_nan=True)


def difference(
    found: Sequence[Sequence[np.ndarray]],
    expected: Sequence[Sequence[np.ndarray]],
    names: Sequence[str],
    axes: Sequence[str],
    tolerance: float | None,
    masks: Sequence[Sequence[tuple[str, np.ndarray]]],
) -> tuple[int, str]:
    """Say how results differ from the expected ones, over several draws.

    Args:
        found: for each draw, the arrays that were returned.
        expected: for each draw, the arrays that should have been.
        names: the name of each array.
        axes: what the axes of an array mean, such as ``("batch", "time", "units")``.
        tolerance: an absolute tolerance in place of the usual one.
        masks: for each draw the arguments that are arrays of True and False, with their names.

    Returns:
        The number of the first draw that differs, and the sentences.
    """
    for number, (found_here, expected_here) in enumerate(zip(found, expected, strict=True)):
        for i, (f, e) in enumerate(zip(found_here, expected_here, strict=True)):
            if _close(f, e, tolerance):
                continue
            name = names[i]
            if f.shape != e.shape and not (e.ndim == 0 and f.size == 1):
                return number, _shape(name, f, e, axes)
            sentences = _values(name, f.reshape(e.shape), e, axes, tolerance, masks[number])
            pattern = _pattern([a[i] for a in found], [b[i] for b in expected])
            return number, sentences + pattern + _right_ones(found, expected, names, tolerance)
    raise ValueError("the results agree")


def _shape(name: str, found: np.ndarray, expected: np.ndarray, axes: Sequence[str]) -> str:
    meaning = f", that is ({', '.join(axes)})" if len(axes) == expected.ndim and axes else ""
    text = f"{name} has shape {found.shape}; expected {expected.shape}{meaning}."
    if found.ndim == expected.ndim == 1 and max(found.size, expected.size) <= 12:
        return f"{text} Found {found.tolist()}; expected {expected.tolist()}."
    for axis in range(1, found.ndim):
        if found.ndim == expected.ndim and _close(np.swapaxes(found, 0, axis), expected, None):
            return f"{text} The numbers are right, but axes 0 and {axis} are swapped."
    return text


def _values(name, found, expected, axes, tolerance, masks) -> str:
    missing = np.isnan(found.astype(float)) & ~np.isnan(expected.astype(float))
    wrong = missing if missing.any() else ~_agree(found, expected, tolerance)
    index = tuple(int(i) for i in np.argwhere(wrong)[0])
    if missing.any():
        return f"{_entry(name, index)} is NaN (not a number); expected {_number(expected[index])}."
    text = f"{_entry(name, index)} is {_number(found[index])}; expected {_number(expected[index])}."
    if expected.ndim == 1 and expected.size <= 12:
        whole = [[_number(x) for x in array] for array in (found, expected)]
        text = f"{name} is [{', '.join(whole[0])}]; expected [{', '.join(whole[1])}]."
    return text + only(wrong, axes, masks)


def _entry(name: str, index: tuple[int, ...]) -> str:
    return f"{name}[{', '.join(map(str, index))}]" if index else name


def _number(value) -> str:
    return f"{value:.4g}" if value.dtype.kind == "f" else str(value)


def _right_ones(found, expected, names, tolerance) -> str:
    """Name the results that are right in every draw."""
    pairs = [list(zip(f, e, strict=True)) for f, e in zip(found, expected, strict=True)]
    right = [name for i, name in enumerate(names) if all(_close(*draw[i], tolerance) for draw in pairs)]
    return f" {' and '.join(right)} {'is' if len(right) == 1 else 'are'} right." if right else ""


def _pattern(found: list[np.ndarray], expected: list[np.ndarray]) -> str:
    """Recognise a flipped sign or a constant factor that holds over all draws."""
    if any(f.size != e.size for f, e in zip(found, expected, strict=True)):
        return ""
    f, e = (np.concatenate([np.ravel(a).astype(float) for a in arrays]) for arrays in (found, expected))
    if not np.isfinite(f).all() or not np.isfinite(e).all() or not e.any() or not f.any():
        return ""
    factor = f @ e / (e @ e)
    if not np.allclose(f, factor * e, RELATIVE, ABSOLUTE):
        return ""
    if np.isclose(factor, -1):
        return " Every number has the right size and the wrong sign."
    return f" Every number is {factor:.4g} times what it should be."
