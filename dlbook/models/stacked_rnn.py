"""Many small recurrent networks, trained side by side in one model."""

from itertools import groupby

import keras
import numpy as np
from keras import ops


class StackedRNN(keras.Model):
    """K recurrent networks of one size, of one or more kinds, in one loop over time::

        hₜ[k] = the step of cell k from xₜ and its own states        t = 1, ..., T
        y[k]  = h_T[k] V[k] + d[k]                                   k = 1, ..., K

    A loop over time costs much the same for one small cell as for nine. Cells of one
    kind become one, whose weights have an axis more. The networks share the batches and
    nothing else: with `squared_error` as the loss, each gradient is what it would be
    alone. An optimizer that clips by the norm of all gradients would mix them.

    Args:
        cells: built cells of dlbook, such as `LSTMCell(8)`, without dropout, all with
            as many inputs and units; those of one kind, which must have the same words
            and biases, stand next to each other. They are copied.
        outputs: numbers that a network returns.
        seed: of V ~ N(0, 1 / units); d starts at 0.

    Raises:
        ValueError: when there is no cell, the cells differ in inputs or units, those of
            one kind do not stand together or differ in words, or one of them drops.

    Example:
        >>> from dlbook.layers import GRUCell, LSTMCell
        >>> cells = [LSTMCell(4), LSTMCell(4), GRUCell(4)]
        >>> for cell in cells:
        ...     cell.build((None, 2))
        >>> StackedRNN(cells, outputs=1)(ops.ones((5, 7, 2))).shape == (5, 3, 1)
        True
    """

    def __init__(self, cells, outputs, seed=0):
        super().__init__()
        _check(cells)
        K, units = len(cells), cells[0].units
        kinds = dict.fromkeys(type(cell) for cell in cells)
        beside = [_Beside([c for c in cells if type(c) is kind]) for kind in kinds]
        self.loop = keras.layers.RNN(_Together(beside))
        V = np.random.default_rng(seed).normal(0, units**-0.5, (K, units, outputs))
        self.readout = self.add_weight(shape=V.shape, name="readout")
        self.readout.assign(V)
        shape = (K, outputs)
        self.offset = self.add_weight(shape=shape, initializer="zeros", name="offset")

    def build(self, input_shape):
        """Makes nothing new: the cells have their weights."""
        self.loop.build(input_shape)

    def call(self, x):
        """(batch, time, inputs) → (batch, networks, outputs)."""
        K, units, _ = self.readout.shape
        h = ops.reshape(self.loop(x), (-1, K, units))  # (batch, networks, units)
        return ops.einsum("bku,kuo->bko", h, self.readout) + self.offset

    @staticmethod
    def squared_error(y, y_hat):
        """(ŷ − y)² of each example, (batch,), summed over networks and outputs."""
        y = ops.cast(y, y_hat.dtype)  # (batch, outputs)
        # Keras leaves out the last axis of ŷ where it has length 1.
        y_hat = ops.reshape(y_hat, (ops.shape(y)[0], -1, ops.shape(y)[-1]))
        return ops.sum((y_hat - ops.expand_dims(y, 1)) ** 2, axis=(1, 2))


class _Beside(keras.layers.Layer):
    """Cells of one kind as one; its states are (batch, K · units)."""

    def __init__(self, cells):
        super().__init__()
        self.K, self.units = len(cells), cells[0].units
        self.cell = type(cells[0]).from_config(cells[0].get_config())
        self.state_size = [self.K * self.units] * self.cell.states
        self.cell.bias = None
        for name in ("kernel", "recurrent_kernel", "bias")[: 2 + cells[0].use_bias]:
            parts = [ops.convert_to_numpy(getattr(cell, name)) for cell in cells]
            if name == "bias":
                parts = [b[..., None, :] for b in parts]  # ([2,] 1, columns)
            values = np.stack(parts, axis=-3)  # ([2,] networks, rows, columns)
            # On torch Keras knows a weight by its name, and clears the gradient of one
            # of those that have the same.
            own = f"{self.cell.name}_{name}"
            setattr(self.cell, name, keras.Variable(values, name=own))
        self.built = True

    def call(self, x, states):
        apart = [ops.reshape(s, (-1, self.K, self.units)) for s in states]
        apart = [ops.transpose(s, (1, 0, 2)) for s in apart]
        _, apart = self.cell.call(x, apart)  # (networks, batch, units) each
        states = [
            ops.reshape(ops.transpose(s, (1, 0, 2)), (-1, self.K * self.units))
            for s in apart
        ]
        return states[0], states


class _Together(keras.layers.Layer):
    """Cells of several kinds on one input, with their outputs side by side."""

    def __init__(self, cells):
        super().__init__()
        self.cells = cells
        self.state_size = [size for cell in cells for size in cell.state_size]
        self.built = True

    def call(self, x, states):
        outputs, after, states = [], [], list(states)
        for cell in self.cells:
            count = len(cell.state_size)
            h, own = cell(x, states[:count])
            outputs.append(h)
            after += own
            states = states[count:]
        return ops.concatenate(outputs, axis=-1), after


def _check(cells):
    sizes = {(cell.kernel.shape[0], cell.units) for cell in cells}
    if len(sizes) != 1:
        raise ValueError(
            "`cells` must have one number of inputs and one of units. Received "
            f"{len(cells)} cells of these sizes: {sorted(sizes)}."
        )
    if any(cell.dropout or cell.recurrent_dropout for cell in cells):
        raise ValueError(
            "Cells side by side must not drop. Received a cell with dropout: build it "
            "with `dropout=0` and `recurrent_dropout=0`."
        )
    groups = [list(group) for _, group in groupby(cells, type)]
    if len(groups) != len({type(cell) for cell in cells}):
        names = [type(cell).__name__ for cell in cells]
        raise ValueError(
            "Cells of one kind must stand next to each other, or the networks would "
            f"come out in another order. Received: {names}."
        )
    for group in groups:
        if any(_words(cell) != _words(group[0]) for cell in group):
            raise ValueError(
                "Cells of one kind become one and must have the same words. Received "
                f"{type(group[0]).__name__}s of {[_words(cell) for cell in group]}."
            )


def _words(cell):
    """What decides how a cell computes, beside its weights."""
    config = cell.get_config()
    words = set(cell.hyperparameters) - {"seed"}
    return {word: config[word] for word in sorted(words)}
