"""What GradientMonitor costs: the time of a `fit` with it, by that of a plain one.

    KERAS_BACKEND=jax python benchmarks/gradient_monitor.py --repeats 9

Both trainings are compiled first, then repeated in turns, so that a slow minute of the
machine slows both. Prints the median of the ratios of neighbours, by the wall's clock
and by the processors', which other programs disturb less (it says nothing of a GPU);
writes all times to `build/gradient_monitor.json`.

The monitor passes over the weights, however large the batch is: so the larger the
batch, the smaller its share. The bars: every update at most 1.10 on TensorFlow, 1.15 on
JAX and 1.25 on torch; every tenth at most 1.05.
"""

import argparse
import itertools
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dlbook.callbacks import GradientMonitor

BARS = {"tensorflow": 1.10, "jax": 1.15, "torch": 1.25}
LAYERS = keras.layers


def mlp():
    """Three dense layers of 512 units, and examples of 784 numbers."""
    layers = [LAYERS.Dense(512, "relu") for _ in range(3)]
    return keras.Sequential([keras.Input((784,)), *layers, LAYERS.Dense(10)])


def cnn():
    """Three convolutions on images of 28 × 28."""
    layers = [
        LAYERS.Conv2D(32, 3, padding="same", activation="relu"),
        LAYERS.MaxPooling2D(),
        LAYERS.Conv2D(64, 3, padding="same", activation="relu"),
        LAYERS.MaxPooling2D(),
        LAYERS.Conv2D(64, 3, activation="relu"),
        LAYERS.Flatten(),
    ]
    return keras.Sequential([keras.Input((28, 28, 1)), *layers, LAYERS.Dense(10)])


class Training:
    """A model that is fitted again and again, with the same compiled step."""

    def __init__(self, make, every, steps, batch_size):
        keras.utils.set_random_seed(0)
        self.model, self.every, self.batch_size = make(), every, batch_size
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.model.compile(keras.optimizers.Adam(1e-3), loss)
        random, size = np.random.default_rng(0), batch_size * steps
        shape = (size, *self.model.input_shape[1:])
        self.x = random.normal(size=shape).astype("float32")
        self.y = random.integers(10, size=size)

    def seconds(self, repeats):
        """Times of the epochs of one `fit`, but for the first, which compiles.

        Returns:
            An array `(repeats, 2)`: by the wall's clock, and by the processors'.
        """
        clock = Clock()
        watch = [GradientMonitor(self.every)] if self.every else []
        options = {"callbacks": [*watch, clock], "verbose": 0, "shuffle": False}
        self.model.fit(self.x, self.y, self.batch_size, epochs=repeats + 1, **options)
        return np.diff(clock.times[1:], axis=0)


class Clock(keras.callbacks.Callback):
    """The time of each epoch, the other callbacks' included."""

    def __init__(self):
        super().__init__()
        self.times = []

    def on_epoch_begin(self, epoch, logs=None):
        """Takes the time when the callbacks before it are done with the last epoch."""
        self.times.append((time.perf_counter(), time.process_time()))

    def on_train_end(self, logs=None):
        """Ends the last epoch."""
        self.on_epoch_begin(None)


def measured(make, every, steps, batch_size, repeats, rounds):
    """Times of plain and watched epochs, `(2, rounds, 2)`: medians of `repeats`."""
    plain, watched = (Training(make, each, steps, batch_size) for each in (0, every))
    times = [
        [np.median(one.seconds(repeats), axis=0) for one in (plain, watched)]
        for _ in range(rounds)
    ]
    return np.array(times).swapaxes(0, 1)


def main():
    """Runs the benchmark on the backend that Keras uses."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=30, help="batches in an epoch")
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[128, 512, 2048])
    parser.add_argument("--repeats", type=int, default=4, help="epochs of a round")
    parser.add_argument("--rounds", type=int, default=5, help="pairs, in turns")
    parser.add_argument("--to", type=Path, default=Path("build/gradient_monitor.json"))
    options = parser.parse_args()
    backend, report = keras.backend.backend(), []
    cases = [(mlp, size) for size in options.batch_sizes] + [(cnn, 128)]
    for (make, size), every in itertools.product(cases, (1, 10)):
        times = measured(
            make, every, options.steps, size, options.repeats, options.rounds
        )
        ratios = np.median(times[1] / times[0], axis=0)
        row = {"model": make.__name__, "batch_size": size, "every": every}
        row |= {"wall": float(ratios[0]), "processor": float(ratios[1])}
        row |= {"bar": BARS[backend] if every == 1 else 1.05}
        print(backend, json.dumps(row), flush=True)
        report.append(row | {"seconds": times.tolist()})
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps({"backend": backend, "rows": report}, indent=1))


if __name__ == "__main__":
    main()
