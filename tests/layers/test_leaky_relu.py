"""LeakyReLU beside Keras's and at single numbers."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import LeakyReLU
from dlbook.measures import input_gradients

from .beside import EXAMPLES, assert_same


@settings(max_examples=EXAMPLES)
@given(
    slope=st.sampled_from([0.0, 0.01, 0.3, 1.0, 2.5]),
    shape=st.lists(st.integers(1, 4), min_size=1, max_size=4),
)
def test_any_slope_is_as_in_keras(slope, shape):
    ours, theirs = LeakyReLU(slope), keras.layers.LeakyReLU(slope)
    assert_same(ours, theirs, (tuple(shape),))


@pytest.mark.parametrize(("x", "y", "slope"), [(-4, -1, 0.25), (4, 4, 1), (0, 0, 1)])
def test_the_line_bends_at_zero(x, y, slope):
    layer, x = LeakyReLU(0.25), np.array([float(x)], "float32")
    assert float(layer(ops.array(x))[0]) == y
    assert input_gradients(lambda x: ops.sum(layer(x)), x)[0] == slope


def test_the_default_slope_is_that_of_the_builtin():
    assert LeakyReLU().negative_slope == keras.layers.LeakyReLU().negative_slope
