"""The gradients of every weight while a model trains."""

import math

import keras
import numpy as np

from dlbook.arguments import one_of, whole_number
from dlbook.callbacks import gradient_files
from dlbook.callbacks.diagnosis import diagnose
from dlbook.callbacks.gradient_faults import not_finite
from dlbook.callbacks.gradient_recorder import GradientRecorder
from dlbook.callbacks.gradient_statistics import STATISTICS
from dlbook.callbacks.running_fit import batches_done
from dlbook.callbacks.training_record import TrainingRecord
from dlbook.callbacks.weight_roles import WeightRole, frozen_weights, weight_roles

TABLES = (
    "norm",
    "rms",
    "largest",
    "zeros",
    "not_finite",
    "update_ratio",
    "weight_norm",
)
RECENT = 20  # Records that a diagnosis looks back on, if the epoch has fewer.


class GradientMonitor(keras.callbacks.Callback):
    """Records the gradients that the optimizer applies, and says what is wrong::

        norm = ‖g‖,     rms = ‖g‖/√n,     update_ratio = ‖θₜ − θₜ₋₁‖ / ‖θₜ₋₁‖

    g is the gradient that enters the optimizer's rule: unscaled, accumulated, clipped.
    It is measured inside the compiled step, so nothing is computed twice, and training
    is to the last bit what it would be without. A file of the model that is written
    meanwhile has nothing of it.

    A record takes a few passes over the weights, however large the batch is. Where a
    step takes few more itself, as with small batches of a dense network, recording
    every update makes it up to 60 % longer; `every=10` some 5 %, on JAX 15 to 40 %.

    At the end of each epoch it looks for: gradients that are not finite, that vanish or
    explode; ReLU units without gradient; weights that are 0, frozen or disconnected;
    inputs that are not scaled; a penalty or a learning rate that is too strong, or too
    weak; labels that cannot be learned. What it finds it prints, each kind once.

    Args:
        every: record every so many updates, beginning with the first.
        action: what to do about gradients that are not finite: "warn" prints the
            finding at the end of the epoch; "stop" also ends training and "raise"
            raises, after the batch, for which every record is read at once.

    Attributes:
        findings: a list of `Finding`s: `kind`, `sentence`, `weights` (paths),
            `evidence` (numbers), `epoch`, `update`, `remedy`, `chapter`.
        still_units: for each weight, the share of its units, the last axis, whose
            gradients were 0 in all records of the last epoch; NaN if it has one axis.
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
        ValueError: at construction, when `every` is no whole number from 1, or `action`
            none of the three; at the end of its first epoch, if `fit` has several of
            these callbacks.
        RuntimeError: with `action="raise"`, at a gradient that is not finite. The
            weights are left as they are.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> monitor = GradientMonitor(every=2)
        >>> x = np.ones((8, 1))
        >>> run = model.fit(x, x, batch_size=2, verbose=0, callbacks=[monitor])
        >>> monitor.updates, monitor.norm.shape
        ([1, 3], (2, 2))
        >>> monitor.findings
        []
    """

    def __init__(self, every=1, action="warn"):
        super().__init__()
        self.every = whole_number("every", every, 1)
        self.action = one_of("action", action, ("warn", "stop", "raise"))
        self._recorder = None
        self._forget([], [])

    def _forget(self, paths, sizes):
        self.paths, self.updates, self.skipped = paths, [], 0
        self.findings, self._losses, self._held_out = [], [], []
        self.still_units = np.zeros(len(paths))
        self._sizes = np.array(sizes)
        self._parts = [np.zeros((0, len(paths), len(STATISTICS)), "float32")]

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

    @property
    def weight_norm(self):
        """‖θₜ₋₁‖, that the update began from, `(records, weights)`."""
        return self._statistic("weight_norm")

    def to_dict(self):
        """The record as plain lists, for `json.dump`; None for what is not finite."""
        tables = {name: gradient_files.plain(getattr(self, name)) for name in TABLES}
        findings = [finding.to_dict() for finding in self.findings]
        names = {"paths": self.paths, "updates": self.updates, "findings": findings}
        return names | tables

    def write_json_lines(self, path):
        """Writes one line of JSON for each record and weight, for any table reader."""
        gradient_files.write_json_lines(self.to_dict(), path)

    def write_csv(self, path):
        """Writes the same as a table; cells are empty where nothing is finite."""
        gradient_files.write_csv(self.to_dict(), path)

    def write_tensorboard(self, folder):
        """Writes the same for TensorBoard; returns False where it is not installed."""
        return gradient_files.write_tensorboard(self.to_dict(), folder)

    def on_train_begin(self, logs=None):
        model = self.model
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self._execution = model.steps_per_execution
        self._rows = 64 + self._execution
        self._recorder = GradientRecorder(
            model.optimizer, self.every, self._rows, model.jit_compile
        )
        self._forget(self._recorder.paths, self._recorder.sizes)
        self._steps = self._steps_read = 0
        self._batches_before = self._recorder.batches
        roles = weight_roles(model)
        self._roles = [roles.get(path, WeightRole(path)) for path in self.paths]
        self._frozen = frozen_weights(model)
        # The step may have been compiled before, without the recorder.
        model.make_train_function(force=True)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._steps_before, self._records_before = self._steps, len(self.updates)

    def on_train_batch_end(self, batch, logs=None):
        self._steps = self._steps_before + batches_done(self.params, batch)
        if not self._losses:  # Of the first batch, so before any update.
            self._losses.append(float((logs or {}).get("loss", math.nan)))
        unread = self._steps - self._steps_read
        full = unread + self._execution > self._rows * self.every
        if full or (self.action != "warn" and unread >= self.every):
            self._read()

    def on_epoch_end(self, epoch, logs=None):
        self._read()
        if logs is not None:
            names = ("norm", "update_norm", "weight_norm")
            norm, update, weight = map(self._together, names)
            logs["gradient_norm"] = _median(norm)
            logs["update_ratio"] = _median(_ratio(update, weight))
        self._losses.append(float((logs or {}).get("loss", math.nan)))
        if logs and "val_loss" in logs:
            self._held_out.append(float(logs["val_loss"]))
        self._report(diagnose(self._so_far()))

    def _together(self, statistic):
        """The norm of all weights together, of the records of the epoch."""
        new = slice(self._records_before, None)
        missing = np.isnan(self.not_finite[new])  # A count: NaN without a gradient.
        # In float64, squares of float32 do not overflow.
        norm = self._statistic(statistic)[new].astype("float64")
        return np.linalg.norm(np.where(missing, 0, norm), axis=1)

    def _so_far(self):
        start = min(self._records_before, max(len(self.updates) - RECENT, 0))
        since = self.updates[start] if self.updates else 1
        self.still_units = self._recorder.still_units(since)
        return TrainingRecord(
            self._roles,
            np.array(self.updates),
            self.norm,
            self.update_ratio,
            self.weight_norm,
            self.not_finite,
            start,
            self.still_units,
            self._losses,
            self._held_out,
            self._frozen,
            self._epoch,
        )

    def _report(self, findings):
        known = {finding.kind for finding in self.findings}
        for finding in findings:
            if finding.kind in known:
                continue
            self.findings = [*self.findings, finding]
            if finding.kind == "not_finite" and self.action == "raise":
                self._remove()
                raise RuntimeError(str(finding))
            print(finding)
            if finding.kind == "not_finite" and self.action == "stop":
                self.model.stop_training = True

    def on_train_end(self, logs=None):
        self._read()
        self._remove()

    def _read(self):
        _ = self.model  # On JAX, asking for it gives the variables their values.
        if not self._recorder.is_in_place:
            raise ValueError("One `fit` takes one GradientMonitor. Received: several.")
        updates, records = self._recorder.read()
        self.updates += updates
        self._parts.append(records)
        is_bad = np.any(records[:, :, STATISTICS.index("not_finite")] > 0)
        if self.action != "warn" and is_bad:
            self._report(not_finite(self._so_far()))
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
        if len(self._parts) > 1:  # Joined only when asked: there may be one a batch.
            self._parts = [np.concatenate(self._parts)]
        return self._parts[0][:, :, STATISTICS.index(name)]


def _ratio(update, weight):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(update == 0, 0.0, np.divide(update, weight))


def _median(values):
    return float(np.median(values)) if len(values) else math.nan
