"""An optimizer looks the same in every figure."""

import numpy as np
import pytest
from contrast import contrast

from dlbook import optimizers
from dlbook.figures import curves, descent_paths
from dlbook.figures.palette import GROUNDS, line_styles

NAMES = ["SGD", "gradient descent", "momentum", "AdaGrad", "RMSprop", "Adam", "AMSGrad"]


def looks(figure):
    """Colour and dashes of each optimizer's line, in the order of their names."""
    lines = figure.axes[0].lines
    drawn = {line.get_label().partition(",")[0]: line for line in lines}
    return [(drawn[name].get_color(), drawn[name]._dash_pattern) for name in NAMES]


def test_an_optimizer_has_the_same_line_in_both_kinds_of_figure():
    path = np.ones((3, 2))
    down = descent_paths(
        lambda theta: (theta**2).sum(axis=-1),
        dict.fromkeys(NAMES, path),
        minimum=(0, 0),
        limits=((-1, 1), (-1, 1)),
    )
    along = curves(range(3), dict.fromkeys(reversed(NAMES), range(3)), "x", "y")
    assert looks(down) == looks(along)


def test_optimizers_are_told_apart_by_colour():
    colours = [style["color"] for style in line_styles(NAMES).values()]
    assert colours[0] == colours[1]
    assert len(set(colours)) == len(NAMES) - 1


@pytest.mark.parametrize("name", sorted({*optimizers.__all__} - {"Optimizer"}))
def test_every_optimizer_of_the_library_has_a_colour(name):
    alone, behind = line_styles([name]), line_styles(["loss", "accuracy", name])
    assert alone[name] == behind[name]


@pytest.mark.parametrize("optimizer", NAMES)
def test_other_names_never_take_the_colour_of_an_optimizer_beside_them(optimizer):
    names = [optimizer, "loss", "accuracy", "rate", "norm"]
    lines = curves([1, 2], dict.fromkeys(names, (1, 2)), "x", "y").axes[0].lines
    assert len({line.get_color() for line in lines}) == len(names)


def test_black_can_be_read_on_every_ground_of_a_text():
    grounds = GROUNDS(np.linspace(0, 1, 21))
    assert min(contrast("k", ground) for ground in grounds) >= 4.5
