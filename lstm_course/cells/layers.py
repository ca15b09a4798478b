"""SimpleRNN, LSTM and GRU in NumPy: forward over a batch of sequences, and backward through time.

The weights have Keras's names, shapes and gate order, so that arrays go straight from one to the other::

    cell = LSTM.from_keras(layer)
    outputs, cache = cell.forward(inputs)            # inputs (batch, time, features)
    gradients = cell.backward(grad_outputs, cache)   # gradients.kernel, .recurrent_kernel, .bias, .inputs

Three things make the loops fast. What does not depend on the state leaves them: the inputs are projected before the
loop comes to them, and the weight gradients summed after it has left, many steps at a time and on another core where
there is one. A step allocates nothing: every operation writes into a buffer that exists already. And the elementwise
operations find each gate in one piece, whereas a matrix product wants all gates of a sequence in one row: the
operation between the two writes its result in the other order.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course.cells.base import Cache, Gradients, LSTMState, Recurrent
from lstm_course.cells.products import in_blocks

__all__ = ["GRU", "LSTM", "GRUCache", "Gradients", "LSTMCache", "LSTMState", "SimpleRNN", "sigmoid"]


def sigmoid(z):
    """Compute the logistic function 1 / (1 + exp(-z)), written so that no z overflows."""
    return 0.5 * np.tanh(0.5 * np.asarray(z)) + 0.5


def _by_gate(rows, gates):
    """View ``(..., batch, gates * units)``, the rows of a matrix product, as ``(..., gates, batch, units)``."""
    return rows.reshape(*rows.shape[:-1], gates, -1).swapaxes(-3, -2)


class SimpleRNN(Recurrent):
    """The plain recurrent layer: ``h = tanh(x @ kernel + h_previous @ recurrent_kernel + bias)``.

    Args:
        kernel: ``(features, units)``.
        recurrent_kernel: ``(units, units)``.
        bias: ``(units,)``.

    Source: Elman 1990; ``keras.layers.SimpleRNN``.
    """

    def _forward_loop(self, steps, states, mask, return_sequences):
        time, batch, _ = steps.shape
        hidden = np.empty((time + 1, batch, self.units), steps.dtype)
        hidden[0] = states[0]
        cache = Cache(steps, mask, return_sequences, hidden)
        skipped = cache.skipped_steps()
        blocks = in_blocks(hidden, self.recurrent_kernel)
        for t, projected in self._project(cache, self.kernel, self.bias):
            state = hidden[t + 1]
            np.matmul(blocks[t], self.recurrent_kernel, out=blocks[t + 1])
            state += projected
            np.tanh(state, out=state)
            if skipped is not None:
                np.copyto(state, hidden[t], where=skipped[t])
        return cache

    def _backward_loop(self, cache, grad_states):
        (grad_hidden,) = grad_states
        transposed = np.ascontiguousarray(self.recurrent_kernel.T)
        grad_sum = np.empty_like(cache.hidden[1:])  # at the sum inside the tanh
        carried = np.empty_like(cache.hidden[0])
        blocks, carried_blocks = in_blocks(grad_sum, transposed), in_blocks(carried, transposed)
        skipped = cache.skipped_steps()
        for span in reversed(cache.spans()):
            slopes = 1.0 - np.square(cache.hidden[1:][span])
            if skipped is not None:
                np.copyto(slopes, 0.0, where=skipped[span])
            for t in reversed(range(span.start, span.stop)):
                np.multiply(grad_hidden[t + 1], slopes[t - span.start], out=grad_sum[t])
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                if skipped is not None:
                    np.add(grad_hidden[t], grad_hidden[t + 1], out=grad_hidden[t], where=skipped[t])
            yield span, grad_sum[span], grad_sum[span]


@dataclass
class LSTMCache(Cache):
    """An LSTM's forward pass: gates and states over time, each ``(batch, time, units)``."""

    gates: np.ndarray  # (time, 4, batch, units): output, input, forget, candidate
    cell: np.ndarray  # (time + 1, batch, units), the initial state first
    squashed: np.ndarray  # tanh of the cell state, (time, batch, units)

    @property
    def input_gate(self) -> np.ndarray:
        """How much of the candidate is let in."""
        return self.gates[:, 1].swapaxes(0, 1)

    @property
    def forget_gate(self) -> np.ndarray:
        """How much of the cell state is kept: 1 remembers."""
        return self.gates[:, 2].swapaxes(0, 1)

    @property
    def candidate(self) -> np.ndarray:
        """What is offered to the cell state, between -1 and 1."""
        return self.gates[:, 3].swapaxes(0, 1)

    @property
    def output_gate(self) -> np.ndarray:
        """How much of the squashed cell state is shown."""
        return self.gates[:, 0].swapaxes(0, 1)

    @property
    def cell_state(self) -> np.ndarray:
        """The cell state after every step."""
        return self.cell[1:].swapaxes(0, 1)

    @property
    def initial_state(self) -> LSTMState:
        """Both states before the first step."""
        return LSTMState(self.hidden[0], self.cell[0])

    @property
    def final_state(self) -> LSTMState:
        """Both states after the last step."""
        return LSTMState(self.hidden[-1], self.cell[-1])


class LSTM(Recurrent):
    """Long short-term memory with a forget gate, as ``keras.layers.LSTM`` has it.

    ``c = f * c_previous + i * g`` and ``h = o * tanh(c)``. The input gate ``i``, the forget gate ``f`` and
    the output gate ``o`` are the sigmoid, and the candidate ``g`` is the tanh, of their blocks of
    ``x @ kernel + h_previous @ recurrent_kernel + bias``.

    Args:
        kernel: ``(features, 4 * units)``, columns in the order input, forget, candidate, output.
        recurrent_kernel: ``(units, 4 * units)``, columns in the same order.
        bias: ``(4 * units,)``, in the same order.

    Source: Hochreiter and Schmidhuber 1997; the forget gate, Gers, Schmidhuber and Cummins 2000.
    """

    _gates = 4
    # Inside, the order is output, input, forget, candidate: the three sigmoids lie together, and so do the
    # three blocks whose gradient comes through the cell state.
    _blocks = (3, 0, 1, 2)
    _keras_config = Recurrent._keras_config | {"recurrent_activation": "sigmoid"}

    @classmethod
    def initialise(cls, features: int, units: int, *, rng: np.random.Generator, forget_bias: float = 1.0):
        """Draw weights as :meth:`SimpleRNN.initialise` does, and set the forget gate's bias to ``forget_bias``.

        Source: Jozefowicz, Zaremba and Sutskever 2015, on a forget bias of 1.
        """
        cell = super().initialise(features, units, rng=rng)
        cell.bias[units : 2 * units] = forget_bias
        return cell

    @staticmethod
    def _state(states):
        return LSTMState(*states)

    def _check_states(self, name, state, batch, dtype):
        if state is None:
            state = (None, None)
        several = isinstance(state, (tuple, list))
        if not several or len(state) != 2:
            found = f"{len(state)} arrays" if several else f"shape {np.shape(state)}"
            expected = f"two arrays (hidden state, cell state) of shape {(batch, self.units)}"
            raise ValueError(f"{name}: found {found}, expected {expected}")
        hidden = super()._check_states(f"{name}[0] (hidden state)", state[0], batch, dtype)
        return hidden + super()._check_states(f"{name}[1] (cell state)", state[1], batch, dtype)

    def _forward_loop(self, steps, states, mask, return_sequences):
        time, batch, _ = steps.shape
        units, dtype = self.units, steps.dtype
        # sigmoid(z) = (tanh(z / 2) + 1) / 2: with the sigmoids' columns halved, one tanh serves all blocks.
        halves = np.repeat(np.array([0.5, 0.5, 0.5, 1.0], dtype), units)
        kernel, recurrent_kernel, bias = (self._inner(weight) * halves for weight in self.weights.values())
        hidden, cell = np.empty((2, time + 1, batch, units), dtype)
        hidden[0], cell[0] = states
        squashed = np.empty((time, batch, units), dtype)
        gates = np.empty((time, 4, batch, units), dtype)
        cache = LSTMCache(steps, mask, return_sequences, hidden, gates, cell, squashed)
        skipped = cache.skipped_steps()
        sums, admitted = np.empty((batch, 4 * units), dtype), np.empty((batch, units), dtype)
        sums_by_gate = _by_gate(sums, 4)
        blocks, sums_blocks = in_blocks(hidden, recurrent_kernel), in_blocks(sums, recurrent_kernel)
        for t, projected in self._project(cache, kernel, bias):
            np.matmul(blocks[t], recurrent_kernel, out=sums_blocks)
            sums += projected
            np.tanh(sums_by_gate, out=gates[t])
            sigmoids = gates[t, :3]
            sigmoids *= 0.5
            sigmoids += 0.5
            output_gate, input_gate, forget_gate, candidate = gates[t]
            np.multiply(forget_gate, cell[t], out=cell[t + 1])
            np.multiply(input_gate, candidate, out=admitted)
            cell[t + 1] += admitted
            np.tanh(cell[t + 1], out=squashed[t])
            np.multiply(output_gate, squashed[t], out=hidden[t + 1])
            if skipped is not None:
                np.copyto(hidden[t + 1], hidden[t], where=skipped[t])
                np.copyto(cell[t + 1], cell[t], where=skipped[t])
        return cache

    def _backward_loop(self, cache, grad_states):
        grad_hidden, grad_cell = grad_states
        transposed = np.ascontiguousarray(self._inner(self.recurrent_kernel).T)
        time, batch, units = cache.squashed.shape
        # At the sums inside the sigmoids and the tanh.
        grad_sums = np.empty((time, batch, 4 * units), cache.hidden.dtype)
        grad_sums_by_gate = _by_gate(grad_sums, 4)
        carried = np.empty_like(cache.hidden[0])
        blocks, carried_blocks = in_blocks(grad_sums, transposed), in_blocks(carried, transposed)
        skipped = cache.skipped_steps()
        for span in reversed(cache.spans()):
            slopes, to_cell, kept = self._factors(cache, skipped, span)
            for t in reversed(range(span.start, span.stop)):
                slope = slopes[t - span.start]
                np.multiply(grad_hidden[t + 1], to_cell[t - span.start], out=carried)
                grad_cell[t + 1] += carried
                np.multiply(grad_cell[t + 1], kept[t - span.start], out=grad_cell[t])
                slope[0] *= grad_hidden[t + 1]
                slope[1:] *= grad_cell[t + 1]
                grad_sums_by_gate[t] = slope
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                if skipped is not None:
                    np.add(grad_hidden[t], grad_hidden[t + 1], out=grad_hidden[t], where=skipped[t])
            yield span, grad_sums[span], grad_sums[span]

    @staticmethod
    def _factors(cache, skipped, span):
        """Compute what the gradients of a span's steps are multiplied by.

        Returns:
            slopes: ``(steps, 4, batch, units)``, from the hidden state's gradient to the output gate's sum,
                and from the cell state's gradient to the sums of input gate, forget gate and candidate.
            to_cell: ``(steps, batch, units)``, from the hidden state's gradient to the cell state's, in one
                step.
            kept: ``(steps, batch, units)``, from the cell state's gradient to that of the step before.
        """
        gates, squashed = cache.gates[span], cache.squashed[span]
        output_gate, input_gate, forget_gate, candidate = gates.swapaxes(0, 1)
        slopes = 1.0 - gates
        slopes *= gates
        slopes[:, 0] *= squashed
        slopes[:, 1] *= candidate
        slopes[:, 2] *= cache.cell[span]
        slopes[:, 3] = input_gate * (1.0 - np.square(candidate))
        to_cell = 1.0 - np.square(squashed)
        to_cell *= output_gate
        kept = forget_gate
        if skipped is not None:
            now = skipped[span]
            np.copyto(slopes, 0.0, where=now[:, None])
            np.copyto(to_cell, 0.0, where=now)
            kept = np.where(now, slopes.dtype.type(1.0), kept)
        return slopes, to_cell, kept


@dataclass
class GRUCache(Cache):
    """A GRU's forward pass: gates and state over time, each ``(batch, time, units)``."""

    gates: np.ndarray  # (time, 3, batch, units): update, reset, candidate
    recurrent: np.ndarray  # the state's share of the candidate before the reset gate, (time, batch, units)

    @property
    def update_gate(self) -> np.ndarray:
        """How much of the old state is kept."""
        return self.gates[:, 0].swapaxes(0, 1)

    @property
    def reset_gate(self) -> np.ndarray:
        """How much of the old state the candidate sees."""
        return self.gates[:, 1].swapaxes(0, 1)

    @property
    def candidate(self) -> np.ndarray:
        """The state that is offered, between -1 and 1."""
        return self.gates[:, 2].swapaxes(0, 1)


class GRU(Recurrent):
    """Gated recurrent unit, as ``keras.layers.GRU`` has it by default (``reset_after=True``).

    ``h = z * h_previous + (1 - z) * g`` with the update gate ``z``, and the candidate
    ``g = tanh(x @ W + b + r * (h_previous @ U + b_recurrent))`` with the reset gate ``r``.

    Args:
        kernel: ``(features, 3 * units)``, columns in the order update, reset, candidate.
        recurrent_kernel: ``(units, 3 * units)``, columns in the same order.
        bias: ``(2, 3 * units)``: added to the inputs' share, added to the state's share.

    Source: Cho et al. 2014 (arXiv:1406.1078); the reset after the product is that of cuDNN.
    """

    _gates = 3
    _keras_config = LSTM._keras_config | {"reset_after": True}

    def _forward_loop(self, steps, states, mask, return_sequences):
        time, batch, _ = steps.shape
        units, dtype = self.units, steps.dtype
        # As in the LSTM, a sigmoid is a tanh of half its argument.
        halves = np.repeat(np.array([0.5, 0.5, 1.0], dtype), units)
        kernel, recurrent_kernel, (bias, recurrent_bias) = (weight * halves for weight in self.weights.values())
        hidden = np.empty((time + 1, batch, units), dtype)
        hidden[0] = states[0]
        gates, candidate_share = (
            np.empty((time, 3, batch, units), dtype),
            np.empty((time, batch, units), dtype),
        )
        cache = GRUCache(steps, mask, return_sequences, hidden, gates, candidate_share)
        skipped = cache.skipped_steps()
        sums, scratch = np.empty((batch, 3 * units), dtype), np.empty((batch, units), dtype)
        sums_by_gate = _by_gate(sums, 3)
        blocks, sums_blocks = in_blocks(hidden, recurrent_kernel), in_blocks(sums, recurrent_kernel)
        for t, projected in self._project(cache, kernel, bias):
            np.matmul(blocks[t], recurrent_kernel, out=sums_blocks)
            sums += recurrent_bias
            candidate_share[t] = sums_by_gate[2]
            sums += projected
            sigmoids, candidate = gates[t, :2], gates[t, 2]
            np.tanh(sums_by_gate[:2], out=sigmoids)
            sigmoids *= 0.5
            sigmoids += 0.5
            update, reset = sigmoids
            np.multiply(reset, candidate_share[t], out=scratch)
            scratch += projected[:, 2 * units :]
            np.tanh(scratch, out=candidate)
            np.subtract(hidden[t], candidate, out=scratch)
            scratch *= update
            np.add(scratch, candidate, out=hidden[t + 1])
            if skipped is not None:
                np.copyto(hidden[t + 1], hidden[t], where=skipped[t])
        return cache

    def _backward_loop(self, cache, grad_states):
        (grad_hidden,) = grad_states
        transposed = np.ascontiguousarray(self.recurrent_kernel.T)
        time, batch, units = cache.recurrent.shape
        # At the inputs' share of the sums, and at the state's.
        grad_projected, grad_recurrent = np.empty((2, time, batch, 3 * units), cache.hidden.dtype)
        projected_by_gate, recurrent_by_gate = _by_gate(grad_projected, 3), _by_gate(grad_recurrent, 3)
        carried = np.empty_like(cache.hidden[0])
        blocks, carried_blocks = in_blocks(grad_recurrent, transposed), in_blocks(carried, transposed)
        skipped = cache.skipped_steps()
        for span in reversed(cache.spans()):
            slopes, kept = self._factors(cache, skipped, span)
            for t in reversed(range(span.start, span.stop)):
                slope = slopes[t - span.start]
                slope *= grad_hidden[t + 1]
                projected_by_gate[t] = slope
                slope[2] *= cache.gates[t, 1]
                recurrent_by_gate[t] = slope
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                np.multiply(grad_hidden[t + 1], kept[t - span.start], out=carried)
                grad_hidden[t] += carried
            yield span, grad_projected[span], grad_recurrent[span]

    @staticmethod
    def _factors(cache, skipped, span):
        """Compute what leads from the state's gradient to that of the three sums, and to that of the state before."""
        gates = cache.gates[span]
        update, reset, candidate = gates.swapaxes(0, 1)
        slopes = np.empty_like(gates)
        slopes[:, 0] = (cache.hidden[span] - candidate) * update * (1.0 - update)
        slopes[:, 2] = (1.0 - update) * (1.0 - np.square(candidate))
        slopes[:, 1] = slopes[:, 2] * cache.recurrent[span] * reset * (1.0 - reset)
        if skipped is None:
            return slopes, update
        now = skipped[span]
        np.copyto(slopes, 0.0, where=now[:, None])
        return slopes, np.where(now, slopes.dtype.type(1.0), update)

    @classmethod
    def _bias_shape(cls, units):
        return (2, 3 * units)

    def _bias_gradient(self, grad_projected, grad_recurrent):
        return np.stack([grad_projected.sum(axis=(0, 1)), grad_recurrent.sum(axis=(0, 1))])
