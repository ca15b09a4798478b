"""Long computations: each kept when it is finished, and independent ones side by side, here or on a cluster.

A cluster is a running Dask scheduler, named by the environment variable ``DASK_SCHEDULER``; without it, this machine's
processors are the cluster, one thread for each. What runs is the same, and so is what comes out.

Source: Dask.distributed, https://distributed.dask.org (client, local cluster, what happens when a worker dies).
"""

import contextlib
import datetime
import os
import pickle
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cloudpickle
import numpy as np
from distributed import Client, LocalCluster, as_completed

from lstm_course.settings.paths import whole_or_nothing

VARIABLE = "DASK_SCHEDULER"
ANSWERS_WITHIN = 10  # seconds
# With one thread, a sum has one order, wherever it is computed.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}


@contextlib.contextmanager
def client():
    """Yield a ``distributed.Client`` of the cluster that ``DASK_SCHEDULER`` names, or of this machine's processors.

    Raises:
        ConnectionError: no scheduler answers at that address.
    """
    if address := os.environ.get(VARIABLE):
        try:
            found = Client(address, timeout=ANSWERS_WITHIN)
        except (OSError, ValueError) as problem:
            raise ConnectionError(
                f"no Dask scheduler answers at {VARIABLE}={address}: start one there with `dask scheduler`, and "
                f"workers with `dask worker {address} --nthreads 1`, or unset {VARIABLE} to use this machine"
            ) from problem
        with found:
            yield found
    else:
        count = os.cpu_count() or 1
        with (
            LocalCluster(n_workers=count, threads_per_worker=1, dashboard_address=":0") as cluster,
            Client(cluster) as found,
        ):
            yield found


def timed(compute, *arguments) -> dict:
    """Return the arrays that ``compute(*arguments)`` returns, with the processor seconds that it took."""
    started = time.process_time()
    arrays = compute(*arguments)
    arrays.setdefault("processor", [time.process_time() - started])
    return arrays


def in_a_process(compute, *arguments) -> dict:
    """Return what :func:`timed` returns, computed in a Python process of its own, with one thread.

    Keras draws the seeds of its layers from Python's ``random``, and so do Dask's own threads: in one process with
    them, a training came out differently each time.

    Raises:
        RuntimeError: the computation failed; the message is the end of what it wrote.
    """
    with tempfile.TemporaryDirectory() as folder:
        task = Path(folder, "task")
        task.write_bytes(cloudpickle.dumps((compute, arguments)))
        command, environment = [sys.executable, "-m", __name__, str(task)], {**os.environ, **ONE_THREAD}
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        with np.load(f"{task}.npz", allow_pickle=False) as arrays:
            return dict(arrays)


class Kept:
    """A folder of finished computations, one ``.npz`` each: what is there is not computed again.

    Args:
        folder: where they lie.
        report: is told the name of what begins, or of what has come back from the cluster.
    """

    def __init__(self, folder: Path, report=print):
        self.folder, self.report = folder, report

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"

    def _save(self, name: str, arrays: dict) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with whole_or_nothing(self._path(name)) as part:
            np.savez(part, **arrays)

    def _load(self, name: str) -> dict[str, np.ndarray]:
        with np.load(self._path(name), allow_pickle=False) as arrays:
            return dict(arrays)

    def once(self, name: str, compute) -> dict[str, np.ndarray]:
        """Return the arrays of ``compute()``, computed here, unless they are kept."""
        if not self._path(name).exists():
            self.report(f"{datetime.datetime.now():%H:%M} {name}")
            self._save(name, timed(compute))
        return self._load(name)

    def together(self, tasks: dict[str, tuple]) -> dict[str, dict[str, np.ndarray]]:
        """Return the arrays of independent tasks by name; those that are not kept are computed side by side.

        A worker that dies loses what it was computing, and another one begins that anew. Every task has a process of
        its own.

        Args:
            tasks: ``(function, *arguments)`` by name; the function can be imported, and returns arrays by name.

        Raises:
            ConnectionError: no scheduler answers at the address in ``DASK_SCHEDULER``.
            RuntimeError: a task failed; those that finished before are kept.
        """
        missing = {name: task for name, task in tasks.items() if not self._path(name).exists()}
        if missing:
            with client() as cluster:
                names = {cluster.submit(in_a_process, *task, key=name): name for name, task in missing.items()}
                for future in as_completed(names):
                    self._save(names[future], future.result())
                    self.report(f"{datetime.datetime.now():%H:%M} {names[future]}")
        return {name: self._load(name) for name in tasks}


if __name__ == "__main__":  # what `in_a_process` starts
    given = Path(sys.argv[1])
    given_compute, given_arguments = pickle.loads(given.read_bytes())
    np.savez(f"{given}.npz", **timed(given_compute, *given_arguments))
