"""Data that is made here or ships in a package; nothing is downloaded."""

from dlbook.data.digits import load_digits
from dlbook.data.mnist1d import load_mnist1d
from dlbook.data.separable_clouds import separable_clouds
from dlbook.data.sparse_features import sparse_features
from dlbook.data.adding_problem import adding_problem

__all__ = [
    "load_digits",
    "load_mnist1d",
    "separable_clouds",
    "sparse_features",
    "adding_problem",
]
