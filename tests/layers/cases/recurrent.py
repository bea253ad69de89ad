"""The cases of the layers that go through time, and of their cells."""

import keras

from . import Case
from .core import NAN, UNITS

SHARES = [-0.1, 1.0, 1.5, NAN, "0.5", None]
REFUSED = UNITS | {
    "dropout": SHARES,
    "recurrent_dropout": SHARES,
    "seed": [-1, 0.5, "7"],
    "activation": ["tanhh"],
    "recurrent_initializer": ["glorot"],
}
GATED = REFUSED | {"recurrent_activation": ["sigmoidd"]}
SEQUENCE = ((3, 5, 4),)


def weights(gates, bias):
    return {"kernel": (4, 3 * gates), "recurrent_kernel": (3, 3 * gates), "bias": bias}


def of_cell(weights):
    """What a layer calls the weights of its cell."""
    return {f"cell/{name}": shape for name, shape in weights.items()}


class KerasSimpleRNN(keras.layers.SimpleRNN):
    """Keras's layer, which leaves its seed out of its config."""

    def get_config(self):
        return super().get_config() | {"seed": self.cell.seed}


CASES = [
    Case(
        "SimpleRNNCell",
        {"units": 3, "activation": "sigmoid", "bias_initializer": "random_normal"},
        shapes=((2, 4), [(2, 3)]),
        weights=weights(1, (3,)),
        builtin=keras.layers.SimpleRNNCell,
        refused=REFUSED,
    ),
    Case(
        "LSTMCell",
        {"units": 3, "recurrent_activation": "hard_sigmoid"},
        shapes=((2, 4), [(2, 3), (2, 3)]),
        weights=weights(4, (12,)),
        builtin=keras.layers.LSTMCell,
        refused=GATED,
    ),
    Case(
        "GRUCell",
        {"units": 3, "recurrent_activation": "hard_sigmoid"},
        shapes=((2, 4), [(2, 3)]),
        weights=weights(3, (2, 9)),
        builtin=keras.layers.GRUCell,
        refused=GATED,
    ),
    Case(
        "GRUCell",
        {"units": 3, "dropout": 0.5, "recurrent_dropout": 0.5, "seed": 7},
        shapes=((4, 6), [(4, 3)]),
        weights={"kernel": (6, 9), "recurrent_kernel": (3, 9), "bias": (2, 9)},
        builtin=keras.layers.GRUCell,
        trains=True,
        seed=True,
        variant="with dropout",
    ),
    Case(
        "SimpleRNN",
        {"units": 3, "recurrent_initializer": "glorot_uniform"},
        shapes=SEQUENCE,
        weights=of_cell(weights(1, (3,))),
        builtin=KerasSimpleRNN,
        mask="consumed",
        refused=REFUSED,
    ),
    Case(
        "LSTM",
        {"units": 3, "return_sequences": True, "recurrent_activation": "hard_sigmoid"},
        shapes=SEQUENCE,
        weights=of_cell(weights(4, (12,))),
        builtin=keras.layers.LSTM,
        mask="both",
        refused=GATED,
    ),
    Case(
        "LSTM",
        {"units": 3, "dropout": 0.5, "recurrent_dropout": 0.5, "seed": 7},
        shapes=SEQUENCE,
        weights=of_cell(weights(4, (12,))),
        builtin=keras.layers.LSTM,
        mask="consumed",
        trains=True,
        seed=True,
        variant="with dropout",
    ),
    Case(
        "GRU",
        {"units": 3, "reset_after": False, "return_state": True, "go_backwards": True},
        shapes=SEQUENCE,
        weights=of_cell(weights(3, (9,))),
        builtin=keras.layers.GRU,
        mask="consumed",
        refused=GATED,
        variant="backwards, reset before",
    ),
    Case(
        "GRU",
        {"units": 3, "return_sequences": True, "use_bias": False},
        shapes=SEQUENCE,
        weights=of_cell({"kernel": (4, 9), "recurrent_kernel": (3, 9)}),
        builtin=keras.layers.GRU,
        mask="both",
        variant="without bias",
    ),
]
