"""SelfAttention: every place of a sequence looks at the others and takes a mean."""

import functools

import keras
from keras import ops

from dlbook.activations import softmax
from dlbook.arguments import number, whole_number
from dlbook.layers.big_bird import big_bird_mask
from dlbook.layers.dropout import Dropout
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class SelfAttention(Layer):
    """Means over the places of a sequence, weighted by how well each fits::

        q = x W_q + b_q,  k = x W_k + b_k,  v = x W_v + b_v       for each head
        sᵢⱼ = qᵢ · kⱼ / √d,  d = `key_dim`
        aᵢⱼ = e^sᵢⱼ / Σⱼ e^sᵢⱼ       over the j that i may see, else 0
        yᵢ  = Σ over heads of (Σⱼ aᵢⱼ vⱼ) W_o,  plus b_o

    i may see j unless a mask hides j, or j > i and `causal`, or the Big Bird pattern or
    `attention_mask` does not have the pair. Where i may see nothing, yᵢ = 0. The same
    weights, start and words as `keras.layers.MultiHeadAttention` called with x twice,
    without its further words, such as `output_shape`. That one also hides the queries
    that the mask hides, and its call has `use_causal_mask` for `causal`. The softmax
    is taken in float32 at least. All pairs are computed, also those that a mask or
    pattern forbids: Big Bird shows here what it learns, not what it saves.

    Args:
        num_heads: the number of heads; a whole number from 1.
        key_dim: d, the length of q and k in each head; a whole number from 1.
        value_dim: the length of v in each head; None: d.
        dropout: in [0, 1], the share of the a that is set to 0 in training.
        use_bias: whether there are b.
        causal: whether each place sees only itself and what is before.
        big_bird: a dict of arguments of `big_bird_mask` without the length, such as
            `{"block_size": 16}`; None: the full pattern.
        seed: a whole number from 0 for the dropout; None: a new one.
        **options: words of all `kernel`s (glorot_uniform) and all `bias`es (zeros); see
            `Layer`.

    Input: (batch, time, features); in the call also `mask` (batch, time) and
    `attention_mask`, booleans (time, time), (batch, time, time) or (batch, heads, time,
    time): query, key. Output: (batch, time, features).

    Raises:
        ValueError: when a number is out of range or `big_bird` has other words; when
            the input is no sequence, or with `big_bird` one of unknown length.

    Example:
        >>> layer = SelfAttention(2, 4, big_bird={"block_size": 2}, causal=True)
        >>> layer(keras.ops.ones((1, 6, 5))).shape == (1, 6, 5)
        True

    Source: Vaswani et al. (2017), sections 3.2.1 and 3.2.2; Zaheer et al. (2020).
    """

    hyperparameters = (
        *("num_heads", "key_dim", "value_dim", "dropout", "use_bias"),
        *("causal", "big_bird", "seed"),
    )
    initializers = {"kernel": "glorot_uniform", "bias": "zeros"}

    def __init__(
        self,
        num_heads,
        key_dim,
        value_dim=None,
        dropout=0.0,
        use_bias=True,
        causal=False,
        big_bird=None,
        seed=None,
        **options,
    ):
        super().__init__(**options)
        self.num_heads = whole_number("num_heads", num_heads, 1)
        self.key_dim = whole_number("key_dim", key_dim, 1)
        if value_dim is None:
            value_dim = key_dim
        self.value_dim = whole_number("value_dim", value_dim, 1)
        self.dropout = number("dropout", dropout, "[0, 1]")
        self.use_bias = bool(use_bias)
        self.causal = bool(causal)
        self.big_bird = big_bird
        if big_bird is not None:
            self._pattern(length=1)
        self.seed = seed if seed is None else whole_number("seed", seed, 0)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes W (features, heads, size) and b (heads, size) of q, k, v; W_o, b_o."""
        if len(input_shape) != 3 or (
            self.big_bird is not None and input_shape[1] is None
        ):
            raise ValueError(
                "The input must be of shape (batch, time, features), and with "
                "`big_bird` time must be known. Received: an input of shape "
                f"{tuple(input_shape)}."
            )
        heads, features = self.num_heads, input_shape[-1]
        into, out = "btf,fhd->bthd", "bthd,hdf->btf"
        self.query = self._product("query", into, "hd", heads, self.key_dim)
        self.key = self._product("key", into, "hd", heads, self.key_dim)
        self.value = self._product("value", into, "hd", heads, self.value_dim)
        self.attention_output = self._product("attention_output", out, "f", features)
        for part in (self.query, self.key, self.value):
            part.build(input_shape)
        self.attention_output.build((*input_shape[:2], heads, self.value_dim))
        self.drop = Dropout(self.dropout, seed=self.seed, dtype=self.dtype_policy)

    def _product(self, name, equation, bias_axes, *sizes):
        config = self.get_config()
        product = keras.layers.EinsumDense(
            equation,
            output_shape=(None, *sizes),
            bias_axes=bias_axes if self.use_bias else None,
            name=name,
            dtype=self.dtype_policy,
            # As config: one initializer object would start all kernels the same.
            **{word: config[word] for word in self._weight_words()},
        )
        product.supports_masking = True  # Keras says no, and would warn.
        return product

    def call(self, inputs, attention_mask=None, training=False, mask=None):
        """yᵢ = Σ over heads of (Σⱼ aᵢⱼ vⱼ) W_o, plus b_o."""
        seen = self._seen(inputs, attention_mask, mask)
        a = self.drop(self._weights(inputs, seen), training=training)
        v = self.value(inputs)  # (batch, time, heads, value_dim)
        y = self.attention_output(ops.einsum("bhqk,bkhd->bqhd", a, v))
        if seen is None:
            return y
        sees = ops.any(seen, axis=(1, 3))[..., None]  # (batch or 1, time, 1)
        return ops.where(sees, y, ops.zeros_like(y))  # (batch, time, features)

    def attention_weights(self, inputs, attention_mask=None, mask=None):
        """The a of an input to a built layer, without dropout.

        Args:
            inputs, attention_mask, mask: as in the call.

        Returns:
            A tensor (batch, heads, time, time): query, key. A row sums to 1, or holds
            zeros where nothing may be seen.
        """
        return self._weights(inputs, self._seen(inputs, attention_mask, mask))

    def _weights(self, inputs, seen):
        q, k = self.query(inputs), self.key(inputs)  # (batch, time, heads, key_dim)
        dtype = keras.backend.result_type(q.dtype, "float32")
        s = ops.einsum("bqhd,bkhd->bhqk", ops.cast(q, dtype), ops.cast(k, dtype))
        s = s / self.key_dim**0.5
        if seen is None:
            return ops.cast(softmax(s), self.compute_dtype)
        # Not −∞: where nothing is seen, −∞ − (−∞) would be NaN.
        a = ops.where(seen, softmax(ops.where(seen, s, -1e30)), 0.0)
        return ops.cast(a, self.compute_dtype)

    def _seen(self, inputs, attention_mask, mask):
        """All that restricts the pairs, to axes batch, heads, query, key; or None."""
        time = inputs.shape[1]
        parts = []
        if self.causal:
            time = ops.shape(inputs)[1] if time is None else time
            parts.append(ops.arange(time)[:, None] >= ops.arange(time))
        if self.big_bird is not None:
            parts.append(ops.convert_to_tensor(self._pattern(time)))
        if attention_mask is not None:
            attention_mask = ops.cast(attention_mask, "bool")
            batched = len(attention_mask.shape) == 3
            parts.append(attention_mask[:, None] if batched else attention_mask)
        if mask is not None:
            parts.append(ops.cast(mask, "bool")[:, None, None, :])
        whole = ops.ones((1, 1, 1, 1), "bool")
        return functools.reduce(ops.logical_and, parts, whole) if parts else None

    def _pattern(self, length):
        """The Big Bird mask of this length."""
        try:
            return big_bird_mask(length, **self.big_bird)
        except TypeError as error:
            raise ValueError(
                "`big_bird` must be a dict of arguments of big_bird_mask, without "
                f"`length`. Received: big_bird={self.big_bird!r}."
            ) from error

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
