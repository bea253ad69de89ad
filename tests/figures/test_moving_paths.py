"""Each frame shows every path up to its step, in every panel."""

import numpy as np
import pytest

from dlbook.figures import moving_paths

LIMITS = ((-1, 3), (-2, 2))
LONG = np.array([[2.0, 1.0], [1.0, -1.0], [0.5, 0.5], [0.0, 0.25]])
PATHS = {"SGD": LONG, "Adam": LONG[:2] / 2}


def bowl(theta):
    return theta[..., 0] ** 2 + 4 * theta[..., 1] ** 2


def panels(paths):
    one = (bowl, PATHS, [(0, 0)], LIMITS)
    return {"first": one, "second": (bowl, paths, [(0, 0), (1, 1)], LIMITS)}


def drawn(frame):
    """The axes of a frame, and its heading."""
    moving = moving_paths(panels({"SGD": -LONG, "Adam": LONG[:3]}), steps=[0, 1, 3])
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes, moving._fig.get_suptitle()


def points(axes, marker):
    lines = [line for line in axes.lines if line.get_marker() == marker]
    return [np.column_stack(line.get_data()).tolist() for line in lines]


@pytest.mark.parametrize(("frame", "step"), [(0, 3), (1, 0), (2, 1), (3, 3)])
def test_a_frame_shows_the_paths_up_to_its_step(frame, step):
    (first, second), heading = drawn(frame)
    upto = slice(step + 1)
    expected = [LONG[upto].tolist(), (LONG[:2] / 2)[upto].tolist()]
    assert points(first, "None") == expected
    assert points(first, "s") == [[path[-1]] for path in expected]
    assert points(second, "None") == [(-LONG)[upto].tolist(), LONG[:3][upto].tolist()]
    assert heading == (f"after {step} steps" if frame else "the whole paths")


def test_stars_mark_the_minima_and_a_dot_the_start():
    (first, second), _ = drawn(1)
    assert points(first, "*") == [[[0, 0]]]
    assert points(second, "*") == [[[0, 0], [1, 1]]]
    assert points(second, "o") == [[[2, 1]]]


def test_each_path_has_a_colour_of_its_own_in_all_panels():
    axes, _ = drawn(1)
    colours = [[line.get_color() for line in a.lines[1:5:2]] for a in axes]
    assert colours[0] == colours[1]
    assert len(set(colours[0])) == 2


@pytest.mark.parametrize(
    "paths", [{"SGD": LONG}, {"Adam": LONG, "SGD": LONG}, PATHS | {"Adam": LONG[0]}]
)
def test_panels_that_do_not_fit_are_refused(paths):
    with pytest.raises(ValueError, match=r"same paths.*'second'"):
        moving_paths(panels(paths), steps=[1])
