"""Kills a training again and again, and compares its end with that of the straight one.

    KERAS_BACKEND=jax python benchmarks/restarts.py --kills 50

The program is killed with SIGKILL at a random moment behind a random batch, and run
again, until it has been killed so often; then it is left to end. It trains with
dropout, batch normalization, shuffling, averaged weights, accumulated gradients and
early stopping, and writes its checkpoint every second batch. Exits with 1 unless every
restart worked, none lost more than those two batches, and the end is the same to the
last bit.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

from dlbook.callbacks import Checkpoint, EarlyStopping

EVERY = 2
BATCHES, EPOCHS = 20, 24


class Journal(keras.callbacks.Callback):
    """Writes down each batch that was trained."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_end(self, batch, logs=None):
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(f"{self.epoch * BATCHES + batch + 1}\n")


def train(folder):
    """One life."""
    keras.utils.set_random_seed(0)
    numbers = np.random.default_rng(0)
    x = numbers.normal(size=(BATCHES * 16 - 5, 8)).astype("float32")
    y = np.sin(x).sum(axis=1, keepdims=True)
    layers = [
        keras.layers.Dense(32, "relu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.3),
        keras.layers.Dense(1),
    ]
    model = keras.Sequential([keras.Input((8,)), *layers])
    optimizer = keras.optimizers.Adam(use_ema=True, gradient_accumulation_steps=3)
    model.compile(optimizer, "mse")
    stopping = EarlyStopping("val_loss", patience=EPOCHS, restore_best_weights=True)
    run = model.fit(
        x,
        y,
        16,
        EPOCHS,
        validation_data=(x[:64], y[:64]),
        verbose=0,
        callbacks=[
            Checkpoint(folder / "run", EVERY, verbose=0),
            stopping,
            Journal(folder / "journal"),
        ],
    )
    digest = hashlib.sha256(json.dumps(run.history, sort_keys=True).encode())
    for variable in [*model.variables, *model.optimizer.variables]:
        digest.update(np.asarray(variable.numpy()).tobytes())
    (folder / "end").write_text(digest.hexdigest())


def begin(folder):
    """Starts a life in a new process, which a server forks that has imported Keras."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["keras", "dlbook.callbacks"])
    life = context.Process(target=train, args=(folder,))
    life.start()
    return life


def trained(folder):
    """The batches that were trained, in the order of time."""
    journal = folder / "journal"
    lines = journal.read_text().split() if journal.exists() else []
    return [int(line) for line in lines]


def kill_at_random(life, folder):
    """Kills a life a few batches on; whether there was one to kill."""
    goal = len(trained(folder)) + random.randint(1, 14)
    while life.is_alive() and len(trained(folder)) < goal:
        time.sleep(0.01)
    time.sleep(random.uniform(0, 0.02))
    alive = life.is_alive()
    life.kill()
    life.join()
    return alive


def lost_batches(folder, before):
    """How many batches the last life trained that had been trained before it."""
    after = trained(folder)
    return before[-1] + 1 - after[len(before)] if before else 0


def main(kills):
    """Runs both; prints what came out; whether all was well."""
    folder = Path(tempfile.mkdtemp())
    for name in ("straight", "killed"):
        (folder / name).mkdir()
    straight, folder = folder / "straight", folder / "killed"
    begin(straight).join()
    killed, lost = 0, []
    for life_number in range(kills + 1):
        before, life = trained(folder), begin(folder)
        if life_number < kills:
            killed += kill_at_random(life, folder)
        life.join()
        lost.append(lost_batches(folder, before))
    ends = [each / "end" for each in (straight, folder)]
    same = all(end.exists() for end in ends)
    same = same and ends[0].read_text() == ends[1].read_text()
    print(f"{killed} kills, {kills} restarts; lost batches: {sorted(lost[1:])}")
    print(f"ends as the straight run: {same}")
    return killed == kills and same and max(lost) <= EVERY


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    sys.exit(not main(parser.parse_args().kills))
