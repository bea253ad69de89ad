"""Pairs of numbers as points."""

from itertools import cycle

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import line_styles


def scatter(series, x_label, y_label, diagonal=None):
    """A cloud of points for each name.

    Args:
        series: name → `(x, y)`, each `(points,)`.
        x_label, y_label: what the axes show, with the unit.
        diagonal: the name of a thin line at y = x, if there is to be one.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a series does not have as many x as y.
    """
    with canvas() as (figure, axes):
        styles = line_styles(series)
        for marker, (name, (x, y)) in zip(cycle("os^Dv"), series.items(), strict=False):
            x, y = np.asarray(x), np.asarray(y)
            if x.ndim != 1 or x.shape != y.shape:
                raise ValueError(
                    f"The series {name!r} needs as many x as y. Received arrays of "
                    f"shapes {x.shape} and {y.shape}."
                )
            color = styles[name]["color"]
            axes.plot(x, y, marker, color=color, alpha=0.6, label=name)
        if diagonal is not None:
            style = {"color": "#444444", "lw": 1, "ls": (0, (2, 2))}
            axes.axline((0, 0), slope=1, label=diagonal, **style)
        axes.set(xlabel=x_label, ylabel=y_label)
        if len(series) > 1 or diagonal is not None:
            axes.legend()
    return figure
