"""Measures: they take models and paths, and return numbers."""

from dlbook.measures.paths import path_difference, path_length
from dlbook.measures.training_path import training_path
from dlbook.measures.update_ratio import path_update_ratios, update_ratios
from dlbook.measures.gradients import gradient_function, gradients
from dlbook.measures.input_gradients import input_gradients
from dlbook.measures.activation_gradients import activation_gradients
from dlbook.measures.gradient_norms import gradient_norms
from dlbook.measures.gradient_variance import (
    draw_batches,
    gradient_variance,
    variance_of_batches,
)
from dlbook.measures.bias_variance import BiasVariance, bias_variance
from dlbook.measures.calibration import calibration_error, reliability
from dlbook.measures.jacobian import jacobian, jacobian_singular_values
from dlbook.measures.hessian import hessian, hessian_product
from dlbook.measures.eigenvalue import Eigenpair, top_hessian_eigenvalue
from dlbook.measures.sharpness import sharpness, worst_loss_rise
from dlbook.measures.model_size import (
    LayerSize,
    layer_sizes,
    multiply_adds,
    number_of_parameters,
)
from dlbook.measures.receptive_field import (
    ReceptiveField,
    effective_receptive_field,
    receptive_fields,
)
from dlbook.measures.median_times import median_times

__all__ = [
    "path_length",
    "path_difference",
    "training_path",
    "update_ratios",
    "path_update_ratios",
    "gradients",
    "gradient_function",
    "input_gradients",
    "activation_gradients",
    "gradient_norms",
    "gradient_variance",
    "draw_batches",
    "variance_of_batches",
    "bias_variance",
    "BiasVariance",
    "reliability",
    "calibration_error",
    "jacobian",
    "jacobian_singular_values",
    "hessian_product",
    "hessian",
    "Eigenpair",
    "top_hessian_eigenvalue",
    "sharpness",
    "worst_loss_rise",
    "number_of_parameters",
    "multiply_adds",
    "LayerSize",
    "layer_sizes",
    "ReceptiveField",
    "receptive_fields",
    "effective_receptive_field",
    "median_times",
]
