"""The perceptron is matrix products, and its start is its seed's."""

import keras
import numpy as np
import pytest

from dlbook.models import mlp

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(20, 6)).astype("float32")
ACTIVATIONS = {
    "relu": ("relu", lambda h: np.maximum(h, 0)),
    "tanh": ("tanh", np.tanh),
    "a function": (lambda h: h * h, np.square),
}


@pytest.mark.parametrize("units", [(), (5,), (7, 5, 3)])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_logits_are_products_with_an_activation_between_them(units, activation):
    given, phi = ACTIVATIONS[activation]
    model = mlp(6, units, 4, activation=given)
    widths = (6, *units, 4)
    assert [w.shape[-1] for w in model.weights] == [w for w in widths[1:] for _ in "Wb"]
    weights = [RANDOM.normal(size=w.shape).astype("float32") for w in model.weights]
    model.set_weights(weights)
    h = X.astype("float64")
    for kernel, bias in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        h = phi(h @ kernel + bias)
    expected = h @ weights[-2] + weights[-1]
    scale = np.abs(expected).max()
    np.testing.assert_allclose(
        model.predict(X, verbose=0) / scale, expected / scale, atol=1e-5
    )


def test_the_hidden_units_are_relus_unless_told_otherwise():
    hidden, output = mlp(6, (5,), 4).layers
    assert hidden.activation is keras.activations.relu
    assert output.activation is keras.activations.linear


def test_the_same_seed_gives_the_same_weights_in_any_random_state():
    keras.utils.set_random_seed(1)
    first = mlp(6, (5, 5), 4, seed=3).get_weights()
    keras.utils.set_random_seed(2)
    again = mlp(6, (5, 5), 4, seed=3).get_weights()
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_seed_gives_other_kernels():
    first, other = (mlp(6, (5, 5), 4, seed=seed).get_weights() for seed in (0, 1))
    assert all(np.all(a != b) for a, b in zip(first[::2], other[::2], strict=True))


def test_no_two_layers_start_alike():
    kernels = mlp(6, (6, 6), 6).get_weights()[::2]
    assert len({kernel.tobytes() for kernel in kernels}) == 3


def test_no_layer_of_a_seed_is_a_layer_of_another_seed():
    kernels = [
        kernel.tobytes()
        for seed in range(4)
        for kernel in mlp(6, (6, 6), 6, seed=seed).get_weights()[::2]
    ]
    assert len(set(kernels)) == 12


def test_a_seed_may_come_from_numpy():
    for one, other in zip(
        mlp(6, (5,), 4, seed=np.int64(7)).get_weights(),
        mlp(6, (5,), 4, seed=7).get_weights(),
        strict=True,
    ):
        np.testing.assert_array_equal(one, other)


def test_kernels_fill_glorot_s_interval_and_biases_are_0():
    weights = mlp(60, (40,), 20).get_weights()
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        limit = np.sqrt(6 / sum(kernel.shape))
        assert 0.98 * limit < np.abs(kernel).max() <= limit
        assert abs(np.mean(kernel)) < 0.1 * limit
        assert not bias.any()


def test_it_comes_built_and_uncompiled():
    model = mlp(6, (5,), 4)
    assert model.built
    assert not model.compiled
    assert model.count_params() == (6 + 1) * 5 + (5 + 1) * 4
    assert (model.input_shape, model.output_shape) == ((None, 6), (None, 4))
