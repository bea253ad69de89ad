"""Layers whose `call` is their formula; words and defaults are those of Keras."""

from dlbook.layers.layer import Layer
from dlbook.layers.perceptron import Perceptron
from dlbook.layers.dense import Dense
from dlbook.layers.dropout import Dropout
from dlbook.layers.batch_normalization import BatchNormalization
from dlbook.layers.leaky_relu import LeakyReLU
from dlbook.layers.prelu import PReLU
from dlbook.layers.rbf import RBF
from dlbook.layers.highway import Highway
from dlbook.layers.residual import Residual
from dlbook.layers.tied_dense import TiedDense

__all__ = [
    "Layer",
    "Perceptron",
    "Dense",
    "Dropout",
    "BatchNormalization",
    "LeakyReLU",
    "PReLU",
    "RBF",
    "Highway",
    "Residual",
    "TiedDense",
]
