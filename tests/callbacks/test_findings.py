"""The clinic in small: in each training a fault is planted, and named.

The whole one, with five seeds and two data sets, is benchmarks/clinic.py.
"""

import json
import math

import keras
import numpy as np
import pytest

from dlbook.callbacks import GradientMonitor
from dlbook.optimizers import SGD, Adam

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(120, 6)).astype("float32")
Y = np.argmax(X @ RANDOM.normal(size=(6, 3)), axis=1)
SHUFFLED = RANDOM.permutation(Y)
# Of compilers for so few steps, only JAX's own pays.
COMPILED = {"jit_compile": keras.backend.backend() == "jax"}
LOSS = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def scaled(scale):
    return lambda seed: keras.initializers.VarianceScaling(scale, "fan_in", seed=seed)


he = scaled(2.0)


def zeros(seed):
    return keras.initializers.Zeros()


def mlp(depth=1, activation="relu", kernel=he, units=12, **options):
    layers = [
        keras.layers.Dense(
            units, activation, kernel_initializer=kernel(seed), **options
        )
        for seed in range(depth)
    ]
    top = keras.layers.Dense(3, kernel_initializer=kernel(99))
    return keras.Sequential([keras.Input((6,)), *layers, top])


def frozen():
    model = mlp()
    model.layers[0].trainable = False
    return model


def watched(model=None, optimizer=None, x=X, y=Y, epochs=1, every=1, **options):
    """Twelve updates an epoch: more than a diagnosis needs."""
    model, monitor = model or mlp(), GradientMonitor(every)
    model.compile(optimizer or Adam(0.003), LOSS, **COMPILED)
    options = {"verbose": 0, "shuffle": False} | options
    model.fit(x, y, 10, epochs, callbacks=[monitor], **options)
    return monitor


def kinds(monitor):
    return [finding.kind for finding in monitor.findings]


# What a finding is made of is tested on all backends beside the record; how it is made
# needs none.
FAULTS = {
    "learning_rate_too_high": lambda: watched(optimizer=SGD(100.0)),
    "learning_rate_too_low": lambda: watched(optimizer=Adam(1e-6), epochs=3),
    "zero_weights": lambda: watched(mlp(kernel=zeros)),
    "vanishing": lambda: watched(mlp(4, "sigmoid", scaled(0.1), use_bias=False)),
    "exploding": lambda: watched(mlp(6, "tanh", scaled(1000.0), 256, use_bias=False)),
    "dead_units": lambda: watched(
        mlp(bias_initializer=keras.initializers.Constant(-10.0))
    ),
    "unscaled_inputs": lambda: watched(x=X * 255),
    "frozen": lambda: watched(frozen()),
    "penalty_too_strong": lambda: watched(
        mlp(kernel_regularizer=keras.regularizers.L2(1.0)), Adam(0.03), epochs=3
    ),
    "nothing_learned": lambda: watched(
        mlp(kernel=scaled(0.1)),  # It begins by guessing, so no luck makes it better.
        Adam(0.001),
        y=SHUFFLED,
        validation_split=0.3,
        epochs=8,
        every=4,
    ),
}


@pytest.mark.backends
def test_of_a_healthy_training_it_says_nothing(capsys):
    assert kinds(watched(mlp(2), epochs=2)) == []
    assert capsys.readouterr().out == ""


def test_a_bias_that_normalization_takes_away_says_nothing_of_the_inputs():
    below = [keras.layers.Dense(12), keras.layers.BatchNormalization()]
    above = [keras.layers.ReLU(), keras.layers.Dense(3)]
    model = keras.Sequential([keras.Input((6,)), *below, *above])
    assert kinds(watched(model, epochs=2)) == []


@pytest.mark.parametrize(("fault", "training"), FAULTS.items(), ids=FAULTS)
def test_the_planted_fault_is_named_first_and_each_finding_once(
    fault, training, capsys
):
    monitor = training()
    found = kinds(monitor)
    assert found[0] == fault
    assert len(found) == len(set(found))
    printed = capsys.readouterr().out.splitlines()
    assert printed == [str(finding) for finding in monitor.findings]
    assert json.loads(json.dumps(monitor.to_dict()))["findings"][0]["kind"] == fault


@pytest.mark.backends
def test_units_are_dead_only_if_they_stayed_without_gradient_in_all_records():
    monitor = GradientMonitor()
    units = np.array([[1.0, 1.0, -1.0]])  # The third sees −x: one example lights it.
    model = keras.Sequential(
        [
            keras.Input((1,)),
            keras.layers.Dense(3, "relu", use_bias=False),
            keras.layers.Dense(1, use_bias=False),
        ]
    )
    model.compile(SGD(0.0), "mse", **COMPILED)
    model.layers[0].set_weights([units])
    model.layers[1].set_weights([np.ones((3, 1))])
    x = np.ones((24, 1), "float32")
    x[-1] = -1.0
    for inputs, share in ((x, 0.0), (abs(x), 1 / 3)):
        seen = []
        read = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs, seen=seen: seen.append(monitor.still_units)
        )
        callbacks = [monitor, read]
        model.fit(inputs, 5 + 0 * x, 1, callbacks=callbacks, verbose=0, shuffle=False)
        assert seen[0][0] == pytest.approx(share)


def poisoned(action):
    x = X.copy()
    x[45, 1] = math.nan  # In the fifth of twelve batches.
    monitor, steps = GradientMonitor(action=action), []
    count = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append(batch)
    )
    model = mlp()
    model.compile(SGD(0.0), LOSS, **COMPILED)
    options = {"shuffle": False, "verbose": 0, "callbacks": [monitor, count]}
    try:
        model.fit(x, Y, 10, **options)
    except RuntimeError as error:
        steps.append(error)
    return model, monitor, steps


@pytest.mark.backends
@pytest.mark.parametrize(("action", "batches"), [("warn", 12), ("stop", 5)])
def test_the_first_update_that_is_not_finite_is_named(action, batches):
    _, monitor, steps = poisoned(action)
    (finding,) = monitor.findings
    assert (finding.kind, finding.update) == ("not_finite", 5)
    assert set(finding.weights) <= set(monitor.paths)
    # Where a compiled ReLU makes a NaN 0, it comes no further.
    assert finding.weights[0] == monitor.paths[0]
    assert len(steps) == batches


@pytest.mark.backends
def test_after_raising_the_optimizer_is_as_it_was_and_the_model_trains_on():
    model, monitor, steps = poisoned("raise")
    assert len(steps) == 5  # Four batches and the error.
    assert "update 5" in str(steps[-1])
    assert kinds(monitor) == ["not_finite"]
    fresh = mlp()
    fresh.compile(SGD(0.0), LOSS)
    fresh.optimizer.build(fresh.trainable_variables)
    assert len(model.optimizer.variables) == len(fresh.optimizer.variables)
    model.set_weights(fresh.get_weights())
    model.fit(X, Y, 10, verbose=0, callbacks=[monitor])
    assert len(monitor.updates) == 12


def test_a_bad_action_is_refused():
    with pytest.raises(ValueError, match="`action`"):
        GradientMonitor(action="explode")
