"""Tasks that need a memory over a known lag, and the races of small networks on them.

``TASKS`` holds the tasks by name, ``TRACKING`` those that ask for a state at every step; a ``Network`` is an
architecture with its size and its start. ``train`` trains all seeds of one at once, ``sweep`` many of them at many
lags, and ``success_by_lag`` tests what is trained at other lags. Importing this folder brings in no TensorFlow: it
comes with the first name that trains.
"""

from lstm_course.memory.networks import KINDS, Network
from lstm_course.memory.tasks import TASKS, Task
from lstm_course.memory.tracking import TRACKING

__all__ = [
    "KINDS",
    "TASKS",
    "TRACKING",
    "Network",
    "Task",
    "seconds_per_update",
    "success_by_lag",
    "successes",
    "sweep",
    "train",
]

_OF_SWEEPS, _OF_TRAINING = ("successes", "sweep"), ("seconds_per_update", "success_by_lag", "train")


def __getattr__(name):
    """Import TensorFlow when a name that trains is first asked for; it takes seconds."""
    if name in _OF_SWEEPS:
        from lstm_course.memory import sweeps

        return getattr(sweeps, name)
    if name in _OF_TRAINING:
        from lstm_course.memory import training

        return getattr(training, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
