"""Passes over the numbers of float32 tensors, each in the words that are fastest."""

import keras
from keras import ops

BACKEND = keras.backend.backend()

if BACKEND == "tensorflow":
    import tensorflow as tf
elif BACKEND == "torch":
    import torch

# Keras's operations look at each argument first, in Python. On torch, with small
# weights, that takes longer than the step; the few that are used here it has as well.
fast = torch if BACKEND == "torch" else ops


class TensorPasses:
    """Sums and extremes of tensors, and their values before they change.

    Keras has operations for all of it. But a step of small weights takes milliseconds,
    and memory that is new each time costs more than what is computed in it.

    Args:
        is_compiled: whether XLA compiles the step.
    """

    def __init__(self, is_compiled=False):
        self._is_compiled = is_compiled
        self._copies, self._rooms = {}, {}

    def values(self, variables, due):
        """The values of the variables, to be compared with later ones.

        Only where the scalar `due` is True: elsewhere they may be anything.
        """
        values = list(map(self.value, variables))
        if BACKEND == "torch":  # An update is in place.
            return list(map(self._copy, variables, values)) if due else values
        if BACKEND == "jax" or self._is_compiled or due is True:
            return values  # A backend copies what is needed longer.
        return tf.cond(
            due,
            lambda: [tf.raw_ops.DeepCopy(x=value) for value in values],
            lambda: [tf.zeros((0,), value.dtype) for value in values],
        )

    def value(self, tensor):
        """A dense value, past which no gradient goes, of a variable or a tensor."""
        value = ops.convert_to_tensor(tensor, sparse=False)
        return value.detach() if BACKEND == "torch" else ops.stop_gradient(value)

    def float32(self, x):
        """x, in float32."""
        is_float32 = keras.backend.standardize_dtype(x.dtype) == "float32"
        return x if is_float32 else ops.cast(x, "float32")

    def square_sum(self, x):
        """Σx², a scalar."""
        if BACKEND == "tensorflow":
            return 2 * tf.nn.l2_loss(x)
        if BACKEND == "torch":
            return torch.dot(x.reshape(-1), x.reshape(-1))
        return ops.sum(ops.square(x))

    def square_distance(self, x, y):
        """Σ(x − y)², a scalar."""
        if BACKEND == "torch":
            return self.square_sum(torch.sub(x, y, out=self._room(x)))
        return self.square_sum(x - y)

    def largest_size(self, x):
        """max |x|, a scalar; NaN if there is one."""
        if BACKEND == "tensorflow":
            return tf.maximum(tf.reduce_max(x), -tf.reduce_min(x))
        if BACKEND == "torch":
            least, greatest = torch.aminmax(x)
            return torch.maximum(greatest, -least)
        return ops.max(ops.absolute(x))

    def not_zero(self, x):
        """How many entries of each unit, the last axis, are not 0; NaN is not 0.

        A product with ones where that is faster than a sum. In float32 it counts up to
        2²⁴ entries of a unit without rounding.
        """
        if len(x.shape) < 2:
            return self.float32(x != 0)
        x = fast.reshape(x, (-1, x.shape[-1]))
        if BACKEND == "tensorflow":
            marks = tf.cast(x != 0, "float32")
            return tf.linalg.matvec(marks, tf.ones(x.shape[:1]), transpose_a=True)
        if BACKEND == "torch":
            marks = torch.ne(x, 0, out=self._room(x))
            return (torch.ones_like(x[:, :1]).T @ marks)[0]
        # Two zeros differ in their sign, the first bit; 1 stands for all other numbers.
        bits = ops.left_shift(ops.view(x, "uint32"), 1)
        return ops.cast(ops.sum(ops.minimum(bits, 1), axis=0), "float32")

    def either(self, condition, then, otherwise):
        """The value of one of two functions, which have no arguments."""
        if BACKEND == "torch":
            return then() if condition else otherwise()
        return ops.cond(condition, then, otherwise)

    def with_row(self, table, at, row):
        """The table with another row at a place; on torch, the same table."""
        if BACKEND == "torch":
            table[at] = row
            return table
        return ops.slice_update(table, (at, *[0] * len(row.shape)), row[None])

    def _copy(self, variable, value):
        if id(variable) not in self._copies:
            self._copies[id(variable)] = torch.empty_like(value)
        return self._copies[id(variable)].copy_(value)

    def _room(self, x):
        """Memory like x, used again by the next one of its shape."""
        if (x.shape, x.device) not in self._rooms:
            self._rooms[x.shape, x.device] = torch.empty_like(x)
        return self._rooms[x.shape, x.device]
