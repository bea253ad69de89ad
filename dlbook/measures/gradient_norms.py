"""How long gradients are."""

import numpy as np

from dlbook.measures.gradients import gradients


def norms(arrays):
    """The Euclidean norm of each array, summed in float64: an array `(arrays,)`.

    Example:
        >>> norms([[3.0, 4.0], [[1.0], [0.0]]]).tolist()
        [5.0, 1.0]
    """
    flat = [np.ravel(np.asarray(array, dtype="float64")) for array in arrays]
    return np.array([np.linalg.norm(each) for each in flat])


def gradient_norms(function, variables):
    """The Euclidean norm of the gradient with respect to each variable::

        nₖ = ‖∂ function() / ∂θₖ‖,     n = √(Σₖ nₖ²)

    The global norm n, which `global_clipnorm` clips, is `np.linalg.norm` of them.

    Args:
        function: takes nothing and returns a scalar tensor, as for `gradients`.
        variables: θₖ, a list of `keras.Variable`s.

    Returns:
        n₁, n₂, ..., an array `(variables,)`, in units of the scalar by θ.

    Example:
        >>> import keras
        >>> theta = keras.Variable([1.5, 2.0])
        >>> gradient_norms(lambda: keras.ops.sum(theta**2), [theta]).tolist()
        [5.0]
    """
    return norms(gradients(function, variables))
