"""SimpleRNN: what a layer says goes back into it at the next time."""

import keras
from keras import ops

from dlbook.layers.recurrent import Recurrent
from dlbook.layers.recurrent_cell import RecurrentCell


@keras.saving.register_keras_serializable("dlbook")
class SimpleRNNCell(RecurrentCell):
    """One step of `SimpleRNN`::

        hₜ = f(xₜ W + hₜ₋₁ U + b)

    hₜ is the output and the only state. Same words, defaults and weights as
    `keras.layers.SimpleRNNCell`. Called by itself, it draws a new dropout mask each
    time; Keras's cell goes on using its first.

    Args:
        units: the length of h; a whole number from 1.
        activation: f, a name or a function; None: the identity.
        use_bias: whether there is a b.
        dropout: in [0, 1), the share of x that is hidden in training.
        recurrent_dropout: in [0, 1), the same of h where it meets U.
        seed: a whole number from 0; the same seed, the same masks. None: a new one.
        **options: words of the weights `kernel` (W: glorot_uniform), `recurrent_kernel`
            (U: orthogonal; the words are `recurrent_initializer` and so on) and `bias`
            (zeros); see `Layer`.

    Input: xₜ (batch, inputs) and [hₜ₋₁] with hₜ₋₁ (batch, units).
    Output: hₜ (batch, units) and [hₜ].

    Raises:
        ValueError: when `units`, `seed` or a share is out of range (Keras clips a share
            to [0, 1]).

    Example:
        >>> cell = SimpleRNNCell(3)
        >>> y, [h] = cell(keras.ops.ones((2, 4)), [keras.ops.zeros((2, 3))])
        >>> y.shape == (2, 3), cell.count_params()
        (True, 24)

    Source: Elman (1990); Goodfellow et al. (2016), equations 10.8 and 10.9.
    """

    def call(self, inputs, states, training=False):
        """hₜ = f(xₜ W + hₜ₋₁ U + b)."""
        x, h = self.drop(inputs, states[0], training)  # (batch, inputs), (batch, units)
        z = ops.matmul(x, self.kernel) + ops.matmul(h, self.recurrent_kernel)
        if self.use_bias:
            z = z + self.bias
        h = self.activation(z)  # (batch, units)
        return h, [h]


@keras.saving.register_keras_serializable("dlbook")
class SimpleRNN(Recurrent):
    """The same step at every time, each from the state that the last one left::

        h₀ = 0
        hₜ = f(xₜ W + hₜ₋₁ U + b)        t = 1, ..., T

    So the gradient of h_T with respect to h₁ is a product of T − 1 matrices diag(f′) Uᵀ
    and shrinks or grows exponentially with T. Same words, defaults and weights as
    `keras.layers.SimpleRNN`.

    The loop is that of `keras.layers.RNN`: it hands each xₜ and hₜ₋₁ to a
    `SimpleRNNCell`. Where a mask hides a time it keeps the state and repeats the last
    output. A row of which every time is hidden gives zeros, if its first state is zero.

    Args:
        units: the length of h; a whole number from 1.
        activation: f, a name or a function; None: the identity.
        **options: the other words of `SimpleRNNCell`, and those of `keras.layers.RNN`:
            `return_sequences` (all hₜ, not only the last), `return_state` (the last
            state too), `go_backwards` (from x_T to x₁), `stateful` (the next batch
            starts where this one ended), `unroll` (a copy of the step for each time
            instead of a loop) and `zero_output_for_mask`.

    Input: (batch, time, inputs); in the call also `initial_state`, a list as the cell's
    states, and `mask` (batch, time).
    Output: (batch, units), or (batch, time, units) with `return_sequences`; a state
    (batch, units) after it with `return_state`.

    Raises:
        ValueError: as `SimpleRNNCell`, or when a word is unknown.

    Example:
        >>> layer = SimpleRNN(3, return_sequences=True)
        >>> layer(keras.ops.ones((2, 5, 4))).shape == (2, 5, 3)
        True

    Source: Elman (1990); Goodfellow et al. (2016), section 10.2; dropout with one mask
    for all times: Gal & Ghahramani (2016), section 4.
    """

    cell_class = SimpleRNNCell
