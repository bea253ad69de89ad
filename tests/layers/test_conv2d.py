"""Conv2D beside Keras's and beside loops over places and groups."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import Conv2D

from .beside import EXAMPLES, assert_same
from .inputs import arrays
from .windows import FORMAT, PADDING, first_or_last, geometries, over_places


@settings(max_examples=EXAMPLES)
@given(
    geometry=geometries(),
    padding=PADDING,
    data_format=FORMAT,
    groups=st.integers(1, 2),
    use_bias=st.booleans(),
    activation=st.sampled_from([None, "tanh"]),
)
def test_any_window_and_option_is_as_in_keras(
    geometry, padding, data_format, groups, use_bias, activation
):
    sizes, strides, shape = geometry
    options = {"padding": padding, "data_format": data_format, "groups": groups}
    options |= {"use_bias": use_bias, "activation": activation}
    arguments = {"filters": 4, "kernel_size": sizes, "strides": strides} | options
    ours, theirs = Conv2D(**arguments), keras.layers.Conv2D(**arguments)
    assert_same(ours, theirs, (first_or_last(shape, data_format),))


@settings(max_examples=EXAMPLES)
@given(
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    dilation=st.tuples(st.integers(1, 3), st.integers(1, 2)),
    padding=PADDING,
)
def test_any_dilation_is_as_in_keras(sizes, dilation, padding):
    arguments = {"filters": 2, "kernel_size": sizes, "padding": padding}
    arguments["dilation_rate"] = dilation
    ours, theirs = Conv2D(**arguments), keras.layers.Conv2D(**arguments)
    assert_same(ours, theirs, ((2, 8, 6, 2),))


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [(1, 1), (2, 3)])
def test_each_output_is_a_sum_over_its_view(padding, strides):
    geometry = {"strides": strides, "padding": padding}
    layer = Conv2D(4, (3, 2), groups=2, dilation_rate=(2, 3), **geometry)
    (x,) = arrays([(2, 9, 8, 6)])
    layer(x)
    w, b = ops.convert_to_numpy(layer.kernel), np.arange(4.0)
    layer.bias.assign(b)
    y = ops.convert_to_numpy(layer(x))

    def output(place, view):
        # Filters 0 and 1 see channels 0 to 2, filters 2 and 3 the others.
        sums = [sum(p[:, :3] @ w[at][:, :2] for at, p in view.items())]
        sums += [sum(p[:, 3:] @ w[at][:, 2:] for at, p in view.items())]
        return np.concatenate(sums, axis=-1) + b

    geometry |= {"sizes": (3, 2), "dilations": (2, 3)}
    np.testing.assert_allclose(y, over_places(x, output, **geometry), atol=1e-5)


def test_it_is_a_cross_correlation():
    layer = Conv2D(1, 3, use_bias=False)
    point = np.zeros((1, 5, 5, 1), "float32")
    point[0, 2, 2, 0] = 1
    y = ops.convert_to_numpy(layer(point))[0, :, :, 0]
    w = ops.convert_to_numpy(layer.kernel)[:, :, 0, 0]
    # A convolution would answer to a point with W itself.
    np.testing.assert_array_equal(y, w[::-1, ::-1])


@pytest.mark.parametrize("padding", ["valid", "same"])
def test_height_and_width_may_be_unknown(padding):
    image = keras.Input((None, None, 2))
    layer = Conv2D(3, (3, 2), strides=2, padding=padding, groups=1)
    model = keras.Model(image, layer(image))
    assert model.output_shape == (None, None, None, 3)
    # From the second shape on, TensorFlow's graph leaves height and width open.
    for shape in ((2, 7, 6, 2), (2, 8, 9, 2)):
        (x,) = arrays([shape])
        expected = ops.convert_to_numpy(layer(x))
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, atol=1e-6)


def test_same_padding_of_a_stride_beyond_the_window_cuts_off_nothing():
    layer = Conv2D(1, 1, strides=3, padding="same", kernel_initializer="ones")
    image = keras.Input((None, None, 1))
    model = keras.Model(image, layer(image))
    # From the second length on, TensorFlow's graph leaves the length open.
    for length in (6, 5, 8):
        x = np.arange(length, dtype="float32").reshape(1, length, 1, 1)
        for y in (layer(x), model.predict(x, verbose=0)):
            found = ops.convert_to_numpy(y)
            np.testing.assert_array_equal(found, x[:, ::3])


def test_a_window_may_be_given_as_one_number_and_padding_in_capitals():
    layer = Conv2D(2, 3, strides=2, padding="SAME", dilation_rate=2)
    config = layer.get_config()
    assert (config["kernel_size"], config["strides"]) == ((3, 3), (2, 2))
    assert (config["padding"], config["dilation_rate"]) == ("same", (2, 2))


def test_the_format_of_the_data_is_that_of_keras_s_config():
    before = keras.config.image_data_format()
    keras.config.set_image_data_format("channels_first")
    try:
        assert Conv2D(2, 3).data_format == "channels_first"
    finally:
        keras.config.set_image_data_format(before)
    assert Conv2D(2, 3).data_format == before


@pytest.mark.parametrize(
    ("options", "shape", "words"),
    [
        ({"groups": 3}, (2, 5, 5, 4), "`groups` must divide the channels.*3 and 4"),
        ({}, (2, 5, 2, 4), "A window over 3 points finds no place on an axis of 2"),
        ({"dilation_rate": 3}, (2, 7, 6, 4), "over 7 points finds no .* axis of 6"),
        ({}, (2, 5, 5, None), "`kernel` of Conv2D would be of shape"),
        ({}, (2, 5, 5), "ndim=4"),
    ],
)
def test_an_input_that_does_not_fit_is_refused(options, shape, words):
    with pytest.raises(ValueError, match=words):
        Conv2D(6, 3, **options)(keras.KerasTensor(shape))


def test_groups_that_do_not_divide_the_filters_are_refused():
    with pytest.raises(ValueError, match=r"`groups` must divide the filters.*2 and 5"):
        Conv2D(5, 3, groups=2)


def test_an_input_with_other_channels_is_refused():
    layer = Conv2D(2, 3, data_format="channels_first")
    layer.build((None, 4, 5, 5))
    with pytest.raises(ValueError, match=r"expected axis 1 of input shape .* value 4"):
        layer(ops.ones((1, 5, 5, 5)))
