"""The Big Bird pattern, pair by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook.layers import big_bird_mask


@given(
    length=st.integers(1, 30),
    block_size=st.integers(1, 4),
    reach=st.integers(0, 2),
    global_blocks=st.integers(0, 3),
    random_blocks=st.integers(0, 4),
    seed=st.integers(0, 9),
)
def test_each_block_sees_its_window_the_global_and_some_random_ones(
    length, block_size, reach, global_blocks, random_blocks, seed
):
    window = 2 * reach + 1
    mask = big_bird_mask(length, block_size, window, global_blocks, random_blocks, seed)
    assert mask.shape == (length, length)
    assert mask.dtype == bool
    blocks = range(0, length, block_size)
    for i in blocks:
        drawn = free = 0
        for j in blocks:
            block = mask[i : i + block_size, j : j + block_size]
            assert block.all() == block.any()
            a, b = i // block_size, j // block_size
            if abs(a - b) <= reach or min(a, b) < global_blocks:
                assert block.all()
            else:
                free += 1
                drawn += block.all()
        assert drawn == min(random_blocks, free)


def test_the_seed_draws_every_block_in_its_turn():
    first, again, other = (big_bird_mask(40, 1, 1, 0, 2, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
    assert len(np.unique(first ^ np.eye(40, dtype=bool), axis=0)) > 30
    drawn = sum(big_bird_mask(8, 1, 1, 1, 2, seed) for seed in range(200))
    # Each of the six is drawn with probability 1/3: five standard deviations.
    free = drawn[1:, 1:][~np.eye(7, dtype=bool)]
    assert abs(free - 200 / 3).max() < 5 * np.sqrt(200 * 2 / 9)


def test_pairs_grow_as_the_length():
    short, long = (big_bird_mask(n, 4).sum() for n in (400, 800))
    assert 1.9 < long / short < 2.2
    # Eight blocks for each: the window's three, two global, three random.
    assert long / 800 == pytest.approx(8 * 4 + 2 * 4, rel=0.05)


@pytest.mark.parametrize(
    "words",
    [
        {"length": 0},
        {"length": None},
        {"block_size": 0},
        {"window": 2},
        {"window": -1},
        {"global_blocks": -1},
        {"random_blocks": 1.5},
        {"seed": -1},
    ],
    ids=str,
)
def test_an_argument_out_of_range_is_refused_by_its_name(words):
    with pytest.raises(ValueError, match=f"`{next(iter(words))}` must be"):
        big_bird_mask(**{"length": 10} | words)
