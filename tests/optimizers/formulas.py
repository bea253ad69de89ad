"""The rules in float64 NumPy, as the textbooks write them: the other road.

β m + (1 − β) g and 1 − βᵗ by a power, where dlbook writes m + (1 − β)(g − m) and expm1.
Each function takes a stream of gradients (steps, ...) and yields the steps one by one.
"""

import numpy as np


def path(rule, stream, learning_rate, held_in="float32", **hyperparameters):
    """The float64 weights (steps + 1, ...) of a rule that starts at 0.

    The learning rate is rounded to the type that Keras holds it in.
    """
    alpha = float(np.dtype(held_in).type(learning_rate))
    stream = np.asarray(stream, "float64")
    steps = list(rule(stream, alpha, **hyperparameters))
    return np.concatenate([np.zeros_like(stream[:1]), np.cumsum(steps, axis=0)])


def sgd(stream, alpha, momentum=0.0, nesterov=False):
    """Keras's convention: α inside the velocity."""
    v = 0.0
    for g in stream:
        v = momentum * v - alpha * g
        yield momentum * v - alpha * g if nesterov else v


def adagrad(stream, alpha, initial_accumulator_value=0.1, epsilon=1e-7):
    """Keras's convention: the sum begins at 0.1, and ε stands inside the root."""
    sums = initial_accumulator_value + np.cumsum(stream**2, axis=0)
    yield from -alpha * stream / np.sqrt(sums + epsilon)


def adadelta(stream, alpha, rho=0.95, epsilon=1e-7):
    """Zeiler's, times α."""
    v = d = 0.0
    for g in stream:
        v = rho * v + (1 - rho) * g**2
        delta = np.sqrt(d + epsilon) / np.sqrt(v + epsilon) * g
        d = rho * d + (1 - rho) * delta**2
        yield -alpha * delta


def rmsprop(stream, alpha, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    """Keras's convention: ε inside the root."""
    v = a = u = 0.0
    for g in stream:
        v = rho * v + (1 - rho) * g**2
        a = rho * a + (1 - rho) * g
        u = momentum * u + alpha * g / np.sqrt(v - centered * a**2 + epsilon)
        yield -u


def adam(stream, alpha, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    """The paper's convention: ε outside the root, after the correction."""
    m = v = largest = 0.0
    for t, g in enumerate(stream, start=1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        largest = np.maximum(largest, v) if amsgrad else v
        m_hat, v_hat = m / (1 - beta_1**t), largest / (1 - beta_2**t)
        yield -alpha * m_hat / (np.sqrt(v_hat) + epsilon)


def adamw(stream, alpha, weight_decay=0.004, **hyperparameters):
    """Adam's steps from weights that shrink by α w before each; they start at 0."""
    theta = 0.0
    for adams in adam(stream, alpha, **hyperparameters):
        step = adams - alpha * weight_decay * theta
        theta = theta + step
        yield step


def nadam(stream, alpha, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    """Keras's convention: 0.96ᵗ; m is averaged with β₁, and corrected with the μ."""
    mu = beta_1 * (1 - 0.5 * 0.96 ** np.arange(1, len(stream) + 2))
    products = np.cumprod(mu)
    m = v = 0.0
    for i, g in enumerate(stream):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        ahead = mu[i + 1] * m / (1 - products[i + 1])
        m_hat = ahead + (1 - mu[i]) * g / (1 - products[i])
        yield -alpha * m_hat / (np.sqrt(v / (1 - beta_2 ** (i + 1))) + epsilon)
