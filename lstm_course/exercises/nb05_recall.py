"""Judge a generator of notebook 05's recall task: the first symbol of a sequence has to be named at its end."""

import numpy as np

from lstm_course.exercises.engine.checking import Exercise
from lstm_course.exercises.engine.comparing import NotYet, parts
from lstm_course.exercises.engine.running import call

NAMES = ("inputs", "labels")
FAR = 6.0  # standard deviations from chance; nothing that is drawn at random gets there


def recall(count, lag, symbols, rng):
    """Return one-hot inputs ``(count, lag + 1, symbols)`` and labels ``(count,)``, the symbol of step 0."""
    drawn = rng.integers(symbols, size=(count, lag + 1))
    return np.eye(symbols)[drawn], drawn[:, 0]


def observe_recall(result, count, lag, symbols, rng):
    """Return 1 for a task as it should be.

    Raises:
        NotYet: the shapes are others, the labels are not those of step 0, or the task can be solved without
            remembering.
    """
    inputs, labels = parts(result, NAMES)
    drawn = _drawn(inputs, count, lag, symbols)
    _expect_labels(labels, drawn, symbols)
    _expect_variety(drawn, lag)
    _expect_even(drawn, symbols)
    _expect_chance(drawn, lag, symbols)
    return 1


def _drawn(inputs, count, lag, symbols):
    expected = (count, lag + 1, symbols)
    if inputs.shape != expected:
        reason = {
            (count, lag + 1): " Make them one-hot: np.eye(symbols)[numbers] adds the last axis.",
            (count, lag, symbols): " The cue is at step 0 and the label is asked after step `lag`: that "
            "makes lag + 1 steps.",
            (count, lag + 2, symbols): " One step too many: the cue at step 0 and lag further ones.",
            (lag + 1, count, symbols): " The batch comes first, then time.",
            (count, lag + 1, symbols + 1): " There is no blank in this task: every step shows one of the symbols.",
        }.get(inputs.shape, "")
        raise NotYet(
            f"inputs has shape {inputs.shape}; expected {expected}, that is (count, lag + 1, symbols).{reason}"
        )
    if not np.isin(inputs, (0, 1)).all():
        raise NotYet("inputs holds other numbers than 0 and 1: every step is one-hot.")
    if (inputs.sum(axis=2) != 1).any():
        if not inputs[:, 1:].any():
            raise NotYet("Only step 0 shows a symbol; draw one at every step, or zeros tell the cue from noise.")
        index = tuple(int(i) for i in np.argwhere(inputs.sum(axis=2) != 1)[0])
        raise NotYet(
            f"inputs[{index[0]}, {index[1]}] holds {int(inputs[index].sum())} ones; every step shows one symbol."
        )
    return inputs.argmax(axis=2)


def _expect_labels(labels, drawn, symbols):
    count, time = drawn.shape
    if labels.shape == (count, symbols):
        raise NotYet(f"labels is one-hot, {labels.shape}; expected the symbols' numbers, ({count},).")
    if labels.shape == (count, time):
        raise NotYet(f"labels has an entry for every step, {labels.shape}; expected one a sequence, ({count},).")
    if labels.shape != (count,):
        raise NotYet(f"labels has shape {labels.shape}; expected ({count},).")
    if np.array_equal(labels, drawn[:, 0]):
        return
    for step in (time - 1, *range(1, time - 1)):
        if np.array_equal(labels, drawn[:, step]):
            last = ", the last: it is in sight when the label is asked" if step == time - 1 else ""
            raise NotYet(f"The labels are the symbols of step {step}{last}. The task asks for step 0.")
    if np.array_equal(labels, drawn[:, 0] + 1):
        raise NotYet("The labels are one too large: symbols are counted from 0, as np.eye has its rows.")
    if all(abs((labels == drawn[:, t]).mean() - 1 / symbols) < _spread(drawn, symbols) for t in range(time)):
        raise NotYet("The labels have nothing to do with the inputs. Draw the inputs; the label is what step 0 shows.")
    row = int(np.argmax(labels != drawn[:, 0]))
    raise NotYet(f"labels[{row}] is {labels[row]:g}, and step 0 of that sequence shows symbol {drawn[row, 0]}.")


def _expect_variety(drawn, lag):
    if (drawn == drawn[0]).all():
        raise NotYet("All sequences are alike: draw each of the `count` sequences anew.")
    if (drawn[:, 0] == drawn[0, 0]).all():
        raise NotYet("Every sequence has the same cue at step 0, so a constant answer is always right.")
    if (drawn == drawn[:, :1]).all():
        raise NotYet("Each sequence shows its cue at every step: the last step alone gives the label away.")
    if (drawn[:, 1:] == drawn[0, 1:]).all():
        raise NotYet("After the cue all sequences are alike; draw the later steps for each sequence too.")
    if lag > 1 and (drawn[:, 1:] == drawn[:, 1:2]).all():
        raise NotYet("After the cue each sequence repeats one symbol; draw every step on its own.")


def _expect_even(drawn, symbols):
    """Raise `NotYet` where a symbol is too rare or too frequent."""
    shares = np.array([(drawn == symbol).mean(axis=0) for symbol in range(symbols)])
    absent = np.flatnonzero(~shares.any(axis=1))
    if absent.size:
        raise NotYet(f"Symbol {absent[0]} never comes. rng.integers(symbols) gives 0 to symbols − 1.")
    if np.abs(shares - 1 / symbols).max() > _spread(drawn, symbols):
        raise NotYet("The symbols are not equally likely at every step; rng.integers(symbols) makes them so.")


def _spread(drawn, symbols):
    """Return how far a share of the sequences may be from chance."""
    return FAR * np.sqrt((symbols - 1) / len(drawn)) / symbols


def _expect_chance(drawn, lag, symbols):
    """Raise `NotYet` where the later steps tell something of the cue."""
    chance, spread = 1 / symbols, _spread(drawn, symbols)
    for step in range(lag, 0, -1):
        share = (drawn[:, step] == drawn[:, 0]).mean()
        if share == 1:
            last = ", the last, when the label is asked" if step == lag else ""
            raise NotYet(f"The cue is in sight again at step {step}{last}: nothing has to be remembered.")
        if abs(share - chance) > spread:
            raise NotYet(
                f"Step {step} shows the cue in {share:.0%} of the sequences; by chance it would be {chance:.0%}, "
                "and then it tells nothing of the label. Draw every step from all symbols, on its own."
            )
    share = (drawn[:, 1:] == drawn[:, :1]).mean()
    if abs(share - chance) > spread / np.sqrt(lag):
        raise NotYet(
            f"The later steps show the cue in {share:.0%} of all places; by chance it would be {chance:.0%}. Draw "
            "every step from all symbols, whatever the others show."
        )


class RecallExercise(Exercise):
    """Calls a right generator again, to see where its random numbers come from."""

    def judge(self, answer):
        """Return a remark on a right answer; raise `NotYet` or `NotAttempted` for any other."""
        remark = super().judge(answer)

        def twice(*given):
            return [parts(answer(*given), NAMES)[0] for _ in range(2)]

        runs = [call(twice, self.inputs()[0], self.arguments).value for _ in range(2)]
        if np.array_equal(*runs[0]):
            raise NotYet(
                "Two calls with one generator give the same sequences. Draw from `rng`, which moves on at every "
                "call; a generator that you make inside starts anew."
            )
        if not np.array_equal(*runs):
            raise NotYet("The same `rng` gives other sequences each time: draw from `rng` and nothing else.")
        return remark
