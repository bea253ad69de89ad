"""How far to go in a direction: not too far, and far enough."""

import numpy as np


def wolfe_step(function, theta, p, loss, g, c_1=1e-4, c_2=0.9, tries=40):
    """The length a of a step a p that fulfils Wolfe's two conditions::

        L(θ + a p) ≤ L(θ) + c₁ a gᵀp              low enough for so long a step
        ∇L(θ + a p)ᵀp ≥ c₂ gᵀp                    the slope has flattened

    It begins at a = 1, and doubles a while the loss is low enough and the slope still
    steep. Once a loss was too high, it halves the interval between the longest a that
    was low enough and the shortest that was not. The second condition makes yᵀs > 0,
    without which `two_loop` could point uphill.

    Args:
        function: from θ to the loss and its gradient.
        theta: θ, `(weights,)`.
        p: the direction, `(weights,)`, downhill: gᵀp < 0.
        loss: L(θ).
        g: ∇L(θ), `(weights,)`.
        c_1: c₁ in (0, c₂).
        c_2: c₂ in (c₁, 1).
        tries: how often the function is computed at most.

    Returns:
        a, the loss there, and the gradient there. When the tries run out: those of the
        longest a that was low enough, or of a = 0 where none was. A loss of NaN is too
        high.

    Source: Lewis & Overton (2013), Algorithm 2.6; Nocedal & Wright (2006), equation
    3.6.
    """
    near, far, a = (0.0, loss, g), np.inf, 1.0
    for _ in range(tries):
        loss_there, g_there = function(theta + a * p)
        if not loss_there <= loss + c_1 * a * (g @ p):
            far = a
        else:
            near = a, loss_there, g_there
            if g_there @ p >= c_2 * (g @ p):
                break
        a = 2 * a if np.isinf(far) else (near[0] + far) / 2
    return near
