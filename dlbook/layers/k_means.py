"""k-means: points, summed up by a few centres."""

import numpy as np


def k_means(points, k, seed=None, rounds=100):
    """Lloyd's algorithm: assign each point to its nearest centre, move the centres::

        nearest(i) = argmin_k ‖xᵢ − c_k‖²
        c_k        = mean of the xᵢ whose nearest is k

    Each line can only lower Σᵢ ‖xᵢ − c_nearest(i)‖², so it comes to rest; at a local
    minimum, which depends on the start. The start is k-means++: each centre is a point,
    drawn with a chance in proportion to its squared distance to those already drawn.

    Args:
        points: x, an array (points, inputs).
        k: how many centres; at most as many as there are different points.
        seed: of the start; None: a new one.
        rounds: after how many rounds to stop if it has not come to rest.

    Returns:
        The centres, an array (k, inputs).

    Raises:
        ValueError: when there are fewer than k different points.

    Example:
        >>> sorted(k_means(np.array([[0.0], [1.0], [8.0], [9.0]]), 2).tolist())
        [[0.5], [8.5]]

    Source: Lloyd (1982); the start: Arthur & Vassilvitskii (2007).
    """
    different = len(np.unique(points, axis=0))
    if different < k:
        raise ValueError(
            f"{k} centres need {k} different points. Received: {different}."
        )
    centers = _spread_points(points, k, np.random.default_rng(seed))
    nearest = None
    for _ in range(rounds):
        before = nearest
        nearest = squared_distances(points, centers).argmin(axis=1)  # (points,)
        if before is not None and (nearest == before).all():
            break
        for i in np.unique(nearest):  # A centre that lost all its points stays.
            centers[i] = points[nearest == i].mean(axis=0)
    return centers


def _spread_points(points, k, random):
    centers = points[[random.integers(len(points))]]
    while len(centers) < k:
        square = squared_distances(points, centers).min(axis=1)  # (points,)
        drawn = random.choice(len(points), p=square / square.sum())
        centers = np.concatenate([centers, points[[drawn]]])
    return centers


def squared_distances(points, centers):
    """‖xᵢ − c_k‖², an array (points, k)."""
    return ((points[:, None, :] - centers[None, :, :]) ** 2).sum(axis=-1)
