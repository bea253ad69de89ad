"""Claims: sentences of the book that its own build has to find true."""

import html
import operator
import re

import numpy as np

from dlbook import page

_TESTS = {
    "above": (operator.gt, ">"),
    "below": (operator.lt, "<"),
    "equals": (operator.eq, "="),
}


class FalseClaim(AssertionError):
    """A claim whose measured value is not within its bounds."""


def claim(name, sentence, *, measured, above=None, below=None, equals=None, unit=""):
    """Checks a sentence against a measured value, and puts both on the page.

    The verdict comes from the measured value itself, not from a rounded one. Whether
    the sentence says the same is for the reader to judge. The prose may quote the
    value with the role `glue:text`.

    Args:
        name: the claim's name in the ledger, in words-with-hyphens, unique in the book.
        sentence: what is claimed, as a reader would say it. Plain text.
        measured: the measured value, or several (one for each seed): the claim holds
            if each of them is within the bounds.
        above: the value must be larger than this.
        below: the value must be smaller than this.
        equals: the value must be exactly this.
        unit: the unit of the value and of the bounds, if they have one.

    Raises:
        FalseClaim: when the claim does not hold. NaN is within no bounds.
        ValueError: when the name is malformed, or a measurement or a bound is missing.

    Example:
        >>> claim("half", "A half is small.", measured=0.5, below=1)
        holds   half: A half is small. Measured 0.5, claimed < 1.
    """
    bounds = {"above": above, "below": below, "equals": equals}
    bounds = {test: bound for test, bound in bounds.items() if bound is not None}
    values = np.atleast_1d(np.asarray(measured, dtype="float64")).ravel()
    _check(name, values, bounds)
    holds = all(_TESTS[test][0](values, bound).all() for test, bound in bounds.items())
    bound = _with_unit(_bound_in_words(bounds), unit)
    digits = 3 if len(bounds) == 1 else 4
    shown = _with_unit(", ".join(page.readable(v, digits) for v in values), unit)
    text = f"{name}: {sentence} Measured {shown}, claimed {bound}."
    if not holds:
        raise FalseClaim(
            f"The claim {text} That is false: change the sentence or mend the "
            "experiment, never the number."
        )
    if page.in_notebook():
        page.quote(name, shown)
        page.put(
            {
                "text/markdown": page.directive(
                    "claim", name, sentence, measured=shown, bound=bound
                ),
                "text/html": f"<p><b>Claim.</b> {html.escape(text)} It holds.</p>",
                "text/plain": text,
            }
        )
    else:
        print(f"holds   {text}")


def _check(name, values, bounds):
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(
            "A claim's name must be words-with-hyphens in lower case. "
            f"Received: {name!r}."
        )
    if not values.size:
        raise ValueError(f"The claim {name} has nothing measured: `measured` is empty.")
    if not bounds:
        raise ValueError(
            f"The claim {name} has no bound. Give `above`, `below` or `equals`, "
            "so that it can be false."
        )


def _bound_in_words(bounds):
    if {"above", "below"} <= bounds.keys():
        ends = (page.readable(bounds[end], digits=6) for end in ("above", "below"))
        return "between {} and {}".format(*ends)
    return " and ".join(
        f"{_TESTS[test][1]} {page.readable(bound, digits=6)}"
        for test, bound in bounds.items()
    )


def _with_unit(text, unit):
    return f"{text} {unit}".rstrip()
