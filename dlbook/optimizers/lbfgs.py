"""L-BFGS: Newton's direction from the last few steps, over a whole batch."""

from collections import deque

import numpy as np
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.optimizers.line_search import wolfe_step


def two_loop(g, pairs):
    """−H g, where H approximates the inverse Hessian from pairs (s, y) alone::

        H₀ = (sᵀy / yᵀy) I                       of the newest pair; I without one
        H ← (I − s yᵀ/yᵀs) H (I − y sᵀ/yᵀs) + s sᵀ/yᵀs        oldest pair first

    H is never written down: 4 products of vectors for each pair.

    Args:
        g: the gradient, `(weights,)`.
        pairs: steps s = θₜ₊₁ − θₜ and changes y = gₜ₊₁ − gₜ, the oldest first.

    Source: Nocedal (1980); Nocedal & Wright (2006), Algorithm 7.4.
    """
    q, shares = g, []
    for s, y in reversed(pairs):
        shares.append(s @ q / (y @ s))
        q = q - shares[-1] * y
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for s, y in pairs:
        q = q + (shares.pop() - y @ q / (y @ s)) * s
    return -q


class LBFGS:
    """The limited-memory quasi-Newton method, with a line search::

        pₜ = −Hₜ gₜ                               `two_loop`
        θₜ₊₁ = θₜ + a pₜ                          a from `wolfe_step`, first try 1

    It has no learning rate, and needs the loss again at every try of a: it cannot be
    an optimizer of `compile`, which sees a gradient once. The loss must be the same
    function at every call: one batch, best all examples, and no dropout.

    Args:
        memory: how many pairs of steps and changes are remembered.
        steps: the most steps that are taken.
        tolerance: the largest ‖g‖∞ at which it stops, in units of loss/θ. It also stops
            where the line search finds no lower loss, as rounding brings about.

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> rosenbrock = lambda x, y: (1 - x) ** 2 + 100 * (y - x**2) ** 2
        >>> slope = lambda x, y: (2 * x - 2 - 400 * x * (y - x**2), 200 * (y - x**2))
        >>> theta, losses = LBFGS().minimize(
        ...     lambda theta: (rosenbrock(*theta), np.array(slope(*theta))), [-1.2, 1.0]
        ... )
        >>> theta.round(4).tolist()
        [1.0, 1.0]

    Source: Liu & Nocedal (1989).
    """

    def __init__(self, memory=10, steps=100, tolerance=1e-6):
        self.memory = whole_number("memory", memory, 1)
        self.steps = whole_number("steps", steps, 1)
        self.tolerance = number("tolerance", tolerance, "[0, inf)")

    def minimize(self, function, start):
        """Descends on a function of one flat array.

        Args:
            function: from θ, `(weights,)`, to the loss and its gradient `(weights,)`.
            start: θ₀.

        Returns:
            θ, float64 `(weights,)`, and the losses before, between and after the steps.
        """
        theta, pairs = np.asarray(start, "float64"), deque(maxlen=self.memory)
        loss, g = function(theta)
        losses = [loss]
        while len(losses) <= self.steps and np.max(np.abs(g)) > self.tolerance:
            p = two_loop(g, list(pairs))
            a, loss, g_next = wolfe_step(function, theta, p, losses[-1], g)
            if not loss < losses[-1]:
                break
            s, y = a * p, g_next - g
            # Rounding may hide the curvature; the search then ran out of tries.
            if y @ s > 0:
                pairs.append((s, y))
            theta, g = theta + s, g_next
            losses.append(loss)
        return theta, np.array(losses)

    def fit(self, function, variables, gradient_function):
        """Minimizes a loss by the variables of a Keras model.

        Args:
            function: takes nothing and returns a scalar tensor computed from the
                variables, such as `lambda: loss(y, model(x))`.
            variables: θ, such as `model.trainable_variables`. They are changed.
            gradient_function: `dlbook.measures.gradient_function`, or another function
                from `function` and `variables` to a function of no arguments that
                returns the gradients at the current values.

        Returns:
            The losses before, between and after the steps.
        """
        slope = gradient_function(function, variables)

        def at(theta):
            _write(theta, variables)
            loss = ops.convert_to_numpy(function())
            return float(loss), _flat(slope())

        start = _flat([ops.convert_to_numpy(variable) for variable in variables])
        theta, losses = self.minimize(at, start)
        _write(theta, variables)
        return losses


def _flat(arrays):
    return np.concatenate([np.ravel(array) for array in arrays]).astype("float64")


def _write(theta, variables):
    ends = np.cumsum([np.prod(variable.shape, dtype=int) for variable in variables])
    for variable, part in zip(variables, np.split(theta, ends[:-1]), strict=True):
        variable.assign(part.reshape(tuple(variable.shape)))
