"""Which reviews share a split or a batch, and where the pads are."""

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from lstm_course.ladder import batches


@given(
    films=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_no_film_on_both_sides(films, seed, data):
    wanted = data.draw(st.integers(1, len(films) - 1))
    try:
        train, held = batches.split_by_film(films, wanted, seed)
    except ValueError:
        reject()  # the films drawn have all the reviews; the next test is about that
    films = np.array(films)
    assert not set(films[train]) & set(films[held])
    assert sorted([*train, *held]) == list(range(len(films)))
    assert len(held) >= wanted


def test_split_of_one_film():
    with pytest.raises(ValueError, match="held_out is 1, and the films drawn have all 3 reviews: hold out fewer"):
        batches.split_by_film(["a", "a", "a"], 1, seed=0)


def test_split_needs_both_sides():
    with pytest.raises(ValueError, match="held_out is 3 of 3 reviews: both sides need at least one"):
        batches.split_by_film(["a", "b", "c"], 3, seed=0)


@given(
    lengths=st.lists(st.integers(1, 400), min_size=1, max_size=300),
    batch_size=st.integers(1, 40),
    seed=st.none() | st.integers(0, 3),
)
def test_batches_hold_every_review_once(lengths, batch_size, seed):
    rng = None if seed is None else np.random.default_rng(seed)
    found = batches.by_length(lengths, batch_size, rng)
    assert sorted(np.concatenate(found).tolist()) == list(range(len(lengths)))
    assert max(map(len, found)) <= batch_size
    assert len(found) == -(-len(lengths) // batch_size)


@pytest.mark.parametrize(("behind", "expected"), [(True, [7, 8, 0, 0]), (False, [0, 0, 7, 8])])
def test_pad(behind, expected):
    padded = batches.pad([np.array([[7], [8]], np.int32)], 4, behind=behind)
    assert padded[0, :, 0].tolist() == expected
