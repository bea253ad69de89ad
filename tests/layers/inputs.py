"""What the layers of the table are called with, and how their results are read."""

import keras
import numpy as np
from keras import ops


def is_shape(node):
    """Whether a node of `Case.shapes` is one tensor's shape."""
    return isinstance(node, tuple) and all(
        size is None or isinstance(size, int) for size in node
    )


def over(shapes, function):
    """The function of every shape, in a structure like that of the shapes."""
    if is_shape(shapes):
        return function(shapes)
    return [over(node, function) for node in shapes]


def arrays(shapes, seed=0):
    """Normal numbers of these shapes."""
    random = np.random.default_rng(seed)
    return over(shapes, lambda shape: random.normal(size=shape).astype("float32"))


def tensors(shapes, seed=0):
    """The same as tensors."""
    return keras.tree.map_structure(ops.convert_to_tensor, arrays(shapes, seed))


def any_batch(shapes):
    """The shapes with a batch of unknown size."""
    return over(shapes, lambda shape: (None, *shape[1:]))


def symbols(shapes):
    """Keras inputs of these shapes, the batch size unknown."""
    return over(shapes, lambda shape: keras.Input(shape[1:]))


def numbers(outputs):
    """The outputs as a flat list of float32 arrays."""
    return [
        ops.convert_to_numpy(ops.cast(output, "float32"))
        for output in keras.tree.flatten(outputs)
    ]


def called(case, seed=0, inputs_seed=0, **arguments):
    """A new layer after its first call, with the same weights for the same seed."""
    keras.utils.set_random_seed(seed)
    layer = case.layer(**arguments)
    layer(*tensors(case.shapes, inputs_seed))
    return layer


def assert_close(ours, theirs, bound):
    """Each pair of arrays differs by less than the bound, relative to the largest."""
    for one, other in zip(ours, theirs, strict=True):
        assert one.shape == other.shape
        scale = max(1.0, np.abs(other).max(initial=0))
        assert np.abs(one - other).max(initial=0) < bound * scale
