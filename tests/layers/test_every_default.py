"""What a layer is where nothing is said, if Keras has none to stand beside."""

import pytest

from dlbook import layers

from .cases import CASES
from .cases.core import residual, tied_dense

WINDOWED = {
    "padding": "valid",
    "data_format": "channels_last",
    "activation": "linear",
    "use_bias": True,
    "kernel_initializer": "GlorotUniform",
    "bias_initializer": "Zeros",
}
DEFAULTS = {
    "Perceptron": {
        "units": 1,
        "use_bias": True,
        "kernel_initializer": "Zeros",
        "bias_initializer": "Zeros",
    },
    "RBF": {"width": 1.0, "centers_initializer": "RandomNormal"},
    "Highway": {
        "activation": "relu",
        "transform_bias": -2.0,
        "bias_initializer": "Zeros",
        "kernel_initializer": "GlorotUniform",
        "gate_kernel_initializer": "GlorotUniform",
    },
    "Residual": {"strides": 1},
    "TiedDense": {
        "activation": "linear",
        "use_bias": True,
        "bias_initializer": "Zeros",
    },
    "LocallyConnected1D": {"strides": (1,), **WINDOWED},
    "LocallyConnected2D": {"strides": (1, 1), **WINDOWED},
    "SelfAttention": {
        "value_dim": 3,
        "dropout": 0.0,
        "use_bias": True,
        "causal": False,
        "big_bird": None,
        "seed": None,
        "kernel_initializer": "GlorotUniform",
        "bias_initializer": "Zeros",
    },
}
MADE = {
    "RBF": lambda: layers.RBF(3),
    "Residual": lambda: residual(4),
    "TiedDense": tied_dense,
    "LocallyConnected1D": lambda: layers.LocallyConnected1D(3, 2),
    "LocallyConnected2D": lambda: layers.LocallyConnected2D(3, 2),
    "SelfAttention": lambda: layers.SelfAttention(2, 3),
}


def test_every_layer_without_a_builtin_is_here():
    assert DEFAULTS.keys() == {case.name for case in CASES if not case.builtin}


@pytest.mark.parametrize("name", DEFAULTS)
def test_the_defaults_are_those_written_here(name):
    config = MADE.get(name, getattr(layers, name))().get_config()
    for word, default in DEFAULTS[name].items():
        kept = config[word]
        assert (kept["class_name"] if isinstance(kept, dict) else kept) == default, word
