"""What is recorded of a gradient, computed in as few passes as it takes."""

import math

import keras
from keras import ops

STATISTICS = ("norm", "largest", "zeros", "not_finite", "update_norm", "weight_norm")

if keras.backend.backend() == "torch":
    # Keras looks at each argument of an operation first, in Python. For small weights
    # that takes longer than the step.
    import torch as fast
else:
    fast = ops


def gradient_statistics(grads, before, after):
    """The statistics of each weight, and the largest entry of each of its units.

    Each is one pass over the numbers where their squares stay within float32, as they
    do but for gradients that are broken, or next to nothing.

    Args:
        grads: a gradient for each weight, which may be sparse, as an embedding's is.
        before, after: the weights around the update.

    Returns:
        `STATISTICS`, a float32 tensor `(weights, 6)`, and for each weight a tensor of
        the largest size of a gradient's entry in each unit, its last axis.
    """
    g = [_float32(ops.convert_to_tensor(each, sparse=False)) for each in grads]
    theta, new = ([_float32(value) for value in each] for each in (before, after))
    steps = [end - start for end, start in zip(new, theta, strict=True)]
    vectors = [*g, *steps, *theta]
    squares = fast.stack([fast.sum(fast.square(x)) for x in vectors])
    norms, not_finite = ops.cond(
        # Below, so many squares may have become 0 that the sum lacks them.
        ops.all(ops.logical_and(squares > 1e-24, ops.isfinite(squares))),
        lambda: (ops.sqrt(squares), ops.zeros((len(g),), "float32")),
        lambda: (ops.stack([_norm(x) for x in vectors]), _not_finite(g)),
    )
    units = [_of_each_unit(each) for each in g]
    largest = fast.stack([fast.amax(each) for each in units])
    zeros = fast.stack([_zeros(each) for each in g])
    norm, update, weight = ops.split(norms, 3)
    return ops.stack([norm, largest, zeros, not_finite, update, weight], axis=1), units


def _float32(x):
    x = ops.stop_gradient(x)
    is_float32 = keras.backend.standardize_dtype(x.dtype) == "float32"
    return x if is_float32 else ops.cast(x, "float32")


def _of_each_unit(g):
    """The largest size of an entry, for each output of a kernel."""
    axes = tuple(range(len(g.shape) - 1))
    return fast.amax(fast.abs(g), axes) if axes else fast.abs(g)


def _zeros(g):
    """The share of entries that are 0."""
    size = math.prod(g.shape)
    return ops.cast(size - fast.count_nonzero(g), "float32") / size


def _not_finite(grads):
    bad = [ops.logical_not(ops.isfinite(g)) for g in grads]
    return ops.stack([ops.sum(ops.cast(each, "float32")) for each in bad])


def _norm(x):
    """‖x‖, also where squares of its numbers leave float32."""
    largest = ops.max(ops.absolute(x))
    is_scale = ops.logical_and(largest > 0, ops.isfinite(largest))
    scale = ops.where(is_scale, largest, ops.ones_like(largest))
    return scale * ops.sqrt(ops.sum(ops.square(x / scale)))
