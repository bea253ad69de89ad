"""Measures: they take models and paths, and return numbers."""

from dlbook.measures.paths import path_difference, path_length
from dlbook.measures.training_path import training_path

__all__ = ["path_length", "path_difference", "training_path"]
