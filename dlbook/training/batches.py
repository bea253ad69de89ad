"""The order in which training meets its examples."""

import numpy as np


def shuffled_batches(examples, epochs, batch_size=64, seed=0):
    """Which examples each batch holds, for several passes in a new order each.

    Every batch is full. So in each pass another few examples are left out, fewer than
    a batch; where there are fewer than one batch at all, they make one.

    Args:
        examples: how many there are.
        epochs: how many passes to make.
        batch_size: examples in a batch.
        seed: of the order.

    Returns:
        Indices of the examples, an array `(batches, batch_size)`. No example comes
        twice in one pass.

    Example:
        >>> shuffled_batches(examples=10, epochs=3, batch_size=4).shape
        (6, 4)
    """
    batch_size = min(batch_size, examples)
    batches = examples // batch_size
    random = np.random.default_rng(seed)
    orders = [random.permutation(examples) for _ in range(epochs)]
    full = [order[: batches * batch_size] for order in orders]
    return np.reshape(full, (epochs * batches, batch_size))


def fit_batches(model, x, y, batches, **options):
    """Trains a compiled model on these batches, one step each, in this order.

    Keras sees them as one epoch: it takes 30 ms to begin one.

    Args:
        model: a compiled Keras model.
        x, y: examples and their targets.
        batches: indices of the examples, such as `shuffled_batches` returns.
        **options: what else `fit` takes, such as `callbacks`.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> x = np.ones((8, 1))
        >>> fit_batches(model, x, x, shuffled_batches(8, epochs=3, batch_size=2))
        >>> int(model.optimizer.iterations.numpy())
        12
    """
    x, y = (np.asarray(values)[batches.ravel()] for values in (x, y))
    if model.built:  # TensorFlow traces a step that creates variables twice.
        model.optimizer.build(model.trainable_variables)
    model.fit(x, y, batch_size=batches.shape[1], shuffle=False, verbose=0, **options)
