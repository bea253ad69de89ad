"""Each frame shows every cloud where it is, and its title."""

import numpy as np
import pytest

from dlbook.figures import moving_clouds

RANDOM = np.random.default_rng(0)
STILL, MOVES = RANDOM.normal(size=(4, 2)), 3 * RANDOM.normal(size=(3, 5, 2))
TITLES = ["one", "two", "three"]


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_a_frame_shows_its_points_inside_the_picture(frame):
    moving = moving_clouds({"a": STILL, "b": MOVES}, TITLES, "x₁", "x₂")
    moving._draw_frame(frame)
    moving._draw_was_started = True
    axes = moving._fig.axes[0]
    rests, moves = axes.lines
    np.testing.assert_array_equal(rests.get_xydata(), STILL)
    np.testing.assert_array_equal(moves.get_xydata(), MOVES[frame])
    assert axes.get_title() == TITLES[frame]
    ends = np.transpose([axes.get_xlim(), axes.get_ylim()])
    assert (ends[0] < moves.get_xydata()).all()
    assert (moves.get_xydata() < ends[1]).all()


@pytest.mark.parametrize("points", [MOVES[:2], MOVES[..., :1], STILL[0]])
def test_clouds_that_do_not_fit_are_refused(points):
    with pytest.raises(ValueError, match="'b' needs points"):
        moving_clouds({"a": STILL, "b": points}, TITLES, "x₁", "x₂")
