"""GlobalAveragePooling2D beside Keras's and beside NumPy's mean."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import AveragePooling2D, GlobalAveragePooling2D

from .beside import EXAMPLES, assert_same
from .inputs import arrays
from .windows import FORMAT


@settings(max_examples=EXAMPLES)
@given(
    shape=st.tuples(*[st.integers(1, 4)] * 4),
    data_format=FORMAT,
    keepdims=st.booleans(),
)
def test_any_shape_and_option_is_as_in_keras(shape, data_format, keepdims):
    options = {"data_format": data_format, "keepdims": keepdims}
    ours = GlobalAveragePooling2D(**options)
    assert_same(ours, keras.layers.GlobalAveragePooling2D(**options), (shape,))
    outputs = keras.layers.GlobalAveragePooling2D(**options)(keras.KerasTensor(shape))
    assert ours.compute_output_shape(shape) == outputs.shape


def test_it_is_the_pooling_whose_window_is_the_image():
    (x,) = arrays([(2, 3, 5, 4)])
    ours = ops.convert_to_numpy(GlobalAveragePooling2D(keepdims=True)(x))
    np.testing.assert_allclose(ours, x.mean((1, 2), keepdims=True), atol=1e-6)
    pooled = ops.convert_to_numpy(AveragePooling2D((3, 5))(x))
    np.testing.assert_allclose(ours, pooled, atol=1e-6)


def test_images_may_be_of_any_size():
    image = keras.Input((None, None, 2))
    model = keras.Model(image, GlobalAveragePooling2D()(image))
    assert model.output_shape == (None, 2)
    for shape in ((2, 3, 4, 2), (2, 5, 1, 2)):
        (x,) = arrays([shape])
        y = model.predict(x, verbose=0)
        np.testing.assert_allclose(y, x.mean((1, 2)), atol=1e-6)


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_a_sum_beyond_float16_still_has_a_mean(dtype):
    y = GlobalAveragePooling2D(dtype=dtype)(np.full((1, 16, 16, 1), 1000.0))
    assert ops.convert_to_numpy(ops.cast(y, "float32")).item() == 1000


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="ndim=4"):
        GlobalAveragePooling2D()(ops.ones((2, 3, 4)))
