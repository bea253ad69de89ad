"""The cases of the layers that know space: windows that move over images."""

import keras

from . import Case

NAN = float("nan")
WINDOW = [0, -1, 2.5, None, (2, 2, 2), (2, 0), NAN]
PLACES = {
    "strides": [0, 1.5, (1, 1, 1), "1"],
    "padding": ["full", "causal", None, 1],
    "data_format": ["channels", "NHWC", 1],
}
FILTERS = {"filters": [0, -1, 2.5, None, True]}
IMAGES = (3, 6, 5, 2)

CASES = [
    Case(
        "Conv2D",
        {"filters": 3, "kernel_size": (3, 2), "activation": "tanh"},
        shapes=(IMAGES,),
        weights={"kernel": (3, 2, 2, 3), "bias": (3,)},
        builtin=keras.layers.Conv2D,
        refused=FILTERS
        | PLACES
        | {
            "kernel_size": WINDOW,
            "dilation_rate": [0, 1.5, (1, 1, 1)],
            "groups": [0, 2, 1.5],
            "activation": ["tanhh"],
        },
    ),
    Case(
        "Conv2D",
        {
            "filters": 4,
            "kernel_size": (3, 3),
            "strides": (2, 1),
            "padding": "same",
            "groups": 2,
            "use_bias": False,
            "kernel_regularizer": "l2",
        },
        shapes=(IMAGES,),
        weights={"kernel": (3, 3, 1, 4)},
        builtin=keras.layers.Conv2D,
        variant="two groups",
    ),
    Case(
        "Conv2D",
        {
            "filters": 3,
            "kernel_size": (2, 2),
            "padding": "same",
            "data_format": "channels_first",
            "dilation_rate": (1, 2),
            "activation": "softmax",  # as in Keras over the last axis: the columns
        },
        shapes=((3, 2, 6, 5),),
        weights={"kernel": (2, 2, 2, 3), "bias": (3,)},
        builtin=keras.layers.Conv2D,
        variant="channels first",
    ),
    Case(
        "MaxPooling2D",
        {"pool_size": (3, 2), "strides": (2, 2), "padding": "same"},
        shapes=(IMAGES,),
        builtin=keras.layers.MaxPooling2D,
        refused=PLACES | {"pool_size": WINDOW},
    ),
    Case(
        "AveragePooling2D",
        {"pool_size": (3, 2), "data_format": "channels_first"},
        shapes=((3, 2, 6, 5),),
        builtin=keras.layers.AveragePooling2D,
        refused=PLACES | {"pool_size": WINDOW},
    ),
    Case(
        "GlobalAveragePooling2D",
        {"keepdims": True},
        shapes=(IMAGES,),
        builtin=keras.layers.GlobalAveragePooling2D,
        refused={"data_format": PLACES["data_format"]},
    ),
    Case(
        "LocallyConnected1D",
        {"filters": 3, "kernel_size": (3,), "strides": (2,), "activation": "tanh"},
        shapes=((3, 7, 2),),
        weights={"kernel": (3, 6, 3), "bias": (3, 3)},
        refused=FILTERS
        | PLACES
        | {"kernel_size": [0, 2.5, None, (2, 2)], "implementation": [0, 4, "1", None]},
    ),
    Case(
        "LocallyConnected2D",
        {"filters": 3, "kernel_size": (3, 2), "bias_initializer": "random_normal"},
        shapes=((3, 5, 4, 2),),
        weights={"kernel": (9, 12, 3), "bias": (3, 3, 3)},
        refused=FILTERS
        | PLACES
        | {"kernel_size": WINDOW, "implementation": [0, 4, "1", None]},
    ),
    Case(
        "LocallyConnected2D",
        {
            "filters": 2,
            "kernel_size": (3, 3),
            "strides": (2, 2),
            "padding": "same",
            "data_format": "channels_first",
            "use_bias": False,
            "implementation": 2,
        },
        shapes=((3, 2, 4, 5),),
        weights={"kernel": (6, 18, 2)},
        variant="channels first",
    ),
]
