"""The range test: rates, losses, what it suggests, and that the model is as before."""

import math
import signal

import keras
import numpy as np
import pytest

from dlbook.callbacks import LearningRateFinder
from dlbook.optimizers import SGD, Adam

pytestmark = pytest.mark.backends
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(16, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")


def line(optimizer=None, jit=False):
    """One weight, from 2: with x = 1 and y = 0 the loss is θ² and its slope 2 θ."""
    start = keras.initializers.Constant(2.0)
    dense = keras.layers.Dense(1, use_bias=False, kernel_initializer=start)
    model = keras.Sequential([keras.Input((1,)), dense])
    model.compile(optimizer or SGD(0.1), "mse", run_eagerly=not jit)
    return model


def search(model, finder, epochs=3, **options):
    x = np.ones((8, 1), "float32")
    options = {"epochs": epochs, "batch_size": 2, "verbose": 0} | options
    return model.fit(x, 0 * x, callbacks=[finder], **options)


@pytest.mark.parametrize("jit", [False, True])
def test_rates_and_losses_are_those_of_the_descent_by_hand(jit):
    finder = LearningRateFinder(0.01, 0.9)
    search(line(jit=jit), finder, epochs=3)
    rates = np.geomspace(0.01, 0.9, 3 * 4)
    theta = 2 * np.cumprod(1 - 2 * rates)
    losses = np.square([2, *theta[:-1]])
    np.testing.assert_allclose(finder.rates, rates, rtol=1e-12)
    np.testing.assert_allclose(finder.losses, losses, rtol=1e-4)


def test_the_last_rate_comes_last_when_fit_begins_at_a_later_epoch():
    finder = LearningRateFinder(0.001, 0.1)
    search(line(), finder, epochs=4, initial_epoch=2)
    np.testing.assert_allclose(finder.rates, np.geomspace(0.001, 0.1, 2 * 4))


def test_it_ends_after_its_steps_and_begins_anew_in_the_next_fit():
    finder = LearningRateFinder(0.01, 0.1, steps=6)
    model = line()
    assert len(search(model, finder, epochs=5).epoch) == 2
    first = finder.rates, finder.losses
    assert len(first[0]) == len(first[1]) == 6
    search(model, finder, epochs=5)
    assert (finder.rates, finder.losses) == first


def test_it_ends_when_the_loss_blows_up():
    finder = LearningRateFinder(0.1, 100, steps=40, smoothing=0, divergence=3)
    search(line(), finder, epochs=10)
    lowest = min(finder.losses)
    assert finder.losses[-1] > 4 * lowest
    assert max(finder.losses[finder.losses.index(lowest) : -1]) <= 4 * lowest


def test_it_ends_when_the_loss_is_not_finite():
    finder = LearningRateFinder(1e30, 1e38, steps=10, divergence=1e300)
    search(line(), finder)
    assert not math.isfinite(finder.losses[-1])
    assert np.all(np.isfinite(finder.losses[:-1]))
    assert len(finder.losses) < 10


def told(losses_at, steps=61, smoothing=0.0):
    """The finder in a run whose loss is written down as a function of log₁₀ α."""
    finder = LearningRateFinder(1e-5, 10, steps, smoothing, divergence=3)
    finder.set_model(line())
    finder.on_train_begin()
    for step in range(steps):
        finder.on_train_batch_begin(step)
        loss = losses_at(math.log10(finder.rates[-1]))
        finder.on_train_batch_end(step, {"loss": loss})
        if finder.model.stop_training:
            break
    finder.on_train_end()
    return finder


def valley(power):
    """Flat at 3, falls fastest at 10⁻³, lowest at 10⁻¹, then rises."""
    return 3 - 2 / (1 + math.exp(-4 * (power + 3))) + max(0, 8 * (power + 1)) ** 2


def test_it_suggests_where_the_loss_falls_fastest_and_where_it_is_lowest():
    suggestion = told(valley).suggestion
    assert suggestion["steepest"] == pytest.approx(1e-3, rel=0.3)
    assert suggestion["lowest"] == pytest.approx(1e-1, rel=0.3)


def test_smoothing_makes_the_suggestion_late_by_a_few_steps():
    smooth = told(valley, smoothing=0.8).suggestion
    step = 10 ** (6 / 60)  # From one rate to the next.
    assert 1e-3 * step < smooth["steepest"] < 1e-3 * step**6


def test_a_nan_ends_the_search_and_is_not_suggested():
    finder = told(lambda power: valley(power) if power < -2 else math.nan)
    assert math.isnan(finder.losses[-1])
    assert finder.suggestion["lowest"] == finder.rates[-2] < 1e-2 <= finder.rates[-1]


def test_an_easy_batch_at_the_start_is_not_the_steepest_fall():
    first = [6.0, 3.0]  # The mean of few losses jumps with each.
    finder = told(lambda power: first.pop(0) if first else valley(power), smoothing=0.9)
    assert finder.suggestion["steepest"] > 1e-4
    assert finder.suggestion["lowest"] > 1e-2


def test_where_the_loss_never_falls_nothing_is_suggested():
    assert told(lambda power: 1.0).suggestion is None
    assert told(lambda power: 6.0 + power).suggestion is None
    assert LearningRateFinder().suggestion is None


def test_a_negative_loss_may_fall_without_blowing_up():
    assert len(told(lambda power: -6.0 - power).losses) == 61


def test_smoothed_is_the_weighted_mean_of_the_losses():
    finder = told(valley, smoothing=0.8)
    weights = 0.8 ** np.arange(len(finder.losses))[::-1]
    mean = np.average(finder.losses, weights=weights)
    assert finder.smoothed[-1] == pytest.approx(mean, rel=1e-12)


def network(optimizer):
    """With state of every kind: averages, and the seed of the dropout."""
    layers = [
        keras.layers.Dense(4, kernel_initializer=keras.initializers.HeNormal(1)),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.5, seed=2),
        keras.layers.Dense(1, kernel_initializer=keras.initializers.HeNormal(3)),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(optimizer, "mse", run_eagerly=True)
    return model


def fit(model, *callbacks, epochs=2):
    options = {"epochs": epochs, "shuffle": False, "verbose": 0}
    return model.fit(X, Y, 8, callbacks=list(callbacks), **options)


def state(model):
    variables = [*model.variables, *model.optimizer.variables]
    return [np.array(variable.numpy()) for variable in variables]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def averaging():
    return SGD(0.1, momentum=0.9, use_ema=True)


@pytest.mark.parametrize("optimizer", [Adam, averaging])
def test_afterwards_training_goes_on_as_if_nothing_had_been(optimizer):
    model, twin = network(optimizer()), network(optimizer())
    for each in (model, twin):
        fit(each, epochs=1)
    before = state(model)
    fit(model, LearningRateFinder(1e-3, 1.0))
    assert_same(state(model), before)
    for each in (model, twin):
        fit(each, epochs=1)
    assert_same(state(model), state(twin))


def test_a_model_that_was_never_trained_is_as_it_was():
    model = network(Adam())
    before = [np.array(variable.numpy()) for variable in model.variables]
    fit(model, LearningRateFinder(1e-3, 1.0))
    assert_same([variable.numpy() for variable in model.variables], before)
    assert int(model.optimizer.iterations.numpy()) == 0
    np.testing.assert_allclose(model.optimizer.learning_rate.numpy(), 0.001)


def fails(error):
    def fail(batch, logs):
        if batch == 1:
            error()

    return keras.callbacks.LambdaCallback(on_train_batch_end=fail)


def full_disk():
    raise OSError("the disk is full")


def ctrl_c():
    signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("ctrl_c_is_as_before")
def test_after_ctrl_c_everything_is_put_back():
    model = network(Adam())
    fit(model, epochs=1)
    before = state(model)
    with pytest.raises(KeyboardInterrupt):
        fit(model, LearningRateFinder(1e-3, 1.0), fails(ctrl_c))
    assert_same(state(model), before)


def test_after_an_error_restore_puts_everything_back():
    model, finder = network(Adam()), LearningRateFinder(1e-3, 1.0)
    fit(model, epochs=1)
    before = state(model)
    with pytest.raises(OSError, match="disk"):
        fit(model, finder, fails(full_disk))
    finder.restore()
    assert_same(state(model), before)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"low": 0}, "low"),
        ({"high": math.inf}, "high"),
        ({"low": 1, "high": 1}, "low"),
        ({"steps": 1}, "steps"),
        ({"smoothing": 1}, "smoothing"),
        ({"divergence": 0}, "divergence"),
    ],
)
def test_a_bad_argument_is_refused_at_construction(arguments, named):
    with pytest.raises(ValueError, match=f"`{named}`"):
        LearningRateFinder(**arguments)


def test_what_it_cannot_search_is_refused_when_training_begins():
    schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    with pytest.raises(ValueError, match="schedule"):
        search(line(SGD(schedule)), LearningRateFinder())
    several = line()
    several.compile(SGD(0.1), "mse", steps_per_execution=2)
    with pytest.raises(ValueError, match="steps_per_execution"):  # torch: by Keras.
        search(several, LearningRateFinder())
    with pytest.raises(ValueError, match="more epochs"):
        search(line(), LearningRateFinder(), epochs=1, batch_size=8)


def test_data_of_unknown_length_needs_a_number_of_steps():
    def batches():
        for _ in range(4):
            yield np.ones((2, 1), "float32"), np.zeros((2, 1), "float32")

    with pytest.raises(ValueError, match="Set `steps`"):
        line().fit(
            batches(), shuffle=False, verbose=0, callbacks=[LearningRateFinder()]
        )
    finder = LearningRateFinder(0.01, 0.1, steps=3)
    line().fit(batches(), shuffle=False, verbose=0, callbacks=[finder])
    assert len(finder.losses) == 3


def test_after_it_fit_shuffles_as_if_nothing_had_been():
    x, runs = X[:, :1], []
    for search_first in (False, True):
        keras.utils.set_random_seed(3)
        model = line()
        if search_first:
            model.fit(x, Y, 4, 2, verbose=0, callbacks=[LearningRateFinder(1e-3, 0.1)])
        else:
            model.fit(x, Y, 4, 0, verbose=0)  # Looks at a batch, and trains on none.
        runs.append(model.fit(x, Y, 4, 2, verbose=0).history["loss"])
    assert runs[0] == runs[1]
