"""Train a Keras model so that it can be watched, interrupted and run on."""

import csv
import hashlib
import re
import shutil
import sys
import time
from pathlib import Path

from tqdm import tqdm

from lstm_course.models.quiet import keras
from lstm_course.settings import paths


class Progress(keras.callbacks.Callback):
    """A bar over all steps of all epochs with the time left; it erases itself at the end.

    It writes to standard output, because a notebook keeps standard error as an output of its own.
    """

    def on_train_begin(self, logs=None):
        """Start the bar."""
        self.bar = None

    def on_epoch_begin(self, epoch, logs=None):
        """Show the epoch; the first call knows where a resumed training goes on."""
        steps, epochs = self.params["steps"], self.params["epochs"]
        if self.bar is None:
            self.bar = tqdm(
                total=steps * epochs,
                initial=steps * epoch,
                file=sys.stdout,
                leave=False,
                mininterval=0.5,
                bar_format="{desc} {bar:30} {percentage:3.0f} %, {remaining} left",
            )
        self.bar.set_description_str(f"epoch {epoch + 1} of {epochs}")

    def on_train_batch_end(self, batch, logs=None):
        """Move the bar by one step."""
        self.bar.update()

    def on_train_end(self, logs=None):
        """Erase the bar."""
        if self.bar is not None:
            self.bar.close()


class Clock(keras.callbacks.Callback):
    """Note what training costs up to each epoch's end, and what a function says of the model then, off the clock.

    Args:
        score: called with the model after each epoch; None to score nothing.

    Attributes:
        seconds: wall time of the training, one number an epoch, summed.
        processor_seconds: its processor time, over all cores, likewise.
        scores: what ``score`` returned.
    """

    def __init__(self, score=None):
        super().__init__()
        self.score = score
        self.seconds, self.processor_seconds, self.scores = [], [], []

    def on_epoch_begin(self, epoch, logs=None):
        """Start timing."""
        self.started = time.perf_counter(), time.process_time()

    def on_epoch_end(self, epoch, logs=None):
        """Stop timing, then score."""
        now = time.perf_counter(), time.process_time()
        for spent, start, end in zip((self.seconds, self.processor_seconds), self.started, now, strict=True):
            spent.append((spent[-1] if spent else 0.0) + end - start)
        if self.score is not None:
            self.scores.append(self.score(self.model))


def _unfinished_folder(model, x, y, epochs: int, batch_size: int) -> Path:
    """Return a folder name that changes with the model, its optimiser, the data's shape and the schedule."""
    # Keras numbers names over the whole session: lstm, lstm_1, … are the same layer built again.
    configuration = re.sub(r'_\d+(?=")', "", model.to_json())
    fingerprint = repr((configuration, x.shape, y.shape, epochs, batch_size))
    digest = hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
    return paths.data_folder() / "unfinished" / f"{model.name}-{digest}"


def read_history(path: Path) -> dict[str, list[float]]:
    """Return ``{"loss": [one value an epoch], …}`` from a file written by ``keras.callbacks.CSVLogger``.

    An epoch that stands twice, since it was interrupted and repeated, counts once: as its last row.
    """
    with path.open(newline="", encoding="utf-8") as file:
        rows = {int(row["epoch"]): row for row in csv.DictReader(file)}
    first = next(iter(rows.values()))
    # CSVLogger makes room for validation columns that a fit without validation leaves "NA".
    names = [name for name in first if name != "epoch" and first[name] != "NA"]
    return {name: [float(rows[epoch][name]) for epoch in sorted(rows)] for name in names}


def fit(model, x, y, *, epochs: int, batch_size: int, validation_data=None) -> dict[str, list[float]]:
    """Train a compiled model with a progress bar, and keep every finished epoch until the training is whole.

    If the kernel is interrupted or dies, the same call with a model built the same way goes on after the last finished
    epoch, with the optimiser's state. A training that ends leaves nothing behind.

    Args:
        model: a compiled Keras model; its weights are changed.
        x: inputs, ``(reviews, time)``, integers.
        y: labels, ``(reviews,)``.
        epochs: how often to pass over the reviews.
        batch_size: reviews in an update.
        validation_data: ``(x, y)`` to score after each epoch.

    Returns:
        One list a metric, with one value an epoch: ``loss``, ``accuracy`` and, if validated, ``val_loss``,
        ``val_accuracy``.

    Raises:
        ValueError: ``x`` and ``y`` differ in length, or there is nothing to train on.
    """
    if len(x) != len(y) or len(x) == 0:
        raise ValueError(f"x holds {len(x)} reviews and y {len(y)} labels: pass one label a review, at least one")
    model.build((None, *x.shape[1:]))
    folder = _unfinished_folder(model, x, y, epochs, batch_size)
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / "state").exists():
        print("An interrupted training of this model was found: going on after its last finished epoch.")
    model.fit(
        x,
        y,
        epochs=epochs,
        batch_size=batch_size,
        validation_data=validation_data,
        verbose=0,
        callbacks=[
            # The log before the state: an epoch cut off between the two is repeated and logged again, never lost.
            keras.callbacks.CSVLogger(folder / "history.csv", append=True),
            keras.callbacks.BackupAndRestore(folder / "state", double_checkpoint=True),
            Progress(),
        ],
    )
    history = read_history(folder / "history.csv")
    shutil.rmtree(folder)
    return history
