"""PReLU: a leaky ReLU that learns how much leaks."""

import keras
from keras import ops

from dlbook.arguments import whole_number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class PReLU(Layer):
    """A line below zero whose slope is a weight::

        y = max(0, x) + a min(0, x)
        ∂y/∂a = min(0, x)

    As in Keras, a starts at 0 (a ReLU), and each number of the input has its own. The
    paper starts at 0.25 (`alpha_initializer=Constant(0.25)`), one a
    for each channel (`shared_axes=[1, 2]` after a convolution), without weight decay,
    which would pull it to ReLU. Nothing keeps a between 0 and 1.

    Args:
        shared_axes: the axes along which one a serves all; 1 is the first after the
            batch. A whole number or a list of them; None: no axis.
        **options: words of the weight `alpha` (zeros); see `Layer`.

    Input: any shape of at least two axes, known behind the batch but for the shared
    ones. Output: the same.

    Raises:
        ValueError: when a shared axis is not one of the input's, or is the batch.

    Example:
        >>> layer = PReLU("zeros", shared_axes=[1, 2])
        >>> layer(keras.ops.ones((2, 8, 8, 3))).shape == (2, 8, 8, 3)
        True
        >>> layer.alpha.shape == (1, 1, 3)
        True

    Source: He et al. (2015), section 2.1, equations 1 and 3.
    """

    hyperparameters = ("shared_axes",)
    initializers = {"alpha": "zeros"}

    def __init__(
        self,
        alpha_initializer="zeros",
        alpha_regularizer=None,
        alpha_constraint=None,
        shared_axes=None,
        **options,
    ):
        super().__init__(
            alpha_initializer=alpha_initializer,
            alpha_regularizer=alpha_regularizer,
            alpha_constraint=alpha_constraint,
            **options,
        )
        if shared_axes is not None:
            several = isinstance(shared_axes, (list, tuple))
            shared_axes = [
                whole_number("shared_axes", axis, 1)
                for axis in (shared_axes if several else [shared_axes])
            ]
        self.shared_axes = shared_axes
        self.supports_masking = True

    def build(self, input_shape):
        """Makes a: the input's shape without the batch, 1 along shared axes."""
        shape, shared = list(input_shape), self.shared_axes or []
        for axis in shared:
            if axis >= len(shape):
                raise ValueError(
                    f"`shared_axes` must be axes of the input. Received: shared_axes="
                    f"{shared}, an input of shape {tuple(input_shape)}."
                )
            shape[axis] = 1
        self.alpha = self.make_weight("alpha", shape[1:])
        own = set(range(1, len(shape))) - set(shared)
        axes = {axis: input_shape[axis] for axis in own}
        self.input_spec = keras.layers.InputSpec(ndim=len(shape), axes=axes)

    def call(self, inputs):
        """y = max(0, x) + a min(0, x)."""
        # min(0, x) = −max(0, −x)
        return ops.relu(inputs) - self.alpha * ops.relu(-inputs)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
