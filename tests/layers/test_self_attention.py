"""SelfAttention beside Keras's, and beside a loop over places and heads."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.layers import SelfAttention, big_bird_mask
from dlbook.measures import input_gradients, multiply_adds

from .beside import EXAMPLES, assert_same, pair
from .cases.attention import KerasSelfAttention
from .inputs import arrays, assert_close, numbers, tensors

ON_JAX = keras.backend.backend() == "jax"


@settings(max_examples=EXAMPLES)
@given(
    num_heads=st.integers(1, 2) if ON_JAX else st.integers(1, 3),
    key_dim=st.just(3) if ON_JAX else st.integers(1, 3),
    # Keras's layer on JAX takes no length of v but that of k.
    value_dim=st.none() if ON_JAX else st.sampled_from([None, 1, 4]),
    use_bias=st.booleans(),
    causal=st.booleans(),
    hidden=st.sampled_from([None, 0.5]),
    shape=st.just((2, 3, 2)) if ON_JAX else st.tuples(*[st.integers(1, 3)] * 3),
)
def test_any_shape_and_option_is_as_in_keras(hidden, shape, **words):
    flags = {}
    if hidden is not None:
        seen = np.random.default_rng(0).random((*shape[:2], shape[1])) >= hidden
        flags["attention_mask"] = ops.array(seen | np.eye(shape[1], dtype=bool))
    layers = SelfAttention(**words), KerasSelfAttention(**words)
    assert_same(*layers, (shape,), **flags)


def test_what_a_padding_mask_hides_is_not_seen_as_in_keras():
    shapes = ((3, 5, 4),)
    ours, theirs = pair(
        SelfAttention(2, 3), KerasSelfAttention(num_heads=2, key_dim=3), shapes
    )
    mask = np.random.default_rng(0).random((3, 5)) < 0.6
    mask[:, 0] = True
    flags = {"mask": ops.array(mask)}
    y = [numbers(layer(*tensors(shapes), **flags))[0] for layer in (ours, theirs)]
    assert_close([y[0][mask]], [y[1][mask]], 1e-5)


def loop(weights, x, seen):
    """The formula for one sequence, place by place and head by head."""
    w_q, b_q, w_k, b_k, w_v, b_v, w_o, b_o = weights
    y = np.tile(b_o, (len(x), 1)).astype("float64")
    for head in range(w_q.shape[1]):
        q, k, v = (
            x @ w[:, head] + b[head] for w, b in ((w_q, b_q), (w_k, b_k), (w_v, b_v))
        )
        for i in range(len(x)):
            s = {j: q[i] @ k[j] / np.sqrt(len(q[i])) for j in np.flatnonzero(seen[i])}
            total = sum(np.exp(s[j]) for j in s)
            for j in s:
                y[i] += np.exp(s[j]) / total * v[j] @ w_o[head]
    return y


@pytest.mark.parametrize("causal", [False, True])
def test_the_sparse_pattern_is_that_of_the_loop(causal):
    bird = {"block_size": 2, "window": 1, "global_blocks": 1, "random_blocks": 1}
    layer = SelfAttention(2, 3, value_dim=4, big_bird=bird | {"seed": 5}, causal=causal)
    layer.build((None, 11, 5))
    shapes = [weight.shape for weight in layer.weights]
    weights = arrays([tuple(shape) for shape in shapes], seed=1)
    layer.set_weights(weights)
    (x,) = arrays(((2, 11, 5),), seed=2)
    seen = big_bird_mask(11, **bird, seed=5)
    assert 0.3 < seen.mean() < 0.9
    seen &= np.tri(11, dtype=bool) if causal else True
    expected = np.stack([loop(weights, each, seen) for each in x])
    assert_close(numbers(layer(x)), [expected], 1e-5)


def test_who_sees_nothing_gets_zeros_and_a_finite_gradient():
    layer = SelfAttention(2, 3, bias_initializer="ones")
    seen = np.ones((4, 4), bool)
    seen[1] = False
    (x,) = arrays(((2, 4, 5),))
    y = numbers(layer(x, attention_mask=ops.array(seen)))[0]
    assert not y[:, 1].any()
    assert y[:, [0, 2, 3]].all()
    hidden = ops.zeros((2, 4), "bool")
    assert not numbers(layer(x, mask=hidden))[0].any()
    for flags in ({"attention_mask": ops.array(seen)}, {"mask": hidden}):
        slope = input_gradients(lambda x, f=flags: ops.sum(layer(x, **f) ** 2), x)
        assert np.isfinite(slope).all()


def test_a_mask_of_pairs_may_leave_out_batch_and_heads():
    layer = SelfAttention(2, 3)
    (x,) = tensors(((3, 4, 5),))
    pairs = np.tri(4, dtype=bool)
    shapes = (4, 4), (1, 4, 4), (3, 4, 4), (1, 1, 4, 4), (3, 2, 4, 4)
    masks = [np.broadcast_to(pairs, shape) for shape in shapes]
    first, *others = [layer(x, attention_mask=ops.array(mask)) for mask in masks]
    causal = SelfAttention(2, 3, causal=True)
    causal(x)
    causal.set_weights(layer.get_weights())
    for other in (*others, causal(x)):
        assert_close(numbers(other), numbers(first), 1e-6)


def test_a_head_may_have_a_mask_of_its_own():
    layer = SelfAttention(2, 3, use_bias=False)
    (x,) = tensors(((1, 4, 5),))
    layer.build(x.shape)
    seen = np.stack([np.tri(4), np.zeros((4, 4))]).astype(bool)[None]
    a = numbers(layer.attention_weights(x, ops.array(seen)))[0]
    assert not a[:, 1].any()
    np.testing.assert_allclose(a[:, 0].sum(-1), 1, rtol=1e-6)
    y = numbers(layer(x, attention_mask=ops.array(seen)))[0]
    w_v, w_o = layer.get_weights()[2:]
    expected = a[0, 0] @ (numbers(x)[0][0] @ w_v[:, 0]) @ w_o[0]
    np.testing.assert_allclose(y[0], expected, atol=1e-5)


def test_scores_beyond_half_precision_give_weights_all_the_same():
    layer = SelfAttention(1, 2, dtype="mixed_float16", kernel_initializer="zeros")
    layer.build((None, 2, 2))
    weights = layer.get_weights()
    for kernel in weights[::2]:
        kernel[...] = np.eye(2).reshape(kernel.shape)
    layer.set_weights(weights)
    x = ops.array([[[400.0, 0.0], [0.0, -400.0]]])
    np.testing.assert_array_equal(numbers(layer(x))[0], numbers(x)[0])


def test_dropout_hides_pairs_in_training():
    words = {"use_bias": False, "kernel_initializer": "ones", "seed": 1}
    x, layer = ops.ones((1, 200, 1)), SelfAttention(1, 1, dropout=0.5, **words)
    y = numbers(layer(x, training=True))[0].ravel()
    # Each is twice the share of 200 pairs that are left.
    assert abs(y.mean() - 1) < 0.02
    assert 0.04 < y.std() < 0.1
    np.testing.assert_allclose(numbers(layer(x))[0], 1, rtol=1e-5)


def test_words_of_the_weights_reach_all_four():
    words = {"kernel_regularizer": "l2", "bias_constraint": "non_neg"}
    start = keras.initializers.RandomNormal()
    layer = SelfAttention(2, 2, kernel_initializer=start, **words)
    layer.build((None, 3, 4))
    kernels, biases = layer.weights[::2], layer.weights[1::2]
    assert len(layer.losses) == 4
    assert all(bias.constraint is not None for bias in biases)
    query, key, value = (ops.convert_to_numpy(kernel) for kernel in kernels[:3])
    assert (query != key).any()
    assert (key != value).any()


def test_a_length_that_is_not_known_is_read_from_the_numbers():
    x = keras.Input((None, 2))
    model = keras.Model(x, SelfAttention(2, 3, causal=True)(x))
    for time in (2, 5):
        assert model(np.ones((1, time, 2), "float32")).shape == (1, time, 2)


@pytest.mark.parametrize("shape", [(None, 4), (None, 3, 3, 4), (None, None, 4)])
def test_what_is_no_sequence_is_refused_and_unknown_time_where_it_matters(shape):
    with pytest.raises(ValueError, match=r"time.* must be known"):
        SelfAttention(2, 3, big_bird={}).build(shape)


def test_projections_and_pairs_are_counted_those_that_are_hidden_too():
    bird = {"block_size": 1, "window": 1, "global_blocks": 0, "random_blocks": 0}
    layer = SelfAttention(2, 3, value_dim=4, big_bird=bird)
    model = keras.Sequential([keras.Input((5, 6)), layer])
    projections = 5 * 6 * 2 * (3 + 3 + 4 + 4)
    assert multiply_adds(model) == projections + 5 * 5 * 2 * (3 + 4)
