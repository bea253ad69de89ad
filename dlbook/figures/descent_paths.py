"""Paths of optimizers over the contour lines of a surface."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import line_styles


def descent_paths(loss, paths, minimum, limits, marks=0):
    """Each optimizer's path over the contour lines of a loss of two weights.

    Args:
        loss: a function from θ, `(..., 2)`, to the loss, `(...)`; not negative.
        paths: name → θ₀, θ₁, ..., `(steps + 1, 2)`.
        minimum: where the loss is lowest, `(2,)`: a star.
        limits: `((lowest θ₁, highest θ₁), (lowest θ₂, highest θ₂))` of the picture.
        marks: marks this many first steps of each path with dots.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a path does not have two weights.
    """
    sides = [np.linspace(*limit, 200) for limit in limits]
    plane = np.stack(np.meshgrid(*sides), axis=-1)
    height = loss(plane)
    low = max(np.quantile(height, 0.002), 1e-12)
    with canvas(height=3.6) as (figure, axes):
        levels = np.geomspace(low, height.max(), 14)
        axes.contour(*sides, height, levels=levels, colors="#b5b5b5", linewidths=0.7)
        styles = line_styles(paths)
        for name, path in paths.items():
            path = np.asarray(path)
            if path.ndim != 2 or path.shape[1] != 2:
                raise ValueError(
                    f"The path {name!r} needs rows of two weights, (steps + 1, 2). "
                    f"Received an array of shape {path.shape}."
                )
            label = f"{name}, {len(path) - 1} steps"
            (line,) = axes.plot(*path.T, label=label, **styles[name])
            if marks:
                first = path[1 : marks + 1].T
                axes.plot(*first, "o", color=line.get_color(), markersize=3)
            axes.plot(*path[-1], "s", color=line.get_color(), markersize=6)
        axes.plot(*path[0], "o", color="#222222", markersize=6)
        axes.plot(*minimum, "*", color="#222222", markersize=11)
        axes.set(xlim=limits[0], ylim=limits[1])
        axes.set(xlabel="weight $\\theta_1$", ylabel="weight $\\theta_2$")
        axes.grid(False)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.14), ncols=len(paths))
    return figure
