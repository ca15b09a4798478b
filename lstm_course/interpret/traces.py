"""Every gate and state of a trained LSTM layer, at every word of a text."""

from dataclasses import dataclass, fields

import numpy as np

from lstm_course.cells import sigmoid
from lstm_course.interpret.network import as_batch, final_layers, lstm_layer, replaced_call
from lstm_course.models.quiet import keras


@dataclass(frozen=True)
class GateTrace:
    """What an LSTM layer did at each step; every array is ``(batch, time, units)``, or ``(time, units)`` for one text.

    A step that the layer's mask skips computes no gate and no candidate: they are NaN there, and the states are those
    of the step before.

    Attributes:
        input_gate: how much of the candidate is let in, 0 to 1, float32 like all of them.
        forget_gate: how much of the cell state is kept, 0 to 1.
        candidate: what is offered to the cell state, −1 to 1.
        output_gate: how much of the squashed cell state is shown, 0 to 1.
        cell_state: after the step.
        hidden_state: after the step; what the layer returns, and so 0 at skipped steps in a Bidirectional.
        computed: ``(batch, time)`` bool, False where the mask skips a step.
    """

    input_gate: np.ndarray
    forget_gate: np.ndarray
    candidate: np.ndarray
    output_gate: np.ndarray
    cell_state: np.ndarray
    hidden_state: np.ndarray
    computed: np.ndarray

    def __getitem__(self, index) -> "GateTrace":
        """Return the trace of one text of a batch, or of some of its steps."""
        return GateTrace(*(getattr(self, field.name)[index] for field in fields(self)))


def gate_trace(model, ids, layer: int | str | None = None) -> GateTrace:
    """Return the gates, the candidate and the states of an LSTM layer at every step.

    Steps are in the order of the text, for a layer that reads backwards too: there, the first step of the text is the
    last that was computed.

    Args:
        model: any built Keras model with an LSTM in it: behind other layers, masked, in a Bidirectional, in a stack.
        ids: what the model takes, ``(batch, time)`` int for one that starts with an Embedding, or the same for one
            text without the batch axis. Some thousands of texts at most: 100 steps of 64 units take 154 kB a text.
        layer: which LSTM, by its place among ``lstm_layers(model)`` or its name; None where there is only one.

    Raises:
        TypeError: ``model`` is no Keras model or ``ids`` are no whole numbers.
        ValueError: the model has no LSTM or not this one, or ``ids`` does not fit the model.

    Source: the equations of Gers, Schmidhuber and Cummins 2000, as ``keras.layers.LSTM`` computes them.
    """
    chosen = lstm_layer(model, layer)
    inputs, single = as_batch(model, ids)
    sequences, mask, states = arrivals(model, chosen, inputs)
    if chosen.go_backwards:
        sequences, mask = sequences[:, ::-1], mask[:, ::-1]
    arrays = [*_steps(chosen, sequences, mask, states), mask]
    if chosen.go_backwards:
        arrays = [array[:, ::-1] for array in arrays]
    trace = GateTrace(*arrays)
    return trace[0] if single else trace


def arrivals(model, layer, inputs):
    """Return what reaches the layer when the model reads the inputs: vectors, mask and the two initial states."""
    seen = {}

    def record(original, sequences, initial_state=None, mask=None, **rest):
        seen.update(sequences=sequences, states=initial_state, mask=mask)
        return original(sequences, initial_state=initial_state, mask=mask, **rest)

    with replaced_call(layer, record):
        model(inputs, training=False)
    to_numpy = keras.ops.convert_to_numpy
    sequences = to_numpy(seen["sequences"]).astype(np.float64)
    shape = sequences.shape[:2]
    mask = np.ones(shape, bool) if seen["mask"] is None else to_numpy(seen["mask"]).astype(bool)
    if seen["states"] is None:
        return sequences, mask, [np.zeros((shape[0], layer.units))] * 2
    return sequences, mask, [to_numpy(state).astype(np.float64) for state in seen["states"]]


def _in_numpy(activation):
    """Return an activation function of Keras as one that takes and returns NumPy arrays."""
    known = {keras.activations.sigmoid: sigmoid, keras.activations.tanh: np.tanh}
    return known.get(activation) or (lambda values: keras.ops.convert_to_numpy(activation(values)))


def _steps(layer, sequences, mask, states):
    """Run the layer's equations in float64, so that the trace adds no rounding of its own to the layer's."""
    weights = [keras.ops.convert_to_numpy(weight).astype(np.float64) for weight in layer.weights]
    kernel, recurrent_kernel = weights[:2]
    bias = weights[2] if layer.use_bias else 0.0
    gate, squash = _in_numpy(layer.recurrent_activation), _in_numpy(layer.activation)
    hidden_state, cell_state = states
    batch, time = mask.shape
    traces = np.empty((6, batch, time, layer.units), np.float32)
    for t in range(time):
        sums = sequences[:, t] @ kernel + hidden_state @ recurrent_kernel + bias
        i, f, c, o = np.split(sums, 4, axis=1)
        i, f, candidate, o = gate(i), gate(f), squash(c), gate(o)
        computed = mask[:, t, None]
        cell_state = np.where(computed, f * cell_state + i * candidate, cell_state)
        hidden_state = np.where(computed, o * squash(cell_state), hidden_state)
        for row, values in enumerate((i, f, candidate, o)):
            traces[row, :, t] = np.where(computed, values, np.nan)
        traces[4, :, t], traces[5, :, t] = cell_state, hidden_state
    if layer.zero_output_for_mask:  # Keras sets this for layers in a Bidirectional
        traces[5][~mask] = 0.0
    return traces


def logit_steps(model, ids) -> np.ndarray:
    """Return what each cell adds to the log-odds at each step: w_u (h_t − h_{t−1}) for the Dense weight w_u of cell u.

    Summed over steps and cells, with the Dense bias, this is the log-odds of the model's probability: no approximation.

    Args:
        model: a model that ends in an LSTM and ``Dense(1)``, with nothing between them but dropout.
        ids: ``(batch, time)`` int, or ``(time,)`` for one text.

    Returns:
        ``(batch, time, units)`` float32, or ``(time, units)``.

    Raises:
        ValueError: the model ends otherwise.
    """
    recurrent, dense = final_layers(model)
    hidden_state = gate_trace(model, ids, recurrent.name).hidden_state
    before = np.zeros_like(hidden_state[..., :1, :])
    return np.diff(hidden_state, axis=-2, prepend=before) * keras.ops.convert_to_numpy(dense.kernel)[:, 0]
