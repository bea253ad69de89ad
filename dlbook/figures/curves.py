"""Quantities against a step, a rate or a size."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import line_styles


def curves(
    x,
    series,
    x_label,
    y_label,
    x_scale="linear",
    y_scale="linear",
    bounds=None,
    markers=False,
):
    """One line for each quantity; several runs become their mean and their range.

    Args:
        x: positions, `(points,)`; whole numbers are counted in ticks, never halved.
        series: name → values, `(points,)`, or `(runs, points)`: then the line is the
            mean of the runs and the band reaches from the lowest to the highest.
        x_label, y_label: what the axes show, with the unit.
        x_scale, y_scale: "linear" or "log".
        bounds: name → a height at which to draw a thin line, to compare with.
        markers: whether to mark the points, when there are few of them.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a series does not have one value for each position.
    """
    x = np.asarray(x)
    with canvas() as (figure, axes):
        styles = line_styles(series)
        for name, values in series.items():
            runs = np.atleast_2d(np.asarray(values))
            if runs.ndim != 2 or runs.shape[1] != len(x):
                raise ValueError(
                    f"The series {name!r} needs one value for each of the {len(x)} "
                    f"positions. Received an array of shape {np.shape(values)}."
                )
            marker = "o" if markers else None
            (line,) = axes.plot(
                x, runs.mean(axis=0), label=name, marker=marker, **styles[name]
            )
            if len(runs) > 1:
                band = runs.min(axis=0), runs.max(axis=0)
                axes.fill_between(x, *band, color=line.get_color(), alpha=0.2, lw=0)
        for height in (bounds or {}).values():
            axes.axhline(height, color="#444444", lw=1, ls=(0, (2, 2)))
        axes.set(xlabel=x_label, ylabel=y_label, xscale=x_scale, yscale=y_scale)
        if x_scale == "linear" and np.issubdtype(x.dtype, np.integer):
            axes.xaxis.get_major_locator().set_params(integer=True)
        _name_bounds(axes, bounds or {})
        if len(series) > 1:
            axes.legend()
    return figure


def _name_bounds(axes, bounds):
    """Writes each bound's name above it: at the right, or at the left if that is free.

    Free is where no curve passes.
    """
    paths = [line.get_path().transformed(line.get_transform()) for line in axes.lines]
    for name, height in bounds.items():
        ends = [
            axes.annotate(
                name,
                (place, height),
                xycoords=("axes fraction", "data"),
                xytext=(inwards, 3),
                textcoords="offset points",
                ha=side,
            )
            for place, side, inwards in ((1, "right", 0), (0, "left", 3))
        ]
        crossed = [
            any(
                path.intersects_bbox(end.get_window_extent(), filled=False)
                for path in paths
            )
            for end in ends
        ]
        ends[0 if crossed == [True, False] else 1].remove()
