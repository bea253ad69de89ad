"""Early stopping: training ends when it no longer gets better."""

import math

import keras

from dlbook.arguments import number, one_of, whole_number
from dlbook.callbacks.copies import copies, put_back, weights_that_fit_would_leave
from dlbook.callbacks.interruption import Interruption
from dlbook.callbacks.monitored import direction, monitored_value


class EarlyStopping(keras.callbacks.Callback):
    """Ends training once the monitored quantity has stopped getting better::

        better:  m < best − δ   (mode "min"),     m > best + δ   (mode "max")
        wait  =  0 after a better epoch, else wait + 1 and stop when wait ≥ patience

    It is `keras.callbacks.EarlyStopping`, with the same arguments and attributes, and:

    - A NaN or infinite value is never the best, so its epoch is never restored.
    - A monitor that no epoch can have ends the first epoch with an error. (Keras warns
      after every epoch, and never stops.)
    - With an averaging optimizer (`use_ema`), the averages of the best epoch are
      restored: the weights that `fit` would have left, had it ended there. (Keras
      overwrites them with that epoch's weights before averaging.)
    - With `restore_best_weights`, Ctrl-C ends training after the batch, restores the
      best weights, and only then interrupts. The second Ctrl-C interrupts at once.
    - `get_state` and `set_state` carry a run over a restart of the program.

    Args:
        monitor: name of the quantity in the logs.
        min_delta: δ, its unit that of the quantity; the sign is ignored.
        patience: epochs without a better one after which to stop; 0 acts as 1. The very
            first epoch never stops.
        verbose: 1 to print when it acts.
        mode: "min", "max", or "auto": as the metric of this name says.
        baseline: a value to be bettered: until then, a better epoch does not end the
            waiting.
        restore_best_weights: whether the weights of the best epoch are put back when
            training ends, for whatever reason it ends.
        start_from_epoch: the first epoch, counted from 0, that is looked at.
        stopping_threshold: a value that is good enough: an epoch that reaches it is
            the last.
        restore_optimizer: whether the optimizer's variables go back together with the
            weights: its state, its learning rate, its count of steps.

    Attributes:
        wait: epochs since the last better one.
        best: the best value, None before there is one.
        best_epoch: its epoch, counted from 0.
        best_weights: the weights to restore, as from `model.get_weights()`; None
            unless they are to be restored.
        best_optimizer: the optimizer's variables to restore, likewise.
        stopped_epoch: the epoch in which it stopped training, 0 if it did not.
        reason: why it stopped: None if it did not, else a dict of `why` ("patience",
            "threshold" or "interrupted"), `monitor`, `epoch`, `value`, `best` and
            `best_epoch`.

    Raises:
        ValueError: at construction, when an argument is out of range; at the end of
            the first epoch, when the quantity is not there or has no direction.

    Example:
        >>> import numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> stopping = EarlyStopping("loss", patience=2, min_delta=1e9)
        >>> x = np.ones((4, 1))
        >>> history = model.fit(x, x, epochs=9, verbose=0, callbacks=[stopping])
        >>> stopping.reason["why"], stopping.reason["epoch"], stopping.best_epoch
        ('patience', 2, 0)

    Source: Goodfellow et al., "Deep learning" (2016), algorithm 7.1. Akin to it:
    Prechelt, "Early stopping – but when?" (1998), the class UP of criteria, which
    counts successive rises.
    """

    def __init__(
        self,
        monitor="val_loss",
        min_delta=0,
        patience=0,
        verbose=0,
        mode="auto",
        baseline=None,
        restore_best_weights=False,
        start_from_epoch=0,
        stopping_threshold=None,
        restore_optimizer=False,
    ):
        super().__init__()
        self.monitor = monitor
        self.min_delta = abs(number("min_delta", min_delta, "(-inf, inf)"))
        self.patience = whole_number("patience", patience, 0)
        self.verbose = verbose
        self.mode = one_of("mode", mode, ("auto", "min", "max"))
        self.baseline = _number_or_none("baseline", baseline)
        self.restore_best_weights = bool(restore_best_weights)
        self.start_from_epoch = whole_number("start_from_epoch", start_from_epoch, 0)
        self.stopping_threshold = _number_or_none(
            "stopping_threshold", stopping_threshold
        )
        self.restore_optimizer = bool(restore_optimizer)
        if self.restore_optimizer and not self.restore_best_weights:
            raise ValueError(
                "`restore_optimizer` goes with the best weights. Received: "
                "restore_optimizer=True. Set restore_best_weights=True as well."
            )
        self._interruption = Interruption()
        self._set_state(_AT_FIRST)
        self._resumes = self._ended = False

    def get_state(self):
        """What `set_state` needs to go on, as plain numbers and arrays."""
        state = {name: getattr(self, name) for name in _AT_FIRST}
        return state | {"stopping_threshold": self.stopping_threshold}

    def set_state(self, state):
        """Makes the next `fit`, or this one, go on from this state.

        If training had been stopped, the next `fit` trains nothing, unless `patience`
        is longer now, or `stopping_threshold` another one.
        """
        self._set_state(state)
        why = (self.reason or {}).get("why")
        same = self.stopping_threshold == state["stopping_threshold"]
        lasts = self.wait < self.patience
        self._ended = (why == "patience" and not lasts) or (why == "threshold" and same)
        self._resumes = True

    def _set_state(self, state):
        for name in _AT_FIRST:
            setattr(self, name, state[name])

    def on_train_begin(self, logs=None):
        if not self._resumes:
            self._set_state(_AT_FIRST)
        elif self._ended:
            # Keras's own way to begin later: here, behind the last epoch.
            self.model._initial_epoch = self.params["epochs"]
        else:
            self.stopped_epoch, self.reason = 0, None
        if self.restore_best_weights:
            self._interruption.watch(self.model)

    def on_epoch_end(self, epoch, logs=None):
        logs = logs or {}
        if self._interruption.happened:  # The epoch is not whole.
            self._stop("interrupted", epoch, logs.get(self.monitor))
            return
        value = monitored_value(self.model, self.monitor, logs)
        if value is None or epoch < self.start_from_epoch:
            return
        sign = direction(self.model, self.monitor, self.mode)
        self.wait += 1
        good_enough = self._is_good_enough(value, sign)
        # One that ends training is the best even if it is better by less than δ.
        less = 0 if good_enough else self.min_delta
        if self._betters(value, self.best, sign, less):
            self._remember(epoch, value)
            if self._betters(value, self.baseline, sign, self.min_delta):
                self.wait = 0
        elif self.wait >= self.patience and epoch > 0:
            self._stop("patience", epoch, value)
        if good_enough:
            self._stop("threshold", epoch, value)

    def on_train_end(self, logs=None):
        self._interruption.release()
        if self._ended:
            self.model._initial_epoch = None
        self._resumes = self._ended = False
        if self.verbose and self.reason:
            print(f"Epoch {self.reason['epoch'] + 1}: early stopping")
        if self.best_weights is not None:
            if self.verbose:
                print(
                    "Restoring model weights from the end of the best epoch: "
                    f"{self.best_epoch + 1}."
                )
            self._restore()
        self._interruption.pass_on()

    def _betters(self, value, reference, sign, min_delta):
        if reference is None or not math.isfinite(value):
            return math.isfinite(value)
        return sign * value - min_delta > sign * reference

    def _is_good_enough(self, value, sign):
        threshold = self.stopping_threshold
        if threshold is None or not math.isfinite(value):
            return False
        return sign * value >= sign * threshold

    def _remember(self, epoch, value):
        self.best, self.best_epoch = value, epoch
        if self.restore_best_weights:
            self.best_weights = weights_that_fit_would_leave(self.model)
        if self.restore_optimizer:
            self.best_optimizer = copies(self.model.optimizer.variables)

    def _restore(self):
        self.model.set_weights(self.best_weights)
        if self.best_optimizer is not None:
            put_back(self.best_optimizer, self.model.optimizer.variables)

    def _stop(self, why, epoch, value):
        self.stopped_epoch = epoch
        self.model.stop_training = True
        self.reason = {
            "why": why,
            "monitor": self.monitor,
            "epoch": epoch,
            "value": value,
            "best": self.best,
            "best_epoch": self.best_epoch,
        }


_AT_FIRST = {
    "wait": 0,
    "best": None,
    "best_epoch": 0,
    "best_weights": None,
    "best_optimizer": None,
    "stopped_epoch": 0,
    "reason": None,
}


def _number_or_none(name, value):
    return None if value is None else number(name, value, "(-inf, inf)")
