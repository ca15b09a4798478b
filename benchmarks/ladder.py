#!/usr/bin/env python3
"""Measure, in one run, what makes a rung of the ladder fast or slow on this machine.

    python benchmarks/ladder.py [--reviews N]

Every line trains on the same made-up reviews, whose lengths are spread as those of the published ones, once to compile
and once on the clock. A ratio above 1 says how many times as long as the base line it takes. Wall time depends on
what else the machine does; processor time, over all cores, much less. For one core:
``taskset -c 0 python benchmarks/ladder.py`` (on Linux).
"""

import time

import click
import numpy as np

from lstm_course.ladder import batches, rungs, vectorise
from lstm_course.ladder.blocks import LSTM, Bidirectional, MinLSTM, Segments
from lstm_course.models.quiet import keras

BASE = rungs.rung("trigrams")
WHOLE = BASE.replace(encoder=Bidirectional(LSTM(32)))
RECURRENT_DROPOUT = LSTM(32, recurrent_dropout=0.2)


def of_words(rung: rungs.Rung, words: int) -> rungs.Rung:
    """Return the rung for so many words, a quarter of them from the beginning."""
    return rung.replace(text={"words": words, "head": words // 4})


VARIANTS = [
    ("words alone, no n-grams", BASE.replace(text={"ngrams": 1}), {}),
    ("one direction", BASE.replace(encoder=Segments(LSTM(32))), {}),
    ("reviews read whole, no segments", WHOLE, {}),
    ("minLSTM in the LSTM's place", BASE.replace(encoder=Segments(Bidirectional(MinLSTM(32)))), {}),
    ("recurrent dropout of 0.2", BASE.replace(encoder=Segments(Bidirectional(RECURRENT_DROPOUT))), {}),
    ("one-hot LSTM", rungs.rung("one-hot LSTM"), {}),
    ("adversarial training", BASE.replace(training={"adversarial": 0.02}), {}),
    ("batches of 16", BASE.replace(training={"batch_size": 16}), {}),
    ("batches of 256", BASE.replace(training={"batch_size": 256}), {}),
    ("SGD: only the used rows of a table change", BASE, {"optimizer": "sgd"}),
    ("8 steps a call (steps_per_execution)", BASE, {"steps_per_execution": 8}),
    ("compiled by XLA (jit_compile)", BASE, {"jit_compile": True}),
    *((f"{words} words", of_words(BASE, words), {}) for words in (50, 100, 200, 800)),
    ("800 words, no segments", of_words(WHOLE, 800), {}),
]


def made_up(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    """Return reviews of random words, the frequent ones first, and random labels."""
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(5.2, 0.65, count), 10, 2_000).astype(int)
    reviews = [np.minimum(rng.zipf(1.3, length) + 3, vectorise.VOCABULARY - 1) for length in lengths]
    return reviews, rng.integers(0, 2, count).astype(np.float32)


def cost(rung: rungs.Rung, reviews, labels, **settings) -> np.ndarray:
    """Return wall and processor seconds of one epoch."""
    vectoriser, batch_size = rung.text.fit(reviews), rung.training.batch_size
    rows = vectoriser(reviews)
    model = rungs.build(rung, vectoriser.sizes, len(rows))
    if settings:
        model.compile(**{"optimizer": model.optimizer, "loss": "binary_crossentropy"} | settings)
    steps = -(-len(rows) // batch_size)
    for _ in range(2):
        started = np.array([time.perf_counter(), time.process_time()])
        dataset = batches.dataset(rung.text, rows, labels, batch_size=batch_size, epochs=1, seed=0)
        model.fit(dataset, steps_per_epoch=steps, verbose=0, shuffle=False)
        spent = np.array([time.perf_counter(), time.process_time()]) - started
    return spent


@click.command(help=__doc__)
@click.option("--reviews", default=2_000, show_default=True, help="reviews of the base line")
def main(reviews: int) -> None:
    """Print the tables."""
    keras.utils.set_random_seed(0)
    texts, labels = made_up(max(reviews, 25_000))
    base = cost(BASE, texts[:reviews], labels[:reviews])
    click.echo(f"{'':44}  wall s  ratio  processor s  ratio")

    def line(label: str, spent: np.ndarray) -> None:
        wall, processor = spent / base
        click.echo(f"{label:44}  {spent[0]:6.1f}  {wall:5.2f}  {spent[1]:11.1f}  {processor:5.2f}")

    line(f"base: {BASE.name}, {reviews} reviews of 400 words", base)
    for label, rung, settings in VARIANTS:
        try:
            line(label, cost(rung, texts[:reviews], labels[:reviews], **settings))
        except Exception as error:
            # A setting that this TensorFlow cannot compile is a result too; the other lines go on.
            click.echo(f"{label:44}  does not run here: {type(error).__name__}")
    for count in (1_000, 5_000, 25_000):
        line(f"{count} reviews", cost(BASE, texts[:count], labels[:count]))


if __name__ == "__main__":
    main()
