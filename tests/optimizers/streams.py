"""Random streams of gradients, and how far apart two descents on them are."""

import numpy as np

SCALES = (1e-7, 1e-3, 1.0, 1e2)


def random_streams(steps=1000, size=8, scales=SCALES, seed=0):
    """One float32 stream (steps, size) for each scale: noise around a small drift.

    With a drift as large as the noise, weights grow so large that summing a thousand
    steps in float32 alone loses 1e-6 of the way, whatever the rule.
    """
    random = np.random.default_rng(seed)
    drift = 0.1 * random.normal(size=size)
    return [
        (scale * (drift + random.normal(size=(steps, size)))).astype("float32")
        for scale in scales
    ]


def gaps(paths, reference_paths):
    """The largest distance of each two paths, relative to the distance travelled.

    Args:
        paths: arrays (steps + 1, ...) of the weights before, between and after steps.
        reference_paths: the same by another road, in the same order.
    """
    return [_gap(*pair) for pair in zip(paths, reference_paths, strict=True)]


def _gap(path, reference):
    path, reference = (
        np.reshape(p, (len(p), -1)).astype("float64") for p in (path, reference)
    )
    travelled = np.cumsum(np.linalg.norm(np.diff(reference, axis=0), axis=1))
    apart = np.linalg.norm(path - reference, axis=1)[1:]
    moved = travelled > 0
    assert moved.any(), "The reference never moved, so nothing was compared."
    assert not apart[~moved].any(), "One path moved while the other stood still."
    return np.max(apart[moved] / travelled[moved])
