"""What can be wrong with a training, and what to do about it."""

import math
from dataclasses import dataclass, field

# Kind → the remedy, and the chapter that explains both.
KINDS = {
    "not_finite": (
        "Lower the learning rate or clip the gradients (`clipnorm`), and look for NaN "
        "in the input, a logarithm of 0 or a division by 0.",
        "Diagnosing training",
    ),
    "zero_weights": (
        "Initialise kernels at random: with zeros in two neighbouring layers, each "
        "keeps the gradient of the other at 0.",
        "Keeping gradients alive",
    ),
    "dead_units": (
        "Lower the learning rate, begin with biases at 0, or use a leaky ReLU.",
        "Keeping gradients alive",
    ),
    "vanishing": (
        "Use ReLU with He initialisation, skip connections or normalisation, or fewer "
        "layers.",
        "Why gradients vanish",
    ),
    "exploding": (
        "Initialise with smaller weights (Glorot for tanh, He for ReLU), clip the "
        "gradients (`clipnorm`), or normalise between the layers.",
        "Diagnosing training",
    ),
    "disconnected": (
        "Look for a layer whose output is not used, an operation without derivative "
        "(argmax, rounding), or `stop_gradient`.",
        "Diagnosing training",
    ),
    "frozen": (
        "If this is not meant, set `trainable = True` and compile again.",
        "Diagnosing training",
    ),
    "unscaled_inputs": (
        "Scale the inputs: subtract the mean of the training data and divide by their "
        "standard deviation.",
        "Diagnosing training",
    ),
    "penalty_too_strong": (
        "Weaken the regularizer or the weight decay, by factors of ten.",
        "Overfitting and hyperparameters",
    ),
    "learning_rate_too_high": (
        "Divide the learning rate by ten; `LearningRateFinder` shows where it may be.",
        "Diagnosing training",
    ),
    "learning_rate_too_low": (
        "Multiply the learning rate by ten; `LearningRateFinder` shows where it may "
        "be.",
        "Diagnosing training",
    ),
    "nothing_learned": (
        "Look whether each label belongs to its input, and whether both are shuffled "
        "together.",
        "Diagnosing training",
    ),
    "fell_back_to_cpu": (
        "Install the backend with CUDA, or its driver; `use_gpu` says which.",
        "Training on a GPU",
    ),
    "input_bound": (
        "Prepare batches ahead: `prefetch` and `num_parallel_calls` of tf.data, "
        "`workers` of a PyDataset, `num_workers` of a DataLoader; or keep the data in "
        "memory.",
        "Training on a GPU",
    ),
    "memory_nearly_full": (
        "Take a smaller batch with `gradient_accumulation_steps`, or mixed precision; "
        "`find_batch_size` says how large a batch may be.",
        "Training on a GPU",
    ),
    "small_batch": (
        "Take a larger batch (`find_batch_size`), or several steps in an execution "
        "(`steps_per_execution`).",
        "Training on a GPU",
    ),
    "slow_precision": (
        "Set it before the model is built: `use_gpu()`, or `set_dtype_policy`.",
        "Training on a GPU",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with a training, as data.

    Attributes:
        kind: a key of `KINDS`.
        sentence: what was seen, in words and numbers.
        weights: the paths of the weights it is about.
        evidence: name → number, what the finding stands on.
        epoch: at whose end it was found, counted from 0.
        update: the update at which it was seen, counted from 1, or None.

    Example:
        >>> finding = Finding("frozen", "dense/kernel is not trained.")
        >>> finding.remedy
        'If this is not meant, set `trainable = True` and compile again.'
    """

    kind: str
    sentence: str
    weights: tuple = ()
    evidence: dict = field(default_factory=dict)
    epoch: int = 0
    update: int | None = None

    @property
    def remedy(self):
        """What to do, in words."""
        return KINDS[self.kind][0]

    @property
    def chapter(self):
        """The title of the chapter that explains it."""
        return KINDS[self.kind][1]

    def __str__(self):
        # As `fit` numbers them on its progress bars.
        name = self.kind.replace("_", " ")
        where = f"Epoch {self.epoch + 1}, {name}: {self.sentence}"
        return f"{where} {self.remedy} See the chapter “{self.chapter}”."

    def to_dict(self):
        """All of it as plain data, for `json.dump`; None for what is not finite."""
        names = ("kind", "sentence", "epoch", "update", "remedy", "chapter")
        values = {name: getattr(self, name) for name in names}
        finite = {k: v if math.isfinite(v) else None for k, v in self.evidence.items()}
        return values | {"weights": list(self.weights), "evidence": finite}
