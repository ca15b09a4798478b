import ast
import itertools
import math

import nbformat
import numpy as np
import pytest
from exercise_answers import Answers
from notebook_cells import NOTEBOOKS

from lstm_course import cells, interpret
from lstm_course.exercises import nb08
from lstm_course.exercises.engine.checking import Exercise
from lstm_course.exercises.nb08_fooling import SHOWN
from lstm_course.exercises.nb08_reliability import RELIABILITY, STATEMENTS
from lstm_course.models import weights


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def gate_by_loops(x, h, w, u, b):
    units = h.shape[1]
    gate = [[0.0] * units for _ in x]
    for row in range(len(x)):
        for unit in range(units):
            column = units + unit
            z = b[column] + sum(x[row] * w[:, column]) + sum(h[row] * u[:, column])
            gate[row][unit] = 1 / (1 + math.exp(-z))
    return gate


def gate_concatenated(x, h, w, u, b):
    z = np.concatenate([x, h], axis=1) @ np.concatenate([w, u]) + b
    return 0.5 * (1 + np.tanh(z[:, h.shape[1] : 2 * h.shape[1]] / 2))


def gate_reshaped(x, h, w, u, b):
    units = h.shape[1]
    z = np.einsum("bf,fgu->bgu", x, w.reshape(-1, 4, units))
    z += np.einsum("bi,igu->bgu", h, u.reshape(-1, 4, units)) + b.reshape(4, units)
    return sigmoid(z[:, 1]).astype("float32")


def block(x, h, w, u, b, number, squash=sigmoid):
    return squash(np.split(x @ w + h @ u + b, 4, axis=-1)[number])


def occlusion_by_loop(score, ids, unknown):
    whole, found = score(ids[None, :])[0], []
    for step in range(len(ids)):
        changed = ids.copy()
        changed[step] = unknown
        found.append(whole - score(changed[np.newaxis])[0])
    return found


def occlusion_in_one_batch(score, ids, unknown):
    batch = np.tile(ids, (len(ids) + 1, 1))
    np.fill_diagonal(batch, unknown)
    batch[-1] = ids
    scores = score(batch)
    return scores[-1] - scores[:-1]


def occlusion_put_back(score, ids, unknown):
    whole, found = score(np.array([ids])), np.zeros(len(ids))
    for step in range(len(ids)):
        kept, ids[step] = ids[step], unknown
        found[step] = (whole - score(np.array([ids]))).item()
        ids[step] = kept
    return found


def occlusion_in_place(score, ids, unknown):
    whole, found = score(ids[None])[0], []
    for step in range(len(ids)):
        ids[step] = unknown
        found.append(whole - score(ids[None])[0])
    return found


def occlusion_of_all_places(score, ids, unknown):
    return [(score(ids[None]) - score(np.where(ids == word, unknown, ids)[None]))[0] for word in ids]


def occlusion_by_removing(score, ids, unknown):
    return [(score(ids[None]) - score(np.concatenate([ids[:t], ids[t + 1 :]])[None]))[0] for t in range(len(ids))]


def auc_by_loops(values, labels, tie=0.5):
    won = pairs = 0
    for value, label in zip(values, labels, strict=True):
        for other, other_label in zip(values, labels, strict=True):
            if label == 1 and other_label == 0:
                pairs += 1
                won += 1 if value > other else tie if value == other else 0
    return won / pairs


def auc_by_mean_ranks(values, labels):
    ranks = np.array([np.sum(values < v) + (np.sum(values == v) + 1) / 2 for v in values])
    n = labels.sum()
    return (ranks[labels.astype(bool)].sum() - n * (n + 1) / 2) / (n * (len(labels) - n))


def auc_by_curve(values, labels):
    true_rate = [np.mean(values[labels == 1] >= t) for t in [np.inf, *np.unique(values)[::-1]]]
    false_rate = [np.mean(values[labels == 0] >= t) for t in [np.inf, *np.unique(values)[::-1]]]
    return np.trapezoid(true_rate, false_rate)


def calibration_by_loops(p, y, bins):
    total = 0
    for b in range(bins):
        inside = [i for i in range(len(p)) if min(int(p[i] * bins), bins - 1) == b]
        if inside:
            claimed = sum(p[i] for i in inside) / len(inside)
            total += len(inside) / len(p) * abs(claimed - sum(y[i] for i in inside) / len(inside))
    return total


def calibration_by_sums(p, y, bins):
    where = np.clip(np.digitize(p, np.linspace(0, 1, bins + 1)) - 1, 0, bins - 1)
    return np.abs(np.bincount(where, p - y, bins)).sum() / len(p)


def calibration_right_closed(p, y, bins):
    edges, total = np.linspace(0, 1, bins + 1), 0.0
    for low, high in itertools.pairwise(edges):
        inside = (p > low) & (p <= high)
        if np.any(inside):
            total += np.mean(inside) * abs(p[inside].mean() - y[inside].mean())
    return total


def calibration(p, y, bins, gap=np.abs, weighted=True, upper=1):
    where, found = np.minimum((p * bins).astype(int), bins - upper), []
    for b in np.unique(where):
        inside = where == b
        weight = inside.mean() if weighted else 1 / len(np.unique(where))
        found.append(weight * gap(p[inside].mean() - y[inside].mean()))
    return sum(found)


def calibration_with_nan(p, y, bins):
    where = np.minimum((p * bins).astype(int), bins - 1)
    return sum(
        (where == b).mean() * abs(p[where == b].mean() - y[where == b].mean()) if (where == b).any() else np.nan
        for b in range(bins)
    )


def calibration_from_the_smallest(p, y, bins):
    where = np.clip(np.digitize(p, np.linspace(p.min(), p.max(), bins + 1)) - 1, 0, bins - 1)
    return np.abs(np.bincount(where, p - y)).sum() / len(p)


def shipped(text):
    """Return the probability that the shipped model gives to a text, as a learner finds it."""
    model, word_index = weights.load("source")
    return interpret.running_prediction(model, interpret.read(text, word_index).ids)[-1]


BLAME = "I feared a dull, slow, stupid film. How wrong I was!"
DENIED = "The film isn’t great, isn’t wonderful and isn’t moving at all."
WAVERING = "The actors were good, but the story was not, and I left early."
LOVED = "This is a wonderful film and I loved every minute of it."
PRAISE = "Wonderful, everyone told me, a masterpiece of great and moving scenes; I found none of it true."

RIGHT = [
    ("forget_gate", gate_by_loops),
    ("forget_gate", gate_concatenated),
    ("forget_gate", gate_reshaped),
    ("gradient_times_input", lambda e, g: np.einsum("te,te->t", e, g)),
    ("gradient_times_input", lambda e, g: np.diag(e @ g.T)),
    ("gradient_times_input", lambda e, g: [sum(a * b) for a, b in zip(e, g, strict=True)]),
    ("occlusion", occlusion_by_loop),
    ("occlusion", occlusion_in_one_batch),
    ("occlusion", occlusion_put_back),
    ("auc", auc_by_loops),
    ("auc", auc_by_mean_ranks),
    ("auc", auc_by_curve),
    ("ablation", lambda d, r: sum([d, *r] >= np.float64(d)) / len([d, *r])),
    ("ablation", lambda d, r: (1 + sum(1 for x in r if x >= d)) / (1 + len(r))),
    ("calibration_error", calibration_by_loops),
    ("calibration_error", calibration_by_sums),
    ("calibration_error", calibration_right_closed),
    ("reliability", {"a", "c", "e", "g"}),
    ("reliability", ("G", "E", "C", "A")),
    ("reliability", "aceg"),
    ("fooled", (PRAISE, "negative", 0.95)),
    ("fooled", [PRAISE, "Negative ", np.array([[0.9477]], "float32")]),
    ("fooled", (BLAME, "positive", 0.04)),
    ("fooled", (DENIED, "negative", shipped(DENIED))),
]

WRONG = [
    ("forget_gate", lambda *a: block(*a, 0), "This is the input gate, the first block."),
    ("forget_gate", lambda *a: block(*a, 2, np.tanh), "This is the candidate: third block, and a tanh."),
    ("forget_gate", lambda *a: block(*a, 3), "This is the output gate, the last block."),
    ("forget_gate", lambda *a: block(*a, 1, lambda z: z), "The sigmoid is missing"),
    ("forget_gate", lambda *a: block(*a, 1, np.tanh), "You take a tanh."),
    (
        "forget_gate",
        lambda *a: block(*a, 1, lambda z: np.clip(z + 3, 0, 6) / 6),
        "This is the hard sigmoid, made",
    ),
    (
        "forget_gate",
        lambda *a: block(*a, 1, lambda z: np.clip(z / 5 + 0.5, 0, 1)),
        "hard sigmoid of older Keras",
    ),
    ("forget_gate", lambda x, h, w, u, b: block(x, h, w, u, 0, 1), "The bias is left out"),
    (
        "forget_gate",
        lambda x, h, w, u, b: sigmoid(x @ w + b)[:, h.shape[1] : 2 * h.shape[1]],
        "The hidden state is",
    ),
    ("forget_gate", lambda *a: 1 - block(*a, 1), "This is 1 − f."),
    ("forget_gate", lambda *a: np.hstack([block(*a, n) for n in range(4)]), "These are all four blocks"),
    ("forget_gate", lambda x, h, w, u, b: x @ u, "stopped with ValueError"),
    ("forget_gate", lambda *a: block(*a, 1).T, "axes 0 and 1 are swapped"),
    ("forget_gate", lambda *a: block(*a, 1) * np.nan, "is NaN"),
    ("gradient_times_input", lambda e, g: abs(e * g).sum(1), "You add up absolute values"),
    ("gradient_times_input", lambda e, g: abs((e * g).sum(1)), "You take the absolute value of the sum."),
    ("gradient_times_input", lambda e, g: np.sqrt((g**2).sum(1)), "This is the norm of the gradient"),
    ("gradient_times_input", lambda e, g: (e * g).mean(1), "You take the mean over the embedding."),
    ("gradient_times_input", lambda e, g: g.sum(1), "The input is missing"),
    ("gradient_times_input", lambda e, g: (e * g).sum(0), "You sum over the words."),
    ("gradient_times_input", lambda e, g: e @ g.T, "every word with every gradient"),
    ("gradient_times_input", lambda e, g: e * g, "Not summed yet"),
    ("gradient_times_input", lambda e, g: np.sum(e * g), "You sum over everything"),
    ("gradient_times_input", lambda e, g: -(e * g).sum(1), "the wrong sign"),
    ("gradient_times_input", lambda e, g: e @ g, "stopped with ValueError"),
    ("occlusion", lambda *a: -np.array(occlusion_by_loop(*a)), "The sign is turned round"),
    ("occlusion", occlusion_by_removing, "You remove the word"),
    ("occlusion", occlusion_in_place, "The words before stay hidden"),
    ("occlusion", occlusion_of_all_places, "A word that comes twice is hidden in both places."),
    ("occlusion", lambda s, i, u: occlusion_by_loop(s, i, 0), "You put 0, which is padding"),
    ("occlusion", lambda *a: np.abs(occlusion_by_loop(*a)), "You take absolute values"),
    (
        "occlusion",
        lambda s, i, u: s(i[None]) - occlusion_by_loop(s, i, u),
        "These are the scores without each word",
    ),
    ("occlusion", lambda s, i, u: s(i), "score takes ids (batch, time), and got an array of shape"),
    ("occlusion", lambda s, i, u: occlusion_by_loop(s, i, u)[:-1], "The result has shape"),
    ("auc", lambda v, y: auc_by_loops(v, y, tie=0), "A tie counts nothing in yours."),
    ("auc", lambda v, y: auc_by_loops(v, y, tie=1), "A tie counts as a win in yours."),
    ("auc", lambda v, y: auc_by_loops(-v, y), "It is the other way round: count"),
    ("auc", lambda v, y: max(auc_by_loops(v, y), auc_by_loops(-v, y)), "You fold it"),
    ("auc", lambda v, y: ((v > 0) == y).mean(), "This is the accuracy with a threshold at 0."),
    ("auc", lambda v, y: (v[y == 1][:, None] > v[y == 0]).mean(), "A tie counts nothing in yours."),
    ("auc", lambda v, y: (v[y == 1] > v[y == 0]).mean(), "stopped with ValueError"),
    ("auc", lambda v, y: np.corrcoef(v, y)[0, 1], "This is the correlation"),
    ("ablation", lambda d, r: np.mean(r >= d), "You count the random falls alone."),
    ("ablation", lambda d, r: np.sum(r >= d) / (1 + len(r)), "The 1 belongs above as well as below."),
    ("ablation", lambda d, r: (1 + np.sum(r > d)) / (1 + len(r)), ">=, not >."),
    (
        "ablation",
        lambda d, r: (1 + np.sum(r <= d)) / (1 + len(r)),
        "You count the random falls that are smaller",
    ),
    ("ablation", lambda d, r: (1 + np.sum(abs(r) >= abs(d))) / (1 + len(r)), "You compare absolute values."),
    ("ablation", lambda d, r: np.sum(r >= d), "This is the number of the random falls"),
    ("ablation", lambda d, r: (d - r.mean()) / r.std(), "This is how many standard deviations"),
    ("ablation", lambda d, r: d > r.mean(), "You compare with the mean of the random falls"),
    ("calibration_error", lambda *a: calibration(*a, weighted=False), "Every filled bin counts alike"),
    ("calibration_error", lambda *a: calibration(*a, gap=lambda gap: gap), "The distances keep their signs"),
    ("calibration_error", lambda *a: calibration(*a, upper=0), "A probability of 1.0 gets a bin of its own"),
    (
        "calibration_error",
        lambda p, y, b: calibration(p, (p > 0.5) == y, b),
        "You use the accuracy of the verdicts",
    ),
    (
        "calibration_error",
        lambda p, y, b: calibration(np.maximum(p, 1 - p), (p > 0.5) == y, b),
        "You bin how sure the verdict is",
    ),
    ("calibration_error", calibration_from_the_smallest, "Your bins begin at the smallest probability"),
    ("calibration_error", lambda p, y, b: abs(np.mean(p - y)), "You compare the two means over all reviews."),
    ("calibration_error", calibration_with_nan, "The result is NaN, as the mean of an empty bin is"),
    ("calibration_error", lambda p, y, b: ((p - y) ** 2).mean(), "This is the Brier score"),
    ("calibration_error", lambda p, y, b: p[10**6], "stopped with IndexError"),
    ("calibration_error", lambda p, y, b: None if b == 4 else 0.1, "returns None for some inputs"),
    ("reliability", {"a", "b"}, "One does not belong. Letter b: It is the other way round"),
    ("reliability", {"a", "d"}, "every verdict stays as it is."),
    ("reliability", {"a", "f"}, "lies on the diagonal, where half are positive"),
    ("reliability", {"a", "h"}, "Calibrated is not the same as right."),
    ("reliability", {"a", "c", "g"}, "3 of 4 found, and none that does not belong."),
    ("fooled", (LOVED, "negative", 0.3), "you give 0.3, and for this text the model says 0.90. Let the model read"),
    ("fooled", (LOVED, "negative", 0.1), "the model says 0.90. That is the probability of negative, 1 − p"),
    ("fooled", (LOVED, "negative", 0.9), "a person would read it as positive: wonderful, loved, and no word"),
    ("fooled", (LOVED, "positive", 0.9), "Not fooled: the model says positive with a probability of 0.90"),
    (
        "fooled",
        (PRAISE, "negative", 0.93),
        "for this text the model says 0.95. Let the model read the text that you hand in",
    ),
    ("fooled", (PRAISE, "positive", 0.95), "Not fooled"),
    ("fooled", (WAVERING, "negative", shipped(WAVERING)), "You are near: it wavers."),
    ("fooled", ("Not good.", "negative", 0.9), "The text has 2 words; write at least 8."),
    ("fooled", ("good " * 20, "negative", 0.9), "the same words again and again"),
    ("fooled", (SHOWN[1], "negative", 0.85), "This is a text of section 2, or nearly one."),
    ("fooled", (SHOWN[1].replace("film", "movie"), "negative", 0.85), "This is a text of section 2, or nearly one."),
    ("fooled", (PRAISE, "bad", 0.9), "meant: expected 'positive' or 'negative'"),
    ("fooled", (PRAISE, "negative", 2.9), "the model says 0.95. That is the log-odds; the probability is its sigmoid."),
    ("fooled", (PRAISE, "negative", 94.8), "That is per cent; give a number from 0 to 1."),
    ("fooled", (PRAISE, "negative", 2.4), "A probability lies between 0 and 1."),
    ("fooled", (PRAISE, "negative", np.nan), "A probability lies between 0 and 1."),
    (
        "fooled",
        ("Qwx qwy qwz qxw qxy qxz qyw qyz.", "negative", 0.9),
        "text: the review has 8 words, and the model knows",
    ),
    ("fooled", (PRAISE, "negative", [0.2, 0.9]), "probability: expected one number from the model"),
    ("fooled", (PRAISE, "negative", None), "Still without a value: probability."),
    ("fooled", (PRAISE, 0.9), "Expected three things, (text, meant, probability)"),
    ("fooled", (7, "negative", 0.9), "text: expected a text in quotes; found 7, of type int."),
    ("fooled", PRAISE, "Expected three things"),
]


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


@pytest.mark.parametrize("name", nb08.book.exercises)
def test_a_stub_is_not_attempted(said, name):
    check = nb08.book.exercises[name]
    answer = (lambda *given: None) if isinstance(check, Exercise) else None
    assert said(name, answer).startswith("○ Not attempted yet: ")


def test_a_text_that_fools_says_by_how_much(said):
    assert "You mean your 17 words as negative; the model says positive with a probability of 0.95." in said(
        "fooled", (PRAISE, "negative", 0.95)
    )


def test_the_texts_refused_are_those_of_the_notebook():
    notebook = nbformat.read(NOTEBOOKS / "08_inside_the_lstm.ipynb", as_version=4)
    source = next(cell.source for cell in notebook.cells if cell.id == "three")
    reviews = next(node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Assign))
    assert tuple(ast.literal_eval(reviews).values()) == SHOWN


def test_the_cell_of_the_course_has_this_forget_gate():
    x, h, *weights = nb08.check_forget_gate.inputs()[0]
    _, cache = cells.LSTM(*weights).forward(x[:, None], (h, np.zeros_like(h)))
    found = nb08.check_forget_gate.reference(x, h, *weights)
    np.testing.assert_allclose(found, cache.forget_gate[:, 0], rtol=1e-12)


def test_every_statement_is_judged_and_the_numbers_agree():
    exercise = nb08.check_reliability
    assert sorted([*exercise.belong, *exercise.decoys]) == sorted(STATEMENTS)
    claimed, positive, reviews = map(np.array, zip(*RELIABILITY, strict=True))
    assert reviews.sum() == 25_000
    assert claimed[4] > positive[4]  # a
    assert claimed[0] < positive[0]  # b is false
    logits = np.log(claimed / (1 - claimed))
    assert np.abs(sigmoid(logits / 1.6) - positive).max() < 0.02  # c
    assert np.array_equal(logits / 1.6 > 0, logits > 0)  # d is false
    assert round(1 - positive[1], 2) == 0.62  # e
    assert np.argmax(reviews * np.abs(claimed - positive)) == 4  # g
