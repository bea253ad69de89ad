"""MaxPooling2D beside Keras's and beside a loop over places."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from keras import ops

from dlbook.layers import MaxPooling2D
from dlbook.measures import input_gradients

from .beside import EXAMPLES, assert_same
from .inputs import arrays
from .windows import FORMAT, PADDING, first_or_last, geometries, over_places


@settings(max_examples=EXAMPLES)
@given(geometry=geometries(), padding=PADDING, data_format=FORMAT)
def test_any_window_and_option_is_as_in_keras(geometry, padding, data_format):
    sizes, strides, shape = geometry
    options = {"padding": padding, "data_format": data_format}
    arguments = {"pool_size": sizes, "strides": strides} | options
    ours, theirs = MaxPooling2D(**arguments), keras.layers.MaxPooling2D(**arguments)
    assert_same(ours, theirs, (first_or_last(shape, data_format),))


@settings(max_examples=EXAMPLES)
@given(geometry=geometries(), padding=PADDING)
def test_each_output_is_the_largest_in_its_view(geometry, padding):
    sizes, strides, shape = geometry
    (x,) = arrays([shape])
    # Below zero: padding with zeros would be larger than any pixel.
    y = ops.convert_to_numpy(MaxPooling2D(sizes, strides, padding)(x - 9))
    window = {"sizes": sizes, "strides": strides, "padding": padding}
    largest = over_places(x - 9, lambda _, view: np.max([*view.values()], 0), **window)
    np.testing.assert_array_equal(y, largest)


def test_windows_stand_side_by_side_by_default():
    layer = MaxPooling2D((3, 2))
    assert layer.strides == (3, 2)
    assert layer.compute_output_shape((None, 7, None, 4)) == (None, 2, None, 4)
    assert MaxPooling2D().pool_size == (2, 2)


@pytest.mark.parametrize("kind", [MaxPooling2D, keras.layers.MaxPooling2D])
def test_of_equals_the_first_has_the_gradient(kind):
    layer = kind((2, 3), strides=1)
    x = [[0, 5, 5, 1], [5, 5, 0, 1]]
    x = np.array(x, "float32").reshape(1, 2, 4, 1)
    slope = input_gradients(lambda x: ops.sum(layer(x)), x)
    # Both windows hold four or three fives; the first is that of the upper row.
    np.testing.assert_array_equal(slope[0, :, :, 0], [[0, 2, 0, 0], [0, 0, 0, 0]])


def test_a_window_that_finds_no_place_is_refused():
    with pytest.raises(ValueError, match="A window over 3 points finds no place"):
        MaxPooling2D(3)(ops.ones((1, 5, 2, 1)))


def test_a_window_without_place_in_images_of_unknown_size_is_refused():
    image = keras.Input((None, None, 1))
    model = keras.Model(image, MaxPooling2D(3)(image))
    with pytest.raises(ValueError, match="A window over 3 points finds no place"):
        model(ops.ones((1, 2, 5, 1)))


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="ndim=4"):
        MaxPooling2D()(ops.ones((2, 3, 4)))
