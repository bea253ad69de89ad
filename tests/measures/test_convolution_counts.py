"""Sizes and fields of dlbook's layers with windows: as of Keras's, or of a loop."""

from math import prod

import keras
import pytest

from dlbook import layers as own
from dlbook.measures import layer_sizes, multiply_adds, receptive_fields


def model(layers):
    """Convolutions and poolings of either library."""
    stack = [
        layers.Conv2D(4, (3, 2), strides=(2, 1), padding="same", name="first"),
        layers.MaxPooling2D(2, name="largest"),
        layers.Conv2D(6, 3, dilation_rate=2, groups=2, name="wide"),
        layers.AveragePooling2D((2, 3), strides=(1, 2), padding="same", name="mean"),
        layers.GlobalAveragePooling2D(name="all"),
        layers.Dense(3, name="out"),
    ]
    return keras.Sequential([keras.Input((30, 15, 2)), *stack])


def test_sizes_and_receptive_fields_are_those_of_keras_s_layers():
    ours, theirs = model(own), model(keras.layers)
    assert layer_sizes(ours) == layer_sizes(theirs)
    assert receptive_fields(ours) == receptive_fields(theirs)
    assert all(row.multiply_adds for row in layer_sizes(ours) if row.layer != "largest")


@pytest.mark.parametrize("axes", [1, 2])
def test_a_locally_connected_layer_costs_what_a_convolution_costs(axes):
    shape = (9, 7, 2)[2 - axes :]
    window = {"filters": 4, "kernel_size": 3, "strides": 2, "name": "same"}
    input_layer = keras.Input(shape)
    kinds = [(own, "LocallyConnected"), (keras.layers, "Conv")]
    local, shared = (
        keras.Sequential([input_layer, getattr(part, f"{kind}{axes}D")(**window)])
        for part, kind in kinds
    )
    assert multiply_adds(local) == multiply_adds(shared)
    assert receptive_fields(local) == receptive_fields(shared)
    # Where places share no weight, each weight acts once.
    assert prod(local.layers[0].kernel.shape) == multiply_adds(local)
