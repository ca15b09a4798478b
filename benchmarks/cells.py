"""Time the NumPy LSTM against ``keras.layers.LSTM``: forward pass and gradients, on this machine's CPU.

Run with ``python benchmarks/cells.py``. Both compute the same thing in float32: the last output of a batch of
sequences, and the gradient of its sum with respect to the three weights and the inputs. Keras's step is compiled by
``tf.function``. The two take turns, so that a disturbance of the machine meets both, and the medians are compared.

Leave the machine otherwise idle. Both use all cores, the NumPy cells for what can run beside their loop over time (see
``lstm_course/cells/products.py``). For one core: ``taskset -c 0 python benchmarks/cells.py`` (on Linux).

The last columns say what share of the machine's rate for one large matrix product, on all cores, the NumPy LSTM
reaches, counting the arithmetic of its matrix products alone.
"""

import argparse
import os
import statistics
import time

# Keras is compared on the CPU, where the course runs. TensorFlow reads this when it is imported.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np

from lstm_course.cells import LSTM
from lstm_course.models.quiet import keras, tf

CALLS_IN_TURN, REST_SECONDS = 5, 0.2
SIZES = [(32, 100, 128, 64), (128, 100, 128, 64), (1, 1000, 16, 16)]  # batch, time, features, units


def numpy_step(cell, inputs, grad_outputs):
    """Return a function that runs the NumPy LSTM forward and backward."""

    def step():
        _, cache = cell.forward(inputs)
        return cell.backward(grad_outputs, cache)

    return step


def keras_step(layer, inputs):
    """Return a function that runs the Keras layer forward and backward, compiled."""
    inputs = tf.constant(inputs)

    @tf.function
    def gradients(inputs):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            loss = tf.reduce_sum(layer(inputs))
        return tape.gradient(loss, [variable.value for variable in layer.trainable_variables] + [inputs])

    def step():
        return [gradient.numpy() for gradient in gradients(inputs)]

    return step


def interleaved(steps, repeats):
    """Return the median (seconds, processor seconds) of each function over ``repeats`` calls, made in turns.

    A turn begins with a rest and an unmeasured call: the threads of TensorFlow and of OpenBLAS go on waiting for work
    for a while, on cores that the next function needs.
    """
    found = [[] for _ in steps]
    for _ in range(-(-repeats // CALLS_IN_TURN)):
        for step, times in zip(steps, found, strict=True):
            time.sleep(REST_SECONDS)
            step()
            for _ in range(CALLS_IN_TURN):
                start, start_processor = time.perf_counter(), time.process_time()
                step()
                times.append((time.perf_counter() - start, time.process_time() - start_processor))
    return [tuple(map(statistics.median, zip(*times, strict=True))) for times in found]


def compare(batch, timesteps, features, units, repeats):
    """Measure one size.

    Returns:
        (seconds, processor seconds) of NumPy, the same of Keras, GFLOP/s of NumPy, GFLOP/s of a large product.
    """
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((batch, timesteps, features)).astype(np.float32)
    layer = keras.layers.LSTM(units)
    layer.build(inputs.shape)
    ours = numpy_step(LSTM.from_keras(layer), inputs, np.ones((batch, units), np.float32))
    theirs = keras_step(layer, inputs)
    gradients = ours()
    for found, expected in zip([*gradients.weights.values(), gradients.inputs], theirs(), strict=True):
        assert np.abs(found - expected).max() < 1e-3 * np.abs(expected).max(), "the two do not compute the same"

    square = rng.standard_normal((2048, 2048)).astype(np.float32)
    product = np.empty_like(square)
    numpy_times, keras_times, (product_seconds, _) = interleaved(
        [ours, theirs, lambda: np.matmul(square, square, out=product)], repeats
    )
    # Forward one product with the kernel and one with the recurrent kernel, backward two of each.
    operations = 3 * 2 * batch * timesteps * 4 * units * (features + units)
    return numpy_times, keras_times, operations / numpy_times[0] / 1e9, 2 * 2048**3 / product_seconds / 1e9


def main():
    """Print one row a size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=20, help="measured calls of each function (default 20)")
    repeats = parser.parse_args().repeats
    versions = f"NumPy {np.__version__}, Keras {keras.__version__}, TensorFlow {tf.__version__}"
    print(f"LSTM, forward and gradients, float32, {os.cpu_count()} cores; {versions}")
    print("size: (batch, time, features) -> units; medians; a ratio below 1: NumPy is faster")
    print("processor: the same ratio of processor time, summed over cores")
    titles = f"{'size':>24} {'NumPy':>10} {'Keras':>10} {'ratio':>6} {'processor':>9}"
    print(f"{titles} {'GFLOP/s':>8} {'of product':>10} {'share':>6}")
    for batch, timesteps, features, units in SIZES:
        ours, theirs, rate, limit = compare(batch, timesteps, features, units, repeats)
        size = f"({batch}, {timesteps}, {features}) -> {units}"
        times = f"{ours[0] * 1e3:7.1f} ms {theirs[0] * 1e3:7.1f} ms"
        ratios = f"{ours[0] / theirs[0]:6.2f} {ours[1] / theirs[1]:9.2f}"
        print(f"{size:>24} {times} {ratios} {rate:8.1f} {limit:10.1f} {rate / limit:6.1%}")


if __name__ == "__main__":
    main()
