#!/usr/bin/env python3
"""Measure, in one run on one machine, how much sooner the lean model reaches the source script's best accuracy.

    python benchmarks/time_to_accuracy.py [--reviews N]

Both models train on the same reviews and are scored on the same test reviews; only training is timed, not the scoring.
The lean model trains from five seeds, each until an epoch ends at or above the source's best test accuracy, or for
three epochs; the table has the median. Both read the test set after every epoch: this measures time, and selects
nothing.
"""

import click

from lstm_course import imdb, models, training
from lstm_course.quiet import keras


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


@click.command(help=__doc__)
@click.option(
    "--reviews", default=25_000, show_default=True, help="training reviews, and as many test reviews"
)
def main(reviews: int) -> None:
    """Print the table."""
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
    runs = [
        train(models.lean_lstm, data, batch_size=128, epochs=3, seed=seed, goal=best) for seed in range(5)
    ]
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
