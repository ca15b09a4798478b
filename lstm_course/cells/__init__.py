"""The cells that the course builds by hand, in NumPy: SimpleRNN, LSTM and GRU, forward and backward.

``gradients`` measures what becomes of a gradient on its way back: finite differences, its norm by lag, Jacobians.
"""

from lstm_course.cells.layers import GRU, LSTM, LSTMState, SimpleRNN, sigmoid

__all__ = ["GRU", "LSTM", "LSTMState", "SimpleRNN", "sigmoid"]
