"""How much gradients differ from one mini-batch to the next."""

import numpy as np

from dlbook.arguments import number, whole_number
from dlbook.measures.gradients import gradient_function


def gradient_variance(function, variables, batches):
    """The variance of the gradient over batches, summed over all weights::

        V = 1/(n − 1) Σ_b ‖g_b − ḡ‖²,     ḡ = 1/n Σ_b g_b

    This is the trace of the gradients' covariance, without bias.

    Args:
        function: takes the arrays of a batch and returns a scalar tensor, such as
            `lambda x, y: loss(y, model(x))`. The model is built, and not touched.
        variables: θ, a list of `keras.Variable`s.
        batches: two batches or more, each a tuple of arrays, as from `draw_batches`;
            batches of one example measure how the examples differ.

    Returns:
        V, a float, in units of the scalar² by θ²; √V is a length beside ‖ḡ‖.

    Raises:
        ValueError: when there are fewer than two batches.

    Example:
        >>> import keras
        >>> theta = keras.Variable(1.0)
        >>> slope = lambda x: keras.ops.mean(theta * x)
        >>> gradient_variance(slope, [theta], [([1.0, 3.0],), ([6.0],)])
        8.0
    """
    count, mean, squares = 0, 0.0, 0.0
    slope = gradient_function(function, variables)
    for batch in batches:
        g = np.concatenate([np.ravel(g).astype("float64") for g in slope(*batch)])
        # Welford's recursion: no large sums of squares that cancel.
        count, away = count + 1, g - mean
        mean = mean + away / count
        squares += float(away @ (g - mean))
    if count < 2:
        raise ValueError(f"A variance needs two `batches` or more. Received: {count}.")
    return squares / (count - 1)


def draw_batches(arrays, batch_size, batches, seed=0):
    """Random batches, their examples drawn independently, with replacement.

    Args:
        arrays: arrays of examples, such as `(x, y)`, each `(examples, ...)`.
        batch_size: examples in a batch.
        batches: how many.
        seed: of the draws.

    Returns:
        A list of tuples of arrays `(batch_size, ...)`.

    Example:
        >>> [(x, y)] = draw_batches((np.arange(9), np.arange(9)), 4, batches=1)
        >>> x.shape, bool((x == y).all())
        ((4,), True)
    """
    size = whole_number("batch_size", batch_size, 1)
    random = np.random.default_rng(seed)
    shape = (whole_number("batches", batches, 1), size)
    draws = random.integers(len(arrays[0]), size=shape)
    return [tuple(np.asarray(each)[rows] for each in arrays) for rows in draws]


def variance_of_batches(variance, batch_size, examples=None):
    """The gradient variance of mean losses over batches of B examples, by theory::

        V_B = V₁ / B                        drawn with replacement
        V_B = V₁ / B · (1 − B/N)            without, from N examples

    Args:
        variance: V₁, the `gradient_variance` over single examples, all N of them where
            they are drawn without replacement, as an epoch does.
        batch_size: B.
        examples: N; `None` for draws with replacement.

    Returns:
        V_B, in the units of V₁.

    Example:
        >>> variance_of_batches(8.0, 4), variance_of_batches(8.0, 4, examples=16)
        (2.0, 1.5)

    Source: Cochran (1977), theorem 2.2, for the second line.
    """
    size = whole_number("batch_size", batch_size, 1)
    variance = number("variance", variance, "[0, inf)")
    if examples is None:
        return variance / size
    examples = whole_number("examples", examples, size)
    return variance / size * (1 - size / examples)
