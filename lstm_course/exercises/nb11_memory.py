"""Exercises of notebook 11 on what a recurrent memory holds: eigenvalues on a ring, a matrix, a cache."""

from functools import partial

import numpy as np

from lstm_course.exercises.engine.checking import Exercise


def _draw_ring(rng):
    smallest = float(rng.uniform(0.2, 0.6))
    return rng.uniform(size=int(rng.integers(4, 9))), smallest, float(rng.uniform(smallest + 0.2, 0.99))


def _ring(uniform, smallest, largest, *, power=2):
    return (smallest**power + uniform * (largest**power - smallest**power)) ** (1 / power)


RING = Exercise(
    name="ring",
    draw=_draw_ring,
    reference=_ring,
    also=((np.linspace(0, 1, 5), 0.0, 1.0),),
    mutants={
        "You spread the moduli evenly from the smallest to the largest. A circle of half the radius is half as long, "
        "so that the inside gets crowded; spread their squares.": partial(_ring, power=1),
        "These are the squares of the moduli. Take the root.": lambda u, a, b: _ring(u, a, b) ** 2,
        "You take the root of the uniform number alone, and then stretch it. That is right for a full disc; on a ring "
        "spread the squares from smallest² to largest².": lambda u, a, b: a + np.sqrt(u) * (b - a),
        "The hole in the middle is missing: smallest² has to be added under the root.": (
            lambda u, a, b: np.sqrt(u * (b**2 - a**2))
        ),
        "The radii under the root are not squared.": lambda u, a, b: np.sqrt(a + u * (b - a)),
        "You square the difference of the radii. The area of the ring goes with the difference of their squares.": (
            lambda u, a, b: np.sqrt(a**2 + u * (b - a) ** 2)
        ),
        "As a draw it is right, upside down: a uniform number of 0 should give the smallest modulus.": (
            lambda u, a, b: _ring(1 - u, a, b)
        ),
        "The smallest radius is added behind the root. Its square belongs under the root: spread the squares.": (
            lambda u, a, b: np.sqrt(u * (b**2 - a**2)) + a
        ),
        "The uniform numbers are not used.": lambda u, a, b: np.full_like(u, (a + b) / 2),
        "This is the root of the uniform numbers, for the full disc of radius 1.": lambda u, a, b: np.sqrt(u),
        "This fills the full disc up to the largest radius; the smallest is not used.": lambda u, a, b: b * np.sqrt(u),
    },
    axes=("units",),
    hints=(
        "The area inside radius r is π r². If it is to grow evenly, r² has to be uniform, not r.",
        "np.sqrt(smallest**2 + uniform * (largest**2 - smallest**2))",
    ),
    right="On the full disc three quarters of all units have a modulus above one half.",
)


def _draw_gates(rng):
    time = int(rng.integers(4, 7))
    return rng.uniform(0.3, 0.95, time), rng.uniform(0.2, 1.5, time)


def _mask(forget, admit, *, first=1, last=1, admit_of="s", admitted=True, step=None):
    time = len(forget)
    mask = np.zeros((time, time))
    for t in range(time):
        for s in range(t + 1):
            factors = forget[s + first : t + last]
            mask[t, s] = (step or np.prod)(factors) * (admit[{"s": s, "t": t}[admit_of]] if admitted else 1)
    return mask


def _ratios(forget, admit):
    """Divide one cumulative product by another: where gates are small, 0 by 0."""
    products = np.cumprod(forget)
    with np.errstate(all="ignore"):
        return products[:, None] / products * admit


DECAY_MASK = Exercise(
    name="decay_mask",
    draw=_draw_gates,
    reference=_mask,
    # Two of the small gates stand for many that are larger: their product is 0 in a float.
    also=((np.array([0.5]), np.array([2.0])), (np.full(4, 1e-200), np.array([0.5, 1.0, 1.5, 2.0]))),
    mutants={
        "The forget gate of step s is among your factors. It acts on the memory before the pair of step s is written; "
        "begin with s + 1.": partial(_mask, first=0),
        "The forget gate of step t is missing: the memory is multiplied by it before it is read at step t.": (
            partial(_mask, last=0)
        ),
        "Row and column are swapped: row t is the step that reads, column s the one that wrote.": (
            lambda f, i: _mask(f, i).T
        ),
        "The input gates are missing: the pair of step s was written with the gate of step s.": (
            partial(_mask, admitted=False)
        ),
        "You multiply by the input gate of the step that reads. The pair was written with that of step s.": (
            partial(_mask, admit_of="t")
        ),
        "Each row holds the product of all forget gates from step 0 on. Those up to step s acted before its pair was "
        "written; multiply those after s alone.": lambda f, i: np.tril(np.cumprod(f)[:, None] * i),
        "You use the forget gate of step t alone. All gates after step s have acted on its pair.": (
            partial(_mask, step=lambda factors: factors[-1] if len(factors) else 1)
        ),
        "You add the forget gates. Each of them multiplies.": partial(
            _mask, step=lambda factors: np.sum(factors) if len(factors) else 1
        ),
        "Nothing is forgotten here: multiply by the forget gates of the steps after s.": (
            partial(_mask, step=lambda factors: 1)
        ),
        "Above the diagonal a step reads what is written later. Put zeros there: np.tril.": _ratios,
        "You divide by a cumulative product. That is section 6's shortcut: with many small gates it is 0, and 0 / 0 is "
        "no number. Multiply the gates after s, or go row by row.": lambda f, i: np.tril(_ratios(f, i)),
        "The diagonal is missing: a step reads its own pair too.": lambda f, i: np.tril(_mask(f, i), -1),
        "You multiply the input gates of all steps from s to t. A pair meets the input gate once, at step s.": (
            lambda f, i: _mask(f, i) / i * [[np.prod(i[s : t + 1]) for s in range(len(i))] for t in range(len(i))]
        ),
    },
    axes=("step that reads", "step that wrote"),
    hints=(
        "mask[t, s] = input_gates[s] * np.prod(forget_gates[s + 1 : t + 1]) where s is not after t, else 0.",
        "Or row by row, as the memory does it: mask[t] = forget_gates[t] * mask[t - 1], then mask[t, t] = "
        "input_gates[t].",
    ),
    right="Each row says what is left of every pair at that step. The recurrence carries this row in its memory "
    "without writing it down.",
)


def _draw_logs(rng):
    # Each of the two may be the larger one.
    return tuple(float(value) for value in (-rng.uniform(0.1, 2), rng.normal(0, 2), rng.normal(0, 2)))


def _stabilise(log_forget, log_input, before, *, now=None, carried=True, scaled=(True, True), exp=np.exp):
    now = max(log_forget + before, log_input) if now is None else now(log_forget, log_input, before)
    forget = exp(log_forget + before * carried - now) if scaled[0] else exp(log_forget)
    return forget, exp(log_input - now) if scaled[1] else exp(log_input), now


STABILISE = Exercise(
    name="stabilise",
    draw=_draw_logs,
    reference=_stabilise,
    also=((-1.0, 900.0, 899.5), (-0.5, -900.0, 3.0)),
    mutants={
        "The gates are not scaled: exp(900) is more than a float can hold. The stabiliser is subtracted in the "
        "exponent of both.": partial(_stabilise, scaled=(False, False)),
        "The forget gate is not scaled. It carries the memory from the old scale to the new one: exp(log_forget + "
        "before − now).": partial(_stabilise, scaled=(False, True)),
        "The input gate is not scaled: exp(log_input − now).": partial(_stabilise, scaled=(True, False)),
        "The memory comes divided by exp(before), and leaves divided by exp(now). So the forget gate is exp(log_forget "
        "+ before − now); yours lacks `before`.": partial(_stabilise, carried=False),
        "`now` is the larger of two logarithms of weights: that of the new pair, log_input, and that of the heaviest "
        "old one, log_forget + before. Yours leaves out log_forget.": partial(
            _stabilise, now=lambda f, i, before: max(before, i)
        ),
        "`now` is the larger of two logarithms of weights: that of the new pair, log_input, and that of the heaviest "
        "old one, log_forget + before. Yours leaves out `before`.": partial(
            _stabilise, now=lambda f, i, before: max(f, i)
        ),
        "You take the smaller of the two. The largest weight is what overflows.": (
            partial(_stabilise, now=lambda f, i, before: min(f + before, i))
        ),
        "The logarithm of the sum keeps the gates in range too, and the output would be the same. Asked for is the "
        "larger of the two, as Beck et al. have it.": partial(
            _stabilise, now=lambda f, i, before: np.logaddexp(f + before, i)
        ),
        "These are the logarithms of the gates. Return exp of them.": partial(_stabilise, exp=lambda x: x),
        "You divide by the stabiliser of the step before. Memory and new pair are to come out divided by the new one, "
        "exp(now).": lambda f, i, b: (np.exp(f), np.exp(i - b), max(f + b, i)),
        "Forget gate and input gate are swapped.": lambda f, i, b: tuple(np.array(_stabilise(f, i, b))[[1, 0, 2]]),
        "You add the stabiliser in the exponents. Subtract it.": lambda f, i, b: (
            np.exp(f + b + max(f + b, i)),
            np.exp(i + max(f + b, i)),
            max(f + b, i),
        ),
        "`before` is what the memory comes divided by, so it is added in the exponent of the forget gate.": (
            lambda f, i, b: (np.exp(f - b - max(f + b, i)), np.exp(i - max(f + b, i)), max(f + b, i))
        ),
    },
    outputs=("forget", "admit", "now"),
    hints=(
        "Two weights compete: the new pair's logarithm is log_input, the heaviest old one's is log_forget + before.",
        "now = max(log_forget + before, log_input)",
        "forget = np.exp(log_forget + before - now), admit = np.exp(log_input - now): no exponent is above 0.",
    ),
    right="One of the two gates is exactly 1, the other at most 1: nothing overflows, however long the sequence.",
)


def _kept(words, size, *, cache=2, lstm=2, matrix=None):
    return cache * words * size, lstm * size, size * size + size + 1 if matrix is None else matrix(size)


KEPT = Exercise(
    name="numbers_kept",
    draw=lambda rng: (int(rng.integers(50, 900)), int(rng.integers(5, 40))),
    reference=_kept,
    mutants={
        "The cache holds a key and a value for each word; you count one of them.": partial(_kept, cache=1),
        "The query is used once and thrown away. A key and a value are kept for each word.": partial(_kept, cache=3),
        "An LSTM carries two states, hidden and cell state.": partial(_kept, lstm=1),
        "The gates are computed anew at every step. What an LSTM carries are its hidden state and its cell state.": (
            partial(_kept, lstm=4)
        ),
        "Beside the matrix there are the normaliser, one number for each entry of a key, and the stabiliser.": (
            partial(_kept, matrix=lambda size: size * size)
        ),
        "The stabiliser is missing: one more number.": partial(_kept, matrix=lambda size: size * size + size),
        "The normaliser is missing: one number for each entry of a key.": partial(
            _kept, matrix=lambda size: size * size + 1
        ),
        "The stabiliser is one number, not a vector: there is one for the whole memory.": partial(
            _kept, matrix=lambda size: size * size + 2 * size
        ),
        "Attention keeps no table of all words with all words: for the next word it needs the keys and the values so "
        "far.": lambda words, size: (words * words, *_kept(words, size)[1:]),
        "The states of the LSTM do not grow with the text.": lambda words, size: (
            2 * words * size,
            2 * words * size,
            size * size + size + 1,
        ),
    },
    outputs=("attention", "lstm", "matrix"),
    hints=(
        "Attention: a key and a value for each word. An LSTM: hidden state and cell state.",
        "A matrix memory: size × size numbers, the normaliser with size numbers, and one stabiliser.",
    ),
    right="Beyond size / 2 words, or a word more, the cache is the largest of the three, and goes on growing.",
)
