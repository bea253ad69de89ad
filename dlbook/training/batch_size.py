"""The largest batch that fits into memory."""

import gc

import keras
import numpy as np

from dlbook.arguments import whole_number
from dlbook.training.accelerators import free_cache, is_out_of_memory
from dlbook.training.out_of_memory import OutOfMemoryError
from dlbook.training.random_state import random_state, set_random_state


def find_batch_size(model, x, y=None, low=1, high=4096, multiple_of=1):
    """Searches the largest batch that a training step can take.

    It doubles the batch until memory is full, then halves the interval. Each size is
    tried with two steps, as the second one has the optimizer's state in memory too.
    Then weights, optimizer, metrics and seeds are as they were before.

    Leave a margin, a tenth or so: `fit` also keeps the next batches ready.

    Args:
        model: a compiled Keras model.
        x, y: examples and targets as for `train_on_batch`; repeated where they are
            fewer than a batch.
        low: the smallest size of interest, which is tried first.
        high: the largest. On a CPU it is what keeps the search from taking all memory.
        multiple_of: the result is a multiple of this: of 8 for mixed precision, of the
            replicas for several devices. `low` is rounded up to one.

    Returns:
        The batch size, an int, at most `high`.

    Raises:
        ValueError: when no multiple lies between `low` and `high`, or the model is not
            compiled.
        OutOfMemoryError: when not even `low` fits.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> find_batch_size(model, np.ones((4, 1)), np.ones((4, 1)), high=8)
        8
    """
    if not model.compiled:
        raise ValueError("`find_batch_size` trains: call `model.compile` first.")
    unit = whole_number("multiple_of", multiple_of, 1)
    low = -(-whole_number("low", low, 1) // unit)  # In units, rounded up.
    high = whole_number("high", high, 1) // unit
    if high < low:
        raise ValueError(
            f"No multiple of {unit} lies between `low` and `high`. Received: "
            f"low={low * unit}, high={high * unit}."
        )
    with _as_it_was(model, x) as put_back:

        def fits(units):
            return _fits(model, x, y, units * unit, put_back)

        if not fits(low):
            raise OutOfMemoryError(low * unit)
        return _largest(fits, low, high) * unit


def _largest(fits, low, high):
    """The largest whole number in [low, high] that fits, where `low` does."""
    too_large = high + 1
    while low + 1 < too_large:
        trial = min(2 * low, high) if too_large > high else (low + too_large) // 2
        if fits(trial):
            low = trial
        else:
            too_large = trial
    return low


def _fits(model, x, y, batch_size, put_back):
    x, y = (_batch(values, batch_size) for values in (x, y))
    try:
        for _ in range(2):
            model.train_on_batch(x, y)
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        fit = False
    else:
        fit = True
    # A step of JAX that fails has taken the variables with it.
    put_back()
    gc.collect()
    if not fit:
        free_cache()
    return fit


def _batch(values, batch_size):
    """So many examples, from the first on, again from the first where they end."""
    return keras.tree.map_structure(
        lambda each: np.take(np.asarray(each), range(batch_size), 0, mode="wrap"),
        values,
    )


class _as_it_was:
    """Within it, a model may be trained; afterwards it is as it was before."""

    def __init__(self, model, x):
        self._model, self._x = model, x

    def __enter__(self):
        model = self._model
        self._seeds = random_state()
        if not model.built:
            model(_batch(self._x, 1))
        if not model.optimizer.built:
            model.optimizer.build(model.trainable_variables)
        kept = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
        self._kept = [(variable, np.array(variable.numpy())) for variable in kept]
        return self._put_back

    def __exit__(self, *_):
        self._put_back()

    def _put_back(self):
        self._model.reset_metrics()  # Some are made by the first step.
        for variable, value in self._kept:
            variable.assign(value)
        set_random_state(self._seeds)
