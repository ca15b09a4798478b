"""The stored rungs, each compared with the one below: gains seed by seed, their intervals, the rows of the figures."""

import numpy as np
from scipy import stats

from lstm_course.ladder import rungs


def half_width(values) -> float:
    """Return half of the 95 % interval of the mean of ``values``, one a seed, by Student's t.

    Raises:
        ValueError: there are fewer than two values.
    """
    if len(values) < 2:
        raise ValueError(f"found {len(values)} value: an interval over seeds needs two at least")
    return float(stats.t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))


def is_clear(gains) -> bool:
    """Return whether the 95 % interval of the mean of ``gains``, one a seed, lies above zero."""
    return bool(np.mean(gains) > half_width(gains))


def in_points(values, digits: int = 1) -> str:
    """Write the mean of fractions, one a seed, and half of its interval, in percentage points."""
    return f"{100 * np.mean(values):+.{digits}f} ± {100 * half_width(values):.{digits}f}"


class Climb:
    """The rungs of the stored table, from the source script upwards, and the changes that were tried on top.

    Attributes:
        names: the rungs, the lowest first; the number of a rung is its place.
        rows: the stored row of each rung and of each change tried on top, by name.
    """

    def __init__(self, stored: dict):
        self.rows = {row["name"]: row for row in stored["rungs"] + stored["tried"]}
        self.names = [rung.name for rung in rungs.LADDER]

    def gains(self, name: str, over: str | None = None) -> np.ndarray:
        """Return what a rung gains, fractions ``(seeds,)``: over the rung below, or over the one named."""
        over = over or self.names[self.names.index(name) - 1]
        return np.subtract(self.rows[name]["accuracies"], self.rows[over]["accuracies"])

    def say(self, name: str) -> str:
        """Return a rung's change, accuracy, price, and gain over the rung below, as three lines."""
        row, number = self.rows[name], self.names.index(name)
        accuracies = row["accuracies"]
        return (
            f"rung {number} · {row['change']}\n"
            f"    accuracy {np.mean(accuracies):.1%} ± {100 * half_width(accuracies):.1f}, "
            f"{row['processor']:.0f} processor seconds, {row['parameters']:,} weights\n"
            f"    {in_points(self.gains(name))} points over rung {number - 1} ({self.names[number - 1]})"
        )

    def epoch_seconds(self, name: str) -> float:
        """Return the processor seconds of one epoch of a rung."""
        return self.rows[name]["processor"] / self.rows[name]["epochs"]

    def accuracy_rows(self) -> list[tuple]:
        """Return the rows that ``plotting.accuracy_by_rung`` takes."""
        rows = []
        for number, name in enumerate(self.names):
            mean, half = np.mean(self.rows[name]["accuracies"]), half_width(self.rows[name]["accuracies"])
            rows.append((f"{number}  {name}", mean, mean - half, mean + half))
        return rows

    def gain_rows(self) -> list[tuple]:
        """Return the rows that ``plotting.gain_by_rung`` takes; the source script is compared with nothing."""
        rows = [(f"0  {self.names[0]}", None, None)]
        for number, name in enumerate(self.names[1:], start=1):
            gains = self.gains(name)
            rows.append((f"{number}  {name}", gains.mean(), half_width(gains)))
        return rows

    def price_points(self) -> list[tuple]:
        """Return the points that ``plotting.accuracy_by_seconds`` takes; the source script has another colour."""
        return [
            (str(number), name, row["processor"], np.mean(row["accuracies"]), "lstm" if number else "rnn")
            for number, name in enumerate(self.names)
            for row in [self.rows[name]]
        ]
