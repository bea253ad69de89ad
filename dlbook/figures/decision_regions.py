"""Where in the plane a classifier says what."""

import numpy as np

from dlbook.figures.canvas import canvas

_COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00")
_MARKERS = ("o", "s", "^", "D", "v", "P")


def decision_regions(classifiers, x, y, limits, points=200):
    """The plane tinted by each classifier's answer, one panel for each, with the data.

    Args:
        classifiers: name → a function from points, `(points, 2)`, to their classes
            0, 1, ..., `(points,)`; numbers are rounded.
        x: the data, `(examples, 2)`.
        y: its classes, whole numbers from 0 to 5, `(examples,)`.
        limits: `((lowest x₁, highest x₁), (lowest x₂, highest x₂))` of the picture.
        points: along each side, at which the classifiers are asked.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a classifier does not give one answer for each point.
    """
    x, y = np.asarray(x), np.asarray(y)
    sides = [np.linspace(*limit, points) for limit in limits]
    plane = np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2)
    with canvas(1, len(classifiers), height=3.2, squeeze=False, sharey=True) as (
        figure,
        axes,
    ):
        for panel, (name, classify) in zip(axes[0], classifiers.items(), strict=True):
            answers = np.asarray(classify(plane))
            if answers.shape != plane.shape[:1]:
                raise ValueError(
                    f"The classifier {name!r} must give one answer for each of "
                    f"{len(plane)} points. Received an array of shape {answers.shape}."
                )
            answers = np.rint(answers).reshape(points, points)
            levels = np.arange(len(_COLORS) + 1) - 0.5
            panel.contourf(*sides, answers, levels=levels, colors=_COLORS, alpha=0.2)
            for value in np.unique(y):
                style = {"color": _COLORS[value], "marker": _MARKERS[value], "ls": ""}
                size = 8 if len(x) < 20 else 4
                panel.plot(*x[y == value].T, **style, markersize=size)
            panel.set(xlim=limits[0], ylim=limits[1], aspect="equal", title=name)
            panel.set_xlabel("input $x_1$")
            panel.grid(False)
        axes[0, 0].set_ylabel("input $x_2$")
    return figure
