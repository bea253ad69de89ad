"""Gradients of the layers of a network while it trains."""

import matplotlib
import numpy as np

from dlbook.figures.canvas import canvas

NAMED = 8  # Layers that a legend can name one by one.
# The lines fill the axes.
_ABOVE = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2}


def gradient_flow(record):
    """The norm of each layer's gradient against the update, from first to last layer.

    A layer's norm is that of its weights together, √(Σ‖g‖²). The colours go from
    violet, the first layer, to red, the last: vanishing gradients are violet lines far
    below red ones. Where a gradient is 0 or not finite, its line has a gap. A thin line
    stands at each update that a finding names.

    Args:
        record: `paths`, `updates` and `norm` of `GradientMonitor.to_dict()`, and
            `findings`, if there are any.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there is not one norm for each update and weight.
    """
    layers = layer_norms(record)
    with canvas() as (figure, axes):
        for shade, (name, norm) in zip(shades(layers), layers.items(), strict=True):
            axes.plot(record["updates"], norm, color=shade, label=name)
        for finding in record.get("findings", []):
            if finding["update"] is not None:
                axes.axvline(finding["update"], color="#444444", lw=1, ls=(0, (2, 2)))
        axes.set(xlabel="update", ylabel="gradient norm (loss / weight)", yscale="log")
        _name(axes, list(layers))
    return figure


def layer_norms(record):
    """Layer → norms of its gradient, `(updates,)`, NaN where there is none.

    Args:
        record: as for `gradient_flow`.
    """
    paths, updates = record["paths"], record["updates"]
    norm = np.array(record["norm"], dtype="float64")  # None becomes NaN.
    if norm.shape != (len(updates), len(paths)) or not norm.size:
        raise ValueError(
            "A gradient flow needs one norm for each update and weight. Received: "
            f"{len(updates)} updates, {len(paths)} weights, norms of shape "
            f"{norm.shape}."
        )
    layers = {}
    for path, column in zip(paths, norm.T, strict=True):
        layers.setdefault(path.rpartition("/")[0] or path, []).append(column)
    return {name: _together(columns) for name, columns in layers.items()}


def shades(layers):
    """A colour for each layer, each at least 3:1 to a light page and to a dark one."""
    return matplotlib.colormaps["plasma"](np.linspace(0.1, 0.62, len(layers)))


def _together(columns):
    columns = np.array(columns)
    present = ~np.all(np.isnan(columns), axis=0)
    # A weight without gradient adds nothing to those of its layer.
    norm = np.sqrt(np.sum(np.square(np.nan_to_num(columns)), axis=0))
    return np.where(present & (norm > 0), norm, np.nan)


def _name(axes, names):
    if len(names) <= NAMED:
        axes.legend(**_ABOVE)
        return
    first, last = axes.lines[0], axes.lines[len(names) - 1]
    labels = [f"{names[0]}, the first of {len(names)}", f"{names[-1]}, the last"]
    axes.legend([first, last], labels, **_ABOVE)
