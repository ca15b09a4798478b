import numpy as np
from exercise_answers import Answers

from lstm_course.exercises import nb06


def encode_by_loop(words, word_index, num_words):
    ids = [1]
    for word in words:
        if word in word_index and word_index[word] + 3 < num_words:
            ids.append(word_index[word] + 3)
        else:
            ids.append(2)
    return ids


def encode_as_array(words, word_index, num_words):
    ids = np.array([word_index.get(word, num_words) + 3 for word in words])
    return np.concatenate([[1], np.where(ids < num_words, ids, 2)])


def encode_as_the_ranks(words, word_index, num_words):
    return [1] + [word_index[w] if w in word_index and word_index[w] < num_words else 2 for w in words]


def encode_dropping(words, word_index, num_words):
    return [1] + [word_index[w] + 3 for w in words if w in word_index and word_index[w] + 3 < num_words]


def encode_one_too_many(words, word_index, num_words):
    return [1] + [word_index[w] + 3 if w in word_index and word_index[w] + 3 <= num_words else 2 for w in words]


def encode_by_limited_rank(words, word_index, num_words):
    return [1] + [word_index[w] + 3 if w in word_index and word_index[w] < num_words else 2 for w in words]


def encode_unknown_plus_offset(words, word_index, num_words):
    ids = [word_index.get(w, num_words) + 3 for w in words]
    return [1] + [i if i < num_words else 2 + 3 for i in ids]


def pad_with_lists(sequences, maxlen):
    return [[0] * (maxlen - len(s)) + list(s[max(0, len(s) - maxlen) :]) for s in sequences]


def pad_tuple_by_index(sequences, maxlen):
    rows = np.zeros((len(sequences), maxlen))
    for i, ids in enumerate(sequences):
        for j in range(1, min(len(ids), maxlen) + 1):
            rows[i, -j] = ids[-j]
    return tuple(rows)


def pad_with_the_slip_of_minus_zero(sequences, maxlen):
    rows = np.zeros((len(sequences), maxlen), dtype=int)
    for row, ids in zip(rows, sequences, strict=True):
        row[-len(ids[-maxlen:]) :] = ids[-maxlen:]
    return rows


def pad_from_a_negative_start(sequences, maxlen):
    kept = [ids[len(ids) - maxlen :] for ids in sequences]
    return np.array([[0] * (maxlen - len(ids)) + ids for ids in kept])


def mean_by_loops(embedded, mask):
    means = np.zeros((embedded.shape[0], embedded.shape[2]))
    for b in range(len(means)):
        words = [embedded[b, t] for t in range(embedded.shape[1]) if mask[b, t]]
        if words:
            means[b] = sum(words) / len(words)
    return means


def mean_by_einsum(embedded, mask):
    return np.einsum("btf,bt->bf", embedded, mask) / (mask.sum(1, keepdims=True) + 1e-9)


def mean_of_masked_array(embedded, mask):
    hidden = np.repeat(~mask[:, :, None], embedded.shape[2], axis=2)
    return np.ma.array(embedded, mask=hidden).mean(axis=1).filled(0)


def gradient_by_loop(ids, grad_vectors, vocabulary):
    gradient = [[0.0] * grad_vectors.shape[1] for _ in range(vocabulary)]
    for token, row in zip(ids, grad_vectors, strict=True):
        gradient[token] = [a + b for a, b in zip(gradient[token], row, strict=True)]
    return gradient


def gradient_by_fancy_index(ids, grad_vectors, vocabulary):
    gradient = np.zeros((vocabulary, grad_vectors.shape[1]))
    gradient[ids] += grad_vectors
    return gradient


def gradient_of_the_first_place(ids, grad_vectors, vocabulary):
    rows = np.zeros((vocabulary, grad_vectors.shape[1]))
    for t, token in enumerate(ids):
        if token not in ids[:t]:
            rows[token] = grad_vectors[t]
    return rows


def gradient_averaged(ids, grad_vectors, vocabulary):
    places = [grad_vectors[ids == token] for token in range(vocabulary)]
    return np.stack([rows.mean(0) if len(rows) else 0 * grad_vectors[0] for rows in places])


def gradient_without_pads(ids, grad_vectors, vocabulary):
    return [0 * grad_vectors[0]] + [grad_vectors[ids == token].sum(0) for token in range(1, vocabulary)]


def interval(correct, n):
    p = correct / n
    return [p - 1.959964 * np.sqrt(p * (1 - p) / n), p + 1.959964 * np.sqrt(p * (1 - p) / n)]


def pad_without_a_cut(sequences, maxlen):
    padded = np.zeros((len(sequences), maxlen), dtype=int)
    for number, ids in enumerate(sequences):
        if len(ids) > 0:
            padded[number, -len(ids) :] = ids
    return padded


RIGHT = [
    ("encode", encode_by_loop),
    ("encode", encode_as_array),
    ("pad", pad_with_lists),
    ("pad", pad_tuple_by_index),
    ("first_kept", 230 - 100),
    ("masked_mean", mean_by_loops),
    ("masked_mean", mean_by_einsum),
    ("masked_mean", mean_of_masked_array),
    ("table_gradient", gradient_by_loop),
    ("table_gradient", lambda ids, g, vocabulary: np.eye(vocabulary)[ids].T @ g),
    ("table_gradient", lambda ids, g, vocabulary: np.stack([g[ids == i].sum(0) for i in range(vocabulary)])),
    ("interval", interval),
]

WRONG = [
    ("encode", encode_as_the_ranks, "The offset of 3 is forgotten:"),
    ("encode", lambda *a: encode_by_loop(*a)[1:], "The start token is missing:"),
    ("encode", lambda w, d, n: encode_as_the_ranks(w, d, n)[1:], "Two things: the first id of every review is 1"),
    ("encode", encode_dropping, "Unknown words are dropped;"),
    ("encode", encode_one_too_many, "The limit is off by one:"),
    (
        "encode",
        lambda w, d, n: [1] + [d[x] + 3 for x in w],
        "That word is not in word_index, so it has no rank",
    ),
    ("encode", lambda w, d, n: [1] + [d.get(x, -1) + 3 for x in w], "The vocabulary has no end:"),
    ("encode", lambda w, d, n: [1] + [d.get(x, 2) + 3 for x in w], "Two things: 3 is added to a rank"),
    ("encode", encode_unknown_plus_offset, "Unknown words get 5 here"),
    ("encode", encode_by_limited_rank, "You compare the rank with num_words."),
    ("pad", lambda s, m: [list(x[-m:]) + [0] * (m - len(x)) for x in s], "You put the padding behind."),
    ("pad", lambda s, m: [[0] * (m - len(x)) + x[:m] for x in s], "You cut long reviews at the end."),
    ("pad", lambda s, m: [x[:m] + [0] * (m - len(x)) for x in s], "Both ends are the wrong way round"),
    ("pad", lambda s, m: [[1] * (m - len(x)) + x[-m:] for x in s], "The padding value is 1,"),
    ("pad", lambda s, m: [x[-m:] for x in s], "Put zeros in front of the shorter ones."),
    ("pad", lambda s, m: [[0] * (m - len(x)) + x for x in s], "Cut the longer ones: their last maxlen ids"),
    ("pad", lambda s, m: [[0] * (20 - len(x)) + x for x in s], "Every row has maxlen entries, however long"),
    ("pad", pad_without_a_cut, "You do not cut the longer reviews"),
    ("pad", lambda s, m: 0, "cannot be used"),
    ("pad", pad_with_the_slip_of_minus_zero, "row[-0:] is the whole row"),
    ("pad", pad_from_a_negative_start, "Words of a short review are lost."),
    ("first_kept", 131, "One too many"),
    ("first_kept", 0, "the front is cut"),
    ("first_kept", 229, "229 is the last id"),
    ("first_kept", -100, "count from the front"),
    ("masked_mean", lambda e, m: np.einsum("btf,bt->bf", e, m) / e.shape[1], "padding included"),
    ("masked_mean", lambda e, m: np.mean(e, 1), "The padding is in the mean"),
    (
        "masked_mean",
        lambda e, m: np.stack([x[k].mean(0) for x, k in zip(e, m, strict=True)]),
        "0 / 0, which is NaN",
    ),
    ("masked_mean", lambda e, m: mean_by_loops(e, ~m), "The mask is upside down"),
    ("masked_mean", lambda e, m: (e * m).sum(1) / m.sum(1), "mask[:, :, None] has three axes too"),
    ("masked_mean", lambda e, m: np.einsum("btf,bt->bf", e, m) / np.sum(m), "words in the whole batch"),
    (
        "masked_mean",
        lambda e, m: np.einsum("btf,bt->bf", e, m) / np.array([[sum(row) + 1] for row in m]),
        "Adding 1 to the count",
    ),
    ("table_gradient", gradient_by_fancy_index, "the gradient of its last place only"),
    ("table_gradient", gradient_of_the_first_place, "the gradient of its first place only"),
    ("table_gradient", gradient_averaged, "You average over the places"),
    ("table_gradient", gradient_without_pads, "Row 0 gets nothing here."),
    ("table_gradient", lambda i, g, v: np.eye(v)[i].T @ np.ones_like(g), "You count how often"),
    ("table_gradient", lambda i, g, v: np.eye(v)[i - 1].T @ g, "You count from one"),
    ("table_gradient", lambda i, g, v: g, "the gradients of the places"),
    ("table_gradient", lambda i, g, v: np.isin(range(v), i)[:, None] * g.sum(0), "Every word gets the gradients"),
    ("table_gradient", lambda i, g, v: np.eye(v)[i] @ g, "ids is (time,), grad_vectors (time, features)"),
    ("table_gradient", lambda i, g, v: (np.eye(v)[i].T @ g).T, "axes 0 and 1 are swapped"),
    ("interval", lambda c, n: spread(c, n, 1.96 * (c / n * (1 - c / n) / n)), "The square root is missing"),
    (
        "interval",
        lambda c, n: spread(c, n, 1.645 * (c / n * (1 - c / n) / n) ** 0.5),
        "1.645 leaves 5 % on one side",
    ),
    ("interval", lambda c, n: spread(c, n, 0.98 * (c / n * (1 - c / n) / n) ** 0.5), "half as wide"),
    ("interval", lambda c, n: spread(c, n, 1.96 * (c / n) * (1 - c / n) / n**0.5), "around n alone"),
    (
        "interval",
        lambda c, n: spread(c, n, 1.96 * (c / n * (1 - c / n)) ** 0.5),
        "n is missing below the square root",
    ),
    (
        "interval",
        lambda c, n: spread(c, n, 1.96 * (c / n * (1 - c / n)) ** 0.5 / n),
        "outside the square root",
    ),
    (
        "interval",
        lambda c, n: spread(c, n, (1.96 * (c / n * (1 - c / n)) / n) ** 0.5),
        "in front of the square root",
    ),
    ("interval", lambda c, n: spread(c, n, 2 * (c / n * (1 - c / n) / n) ** 0.5), "the rule of thumb"),
    ("interval", lambda c, n: spread(c, n, 2.58 * (c / n * (1 - c / n) / n) ** 0.5), "a 99 % interval"),
    (
        "interval",
        lambda c, n: [c - 1.96 * (c * (n - c) / n) ** 0.5, c + 1.96 * (c * (n - c) / n) ** 0.5],
        "a share",
    ),
    ("interval", lambda c, n: interval(c, n)[::-1], "Low and high are swapped."),
    ("interval", lambda c, n: [100 * end for end in interval(c, n)], "100 times what it should be."),
    ("interval", lambda c, n: 1.96 * (c / n * (1 - c / n) / n) ** 0.5, "returns one value of type float"),
]


def spread(correct, n, half):
    return correct / n - half, correct / n + half


class TestAnswers(Answers):
    right, wrong = RIGHT, WRONG


def test_pad_is_what_keras_does():
    from lstm_course.models.quiet import keras

    for sequences, maxlen in nb06.check_pad.inputs():
        expected = keras.utils.pad_sequences(sequences, maxlen=maxlen)
        np.testing.assert_array_equal(nb06.check_pad.reference(sequences, maxlen), expected)
