"""Train small recurrent networks on a task with a lag: all seeds of one architecture at once."""

from dataclasses import dataclass
from time import process_time

import numpy as np

from lstm_course.memory import side_by_side
from lstm_course.memory.networks import Network
from lstm_course.memory.tasks import Task
from lstm_course.models.quiet import tf

BATCH = 32
UPDATES_A_CALL = 25
UPDATES_A_LOOK = 100
STOPPING, TEST = 1, 2  # streams of sequences; a stream of updates is named by its last update, 25 or more
MEASURED = 500  # sequences that a success is measured on
ENOUGH = 0.99  # success at which a seed counts as there


@dataclass(frozen=True)
class Trained:
    """Networks of one architecture after training at one lag.

    Attributes:
        success: ``(seeds,)``, the share of right answers on new sequences.
        updates: ``(seeds,)``, after how many updates each was first found above `ENOUGH`; NaN where never.
        weights: kernel, recurrent kernel, bias and the readout's two, each ``(seeds, …)``.
    """

    success: np.ndarray
    updates: np.ndarray
    weights: list[np.ndarray]


def train(
    network: Network, task: Task, lag: int, *, seeds, updates: int, stop_early=True, longest=None, tick=None
) -> Trained:
    """Train one architecture at one lag, all seeds at once, on sequences that are never repeated.

    Networks with the same seed see the same sequences, whatever their architecture. Unless told otherwise, training
    ends early when every seed is right in `ENOUGH` of the sequences that it is stopped by; success is measured on
    others.

    Args:
        network: the architecture.
        task: what to learn.
        lag: of the task.
        seeds: one integer for each network, at least one.
        updates: batches of `BATCH` sequences at most, a multiple of `UPDATES_A_LOOK`.
        stop_early: whether training may end before all updates are made.
        longest: the longest lag that will be asked for, so that one compiled program serves all; None for `lag`.
        tick: called with the number of updates made, after each call of the compiled program; or None.

    Raises:
        ValueError: there are no seeds, or `updates` is not such a multiple.
    """
    seeds = check(seeds, updates)
    streams = _Streams(task, lag, longest or lag, seeds)
    state = _start(network, task, seeds)
    reached = np.full(len(seeds), np.nan)

    for done in range(UPDATES_A_CALL, updates + 1, UPDATES_A_CALL):
        batches = streams.draw(done, batches=UPDATES_A_CALL, count=BATCH)
        state = _update(network, batches, streams.first, done - UPDATES_A_CALL, state)
        if tick:
            tick(UPDATES_A_CALL)
        if done % UPDATES_A_LOOK == 0:
            there = _success(network, streams, state[0], STOPPING) >= ENOUGH
            reached[there & np.isnan(reached)] = done
            if stop_early and there.all():
                break
    return Trained(_success(network, streams, state[0], TEST), reached, [array.numpy() for array in state[0]])


def success_by_lag(network: Network, task: Task, trained: Trained, *, lags, seeds) -> dict[int, np.ndarray]:
    """Measure at other lags what networks can do that are trained already, without training them further.

    Args:
        network: the architecture.
        task: what they have learned.
        trained: as `train` returned them.
        lags: of the new sequences, at least one.
        seeds: those that they were trained with.

    Returns:
        For each lag the share of right answers of each seed, ``(seeds,)``.
    """
    seeds = check(seeds, UPDATES_A_LOOK)
    found = {}
    for lag in sorted(lags):  # one compiled program serves all
        streams = _Streams(task, lag, max(lags), seeds)
        found[lag] = _success(network, streams, trained.weights, TEST)
    return found


def _success(network, streams, weights, stream):
    """Return the share of right answers of each seed on sequences of a stream."""
    task = streams.task
    inputs, targets = streams.draw(stream, batches=1, count=MEASURED)
    outputs = side_by_side.answer(
        network.kind, _activation(network), task.answers, inputs[0], streams.first, weights
    ).numpy()
    return np.array([task.success(*pair) for pair in zip(outputs, targets[0], strict=True)])


def seconds_per_update(network: Network, task: Task, lag: int, *, seeds, calls: int = 3) -> float:
    """Measure the processor time of an update of one network when all seeds are trained at once.

    The median of several calls. Other programs on the machine do not count, other threads of this one do.

    Args:
        network: the architecture.
        task: what it reads.
        lag: of the task.
        seeds: as in `train`.
        calls: how often to measure, `UPDATES_A_CALL` updates each; the drawing of sequences is left out.
    """
    streams = _Streams(task, lag, lag, seeds)
    batches = streams.draw(UPDATES_A_CALL, batches=UPDATES_A_CALL, count=BATCH)
    state = _start(network, task, seeds)
    times = []
    for _ in range(calls + 1):
        started = process_time()
        after = _update(network, batches, streams.first, 0, state)
        after[0][0].numpy()
        times.append(process_time() - started)
    return float(np.median(times[1:])) / UPDATES_A_CALL / len(seeds)  # the first call may compile


def _activation(network):
    return getattr(tf.nn, network.activation)


def _start(network, task, seeds):
    """Return the weights of all seeds, and Adam's two means of each, still zero."""
    weights = zip(*(network.initialise(task, seed) for seed in seeds), strict=True)
    weights = [tf.stack(arrays) for arrays in weights]
    return [weights, *([tf.zeros_like(array) for array in weights] for _ in range(2))]


def _update(network, batches, first, done, state):
    """Make one update a batch, after `done` earlier ones; return the new state."""
    rate = tf.constant(network.learning_rate)
    settings = (network.kind, _activation(network), rate)
    return side_by_side.train(*settings, *batches, first, tf.constant(float(done)), *state)


class _Streams:
    """Sequences for each seed, with zeros in front of them up to the length of the longest lag's."""

    def __init__(self, task, lag, longest, seeds):
        self.task, self.lag, self.seeds = task, lag, seeds
        steps, self.length = (task.draw(1, lag=k, seed=0)[0].shape[1] for k in (lag, longest))
        self.padding = self.length - steps
        self.first = tf.constant(self.padding)  # the first step to read

    def draw(self, stream, *, batches, count):
        """Return inputs (batches, time, seeds, count, features), targets (batches, seeds, count, answers)."""
        task, seeds = self.task, len(self.seeds)
        inputs = np.zeros((batches, self.length, seeds, count, task.features), np.float32)
        targets = []
        for n, seed in enumerate(self.seeds):
            state = int(np.random.SeedSequence((seed, stream)).generate_state(1)[0])
            x, y = task.draw(batches * count, lag=self.lag, seed=state)
            inputs[:, self.padding :, n] = x.reshape(batches, count, *x.shape[1:]).swapaxes(1, 2)
            targets.append(y.reshape(batches, count, task.answers))
        return inputs, np.stack(targets, axis=1)


def check(seeds, updates) -> list[int]:
    """Return the seeds as integers; refuse none of them, and updates that are no multiple of `UPDATES_A_LOOK`."""
    seeds = [int(seed) for seed in seeds]
    if not seeds:
        raise ValueError("seeds is empty: pass at least one, such as range(5)")
    if updates < 1 or updates % UPDATES_A_LOOK:
        raise ValueError(f"updates must be a multiple of {UPDATES_A_LOOK}, and it is {updates!r}")
    return seeds
