"""Which formula and which of Keras's own optimizers each of ours stands beside."""

import keras
import numpy as np

from dlbook import optimizers

from . import formulas


class AdamOfThePaper(type(keras.optimizers.Adam())):
    """Keras's Adam with ε √(1 − β₂ᵗ) for ε at step t, which makes it the paper's.

    It derives from the class that the backend really runs (torch has one of its own).
    """

    @property
    def epsilon(self):
        """ε √(1 − β₂ᵗ), from a float64 table, as a tensor."""
        steps = np.arange(1, 2001)
        table = self._epsilon * np.sqrt(1 - self.beta_2**steps)
        table = keras.ops.convert_to_tensor(table, keras.backend.floatx())
        return keras.ops.take(table, self.iterations)

    @epsilon.setter
    def epsilon(self, value):
        self._epsilon = value


FORMULAS = {"SGD": formulas.sgd, "RMSprop": formulas.rmsprop, "Adam": formulas.adam}
BUILTINS = {
    "SGD": keras.optimizers.SGD,
    "RMSprop": keras.optimizers.RMSprop,
    "Adam": AdamOfThePaper,
}
OURS = {name: getattr(optimizers, name) for name in BUILTINS}

VARIANTS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
]


def label(value):
    """How pytest names a case: `momentum=0.9-nesterov`."""
    if not isinstance(value, dict):
        return None
    words = (k if v is True else f"{k}={v}" for k, v in value.items())
    return "-".join(words) or "defaults"
