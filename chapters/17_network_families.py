# %% [markdown]
# # Network families: a layer is a bet on what the data are like
#
# So far nearly every network was a stack of dense layers, and the chapters asked how it
# learns and, in {doc}`Diagnosing training <16_diagnosing_training>`, how one sees that
# it does not. This part asks how a network is built. Dense, radial, convolutional,
# recurrent: each kind of layer assumes something about its data. This chapter builds
# them by hand, and gives each a task where its assumption is true and one where it is
# false.
#
# It answers: **Which families of neural networks exist (MLP, RBF, RNN, LSTM, CNN), what
# structure does each exploit, and where does each struggle?**

# %%
from pydoc_data.topics import topics

import keras
import numpy as np
from keras import ops
from scipy.signal import convolve2d, correlate2d

from dlbook import layers
from dlbook.claims import claim
from dlbook.data import adding_problem, load_mnist1d
from dlbook.figures import curve_panels, curves, dot_rows, image_grid, moving_fit
from dlbook.layers import (
    GRU,
    LSTM,
    RBF,
    Conv2D,
    Dense,
    GRUCell,
    LSTMCell,
    SimpleRNN,
    SimpleRNNCell,
)
from dlbook.measures import multiply_adds
from dlbook.models import StackedMLP, StackedRNN, side_by_side
from dlbook.optimizers import Adam
from dlbook.page import animate, quote, show, table
from dlbook.training import descend, fit_batches, shuffled_batches, train_apart

seeds = (0, 1, 2)

# %% [markdown]
# ## The idea: who is joined to whom, and which weights are one
#
# What can a layer assume? Take a signal of eight numbers, and a layer that returns
# eight. Leave out the activations, so that each layer is a matrix. A *dense* layer has
# 64 weights, each its own. A *convolution* joins neighbours only, by the same three
# weights everywhere. A *recurrent* layer reads from left to right. It keeps one number
# $h_t = u\,h_{t-1} + w\,x_t$, so it has two weights, $w$ and $u$. We write its matrix
# by the formula and compare it with the loop.

# %%
random = np.random.default_rng(1)
kernel, w, u = np.array([0.4, 1.0, -0.7]), 1.0, 0.8
back = np.arange(8)[:, None] - np.arange(8)[None]  # How far input s lies behind t.
dense = random.uniform(-1, 1, (8, 8))
near = np.where(abs(back) <= 1, kernel[np.clip(1 - back, 0, 2)], 0)
memory = np.where(back >= 0, w * u ** np.maximum(back, 0), 0)

signal, h, states = random.normal(size=8), 0.0, []
for x_t in signal:
    h = u * h + w * x_t
    states.append(h)

# %% tags=["hide-input"]
show(
    image_grid(
        [dense, near, memory],
        ["dense: 64 weights", "convolution: 3", "recurrent: 2"],
        columns=3,
        label="weight",
        signed=True,
    ),
    "families-wires",
    caption="What one output (row) takes from each input (column). Dense: anything. "
    "Convolution: neighbours, and the same everywhere. Recurrent: all that came "
    "before, the older the less.",
    alt="Three matrices of 8 by 8. The first has a different colour in each cell, the "
    "second three diagonals of one colour each, the third is empty above the diagonal "
    "and fades below it.",
)

# %%
claim(
    "families-recurrence-is-a-matrix",
    "A linear recurrent layer of one unit is a triangular matrix of powers of its "
    "weight: largest difference from the loop.",
    measured=np.abs(memory @ signal - states).max(),
    below=1e-12,
)

# %% [markdown]
# Few free weights mean that little has to be learned, *if* the data are like that. The
# fourth kind, the *radial* layer, differs in what a unit asks. A dense unit asks how
# far $x$ lies along a direction. A radial unit asks how near $x$ is to a point.
#
# ### Which of them is "the ANN"?
#
# All of them. *Artificial neural network* is the name of the whole. Dense networks with
# hidden layers, called MLPs, are *feed-forward*: so are radial and convolutional ones.
# Recurrent ones are not: their graph has a cycle. One sees it by giving both the same
# input twice.

# %%
keras.utils.set_random_seed(0)
token = np.tile(random.normal(size=(1, 1, 3)), (1, 2, 1)).astype("float32")
forward = ops.convert_to_numpy(Dense(4, activation="tanh")(token))[0]  # (2, 4)
looped = ops.convert_to_numpy(SimpleRNN(4, return_sequences=True)(token))[0]
claim(
    "families-forward-repeats",
    "A feed-forward layer answers the same input at two times alike: largest "
    "difference.",
    measured=np.abs(forward[1] - forward[0]).max(),
    below=1e-6,
)

# %%
claim(
    "families-recurrent-remembers",
    "A recurrent layer answers the same input at two times differently, as its state "
    "has changed: largest difference.",
    measured=np.abs(looped[1] - looped[0]).max(),
    above=1e-3,
)

# %% [markdown]
# ### What the bets save
#
# How many weights does an image cost? We count four units on a picture of
# $224 \times 224$ pixels.

# %%


def parameters(*parts, shape):
    return keras.Sequential([keras.Input(shape), *parts]).count_params()


flat = keras.layers.Flatten
colour, grey = (224, 224, 3), (224, 224, 1)
counts = {
    "dense, colour, no biases": parameters(
        flat(), Dense(4, use_bias=False), shape=colour
    ),
    "dense, colour": parameters(flat(), Dense(4), shape=colour),
    "dense, grey": parameters(flat(), Dense(4), shape=grey),
    "convolution 3 × 3, colour": parameters(Conv2D(4, 3), shape=colour),
}
sides = [7 * 2**k for k in range(6)]  # 7, 14, ..., 224
growth = [parameters(flat(), Dense(4, use_bias=False), shape=(n, n, 3)) for n in sides]
shared = [parameters(Conv2D(4, 3), shape=(n, n, 3)) for n in sides]

# %% tags=["hide-input"]
table(
    [{"four units": name, "parameters": count} for name, count in counts.items()],
    "families-counts",
    caption="What four units cost on an image of 224 × 224 pixels.",
)

# %%
claim(
    "families-602112",
    "A dense layer of four units on 224 × 224 × 3 pixels, without biases: weights.",
    measured=counts["dense, colour, no biases"],
    equals=224 * 224 * 3 * 4,
)
claim(
    "families-602116",
    "A dense layer of four units on 224 × 224 × 3 pixels, with biases: parameters.",
    measured=counts["dense, colour"],
    equals=602_116,
)

# %%
claim(
    "families-200708",
    "A dense layer of four units on 224 × 224 grey pixels, with biases: parameters.",
    measured=counts["dense, grey"],
    equals=200_708,
)
claim(
    "families-112",
    "A convolution of four 3 × 3 filters on three channels: parameters, for images of "
    "side 7 to 224.",
    measured=shared,
    equals=112,
)

# %%
claim(
    "families-dense-quadruples",
    "Twice the side is four times the weights of a dense layer: ratio, for sides from "
    "7 to 224.",
    measured=np.divide(growth[1:], growth[:-1]),
    equals=4,
)

# %% [markdown]
# ### Five layers, held against Keras
#
# The library has all families, written as their formulas. Do they compute what Keras's
# layers do? We give both the same weights. (A one-dimensional convolution is our
# `Conv2D` on an image of one column. Keras has no radial layer; ours meets NumPy
# below.)

# %%
sequence = random.normal(size=(4, 12, 3)).astype("float32")


def gap_to_keras(ours, theirs, as_image=False):
    """Largest difference between two layers with the same weights."""
    x = sequence[:, :, None] if as_image else sequence
    ours.build(x.shape)
    theirs.build(sequence.shape)
    values = [random.normal(0, 0.5, w.shape) for w in theirs.weights]
    theirs.set_weights(values)
    ours.set_weights(
        [np.reshape(v, w.shape) for v, w in zip(values, ours.weights, strict=True)]
    )
    y = ops.convert_to_numpy(ours(x))
    y_keras = ops.convert_to_numpy(theirs(sequence))
    return np.abs(y.reshape(y_keras.shape) - y_keras).max()


# %%
gaps = [
    gap_to_keras(Dense(5, activation="tanh"), keras.layers.Dense(5, activation="tanh")),
    gap_to_keras(Conv2D(5, (3, 1)), keras.layers.Conv1D(5, 3), as_image=True),
] + [
    gap_to_keras(getattr(layers, name)(5), getattr(keras.layers, name)(5))
    for name in ("SimpleRNN", "LSTM", "GRU")
]
claim(
    "families-equal-keras",
    "Dense, convolution, simple RNN, LSTM and GRU by hand equal Keras's layers: "
    "largest differences.",
    measured=gaps,
    below=1e-5,
)

# %% [markdown]
# ## Dense: every input has its own weights
#
# What does a dense layer $a = \varphi(x W + b)$ assume? That inputs may act together in
# any way. Nothing about which of them are neighbours: each input has its own row of
# $W$.
#
# ```{literalinclude} ../dlbook/layers/dense.py
# :pyobject: Dense.call
# :language: python
# :dedent: 4
# ```
#
# Shuffle the inputs, shuffle the rows, and the outputs are the same numbers.
# So an MLP should not care if the points of a signal are shuffled, as long as all
# signals are shuffled alike. A convolution should. MNIST-1D
# {cite:p}`greydanus2024scaling` has ten classes of signals with 40 points each, moved,
# bent and in noise.

# %%
(x_train, y_train), (x_test, y_test) = load_mnist1d()
orders = {"in order": np.arange(40), "shuffled": random.permutation(40)}
examples = {
    f"class {y_train[i]}, {name}": x_train[i, order]
    for name, order in orders.items()
    for i in range(3)
}

# %% tags=["hide-input"]
show(
    curve_panels(np.arange(40), examples, "point", "value", columns=3),
    "families-signals",
    caption="Three signals of MNIST-1D, above as they are, below with their 40 points "
    "in another order, the same for all signals. No number is lost.",
    alt="Six panels. The upper three show wavy curves, the lower three the same values "
    "jumping up and down.",
)

# %%
mlp_layer = Dense(8, activation="relu")
in_order = ops.convert_to_numpy(mlp_layer(x_test))
W, b = mlp_layer.get_weights()
mlp_layer.set_weights([W[orders["shuffled"]], b])
moved = ops.convert_to_numpy(mlp_layer(x_test[:, orders["shuffled"]]))
claim(
    "families-dense-permutes",
    "A dense layer with shuffled rows gives shuffled inputs the same outputs: largest "
    "difference.",
    measured=np.abs(moved - in_order).max(),
    below=1e-4,
)

# %% [markdown]
# Now we train, from three seeds: MLPs with two hidden layers of 64, and convolutional
# networks of two layers with 16 filters. The networks begin anew for each order.

# %%


def convnet(seed):
    keras.utils.set_random_seed(seed)
    filters = {"strides": 2, "padding": "same", "activation": "relu"}
    return keras.Sequential(
        [
            keras.Input((40, 1)),
            *[keras.layers.Conv1D(16, window, **filters) for window in (5, 5)],
            keras.layers.Flatten(),
            keras.layers.Dense(10),
        ]
    )


# %%


def restarted(model, start):
    """Back to the first weights, with an optimizer that remembers nothing."""
    model.set_weights(start)
    for state in model.optimizer.variables:
        if state is not model.optimizer.learning_rate:
            state.assign(ops.zeros_like(state))


# %%
convnets = side_by_side([convnet(seed) for seed in seeds])
mlps = StackedMLP(40, (64, 64), 10, seeds)
contestants = {"MLP": (mlps, (-1, 40)), "CNN": (convnets, (-1, 40, 1))}
batches = shuffled_batches(len(x_train), epochs=6, batch_size=100)
accuracy = {name: {} for name in contestants}

# %%
for name, (models, shape) in contestants.items():
    rule = keras.optimizers.Adam(0.01)
    models.compile(rule, StackedMLP.cross_entropy, steps_per_execution=50)
    rule.build(models.trainable_variables)
    start = models.get_weights()
    for order_name, order in orders.items():
        restarted(models, start)
        fit_batches(models, x_train[:, order].reshape(shape), y_train, batches)
        logits = ops.convert_to_numpy(models(x_test[:, order].reshape(shape)))
        right = (logits.argmax(axis=-1) == y_test[:, None]).mean(axis=0)
        accuracy[name][order_name] = 100 * right

# %% tags=["hide-input"]
show(
    dot_rows(accuracy, x_label="accuracy on new signals (%)", bounds={"guessing": 10}),
    "families-mnist1d",
    caption="MNIST-1D with its points in order and shuffled, three seeds each. The "
    "convolution wins by far where neighbours belong together, and falls behind where "
    "they do not. The MLP cannot tell the two apart.",
    alt="Dots in two rows. Mean accuracies: "
    + "; ".join(
        f"{name} " + ", ".join(f"{k} {v.mean():.0f} %" for k, v in of.items())
        for name, of in accuracy.items()
    )
    + ".",
)

# %%
mlp_runs, cnn_runs = accuracy["MLP"], accuracy["CNN"]
claim(
    "families-cnn-wins-in-order",
    "On signals in order a CNN beats an MLP: difference of the mean accuracies.",
    measured=(cnn_runs["in order"] - mlp_runs["in order"]).mean(),
    above=8,
    unit="points",
)

# %%
claim(
    "families-mlp-indifferent",
    "Shuffling the points of all signals alike hardly changes an MLP's accuracy: "
    "change of the mean of three seeds.",
    measured=(mlp_runs["shuffled"] - mlp_runs["in order"]).mean(),
    above=-6,
    below=6,
    unit="points",
)

# %%
claim(
    "families-cnn-needs-order",
    "Shuffling the points of all signals alike costs a CNN much: loss of accuracy, for "
    "each seed.",
    measured=cnn_runs["in order"] - cnn_runs["shuffled"],
    above=8,
    unit="points",
)
claim(
    "families-mlp-wins-shuffled",
    "On shuffled signals the MLP beats the CNN: difference of the mean accuracies.",
    measured=(mlp_runs["shuffled"] - cnn_runs["shuffled"]).mean(),
    above=1,
    unit="points",
)

# %% [markdown]
# Flattening throws nothing away: one can undo it. The MLP only does not know that
# points 7 and 8 are neighbours. It has to learn that from the examples.
#
# ### Can an MLP learn everything?
#
# One hidden layer whose activation is not a polynomial can *approximate* any continuous
# function on a bounded closed set
# {cite:p}`cybenko1989approximation,leshno1993multilayer`. The theorem says that weights
# exist. Does training find them?
# {doc}`Layers and nonlinearity <03_layers_and_nonlinearity>` had a sine learned inside
# the data and missed outside. Here is a case inside: the parity of $k$ of 30 bits. Is
# the number of ones among them odd? Hidden layers of 64 units, 3,000 examples, 2,000
# new ones.

# %%


def bits(count, k, seed):
    x = np.random.default_rng(seed).integers(0, 2, size=(count, 30))
    return 2.0 * x - 1, x[:, :k].sum(axis=1, keepdims=True) % 2


sizes = (2, 2, 2, 8, 8, 8)
lessons = [bits(3000, k, seed) for k, seed in zip(sizes, 2 * seeds, strict=True)]
parity_nets = train_apart(
    *map(list, zip(*lessons, strict=True)),
    units=(64,),
    outputs=1,
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.01),
    steps=300,
    seeds=2 * seeds,
    batch_size=100,
)

# %%
x_bits = bits(2000, 2, 9)[0]
said = ops.convert_to_numpy(parity_nets(x_bits))[..., 0] > 0  # (bits, networks)
odd = np.stack([bits(2000, k, 9)[1][:, 0] == 1 for k in sizes], axis=1)
parity = (said == odd).mean(axis=0)
claim(
    "families-parity-of-two",
    "An MLP learns the parity of two of 30 bits: accuracy on new bits, for each seed.",
    measured=parity[:3],
    above=0.9,
)

# %%
claim(
    "families-parity-of-eight",
    "An MLP that learns the parity of two of 30 bits in 300 steps stays at guessing "
    "for that of eight: accuracy on new bits, for each seed.",
    measured=parity[3:],
    above=0.4,
    below=0.6,
)

# %% [markdown]
# For the eight bits a layer of this kind can be written down by hand: eight ReLUs make
# a zigzag of their sum. 300 steps on 3,000 examples did not find it.
#
# ## Radial: what is near is alike
#
# What if the answer depends on *where* in the input space one is? An RBF network
# {cite:p}`broomhead1988multivariable` has one hidden layer of bumps, each with a centre
# $c_k$ and a width $\sigma_k$, and a linear output:
#
# $$
# \begin{gathered}
# \phi_k(x) = \exp\!\Big(-\frac{\lVert x - c_k\rVert^2}{2\sigma_k^2}\Big), \\
# \hat y = \sum_k w_k\,\phi_k(x) + b
# \end{gathered}
# $$ (eq-families-rbf)
#
# ```{literalinclude} ../dlbook/layers/rbf.py
# :pyobject: RBF.call
# :language: python
# :dedent: 4
# ```
#
# Once centres and widths stand, $\hat y$ is linear in $w$ and $b$. So the best of them
# is a least-squares problem, without any training. k-means finds the centres
# {cite:p}`moody1989fast`: that is `RBF.adapt`.

# %%


def wave(count, seed, noise=0.2):
    draw = np.random.default_rng(seed)
    x = draw.uniform(-3, 3, size=(count, 1))
    return x, np.sin(2 * x) + noise * draw.normal(size=x.shape)


def radial(x, units, width, seed=0):
    """A radial layer whose centres k-means has put among the x."""
    layer = RBF(units, dtype="float64")
    layer.adapt(x, seed)
    layer.log_widths.assign(np.full(units, np.log(width)))
    return layer


# %% [markdown]
# The rest is linear algebra:

# %%


def features(layer, x):
    """What the layer returns, and a column of ones for the bias: (points, K + 1)."""
    return np.c_[ops.convert_to_numpy(layer(x)), np.ones(len(x))]


def best_weights(Phi, y):
    """By least squares; directions that are all but 0 in Phi are left out."""
    return np.linalg.lstsq(Phi, y, rcond=1e-6)[0]


# %%
x_wave, y_wave = wave(60, 0)
grid = np.linspace(-3, 3, 200)[:, None]
eight = radial(x_wave, 8, 0.6)
Phi = features(eight, x_wave)  # (60, 9)
centres = ops.convert_to_numpy(eight.centers)[:, 0]
by_numpy = np.exp(-((x_wave - centres) ** 2) / (2 * 0.6**2))  # (60, 8)
claim(
    "families-rbf-is-its-formula",
    "The radial layer is the Gaussian of the distance, written in NumPy: largest "
    "difference.",
    measured=np.abs(Phi[:, :-1] - by_numpy).max(),
    below=1e-6,
)

# %% [markdown]
# Eight bumps, 60 noisy points of $\sin 2x$. What does the width do? We solve the
# least-squares problem for widths from 0.03 to 10.

# %%
widths = np.geomspace(0.03, 10, 13)
fits = []
for width in widths:
    layer = radial(x_wave, 8, width)
    fits.append(features(layer, grid) @ best_weights(features(layer, x_wave), y_wave))
fit_errors = np.mean((np.array(fits)[:, :, 0] - np.sin(2 * grid[:, 0])) ** 2, axis=1)
best_width = widths[fit_errors.argmin()]

# %% tags=["hide-input"]
animate(
    moving_fit(
        (x_wave[:, 0], y_wave[:, 0]),
        grid[:, 0],
        np.array(fits)[:, :, 0],
        np.sin(2 * grid[:, 0]),
        [f"width σ = {width:.2g}" for width in widths],
        x_label="$x$",
        y_label="$y$",
    ),
    "families-widths",
    caption="An RBF network of eight bumps, fitted by least squares, as the width of "
    "the bumps grows from 0.03 to 10. Narrow bumps are spikes on a flat line. Wide "
    "enough, they join to the curve.",
    alt="A curve through noisy points that at first has eight narrow spikes and then "
    f"follows a sine. It is closest to it at a width of {best_width:.2g}.",
)

# %%
claim(
    "families-rbf-narrow-fails",
    "Bumps that are too narrow do not join: squared error of eight bumps of width "
    "0.03 on a sine, in parts of that with the best width.",
    measured=fit_errors[0] / fit_errors.min(),
    above=5,
)

# %% [markdown]
# And how many centres? We try 2 to 60 of width 0.6, five times, each time on other
# points.

# %%
numbers_of_centres = np.array([2, 4, 6, 8, 12, 20, 30, 40, 60])
x_fresh, y_fresh = wave(500, 99, noise=0)


def wave_errors(seed):
    """Squared error on the points and on new ones, for each number of centres."""
    x, y = wave(60, seed)
    errors = []
    for units in numbers_of_centres:
        layer = radial(x, units, 0.6, seed)
        w_out = best_weights(features(layer, x), y)
        pairs = (x, y), (x_fresh, y_fresh)
        errors.append(
            [np.mean((features(layer, a) @ w_out - b) ** 2) for a, b in pairs]
        )
    return np.transpose(errors)


wave_runs = np.array([wave_errors(seed) for seed in range(5)])  # (runs, 2, numbers)

# %% tags=["hide-input"]
show(
    curves(
        numbers_of_centres,
        {"the 60 examples": wave_runs[:, 0], "new points, no noise": wave_runs[:, 1]},
        x_label="number of centres",
        y_label="mean squared error",
        y_scale="log",
        markers=True,
    ),
    "families-centres",
    caption="An RBF network on a noisy sine; mean and range of five samples. With two "
    "centres it is too stiff. From 20 on it follows the noise, in some samples far.",
    alt="The error on the examples falls with the number of centres. That on new "
    f"points falls to {wave_runs[:, 1].mean(axis=0).min():.2g} and rises again to "
    f"{wave_runs[:, 1, -1].mean():.2g} at 60.",
)

# %%
at_centres = dict(zip(numbers_of_centres.tolist(), wave_runs[:, 1].T, strict=True))
claim(
    "families-few-centres",
    "Two centres are too few for a sine: error on new points in parts of that with "
    "eight, mean over mean.",
    measured=at_centres[2].mean() / at_centres[8].mean(),
    above=3,
)
claim(
    "families-many-centres",
    "A centre at each of 60 examples follows the noise: error on new points in parts "
    "of that with eight, mean over mean.",
    measured=at_centres[60].mean() / at_centres[8].mean(),
    above=1.5,
)

# %% [markdown]
# So the centres, their number and their widths are the practical difficulty. One hears
# that RBF networks may have several radial layers. The classical one has exactly one,
# and that is its point: the linear problem behind it has a best solution that needs no
# descent. How far is Adam from it?

# %%


def slope_of_error(w_out):
    return 2 * Phi.T @ (Phi @ w_out - y_wave) / len(Phi)


def wave_error(w_out):
    return np.mean((Phi @ w_out - y_wave) ** 2)


floor = wave_error(best_weights(Phi, y_wave))
by_adam = descend(Adam(0.01), slope_of_error, np.zeros((9, 1)), steps=1000)
above_floor = [wave_error(by_adam[steps]) / floor for steps in (100, 1000)]
claim(
    "families-least-squares-is-the-floor",
    "No error of Adam lies below that of least squares on eight bumps: error after 100 "
    "and 1,000 steps, in parts of the least.",
    measured=above_floor,
    above=1,
)

# %% [markdown]
# After 100 and 1,000 steps the error is
# {glue:text}`families-least-squares-is-the-floor` times the least. Adam comes near, and
# never below.
#
# ### Inside and outside the data
#
# Far from all centres every bump is 0, and the network says its bias. A ReLU network
# goes on straight. Which is better? We give both a wave and a slope, $y = x$, with 60
# noisy points from −3 to 3, and ask up to 6. Twelve bumps with widths by `adapt` meet
# 32 ReLUs, trained for 400 steps.

# %%


def slope_data(count, seed):
    x, y = wave(count, seed)
    return x, x + y - np.sin(2 * x)


samples = [make(60, seed) for make in (wave, slope_data) for seed in seeds]
relus = train_apart(
    *map(list, zip(*samples, strict=True)),
    units=(32,),
    outputs=1,
    loss=keras.losses.MeanSquaredError(),
    optimizer=keras.optimizers.Adam(0.02),
    steps=400,
    seeds=2 * seeds,
    batch_size=60,
)

# %%
far = np.linspace(-6, 6, 241)[:, None]
by_relus = ops.convert_to_numpy(relus(far))[..., 0].T.reshape(2, 3, -1)
radials = []
for seed, (x, y) in zip(2 * seeds, samples, strict=True):
    layer = RBF(12, dtype="float64")
    layer.adapt(x, seed)
    w_out = best_weights(features(layer, x), y)
    radials.append((features(layer, far) @ w_out)[:, 0])
by_bumps = np.reshape(radials, (2, 3, -1))  # (task, seeds, positions)
truths = np.stack([np.sin(2 * far[:, 0]), far[:, 0]])[:, None]

# %%
inside = np.abs(far[:, 0]) <= 3
squares = {"RBF": (by_bumps - truths) ** 2, "ReLUs": (by_relus - truths) ** 2}
wave_in = {name: each[0][:, inside].mean(axis=1) for name, each in squares.items()}
slope_out = {name: each[1][:, ~inside].mean(axis=1) for name, each in squares.items()}
nearest = ops.convert_to_numpy(eight(np.array([[0.0], [60.0]]))).max(axis=1)

# %% tags=["hide-input"]
show(
    curves(
        far[:, 0],
        {"RBF, 12 bumps": by_bumps[1], "MLP, 32 ReLUs": by_relus[1]},
        x_label="$x$ (examples from −3 to 3)",
        y_label="answer",
    ),
    "families-outside",
    caption="Two networks that saw a slope, $y = x$, between −3 and 3; mean and range "
    "of three seeds. Outside, ReLUs go on. Bumps fall back to a constant.",
    alt="Two curves that agree between −3 and 3. At 6 the ReLUs answer "
    f"{by_relus[1, :, -1].mean():.1f} and the bumps {by_bumps[1, :, -1].mean():.1f}.",
)

# %%
claim(
    "families-rbf-wins-inside",
    "Inside the data, on a wave, 12 bumps by least squares beat 32 ReLUs after 400 "
    "steps of Adam: squared error in parts of theirs, mean over mean.",
    measured=wave_in["RBF"].mean() / wave_in["ReLUs"].mean(),
    below=0.8,
)
claim(
    "families-rbf-loses-outside",
    "Outside the data, on a slope, bumps do worse than ReLUs: squared error in parts "
    "of theirs, mean over mean.",
    measured=slope_out["RBF"].mean() / slope_out["ReLUs"].mean(),
    above=5,
)

# %%
claim(
    "families-rbf-knows-it-is-far",
    "A radial layer shows that an input is like no example: its strongest unit at "
    "x = 60, where examples lie between −3 and 3.",
    measured=nearest[1],
    below=1e-6,
)

# %% [markdown]
# The assumption is that near inputs have near answers. It pays where the input space is
# small and well covered. It fails outside, and with many inputs, where everything is
# far from everything: an exercise measures that.
#
# ## Convolution: neighbours belong together, everywhere alike
#
# What does a convolution assume? That a pattern is local, and may stand anywhere. On
# MNIST-1D both are true, until the points are shuffled. One filter makes one *feature
# map*. {doc}`Convolution and parameter sharing <18_convolution_and_sharing>` takes the
# layer apart. Its heart is a dense layer on patches:
#
# ```{literalinclude} ../dlbook/layers/conv2d.py
# :pyobject: Conv2D.call
# :language: python
# :dedent: 4
# ```
#
# Here is what its name hides. To *convolve* is to slide a **flipped**
# kernel. The layer does not flip; it *correlates* {cite:p}`goodfellow2016deep`.

# %%
image = random.normal(size=(12, 12))
sobel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]])
slide = Conv2D(1, 3, use_bias=False)
slide.build((None, 12, 12, 1))
slide.kernel.assign(sobel[:, :, None, None])
sobel_map = ops.convert_to_numpy(slide(image[None, :, :, None]))[0, :, :, 0]
claim(
    "families-layer-correlates",
    "A convolutional layer computes SciPy's correlation: largest difference.",
    measured=np.abs(sobel_map - correlate2d(image, sobel, "valid")).max(),
    below=1e-4,
)

# %%
claim(
    "families-layer-does-not-convolve",
    "A convolutional layer does not compute SciPy's convolution: largest difference.",
    measured=np.abs(sobel_map - convolve2d(image, sobel, "valid")).max(),
    above=0.1,
)
claim(
    "families-flipped-is-convolution",
    "A convolutional layer is SciPy's convolution with the kernel flipped: largest "
    "difference.",
    measured=np.abs(sobel_map - convolve2d(image, sobel[::-1, ::-1], "valid")).max(),
    below=1e-4,
)

# %% [markdown]
# It does no harm, because kernels are learned: the layer learns the flipped one.
#
# ## Recurrent: one thing after another
#
# What if there is no fixed number of inputs? A text, a melody and a year of
# temperatures come one thing after another. A recurrent layer
# {cite:p}`elman1990finding` reads one $x_t$ at a time. What it has read is in its
# state:
#
# $$
# \begin{gathered}
# h_t = \varphi(x_t W + h_{t-1} U + b), \\ y_t = h_t V
# \end{gathered}
# $$ (eq-families-rnn)
#
# ```{literalinclude} ../dlbook/layers/simple_rnn.py
# :pyobject: SimpleRNNCell.call
# :language: python
# :dedent: 4
# ```
#
# $W$, $U$ and $V$ are the same at all times: the same thing means the same whenever it
# comes. (Some books write $U$ for the inputs and $W$ for the state.) What does that
# save? We count for sequences of 10 and of 100 steps of three numbers.

# %%
long_and_short = {
    T: keras.Sequential([keras.Input((T, 3)), SimpleRNN(8), Dense(2)])
    for T in (10, 100)
}
of_reader = {T: model.count_params() for T, model in long_and_short.items()}
in_dense = 8 * 2  # Multiply-adds of the last layer.
work = {T: multiply_adds(model) - in_dense for T, model in long_and_short.items()}
claim(
    "families-rnn-parameters",
    "A recurrent layer of 8 units and two outputs, three inputs: parameters at 10 and "
    "at 100 steps.",
    measured=list(of_reader.values()),
    equals=114,
)

# %%
claim(
    "families-rnn-work-grows",
    "The work of a recurrent layer grows with the length: multiply-adds at 100 steps "
    "over those at 10.",
    measured=work[100] / work[10],
    equals=10,
)

# %% [markdown]
# And the steps wait for each other. ("Deep RNN", by the way, usually means recurrent
# layers on top of each other {cite:p}`graves2013speech`, not many steps.)
#
# ### The price: a long product
#
# Unrolled over $T$ steps the network is $T$ layers deep, with one $U$ for all. So
# {doc}`what made gradients vanish <13_vanishing_gradients>` returns
# {cite:p}`hochreiter1991untersuchungen,bengio1994learning`: the gradient
# at the first step is a product of $T - 1$ times the same matrix. We take linear units,
# 32 of them, with $U$ of deviation $0.5/\sqrt{32}$, of $2/\sqrt{32}$, and orthogonal.

# %%


def gradient_ratio(kind, T, seed):
    """Length of the gradient of the last state at the first step over the last."""
    draw = np.random.default_rng(seed)
    U = draw.normal(size=(32, 32)) / np.sqrt(32)
    U = np.linalg.qr(U)[0] if kind == "orthogonal" else kind * U
    delta = draw.normal(size=32)
    return np.linalg.norm(np.linalg.matrix_power(U, T - 1) @ delta) / np.linalg.norm(
        delta
    )


ratios = {
    kind: [gradient_ratio(kind, 60, seed) for seed in seeds]
    for kind in (0.5, 2, "orthogonal")
}
at_10 = [gradient_ratio(0.5, 10, seed) for seed in seeds]

# %%
claim(
    "families-rnn-vanishes",
    "Small recurrent weights: gradient at the first of 60 steps over the last, for "
    "each seed.",
    measured=ratios[0.5],
    below=1e-10,
)
claim(
    "families-rnn-explodes",
    "Large recurrent weights: gradient at the first of 60 steps over the last, for "
    "each seed.",
    measured=ratios[2],
    above=1e10,
)

# %%
claim(
    "families-rnn-orthogonal-keeps",
    "Orthogonal recurrent weights, linear units: gradient at the first of 60 steps "
    "over the last, minus 1, largest of three seeds.",
    measured=np.abs(np.subtract(ratios["orthogonal"], 1)).max(),
    below=1e-6,
)
claim(
    "families-longer-is-worse",
    "With small recurrent weights the gradient at the first step over the last is far "
    "smaller for 60 steps than for 10: quotient, for each seed.",
    measured=np.divide(ratios[0.5], at_10),
    below=1e-3,
)

# %% [markdown]
# So it is a risk of every deep product, not a fate of every network.
#
# ## LSTM and GRU: keep, unless told otherwise
#
# How can a state last? The LSTM {cite:p}`hochreiter1997long` has a second state $c_t$,
# which is added to:
#
# $$
# \begin{gathered}
# c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t, \\ h_t = o_t \odot \tanh(c_t)
# \end{gathered}
# $$ (eq-families-lstm)
#
# The candidate $\tilde c_t$ is what a simple RNN would say. The *gates* $i$, $f$ and
# $o$ are computed likewise from $x_t$ and $h_{t-1}$, each with weights of its own, and
# with a sigmoid: numbers from 0 to 1 for what enters, what stays, what is shown. The
# LSTM of 1997 had no forget gate; $f$ came in 2000 {cite:p}`gers2000learning`.
# {doc}`Keeping gradients alive <14_keeping_gradients_alive>` shows its code and that
# the slope along $c$ is the product of all $f_t$. So an LSTM softens vanishing as long
# as $f$ stays open, and nothing in it forbids explosion, against which one clips
# {cite:p}`pascanu2013difficulty`.
#
# The GRU {cite:p}`cho2014learning` does it with one state and two gates. The update
# gate $z$ mixes the old state with a candidate,
# $h_t = z \odot h_{t-1} + (1 - z) \odot \tilde h$. The reset gate $r$ says how much of
# the old state the candidate sees:
#
# ```{literalinclude} ../dlbook/layers/gru.py
# :pyobject: GRUCell.call
# :language: python
# :dedent: 4
# ```
#
# ### Three readers, three tasks
#
# What are gates worth? Three kinds of cell with 16 units read 20 steps and answer at
# the end with one number:
#
# - **Adding**: the sum of two marked numbers, both in the first half.
# - **Echo**: the number that was read five steps before the end.
# - **Direction**: 20 letters of English. Do they run forwards (0) or backwards (1)? The
#   text, {glue:text}`families-letters` letters, is the help that ships with Python.
#
# Each $x_t$ has 27 numbers. A letter or a space is a 1 at its place. The first two
# tasks use one or two of the places.

# %%
alphabet = " abcdefghijklmnopqrstuvwxyz"
letters = "".join(
    c if c in alphabet else " " for key in sorted(topics) for c in topics[key].lower()
)
text = " ".join(letters.split())
code = np.array([alphabet.index(c) for c in text])
cut = 9 * len(code) // 10
quote("families-letters", len(code))


def snippets(count, seed, T=20):
    """Letters (count, T), every second row backwards; seed 0: of the first part."""
    first, last = (0, cut) if seed == 0 else (cut, len(code))
    at = np.random.default_rng(seed).integers(first, last - T, size=(count, 1))
    backwards = np.arange(count)[:, None] % 2
    rows = code[at + np.arange(T)]
    return np.where(backwards == 1, rows[:, ::-1], rows), backwards


# %%


def adding(count, seed):
    return adding_problem(count, 20, seed)


def echo(count, seed):
    x = np.random.default_rng(seed).uniform(-1, 1, size=(count, 20, 1))
    return x, x[:, -6]


def direction(count, seed):
    rows, backwards = snippets(count, seed)
    return np.eye(27)[rows], backwards


def padded(x):
    """The same with zeros in what is left of 27 places."""
    return np.pad(x, [(0, 0), (0, 0), (0, 27 - x.shape[2])]).astype("float32")


# %% [markdown]
# All nine networks, three kinds from three seeds, train as one model under Adam at 0.01
# with batches of 32. Each task begins from new weights. For adding, the forget gate and
# the GRU's update gate start open, with a bias of 3, as on the adding problem of
# {doc}`Keeping gradients alive <14_keeping_gradients_alive>`. For the others they start
# as Keras starts them.

# %%
kinds = {"simple RNN": SimpleRNNCell, "LSTM": LSTMCell, "GRU": GRUCell}
gate_places = {LSTMCell: np.s_[16:32], GRUCell: np.s_[0, :16]}  # Of f and z in b.

# %%


def new_cell(kind, seed, gate_bias):
    keras.utils.set_random_seed(seed)
    cell = kind(16)
    cell.build((None, 27))
    if kind in gate_places and gate_bias is not None:
        biases = ops.convert_to_numpy(cell.bias).copy()
        biases[gate_places[kind]] = gate_bias
        cell.bias.assign(biases)
    return cell


def readers(gate_bias=None):
    cells = [
        new_cell(kind, seed, gate_bias) for kind in kinds.values() for seed in seeds
    ]
    return StackedRNN(cells, outputs=1)


# %%
nine, opened = readers(), readers(gate_bias=3)
for model in (nine, opened):
    model.build((None, 20, 27))
starts = {"default": nine.get_weights(), "open": opened.get_weights()}
rule = keras.optimizers.Adam(0.01)
squared = StackedRNN.squared_error
nine.compile(rule, squared, steps_per_execution=25, jit_compile=True)
rule.build(nine.trainable_variables)

# %%
sequence_tasks = {
    "echo": (echo, "default", 75),
    "direction": (direction, "default", 250),
    "adding": (adding, "open", 150),
}
answers, truth = {}, {}
for task, (make, gates, steps) in sequence_tasks.items():
    restarted(nine, starts[gates])
    x, y = make(32 * steps, 0)
    y = y.astype("float32")  # One type for all tasks: the step is compiled once.
    fit_batches(nine, padded(x), y, np.arange(32 * steps).reshape(steps, 32))
    x_new, truth[task] = make(500, 1)
    answers[task] = ops.convert_to_numpy(nine(padded(x_new)))[..., 0]

# %%
relative = {name: {} for name in kinds}
for task in ("adding", "echo", "direction"):
    errors = np.mean((answers[task] - truth[task]) ** 2, axis=0)
    errors /= np.var(truth[task])
    for name, runs in zip(kinds, errors.reshape(3, 3), strict=True):
        relative[name][task] = runs
right_way = 100 * np.mean((answers["direction"] > 0.5) == truth["direction"], axis=0)
right_way = dict(zip(kinds, right_way.reshape(3, 3), strict=True))

# %% tags=["hide-input"]
show(
    dot_rows(
        relative,
        x_label="squared error on new sequences / that of always saying the mean",
        x_scale="log",
        bounds={"always the mean": 1},
    ),
    "families-readers",
    caption="Three kinds of recurrent network with 16 units on three tasks, three "
    "seeds each. Gates win where something has to be kept. On the echo, where the "
    "memory has to move on at each step, they lose.",
    alt="Dots in three rows. Means: "
    + "; ".join(
        f"{name} " + ", ".join(f"{task} {runs.mean():.2g}" for task, runs in of.items())
        for name, of in relative.items()
    )
    + ".",
)

# %%
plain, lstm, gru = relative.values()
claim(
    "families-adding-plain",
    "After 150 batches of the adding problem, over 20 time steps, a simple RNN of 16 "
    "units is at guessing: squared error in parts of the variance, for each seed.",
    measured=plain["adding"],
    above=0.6,
)
claim(
    "families-adding-gates",
    "In 150 batches an LSTM and a GRU with open gates learn the adding problem: "
    "squared error in parts of the variance, for each seed.",
    measured=[*lstm["adding"], *gru["adding"]],
    below=0.25,
)

# %%
claim(
    "families-echo-plain",
    "In 75 steps of training a simple RNN learns to repeat what it read five steps "
    "ago: squared error in parts of the variance, for each seed.",
    measured=plain["echo"],
    below=0.1,
)
claim(
    "families-echo-gates",
    "In 75 steps of training LSTM and GRU do not learn to repeat what they read five "
    "steps ago: squared error in parts of the variance, for each seed.",
    measured=[*lstm["echo"], *gru["echo"]],
    above=0.3,
)

# %% [markdown]
# For the echo a state has to hand its content on, from place to place, at every step.
# A matrix $U$ that turns does that, and Keras's $U$ starts orthogonal. A gate keeps or
# drops what is at its place. So a likely reason is that its assumption, *most of it
# stays*, is false here. With more steps the gated cells may still learn it.
#
# Do the gates of the LSTM that learned to add do what their names say? We run its
# formula in NumPy, and keep the gates.

# %%
lstm_weights = [ops.convert_to_numpy(v) for v in nine.loop.cell.cells[1].cell.weights]


def sigma(z):
    return 1 / (1 + np.exp(-z))


def lstm_gates(x, W, U, b):
    """Input and forget gates (2, time, batch, 16), and the last h."""
    h = c = np.zeros((len(x), 16))
    kept = []
    for t in range(x.shape[1]):
        i, f, c_tilde, o = np.split(x[:, t] @ W + h @ U + b, 4, axis=1)
        c = sigma(f) * c + sigma(i) * np.tanh(c_tilde)
        h = sigma(o) * np.tanh(c)
        kept.append((sigma(i), sigma(f)))
    return np.swapaxes(kept, 0, 1), h


# %%
x_gates = padded(adding(500, 1)[0])
marked = x_gates[:, :, 1].T == 1  # (time, batch)
gate_runs = [lstm_gates(x_gates, *(w[k] for w in lstm_weights)) for k in range(3)]
V, d = (ops.convert_to_numpy(v) for v in (nine.readout, nine.offset))
by_hand = np.stack(
    [h @ V[3 + k] + d[3 + k] for k, (_, h) in enumerate(gate_runs)], axis=1
)

# %% [markdown]
# Marks stand in the first half only. So we compare with the other steps of that half.

# %%
plain_steps = ~marked & (np.arange(20) < 10)[:, None]
opening = np.array(
    [i[marked].mean(axis=0) - i[plain_steps].mean(axis=0) for (i, _), _ in gate_runs]
)  # (seeds, units): how much more the input gate opens for a mark.
quote("families-opening", opening.mean())

# %% tags=["hide-input"]
unit, (kept_0, _) = opening[0].argmax(), gate_runs[0]
input_gate, forget_gate = kept_0[:, :, 0, unit]  # (time,) of the first sequence.
show(
    curves(
        np.arange(1, 21),
        {
            "mark": marked[:, 0].astype(float),
            "input gate": input_gate,
            "forget gate": forget_gate,
        },
        x_label="time step",
        y_label="gate (0: shut, 1: open)",
    ),
    "families-gates",
    caption="One unit of a trained LSTM while it reads a sequence of the adding "
    "problem: the unit whose input gate heeds the marks most. It opens for the two "
    "marked numbers. The forget gate stays open, so what has entered stays.",
    alt="Three curves over 20 steps. The mark is 1 at two steps and 0 elsewhere. The "
    f"input gate is at {input_gate[marked[:, 0]].mean():.2f} there and at "
    f"{input_gate[~marked[:, 0]].mean():.2f} elsewhere, the forget gate at "
    f"{forget_gate.mean():.2f}.",
)

# %%
claim(
    "families-lstm-by-hand",
    "The LSTM's formula as a loop in NumPy gives the answers of the trained layer: "
    "largest difference.",
    measured=np.abs(by_hand[..., 0] - answers["adding"][:, 3:6]).max(),
    below=1e-4,
)
claim(
    "families-input-gate-selects",
    "In a trained LSTM some input gates open for marked numbers: mean at marks minus "
    "that at the other steps of the first half, of the unit with the largest "
    "difference, for each seed.",
    measured=opening.max(axis=1),
    above=0.1,
)

# %%
claim(
    "families-forget-gate-open",
    "The forget gates of the trained LSTMs stay open: mean, for each seed.",
    measured=[f.mean() for (_, f), _ in gate_runs],
    above=0.75,
)

# %% [markdown]
# The picture is of one unit. Over all 16 the input gates open by only
# {glue:text}`families-opening` more for a mark. The candidate $\tilde c$ sees the mark
# as well, so no gate has to do the work alone.
#
# ### Characters: order, and what a table knows
#
# A bag of letters cannot tell the direction: both ways it holds the same letters. And
# a table of counts, how often each pair of letters comes in each order, is no network
# at all. Which of them reads best?

# %%
rows, backwards = snippets(500, 1)
bag = np.sort(rows, axis=1)
pairs = np.full((27, 27), 0.5)
np.add.at(pairs, (code[: cut - 1], code[1:cut]), 1)
surprise = np.log(pairs.T / pairs)  # Of a pair, backwards against forwards.
says_backwards = surprise[rows[:, :-1], rows[:, 1:]].sum(axis=1) > 0
by_table = 100 * np.mean(says_backwards == backwards[:, 0])

# %%
claim(
    "families-bag-is-blind",
    "Reading a text backwards does not change its bag of letters: largest difference.",
    measured=np.abs(bag - np.sort(rows[:, ::-1], axis=1)).max(),
    equals=0,
)
claim(
    "families-gru-reads-direction",
    "A GRU learns which way English runs from 8,000 snippets of 20 letters: accuracy, "
    "mean of three seeds.",
    measured=right_way["GRU"].mean(),
    above=70,
    unit="%",
)

# %%
claim(
    "families-table-reads-direction",
    "A table of counts of letter pairs tells which way English runs, without a "
    "network: accuracy.",
    measured=by_table,
    above=95,
    unit="%",
)
quote("families-plain-direction", f"{right_way['simple RNN'].mean():.0f} %")
quote("families-lstm-direction", f"{right_way['LSTM'].mean():.0f} %")

# %% [markdown]
# A coin is right in 50 %. The simple RNNs reached
# {glue:text}`families-plain-direction`, the LSTMs
# {glue:text}`families-lstm-direction`, the GRUs
# {glue:text}`families-gru-reads-direction`; the table, which needs one pass over the
# text, {glue:text}`families-table-reads-direction`. Its assumption, that pairs say it
# all, is narrower and nearly true here. A recurrent network can learn what a table of
# pairs cannot hold. It had to learn even the pairs from 250 batches.
#
# Reading is not all. Two recurrent networks make a translator, *sequence to sequence*:
# one reads a sentence into its state, the other writes from that state
# {cite:p}`sutskever2014sequence`. Speech {cite:p}`graves2013speech` and text were
# theirs until attention models took over {cite:p}`vaswani2017attention`.
#
# ## What we saw

# %% tags=["hide-input"]
bets = {
    "dense": "inputs may act together in any way",
    "radial": "near inputs have near answers",
    "convolution": "neighbours belong together, everywhere alike",
    "recurrent": "the same rule at each step; a state sums up the past",
    "LSTM, GRU": "most of the state stays",
}
gated = {task: np.mean([lstm[task], gru[task]]) for task in ("adding", "echo")}
beyond = slope_out["RBF"].mean() / slope_out["ReLUs"].mean()
won = {
    "dense": f"shuffled signals, {mlp_runs['shuffled'].mean():.0f} %",
    "radial": f"a wave, {wave_in['RBF'].mean() / wave_in['ReLUs'].mean():.2g} × error",
    "convolution": f"signals in order, {cnn_runs['in order'].mean():.0f} %",
    "recurrent": f"echo, {plain['echo'].mean():.2g} of the variance",
    "LSTM, GRU": f"adding, {gated['adding']:.2g} of the variance",
}
lost = {
    "dense": f"signals in order, {mlp_runs['in order'].mean():.0f} %",
    "radial": f"a slope beyond the data, {beyond:.2g} × error",
    "convolution": f"shuffled signals, {cnn_runs['shuffled'].mean():.0f} %",
    "recurrent": f"adding, {plain['adding'].mean():.2g} of the variance",
    "LSTM, GRU": f"echo, {gated['echo']:.2g} of the variance",
}
table(
    [
        {"layer": name, "its bet": bets[name], "won": won[name], "lost": lost[name]}
        for name in bets
    ],
    "families-bets",
    caption="Five layers, what each assumes, and where this chapter saw the assumption "
    "win and lose; means of three seeds. The errors of the wave and the slope are in "
    "parts of the MLP's.",
)

# %% [markdown]
# No family is best. Each won where its assumption held. An MLP assumes
# least, and so takes tables, images and text alike once they are numbers. It pays in
# examples.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} ANN is another name for a feed-forward network.
# :verdict: wrong
# :question: network-families
# :claims: families-forward-repeats, families-recurrent-remembers
#
# It is the name of all. A recurrent network is an ANN, and it answers the same input
# differently the second time.
# :::
#
# :::{popular-answer} An ANN can learn any function: the weights exist.
# :verdict: imprecise
# :question: network-families
# :claims: families-parity-of-two, families-parity-of-eight, layers-sine-outside
#
# Weights that *approximate* any continuous function on a bounded closed set exist.
# Nothing says that training finds them, or that they hold outside.
# :::
#
# :::{popular-answer} A 224 × 224 image into four neurons takes 602,112 parameters.
# :verdict: imprecise
# :question: network-families
# :claims: families-602112, families-602116, families-200708
#
# With three colours and without biases. With biases it is 602,116, and 200,708 in grey.
# :::
#
# :::{popular-answer} A fully connected network throws away spatial information.
# :verdict: imprecise
# :question: network-families
# :claims: families-dense-permutes, families-mlp-indifferent, families-cnn-needs-order
#
# It keeps every number. It does not know which of them are neighbours.
# :::
#
# :::{popular-answer} Sharing weights over time saves parameters and computing.
# :verdict: imprecise
# :question: network-families
# :claims: families-rnn-parameters, families-rnn-work-grows
#
# Parameters, yes. Ten times the steps are ten times the work, one after another.
# :::
#
# :::{popular-answer} LSTMs remember and simple RNNs forget.
# :verdict: imprecise
# :question: network-families
# :claims: families-adding-gates, families-echo-plain, families-echo-gates
#
# On the adding problem. For an echo the simple RNN was right and both with gates were
# not, after as many steps.
# :::
#
# :::{popular-answer} The vanishing gradient is common to all neural networks.
# :verdict: imprecise
# :question: network-families
# :claims: families-rnn-vanishes, families-rnn-explodes, families-rnn-orthogonal-keeps
#
# It is a risk of every long product. Orthogonal weights, skips, normalization and open
# gates avoid it. Such a product may as well explode.
# :::
#
# :::{popular-answer} CNNs apply the convolution operation.
# :verdict: imprecise
# :question: network-families
# :claims: families-layer-correlates, families-layer-does-not-convolve
#
# They correlate: the kernel is not flipped. As it is learned, that does no harm.
# :::
#
# More briefly: that an ANN is made of perceptrons in three layers is loose. A
# perceptron's step has {doc}`no slope to follow <02_one_neuron>`, so trained networks
# have smooth or bent units, and any number of layers. That CNNs know where things are
# holds for their maps; {doc}`global pooling forgets it <18_convolution_and_sharing>`.
# And two sayings this book cannot measure. "LSTMs are especially hard to set up": so is
# every network, and a large study found the learning rate to matter most
# {cite:p}`greff2017lstm`. "CNNs are the hot topic": that has a date, and since
# {cite:t}`dosovitskiy2021image` attention shares the field.
#
# ## In an interview
#
# :::{interview-card} Which families of networks exist, and what does each exploit?
# :id: network-families
# :figure: families-wires
#
# ANN is the umbrella. The *MLP* is dense and has no prior: one hidden layer with a
# non-polynomial activation approximates any continuous function on a compact set, which
# promises neither learning nor extrapolation. The *RBF net* has one layer
# $\exp(-\lVert x-c_k\rVert^2/2\sigma_k^2)$ and a linear output, least squares once
# centres and widths stand; it is local and fails outside the data. The *CNN* has local
# shared kernels (cross-correlation) and is translation equivariant: four 3 × 3 filters
# on RGB cost 112 parameters, four dense units on 224 × 224 × 3 cost 602,112 weights
# (602,116 with biases). The *RNN*, $h_t=\varphi(x_tW+h_{t-1}U+b)$, shares its weights
# over time: parameters do not depend on length, work does, and gradients vanish or
# explode. The *LSTM* adds to its state, $c_t=f_t\odot c_{t-1}+i_t\odot\tilde c_t$:
# memory decays like $\prod f_t$, which mitigates vanishing; exploding still needs
# clipping. The GRU does it with two gates.
# :::
#
# ## Exercises
#
# 1. **Recall.** How many parameters has an LSTM of $n$ units on $m$ inputs? And with 16
#    units on 27 inputs, as in this chapter?
#
#    :::{dropdown} Solution
#    Four times a simple RNN's: $4(mn + n^2 + n)$. Here $4(432 + 256 + 16) = 2{,}816$.
#    :::

# %% tags=["hide-cell"]
counted_lstm = keras.layers.LSTM(16)
counted_lstm.build((None, 20, 27))
claim(
    "families-exercise-lstm-count",
    "Exercise 1: parameters of an LSTM of 16 units on 27 inputs.",
    measured=counted_lstm.count_params(),
    equals=2816,
)

# %% [markdown]
# 2. **By hand.** What is $h_t$ of a GRU whose update gate is 1? And of an LSTM whose
#    forget and output gates are 1 and whose input gate is 0? Give their biases values
#    that do this, and read 20 steps.
#
#    :::{dropdown} Solution
#    The GRU stays at $h_0$, the LSTM at $\tanh(c_0)$. Biases of ±50 will do.
#    :::

# %% tags=["hide-cell"]
keeper, holder = GRU(16), LSTM(16)
noise = random.normal(size=(3, 20, 27)).astype("float32")
h_0, c_0 = random.uniform(-1, 1, size=(2, 3, 16)).astype("float32")
keeper.build(noise.shape)
holder.build(noise.shape)
keeper.cell.bias.assign(np.repeat([[50.0, 0, 0], [0, 0, 0]], 16, axis=1))
holder.cell.bias.assign(np.repeat([-50.0, 50, 0, 50], 16))
kept_h = ops.convert_to_numpy(keeper(noise, initial_state=[h_0]))
held_h = ops.convert_to_numpy(holder(noise, initial_state=[h_0, c_0]))
claim(
    "families-exercise-gates-hold",
    "Exercise 2: change of the GRU's state, and distance of the LSTM's output from "
    "tanh(c₀).",
    measured=[np.abs(kept_h - h_0).max(), np.abs(held_h - np.tanh(c_0)).max()],
    below=1e-4,
)

# %% [markdown]
# 3. **Code.** You have an image and its edges, made with a kernel that you do not know.
#    Find the kernel.
#
#    :::{dropdown} Solution
#    Each edge value is linear in the nine weights, so least squares finds them. Descent
#    finds them too, as in a convolutional layer: filters are learned, not written.
#    :::

# %% tags=["hide-cell"]
patches = np.lib.stride_tricks.sliding_window_view(image, (3, 3)).reshape(-1, 9)
edges = sobel_map.ravel()


def slope_of_kernel(kernel):
    return 2 * patches.T @ (patches @ kernel - edges) / len(edges)


found = [
    np.linalg.lstsq(patches, edges)[0],
    descend(Adam(0.05), slope_of_kernel, np.zeros(9), steps=400)[-1],
]
claim(
    "families-exercise-sobel",
    "Exercise 3: a kernel is found from an image and its edges, by least squares and "
    "by 400 steps of Adam: largest errors.",
    measured=np.abs(found - sobel.ravel()).max(axis=1),
    below=0.05,
)

# %% [markdown]
# 4. **Code.** Add inputs that mean nothing to the wave, 1, 3 and 7 of them, uniform
#    from −3 to 3. Fit 20 bumps to 200 points, widths by `adapt`. What happens?
#
#    :::{dropdown} Solution
#    The mean errors on new points, for 0, 1, 3 and 7 of them, are
#    {glue:text}`families-idle-errors`. Who always says the mean has 0.5. Distances are
#    full of what means nothing.
#    :::

# %% tags=["hide-cell"]


def lost_in_space(idle, seed):
    """Squared error of 20 bumps on the wave with inputs that mean nothing."""
    draw = np.random.default_rng(100 + seed)  # Not the seed of the wave's own x.
    x, y = wave(1200, seed)
    x = np.c_[x, draw.uniform(-3, 3, size=(1200, idle))]
    layer = RBF(20, dtype="float64")
    layer.adapt(x[:200], seed)
    w_out = best_weights(features(layer, x[:200]), y[:200])
    said = features(layer, x[200:]) @ w_out
    return np.mean((said[:, 0] - np.sin(2 * x[200:, 0])) ** 2)


# %% tags=["hide-cell"]
in_space = np.array([[lost_in_space(n, seed) for seed in seeds] for n in (0, 1, 3, 7)])
quote("families-idle-errors", ", ".join(f"{e:.2g}" for e in in_space.mean(axis=1)))
claim(
    "families-exercise-idle-inputs",
    "Exercise 4: error with seven idle inputs in parts of that with none, each seed.",
    measured=in_space[3] / in_space[0],
    above=5,
)

# %% [markdown]
# 5. **Predict, then run.** Unroll a simple RNN over three steps into dense layers. What
#    has to be shared for the two to be the same function?
#
#    :::{dropdown} Solution
#    $W$, $U$ and $b$ of all three steps, and the first state has to be 0.
#    :::

# %% tags=["hide-cell"]
rolled = SimpleRNN(5)
three = random.normal(size=(4, 3, 2)).astype("float32")
by_layer = ops.convert_to_numpy(rolled(three))
W_in, U_back, b_h = rolled.get_weights()
unrolled = np.zeros((4, 5))
for x_step in three.swapaxes(0, 1):
    unrolled = np.tanh(x_step @ W_in + unrolled @ U_back + b_h)
claim(
    "families-exercise-unrolled",
    "Exercise 5: three steps written out are the layer: largest difference.",
    measured=np.abs(unrolled - by_layer).max(),
    below=1e-5,
)

# %% [markdown]
# 6. **Think.** Which family would you try first, and why: a table of patients; the
#    sound of a machine, to notice that something is new; a photo; a log of events, when
#    what counts may lie a thousand events back?
#
#    :::{dropdown} Solution
#    An MLP (or no network at all). Radial units on features of the sound: they are
#    silent far from all examples. A CNN. An LSTM or GRU with open gates, or attention.
#    :::
#
# 7. **Open.** Give the LSTM and the GRU what the echo needs. Which first weights, which
#    rate, how many steps? At what price does the simple RNN's advantage go?
#
#    :::{dropdown} Solution
#    There is no single answer. They can hold it: the candidate may use $U$ as the
#    simple RNN does, with $z$ near 0 and $r$ near 1 in the GRU, $f$ near 0 and $i$ and
#    $o$ near 1 in the LSTM. Give each the same number of trials.
#    :::
#
# ## Further reading
#
# {cite:t}`elman1990finding` finds words in a stream of letters.
# {cite:t}`hochreiter1997long` is the LSTM, {cite:t}`moody1989fast` the fast training of
# radial units, {cite:t}`leshno1993multilayer` the sharp form of the approximation
# theorem. Chapter 10 of {cite:t}`goodfellow2016deep` treats recurrent networks.
#
# :::{parts-used}
# :::
