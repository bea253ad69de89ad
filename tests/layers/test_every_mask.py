"""What becomes of masks, in every layer that takes one."""

import keras
import numpy as np
import pytest
from keras import ops

from .cases import CASES
from .inputs import arrays, called, numbers

MASKED = [case for case in CASES if case.mask]
USING = [case for case in MASKED if case.mask != "propagated"]


class Masked(keras.layers.Layer):
    """Passes numbers on and gives them this mask."""

    def __init__(self, mask):
        super().__init__()
        self.hides = mask

    def call(self, inputs):
        return ops.multiply(inputs, 1)

    def compute_mask(self, inputs, previous_mask=None):
        return ops.convert_to_tensor(self.hides)


def masked_call(case, mask, x, **flags):
    """What a new layer makes of the inputs, the first of them masked."""
    first, *others = keras.tree.map_structure(ops.convert_to_tensor, x)
    return called(case)(Masked(mask)(first), *others, **flags)


def example(case):
    """Inputs and a mask whose first row hides all and whose last hides nothing."""
    x = arrays(case.shapes)
    mask = np.random.default_rng(0).random(x[0].shape[:2]) < 0.6
    mask[0], mask[1] = False, True
    mask[1, -1] = False
    return x, mask


@pytest.mark.parametrize("case", MASKED, ids=str)
def test_a_mask_goes_out_or_ends_here(case):
    x, mask = example(case)
    result = keras.tree.flatten(masked_call(case, mask, x))[0]
    left = getattr(result, "_keras_mask", None)
    if case.mask == "consumed":
        assert left is None
    else:
        np.testing.assert_array_equal(ops.convert_to_numpy(left), mask)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("case", MASKED, ids=str)
def test_hidden_numbers_change_nothing_that_counts(case, training):
    x, mask = example(case)
    before = numbers(masked_call(case, mask, x, training=training))[0]
    x[0] = np.where(mask[..., None], x[0], 7).astype("float32")
    after = numbers(masked_call(case, mask, x, training=training))[0]
    seen = ... if case.mask == "consumed" else mask
    np.testing.assert_allclose(before[seen], after[seen], atol=1e-6)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("case", MASKED, ids=str)
def test_a_fully_masked_batch_gives_no_nan(case, training):
    x, mask = example(case)
    outputs = numbers(masked_call(case, mask & False, x, training=training))
    assert all(np.isfinite(y).all() for y in outputs)


@pytest.mark.parametrize("case", USING, ids=str)
def test_a_fully_masked_row_gives_zeros_where_masks_are_used(case):
    x, mask = example(case)
    result = numbers(masked_call(case, mask, x))[0]
    assert not result[0].any()
    assert result[1].any()
