"""Faults that the gradients show: they are missing, too small, too large or no numbers.

Each function takes a `TrainingRecord` and returns a list of `Finding`s, empty if all is
well.
"""

import numpy as np

from dlbook.callbacks.finding import Finding
from dlbook.callbacks.training_record import ENOUGH, present

# Set on healthy and sick runs of benchmarks/clinic.py, of other seeds than it reports.
VANISHED = 1e-3  # Gradient of the first kernel, in parts of the last one's.
EXPLODED_IN_DEPTH = 50.0  # The same.
EXPLODED_IN_TIME = 100.0  # Gradient of all weights, in parts of its running median.
ABOVE_ALL_BEFORE = 10.0  # And in parts of the largest one before.
DEAD = 0.5  # Share of a layer's units.


def not_finite(record):
    """The first update whose gradients were not finite, and the weights of those."""
    rows = np.flatnonzero(np.any(record.not_finite > 0, axis=1))
    if not len(rows):
        return []
    counts = record.not_finite[rows[0]]
    columns = np.flatnonzero(counts > 0)
    update = int(record.updates[rows[0]])
    entries = int(counts[columns].sum())
    sentence = (
        f"in update {update}, {entries} entries of the gradients of {len(columns)} of "
        f"{len(counts)} weights are NaN or infinite."
    )
    evidence = {"entries": entries, "weights": len(columns)}
    return [record.finding("not_finite", sentence, columns, update, **evidence)]


def frozen(record):
    """The weights that are not trained because somebody said so."""
    if not record.frozen:
        return []
    sentence = f"{len(record.frozen)} weights are not trained, as `trainable` is False."
    evidence = {"weights": len(record.frozen)}
    paths = tuple(record.frozen)
    return [Finding("frozen", sentence, paths, evidence, record.epoch)]


def missing(record):
    """Weights that are trained, and for which the backend has no gradient."""
    # A count: NaN only where there is none.
    return _disconnected(record, np.isnan(record.not_finite))


def disconnected(record):
    """The same, where the backend gives zeros instead, as JAX does."""
    return _disconnected(record, record.norm == 0)


def _disconnected(record, without):
    columns = np.flatnonzero(np.all(without, axis=0)) if len(without) else []
    if not len(columns):
        return []
    sentence = (
        f"{len(columns)} weights never had a gradient: the loss does not depend on "
        "them."
    )
    return [record.finding("disconnected", sentence, columns, weights=len(columns))]


def zero_weights(record):
    """Kernels that are 0 and stay so."""
    recent = record.recent
    still = np.all(record.weight_norm[recent] == 0, axis=0)
    still &= np.all(record.norm[recent] == 0, axis=0)
    columns = [column for column in record.kernels if still[column]]
    if not columns:
        return []
    sentence = f"{len(columns)} kernels are 0 in all entries and have no gradient."
    return [record.finding("zero_weights", sentence, columns, kernels=len(columns))]


def dead_units(record):
    """Layers of ReLUs of which half or more had no gradient in any recent record."""
    columns = dead_layers(record)
    if not columns:
        return []
    share = float(max(record.still[columns]))
    sentence = (
        f"in {len(columns)} layers, up to {share:.0%} of the units had a gradient of 0 "
        f"in each of the last {len(record.updates) - record.start} records."
    )
    return [record.finding("dead_units", sentence, columns, share=share)]


def dead_layers(record):
    """The columns of the kernels of such layers."""
    pairs = enumerate(zip(record.roles, record.still, strict=True))
    return [c for c, (role, still) in pairs if role.rectified and still >= DEAD]


def depth_ratio(record, rows):
    """The first kernel's gradient by the last one's, the median of these records.

    Returns:
        The ratio, and the columns of the kernels that have a gradient; of fewer than
        three, which are no depth, the ratio is 1.
    """
    norm = record.norm[rows]
    columns = [c for c in record.kernels if np.median(present(norm[:, c])) > 0]
    if len(columns) < 3:
        return 1.0, columns
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = norm[:, columns[0]] / norm[:, columns[-1]]
    return float(np.median(present(ratio))), columns


def vanishing(record):
    """Gradients that become smaller from layer to layer, from the last to the first."""
    ratio, columns = depth_ratio(record, record.recent)
    if not ratio < VANISHED:
        return []
    sentence = (
        f"the gradient of the first of {len(columns)} kernels is {ratio:.1e} times "
        "that of the last, in the median."
    )
    return [record.finding("vanishing", sentence, columns[:1], ratio=ratio)]


def exploding_from_the_start(record):
    """Gradients that grow from the last layer to the first, in the first records."""
    return _exploding_in_depth(record, record.early)


def exploding(record):
    """Gradients that grow from last to first layer, or from update to update."""
    in_depth = _exploding_in_depth(record, record.recent)
    return in_depth or _exploding_in_time(record)


def _exploding_in_depth(record, rows):
    ratio, columns = depth_ratio(record, rows)
    if not ratio > EXPLODED_IN_DEPTH:
        return []
    sentence = (
        f"the gradient of the first of {len(columns)} kernels is {ratio:.3g} times "
        "that of the last, in the median."
    )
    return [record.finding("exploding", sentence, columns[:1], depth_ratio=ratio)]


def _exploding_in_time(record):
    rows = record.finite
    norm = np.linalg.norm(np.nan_to_num(record.norm[rows].astype("float64")), axis=1)
    above = norm[1:] > ABOVE_ALL_BEFORE * np.maximum.accumulate(norm)[:-1]
    first = max(int(np.searchsorted(rows, record.start)), ENOUGH)
    for row in range(first, len(norm)):
        if not above[row - 1]:
            continue
        growth = float(norm[row] / max(np.median(norm[:row][-100:]), 1e-300))
        if growth > EXPLODED_IN_TIME:
            update = int(record.updates[rows[row]])
            sentence = (
                f"in update {update}, the gradient of all weights is {growth:.3g} "
                "times the running median before it."
            )
            return [record.finding("exploding", sentence, (), update, growth=growth)]
    return []
