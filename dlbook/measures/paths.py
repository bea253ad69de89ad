"""How far a path goes, and how far two paths are apart."""

import numpy as np


def path_length(path):
    """The distance travelled up to each step::

        sₜ = ‖θ₁ − θ₀‖ + ... + ‖θₜ − θₜ₋₁‖

    Args:
        path: θ₀, θ₁, ..., `(steps + 1, weights)`.

    Returns:
        s₁, s₂, ..., an array `(steps,)`, in units of θ.
    """
    steps = np.diff(np.asarray(path, dtype="float64"), axis=0)
    return np.cumsum(np.linalg.norm(steps, axis=1))


def path_difference(path, reference):
    """How far two paths are apart after each step, in parts of the distance travelled::

        dₜ = ‖θₜ − θₜ'‖ / sₜ'

    Args:
        path: θ₀, θ₁, ..., `(steps + 1, weights)`.
        reference: θ₀', θ₁', ..., of the same shape; it sets the distance sₜ'.

    Returns:
        d₁, d₂, ..., an array `(steps,)`, without unit.

    Raises:
        ValueError: when the paths differ in shape.
    """
    path, reference = (np.asarray(p, dtype="float64") for p in (path, reference))
    if path.shape != reference.shape:
        raise ValueError(
            "Two paths can be compared when they have as many steps and weights. "
            f"Received: path of shape {path.shape}, reference of {reference.shape}."
        )
    apart = np.linalg.norm(path - reference, axis=1)[1:]
    return apart / path_length(reference)
