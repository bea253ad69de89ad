"""The range test: the loss at every learning rate, from one short run."""

import math

import keras
import numpy as np

from dlbook.arguments import number, whole_number
from dlbook.callbacks.copies import copies, put_back
from dlbook.callbacks.interruption import Interruption
from dlbook.callbacks.running_fit import running_fit
from dlbook.training.random_state import random_state, set_random_state


class LearningRateFinder(keras.callbacks.Callback):
    """Raises the learning rate at each step of `fit` until the loss blows up::

        αₜ = low · (high/low)^((t − 1)/(T − 1)),     t = 1, ..., T

    Then it puts back the weights, the optimizer's state and the random generators: the
    model is as it was, and is trained at the rate that one has chosen, in the order in
    which `fit` would have shuffled without the search. In Smith's test the rate grows
    linearly; it grows by a factor here, which takes as many steps for each power of
    ten.

    Args:
        low: the first rate; its unit is that of the optimizer's rate.
        high: the last rate.
        steps: T; None takes all steps of `fit`. It ends training after so many.
        smoothing: β in [0, 1), for `smoothed`; 0 smooths nothing.
        divergence: training ends as soon as the smoothed loss exceeds the lowest one so
            far by this many times the lowest one's size (3: once it is more than four
            times as high), or is not finite.

    Attributes:
        rates: α₁, α₂, ..., the rates tried, a list of floats.
        losses: L₁, L₂, ..., the loss of each batch before the step at this rate, a list
            of floats; the last may not be finite.

    Raises:
        ValueError: at construction, when an argument is out of range; when training
            begins, if the rate is a schedule, if T is unknown, or if several steps are
            taken in one execution, between which no callback is asked.

    An error inside `fit` (Ctrl-C is none) ends it without calling callbacks: `restore`
    then puts everything back.

    Example:
        >>> import numpy as np
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> finder = LearningRateFinder(low=0.01, high=1.0, steps=3)
        >>> x = np.ones((6, 1))
        >>> run = model.fit(x, x, batch_size=2, verbose=0, callbacks=[finder])
        >>> [round(rate, 6) for rate in finder.rates]
        [0.01, 0.1, 1.0]

    Source: Smith, "Cyclical learning rates for training neural networks" (2017),
    section 3.3. The growth by a factor and the stop are those of fastai.
    """

    def __init__(self, low=1e-6, high=10.0, steps=None, smoothing=0.9, divergence=3.0):
        super().__init__()
        self.low = number("low", low, "(0, inf)")
        self.high = number("high", high, "(0, inf)")
        if not self.low < self.high:
            raise ValueError(
                f"`low` must be below `high`. Received: low={low!r}, high={high!r}."
            )
        self.steps = None if steps is None else whole_number("steps", steps, 2)
        self.smoothing = number("smoothing", smoothing, "[0, 1)")
        self.divergence = number("divergence", divergence, "(0, inf)")
        self.rates, self.losses = [], []
        self._interruption = Interruption()
        self._kept = None

    @property
    def smoothed(self):
        """S₁, S₂, ..., the losses averaged over about the last 1/(1 − β) steps::

        sₜ = β sₜ₋₁ + (1 − β) Lₜ,     Sₜ = sₜ / (1 − βᵗ),     s₀ = 0
        """
        beta, s, averages = self.smoothing, 0.0, []
        for t, loss in enumerate(self.losses, start=1):
            s = beta * s + (1 - beta) * loss
            averages.append(s / (1 - beta**t))
        return averages

    @property
    def suggestion(self):
        """Two rates read off the smoothed loss, as a dict; None if there are none.

        The first 1/(1 − β) steps are passed over: there S is the mean of so few losses
        that one easy batch is its steepest fall. There are no rates if the smoothed
        loss never fell below its value then, or has fewer than three finite values
        after.

        `steepest`: where it fell fastest per power of ten, a rate to train at.
        `lowest`: where it was lowest, already too high: use a tenth of it at most.
        Both come late by the steps over which the loss is smoothed.
        """
        passed_over = round(1 / (1 - self.smoothing)) - 1
        smoothed = np.array(self.smoothed[passed_over:])
        smoothed = smoothed[np.isfinite(smoothed)]
        if len(smoothed) < 3 or np.argmin(smoothed) == 0:
            return None
        lowest = int(np.argmin(smoothed))
        slopes = np.gradient(smoothed)  # By the step, and so by the logarithm of α.
        steepest = int(np.argmin(slopes[: lowest + 1]))
        rates = self.rates[passed_over:]
        return {"steepest": rates[steepest], "lowest": rates[lowest]}

    def on_train_begin(self, logs=None):
        model = self.model
        _refuse_what_hides_the_rate(model)
        self._steps = self.steps or _steps_of_fit(self.params or {}, running_fit(model))
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        self.rates, self.losses = [], []
        self._kept = copies([*model.variables, *model.optimizer.variables])
        self._generators = random_state()
        self._interruption.watch(model)

    def on_train_batch_begin(self, batch, logs=None):
        growth = (self.high / self.low) ** (1 / (self._steps - 1))
        rate = self.low * growth ** len(self.rates)
        model = self.model
        model.optimizer.learning_rate = rate
        model.reset_metrics()  # Else the loss in the logs is averaged over the epoch.
        self.rates.append(rate)

    def on_train_batch_end(self, batch, logs=None):
        self.losses.append(float(logs["loss"]))
        if len(self.losses) >= self._steps or self._has_blown_up():
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self._interruption.release()
        self.restore()
        self._interruption.pass_on()

    def restore(self):
        """Puts back what was there when `fit` began; also called when `fit` ends."""
        if self._kept is not None:
            model = self.model
            put_back(self._kept, [*model.variables, *model.optimizer.variables])
            set_random_state(self._generators)
            self._kept = None

    def _has_blown_up(self):
        smoothed = self.smoothed
        lowest = min(smoothed)
        too_high = lowest + self.divergence * abs(lowest)
        return not math.isfinite(smoothed[-1]) or smoothed[-1] > too_high


def _steps_of_fit(params, fit):
    """How many steps `fit` will take, if it knows."""
    epochs, steps = params.get("epochs"), params.get("steps")
    if epochs and fit:
        epochs -= fit["initial_epoch"]
    if not epochs or not steps:
        raise ValueError(
            "`fit` does not know how many steps its data makes. Set `steps`."
        )
    return whole_number("steps", epochs * steps, 2, "Use more epochs.")


def _refuse_what_hides_the_rate(model):
    if model.steps_per_execution != 1:
        raise ValueError(
            "LearningRateFinder sets the rate between executions, which here take "
            f"{model.steps_per_execution} steps each. Compile the model with "
            "steps_per_execution=1."
        )
    if not isinstance(model.optimizer.learning_rate, keras.Variable):
        raise ValueError(
            "LearningRateFinder sets the learning rate, which here is a schedule or a "
            "function. Compile the model with a number."
        )
