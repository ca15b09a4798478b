"""Exercises of notebook 06, *Reviews as sequences*."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Notebook, distinct
from lstm_course.exercises.engine.comparing import NotYet

book = Notebook("06", "Reviews as sequences")
hint = book.hint


def _draw_encode(rng):
    words = [f"word{rank}" for rank in range(1, 13)]
    word_index = {word: rank for rank, word in enumerate(words, start=1)}
    num_words = int(rng.integers(9, 12))
    # Ranks around the limit and one above it, one word that nobody counted, and some more.
    around = [words[num_words - 5], words[num_words - 4], words[num_words - 3], words[-1], "unheard"]
    text = [*around, *rng.choice(words[:5], int(rng.integers(1, 4))).tolist()]
    return [text[i] for i in rng.permutation(len(text))], word_index, num_words


def _encode(words, word_index, num_words, offset=3, start=(1,), unknown=(2,), beyond=0, by_rank=False):
    ids = list(start)
    for word in words:
        rank = word_index.get(word, 10**6)
        kept = (rank if by_rank else rank + offset) < num_words + beyond
        ids += [rank + offset] if kept else unknown
    return ids


check_encode = book.function(
    "encode",
    _encode,
    draw=_draw_encode,
    mutants={
        "The offset of 3 is forgotten: the id of a word is its rank + 3, because 0, 1 and 2 are taken by "
        "padding, start and unknown. Read back with the offset, your ids give other words.": (
            partial(_encode, offset=0)
        ),
        "The start token is missing: the first id of every review is 1.": partial(_encode, start=()),
        "Two things: the first id of every review is 1, the start token; and the id of a word is its rank + 3, because "
        "0, 1 and 2 are taken.": partial(_encode, start=(), offset=0),
        "Unknown words are dropped; each leaves a 2 in its place, so that the review keeps its length.": (
            partial(_encode, unknown=())
        ),
        "The limit is off by one: an id is kept when it is below num_words, so the id num_words itself is "
        "unknown.": partial(_encode, beyond=1),
        "You compare the rank with num_words. The rule compares the id, which is rank + 3.": (
            partial(_encode, by_rank=True)
        ),
        "Unknown words get 0 here. 0 is padding, which a mask takes out; unknown is 2.": (
            partial(_encode, unknown=(0,))
        ),
        "Unknown words get 5 here: 3 is added to a rank, not to the 2 that stands for unknown.": (
            partial(_encode, unknown=(5,))
        ),
        "The vocabulary has no end: an id of num_words or more becomes 2 as well.": (partial(_encode, beyond=10**3)),
        "Two things: 3 is added to a rank, not to the 2 of a word without one; and an id of num_words or more becomes "
        "2 as well.": partial(_encode, unknown=(5,), beyond=10**3),
        "That word is not in word_index, so it has no rank: its id is 2.": (
            lambda words, word_index, num_words: [word_index[word] for word in words]
        ),
    },
    hints=(
        "Start with a list that holds the start token alone, and append one id for each word.",
        "word_index.get(word) is None for a word that is not in it.",
        "The id is word_index[word] + 3. Keep it if id < num_words; append 2 otherwise.",
    ),
    right="You can now read any review that Keras has encoded, and the network can read yours.",
)


def _draw_pad(rng):
    maxlen = int(rng.integers(4, 7))
    lengths = [maxlen + 2, maxlen, maxlen - 2, 0, maxlen + 3]
    return [rng.integers(4, 90, length).tolist() for length in lengths], maxlen


def _pad(sequences, maxlen, padding="pre", truncating="pre", value=0):
    padded = np.full((len(sequences), maxlen), value)
    for row, ids in zip(padded, sequences, strict=True):
        kept = ids[-maxlen:] if truncating == "pre" else ids[:maxlen]
        if kept:
            row[slice(-len(kept), None) if padding == "pre" else slice(len(kept))] = kept
    return padded


def _pad_without_care(sequences, maxlen):
    padded = np.zeros((len(sequences), maxlen))
    for row, ids in zip(padded, sequences, strict=True):
        row[-len(ids[-maxlen:]) :] = ids[-maxlen:]
    return padded


def _pad_from_a_negative_start(sequences, maxlen):
    return _pad([ids[len(ids) - maxlen :] for ids in sequences], maxlen)


def _pad_uncut(sequences, maxlen):
    padded = np.zeros((len(sequences), maxlen))
    for row, ids in zip(padded, sequences, strict=True):
        if ids:
            row[-len(ids) :] = ids
    return padded


def _observe_rows(padded, sequences, maxlen):
    """Return the rows as they are; raise `NotYet` where one is too long or too short."""
    lengths = [np.size(row) for row in padded]
    for length, ids in zip(lengths, sequences, strict=False):
        advice = ""
        if length > max(maxlen, len(ids)):
            advice = "Every row has maxlen entries, however long the longest review is."
        elif length > maxlen:
            advice = "Cut the longer ones: their last maxlen ids are kept."
        elif length < maxlen:
            advice = "Put zeros in front of the shorter ones."
        if advice and len(lengths) == len(sequences):
            raise NotYet(f"A review of {len(ids)} ids comes back with {length}, and maxlen is {maxlen}. {advice}")
    return padded


check_pad = book.function(
    "pad",
    _pad,
    draw=_draw_pad,
    observe=_observe_rows,
    mutants={
        "You put the padding behind. Keras puts it in front, so that the words are the last thing that the network "
        "reads.": partial(_pad, padding="post"),
        "You cut long reviews at the end. Keras cuts them at the front: the last maxlen words are kept.": (
            partial(_pad, truncating="post")
        ),
        "Both ends are the wrong way round: Keras pads in front and cuts at the front.": (
            partial(_pad, padding="post", truncating="post")
        ),
        "A review without ids goes wrong: −0 is 0, so row[-0:] is the whole row. Leave an empty review out.": (
            _pad_without_care
        ),
        "Words of a short review are lost. Where it has fewer than maxlen ids, len(ids) - maxlen is below 0, and a "
        "slice that begins there counts from the end. ids[-maxlen:] takes all of a short review.": (
            _pad_from_a_negative_start
        ),
        "You do not cut the longer reviews: keep their last maxlen ids, ids[-maxlen:].": _pad_uncut,
        "The padding value is 1, which marks the start of a review. Padding is 0.": partial(_pad, value=1),
        "The padding value is 2, which stands for an unknown word. Padding is 0.": partial(_pad, value=2),
    },
    axes=("reviews", "maxlen"),
    hints=(
        "np.zeros((len(sequences), maxlen), dtype=int) is the padding; then write each review into its row.",
        "ids[-maxlen:] keeps the last maxlen ids, and all of them when there are fewer.",
        "row[-len(kept):] = kept fills the row's end. An empty review needs care: -0 is 0.",
    ),
    right="Reviews of any length now fit into one tensor, at the price of the first words of the long ones.",
)

check_first_kept = book.value(
    "first_kept",
    130,
    mistakes={
        0: "With the default truncation the front is cut, so the first ids are the ones that go.",
        131: "One too many: ids 131 to 229 would be 99 ids.",
        129: "One too few: ids 129 to 229 would be 101 ids.",
        100: "100 ids are kept, and they are the last 100 of 230, not those that start at 100.",
        99: "99 is the last id that survives truncation at the end. Keras truncates at the front.",
        229: "229 is the last id that is read. The first one stands 99 places before it.",
        -100: "ids[-100] is the right one. Which number has it when you count from the front?",
    },
    hints=(
        "Which end does Keras cut by default?",
        "The last id is number 229. Count 100 ids back from it.",
    ),
    right="The start token and the first 129 words are gone: this network judges a film by the review's end.",
)


def _draw_masked(rng):
    batch, time, features = 4, *distinct(rng, 2)
    time += 4
    mask = np.arange(time) >= rng.permutation([0, 1, 3, time])[:, None]  # one row is padding alone
    return rng.normal(size=(batch, time, features)), mask


def _masked_mean(embedded, mask, divisor=lambda words: np.maximum(words, 1)):
    kept = mask[:, :, None]
    return (embedded * kept).sum(axis=1) / divisor(kept.sum(axis=1))


check_masked_mean = book.function(
    "masked_mean",
    _masked_mean,
    draw=_draw_masked,
    mutants={
        "You add up the words alone and divide by all steps, padding included; divide by the number of "
        "words.": lambda e, m: (e * m[:, :, None]).mean(1),
        "You divide by the number of words, and the sum has the padding in it: multiply by the mask before you "
        "sum.": lambda e, m: e.sum(1) / np.maximum(m.sum(1, keepdims=True), 1),
        "The padding is in the mean: the mask is not used.": lambda e, m: e.mean(1),
        "A review without any word gives 0 / 0, which is NaN, and one NaN spoils the whole training. Divide by at "
        "least 1, or add a tiny number to the count.": partial(_masked_mean, divisor=lambda words: words),
        "The mask is upside down: it is True at a word, and you average the padding.": (
            lambda e, m: _masked_mean(e, ~m)
        ),
        "You divide by the number of words in the whole batch; each review has its own number.": (
            partial(_masked_mean, divisor=np.sum)
        ),
        "Adding 1 to the count changes every mean. np.maximum(count, 1) changes the empty review's alone.": (
            partial(_masked_mean, divisor=lambda words: 1 + words)
        ),
        "This is the sum over the words; divide it by their number.": (partial(_masked_mean, divisor=np.ones_like)),
    },
    axes=("batch", "features"),
    shapes="embedded is (batch, time, features); mask[:, :, None] has three axes too, and fits beside it.",
    hints=(
        "mask[:, :, None] has shape (batch, time, 1) and multiplies the embedded words.",
        "The number of words of each review is mask.sum(axis=1, keepdims=True), of shape (batch, 1).",
        "np.maximum(count, 1) keeps an empty review from dividing by zero.",
    ),
    right="A review's meaning no longer depends on how much padding stands beside it.",
)


def _draw_table_gradient(rng):
    words, features = distinct(rng, 2)
    vocabulary = words + features + 3
    ids = rng.permutation(vocabulary - 1)[:words] + 1
    ids = rng.permutation([*ids, ids[0], ids[0], 0, 0])  # one word three times, two pads
    return ids, rng.normal(size=(len(ids), features)), vocabulary


def _table_gradient(ids, grad_vectors, vocabulary, add=np.add.at):
    gradient = np.zeros((vocabulary, grad_vectors.shape[1]))
    add(gradient, ids, grad_vectors)
    return gradient


def _assign(gradient, ids, grad_vectors):
    gradient[ids] = grad_vectors


def _assign_first(gradient, ids, grad_vectors):
    _assign(gradient, ids[::-1], grad_vectors[::-1])


def _average(gradient, ids, grad_vectors):
    np.add.at(gradient, ids, grad_vectors)
    gradient /= np.maximum(np.bincount(ids, minlength=len(gradient)), 1)[:, None]


def _spare_the_pads(gradient, ids, grad_vectors):
    np.add.at(gradient, ids[ids != 0], grad_vectors[ids != 0])


def _count(gradient, ids, grad_vectors):
    np.add.at(gradient, ids, np.ones_like(grad_vectors))


def _add_everywhere(gradient, ids, grad_vectors):
    gradient[ids] = grad_vectors.sum(axis=0)


check_table_gradient = book.function(
    "table_gradient",
    _table_gradient,
    draw=_draw_table_gradient,
    mutants={
        "A word that occurs twice keeps the gradient of its last place only: gradient[ids] += … writes each row once, "
        "however often its id occurs. Add the places up, one at a time or with np.add.at.": (
            partial(_table_gradient, add=_assign)
        ),
        "A word that occurs twice keeps the gradient of its first place only. Its row was used at each of its places, "
        "and collects from each.": partial(_table_gradient, add=_assign_first),
        "You average over the places of a word. A weight that is used several times gets the sum.": (
            partial(_table_gradient, add=_average)
        ),
        "Row 0 gets nothing here. Without a mask a pad is looked up like any word, and its row is trained.": (
            partial(_table_gradient, add=_spare_the_pads)
        ),
        "You count how often each word occurs; each place gives its own gradient, grad_vectors[t].": (
            partial(_table_gradient, add=_count)
        ),
        "Every word gets the gradients of all places. Place t belongs to the row of ids[t] alone.": (
            partial(_table_gradient, add=_add_everywhere)
        ),
        "You count from one: id 0 belongs to row 0, id 1 to row 1.": (
            lambda ids, g, vocabulary: np.roll(_table_gradient(ids, g, vocabulary), -1, axis=0)
        ),
        "These are the gradients of the places; the question is what each row of the table collects from them.": (
            lambda ids, g, vocabulary: g
        ),
    },
    axes=("vocabulary", "features"),
    shapes="ids is (time,), grad_vectors (time, features); the result has a row for each of the vocabulary's words.",
    hints=(
        "Start with zeros of shape (vocabulary, features).",
        "At step t the row ids[t] was read, so grad_vectors[t] is added to that row.",
        "Notebook 02 has the rule for a product: with one_hot of shape (time, vocabulary), which of the two has to be "
        "transposed so that the shapes fit?",
    ),
    right="A word's row collects from every place where it was read, and the rows of all other words stay at 0.",
)


def _draw_interval(rng):
    reviews = int(rng.integers(30, 80))
    return int(reviews * rng.uniform(0.6, 0.9)), reviews


def _interval(correct, reviews, z=1.96, power=0.5, less=0):
    p = correct / reviews
    half = z * (p * (1 - p) / (reviews - less)) ** power
    return p - half, p + half


def _wilson(correct, reviews, z=1.96):
    p, extra = correct / reviews, z**2 / reviews
    middle = (p + extra / 2) / (1 + extra)
    half = z * (p * (1 - p) / reviews + extra / (4 * reviews)) ** 0.5 / (1 + extra)
    return middle - half, middle + half


check_interval = book.function(
    "interval",
    _interval,
    draw=_draw_interval,
    mutants={
        "The square root is missing: p (1 − p) / n is a variance, and the interval is made of standard "
        "errors.": partial(_interval, power=1),
        "You divide by n − 1. The variance of a proportion is p (1 − p) / n.": partial(_interval, less=1),
        "1.64 leaves 5 % on one side. An interval leaves 2.5 % on either side, which takes 1.96.": (
            partial(_interval, z=1.64)
        ),
        "1.645 leaves 5 % on one side. An interval leaves 2.5 % on either side, which takes 1.96.": (
            partial(_interval, z=1.645)
        ),
        "Your interval is half as wide as it should be: 1.96 standard errors go on either side of p.": (
            partial(_interval, z=0.98)
        ),
        "1.96 stands in front of the square root, not below it.": partial(_interval, z=1.96**0.5),
        "2 is the rule of thumb; the task asks for 1.96.": partial(_interval, z=2),
        "2.58 makes a 99 % interval; 95 % takes 1.96.": partial(_interval, z=2.58),
        "These are numbers of reviews. An accuracy is a share: divide by n.": (
            lambda c, n: tuple(n * end for end in _interval(c, n))
        ),
        "This is one standard error on either side, which covers 68 %; 95 % takes 1.96 of them.": (
            partial(_interval, z=1)
        ),
        "n is missing below the square root: the standard error is sqrt(p (1 − p) / n).": (
            lambda c, n: _interval(c, n, less=n - 1)
        ),
        "The square root stands around n alone. It goes around the whole of p (1 − p) / n.": (
            lambda c, n: (c / n - 1.96 * c / n * (1 - c / n) / n**0.5, c / n + 1.96 * c / n * (1 - c / n) / n**0.5)
        ),
        "You divide by n outside the square root; n stands below it, so the error shrinks with sqrt(n).": (
            lambda c, n: _interval(c, n, less=n - n**2)
        ),
        "Low and high are swapped.": lambda *a: _interval(*a)[::-1],
        "These are the accuracy and the half width: return p − half and p + half.": (
            lambda c, n: (c / n, _interval(c, n)[1] - c / n)
        ),
        "This is Wilson's interval, a better one for small n or an accuracy near 1. The task asks for the plain p ± "
        "1.96 sqrt(p (1 − p) / n).": _wilson,
    },
    outputs=("low", "high"),
    tolerance=5e-5,
    hints=(
        "p = correct / reviews is the accuracy, and its standard error is sqrt(p (1 − p) / n).",
        "Return two numbers: p minus and p plus 1.96 standard errors.",
    ),
    right="With 25,000 reviews it is about ± 0.004: that is how sure you can be of one accuracy on one test set.",
)
