"""Layers whose `call` is their formula; words and defaults are those of Keras."""

from dlbook.layers.layer import Layer
from dlbook.layers.perceptron import Perceptron
from dlbook.layers.dense import Dense
from dlbook.layers.dropout import Dropout
from dlbook.layers.batch_normalization import BatchNormalization
from dlbook.layers.leaky_relu import LeakyReLU
from dlbook.layers.prelu import PReLU
from dlbook.layers.conv2d import Conv2D
from dlbook.layers.max_pooling2d import MaxPooling2D
from dlbook.layers.average_pooling2d import AveragePooling2D
from dlbook.layers.global_average_pooling2d import GlobalAveragePooling2D
from dlbook.layers.locally_connected1d import LocallyConnected1D
from dlbook.layers.locally_connected2d import LocallyConnected2D
from dlbook.layers.rbf import RBF
from dlbook.layers.highway import Highway
from dlbook.layers.residual import Residual
from dlbook.layers.tied_dense import TiedDense
from dlbook.layers.simple_rnn import SimpleRNNCell, SimpleRNN
from dlbook.layers.lstm import LSTMCell, LSTM
from dlbook.layers.gru import GRUCell, GRU
from dlbook.layers.big_bird import big_bird_mask
from dlbook.layers.self_attention import SelfAttention

__all__ = [
    "Layer",
    "Perceptron",
    "Dense",
    "Dropout",
    "BatchNormalization",
    "LeakyReLU",
    "PReLU",
    "Conv2D",
    "MaxPooling2D",
    "AveragePooling2D",
    "GlobalAveragePooling2D",
    "LocallyConnected1D",
    "LocallyConnected2D",
    "RBF",
    "Highway",
    "Residual",
    "TiedDense",
    "SimpleRNNCell",
    "SimpleRNN",
    "LSTMCell",
    "LSTM",
    "GRUCell",
    "GRU",
    "big_bird_mask",
    "SelfAttention",
]
