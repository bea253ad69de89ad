"""The picture of a descent: the paths, on contour lines of the right height."""

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import descent_paths

LIMITS = ((-1.0, 3.0), (-2.0, 2.0))
PATHS = {
    "SGD": np.array([[2.5, 1.5], [1.5, -1.0], [1.2, 0.4], [1.0, 0.1]]),
    "Adam": np.array([[2.5, 1.5], [2.0, 1.0], [1.5, 0.5]]),
}


def bowl(theta):
    """Lowest at (1, 0), and four times as steep in the second weight."""
    return (theta[..., 0] - 1) ** 2 + 4 * theta[..., 1] ** 2


def axes_of(paths, marks=0):
    return descent_paths(bowl, paths, (1, 0), LIMITS, marks=marks).axes[0]


def points(line):
    """What a line passes through, as rows."""
    return np.column_stack(line.get_data()).tolist()


def lines_with(axes, marker):
    return [points(line) for line in axes.lines if line.get_marker() == marker]


def test_each_path_is_a_line_with_its_name_and_number_of_steps():
    axes = axes_of(PATHS)
    drawn = {line.get_label(): points(line) for line in axes.lines}
    assert drawn["SGD, 3 steps"] == PATHS["SGD"].tolist()
    assert drawn["Adam, 2 steps"] == PATHS["Adam"].tolist()
    named = [text.get_text() for text in axes.get_legend().get_texts()]
    assert named == ["SGD, 3 steps", "Adam, 2 steps"]


def test_a_dot_marks_the_start_squares_the_ends_and_a_star_the_minimum():
    axes = axes_of(PATHS)
    assert lines_with(axes, "o") == [[[2.5, 1.5]]]
    assert lines_with(axes, "s") == [[[1.0, 0.1]], [[1.5, 0.5]]]
    assert lines_with(axes, "*") == [[[1, 0]]]


def test_the_first_steps_are_marked_when_asked():
    dots = lines_with(axes_of(PATHS, marks=2), "o")
    assert dots[:2] == [path[1:3].tolist() for path in PATHS.values()]


def test_marks_and_ends_have_the_colour_of_their_path():
    axes = axes_of(PATHS, marks=1)
    for name, (path, *marks) in zip(
        PATHS, (axes.lines[:3], axes.lines[3:6]), strict=True
    ):
        assert path.get_label().startswith(name)
        assert {mark.get_color() for mark in marks} == {path.get_color()}


def test_the_loss_is_constant_on_a_contour_line():
    (contours,) = axes_of(PATHS).collections
    on_lines = [path.vertices for path in contours.get_paths()]
    assert sum(len(vertices) > 0 for vertices in on_lines) > 10
    for level, vertices in zip(contours.levels, on_lines, strict=True):
        # Corners of a grid with a mesh of 0.02: the curve between them is cut off.
        np.testing.assert_allclose(bowl(vertices), level, atol=1e-3)


def test_contour_lines_are_as_dense_at_the_bottom_as_at_the_rim():
    levels = axes_of(PATHS).collections[0].levels
    np.testing.assert_allclose(levels[1:] / levels[:-1], levels[1] / levels[0])
    assert levels[0] < 0.1
    assert levels[-1] == pytest.approx(20, rel=1e-6)


def test_the_picture_keeps_its_limits_and_names_both_weights():
    axes = axes_of({"SGD": PATHS["SGD"] * 10})
    assert (axes.get_xlim(), axes.get_ylim()) == LIMITS
    assert "weight" in axes.get_xlabel()
    assert axes.get_xlabel().replace("_1", "_2") == axes.get_ylabel()


@pytest.mark.parametrize("shape", [(5,), (5, 3), (5, 2, 2)])
def test_a_path_of_other_than_two_weights_is_refused_by_its_name(shape):
    with pytest.raises(ValueError, match="'Adam' needs rows of two weights") as error:
        axes_of(PATHS | {"Adam": np.ones(shape)})
    assert str(shape) in str(error.value)


def test_no_figure_stays_open():
    descent_paths(bowl, PATHS, (1, 0), LIMITS)
    assert pyplot.get_fignums() == []
