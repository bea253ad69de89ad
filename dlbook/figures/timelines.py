"""What runs when: bars along the time, a row for each worker."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import line_styles


def timelines(panels, x_label):
    """Panels one below the other on one axis of time, each with rows of bars.

    Args:
        panels: name → row → spans, `(spans, 2)`: where each begins and ends. The first
            row of a panel stands at its top; a row has one colour in all panels.
        x_label: what the axis shows, with the unit.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when spans are no pairs, or one ends before it begins.
    """
    names = dict.fromkeys(row for rows in panels.values() for row in rows)
    styles = line_styles(names)
    height = 0.9 + sum(0.35 * len(rows) + 0.35 for rows in panels.values())
    with canvas(len(panels), 1, height=height, sharex=True, squeeze=False) as (
        figure,
        axes,
    ):
        for panel, (title, rows) in zip(axes[:, 0], panels.items(), strict=True):
            for place, (row, spans) in enumerate(rows.items()):
                spans = np.asarray(spans, dtype=float)
                if spans.ndim != 2 or spans.shape[1] != 2 or (np.diff(spans) < 0).any():
                    raise ValueError(
                        f"The row {row!r} needs spans (spans, 2), none of which ends "
                        f"before it begins. Received shape {spans.shape}."
                    )
                begin, end = spans.T
                color = styles[row]["color"]
                panel.barh(
                    np.full(len(spans), place), end - begin, 0.7, begin, color=color
                )
            panel.set_yticks(range(len(rows)), rows)
            panel.set(title=title, ylim=(len(rows) - 0.5, -0.5))
            panel.grid(visible=False, axis="y")
        axes[-1, 0].set_xlabel(x_label)
    return figure
