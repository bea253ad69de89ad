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

    ε stands inside the root, as in Keras; PyTorch and TensorFlow 1 differ on this. To
    move ε outside at a fixed gradient, take ε² inside. v₀ = 0 is not corrected for: the
    first step is α/√(1 − ρ), 3.16 α at ρ = 0.9.

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
    def state(self):
        """v, then a if centered, then u if there is momentum."""
        return ("v", *("a" * self.centered), *("u" * (self.momentum > 0)))

    def step(self, theta, g, t, alpha, v, *state):
        """One step; theta, g, v and the rest of the state share one shape."""
        state = dict(zip(self.state[1:], state, strict=True))
        v = v + (1 - self.rho) * (g**2 - v)
        variance = v
        if self.centered:
            state["a"] = state["a"] + (1 - self.rho) * (g - state["a"])
            variance = v - state["a"] ** 2
        update = alpha * g / ops.sqrt(variance + self.epsilon)
        if self.momentum:
            state["u"] = update = self.momentum * state["u"] + update
        return theta - update, v, *state.values()
