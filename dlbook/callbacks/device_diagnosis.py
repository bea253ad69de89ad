"""From what a device did in an epoch to what holds it up."""

from dataclasses import dataclass

from dlbook.callbacks.finding import Finding

# Fewer steps than this say nothing about where the time goes.
ENOUGH = 5
INPUT_BOUND = 0.2  # Share of a step's time that waits for data.
NEARLY_FULL = 0.9  # Peak of the memory, in parts of what there is.
ROOM = 0.4  # The same, below which the batch could be twice as large.
IDLE = 0.5  # Share of the time in which the device computes.


@dataclass(frozen=True)
class DeviceRecord:
    """A device in one epoch, as numbers; None for what is not known.

    Attributes:
        steps: how many steps the times are of.
        waiting: the share of the steps' time that waited for data, in [0, 1].
        examples: in a batch, at most.
        peak, limit: bytes of memory.
        utilisation: the mean share of time in which the device computed, in [0, 1].
        faster_policy: the policy that the device computes faster in, if the model does
            not use it.
        cpu_despite_gpu: whether the machine has a GPU that the backend does not see.
        epoch: the number of the epoch, from 0.
    """

    steps: int = 0
    waiting: float | None = None
    examples: int | None = None
    peak: int | None = None
    limit: int | None = None
    utilisation: float | None = None
    faster_policy: str | None = None
    cpu_despite_gpu: bool = False
    epoch: int = 0

    @property
    def filled(self):
        """The peak of the memory, in parts of what there is, or None."""
        return self.peak / self.limit if self.peak and self.limit else None

    @property
    def is_input_bound(self):
        """Whether the device waits for data a good part of the time."""
        long_enough = self.steps >= ENOUGH and self.waiting is not None
        return long_enough and self.waiting > INPUT_BOUND

    def finding(self, kind, sentence, **evidence):
        """A `Finding` of this epoch."""
        return Finding(kind, sentence, (), evidence, self.epoch)


def diagnose_device(record):
    """What holds a device up: a list of `Finding`s, the gravest first."""
    rules = (fell_back, input_bound, nearly_full, small_batch, slow_precision)
    return [found for rule in rules for found in rule(record)]


def fell_back(record):
    """Training on the CPU of a machine that has a GPU."""
    if record.cpu_despite_gpu:
        sentence = "the machine has a GPU, and this trains on the CPU."
        yield record.finding("fell_back_to_cpu", sentence)


def input_bound(record):
    """A device that waits for data."""
    if record.is_input_bound:
        sentence = f"{record.waiting:.0%} of the time of a step it waits for data."
        yield record.finding("input_bound", sentence, waiting=record.waiting)


def nearly_full(record):
    """Memory in which little is left."""
    if record.filled is not None and record.filled > NEARLY_FULL:
        sentence = f"at its peak, {record.filled:.0%} of the memory was in use."
        yield record.finding(
            "memory_nearly_full", sentence, peak=record.peak, limit=record.limit
        )


def small_batch(record):
    """A device that is idle half of the time, with room for a larger batch."""
    known = record.filled is not None and record.utilisation is not None
    if not known or record.is_input_bound or record.steps < ENOUGH:
        return
    if record.filled < ROOM and record.utilisation < IDLE:
        sentence = (
            f"with batches of {record.examples}, the GPU computes "
            f"{record.utilisation:.0%} of the time and uses {record.filled:.0%} of its "
            "memory."
        )
        evidence = {"utilisation": record.utilisation, "filled": record.filled}
        yield record.finding("small_batch", sentence, **evidence)


def slow_precision(record):
    """A device that computes faster in a precision that is not used."""
    if record.faster_policy is not None:
        sentence = f"this GPU computes faster in {record.faster_policy}."
        yield record.finding("slow_precision", sentence)
