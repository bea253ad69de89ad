"""GRU: a state that a gate mixes with a candidate."""

import keras
from keras import ops

from dlbook.layers.recurrent import Recurrent
from dlbook.layers.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable("dlbook")
class GRUCell(RecurrentCell):
    """One step of `GRU`::

        z  = σ(xₜ W_z + hₜ₋₁ U_z + b_z)              update gate
        r  = σ(xₜ Wᵣ + hₜ₋₁ Uᵣ + bᵣ)                 reset gate
        h̃  = tanh(xₜ W_h + r (hₜ₋₁ U_h + b′) + b_h)  with `reset_after`
        h̃  = tanh(xₜ W_h + (r hₜ₋₁) U_h + b_h)       without
        hₜ = z hₜ₋₁ + (1 − z) h̃

    hₜ is the output and the only state. In each weight the three parts stand side by
    side, in this order. With `reset_after` all products by U can be one, as in cuDNN,
    and there are two rows of b: one is added to xₜ W and one, b′ its last third, to
    hₜ₋₁ U; b_z and bᵣ are then the sums of both rows. Other papers have z and 1 − z the
    other way round. Same words, defaults and weights as `keras.layers.GRUCell`. With
    `recurrent_dropout` Keras draws masks for each gate, this cell one for all three.
    Called by itself, it draws new ones each time; Keras's goes on using its first.

    Args:
        units: the length of h; a whole number from 1.
        activation: what stands as tanh, a name or a function; None: the identity.
        recurrent_activation: what stands as σ, likewise.
        use_bias: whether there are b.
        reset_after: whether r acts after the product by U_h, or before.
        **options: `dropout`, `recurrent_dropout`, `seed` and the words of the weights,
            as of `SimpleRNNCell`.

    Input: xₜ (batch, inputs) and [hₜ₋₁] with hₜ₋₁ (batch, units).
    Output: hₜ (batch, units) and [hₜ].

    Raises:
        ValueError: when `units`, `seed` or a share is out of range (Keras clips a share
            to [0, 1]).

    Example:
        >>> cell = GRUCell(3)
        >>> y, [h] = cell(keras.ops.ones((2, 4)), [keras.ops.zeros((2, 3))])
        >>> y.shape == (2, 3), cell.count_params()
        (True, 81)

    Source: Cho et al. (2014), section 2.3, where r acts before the product; after it:
    the first version of that paper, arXiv:1406.1078v1.
    """

    gates = 3
    hyperparameters = (
        *("units", "activation", "recurrent_activation", "use_bias"),
        *("dropout", "recurrent_dropout", "reset_after", "seed"),
    )

    def __init__(
        self,
        units,
        activation="tanh",
        recurrent_activation="sigmoid",
        use_bias=True,
        reset_after=True,
        **options,
    ):
        super().__init__(units, activation, use_bias, **options)
        self.recurrent_activation = recurrent_activation
        self.reset_after = bool(reset_after)

    def bias_shape(self):
        """(2, 3 · units) with `reset_after`, for x and for h; else (3 · units,)."""
        shape = super().bias_shape()
        return (2, *shape) if self.reset_after else shape

    def _biases(self):
        """What is added to x W and to h U, (3 · units,) each."""
        zeros = ops.zeros(super().bias_shape(), self.compute_dtype)
        if not self.use_bias:
            return zeros, zeros
        return (self.bias[0], self.bias[1]) if self.reset_after else (self.bias, zeros)

    def call(self, inputs, states, training=False):
        """hₜ = z hₜ₋₁ + (1 − z) h̃."""
        sigma, tanh = self.recurrent_activation, self.activation
        before = states[0]
        x, h = self.drop(inputs, before, training)
        b_x, b_h = self._biases()
        x_z, x_r, x_h = ops.split(ops.matmul(x, self.kernel) + b_x, 3, axis=-1)
        u_zr, u_h = ops.split(self.recurrent_kernel, [2 * self.units], axis=-1)
        b_zr, b_c = ops.split(b_h, [2 * self.units], axis=-1)
        h_z, h_r = ops.split(ops.matmul(h, u_zr) + b_zr, 2, axis=-1)
        z, r = sigma(x_z + h_z), sigma(x_r + h_r)  # (batch, units)
        if self.reset_after:
            h_tilde = tanh(x_h + r * (ops.matmul(h, u_h) + b_c))
        else:
            h_tilde = tanh(x_h + ops.matmul(r * h, u_h))
        h = z * before + (1 - z) * h_tilde
        return h, [h]


@keras.saving.register_keras_serializable("dlbook")
class GRU(Recurrent):
    """The same step at every time, each from the state that the last one left::

        h₀ = 0
        hₜ = the step of GRUCell from xₜ and hₜ₋₁        t = 1, ..., T

    It does with one state and two gates what `LSTM` does with two and three. The loop
    and what masks do are as in `SimpleRNN`. Same words, defaults and weights as
    `keras.layers.GRU`, without its `use_cudnn`: a GPU has a faster path there.

    Args:
        units: the length of h; a whole number from 1.
        activation: what stands as tanh, a name or a function; None: the identity.
        **options: the other words of `GRUCell`, and those of the loop, as of
            `SimpleRNN`.

    Input: (batch, time, inputs); in the call also `initial_state`, a list [h₀], and
    `mask` (batch, time).
    Output: (batch, units), or (batch, time, units) with `return_sequences`; a state
    (batch, units) after it with `return_state`.

    Raises:
        ValueError: as `GRUCell`, or when a word is unknown.

    Example:
        >>> layer = GRU(3, return_sequences=True)
        >>> layer(keras.ops.ones((2, 5, 4))).shape == (2, 5, 3)
        True

    Source: Cho et al. (2014), section 2.3; dropout with one mask for all times: Gal &
    Ghahramani (2016), section 4.
    """

    cell_class = GRUCell
