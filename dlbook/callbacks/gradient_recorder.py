"""Statistics of the gradients, taken inside the compiled training step."""

import math
from functools import partial

import numpy as np
from keras import ops

from dlbook.callbacks.gradient_statistics import STATISTICS, gradient_statistics
from dlbook.callbacks.tensor_passes import TensorPasses, fast


class GradientRecorder:
    """Records, inside an optimizer's step, what it does to each weight.

    The optimizer hands its gradients, unscaled, accumulated and clipped, to one method.
    This stands in front of that method, and writes a row of a table that is one more
    variable of the optimizer, as all that a compiled step keeps must be. Files of the
    model are written and read without it.

    Args:
        optimizer: a built optimizer. One that scales the loss has another one inside:
            that one takes the steps.
        every: record every so many updates, beginning with the first.
        rows: how many records fit before they have to be read.
        is_compiled: whether XLA compiles the step.

    Attributes:
        paths: of the weights, in the order of the records.
        sizes: how many entries each has.
    """

    def __init__(self, optimizer, every, rows, is_compiled):
        self._outer = optimizer
        self._optimizer = inner = getattr(optimizer, "inner_optimizer", optimizer)
        self._every, self._rows, self._read = every, rows, 0
        if "_gradient_recorder" in vars(inner):
            vars(inner)["_gradient_recorder"].remove()  # An error ended its `fit`.
        vars(inner)["_gradient_recorder"] = self
        self.paths = [variable.path for variable in inner._trainable_variables]
        self.sizes = [math.prod(each.shape) for each in inner._trainable_variables]
        self._units = [_units(variable) for variable in inner._trainable_variables]
        shape = (rows, len(self.paths), len(STATISTICS))
        add = partial(inner.add_variable, aggregation="only_first_replica")
        self._table = add(shape, name="gradient_table")
        # A variable of no entries is none that every backend could keep.
        units = max(sum(self._units), 1)
        self._moved = add((units,), dtype="int32", name="gradient_units")
        self._updates = add((), dtype="int32", name="gradient_updates")
        self._passes = TensorPasses(is_compiled)
        self._replaced = []
        self._replace(inner, "_backend_update_step", self._recorded)
        for each in {id(owner): owner for owner in (inner, optimizer)}.values():
            self._replace(each, "save_own_variables", self._hidden)
            self._replace(each, "load_own_variables", self._hidden)

    def read(self):
        """The records since the last reading: updates 1, 2, ..., and their statistics.

        Returns:
            A list of the numbers of the updates, and an array `(records, weights, 6)`
            of `STATISTICS`; NaN where a weight had no gradient.
        """
        table, updates = np.array(self._table.numpy()), self.updates
        records = range(self._read, -(-updates // self._every))
        self._read = len(records) + self._read
        numbers = [record * self._every + 1 for record in records]
        return numbers, table[[record % self._rows for record in records]]

    def still_units(self, since):
        """The share of each kernel's units whose gradients were all 0.

        Args:
            since: the first update, counted from 1, that is asked about.

        Returns:
            An array `(weights,)`; NaN for weights that are no kernels.
        """
        still = np.array(self._moved.numpy()) < since
        ends = np.cumsum(self._units)[:-1]
        each = np.split(still[: sum(self._units)], ends)
        return np.array([np.mean(one) if len(one) else np.nan for one in each])

    @property
    def updates(self):
        """How many updates there were."""
        return int(self._updates.numpy())

    @property
    def skips(self):
        """Whether the optimizer leaves out batches: one that scales the loss may."""
        return self._optimizer is not self._outer

    @property
    def batches(self):
        """How many batches the optimizer has taken in, ever."""
        return int(self._optimizer._iterations.numpy())

    @property
    def is_in_place(self):
        """Whether it still records: not once it was removed, or replaced."""
        return vars(self._optimizer).get("_gradient_recorder") is self

    def remove(self):
        """Leaves the optimizer as it was."""
        if not self.is_in_place:
            return
        del vars(self._optimizer)["_gradient_recorder"]
        for owner, name in self._replaced:
            vars(owner).pop(name, None)
        for variable in self._variables:
            self._optimizer._untrack_variable(variable)

    @property
    def _variables(self):
        return self._table, self._moved, self._updates

    def _replace(self, owner, name, around):
        # Past Keras's __setattr__, which looks for variables in all that it is given.
        vars(owner)[name] = around(getattr(owner, name))
        self._replaced.append((owner, name))

    def _hidden(self, method):
        def without_the_table(store):
            for variable in self._variables:
                self._optimizer._untrack_variable(variable)
            try:
                method(store)
            finally:
                for variable in self._variables:
                    self._optimizer._track_variable(variable)

        return without_the_table

    def _recorded(self, method):
        def update_and_record(grads, variables, learning_rate):
            updates = ops.convert_to_tensor(self._updates)
            # A condition that always holds still costs copies of what it is about.
            due = self._every == 1 or ops.equal(updates % self._every, 0)
            before = self._passes.values(variables, due)
            method(grads, variables, learning_rate)
            grads = self._of_all_replicas(grads, variables)
            self._record(updates, due, grads, variables, before)

        return update_and_record

    def _of_all_replicas(self, grads, variables):
        """The gradients, added up over the devices of a `tf.distribute` strategy."""
        strategy = getattr(self._optimizer, "_distribution_strategy", None)
        if strategy is None or strategy.num_replicas_in_sync == 1:
            return grads
        pairs = list(zip(grads, variables, strict=True))
        return [g for g, _ in self._optimizer._all_reduce_sum_gradients(pairs)]

    def _record(self, updates, due, grads, variables, before):
        table = ops.convert_to_tensor(self._table)
        moved = ops.convert_to_tensor(self._moved)

        def with_a_row():
            row, moving = self._row(grads, variables, before)
            at = updates // self._every % self._rows
            last = fast.where(moving, updates + 1, moved)
            return self._passes.with_row(table, at, row), last

        if due is True:
            table, moved = with_a_row()
        else:
            table, moved = self._passes.either(due, with_a_row, lambda: (table, moved))
        self._table.assign(table)
        self._moved.assign(moved)
        self._updates.assign(updates + 1)

    def _row(self, grads, variables, before):
        """The statistics of all weights, and which units have a gradient."""
        after = list(map(self._passes.value, variables))
        # A branch on TensorFlow that copies them has lost their shapes.
        shapes = [each.shape for each in variables]
        before = list(map(fast.reshape, before, shapes))
        statistics, units = gradient_statistics(grads, before, after, self._passes)
        at = list(map(self._optimizer._get_variable_index, variables))
        units = dict(zip(at, units, strict=True))
        known = [(i, n) for i, n in enumerate(self._units) if n]
        nonzero = [units[i] if i in units else fast.zeros((n,)) for i, n in known]
        moving = fast.concatenate(nonzero or [fast.zeros((1,))]) != 0
        if at == list(range(len(self.paths))):
            return statistics, moving
        nothing = ops.full((len(STATISTICS),), float("nan"), dtype="float32")
        rows = {index: statistics[number] for number, index in enumerate(at)}
        return ops.stack([rows.get(i, nothing) for i in range(len(self.paths))]), moving


def _units(variable):
    """The outputs of a kernel: its last axis."""
    return variable.shape[-1] if len(variable.shape) > 1 else 0
