"""Sets inside one another."""

from dlbook.figures.canvas import canvas

_COLORS = ("#0072B2", "#009E73", "#D55E00", "#CC79A7")


def nested_sets(sets):
    """Boxes, each inside the one before, with a name and an example in each.

    The example of a box stands beside the next one: it is in this set and not in that.

    Args:
        sets: name → an example, from the largest set to the smallest, at most four.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there are none or more than four.
    """
    if not 1 <= len(sets) <= len(_COLORS):
        raise ValueError(f"One to four sets can be drawn. Received: {len(sets)}.")
    from matplotlib.patches import FancyBboxPatch

    with canvas(height=0.95 * len(sets) + 0.5) as (figure, axes):
        depth = len(sets)
        for k, (name, example) in enumerate(sets.items()):
            color = _COLORS[k]
            # Each box begins lower and further to the right, and ends above the last.
            left, bottom, margin = 0.25 * k, 0.14 * k, 0.14 * k
            size = 10 - left - margin, depth - k * 0.86 - bottom
            look = {"boxstyle": "round,pad=0,rounding_size=0.14", "linewidth": 1.6}
            for face, alpha in ((color, 0.09), ("none", 1)):
                edge = "none" if alpha < 1 else color
                axes.add_patch(
                    FancyBboxPatch(
                        *((left, bottom), *size), fc=face, ec=edge, alpha=alpha, **look
                    )
                )
            top = bottom + size[1] - 0.3
            axes.text(left + 0.2, top, name, color=color, weight="bold", va="center")
            axes.text(left + 0.2, top - 0.3, example, fontsize=9, va="center")
        axes.set(xlim=(-0.1, 10.1), ylim=(-0.05, depth + 0.05))
        axes.axis("off")
    return figure
