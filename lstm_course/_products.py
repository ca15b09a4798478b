"""Matrix products of the cells, in pieces small enough for one thread.

OpenBLAS, which NumPy brings, spreads a product over threads when it takes more than 2**18 multiplications, and each
thread waits for the others. At the size of one step of a cell that costs about what it saves. Where other programs
run too, or where a container may use fewer cores than it sees, the waiting makes a product ten to a hundred times
slower. Pieces of this size are as fast as one thread is on the whole, and depend on nothing else.
"""

import numpy as np

_MULTIPLICATIONS = 1 << 18
_SIDE = 64  # of a piece of a sum over steps


def in_blocks(array, weight):
    """View ``(..., batch, columns)`` as ``(..., blocks, rows, columns)``, for products with ``weight`` in a loop.

    A block times ``weight`` is small enough for one thread. A batch without a fitting divisor stays whole.
    """
    *steps, batch, columns = array.shape
    most = _MULTIPLICATIONS // weight.size
    rows = max((rows for rows in range(4, min(most, batch) + 1) if batch % rows == 0), default=batch)
    return array.reshape(*steps, batch // rows, rows, columns)


def all_steps(steps, weight):
    """Multiply ``(time, batch, rows)`` by ``weight``, ``(rows, columns)``: ``(time, batch, columns)``."""
    time, batch, _ = steps.shape
    flat = steps.reshape(time * batch, -1)
    return np.matmul(in_blocks(flat, weight), weight).reshape(time, batch, -1)


def sum_over_steps(left, right):
    """Sum the outer products of all rows: ``left.T @ right`` of ``(time, batch, m)`` and ``(time, batch, n)``."""
    (m, n), count = (left.shape[-1], right.shape[-1]), left.shape[0] * left.shape[1]
    tall, wide = _side(m), _side(n)
    lefts = left.reshape(count, m // tall, 1, tall).transpose(1, 2, 3, 0)  # (m pieces, 1, tall, count)
    rights = right.reshape(count, 1, n // wide, wide).transpose(1, 2, 0, 3)  # (1, n pieces, count, wide)
    total = np.zeros((m // tall, n // wide, tall, wide), np.result_type(left, right))
    part = np.empty_like(total)
    length = max(1, _MULTIPLICATIONS // (tall * wide))
    for start in range(0, count, length):
        np.matmul(lefts[..., start : start + length], rights[:, :, start : start + length], out=part)
        total += part
    return total.transpose(0, 2, 1, 3).reshape(m, n)


def _side(length):
    """Choose the side of a piece: the largest divisor up to 64, and the whole where that would be a sliver."""
    return max((side for side in range(16, min(length, _SIDE) + 1) if length % side == 0), default=length)
