"""The multi-layer perceptron: dense layers one after another."""

import keras
import numpy as np


def mlp(inputs, units, outputs, activation="relu", seed=0):
    """A multi-layer perceptron that returns logits::

        h₀ = x
        hₗ = φ(hₗ₋₁ Wₗ + bₗ)             hidden layers
        z = h W + b                     the output: logits, no activation

    Args:
        inputs: number of features of x.
        units: widths of the hidden layers, such as `(64, 32)`; `()` is a linear model.
        outputs: number of logits.
        activation: φ, by name or as a function.
        seed: of the kernels, which are Glorot-uniform; see `kernel_seeds`. Biases start
            at 0.

    Returns:
        A built, uncompiled `keras.Sequential`, `(batch, inputs)` → `(batch, outputs)`.

    Example:
        >>> mlp(64, (32,), 10).count_params()
        2410
    """
    widths = (*units, outputs)
    seeds = kernel_seeds(seed, len(widths))
    layers = [
        keras.layers.Dense(
            width,
            activation=activation if depth < len(units) else None,
            kernel_initializer=keras.initializers.GlorotUniform(seeds[depth]),
        )
        for depth, width in enumerate(widths)
    ]
    return keras.Sequential([keras.Input((inputs,)), *layers])


def kernel_seeds(seed, layers):
    """A seed for each layer, such that no layer of one network is like one of another.

    seed + layer would not do: layer 1 of seed 0 would be layer 0 of seed 1. Nor would
    one `keras.random.SeedGenerator` for all layers, which on torch does just that.

    Args:
        seed: of the network, a whole number from 0.
        layers: how many seeds to draw.
    """
    return np.random.default_rng(seed).integers(2**31, size=layers).tolist()
