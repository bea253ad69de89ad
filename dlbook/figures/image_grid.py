"""Small images side by side: pictures, or weights that belong to pixels."""

import numpy as np

from dlbook.figures.canvas import canvas


def image_grid(images, names, columns=5, label="", signed=False):
    """Each image with its name above it, all in one scale of colours.

    Args:
        images: `(count, rows, columns)`.
        names: a text for each.
        columns: how many images stand in a row.
        label: what a colour stands for, with its unit: beside the scale.
        signed: whether 0 is in the middle of the scale, blue below and red above it.
            Otherwise the scale reaches from 0 or the lowest, if that is below, up to
            the highest, in ever darker grey.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there is not a name for each image.
    """
    images = np.asarray(images, dtype=float)
    if images.ndim != 3 or len(images) != len(names):
        raise ValueError(
            "A grid needs images (count, rows, columns) and a name for each. Received "
            f"an array of shape {images.shape} and {len(names)} names."
        )
    rows = -(-len(images) // columns)
    high = np.abs(images).max() if signed else images.max()
    low = -high if signed else min(0.0, images.min())
    colors = "RdBu_r" if signed else "Greys"
    with canvas(rows, columns, height=1.35 * rows + 0.2, squeeze=False) as (
        figure,
        axes,
    ):
        for panel in axes.flat:
            panel.set_axis_off()
        for panel, image, name in zip(axes.flat, images, names, strict=False):
            shown = panel.imshow(image, cmap=colors, vmin=low, vmax=high)
            panel.set_title(name)
        figure.colorbar(shown, ax=axes, label=label, shrink=0.8)
    return figure
