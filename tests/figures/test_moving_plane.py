"""The moving plane begins where it is, and ends where the steps take it."""

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import moving_plane

X = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]])
Y = np.array([0, 1, 0])
STEPS = {"stretch": lambda x: 3 * x, "shift": lambda x: x - [1, 2]}
LIMITS = ((-3, 5), (-3, 5))


def moving(**options):
    options = {"frames": 4, "pause": 2} | options
    return moving_plane(STEPS, X, Y, (0, 1), LIMITS, **options)


def drawn(movie, frame):
    """Title, the points of class 0 and 1, and a corner of the grid, in one frame."""
    movie._draw_frame(frame)
    (axes,) = movie._fig.axes
    marks = [np.column_stack(line.get_data()).tolist() for line in axes.lines[-2:]]
    corner = [float(values[-1]) for values in axes.lines[-3].get_data()]
    return axes.get_title(), *marks, corner


def test_it_begins_at_the_input_and_ends_after_the_last_step():
    movie = moving()
    assert drawn(movie, 0) == ("the input", [[0, 0], [1, 1]], [[1, 0]], [1, 1])
    last = ("shift", [[-1, -2], [2, 1]], [[2, -2]], [2, 1])
    assert drawn(movie, 12) == last
    movie._draw_was_started = True


@pytest.mark.parametrize(
    ("frame", "title", "corner"),
    [
        (2, "stretch", [2, 2]),
        (4, "stretch", [3, 3]),
        (6, "stretch", [3, 3]),
        (8, "shift", [2.5, 2]),
    ],
)
def test_points_move_on_straight_lines_and_rest_between_steps(frame, title, corner):
    movie = moving()
    found = drawn(movie, frame)
    assert (found[0], found[-1]) == (title, corner)
    movie._draw_was_started = True


def test_the_cut_is_tinted_at_the_end_only():
    movie = moving(cut=((1, 0), -0.5))
    counts = []
    for frame in (0, 7, 12, 3):
        drawn(movie, frame)
        counts.append(len(movie._fig.axes[0].collections))
    assert counts == [0, 0, 1, 0]
    movie._draw_was_started = True


def test_it_is_as_long_as_promised_and_nothing_stays_open():
    movie = moving()
    assert len(list(movie.new_saved_frame_seq())) == 13
    assert pyplot.get_fignums() == []
    movie._draw_was_started = True


@pytest.mark.parametrize("x", [X[:, :1], X[:2], X[0]])
def test_points_of_other_than_two_numbers_are_refused(x):
    with pytest.raises(ValueError, match="points \\(points, 2\\)"):
        moving_plane(STEPS, x, Y, (0, 1), LIMITS)
