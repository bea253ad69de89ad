"""Colours that stay: an optimizer looks the same in every figure of the book."""

_LINES = {
    "SGD": ("#0072B2", "-"),
    "gradient descent": ("#0072B2", "-"),
    "momentum": ("#56B4E9", (0, (5, 1, 1, 1))),
    "AdaGrad": ("#009E73", "-."),
    "RMSprop": ("#D55E00", "-"),
    "Adam": ("#CC79A7", (0, (4, 2))),
    "AMSGrad": ("#8C6BB1", ":"),
}


def line_style(name):
    """How to draw an optimizer's line, as keywords of `plot`; {} for other names."""
    if name not in _LINES:
        return {}
    color, dashes = _LINES[name]
    return {"color": color, "linestyle": dashes}
