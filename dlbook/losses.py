"""Losses: what is wrong with a prediction, as one number for each example.

A loss is called with targets and predictions, and averages over the batch; sample
weights, masks and the other reductions are Keras's. Half precision is computed and
summed in float32, since a sum over a batch soon passes float16's 65,504, and the result
has the dtype that was asked for.
"""

import keras
from keras import ops
from keras.src.backend import set_keras_mask  # Keras has no public name for it.

from dlbook.arguments import number, whole_number

__all__ = [
    "MeanSquaredError",
    "BinaryCrossentropy",
    "CategoricalCrossentropy",
    "SparseCategoricalCrossentropy",
    "ContrastiveLoss",
]


class _Loss(keras.losses.Loss):
    """What every loss here shares: precision, and a config that holds all arguments."""

    hyperparameters = ()

    def __init__(self, reduction, name, dtype):
        super().__init__(name, reduction, dtype)
        self._given_dtype = dtype

    @property
    def dtype(self):
        """The dtype of the computation: float32 for half precision."""
        return "float32" if self._dtype in ("float16", "bfloat16") else self._dtype

    def __call__(self, y_true, y_pred, sample_weight=None):
        # Keras would take each number of a list for an output of its own.
        y_true, y_pred = (
            y if hasattr(y, "shape") else ops.convert_to_tensor(y, self.dtype)
            for y in (y_true, y_pred)
        )
        loss = super().__call__(y_true, y_pred, sample_weight)
        return ops.cast(loss, self._dtype)

    def get_config(self):
        """Everything needed to build the same loss anew, as plain data."""
        own = {name: getattr(self, name) for name in self.hyperparameters}
        dtype = keras.saving.serialize_keras_object(self._given_dtype)
        return {**super().get_config(), "dtype": dtype, **own}

    @classmethod
    def from_config(cls, config):
        """The loss of a config."""
        dtype = keras.saving.deserialize_keras_object(config.get("dtype"))
        return cls(**{**config, "dtype": dtype})


def _pair(y_true, y_pred):
    """Both in one shape, where (batch,) stands for (batch, 1); others are refused."""
    ranks = len(y_true.shape), len(y_pred.shape)
    if ranks[0] == ranks[1] + 1 and y_true.shape[-1] == 1:
        y_true, y_pred = _fitted(y_true, y_pred)
    elif ranks[1] == ranks[0] + 1 and y_pred.shape[-1] == 1:
        y_pred, y_true = _fitted(y_pred, y_true)
    _check_shapes(y_true.shape, y_pred.shape)
    return y_true, y_pred


def _fitted(longer, shorter):
    if len(shorter.shape) == 1:
        return longer, ops.expand_dims(shorter, -1)  # (batch,) → (batch, 1)
    return ops.squeeze(longer, -1), shorter  # (batch, ..., 1) → (batch, ...)


def _check_shapes(expected, received):
    """Refuses two shapes that differ where both are known."""
    known = zip(expected, received, strict=False)
    differ = any(a != b for a, b in known if a is not None and b is not None)
    if len(expected) != len(received) or differ:
        raise ValueError(
            "Targets and predictions must fit. Received: y_true for predictions of "
            f"shape {tuple(expected)}, and y_pred of shape {tuple(received)}."
        )


def _log_softmax(z, axis):
    """log softmax z = z − m − log Σ e^(z − m), m = max z."""
    z = z - ops.stop_gradient(ops.max(z, axis, keepdims=True))
    return z - ops.log(ops.sum(ops.exp(z), axis, keepdims=True))


def _inside(p):
    """p, kept from 0 and 1, where a logarithm or its derivative would be infinite."""
    epsilon = keras.config.epsilon()
    return ops.clip(p, epsilon, 1 - epsilon)


def _log_probabilities(y_pred, from_logits, axis):
    if from_logits:
        return _log_softmax(y_pred, axis)
    total = ops.sum(y_pred, axis, keepdims=True)
    return ops.log(_inside(y_pred / ops.where(total == 0, 1.0, total)))


@keras.saving.register_keras_serializable("dlbook")
class MeanSquaredError(_Loss):
    """The mean of squared differences::

        L        = 1/n Σᵢ (ŷᵢ − yᵢ)²         over the last axis
        ∂L/∂ŷᵢ   = 2/n (ŷᵢ − yᵢ)

    There is no ½. Keras broadcasts targets (batch, 1) to predictions (batch, n), which
    hides mistakes; here shapes must be equal, except that (batch,) fits (batch, 1).

    Args:
        reduction: "sum_over_batch_size", "sum", "mean", "mean_with_sample_weight" or
            None for a loss for each example.
        name: the name of the loss.
        dtype: the dtype of the result; None for Keras's `floatx`.

    Input shape: y_true and y_pred (batch, ..., n). Output shape: a scalar; with
    `reduction=None` (batch, ...).

    Raises:
        ValueError: when the shapes differ.

    Example:
        >>> float(MeanSquaredError()([[0.0, 1.0]], [[1.0, 3.0]]))
        2.5

    Source: Goodfellow et al. (2016), equation 5.4.
    """

    def __init__(
        self, reduction="sum_over_batch_size", name="mean_squared_error", dtype=None
    ):
        super().__init__(reduction, name, dtype)

    def call(self, y_true, y_pred):
        """One number for each example."""
        y_true, y_pred = _pair(y_true, y_pred)
        return ops.mean(ops.square(y_pred - y_true), axis=-1)  # (batch, ...)


@keras.saving.register_keras_serializable("dlbook")
class BinaryCrossentropy(_Loss):
    """Minus the log-likelihood of yes-or-no targets::

        L     = −1/n Σᵢ [yᵢ log pᵢ + (1 − yᵢ) log(1 − pᵢ)]
        pᵢ    = σ(zᵢ)                     z the logits, or p given as it is
        ∂L/∂zᵢ = 1/n (pᵢ − yᵢ)
        yᵢ ← (1 − s) yᵢ + s/2             s = label_smoothing

    From logits, log σ is taken as one function, and z = ±10⁴ costs 10⁴, not infinity.
    Given p is kept in [ε, 1 − ε], ε = 10⁻⁷: no loss exceeds 16.1, and a mistake that
    certain has no gradient. Keras on TensorFlow looks for the logits behind a sigmoid
    and uses those; here, as in Keras on JAX and torch, what is given is used.

    Args:
        from_logits: whether y_pred is z rather than p.
        label_smoothing: s in [0, 1], without a unit.
        axis: the axis over which the mean is taken.
        reduction, name, dtype: as in `MeanSquaredError`.

    Input shape: y_true and y_pred (batch, ..., n). Output shape: a scalar; with
    `reduction=None` (batch, ...).

    Raises:
        ValueError: when the smoothing is out of range or the shapes differ.

    Example:
        >>> round(float(BinaryCrossentropy(from_logits=True)([[1.0]], [[0.0]])), 4)
        0.6931

    Source: Goodfellow et al. (2016), section 6.2.2.2; smoothing: Szegedy et al. (2016),
    section 7, for two classes.
    """

    hyperparameters = ("from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="binary_crossentropy",
        dtype=None,
    ):
        super().__init__(reduction, name, dtype)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number("label_smoothing", label_smoothing, "[0, 1]")
        self.axis = axis

    def call(self, y_true, y_pred):
        """One number for each example."""
        y, p = _pair(y_true, y_pred)
        y = (1 - self.label_smoothing) * y + self.label_smoothing / 2
        if self.from_logits:
            log_p, log_q = ops.log_sigmoid(p), ops.log_sigmoid(-p)
        else:
            log_p, log_q = ops.log(_inside(p)), ops.log(1 - _inside(p))
        return -ops.mean(y * log_p + (1 - y) * log_q, axis=self.axis)


@keras.saving.register_keras_serializable("dlbook")
class CategoricalCrossentropy(_Loss):
    """Minus the log-likelihood of one class out of K, given as a row of K::

        L      = −Σₖ yₖ log pₖ
        pₖ     = softmax(z)ₖ              z the logits, or p given, over its sum
        ∂L/∂zₖ = pₖ − yₖ                  where Σ yₖ = 1
        yₖ ← (1 − s) yₖ + s/K             s = label_smoothing

    From logits, log softmax is taken as one function, so nothing overflows. Given p is
    kept in [ε, 1 − ε] as in `BinaryCrossentropy`; a row of zeros costs −log ε, where
    Keras returns NaN. K is counted along `axis`; Keras counts along the last one.

    Args:
        from_logits: whether y_pred is z rather than p.
        label_smoothing: s in [0, 1], without a unit.
        axis: the axis of the classes.
        reduction, name, dtype: as in `MeanSquaredError`.

    Input shape: y_true and y_pred (batch, ..., K). Output shape: a scalar; with
    `reduction=None` (batch, ...).

    Raises:
        ValueError: when the smoothing is out of range or the shapes differ.

    Example:
        >>> loss = CategoricalCrossentropy(from_logits=True)
        >>> round(float(loss([[0.0, 1.0]], [[1e4, -1e4]])), 1)
        20000.0

    Source: Goodfellow et al. (2016), section 6.2.2.3; smoothing: Szegedy et al. (2016),
    section 7.
    """

    hyperparameters = ("from_logits", "label_smoothing", "axis")

    def __init__(
        self,
        from_logits=False,
        label_smoothing=0.0,
        axis=-1,
        reduction="sum_over_batch_size",
        name="categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(reduction, name, dtype)
        self.from_logits = bool(from_logits)
        self.label_smoothing = number("label_smoothing", label_smoothing, "[0, 1]")
        self.axis = axis

    def call(self, y_true, y_pred):
        """One number for each example."""
        _check_shapes(y_true.shape, y_pred.shape)
        classes = y_pred.shape[self.axis]
        y = (1 - self.label_smoothing) * y_true + self.label_smoothing / classes
        log_p = _log_probabilities(y_pred, self.from_logits, self.axis)
        return -ops.sum(y * log_p, axis=self.axis)  # (batch, ...)


@keras.saving.register_keras_serializable("dlbook")
class SparseCategoricalCrossentropy(_Loss):
    """The same with the class given by its number::

        L      = −log p_c                 c = 0, 1, ..., K − 1
        pₖ     = softmax(z)ₖ              z the logits, or p given, over its sum
        ∂L/∂zₖ = pₖ − δₖ_c                δ = 1 where k = c, else 0

    It is `CategoricalCrossentropy` of a one-hot row. Examples of the class
    `ignore_class` cost nothing and do not count in the mean.

    Args:
        from_logits: whether y_pred is z rather than p.
        ignore_class: a class that means "unknown", often −1 or 255; or None.
        reduction: as in `MeanSquaredError`.
        axis: the axis of the classes in y_pred.
        name, dtype: as in `MeanSquaredError`.

    Input shape: y_true (batch, ...) or with a 1 at `axis`, y_pred (batch, ..., K).
    Output shape: a scalar; with `reduction=None` (batch, ...).

    Raises:
        ValueError: when the shapes do not fit or `ignore_class` is no whole number.

    Example:
        >>> loss = SparseCategoricalCrossentropy()
        >>> round(float(loss([1, 2], [[0.1, 0.8, 0.1], [0.2, 0.3, 0.5]])), 4)
        0.4581

    Source: Goodfellow et al. (2016), section 6.2.2.3.
    """

    hyperparameters = ("from_logits", "ignore_class", "axis")

    def __init__(
        self,
        from_logits=False,
        ignore_class=None,
        reduction="sum_over_batch_size",
        axis=-1,
        name="sparse_categorical_crossentropy",
        dtype=None,
    ):
        super().__init__(reduction, name, dtype)
        if ignore_class is not None:
            ignore_class = whole_number("ignore_class", ignore_class, -(2**31))
        self.from_logits = bool(from_logits)
        self.ignore_class = ignore_class
        self.axis = axis

    def call(self, y_true, y_pred):
        """One number for each example."""
        if len(y_true.shape) == len(y_pred.shape) and y_true.shape[self.axis] == 1:
            y_true = ops.squeeze(y_true, self.axis)
        classes = list(y_pred.shape)
        K = classes.pop(self.axis)
        _check_shapes(classes, y_true.shape)
        c = ops.cast(y_true, "int32")  # (batch, ...)
        y = ops.one_hot(c, K, axis=self.axis, dtype=y_pred.dtype)  # (batch, ..., K)
        log_p = _log_probabilities(y_pred, self.from_logits, self.axis)
        loss = -ops.sum(y * log_p, axis=self.axis)  # (batch, ...)
        return loss if self.ignore_class is None else self._known_only(c, loss)

    def _known_only(self, c, loss):
        """The loss, 0 and masked where the class is the ignored one."""
        known = ops.not_equal(c, self.ignore_class)
        loss = ops.where(known, loss, ops.zeros_like(loss))
        set_keras_mask(loss, known)
        return loss


@keras.saving.register_keras_serializable("dlbook")
class ContrastiveLoss(_Loss):
    """Draws like pairs together, and pushes unlike ones a margin apart::

        L      = (1 − y) ½ D² + y ½ max(0, m − D)²
        ∂L/∂D  = (1 − y) D − y max(0, m − D)

    y = 0 means a like pair and y = 1 an unlike one, as in the paper. Other libraries
    swap the two or leave out the ½.

    D is a distance that the model computes. The root in it has an infinite derivative
    at 0: √(Σ (a − b)² + ε) is safe where √(Σ (a − b)²) makes NaN of equal pairs.

    Args:
        margin: m in (0, ∞), in units of D. Unlike pairs beyond it cost nothing.
        reduction, name, dtype: as in `MeanSquaredError`.

    Input shape: y_true, 0 or 1, and y_pred, the distances D ≥ 0: (batch,), (batch, 1)
    or any two that fit. Output shape: a scalar; with `reduction=None` that of D.

    Raises:
        ValueError: when the margin is out of range or the shapes differ.

    Example:
        >>> float(ContrastiveLoss(margin=2.0)([0, 1, 1, 1], [2.0, 1.0, 3.0, 2.0]))
        0.625

    Source: Hadsell, Chopra & LeCun (2006), equation 4.
    """

    hyperparameters = ("margin",)

    def __init__(
        self,
        margin=1.0,
        reduction="sum_over_batch_size",
        name="contrastive_loss",
        dtype=None,
    ):
        super().__init__(reduction, name, dtype)
        self.margin = number("margin", margin, "(0, inf)")

    def call(self, y_true, y_pred):
        """One number for each pair."""
        y, D = _pair(y_true, y_pred)
        gap = ops.where(self.margin > D, self.margin - D, ops.zeros_like(D))
        return (1 - y) * ops.square(D) / 2 + y * ops.square(gap) / 2
