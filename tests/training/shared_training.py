"""A small training that one process does alone, or two do together.

Started with a number and two ports, it is one of two workers on this machine.
"""

import json
import os
import sys

import keras
import numpy as np

from dlbook.training import data_parallel


def learned(devices=None, callbacks=()):
    """The weights that two epochs learn, as one array, and the `Parallel`."""
    x = np.random.default_rng(0).normal(size=(49, 3)).astype("float32")
    y = x @ np.array([[1.0], [2.0], [3.0]], "float32")
    x, y = x[:48], y[:48]
    with data_parallel(devices) as parallel:
        keras.utils.set_random_seed(7)
        layers = [keras.layers.Dense(4, "tanh"), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input((3,)), *layers])
        replicas = parallel.replicate(model)
        replicas.compile(keras.optimizers.Adam(0.1), "mse")
        x, y = parallel.share(x), parallel.share(y)
        options = {"epochs": 2, "shuffle": False, "verbose": 0}
        options |= {"batch_size": parallel.batch_size(16), "callbacks": [*callbacks]}
        replicas.fit(x, y, **options)
        weights = [np.ravel(weight) for weight in model.get_weights()]
    return np.concatenate(weights), parallel


def tell_the_backend(rank, ports):
    """What a launcher would put into the environment of this worker."""
    addresses = [f"127.0.0.1:{port}" for port in ports]
    task = {"type": "worker", "index": rank}
    os.environ |= {
        "TF_CONFIG": json.dumps({"cluster": {"worker": addresses}, "task": task}),
        "KERAS_DISTRIBUTION_JOB_ADDRESSES": addresses[0],
        "KERAS_DISTRIBUTION_NUM_PROCESSES": str(len(ports)),
        "KERAS_DISTRIBUTION_PROCESS_ID": str(rank),
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(ports[0]),
        "WORLD_SIZE": str(len(ports)),
        "RANK": str(rank),
    }


if __name__ == "__main__":
    rank, *ports = map(int, sys.argv[1:])
    tell_the_backend(rank, ports)
    weights, parallel = learned()
    print(json.dumps([parallel.replicas, parallel.process, weights.tolist()]))
