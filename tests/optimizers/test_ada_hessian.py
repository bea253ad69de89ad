"""AdaHessian beside its formula, on quadratics whose curvature is known."""

import keras
import numpy as np
import pytest

from dlbook.measures import gradients, hessian, hessian_product
from dlbook.models import mlp
from dlbook.optimizers import AdaHessian

RANDOM = np.random.default_rng(0)
WORDS = {"beta_1": 0.5, "beta_2": 0.8, "epsilon": 0.3, "hessian_power": 0.5}


def diagonal(curvature):
    """Products with a diagonal Hessian: the estimate is then exact."""
    return lambda z: [z[0] * curvature]


def formula(stream, curvatures, alpha=0.1):
    """Weighted sums of all gradients and all squared curvatures."""
    for t in range(1, len(stream) + 1):
        ages = np.arange(t)[::-1, None]
        m_hat = (0.5**ages * stream[:t]).sum(0) / (0.5**ages).sum()
        v_hat = (0.8**ages * curvatures[:t] ** 2).sum(0) / (0.8**ages).sum()
        yield -alpha * m_hat / (v_hat**0.25 + 0.3)


def test_steps_follow_the_formula():
    stream = RANDOM.normal(size=(5, 3)).astype("float32")
    curvatures = RANDOM.normal(size=(5, 3)).astype("float32")
    theta, path = keras.Variable(np.zeros(3)), [np.zeros(3)]
    optimizer = AdaHessian(0.1, **WORDS)
    for g, curvature in zip(stream, curvatures, strict=True):
        optimizer.estimate_curvature(diagonal(curvature), [theta])
        optimizer.apply([keras.ops.convert_to_tensor(g)], [theta])
        path.append(np.array(keras.ops.convert_to_numpy(theta)))
    expected = list(formula(stream, curvatures))
    np.testing.assert_allclose(np.diff(path, axis=0), expected, rtol=1e-5, atol=1e-6)


def estimate(product, shape):
    theta = keras.Variable(np.zeros(shape), dtype="float32")
    optimizer = AdaHessian()
    optimizer.estimate_curvature(product, [theta])
    (d,) = [v for v in optimizer.variables if v.path.endswith("_d")]
    return keras.ops.convert_to_numpy(d)


def test_on_a_full_hessian_the_signs_leave_the_diagonal_on_average():
    """With a diagonal that dwarfs the rest, so that its modulus can be taken."""
    h = RANDOM.normal(size=(6, 6)) + 60 * np.eye(6)
    theta, optimizer, seen = keras.Variable(np.zeros(6)), AdaHessian(), []
    for step in range(200):
        optimizer.iterations.assign(step)
        optimizer.estimate_curvature(lambda z: [h @ z[0]], [theta])
        seen.append(keras.ops.convert_to_numpy(optimizer.variables[-1]).copy())
    assert np.std(seen, axis=0).max() > 1
    np.testing.assert_allclose(np.mean(seen, axis=0), np.diag(h), atol=0.7)


def test_each_step_has_other_signs_and_each_seed_the_same():
    seen = []

    def product(z):
        seen.append(z[0])
        return z

    for seed in (0, 0, 1):
        optimizer, theta = AdaHessian(seed=seed), keras.Variable(np.zeros(64))
        optimizer.estimate_curvature(product, [theta])
        optimizer.apply([keras.ops.zeros(64)], [theta])
        optimizer.estimate_curvature(product, [theta])
    first, second, again, _, other, _ = seen
    assert set(first) == {-1.0, 1.0}
    np.testing.assert_array_equal(first, again)
    assert (first != second).any()
    assert (first != other).any()


@pytest.mark.parametrize("shape", [(3, 3, 2, 4), (3, 2, 2, 2, 4)])
def test_the_places_of_a_kernel_share_a_curvature(shape):
    curvature = RANDOM.normal(size=shape).astype("float32")
    places = tuple(range(len(shape) - 2))
    mean = np.abs(curvature).mean(axis=places, keepdims=True)
    d = estimate(diagonal(curvature), shape)
    np.testing.assert_allclose(d, np.broadcast_to(mean, shape), rtol=1e-6)


@pytest.mark.parametrize("shape", [(3, 4), (3, 2, 4)])
def test_a_matrix_or_a_kernel_of_attention_keeps_each_curvature(shape):
    curvature = RANDOM.normal(size=shape).astype("float32")
    d = estimate(diagonal(curvature), shape)
    np.testing.assert_array_equal(d, np.abs(curvature))


def bowl():
    """½ θ₁² + 50 θ₂² and its weights, far out on both axes."""
    theta = keras.Variable([2.0, 1.0])
    curvature = keras.ops.convert_to_tensor([1.0, 100.0])
    return theta, lambda: keras.ops.sum(curvature * theta**2) / 2


def stepped(optimizer, loss, variables):
    """One step with the Hessian and the gradient of a loss."""
    optimizer.estimate_curvature(hessian_product(loss, variables), variables)
    slopes = gradients(loss, variables)
    optimizer.apply([keras.ops.convert_to_tensor(g) for g in slopes], variables)


def test_its_first_step_down_a_bowl_along_the_axes_is_newtons():
    """To the bottom at once, although one side is a hundred times as steep."""
    theta, loss = bowl()
    stepped(AdaHessian(1.0, epsilon=0.0), loss, [theta])
    np.testing.assert_allclose(keras.ops.convert_to_numpy(theta), 0, atol=1e-6)


def test_on_a_network_it_sees_the_hessian_of_all_weights():
    x, y = (RANDOM.random((8, size), "float32") for size in (3, 1))
    x, y = keras.ops.convert_to_tensor(x), keras.ops.convert_to_tensor(y)
    model = mlp(3, (2,), 1, activation="tanh")
    variables, seen = model.trainable_variables, []

    def loss():
        return keras.ops.mean((model(x) - y) ** 2)

    def product(z):
        seen.extend(np.ravel(signs) for signs in z)
        return hessian_product(loss, variables)(z)

    optimizer = AdaHessian()
    optimizer.estimate_curvature(product, variables)
    d = [v for v in optimizer.variables if v.path.endswith("_d")]
    d = np.concatenate([np.ravel(keras.ops.convert_to_numpy(v)) for v in d])
    z = np.concatenate(seen)
    np.testing.assert_allclose(d, abs(z * (hessian(loss, variables) @ z)), rtol=1e-4)


def test_the_config_holds_every_argument():
    words = WORDS | {"learning_rate": 0.25, "seed": 3, "weight_decay": 0.01}
    optimizer = AdaHessian(**words)
    config = optimizer.get_config()
    assert words.items() <= config.items()
    assert AdaHessian.from_config(dict(config)).get_config() == config
    assert keras.saving.get_registered_name(AdaHessian) == "dlbook>AdaHessian"


def test_the_defaults_are_those_written_here():
    config = AdaHessian().get_config()
    words = ("learning_rate", "beta_1", "beta_2", "epsilon", "hessian_power", "seed")
    values = [config[word] for word in words]
    assert values == [pytest.approx(0.15), 0.9, 0.999, 1e-4, 1.0, 0]


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("beta_1", 1),
        ("beta_2", -0.1),
        ("epsilon", -1),
        ("hessian_power", 1.5),
        ("seed", -1),
    ],
)
def test_bad_arguments_are_refused(word, value):
    with pytest.raises(ValueError, match=f"`{word}` must be a number"):
        AdaHessian(**{word: value})
