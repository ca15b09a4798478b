"""Several recurrent networks of one architecture, trained side by side in one compiled program.

All weights have a leading axis for the seeds, and each product is one batched product: ``(seeds, batch, features) @
(seeds, features, units)``. A loss that is summed over the seeds keeps them apart: no network sees another's gradient.
Names, shapes, gate order and equations are those of ``keras.layers.SimpleRNN``, ``LSTM`` and ``GRU`` (with
``reset_after``), each with the seed axis in front. A test holds them to Keras.

Why not Keras's own layers: five LSTMs of 16 units, on batches of 32 sequences of 40 steps, took 37 ms an update as
Keras models one after the other, 17 ms with ``jit_compile``, and 6 ms side by side in one compiled program (40 ms side
by side without XLA). Compiling takes seconds, so one program serves all lags of a task: it is told where to begin.
"""

from lstm_course.memory.networks import MINIMAL
from lstm_course.models.quiet import tf

CLIP = 1.0  # the largest norm of a network's gradient
UNROLLED = 3  # answers: with a copy of the step for each of twenty, a program takes half a minute to compile
BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-7  # of Adam, as in Keras


def step(kind, activation, x, state, weights):
    """Read one step; return the new state, whose first entry is the hidden state ``(seeds, batch, units)``."""
    kernel, recurrent_kernel, bias = weights[:3]
    hidden = state[0]
    if kind == "LRU":
        return (lru_step(x @ kernel, hidden, recurrent_kernel, bias),)
    if kind == "SimpleRNN":
        return (activation(x @ kernel + hidden @ recurrent_kernel + bias),)
    if kind == "LSTM":
        i, f, candidate, o = tf.split(x @ kernel + hidden @ recurrent_kernel + bias, 4, axis=-1)
        cell = tf.sigmoid(f) * state[1] + tf.sigmoid(i) * tf.tanh(candidate)
        return tf.sigmoid(o) * tf.tanh(cell), cell
    if kind in MINIMAL:
        f, i, candidate = tf.split(x @ kernel + bias, 3, axis=-1)
        keep = tf.sigmoid(f) / (tf.sigmoid(f) + tf.sigmoid(i))
        factor = 2 * keep - 1 if kind == "signed minLSTM" else keep
        return (factor * hidden + (1 - keep) * candidate,)
    x_z, x_r, x_candidate = tf.split(x @ kernel + bias[:, :1], 3, axis=-1)
    h_z, h_r, h_candidate = tf.split(hidden @ recurrent_kernel + bias[:, 1:], 3, axis=-1)
    z = tf.sigmoid(x_z + h_z)
    candidate = tf.tanh(x_candidate + tf.sigmoid(x_r + h_r) * h_candidate)
    return (z * hidden + (1 - z) * candidate,)


def lru_step(projected, state, eigenvalues, input_factors):
    """Multiply a complex state by its eigenvalues and add the input; real parts stand before imaginary ones.

    `lstm_course.cells.LRU` has the equations, and tells what the two arrays of weights hold.
    """
    decay, turn = tf.split(tf.exp(eigenvalues), 2, axis=-1)
    modulus, factor = tf.exp(-decay), tf.exp(input_factors)
    real, imaginary = tf.split(state, 2, axis=-1)
    right, up = modulus * tf.cos(turn), modulus * tf.sin(turn)
    turned = tf.concat([right * real - up * imaginary, up * real + right * imaginary], axis=-1)
    return turned + tf.concat([factor, factor], axis=-1) * projected


def forward(kind, activation, answers, inputs, first, weights):
    """Read the sequences from step `first` on, and answer at the last steps.

    `first` is a tensor: one compiled program serves every lag.

    Args:
        kind: as in `lstm_course.memory.Network`.
        activation: of a SimpleRNN; the others take tanh.
        answers: at how many of the last steps to answer.
        inputs: ``(time, seeds, batch, features)``.
        first: the first step to read, an int32 scalar; what stands before it is padding.
        weights: ``kernel``, ``recurrent_kernel``, ``bias``, and kernel and bias of the readout.

    Returns:
        ``(seeds, batch, answers, outputs)``.
    """
    time, seeds, batch, _ = inputs.shape
    blank = tf.zeros((seeds, batch, weights[3].shape[1]), inputs.dtype)
    state = (blank, blank) if kind == "LSTM" else (blank,)
    _, state = tf.while_loop(
        lambda t, _: t <= time - answers,
        lambda t, state: (t + 1, step(kind, activation, inputs[t], state, weights)),
        (first, state),
        maximum_iterations=time - answers + 1,  # XLA needs a bound to set memory aside for the way back
    )
    if answers > UNROLLED:
        return _in_a_loop(kind, activation, answers, inputs, state, weights)
    hidden_states = [state[0]]
    for t in range(time - answers + 1, time):
        state = step(kind, activation, inputs[t], state, weights)
        hidden_states.append(state[0])
    return tf.stack([hidden @ weights[3] + weights[4] for hidden in hidden_states], axis=2)


def _in_a_loop(kind, activation, answers, inputs, state, weights):
    """Answer as `forward` does, from the state after the first of the answering steps."""
    before = len(inputs) - answers

    def read(place, state, found):
        state = step(kind, activation, inputs[before + place], state, weights)
        return place + 1, state, found.write(place, state[0])

    found = tf.TensorArray(inputs.dtype, answers, element_shape=state[0].shape).write(0, state[0])
    loop = (tf.constant(1), state, found)
    _, _, found = tf.while_loop(lambda place, *_: place < answers, read, loop, maximum_iterations=answers - 1)
    hidden_states = tf.transpose(found.stack(), (1, 2, 0, 3))  # (seeds, batch, answers, units)
    return hidden_states @ weights[3][:, None] + weights[4][:, None]


def losses(outputs, targets):
    """Return the loss of each network, ``(seeds,)``: cross-entropy for integer targets, else squared error."""
    if targets.dtype.is_integer:
        each = tf.nn.sparse_softmax_cross_entropy_with_logits(targets, outputs)
    else:
        each = tf.square(outputs[..., 0] - targets)
    return tf.reduce_mean(each, axis=(1, 2))


def _clipped(gradients):
    """Shorten each network's gradient to a norm of `CLIP` where it is longer."""
    squares = [tf.reduce_sum(gradient**2, axis=(1, 2), keepdims=True) for gradient in gradients]
    factor = CLIP / tf.maximum(tf.sqrt(tf.add_n(squares)), CLIP)
    return [gradient * factor for gradient in gradients]


@tf.function(jit_compile=True)
def train(kind, activation, learning_rate, inputs, targets, first, count, weights, means, squares):
    """Make one update a batch, with Adam.

    Args:
        kind: as in `forward`.
        activation: as in `forward`.
        learning_rate: a scalar.
        inputs: ``(updates, time, seeds, batch, features)``.
        targets: ``(updates, seeds, batch, answers)``.
        first: as in `forward`.
        count: how many updates the networks have had, a float scalar.
        weights: as in `forward`.
        means: Adam's mean gradient for each array of weights.
        squares: Adam's mean squared gradient.

    Returns:
        ``weights``, ``means`` and ``squares`` after the updates.
    """

    def update(index, weights, means, squares):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            outputs = forward(kind, activation, targets.shape[-1], inputs[index], first, weights)
            loss = tf.reduce_sum(losses(outputs, targets[index]))
        gradients = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradients = _clipped(gradients)
        done = count + 1 + tf.cast(index, count.dtype)
        rate = learning_rate * tf.sqrt(1 - BETA_2**done) / (1 - BETA_1**done)
        means = [m + (1 - BETA_1) * (g - m) for m, g in zip(means, gradients, strict=True)]
        squares = [v + (1 - BETA_2) * (g**2 - v) for v, g in zip(squares, gradients, strict=True)]
        moved = [w - rate * m / (tf.sqrt(v) + EPSILON) for w, m, v in zip(weights, means, squares, strict=True)]
        return index + 1, moved, means, squares

    return tf.while_loop(
        lambda index, *_: index < len(inputs),
        update,
        (tf.constant(0), list(weights), list(means), list(squares)),
    )[1:]


answer = tf.function(forward, jit_compile=True)
