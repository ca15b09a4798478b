"""Adversarial training: the perturbation, and the update that learns from it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.ladder import adversarial, rungs
from lstm_course.ladder.blocks import LSTM, Bidirectional
from lstm_course.models.quiet import keras, tf

SMALL = rungs.rung("adversarial").replace(
    text={"words": 50},
    embeddings={"dimension": 4, "ngram_dimension": 2},
    encoder=Bidirectional(LSTM(3)),
    training={"ema_momentum": 0.0},
)


@given(
    batch=st.integers(1, 3),
    time=st.integers(1, 5),
    share=st.floats(0.001, 2),
    scale=st.floats(0.1, 10),
    seed=st.integers(0, 99),
)
def test_the_perturbation_is_a_share_of_each_review_along_its_gradient(batch, time, share, scale, seed):
    rng = np.random.default_rng(seed)
    gradient, vectors = rng.normal(size=(2, batch, time, 4))
    found = adversarial.perturbation(tf.constant(gradient), tf.constant(scale * vectors), share).numpy()
    for row in range(batch):
        length = share * scale * np.linalg.norm(vectors[row])
        np.testing.assert_allclose(np.linalg.norm(found[row]), length, rtol=1e-9)
        assert np.sum(found[row] * gradient[row]) >= (1 - 1e-9) * length * np.linalg.norm(gradient[row])


def test_no_gradient_no_perturbation():
    found = adversarial.perturbation(tf.zeros((2, 3, 4)), tf.ones((2, 3, 4)), 0.5)
    assert not found.numpy().any()


def one_update(relative_norm):
    """Return the weights before and after one update without dropout by gradient descent, and what makes them."""
    rung = SMALL.replace(
        embeddings={"word_dropout": 0.0},
        classifier={"dropout": 0.0},
        training={"adversarial": relative_norm},
    )
    keras.utils.set_random_seed(0)
    model = rungs.build(rung, [30, 20, 10])
    model.compile(loss="binary_crossentropy", optimizer=keras.optimizers.SGD(1.0))
    ids = tf.constant(np.random.default_rng(1).integers(1, 10, (6, 50, 3), dtype=np.int32))
    labels = np.array([[0], [1], [0], [1], [1], [0]], np.float32)
    before = model.get_weights()
    model.train_on_batch(ids, labels)
    return model, ids, labels, before, model.get_weights()


def test_the_update_follows_the_mean_of_both_losses():
    relative_norm = 0.3
    model, ids, labels, before, after = one_update(relative_norm)
    dense, last = before[-2:], [old - new for old, new in zip(before, after, strict=True)][-2:]
    vectors = model.get_layer("vectors").output
    look_up = keras.Model(model.input, vectors)
    read = keras.Model([model.input, vectors], [model.layers[-1].input, model.output])
    model.set_weights(before)

    looked_up = look_up(ids)
    with tf.GradientTape() as tape:
        tape.watch(looked_up)
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(labels, read([ids, looked_up])[1]))
    gradient = np.asarray(tape.gradient(loss, looked_up))
    norms = [np.sqrt(np.sum(values**2, axis=(1, 2), keepdims=True)) for values in (looked_up, gradient)]
    perturbed = np.asarray(looked_up) + relative_norm * norms[0] * gradient / norms[1]

    # The last layer's gradient by hand: features times (p - y), of the clean and of the perturbed review.
    expected = [np.zeros_like(weight) for weight in dense]
    for vectors in (looked_up, tf.constant(perturbed)):
        features = np.asarray(read([ids, vectors])[0])
        error = (1 / (1 + np.exp(-(features @ dense[0] + dense[1]))) - labels) / len(labels)
        expected[0] += features.T @ error / 2
        expected[1] += error.sum(axis=0) / 2
    for found, wanted in zip(last, expected, strict=True):
        np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-6)


def test_without_a_perturbation_both_losses_are_one():
    *_, plain = one_update(0.0)
    *_, barely = one_update(1e-7)
    for one, other in zip(plain, barely, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)
