"""The gradients of several trainings, side by side."""

import numpy as np

from dlbook.figures.canvas import canvas
from dlbook.figures.gradient_flow import layer_norms, shades


def gradient_flow_panels(records, columns=4, low=1e-6, high=1e6):
    """The norm of each layer's gradient against the update, a panel for each training.

    The colours go from violet, the first layer, to red, the last, as in
    `gradient_flow`. Norms beyond the ends of the scale are drawn there. Where a
    gradient is 0 or not finite its line has a gap; if there is none at all, the panel
    says so.

    Args:
        records: name → record, as for `gradient_flow`. The name stands above the panel.
        columns: how many panels stand in a row.
        low, high: the ends of the scale, which all panels share.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a record has not one norm for each update and weight.
    """
    rows = -(-len(records) // columns)
    with canvas(
        rows, columns, height=1.65 * rows + 0.2, squeeze=False, sharex=True, sharey=True
    ) as (figure, axes):
        for panel in axes.flat[len(records) :]:
            panel.set_axis_off()
        for panel, (name, record) in zip(axes.flat, records.items(), strict=False):
            _draw(panel, record, low, high)
            panel.set(yscale="log", ylim=(low / 2, high * 2))
            panel.set_title(name, fontsize=9)
        for panel in axes[-1]:
            panel.set_xlabel("update")
        for panel in axes[:, 0]:
            panel.set_ylabel("gradient norm")
    return figure


def _draw(panel, record, low, high):
    layers = layer_norms(record)
    for shade, norm in zip(shades(layers), layers.values(), strict=True):
        panel.plot(
            record["updates"], np.clip(norm, low, high), color=shade, ls="-", lw=1.2
        )
    if np.all(np.isnan(list(layers.values()))):
        middle = {"ha": "center", "va": "center", "fontsize": 9}
        panel.text(0.5, 0.5, "no gradient", transform=panel.transAxes, **middle)
