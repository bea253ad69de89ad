"""Optimizers on their way over several surfaces, side by side."""

import numpy as np

from dlbook.figures.canvas import canvas, moving
from dlbook.figures.palette import line_styles


def moving_paths(panels, steps):
    """The paths of the same optimizers on several surfaces, as they grow.

    The first frame shows the whole paths, since it is what stands on a page until the
    player is started. A path that has ended waits at its end.

    Args:
        panels: title → `(loss, paths, minima, limits)`, one panel each. The loss is a
            function from θ, `(..., 2)`, to `(...)`, not negative. The paths are
            name → θ₀, θ₁, ..., `(steps + 1, 2)`, under the same names in every panel.
            The minima, `(minima, 2)`, are drawn as stars. The limits are those of the
            picture, `((lowest θ₁, highest θ₁), (lowest θ₂, highest θ₂))`.
        steps: how many steps have been taken in each of the other frames.

    Returns:
        A matplotlib `FuncAnimation` of `1 + len(steps)` frames.

    Raises:
        ValueError: when a path does not have two weights, or the panels do not name
            the same paths.
    """
    names = list(next(iter(panels.values()))[1])
    for title, (_, paths, _, _) in panels.items():
        shapes = {name: np.shape(path) for name, path in paths.items()}
        if list(paths) != names or any(
            len(shape) != 2 or shape[1] != 2 for shape in shapes.values()
        ):
            raise ValueError(
                "Every panel needs the same paths, each of rows of two weights, "
                f"(steps + 1, 2). Received in {title!r}: {shapes}."
            )
    styles = line_styles(names)
    with canvas(1, len(panels), height=2.9, squeeze=False) as (figure, grid):
        drawn = []
        for axes, (title, panel) in zip(grid[0], panels.items(), strict=True):
            drawn += _panel(axes, title, *panel, styles)
        grid[0, 0].set_ylabel("weight $\\theta_2$")
        grid[0, len(panels) // 2].set_xlabel("weight $\\theta_1$")
        lines = [line for _, line, _ in drawn[: len(names)]]
        figure.legend(lines, names, loc="outside lower center", ncols=len(names))
        heading = figure.suptitle("the whole paths", fontsize=10)

    def draw(frame):
        last = steps[frame - 1] if frame else None
        heading.set_text(f"after {last} steps" if frame else "the whole paths")
        for path, line, end in drawn:
            shown = path if last is None else path[: last + 1]
            line.set_data(*shown.T)
            end.set_data(*shown[-1:].T)
        return [heading, *(mark for _, *marks in drawn for mark in marks)]

    return moving(figure, draw, frames=1 + len(steps))


def _panel(axes, title, loss, paths, minima, limits, styles):
    """Draws a surface; returns each path with its line and the mark of its end."""
    sides = [np.linspace(*limit, 120) for limit in limits]
    height = loss(np.stack(np.meshgrid(*sides), axis=-1))
    levels = np.geomspace(max(np.quantile(height, 0.01), 1e-12), height.max(), 6)
    # Hard edges: a picture of soft ones takes up two and a half times the space.
    look = {"colors": "#b5b5b5", "linewidths": 0.6, "antialiased": False}
    axes.contour(*sides, height, levels=levels, **look)
    axes.plot(*np.transpose(minima), "*", color="#222222", markersize=9)
    drawn = []
    for name, path in paths.items():
        path = np.asarray(path, dtype=float)
        (line,) = axes.plot([], [], **styles[name], linewidth=1.4, antialiased=False)
        (end,) = axes.plot([], [], "s", color=line.get_color(), markersize=5)
        drawn.append((path, line, end))
    axes.plot(*path[0], "o", color="#222222", markersize=5)
    axes.set(xlim=limits[0], ylim=limits[1], title=title)
    axes.locator_params(nbins=3)
    axes.grid(False)
    return drawn
