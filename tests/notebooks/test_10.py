"""What notebook 10 defines itself agrees with the package."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notebook_cells import namespace

from lstm_course.ladder import generation, streams, word_counts
from lstm_course.models.quiet import tf


@pytest.fixture(scope="module")
def notebook():
    parts = ("perplexity", "batch", "carry", "sampled", "probabilities")
    return namespace("10_reading_before_judging", "setup", *(f"exercise-{part}-solution" for part in parts))


def test_perplexity(notebook):
    probabilities = np.random.default_rng(0).uniform(0.01, 1, 50)
    assert notebook["perplexity"](probabilities) == pytest.approx(word_counts.perplexity(probabilities), rel=1e-12)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 5), steps=st.integers(1, 6), more=st.integers(1, 20))
def test_the_batches(notebook, count, steps, more):
    rows = np.arange(count * (steps + more)).reshape(count, steps + more)
    for number, window in enumerate(streams.windows(rows, steps)):
        inputs, targets = notebook["next_batch"](rows, number, steps)
        np.testing.assert_array_equal(inputs, window[:, :-1])
        np.testing.assert_array_equal(targets, window[:, 1:])


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), temperature=st.floats(0.2, 3), top_k=st.integers(1, 12))
def test_the_word_probabilities(notebook, seed, temperature, top_k):
    scores = np.random.default_rng(seed).normal(size=12)
    expected = generation.next_word_probabilities(scores, temperature=temperature, top_k=top_k)
    np.testing.assert_allclose(notebook["word_probabilities"](scores, temperature, top_k), expected, atol=1e-12)


def test_the_sampled_softmax_is_tensorflows(notebook):
    rng = np.random.default_rng(0)
    table, bias, states = rng.normal(size=(20, 4)), rng.normal(size=20), rng.normal(size=(6, 4))
    labels, sampled = rng.integers(0, 5, 6), np.arange(5, 12)
    q_target, q_sampled = rng.uniform(0.1, 1, 6), rng.uniform(0.1, 1, 7)
    expected = tf.nn.sampled_softmax_loss(
        tf.constant(table),
        tf.constant(bias),
        labels=tf.constant(labels[:, None]),
        inputs=tf.constant(states),
        num_sampled=7,
        num_classes=20,
        sampled_values=(tf.constant(sampled), tf.constant(q_target[:, None]), tf.constant(q_sampled)),
    )
    scores = states @ table.T + bias
    found = notebook["sampled_softmax"](
        scores[np.arange(6), labels], scores[:, sampled], np.log(q_target), np.log(q_sampled)
    )
    assert found == pytest.approx(float(np.mean(expected)), rel=1e-9)
