"""Train a language model over streams of reviews, one checkpoint after another: an interrupted training goes on."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lstm_course.ladder import language_model, streams
from lstm_course.models.quiet import tf
from lstm_course.settings.paths import whole_or_nothing

HELD_BATCHES = 8  # of ``streams`` × ``steps`` held-out words, on which a loss is measured


@dataclass(frozen=True)
class Plan:
    """How a language model is trained.

    Attributes:
        updates: in the whole training.
        streams: read side by side, the rows of a batch.
        steps: words of each stream in an update; no gradient flows further back.
        negatives: of the sampled softmax.
        rate: Adam's, after ``warm_up`` updates and until the last ``falling`` share of them, over which it falls to 0.
        warm_up: updates over which the rate rises.
        falling: a share of the updates.
        rounds: how often the rate goes through all this, each time over an equal share of the updates (Loshchilov and
            Hutter, 2017, arXiv:1608.03983, on warm restarts).
        every: updates between two checkpoints.
    """

    updates: int
    streams: int = 64
    steps: int = 50
    negatives: int = 512
    rate: float = 3e-3
    warm_up: int = 100
    falling: float = 0.3
    rounds: int = 1
    every: int = 250

    def rate_of(self, update: int) -> float:
        """Return the rate of an update, counted from 1."""
        of_round = self.updates // self.rounds
        update = (update - 1) % of_round + 1
        left = (of_round - update) / (self.falling * of_round)
        return self.rate * max(0.0, min(1.0, update / self.warm_up, left))


@dataclass
class Training:
    """A training under way: the model, its optimiser, the states it carries, and what it has measured."""

    model: language_model.LanguageModel
    optimiser: language_model.RowAdam
    states: dict
    update: int = 0
    curve: list = field(default_factory=list)  # (update, loss of every direction, held-out loss of every direction)
    processor_seconds: float = 0.0

    @classmethod
    def new(cls, model: language_model.LanguageModel, plan: Plan):
        """Return a training of a model that has not begun."""
        return cls(model, language_model.RowAdam(model.weights()), model.zero_states(plan.streams))

    def save(self, path: Path) -> None:
        """Write everything that the next update needs."""
        arrays = {f"weight {name}": weight.numpy() for name, weight in self.model.weights().items()}
        arrays |= {f"moment {name}": moment.numpy() for name, moment in self.optimiser.moments.items()}
        arrays |= {
            f"state {direction}": np.stack([part.numpy() for part in pair]) for direction, pair in self.states.items()
        }
        arrays |= {"update": self.update, "curve": np.array(self.curve), "processor": self.processor_seconds}
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_or_nothing(path) as part:
            np.savez(part, **arrays)

    def restore(self, path: Path) -> None:
        """Go on from what :meth:`save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            for name, weight in self.model.weights().items():
                weight.assign(arrays[f"weight {name}"])
            for name, moment in self.optimiser.moments.items():
                moment.assign(arrays[f"moment {name}"])
            self.states = {
                direction: tuple(tf.constant(part) for part in arrays[f"state {direction}"])
                for direction in self.model.directions
            }
            self.update, self.curve = int(arrays["update"]), arrays["curve"].tolist()
            self.processor_seconds = float(arrays["processor"])


def batches(sequences, plan: Plan, directions, *, after: int):
    """Yield the batches of each direction from update ``after + 1`` to the last, epoch after epoch in a new order."""
    epoch, done = 0, 0
    while done < plan.updates:
        cut = {
            direction: streams.windows(
                streams.streams(sequences, plan.streams, seed=[epoch, place], backwards=direction == "backward"),
                plan.steps,
            )
            for place, direction in enumerate(directions)
        }
        for place in range(min(len(windows) for windows in cut.values())):
            done += 1
            if done > plan.updates:
                return
            if done > after:
                yield {direction: tf.constant(windows[place]) for direction, windows in cut.items()}
        epoch += 1


def held_out_loss(model, direction: str, sequences, *, rows: int, steps: int, most: int) -> float:
    """Return the mean cross-entropy in nats over reviews, every word of the vocabulary among the choices.

    Args:
        model: the language model.
        direction: which of its two.
        sequences: reviews that it has not read.
        rows: read in so many streams.
        steps: words of a stream at a time.
        most: so many batches at most.
    """
    stream = streams.streams(sequences, rows, seed=0, backwards=direction == "backward")
    measure = tf.function(lambda batch, state: model.loss(direction, batch, state, negatives=0))
    state, losses = model.zero_states(rows)[direction], []
    for batch in streams.windows(stream, steps)[:most]:
        loss, state = measure(tf.constant(batch), state)
        losses.append(float(loss))
    return float(np.mean(losses))


def train(training: Training, sequences, held_out, plan: Plan, path: Path, report=print) -> Training:
    """Train until ``plan.updates``, with a checkpoint at ``path`` every ``plan.every`` updates; go on from it if there.

    Args:
        training: a new one.
        sequences: reviews to read.
        held_out: reviews whose loss is measured at every checkpoint.
        plan: how long and how.
        path: of the checkpoint, an ``.npz``.
        report: is told the update, the training and the held-out loss at every checkpoint.
    """
    if path.exists():
        training.restore(path)
    model, directions = training.model, training.model.directions
    learn = language_model.updater(model, training.optimiser, negatives=plan.negatives)
    started, recent = time.process_time(), []
    for batch in batches(sequences, plan, directions, after=training.update):
        training.update += 1
        rate = tf.constant(plan.rate_of(training.update), tf.float32)
        losses, training.states = learn(batch, training.states, rate, tf.constant(float(training.update)))
        recent.append([float(losses[direction]) for direction in directions])
        if training.update % plan.every == 0 or training.update == plan.updates:
            training.processor_seconds += time.process_time() - started
            held = [
                held_out_loss(model, direction, held_out, rows=plan.streams, steps=plan.steps, most=HELD_BATCHES)
                for direction in directions
            ]
            training.curve.append([training.update, *np.mean(recent, axis=0), *held])
            training.save(path)
            report(training.curve[-1])
            started, recent = time.process_time(), []
    return training
