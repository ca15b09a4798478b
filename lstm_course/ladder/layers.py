"""What Keras does not have: reading in segments, pooling over words, a one-hot LSTM, a cell without a loop."""

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


@keras.saving.register_keras_serializable("lstm_course")
class MinLSTM(keras.layers.Layer):
    """A gated cell whose gates see the input alone, so that all steps are computed by one parallel scan.

    ``f = sigmoid(x W_f + b_f)``, ``i = sigmoid(x W_i + b_i)``, both divided by ``f + i``, and
    ``h_t = f_t h_{t-1} + i_t (x_t W_h + b_h)``. A masked step repeats the state. Time has to be static.

    Source: Feng et al., 2024, "Were RNNs All We Needed?", arXiv:2410.01201.

    Args:
        units: the size of the state.
        go_backwards: read from the end; the output is reversed too, as Keras's recurrent layers have it.
    """

    def __init__(self, units: int, go_backwards: bool = False, return_sequences: bool = True, **kwargs):
        super().__init__(**kwargs)
        if not return_sequences:
            raise ValueError("MinLSTM returns the state of every step; pass return_sequences=True")
        self.units, self.go_backwards, self.return_sequences = units, go_backwards, True
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
        if mask is not None:
            keep = ops.where(mask[..., None], keep, 1.0)
            added = ops.where(mask[..., None], added, 0.0)
        if self.go_backwards:
            keep, added = ops.flip(keep, axis=1), ops.flip(added, axis=1)

        def then(first, second):
            """Join two stretches of steps, each ``h -> keep · h + added``, into one."""
            return first[0] * second[0], second[0] * first[1] + second[1]

        states = ops.associative_scan(then, (keep, added), axis=1)[1]
        return ops.reshape(states, (-1, inputs.shape[1], self.units))  # the scan forgets how many axes there are

    def compute_output_shape(self, input_shape):
        """Return ``(batch, time, units)``."""
        return (*input_shape[:-1], self.units)

    def get_config(self):
        """Return what rebuilds the layer."""
        return {
            **super().get_config(),
            "units": self.units,
            "go_backwards": self.go_backwards,
            "return_sequences": True,
        }
