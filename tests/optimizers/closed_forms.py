"""Checks by another road, with hyperparameters that can be seen: ε = 0.3, β₁ = 0.5 ...

Each takes the class it checks and raises AssertionError, so that `test_faults` can hand
it a class with a fault.
"""

import numpy as np

from . import formulas
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


def adagrads_steps_divide_by_the_root_of_all_squares(adagrad):
    """0.2 + Σ g² + 0.3 under the root."""
    optimizer = adagrad(ALPHA, initial_accumulator_value=0.2, epsilon=0.3)
    sums = np.cumsum(STREAM.astype("float64") ** 2, axis=0)
    assert_steps(optimizer, -ALPHA * STREAM / np.sqrt(0.5 + sums))


def adagrads_steps_shrink_as_one_over_root_t(adagrad):
    """Under a steady gradient, whatever its size, from a sum that begins at 0."""
    steady = np.tile(np.float32([4.0, -0.01]), (5, 1))
    optimizer = adagrad(ALPHA, initial_accumulator_value=0.0, epsilon=0.0)
    roots = np.sqrt(np.arange(1, 6))[:, None]
    assert_steps(optimizer, -ALPHA * np.sign(steady) / roots, steady)


def adadeltas_first_step_comes_from_epsilon(adadelta):
    """α √ε g/√((1 − ρ) g² + ε): without ε it would never start."""
    g = STREAM[:1]
    first = -ALPHA * np.sqrt(0.3) * g / np.sqrt(0.2 * g**2 + 0.3)
    assert_steps(adadelta(ALPHA, rho=0.8, epsilon=0.3), first, stream=g)


def adadeltas_steps_are_weighted_sums(adadelta):
    """Each of the steps so far, and of the gradients, squared and averaged."""
    deltas = np.zeros_like(STREAM, "float64")
    for t, g in enumerate(STREAM.astype("float64")):
        sizes = np.sqrt(average(0.8, deltas[:t] ** 2) + 0.3)
        deltas[t] = g * sizes / np.sqrt(average(0.8, STREAM[: t + 1] ** 2) + 0.3)
    assert_steps(adadelta(ALPHA, rho=0.8, epsilon=0.3), -ALPHA * deltas)


def adamws_steps_are_adams_and_the_decay(adamw, amsgrad=False):
    """Adam's way from 0, each step of it decaying by (1 − α w) from then on."""
    words = {"beta_1": 0.5, "beta_2": 0.8, "epsilon": 0.3, "amsgrad": amsgrad}
    rates = {"learning_rate": ALPHA, "weight_decay": 2.0}
    adams = np.array(list(formulas.adam(STREAM.astype("float64"), ALPHA, **words)))
    each = np.concatenate([np.full((1, 3), 5.0), adams])  # The start decays as well.
    way = [average(0.8, each[:t]) / (1 - 0.8) for t in range(1, len(each) + 1)]
    assert_steps(adamw(**rates, **words), np.diff(way, axis=0), start=5.0)


def amsgradws_steps_are_amsgrads_and_the_decay(adamw):
    """The same with the largest v so far."""
    adamws_steps_are_adams_and_the_decay(adamw, amsgrad=True)


def nadams_first_step_looks_ahead(nadam):
    """(μ₂ (1 − β₁)/(1 − μ₁ μ₂) + 1) α: 1.06 α at the default β₁ = 0.9."""
    g = STREAM[:1]
    first = 0.9 * (1 - 0.5 * 0.96), 0.9 * (1 - 0.5 * 0.96**2)
    longer = 1 + first[1] * 0.1 / (1 - first[0] * first[1])
    assert 1.06 < longer < 1.07
    assert_steps(nadam(ALPHA, epsilon=0.0), -ALPHA * longer * np.sign(g), stream=g)


def nadams_steps_are_weighted_sums(nadam):
    """Weighted means, corrected by products of the momenta."""
    mu = 0.5 * (1 - 0.5 * 0.96 ** np.arange(1, len(STREAM) + 2))

    def step(g):
        t = len(g)
        ahead = mu[t] * average(0.5, g) / (1 - np.prod(mu[: t + 1]))
        now = (1 - mu[t - 1]) * g[-1] / (1 - np.prod(mu[:t]))
        mean_square = average(0.8, g**2) / average(0.8, np.ones(t))
        return -ALPHA * (ahead + now) / (np.sqrt(mean_square) + 0.3)

    optimizer = nadam(ALPHA, beta_1=0.5, beta_2=0.8, epsilon=0.3)
    assert_steps(optimizer, each_prefix(step))


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
    "Adagrad": [
        adagrads_steps_divide_by_the_root_of_all_squares,
        adagrads_steps_shrink_as_one_over_root_t,
    ],
    "Adadelta": [
        adadeltas_first_step_comes_from_epsilon,
        adadeltas_steps_are_weighted_sums,
    ],
    "AdamW": [
        adamws_steps_are_adams_and_the_decay,
        amsgradws_steps_are_amsgrads_and_the_decay,
    ],
    "Nadam": [nadams_first_step_looks_ahead, nadams_steps_are_weighted_sums],
}
