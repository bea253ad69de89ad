"""Perceptron: a unit that says yes or no, and learns from its mistakes alone."""

import keras
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class Perceptron(Layer):
    """A threshold on a weighted sum, and Rosenblatt's rule::

        ŷ = 1 if x W + b > 0, else 0
        W ← W + η xᵀ (y − ŷ)
        b ← b + η (y − ŷ)

    y − ŷ is 0 where the answer is right: only mistakes move a weight. With answers
    y' = 2y − 1 in {−1, 1}, a mistake's y − ŷ is y', as other books write the rule.
    If a hyperplane separates the classes with margin γ, and no x is longer than R, one
    unit without b that is shown one x at a time makes at most (R/γ)² mistakes
    (Novikoff, 1962). If none separates them, it never settles.

    The threshold's derivative is 0, which would teach nothing. The layer passes
    gradients on as though it were the identity; that is Rosenblatt's rule, for the
    gradient of ½(y − ŷ)² is then −xᵀ(y − ŷ). So `fit` runs the rule on all backends,
    one x at a time, with `loss="mse"`, `batch_size=1` and plain `SGD(η / 2)` (at one
    unit: "mse" has no ½). `train_step` takes one step by hand. Keras has no such layer.

    Args:
        units: how many perceptrons; a whole number from 1.
        use_bias: whether there is a b.
        **options: words of the weights `kernel` and `bias`, both zeros at first; see
            `Layer`.

    Input: (batch, ..., inputs). Output: (batch, ..., units), each number 0 or 1.

    Raises:
        ValueError: when `units` is not a whole number from 1.

    Example:
        >>> x, y = [[0, 0], [0, 1], [1, 0], [1, 1]], [[0], [0], [0], [1]]
        >>> logical_and = Perceptron(1)
        >>> while logical_and.train_step(x, y) > 0:
        ...     pass
        >>> keras.ops.convert_to_numpy(logical_and(keras.ops.array(x)))[:, 0].tolist()
        [0.0, 0.0, 0.0, 1.0]

    Source: Rosenblatt (1958); the rule: Rosenblatt (1962), chapter 5. The passed-on
    gradient: Bengio et al. (2013), the straight-through estimator.
    """

    hyperparameters = ("units", "use_bias")
    initializers = {"kernel": "zeros", "bias": "zeros"}

    def __init__(self, units=1, use_bias=True, **options):
        super().__init__(**options)
        self.units = whole_number("units", units, 1)
        self.use_bias = bool(use_bias)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes W (inputs, units) and b (units,)."""
        self.kernel = self.make_weight("kernel", (input_shape[-1], self.units))
        self.bias = self.make_weight("bias", (self.units,)) if self.use_bias else None
        axes = {-1: input_shape[-1]}
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes=axes)

    def call(self, inputs):
        """Yes (1) or no (0) of each unit."""
        z = ops.matmul(inputs, self.kernel)  # (batch, ..., units)
        if self.use_bias:
            z = z + self.bias
        y_hat = ops.cast(z > 0, z.dtype)
        # The value is y_hat, for z − z is 0; the gradient is that of z.
        return ops.stop_gradient(y_hat) + (z - ops.stop_gradient(z))

    def train_step(self, x, y, learning_rate=1.0):
        """Rosenblatt's rule on one batch, from the mean of its mistakes.

        Args:
            x: inputs, (batch, inputs). A batch of one is Rosenblatt's own rule.
            y: answers, 0 or 1, (batch, units).
            learning_rate: η > 0. From zero weights it changes their scale only.

        Returns:
            How many answers were wrong, before the step.
        """
        eta = number("learning_rate", learning_rate, "(0, inf)")
        x = ops.convert_to_tensor(x, "float32")  # (batch, inputs)
        error = ops.cast(y, "float32") - ops.cast(self(x), "float32")  # (batch, units)
        step = ops.matmul(ops.transpose(x), error) / len(x)  # (inputs, units)
        self.kernel.assign_add(eta * step)
        if self.use_bias:
            self.bias.assign_add(eta * ops.mean(error, axis=0))
        return int(ops.sum(ops.abs(error)))

    def compute_output_shape(self, input_shape):
        """(batch, ..., units)."""
        return (*input_shape[:-1], self.units)
