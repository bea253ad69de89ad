"""AveragePooling2D beside Keras's and beside a loop over places."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import AveragePooling2D

from .beside import EXAMPLES, assert_same
from .inputs import arrays
from .windows import FORMAT, PADDING, first_or_last, geometries, over_places

# torch's odd padding "same" repeats the border in Keras 3.15; even padding does not.
SAFE = ["valid"] if keras.backend.backend() == "torch" else ["valid", "same"]


@settings(max_examples=EXAMPLES)
@given(geometry=geometries(), padding=st.sampled_from(SAFE), data_format=FORMAT)
def test_any_window_and_option_is_as_in_keras(geometry, padding, data_format):
    sizes, strides, shape = geometry
    options = {"padding": padding, "data_format": data_format}
    arguments = {"pool_size": sizes, "strides": strides} | options
    ours = AveragePooling2D(**arguments)
    theirs = keras.layers.AveragePooling2D(**arguments)
    assert_same(ours, theirs, (first_or_last(shape, data_format),))


def test_even_padding_is_as_in_keras():
    ours, theirs = (
        kind(3, strides=1, padding="same")
        for kind in (AveragePooling2D, keras.layers.AveragePooling2D)
    )
    assert_same(ours, theirs, ((2, 5, 4, 2),))


@settings(max_examples=EXAMPLES)
@given(geometry=geometries(), padding=PADDING)
def test_each_output_is_the_mean_of_the_pixels_in_its_view(geometry, padding):
    sizes, strides, shape = geometry
    (x,) = arrays([shape])
    y = ops.convert_to_numpy(AveragePooling2D(sizes, strides, padding)(x))
    window = {"sizes": sizes, "strides": strides, "padding": padding}
    means = over_places(x, lambda _, view: np.mean([*view.values()], 0), **window)
    np.testing.assert_allclose(y, means, atol=1e-6)


def test_windows_stand_side_by_side_by_default():
    assert AveragePooling2D((3, 2)).strides == (3, 2)
    assert AveragePooling2D().pool_size == (2, 2)


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_a_sum_beyond_float16_still_has_a_mean(dtype):
    x = np.full((1, 16, 16, 1), 1000.0)
    y = AveragePooling2D(16, dtype=dtype)(x)
    assert ops.convert_to_numpy(ops.cast(y, "float32")).item() == 1000
