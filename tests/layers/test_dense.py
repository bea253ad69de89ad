"""Dense beside Keras's and beside a loop."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbook.layers import Dense

from .beside import EXAMPLES, assert_same


@settings(max_examples=EXAMPLES)
@given(
    units=st.integers(2, 4),
    activation=st.sampled_from([None, "relu", "sigmoid", "softmax"]),
    use_bias=st.booleans(),
    shape=st.lists(st.integers(1, 3), min_size=2, max_size=4),
)
def test_any_shape_and_option_is_as_in_keras(units, activation, use_bias, shape):
    arguments = {"units": units, "activation": activation, "use_bias": use_bias}
    ours, theirs = Dense(**arguments), keras.layers.Dense(**arguments)
    assert_same(ours, theirs, (tuple(shape),))


def test_each_output_is_a_weighted_sum_of_the_inputs():
    layer = Dense(2, activation="relu")
    layer.build((None, 3))
    w, b = np.array([[1.0, -2], [3, 4], [-5, 6]]), np.array([0.5, -100])
    layer.set_weights([w, b])
    x = np.array([[1.0, 2, 3], [0, 1, 0]], "float32")
    y = keras.ops.convert_to_numpy(layer(keras.ops.array(x)))
    for i, j in np.ndindex(2, 2):
        total = b[j] + sum(x[i, k] * w[k, j] for k in range(3))
        assert y[i, j] == max(0, total)
    assert (y > 0).any()


def test_an_input_of_another_size_is_refused():
    layer = Dense(2)
    layer.build((None, 3))
    with pytest.raises(ValueError, match=r"expected axis -1 of input shape .* value 3"):
        layer(keras.ops.ones((1, 4)))
