"""Numbers on a grid: a colour and a text for each cell."""

import numpy as np

from dlbook.figures.canvas import canvas


def labelled_grids(grids, label, texts=None, low=0.0, high=1.0):
    """Grids side by side, in one scale of colours, with a text in each cell.

    Args:
        grids: name → values `(rows, columns)`; NaN is a cell without a colour.
        label: what a colour stands for, with its unit: beside the scale.
        texts: name → texts `(rows, columns)`; otherwise the values, to two digits.
        low, high: the ends of the scale.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when the texts of a grid are not of its shape.
    """
    with canvas(1, len(grids), height=2.4, squeeze=False) as (figure, axes):
        for panel, (name, values) in zip(axes[0], grids.items(), strict=True):
            values = np.asarray(values, dtype=float)
            words = np.vectorize(_number, otypes=[object])(values)
            words = np.asarray((texts or {}).get(name, words), dtype=object)
            if values.ndim != 2 or words.shape != values.shape:
                raise ValueError(
                    f"The grid {name!r} needs values (rows, columns) and a text for "
                    f"each. Received shapes {values.shape} and {words.shape}."
                )
            shown = panel.imshow(values, cmap="Oranges", vmin=low, vmax=high)
            for (row, column), word in np.ndenumerate(words):
                part = (values[row, column] - low) / (high - low)
                ink = "#ffffff" if part > 0.75 else "#222222"
                middle = {"ha": "center", "va": "center"}
                panel.text(column, row, word, color=ink, **middle)
            rows, columns = values.shape
            panel.set_xticks(np.arange(columns + 1) - 0.5, [])
            panel.set_yticks(np.arange(rows + 1) - 0.5, [])
            panel.tick_params(length=0)
            panel.spines[:].set_visible(True)
            panel.grid(color="#888888", lw=0.8)
            panel.set(title=name, axisbelow=False)
        figure.colorbar(shown, ax=axes, label=label, shrink=0.9)
    return figure


def _number(value):
    return "" if np.isnan(value) else f"{value:.2f}".replace("-", "−")
