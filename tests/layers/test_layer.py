"""The shared base: words for weights, config, refusals."""

import keras
import numpy as np
import pytest

from dlbook.layers import Dense, Layer


class Shift(Layer):
    """A weight and a function: as little as the base serves."""

    hyperparameters = ("activation",)
    initializers = {"shift": "ones"}

    def __init__(self, activation=None, **options):
        super().__init__(**options)
        self.activation = activation

    def build(self, input_shape):
        self.shift = self.make_weight("shift", input_shape[1:])

    def call(self, inputs):
        return self.activation(inputs + self.shift)


def test_three_words_come_with_each_weight():
    layer = Shift(
        shift_initializer=keras.initializers.Constant(-2.0),
        shift_regularizer=keras.regularizers.L2(0.5),
        shift_constraint="non_neg",
    )
    layer.build((None, 3))
    np.testing.assert_array_equal(layer.get_weights()[0], [-2, -2, -2])
    penalty = keras.ops.convert_to_numpy(layer.losses[0])
    assert penalty == pytest.approx(0.5 * 3 * 4)
    constrained = layer.shift.constraint(layer.shift)
    assert not keras.ops.convert_to_numpy(constrained).any()


def test_the_default_initializer_stands_where_none_is_given():
    layer = Shift()
    layer.build((None, 2))
    np.testing.assert_array_equal(layer.get_weights()[0], [1, 1])


def test_names_become_objects_and_names_again():
    layer = Shift("relu", shift_constraint="non_neg")
    assert layer.activation is keras.activations.relu
    config = layer.get_config()
    assert config["activation"] == "relu"
    assert config["shift_constraint"]["class_name"] == "NonNeg"
    assert config["shift_regularizer"] is None


def test_a_private_attribute_stays_what_it_is():
    layer = Shift()
    layer._own_activation = "relu"
    assert layer._own_activation == "relu"


@pytest.mark.parametrize(
    "words",
    [
        {"shift_initialiser": "ones"},
        {"kernel_initializer": "ones"},
        {"shift_initializer": "one-s"},
        {"shift_regularizer": "one-s"},
        {"shift_constraint": "one-s"},
        {"activation": "one-s"},
    ],
    ids=str,
)
def test_unknown_words_and_names_are_refused(words):
    (word, value), *_ = words.items()
    with pytest.raises(ValueError, match=f"{word}|{value}"):
        Shift(**words)


def test_a_weight_of_unknown_shape_is_refused():
    with pytest.raises(ValueError, match=r"`kernel` of Dense .*\(None, 2\).*not known"):
        Dense(2).build((None, None))


def test_each_layer_gets_an_initializer_of_its_own():
    """One instance for all would give every layer the same "random" numbers."""
    first, second = Dense(3), Dense(3)
    for layer in (first, second):
        layer.build((None, 3))
    assert (first.get_weights()[0] != second.get_weights()[0]).any()


def test_the_activity_regularizer_is_applied_and_kept():
    layer = Shift(activity_regularizer=keras.regularizers.L1(1.0))
    layer(keras.ops.ones((1, 4)))
    assert keras.ops.convert_to_numpy(layer.losses[0]) == 8
    assert layer.get_config()["activity_regularizer"]["class_name"] == "L1"
