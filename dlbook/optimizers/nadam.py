"""Nadam: Adam that looks ahead, as Nesterov's momentum does."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.optimizers.adam import bias_correction
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class Nadam(Optimizer):
    """Adam with the momentum that the next step will use::

        μₜ = β₁ (1 − ½ 0.96ᵗ)
        wₜ = wₜ₋₁ + (1 − μₜ)(1 − wₜ₋₁)            the same as 1 − μ₁ μ₂ ⋯ μₜ
        mₜ = mₜ₋₁ + (1 − β₁)(gₜ − mₜ₋₁)          the same as β₁ mₜ₋₁ + (1 − β₁) gₜ
        vₜ = vₜ₋₁ + (1 − β₂)(gₜ² − vₜ₋₁)         the same as β₂ vₜ₋₁ + (1 − β₂) gₜ²
        m̂ₜ = μₜ₊₁ mₜ / wₜ₊₁ + (1 − μₜ) gₜ / wₜ
        v̂ₜ = vₜ / (1 − β₂ᵗ)
        θₜ = θₜ₋₁ − α m̂ₜ / (√v̂ₜ + ε)

    wₜ is the weight of all gradients together in an average with momenta μ₁, ..., μₜ.
    The momentum warms up from ½ β₁ to β₁: in Keras, and here, within some 100 steps.
    Dozat and PyTorch have 0.96 to the power t/250, which takes 250 times as long. m
    itself is averaged with β₁, as in Keras and PyTorch; so at the defaults the first
    step is 1.06 α, where Adam's is α.

    ε stands outside the root and after the correction, as in Keras's Nadam (its Adam
    has it before).

    Args:
        learning_rate: α, in units of θ: about the length of one step.
        beta_1: β₁ in [0, 1), the memory of the mean, and the momentum in the end.
        beta_2: β₂ in [0, 1), the memory of the mean square.
        epsilon: ε ≥ 0, in units of g.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> from dlbook.optimizers import Nadam
        >>> Nadam(learning_rate=0.01).beta_1
        0.9

    Source: Dozat (2016), section 2, with the faster warm-up.
    """

    state = ("m", "v", "w")
    scalars = ("w",)
    hyperparameters = ("beta_1", "beta_2", "epsilon")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        name=None,
        **options,
    ):
        super().__init__(learning_rate, name=name, **options)
        self.beta_1 = number("beta_1", beta_1, "[0, 1)")
        self.beta_2 = number("beta_2", beta_2, "[0, 1)")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")

    def step(self, theta, g, t, alpha, m, v, w):
        """One step; theta, g, m and v share one shape, w is a scalar."""
        mu, mu_next = (self.beta_1 * (1 - 0.5 * 0.96**at) for at in (t, t + 1))
        w = w + (1 - mu) * (1 - w)
        w_next = w + (1 - mu_next) * (1 - w)
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (g**2 - v)
        m_hat = mu_next * m / w_next + (1 - mu) * g / w
        v_hat = v / bias_correction(self.beta_2, t)
        return theta - alpha * m_hat / (ops.sqrt(v_hat) + self.epsilon), m, v, w
