"""What notebook 00 shows: a review, how a trained LSTM's mind changes word by word, and the cell that moved most."""

from dataclasses import dataclass

import numpy as np

from lstm_course import plotting
from lstm_course.interpret.reading import read
from lstm_course.models.in_numpy import NumpyLSTM
from lstm_course.plotting import colouring
from lstm_course.plotting.colouring import Coloured
from lstm_course.plotting.style import INK, QUIET


@dataclass(frozen=True)
class Watched:
    """A review as a model read it.

    Attributes:
        words: the words as they were written, punctuation included.
        probabilities: ``(words,)`` probability of "positive" after each word.
        before: the probability before the first word; None where the text is so long that its beginning is cut.
        moves: ``(words, units)``: what each cell adds to the log-odds at each word.
        totals: ``(words, units)``: what it has added until then, since the first step.
        unknown: the words that the model does not know.
    """

    words: list[str]
    probabilities: np.ndarray
    before: float | None
    moves: np.ndarray
    totals: np.ndarray
    unknown: list[str]

    @property
    def changes(self) -> np.ndarray:
        """The change of the probability at each word, in points, ``(words,)``."""
        start = self.probabilities[0] if self.before is None else self.before
        return 100 * np.diff(self.probabilities, prepend=start)

    @property
    def labels(self) -> list[str]:
        """The words without the punctuation around them, as long as anything is left."""
        return [word.strip(".,;:!?\"'“”‘’()…–—-") or word for word in self.words]

    @property
    def turn(self) -> int:
        """The place of the word that moved the probability most."""
        return int(np.abs(self.changes).argmax())

    @property
    def cell(self) -> int:
        """The number of the cell that moved most at that word."""
        return int(np.abs(self.moves[self.turn]).argmax())

    def coloured(self) -> Coloured:
        """Return the text with the change at each word, in points."""
        caption = "The number under a word: by how many points it moved the probability of “positive”."
        if self.unknown:
            caption += f" Not in the model's vocabulary: {', '.join(dict.fromkeys(self.unknown))}."
        return colouring.coloured(self.words, self.changes, caption=caption, decimals=0)

    def figure(self):
        """Return the figure: the running prediction, and below it the cell that moved most."""
        import matplotlib.pyplot as plt

        figure, (top, bottom) = plt.subplots(
            2, 1, figsize=(9, 4.8), sharex=True, height_ratios=[3, 1.5], layout="constrained"
        )
        title = f"{self.verdict} The strongest word: “{self.labels[self.turn]}”"
        plotting.running_prediction(top, self.probabilities, words=self.labels, before=self.before, title=title)
        top.set_xlabel("")
        top.tick_params(labelbottom=False)
        self._draw_cell(bottom)
        return figure

    def _draw_cell(self, ax):
        """Draw what the cell has added to the log-odds up to each word."""
        values, colour = self.totals[:, self.cell], plotting.COLOURS["hidden_state"]
        ax.margins(y=0.2)  # room for the ring
        ax.axhline(0, color=QUIET, linewidth=0.8)
        ax.plot(values, color=colour, marker=plotting.MARKERS["hidden_state"])
        ax.plot(self.turn, values[self.turn], "o", markersize=13, markerfacecolor="none", color=INK)
        ax.set_ylabel("added to the\nlog-odds")
        ax.set_xticks(range(len(self.words)), self.labels, rotation=55, ha="right", rotation_mode="anchor")
        ax.tick_params(axis="x", labelsize=9 if len(self.words) <= 30 else 6)
        ax.set_title(f"Cell {self.cell} of {self.moves.shape[1]} moved most there (ring)")
        plotting.describe(
            ax,
            f"What it has added to the log-odds of “positive” after each word: from {values[0]:.2f} at the first to "
            f"{values[-1]:.2f} at the last, {values[self.turn]:.2f} in the ring, at “{self.labels[self.turn]}”.",
        )

    @property
    def verdict(self) -> str:
        """The answer after the last word, in a sentence."""
        return f"The model says {100 * self.probabilities[-1]:.0f} % positive."

    def __str__(self):
        moves = self.moves[self.turn]
        second, first = np.sort(100 * np.abs(moves / moves.sum()))[-2:]
        start = "" if self.before is None else f"before the first word  {100 * self.before:3.0f} %\n"
        return (
            f"{start}after the last word    {100 * self.probabilities[-1]:3.0f} %\n"
            f"strongest word         “{self.labels[self.turn]}”, {self.changes[self.turn]:+.0f} points\n"
            f"cell that moved most   {self.cell} of {self.moves.shape[1]}: {first:.1f} % of the change in log-odds "
            f"there (the next: {second:.1f} %)"
        )


def watch(review: str, model: NumpyLSTM, word_index: dict[str, int]) -> Watched:
    """Let a model read a review, and return what it thought after each word.

    Args:
        review: the text.
        model: a trained LSTM in NumPy, such as ``in_numpy.load()`` returns.
        word_index: the word index that came with it.

    Raises:
        TypeError: ``review`` is not a string.
        ValueError: it is empty, or the model knows none of its words.
    """
    reading = read(review, word_index)
    probabilities = model.running_prediction(reading.ids)
    hidden_state = model.hidden_state(reading.row[None])[0]
    moves = np.diff(hidden_state, axis=0, prepend=0) * model.dense_kernel  # summed: the log-odds, without the bias
    first = 1 if reading.words[0] == "<start>" else 0
    starts = [start for start, _ in reading.spans[first:]]
    starts[0] = 0 if first else starts[0]
    words = [review[a:b].strip() for a, b in zip(starts, [*starts[1:], len(review)], strict=True)]
    pairs = zip(words, reading.words[first:], strict=True)
    return Watched(
        words=words,
        probabilities=probabilities[first:],
        before=float(probabilities[0]) if first else None,
        moves=moves[-len(words) :],
        totals=moves.cumsum(axis=0)[-len(words) :],
        unknown=[word for word, seen in pairs if seen == "<unknown>"],
    )
