"""Our layer beside Keras's own, with the same weights: forward and backward."""

import keras
import numpy as np
from keras import ops

from dlbook.measures import gradients

from .inputs import assert_close, numbers, tensors

# JAX compiles anew for every shape.
EXAMPLES = 3 if keras.backend.backend() == "jax" else 10


def pair(ours, theirs, shapes, seed=1):
    """Both layers after a first call, with the same random weights."""
    for layer in (ours, theirs):
        layer(*tensors(shapes))
    random = np.random.default_rng(seed)
    values = [random.uniform(-1, 1, weight.shape) for weight in ours.weights]
    for weight, value in zip(ours.weights, values, strict=True):
        if "variance" in weight.name:
            value += 1.5
    ours.set_weights(values)
    theirs.set_weights(values)
    return ours, theirs


def assert_same(ours, theirs, shapes, **flags):
    """Outputs, gradients and what the call left in the weights agree to 1e-5."""
    layers = pair(ours, theirs, shapes)
    assert_close(*(all_gradients(layer, shapes, **flags) for layer in layers), 1e-5)
    x = tensors(shapes, seed=2)
    assert_close(*(numbers(layer(*x, **flags)) for layer in layers), 1e-5)
    assert_close(ours.get_weights(), theirs.get_weights(), 1e-5)


def all_gradients(layer, shapes, **flags):
    """Of a random sum of the outputs, to every weight and to the first input."""
    first, *others = tensors(shapes, seed=2)
    x = keras.Variable(first)

    def scalar():
        outputs = keras.tree.flatten(layer(x.value, *others, **flags))
        factors = tensors(tuple(tuple(y.shape) for y in outputs), seed=3)
        return sum(ops.sum(y * a) for y, a in zip(outputs, factors, strict=True))

    return gradients(scalar, [*layer.trainable_variables, x])
