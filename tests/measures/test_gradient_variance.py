"""Gradient variance: against NumPy's covariance, and every batch there is."""

from itertools import combinations, product

import numpy as np
import pytest
from keras import ops

from dlbook.measures import draw_batches, gradient_variance, variance_of_batches
from dlbook.models import mlp

from .networks import X, Y, cross_entropy

pytestmark = pytest.mark.backends
N = 4


@pytest.fixture(scope="module")
def model():
    return mlp(4, (), 3, seed=1)


def per_example(model):
    """The gradients of a softmax regression, (examples, weights), by hand."""
    kernel, bias = (w.astype("float64") for w in model.get_weights())
    odds = np.exp(X @ kernel + bias)
    error = odds / odds.sum(axis=1, keepdims=True) - np.eye(3)[Y]
    kernels = X[:, :, None] * error[:, None, :]  # (examples, features, classes)
    return np.concatenate([kernels.reshape(len(X), -1), error], axis=1)


def measured(model, rows):
    batches = [(X[list(r)], Y[list(r)]) for r in rows]
    return gradient_variance(
        lambda x, y: cross_entropy(y, model(x)), model.trainable_variables, batches
    )


def test_it_is_the_trace_of_the_covariance(model):
    rows = [(0, 1), (2, 3), (4, 5), (1, 4)]
    means = [per_example(model)[list(r)].mean(axis=0) for r in rows]
    expected = np.trace(np.cov(np.array(means), rowvar=False))
    assert measured(model, rows) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("size", [2, 3])
def test_over_all_batches_drawn_with_replacement_it_falls_as_1_over_b(model, size):
    one = measured(model, [(i,) for i in range(N)])
    rows = list(product(range(N), repeat=size))
    found = measured(model, rows)
    # Over all that can be drawn nothing is estimated: n − 1 goes back to n.
    population = variance_of_batches(one * (N - 1) / N, size)
    assert found * (len(rows) - 1) / len(rows) == pytest.approx(population, rel=1e-4)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_over_all_batches_drawn_without_it_falls_faster(model, size):
    one = measured(model, [(i,) for i in range(N)])
    rows = list(combinations(range(N), size))
    found = measured(model, rows) * (len(rows) - 1) / len(rows)
    assert found == pytest.approx(variance_of_batches(one, size, N), rel=1e-4)


def test_an_epoch_of_one_batch_has_no_variance():
    assert variance_of_batches(3.0, 8, examples=8) == 0


def test_drawn_batches_are_examples_with_their_labels():
    arrays = np.arange(40).reshape(20, 2), np.arange(20)
    batches = draw_batches(arrays, 7, 300, seed=3)
    again = draw_batches(arrays, 7, 300, seed=3)
    assert len(batches) == 300
    drawn = np.concatenate([y for _, y in batches])
    for (x, y), (x2, y2) in zip(batches, again, strict=True):
        assert x.shape == (7, 2)
        np.testing.assert_array_equal(x, arrays[0][y])
        np.testing.assert_array_equal((x[:, 0], y), (x2[:, 0], y2))
    # 105 of each expected, give or take 10; and some batch holds an example twice.
    assert np.abs(np.bincount(drawn, minlength=20) - 105).max() < 50
    assert any(len(set(y.tolist())) < 7 for _, y in batches)


@pytest.mark.parametrize("batches", [[], [(X, Y)]])
def test_one_batch_has_no_variance_to_estimate(model, batches):
    with pytest.raises(ValueError, match=f"Received: {len(batches)}"):
        gradient_variance(lambda x, y: ops.sum(x), model.trainable_variables, batches)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"variance": -1, "batch_size": 2}, "variance"),
        ({"variance": 1, "batch_size": 0}, "batch_size"),
        ({"variance": 1, "batch_size": 5, "examples": 4}, "examples"),
    ],
)
def test_bad_arguments_are_named(words, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        variance_of_batches(**words)
