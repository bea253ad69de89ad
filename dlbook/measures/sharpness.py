"""How steeply the loss rises around the weights: two measures that go by one name."""

import numpy as np
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.measures.eigenvalue import top_hessian_eigenvalue
from dlbook.measures.gradient_norms import norms
from dlbook.measures.gradients import (
    compiled,
    numbers,
    tensor,
    untouched,
    value_and_gradient,
)


def sharpness(function, variables, steps=200, tolerance=1e-3, seed=0):
    """Sharpness as curvature: the largest eigenvalue of the Hessian::

        λ_max(H),     H = ∂² function() / ∂θ ∂θᵀ

    Gradient descent with rate α is stable on a quadratic bowl while λ_max < 2/α. The
    number changes with the scale of the weights, even where the function that the
    network computes does not (Dinh et al., 2017).

    Args:
        function: takes nothing and returns the loss, a scalar tensor.
        variables: θ, a list of `keras.Variable`s.
        steps, tolerance, seed: as for `top_hessian_eigenvalue`, which also tells
            whether it converged.

    Returns:
        λ_max with its sign, a float, in units of loss/θ².

    Example:
        >>> import keras
        >>> a, b = keras.Variable(1.0), keras.Variable(1.0)
        >>> round(sharpness(lambda: a**2 - 3 * b**2, [a, b]), 4)
        2.0

    Source: Cohen et al. (2021), section 1.
    """
    words = {"steps": steps, "tolerance": tolerance, "seed": seed}
    return top_hessian_eigenvalue(function, variables, "largest", **words).value


def worst_loss_rise(function, variables, radius, steps=20, seed=0):
    """Sharpness as the worst loss in a ball around the weights::

        max L(θ + ε) − L(θ)  over  ‖ε‖ ≤ ρ,     ε ← ρ ∇L(θ + ε) / ‖∇L(θ + ε)‖

    It climbs from a random point of the sphere and from ρ ∇L(θ)/‖∇L(θ)‖, the point that
    SAM takes, and keeps the highest loss it saw: the maximum is no lower. On a convex
    loss each step climbs; on a quadratic bowl, from its bottom, the climb is power
    iteration and ends at ½ ρ² λ_max.

    Args:
        function: takes nothing and returns the loss L, a scalar tensor.
        variables: θ, a list of `keras.Variable`s.
        radius: ρ > 0, the Euclidean length of ε over all variables, in units of θ.
        steps: how often each climb steps.
        seed: of the random point.

    Returns:
        A float ≥ 0, in units of the loss.

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> import keras
        >>> a, b = keras.Variable(0.0), keras.Variable(0.0)
        >>> round(worst_loss_rise(lambda: a**2 + 3 * b**2, [a, b], radius=0.1), 5)
        0.03

    Source: Keskar et al. (2017), definition 2.1, with a ball for their box and no
    division by 1 + L; Foret et al. (2021), equation 2.
    """
    radius = number("radius", radius, "(0, inf)")
    steps = whole_number("steps", steps, 1)
    theta = [tensor(variable) for variable in variables]

    @compiled
    def at(values):
        return value_and_gradient(
            lambda values: untouched(function, variables, values), values
        )

    def slope(epsilon):
        """L(θ + ε) and its gradient, as numbers."""
        pairs = zip(theta, epsilon, strict=True)
        values = [t + ops.convert_to_tensor(e, t.dtype) for t, e in pairs]
        height, found = at(values)
        return float(ops.convert_to_numpy(height)), numbers(found)

    def highest(direction):
        """The highest loss on the climb that begins in this direction."""
        heights = []
        for _ in range(steps + 1):
            height, direction = slope(_of_length(radius, direction))
            heights.append(height)
        return max(heights)

    random = np.random.default_rng(seed)
    away = [random.normal(size=tuple(t.shape)) for t in theta]
    bottom, uphill = slope([np.zeros(tuple(t.shape)) for t in theta])
    return max(0.0, highest(uphill) - bottom, highest(away) - bottom)


def _of_length(radius, direction):
    """The direction's arrays, scaled to this length over all; zeros stay zeros."""
    direction = [np.asarray(array, dtype="float64") for array in direction]
    length = np.linalg.norm(norms(direction))
    return [array * (radius / length if length else 0.0) for array in direction]
