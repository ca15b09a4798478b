"""Which reviews share a batch, and where the pads are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_course.ladder import batches


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
