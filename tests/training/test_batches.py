"""Every batch is full, and no example comes twice in a pass."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dlbook.training import shuffled_batches


@given(st.integers(1, 50), st.integers(1, 5), st.integers(1, 20))
def test_a_pass_is_full_batches_of_different_examples(examples, epochs, batch_size):
    batches = shuffled_batches(examples, epochs, batch_size)
    assert len(batches) == epochs * max(1, examples // batch_size)
    for one_pass in np.split(batches, epochs):
        assert len(np.unique(one_pass)) == one_pass.size > examples - batch_size
        assert set(one_pass.ravel()) <= set(range(examples))


def test_each_pass_has_its_own_order_and_leaves_out_other_examples():
    first, second = np.split(shuffled_batches(100, epochs=2, batch_size=30), 2)
    assert (first != second).any()
    assert set(first.ravel()) != set(second.ravel())
    assert (first.ravel() != np.arange(90)).any()


def test_the_seed_decides_the_order():
    one, again, other = (shuffled_batches(50, 2, 10, seed) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
