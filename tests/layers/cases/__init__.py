"""Every public layer once or more, for `test_every_layer`.

Each module of this folder has a list `CASES`.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, field

from dlbook import layers


@dataclass(frozen=True)
class Case:
    """A public layer, how to build it, and what it promises.

    Attributes:
        name: its public name in `dlbook.layers`.
        arguments: what its constructor is given, under Keras's words.
        shapes: the shapes of its positional call arguments, the batch first. One layer
            input: `((2, 5),)`; a cell: `((2, 3), [(2, 4)])`.
        weights: the names and shapes of its weights, in their order. Of a layer in the
            layer the name may begin with that one's: "cell/kernel".
        builtin: a function of the same arguments that makes Keras's own layer, such as
            `keras.layers.Dense`; None where Keras has none.
        mask: what becomes of a mask (batch, time) on the first input. "propagated": it
            goes out; "consumed": it ends here; "both": it is used and goes out; None:
            the layer takes none. Used: a fully masked row gives zeros.
        trains: whether it computes something else when `training=True`.
        seed: whether it takes a `seed` that makes its training calls reproducible.
        refused: argument → values that a ValueError refuses.
        variant: tells two cases of one layer apart.
        make: makes the layer from its arguments; None: the public class itself.
    """

    name: str
    arguments: dict
    shapes: tuple
    weights: dict = field(default_factory=dict)
    builtin: Callable | None = None
    mask: str | None = None
    trains: bool = False
    seed: bool = False
    refused: dict = field(default_factory=dict)
    variant: str = ""
    make: Callable | None = None

    def layer(self, **arguments):
        """A new layer; arguments given here join the case's, or replace them."""
        make = self.make or getattr(layers, self.name)
        return make(**self.arguments | arguments)

    def __str__(self):
        return "-".join(filter(None, (self.name, self.variant)))


CASES = [
    case
    for module in ("core", "convolution", "recurrent", "attention")
    for case in importlib.import_module(f"{__name__}.{module}").CASES
]
