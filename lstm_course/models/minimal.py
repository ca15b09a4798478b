"""The minLSTM as a Keras layer."""

from lstm_course.cells.scan import join
from lstm_course.models.quiet import keras

ops = keras.ops


@keras.saving.register_keras_serializable("lstm_course")
class MinLSTM(keras.layers.Layer):
    """A gated cell whose gates see the input alone, so that all steps are computed by one parallel scan.

    ``f = sigmoid(x W_f + b_f)``, ``i = sigmoid(x W_i + b_i)``, both divided by ``f + i``, and
    ``h_t = f_t h_{t-1} + i_t (x_t W_h + b_h)``. A masked step repeats the state. Time has to be static.

    Source: Feng et al., 2024, "Were RNNs All We Needed?", arXiv:2410.01201.

    Args:
        units: the size of the state.
        signed: stretch the factor of the old state from (0, 1) to (-1, 1): ``2 f / (f + i) - 1``. Source: Grazzi et
            al., 2024, "Unlocking State-Tracking in Linear RNNs Through Negative Eigenvalues", arXiv:2411.12537.
        go_backwards: read from the end; the output is reversed too, as Keras's recurrent layers have it.
        return_sequences: must be True; Keras's ``Bidirectional`` passes it.
    """

    def __init__(
        self,
        units: int,
        signed: bool = False,
        go_backwards: bool = False,
        return_sequences: bool = True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not return_sequences:
            raise ValueError("MinLSTM returns the state of every step; pass return_sequences=True")
        self.units, self.signed, self.go_backwards, self.return_sequences = units, signed, go_backwards, True
        self.stateful = self.return_state = False  # Bidirectional asks
        self.supports_masking = True
        self.gates = keras.layers.Dense(3 * units, dtype=self.dtype_policy)

    def build(self, input_shape):
        """Build the one projection that all gates share."""
        self.gates.build(input_shape)
        self.built = True

    def call(self, inputs, initial_state=None, mask=None):
        """Return ``(batch, time, units)`` for ``(batch, time, features)``; every sequence starts from zeros."""
        if initial_state is not None:
            raise ValueError("MinLSTM starts from zeros; leave initial_state out")
        forget_gate, input_gate, candidate = ops.split(self.gates(inputs), 3, axis=-1)
        forget_gate, input_gate = ops.sigmoid(forget_gate), ops.sigmoid(input_gate)
        total = forget_gate + input_gate
        keep, added = forget_gate / total, input_gate / total * candidate
        if self.signed:
            keep = 2 * keep - 1
        if mask is not None:
            keep = ops.where(mask[..., None], keep, 1.0)
            added = ops.where(mask[..., None], added, 0.0)
        if self.go_backwards:
            keep, added = ops.flip(keep, axis=1), ops.flip(added, axis=1)

        states = ops.associative_scan(join, (keep, added), axis=1)[1]
        return ops.reshape(states, (-1, inputs.shape[1], self.units))  # the scan forgets how many axes there are

    def compute_output_shape(self, input_shape):
        """Return ``(batch, time, units)``."""
        return (*input_shape[:-1], self.units)

    def get_config(self):
        """Return what rebuilds the layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "signed": self.signed,
            "go_backwards": self.go_backwards,
            "return_sequences": True,
        }
