"""`fit` in each of its ways of running a step."""

import keras
import numpy as np
import pytest

from .counterparts import OURS
from .training import train

WAYS = {
    "compiled": {"jit_compile": True},
    "many steps at once": {"steps_per_execution": 5},
    "step by step": {"run_eagerly": True},
}
if keras.backend.backend() == "torch":
    # There, compiling takes a C++ compiler, and Keras runs no steps at once.
    del WAYS["compiled"], WAYS["many steps at once"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", OURS)
def test_every_way_of_running_leads_to_the_same_weights(name, way):
    _, plain = train(OURS[name](), epochs=1, jit_compile=False)
    _, other = train(OURS[name](), epochs=1, **WAYS[way])
    way_gone = np.linalg.norm(plain[-1] - plain[0])
    assert np.linalg.norm(other[-1] - plain[-1]) < 1e-4 * way_gone
