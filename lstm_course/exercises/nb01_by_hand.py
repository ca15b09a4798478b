"""Judge notebook 01's weights chosen by hand: a network that keeps the parity, a unit that keeps one bit."""

import numpy as np

from lstm_course.exercises.engine.comparing import NotYet, parts

NAMES = ("kernel", "recurrent_kernel", "bias")


def _states(inputs, kernel, recurrent_kernel, bias):
    """Read inputs ``(batch, time, features)`` from zeros; return the states, ``(batch, time, units)``."""
    hidden_state, states = np.zeros((len(inputs), len(bias))), []
    for step in range(inputs.shape[1]):
        hidden_state = np.tanh(inputs[:, step] @ kernel + hidden_state @ recurrent_kernel + bias)
        states.append(hidden_state)
    return np.stack(states, axis=1)


def parity_weights(gain=8.0, both=1.0, old=1.0, bias=1.0):
    """Return weights that keep the parity, or with another argument those of a mistake."""
    kernel = gain * np.array([[1.0, both]])
    recurrent_kernel = gain * old / 2 * np.array([[1.0, both], [-1.0, -both]])
    return kernel, recurrent_kernel, -gain * bias * np.array([0.5, 1.5])


def observe_parity(weights):
    """Return the parity that a network with these weights reads off, for every sequence of six bits.

    Raises:
        NotYet: the weights are not three arrays of the right shapes, or they do not keep the parity and show why.
    """
    if not isinstance(weights, tuple | list) or len(weights) != 3:
        raise NotYet(f"Your function has to return three arrays: {', '.join(NAMES)}.")
    arrays = [np.asarray(array, dtype=float) for array in weights]
    for array, name, shape in zip(arrays, NAMES, ((1, 2), (2, 2), (2,)), strict=True):
        if array.shape != shape:
            raise NotYet(f"{name} has shape {array.shape}; expected {shape}.")
    # Zeros follow the bits: the state has to hold.
    bits = np.array([[*np.binary_repr(number, 6), *"0" * 24] for number in range(64)], dtype=float)
    states = _states(bits[:, :, None], *arrays)
    found = (states[:, :, 0] - states[:, :, 1] > 1).astype(int)
    if not np.array_equal(found, bits.cumsum(axis=1) % 2):
        _explain_parity(*arrays)
    return found


def _explain_parity(kernel, recurrent_kernel, bias):
    """Raise `NotYet` where the weights themselves show why they do not keep the parity.

    What they do is not enough to go by: a weak recurrent kernel repeats the last bit just as one of zeros.
    """
    (a, b), (c, d) = np.sign(recurrent_kernel)
    if b == c == 0 and a and d:
        raise NotYet(
            "The recurrent kernel is diagonal, so each unit hears itself alone. Both units need the whole old "
            "parity, (unit 0 − unit 1) / 2: unit 0 sends plus to both, unit 1 sends minus to both."
        )
    if a == b == -1 and c == d == 1:
        raise NotYet(
            "The signs of the recurrent kernel are reversed. The old parity is (unit 0 − unit 1) / 2: unit 0 sends "
            "plus to both units, unit 1 sends minus to both."
        )
    if a == b == c == d == 1:
        raise NotYet(
            "Both units send plus. The old parity is unit 0 minus unit 1: row 1 of the recurrent kernel is negative."
        )
    if a == c == 1 and b == d == -1:
        raise NotYet(
            "The recurrent kernel is transposed. Row i holds what unit i sends: unit 0 sends plus, unit 1 sends "
            "minus, to both units."
        )
    patterns = parity_weights(gain=1.0)
    gains = [w.flat[0] / p.flat[0] for w, p in zip((kernel, recurrent_kernel, bias), patterns, strict=True)]
    fits = [
        g > 0 and np.allclose(w, g * p)
        for w, p, g in zip((kernel, recurrent_kernel, bias), patterns, gains, strict=True)
    ]
    if all(fits):
        _explain_gains(gains)


def _explain_gains(gains):
    """Raise `NotYet` where one of three weights with the right pattern is out of scale, or all are too small."""
    common = np.median(gains)
    odd = [number for number, gain in enumerate(gains) if not np.isclose(gain, common)]
    if not odd:
        raise NotYet(
            f"The weights fit together, but the steepness g = {common:.3g} is too gentle: the old parity fades. "
            "Take g = 8 in all three arrays."
        )
    if len(odd) == 1:
        ratio = gains[odd[0]] / common
        size = f"{ratio:.3g} times too large" if ratio > 1 else f"{1 / ratio:.3g} times too small"
        raise NotYet(
            f"{NAMES[odd[0]]} has the right pattern and is {size} beside the other two. The steepness g "
            "multiplies x, s and the thresholds alike."
        )


def latch_weights():
    """Return weights that keep the word: tanh(4 · 1 − 1) is near 1 again, and tanh(−1) is below 0."""
    return 10.0, 4.0, -1.0


def observe_latch(weights):
    """Return 1 if one tanh unit with these weights stays below 0.5 until the word, and above it ever after.

    Raises:
        NotYet: it does something else, or the weights are not three numbers.
    """
    if not isinstance(weights, tuple | list) or len(weights) != 3:
        raise NotYet(f"Your function has to return three numbers: {', '.join(NAMES)}.")
    kernel, recurrent_kernel, bias = (_number(*pair) for pair in zip(weights, NAMES, strict=True))
    if recurrent_kernel < 0:
        raise NotYet("recurrent_kernel is negative: a state near 1 tells itself to leave, when it has to stay.")
    if kernel < 0:
        raise NotYet("kernel is negative: a not pushes the state down, when it has to lift it above 0.5.")

    def states(*where):
        words = np.isin(np.arange(301), where).astype(float)[None, :, None]
        return _states(words, np.array([[kernel]]), np.array([[recurrent_kernel]]), np.array([bias]))[0, :, 0]

    if states().max() > 0.5:
        raise NotYet("Without any not the state rises above 0.5: the bias is positive. Make it zero or negative.")
    once = states(100)
    before, now, after = once[99], once[100], once[101:]
    if now <= 0.5:
        raise NotYet(
            f"A not that comes after 100 other words brings the state from {before:.2f} only to {now:.2f}. The "
            "kernel has to outweigh what the old state and the bias say."
        )
    if after.min() <= 0.5:
        later = int(np.argmax(after <= 0.5))
        raise NotYet(
            f"The not is forgotten: the state is {now:.2f} when it is read, and {after[later]:.2f} at word "
            f"{later + 1} after it. {_why_forgotten(recurrent_kernel, bias)}"
        )
    return 1


def _why_forgotten(recurrent_kernel, bias):
    """Say whether no state above 0.5 is kept, or one is and the not did not reach it."""
    states = np.linspace(0.5, 1, 5001)
    kept = states[np.tanh(recurrent_kernel * states + bias) >= states]
    if len(kept):
        return (
            f"With this recurrent_kernel and bias, a state of at least {kept[0]:.2f} would last; let the kernel of the "
            "not lift it there."
        )
    return (
        "To stay on, some h above 0.5 must not fall at the next word: tanh(recurrent_kernel · h + bias) has to be at "
        "least h. With bias 0 that takes a recurrent_kernel of about 1.1 or more (up to 1 every state fades to 0), and "
        "with a negative bias a larger one."
    )


def _number(weight, name):
    array = parts(weight, [name])[0]
    if array.size != 1:
        raise NotYet(f"{name} has shape {array.shape}; with one unit and one feature it is a single number.")
    number = float(array.item())
    if not np.isfinite(number):
        raise NotYet(f"{name} is {number}; expected a finite number.")
    return number
