"""The Hessian: products with vectors, and its largest eigenvalue."""

import numpy as np
from keras import ops

from dlbook.measures.gradients import gradient, numbers, pullback, tensor, untouched


def hessian_product(function, variables):
    """The Hessian of a scalar, as a function that multiplies it with vectors::

        H v = ∂(gᵀ v) / ∂θ,     g = ∂ function() / ∂θ

    H, weights × weights, is never written down. The gradient is computed once; each
    product then costs one backward pass through it.

    Args:
        function: takes nothing and returns a scalar tensor, as for `gradients`.
        variables: θ, a list of `keras.Variable`s.

    Returns:
        A function: v, a list of arrays shaped as the variables → H v, a list alike.

    Raises:
        ValueError: when the function returns anything but a scalar.

    Example:
        >>> import keras
        >>> theta = keras.Variable([1.0, 2.0])
        >>> product = hessian_product(lambda: ops.sum(theta**3), [theta])
        >>> product([[1.0, 0.5]])[0].tolist()
        [6.0, 6.0]

    Source: Pearlmutter (1994), who goes forward; this is reverse over reverse.
    """
    values = [tensor(variable) for variable in variables]

    def g(values):
        return gradient(lambda v: untouched(function, variables, v), values)

    _, pull = pullback(g, values, many=True)

    def product(vectors):
        pairs = zip(vectors, values, strict=True)
        return numbers(pull([ops.convert_to_tensor(v, x.dtype) for v, x in pairs]))

    return product


def hessian(function, variables):
    """The whole Hessian of a small model, one product for each column::

        Hᵢⱼ = ∂² function() / ∂θᵢ ∂θⱼ

    Args:
        function: takes nothing and returns a scalar tensor, as for `gradients`.
        variables: θ, a list of `keras.Variable`s, flattened and joined in this order.

    Returns:
        An array `(weights, weights)`, in units of the scalar by θ².

    Example:
        >>> import keras
        >>> theta = keras.Variable([1.0, 2.0])
        >>> hessian(lambda: theta[0] ** 2 * theta[1], [theta]).tolist()
        [[4.0, 2.0], [2.0, 0.0]]
    """
    product = hessian_product(function, variables)
    sizes = [int(np.prod(variable.shape)) for variable in variables]
    columns = []
    for unit in np.eye(sum(sizes)):
        parts = np.split(unit, np.cumsum(sizes)[:-1])
        pairs = zip(parts, variables, strict=True)
        found = product([part.reshape(tuple(v.shape)) for part, v in pairs])
        columns.append(np.concatenate([np.ravel(array) for array in found]))
    return np.stack(columns, axis=1)
