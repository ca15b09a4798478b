"""What the cells of :mod:`lstm_course.cells` share: weights, checks, caches, and the products outside the loop.

Arrays that a learner gives or receives are ``(batch, time, ...)``. Inside, time comes first, so that one
step is one contiguous block of memory; the public attributes of a cache are views with the two axes swapped
back.
"""

import itertools
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from lstm_course.cells.products import all_steps, beside, spans, sum_over_steps

# glibc hands a large array's memory back to the system as soon as the array is gone, and the next pass pays a page
# fault for every 4 KiB: half the time of a forward pass over 32 reviews. Releasing one array of nearly 32 MiB, which
# costs nothing while nobody writes to it, raises the size that counts as large (M_MMAP_THRESHOLD in mallopt(3)).
np.empty(31 << 20, np.uint8)


class LSTMState(NamedTuple):
    """The two states of an LSTM, each ``(batch, units)``."""

    hidden_state: np.ndarray
    cell_state: np.ndarray


@dataclass(frozen=True)
class Gradients:
    """What ``backward`` returns: the gradient of the loss with respect to everything that ``forward`` used.

    Attributes:
        kernel: same shape as the cell's ``kernel``.
        recurrent_kernel: same shape as the cell's ``recurrent_kernel``.
        bias: same shape as the cell's ``bias``.
        inputs: ``(batch, time, features)``.
        initial_state: ``(batch, units)``; for an LSTM an :class:`LSTMState`.
        hidden_state: ``(batch, time, units)``; entry ``[:, t]`` is the gradient with respect to the hidden
            state after step ``t``: all that reaches it from this step's output and from later steps. An
            LSTM's cell state is held fixed.
        cell_state: the same for an LSTM's cell state, by way of the hidden state of its own step too; None
            for other cells.
    """

    kernel: np.ndarray
    recurrent_kernel: np.ndarray
    bias: np.ndarray
    inputs: np.ndarray
    initial_state: "np.ndarray | LSTMState"
    hidden_state: np.ndarray
    cell_state: np.ndarray | None = None

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The three weight gradients by name, in the order of the cell's ``weights``."""
        return {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel, "bias": self.bias}


@dataclass
class Cache:
    """What ``forward`` keeps for ``backward`` and for plots; its public attributes are ``(batch, time, ...)``.

    A masked step repeats the state in ``hidden_state`` (and ``cell_state``); its gates are those that the
    step would have had.
    """

    steps: np.ndarray  # the inputs, (time, batch, features)
    mask: np.ndarray | None  # (batch, time), True where a step counts
    return_sequences: bool
    hidden: np.ndarray  # (time + 1, batch, units), the initial state first

    @property
    def inputs(self) -> np.ndarray:
        """The inputs, ``(batch, time, features)``."""
        return self.steps.swapaxes(0, 1)

    @property
    def hidden_state(self) -> np.ndarray:
        """The hidden state after every step, ``(batch, time, units)``."""
        return self.hidden[1:].swapaxes(0, 1)

    @property
    def initial_state(self):
        """The state before the first step, as ``forward`` takes it."""
        return self.hidden[0]

    @property
    def final_state(self):
        """The state after the last step, as ``forward`` takes it for the next piece of the sequence."""
        return self.hidden[-1]

    def spans(self) -> list[slice]:
        """Which steps are prepared together."""
        time, batch, units = self.hidden[1:].shape
        return spans(time, batch * units)

    def skipped_steps(self) -> np.ndarray | None:
        """Where a step is masked, ``(time, batch, 1)`` of bool; None without a mask."""
        return None if self.mask is None else ~self.mask.T[:, :, None]

    def silent_steps(self) -> np.ndarray | None:
        """Where no step has counted yet, so that Keras's output is zero: ``(time, batch)`` of bool, or None."""
        return None if self.mask is None else ~np.logical_or.accumulate(self.mask.T, axis=0)


class Recurrent:
    """Base of the cells: weights with Keras's names and shapes, and everything outside the loop over time."""

    _gates = 1  # blocks of `units` columns in the kernel
    _blocks = None  # the order in which the loops use these blocks, where it is not Keras's
    _keras_config = MappingProxyType({"activation": "tanh", "use_bias": True, "go_backwards": False})

    def __init__(self, kernel, recurrent_kernel, bias):
        self.kernel = np.asarray(kernel)
        self.recurrent_kernel = np.asarray(recurrent_kernel)
        self.bias = np.asarray(bias)
        self._check_weights()

    @classmethod
    def initialise(cls, features: int, units: int, *, rng: np.random.Generator):
        """Draw float64 weights as Keras does by default.

        The kernel is Glorot uniform, the recurrent kernel orthogonal, the bias zero.

        Args:
            features: length of one input vector.
            units: length of the hidden state.
            rng: where the draws come from, e.g. ``np.random.default_rng(0)``.

        Sources: Glorot and Bengio 2010; Saxe, McClelland and Ganguli 2014 (arXiv:1312.6120).
        """
        columns = cls._gates * units
        limit = np.sqrt(6.0 / (features + columns))
        kernel = rng.uniform(-limit, limit, (features, columns))
        orthogonal, triangle = np.linalg.qr(rng.standard_normal((columns, units)))
        # QR leaves each column's sign to LAPACK; this factor makes the draw uniform over orthogonal matrices.
        recurrent_kernel = (orthogonal * np.sign(np.diag(triangle))).T
        return cls(kernel, np.ascontiguousarray(recurrent_kernel), np.zeros(cls._bias_shape(units)))

    @classmethod
    def from_keras(cls, layer):
        """Copy the weights of a built Keras layer of the same kind.

        Raises:
            ValueError: the layer is of another kind, has other activations or options than Keras's defaults,
                or has no weights yet.
        """
        cls._check_layer(layer)
        return cls(*layer.get_weights())

    def to_keras(self, layer) -> None:
        """Set the weights of ``layer``, a built Keras layer of the same kind and sizes.

        Raises:
            ValueError: as :meth:`from_keras`, or the layer's sizes are others.
        """
        self._check_layer(layer)
        found = [tuple(weight.shape) for weight in layer.get_weights()]
        expected = [weight.shape for weight in self.weights.values()]
        if found != expected:
            raise ValueError(f"layer: found weights of shapes {found}, expected {expected}")
        layer.set_weights(list(self.weights.values()))

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The three weights by name, in Keras's order: the arrays themselves, so that ``-=`` trains the cell."""
        return {"kernel": self.kernel, "recurrent_kernel": self.recurrent_kernel, "bias": self.bias}

    @property
    def features(self) -> int:
        """Length of one input vector."""
        return self.kernel.shape[0]

    @property
    def units(self) -> int:
        """Length of the hidden state."""
        return self.recurrent_kernel.shape[0]

    def forward(self, inputs, initial_state=None, mask=None, return_sequences: bool = False):
        """Read a batch of sequences.

        Args:
            inputs: ``(batch, time, features)``, float32 or float64.
            initial_state: ``(batch, units)``, or for an LSTM the pair (hidden state, cell state); zeros by
                default.
            mask: ``(batch, time)`` of bool, False where a step is to be skipped. A skipped step repeats the
                state and the output; before a sequence's first step that counts, the output is zero, also
                where the initial state is not (as in Keras).
            return_sequences: the output of every step instead of the last one's.

        Returns:
            ``(outputs, cache)``: the outputs, ``(batch, units)`` or ``(batch, time, units)``, and what
            :meth:`backward` needs.

        Raises:
            ValueError: an argument has another rank, shape or dtype, is empty, holds NaN or an infinity, or
                is so large that its product with the kernel would overflow.
        """
        inputs = self.check_inputs(np.asarray(inputs))
        batch, time, _ = inputs.shape
        dtype = np.result_type(inputs, *self.weights.values())
        states = self._check_states("initial_state", initial_state, batch, dtype)
        mask = _check_mask(mask, (batch, time))
        steps = np.array(inputs.swapaxes(0, 1), dtype=dtype, order="C")
        cache = self._forward_loop(steps, states, mask, bool(return_sequences))

        outputs, silent = cache.hidden[1:], cache.silent_steps()
        if not return_sequences:
            outputs, silent = outputs[-1], None if silent is None else silent[-1]
        outputs = outputs.copy()
        if silent is not None:
            outputs[silent] = 0.0
        return (np.ascontiguousarray(outputs.swapaxes(0, 1)) if return_sequences else outputs), cache

    def backward(self, grad_outputs, cache: Cache, grad_final_state=None) -> Gradients:
        """Backpropagation through time.

        Args:
            grad_outputs: gradient of the loss with respect to the outputs of ``forward``, of their shape.
            cache: what that call of ``forward`` returned beside them.
            grad_final_state: gradient that reaches ``cache.final_state`` from elsewhere, of its form; none by
                default.

        Raises:
            ValueError: a gradient has not the shape of what it belongs to, is not of floats, or is not
                finite.
        """
        time, batch, _ = cache.steps.shape
        dtype, units = cache.hidden.dtype, self.units
        shape = (batch, time, units) if cache.return_sequences else (batch, units)
        grad_outputs = np.asarray(grad_outputs)
        _check_floats("grad_outputs", grad_outputs, shape)

        # One array a state: entry t + 1 collects the gradient at the state after step t, entry 0 at the
        # initial one.
        final = self._check_states("grad_final_state", grad_final_state, batch, dtype)
        grad_states = [np.zeros((time + 1, batch, units), dtype) for _ in final]
        silent = cache.silent_steps()
        target = grad_states[0][1:] if cache.return_sequences else grad_states[0][-1]
        target[...] = grad_outputs.swapaxes(0, 1) if cache.return_sequences else grad_outputs
        if silent is not None:
            target[silent if cache.return_sequences else silent[-1]] = 0.0
        for grad_state, gradient in zip(grad_states, final, strict=True):
            grad_state[-1] += gradient

        grad_inputs = np.empty_like(cache.steps)
        transposed = self._inner(self.kernel).T

        def multiply(found):
            span, grad_projected, grad_recurrent = found
            grad_inputs[span] = all_steps(grad_projected, transposed)
            return (
                sum_over_steps(cache.steps[span], grad_projected),
                sum_over_steps(cache.hidden[span], grad_recurrent),
                self._bias_gradient(grad_projected, grad_recurrent),
            )

        parts = beside(multiply, self._backward_loop(cache, grad_states), len(cache.spans()))
        kernel, recurrent_kernel, bias = map(sum, zip(*parts, strict=True))
        visible = [grad_state[1:].swapaxes(0, 1) for grad_state in grad_states]
        return Gradients(
            kernel=self._outer(kernel),
            recurrent_kernel=self._outer(recurrent_kernel),
            bias=self._outer(bias),
            inputs=grad_inputs.swapaxes(0, 1),
            initial_state=self._state([grad_state[0] for grad_state in grad_states]),
            hidden_state=visible[0],
            cell_state=visible[1] if len(visible) > 1 else None,
        )

    def _bias_gradient(self, grad_projected, grad_recurrent):
        return grad_projected.sum(axis=(0, 1))

    @staticmethod
    def _state(states):
        """Give the states the form that ``forward`` takes."""
        return states[0]

    def _inner(self, weight):
        """Bring blocks of columns from Keras's order into the order of the loops."""
        return weight if self._blocks is None else _reorder(weight, self._blocks)

    def _outer(self, weight):
        """Bring blocks of columns from the order of the loops into Keras's."""
        return weight if self._blocks is None else _reorder(weight, np.argsort(self._blocks))

    @staticmethod
    def _project(cache, kernel, bias):
        """Yield every step's number with its inputs' share of the sums, ``(batch, columns)``."""

        def multiply(span):
            projected = all_steps(cache.steps[span], kernel)
            projected += bias
            return projected

        every = cache.spans()
        yield from enumerate(itertools.chain.from_iterable(beside(multiply, every, len(every))))

    @classmethod
    def _bias_shape(cls, units):
        return (cls._gates * units,)

    def _check_weights(self):
        for name, weight in self.weights.items():
            _check_dtype(name, weight)
        for name in ("kernel", "recurrent_kernel"):
            if self.weights[name].ndim != 2 or 0 in self.weights[name].shape:
                found = self.weights[name].shape
                raise ValueError(f"{name}: found shape {found}, expected two axes, neither of them empty")
        columns = self._gates * self.units
        # The recurrent kernel first: only when it agrees with itself can it tell what the others should be.
        _check_floats("recurrent_kernel", self.recurrent_kernel, (self.units, columns))
        _check_floats("kernel", self.kernel, (self.features, columns))
        _check_floats("bias", self.bias, self._bias_shape(self.units))

    @classmethod
    def _check_layer(cls, layer):
        kind = type(layer).__name__
        if kind != cls.__name__:
            raise ValueError(f"layer: found keras.layers.{kind}, expected keras.layers.{cls.__name__}")
        config = layer.get_config()
        for option, expected in cls._keras_config.items():
            if config[option] != expected:
                raise ValueError(f"layer: found {option}={config[option]!r}, expected {option}={expected!r}")
        if not layer.get_weights():
            raise ValueError("layer: found no weights, expected a built layer (call it once, or layer.build)")

    def check_inputs(self, inputs: np.ndarray) -> np.ndarray:
        """Return the inputs, or raise the ValueError of :meth:`forward`."""
        _check_dtype("inputs", inputs)
        if inputs.ndim != 3 or 0 in inputs.shape or inputs.shape[2] != self.features:
            expected = f"(batch, time, {self.features}) with at least one sequence and one step"
            raise ValueError(f"inputs: found shape {inputs.shape}, expected {expected}")
        _check_finite("inputs", inputs, self.kernel)
        return inputs

    def _check_states(self, name, state, batch, dtype):
        """Return the state as a list of arrays; zeros where none is given."""
        if state is None:
            return [np.zeros((batch, self.units), dtype)]
        state = np.asarray(state)
        _check_floats(name, state, (batch, self.units))
        _check_finite(name, state, self.recurrent_kernel)
        return [state]


def _reorder(weight, blocks):
    units = weight.shape[-1] // len(blocks)
    split = weight.reshape(*weight.shape[:-1], len(blocks), units)
    return np.ascontiguousarray(split[..., list(blocks), :]).reshape(weight.shape)


def _check_dtype(name, array):
    if array.dtype not in (np.float32, np.float64):
        found = f"dtype {array.dtype} in shape {array.shape}"
        raise ValueError(f"{name}: found {found}, expected float32 or float64: use astype")


def _check_floats(name, array, shape):
    _check_dtype(name, array)
    if array.shape != shape:
        raise ValueError(f"{name}: found shape {array.shape}, expected {shape}")
    _check_finite(name, array)


def _check_finite(name, array, weight=None):
    """Refuse NaN, infinity, and numbers so large that their product with ``weight`` would overflow."""
    largest = float(max(array.max(), -array.min()))
    if not np.isfinite(largest):
        raise ValueError(f"{name}: found NaN or infinity in shape {array.shape}, expected finite numbers")
    if weight is None:
        return
    # A sum that overflows half-way may end as infinity minus infinity, which no tanh can repair.
    limit = np.finfo(np.result_type(array, weight)).max / (4 * len(weight))
    limit = float(limit / max(1.0, np.abs(weight).max()))
    if largest > limit:
        expected = f"at most {limit:.2g}, or the product with the weights overflows"
        raise ValueError(f"{name}: found {largest:.2g} in shape {array.shape}, expected {expected}")


def _check_mask(mask, shape):
    if mask is None:
        return None
    mask = np.array(mask)
    if mask.shape != shape:
        raise ValueError(f"mask: found shape {mask.shape}, expected {shape}, that is (batch, time)")
    if mask.dtype != np.bool_:
        expected = "bool: True where a step counts"
        raise ValueError(f"mask: found dtype {mask.dtype} in shape {shape}, expected {expected}")
    return mask
