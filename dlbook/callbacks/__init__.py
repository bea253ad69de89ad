"""Callbacks: they watch training and record plain data; some of them end it."""

from dlbook.callbacks.weight_history import WeightHistory
from dlbook.callbacks.early_stopping import EarlyStopping
from dlbook.callbacks.terminate_on_nan import TerminateOnNaN
from dlbook.callbacks.checkpoint import Checkpoint
from dlbook.callbacks.learning_rate_finder import LearningRateFinder
from dlbook.callbacks.gradient_monitor import GradientMonitor
from dlbook.callbacks.device_monitor import DeviceMonitor
from dlbook.callbacks.finding import Finding

__all__ = [
    "WeightHistory",
    "EarlyStopping",
    "TerminateOnNaN",
    "Checkpoint",
    "LearningRateFinder",
    "GradientMonitor",
    "DeviceMonitor",
    "Finding",
]
