"""Faults in how weights change and what is learned: inputs, penalty, rate, labels.

Each function takes a `TrainingRecord` and returns a list of `Finding`s, empty if all is
well.
"""

import numpy as np

from dlbook.callbacks.gradient_faults import dead_layers
from dlbook.callbacks.training_record import present, share_left

# Set on healthy and sick runs of benchmarks/clinic.py, of other seeds than it reports.
LARGE_INPUT = 20.0  # Size of an entry of the input.
SHRUNK = 0.5  # Length of a kernel, in parts of its first one.
HIGH_RATIO, LOW_RATIO = 0.04, 1e-4  # Update, in parts of the weight.
LEAP = 0.25  # The same, of the longest of the early ones.
LEARNED = 0.9  # Loss, in parts of an earlier one, below which something was learned.
LEARNED_AT_ONCE = 0.7  # The same, of the loss before training.
PATIENCE = 8  # Epochs in which something should have been learned.


def unscaled_inputs(record):
    """A first layer whose gradients say that its inputs are large.

    The bias's gradient sums δ over the examples, the kernel's sums x δ: their ratio is
    the size of an entry of x, unless a regularizer has its part in the kernel's.
    """
    columns = {role.path: column for column, role in enumerate(record.roles)}
    first = record.roles[record.kernels[0]] if record.kernels else None
    if first is None or first.regularized or first.bias not in columns:
        return []
    kernel, bias = columns[first.path], columns[first.bias]
    norm = record.norm[record.early]
    with np.errstate(divide="ignore", invalid="ignore"):
        size = norm[:, kernel] / norm[:, bias] / np.sqrt(first.inputs)
    size = float(np.median(present(size)))
    if not size > LARGE_INPUT:
        return []
    sentence = (
        f"the gradients of the first layer say that its inputs are about {size:.3g}."
    )
    return [record.finding("unscaled_inputs", sentence, [kernel], input_size=size)]


def penalty_too_strong(record):
    """Kernels that a penalty makes smaller faster than the data makes them larger."""
    columns = [c for c in record.kernels if record.roles[c].penalised]
    if not columns:
        return []
    last = record.finite[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = record.weight_norm[last, columns] / record.weight_norm[0, columns]
    share = float(np.median(present(share)))
    if not share < SHRUNK:
        return []
    sentence = (
        f"{len(columns)} kernels under a penalty have shrunk to {share:.3g} times "
        "their first length, in the median."
    )
    return [record.finding("penalty_too_strong", sentence, columns, share=share)]


def median_ratio(record, rows):
    """The update in parts of the weight: the median of kernels and records."""
    return float(np.median(present(record.update_ratio[rows][:, record.kernels])))


def longest_early_ratio(record):
    """The longest of the first updates in parts of the weight: the median of kernels.

    Weights that a high rate has made large have small ratios, and units that it killed
    have none: one update may be all that shows it.
    """
    rows = record.update_ratio[record.early][:, record.kernels]
    return max((float(np.median(present(row))) for row in rows), default=0.0)


def learning_rate_too_high(record):
    """Updates that are long beside the weights, and harm done."""
    recent, early = median_ratio(record, record.recent), longest_early_ratio(record)
    dead = bool(dead_layers(record))
    harmed = dead or share_left(record.losses) >= LEARNED
    if not harmed or not (recent > HIGH_RATIO or early > LEAP):
        return []
    ratio = early if early > LEAP else recent
    harm = "many units have died" if dead else "the loss does not fall"
    sentence = (
        f"an update changed the kernels by {ratio:.2g} of their length, in the "
        f"median, and {harm}."
    )
    evidence = {"update_ratio": float(ratio)}
    return [record.finding("learning_rate_too_high", sentence, **evidence)]


def learning_rate_too_low(record):
    """Updates that are short beside the weights, while the loss stays where it was.

    One batch says little about the loss: this compares whole epochs.
    """
    ratio, epochs = median_ratio(record, record.recent), record.losses[1:]
    left = share_left(epochs)
    if not (ratio < LOW_RATIO and left >= LEARNED):
        return []
    sentence = (
        f"each update changes a kernel by {ratio:.1e} of its length, in the median, "
        f"and the loss is {left:.3g} times that of the first epoch."
    )
    return [record.finding("learning_rate_too_low", sentence, update_ratio=ratio)]


def nothing_learned(record):
    """A loss on held-out examples that hardly falls, neither at first nor later.

    A model that was initialised badly comes down to guessing in its first epoch; a
    good one may learn all in it.
    """
    losses = record.held_out or record.losses[1:]
    if len(losses) < PATIENCE or not np.all(np.isfinite(losses)):
        return []
    lowest = min(losses)
    later = share_left([losses[0], lowest])
    left = share_left([record.losses[0], lowest])
    if not (later >= LEARNED and left >= LEARNED_AT_ONCE):
        return []
    which = "on held-out examples" if record.held_out else "on the training examples"
    sentence = (
        f"after {len(losses)} epochs, the lowest loss {which} is {later:.3g} times "
        f"that of the first epoch and {left:.3g} times the one before training."
    )
    evidence = {"loss_left": float(left), "loss_left_since_first_epoch": float(later)}
    return [record.finding("nothing_learned", sentence, **evidence)]
