"""The line is where the neuron's sum is 0, and the tint where it is above."""

import numpy as np
import pytest
from matplotlib.path import Path

from dlbook.figures import boundary, moving_boundary

X = np.array([[0.0, 0.0], [1.0, 0.5], [2.0, 2.0]])
Y = np.array([0, 1, 1])
W, B = np.array([1.0, -2.0]), -0.5
LIMITS = ((-1, 3), (-1, 2))


def parts(axes):
    """The points of class 0 and 1, the line, the tint and the arrow."""
    (no, yes, line), (tint,), (arrow,) = axes.lines, axes.patches, axes.texts
    return no, yes, line, tint, arrow


def test_the_line_is_where_the_sum_is_zero_and_leaves_the_picture_at_both_ends():
    line = parts(boundary(X, Y, W, B, LIMITS).axes[0])[2]
    ends = line.get_xydata()
    np.testing.assert_allclose(ends @ W + B, 0, atol=1e-9)
    assert np.all((ends.min(axis=0) < -1) & (ends.max(axis=0) > 3))


@pytest.mark.parametrize("b", [B, 3.0, 1000.0, -1000.0])
def test_a_place_is_tinted_where_the_sum_is_positive(b):
    tint = parts(boundary(X, Y, W, b, LIMITS).axes[0])[3]
    places = np.random.default_rng(0).uniform([-1, -1], [3, 2], (200, 2))
    inside = Path(tint.get_xy()).contains_points(places)
    np.testing.assert_array_equal(inside, places @ W + b > 0)


def test_the_arrow_starts_on_the_line_and_has_the_direction_of_the_weights():
    arrow = parts(boundary(X, Y, W, B, LIMITS).axes[0])[4]
    start, end = np.array(arrow.xyann), np.array(arrow.xy)
    assert start @ W + B == pytest.approx(0)
    direction = (end - start) / np.linalg.norm(end - start)
    np.testing.assert_allclose(direction, W / np.linalg.norm(W), atol=1e-9)


def test_points_stand_with_their_class():
    figure = boundary(X, Y, W, B, LIMITS, labels=("stay", "go"), inputs=("a", "b"))
    no, yes, *_ = parts(figure.axes[0])
    np.testing.assert_array_equal(no.get_xydata(), X[:1])
    np.testing.assert_array_equal(yes.get_xydata(), X[1:])
    assert (no.get_label(), yes.get_label()) == ("stay", "go")
    assert (figure.axes[0].get_xlabel(), figure.axes[0].get_ylabel()) == ("a", "b")


def test_without_weights_there_is_no_line():
    axes = boundary(X, Y, [0, 0], 1, LIMITS).axes[0]
    assert len(axes.lines) == 2
    assert not axes.patches


def test_each_frame_shows_its_own_line_and_ring_and_nothing_of_the_last():
    ws, bs = [[0, 0], W, [0, 1]], [0, B, -1]
    film = moving_boundary(X, Y, ws, bs, [1, 2, None], ["a", "b", "c"], LIMITS)
    film._draw_was_started = True
    (axes,) = film._fig.axes
    lines = [(film._func(k), len(axes.lines), axes.get_title())[1:] for k in range(3)]
    assert lines == [(3, "a"), (4, "b"), (3, "c")]  # 2 classes, a line, a ring
    np.testing.assert_allclose(axes.lines[2].get_ydata(), 1)
    film._func(1)
    np.testing.assert_array_equal(axes.lines[3].get_xydata(), X[[2]])
    assert len(film._fig.axes[0].patches) == 1


@pytest.mark.parametrize(
    ("x", "y", "w"), [(X[:, :1], Y, W), (X, Y[:2], W), (X, Y, [1, 2, 3])]
)
def test_other_than_two_inputs_are_refused(x, y, w):
    with pytest.raises(ValueError, match="Received shapes"):
        boundary(x, y, w, B, LIMITS)
    with pytest.raises(ValueError, match="Received shapes"):
        moving_boundary(x, y, [w], [B], [None], [""], LIMITS)


def test_frames_must_be_equally_many_everywhere():
    with pytest.raises(ValueError, match="zip"):
        moving_boundary(X, Y, [W, W], [B], [None], [""], LIMITS)
