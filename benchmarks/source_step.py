"""Time one training step of the source script's model: stock Keras, compiled by XLA, and with BatchedLSTM.

Run with ``python benchmarks/source_step.py`` on a machine that is otherwise idle. A step is what ``fit`` does with one
batch: 32 reviews of 100 words, forward, backward, adam. The variants take turns, and the medians are compared.
Where PyTorch is installed (``pip install -e ".[proof]"``) its ``nn.LSTM``, which knows no recurrent dropout, reads
the same shapes beside them; where JAX is, Keras's layers compute with it afterwards, in a process of their own. The
last column is the share of this machine's rate for one large matrix product that a step reaches, counting the
arithmetic of the LSTM's products alone: three times the forward pass's.
"""

import importlib.util
import os
import statistics
import subprocess
import sys
import time

# The course runs on the CPU. TensorFlow reads this when it is imported.
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import click
import numpy as np

from lstm_course.models.batched import BatchedLSTM
from lstm_course.models.quiet import keras

BATCH, TIME, FEATURES, UNITS, VOCABULARY = 32, 100, 128, 64, 20_000
STEPS_IN_TURN = 10
OPERATIONS = 3 * 2 * BATCH * TIME * (FEATURES + UNITS) * 4 * UNITS


def keras_steps(layer, x, y, jit_compile=False):
    """Return a function that makes ``STEPS_IN_TURN`` training steps with the layer in the source's model."""
    model = keras.Sequential(
        [keras.layers.Embedding(VOCABULARY, FEATURES), layer, keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile("adam", "binary_crossentropy", jit_compile=jit_compile)
    return lambda: model.fit(x, y, batch_size=BATCH, shuffle=False, verbose=0)


def torch_steps(x, y):
    """Return a function that makes as many steps with PyTorch's layer, without recurrent dropout; None without it."""
    try:
        import torch
    except ImportError:
        return None
    embedding, lstm = torch.nn.Embedding(VOCABULARY, FEATURES), torch.nn.LSTM(FEATURES, UNITS, batch_first=True)
    dense, drop = torch.nn.Linear(UNITS, 1), torch.nn.Dropout(0.2)
    adam = torch.optim.Adam([*embedding.parameters(), *lstm.parameters(), *dense.parameters()])
    batches = list(zip(torch.tensor(x).split(BATCH), torch.tensor(y).split(BATCH), strict=True))

    def steps():
        for inputs, labels in batches:
            adam.zero_grad()
            _, (hidden, _) = lstm(drop(embedding(inputs)))
            torch.nn.functional.binary_cross_entropy_with_logits(dense(hidden[0]), labels).backward()
            adam.step()

    return steps


def variants_of(x, y):
    """Return what is timed, functions by name."""
    stock, both = keras.layers.LSTM, {"dropout": 0.2, "recurrent_dropout": 0.2}
    on_jax = keras.backend.backend() == "jax"  # where every step is compiled
    found = {
        "keras.layers.LSTM": keras_steps(stock(UNITS, **both), x, y, on_jax),
        "keras, no recurrent dropout": keras_steps(stock(UNITS, dropout=0.2), x, y, on_jax),
    }
    if not on_jax:
        found["keras.layers.LSTM, jit_compile"] = keras_steps(stock(UNITS, **both), x, y, True)
        found["BatchedLSTM"] = keras_steps(BatchedLSTM(UNITS, **both), x, y)
        found["torch, no recurrent dropout"] = torch_steps(x, y)
    return {name: steps for name, steps in found.items() if steps}


def product_rate(size=2048):
    """Return floating-point operations a second of one large float32 matrix product."""
    matrix = np.random.default_rng(0).standard_normal((size, size), np.float32)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / min(seconds)


@click.command(help=__doc__)
@click.option("--turns", default=8, show_default=True, help="how often each variant has its turn")
def main(turns: int) -> None:
    """Measure and print."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, VOCABULARY, (BATCH * STEPS_IN_TURN, TIME)).astype("int32")
    y = rng.integers(0, 2, (len(x), 1)).astype("float32")
    variants = variants_of(x, y)
    for steps in variants.values():
        steps()  # compiles
    found = {name: [] for name in variants}
    for _ in range(turns):
        for name, steps in variants.items():
            start, processor = time.perf_counter(), time.process_time()
            steps()
            spent = time.perf_counter() - start, time.process_time() - processor
            found[name].append([seconds / STEPS_IN_TURN for seconds in spent])
    rate = product_rate()
    first = None
    for name, times in found.items():
        seconds, processor = map(statistics.median, zip(*times, strict=True))
        first = first or seconds
        share = OPERATIONS / seconds / rate
        print(
            f"{name:30} {seconds * 1e3:6.1f} ms a step ({processor * 1e3:6.1f} of processor time), "
            f"{first / seconds:4.2f} times as fast, {share:4.0%} of the product rate"
        )
    if importlib.util.find_spec("jax") and keras.backend.backend() != "jax":
        print("Keras on JAX:", flush=True)
        environment = {**os.environ, "KERAS_BACKEND": "jax"}
        subprocess.run([sys.executable, __file__, f"--turns={turns}"], env=environment, check=True)


if __name__ == "__main__":
    main()
