"""The cells that the course builds by hand, in NumPy: SimpleRNN, LSTM and GRU, forward and backward.

`LRU` is a linear recurrence, forward alone.

``gradient_checks`` measures what becomes of a gradient on its way back: finite differences, its norm by lag.
``loss_and_gradients`` and ``accuracy`` put a softmax on the last hidden state; ``global_norm`` measures its gradients.
"""

from lstm_course.cells.layers import GRU, LSTM, LSTMState, SimpleRNN, sigmoid
from lstm_course.cells.lru import LRU
from lstm_course.cells.readout import accuracy, global_norm, loss_and_gradients

__all__ = ["GRU", "LRU", "LSTM", "LSTMState", "SimpleRNN", "accuracy", "global_norm", "loss_and_gradients", "sigmoid"]
