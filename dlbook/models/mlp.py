"""The multi-layer perceptron: dense layers one after another."""

import keras


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
        seed: layer ℓ draws its Glorot-uniform kernel with seed + ℓ; biases start at 0.

    Returns:
        A built, uncompiled `keras.Sequential`, `(batch, inputs)` → `(batch, outputs)`.

    Example:
        >>> mlp(64, (32,), 10).count_params()
        2410
    """
    widths = (*units, outputs)
    layers = [
        keras.layers.Dense(
            width,
            activation=activation if depth < len(units) else None,
            kernel_initializer=keras.initializers.GlorotUniform(seed + depth),
        )
        for depth, width in enumerate(widths)
    ]
    return keras.Sequential([keras.Input((inputs,)), *layers])
