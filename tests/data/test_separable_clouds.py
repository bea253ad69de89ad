"""The gap is where it is said to be, and the points fill the rest of the ball."""

import numpy as np
import pytest

from dlbook.data import separable_clouds


@pytest.mark.parametrize("inputs", [2, 3, 40])
@pytest.mark.parametrize("margin", [0, 0.02, 0.9])
def test_each_class_keeps_its_distance_from_the_plane(inputs, margin):
    x, y, u = separable_clouds(2000, margin, inputs, seed=inputs)
    assert np.sqrt(sum(u * u)) == pytest.approx(1)
    distance = np.array([sum(a * b for a, b in zip(row, u, strict=True)) for row in x])
    assert distance[y == 1].min() >= margin - 1e-12
    assert distance[y == 0].max() <= -margin + 1e-12
    # Uniform from the margin to 1: the nearest of 2,000 is near, the mean is halfway.
    assert np.abs(distance).min() < margin + 0.01
    assert np.abs(distance).mean() == pytest.approx((1 + margin) / 2, abs=0.03)


@pytest.mark.parametrize("inputs", [2, 3, 40])
def test_no_point_lies_outside_the_ball_and_some_near_its_edge(inputs):
    x, _, _ = separable_clouds(2000, 0.1, inputs)
    length = np.hypot.reduce(x, axis=1)
    assert 0.95 < length.max() <= 1 + 1e-12


def test_seen_along_the_plane_a_slice_of_the_ball_is_filled_evenly():
    x, _, u = separable_clouds(20_000, 0, inputs=3, seed=3)
    s = x @ u
    p = np.linalg.norm(x - np.outer(s, u), axis=1) / np.sqrt(1 - s**2)
    # In a disk, half of the points lie within 1/√2 of its middle.
    assert np.mean(p < 0.5**0.5) == pytest.approx(0.5, abs=0.02)


def test_both_classes_are_equally_frequent_and_have_two_names():
    _, y, _ = separable_clouds(2000, 0.5)
    assert y.dtype == np.int64
    assert set(y) == {0, 1}
    assert y.mean() == pytest.approx(0.5, abs=0.05)


def test_the_seed_decides_all():
    first, again, other = (separable_clouds(5, 0.1, seed=s) for s in (1, 1, 2))
    for one, two, three in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, two)
        assert one.shape == three.shape
    assert not np.allclose(first[2], other[2])


@pytest.mark.parametrize(
    ("word", "value"),
    [("margin", 1), ("margin", -0.1), ("inputs", 1), ("examples", 0)],
)
def test_impossible_clouds_are_refused(word, value):
    options = {"examples": 10, "margin": 0.1, "inputs": 2, word: value}
    with pytest.raises(ValueError, match=f"`{word}`.*{value}"):
        separable_clouds(**options)
