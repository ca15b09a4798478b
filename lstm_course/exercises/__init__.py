"""Checks that tell a learner what an answer gets wrong. One module per notebook.

In a notebook: ``from lstm_course.exercises.nb06 import check_encode, hint``, then ``check_encode(encode)``
and, on request, ``hint("encode")``. ``progress()`` shows what is done.
"""

from lstm_course.exercises.engine.progress import progress

__all__ = ["progress"]
