"""AdaHessian: Adam that divides by curvatures and not by gradients."""

import keras
import numpy as np
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.optimizers.adam import bias_correction
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class AdaHessian(Optimizer):
    """Adam with Hutchinson's estimate of the Hessian's diagonal in place of g²::

        D  = z ⊙ H z                             z: random signs; E D = diag(H)
        D̄ = mean of |D| over a kernel's places   each entry's own where it has none
        mₜ = mₜ₋₁ + (1 − β₁)(gₜ − mₜ₋₁)          the same as β₁ mₜ₋₁ + (1 − β₁) gₜ
        vₜ = vₜ₋₁ + (1 − β₂)(D̄² − vₜ₋₁)         the same as β₂ vₜ₋₁ + (1 − β₂) D̄²
        m̂ₜ = mₜ / (1 − β₁ᵗ)
        v̂ₜ = vₜ / (1 − β₂ᵗ)
        θₜ = θₜ₋₁ − α m̂ₜ / (√v̂ₜᵏ + ε)

    An optimizer sees no Hessian, so that of the batch is shown to it before each step::

        product = hessian_product(loss, variables)          # of dlbook.measures
        optimizer.estimate_curvature(product, variables)
        optimizer.apply(gradients, variables)

    The estimate is kept and saved as part of the state, so it may be renewed only every
    few steps; but one alone is mostly noise, and until v averages some ten of them,
    steps can be far too long: let a schedule warm up. Before the first estimate, D is 0
    and a step is α m̂/ε, if k > 0. In `fit`, a callback can renew it.

    A kernel of four axes or more, such as that of `Conv2D`, has places: all its axes
    but the last two. With three axes it may be one of attention, which has none. The
    paper's equation 10 averages D with its signs; its authors' code takes the moduli
    first, as here.

    Args:
        learning_rate: α. At k = 1 a plain number: 1 would be Newton's step, were H
            diagonal and m̂ = g.
        beta_1: β₁ in [0, 1), the memory of the mean.
        beta_2: β₂ in [0, 1), the memory of the mean square curvature.
        epsilon: ε ≥ 0, in units of D to the power k.
        hessian_power: k in [0, 1]: 1 divides by the curvature, 0 by nothing.
        seed: of z, a whole number from 0. Each step has signs of its own.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> from dlbook.optimizers import AdaHessian
        >>> theta = keras.Variable([3.0, -2.0])
        >>> optimizer = AdaHessian(learning_rate=1, epsilon=0)
        >>> curvature = [1.0, 100.0]  # of the loss ½ θ₁² + 50 θ₂²
        >>> optimizer.estimate_curvature(lambda z: [z[0] * curvature], [theta])
        >>> optimizer.apply([ops.convert_to_tensor([3.0, -200.0])], [theta])
        >>> np.abs(ops.convert_to_numpy(theta)).round(5).tolist()
        [0.0, 0.0]

    Source: Yao et al. (2021), Algorithm 1; the diagonal: Bekas et al. (2007).
    """

    state = ("m", "v", "d")
    hyperparameters = ("beta_1", "beta_2", "epsilon", "hessian_power", "seed")

    def __init__(
        self,
        learning_rate=0.15,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-4,
        hessian_power=1.0,
        seed=0,
        name=None,
        **options,
    ):
        super().__init__(learning_rate, name=name, **options)
        self.beta_1 = number("beta_1", beta_1, "[0, 1)")
        self.beta_2 = number("beta_2", beta_2, "[0, 1)")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")
        self.hessian_power = number("hessian_power", hessian_power, "[0, 1]")
        self.seed = whole_number("seed", seed, 0)

    def estimate_curvature(self, product, variables):
        """Renews D̄ from one product of the Hessian with random signs.

        Args:
            product: from z, a list of arrays shaped as the variables, to H z, a list
                alike; such as `dlbook.measures.hessian_product(loss, variables)`.
            variables: θ, a list of Keras variables.
        """
        self.build(variables)
        step = int(ops.convert_to_numpy(self.iterations))
        signs = np.random.default_rng([self.seed, step]).choice
        z = [signs(np.float32([-1, 1]), tuple(v.shape)) for v in variables]
        for variable, z_k, h_z in zip(variables, z, product(z), strict=True):
            d = np.abs(z_k * ops.convert_to_numpy(h_z))
            if d.ndim > 3:  # (*places, inputs, outputs): one curvature for all places.
                places = tuple(range(d.ndim - 2))
                d = d.mean(axis=places, keepdims=True) + 0 * d
            self._slots[self._get_variable_index(variable)]["d"].assign(d)

    def step(self, theta, g, t, alpha, m, v, d):
        """One step; theta, g and the state share one shape."""
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (d**2 - v)
        m_hat = m / bias_correction(self.beta_1, t)
        v_hat = v / bias_correction(self.beta_2, t)
        divisor = ops.sqrt(v_hat) ** self.hessian_power + self.epsilon
        return theta - alpha * m_hat / divisor, m, v, d
