"""What every optimizer here shares: all that is Keras, nothing of the rule."""

from abc import ABC, abstractmethod

import keras
from keras import ops

from dlbook.arguments import number, whole_number

_INTERVALS = {
    "weight_decay": "[0, inf)",
    "clipnorm": "(0, inf)",
    "clipvalue": "(0, inf)",
    "global_clipnorm": "(0, inf)",
    "ema_momentum": "[0, 1]",
    "loss_scale_factor": "(0, inf)",
}


class Optimizer(keras.optimizers.Optimizer, ABC):
    """The bookkeeping around one pure `step`: slots, casting, assigning, config.

    A subclass names what it remembers (`state`), what one may set (`hyperparameters`)
    and gives its formula as `step`. Example, gradient descent in four lines::

        class GradientDescent(Optimizer):
            def step(self, theta, g, t, alpha):
                return (theta - alpha * g,)

    Weights of half precision (float16, bfloat16) are updated in float32, and what
    rounding cuts off is kept and added again at the next step. Keras computes in the
    weight's own type, where β₂ = 0.999 rounds to 1 and Adam never moves a weight.

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
        hyperparameters: names of the attributes that belong to the config.

    Raises:
        ValueError: at construction, when an argument is out of its range. Keras
            checks only a few of these; the others end in NaN weights.
    """

    state = ()
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
            return []
        dtype = keras.backend.standardize_dtype(variable.dtype)
        if dtype not in ("float16", "bfloat16"):
            return [self.add_variable_from_reference(variable, s) for s in self.kept]
        prefix = variable.path.replace("/", "_")
        return [
            self.add_variable(variable.shape, dtype="float32", name=f"{prefix}_{slot}")
            for slot in (*self.kept, "remainder")
        ]

    def update_step(self, gradient, variable, learning_rate):
        """Runs `step` on one variable and stores what it returns."""
        slots = self._slots[self._get_variable_index(variable)]
        slots = dict(zip((*self.kept, "remainder"), slots, strict=False))
        remainder = slots.pop("remainder", None)
        dtype = variable.dtype if remainder is None else "float32"
        theta = ops.cast(variable, dtype)
        if remainder is not None:
            theta = theta + remainder
        theta, *values = self.step(
            theta,
            # The sum is dense where the gradient, as an embedding's may be, is sparse.
            ops.add(ops.zeros_like(theta), ops.cast(gradient, dtype)),
            ops.cast(self.iterations + 1, dtype),
            ops.cast(learning_rate, dtype),
            *(ops.cast(slots.get(name, 0.0), dtype) for name in self.state),
        )
        if remainder is not None:
            rounded = ops.cast(ops.cast(theta, variable.dtype), dtype)
            self.assign(remainder, theta - rounded)
        for name, value in zip(self.state, values, strict=True):
            if name in slots:
                self.assign(slots[name], value)
        self.assign(variable, theta)

    def get_config(self):
        """Everything needed to build the same optimizer anew, as plain data."""
        own = {name: getattr(self, name) for name in self.hyperparameters}
        return {**super().get_config(), **own}
