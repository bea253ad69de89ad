"""The tint is what the classifier says there."""

import numpy as np
import pytest
from matplotlib.path import Path

from dlbook.figures import decision_regions

X = np.array([[0.1, 0.2], [0.9, 0.1], [0.5, 0.9]])
Y = np.array([0, 1, 2])
LIMITS = ((0, 1), (0, 1))


def third(x):
    """0 on the left, 1 in the middle, 2 on the right."""
    return np.floor(3 * np.minimum(x[:, 0], 0.999))


def tinted(axes, color, places):
    """Which places have this colour."""
    (tint,) = axes.collections
    faces = [tuple(np.round(face[:3], 3)) for face in tint.get_facecolor()]
    rings = tint.get_paths()[faces.index(color)].to_polygons()
    # Inside is what lies in an odd number of rings.
    return sum(Path(ring).contains_points(places).astype(int) for ring in rings) % 2


@pytest.mark.parametrize(
    ("value", "color"), [(0, (0, 0.447, 0.698)), (1, (0.835, 0.369, 0))]
)
def test_a_place_has_the_colour_of_the_answer_there(value, color):
    (axes,) = decision_regions({"thirds": third}, X, Y, LIMITS).axes
    places = np.random.default_rng(0).uniform(size=(1000, 2))
    clear = np.abs(places[:, :1] - [1 / 3, 2 / 3]).min(axis=1) > 0.01
    found = tinted(axes, color, places[clear])
    np.testing.assert_array_equal(found, third(places[clear]) == value)


def test_there_is_a_panel_for_each_classifier_with_all_points():
    figure = decision_regions({"a": third, "b": lambda x: x[:, 1] > 0.5}, X, Y, LIMITS)
    assert [axes.get_title() for axes in figure.axes] == ["a", "b"]
    for axes in figure.axes:
        drawn = [line.get_xydata().tolist() for line in axes.lines]
        assert drawn == [[point] for point in X.tolist()]
        assert len({line.get_marker() for line in axes.lines}) == 3


def test_a_classifier_is_asked_about_the_whole_picture():
    asked = []
    decision_regions(
        {"a": lambda x: asked.append(x) or x[:, 0] * 0}, X, Y, ((-2, 3), (5, 7)), 11
    )
    (places,) = asked
    assert places.shape == (121, 2)
    np.testing.assert_array_equal(places.min(axis=0), [-2, 5])
    np.testing.assert_array_equal(places.max(axis=0), [3, 7])


def test_an_answer_for_each_point_is_needed():
    with pytest.raises(ValueError, match="'column' must give one answer"):
        decision_regions({"column": lambda x: x[:, :1]}, X, Y, LIMITS)
