"""What every optimizer here shares: all that is Keras, nothing of the rule."""

from abc import ABC, abstractmethod

import keras
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.optimizers.saved_state import SavedState

_INTERVALS = {
    "weight_decay": "[0, inf)",
    "clipnorm": "(0, inf)",
    "clipvalue": "(0, inf)",
    "global_clipnorm": "(0, inf)",
    "ema_momentum": "[0, 1]",
    "loss_scale_factor": "(0, inf)",
}


class Optimizer(SavedState, keras.optimizers.Optimizer, ABC):
    """The bookkeeping around one pure `step`: slots, casting, assigning, config.

    A subclass names what it remembers (`state`), what one may set (`hyperparameters`)
    and gives its formula as `step`. Example, gradient descent in three lines:

        >>> class GradientDescent(Optimizer):
        ...     def step(self, theta, g, t, alpha):
        ...         return (theta - alpha * g,)
        >>> theta = keras.Variable(1.0)
        >>> GradientDescent(0.5).apply([ops.ones(())], [theta])
        >>> float(theta.numpy())
        0.5

    Weights of half precision (float16, bfloat16) are updated in float32, and what
    rounding cuts off is kept and added again at the next step, weight decay included.
    Keras computes in the weight's own type. In bfloat16, β₂ = 0.999 rounds to 1, so
    that Adam never moves a weight, and a decay of α w < 2⁻⁹ changes none.

    A `.keras` file says which rule its state belongs to. State of another rule, or from
    a file that does not say, is left out with a warning; Keras takes whatever has the
    same number of variables, such as RMSprop's mean squares for SGD's velocities.

    Args:
        learning_rate: α, a number from 0, a `LearningRateSchedule` or a function
            without arguments. Any real number will do; Keras insists on a `float`.
        name: the name of the optimizer and of its variables.
        **options: what Keras gives every optimizer, under the same words:
            `weight_decay`, `clipnorm`, `clipvalue`, `global_clipnorm`, `use_ema`,
            `ema_momentum`, `ema_overwrite_frequency`, `loss_scale_factor` and
            `gradient_accumulation_steps`.

    Attributes:
        state: names of what `step` remembers, in the order in which it takes and
            returns it. Each has the shape of its weight and starts at 0.
        scalars: those of `state` that are one number for a whole weight.
        hyperparameters: names of the attributes that belong to the config.

    Raises:
        ValueError: at construction, when an argument is out of its range. Keras
            checks only a few of these; the others end in NaN weights. In `apply`, when
            a gradient lacks the shape of its weight (on JAX and torch, Keras would
            spread a smaller one over the weight).
    """

    state = ()
    scalars = ()
    hyperparameters = ()

    def __init__(self, learning_rate, *, name=None, **options):
        if not callable(learning_rate):
            learning_rate = number("learning_rate", learning_rate, "[0, inf)")
        for option, interval in _INTERVALS.items():
            if options.get(option) is not None:
                hint = "" if option == "ema_momentum" else "None switches it off."
                options[option] = number(option, options[option], interval, hint)
        steps = options.get("gradient_accumulation_steps")
        if steps is not None:
            options["gradient_accumulation_steps"] = whole_number(
                "gradient_accumulation_steps", steps, 2, "None switches it off."
            )
        name = name or type(self).__name__.lower()
        super().__init__(learning_rate=learning_rate, name=name, **options)

    @abstractmethod
    def step(self, theta, g, t, alpha, *state):
        """The rule: one step for one weight.

        Args:
            theta: θₜ₋₁, the weight.
            g: gₜ, its gradient, of the same shape.
            t: the number of this step, 1, 2, ...; a scalar.
            alpha: α, the learning rate; a scalar.
            *state: what the last step returned, in the order of `state`, of the shape
                of `theta`; 0 at first, and always 0 where it is not `kept`.

        Returns:
            A tuple: θₜ, then the new state.
        """

    @property
    def kept(self):
        """Names of the state that is stored between steps: all of it, unless a
        subclass leaves out what its settings do not use."""
        return self.state

    def build(self, variables):
        """Makes the slots of each variable; Keras calls it before the first step."""
        if self.built:
            return
        super().build(variables)
        self._slots = [self._add_slots(variable) for variable in variables]

    def _add_slots(self, variable):
        if self._overwrite_variable_with_gradient(variable):
            return {}
        dtype = keras.backend.standardize_dtype(variable.dtype)
        half = dtype in ("float16", "bfloat16")
        names = (*self.kept, "remainder") if half else self.kept
        return {name: self._add_slot(variable, name, half) for name in names}

    def _add_slot(self, variable, name, half):
        scalar = name in self.scalars
        if not scalar and not half:
            return self.add_variable_from_reference(variable, name)
        return self.add_variable(
            () if scalar else variable.shape,
            dtype="float32" if half else variable.dtype,
            name=f"{variable.path.replace('/', '_')}_{name}",
        )

    def apply(self, grads, trainable_variables=None):
        """One step of all weights; Keras calls it with the gradients of a batch."""
        grads = list(grads)
        variables = self._trainable_variables
        if trainable_variables is not None:
            trainable_variables = variables = list(trainable_variables)
        for gradient, variable in zip(grads, variables, strict=False):
            if gradient is not None:
                _refuse_another_shape(gradient, variable)
        super().apply(grads, trainable_variables)

    def _apply_weight_decay(self, variables):
        """Nothing here: `update_step` decays the weight, before it is rounded."""

    def update_step(self, gradient, variable, learning_rate):
        """Runs `step` on one variable and stores what it returns."""
        slots = self._slots[self._get_variable_index(variable)]
        dtype = "float32" if "remainder" in slots else variable.dtype
        alpha, theta = ops.cast(learning_rate, dtype), ops.cast(variable, dtype)
        if "remainder" in slots:
            theta = theta + slots["remainder"]
        if self.weight_decay and self._use_weight_decay(variable):
            theta = theta - alpha * self.weight_decay * theta
        theta, *values = self.step(
            theta,
            # The sum is dense where the gradient, as an embedding's may be, is sparse.
            ops.add(ops.zeros_like(theta), ops.cast(gradient, dtype)),
            ops.cast(self.iterations + 1, dtype),
            alpha,
            *(ops.cast(slots.get(name, 0.0), dtype) for name in self.state),
        )
        values = dict(zip(self.state, values, strict=True))
        values["remainder"] = theta - ops.cast(ops.cast(theta, variable.dtype), dtype)
        for name, slot in slots.items():
            self.assign(slot, values[name])
        self.assign(variable, theta)

    def get_config(self):
        """Everything needed to build the same optimizer anew, as plain data."""
        own = {name: getattr(self, name) for name in self.hyperparameters}
        return {**super().get_config(), **own}


def _refuse_another_shape(gradient, variable):
    """Raises where a gradient's known lengths are not those of its weight."""
    expected = tuple(variable.shape)
    shape = getattr(gradient, "shape", expected)
    # In a graph of TensorFlow, a shape or a length may be unknown.
    shape = expected if getattr(shape, "rank", 0) is None else tuple(shape)
    known = (n in (None, m) for n, m in zip(shape, expected, strict=False))
    if len(shape) != len(expected) or not all(known):
        raise ValueError(
            "A gradient must have the shape of its weight. Received: a gradient of "
            f"shape {shape} for {variable.path}, which has the shape {expected}."
        )
