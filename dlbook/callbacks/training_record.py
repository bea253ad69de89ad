"""A training up to the end of an epoch, as numbers."""

from dataclasses import dataclass, field

import numpy as np

from dlbook.callbacks.finding import Finding

ENOUGH = 10  # Fewer records say nothing about what lasts.
EARLY = 20  # The first records, which show how training began.


@dataclass(frozen=True)
class TrainingRecord:
    """What a diagnosis stands on.

    Attributes:
        roles: a `WeightRole` for each weight.
        updates: the recorded updates, `(records,)`, counted from 1.
        norm, update_ratio, weight_norm, not_finite: of `GradientMonitor`, arrays
            `(records, weights)`.
        start: the first record that counts as recent.
        still: the share of each weight's units that had no gradient since then.
        losses: the loss of the first batch, before any update, and of each epoch.
        held_out: the loss on validation data of each epoch, or none.
        frozen: the paths of the weights that are not trained.
        epoch: the number of the epoch, from 0.
    """

    roles: list
    updates: np.ndarray
    norm: np.ndarray
    update_ratio: np.ndarray
    weight_norm: np.ndarray
    not_finite: np.ndarray
    start: int
    still: np.ndarray
    losses: list = field(default_factory=list)
    held_out: list = field(default_factory=list)
    frozen: list = field(default_factory=list)
    epoch: int = 0

    @property
    def kernels(self):
        """The columns of the kernels."""
        return [column for column, role in enumerate(self.roles) if role.is_kernel]

    @property
    def finite(self):
        """The records in which all gradients that there are, are finite."""
        return np.flatnonzero(~np.any(self.not_finite > 0, axis=1))

    @property
    def early(self):
        """The first finite records."""
        return self.finite[:EARLY]

    @property
    def recent(self):
        """The finite records from `start` on; if these are few, the last ones."""
        rows = self.finite[self.finite >= self.start]
        return rows if len(rows) >= ENOUGH else self.finite[-ENOUGH:]

    def paths(self, columns):
        """The paths of the weights in these columns."""
        return tuple(self.roles[column].path for column in columns)

    def finding(self, kind, sentence, columns=(), update=None, **evidence):
        """A `Finding` of this epoch about the weights in these columns."""
        paths = self.paths(columns)
        return Finding(kind, sentence, paths, evidence, self.epoch, update)


def share_left(losses):
    """The last loss by the first; ∞ when the last one is not finite.

    NaN when there are no two, or one is negative, as that of a log density may be: it
    has no shares.
    """
    if len(losses) < 2 or not losses[0] > 0 or losses[-1] < 0:
        return np.nan
    return losses[-1] / losses[0] if np.isfinite(losses[-1]) else np.inf


def present(values):
    """The numbers among values; one NaN when there are none."""
    values = np.asarray(values, "float64").ravel()
    kept = values[np.isfinite(values)]
    return kept if len(kept) else np.array([np.nan])
