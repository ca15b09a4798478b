"""Matrix products of the cells, in pieces small enough for one of OpenBLAS's threads, and threads to share them.

OpenBLAS, which NumPy brings, spreads a product over threads when it takes more than 2**18 multiplications, and each
thread waits for the others without sleeping. At the size of one step of a cell that costs about what it saves. Where
other programs run too, or where a container may use fewer cores than it sees, the waiting makes a product ten to a
hundred times slower. Pieces of this size are as fast as one thread is on the whole, and depend on nothing else.

The products that need not wait for the loop over time run beside it instead, a span of steps at a time, in threads
that sleep while they wait. NumPy lets other threads run while it multiplies; so a few long calls share the
processor's cores well, and many short ones, like those of the loop, do not.
"""

import functools
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

_MULTIPLICATIONS = 1 << 18
_SIDE = 64  # of a piece of a sum over steps
_ENTRIES = 1 << 16  # of a state in one span


def spans(time, entries):
    """Cut ``range(time)`` into slices for steps of ``entries`` numbers a state.

    A span is long enough to make its calls worth their overhead, and short enough to be still in the processor's cache
    when the loop comes to it. A small batch is one span.
    """
    length = max(1, _ENTRIES // entries)
    return [slice(start, min(start + length, time)) for start in range(0, time, length)]


def beside(work, items, count):
    """Yield ``work(item)`` for every item in order, other threads helping if ``count``, the number of items, is not 1.

    All items are taken at once: work runs ahead of a loop over the results, and beside a generator of the items. What
    no thread has begun when its result is asked for is done by the asking one.
    """
    if count == 1 or _cores() == 1:
        yield from map(work, items)
        return
    helpers = _helpers(os.getpid())
    begun = [(helpers.submit(work, item), item) for item in items]
    for future, item in begun:
        yield work(item) if future.cancel() else future.result()


def _cores():
    """Count the processor's cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def _helpers(process):
    """Make threads for this process; one that is forked from it cannot use them."""
    return ThreadPoolExecutor(_cores() - 1)


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
    left, right = left.reshape(count, m), right.reshape(count, n)
    length = min(count, max(1, _MULTIPLICATIONS // (_side(m) * _side(n))))
    rest = count % length
    total = _outer_products(left[: count - rest], right[: count - rest], length).sum(axis=0)
    if rest:
        total += _outer_products(left[-rest:], right[-rest:], rest)[0]
    return total.transpose(0, 2, 1, 3).reshape(m, n)


def _outer_products(left, right, length):
    """Sum the outer products of ``length`` rows each, in pieces: ``(sums, m pieces, n pieces, tall, wide)``."""
    (count, m), n = left.shape, right.shape[1]
    tall, wide = _side(m), _side(n)
    lefts = left.reshape(count // length, length, m // tall, 1, tall).transpose(0, 2, 3, 4, 1)
    rights = right.reshape(count // length, length, 1, n // wide, wide).transpose(0, 2, 3, 1, 4)
    return np.matmul(lefts, rights)


def _side(length):
    """Choose the side of a piece: the largest divisor up to 64, and the whole where that would be a sliver."""
    return max((side for side in range(16, min(length, _SIDE) + 1) if length % side == 0), default=length)
