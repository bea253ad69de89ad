"""Colours that stay: an optimizer looks the same in every figure of the book."""

from itertools import cycle

import numpy as np
from matplotlib import colormaps, rc_params_from_file
from matplotlib.colors import ListedColormap

from dlbook.figures.canvas import STYLE

# Of cells with a text. On darker ones black can't be read when a dark page inverts it.
GROUNDS = ListedColormap(colormaps["Oranges"](np.linspace(0, 0.5, 256)))

_DOTS, _DASHES, _BROKEN = (0, (1, 1.5)), (0, (4, 2)), (0, (5, 1, 1, 1))
_LINES = {
    "SGD": ("#0072B2", "-"),
    "gradient descent": ("#0072B2", "-"),
    "momentum": ("#56B4E9", _BROKEN),
    "Nesterov": ("#117733", _DASHES),
    "Newton": ("#661100", "-"),
    "Adagrad": ("#009E73", "-."),
    "AdaGrad": ("#009E73", "-."),
    "Adadelta": ("#E69F00", _DASHES),
    "RMSprop": ("#D55E00", "-"),
    "Adam": ("#CC79A7", _DASHES),
    "AMSGrad": ("#8C6BB1", _DOTS),
    "AdamW": ("#882255", _BROKEN),
    "Nadam": ("#AA4499", _DOTS),
    "AdaHessian": ("#999933", "-"),
    "LBFGS": ("#332288", _DASHES),
    "L-BFGS": ("#332288", _DASHES),
}


def line_styles(names):
    """How to draw each name's line: a dict of keywords of matplotlib's `plot`.

    An optimizer has its own colour and dashes. Other names take those of the style's
    cycle, in their order, without the colours that the optimizers beside them have.
    """
    own = {_LINES[name][0] for name in names if name in _LINES}
    others = rc_params_from_file(STYLE, use_default_template=False)["axes.prop_cycle"]
    others = cycle(line for line in others if line["color"] not in own)
    return {
        name: dict(zip(("color", "linestyle"), _LINES[name], strict=True))
        if name in _LINES
        else next(others)
        for name in names
    }
