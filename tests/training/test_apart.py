"""Networks that train together train as they would alone."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.callbacks import WeightHistory
from dlbook.models import mlp
from dlbook.training import train_apart

MSE = keras.losses.MeanSquaredError()


def data(examples, seed):
    random = np.random.default_rng(seed)
    x = random.normal(size=(examples, 3)).astype("float32")
    return x, np.sin(x @ [[1.0], [2.0], [-1.0]])


@pytest.mark.backends
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_each_network_is_the_one_that_gradient_descent_makes_of_it_alone(activation):
    parts = [data(8, 0), data(5, 1)]
    x, y = zip(*parts, strict=True)
    # A batch of as many examples as there are, or twice as many, is a whole pass.
    options = {"steps": 6, "seeds": (3, 4), "activation": activation}
    rule = keras.optimizers.SGD(0.2)
    together = train_apart(x, y, (4,), 1, MSE, rule, batch_size=40, **options)
    z = ops.convert_to_numpy(together(parts[0][0]))
    for k, (seed, (own_x, own_y)) in enumerate(zip((3, 4), parts, strict=True)):
        alone = mlp(3, (4,), 1, activation, seed)
        alone.compile(keras.optimizers.SGD(0.2), MSE)
        for _ in range(6):
            alone.train_on_batch(own_x, own_y)
        expected = ops.convert_to_numpy(alone(parts[0][0]))
        np.testing.assert_allclose(z[:, k], expected, atol=1e-5)


def test_another_network_beside_it_changes_nothing():
    (x, y), (x_other, y_other) = data(20, 0), data(9, 1)

    def first(x, y, seeds):
        rule = keras.optimizers.Adam(0.05)
        networks = train_apart(x, y, (4,), 1, MSE, rule, 10, seeds, batch_size=8)
        return ops.convert_to_numpy(networks(data(5, 2)[0]))[:, 0]

    two = first([x, x_other], [y, y_other], (0, 1))
    np.testing.assert_allclose(first([x], [y], (0,)), two, atol=1e-6)


def test_each_pass_holds_every_example_once():
    history = WeightHistory()
    x, y = np.eye(6), np.arange(6.0)[:, None]
    rule = keras.optimizers.SGD(1.0)

    def linear(y, z):  # The gradient of a weight says which examples it met.
        return -ops.sum(z)

    options = {"steps": 3, "seeds": (0,), "batch_size": 4, "callbacks": [history]}
    train_apart([x], [y], (), 1, linear, rule, **options)
    met = np.diff(history.weights, axis=0)[:, :6]
    np.testing.assert_allclose(met.sum(axis=1), 4, atol=1e-5)
    np.testing.assert_allclose(met.sum(axis=0), 2, atol=1e-5)


@pytest.mark.parametrize(
    ("x", "y", "seeds"),
    [
        ([np.ones((2, 1))], [np.ones((3, 1))], (0,)),
        ([np.ones((2, 1))], [np.ones((2, 1))], (0, 1)),
        ([np.ones((2, 1))] * 2, [np.ones((2, 1))], (0, 1)),
        ([np.ones((0, 1))], [np.ones((0, 1))], (0,)),
    ],
)
def test_examples_that_do_not_fit_are_refused(x, y, seeds):
    with pytest.raises(ValueError, match="as many targets, and a seed"):
        train_apart(x, y, (), 1, MSE, keras.optimizers.SGD(), 1, seeds)
