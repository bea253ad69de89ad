"""Two classes of points with a straight gap between them, whose width is known."""

import numpy as np

from dlbook.arguments import number, whole_number


def separable_clouds(examples, margin, inputs=2, seed=0):
    """Points of two classes on either side of a plane through 0, none closer than γ::

        x = s u + p,    y = 1 if s > 0, else 0
        ‖u‖ = 1,  p ⊥ u,  γ ≤ |s| ≤ 1,  ‖x‖ ≤ 1

    u is a random direction and s a point's signed distance from the plane, either sign
    equally often, its size uniform between γ and 1. p is uniform in the ball that
    ‖x‖ ≤ 1 leaves for it. So the classes are linearly separable with margin at least γ,
    and no x is longer than 1.

    Args:
        examples: how many points, from 1.
        margin: γ in [0, 1), in units of x.
        inputs: how many numbers a point has, from 2.
        seed: of the direction and of the points.

    Returns:
        `(x, y, u)`: points float64 `(examples, inputs)`, classes int64 `(examples,)`,
        0 or 1, and the unit vector `(inputs,)` that points to class 1.

    Raises:
        ValueError: when an argument is out of its interval.

    Example:
        >>> x, y, u = separable_clouds(examples=200, margin=0.1)
        >>> bool((x[y == 1] @ u).min() >= 0.1), bool((x[y == 0] @ u).max() <= -0.1)
        (True, True)
    """
    examples = whole_number("examples", examples, 1)
    inputs = whole_number("inputs", inputs, 2)
    margin = number("margin", margin, "[0, 1)")
    random = np.random.default_rng(seed)
    u = random.normal(size=inputs)
    u /= np.linalg.norm(u)
    s = random.choice([-1, 1], examples) * random.uniform(margin, 1, examples)
    p = random.normal(size=(examples, inputs))  # (examples, inputs)
    p -= np.outer(p @ u, u)
    p /= np.linalg.norm(p, axis=1, keepdims=True)
    radius = np.sqrt(1 - s**2) * random.random(examples) ** (1 / (inputs - 1))
    return np.outer(s, u) + radius[:, None] * p, (s > 0).astype(np.int64), u
