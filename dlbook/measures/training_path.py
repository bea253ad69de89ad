"""The way a model's weights take in training."""

import math

import keras

from dlbook.callbacks.weight_history import WeightHistory
from dlbook.training.batches import fit_batches, shuffled_batches


def training_path(model, optimizer, x, y, steps, batch_size=64):
    """Trains a classifier and returns all its weights after every step.

    Two calls with equal models see the same batches in the same order, so their paths
    differ by the optimizer alone.

    Args:
        model: a built Keras model that returns logits. It is trained.
        optimizer: compiled into the model, with cross-entropy as the loss.
        x, y: examples and their classes.
        steps: how many batches to train on; passes follow one another as needed.
        batch_size: examples in a batch; see `dlbook.training.shuffled_batches`.

    Returns:
        θ₀, θ₁, ..., an array `(steps + 1, weights)`, float32.

    Example:
        >>> import numpy as np
        >>> from dlbook.models import mlp
        >>> x, y = np.eye(4, dtype="float32"), np.arange(4)
        >>> training_path(mlp(4, (), 4), "sgd", x, y, steps=3, batch_size=2).shape
        (4, 20)
    """
    history = WeightHistory()
    model.compile(
        optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    keras.utils.set_random_seed(0)
    epochs = math.ceil(steps / max(1, len(x) // batch_size))
    batches = shuffled_batches(len(x), max(1, epochs), batch_size)[: max(1, steps)]
    fit_batches(model, x, y, batches, callbacks=[history])
    return history.weights[: steps + 1]
