"""What a recurrent network of one unit does when it is to remember that a word was read."""

import numpy as np

from lstm_course.exercises._comparing import NotYet, parts

_NAMES = ("kernel", "recurrent_kernel", "bias")


def latch_weights():
    """Return weights that keep the word: 4 · 1 − 1 is well above 0, and −1 is below."""
    return 10.0, 4.0, -1.0


def observe_latch(weights):
    """Return 1 if one tanh unit with these weights stays below 0.5 until the word, and above it ever after.

    Raises:
        NotYet: it does something else, or the weights are not three numbers.
    """
    if not isinstance(weights, tuple | list) or len(weights) != 3:
        raise NotYet(f"Your function has to return three numbers: {', '.join(_NAMES)}.")
    kernel, recurrent_kernel, bias = (_number(*pair) for pair in zip(weights, _NAMES, strict=True))
    if recurrent_kernel < 0:
        raise NotYet(
            "recurrent_kernel is negative: a state near 1 tells itself to leave, when it has to stay."
        )

    def states(*where):
        hidden_state, seen = 0.0, []
        for x in np.isin(np.arange(301), where):
            hidden_state = np.tanh(x * kernel + hidden_state * recurrent_kernel + bias)
            seen.append(hidden_state)
        return np.array(seen)

    if states().max() > 0.5:
        raise NotYet(
            "Without any not the state rises above 0.5: the bias is positive. Make it zero or negative."
        )
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
            f"{later + 1} after it. To stay on, recurrent_kernel · 1 + bias has to be well above 0."
        )
    return 1


def _number(weight, name):
    array = parts(weight, [name])[0]
    if array.size != 1:
        raise NotYet(f"{name} has shape {array.shape}; with one unit and one feature it is a single number.")
    number = float(array.item())
    if not np.isfinite(number):
        raise NotYet(f"{name} is {number}; expected a finite number.")
    return number
