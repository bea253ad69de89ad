"""The Hessian: against second differences and closed forms."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from dlbook.measures import gradient_function, hessian, hessian_product
from dlbook.models import mlp

from .networks import RANDOM, X, Y, cross_entropy, softmax_loss

pytestmark = pytest.mark.backends


def flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


def test_it_is_the_second_difference_of_the_loss():
    model = mlp(4, (2,), 3, activation="tanh", seed=1)
    weights = [weight.astype("float64") for weight in model.get_weights()]
    ends = np.cumsum([weight.size for weight in weights])[:-1]

    def loss(theta):
        parts = zip(np.split(theta, ends), weights, strict=True)
        return softmax_loss([part.reshape(w.shape) for part, w in parts], X)

    expected = second_differences(loss, flat(weights))
    found = hessian(lambda: cross_entropy(Y, model(X)), model.trainable_variables)
    np.testing.assert_allclose(found, expected, atol=2e-5)
    assert np.abs(expected).max() > 0.1


def second_differences(function, x, width=1e-3):
    """(f(++) − f(+−) − f(−+) + f(−−)) / 4h², for each pair of numbers."""
    steps = width * np.eye(len(x))
    return np.array(
        [
            [
                function(x + a + b)
                - function(x + a - b)
                - function(x - a + b)
                + function(x - a - b)
                for b in steps
            ]
            for a in steps
        ]
    ) / (4 * width**2)


def test_that_of_a_linear_model_s_squared_error_is_its_inputs_second_moment():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(1, use_bias=False)])
    found = hessian(lambda: ops.mean(model(X) ** 2), model.trainable_variables)
    np.testing.assert_allclose(found, 2 * X.T @ X / len(X), rtol=1e-5, atol=1e-6)


def test_a_linear_function_has_none():
    theta, other = keras.Variable([1.0, 2.0]), keras.Variable([[1.0]])
    found = hessian(lambda: ops.sum(3 * theta) + ops.sum(other), [theta, other])
    np.testing.assert_array_equal(found, np.zeros((3, 3)))


def test_products_go_through_attention_and_recurrence():
    tokens = keras.Input((4,), dtype="int32")
    x = layers.Embedding(5, 3)(tokens)
    x = layers.SimpleRNN(2)(layers.MultiHeadAttention(1, 2)(x, x))
    model = keras.Model(tokens, layers.Dense(1)(x))
    examples = RANDOM.integers(5, size=(3, 4))
    variables = model.trainable_variables

    def loss():
        return ops.mean((model(examples) - 1) ** 2)

    v = [RANDOM.normal(size=variable.shape) for variable in variables]
    found = hessian_product(loss, variables)(v)
    starts = model.get_weights()
    slope = gradient_function(loss, variables)
    slopes = []
    for side in (1, -1):
        pairs = zip(starts, v, strict=True)
        model.set_weights([start + side * 2e-3 * each for start, each in pairs])
        slopes.append(flat(slope()).astype("float64"))
    expected = (slopes[0] - slopes[1]) / 4e-3
    assert [each.shape for each in found] == [tuple(w.shape) for w in variables]
    np.testing.assert_allclose(
        flat(found), expected, atol=2e-2 * np.abs(expected).max()
    )


def test_one_function_multiplies_many_vectors():
    theta = keras.Variable([1.0, 2.0, -1.0])
    product = hessian_product(lambda: ops.sum(theta**3), [theta])
    for v in np.eye(3):
        np.testing.assert_allclose(product([v])[0], 6 * np.diag([1, 2, -1]) @ v)
