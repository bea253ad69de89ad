"""A sweep reads off what training each network alone would."""

import keras
import numpy as np
import pytest

from dlbook.data import load_digits
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adam
from dlbook.training import shuffled_batches, sweep

pytestmark = pytest.mark.backends

(X, Y), (X_TEST, Y_TEST) = load_digits()
# Tracing takes longer than these few steps, except on JAX.
EAGERLY = keras.backend.backend() != "jax"
# Two batches of 64; 200 images to be judged by.
DATA = (X[:150], Y[:150]), (X_TEST[:200], Y_TEST[:200])


def accuracy_alone(optimizer, seed, units, epochs):
    """Of one perceptron that sees the same batches as those of the sweep."""
    (x, y), (x_test, y_test) = DATA
    model = mlp(64, units, 10, seed=seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, run_eagerly=EAGERLY)
    for batch in shuffled_batches(len(x), epochs):
        model.train_on_batch(x[batch], y[batch])
    logits = keras.ops.convert_to_numpy(model(x_test))
    return np.mean(logits.argmax(axis=1) == y_test)


@pytest.mark.parametrize(
    ("rule", "rates", "options", "epochs"),
    [
        (SGD, [0.02, 0.5], {}, 4),
        (Adam, [0.01], {"units": (16, 12)}, 3),
        (lambda rate: SGD(rate, momentum=0.9), [0.01], {"units": ()}, 3),
    ],
    ids=["SGD, 32 units", "Adam, two layers", "momentum, linear"],
)
def test_each_accuracy_is_that_of_a_network_trained_alone(rule, rates, options, epochs):
    seeds = [4, 0]
    units = options.get("units", (32,))
    together = sweep(rule, rates, seeds, DATA, epochs, **options)
    alone = [
        [accuracy_alone(rule(rate), seed, units, epochs) for seed in seeds]
        for rate in rates
    ]
    np.testing.assert_allclose(together, alone, rtol=1e-12)
    assert len(np.unique(alone)) > len(rates)


def test_multiplying_the_loss_multiplies_the_rate_of_gradient_descent():
    # Neither sweep depends on what was random before.
    keras.utils.set_random_seed(8)
    louder = sweep(SGD, [0.001, 0.01], [0, 1], DATA, epochs=3, loss_factor=32)
    keras.utils.set_random_seed(9)
    faster = sweep(SGD, [0.032, 0.32], [0, 1], DATA, epochs=3)
    np.testing.assert_array_equal(louder, faster)
    assert len(np.unique(faster)) > 2


@pytest.mark.parametrize("option", ["clipnorm", "global_clipnorm"])
def test_a_norm_over_all_networks_is_refused(option):
    with pytest.raises(ValueError, match=f"{option}=0.5"):
        sweep(lambda rate: SGD(rate, **{option: 0.5}), [0.1], [0, 1], DATA, epochs=1)


def test_a_diverged_network_counts_0_and_the_others_are_not_touched():
    diverged = sweep(SGD, [0.3, 1e30], [0, 1], DATA, epochs=2)
    np.testing.assert_array_equal(diverged[1], [0.0, 0.0])
    alone = [accuracy_alone(SGD(0.3), seed, (32,), epochs=2) for seed in (0, 1)]
    np.testing.assert_allclose(diverged[0], alone, rtol=1e-12)
    assert min(alone) > 0
