"""A run that is cut and run again ends, to the last bit, as the straight one."""

import os
import pathlib
import random
import shutil
import signal
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from dlbook.callbacks import (
    Checkpoint,
    EarlyStopping,
    GradientMonitor,
    checkpoint_file,
)
from dlbook.callbacks.data_position import RepeatableOrder

pytestmark = pytest.mark.backends
RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(10, 3)).astype("float32")
Y = X @ np.array([[1.0], [-2.0], [0.5]], "float32")
Z = RANDOM.normal(size=(2, 3)).astype("float32")
EPOCHS, BATCHES = 3, 3
# Inside an epoch and between accumulated gradients, at an epoch's end, and in the last.
CUTS = ((0, 1), (1, 0), (2, 1))
HeNormal = keras.initializers.HeNormal


def network(optimizer=None, width=4, activation="relu", **options):
    """With all that has a state: averages, a dropout, accumulation, a metric."""
    layers = [
        keras.layers.Dense(width, activation, kernel_initializer=HeNormal(1)),
        keras.layers.BatchNormalization(momentum=0.5),
        keras.layers.Dropout(0.5, seed=2),
        keras.layers.Dense(1, kernel_initializer=HeNormal(3)),
    ]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile(optimizer or averaging(), "mse", metrics=["mae"], **options)
    return model


def averaging():
    return keras.optimizers.Adam(
        0.05, use_ema=True, ema_momentum=0.8, gradient_accumulation_steps=2
    )


def callbacks():
    """Two that wait for the loss, and one that goes on from the rate that it finds."""
    return [
        EarlyStopping(
            "val_loss", patience=2, restore_best_weights=True, restore_optimizer=True
        ),
        keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=10),
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.9 * rate),
    ]


def fit(model, path, *others, data=(X, Y), **options):
    options = {"batch_size": 4, "epochs": EPOCHS, "verbose": 0} | options
    options = {"validation_data": (Z, Z[:, :1])} | options
    checkpoint = Checkpoint(path, every=1, verbose=0)
    return model.fit(*data, callbacks=[checkpoint, *others], **options)


class Copies(keras.callbacks.Callback):
    """Copies the file at the beginning of each batch: what a cut would leave there."""

    def __init__(self, path):
        super().__init__()
        self.path, self.epoch, self.files = path, 0, []

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def on_train_batch_begin(self, batch, logs=None):
        self.files.append(f"{self.path}-{self.epoch}-{batch}")
        shutil.copy(self.path, self.files[-1])


def outcome(model, run, *others):
    """All that a run leaves behind."""
    values = [*model.variables, *model.optimizer.variables]
    values = [np.array(value.numpy()) for value in values]
    states = [each.get_state() for each in others if hasattr(each, "get_state")]
    return {"values": values, "history": run and run.history, "states": states}


def assert_same(one, other):
    np.testing.assert_equal(one, other)


def resumed(model, path):
    others = callbacks()
    return outcome(model, fit(model, path, *others), *others)


@pytest.fixture(scope="module")
def model():
    """One for many tests: each compares runs from where the last one ended."""
    return network()


# benchmarks/restarts.py cuts a program at random, fifty times.
def test_cut_anywhere_it_ends_as_the_straight_run(tmp_path, model):
    others, copies = callbacks(), Copies(tmp_path / "run")
    end = outcome(model, fit(model, copies.path, *others, copies), *others)
    assert len(copies.files) == EPOCHS * BATCHES
    for epoch, batch in CUTS:
        assert_same(resumed(model, f"{copies.path}-{epoch}-{batch}"), end)


class Batches(keras.utils.PyDataset):
    """Keras shuffles them, by Python's generator."""

    def __len__(self):
        return BATCHES

    def __getitem__(self, index):
        chosen = slice(4 * index, 4 * index + 4)
        return X[chosen], Y[chosen]


SOURCES = {
    "batches that Keras shuffles": {"data": (Batches(),), "batch_size": None},
    "arrays in passes longer than an epoch": {"steps_per_epoch": 1, "epochs": 4},
    "examples shuffled within batches": {"shuffle": "batch"},
    "examples in their own order": {"shuffle": False},
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda name: name.replace(" ", "-"))
def test_it_goes_on_in_any_data_that_can_be_repeated(source, tmp_path, model):
    options = {"epochs": 2} | SOURCES[source]

    def draw(epoch, logs):
        random.random()

    copies = Copies(tmp_path / "run")
    draws = keras.callbacks.LambdaCallback(on_epoch_begin=draw)
    end = outcome(model, fit(model, copies.path, copies, draws, **options))
    for file in copies.files[1::4]:
        assert_same(outcome(model, fit(model, file, draws, **options)), end)


class Draws(keras.callbacks.Callback):
    """Draws from the generators that no model owns, as one's own code may."""

    def __init__(self):
        super().__init__()
        self.numbers = []

    def on_epoch_begin(self, epoch, logs=None):
        random.random()  # A second time, when the epoch goes on inside.

    def on_train_batch_begin(self, batch, logs=None):
        of_keras = float(keras.random.uniform(()))
        self.numbers.append((random.random(), np.random.random(), of_keras))


def test_the_generators_of_the_program_go_on(tmp_path, model):
    copies, draws = Copies(tmp_path / "run"), Draws()
    fit(model, copies.path, copies, draws, epochs=2)
    for cut in (2, 3):  # Inside an epoch, and at its end.
        again = Draws()
        fit(model, copies.files[cut], again, epochs=2)
        assert_same(again.numbers, draws.numbers[cut:])


@pytest.mark.skipif(keras.backend.backend() == "torch", reason="Keras has one there.")
def test_several_steps_in_one_execution(tmp_path):
    model = network(steps_per_execution=2)
    copies = Copies(tmp_path / "run")
    end = outcome(model, fit(model, copies.path, copies))
    for file in copies.files[1::2]:
        assert_same(outcome(model, fit(model, file)), end)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_a_generator_has_no_length_in_its_first_epoch(tmp_path, model):
    def batches():
        for index in range(BATCHES):
            yield X[index : index + 4], Y[index : index + 4]

    options = {"batch_size": None, "epochs": 1, "shuffle": False}
    copies = Copies(tmp_path / "run")
    run = fit(model, copies.path, copies, data=(batches(),), **options)
    end = outcome(model, run)
    for file in copies.files:
        assert_same(outcome(model, fit(model, file, data=(batches(),), **options)), end)


@pytest.mark.parametrize("shuffle", [True, "batch"])
def test_each_epoch_has_every_example_once_in_an_order_of_its_own(shuffle):
    options = {"_num_samples": 10, "batch_size": 4, "_shuffle": shuffle}
    order = RepeatableOrder(SimpleNamespace(_inputs=(np.arange(10.0),), **options))
    epochs = []
    for epoch in (0, 1, 2, 0):
        order.begin(epoch)
        epochs.append([order[batch][0] for batch in range(len(order))])
    orders = [np.concatenate(batches) for batches in epochs]
    assert_same(np.sort(orders), np.tile(np.arange(10), (4, 1)))
    assert len({tuple(each) for each in orders[:3]}) == 3
    assert_same(orders[3], orders[0])
    whole = [sorted(batch)[0] for batch in epochs[0]] == [0, 4, 8]
    assert whole == (shuffle == "batch")


def test_an_ended_run_is_not_trained_again_until_there_are_more_epochs(tmp_path, model):
    copies = Copies(tmp_path / "run")
    longer = outcome(model, fit(model, copies.path, copies, epochs=3))
    path = copies.files[0]
    shorter = outcome(model, fit(model, path, epochs=2))
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert_same(outcome(model, fit(model, path, epochs=2)), shorter)
    assert_same(outcome(model, fit(model, path, epochs=3)), longer)


def test_a_run_that_was_stopped_is_not_trained_again(tmp_path, model):
    ends = []
    for _ in range(2):
        stopping = EarlyStopping("mae", mode="max", patience=1, min_delta=1e9)
        run = fit(model, tmp_path / "run", stopping, epochs=9)
        ends.append(outcome(model, run, stopping))
        assert (run.epoch, stopping.reason["epoch"]) == ([0, 1], 1)
    assert_same(*ends)


def presses_ctrl_c():
    def press(batch, logs):
        if batch == 1:
            signal.raise_signal(signal.SIGINT)

    return keras.callbacks.LambdaCallback(on_train_batch_end=press)


@pytest.mark.usefixtures("ctrl_c_is_as_before")
def test_ctrl_c_writes_the_batch_and_then_interrupts(tmp_path, model):
    copies = Copies(tmp_path / "run")
    end = outcome(model, fit(model, copies.path, copies))
    cut, seldom = copies.files[0], Checkpoint(copies.files[0], verbose=0)
    options = {"validation_data": (Z, Z[:, :1]), "epochs": EPOCHS, "verbose": 0}
    with pytest.raises(KeyboardInterrupt):
        model.fit(X, Y, 4, callbacks=[presses_ctrl_c(), seldom], **options)
    assert checkpoint_file.read(cut)["batch"] == 2
    assert_same(outcome(model, fit(model, cut)), end)


def test_a_gradient_monitor_may_come_and_go(tmp_path, model):
    copies, options = Copies(tmp_path / "run"), {"data": (X[:8], Y[:8]), "epochs": 2}
    fit(model, copies.path, copies, GradientMonitor(), **options)
    end = outcome(model, [])
    fit(model, copies.files[1], **options)
    assert_same(outcome(model, []), end)


def test_a_full_disk_is_a_warning_and_the_last_file_stays(tmp_path, model, monkeypatch):
    path, writes = tmp_path / "run", []

    def replace(partial, name):
        writes.append(partial)
        if len(writes) > 2:
            raise OSError("no space left on device")
        shutil.move(partial, name)

    monkeypatch.setattr("os.replace", replace)
    with pytest.warns(RuntimeWarning, match="no space left") as warned:
        run = fit(model, path, epochs=2)
    assert len(writes) > 3
    assert run.epoch == [0, 1]
    assert len([each for each in warned if "no space" in str(each.message)]) == 1
    content = checkpoint_file.read(path)
    assert (content["epoch"], content["batch"]) == (0, 1)
    assert os.listdir(tmp_path) == ["run"]


def test_with_a_nan_the_last_file_stays(tmp_path, model):
    path = tmp_path / "run"
    x = np.where(np.arange(10)[:, None] < 8, X, np.nan).astype("float32")
    with pytest.warns(RuntimeWarning, match="NaN"):
        fit(model, path, data=(x, Y), epochs=1, shuffle=False)
    content = checkpoint_file.read(path)
    assert (content["epoch"], content["batch"]) == (0, 2)
    fit(model, path, shuffle=False)
    assert all(np.isfinite(weight).all() for weight in model.get_weights())


def test_a_file_of_another_training_is_refused_and_stays(tmp_path, model):
    path = tmp_path / "run"
    copies = Copies(path)
    fit(model, path, copies, epochs=1)
    inside = pathlib.Path(copies.files[-1])
    for other, named in (
        (network(width=5), r"'.*kernel'.*\[3, 4\]"),
        (network(activation="tanh"), "configured"),
        (network(keras.optimizers.SGD(0.1)), "optimizer"),
    ):
        content, weights = inside.read_bytes(), other.get_weights()
        with pytest.raises(ValueError, match=named):
            fit(other, inside)
        assert inside.read_bytes() == content
        assert_same(other.get_weights(), weights)
    with pytest.raises(ValueError, match="same data"):
        fit(model, inside, data=(X[:9], Y[:9]))
    with pytest.raises(ValueError, match="same data"):
        fit(model, inside, shuffle=False)


def test_a_damaged_file_is_refused_and_stays(tmp_path, model):
    path = tmp_path / "run"
    fit(model, path, epochs=1)
    path.write_bytes(path.read_bytes()[:-100])
    damaged = path.read_bytes()
    with pytest.raises(ValueError, match="damaged"):
        fit(model, path)
    assert path.read_bytes() == damaged


def test_a_model_that_is_not_built_is_built(tmp_path):
    def unbuilt():
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.layers.Dropout(0.5), keras.layers.Dense(1)])
        model.compile("adam", "mse", metrics=["mae"])
        return model

    one, copies = unbuilt(), Copies(tmp_path / "run")
    end = outcome(one, fit(one, copies.path, copies, epochs=1))
    other = unbuilt()
    assert_same(outcome(other, fit(other, copies.files[1], epochs=1)), end)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [((None,), "path"), (("",), "path"), ((".",), "path"), (("run", 0), "every")],
)
def test_a_bad_argument_is_refused_at_construction(arguments, named):
    with pytest.raises(ValueError, match=f"`{named}`"):
        Checkpoint(*arguments)


def test_one_fit_takes_one(tmp_path, model):
    with pytest.raises(ValueError, match="several"):
        fit(model, tmp_path / "run", Checkpoint(tmp_path / "other"))


def test_it_says_where_training_goes_on(tmp_path, model, capsys):
    path = tmp_path / "run"
    for epochs in (1, 2, 2):
        checkpoint = Checkpoint(path)
        model.fit(X, Y, 4, epochs, verbose=0, callbacks=[checkpoint])
    said = [f"{path}: goes on with epoch 2, behind batch 0.", f"{path}: has ended."]
    assert capsys.readouterr().out.splitlines() == said
