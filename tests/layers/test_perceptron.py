"""Rosenblatt's rule: by hand, in `fit`, and within Novikoff's bound."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import Perceptron


def clouds(seed, gap=0.1, points=100, inputs=3):
    """Points on both sides of a plane through the origin, none within the gap of it."""
    random = np.random.default_rng(seed)
    normal = random.normal(size=inputs)
    normal /= np.linalg.norm(normal)
    x = random.uniform(-1, 1, (points, inputs))
    side = np.where(x @ normal > 0, 1, -1)
    x += gap * side[:, None] * normal
    return x.astype("float32"), (side > 0).astype("float32")[:, None]


def rosenblatt(x, y, eta, rounds):
    """The rule as a loop: weights, shift and the number of mistakes of each round."""
    w, b, mistakes = np.zeros(x.shape[1]), 0.0, []
    for _ in range(rounds):
        mistakes.append(0)
        for xi, yi in zip(x, y[:, 0], strict=True):
            error = yi - (1 if xi @ w + b > 0 else 0)
            w, b = w + eta * error * xi, b + eta * error
            mistakes[-1] += error != 0
    return w, b, mistakes


def test_it_says_yes_above_the_plane_and_no_below_and_on_it():
    layer = Perceptron(1)
    layer.build((None, 2))
    layer.set_weights([np.array([[1.0], [2.0]]), np.array([-3.0])])
    x = ops.array([[1.0, 1.0], [1.0, 1.01], [1.0, 0.99], [1e30, 0.0]])
    y = ops.convert_to_numpy(layer(x))[:, 0]
    np.testing.assert_array_equal(y, [0, 1, 0, 1])


def test_one_x_at_a_time_it_walks_as_the_loop_does():
    x, y = clouds(0)
    w, b, mistakes = rosenblatt(x, y, eta=0.5, rounds=2)
    layer = Perceptron(1)
    ours = [
        sum(layer.train_step(x[[i]], y[[i]], 0.5) for i in range(len(x)))
        for _ in range(2)
    ]
    assert ours == mistakes
    assert mistakes[0] > 0
    np.testing.assert_allclose(layer.get_weights()[0][:, 0], w, atol=1e-5)
    np.testing.assert_allclose(layer.get_weights()[1], [b], atol=1e-5)


def test_fit_runs_the_same_rule():
    x, y = clouds(1)
    w, b, _ = rosenblatt(x, y, eta=0.5, rounds=2)
    model = keras.Sequential([keras.Input((3,)), Perceptron(1)])
    model.compile(keras.optimizers.SGD(0.25), "mse")
    model.fit(x, y, batch_size=1, epochs=2, shuffle=False, verbose=0)
    weights, shift = model.get_weights()
    np.testing.assert_allclose(weights[:, 0], w, atol=1e-5)
    np.testing.assert_allclose(shift, [b], atol=1e-5)


def test_a_batch_moves_by_the_mean_of_its_mistakes():
    random = np.random.default_rng(0)
    x = random.normal(size=(7, 3)).astype("float32")
    y = random.integers(2, size=(7, 2)).astype("float32")
    layer = Perceptron(2)
    wrong = layer.train_step(x, y, learning_rate=2.0)
    kernel, bias = layer.get_weights()
    assert wrong == y.sum()  # At zero weights every answer is no.
    np.testing.assert_allclose(kernel, 2 * x.T @ y / 7, rtol=1e-5)
    np.testing.assert_allclose(bias, 2 * y.mean(axis=0), rtol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_it_makes_no_more_mistakes_than_novikoff_allows(seed):
    x, y = clouds(seed, gap=0.2, points=40)
    layer, total, last = Perceptron(1, use_bias=False), 0, 1
    while last:
        last = sum(layer.train_step(x[[i]], y[[i]]) for i in range(len(x)))
        total += last
    radius = np.linalg.norm(x, axis=1).max()
    assert 0 < total <= (radius / 0.2) ** 2


def test_on_exclusive_or_it_never_settles():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], "float32")
    y = np.array([[0], [1], [1], [0]], "float32")
    layer = Perceptron(1)
    for _ in range(30):
        assert sum(layer.train_step(x[[i]], y[[i]]) for i in range(4)) > 0


def test_a_learning_rate_that_moves_nothing_is_refused():
    with pytest.raises(ValueError, match="learning_rate"):
        Perceptron(1).train_step([[1.0]], [[1.0]], learning_rate=0)
