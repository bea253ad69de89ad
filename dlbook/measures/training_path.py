"""The way a model's weights take in training."""

import math

import keras

from dlbook.callbacks.weight_history import WeightHistory


def training_path(model, optimizer, x, y, steps, batch_size=64):
    """Trains a classifier and returns all its weights after every step.

    Two calls with equal models see the same batches in the same order, so their paths
    differ by the optimizer alone.

    Args:
        model: a built Keras model that returns logits. It is trained.
        optimizer: compiled into the model, with cross-entropy as the loss.
        x, y: examples and their classes.
        steps: how many batches to train on; epochs follow one another as needed.
        batch_size: examples in a batch.

    Returns:
        θ₀, θ₁, ..., an array `(steps + 1, weights)`, float32.
    """
    history = WeightHistory()
    model.compile(
        optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    keras.utils.set_random_seed(0)
    model.fit(
        x,
        y,
        batch_size=batch_size,
        epochs=math.ceil(steps / math.ceil(len(x) / batch_size)),
        callbacks=[history],
        verbose=0,
    )
    return history.weights[: steps + 1]
