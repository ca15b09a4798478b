"""Success against lag: train small recurrent networks on the tasks of `lstm_course.memory.tasks`, many at once.

All seeds of a comparison are trained side by side in one compiled program (see ``_networks``), several comparisons on
several cores::

    networks = {kind: Network.of_size(kind, parameters=1500, features=2) for kind in KINDS}
    results = sweep(TASKS["adding"], networks, lags=(5, 20), seeds=range(5), updates=1000)
    results["LSTM"][20].success          # (5,): the share of right answers of each seed
"""

import hashlib
import os
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import process_time

import numpy as np
from tqdm import tqdm

from lstm_course.memory import networks as _networks
from lstm_course.memory import tasks
from lstm_course.models.quiet import tf
from lstm_course.settings import paths

KINDS = tuple(_networks.GATES)
ACTIVATIONS = ("tanh", "relu")
RECURRENT_STARTS = ("orthogonal", "identity", "small")
LSTM_GATES = ("input_gate", "forget_gate", "candidate", "output_gate")  # in the order of the kernel's columns

BATCH = 32
UPDATES_A_CALL = 25
UPDATES_A_LOOK = 100
STOPPING, TEST = 1, 2  # streams of sequences; a stream of updates is named by its last update, 25 or more
MEASURED = 500  # sequences that a success is measured on
ENOUGH = 0.99  # success at which a seed counts as there
WIDE_OPEN = (
    1e4  # a bias whose sigmoid is exactly 1, with a gradient of exactly 0: the gate stays open for good
)


@dataclass(frozen=True)
class Network:
    """An architecture with its size and its start.

    Attributes:
        kind: one of `KINDS`.
        units: of the recurrent layer.
        learning_rate: of Adam.
        activation: of a SimpleRNN, ``"tanh"`` or ``"relu"``.
        recurrent_start: what the recurrent kernel starts from: ``"orthogonal"`` (Keras's choice), ``"identity"``, or
            ``"small"`` (normal, with a spectral radius near 0.5).
        forget_bias: at the start of an LSTM.
        open_gate: a gate of an LSTM that is held open, at 1, from start to end; or None.

    Raises:
        ValueError: an attribute is not one that there is, or does not belong to the kind.
    """

    kind: str
    units: int
    learning_rate: float = 0.003
    activation: str = "tanh"
    recurrent_start: str = "orthogonal"
    forget_bias: float = 1.0
    open_gate: str | None = None

    def __post_init__(self):
        """Check the attributes."""
        _one_of("kind", self.kind, KINDS)
        _one_of("activation", self.activation, ACTIVATIONS)
        _one_of("recurrent_start", self.recurrent_start, RECURRENT_STARTS)
        if self.kind != "SimpleRNN" and self.activation != "tanh":
            raise ValueError(f"activation is {self.activation!r}: only a SimpleRNN's can be changed")
        if self.open_gate is not None:
            _one_of("open_gate", self.open_gate, [gate for gate in LSTM_GATES if gate != "candidate"])
            if self.kind != "LSTM":
                raise ValueError(f"open_gate is {self.open_gate!r}: a {self.kind} has no such gate")
        if self.units < 1:
            raise ValueError(f"units must be at least 1, and it is {self.units!r}")

    @classmethod
    def of_size(cls, kind: str, parameters: int, features: int, **settings):
        """Return the widest network whose recurrent layer has at most `parameters` weights.

        Args:
            kind: one of `KINDS`.
            parameters: how many weights the layer may have; the readout comes on top.
            features: numbers read at each step.
            settings: the other attributes.

        Raises:
            ValueError: not even one unit fits.
        """
        units = 1
        while cls(kind, units, **settings).parameters(features) <= parameters:
            units += 1
        if units == 1:
            least = cls(kind, 1).parameters(features)
            raise ValueError(
                f"parameters is {parameters}: a {kind} of one unit has {least} on {features} features"
            )
        return cls(kind, units - 1, **settings)

    def shapes(self, features: int, outputs: int) -> list[tuple[int, int]]:
        """Return the shapes of kernel, recurrent kernel, bias, and the readout's kernel and bias."""
        columns = _networks.GATES[self.kind] * self.units
        biases = 2 if self.kind == "GRU" else 1
        return [
            (features, columns),
            (self.units, columns),
            (biases, columns),
            (self.units, outputs),
            (1, outputs),
        ]

    def parameters(self, features: int) -> int:
        """Return the number of weights of the recurrent layer."""
        return sum(rows * columns for rows, columns in self.shapes(features, 0)[:3])

    def initialise(self, task: tasks.Task, seed: int) -> list[np.ndarray]:
        """Draw the weights of one network as Keras does: uniform kernels (Glorot), an orthogonal recurrent kernel.

        Returns:
            float32 arrays of the `shapes`.
        """
        rng = np.random.default_rng(seed)
        shapes = self.shapes(task.features, task.outputs)
        kernel, readout = (rng.uniform(-1, 1, shapes[n]) * np.sqrt(6 / sum(shapes[n])) for n in (0, 3))
        rows, columns = shapes[1]
        if self.recurrent_start == "orthogonal":
            q, r = np.linalg.qr(rng.standard_normal((columns, rows)))
            recurrent_kernel = (q * np.sign(np.diag(r))).T
        elif self.recurrent_start == "identity":
            recurrent_kernel = np.tile(np.eye(rows), columns // rows)
        else:
            recurrent_kernel = rng.standard_normal(shapes[1]) * 0.5 / np.sqrt(rows)
        bias = np.zeros(shapes[2])
        if self.kind == "LSTM":
            blocks = bias[0].reshape(len(LSTM_GATES), self.units)
            blocks[LSTM_GATES.index("forget_gate")] = self.forget_bias
            if self.open_gate:
                blocks[LSTM_GATES.index(self.open_gate)] = WIDE_OPEN
        arrays = (kernel, recurrent_kernel, bias, readout, np.zeros(shapes[4]))
        return [array.astype(np.float32) for array in arrays]


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
    network: Network, task: tasks.Task, lag: int, *, seeds, updates: int, longest=None, tick=None
) -> Trained:
    """Train one architecture at one lag, all seeds at once, on sequences that are never repeated.

    Networks with the same seed see the same sequences, whatever their architecture. Training ends early when every
    seed is right in `ENOUGH` of the sequences that it is stopped by; success is measured on others.

    Args:
        network: the architecture.
        task: what to learn.
        lag: of the task.
        seeds: one integer for each network, at least one.
        updates: batches of `BATCH` sequences at most, a multiple of `UPDATES_A_LOOK`.
        longest: the longest lag that will be asked for, so that one compiled program serves all; None for `lag`.
        tick: called with the number of updates made, after each call of the compiled program; or None.

    Raises:
        ValueError: there are no seeds, or `updates` is not such a multiple.
    """
    seeds = _check(seeds, updates)
    streams = _Streams(task, lag, longest or lag, seeds)
    state = _start(network, task, seeds)
    reached = np.full(len(seeds), np.nan)

    def success(stream):
        inputs, targets = streams.draw(stream, batches=1, count=MEASURED)
        outputs = _networks.answer(
            network.kind, _activation(network), task.answers, inputs[0], streams.first, state[0]
        ).numpy()
        return np.array([task.success(*pair) for pair in zip(outputs, targets[0], strict=True)])

    for done in range(UPDATES_A_CALL, updates + 1, UPDATES_A_CALL):
        batches = streams.draw(done, batches=UPDATES_A_CALL, count=BATCH)
        state = _update(network, batches, streams.first, done - UPDATES_A_CALL, state)
        if tick:
            tick(UPDATES_A_CALL)
        if done % UPDATES_A_LOOK == 0:
            there = success(STOPPING) >= ENOUGH
            reached[there & np.isnan(reached)] = done
            if there.all():
                break
    return Trained(success(TEST), reached, [array.numpy() for array in state[0]])


def seconds_per_update(network: Network, task: tasks.Task, lag: int, *, seeds, calls: int = 3) -> float:
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


def sweep(
    task: tasks.Task, networks: dict[str, Network], *, lags, seeds, updates: int
) -> dict[str, dict[int, Trained]]:
    """Train every network at every lag, with a progress bar, and keep what is finished until all of it is.

    Interrupted, the same call goes on where it stopped. A sweep that ends leaves nothing behind.

    Args:
        task: what to learn.
        networks: architectures by label.
        lags: at least one.
        seeds: as in `train`.
        updates: as in `train`.

    Returns:
        For each label, for each lag, the trained networks.

    Raises:
        ValueError: there is nothing to train, or a lag is too short for the task.
    """
    lags, seeds = sorted(lags), _check(seeds, updates)
    if not lags or not networks:
        raise ValueError("pass at least one network and one lag")
    fingerprint = repr((task.name, networks, lags, seeds, updates))
    name = f"sweep-{hashlib.sha256(fingerprint.encode()).hexdigest()[:12]}"
    folder = paths.data_folder() / "unfinished" / name
    folder.mkdir(parents=True, exist_ok=True)
    # The longest first, so that no core is left with a long one at the end.
    cells = [(label, lag) for lag in reversed(lags) for label in networks]
    files = {cell: folder / f"{number}.npz" for number, cell in enumerate(cells)}
    missing = [cell for cell in cells if not files[cell].exists()]
    if kept := len(cells) - len(missing):
        print(f"An interrupted sweep was found: {kept} of its {len(cells)} points are there already.")
    with _Progress(task.name, updates * sum(lag for _, lag in missing)) as progress:

        def work(cell):
            label, lag = cell
            made = []

            def tick(count):
                made.append(count)
                progress.move(count * lag)

            trained = train(
                networks[label], task, lag, seeds=seeds, updates=updates, longest=lags[-1], tick=tick
            )
            progress.move((updates - sum(made)) * lag)  # what stopping early has saved
            _save(files[cell], trained)

        progress.run(work, missing)
    results = {label: {lag: _load(files[label, lag]) for lag in lags} for label in networks}
    shutil.rmtree(folder)
    return results


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
    return _networks.train(*settings, *batches, first, tf.constant(float(done)), *state)


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


class _Progress:
    """A bar with the time left over work on several cores; it erases itself."""

    def __init__(self, name, total):
        self.lock, self.stopped = threading.Lock(), False
        form = "{desc} {bar:30} {percentage:3.0f} %, {remaining} left"
        self.bar = tqdm(
            total=total, desc=name, file=sys.stdout, leave=False, mininterval=0.5, bar_format=form
        )

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.stopped = True
        self.bar.close()

    def move(self, steps):
        """Move the bar; end the calling thread's work if the sweep was interrupted."""
        if self.stopped:
            raise InterruptedError("the sweep was interrupted")
        with self.lock:
            self.bar.update(steps)

    def run(self, work, cells):
        """Do `work` for each of the cells, on as many cores as there are, up to four."""
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
            futures = [pool.submit(work, cell) for cell in cells]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                self.stopped = True
                pool.shutdown(cancel_futures=True)
                raise


def _save(file, trained):
    whole = file.with_suffix(".part")
    with whole.open("wb") as stream:
        np.savez(stream, *trained.weights, success=trained.success, updates=trained.updates)
    whole.replace(file)


def _load(file):
    with np.load(file) as arrays:
        weights = [arrays[f"arr_{n}"] for n in range(len(arrays.files) - 2)]
        return Trained(arrays["success"], arrays["updates"], weights)


def _check(seeds, updates):
    seeds = [int(seed) for seed in seeds]
    if not seeds:
        raise ValueError("seeds is empty: pass at least one, such as range(5)")
    if updates < 1 or updates % UPDATES_A_LOOK:
        raise ValueError(f"updates must be a multiple of {UPDATES_A_LOOK}, and it is {updates!r}")
    return seeds


def _one_of(name, value, allowed):
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(allowed)}, and it is {value!r}")
