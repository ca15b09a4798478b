"""Which reviews share a batch: similar lengths together, padded to one width, with one label each."""

import numpy as np

from lstm_course.models.quiet import tf


def one_label_each(sequences, labels) -> np.ndarray:
    """Return labels as float32 ``(reviews,)``.

    Raises:
        ValueError: there are no reviews, or not one label for each.
    """
    labels = np.asarray(labels, np.float32)
    if len(sequences) == 0 or len(sequences) != len(labels):
        raise ValueError(f"{len(sequences)} reviews and {len(labels)} labels: pass one label a review, at least one")
    return labels


def pad(rows: list[np.ndarray], width: int, *, behind: bool) -> np.ndarray:
    """Return ``(reviews, width, columns)`` int32 with zeros behind, or in front of, each review's rows."""
    batch = np.zeros((len(rows), width, rows[0].shape[1]), np.int32)
    for place, row in enumerate(rows):
        start = 0 if behind else width - len(row)
        batch[place, start : start + len(row)] = row
    return batch


def by_length(lengths, batch_size: int, rng: np.random.Generator | None) -> list[np.ndarray]:
    """Return arrays of indices: reviews of similar length together, so that little is padded.

    Args:
        lengths: words of each review, ``(reviews,)``.
        batch_size: reviews in a batch; the last one of a pool may be smaller.
        rng: shuffles reviews before pools of 40 batches are sorted by length, and then the batches; None sorts once
            and shuffles nothing, which is what scoring needs.
    """
    lengths = np.asarray(lengths)
    order = np.arange(len(lengths)) if rng is None else rng.permutation(len(lengths))
    pool = len(order) if rng is None else 40 * batch_size
    batches = []
    for start in range(0, len(order), pool):
        part = order[start : start + pool]
        part = part[np.argsort(lengths[part], kind="stable")]
        batches += [part[first : first + batch_size] for first in range(0, len(part), batch_size)]
    if rng is not None:
        rng.shuffle(batches)
    return batches


def padded(text, rows, lengths, batch_size: int, rng):
    """Yield every review once: the indices of a batch and its padded ids ``(batch, time, columns)``.

    Args:
        text: the ``blocks.Text`` of a rung, which says where the pads go and how wide a batch is.
        rows: what the vectoriser returns.
        lengths: reviews of similar length share a batch.
        batch_size: reviews in a batch.
        rng: shuffles as :func:`by_length` says; None keeps the order of the lengths.
    """
    for batch in by_length(lengths, batch_size, rng):
        chosen = [rows[review] for review in batch]
        yield batch, pad(chosen, text.width(chosen), behind=text.mask)


def dataset(text, rows, labels, *, batch_size: int, epochs: int, seed: int):
    """Return a ``tf.data.Dataset`` of ``(ids, labels)`` batches, each epoch in an order of its own.

    The ids are int32 ``(batch, time, columns)``, the labels float32 ``(batch, 1)``; the arguments are those of
    :func:`padded`, with one label a review, ``(reviews,)``.
    """
    lengths = np.array([len(row) for row in rows]) if text.mask else np.full(len(rows), text.words)
    rng = np.random.default_rng(seed)

    def generate():
        for _ in range(epochs):
            for batch, ids in padded(text, rows, lengths, batch_size, rng):
                yield ids, labels[batch, None]

    columns = rows[0].shape[1]
    signature = (
        tf.TensorSpec((None, text.time, columns), tf.int32),
        tf.TensorSpec((None, 1), tf.float32),
    )
    return tf.data.Dataset.from_generator(generate, output_signature=signature).prefetch(2)
