#!/usr/bin/env python3
"""Measure, in one run on one machine, how much sooner the lean model reaches the source script's best accuracy.

    python benchmarks/time_to_accuracy.py [--reviews N] [--rung-reviews N]

Both models train on the same reviews and are scored on the same test reviews; only training is timed, not the scoring.
The lean model trains from five seeds, each until an epoch ends at or above the source's best test accuracy, or for
three epochs; the table has the median. Both read the test set after every epoch: this measures time, and selects
nothing.

Then every rung of notebook 09's ladder trains once, on a part of the training reviews, and is scored after each
epoch on training reviews of other films; the table has its best epoch, and what that took. One seed says little about
accuracy; the stored table of the notebook has three. The plot goes to runs/time_to_accuracy.png.
"""

import time
from pathlib import Path

import click
import matplotlib.pyplot as plt
import numpy as np

from lstm_course import models, plotting
from lstm_course.ladder import distillation, rungs, vectorise
from lstm_course.ladder import training as climbing
from lstm_course.models import training
from lstm_course.models.quiet import keras
from lstm_course.reviews import imdb, splits

PLOT = Path(__file__).resolve().parents[1] / "runs" / "time_to_accuracy.png"


class ToGoal(training.Clock):
    """Say the seconds and the test accuracy after each epoch; stop at ``goal``."""

    def __init__(self, x_test, y_test, goal: float = 1.0):
        super().__init__(lambda model: model.evaluate(x_test, y_test, batch_size=500, verbose=0)[1])
        self.goal = goal

    def on_epoch_end(self, epoch, logs=None):
        """Stop timing, score, and see whether that is enough."""
        super().on_epoch_end(epoch, logs)
        click.echo(f"  epoch {epoch + 1}: {self.seconds[-1]:6.1f} s, test accuracy {self.scores[-1]:.4f}")
        if self.scores[-1] >= self.goal:
            self.model.stop_training = True


def train(build, data, *, batch_size: int, epochs: int, seed: int = 0, goal: float = 1.0) -> ToGoal:
    """Train a fresh model for ``epochs``, or until ``goal``; what compiles once a process does so before the clock."""
    x_train, y_train, x_test, y_test = data
    build().fit(x_train[:batch_size], y_train[:batch_size], batch_size=batch_size, verbose=0)
    keras.utils.set_random_seed(seed)
    clock = ToGoal(x_test, y_test, goal)
    build().fit(x_train, y_train, epochs=epochs, batch_size=batch_size, verbose=0, callbacks=[clock])
    return clock


def climb(reviews: int) -> list[tuple]:
    """Train every rung once; return ``(name, processor seconds, accuracy, kind)`` of each."""
    data = imdb.load_data(vectorise.VOCABULARY).train
    truth = np.asarray(data.labels)
    films = np.arange(len(truth)) if data.movies is None else np.asarray(data.movies)
    kept, held = splits.split_by_film(films, min(2_500, len(truth) // 5), seed=0)
    part = np.random.default_rng(0).permutation(kept)[:reviews]
    sequences, labels = [data.sequences[review] for review in part], truth[part]
    validation = [data.sequences[review] for review in held], truth[held]
    click.echo(f"\n{'':20}  wall s  processor s  accuracy on {len(held)} reviews of other films")
    started = np.array([time.perf_counter(), time.process_time()])
    log_odds = distillation.out_of_fold(sequences, labels, films[part])
    teacher = np.array([time.perf_counter(), time.process_time()]) - started
    points = []
    for number, rung in enumerate(rungs.LADDER):
        weight = rung.training.teacher_weight
        soft = distillation.soft_labels(labels, log_odds, weight)  # with a weight of 0, the labels
        trained = climbing.train(rung, sequences, soft, seed=0, validation=validation)
        best = int(np.argmax(trained.accuracies))
        spent = np.array([trained.seconds[best], trained.processor_seconds[best]])
        wall, processor = spent + teacher if weight else spent  # the teacher is part of the price
        click.echo(f"{rung.name:20}  {wall:6.1f}  {processor:11.1f}  {trained.accuracies[best]:.4f}")
        kind = "rnn" if rung is rungs.SOURCE else "lstm"
        points.append((str(number), rung.name, processor, trained.accuracies[best], kind))
    return points


def plot(points: list[tuple], reviews: int) -> None:
    """Save the accuracies against the processor seconds."""
    plotting.use_style()
    figure, ax = plt.subplots(figsize=(9.5, 4.6))
    plotting.accuracy_by_seconds(ax, points, title=f"The ladder on {reviews:,} reviews, one seed")
    PLOT.parent.mkdir(exist_ok=True)
    figure.savefig(PLOT, bbox_inches="tight")
    click.echo(f"plot: {PLOT.relative_to(PLOT.parents[1])}")


@click.command(help=__doc__)
@click.option("--reviews", default=25_000, show_default=True, help="training reviews, and as many test reviews")
@click.option("--rung-reviews", default=5_000, show_default=True, help="training reviews of every rung")
def main(reviews: int, rung_reviews: int) -> None:
    """Print both tables and save the plot."""
    lean_against_source(reviews)
    plot(climb(rung_reviews), rung_reviews)


def lean_against_source(reviews: int) -> None:
    """Print how long the lean model and the source script take."""
    source_data = imdb.load_data()
    (x_train, y_train), (x_test, y_test) = source_data
    data = (
        keras.utils.pad_sequences(x_train[:reviews], maxlen=100),
        y_train[:reviews],
        keras.utils.pad_sequences(x_test[:reviews], maxlen=100),
        y_test[:reviews],
    )
    click.echo("the source script: Embedding 128, LSTM 64 with both dropouts, batch 32, adam")
    source = train(models.source_lstm, data, batch_size=32, epochs=10)
    best = max(source.scores)
    to_best = source.seconds[source.scores.index(best)]
    click.echo("the lean model: Embedding 32, LSTM 32, batch 128, Adam at 3e-3")
    runs = [train(models.lean_lstm, data, batch_size=128, epochs=3, seed=seed, goal=best) for seed in range(5)]
    reached = sum(run.scores[-1] >= best for run in runs)
    lean = sorted(runs, key=lambda run: run.seconds[-1])[len(runs) // 2]
    click.echo(f"\n{'':34}  seconds  test accuracy  times the lean model's")
    for label, seconds, accuracy in [
        (f"lean model, median, epoch {len(lean.seconds)}", lean.seconds[-1], lean.scores[-1]),
        ("source script, its best epoch", to_best, best),
        ("source script, all ten epochs", source.seconds[-1], source.scores[-1]),
    ]:
        click.echo(f"{label:34}  {seconds:7.1f}  {accuracy:13.4f}  {seconds / lean.seconds[-1]:22.1f}")
    click.echo(f"{reached} of {len(runs)} seeds of the lean model reached the source's best accuracy.")


if __name__ == "__main__":
    main()
