"""The linear recurrent unit of `lstm_course.cells` as a Keras layer: it reads all steps by a parallel scan."""

import numpy as np

from lstm_course.cells.lru import LRU as Cell
from lstm_course.models.quiet import keras

ops = keras.ops


def _join(first, second):
    """Join two stretches of ``state -> factor * state + added``, each four arrays: both numbers' real, imaginary part.

    The later stretch acts on what the earlier one leaves: its factor multiplies both.
    """
    (first_right, first_up, first_real, first_imaginary), (right, up, real, imaginary) = first, second
    return (
        right * first_right - up * first_up,
        right * first_up + up * first_right,
        right * first_real - up * first_imaginary + real,
        right * first_imaginary + up * first_real + imaginary,
    )


@keras.saving.register_keras_serializable("lstm_course")
class LRU(keras.layers.Layer):
    """A linear recurrence with complex eigenvalues: ``(batch, time, features)`` to ``(batch, time, 2 * units)``.

    Real parts of the states stand before imaginary ones. The weights are those of `lstm_course.cells.LRU`, in its
    order and shapes. Time has to be static.

    Args:
        units: complex numbers in the state.
        ring: the smallest and the largest modulus at the start.
        seed: of the start; the same seed gives the same weights.

    Source: Orvieto et al. 2023 (arXiv:2303.06349), without the direct path from input to output.
    """

    def __init__(self, units: int, ring=(0.0, 1.0), seed: int = 0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.ring, self.seed = units, tuple(ring), seed

    def build(self, input_shape):
        """Draw the weights."""
        cell = Cell.initialise(input_shape[-1], self.units, rng=np.random.default_rng(self.seed), ring=self.ring)
        for name, start in cell.weights.items():
            weight = self.add_weight(shape=start.shape, name=name, initializer=keras.initializers.Constant(0.0))
            weight.assign(start)
            setattr(self, name, weight)
        self.built = True

    def call(self, inputs):
        """Read every sequence from a state of zeros."""
        rate, angle = ops.split(ops.exp(self.eigenvalue_logs), 2)
        modulus = ops.exp(-rate)
        real, imaginary = ops.split(inputs @ self.kernel, 2, axis=-1)
        factor = ops.exp(self.input_factor_logs)
        every = ops.zeros_like(real)  # each step has the same eigenvalues
        steps = (every + modulus * ops.cos(angle), every + modulus * ops.sin(angle), factor * real, factor * imaginary)
        states = ops.concatenate(ops.associative_scan(_join, steps, axis=1)[2:], axis=-1)
        return ops.reshape(states, (-1, inputs.shape[1], 2 * self.units))  # the scan forgets how many axes there are

    def compute_output_shape(self, input_shape):
        """Return ``(batch, time, 2 * units)``."""
        return (*input_shape[:2], 2 * self.units)

    def get_config(self):
        """Return what rebuilds the layer."""
        return {**super().get_config(), "units": self.units, "ring": list(self.ring), "seed": self.seed}
