"""Checks by another road, with hyperparameters that can be seen: ε = 0.3, β₁ = 0.5 ...

Each takes the class it checks and raises AssertionError, so that `test_faults` can hand
it a class with a fault.
"""

import numpy as np

from .weighted_sums import ALPHA, STREAM, assert_steps, average, each_prefix


def adams_first_step_is_alpha_g_over_abs_g_plus_epsilon(adam):
    """m̂₁ = g and v̂₁ = g²: both betas drop out."""
    g = STREAM[:1]
    optimizer = adam(ALPHA, beta_1=0.5, beta_2=0.8, epsilon=0.3)
    assert_steps(optimizer, -ALPHA * g / (np.abs(g) + 0.3), stream=g)


def adams_steps_are_weighted_sums(adam, amsgrad=False):
    """Weighted means of all gradients so far, in place of two recursions."""

    def step(g):
        t = len(g)
        mean = average(0.5, g) / average(0.5, np.ones(t))
        squares = [average(0.8, g[:i] ** 2) for i in range(1, t + 1)]
        largest = np.max(squares, axis=0) if amsgrad else squares[-1]
        return -ALPHA * mean / (np.sqrt(largest / average(0.8, np.ones(t))) + 0.3)

    optimizer = adam(ALPHA, beta_1=0.5, beta_2=0.8, epsilon=0.3, amsgrad=amsgrad)
    assert_steps(optimizer, each_prefix(step))


def amsgrads_steps_are_weighted_sums(adam):
    """With the largest v so far, which the last gradients of the stream do not set."""
    adams_steps_are_weighted_sums(adam, amsgrad=True)


def rmsprops_first_step_is_alpha_over_root_one_minus_rho(rmsprop):
    """v₁ = (1 − ρ) g²: 3.16 α at ρ = 0.9, however large the gradient."""
    g = STREAM[:1]
    optimizer = rmsprop(ALPHA, rho=0.9, epsilon=0.0)
    assert_steps(optimizer, -ALPHA * np.sign(g) / np.sqrt(0.1), stream=g)


def rmsprops_steps_are_weighted_sums(rmsprop, momentum=0.0, centered=False):
    """ε = 0.3 inside the root; the momentum sums μᵗ⁻ⁱ times each step."""

    def scaled(g):
        variance = average(0.8, g**2) - centered * average(0.8, g) ** 2
        return ALPHA * g[-1] / np.sqrt(variance + 0.3)

    def summed(g):
        ages = np.arange(len(g))[::-1]
        return -np.tensordot(momentum**ages, each_prefix(scaled, g), axes=1)

    words = {"rho": 0.8, "epsilon": 0.3, "momentum": momentum, "centered": centered}
    assert_steps(rmsprop(ALPHA, **words), each_prefix(summed))


def centered_rmsprops_steps_are_weighted_sums(rmsprop):
    """With the variance under the root, and with momentum."""
    rmsprops_steps_are_weighted_sums(rmsprop, momentum=0.5, centered=True)


def sgds_steps_are_gradients(sgd):
    """−α g, nothing remembered."""
    assert_steps(sgd(ALPHA), -ALPHA * STREAM)


def sgds_steps_are_weighted_sums(sgd, nesterov=False):
    """−α Σ μᵗ⁻ⁱ gᵢ; Nesterov's goes on by μ of that and by the gradient."""

    def step(g):
        velocity = -ALPHA * average(0.5, g) / (1 - 0.5)
        return 0.5 * velocity - ALPHA * g[-1] if nesterov else velocity

    assert_steps(sgd(ALPHA, momentum=0.5, nesterov=nesterov), each_prefix(step))


def nesterovs_steps_are_weighted_sums(sgd):
    """The gradient is taken at the point looked ahead to."""
    sgds_steps_are_weighted_sums(sgd, nesterov=True)


CLOSED_FORMS = {
    "SGD": [
        sgds_steps_are_gradients,
        sgds_steps_are_weighted_sums,
        nesterovs_steps_are_weighted_sums,
    ],
    "RMSprop": [
        rmsprops_first_step_is_alpha_over_root_one_minus_rho,
        rmsprops_steps_are_weighted_sums,
        centered_rmsprops_steps_are_weighted_sums,
    ],
    "Adam": [
        adams_first_step_is_alpha_g_over_abs_g_plus_epsilon,
        adams_steps_are_weighted_sums,
        amsgrads_steps_are_weighted_sums,
    ],
}
