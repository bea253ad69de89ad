"""From the record of a training to what is wrong with it."""

from dlbook.callbacks.gradient_faults import (
    dead_units,
    disconnected,
    exploding,
    exploding_from_the_start,
    frozen,
    missing,
    not_finite,
    vanishing,
    zero_weights,
)
from dlbook.callbacks.learning_faults import (
    learning_rate_too_high,
    learning_rate_too_low,
    nothing_learned,
    penalty_too_strong,
    unscaled_inputs,
)
from dlbook.callbacks.training_record import ENOUGH

# What stands earlier explains what stands later, and hides it: weights that are 0 have
# no gradients either, and this is not called vanishing.
CAUSES = (
    zero_weights,
    unscaled_inputs,
    exploding_from_the_start,
    learning_rate_too_high,
    dead_units,
    vanishing,
    disconnected,
    penalty_too_strong,
    exploding,
    learning_rate_too_low,
    nothing_learned,
)


def diagnose(record):
    """What is wrong with a training.

    Args:
        record: a `TrainingRecord`.

    Returns:
        A list of `Finding`s: at most one cause first, the first that holds; then what
        is a fact whatever the cause is, as a weight that is frozen.
    """
    facts = [*not_finite(record), *frozen(record), *missing(record)]
    if len(record.finite) < ENOUGH:
        # Too little to judge by, unless the gradients left the finite numbers at once.
        return [*(learning_rate_too_high(record) if not_finite(record) else []), *facts]
    found = (cause(record) for cause in CAUSES)
    return next(filter(None, found), []) + facts
