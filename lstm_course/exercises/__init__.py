"""Checks that tell a learner what an answer gets wrong. One module per notebook.

In a notebook: ``from lstm_course.exercises import nb06``, then ``nb06.check_encode(encode)`` and, on request,
``nb06.hint("encode")``. ``progress()`` shows what is done.
"""

from lstm_course.exercises.progress_table import answers, notebooks, progress

__all__ = ["answers", "notebooks", "progress"]
