"""The language model: its LSTM against the course's own, its losses, its streams, and that it learns and goes on."""

import numpy as np
import pytest

from lstm_course.cells import LSTM
from lstm_course.ladder import fused_lstm, language_model, reading, streams
from lstm_course.models.quiet import tf

SIZES = language_model.Sizes(vocabulary=30, dimension=5, units=4)


def alternating(reviews=40, length=30, seed=0):
    """Return reviews in which each word but the first follows from the one before."""
    first = np.random.default_rng(seed).integers(4, 30, reviews)
    return [[1, *((start + np.arange(length)) % 26 + 4)] for start in first]


def new(directions=("forward",), seed=0):
    return language_model.LanguageModel(SIZES, np.random.default_rng(seed), directions)


@pytest.mark.parametrize("time", [1, 7, fused_lstm.STEPS, fused_lstm.STEPS + 3])
def test_the_states_and_gradients_are_those_of_notebook_04(time):
    rng = np.random.default_rng(1)
    cell = LSTM.initialise(3, 4, rng=rng)
    inputs, weight = rng.normal(size=(2, time, 3)), rng.normal(size=(time, 2, 4))
    states, cache = cell.forward(inputs, return_sequences=True)
    expected = cell.backward(weight.swapaxes(0, 1), cache)
    kernel, recurrent, bias = (tf.Variable(w.astype(np.float64)) for w in cell.weights.values())
    x = tf.constant(inputs.swapaxes(0, 1))
    with tf.GradientTape() as tape:
        projected = tf.tensordot(x, kernel, 1) + bias
        zeros = tf.zeros((2, 4), tf.float64)
        found, _ = fused_lstm.read_long(
            projected, tf.ones((time, 2, 1), tf.float64), zeros, zeros, tf.convert_to_tensor(recurrent)
        )
        total = tf.reduce_sum(found * weight)
    np.testing.assert_allclose(found.numpy().swapaxes(0, 1), states, atol=1e-12)
    for gradient, name in zip(tape.gradient(total, [kernel, recurrent, bias]), cell.weights, strict=True):
        np.testing.assert_allclose(gradient, expected.weights[name], atol=1e-10)


def test_a_start_token_resets_the_states():
    model = new()
    fresh, _ = model.read("forward", tf.constant([[1, 9, 7]]), model.zero_states(1)["forward"])
    after, _ = model.read("forward", tf.constant([[5, 6, 1, 9, 7]]), model.zero_states(1)["forward"])
    np.testing.assert_allclose(after[2:], fresh, atol=1e-6)


def test_a_stream_read_in_two_batches_is_the_stream_read_in_one():
    model = new()
    ids = tf.constant(np.random.default_rng(0).integers(4, 30, (3, 12)))
    whole, _ = model.read("forward", ids, model.zero_states(3)["forward"])
    first, state = model.read("forward", ids[:, :5], model.zero_states(3)["forward"])
    second, _ = model.read("forward", ids[:, 5:], state)
    np.testing.assert_allclose(tf.concat([first, second], 0), whole, atol=1e-6)
    cold, _ = model.read("forward", ids[:, 5:], model.zero_states(3)["forward"])
    assert np.abs(cold - second).max() > 1e-3


def test_sampled_softmax_with_every_word_sampled_is_close_to_the_full_one():
    model, ids = new(), tf.constant(np.random.default_rng(0).integers(4, 30, (8, 51)))
    state = model.zero_states(8)["forward"]
    full, _ = model.loss("forward", ids, state, negatives=0)
    sampled = [float(model.loss("forward", ids, state, negatives=29)[0]) for _ in range(5)]
    assert abs(np.mean(sampled) - float(full)) < 0.25


def test_streams_hold_every_word_once_and_read_backwards_with_the_start_in_front():
    reviews = [[1, 5, 6], [1, 7, 8, 9], [1, 10]]
    forward = streams.streams(reviews, 1, seed=0)[0].tolist()
    backward = streams.streams(reviews, 1, seed=0, backwards=True)[0].tolist()

    def cut(stream):
        starts = [place for place, word in enumerate(stream) if word == 1]
        return sorted(stream[a:b] for a, b in zip(starts, [*starts[1:], len(stream)], strict=True))

    assert cut(forward) == sorted(reviews)
    assert cut(backward) == sorted([1, *review[:0:-1]] for review in reviews)


def test_the_windows_overlap_by_the_word_that_is_target_and_input():
    cut = streams.windows(np.arange(22).reshape(2, 11), 5)
    assert [window.shape for window in cut] == [(2, 6), (2, 6)]
    assert (cut[0][:, -1] == cut[1][:, 0]).all()


def test_too_short_a_stream_says_what_to_do():
    with pytest.raises(ValueError, match=r"ask for at most 3 streams, or pass more reviews"):
        streams.streams([[1, 5, 6], [1, 7, 8, 9]], 4, seed=0)
    with pytest.raises(ValueError, match=r"shorter than a batch of 5 steps.*at most 3 steps"):
        streams.windows(np.ones((2, 4), int), 5)


def test_the_rate_rises_stays_and_falls():
    plan = reading.Plan(updates=1000, warm_up=10, falling=0.2, rate=1.0)
    assert [round(plan.rate_of(update), 3) for update in (1, 10, 500, 900, 1000)] == [0.1, 1.0, 1.0, 0.5, 0.0]


def test_only_the_rows_of_a_gradient_move():
    model = new()
    before = model.table.numpy()
    optimiser = language_model.RowAdam({"table": model.table})
    optimiser.apply({"table": tf.IndexedSlices(tf.ones((2, 5)), tf.constant([3, 3]))}, 0.1, 1.0)
    moved = np.flatnonzero(np.any(model.table.numpy() != before, axis=1))
    assert moved.tolist() == [3]


def test_it_learns_what_follows_and_an_interrupted_training_goes_on(tmp_path):
    reviews, directions = alternating(), ("forward", "backward")
    plan = reading.Plan(updates=90, streams=8, steps=10, negatives=12, rate=3e-2, warm_up=5, every=30)
    start = reading.Training.new(new(directions), plan)
    whole = reading.train(start, reviews, reviews, plan, tmp_path / "whole.npz", report=lambda row: None)
    assert whole.curve[-1][3] < 0.6 * np.log(30)
    assert whole.curve[-1][4] < 0.6 * np.log(30)

    class Interrupted(Exception):
        pass

    def interrupt(row):
        raise Interrupted

    path = tmp_path / "part.npz"
    with pytest.raises(Interrupted):
        reading.train(reading.Training.new(new(directions), plan), reviews, reviews, plan, path, interrupt)
    again = reading.train(
        reading.Training.new(new(directions, seed=5), plan), reviews, reviews, plan, path, lambda row: None
    )
    assert again.update == 90
    assert [row[0] for row in again.curve] == [30, 60, 90]
    assert again.curve[-1][3] < 0.6 * np.log(30)
