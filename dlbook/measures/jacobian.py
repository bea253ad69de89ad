"""The Jacobian of a layer or of a model, and what it stretches."""

import numpy as np
from keras import ops

from dlbook.measures.gradients import numbers, pullback, tensor, untouched


def jacobian(function, inputs):
    """All derivatives of an example's outputs by its inputs, for each example::

        Jᵢⱼ = ∂yᵢ / ∂xⱼ,     y = function(x)

    Row i of all examples is one backward pass: it costs as many as y has units. What an
    example gives must not depend on the others, as it does where batch normalization
    trains: their rows would be added up.

    Args:
        function: takes a tensor x, `(batch, ...)`, and returns a tensor y, `(batch,
            ...)`: a built layer or model, or `lambda x: model(x, training=False)`. It
            is not touched.
        inputs: x, an array.

    Returns:
        J, an array of the batch, then y's shape, then x's: `(batch, units, features)`
        for a Dense layer, in units of y by x.

    Example:
        >>> square = lambda x: ops.stack([x[:, 0] * x[:, 1], x[:, 0]], axis=1)
        >>> jacobian(square, [[2.0, 3.0]]).tolist()
        [[[3.0, 2.0], [1.0, 0.0]]]
    """
    x = tensor(inputs)
    (y,), pull = pullback(lambda x: [untouched(lambda: function(*x))], [x], many=True)
    size = int(np.prod(y.shape[1:]))
    rows = []
    for unit in np.eye(size).reshape(size, *y.shape[1:]):
        of_batch = np.broadcast_to(unit, y.shape)
        rows.extend(numbers(pull([ops.convert_to_tensor(of_batch, y.dtype)])))
    return np.stack(rows, axis=1).reshape(*y.shape, *x.shape[1:])


def jacobian_singular_values(function, inputs):
    """By how much a function stretches small changes of each example::

        J = U diag(σ) Vᵀ,     σ_max = the largest ‖J dx‖ / ‖dx‖

    Args:
        function: a built layer or model, `(batch, ...)` → `(batch, ...)`, as for
            `jacobian`.
        inputs: x, an array `(batch, ...)`.

    Returns:
        σ, the largest first, an array `(batch, k)` where k is the smaller of the
        numbers of inputs and of outputs of an example, in units of y by x.

    Example:
        >>> jacobian_singular_values(lambda x: 2 * x, [[1.0, 1.0]]).tolist()
        [[2.0, 2.0]]

    Source: Saxe, McClelland & Ganguli (2014), section 3.
    """
    features = int(np.prod(np.shape(inputs)[1:]))
    values = jacobian(function, inputs).astype("float64")
    matrices = values.reshape(len(values), -1, features)
    return np.linalg.svd(matrices, compute_uv=False)
