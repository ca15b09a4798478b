"""Does this machine compute an LSTM right? The parity check of notebook 04, on every device that TensorFlow sees."""

from collections.abc import Iterator

import numpy as np

# A forward and a backward pass over 30 steps are off by rounding, 1e-14 and 1e-5; the TF32 products of a GPU keep three
# digits. A wrong LSTM is off by tenths.
LIMITS = {"float64": 1e-10, "float32": 1e-2}
GPU = "Run on the CPU: export CUDA_VISIBLE_DEVICES=-1, or with Apple's plugin: pip uninstall tensorflow-metal"
CPU = "Install TensorFlow anew: pip install --force-reinstall -c constraints.txt tensorflow"


def _numpy(cell, inputs: np.ndarray, grad_outputs: np.ndarray) -> list[np.ndarray]:
    outputs, cache = cell.forward(inputs, return_sequences=True)
    gradients = cell.backward(grad_outputs, cache)
    return [outputs, *gradients.weights.values(), gradients.inputs]


def _keras(cell, inputs: np.ndarray, grad_outputs: np.ndarray, device: str, dtype: str) -> list[np.ndarray]:
    from lstm_course.models.quiet import keras, tf

    with tf.device(device):
        layer = keras.layers.LSTM(cell.units, dtype=dtype, return_sequences=True)
        layer.build(inputs.shape)
        cell.to_keras(layer)
        given = tf.constant(inputs, dtype)
        with tf.GradientTape() as tape:
            tape.watch(given)
            outputs = layer(given)
            loss = tf.reduce_sum(outputs * tf.constant(grad_outputs, dtype))
        weights = [variable.value for variable in layer.trainable_variables]
        return [outputs.numpy(), *(gradient.numpy() for gradient in tape.gradient(loss, [*weights, given]))]


def differences(devices: list[str]) -> Iterator[tuple[str, str, float]]:
    """Yield each device, dtype and the largest distance of Keras's LSTM from the course's, forward and backward.

    Args:
        devices: names as TensorFlow has them, such as ``"CPU:0"``.
    """
    from lstm_course.cells import LSTM

    rng = np.random.default_rng(0)
    cell = LSTM.initialise(8, 16, rng=rng)
    inputs, grad_outputs = rng.standard_normal((4, 30, 8)), rng.standard_normal((4, 30, 16))
    expected = _numpy(cell, inputs, grad_outputs)
    for device in devices:
        for dtype in LIMITS:
            found = _keras(cell, inputs, grad_outputs, device, dtype)
            yield device, dtype, max(np.abs(a - b).max() for a, b in zip(found, expected, strict=True))


def report() -> bool:
    """Print one line for each device and dtype, and return whether all of them are right."""
    from lstm_course.models.quiet import tf

    devices = [device.name.split(":", 1)[1] for device in tf.config.list_logical_devices()]
    well = True
    for device, dtype, off in differences(devices):
        right = bool(off < LIMITS[dtype])  # NaN is not
        mark = "ok   " if right else "WRONG"
        print(f"{mark}   LSTM on {device}, {dtype}: at most {off:.0e} from the course's own")
        if not right:
            print(f"        {GPU if device.startswith('GPU') else CPU}")
        well &= right
    return well
