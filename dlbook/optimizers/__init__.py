"""Optimizers whose `step` is their formula; words and defaults are those of Keras."""

from dlbook.optimizers.optimizer import Optimizer
from dlbook.optimizers.sgd import SGD
from dlbook.optimizers.adagrad import Adagrad
from dlbook.optimizers.rmsprop import RMSprop
from dlbook.optimizers.adadelta import Adadelta
from dlbook.optimizers.adam import Adam
from dlbook.optimizers.adamw import AdamW
from dlbook.optimizers.nadam import Nadam
from dlbook.optimizers.ada_hessian import AdaHessian
from dlbook.optimizers.lbfgs import LBFGS

__all__ = [
    "Optimizer",
    "SGD",
    "Adagrad",
    "RMSprop",
    "Adadelta",
    "Adam",
    "AdamW",
    "Nadam",
    "AdaHessian",
    "LBFGS",
]
