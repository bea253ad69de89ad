"""Figures: they take numbers and return a matplotlib Figure in the book's one style."""

from dlbook.figures.curves import curves
from dlbook.figures.descent_paths import descent_paths

__all__ = ["curves", "descent_paths"]
