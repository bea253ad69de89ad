"""What the closed forms are made of: averages as sums over all gradients so far."""

import numpy as np

from .descent import descend_eagerly

# The last gradients are small: AMSGrad has to remember for more than one step.
STREAM = np.array(
    [
        [1.5, -0.4, 1e-3],
        [-0.7, -2.0, 2e-3],
        [0.9, 0.3, -4e-3],
        [0.2, -0.6, 1e-3],
        [0.1, 0.5, -1e-3],
    ],
    dtype="float32",
)
ALPHA = 0.1


def average(beta, values):
    """The moving average after all the values: (1 − β) Σ βᵗ⁻ⁱ xᵢ, no recursion."""
    t = len(values)
    ages = np.arange(t)[::-1]
    return (1 - beta) * np.tensordot(beta**ages, values, axes=1)


def each_prefix(formula, stream=STREAM):
    """The formula of the gradients so far, at every step: (steps, size)."""
    stream = stream.astype("float64")
    return np.stack([formula(stream[:t]) for t in range(1, len(stream) + 1)])


def assert_steps(optimizer, expected, stream=STREAM, start=0.0):
    """The optimizer's steps are the expected ones, in float32."""
    steps = np.diff(descend_eagerly(optimizer, stream, start), axis=0)
    np.testing.assert_allclose(steps, expected, rtol=1e-5, atol=1e-7)
