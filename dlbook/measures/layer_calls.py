"""The calls of layers, caught while a model runs."""

import inspect
from contextlib import contextmanager


@contextmanager
def outputs_through(function, layers):
    """Inside it, each of the layers returns `function(layer, arguments, output)`.

    Args:
        function: called after each call of a layer with the layer, a dict of the
            arguments it was called with, and what it returned.
        layers: built Keras layers.

    Example:
        >>> import keras
        >>> double = keras.layers.Rescaling(2.0)
        >>> with outputs_through(lambda layer, arguments, output: 7.0, [double]):
        ...     double(3.0)
        7.0
        >>> float(double(3.0))
        6.0
    """
    for layer in layers:
        # On the object, so that it hides the method of the class until it is deleted.
        layer.call = _caught(layer, layer.call, function)
    try:
        yield
    finally:
        for layer in layers:
            del layer.call


def _caught(layer, call, function):
    signature = inspect.signature(call)

    def caught(*positional, **named):
        arguments = signature.bind(*positional, **named).arguments
        return function(layer, arguments, call(*positional, **named))

    return caught
