"""Run a learner's code: on copies of the inputs, within a time limit, keeping what it raised."""

import contextvars
import copy
import ctypes
import inspect
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np


class _Stop(BaseException):
    """Raised inside the worker to end it; no ``except Exception`` in an answer catches it."""


class TimeIsUp(Exception):
    """The code did not come to an end within its limit."""


@dataclass(frozen=True)
class Outcome:
    """What one call came to: a value or the error that stopped it, and the arguments that it changed."""

    value: object = None
    error: BaseException | None = None
    changed: tuple[str, ...] = ()


def argument_names(function: Callable) -> list[str]:
    """Return the names of a function's positional arguments."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [name for name, p in inspect.signature(function).parameters.items() if p.kind in kinds]


def call(function: Callable, inputs: Sequence, names: Sequence[str]) -> Outcome:
    """Call a function with copies of the inputs.

    Args:
        function: what to call, with positional arguments.
        inputs: its arguments; they stay as they are.
        names: a name for each input, for the report of those that the function changed in place.
    """
    given = copy.deepcopy(list(inputs))
    try:
        with np.errstate(all="ignore"):
            value = function(*given)
            if isinstance(value, Iterator):
                value = list(value)
    except _Stop:
        raise
    except BaseException as error:  # SystemExit too: the notebook goes on whatever an answer does
        return Outcome(error=error)
    changed = [n for n, before, after in zip(names, inputs, given, strict=False) if _differs(before, after)]
    return Outcome(value=value, changed=tuple(changed))


def _differs(before: object, after: object) -> bool:
    # A value that was shifted and shifted back, as in a numerical gradient, may differ in its last digit.
    if isinstance(before, np.ndarray):
        return before.shape != after.shape or not np.allclose(before, after, equal_nan=True)
    if isinstance(before, list | tuple):
        return len(before) != len(after) or any(map(_differs, before, after))
    return isinstance(before, dict) and before != after


def within(limit: float, task: Callable):
    """Return ``task()``, or raise `TimeIsUp` when it takes longer than ``limit`` seconds.

    The task runs in a thread of its own, which is ended by an exception raised inside it. Code that catches
    everything, or that waits outside Python, cannot be ended so; it is left behind as a daemon.
    """
    results, stopped = [], threading.Event()

    def work():
        try:
            results.append(task())
        except _Stop:
            stopped.set()

    worker = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    worker.start()
    try:
        worker.join(limit)
    finally:  # also when the learner interrupts the kernel
        _end(worker, stopped)
    if not results:
        raise TimeIsUp
    return results[0]


def _end(worker: threading.Thread, stopped: threading.Event) -> None:
    for _ in range(20):
        if not worker.is_alive() or stopped.is_set():
            return
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident), ctypes.py_object(_Stop))
        stopped.wait(0.1)


def describe_error(error: BaseException, answer: Callable) -> str:
    """Say in one sentence what stopped an answer: type, message, and the line in the answer's own source."""
    filename = getattr(getattr(answer, "__code__", None), "co_filename", None)
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == filename]
    place = ""
    if frames:
        place = f" in line {frames[-1].lineno}"
        place += f" (`{frames[-1].line}`)" if frames[-1].line else ""
    message = (str(error).strip().splitlines() or ["no message"])[0][:200]
    return f"Your function stopped with {type(error).__name__}{place}: {message.rstrip('.')}."


def is_about_shapes(error: BaseException) -> bool:
    """Tell whether NumPy raised an error because the shapes of arrays do not fit together."""
    words = ("shape", "dimension")  # matmul's message speaks of a core dimension
    return isinstance(error, ValueError) and any(word in str(error) for word in words)
