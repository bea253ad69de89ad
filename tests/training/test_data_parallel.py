"""Devices and processes that share each batch learn what one learns from all of it."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import fresh_process
import keras
import numpy as np
import pytest
import shared_training

import dlbook
from dlbook.training import Parallel, data_parallel
from dlbook.training.data_parallel import _one_device

pytestmark = pytest.mark.backends
BACKEND = keras.backend.backend()
TEST_FOLDER = Path(__file__).parent
SECONDS = 300  # Until a worker that hangs is ended.

# A process is split into devices before the backend begins.
ON_TWO_DEVICES = f"""
import os, sys
sys.path.insert(0, {str(TEST_FOLDER)!r})
os.environ["XLA_FLAGS"] = "--xla_force_host_platform_device_count=2"
import keras, numpy as np
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    two = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, two)
from dlbook.callbacks import DeviceMonitor
import shared_training
one, alone = shared_training.learned(["cpu:0"])
monitor = DeviceMonitor()
two, both = shared_training.learned(["cpu:0", "cpu:1"], [monitor])
assert (alone.replicas, both.replicas) == (1, 2)
assert monitor.examples == [16] * 6, monitor.examples
assert None not in monitor.waiting
np.testing.assert_allclose(two, one, atol=1e-5)
assert np.abs(two).max() > 0.5
print("equal")
"""


@pytest.mark.skipif(BACKEND == "torch", reason="Keras's fit on torch has one device")
def test_two_devices_learn_what_one_learns():
    assert fresh_process.run(ON_TWO_DEVICES).split()[-1] == "equal"


def free_ports():
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    ports = [str(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def worker(rank, ports):
    """Starts one of two workers, which see no GPU."""
    root = str(Path(dlbook.__file__).parents[1])
    hidden = {"CUDA_VISIBLE_DEVICES": "", "JAX_PLATFORMS": "cpu"}
    return subprocess.Popen(
        [sys.executable, shared_training.__file__, str(rank), *ports],
        env=os.environ | {"PYTHONPATH": root} | hidden,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_two_processes_learn_what_one_learns():
    ports = free_ports()
    workers = [worker(rank, ports) for rank in (0, 1)]
    try:
        said = [each.communicate(timeout=SECONDS) for each in workers]
    finally:
        for each in workers:
            each.kill()
    assert [each.returncode for each in workers] == [0, 0], said
    results = [json.loads(out.splitlines()[-1]) for out, _ in said]
    assert [result[:2] for result in results] == [[2, 0], [2, 1]]
    alone, parallel = shared_training.learned()
    assert parallel == Parallel(shards_itself=BACKEND == "tensorflow")
    for _, _, weights in results:
        np.testing.assert_allclose(weights, alone, atol=1e-5)


def test_the_shares_of_a_batch_are_the_batch():
    examples = np.arange(11)
    parts = [Parallel(3, 3, p).share(examples) for p in range(3)]
    size = Parallel(3, 3, 0).batch_size(6)
    first = np.concatenate([part[:size] for part in parts])
    assert sorted(first) == [0, 1, 2, 3, 4, 5]
    assert {len(part) for part in parts} == {3}
    itself = Parallel(4, 2, 1, shards_itself=True)
    assert itself.share(examples) is examples
    assert itself.batch_size(8) == 8


def test_a_batch_that_cannot_be_shared_is_refused():
    with pytest.raises(ValueError, match="multiple of 3"):
        Parallel(3, 3).batch_size(16)


@pytest.mark.parametrize("devices", [[], "gpu:0", 2])
def test_devices_that_are_no_list_of_names_are_refused(devices):
    with (
        pytest.raises(ValueError, match="`devices` must be a list"),
        data_parallel(devices),
    ):
        pass


def test_torch_says_how_to_start_a_process_for_each_gpu():
    with pytest.raises(ValueError, match="torchrun --nproc-per-node=2"):
        _one_device(["gpu:0", "gpu:1"], None)


@pytest.mark.skipif(BACKEND != "torch", reason="others get their model back")
def test_on_torch_a_model_that_is_not_built_cannot_be_replicated():
    model = keras.Sequential([keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"Begin a Sequential model with keras\.Input"):
        Parallel(2, 2).replicate(model)
