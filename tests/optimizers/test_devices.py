"""Two devices that share each batch learn what one device learns from all of it."""

import fresh_process
import keras
import pytest

from .counterparts import KINDS

# A process can be split into devices only before it has used one.
TRAIN_ON_TWO = """
import sys
import numpy as np
import tensorflow as tf
from dlbook import optimizers
from dlbook.data import load_digits
from dlbook.models import mlp

cpu = tf.config.list_physical_devices("CPU")[0]
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
(x, y), _ = load_digits()

def learned(name, devices):
    with tf.distribute.MirroredStrategy(devices).scope():
        model = mlp(64, (8,), 10, activation="tanh")
        model.compile(getattr(optimizers, name)(0.01), "mse", jit_compile=False)
    before = model.get_weights()
    model.fit(x[:640], np.eye(10)[y[:640]], 64, shuffle=False, verbose=0)
    pairs = zip(model.get_weights(), before)
    return np.concatenate([np.ravel(after - before) for after, before in pairs])

for name in sys.argv[1:]:
    one, two = learned(name, ["CPU:0"]), learned(name, ["CPU:0", "CPU:1"])
    gap = np.linalg.norm(two - one) / np.linalg.norm(one)
    assert gap < 1e-4, f"{name}: {gap}"
    print(name)
"""


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="MirroredStrategy is TensorFlow's"
)
def test_two_mirrored_devices_learn_what_one_learns():
    assert fresh_process.run(TRAIN_ON_TWO, *KINDS).split() == list(KINDS)
