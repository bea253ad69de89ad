"""Models that several chapters use; a chapter builds its own otherwise."""

from dlbook.models.mlp import mlp
from dlbook.models.stacked_mlp import StackedMLP

__all__ = ["mlp", "StackedMLP"]
