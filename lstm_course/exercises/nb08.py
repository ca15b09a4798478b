"""Exercises of notebook 08, *Inside the LSTM*."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Notebook, normal
from lstm_course.exercises.engine.choosing import SetExercise
from lstm_course.exercises.gated import draw_lstm, hard_sigmoid, sigmoid
from lstm_course.exercises.nb08_claims import ABLATION, AUC, CALIBRATION_ERROR
from lstm_course.exercises.nb08_fooling import FoolingExercise
from lstm_course.exercises.nb08_reliability import FALSE, RELIABILITY, TRUE
from lstm_course.exercises.nb08_reliability import STATEMENTS as STATEMENTS  # shown by the notebook

book = Notebook("08", "Inside the LSTM")
hint = book.hint


def _draw_gate(rng):
    inputs, hidden_state, _, kernel, recurrent_kernel, bias = draw_lstm(rng)
    return inputs, hidden_state, kernel, recurrent_kernel, bias


def _gate(inputs, hidden_state, kernel, recurrent_kernel, bias, block=1, squash=sigmoid):
    z = inputs @ kernel + hidden_state @ recurrent_kernel + bias
    return squash(np.split(z, 4, axis=1)[block])


check_forget_gate = book.function(
    "forget_gate",
    _gate,
    draw=_draw_gate,
    mutants={
        "This is the input gate, the first block. Keras's order is i, f, c, o: the forget gate is the second.": partial(
            _gate, block=0
        ),
        "This is the third block, the candidate's. Keras's order is i, f, c, o.": partial(_gate, block=2),
        "This is the candidate: third block, and a tanh. The forget gate is the second block, and a gate takes a "
        "sigmoid.": partial(_gate, block=2, squash=np.tanh),
        "This is the output gate, the last block. Keras's order is i, f, c, o.": partial(_gate, block=3),
        "The sigmoid is missing: a gate is a share between 0 and 1.": partial(_gate, squash=lambda z: z),
        "You take a tanh. A gate is a share between 0 and 1, so it takes a sigmoid.": (partial(_gate, squash=np.tanh)),
        "This is the hard sigmoid, made of straight lines. Keras's LSTM takes the smooth one, 1 / (1 + exp(−z)), by "
        "default.": partial(_gate, squash=lambda z: np.clip(z / 6 + 0.5, 0, 1)),
        "This is the hard sigmoid of older Keras versions, 0.2 z + 0.5. The smooth one, 1 / (1 + exp(−z)), is the "
        "default now.": partial(_gate, squash=hard_sigmoid),
        "The bias is left out; Keras starts the forget gate's at 1, so it matters.": (
            lambda x, h, w, u, b: _gate(x, h, w, u, 0)
        ),
        "You put 1 in the bias's place. That is where Keras's forget bias starts; use the trained one.": (
            lambda x, h, w, u, b: _gate(x, h, w, u, 1)
        ),
        "You take the second block of the kernel, and the first of the recurrent kernel: both are in the order i, f, "
        "c, o.": lambda x, h, w, u, b: _gate(x, h, w, np.tile(np.split(u, 4, axis=1)[0], 4), b),
        "You add 1 to the forget gate. Keras starts the forget bias at 1; what training made of it is in `bias`.": (
            lambda x, h, w, u, b: _gate(x, h, w, u, b + 1)
        ),
        "The hidden state is left out: the gate also hears what the cell said a step ago.": (
            lambda x, h, w, u, b: _gate(x, 0 * h, w, u, b)
        ),
        "The inputs are left out: add inputs @ kernel.": lambda x, h, w, u, b: _gate(0 * x, h, w, u, b),
        "This is 1 − f. Look at the sign in the exponent, 1 / (1 + exp(−z)). A gate of 1 keeps.": (
            lambda *a: 1 - _gate(*a)
        ),
        "You take every fourth column. The columns stand in four blocks of `units`: np.split(z, 4, axis=1).": (
            lambda x, h, w, u, b: sigmoid((x @ w + h @ u + b)[:, 1::4])
        ),
        "These are all four blocks side by side; the forget gate is the second one alone.": (
            lambda x, h, w, u, b: sigmoid(x @ w + h @ u + b)
        ),
        "The bias stands outside the sigmoid.": (lambda x, h, w, u, b: _gate(x, h, w, u, 0) + np.split(b, 4)[1]),
    },
    axes=("batch", "units"),
    hints=(
        "z = inputs @ kernel + hidden_state @ recurrent_kernel + bias has 4 units columns.",
        "units = hidden_state.shape[1]; the forget gate is made of z[:, units : 2 * units].",
    ),
    right="You can now say of any word what the cell does with its memory when it reads it.",
)


check_gradient_times_input = book.function(
    "gradient_times_input",
    lambda embedded, gradient: (embedded * gradient).sum(1),
    draw=normal("te", "te"),
    mutants={
        "You add up absolute values, so that what lowers the score looks like what raises it. Keep the "
        "signs.": lambda e, g: np.abs(e * g).sum(1),
        "You take the absolute value of the sum. A word that speaks against the verdict needs its minus.": (
            lambda e, g: np.abs((e * g).sum(1))
        ),
        "This is the norm of the gradient: how sensitive the score is, not which way the word pushes it.": (
            lambda e, g: np.linalg.norm(g, axis=1)
        ),
        "You add up the absolute gradient alone: how sensitive the score is, not which way the word pushes "
        "it.": lambda e, g: np.abs(g).sum(1),
        "You divide by the total. The task asks for the sums themselves, which say how much, not what "
        "share.": lambda e, g: (e * g).sum(1) / np.abs((e * g).sum(1)).sum(),
        "This is the norm of the product, which has no sign.": lambda e, g: np.linalg.norm(e * g, axis=1),
        "You take the mean over the embedding. The sum is what the score changes by, to first order.": (
            lambda e, g: (e * g).mean(1)
        ),
        "The input is missing: multiply the gradient by the word's vector.": lambda e, g: g.sum(1),
        "The gradient is missing: multiply the word's vector by it.": lambda e, g: e.sum(1),
        "You sum over the words. Each word has its own sum, over the embedding: axis 1.": (lambda e, g: (e * g).sum(0)),
        "You sum over everything; each word has its own sum, over the embedding alone.": (lambda e, g: (e * g).sum()),
        "Not summed yet: one number a word, the sum over its embedding.": lambda e, g: e * g,
        "These are the products of every word with every gradient; a word takes its own: * and a sum, or the "
        "diagonal.": lambda e, g: e @ g.T,
        "You multiply the two sums. First multiply entry by entry, then sum.": (lambda e, g: e.sum(1) * g.sum(1)),
        "This is the cosine between vector and gradient; their lengths count too.": (
            lambda e, g: (e * g).sum(1) / np.linalg.norm(e, axis=1) / np.linalg.norm(g, axis=1)
        ),
        "The largest entry stands for the word here; all its entries count: sum them.": (lambda e, g: (e * g).max(1)),
    },
    axes=("time",),
    hints=("First entry by entry: embedded * gradient.", "Then sum over the embedding, axis=1."),
    right="To first order, it is what the score would lose if the word's vector were turned to zero.",
)


def _draw_occlusion(rng):
    table, time = rng.normal(size=24), int(rng.integers(5, 8))

    def score(ids):
        ids = np.asarray(ids)
        if ids.ndim != 2:
            raise ValueError(f"score takes ids (batch, time), and got an array of shape {ids.shape}")
        state = np.zeros(len(ids))
        for step in range(ids.shape[1]):
            state = np.tanh(0.8 * state + table[ids[:, step]] * (1 + 0.5 * state))
        return state

    ids = rng.permutation(np.arange(4, 24))[:time]
    ids[-1] = ids[1]  # one word comes twice
    return score, ids, 2


def _occlusion(score, ids, unknown, replaced=lambda time: np.eye(time, dtype=bool)):
    """Return the differences; ``replaced(time)`` says which words each row of the batch hides."""
    return score(ids[None]) - score(np.where(replaced(len(ids)), unknown, ids))


def _removed(score, ids, unknown):
    return np.concatenate([score(ids[None]) - score(np.delete(ids, step)[None]) for step in range(len(ids))])


check_occlusion = book.function(
    "occlusion",
    _occlusion,
    draw=_draw_occlusion,
    mutants={
        "The sign is turned round: take the review's score minus the score without the word, so that a word that "
        "raises the score gets a plus.": lambda *a: -_occlusion(*a),
        "You remove the word, which moves all later words a step forward. Replace it, and nothing else "
        "changes.": _removed,
        "The words before stay hidden: put each word back before you hide the next (ids.copy() for every "
        "step).": partial(_occlusion, replaced=lambda time: np.tri(time, dtype=bool)),
        "All words from this one on are hidden; hide this one alone.": (
            partial(_occlusion, replaced=lambda time: np.tri(time, dtype=bool).T)
        ),
        "You hide everything but the word; hide the word alone.": (
            partial(_occlusion, replaced=lambda time: ~np.eye(time, dtype=bool))
        ),
        "A word that comes twice is hidden in both places. Go by the step, not by the word.": (
            lambda f, x, u: f(x[None]) - f(np.where(x == x[:, None], u, x))
        ),
        "You put 0, which is padding, in the word's place; put `unknown`.": (lambda f, x, u: _occlusion(f, x, 0)),
        "These are the scores without each word; subtract them from the score of the whole review.": (
            lambda f, x, u: f(x[None]) - _occlusion(f, x, u)
        ),
        "You take absolute values; a word that lowers the score needs its minus.": (lambda *a: np.abs(_occlusion(*a))),
        "Every difference is zero. If you wrote `changed = ids`, that is a second name for one array: change a copy, "
        "ids.copy().": lambda f, x, u: np.zeros(len(x)),
        "The numbers are right, in an axis too many: score gives an array (1,) for a batch of one review. Take its "
        "entry [0].": lambda *a: _occlusion(*a)[:, None],
        "The axis of the batch is still there, and the sign is turned round: the review's score minus the score "
        "without the word, and its entry [0].": lambda *a: -_occlusion(*a)[:, None],
        "You divide by the review's score; the task asks for the difference.": (
            lambda f, x, u: _occlusion(f, x, u) / f(x[None])
        ),
        "You compare with the score of a review of unknown words; compare with this review's.": (
            lambda f, x, u: f(np.full((1, len(x)), u)) - f(x[None]) + _occlusion(f, x, u)
        ),
    },
    axes=("time",),
    hints=(
        "For each step: changed = ids.copy(); changed[step] = unknown.",
        "score wants a batch: score(changed[None])[0]. Better still one batch with a row for every word.",
    ),
    right="No gradient, no assumption: one more run of the model for each word.",
)

check_auc = book.add(AUC)
check_ablation = book.add(ABLATION)
check_calibration_error = book.add(CALIBRATION_ERROR)

check_reliability = book.add(
    SetExercise(
        name="reliability",
        belong=TRUE,
        decoys=FALSE,
        hints=(
            "A point below the diagonal claims more than there is: fewer reviews are positive than it says.",
            "Calibration and accuracy are two questions: a probability of 0.3 is a verdict, *negative*, as well.",
            "Work out a contribution: the bin's share of the reviews times the distance from the diagonal.",
        ),
        right=f"The sizes of the bins ({len(RELIABILITY)} here) belong to the picture as much as the points do.",
    )
)

check_fooled = book.add(
    FoolingExercise(
        name="fooled",
        hints=(
            "What may become of *not* when many words stand between it and what it denies?",
            "Let many words of one kind stand for what somebody else said, or for what you had hoped.",
        ),
        right="Now trace it: find the word that should have turned the score, and what the gates did there.",
    )
)
