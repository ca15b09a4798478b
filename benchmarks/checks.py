"""Time the checks: how long a right answer waits for its verdict, and what share of the limit that is.

Run with ``python benchmarks/checks.py``. Every exercise that expects a function is asked about its own reference, in a
kernel that has called it once; the median of ``REPEATS`` calls counts. Beside it stands the time of the same calls of
the reference alone, without the check around them.
"""

import contextlib
import io
import statistics
import time

from lstm_course.exercises import notebooks
from lstm_course.exercises.engine.checking import Exercise
from lstm_course.exercises.engine.running import call

LIMIT, REPEATS = 0.2, 5  # seconds


def seconds(task) -> float:
    """Return the median time of a call, after one that is not counted."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.perf_counter()
        task()
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def main() -> None:
    """Print one line for each exercise, and the slowest."""
    slowest = {}
    for book in notebooks():
        for name, check in book.exercises.items():
            if not isinstance(check, Exercise):
                continue
            with contextlib.redirect_stdout(io.StringIO()):
                asked = seconds(lambda check=check: check(check.reference, record=False))
            alone = seconds(lambda check=check: [call(check.reference, given, ()) for given in check.inputs()])
            slowest[f"{book.number} {name}"] = asked
            print(f"{book.number} {name:24} {1000 * asked:7.1f} ms, {asked / alone:5.1f} times its calls alone")
    name = max(slowest, key=slowest.get)
    print(f"slowest: {name}, {slowest[name] / LIMIT:.2f} of the limit of {LIMIT} s")


if __name__ == "__main__":
    main()
