"""The trained model that comes with the course, for checks that let it read an answer."""

from functools import cache


@cache
def shipped_model() -> tuple:
    """Return the source script's model and its word index, loaded once."""
    from lstm_course.models import weights

    return weights.load("source")
