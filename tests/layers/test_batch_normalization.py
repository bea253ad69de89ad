"""BatchNormalization beside Keras's and beside its formula."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import BatchNormalization

from .beside import EXAMPLES, assert_same


@settings(max_examples=EXAMPLES)
@given(
    shape=st.lists(st.integers(2, 4), min_size=2, max_size=4),
    axis=st.sampled_from([1, -1]),
    momentum=st.sampled_from([0.0, 0.5, 0.99]),
    epsilon=st.sampled_from([1e-3, 0.5]),
    center=st.booleans(),
    scale=st.booleans(),
    training=st.booleans(),
)
def test_any_shape_and_option_is_as_in_keras(shape, training, **arguments):
    ours = BatchNormalization(**arguments)
    theirs = keras.layers.BatchNormalization(**arguments)
    assert_same(ours, theirs, (tuple(shape),), training=training)


@settings(max_examples=EXAMPLES)
@given(seed=st.integers(0, 99), hidden=st.floats(0, 0.9))
def test_a_mask_counts_as_in_keras(seed, hidden):
    mask = np.random.default_rng(seed).random((3, 5)) >= hidden
    mask[0, 0] = True
    ours, theirs = BatchNormalization(), keras.layers.BatchNormalization()
    assert_same(ours, theirs, ((3, 5, 2),), training=True, mask=ops.array(mask))


def test_the_statistics_are_those_of_what_the_mask_shows():
    random = np.random.default_rng(0)
    x = random.normal(3, 2, (4, 6, 2)).astype("float32")
    mask = random.random((4, 6)) < 0.5
    layer = BatchNormalization(momentum=0.0, epsilon=1e-7)
    y = layer(ops.array(x), training=True, mask=ops.array(mask))
    mean, variance = x[mask].mean(axis=0), x[mask].var(axis=0)
    np.testing.assert_allclose(layer.moving_mean.numpy(), mean, rtol=1e-5)
    np.testing.assert_allclose(layer.moving_variance.numpy(), variance, rtol=1e-5)
    shown = ops.convert_to_numpy(y)[mask]
    np.testing.assert_allclose(shown.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(shown.std(axis=0), 1, rtol=1e-5)


def test_the_moving_statistics_forget_at_the_rate_of_the_momentum():
    layer = BatchNormalization(momentum=0.9)
    for _ in range(20):
        layer(ops.array([[1.0], [5.0]]), training=True)
    mean, variance = layer.get_weights()[2:]
    np.testing.assert_allclose(mean, 3 * (1 - 0.9**20), rtol=1e-5)
    np.testing.assert_allclose(variance, 4 + (1 - 4) * 0.9**20, rtol=1e-5)


def test_a_frozen_layer_neither_looks_at_the_batch_nor_remembers_it():
    layer = BatchNormalization(epsilon=0)
    layer.trainable = False
    x = ops.array([[1.0], [5.0]])
    y = ops.convert_to_numpy(layer(x, training=True))
    np.testing.assert_array_equal(y, [[1], [5]])
    np.testing.assert_array_equal(layer.get_weights()[2:], [[0], [1]])


def test_large_float16_numbers_do_not_overflow():
    layer = BatchNormalization(dtype="mixed_float16")
    y = layer(ops.array([[-6e4], [6e4]], "float16"), training=True)
    np.testing.assert_allclose(ops.convert_to_numpy(y), [[-1], [1]], rtol=1e-3)


@pytest.mark.parametrize("axis", [3, -4])
def test_an_axis_that_the_input_lacks_is_refused(axis):
    with pytest.raises(ValueError, match=f"`axis`.* 3 axes.*axis={axis}"):
        BatchNormalization(axis=axis).build((2, 3, 4))


def test_a_mask_of_another_rank_is_refused():
    with pytest.raises(ValueError, match="without its last axis"):
        BatchNormalization()(
            ops.ones((2, 3, 4)), training=True, mask=ops.ones((2,), "bool")
        )


def test_the_moving_statistics_are_not_rounded_to_half_precision():
    layer = BatchNormalization(
        momentum=0.999, moving_mean_initializer="ones", dtype="mixed_float16"
    )
    layer(ops.array([[1.0], [5.0]], "float16"), training=True)
    mean, variance = layer.get_weights()[2:]
    np.testing.assert_allclose(mean, 0.999 + 0.003, rtol=1e-6)
    np.testing.assert_allclose(variance, 0.999 + 0.004, rtol=1e-6)
