"""Jacobians: against matrices that are known, and NumPy's singular values."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from dlbook.measures import jacobian, jacobian_singular_values

from .networks import RANDOM, X

pytestmark = pytest.mark.backends


def dense(activation):
    layer = layers.Dense(3, activation=activation)
    layer.build((None, 4))
    layer.bias.assign([0.5, -0.2, 0.1])
    return layer, ops.convert_to_numpy(layer.kernel).astype("float64")


def test_that_of_a_linear_layer_is_its_kernel_at_every_example():
    layer, kernel = dense(None)
    found = jacobian(layer, X)
    np.testing.assert_allclose(found, np.broadcast_to(kernel.T, (6, 3, 4)), rtol=1e-6)
    sigma = np.linalg.svd(kernel, compute_uv=False)
    found = jacobian_singular_values(layer, X)
    np.testing.assert_allclose(found, np.broadcast_to(sigma, (6, 3)), rtol=1e-5)


def test_an_activation_s_slope_scales_the_rows():
    layer, kernel = dense("tanh")
    slope = 1 - np.tanh(X @ kernel + [0.5, -0.2, 0.1]) ** 2  # (batch, units)
    expected = slope[:, :, None] * kernel.T
    np.testing.assert_allclose(jacobian(layer, X), expected, rtol=1e-4, atol=1e-6)
    sigma = [np.linalg.svd(each, compute_uv=False) for each in expected]
    np.testing.assert_allclose(jacobian_singular_values(layer, X), sigma, rtol=1e-4)


def test_that_of_a_linear_convolution_tells_its_outputs_apart():
    model = keras.Sequential([keras.Input((3, 3, 1)), layers.Conv2D(2, 2)])
    images = RANDOM.normal(size=(2, 3, 3, 1)).astype("float32")
    found = jacobian(model, images)
    assert found.shape == (2, 2, 2, 2, 3, 3, 1)
    for place in np.ndindex(3, 3):
        unit = np.zeros((1, 3, 3, 1))
        unit[0, *place, 0] = 1
        column = ops.convert_to_numpy(model(unit))[0]
        np.testing.assert_allclose(found[1, ..., *place, 0], column, atol=1e-6)


def test_an_orthogonal_layer_keeps_all_lengths():
    square = layers.Dense(4, kernel_initializer=keras.initializers.Orthogonal(seed=0))
    square.build((None, 4))
    np.testing.assert_allclose(jacobian_singular_values(square, X), 1, rtol=1e-5)


def test_batch_normalization_is_not_touched():
    layer = layers.BatchNormalization()
    layer.build((None, 4))
    found = jacobian(lambda x: layer(x, training=False), X)
    expected = np.eye(4) / np.sqrt(1 + layer.epsilon)
    np.testing.assert_allclose(found[0], expected, rtol=1e-6)
    assert not ops.convert_to_numpy(layer.moving_mean).any()
