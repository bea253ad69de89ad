"""Every batch is full, and no example comes twice in a pass."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook.training import fit_batches, shuffled_batches


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


@pytest.mark.backends
@pytest.mark.parametrize("examples", [5, 9])
def test_a_model_is_trained_on_each_batch_in_turn(examples):
    x = np.arange(3 * examples, dtype="float32").reshape(examples, 3) / examples
    models = [
        keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)]) for _ in "ab"
    ]
    for model in models:
        model.compile(keras.optimizers.SGD(0.01), "mse", run_eagerly=True)
        model.set_weights([np.ones((3, 1)), np.zeros(1)])
    batches = shuffled_batches(examples, epochs=2, batch_size=8)
    fit_batches(models[0], x, x[:, :1], batches)
    for batch in batches:
        models[1].train_on_batch(x[batch], x[batch, :1])
    for one, other in zip(*(model.get_weights() for model in models), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5)
