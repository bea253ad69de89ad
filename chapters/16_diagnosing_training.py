# %% [markdown]
# # Diagnosing training: gradients tell apart what the loss cannot
#
# {doc}`Why gradients vanish <13_vanishing_gradients>`,
# {doc}`what keeps them alive <14_keeping_gradients_alive>` and
# {doc}`batch normalization <15_batch_normalization>` began from networks whose illness
# was known. Yours does not say what it has: it stands at the loss of a guess. This
# chapter is about trainings whose losses look alike. Most of their gradients do not.
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
# where $w_{kj}$ is the weight from $j$ to $k$. So there are three places to look: the
# slope $\varphi'(z_j)$, the outgoing weights, and the signals $\delta_k$ from above.
# The incoming weights stand in it only through $z_j$. We write the two passes by hand,
# for any number of layers.

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


# %%
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
    slope = [(a.T @ d, d.sum(axis=0)) for a, d in zip(h, deltas, strict=True)]
    return loss, deltas, slope


# %%
def first_layers(widths, seed, gain=1.0, dtype="float64"):
    """Random kernels of variance gain/inputs, and biases of 0."""
    random = np.random.default_rng(seed)
    kernels = [
        random.normal(0, np.sqrt(gain / rows), (rows, columns)).astype(dtype)
        for rows, columns in pairwise(widths)
    ]
    return [(W, np.zeros(W.shape[1], dtype)) for W in kernels]


# %%
def updated(layers, slope, rate):
    """The layers after a step of gradient descent."""
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
        (W1, _), (W2, _) = layers
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
    "1,347 digits; a dot for each of three networks; what is below 10⁻⁹ is drawn "
    "there. Saturating the unit takes nearly all of its signal. Of these changes, only "
    "that of the outgoing weights makes it large.",
    alt="Signal in parts of the healthy one, mean of three: "
    + ", ".join(f"{name} {each.mean():.2g}" for name, each in relative.items())
    + ".",
)

# %%
claim(
    "clinic-saturation-silences",
    "Saturation makes a sigmoid unit's signal small: with incoming weights × 1,000, "
    "and with a bias of 20, in parts of the healthy one, for each network.",
    measured=[relative["incoming × 1,000"], relative["bias 20"]],
    below=0.2,
)
claim(
    "clinic-outgoing-amplify",
    "Large outgoing weights make a unit's signal large: with outgoing weights × 30, "
    "in parts of the healthy one, for each network.",
    measured=relative["outgoing × 30"],
    above=10,
)
claim(
    "clinic-tiny-incoming-harmless",
    "Tiny incoming weights leave a unit's signal about as it was: with incoming "
    "weights × 0.001, in parts of the healthy one, for each network.",
    measured=relative["incoming × 0.001"],
    above=0.5,
    below=2,
)

# %% [markdown]
# ### One wrong example
#
# The third place is the signal that arrives from above, and it begins with the error of
# the output. Under half the squared error that is the residual itself. A target that is
# off by a hundred sends a hundred times the signal of one that is off by one, to every
# unit below. The *Huber loss* {cite:p}`huber1964robust` is the same for small residuals
# and straight beyond $\pm 1$, so that no example sends more than 1. We fit the line
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
    caption="What each of a hundred examples contributes to the gradient of the "
    "intercept at the true line, in parts of all contributions without their signs. "
    "The example at the right has a wrong target. Under the squared error it drowns "
    "the others.",
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
    "Under the Huber loss one wrong target in a hundred sends a fraction of that: "
    "share under the squared error over share under Huber, for each seed.",
    measured=shares["squared error"][:, -1] / shares["Huber"][:, -1],
    above=4,
)
claim(
    "clinic-outlier-fit",
    "The squared error follows one wrong target away from the true line: distance of "
    "the two weights from the true ones, for each seed.",
    measured=fit_error["squared error"],
    above=1,
)
claim(
    "clinic-outlier-fit-huber",
    "The Huber loss hardly follows one wrong target away from the true line: distance "
    "of the two weights from the true ones, for each seed.",
    measured=fit_error["Huber"],
    below=0.1,
)
guess = keras.Variable(np.array([-3.0, -0.5, 0.2, 40.0]))
of_keras = gradients(lambda: 4 * keras.losses.Huber()(np.zeros(4), guess), [guess])[0]
claim(
    "clinic-huber-equals-keras",
    "The signal of Keras's Huber loss is the residual clipped to ±1: largest "
    "difference.",
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
    "Too few units leave a large signal: mean size of δ with 2 units over that with "
    "64, for each seed.",
    measured=mean_signals[1] / mean_signals[3],
    above=5,
)
claim(
    "clinic-capacity-no-culprit",
    "In a network with too few units none has the large signal alone: largest mean "
    "size of δ over the median one, for every width and seed.",
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
# The slopes of these activations are at most 1: they never make the signal larger. That
# leaves three causes: large outgoing weights, large errors above (wrong labels,
# outliers, badly scaled targets), or a product of many such factors further up. A lack
# of units made all signals large, and none of them stood out.
#
# ## The rule: a product over the layers
#
# What happens to the signal over many layers? {eq}`eq-clinic-unit`, for a whole layer
# at once and then for all of them:
#
# $$
# \delta_l = (\delta_{l+1} W_{l+1}^\top) \odot \varphi'(z_l)
# \quad\Rightarrow\quad
# \lVert\delta_1\rVert \approx q^{\,n-1} \lVert\delta_n\rVert
# $$ (eq-clinic-product)
#
# where $n$ is the number of layers, $\odot$ multiplies entry by entry, and $q$ is the
# factor of an average layer. (Each step back is a product with the layer's *Jacobian*,
# the matrix of its derivatives.) With $q > 1$ the signal grows geometrically on its way
# to the first layer. That growth is the *exploding gradient*
# {cite:p}`pascanu2013difficulty`; with $q < 1$ it
# {doc}`vanishes <13_vanishing_gradients>`. In a recurrent network
# time steps take the place of layers. For ReLU layers of one width and weights of
# variance $\gamma/\text{inputs}$ we expect $q = \sqrt{\gamma/2}$
# {cite:p}`he2015delving`. Is that so? Twenty layers, all but the last with ReLUs, seven
# values of the gain $\gamma$, before any training.

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
q = (by_layer[:, :, 0, 0] / by_layer[:, :, 0, -1]) ** (1 / 19)  # (gains, seeds)

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
    caption="Length of the signal at each of twenty layers before training, for "
    "three scales of the weights; mean and range of three seeds. Read from the right, "
    "where the loss is, to the left. A straight line on this axis is geometric growth "
    "or decay.",
    alt="Three lines from the same point at layer 20. At layer 1 the mean is "
    + ", ".join(f"{by_layer[k, :, 0, 0].mean():.1g} at {v}" for k, v in picked.items())
    + " variance.",
)

# %%
claim(
    "clinic-gain-slope",
    "The factor q of a ReLU layer is the root of half the gain γ: slope of ln q "
    "against ln γ, where a root has 1/2, for each seed.",
    measured=np.polyfit(np.log(gains), np.log(q), 1)[0],
    above=0.4,
    below=0.6,
)
claim(
    "clinic-gain-neutral",
    "With He's weights, γ = 2, a ReLU layer neither amplifies nor damps: q, for each "
    "seed.",
    measured=q[3],
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
    """The length of the whole gradient."""
    return np.sqrt(
        sum(np.sum(np.square(g, dtype="f8")) for pair in slope for g in pair)
    )


# %%
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
    "In a network with three times He's variance the gradient has exploded before the "
    "first update: its norm, for each seed.",
    measured=free[:, 0, 1],
    above=1e4,
)
claim(
    "clinic-weights-still-ordinary",
    "The weights of the exploding network are ordinary before the first update: the "
    "largest, for each seed.",
    measured=free[:, 0, 2],
    below=2.5,
)
claim(
    "clinic-loss-jumps",
    "One update later the loss of the exploding network has jumped: factor, for each "
    "seed.",
    measured=free[:, 1, 0] / free[:, 0, 0],
    above=1e6,
)
claim(
    "clinic-then-nan",
    "Then the loss of the exploding network is no number: the updates after which it "
    "is NaN or infinite, for each seed.",
    measured=[np.argmax(~np.isfinite(losses)) for losses in free[:, :, 0]],
    above=0,
    below=5,
)
claim(
    "clinic-weights-jump",
    "The weights of the exploding network grow more than tenfold within two updates: "
    "largest weight after two over that before, for each seed.",
    measured=free[:, 2, 2] / free[:, 0, 2],
    above=10,
)
claim(
    "clinic-clipped-stays-finite",
    "With its gradient clipped, the exploding network goes on for 40 steps and its "
    "loss falls: last loss in parts of the first, for each seed.",
    measured=clipped[:, -1, 0] / clipped[:, 0, 0],
    below=0.9,
)
claim(
    "clinic-clipped-weights",
    "With its gradient clipped, the exploding network's weights stay: largest weight "
    "after 40 steps over that before, for each seed.",
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
    "In a bowl with α λ = 2.5 the gradient grows by 1.5 a step: growth over 20 steps, "
    "largest deviation from it.",
    measured=np.abs(np.abs(bowl_path[1:] / bowl_path[:-1]) - 1.5).max(),
    below=1e-4,
)

# %% [markdown]
# One warning about instruments. Most tools, and our monitor too, record the gradient of
# the *weights*, $h_{l-1}^\top \delta_l$. In a ReLU network that explodes, $\delta_l$
# shrinks towards the loss as much as $h_{l-1}$ grows towards it. Their product is about
# the same everywhere. In a Keras model, `activation_gradients` measures the signal.

# %%
start = np.array([signals_by_layer(6.0, seed)[:, 0] for seed in seeds])
end = np.array([signals_by_layer(6.0, seed)[:, -1] for seed in seeds])
claim(
    "clinic-signal-shows-it",
    "Through twenty exploding ReLU layers the signal δ grows: length at the first "
    "layer over that at the last, for each seed.",
    measured=start[:, 0] / end[:, 0],
    above=1000,
)
claim(
    "clinic-kernels-hide-it",
    "The gradients of the weights hide the growth through twenty exploding ReLU "
    "layers: first over last, for each seed.",
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
picked_steps = np.unique(np.geomspace(1, len(batches), 25).astype(int))
until_nan = np.full((3, len(picked_steps)), np.nan)
until_nan[:, :2] = np.minimum(small_units[:, :2, 1], 1e6)
show(
    curves(
        picked_steps,
        {
            "healthy, loss × 1,000": large_units[:, picked_steps - 1, 1],
            "healthy": plain[:, picked_steps - 1, 1],
            "exploding, loss × $10^{-6}$, until NaN": until_nan,
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
    "learns well, with norms in the hundreds. The one that begins below 1 explodes at "
    "its second step (drawn at $10^6$, being beyond) and is NaN at its third. The line "
    "at 1 would call the wrong one ill.",
    alt="Three curves. The healthy run with its loss times 1,000 begins at "
    f"{large_units[:, 0, 1].mean():.0f} and ends at "
    f"{large_units[:, -1, 1].mean():.0f}; the exploding one begins at "
    f"{small_units[:, 0, 1].mean():.2f}.",
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
    "With its loss times 1,000 a healthy training begins with a gradient norm near a "
    "thousand: norm at the first step, for each seed.",
    measured=large_units[:, 0, 1],
    above=200,
    below=5000,
)
claim(
    "clinic-healthy-learns-all-the-same",
    "With its loss times 1,000 a healthy training learns as if nothing were: its last "
    "loss over that of the plain run, for each seed.",
    measured=large_units[:, -1, 0] / plain[:, -1, 0],
    above=999,
    below=1001,
)
claim(
    "clinic-plain-learns",
    "The plain run of the healthy network learns: last loss in parts of the first, "
    "for each seed.",
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
    "A training whose first gradient norm is below 1 becomes NaN or infinite all the "
    "same: after how many updates, for each seed.",
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


# %%
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
    "A cross-entropy written with logarithms becomes NaN while the gradient is tiny: "
    "norm one step before, for each seed.",
    measured=[norms[-1] for norms, _ in textbook],
    below=0.001,
)
claim(
    "clinic-nan-largest-was-first",
    "Until that NaN the norm was never larger than at the first step: the largest "
    "over the first, for each seed.",
    measured=[max(norms) / norms[0] for norms, _ in textbook],
    below=1.01,
)
claim(
    "clinic-nan-logit",
    "That NaN comes when a logit passes ln 2²⁴ = 16.64: the largest logit, for each "
    "seed.",
    measured=z_at_nan,
    above=16.5,
    below=17.5,
)
quote("clinic-nan-steps", f"{np.mean([len(norms) for norms, _ in textbook]):.0f}")

# %% [markdown]
# For some {glue:text}`clinic-nan-steps` steps the neuron learned perfectly well. Then
# it became so sure of one digit that $e^{-z}$ fell below $2^{-24}$. Float32 keeps 24
# binary digits, so $1 + e^{-z}$ was rounded to 1, and with it $p$. The term
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
    "From logits the loss at the weights of that NaN is finite, and small: for each "
    "seed.",
    measured=stable,
    above=0,
    below=0.01,
)

# %% [markdown]
# ## Keras beside it
#
# How does one see this in `fit`? Clipping is an argument of every Keras optimizer:
# `global_clipnorm` is {eq}`eq-clinic-clip`, `clipnorm` does it for each weight alone.
# `TerminateOnNaN` ends a training at the first number that is not finite.
# `GradientMonitor` records the gradient of every weight as the optimizer receives it.
# At the end of each epoch it says what it found. The twenty exploding layers, in Keras:

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
twenty = mlp(64, (64,) * 19, 10)
for layer in twenty.layers:
    layer.kernel.assign(np.sqrt(6) * layer.kernel)  # Glorot's variance × 6.
twenty.compile(SGD(1e-3), cross_entropy, run_eagerly=True, jit_compile=False)
terminate, watch = TerminateOnNaN(), GradientMonitor()
keras.utils.set_random_seed(0)
history = twenty.fit(x_train, y_train, 64, verbose=0, callbacks=[terminate, watch])

# %%
claim(
    "clinic-terminate-on-nan",
    "TerminateOnNaN ends the exploding training in its first epoch: the step at which "
    "the loss is no number.",
    measured=terminate.reason["step"],
    above=1,
    below=6,
)
claim(
    "clinic-monitor-blames-the-rate",
    "After so few steps of the exploding network the monitor's first suspect is the "
    "learning rate, not the weights: 1 if so.",
    measured=watch.findings[0].kind == "learning_rate_too_high",
    equals=1,
)
he_course = np.array(
    [
        course(first_layers(deep, s, 2.0, "float32"), shuffled_batches(len(x), 8), 0.05)
        for s in seeds
    ]
)
quote("clinic-first-loss", f"{free[:, 0, 0].min():,.0f} or more")
claim(
    "clinic-he-starts-low",
    "With He's weights the network of twenty layers begins near the loss of guessing, "
    "2.3: loss at the first step, for each seed.",
    measured=he_course[:, 0, 0],
    below=3,
)
claim(
    "clinic-he-learns",
    "With He's weights the network of twenty layers learns, at fifty times the rate: "
    "loss over the last ten steps in parts of the first one, for each seed.",
    measured=he_course[:, -10:, 0].mean(axis=1) / he_course[:, 0, 0],
    below=0.85,
)

# %% [markdown]
# The monitor is no oracle. It saw a few updates, in which the weights leapt, and it
# advises a lower rate. But the first weights are wrong, and He's variance is the cure.
# One number told so before any update. The first loss of the three networks that we
# wrote by hand was {glue:text}`clinic-first-loss`, where guessing costs 2.3. And the
# neuron of the logarithm? We give Keras the same loss and the weights it ended at, a
# fifth longer.

# %%


def textbook_loss(y, p):
    return -ops.mean(y * ops.log(p) + (1 - y) * ops.log(1 - p))


neuron = keras.Sequential(
    [keras.Input((64,)), keras.layers.Dense(1, "sigmoid", use_bias=False)]
)
neuron.layers[0].kernel.assign(1.2 * textbook[0][1][:, None])
neuron.compile(SGD(6.0), textbook_loss, run_eagerly=True, jit_compile=False)
neuron_watch = GradientMonitor(action="stop")
own_pair = y_pair[:, None]
history = neuron.fit(x_pair, own_pair, 512, verbose=0, callbacks=[neuron_watch])
claim(
    "clinic-monitor-names-nan",
    "Of the logarithm of 0 the monitor has one finding, that gradients are not finite: "
    "1 if so.",
    measured=[each.kind for each in neuron_watch.findings] == ["not_finite"],
    equals=1,
)

# %% [markdown]
# Its advice begins with the rate and ends with the logarithm. Here the first update was
# the bad one. In a longer training the norms of the updates before, which the monitor
# keeps, tell which of the two it was: small ones speak against the rate.

# %% [markdown]
# ## The experiment: ten networks at the same loss
#
# How does one find the cause when all that is seen is a loss that does not fall? We
# make ten trainings ill on purpose. All have to tell ten digits apart, with SGD. What a
# loss is worth depends on what guessing costs: for $K$ equally frequent classes that is
# their entropy, $\ln K$, here 2.303. A network at that loss is worth no more than one
# that knows only the frequencies of the classes.
#
# The healthy one has a layer of 64 ReLU units and the learning rate 0.5. Each patient
# has one fault. To have it, two are deeper, with six hidden layers and the output. Two
# are of tanh units, and the deep one of these has the rate 0.05.

# %%


def zero_kernels(model):
    for layer in model.layers:
        layer.kernel.assign(0 * layer.kernel)


def kernels_times_40(model):
    for layer in model.layers[:-1]:
        layer.kernel.assign(40 * layer.kernel)


def biases_minus_10(model):
    for layer in model.layers[:-1]:
        layer.bias.assign(layer.bias - 10)


def penalise(model):
    for layer in model.layers:
        layer.kernel.regularizer = keras.regularizers.L2(0.1)


def freeze_zero_head(model):
    model.layers[-1].kernel.assign(0 * model.layers[-1].kernel)
    model.layers[-1].trainable = False


# %%
shuffled_labels = np.random.default_rng(0).permutation(y_train)
seven = {"units": (64,) * 6}
patients = {
    "healthy": {},
    "rate × 10": {"rate": 5.0},
    "rate / 5,000": {"rate": 1e-4},
    "zero kernels": {"change": zero_kernels},
    "inputs × 255": {"x": 255 * x_train},
    "L2 penalty 0.1": {"change": penalise},
    "7 sigmoid layers": seven | {"activation": "sigmoid"},
    "tanh, kernels × 40": seven
    | {"activation": "tanh", "change": kernels_times_40, "rate": 0.05},
    "biases −10": {"change": biases_minus_10},
    "shuffled labels": {"y": shuffled_labels},
    "frozen zero head": {"activation": "tanh", "change": freeze_zero_head},
}

# %% [markdown]
# Each is trained for eight epochs with three more lines than usual: the import, the
# monitor, and its place in `fit`. We keep what it prints for later. The penalty is part
# of the reported loss, so the loss on the data alone is a metric of its own.


# %%
def examined(units=(64,), activation="relu", change=None, rate=0.5, **data):
    """Trains a patient; returns it, what was logged, and the monitor."""
    model = mlp(64, units, 10, activation)
    if change:
        change(model)
    is_penalised = change is penalise
    extra = keras.metrics.SparseCategoricalCrossentropy("on_data", from_logits=True)
    metrics = [extra] if is_penalised else None
    model.compile(SGD(rate), cross_entropy, metrics=metrics, jit_compile=False)
    monitor = GradientMonitor()
    keras.utils.set_random_seed(0)
    data = {"x": x_train, "y": y_train, "batch_size": 256, "epochs": 8} | data
    with contextlib.redirect_stdout(io.StringIO()):
        history = model.fit(**data, verbose=0, callbacks=[monitor])
    return model, history.history, monitor


# %%
results = {name: examined(**fault) for name, fault in patients.items()}
models = {name: result[0] for name, result in results.items()}
losses = {
    name: np.array(result[1].get("on_data", result[1]["loss"]))
    for name, result in results.items()
}
monitors = {name: result[2] for name, result in results.items()}
sick = [name for name in patients if name != "healthy"]

# %% tags=["hide-input"]
epochs = np.arange(1, 9)
shown_losses = np.array([np.minimum(losses[name], 3.5) for name in sick])
show(
    curves(
        epochs,
        {
            "healthy": losses["healthy"],
            "ten patients": shown_losses,
            "guessing": np.full(8, np.log(10)),
        },
        x_label="epoch",
        y_label="loss on the training data",
        markers=True,
    ),
    "clinic-losses",
    caption="Training loss of the healthy network, and mean and range of the ten "
    "patients. (Values above 3.5 are drawn there.) After some epochs all ten are near "
    "the loss of guessing. Their losses do not say what they suffer from.",
    alt=f"The healthy loss falls from {losses['healthy'][0]:.2f} to "
    f"{losses['healthy'][-1]:.2f}. The others end between "
    f"{min(losses[k][-1] for k in sick):.2f} and "
    f"{max(losses[k][-1] for k in sick):.2f}.",
)

# %%
claim(
    "clinic-same-loss",
    "All ten patients sit near the loss of guessing, 2.303: training loss in the "
    "eighth epoch, for each.",
    measured=[losses[name][-1] for name in sick],
    above=2.0,
    below=2.9,
)
claim(
    "clinic-healthy-learns",
    "The healthy network learns: its training loss in the eighth epoch.",
    measured=losses["healthy"][-1],
    below=0.8,
)

# %% [markdown]
# Now look at the gradients. Each panel shows one training. Each line is a layer, from
# violet for the first to red for the last.

# %% tags=["hide-input"]
show(
    gradient_flow_panels(
        {name: monitor.to_dict() for name, monitor in monitors.items()}, high=1e4
    ),
    "clinic-fingerprints",
    caption="Norm of each layer's gradient at each of 48 updates, from the first layer "
    "(violet) to the last (red). The losses were nearly the same. The gradients are "
    "spread out, upside down, broken off, missing, or as in health. Values beyond the "
    "axis are drawn at its ends.",
    alt="Eleven panels. Norm of the whole gradient at the last update: "
    + ", ".join(
        f"{name} {np.sqrt(np.nansum(np.square(monitor.norm[-1], dtype='f8'))):.1g}"
        for name, monitor in monitors.items()
    )
    + ".",
)


# %%


def depth_ratio(name):
    """Gradient of the first kernel by that of the last, median of 20 updates."""
    monitor = monitors[name]
    kernels = [k for k, path in enumerate(monitor.paths) if path.endswith("kernel")]
    first, last = monitor.norm[:20, [kernels[0], kernels[-1]]].T
    return np.median(first / last)


claim(
    "clinic-fingerprint-vanishing",
    "Seven sigmoid layers: the gradient of the first kernel in parts of the last "
    "one's, median of 20 updates.",
    measured=depth_ratio("7 sigmoid layers"),
    below=1e-2,
)
claim(
    "clinic-fingerprint-exploding",
    "Kernels times 40 under tanh: the gradient of the first kernel in parts of the "
    "last one's, median of 20 updates.",
    measured=depth_ratio("tanh, kernels × 40"),
    above=25,
)
claim(
    "clinic-fingerprint-slow",
    "A rate that is too low, and the healthy network: the gradient of the first "
    "kernel in parts of the last one's, median of 20 updates.",
    measured=[depth_ratio("rate / 5,000"), depth_ratio("healthy")],
    above=0.2,
    below=5,
)
claim(
    "clinic-flat-loss",
    "A rate that is too low: largest change of the loss in eight epochs.",
    measured=np.ptp(losses["rate / 5,000"]),
    below=0.02,
)

# %% [markdown]
# Three of these networks have nearly the same loss. Their ratios are
# {glue:text}`clinic-fingerprint-vanishing`, {glue:text}`clinic-fingerprint-exploding`
# and, at the low rate, about 1. A poor loss alone is a sign of nothing in particular.
#
# Nor do norms of gradients say all. Zero kernels and dead units look the same: the
# lengths of the weights differ. The low rate and the shuffled labels look healthy. The
# one shows in updates that are short beside the weights. The other shows only in that
# it leads nowhere, for eight epochs.
#
# ### What does the monitor say?
#
# `monitor.findings` has it as data. We compare the kind of the first finding with the
# fault.

# %%
expected = {
    "rate × 10": "learning_rate_too_high",
    "rate / 5,000": "learning_rate_too_low",
    "zero kernels": "zero_weights",
    "inputs × 255": "unscaled_inputs",
    "L2 penalty 0.1": "penalty_too_strong",
    "7 sigmoid layers": "vanishing",
    "tanh, kernels × 40": "exploding",
    "biases −10": "dead_units",
    "shuffled labels": "nothing_learned",
    "frozen zero head": "frozen",
}
findings = {name: monitor.findings for name, monitor in monitors.items()}
print(findings["7 sigmoid layers"][0])
print(findings["inputs × 255"][0].kind, findings["inputs × 255"][0].evidence)

# %%
claim(
    "clinic-first-finding-right",
    "The monitor's first finding names the fault: in how many of ten patients.",
    measured=sum(findings[k] and findings[k][0].kind == expected[k] for k in sick),
    equals=10,
)
claim(
    "clinic-healthy-silence",
    "Of the healthy training the monitor says nothing: number of findings.",
    measured=len(findings["healthy"]),
    equals=0,
)

# %% [markdown]
# Ten of ten, but we chose the patients. `benchmarks/clinic.py` asks the same of more
# trainings: twelve faults and five kinds of healthy network, on digits and on the
# signals of MNIST-1D, from five seeds each. The limits of the diagnosis were set on the
# same kinds of training, with other seeds.

# %%
record = Path(dlbook.__file__).parents[1] / "benchmarks" / "clinic.json"
runs = json.loads(record.read_text(encoding="utf-8"))["runs"]
first_said = [(run["found"] or ["nothing"])[0] for run in runs]
counts = Counter(zip((run["case"] for run in runs), first_said, strict=True))
cases = list(dict.fromkeys(run["case"] for run in runs))
answers = list(dict.fromkeys(first_said))

# %% tags=["hide-input"]
named = [run["found"][:1] == [run["expected"]] for run in runs if run["expected"]]
silent = [not run["found"] for run in runs if not run["expected"]]
show(
    confusion_matrix(
        [[counts[case, answer] for answer in answers] for case in cases],
        cases,
        [answer.replace("_", " ") for answer in answers],
        column_label="what the monitor said first",
    ),
    "clinic-confusion",
    caption="What the monitor said first of 170 trainings, ten of each kind: five with "
    "nothing wrong, and twelve with a planted fault.",
    alt=f"A matrix of {len(cases)} trainings by {len(answers)} answers. The fault was "
    f"named in {sum(named)} of {len(named)} sick trainings, and {sum(silent)} of "
    f"{len(silent)} healthy ones were left in peace.",
)

# %%
claim(
    "clinic-benchmark-named",
    "In the stored record, share of 120 sick trainings whose fault is named first.",
    measured=100 * np.mean(named),
    above=90,
    unit="%",
)
claim(
    "clinic-benchmark-silent",
    "In the stored record, share of 50 healthy trainings of which nothing is said.",
    measured=100 * np.mean(silent),
    above=90,
    unit="%",
)

# %% [markdown]
# These faults are large, and there is one at a time. A fault half as bad, or two at
# once, may get another name or none. So may one that ends the training at once: the
# twenty layers above got another name.
#
# ### Does the advice help?
#
# A name is worth something if the remedy works. We treat each patient for what the
# monitor found, from three seeds each. To save time the treated networks of one shape
# train side by side, as one model.

# %%
middle, spread = x_train.mean(axis=0), x_train.std(axis=0) + 1e-3


class Treated(StackedMLP):
    """Networks side by side, each with the settings of its treatment."""

    def __init__(self, units, treatments):
        self.settings = [each for each in treatments.values() for _ in seeds]
        tanh, self.scale = self.column("tanh"), self.column("standardise")
        own = list(range(len(self.settings)))
        super().__init__(
            64, units, 10, own, lambda z: ops.where(tanh > 0, ops.tanh(z), ops.relu(z))
        )

    def column(self, name, default=0.0):
        values = [each.get(name, default) for each in self.settings]
        return np.array(values, "float32")[:, None, None]  # (networks, 1, 1)

    def call(self, x):
        return self.logits(ops.where(self.scale > 0, (x - middle) / spread, x))


# %%
def outcome(units, treatments):
    """Accuracy on held-out digits for each treatment and seed."""
    model = Treated(units, treatments)
    factor, rate = model.column("l2"), model.column("rate", 0.5)
    for kernel in model.kernels:
        kernel.assign(kernel * model.column("gain", 1.0))
        kernel.regularizer = lambda W: ops.sum(factor * W**2)
    model.kernels[-1].assign(model.kernels[-1] * model.column("head", 1.0))
    rule = SGD(lambda: ops.convert_to_tensor(rate))
    model.compile(rule, model.cross_entropy, jit_compile=False)
    fit_batches(model, x_train, y_train, shuffled_batches(len(x), 9, 128))
    correct = ops.convert_to_numpy(model(x_test)).argmax(axis=2) == y_test[:, None]
    return dict(zip(treatments, correct.mean(axis=0).reshape(-1, 3), strict=True))


# %% [markdown]
# A remedy that says "by ten" may have to be taken more than once. What was not enough
# is kept too. All are trained for 90 updates of 128 digits; the patients had 48 of up
# to 256, about as many digits in all.

# %%
one_layer = {
    "rate × 10": {"rate": 0.5},  # Divided by ten.
    "rate / 5,000": {"rate": 0.1},  # Multiplied by ten, three times.
    "zero kernels": {},  # At random.
    "inputs × 255": {"standardise": 1},
    "L2 penalty 0.1": {"l2": 0.01},  # Divided by ten.
    "biases −10": {},  # At 0.
    "shuffled labels": {},  # Those that belong to the inputs.
    "frozen zero head": {"tanh": 1, "head": 0},  # Trained.
    "once": {"rate": 1e-3},
    "twice": {"rate": 1e-2},
}
he = {"gain": np.sqrt(2)}
seven_layers = {
    "7 sigmoid layers": he | {"rate": 0.05},  # ReLU, He, and a tenth of the rate.
    "tanh, kernels × 40": {"tanh": 1, "rate": 0.05},  # Glorot.
    "He only": he,
}
treated, deep_treated = outcome((64,), one_layer), outcome((64,) * 6, seven_layers)

# %%
sick_accuracy = {
    name: np.mean(
        ops.convert_to_numpy(
            models[name](x_test * (255 if name == "inputs × 255" else 1))
        ).argmax(axis=1)
        == y_test
    )
    for name in sick
}
too_little = {
    "rate / 5,000": [treated.pop("once"), treated.pop("twice")],
    "7 sigmoid layers": deep_treated.pop("He only"),
}
treated = {name: (treated | deep_treated)[name] for name in sick}

# %% tags=["hide-input"]
show(
    dot_rows(
        {
            "ill (one seed)": {name: [sick_accuracy[name]] for name in sick},
            "treated, not enough": {k: np.ravel(v) for k, v in too_little.items()},
            "treated": treated,
        },
        "accuracy on held-out digits",
    ),
    "clinic-remedies",
    caption="Accuracy of the ten patients, and of three networks each that got the "
    "remedy. Not enough were: the low rate times ten and times a hundred, and He's "
    "weights under ReLU at the old rate of 0.5.",
    alt="Ten rows. Lowest accuracy of the three treated: "
    + ", ".join(f"{name} {each.min():.2f}" for name, each in treated.items())
    + ".",
)

# %%
claim(
    "clinic-ill-accuracy",
    "Ill, none of the ten patients reads digits well: accuracy, for each.",
    measured=list(sick_accuracy.values()),
    below=0.6,
)
claim(
    "clinic-remedies-work",
    "Treated, each of the ten patients learns: accuracy of the worst of three seeds, "
    "for each patient.",
    measured=[each.min() for each in treated.values()],
    above=0.7,
)
claim(
    "clinic-rate-needs-three-doses",
    "The low rate times ten, or times a hundred, is not yet enough: accuracy, for each "
    "seed.",
    measured=too_little["rate / 5,000"],
    below=0.6,
)
claim(
    "clinic-he-needs-a-lower-rate",
    "ReLU and He's weights alone are not enough for the seven layers: they no longer "
    "bear the rate of 0.5. Accuracy, for each seed.",
    measured=too_little["7 sigmoid layers"],
    below=0.6,
)

# %% [markdown]
# The last one is typical. A remedy can uncover the next fault: the sigmoid layers could
# not be hurt by the high rate, since hardly anything reached them. So examine again
# after each treatment, and change one thing at a time.
#
# (symptom-table)=
# ### The table of symptoms
#
# Every remedy below was applied in this chapter, and worked: the last one on the loss
# at given weights, the others in training. $K$ is the number of classes.
#
# :::{list-table}
# :header-rows: 1
#
# - * What you see
#   * What the monitor says
#   * What to try
# - * The loss leaps in the first epoch, then lies near $\ln K$
#   * `learning_rate_too_high`: an update of
#     {glue:text}`clinic-said-high` times a kernel's length
#   * a tenth of the rate
# - * The loss does not move in its third digit
#   * `learning_rate_too_low`: updates of
#     {glue:text}`clinic-said-low` of a kernel's length
#   * ten times the rate, again and again
# - * $\ln K$ from the first batch on
#   * `zero_weights`
#   * random kernels
# - * An enormous loss at first, then $\ln K$
#   * `unscaled_inputs`: they are about
#     {glue:text}`clinic-said-inputs`
#   * subtract the mean, divide by the standard deviation
# - * The total falls, the loss on the data stays
#   * `penalty_too_strong`: kernels shrank to
#     {glue:text}`clinic-said-penalty` of their length
#   * a tenth of the penalty
# - * A deep network, a little above $\ln K$
#   * `vanishing`: the first gradient is
#     {glue:text}`clinic-said-vanishing` of the last
#   * ReLU with He's weights; then examine the rate again. Other remedies:
#     {doc}`Keeping gradients alive <14_keeping_gradients_alive>`
# - * A deep network, restless above $\ln K$
#   * `exploding`: the first gradient is
#     {glue:text}`clinic-said-exploding` times the last
#   * Glorot's weights for tanh, He's for ReLU
# - * $\ln K$, and only the last bias has a gradient
#   * `dead_units`
#   * biases at 0
# - * The loss creeps down, accuracy stays low, gradients as in health
#   * `nothing_learned`, after eight epochs
#   * the labels that belong to the inputs
# - * $\ln K$ to the last digit
#   * `frozen`, `disconnected`
#   * `trainable = True`
# - * The first loss is far above $\ln K$; it leaps, then NaN
#   * `learning_rate_too_high`, `not_finite`
#   * He's weights; clipping, to stay finite
# - * The loss falls, then NaN all at once
#   * `not_finite`
#   * no logarithm of 0: `from_logits=True`
# :::
#
# (clinic-checklist)=
# ### The checklist
#
# ```python
# from dlbook.callbacks import GradientMonitor
#
# monitor = GradientMonitor(action="stop")
# model.fit(x, y, callbacks=[monitor])
# ```
#
# 1. Before training, compare the loss of the first batch with guessing: $\ln K$ for $K$
#    classes, the variance of the targets for the squared error. Far above it, look at
#    the scale of the inputs and of the first weights.
# 2. Watch the loss on the data apart from penalties.
# 3. Train a few epochs with the three lines above. Read the *first* finding; a cause
#    hides what follows from it.
# 4. Change that one thing. Examine again.
# 5. If nothing is said and nothing is learned, let it memorise one batch of 32
#    (exercise 5). If it can, look at the labels and the data; if not, at the model,
#    the loss and the rate.
#
# ### A closer look at two of them
#
# What do zero weights learn? People say: nothing. We look inside, and also ask a
# network of sigmoids and one without hidden layer.

# %%
zero = models["zero kernels"].get_weights()  # W₁, b₁, W₂, b₂
entropy_of_labels = -np.sum(
    np.bincount(y_train) / len(x) * np.log(np.bincount(y_train) / len(x))
)


def from_zero(widths, phi=sigmoid, steps=300):
    layers = [(np.zeros(pair), np.zeros(pair[1])) for pair in pairwise(widths)]
    for rows in shuffled_batches(len(x), 15)[:steps]:
        slope = backward(layers, x[rows], y_train[rows], phi)[2]
        layers = updated(layers, slope, 0.5)
    return layers


(hidden, _), _ = from_zero((64, 32, 10))
straight = from_zero((64, 10))
correct = forward(straight, x_test, sigmoid)[1].argmax(axis=1) == y_test

# %%
claim(
    "clinic-zero-stays-zero",
    "With ReLU, kernels that begin at 0 are 0 after eight epochs: their largest entry.",
    measured=max(np.abs(zero[0]).max(), np.abs(zero[2]).max()),
    equals=0,
)
claim(
    "clinic-zero-learns-the-prior",
    "With kernels of 0 the last bias does learn, the frequencies of the classes: loss "
    "minus their entropy.",
    measured=losses["zero kernels"][-1] - entropy_of_labels,
    above=-0.02,
    below=0.02,
)
claim(
    "clinic-zero-bias-moved",
    "With kernels of 0 the last bias moves: its largest entry.",
    measured=np.abs(zero[3]).max(),
    above=0.001,
)
claim(
    "clinic-zero-sigmoid-alike",
    "With sigmoids and weights that begin at 0 all hidden units stay alike: largest "
    "difference between their weights, in parts of the largest weight.",
    measured=np.ptp(hidden, axis=1).max() / np.abs(hidden).max(),
    below=1e-6,
)
claim(
    "clinic-zero-sigmoid-moved",
    "With sigmoids weights that begin at 0 do move: the largest weight.",
    measured=np.abs(hidden).max(),
    above=0.001,
)
claim(
    "clinic-zero-softmax",
    "Without a hidden layer zeros are a fine start: accuracy on held-out digits.",
    measured=correct.mean(),
    above=0.85,
)

# %% [markdown]
# And the penalty? The loss that `fit` reports falls.

# %% tags=["hide-input"]
total = np.array(results["L2 penalty 0.1"][1]["loss"])
show(
    curves(
        epochs,
        {
            "reported: data + penalty": total,
            "data alone": losses["L2 penalty 0.1"],
            "guessing": np.full(8, np.log(10)),
        },
        x_label="epoch",
        y_label="training loss",
        markers=True,
    ),
    "clinic-penalty",
    caption="The patient with an L2 penalty of 0.1. The reported loss falls: the "
    "weights shrink. The loss on the data stays near that of guessing.",
    alt=f"The reported loss falls from {total[0]:.2f} to {total[-1]:.2f}, the loss on "
    f"the data goes from {losses['L2 penalty 0.1'][0]:.2f} to "
    f"{losses['L2 penalty 0.1'][-1]:.2f}.",
)

# %%
claim(
    "clinic-penalty-total-falls",
    "Under the strong penalty the reported loss falls: first epoch over last.",
    measured=total[0] / total[-1],
    above=1.1,
)
claim(
    "clinic-penalty-data-stays",
    "Under the strong penalty the loss on the data does not fall: last epoch over "
    "first.",
    measured=losses["L2 penalty 0.1"][-1] / losses["L2 penalty 0.1"][0],
    above=0.9,
)
claim(
    "clinic-penalty-data-high",
    "Under the strong penalty the loss on the data is far above that of the healthy "
    "network: ratio in the last epoch.",
    measured=losses["L2 penalty 0.1"][-1] / losses["healthy"][-1],
    above=3,
)

# %% tags=["hide-cell"]
evidence = {k: next(iter(findings[k][0].evidence.values())) for k in sick}
quote("clinic-said-high", evidence["rate × 10"])
quote("clinic-said-low", evidence["rate / 5,000"])
quote("clinic-said-inputs", evidence["inputs × 255"])
quote("clinic-said-penalty", evidence["L2 penalty 0.1"])
quote("clinic-said-vanishing", evidence["7 sigmoid layers"])
quote("clinic-said-exploding", evidence["tanh, kernels × 40"])
quote("clinic-penalised-accuracy", sick_accuracy["L2 penalty 0.1"])

# %% [markdown]
# The accuracy of that network is {glue:text}`clinic-penalised-accuracy`, and guessing
# has about 0.1. If all logits shrink by one factor, the largest stays the largest. So a
# network near $\ln K$ may know more than its loss says. Look at the loss on the data
# and at the accuracy, not at the total alone.
#
# ## Where the popular answer goes wrong
#
# ### About one loud unit
#
# :::{popular-answer} A saturated activation makes a neuron's error large.
# :verdict: wrong
# :question: hidden-neuron-large-error
# :claims: clinic-saturation-silences
#
# It multiplies the error by a slope near 0. Such a unit may do harm to the *loss*, but
# its own signal is tiny, and so it stays as it is {cite:p}`lecun1998efficient`.
# :::
#
# :::{popular-answer} Initial weights that are too large or too small make it large.
# :verdict: imprecise
# :question: hidden-neuron-large-error
# :claims: clinic-outgoing-amplify, clinic-tiny-incoming-harmless
#
# Which weights? Large outgoing ones do. Large incoming ones saturate the unit and
# silence it, and tiny ones hardly matter.
# :::
#
# :::{popular-answer} Outliers and wrong labels make it large.
# :verdict: right
# :question: hidden-neuron-large-error
# :claims: clinic-outlier-share, clinic-outlier-fit, clinic-outlier-fit-huber
#
# Under the squared error one target in a hundred had {glue:text}`clinic-outlier-share`
# of the signal (three seeds). A robust loss is a remedy; so is looking at the data.
# :::
#
# :::{popular-answer} Gradients that explode through the neuron give it large errors.
# :verdict: right
# :question: hidden-neuron-large-error
# :claims: clinic-signal-shows-it, clinic-explodes-before-updates
#
# Its $\delta_k$ are then large, and so is what it receives. Twenty layers made the
# signal {glue:text}`clinic-signal-shows-it` times as long (three seeds).
# :::
#
# :::{popular-answer} Too little capacity keeps a neuron's error high.
# :verdict: imprecise
# :question: hidden-neuron-large-error
# :claims: clinic-capacity-everywhere, clinic-capacity-no-culprit
#
# It keeps the errors of the whole network high. No single unit stood out.
# :::
#
# :::{popular-answer} It stems from unregularised weights or a high learning rate.
# :verdict: imprecise
# :question: hidden-neuron-large-error
# :claims: clinic-explodes-before-updates, clinic-rate-grows-gradient
#
# Before the first update neither plays a part, and the gradient had exploded already:
# by the scale of the first weights and the depth. Later a high rate can make it grow.
# :::
#
# :::{popular-answer} Exploding gradients are rarer than vanishing ones.
# :verdict: unverifiable
# :question: hidden-neuron-large-error
# :claims: clinic-gain-slope, clinic-gain-neutral
#
# We know of no count. In ReLU layers both follow from one scale, on two sides of He's
# variance.
# :::
#
# ### About explosions
#
# :::{popular-answer} Steps get so large that weights overflow: gradients explode.
# :verdict: imprecise
# :question: detecting-exploding-gradients
# :claims: clinic-explodes-before-updates, clinic-weights-still-ordinary
#
# Cause and effect are swapped. The product over the layers is large first, at ordinary
# weights; then come the steps, and then the weights.
# :::
#
# :::{popular-answer} The loss jumps, then becomes NaN, and the weights grow quickly.
# :verdict: right
# :question: detecting-exploding-gradients
# :claims: clinic-loss-jumps, clinic-then-nan, clinic-weights-jump
#
# That is what an explosion looks like {cite:p}`goodfellow2016deep`, section 10.11. It
# is also what a learning rate that is far too high looks like.
# :::
#
# :::{popular-answer} A model that gets no traction on the data has exploding gradients.
# :verdict: imprecise
# :question: detecting-exploding-gradients
# :claims: clinic-same-loss, clinic-fingerprint-vanishing, clinic-fingerprint-exploding
#
# Ten causes had nearly the same loss here. The ratio between the layers tells an
# explosion from vanishing and from a low rate.
# :::
#
# :::{popular-answer} A NaN loss indicates exploding gradients.
# :verdict: imprecise
# :question: detecting-exploding-gradients
# :claims: clinic-nan-without-explosion, clinic-logits-finite
#
# Or a logarithm of 0, a NaN in the data, a division by 0. Look at the norm one step
# before: here it was below a thousandth.
# :::
#
# :::{popular-answer} Gradients constantly above 1.0 in every layer show an explosion.
# :verdict: wrong
# :question: detecting-exploding-gradients
# :claims: clinic-healthy-above-one, clinic-exploding-below-one-nan
#
# A norm has a unit, the loss's by the weight's. Compare layers with layers and steps
# with steps, never a norm with 1.
# :::
#
# ### About a loss that does not fall
#
# :::{popular-answer} The model underfits the training data.
# :verdict: imprecise
# :question: loss-not-decreasing
# :claims: clinic-width-one-plateau, clinic-same-loss
#
# That is the symptom's name, not its cause. Even one tanh unit learned something, from
# each of three seeds. Too few units leave a loss that is too high, and seldom one that
# never leaves $\ln K$.
# :::
#
# :::{popular-answer} The learning rate is too large.
# :verdict: imprecise
# :question: loss-not-decreasing
# :claims: clinic-same-loss, clinic-flat-loss, clinic-rate-needs-three-doses
#
# Or too small, or neither. A high rate leaps before it lies still; a low one lies still
# from the beginning.
# :::
#
# :::{popular-answer} With all weights zero, the network learns nothing.
# :verdict: imprecise
# :question: loss-not-decreasing
# :claims: clinic-zero-stays-zero, clinic-zero-sigmoid-alike, clinic-zero-softmax
#
# With hidden ReLUs only the last bias learns, the frequencies. Hidden sigmoids learn,
# but all the same thing. Without hidden layers zeros are a fine start.
# :::
#
# :::{popular-answer} The regularisation is too strong, or the gradient vanishes.
# :verdict: right
# :question: loss-not-decreasing
# :claims: clinic-penalty-data-high, clinic-fingerprint-vanishing
#
# Both are among the causes. Note that under a strong penalty the reported loss *falls*.
# :::
#
# ## What we saw
#
# - A unit's signal is its slope times what comes back through its outgoing weights.
#   Saturation silences it; large outgoing weights and wrong targets make it loud.
# - Explosion is a product with a factor above 1 a layer. It was there before the first
#   update, at ordinary weights. A norm alone, above 1 or below, says nothing.
# - NaN also comes from $0 \cdot \log 0$, at a gradient of
#   {glue:text}`clinic-nan-without-explosion`.
# - Ten faults had nearly the same loss. The gradients told most of them apart, the
#   weights and updates the rest. The monitor named all ten, and mistook an eleventh,
#   the exploding ReLUs, for a high rate.
# - Each remedy made its patient learn, one after three doses, one only together with
#   another.
#
# What remains is a network that learns what it is shown, and fails on what it is not.
# No gradient of the training loss shows that.
#
# ## In an interview
#
# :::{interview-card} A hidden neuron keeps receiving a large error signal. Why?
# :id: hidden-neuron-large-error
# :figure: clinic-unit
#
# Its signal is $\delta_j=\varphi'(z_j)\sum_k w_{kj}\delta_k$; it has no error of its
# own. So it is large because of large outgoing weights, large errors above (outliers,
# wrong labels, badly scaled targets), or a product further up that explodes.
# Saturation does the opposite: the slope goes to 0, and the unit is stuck. Too little
# capacity shows in all units, not in one. Check the data first; then a robust loss such
# as Huber, scaled targets, a better initialisation, clipping, a lower rate.
# :::
#
# :::{interview-card} How can you tell that a model suffers from exploding gradients?
# :id: detecting-exploding-gradients
# :figure: clinic-threshold
#
# Gradients grow geometrically from layer to layer, or from one time step to the next,
# because the factor of a layer, of its Jacobian, is above 1. So compare layers: the
# signal at the first over that at the last, and its trend over updates. No absolute
# threshold works, since gradients scale with the loss. Jumps of the loss, weights that
# blow up and NaN are consequences, but a high rate, log 0 or bad data cause them too.
# Log norms for each layer, stop at NaN, clip by the global norm, lower the rate, and
# initialise better.
# :::
#
# :::{interview-card} The training loss does not go down. What are the likely causes?
# :id: loss-not-decreasing
# :figure: clinic-losses
#
# Compare it with guessing, $\ln K$ for balanced classes. Causes: a rate too high
# (leaps, then flat or NaN) or too low (flat from the start), zero or badly scaled
# weights, unscaled inputs, vanishing gradients or dead units, a penalty too strong (the
# total falls, the data loss does not), wrong labels or loss, frozen layers. Tell them
# apart by the gradients of each layer, the length of updates beside the weights, and by
# memorising one batch. "Underfitting" names the symptom. Zero weights keep hidden ReLU
# or tanh units dead and sigmoids identical; without hidden layers they are fine.
# :::
#
# ## Exercises
#
# 1. **Recall.** What does a classifier of five equally frequent classes cost that has
#    learned nothing but that? And one of two classes, 90 % and 10 %?
#
#    :::{dropdown} Solution
#    $\ln 5 = 1.609$. For two classes the entropy of the shares:
#    $-0.9 \ln 0.9 - 0.1 \ln 0.1 = 0.325$. A loss of 0.33 may mean that nothing was
#    learned.
#    :::
#
# 2. **By hand.** Twenty layers each multiply the signal by 1.5. By how much in all? How
#    many layers until float32, whose largest number is $3.4 \times 10^{38}$, overflows?
#
#    :::{dropdown} Solution
#    $1.5^{20} = 3{,}325$. And $\ln(3.4\times10^{38})/\ln 1.5 = 218.8$, so at the
#    219th.
#    :::

# %% tags=["hide-cell"]
factors = np.cumprod(np.full(230, 1.5))
claim(
    "clinic-exercise-overflow",
    "Exercise 2: the layer at which 1.5 per layer leaves float32.",
    measured=1 + np.argmax(factors > np.finfo("float32").max),
    equals=219,
)

# %% [markdown]
# 3. **Predict, then run.** In {numref}`clinic-unit`, take ReLU units instead of
#    sigmoids. What happens to the signal with a bias of 20?
#
#    :::{dropdown} Solution
#    A ReLU does not saturate above: its slope becomes 1 for all digits. And it now
#    returns so much that it spoils the answers: the signals from above grow, too. In
#    the three networks δ became {glue:text}`clinic-exercise-relu-bias` times as long,
#    most where the unit had been off for nearly all digits. With a bias of −20 it would
#    be 0.
#    :::

# %% tags=["hide-cell"]


def relu_signal(bias, seed):
    layers = first_layers((64, 32, 10), seed)
    layers[0][1][0] = bias
    return np.linalg.norm(backward(layers, x, y_train, relu)[1][0][:, 0])


claim(
    "clinic-exercise-relu-bias",
    "Exercise 3: signal of a ReLU unit with a bias of 20 in parts of the healthy one, "
    "for each network.",
    measured=[relu_signal(20, seed) / relu_signal(0, seed) for seed in seeds],
    above=1.5,
)
claim(
    "clinic-exercise-relu-off",
    "Exercise 3: signal of a ReLU unit with a bias of −20, for each network.",
    measured=[relu_signal(-20, seed) for seed in seeds],
    equals=0,
)

# %% [markdown]
# 4. **Code.** Clip each entry of the gradient to ±1 (`clipvalue`) instead of the norm.
#    Does the exploding network stay finite? Does the step keep its direction?
#
#    :::{dropdown} Solution
#    It stays finite, since no entry of a step is longer than the rate. The direction
#    changes: large entries are all made equally large. The next cell takes the cosine
#    of the angle between the clipped and the true gradient.
#    :::

# %% tags=["hide-cell"]


def cosine_after_clipping(layers):
    slope = backward(layers, x_batch, y_batch, relu)[2]
    g = np.concatenate([each.ravel() for pair in slope for each in pair]).astype("f8")
    cut = np.clip(g, -1, 1)
    return g @ cut / np.linalg.norm(g) / np.linalg.norm(cut)


claim(
    "clinic-exercise-clipvalue",
    "Exercise 4: cosine between the gradient and its clipped entries, for each seed; "
    "with the norm clipped it is 1.",
    measured=[cosine_after_clipping(layers) for layers in exploding_layers],
    below=0.9,
)

# %% [markdown]
# 5. **Diagnose.** Two networks sit at $\ln 10$. Let each memorise one batch of 32
#    digits. What does it mean if one can and the other cannot? Try shuffled labels, and
#    biases of −10.
#
#    :::{dropdown} Solution
#    Who can memorise has a working path for gradients, and a rate that serves: then
#    look at the data and the labels. Who cannot has a fault in the model, the loss or
#    the rate.
#    :::

# %% tags=["hide-cell"]


def memorised(labels, bias=0.0):
    """The loss on one batch of 32 after 300 updates on it."""
    (W1, b1), out = first_layers((64, 64, 10), 0, 2.0)
    layers = [(W1, b1 + bias), out]
    for _ in range(300):
        slope = backward(layers, x[:32], labels[:32], relu)[2]
        layers = updated(layers, slope, 0.3)
    return backward(layers, x[:32], labels[:32], relu)[0]


claim(
    "clinic-exercise-memorises-shuffled",
    "Exercise 5: shuffled labels of one batch can be memorised: loss on it.",
    measured=memorised(shuffled_labels),
    below=0.5,
)
claim(
    "clinic-exercise-dead-cannot",
    "Exercise 5: a network of dead units cannot: loss on the batch.",
    measured=memorised(y_train, bias=-10),
    above=1.8,
)

# %% [markdown]
# 6. **Think.** The monitor says *vanishing* when the first kernel's gradient is less
#    than a thousandth of the last one's. Name a network in which signals vanish and
#    that ratio stays near 1.
#
#    :::{dropdown} Solution
#    ReLU layers with a quarter of He's variance. $\delta_l$ shrinks on the way back as
#    $h_l$ shrinks on the way forward, and the kernels' gradients are their products.
#    All are small alike. The next cell measures it on {numref}`clinic-product`.
#    :::

# %% tags=["hide-cell"]
claim(
    "clinic-exercise-hidden-vanishing",
    "Exercise 6: at a quarter of He's variance the signal vanishes: first layer over "
    "last, for each seed.",
    measured=by_layer[0, :, 0, 0] / by_layer[0, :, 0, -1],
    below=1e-3,
)
claim(
    "clinic-exercise-kernels-alike",
    "Exercise 6: at a quarter of He's variance the gradients of the kernels do not "
    "show it: first over last, for each seed.",
    measured=by_layer[0, :, 1, 0] / by_layer[0, :, 1, -1],
    above=0.1,
    below=10,
)

# %% [markdown]
# 7. **Open.** Take a network of your own that learns. Plant a fault that is not in the
#    table. Which of the monitor's numbers shows it first, and what would a rule have to
#    look like that never speaks of a healthy training?
#
#    :::{dropdown} Solution
#    There is no single answer. Try weights at a hundredth of their size, a softmax in
#    the model and another in the loss, or two faults at once. Set the limit of your
#    rule on some seeds, and judge it on others.
#    :::
#
# ## Further reading
#
# {cite:t}`pascanu2013difficulty` analyse both explosion and decay over time steps and
# propose clipping by the norm. {cite:t}`he2015delving` derive the neutral variance for
# ReLUs, {cite:t}`glorot2010understanding` that for tanh. The robust loss is by
# {cite:t}`huber1964robust`. On debugging in general see section 11.5 of
# {cite:t}`goodfellow2016deep`.
#
# :::{parts-used}
# :::
