"""What was said, how often, of what was so."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.labelled_grids import name_cells
from dlbook.figures.palette import GROUNDS


def confusion_matrix(counts, rows, columns, row_label="", column_label=""):
    """A row for each truth, a column for each answer, and in the cells the counts.

    A cell is the darker the larger its share of its row is. A count of 0 is not
    written.

    Args:
        counts: whole numbers from 0, `(rows, columns)`.
        rows, columns: their names.
        row_label, column_label: what the names are names of.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there is not a name for each row and each column.
    """
    counts = np.asarray(counts)
    if counts.shape != (len(rows), len(columns)) or not counts.size:
        raise ValueError(
            "A confusion matrix needs a name for each row and column. Received: counts "
            f"of shape {counts.shape}, {len(rows)} rows and {len(columns)} columns."
        )
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    with canvas(height=0.24 * len(rows) + 1.7) as (figure, axes):
        shares = counts / totals
        axes.imshow(shares, cmap=GROUNDS, vmin=0, vmax=1, aspect="auto")
        for (row, column), count in np.ndenumerate(counts):
            if count:
                middle = {"ha": "center", "va": "center", "color": "k"}
                axes.text(column, row, str(count), **middle)
        slanted = {"rotation": 45, "ha": "right"}
        name_cells(axes, rows, columns, color="#bbbbbb", lw=0.5, **slanted)
        axes.set(ylabel=row_label, xlabel=column_label)
    return figure
