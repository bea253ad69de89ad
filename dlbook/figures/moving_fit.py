"""A curve through points, while a setting of the fit is changed."""

import numpy as np

from dlbook.figures.canvas import canvas, moving


def moving_fit(points, x, fits, truth, titles, x_label, y_label):
    """Examples as dots, the true curve, and a fit to the dots that each frame changes.

    Args:
        points: the examples, `(x, y)`, each `(points,)`.
        x: positions of the curves, `(positions,)`.
        fits: what is fitted, `(frames, positions)`. It may leave the picture, whose
            height is that of the examples and the true curve, and half as much again.
        truth: the true curve, `(positions,)`.
        titles: a text for each frame.
        x_label, y_label: what the axes show, with the unit.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: when the fits are not of one curve for each frame.
    """
    x, truth, fits = (np.asarray(each, dtype=float) for each in (x, truth, fits))
    if fits.shape != (len(titles), len(x)) or truth.shape != x.shape:
        raise ValueError(
            f"The fits need a value for each of {len(titles)} titles and {len(x)} "
            "positions, and the truth one for each position. Received arrays of shapes "
            f"{fits.shape} and {truth.shape}."
        )
    seen = np.concatenate([truth, np.asarray(points[1], dtype=float)])
    room = 0.25 * (seen.max() - seen.min())
    with canvas(height=3.4) as (figure, axes):
        (fit,) = axes.plot(x, fits[0], label="fit")
        axes.plot(x, truth, color="#009E73", ls=(0, (4, 2)), label="truth")
        axes.plot(*points, "o", color="#D55E00", label="examples")
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.set_ylim(seen.min() - room, seen.max() + room)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        axes.set_title(titles[0])

    def draw(frame):
        fit.set_ydata(fits[frame])
        axes.set_title(titles[frame])
        return [fit, axes.title]

    return moving(figure, draw, frames=len(titles))
