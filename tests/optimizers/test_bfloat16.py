"""A network whose weights, state and arithmetic are bfloat16 learns as in float32."""

import keras
import numpy as np
import pytest

from dlbook.data import load_digits
from dlbook.models import mlp

from .counterparts import OURS

RATES = {"SGD": 0.1, "RMSprop": 1e-3, "Adam": 1e-3, "AdamW": 1e-3}


def learned_loss(optimizer, policy):
    """The loss on 1,280 digits after 100 steps, of the weights in float32."""
    (x, y), _ = load_digits()
    x, y = x[:1280], y[:1280]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model = mlp(64, (32,), 10)
    finally:
        keras.config.set_dtype_policy(before)
    model.compile(optimizer, loss)
    model.fit(x, y, 64, 5, 0, shuffle=False)
    judged = mlp(64, (32,), 10)
    judged.set_weights([np.asarray(w, "float32") for w in model.get_weights()])
    judged.compile(loss=loss)
    return model.dtype, judged.evaluate(x, y, verbose=0)


@pytest.mark.parametrize("name", RATES)
def test_the_loss_is_within_1_2_of_that_in_float32(name):
    """Keras's own Adam and AdamW do not move a weight."""
    optimizer = OURS[name]
    _, full = learned_loss(optimizer(RATES[name]), "float32")
    dtype, half = learned_loss(optimizer(RATES[name]), "bfloat16")
    assert dtype == "bfloat16"
    assert full < 2.0  # From 2.4, and 2.3 for guessing.
    assert half < 1.2 * full
