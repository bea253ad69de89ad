"""An embedding, whose gradient is sparse on TensorFlow, trains as a dense layer."""

import keras
import numpy as np
import pytest

from .counterparts import BUILTINS, OURS

RANDOM = np.random.default_rng(0)
# Four batches of 16 of 20 words: some words of the table have no gradient.
REPEATED = RANDOM.integers(20, size=(64, 1))
DISTINCT = np.concatenate([RANDOM.permutation(20)[:16, None] for _ in range(4)])


def trained_table(optimizer, words, dense=False):
    """How far 8 steps move the table (20, 4), looked up or times one-hot rows."""
    table = np.linspace(-1, 1, 80, dtype="float32").reshape(20, 4)
    layers = keras.layers
    looked_up = [layers.Embedding(20, 4), layers.Flatten()]
    multiplied = [
        layers.CategoryEncoding(20, "one_hot"),
        layers.Dense(4, use_bias=False),
    ]
    rows = multiplied if dense else looked_up
    head = layers.Dense(1, kernel_initializer="ones")
    model = keras.Sequential([keras.Input((1,), dtype="int32"), *rows, head])
    model.layers[int(dense)].set_weights([table])
    model.compile(optimizer, "mse")
    model.fit(words, words % 2, 16, epochs=2, shuffle=False, verbose=0)
    return model.layers[int(dense)].get_weights()[0] - table


@pytest.mark.parametrize("name", OURS)
def test_an_embedding_trains_as_a_dense_layer_on_one_hot_rows(name):
    sparse = trained_table(OURS[name](0.1), REPEATED)
    dense = trained_table(OURS[name](0.1), REPEATED, dense=True)
    np.testing.assert_allclose(sparse, dense, atol=1e-5)
    assert np.abs(sparse).max() > 1e-3


@pytest.mark.parametrize("options", [{}, {"clipnorm": 0.1}], ids=["plain", "clipnorm"])
@pytest.mark.parametrize("name", OURS)
def test_an_embedding_trains_as_with_the_builtin(name, options):
    """Without repeated words: on TensorFlow, Keras squares and clips each occurrence.

    Its v then sums the squares where it should square the sum.
    """
    ours = trained_table(OURS[name](0.1, **options), DISTINCT)
    theirs = trained_table(BUILTINS[name](0.1, **options), DISTINCT)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="IndexedSlices are TensorFlow's"
)
@pytest.mark.parametrize("name", OURS)
def test_indexed_slices_step_as_the_dense_gradient(name):
    import tensorflow as tf

    rows, tables = tf.constant([[1.0, -2.0], [0.5, 0.25], [3.0, 1.0]]), []
    slices = tf.IndexedSlices(rows, tf.constant([2, 0, 2]), tf.constant([4, 2]))
    for gradient in (slices, tf.convert_to_tensor(slices)):
        table = keras.Variable(np.zeros((4, 2)), dtype="float32")
        OURS[name](0.1).apply([gradient], [table])
        tables.append(table.numpy())
    np.testing.assert_array_equal(*tables)
    assert tables[0][2].any()
    assert not tables[0][[1, 3]].any()
