"""How long each step of `fit` waits for its data, and how long it computes."""

from time import perf_counter

import keras
from keras import ops

from dlbook.callbacks.running_fit import running_fit
from dlbook.training.accelerators import is_out_of_memory
from dlbook.training.out_of_memory import OutOfMemoryError

_STATE = tuple(
    f"{kind}_variables"
    for kind in ("trainable", "non_trainable", "optimizer", "metrics")
)


class TimedSteps:
    """A clock around the compiled step of a model, for one `fit`.

    `fit` calls `model.train_function`; before each call, `around_next` puts the clock
    around it, and the clock takes itself away. An error that says that memory is full
    is raised again as an `OutOfMemoryError`.

    Attributes:
        waiting: seconds that the last call waited for data; None where that cannot be
            told: on TensorFlow with several steps in one execution, and on TensorFlow
            and JAX with a `make_train_function` of the model's own.
        computing: seconds from then until the loss was there.
        examples: how many the last call took; where `waiting` is None, how many it was
            asked to take, or None.
    """

    def __init__(self, model):
        self.waiting, self.computing, self.examples = None, 0.0, None
        self._model, self._fetched = model, 0.0
        self._fit = running_fit(model) or {}
        own = type(model).make_train_function
        keras_own = own is keras.Model.make_train_function
        backend = keras.backend.backend()
        self._call = {
            "tensorflow": self._on_tensorflow,
            "jax": self._on_jax,
            "torch": self._on_torch,
        }[backend]
        if backend == "torch":
            self._splits = self._clock_the_loader()
        else:
            in_graph = backend == "tensorflow" and model.steps_per_execution > 1
            self._splits = keras_own and not in_graph

    def around_next(self):
        """Measures the next call of the train function."""
        function = self._model.train_function

        def timed(*arguments):
            vars(self._model)["train_function"] = function
            return self._measured(function, arguments)

        # Not by setattr: Keras would look whether it is a layer.
        vars(self._model)["train_function"] = timed

    def _measured(self, function, arguments):
        begin, self.examples = perf_counter(), None
        outputs = None
        # What is fetched within the call counts as waiting; torch's was before it.
        before = self._fetched if keras.backend.backend() == "torch" else 0.0
        self._fetched = 0.0
        try:
            outputs = self._call(function, *arguments)
            first = keras.tree.flatten(outputs)[0]
            ops.convert_to_numpy(first)  # Until it is there, the device computes.
        except Exception as error:
            if is_out_of_memory(error):
                raise OutOfMemoryError(self.examples or self._asked, error) from error
            raise
        self.computing = perf_counter() - begin - self._fetched
        self.waiting = self._fetched + before if self._splits else None
        self._fetched = 0.0
        return outputs

    @property
    def _asked(self):
        """The batch size that `fit` was asked for, where it was."""
        iterator = self._fit.get("epoch_iterator")
        return getattr(getattr(iterator, "data_adapter", None), "batch_size", None)

    def _unsplit(self, function, *arguments):
        asked = self._asked
        self.examples = asked and asked * self._model.steps_per_execution
        return function(*arguments)

    def _on_tensorflow(self, function, iterator):
        if not self._splits:
            return self._unsplit(function, iterator)
        # Keras fetches inside its graph. Fetched before, it takes the batch from any
        # iterator of Python, and computes the same graph.
        return function(iter([next(self._clocked(iterator))]))

    def _on_jax(self, function, state, iterator):
        # Keras has emptied the variables. After an error it puts back the state of the
        # last step; before the first one it has none, and they would be lost.
        if getattr(self._model, "_jax_state", None) is None:
            vars(self._model)["_jax_state"] = dict(zip(_STATE, state, strict=True))
        if not self._splits:
            return self._unsplit(function, state, iterator)
        return function(state, self._clocked(iterator))

    def _on_torch(self, function, *data):
        self._count(data)
        return function(*data)

    def _clocked(self, iterator):
        return _ClockedIterator(iterator, self._add)

    def _add(self, seconds, data):
        self._fetched += seconds
        if keras.backend.backend() != "torch":
            self._count(data)

    def _count(self, data):
        for leaf in keras.tree.flatten(data):
            # `tf.distribute` gives each replica its part.
            parts = getattr(leaf, "values", None)
            parts = parts if isinstance(parts, tuple) else (leaf,)
            if all(hasattr(part, "shape") for part in parts):
                count = sum(int(part.shape[0]) for part in parts)
                self.examples = (self.examples or 0) + count
                return

    def _clock_the_loader(self):
        """On torch `fit` fetches before the step: its loader is clocked."""
        batches = self._fit.get("epoch_iterator")
        if not hasattr(batches, "_get_iterator"):
            return False
        loader = batches._get_iterator
        batches._get_iterator = lambda: self._clocked(iter(loader()))
        return True


class _ClockedIterator:
    """An iterator that tells how long each item took."""

    def __init__(self, iterator, tell):
        self._iterator, self._tell = iterator, tell

    def __iter__(self):
        return self

    def __next__(self):
        begin = perf_counter()
        data = next(self._iterator)
        self._tell(perf_counter() - begin, data)
        return data
