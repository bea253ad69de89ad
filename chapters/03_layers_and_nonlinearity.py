# %% [markdown]
# # Without a bend between them, many layers are one
#
# {doc}`One neuron <02_one_neuron>` draws one straight line, and cannot learn XOR. A
# second row of neurons behind the first helps, but only if something stands between the
# rows that is not straight.
#
# This chapter answers six questions:
#
# - **What is an artificial neural network as a mathematical object?**
# - **How are layers put together, and what does each part contribute?**
# - **Why do networks need activation functions at all?**
# - **What is left of a deep network when they are removed?**
# - **How do sigmoid, tanh, ReLU and leaky ReLU behave, and when is each used?**
# - **What is an activation function for, and how does softmax fit in?**

# %%
from itertools import pairwise

import keras
import numpy as np
from keras import ops
from sklearn.datasets import load_diabetes, make_circles

from dlbook.activations import gelu, leaky_relu, relu, sigmoid, softmax, tanh
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, decision_regions, moving_plane
from dlbook.measures import (
    activation_gradients,
    calibration_error,
    gradients,
    jacobian,
    median_times,
    reliability,
)
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam
from dlbook.page import animate, show
from dlbook.training import descend, fit_batches, shuffled_batches, train_apart

# %% [markdown]
# ## The idea: fold the plane
#
# *How can a second layer do what one neuron cannot?* XOR has four points: $(0, 0)$ and
# $(1, 1)$ belong to class 0, $(0, 1)$ and $(1, 0)$ to class 1. Two neurons look at
# them. Both compute $x_1 + x_2$; the second subtracts 1. Then comes the bend: whatever
# is negative becomes 0. A third neuron reads the two results $h$. These weights are
# from {cite:t}`goodfellow2016deep`, section 6.1.

# %%
corners = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
xor = np.array([0, 1, 1, 0])
W, b = np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([0.0, -1.0])
w = np.array([1.0, -2.0])


def affine(x):
    return x @ W + b


def bend(z):
    return np.maximum(z, 0)


# %% tags=["hide-input"]
animate(
    moving_plane(
        {"1. the affine map: x W + b": affine, "2. the bend: max(0, z)": bend},
        corners,
        xor,
        side=(-0.25, 1.25),
        limits=((-0.9, 2.7), (-1.7, 1.7)),
        frames=7,
        pause=2,
        cut=(w, -0.5),
    ),
    "layers-fold",
    caption="A plane before it goes through a layer of two neurons. First the affine "
    "map presses it onto a slanted line, on which class 1 lies between the points of "
    "class 0. Then the bend folds the lower end up. Now one straight cut is enough: "
    "the tinted side is what the third neuron calls class 1.",
    alt="A square grid with four marked corners is pressed onto a line, then folded at "
    "zero. At the end the two points of class 1 lie together at (1, 0), the others at "
    "(0, 0) and (2, 1), and a straight line separates the classes.",
    seconds=5,
)

# %% [markdown]
# The last neuron computes $h_1 - 2 h_2$, and it is right at all four points. What if we
# leave the bend out? For every affine function, a weighted sum plus a constant, the
# values on opposite corners of a square have equal sums:
# $f(0,0) + f(1,1) = f(0,1) + f(1,0)$. XOR needs $0$ and $2$ there. The difference of
# the two sums tells whether anything has been bent.

# %%


def corner_sums_differ(f):
    values = f(corners)
    return abs(values[0] + values[3] - values[1] - values[2])


claim(
    "layers-xor-by-hand",
    "With the bend, three neurons compute XOR: largest error at the four points.",
    measured=np.abs(bend(affine(corners)) @ w - xor).max(),
    equals=0,
)
claim(
    "layers-xor-without-bend",
    "Without the bend, the neurons that compute XOR treat opposite corners alike: "
    "difference of the sums, which is 2 for XOR.",
    measured=corner_sums_differ(lambda x: affine(x) @ w),
    equals=0,
)

# %% [markdown]
# The layer moved the points to where one line is enough.
#
# ## The rule: a layer, and layers in a row
#
# *What is a network, written down?* A function $f_\theta$ of the input $x$, with
# weights $\theta$ that training changes to lower a loss. A *dense layer* of $n$ units
# multiplies its $m$ inputs by a matrix $W$ of $m \times n$ weights, adds $n$ biases
# $b$, and bends each result by an activation $\varphi$:
#
# $$
# h_0 = x, \qquad z_l = h_{l-1} W_l + b_l, \qquad h_l = \varphi(z_l),
# \qquad \hat y = h_L W_{L+1} + b_{L+1}
# $$ (eq-layers)
#
# Every part has one task:
#
# - The **input layer** is $x$ itself. It has no weights, and only says how many numbers
#   come in.
# - A **hidden layer** describes the example anew, by numbers that training has chosen.
# - A **weight** says by how much one unit moves the next: $\partial z_j / \partial h_i
#   = W_{ij}$. A **bias** shifts the place of the bend. The **activation** is the bend.
# - The **output layer** fits the task: as many units as numbers are wanted, in the
#   right range. No activation suits a quantity, sigmoid a yes or no, softmax (below)
#   one class of several. With the loss it says what the network is to do.
#
# Layers need not be dense, nor stand in a row. A *convolution* connects a unit to a
# small patch only, with the same weights at every place. A *residual* layer, which we
# meet below, adds its input to its output.
#
# ```{literalinclude} ../dlbook/models/mlp.py
# :pyobject: mlp
# :language: python
# ```
#
# ## Keras beside it
#
# *Does Keras compute {eq}`eq-layers`?* We write the formula as a loop and compare it
# with a network of three hidden layers on handwritten digits. Then we count.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
network = mlp(64, (32, 32, 32), 10, activation=tanh)
arrays = [array.astype("float64") for array in network.get_weights()]

h = x_test
for kernel, bias in zip(arrays[:-2:2], arrays[1:-2:2], strict=True):
    h = np.tanh(h @ kernel + bias)  # (images, 32)
y_hat = h @ arrays[-2] + arrays[-1]  # (images, 10)

# %%
by_keras = ops.convert_to_numpy(network(x_test))
claim(
    "layers-loop-is-keras",
    "A network computed by a loop over its layers gives what Keras gives: largest "
    "difference over the largest output.",
    measured=np.abs(y_hat - by_keras).max() / np.abs(by_keras).max(),
    below=1e-5,
)
widths = [64, 32, 32, 32, 10]
formula = sum(m * n + n for m, n in pairwise(widths))
claim(
    "layers-count",
    "Layers from m to n units have m n + n weights and biases, and the input has none: "
    "all parameters of the network minus the formula's sum.",
    measured=network.count_params() - formula,
    equals=0,
)
first = network.layers[0]
strength = jacobian(lambda x: ops.matmul(x, first.kernel) + first.bias, x_test[:1])
claim(
    "layers-weight-is-derivative",
    "A weight is the derivative of a unit's z by its input: largest difference.",
    measured=np.abs(strength[0] - arrays[0].T).max(),
    below=1e-5,
)

# %% [markdown]
# ## What is left without the bend
#
# *What does a deep network become when its activations are removed?* Put $\varphi(z)=z$
# into {eq}`eq-layers`, and the brackets dissolve:
#
# $$
# \hat y = x\, \underbrace{W_1 W_2 \cdots W_{L+1}}_{A} + c
# $$ (eq-collapse)
#
# One matrix $A$, one constant $c$: a single affine map. Its *rank*, the number of
# independent directions that it lets through, is at most the width of the narrowest
# layer. `StackedMLP` holds several networks of one shape, here three seeds, and trains
# each as if it were alone.

# %%
seeds = (0, 1, 2)


def collapse(networks, k):
    """A and c of network k, which has no activations."""
    inputs = networks.kernels[0].shape[1]
    A, c = np.eye(inputs), np.zeros((1, inputs))
    for W, b in zip(networks.kernels, networks.biases, strict=True):
        W, b = (ops.convert_to_numpy(each)[k].astype("float64") for each in (W, b))
        A, c = A @ W, c @ W + b
    return A, c


narrow = StackedMLP(64, (32, 2, 32), 10, seeds, activation="linear")
claim(
    "layers-rank",
    "Without activations a layer of two units leaves a rank of two, whatever layers "
    "stand around it: rank of the network's single matrix, for each seed.",
    measured=[np.linalg.matrix_rank(collapse(narrow, k)[0], tol=1e-5) for k in seeds],
    equals=2,
)

# %% [markdown]
# So trained by squared error it should end as *linear regression*. Networks with three
# hidden layers and no bend learn the diabetes data of the last chapter. Least squares
# gives the best affine map directly.

# %%
x_diabetes, y_diabetes = load_diabetes(return_X_y=True)
x_diabetes = (x_diabetes / x_diabetes.std(axis=0)).astype("float32")
y_diabetes = ((y_diabetes - y_diabetes.mean()) / y_diabetes.std()).astype("float32")


def trained(networks, optimizer, loss, x, y, batches):
    networks.compile(optimizer, loss)
    fit_batches(networks, x, y, batches)
    return ops.convert_to_numpy(networks(x))  # (examples, networks, outputs)


def squared_error(y, z):  # summed over the networks
    errors = z[..., 0] - ops.reshape(y, (-1, 1))
    return ops.sum(ops.mean(errors**2, axis=0))


def full_batches(examples, steps):
    return np.tile(np.arange(examples), (steps, 1))


# %%
deep = StackedMLP(10, (16, 16, 16), 1, seeds, activation="linear")
batches = full_batches(len(x_diabetes), steps=300)
direct = trained(deep, Adam(0.01), squared_error, x_diabetes, y_diabetes, batches)
with_one = np.c_[x_diabetes, np.ones(len(x_diabetes))].astype("float64")
least_squares = with_one @ np.linalg.lstsq(with_one, y_diabetes)[0]
ols_error = np.mean((least_squares - y_diabetes) ** 2)
pairs = [collapse(deep, k) for k in seeds]
fits = np.stack([(x_diabetes @ A + c)[:, 0] for A, c in pairs])  # (seeds, patients)
claim(
    "layers-collapse-exact",
    "A network without activations is one affine map: largest difference between "
    "network and x A + c, in standard deviations of y.",
    measured=np.abs(fits - direct[..., 0].T).max(),
    below=1e-4,
)
claim(
    "layers-linear-is-ols",
    "Trained by squared error, a deep linear network ends at linear regression: its "
    "error over that of least squares, for each seed.",
    measured=np.mean((fits - y_diabetes) ** 2, axis=1) / ols_error,
    below=1.01,
)

# %% [markdown]
# That all seeds arrive there is not obvious: weights are multiplied with each other, so
# the loss is not *convex*, not one bowl. In the smallest case, $\hat y = w_1 w_2 x$ for
# the target $y = x$, both $(1, 1)$ and $(-1, -1)$ are perfect. Halfway between them, at
# $(0, 0)$, the loss is high and its slopes are zero, but it falls to both sides: a
# *saddle*. {cite:t}`baldi1989neural` prove, for two layers and squared error, that
# nothing worse exists: every local minimum is a global one.

# %%


def product_loss(w_1, w_2):
    return (w_1 * w_2 - 1) ** 2


claim(
    "layers-linear-not-convex",
    "Halfway between two perfect solutions of a deep linear network the loss is high: "
    "loss in the middle minus the mean loss of the two.",
    measured=product_loss(0, 0) - (product_loss(1, 1) + product_loss(-1, -1)) / 2,
    equals=1,
)

# %% [markdown]
# And where no line separates the classes, as with a ring in a ring? We train three
# layers without a bend, and the same with tanh. `parts` gives each half of a stack its
# own activation.

# %%


def parts(*functions):
    """An activation that differs between the first, second ... part of a stack."""

    def activation(z):  # (networks, batch, units)
        pieces = ops.split(z, len(functions))
        return ops.concatenate([f(z) for f, z in zip(functions, pieces, strict=True)])

    return activation


def no_bend(z):
    return z


x_ring, y_ring = make_circles(400, noise=0.08, factor=0.4, random_state=0)
ring = StackedMLP(2, (8, 8), 2, 2 * seeds, parts(no_bend, tanh))
batches = full_batches(400, steps=150)
fitted = trained(ring, Adam(0.02), StackedMLP.cross_entropy, x_ring, y_ring, batches)
right = fitted.argmax(axis=2) == y_ring[:, None]  # (points, networks)
straight, bent = right.mean(axis=0).reshape(2, 3)


# %% tags=["hide-input"]
def answer_of(k):
    return lambda plane: ops.convert_to_numpy(ring(plane))[:, k].argmax(axis=1)


show(
    decision_regions(
        {"3 layers, no bend": answer_of(0), "3 layers, tanh": answer_of(3)},
        x_ring,
        y_ring,
        limits=((-1.4, 1.4), (-1.4, 1.4)),
    ),
    "layers-ring",
    caption="What two networks answer in the plane, with the examples. Without a bend, "
    "three layers can only cut it by one straight line, wherever that may lie. With "
    "tanh they close a curve.",
    alt="Two panels with a ring of class 1 in a ring of class 0. The network without a "
    f"bend gets {straight[0]:.2f} of the points right, the one with tanh "
    f"{bent[0]:.2f}.",
)

# %%
claim(
    "layers-ring-without-bend",
    "Without a bend three layers do not separate a ring from the one around it: "
    "accuracy, for each seed (chance is 0.5).",
    measured=straight,
    below=0.72,
)
claim(
    "layers-ring-with-bend",
    "With tanh three layers do separate a ring from the one around it: accuracy, for "
    "each seed.",
    measured=bent,
    above=0.95,
)

# %% [markdown]
# What did the hidden layers do? As in the fold: can a straight cut separate the classes
# *behind* a layer? A *linear probe* is fitted to what a layer gives out
# {cite:p}`alain2016understanding`, here by least squares.

# %%


def probe_accuracy(features, y):
    features = np.c_[features, np.ones(len(features))]
    target = 2.0 * y - 1
    answer = features @ np.linalg.lstsq(features, target)[0] > 0
    return np.mean(answer == (target > 0))


raw = probe_accuracy(x_ring, y_ring)
kernel, bias = (ops.convert_to_numpy(w)[3:] for w in (ring.kernels[0], ring.biases[0]))
hidden = np.tanh(x_ring @ kernel + bias)
behind = [probe_accuracy(h, y_ring) for h in hidden]  # hidden: (seeds, points, 8)
claim(
    "layers-hidden-features",
    "Behind the first hidden layer of tanh a straight cut separates a ring from the "
    "one around it far better than before the layer: gain in accuracy, for each seed.",
    measured=100 * (np.array(behind) - raw),
    above=20,
    unit="points",
)

# %% [markdown]
# ## What the bend buys
#
# *Which functions can a network with a bend compute?* We write one by hand. The unit
# $\mathrm{relu}(x - t) = \max(0, x - t)$ is 0 up to $t$ and then climbs. Added with the
# weight $a$, it changes the slope at $t$ by $a$: one unit, one bend. So a sum of $k$
# units follows any curve through $k + 1$ points, straight in between.


# %%
def bends_for(curve, low, high, k):
    """One hidden layer of k ReLUs, which meets the curve at k + 1 points."""
    t = np.linspace(low, high, k + 1)
    slopes = np.diff(curve(t)) / np.diff(t)
    a = np.diff(slopes, prepend=0)
    return lambda x: curve(low) + np.maximum(0, x[:, None] - t[:-1]) @ a


line = np.linspace(-np.pi, np.pi, 2001)
ks = 2 ** np.arange(3, 8)
worst = [
    np.abs(bends_for(np.sin, -np.pi, np.pi, k)(line) - np.sin(line)).max() for k in ks
]
claim(
    "layers-bends-approximate",
    "Twice as many ReLUs divide the error of a sine by four: slope of the error's "
    "logarithm over that of the number of units.",
    measured=np.polyfit(np.log(ks), np.log(worst), 1)[0],
    above=-2.2,
    below=-1.8,
)

# %% [markdown]
# That a wide enough hidden layer can come as close as one likes to any continuous
# function on a bounded region is the *universal approximation theorem*
# {cite:p}`cybenko1989approximation`. {cite:t}`leshno1993multilayer` find the exact
# condition: $\varphi$ must not be a polynomial. A square is bent, and yet useless here:
# a weighted sum of squares is one parabola. The theorem says that weights exist, not
# that training finds them. So we train, with tanh, without a bend and with squares.

# %%
x_sine = np.linspace(-np.pi, np.pi, 200, dtype="float32")[:, None]
sine = StackedMLP(1, (32,), 1, 3 * seeds, parts(tanh, no_bend, ops.square))
inside = trained(
    sine,
    Adam(0.02),
    squared_error,
    x_sine,
    np.sin(x_sine[:, 0]),
    full_batches(200, steps=400),
)
sine_error = np.mean((inside[..., 0] - np.sin(x_sine)) ** 2, axis=0).reshape(3, 3)
far = np.linspace(-9, 9, 361, dtype="float32")[:, None]
outside = ops.convert_to_numpy(sine(far))[..., 0].T  # (networks, points)

# %% tags=["hide-input"]
beyond = np.abs(outside[:3] - np.sin(far[:, 0]))[:, np.abs(far[:, 0]) > np.pi]
show(
    curves(
        far[:, 0],
        {
            "sine": np.sin(far[:, 0]),
            "8 ReLUs by hand": bends_for(np.sin, -np.pi, np.pi, 8)(far[:, 0]),
            "32 tanh, trained": outside[:3],
            "32 units, no bend": outside[3:6],
        },
        x_label="input $x$",
        y_label="output $\\hat y$",
    ),
    "layers-sine",
    caption="A sine, learned between $-\\pi$ and $\\pi$ only. There the tanh "
    "networks lie on it (line and band: mean and range of three seeds), and eight "
    "bends by hand come close. Without a bend only a straight line is left. "
    "Nothing was promised outside.",
    alt="Four curves. Mean squared error within the range: "
    f"{sine_error[0].max():.1g} at most with tanh, {sine_error[1].min():.2f} without "
    f"a bend. Outside it the tanh networks are off by up to {beyond.max():.1f}.",
)

# %%
claim(
    "layers-sine-learned",
    "32 tanh units learn a sine: mean squared error, for each seed.",
    measured=sine_error[0],
    below=0.02,
)
claim(
    "layers-sine-straight",
    "Without a bend a network that learns a sine stays at the error of the best "
    "straight line: mean squared error, for each seed.",
    measured=sine_error[1],
    above=0.19,
    below=0.21,
)
claim(
    "layers-sine-square",
    "With squares for a bend a network learns a sine no better than a straight line: "
    "its error minus that of the line, for each seed.",
    measured=sine_error[2] - sine_error[1],
    above=-0.01,
    below=0.01,
)
claim(
    "layers-sine-outside",
    "Outside the range that it was trained on, a network fails to go on with a sine: "
    "its largest error within three periods, for each seed.",
    measured=beyond.max(axis=1),
    above=0.5,
)

# %% [markdown]
# ## The functions
#
# *Which bend?* These are the usual ones, with their *derivatives*, the slopes by which
# training multiplies. Where it is nearly zero a unit is *saturated*, and learns little.
#
# | name | $\varphi(z)$ | values | derivative | used for |
# |---|---|---|---|---|
# | sigmoid | $1/(1+e^{-z})$ | 0 to 1 | at most ¼ | yes or no; gates |
# | tanh | $2\sigma(2z) - 1$ | −1 to 1 | at most 1 | hidden and recurrent layers |
# | ReLU | $\max(0, z)$ | from 0 | 1 or 0 | hidden layers, convolutions |
# | leaky ReLU | $z$, or $az$ below 0 | all | 1 or $a$ | where units die |
# | GELU | $z\,\Phi(z)$ | from −0.17 | smooth | transformers |
# | softmax | $e^{z_i}/\sum_j e^{z_j}$ | 0 to 1 | a matrix | one class of several |
#
# Here $\sigma$ is the sigmoid. Its derivative is $\sigma(z)(1 - \sigma(z))$, that of
# tanh is $1 - \tanh^2 z$.
# $\Phi(z)$ is the share of a normal distribution below $z$.

# %%
z = np.linspace(-6, 6, 241)
zoo = {"sigmoid": sigmoid, "tanh": tanh, "ReLU": relu, "leaky ReLU": leaky_relu}
zoo["GELU"] = gelu
values = {name: ops.convert_to_numpy(phi(z)) for name, phi in zoo.items()}
slopes = {name: ops.convert_to_numpy(phi.derivative(z)) for name, phi in zoo.items()}

# %% tags=["hide-input"]
near = np.abs(z) <= 3
show(
    curves(
        z[near],
        {name: value[near] for name, value in values.items()},
        x_label="pre-activation $z$",
        y_label="activation $\\varphi(z)$",
    ),
    "layers-functions",
    caption="Five activation functions. Sigmoid and tanh flatten out on both sides, "
    "ReLU on one. The leaky ReLU is drawn with $a = 0.2$, to be seen at all.",
    alt="Sigmoid climbs from 0 to 1, tanh from -1 to 1. ReLU, leaky ReLU and GELU are "
    "near zero on the left and climb along the diagonal on the right.",
)

# %% tags=["hide-input"]
show(
    curves(
        z,
        {
            name: np.where(slopes[name] > 0, slopes[name], np.nan)
            for name in list(zoo)[:4]
        },
        x_label="pre-activation $z$",
        y_label="derivative $\\varphi'(z)$",
        y_scale="log",
    ),
    "layers-slopes",
    caption="The derivatives of the first four, on a logarithmic axis. The sigmoid's "
    "never exceeds a quarter. Tanh is four times as steep at 0 and saturates sooner. "
    "ReLU's derivative is 1 on the right; on the left it is 0, which no logarithm "
    "shows.",
    alt=f"At z = 5 the derivative of tanh is {np.interp(5, z, slopes['tanh']):.1g}, of "
    f"the sigmoid {np.interp(5, z, slopes['sigmoid']):.1g} and of ReLU 1. At z = 0 it "
    "is 1 for tanh and 0.25 for the sigmoid.",
)

# %%
claim(
    "layers-sigmoid-slope",
    "The sigmoid's derivative is a quarter at most: its largest value.",
    measured=slopes["sigmoid"].max(),
    above=0.2499,
    below=0.2501,
)
claim(
    "layers-tanh-slope",
    "Tanh's largest derivative is four times the sigmoid's: ratio.",
    measured=slopes["tanh"].max() / slopes["sigmoid"].max(),
    above=3.999,
    below=4.001,
)
claim(
    "layers-sigmoid-saturates",
    "At the extremes the sigmoid's derivative is all but gone: at z = 10.",
    measured=float(sigmoid.derivative(10.0)),
    below=1e-4,
)

# %% [markdown]
# How much leaks is not agreed on: {cite:t}`maas2013rectifier` use $a = 0.01$. Keras has
# 0.3 in its layer and 0.2 in its function. In `PReLU` it is a weight that is learned
# {cite:p}`he2015delving`.
#
# Softmax is the odd one out {cite:p}`bridle1990probabilistic`. It acts on all outputs
# together: if one share $p_i$ rises, others fall. Only differences count, so a constant
# added to all $z$ changes nothing. It goes with the *cross-entropy*, the negative
# logarithm of the true class's share. The slopes of that loss by $z$ are plain:
# $p - y$, where $y$ is 1 at the true class and 0 elsewhere.

# %%
scores = np.array([[1.0, 2.0, 3.0]], dtype="float32")
p = ops.convert_to_numpy(softmax(scores))
shifted = ops.convert_to_numpy(softmax(scores + 100))
claim(
    "layers-softmax-sums",
    "Softmax gives shares of one: the sum for z = (1, 2, 3).",
    measured=p.sum(),
    above=0.99999,
    below=1.00001,
)
claim(
    "layers-softmax-shift",
    "100 more for each score changes nothing in the shares of softmax: largest "
    "difference.",
    measured=np.abs(p - shifted).max(),
    below=1e-5,
)
scores = keras.Variable(scores)
(slope,) = gradients(lambda: -ops.log(softmax(scores))[0, 2], [scores])
claim(
    "layers-softmax-gradient",
    "With softmax and cross-entropy the slopes by the scores are p − y: largest "
    "difference, true class 3.",
    measured=np.abs(slope - (p - [0, 0, 1])).max(),
    below=1e-5,
)

# %% [markdown]
# In Keras give the loss the scores, not the shares (`from_logits=True`). A share that
# was rounded to 1 has forgotten how wrong it is.

# %%
from_logits = keras.losses.BinaryCrossentropy(from_logits=True)
from_shares = keras.losses.BinaryCrossentropy()
claim(
    "layers-logits-keep-the-error",
    "For a score of 200 and the answer no, Keras's cross-entropy computed from the "
    "score is 200: the loss.",
    measured=float(from_logits([[0.0]], [[200.0]])),
    above=199.9,
    below=200.1,
)
claim(
    "layers-shares-forget-it",
    "For a score of 200 and the answer no, Keras's cross-entropy computed from the "
    "share, which is 1 in float32, is cut off: the loss.",
    measured=float(from_shares([[0.0]], [[1.0]])),
    below=17,
)

# %% [markdown]
# ## The experiment: what makes a good bend?
#
# *Why does tanh train better than the sigmoid in hidden layers?* The usual answer is
# that its values are centred on zero. But it is also four times as steep at 0. Two
# inventions tell the causes apart. $2\sigma(z) - 1$ is centred, but half as steep as
# tanh: beside tanh it shows what steepness does. $\sigma(4z)$ is as steep as tanh, but
# not centred: beside tanh it shows what centring does. These four, ReLU and no bend
# learn handwritten digits in three hidden layers, by plain gradient descent.

# %%
choices = {
    "sigmoid": sigmoid,
    "2σ(z) − 1, centred": lambda z: 2 * sigmoid(z) - 1,
    "σ(4z), steep": lambda z: sigmoid(4 * z),
    "tanh": tanh,
    "ReLU": relu,
    "no bend": no_bend,
}
phi = parts(*choices.values())
grid = StackedMLP(64, (32, 32, 32), 10, seeds=6 * seeds, activation=phi)
start = grid.get_weights()
grid.compile(SGD(0.1), StackedMLP.cross_entropy)
epochs = shuffled_batches(len(x_train), 10, batch_size=32).reshape(10, -1, 32)

# %%


def cross_entropies():
    scores = ops.convert_to_numpy(grid(x_train)).astype("float64")
    true_scores = scores[np.arange(len(y_train)), :, y_train]  # (images, networks)
    return np.mean(np.logaddexp.reduce(scores, axis=2) - true_scores, axis=0)


history = [cross_entropies()]
for epoch in epochs:
    fit_batches(grid, x_train, y_train, epoch)
    history.append(cross_entropies())
losses = dict(zip(choices, np.array(history).T.reshape(6, 3, 11), strict=True))
last = {name: runs[:, -1] for name, runs in losses.items()}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(11),
        losses,
        x_label="passes over the training digits",
        y_label="cross-entropy",
        y_scale="log",
    ),
    "layers-causes",
    caption="What makes tanh better than the sigmoid? Loss of networks with three "
    "hidden layers, mean and range of three seeds. Centring helps, steepness helps "
    "more. The plain sigmoid has not begun to learn. No bend at all does as well as "
    "tanh here.",
    alt="Six falling curves. Cross-entropy after ten passes, mean of three seeds: "
    + ", ".join(f"{name} {runs.mean():.2g}" for name, runs in last.items())
    + ".",
)

# %%
sigmoid_loss, centred_loss, steep_loss, tanh_loss, relu_loss, straight_loss = (
    last.values()
)
claim(
    "layers-sigmoid-stuck",
    "Three layers of sigmoids have learned nothing after ten passes: loss, for each "
    "seed (guessing costs 2.30).",
    measured=sigmoid_loss,
    above=2,
)
claim(
    "layers-steepness-helps",
    "What steepness does: loss of tanh over that of 2σ(z) − 1, which is centred as "
    "well, for each seed.",
    measured=tanh_loss / centred_loss,
    below=0.4,
)
claim(
    "layers-centring-helps",
    "What centring does: loss of tanh over that of σ(4z), which is as steep, for each "
    "seed.",
    measured=tanh_loss / steep_loss,
    below=0.85,
)
claim(
    "layers-steep-helps-more",
    "In hidden layers steepness helps more than centring: loss of σ(4z), steep only, "
    "over that of 2σ(z) − 1, centred only, for each seed.",
    measured=steep_loss / centred_loss,
    below=0.8,
)
claim(
    "layers-relu-learns",
    "After ten passes three layers of ReLU have learned: loss, for each seed.",
    measured=relu_loss,
    below=0.5,
)
claim(
    "layers-tanh-learns",
    "After ten passes three layers of tanh have learned: loss, for each seed.",
    measured=tanh_loss,
    below=0.5,
)
claim(
    "layers-digits-nearly-straight",
    "On digits even no bend beats sigmoids: loss, for each seed.",
    measured=straight_loss,
    below=0.5,
)

# %% [markdown]
# Did training change the weights only, and all of them? We compare with the start.

# %%
moved = [
    np.abs(after - before).max(axis=(1, 2))  # for each of the networks
    for before, after in zip(start, grid.get_weights(), strict=True)
]
claim(
    "layers-weights-moved",
    "Training moves every kernel and every bias of eighteen digit networks: the "
    "smallest of their largest changes.",
    measured=np.min(moved),
    above=1e-3,
)

# %% [markdown]
# ### A unit that is off stays off
#
# If a ReLU unit's $z$ is negative for every example, output and derivative are 0:
# nothing pulls it back. It is *dead*. We force that by hidden biases that start at
# $-8$, and train with ReLU and with a leak of 0.01.


# %%
def leak(z):
    return leaky_relu(z, negative_slope=0.01)


off = StackedMLP(64, (32, 32), 10, seeds=2 * seeds, activation=parts(relu, leak))
for bias in off.biases[:-1]:
    bias.assign(np.full(bias.shape, -8.0))
batches = shuffled_batches(len(x_train), 12)
trained(off, Adam(0.01), StackedMLP.cross_entropy, x_train, y_train, batches)
off_answers = ops.convert_to_numpy(off(x_test)).argmax(axis=2)
off_accuracy = (off_answers == y_test[:, None]).mean(axis=0).reshape(2, 3)
kernel, bias = (ops.convert_to_numpy(w) for w in (off.kernels[0], off.biases[0]))
silent = (x_train @ kernel + bias <= 0).all(axis=1)  # (networks, units)

# %%
claim(
    "layers-relu-dead",
    "ReLU units that start switched off are all dead after twelve passes: share of the "
    "first layer, for each seed.",
    measured=100 * silent[:3].mean(axis=1),
    equals=100,
    unit="%",
)
claim(
    "layers-relu-dead-accuracy",
    "A network whose first ReLU layer is dead reads digits no better than chance: "
    "accuracy, for each seed.",
    measured=off_accuracy[0],
    below=0.2,
)
claim(
    "layers-leaky-recovers",
    "With a leak of 0.01 a network whose hidden units start switched off recovers: "
    "accuracy on digits, for each seed.",
    measured=off_accuracy[1],
    above=0.85,
)

# %% [markdown]
# ### Is deeper better?
#
# If every layer describes the example better than the one before, more of them should
# not hurt. We train ReLU networks of 2, 10 and 40 hidden layers in three forms:
# *plain*, where a layer gives $F(h)$; *residual*, $h + F(h)$ {cite:p}`he2016deep`; and
# residual with first weights that are smaller by $1/\sqrt{L}$. In the library:
#
# ```{literalinclude} ../dlbook/layers/residual.py
# :pyobject: Residual.call
# :language: python
# :dedent: 4
# ```
#
# Here one model holds the nine networks of one depth. `carry` is 1 for those that add
# $h$.

# %%


class Towers(keras.Model):
    def __init__(self, layers, seeds, carry, scale):
        super().__init__()
        self.layers_inside, self.carry = layers - 1, carry[:, None, None]
        randoms = [np.random.default_rng(seed) for seed in seeds]
        self.first = self.kernel(randoms, (64, 32))
        self.hidden = self.kernel(randoms, (layers - 1, 32, 32), scale)
        self.last = self.kernel(randoms, (32, 10))

    def kernel(self, randoms, shape, scale=1.0):
        start = np.stack([random.normal(size=shape) for random in randoms], axis=-3)
        weight = self.add_weight(shape=start.shape, initializer="zeros")
        weight.assign(start * np.sqrt(2 / shape[-2]) * np.reshape(scale, (-1, 1, 1)))
        return weight

    def call(self, x):
        h = ops.relu(ops.matmul(x[None], self.first))  # (networks, batch, 32)
        for W in ops.unstack(self.hidden, self.layers_inside):
            h = self.carry * h + ops.relu(ops.matmul(h, W))
        return ops.transpose(ops.matmul(h, self.last), (1, 0, 2))


# %%
depths = (2, 10, 40)
batches = shuffled_batches(len(x_train), 6)
carry = np.repeat([0.0, 1.0, 1.0], 3).astype("float32")
scores_by_depth = []
for depth in depths:
    small = np.repeat([1, 1, 1 / np.sqrt(depth)], 3)
    towers = Towers(depth, 3 * seeds, carry, small)
    scores_by_depth.append(
        trained(
            towers, Adam(0.002), StackedMLP.cross_entropy, x_train, y_train, batches
        )
    )
correct = np.argmax(scores_by_depth, axis=3) == y_train[:, None]
correct = correct.mean(axis=1).reshape(3, 3, 3)  # (depths, forms, seeds)
forms = ("plain", "residual", "residual, small start")
depth_accuracy = {form: correct[:, k].T for k, form in enumerate(forms)}

# %% tags=["hide-input"]
show(
    curves(
        depths,
        depth_accuracy,
        x_label="hidden layers",
        y_label="accuracy on training digits",
        markers=True,
    ),
    "layers-depth",
    caption="Accuracy on the digits that the networks were trained on, mean and range "
    "of three seeds. The deepest plain networks fit *worse*. A way around each layer "
    "does not cure that by itself. With a small start as well, forty layers learn.",
    alt="Three curves over 2, 10 and 40 hidden layers. At 40: "
    + ", ".join(
        f"{name} {runs[:, 2].mean():.2f}" for name, runs in depth_accuracy.items()
    )
    + ".",
)

# %%
claim(
    "layers-depth-hurts-plain",
    "After six passes a plain network of 40 layers fits its own training data worse "
    "than one of 2: difference in accuracy, for each seed.",
    measured=100 * (depth_accuracy["plain"][:, 2] - depth_accuracy["plain"][:, 0]),
    below=-15,
    unit="points",
)
claim(
    "layers-residual-unscaled",
    "Skip connections alone do not save 40 layers: accuracy of a residual network at "
    "the usual start, for each seed.",
    measured=depth_accuracy["residual"][:, 2],
    below=0.5,
)
claim(
    "layers-residual-small",
    "With a small start 40 residual layers learn: accuracy, for each seed.",
    measured=depth_accuracy["residual, small start"][:, 2],
    above=0.85,
)

# %% [markdown]
# Why do residual layers fail at the usual start? Each adds to $h$ about as much as is
# there, so $h$ grows by a factor with every layer. Real residual networks keep $F$
# small by normalization or by their first weights {cite:p}`zhang2019fixup`.
#
# ## Where the popular answer goes wrong
#
# ### "Networks imitate how people learn, from data of any format"

# %%

few_and_many = []
for examples in (1, 100):
    firsts = [np.flatnonzero(y_train == digit)[:examples] for digit in range(10)]
    few_and_many += 3 * [np.concatenate(firsts)]
readers = train_apart(
    [x_train[rows] for rows in few_and_many],
    [y_train[rows] for rows in few_and_many],
    units=(32,),
    outputs=10,
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    optimizer=Adam(0.01),
    steps=120,
    seeds=2 * seeds,
)
read = ops.convert_to_numpy(readers(x_test)).argmax(axis=2) == y_test[:, None]
from_one, from_hundred = read.mean(axis=0).reshape(2, 3)
claim(
    "layers-one-example",
    "From one example of each digit a network learns a part: accuracy, for each seed "
    "(chance is 0.1).",
    measured=from_one,
    above=0.3,
    below=0.8,
)
claim(
    "layers-hundred-examples",
    "From a hundred examples of each digit a network learns more than from one: "
    "difference in accuracy, for each seed.",
    measured=100 * (from_hundred - from_one),
    above=15,
    unit="points",
)

# %%
lookup = keras.layers.StringLookup(vocabulary=["red", "green"], output_mode="one_hot")
words = np.array([["red"], ["green"], ["red"]])
refused = 0
try:
    mlp(1, (), 2)(ops.convert_to_tensor(words))
except Exception:
    refused = 1
claim(
    "layers-strings-refused",
    "A network does not take words: calls that failed, of one.",
    measured=refused,
    equals=1,
)
claim(
    "layers-strings-encoded",
    "An encoder turns each word into numbers, one column for each word and one for "
    "words that it does not know: columns.",
    measured=ops.convert_to_numpy(lookup(words)).shape[-1],
    equals=3,
)

# %% [markdown]
# :::{popular-answer} A neural network simulates the way people learn.
# :verdict: imprecise
# :question: what-is-a-neural-network
# :claims: layers-one-example, layers-hundred-examples
#
# It is a function whose weights descend a loss. Its skill grows with the number of
# examples; people often need one {cite:p}`lake2017building`. Whether brains do anything
# like it is open {cite:p}`lillicrap2020backpropagation`.
# :::
#
# :::{popular-answer} The input layer takes data in all sorts of formats.
# :verdict: imprecise
# :question: what-is-a-neural-network
# :claims: layers-strings-refused, layers-strings-encoded
#
# It declares a shape of numbers and has no weights. Words, categories and image files
# have to be encoded first.
# :::
#
# ### "Each layer adds detail, as on an assembly line"
#
# :::{popular-answer} Each further layer adds detail and improves the prediction.
# :verdict: imprecise
# :question: layered-architecture
# :claims: layers-depth-hurts-plain, layers-residual-unscaled, layers-residual-small
#
# It can. But plain stacks of 40 layers fit even their training data worse than two
# ({numref}`layers-depth`). What helped was a way around each layer *and* a start that
# keeps the sums in bounds.
# :::
#
# ### "Without activations it is simple linear regression, and nearly all data is bent"
#
# Linear regression is right for squared error. "Simple" is not: that word means one
# predictor. And with a softmax output the same collapse gives *softmax regression*. One
# of the six choices above has no bend. We collapse its networks into one map each.

# %%
accuracy_now = np.mean(
    ops.convert_to_numpy(grid(x_test)).argmax(axis=2) == y_test[:, None], axis=0
)
one_map = [x_test @ A + c for A, c in (collapse(grid, k) for k in (15, 16, 17))]
one_map_accuracy = [np.mean(scores.argmax(axis=1) == y_test) for scores in one_map]
claim(
    "layers-linear-is-softmax-regression",
    "With a softmax on top, four layers without a bend are one softmax regression: "
    "largest difference in accuracy over three seeds.",
    measured=np.abs(accuracy_now[15:] - one_map_accuracy).max(),
    below=0.005,
)
claim(
    "layers-linear-reads-digits",
    "One softmax regression reads most unseen digits: accuracy, for each seed.",
    measured=one_map_accuracy,
    above=0.85,
)

# %% [markdown]
# And does a bend help on the diabetes data? We hold a third of the patients out and
# compare the share of the variance that is explained, $R^2$.

# %%
order = np.random.default_rng(0).permutation(len(x_diabetes))
fit, held = order[:300], order[300:]
wiggly = StackedMLP(10, (16,), 1, seeds)
batches = full_batches(300, steps=100)
trained(wiggly, Adam(0.01), squared_error, x_diabetes[fit], y_diabetes[fit], batches)
guess = ops.convert_to_numpy(wiggly(x_diabetes[held]))[..., 0]  # (patients, seeds)
coefficients = np.linalg.lstsq(with_one[fit], y_diabetes[fit])[0]
variance = np.var(y_diabetes[held])
left_bent = np.mean((guess.T - y_diabetes[held]) ** 2, axis=1)
left_straight = np.mean((with_one[held] @ coefficients - y_diabetes[held]) ** 2)
claim(
    "layers-diabetes-no-gain",
    "On the diabetes data a hidden layer of ReLUs gains next to nothing: R² minus that "
    "of linear regression, for each seed.",
    measured=(left_straight - left_bent) / variance,
    below=0.05,
)

# %% [markdown]
# :::{popular-answer} Without activation functions it is a simple linear regression.
# :verdict: imprecise
# :question: network-without-activations
# :claims: layers-linear-is-ols, layers-linear-is-softmax-regression, layers-rank
#
# It is one affine map, with any number of inputs and outputs, and of limited rank.
# Under squared error that is linear regression; under cross-entropy it is logistic or
# softmax regression.
# :::
#
# :::{popular-answer} Nearly all data in the real world is nonlinear.
# :verdict: unverifiable
# :question: why-activation-functions
# :claims: layers-ring-without-bend, layers-diabetes-no-gain, layers-linear-reads-digits
#
# Nobody has counted. Some data needs a bend: the ring. On the diabetes data it hardly
# pays, and most of our digits are read without one.
# :::
#
# ### "The activation decides whether a neuron fires"

# %%
tanh_stack = StackedMLP(64, (32, 32, 32), 10, seeds, "tanh")
tanh_stack.set_weights([weights[9:12] for weights in grid.get_weights()])
h = x_test[None]
graded = []
for kernel, bias in zip(tanh_stack.kernels[:-1], tanh_stack.biases[:-1], strict=True):
    h = np.tanh(h @ ops.convert_to_numpy(kernel) + ops.convert_to_numpy(bias))
    graded.append((np.abs(h) > 0.1) & (np.abs(h) < 0.9))  # (seeds, images, 32)
claim(
    "layers-most-are-graded",
    "In the trained tanh networks most activations are neither on nor off: share with "
    "a size between 0.1 and 0.9, for each seed.",
    measured=100 * np.mean(graded, axis=(0, 2, 3)),
    above=50,
    unit="%",
)

# %% [markdown]
# :::{popular-answer} The activation gates the neuron: it decides whether it fires.
# :verdict: imprecise
# :question: activation-functions-three-types
# :claims: layers-most-are-graded
#
# That was the step. Today's functions are graded: most activations lie in between.
# :::
#
# ### "Tanh centres the data, so strong inputs are no problem"
#
# We look at the mean of tanh where its input is off centre, and at its slope far out
# ({numref}`layers-slopes`).

# %%
normal = np.random.default_rng(0).normal(size=100_000)
claim(
    "layers-tanh-not-centred",
    "If z has the mean 2 and the spread 1, tanh(z) is far from centred: its mean.",
    measured=np.tanh(normal + 2).mean(),
    above=0.8,
)
claim(
    "layers-tanh-saturates-sooner",
    "At z = 5 tanh has less slope left than the sigmoid: ratio of the derivatives.",
    measured=float(tanh.derivative(5.0)) / float(sigmoid.derivative(5.0)),
    below=0.1,
)

# %% [markdown]
# :::{popular-answer} Tanh trains better than the sigmoid because it is centred.
# :verdict: imprecise
# :question: activation-function-zoo
# :claims: layers-centring-helps, layers-steepness-helps, layers-steep-helps-more
#
# It does train better {cite:p}`lecun1998efficient`. Being centred is one cause. Being
# steeper is the other, and here the larger one ({numref}`layers-causes`).
# :::
#
# :::{popular-answer} Tanh centres the data, so strong inputs of both signs are easy.
# :verdict: imprecise
# :question: activation-function-zoo
# :claims: layers-tanh-not-centred, layers-tanh-saturates-sooner
#
# Its mean is zero if what comes in is symmetric about zero. Strong inputs saturate it
# sooner than the sigmoid.
# :::
#
# ### "A sigmoid's output is a probability"
#
# If it is one, then of all cases that are given 0.8, eight in ten should turn out to be
# ones. That is called *calibrated*. We draw 300 examples whose true probability is a
# sigmoid of three features, and fit three models: one sigmoid neuron by cross-entropy;
# a network of 64 and 64 ReLUs, trained until it knows the examples by heart; and one
# neuron by the absolute error, which rewards being sure. `calibration_error` is the
# mean gap on 5,000 new examples.

# %%
truth = np.array([2.0, -1.5, 1.0, 0.0, 0.0])


def draw(seed, examples):
    random = np.random.default_rng(seed)
    x = random.normal(size=(examples, 5))
    return x, (random.random(examples) < 1 / (1 + np.exp(-x @ truth))).astype(float)


def slope_of(kind, x, y):
    def mean_slope(theta):
        p = 1 / (1 + np.exp(-x @ theta))
        error = p - y if kind == "cross-entropy" else np.sign(p - y) * p * (1 - p)
        return x.T @ error / len(x)

    return mean_slope


# %%
few = [draw(seed, 300) for seed in seeds]
x_many, happened = zip(*[draw(seed + 100, 5000) for seed in seeds], strict=True)
by_heart = train_apart(
    [x for x, _ in few],
    [y[:, None] for _, y in few],
    units=(64, 64),
    outputs=1,
    loss=from_logits,
    optimizer=Adam(0.01),
    steps=250,
    seeds=seeds,
    batch_size=300,
)


def neurons_trained_by(kind):
    for (x, y), x_new in zip(few, x_many, strict=True):
        theta = descend(Adam(0.1), slope_of(kind, x, y), np.zeros(5), 200)[-1]
        yield 1 / (1 + np.exp(-x_new @ theta))


predicted = {
    "one neuron": list(neurons_trained_by("cross-entropy")),
    "learned by heart": [
        ops.convert_to_numpy(sigmoid(by_heart(x)))[:, k, 0]
        for k, x in enumerate(x_many)
    ],
    "absolute error": list(neurons_trained_by("absolute")),
}
errors = {
    name: np.array(
        [calibration_error(*pair) for pair in zip(happened, ps, strict=True)]
    )
    for name, ps in predicted.items()
}

# %% tags=["hide-input"]
middles = np.linspace(0.05, 0.95, 10)
shares = {
    name: np.array([reliability(y, p)[1] for y, p in zip(happened, ps, strict=True)])
    for name, ps in predicted.items()
}
show(
    curves(
        middles,
        {"calibrated": middles, **shares},
        x_label="predicted probability of a one",
        y_label="share of ones",
        markers=True,
    ),
    "layers-calibration",
    caption="What three sigmoid outputs say, and what happens; mean and range of three "
    "draws. The single neuron lies near the diagonal. The network that knows its "
    "examples by heart is far too sure, and so is the neuron trained by the absolute "
    "error.",
    alt="Share of ones against predicted probability. Mean calibration errors: "
    + ", ".join(f"{name} {error.mean():.2f}" for name, error in errors.items())
    + ".",
)

# %%
claim(
    "layers-sigmoid-calibrated",
    "Trained by cross-entropy and not overfitted, a sigmoid is nearly a probability: "
    "calibration error, for each seed.",
    measured=errors["one neuron"],
    below=0.06,
)
claim(
    "layers-overfitted-not-calibrated",
    "After learning its examples by heart a sigmoid is no probability: calibration "
    "error, for each seed.",
    measured=errors["learned by heart"],
    above=0.1,
)
claim(
    "layers-absolute-not-calibrated",
    "Trained by the absolute error, a sigmoid is no probability: calibration error, "
    "for each seed.",
    measured=errors["absolute error"],
    above=0.08,
)
two = np.random.default_rng(0).normal(size=(1000, 2))
claim(
    "layers-softmax-of-two-is-sigmoid",
    "A softmax over two classes is a sigmoid of the difference: largest deviation.",
    measured=np.abs(
        ops.convert_to_numpy(softmax(two))[:, 1]
        - ops.convert_to_numpy(sigmoid(two[:, 1] - two[:, 0]))
    ).max(),
    below=1e-5,
)

# %% [markdown]
# :::{popular-answer} Sigmoid values between 0 and 1 act as probabilities.
# :verdict: imprecise
# :question: activation-function-zoo
# :claims: layers-sigmoid-calibrated, layers-overfitted-not-calibrated
#
# In form, always. In fact only after training by a loss that rewards honest
# probabilities, and without overfitting. Large networks are often too sure
# {cite:p}`guo2017calibration`.
# :::
#
# :::{popular-answer} Sigmoid outputs for two classes belong to history.
# :verdict: imprecise
# :question: activation-function-zoo
# :claims: layers-softmax-of-two-is-sigmoid, layers-sigmoid-stuck
#
# As an output it is the standard for yes or no, and for several labels at once; a
# softmax over two classes is the same function. What belongs to history is the sigmoid
# in *hidden* layers.
# :::
#
# ### "ReLU makes networks faster, since an exponential is costly"
#
# We time what a layer of 1,024 units does to a batch of 1,024: the matrix product, and
# the sigmoid of all its results.

# %%
block = ops.convert_to_tensor(np.random.default_rng(0).normal(size=(1024, 1024)))
block = ops.cast(block, "float32")
product_time, sigmoid_time = median_times(
    [
        lambda: ops.convert_to_numpy(ops.matmul(block, block)),
        lambda: ops.convert_to_numpy(keras.activations.sigmoid(block)),
    ]
)
claim(
    "layers-exp-is-cheap",
    "The matrix product of a layer of 1,024 units takes longer than its sigmoids: "
    "ratio of the median times.",
    measured=product_time / sigmoid_time,
    above=1,
)

# %% [markdown]
# :::{popular-answer} The exponential is costly; ReLU's simple arithmetic is faster.
# :verdict: imprecise
# :question: activation-function-zoo
# :claims: layers-exp-is-cheap, layers-relu-learns, layers-tanh-learns,
# :  layers-sigmoid-stuck
#
# Measurable and minor: the product took {glue:text}`layers-exp-is-cheap` times as long.
# What ReLU saves is *steps*: after ten passes it has learned, the sigmoid has not
# begun. {cite:t}`krizhevsky2012imagenet` put that down to ReLU not saturating. Yet
# tanh, which does saturate, and has exponentials, learned here as well.
# :::
#
# ### "ReLU is quick because it is linear, and cures vanishing gradients"
#
# It has two linear *pieces*, and its slope of 1 is that of one unit. In a network the
# weights count too. The *gradient*, the slopes of the loss taken together, goes back
# through all layers. If it becomes tiny on the way, it *vanishes*, and the first layers
# hardly learn. We measure that in twenty ReLU layers, and in ten leaky units on their
# negative side.

# %%
claim(
    "layers-relu-is-bent",
    "ReLU is not linear: relu(−1) + relu(1) − relu(0), which is 0 for a linear map.",
    measured=float(relu(-1.0) + relu(1.0) - relu(0.0)),
    equals=1,
)


def shrinking(seed):
    model = mlp(64, (64,) * 20, 10, "relu", seed)
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    ends = [model.layers[0], model.layers[19]]
    first, last = activation_gradients(lambda: entropy(y_test, model(x_test)), ends)
    return np.linalg.norm(first) / np.linalg.norm(last)


claim(
    "layers-relu-vanishes",
    "In 20 ReLU layers with Keras's first weights the gradient all but vanishes: its "
    "length at the first layer over that at the last, for each seed.",
    measured=[shrinking(seed) for seed in seeds],
    below=0.02,
)


# %%
def ten_leaks(x):
    for _ in range(10):
        x = leak(x)
    return x


claim(
    "layers-leaky-vanishes",
    "Through ten leaky units on the negative side the gradient is 0.01 to the tenth "
    "power: measured over calculated.",
    measured=jacobian(ten_leaks, [[-1.0]])[0, 0, 0] / 1e-20,
    above=0.99,
    below=1.01,
)
claim(
    "layers-leaky-is-not-constant",
    "Leaky ReLU returns a z, not a: its value at −2 for a = 0.01.",
    measured=float(leak(-2.0)),
    above=-0.0201,
    below=-0.0199,
)
claim(
    "layers-keras-leaks",
    "Keras's LeakyReLU layer leaks 0.3 and its leaky_relu function 0.2: values at −1, "
    "layer minus function.",
    measured=float(keras.layers.LeakyReLU()(np.array([-1.0]))[0])
    - float(keras.activations.leaky_relu(-1.0)),
    above=-0.101,
    below=-0.099,
)

# %% [markdown]
# :::{popular-answer} ReLU is quick since it uses a linear function.
# :verdict: imprecise
# :question: activation-functions-three-types
# :claims: layers-relu-is-bent
#
# It is piecewise linear, and the kink is all its power. It is cheap because it only
# compares.
# :::
#
# :::{popular-answer} ReLU cures vanishing gradients for positive input.
# :verdict: imprecise
# :question: activation-functions-three-types
# :claims: layers-relu-vanishes, layers-relu-dead
#
# For one unit that is on, yes. In a network many units are off and the weights multiply
# in: with small ones the gradient vanishes all the same. On the negative side the
# trouble is not vanishing but dying.
# :::
#
# :::{popular-answer} Leaky ReLU returns the constant a and cures both sides.
# :verdict: wrong
# :question: activation-functions-three-types
# :claims: layers-leaky-is-not-constant, layers-leaky-vanishes, layers-leaky-recovers
#
# It returns $a z$; its *slope* is $a$. So dead units can recover. Vanishing is not
# cured: ten such slopes of 0.01 multiply to $10^{-20}$.
# :::
#
# ## What we saw
#
# - A hidden layer moves and folds the points. Then one line is enough, for XOR and for
#   a ring.
# - Without a bend any depth is one affine map, to {glue:text}`layers-collapse-exact`.
#   Squared error makes it least squares.
# - With one, a wide layer can follow any curve, where it was trained. Squares cannot.
# - Tanh beats the sigmoid by steepness first, then by being centred.
# - Deep plain stacks fit worse, and skip connections needed a small start.
# - A sigmoid's output is a probability only if training makes it one.
#
# ## In an interview
#
# :::{interview-card} What is an artificial neural network as a mathematical object?
# :id: what-is-a-neural-network
# :figure: layers-sine
#
# A function $f_\theta(x)$ of affine maps and nonlinear functions in turn. Training
# changes the weights $\theta$ to lower a loss. The input layer has no weights: it
# declares a shape of numbers, so text, categories and images are encoded first. Hidden
# layers hold learned descriptions of the input. The output layer's size and activation
# follow from the task. It approximates functions, as in image and speech recognition;
# it is not a model of how people learn.
# :::
#
# :::{interview-card} How are layers put together, and what does each part contribute?
# :id: layered-architecture
# :figure: layers-depth
#
# $h_0 = x$, then $h_l = \varphi(h_{l-1}W_l + b_l)$ for each hidden layer, then an
# affine output. A dense layer from $m$ to $n$ units has $mn + n$ parameters. A weight
# is the derivative of the next unit's $z$ by this unit; a bias shifts the bend; the
# activation is the bend. Each layer describes the data anew. Depth helps only while
# signals and gradients survive: plain stacks of 40 layers train worse than 2.
# Connections may skip layers (residual) or be local and shared (convolution). The
# output layer and the loss encode the task.
# :::
#
# :::{interview-card} Why do networks need activation functions at all?
# :id: why-activation-functions
# :figure: layers-ring
#
# Because without them all layers multiply out to one affine map: linear regression
# under squared error, logistic or softmax regression under cross-entropy. With an
# activation that is not a polynomial, one wide hidden layer can approximate every
# continuous function on a bounded region; training need not find it. If the
# target is linear, they gain nothing. Usual ones are sigmoid, tanh, ReLU and leaky
# ReLU, in transformers GELU.
# :::
#
# :::{interview-card} What is left of a deep network without activation functions?
# :id: network-without-activations
# :figure: layers-ring
#
# One affine map $xA + c$ with $A = W_1 \cdots W_{L+1}$, of a rank no larger than the
# narrowest layer. Its optimum is least squares under squared error, softmax regression
# under cross-entropy. It is enough for linear targets and useless for XOR or a ring.
# Training it is still not convex, since weights multiply each other: there are saddles,
# but under squared error no bad local minima.
# :::
#
# :::{interview-card} How do sigmoid, tanh, ReLU and leaky ReLU behave, and when to use?
# :id: activation-function-zoo
# :figure: layers-slopes
#
# Sigmoid $1/(1+e^{-z})$: 0 to 1, slope at most 1/4, saturates; for yes-or-no outputs.
# Tanh $= 2\sigma(2z)-1$: −1 to 1, slope up to 1, centred if $z$ is; for hidden and
# recurrent layers, where it beats the sigmoid by being steeper and centred. ReLU
# $\max(0,z)$: slope 1 or 0, cheap, does not saturate on the right, can die; the
# standard in convolutional networks. Leaky ReLU: $az$ below 0, say $a = 0.01$, so dead
# units recover. A sigmoid output is a calibrated probability only with a proper loss
# and without overfitting.
# :::
#
# :::{interview-card} What is an activation function for, and how does softmax compare?
# :id: activation-functions-three-types
# :figure: layers-functions
#
# It turns a unit's weighted sum into its output and brings in the nonlinearity. Most
# are graded, not on-off gates. Sigmoid, ReLU and leaky ReLU act on one number each.
# Leaky ReLU returns $az$ below zero; $a$ is its slope. ReLU's slope of 1 does not by
# itself keep gradients from vanishing: the weights count. Softmax acts on all outputs
# together: positive, sum 1, unchanged by a constant added to all. It goes with
# cross-entropy, whose gradient is then $p - y$. The exponential costs little beside the
# matrix product.
# :::
#
# ## Exercises
#
# 1. **Recall.** A network has 64 inputs, hidden layers of 100 and 50 units and 10
#    outputs, all dense. How many parameters has it? Which of them belong to the input?
#
#    :::{dropdown} Solution
#    $64\cdot100 + 100 = 6500$, $100\cdot50 + 50 = 5050$ and $50\cdot10 + 10 = 510$:
#    12,060. None belong to the input.
#    :::

# %% tags=["hide-cell"]
claim(
    "layers-exercise-count",
    "Exercise 1: parameters of a network with 64 inputs, hidden layers of 100 and 50 "
    "units and 10 outputs.",
    measured=mlp(64, (100, 50), 10).count_params(),
    equals=12060,
)

# %% [markdown]
# 2. **By hand.** Build $|x|$ from two ReLUs, and the maximum of two numbers from three.
#
#    :::{dropdown} Solution
#    $|x| = \mathrm{relu}(x) + \mathrm{relu}(-x)$. And
#    $\max(x_1, x_2) = x_1 + \mathrm{relu}(x_2 - x_1)$, where
#    $x_1 = \mathrm{relu}(x_1) - \mathrm{relu}(-x_1)$. The next cell checks both.
#    :::

# %% tags=["hide-cell"]
x_1, x_2 = np.random.default_rng(1).normal(size=(2, 1000))
largest = bend(x_1) - bend(-x_1) + bend(x_2 - x_1)
claim(
    "layers-exercise-maximum",
    "Exercise 2: |x| and the maximum from ReLUs: largest error on 1,000 pairs.",
    measured=np.abs(
        [bend(x_1) + bend(-x_1) - np.abs(x_1), largest - np.maximum(x_1, x_2)]
    ).max(),
    below=1e-12,
)

# %% [markdown]
# 3. **Predict, then run.** Solve XOR with the weights of the first section, but with
#    the bend $z^2$ in place of $\max(0, z)$. Squares are polynomials. Is there an
#    output $w \cdot h + c$ that gets all four points right?
#
#    :::{dropdown} Solution
#    Yes: with $s = x_1 + x_2$ the parabola $1 - (s - 1)^2$ is 0, 1, 0 at $s = 0, 1, 2$.
#    So $w = (0, -1)$ and $c = 1$. The theorem does not say that polynomials are
#    useless. It says that beyond some number more such units do not help.
#    :::

# %% tags=["hide-cell"]
claim(
    "layers-exercise-square",
    "Exercise 3: squares solve XOR too: largest error at the four points.",
    measured=np.abs(affine(corners) ** 2 @ [0, -1] + 1 - xor).max(),
    equals=0,
)

# %% [markdown]
# 4. **Code.** Multiply all $z$ by a temperature's inverse, $\mathrm{softmax}(z/T)$, for
#    $z = (1, 2, 3)$. What happens to the largest share as $T \to 0$ and $T \to \infty$?
#
#    :::{dropdown} Solution
#    It goes to 1: the largest takes all. At high $T$ all shares become equal, here 1/3.
#    The order never changes. The next cell tries both ends.
#    :::

# %% tags=["hide-cell"]
for temperature, share in ((0.05, 1), (1000, 1 / 3)):
    warm = ops.convert_to_numpy(softmax(np.array([1.0, 2.0, 3.0]) / temperature))
    ending = "cold" if temperature < 1 else "hot"
    claim(
        f"layers-exercise-{ending}",
        f"Exercise 4: the largest share at the temperature {temperature}: distance "
        f"from its limit.",
        measured=abs(warm.max() - share),
        below=0.001,
    )

# %% [markdown]
# 5. **Think.** All weights and biases of a network are set to the same number. What do
#    the units of a hidden layer learn?
#
#    :::{dropdown} Solution
#    All the same: they compute the same, get the same gradient and stay equal for ever.
#    The layer is as good as one unit. That is why first weights are drawn at random.
#    :::
#
# 6. **Think.** Your network predicts a price, and someone put a ReLU on the output.
#    What can go wrong, and when would it be right?
#
#    :::{dropdown} Solution
#    If the output's $z$ is negative for all examples, its gradient is zero: the network
#    is dead from its last unit. For a quantity that cannot be negative, softplus
#    $\ln(1 + e^z)$ or predicting the logarithm keeps a slope everywhere.
#    :::
#
# 7. **Open.** Eight ReLUs by hand approximate a sine. How many bends can 8 units make
#    if they stand in two layers of 4 instead? Why might depth pay?
#
#    :::{dropdown} Solution
#    Each unit of the second layer sees up to five straight pieces of the first layer's
#    output, and can bend each of them once: bends multiply instead of adding. For tent
#    maps applied $k$ times there are $2^k$ pieces from $2k$ units
#    {cite:p}`telgarsky2016benefits`. But few functions need just these pieces.
#    :::
#
# ## Further reading
#
# {cite:t}`goodfellow2016deep`: section 6.1 has the XOR network, 6.2.2 output units, 6.3
# hidden ones. {cite:t}`lecun1998efficient`, section 4.4, say why tanh.
# {cite:t}`saxe2014exact` follow the learning of deep linear networks. ReLU came with
# {cite:t}`nair2010rectified` and {cite:t}`glorot2011deep`, GELU with
# {cite:t}`hendrycks2016gaussian`.
#
# :::{parts-used}
# :::
