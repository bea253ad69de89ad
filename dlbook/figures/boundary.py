"""The straight line at which one neuron with two inputs changes its answer."""

import numpy as np

from dlbook.figures.canvas import canvas, moving

_NO, _YES = "#0072B2", "#D55E00"
_INPUTS = ("input $x_1$", "input $x_2$")


def boundary(x, y, w, b, limits, labels=("no", "yes"), inputs=_INPUTS):
    """Two classes of points, the line w·x + b = 0, and the weights as an arrow.

    The side where w·x + b > 0 is tinted in the colour of class 1. The arrow begins at
    the line, at the point next to the middle of the picture, and has the direction of
    w; its length on the page says nothing.

    Args:
        x: points, `(points, 2)`.
        y: their classes, 0 or 1, `(points,)`.
        w, b: weights, `(2,)`, and bias of the neuron. With w = 0 there is no line.
        limits: `((lowest x₁, highest x₁), (lowest x₂, highest x₂))` of the picture.
        labels: names of class 0 and of class 1.
        inputs: what the axes show, with the unit.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when the points or the weights are not of two numbers.
    """
    x, y, w = _checked(x, y, w)
    with canvas(height=_height(limits)) as (figure, axes):
        _draw_points(axes, x, y, limits, labels)
        axes.set(xlabel=inputs[0], ylabel=inputs[1])
        _draw_line(axes, w, b, limits)
    return figure


def moving_boundary(x, y, ws, bs, looked_at, titles, limits, labels=("no", "yes")):
    """`boundary`, one frame for each pair of weights and bias.

    Args:
        x, y, limits, labels: as in `boundary`.
        ws, bs: weights, `(frames, 2)`, and biases, `(frames,)`.
        looked_at: for each frame the index of a point to put a ring around, or None.
        titles: a text for each frame.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: as `boundary` does; when the frames are not equally many everywhere.
    """
    frames = list(zip(ws, bs, looked_at, titles, strict=True))
    x, y, _ = _checked(x, y, frames[0][0])
    with canvas(height=_height(limits) + 0.3) as (figure, axes):
        _draw_points(axes, x, y, limits, labels)
        axes.set_title(titles[0])
        axes.grid(False)

    shown = []

    def draw(frame):
        while shown:
            shown.pop().remove()
        w, b, index, title = frames[frame]
        shown.extend(_draw_line(axes, np.asarray(w, dtype=float), b, limits))
        if index is not None:
            ring = {"markersize": 15, "fillstyle": "none", "markeredgewidth": 1.8}
            shown.extend(axes.plot(*x[index], "o", color="#222222", **ring))
        axes.set_title(title)
        return shown

    return moving(figure, draw, frames=len(frames))


def line_ends(w, b, limits):
    """Two points of the line w·x + b = 0, outside of the picture: `(2 ends, 2)`.

    Between them lies the point of the line that is next to the middle of the picture.
    """
    length = np.linalg.norm(w)
    middle = np.mean(limits, axis=1)
    distance = (w @ middle + b) / length
    foot = middle - distance / length * w
    reach = 2 * np.abs(np.subtract(*np.transpose(limits))).sum() + abs(distance)
    along = np.array([-w[1], w[0]]) / length * reach
    return np.stack([foot + along, foot - along])


def _checked(x, y, w):
    x, y, w = np.asarray(x, dtype=float), np.asarray(y), np.asarray(w, dtype=float)
    if x.ndim != 2 or x.shape[1] != 2 or y.shape != x.shape[:1] or w.shape != (2,):
        raise ValueError(
            "A line needs points (points, 2), their classes (points,) and weights "
            f"(2,). Received shapes {x.shape}, {y.shape} and {w.shape}."
        )
    return x, y, w


def _height(limits):
    """In inches: both axes have one scale, and some 5 inches for the first."""
    (left, right), (low, high) = limits
    return min(3.6, 5 * (high - low) / (right - left) + 0.7)


def _draw_points(axes, x, y, limits, labels):
    for value, (color, marker) in enumerate([(_NO, "o"), (_YES, "s")]):
        points = x[y == value].T
        axes.plot(*points, marker, color=color, markersize=5, label=labels[value])
    axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")
    axes.set(xlabel=_INPUTS[0], ylabel=_INPUTS[1])
    axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))


def _draw_line(axes, w, b, limits):
    """The line, the tint and the arrow, as a list of artists."""
    if not w.any():
        return []
    ends = line_ends(w, b, limits)
    foot, length = ends.mean(axis=0), np.linalg.norm(w)
    beyond = ends[::-1] + w / length * np.linalg.norm(ends[0] - foot)
    (line,) = axes.plot(*ends.T, "-", color="#444444", lw=1.8)
    corners = np.concatenate([ends, beyond])
    (tint,) = axes.fill(*corners.T, color=_YES, alpha=0.13, lw=0, zorder=0)
    size = 0.17 * np.abs(np.subtract(*limits[1]))
    arrow = axes.annotate(
        "",
        foot + size * w / length,
        foot,
        arrowprops={"arrowstyle": "-|>", "color": "#444444", "lw": 1.8, "shrinkA": 0},
        annotation_clip=True,
    )
    return [line, tint, arrow]
