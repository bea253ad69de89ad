"""Gradients at activations: against the chain rule by hand."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from dlbook.measures import activation_gradients, gradients
from dlbook.models import mlp

from .networks import X, Y, cross_entropy

pytestmark = pytest.mark.backends


def test_deltas_are_those_of_backpropagation_by_hand():
    model = mlp(4, (5,), 3, activation="tanh", seed=1)
    found = activation_gradients(lambda: cross_entropy(Y, model(X)), model.layers)
    w, b, v, c = (weight.astype("float64") for weight in model.get_weights())
    odds = np.exp(np.tanh(X @ w + b) @ v + c)
    last = (odds / odds.sum(axis=1, keepdims=True) - np.eye(3)[Y]) / len(X)
    np.testing.assert_allclose(found[1], last, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(found[0], last @ v.T, rtol=1e-4, atol=1e-6)


def test_a_bias_has_the_sum_of_the_deltas_around_a_shortcut():
    x = keras.Input((4, 4, 2))
    h = layers.Conv2D(3, 3, padding="same")(x)
    y = layers.Add()([h, layers.Conv2D(3, 3, padding="same", activation="tanh")(h)])
    model = keras.Model(x, layers.Dense(1)(layers.Flatten()(y)))
    first = model.layers[1]
    images = np.random.default_rng(0).normal(size=(2, 4, 4, 2)).astype("float32")

    def loss():
        return ops.mean(model(images) ** 2)

    (delta,) = activation_gradients(loss, [first])
    (bias,) = gradients(loss, [first.bias])
    assert delta.shape == (2, 4, 4, 3)
    np.testing.assert_allclose(delta.sum(axis=(0, 1, 2)), bias, rtol=1e-4)


def test_the_layers_are_as_they_were_also_after_an_error():
    layer = layers.Rescaling(2.0)
    with pytest.raises(RuntimeError, match="on purpose"):
        activation_gradients(lambda: _fail(layer(1.0)), [layer])
    assert "call" not in vars(layer)
    assert float(layer(1.0)) == 2.0


def _fail(value):
    raise RuntimeError("on purpose")


@pytest.mark.parametrize("times", [0, 2])
def test_a_layer_that_is_not_called_once_is_refused(times):
    layer = layers.Rescaling(2.0, name="twice")
    with pytest.raises(ValueError, match=rf"layer 'twice' {times} times"):
        activation_gradients(lambda: sum(layer(1.0) for _ in range(times)), [layer])
