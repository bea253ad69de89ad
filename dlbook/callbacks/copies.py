"""Copies of variables, to be put back later."""

import numpy as np


def copies(variables):
    """The values of variables, as arrays that no later step changes."""
    return [np.array(variable.numpy()) for variable in variables]


def put_back(values, variables):
    """Assigns to each variable the value that `copies` took."""
    # A GradientMonitor adds variables behind an optimizer's own, in one `fit` and not
    # in another.
    for variable, value in zip(variables, values, strict=False):
        variable.assign(value)


def weights_that_fit_would_leave(model):
    """All weights, as `fit` would leave them, were this its last epoch.

    An optimizer with `use_ema` then puts the averages into the trainable weights.
    """
    weights = copies(model.weights)
    # One that scales the loss has the optimizer inside.
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    if not optimizer.use_ema:
        return weights
    optimizer.finalize_variable_values(model.trainable_weights)
    final = copies(model.weights)
    put_back(weights, model.weights)
    return final
