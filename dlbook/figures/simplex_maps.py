"""Functions of three probabilities, over the triangle of all that sum to one."""

import numpy as np

from dlbook.figures.canvas import canvas

_CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(3) / 2]])
_ABOVE = 24  # points between a triangle and its title, for the name of class 3


def simplex_maps(functions, levels, label, marks=None, points=60):
    """Each function in a triangle whose corners are certainty of class 1, 2 and 3.

    A point's share of the way from the side opposite to a corner is the probability of
    that corner's class; in the middle all three are 1/3.

    Args:
        functions: name → a function from p, `(points, 3)`, to a value, `(points,)`; it
            may be infinite at the sides.
        levels: values at which to draw contour lines, rising; colours change there.
        label: what the colours show, with the unit.
        marks: letter → probabilities, `(3,)`, to mark in every triangle.
        points: along each side, at which the functions are asked.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a function does not give one value for each point.
    """
    p = _grid(points)
    with canvas(1, len(functions), height=3.3, squeeze=False) as (figure, axes):
        for panel, (name, function) in zip(axes[0], functions.items(), strict=True):
            values = np.asarray(function(p))
            if values.shape != p.shape[:1]:
                raise ValueError(
                    f"The function {name!r} must give one value for each of {len(p)} "
                    f"points. Received an array of shape {values.shape}."
                )
            values = np.clip(values, levels[0], 2 * levels[-1])
            x, y = (p @ _CORNERS).T
            look = {"levels": levels, "cmap": "YlOrBr", "extend": "max", "alpha": 0.8}
            picture = panel.tricontourf(x, y, values, **look)
            panel.tricontour(x, y, values, levels[1:], colors="#666666", linewidths=0.6)
            _draw_frame(panel, name)
            for letter, mark in (marks or {}).items():
                _draw_mark(panel, letter, np.asarray(mark) @ _CORNERS)
        figure.colorbar(picture, ax=axes, label=label, fraction=0.04, pad=0.02)
    return figure


def _grid(points):
    """All p whose entries are multiples of 1/(points − 1), `(…, 3)`."""
    first, second = np.meshgrid(np.arange(points), np.arange(points))
    inside = first + second < points
    first, second = first[inside], second[inside]
    third = points - 1 - first - second
    return np.stack([first, second, third], axis=1) / (points - 1)


def _draw_frame(panel, name):
    panel.plot(*_CORNERS[[0, 1, 2, 0]].T, color="#555555", lw=1, clip_on=False)
    places = [("left", "top", -5), ("right", "top", -5), ("center", "bottom", 4)]
    for k, (horizontal, vertical, offset) in enumerate(places):
        panel.annotate(
            f"class {k + 1}",
            _CORNERS[k],
            xytext=(0, offset),
            textcoords="offset points",
            ha=horizontal,
            va=vertical,
        )
    panel.set(xlim=(-0.06, 1.06), ylim=(0, 0.87), aspect="equal")
    panel.set_axis_off()
    panel.set_title(name, pad=_ABOVE)


def _draw_mark(panel, letter, place):
    panel.plot(*place, "o", color="#222222", markersize=5, clip_on=False)
    offset = {"xytext": (6, 3), "textcoords": "offset points"}
    panel.annotate(letter, place, **offset, weight="bold")
