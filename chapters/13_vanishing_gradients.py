# %% [markdown]
# # Why gradients vanish: every layer multiplies, by weights and by slopes
#
# {doc}`Nine optimizers <12b_optimizers_compared>` were close, once each had its rate.
# Those that adapt divide each gradient by its own usual size. So it should not matter
# how small a gradient is. In deep networks it does matter. This chapter asks why
# gradients get small on their way back through the layers, and what an adaptive
# optimizer can do about it.
#
# It answers: **What is the vanishing gradient problem, and how does it show up in
# training? Why do gradients vanish as they travel backwards through many layers? How
# does each common activation function influence that?**

# %%
import contextlib
import io

import keras
import numpy as np
from keras import ops

from dlbook.activations import leaky_relu, relu, sigmoid, softmax, tanh
from dlbook.callbacks import GradientMonitor
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, dot_rows, moving_curves
from dlbook.initializers import HeNormal
from dlbook.layers import Dense, PReLU
from dlbook.measures import (
    activation_gradients,
    gradient_norms,
    input_gradients,
    jacobian,
    update_ratios,
)
from dlbook.models import StackedMLP, mlp, side_by_side
from dlbook.optimizers import SGD, Adam
from dlbook.page import animate, quote, readable, show, table
from dlbook.training import fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: a chain of twenty neurons
#
# What happens to a gradient that goes back through a single file of neurons? Each is
# one sigmoid, $h_l = \sigma(w h_{l-1} + b)$. By the chain rule, each step back
# multiplies by $w\,\sigma'(z_l)$: a weight times a slope. We choose $b = -w/2$ and
# start at $h_0 = \tfrac12$. Then $z_l = 0$ everywhere, and every slope is a quarter,
# the largest that a sigmoid has. Only $w$ differs. For comparison there is a chain
# without a bend. Its slope is 1, and $w = \tfrac12$.

# %%


def linear(z):
    return z


linear.derivative = np.ones_like


def chain(phi, w, depth=20):
    """∂h₂₀/∂h_l for l = 0 ... 20, from h₀ = ½, with b = −w/2."""
    h, factors = np.float64(0.5), []
    for _ in range(depth):
        z = w * h - w / 2
        factors.append(w * float(phi.derivative(z)))
        h = np.float64(phi(z))
    return np.cumprod([1.0, *factors[::-1]])[::-1]


# %%
chains = {
    "slope ¼, w = 8": chain(sigmoid, 8),
    "slope ¼, w = 4": chain(sigmoid, 4),
    "slope 1, w = ½": chain(linear, 0.5),
    "slope ¼, w = 1": chain(sigmoid, 1),
}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(21),
        chains,
        x_label="neuron $l$",
        y_label="$\\partial h_{20}/\\partial h_l$",
        y_scale="log",
    ),
    "vanish-chain",
    caption="How much the last neuron of a chain changes with neuron $l$. Read it from "
    "the right, where the loss would be, to the left. Three chains have the same "
    "slopes. With $w = 1$ the derivative vanishes, with $w = 4$ it stays, with $w = 8$ "
    "it explodes. A slope of 1 does not help if $w = \\tfrac12$.",
    alt="Four straight lines on a logarithmic axis that meet at 1 at neuron 20. At "
    "neuron 0: " + ", ".join(f"{v[0]:.1g} for {k}" for k, v in chains.items()) + ".",
)

# %%
claim(
    "vanish-chain-alive",
    "A chain of sigmoids with w = 4 at z = 0 passes the gradient on as it is: change "
    "over twenty neurons.",
    measured=abs(chains["slope ¼, w = 4"][0] - 1),
    below=1e-6,
)
claim(
    "vanish-chain-same-slopes",
    "A chain of sigmoids with slopes of ¼ and w = 1 loses the gradient: what is left "
    "after twenty neurons.",
    measured=chains["slope ¼, w = 1"][0],
    below=1e-11,
)
claim(
    "vanish-chain-slope-one",
    "A chain with slopes of exactly 1 loses the gradient if w = ½: what is left after "
    "twenty neurons.",
    measured=chains["slope 1, w = ½"][0],
    below=1e-5,
)

# %% [markdown]
# A weight and a slope enter alike. A product of twenty equal factors is a power, and a
# power goes to 0 or to infinity unless its base is 1.
#
# ## The rule: a product of Jacobians
#
# How does the chain rule read when layers have many units? In the notation of
# {doc}`Backpropagation <05_backpropagation>`, $\bar h_l = \partial L/\partial h_l$ is a
# row of numbers for each example: the *signal* that reaches layer $l$. One layer back,
#
# $$
# \bar h_{l-1} = \bar h_l\, J_l, \qquad J_l = \frac{\partial h_l}{\partial h_{l-1}}
# = D_l W_l^\top, \qquad D_l = \mathrm{diag}\,\varphi'(z_l)
# $$ (eq-vanish-layer)
#
# $J_l$ is the layer's *Jacobian*, the matrix of all derivatives of its outputs by its
# inputs. It contains the slopes, in $D_l$, **and** the weights. Through all layers:
#
# $$
# \frac{\partial L}{\partial x} = \bar h_0 = \bar h_L\, J_L\, J_{L-1} \cdots J_1
# $$ (eq-vanish-product)
#
# If each of these matrices multiplies the signal's length by about $q$, then
# $\lVert\bar h_0\rVert \approx q^L \lVert\bar h_L\rVert$. That is the *vanishing
# gradient* for $q < 1$ {cite:p}`hochreiter1991untersuchungen,bengio1994learning` and
# the exploding one for $q > 1$.
#
# The layer comes from the library. Its `call` is the formula of $h_l$:
#
# ```{literalinclude} ../dlbook/layers/dense.py
# :pyobject: Dense.call
# :language: python
# :dedent: 4
# ```
#
# ### Keras beside it
#
# Is {eq}`eq-vanish-product` what automatic differentiation computes? We take six tanh
# layers of eight units, once of ours and once of Keras's, with the same weights, in
# float64. `jacobian` gives the $J_l$ of each example.

# %%


def tower(layer):
    hidden = [layer(8, activation="tanh", dtype="float64") for _ in range(6)]
    return keras.Sequential(
        [keras.Input((64,), dtype="float64"), *hidden, layer(10, dtype="float64")]
    )


(x_train, y_train), _ = load_digits()
x_some, y_some = x_train[:16].astype("float64"), y_train[:16]
keras.utils.set_random_seed(0)
ours, theirs = tower(Dense), tower(keras.layers.Dense)
theirs.set_weights(ours.get_weights())


# %%
def entropy(z, y):
    """The mean cross-entropy of logits (batch, 10)."""
    true = ops.sum(z * ops.one_hot(y, 10, dtype=z.dtype), axis=1)
    return ops.mean(ops.logsumexp(z, axis=1) - true)


def signal_at_input(model):
    return input_gradients(lambda x: entropy(model(x), y_some), x_some)


# %%
*hidden, _ = ours.layers
(h_bar,) = activation_gradients(lambda: entropy(ours(x_some), y_some), hidden[-1:])
h, jacobians = x_some, []
for layer in hidden:
    jacobians.append(jacobian(layer, h))  # (batch, outputs, inputs)
    h = ops.convert_to_numpy(layer(h))


def multiplied(matrices):
    signal = h_bar[:, None, :]  # (batch, 1, 8)
    for J in matrices:
        signal = signal @ J
    return signal[:, 0]  # (batch, 64)


# %%
by_autodiff = signal_at_input(ours)
largest_entry = np.abs(by_autodiff).max()
claim(
    "vanish-product-of-jacobians",
    "The gradient at the input is the product of the layers' Jacobians: largest "
    "difference, in parts of the largest entry.",
    measured=np.abs(multiplied(jacobians[::-1]) - by_autodiff).max() / largest_entry,
    below=1e-8,
)
swapped = [*jacobians[1:], jacobians[0]]
claim(
    "vanish-order-counts",
    "Jacobians are matrices, so their order counts: largest difference with the "
    "product taken in the wrong order, in parts of the largest entry.",
    measured=np.abs(multiplied(swapped) - by_autodiff).max() / largest_entry,
    above=0.1,
)
claim(
    "vanish-keras-equal",
    "Keras's layers give the gradient of ours: largest difference, relative.",
    measured=np.abs(signal_at_input(theirs) - by_autodiff).max() / largest_entry,
    below=1e-10,
)

# %% [markdown]
# ## What it looks like
#
# How fast does a real network lose its signal? We build stacks of layers with 64 units
# on 32 handwritten digits, before any training. The weights are normal with variance
# $\gamma/64$. $\gamma$ is the *gain*: 1 is Glorot's choice for these widths
# {cite:p}`glorot2010understanding`, 2 is He's {cite:p}`he2015delving`. Biases are 0.
# One stack has *orthogonal* matrices, which keep all lengths. For speed the two passes
# are written in NumPy, for three draws of the weights at once.

# %%
seeds = (0, 1, 2)
x_batch, y_batch = x_train[:32].astype("float64"), y_train[:32]


def first_kernels(depth, gain, orthogonal=False, seeds=seeds):
    """Kernels (draws, 64, 64) of the layers, and (draws, 64, 10) of the output."""
    randoms = [np.random.default_rng(seed) for seed in seeds]
    kernels = []
    for _ in range(depth):
        W = np.stack([random.normal(size=(64, 64)) for random in randoms])
        W = np.linalg.qr(W)[0] if orthogonal else W / 8
        kernels.append(np.sqrt(gain) * W)
    last = [random.normal(0, 1 / 8, size=(64, 10)) for random in randoms]
    return [*kernels, np.stack(last)]


# %%
def forward(kernels, x, phi):
    """h₀ ... h_L, slopes φ′(z₁) ... φ′(z_L), logits; all (draws, batch, units)."""
    h, slopes = [np.broadcast_to(x, (len(kernels[0]), *x.shape))], []
    for W in kernels[:-1]:
        z = h[-1] @ W
        h.append(ops.convert_to_numpy(phi(z)))
        slopes.append(ops.convert_to_numpy(phi.derivative(z)))
    return h, slopes, h[-1] @ kernels[-1]


# %%
def backward(kernels, h, slopes, logits, y):
    """The adjoints of h₀ ... h_L, and those of all kernels."""
    z_bar = np.array(softmax(logits))
    z_bar[:, np.arange(len(y)), y] -= 1
    z_bar /= len(y)
    h_bar, W_bar = [z_bar @ kernels[-1].mT], [h[-1].mT @ z_bar]
    for W, below, D in zip(kernels[-2::-1], h[-2::-1], slopes[::-1], strict=True):
        z_bar = h_bar[0] * D
        h_bar.insert(0, z_bar @ W.mT)
        W_bar.insert(0, below.mT @ z_bar)
    return h_bar, W_bar


# %%
def lengths(arrays):
    """The length of each array for each draw, (arrays, draws)."""
    return np.array([np.linalg.norm(each, axis=(1, 2)) for each in arrays])


def passes(phi, gain, depth=20, **options):
    """What both passes compute in a stack of layers before training."""
    kernels = first_kernels(depth, gain, **options)
    h, slopes, logits = forward(kernels, x_batch, phi)
    h_bar, W_bar = backward(kernels, h, slopes, logits, y_batch)
    return {"W": kernels, "slopes": slopes, "h_bar": h_bar, "W_bar": W_bar}


# %%
checked = passes(tanh, 1, seeds=(0,))


def loss_of(h):
    *inner_kernels, last = [W[0] for W in checked["W"]]
    for W in inner_kernels:
        h = tanh(ops.matmul(h, W))
    return entropy(ops.matmul(h, last), y_batch)


at_x = input_gradients(loss_of, x_batch)
claim(
    "vanish-passes-equal",
    "The two passes in NumPy give the gradient of automatic differentiation: largest "
    "difference at the input of twenty tanh layers, relative.",
    measured=np.abs(checked["h_bar"][0][0] - at_x).max() / np.abs(at_x).max(),
    below=1e-8,
)

# %%
stacks = {
    "linear, orthogonal": (linear, 1, True),
    "ReLU, γ = 2": (relu, 2, False),
    "tanh, γ = 1": (tanh, 1, False),
    "sigmoid, γ = 16": (sigmoid, 16, False),
    "linear, γ = ¼": (linear, 0.25, False),
    "sigmoid, γ = 1": (sigmoid, 1, False),
}
depths = (5, 10, 20, 40)
signals = {
    (name, depth): lengths(passes(phi, gain, depth, orthogonal=flat)["h_bar"])
    for name, (phi, gain, flat) in stacks.items()
    for depth in depths
}  # Each (layers + 1, draws).
of_twenty = {name: signals[name, 20] for name in stacks}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(21),
        {name: each.T for name, each in of_twenty.items()},
        x_label="layer $l$ (0 is the input)",
        y_label="length of $\\partial L/\\partial h_l$ (loss)",
        y_scale="log",
    ),
    "vanish-layers",
    caption="The signal at each of twenty layers before training, mean and range of "
    "three draws of the weights. The loss is at the right. Glorot's sigmoids lose the "
    "signal fastest; with larger weights they lose it more slowly. Linear units, whose "
    "slope is 1, lose it through small weights alone.",
    alt="Six lines on a logarithmic axis that start near 0.1 at layer 20. At layer 0 "
    "the mean length is "
    + ", ".join(f"{v[0].mean():.1g} for {k}" for k, v in of_twenty.items())
    + ".",
)


# %%
def line_through(signal):
    """Factor per layer, and R² of a straight line, for each draw."""
    layer = np.arange(len(signal))
    slope, intercept = np.polyfit(layer, np.log(signal), 1)
    left = np.log(signal) - (np.outer(layer, slope) + intercept)
    return np.exp(-slope), 1 - left.var(axis=0) / np.log(signal).var(axis=0)


falling = ["sigmoid, γ = 1", "linear, γ = ¼"]
fits = {name: line_through(of_twenty[name]) for name in falling}
vanished = of_twenty[falling[0]]
sigmoid_factor, linear_factor = (fits[name][0] for name in falling)

# %%
claim(
    "vanish-first-over-last",
    "Through twenty sigmoid layers the signal all but disappears: its length at the "
    "input over that at the last layer, for each draw.",
    measured=vanished[0] / vanished[-1],
    below=1e-8,
)
claim(
    "vanish-straight-lines",
    "Through twenty sigmoid layers, and linear ones with small weights, the signal "
    "shrinks geometrically: R² of a straight line through its logarithm, lowest of "
    "three draws.",
    measured=[min(fits[name][1]) for name in falling],
    above=0.98,
)
claim(
    "vanish-sigmoid-factor",
    "A layer of Glorot's sigmoids multiplies the signal by about a quarter: factor, "
    "for each draw.",
    measured=sigmoid_factor,
    above=0.2,
    below=0.28,
)
claim(
    "vanish-slope-one",
    "Linear units with small weights shrink the signal, though each slope is exactly "
    "1: factor of a layer, for each draw.",
    measured=linear_factor,
    below=0.7,
)

# %% [markdown]
# A straight line on a logarithmic axis is one factor a layer. So depth should make it
# worse, in the same way. Does it always?

# %% tags=["hide-input"]
at_input = {key: signal[0] for key, signal in signals.items()}  # Each (draws,).
table(
    [
        {"layers": depth}
        | {
            name: readable(at_input[name, depth].mean(), 2)
            for name in stacks
            if name != "sigmoid, γ = 16"
        }
        for depth in depths
    ],
    "vanish-depths",
    caption="Length of the gradient at the input, mean of three draws, for stacks of "
    "5 to 40 layers.",
)

# %%
deeper = np.array([at_input[falling[0], depth] for depth in depths])
claim(
    "vanish-deeper-worse",
    "Twice as many sigmoid layers leave far less gradient at the input: that before "
    "doubling over that after, for each doubling from 5 to 40 layers, smallest of "
    "three draws.",
    measured=(deeper[:-1] / deeper[1:]).min(axis=1),
    above=100,
)
claim(
    "vanish-sigmoid-tiny",
    "Twenty Glorot sigmoid layers leave next to nothing at the input: length of the "
    "gradient, largest of three draws.",
    measured=at_input[falling[0], 20].max(),
    below=1e-10,
)
claim(
    "vanish-depth-is-not-enough",
    "Depth alone does not make gradients vanish: length at the input of twenty layers "
    "of orthogonal linear units, ReLU with He's weights, tanh with Glorot's; smallest "
    "of three draws.",
    measured=[at_input[name, 20].min() for name in list(stacks)[:3]],
    above=1e-3,
)
even = at_input["linear, orthogonal", 40] / at_input["linear, orthogonal", 5]
claim(
    "vanish-orthogonal-keeps",
    "Forty orthogonal layers leave the gradient as long as five do: ratio, for each "
    "draw.",
    measured=even,
    above=0.5,
    below=2,
)

# %% [markdown]
# It does where layers shrink the signal. Orthogonal layers kept it through forty. Depth
# is the exponent. The base $q$ decides.
#
# ## Weights or slopes?
#
# What is $q$ made of? Follow one step of {eq}`eq-vanish-layer`. The slopes multiply the
# entries of the signal; on average its square is multiplied by the mean square of the
# slopes, $s^2$. Then, in a layer of $n$ units, a matrix of independent weights of
# variance $\gamma/n$ adds up $n$ such entries. That multiplies the square by $\gamma$.
# If signal and slopes have nothing to do with each other
# {cite:p}`glorot2010understanding,schoenholz2017deep`,
#
# $$
# q \approx s\,\sqrt{\gamma}, \qquad s^2 = \text{mean of } \varphi'(z)^2
# $$ (eq-vanish-q)
#
# Weights and slopes again, side by side. To see the weights' part we turn one knob, the
# gain, and leave the activation as it is.

# %%
gains = 2.0 ** np.arange(8, -5, -1)
kinds = {"linear": linear, "ReLU": relu, "tanh": tanh, "sigmoid": sigmoid}
found, expected, relative = {}, {}, {}
for name, phi in kinds.items():
    runs = [passes(phi, gain) for gain in gains]
    signal = np.array([lengths(run["h_bar"]) for run in runs])
    relative[name] = signal / signal[:, -1:]  # (gains, layers + 1, draws)
    squares = [[np.mean(np.square(D)) for D in run["slopes"]] for run in runs]
    s = np.exp(np.mean(np.log(squares), axis=1) / 2)  # (gains,)
    found[name] = relative[name][:, 0] ** (1 / 20)  # (gains, draws)
    expected[name] = s * np.sqrt(gains)

# %% tags=["hide-input"]
animate(
    moving_curves(
        np.arange(21),
        {name: np.exp(np.log(r[::2]).mean(axis=2)) for name, r in relative.items()},
        [f"gain γ = {readable(gain, 2)}" for gain in gains[::2]],
        x_label="layer $l$ (0 is the input)",
        y_label="signal, in parts of that at layer 20",
        y_scale="log",
        limits=(1e-12, 1e12),
    ),
    "vanish-tilt",
    caption="The signal at each of twenty layers (geometric mean of three draws). Each "
    "frame has a quarter of the variance of the one before, from γ = 256 to γ = 1/16. "
    "Every line tilts from an explosion on the left, through level, to vanishing: the "
    "sigmoid first, at large weights, then the others. The activations stay the same.",
    alt="Four lines that are fixed at 1 at layer 20. At layer 0 and γ = 256: "
    + ", ".join(f"{r[0, 0].mean():.1g} ({k})" for k, r in relative.items())
    + "; at γ = 1/16: "
    + ", ".join(f"{r[-1, 0].mean():.1g} ({k})" for k, r in relative.items())
    + ".",
    seconds=7,
)

# %% tags=["hide-input"]
show(
    curves(
        gains,
        {name: each.T for name, each in found.items()},
        x_label="gain $\\gamma$ of the weights",
        y_label="factor $q$ of a layer",
        x_scale="log",
        y_scale="log",
        bounds={"": 1},
    ),
    "vanish-gains",
    caption="By how much an average layer multiplies the signal; mean and range of "
    "three draws. Above the dotted line gradients explode, below it they vanish. Every "
    "activation does both. A bounded one softens the effect of large weights, since "
    "its units saturate.",
    alt="Four rising lines on logarithmic axes. They cross 1 near γ = "
    + ", ".join(
        f"{np.exp(np.interp(0, np.log(q.mean(axis=1))[::-1], np.log(gains)[::-1])):.2g}"
        f" ({name})"
        for name, q in found.items()
    )
    + ".",
)

# %%
agreement = [found[name] / expected[name][:, None] for name in kinds]
claim(
    "vanish-q-formula",
    "s √γ is about the factor of a layer, for four activations and 13 gains from 1/16 "
    "to 256: lowest and highest ratio of the measured factor to it, three draws each.",
    measured=[np.min(agreement), np.max(agreement)],
    above=0.7,
    below=1.4,
)
at = {gain: k for k, gain in enumerate(gains)}
claim(
    "vanish-weights-halve",
    "A quarter of the variance halves the factor, whatever the activation: factor at "
    "γ = ¼ over that at γ = 1, for linear, ReLU, tanh and sigmoid.",
    measured=[np.mean(q[at[0.25]] / q[at[1]]) for q in found.values()],
    above=0.4,
    below=0.65,
)
claim(
    "vanish-sigmoid-wider",
    "Larger weights make up for the sigmoid's slopes: factor at γ = 16 over that at "
    "γ = 1, for each draw.",
    measured=found["sigmoid"][at[16]] / found["sigmoid"][at[1]],
    above=1.5,
)
claim(
    "vanish-sigmoid-explodes",
    "With weights that are large enough even sigmoids explode: factor at γ = 256, for "
    "each draw.",
    measured=found["sigmoid"][at[256]],
    above=1.05,
)
claim(
    "vanish-relu-vanishes",
    "With small weights ReLUs vanish: factor at γ = ¼, for each draw.",
    measured=found["ReLU"][at[0.25]],
    below=0.6,
)

# %% [markdown]
# So "the activation did it" is half an answer. Each activation has a gain at which the
# signal is level: 1 for linear units, 2 for ReLU, which is He's choice
# {cite:p}`he2015delving`, some {glue:text}`vanish-tanh-level` for tanh. The sigmoid
# needs some {glue:text}`vanish-sigmoid-level`. Sixteen would do if all $z$ were 0, but
# such weights spread $z$ out, to where slopes are smaller.

# %% tags=["hide-cell"]
for name in ("tanh", "sigmoid"):
    by_size = np.log(found[name].mean(axis=1))[::-1]
    level = np.exp(np.interp(0, by_size, np.log(gains[::-1])))
    quote(
        f"vanish-{name}-level",
        f"{round(level, -1):.0f}" if level > 10 else f"{level:.1f}",
    )
quote("vanish-factor", f"{sigmoid_factor.mean():.2f}")

# %% [markdown]
# ## What hides it
#
# Tools show the gradients of the weights, not the signal. Does a vanished signal show
# there? The gradient of a kernel multiplies what comes from below by what comes from
# above: $\bar W_l = h_{l-1}^\top \bar z_l$, where $\bar z_l$ is $\bar h_l D_l$. We look
# at both in the same runs: Glorot's sigmoids, and ReLU at a quarter of He's variance.

# %%
probes = {"ReLU, γ = ½": passes(relu, 0.5), "sigmoid, γ = 1": passes(sigmoid, 1)}
both = {}
for name, run in probes.items():
    for letter, which in (("h", run["h_bar"][1:]), ("W", run["W_bar"][:-1])):
        size = lengths(which)  # (20, draws)
        both[f"$\\partial L/\\partial {letter}_l$, {name}"] = (size / size[-1]).T

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 21),
        both,
        x_label="layer $l$",
        y_label="length, in parts of that at layer 20",
        y_scale="log",
    ),
    "vanish-two-probes",
    caption="Two probes in the same two networks; mean and range of three draws. The "
    "signal vanishes in both. The gradients of the sigmoid's kernels show it. Those of "
    "the small ReLU network are level, as if nothing were wrong.",
    alt="Four lines. At layer 1, in parts of layer 20: "
    + ", ".join(
        f"{each[:, 0].mean():.1g} for "
        + name.replace("$\\partial L/\\partial ", "∂L/∂").replace("_l$", "")
        for name, each in both.items()
    )
    + ".",
)

# %%
relu_signal, relu_kernels, _, sigmoid_kernels = both.values()
claim(
    "vanish-hidden-signal",
    "In ReLU layers with a quarter of He's variance the signal vanishes: first layer "
    "over the last, for each draw.",
    measured=relu_signal[:, 0],
    below=1e-4,
)
claim(
    "vanish-hidden-kernels",
    "In ReLU layers with a quarter of He's variance the gradients of the kernels do "
    "not show that the signal vanishes: first layer over last, for each draw.",
    measured=relu_kernels[:, 0],
    above=0.1,
    below=10,
)
claim(
    "vanish-sigmoid-kernels",
    "In sigmoid layers the gradients of the kernels show that the signal vanishes: "
    "first layer over last, for each draw.",
    measured=sigmoid_kernels[:, 0],
    below=1e-8,
)
run = probes["ReLU, γ = ½"]
inner = np.array(
    [np.sum(W * g, axis=(1, 2)) for W, g in zip(run["W"], run["W_bar"], strict=True)]
)
claim(
    "vanish-inner-products",
    "In a ReLU network without biases ⟨W, ∂L/∂W⟩ is the same in every layer: largest "
    "difference between layers, relative.",
    measured=np.max(np.ptp(inner, axis=0) / np.abs(inner).max(axis=0)),
    below=1e-8,
)
whole = {gain: lengths(passes(relu, gain)["W_bar"][:1])[0] for gain in (0.5, 2)}
claim(
    "vanish-kernels-all-small",
    "All kernels' gradients in the small ReLU network have shrunk together: that of "
    "the first in parts of that with He's variance, for each draw.",
    measured=whole[0.5] / whole[2],
    below=1e-4,
)

# %% [markdown]
# Why are they level? ReLU and linear units are *homogeneous*: with inputs half as
# large, outputs are half as large, too. On the way forward $h$ shrinks from layer to
# layer just as $\bar h$ does on the way back. Their product is about the same
# everywhere, and for $\langle W_l, \bar W_l\rangle$ that is exact
# {cite:p}`du2018algorithmic`. The sigmoid's outputs stay near ½, so nothing makes up
# for its signal.
#
# What does `GradientMonitor` say? It sees the gradients of weights. We train six
# layers of each kind for one epoch.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def watched(activation, gain):
    """A model of six layers and its monitor, after one epoch of SGD."""
    model, monitor = mlp(64, (64,) * 6, 10, activation), GradientMonitor()
    for layer in model.layers[:-1]:
        layer.kernel.assign(np.sqrt(gain) * layer.kernel)
    model.compile(SGD(0.01), cross_entropy, run_eagerly=True, jit_compile=False)
    keras.utils.set_random_seed(0)
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(x_train, y_train, 128, verbose=0, callbacks=[monitor])
    return model, monitor


(_, of_sigmoids), (small_relu, of_relus) = watched("sigmoid", 1), watched("relu", 0.5)
print(of_sigmoids.findings[0])

# %%
claim(
    "vanish-monitor-sees-sigmoids",
    "The monitor finds that the sigmoid network vanishes: 1 if so.",
    measured=[each.kind for each in of_sigmoids.findings] == ["vanishing"],
    equals=1,
)
claim(
    "vanish-monitor-misses-relus",
    "The monitor does not find that the signal vanishes in ReLU layers with a quarter "
    "of He's variance: findings of that kind.",
    measured=sum(each.kind == "vanishing" for each in of_relus.findings),
    equals=0,
)
signal_there = activation_gradients(
    lambda: cross_entropy(y_batch, small_relu(x_batch)), small_relu.layers[:-1]
)
claim(
    "vanish-probe-sees-relus",
    "In ReLU layers with a quarter of He's variance the signal shows that it vanishes: "
    "length at the first layer over that at the sixth.",
    measured=np.linalg.norm(signal_there[0]) / np.linalg.norm(signal_there[-1]),
    below=0.1,
)
norms = gradient_norms(
    lambda: cross_entropy(y_batch, small_relu(x_batch)),
    [layer.kernel for layer in small_relu.layers[:-1]],
)
claim(
    "vanish-probe-kernels",
    "In ReLU layers with a quarter of He's variance, where the signal vanishes, the "
    "kernels' gradients are level: first over sixth.",
    measured=norms[0] / norms[-1],
    above=0.1,
    below=10,
)

# %% [markdown]
# In a network of ReLUs a silent monitor does not prove a living signal.
# `activation_gradients` measures it.
#
# ## Does an adaptive optimizer mend it?
#
# SGD steps in proportion to the gradient, so a layer without signal stands still. Adam
# divides by the gradient's size. Does that bring the first layer back to life, and does
# the network learn? We train two kinds of network with eight hidden layers, from three
# seeds each: Glorot's sigmoids, and ReLU at a quarter of He's variance. All six stand
# in one model. First SGD, six epochs.

# %%
gain_of_each = np.repeat([1, 0.5], 3)[:, None, None]


def in_halves(z):
    """Three networks of each kind; z is (networks, batch, units)."""
    first, second = ops.split(z, 2)
    return ops.concatenate([ops.sigmoid(first), ops.relu(second)])


def six_networks(optimizer):
    networks = StackedMLP(64, (64,) * 8, 10, 2 * seeds, in_halves)
    for kernel in networks.kernels[:-1]:
        kernel.assign(np.sqrt(gain_of_each) * kernel)
    loss = networks.cross_entropy
    networks.compile(optimizer, loss, jit_compile=False, steps_per_execution=21)
    return networks


# %%
def weights_of(networks):
    """Kernels of each layer, (networks, inputs, units), in float64."""
    return [ops.convert_to_numpy(W).astype("float64") for W in networks.kernels]


def change(before, after):
    """How far each kernel moved, in parts of its length, (networks, layers)."""
    pairs = zip(zip(*before, strict=True), zip(*after, strict=True), strict=True)
    return np.array([update_ratios(old, new) for old, new in pairs])


def losses_of(networks):
    """Cross-entropy and accuracy on the training digits, (networks,) each."""
    z = ops.convert_to_numpy(networks(x_train)).astype("float64")
    true = z[np.arange(len(z)), :, y_train]
    losses = np.mean(np.logaddexp.reduce(z, axis=2) - true, axis=0)
    return losses, np.mean(z.argmax(axis=2) == y_train[:, None], axis=0)


# %%
epochs = shuffled_batches(len(x_train), 20).reshape(20, 21, 64)
under_sgd, under_adam = six_networks(SGD(0.01)), six_networks(Adam(0.001))
start = weights_of(under_sgd)
fit_batches(under_sgd, x_train, y_train, epochs[:6].reshape(-1, 64))
sgd_loss, _ = losses_of(under_sgd)
moved = {"SGD": change(start, weights_of(under_sgd))}

# %% [markdown]
# Then Adam, twenty epochs from the same weights. We note the loss every other epoch,
# and what has moved after six.

# %%
course = [losses_of(under_adam)]
for two in epochs.reshape(10, 42, 64):
    fit_batches(under_adam, x_train, y_train, two)
    course.append(losses_of(under_adam))
    if len(course) == 4:
        after_six = weights_of(under_adam)
        biases_after_six = [ops.convert_to_numpy(b) for b in under_adam.biases]
moved["Adam"] = change(start, after_six)
loss_course, accuracy_course = np.array(course).transpose(1, 2, 0)  # (networks, 11)
six_accuracy = accuracy_course[:, 3]

# %% tags=["hide-input"]
sigmoids, relus = slice(0, 3), slice(3, 6)
small = {"sigmoid": sigmoids, "ReLU, small weights": relus}
of_each = {
    f"{kind}, {rule}": each[part]
    for rule, each in moved.items()
    for kind, part in small.items()
}
show(
    curves(
        np.arange(1, 10),
        of_each,
        x_label="layer (9 is the output)",
        y_label="change of the kernel, in parts of its length",
        y_scale="log",
        markers=True,
    ),
    "vanish-moved",
    caption="How far each kernel moved in six epochs, mean and range of three seeds. "
    "Under SGD the first sigmoid layers stand still while the output moves, and the "
    "small ReLU network hardly moves anywhere. Under Adam every layer moves, in both.",
    alt="Four lines over nine layers. Change of the first and of the last kernel: "
    + ", ".join(
        f"{each[:, 0].mean():.1g} and {each[:, -1].mean():.1g} ({name})"
        for name, each in of_each.items()
    )
    + ".",
)

# %%
sgd_first, sgd_last = moved["SGD"][sigmoids][:, [0, -1]].T
adam_first, adam_last = moved["Adam"][sigmoids][:, [0, -1]].T
claim(
    "vanish-sgd-first-stands",
    "Under SGD the first layer of the sigmoid network hardly moves: its change over "
    "that of the output layer, for each seed.",
    measured=sgd_first / sgd_last,
    below=1e-4,
)
claim(
    "vanish-sgd-not-frozen",
    "The first sigmoid layer is not frozen: its change under SGD in parts of its "
    "length, for each seed.",
    measured=sgd_first,
    above=0,
)
claim(
    "vanish-sgd-last-moves",
    "The output layer of the sigmoid network moves under SGD: its change in parts of "
    "its length, for each seed.",
    measured=sgd_last,
    above=0.01,
)
claim(
    "vanish-plateau",
    "The loss of the sigmoid network lies at that of guessing, ln 10 = 2.303: "
    "training loss after six epochs of SGD, for each seed.",
    measured=sgd_loss[sigmoids],
    above=2.28,
    below=2.33,
)
size_before, size_after = lengths(start[:1]), lengths(weights_of(under_sgd)[:1])
claim(
    "vanish-weights-stay",
    "Gradients vanish, weights do not: length of the first kernel after SGD over that "
    "before, for each seed.",
    measured=(size_after / size_before)[0, sigmoids],
    above=0.99,
    below=1.01,
)
claim(
    "vanish-adam-first-moves",
    "Adam moves the first sigmoid layer more than the output layer: change over "
    "change, for each seed.",
    measured=adam_first / adam_last,
    above=1,
)
claim(
    "vanish-adam-learns-nothing",
    "Under Adam the sigmoid network has learned nothing after six epochs: accuracy, "
    "for each seed; chance is 0.1.",
    measured=six_accuracy[sigmoids],
    below=0.2,
)

# %% [markdown]
# Is there no cure in Adam, then? The other kind says otherwise. In the small ReLU
# network all gradients are tiny too, and SGD fails. Adam succeeds.

# %%
claim(
    "vanish-relu-sgd-fails",
    "ReLU at a quarter of He's variance has hardly learned under SGD: loss after six "
    "epochs, for each seed; guessing costs 2.303.",
    measured=sgd_loss[relus],
    above=2.2,
)
claim(
    "vanish-relu-adam-learns",
    "Under Adam the small ReLU network learns: loss after six epochs, for each seed.",
    measured=loss_course[relus, 3],
    below=1.2,
)

# %% [markdown]
# Why the one and not the other? Because the product of Jacobians works forwards as
# well. A small difference between two inputs is multiplied by the same matrices,
# $h_L(x') - h_L(x) \approx (x' - x)\, J_1^\top \cdots J_L^\top$. So the sigmoid layers
# make all digits alike. We measure how much an activation differs between digits, by
# its standard deviation, beside its mean size.

# %%


def hidden_outputs(kernels, biases):
    h = [x_train[None, :200].astype("float64")]
    for W, b in zip(kernels[:-1], biases[:-1], strict=True):
        h.append(ops.convert_to_numpy(in_halves(h[-1] @ W + b)))
    return h[1:]  # Each (networks, digits, units).


def contrast(h):
    """Standard deviation over digits by mean size, for each network."""
    return h.std(axis=1).mean(axis=1) / np.abs(h).mean(axis=(1, 2))


untrained = hidden_outputs(start, [np.zeros((6, 1, 1))] * 9)
first_contrast, last_contrast = contrast(untrained[0]), contrast(untrained[-1])
adam_contrast = contrast(hidden_outputs(after_six, biases_after_six)[-1])

# %%
deviation = np.array([h.std(axis=1).mean(axis=1)[sigmoids] for h in untrained])
forward_factor = (deviation[-1] / deviation[0]) ** (1 / 7)
claim(
    "vanish-digits-alike",
    "Behind eight sigmoid layers all digits look alike: standard deviation over digits "
    "in parts of the activation, for each seed.",
    measured=last_contrast[sigmoids],
    below=1e-4,
)
claim(
    "vanish-same-factor-forwards",
    "In sigmoid layers differences between digits shrink forwards as the signal does "
    "backwards: factor of a layer for the former over that for the latter, for each "
    "seed.",
    measured=forward_factor / sigmoid_factor.mean(),
    above=0.85,
    below=1.15,
)
claim(
    "vanish-relu-keeps-contrast",
    "In the small ReLU network everything is small, but digits differ: standard "
    "deviation over digits in parts of the activation, for each seed.",
    measured=last_contrast[relus],
    above=0.1,
)
claim(
    "vanish-adam-still-alike",
    "After six epochs of Adam the sigmoid network's digits are still alike: standard "
    "deviation over digits in parts of the activation, for each seed.",
    measured=adam_contrast[sigmoids],
    below=0.01,
)

# %% [markdown]
# Adam can mend a gradient that is only too *small*. It cannot put back what the forward
# pass has lost: an output layer to which all digits look alike can learn nothing but
# how frequent each is. How long does that last?

# %% tags=["hide-input"]
show(
    curves(
        2 * np.arange(11),
        {kind: loss_course[part] for kind, part in small.items()},
        x_label="epochs of Adam",
        y_label="loss on the training digits",
        bounds={"guessing": np.log(10)},
    ),
    "vanish-course",
    caption="Loss of two kinds of network with eight hidden layers under Adam, mean "
    "and range of three seeds. ReLUs with small weights learn at once. The sigmoids "
    "lie at the loss of guessing for many epochs, and then begin to leave it.",
    alt="Two curves. After 6 and 20 epochs the mean losses are "
    + ", ".join(
        f"{loss_course[part, 3].mean():.2f} and {loss_course[part, -1].mean():.2f} "
        f"({kind})"
        for kind, part in small.items()
    )
    + ".",
)

# %%
claim(
    "vanish-adam-escapes",
    "The plateau under Adam has an end: sigmoid networks of three whose loss is below "
    "2.2 after twenty epochs.",
    measured=np.sum(loss_course[sigmoids, -1] < 2.2),
    above=0,
)
late_biases = [ops.convert_to_numpy(b) for b in under_adam.biases]
late_contrast = contrast(hidden_outputs(weights_of(under_adam), late_biases)[-1])
claim(
    "vanish-adam-contrast-returns",
    "After twenty epochs of Adam digits differ again behind eight sigmoid layers: "
    "standard deviation over digits in parts of the activation, over that after six "
    "epochs.",
    measured=late_contrast[sigmoids] / adam_contrast[sigmoids],
    above=100,
)
quote("vanish-late-accuracy", f"{accuracy_course[sigmoids, -1].mean():.2f}")
left_at = [
    str(2 * np.argmax(losses < 2.2)) if losses[-1] < 2.2 else "later"
    for losses in loss_course[sigmoids]
]
quote("vanish-left-at", "{}, {} and {}".format(*left_at))
quote("vanish-relu-late", f"{accuracy_course[relus, -1].mean():.2f}")

# %% [markdown]
# So "has learned nothing" has a date. Adam moves all layers, and for a while the loss
# does not follow. Later, differences get through. With the three seeds the loss was
# below 2.2 by epoch {glue:text}`vanish-left-at`. After twenty the sigmoids have an
# accuracy of {glue:text}`vanish-late-accuracy`, the small ReLU networks
# {glue:text}`vanish-relu-late`. An adaptive optimizer is a remedy for scale, and a poor
# one for lost differences.
#
# ## The slopes of the activations
#
# What does each activation bring into the product? {numref}`layers-slopes` draws the
# slopes. What counts is their mean square $s^2$ where $z$ lies, and $z$ moves with the
# weights. The table takes $z$ normal, with standard deviations 1 and 5.

# %%
names = ("sigmoid", "tanh", "ReLU", "leaky ReLU, 0.01")


def leaky(z):
    return leaky_relu(z, negative_slope=0.01)


leaky.derivative = lambda z: leaky_relu.derivative(z, negative_slope=0.01)
four = dict(zip(names, (sigmoid, tanh, relu, leaky), strict=True))
line = np.linspace(-20, 20, 40_001)
slope = {name: ops.convert_to_numpy(phi.derivative(line)) for name, phi in four.items()}
normal = np.random.default_rng(0).normal(size=100_000)
rms = {
    (name, spread): float(np.sqrt(np.mean(phi.derivative(spread * normal) ** 2.0)))
    for name, phi in four.items()
    for spread in (1, 5)
}

# %% tags=["hide-input"]
table(
    [
        {
            "activation": name,
            "largest slope": f"{slope[name].max():.4g}",
            "at z = 5": f"{np.interp(5, line, slope[name]):.2g}",
            "at z = −5": f"{np.interp(-5, line, slope[name]):.2g}",
            "s for z of spread 1": f"{rms[name, 1]:.3f}",
            "s for spread 5": f"{rms[name, 5]:.3f}",
        }
        for name in names
    ],
    "vanish-slopes",
    caption="Slopes of four activations. Sigmoid and tanh saturate, so s falls as z "
    "spreads. That of ReLU and the leaky ReLU does not depend on the spread.",
)

# %%
autodiff_slopes = {
    name: input_gradients(lambda z, phi=phi: ops.sum(phi(z)), line)
    for name, phi in (("sigmoid", sigmoid), ("tanh", tanh))
}
claim(
    "vanish-sigmoid-slope",
    "The sigmoid's slope is at most a quarter: largest on 40,001 points by automatic "
    "differentiation, distance from ¼.",
    measured=abs(autodiff_slopes["sigmoid"].max() - 0.25),
    below=1e-12,
)
claim(
    "vanish-sigmoid-slope-positive",
    "The sigmoid's slope is never 0: smallest between −20 and 20.",
    measured=autodiff_slopes["sigmoid"].min(),
    above=0,
)
claim(
    "vanish-sigmoid-saturates",
    "Far out the sigmoid's slope is nearly 0: at z = 10.",
    measured=float(sigmoid.derivative(10.0)),
    below=1e-4,
)
claim(
    "vanish-tanh-slope",
    "The slope of tanh is at most 1: largest by automatic differentiation, distance "
    "from 1.",
    measured=abs(autodiff_slopes["tanh"].max() - 1),
    below=1e-12,
)
claim(
    "vanish-tanh-saturates",
    "Far out the slope of tanh is nearly 0: at z = 5.",
    measured=float(tanh.derivative(5.0)),
    below=2e-4,
)
claim(
    "vanish-relu-slopes",
    "ReLU's slope at −1, 0 and 1 by automatic differentiation: largest difference from "
    "0, 0 and 1.",
    measured=np.abs(
        input_gradients(lambda z: ops.sum(relu(z)), [-1.0, 0.0, 1.0]) - [0, 0, 1]
    ).max(),
    equals=0,
)
ends = {g: lengths(passes(tanh, g)["h_bar"][:1])[0] for g in (0.25, 1, 4)}
claim(
    "vanish-tanh-small",
    "Tanh vanishes with small weights: gradient at the input of twenty layers with "
    "γ = ¼, for each draw.",
    measured=ends[0.25],
    below=1e-5,
)
claim(
    "vanish-tanh-glorot",
    "With Glorot's weights tanh loses the gradient slowly: length at the input of "
    "twenty layers with γ = 1, for each draw.",
    measured=ends[1],
    above=5e-3,
    below=0.5,
)
claim(
    "vanish-tanh-large",
    "With large weights tanh lets the gradient grow: length at the input of twenty "
    "layers with γ = 4, for each draw.",
    measured=ends[4],
    above=1,
)

# %% [markdown]
# ### Does a leak help?
#
# ReLU loses the signal wherever a unit is off, about half of its square. A leak of 0.01
# lets $0.01^2$ of that half through. So at matched gains, $\gamma = 2/(1+a^2)$
# {cite:p}`he2015delving`, a leak should change nothing. We take twenty layers, ten
# draws each. And along one path of units that are all on their negative side?

# %%
ratios = {}
for a in (0.0, 0.01, 0.1, 0.3):

    def tilted(z, a=a):
        return leaky_relu(z, negative_slope=a)

    tilted.derivative = lambda z, a=a: leaky_relu.derivative(z, negative_slope=a)
    signal = lengths(passes(tilted, 2 / (1 + a**2), seeds=range(10))["h_bar"])
    ratios[a] = signal[0] / signal[-1]
typical = {a: np.exp(np.mean(np.log(each))) for a, each in ratios.items()}

# %%
claim(
    "vanish-leak-changes-nothing",
    "At matched gains leaks of 0.01, 0.1 and 0.3 pass the signal as ReLU does: "
    "geometric mean of first over last layer, in parts of that of ReLU.",
    measured=[typical[a] / typical[0.0] for a in (0.01, 0.1, 0.3)],
    above=0.5,
    below=2,
)
path = np.prod([float(leaky.derivative(-1.0)) for _ in range(10)])
claim(
    "vanish-leaky-path",
    "Through ten leaky units on the negative side next to nothing comes: product of "
    "their slopes.",
    measured=path,
    below=1e-19,
)

# %% [markdown]
# A leak keeps units from *dying*, which is another matter:
# {doc}`Layers and nonlinearity <03_layers_and_nonlinearity>` switched all units of a
# network off, and only the leaky ones came back.
#
# ### A slope that is learned
#
# In `PReLU` the slope $a$ below zero is a weight {cite:p}`he2015delving`:
#
# ```{literalinclude} ../dlbook/layers/prelu.py
# :pyobject: PReLU.call
# :language: python
# :dedent: 4
# ```
#
# Keras's starts at 0, the paper's at 0.25. Does it stay a small leak? Three networks
# with two layers of 32 such units learn the digits.

# %%


def prelu_network(seed):
    layers = [keras.Input((64,))]
    for depth in range(2):
        kernel = HeNormal(10 * seed + depth)
        start_at = keras.initializers.Constant(0.25)
        layers += [Dense(32, kernel_initializer=kernel), PReLU(start_at)]
    return keras.Sequential([*layers, Dense(10)])


keras.utils.set_random_seed(0)
three = [prelu_network(seed) for seed in seeds]
together = side_by_side(three)
together.compile(
    Adam(0.01), StackedMLP.cross_entropy, jit_compile=False, steps_per_execution=21
)
fit_batches(together, x_train, y_train, epochs[:10].reshape(-1, 64))

# %%
learned = np.array(
    [
        [ops.convert_to_numpy(layer.alpha) for layer in network.layers[1::2]]
        for network in three
    ]
)  # (seeds, layers, units)

# %% tags=["hide-input"]
show(
    dot_rows(
        {
            f"layer {k + 1}": {
                f"layer {k + 1}, seed {seed}": learned[seed, k] for seed in seeds
            }
            for k in range(2)
        },
        "learned slope $a$ below zero",
        bounds={"start": 0.25},
    ),
    "vanish-prelu",
    caption="The slopes of 192 PReLU units after ten epochs, from 0.25. Some have "
    "become negative: such a unit rises on both sides of zero. A few are near 1, "
    "hardly bent at all.",
    alt=f"Six rows of 32 dots from {learned.min():.2f} to {learned.max():.2f}, mean "
    f"{learned.mean():.2f}.",
)

# %%
quote("vanish-prelu-lowest", f"{learned.min():.2f}".replace("-", "−"))
quote("vanish-prelu-highest", f"{learned.max():.2f}")
claim(
    "vanish-prelu-large",
    "PReLU's slopes need not stay small: the largest, for each seed.",
    measured=learned.max(axis=(1, 2)),
    above=0.5,
)
claim(
    "vanish-prelu-spread",
    "Each PReLU unit finds its own slope: standard deviation of the slopes, for each "
    "seed.",
    measured=learned.std(axis=(1, 2)),
    above=0.05,
)
claim(
    "vanish-prelu-negative",
    "Some of PReLU's slopes become negative: the smallest of all.",
    measured=learned.min(),
    below=-0.05,
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# :::{popular-answer} It keeps the network from learning those parameters at all.
# :verdict: imprecise
# :question: vanishing-gradient-definition
# :claims: vanish-sgd-not-frozen, vanish-sgd-last-moves, vanish-adam-first-moves
#
# They change, far too slowly, while the last layers move. Adam even moves the first
# ones, at first to no use.
# :::
#
# :::{popular-answer} It is the fate of deep networks trained by backpropagation.
# :verdict: imprecise
# :question: vanishing-gradient-definition
# :claims: vanish-depth-is-not-enough, vanish-orthogonal-keeps
#
# Of stacks whose layers shrink the signal. Orthogonal, He's and Glorot's weights, each
# with its activation, kept it through twenty layers.
# :::
#
# :::{popular-answer} By the chain rule it is a product of layer-to-layer derivatives.
# :verdict: right
# :question: vanishing-gradient-cause
# :claims: vanish-product-of-jacobians, vanish-order-counts, vanish-deeper-worse
#
# Of matrices, in this order. More layers are more factors.
# :::
#
# :::{popular-answer} Those factors are the derivatives of the activation functions.
# :verdict: wrong
# :question: vanishing-gradient-cause
# :claims: vanish-slope-one, vanish-weights-halve, vanish-chain-alive, vanish-q-formula
#
# Half of each factor is missing: the weights. Slopes of 1 vanish with small weights,
# slopes of ¼ live with large ones.
# :::
#
# :::{popular-answer} If most factors are below one, the gradient decays exponentially.
# :verdict: imprecise
# :question: vanishing-gradient-cause
# :claims: vanish-straight-lines, vanish-sigmoid-factor, vanish-exercise-most
#
# It does where layers are alike {cite:p}`pascanu2013difficulty`. What must be below one
# is the factors' geometric mean. Fifteen factors of 0.9 and five of 1.6 grow.
# :::
#
# :::{popular-answer} Multiplying small slopes makes sigmoid networks vanish.
# :verdict: imprecise
# :question: activations-and-vanishing-gradients
# :claims: vanish-sigmoid-factor, vanish-sigmoid-wider, vanish-sigmoid-explodes
#
# At usual weights. Larger ones slow it down, and in the end turn it round.
# :::
#
# :::{popular-answer} Leaky and parametric ReLU have a small slope on the left.
# :verdict: imprecise
# :question: activations-and-vanishing-gradients
# :claims: vanish-prelu-large, vanish-prelu-spread, vanish-prelu-negative
#
# The leaky one's is fixed, and as small as one sets it. PReLU's is learned. Here it
# went from {glue:text}`vanish-prelu-lowest` to {glue:text}`vanish-prelu-highest`.
# :::
#
# :::{popular-answer} They reduce vanishing further than plain ReLU.
# :verdict: imprecise
# :question: activations-and-vanishing-gradients
# :claims: vanish-leak-changes-nothing, vanish-leaky-path
#
# A leak of 0.01 changes the mean square of the slopes by a ten-thousandth of it.
# :::
#
# What else one hears is right. Gradients shrink towards the input; they become exactly
# 0 only where the number format ends. The sigmoid's slope is between 0 and ¼, that of
# tanh between 0 and 1, both nearly 0 far out. Tanh vanishes too: slowly at Glorot's
# weights, fast at small ones. ReLU has slope 1 or 0, does not saturate above, and may
# die. A leak lessens dying {cite:p}`maas2013rectifier`.
#
# ## What we saw
#
# - The signal at the input is a product of Jacobians $D_l W_l^\top$. Its factor per
#   layer is about $s\sqrt\gamma$: slopes and weights count alike.
# - Depth is the exponent. Orthogonal layers kept the signal through forty layers,
#   Glorot's sigmoids kept {glue:text}`vanish-factor` of it a layer.
# - Gradients of weights hide it in homogeneous networks. Ask for
#   $\partial L/\partial h$.
# - What shrinks gradients on the way back shrinks the differences between examples on
#   the way forward. Adam mends a small scale. Lost differences kept it on a plateau.
#
# So the factor itself has to be near 1, before training and during it.
# {doc}`Keeping gradients alive <14_keeping_gradients_alive>` measures how first
# weights, activations, paths around the layers and gates bring that about.
#
# ## In an interview
#
# :::{interview-card} What is the vanishing gradient problem, and how does it show?
# :id: vanishing-gradient-definition
# :figure: vanish-layers
#
# $\lVert\partial L/\partial h_l\rVert$ shrinks about geometrically towards the input,
# so early layers get almost no learning signal. It concerns gradients, not the size of
# the weights. Under SGD early layers barely move while late ones do; the loss lies on a
# plateau near the entropy of the classes, $\ln 10 = 2.303$ for ten. Adam rescales tiny
# gradients, down to about its $\varepsilon$, so weights move again. That helps if only
# the scale was lost. It does not, or very late, if the forward pass has made all
# examples alike. Depth alone is not the cause: orthogonal or well initialised stacks
# keep the signal.
# :::
#
# :::{interview-card} Why do gradients vanish as they travel back through many layers?
# :id: vanishing-gradient-cause
# :figure: vanish-chain
#
# The chain rule multiplies one Jacobian a layer, $J_l = D_l W_l^\top$ with
# $D_l = \mathrm{diag}\,\varphi'(z_l)$: weights **and** slopes. If it typically
# shortens a vector by $q < 1$, the signal decays like $q^L$; $q > 1$ explodes. For
# random weights $q \approx s\sqrt\gamma$, with $s$ the root mean square slope and
# $\gamma$ the variance times the inputs; Glorot and He choose $\gamma$ so that $q$ is
# near 1. A sigmoid has slopes of ¼ at most, and so loses three quarters a layer at
# Glorot's weights. Measure $\partial L/\partial h$: with ReLU all kernels' gradients
# shrink together and hide it.
# :::
#
# :::{interview-card} How does each common activation influence vanishing gradients?
# :id: activations-and-vanishing-gradients
# :figure: vanish-gains
#
# By the mean square of its slopes. Sigmoid: slopes of ¼ at most, near 0 when saturated,
# so it vanishes at usual weights. Tanh: up to 1 at 0, saturates; slow decay at Glorot's
# weights. ReLU: 1 or 0, never saturates above, half of the square survives, so it needs
# He's $\gamma = 2$; units can die. Leaky ReLU and PReLU keep a slope $a$ below zero,
# which lets dead units recover; with matched gains, $s^2 = (1+a^2)/2$, they pass the
# signal as ReLU does. PReLU learns $a$ per channel or unit: it can become large or
# negative. Keras starts it at 0, the paper at 0.25. Weights count as much as any of it.
# :::
#
# ## Exercises
#
# 1. **Recall.** Which three things decide how much of the signal arrives at the input
#    of a plain stack of layers?
#
#    :::{dropdown} Solution
#    The number of layers $L$, the variance of the weights, the slopes where $z$ lies.
#    The last two make $q$, the first is its exponent.
#    :::
#
# 2. **By hand.** A stack of leaky ReLUs has $a = 0.2$ and Glorot's $\gamma = 1$. What
#    is $q$, and after how many layers is less than a thousandth of the signal left?
#    Which $\gamma$ would keep it level?
#
#    :::{dropdown} Solution
#    $s^2 = (1 + 0.04)/2 = 0.52$, so $q = 0.721$. $\ln 0.001/\ln 0.721 = 21.1$: after 22
#    layers. $\gamma = 1/0.52 = 1.92$.
#    :::

# %% tags=["hide-cell"]
by_hand = np.sqrt((1 + 0.2**2) / 2)
claim(
    "vanish-exercise-leaky",
    "Exercise 2: layers until less than a thousandth is left.",
    measured=np.ceil(np.log(0.001) / np.log(by_hand)),
    equals=22,
)

# %% [markdown]
# 3. **Predict, then run.** Of twenty factors, fifteen are 0.9 and five are 1.6. Most
#    are below one. Does the product vanish?
#
#    :::{dropdown} Solution
#    $0.9^{15} \cdot 1.6^5 = 0.206 \cdot 10.5 = 2.16$: it grows. What counts is the mean
#    of the logarithms.
#    :::

# %% tags=["hide-cell"]
twenty_factors = np.repeat([0.9, 1.6], [15, 5])
claim(
    "vanish-exercise-most",
    "Exercise 3: most factors are below one, and the product is above: its value.",
    measured=np.prod(twenty_factors),
    above=2,
    below=2.3,
)

# %% [markdown]
# 4. **Code.** One can bound the product by the norms: $\lVert J_L \cdots
#    J_1\rVert \le \prod \lVert J_l\rVert$, where a matrix's norm is its largest
#    singular value. For twenty linear layers with $\gamma = 1$, compare the bound with
#    what happens to the signal.
#
#    :::{dropdown} Solution
#    The largest singular value of such a matrix is near 2, so the bound is about
#    $2^{20}$. The signal about keeps its length. The bound proves vanishing where it
#    is below 1; above 1 it says nothing.
#    :::

# %% tags=["hide-cell"]
neutral = passes(linear, 1)
bound = np.prod([np.linalg.norm(W, 2, axis=(1, 2)) for W in neutral["W"][:-1]], axis=0)
kept = lengths(neutral["h_bar"])
claim(
    "vanish-exercise-bound",
    "Exercise 4: the product of the largest singular values over what happened to the "
    "signal, for each draw.",
    measured=bound / (kept[0] / kept[-1]),
    above=1e4,
)

# %% [markdown]
# 5. **Code.** Sigmoids vanish even at $\gamma = 16$. What do their outputs,
#    which are all positive, have to do with it? Take $\sigma(z) - \tfrac12$ instead.
#    The slopes are the same function of $z$.
#
#    :::{dropdown} Solution
#    The factor rises to {glue:text}`vanish-exercise-centred`. Centred outputs are
#    smaller, so $z$ is less spread out, and the slopes are larger.
#    :::

# %% tags=["hide-cell"]


def centred(z):
    return sigmoid(z) - 0.5


centred.derivative = sigmoid.derivative
middle = lengths(passes(centred, 16)["h_bar"])
claim(
    "vanish-exercise-centred",
    "Exercise 5: factor of a layer of centred sigmoids at γ = 16, for each draw.",
    measured=(middle[0] / middle[-1]) ** (1 / 20),
    above=0.75,
)

# %% [markdown]
# 6. **Diagnose.** Thirty ReLU layers, the loss does not move, the monitor finds nothing
#    that vanishes. Which two measurements tell small weights from a low rate?
#
#    :::{dropdown} Solution
#    `activation_gradients` at the first and the last layer: their ratio is near 1 at
#    He's weights, whatever the rate. And the spread of the activations from layer to
#    layer, which shrinks by the same factor. Both need no training.
#    {doc}`The clinic <16_diagnosing_training>` has more such cases.
#    :::
#
# 7. **Open.** A recurrent network multiplies by the same $W$ at each of $T$ time steps.
#    What becomes of the product of Jacobians when its matrices are equal? Why might
#    both vanishing and exploding be harder to avoid than in a stack?
#
#    :::{dropdown} Solution
#    Powers of one matrix are ruled by its eigenvalues: those directions with
#    $|\lambda|$ above 1 explode while the others vanish, and nothing averages out.
#    {cite:t}`bengio1994learning` show that a network which keeps a bit safely against
#    noise has vanishing gradients for it.
#    :::
#
# ## Further reading
#
# {cite:t}`hochreiter1991untersuchungen` described the problem, in German;
# {cite:t}`bengio1994learning` analysed it for recurrent networks, and
# {cite:t}`pascanu2013difficulty` both of its sides. {cite:t}`glorot2010understanding`
# follow variances through layers, forwards and backwards, and
# {cite:t}`he2015delving` do so for ReLU. {cite:t}`saxe2014exact` look at all singular
# values of the product and recommend orthogonal weights.
# {cite:t}`schoenholz2017deep` show that differences forwards and signals backwards
# shrink by one factor. {doc}`Diagnosing training <16_diagnosing_training>` tells
# vanishing from nine other causes of the same loss.
#
# :::{parts-used}
# :::
