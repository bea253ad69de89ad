"""Adadelta: steps in the unit of the weights, whatever the unit of the loss."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class Adadelta(Optimizer):
    """RMSprop with the size of its own last steps in place of a learning rate::

        vₜ = vₜ₋₁ + (1 − ρ)(gₜ² − vₜ₋₁)           the same as ρ vₜ₋₁ + (1 − ρ) gₜ²
        δₜ = gₜ √(dₜ₋₁ + ε) / √(vₜ + ε)
        dₜ = dₜ₋₁ + (1 − ρ)(δₜ² − dₜ₋₁)           the same as ρ dₜ₋₁ + (1 − ρ) δₜ²
        θₜ = θₜ₋₁ − α δₜ

    The paper has no α, which is α = 1, and ε = 1e-6. Keras's α = 0.001 makes steps a
    thousand times shorter, and dₜ does not notice, since it averages δ and not α δ: at
    the defaults Adadelta nearly stands still. PyTorch has α = 1 and the same formula.

    The first step is α √ε g/√((1 − ρ) g² + ε): it is ε from which the lengths grow.

    Args:
        learning_rate: α, a plain number; 1 is the paper's.
        rho: ρ in [0, 1). Both averages look back over about 1/(1 − ρ) steps.
        epsilon: ε ≥ 0, added to vₜ and to dₜ₋₁, although their units differ. At 0 no
            weight ever moves, and one whose first gradient is 0 becomes NaN.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> from dlbook.optimizers import Adadelta
        >>> Adadelta(learning_rate=1, epsilon=1e-6).rho
        0.95

    Source: Zeiler (2012), Algorithm 1.
    """

    state = ("v", "d")
    hyperparameters = ("rho", "epsilon")

    def __init__(
        self, learning_rate=0.001, rho=0.95, epsilon=1e-7, name=None, **options
    ):
        super().__init__(learning_rate, name=name, **options)
        self.rho = number("rho", rho, "[0, 1)")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")

    def step(self, theta, g, t, alpha, v, d):
        """One step; theta, g, v and d share one shape."""
        v = v + (1 - self.rho) * (g**2 - v)
        delta = g * ops.sqrt(d + self.epsilon) / ops.sqrt(v + self.epsilon)
        d = d + (1 - self.rho) * (delta**2 - d)
        return theta - alpha * delta, v, d
