"""Points stand where their numbers say."""

import numpy as np
import pytest

from dlbook.figures import scatter

X, Y = np.array([1.0, 2.0, 4.0]), np.array([3.0, 1.0, 2.0])


def test_each_cloud_has_its_points_and_no_line_between_them():
    (axes,) = scatter({"a": (X, Y), "b": (Y, X)}, "x (m)", "y (s)").axes
    first, second = axes.lines
    np.testing.assert_array_equal(first.get_xydata(), np.c_[X, Y])
    np.testing.assert_array_equal(second.get_xydata(), np.c_[Y, X])
    assert first.get_linestyle() == second.get_linestyle() == "None"
    assert first.get_marker() != second.get_marker()
    assert first.get_color() != second.get_color()
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x (m)", "y (s)")
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["a", "b"]


def test_one_cloud_needs_no_legend():
    assert scatter({"a": (X, Y)}, "x", "y").axes[0].get_legend() is None


def test_the_diagonal_is_where_both_are_equal():
    (axes,) = scatter({"a": (X, Y)}, "x", "y", diagonal="equal").axes
    line = axes.lines[-1]
    assert line.get_label() == "equal"
    assert line.get_xy1() == (0, 0)
    assert line.get_slope() == 1
    assert len(axes.get_legend().get_texts()) == 2


@pytest.mark.parametrize("y", [Y[:2], Y[:, None]])
def test_as_many_x_as_y_are_needed(y):
    with pytest.raises(ValueError, match="'loss' needs as many x as y"):
        scatter({"loss": (X, y)}, "x", "y")
