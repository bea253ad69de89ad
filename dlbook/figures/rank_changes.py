"""Who stands where in two rankings of the same things."""

import numpy as np

from dlbook.figures.canvas import canvas


def rank_changes(scores, marked=()):
    """A line from each thing's place in one ranking to its place in the other.

    Args:
        scores: two entries, name of the ranking → name of the thing → score. The
            largest score is at the top, at place 1.
        marked: names of things to draw in colour; the others are grey.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when there are not two rankings of the same things.
    """
    (left, first), (right, second) = _two(scores)
    things = list(first)
    places = np.stack([_places([s[t] for t in things]) for s in (first, second)])
    with canvas(height=0.16 * len(things) + 1.0) as (figure, axes):
        marked_colors = iter(["#D55E00", "#0072B2", "#009E73", "#CC79A7"] * len(things))
        for thing, place in zip(things, places.T, strict=True):
            is_marked = thing in marked
            color = next(marked_colors) if is_marked else "#999999"
            width = 2 if is_marked else 0.8
            axes.plot([0, 1], place, "o-", color=color, lw=width, zorder=2 + is_marked)
            for end, side in enumerate(["right", "left"]):
                text = thing if is_marked else ""
                at = (end + (0.03 if end else -0.03), place[end])
                axes.annotate(text, at, ha=side, va="center", color=color)
        axes.set(xlim=(-0.8, 1.8), ylim=(len(things) + 0.7, 0.3))
        axes.set(xticks=[0, 1], xticklabels=[left, right], ylabel="place")
        axes.set_yticks([1, *range(5, len(things) + 1, 5)])
        axes.grid(False)
    return figure


def _two(scores):
    if len(scores) != 2 or len({frozenset(ranking) for ranking in scores.values()}) > 1:
        sizes = {name: len(ranking) for name, ranking in scores.items()}
        raise ValueError(
            f"Two rankings of the same things are needed. Received: {sizes}."
        )
    return scores.items()


def _places(values):
    """1 for the largest value, 2 for the next, and so on."""
    places = np.empty(len(values), dtype=int)
    places[np.argsort(-np.asarray(values), kind="stable")] = np.arange(len(values)) + 1
    return places
