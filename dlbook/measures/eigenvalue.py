"""The largest eigenvalue of the Hessian, by power iteration."""

from typing import NamedTuple

import numpy as np

from dlbook.arguments import number, whole_number
from dlbook.measures.hessian import hessian_product


class Eigenpair(NamedTuple):
    """An eigenvalue, its vector, and how far they can be trusted.

    Some eigenvalue of the Hessian lies within `residual` of `value`, converged or not.

    Example:
        >>> import keras
        >>> a = keras.Variable(1.0)
        >>> top_hessian_eigenvalue(lambda: a**2, [a]).converged
        True
    """

    value: float  # λ with its sign, in units of loss/θ²
    vector: np.ndarray  # v of length 1, all variables flattened, (weights,)
    residual: float  # ‖H v − λ v‖
    steps: int  # products with H that it took
    converged: bool  # whether residual ≤ tolerance × |λ|


def top_hessian_eigenvalue(
    function, variables, which="magnitude", steps=200, tolerance=1e-3, seed=0
):
    """The eigenvalue of the Hessian that is largest, by power iteration::

        λ = vᵀ H v,     v ← H v / ‖H v‖

    Power iteration finds the λ of largest magnitude, which may be negative. With
    `which="largest"`, a negative λ₁ is followed by a second iteration, with H − λ₁ I,
    whose eigenvalues are all ≥ 0: it ends at the largest, sign and all.

    Args:
        function: takes nothing and returns a scalar tensor, as for `gradients`.
        variables: θ, a list of `keras.Variable`s.
        which: "magnitude" for the λ of largest size, "largest" for the largest λ.
        steps: the most products with H, in either iteration.
        tolerance: in (0, 1). It stops when ‖H v − λ v‖ ≤ tolerance times the
            size of λ.
        seed: of the vector v that it starts with.

    Returns:
        An `Eigenpair`: value, vector, residual, steps, converged.

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> import keras
        >>> a, b = keras.Variable(1.0), keras.Variable(1.0)
        >>> pair = top_hessian_eigenvalue(lambda: a**2 - 3 * b**2, [a, b])
        >>> round(pair.value, 4), pair.converged
        (-6.0, True)

    Source: Golub & Van Loan (2013), section 8.2.1; for networks LeCun et al. (1993).
    """
    if which not in ("magnitude", "largest"):
        raise ValueError(
            f'`which` must be "magnitude" or "largest". Received: which={which!r}.'
        )
    steps = whole_number("steps", steps, 1)
    tolerance = number("tolerance", tolerance, "(0, 1)")
    multiply, size = _flat_product(function, variables)
    start = np.random.default_rng(seed).normal(size=size)
    found = _power_iteration(multiply, start, 0.0, steps, tolerance)
    if which == "magnitude" or found.value >= 0:
        return found
    again = _power_iteration(multiply, start, found.value, steps, tolerance)
    return again._replace(steps=found.steps + again.steps)


def _power_iteration(multiply, start, shift, steps, tolerance):
    """The eigenpair of H whose |λ − shift| is largest."""
    hv = start
    for step in range(1, steps + 1):
        v = hv / np.linalg.norm(hv)
        hv = multiply(v)
        value = v @ hv
        residual = np.linalg.norm(hv - value * v)
        converged = bool(residual <= tolerance * abs(value))
        pair = Eigenpair(float(value), v, float(residual), step, converged)
        if converged or not np.isfinite(residual):
            break
        hv = hv - shift * v
    return pair


def _flat_product(function, variables):
    """v → H v for flat float64 vectors, and how long they are."""
    product = hessian_product(function, variables)
    shapes = [tuple(variable.shape) for variable in variables]
    sizes = [int(np.prod(shape)) for shape in shapes]

    def multiply(v):
        parts = np.split(v, np.cumsum(sizes)[:-1])
        vectors = [p.reshape(s) for p, s in zip(parts, shapes, strict=True)]
        found = [np.ravel(array).astype("float64") for array in product(vectors)]
        return np.concatenate(found)

    return multiply, sum(sizes)
