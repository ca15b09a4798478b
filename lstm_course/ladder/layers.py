"""What Keras does not have: reading in segments, pooling over words, a one-hot LSTM."""

from lstm_course.models.quiet import keras

ops = keras.ops


@keras.saving.register_keras_serializable("lstm_course")
class InSegments(keras.layers.Wrapper):
    """Cut each sequence into segments, and let a sequence layer read them all side by side.

    A review of 400 words becomes 8 rows of 50: the loop over time is 8 times shorter, and nothing flows from one
    segment into the next. The input ``(batch, time, features)`` needs a time that is a multiple of ``steps``; the
    output is ``(batch, time, units)``. A mask ``(batch, time)`` is cut likewise.

    Args:
        layer: a Keras layer that returns sequences.
        steps: the length of a segment.
    """

    def __init__(self, layer, steps: int = 50, **kwargs):
        super().__init__(layer, **kwargs)
        self.steps = steps
        self.supports_masking = True

    def build(self, input_shape):
        """Build the wrapped layer for one segment."""
        self.layer.build((None, self.steps, input_shape[-1]))
        self.built = True

    def call(self, inputs, mask=None, training=None):
        """Read every segment from a state of zeros."""
        segments = ops.reshape(inputs, (-1, self.steps, inputs.shape[-1]))
        mask = None if mask is None else ops.reshape(mask, (-1, self.steps))
        outputs = self.layer(segments, mask=mask, training=training)
        batch, time = ops.shape(inputs)[0], ops.shape(inputs)[1]
        return ops.reshape(outputs, (batch, time, outputs.shape[-1]))

    def compute_output_shape(self, input_shape):
        """Return ``(batch, time, units)``."""
        segment = self.layer.compute_output_shape((input_shape[0], self.steps, input_shape[-1]))
        return (*input_shape[:2], segment[-1])

    def get_config(self):
        """Return what rebuilds the layer."""
        return {**super().get_config(), "steps": self.steps}


@keras.saving.register_keras_serializable("lstm_course")
class MeanAndMax(keras.layers.Layer):
    """The mean and the maximum over the words, ``(batch, 2 · units)``, of states ``(batch, time, units)``.

    Pads are left out. Every sequence needs one word at least: the maximum over none would be −1e9.
    """

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, states, mask):
        """Pool ``states`` where ``mask`` ``(batch, time)`` is True."""
        is_word = ops.cast(mask, states.dtype)[..., None]
        mean = ops.sum(states * is_word, axis=1) / ops.maximum(ops.sum(is_word, axis=1), 1.0)
        highest = ops.max(ops.where(mask[..., None], states, -1e9), axis=1)
        return ops.concatenate([mean, highest], axis=-1)

    def compute_mask(self, states, mask=None):
        """Return None: the output has no time axis that a mask could refer to."""
        return None


@keras.saving.register_keras_serializable("lstm_course")
class OneHotLSTMCell(keras.layers.Layer):
    """The cell of a one-hot LSTM for ``keras.layers.RNN``: its inputs are rows of the kernel, one for each word.

    The kernel times a one-hot vector is one row of the kernel. An ``Embedding`` that looks the row up takes the
    kernel's place; the cell has the recurrent kernel and the bias. Gates in Keras's order: input, forget, candidate,
    output.

    Source: Johnson and Zhang, 2016, "Supervised and Semi-Supervised Text Categorization using LSTM for Region
    Embeddings", arXiv:1602.02373.

    Args:
        units: the size of the state.
        part: which ``4 · units`` of the inputs are this cell's; a second direction takes the next ones.
    """

    def __init__(self, units: int, part: int = 0, **kwargs):
        super().__init__(**kwargs)
        self.units, self.part = units, part
        self.state_size = (units, units)
        self.output_size = units

    def build(self, input_shape):
        """Build the recurrent kernel ``(units, 4 · units)`` and the bias, whose forget gate starts at 1."""
        units = self.units
        self.recurrent_kernel = self.add_weight((units, 4 * units), "orthogonal", name="recurrent_kernel")
        self.bias = self.add_weight((4 * units,), "zeros", name="bias")
        self.bias.assign(ops.concatenate([ops.zeros(units), ops.ones(units), ops.zeros(2 * units)]))
        self.built = True

    def call(self, inputs, states, training=None):
        """Return the hidden state ``(batch, units)`` and both states for sums ``(batch, parts · 4 · units)``."""
        hidden_state, cell_state = states
        own = inputs[:, self.part * 4 * self.units :][:, : 4 * self.units]
        gates = own + ops.matmul(hidden_state, self.recurrent_kernel) + self.bias
        input_gate, forget_gate, candidate, output_gate = ops.split(gates, 4, axis=-1)
        cell_state = ops.sigmoid(forget_gate) * cell_state + ops.sigmoid(input_gate) * ops.tanh(candidate)
        hidden_state = ops.sigmoid(output_gate) * ops.tanh(cell_state)
        return hidden_state, [hidden_state, cell_state]

    def get_config(self):
        """Return what rebuilds the cell."""
        return {**super().get_config(), "units": self.units, "part": self.part}
