"""Gradients by finite differences, for formulas in NumPy and float64."""

import numpy as np


def differences(function, values, h=1e-6):
    """The gradient of a scalar function of a list of arrays, to each number of each."""
    found = []
    for value in values:
        slopes = np.zeros_like(value)
        for index in np.ndindex(value.shape):
            here = value[index]
            value[index] = here + h
            above = function(*values)
            value[index] = here - h
            slopes[index] = (above - function(*values)) / (2 * h)
            value[index] = here
        found.append(slopes)
    return found
