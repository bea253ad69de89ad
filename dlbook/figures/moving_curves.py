"""Curves that bend while something else is changed."""

import numpy as np

from dlbook.figures.canvas import canvas, moving
from dlbook.figures.palette import line_styles


def moving_curves(
    x, series, titles, x_label, y_label, y_scale="linear", limits=None, bounds=None
):
    """Quantities against a position, of which each frame shows another state.

    Args:
        x: positions, `(points,)`, the same in every frame; whole numbers are counted in
            ticks, never halved.
        series: name → values, `(frames, points)`.
        titles: a text for each frame: what has been changed.
        x_label, y_label: what the axes show, with the unit.
        y_scale: "linear" or "log".
        limits: `(lowest, highest)` of y in the picture; otherwise those of all frames.
        bounds: name → a height at which to draw a thin line, to compare with.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: when a series is not of one curve for each frame.
    """
    x = np.asarray(x)
    series = {name: np.asarray(values, dtype=float) for name, values in series.items()}
    for name, values in series.items():
        if values.shape != (len(titles), len(x)):
            raise ValueError(
                f"The series {name!r} needs a value for each of {len(titles)} titles "
                f"and {len(x)} positions. Received an array of shape {values.shape}."
            )
    with canvas() as (figure, axes):
        styles = line_styles(series)
        lines = {
            name: axes.plot(x, values[0], label=name, **styles[name])[0]
            for name, values in series.items()
        }
        for name, height in (bounds or {}).items():
            axes.axhline(height, color="#444444", lw=1, ls=(0, (2, 2)), label=name)
        every = list(series.values())
        limits = limits or (np.nanmin(every), np.nanmax(every))
        axes.set(xlabel=x_label, ylabel=y_label, yscale=y_scale, ylim=limits)
        if np.issubdtype(x.dtype, np.integer):
            axes.xaxis.get_major_locator().set_params(integer=True)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        axes.set_title(titles[0])

    def draw(frame):
        for name, line in lines.items():
            line.set_ydata(series[name][frame])
        axes.set_title(titles[frame])
        return [*lines.values(), axes.title]

    return moving(figure, draw, frames=len(titles))
