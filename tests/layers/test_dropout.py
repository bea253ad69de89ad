"""Dropout: its mean, its share, its shape and its seed."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import Dropout
from dlbook.measures import input_gradients


def dropped(layer, shape, dtype="float32"):
    """What becomes of ones in training."""
    y = layer(ops.ones(shape, dtype), training=True)
    return ops.convert_to_numpy(ops.cast(y, "float32"))


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
def test_the_share_is_the_rate_and_the_mean_stays(rate):
    y = dropped(Dropout(rate, seed=1), (100, 1000))
    share = (y == 0).mean()
    # Five standard deviations of 100,000 draws.
    assert abs(share - rate) < 5 * np.sqrt(rate * (1 - rate) / y.size)
    np.testing.assert_allclose(y[y > 0], 1 / (1 - rate), rtol=1e-6)


def test_draws_are_independent_of_their_neighbours():
    y = dropped(Dropout(0.5, seed=1), (300, 300)) > 0
    for neighbour in (np.roll(y, 1, axis=0), np.roll(y, 1, axis=1)):
        assert abs((y == neighbour).mean() - 0.5) < 0.01


def test_a_mask_is_shared_along_axes_of_size_one():
    y = dropped(Dropout(0.5, noise_shape=(None, 1, None), seed=1), (8, 5, 9))
    assert (y == y[:, :1]).all()
    assert len(np.unique(y[:, 0], axis=0)) == 8
    assert len(np.unique(y[:, 0].T, axis=0)) == 9


def test_the_ends_of_the_range():
    assert not dropped(Dropout(1), (4, 4)).any()
    assert (dropped(Dropout(0), (4, 4)) == 1).all()


def test_a_small_rate_is_not_lost_in_half_precision():
    """A float16 draw below 1e-4 would be one of a few numbers."""
    y = dropped(Dropout(1e-3, seed=1, dtype="float16"), (1000, 1000), "float16")
    assert abs((y == 0).mean() - 1e-3) < 1.6e-4


def test_the_gradient_is_the_mask():
    x = np.ones((20, 20), "float32")
    layer = Dropout(0.5, seed=3)
    y = dropped(Dropout(0.5, seed=3), x.shape)
    slope = input_gradients(lambda x: ops.sum(layer(x, training=True)), x)
    np.testing.assert_array_equal(slope, y)


def test_the_noise_shape_must_have_the_axes_of_the_input():
    with pytest.raises(ValueError, match=r"`noise_shape`.* 3 axes.*\(None, 1\)"):
        Dropout(0.5, noise_shape=(None, 1))(ops.ones((2, 3, 4)), training=True)


def test_fit_draws_a_new_mask_for_every_batch():
    model = keras.Sequential([keras.Input((50,)), Dropout(0.5, seed=0)])
    layer = model.layers[0]
    first, second = dropped(layer, (1, 50)), dropped(layer, (1, 50))
    assert (first != second).any()
    assert layer.noise_shape is None
