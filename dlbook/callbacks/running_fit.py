"""What a callback can learn about the `fit` that is calling it."""

import sys


def running_fit(model, frame=None):
    """The arguments of the `fit` of a model that is running now.

    Keras tells callbacks the numbers of epochs and steps, and nothing else: not even
    whether there is validation data. So this looks up the stack.

    Args:
        model: a Keras model.
        frame: where to begin; by default, at the caller.

    Returns:
        A dict of names and values, or None outside of `fit`, as in a training loop
        that was written by hand.
    """
    frame = frame or sys._getframe(1)
    while frame is not None:
        values = frame.f_locals
        is_fit = frame.f_code.co_name == "fit" and "validation_freq" in values
        if is_fit and values.get("self") is model:
            return dict(values)
        frame = frame.f_back
    return None


def batches_done(params, batch):
    """How many batches of the epoch are done, at the end of the one with this index.

    With `steps_per_execution`, Keras counts the last execution of an epoch as a whole
    one, even if the data ended within it.

    Args:
        params: what Keras tells the callback, `callback.params`.
        batch: the index, from 0.
    """
    steps = (params or {}).get("steps")
    return min(batch + 1, steps) if steps else batch + 1
