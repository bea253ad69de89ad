"""How large a step is beside the weights it moves."""

from itertools import pairwise

import numpy as np

from dlbook.measures.gradient_norms import norms


def update_ratios(before, after):
    """The length of each weight's update in parts of the weight's own length::

        rₖ = ‖θₖ' − θₖ‖ / ‖θₖ‖

    A common rule of thumb for a step of SGD or Adam is about 1e-3.

    Args:
        before: θ, a list of arrays, such as `model.get_weights()`.
        after: θ', arrays of the same shapes.

    Returns:
        r₁, r₂, ..., an array `(weights,)`, without unit. A weight that began at 0 and
        moved, such as a bias, has the ratio ∞; one that began at 0 and stayed, 0.

    Raises:
        ValueError: when the weights differ in number or in shape.

    Example:
        >>> update_ratios([[3.0, 4.0], [0.0]], [[3.0, 4.5], [0.0]]).tolist()
        [0.1, 0.0]

    Source: the rule of thumb: Karpathy, CS231n notes, "Ratio of weights:updates".
    """
    shapes, others = ([np.shape(w) for w in side] for side in (before, after))
    if shapes != others:
        raise ValueError(
            "An update leads from weights to weights of the same shapes. "
            f"Received: before of shapes {shapes}, after of {others}."
        )
    pairs = zip(before, after, strict=True)
    moved = norms([np.subtract(b, a, dtype="float64") for a, b in pairs])
    length = norms(before)
    with np.errstate(divide="ignore"):
        return np.divide(moved, length, out=np.zeros_like(moved), where=moved > 0)


def path_update_ratios(path, variables):
    """The update ratio of each variable at each step of a path::

        rₜₖ = ‖θₜₖ − θₜ₋₁,ₖ‖ / ‖θₜ₋₁,ₖ‖

    Args:
        path: θ₀, θ₁, ..., `(steps + 1, weights)`, from `training_path`.
        variables: what the columns of the path are, in this order, such as
            `model.trainable_variables`.

    Returns:
        An array `(steps, variables)`, without unit; ∞ and 0 as in `update_ratios`.

    Raises:
        ValueError: when the variables have not as many weights as the path.

    Example:
        >>> import keras
        >>> a, b = keras.Variable([0.0]), keras.Variable([0.0, 0.0])
        >>> path_update_ratios([[2.0, 3.0, 4.0], [1.0, 3.0, 4.5]], [a, b]).tolist()
        [[0.5, 0.1]]
    """
    path = np.asarray(path, dtype="float64")
    ends = np.cumsum([int(np.prod(variable.shape)) for variable in variables])
    if path.ndim != 2 or path.shape[1] != ends[-1]:
        raise ValueError(
            f"The variables have {ends[-1]} weights, so the path must be of shape "
            f"(steps + 1, {ends[-1]}). Received: a path of shape {path.shape}."
        )
    rows = [np.split(row, ends[:-1]) for row in path]
    ratios = [update_ratios(*pair) for pair in pairwise(rows)]
    return np.array(ratios).reshape(-1, len(ends))
