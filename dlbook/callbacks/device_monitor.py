"""What the device does while a model trains, and what holds it up."""

from time import monotonic

import keras
import numpy as np

from dlbook.arguments import number
from dlbook.callbacks.device_diagnosis import DeviceRecord, diagnose_device
from dlbook.callbacks.nvidia_sensors import NvidiaSensors
from dlbook.callbacks.timed_steps import TimedSteps
from dlbook.training import accelerators
from dlbook.training.device import best_policy


class DeviceMonitor(keras.callbacks.Callback):
    """Records examples per second, where a step's time goes, memory and sensors::

        examples_per_second = Σ examples / Σ (waiting + computing)

    The sums are over the steps of the epoch so far, without the first step of `fit`,
    which compiles. The number is in the `logs` of each batch and epoch, and so in the
    progress bar, `History` and `CSVLogger`.

    At the end of each epoch it looks for: a machine with a GPU that trains on the CPU;
    steps that wait for data; memory that is nearly full; a batch so small that the GPU
    is idle; a precision in which the GPU would be faster. What it finds it prints, each
    kind once. A step that runs out of memory raises an error that names the batch.

    Training is to the last bit what it would be without. JAX and a GPU otherwise begin
    the next step before the last one has ended: with this callback, as with most of
    Keras's, they wait for it.

    Args:
        interval: seconds between two looks at the sensors; 0 looks after every step.

    Attributes:
        device: the name of the device; "CPU" where the backend sees no other.
        waiting: seconds that each step waited for data, a list of floats; None with
            `steps_per_execution` above 1 on TensorFlow, or where the model makes its
            own train function on TensorFlow or JAX.
        computing: seconds that each step computed, until its loss was there; with
            `steps_per_execution`, those of an execution, as are the others.
        examples: in each step, a list of ints, those of all devices together; on
            TensorFlow and torch, those of this process. None where that is not known.
        memory: a dict for each epoch: `in_use`, `peak` and `limit` in bytes, each None
            where the backend does not say, as on a CPU. The peak is that since `fit`
            began, on JAX since the program did.
        sensors: a dict for each look: `step`, counted from 1, `utilisation` in [0, 1]
            and `temperature` in °C. Empty without NVIDIA's driver and nvidia-ml-py.
        findings: a list of `Finding`s: `kind`, `sentence`, `evidence`, `remedy`.

    Raises:
        ValueError: at construction, when `interval` is no number from 0.
        OutOfMemoryError: in `fit`, when the memory of the device is full. On JAX, a
            step that fails while it runs takes the weights with it, as Keras has lent
            it their memory: keep them by a `Checkpoint`.

    Example:
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> monitor = DeviceMonitor()
        >>> x = np.ones((10, 1))
        >>> run = model.fit(x, x, batch_size=4, verbose=0, callbacks=[monitor])
        >>> monitor.examples
        [4, 4, 2]
        >>> run.history["examples_per_second"][0] > 0
        True
    """

    def __init__(self, interval=1.0):
        super().__init__()
        self.interval = number("interval", interval, "[0, inf)")
        self._forget()

    def _forget(self):
        self.device, self.findings = "CPU", []
        self.waiting, self.computing, self.examples = [], [], []
        self.memory, self.sensors = [], []
        self._steps, self._looked = None, -np.inf
        self._epoch, self._begin, self._sums = 0, 0, (0, 0.0)

    def on_train_begin(self, logs=None):
        self._forget()
        found = accelerators.accelerators()
        self._accelerator = found[0] if found else None
        self._reader = None
        if found:
            self.device = str(found[0])
            accelerators.reset_peak()
            if found[0].kind == "nvidia":
                self._reader = NvidiaSensors()
        self._steps = TimedSteps(self.model)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch, self._begin, self._sums = epoch, len(self.computing), (0, 0.0)

    def on_train_batch_begin(self, batch, logs=None):
        self._steps.around_next()

    def on_train_batch_end(self, batch, logs=None):
        steps = self._steps
        self.waiting.append(steps.waiting)
        self.computing.append(steps.computing)
        self.examples.append(steps.examples)
        self._add_up()
        self._look()
        if logs is not None:
            logs.update(self._speed())

    def on_epoch_end(self, epoch, logs=None):
        if logs is not None:
            logs.update(self._speed())
        self.memory.append(self._memory())
        known = {finding.kind for finding in self.findings}
        for finding in diagnose_device(self._so_far()):
            if finding.kind not in known:
                self.findings.append(finding)
                print(finding)

    def on_train_end(self, logs=None):
        self._steps = None  # It holds the data of `fit`.

    def _look(self):
        now = monotonic()
        if self._reader is not None and now - self._looked >= self.interval:
            self._looked = now
            read = self._reader.read()
            names = ("utilisation", "temperature")
            look = {name: read[name] for name in names}
            self.sensors.append({"step": len(self.computing)} | look)

    def _memory(self):
        memory = accelerators.memory() if self._accelerator else {}
        memory = {name: memory.get(name) for name in ("in_use", "peak", "limit")}
        if memory["limit"] is None and self._reader is not None:
            memory["limit"] = self._reader.read()["memory"]
        return memory

    def _of_epoch(self):
        """The steps of the epoch, without the one that compiles, if there are more."""
        begin = self._begin
        if begin == 0 and len(self.computing) > 1:
            begin = 1
        return slice(begin, None)

    def _add_up(self):
        if self._begin == 0 and len(self.computing) == 2:
            self._sums = (0, 0.0)  # The first step is forgotten.
        examples, seconds = self._sums
        known = examples is not None and self.examples[-1] is not None
        examples = examples + self.examples[-1] if known else None
        seconds += (self.waiting[-1] or 0.0) + self.computing[-1]
        self._sums = (examples, seconds)

    def _speed(self):
        examples, seconds = self._sums
        return {"examples_per_second": examples / seconds} if examples else {}

    def _so_far(self):
        steps = self._of_epoch()
        waiting, computing = self.waiting[steps], self.computing[steps]
        share = None
        if waiting and None not in waiting:
            share = sum(waiting) / max(sum(waiting) + sum(computing), 1e-9)
        busy = [look["utilisation"] for look in self.sensors]
        busy = [each for each in busy if each is not None]
        device, memory = self._accelerator, self.memory[-1]
        return DeviceRecord(
            len(computing),
            share,
            max((each for each in self.examples[steps] if each), default=None),
            memory["peak"],
            memory["limit"],
            float(np.mean(busy)) if busy else None,
            _faster_policy(self.model, device) if device else None,
            device is None and bool(accelerators.why_there_is_none()),
            self._epoch,
        )


def _faster_policy(model, device):
    """The policy that the device is made for, if all layers compute in float32."""
    layers = model._flatten_layers(include_self=False)
    if any(layer.compute_dtype != "float32" for layer in layers):
        return None
    return best_policy(device)
