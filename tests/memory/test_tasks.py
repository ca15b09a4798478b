"""The long-memory tasks: shapes, labels derived a second way, chance and best success measured."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_course.memory import tasks
from lstm_course.memory.tasks import TASKS, adding, copy_memory, parity, temporal_order, twin_reviews

quick = settings(max_examples=30, deadline=None)
seeds = st.integers(0, 2**32)
each_task = pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name.replace(" ", "-"))


def solve_adding(sequence, lag):
    return sum(value for value, mark in sequence.tolist() if mark == 1)


def solve_copy(sequence, lag):
    letters = ["ABCD.?"[feature] for feature in np.nonzero(sequence)[1]]
    due = [step for step, letter in enumerate(letters) if letter == "?"]
    return ["ABCD".index(letters[step - lag]) for step in due]


def solve_order(sequence, lag):
    text = "".join("abcdXY"[feature] for feature in np.nonzero(sequence)[1])
    return ["XX", "XY", "YX", "YY"].index("".join(letter for letter in text if letter in "XY"))


def solve_parity(sequence, lag):
    state = 0
    for (bit,) in sequence.tolist()[-lag - 1 :]:
        state ^= bit > 0
    return state


def solve_twins(sequence, lag):
    """Praise or blame: the own opinion counts, and it stands first where the words before it say so."""
    first, last = np.flatnonzero(sequence[:, -1])
    assert len(sequence) - 1 - last == lag
    words = [step.tobytes() for step in sequence[:first, :-1]]
    own = next(word in OWN for word in reversed(words) if word in OWN | HEARSAY)
    return int(sequence[first if own else last, -1] > 0)


def vectors(*words):
    return {tasks._word_table()[tasks._word_id(word), :-1].tobytes() for word in words}


OWN, HEARSAY = vectors("got", "turned", "say", "call"), vectors("expected", "swore", "poster", "critics")

SOLVERS = {
    "adding": solve_adding,
    "copy": solve_copy,
    "temporal order": solve_order,
    "parity": solve_parity,
    "twin reviews": solve_twins,
}
SHORTEST = {
    "adding": 1,
    "copy": 3,
    "temporal order": 1,
    "parity": 1,
    "twin reviews": 40,
}  # steps beyond the lag


def answered(task, answers):
    """Return answers, numbers or classes, as a network's outputs: (count, answers, outputs)."""
    answers = np.asarray(answers).reshape(-1, task.answers)
    return answers[..., None] if task.is_regression else np.eye(task.outputs)[answers]


class TestEveryTask:
    @each_task
    @quick
    @given(count=st.integers(1, 9), lag=st.integers(3, 40), more=st.integers(0, 9), seed=seeds)
    def test_reading_it_is_enough_to_solve_it(self, task, count, lag, more, seed):
        """Shapes and types, and the best success, reached by a solver that shares no code with the generator."""
        steps = lag + SHORTEST[task.name] + more
        inputs, targets = task.draw(count, lag=lag, seed=seed, length=steps)
        assert inputs.shape == (count, steps, task.features)
        assert inputs.dtype == np.float32
        assert targets.shape == ((count,) if task.answers == 1 else (count, task.answers))
        assert targets.dtype == (np.float32 if task.is_regression else np.int64)
        solved = [SOLVERS[task.name](sequence, lag) for sequence in inputs]
        assert task.success(answered(task, solved), targets) == task.best == 1

    @each_task
    def test_the_lag_alone_sets_the_length(self, task):
        assert task.draw(2, lag=19, seed=0)[0].shape[1] == 19 + SHORTEST[task.name]

    @each_task
    def test_the_seed_alone_sets_the_draw(self, task):
        one, again, other = (task.draw(20, lag=12, seed=seed) for seed in (7, 7, 8))
        assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))
        assert not np.array_equal(one[0], other[0])

    @each_task
    def test_chance_is_the_best_blind_answer(self, task):
        """Measured: what the best of all answers that do not look at the input scores."""
        targets = task.draw(20_000, lag=9, seed=3)[1]
        blind = np.linspace(0, 2, 41) if task.is_regression else range(task.outputs)
        shape = (len(targets), task.answers)
        scores = [task.success(answered(task, np.full(shape, answer)), targets) for answer in blind]
        assert max(scores) == pytest.approx(task.chance, abs=0.015)

    @each_task
    def test_success_of_several_networks_at_once(self, task):
        _, targets = task.draw(50, lag=5, seed=0)
        right = answered(task, targets)
        wrong = right + 1 if task.is_regression else -right
        assert task.success(np.stack([right, wrong]), targets).tolist() == [1, 0]

    @each_task
    @pytest.mark.parametrize("count", [0, -1, 2.0, True])
    def test_a_batch_of_zero_is_refused(self, task, count):
        with pytest.raises(ValueError, match=f"count must be an integer of at least 1, and it is {count}"):
            task.draw(count, lag=5, seed=0)

    @each_task
    def test_a_lag_longer_than_the_sequence_is_refused(self, task):
        needed = 30 + SHORTEST[task.name]
        with pytest.raises(
            ValueError, match=f"a lag of 30 needs a length of at least {needed} steps, and length is 20"
        ):
            task.draw(5, lag=30, seed=0, length=20)

    @each_task
    @pytest.mark.parametrize("lag", [0, -3, 4.5, "ten", None])
    def test_a_lag_that_is_none_is_refused(self, task, lag):
        least = 3 if task.name == "copy" else 1
        with pytest.raises(ValueError, match=f"lag must be an integer of at least {least}, and it is "):
            task.draw(5, lag=lag, seed=0)

    @each_task
    def test_a_negative_seed_is_refused(self, task):
        with pytest.raises(ValueError, match="seed must be an integer of at least 0, and it is -1"):
            task.draw(5, lag=5, seed=-1)


def test_the_tasks_bring_in_no_tensorflow():
    code = "import sys; from lstm_course.memory import TASKS, Network; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


class TestAdding:
    def test_ignoring_the_inputs_has_an_error_of_a_sixth(self):
        _, targets = adding(100_000, lag=5, seed=0)
        assert targets.mean() == pytest.approx(1, abs=0.01)
        assert np.mean((targets - 1) ** 2) == pytest.approx(1 / 6, abs=0.005)

    @quick
    @given(lag=st.integers(1, 60), more=st.integers(0, 20), seed=seeds)
    def test_the_first_mark_stands_at_the_lag(self, lag, more, seed):
        inputs, _ = adding(6, lag=lag, seed=seed, length=lag + 1 + more)
        marks = inputs[..., 1]
        assert marks.sum(axis=1).tolist() == [2] * 6
        assert (marks.argmax(axis=1) == more).all()

    def test_the_second_mark_may_stand_at_any_later_step(self):
        inputs, _ = adding(2000, lag=7, seed=0)
        assert np.unique(np.nonzero(inputs[:, 1:, 1])[1]).tolist() == [0, 1, 2, 3, 4, 5, 6]


class TestCopy:
    def test_every_step_between_is_blank(self):
        inputs, targets = copy_memory(4, lag=10, seed=0, length=15)
        read = inputs.argmax(axis=2)
        assert (read[:, [0, 1, 5, 6, 7, 8, 9, 10, 11]] == 4).all()
        assert np.array_equal(read[:, 2:5], targets)
        assert (read[:, 12:] == 5).all()


class TestTemporalOrder:
    def test_counting_without_order_scores_three_quarters(self):
        inputs, targets = temporal_order(40_000, lag=12, seed=0)
        ys = inputs[..., 5].sum(axis=1).astype(int)
        guess = np.array([0, 1, 3])[ys]  # one Y: XY or YX, whichever
        assert (guess == targets).mean() == pytest.approx(0.75, abs=0.01)


class TestParity:
    def test_without_one_bit_nothing_is_known(self):
        inputs, targets = parity(40_000, lag=8, seed=0)
        seen = (inputs[:, 1:, 0] > 0).sum(axis=1) % 2
        assert (seen == targets).mean() == pytest.approx(0.5, abs=0.01)


class TestTwinReviews:
    def test_twins_hold_the_same_words(self):
        inputs, targets = twin_reviews(200, lag=15, seed=0)
        rows = np.sort(inputs @ np.arange(1.0, 18), axis=1)  # a number for each word, without its place
        assert np.allclose(rows[::2], rows[1::2])
        assert (targets[::2] != targets[1::2]).all()

    def test_an_odd_count_leaves_one_twin_out(self):
        whole, labels = twin_reviews(10, lag=5, seed=1)
        inputs, targets = twin_reviews(9, lag=5, seed=1)
        assert np.array_equal(inputs, whole[:9])
        assert np.array_equal(targets, labels[:9])

    def test_a_word_has_its_numbers_wherever_it_stands(self):
        inputs, _ = twin_reviews(2, lag=5, seed=3)
        (one, other) = (np.flatnonzero(review[:, -1] == 1)[0] for review in inputs)
        assert one != other
        assert np.array_equal(inputs[0, one], inputs[1, other])
