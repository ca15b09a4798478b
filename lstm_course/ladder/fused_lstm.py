"""The LSTM of notebook 04 in TensorFlow, with its backward pass written out: half the time of the automatic one.

Automatic differentiation adds the recurrent kernel's gradient up step by step; here, as in
:class:`lstm_course.cells.LSTM`, the gradients of all steps are kept and one product makes the kernel's.
"""

import functools

from lstm_course.models.quiet import tf

STEPS = 50  # of one compiled loop; a longer sequence goes through it again, with the states of before


def product(one, other):
    """Return ``one @ other``, multiplied in the dtype of ``other`` and given back in that of ``one``."""
    return tf.cast(tf.cast(one, other.dtype) @ other, one.dtype)


@tf.custom_gradient
def read(projected, keep, hidden_state, cell_state, recurrent_kernel):
    """Return the hidden states of every step and the last cell state.

    Args:
        projected: ``x @ kernel + bias`` of every step, float32 ``(time, batch, 4 · units)``, gates in Keras's order:
            input, forget, candidate, output. Time has to be static: the loop over it is written out.
        keep: ``(time, batch, 1)``; 0 resets both states before the step, 1 carries them on.
        hidden_state: before the first step, ``(batch, units)``.
        cell_state: the same.
        recurrent_kernel: ``(units, 4 · units)``; products with it are computed in its dtype.

    Returns:
        ``(time, batch, units)`` and ``(batch, units)``.
    """
    kept, hidden_states = [], []
    for now, kept_now in zip(tf.unstack(projected), tf.unstack(keep), strict=True):
        before, cell_before = hidden_state * kept_now, cell_state * kept_now
        sums = tf.split(now + product(before, recurrent_kernel), 4, axis=-1)
        input_gate, forget_gate, output_gate = (tf.sigmoid(sums[gate]) for gate in (0, 1, 3))
        candidate = tf.tanh(sums[2])
        cell_state = forget_gate * cell_before + input_gate * candidate
        squashed = tf.tanh(cell_state)
        hidden_state = output_gate * squashed
        hidden_states.append(hidden_state)
        kept.append((before, cell_before, input_gate, forget_gate, candidate, output_gate, squashed))

    def gradient(grad_states, grad_cell):
        transposed, grad_hidden = tf.transpose(recurrent_kernel), tf.zeros_like(hidden_state)
        grad_sums = []
        steps = zip(kept, tf.unstack(grad_states), tf.unstack(keep), strict=True)
        for (_, cell_before, i, f, g, o, squashed), grad_now, kept_now in reversed(list(steps)):
            grad_hidden += grad_now
            grad_cell += grad_hidden * o * (1 - squashed * squashed)
            slopes = (
                grad_cell * g * i * (1 - i),
                grad_cell * cell_before * f * (1 - f),
                grad_cell * i * (1 - g * g),
                grad_hidden * squashed * o * (1 - o),
            )
            grad_sums.append(tf.concat(slopes, axis=-1))
            grad_hidden = kept_now * product(grad_sums[-1], transposed)
            grad_cell = kept_now * (grad_cell * f)
        grad_sums = tf.stack(grad_sums[::-1])
        units = recurrent_kernel.shape[0]
        before = tf.reshape(tf.stack([step[0] for step in kept]), (-1, units))
        grad_sums_by_step = tf.cast(tf.reshape(grad_sums, (-1, 4 * units)), recurrent_kernel.dtype)
        grad_kernel = tf.matmul(tf.cast(before, recurrent_kernel.dtype), grad_sums_by_step, transpose_a=True)
        return grad_sums, None, grad_hidden, grad_cell, grad_kernel

    return (tf.stack(hidden_states), cell_state), gradient


@functools.cache
def _compiled(time: int, units: int, dtype, products):
    """Return :func:`read` compiled for a time and a number of units; one serves every batch, and every weight."""
    shapes = [(time, None, 4 * units), (time, None, 1), (None, units), (None, units)]
    kernel = tf.TensorSpec((units, 4 * units), products)
    return tf.function(read, input_signature=[*(tf.TensorSpec(shape, dtype) for shape in shapes), kernel])


def read_long(projected, keep, hidden_state, cell_state, recurrent_kernel):
    """Return what :func:`read` returns, for any static time, by loops of ``STEPS``; the gradient flows through all."""
    parts = []
    for start in range(0, projected.shape[0], STEPS):
        span = slice(start, start + STEPS)
        now = projected[span]
        loop = _compiled(now.shape[0], recurrent_kernel.shape[0], projected.dtype, recurrent_kernel.dtype)
        states, cell_state = loop(now, keep[span], hidden_state, cell_state, recurrent_kernel)
        hidden_state = states[-1]
        parts.append(states)
    return tf.concat(parts, axis=0), cell_state
