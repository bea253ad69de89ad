"""In `fit`: what is monitored, what is restored, and Ctrl-C."""

import signal
import threading
import warnings

import keras
import numpy as np
import pytest

from dlbook.callbacks import EarlyStopping
from dlbook.optimizers import SGD, Adam

pytestmark = [
    pytest.mark.backends,
    pytest.mark.usefixtures("ctrl_c_is_as_before"),
]
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(12, 2)).astype("float32")
Y = X @ np.array([[1.0], [-2.0]], "float32")
LambdaCallback = keras.callbacks.LambdaCallback


def compiled(optimizer=None, **options):
    start = keras.initializers.HeNormal(1)
    dense = keras.layers.Dense(1, kernel_initializer=start)
    model = keras.Sequential([keras.Input((2,)), dense])
    model.compile(optimizer or SGD(0.1), "mse", run_eagerly=True, **options)
    return model


def fit(model, *callbacks, epochs=6, **options):
    options = {"batch_size": 6, "shuffle": False, "verbose": 0} | options
    return model.fit(X, Y, epochs=epochs, callbacks=list(callbacks), **options)


def scripted(values, name="loss"):
    """Writes a quantity into the logs of each epoch, for the callbacks after it."""
    return LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update({name: values[epoch]})
    )


def state(model):
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def test_with_validation_every_second_epoch_it_does_what_keras_does():
    outcomes = []
    for cls in (keras.callbacks.EarlyStopping, EarlyStopping):
        model = compiled(SGD(1.5))  # Too fast: the loss grows.
        stopping = cls(patience=2, restore_best_weights=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit(model, stopping, epochs=9, validation_data=(X, Y), validation_freq=2)
        outcomes.append((stopping.stopped_epoch, stopping.best_epoch, stopping.best))
        outcomes[-1] += (model.get_weights()[0].tolist(),)
    assert outcomes[0] == outcomes[1]
    assert outcomes[0][:2] == (5, 1)


def test_a_quantity_that_does_not_exist_ends_the_first_epoch():
    ended = []
    count = LambdaCallback(on_epoch_end=lambda epoch, logs: ended.append(epoch))
    for monitor in ("val_los", "accuracy", "val_accuracy"):
        with pytest.raises(ValueError, match=rf"'{monitor}'.*\['loss', 'val_loss'\]"):
            fit(compiled(), count, EarlyStopping(monitor), validation_data=(X, Y))
    with pytest.raises(ValueError, match=r"\['loss'\]. Give `fit` validation data"):
        fit(compiled(), count, EarlyStopping("val_loss"))
    assert ended == [0] * 4


def test_validation_to_come_excuses_no_wrong_name():
    options = {"validation_data": (X, Y), "validation_freq": 2}
    with pytest.raises(ValueError, match=r"'val_los'.*\['loss'\]"):
        fit(compiled(), EarlyStopping("val_los"), **options)


def test_a_metric_of_training_only_is_not_waited_for():
    only = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(extra=1.0))
    with pytest.raises(ValueError, match=r"'val_extra'.*'val_loss'"):
        fit(compiled(), only, EarlyStopping("val_extra"), validation_data=(X, Y))


@pytest.mark.parametrize(("metric", "best"), [("accuracy", 3), ("mae", 1)])
def test_the_metric_says_whether_larger_is_better(metric, best):
    stopping = EarlyStopping(metric, patience=3)
    values = scripted([2, 1, 2, 3, 2, 2, 2], metric)
    fit(compiled(metrics=[metric]), values, stopping, epochs=7)
    assert stopping.best_epoch == best


def test_a_metric_without_direction_is_refused():
    def score(y, z):
        return keras.ops.sum(y * z)

    with pytest.raises(ValueError, match=r"'score'.*mode='max' or mode='min'"):
        fit(compiled(metrics=[score]), EarlyStopping("score"))


def test_weights_and_optimizer_go_back_to_the_best_epoch():
    model, twin = compiled(Adam(0.1)), compiled(Adam(0.1))
    stopping = EarlyStopping(
        "loss", patience=2, restore_best_weights=True, restore_optimizer=True
    )
    fit(model, scripted([3, 2, 5, 5, 5, 5]), stopping)
    fit(twin, epochs=2)
    assert stopping.stopped_epoch == 3
    assert_same(state(model), state(twin))


def test_without_restore_optimizer_its_steps_go_on():
    model = compiled(Adam(0.1))
    stopping = EarlyStopping("loss", patience=2, restore_best_weights=True)
    fit(model, scripted([3, 2, 5, 5, 5, 5]), stopping)
    assert int(model.optimizer.iterations.numpy()) == 4 * 2


def averaging():
    return SGD(0.1, momentum=0.5, use_ema=True, ema_momentum=0.9)


def scaling():
    return keras.optimizers.LossScaleOptimizer(averaging(), initial_scale=4.0)


@pytest.mark.parametrize("optimizer", [averaging, scaling])
def test_averages_of_the_best_epoch_are_restored(optimizer):
    model, twin = compiled(optimizer()), compiled(optimizer())
    stopping = EarlyStopping("loss", patience=2, restore_best_weights=True)
    fit(model, scripted([3, 2, 5, 5, 5, 5]), stopping)
    fit(twin, epochs=2)
    assert_same(model.get_weights(), twin.get_weights())


def test_averaging_is_not_disturbed_by_the_copies():
    model, twin = compiled(averaging()), compiled(averaging())
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    fit(model, scripted([6, 5, 4, 3, 2, 1]), stopping)
    fit(twin)
    assert_same(state(model), state(twin))


def presses_ctrl_c(in_epoch, in_batch=0):
    """Presses at the end of a batch."""
    epochs = []

    def press(batch, logs):
        if (epochs[-1], batch) == (in_epoch, in_batch):
            signal.raise_signal(signal.SIGINT)

    return LambdaCallback(
        on_epoch_begin=lambda epoch, logs: epochs.append(epoch),
        on_train_batch_end=press,
    )


def test_ctrl_c_restores_the_best_weights_and_then_interrupts():
    model, twin = compiled(), compiled()
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    with pytest.raises(KeyboardInterrupt):
        fit(model, presses_ctrl_c(3), scripted([3, 2, 5, -1]), stopping)
    fit(twin, epochs=2)
    assert_same(model.get_weights(), twin.get_weights())
    assert stopping.reason["why"] == "interrupted"
    assert (stopping.reason["epoch"], stopping.best_epoch) == (3, 1)
    fit(model, stopping, epochs=1)  # Training can go on.
    assert stopping.reason is None


def test_the_second_ctrl_c_interrupts_at_once():
    model = compiled()
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    reached = []
    after = LambdaCallback(on_train_batch_end=lambda batch, logs: reached.append(batch))
    with pytest.raises(KeyboardInterrupt):
        fit(model, presses_ctrl_c(1), presses_ctrl_c(1), after, stopping)
    assert reached == [0, 1]


def test_two_that_listen_both_restore_before_the_interruption():
    model = compiled()
    first = EarlyStopping("loss", patience=9, restore_best_weights=True)
    second = EarlyStopping("loss", patience=9, restore_best_weights=True)
    with pytest.raises(KeyboardInterrupt):
        fit(model, presses_ctrl_c(2), scripted([3, 2, 1]), first, second)
    reasons = first.reason["why"], second.reason["why"]
    assert reasons == ("interrupted", "interrupted")
    assert_same(model.get_weights(), second.best_weights)


def test_after_an_error_in_fit_ctrl_c_is_ctrl_c():
    def fail(epoch, logs):
        raise OSError("the disk is full")

    stopping = EarlyStopping("loss", restore_best_weights=True)
    with pytest.raises(OSError, match="disk"):
        fit(compiled(), stopping, LambdaCallback(on_epoch_end=fail))
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_it_trains_in_a_thread_which_hears_no_ctrl_c():
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    thread = threading.Thread(target=fit, args=(compiled(), stopping))
    thread.start()
    thread.join()
    assert stopping.best_epoch == 5


def stopped(**options):
    """A run of `fit` that was stopped; its model and the state."""
    options = {"patience": 2, "restore_best_weights": True} | options
    model, stopping = compiled(), EarlyStopping("loss", **options)
    fit(model, scripted([3, 2, 5, 5, 5, 5, 5, 5]), stopping, epochs=8)
    return model, stopping.get_state()


@pytest.mark.parametrize("options", [{}, {"stopping_threshold": 2.0}])
def test_a_run_that_was_stopped_trains_no_further_when_resumed(options):
    model, saved = stopped(**options)
    before = state(model)
    options = {"patience": 2, "restore_best_weights": True} | options
    resumed = EarlyStopping("loss", **options)
    resumed.set_state(saved)
    run = fit(model, resumed, initial_epoch=4)
    assert run.epoch == []
    assert_same(state(model), before)
    assert resumed.reason == saved["reason"]
    assert resumed.reason["why"] in ("patience", "threshold")
    assert fit(model, resumed, epochs=1).epoch == [0]  # The next `fit` begins anew.


def test_with_more_patience_a_run_that_was_stopped_goes_on():
    model, saved = stopped()
    resumed = EarlyStopping("loss", patience=4)
    resumed.set_state(saved)
    run = fit(model, scripted([5] * 8), resumed, epochs=8, initial_epoch=4)
    assert run.epoch == [4, 5]
    assert resumed.reason["epoch"] == 5
