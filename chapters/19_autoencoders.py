# %% [markdown]
# # Autoencoders: a narrow code keeps what lowers the loss
#
# {doc}`Convolution and parameter sharing <18_convolution_and_sharing>` built what is
# known of images into the layers. Its networks still learned from labels: somebody had
# said which digit each scan shows. Most data have no labels. An autoencoder takes the
# input itself as the right answer, and makes the task hard by a narrow place in the
# middle. This chapter measures what gets through, what that is good for, and which
# networks are called autoencoders and are none.
#
# It answers: **What is an autoencoder, what are its parts, and what are three real
# uses?**

# %%
from functools import partial

import keras
import numpy as np
from keras import ops
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, image_grid, moving_clouds
from dlbook.layers import Dense, SelfAttention, TiedDense, big_bird_mask
from dlbook.measures import input_gradients
from dlbook.models import Autoencoder, side_by_side
from dlbook.optimizers import LBFGS
from dlbook.page import animate, quote, show, table
from dlbook.training import fit_batches, shuffled_batches, train_apart

# %% [markdown]
# ## The idea: describe a point by one number
#
# What can be left out without loss? Take points on half a circle, with a little noise.
# Each has two coordinates. If one knows the circle, one number is enough: the angle. A
# network that has to pass each point through one number must find the circle by itself:
# two inputs, 16 units, **one unit**, 16 units, two outputs. The target is the input.

# %%
seeds = (0, 1, 2)


def half_circle(count, seed, noise=0.05):
    draw = np.random.default_rng(seed)
    angle = draw.uniform(0, np.pi, count)
    points = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return (points + draw.normal(0, noise, (count, 2))).astype("float32")


arc, arc_test = half_circle(300, 0), half_circle(300, 1)
mse = keras.losses.MeanSquaredError()

# %% [markdown]
# Three networks, one for each seed, train side by side. We note what the first makes of
# the points on its way.

# %%
noted_at = (0, 5, 10, 15, 20, 30, 40, 50, 60, 80, 100, 130, 160, 200)
frames = []


def bent(z):
    """tanh, except where the code is: one unit."""
    return z if z.shape[-1] == 1 else ops.tanh(z)


class Note(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        if batch in noted_at:
            made = self.model.networks(arc_test)
            frames.append(ops.convert_to_numpy(made)[:, 0])


rule = keras.optimizers.Adam(0.03)
sizes_of_arc = ([arc] * 3, [arc] * 3, (16, 1, 16), 2)
arc_networks = train_apart(
    *sizes_of_arc, mse, rule, 300, seeds, activation=bent, callbacks=[Note()]
)

# %% [markdown]
# For comparison the best straight line: principal component analysis, *PCA*. It moves
# each point to the nearest place on the line along which the points vary most.

# %%


def principal(x, k):
    """The first k principal components of x, as columns (inputs, k)."""
    covariance = np.cov(x.T, bias=True)
    return np.linalg.eigh(covariance)[1][:, : -k - 1 : -1]  # Largest variance first.


def pca(x, x_new, k):
    """x_new projected on the first k principal components of x."""
    mean, components = x.mean(axis=0, dtype="float64"), principal(x, k)
    return mean + (x_new - mean) @ components @ components.T


def error(x_hat, x):
    return float(np.mean((np.asarray(x_hat) - x) ** 2))


arc_hat = ops.convert_to_numpy(arc_networks(arc_test))  # (points, networks, 2)
frames = [arc_hat[:, 0], *frames, arc_hat[:, 0]]
arc_errors = np.array([error(arc_hat[:, k], arc_test) for k in seeds])
on_line = pca(arc, arc_test, 1)

# %% tags=["hide-input"]
animate(
    moving_clouds(
        {"data": arc_test, "PCA": on_line, "autoencoder": np.array(frames)},
        ["trained", *[f"step {t}" for t in noted_at], "step 300"],
        "$x_1$",
        "$x_2$",
    ),
    "ae-arc",
    caption="Points on half a circle, and what comes back through one number. PCA "
    "returns a straight line. The autoencoder's line bends while it learns.",
    alt=f"A half circle of points. PCA's answers lie on a nearly flat line, with mean "
    f"squared error {error(on_line, arc_test):.3f}. Those of the autoencoder lie on a "
    f"curve that bends to the half circle, with error {arc_errors[0]:.4f}.",
    seconds=8,
)

# %%
claim(
    "ae-arc",
    "Through one number, points on half a circle come back better from an autoencoder "
    "than from PCA: its mean squared error over PCA's, for each seed.",
    measured=arc_errors / error(on_line, arc_test),
    below=0.2,
)

# %% [markdown]
# One number was enough, because the data had one direction to vary in, and it was
# curved. This is what *nonlinear PCA* means {cite:p}`kramer1991nonlinear`.
#
# ## The rule
#
# What are the parts? Three. The *encoder* $e$ turns the input $x$ into the *code* $c$,
# the *decoder* $d$ turns $c$ into the *reconstruction* $\hat x$:
#
# $$
# \begin{aligned}
# c &= e(x), \qquad \hat x = d(c), \\
# L &= \tfrac{1}{M} \lVert x - \hat x \rVert^2
# \end{aligned}
# $$ (eq-autoencoder)
#
# $M$ is the number of inputs. The code is the third part, also called *bottleneck* or
# *latent* representation. $L$ is the *reconstruction loss*; for pixels in [0, 1] it may
# also be the binary cross-entropy. Input and output have one size, the middle is free.
# Nobody gave labels, so people say *unsupervised*. More exactly it is
# *self-supervised*: the target is made from the input.
#
# ```{literalinclude} ../dlbook/models/autoencoder.py
# :pyobject: Autoencoder.call
# :language: python
# :dedent: 4
# ```
#
# ### Keras beside it
#
# Keras has no such model, and needs none: it is dense layers in a row, and `fit(x, x)`.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
ours = Autoencoder(64, 8, units=(64,))
row = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(8),  # the code
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(64),
    ]
)
row.set_weights(ours.get_weights())
same = np.abs(ops.convert_to_numpy(ours(x_test) - row(x_test))).max()

# %%
claim(
    "ae-equals-keras",
    "The autoencoder and four of Keras's dense layers in a row, with the same weights, "
    "return the same reconstructions: largest difference.",
    measured=same,
    below=1e-5,
)

# %% [markdown]
# ## Digits through a few numbers
#
# How small may the code be? We train networks 64–64–$k$–64–64 on the digits, whose
# scans have 64 pixels, with codes of $k = 1$ to 32 numbers. The later sections need
# further networks of this form. All are listed here, and train as one stack.

# %%
sizes, left_edge = (1, 2, 4, 8, 16, 32), [8, 16, 24, 32]


def flickering(x, seed):
    """Digits in which four pixels of the left edge, mostly empty, are random."""
    x = x.copy()
    draw = np.random.default_rng(seed)
    x[:, left_edge] = draw.normal(0, 2, (len(x), 4))
    return x


def noisy(x, seed, deviation=0.3):
    draw = np.random.default_rng(seed)
    return (x + draw.normal(0, deviation, x.shape)).astype("float32")


# %% [markdown]
# The list says for each network what goes in and what should come out.

# %%
lessons = {}  # (purpose, size of the code, seed or digit) → inputs and targets
for seed in seeds:
    for size in sizes:
        lessons["plain", size, seed] = x_train, x_train
    flicker, often = flickering(x_train, seed), np.tile(x_train, (10, 1))
    lessons["flicker", 4, seed] = flicker, flicker
    lessons["denoise", 32, seed] = noisy(often, seed), often
    lessons["sigmoid", 8, seed] = x_train, x_train
for digit in range(5):
    others = x_train[y_train != digit]
    lessons["without", 8, digit] = others, others

# %% [markdown]
# The stack has codes of 32 units. A smaller code is one whose other units are held at
# 0. One kind has a sigmoid on its code; we come to it under compression.

# %%
names = list(lessons)
used = np.array([np.arange(32) < size for _, size, _ in names], "float32")
between_0_and_1 = np.array([kind == "sigmoid" for kind, _, _ in names])


def narrow(z):
    """ReLU in hidden layers; the code is linear, or sigmoid, in its used units."""
    if z.shape[-1] != 32:
        return ops.relu(z)
    c = ops.where(between_0_and_1[:, None, None], ops.sigmoid(z), z)
    return c * used[:, None]


# %% [markdown]
# All 32 train at once, each on batches and from weights of its own.

# %%
steps = 700
rule = keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(0.008, steps))
inputs, targets = zip(*lessons.values(), strict=True)
starts = range(len(names))  # A seed for each network.
widths = ((64, 32, 64), 64)
stack = train_apart(
    inputs, targets, *widths, mse, rule, steps, starts, activation=narrow
)
x_hat = ops.convert_to_numpy(stack(x_test))  # (images, networks, 64)

# %% [markdown]
# Each network is cut out of the stack and becomes an `Autoencoder`. The seeds of one
# purpose and size take turns in it.

# %%
built = {name[:2]: None for name in names}


def network(purpose, size, seed):
    """The trained autoencoder of this name, until another seed takes its place."""
    k, kind = names.index((purpose, size, seed)), (purpose, size)
    model = built[kind] = built[kind] or Autoencoder(64, size, (64,))
    W = [ops.convert_to_numpy(kernel)[k] for kernel in stack.kernels]
    b = [ops.convert_to_numpy(bias)[k, 0] for bias in stack.biases]
    model.encoder.set_weights([W[0], b[0], W[1][:, :size], b[1][:size]])
    model.decoder.set_weights([W[2][:size], b[2], W[3], b[3]])
    return model


def by(model, x):
    return ops.convert_to_numpy(model(np.asarray(x, "float32")))


plain = network("plain", 8, 0)
cut = np.abs(by(plain, x_test) - x_hat[:, names.index(("plain", 8, 0))]).max()

# %% [markdown]
# What does each lose on held-out digits? The first principal components again serve as
# comparison.

# %%
errors = {
    name: error(x_hat[:, k], x_test)
    for k, name in enumerate(names)
    if name[0] in ("plain", "sigmoid")
}
by_size = np.array([[errors["plain", k, s] for k in sizes] for s in seeds])
pca_errors = np.array([error(pca(x_train, x_test, k), x_test) for k in sizes])
in_training = error(by(network("plain", 32, 0), x_train), x_train)
quote("ae-training-at-32", in_training / error(pca(x_train, x_train, 32), x_train))
variance = x_test.var(axis=0).mean()

# %% tags=["hide-input"]
some = [np.argmax(y_test == digit) for digit in range(8)]
narrowest = by(network("plain", 2, 0), x_test)
codes = by(plain.encoder, x_test)
cells = (codes - codes.min(axis=0)) / np.ptp(codes, axis=0)
stages = [x_test, np.kron(cells.reshape(-1, 2, 4), np.ones((4, 2))).reshape(-1, 64)]
stages += [by(plain, x_test), narrowest]
pictures = [np.clip(each[some], 0, 1).reshape(-1, 8, 8) for each in stages]
show(
    image_grid(
        np.concatenate(pictures), [*map(str, range(8)), *[""] * 24], 8, label="ink"
    ),
    "ae-digits",
    caption="First row: held-out digits, 64 numbers each. Second: their codes of 8 "
    "numbers, each scaled to its own range. Third: what the decoder makes of these. "
    "Fourth: what comes back from a code of 2 numbers.",
    alt="Four rows of eight images: digits from 0 to 7; blocks of eight grey cells; "
    "smooth digits that one can read; blurred digits, some of which look like others.",
)

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        {"autoencoder": by_size, "PCA": pca_errors},
        "numbers in the code",
        "mean squared error (ink²)",
        x_scale="log",
        y_scale="log",
        bounds={"variance of the pixels": variance},
        markers=True,
    ),
    "ae-sizes",
    caption="What is lost on held-out digits, by the size of the code; mean and range "
    "of three seeds, and PCA with as many components. The dotted line is the error of "
    "always answering with the mean image.",
    alt="Two falling lines. Autoencoder from "
    f"{by_size[:, 0].mean():.3f} at 1 to {by_size[:, -1].mean():.4f} at 32; PCA from "
    f"{pca_errors[0]:.3f} to {pca_errors[-1]:.4f}.",
)

# %%
claim(
    "ae-network-equals-stack",
    "An autoencoder cut out of the stack returns what the stack returned: largest "
    "difference.",
    measured=cut,
    below=1e-4,
)

# %% [markdown]
# From 8 numbers the digits can be read. Each doubling of the code loses less.

# %%
claim(
    "ae-reconstructs",
    "An autoencoder returns held-out digits from 8 numbers: mean squared error over "
    "the pixels' variance, for each seed.",
    measured=by_size[:, 3] / variance,
    below=0.35,
)
claim(
    "ae-larger-code-loses-less",
    "Each doubling of the code, from 1 number to 32, lowers the error on held-out "
    "digits: error after over error before, mean of three seeds.",
    measured=by_size.mean(axis=0)[1:] / by_size.mean(axis=0)[:-1],
    below=0.9,
)

# %% [markdown]
# The three parts need not be three layers. With one linear layer for each half, an
# autoencoder can do at best what PCA does, as the next section shows. A hidden layer in
# each half does better.

# %%
deeper = by_size[:, [1, 3]] / pca_errors[[1, 3]]
claim(
    "ae-deeper-beats-linear",
    "With 8 numbers, an autoencoder with a hidden layer in each half loses less of a "
    "digit than the best linear one: ratio of errors, for each seed.",
    measured=deeper[:, 1],
    below=0.85,
)
claim(
    "ae-nonlinear-beats-pca",
    "With 2 numbers, an autoencoder with a hidden layer in each half loses less of a "
    "digit than PCA: ratio of errors, mean of three seeds.",
    measured=deeper[:, 0].mean(),
    below=0.95,
)

# %% [markdown]
# Is it always so? At 32 numbers the linear method wins.

# %%
claim(
    "ae-pca-wins-at-32",
    "With 32 numbers PCA loses less of a digit than an autoencoder with a hidden layer "
    "in each half, trained for 700 steps: the autoencoder's error over PCA's, for each "
    "seed.",
    measured=by_size[:, -1] / pca_errors[-1],
    above=1.2,
)

# %% [markdown]
# That is a matter of training, not of what the network could represent. With large
# biases no ReLU bends, and it could do what PCA does. On the training digits too it
# loses {glue:text}`ae-training-at-32` times as much. PCA is solved exactly; our network
# made 700 steps.
#
# ## Without bends it is PCA
#
# What does the simplest autoencoder learn, two linear layers $\hat x = x W V^\top$?
# (Biases only take care of the mean. We subtract it.) Let $D = W V^\top - I$. The loss
# needs no more of the data than their covariance $C$:
#
# $$
# L = \tfrac{1}{M} \operatorname{tr}(D^\top C D)
# $$ (eq-linear-autoencoder)
#
# Baldi and Hornik proved that at every minimum $V$ spans the plane of the first
# principal components, and that all other stationary points of
# {eq}`eq-linear-autoencoder` are saddles {cite:p}`baldi1989neural`. We train it by
# L-BFGS from random weights. If there is only one matrix, it serves as $W$ and as $V$:
# *tied* weights.

# %%
mean = x_train.mean(axis=0, dtype="float64")
C = np.cov(x_train.T, bias=True)


def linear_loss(theta, k):
    """L and ∂L/∂θ, where θ holds W and V (64, k), or one matrix for both."""
    parts = theta.reshape(-1, 64, k)
    W, V = parts[0], parts[-1]
    D = W @ V.T - np.eye(64)
    slopes = [C @ D @ V, D.T @ C @ W]
    if len(parts) == 1:
        slopes = [slopes[0] + slopes[1]]
    return np.sum(D * (C @ D)) / 64, 2 / 64 * np.ravel(slopes)


# %% [markdown]
# Angles tell whether two planes are the same.

# %%


def linear(k, seed, matrices=2, steps=400):
    draw = np.random.default_rng(seed)
    start = draw.normal(0, 0.1, matrices * 64 * k)
    method = LBFGS(steps=steps, tolerance=1e-9)
    theta, _ = method.minimize(lambda theta: linear_loss(theta, k), start)
    parts = theta.reshape(-1, 64, k)
    return parts[0], parts[-1]


def degrees(A, B):
    """The largest angle between the planes that the columns of A and B span."""
    A, B = np.linalg.qr(A)[0], np.linalg.qr(B)[0]
    cosine = np.linalg.svd(A.T @ B, compute_uv=False).min()
    return np.degrees(np.arccos(min(cosine, 1.0)))


# %%
free = [linear(2, seed) for seed in seeds]
tied = [linear(2, seed, matrices=1) for seed in seeds]
components = principal(x_train, 2)
linear_errors = [error((x_test - mean) @ W @ V.T + mean, x_test) for W, V in free]
from_nearest = [
    [min(degrees(V[:, [i]], components[:, [j]]) for j in (0, 1)) for i in (0, 1)]
    for _, V in free
]

# %%
claim(
    "ae-linear-is-pca",
    "A trained linear autoencoder with a code of 2 loses as much of a digit as PCA "
    "does: ratio of errors, for each seed.",
    measured=np.array(linear_errors) / pca_errors[1],
    above=0.98,
    below=1.02,
)
claim(
    "ae-linear-same-plane",
    "The decoder of a linear autoencoder with a code of 2 spans the plane of the first "
    "two principal components: angle between the planes, for each seed.",
    measured=[degrees(V, components) for _, V in free],
    below=2,
    unit="degrees",
)

# %% [markdown]
# Does each unit of the code stand for one component?

# %%
claim(
    "ae-linear-other-axes",
    "The units of a linear autoencoder's code are not the principal components: angle "
    "between a column of the decoder and the nearest component, mean of two columns "
    "and three seeds.",
    measured=np.mean(from_nearest),
    above=4,
    unit="degrees",
)

# %% [markdown]
# No. The plane is the same; the axes in it are arbitrary. $WA$ and $A^{-1} V^\top$
# would do as well for any invertible $A$. Tied weights are less free. As a layer they
# read the encoder's matrix the other way round:
#
# ```{literalinclude} ../dlbook/layers/tied_dense.py
# :pyobject: TiedDense.call
# :language: python
# :dedent: 4
# ```

# %%
encoder, x = Dense(2), keras.Input((64,))
row_of_two = keras.Model(x, Autoencoder(64, 2)(x))
tied_network = keras.Model(x, TiedDense(encoder)(encoder(x)))
W = tied[0][0]
tied_network.set_weights([W, -mean @ W, mean])

# %%
claim(
    "ae-tied-is-pca",
    "With one matrix for both halves, a linear autoencoder with a code of 2 loses as "
    "much of a digit as PCA: ratio of errors.",
    measured=error(by(tied_network, x_test), x_test) / pca_errors[1],
    above=0.98,
    below=1.02,
)

# %%
claim(
    "ae-tied-parameters",
    "A tied linear autoencoder with a code of 2 has 64 · 2 parameters fewer than one "
    "with two matrices.",
    measured=row_of_two.count_params() - tied_network.count_params(),
    equals=128,
)

# %% [markdown]
# Nobody asked the columns of $W$ to be perpendicular. The loss alone makes them so.

# %%
claim(
    "ae-tied-orthonormal",
    "Training alone makes the columns of a tied linear autoencoder's matrix W "
    "perpendicular and of length 1: largest entry of WᵀW − I, for each seed.",
    measured=[np.abs(W.T @ W - np.eye(2)).max() for W, _ in tied],
    below=0.01,
)

# %% [markdown]
# ## Without a bottleneck it copies
#
# Does the middle have to be narrow? With 64 units for 64 pixels the linear network can
# pass everything on. Sixty steps of L-BFGS are enough to see it.

# %%
wide = [linear(64, seed, steps=60) for seed in seeds]
wide_errors = [error((x_test - mean) @ W @ V.T + mean, x_test) for W, V in wide]
claim(
    "ae-wide-copies",
    "With a code as wide as the input a linear autoencoder copies: mean squared error "
    "on held-out digits over that of a code of 2, for each seed.",
    measured=np.array(wide_errors) / pca_errors[1],
    below=0.02,
)

# %% [markdown]
# The loss is nearly 0, and nothing was learned about digits. A wide code needs another
# hardship: noise on the input, or a penalty that keeps most of the code at 0 (*sparse*
# autoencoders) {cite:p}`goodfellow2016deep`.
#
# ## What the code keeps
#
# Does the code hold the most important features? Ask: important to whom? In the images
# of the networks called "flicker", four pixels at the left edge, which are empty in
# nearly all digits, took random values with a deviation of 2. They say nothing about
# the digit. The code has 4 numbers.

# %%
x_flicker = flickering(x_test, 99)


def read_by_neighbours(model, x, x_new):
    """Share of digits that the 5 nearest codes of known digits tell rightly."""
    reader = KNeighborsClassifier(5).fit(by(model.encoder, x), y_train)
    return reader.score(by(model.encoder, x_new), y_test)


clean_codes, flicker_codes = [], []
for seed in seeds:
    clean_codes.append(read_by_neighbours(network("plain", 4, seed), x_train, x_test))
    about = flickering(x_train, seed), x_flicker
    flicker_codes.append(read_by_neighbours(network("flicker", 4, seed), *about))

# %% tags=["hide-input"]
returned = by(network("flicker", 4, 0), x_flicker)
kept = by(network("plain", 4, 0), x_test)
rows = [each[some[:6]] for each in (x_flicker, returned, kept)]
show(
    image_grid(
        np.clip(np.concatenate(rows), -1, 1).reshape(-1, 8, 8),
        [*map(str, range(6)), *[""] * 12],
        columns=6,
        label="ink",
        signed=True,
    ),
    "ae-flicker",
    caption="First row: digits with four flickering pixels at the left edge. Second: "
    "what comes back from a code of 4. The flicker is right, the digit is the mean of "
    "all digits. Third: what a code of 4 returns if nothing flickers. Colours end at "
    "±1.",
    alt="Three rows of six images. In the first two the same four pixels at the left "
    "edge are strongly blue or red; in the second the digit is the same blur each "
    "time. The third row shows blurred but different digits.",
)

# %%
claim(
    "ae-code-of-digits",
    "Codes of 4 numbers tell the digits, though no label was seen: share of held-out "
    "digits that the nearest known codes tell, for each seed.",
    measured=clean_codes,
    above=0.75,
)
claim(
    "ae-code-of-flicker",
    "If four meaningless pixels vary more than the ink, codes of 4 numbers tell the "
    "digits no better than chance (0.1): share told, for each seed.",
    measured=flicker_codes,
    below=0.2,
)

# %% [markdown]
# The code keeps what lowers the loss. With squared error that is variance, meaningful
# or not. Both networks did just what {eq}`eq-autoencoder` asked for.
#
# ## What it is good for
#
# **Dimension reduction** was shown above: fewer numbers for later steps, or two for a
# picture {cite:p}`hinton2006reducing`. Four more uses follow.
#
# ### Denoising
#
# Can it return a clean image from a spoilt one? Let the input be noisy and the target
# clean {cite:p}`vincent2010stacked`: $\min \lVert x - d(e(x + \text{noise})) \rVert^2$.
# Now copying does not help, however wide the code. We compare with a network of the
# same form that never saw noise.

# %%
x_spoilt = [noisy(x_test, 50 + seed) for seed in seeds]
spoilt = np.array([error(x, x_test) for x in x_spoilt])


def after_noise(kind):
    """Errors on noisy digits, for each seed."""
    tries = zip(seeds, x_spoilt, strict=True)
    return [error(by(network(kind, 32, s), x), x_test) for s, x in tries]


untaught, denoised = (np.array(after_noise(kind)) for kind in ("plain", "denoise"))

# %% tags=["hide-input"]
cleaned = by(network("denoise", 32, 0), x_spoilt[0])
triple = [x_test[some], x_spoilt[0][some], cleaned[some]]
show(
    image_grid(
        np.clip(np.concatenate(triple), 0, 1).reshape(-1, 8, 8),
        [*map(str, range(8)), *[""] * 16],
        columns=8,
        label="ink",
    ),
    "ae-denoise",
    caption="First row: held-out digits. Second: with noise of deviation 0.3. Third: "
    "what a denoising autoencoder makes of the second row.",
    alt="Three rows of eight images: clean digits, the same under strong noise, and "
    f"smooth digits. Mean squared error {spoilt[0]:.3f} before and {denoised[0]:.3f} "
    "after.",
)

# %%
claim(
    "ae-denoises",
    "A denoising autoencoder takes most of the noise from held-out digits: error "
    "after over error before, for each seed.",
    measured=denoised / spoilt,
    below=0.5,
)
claim(
    "ae-denoising-is-learned",
    "Learning from noisy inputs is what helps: error of the denoising autoencoder over "
    "that of an equal network trained without noise, on noisy digits, for each seed.",
    measured=denoised / untaught,
    below=0.75,
)

# %% [markdown]
# ### Anomaly detection
#
# Does a large reconstruction error mean that an input is unusual? Each of five networks
# has learned without one of the digits 0 to 4. Is the error larger for the digit it
# does not know? The measure is the *AUC*: how often a random unusual image has a larger
# error than a random usual one (0.5 is chance). We also try digits whose pixels are
# shuffled, and the error of PCA with 8 components instead.

# %%
shuffled = x_test[:, np.random.default_rng(0).permutation(64)]


def auc(returns, usual, unusual):
    """How well the error of `returns(x)` tells unusual images from usual ones."""
    both = np.concatenate([usual, unusual])
    lost = np.mean((returns(both) - both) ** 2, axis=1)
    return roc_auc_score(np.arange(len(both)) >= len(usual), lost)


alarms = []
for digit in range(5):
    model, known = network("without", 8, digit), x_test[y_test != digit]
    unknown, others = x_test[y_test == digit], x_train[y_train != digit]
    by_network = [auc(partial(by, model), known, u) for u in (unknown, shuffled)]
    by_pca = auc(partial(pca, others, k=8), known, unknown)
    alarms.append([*by_network, by_pca])
alarms = np.array(alarms)

# %% tags=["hide-input"]
table(
    [
        {
            "never seen": str(digit),
            "that digit": new,
            "that digit, by PCA": line,
            "shuffled pixels": strange,
        }
        for digit, (new, strange, line) in enumerate(alarms)
    ],
    "ae-anomaly",
    caption="AUC of the reconstruction error, for five networks that each missed one "
    "digit in training.",
)

# %%
claim(
    "ae-anomaly-strange",
    "Digits with shuffled pixels have larger reconstruction errors than digits: AUC, "
    "for each of five networks.",
    measured=alarms[:, 1],
    above=0.95,
)
claim(
    "ae-anomaly-digit",
    "A digit that was never seen in training has larger reconstruction errors than the "
    "others: AUC, mean over five digits.",
    measured=alarms[:, 0].mean(),
    above=0.85,
)

# %%
claim(
    "ae-anomaly-hardest",
    "Of five digits never seen the 1 is found worst: lowest AUC of the other four, "
    "minus that of the 1.",
    measured=np.delete(alarms[:, 0], 1).min() - alarms[1, 0],
    above=0.03,
)
claim(
    "ae-anomaly-over-pca",
    "The error of an autoencoder finds digits never seen better than that of PCA: "
    "difference of the AUC, mean over five digits.",
    measured=(alarms[:, 0] - alarms[:, 2]).mean(),
    above=0.02,
)

# %% [markdown]
# Strange images are found. A new digit is harder, most of all the 1: from the strokes
# of the others a decoder may put together much of it. PCA is fooled more often. A small
# error does not prove that all is well.
#
# ### Compression, counted in bits
#
# Is a short code a small file? A digit has 64 pixels of 17 levels: $64 \log_2 17$ bits.
# Eight numbers as the network holds them, in float32, have 256 bits.

# %%
raw_bits = 64 * np.log2(17)


def entropy(symbols):
    """Bits for each column, if one knows how often each symbol occurs in it; summed."""
    bits = 0.0
    for column in symbols.T:
        share = np.unique(column, return_counts=True)[1] / len(column)
        bits -= np.sum(share * np.log2(share))
    return bits


lossless_bits = entropy(np.round(16 * x_train))

# %% [markdown]
# Raw pixels are not the shortest file either. An *entropy code* gives frequent levels
# short words.

# %%
claim(
    "ae-float-code-saves-nothing",
    "Eight float32 numbers need about as many bits as the raw image of a digit: ratio.",
    measured=8 * 32 / raw_bits,
    above=0.95,
)
claim(
    "ae-lossless-is-shorter",
    "An entropy code for the single pixels, without any network and without loss, "
    "needs fewer bits than eight float32 numbers: ratio.",
    measured=lossless_bits / 256,
    below=0.8,
)

# %% [markdown]
# So this code compresses only if its numbers are rounded: *quantised*. A sigmoid keeps
# them in (0, 1). We round them to $2^b$ levels and look what the decoder makes of them.
# PCA with 8 components gets the same treatment, over the range it has in training.

# %%


def quantised(c, bits, low=0.0, high=1.0):
    levels = 2**bits - 1
    q = np.round(np.clip((c - low) / (high - low), 0, 1) * levels)
    return low + q / levels * (high - low)


def errors_of_rounded(seed):
    """Errors on held-out digits by the bits of a code, and the entropy at 4 bits."""
    model = network("sigmoid", 8, seed)
    c = 1 / (1 + np.exp(-by(model.encoder, x_test)))
    lost = [error(by(model.decoder, quantised(c, b)), x_test) for b in depths]
    return lost, entropy(quantised(c, 4))


depths = (1, 2, 3, 4, 5, 6, 8, 32)
rounded, code_bits = zip(*[errors_of_rounded(seed) for seed in seeds], strict=True)
rounded = np.array(rounded)
exact = np.array([errors["sigmoid", 8, seed] for seed in seeds])

# %%
eight = principal(x_train, 8)
scores, scores_test = ((x - mean) @ eight for x in (x_train, x_test))
ends = scores.min(axis=0), scores.max(axis=0)
rounded_pca = [
    error(mean + quantised(scores_test, b, *ends) @ eight.T, x_test) for b in depths
]
quote("ae-raw-bits", raw_bits)
quote("ae-lossless-bits", lossless_bits)
quote("ae-code-bits", np.mean(code_bits))

# %% tags=["hide-input"]
show(
    curves(
        [8 * b for b in depths],
        {"autoencoder, code of 8": rounded, "PCA, 8 components": rounded_pca},
        "bits for an image",
        "mean squared error (ink²)",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "ae-bits",
    caption="Rate and distortion: eight numbers of 1 to 8 bits, or of 32. The raw "
    f"image has {raw_bits:.0f} bits. Mean and range of three seeds.",
    alt="Two lines fall steeply up to 24 bits and are flat from 32 on. At 32 bits: "
    f"autoencoder {rounded[:, 3].mean():.4f}, PCA {rounded_pca[3]:.4f}.",
)

# %%
claim(
    "ae-four-bits-are-enough",
    "An autoencoder's code of eight numbers of 4 bits does nearly as well as one of 32 "
    "bits each: ratio of the errors on held-out digits, for each seed.",
    measured=rounded[:, 3] / exact,
    below=1.1,
)
claim(
    "ae-one-bit-is-not",
    "An autoencoder's code of eight numbers of 1 bit loses much more of a held-out "
    "digit than one of 32 bits each: ratio of errors, for each seed.",
    measured=rounded[:, 0] / exact,
    above=2,
)
claim(
    "ae-bits-no-lead",
    "With eight numbers of 4 bits PCA does about as well as the autoencoder: the "
    "autoencoder's error on held-out digits over PCA's, mean of three seeds.",
    measured=rounded[:, 3].mean() / rounded_pca[3],
    above=0.85,
    below=1.15,
)

# %% [markdown]
# 32 bits instead of {glue:text}`ae-raw-bits`, with a loss. PCA does about as well at
# that size: this sigmoid code has no lead. With an entropy code the rounded codes need
# {glue:text}`ae-code-bits` bits, and the raw pixels, without loss,
# {glue:text}`ae-lossless-bits`. The decoder itself has to be sent once
# too. Learned image compression trains network, rounding and entropy code together
# {cite:p}`balle2017end`.
#
# ### Pre-training
#
# The encoder has seen many images without labels. Put a small classifier on its code,
# and it can learn from a few labels. An exercise below measures what this brings on the
# digits.
#
# ## What is not an autoencoder
#
# Are Transformers made of autoencoders, because they have an "encoder" and a "decoder"?
# The words are the same, the thing is not. A Transformer is a stack of blocks of
# *attention* and dense layers {cite:p}`vaswani2017attention`. It works on a sequence of
# $n$ vectors $x_1, \dots, x_n$, the *tokens*. In attention, each place $i$ asks all
# others, and takes a mean of what they hold, weighted by how well each fits:
#
# $$
# s_{ij} = \frac{q_i \cdot k_j}{\sqrt{d_k}}, \qquad
# a_{ij} = \frac{e^{s_{ij}}}{\sum_{j'} e^{s_{ij'}}}, \qquad
# y_i = \sum_j a_{ij} v_j
# $$ (eq-attention)
#
# Query $q_i$, key $k_j$ and value $v_j$ are linear maps of $x_i$ and $x_j$, and $d_k$
# is the length of $q$ and $k$. Several such *heads* are added up after a linear map
# each. In the code they are the axis `h`; the letter `d` there runs over the numbers of
# a $v$:
#
# ```{literalinclude} ../dlbook/layers/self_attention.py
# :pyobject: SelfAttention.call
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/layers/self_attention.py
# :pyobject: SelfAttention._weights
# :language: python
# :dedent: 4
# ```
#
# A *mask* says which pairs are allowed. With a *causal* mask a place sees only itself
# and what is before. A text generator is built so: it adds one token after the other.
# **Big Bird** lets each place see a few neighbours, a few random places and some
# *global* places that see all and are seen by all {cite:p}`zaheer2020big`.

# %%
big_bird = {"block_size": 1, "window": 3, "global_blocks": 1, "random_blocks": 1}
tokens = np.random.default_rng(0).normal(size=(2, 24, 6)).astype("float32")
causal = np.tril(np.ones((24, 24), bool))
sparse = big_bird_mask(24, **big_bird)


def gap_to_keras(words, **of_call):
    """Largest difference between self-attention and Keras's, with the same weights."""
    ours, theirs = SelfAttention(3, 4, **words), keras.layers.MultiHeadAttention(3, 4)
    ours.build(tokens.shape)
    theirs.build(tokens.shape, tokens.shape)
    draw = np.random.default_rng(1)
    drawn = [draw.normal(0, 0.5, w.shape) for w in ours.weights]
    ours.set_weights(drawn)
    theirs.set_weights(drawn)
    y = theirs(tokens, tokens, **of_call)
    return np.abs(ops.convert_to_numpy(ours(tokens) - y)).max()


# %%
claim(
    "ae-attention-equals-keras",
    "Self-attention by hand equals Keras's MultiHeadAttention, with all pairs, causal, "
    "and with Big Bird's mask: largest difference.",
    measured=[
        gap_to_keras({}),
        gap_to_keras({"causal": True}, use_causal_mask=True),
        gap_to_keras({"big_bird": big_bird}, attention_mask=sparse[None]),
    ],
    below=1e-5,
)

# %% tags=["hide-input"]
masks = {"all pairs": np.ones((24, 24)), "causal": causal, "Big Bird": sparse}
counts = {name: int(mask.sum()) for name, mask in masks.items()}
show(
    image_grid(
        list(masks.values()),
        [f"{name}: {counts[name]}" for name in masks],
        columns=3,
        label="allowed",
    ),
    "ae-masks",
    caption="Who may look at whom among 24 places, and how many pairs that makes. A "
    "row is the place that asks, a column the place that is asked. Big Bird: the "
    "diagonal and its neighbours, the first place as the global one, and one random "
    "place for each row.",
    alt="Three squares of 24 by 24 cells: all filled; filled up to the diagonal; and a "
    "filled first row, first column and band along the diagonal with single cells. "
    + ", ".join(f"{name} {counts[name]} pairs" for name in counts)
    + ".",
)

# %% [markdown]
# ### What does it cost, and who is out of reach?
#
# Each pair that is allowed has a weight $a_{ij}$ above 0. We count them in sequences of
# 16 to 1,024 places. (Our layer computes all and hides the rest: it shows what Big Bird
# learns, not what it saves.) Who is not seen directly may be reached over a third
# place, in two steps.

# %%
lengths = 2 ** np.arange(4, 11)
sequence = np.random.default_rng(0).normal(size=(1, 1024, 6)).astype("float32")
over_all, over_some = SelfAttention(1, 16), SelfAttention(1, 16, big_bird=big_bird)


def pairs(layer):
    """How many weights a are not 0, for each length."""
    layer.build(sequence.shape)
    weights = [layer.attention_weights(sequence[:, :n]) for n in lengths]
    return np.array([np.count_nonzero(ops.convert_to_numpy(a)) for a in weights])


pairs_of_all, pairs_of_some = pairs(over_all), pairs(over_some)
m = big_bird_mask(256, **big_bird).astype(float)
out_of_reach = int((m @ m == 0).sum())

# %% tags=["hide-input"]
show(
    curves(
        lengths,
        {"all pairs": pairs_of_all, "Big Bird": pairs_of_some},
        "places in the sequence, n",
        "weights above 0",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "ae-pairs",
    caption="How many pairs of places have a weight, by the length of the sequence.",
    alt=f"Two straight lines. All pairs rise to {pairs_of_all[-1]:,} at 1,024 places, "
    f"Big Bird's to {pairs_of_some[-1]:,}.",
)

# %%
claim(
    "ae-big-bird-linear",
    "From 256 to 512 places Big Bird's pairs about double: ratio.",
    measured=pairs_of_some[5] / pairs_of_some[4],
    below=2.2,
)
claim(
    "ae-attention-square",
    "From 256 to 512 places full attention has four times the pairs: ratio.",
    measured=pairs_of_all[5] / pairs_of_all[4],
    equals=4,
)

# %% [markdown]
# With all pairs the cost grows as $n^2$, with Big Bird as $n$. Is anybody out of reach?

# %%
claim(
    "ae-big-bird-two-steps",
    "Over two layers of Big Bird every place of 256 reaches every other: pairs out of "
    "reach.",
    measured=out_of_reach,
    equals=0,
)

# %% [markdown]
# ### A small one of each
#
# What do they return? Our task is a small reading comprehension. Each of 16 tokens
# holds one of four letters; one token is marked. Every place has to name the marked
# letter. We train a Transformer of one block on all pairs, and a Big Bird of two.
# Common blocks also normalise each vector and tell the places apart. Ours are shallow,
# and in our task order does not matter.

# %%


def quiz(count, places, seed):
    """Tokens (count, places, 5): letter one-hot, mark; and the marked letter."""
    draw = np.random.default_rng(seed)
    letters = draw.integers(4, size=(count, places))
    at = np.arange(count), draw.integers(places, size=count)
    x = np.zeros((count, places, 5), "float32")
    x[..., :4] = np.eye(4)[letters]
    x[(*at, 4)] = 1
    return x, letters[at], at[1]


# %%


def transformer(depth, places, pattern):
    x = keras.Input((places, 5))
    h = keras.layers.Dense(16)(x)  # (batch, places, 16)
    for _ in range(depth):
        h = h + SelfAttention(1, 16, use_bias=False, big_bird=pattern)(h)
        inner = keras.layers.Dense(32, activation="relu")(h)
        h = h + keras.layers.Dense(16)(inner)
    return keras.Model(x, keras.layers.Dense(4)(h))


# %%


def lesson(y, z):
    """Cross-entropy, mean over the places, summed over the networks."""
    y = ops.broadcast_to(ops.reshape(y, (-1, 1, 1)), ops.shape(z)[:3])
    losses = keras.losses.sparse_categorical_crossentropy(y, z, from_logits=True)
    return ops.sum(ops.mean(losses, axis=2), axis=1)


x_quiz, y_quiz, _ = quiz(32 * 130, 16, 0)
keras.utils.set_random_seed(0)
pair = [transformer(1, 16, None), transformer(2, 16, big_bird)]
both = side_by_side(pair)
rule = keras.optimizers.Adam(0.01)
both.compile(rule, lesson, steps_per_execution=65)
rule.build(both.trainable_variables)
blank = [ops.convert_to_numpy(state) for state in rule.variables]

# %% [markdown]
# Each seed deals the first weights of every array anew, and the training starts again.

# %%
x_asked, y_asked, _ = quiz(400, 16, 1)
right, start = [], both.get_weights()
for seed in seeds:
    draw = np.random.default_rng(seed)
    both.set_weights([draw.permuted(w.ravel()).reshape(w.shape) for w in start])
    for state, value in zip(rule.variables, blank, strict=True):
        state.assign(value)
    fit_batches(both, x_quiz, y_quiz, shuffled_batches(len(x_quiz), 1, 32))
    answers = ops.convert_to_numpy(both(x_asked)).argmax(axis=-1)
    right.append((answers == y_asked[:, None, None]).mean(axis=(0, 2)))
full, bird = np.transpose(right)

# %%
claim(
    "ae-transformer-answers",
    "A Transformer of one block learns to name the marked letter at all 16 places: "
    "share of right answers, for each seed.",
    measured=full,
    above=0.95,
)
claim(
    "ae-big-bird-answers",
    "A Big Bird of two blocks learns to name the marked letter at all 16 places: share "
    "of right answers, for each seed.",
    measured=bird,
    above=0.8,
)

# %% [markdown]
# Why two blocks? We give the trained weights of the one-block Transformer to a Big Bird
# of one block. Places that see the marked token should answer, the others can only
# guess. We also use the weights on sequences of 48 tokens.

# %%


def answered(pattern, places):
    """Right answers (quizzes, places) with the weights that were trained on 16."""
    model = transformer(1, places, pattern)
    model.set_weights(pair[0].get_weights())
    x, y, at = quiz(400, places, 2)
    return by(model, x).argmax(axis=-1) == y[:, None], at


one_block, at = answered(big_bird, 16)
sees = big_bird_mask(16, **big_bird)[:, at].T  # (quizzes, places)
longer, _ = answered(None, 48)

# %%
claim(
    "ae-one-block-direct",
    "A Transformer of one block behind Big Bird's pattern names the marked letter "
    "where its token is seen directly: share of right answers.",
    measured=one_block[sees].mean(),
    above=0.9,
)
claim(
    "ae-one-block-guesses",
    "A Transformer of one block behind Big Bird's pattern guesses (1 of 4) where the "
    "marked token is not seen: share of right answers.",
    measured=one_block[~sees].mean(),
    above=0.15,
    below=0.35,
)

# %% [markdown]
# No weight belongs to a place. So the weights fit sequences of any length.

# %%
claim(
    "ae-transformer-any-length",
    "A Transformer's weights, trained on 16 tokens, name the marked letter among 48: "
    "share of right answers.",
    measured=longer.mean(),
    above=0.9,
)

# %% [markdown]
# ### Where is the bottleneck?
#
# An autoencoder must forget: at a code of 8, only 8 directions of its 64 inputs can
# move its output. We count them. The derivatives of all outputs by all inputs make a
# matrix, the Jacobian. Its singular values say how much gets through in each direction.
# What is below a 100,000th of the largest is rounding, and counts as nothing.

# %%


def directions(function, x):
    """How many directions of the input x move the outputs."""
    outputs = by(function, x[None]).size

    def one_each(copies):  # Of copy i only output i counts: its gradient is row i.
        y = ops.reshape(function(copies), (outputs, outputs))
        return ops.sum(y * np.eye(outputs, dtype="float32"))

    J = input_gradients(one_each, np.repeat(x[None], outputs, axis=0))
    sigma = np.linalg.svd(J.reshape(outputs, -1), compute_uv=False)
    return int((sigma > 1e-5 * sigma[0]).sum())


# %%
hidden = [keras.Model(model.input, model.layers[-2].output) for model in pair]
through = {
    "autoencoder, code of 8": (directions(plain, x_test[0]), 64, 8),
    "Transformer": (directions(hidden[0], x_asked[0]), 80, 256),
    "Big Bird": (directions(hidden[1], x_asked[0]), 80, 256),
}

# %% tags=["hide-input"]
table(
    [
        {
            "network": name,
            "inputs": total,
            "inside": inside,
            "through": found,
        }
        for name, (found, total, inside) in through.items()
    ],
    "ae-directions",
    caption="How many directions of the input get through a trained network. Inside: "
    "numbers of the code, or of what the last block returns, 16 places of 16 numbers.",
)

# %%
claim(
    "ae-code-lets-through",
    "An autoencoder with a code of 8 numbers lets 8 of 64 directions of its input "
    "through: directions.",
    measured=through["autoencoder, code of 8"][0],
    equals=8,
)
claim(
    "ae-no-bottleneck",
    "A trained Transformer and a trained Big Bird let most of the 80 directions of "
    "their input through to their last block: directions.",
    measured=[through["Transformer"][0], through["Big Bird"][0]],
    above=60,
)

# %% [markdown]
# Nor is the width fixed. An autoencoder's code has one size, whatever goes in. What
# attention returns is as long as the sequence.

# %%
short, long = (by(over_all, sequence[:, :n]).size for n in (16, 512))
claim(
    "ae-attention-grows",
    "The output of self-attention grows with the sequence: numbers that are returned "
    "for 512 places over those for 16.",
    measured=long / short,
    equals=32,
)

# %% [markdown]
# So $n$ tokens become $n$ vectors, and no code of fixed size is in between. A text
# summariser does not press the text into one vector either: its decoder looks at all
# $n$ vectors of its encoder while it writes. One thing is related. *Masked language
# models* such as BERT hide some words and learn to fill them in
# {cite:p}`devlin2019bert`. That **objective** is like denoising. The network it trains
# is a Transformer.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} An autoencoder has three layers.
# :verdict: imprecise
# :question: autoencoders
# :claims: ae-deeper-beats-linear, ae-nonlinear-beats-pca
#
# It has three *parts*. Each may have many layers, and a hidden layer in each half
# brought the error at a code of 8 to {glue:text}`ae-deeper-beats-linear` of the best
# linear one.
# :::
#
# :::{popular-answer} The code holds the most important features.
# :verdict: imprecise
# :question: autoencoders
# :claims: ae-code-of-digits, ae-code-of-flicker
#
# It holds what lowers the loss. Four flickering pixels pushed the digit out of the
# code: {glue:text}`ae-code-of-flicker` were still told rightly.
# :::
#
# :::{popular-answer} Only input and output must have equal size; the middle is free.
# :verdict: right
# :question: autoencoders
# :claims: ae-wide-copies
#
# But a middle that is wide and unrestricted lets the network copy.
# :::
#
# :::{popular-answer} It is a nonlinear counterpart of PCA.
# :verdict: right
# :question: autoencoders
# :claims: ae-arc, ae-linear-is-pca, ae-linear-same-plane, ae-linear-other-axes
#
# Without nonlinearity it finds PCA's plane, though not its axes.
# :::
#
# :::{popular-answer} Image compression is a use of autoencoders.
# :verdict: imprecise
# :question: autoencoders
# :claims: ae-float-code-saves-nothing, ae-four-bits-are-enough
#
# With quantisation and an entropy code, yes. Eight float32 numbers are as long as the
# raw digit.
# :::
#
# :::{popular-answer} Transformers and Big Bird are built from autoencoders.
# :verdict: wrong
# :question: autoencoders
# :claims: ae-no-bottleneck, ae-attention-grows, ae-transformer-any-length
#
# They are stacks of attention and dense layers, without a code of fixed size and
# without a reconstruction loss.
# :::
#
# ## What we saw
#
# - An autoencoder learns to return its input through a code. On a half circle one
#   number was enough.
# - Linear, it finds PCA's plane. With hidden layers it lost less in a small code, and
#   more in a large one, where it was not trained to the end.
# - Wide and unrestricted, it copies. Fed with noise, it learns to clean.
# - The code keeps what varies, whether it means something or not.
# - A large reconstruction error betrays strange inputs, and new but similar ones less
#   surely.
# - It compresses once its code is rounded.
# - Transformers pass $n$ vectors on. Big Bird saves pairs, and needs two layers to
#   reach everyone.
#
# ## In an interview
#
# :::{interview-card} What is an autoencoder, its parts, and three real uses?
# :id: autoencoders
# :figure: ae-digits
#
# An encoder maps the input to a code (bottleneck, latent), $c = e(x)$, often written
# $z$; a decoder maps it back, $\hat x = d(c)$. Trained to minimise
# $\lVert x - d(e(x)) \rVert^2$, or binary cross-entropy: the targets are the inputs, so
# self-supervised. Three parts, each of any depth. Without a bottleneck, noise or a
# penalty it can learn the identity. Linear with squared error, it spans PCA's subspace;
# nonlinear, it is a nonlinear PCA. The code keeps what lowers the loss, not what is
# meaningful. Uses: dimension reduction, denoising, anomaly detection by reconstruction
# error, compression (with quantisation and entropy coding), pre-training. Transformers
# and Big Bird are stacks of attention, not of autoencoders; only the masked-word
# objective resembles denoising.
# :::
#
# ## Exercises
#
# 1. **Recall.** How many parameters has the network 64–64–8–64–64?
#
#    :::{dropdown} Solution
#    $64 \cdot 64 + 64$, $64 \cdot 8 + 8$, $8 \cdot 64 + 64$ and $64 \cdot 64 + 64$:
#    9,416.
#    :::

# %% tags=["hide-cell"]
claim(
    "ae-exercise-parameters",
    "Exercise 1: parameters of the autoencoder 64–64–8–64–64.",
    measured=ours.count_params(),
    equals=9416,
)

# %% [markdown]
# 2. **By hand.** A grey image has 28 × 28 pixels of 8 bits. How many float32 numbers
#    may a code have at most, to be shorter? And how many numbers of 4 bits?
#
#    :::{dropdown} Solution
#    $28 \cdot 28 \cdot 8 = 6{,}272$ bits are 196 float32 numbers, so at most 195; or
#    1,568 numbers of 4 bits, so at most 1,567, nearly two for each pixel.
#    :::
#
# 3. **Predict, then run.** Multiply the linear encoder by a random invertible matrix
#    $A$ and the decoder by its inverse. What happens to the code, and to the
#    reconstruction?
#
#    :::{dropdown} Solution
#    The code becomes another, $cA$; the reconstruction stays, as
#    $W A A^{-1} V^\top = W V^\top$. A single unit of a code has no meaning of its own.
#    :::

# %% tags=["hide-cell"]
W, V = free[0]
A = np.random.default_rng(0).normal(size=(2, 2))
before, after = (x_test - mean) @ W, (x_test - mean) @ W @ A
claim(
    "ae-exercise-same-reconstruction",
    "Exercise 3: largest change of a linear autoencoder's reconstruction when its code "
    "is multiplied by a matrix and the decoder by the inverse.",
    measured=np.abs(after @ np.linalg.inv(A) @ V.T - before @ V.T).max(),
    below=1e-8,
)
claim(
    "ae-exercise-other-code",
    "Exercise 3: the same product changes the code: length of the change over that of "
    "the code.",
    measured=np.linalg.norm(after - before) / np.linalg.norm(before),
    above=0.1,
)

# %% [markdown]
# 4. **Code.** *Pre-training.* Only 30 of the training digits have labels, three of
#    each. Compare linear classifiers on a code of 16 numbers that was learned from all
#    images without labels, on the code of an untrained network, and on the 64 pixels.
#
#    :::{dropdown} Solution
#    Accuracy on the learned code minus that on the untrained one:
#    {glue:text}`ae-exercise-pretraining`, mean over three draws of the 30. Minus that
#    on pixels: {glue:text}`ae-exercise-over-pixels`. Pre-training helped the network,
#    but the pixels of these digits are easy to read already.
#    :::

# %% tags=["hide-cell"]


def read_from_few(encode, seed):
    """Accuracy of a linear classifier of encode(x) that learned from 30 labels."""
    draw = np.random.default_rng(seed)
    of_each = [draw.choice(np.flatnonzero(y_train == d), 3, False) for d in range(10)]
    few, c_train = np.concatenate(of_each), encode(x_train)
    c, c_test = (
        (encode(x) - c_train.mean(axis=0)) / c_train.std()
        for x in (x_train[few], x_test)
    )
    reader = LogisticRegression(max_iter=500).fit(c, y_train[few])
    return reader.score(c_test, y_test)


# %% tags=["hide-cell"]
from_few = []
for seed in seeds:
    learned, fresh = network("plain", 16, seed), Autoencoder(64, 16, (64,), seed=seed)
    encoders = [partial(by, learned.encoder), partial(by, fresh.encoder), np.asarray]
    from_few.append([read_from_few(encode, seed) for encode in encoders])
points = 100 * np.mean(from_few, axis=0)

quote("ae-exercise-over-pixels", f"{points[0] - points[2]:+.1f} points")
claim(
    "ae-exercise-pretraining",
    "Exercise 4: accuracy from 30 labels on a learned code of 16 numbers minus that on "
    "the code of an untrained network, mean of three seeds.",
    measured=points[0] - points[1],
    above=8,
    unit="points",
)

# %% [markdown]
# 5. **Code.** Take Big Bird's global and random places away, so that only the window of
#    3 is left. How many layers does it take until each of 64 places depends on all?
#
#    :::{dropdown} Solution
#    A layer carries news one place further, and the ends are 63 apart: 63 layers. One
#    global place makes it two.
#    :::

# %% tags=["hide-cell"]


def layers_needed(**kinds):
    mask = big_bird_mask(64, block_size=1, window=3, **kinds).astype(int)
    reach, layers = mask, 1
    while not reach.all():
        reach, layers = (reach @ mask > 0).astype(int), layers + 1
    return layers


# %% tags=["hide-cell"]
claim(
    "ae-exercise-window",
    "Exercise 5: layers of attention until 64 places reach each other by a window of 3 "
    "alone.",
    measured=layers_needed(global_blocks=0, random_blocks=0),
    equals=63,
)
claim(
    "ae-exercise-global",
    "Exercise 5: layers of attention until 64 places reach each other by a window of 3 "
    "and one global place.",
    measured=layers_needed(global_blocks=1, random_blocks=0),
    equals=2,
)

# %% [markdown]
# 6. **Think.** Draw a random code and decode it. Do you get a new digit?
#
#    :::{dropdown} Solution
#    Not reliably. The loss speaks only of codes of real images; between and beside them
#    the decoder may do anything. Generative models, such as variational autoencoders,
#    also train the distribution of the codes.
#    :::
#
# 7. **Open.** The flickering pixels won because squared error counts variance. Find a
#    loss, or a way to prepare the data, with which they would not. When would yours
#    lose something that matters?
#
#    :::{dropdown} Solution
#    There is no single answer. Scaling each pixel to deviation 1 weakens the flicker,
#    and makes specks in the corner as heavy as strokes. Predicting hidden parts from
#    the rest drops what cannot be predicted, flicker included. Labels say it outright.
#    :::
#
# ## Further reading
#
# Chapter 14 of {cite:t}`goodfellow2016deep` is about autoencoders of all kinds.
# {cite:t}`baldi1989neural` treat the linear case and {cite:t}`kramer1991nonlinear` the
# nonlinear one, {cite:t}`hinton2006reducing` made deep ones train, and
# {cite:t}`vincent2010stacked` denoise. The Transformer is from
# {cite:t}`vaswani2017attention`, the sparse pattern from {cite:t}`zaheer2020big`.
#
# :::{parts-used}
# :::
