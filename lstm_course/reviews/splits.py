"""Which reviews to train on and which to hold out."""

import numpy as np


def split_by_film(films, held_out: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the indices of the reviews to train on and of at least ``held_out`` reviews to validate on.

    No film has reviews on both sides: two reviews of one film share names, which a network can memorise.

    Args:
        films: one name a review, ``(reviews,)``; a number for each review, where the films are unknown.
        held_out: how many reviews to hold out; the last film drawn is held out whole.
        seed: draws the films.

    Returns:
        Two sorted int64 arrays.

    Raises:
        ValueError: ``held_out`` does not leave reviews on both sides.
    """
    names, film = np.unique(np.asarray(films), return_inverse=True)
    if not 0 < held_out < len(film):
        raise ValueError(f"held_out is {held_out} of {len(film)} reviews: both sides need at least one")
    order = np.random.default_rng(seed).permutation(len(names))
    sizes = np.bincount(film, minlength=len(names))[order]
    chosen = order[: int(np.searchsorted(np.cumsum(sizes), held_out)) + 1]
    held = np.isin(film, chosen)
    if held.all():
        raise ValueError(f"held_out is {held_out}, and the films drawn have all {len(film)} reviews: hold out fewer")
    return np.flatnonzero(~held), np.flatnonzero(held)
