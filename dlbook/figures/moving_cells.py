"""A table whose numbers change from frame to frame."""

import numpy as np

from dlbook.figures.canvas import canvas, moving
from dlbook.figures.labelled_grids import name_cells
from dlbook.figures.palette import GROUNDS


def moving_cells(values, texts, titles, rows, columns, label, low=0.0, high=1.0):
    """Numbers in a table; each frame shows another state of it, and what is new.

    A cell whose text differs from the frame before is framed.

    Args:
        values: what the colours show, `(frames, rows, columns)`.
        texts: what stands in the cells, of the same shape.
        titles: a text for each frame.
        rows, columns: their names.
        label: what a colour stands for, with its unit: beside the scale.
        low, high: the ends of the scale of colours.

    Returns:
        A matplotlib `FuncAnimation`.

    Raises:
        ValueError: when values, texts, titles and names do not fit together.
    """
    values, texts = np.asarray(values, dtype=float), np.asarray(texts, dtype=object)
    shape = (len(titles), len(rows), len(columns))
    if values.shape != shape or texts.shape != shape:
        raise ValueError(
            f"A table of {len(rows)} rows and {len(columns)} columns in {len(titles)} "
            f"frames needs values and texts of shape {shape}. Received shapes "
            f"{values.shape} and {texts.shape}."
        )
    with canvas(height=1.3 + 0.42 * len(rows)) as (figure, axes):
        look = {"cmap": GROUNDS, "vmin": low, "vmax": high, "aspect": "auto"}
        shown = axes.imshow(values[0], **look)
        name_cells(axes, rows, columns, color="#888888", lw=0.8)
        axes.spines[:].set_visible(True)
        axes.set_axisbelow(False)
        words = {
            cell: axes.text(cell[1], cell[0], "", color="k", ha="center", va="center")
            for cell in np.ndindex(*shape[1:])
        }
        figure.colorbar(shown, ax=axes, label=label)
        axes.set_title(titles[0])

    def draw(frame):
        shown.set_data(values[frame])
        for cell, word in words.items():
            new = frame > 0 and texts[frame][cell] != texts[frame - 1][cell]
            edge = "k" if new else "none"
            word.set_text(texts[frame][cell])
            word.set_bbox({"facecolor": "none", "edgecolor": edge, "boxstyle": "round"})
        axes.set_title(titles[frame])
        return [shown, *words.values(), axes.title]

    return moving(figure, draw, frames=len(titles))
