"""SimpleRNN, LSTM and GRU in NumPy: forward over a batch of sequences, and backward through time.

The weights have Keras's names, shapes and gate order, so that arrays go straight from one to the other::

    cell = LSTM.from_keras(layer)
    outputs, cache = cell.forward(inputs)            # inputs (batch, time, features)
    gradients = cell.backward(grad_outputs, cache)   # gradients.kernel, .recurrent_kernel, .bias, .inputs

Two things make the loops fast. What does not depend on the state leaves them: the inputs of all steps are
projected before the loop, and the weight gradients summed over all steps after it. And a step allocates nothing:
every operation writes into a buffer that exists already.
"""

from dataclasses import dataclass

import numpy as np

from lstm_course._products import in_blocks
from lstm_course._recurrence import Cache, Gradients, LSTMState, Recurrent

__all__ = ["GRU", "LSTM", "GRUCache", "Gradients", "LSTMCache", "LSTMState", "SimpleRNN", "sigmoid"]

# The backward loops prepare the elementwise factors of several steps in one go: enough entries to make the
# calls worth their overhead when a step is small, few enough to be still in the processor's cache when they
# are used.
_ENTRIES_PREPARED = 1 << 17


def sigmoid(z):
    """Compute the logistic function 1 / (1 + exp(-z)), written so that no z overflows."""
    return 0.5 * np.tanh(0.5 * np.asarray(z)) + 0.5


def _spans(cache):
    """List pairs (start, stop) that cover the steps from the last to the first, sized for the processor's cache."""
    time, batch, units = cache.hidden[1:].shape
    length = max(1, _ENTRIES_PREPARED // (4 * batch * units))
    return [(max(0, stop - length), stop) for stop in range(time, 0, -length)]


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
        projected = self._project(steps, self.kernel, self.bias)
        skipped = cache.skipped_steps()
        blocks = in_blocks(hidden, self.recurrent_kernel)
        for t in range(time):
            state = hidden[t + 1]
            np.matmul(blocks[t], self.recurrent_kernel, out=blocks[t + 1])
            state += projected[t]
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
        for start, stop in _spans(cache):
            slopes = 1.0 - np.square(cache.hidden[start + 1 : stop + 1])
            if skipped is not None:
                np.copyto(slopes, 0.0, where=skipped[start:stop])
            for t in reversed(range(start, stop)):
                np.multiply(grad_hidden[t + 1], slopes[t - start], out=grad_sum[t])
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                if skipped is not None:
                    np.add(grad_hidden[t], grad_hidden[t + 1], out=grad_hidden[t], where=skipped[t])
        return grad_sum, grad_sum


@dataclass
class LSTMCache(Cache):
    """An LSTM's forward pass: gates and states over time, each ``(batch, time, units)``."""

    gates: np.ndarray  # (time, batch, 4, units): output, input, forget, candidate
    cell: np.ndarray  # (time + 1, batch, units), the initial state first
    squashed: np.ndarray  # tanh of the cell state, (time, batch, units)

    @property
    def input_gate(self) -> np.ndarray:
        """How much of the candidate is let in."""
        return self.gates[:, :, 1].swapaxes(0, 1)

    @property
    def forget_gate(self) -> np.ndarray:
        """How much of the cell state is kept: 1 remembers."""
        return self.gates[:, :, 2].swapaxes(0, 1)

    @property
    def candidate(self) -> np.ndarray:
        """What is offered to the cell state, between -1 and 1."""
        return self.gates[:, :, 3].swapaxes(0, 1)

    @property
    def output_gate(self) -> np.ndarray:
        """How much of the squashed cell state is shown."""
        return self.gates[:, :, 0].swapaxes(0, 1)

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
        gates = self._project(steps, kernel, bias)
        hidden, cell = np.empty((2, time + 1, batch, units), dtype)
        hidden[0], cell[0] = states
        squashed = np.empty((time, batch, units), dtype)
        cache = LSTMCache(
            steps, mask, return_sequences, hidden, gates.reshape(time, batch, 4, units), cell, squashed
        )
        skipped = cache.skipped_steps()
        recurrent, admitted = np.empty((batch, 4 * units), dtype), np.empty((batch, units), dtype)
        blocks, recurrent_blocks = in_blocks(hidden, recurrent_kernel), in_blocks(recurrent, recurrent_kernel)
        for t in range(time):
            gate = gates[t]
            np.matmul(blocks[t], recurrent_kernel, out=recurrent_blocks)
            gate += recurrent
            np.tanh(gate, out=gate)
            sigmoids = gate[:, : 3 * units]
            sigmoids *= 0.5
            sigmoids += 0.5
            np.multiply(gate[:, 2 * units : 3 * units], cell[t], out=cell[t + 1])
            np.multiply(gate[:, units : 2 * units], gate[:, 3 * units :], out=admitted)
            cell[t + 1] += admitted
            np.tanh(cell[t + 1], out=squashed[t])
            np.multiply(gate[:, :units], squashed[t], out=hidden[t + 1])
            if skipped is not None:
                np.copyto(hidden[t + 1], hidden[t], where=skipped[t])
                np.copyto(cell[t + 1], cell[t], where=skipped[t])
        return cache

    def _backward_loop(self, cache, grad_states):
        grad_hidden, grad_cell = grad_states
        transposed = np.ascontiguousarray(self._inner(self.recurrent_kernel).T)
        grad_sums = np.empty_like(cache.gates)  # at the sums inside the sigmoids and the tanh
        carried = np.empty_like(cache.hidden[0])
        blocks = in_blocks(grad_sums.reshape(*grad_sums.shape[:2], -1), transposed)
        carried_blocks = in_blocks(carried, transposed)
        skipped = cache.skipped_steps()
        for start, stop in _spans(cache):
            slopes, to_cell, kept = self._factors(cache, skipped, start, stop)
            for t in reversed(range(start, stop)):
                np.multiply(grad_hidden[t + 1], to_cell[t - start], out=carried)
                grad_cell[t + 1] += carried
                slope, grad_sum = slopes[t - start], grad_sums[t]
                np.multiply(grad_hidden[t + 1], slope[:, 0], out=grad_sum[:, 0])
                np.multiply(grad_cell[t + 1][:, None], slope[:, 1:], out=grad_sum[:, 1:])
                np.multiply(grad_cell[t + 1], kept[t - start], out=grad_cell[t])
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                if skipped is not None:
                    np.add(grad_hidden[t], grad_hidden[t + 1], out=grad_hidden[t], where=skipped[t])
        return grad_sums, grad_sums

    @staticmethod
    def _factors(cache, skipped, start, stop):
        """Compute what the gradients of steps ``start`` to ``stop`` are multiplied by.

        Returns:
            slopes: ``(steps, batch, 4, units)``, from the hidden state's gradient to the output gate's sum,
                and from the cell state's gradient to the sums of input gate, forget gate and candidate.
            to_cell: ``(steps, batch, units)``, from the hidden state's gradient to the cell state's, in one
                step.
            kept: ``(steps, batch, units)``, from the cell state's gradient to that of the step before.
        """
        gates, squashed = cache.gates[start:stop], cache.squashed[start:stop]
        slopes = np.empty_like(gates)
        np.subtract(1.0, gates[:, :, :3], out=slopes[:, :, :3])
        slopes[:, :, :3] *= gates[:, :, :3]
        slopes[:, :, 0] *= squashed
        slopes[:, :, 1] *= gates[:, :, 3]
        slopes[:, :, 2] *= cache.cell[start:stop]
        np.multiply(gates[:, :, 3], gates[:, :, 3], out=slopes[:, :, 3])
        np.subtract(1.0, slopes[:, :, 3], out=slopes[:, :, 3])
        slopes[:, :, 3] *= gates[:, :, 1]
        to_cell = 1.0 - np.square(squashed)
        to_cell *= gates[:, :, 0]
        kept = gates[:, :, 2]
        if skipped is not None:
            now = skipped[start:stop]
            np.copyto(slopes, 0.0, where=now[..., None])
            np.copyto(to_cell, 0.0, where=now)
            kept = np.where(now, slopes.dtype.type(1.0), kept)
        return slopes, to_cell, kept


@dataclass
class GRUCache(Cache):
    """A GRU's forward pass: gates and state over time, each ``(batch, time, units)``."""

    gates: np.ndarray  # (time, batch, 3, units): update, reset, candidate
    recurrent: np.ndarray  # the state's share of the candidate before the reset gate, (time, batch, units)

    @property
    def update_gate(self) -> np.ndarray:
        """How much of the old state is kept."""
        return self.gates[:, :, 0].swapaxes(0, 1)

    @property
    def reset_gate(self) -> np.ndarray:
        """How much of the old state the candidate sees."""
        return self.gates[:, :, 1].swapaxes(0, 1)

    @property
    def candidate(self) -> np.ndarray:
        """The state that is offered, between -1 and 1."""
        return self.gates[:, :, 2].swapaxes(0, 1)


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
        halves = np.repeat(
            np.array([0.5, 0.5, 1.0], dtype), units
        )  # see LSTM: a sigmoid is a tanh of half its argument
        kernel, recurrent_kernel, (bias, recurrent_bias) = (
            weight * halves for weight in self.weights.values()
        )
        gates = self._project(steps, kernel, bias)
        hidden = np.empty((time + 1, batch, units), dtype)
        hidden[0] = states[0]
        candidate_share = np.empty((time, batch, units), dtype)
        cache = GRUCache(
            steps, mask, return_sequences, hidden, gates.reshape(time, batch, 3, units), candidate_share
        )
        skipped = cache.skipped_steps()
        recurrent, scratch = np.empty((batch, 3 * units), dtype), np.empty((batch, units), dtype)
        blocks, recurrent_blocks = in_blocks(hidden, recurrent_kernel), in_blocks(recurrent, recurrent_kernel)
        for t in range(time):
            sigmoids, candidate = gates[t][:, : 2 * units], gates[t][:, 2 * units :]
            np.matmul(blocks[t], recurrent_kernel, out=recurrent_blocks)
            recurrent += recurrent_bias
            candidate_share[t] = recurrent[:, 2 * units :]
            sigmoids += recurrent[:, : 2 * units]
            np.tanh(sigmoids, out=sigmoids)
            sigmoids *= 0.5
            sigmoids += 0.5
            np.multiply(sigmoids[:, units:], candidate_share[t], out=scratch)
            candidate += scratch
            np.tanh(candidate, out=candidate)
            np.subtract(hidden[t], candidate, out=scratch)
            scratch *= sigmoids[:, :units]
            np.add(scratch, candidate, out=hidden[t + 1])
            if skipped is not None:
                np.copyto(hidden[t + 1], hidden[t], where=skipped[t])
        return cache

    def _backward_loop(self, cache, grad_states):
        (grad_hidden,) = grad_states
        transposed = np.ascontiguousarray(self.recurrent_kernel.T)
        grad_recurrent = np.empty_like(cache.gates)  # at the state's share of the sums
        grad_projected = np.empty_like(cache.gates)  # at the inputs' share
        carried = np.empty_like(cache.hidden[0])
        blocks = in_blocks(grad_recurrent.reshape(*grad_recurrent.shape[:2], -1), transposed)
        carried_blocks = in_blocks(carried, transposed)
        skipped = cache.skipped_steps()
        for start, stop in _spans(cache):
            slopes, kept = self._factors(cache, skipped, start, stop)
            for t in reversed(range(start, stop)):
                np.multiply(grad_hidden[t + 1][:, None], slopes[t - start], out=grad_projected[t])
                grad_recurrent[t] = grad_projected[t]
                grad_recurrent[t][:, 2] *= cache.gates[t][:, 1]
                np.matmul(blocks[t], transposed, out=carried_blocks)
                grad_hidden[t] += carried
                np.multiply(grad_hidden[t + 1], kept[t - start], out=carried)
                grad_hidden[t] += carried
        return grad_projected, grad_recurrent

    @staticmethod
    def _factors(cache, skipped, start, stop):
        """Compute what leads from the state's gradient to that of the three sums, and to that of the state before."""
        gates = cache.gates[start:stop]
        update, reset, candidate = (gates[:, :, block] for block in range(3))
        slopes = np.empty_like(gates)
        slopes[:, :, 0] = (cache.hidden[start:stop] - candidate) * update * (1.0 - update)
        slopes[:, :, 2] = (1.0 - update) * (1.0 - np.square(candidate))
        slopes[:, :, 1] = slopes[:, :, 2] * cache.recurrent[start:stop] * reset * (1.0 - reset)
        if skipped is None:
            return slopes, update
        now = skipped[start:stop]
        np.copyto(slopes, 0.0, where=now[..., None])
        return slopes, np.where(now, slopes.dtype.type(1.0), update)

    @classmethod
    def _bias_shape(cls, units):
        return (2, 3 * units)

    def _bias_gradient(self, grad_projected, grad_recurrent):
        return np.stack([grad_projected.sum(axis=(0, 1)), grad_recurrent.sum(axis=(0, 1))])
