"""A `.keras` file holds the optimizer: training goes on in a new process."""

import fresh_process
import keras
import numpy as np
import pytest

from .configs import OWN
from .counterparts import OURS
from .training import train

GO_ON = """
import sys
import keras
import numpy as np
import dlbook.optimizers

folder, *names = sys.argv[1:]
batches = np.load(f"{folder}/batches.npz")
for name in names:
    model = keras.saving.load_model(f"{folder}/{name}.keras")
    assert type(model.optimizer) is getattr(dlbook.optimizers, name)
    model.fit(batches["x"], batches["y"], 64, shuffle=False, verbose=0)
    np.savez(f"{folder}/{name}.npz", *model.get_weights())
"""


# What each keeps with all its options, and with none.
KEPT = {
    "SGD": (("v",), ()),
    "Adagrad": (("s",), ("s",)),
    "RMSprop": (("v", "a", "u"), ("v",)),
    "Adadelta": (("v", "d"), ("v", "d")),
    "Adam": (("m", "v", "v_max"), ("m", "v")),
    "AdamW": (("m", "v", "v_max"), ("m", "v")),
    "Nadam": (("m", "v", "w"), ("m", "v", "w")),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Files of models in mid-training, and where each went in a new process."""
    folder = tmp_path_factory.mktemp("saved")
    random = np.random.default_rng(0)
    x, y = random.random((640, 64), "float32"), random.integers(10, size=640)
    np.savez(folder / "batches.npz", x=x, y=y)
    for name in OURS:
        schedule = keras.optimizers.schedules.ExponentialDecay(0.01, 10, 0.9)
        model, _ = train(OURS[name](schedule, **OWN[name]), epochs=1)
        model.save(folder / f"{name}.keras")
        model.fit(x, y, 64, shuffle=False, verbose=0)
        np.savez(folder / f"{name}-unbroken.npz", *model.get_weights())
    fresh_process.run(GO_ON, folder, *OURS)
    return folder


@pytest.mark.parametrize("name", OURS)
def test_a_loaded_model_trains_on_as_if_never_stopped(name, folder):
    with (
        np.load(folder / f"{name}.npz") as resumed,
        np.load(folder / f"{name}-unbroken.npz") as unbroken,
    ):
        for key in unbroken.files:
            # On JAX, a matrix product may differ in its last bit in another process.
            np.testing.assert_allclose(
                resumed[key], unbroken[key], rtol=1e-5, atol=1e-6
            )


@pytest.mark.parametrize("name", OURS)
def test_a_loaded_model_has_the_state_and_not_only_the_weights(name, folder):
    model = keras.saving.load_model(folder / f"{name}.keras")
    assert int(model.optimizer.iterations) == 20
    slots = model.optimizer.variables[1:]
    assert len(slots) == 4 * len(model.optimizer.kept)
    assert all(keras.ops.convert_to_numpy(slot).any() for slot in slots)


@pytest.mark.parametrize("name", OURS)
def test_the_state_has_the_names_by_which_files_know_it(name):
    """Under other names, files that were saved before would be left out."""
    for words, kept in zip((OWN[name], {}), KEPT[name], strict=True):
        optimizer = OURS[name](**words)
        assert optimizer.kept == kept
        optimizer.build([keras.Variable([1.0], name="kernel")])
        # After those that Keras needs: the count of steps and the rate.
        paths = [variable.path for variable in optimizer.variables[2:]]
        assert paths == [f"{name.lower()}/kernel_{slot}" for slot in kept]
