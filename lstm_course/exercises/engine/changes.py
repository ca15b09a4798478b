"""Single changes to the arguments or to the result of a function, each with the words that name it.

A right function behind one of them computes what a function with one mistake does: with `bias` all zeros it is one that
leaves the bias out, and with its result transposed one that returns it so.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations

import numpy as np


@dataclass(frozen=True)
class Change:
    """A change and its name.

    Attributes:
        words: a clause that says what is changed.
        apply: of arguments: from a tuple of them to a tuple; of results: from a list of arrays and the arguments to a
            list of arrays. May raise where it does not fit.
        argument: the number of the argument that is changed, for changes of one argument.
        usual: whether students make this mistake beside another one; the rest explain a result only alone.
    """

    words: str
    apply: Callable
    argument: int | None = None
    usual: bool = True


def _relu(x):
    return np.maximum(x, 0)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


_ARRAY = {
    "{} is all zeros, as if it were left out": np.zeros_like,
    "{} is all ones, as if it were left out": np.ones_like,
    "{} has the wrong sign": np.negative,
    "{} counts twice": lambda x: 2 * x,
    "{} goes through a tanh first": np.tanh,
}
_ARRAY_SELDOM = {
    "1 − {0} stands where {0} should": lambda x: 1 - x,
    "{} goes through a sigmoid first": _sigmoid,
    "{} is squared": np.square,
}
_WHOLE = {"{} is one too large": lambda n: n + 1, "{} is one too small": lambda n: n - 1}
_MASK = {
    "{} is turned round": np.logical_not,
    "{} is True everywhere": np.ones_like,
    "{} is False everywhere": np.zeros_like,
}
_RESULT = {
    "{} has the wrong sign": np.negative,
    "{} goes through a tanh once more": np.tanh,
    "the tanh at the end is left out of {}": np.arctanh,
    "a sigmoid stands for the tanh at the end of {}": lambda x: _sigmoid(np.arctanh(x)),
    "a cut at zero (a ReLU) stands for the tanh at the end of {}": lambda x: _relu(np.arctanh(x)),
}
_RESULT_SELDOM = {
    "{} is twice as large": lambda x: 2 * x,
    "{} is half as large": lambda x: x / 2,
    "{} goes through a sigmoid at the end": _sigmoid,
    "the negative numbers of {} are set to zero": _relu,
    "{} is one minus what it should be": lambda x: 1 - x,
    "{} is one too large": lambda x: x + 1,
    "{} is one too small": lambda x: x - 1,
    "{} has lost its signs": np.abs,
    "{} is squared": np.square,
    "the square root is left out of {}": np.square,
    "{} has a square root too many": np.sqrt,
}


def _is_float(value: object) -> bool:
    return isinstance(value, float) or (isinstance(value, np.ndarray) and value.dtype.kind == "f")


def _is_whole(value: object) -> bool:
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iu"
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _at(number: int, change: Callable) -> Callable:
    """Return a change of one argument, as a change of the tuple of all."""
    return lambda inputs: tuple(change(value) if i == number else value for i, value in enumerate(inputs))


def of_arguments(names: Sequence[str], inputs: Sequence[tuple], axes: Callable[[int, int], str]) -> list[Change]:
    """Return the changes that fit the arguments of a function.

    Args:
        names: of the arguments.
        inputs: the arguments of several calls, to see of which kind they are.
        axes: the name of an axis, from the number of its argument and its own.
    """
    found = []
    for number, (name, value) in enumerate(zip(names, inputs[0], strict=True)):
        called = f"`{name}`"
        kinds = _ARRAY if _is_float(value) else _WHOLE if _is_whole(value) else {}
        if isinstance(value, np.ndarray) and value.dtype == bool:
            kinds = _MASK
        found += [Change(words.format(called), _at(number, change), number) for words, change in kinds.items()]
        if kinds is _ARRAY:
            seldom = {words.format(called): change for words, change in _ARRAY_SELDOM.items()}
            seldom |= _moves(called, np.ndim(value), partial(axes, number))
            found += [Change(words, _at(number, change), number) for words, change in _turns(called, np.ndim(value))]
            found += [Change(words, _at(number, change), number, False) for words, change in seldom.items()]
    found += _exchanges(names, inputs)
    found += _shorter(names, inputs, axes)
    return found


def _turns(called: str, ndim: int) -> Iterator[tuple[str, Callable]]:
    for one, other in combinations(range(ndim), 2):
        words = "is transposed" if ndim == 2 else f"has axes {one} and {other} exchanged"
        yield f"{called} {words}", lambda x, pair=(one, other): np.swapaxes(x, *pair)


def _moves(called: str, ndim: int, axes: Callable[[int], str]) -> dict[str, Callable]:
    moves = {}
    for axis in range(ndim):
        where = axes(axis)
        moves[f"{called} is read backwards along {where}"] = partial(np.flip, axis=axis)
        for step, words in ((1, "late"), (-1, "early")):
            moved = f"{called} comes one place too {words} along {where}"
            moves[f"{moved}, what falls off joining at the other end"] = partial(np.roll, shift=step, axis=axis)
            moves[f"{moved}, with zeros moving up"] = partial(_shifted, axis=axis, step=step)
    return moves


def _shifted(array: np.ndarray, axis: int, step: int) -> np.ndarray:
    moved = np.roll(array, step, axis)
    np.moveaxis(moved, axis, 0)[0 if step > 0 else -1] = 0
    return moved


def _exchanges(names: Sequence[str], inputs: Sequence[tuple]) -> Iterator[Change]:
    for one, other in combinations(range(len(names)), 2):
        kinds = [[type(given[i]) for i in (one, other)] for given in inputs]
        if all(a is b for a, b in kinds) and all(np.shape(g[one]) == np.shape(g[other]) for g in inputs):

            def exchange(given, one=one, other=other):
                changed = list(given)
                changed[one], changed[other] = given[other], given[one]
                return tuple(changed)

            yield Change(f"`{names[one]}` and `{names[other]}` are exchanged", exchange)


def groups(inputs: Sequence[tuple]) -> list[list[tuple[int, int]]]:
    """Return the axes, as pairs of an argument and its axis, in groups that have one size in every call."""
    sizes: dict[tuple, list] = {}
    for number, value in enumerate(inputs[0]):
        for axis in range(value.ndim if isinstance(value, np.ndarray) else 0):
            if all(np.ndim(given[number]) == value.ndim for given in inputs):
                sizes.setdefault(tuple(given[number].shape[axis] for given in inputs), []).append((number, axis))
    return list(sizes.values())


def _shorter(names: Sequence[str], inputs: Sequence[tuple], axes: Callable[[int, int], str]) -> Iterator[Change]:
    """Leave out the first or the last place along an axis, of every argument that has it."""
    for group in groups(inputs):
        for kept, words in ((slice(1, None), "first"), (slice(None, -1), "last")):

            def shorten(given, group=tuple(group), kept=kept):
                changed = list(given)
                for number, axis in group:
                    changed[number] = changed[number][(slice(None),) * axis + (kept,)]
                return tuple(changed)

            number, axis = group[0]
            yield Change(f"the {words} place along {axes(number, axis)} of `{names[number]}` is left out", shorten)


def of_results(
    names: Sequence[str],
    expected: Sequence[np.ndarray],
    inputs: Sequence[tuple],
    arguments: Sequence[str],
    axes: Callable[[int], str],
    of_argument: Callable[[int, int], str],
) -> list[Change]:
    """Return the changes that fit the results of a function.

    Args:
        names: of the results.
        expected: the right results of the first call.
        inputs: the arguments of several calls.
        arguments: their names.
        axes: the name of an axis of a result.
        of_argument: the name of an axis, from the number of its argument and its own.
    """
    found = []
    for number, (name, right) in enumerate(zip(names, expected, strict=True)):
        called = name if len(names) == 1 else f"`{name}`"
        usual = {words.format(called): change for words, change in _RESULT.items()} | dict(_turns(called, right.ndim))
        seldom = {words.format(called): change for words, change in _RESULT_SELDOM.items()}
        seldom |= _moves(called, right.ndim, axes) | dict(_fewer(called, right.ndim, axes))
        found += [_of_one(words, number, _alone(change)) for words, change in usual.items()]
        found += [_of_one(words, number, change) for words, change in _means(called, inputs, arguments, of_argument)]
        found += [_of_one(words, number, _alone(change), False) for words, change in seldom.items()]
        found += [
            _of_one(words, number, change, False) for words, change in _with_arguments(called, right, inputs, arguments)
        ]
    for order in list(permutations(range(len(names))))[1:] if len(names) < 4 else ():
        words = "the results come in another order: " + ", ".join(names[i] for i in order)
        found.append(Change(words, lambda results, given, order=order: [results[i] for i in order]))
    return found


def _alone(change: Callable) -> Callable:
    return lambda x, given: change(x)


def _of_one(words: str, number: int, change: Callable, usual: bool = True) -> Change:
    return Change(
        words,
        lambda results, given: [change(x, given) if i == number else x for i, x in enumerate(results)],
        usual=usual,
    )


def _fewer(called: str, ndim: int, axes: Callable[[int], str]) -> Iterator[tuple[str, Callable]]:
    """Leave out places or an axis of a result, or double the first."""
    for axis in range(ndim):
        where, front = axes(axis), (slice(None),) * axis
        yield f"{called} is summed over {where}", lambda x, axis=axis: x.sum(axis)
        yield f"{called} is averaged over {where}", lambda x, axis=axis: x.mean(axis)
        yield f"only the last place along {where} of {called} is returned", lambda x, at=(*front, -1): x[at]
        yield f"only the first place along {where} of {called} is returned", lambda x, at=(*front, 0): x[at]
        for words, kept in (("first", slice(1, None)), ("last", slice(None, -1))):
            yield f"{called} lacks the {words} place along {where}", lambda x, at=(*front, kept): x[at]
        yield (
            f"{called} has zeros in front that do not belong there, one place more along {where}",
            lambda x, axis=axis: np.insert(x, 0, 0, axis),
        )
        yield f"{called} has an axis too many, of length 1, at {axis}", lambda x, axis=axis: np.expand_dims(x, axis)
        yield (
            f"every place along {where} of {called} shows the last one",
            lambda x, axis=axis: np.repeat(np.take(x, [-1], axis), x.shape[axis], axis),
        )
    yield f"{called} is summed to a single number", np.sum


def _with_arguments(called, right, inputs, arguments) -> Iterator[tuple[str, Callable]]:
    for number, name in enumerate(arguments):
        if all(_is_float(given[number]) for given in inputs) and np.shape(inputs[0][number]) == right.shape:
            yield f"`{name}` is added to {called}", lambda x, given, n=number: x + given[n]
            yield f"`{name}` is subtracted from {called}", lambda x, given, n=number: x - given[n]
            yield f"{called} is multiplied by `{name}` once more", lambda x, given, n=number: x * given[n]
            yield f"{called} lacks the factor `{name}`", lambda x, given, n=number: x / given[n]
            yield f"{called} is `{name}`, as it was given", lambda x, given, n=number: given[n]


def _means(called, inputs, arguments, of_argument) -> Iterator[tuple[str, Callable]]:
    """Divide a result by the length of an axis of the arguments."""
    for group in groups(inputs):
        number, axis = group[0]
        where = f"the length of {of_argument(number, axis)} of `{arguments[number]}`"
        yield (
            f"{called} is divided by {where}, a mean where a sum belongs",
            lambda x, given, n=number, axis=axis: x / given[n].shape[axis],
        )
