"""Measured numbers side by side, each kind in a row."""

from itertools import cycle

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import line_styles


def dot_rows(series, x_label, x_scale="linear", bounds=None):
    """A row for each name, and in it a dot for each run.

    Args:
        series: name of the series → name of the row → values, `(runs,)`. The first row
            stands at the top; a series may leave rows out.
        x_label: what the dots measure, with the unit.
        x_scale: "linear" or "log".
        bounds: name → a value at which to draw a thin line, to compare with.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there is no row.
    """
    rows = list(dict.fromkeys(row for values in series.values() for row in values))
    if not rows:
        raise ValueError("A figure of dots needs a row. Received: none.")
    with canvas(height=0.27 * len(rows) + 1.1) as (figure, axes):
        styles = line_styles(series)
        for marker, (name, values) in zip(cycle("os^Dv"), series.items(), strict=False):
            places = [
                np.full(np.size(each), rows.index(k)) for k, each in values.items()
            ]
            x = np.concatenate([np.ravel(each) for each in values.values()])
            color = styles[name]["color"]
            y = np.concatenate(places)
            axes.plot(x, y, marker, color=color, alpha=0.6, ms=5, label=name)
        for name, place in (bounds or {}).items():
            style = {"color": "#444444", "lw": 1, "ls": (0, (2, 2))}
            axes.axvline(place, label=name, **style)
        axes.set(xlabel=x_label, xscale=x_scale, ylim=(len(rows) - 0.4, -0.6))
        axes.set_yticks(range(len(rows)), rows)
        if len(series) > 1 or bounds:
            place = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3}
            axes.legend(**place)
    return figure
