"""Many perceptrons of one shape, trained side by side in one model."""

from itertools import pairwise

import keras
import numpy as np
from keras import ops

from dlbook.models.mlp import kernel_seeds


class StackedMLP(keras.Model):
    """K independent multi-layer perceptrons, computed as one::

        hₗ[k] = φ(hₗ₋₁[k] Wₗ[k] + bₗ[k])        k = 1 ... K

    A sweep over learning rates and seeds trains dozens of small networks, and nearly
    all its time is overhead. Stacked, they cost little more than one. They share the
    batches and nothing else: with `cross_entropy` as the loss, each gradient is what
    it would be alone.

    Args:
        inputs: number of features.
        units: widths of the hidden layers.
        outputs: number of logits.
        seeds: one for each network; network k starts as `mlp(..., seed=seeds[k])`.
        activation: φ, by name or as a function of z, `(networks, batch, units)`: it may
            treat the networks differently.
    """

    def __init__(self, inputs, units, outputs, seeds, activation="relu"):
        super().__init__()
        self.activation = keras.activations.get(activation)
        widths = (inputs, *units, outputs)
        drawn = [kernel_seeds(seed, len(widths) - 1) for seed in seeds]
        self.kernels, self.biases = [], []
        for depth, (rows, columns) in enumerate(pairwise(widths)):
            starts = [
                keras.initializers.GlorotUniform(layers[depth])((rows, columns))
                for layers in drawn
            ]
            kernel = self.add_weight(shape=(len(starts), rows, columns))
            kernel.assign(np.stack([ops.convert_to_numpy(start) for start in starts]))
            self.kernels.append(kernel)
            bias = self.add_weight(shape=(len(starts), 1, columns), initializer="zeros")
            self.biases.append(bias)

    def call(self, x):
        """Logits of every network: (batch, inputs) → (batch, networks, outputs)."""
        return self.logits(x[None])  # (1, batch, inputs): the same for all

    def logits(self, h):
        """The same, of inputs (networks, batch, inputs) that each network has alone."""
        for kernel, bias in zip(self.kernels[:-1], self.biases[:-1], strict=True):
            z = ops.matmul(h, kernel) + bias
            h = self.activation(z)  # (networks, batch, units)
        z = ops.matmul(h, self.kernels[-1]) + self.biases[-1]
        return ops.transpose(z, (1, 0, 2))  # (batch, networks, outputs)

    @staticmethod
    def cross_entropy(y, z):
        """Cross-entropy of each image, (batch,), summed over the networks."""
        y = ops.broadcast_to(ops.reshape(y, (-1, 1)), ops.shape(z)[:2])
        entropy = keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)
        return ops.sum(entropy, axis=1)
