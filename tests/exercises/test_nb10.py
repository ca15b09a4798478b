import numpy as np
import pytest
from exercise_answers import Answers
from scipy.special import log_softmax, softmax

from lstm_course.exercises import nb10


def perplexity_by_product(probabilities):
    return 1 / np.prod(np.asarray(probabilities) ** (1 / len(probabilities)))


def perplexity_in_bits(probabilities):
    return 2 ** (sum(-np.log2(p) for p in probabilities) / len(probabilities))


def next_batch_by_loops(streams, number, steps):
    inputs = [[row[number * steps + step] for step in range(steps)] for row in streams]
    targets = [[row[number * steps + step + 1] for step in range(steps)] for row in streams]
    return inputs, targets


def next_batch_from_one_cut(streams, number, steps):
    cut = streams[:, number * steps :][:, : steps + 1]
    return {"inputs": cut[:, :-1], "targets": cut[:, 1:]}


def carry_in_place(hidden_state, cell_state, ids):
    for stream, word in enumerate(ids):
        if word == 1:
            hidden_state[stream] = cell_state[stream] = 0
    return hidden_state, cell_state


def carry_by_where(hidden_state, cell_state, ids):
    return [np.where(ids[:, None] == 1, 0, state) for state in (hidden_state, cell_state)]


def word_probabilities_by_threshold(scores, temperature, top_k):
    threshold = sorted(scores)[-top_k]
    weights = [np.exp(score / temperature) * (score >= threshold) for score in scores]
    return np.array(weights) / sum(weights)


def word_probabilities_then_cut(scores, temperature, top_k):
    probabilities = softmax(scores / temperature)
    probabilities[np.argsort(-scores)[top_k:]] = 0
    return probabilities / probabilities.sum()


def corrected(target, sampled, log_q_target, log_q_sampled):
    return np.column_stack([target - log_q_target, sampled - log_q_sampled])


def sampled_softmax_by_log_softmax(*given):
    return -log_softmax(corrected(*given), axis=1)[:, 0].mean()


def sampled_softmax_by_hand(*given):
    weights = np.exp(corrected(*given))
    return np.mean([-np.log(row[0] / sum(row)) for row in weights])


RIGHT = [
    ("perplexity", perplexity_by_product),
    ("perplexity", perplexity_in_bits),
    ("next_batch", next_batch_by_loops),
    ("next_batch", next_batch_from_one_cut),
    ("carry", carry_in_place),
    ("carry", carry_by_where),
    ("word_probabilities", word_probabilities_by_threshold),
    ("word_probabilities", word_probabilities_then_cut),
    ("sampled_softmax", sampled_softmax_by_log_softmax),
    ("sampled_softmax", sampled_softmax_by_hand),
]

WRONG = [
    ("perplexity", lambda p: -np.log(p).mean(), "This is the cross-entropy, in nats."),
    ("perplexity", lambda p: np.exp(-np.log2(p).mean()), "You take e to the power of bits."),
    ("perplexity", lambda p: 1 / np.prod(p), "You add the logarithms up."),
    ("perplexity", lambda p: np.exp(-np.log(p)), "has shape"),
    ("next_batch", lambda s, n, t: (s[:, n * t : n * t + t],) * 2, "The targets are the inputs"),
    ("next_batch", lambda s, n, t: (s[:, n * (t + 1) :][:, :t], s[:, n * (t + 1) + 1 :][:, :t]), "leave out one word"),
    ("next_batch", lambda s, n, t: (s[:, n * t :][:, :t], s[:, (n + 1) * t :][:, :t]), "a whole batch later"),
    ("next_batch", lambda s, n, t: s[:, n * t :][:, :t], "expected 2 values (inputs, targets)"),
    ("carry", lambda h, c, i: (np.zeros_like(h), np.zeros_like(c)), "Both states are reset everywhere."),
    ("carry", lambda h, c, i: (h * (i != 1)[:, None], c), "The cell state is carried over the start"),
    ("carry", lambda h, c, i: (h, c), "Both states are carried everywhere"),
    ("carry", lambda h, c, i: (0 * h, 0 * c) if 1 in i else (h, c), "One review that begins resets all streams."),
    ("word_probabilities", lambda s, t, k: softmax(s / t), "top_k is not used"),
    ("word_probabilities", lambda s, t, k: word_probabilities_then_cut(s, 1 / t, k), "multiplied by the temperature"),
    ("word_probabilities", lambda s, t, k: softmax(s / t) * (s >= np.sort(s)[-k]), "no longer add up to 1"),
    ("word_probabilities", lambda s, t, k: word_probabilities_by_threshold(s, t, len(s) + 1), "IndexError"),
    ("sampled_softmax", lambda t, s, a, b: sampled_softmax_by_hand(t, s, 0 * a, 0 * b), "The correction is missing."),
    ("sampled_softmax", lambda t, s, a, b: sampled_softmax_by_hand(t, s, -a, -b), "You add log Q"),
    ("sampled_softmax", lambda *given: -sampled_softmax_by_hand(*given), "The sign of the loss is wrong"),
    ("sampled_softmax", lambda *given: -log_softmax(corrected(*given), axis=1)[:, 0], "has shape"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize("name", nb10.book.exercises)
def test_a_stub_is_not_attempted(said, name):
    assert said(name, lambda *given: None).startswith("○ Not attempted yet: ")
