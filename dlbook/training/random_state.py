"""The random generators that no model owns, and that `fit` may draw from."""

import random

import keras
import numpy as np
from keras.src.backend.common.global_state import (  # Keras has no public name for it.
    get_global_attribute,
)
from keras.src.random.seed_generator import (  # Keras has no public name for it.
    GLOBAL_SEED_GENERATOR,
    global_seed_generator,
)


def random_state():
    """The states of the generators, as plain numbers and arrays.

    `fit` shuffles arrays by NumPy's on JAX and by torch's on torch, and the batches of
    a `PyDataset` by Python's; Keras has one of its own for what is given no seed.
    TensorFlow's shuffling begins anew with every `fit`: there is nothing to keep.
    """
    state = {"python": random.getstate(), "numpy": np.random.get_state(legacy=False)}
    if get_global_attribute(GLOBAL_SEED_GENERATOR) is not None:
        state["keras"] = np.array(global_seed_generator().state.numpy())
    if keras.backend.backend() == "torch":
        import torch

        state["torch"] = torch.get_rng_state().numpy()
    return state


def set_random_state(state):
    """Puts the generators back to what `random_state` returned."""
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    np.random.set_state(state["numpy"])
    if "keras" in state:
        global_seed_generator().state.assign(state["keras"])
    if keras.backend.backend() == "torch" and "torch" in state:
        import torch

        torch.set_rng_state(torch.from_numpy(np.array(state["torch"])))
