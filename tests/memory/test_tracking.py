"""Tasks that ask at every step: the answers derived a second way, and what is measured at other lags."""

import itertools

import numpy as np
import pytest

from lstm_course.memory import TASKS, TRACKING, Network, side_by_side, success_by_lag, tracking, train, training
from lstm_course.memory.networks import MINIMAL
from lstm_course.memory.tracking import ANSWERS, CUPS, five_cups, running_parity
from lstm_course.models.minimal import MinLSTM
from lstm_course.models.quiet import keras, tf

each_task = pytest.mark.parametrize("task", TRACKING.values(), ids=lambda task: task.name.replace(" ", "-"))


def track_parity(sequence):
    ones, found = 0, []
    for (bit,) in sequence.tolist():
        ones += bit == 1
        found.append(ones % 2)
    return found


def track_cups(sequence):
    """Move the cups themselves, the one with the ball among them."""
    cups, found = ["ball", "", "", "", ""], []
    for swap, on in sequence.tolist():
        if swap:
            cups[0], cups[1] = cups[1], cups[0]
        elif on:
            cups = [cups[-1], *cups[:-1]]
        found.append(cups.index("ball"))
    return found


SOLVERS = {"parity after every bit": track_parity, "five cups": track_cups}


@each_task
@pytest.mark.parametrize(("lag", "length"), [(19, None), (30, None), (25, 40)])
def test_the_last_answers_are_those_of_the_whole_sequence(task, lag, length):
    inputs, targets = task.draw(20, lag=lag, seed=3, length=length)
    assert inputs.shape == (20, length or lag + 1, task.features)
    assert targets.shape == (20, ANSWERS)
    assert inputs.dtype == np.float32
    assert not inputs[:, : inputs.shape[1] - lag - 1].any()
    for sequence, target in zip(inputs, targets, strict=True):
        assert SOLVERS[task.name](sequence)[-ANSWERS:] == target.tolist()


@each_task
def test_the_same_seed_draws_the_same(task):
    one, same, other = (task.draw(50, lag=19, seed=seed)[0] for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_notebook_05_asks_the_same_sequences_at_the_end_alone():
    """Notebook 11 compares the two trainings."""
    inputs, targets = TRACKING["parity after every bit"].draw(50, lag=19, seed=4)
    same, last = TASKS["parity"].draw(50, lag=19, seed=4)
    np.testing.assert_array_equal(same, inputs)
    np.testing.assert_array_equal(last, targets[:, -1])


@each_task
def test_a_blind_answer_is_right_by_chance(task):
    _, targets = task.draw(20_000, lag=40, seed=0)
    shares = [np.mean(targets[:, -1] == answer) for answer in range(task.outputs)]
    np.testing.assert_allclose(shares, task.chance, atol=0.015)


def test_the_two_moves_generate_every_permutation():
    reached = {tuple(range(CUPS))}
    while True:
        more = {tuple(move[list(order)]) for move in tracking.MOVES for order in reached} | reached
        if more == reached:
            break
        reached = more
    assert reached == set(itertools.permutations(range(CUPS)))


@pytest.mark.parametrize("draw", [running_parity, five_cups])
def test_bad_arguments_are_named(draw):
    with pytest.raises(ValueError, match=r"^lag must be an integer of at least 19, and it is 5$"):
        draw(3, lag=5, seed=0)
    with pytest.raises(ValueError, match=r"^a lag of 20 needs a length of at least 21 steps, and length is 20$"):
        draw(3, lag=20, seed=0, length=20)


def test_success_at_the_lag_of_the_training_is_the_trainings_own():
    task, network = TRACKING["parity after every bit"], Network("signed minLSTM", 4, 0.01)
    trained = train(network, task, 19, seeds=range(2), updates=100)
    found = success_by_lag(network, task, trained, lags=(30, 19), seeds=range(2))
    assert list(found) == [19, 30]
    np.testing.assert_allclose(found[19], trained.success, atol=1e-3)
    assert found[30].shape == (2,)


@pytest.mark.parametrize(("stop_early", "updates"), [(True, 100), (False, 200)])
def test_a_training_goes_on_where_it_may_not_stop(monkeypatch, stop_early, updates):
    monkeypatch.setattr(training, "ENOUGH", 0.0)
    made = []
    network, task = Network("SimpleRNN", 3), TRACKING["five cups"]
    train(network, task, 19, seeds=[0], updates=200, stop_early=stop_early, tick=made.append)
    assert sum(made) == updates


def drawn(kind, rng, features=3, units=4, outputs=2):
    """Weights of two networks, and inputs (time, seeds, batch, features)."""
    shapes = Network(kind, units).shapes(features, outputs)
    return [rng.standard_normal((2, *shape)) for shape in shapes], rng.standard_normal((12, 2, 5, features))


def states(kind, weights, inputs):
    """Return what the Keras layer with the weights of one network makes of its inputs (time, batch, features)."""
    kernel, recurrent_kernel, bias = weights[:3]
    settings = {"return_sequences": True, "dtype": "float64"}
    if kind in MINIMAL:
        layer, own = MinLSTM(4, signed=kind == "signed minLSTM", **settings), [kernel, bias[0]]
    else:
        layer, own = getattr(keras.layers, kind)(4, **settings), [kernel, recurrent_kernel, bias[0]]
    layer.build((None, 12, 3))
    layer.set_weights(own)
    return layer, layer(inputs.swapaxes(0, 1))


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM", *MINIMAL])
@pytest.mark.parametrize("answers", [2, 7])
def test_the_answers_are_those_of_the_keras_layer(kind, answers):
    """Few answers are unrolled, many come from a loop."""
    weights, inputs = drawn(kind, np.random.default_rng(0))
    found = side_by_side.answer(kind, tf.tanh, answers, inputs, tf.constant(0), weights).numpy()
    for seed in range(2):
        _, hidden = states(kind, [array[seed] for array in weights], inputs[:, seed])
        expected = hidden.numpy()[:, -answers:] @ weights[3][seed] + weights[4][seed]
        np.testing.assert_allclose(found[seed], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", MINIMAL)
def test_the_gradient_is_that_of_the_keras_layer(kind):
    """By Adam's mean gradient after one update: the clipped gradient times ``1 - BETA_1``."""
    rng = np.random.default_rng(1)
    weights, inputs = drawn(kind, rng)
    targets = rng.integers(2, size=(1, 2, 5, 7))
    zeros = [np.zeros_like(array) for array in weights]
    numbers = tf.constant(0.5, tf.float64), tf.constant(0.0, tf.float64)
    _, means, _ = side_by_side.train(
        kind, tf.tanh, numbers[0], inputs[None], targets, tf.constant(0), numbers[1], weights, zeros, zeros
    )
    for seed in range(2):
        own = [tf.constant(array[seed]) for array in weights]
        layer, _ = states(kind, [array[seed] for array in weights], inputs[:, seed])
        with tf.GradientTape() as tape:
            tape.watch(own[3:])
            scores = layer(inputs[:, seed].swapaxes(0, 1))[:, -7:] @ own[3] + own[4]
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets[0, seed], scores))
        gradients = tape.gradient(loss, [*layer.trainable_weights, *own[3:]])
        norm = np.sqrt(sum((np.asarray(gradient) ** 2).sum() for gradient in gradients))
        expected = [gradient / max(norm, side_by_side.CLIP) for gradient in gradients]
        found = [means[n][seed] / (1 - side_by_side.BETA_1) for n in (0, 2, 3, 4)]
        for mine, theirs in zip(found, expected, strict=True):
            np.testing.assert_allclose(np.reshape(mine, theirs.shape), theirs, rtol=1e-9, atol=1e-12)
