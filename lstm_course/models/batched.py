"""An LSTM layer that trains like Keras's, weight for weight, in fewer and larger products.

With ``recurrent_dropout`` Keras gives each gate a mask of its own, and so makes eight small products at every time
step. The masks do not change over time. Hence the inputs of all steps are projected at once, the four masked products
with the hidden state are one batched product, and the gradient of each weight is one product after the loop, as in
notebook 04's backward pass. What is left inside the loop XLA compiles into one kernel.
"""

from lstm_course.models.quiet import keras, tf


@tf.function(jit_compile=True)
def _read(projected, masks, recurrent_kernel):
    """Read a batch of sequences.

    Args:
        projected: the inputs' share of the sums, ``(time, 4, batch, units)``; gates are i, f, candidate, o.
        masks: ``(4, batch, units)``, for the hidden state on its way to each gate.
        recurrent_kernel: ``(4, units, units)``.

    Returns:
        Gates ``(time, 4, batch, units)``, cell states and hidden states ``(time, batch, units)``.
    """
    time = len(projected)
    blank = tf.zeros_like(projected[0, 0])
    shapes = projected.shape[1:], projected.shape[2:], projected.shape[2:]
    gates, cells, hiddens = (tf.TensorArray(projected.dtype, time, element_shape=shape) for shape in shapes)

    def step(t, hidden, cell, gates, cells, hiddens):
        sums = projected[t] + (hidden * masks) @ recurrent_kernel
        i, f, o = tf.sigmoid(sums[0]), tf.sigmoid(sums[1]), tf.sigmoid(sums[3])
        candidate = tf.tanh(sums[2])
        cell = f * cell + i * candidate
        hidden = o * tf.tanh(cell)
        now = tf.stack([i, f, candidate, o])
        return t + 1, hidden, cell, gates.write(t, now), cells.write(t, cell), hiddens.write(t, hidden)

    _, _, _, gates, cells, hiddens = tf.while_loop(
        lambda t, *_: t < time, step, (0, blank, blank, gates, cells, hiddens), maximum_iterations=time
    )
    return gates.stack(), cells.stack(), hiddens.stack()


@tf.function(jit_compile=True)
def _backward(grad_hidden, gates, cells, masks, recurrent_kernel):
    """Return the gradient at the gates' sums, ``(time, 4, batch, units)``, from that at the last hidden state."""
    time = len(gates)
    transposed = tf.linalg.matrix_transpose(recurrent_kernel)
    i, f, candidate, o = tf.unstack(gates, axis=1)
    squashed, before = tf.tanh(cells), tf.concat([tf.zeros_like(cells[:1]), cells[:-1]], axis=0)
    to_cell = o * (1 - squashed**2)
    slopes = tf.stack(
        [candidate * i * (1 - i), before * f * (1 - f), i * (1 - candidate**2), squashed * o * (1 - o)], axis=1
    )

    def step(t, grad_hidden, grad_cell, grad_sums):
        grad_cell += grad_hidden * to_cell[t]
        now = slopes[t] * tf.stack([grad_cell, grad_cell, grad_cell, grad_hidden])
        grad_hidden = tf.reduce_sum((now @ transposed) * masks, axis=0)
        return t - 1, grad_hidden, grad_cell * f[t], grad_sums.write(t, now)

    grad_sums = tf.TensorArray(gates.dtype, time, element_shape=gates.shape[1:])
    loop = (time - 1, grad_hidden, tf.zeros_like(grad_hidden), grad_sums)
    return tf.while_loop(lambda t, *_: t >= 0, step, loop, maximum_iterations=time)[-1].stack()


@tf.custom_gradient
def _last_hidden_state(projected, masks, recurrent_kernel):
    # Without stop_gradient a tape outside would ask XLA for a gradient of its own, which it cannot give for the loop.
    gates, cells, hiddens = _read(*map(tf.stop_gradient, (projected, masks, recurrent_kernel)))

    def gradient(grad_hidden):
        grad_sums = _backward(grad_hidden, gates, cells, masks, recurrent_kernel)
        before = tf.concat([tf.zeros_like(hiddens[:1]), hiddens[:-1]], axis=0)
        masked = before * masks[:, None]  # (4, time, batch, units)
        grad_recurrent_kernel = tf.einsum("gtbu,tgbv->guv", masked, grad_sums)
        return grad_sums, None, grad_recurrent_kernel

    return hiddens[-1], gradient


def _by_gate(weight):
    """View ``(…, 4 * units)`` as ``(4, …, units)``."""
    return tf.stack(tf.split(tf.convert_to_tensor(weight), 4, axis=-1))


def _four(mask, like):
    """Return a dropout mask for each gate, ``(4, batch, features)``; ones where nothing is dropped."""
    if mask is None:
        mask = tf.ones_like(like)
    return tf.stack(mask) if isinstance(mask, list) else tf.stack([mask] * 4)


_ONLY = {"activation": "tanh", "recurrent_activation": "sigmoid", "use_bias": True} | dict.fromkeys(
    ("return_sequences", "return_state", "go_backwards", "stateful"), False
)


@keras.saving.register_keras_serializable("lstm_course")
class BatchedLSTM(keras.layers.LSTM):
    """``keras.layers.LSTM`` for whole sequences without a mask, of which the last hidden state is wanted.

    Same arguments, weights, dropout masks and results; only a step of training is computed in another way.

    Raises:
        ValueError: it is asked for more: ``return_sequences``, ``return_state``, ``go_backwards``, ``stateful``,
            other activations, no bias, a mask, an initial state.
    """

    def __init__(self, units, **options):
        super().__init__(units, **options)
        config = self.get_config()
        for name, expected in _ONLY.items():
            if config[name] != expected:
                raise ValueError(f"BatchedLSTM: found {name}={config[name]!r}; use keras.layers.LSTM for that")

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Return the last hidden state, ``(batch, units)``, of inputs ``(batch, time, features)``."""
        if mask is not None or initial_state is not None:
            raise ValueError("BatchedLSTM takes neither a mask nor an initial state; use keras.layers.LSTM for that")
        if not training:
            return super().call(sequences)
        first = sequences[:, 0]
        blank = tf.zeros((tf.shape(first)[0], self.units), sequences.dtype)
        masks = _four(self.cell.get_dropout_mask(first), first)
        recurrent_masks = _four(self.cell.get_recurrent_dropout_mask(blank), blank)
        self._maybe_reset_dropout_masks(self.cell)
        masked = tf.transpose(sequences, (1, 0, 2)) * masks[:, None]  # (4, time, batch, features)
        projected = tf.einsum("gtbf,gfu->tgbu", masked, _by_gate(self.cell.kernel)) + _by_gate(self.cell.bias)[:, None]
        return _last_hidden_state(projected, recurrent_masks, _by_gate(self.cell.recurrent_kernel))
