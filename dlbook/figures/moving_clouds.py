"""Clouds of points on their way, each under its name."""

from itertools import cycle

import numpy as np

from dlbook.figures.canvas import canvas, moving
from dlbook.figures.palette import line_styles


def moving_clouds(clouds, titles, x_label, y_label):
    """Points of a plane in every frame, such as data and what a network makes of them.

    Args:
        clouds: name → points, `(frames, points, 2)`, or `(points, 2)` if they rest.
        titles: a text for each frame.
        x_label, y_label: what the axes show, with the unit.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: when a cloud has not as many frames as there are titles, or points
            that are not of two numbers.
    """
    paths = {}
    for name, points in clouds.items():
        path = np.asarray(points, dtype=float)
        if path.ndim == 2:
            path = np.broadcast_to(path, (len(titles), *path.shape))
        if path.ndim != 3 or path.shape[::2] != (len(titles), 2):
            raise ValueError(
                f"The cloud {name!r} needs points (frames, points, 2) for each of "
                f"{len(titles)} titles, or (points, 2). Received an array of shape "
                f"{np.shape(points)}."
            )
        paths[name] = path
    with canvas(height=3.4) as (figure, axes):
        styles = line_styles(paths)
        drawn = [
            axes.plot(*path[0].T, marker, color=styles[name]["color"], label=name)[0]
            for marker, (name, path) in zip(cycle("os^Dv"), paths.items(), strict=False)
        ]
        for mark in drawn:
            mark.set(markersize=3.5, alpha=0.7)
        every = np.concatenate([path.reshape(-1, 2) for path in paths.values()])
        low, high = every.min(axis=0), every.max(axis=0)
        edge = 0.05 * (high - low).max() + 1e-9
        axes.set(xlim=(low[0] - edge, high[0] + edge))
        axes.set(ylim=(low[1] - edge, high[1] + edge), aspect="equal")
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
        axes.set_title(titles[0])

    def draw(frame):
        for mark, path in zip(drawn, paths.values(), strict=True):
            mark.set_data(*path[frame].T)
        axes.set_title(titles[frame])
        return [*drawn, axes.title]

    return moving(figure, draw, frames=len(titles))
