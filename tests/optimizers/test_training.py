"""`fit` in each of its ways of running a step."""

import keras
import numpy as np
import pytest

from .counterparts import KINDS
from .training import train

WAYS = {
    "compiled": {"jit_compile": True},
    "many steps at once": {"steps_per_execution": 5},
    "step by step": {"run_eagerly": True},
}
if keras.backend.backend() == "torch":
    # There, compiling takes a C++ compiler, and Keras runs no steps at once.
    del WAYS["compiled"], WAYS["many steps at once"]


@pytest.mark.parametrize("name", KINDS)
def test_every_way_of_running_leads_to_the_same_weights(name):
    _, plain = train(KINDS[name](), epochs=1, jit_compile=False)
    way_gone = np.linalg.norm(plain[-1] - plain[0])
    for way, words in WAYS.items():
        _, other = train(KINDS[name](), epochs=1, **words)
        assert np.linalg.norm(other[-1] - plain[-1]) < 1e-4 * way_gone, way
