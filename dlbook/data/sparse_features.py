"""Features of which some are in every other example and most in one of fifty."""

import numpy as np

from dlbook.arguments import whole_number

FREQUENT, RARE = 0.5, 0.02


def sparse_features(examples=4000, frequent=10, rare=50, seed=0):
    """Features that are there or not, and a class that a logistic rule draws::

        xᵢ = 1 with probability 0.5 (frequent) or 0.02 (rare), else 0
        y = 1 with probability 1/(1 + exp(−(w·x + b))), else 0

    as the words of a text and what it is about. The weights w of frequent features are
    normal with standard deviation 1, those of rare ones with 3. b makes w·x + b zero
    on average. All features are independent.

    Args:
        examples: how many, from 1.
        frequent, rare: how many features of each kind, from 0, together from 1.
        seed: of all that is drawn.

    Returns:
        `(x, y, w, b)`: features float64 `(examples, frequent + rare)`, the frequent
        ones first; classes float64 `(examples,)`, 0 or 1; and the rule, `(features,)`
        and a number.

    Raises:
        ValueError: when an argument is out of its interval, or there is no feature.

    Example:
        >>> x, y, w, b = sparse_features(examples=1000)
        >>> x.shape, bool(x[:, :10].mean() > 20 * x[:, 10:].mean())
        ((1000, 60), True)
    """
    examples = whole_number("examples", examples, 1)
    frequent = whole_number("frequent", frequent, 0)
    rare = whole_number("rare", rare, 0)
    if frequent + rare == 0:
        raise ValueError("There must be a feature. Received: `frequent`=0, `rare`=0.")
    random = np.random.default_rng(seed)
    present = np.repeat([FREQUENT, RARE], [frequent, rare])
    x = (random.random((examples, frequent + rare)) < present).astype(float)
    w = random.normal(size=frequent + rare) * np.repeat([1, 3], [frequent, rare])
    b = -np.mean(x @ w)
    y = random.random(examples) < 1 / (1 + np.exp(-(x @ w + b)))
    return x, y.astype(float), w, b
