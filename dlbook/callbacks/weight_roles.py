"""What each weight of a model is for, as far as it explains its gradients."""

import math
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class WeightRole:
    """What a weight is for.

    Attributes:
        path: `variable.path`.
        is_kernel: whether it is a matrix, or more: it has inputs and units.
        inputs: how many numbers go into each of its units.
        rectified: whether its units end in a ReLU, whose gradient can be exactly 0.
        regularized: whether a regularizer adds to its gradient.
        penalised: whether that, or weight decay, makes it smaller.
        bias: the path of the bias of the same layer, or None; also None where batch
            normalization takes the bias away again, so that its gradient is nothing.
    """

    path: str
    is_kernel: bool = False
    inputs: int = 1
    rectified: bool = False
    regularized: bool = False
    penalised: bool = False
    bias: str | None = None


def weight_roles(model):
    """Path → `WeightRole`, of all trainable weights, in the model's order."""
    decays = bool(getattr(model.optimizer, "weight_decay", None))
    owners = _owners(model)
    rectified, normalised = _rectified_layers(model), _normalised_layers(model)
    roles = {}
    for variable in model.trainable_variables:
        layer = owners.get(id(variable))
        is_kernel = len(variable.shape) > 1
        bias = None if id(layer) in normalised else getattr(layer, "bias", None)
        regularized = getattr(variable, "regularizer", None) is not None
        roles[variable.path] = WeightRole(
            variable.path,
            is_kernel,
            math.prod(variable.shape[:-1]),
            is_kernel and id(layer) in rectified,
            regularized,
            decays or regularized,
            getattr(bias, "path", None) if is_kernel else None,
        )
    return roles


def frozen_weights(model):
    """The paths of the weights that would be trained, but for `trainable = False`."""
    layers = [each for each in _layers(model) if not each.trainable]
    own = [weight for layer in layers for weight in layer._trainable_variables]
    return list(dict.fromkeys(weight.path for weight in own))


def _layers(model):
    return list(model._flatten_layers(include_self=True, recursive=True))


def _owners(model):
    """The layer that made each trainable weight, by the weight's id."""
    pairs = ((layer, v) for layer in _layers(model) for v in layer._trainable_variables)
    return {id(variable): layer for layer, variable in pairs}


def _in_order(model):
    return [each for each in _layers(model) if not getattr(each, "layers", None)]


def _normalised_layers(model):
    """The ids of the linear layers whose output goes into batch normalization."""
    return {
        id(layer)
        for layer, after in pairwise(_in_order(model))
        if "BatchNormalization" in type(after).__name__ and _is_linear(layer)
    }


def _rectified_layers(model):
    """The ids of the layers that end in a ReLU, or whose output goes into one."""
    layers = _in_order(model)
    found = {id(layer) for layer in layers if _is_relu(layer)}
    return found | {
        id(layer)
        for layer, after in pairwise(layers)
        if id(after) in found and not after.weights and _is_linear(layer)
    }


def _is_relu(layer):
    # A ReLU with a slope on the left has a gradient there.
    if getattr(layer, "negative_slope", 0):
        return False
    activation = getattr(layer, "activation", None)
    name = getattr(activation, "__name__", type(layer).__name__)
    return name in ("relu", "relu6", "ReLU")


def _is_linear(layer):
    return getattr(getattr(layer, "activation", None), "__name__", "") == "linear"
