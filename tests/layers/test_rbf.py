"""RBF: its formula, its gradients and what `adapt` does."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import RBF

from .beside import all_gradients
from .differences import differences
from .inputs import arrays

SHAPES = ((3, 2, 4),)


def formula(c, log_sigma, x):
    """φ in NumPy, by a loop over the units."""
    y = np.empty((*x.shape[:-1], len(c)))
    for k in range(len(c)):
        distance = np.linalg.norm(x - c[k], axis=-1)
        y[..., k] = np.exp(-(distance**2) / (2 * np.exp(log_sigma[k]) ** 2))
    return y


def wide_layer():
    """Five units of different width, and their weights in float64."""
    layer = RBF(5)
    layer.build(SHAPES[0])
    random = np.random.default_rng(0)
    values = [random.normal(size=(5, 4)), random.uniform(0, 1.5, 5)]
    layer.set_weights(values)
    return layer, values


def test_outputs_follow_the_formula():
    layer, weights = wide_layer()
    (x,) = arrays(SHAPES)
    expected = formula(*weights, x)
    y = ops.convert_to_numpy(layer(ops.array(x)))
    np.testing.assert_allclose(y, expected, atol=1e-6)
    assert expected.max() > 0.3


def test_gradients_are_those_of_finite_differences():
    layer, weights = wide_layer()
    (x,) = arrays(SHAPES, seed=2)
    (factors,) = arrays(((3, 2, 5),), seed=3)
    values = [*weights, x.astype("float64")]
    expected = differences(lambda *v: (formula(*v) * factors).sum(), values)
    found = all_gradients(layer, SHAPES)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


def test_the_width_starts_where_it_is_said_to():
    layer = RBF(3, width=0.25)
    layer.build((None, 2))
    np.testing.assert_allclose(np.exp(layer.get_weights()[1]), 0.25, rtol=1e-6)


def test_random_centres_spread_as_standardised_data_do():
    layer = RBF(200)
    layer.build((None, 50))
    assert layer.get_weights()[0].std() == pytest.approx(1, abs=0.05)


def test_adapt_takes_centres_from_k_means_and_widths_from_neighbours():
    random = np.random.default_rng(0)
    middles = np.array([[0.0, 0], [0, 30], [40, 0]])
    layer = RBF(3)
    layer.adapt(np.concatenate([m + random.normal(size=(50, 2)) for m in middles]), 0)
    centers, log_widths = layer.get_weights()
    order = np.argsort(centers @ [1, 0.5])
    np.testing.assert_allclose(centers[order], middles, atol=0.5)
    widths = np.sqrt([(30**2 + 40**2) / 2, (30**2 + 50**2) / 2, (40**2 + 50**2) / 2])
    np.testing.assert_allclose(np.exp(log_widths)[order], widths, rtol=0.03)


def test_one_unit_takes_the_width_of_the_data():
    layer = RBF(1)
    layer.adapt([[0.0], [2.0], [4.0], [6.0]])
    center, log_width = layer.get_weights()
    assert center.item() == 3
    assert np.exp(log_width).item() == pytest.approx(np.sqrt(5))


def test_two_units_have_one_neighbour_each():
    layer = RBF(2)
    layer.adapt([[0.0], [8.0]])
    np.testing.assert_allclose(np.exp(layer.get_weights()[1]), 8, rtol=1e-6)


def test_adapt_needs_as_many_points_as_units():
    with pytest.raises(ValueError, match="3 centres"):
        RBF(3).adapt([[0.0], [1.0]])


def test_distances_are_not_rounded_to_half_precision():
    """In float16, 300² is infinite, and its gradient 0 · ∞."""
    layer = RBF(1, width=300.0, dtype="mixed_float16", centers_initializer="zeros")
    y = layer(ops.array([[300.0]], "float16"))
    y = ops.convert_to_numpy(y)
    assert y[0, 0] == pytest.approx(np.exp(-0.5), rel=1e-3)


def test_a_network_of_eight_units_learns_a_sine():
    x = np.linspace(-3, 3, 60, dtype="float32")[:, None]
    layer = RBF(8)
    layer.adapt(x, seed=0)
    phi = ops.convert_to_numpy(layer(ops.array(x)))
    readout, *_ = np.linalg.lstsq(phi, np.sin(2 * x), rcond=None)
    assert np.mean((phi @ readout - np.sin(2 * x)) ** 2) < 1e-2


def test_centres_stay_when_frozen():
    layer = RBF(2, trainable=False)
    layer.build((None, 1))
    assert not layer.trainable_variables
    assert isinstance(layer.centers, keras.Variable)
