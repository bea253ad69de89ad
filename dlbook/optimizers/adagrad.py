"""Adagrad: steps that shorten with all that a weight has seen."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class Adagrad(Optimizer):
    """Divides each gradient by the root of the sum of all its squares so far::

        sₜ = sₜ₋₁ + gₜ²
        θₜ = θₜ₋₁ − α gₜ / √(s₀ + sₜ + ε)

    The sum s begins at 0 and only grows, so the same gradient makes an ever shorter
    step: as 1/√t where gradients are steady. A weight that is seldom used, such as a
    rare word's, keeps its long steps.

    s₀ and ε stand inside the root, as in Keras, which adds s₀ = 0.1 by default. The
    paper and PyTorch start at s₀ = 0 and add ε outside: √s + ε. The first step is then
    α; here it is α g/√(g² + 0.1), for small gradients SGD's step, 3.16 times as long.
    Keras lets its stored sum begin at s₀, where float32 loses squares below 1e-9.

    Args:
        learning_rate: α, in units of θ: the longest step that s₀ = 0 would allow.
        initial_accumulator_value: s₀ ≥ 0, in units of g².
        epsilon: ε ≥ 0, in units of g². If s₀ and ε are 0, a gradient of 0 makes NaN.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> from dlbook.optimizers import Adagrad
        >>> Adagrad(learning_rate=0.01).initial_accumulator_value
        0.1

    Source: Duchi et al. (2011), Figure 1, with diagonal matrices.
    """

    state = ("s",)
    hyperparameters = ("initial_accumulator_value", "epsilon")

    def __init__(
        self,
        learning_rate=0.001,
        initial_accumulator_value=0.1,
        epsilon=1e-7,
        name=None,
        **options,
    ):
        super().__init__(learning_rate, name=name, **options)
        self.initial_accumulator_value = number(
            "initial_accumulator_value", initial_accumulator_value, "[0, inf)"
        )
        self.epsilon = number("epsilon", epsilon, "[0, inf)")

    def step(self, theta, g, t, alpha, s):
        """One step; theta, g and s share one shape."""
        s = s + g**2
        s_0 = self.initial_accumulator_value
        return theta - alpha * g / ops.sqrt(s_0 + s + self.epsilon), s
