"""A `.keras` file of every layer, read by a new process that knows only dlbook."""

import fresh_process
import keras
import numpy as np
import pytest

from .cases import CASES
from .inputs import arrays, numbers, symbols

LOAD = """
import sys
import keras
import numpy as np
import dlbook.layers

folder, count = sys.argv[1], int(sys.argv[2])
for number in range(count):
    model = keras.saving.load_model(f"{folder}/{number}.keras")
    x = list(np.load(f"{folder}/{number}-x.npz").values())
    outputs = keras.tree.flatten(model(x, training=False))
    outputs = [keras.ops.convert_to_numpy(output) for output in outputs]
    np.savez(f"{folder}/{number}-loaded.npz", *outputs)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of every layer, and what a new process computed from them."""
    folder = tmp_path_factory.mktemp("saved")
    for number, case in enumerate(CASES):
        inputs = symbols(case.shapes)
        outputs = keras.tree.flatten(case.layer()(*inputs))
        model = keras.Model(keras.tree.flatten(inputs), outputs)
        x = keras.tree.flatten(arrays(case.shapes))
        model.save(folder / f"{number}.keras")
        np.savez(folder / f"{number}-x.npz", *x)
        np.savez(folder / f"{number}-saved.npz", *numbers(model(x)))
    fresh_process.run(LOAD, folder, len(CASES))
    return folder


@pytest.mark.parametrize("number", range(len(CASES)), ids=map(str, CASES))
def test_a_loaded_layer_computes_the_same(number, folder):
    with (
        np.load(folder / f"{number}-saved.npz") as saved,
        np.load(folder / f"{number}-loaded.npz") as loaded,
    ):
        assert saved.files == loaded.files
        for key in saved.files:
            # On JAX, a matrix product may differ in its last bit in another process.
            np.testing.assert_allclose(saved[key], loaded[key], rtol=1e-6, atol=1e-7)
