"""The architectures that run in a race: kind, size and start."""

from dataclasses import dataclass

import numpy as np

from lstm_course.cells.lru import LRU
from lstm_course.memory.tasks import Task

BLOCKS = {"SimpleRNN": 1, "LSTM": 4, "GRU": 3, "LRU": 2, "minLSTM": 3, "signed minLSTM": 3}
"""How many blocks of columns the kernel of each kind has."""

KINDS = ("SimpleRNN", "LSTM", "GRU")
"""The contestants of notebook 05; the others run in notebook 11."""

MINIMAL = ("minLSTM", "signed minLSTM")
"""The kinds whose gates do not see the state: their recurrent kernel has no columns."""

ACTIVATIONS = ("tanh", "relu")
RECURRENT_STARTS = ("orthogonal", "identity", "small")
LSTM_GATES = ("input_gate", "forget_gate", "candidate", "output_gate")  # in the order of the kernel's columns
WIDE_OPEN = 1e4
"""A bias whose sigmoid is exactly 1, with a gradient of exactly 0: the gate stays open for good."""


@dataclass(frozen=True)
class Network:
    """An architecture with its size and its start.

    Attributes:
        kind: one of `KINDS`, ``"LRU"``, or one of `MINIMAL`.
        units: of the recurrent layer.
        learning_rate: of Adam.
        activation: of a SimpleRNN, ``"tanh"`` or ``"relu"``.
        recurrent_start: what the recurrent kernel starts from: ``"orthogonal"`` (Keras's choice), ``"identity"``, or
            ``"small"`` (normal, with a spectral radius near 0.5).
        forget_bias: at the start of an LSTM.
        chrono_lag: the longest lag that the chrono initialisation of an LSTM assumes: forget biases that are the
            logarithms of uniform numbers from 1 to ``chrono_lag - 1``, one a unit, and their negatives as input biases
            (Tallec and Ollivier, 2018, arXiv:1804.11188). None for `forget_bias`.
        open_gate: a gate of an LSTM that is held open, at 1, from start to end; or None.
        ring: the smallest and the largest modulus of an LRU at its start.

    Raises:
        ValueError: an attribute is not one that there is, or does not belong to the kind.
    """

    kind: str
    units: int
    learning_rate: float = 0.003
    activation: str = "tanh"
    recurrent_start: str = "orthogonal"
    forget_bias: float = 1.0
    chrono_lag: int | None = None
    open_gate: str | None = None
    ring: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self):
        """Check the attributes."""
        _one_of("kind", self.kind, BLOCKS)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("recurrent_start", self.recurrent_start, RECURRENT_STARTS)
        if self.kind != "SimpleRNN" and self.activation != "tanh":
            raise ValueError(f"activation is {self.activation!r}: only a SimpleRNN's can be changed")
        if self.chrono_lag is not None:
            if self.kind != "LSTM":
                raise ValueError(f"chrono_lag is {self.chrono_lag!r}: a {self.kind} has no forget bias")
            if self.chrono_lag < 3:
                raise ValueError(f"chrono_lag must be at least 3, and it is {self.chrono_lag!r}")
        if self.open_gate is not None:
            _one_of("open_gate", self.open_gate, [gate for gate in LSTM_GATES if gate != "candidate"])
            if self.kind != "LSTM":
                raise ValueError(f"open_gate is {self.open_gate!r}: a {self.kind} has no such gate")
        if self.units < 1:
            raise ValueError(f"units must be at least 1, and it is {self.units!r}")

    @classmethod
    def of_size(cls, kind: str, parameters: int, features: int, **settings):
        """Return the widest network whose recurrent layer has at most `parameters` weights.

        Args:
            kind: as above.
            parameters: how many weights the layer may have; the readout comes on top.
            features: numbers read at each step.
            settings: the other attributes.

        Raises:
            ValueError: not even one unit fits.
        """
        units = 1
        while cls(kind, units, **settings).parameters(features) <= parameters:
            units += 1
        if units == 1:
            least = cls(kind, 1).parameters(features)
            raise ValueError(f"parameters is {parameters}: a {kind} of one unit has {least} on {features} features")
        return cls(kind, units - 1, **settings)

    def shapes(self, features: int, outputs: int) -> list[tuple[int, int]]:
        """Return the shapes of kernel, recurrent kernel, bias, and the readout's kernel and bias.

        An LRU has two numbers for each complex one, the real parts before the imaginary ones; in place of a recurrent
        kernel its eigenvalues, and in place of a bias its input factors, in the parameters of `lstm_course.cells.LRU`.
        """
        columns = BLOCKS[self.kind] * self.units
        if self.kind == "LRU":
            return [(features, columns), (1, columns), (1, self.units), (columns, outputs), (1, outputs)]
        biases = 2 if self.kind == "GRU" else 1
        return [
            (features, columns),
            (self.units, 0 if self.kind in MINIMAL else columns),
            (biases, columns),
            (self.units, outputs),
            (1, outputs),
        ]

    def parameters(self, features: int) -> int:
        """Return the number of weights of the recurrent layer."""
        return sum(rows * columns for rows, columns in self.shapes(features, 0)[:3])

    def initialise(self, task: Task, seed: int) -> list[np.ndarray]:
        """Draw the weights of one network as Keras does: uniform kernels (Glorot), an orthogonal recurrent kernel.

        Returns:
            float32 arrays of the `shapes`.
        """
        rng = np.random.default_rng(seed)
        shapes = self.shapes(task.features, task.outputs)
        if self.kind == "LRU":
            cell = LRU.initialise(task.features, self.units, rng=rng, ring=self.ring)
            readout = rng.uniform(-1, 1, shapes[3]) * np.sqrt(6 / sum(shapes[3]))
            arrays = (*(np.atleast_2d(weight) for weight in cell.weights.values()), readout, np.zeros(shapes[4]))
            return [array.astype(np.float32) for array in arrays]
        kernel, readout = (rng.uniform(-1, 1, shapes[n]) * np.sqrt(6 / sum(shapes[n])) for n in (0, 3))
        rows, columns = shapes[1]
        if self.kind in MINIMAL:
            recurrent_kernel = np.zeros(shapes[1])
        elif self.recurrent_start == "orthogonal":
            q, r = np.linalg.qr(rng.standard_normal((columns, rows)))
            recurrent_kernel = (q * np.sign(np.diag(r))).T
        elif self.recurrent_start == "identity":
            recurrent_kernel = np.tile(np.eye(rows), columns // rows)
        else:
            recurrent_kernel = rng.standard_normal(shapes[1]) * 0.5 / np.sqrt(rows)
        bias = np.zeros(shapes[2])
        if self.kind == "LSTM":
            blocks = bias[0].reshape(len(LSTM_GATES), self.units)
            input_gate, forget_gate = (LSTM_GATES.index(gate) for gate in ("input_gate", "forget_gate"))
            blocks[forget_gate] = self.forget_bias
            if self.chrono_lag is not None:
                blocks[forget_gate] = np.log(rng.uniform(1, self.chrono_lag - 1, self.units))
                blocks[input_gate] = -blocks[forget_gate]
            if self.open_gate:
                blocks[LSTM_GATES.index(self.open_gate)] = WIDE_OPEN
        arrays = (kernel, recurrent_kernel, bias, readout, np.zeros(shapes[4]))
        return [array.astype(np.float32) for array in arrays]


def _one_of(name, value, allowed):
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, and it is {value!r}")
