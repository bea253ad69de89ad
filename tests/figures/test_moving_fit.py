"""Each frame shows its own fit, between the same dots."""

import numpy as np
import pytest

from dlbook.figures import moving_fit

X, TRUTH = np.array([0.0, 1.0, 3.0]), np.array([1.0, 2.0, 3.0])
POINTS = (np.array([0.5, 2.0]), np.array([1.0, 5.0]))
FITS = [[9.0, 8.0, 7.0], [-1.0, 0.0, 99.0]]


def drawn(frame):
    moving = moving_fit(POINTS, X, FITS, TRUTH, ["stiff", "loose"], "x", "y")
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes[0]


@pytest.mark.parametrize(("frame", "title"), [(0, "stiff"), (1, "loose")])
def test_a_frame_shows_its_own_fit_and_the_same_dots_and_truth(frame, title):
    axes = drawn(frame)
    shown = {line.get_label(): np.array(line.get_data()) for line in axes.lines}
    assert shown["fit"].tolist() == [X.tolist(), FITS[frame]]
    assert shown["truth"].tolist() == [X.tolist(), TRUTH.tolist()]
    assert shown["examples"].tolist() == [list(each) for each in POINTS]
    assert axes.get_title() == title


def test_the_picture_is_as_high_as_dots_and_truth_with_some_room():
    assert drawn(0).get_ylim() == drawn(1).get_ylim() == (0, 6)


@pytest.mark.parametrize(
    ("fits", "truth"), [([[1, 2, 3]], TRUTH), ([[1, 2], [3, 4]], TRUTH), (FITS, X[:2])]
)
def test_curves_of_another_length_are_refused(fits, truth):
    with pytest.raises(ValueError, match="2 titles and 3 positions"):
        moving_fit(POINTS, X, fits, truth, ["stiff", "loose"], "x", "y")
