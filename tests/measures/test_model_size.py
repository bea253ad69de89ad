"""Sizes: against loops that count one product after another.

They come from shapes; what may differ between the backends is marked.
"""

from itertools import product

import keras
import numpy as np
import pytest
from keras import layers

from dlbook import layers as own
from dlbook.measures import layer_sizes, multiply_adds, number_of_parameters


def built(*stack):
    return keras.Sequential(stack)


def convolution(length, channels, window, stride, dilation, filters, groups):
    """The products of a "valid" convolution along two equal axes, counted."""
    reach = dilation * (window - 1)
    places = range(0, length - reach, stride)
    products = 0
    for _row, _column, _filter in product(places, places, range(filters)):
        for _i, _j, _channel in product(
            range(window), range(window), range(channels // groups)
        ):
            products += 1
    return products


@pytest.mark.parametrize(
    ("length", "window", "stride", "dilation", "groups"),
    [(7, 3, 2, 1, 2), (7, 2, 1, 3, 1)],
)
def test_a_convolution_counts_its_windows(length, window, stride, dilation, groups):
    options = {"strides": stride, "dilation_rate": dilation, "groups": groups}
    layer = layers.Conv2D(4, window, **options)
    model = built(keras.Input((length, length, 2)), layer)
    expected = convolution(length, 2, window, stride, dilation, 4, groups)
    assert multiply_adds(model) == expected


WINDOWS = {
    "same padding counts": (
        layers.Conv1D(3, 5, padding="same"),
        (7, 2),
        7 * 3 * 5 * 2,
        33,
    ),
    "depthwise": (layers.DepthwiseConv2D(3), (5, 5, 2), 9 * 2 * 9, 20),
    "transposed": (layers.Conv2DTranspose(3, 2), (4, 4, 2), 16 * 2 * 4 * 3, 27),
    "average": (layers.AveragePooling2D(2), (6, 6, 3), 9 * 3 * 4, 0),
    "average of all": (layers.GlobalAveragePooling2D(), (6, 6, 3), 108, 0),
    "maximum": (layers.MaxPooling2D(2), (6, 6, 3), 0, 0),
    "along many axes": (layers.Dense(4), (2, 3, 5), 2 * 3 * 5 * 4, 24),
    "two kernels": (own.Highway(), (6,), 72, 84),
    "distances": (own.RBF(3), (5,), 15, 18),
    "elementwise": (layers.BatchNormalization(), (6, 6, 3), 0, 12),
    "of indices": (layers.EinsumDense("abc,cd->abd", (4, 7)), (4, 3), 4 * 3 * 7, 21),
}


@pytest.mark.parametrize("case", WINDOWS)
def test_a_layer_counts(case):
    layer, shape, products, parameters = WINDOWS[case]
    (row,) = layer_sizes(built(keras.Input(shape), layer))
    assert (row.multiply_adds, row.parameters) == (products, parameters)


@pytest.mark.parametrize(("kind", "gates"), [("SimpleRNN", 1), ("GRU", 3), ("LSTM", 4)])
def test_recurrence_multiplies_at_each_step(kind, gates):
    layer = getattr(layers, kind)
    once = gates * (3 * 5 + 5 * 5)
    assert multiply_adds(built(keras.Input((7, 3)), layer(5))) == 7 * once


@pytest.mark.backends
def test_so_does_a_cell_and_twice_so_what_goes_both_ways():
    cell = layers.RNN(layers.GRUCell(5))
    assert multiply_adds(built(keras.Input((7, 3)), cell)) == 7 * 3 * (15 + 25)
    both = layers.Bidirectional(layers.LSTM(5))
    assert multiply_adds(built(keras.Input((7, 3)), both)) == 2 * 7 * 4 * (15 + 25)


@pytest.mark.backends
def test_attention_counts_projections_and_pairs():
    query, value = keras.Input((4, 6)), keras.Input((5, 7))
    layer = layers.MultiHeadAttention(2, 3)
    model = keras.Model([query, value], layer(query, value=value))
    projections = 4 * 6 * 2 * 3 + 5 * 7 * 2 * 3 + 5 * 7 * 2 * 3 + 4 * 2 * 3 * 6
    pairs = sum(3 + 3 for _ in product(range(2), range(4), range(5)))
    assert multiply_adds(model) == projections + pairs
    assert sum(row.parameters for row in layer_sizes(model)) == model.count_params()


@pytest.mark.backends
def test_a_shared_layer_multiplies_twice_and_is_stored_once():
    a, b, shared = keras.Input((3,)), keras.Input((3,)), layers.Dense(5)
    model = keras.Model([a, b], layers.Subtract()([shared(a), shared(b)]))
    rows = layer_sizes(model)
    names = ["Dense", "Dense", "Subtract"]
    assert [row.kind for row in rows] == names
    assert [row.parameters for row in rows] == [20, 0, 0]
    assert multiply_adds(model) == 2 * 15


def test_parts_are_counted_inside_what_holds_them():
    inner = built(keras.Input((4,)), layers.Dense(4, activation="relu"))
    blocks = [inner, own.Residual(layers.Dense(6)), layers.Dense(2)]
    model = built(keras.Input((4,)), *blocks)
    # The residual block also has a matrix for its shortcut.
    assert multiply_adds(model) == 16 + 24 + 24 + 12
    assert sum(row.parameters for row in layer_sizes(model)) == model.count_params()
    steps = built(keras.Input((3, 4)), layers.TimeDistributed(layers.Dense(2)))
    assert multiply_adds(steps) == 3 * 4 * 2


@pytest.mark.backends
def test_counting_leaves_the_model_as_it_was():
    model = built(keras.Input((4,)), layers.BatchNormalization(), layers.Dropout(0.5))
    before = [np.array(v.numpy()) if hasattr(v, "numpy") else v for v in model.weights]
    rows = layer_sizes(model)
    assert [row.output_shape for row in rows] == [(4,), (4,)]
    for old, weight in zip(before, model.weights, strict=True):
        np.testing.assert_array_equal(old, keras.ops.convert_to_numpy(weight))
    assert not any("call" in vars(layer) for layer in model.layers)


class Strange(layers.Layer):
    """A layer with a weight that no rule knows."""

    def build(self, input_shape):
        self.scale = self.add_weight(shape=())

    def call(self, inputs):
        return inputs * self.scale


def test_a_layer_that_no_rule_knows_is_not_counted_as_0():
    with pytest.raises(ValueError, match="class Strange"):
        multiply_adds(built(keras.Input((4,)), Strange()))


def test_a_length_that_is_unknown_has_to_be_given():
    model = built(keras.Input((None, 3)), layers.LSTM(5))
    with pytest.raises(ValueError, match="input_shape=None"):
        multiply_adds(model)
    assert multiply_adds(model, (7, 3)) == 7 * 4 * (15 + 25)


def test_parameters_are_numbers():
    model = built(keras.Input((4,)), layers.Dense(3), layers.BatchNormalization())
    assert number_of_parameters(model.weights) == 15 + 12 == model.count_params()
    assert number_of_parameters(model.trainable_variables) == 15 + 6


@pytest.mark.backends
@pytest.mark.skipif(keras.backend.backend() != "torch", reason="torch counts its own")
def test_torch_s_own_counter_agrees():
    from torch.utils.flop_counter import FlopCounterMode

    stack = [
        layers.Conv2D(4, 3, strides=2, groups=2),
        layers.Conv2D(3, 3, dilation_rate=2, padding="same"),
        layers.Reshape((9, 3)),
        layers.Dense(6),
        layers.Flatten(),
        layers.Dense(5),
    ]
    model = built(keras.Input((7, 7, 2)), *stack)
    counter = FlopCounterMode(display=False)
    with counter:
        model(np.zeros((1, 7, 7, 2), "float32"))
    assert counter.get_total_flops() == 2 * multiply_adds(model)
