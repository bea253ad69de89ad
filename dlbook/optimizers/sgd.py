"""SGD: gradient descent, with or without momentum."""

import keras

from dlbook.arguments import number
from dlbook.optimizers.optimizer import Optimizer


@keras.saving.register_keras_serializable("dlbook")
class SGD(Optimizer):
    """Gradient descent, plain, with momentum, or with Nesterov's momentum::

        vₜ = μ vₜ₋₁ − α gₜ
        θₜ = θₜ₋₁ − α gₜ              without momentum
        θₜ = θₜ₋₁ + vₜ                with momentum μ
        θₜ = θₜ₋₁ + μ vₜ − α gₜ       with Nesterov's momentum

    α stands inside the velocity vₜ, as in Keras: a lower rate slows the next gradients
    and not those already summed. PyTorch keeps α outside (v = μ v + g, θ −= α v), which
    is the same only while α is constant. With `nesterov=True`, θ is the point looked
    ahead to, where the gradient is taken.

    Args:
        learning_rate: α. One step moves a weight by α g, so its unit is θ²/loss.
        momentum: μ in [0, 1). The velocity sums about 1/(1 − μ) gradients.
        nesterov: whether to look ahead; needs a momentum.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range, or `nesterov` has no momentum
            to look ahead with (Keras then silently runs plain gradient descent).

    Example:
        >>> from dlbook.optimizers import SGD
        >>> SGD(learning_rate=0.1, momentum=0.9).momentum
        0.9

    Source: Polyak (1964); Sutskever et al. (2013), equations 1 to 4, the last two
    rewritten for the point looked ahead to.
    """

    state = ("v",)
    hyperparameters = ("momentum", "nesterov")

    def __init__(
        self, learning_rate=0.01, momentum=0.0, nesterov=False, name=None, **options
    ):
        super().__init__(learning_rate, name=name, **options)
        self.momentum = number("momentum", momentum, "[0, 1)")
        self.nesterov = bool(nesterov)
        if self.nesterov and not self.momentum:
            raise ValueError(
                "`nesterov` needs a momentum above 0. Received: nesterov=True, "
                f"momentum={momentum!r}. Set momentum=0.9 or nesterov=False."
            )

    @property
    def kept(self):
        """The velocity, if there is momentum."""
        return self.state if self.momentum else ()

    def step(self, theta, g, t, alpha, v):
        """One step; theta, g and v share one shape."""
        v = self.momentum * v - alpha * g
        if self.nesterov:
            return theta + self.momentum * v - alpha * g, v
        return theta + v, v
