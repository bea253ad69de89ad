"""AdamW: Adam whose weights shrink beside the rule, not through the gradient."""

import keras

from dlbook.arguments import number
from dlbook.optimizers.adam import Adam


@keras.saving.register_keras_serializable("dlbook")
class AdamW(Adam):
    """Adam with decoupled weight decay::

        θₜ = (1 − α w) θₜ₋₁ − α m̂ₜ / (√v̂ₜ + ε)

    m̂ₜ and v̂ₜ are those of `Adam`, and know nothing of the decay. An L2 penalty adds
    2 λ θ to gₜ instead; it is then divided by √v̂ₜ, so that weights with large gradients
    shrink least. This is what "weight decay" in PyTorch's Adam does; its AdamW has the
    formula above, with w = 0.01 by default.

    The decay is multiplied by α, as in Keras and PyTorch; the paper multiplies by the
    schedule's factor η only, so that its λ is α w here. ε is that of Algorithm 1; the
    mapping to Keras's is given at `Adam`.

    Biases are best left out: `exclude_from_weight_decay(var_names=["bias"])` before the
    first step.

    Args:
        learning_rate: α, in units of θ.
        weight_decay: w ≥ 0, in units of 1/θ: each step removes the share α w.
        beta_1: β₁ in [0, 1), the memory of the mean.
        beta_2: β₂ in [0, 1), the memory of the mean square.
        epsilon: ε ≥ 0, in units of g.
        amsgrad: whether to divide by the largest v so far.
        name: the name of the optimizer and of its variables.
        **options: what every optimizer takes; see `Optimizer`.

    Raises:
        ValueError: when an argument is out of range, or `weight_decay` is None.

    Example:
        >>> from dlbook.optimizers import AdamW
        >>> AdamW(0.01).weight_decay
        0.004

    Source: Loshchilov & Hutter (2019), Algorithm 2.
    """

    def __init__(
        self,
        learning_rate=0.001,
        weight_decay=0.004,
        beta_1=0.9,
        beta_2=0.999,
        epsilon=1e-7,
        amsgrad=False,
        name=None,
        **options,
    ):
        weight_decay = number("weight_decay", weight_decay, "[0, inf)", "Or use Adam.")
        super().__init__(
            learning_rate,
            beta_1,
            beta_2,
            epsilon,
            amsgrad,
            name,
            weight_decay=weight_decay,
            **options,
        )
