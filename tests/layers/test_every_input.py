"""Inputs that do not fit a layer's weights are refused in words, not by a kernel."""

import pytest

from .cases import CASES
from .inputs import called, tensors

FEATURES = {"Perceptron", "Dense", "BatchNormalization", "PReLU", "RBF", "Highway"}
FEATURES |= {"TiedDense", "Conv2D", "LocallyConnected1D", "LocallyConnected2D"}
AXES = FEATURES | {"MaxPooling2D", "AveragePooling2D", "GlobalAveragePooling2D"}
AXES |= {"SimpleRNN", "LSTM", "GRU"}


def assert_refused(case, shape):
    layer = called(case)
    with pytest.raises(ValueError, match="is incompatible with the layer"):
        layer(*tensors((shape,)))


@pytest.mark.parametrize("case", [c for c in CASES if c.name in FEATURES], ids=str)
def test_more_features_than_at_first_are_refused(case):
    shape = list(case.shapes[0])
    first = case.arguments.get("data_format") == "channels_first"
    shape[case.arguments.get("axis", 1 if first else -1)] += 1
    assert_refused(case, tuple(shape))


@pytest.mark.parametrize("case", [c for c in CASES if c.name in AXES], ids=str)
def test_an_input_of_one_axis_is_refused(case):
    assert_refused(case, case.shapes[0][-1:])
