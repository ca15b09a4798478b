"""Keras, imported without TensorFlow's start-up lines.

TensorFlow 2.21 writes about oneDNN, CUDA and the processor to file descriptor 2 while it is imported and when it runs
its first operation; no environment variable silences all of it (tensorflow/tensorflow#100442). A notebook would store
those lines as an output of the cell. Both moments are therefore spent here, with the descriptor pointed elsewhere::

    from lstm_course.models.quiet import keras
"""

import os
import sys
from contextlib import contextmanager

__all__ = ["keras", "tf"]


@contextmanager
def _silent_stderr():
    """Send file descriptor 2 to the null device; a failure inside is still raised as an exception."""
    sys.stderr.flush()
    saved = os.dup(2)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(null)


os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
with _silent_stderr():
    import keras
    import tensorflow as tf

    tf.constant(0.0) + 1.0
    # A recurrent layer transposes its mask; the first such transpose complains on processors without AVX-512.
    tf.transpose(tf.zeros((1, 1), tf.bool))
# A notebook builds many small models, and TensorFlow advises against that on standard error.
tf.get_logger().setLevel("ERROR")
