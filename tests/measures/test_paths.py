"""Lengths and differences of paths, added up one step at a time."""

import math
from itertools import pairwise

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from dlbook.measures import path_difference, path_length

RANDOM = np.random.default_rng(0)
PATH, REFERENCE = RANDOM.normal(size=(2, 30, 5)).astype("float32")


def lengths(path):
    """The distance travelled up to each step, by a loop."""
    rows, total, distances = path.astype("float64").tolist(), 0.0, []
    for before, after in pairwise(rows):
        total += math.dist(before, after)
        distances.append(total)
    return distances


def test_the_length_adds_up_the_steps():
    np.testing.assert_allclose(path_length(PATH), lengths(PATH), rtol=1e-12)


def test_a_path_there_and_back_is_twice_as_long():
    np.testing.assert_array_equal(path_length([[0, 0], [3, 4], [0, 0]]), [5, 10])


def test_a_path_of_one_point_has_no_steps():
    assert path_length([[1.0, 2.0]]).shape == (0,)


def test_a_difference_is_a_distance_in_parts_of_the_reference_s_length():
    rows = zip(
        PATH[1:].tolist(), REFERENCE[1:].tolist(), lengths(REFERENCE), strict=True
    )
    expected = [math.dist(ours, theirs) / far for ours, theirs, far in rows]
    np.testing.assert_allclose(path_difference(PATH, REFERENCE), expected, rtol=1e-12)


@given(arrays("float64", (6, 3), elements=st.integers(-99, 99)), st.floats(1e-3, 1e3))
def test_a_path_scaled_about_its_start_differs_by_no_more_than_the_scale(path, scale):
    path[:, 0] = np.arange(6)  # So that every step has a length.
    scaled = path[0] + scale * (path - path[0])
    apart = path_difference(scaled, path)
    assert apart[0] == pytest.approx(abs(scale - 1), rel=1e-6, abs=1e-9)
    assert np.all(apart <= abs(scale - 1) * (1 + 1e-9) + 1e-9)


def test_a_path_does_not_differ_from_itself():
    assert not path_difference(PATH, PATH).any()


def test_a_path_that_has_not_moved_differs_from_none_that_has_not_either():
    waits, moves = np.array([[1.0], [1], [2]]), np.array([[1.0], [3], [4]])
    np.testing.assert_array_equal(path_difference(waits, waits), [0, 0])
    np.testing.assert_array_equal(path_difference(moves, waits), [np.inf, 2])


@pytest.mark.parametrize("shape", [(), (5,), (5, 2, 2)])
def test_a_path_without_rows_has_no_length(shape):
    with pytest.raises(ValueError, match="a row of weights for each step") as error:
        path_length(np.ones(shape))
    assert str(shape) in str(error.value)


def test_float32_paths_are_compared_in_float64():
    path = np.array([[0.0], [1e-4]], "float32") + np.float32(1000)
    exact = float(path[1, 0]) - 1000
    assert path_length(path) == pytest.approx([exact], rel=1e-12)
    assert path_length(path).dtype == np.float64


@pytest.mark.parametrize("shape", [(29, 5), (30, 4), (31, 5), (30, 1), (30,)])
def test_paths_of_different_shapes_are_not_compared(shape):
    for ours, theirs in ((PATH, np.zeros(shape)), (np.zeros(shape), PATH)):
        with pytest.raises(ValueError, match="as many steps and weights") as error:
            path_difference(ours, theirs)
        assert f"path of shape {ours.shape}" in str(error.value)
        assert f"reference of {theirs.shape}" in str(error.value)
