"""A stack bends as it is told, each network as alone."""

import keras
import numpy as np
import pytest

from dlbook.models import StackedMLP, mlp

pytestmark = pytest.mark.backends

X = np.random.default_rng(0).normal(size=(20, 6)).astype("float32")


def logits(model):
    return keras.ops.convert_to_numpy(model(X))


@pytest.mark.parametrize("activation", ["tanh", "linear", keras.ops.sin])
def test_each_network_has_the_activation(activation):
    together = logits(StackedMLP(6, (8, 5), 4, [3, 1], activation))
    for k, seed in enumerate([3, 1]):
        alone = logits(mlp(6, (8, 5), 4, activation, seed))
        np.testing.assert_allclose(together[:, k], alone, atol=1e-6)


def test_a_function_may_treat_the_networks_differently():
    def tanh_and_relu(z):  # (networks, batch, units)
        return keras.ops.concatenate([keras.ops.tanh(z[:1]), keras.ops.relu(z[1:])])

    together = logits(StackedMLP(6, (8, 5), 4, [3, 1], tanh_and_relu))
    for k, (seed, activation) in enumerate([(3, "tanh"), (1, "relu")]):
        alone = logits(mlp(6, (8, 5), 4, activation, seed))
        np.testing.assert_allclose(together[:, k], alone, atol=1e-6)
