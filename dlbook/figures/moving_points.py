"""Points that a network moves while it learns, and the line it draws between them."""

import numpy as np

from dlbook.figures.boundary import line_ends
from dlbook.figures.canvas import canvas, moving

_NO, _YES = "#0072B2", "#D55E00"


def moving_points(xs, y, ws, bs, titles, limits, x_label, y_label):
    """Two classes of points on their way, with the line w·x + b = 0 of each frame.

    Args:
        xs: the points in every frame, `(frames, points, 2)`.
        y: their classes, 0 or 1, `(points,)`.
        ws, bs: of the line: `(frames, 2)` and `(frames,)`. With w = 0 there is none.
        titles: a text for each frame.
        limits: `((lowest, highest), (lowest, highest))` of the picture.
        x_label, y_label: what the axes show, with the unit.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: when the points are not of two numbers, or the frames not equally
            many everywhere.
    """
    xs, y = np.asarray(xs, dtype=float), np.asarray(y)
    lengths = {len(each) for each in (xs, ws, bs, titles)}
    if xs.ndim != 3 or xs.shape[1:] != (len(y), 2) or len(lengths) > 1:
        raise ValueError(
            "Moving points need xs (frames, points, 2), a class for each point, and a "
            f"line and a title for each frame. Received shapes {xs.shape}, {y.shape}, "
            f"{np.shape(ws)}, {np.shape(bs)} and {len(titles)} titles."
        )
    with canvas(height=3.4) as (figure, axes):
        look = {"ms": 3.5, "alpha": 0.7}
        (no,) = axes.plot([], [], "o", color=_NO, label="0", **look)
        (yes,) = axes.plot([], [], "s", color=_YES, label="1", **look)
        (line,) = axes.plot([], [], color="#444444", lw=1.8)
        axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.legend(title="class", loc="center left", bbox_to_anchor=(1.02, 0.5))
        axes.set_title(titles[0])

    def draw(frame):
        no.set_data(*xs[frame][y == 0].T)
        yes.set_data(*xs[frame][y == 1].T)
        w = np.asarray(ws[frame], dtype=float)
        ends = line_ends(w, bs[frame], limits) if w.any() else np.empty((0, 2))
        line.set_data(*ends.T)
        axes.set_title(titles[frame])
        return [no, yes, line]

    return moving(figure, draw, frames=len(xs))
