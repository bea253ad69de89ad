"""The cases of the layers that know no space and no time."""

import keras

from dlbook import layers

from . import Case

NAN = float("nan")
UNITS = {"units": [0, -1, 2.5, "3", None, True, NAN]}


def tied_dense(**arguments):
    """A decoder behind an encoder from 4 inputs to 3 units."""
    encoder = layers.Dense(3, use_bias=False, name="encoder")
    encoder.build((None, 4))
    return layers.TiedDense(encoder, **arguments)


def residual(features, **arguments):
    """A block of two dense layers, with the given number of features out."""
    branch = [layers.Dense(5, "tanh", name="in"), layers.Dense(features, name="out")]
    return layers.Residual(branch, **arguments)


CASES = [
    Case(
        "Perceptron",
        {"units": 3, "kernel_initializer": "random_normal"},
        shapes=((2, 5, 4),),
        weights={"kernel": (4, 3), "bias": (3,)},
        mask="propagated",
        refused=UNITS,
    ),
    Case(
        "Dense",
        {"units": 3, "activation": "tanh", "bias_initializer": "random_normal"},
        shapes=((2, 5, 4),),
        weights={"kernel": (4, 3), "bias": (3,)},
        builtin=keras.layers.Dense,
        mask="propagated",
        refused=UNITS | {"activation": ["tanhh"], "kernel_initializer": ["glorot"]},
    ),
    Case(
        "Dense",
        {"units": 3, "use_bias": False, "kernel_regularizer": "l2"},
        shapes=((2, 4),),
        weights={"kernel": (4, 3)},
        builtin=keras.layers.Dense,
        variant="without bias",
    ),
    Case(
        "Dropout",
        {"rate": 0.5, "seed": 7},
        shapes=((4, 5, 8),),
        builtin=keras.layers.Dropout,
        mask="propagated",
        trains=True,
        seed=True,
        refused={
            "rate": [-0.1, 1.5, NAN, "0.5", None],
            "seed": [-1, 0.5, "7"],
            "noise_shape": [(0, 1), (None, 1.5)],
        },
    ),
    Case(
        "Dropout",
        {"rate": 0.5, "noise_shape": (None, 1, None), "seed": 7},
        shapes=((4, 5, 8),),
        builtin=keras.layers.Dropout,
        trains=True,
        seed=True,
        variant="the same at all times",
    ),
    Case(
        "BatchNormalization",
        {"momentum": 0.9, "gamma_initializer": "random_normal"},
        shapes=((4, 5, 3),),
        weights={
            "gamma": (3,),
            "beta": (3,),
            "moving_mean": (3,),
            "moving_variance": (3,),
        },
        builtin=keras.layers.BatchNormalization,
        mask="propagated",
        trains=True,
        refused={
            "momentum": [1.5, -0.1, NAN, None],
            "epsilon": [-1e-3, NAN, None],
        },
    ),
    Case(
        "BatchNormalization",
        {"axis": 1, "center": False, "scale": False},
        shapes=((4, 3, 2, 2),),
        weights={"moving_mean": (3,), "moving_variance": (3,)},
        builtin=keras.layers.BatchNormalization,
        trains=True,
        variant="axis 1",
    ),
    Case(
        "LeakyReLU",
        {"negative_slope": 0.1},
        shapes=((2, 5, 4),),
        builtin=keras.layers.LeakyReLU,
        mask="propagated",
        refused={"negative_slope": [-0.1, NAN, None, "0.1"]},
    ),
    Case(
        "PReLU",
        {"shared_axes": [1], "alpha_initializer": "random_normal"},
        shapes=((2, 5, 4),),
        weights={"alpha": (1, 4)},
        builtin=keras.layers.PReLU,
        mask="propagated",
        refused={"shared_axes": [0, [-1], [1.5], "1"]},
    ),
    Case(
        "RBF",
        {"units": 3, "width": 2.0},
        shapes=((2, 5, 4),),
        weights={"centers": (3, 4), "log_widths": (3,)},
        mask="propagated",
        refused=UNITS | {"width": [0, -1.0, NAN, None]},
    ),
    Case(
        "Highway",
        {"activation": "tanh", "transform_bias": -0.5},
        shapes=((2, 5, 4),),
        weights={
            "kernel": (4, 4),
            "bias": (4,),
            "gate_kernel": (4, 4),
            "gate_bias": (4,),
        },
        mask="propagated",
        refused={"transform_bias": [NAN, float("inf"), None, "zeros"]},
    ),
    Case(
        "Residual",
        {"features": 4},
        shapes=((2, 5, 4),),
        weights={
            "in/kernel": (4, 5),
            "in/bias": (5,),
            "out/kernel": (5, 4),
            "out/bias": (4,),
        },
        mask="propagated",
        refused={"strides": [0, -1, 1.5, None, (1, 0)]},
        make=residual,
    ),
    Case(
        "Residual",
        {"features": 6},
        shapes=((2, 5, 4),),
        weights={
            "in/kernel": (4, 5),
            "in/bias": (5,),
            "out/kernel": (5, 6),
            "out/bias": (6,),
            "projection/kernel": (4, 6),
        },
        mask="propagated",
        make=residual,
        variant="with a projection",
    ),
    Case(
        "TiedDense",
        {"activation": "tanh"},
        shapes=((2, 5, 3),),
        weights={"bias": (4,), "encoder/kernel": (4, 3)},
        mask="propagated",
        make=tied_dense,
    ),
]
