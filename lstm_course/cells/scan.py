"""The linear recurrence ``h_t = a_t * h_{t-1} + b_t`` from ``h_0 = 0``: step by step, and by scans in few rounds.

``a`` and ``b`` are ``(batch, time, units)``, and so are the states. A step is the pair ``(a_t, b_t)``; two neighbouring
stretches of steps are joined into one such pair, and since it does not matter which neighbours are joined first,
the joining can be done two by two. NumPy does not run the joins of one round at the same time; what the scans gain
here is a loop of few passes.

Sources: Hillis and Steele, 1986, "Data parallel algorithms", Communications of the ACM 29(12); Blelloch, 1990, "Prefix
sums and their applications", CMU-CS-90-190; the form of it that includes each step, Ladner and Fischer, 1980,
"Parallel prefix computation", Journal of the ACM 27(4); for linear recurrences Martin and Cundy, 2018,
arXiv:1709.04057.
"""

import numpy as np


def join(first, second):
    """Return the pair of two neighbouring stretches in a row, each a pair ``(a, b)`` of arrays of one shape."""
    (a_first, b_first), (a_second, b_second) = first, second
    return a_first * a_second, a_second * b_first + b_second


def loop(a, b):
    """Return the states ``(batch, time, units)``, one step after the other.

    Raises:
        ValueError: ``a`` and ``b`` are not two arrays of one shape ``(batch, time, units)``.
    """
    a, b = _checked(a, b)
    states, state = np.empty_like(b), np.zeros_like(b[:, 0])
    for t in range(b.shape[1]):
        states[:, t] = state = a[:, t] * state + b[:, t]
    return states


def hillis_steele(a, b, join=join):
    """Return the states ``(batch, time, units)``: each round joins every stretch to the one before, and doubles it.

    ``log2(time)`` rounds, rounded up, and up to ``time`` joins in each.

    Args:
        a: factors, ``(batch, time, units)``.
        b: what is added, of the same shape.
        join: joins two pairs, as `join` does.

    Raises:
        ValueError: as from `loop`.
    """
    a, b = (array.copy() for array in _checked(a, b))
    reach = 1
    while reach < b.shape[1]:
        a[:, reach:], b[:, reach:] = join((a[:, :-reach], b[:, :-reach]), (a[:, reach:], b[:, reach:]))
        reach *= 2
    return b


def blelloch(a, b, join=join):
    """Return the states ``(batch, time, units)``: join two by two up a tree, then fill in on the way down.

    At most ``2 * time`` joins, in about ``2 * log2(time)`` rounds. Arguments and errors as `hillis_steele`.
    """
    return _joined_up_to(_checked(a, b), join)[1]


def _joined_up_to(pair, join):
    """Return for every step the pair of all steps up to it."""
    a, b = pair
    if b.shape[1] == 1:
        return pair
    couples = join((a[:, :-1:2], b[:, :-1:2]), (a[:, 1::2], b[:, 1::2]))
    odd = _joined_up_to(couples, join)  # the stretches that end with step 1, 3, 5, …
    found = a.copy(), b.copy()
    for array, known in zip(found, odd, strict=True):
        array[:, 1::2] = known
    if b.shape[1] > 2:
        before = tuple(known[:, : (b.shape[1] - 1) // 2] for known in odd)
        found[0][:, 2::2], found[1][:, 2::2] = join(before, (a[:, 2::2], b[:, 2::2]))
    return found


def rounds(method, time: int) -> list[list[tuple[int, int]]]:
    """Return who is joined to whom when `hillis_steele` or `blelloch` scans so many steps.

    Returns:
        For each round its joins, as pairs of steps: the last of the earlier stretch, and the last of the later one,
        where the result is stored. How many rounds there are is the *depth* of a scan, how many joins its *work*.
    """
    found = []

    def noting(first, second):
        """Join stretches that are told by their first and their last step, and note the two last ones."""
        found.append([(int(end), int(place)) for end, place in zip(first[1].flat, second[1].flat, strict=True)])
        return first[0], second[1]

    steps = np.arange(float(time)).reshape(1, time, 1)
    method(steps, steps, join=noting)
    return found


def _checked(a, b):
    """Return two arrays of one shape ``(batch, time, units)`` and one floating type."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 3 or a.shape != b.shape or a.shape[1] == 0:
        raise ValueError(
            f"a and b must be of one shape (batch, time, units) with one step at least, and they are {a.shape} and "
            f"{b.shape}; np.broadcast_arrays(a, b) gives them one"
        )
    dtype = np.result_type(a, b, np.float32)
    return a.astype(dtype, copy=False), b.astype(dtype, copy=False)
