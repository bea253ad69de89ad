"""LeakyReLU: below zero a little gets through."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class LeakyReLU(Layer):
    """The identity above zero, a gentler line below::

        y = x        if x ≥ 0
        y = a x      otherwise

    The gradient below zero is a instead of 0, so a unit that is never active can still
    learn to be. The default a = 0.3 is that of Keras's layer; Keras's function
    `leaky_relu` has 0.2, the paper and PyTorch 0.01.

    Args:
        negative_slope: a ≥ 0; 0 makes it a ReLU.
        **options: see `Layer`.

    Input: any shape. Output: the same.

    Raises:
        ValueError: when `negative_slope` is not a number from 0.

    Example:
        >>> y = LeakyReLU(0.5)(keras.ops.array([[-2.0, 0.0, 3.0]]))
        >>> keras.ops.convert_to_numpy(y).tolist()
        [[-1.0, 0.0, 3.0]]

    Source: Maas et al. (2013), section 2.
    """

    hyperparameters = ("negative_slope",)

    def __init__(self, negative_slope=0.3, **options):
        super().__init__(**options)
        self.negative_slope = number("negative_slope", negative_slope, "[0, inf)")
        self.supports_masking = True

    def call(self, inputs):
        """x where x ≥ 0, else a x."""
        return ops.where(inputs >= 0, inputs, self.negative_slope * inputs)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
