"""Networks in a stack are what each of them is alone."""

import keras
import numpy as np
import pytest

from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 6)).astype("float32")
Y = RANDOM.integers(4, size=50)
SEEDS = [5, 5, 0]
# Tracing takes longer than nine steps, except on JAX.
EAGERLY = keras.backend.backend() != "jax"
RATES = {SGD: [0.01, 1.0, 0.2], Adam: [1e-3, 0.1, 0.01]}


def trained(model, optimizer, loss):
    """The model after 9 steps: three epochs of batches of 20, 20 and 10."""
    model.compile(optimizer, loss, run_eagerly=EAGERLY)
    model.fit(X, Y, batch_size=20, epochs=3, shuffle=False, verbose=0)
    return model


def stack_trained(rule, spoilt=None):
    """A stack with a rate for each network; one of them may begin with a NaN."""
    model = StackedMLP(6, (8, 5), 4, SEEDS)
    if spoilt is not None:
        kernel = keras.ops.convert_to_numpy(model.kernels[0]).copy()
        kernel[spoilt, 0, 0] = np.nan
        model.kernels[0].assign(kernel)
    rates = np.array(RATES[rule], "float32")[:, None, None]
    optimizer = rule(lambda: keras.ops.convert_to_tensor(rates))
    return trained(model, optimizer, StackedMLP.cross_entropy)


def network(model, k):
    """The weights of network k, in the order of `mlp(...).get_weights()`."""
    pairs = zip(model.kernels, model.biases, strict=True)
    both = [keras.ops.convert_to_numpy(w)[k] for pair in pairs for w in pair]
    return [np.squeeze(w, 0) if depth % 2 else w for depth, w in enumerate(both)]


def assert_trained_as_if_alone(model, rule, k):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    single = mlp(6, (8, 5), 4, seed=SEEDS[k])
    start = single.get_weights()
    trained(single, rule(RATES[rule][k]), loss)
    columns = zip(network(model, k), single.get_weights(), start, strict=True)
    for stacked, alone, before in columns:
        moved = np.linalg.norm(alone - before)
        assert np.linalg.norm(stacked - alone) < 1e-4 * moved


def test_each_network_starts_as_the_perceptron_of_its_seed():
    model = StackedMLP(6, (8, 5), 4, SEEDS)
    logits = keras.ops.convert_to_numpy(model(X))
    assert logits.shape == (50, 3, 4)
    for k, seed in enumerate(SEEDS):
        single = mlp(6, (8, 5), 4, seed=seed)
        for ours, theirs in zip(network(model, k), single.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)
        alone = keras.ops.convert_to_numpy(single(X))
        np.testing.assert_allclose(logits[:, k], alone, atol=1e-6)


@pytest.mark.parametrize("rule", RATES)
def test_each_network_trains_at_its_own_rate_as_if_alone(rule):
    model = stack_trained(rule)
    for k in range(3):
        assert_trained_as_if_alone(model, rule, k)


@pytest.mark.parametrize("rule", RATES)
def test_a_network_that_is_nan_does_not_spoil_the_others(rule):
    model = stack_trained(rule, spoilt=1)
    assert np.isnan(network(model, 1)[-1]).all()
    for k in (0, 2):
        assert_trained_as_if_alone(model, rule, k)


@pytest.mark.parametrize("shape", [(50,), (50, 1)])
def test_the_loss_of_an_image_is_the_sum_over_the_networks(shape):
    z = 3 * RANDOM.normal(size=(50, 3, 4)).astype("float32")
    loss = StackedMLP.cross_entropy(Y.reshape(shape), keras.ops.convert_to_tensor(z))
    log_p = z - np.log(np.exp(z.astype("float64")).sum(axis=2, keepdims=True))
    expected = -sum(log_p[np.arange(50), k, Y] for k in range(3))
    np.testing.assert_allclose(keras.ops.convert_to_numpy(loss), expected, rtol=1e-5)
