"""Where `fit` is in its data: the order, and how much of it is done."""

import keras
import numpy as np
from keras.src.trainers.data_adapters.array_slicing import (  # It has no public name.
    convert_to_sliceable,
)


class RepeatableOrder(keras.utils.PyDataset):
    """The batches of arrays, in an order that a seed and an epoch determine.

    Args:
        arrays: what Keras's adapter of arrays was given to shuffle.
    """

    def __init__(self, arrays):
        super().__init__()
        self._inputs = convert_to_sliceable(arrays._inputs, "numpy")
        self.examples, self.batch_size = arrays._num_samples, arrays.batch_size
        self._within_batches = arrays._shuffle == "batch"
        self.seed = int(np.random.randint(2**31))
        self.begin(0)

    def __len__(self):
        return -(-self.examples // self.batch_size)

    def begin(self, epoch):
        """Takes the order of this epoch."""
        self.epoch = epoch
        random = np.random.default_rng([self.seed, epoch])
        order = np.arange(self.examples)
        size = self.batch_size if self._within_batches else self.examples
        for start in range(0, self.examples, size):
            random.shuffle(order[start : start + size])
        self._order = order

    def __getitem__(self, batch):
        start = batch * self.batch_size
        chosen = self._order[start : start + self.batch_size]
        return keras.tree.map_structure(
            lambda array: array.convert_to_numpy(array[chosen]),
            self._inputs,
            none_is_leaf=False,
        )


class DataPosition:
    """Knows where `fit` is in its data, and takes it there again.

    Arrays that are to be shuffled are given to `fit` anew, in a `RepeatableOrder`:
    Keras shuffles by the generators of its backends, which cannot all be put back.
    Of any other data, the batches that are done are taken out and left aside.

    Args:
        fit: the arguments of the running `fit`.
        model: its model.

    Attributes:
        order: the `RepeatableOrder`, or None.
    """

    def __init__(self, fit, model):
        self._data = data = fit["epoch_iterator"]
        self.order, self._goes_on = None, False
        adapter = data.data_adapter
        if getattr(adapter, "_shuffle", False) and hasattr(adapter, "_inputs"):
            self.order = RepeatableOrder(adapter)
            options = {"steps_per_epoch": data.steps_per_epoch}
            options["steps_per_execution"] = data.steps_per_execution
            if hasattr(model, "distribute_strategy"):
                options["distribute_strategy"] = model.distribute_strategy
            # `fit` holds this iterator: it becomes one over the other data.
            vars(data).update(vars(type(data)(x=self.order, shuffle=False, **options)))

    @property
    def steps(self):
        """How many batches an epoch has; None while that is unknown."""
        return self._data.num_batches

    def get_state(self):
        """What `set_state` needs, as plain numbers."""
        state = {"seen": self._data._steps_seen, "steps": self.steps, "order": None}
        if self.order is not None:
            names = ("seed", "epoch", "examples", "batch_size")
            state["order"] = {name: getattr(self.order, name) for name in names}
        return state

    def set_state(self, state, done, then):
        """Takes the next epoch behind the batches that are done.

        Args:
            state: of `get_state`.
            done: how many batches of the epoch are done.
            then: is called before the first of the others.

        Raises:
            ValueError: when the data is not the same.
        """
        order, here = state["order"], self.get_state()["order"]
        if order and here:
            self.order.seed = order["seed"]
            self.order.begin(order["epoch"])
            here |= {"seed": order["seed"], "epoch": order["epoch"]}
        # What has no length gets one at the end of its first epoch.
        unknown = None in (state["steps"], self.steps)
        same = order == here and (unknown or state["steps"] == self.steps)
        if done and (not same or done % self._data.steps_per_execution):
            raise ValueError(
                f"it was written after {done} batches of {state['steps']} in an epoch, "
                f"shuffled as {order}; here are {self.steps}, shuffled as {here}. Give "
                "`fit` the same data, `batch_size` and `steps_per_execution`."
            )
        # One pass through the data may last several epochs.
        passed = max(state["seen"] - done, 0) if self._data.steps_per_epoch else 0
        self._goes_on = passed > 0
        if passed or done:
            self._skip(passed, done, then)

    def begin_epoch(self, epoch):
        """Takes the order of the epoch; whether a pass through the data begins."""
        data, goes_on = self._data, self._goes_on
        self._goes_on = False
        under_way = data._current_iterator is not None and data._steps_seen > 0
        if data.steps_per_epoch and under_way:
            goes_on = True
        if self.order is not None and not goes_on:
            self.order.begin(epoch)
        return not goes_on

    def _skip(self, passed, done, then):
        data, epoch = self._data, self._data._enumerate_iterator

        def rest():
            del vars(data)["_enumerate_iterator"]  # The epochs after it are whole.
            if passed:
                data._current_iterator, data._steps_seen = iter(data._get_iterator()), 0
                _take(passed, data._current_iterator)
                data._steps_seen = passed
            begun = False
            for begin, end, batches in epoch():
                if end < done:
                    _take(data.steps_per_execution, batches)
                    continue
                if not begun:
                    begun = True
                    then()
                yield begin, end, batches

        vars(data)["_enumerate_iterator"] = rest


def _take(count, iterator):
    for _ in range(count):
        next(iterator)
