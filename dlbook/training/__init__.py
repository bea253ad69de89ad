"""What `fit` hides, and what is repeated over rates and seeds."""

from dlbook.training.batches import fit_batches, shuffled_batches
from dlbook.training.descent import descend
from dlbook.training.sweep import sweep

__all__ = ["shuffled_batches", "fit_batches", "descend", "sweep"]
