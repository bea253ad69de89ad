"""How far a path goes, and how far two paths are apart."""

import numpy as np


def path_length(path):
    """The distance travelled up to each step::

        sₜ = ‖θ₁ − θ₀‖ + ... + ‖θₜ − θₜ₋₁‖

    Args:
        path: θ₀, θ₁, ..., `(steps + 1, weights)`.

    Returns:
        s₁, s₂, ..., an array `(steps,)`, in units of θ.

    Raises:
        ValueError: when the path is not an array of rows.

    Example:
        >>> path_length([[0.0, 0.0], [3.0, 4.0], [3.0, 5.0]]).tolist()
        [5.0, 6.0]
    """
    path = np.asarray(path, dtype="float64")
    if path.ndim != 2:
        raise ValueError(
            "A path needs a row of weights for each step, (steps + 1, weights). "
            f"Received an array of shape {path.shape}."
        )
    steps = np.diff(path, axis=0)
    return np.cumsum(np.linalg.norm(steps, axis=1))


def path_difference(path, reference):
    """How far two paths are apart after each step, in parts of the distance travelled::

        dₜ = ‖θₜ − θₜ'‖ / sₜ'

    Args:
        path: θ₀, θ₁, ..., `(steps + 1, weights)`.
        reference: θ₀', θ₁', ..., of the same shape; it sets the distance sₜ'.

    Returns:
        d₁, d₂, ..., an array `(steps,)`, without unit; 0 while neither path has moved,
        infinite while only `path` has.

    Raises:
        ValueError: when the paths differ in shape.

    Example:
        >>> path_difference([[0.0], [2.0], [5.0]], [[0.0], [2.0], [4.0]]).tolist()
        [0.0, 0.25]
    """
    path, reference = (np.asarray(p, dtype="float64") for p in (path, reference))
    if path.shape != reference.shape:
        raise ValueError(
            "Two paths can be compared when they have as many steps and weights. "
            f"Received: path of shape {path.shape}, reference of {reference.shape}."
        )
    length = path_length(reference)
    apart = np.linalg.norm(path - reference, axis=1)[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(apart > 0, apart / length, 0.0)
