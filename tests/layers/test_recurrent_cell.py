"""A cell called by itself, without the loop of its layer."""

import numpy as np
import pytest

from dlbook.layers import GRUCell, LSTMCell, SimpleRNNCell

from .inputs import numbers, tensors

each = pytest.mark.parametrize("cell_class", [SimpleRNNCell, LSTMCell, GRUCell])


def called(cell, **flags):
    """The output for an input (2, 4) and states (2, 8)."""
    x, *states = tensors(((2, 4), *[(2, 8)] * cell.states))
    return numbers(cell(x, states, **flags))[0]


@each
def test_dropout_is_for_training_alone(cell_class):
    cell = cell_class(8, dropout=0.5, recurrent_dropout=0.5)
    np.testing.assert_array_equal(called(cell), called(cell, training=False))
    assert (called(cell) != called(cell, training=True)).any()


@each
def test_without_a_bias_there_is_none(cell_class):
    cell = cell_class(8, use_bias=False)
    called(cell)
    assert cell.bias is None
