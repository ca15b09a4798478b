"""A readout on the last hidden state: softmax scores, their loss with its gradients and their norm, and their accuracy.

Notebook 02 derives these lines; the later notebooks import them.
"""

import numpy as np


def loss_and_gradients(cell, readout, inputs, labels):
    """Compute the mean cross-entropy of a batch, and its gradients with respect to all weights.

    Args:
        cell: a SimpleRNN, LSTM or GRU of :mod:`lstm_course.cells`.
        readout: its kernel ``(units, classes)`` and bias ``(classes,)``.
        inputs: ``(batch, time, features)``.
        labels: the right class of each sequence, ``(batch,)`` whole numbers.

    Returns:
        The loss, and a list with the gradients of the cell's weights, in the order of ``cell.weights``, then of the
        readout's kernel and bias.
    """
    kernel, bias = readout
    last, cache = cell.forward(inputs)
    scores = last @ kernel + bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    truth = np.eye(len(bias))[labels]
    grad_scores = (probabilities - truth) / len(labels)
    back = cell.backward(grad_scores @ kernel.T, cache)
    loss = -np.log((probabilities * truth).sum(axis=1) + 1e-300).mean()
    return loss, [*back.weights.values(), last.T @ grad_scores, grad_scores.sum(axis=0)]


def global_norm(arrays):
    """Return the length of the one long vector that all entries of these arrays make (Pascanu and others, 2013)."""
    return np.sqrt(sum((array**2).sum() for array in arrays))


def accuracy(cell, readout, inputs, labels):
    """Return the share of sequences whose class has the highest score; arguments as in `loss_and_gradients`."""
    scores = cell.forward(inputs)[0] @ readout[0] + readout[1]
    return (scores.argmax(axis=1) == labels).mean()
