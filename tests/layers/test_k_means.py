"""k-means: where its centres come to rest."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbook.layers.k_means import k_means


def cost(points, centers):
    """Σᵢ min_k ‖xᵢ − c_k‖², by a loop."""
    return sum(min(((x - c) ** 2).sum() for c in centers) for x in points)


@settings(max_examples=10)
@given(seed=st.integers(0, 999), k=st.integers(1, 4))
def test_each_centre_is_the_mean_of_the_points_nearest_to_it(seed, k):
    points = np.random.default_rng(seed).normal(size=(20, 2))
    centers = k_means(points, k, seed)
    nearest = [np.argmin([((x - c) ** 2).sum() for c in centers]) for x in points]
    for j in range(k):
        own = points[np.array(nearest) == j]
        np.testing.assert_allclose(centers[j], own.mean(axis=0))


def test_the_best_of_some_starts_is_the_best_of_all_partitions():
    points = np.random.default_rng(1).normal(size=(8, 2))
    found = min(cost(points, k_means(points, 2, seed)) for seed in range(10))
    splits = (np.array(s, bool) for s in itertools.product([0, 1], repeat=8))
    best = min(
        sum(((part - part.mean(axis=0)) ** 2).sum() for part in (points[s], points[~s]))
        for s in splits
        if 0 < s.sum() < 8
    )
    assert found == pytest.approx(best)


def test_far_clouds_each_get_a_centre_from_any_start():
    """Only by chance would a start of points drawn alike do so."""
    middles = np.array([[0, 0], [0, 1000], [1000, 0], [1000, 1000], [9e3, 9e3]])
    random = np.random.default_rng(0)
    points = np.concatenate([m + random.normal(size=(30, 2)) for m in middles])
    for seed in range(10):
        assert cost(middles, k_means(points, 5, seed)) < 5


def test_the_same_seed_gives_the_same_centres():
    points = np.random.default_rng(0).normal(size=(50, 2))
    np.testing.assert_array_equal(k_means(points, 5, 3), k_means(points, 5, 3))
    assert (k_means(points, 5, 3) != k_means(points, 5, 4)).any()


def test_the_points_are_left_as_they_were():
    points = np.random.default_rng(0).normal(size=(9, 2))
    before = points.copy()
    k_means(points, 3, 0)
    np.testing.assert_array_equal(points, before)


def test_rounds_end_the_search():
    points = np.arange(100.0)[:, None]
    centers = [k_means(points, 2, 0, rounds) for rounds in (1, 100)]
    assert cost(points, centers[0]) > cost(points, centers[1])


def test_more_centres_than_points_are_refused():
    with pytest.raises(ValueError, match=r"3 centres.*Received: 2"):
        k_means(np.array([[0.0], [1.0], [1.0]]), 3)
