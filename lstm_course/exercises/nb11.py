"""Exercises of notebook 11, *Recurrence today*."""

from functools import partial

import numpy as np

from lstm_course.cells import minimal, scan
from lstm_course.exercises.engine.checking import Exercise, Notebook, distinct
from lstm_course.exercises.engine.comparing import NotYet
from lstm_course.exercises.nb11_memory import DECAY_MASK, KEPT, RING, STABILISE

book = Notebook("11", "Recurrence today")
hint = book.hint


def _join(first, second, *, swapped=False):
    return scan.join(second, first) if swapped else scan.join(first, second)


def _draw_two(rng):
    shape = distinct(rng, 2)
    return tuple((rng.normal(size=shape), rng.normal(size=shape)) for _ in range(2))


check_join = book.function(
    "join",
    _join,
    draw=_draw_two,
    mutants={
        "The two steps are applied in the wrong order: the first one comes first, and the second is applied to what "
        "it leaves.": partial(_join, swapped=True),
        "What the first step added is missing: the second step multiplies it, and keeps it.": (
            lambda p, q: (p[0] * q[0], q[1])
        ),
        "What the second step adds is missing: after it the state is a₂ h + b₂.": (
            lambda p, q: (p[0] * q[0], q[0] * p[1])
        ),
        "What the first step added reaches the second step, which multiplies it by its own factor.": (
            lambda p, q: (p[0] * q[0], p[1] + q[1])
        ),
        "The factor before b is the second step's: the first step's factor stands before the old state alone.": (
            lambda p, q: (p[0] * q[0], p[0] * p[1] + q[1])
        ),
        "The factors are multiplied, not added: the old state passes through both steps.": (
            lambda p, q: (p[0] + q[0], scan.join(p, q)[1])
        ),
        "The two results are swapped: first a, then b.": lambda p, q: scan.join(p, q)[::-1],
        "What is multiplied by the second factor is the first b alone, not a times b.": (
            lambda p, q: (p[0] * q[0], q[0] * p[0] * p[1] + q[1])
        ),
    },
    outputs=("a", "b"),
    hints=(
        "Write the second step, h₂ = a₂ h₁ + b₂, and put h₁ = a₁ h₀ + b₁ in its place.",
        "What stands before h₀ is the new a, and the rest is the new b.",
    ),
    right="Whatever lies between two moments, one pair says all of it that matters later.",
)


def _draw_pairs(rng):
    shape = (2, int(rng.integers(5, 12)), 3)
    return rng.uniform(-1, 1, shape), rng.normal(size=shape)


_LENGTHS = tuple((np.full((1, time, 2), 0.5), np.arange(2.0 * time).reshape(1, time, 2) + 1) for time in (1, 2, 3, 8))


def _doubling(a, b, *, reach_grows=False, factors="both first", rounds=None, own=True):
    a, b = a.copy(), b.copy()
    reach, left = 1, rounds(b.shape[1]) if rounds else b.shape[1]
    while reach < b.shape[1] and left > 0:
        later = (slice(None), slice(reach, None))
        new_a = a[:, :-reach] * a[later]
        by = new_a if factors == "stored first" else a[later] if own else a[:, :-reach]
        b[later] = by * b[:, :-reach] + b[later]
        if factors != "left":
            a[later] = new_a
        reach, left = (reach + 1 if reach_grows else 2 * reach), left - 1
    return b


def _in_place(a, b):
    """Every round reads what the same round has written: a step at a time, from the front."""
    a, b = a.copy(), b.copy()
    reach = 1
    while reach < b.shape[1]:
        for t in range(reach, b.shape[1]):
            b[:, t] += a[:, t] * b[:, t - reach]
            a[:, t] *= a[:, t - reach]
        reach *= 2
    return b


_SCAN_MUTANTS = {
    "This is b as it was given: nothing is joined yet.": lambda a, b: 1.0 * b,
    "These are plain cumulative sums of b: the factors are missing.": lambda a, b: np.cumsum(b, axis=1),
    "You scan over the axis of the batch. Time is axis 1.": lambda a, b: scan.loop(
        a.swapaxes(0, 1), b.swapaxes(0, 1)
    ).swapaxes(0, 1),
    "You scan over the axis of the units. Time is axis 1.": lambda a, b: scan.loop(
        a.swapaxes(1, 2), b.swapaxes(1, 2)
    ).swapaxes(1, 2),
    "You start from the end. The state of step t is made of the steps up to t.": lambda a, b: scan.loop(
        a[:, ::-1], b[:, ::-1]
    )[:, ::-1],
    "This is the state after the last step alone. Return the states of all steps.": lambda a, b: scan.loop(a, b)[:, -1],
    "These are the states before each step. Return those after it.": lambda a, b: np.concatenate(
        [0 * b[:, :1], scan.loop(a, b)[:, :-1]], axis=1
    ),
    "These are the joined factors. The states are the other half of the pair.": lambda a, b: np.cumprod(a, axis=1),
}


class _Unchanged(Exercise):
    """An exercise whose task says that the arguments are to stay as they are."""

    def judge(self, answer):
        if remark := super().judge(answer):
            raise NotYet(f"The states are right.{remark} The task asks for a and b unchanged: work on copies.")
        return ""


check_hillis_steele = book.add(
    _Unchanged(
        name="hillis_steele",
        reference=lambda a, b: _doubling(a, b),
        draw=_draw_pairs,
        also=_LENGTHS,
        mutants=_SCAN_MUTANTS
        | {
            "One round is too few: go on while the reach is smaller than the number of steps.": partial(
                _doubling, rounds=lambda time: int(np.ceil(np.log2(time))) - 1
            ),
            "Only one round is done, which joins each step to the one before it. Double the reach, and go on.": partial(
                _doubling, rounds=lambda time: 1
            ),
            "The reach grows by one each round, and some steps are joined twice. It has to double.": partial(
                _doubling, reach_grows=True
            ),
            "You join b, and leave a as it was. The next round needs the factors of the longer stretches.": partial(
                _doubling, factors="left"
            ),
            "A round reads what the same round has written. Compute both halves of all new pairs first, then "
            "store them.": _in_place,
            "You store the new factors before you use the old ones for b. Compute both first, then store "
            "them.": partial(_doubling, factors="stored first"),
            "The stretch before is multiplied by its own factor. It has to go through the later one's, a[:, reach:].": (
                partial(_doubling, own=False)
            ),
        },
        axes=("batch", "time", "units"),
        hints=(
            "A round joins the pairs at [:, :-reach] with those at [:, reach:] and stores the result at [:, reach:].",
            "reach = 1, then 2, 4, …, as long as it is smaller than the number of steps; copy a and b first.",
            "a[:, reach:], b[:, reach:] = join((a[:, :-reach], b[:, :-reach]), (a[:, reach:], b[:, reach:]))",
        ),
        right="Ten rounds for a thousand steps, and nobody has to wait for more than ten others.",
    )
)


def _tree(a, b, *, even="joined", odd="joined"):
    """`scan.blelloch` with a mistake on the way down."""

    def climb(a, b):
        if b.shape[1] == 1:
            return a, b
        first, second = (a[:, :-1:2], b[:, :-1:2]), (a[:, 1::2], b[:, 1::2])
        couples = scan.join(second, first) if odd == "swapped" else scan.join(first, second)
        found = a.copy(), b.copy()
        above = couples if odd == "no" else climb(*couples)
        for array, known in zip(found, above, strict=True):
            array[:, 1::2] = known
        places = np.arange((b.shape[1] - 1) // 2) + (even == "own couple")
        before = tuple(known[:, np.minimum(places, known.shape[1] - 1)] for known in above)
        if even in ("joined", "own couple"):
            found[0][:, 2::2], found[1][:, 2::2] = scan.join(before, (a[:, 2::2], b[:, 2::2]))
        elif even == "above":
            found[0][:, 2::2], found[1][:, 2::2] = before
        elif even == "swapped":
            found[0][:, 2::2], found[1][:, 2::2] = scan.join((a[:, 2::2], b[:, 2::2]), before)
        return found

    return climb(a, b)[1]


check_blelloch = book.function(
    "blelloch",
    lambda a, b: _tree(a, b),
    draw=_draw_pairs,
    also=_LENGTHS,
    mutants=_SCAN_MUTANTS
    | {
        "On the way down, steps 2, 4, 6, … keep their own pair. Join each to the stretch that ends just before "
        "it.": partial(_tree, even="left"),
        "Steps 2, 4, 6, … get the stretch that ends before them, and their own pair is lost. Join the two.": partial(
            _tree, even="above"
        ),
        "On the way down the two are joined in the wrong order: the stretch before comes first.": partial(
            _tree, even="swapped"
        ),
        "Steps 2, 4, 6, … are joined to the couple that they are part of themselves. It has to be the one before.": (
            partial(_tree, even="own couple")
        ),
        "On the way up the couples are joined in the wrong order: the earlier step of a couple comes first.": partial(
            _tree, odd="swapped"
        ),
        "The couples are not scanned: each holds its own two steps, and nothing from before.": partial(_tree, odd="no"),
    },
    axes=("batch", "time", "units"),
    hints=(
        "For one step the answer is the pair itself. Else join the couples (0, 1), (2, 3), …, and scan these couples.",
        "The scanned couples are the answers for steps 1, 3, 5, …; step 0 is its own pair.",
        "Steps 2, 4, 6, … join the scanned couple before them to their own pair; the last couple may have nobody "
        "behind it.",
    ),
    right="Twice as many rounds as before, but the work no longer grows with the logarithm: at most two joins a step.",
)


def _draw_backward(rng):
    a, b = _draw_pairs(rng)
    return a, scan.loop(a, b), rng.normal(size=a.shape)


def _backward(a, states, grad_states, *, shift=1, forwards=False, alone=False, before=True, turned=True, first=0):
    nothing = np.zeros_like(a[:, :1])
    later = np.concatenate([a[:, 1:], nothing], axis=1) if shift else a
    step = 1 if forwards else -1
    total = grad_states if alone else scan.loop(later[:, ::step], grad_states[:, ::step])[:, :: step if turned else 1]
    earlier = np.concatenate([first * states[:, -1:], states[:, :-1]], axis=1) if before else states
    return total * earlier, total


check_scan_backward = book.function(
    "scan_backward",
    lambda a, states, grad_states: _backward(a, states, grad_states),
    draw=_draw_backward,
    mutants={
        "Each state's gradient is multiplied by its own factor. On the way from step t + 1 back to t it passes the "
        "factor of step t + 1.": partial(_backward, shift=0),
        "You scan forwards. The gradient comes from the later steps: reverse time, scan, and reverse again.": partial(
            _backward, forwards=True
        ),
        "What the later steps send back is missing: this is the gradient as if each state were used at once "
        "only.": partial(_backward, alone=True),
        "The factor a_t multiplies the state before it, h_{t-1}; you multiplied its gradient by h_t.": partial(
            _backward, before=False
        ),
        "You scan from the end, and do not turn the result back: reverse it in time once more.": partial(
            _backward, turned=False
        ),
        "Step 0 gets the last state, which np.roll, or the index −1, brings to the front. Before step 0 the state is "
        "0.": partial(_backward, first=1),
        "Two things: the factor a_t multiplies the state before it, and the gradient from step t + 1 passes the factor "
        "of step t + 1.": partial(_backward, before=False, shift=0),
        "The two results are swapped: first the gradient with respect to a, then that with respect to b.": (
            lambda a, h, g: _backward(a, h, g)[::-1]
        ),
        "This is right for the last loss term alone. Each state has a gradient of its own besides what comes from "
        "behind.": lambda a, h, g: _backward(a, h, np.concatenate([0 * g[:, :-1], g[:, -1:]], axis=1)),
    },
    outputs=("grad_a", "grad_b"),
    axes=("batch", "time", "units"),
    hints=(
        "The whole gradient at h_t is g_t = grad_states_t + a_{t+1} g_{t+1}, from the end: a recurrence of the same "
        "form, with a moved by one step.",
        "Move a one step to the front, put a 0 behind it, reverse both arrays in time, call hillis_steele, and "
        "reverse the result.",
        "b_t goes into h_t as it is, and a_t times h_{t-1} does: grad_b = g, grad_a = g times the state before.",
    ),
    right="The way back is a scan too, so training needs no loop either.",
)


def _draw_gru(rng):
    batch, time, features, units = distinct(rng, 4)
    inputs, kernel = rng.normal(size=(batch, time, features)), rng.normal(size=(features, 2 * units))
    return inputs, kernel, rng.normal(size=2 * units)


def _gru(inputs, kernel, bias, *, keep=True, change=None):
    z, g = np.split(inputs @ kernel + bias, 2, axis=-1)
    z = np.tanh(z) if change == "tanh gate" else z if change == "no gate" else 1 / (1 + np.exp(-z))
    g = np.tanh(g) if change == "tanh" else g
    return (z, (1 - z) * g) if keep else (1 - z, z * g)


check_min_gru = book.function(
    "min_gru",
    minimal.min_gru,
    draw=_draw_gru,
    mutants={
        "Old and new are exchanged: here, as in Keras's GRU, z is the share of the old state that is kept. (Your "
        "version is the paper's.)": partial(_gru, keep=False),
        "The candidate is squashed. minGRU strikes the tanh as well.": partial(_gru, change="tanh"),
        "The gate is not squashed: it has to lie between 0 and 1, by a sigmoid.": partial(_gru, change="no gate"),
        "The gate is a tanh; gates are sigmoids.": partial(_gru, change="tanh gate"),
        "b is the whole candidate. It enters with what z leaves over, 1 − z.": lambda *given: (
            _gru(*given)[0],
            np.split(given[0] @ given[1] + given[2], 2, axis=-1)[1],
        ),
        "The bias is missing.": lambda x, w, c: _gru(x, w, 0 * c),
        "The two blocks of columns are exchanged: first the update gate, then the candidate.": lambda x, w, c: _gru(
            x, np.roll(w, w.shape[1] // 2, axis=1), np.roll(c, len(c) // 2)
        ),
        "The two results are swapped: first a, then b.": lambda *given: _gru(*given)[::-1],
        "The candidate is weighed by z, and so is the old state. It enters with what z leaves over, 1 − z.": (
            lambda x, w, c: (_gru(x, w, c)[0], _gru(x, w, c, keep=False)[1])
        ),
    },
    outputs=("a", "b"),
    axes=("batch", "time", "units"),
    hints=(
        "np.split(inputs @ kernel + bias, 2, axis=-1) gives what goes into the gate, and the candidate.",
        "a is what multiplies the old state, b is all the rest of the step.",
    ),
    right="No state on the right-hand side: the pairs of all steps are known before the first step is made.",
)


def _observe_parity(pair, bits):
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise NotYet(f"Expected the pair (a, b), and found a value of type {type(pair).__name__}.")
    a, b = (np.asarray(part, float) for part in pair)
    for name, part in (("a", a), ("b", b)):
        if part.shape != np.shape(bits):
            raise NotYet(f"{name} has shape {part.shape}; expected {np.shape(bits)}, one number for each bit.")
    if np.abs(a).max() > 1:
        raise NotYet(f"Your factors go from {a.min():.3g} to {a.max():.3g}. They have to stay between −1 and 1.")
    for bit in (0, 1):
        same = np.asarray(bits) == bit
        if same.any() and max(np.ptp(a[same]), np.ptp(b[same])) > 1e-6:
            raise NotYet(
                f"A bit of {bit} gets one pair here and another there. The pair of a step depends on its own bit "
                "alone: the state remembers the rest."
            )
    return scan.loop(a[None, :, None], b[None, :, None])[0, :, 0]


check_parity_pairs = book.function(
    "parity_pairs",
    lambda bits: (1.0 - 2 * np.asarray(bits), 1.0 * np.asarray(bits)),
    draw=lambda rng: (rng.integers(2, size=int(rng.integers(6, 12))),),
    also=((np.array([1, 1, 1, 1]),), (np.array([0, 0, 1, 0]),)),
    observe=_observe_parity,
    mutants={
        "With these pairs the state counts the ones. A one has to turn 0 into 1 and 1 into 0.": lambda bits: (
            np.ones(len(bits)),
            1.0 * np.asarray(bits),
        ),
        "With these pairs the state is the last bit. A zero has to leave the state as it is.": lambda bits: (
            np.zeros(len(bits)),
            1.0 * np.asarray(bits),
        ),
        "Zeros and ones are exchanged: it is a one that turns the state over.": lambda bits: (
            2.0 * np.asarray(bits) - 1,
            1.0 - np.asarray(bits),
        ),
        "A one turns the sign, and a state of 0 has none: nothing is ever added, and the state stays 0.": (
            lambda bits: (1.0 - 2 * np.asarray(bits), np.zeros(len(bits)))
        ),
        "A one sets the state to 1, whatever it was. From 1 it has to lead to 0.": lambda bits: (
            1.0 - np.asarray(bits),
            1.0 * np.asarray(bits),
        ),
    },
    hints=(
        "A zero leaves h as it is: which a and b do that?",
        "A one makes 1 − h of h. Write 1 − h as a · h + b.",
        "a = 1 for a zero and −1 for a one; b = 0 for a zero and 1 for a one.",
    ),
    right="One number, and a factor of −1 when the bit is a one: no factor between 0 and 1 can do that.",
)

check_ring = book.add(RING)
check_decay_mask = book.add(DECAY_MASK)
check_stabilise = book.add(STABILISE)
check_numbers_kept = book.add(KEPT)
