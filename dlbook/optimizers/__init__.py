"""Optimizers whose `step` is their formula; words and defaults are those of Keras."""

from dlbook.optimizers.optimizer import Optimizer
from dlbook.optimizers.sgd import SGD
from dlbook.optimizers.rmsprop import RMSprop
from dlbook.optimizers.adam import Adam

__all__ = ["Optimizer", "SGD", "RMSprop", "Adam"]
