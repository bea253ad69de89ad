"""An optimizer on a surface that one can draw."""

from functools import partial

import keras
import numpy as np
from keras import ops

from dlbook.optimizers.optimizer import Optimizer


def descend(optimizer, gradient, start, steps):
    """Runs an optimizer's formula on plain numbers, without a model.

    `step` is pure, so the rule can be run by itself: with no variables and no graph,
    in float64 (JAX computes in float32 unless told otherwise). Only `step` runs:
    clipping, weight decay and the other options are ignored.

    Args:
        optimizer: an optimizer of `dlbook.optimizers`; it is not changed.
        gradient: a function from θ, an array, to gₜ, an array of the same shape.
        start: θ₀.
        steps: how many steps to take.

    Returns:
        The path θ₀, θ₁, ..., an array `(steps + 1, *start.shape)`.

    Raises:
        ValueError: when the optimizer has no `step`, as Keras's own have not, or its
            learning rate is not one number.

    Example:
        >>> from dlbook.optimizers import SGD
        >>> descend(SGD(0.5), lambda theta: theta, [1.0], steps=2).ravel().tolist()
        [1.0, 0.5, 0.25]
    """
    if not isinstance(optimizer, Optimizer):
        raise ValueError(
            "`descend` runs the `step` of an optimizer of dlbook.optimizers. "
            f"Received: optimizer={optimizer!r}."
        )
    rate = optimizer.learning_rate
    if not isinstance(rate, keras.Variable):  # It is one where it was a number.
        raise ValueError(
            "`descend` keeps one learning rate. Received an optimizer whose rate is a "
            "schedule or a function. Give it a number."
        )
    theta = np.array(start, dtype="float64")
    # The shortest decimal of the float32: 0.1, not 0.10000000149.
    alpha = np.float64(str(ops.convert_to_numpy(rate)))
    state = [np.zeros_like(theta)] * len(optimizer.state)
    # Arrays are fastest, but torch's tensors do not mix with them.
    torch = keras.config.backend() == "torch"
    operand = partial(ops.convert_to_tensor, dtype="float64") if torch else np.asarray
    path = [theta]
    for t in np.arange(1.0, steps + 1):
        values = (theta, np.asarray(gradient(theta)), t, alpha, *state)
        theta, *state = map(ops.convert_to_numpy, optimizer.step(*map(operand, values)))
        path.append(theta)
    return np.stack(path)
