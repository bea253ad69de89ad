"""Whether what a model calls 80 per cent happens in 80 per cent of the cases."""

import numpy as np


def reliability(y, p, bins=10):
    """What was predicted and what happened, in bins of the prediction::

        bin i holds the examples with i/bins ≤ p < (i+1)/bins

    Args:
        y: what happened, 0 or 1, `(examples,)`.
        p: the predicted probability of a 1, in [0, 1], `(examples,)`. A p of 1 belongs
            to the last bin.
        bins: how many, of one width.

    Returns:
        `(predicted, happened, examples)`, each `(bins,)`: the mean of p in each bin,
        the share of ones, and how many examples it holds. Where it holds none, the
        first two are NaN.

    Raises:
        ValueError: when y and p differ in shape, or a p is outside of [0, 1].

    Example:
        >>> predicted, happened, examples = reliability([0, 1, 1], [0.2, 0.6, 0.8], 2)
        >>> predicted.round(3).tolist(), happened.tolist(), examples.tolist()
        ([0.2, 0.7], [0.0, 1.0], [1, 2])

    Source: Guo et al. (2017), section 2.
    """
    y, p = np.asarray(y, dtype="float64"), np.asarray(p, dtype="float64")
    if y.shape != p.shape or y.ndim != 1:
        raise ValueError(
            "`y` and `p` need one number for each example. Received arrays of shapes "
            f"{y.shape} and {p.shape}."
        )
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError(
            "`p` holds probabilities, in [0, 1]. Received numbers from "
            f"{p.min()} to {p.max()}. Apply a sigmoid to logits."
        )
    index = np.minimum((p * bins).astype(int), bins - 1)
    examples = np.bincount(index, minlength=bins)
    with np.errstate(invalid="ignore"):
        predicted = np.bincount(index, p, minlength=bins) / examples
        happened = np.bincount(index, y, minlength=bins) / examples
    return predicted, happened, examples


def calibration_error(y, p, bins=10):
    """How far, on average, the predicted share of ones is from the observed one::

        ECE = Σᵢ nᵢ/N |meanᵢ(p) − meanᵢ(y)|       i: the bins of `reliability`

    The paper takes the confidence in the predicted class for p, and whether it was
    right for y. Few examples in a bin make the error look larger than it is: even a
    perfect p then has some.

    Args:
        y, p, bins: as in `reliability`.

    Returns:
        The expected calibration error, a number in [0, 1].

    Raises:
        ValueError: as `reliability` does.

    Example:
        >>> calibration_error([0, 1, 1, 1], [0.5, 0.5, 0.75, 0.75], bins=10)
        0.125

    Source: Guo et al. (2017), equation 3.
    """
    predicted, happened, examples = reliability(y, p, bins)
    gaps = np.where(examples > 0, np.abs(predicted - happened), 0)
    return float(np.sum(examples * gaps) / examples.sum())
