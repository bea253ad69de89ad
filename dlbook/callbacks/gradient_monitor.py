"""The gradients of every weight while a model trains."""

import json
import math

import keras
import numpy as np

from dlbook.arguments import whole_number
from dlbook.callbacks.gradient_recorder import STATISTICS, GradientRecorder
from dlbook.callbacks.running_fit import batches_done


class GradientMonitor(keras.callbacks.Callback):
    """Records the gradients that the optimizer applies, weight by weight::

        norm = ‖g‖,     rms = ‖g‖/√n,     update_ratio = ‖θₜ − θₜ₋₁‖ / ‖θₜ₋₁‖

    g is the gradient that enters the optimizer's rule: unscaled, accumulated, clipped.
    It is measured inside the compiled step, so nothing is computed twice, and training
    is to the last bit what it would be without. A file of the model that is written
    meanwhile has nothing of it.

    Args:
        every: record every so many updates, beginning with the first.

    Attributes:
        paths: the weights, `variable.path`, in the optimizer's order.
        updates: the recorded updates, counted from 1 since training began; with
            `gradient_accumulation_steps`, an update is made of several batches.
        skipped: batches that an optimizer which scales the loss left out, because
            their gradients were not finite.

    Each epoch's `logs`, and so `History` and `CSVLogger`, have two medians over the
    records of the epoch: `gradient_norm`, the norm of all weights' gradients together,
    and `update_ratio`, that of all weights together.

    The update is that of the optimizer's rule. Keras's own optimizers apply their
    weight decay before it, those of dlbook within it.

    Raises:
        ValueError: at construction, when `every` is no whole number from 1; when
            training begins, if several devices share the batch with `tf.distribute`:
            each would record its own part of the gradient; at the end of its first
            epoch, if `fit` has several of these callbacks.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> monitor = GradientMonitor(every=2)
        >>> x = np.ones((8, 1))
        >>> run = model.fit(x, x, batch_size=2, verbose=0, callbacks=[monitor])
        >>> monitor.updates, monitor.norm.shape
        ([1, 3], (2, 2))
    """

    def __init__(self, every=1):
        super().__init__()
        self.every = whole_number("every", every, 1)
        self._recorder = None
        self._forget([], [])

    def _forget(self, paths, sizes):
        self.paths, self.updates, self.skipped = paths, [], 0
        self._sizes = np.array(sizes)
        self._records = np.zeros((0, len(paths), len(STATISTICS)), "float32")

    @property
    def norm(self):
        """‖g‖, an array `(records, weights)`; NaN where a weight has no gradient."""
        return self._statistic("norm")

    @property
    def rms(self):
        """The root of the mean square of g, `(records, weights)`."""
        return self.norm / np.sqrt(self._sizes)

    @property
    def largest(self):
        """The largest size of an entry of g, `(records, weights)`."""
        return self._statistic("largest")

    @property
    def zeros(self):
        """The share of entries that are 0, in [0, 1], `(records, weights)`."""
        return self._statistic("zeros")

    @property
    def not_finite(self):
        """How many entries are NaN or infinite, `(records, weights)`."""
        return self._statistic("not_finite")

    @property
    def update_ratio(self):
        """‖θₜ − θₜ₋₁‖ / ‖θₜ₋₁‖, `(records, weights)`; ∞ for a weight that left 0."""
        return _ratio(self._statistic("update_norm"), self._statistic("weight_norm"))

    def to_dict(self):
        """The record as plain lists, for `json.dump`; None for what is not finite."""
        names = ("norm", "rms", "largest", "zeros", "not_finite", "update_ratio")
        tables = {name: _plain(getattr(self, name)) for name in names}
        return {"paths": self.paths, "updates": self.updates} | tables

    def write_json_lines(self, path):
        """Writes one line of JSON for each record and weight, for any table reader."""
        record = self.to_dict()
        names = [name for name in record if name not in ("paths", "updates")]
        with open(path, "w", encoding="utf-8") as file:
            for row, update in enumerate(self.updates):
                for column, weight in enumerate(self.paths):
                    values = {name: record[name][row][column] for name in names}
                    line = {"update": update, "path": weight} | values
                    file.write(json.dumps(line) + "\n")

    def on_train_begin(self, logs=None):
        model = self.model
        _refuse_several_replicas(model)
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._execution = model.steps_per_execution
        self._rows = 64 + self._execution
        self._recorder = GradientRecorder(model.optimizer, self.every, self._rows)
        self._forget(self._recorder.paths, self._recorder.sizes)
        self._steps = self._steps_read = 0
        self._batches_before = self._recorder.batches
        # The step may have been compiled before, without the recorder.
        model.make_train_function(force=True)

    def on_epoch_begin(self, epoch, logs=None):
        self._steps_before, self._records_before = self._steps, len(self.updates)

    def on_train_batch_end(self, batch, logs=None):
        self._steps = self._steps_before + batches_done(self.params, batch)
        unread = self._steps - self._steps_read
        if unread + self._execution > self._rows * self.every:
            self._read()

    def on_epoch_end(self, epoch, logs=None):
        self._read()
        new = slice(self._records_before, None)
        missing = np.isnan(self.not_finite)  # A count: NaN only without a gradient.
        zero = np.float64(0)  # In float64, squares of float32 do not overflow.
        norm, update, weight = (
            np.linalg.norm(np.where(missing, zero, self._statistic(name))[new], axis=1)
            for name in ("norm", "update_norm", "weight_norm")
        )
        if logs is not None:
            logs["gradient_norm"] = _median(norm)
            logs["update_ratio"] = _median(_ratio(update, weight))

    def on_train_end(self, logs=None):
        self._read()
        self._remove()

    def _read(self):
        _ = self.model  # On JAX, asking for it gives the variables their values.
        if not self._recorder.is_in_place:
            raise ValueError("One `fit` takes one GradientMonitor. Received: several.")
        updates, records = self._recorder.read()
        self.updates = self.updates + updates
        self._records = np.concatenate([self._records, records])
        self._steps_read = self._steps
        if self._recorder.skips:
            taken = self._recorder.batches - self._batches_before
            self.skipped = self._steps - taken

    def _remove(self):
        if self._recorder is not None:
            self._recorder.remove()
            self._recorder = None
            self.model.train_function = None  # It would look for the table.

    def _statistic(self, name):
        return self._records[:, :, STATISTICS.index(name)]


def _ratio(update, weight):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(update == 0, 0.0, np.divide(update, weight))


def _median(values):
    return float(np.median(values)) if len(values) else math.nan


def _plain(table):
    rows = np.asarray(table, "float64").tolist()
    return [[x if math.isfinite(x) else None for x in row] for row in rows]


def _refuse_several_replicas(model):
    strategy = getattr(model, "distribute_strategy", None)
    if strategy is not None and strategy.num_replicas_in_sync > 1:
        raise ValueError(
            "GradientMonitor records on one device. Received: a model of a "
            f"distribution strategy with {strategy.num_replicas_in_sync} replicas."
        )
