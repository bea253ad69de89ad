"""Which formula and which of Keras's own optimizers each of ours stands beside."""

import keras
import numpy as np

from dlbook import optimizers

from . import formulas


class EpsilonOfThePaper:
    """ε √(1 − β₂ᵗ) for ε at step t, which makes Keras's Adam the paper's."""

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


# They derive from the classes that the backend really runs: torch has its own.
class AdamOfThePaper(EpsilonOfThePaper, type(keras.optimizers.Adam())):
    """Keras's Adam with the paper's ε."""


class AdamWOfThePaper(EpsilonOfThePaper, type(keras.optimizers.AdamW())):
    """Keras's AdamW with the paper's ε."""


BUILTINS = {
    "SGD": keras.optimizers.SGD,
    "Adagrad": keras.optimizers.Adagrad,
    "RMSprop": keras.optimizers.RMSprop,
    "Adadelta": keras.optimizers.Adadelta,
    "Adam": AdamOfThePaper,
    "AdamW": AdamWOfThePaper,
    "Nadam": keras.optimizers.Nadam,
}
FORMULAS = {name: getattr(formulas, name.lower()) for name in BUILTINS}
OURS = {name: getattr(optimizers, name) for name in BUILTINS}
# For what stands around the rule: all but those whose state is of the same kind.
KINDS = {name: OURS[name] for name in ("SGD", "RMSprop", "Adam", "Nadam")}

VARIANTS = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adagrad", {}),
    ("Adagrad", {"initial_accumulator_value": 0.0}),
    ("RMSprop", {}),
    ("RMSprop", {"momentum": 0.9}),
    ("RMSprop", {"centered": True}),
    ("RMSprop", {"centered": True, "momentum": 0.9}),
    ("Adadelta", {}),
    ("Adadelta", {"rho": 0.9, "epsilon": 1e-6}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True}),
    ("AdamW", {}),
    ("AdamW", {"amsgrad": True, "weight_decay": 0.1}),
    ("Nadam", {}),
]


def label(value):
    """How pytest names a case: `momentum=0.9-nesterov`."""
    if not isinstance(value, dict):
        return None
    words = (k if v is True else f"{k}={v}" for k, v in value.items())
    return "-".join(words) or "defaults"
