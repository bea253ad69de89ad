"""What SimpleRNN, LSTM and GRU share: the loop, masks, states, dropout and wrappers."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook import layers
from dlbook.measures import multiply_adds

from .beside import EXAMPLES, assert_same
from .inputs import arrays, assert_close, numbers, tensors

KINDS = ["SimpleRNN", "LSTM", "GRU"]
every = pytest.mark.parametrize("kind", KINDS)
OWN = {
    "SimpleRNN": {},
    "LSTM": {"recurrent_activation": st.sampled_from(["sigmoid", "hard_sigmoid"])},
    "GRU": {"reset_after": st.booleans()},
}
# Units, batch, time, inputs. JAX compiles anew for every shape.
SIZES = st.tuples(*[st.integers(1, 3)] * 4)
if keras.backend.backend() == "jax":
    SIZES = st.just((2, 2, 3, 2))
LOOP = ("return_sequences", "return_state", "go_backwards", "unroll")


def both(name, *arguments, **words):
    """Ours and Keras's."""
    kinds = getattr(layers, name), getattr(keras.layers, name)
    return [kind(*arguments, **words) for kind in kinds]


@every
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_any_shape_and_option_is_as_in_keras(kind, data):
    words = {word: st.booleans() for word in (*LOOP, "use_bias")} | OWN[kind]
    words |= {"activation": st.sampled_from(["tanh", None])}
    words = data.draw(st.fixed_dictionaries(words))
    units, *shape = data.draw(SIZES)
    assert_same(*both(kind, units, **words), (tuple(shape),))


@pytest.mark.parametrize("kind", ["SimpleRNN", "LSTM"])  # One state, and two.
@settings(max_examples=EXAMPLES)
@given(data=st.data())
def test_masks_and_initial_states_act_as_in_keras(kind, data):
    words = {word: st.booleans() for word in LOOP}
    words = data.draw(st.fixed_dictionaries(words))
    if keras.backend.backend() == "torch":
        # Keras's loop on torch cannot turn a mask round that it has taken apart.
        words["go_backwards"] &= not words["unroll"]
    mask = np.random.default_rng(data.draw(st.integers(0, 99))).random((2, 4)) < 0.6
    # What a row gives that is masked at its beginning, the backends disagree about.
    mask[:, [0, -1]] = True
    start = tensors([(2, 2)] * (2 if kind == "LSTM" else 1), seed=5)
    flags = {"mask": ops.array(mask), "initial_state": start}
    assert_same(*both(kind, 2, **words), ((2, 4, 2),), **flags)


@every
def test_a_hidden_time_keeps_the_state_and_repeats_the_output(kind):
    layer = getattr(layers, kind)(3, return_sequences=True, return_state=True)
    (x,) = arrays(((2, 4, 2),))
    mask = np.array([[False, True, False, True]] * 2)
    masked = numbers(layer(x, mask=ops.array(mask)))
    short = numbers(layer(x[:, mask[0]]))
    assert not masked[0][:, 0].any()
    assert_close(
        [masked[0][:, 1], masked[0][:, 3]], list(short[0].swapaxes(0, 1)), 1e-6
    )
    np.testing.assert_array_equal(masked[0][:, 2], masked[0][:, 1])
    assert_close(masked[1:], short[1:], 1e-6)


@every
def test_a_row_that_is_hidden_whole_leaves_zeros(kind):
    layer = getattr(layers, kind)(3, return_state=True, bias_initializer="ones")
    mask = ops.array([[False] * 4, [True] * 4])
    for result in numbers(layer(*tensors(((2, 4, 2),)), mask=mask)):
        assert not result[0].any()
        assert result[1].all()


@every
def test_a_stateful_layer_goes_on_where_it_ended(kind):
    (x,) = arrays(((2, 6, 3),))
    layer, whole = (getattr(layers, kind)(3, stateful=s) for s in (True, False))
    first = numbers(layer(x[:, :2]))
    whole(x)
    whole.set_weights(layer.get_weights())
    assert_close(numbers(layer(x[:, 2:])), numbers(whole(x)), 1e-6)
    layer.reset_state()
    assert_close(numbers(layer(x[:, :2])), first, 1e-6)


def test_it_goes_both_ways_in_keras_s_wrapper():
    mask = ops.array([[True, True, False], [True, True, True]])
    pair = [
        keras.layers.Bidirectional(layer)
        for layer in both("LSTM", 2, return_sequences=True)
    ]
    assert_same(*pair, ((2, 3, 2),), mask=mask)


def test_cells_stack_in_keras_s_loop():
    cells = zip(*(both(f"{kind}Cell", 2) for kind in KINDS), strict=True)
    pair = [keras.layers.RNN(stack, return_sequences=True) for stack in cells]
    assert_same(*pair, ((2, 3, 2),))


def test_a_length_that_is_not_known_is_read_from_the_numbers():
    x = keras.Input((None, 2))
    model = keras.Model(x, layers.GRU(3, return_sequences=True)(x))
    for time in (2, 5):
        assert model(np.ones((1, time, 2), "float32")).shape == (1, time, 3)


def identity(units, **words):
    """A step hₜ = xₜ + hₜ₋₁, to see what is hidden of both."""
    words |= {"kernel_initializer": "identity", "recurrent_initializer": "identity"}
    return layers.SimpleRNNCell(units, activation=None, **words)


@pytest.mark.parametrize("stacked", [False, True])
def test_the_same_inputs_are_hidden_at_all_times(stacked):
    cell = identity(200, dropout=0.5, seed=1, recurrent_dropout=0.0)
    cell = [cell, identity(200)] if stacked else cell
    loop = keras.layers.RNN(cell, return_sequences=True)
    x = ops.ones((2, 3, 200))
    y = numbers(loop(x, training=True))[0]
    assert set(np.unique(y[:, 0])) == {0, 2}
    growth = (1, 3, 6) if stacked else (1, 2, 3)  # Sums, or sums of sums.
    np.testing.assert_array_equal(y, y[:, :1] * np.array(growth)[:, None])
    assert (y[0] != y[1]).any()
    assert (numbers(loop(x, training=True))[0] != y).any()
    np.testing.assert_array_equal(numbers(loop(x))[0][:, 0], 1)


def test_the_same_states_are_hidden_at_all_times():
    cell = identity(200, recurrent_dropout=0.75, seed=1)
    loop = keras.layers.RNN(cell, return_sequences=True)
    x, h = ops.zeros((1, 3, 200)), ops.ones((1, 200))
    y = numbers(loop(x, initial_state=[h], training=True))[0][0]
    assert set(np.unique(y[0])) == {0, 4}
    np.testing.assert_array_equal(y[1:], [4 * y[0], 16 * y[0]])


@pytest.mark.parametrize(("p", "word"), [(0.2, "dropout"), (0.6, "recurrent_dropout")])
def test_a_cell_by_itself_hides_its_share_and_keeps_the_mean(p, word):
    cell = identity(100, seed=2, **{word: p})
    keras.layers.RNN(cell)(ops.ones((3, 1, 100)), training=True)  # Leaves no mask.
    ones, zeros = ops.ones((400, 100)), ops.zeros((400, 100))
    x, h = (ones, zeros) if word == "dropout" else (zeros, ones)
    y = numbers(cell(x, [h], training=True)[0])[0]
    # Five standard deviations of 40,000 draws.
    assert abs((y == 0).mean() - p) < 5 * np.sqrt(p * (1 - p) / y.size)
    np.testing.assert_allclose(y[y > 0], 1 / (1 - p), rtol=1e-6)
    other = numbers(cell(x[:5], [h[:5]], training=True)[0])[0]
    assert (other != y[:5]).any()


@pytest.mark.parametrize(("kind", "gates"), [("LSTM", 4), ("GRU", 3)])
def test_a_gated_cell_hides_its_inputs_and_states_too(kind, gates):
    """With shares near 1 only the biases are left, in nearly every row."""
    words = {"dropout": 0.999, "recurrent_dropout": 0.999, "activation": None}
    cell = getattr(layers, f"{kind}Cell")(2, **words)
    states = tensors([(50, 2)] * cell.states)
    x = tensors([(50, 3)])[0]
    cell(x, states)
    assert cell.kernel.shape[1] == gates * 2
    hidden = cell(0 * x, [0 * states[0], *states[1:]])[1][-1]
    if kind == "GRU":  # The state itself stays: only its products are hidden.
        z, r = 0.5, 0.5
        hidden = z * states[0] + (1 - z) * r * 0
    found = numbers(cell(x, states, training=True)[1][-1])[0]
    close = np.isclose(found, numbers(hidden)[0], atol=1e-6).all(axis=1)
    assert close.sum() >= 45


@every
def test_the_layer_answers_for_the_words_of_its_cell(kind):
    layer = getattr(layers, kind)(3, "relu", dropout=0.25, seed=4, dtype="float64")
    for word in layer.cell.words():
        assert getattr(layer, word) is getattr(layer.cell, word)
    assert (layer.units, layer.dropout, layer.seed) == (3, 0.25, 4)
    assert layer.activation is keras.activations.relu
    assert layer.cell.compute_dtype == "float64"
    assert not getattr(layers, kind)(3, trainable=False).cell.trainable


@every
def test_regularizers_and_constraints_reach_their_weights(kind):
    weights = "kernel", "recurrent", "bias"
    words = {f"{w}_regularizer": keras.regularizers.L2() for w in weights}
    words |= {f"{w}_constraint": keras.constraints.NonNeg() for w in weights}
    layer = getattr(layers, kind)(2, **words)
    layer.build((None, 3, 2))
    assert len(layer.losses) == 3
    for weight, word in zip(layer.weights, weights, strict=True):
        assert weight.regularizer is words[f"{word}_regularizer"]
        assert weight.constraint is words[f"{word}_constraint"]


@every
def test_a_step_multiplies_by_all_kernels(kind):
    ours, theirs = (
        multiply_adds(keras.Sequential([keras.Input((7, 3)), layer]))
        for layer in both(kind, 5)
    )
    gates = getattr(layers, kind).cell_class.gates
    assert ours == theirs == 7 * gates * (3 * 5 + 5 * 5)
    way = keras.layers.Bidirectional(getattr(layers, kind)(5))
    assert multiply_adds(keras.Sequential([keras.Input((7, 3)), way])) == 2 * ours
