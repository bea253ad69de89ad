"""Dropout: while training, some units are absent."""

import keras
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class Dropout(Layer):
    """Sets numbers to 0 at random and makes the others larger in return::

        m ~ 1 with probability 1 − p, else 0
        y = m x / (1 − p)       in training, so that E[y] = x
        y = x                   otherwise

    This is inverted dropout, as in Keras and PyTorch. The paper keeps y = m x in
    training and multiplies the weights by 1 − p afterwards: the same expectation, but
    then the trained model has to know p. The draws differ from those that Keras's layer
    makes from the same seed.

    Args:
        rate: p in [0, 1], the share that is set to 0.
        noise_shape: the shape of m, where None stands for the input's own size and 1
            for one draw shared along the axis: (None, 1, None) drops a feature at all
            times at once. None: the input's shape.
        seed: a whole number from 0; the same seed, the same masks. None: a new one.
        **options: see `Layer`.

    Input: any shape. Output: the same.

    Raises:
        ValueError: when `rate` lies outside [0, 1], or `seed` or a size in
            `noise_shape` is no whole number, or it has not the input's axes.

    Example:
        >>> y = Dropout(0.5, seed=1)(keras.ops.ones((1, 1000)), training=True)
        >>> sorted(set(keras.ops.convert_to_numpy(y).ravel().tolist()))
        [0.0, 2.0]

    Source: Srivastava N. et al. (2014), section 4; inverted: their section 10.
    """

    hyperparameters = ("rate", "noise_shape", "seed")

    def __init__(self, rate, noise_shape=None, seed=None, **options):
        super().__init__(**options)
        self.rate = number("rate", rate, "[0, 1]")
        self.noise_shape = None
        if noise_shape is not None:
            self.noise_shape = tuple(
                size if size is None else whole_number("noise_shape", size, 1)
                for size in noise_shape
            )
        self.seed = seed if seed is None else whole_number("seed", seed, 0)
        self.seed_generator = keras.random.SeedGenerator(self.seed)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes no weight; looks whether `noise_shape` fits."""
        if self.noise_shape and len(self.noise_shape) != len(input_shape):
            raise ValueError(
                f"`noise_shape` needs an entry for each of the input's "
                f"{len(input_shape)} axes. Received: noise_shape={self.noise_shape}."
            )

    def call(self, inputs, training=False):
        """y = m x / (1 − p) in training, else x."""
        if not training or self.rate == 0:
            return inputs
        if self.rate == 1:
            return ops.zeros_like(inputs)
        # In float32: a float16 draw would be a multiple of 2⁻¹¹ or so, and so would p.
        draw = keras.random.uniform(
            self._mask_shape(inputs), dtype="float32", seed=self.seed_generator
        )
        m = ops.cast(draw >= self.rate, inputs.dtype)
        return m * inputs / (1 - self.rate)

    def _mask_shape(self, inputs):
        shape = ops.shape(inputs)
        if self.noise_shape is None:
            return shape
        pairs = zip(self.noise_shape, shape, strict=True)
        return tuple(size if own is None else own for own, size in pairs)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
