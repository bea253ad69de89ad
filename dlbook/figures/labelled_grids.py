"""Numbers on a grid: a colour and a text for each cell."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.palette import GROUNDS


def labelled_grids(
    grids, label, texts=None, low=0.0, high=1.0, rows=None, columns=None, x_label=""
):
    """Grids side by side, in one scale of colours, with a text in each cell.

    Args:
        grids: name → values `(rows, columns)`; NaN is a cell without a colour.
        label: what a colour stands for, with its unit: beside the scale.
        texts: name → texts `(rows, columns)`; otherwise the values, to two digits.
        low, high: the ends of the scale.
        rows, columns: names of the rows, and of the columns, the same in every grid.
        x_label: what the columns are, with the unit.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when the texts of a grid are not of its shape.
    """
    height = 2.4 if rows is None else 1.2 + 0.25 * len(rows)
    with canvas(1, len(grids), height=height, squeeze=False) as (figure, axes):
        for panel, (name, values) in zip(axes[0], grids.items(), strict=True):
            values = np.asarray(values, dtype=float)
            words = np.vectorize(_number, otypes=[object])(values)
            words = np.asarray((texts or {}).get(name, words), dtype=object)
            if values.ndim != 2 or words.shape != values.shape:
                raise ValueError(
                    f"The grid {name!r} needs values (rows, columns) and a text for "
                    f"each. Received shapes {values.shape} and {words.shape}."
                )
            look = {"cmap": GROUNDS, "vmin": low, "vmax": high}
            shown = panel.imshow(values, aspect="auto" if rows else "equal", **look)
            for (row, column), word in np.ndenumerate(words):
                panel.text(column, row, word, color="k", ha="center", va="center")
            below = columns or [""] * values.shape[1]
            beside = rows or [""] * values.shape[0]
            name_cells(panel, beside, below, color="#888888", lw=0.8, rotation=90)
            panel.spines[:].set_visible(True)
            panel.set(title=name, axisbelow=False, xlabel=x_label)
            panel.label_outer()
        figure.colorbar(shown, ax=axes, label=label, shrink=0.9)
    return figure


def name_cells(panel, rows, columns, color, lw, **of_columns):
    """Lines between the cells of a picture, and a name for each row and column.

    Args:
        panel: the axes that show the cells.
        rows, columns: their names.
        color, lw: of the lines.
        **of_columns: of matplotlib's `Axes.set_xticks`, such as `rotation`.
    """
    panel.set_xticks(np.arange(len(columns)), columns, **of_columns)
    panel.set_yticks(np.arange(len(rows)), rows)
    panel.set_xticks(np.arange(len(columns) + 1) - 0.5, minor=True)
    panel.set_yticks(np.arange(len(rows) + 1) - 0.5, minor=True)
    panel.tick_params(which="both", length=0)
    panel.grid(which="major", visible=False)
    panel.grid(which="minor", color=color, lw=lw)


def _number(value):
    return "" if np.isnan(value) else f"{value:.2f}".replace("-", "−")
