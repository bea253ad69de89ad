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
        seed: of the kernels, which all draw from one stream of random numbers, so that
            no layer of one seed is like any layer of another. Biases start at 0.

    Returns:
        A built, uncompiled `keras.Sequential`, `(batch, inputs)` → `(batch, outputs)`.

    Example:
        >>> mlp(64, (32,), 10).count_params()
        2410
    """
    widths = (*units, outputs)
    stream = keras.random.SeedGenerator(int(seed))
    layers = [
        keras.layers.Dense(
            width,
            activation=activation if depth < len(units) else None,
            kernel_initializer=keras.initializers.GlorotUniform(stream),
        )
        for depth, width in enumerate(widths)
    ]
    return keras.Sequential([keras.Input((inputs,)), *layers])
