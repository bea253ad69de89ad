"""The record is that of the gradients applied, and nothing else changes."""

import json
import math
import warnings
from functools import partial
from pathlib import Path

import fresh_process
import keras
import numpy as np
import pytest

from dlbook.callbacks import EarlyStopping, GradientMonitor
from dlbook.measures import gradients
from dlbook.optimizers import SGD, Adam

pytestmark = pytest.mark.backends
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(24, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")
BATCH = 4
start = keras.initializers.HeNormal
# Small models are faster op by op, but not on JAX.
WAYS = [False] if keras.backend.backend() == "jax" else [True, False]


def network(dtype=None):
    layers = [
        keras.layers.Dense(5, "relu", kernel_initializer=start(1), dtype=dtype),
        keras.layers.Dense(1, kernel_initializer=start(2), dtype=dtype),
    ]
    return keras.Sequential([keras.Input((3,)), *layers])


def compiled(optimizer=None, dtype=None, eagerly=WAYS[0], **options):
    model = network(dtype)
    optimizer = optimizer or SGD(0.1)
    model.compile(optimizer, "mse", run_eagerly=eagerly, **options)
    return model


def fit(model, *callbacks, epochs=1, **options):
    options = {"epochs": epochs, "shuffle": False, "verbose": 0} | options
    return model.fit(X, Y, BATCH, callbacks=list(callbacks), **options)


def state(model):
    return [*model.get_weights(), *(v.numpy() for v in model.optimizer.variables)]


def assert_same(one, other):
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def norms(arrays):
    return [np.linalg.norm(np.ravel(each)) for each in arrays]


def squares(model, x, y):
    return keras.ops.mean(keras.ops.square(keras.ops.subtract(model(x), y)))


def by_hand(optimizer, batches, together=1):
    """The statistics from a second model, whose gradients are taken outside of `fit`.

    Args:
        together: how many batches make an update; their gradients are averaged.
    """
    model, record = compiled(optimizer), []
    for batch in range(0, batches, together):
        found = []
        before = model.get_weights()
        for part in range(batch, batch + together):
            rows = slice(part * BATCH, (part + 1) * BATCH)
            x, y = X[rows], Y[rows]
            found.append(gradients(partial(squares, model, x, y), model.weights))
            model.train_on_batch(x, y)
        g = [np.mean(each, axis=0) for each in zip(*found, strict=True)]
        moved = [a - b for a, b in zip(model.get_weights(), before, strict=True)]
        record.append((g, moved, before))
    return record


def assert_agrees(monitor, record):
    """With NumPy's statistics of the same gradients, updates and weights."""
    kept = [record[update - 1] for update in monitor.updates]
    close = {"rtol": 1e-4, "atol": 1e-6}
    for row, (g, moved, before) in enumerate(kept):
        np.testing.assert_allclose(monitor.norm[row], norms(g), **close)
        rms = [np.sqrt(np.mean(np.square(each))) for each in g]
        np.testing.assert_allclose(monitor.rms[row], rms, **close)
        largest = [np.abs(each).max() for each in g]
        np.testing.assert_allclose(monitor.largest[row], largest, **close)
        zeros = [np.mean(each == 0) for each in g]
        np.testing.assert_allclose(monitor.zeros[row], zeros, **close)
        with np.errstate(divide="ignore"):
            ratio = np.divide(norms(moved), norms(before))
        np.testing.assert_allclose(monitor.update_ratio[row], ratio, rtol=1e-3)
    assert np.all(monitor.not_finite == 0)


@pytest.mark.parametrize("eagerly", WAYS)
def test_the_record_is_that_of_gradients_taken_by_hand(eagerly):
    monitor = GradientMonitor()
    model = compiled(Adam(0.1), eagerly=eagerly)
    fit(model, monitor)
    assert monitor.updates == [1, 2, 3, 4, 5, 6]
    assert monitor.paths == [weight.path for weight in model.trainable_variables]
    assert monitor.norm.shape == (6, 4)
    assert np.any(monitor.zeros > 0)  # Units of the relu that were off.
    assert_agrees(monitor, by_hand(Adam(0.1), 6))


@pytest.mark.parametrize("size", [1e-30, 1e30])
def test_norms_are_right_where_squares_leave_float32(size):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(SGD(1e-35), lambda y, z: size * z[:, 0], run_eagerly=True)
    monitor = GradientMonitor()
    x = np.array([[3.0, 4.0]], "float32")
    model.fit(x, x[:, 0], verbose=0, callbacks=[monitor])
    np.testing.assert_allclose(monitor.norm, [[5 * size]], rtol=1e-6)


def test_gradients_are_recorded_as_they_are_clipped():
    monitor = GradientMonitor()
    fit(compiled(SGD(0.1, clipnorm=0.25)), monitor)
    assert monitor.norm.max() == pytest.approx(0.25, rel=1e-5)


@pytest.mark.parametrize("eagerly", WAYS)
def test_accumulated_gradients_are_one_record(eagerly):
    def optimizer():
        return SGD(0.1, gradient_accumulation_steps=2)

    monitor = GradientMonitor()
    fit(compiled(optimizer(), eagerly=eagerly), monitor)
    assert monitor.updates == [1, 2, 3]
    assert monitor.skipped == 0
    assert_agrees(monitor, by_hand(optimizer(), 6, together=2))


def test_every_third_update_is_recorded_beginning_with_the_first():
    monitor = GradientMonitor(every=3)
    fit(compiled(), monitor, epochs=2)
    assert monitor.updates == [1, 4, 7, 10]
    full = GradientMonitor()
    fit(compiled(), full, epochs=2)
    np.testing.assert_array_equal(monitor.norm, full.norm[::3])


def test_a_run_longer_than_the_table_loses_no_record():
    monitor = GradientMonitor()
    steps = RANDOM.normal(size=(150, 1, 3)).astype("float32")
    model = compiled(SGD(0.0), eagerly=False)
    model.fit(
        steps[:, 0],
        Y[:1].repeat(150, 0),
        1,
        callbacks=[monitor],
        shuffle=False,
        verbose=0,
    )
    assert monitor.updates == list(range(1, 151))
    for step in (9, 99):
        loss = partial(squares, model, steps[step], Y[:1])
        one = norms(gradients(loss, model.weights))
        np.testing.assert_allclose(monitor.norm[step], one, rtol=1e-4)


def averaging():
    return Adam(0.1, use_ema=True, clipnorm=1.0)


def builtin():
    return keras.optimizers.AdamW(0.1, gradient_accumulation_steps=2)


# On JAX, Keras 3.15 fails in the second fit of an optimizer that averages: weights and
# averages then share their buffers.
@pytest.mark.parametrize("eagerly", WAYS)
@pytest.mark.parametrize(("optimizer", "fits"), [(averaging, 1), (builtin, 2)])
def test_training_is_the_same_to_the_last_bit(optimizer, fits, eagerly):
    watched, plain = (compiled(optimizer(), eagerly=eagerly) for _ in range(2))
    for callbacks in ([GradientMonitor()], [])[:fits]:
        fit(watched, *callbacks)
        fit(plain)
        assert_same(state(watched), state(plain))


def test_a_frozen_weight_is_not_in_the_record():
    model = compiled()
    model.layers[0].trainable = False
    model.compile(SGD(0.1), "mse", run_eagerly=WAYS[0])
    monitor = GradientMonitor()
    fit(model, monitor)
    assert monitor.paths == [weight.path for weight in model.layers[1].weights]
    assert monitor.norm.shape == (6, 2)


class Unused(keras.layers.Layer):
    """Has a weight that the output does not depend on."""

    def build(self, shape):
        self.unused = self.add_weight(shape=(2,), initializer="ones", name="unused")

    def call(self, x):
        return x


def test_a_weight_without_gradient_is_known_by_it():
    layers = [Unused(), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(SGD(0.1), "mse", run_eagerly=WAYS[0])
    monitor = GradientMonitor()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns that there is no gradient.
        history = fit(model, monitor).history
    # JAX gives zeros where the others give nothing.
    assert np.all(np.isnan(monitor.norm[:, 0]) | (monitor.norm[:, 0] == 0))
    assert np.all(monitor.norm[:, 1:] > 0)
    together = np.linalg.norm(monitor.norm[:, 1:], axis=1)
    assert history["gradient_norm"][0] == pytest.approx(np.median(together))


def test_steps_of_one_execution_are_all_recorded():
    several = 1 if keras.backend.backend() == "torch" else 4  # torch has no more.
    monitor = GradientMonitor()
    fit(compiled(eagerly=False, steps_per_execution=several), monitor)
    assert monitor.updates == [1, 2, 3, 4, 5, 6]
    assert monitor.skipped == 0
    assert_agrees(monitor, by_hand(SGD(0.1), 6))


def test_entries_that_are_not_finite_are_counted():
    monitor, x = GradientMonitor(), X.copy()
    x[BATCH, 1] = math.nan  # In the second batch.
    model = compiled(SGD(0.0))
    model.fit(x, Y, BATCH, callbacks=[monitor], shuffle=False, verbose=0)
    sizes = [math.prod(weight.shape) for weight in model.trainable_variables]
    assert monitor.not_finite[0].tolist() == [0, 0, 0, 0]
    assert monitor.not_finite[1, 2:].tolist() == sizes[2:]
    assert monitor.to_dict()["norm"][1][3] is None


@pytest.mark.parametrize("eagerly", WAYS)
def test_batches_that_loss_scaling_leaves_out_are_counted(eagerly):
    optimizer = keras.optimizers.LossScaleOptimizer(SGD(0.1), initial_scale=2.0**127)
    monitor = GradientMonitor()
    model = compiled(optimizer, eagerly=eagerly)
    fit(model, monitor, epochs=2)
    assert 0 < monitor.skipped < 12
    assert len(monitor.updates) == 12 - monitor.skipped
    assert np.all(np.isfinite(monitor.norm))


@pytest.mark.parametrize("dtype", ["mixed_float16", "mixed_bfloat16"])
def test_under_mixed_precision_it_records_about_the_same(dtype):
    half, single = GradientMonitor(), GradientMonitor()
    fit(compiled(SGD(0.05), dtype), half)
    fit(compiled(SGD(0.05)), single)
    np.testing.assert_allclose(half.norm, single.norm, rtol=0.2, atol=0.05)


def test_the_logs_have_the_medians_of_the_epoch():
    monitor, model = GradientMonitor(), compiled()
    history = fit(model, monitor, epochs=2).history
    together = np.sqrt(np.sum(np.square(monitor.norm), axis=1))
    medians = [np.median(together[:6]), np.median(together[6:])]
    np.testing.assert_allclose(history["gradient_norm"], medians, rtol=1e-6)
    moved = np.array(
        [
            np.linalg.norm(np.concatenate([np.ravel(m) for m in moved]))
            / np.linalg.norm(np.concatenate([np.ravel(b) for b in before]))
            for _, moved, before in by_hand(SGD(0.1), 6)
        ]
    )
    assert history["update_ratio"][0] == pytest.approx(np.median(moved), rel=1e-3)


def test_a_file_saved_meanwhile_loads_without_it(tmp_path):
    path = tmp_path / "model.keras"
    save = keras.callbacks.ModelCheckpoint(path)
    model, monitor = compiled(Adam(0.1)), GradientMonitor()
    fit(model, monitor, save, epochs=2)
    assert len(monitor.updates) == 12  # It goes on after the first file.
    loaded = keras.saving.load_model(path)
    assert_same(state(loaded), state(model))


def test_early_stopping_beside_it_restores_the_optimizer():
    model, twin = compiled(Adam(0.5)), compiled(Adam(0.5))
    stopping = EarlyStopping(
        "loss", patience=1, restore_best_weights=True, restore_optimizer=True
    )
    callbacks = [GradientMonitor(), stopping]
    values = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: logs.update(loss=epoch)
    )
    fit(model, values, *callbacks, epochs=4)
    fit(twin)
    assert_same(state(model), state(twin))


@pytest.mark.parametrize("another", [False, True])
def test_after_an_error_in_fit_the_next_fit_records_once(another):
    def fail(epoch, logs):
        raise OSError("the disk is full")

    model, monitor = compiled(), GradientMonitor()
    with pytest.raises(OSError, match="disk"):
        fit(model, monitor, keras.callbacks.LambdaCallback(on_epoch_end=fail))
    monitor = GradientMonitor() if another else monitor
    fit(model, monitor)
    assert monitor.updates == [1, 2, 3, 4, 5, 6]
    plain = compiled()
    fit(plain)
    assert len(state(model)) == len(state(plain))


def test_two_of_them_in_one_fit_are_refused():
    with pytest.raises(ValueError, match="takes one GradientMonitor"):
        fit(compiled(), GradientMonitor(), GradientMonitor())


ON_TWO_DEVICES = f"""
import os, sys

sys.path.insert(0, {str(Path(__file__).parents[1] / "training")!r})
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
import keras, numpy as np
from dlbook.callbacks import GradientMonitor
import shared_training

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
one, both = GradientMonitor(every=2), GradientMonitor(every=2)
shared_training.learned(["cpu:0"], [one])
_, parallel = shared_training.learned(["cpu:0", "cpu:1"], [both])
assert parallel.replicas == 2 and both.updates == one.updates == [1, 3, 5]
for name in ("norm", "largest", "zeros", "not_finite", "update_ratio", "weight_norm"):
    expected = getattr(one, name)
    np.testing.assert_allclose(getattr(both, name), expected, 2e-5, 1e-6)
print("equal")
"""


def test_two_devices_record_the_gradient_of_the_whole_batch():
    if keras.backend.backend() == "torch":
        pytest.skip("Keras's fit on torch has one device")
    assert fresh_process.run(ON_TWO_DEVICES).split()[-1] == "equal"


def test_the_lines_of_the_file_are_the_record(tmp_path):
    monitor, path = GradientMonitor(every=2), tmp_path / "gradients.jsonl"
    fit(compiled(), monitor)
    monitor.write_json_lines(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(lines) == 3 * 4
    last = lines[-1]
    assert (last["update"], last["path"]) == (5, monitor.paths[-1])
    assert last["norm"] == pytest.approx(monitor.norm[-1, -1])
    assert lines[1]["update_ratio"] is None  # A bias that left 0.
    assert json.loads(json.dumps(monitor.to_dict()))["updates"] == [1, 3, 5]


def test_a_bad_interval_is_refused():
    with pytest.raises(ValueError, match="`every`"):
        GradientMonitor(every=0)
