"""LSTM: a state that is added to, and gates that say when."""

import keras
from keras import ops

from dlbook.layers.recurrent import Recurrent
from dlbook.layers.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable("dlbook")
class LSTMCell(RecurrentCell):
    """One step of `LSTM`::

        i  = σ(xₜ Wᵢ + hₜ₋₁ Uᵢ + bᵢ)           input gate
        f  = σ(xₜ W_f + hₜ₋₁ U_f + b_f)        forget gate
        c̃  = tanh(xₜ W_c + hₜ₋₁ U_c + b_c)     candidate
        o  = σ(xₜ Wₒ + hₜ₋₁ Uₒ + bₒ)           output gate
        cₜ = f cₜ₋₁ + i c̃
        hₜ = o tanh(cₜ)

    hₜ is the output; hₜ and cₜ are the states. In each weight the four parts stand side
    by side, in this order. Same words, defaults and weights as `keras.layers.LSTMCell`.
    With `recurrent_dropout` Keras draws masks for each gate, this cell one for all four
    (the paper's tied weights). Called by itself, it draws new ones each time; Keras's
    goes on using its first.

    Args:
        units: the length of h and c; a whole number from 1.
        activation: what stands as tanh, a name or a function; None: the identity.
        recurrent_activation: what stands as σ, likewise.
        use_bias: whether there are b.
        unit_forget_bias: whether b_f starts at 1, so that the gate starts open.
        **options: `dropout`, `recurrent_dropout`, `seed` and the words of the weights,
            as of `SimpleRNNCell`.

    Input: xₜ (batch, inputs) and [hₜ₋₁, cₜ₋₁], both (batch, units).
    Output: hₜ (batch, units) and [hₜ, cₜ].

    Raises:
        ValueError: when `units`, `seed` or a share is out of range (Keras clips a share
            to [0, 1]).

    Example:
        >>> cell = LSTMCell(3)
        >>> zeros = keras.ops.zeros((2, 3))
        >>> y, [h, c] = cell(keras.ops.ones((2, 4)), [zeros, zeros])
        >>> y.shape == (2, 3), cell.count_params()
        (True, 96)

    Source: Hochreiter & Schmidhuber (1997), without f; f: Gers et al. (2000), section
    3; b_f: Jozefowicz et al. (2015).
    """

    gates = 4
    states = 2
    hyperparameters = (
        *("units", "activation", "recurrent_activation", "use_bias"),
        *("unit_forget_bias", "dropout", "recurrent_dropout", "seed"),
    )

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        unit_forget_bias=True,
        **options,
    ):
        super().__init__(units, activation, use_bias, **options)
        self.recurrent_activation = recurrent_activation
        self.unit_forget_bias = bool(unit_forget_bias)

    def bias_start(self, shape, dtype=None):
        """As `bias_initializer` says, and b_f = 1 with `unit_forget_bias`."""
        b = self.bias_initializer(shape, dtype)
        if not self.unit_forget_bias:
            return b
        b_i, b_f, b_c, b_o = ops.split(b, 4)  # (units,) each
        return ops.concatenate([b_i, ops.ones_like(b_f), b_c, b_o])

    def call(self, inputs, states, training=False):
        """cₜ = f cₜ₋₁ + i c̃ and hₜ = o tanh(cₜ)."""
        sigma, tanh = self.recurrent_activation, self.activation
        h, c = states  # (batch, units)
        x, h = self.drop(inputs, h, training)
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel)
        if self.use_bias:
            z = z + self.bias  # (batch, 4 · units)
        i, f, c_tilde, o = ops.split(z, 4, axis=-1)  # (batch, units) each
        c = sigma(f) * c + sigma(i) * tanh(c_tilde)
        h = sigma(o) * tanh(c)
        return h, [h, c]


@keras.saving.register_keras_serializable("dlbook")
class LSTM(Recurrent):
    """The same step at every time, each from the states that the last one left::

        h₀ = c₀ = 0
        hₜ, cₜ = the step of LSTMCell from xₜ, hₜ₋₁ and cₜ₋₁        t = 1, ..., T

    Along the cₜ alone the gradient of c_T with respect to c₁ is the product of the
    forget gates: with f = 1 it arrives whole, however large T is. The loop and what
    masks do are as in `SimpleRNN`. Same words, defaults and weights as
    `keras.layers.LSTM`, without its `use_cudnn`: a GPU has a faster path there.

    Args:
        units: the length of h and c; a whole number from 1.
        activation: what stands as tanh, a name or a function; None: the identity.
        **options: the other words of `LSTMCell`, and those of the loop, as of
            `SimpleRNN`.

    Input: (batch, time, inputs); in the call also `initial_state`, a list [h₀, c₀], and
    `mask` (batch, time).
    Output: (batch, units), or (batch, time, units) with `return_sequences`; h and c of
    the last time after it with `return_state`, (batch, units) each.

    Raises:
        ValueError: as `LSTMCell`, or when a word is unknown.

    Example:
        >>> layer = LSTM(3, return_state=True)
        >>> y, h, c = layer(keras.ops.ones((2, 5, 4)))
        >>> y.shape == h.shape == c.shape == (2, 3)
        True

    Source: Hochreiter & Schmidhuber (1997); Gers et al. (2000); dropout with one mask
    for all times: Gal & Ghahramani (2016), section 4.
    """

    cell_class = LSTMCell
