"""Each frame shows its points, its line and its title."""

import numpy as np
import pytest

from dlbook.figures import moving_points

XS = np.random.default_rng(0).uniform(-1, 1, size=(3, 5, 2))
Y = np.array([0, 1, 1, 0, 1])
WS, BS = np.array([[1.0, 2.0], [0.0, 3.0], [0.0, 0.0]]), np.array([0.5, -1.0, 1.0])
TITLES = ["one", "two", "three"]
SQUARE = ((-1, 1), (-1, 1))


def drawn(frame):
    moving = moving_points(XS, Y, WS, BS, TITLES, SQUARE, "h₁", "h₂")
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes[0]


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_a_frame_shows_its_points_by_class(frame):
    axes = drawn(frame)
    for value, cloud in enumerate(axes.lines[:2]):
        np.testing.assert_array_equal(cloud.get_xydata(), XS[frame][value == Y])
    assert axes.get_title() == TITLES[frame]


@pytest.mark.parametrize("frame", [0, 1])
def test_the_line_is_where_the_sum_is_zero_and_crosses_the_picture(frame):
    ends = drawn(frame).lines[2].get_xydata()
    np.testing.assert_allclose(ends @ WS[frame] + BS[frame], 0, atol=1e-12)
    assert np.linalg.norm(ends[0] - ends[1]) > 3


def test_without_weights_there_is_no_line():
    assert drawn(2).lines[2].get_xydata().size == 0


@pytest.mark.parametrize(
    ("xs", "titles"), [(XS[:2], TITLES), (XS[:, :4], TITLES), (XS, TITLES[:2])]
)
def test_frames_that_do_not_fit_are_refused(xs, titles):
    with pytest.raises(ValueError, match="a line and a title for each frame"):
        moving_points(xs, Y, WS, BS, titles, SQUARE, "h₁", "h₂")
