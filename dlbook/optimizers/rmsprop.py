"""RMSprop: a step that does not know how large the gradient is."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class RMSprop(Optimizer):
    """Divides each gradient by the root of a moving average of its squares::

        vₜ = vₜ₋₁ + (1 − ρ)(gₜ² − vₜ₋₁)           the same as ρ vₜ₋₁ + (1 − ρ) gₜ²
        θₜ = θₜ₋₁ − α gₜ / √(vₜ + ε)

    `centered=True` subtracts the squared mean, which leaves the variance::

        aₜ = aₜ₋₁ + (1 − ρ)(gₜ − aₜ₋₁)
        θₜ = θₜ₋₁ − α gₜ / √(vₜ − aₜ² + ε)

    `momentum` = μ > 0 sums the steps before taking them::

        uₜ = μ uₜ₋₁ + α gₜ / √(vₜ + ε)
        θₜ = θₜ₋₁ − uₜ

    ε stands inside the root, as in Keras and in TensorFlow 1 (which starts v at 1).
    PyTorch adds it outside: √v + ε. The two agree only where v is 0 or dwarfs ε; ε
    outside then acts like ε² inside. v₀ = 0 is not corrected for: the first step is
    α/√(1 − ρ), 3.16 α at ρ = 0.9, and the plain form takes no longer one. Rounding can
    make vₜ − aₜ² negative; it is then taken as 0 (Keras returns NaN).

    Args:
        learning_rate: α, in units of θ: about the length of one step.
        rho: ρ in [0, 1). The average looks back over about 1/(1 − ρ) steps.
        momentum: μ in [0, 1).
        epsilon: ε ≥ 0, in units of g².
        centered: whether to subtract the squared mean.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> from dlbook.optimizers import RMSprop
        >>> RMSprop(learning_rate=0.01).rho
        0.9

    Source: Tieleman & Hinton (2012), lecture 6.5; Goodfellow et al. (2016), Algorithm
    8.5; centered: Graves (2013), equations 38 to 45.
    """

    state = ("v", "a", "u")
    hyperparameters = ("rho", "momentum", "epsilon", "centered")

    def __init__(
        self,
        learning_rate=0.001,
        rho=0.9,
        momentum=0.0,
        epsilon=1e-7,
        centered=False,
        name=None,
        **options,
    ):
        super().__init__(learning_rate, name=name, **options)
        self.rho = number("rho", rho, "[0, 1)")
        self.momentum = number("momentum", momentum, "[0, 1)")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")
        self.centered = bool(centered)

    @property
    def kept(self):
        """v; a if centered; u if there is momentum."""
        return ("v", *("a" * self.centered), *("u" * (self.momentum > 0)))

    def step(self, theta, g, t, alpha, v, a, u):
        """One step; theta, g, v, a and u share one shape."""
        v = v + (1 - self.rho) * (g**2 - v)
        if self.centered:
            a = a + (1 - self.rho) * (g - a)
        variance = ops.relu(v - a**2)
        u = self.momentum * u + alpha * g / ops.sqrt(variance + self.epsilon)
        return theta - u, v, a, u
