"""Every layer in one model, compiled as a whole by XLA."""

import keras
import numpy as np
import pytest

from .cases import CASES
from .inputs import arrays, assert_close, numbers, symbols

pytestmark = pytest.mark.skipif(
    keras.backend.backend() == "torch",
    reason="torch.compile has its own compiler, which takes minutes",
)
BATCH = 4


@pytest.fixture(scope="module")
def model():
    """A model with an input and outputs for each case."""
    inputs = [symbols(case.shapes) for case in CASES]
    outputs = [case.layer()(*x) for case, x in zip(CASES, inputs, strict=True)]
    model = keras.Model(*map(keras.tree.flatten, (inputs, outputs)))
    model.compile(keras.optimizers.SGD(0.1), "mse", jit_compile=True)
    return model


def batch(tensors):
    """An array for each of a model's inputs or outputs."""
    return arrays([(BATCH, *tensor.shape[1:]) for tensor in tensors])


def test_a_compiled_model_predicts_the_same(model):
    x = batch(model.inputs)
    assert_close(model.predict_on_batch(x), numbers(model(x, training=False)), 1e-5)


def test_a_compiled_step_moves_every_weight(model):
    before = model.get_weights()
    model.train_on_batch(batch(model.inputs), batch(model.outputs))
    for weight, old in zip(model.weights, before, strict=True):
        new = keras.ops.convert_to_numpy(weight)
        assert np.isfinite(new).all(), weight.path
        assert (new != old).any(), weight.path
