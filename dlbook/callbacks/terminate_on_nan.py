"""The end of training at the first number that is not finite."""

import math

import keras
from keras import ops

from dlbook.arguments import whole_number
from dlbook.callbacks.running_fit import batches_done


class TerminateOnNaN(keras.callbacks.Callback):
    """Ends training at the first NaN or infinity, and says where it was.

    `keras.callbacks.TerminateOnNaN` looks at the loss only. A weight that an update
    made infinite spoils all others one step later, and the loss with them; so this one
    looks at the weights as well, and names those that went first.
    When the loss is the first, the numbers came out of the forward pass: of the input,
    or of a logarithm or a division in the model.

    The weights are left as they are. `EarlyStopping` with `restore_best_weights` puts
    back those of an epoch in which the monitored quantity was finite.

    Args:
        raise_error: whether to raise at once, instead of stopping after the batch.
        every: look at the weights after every so many steps, and whenever the loss is
            not finite. 1 is sure to name the first ones; each look reads all weights.

    Attributes:
        reason: None while all is finite, else a dict: `step`, counted from 1 since
            training began, its `epoch` and `batch`, counted from 0, the `loss` in the
            logs, which Keras averages over the epoch, `weights`, the paths of
            those that are not finite, and `first`: "weights", or "loss", or None when
            the weights of the step before were not looked at. Step 0 means that
            the weights came so; without `raise_error` Keras still runs one step.

    Raises:
        ValueError: at construction, when `every` is no whole number from 1.
        RuntimeError: if `raise_error`, at the end of the batch, or before the first.

    With `steps_per_execution` above 1, Keras asks no callback between the steps of an
    execution, and the step is the last one of it.

    Example:
        >>> import numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> terminate = TerminateOnNaN()
        >>> x = np.array([[1.0], [np.nan]])
        >>> run = model.fit(x, x, 1, 5, shuffle=False, verbose=0, callbacks=[terminate])
        Step 2 (epoch 0, batch 1): the loss is nan; training ends.
        >>> terminate.reason["first"], len(terminate.reason["weights"])
        ('loss', 2)
    """

    def __init__(self, raise_error=False, every=1):
        super().__init__()
        self.raise_error = bool(raise_error)
        self.every = whole_number("every", every, 1)
        self.reason = None

    def on_train_begin(self, logs=None):
        self.reason = None
        self._step = self._looked_at = 0
        weights = _not_finite(self.model.weights)
        if weights:
            self._end(None, None, None, weights, "weights")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._steps_before = epoch, self._step

    def on_train_batch_end(self, batch, logs=None):
        self._step = self._steps_before + batches_done(self.params, batch)
        loss = (logs or {}).get("loss", 0.0)
        unseen = self._step - self._looked_at  # Steps since the weights were finite.
        if self.reason or (math.isfinite(loss) and unseen < self.every):
            return
        weights = _not_finite(self.model.weights)
        self._looked_at = self._step
        if not math.isfinite(loss):
            first = "loss" if unseen == 1 else None
            self._end(self._epoch, batch, loss, weights, first)
        elif weights:
            self._end(self._epoch, batch, loss, weights, "weights")

    def _end(self, epoch, batch, loss, weights, first):
        self.reason = {
            "step": self._step,
            "epoch": epoch,
            "batch": batch,
            "loss": loss,
            "weights": weights,
            "first": first,
        }
        what = f"not finite is {', '.join(weights)}"
        if first != "weights":
            what = f"the loss is {loss}"
        where = "Before step 1"
        if self._step:
            where = f"Step {self._step} (epoch {epoch}, batch {batch})"
        message = f"{where}: {what}; training ends."
        if self.raise_error:
            raise RuntimeError(message)
        print(message)
        self.model.stop_training = True


def _not_finite(weights):
    """The paths of the weights that hold a NaN or an infinity."""
    if not weights:
        return []
    marks = ops.stack([ops.all(ops.isfinite(weight)) for weight in weights])
    finite = ops.convert_to_numpy(marks)
    return [weight.path for weight, ok in zip(weights, finite, strict=True) if not ok]
