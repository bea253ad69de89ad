"""Where a step's time goes, what the device holds, and what is wrong with it."""

import sys
import time
from types import SimpleNamespace

import full_memory
import keras
import numpy as np
import pytest

from dlbook.callbacks import DeviceMonitor, GradientMonitor
from dlbook.callbacks.nvidia_sensors import NvidiaSensors
from dlbook.training import OutOfMemoryError, accelerators
from dlbook.training.backend_devices import DEVICES

pytestmark = pytest.mark.backends
BACKEND = keras.backend.backend()
PAUSE = 0.05  # Seconds: much longer than a step of a small network.
X = np.random.default_rng(0).normal(size=(22, 3)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


class Slow(keras.layers.Layer):
    """Computes for a while."""

    def call(self, x):
        time.sleep(PAUSE)
        return x


class SlowData(keras.utils.PyDataset):
    """Batches that take a while to come."""

    def __len__(self):
        return 8

    def __getitem__(self, index):
        time.sleep(PAUSE)
        return X[:4], Y[:4]


def network(*layers, **options):
    keras.utils.set_random_seed(5)
    layers = [*layers, keras.layers.Dense(4, "tanh"), keras.layers.Dropout(0.3)]
    model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    model.compile("adam", "mse", **options)
    return model


def fit(model, *callbacks, x=X, y=Y, **options):
    options = {"batch_size": 4, "epochs": 2, "shuffle": False, "verbose": 0} | options
    return model.fit(x, y, callbacks=list(callbacks), **options)


@pytest.fixture(scope="module")
def trained():
    """A compiled training with both monitors, and the same without any."""
    monitor, model = DeviceMonitor(), network()
    history = fit(model, monitor, GradientMonitor())
    twin = network()
    fit(twin)
    return monitor, model, twin, history.history


def test_training_is_to_the_last_bit_what_it_would_be_without(trained):
    _, model, twin, _ = trained
    for one, other in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_step_is_recorded(trained):
    monitor, _, _, _ = trained
    assert monitor.examples == [4, 4, 4, 4, 4, 2] * 2
    assert len(monitor.waiting) == len(monitor.computing) == 12
    assert min(monitor.waiting) >= 0
    assert min(monitor.computing) > 0


def test_the_logs_have_the_examples_by_the_time_they_took(trained):
    monitor, _, _, history = trained
    for epoch, steps in enumerate([slice(1, 6), slice(6, 12)]):
        seconds = sum(monitor.waiting[steps]) + sum(monitor.computing[steps])
        rate = sum(monitor.examples[steps]) / seconds
        assert history["examples_per_second"][epoch] == pytest.approx(rate)


def test_the_progress_bar_shows_it(capsys):
    fit(network(run_eagerly=True), DeviceMonitor(), verbose=1, epochs=1)
    assert "examples_per_second: " in capsys.readouterr().out


@pytest.mark.skipif(accelerators.accelerators() != (), reason="this is about a CPU")
def test_a_cpu_has_no_memory_of_its_own(trained):
    monitor, _, _, _ = trained
    assert monitor.device == "CPU"
    assert monitor.memory == [{"in_use": None, "peak": None, "limit": None}] * 2
    assert monitor.sensors == []


def test_slow_data_are_waited_for(capsys):
    monitor = DeviceMonitor()
    fit(network(), monitor, x=SlowData(), y=None, batch_size=None, epochs=1)
    if BACKEND != "tensorflow":  # There, data are fetched ahead.
        assert min(monitor.waiting) >= 0.99 * PAUSE
    assert sum(monitor.waiting) > 3 * PAUSE
    assert [finding.kind for finding in monitor.findings] == ["input_bound"]
    assert "it waits for data" in capsys.readouterr().out


def test_a_slow_layer_computes():
    monitor = DeviceMonitor()
    fit(network(Slow(), run_eagerly=True), monitor)
    assert min(monitor.computing) >= 0.99 * PAUSE
    assert sum(monitor.waiting) < 0.5 * sum(monitor.computing)
    assert monitor.findings == []


@pytest.mark.skipif(BACKEND == "torch", reason="it takes one step in an execution")
def test_several_steps_in_an_execution_count_together():
    monitor = DeviceMonitor()
    fit(network(steps_per_execution=2), monitor, x=X[:16], y=Y[:16])
    assert monitor.examples == [8] * 4
    assert (None in monitor.waiting) == (BACKEND == "tensorflow")


class OwnFunction(keras.Sequential):
    """Makes its train function in its own way."""

    def make_train_function(self, force=False):
        super().make_train_function(force)


def test_a_train_function_of_the_models_own_is_called_as_it_is():
    keras.utils.set_random_seed(5)
    model, monitor = OwnFunction([keras.layers.Dense(1)]), DeviceMonitor()
    model.compile("sgd", "mse")
    fit(model, monitor, x=X[:16], y=Y[:16], epochs=1)
    assert monitor.examples == [4] * 4
    assert (None in monitor.waiting) == (BACKEND != "torch")


class OutOfMemory(keras.layers.Layer):
    """Needs more than there is."""

    def compute_output_shape(self, shape):
        return shape  # So that `call` sees real batches only.

    def call(self, x, training=False):
        if training:
            raise full_memory.error()
        return x


def test_a_full_memory_is_told_with_the_batch_and_the_model_is_left_as_it_was():
    layer = OutOfMemory()
    model = network(layer, run_eagerly=True)
    before = model.get_weights()
    with pytest.raises(OutOfMemoryError, match="a batch of 11 examples") as caught:
        fit(model, DeviceMonitor(), batch_size=11)
    assert caught.value.batch_size == 11
    assert full_memory.WORDS in str(caught.value)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
    layer.call = lambda x, training: x
    assert len(fit(model).epoch) == 2  # Nothing of the monitor is left in the model.


def test_other_errors_pass_through():
    def fail(x):
        raise ArithmeticError("other")

    with pytest.raises(Exception, match="other") as caught:
        fit(network(keras.layers.Lambda(fail)), DeviceMonitor())
    assert not isinstance(caught.value, OutOfMemoryError)


class Imitation:
    """A backend with a GPU of 8 GB that is full to the rim."""

    def accelerators(self):
        return [("NVIDIA A100", None, 0, (8, 0))]

    def reset_peak(self, index):
        self.counted = 0

    def memory(self, index):
        self.counted += 1
        return {"in_use": self.counted, "peak": 2 * 10**9 * self.counted}


@pytest.fixture
def driver(monkeypatch):
    """An imitation of nvidia-ml-py."""

    def no_sensor(handle, sensor):
        raise OSError("not supported")

    library = SimpleNamespace(
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=lambda: None,
        nvmlDeviceGetHandleByIndex="gpu {}".format,
        nvmlDeviceGetHandleByUUID="uuid {}".format,
        nvmlDeviceGetUtilizationRates=lambda handle: SimpleNamespace(gpu=30),
        nvmlDeviceGetTemperature=lambda handle, sensor: 61 + sensor,
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(total=4 * 10**9),
        no_sensor=no_sensor,
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    return library


def test_a_gpu_is_read_and_diagnosed(driver, monkeypatch, capsys):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation())
    monitor = DeviceMonitor(interval=0)
    fit(network(run_eagerly=True), monitor)
    assert monitor.device == "NVIDIA A100 (compute capability 8.0)"
    assert monitor.memory == [
        {"in_use": 1, "peak": 2 * 10**9, "limit": 4 * 10**9},
        {"in_use": 2, "peak": 4 * 10**9, "limit": 4 * 10**9},
    ]
    look = {"utilisation": 0.3, "temperature": 61}
    assert monitor.sensors == [{"step": n + 1} | look for n in range(12)]
    found = {finding.kind: finding.epoch for finding in monitor.findings}
    found.pop("input_bound", None)  # So small a network may well wait.
    assert found == {"slow_precision": 0, "memory_nearly_full": 1}
    assert capsys.readouterr().out.count("slow precision") == 1


def test_sensors_are_looked_at_no_more_often_than_asked(driver, monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation())
    monitor = DeviceMonitor(interval=1000)
    fit(network(run_eagerly=True), monitor)
    assert [look["step"] for look in monitor.sensors] == [1]


def test_a_model_in_mixed_precision_leaves_nothing_on_the_table(monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation())
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model, monitor = network(run_eagerly=True), DeviceMonitor()
    finally:
        keras.config.set_dtype_policy(before)
    fit(model, monitor, epochs=1)
    assert "slow_precision" not in {finding.kind for finding in monitor.findings}


def test_the_fall_back_to_the_cpu_is_found(monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, SimpleNamespace(accelerators=list))
    monkeypatch.setattr(accelerators, "nvidia_gpu_is_installed", lambda: True)
    monkeypatch.setattr(accelerators, "cpu_was_chosen", lambda: False)
    monitor = DeviceMonitor()
    fit(network(run_eagerly=True), monitor, epochs=1)
    assert "fell_back_to_cpu" in {finding.kind for finding in monitor.findings}


@pytest.mark.parametrize(
    ("visible", "handle"),
    [("", "gpu 1"), ("2, 3", "gpu 3"), ("GPU-a,GPU-b", "uuid GPU-b")],
)
def test_the_sensors_are_those_of_the_visible_gpu(visible, handle, driver, monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert NvidiaSensors(1)._handle == handle


def test_a_missing_sensor_or_driver_is_unknown(driver, monkeypatch):
    driver.nvmlDeviceGetTemperature = driver.no_sensor
    read = NvidiaSensors().read()
    assert read == {"utilisation": 0.3, "temperature": None, "memory": 4 * 10**9}
    monkeypatch.setitem(sys.modules, "pynvml", None)  # As if not installed.
    nothing = {"utilisation": None, "temperature": None, "memory": None}
    assert NvidiaSensors().read() == nothing


@pytest.mark.parametrize("interval", [-1, float("nan"), "1"])
def test_a_bad_interval_is_refused(interval):
    with pytest.raises(ValueError, match="`interval`"):
        DeviceMonitor(interval)


@pytest.mark.gpu
def test_on_a_gpu_the_memory_is_known(trained):
    monitor, _, _, _ = trained
    assert monitor.device != "CPU"
    assert monitor.memory[-1]["in_use"] > 0
