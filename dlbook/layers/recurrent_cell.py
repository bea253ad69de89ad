"""What the cells of recurrent layers share: weights, states and dropout."""

import keras
from keras import ops
from keras.src.layers.rnn.dropout_rnn_cell import (  # Keras has no public name for it.
    DropoutRNNCell,
)

from dlbook.arguments import number, whole_number
from dlbook.layers.layer import Layer


class RecurrentCell(Layer, DropoutRNNCell):
    """One step in time: an input and the states before → an output and the states.

    A subclass has the formula in `call`, and says how many matrices stand side by side
    in each kernel (`gates`) and how many states there are (`states`). Dropout hides the
    same numbers of x, and of h where it meets a matrix, at every time: Keras's loop has
    both masks drawn before its first step, which it does for a `DropoutRNNCell` only. A
    cell that is called by itself draws anew.
    """

    gates = 1
    states = 1
    hyperparameters = (
        *("units", "activation", "use_bias"),
        *("dropout", "recurrent_dropout", "seed"),
    )
    initializers = {
        "kernel": "glorot_uniform",
        "recurrent": "orthogonal",
        "bias": "zeros",
    }

    def __init__(
        self,
        units,
        activation="tanh",
        use_bias=True,
        dropout=0.0,
        recurrent_dropout=0.0,
        seed=None,
        **options,
    ):
        super().__init__(**options)
        self.units = whole_number("units", units, 1)
        self.activation = activation
        self.use_bias = bool(use_bias)
        self.dropout = number("dropout", dropout, "[0, 1)")
        self.recurrent_dropout = number(
            "recurrent_dropout", recurrent_dropout, "[0, 1)"
        )
        self.seed = seed if seed is None else whole_number("seed", seed, 0)
        self.seed_generator = keras.random.SeedGenerator(self.seed)
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    @classmethod
    def words(cls):
        """The names of all that one may set."""
        return (*cls.hyperparameters, *cls._weight_words())

    @property
    def output_size(self):
        """The length of the output."""
        return self.units

    @property
    def state_size(self):
        """The length of the state, or a list of lengths where there are several."""
        return self.units if self.states == 1 else [self.units] * self.states

    def build(self, input_shape):
        """Makes W (inputs, gates · units), U (units, gates · units) and b."""
        columns = self.gates * self.units
        self.kernel = self.make_weight("kernel", (input_shape[-1], columns))
        # Keras's words for U, and so ours, say `recurrent_...` for short.
        self.recurrent_kernel = self._weight(
            "recurrent_kernel", "recurrent", (self.units, columns)
        )
        self.bias = None
        if self.use_bias:
            self.bias = self._weight("bias", "bias", self.bias_shape(), self.bias_start)

    def bias_shape(self):
        """The shape of b."""
        return (self.gates * self.units,)

    def bias_start(self, shape, dtype=None):
        """The values of b before training."""
        return self.bias_initializer(shape, dtype)

    def _weight(self, name, word, shape, start=None):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=start or getattr(self, f"{word}_initializer"),
            regularizer=getattr(self, f"{word}_regularizer"),
            constraint=getattr(self, f"{word}_constraint"),
        )

    def get_initial_state(self, batch_size=None):
        """Zeros for each state, (batch, units)."""
        shape = batch_size, self.units
        return [ops.zeros(shape, self.compute_dtype) for _ in range(self.states)]

    def get_dropout_mask(self, step_input):
        """Draws the mask of x that holds until it is reset."""
        self._x_mask = self._mask(step_input, self.dropout)

    def get_recurrent_dropout_mask(self, step_input):
        """Draws the mask of h that holds until it is reset."""
        self._h_mask = self._mask(step_input, self.recurrent_dropout)

    def reset_dropout_mask(self):
        """The next step draws a mask of x for itself."""
        self._x_mask = None

    def reset_recurrent_dropout_mask(self):
        """The next step draws a mask of h for itself."""
        self._h_mask = None

    def drop(self, x, h, training):
        """x and h as the matrices meet them: while training, without what is hidden."""
        if not training:
            return x, h
        x = self._hide(x, self.dropout, self._x_mask)
        return x, self._hide(h, self.recurrent_dropout, self._h_mask)

    def _hide(self, tensor, p, mask):
        if not p:
            return tensor
        return tensor * (self._mask(tensor, p) if mask is None else mask)

    def _mask(self, tensor, p):
        if not p:
            return None
        # In float32: a draw in float16 is a multiple of 2⁻¹¹ or so, and so would p be.
        draw = keras.random.uniform(
            ops.shape(tensor), dtype="float32", seed=self.seed_generator
        )
        return ops.cast(ops.where(draw >= p, 1 / (1 - p), 0.0), self.compute_dtype)

    def compute_output_shape(self, inputs_shape, states_shape=None):
        """(batch, units) for the output and for each state."""
        shape = inputs_shape[0], self.units
        return shape, [shape] * self.states
