"""The helper package of the LSTM course.

Importing it brings in neither TensorFlow nor matplotlib; the modules that need them import them themselves.
"""

__version__ = "0.1.0"
