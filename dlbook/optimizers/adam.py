"""Adam: every weight gets a step length of its own."""

import math

import keras
import numpy as np
from keras import ops

from dlbook.arguments import number
from dlbook.optimizers.optimizer import Optimizer


def bias_correction(beta, t):
    """1 − βᵗ: the weight that t steps have put into an average that began at 0.

    Computed as −expm1(t log β). Written as 1 − βᵗ in float32, β = 0.999 is rounded
    first, which alone makes the result wrong by 1.3e-5 of itself.

    Args:
        beta: β in [0, 1), a Python number.
        t: the number of the step, 1, 2, ...; a scalar, as a tensor or in NumPy.
    """
    if not beta:
        return ops.ones_like(t)
    expm1 = ops.expm1 if ops.is_tensor(t) else np.expm1  # plain numbers stay plain
    return -expm1(t * math.log(beta))


@keras.saving.register_keras_serializable("dlbook")
class Adam(Optimizer):
    """Momentum over RMSprop, both corrected for having started at zero::

        mₜ = mₜ₋₁ + (1 − β₁)(gₜ − mₜ₋₁)          the same as β₁ mₜ₋₁ + (1 − β₁) gₜ
        vₜ = vₜ₋₁ + (1 − β₂)(gₜ² − vₜ₋₁)         the same as β₂ vₜ₋₁ + (1 − β₂) gₜ²
        m̂ₜ = mₜ / (1 − β₁ᵗ)
        v̂ₜ = vₜ / (1 − β₂ᵗ)
        θₜ = θₜ₋₁ − α m̂ₜ / (√v̂ₜ + ε)

    `amsgrad=True` puts the largest vₜ so far in place of vₜ, and corrects it as Keras
    does. The paper has no correction; with it, a step length can still grow at first.

    This is Algorithm 1 of the paper. Keras adds ε̂ to √vₜ before the correction (the
    paper's remark just before section 2.1). The two are equal when
    ε̂ = ε √(1 − β₂ᵗ), so they differ in early steps, where gradients are small. With
    `weight_decay=w` either is AdamW: the weights shrink by α w outside of the rule.

    Args:
        learning_rate: α, in units of θ: the usual length of a step. At β₁ = 0.9 and
            β₂ = 0.999 no step is longer than 7.3 α.
        beta_1: β₁ in [0, 1), the memory of the mean.
        beta_2: β₂ in [0, 1), the memory of the mean square.
        epsilon: ε ≥ 0, in units of g.
        amsgrad: whether to divide by the largest v so far.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> from dlbook.optimizers import Adam
        >>> Adam(beta_2=0.99).beta_2
        0.99

    Source: Kingma & Ba (2015), Algorithm 1; AMSGrad: after
    Reddi et al. (2018), Algorithm 2.
    """

    state = ("m", "v", "v_max")
    hyperparameters = ("beta_1", "beta_2", "epsilon", "amsgrad")

    def __init__(
        self,
        learning_rate=0.001,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        name=None,
        **options,
    ):
        super().__init__(learning_rate, name=name, **options)
        self.beta_1 = number("beta_1", beta_1, "[0, 1)")
        self.beta_2 = number("beta_2", beta_2, "[0, 1)")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")
        self.amsgrad = bool(amsgrad)

    @property
    def kept(self):
        """m and v; with AMSGrad also the largest v so far."""
        return self.state if self.amsgrad else ("m", "v")

    def step(self, theta, g, t, alpha, m, v, v_max):
        """One step; theta, g and the state share one shape."""
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (g**2 - v)
        # Not `ops.maximum`, which on torch rounds float64 to float32.
        v_max = ops.where(v > v_max, v, v_max) if self.amsgrad else v
        m_hat = m / bias_correction(self.beta_1, t)
        v_hat = v_max / bias_correction(self.beta_2, t)
        return theta - alpha * m_hat / (ops.sqrt(v_hat) + self.epsilon), m, v, v_max
