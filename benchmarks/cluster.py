#!/usr/bin/env python3
"""Measure what a cluster of one and of two workers gains on this machine, and compute what larger ones would.

    python benchmarks/cluster.py

Four equal trainings of a small rung, each in its own process with one thread, by one worker and by two; and a task that
computes nothing, whose wall time is what a task costs. The table at the end is a calculation, not a measurement: the
ladder's trainings, as long as their stored processor seconds, go longest first to the worker that is free, and each
pays that cost. It assumes workers as fast as the machine of the stored table, and reviews that lie on their disks.
"""

import heapq
import tempfile
import time
from pathlib import Path

import numpy as np
from distributed import LocalCluster

from lstm_course import ladder
from lstm_course.ladder import kept, labelled, rungs

SEEDS = 3
TRAININGS = 4


def nothing(place: int) -> dict:
    """Return almost nothing."""
    return {"place": [place]}


def seconds(tasks: dict, workers: int) -> float:
    """Return the wall time of tasks on a cluster of so many workers, its start left out."""
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as cluster,
        tempfile.TemporaryDirectory() as folder,
    ):
        kept.os.environ[kept.VARIABLE] = cluster.scheduler_address
        started = time.perf_counter()
        kept.Kept(Path(folder), report=lambda line: None).together(tasks)
        return time.perf_counter() - started


def ladder_lengths() -> list[float]:
    """Return the processor seconds of every training in the stored table of rungs, all its epochs."""
    stored = ladder.stored()
    rows = [*stored["rungs"], *stored["tried"]]
    return [row["processor"] / row["epochs"] * len(row["curves"][0]) for row in rows for _ in range(SEEDS)]


def makespan(lengths: list[float], workers: int, cost: float) -> float:
    """Return when the last worker is done, if the longest task goes first to whoever is free."""
    free = [0.0] * workers
    for length in sorted(lengths, reverse=True):
        heapq.heappush(free, heapq.heappop(free) + length + cost)
    return max(free)


def main() -> None:
    """Print the table."""
    rng = np.random.default_rng(0)
    reviews = [[1, *rng.integers(4, 5_000, 200).tolist()] for _ in range(600)]
    labels = rng.integers(0, 2, len(reviews))
    rung = rungs.rung("smaller and faster")
    task = (labelled.fitted, rung, reviews, labels, reviews[:50])
    training = {f"training {seed}": (*task, seed) for seed in range(TRAININGS)}
    one, two = seconds(training, 1), seconds(training, 2)
    print(f"{TRAININGS} trainings: 1 worker {one:.1f} s, 2 workers {two:.1f} s, speed-up {one / two:.2f}")
    empty = {f"nothing {place}": (nothing, place) for place in range(8)}
    cost = seconds(empty, 1) / len(empty)
    print(f"a task that computes nothing: {cost:.1f} s (a Python process that imports what it needs)")
    lengths = ladder_lengths()
    alone = makespan(lengths, 1, cost)
    print(f"\n{len(lengths)} trainings of the ladder, {sum(lengths) / 60:.0f} processor minutes; calculated:")
    for workers in (1, 2, 16, 64):
        needed = makespan(lengths, workers, cost)
        print(f"{workers:3} workers: {needed / 60:6.1f} minutes, {alone / needed:5.1f} times as fast")


if __name__ == "__main__":
    main()
