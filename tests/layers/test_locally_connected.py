"""The locally connected layers beside loops, beside Conv2D, and beside Keras 2."""

import json

import h5py
import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook import layers
from dlbook.layers import Conv2D, LocallyConnected1D, LocallyConnected2D
from dlbook.measures import gradients

from .beside import EXAMPLES
from .differences import differences
from .inputs import arrays, assert_close
from .windows import FORMAT, PADDING, first_or_last, geometries, over_places

RANKS = st.integers(1, 2).flatmap(lambda rank: geometries(rank, most_places=2))


def sums(x, w, b, data_format="channels_last", **window):
    """What Keras 2 computes, place by place; x has its channels last, as the result."""
    sizes, channels = window["sizes"], x.shape[-1]
    extent = b.shape[:-1]
    # Keras 2 flattens a window as the data lies; so the channels are first or last.
    order = np.arange(np.prod(sizes) * channels)
    if data_format == "channels_last":
        order = order.reshape(*sizes, channels)
    else:
        order = np.moveaxis(order.reshape(channels, *sizes), 0, -1)

    def output(place, view):
        own = w[np.ravel_multi_index(place, extent)]
        return sum(pixel @ own[order[offset]] for offset, pixel in view.items())

    z = over_places(x, output, **window)
    if data_format == "channels_last":
        return z + b
    return z + np.moveaxis(b.reshape(b.shape[-1], *extent), 0, -1)


def layer_with(random, shape, data_format="channels_last", **arguments):
    """A layer of two filters with random weights, and them."""
    kind = {3: LocallyConnected1D, 4: LocallyConnected2D}[len(shape)]
    layer = kind(2, data_format=data_format, **arguments)
    layer.build(first_or_last(shape, data_format))
    w, b = (random.normal(size=weight.shape) for weight in layer.weights)
    layer.set_weights([w, b])
    return layer, w, b


@settings(max_examples=2 * EXAMPLES)
@given(geometry=RANKS, padding=PADDING, data_format=FORMAT)
def test_each_output_is_a_sum_with_weights_of_its_own(geometry, padding, data_format):
    sizes, strides, shape = geometry
    random = np.random.default_rng(0)
    place = {"strides": strides, "padding": padding}
    layer, w, b = layer_with(random, shape, data_format, kernel_size=sizes, **place)
    (x,) = arrays([shape])
    y = layer(ops.convert_to_tensor(first_or_last(x, data_format)))
    z = sums(x, w, b, data_format, sizes=sizes, **place)
    assert_close([ops.convert_to_numpy(y)], [first_or_last(z, data_format)], 1e-5)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_gradients_are_those_of_finite_differences(data_format):
    random = np.random.default_rng(1)
    x, window = random.normal(size=(2, 5, 3, 2)), {"strides": (2, 1), "padding": "same"}
    layer, w, b = layer_with(random, x.shape, data_format, kernel_size=2, **window)
    layer.activation = "tanh"
    inputs = keras.Variable(first_or_last(x, data_format))
    variables = [*layer.weights, inputs]
    found = gradients(lambda: ops.sum(layer(inputs.value) ** 2), variables)

    def scalar(w, b, x):
        z = sums(x, w, b, data_format, sizes=(2, 2), **window)
        return np.sum(np.tanh(z) ** 2)

    *slopes, slope = differences(scalar, [w, b, x])
    assert_close(found, [*slopes, first_or_last(slope, data_format)], 1e-5)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_with_the_same_weights_everywhere_it_is_a_convolution(padding, data_format):
    options = {"strides": (2, 1), "padding": padding, "data_format": data_format}
    shared, own = Conv2D(3, (3, 2), **options), LocallyConnected2D(3, (3, 2), **options)
    # Quarters, so that sums are exact in any order.
    x = np.round(4 * arrays([first_or_last((2, 7, 5, 2), data_format)])[0]) / 4
    shared(x), own(x)
    random = np.random.default_rng(2)
    w, b = random.integers(-8, 9, (3, 2, 2, 3)) / 4, random.integers(-8, 9, 3) / 4
    shared.set_weights([w, b])
    order = (0, 1, 2, 3) if data_format == "channels_last" else (2, 0, 1, 3)
    w = np.transpose(w, order).reshape(1, -1, 3)
    extent = own.bias.shape[:-1]
    b = np.broadcast_to(b, (*extent, 3))
    if data_format == "channels_first":
        b = np.moveaxis(b, -1, 0).reshape(*extent, 3)
    own.set_weights([np.tile(w, (own.kernel.shape[0], 1, 1)), b])
    both = (ops.convert_to_numpy(layer(x)) for layer in (own, shared))
    np.testing.assert_array_equal(*both)


@pytest.mark.skipif(keras.backend.backend() != "tensorflow", reason="of TensorFlow")
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_it_computes_what_keras_2_computes(data_format):
    keras_2 = pytest.importorskip("tensorflow.python.keras.backend")
    shape, window = (2, 6, 5, 3), {"kernel_size": (3, 2), "strides": (2, 1)}
    layer, w, b = layer_with(np.random.default_rng(3), shape, data_format, **window)
    (x,) = arrays([first_or_last(shape, data_format)])
    w, b, x = (ops.convert_to_tensor(value, "float32") for value in (w, b, x))
    z = keras_2.local_conv(x, w, *window.values(), layer.places, data_format)
    z = keras_2.bias_add(z, b, data_format)
    np.testing.assert_allclose(layer(x), z, atol=1e-5)


def keras_2_file(path, weights):
    """A model of one layer as Keras 2 has saved it."""
    zeros = {"class_name": "Zeros", "config": {}}
    uniform = {"class_name": "GlorotUniform", "config": {"seed": None}}
    words = {"kernel_initializer": uniform, "bias_initializer": zeros}
    words |= {"kernel_regularizer": None, "bias_regularizer": None}
    words |= {"kernel_constraint": None, "bias_constraint": None}
    words |= {"name": "local", "trainable": True, "dtype": "float32", "filters": 2}
    words |= {"kernel_size": [3, 2], "strides": [2, 1], "padding": "valid"}
    words |= {"data_format": "channels_last", "activation": "tanh", "use_bias": True}
    words |= {"activity_regularizer": None, "implementation": 1}
    shape = {"batch_input_shape": [None, 6, 5, 3], "dtype": "float32", "name": "input"}
    layers = [
        {"class_name": "InputLayer", "config": shape},
        {"class_name": "LocallyConnected2D", "config": words},
    ]
    config = {"class_name": "Sequential", "config": {"name": "old", "layers": layers}}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = json.dumps(config)
        group = file.create_group("model_weights")
        group.attrs["keras_version"] = "2.15.0"
        group.attrs["layer_names"] = [b"local"]
        group = group.create_group("local")
        group.attrs["weight_names"] = list(weights)
        for name, value in weights.items():
            group[name] = value
    return path


def test_a_model_that_keras_2_has_saved_is_read(tmp_path):
    random = np.random.default_rng(4)
    w, b = random.normal(size=(8, 18, 2)), random.normal(size=(2, 4, 2))
    weights = {b"local/kernel:0": w, b"local/bias:0": b}
    path = keras_2_file(tmp_path / "old.h5", weights)
    known = {"LocallyConnected2D": LocallyConnected2D}
    model = keras.models.load_model(path, custom_objects=known, compile=False)
    (x,) = arrays([(2, 6, 5, 3)])
    y = np.tanh(sums(x, w, b, sizes=(3, 2), strides=(2, 1)))
    np.testing.assert_allclose(model.predict(x, verbose=0), y, atol=1e-5)


@pytest.mark.parametrize("implementation", [1, 2, 3])
def test_every_implementation_has_the_same_weights(implementation):
    layer = LocallyConnected1D(4, 3, padding="same", implementation=implementation)
    layer.build((None, 5, 2))
    assert [tuple(w.shape) for w in layer.weights] == [(5, 6, 4), (5, 4)]
    assert layer.get_config()["implementation"] == implementation


def test_it_starts_with_weights_that_shrink_with_the_number_of_places():
    keras.utils.set_random_seed(0)
    layer = LocallyConnected2D(5, 3)
    layer.build((None, 12, 12, 2))
    w = ops.convert_to_numpy(layer.kernel)
    places, inputs, filters = w.shape
    assert (places, inputs, filters) == (100, 18, 5)
    limit = np.sqrt(6 / (inputs + filters)) / np.sqrt(places)
    assert 0.99 * limit < np.abs(w).max() <= limit


@pytest.mark.parametrize("name", ["LocallyConnected1D", "LocallyConnected2D"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("unknown", [1, -1])
def test_an_axis_that_is_unknown_is_refused(name, data_format, unknown):
    shape = [2, 5, 5, 5][: 3 + name.endswith("2D")]
    shape[unknown] = None
    with pytest.raises(ValueError, match="all axes but the batch have to be known"):
        getattr(layers, name)(4, 3, data_format=data_format).build(tuple(shape))


def test_an_image_of_another_size_is_refused():
    layer = LocallyConnected2D(2, 3)
    layer.build((7, 6, 5, 2))
    assert layer(ops.ones((1, 6, 5, 2))).shape == (1, 4, 3, 2)
    with pytest.raises(ValueError, match=r"expected shape=\(None, 6, 5, 2\)"):
        layer(ops.ones((1, 6, 6, 2)))


def test_a_window_that_finds_no_place_is_refused():
    with pytest.raises(ValueError, match="A window over 4 points finds no place"):
        LocallyConnected1D(2, 4).build((None, 3, 2))


def test_words_that_are_not_given_are_those_of_keras_2():
    config = LocallyConnected2D(2, 3).get_config()
    words = ("strides", "padding", "activation", "use_bias", "implementation")
    assert [config[word] for word in words] == [(1, 1), "valid", "linear", True, 1]
