"""A training path: the steps one asked for, and the same ones each time."""

import keras
import numpy as np
import pytest

from dlbook.measures import training_path
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adam

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 6)).astype("float32")
Y = RANDOM.integers(4, size=50)


def path(steps, batch_size=20, optimizer=Adam, rate=0.01):
    """Of a network of 67 weights, three batches an epoch."""
    model = mlp(6, (5,), 4, seed=2)
    return training_path(model, optimizer(rate), X, Y, steps, batch_size)


@pytest.fixture(scope="module")
def eight_steps():
    keras.utils.set_random_seed(8)
    return path(8)


def test_two_calls_give_the_same_path_whatever_was_random_before(eight_steps):
    keras.utils.set_random_seed(9)
    np.testing.assert_allclose(path(8), eight_steps, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("steps", [0, 1, 3, 7])
def test_it_has_one_row_more_than_steps_also_within_an_epoch(steps, eight_steps):
    rows = path(steps)
    assert rows.shape == (steps + 1, (6 + 1) * 5 + (5 + 1) * 4)
    np.testing.assert_allclose(rows, eight_steps[: steps + 1], rtol=1e-5, atol=1e-7)


def test_it_begins_at_the_weights_that_the_model_came_with(eight_steps):
    weights = mlp(6, (5,), 4, seed=2).get_weights()
    np.testing.assert_array_equal(
        eight_steps[0], np.concatenate([*map(np.ravel, weights)])
    )


def test_two_optimizers_see_the_same_batches():
    ours, theirs = (path(9, optimizer=o, rate=0.5) for o in (SGD, keras.optimizers.SGD))
    np.testing.assert_allclose(ours, theirs, atol=1e-5)
    assert np.abs(ours[-1] - ours[0]).max() > 0.1


def test_the_batches_are_shuffled(eight_steps):
    model = mlp(6, (5,), 4, seed=2)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(Adam(0.01), loss)
    model.train_on_batch(X[:20], Y[:20])
    in_order = np.concatenate([*map(np.ravel, model.get_weights())])
    assert np.abs(eight_steps[1] - in_order).max() > 1e-3


def test_on_one_batch_a_linear_model_descends_softmax_regression():
    model = mlp(6, (), 4)
    kernel, bias = (weight.astype("float64") for weight in model.get_weights())
    expected = []
    for _ in range(6):
        expected.append(np.concatenate([kernel.ravel(), bias]))
        odds = np.exp(X @ kernel + bias)
        error = (odds / odds.sum(axis=1, keepdims=True) - np.eye(4)[Y]) / len(X)
        kernel, bias = kernel - 0.5 * X.T @ error, bias - 0.5 * error.sum(axis=0)
    ours = training_path(model, SGD(0.5), X, Y, steps=5)
    np.testing.assert_allclose(ours, expected, atol=1e-5)
