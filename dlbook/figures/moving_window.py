"""A window that slides over an image, and the map that its sums fill."""

import numpy as np

from dlbook.figures.canvas import canvas, moving

_WINDOW = "#D55E00"


def moving_window(image, kernel, output, strides=(1, 1), x_label=""):
    """One frame for each place of the window: what it covers, and what has come out.

    Args:
        image: `(rows, columns)`, in grey.
        kernel: the window's weights, `(height, width)`; blue below 0 and red above.
        output: the map, in the same colours: a number for each place, row by row.
        strides: how far apart two places are, in rows and in columns.
        x_label: what stands below the map, such as the unit of its numbers.

    Returns:
        A matplotlib `FuncAnimation` of as many frames as places. The first shows the
        whole map, the others what has come out so far, so the last is as the first.

    Raises:
        ValueError: when the window leaves the image at one of its places.
    """
    image, kernel, output = map(np.asarray, (image, kernel, output))
    ends = np.subtract(output.shape, 1) * strides + kernel.shape
    if any(end > size for end, size in zip(ends, image.shape, strict=True)):
        raise ValueError(
            f"A window {kernel.shape} with strides {tuple(strides)} leaves an image "
            f"{image.shape} before it has filled a map. Received: {output.shape}."
        )
    with canvas(1, 3, height=2.5) as (figure, axes):
        titles = ("the image", "the kernel", "the feature map")
        for panel, title, values in zip(
            axes, titles, (image, kernel, output), strict=True
        ):
            high = np.abs(values).max()
            look = {"cmap": "RdBu_r", "vmin": -high, "vmax": high}
            grey = {"cmap": "Greys", "vmin": min(0.0, values.min()), "vmax": high}
            shown = panel.imshow(values, **(grey if panel is axes[0] else look))
            panel.set(title=title, xticks=[], yticks=[])
            panel.grid(False)
            panel.spines[:].set_visible(True)
        axes[2].set_xlabel(x_label)
        frames_around = [
            panel.add_patch(_frame(*size))
            for panel, size in ((axes[0], kernel.shape), (axes[2], (1, 1)))
        ]
        for (row, column), weight in np.ndenumerate(kernel):
            middle = {"ha": "center", "va": "center"}
            ink = "white" if np.abs(weight) > 0.6 * np.abs(kernel).max() else None
            text = f"{weight:.3g}".replace("-", "−")
            axes[1].text(column, row, text, color=ink, **middle)

    def draw(frame):
        filled = np.arange(output.size).reshape(output.shape) <= (frame or output.size)
        shown.set_data(np.where(filled, output, np.nan))
        place = np.array(np.unravel_index(frame, output.shape))
        for around, at in zip(frames_around, (place * strides, place), strict=True):
            around.set_xy((at[1] - 0.5, at[0] - 0.5))
        return [shown, *frames_around]

    return moving(figure, draw, frames=output.size)


def _frame(height, width):
    from matplotlib.patches import Rectangle

    look = {"fill": False, "edgecolor": _WINDOW, "lw": 2.5, "clip_on": False}
    return Rectangle((-0.5, -0.5), width, height, **look)
