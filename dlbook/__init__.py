"""dlbook: deep learning written out by hand, as Keras components.

Importing it is cheap: a part, and the backend it needs, is loaded at its first use.
"""

import importlib

__version__ = "0.1.0"
__all__ = [
    "data",
    "activations",
    "initializers",
    "regularizers",
    "losses",
    "layers",
    "models",
    "optimizers",
    "training",
    "callbacks",
    "measures",
    "figures",
    "claims",
    "page",
]


def __getattr__(name):
    if name in __all__:
        return importlib.import_module(f"dlbook.{name}")
    raise AttributeError(f"dlbook has no part {name!r}. Its parts: {__all__}")


def __dir__():
    return [*__all__, "__version__"]
