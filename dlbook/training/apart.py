"""Many small networks trained at once, each on examples of its own."""

import keras
import numpy as np
from keras import ops

from dlbook.arguments import whole_number
from dlbook.models.stacked_mlp import StackedMLP


def train_apart(
    x,
    y,
    units,
    outputs,
    loss,
    optimizer,
    steps,
    seeds,
    batch_size=32,
    activation="relu",
    **options,
):
    """Trains perceptron k on the examples x[k] and their targets y[k], k = 1 ... K.

    A learning curve needs a network for each number of examples and each seed. Trained
    one after the other, most of the time is spent around them. Here they are the
    networks of one `StackedMLP` and share its calls, nothing else: the K losses are
    added up, so that the gradient of each is what it would be alone. An optimizer that
    clips by a norm would mix them.

    The batches of network k come from x[k]: pass after pass, each in a new order. The
    end of one pass and the beginning of the next may share a batch.

    Args:
        x: K arrays `(examplesₖ, inputs)`.
        y: K arrays of targets, `(examplesₖ,)` or `(examplesₖ, outputs)`.
        units: widths of the hidden layers, the same for all.
        outputs: numbers that a network returns.
        loss: a Keras loss that returns the mean over all leading axes, such as
            `keras.losses.SparseCategoricalCrossentropy(from_logits=True)`.
        optimizer: a Keras optimizer.
        steps: how many batches each network meets.
        seeds: K seeds, each for the weights of a network and the order of its examples.
        batch_size: examples in a batch.
        activation: of the hidden layers, by name or as a function.
        **options: what else `fit` takes, such as `callbacks`.

    Returns:
        The trained `StackedMLP`: x, `(batch, inputs)` → `(batch, networks, outputs)`.

    Raises:
        ValueError: when there are not as many x, y and seeds, or an x has no examples
            or not as many as its y.

    Example:
        >>> x = [np.ones((4, 1)), np.ones((7, 1))]
        >>> y = [np.ones((4, 1)), -np.ones((7, 1))]
        >>> mse, rule = keras.losses.MeanSquaredError(), keras.optimizers.SGD(0.1)
        >>> both = train_apart(x, y, (), 1, mse, rule, steps=50, seeds=[0, 1])
        >>> ops.convert_to_numpy(both(np.ones((1, 1)))).ravel().round(3).tolist()
        [1.0, -1.0]
    """
    steps = whole_number("steps", steps, 1)
    batch_size = whole_number("batch_size", batch_size, 1)
    _check(x, y, seeds)
    orders = [
        _passes(len(each), steps * batch_size, np.random.default_rng(seed))
        for each, seed in zip(x, seeds, strict=True)
    ]
    inputs, targets = (
        np.stack([np.asarray(k)[order] for k, order in zip(part, orders, strict=True)])
        for part in (x, y)
    )  # (networks, steps · batch, ...)
    networks = StackedMLP(inputs.shape[-1], units, outputs, seeds, activation)
    apart = _Apart(networks)

    def summed(y, z):
        return len(seeds) * loss(y, z)  # The mean over the networks too, times K.

    apart.compile(optimizer, summed)
    inputs, targets = (np.swapaxes(each, 0, 1) for each in (inputs, targets))
    options = {"batch_size": batch_size, "verbose": 0} | options
    optimizer.build(networks.trainable_variables)  # See `fit_batches`.
    apart.fit(inputs, targets, shuffle=False, **options)
    return networks


class _Apart(keras.Model):
    """The networks, each on its own inputs: (batch, networks, inputs)."""

    def __init__(self, networks):
        super().__init__(name="apart")
        self.networks = networks

    def build(self, input_shape):
        self.built = True

    def call(self, x):
        return self.networks.logits(ops.transpose(x, (1, 0, 2)))


def _passes(examples, count, random):
    """Indices of `count` examples: pass after pass, each in a new order."""
    passes = -(-count // examples)
    return np.concatenate([random.permutation(examples) for _ in range(passes)])[:count]


def _check(x, y, seeds):
    lengths = [[len(each) for each in part] for part in (x, y)]
    if lengths[0] != lengths[1] or len(lengths[0]) != len(seeds) or 0 in lengths[0]:
        raise ValueError(
            "Each network needs examples, as many targets, and a seed. Received x of "
            f"lengths {lengths[0]}, y of lengths {lengths[1]} and {len(seeds)} seeds."
        )
