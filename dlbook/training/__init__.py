"""What `fit` hides, and what is repeated over rates and seeds."""

from dlbook.training.descent import descend
from dlbook.training.sweep import sweep

__all__ = ["descend", "sweep"]
