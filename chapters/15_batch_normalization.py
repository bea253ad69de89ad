# %% [markdown]
# # Batch normalization fixes the scale of the signal, not its distribution
#
# One remedy in {doc}`Keeping gradients alive <14_keeping_gradients_alive>` was nearly
# indifferent to the learning rate. The first weights set a scale once, before training.
# From the first update on they move, and nothing holds that scale any more. Batch
# normalization is a layer that sets it anew in every step.
#
# This chapter answers: **What does batch normalization do, why does it help and where
# does it fail?**

# %%
import contextlib
import io

import keras
import numpy as np
from keras import ops

from dlbook.callbacks import GradientMonitor
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, moving_paths, scatter
from dlbook.layers import BatchNormalization
from dlbook.measures import gradients, path_difference, training_path
from dlbook.models import StackedMLP
from dlbook.models.mlp import kernel_seeds
from dlbook.optimizers import SGD
from dlbook.page import animate, quote, show, table
from dlbook.training import fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: grade on a curve
#
# What would a layer have to do to hold its signal at one scale, whatever its weights
# are? It can look at the whole batch. A unit returns one number for each example.
# Subtract their mean, and divide by their standard deviation. Four examples are enough
# to see it.

# %%
of_one_unit = np.array([1.0, 3.0, 5.0, 7.0])  # (batch,)
centred = of_one_unit - of_one_unit.mean()
standard = centred / of_one_unit.std()
stages = {
    "what the unit returns": of_one_unit,
    "minus the mean, 4": centred,
    "divided by the deviation, √5": standard,
    "times γ = 2, plus β = 10": 2 * standard + 10,
}

# %% tags=["hide-input"]
table(
    [
        {"": name} | {f"example {k + 1}": f"{v:.2f}" for k, v in enumerate(values)}
        for name, values in stages.items()
    ],
    "batchnorm-four",
    caption="One unit and a batch of four examples. Whatever the unit returns, the "
    "third row has mean 0 and deviation 1.",
)

# %% [markdown]
# It is what a teacher does who grades on a curve. Multiply all marks by a hundred, and
# the grades stay. So do they if everyone gets five more. What remains is how an example
# compares with the others of its batch. The last row gives the unit a scale and a shift
# again, but now by two learned weights of its own.
#
# ## The rule
#
# *Batch normalization* {cite:p}`ioffe2015batch` does this to each feature $x$ of a
# layer, over the $B$ examples of a batch (Algorithm 1 of the paper):
#
# $$
# \mu = \frac1B \sum_i x_i, \qquad
# \sigma^2 = \frac1B \sum_i (x_i - \mu)^2, \qquad
# \hat x_i = \frac{x_i - \mu}{\sqrt{\sigma^2 + \varepsilon}}, \qquad
# y_i = \gamma\, \hat x_i + \beta
# $$ (eq-batchnorm)
#
# $\gamma$ and $\beta$ are learned, one of each for a feature. They begin at 1 and 0.
# $\varepsilon$ keeps the divisor from 0.
#
# After training there may be no batch, only one image. So the layer keeps *moving
# averages* of $\mu$ and $\sigma^2$ with a memory $m$, called momentum, and uses these
# for *inference*:
#
# $$
# \bar\mu \leftarrow m\,\bar\mu + (1-m)\,\mu, \qquad
# \bar\sigma^2 \leftarrow m\,\bar\sigma^2 + (1-m)\,\sigma^2
# $$ (eq-batchnorm-moving)
#
# It is one layer with two functions. In training it depends on the other examples of
# the batch, and in inference it does not. The library's code has both:
#
# ```{literalinclude} ../dlbook/layers/batch_normalization.py
# :pyobject: BatchNormalization.call
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/layers/batch_normalization.py
# :pyobject: BatchNormalization._remember
# :language: python
# :dedent: 4
# ```
#
# The usual place is between the affine map and the activation, so that $x$ is $z_l$.
# The bias of the affine map is then superfluous, since the mean takes it away.

# %%
seeds = (0, 1, 2)
(x_train, y_train), (x_test, y_test) = load_digits()
random = np.random.default_rng(0)
raw = random.normal(-3, 20, size=(64, 50)).astype("float32")  # (batch, units)
layer = BatchNormalization()
in_training = ops.convert_to_numpy(layer(raw, training=True))
in_inference = ops.convert_to_numpy(layer(raw, training=False))

# %%
claim(
    "batchnorm-mean-zero",
    "In training each unit has mean 0 over the batch: largest mean of 50 units.",
    measured=np.abs(in_training.mean(axis=0)).max(),
    below=1e-5,
)
claim(
    "batchnorm-deviation-one",
    "In training each unit has deviation 1 over the batch: largest difference from it.",
    measured=np.abs(in_training.std(axis=0) - 1).max(),
    below=1e-3,
)
claim(
    "batchnorm-two-functions",
    "The same layer with the same weights returns something else in inference, here "
    "after one batch: largest difference.",
    measured=np.abs(in_inference - in_training).max(),
    above=1,
)

# %% [markdown]
# ### The gradient goes through the mean and the deviation
#
# $\mu$ and $\sigma$ depend on every $x_i$, so the gradient takes three ways. With
# $g_i = \partial L/\partial y_i$ they add up to
#
# $$
# \frac{\partial L}{\partial x_i} = \frac{\gamma}{\sqrt{\sigma^2+\varepsilon}}
# \Bigl( g_i - \overline{g} - \hat x_i\, \overline{g\, \hat x} \Bigr)
# $$ (eq-batchnorm-back)
#
# where a bar is the mean over the batch. Read it as: what would only shift all $x_i$
# together is removed from the gradient, and so is what would only stretch them. Both
# would be undone by the layer. In NumPy, with $\gamma = 1$ and $\beta = 0$:

# %%


def standardised(x, epsilon=1e-3):
    """x̂ and √(σ² + ε), over the batch: the last axis but one."""
    sigma = np.sqrt(x.var(axis=-2, keepdims=True) + epsilon)
    return (x - x.mean(axis=-2, keepdims=True)) / sigma, sigma


def back_through(g, x_hat, sigma):
    """∂L/∂x from g = ∂L/∂y."""
    shift = g.mean(axis=-2, keepdims=True)
    stretch = (g * x_hat).mean(axis=-2, keepdims=True)
    return (g - shift - x_hat * stretch) / sigma


# %%
upstream = random.normal(size=raw.shape).astype("float32")
as_weights = keras.Variable(raw)
of_keras = gradients(
    lambda: ops.sum(
        upstream * keras.layers.BatchNormalization()(as_weights, training=True)
    ),
    [as_weights],
)[0]
by_hand = back_through(upstream, *standardised(raw.astype("float64")))
claim(
    "batchnorm-gradient-by-hand",
    "The gradient by hand is that of Keras's layer: largest difference in parts of the "
    "largest entry.",
    measured=np.abs(by_hand - of_keras).max() / np.abs(by_hand).max(),
    below=1e-4,
)

# %% [markdown]
# ## Keras beside it
#
# `keras.layers.BatchNormalization` has the same words and defaults. We train the same
# network with either layer, on the same batches.

# %%


def with_layer(kind, seed=0):
    """A hidden layer of 32 ReLU units, normalised before the ReLU."""
    first, last = kernel_seeds(seed, 2)
    glorot = keras.initializers.GlorotUniform
    return keras.Sequential(
        [
            keras.Input((64,)),
            keras.layers.Dense(32, use_bias=False, kernel_initializer=glorot(first)),
            kind(),
            keras.layers.ReLU(),
            keras.layers.Dense(10, kernel_initializer=glorot(last)),
        ]
    )


# %%
kinds = (BatchNormalization, keras.layers.BatchNormalization)
both = [with_layer(kind) for kind in kinds]
paths = [training_path(model, SGD(0.1), x_train, y_train, 200) for model in both]
logits = [ops.convert_to_numpy(model(x_test)) for model in both]
claim(
    "batchnorm-equals-keras",
    "Batch normalization by hand trains as Keras's: largest difference of all weights "
    "in 200 steps, in parts of the distance travelled.",
    measured=path_difference(*paths).max(),
    below=1e-4,
)
claim(
    "batchnorm-equals-keras-inference",
    "After 200 steps batch normalization by hand infers as Keras's: largest "
    "difference of a logit, in parts of the largest.",
    measured=np.abs(logits[0] - logits[1]).max() / np.abs(logits[1]).max(),
    below=1e-4,
)

# %% [markdown]
# In inference $\bar\mu$, $\bar\sigma$, $\gamma$ and $\beta$ are constants, and the
# layer is a line. It can be *folded* into the weights before it, and is gone.

# %%
hidden, norm, _, head = both[0].layers
gamma, beta, moving_mean, moving_variance = norm.get_weights()
factor = gamma / np.sqrt(moving_variance + norm.epsilon)
W_folded = ops.convert_to_numpy(hidden.kernel) * factor
b_folded = beta - moving_mean * factor
W_out, b_out = head.get_weights()
folded = np.maximum(x_test @ W_folded + b_folded, 0) @ W_out + b_out
claim(
    "batchnorm-folds",
    "A plain network with batch normalization folded into its weights returns the "
    "same: largest difference of a logit, in parts of the largest.",
    measured=np.abs(folded - logits[0]).max() / np.abs(folded).max(),
    below=1e-4,
)

# %% [markdown]
# ## What it does to the weights: their length no longer counts
#
# Why does it help? Begin with what a layer can no longer do. Multiply the weights into
# a unit by $c$: its outputs grow by $c$, and so do their mean and deviation. The layer
# returns the same. It is *invariant* to the scale of its weights (section 3.3 of the
# paper). The loss does not change along the direction of $W$, so its gradient has
# nothing along it. And at $cW$ the same change of direction takes a way $c$ times as
# long, so the slope is $c$ times smaller:
#
# $$
# L(cW) = L(W) \quad\Rightarrow\quad
# \nabla L(W) \cdot W = 0, \qquad
# \nabla L(cW) = \tfrac1c\, \nabla L(W)
# $$ (eq-batchnorm-scale)
#
# That is exact without $\varepsilon$; we measure with $\varepsilon = 10^{-7}$ and
# $c = 100$.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
batch = x_train[:64], y_train[:64]


def first_gradient(model):
    """Logits in training, and the gradient of the loss by the first kernel."""
    x, y = batch
    kernel = model.layers[0].kernel
    g = gradients(lambda: cross_entropy(y, model(x, training=True)), [kernel])[0]
    return ops.convert_to_numpy(model(x, training=True)), g


# %%
invariance = []
for seed in seeds:
    model = with_layer(lambda: BatchNormalization(epsilon=1e-7), seed)
    kernel = model.layers[0].kernel
    (z_before, g_before), W = first_gradient(model), ops.convert_to_numpy(kernel)
    kernel.assign(100 * W)
    z_after, g_after = first_gradient(model)
    inner = np.sum(g_before * W) / np.linalg.norm(g_before) / np.linalg.norm(W)
    off = np.abs(z_after - z_before).max(), np.linalg.norm(100 * g_after - g_before)
    invariance.append([off[0], abs(inner), off[1] / np.linalg.norm(g_before)])
invariance = np.array(invariance)

# %%
claim(
    "batchnorm-scale-invariant",
    "A kernel times 100 before batch normalization changes nothing: largest change of "
    "a logit, for each seed.",
    measured=invariance[:, 0],
    below=1e-3,
)
claim(
    "batchnorm-gradient-perpendicular",
    "The gradient stands at a right angle to the normalised kernel: cosine, for each "
    "seed.",
    measured=invariance[:, 1],
    below=1e-3,
)
claim(
    "batchnorm-gradient-shrinks",
    "At 100 times the kernel the gradient is a hundredth: difference of 100 times it "
    "from that before, in parts of it, for each seed.",
    measured=invariance[:, 2],
    below=1e-2,
)

# %% [markdown]
# That has a consequence for the learning rate. By Pythagoras, a step at a right angle
# makes the weights longer: $\lVert W\rVert^2$ grows by $\alpha^2 \lVert g\rVert^2$.
# Weights $c$ times as long have a gradient $c$ times smaller, so the same rate turns
# them by an angle about $c^2$ times smaller. A rate that is too large makes one wild
# leap, and has thereby made itself smaller. One neuron with two weights shows it: it
# has to learn the direction $(1, 0.2)$ from 256 points.

# %%
points = random.normal(size=(256, 2))
points = (points - points.mean(axis=0)) / points.std(axis=0) * [1, 2]
target = standardised(points @ np.array([[1], [0.2]]), 0)[0]  # (256, 1)


def plain_gradient(w):
    return points.T @ (points @ w - target) / 256


def normed_gradient(w):
    x_hat, sigma = standardised(points @ w, 0)
    return points.T @ back_through((x_hat - target) / 256, x_hat, sigma)


# %%


def walk(gradient_of, rate, steps=100):
    w = np.array([[-0.4], [0.5]])
    path = [w]
    for _ in range(steps):
        w = w - rate * gradient_of(w)
        path.append(w)
    return np.array(path)[:, :, 0]  # (steps + 1, 2)


pair_rates = {f"rate {rate}": rate for rate in (0.1, 0.6, 2.0)}
plain_walks = {name: walk(plain_gradient, a) for name, a in pair_rates.items()}
normed_walks = {name: walk(normed_gradient, a) for name, a in pair_rates.items()}

# %% tags=["hide-input"]


def plain_loss(w):
    residual = w @ points.T - target[:, 0]
    return np.mean(residual**2, axis=-1) / 2


def normed_loss(w):
    z = w @ points.T  # (..., examples)
    z = z - z.mean(axis=-1, keepdims=True)
    x_hat = z / (z.std(axis=-1, keepdims=True) + 1e-12)
    return np.mean((x_hat - target[:, 0]) ** 2, axis=-1) / 2


best = np.linalg.lstsq(points, target, rcond=None)[0].T
window = ((-1.2, 3.2), (-1.6, 2.6))
near = {}
for name, path in plain_walks.items():  # A path that has left the picture stops there.
    out = np.abs(path).max(axis=1) > 3.2
    near[name] = path[:41] if not out.any() else path[[*range(out.argmax() + 1)]]
    near[name] = np.pad(near[name], [(0, 41 - len(near[name])), (0, 0)], mode="edge")
lengths = {k: np.linalg.norm(path, axis=1) for k, path in normed_walks.items()}
animate(
    moving_paths(
        {
            "plain": (plain_loss, near, best, window),
            "normalised": (
                normed_loss,
                {name: path[:41] for name, path in normed_walks.items()},
                best * np.linspace(0.2, 3.2, 7)[:, None],
                window,
            ),
        },
        steps=[*range(9), *range(10, 41, 6)],
    ),
    "batchnorm-pie",
    caption="Gradient descent on one neuron with two weights, from the dot, at three "
    "rates. Left without, right with batch normalization. Plain, only the smallest "
    "rate arrives. Normalised, the loss depends on the direction alone: its contour "
    "lines are rays, each star is as good as the others, and a step goes across the "
    "rays and outwards. The largest rate leaps far out, where its steps are small.",
    alt="Two panels. Plain: rate 0.1 reaches the star, 0.6 and 2 leave the picture. "
    "Normalised: all three end on the same ray, at a length of "
    + ", ".join(f"{each[-1]:.2f} ({name})" for name, each in lengths.items())
    + ".",
)

# %%
quote("batchnorm-pie-length", lengths["rate 2.0"][1] / lengths["rate 2.0"][0])
claim(
    "batchnorm-pie-plain",
    "The plain neuron diverges at the two larger rates: loss after 100 steps.",
    measured=[plain_loss(plain_walks[k][-1:])[0] for k in ("rate 0.6", "rate 2.0")],
    above=1e3,
)
claim(
    "batchnorm-pie-normed",
    "The normalised neuron arrives at all three rates: loss after 100 steps.",
    measured=[normed_loss(path[-1]) for path in normed_walks.values()],
    below=1e-3,
)
claim(
    "batchnorm-weights-grow",
    "No step shortens the normalised neuron's weights: smallest growth of their "
    "length in a step.",
    measured=min(np.diff(each).min() for each in lengths.values()),
    above=-1e-9,
)

# %% [markdown]
# The largest rate leaped to {glue:text}`batchnorm-pie-length` times the length, and
# arrived all the same. That is no licence: had it leaped a hundred times as far, it
# would crawl.
#
# ## The experiment: many networks, six layers deep
#
# Does a deep network behave like the neuron? We train networks of six hidden layers of
# 32 units on digits, for three passes in batches of 32. They differ in activation, in
# learning rate, and in what stands around the activation. All share one model, side by
# side, each with its own weights. The library's layer normalises every unit of every
# network by itself, with $m = 0.9$.

# %%


def per_unit(norm, h, training):
    """Normalises each unit of each network, (networks, batch, units)."""
    networks, _, units = h.shape
    flat = ops.reshape(ops.transpose(h, (1, 0, 2)), (-1, networks * units))
    flat = ops.reshape(norm(flat, training=training), (-1, networks, units))
    return ops.transpose(flat, (1, 0, 2))


def column(specs, key, dtype="float32"):
    """A value for each network, (networks, 1, 1)."""
    return np.reshape([spec.get(key, 0) for spec in specs], (-1, 1, 1)).astype(dtype)


def shake(v, s, random):
    """v with a factor in 1/(1 + s) ... 1 + s and a shift in −s ... s for each unit."""
    shape = v.shape[0], 1, v.shape[2]
    a, b = (keras.random.uniform(shape, -1, 1, seed=random) for _ in "ab")
    return v * (1 + s) ** a + s * b


# %% [markdown]
# A block takes a layer's $z$ to its $h$: through the activation, with batch
# normalization before it, after it, or nowhere. A network may also be *shaken*: a
# random factor and a random shift for each unit, drawn anew in every step. We come to
# that.


# %%
class Block(keras.layers.Layer):
    """φ of each network, with batch normalization before or after it."""

    def __init__(self, specs, momentum):
        super().__init__()
        self.norm = BatchNormalization(momentum=momentum)
        self.random = keras.random.SeedGenerator(0)
        self.is_sigmoid = column(specs, "sigmoid", bool)
        self.normed = column(specs, "normed", bool)
        self.after = column(specs, "after", bool)
        self.strength = column(specs, "shaken")

    def phi(self, z):
        return ops.where(self.is_sigmoid, ops.sigmoid(z), ops.relu(z))

    def call(self, z, training=False):
        u = ops.where(self.after, self.phi(z), z)
        v = ops.where(self.normed, per_unit(self.norm, u, training), u)
        if training and self.strength.any():
            v = shake(v, self.strength, self.random)
        return ops.where(self.after, v, self.phi(v))


# %%
class Networks(StackedMLP):
    """Perceptrons side by side, one for each spec, each with its own SGD rate."""

    def __init__(self, specs, units, momentum=0.9, inputs=64, outputs=10):
        super().__init__(inputs, units, outputs, [spec["seed"] for spec in specs])
        self.specs, self.rates = specs, column(specs, "rate")[:, 0, 0]
        self.blocks = [Block(specs, momentum) for _ in units]
        for kernel in self.kernels[:-1]:  # Glorot's variance × 2: He's, if square.
            kernel.assign(np.sqrt(2) * ops.convert_to_numpy(kernel))

    def call(self, x, training=False, layers=None):
        """Logits (batch, networks, outputs), or what a layer returns."""
        h = ops.broadcast_to(x, (len(self.specs), *ops.shape(x)))
        weights = list(zip(self.kernels, self.biases, strict=True))
        for (kernel, bias), block in zip(weights[:layers], self.blocks, strict=False):
            h = block(ops.matmul(h, kernel) + bias, training=training)
        kernel, bias = weights[-1]
        return h if layers else ops.transpose(ops.matmul(h, kernel) + bias, (1, 0, 2))


# %% [markdown]
# Under plain SGD a rate is a factor on the gradient. So the loss of each network is
# multiplied by its own rate, and SGD has the rate 1.


# %%
def scores(networks, x, y, training=False):
    """Accuracy of each network; 0 where its logits are not finite."""
    z = ops.convert_to_numpy(networks(x, training=training))
    right = (z.argmax(axis=2) == np.asarray(y)[:, None]).mean(axis=0)
    return np.where(np.isfinite(z).all(axis=(0, 2)), right, 0)


def over_seeds(*kinds):
    return [kind | {"seed": seed} for kind in kinds for seed in seeds]


# %%


def prepared(networks, together=1):
    """Builds and compiles them."""
    networks(np.zeros((2, networks.kernels[0].shape[1]), "float32"))
    strength = column(networks.specs, "l2")[:, 0, 0]

    def loss(y, z):
        y = ops.broadcast_to(ops.reshape(y, (-1, 1)), ops.shape(z)[:2])
        each = keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)
        if strength.any():
            squares = sum(ops.sum(W**2, axis=(1, 2)) for W in networks.kernels)
            each = each + strength * squares
        return ops.sum(networks.rates * each, axis=1)

    options = {"jit_compile": False, "steps_per_execution": together}
    networks.compile(SGD(1.0), loss, **options)
    return networks


# %%
rates = [0.03, 0.1, 0.3, 1.0, 3.0]
normed, sigmoids = {"normed": True}, {"sigmoid": True}
around = {
    "batch norm before": normed,
    "batch norm after": normed | {"after": True},
    "shaken": normed | {"shaken": 0.5},
    "shaken twice as much": normed | {"shaken": 1.0},
}
kinds = {f"ReLU, plain, {rate}": {"rate": rate} for rate in rates}
kinds |= {f"ReLU, batch norm before, {a}": normed | {"rate": a} for a in rates}
kinds["sigmoid, plain, 0.1"] = sigmoids | {"rate": 0.1}
for name, how in around.items():
    kinds[f"ReLU, {name}, 0.1"] = how | {"rate": 0.1}
    kinds[f"sigmoid, {name}, 0.1"] = how | sigmoids | {"rate": 0.1}

# %%
deep = prepared(Networks(over_seeds(*kinds.values()), (32,) * 6), together=4)
batches = shuffled_batches(len(x_train), epochs=3, batch_size=32)


def by_kind(values):
    """Kind → one value for each seed; the networks are the last axis."""
    parts = np.split(np.asarray(values), len(kinds), axis=-1)
    return dict(zip(kinds, parts, strict=True))


# %% [markdown]
# ### Is the landscape smoother?
#
# The gradient says how the loss changes *here*. A step of length $\alpha$ trusts it
# further away. {cite:t}`santurkar2018how` say that batch normalization helps because
# the gradient stays true for longer: the loss becomes smoother. We stop twice, at the
# start and after two passes, take one batch, and walk along its gradient without
# changing direction.

# %%
steps_along = np.geomspace(0.01, 3, 6)


def each_network(arrays):
    """All numbers of each network in a row, (networks, weights)."""
    return np.concatenate([np.reshape(a, (len(arrays[0]), -1)) for a in arrays], 1)


def losses_of(networks):
    """The loss of each network on the batch, (networks,)."""
    x, y = batch
    z = networks(x, training=True)
    y = ops.broadcast_to(y[:, None], ops.shape(z)[:2])
    each = keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)
    return ops.mean(each, axis=0)


def batch_gradient(networks):
    return gradients(lambda: ops.sum(losses_of(networks)), networks.trainable_variables)


# %%
def along_gradient(networks, g, steps=()):
    """Losses at each step length along g, and how much g has changed at 0.1."""
    kept, variables = networks.get_weights(), networks.trainable_variables
    start = [ops.convert_to_numpy(variable) for variable in variables]
    losses = []
    for step in (0, *steps, 0.1):
        for variable, value, slope in zip(variables, start, g, strict=True):
            variable.assign(value - step * slope)
        losses.append(ops.convert_to_numpy(losses_of(networks)))
    here, there = each_network(g), each_network(batch_gradient(networks))
    networks.set_weights(kept)
    change = np.linalg.norm(there - here, axis=1) / np.linalg.norm(here, axis=1)
    return np.array(losses[:-1]), change


# %%
pair = {"plain": "ReLU, plain, 0.1", "batch norm": "ReLU, batch norm before, 0.1"}
fresh = Networks(over_seeds(*(kinds[kind] for kind in pair.values())), (32,) * 6)
fresh(batch[0])  # Builds them, with the same weights as in `deep`.
_, changes = along_gradient(fresh, batch_gradient(fresh))
change_at_start = dict(zip(pair, np.split(changes, 2), strict=True))

# %%
fit_batches(deep, x_train, y_train, batches[:84])
g_later = batch_gradient(deep)
losses_along, change_later = along_gradient(deep, g_later, steps_along)
norm_first, norm_last = (np.linalg.norm(g_later[2 * k], axis=(1, 2)) for k in (0, 5))
risen = by_kind(losses_along[1:] / losses_along[0])
change_later = by_kind(change_later)
first_over_last = by_kind(norm_first / np.maximum(norm_last, 1e-30))

# %% tags=["hide-input"]
show(
    curves(
        steps_along,
        {name: np.minimum(risen[kind].T, 20) for name, kind in pair.items()},
        x_label="length of the step in gradients, $\\alpha$",
        y_label="loss there / loss here",
        x_scale="log",
        y_scale="log",
        bounds={"as here": 1},
        markers=True,
    ),
    "batchnorm-landscape",
    caption="Loss on one batch along its own gradient, after two passes at the rate "
    "0.1; mean and range of three seeds, six ReLU layers (drawn at 20 where it is "
    "larger). Plain, the loss rises as soon as the step is longer than those in "
    "training. With batch normalization it is still lower at ten times that length.",
    alt="Loss over loss here at the steps "
    + ", ".join(f"{a:.2g}" for a in steps_along)
    + ": "
    + "; ".join(
        f"{name} " + ", ".join(f"{v:.2g}" for v in risen[kind].mean(axis=1))
        for name, kind in pair.items()
    )
    + ".",
)

# %%
claim(
    "batchnorm-gradient-stays-true",
    "After two passes the normalised network's gradient changes over a step of 0.1 by "
    "less than its own length: change over length, for each seed.",
    measured=change_later[pair["batch norm"]],
    below=0.95,
)
claim(
    "batchnorm-plain-gradient-turns",
    "The plain network's gradient changes more over a step of 0.1, clearly: ratio of "
    "the changes, for each seed.",
    measured=change_later[pair["plain"]] / change_later[pair["batch norm"]],
    above=1.3,
)
claim(
    "batchnorm-falls-further",
    "Along the gradient the normalised network's loss is still lower at about ten "
    "times the step of training: loss there over loss here, for each seed.",
    measured=risen[pair["batch norm"]][4],
    below=1,
)
claim(
    "batchnorm-no-smoother-at-the-start",
    "At the start the normalised landscape is no smoother: change of the gradient "
    "with batch normalization over that without, for each seed.",
    measured=change_at_start["batch norm"] / change_at_start["plain"],
    above=1,
)

# %% [markdown]
# After two passes the plain gradient is worth little one step later, and the normalised
# one is worth more. At the start it was not. So the landscape is smoother where
# training leads, not everywhere.
#
# ### How large may the rate be?
#
# We train on, and then read 450 digits that were held out.

# %%
probe = x_train[:64]
shifts = []
for rows in batches[84:88]:
    fit_batches(deep, x_train, y_train, rows[None])
    received = deep(probe, training=True, layers=3)  # (networks, batch, units)
    shifts.append(ops.convert_to_numpy(received))
fit_batches(deep, x_train, y_train, batches[88:])
accuracy = by_kind(scores(deep, x_test, y_test))

# %% tags=["hide-input"]
by_rate = {
    name: np.array([accuracy[f"ReLU, {place}, {rate}"] for rate in rates])
    for name, place in {"plain": "plain", "batch norm": "batch norm before"}.items()
}  # (rates, seeds)
show(
    curves(
        rates,
        {name: runs.T for name, runs in by_rate.items()},
        x_label="learning rate $\\alpha$",
        y_label="accuracy on held-out digits",
        x_scale="log",
        bounds={"guessing": 0.1},
        markers=True,
    ),
    "batchnorm-rates",
    caption="Accuracy of six ReLU layers after three passes against the learning rate "
    "of SGD; mean and range of three seeds. The plain network is best at 0.1 and fails "
    "at 1. The normalised one is better at each rate, and reads well up to 1.",
    alt="Accuracy at the rates "
    + ", ".join(map(str, rates))
    + ": "
    + "; ".join(
        f"{name} " + ", ".join(f"{v:.2f}" for v in runs.mean(axis=1))
        for name, runs in by_rate.items()
    )
    + ".",
)

# %%
claim(
    "batchnorm-rate-one",
    "At the rate 1 the normalised network learns: accuracy, for each seed.",
    measured=by_rate["batch norm"][3],
    above=0.65,
)
claim(
    "batchnorm-rate-one-plain",
    "At the rate 1 the plain network does not learn: accuracy, for each seed "
    "(guessing: 0.1).",
    measured=by_rate["plain"][3],
    below=0.3,
)
best_rate = {name: runs.mean(axis=1).max() for name, runs in by_rate.items()}
claim(
    "batchnorm-best-rates",
    "With the best rate for each, the normalised network is ahead of the plain one "
    "after three passes: difference of the mean accuracies.",
    measured=100 * (best_rate["batch norm"] - best_rate["plain"]),
    above=1,
    unit="points",
)
claim(
    "batchnorm-deep-sigmoids",
    "Batch normalization makes six layers of sigmoids learn: accuracy, for each seed.",
    measured=accuracy["sigmoid, batch norm before, 0.1"],
    above=0.7,
)
claim(
    "batchnorm-deep-sigmoids-plain",
    "Without batch normalization six layers of sigmoids do not learn: accuracy, for "
    "each seed (guessing: 0.1).",
    measured=accuracy["sigmoid, plain, 0.1"],
    below=0.2,
)

# %% [markdown]
# ## What it does to the gradient: no vanishing, but explosion
#
# Does every layer multiply the signal by about 1 now? A unit's $\hat x$ has mean 0 and
# variance 1 by construction. Take wide layers and treat it as a normal variable. On its
# way forward through $\varphi$ and the next standardisation, a small change is
# multiplied by the slope and divided by the deviation of $\varphi(\hat x)$. The signal
# on its way back meets the same factor:
#
# $$
# q = \sqrt{\frac{\mathbb{E}\,\varphi'(\hat x)^2}{\operatorname{Var}\varphi(\hat x)}}
# $$ (eq-batchnorm-q)
#
# For ReLU the slope is 1 half of the time, so the numerator is $\tfrac12$. The variance
# of $\max(0, \hat x)$ is $\tfrac12 - \tfrac1{2\pi}$. Thus $q =
# \sqrt{\pi/(\pi-1)} = 1.211$, the number that {cite:t}`yang2019mean` derive with more
# care. The weights' scale has gone from the formula. And $q \geq 1$ for *every*
# activation: that is Poincaré's inequality for a normal variable, with equality for
# straight lines only. We measure it, with thirty layers of 64 units and a random signal
# sent back from the last.

# %%
activations = {
    "linear": (lambda z: z, np.ones_like),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: 1 / (2 + 2 * np.cosh(z))),
    "tanh": (np.tanh, lambda z: 1 - np.tanh(z) ** 2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(z.dtype)),
}
grid = np.linspace(-8, 8, 10_000)
density = np.exp(-(grid**2) / 2)
density /= density.sum()  # (points,), of a normal variable
expected_q = {}
for name, (phi, slope) in activations.items():
    variance = density @ phi(grid) ** 2 - (density @ phi(grid)) ** 2
    expected_q[name] = np.sqrt(density @ slope(grid) ** 2 / variance)


# %%
def drawn(depth):
    """Weights of each layer, and a signal for the last; three seeds side by side."""
    rngs = [np.random.default_rng(seed) for seed in seeds]
    shapes = [(64, 64)] * (depth + 1)
    every = [np.stack([rng.normal(size=shape) for rng in rngs]) for shape in shapes]
    *weights, signal = (array.astype("float32") for array in every)
    return [W / 8 for W in weights], signal


def forward(phi, weights, normed, skip):
    """What each layer needs for the way back: W, x̂ (or z) and √(σ² + ε)."""
    h, passed = x_train[:64], []
    for W in weights:
        x_hat, sigma = standardised(h @ W) if normed else (h @ W, None)
        h = phi(x_hat) + (skip * h if passed else 0)
        passed.append((W, x_hat, sigma))
    return passed


# %%
def signal_norms(name, normed=True, depth=30, skip=0):
    """‖δ‖ at each layer, from the first to the last, (seeds, layers)."""
    (phi, slope), (weights, g), norms = activations[name], drawn(depth), []
    for W, x_hat, sigma in forward(phi, weights, normed, skip)[::-1]:
        delta = g * slope(x_hat)
        delta = back_through(delta, x_hat, sigma) if normed else delta
        norms.insert(0, np.linalg.norm(delta.astype("float64"), axis=(1, 2)))
        g = delta @ np.swapaxes(W, 1, 2) + skip * g
    return np.stack(norms, axis=1)


# %%
norms = {name: signal_norms(name) for name in activations}
inner_q = {name: (n[:, 9] / n[:, -1]) ** (1 / 20) for name, n in norms.items()}
through = {name: np.mean(n[:, 0] / n[:, -1]) for name, n in norms.items()}
plain_sigmoid = signal_norms("sigmoid", normed=False)

# %% tags=["hide-input"]
layers = np.arange(1, 31)
show(
    curves(
        layers,
        {f"{name}, normalised": n / n[:, -1:] for name, n in norms.items()}
        | {"sigmoid, plain": np.maximum(plain_sigmoid / plain_sigmoid[:, -1:], 1e-6)},
        x_label="layer",
        y_label="length of δ / that at the last layer",
        y_scale="log",
    ),
    "batchnorm-depth",
    caption="Length of the signal at each of thirty layers before training, relative "
    "to the last layer; mean and range of three seeds, a batch of 64 digits. Read "
    "from right to left. The plain sigmoids vanish (what is below 10⁻⁶ is drawn "
    "there). Normalised they hold, and ReLUs explode. The first layer adds a factor of "
    "its own.",
    alt="At the first layer, in parts of the last: "
    + ", ".join(f"{name} {ratio:.3g}" for name, ratio in through.items())
    + f"; plain sigmoids {np.mean(plain_sigmoid[:, 0] / plain_sigmoid[:, -1]):.1g}.",
)

# %%
table(
    [
        {
            "activation": name,
            "expected q": f"{expected_q[name]:.3f}",
            "measured, layers 10 to 30": ", ".join(f"{q:.3f}" for q in inner_q[name]),
            "through 30 layers": f"{through[name]:.3g}",
        }
        for name in activations
    ],
    "batchnorm-q",
    caption="Factor of a layer with batch normalization, from the formula and measured "
    "for three seeds; and the growth through all thirty, mean of the seeds.",
)
claim(
    "batchnorm-relu-explodes",
    "Normalised ReLU layers amplify the signal by about 1.211 each: factor between "
    "layers 10 and 30, for each seed.",
    measured=inner_q["ReLU"],
    above=1.15,
    below=1.27,
)
claim(
    "batchnorm-relu-thirty",
    "Through thirty normalised ReLU layers the signal explodes: first layer over "
    "last, for each seed.",
    measured=norms["ReLU"][:, 0] / norms["ReLU"][:, -1],
    above=100,
)
claim(
    "batchnorm-sigmoids-hold",
    "Normalised sigmoid layers nearly hold the signal: factor of a layer, for each "
    "seed.",
    measured=inner_q["sigmoid"],
    above=0.96,
    below=1.08,
)
claim(
    "batchnorm-one-batch-vanishes",
    "Without batch normalization the signal vanishes, though there is one fixed "
    "batch: first of thirty sigmoid layers over last, for each seed.",
    measured=plain_sigmoid[:, 0] / plain_sigmoid[:, -1],
    below=1e-12,
)

# %% [markdown]
# So, before training and in wide layers, batch normalization rules out vanishing, but
# not explosion. (The first layer amplifies by more than its share: pixels vary by less
# than 1, so the $\sigma$ it divides by is small.) At 1.2 a layer six ReLU layers make a
# factor of three, and they trained. Thirty made {glue:text}`batchnorm-relu-thirty`
# (three seeds). Skip connections tame it {cite:p}`de2020batch`; see the exercises.
#
# Is it so in training? We have kept the gradients of the six layers after two passes.

# %%
claim(
    "batchnorm-training-balanced",
    "In training, the gradients of six normalised sigmoid layers are balanced: first "
    "kernel over last hidden one, for each seed.",
    measured=first_over_last["sigmoid, batch norm before, 0.1"],
    above=0.1,
    below=10,
)
claim(
    "batchnorm-training-plain",
    "In training, the gradients of six plain sigmoid layers are not balanced: first "
    "kernel over last hidden one, for each seed.",
    measured=first_over_last["sigmoid, plain, 0.1"],
    below=0.1,
)

# %% [markdown]
# With Keras's `fit`, the `GradientMonitor` sees the same. One epoch of each:


# %%
def watched(between):
    """The monitor of six sigmoid layers, with something before each activation."""
    keras.utils.set_random_seed(0)
    model, monitor = keras.Sequential([keras.Input((64,))]), GradientMonitor()
    for _ in range(6):
        for layer in (keras.layers.Dense(32), *between()):
            model.add(layer)
        model.add(keras.layers.Activation("sigmoid"))
    model.add(keras.layers.Dense(10))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(SGD(0.01, momentum=0.9), loss, run_eagerly=True, jit_compile=False)
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(x_train, y_train, 128, verbose=0, callbacks=[monitor])
    return monitor


of_plain, of_normalised = watched(list), watched(lambda: [BatchNormalization()])
print(of_plain.findings[0])

# %%
claim(
    "batchnorm-monitor-plain",
    "The monitor finds that the plain network vanishes, and nothing else: 1 if so.",
    measured=[each.kind for each in of_plain.findings] == ["vanishing"],
    equals=1,
)
claim(
    "batchnorm-monitor-silent",
    "In the normalised network the monitor finds nothing: number of findings.",
    measured=len(of_normalised.findings),
    equals=0,
)

# %% [markdown]
# ## What it is not: protection from covariate shift
#
# *Covariate shift* means that the inputs get another distribution, while the answer to
# each stays the same {cite:p}`shimodaira2000improving`. The title of
# {cite:t}`ioffe2015batch` gives an *internal* one as the reason: while the layers below
# learn, a layer's inputs shift, and batch normalization is to hold them still. Is that
# why training works? And does it help when the *data* shift?
#
# ### Inside: training with a shift on purpose
#
# {cite:t}`santurkar2018how` added such a shift. After each batch normalization they
# scaled and shifted the activations at random, anew in every step. So do our shaken
# networks: each unit is multiplied by up to $1.5^{\pm1}$ and shifted by up to
# $\pm 0.5$. Twice as much means $2^{\pm1}$ and $\pm 1$. To see that it is a shift, we
# measure how far the mean of each unit of the third layer moves between two updates, in
# parts of the unit's deviation.

# %%
received = np.array(shifts)  # (updates, networks, batch, units)
with np.errstate(invalid="ignore"):  # At high rates some are infinite.
    moved = np.diff(received.mean(axis=2), axis=0)  # (updates - 1, networks, units)
    size = received.std(axis=2).mean(axis=(0, 2))
    shift = by_kind(np.sqrt(np.mean(moved**2, axis=(0, 2))) / np.maximum(size, 1e-6))
hows = [how for how in ("plain", *around) if how != "batch norm after"]


def pooled(of_kind, how):
    """Its values for the three sigmoid and the three ReLU networks at the rate 0.1."""
    return np.concatenate([of_kind[f"{k}, {how}, 0.1"] for k in ("sigmoid", "ReLU")])


# %% tags=["hide-input"]
points_of = {how: (pooled(shift, how), pooled(accuracy, how)) for how in hows}
show(
    scatter(
        {how.replace(" before", ""): places for how, places in points_of.items()},
        x_label="shift of a unit's mean between updates (deviations)",
        y_label="accuracy on held-out digits",
    ),
    "batchnorm-shift",
    caption="How far what the fourth layer receives shifts from one update to the "
    "next, and how well the network reads in the end: three sigmoid and three ReLU "
    "networks of each kind, at the rate 0.1. Were the shift the trouble, the points "
    "would fall from left to right. The plain sigmoids hardly shift, and learn "
    "nothing. Only twice the dose harms, ReLU networks more than sigmoid ones.",
    alt="Mean shift and accuracy, of sigmoids and of ReLUs: "
    + "; ".join(
        f"{how} {x[:3].mean():.3f} and {y[:3].mean():.2f}, "
        f"{x[3:].mean():.3f} and {y[3:].mean():.2f}"
        for how, (x, y) in points_of.items()
    )
    + ".",
)

# %%
shaken, twice = (f"{{}}, {name}, 0.1" for name in ("shaken", "shaken twice as much"))
claim(
    "batchnorm-shaken-shifts",
    "Shaken sigmoid networks shift far more than plain ones: ratio, for each seed.",
    measured=shift[shaken.format("sigmoid")] / shift["sigmoid, plain, 0.1"],
    above=10,
)
claim(
    "batchnorm-shaken-sigmoids-learn",
    "Shaken sigmoid networks learn all the same: accuracy, for each seed.",
    measured=accuracy[shaken.format("sigmoid")],
    above=0.65,
)
lost_by_shaking = {
    k: 100 * (accuracy[f"{k}, batch norm before, 0.1"] - accuracy[shaken.format(k)])
    for k in ("sigmoid", "ReLU")
}
claim(
    "batchnorm-shaken-as-well",
    "Shaken networks learn nearly as well as unshaken ones: points of accuracy lost, "
    "sigmoid and ReLU, mean of three seeds.",
    measured=[lost.mean() for lost in lost_by_shaking.values()],
    below=10,
    unit="points",
)
claim(
    "batchnorm-shaken-twice-loses",
    "Shaken twice as much, ReLU networks fall behind the plain ones: plain minus "
    "shaken, difference of the mean accuracies.",
    measured=100
    * (accuracy["ReLU, plain, 0.1"] - accuracy[twice.format("ReLU")]).mean(),
    above=5,
    unit="points",
)

# %% [markdown]
# With sigmoids the finding holds: shaken networks shift far more than plain ones, and
# learn where these learn nothing. With ReLUs it depends on the dose. Shaken once, they
# lose little. Shaken twice as much, they fall
# {glue:text}`batchnorm-shaken-twice-loses` behind the plain ones. There Santurkar's
# finding was not reproduced.
#
# Unshaken, batch normalization does make the shift small, as the figure shows. But the
# shaken sigmoids learned without that. {cite:t}`bjorck2018understanding` give another
# reason: the gain comes from the larger rates.
#
# ### Outside: when the test data shift
#
# In inference the layer subtracts and divides by what it remembers of the training.
# What if the pictures are paler, or darker? After training we multiply the ink of the
# test digits.

# %%
contrasts = np.array([0.25, 0.5, 1.0, 2.0])
keys = ["ReLU, plain, 0.1", "ReLU, batch norm before, 0.1"]
paler = [by_kind(scores(deep, c * x_test, y_test)) for c in contrasts]
pale = {key: np.array([each[key] for each in paler]) for key in keys}

# %% [markdown]
# There is a remedy if one has not one picture but many: take the mean and the deviation
# of *these* {cite:p}`li2017revisiting,schneider2020improving`. No label is needed, and
# no training. In our code that is the layer in its training mode, with all test digits
# as one batch. Here it has to work: a factor on the ink acts as a factor on the first
# kernel, and the layer does not see that. Other shifts need not be undone.

# %%
kept = deep.get_weights()
renewed = [by_kind(scores(deep, c * x_test, y_test, training=True)) for c in contrasts]
deep.set_weights(kept)
pale["re-estimated"] = np.array([each[keys[1]] for each in renewed])

# %% tags=["hide-input"]
names = ["plain", "batch norm", "batch norm, statistics re-estimated"]
show(
    curves(
        contrasts,
        {name: runs.T for name, runs in zip(names, pale.values(), strict=True)},
        x_label="ink of the test digits, in parts of that in training",
        y_label="accuracy on held-out digits",
        markers=True,
    ),
    "batchnorm-contrast",
    caption="Six ReLU layers, trained on digits at contrast 1, read digits at another; "
    "mean and range of three seeds. The plain network hardly notices half the ink. "
    "With batch normalization it fails there, until the statistics are re-estimated.",
    alt="Accuracy at contrast "
    + ", ".join(f"{c:g}" for c in contrasts)
    + ": "
    + "; ".join(
        f"{name} " + ", ".join(f"{v:.2f}" for v in runs.mean(axis=1))
        for name, runs in zip(names, pale.values(), strict=True)
    )
    + ".",
)

# %%
usual = {**pale, "re-estimated": pale[keys[1]]}  # At contrast 1, with moving averages
drop = {key: 100 * (usual[key][2] - runs[1]) for key, runs in pale.items()}
claim(
    "batchnorm-contrast-drop",
    "At half the contrast the normalised network loses: points of accuracy, for each "
    "seed.",
    measured=drop[keys[1]],
    above=10,
    unit="points",
)
claim(
    "batchnorm-contrast-plain",
    "At half the contrast the plain network loses little: points of accuracy, mean of "
    "three seeds.",
    measured=drop[keys[0]].mean(),
    below=9,
    unit="points",
)
claim(
    "batchnorm-contrast-renewed",
    "At half the contrast the normalised network with re-estimated statistics loses "
    "next to nothing: points of accuracy below that at contrast 1, for each seed.",
    measured=drop["re-estimated"],
    below=3,
    unit="points",
)
brighter = by_kind(scores(deep, x_test + 0.5, y_test))
claim(
    "batchnorm-brightness-both",
    "Half of full ink added to every pixel harms plain and normalised networks: "
    "points of accuracy lost by each, mean of three seeds.",
    measured=[100 * (accuracy[key] - brighter[key]).mean() for key in keys],
    above=10,
    unit="points",
)

# %% [markdown]
# A stack of ReLUs with small biases passes a factor on and decides nearly as before.
# Batch normalization breaks that, since $\bar\mu$ and $\bar\sigma$ stay where they
# were. A shift that the plain network cannot take, such as more ink everywhere, harms
# both.
#
# ## Where it fails
#
# ### In tiny batches
#
# How good are $\mu$ and $\sigma$ of a few examples? They are estimates. We draw ten
# thousand batches of each size and look at the mean of one feature, the ink of a pixel.

# %%
pixel = x_train[:, 20].astype("float64")
sizes = np.array([2, 4, 8, 16, 32, 64])
batch_means = [random.choice(pixel, size=(10_000, size)).mean(axis=1) for size in sizes]
spread = np.array([means.std() for means in batch_means])
claim(
    "batchnorm-batch-means-root",
    "The mean of a batch fluctuates as one over the root of its size: exponent.",
    measured=np.polyfit(np.log(sizes), np.log(spread), 1)[0],
    above=-0.53,
    below=-0.47,
)
claim(
    "batchnorm-batch-means-centre",
    "Means of batches fluctuate about the same value at every size: largest distance "
    "of their mean from the pixel's, in deviations of the pixel.",
    measured=max(abs(means.mean() - pixel.mean()) for means in batch_means)
    / pixel.std(),
    below=0.05,
)
two = standardised(random.normal(3, 5, size=(1000, 2, 1)), 0)[0]
claim(
    "batchnorm-two-examples",
    "Of two examples, batch normalization makes one 1 and the other −1, whatever they "
    "were: largest distance from ±1 in 1,000 pairs.",
    measured=np.abs(np.abs(two) - 1).max(),
    below=1e-6,
)

# %% [markdown]
# In a batch of two the layer passes on only which of the two is larger. Does a network
# learn from that? We give two hidden layers 336 updates, in batches of two and of four.

# %%
by_batch = prepared(
    Networks(over_seeds({"rate": 0.03}, normed | {"rate": 0.03}), (64, 64)), together=21
)
at_start, rows, of_two = by_batch.get_weights(), [], {}
for size in (2, 4):
    by_batch.set_weights(at_start)
    order = shuffled_batches(len(x_train), epochs=8, batch_size=size)
    fit_batches(by_batch, x_train, y_train, order[:336])
    of_two[size] = scores(by_batch, x_test, y_test).reshape(2, -1)
    each = (f"{v.mean():.2f} ({v.min():.2f} to {v.max():.2f})" for v in of_two[size])
    rows.append({"batch": size} | dict(zip(("plain", "batch norm"), each, strict=True)))

# %%
table(
    rows,
    "batchnorm-batch-sizes",
    caption="Accuracy on held-out digits after 336 updates at one rate, mean and range "
    "of three seeds.",
)
claim(
    "batchnorm-fails-at-two",
    "With batches of two the plain network is ahead of the normalised one: difference "
    "in accuracy, for each seed.",
    measured=100 * (of_two[2][0] - of_two[2][1]),
    above=10,
    unit="points",
)
claim(
    "batchnorm-works-at-four",
    "With batches of four the normalised network reads well: accuracy, for each seed.",
    measured=of_two[4][1],
    above=0.75,
)

# %% [markdown]
# Layers that normalise over the features of *one* example do not have this trouble:
# layer normalization {cite:p}`ba2016layer` and group normalization
# {cite:p}`wu2018group`. They are the same in training and in inference, too.
#
# ### In short trainings: the averages lag
#
# After $t$ steps the moving average {eq}`eq-batchnorm-moving` still holds the share
# $m^t$ of its start, 0 and 1. At Keras's default $m = 0.99$ that is two thirds after 40
# steps. We train once, keep $\mu$ and $\sigma^2$ of every step, and average them by
# hand.

# %%
lagging = prepared(Networks(over_seeds(normed | {"rate": 0.1}), (64, 64), momentum=0.0))
lagging.optimizer.build(lagging.trainable_variables)
remembered = [
    weight
    for block in lagging.blocks
    for weight in (block.norm.moving_mean, block.norm.moving_variance)
]
averages = {m: [float(k % 2) for k in range(4)] for m in (0.9, 0.99, 0.999)}
looks, course = [5, 10, 20, 40, 80], {m: [] for m in (*averages, "batch")}

# %%
for step, rows_of in enumerate(shuffled_batches(len(x_train), epochs=4), start=1):
    lagging.train_on_batch(x_train[rows_of], y_train[rows_of])
    now = [ops.convert_to_numpy(weight) for weight in remembered]
    for m, old in averages.items():
        averages[m] = [m * a + (1 - m) * b for a, b in zip(old, now, strict=True)]
        if step in looks:
            for weight, value in zip(remembered, averages[m], strict=True):
                weight.assign(value)
            course[m].append(scores(lagging, x_test, y_test))
    if step in looks:
        course["batch"].append(scores(lagging, x_test, y_test, training=True))
course = {m: np.array(values) for m, values in course.items()}  # (looks, seeds)

# %% tags=["hide-input"]
show(
    curves(
        looks,
        {
            ("statistics of the batch" if m == "batch" else f"moving, $m = {m}$"): v.T
            for m, v in course.items()
        },
        x_label="training step",
        y_label="accuracy on held-out digits",
        markers=True,
    ),
    "batchnorm-lag",
    caption="The same networks judged with four kinds of statistics; mean and range of "
    "three seeds. With those of the test batch they know the digits early. With moving "
    "averages it shows later, the later the longer their memory.",
    alt="Accuracy after 40 and 80 steps: "
    + "; ".join(
        f"{m} {v[3].mean():.2f} and {v[-1].mean():.2f}" for m, v in course.items()
    )
    + ".",
)

# %%
claim(
    "batchnorm-lag",
    "After 40 steps inference with m = 0.99 is behind the batch's own statistics: "
    "points of accuracy, mean of three seeds.",
    measured=100 * (course["batch"][3] - course[0.99][3]).mean(),
    above=4,
    unit="points",
)
claim(
    "batchnorm-lag-short-memory",
    "After 40 steps inference with m = 0.9 is not behind the batch's own statistics: "
    "points of accuracy, mean of three seeds.",
    measured=100 * (course["batch"][3] - course[0.9][3]).mean(),
    below=3,
    unit="points",
)
claim(
    "batchnorm-lag-thousand",
    "After 80 steps inference with m = 0.999 is still behind the batch's own "
    "statistics: points of accuracy, for each seed.",
    measured=100 * (course["batch"][-1] - course[0.999][-1]),
    above=6,
    unit="points",
)

# %% [markdown]
# ### Before or after the activation?
#
# The paper puts it before. Our deep networks had it after, too.

# %%
claim(
    "batchnorm-placement",
    "Batch normalization works in six layers after the activation and before: "
    "accuracy after and before, sigmoid and ReLU, mean of three seeds each.",
    measured=[
        accuracy[f"{k}, batch norm {place}, 0.1"].mean()
        for k in ("sigmoid", "ReLU")
        for place in ("after", "before")
    ],
    above=0.75,
)
claim(
    "batchnorm-after-sigmoids",
    "For sigmoids at the rate 0.1, batch normalization after the activation is ahead: "
    "points of accuracy, mean of three seeds.",
    measured=100
    * (
        accuracy["sigmoid, batch norm after, 0.1"]
        - accuracy["sigmoid, batch norm before, 0.1"]
    ).mean(),
    above=1,
    unit="points",
)

# %% [markdown]
# ## Is it a regulariser?
#
# In training an example's output depends on who else is in the batch. That is noise,
# and noise can regularise {cite:p}`luo2019towards`. We show a trained network the same
# digit in ten batches of 16.

# %%
companions = [random.choice(len(x_train), 15, replace=False) for _ in range(10)]
crowds = [np.concatenate([x_test[:1], x_train[rows_of]]) for rows_of in companions]
in_batches = np.array(
    [
        [ops.convert_to_numpy(lagging(crowd, training=mode)[0]) for crowd in crowds]
        for mode in (True, False)
    ]
)  # (training or not, batches, networks, classes)
deviation = in_batches.std(axis=1).mean(axis=-1)  # (training or not, seeds)
claim(
    "batchnorm-noise",
    "In training mode the logits of one digit fluctuate with its company: standard "
    "deviation over batches of 16, mean of ten logits, for each seed.",
    measured=deviation[0],
    above=0.1,
)
claim(
    "batchnorm-noise-inference",
    "In inference the logits of one digit do not fluctuate with its company: the same "
    "deviation, for each seed.",
    measured=deviation[1],
    below=1e-4,
)

# %% [markdown]
# Does it help? A third of 150 digits get a random label, and the networks are trained
# until they know these by heart. A regulariser would read new digits better. Beside
# batch normalization there is a penalty on the squared weights, L2.

# %%
few_x, few_y = x_train[:150], y_train[:150].copy()
few_y[:50] = np.random.default_rng(1).integers(10, size=50)
ways = {"plain": {"rate": 0.3}, "batch norm": normed | {"rate": 0.1}}
ways["L2"] = {"rate": 0.3, "l2": 0.005}
memorising = prepared(Networks(over_seeds(*ways.values()), (64,)), together=20)
order = shuffled_batches(150, epochs=60, batch_size=15)
fit_batches(memorising, few_x, few_y, order)
learned, tested = (
    dict(zip(ways, scores(memorising, x, y).reshape(3, -1), strict=True))
    for x, y in ((few_x, few_y), (x_test, y_test))
)

# %%
quote("batchnorm-memorised-l2", f"{100 * learned['L2'].mean():.0f} %")
claim(
    "batchnorm-memorised",
    "Plain and normalised networks know the wrong labels by heart: accuracy on the 150 "
    "labels, for each seed of both.",
    measured=[learned["plain"], learned["batch norm"]],
    above=0.93,
)
claim(
    "batchnorm-no-gain-here",
    "Batch normalization gains nothing against wrong labels: points of accuracy on "
    "held-out digits, normalised minus plain, mean of three seeds.",
    measured=100 * (tested["batch norm"] - tested["plain"]).mean(),
    above=-10,
    below=3,
    unit="points",
)
claim(
    "batchnorm-l2-gains",
    "L2 gains against wrong labels: points of accuracy, L2 minus batch normalization, "
    "for each seed.",
    measured=100 * (tested["L2"] - tested["batch norm"]),
    above=2,
    unit="points",
)

# %% [markdown]
# The noise is there, but we did not reproduce a gain. L2 gained: it left some wrong
# labels unlearned ({glue:text}`batchnorm-memorised-l2` of all 150 learned). Others have
# seen batch normalization regularise slightly. Do not count on it.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} It standardises a layer's inputs in each mini-batch.
# :verdict: imprecise
# :question: batch-normalization
# :claims: batchnorm-mean-zero, batchnorm-two-functions
#
# In training, yes; then it scales and shifts by two learned numbers. In inference it
# uses moving averages, and is another function.
# :::
#
# :::{popular-answer} Batches need it because the distribution differs for every size.
# :verdict: wrong
# :question: batch-normalization
# :claims: batchnorm-batch-means-root, batchnorm-batch-means-centre
#
# The statistics differ from batch to batch, because a batch is a sample. At every size
# they do so about the same value, by $1/\sqrt B$.
# :::
#
# :::{popular-answer} This variation makes gradients vanish or explode.
# :verdict: imprecise
# :question: batch-normalization
# :claims: batchnorm-one-batch-vanishes
#
# A product of Jacobians does. With one fixed batch, thirty plain sigmoid layers left
# {glue:text}`batchnorm-one-batch-vanishes` of the signal (three seeds).
# :::
#
# :::{popular-answer} It prevents exploding and vanishing gradients.
# :verdict: imprecise
# :question: batch-normalization
# :claims: batchnorm-sigmoids-hold, batchnorm-relu-explodes, batchnorm-relu-thirty
#
# It prevents vanishing. Deep stacks with ReLUs explode, by 1.2 a layer, before
# training has begun.
# :::
#
# :::{popular-answer} It makes a network proof against covariate shift.
# :verdict: wrong
# :question: batch-normalization
# :claims: batchnorm-shaken-sigmoids-learn, batchnorm-contrast-drop
#
# Inside, sigmoid networks with a shift put in on purpose trained. Outside, at half the
# contrast, it was the normalised network that failed.
# :::
#
# :::{popular-answer} Batch normalization comes with irreducible error.
# :verdict: wrong
# :question: batch-normalization
# :claims: batchnorm-folds
#
# Irreducible error is the noise of the targets: what the best function of the inputs
# still leaves. No layer makes it. In inference this one folds into the weights before
# it, so a plain network can do the same.
# :::
#
# :::{popular-answer} It goes on a layer's input, before the activation.
# :verdict: imprecise
# :question: batch-normalization
# :claims: batchnorm-placement, batchnorm-after-sigmoids
#
# Usually between the affine map, dense or convolution, and that layer's own activation.
# After the activation it works too; for our sigmoids better.
# :::
#
# :::{popular-answer} It keeps activations centred and bounded in scale.
# :verdict: right
# :question: batch-normalization
# :claims: batchnorm-mean-zero, batchnorm-deviation-one, batchnorm-scale-invariant
#
# Before $\gamma$ and $\beta$, in training, and whatever the scale of the weights.
# :::
#
# :::{popular-answer} It makes deep networks train, and faster.
# :verdict: right
# :question: batch-normalization
# :claims: batchnorm-deep-sigmoids, batchnorm-rate-one, batchnorm-best-rates
#
# Six sigmoid layers learned only with it; ReLU layers took ten times the rate.
# :::
#
# :::{popular-answer} It regularises.
# :verdict: imprecise
# :question: batch-normalization
# :claims: batchnorm-noise, batchnorm-no-gain-here, batchnorm-l2-gains
#
# Its noise is real. A slight gain is reported by others. Against wrong labels we
# measured none, where L2 gained.
# :::
#
# ## What we saw
#
# - The layer removes the scale of the weights. Their gradient stands at a right angle
#   to them, and a rate that is too large makes itself smaller.
# - With it, six ReLU layers took ten times the rate, and six sigmoid layers learned.
# - At the start it rules out vanishing. ReLU layers amplify by
#   {glue:text}`batchnorm-relu-explodes` each, where 1.211 is expected.
# - A shift put in on purpose did not stop it, at a moderate dose. At twice the dose
#   ReLU networks were worse than plain ones.
# - A change of contrast after training harms it, and new statistics mend that. Batches
#   of two and short trainings with a long memory harm it, too.
#
# Initial scale, skips, gates, batch normalization: each is a remedy for an illness that
# we had planted ourselves. What if only a loss is known, which does not fall?
#
# ## In an interview
#
# :::{interview-card} What does batch normalization do, and where does it fail?
# :id: batch-normalization
# :figure: batchnorm-rates
#
# Per feature over the batch: subtract the mean, divide by the deviation, then scale by
# a learned $\gamma$ and shift by a learned $\beta$. Inference uses moving averages. It
# makes a layer invariant to the scale of its weights, so that it tolerates larger rates
# and has a smoother landscape; deep sigmoid stacks train. Less internal covariate shift
# is not the reason: with a shift injected it trains too. Nor does it protect from shift
# at test time; the stored statistics can make it worse than a plain net, until they are
# re-estimated. It fails with tiny batches and when the averages lag, and in deep ReLU
# stacks without skips gradients explode by 1.2 a layer at the start.
# :::
#
# ## Exercises
#
# 1. **Recall.** A dense layer of 100 units is followed by batch normalization. How many
#    numbers does this add? How many are trained?
#
#    :::{dropdown} Solution
#    400: $\gamma$, $\beta$, $\bar\mu$ and $\bar\sigma^2$ for each unit. 200 are
#    trained. The dense layer may drop its 100 biases.
#    :::
#
# 2. **By hand.** After how many steps is less than 1 % of the start left in the moving
#    average, at $m = 0.99$? And at 0.9?
#
#    :::{dropdown} Solution
#    $0.99^t < 0.01$ for $t > \ln 0.01/\ln 0.99 = 458.2$: after 459 steps. At 0.9 after
#    44.
#    :::

# %% tags=["hide-cell"]
for name, memory, answer in (("long", 0.99, 459), ("short", 0.9, 44)):
    claim(
        f"batchnorm-exercise-{name}-memory",
        f"Exercise 2: steps until less than 1 % of the start is left, at m = {memory}.",
        measured=1 + np.argmax(memory ** np.arange(1, 1000) < 0.01),
        equals=answer,
    )

# %% [markdown]
# 3. **Predict, then run.** A kernel times 100 changed nothing. What does a kernel times
#    1/1,000 do, with Keras's $\varepsilon = 0.001$?
#
#    :::{dropdown} Solution
#    Now $\sigma^2$ is far below $\varepsilon$, and the layer divides by
#    $\sqrt\varepsilon$. Its output shrinks with the kernel: invariance ends where
#    $\varepsilon$ begins.
#    :::

# %% tags=["hide-cell"]
tiny = standardised(raw.astype("float64") / 20 / 1000, epsilon=1e-3)[0]
claim(
    "batchnorm-exercise-epsilon",
    "Exercise 3: deviation of the outputs for inputs of deviation 0.001.",
    measured=tiny.std(axis=0).mean(),
    below=0.1,
)

# %% [markdown]
# 4. **By hand, then code.** What is $q$ for a leaky ReLU of slope 0.3? Measure it with
#    `signal_norms`.
#
#    :::{dropdown} Solution
#    With slope $a$ below 0 the numerator is $(1+a^2)/2$ and the variance
#    $(1+a^2)/2 - (1-a)^2/(2\pi)$. At $a = 0.3$: $q = 1.080$. The straighter the
#    activation, the weaker the explosion.
#    :::

# %% tags=["hide-cell"]
activations["leaky"] = (
    lambda z: np.where(z > 0, z, 0.3 * z).astype("float32"),
    lambda z: np.where(z > 0, 1, 0.3).astype("float32"),
)
leaky = signal_norms("leaky")
claim(
    "batchnorm-exercise-leaky",
    "Exercise 4: factor of a leaky layer, for each seed; expected 1.080.",
    measured=(leaky[:, 9] / leaky[:, -1]) ** (1 / 20),
    above=1.04,
    below=1.15,
)

# %% [markdown]
# 5. **Code.** Give each of the thirty ReLU layers a skip connection,
#    $h_l = \varphi(\hat x_l) + h_{l-1}$. By how much is the explosion tamed, and why?
#
#    :::{dropdown} Solution
#    The next cell measures it. $h$ grows from layer to layer, so that each new layer
#    divides by a larger deviation and adds relatively less. The factor of layer $l$ is
#    about $1 + c/l$: growth like a power of the depth, no longer geometric.
#    :::

# %% tags=["hide-cell"]
skipping = signal_norms("ReLU", skip=1)
claim(
    "batchnorm-exercise-skip",
    "Exercise 5: growth of the signal from layer 30 to layer 10, with skips and "
    "without: ratio, for each seed.",
    measured=(skipping[:, 9] / skipping[:, -1])
    / (norms["ReLU"][:, 9] / norms["ReLU"][:, -1]),
    below=0.5,
)

# %% [markdown]
# 6. **Think.** A penalty on the squared weights is put on a kernel that is followed by
#    batch normalization. The function does not depend on that kernel's length. So what
#    does the penalty do?
#
#    :::{dropdown} Solution
#    It shortens the kernel, and gradients grow as it shrinks. So it raises the rate at
#    which the kernel's direction turns: it works against the growth in
#    {numref}`batchnorm-pie` {cite:p}`vanlaarhoven2017l2`. A penalty on the last layer,
#    which nothing follows, restrains the function as usual.
#    :::
#
# 7. **Open.** Which statistics would you use for a network that reads one patient's
#    scans a day, from scanners that change? Think of a day with ill patients only.
#
#    :::{dropdown} Solution
#    Re-estimating from a day's scans mends a change of the scanner. It also removes
#    what the ill have in common. There is no way to tell the two apart from the inputs
#    alone. Statistics for each scanner, gathered over many days, are a compromise.
#    :::
#
# ## Further reading
#
# The layer is by {cite:t}`ioffe2015batch`. {cite:t}`santurkar2018how` and
# {cite:t}`bjorck2018understanding` ask why it works, {cite:t}`yang2019mean` derive the
# explosion, {cite:t}`luo2019towards` the regularisation. That a scale-invariant layer
# tunes its own rate is made a theorem by {cite:t}`arora2019theoretical`.
#
# :::{parts-used}
# :::
