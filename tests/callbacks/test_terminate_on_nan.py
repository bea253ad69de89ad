"""It ends training at the first number that is not finite, and says where it was."""

import math

import keras
import numpy as np
import pytest

from dlbook.callbacks import TerminateOnNaN
from dlbook.optimizers import SGD

pytestmark = pytest.mark.backends
NAN = math.nan
ONES = np.ones((8, 1), "float32")


def network(jit=False):
    """Two weights of two entries, each 1: the output is 2 x."""
    dense = {"use_bias": False, "kernel_initializer": "ones"}
    layers = [
        keras.layers.Dense(units, name=name, **dense)
        for units, name in ((2, "first"), (1, "second"))
    ]
    model = keras.Sequential([keras.Input((1,)), *layers], name="pair")
    model.compile(SGD(0.01), "mse", run_eagerly=not jit)
    return model


def fit(model, *callbacks, x=ONES, epochs=3):
    options = {"epochs": epochs, "shuffle": False, "verbose": 0}
    return model.fit(x, ONES, 2, callbacks=list(callbacks), **options)


def spoil_entry(weight, value):
    entries = np.ones(weight.shape, "float32")
    entries.flat[1] = value
    weight.assign(entries)


def spoils(weight, step, value=NAN):
    """Sets an entry of a weight after a step, before the callbacks that follow."""
    seen = []

    def spoil(batch, logs):
        seen.append(batch)
        if len(seen) == step:
            spoil_entry(spoiler.model.weights[weight], value)

    spoiler = keras.callbacks.LambdaCallback(on_train_batch_end=spoil)
    return spoiler


@pytest.mark.parametrize("value", [NAN, math.inf, -math.inf])
@pytest.mark.parametrize(("weight", "path"), [(0, "first"), (1, "second")])
def test_it_names_the_weight_that_went_first(weight, path, value, capsys):
    terminate = TerminateOnNaN()
    fit(network(), spoils(weight, 6, value), terminate)
    assert terminate.reason["weights"] == [f"pair/{path}/kernel"]
    assert terminate.reason["first"] == "weights"
    place = [terminate.reason[name] for name in ("step", "epoch", "batch")]
    assert place == [6, 1, 1]
    said = (
        f"Step 6 (epoch 1, batch 1): not finite is pair/{path}/kernel; training ends.\n"
    )
    assert capsys.readouterr().out == said


@pytest.mark.parametrize("jit", [False, True])
def test_a_bad_example_is_seen_in_the_loss_of_its_step(jit):
    x = ONES.copy()
    x[5] = NAN
    model, terminate = network(jit), TerminateOnNaN()
    history = fit(model, terminate, x=x)
    assert (terminate.reason["step"], terminate.reason["first"]) == (3, "loss")
    assert terminate.reason["weights"] == ["pair/first/kernel", "pair/second/kernel"]
    assert len(history.epoch) == 1


def test_keras_sees_a_spoiled_weight_one_step_later_and_names_none(capsys):
    fit(network(), spoils(0, 6), keras.callbacks.TerminateOnNaN())
    assert capsys.readouterr().out == "Batch 2: Invalid loss, terminating training\n"


def test_a_rarer_look_is_later_and_does_not_say_who_was_first():
    weight = TerminateOnNaN(every=4)
    fit(network(), spoils(0, 4), weight)
    assert (weight.reason["step"], weight.reason["first"]) == (4, "weights")
    loss = TerminateOnNaN(every=4)
    fit(network(), spoils(0, 5), loss)
    assert (loss.reason["step"], loss.reason["first"]) == (6, None)


def test_weights_that_come_with_nan_are_named_before_the_first_step():
    model, terminate = network(), TerminateOnNaN()
    spoil_entry(model.weights[1], NAN)
    history = fit(model, terminate)
    assert terminate.reason["step"] == 0
    assert terminate.reason["weights"] == ["pair/second/kernel"]
    assert len(history.epoch) == 1


def test_it_raises_when_asked_to():
    with pytest.raises(RuntimeError, match=r"Step 2 .* pair/second/kernel"):
        fit(network(), spoils(1, 2), TerminateOnNaN(raise_error=True))


def test_it_does_nothing_while_all_is_finite():
    terminate, model, twin = TerminateOnNaN(), network(), network()
    fit(model, spoils(0, 4), terminate)
    assert terminate.reason["step"] == 4
    model = network()
    assert len(fit(model, terminate, x=2 * ONES).epoch) == 3
    assert terminate.reason is None
    fit(twin, x=2 * ONES)
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("every", [0, 1.5, NAN])
def test_a_bad_interval_is_refused(every):
    with pytest.raises(ValueError, match="`every`"):
        TerminateOnNaN(every=every)
