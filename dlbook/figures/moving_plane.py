"""A plane that is carried, stretched and folded by the steps of a layer."""

import numpy as np

from dlbook.figures.canvas import canvas, moving

_NO, _YES = "#0072B2", "#D55E00"


def moving_plane(steps, x, y, side, limits, cut=None, frames=18, pause=6):
    """A grid and some points of a plane on their way through one step after another.

    Between two steps each point moves on a straight line.

    Args:
        steps: name → a function of points, `(..., 2)` → `(..., 2)`, each applied to
            what the one before returned. The name is the title while it moves them.
        x: points, `(points, 2)`.
        y: their classes, 0 or 1, `(points,)`.
        side: `(lowest, highest)` of the square that the grid covers at the start.
        limits: `((lowest, highest), (lowest, highest))` of the picture.
        cut: `(w, b)`; in the last frames the side where w·h + b > 0 is tinted.
        frames: of each step.
        pause: frames of rest after each step.

    Returns:
        A matplotlib `FuncAnimation` of `len(steps) * (frames + pause) + 1` frames.

    Raises:
        ValueError: when the points are not of two numbers.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y)
    if x.ndim != 2 or x.shape[1] != 2 or y.shape != x.shape[:1]:
        raise ValueError(
            "The plane needs points (points, 2) and their classes (points,). "
            f"Received arrays of shapes {x.shape} and {y.shape}."
        )
    stages = [np.concatenate([x, _grid(side)])]
    for step in steps.values():
        stages.append(np.asarray(step(stages[-1])))
    names = list(steps)
    with canvas(height=4.2) as (figure, axes):
        web = [
            axes.plot([], [], "-", color="#999999", lw=0.8)[0]
            for _ in range(2 * _LINES)
        ]
        marks = [
            axes.plot([], [], marker, color=color, markersize=11, ls="", label=f"{k}")[
                0
            ]
            for k, (color, marker) in enumerate([(_NO, "o"), (_YES, "s")])
        ]
        axes.set(xlim=limits[0], ylim=limits[1], aspect="equal")
        axes.set(xlabel="first coordinate", ylabel="second coordinate")
        axes.legend(title="class", loc="center left", bbox_to_anchor=(1.02, 0.5))
        axes.grid(False)
        axes.set_title("the input")

    def draw(frame):
        at = max(frame - 1, 0)
        k = min(at // (frames + pause), len(names) - 1)
        share = min(max(frame - k * (frames + pause), 0) / frames, 1)
        points = (1 - share) * stages[k] + share * stages[k + 1]
        for value, mark in enumerate(marks):
            mark.set_data(*points[: len(x)][y == value].T)
        for line, ends in zip(web, points[len(x) :].reshape(-1, _DOTS, 2), strict=True):
            line.set_data(*ends.T)
        axes.set_title(names[k] if frame else "the input")
        if cut is not None and k == len(names) - 1 and share == 1:
            _tint(axes, *cut, limits)
        elif axes.collections:
            axes.collections[0].remove()
        return [*web, *marks]

    total = len(steps) * (frames + pause) + 1
    return moving(figure, draw, frames=total)


_LINES, _DOTS = 9, 33


def _grid(side):
    """Lines across a square, (2 lines dots, 2): first the upright ones."""
    places, along = np.linspace(*side, _LINES), np.linspace(*side, _DOTS)
    upright = np.stack(np.meshgrid(places, along, indexing="ij"), axis=-1)
    return np.concatenate([upright, upright[..., ::-1]]).reshape(-1, 2)


def _tint(axes, w, b, limits):
    if axes.collections:
        return
    sides = [np.linspace(*limit, 200) for limit in limits]
    answer = np.stack(np.meshgrid(*sides), axis=-1) @ np.asarray(w, dtype=float) + b
    axes.contourf(*sides, answer, levels=[0, np.inf], colors=[_YES], alpha=0.2)
