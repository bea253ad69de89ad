# %% [markdown]
# # Diagnosing training: gradients tell apart what the loss cannot
#
# {doc}`Adam <12_adam>` and the optimizers before it choose how far to go. They all
# assume that there is a gradient worth following. This chapter is about trainings where
# there is none, or too much of it, or one that leads nowhere. Their losses look alike.
# Their gradients do not.
#
# This chapter answers: **A hidden neuron keeps receiving a large error signal: what can
# cause that? How can you tell that a model suffers from exploding gradients? The
# training loss does not go down over the first epochs: what are the likely causes, and
# how are they told apart?**
#
# If your own network is ill at this moment, begin with the
# [table of symptoms](#symptom-table) and the [checklist](#clinic-checklist).

# %%
import contextlib
import io
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import keras
import numpy as np
from keras import ops

import dlbook
from dlbook.callbacks import GradientMonitor, TerminateOnNaN
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import (
    confusion_matrix,
    curves,
    dot_rows,
    gradient_flow_panels,
    scatter,
)
from dlbook.measures import gradients
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD
from dlbook.page import quote, show
from dlbook.training import descend, fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: follow one unit's signal
#
# What makes the error signal of a hidden unit large? A hidden unit has no error of its
# own. {doc}`Backpropagation <05_backpropagation>` hands it a sum over the units $k$
# that it feeds, and multiplies by its slope:
#
# $$
# \delta_j = \varphi'(z_j) \sum_k w_{kj}\, \delta_k
# $$ (eq-clinic-unit)
#
# So there are three places to look: the slope $\varphi'(z_j)$, the outgoing weights
# $w_{kj}$, and the signals $\delta_k$ that arrive there. The incoming weights stand in
# it only through $z_j$. We write the two passes by hand, for any number of layers.

# %%


def relu(z):
    return np.maximum(z, 0)


def sigmoid(z):
    return 1 / (1 + np.exp(-np.clip(z, -80, 80)))


slopes = {  # φ'(z), from what φ returned.
    relu: lambda h: h > 0,
    np.tanh: lambda h: 1 - h**2,
    sigmoid: lambda h: h * (1 - h),
}


# %%
def forward(layers, x, phi):
    """What each layer receives, and the logits."""
    h = [x]
    for W, b in layers[:-1]:
        h.append(phi(h[-1] @ W + b))  # (batch, units)
    W, b = layers[-1]
    z = h[-1] @ W + b
    return h, z - z.max(axis=1, keepdims=True)


def backward(layers, x, y, phi):
    """The loss, δ of each layer (batch, units), and the gradient of each (W, b)."""
    h, z = forward(layers, x, phi)
    e, correct = np.exp(z), (np.arange(len(y)), y)
    loss = np.mean(np.log(e.sum(axis=1)) - z[correct])
    delta = e / e.sum(axis=1, keepdims=True)
    delta[correct] -= 1
    deltas = [delta / len(y)]
    for (W, _), out in zip(layers[:0:-1], h[:0:-1], strict=True):
        deltas.insert(0, deltas[0] @ W.T * slopes[phi](out))
    return loss, deltas, [(a.T @ d, d.sum(axis=0)) for a, d in zip(h, deltas, strict=True)]


# %%
def first_layers(widths, seed, gain=1.0, dtype="float64"):
    """Random kernels of variance gain/inputs, and biases of 0."""
    random = np.random.default_rng(seed)
    kernels = [
        random.normal(0, np.sqrt(gain / rows), (rows, columns)).astype(dtype)
        for rows, columns in pairwise(widths)
    ]
    return [(W, np.zeros(W.shape[1], dtype)) for W in kernels]


def updated(layers, slope, rate):
    return [
        (W - rate * of_W, b - rate * of_b)
        for (W, b), (of_W, of_b) in zip(layers, slope, strict=True)
    ]


(x_train, y_train), (x_test, y_test) = digits = load_digits()
x = x_train.astype("float64")
seeds = (0, 1, 2)

# %% [markdown]
# Now we take a network with 32 sigmoid units, as it is before training, and change one
# unit at a time. How large is its signal afterwards?

# %%


def scaled(part, factor):
    """Multiplies the incoming or the outgoing weights of unit 0."""

    def change(layers):
        (W1, b1), (W2, b2) = layers
        (W1[:, 0] if part == "incoming" else W2[0])[:] *= factor

    return change


def bias_20(layers):
    layers[0][1][0] = 20


changes = {
    "as it was": lambda layers: None,
    "incoming × 0.001": scaled("incoming", 0.001),
    "incoming × 1,000": scaled("incoming", 1000),
    "bias 20": bias_20,
    "outgoing × 30": scaled("outgoing", 30),
}


# %%
def signal_of_unit(change, seed):
    """The root mean square of δ of unit 0, over digits."""
    layers = first_layers((64, 32, 10), seed)
    change(layers)
    _, (delta, _), _ = backward(layers, x, y_train, sigmoid)
    return np.sqrt(np.mean((len(x) * delta[:, 0]) ** 2))


signal = {
    name: np.array([signal_of_unit(change, seed) for seed in seeds])
    for name, change in changes.items()
}
healthy_signal = signal["as it was"]

# %% tags=["hide-input"]
relative = {name: each / healthy_signal for name, each in signal.items()}
show(
    dot_rows(
        {"of one unit": {k: np.maximum(v, 1e-9) for k, v in relative.items()}},
        "error signal δ, in parts of the healthy one",
        x_scale="log",
    ),
    "clinic-unit",
    caption="Error signal of one sigmoid unit after a change to its weights, over "
    "1,347 digits; a dot for each of three networks. Saturating the unit takes its "
    "signal away. Only the outgoing weights make it large.",
    alt="Signal in parts of the healthy one, mean of three: "
    + ", ".join(f"{name} {each.mean():.2g}" for name, each in relative.items())
    + ".",
)

# %%
claim(
    "clinic-saturation-silences",
    "Saturation makes the signal small: that of a unit with incoming weights × 1,000, "
    "and with a bias of 20, in parts of the healthy one, for each network.",
    measured=[relative["incoming × 1,000"], relative["bias 20"]],
    below=0.2,
)
claim(
    "clinic-outgoing-amplify",
    "Large outgoing weights make it large: signal with outgoing weights × 30, in parts "
    "of the healthy one, for each network.",
    measured=relative["outgoing × 30"],
    above=10,
)
claim(
    "clinic-tiny-incoming-harmless",
    "Tiny incoming weights leave it about as it was: signal with incoming weights "
    "× 0.001, in parts of the healthy one, for each network.",
    measured=relative["incoming × 0.001"],
    above=0.5,
    below=2,
)

# %% [markdown]
# ### One wrong example
#
# The third place is the signal that arrives from above, and it begins with the error of
# the output. Under the squared error that is the residual itself. A target that is off
# by a hundred sends a hundred times the signal of one that is off by one, to every unit
# below. The *Huber loss* {cite:p}`huber1964robust` is squared for small residuals and
# straight beyond $\pm 1$, so that no example sends more than 1. We fit the line
# $y = 2x$ through a hundred points, of which the last has a wrong target.

# %%


def line_with_outlier(seed):
    random = np.random.default_rng(seed)
    inputs = np.sort(random.uniform(-1, 1, size=100))
    targets = 2 * inputs + random.normal(0, 0.1, size=100)
    targets[-1] += 100
    return np.c_[inputs, np.ones(100)], targets


signals = {  # ∂ℓ/∂ŷ, from the residual.
    "squared error": lambda residual: residual,
    "Huber": lambda residual: np.clip(residual, -1, 1),
}


def fitted(A, y, signal_of):
    theta = np.zeros(2)
    for _ in range(2000):
        theta = theta - 0.5 * A.T @ signal_of(A @ theta - y) / len(y)
    return theta


# %%
shares = {
    name: np.array(
        [
            np.abs(signal_of(A @ [2, 0] - y)) / np.abs(signal_of(A @ [2, 0] - y)).sum()
            for A, y in map(line_with_outlier, seeds)
        ]
    )  # (seeds, examples)
    for name, signal_of in signals.items()
}
fit_error = {
    name: [
        np.linalg.norm(fitted(*line_with_outlier(seed), signal_of) - [2, 0])
        for seed in seeds
    ]
    for name, signal_of in signals.items()
}

# %% tags=["hide-input"]
inputs = line_with_outlier(0)[0][:, 0]
show(
    scatter(
        {name: (inputs, 100 * each[0]) for name, each in shares.items()},
        x_label="input of the example",
        y_label="share of the gradient (%)",
    ),
    "clinic-outlier",
    caption="What each of a hundred examples contributes to the gradient at the true "
    "line, in parts of all contributions. The example at the right has a wrong target. "
    "Under the squared error it drowns the others.",
    alt="Two clouds near 0 to 3 %, and the wrong example far above: "
    + ", ".join(f"{100 * each[0, -1]:.0f} % under {k}" for k, each in shares.items())
    + ".",
)

# %%
claim(
    "clinic-outlier-share",
    "One wrong target in a hundred sends most of the signal under the squared error: "
    "its share, for each seed.",
    measured=100 * shares["squared error"][:, -1],
    above=80,
    unit="%",
)
claim(
    "clinic-outlier-share-huber",
    "Under the Huber loss it sends a fraction of that: share under the squared error "
    "over share under Huber, for each seed.",
    measured=shares["squared error"][:, -1] / shares["Huber"][:, -1],
    above=4,
)
claim(
    "clinic-outlier-fit",
    "The squared error follows it away from the true line: distance of the two weights "
    "from the true ones, for each seed.",
    measured=fit_error["squared error"],
    above=1,
)
claim(
    "clinic-outlier-fit-huber",
    "The Huber loss hardly does: the same distance.",
    measured=fit_error["Huber"],
    below=0.1,
)
guess = keras.Variable(np.array([-3.0, -0.5, 0.2, 40.0]))
of_keras = gradients(lambda: 4 * keras.losses.Huber()(np.zeros(4), guess), [guess])[0]
claim(
    "clinic-huber-equals-keras",
    "The signal of Keras's `Huber` is the residual clipped to ±1: largest difference.",
    measured=np.abs(of_keras - signals["Huber"](ops.convert_to_numpy(guess))).max(),
    below=1e-6,
)

# %% [markdown]
# ### A network that is too small
#
# Is a large signal at one unit a sign that the network is too small? Then the fault
# should show at some units and not at others. We train networks of 1, 2, 8 and 64 tanh
# units and compare the mean size of δ at each unit.

# %%


def trained(widths, seed, phi=np.tanh, steps=600, rate=0.5):
    layers, random = first_layers(widths, seed), np.random.default_rng(seed)
    for _ in range(steps):
        rows = random.integers(len(x), size=64)
        slope = backward(layers, x[rows], y_train[rows], phi)[2]
        layers = updated(layers, slope, rate)
    return layers


small_losses, mean_signals, culprits = [], [], []
for width in (1, 2, 8, 64):
    ends = [trained((64, width, 10), seed) for seed in seeds]
    passes = [backward(layers, x, y_train, np.tanh) for layers in ends]
    sizes = [len(x) * np.abs(delta).mean(axis=0) for _, (delta, _), _ in passes]
    small_losses.append([loss for loss, _, _ in passes])
    mean_signals.append([each.mean() for each in sizes])
    culprits.append([each.max() / np.median(each) for each in sizes])

# %%
small_losses, mean_signals = np.array(small_losses), np.array(mean_signals)
claim(
    "clinic-capacity-everywhere",
    "Too few units leave a large signal: mean size of δ with 2 units over that with 64, "
    "for each seed.",
    measured=mean_signals[1] / mean_signals[3],
    above=5,
)
claim(
    "clinic-capacity-no-culprit",
    "No unit has it alone: largest mean size of δ over the median one, for every width "
    "and seed.",
    measured=np.max(culprits),
    below=4,
)
claim(
    "clinic-width-one-plateau",
    "A network of one unit does learn, to a loss that is too high: training loss, for "
    "each seed; guessing costs ln 10 = 2.303.",
    measured=small_losses[0],
    above=1.2,
    below=2.1,
)

# %% [markdown]
# The three factors of {eq}`eq-clinic-unit` are three causes: large outgoing weights,
# large errors above (wrong labels, outliers, badly scaled targets), or a product of
# many such factors further up. The slope only ever makes the signal smaller. A lack of
# units is no cause of one loud unit.
#
# ## The rule: a product over the layers
#
# What happens to the signal over many layers? {eq}`eq-clinic-unit`, for a whole layer
# at once and then for all of them:
#
# $$
# \delta_l = (\delta_{l+1} W_{l+1}^\top) \odot \varphi'(z_l)
# \quad\Rightarrow\quad
# \lVert\delta_1\rVert \approx \rho^{\,L-1} \lVert\delta_L\rVert
# $$ (eq-clinic-product)
#
# where $L$ is the number of layers, $\odot$ multiplies entry by entry, and $\rho$ is
# the factor of an average layer. With $\rho > 1$ the signal grows geometrically on its
# way to the first layer. That growth is the *exploding gradient*
# {cite:p}`pascanu2013difficulty`; with $\rho < 1$ it *vanishes*. In a recurrent network
# time steps take the place of layers. For ReLUs and weights of variance
# $\gamma/\text{inputs}$ we expect $\rho = \sqrt{\gamma/2}$
# {cite:p}`he2015delving`. Is that so? Twenty layers, seven values of the gain
# $\gamma$, before any training.

# %%
deep = (64,) * 20 + (10,)
gains = 2 * 4.0 ** np.linspace(-1, 1, 7)
x_batch, y_batch = x_train[:64], y_train[:64]


def signals_by_layer(gain, seed):
    layers = first_layers(deep, seed, gain, "float32")
    _, deltas, slope = backward(layers, x_batch, y_batch, relu)
    norms = [[np.linalg.norm(d) for d in deltas], [np.linalg.norm(W) for W, _ in slope]]
    return np.array(norms, dtype="float64")  # (2, layers)


by_layer = np.array([[signals_by_layer(gain, s) for s in seeds] for gain in gains])
rho = (by_layer[:, :, 0, 0] / by_layer[:, :, 0, -1]) ** (1 / 19)  # (gains, seeds)

# %% tags=["hide-input"]
picked = {0: "a quarter of He's", 3: "He's", 6: "four times He's"}
show(
    curves(
        np.arange(1, 21),
        {f"{name} variance": by_layer[k, :, 0] for k, name in picked.items()},
        x_label="layer",
        y_label="length of δ (loss)",
        y_scale="log",
    ),
    "clinic-product",
    caption="Length of the signal at each of twenty ReLU layers before training, for "
    "three scales of the weights; mean and range of three seeds. Read from right, where "
    "the loss is, to left. Straight lines on this axis are geometric growth and decay.",
    alt="Three lines from the same point at layer 20. At layer 1 the mean is "
    + ", ".join(f"{by_layer[k, :, 0, 0].mean():.1g} at {v}" for k, v in picked.items())
    + " variance.",
)

# %%
claim(
    "clinic-gain-slope",
    "The factor of a layer is the root of the gain: slope of ln ρ against ln γ, for "
    "each seed.",
    measured=np.polyfit(np.log(gains), np.log(rho), 1)[0],
    above=0.4,
    below=0.6,
)
claim(
    "clinic-gain-neutral",
    "With He's weights, γ = 2, a layer neither amplifies nor damps: ρ, for each seed.",
    measured=rho[3],
    above=0.85,
    below=1.15,
)

# %% [markdown]
# Both explosion and decay come from one knob, and He's setting stands in the middle.
# Which of the two is more common depends on who turns it.
#
# ### Where does an explosion show first?
#
# People say that steps become so large that the weights overflow, and that this makes
# the gradient explode. Which comes first? We take three times He's variance and look at
# the very first gradient, before any update. Then we let gradient descent go, once as
# it is and once *clipped*: a gradient whose length exceeds 1 is shortened to 1,
#
# $$
# g \leftarrow g \cdot \min\!\left(1, \frac{1}{\lVert g\rVert}\right).
# $$ (eq-clinic-clip)

# %%


def global_norm(slope):
    return np.sqrt(sum(np.sum(np.square(g, dtype="f8")) for pair in slope for g in pair))


def course(layers, batches, rate, factor=1.0, clip=np.inf):
    """Before each step: loss, gradient norm, largest weight, smallest gradient norm."""
    table, dtype = [], layers[0][0].dtype
    for rows in batches:
        with np.errstate(over="ignore", invalid="ignore"):
            inputs = x_train[rows].astype(dtype)
            loss, _, slope = backward(layers, inputs, y_train[rows], relu)
            length = factor * global_norm(slope)
            largest = max(np.abs(W).max() for W, _ in layers)
            smallest = min(factor * np.linalg.norm(g) for pair in slope for g in pair)
            table.append([factor * loss, length, largest, smallest])
            step = rate * factor * min(1, clip / length)
            layers = updated(layers, slope, dtype.type(step))
    return np.array(table)


# %%
exploding_layers = [first_layers(deep, seed, 6.0, "float32") for seed in seeds]
same_batch = np.tile(np.arange(64), (40, 1))
free = np.array([course(each, same_batch[:5], 1e-3) for each in exploding_layers])
clipped = np.array(
    [course(each, same_batch, 1e-3, clip=1.0) for each in exploding_layers]
)

# %%
claim(
    "clinic-explodes-before-updates",
    "The gradient has exploded before the first update: its norm, for each seed.",
    measured=free[:, 0, 1],
    above=1e4,
)
claim(
    "clinic-weights-still-ordinary",
    "The weights are ordinary at that moment: the largest, for each seed.",
    measured=free[:, 0, 2],
    below=2.5,
)
claim(
    "clinic-loss-jumps",
    "One update later the loss has jumped: factor, for each seed.",
    measured=free[:, 1, 0] / free[:, 0, 0],
    above=1e6,
)
claim(
    "clinic-then-nan",
    "Then come numbers that are none: the step at which the loss is NaN or infinite, "
    "for each seed.",
    measured=[np.argmax(~np.isfinite(losses)) for losses in free[:, :, 0]],
    above=0,
    below=5,
)
claim(
    "clinic-weights-jump",
    "Its weights grow more than tenfold within two updates: largest weight after two "
    "over that before, for each seed.",
    measured=free[:, 2, 2] / free[:, 0, 2],
    above=10,
)
claim(
    "clinic-clipped-stays-finite",
    "Clipped, the same network goes on for 40 steps and its loss falls: last loss in "
    "parts of the first, for each seed.",
    measured=clipped[:, -1, 0] / clipped[:, 0, 0],
    below=0.9,
)
claim(
    "clinic-clipped-weights",
    "Clipped, its weights stay: largest weight after 40 steps over that before.",
    measured=clipped[:, -1, 2] / clipped[:, 0, 2],
    below=1.5,
)

# %% [markdown]
# So the order is: the product explodes, then the steps, then the weights, then the
# numbers end. Neither the learning rate nor a missing penalty had a part in the first
# gradient. A rate that is too large can make the gradient grow as well, from step to
# step: in a bowl of curvature $\lambda$ by exactly $|1 - \alpha\lambda|$.

# %%
bowl_path = descend(SGD(0.25), lambda theta: 10 * theta, [1.0], steps=20)[:, 0]
claim(
    "clinic-rate-grows-gradient",
    "With α λ = 2.5 the gradient grows by 1.5 a step: growth over 20 steps, largest "
    "deviation from it.",
    measured=np.abs(np.abs(bowl_path[1:] / bowl_path[:-1]) - 1.5).max(),
    below=1e-4,
)

# %% [markdown]
# One warning about instruments. Most tools, and our monitor too, record the gradient of
# the *weights*, $h_{l-1}^\top \delta_l$. In a ReLU network that explodes, $\delta_l$
# shrinks towards the loss exactly as $h_{l-1}$ grows towards it. Their product is the
# same everywhere.

# %%
start = np.array([signals_by_layer(6.0, seed)[:, 0] for seed in seeds])
end = np.array([signals_by_layer(6.0, seed)[:, -1] for seed in seeds])
claim(
    "clinic-signal-shows-it",
    "Through twenty exploding ReLU layers the signal δ grows: length at the first layer "
    "over that at the last, for each seed.",
    measured=start[:, 0] / end[:, 0],
    above=1000,
)
claim(
    "clinic-kernels-hide-it",
    "The gradients of the weights hide it: first over last, for each seed.",
    measured=start[:, 1] / end[:, 1],
    above=0.1,
    below=10,
)

# %% [markdown]
# ### Is a norm above 1 an explosion?
#
# A gradient has a unit: loss by weight. Measure the loss in thousandths, and every
# gradient is a thousand times as long. With a thousandth of the learning rate the
# training is the same. We train a healthy network with its loss times 1,000. And we let
# the exploding one explode with its loss times $10^{-6}$, at $10^6$ times the rate.

# %%
healthy_layers = [first_layers((64, 32, 10), seed, 2.0) for seed in seeds]
batches = shuffled_batches(len(x), epochs=30, batch_size=128, seed=0)
plain = np.array([course(each, batches, 0.5) for each in healthy_layers])
large_units = np.array(
    [course(each, batches, 0.5 / 1000, factor=1000) for each in healthy_layers]
)
small_units = np.array(
    [course(each, same_batch[:5], 1e3, factor=1e-6) for each in exploding_layers]
)

# %% tags=["hide-input"]
steps = np.arange(len(batches))
sick_steps = np.full((3, len(batches)), np.nan)
sick_steps[:, :2] = small_units[:, :2, 1]
show(
    curves(
        1 + steps,
        {
            "healthy, loss × 1,000": large_units[:, :, 1],
            "healthy": plain[:, :, 1],
            "exploding, loss × $10^{-6}$, until NaN": np.clip(sick_steps, 0, 1e6),
        },
        x_label="step",
        y_label="gradient norm (loss / weight)",
        x_scale="log",
        y_scale="log",
        bounds={"1": 1},
        markers=True,
    ),
    "clinic-threshold",
    caption="Norm of the whole gradient; mean and range of three seeds. The upper run "
    "learns well, with norms around a thousand. The one that begins below 1 explodes at "
    "its second step (drawn at $10^6$ if beyond) and is NaN at its third. The line at 1 "
    "tells them apart the wrong way round.",
    alt="Three curves. The healthy run with its loss times 1,000 begins at "
    f"{large_units[:, 0, 1].mean():.0f} and ends at {large_units[:, -1, 1].mean():.0f}; "
    f"the exploding one begins at {small_units[:, 0, 1].mean():.2f}.",
)

# %%
claim(
    "clinic-healthy-above-one",
    "A healthy training can have every gradient norm above 1 at every step: the "
    "smallest norm of any kernel or bias in 300 steps, for each seed.",
    measured=large_units[:, :, 3].min(axis=1),
    above=1.5,
)
claim(
    "clinic-healthy-thousand",
    "Its whole gradient begins near a thousand: norm at the first step, for each seed.",
    measured=large_units[:, 0, 1],
    above=200,
    below=5000,
)
claim(
    "clinic-healthy-learns-all-the-same",
    "It learns as if nothing were: its last loss over that of the plain run, for each "
    "seed.",
    measured=large_units[:, -1, 0] / plain[:, -1, 0],
    above=999,
    below=1001,
)
claim(
    "clinic-plain-learns",
    "And that run learns: last loss in parts of the first, for each seed.",
    measured=plain[:, -1, 0] / plain[:, 0, 0],
    below=0.2,
)
claim(
    "clinic-exploding-below-one",
    "A training that explodes can begin with a norm below 1: norm at the first step, "
    "for each seed.",
    measured=small_units[:, 0, 1],
    below=0.8,
)
claim(
    "clinic-exploding-below-one-nan",
    "It is NaN or infinite all the same: at which step, for each seed.",
    measured=[np.argmax(~np.isfinite(losses)) for losses in small_units[:, :, 0]],
    above=0,
    below=5,
)

# %% [markdown]
# ### Does NaN mean explosion?
#
# We let one neuron tell zeros from ones among the digits. Its loss is the
# cross-entropy, written down as in a textbook: $-y \log p - (1-y)\log(1-p)$.

# %%
is_pair = y_train < 2
x_pair, y_pair = x_train[is_pair], y_train[is_pair].astype("float32")


def textbook_course(seed, limit=3000):
    """Norms until the loss is NaN, and the weights there; all in float32."""
    w = np.random.default_rng(seed).normal(0, 0.1, 64).astype("float32")
    norms = []
    for _ in range(limit):
        p = 1 / (1 + np.exp(-x_pair @ w))
        with np.errstate(divide="ignore", invalid="ignore"):
            terms = y_pair * np.log(p) + (1 - y_pair) * np.log(1 - p)
        if np.isnan(terms).any():
            break
        g = x_pair.T @ (p - y_pair) / len(y_pair)
        norms.append(np.linalg.norm(g))
        w -= np.float32(6) * g
    return norms, w


# %%
textbook = [textbook_course(seed) for seed in seeds]
z_at_nan = [np.max(x_pair @ w) for _, w in textbook]
claim(
    "clinic-nan-without-explosion",
    "The loss becomes NaN while the gradient is tiny: norm one step before, for each "
    "seed.",
    measured=[norms[-1] for norms, _ in textbook],
    below=0.003,
)
claim(
    "clinic-nan-largest-was-first",
    "The norm has only fallen until then: the largest over the first, for each seed.",
    measured=[max(norms) / norms[0] for norms, _ in textbook],
    below=1.01,
)
claim(
    "clinic-nan-logit",
    "It happens when a logit passes ln 2²⁴ = 16.64: the largest logit, for each seed.",
    measured=z_at_nan,
    above=16.5,
    below=17.5,
)
quote("clinic-nan-steps", f"{np.mean([len(norms) for norms, _ in textbook]):.0f}")

# %% [markdown]
# For some {glue:text}`clinic-nan-steps` steps the neuron learned perfectly well. Then
# it became so sure of one digit that $p$, in float32, was rounded to 1. The term
# $0 \cdot \log 0$ is $0 \cdot (-\infty)$, which is NaN. The cure is to hand the
# loss the logits, as in {doc}`Loss functions <04_loss_functions>`. At the same weights:

# %%
cross_entropy_of_one = keras.losses.BinaryCrossentropy(from_logits=True)
stable = [
    float(cross_entropy_of_one(y_pair[:, None], (x_pair @ w)[:, None]))
    for _, w in textbook
]
claim(
    "clinic-logits-finite",
    "From logits the loss at these weights is finite, and small: for each seed.",
    measured=stable,
    above=0,
    below=0.01,
)
