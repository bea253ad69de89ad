"""What is recorded of a gradient, computed in as few passes as it takes."""

import math

from keras import ops

from dlbook.callbacks.tensor_passes import fast

STATISTICS = ("norm", "largest", "zeros", "not_finite", "update_norm", "weight_norm")


def gradient_statistics(grads, before, after, passes):
    """The statistics of each weight, and how many entries of each unit are not 0.

    Each is one pass over the numbers where their squares stay within float32, as they
    do but for gradients that are broken, or next to nothing.

    Args:
        grads: a gradient for each weight, which may be sparse, as an embedding's is.
        before, after: the weights around the update.
        passes: the `TensorPasses` of this training.

    Returns:
        `STATISTICS`, a float32 tensor `(weights, 6)`, and for each weight a tensor of
        the number of a gradient's entries that are not 0 in each unit, its last axis.
    """
    g = [passes.float32(passes.value(each)) for each in grads]
    theta, new = ([passes.float32(each) for each in some] for some in (before, after))
    pairs = list(zip(new, theta, strict=True))
    distances = [passes.square_distance(end, start) for end, start in pairs]
    sums = [list(map(passes.square_sum, each)) for each in (g, theta)]
    squares = fast.stack([*sums[0], *distances, *sums[1]])

    def scaled():
        steps = [end - start for end, start in pairs]
        return ops.stack([_norm(x) for x in (*g, *steps, *theta)]), _not_finite(g)

    norms, not_finite = passes.either(
        # Below, so many squares may have become 0 that the sum lacks them.
        fast.all(fast.logical_and(squares > 1e-24, fast.isfinite(squares))),
        lambda: (fast.sqrt(squares), fast.zeros_like(squares[: len(g)])),
        scaled,
    )
    units = [passes.not_zero(each) for each in g]
    largest = fast.stack([passes.largest_size(each) for each in g])
    sizes = [math.prod(each.shape) for each in g]
    counts = zip(sizes, units, strict=True)
    zeros = fast.stack([(size - fast.sum(nonzero)) / size for size, nonzero in counts])
    norm, update, weight = (norms[i * len(g) : (i + 1) * len(g)] for i in range(3))
    return fast.stack([norm, largest, zeros, not_finite, update, weight], 1), units


def _not_finite(grads):
    bad = [ops.logical_not(ops.isfinite(g)) for g in grads]
    return ops.stack([ops.sum(ops.cast(each, "float32")) for each in bad])


def _norm(x):
    """‖x‖, also where squares of its numbers leave float32."""
    largest = ops.max(ops.absolute(x))
    is_scale = ops.logical_and(largest > 0, ops.isfinite(largest))
    scale = ops.where(is_scale, largest, ops.ones_like(largest))
    return scale * ops.sqrt(ops.sum(ops.square(x / scale)))
