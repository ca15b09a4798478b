"""Success against lag: many trainings of `lstm_course.memory.training`, on several cores.

All seeds of a comparison are trained side by side in one compiled program, several comparisons on several cores::

    networks = {kind: Network.of_size(kind, parameters=1500, features=2) for kind in KINDS}
    results = sweep(TASKS["adding"], networks, lags=(5, 20), seeds=range(5), updates=1000)
    results["LSTM"][20].success          # (5,): the share of right answers of each seed
    successes(results)["LSTM"][20]       # the same
"""

import hashlib
import os
import shutil
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from tqdm import tqdm

from lstm_course.memory.networks import Network
from lstm_course.memory.tasks import Task
from lstm_course.memory.training import Trained, check, train
from lstm_course.settings import paths


def sweep(
    task: Task, networks: dict[str, Network], *, lags, seeds, updates: int, stop_early: bool = True
) -> dict[str, dict[int, Trained]]:
    """Train every network at every lag, with a progress bar, and keep what is finished until all of it is.

    Interrupted, the same call goes on where it stopped. A sweep that ends leaves nothing behind.

    Args:
        task: what to learn.
        networks: architectures by label.
        lags: at least one.
        seeds: as in `train`.
        updates: as in `train`.
        stop_early: as in `train`.

    Returns:
        For each label, for each lag, the trained networks.

    Raises:
        ValueError: there is nothing to train, or a lag is too short for the task.
    """
    lags, seeds = sorted(lags), check(seeds, updates)
    if not lags or not networks:
        raise ValueError("pass at least one network and one lag")
    fingerprint = repr((task.name, networks, lags, seeds, updates, stop_early))
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

            settings = {"seeds": seeds, "updates": updates, "stop_early": stop_early, "longest": lags[-1]}
            trained = train(networks[label], task, lag, **settings, tick=tick)
            progress.move((updates - sum(made)) * lag)  # what stopping early has saved
            _save(files[cell], trained)

        progress.run(work, missing)
    results = {label: {lag: _load(files[label, lag]) for lag in lags} for label in networks}
    shutil.rmtree(folder)
    return results


def successes(results: dict[str, dict[int, Trained]]) -> dict[str, dict[int, np.ndarray]]:
    """Return for each label, for each lag, the share of right answers of each seed."""
    return {label: {lag: trained.success for lag, trained in by_lag.items()} for label, by_lag in results.items()}


class _Progress:
    """A bar with the time left over work on several cores; it erases itself."""

    def __init__(self, name, total):
        self.lock, self.stopped = threading.Lock(), False
        form = "{desc} {bar:30} {percentage:3.0f} %, {remaining} left"
        self.bar = tqdm(total=total, desc=name, file=sys.stdout, leave=False, mininterval=0.5, bar_format=form)

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
    with paths.whole_or_nothing(file) as part:
        np.savez(part, *trained.weights, success=trained.success, updates=trained.updates)


def _load(file):
    with np.load(file) as arrays:
        weights = [arrays[f"arr_{n}"] for n in range(len(arrays.files) - 2)]
        return Trained(arrays["success"], arrays["updates"], weights)
