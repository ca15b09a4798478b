"""Which reviews are held out: no film on both sides."""

import numpy as np
import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

from lstm_course.reviews import splits


@given(
    films=st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=60),
    seed=st.integers(0, 9),
    data=st.data(),
)
def test_no_film_on_both_sides(films, seed, data):
    wanted = data.draw(st.integers(1, len(films) - 1))
    try:
        train, held = splits.split_by_film(films, wanted, seed)
    except ValueError:
        reject()  # the films drawn have all the reviews; the next test is about that
    films = np.array(films)
    assert not set(films[train]) & set(films[held])
    assert sorted([*train, *held]) == list(range(len(films)))
    assert len(held) >= wanted


def test_split_of_one_film():
    with pytest.raises(ValueError, match="held_out is 1, and the films drawn have all 3 reviews: hold out fewer"):
        splits.split_by_film(["a", "a", "a"], 1, seed=0)


def test_split_needs_both_sides():
    with pytest.raises(ValueError, match="held_out is 3 of 3 reviews: both sides need at least one"):
        splits.split_by_film(["a", "b", "c"], 3, seed=0)
