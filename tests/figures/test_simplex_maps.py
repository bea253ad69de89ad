"""The triangle has each distribution at its place, and each value at its point."""

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import simplex_maps

LEVELS = np.linspace(0, 1, 5)
CORNERS = np.array([[0, 0], [1, 0], [0.5, np.sqrt(0.75)]])
NEW = {"first": lambda p: p[:, 0], "spread": lambda p: 3 * (1 - p.max(axis=1)) / 2}


def panels_of(**options):
    figure = simplex_maps(NEW, LEVELS, "loss (nats)", **options)
    return figure.axes[:2]


def barycentric(points):
    """Probabilities of places in the plane: a linear system, solved for each."""
    system = np.vstack([CORNERS.T, np.ones(3)])  # (3, 3)
    rows = np.column_stack([points, np.ones(len(points))])
    return np.linalg.solve(system, rows.T).T


def contour_points(panel):
    """Level → the places on its line. The lines are drawn last, over the tints."""
    lines = panel.collections[-1]
    return {
        level: path.vertices
        for level, path in zip(lines.levels, lines.get_paths(), strict=True)
        if len(path.vertices)
    }


@pytest.mark.parametrize("index", [0, 1])
def test_a_contour_line_runs_where_the_function_has_its_level(index):
    panel, function = panels_of()[index], list(NEW.values())[index]
    lines = contour_points(panel)
    assert {0.25, 0.5, 0.75} <= lines.keys()
    for level, points in lines.items():
        values = function(barycentric(points))
        np.testing.assert_allclose(values, level, atol=0.02)


def test_a_mark_stands_at_its_share_of_each_corner():
    p = np.array([0.5, 0.3, 0.2])
    for panel in panels_of(marks={"A": p}):
        place = panel.lines[-1].get_xydata()
        np.testing.assert_allclose(barycentric(place)[0], p)
        text = panel.texts[-1]
        assert text.get_text() == "A"
        np.testing.assert_allclose(text.xy, place[0])


def test_each_corner_has_the_name_of_its_class():
    named = {text.get_text(): text.xy for text in panels_of()[0].texts}
    for k, corner in enumerate(CORNERS):
        np.testing.assert_allclose(named[f"class {k + 1}"], corner)


def test_titles_and_colours_say_what_they_show():
    figure = simplex_maps(NEW, LEVELS, "loss (nats)")
    assert [panel.get_title() for panel in figure.axes[:2]] == ["first", "spread"]
    assert figure.axes[2].get_ylabel() == "loss (nats)"


def test_what_is_infinite_has_the_colour_of_the_highest():
    def surprise(p):
        with np.errstate(divide="ignore"):
            return -np.log(p[:, 0])

    (panel, _) = simplex_maps({"surprise": surprise}, LEVELS, "nats").axes
    assert max(contour_points(panel)) == 1


def test_a_function_without_a_value_for_each_point_is_refused():
    with pytest.raises(ValueError, match="'lazy' must give one value for each of"):
        simplex_maps({"lazy": lambda p: p}, LEVELS, "")


def test_no_figure_stays_open():
    panels_of(marks={"A": [0.5, 0.5, 0]})
    assert pyplot.get_fignums() == []
