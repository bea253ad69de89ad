"""The same network trained at many learning rates, over several seeds."""

import numpy as np
from keras import ops

from dlbook.models.stacked_mlp import StackedMLP
from dlbook.training.batches import fit_batches, shuffled_batches


def sweep(optimizer, learning_rates, seeds, data, epochs, units=(32,), loss_factor=1):
    """Trains a perceptron for every learning rate and seed, all at once.

    Args:
        optimizer: makes the optimizer from a learning rate: a class, or a function
            such as `lambda rate: SGD(rate, momentum=0.9)`.
        learning_rates: the rates to try.
        seeds: of the initial weights. The batches are the same for all.
        data: `(x_train, y_train), (x_test, y_test)`; labels are classes 0, 1, ...
        epochs: how many passes over the training part, in batches of 64; see
            `shuffled_batches`.
        units: widths of the hidden layers.
        loss_factor: multiplies the loss, and so every gradient.

    Returns:
        Accuracy on the held-out part, an array `(rates, seeds)` in [0, 1]. A network
        whose logits are no longer finite counts as 0.

    Raises:
        ValueError: when the optimizer clips by a norm: it would be the norm of all
            networks together, so that none trains as it would alone.

    Example:
        >>> from dlbook.optimizers import SGD
        >>> data = np.eye(4, dtype="float32"), np.arange(4)
        >>> sweep(SGD, [0.001, 0.1, 10.0], range(2), (data, data), epochs=1).shape
        (3, 2)
    """
    (x_train, y_train), (x_test, y_test) = data
    rates = np.repeat(learning_rates, len(seeds)).astype("float32")
    # Kernels (networks, rows, columns) and biases (networks, 1, columns) both take a
    # rate of shape (networks, 1, 1): each network gets its own.
    rule = optimizer(lambda: ops.convert_to_tensor(rates[:, None, None]))
    if rule.clipnorm or rule.global_clipnorm:
        raise ValueError(
            "`sweep` trains all networks in one model, whose gradients have one norm. "
            f"Received: clipnorm={rule.clipnorm}, global_clipnorm="
            f"{rule.global_clipnorm}. Use clipvalue, or train one by one."
        )
    model = StackedMLP(
        inputs=x_train.shape[1],
        units=units,
        outputs=int(y_train.max()) + 1,
        seeds=list(seeds) * len(learning_rates),
    )
    model.compile(rule, loss=lambda y, z: loss_factor * model.cross_entropy(y, z))
    fit_batches(model, x_train, y_train, shuffled_batches(len(x_train), epochs))
    logits = ops.convert_to_numpy(model(x_test))  # (images, networks, classes)
    correct = logits.argmax(axis=2) == y_test[:, None]
    accuracy = np.where(np.isfinite(logits).all(axis=(0, 2)), correct.mean(axis=0), 0.0)
    return accuracy.reshape(len(learning_rates), len(seeds))
