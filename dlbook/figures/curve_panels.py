"""Functions of one number, each in a panel of its own."""

import numpy as np

from dlbook.figures.canvas import canvas


def curve_panels(x, series, x_label, y_label, columns=4):
    """One curve a panel, on shared axes.

    Args:
        x: positions, `(points,)`.
        series: name → values `(points,)`; the name stands above the panel.
        x_label, y_label: what the axes show, with the unit.
        columns: how many panels stand in a row.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a series does not have one value for each position.
    """
    rows = -(-len(series) // columns)
    with canvas(
        rows, columns, height=1.75 * rows + 0.2, squeeze=False, sharex=True, sharey=True
    ) as (figure, axes):
        for panel in axes.flat[len(series) :]:
            panel.set_axis_off()
        for panel, (name, values) in zip(axes.flat, series.items(), strict=False):
            if np.shape(values) != np.shape(x):
                raise ValueError(
                    f"The series {name!r} needs one value for each position. Received "
                    f"arrays of shapes {np.shape(values)} and {np.shape(x)}."
                )
            panel.plot(x, values, lw=1.2)
            panel.set(title=name, xlabel=x_label if panel in axes[-1] else "")
        for first in axes[:, 0]:
            first.set_ylabel(y_label)
    return figure
