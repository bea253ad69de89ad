"""Highway: its formula, its gradients, and what its gate does."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import Highway

from .beside import EXAMPLES, all_gradients
from .differences import differences
from .inputs import arrays, numbers, tensors


def formula(w, b, w_t, b_t, x):
    """The equations in NumPy, with f = tanh."""
    h = np.tanh(x @ w + b)
    t = 1 / (1 + np.exp(-(x @ w_t + b_t)))
    return h * t + x * (1 - t)


@settings(max_examples=EXAMPLES)
@given(shape=st.lists(st.integers(1, 4), min_size=2, max_size=3))
def test_outputs_and_gradients_follow_the_formula(shape):
    shapes, units = (tuple(shape),), shape[-1]
    layer = Highway(activation="tanh")
    layer.build(shapes[0])
    weights = arrays([(units, units), (units,)] * 2, seed=1)
    weights = [weight.astype("float64") for weight in weights]
    layer.set_weights(weights)
    (x,), (factors,) = arrays(shapes, seed=2), arrays(shapes, seed=3)
    values = [*weights, x.astype("float64")]
    y = numbers(layer(*tensors(shapes, seed=2)))[0]
    np.testing.assert_allclose(y, formula(*values), atol=1e-5)
    expected = differences(lambda *v: (formula(*v) * factors).sum(), values)
    for one, other in zip(all_gradients(layer, shapes), expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_gate_starts_where_the_transform_bias_says():
    layer = Highway(transform_bias=-3.0, gate_kernel_initializer="zeros")
    x = ops.array([[1.0, -1.0]])
    y = layer(x)
    h = ops.relu(ops.matmul(x, layer.kernel))
    t = 1 / (1 + np.exp(3.0))
    expected = t * ops.convert_to_numpy(h) + (1 - t) * ops.convert_to_numpy(x)
    np.testing.assert_allclose(ops.convert_to_numpy(y), expected, rtol=1e-5)


@pytest.mark.parametrize(("bias", "result"), [(-50.0, "x"), (50.0, "H")])
def test_a_closed_gate_lets_the_input_pass_and_an_open_one_the_layer(bias, result):
    layer = Highway(transform_bias=bias)
    x = ops.array([[0.5, -2.0, 1.0]])
    y = layer(x)
    expected = x if result == "x" else ops.relu(ops.matmul(x, layer.kernel))
    np.testing.assert_allclose(*map(ops.convert_to_numpy, (y, expected)), rtol=1e-6)


def test_the_activation_is_relu_unless_another_is_given():
    assert Highway().get_config()["activation"] == "relu"
