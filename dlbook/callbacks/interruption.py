"""Ctrl-C while a model trains: the batch is finished first."""

import signal
import threading

from dlbook.callbacks.running_fit import running_fit


class Interruption:
    """Lets `fit` end in order on Ctrl-C, so that callbacks can put things back.

    Keras calls no callback when a KeyboardInterrupt leaves `fit`. Between `watch` and
    `release`, the first Ctrl-C therefore stops training after the batch, as
    `model.stop_training` does, and the second one interrupts at once. Only the main
    thread receives signals: in another thread, nothing is changed.

    Attributes:
        happened: whether Ctrl-C was pressed since `watch`.
    """

    def __init__(self):
        self.happened = self._passes_on = False
        self._model = self._previous = None

    def watch(self, model):
        """Begins to listen for Ctrl-C."""
        self.release()
        self.happened, self._passes_on, self._model = False, False, model
        previous = signal.getsignal(signal.SIGINT)
        in_main_thread = threading.current_thread() is threading.main_thread()
        if in_main_thread and callable(previous):
            self._previous = previous
            signal.signal(signal.SIGINT, self._stop)

    def release(self):
        """Gives Ctrl-C back to whoever had it before."""
        # Another callback may have begun to listen later, and has it now.
        if signal.getsignal(signal.SIGINT) == self._stop:
            signal.signal(signal.SIGINT, self._previous)
        self._model = None

    def pass_on(self):
        """Interrupts now, if Ctrl-C was pressed; `release` comes first."""
        if self._passes_on:
            self._passes_on = False
            signal.raise_signal(signal.SIGINT)

    def _stop(self, number, frame):
        model, previous = self._model, self._previous
        if model is None or running_fit(model, frame) is None:
            # An error ended `fit`, and nobody was told: the signal is not ours.
            self.release()
            previous(number, frame)
            return
        self._hear()
        # Of several callbacks that listen, the last one passes on: it ends last.
        self._passes_on = True
        model.stop_training = model.stop_evaluating = True

    def _hear(self):
        self.happened = True
        self.release()
        earlier = getattr(self._previous, "__self__", None)
        if isinstance(earlier, Interruption):
            earlier._hear()
