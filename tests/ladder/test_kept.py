"""Computations are kept, go side by side on a cluster, survive a worker's death, and come out as they do alone."""

import os
import signal
import sys
import time

import cloudpickle
import numpy as np
import pytest
from distributed import LocalCluster

from lstm_course.ladder import kept, labelled, rungs
from lstm_course.ladder.blocks import LSTM, Segments

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # a worker cannot import a test
TINY = rungs.rung("bigrams").replace(
    "tiny", text={"words": 20, "head": 5}, embeddings={"dimension": 3}, encoder=Segments(LSTM(2), steps=10)
)


@pytest.fixture(scope="module")
def two_workers():
    """Start a scheduler and two worker processes of one thread each; return the scheduler's address."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as cluster:
        yield cluster.scheduler_address


@pytest.fixture
def cluster(two_workers, monkeypatch):
    monkeypatch.setenv(kept.VARIABLE, two_workers)
    return two_workers


def reviews(count):
    rng = np.random.default_rng(0)
    return [[1, *rng.integers(4, 40, 15).tolist()] for _ in range(count)], rng.integers(0, 2, count)


def drawn(seed):
    """Return numbers that depend on the seed alone."""
    return {"numbers": np.random.default_rng(seed).normal(size=5), "worker": [os.getppid()]}


def drawn_slowly(seed):
    time.sleep(1)
    return drawn(seed)


def test_what_is_kept_is_not_computed_again(tmp_path):
    runs, calls = kept.Kept(tmp_path, report=calls_nothing), []

    def compute():
        calls.append(1)
        return {"numbers": np.arange(3)}

    first, second = runs.once("a", compute), runs.once("a", compute)
    assert len(calls) == 1
    np.testing.assert_array_equal(first["numbers"], second["numbers"])
    assert first["processor"] >= 0


def calls_nothing(line):
    pass


def test_trainings_on_the_cluster_are_those_of_this_machine_bit_for_bit(tmp_path, cluster, monkeypatch):
    task = (labelled.fitted, TINY, *reviews(60), reviews(20)[0])
    tasks = {"seed 1": (*task, 1)}
    on_cluster = kept.Kept(tmp_path / "cluster", calls_nothing).together(tasks)
    monkeypatch.delenv(kept.VARIABLE)
    monkeypatch.setattr(kept.os, "cpu_count", lambda: 1)
    alone = kept.Kept(tmp_path / "alone", calls_nothing).together(tasks)
    np.testing.assert_array_equal(on_cluster["seed 1"]["log_odds"], alone["seed 1"]["log_odds"])
    assert np.std(alone["seed 1"]["log_odds"]) > 0


def test_a_worker_that_is_killed_loses_only_what_it_was_computing(tmp_path, cluster):
    names = [f"seed {seed}" for seed in range(4)]
    done, runs = [], kept.Kept(tmp_path, report=calls_nothing)
    save = runs._save

    def save_and_kill_once(name, arrays):
        save(name, arrays)
        done.append(name)
        if len(done) == 1:  # the other tasks are under way or wait
            os.kill(int(arrays["worker"][0]), signal.SIGKILL)

    runs._save = save_and_kill_once
    found = runs.together({name: (drawn_slowly, seed) for seed, name in enumerate(names)})
    assert sorted(done) == names, "each was kept once"
    for seed, name in enumerate(names):
        np.testing.assert_array_equal(found[name]["numbers"], drawn(seed)["numbers"])


def test_what_finished_before_an_interruption_is_kept(tmp_path, cluster):
    def stop(line):
        raise KeyboardInterrupt

    tasks = {f"seed {seed}": (drawn, seed) for seed in range(3)}
    with pytest.raises(KeyboardInterrupt):
        kept.Kept(tmp_path, stop).together(tasks)
    assert len(list(tmp_path.glob("*.npz"))) == 1
    came = []
    found = kept.Kept(tmp_path, came.append).together(tasks)
    assert len(came) == 2
    assert set(found) == set(tasks)


def failing():
    raise ValueError("no such rung")


def test_a_task_that_fails_says_why_and_what_finished_is_kept(tmp_path, cluster):
    runs = kept.Kept(tmp_path, calls_nothing)
    runs.together({"good": (drawn, 0)})
    with pytest.raises(RuntimeError, match="ValueError: no such rung"):
        runs.together({"good": (drawn, 0), "bad": (failing,)})
    assert [path.stem for path in tmp_path.glob("*.npz")] == ["good"]


def test_a_scheduler_that_does_not_answer_gets_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv(kept.VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setattr(kept, "ANSWERS_WITHIN", 1)
    with pytest.raises(ConnectionError, match=r"no Dask scheduler answers at DASK_SCHEDULER=tcp://127.0.0.1:9: start"):
        kept.Kept(tmp_path, calls_nothing).together({"a": (drawn, 0)})
