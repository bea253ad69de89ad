"""Residual: the sum, its gradient, and the projection where shapes differ."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import BatchNormalization, Dense, Residual
from dlbook.measures import input_gradients

from .inputs import numbers, tensors


def test_it_adds_what_the_layers_compute_to_their_input():
    layers = [Dense(7, "tanh"), Dense(3)]
    block = Residual(layers)
    (x,) = tensors(((2, 5, 3),))
    y = block(x)
    expected = x + layers[1](layers[0](x))
    np.testing.assert_allclose(*numbers([y, expected]), atol=1e-6)
    assert block.projection is None
    assert len(block.weights) == 4


def test_a_gradient_comes_through_layers_that_are_dead():
    block = Residual(Dense(3, kernel_initializer="zeros"))
    (x,) = tensors(((2, 3),))
    block(x)
    slope = input_gradients(lambda x: ops.sum(block(x)), x)
    np.testing.assert_array_equal(slope, np.ones((2, 3)))


def test_another_width_is_met_by_a_matrix_without_a_shift():
    dense = Dense(5)
    block = Residual([dense])
    (x,) = tensors(((2, 3),))
    y = block(x)
    expected = ops.matmul(x, block.projection.kernel) + dense(x)
    np.testing.assert_allclose(*numbers([y, expected]), atol=1e-6)
    assert tuple(block.projection.kernel.shape) == (3, 5)


@pytest.mark.parametrize("length", [8, 9])
@pytest.mark.parametrize("filters", [2, 4])
def test_a_strided_convolution_is_met_by_a_strided_one_of_size_one(length, filters):
    convolution = keras.layers.Conv2D(filters, 3, strides=(2, 3), padding="same")
    block = Residual(convolution, strides=(2, 3))
    (x,) = tensors(((2, length, 9, 2),))
    y = block(x)
    matrix = np.eye(2) if filters == 2 else block.projection.get_weights()[0]
    way = keras.layers.Conv2D(filters, 1, strides=(2, 3), use_bias=False)
    way.build(x.shape)
    way.set_weights([matrix[None, None]])
    np.testing.assert_allclose(*numbers([y, way(x) + convolution(x)]), atol=1e-5)


def test_axes_of_unknown_length_are_taken_as_they_are():
    block = Residual(keras.layers.Conv1D(4, 3, padding="same"))
    assert block(keras.Input((None, 2))).shape == (None, None, 4)
    assert block(ops.ones((1, 6, 2))).shape == (1, 6, 4)


@pytest.mark.parametrize(
    ("branch", "strides"),
    [
        (keras.layers.Conv1D(3, 3), 1),
        (keras.layers.Conv1D(3, 3, strides=2, padding="same"), 1),
        (keras.layers.Conv1D(3, 3, strides=2, padding="same"), 3),
        (keras.layers.UpSampling1D(2), 1),
        (keras.layers.Flatten(), 1),
        (Dense(3), (1, 1)),
    ],
)
def test_a_way_around_that_is_longer_or_shorter_is_refused(branch, strides):
    with pytest.raises(ValueError, match=r"strides=\S* ?\S*"):
        Residual(branch, strides).build((2, 5, 3))


@pytest.mark.parametrize("layers", [[], None, "relu", [Dense(3), 3]], ids=str)
def test_what_is_no_layer_is_refused(layers):
    with pytest.raises(ValueError, match="`layers` must be"):
        Residual(layers)


def test_training_reaches_the_layers_inside():
    norm = BatchNormalization(momentum=0.0)
    block = Residual(norm)
    x = ops.array([[1.0], [5.0]])
    block(x, training=False)
    assert norm.get_weights()[2] == 0
    y = ops.convert_to_numpy(block(x, training=True))
    assert norm.get_weights()[2] == 3
    np.testing.assert_allclose(y, [[0], [6]], atol=1e-3)


def test_a_mask_goes_the_way_around():
    block = Residual(keras.layers.Conv1D(3, 3, strides=2, padding="same"), strides=2)
    block.build((2, 5, 3))
    mask = np.arange(10).reshape(2, 5) < 7
    np.testing.assert_array_equal(block.compute_mask(None, mask), mask[:, ::2])


def test_a_mask_reaches_the_layers_inside():
    norm = BatchNormalization(momentum=0.0)
    block = Residual([norm, Dense(1)])
    x = ops.array([[[1.0], [9.0]], [[5.0], [9.0]]])
    mask = ops.array([[True, False], [True, False]])
    block(x, training=True, mask=mask)
    assert norm.get_weights()[2] == 3
