"""PReLU beside Keras's, and the gradient of its slope."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import PReLU
from dlbook.measures import gradients

from .beside import EXAMPLES, assert_same


@settings(max_examples=EXAMPLES)
@given(
    shape=st.lists(st.integers(1, 4), min_size=2, max_size=4),
    shared=st.sampled_from([None, 1, [1], [1, 2]]),
)
def test_any_shape_and_sharing_is_as_in_keras(shape, shared):
    if shared == [1, 2] and len(shape) < 3:
        shared = None
    ours, theirs = PReLU(shared_axes=shared), keras.layers.PReLU(shared_axes=shared)
    assert_same(ours, theirs, (tuple(shape),))


def test_only_negative_inputs_teach_the_slope():
    x = ops.array([[-3.0, 2.0], [-1.0, -0.5]])
    layer = PReLU(alpha_initializer=keras.initializers.Constant(0.25))
    y = ops.convert_to_numpy(layer(x))
    np.testing.assert_array_equal(y, [[-0.75, 2], [-0.25, -0.125]])
    (slopes,) = gradients(lambda: ops.sum(layer(x)), [layer.alpha])
    np.testing.assert_array_equal(slopes, [-4, -0.5])


def test_a_shared_axis_may_be_of_unknown_length():
    layer = PReLU(shared_axes=[1])
    outputs = layer(keras.Input((None, 3)))
    assert outputs.shape == (None, None, 3)
    assert layer.alpha.shape == (1, 3)


def test_a_shared_axis_that_the_input_lacks_is_refused():
    with pytest.raises(ValueError, match=r"`shared_axes`.*\[3\].*\(2, 3, 4\)"):
        PReLU(shared_axes=3).build((2, 3, 4))
