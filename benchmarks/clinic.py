"""The clinic: what GradientMonitor says of trainings with a planted fault.

    KERAS_BACKEND=jax python benchmarks/clinic.py --to benchmarks/clinic.json

renews the runs that docs/api/callbacks.md shows, of seeds 0 to 4, in a quarter of an
hour. The limits of the diagnosis were set by other seeds, and may be by others again:

    python benchmarks/clinic.py --seeds 100 101 102 --cases "bias −10" "healthy CNN"

Prints a row for each case and data set, and writes all runs, by default to
`build/clinic.json`.
"""

import argparse
import contextlib
import io
import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dlbook.callbacks import GradientMonitor
from dlbook.data import load_digits, load_mnist1d

EPOCHS, BATCH, RATE = 10, 32, 1e-3
LAYERS = keras.layers
DATA = {"digits": cache(load_digits), "mnist1d": cache(load_mnist1d)}
PENALTY = 1e-4


def mlp(inputs, seed, widths=(64, 64), activation="relu", kernel=None, **options):
    """An MLP with ten outputs; `kernel` makes the initializer from a seed."""
    kernel = kernel or keras.initializers.GlorotUniform
    seeds = np.random.default_rng(seed).integers(2**31, size=len(widths) + 1).tolist()
    layers = [
        LAYERS.Dense(width, activation, kernel_initializer=kernel(one), **options)
        for width, one in zip(widths, seeds[:-1], strict=True)
    ]
    top = LAYERS.Dense(10, kernel_initializer=kernel(seeds[-1]))
    return keras.Sequential([keras.Input((inputs,)), *layers, top])


def cnn(inputs, seed):
    """Two convolutions: of images of 8 × 8, or of signals."""
    keras.utils.set_random_seed(seed)
    image = inputs == 64
    convolution = LAYERS.Conv2D if image else LAYERS.Conv1D
    shape = (8, 8, 1) if image else (inputs, 1)
    return keras.Sequential(
        [
            keras.Input((inputs,)),
            LAYERS.Reshape(shape),
            convolution(16, 3, padding="same", activation="relu"),
            convolution(32, 3, strides=2, padding="same", activation="relu"),
            LAYERS.Flatten(),
            LAYERS.Dense(10),
        ]
    )


def lstm(inputs, seed):
    """An LSTM that reads rows of 8 pixels, or a signal 4 points at a time."""
    keras.utils.set_random_seed(seed)
    width = 8 if inputs == 64 else 4
    layers = [LAYERS.Reshape((inputs // width, width)), LAYERS.LSTM(32)]
    return keras.Sequential([keras.Input((inputs,)), *layers, LAYERS.Dense(10)])


def times_four(seed):
    """He's initializer, four times as large."""
    return keras.initializers.VarianceScaling(2.0 * 16, "fan_in", seed=seed)


def freeze_first(model):
    """The model, with its first layer frozen."""
    model.layers[0].trainable = False
    return model


def penalised(inputs, seed, factor):
    """An MLP with an L2 penalty that is `factor` times a usual one."""
    penalty = keras.regularizers.L2(factor * PENALTY)
    return mlp(inputs, seed, kernel_regularizer=penalty)


def shuffled(data, seed):
    """Data whose training labels belong to other inputs."""
    (x, y), test = data
    return (x, np.random.default_rng(seed).permutation(y)), test


def times_255(data, seed):
    """Data as they are when nobody divides pixels by 255."""
    return tuple((x * 255, y) for x, y in data)


# Fault: how the model, the data and the learning rate differ from the healthy MLP's,
# and the finding that is expected.
FAULTS = {
    "learning rate × 100": ({"rate": 100 * RATE}, "learning_rate_too_high"),
    "SGD's rate × 100": (
        {"optimizer": keras.optimizers.SGD, "rate": 10.0},
        "learning_rate_too_high",
    ),
    "SGD's rate / 1000": (
        {"optimizer": keras.optimizers.SGD, "rate": 1e-4},
        "learning_rate_too_low",
    ),
    "learning rate / 1000": ({"rate": RATE / 1000}, "learning_rate_too_low"),
    "zero initialisation": (
        {"model": lambda n, seed: mlp(n, seed, kernel=lambda _: "zeros")},
        "zero_weights",
    ),
    "20 sigmoid layers": (
        {"model": lambda n, seed: mlp(n, seed, (64,) * 20, "sigmoid")},
        "vanishing",
    ),
    "tanh, He × 4": (
        {"model": lambda n, seed: mlp(n, seed, (64,) * 10, "tanh", times_four)},
        "exploding",
    ),
    "bias −10": (
        {
            "model": lambda n, seed: mlp(
                n, seed, bias_initializer=keras.initializers.Constant(-10)
            )
        },
        "dead_units",
    ),
    "shuffled labels": ({"data": shuffled}, "nothing_learned"),
    "inputs × 255": ({"data": times_255}, "unscaled_inputs"),
    "a frozen layer": (
        {"model": lambda n, seed: freeze_first(mlp(n, seed))},
        "frozen",
    ),
    "L2 × 1000": (
        {"model": lambda n, seed: penalised(n, seed, 1000)},
        "penalty_too_strong",
    ),
}
HEALTHY = {
    "healthy MLP": ({}, None),
    "healthy CNN": ({"model": cnn}, None),
    "healthy LSTM": ({"model": lstm}, None),
    "healthy MLP, SGD": ({"optimizer": keras.optimizers.SGD, "rate": 0.1}, None),
    "healthy MLP, L2": ({"model": lambda n, seed: penalised(n, seed, 1)}, None),
}
CASES = HEALTHY | FAULTS


def examined(case, data, seed):
    """Trains a case once; returns what the monitor said, as data."""
    changes, expected = CASES[case]
    parts = changes.get("data", lambda data, _: data)(DATA[data](), seed)
    (x, y), test = parts
    model = changes.get("model", mlp)(x.shape[1], seed)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    optimizer = changes.get("optimizer", keras.optimizers.Adam)
    optimizer = optimizer(changes.get("rate", RATE))
    model.compile(optimizer, loss, metrics=["accuracy"])
    monitor = GradientMonitor()
    keras.utils.set_random_seed(seed)
    with contextlib.redirect_stdout(io.StringIO()):
        options = {"validation_data": test, "callbacks": [monitor], "verbose": 0}
        history = model.fit(x, y, BATCH, EPOCHS, **options).history
    return {
        "case": case,
        "data": data,
        "seed": seed,
        "expected": expected,
        "found": [finding.kind for finding in monitor.findings],
        "accuracy": round(history["val_accuracy"][-1], 3),
    }


def is_right(run):
    """Whether the first finding is the expected one, or there is none, as expected."""
    return run["found"][:1] == ([run["expected"]] if run["expected"] else [])


def summary(runs):
    """A line about the runs of one case: what was found how often, and if rightly."""
    found = Counter(kind for run in runs for kind in run["found"])
    said = ", ".join(f"{kind} {count}" for kind, count in found.items())
    accuracy = np.mean([run["accuracy"] for run in runs])
    return (
        f"{runs[0]['case']:21} {runs[0]['data']:8} expected "
        f"{runs[0]['expected'] or 'silence':23} right {sum(map(is_right, runs))}/"
        f"{len(runs)}  accuracy {accuracy:.2f}  said: {said or 'nothing'}"
    )


def write(runs, path):
    """Writes the runs as JSON, one a line."""
    lines = ",\n".join(json.dumps(run, ensure_ascii=False) for run in runs)
    head = json.dumps({"backend": keras.backend.backend(), "keras": keras.__version__})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'{head[:-1]}, "runs": [\n{lines}\n]}}\n', encoding="utf-8")


def main():
    """Runs the clinic."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(5)))
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--data", nargs="+", choices=DATA, default=list(DATA))
    parser.add_argument("--to", type=Path, default=Path("build", "clinic.json"))
    options = parser.parse_args()
    runs = []
    for case in options.cases:
        for data in options.data:
            new = [examined(case, data, seed) for seed in options.seeds]
            runs += new
            print(summary(new), flush=True)
            write(runs, options.to)
    for name, is_sick in (("named", True), ("silent", False)):
        right = [is_right(run) for run in runs if bool(run["expected"]) is is_sick]
        print(f"{name}: {sum(right)} of {len(right)}")


if __name__ == "__main__":
    main()
