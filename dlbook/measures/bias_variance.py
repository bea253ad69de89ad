"""Why models that learned from different data are wrong: bias and variance."""

from typing import NamedTuple

import numpy as np


class BiasVariance(NamedTuple):
    """The two parts of the expected squared error, in units of the prediction².

    Example:
        >>> sum(BiasVariance(squared_bias=3.0, variance=2.0))
        5.0
    """

    squared_bias: float | np.ndarray
    variance: float | np.ndarray


def bias_variance(predictions, truth):
    """Splits the squared error of models, each trained on data of its own, in two::

        f̄(x) = 1/n Σₖ fₖ(x)
        variance = mean over x of  1/(n − 1) Σₖ (fₖ(x) − f̄(x))²
        bias²    = mean over x of  (f̄(x) − f(x))²  −  variance / n

    Bias is what the models get wrong together, variance how far they differ from one
    another. The mean squared distance of a model from the truth is expected to be the
    sum of both; noise in the answers adds to neither.

    Args:
        predictions: fₖ(x) of n ≥ 2 models at some points, `(..., models, points)`;
            leading axes are sets of models that are treated apart.
        truth: f(x), without noise, `(points,)`.

    Returns:
        A `BiasVariance`: floats, or arrays of the leading axes' shape. Both estimates
        are right on average, so the squared bias can come out below 0 where the true
        one is near it.

    Raises:
        ValueError: when there are fewer than two models, or the points do not match.

    Example:
        >>> bias_variance([[1.0, 1.0], [3.0, 3.0]], truth=[0.0, 0.0])
        BiasVariance(squared_bias=3.0, variance=2.0)

    Source: Geman, Bienenstock & Doursat (1992), section 3; the last term makes up for
    f̄ being a mean of n models only.
    """
    f_k = np.asarray(predictions, dtype="float64")  # (..., models, points)
    f = np.asarray(truth, dtype="float64")  # (points,)
    if f_k.ndim < 2 or f_k.shape[-2] < 2 or f_k.shape[-1:] != f.shape:
        raise ValueError(
            "`predictions` must be (..., models, points) with two models or more, and "
            f"`truth` (points,). Received shapes: {f_k.shape} and {f.shape}."
        )
    variance = f_k.var(axis=-2, ddof=1).mean(axis=-1)
    apparent = np.mean((f_k.mean(axis=-2) - f) ** 2, axis=-1)
    squared_bias = apparent - variance / f_k.shape[-2]
    if squared_bias.ndim:
        return BiasVariance(squared_bias, variance)
    return BiasVariance(float(squared_bias), float(variance))
