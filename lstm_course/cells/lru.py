"""The linear recurrent unit of Orvieto et al. 2023 in NumPy: a complex number turns and shrinks in every unit.

``state = eigenvalues * previous + input_factors * (inputs @ kernel)``, unit by unit, with no tanh and no matrix
between the steps::

    cell = LRU.initialise(features=6, units=32, rng=np.random.default_rng(0), ring=(0.9, 0.999))
    states = cell.forward(inputs)                    # (batch, time, 2 * units): real parts, then imaginary ones
"""

from dataclasses import dataclass

import numpy as np

SMALLEST = 1e-3
"""The smallest modulus that a start draws: at exactly 0 its parameter would be infinite."""


def draw_eigenvalues(units: int, *, rng: np.random.Generator, ring=(0.0, 1.0)) -> np.ndarray:
    """Draw complex numbers evenly over the area between two circles around 0.

    Args:
        units: how many.
        rng: where the draws come from.
        ring: the radii of the two circles, ``0 <= smallest < largest <= 1``.

    Returns:
        ``(units,)`` complex128; no modulus is below `SMALLEST`.

    Raises:
        ValueError: the radii are others.

    Source: Orvieto et al. 2023 (arXiv:2303.06349).
    """
    smallest, largest = ring
    if not 0 <= smallest < largest <= 1:
        raise ValueError(f"ring: found {ring}, expected two radii with 0 <= smallest < largest <= 1")
    modulus = np.sqrt(rng.uniform(smallest**2, largest**2, units))
    return np.maximum(modulus, SMALLEST) * np.exp(1j * rng.uniform(0, 2 * np.pi, units))


@dataclass(frozen=True)
class LRU:
    """A linear recurrence with a diagonal of complex eigenvalues.

    Attributes:
        kernel: ``(features, 2 * units)``: the real parts of the complex kernel, then the imaginary ones.
        eigenvalue_logs: ``(2 * units,)``: the logarithms of the rates of decay, then those of the angles. A modulus
            is ``exp(-exp(log rate))``, so that it stays below 1 whatever training does.
        input_factor_logs: ``(units,)``: the logarithms of what a unit's input is multiplied by.

    Source: Orvieto et al. 2023 (arXiv:2303.06349), without the direct path from input to output.
    """

    kernel: np.ndarray
    eigenvalue_logs: np.ndarray
    input_factor_logs: np.ndarray

    @classmethod
    def initialise(cls, features: int, units: int, *, rng: np.random.Generator, ring=(0.0, 1.0)):
        """Draw float64 weights: eigenvalues on a ring, a Glorot normal kernel, inputs scaled so that states keep size.

        A unit with eigenvalue ``a`` that reads white noise of variance 1 has a state of variance ``1 / (1 - |a|**2)``;
        its input factor starts as the root of the inverse.

        Args:
            features: length of one input vector.
            units: complex numbers in the state.
            rng: where the draws come from.
            ring: as in `draw_eigenvalues`.

        Raises:
            ValueError: as `draw_eigenvalues`.
        """
        eigenvalues = draw_eigenvalues(units, rng=rng, ring=ring)
        angle = np.maximum(np.angle(eigenvalues) % (2 * np.pi), 1e-6)  # 0 has no logarithm
        modulus = np.abs(eigenvalues)
        return cls(
            kernel=rng.normal(0, 1 / np.sqrt(2 * features), (features, 2 * units)),
            eigenvalue_logs=np.log(np.concatenate([-np.log(modulus), angle])),
            input_factor_logs=0.5 * np.log1p(-(modulus**2)),
        )

    @property
    def weights(self) -> dict[str, np.ndarray]:
        """The three weights by name."""
        return {
            "kernel": self.kernel,
            "eigenvalue_logs": self.eigenvalue_logs,
            "input_factor_logs": self.input_factor_logs,
        }

    @property
    def eigenvalues(self) -> np.ndarray:
        """What the state is multiplied by at each step, ``(units,)`` complex."""
        rate, angle = np.split(np.exp(self.eigenvalue_logs), 2)
        return np.exp(-rate + 1j * angle)

    def forward(self, inputs) -> np.ndarray:
        """Read a batch of sequences from a state of 0.

        Args:
            inputs: ``(batch, time, features)``.

        Returns:
            The states, ``(batch, time, 2 * units)``: real parts, then imaginary ones.

        Raises:
            ValueError: the inputs have another shape.
        """
        inputs = np.asarray(inputs)
        if inputs.ndim != 3 or inputs.shape[2] != len(self.kernel):
            raise ValueError(f"inputs: found shape {inputs.shape}, expected (batch, time, {len(self.kernel)})")
        real, imaginary = np.split(inputs @ self.kernel, 2, axis=-1)
        steps = np.exp(self.input_factor_logs) * (real + 1j * imaginary)
        state, states = np.zeros_like(steps[:, 0]), np.empty_like(steps)
        for t in range(steps.shape[1]):
            state = states[:, t] = self.eigenvalues * state + steps[:, t]
        return np.concatenate([states.real, states.imag], axis=-1)
