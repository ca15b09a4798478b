"""The trained model that comes with the course, for checks that let it read an answer."""

from functools import cache

from lstm_course.models import in_numpy
from lstm_course.models.in_numpy import NumpyLSTM


@cache
def shipped_model() -> tuple[NumpyLSTM, dict[str, int]]:
    """Return the source script's model, in NumPy, and its word index, loaded once."""
    return in_numpy.load("source")
