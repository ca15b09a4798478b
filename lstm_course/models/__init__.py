"""The Keras models that the course names, how they are trained, and the trained weights that come with the course.

``keras`` here is Keras without TensorFlow's start-up lines; ``training`` fits a model so that it can be interrupted;
``weights`` loads the shipped ones. Importing this folder brings in no TensorFlow: it comes with ``keras``, or with the
first model built.
"""

from lstm_course.models.builders import MAXLEN, known_ids, lean_lstm, load, score, simple_rnn, source_lstm

__all__ = ["MAXLEN", "known_ids", "lean_lstm", "load", "score", "simple_rnn", "source_lstm"]


def __getattr__(name):
    """Import Keras when it is first asked for; it takes seconds."""
    if name == "keras":
        from lstm_course.models.quiet import keras

        return keras
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
