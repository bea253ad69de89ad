"""Receptive fields: arithmetic, gradient, and a search by hand agree."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from dlbook.measures import effective_receptive_field, receptive_fields

pytestmark = pytest.mark.backends
WINDOWS = st.tuples(st.integers(1, 3), st.integers(1, 2), st.integers(1, 2))


def seen(windows, place=0):
    """The inputs that one unit sees, layer for layer from the last to the first."""
    places = {place}
    for window, stride, dilation in reversed(windows):
        places = {p * stride + dilation * k for p in places for k in range(window)}
    return places


def convolutions(windows, length=40):
    """One-dimensional convolutions of ones, linear: no gradient can vanish."""
    stack = [layers.Conv1D(1, k, strides=s, dilation_rate=d) for k, s, d in windows]
    model = keras.Sequential([keras.Input((length, 1)), *stack])
    model.set_weights([np.ones_like(weight) for weight in model.get_weights()])
    return model


@given(st.lists(WINDOWS, min_size=1, max_size=3))
@settings(max_examples=6)
def test_arithmetic_gradient_and_search_agree(windows):
    # Not a stride beyond the window: TensorFlow 2.21 then corrupts memory on the CPU.
    windows = [(k, min(s, k), d if min(s, k) == 1 else 1) for k, s, d in windows]
    model = convolutions(windows)
    field = receptive_fields(model)[-1]
    search = seen(windows)
    assert field.size == (max(search) + 1,)
    assert field.jump == (min(seen(windows, place=1)),)
    found = effective_receptive_field(model, np.ones((1, 40, 1)), position=(0,))
    assert set(np.flatnonzero(found).tolist()) == search


def test_each_layer_with_a_window_has_one_in_both_directions():
    stack = [
        layers.Conv2D(4, (3, 5), name="first"),
        layers.ReLU(),
        layers.MaxPooling2D(2, name="pool"),
        layers.BatchNormalization(),
        layers.DepthwiseConv2D(3, strides=2, name="depth"),
        layers.AveragePooling2D((1, 2), strides=(1, 1), name="mean"),
        layers.Flatten(),
        layers.Dense(3),
    ]
    found = receptive_fields(keras.Sequential([keras.Input((30, 30, 1)), *stack]))
    assert [tuple(field) for field in found] == [
        ("first", (3, 5), (1, 1)),
        ("pool", (4, 6), (2, 2)),
        ("depth", (8, 10), (4, 4)),
        ("mean", (8, 14), (4, 4)),
    ]


def test_behind_relu_and_pooling_many_examples_show_the_whole_field():
    stack = [layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(2)]
    model = keras.Sequential([keras.Input((9, 9, 2)), *stack, layers.Conv2D(4, 2)])
    images = np.random.default_rng(0).normal(size=(60, 9, 9, 2)).astype("float32")
    found = effective_receptive_field(model, images)
    rows, columns = np.nonzero(found)
    (size,) = {field.size for field in receptive_fields(model)[-1:]}
    assert found.shape == (9, 9)
    # The middle of 2 × 2 units is (1, 1), and the field begins two pixels in.
    for places, extent in zip((rows, columns), size, strict=True):
        assert (places.min(), places.max()) == (2, 2 + extent - 1)


def test_it_is_the_mean_size_of_the_kernel():
    model = keras.Sequential([keras.Input((5, 2)), layers.Conv1D(1, 3)])
    images = np.random.default_rng(0).normal(size=(4, 5, 2))
    found = effective_receptive_field(model, images, position=(1,), seed=7)
    u = np.random.default_rng(7).normal(size=1)
    kernel = keras.ops.convert_to_numpy(model.layers[0].kernel)[:, :, 0]
    expected = [0, *np.abs(kernel * u).mean(axis=1), 0]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("position", [(3,), (-1,), (0, 0), ()])
def test_a_position_outside_is_refused(position):
    model = keras.Sequential([keras.Input((5, 1)), layers.Conv1D(1, 3)])
    with pytest.raises(ValueError, match=r"`position` must lie in the output, \(3,\)"):
        effective_receptive_field(model, np.ones((1, 5, 1)), position=position)
