# %% [markdown]
# # One neuron draws one straight boundary
#
# {doc}`The last chapter <01_machines_that_learn>` showed programs that take their
# behaviour from examples. It left open what is inside them, and how their numbers are
# found. Deep networks are made of one small part, repeated: the artificial neuron. It
# can do one thing.
#
# This chapter answers: **What does one artificial neuron compute, and what do its
# weights, bias and activation mean?** And: **What is Rosenblatt's perceptron, what can
# it learn and what can it not?**

# %%
import keras
import numpy as np
from keras import ops
from sklearn import datasets

from dlbook.activations import relu, sigmoid, tanh
from dlbook.claims import claim
from dlbook.data import load_digits, separable_clouds
from dlbook.figures import (
    boundary,
    curves,
    decision_regions,
    image_grid,
    moving_boundary,
    rank_changes,
    scatter,
)
from dlbook.layers import Dense, Perceptron
from dlbook.models import StackedMLP, mlp, side_by_side
from dlbook.page import animate, quote, show
from dlbook.training import fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: a vote with weights
#
# What does one neuron compute? Say you decide each morning whether to cycle. Two
# numbers, the *inputs*, describe the day: $x_1$ hours of sun and $x_2$ millimetres of
# rain. An hour of sun counts 1 for the trip. A millimetre of rain counts 2 against it.
# And it takes one hour of sun to get you out of the house at all:
#
# $$z = 1 \cdot x_1 - 2 \cdot x_2 - 1.$$
#
# You go if $z > 0$. That is a neuron. The factors $1$ and $-2$ are its *weights* $w_1$
# and $w_2$. The constant $-1$ is its *bias* $b$. For a day with four hours of sun and
# one millimetre of rain, $z = 4 - 2 - 1 = 1$, so you go.

# %%
w = np.array([1.0, -2.0])
b = -1.0
days = np.random.default_rng(0).uniform([0, 0], [8, 4], size=(40, 2))  # (days, 2)
z_of_days = days @ w + b
goes = (z_of_days > 0).astype(int)
quote("neuron-day", np.dot([4, 1], w) + b)

# %% [markdown]
# `days @ w` multiplies each input by its weight and adds the products up, for every day
# at once. Such a sum of products is called a *dot product*, written $w \cdot x$. For
# the day above, the code gives $z =$ {glue:text}`neuron-day`.
#
# Where does the answer change? Where $z = 0$, so at $x_1 = 2 x_2 + 1$. That is a
# straight line.

# %% tags=["hide-input"]
show(
    boundary(
        days,
        goes,
        w,
        b,
        limits=((0, 8), (0, 4)),
        labels=("stay", "go"),
        inputs=("sun $x_1$ (hours)", "rain $x_2$ (millimetres)"),
    ),
    "neuron-boundary",
    caption="Forty days, and the decision of one neuron. Along the line $z = 0$. On "
    "its tinted side $z > 0$. The arrow has the direction of the weights: it stands at "
    "a right angle to the line and points to the days on which one goes.",
    alt=f"A plane of sun and rain with {goes.sum()} days marked go below a rising line "
    f"and {len(goes) - goes.sum()} marked stay above it. An arrow at a right angle to "
    "the line points to the side marked go.",
)

# %% [markdown]
# The weights say which way the line faces, the bias says how far from the origin it
# lies. If you walk along the line, $w \cdot x$ stays the same, so $w$ stands at a right
# angle to it. Its distance from the origin, counted in the direction of $w$, is
# $-b/\lVert w \rVert$, where $\lVert w \rVert = \sqrt{w_1^2 + w_2^2}$ is the length of
# $w$. A point lies $z/\lVert w \rVert$ away from the line. We check that by a plain
# search for the nearest of 200,001 points on the line.

# %%
on_line = np.array([1.0, 0.0]) + np.linspace(-50, 50, 200_001)[:, None] * [2.0, 1.0]
nearest = [np.linalg.norm(on_line - day, axis=1).min() for day in days]
claim(
    "neuron-distance",
    "A day's distance from the line is |z|/‖w‖: largest deviation from the distance "
    "found by search, for 40 days.",
    measured=np.abs(np.abs(z_of_days) / np.linalg.norm(w) - nearest).max(),
    below=0.01,
)

# %% [markdown]
# With three inputs the line becomes a plane, with more a *hyperplane*: everywhere a
# flat cut through the space of inputs, with $w$ at a right angle to it.
#
# ## The rule: weighted sum, bias, activation
#
# A neuron has one more part. Its sum $z$ passes through a function $\varphi$, the
# *activation*. With $n$ inputs:
#
# $$
# z = \sum_{i=1}^{n} w_i x_i + b = w \cdot x + b, \qquad a = \varphi(z).
# $$ (eq-neuron)
#
# $z$ is called the *pre-activation*, and $a$ is the neuron's output. For the bicycle
# $\varphi$ was a step: 1 (go) if $z > 0$, else 0. A *layer* is a row of neurons that
# read the same inputs. The library's layer `Dense` computes all of them at once, with
# the weights of one neuron in each column of $W$:
#
# ```{literalinclude} ../dlbook/layers/dense.py
# :pyobject: Dense.call
# :language: python
# :dedent: 4
# ```
#
# ### Keras beside it
#
# Do the formula, our layer and Keras's agree? We give the same weights to both layers,
# with one neuron each, and to a loop that adds up products. The names `matmul` and `@`
# stand for the same product.

# %%
random = np.random.default_rng(1)
x_any = random.normal(size=(1000, 5)).astype("float32")  # (examples, inputs)
w_any, b_any = random.normal(size=(5, 1)), random.normal(size=1)
z_loop = [sum(w_any[i, 0] * x[i] for i in range(5)) + b_any[0] for x in x_any]

ours, built_in = Dense(1), keras.layers.Dense(1)
for layer in (ours, built_in):
    layer.build((None, 5))
    layer.set_weights([w_any, b_any])
z_layers = [ops.convert_to_numpy(layer(x_any))[:, 0] for layer in (ours, built_in)]

# %%
claim(
    "neuron-three-ways",
    "A loop, our layer and Keras's compute the same neuron: largest difference over "
    "1,000 inputs.",
    measured=np.ptp([z_loop, *z_layers], axis=0).max(),
    below=1e-5,
)

# %% [markdown]
# Inputs may be raw numbers such as hours of sun. They may also be the outputs of other
# neurons. That is all there is to a *multi-layer* network: the first layer reads the
# data, and each further layer reads the outputs of the one before. We take the second
# layer of a network apart, and compute its third neuron by hand.

# %%
network = mlp(5, (4, 4), 1, activation="tanh", seed=0)
h_1 = ops.convert_to_numpy(network.layers[0](x_any))  # (examples, 4)
h_2 = ops.convert_to_numpy(network.layers[1](h_1))  # (examples, 4)
kernel, bias = network.layers[1].get_weights()
claim(
    "neuron-reads-the-layer-below",
    "A neuron of the second layer is φ(w·h + b) of the first layer's outputs h: "
    "largest difference over 1,000 inputs.",
    measured=np.abs(np.tanh(h_1 @ kernel[:, 2] + bias[2]) - h_2[:, 2]).max(),
    below=1e-5,
)

# %% [markdown]
# ## What does the bias do?
#
# One input, one neuron. The true answer is 1 where $x > 0.5$ and 0 elsewhere. The
# activation is the *sigmoid* $\sigma(z) = 1/(1 + e^{-z})$, a step with round corners:
# it gives a number between 0 and 1, and one half at $z = 0$. We let Keras find the
# weights, once with a bias and once without. How `fit` does that is the matter of later
# chapters. Here it is enough that it starts at random weights and changes them little
# by little, so that the outputs come closer to the answers.
#
# A layer of three neurons gives us three runs at once: each neuron has its own random
# start, and they share nothing but the data.


# %%
def train(layer, x, y, loss, steps=300):
    """Trains each neuron of the layer, by itself, to answer y; returns the answers."""
    model = keras.Sequential([keras.Input(x.shape[1:]), layer])
    model.compile(keras.optimizers.Adam(0.1), loss)
    targets = np.tile(np.reshape(y, (-1, 1)), layer.units).astype("float32")
    fit_batches(model, x, targets, np.tile(np.arange(len(x)), (steps, 1)))
    return ops.convert_to_numpy(model(x))  # (examples, neurons)


def random_start(scale=1.0):
    return keras.initializers.RandomNormal(stddev=scale, seed=0)


# %%
x_line = np.random.default_rng(0).uniform(0, 1, size=(200, 1)).astype("float32")
y_line = (x_line[:, 0] > 0.5).astype(int)
with_bias = Dense(3, "sigmoid", kernel_initializer=random_start())
no_bias = Dense(3, "sigmoid", use_bias=False, kernel_initializer=random_start())
right = {
    layer.use_bias: np.mean(
        (train(layer, x_line, y_line, "binary_crossentropy") > 0.5) == y_line[:, None],
        axis=0,
    )
    for layer in (with_bias, no_bias)
}
w_fit, b_fit = (values.ravel() for values in with_bias.get_weights())

# %% tags=["hide-input"]
x_grid = np.linspace(0, 1, 201)
outputs = {
    name: ops.convert_to_numpy(layer(x_grid[:, None])).T
    for name, layer in {"with bias": with_bias, "without bias": no_bias}.items()
}
show(
    curves(
        x_grid,
        {**outputs, "true answer": (x_grid > 0.5).astype(float)},
        x_label="input $x$",
        y_label="output $a$",
        bounds={"changes its answer here": 0.5},
    ),
    "neuron-bias",
    caption="One sigmoid neuron that was to say where $x > 0.5$: mean and range of "
    "three random starts. Without a bias the curve must pass through one half at "
    "$x = 0$, whatever its weight is. The bias moves it to the right.",
    alt="With bias, an S-shaped curve follows the true step and crosses one half at "
    f"{(-b_fit / w_fit).mean():.2f}. Without bias the curve starts at one half and "
    "rises from there, so that it says yes everywhere.",
)

# %%
claim(
    "neuron-with-bias",
    "With a bias the neuron learns the threshold 0.5: share of right answers, for each "
    "start.",
    measured=right[True],
    above=0.93,
)
claim(
    "neuron-without-bias",
    "Without a bias the neuron cannot learn the threshold 0.5: share of right answers, "
    "for each start.",
    measured=right[False],
    below=0.7,
)
claim(
    "neuron-bias-moves-threshold",
    "A neuron that learned the threshold 0.5 changes its answer at x = −b/w: that "
    "point, for each start.",
    measured=-b_fit / w_fit,
    above=0.45,
    below=0.55,
)

# %% [markdown]
# Why $-b/w$? Because $wx + b = w\,(x + b/w)$: a bias shifts the whole curve sideways,
# by $-b/w$. Without it every neuron is stuck at the origin: its boundary goes through
# $x = 0$.
#
# ## What does the activation do?
#
# The step throws away how large $z$ was. Other activations keep more of it. Three are
# met everywhere: the sigmoid, the hyperbolic tangent *tanh*, and the *rectified linear
# unit*, ReLU for short.

# %% tags=["hide-input"]
z_grid = np.linspace(-5, 5, 401).astype("float32")
activations = {
    "step": (z_grid > 0).astype(float),
    "sigmoid": ops.convert_to_numpy(sigmoid(z_grid)),
    "tanh": ops.convert_to_numpy(tanh(z_grid)),
    "ReLU": ops.convert_to_numpy(relu(z_grid)),
}
near = np.abs(z_grid) <= 2.5
show(
    curves(
        z_grid[near],
        {name: values[near] for name, values in activations.items()},
        x_label="pre-activation $z$",
        y_label="output $a = \\varphi(z)$",
    ),
    "neuron-activations",
    caption="Four activations. The step jumps and is flat elsewhere. The sigmoid rises "
    "from 0 to 1, tanh from −1 to 1. ReLU is 0 for negative $z$, and $z$ for others.",
    alt="Four curves over z from −2.5 to 2.5: a step from 0 to 1, an S from "
    f"{activations['sigmoid'][near].min():.2f} to "
    f"{activations['sigmoid'][near].max():.2f}, an S from "
    f"{activations['tanh'][near].min():.2f} to {activations['tanh'][near].max():.2f}, "
    "and a line that is 0 up to z = 0 and then rises with slope 1.",
)

# %%
claim(
    "neuron-sigmoid-range",
    "The sigmoid stays inside (0, 1): its smallest and largest value for |z| ≤ 5.",
    measured=[activations["sigmoid"].min(), activations["sigmoid"].max()],
    above=0,
    below=1,
)
claim(
    "neuron-tanh-range",
    "tanh stays inside (−1, 1): its smallest and largest value for |z| ≤ 5.",
    measured=[activations["tanh"].min(), activations["tanh"].max()],
    above=-1,
    below=1,
)
claim(
    "neuron-relu-range",
    "ReLU makes zeros of negative numbers: largest output for z < 0.",
    measured=np.abs(activations["ReLU"][z_grid < 0]).max(),
    equals=0,
)

# %% [markdown]
# The sigmoid and tanh are one curve in two sizes.

# %%
halved = (1 + ops.convert_to_numpy(tanh(z_grid / 2))) / 2
claim(
    "neuron-sigmoid-is-tanh",
    "The sigmoid is tanh, moved and squeezed, σ(z) = (1 + tanh(z/2))/2: largest "
    "difference.",
    measured=np.abs(halved - activations["sigmoid"]).max(),
    below=1e-6,
)

# %% [markdown]
# The range decides where an activation fits. A sigmoid in the last layer can be read as
# a probability of *yes*, which suits a choice between two classes. Does the choice
# matter inside a network too? We train a network of three *hidden* layers, the ones
# between input and output, on handwritten digits: four activations (GELU is a ReLU with
# a round corner), three random starts each. A *pass* shows the network each image once.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
names, seeds = ("sigmoid", "tanh", "relu", "gelu"), (0, 1, 2)
twelve = side_by_side(
    [
        mlp(64, (32, 32, 32), 10, activation=name, seed=seed)
        for name in names
        for seed in seeds
    ]
)
twelve.compile(keras.optimizers.SGD(0.1), StackedMLP.cross_entropy)
batches = shuffled_batches(len(x_train), epochs=10, batch_size=32, seed=0)
fit_batches(twelve, x_train, y_train, batches)

# %%
answers = ops.convert_to_numpy(twelve(x_test)).argmax(axis=2)  # (images, networks)
read = (answers == y_test[:, None]).mean(axis=0).reshape(len(names), len(seeds))
accuracy = dict(zip(names, read, strict=True))
claim(
    "neuron-activation-decides",
    "In ten passes, three hidden layers of tanh learn to read digits and three of "
    "sigmoids do not: share of digits read, tanh minus sigmoid, for each start.",
    measured=100 * (accuracy["tanh"] - accuracy["sigmoid"]),
    above=50,
    unit="points",
)
claim(
    "neuron-activations-tie",
    "For reading digits with three hidden layers it hardly matters whether they are "
    "tanh, ReLU or GELU: highest minus lowest of the mean shares of digits read.",
    measured=100 * np.ptp([accuracy[name].mean() for name in names[1:]]),
    below=5,
    unit="points",
)

# %% [markdown]
# So it can decide everything, or next to nothing.
# {doc}`The next chapter <03_layers_and_nonlinearity>` asks why.
#
# ## The perceptron: learning from mistakes alone
#
# How can a neuron find its weights by itself? A famous early answer is Frank
# Rosenblatt's *perceptron* {cite:p}`rosenblatt1958perceptron`. It is a neuron with a
# step as its activation. $y$ is the right answer, 0 or 1, and $\hat y$ the neuron's:
#
# $$
# \begin{aligned}
# \hat y &= 1 \text{ if } w \cdot x + b > 0, \text{ else } 0 \\
# w &\leftarrow w + (y - \hat y)\, x \\
# b &\leftarrow b + (y - \hat y)
# \end{aligned}
# $$ (eq-perceptron)
#
# If the answer is right, $y - \hat y = 0$ and nothing changes. If it said *no* to a
# *yes*, the example's inputs are added to the weights; if it said *yes* to a *no*, they
# are subtracted. Either way $z$ moves in the right direction for this example. (Many
# books write the answers as $-1$ and $1$; then a mistake changes $w$ by $y\,x$.)
#
# By hand: start at $w = (0, 0)$, $b = 0$. The example $x = (2, 1)$ has the answer 1.
# $z = 0$, so $\hat y = 0$: a mistake. Now $w = (2, 1)$ and $b = 1$. The same example
# gives $z = 4 + 1 + 1 = 6$: right.
#
# Here is the rule as a loop. It goes through the examples again and again, until a
# whole pass brings no mistake.


# %%
def rosenblatt(x, y, passes=1000):
    """(example, w, b) after each mistake, and the number of mistakes in each pass."""
    w, b = np.zeros(x.shape[1]), 0.0
    path, mistakes = [], []
    while len(mistakes) < passes and 0 not in mistakes:
        before = len(path)
        for i in range(len(x)):
            y_hat = int(x[i] @ w + b > 0)
            if y_hat != y[i]:
                w, b = w + (y[i] - y_hat) * x[i], b + (y[i] - y_hat)
                path.append((i, w, b))
        mistakes.append(len(path) - before)
    return path, mistakes


# %% [markdown]
# We watch it on thirty points of two classes. They are *linearly separable*: some
# straight line has all of one class on one side and all of the other on the other.
# Among such lines, one keeps the largest distance from the nearest point. That distance
# is the *margin* $\gamma$. `separable_clouds` makes points whose margin is at least a
# given number, here 0.1. We move them all by 0.5, so that the line has to leave the
# origin.

# %%
centred, y_cloud, u_cloud = separable_clouds(examples=30, margin=0.1, seed=8)
x_cloud = centred + 0.5
path, mistakes = rosenblatt(x_cloud, y_cloud)
quote("perceptron-moves", len(path))
quote("perceptron-passes", len(mistakes))
claim(
    "perceptron-cloud-settles",
    "On two separable clouds the perceptron comes to a pass without a mistake: "
    "mistakes in the last pass.",
    measured=mistakes[-1],
    equals=0,
)

# %% tags=["hide-input"]
frames = [(*path[-1][1:], None, f"after {len(path)} mistakes: no more")]
for k, (i, w_k, b_k) in enumerate(path):
    if k > 0:
        frames.append((*path[k - 1][1:], i, f"mistake {k + 1}: the ringed point"))
    word = "added" if y_cloud[i] else "subtracted"
    frames.append((w_k, b_k, i, f"mistake {k + 1}: its inputs are {word}"))
frames.append(frames[0])
ws, bs, looked_at, titles = zip(*frames, strict=True)
animate(
    moving_boundary(
        x_cloud, y_cloud, ws, bs, looked_at, titles, limits=((-0.6, 1.6), (-0.6, 1.6))
    ),
    "perceptron-path",
    caption="The perceptron at work. The picture shows the end; press play to see how "
    "it comes about. Each mistake is ringed, then the line moves. It may unlearn other "
    "points on the way.",
    alt=f"A line moves {len(path)} times, each time after a ringed point on its wrong "
    "side, until all squares are on its tinted side and all dots on the other.",
    seconds=20,
)

# %% [markdown]
# After {glue:text}`perceptron-moves` mistakes in {glue:text}`perceptron-passes` passes
# the line stands between the clouds. It stops at the first line that separates them,
# which need not be a good one. Shown in another order, the same points end in another
# line. How different can they be?


# %%
def in_another_order(seed):
    order = np.random.default_rng(seed).permutation(len(x_cloud))
    _, w_end, _ = rosenblatt(x_cloud[order], y_cloud[order])[0][-1]
    return w_end / np.linalg.norm(w_end)


ends = np.array([in_another_order(seed) for seed in range(20)])
cosines = np.clip(ends @ ends.T, -1, 1)
claim(
    "perceptron-many-lines",
    "The order of the examples decides which separating line the perceptron finds: "
    "largest angle between the lines of 20 orders.",
    measured=np.rad2deg(np.arccos(cosines.min())),
    above=5,
    unit="degrees",
)

# %% [markdown]
# ### The layer
#
# The library's `Perceptron` has the same lines. `call` gives the answer, `train_step`
# is the rule:
#
# ```{literalinclude} ../dlbook/layers/perceptron.py
# :pyobject: Perceptron.call
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/layers/perceptron.py
# :pyobject: Perceptron.train_step
# :language: python
# :dedent: 4
# ```
#
# Here each change is multiplied by a *learning rate* $\eta$. If one starts from zeros,
# it multiplies all weights and the bias alike, and never changes an answer. So the
# number of mistakes should not depend on it.


# %%
def mistakes_at(eta):
    layer = Perceptron(1)
    order = list(range(len(x_cloud))) * len(mistakes)
    return sum(layer.train_step(x_cloud[[i]], y_cloud[[i], None], eta) for i in order)


claim(
    "perceptron-rate-is-only-scale",
    "From zero weights the learning rate changes no answer of the perceptron: mistakes "
    "at η = 1/8 and at η = 8, minus those at η = 1.",
    measured=[mistakes_at(eta) - len(path) for eta in (0.125, 8)],
    equals=0,
)

# %% [markdown]
# Keras has no such layer to compare with. But Keras's `fit` can train this one: with
# one example at a time, the loss `mse` and the optimizer SGD, the steps are
# Rosenblatt's. (SGD and this loss are explained in later chapters.) Does `fit` end
# where the loop ended?

# %%
perceptron = Perceptron(1)
model = keras.Sequential([keras.Input((2,)), perceptron])
model.compile(keras.optimizers.SGD(0.5), "mse")  # η = 1, for "mse" has no ½.
passes = len(mistakes)
in_order = np.tile(np.arange(len(x_cloud)), passes)[:, None]
fit_batches(model, x_cloud, y_cloud[:, None], in_order)
_, w_loop, b_loop = path[-1]
w_fitted, b_fitted = perceptron.get_weights()
claim(
    "perceptron-fit-is-the-rule",
    "A perceptron layer trained by Keras's fit ends where a loop over the examples "
    "ends: largest difference of a weight or the bias.",
    measured=np.abs([*(w_fitted[:, 0] - w_loop), b_fitted[0] - b_loop]).max(),
    below=1e-4,
)

# %%
wide = Perceptron(1)
wide.build((None, 5))
wide.set_weights([w_any, b_any])
says = ops.convert_to_numpy(wide(x_any))[:, 0]
claim(
    "perceptron-is-a-threshold",
    "A perceptron layer is a threshold on a weighted sum: answers of 1,000 that differ "
    "from w·x + b > 0.",
    measured=np.sum(says != (x_any @ w_any[:, 0] + b_any > 0)),
    equals=0,
)
claim(
    "perceptron-parameters",
    "With five inputs the perceptron has five weights and one bias to learn: their "
    "number.",
    measured=wide.count_params(),
    equals=6,
)

# %% [markdown]
# ## Why does it stop?
#
# A mistake can undo what an earlier one repaired. Why does this not go on for ever? The
# answer is a theorem with a short proof {cite:p}`novikoff1962convergence`.
#
# First a trick that saves writing. Give every example one more input that is the same
# for all, the number one. Then the bias is the weight of that input, and
# $z = w \cdot x$. Let $R$ be the length of the longest such $x$. Suppose a vector $u$
# of length 1 separates the classes with margin $\gamma$: $u \cdot x \ge \gamma$ for
# each $x$ of class 1, and $u \cdot x \le -\gamma$ for class 0. Look at $w$ after $k$
# mistakes, from a start at zero.
#
# 1. *It turns towards $u$.* Each mistake adds an $x$ of class 1 or subtracts one of
#    class 0. Both raise $w \cdot u$ by at least $\gamma$. So $w \cdot u \ge k\gamma$.
# 2. *It grows slowly.* Adding $x$ changes $\lVert w \rVert^2$ by
#    $2\,w \cdot x + \lVert x \rVert^2$. On a mistake of class 1, $w \cdot x \le 0$, so
#    this is at most $R^2$. The same holds for class 0. So
#    $\lVert w \rVert^2 \le k R^2$.
# 3. *Both at once.* $w \cdot u$ is never more than $\lVert w \rVert$, for $u$ has
#    length 1. So $k\gamma \le \sqrt{k}\,R$, and
#
# $$k \le \left(\frac{R}{\gamma}\right)^2.$$ (eq-novikoff)
#
# The bound holds for every order of the examples, and does not ask how many there are
# or how many inputs they have. Only $R$ and the margin count. We try six margins, with
# 200 points of ten inputs and five seeds each. The plane between these clouds goes
# through the origin, so the extra input leaves the margin as it is, and adds 1 to
# $R^2$.

# %%
margins = np.array([0.01, 0.02, 0.05, 0.1, 0.2, 0.4])
made, allowed, last = np.zeros((3, 5, len(margins)))
for seed in range(5):
    for m, margin in enumerate(margins):
        x, y, _ = separable_clouds(200, margin, inputs=10, seed=seed)
        steps, in_pass = rosenblatt(x, y)
        made[seed, m], last[seed, m] = len(steps), in_pass[-1]
        allowed[seed, m] = (np.sum(x**2, axis=1).max() + 1) / margin**2

# %% tags=["hide-input"]
show(
    curves(
        margins,
        {"mistakes made": made, "bound $(R/\\gamma)^2$": allowed},
        x_label="margin $\\gamma$",
        y_label="mistakes",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "perceptron-mistakes",
    caption="Mistakes until the perceptron makes none, against the margin: mean and "
    "range of five seeds, with Novikoff's bound. The narrower the gap, the more "
    "mistakes, and the further they stay below the bound.",
    alt=f"At the margin 0.4 there are {made[:, -1].mean():.0f} mistakes on average and "
    f"a bound of {allowed[:, -1].mean():.0f}; at the margin 0.01 there are "
    f"{made[:, 0].mean():.0f} mistakes and a bound of {allowed[:, 0].mean():,.0f}.",
)

# %%
claim(
    "perceptron-within-bound",
    "The perceptron never makes more than (R/γ)² mistakes: the largest share of the "
    "bound that was used, over six margins and five seeds.",
    measured=(made / allowed).max(),
    below=1,
)
claim(
    "perceptron-settles",
    "On separable data the perceptron always settles: mistakes in the last pass, "
    "summed over six margins and five seeds.",
    measured=last.sum(),
    equals=0,
)

# %% [markdown]
# ## The experiment: reading digits
#
# Is that enough for images? An image of $8 \times 8$ pixels is a list of 64 inputs. We
# first ask for 0 or 1, in five orders of the training images.

# %%
binary, binary_test = y_train < 2, y_test < 2
zero_or_one = []
for seed in range(5):
    order = np.random.default_rng(seed).permutation(binary.sum())
    found, in_pass = rosenblatt(x_train[binary][order], y_train[binary][order])
    _, w_01, b_01 = found[-1]
    says_one = x_test[binary_test] @ w_01 + b_01 > 0
    zero_or_one.append(np.mean(says_one == y_test[binary_test]))
claim(
    "perceptron-zero-or-one",
    "One perceptron tells held-out zeros from ones: share of right answers, for each "
    "order.",
    measured=zero_or_one,
    above=0.93,
)

# %% [markdown]
# For all ten digits we take ten perceptrons, one for each: *one against the rest*. The
# digit whose $z$ is largest wins. The last weights depend on the last few examples. So
# we also keep the mean of the weights over all steps, the *averaged perceptron*
# {cite:p}`freund1999large`. The bias is again the weight of an input that is always 1.


# %%
def ten_perceptrons(seed, passes=5):
    """The last and the mean weights, each (65, 10), of ten perceptrons."""
    random = np.random.default_rng(seed)
    x = np.c_[x_train, np.ones(len(x_train))]  # (images, 65)
    y = np.eye(10)[y_train]  # (images, 10): 1 for the right digit, 0 for the others
    w, total = np.zeros((65, 10)), np.zeros((65, 10))
    for i in np.concatenate([random.permutation(len(x)) for _ in range(passes)]):
        w += np.outer(x[i], y[i] - (x[i] @ w > 0))
        total += w
    return w, total / (passes * len(x))


def share_read(w):
    z = np.c_[x_test, np.ones(len(x_test))] @ w  # (images, 10)
    return np.mean(z.argmax(axis=1) == y_test)


# %%
pairs = [ten_perceptrons(seed) for seed in seeds]
last_reads, mean_reads = np.array([[share_read(w) for w in pair] for pair in pairs]).T
claim(
    "perceptron-ten-digits",
    "Ten averaged perceptrons read held-out digits: share of right answers, for each "
    "order.",
    measured=mean_reads,
    above=0.92,
)
claim(
    "perceptron-average-helps",
    "On held-out digits the perceptrons' averaged weights read better than their last "
    "ones: difference of the mean shares of right answers.",
    measured=100 * (mean_reads.mean() - last_reads.mean()),
    above=0.5,
    unit="points",
)

# %% tags=["hide-input"]
weights = pairs[0][1][:64].T.reshape(10, 8, 8)
show(
    image_grid(
        weights,
        [str(digit) for digit in range(10)],
        label="weight",
        signed=True,
    ),
    "perceptron-weights",
    caption="The weights of the ten averaged perceptrons, each at its pixel. Ink on "
    "red speaks for the digit, ink on blue against it. Look at 0: its middle is blue, "
    "since a zero has a hole.",
    alt="Ten images of 8 by 8 weights. The perceptron of the digit 0 has negative "
    f"weights in the middle, {weights[0][3:5, 3:5].mean():.1f} on average, and "
    f"{weights[0].max():.1f} at most. Together the ten read {mean_reads[0]:.1%} of the "
    "held-out digits.",
)

# %% [markdown]
# Each image is a template that the perceptron lays over the digit. Rosenblatt's own
# machine did much the same in hardware: the Mark I Perceptron looked at its images with
# 20 × 20 photocells {cite:p}`hay1960mark`. Between these and the learning weights stood
# fixed, random connections.
#
# ## What can it not learn?
#
# One straight cut is not always enough. The smallest example is *exclusive or*, XOR:
# the answer is 1 if exactly one of two inputs is 1. Its four points are the corners of
# a square, and equal answers stand across from each other. How many corners can a line
# get right? We try many: 720 directions, each with 81 positions.

# %%
x_xor = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float32")
y_xor = np.array([0, 1, 1, 0])
angles = np.arange(720) * np.pi / 360
directions = np.stack([np.cos(angles), np.sin(angles)])  # (2, 720)
positions = np.linspace(-2, 2, 81)
above = (x_xor - 0.5) @ directions > positions[:, None, None]  # (81, 4, 720)
claim(
    "perceptron-best-half-plane",
    "On XOR no straight line does better than three of four: best share of right "
    "answers of 58,320 half-planes.",
    measured=(above == y_xor[:, None]).mean(axis=1).max(),
    equals=0.75,
)

# %% [markdown]
# No search would be needed. *No* to $(0,0)$ means $b \le 0$. *Yes* to $(1,0)$ and
# $(0,1)$ means $w_1 + b > 0$ and $w_2 + b > 0$. Add these two and take $b$ away once:
# $w_1 + w_2 + b > -b \ge 0$. So the answer to $(1,1)$ is *yes* as well, which is wrong.
#
# What does the perceptron do then?

# %%
xor_path, xor_mistakes = rosenblatt(x_xor, y_xor)
quote("xor-last-pass", xor_mistakes[-1])
claim(
    "perceptron-xor-never-settles",
    "On XOR the perceptron never settles: fewest mistakes in one of 1,000 passes.",
    measured=min(xor_mistakes),
    above=0,
)
visited = {(*w_k, b_k) for _, w_k, b_k in xor_path}
quote("xor-path", len(xor_path))
claim(
    "perceptron-xor-cycles",
    "On XOR the perceptron walks in a circle: different pairs of weights and bias that "
    "it visits in 1,000 passes.",
    measured=len(visited),
    below=20,
)

# %% [markdown]
# It makes {glue:text}`xor-path` mistakes, and goes round and round through
# {glue:text}`perceptron-xor-cycles` states. Now we put a hidden layer of four tanh
# neurons in between. Each draws a line of its own, and the last neuron reads which side
# of each line a point is on.

# %%
hidden_networks = [mlp(2, (4,), 1, activation="tanh", seed=seed) for seed in seeds]
three = side_by_side(hidden_networks)
three.compile(
    keras.optimizers.Adam(0.05), keras.losses.BinaryCrossentropy(from_logits=True)
)
all_four = np.tile(np.arange(4), (200, 1))
fit_batches(three, x_xor, np.tile(y_xor[:, None, None], (1, 3, 1)), all_four)
z_xor = ops.convert_to_numpy(three(x_xor))[:, :, 0]  # (4, networks)
hidden_right = np.mean((z_xor > 0) == y_xor[:, None], axis=0)
h_xor = [ops.convert_to_numpy(net.layers[0](x_xor)) for net in hidden_networks]
hidden_mistakes = [rosenblatt(h, y_xor)[1][-1] for h in h_xor]

# %% tags=["hide-input"]
_, w_xor, b_xor = xor_path[-1]
show(
    decision_regions(
        {
            "one perceptron": lambda x: x @ w_xor + b_xor > 0,
            "with a hidden layer": lambda x: (
                ops.convert_to_numpy(hidden_networks[0](x))[:, 0] > 0
            ),
        },
        x_xor,
        y_xor,
        limits=((-0.5, 1.5), (-0.5, 1.5)),
    ),
    "perceptron-xor",
    caption="XOR: squares should be in the orange region, dots in the blue one. "
    "The perceptron, here after 1,000 passes, has one straight line. With four hidden "
    "neurons the boundary can bend around the corners.",
    alt="Two panels with the four corners of a square. In the left one a single side "
    f"of one line is orange, and {xor_mistakes[-1]} mistakes were made in the last "
    "pass. In the right one the boundary is curved, and all four corners are right.",
)

# %%
claim(
    "neuron-hidden-layer-solves-xor",
    "A network with four hidden neurons gets XOR right: share of right answers, for "
    "each start.",
    measured=hidden_right,
    equals=1,
)
claim(
    "perceptron-on-hidden-outputs",
    "Shown the four hidden outputs of a network that solves XOR, the perceptron "
    "settles: mistakes in its last pass, for each start.",
    measured=hidden_mistakes,
    equals=0,
)

# %% [markdown]
# The last neuron of the network is still one neuron with one flat cut. What changed is
# its input. The hidden layer moved the four points so that a flat cut is enough. When
# people say that deeper layers see a *more abstract* view of the data, they mean such
# a change.
#
# ### Why not follow the slope?
#
# A network is trained by a simple question: if I nudge this weight a little, does the
# error fall? To a step this question has no answer. We nudge the weights of a
# perceptron and of a sigmoid neuron, each on 1,000 random inputs, and count the outputs
# that move.

# %%
nudge = 1e-6
z_before, z_after = (x_any.astype(float) @ (w_any + d) + b_any for d in (0, nudge))
claim(
    "perceptron-step-is-flat",
    "A small nudge of the weights moves no output of a step: outputs of 1,000 that "
    "change.",
    measured=np.sum((z_before > 0) != (z_after > 0)),
    equals=0,
)
sigmoid_before, sigmoid_after = (1 / (1 + np.exp(-z)) for z in (z_before, z_after))
claim(
    "neuron-sigmoid-is-not-flat",
    "A small nudge of the weights moves the outputs of a sigmoid: outputs of 1,000 "
    "that change.",
    measured=np.sum(sigmoid_before != sigmoid_after),
    above=900,
)

# %% [markdown]
# In the words of calculus: the derivative of the step is zero, except at the jump,
# where there is none. Rosenblatt's rule gets along without a derivative, but it only
# works for one layer: it does not say which hidden neuron is to blame. Activations
# with a slope of their own let the error's slope through, and that is how networks
# learn. (Our layer passes slopes on as if there were no step. That is why `fit` could
# train it.)
#
# ## Where the popular answer goes wrong
#
# ### "Linear regression is one of the perceptron's uses"
#
# Regression means to predict a quantity, not a class. We take 442 patients with
# diabetes, ten numbers about each, and the progress of the disease after a year
# {cite:p}`efron2004least`, all *standardised*: shifted and scaled to mean 0 and
# standard deviation 1. The best the perceptron can be asked is whether the progress is
# above the median. Beside it stands *Adaline* {cite:p}`widrow1960adaptive`: a neuron
# without a step, trained to make the squared error $(z - y)^2$ small.

# %%
patients = datasets.load_diabetes()
x_patient, progress = (
    (values - values.mean(axis=0)) / values.std(axis=0)
    for values in (patients.data, patients.target)
)
adaline = Dense(3, kernel_initializer=random_start())
predicted = train(adaline, x_patient.astype("float32"), progress, "mse")
explained = 1 - np.mean((predicted - progress[:, None]) ** 2, axis=0)
worse = (progress > np.median(progress)).astype(int)
_, w_patient, b_patient = rosenblatt(x_patient, worse, passes=50)[0][-1]
yes_or_no = (x_patient @ w_patient + b_patient > 0).astype(float)

# %% tags=["hide-input"]
show(
    scatter(
        {
            "Adaline": (progress, predicted[:, 0]),
            "perceptron": (progress, yes_or_no),
        },
        x_label="true progress of the disease (standard deviations)",
        y_label="output of the neuron",
        diagonal="perfect prediction",
    ),
    "perceptron-regression",
    caption="Two neurons and 442 patients. Adaline's outputs follow the true values, "
    "with much scatter. The perceptron can only say 0 or 1.",
    alt=f"Adaline's points form a rising cloud that explains {explained[0]:.0%} of the "
    "variance. The perceptron's points lie on two horizontal lines, at 0 and at 1.",
)

# %%
claim(
    "perceptron-two-values",
    "Asked about 442 patients, the perceptron has two different outputs: their number.",
    measured=len(np.unique(yes_or_no)),
    equals=2,
)
claim(
    "perceptron-adaline-regresses",
    "Adaline explains part of the progress of the disease of 442 patients: share of "
    "the variance (R², 1 is perfect), for each start.",
    measured=explained,
    above=0.4,
)

# %% [markdown]
# :::{popular-answer} Linear regression is one of the perceptron's uses.
# :verdict: wrong
# :question: perceptron
# :claims: perceptron-two-values, perceptron-adaline-regresses
#
# It has two outputs, and its rule ignores by how much an answer is off. It classifies.
# Regression with one neuron is Adaline: no step, squared error.
# :::
#
# ### "A weight tells how important its input is"
#
# Go back to the bicycle. Measure the rain in centimetres, and the same neuron has the
# weight −20 in place of −2. Nothing else has changed. Now a real case: 569 tumours,
# each with 30 measurements of its cells, benign or malignant
# {cite:p}`street1993nuclear`. We train one sigmoid neuron on standardised inputs. Then
# we write down the same neuron for the inputs in their own units: with $s_i$ the
# standard deviation of input $i$, its weights are $w_i / s_i$.

# %%
tumours = datasets.load_breast_cancer()
centre, spread = tumours.data.mean(axis=0), tumours.data.std(axis=0)
x_tumour = (tumours.data - centre) / spread
one_each = Dense(3, "sigmoid", kernel_initializer=random_start(0.1))
train(one_each, x_tumour.astype("float32"), tumours.target, "binary_crossentropy")
w_standard, b_standard = (value.astype(float) for value in one_each.get_weights())
w_raw = w_standard / spread[:, None]
b_raw = b_standard - centre @ w_raw
z_standard, z_raw = x_tumour @ w_standard + b_standard, tumours.data @ w_raw + b_raw


# %%
def ranks(values):
    return np.argsort(np.argsort(-np.abs(values), axis=0), axis=0)


claim(
    "neuron-units-change-weights",
    "In other units the neuron has other weights and the same output: largest "
    "difference of z over 569 tumours.",
    measured=np.abs(z_standard - z_raw).max(),
    below=1e-6,
)
correlations = [
    np.corrcoef(ranks(w_standard)[:, k], ranks(w_raw)[:, k])[0, 1] for k in range(3)
]
claim(
    "neuron-weight-is-not-importance",
    "Two rankings of inputs by |w|, from two choices of units, have little in common: "
    "size of their rank correlation (1 means the same order), for each start.",
    measured=np.abs(correlations),
    below=0.5,
)

# %% tags=["hide-input"]
sizes = {
    "standardised inputs": dict(
        zip(tumours.feature_names, np.abs(w_standard[:, 0]), strict=True)
    ),
    "inputs in their own units": dict(
        zip(tumours.feature_names, np.abs(w_raw[:, 0]), strict=True)
    ),
}
tops = [max(ranking, key=ranking.get) for ranking in sizes.values()]
place = 1 + ranks(w_raw)[list(tumours.feature_names).index(tops[0]), 0]
quote("neuron-top-feature", tops[0])
quote("neuron-top-place", place)
show(
    rank_changes(sizes, marked=tops),
    "neuron-ranks",
    caption="One neuron in two systems of units. Each line is an input, placed by the "
    "size of its weight. The outputs are the same; the order of the weights is not. "
    "The first input of each side is in colour.",
    alt=f"Thirty lines that cross in all directions. The first on the left, {tops[0]}, "
    f"is number {place} on the right; the first on the right is {tops[1]}.",
)

# %% [markdown]
# :::{popular-answer} A weight tells how important its input is.
# :verdict: imprecise
# :question: artificial-neuron
# :claims: neuron-units-change-weights, neuron-weight-is-not-importance
#
# It does so only if all inputs share one scale and do not repeat each other. By its
# weight, the input *{glue:text}`neuron-top-feature`* is number 1 when standardised, and
# number {glue:text}`neuron-top-place` in its own units. Where two inputs say the same,
# they share one weight in any way.
# :::
#
# ### "The activation is by definition nonlinear"
#
# A *linear* activation returns $z$ itself, or a multiple. We let one neuron learn
# $y = 3x$ for $x$ from $-1$ to $1$, with tanh and with no activation.


# %%
x_ramp = np.linspace(-1, 1, 61).astype("float32")[:, None]
y_ramp = 3 * x_ramp


def squared_error(activation):
    neurons = Dense(3, activation, kernel_initializer=random_start())
    return np.mean((train(neurons, x_ramp, y_ramp, "mse") - y_ramp) ** 2, axis=0)


claim(
    "neuron-linear-head",
    "A linear neuron learns y = 3x: mean squared error, for each start.",
    measured=squared_error("linear"),
    below=0.01,
)
claim(
    "neuron-tanh-head",
    "A tanh neuron cannot learn y = 3x for x up to 1, for its output ends at 1: mean "
    "squared error, for each start.",
    measured=squared_error("tanh"),
    above=0.4,
)

# %% [markdown]
# :::{popular-answer} The activation is by definition nonlinear.
# :verdict: imprecise
# :question: artificial-neuron
# :claims: neuron-linear-head, neuron-tanh-head
#
# In hidden layers it should be: linear layers in a stack are no more than one. In the
# last layer of a regression it should not: the output must reach all values.
# :::
#
# ### "ReLU is the activation used most"
#
# :::{popular-answer} ReLU is the activation used most in deep learning.
# :verdict: imprecise
# :question: artificial-neuron
# :claims: neuron-activations-tie, neuron-activation-decides
#
# It was the standard of the image networks that began with
# {cite:t}`krizhevsky2012imagenet`. Many language models use GELU
# {cite:p}`hendrycks2016gaussian` or SwiGLU {cite:p}`shazeer2020glu` instead. What most
# people use, no experiment here can count. On digits tanh, ReLU and GELU differ by
# {glue:text}`neuron-activations-tie`.
# :::
#
# ### Three that are right
#
# :::{popular-answer} The bias moves the activation sideways and can decide success.
# :verdict: right
# :question: artificial-neuron
# :claims: neuron-with-bias, neuron-without-bias, neuron-bias-moves-threshold
#
# By $-b/w$, with one input. See {numref}`neuron-bias`.
# :::
#
# :::{popular-answer} It finds a boundary whenever the data are linearly separable.
# :verdict: right
# :question: perceptron
# :claims: perceptron-settles, perceptron-within-bound, perceptron-many-lines
#
# After at most $(R/\gamma)^2$ mistakes. Some boundary, not the best one.
# :::
#
# :::{popular-answer} It fails where no hyperplane separates the classes.
# :verdict: right
# :question: perceptron
# :claims: perceptron-best-half-plane, perceptron-xor-never-settles
#
# {cite:t}`minsky1969perceptrons` studied what this excludes. XOR is the smallest
# example. A hidden layer lifts the limit.
# :::
#
# ## What we saw
#
# - A neuron is a weighted sum, a bias and an activation. Its boundary is flat: the
#   weights stand at a right angle to it, the bias shifts it.
# - Rosenblatt's rule changes the weights after mistakes only. On separable data it
#   stops, after at most $(R/\gamma)^2$ of them; the largest share of that bound we saw
#   used was {glue:text}`perceptron-within-bound`.
# - Ten such neurons read digits. One of them cannot learn XOR, and walks in a circle.
# - A hidden layer changes the input of the last neuron so that a flat cut is enough.
# - The size of a weight depends on the unit of its input.
#
# What can many neurons in several layers do that one cannot? And why do they need a
# bend? That is {doc}`the next chapter <03_layers_and_nonlinearity>`.
#
# ## In an interview
#
# :::{interview-card} What does one artificial neuron compute, what do its parts mean?
# :id: artificial-neuron
# :figure: neuron-boundary
#
# $a = \varphi(z)$ with $z = \sum_i w_i x_i + b = w \cdot x + b$. The inputs are raw
# features or outputs of the layer before. $z = 0$ is a hyperplane: $w$ stands at a
# right angle to it, and its signed distance from the origin is $-b/\lVert w \rVert$.
# With one input the bias moves the activation by $-b/w$. $|w_i|$ measures importance
# only if the inputs share a scale: with $s\,x_i$ and $w_i/s$ the neuron is the same.
# $\varphi$ is nonlinear in hidden layers, such as tanh in $(-1, 1)$ or ReLU in
# $[0, \infty)$. In the last layer it may be a sigmoid in $(0, 1)$ for two classes, or
# nothing for regression.
# :::
#
# :::{interview-card} What is a perceptron, what can it learn and what can it not?
# :id: perceptron
# :figure: perceptron-xor
#
# A threshold neuron: *yes* if $w \cdot x + b > 0$. It learns from mistakes alone: add
# $x$ to $w$ for a missed *yes*, subtract it for a wrong *yes*. If a hyperplane
# separates the classes with margin $\gamma$ and no input, with a 1 added for the bias,
# is longer than $R$, it makes at most $(R/\gamma)^2$ mistakes (Novikoff). It finds some
# separating plane, not the best. If none exists, it never settles: on XOR a line gets
# at most 3 of 4 points, and one hidden layer solves it. It classifies; one neuron for
# regression is Adaline, with squared error and no step. The step's derivative is zero
# almost everywhere, so gradient descent cannot train it; hence activations with a
# slope.
# :::
#
# ## Exercises
#
# 1. **Recall.** Name the three parts of a neuron. Which of them has the length of the
#    input?
#
#    :::{dropdown} Solution
#    Weights, bias, activation. The weights: one for each input.
#    :::
#
# 2. **By hand.** A perceptron has $w = (1, 1)$. Choose $b$ so that it computes AND of
#    two inputs that are 0 or 1. Choose another $b$ for OR.
#
#    :::{dropdown} Solution
#    AND: $z > 0$ for $(1,1)$ only, so $-2 < b \le -1$, such as $b = -1.5$. OR:
#    $-1 < b \le 0$, such as $b = -0.5$. Same weights: the bias alone decides. The next
#    cell tries both.
#    :::

# %% tags=["hide-cell"]
gates = [(x_xor.sum(axis=1) + shift > 0).astype(int) for shift in (-1.5, -0.5)]
claim(
    "neuron-exercise-gates",
    "Exercise 2: with w = (1, 1), the biases −1.5 and −0.5 make AND and OR: wrong "
    "answers of eight.",
    measured=np.sum(np.array(gates) != [[0, 0, 0, 1], [0, 1, 1, 1]]),
    equals=0,
)

# %% [markdown]
# 3. **Predict, then run.** Multiply every input of the animation's points by 100, but
#    not the 1 that belongs to the bias. Does the perceptron make more mistakes? Will
#    the bound allow more?
#
#    :::{dropdown} Solution
#    The clouds lie off the origin, so a bias is needed. A mistake still changes the
#    bias by 1 only, but the weights by a hundred times as much: $b$ has to catch up,
#    step by step. In the bound, $R$ grows a hundredfold and the margin of the
#    lengthened examples does not.
#    :::

# %% tags=["hide-cell"]
far_path, far_mistakes = rosenblatt(100 * x_cloud, y_cloud, passes=20_000)
claim(
    "perceptron-exercise-scale",
    "Exercise 3: with inputs a hundred times as large, the perceptron makes more "
    "mistakes: their number over that with the inputs as they were.",
    measured=len(far_path) / len(path),
    above=2,
)

# %% [markdown]
# 4. **Code.** Find examples for which the perceptron makes as many mistakes as Novikoff
#    allows. Try $N$ examples, all of class 1, of which the $i$-th has $x_i = 1$ and is
#    0 elsewhere. Leave out the bias.
#
#    :::{dropdown} Solution
#    Every example is a mistake once, since no weight but its own concerns it: $N$
#    mistakes. $R = 1$. The best $u$ is $(1, \dots, 1)/\sqrt{N}$, with
#    $\gamma = 1/\sqrt{N}$: the bound is $N$. The next cell runs it with our layer.
#    :::

# %% tags=["hide-cell"]
corners = np.eye(12, dtype="float32")
learner = Perceptron(1, use_bias=False)
each_pass = [
    sum(learner.train_step(corners[[i]], [[1.0]]) for i in range(12)) for _ in range(2)
]
claim(
    "perceptron-exercise-tight",
    "Exercise 4: on 12 unit vectors of one class the perceptron makes as many mistakes "
    "as its bound allows, 12: their number.",
    measured=sum(each_pass),
    equals=12,
)
claim(
    "perceptron-exercise-tight-settles",
    "Exercise 4: on 12 unit vectors of one class the perceptron makes no more mistakes "
    "after the first pass: those in the second.",
    measured=each_pass[1],
    equals=0,
)

# %% [markdown]
# 5. **Think.** Take the neuron of the tumours and feed it one of its inputs twice, as
#    two inputs with the weights $v_1$ and $v_2$. For which $v_1$, $v_2$ is it the same
#    neuron? What does that say about importance?
#
#    :::{dropdown} Solution
#    For all with $v_1 + v_2 = w_i$, such as $w_i/2$ twice, or $10\,w_i$ and $-9\,w_i$.
#    So the weight of an input says little where another input repeats it, even if both
#    share a scale.
#    :::
#
# 6. **Open.** The perceptron stops at the first line without a mistake. How would you
#    change the rule to get a line in the middle of the gap?
#
#    :::{dropdown} Solution
#    Ask for more than a right answer: also change $w$ if a right answer has a
#    $|z|/\lVert w \rVert$ below some width. Or average the weights of many orders. The
#    line with the largest margin is what a support vector machine finds.
#    :::
#
# ## Further reading
#
# The perceptron is by {cite:t}`rosenblatt1958perceptron`, the bound on its mistakes by
# {cite:t}`novikoff1962convergence`. {cite:t}`minsky1969perceptrons` is the classical
# study of its limits. For the averaged perceptron, and what it has to do with margins,
# see {cite:t}`freund1999large`. Chapter 6 of {cite:t}`goodfellow2016deep` goes on from
# one neuron, with XOR as its first example (section 6.1).
#
# :::{parts-used}
# :::
