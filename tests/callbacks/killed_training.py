"""A training that a test kills: run as a program, it dies while it writes a file.

Started with a second path, it goes on from the file, trains once more from nothing with
the second, and prints both ends.
"""

import json
import os
import signal
import sys

import keras
import numpy as np

from dlbook.callbacks import Checkpoint, EarlyStopping


def trained(path):
    """Trains, or goes on, for three epochs of five batches; all that it leaves."""
    keras.utils.set_random_seed(0)
    x = np.random.normal(size=(20, 3)).astype("float32")
    layers = [keras.layers.Dense(4, "relu"), keras.layers.Dropout(0.5)]
    model = keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01, use_ema=True), "mse")
    stopping = EarlyStopping("loss", patience=9, restore_best_weights=True)
    callbacks = [Checkpoint(path, every=2, verbose=0), stopping]
    run = model.fit(x, x[:, :1], 4, 3, verbose=0, callbacks=callbacks)
    values = [*model.variables, *model.optimizer.variables]
    return run.history, [value.numpy().tolist() for value in values]


def die_instead_of_the_third_time(replace):
    """Before the third file gets its name: the second is of batch 2 of 5."""
    files = []

    def replaced(partial, path):
        files.append(partial)
        if len(files) == 3:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(partial, path)

    return replaced


if __name__ == "__main__":
    path, *straight = sys.argv[1:]
    if straight:
        print(json.dumps([trained(each) for each in (path, *straight)]))
    else:
        os.replace = die_instead_of_the_third_time(os.replace)
        trained(path)
