"""A file from which a training that was cut goes on."""

import os
import warnings
from pathlib import Path

import keras
import numpy as np

from dlbook.arguments import whole_number
from dlbook.callbacks import checkpoint_file
from dlbook.callbacks.callback_states import callback_states, set_callback_states
from dlbook.callbacks.data_position import DataPosition
from dlbook.callbacks.interruption import Interruption
from dlbook.callbacks.running_fit import batches_done, running_fit
from dlbook.callbacks.training_state import build, set_training_state, training_state
from dlbook.training.random_state import random_state, set_random_state


class Checkpoint(keras.callbacks.Callback):
    """Writes all that training needs to go on, and goes on from it.

    Run the same program again after it was cut, and `fit` goes on behind the last batch
    that was written; what comes out is to the last bit what would have come without
    the cut. A run that had ended, or was stopped at the end of an epoch as by
    `EarlyStopping`, is not trained again: the model gets its weights, and `fit` returns
    its history. Ask for more epochs than it had, and they are trained; one that was
    stopped stays so.

    In the file are the weights, the optimizer's variables (its rate, averages and
    accumulated gradients with them), the seeds of the layers, the metrics of the
    epoch, the random generators of Python, NumPy, Keras and torch, the epoch and the
    batch, the order of the data, the history, and the state of every callback that has
    `get_state` and `set_state`, or is Keras's `EarlyStopping`, `ReduceLROnPlateau` or
    `ModelCheckpoint`.

    Arrays that `fit` shuffles get their order from the epoch and a seed, which is drawn
    from NumPy's generator when training begins and is in the file. It is not the order
    that `fit` would take without this callback: not every backend's can be put back.
    (On TensorFlow, after `keras.utils.set_random_seed`, `fit` shuffles every epoch
    alike; here each has its own order.)

    Other data begins the epoch anew, the generators put back to what they were, and the
    batches that are done are taken out and left aside. It has to give the same batches
    again: a `PyDataset` does, whose batches depend on their index, as does a
    `tf.data.Dataset` that is not shuffled. A shuffled one, a shuffling `DataLoader` and
    a generator begin anew, with another order.

    The file is written under another name, sent to the disk and renamed, so it is
    always whole. When it cannot be written, say for a full disk, there is a warning,
    the last good one stays, and training goes on. So it does with a NaN in a weight or
    in the optimizer's variables. Ctrl-C inside an epoch ends training after the batch,
    which is written; after the last batch of an epoch, or in the validation, the last
    file stays.

    Args:
        path: the file, one for each training, written by one process. `numpy.load` can
            open it.
        every: write after so many batches, and when training ends; None writes after
            each epoch. At most so many batches are trained again; with data that does
            not say its length, or several steps in one execution, a few more.
        verbose: 1 to print where training goes on; 0 prints nothing.

    Raises:
        ValueError: at construction, when an argument is out of range; when training
            begins, if the file is damaged, of another model, or of other data. The file
            is left as it is.
        OSError: when training begins, if the file cannot be written.

    Example:
        >>> import pathlib, tempfile
        >>> path = pathlib.Path(tempfile.mkdtemp(), "run.checkpoint")
        >>> x = np.ones((8, 1))
        >>> for program in ("cut after two epochs", "run again"):
        ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        ...     model.compile("sgd", "mse", run_eagerly=True)
        ...     epochs = 2 if program == "cut after two epochs" else 3
        ...     checkpoint = Checkpoint(path, every=10, verbose=0)
        ...     run = model.fit(x, x, 2, epochs, verbose=0, callbacks=[checkpoint])
        >>> run.epoch, int(model.optimizer.iterations.numpy())
        ([0, 1, 2], 12)

    `keras.callbacks.BackupAndRestore` has the weights and the optimizer only, begins
    the epoch anew after a cut inside it, and deletes its files when training ends.
    """

    def __init__(self, path, every=None, verbose=1):
        super().__init__()
        if not isinstance(path, (str, os.PathLike)) or Path(path).is_dir() or not path:
            raise ValueError(
                "`path` must be that of a file, such as 'run.checkpoint'. "
                f"Received: path={path!r}."
            )
        self.path = Path(path)
        self.every = None if every is None else whole_number("every", every, 1)
        self.verbose = verbose
        self._interruption = Interruption()

    def on_train_begin(self, logs=None):
        model = self.model
        fit = running_fit(model)
        if fit is None:
            raise ValueError(
                "Checkpoint works in `model.fit`, which is not running. Give it to "
                "`fit` as one of the `callbacks`."
            )
        if not self._comes_last(fit["callbacks"].callbacks):
            return
        # Keras calls a callback that is not in a list in a thread, which would see the
        # weights of later batches.
        fit["callbacks"]._async_train = False
        self._of_fit, self._callbacks = model, fit["callbacks"].callbacks
        self._done = self._since = 0
        self._resumed = self._held = None
        self._is_cut = self._warned = False
        self._position = DataPosition(fit, model)
        build(model, fit["epoch_iterator"])
        self._generators = random_state()
        checkpoint_file.remove_leftovers(self.path)
        if self.path.exists():
            self._resume(checkpoint_file.read(self.path))
        else:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            checkpoint_file.write(self.path, self._content(fit["initial_epoch"], 0))
        self._interruption.watch(model)

    def on_epoch_begin(self, epoch, logs=None):
        self._of_fit._initial_epoch = None
        self._epoch, self._done, self._is_cut = epoch, 0, False
        resumed, self._resumed = self._resumed, None
        if self._position.begin_epoch(epoch):
            self._generators = random_state()
        if resumed is None:
            return
        if resumed["batch"]:
            # Callbacks began this epoch a second time, some to change what is here.
            self._set(resumed)
        if self._position.order is None:
            set_random_state(resumed["generators"])
        self._generators, self._done = resumed["generators"], resumed["batch"]

    def on_train_batch_end(self, batch, logs=None):
        done = batches_done(self.params, batch)
        self._since, self._done = self._since + done - self._done, done
        if self._held is not None:
            held, self._held = self._held, None
            self._write(held)
        steps = self._position.steps
        if steps is not None and done >= steps:
            return  # What comes at the end of the epoch belongs to it.
        self._is_cut = self._of_fit.stop_training
        due = self.every is not None and self._since >= self.every
        if steps is None and due:
            # It may have been the last one: then there is no batch to go on with.
            self._held, self._since = self._content(self._epoch, done), 0
        elif steps is not None and (due or self._is_cut):
            self._write(self._content(self._epoch, done))

    def on_epoch_end(self, epoch, logs=None):
        self._held = None
        if self._is_cut or self._interruption.happened:
            return  # The epoch, or its validation, is not whole.
        stopped = self.model.stop_training
        ends = stopped or epoch + 1 >= self.params["epochs"]
        if ends or self.every is None or self._since >= self.every:
            self._write(self._content(epoch + 1, 0, stopped))

    def on_train_end(self, logs=None):
        self._interruption.release()
        self._of_fit._initial_epoch = None
        self._of_fit = self._callbacks = self._position = None
        self._resumed = self._held = None
        self._interruption.pass_on()

    def _comes_last(self, callbacks):
        """Whether this is the last of the callbacks: the others are done then."""
        if sum(isinstance(each, Checkpoint) for each in {*callbacks}) > 1:
            raise ValueError(
                "One `fit` takes one Checkpoint, for one file. Received: several."
            )
        if callbacks[-1] is not self:
            callbacks.append(self)  # The list is being gone through: it will be asked.
            return False
        if callbacks.count(self) > 1:
            callbacks.remove(self)
        return True

    def _content(self, epoch, batch, stopped=False):
        replays = self._position.order is None and batch
        return {
            "epoch": epoch,
            "batch": batch,
            "stopped": stopped,
            "training": training_state(self.model),
            "data": self._position.get_state(),
            "generators": self._generators if replays else random_state(),
            "callbacks": callback_states(self._callbacks),
        }

    def _write(self, content):
        self._since = 0
        try:
            _refuse_not_a_number(content["training"]["values"])
            checkpoint_file.write(self.path, content)
            self._warned = False
        except Exception as error:  # Whatever it is, training is worth more.
            if not self._warned:
                message = f"{str(self.path)!r} stays what it was before epoch "
                message += f"{content['epoch']}, batch {content['batch']}: {error}."
                warnings.warn(message, RuntimeWarning, stacklevel=2)
            self._warned = True

    def _resume(self, content):
        epoch, batch, epochs = content["epoch"], content["batch"], self.params["epochs"]
        ended = content["stopped"] or epoch >= epochs
        try:
            self._position.set_state(
                content["data"], batch, lambda: self._set_generators(content)
            )
            self._set(content)
        except ValueError as error:
            raise ValueError(
                f"The checkpoint {str(self.path)!r} is not of this training: {error} "
                "The file is as it was. Name another, or move it away to begin anew."
            ) from error
        set_random_state(content["generators"])
        self.model._initial_epoch = max(epoch, epochs) if ended else epoch
        self._resumed = None if ended else content
        if self.verbose:
            where = f"goes on with epoch {epoch + 1}, behind batch {batch}"
            print(f"{self.path}: {'has ended' if ended else where}.")

    def _set(self, content):
        set_training_state(content["training"], self.model, content["batch"] > 0)
        set_callback_states(content["callbacks"], self._callbacks)

    def _set_generators(self, content):
        if self._position.order is not None:
            set_random_state(content["generators"])


def _refuse_not_a_number(values):
    # An accumulated gradient has it first. Infinity may be meant, as in a mask.
    for name in ("model", "optimizer"):
        if any(np.any(np.isnan(value)) for value in values[name]):
            raise ValueError(f"there is a NaN in the variables of the {name}")
