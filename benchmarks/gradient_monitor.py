"""What GradientMonitor costs: the time of a `fit` with it, by that of a plain one.

    KERAS_BACKEND=jax python benchmarks/gradient_monitor.py --repeats 9

Both trainings are compiled first, then repeated in turns, so that a slow minute of the
machine slows both. Prints the ratio of the medians, and the median of the ratios of
neighbours, which a noisy machine disturbs less; writes all times to
`build/gradient_monitor.json`. The bars: every update at most 1.10 on TensorFlow, 1.15
on JAX and 1.25 on torch; every tenth at most 1.05.
"""

import argparse
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
        """The times of the epochs of one `fit`, but for the first, which compiles."""
        clock = Clock()
        watch = [GradientMonitor(self.every)] if self.every else []
        options = {"callbacks": [*watch, clock], "verbose": 0, "shuffle": False}
        self.model.fit(self.x, self.y, self.batch_size, epochs=repeats + 1, **options)
        return clock.seconds[1:]


class Clock(keras.callbacks.Callback):
    """The time of each epoch, the other callbacks' included."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_epoch_begin(self, epoch, logs=None):
        """Starts, when the callbacks before it are done with the epoch before."""
        now = time.perf_counter()
        if epoch:
            self.seconds.append(now - self.begun)
        self.begun = now

    def on_train_end(self, logs=None):
        """Takes the last epoch."""
        self.seconds.append(time.perf_counter() - self.begun)


def measured(make, every, steps, batch_size, repeats, rounds):
    """Times of plain and watched epochs, `(rounds,)` each: medians of `repeats`."""
    plain, watched = (Training(make, each, steps, batch_size) for each in (0, every))
    times = [
        [float(np.median(one.seconds(repeats))) for one in (plain, watched)]
        for _ in range(rounds)
    ]
    return np.array(times).T


def main():
    """Runs the benchmark on the backend that Keras uses."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=30, help="batches in an epoch")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--repeats", type=int, default=4, help="epochs of a round")
    parser.add_argument("--rounds", type=int, default=5, help="pairs, in turns")
    parser.add_argument("--to", type=Path, default=Path("build/gradient_monitor.json"))
    options = parser.parse_args()
    backend, report = keras.backend.backend(), []
    sizes = options.steps, options.batch_size, options.repeats, options.rounds
    for make in (mlp, cnn):
        for every in (1, 10):
            plain, watched = measured(make, every, *sizes)
            of_medians = float(np.median(watched) / np.median(plain))
            of_pairs = float(np.median(watched / plain))
            bar = BARS[backend] if every == 1 else 1.05
            print(
                f"{backend} {make.__name__} every {every:2}: ratio {of_medians:.3f} "
                f"(of pairs {of_pairs:.3f}, {min(watched / plain):.3f} to "
                f"{max(watched / plain):.3f}), bar {bar}",
                flush=True,
            )
            row = {"model": make.__name__, "every": every, "bar": bar}
            row |= {"plain": plain.tolist(), "watched": watched.tolist()}
            report.append(row | {"ratio": of_medians, "of_pairs": of_pairs})
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps({"backend": backend, "rows": report}, indent=1))


if __name__ == "__main__":
    main()
