"""MNIST-1D: ten signals, moved, bent and in noise."""

import random

import numpy as np


def load_mnist1d():
    """Signals of ten classes, made from ten templates of 12 points.

    Each template is padded, scaled, moved, bent and covered with noise, and read at 40
    points. A linear model reads about a third of them, an MLP two thirds, a convolution
    nine tenths: it is a small problem on which architectures differ. The published
    package makes the data, from its default seed, so they are the same in every run.

    Returns:
        `(x_train, y_train), (x_test, y_test)` as Keras's `load_data()` does: signals
        float32 `(signals, 40)`, of mean 0 and standard deviation 1 over both parts;
        labels int64 `(signals,)`, 0 to 9. 4,000 to learn from, 1,000 to judge by.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_mnist1d()
        >>> x_train.shape, x_test.shape
        ((4000, 40), (1000, 40))

    Source: Greydanus & Kobak (2024), by their package `mnist1d`.
    """
    from mnist1d.data import get_dataset_args, make_dataset

    # It seeds the generators of Python and NumPy that a program may be using.
    states = random.getstate(), np.random.get_state()
    try:
        data = make_dataset(get_dataset_args())
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
    x, y = ("x", "x_test"), ("y", "y_test")
    signals = [data[name].astype(np.float32) for name in x]
    labels = [data[name].astype(np.int64) for name in y]
    return (signals[0], labels[0]), (signals[1], labels[1])
