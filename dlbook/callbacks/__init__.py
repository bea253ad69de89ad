"""Callbacks: they watch training and record plain data."""

from dlbook.callbacks.weight_history import WeightHistory

__all__ = ["WeightHistory"]
