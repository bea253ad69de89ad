# %% [markdown]
# # Keeping gradients alive: each layer needs a factor near 1
#
# {doc}`Why gradients vanish <13_vanishing_gradients>` found a product: every layer
# multiplies the error signal by its weights and its slopes. What can be done to keep
# that product near 1? There are many remedies, and they are mostly named in one breath.
# Here each treats the same twelve-layer patient, under the same budget.
#
# This chapter answers: **Which remedies exist for vanishing gradients, and how much
# does each really help? How do vanishing gradients stall a network, and how do skip
# connections, ReLU-type units and gated recurrent cells repair it?**

# %%
import contextlib
import io
from itertools import groupby
from math import comb

import keras
import numpy as np
from keras import ops

from dlbook.callbacks import GradientMonitor
from dlbook.claims import claim
from dlbook.data import adding_problem, load_digits
from dlbook.figures import curves, moving_curves
from dlbook.layers import GRU, LSTM, Dense, Highway, LSTMCell, Residual
from dlbook.measures import gradients, input_gradients, jacobian
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam
from dlbook.page import animate, quote, readable, show, table
from dlbook.training import descend, fit_batches, shuffled_batches

(x_train, y_train), _ = load_digits()
seeds = (0, 1, 2)

# %% [markdown]
# ## How a small gradient stalls a layer
#
# Gradient descent moves a weight by $\alpha$ times its gradient. So a layer whose
# gradients are a millionth moves a millionth as far, and its network stalls. Is that a
# law of training, or of this one rule? We take the first gradient of ten sigmoid layers
# and let three rules make one step. On logarithmic axes, what is the slope of a layer's
# step against its gradient (root mean squares of its entries)?

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
rules = {
    "SGD": SGD(0.1),
    "Adam, ε = 1e-7": Adam(0.001),
    "Adam, ε = 1e-14": Adam(0.001, epsilon=1e-14),
}


def rms(values):
    return np.sqrt(np.mean(np.square(values, dtype="float64")))


def step_slopes(seed):
    model = mlp(64, (32,) * 10, 10, "sigmoid", seed)
    kernels = [layer.kernel for layer in model.layers]
    slopes = gradients(lambda: cross_entropy(y_train, model(x_train)), kernels)
    sizes = np.log([rms(g) for g in slopes])
    return [
        np.polyfit(sizes, np.log([first_step(rule, g) for g in slopes]), 1)[0]
        for rule in rules.values()
    ]


# %%
def first_step(rule, g):
    g = g.astype("float64")
    return rms(descend(rule, lambda theta: g, np.zeros(g.shape), steps=1)[-1])


of_sgd, of_adam, of_pure_adam = np.transpose([step_slopes(seed) for seed in seeds])
claim(
    "alive-sgd-step-follows-gradient",
    "Under SGD a layer's step is proportional to its gradient: slope of the step "
    "against the gradient on logarithmic axes, for each seed.",
    measured=of_sgd,
    above=0.99,
    below=1.01,
)
claim(
    "alive-adam-step-ignores-gradient",
    "Under Adam with ε = 1e-14 a layer's step does not depend on the size of its "
    "gradient: slope on logarithmic axes, for each seed.",
    measured=of_pure_adam,
    above=-0.05,
    below=0.05,
)
claim(
    "alive-adam-epsilon-hides",
    "Under Adam with Keras's ε = 1e-7, which outweighs the first layers' gradients "
    "here, a layer's step depends on its gradient in part: slope on logarithmic axes, "
    "for each seed.",
    measured=of_adam,
    above=0.06,
    below=0.9,
)

# %% [markdown]
# So an adaptive rule moves the early layers. It does not bring back what the layers
# have lost: in {doc}`the chapter before <13_vanishing_gradients>` Adam moved every
# sigmoid layer, and after six epochs the network was at chance. The product itself has
# to be mended.
#
# ## The idea: a way around
#
# What is the smallest change that keeps a product of twelve small slopes alive? Take
# twelve neurons in a row, $F(h) = \sigma(h) - \tfrac12$, at $h = 0$. There each slope
# is $F' = \tfrac14$. Let something pass around each neuron: the whole of $h$ (a
# *skip*), the same with $F$ made smaller, or a mixture by a gate $T$. The slope of the
# row is then
#
# $$
# \frac{dh_{12}}{dh_0} = (F')^{12}, \quad (1 + F')^{12}, \quad
# \left(1 + \tfrac{1}{12}F'\right)^{12}, \quad (1 - T + T F')^{12}.
# $$ (eq-alive-chain)


# %%
def F(h):
    return ops.sigmoid(h) - 0.5


ways = {
    "plain: $F(h)$": F,
    "gate: $0.9\\,h + 0.1\\,F(h)$": lambda h: 0.9 * h + 0.1 * F(h),
    "small skip: $h + F(h)/12$": lambda h: h + F(h) / 12,
    "skip: $h + F(h)$": lambda h: h + F(h),
}


def in_a_row(layer, times):
    def chain(h):
        for _ in range(times):
            h = layer(h)
        return h

    return chain


# %%
chain_slopes = {
    name: np.array([jacobian(in_a_row(f, n), [[0.0]]).item() for n in range(1, 13)])
    for name, f in ways.items()
}
plain, gate, small_skip, skip = (each[-1] for each in chain_slopes.values())
claim(
    "alive-chain-plain",
    "Twelve plain neurons in a row with slopes of ¼ leave next to nothing of a "
    "gradient: slope of the row.",
    measured=plain,
    below=1e-6,
)
claim(
    "alive-chain-around",
    "With a gate or a small skip the slope of twelve neurons stays within a factor of "
    "three of 1: of both rows.",
    measured=[gate, small_skip],
    above=1 / 3,
    below=1.5,
)
claim(
    "alive-chain-skip-grows",
    "With a full skip around each of twelve neurons the slope of the row grows far "
    "above 1: its value.",
    measured=skip,
    above=10,
)

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 13),
        chain_slopes,
        x_label="neurons in the row",
        y_label="slope from end to end",
        y_scale="log",
        markers=True,
    ),
    "alive-chain",
    caption="Slope of a row of neurons, by automatic differentiation, against its "
    "length. A way around keeps it from vanishing. The full skip has the opposite "
    "fault: each factor is above 1.",
    alt=f"Four lines. After twelve neurons: plain {plain:.1g}, gate {gate:.2g}, small "
    f"skip {small_skip:.3g}, skip {skip:.3g}.",
)

# %% [markdown]
# A skip puts 1 into each factor, whatever the neuron does; a gate puts $1 - T$. A skip
# does not put it there *instead* of $F'$: what $F$ adds comes on top, and can be too
# much.
#
# ## First weights: He, Glorot, orthogonal
#
# Can plain layers have a factor of 1 as well? They can at the start, if the weights
# have the right size. Let the entries of $W$ have the variance $\gamma/\text{inputs}$.
# Glorot's variance is $2/(\text{inputs}+\text{outputs})$, so $\gamma = 1$ for square
# layers {cite:p}`glorot2010understanding`. He's has $\gamma = 2$, since a ReLU lets
# half of the square through {cite:p}`he2015delving`. A third way takes $\sqrt\gamma$
# times an *orthogonal* matrix: it turns and mirrors, and changes no length
# {cite:p}`saxe2014exact`.


# %%
def gaussian(gain):
    def draw(random, rows, columns):
        return random.normal(0, np.sqrt(gain / rows), (rows, columns))

    return draw


def orthogonal(gain):
    def draw(random, rows, columns):
        Q, R = np.linalg.qr(random.normal(size=(rows, columns)))
        return np.sqrt(gain) * Q * np.sign(np.diag(R))

    return draw


# %% [markdown]
# What does a stack of twenty such layers do to a small change of its input? Its
# Jacobian $J$ stretches each of 64 perpendicular directions by a *singular value*.
# Their root mean square is what one usually looks at. We also look at all of them.

# %%
bends = {  # φ(z), and φ'(z) from what φ returned.
    "linear": (lambda z: z, np.ones_like),
    "tanh": (np.tanh, lambda h: 1 - h**2),
    "ReLU": (lambda z: np.maximum(z, 0), lambda h: h > 0),
}


def stretches(bend, draw, layers, seed):
    """Singular values of the Jacobian of a stack, at one digit; largest first."""
    phi, slope_of = bends[bend]
    random = np.random.default_rng(seed)
    h, J = x_train[random.integers(len(x_train))].astype("float64"), np.eye(64)
    for _ in range(layers):
        W = draw(random, 64, 64)
        h = phi(h @ W)
        J = J @ W * slope_of(h)
    return np.linalg.svd(J, compute_uv=False)


# %%
stacks = {
    "linear, Glorot": ("linear", gaussian(1)),
    "linear, orthogonal": ("linear", orthogonal(1)),
    "tanh, Glorot": ("tanh", gaussian(1)),
    "tanh, orthogonal": ("tanh", orthogonal(1)),
    "ReLU, He": ("ReLU", gaussian(2)),
    "ReLU, orthogonal": ("ReLU", orthogonal(2)),
}
spectra = {
    name: np.array([stretches(*stack, 20, seed) for seed in seeds])
    for name, stack in stacks.items()
}  # (seeds, directions)
survive = {name: 100 * (s > 0.1).mean(axis=1) for name, s in spectra.items()}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 65),
        {name: np.maximum(values, 1e-6) for name, values in spectra.items()},
        x_label="direction, from the most to the least stretched",
        y_label="stretch by twenty layers",
        y_scale="log",
    ),
    "alive-spectra",
    caption="Singular values of the Jacobian of twenty layers before training; mean "
    "and range of three seeds; what is below 10⁻⁶ is drawn there. Random Gaussian "
    "kernels keep the mean length and lose most directions. Orthogonal ones keep all "
    "of them under linear units, most under tanh, and few under ReLU.",
    alt="Six falling curves. Percent of directions that keep a tenth or more: "
    + ", ".join(f"{name} {each.mean():.0f}" for name, each in survive.items())
    + ".",
)

# %%
claim(
    "alive-orthogonal-exact",
    "Through twenty orthogonal linear layers every direction keeps its length: largest "
    "deviation of a singular value from 1.",
    measured=np.abs(spectra["linear, orthogonal"] - 1).max(),
    below=1e-9,
)
claim(
    "alive-gaussian-loses-directions",
    "Twenty linear layers with Gaussian weights (Glorot's) lose most directions: share "
    "that keeps a tenth of its length or more, for each seed.",
    measured=survive["linear, Glorot"],
    below=45,
    unit="%",
)
claim(
    "alive-orthogonal-tanh",
    "Through twenty tanh layers with orthogonal weights most directions survive: share "
    "that keeps a tenth of its length or more, for each seed.",
    measured=survive["tanh, orthogonal"],
    above=65,
    unit="%",
)
claim(
    "alive-orthogonal-relu",
    "Through twenty ReLU layers even orthogonal weights lose most directions: share "
    "that keeps a tenth of its length or more, for each seed.",
    measured=survive["ReLU, orthogonal"],
    below=45,
    unit="%",
)

# %% [markdown]
# ### How exact must the gain be?
#
# Next the gain sweep: ReLU stacks of three depths, 13 gains around He's. The height of
# a curve is the root mean square of the 64 singular values.

# %%
gains = 2 * 2.0 ** np.linspace(-3, 3, 13)
mean_stretch = {
    f"{layers} layers": np.array(
        [
            [rms(stretches("ReLU", gaussian(gain), layers, seed)) for gain in gains]
            for seed in seeds
        ]
    )
    for layers in (5, 20, 50)
}

# %% tags=["hide-input"]
show(
    curves(
        gains,
        mean_stretch,
        x_label="gain $\\gamma$ (Glorot: 1, He: 2)",
        y_label="mean stretch",
        x_scale="log",
        y_scale="log",
        bounds={"unchanged": 1},
    ),
    "alive-gains",
    caption="Root-mean-square singular value of ReLU stacks against the gain of their "
    "first weights; mean and range of three seeds. All meet near He's gain. The deeper "
    "the stack, the steeper the line, and the less the gain may err.",
    alt="Three straight lines that cross near a gain of 2. At a gain of 1: "
    + ", ".join(f"{k} {v[:, 4].mean():.1g}" for k, v in mean_stretch.items())
    + ".",
)

# %%
twenty = mean_stretch["20 layers"]
claim(
    "alive-he-in-range",
    "With He's gain a gradient keeps its size through twenty ReLU layers: mean "
    "stretch, for each seed.",
    measured=twenty[:, 6],
    above=0.05,
    below=10,
)
claim(
    "alive-quarter-vanishes",
    "With a quarter of He's gain a gradient vanishes in twenty ReLU layers: mean "
    "stretch, for each seed.",
    measured=twenty[:, 2],
    below=1e-4,
)
claim(
    "alive-fourfold-explodes",
    "With four times He's gain a gradient explodes in twenty ReLU layers: mean "
    "stretch, for each seed.",
    measured=twenty[:, 10],
    above=1e3,
)
claim(
    "alive-glorot-fails-relu",
    "With Glorot's gain twenty ReLU layers shrink a gradient: mean stretch, for each "
    "seed.",
    measured=twenty[:, 4],
    below=0.01,
)
claim(
    "alive-slope-is-one-factor",
    "Slopes alone do not decide: factor of a linear layer, slope exactly 1, with "
    "γ = ¼, for each seed.",
    measured=[
        rms(stretches("linear", gaussian(0.25), 20, seed)) ** (1 / 20) for seed in seeds
    ],
    below=0.7,
)

# %% [markdown]
# "Xavier or He" is therefore no free choice. Glorot's gain suits tanh and is half of
# what a ReLU needs. Over 50 layers that half left {glue:text}`alive-glorot-at-50` of
# the gradient.

# %%
quote("alive-glorot-at-50", readable(mean_stretch["50 layers"][:, 4].mean(), 1))

# %% [markdown]
# ## The rule: skips and gates
#
# First weights hold only at the start. A way around is built in. A *residual* layer
# {cite:p}`he2016deep` adds its input to what it computes. Its Jacobian is the identity
# plus that of $F$. A *highway* layer {cite:p}`srivastava2015highway` learns a gate $T$
# for each unit, and mixes:
#
# $$
# \begin{aligned}
# \text{residual:}\quad & h_{l+1} = h_l + F(h_l), \quad
# \frac{\partial h_{l+1}}{\partial h_l} = I + \frac{\partial F}{\partial h_l} \\
# \text{highway:}\quad & h_{l+1} = T \odot H(h_l) + (1 - T) \odot h_l, \\
# & T = \sigma(h_l W_T + b_T)
# \end{aligned}
# $$ (eq-alive-skip)
#
# With $b_T < 0$ the gate starts nearly closed, and the layer nearly as the identity.
# The library's two layers:
#
# ```{literalinclude} ../dlbook/layers/residual.py
# :pyobject: Residual.call
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/layers/highway.py
# :pyobject: Highway.call
# :language: python
# :dedent: 4
# ```
#
# Keras has neither. There one adds by hand, `keras.layers.add([x, layer(x)])`. Is that
# the same? And is the Jacobian what {eq}`eq-alive-skip` says?

# %%
keras.utils.set_random_seed(0)
branch = Dense(64, "tanh")
block, image = Residual(branch), x_train[:8]
by_keras = keras.layers.add([image, branch(image)])
claim(
    "alive-residual-equals-keras",
    "A residual layer is Keras's layer add: largest difference.",
    measured=np.abs(ops.convert_to_numpy(block(image) - by_keras)).max(),
    below=1e-6,
)
claim(
    "alive-residual-jacobian",
    "A residual layer's Jacobian is the identity plus that of F: largest difference.",
    measured=np.abs(
        jacobian(block, image) - np.eye(64) - jacobian(branch, image)
    ).max(),
    below=1e-6,
)
relu_slopes = jacobian(lambda z: ops.relu(z), [[-1.0], [0.0], [1.0]]).ravel()
claim(
    "alive-relu-slopes",
    "ReLU's slope at −1, at 0, where it has none and TensorFlow says 0, and at 1: "
    "largest difference from 0, 0, 1.",
    measured=np.abs(relu_slopes - [0, 0, 1]).max(),
    equals=0,
)

# %% [markdown]
# ## The experiment: one patient, ten treatments
#
# How much does each remedy help? The patient reads digits through twelve layers of 32
# units. Before them a tanh layer, the same in every treatment, brings the 64 pixels to
# 32 numbers. The budget is five epochs of SGD with momentum 0.9, in batches of 32. A
# single learning rate would favour the remedy that it happens to suit, so each gets
# two, over three seeds. All networks of a seed draw the same random numbers.
#
# A remedy is how first weights are drawn, and what becomes of $h$ and $z = hW + b$.

# %%


def leaky(z):
    return ops.maximum(z, 0.01 * z)


def normalised(z):
    """Batch normalization while training, without its scale; b is added before."""
    mean = ops.mean(z, axis=-2, keepdims=True)
    return (z - mean) / ops.sqrt(ops.var(z, axis=-2, keepdims=True) + 1e-3)


def highway(h, z, gate):
    T = gate(h)
    return T * ops.tanh(z) + (1 - T) * h


# %%
def bent(f):
    """A layer without a way around: f(z)."""
    return lambda h, z, gate: f(z)


def around(f):
    """A layer with a skip: h + f(z)."""
    return lambda h, z, gate: h + f(z)


relus, tanhs = bent(ops.relu), bent(ops.tanh)
remedies = {
    "sigmoid": (gaussian(1), bent(ops.sigmoid)),
    "ReLU, He / 10": (gaussian(0.2), relus),
    "ReLU, Glorot": (gaussian(1), relus),
    "ReLU, He": (gaussian(2), relus),
    "leaky ReLU, He / 10": (gaussian(0.2), bent(leaky)),
    "tanh, Glorot": (gaussian(1), tanhs),
    "tanh, orthogonal": (orthogonal(1), tanhs),
    "sigmoid, batch norm": (gaussian(1), bent(lambda z: ops.sigmoid(normalised(z)))),
    "sigmoid, skips": (gaussian(1), around(ops.sigmoid)),
    "tanh, skips": (gaussian(1), around(ops.tanh)),
    "tanh, highway": (gaussian(1), highway),
}
gate_start = {"tanh, highway": -2.0}  # b_T
rates = (0.01, 0.1)
runs = [(rate, seed) for rate in rates for seed in seeds]

# %% [markdown]
# All networks train at once, each with its own rate. A tensor holds what they all
# compute: `(remedies, runs, batch, units)`. `ops.scan` takes it through the layers.

# %%


def drawn(draws, depth, rows, columns):
    """First kernels of a layer of every network, (remedies, runs, rows, columns)."""
    each = [
        [draw(np.random.default_rng([seed, depth]), rows, columns) for _, seed in runs]
        for draw in draws
    ]
    return np.array(each, "float32")


def variable(values):
    return keras.Variable(np.array(values, "float32"))


# %%
class Towers(keras.Model):
    def __init__(self, remedies, layers):
        super().__init__()
        self.draws, ways = zip(*remedies.values(), strict=True)
        # Neighbours that go the same way go together.
        self.ways, sizes = zip(*[(w, len([*g])) for w, g in groupby(ways)], strict=True)
        self.cuts = np.cumsum(sizes)[:-1].tolist()
        starts = [gate_start[name] for name in remedies if name in gate_start]
        same, depths = [gaussian(1)] * len(ways), range(1, 1 + layers)
        self.first = variable(drawn(same, 0, 64, 32))
        self.W = variable([drawn(self.draws, k, 32, 32) for k in depths])
        self.b = variable(np.zeros((layers, len(ways), len(runs), 1, 32)))
        self.W_T = variable(
            [drawn(same[: len(starts)], 1000 + k, 32, 32) for k in depths]
        )
        b_T = np.reshape(starts, (-1, 1, 1, 1)) * np.ones((layers, 1, len(runs), 1, 32))
        self.b_T = variable(b_T)
        self.last = variable(drawn(same, 1 + layers, 32, 10))

    def build(self, input_shape):
        self.built = True

    def layer(self, h, weights):
        W, b, W_T, b_T, nudge = weights
        z = ops.matmul(h, W) + b  # (remedies, runs, batch, units)
        each = zip(self.ways, *(ops.split(v, self.cuts) for v in (h, z)), strict=True)
        parts = [
            way(h, z, lambda h: ops.sigmoid(ops.matmul(h, W_T) + b_T))
            for way, h, z in each
        ]
        return ops.concatenate(parts) + nudge, None

    def nudged(self, x, nudges):
        """Logits (batch, networks, classes) when nudges are added to the layers' h."""
        h = ops.tanh(ops.matmul(x, self.first))
        weights = (self.W, self.b, self.W_T, self.b_T, nudges)
        h, _ = ops.scan(self.layer, h, tuple(map(ops.convert_to_tensor, weights)))
        z = ops.reshape(ops.matmul(h, self.last), (-1, ops.shape(x)[0], 10))
        return ops.transpose(z, (1, 0, 2))

    def call(self, x):
        return self.nudged(x, np.zeros((*self.W.shape[:1], 1, 1, 1, 1), "float32"))


# %% [markdown]
# Before training we measure the signal, the gradient at what each layer returns, for 64
# digits. After it, the accuracy on the training digits: the question is whether a
# network can learn at all. (Batch normalization standardises over all digits that it
# is shown.)


# %%
def signal_lengths(towers):
    """Length of the gradient at each layer's h: (remedies, seeds, layers)."""
    # At the start networks differ by remedy and seed only: keep those of one rate.
    nudges = np.zeros((*towers.b.shape[:3], 64, 32), "float32")

    def loss(nudges):
        z = towers.nudged(x_train[:64], nudges)
        return ops.mean(StackedMLP.cross_entropy(y_train[:64], z))

    deltas = input_gradients(loss, nudges)[:, :, : len(seeds)].astype("float64")
    return np.linalg.norm(deltas, axis=(-2, -1)).transpose(1, 2, 0)


def accuracies(towers, x, y):
    correct = ops.convert_to_numpy(towers(x)).argmax(axis=2) == y[:, None]
    return 100 * correct.mean(axis=0).reshape(-1, len(rates), len(seeds))


# %%
def treated(remedies, layers, epochs):
    """The towers, signals before (remedies, seeds, layers), accuracies after."""
    towers = Towers(remedies, layers)
    alpha = np.array([rate for rate, _ in runs], "float32")[:, None, None]
    towers.compile(
        SGD(lambda: ops.convert_to_tensor(alpha), momentum=0.9),
        StackedMLP.cross_entropy,
        jit_compile=False,
        steps_per_execution=42,
    )
    before = signal_lengths(towers)
    batches = shuffled_batches(len(x_train), epochs, batch_size=32)
    fit_batches(towers, x_train, y_train, batches)
    return towers, before, accuracies(towers, x_train, y_train)


towers, signal, reached = treated(remedies, layers=12, epochs=5)
ratio = dict(zip(remedies, signal[:, :, 0] / signal[:, :, -1], strict=True))
accuracy = dict(zip(remedies, reached, strict=True))  # (rates, seeds) each
best = {name: each[each.mean(axis=1).argmax()] for name, each in accuracy.items()}

# %% tags=["hide-input"]
table(
    [
        {
            "remedy": name,
            "signal, first / last layer": readable(np.exp(np.log(left).mean()), 2),
        }
        | {
            f"α = {rate}": f"{each.mean():.0f} %"
            for rate, each in zip(rates, accuracy[name], strict=True)
        }
        | {"worst seed at the best α": f"{best[name].min():.0f} %"}
        for name, left in ratio.items()
    ],
    "alive-remedies",
    caption="Twelve layers, untreated and under ten treatments. The signal is that "
    "before training, the geometric mean of three seeds. Then the accuracy on the "
    "training digits after five epochs at two learning rates, mean of three seeds. "
    "Chance is 10 %.",
)

# %%
claim(
    "alive-sigmoid-stuck",
    "Untreated, twelve sigmoid layers learn nothing: accuracy at both rates, for each "
    "seed; chance is 10 %.",
    measured=accuracy["sigmoid"],
    below=20,
    unit="%",
)
claim(
    "alive-sigmoid-signal",
    "In twelve untreated sigmoid layers the signal is all but gone before training: "
    "first layer over last, for each seed.",
    measured=ratio["sigmoid"],
    below=1e-5,
)
claim(
    "alive-relu-small-stuck",
    "Twelve layers of ReLUs with a tenth of He's variance hardly learn: accuracy at "
    "both rates, for each seed; chance is 10 %.",
    measured=accuracy["ReLU, He / 10"],
    below=25,
    unit="%",
)
claim(
    "alive-leaky-small-stuck",
    "Twelve layers of leaky ReLUs with a tenth of He's variance hardly learn: accuracy "
    "at both rates, for each seed; chance is 10 %.",
    measured=accuracy["leaky ReLU, He / 10"],
    below=25,
    unit="%",
)
claim(
    "alive-relu-he",
    "With He's variance ReLUs learn: accuracy at the best rate, for each seed.",
    measured=best["ReLU, He"],
    above=45,
    unit="%",
)
claim(
    "alive-he-beats-glorot",
    "He's variance beats Glorot's for ReLUs: difference of mean accuracy at the best "
    "rates.",
    measured=best["ReLU, He"].mean() - best["ReLU, Glorot"].mean(),
    above=10,
    unit="points",
)

# %%
claim(
    "alive-tanh",
    "Twelve tanh layers learn, with Glorot's weights and with orthogonal ones: "
    "accuracy at the best rate, for each seed.",
    measured=[best["tanh, Glorot"], best["tanh, orthogonal"]],
    above=65,
    unit="%",
)
claim(
    "alive-batch-norm",
    "Batch normalization saves the sigmoid: accuracy, for each seed.",
    measured=best["sigmoid, batch norm"],
    above=85,
    unit="%",
)
claim(
    "alive-skips",
    "Skips save the sigmoid and help tanh: accuracy, for each seed.",
    measured=[best["sigmoid, skips"], best["tanh, skips"]],
    above=80,
    unit="%",
)
claim(
    "alive-highway",
    "With gates around them twelve tanh layers learn digits: accuracy at the best "
    "rate, for each seed.",
    measured=best["tanh, highway"],
    above=85,
    unit="%",
)
claim(
    "alive-ranking-needs-tuning",
    "Which treatment is ahead depends on the rate: accuracy of tanh with gates minus "
    "that with skips, at α = 0.01 and, with the sign changed, at 0.1.",
    measured=[1, -1]
    * (accuracy["tanh, highway"] - accuracy["tanh, skips"]).mean(axis=1),
    below=-8,
    unit="points",
)

# %% [markdown]
# Read the table by its second column first. Where the signal is lost, neither rate
# helps.
# But a signal that arrives does not make a good learner: ReLU with He's weights has a
# level one, and learns less well than networks with skips. Nor is ReLU the cure: tanh
# does better here, and ReLU with small weights is as stuck as the sigmoid. (Its signal
# is small, but still tells digits apart: with a quarter of He's variance {doc}`Adam
# could use it <13_vanishing_gradients>`.)
#
# Are these towers what the library computes? We copy one residual and one highway
# network into its layers.

# %%


def from_library(name, layers, run):
    """Largest difference of logits between a run and layers with its weights."""
    row = list(remedies).index(name)
    front, back = Dense(32, "tanh", use_bias=False), Dense(10, use_bias=False)
    model = keras.Sequential([keras.Input((64,)), front, *layers, back])
    for k, layer in enumerate(layers):
        weights = [towers.W[k, row, run], towers.b[k, row, run, 0]]
        if name in gate_start:
            weights += [towers.W_T[k, 0, run], towers.b_T[k, 0, run, 0]]
        layer.set_weights(weights)
    front.set_weights([towers.first[row, run]])
    back.set_weights([towers.last[row, run]])
    z = ops.convert_to_numpy(towers(x_train[:100]))[:, row * len(runs) + run]
    return np.abs(ops.convert_to_numpy(model(x_train[:100])) - z).max()


# %%
residuals = [Residual(Dense(32, "sigmoid")) for _ in range(12)]
highways = [Highway("tanh") for _ in range(12)]
claim(
    "alive-towers-are-the-library",
    "The towers compute what Residual and Highway do: largest difference of the "
    "logits of two trained networks.",
    measured=[
        from_library("sigmoid, skips", residuals, 0),
        from_library("tanh, highway", highways, 5),
    ],
    below=1e-3,
)

# %% [markdown]
# Layers of the library train by `fit`, where the `GradientMonitor` can watch. Does it
# tell the patient from the treated after one epoch?


# %%
def watched(layers):
    """The monitor of twelve new layers that trained for one epoch."""
    keras.utils.set_random_seed(0)
    front = [keras.Input((64,)), Dense(32, "tanh")]
    model, monitor = keras.Sequential([*front, *layers, Dense(10)]), GradientMonitor()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(SGD(0.01, momentum=0.9), loss, run_eagerly=True, jit_compile=False)
    with contextlib.redirect_stdout(io.StringIO()):
        model.fit(x_train, y_train, 128, verbose=0, callbacks=[monitor])
    return monitor


of_patient = watched([Dense(32, "sigmoid") for _ in range(12)])
of_treated = watched([Residual(Dense(32, "sigmoid")) for _ in range(12)])
print(of_patient.findings[0])

# %%
claim(
    "alive-monitor-finds-the-patient",
    "The monitor finds that the twelve sigmoid layers vanish, and nothing else: 1 if "
    "so.",
    measured=[each.kind for each in of_patient.findings] == ["vanishing"],
    equals=1,
)
claim(
    "alive-monitor-silent-with-skips",
    "With skips around twelve sigmoid layers the monitor finds nothing: number of "
    "findings.",
    measured=len(of_treated.findings),
    equals=0,
)

# %% [markdown]
# ## How deep can one go?
#
# In the table full skips amplified the signal, and gates lost some of it. Both get
# worse with depth. At $b_T = -2$ a layer passes on about $1 - \sigma(-2) = 0.88$ of its
# input, and 20 of them $0.88^{20} = 0.08$. At $b_T = -4$ it is 0.70. Skips can be kept
# small as in the row of neurons, by dividing what is added by the depth. Is the signal
# then level?

# %%
deep = {
    "tanh, skips": remedies["tanh, skips"],
    "tanh, skips / 20": (gaussian(1), around(lambda z: ops.tanh(z) / 20)),
    "highway, bias −2": (gaussian(1), highway),
    "highway, bias −4": (gaussian(1), highway),
}
gate_start |= {"highway, bias −2": -2.0, "highway, bias −4": -4.0}
deep_signal = signal_lengths(Towers(deep, layers=20))
deep_left = dict(zip(deep, deep_signal / deep_signal[:, :, -1:], strict=True))

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 21),
        deep_left,
        x_label="layer",
        y_label="signal / that of the last layer",
        y_scale="log",
    ),
    "alive-depth",
    caption="Length of the signal at each of 20 layers before training, in parts of "
    "that at the last one; mean and range of three seeds. Read from right to left. A "
    "small branch and a nearly closed gate keep it level.",
    alt="Four lines from 1 at layer 20. At layer 1: "
    + ", ".join(f"{name} {each[:, 0].mean():.2g}" for name, each in deep_left.items())
    + ".",
)

# %%
first_of_20 = {name: each[:, 0] for name, each in deep_left.items()}
claim(
    "alive-deep-full-skips",
    "Through twenty layers full skips amplify the signal: first layer over last, for "
    "each seed.",
    measured=first_of_20["tanh, skips"],
    above=4,
)
claim(
    "alive-deep-level",
    "Through twenty layers small skips, and gates that start nearly closed, keep the "
    "signal level: first layer over last, for each seed.",
    measured=[first_of_20["tanh, skips / 20"], first_of_20["highway, bias −4"]],
    above=0.35,
    below=2.5,
)
claim(
    "alive-deep-open-gates",
    "Through twenty layers gates that start more open lose most of the signal: first "
    "layer over last, for each seed.",
    measured=first_of_20["highway, bias −2"],
    below=0.3,
)

# %% [markdown]
# A way around is not enough; it has to be wide open at the start, and the branch beside
# it small. The highway paper starts with a negative $b_T$ too, such as −1 or −3
# {cite:p}`srivastava2015highway`. For skips, Fixup starts the branches smaller the
# deeper the network is {cite:p}`zhang2019fixup`.
#
# ## Dead units
#
# A ReLU has the slope 0 below 0. Is a unit with zero gradient dead, then? For one
# example that is ordinary: the unit is silent. *Dead* is a unit that is silent on every
# example, for then nothing moves its weights. We train ReLU networks of two layers of
# 64 units at three learning rates for eight epochs, and count. Beside each trains a
# leaky one, with a slope of 0.01 below 0. Then we lower all rates to 0.05 and go on for
# eight more. Who comes back?

# %%
dose = (0.05, 0.5, 2.0)
pairs = [(rate, seed) for _ in range(2) for rate in dose for seed in seeds]


def half_leaky(z):
    rectified, leaking = ops.split(z, 2)  # (networks, batch, units)
    return ops.concatenate([ops.relu(rectified), leaky(leaking)])


def firing_rates(model):
    """On which share of the digits each unit has z > 0: (kinds, rates, seeds, 128)."""
    h, shares = x_train[None], []
    for W, b in zip(model.kernels[:-1], model.biases[:-1], strict=True):
        z = ops.matmul(h, W) + b
        shares.append(ops.convert_to_numpy(z > 0).mean(axis=1))
        h = half_leaky(z)
    return np.concatenate(shares, axis=1).reshape(2, len(dose), len(seeds), -1)


# %%
model = StackedMLP(64, (64, 64), 10, [seed for _, seed in pairs], half_leaky)
own_rate = keras.Variable(np.array([r for r, _ in pairs], "float32")[:, None, None])
model.compile(
    SGD(lambda: ops.convert_to_tensor(own_rate)),
    model.cross_entropy,
    jit_compile=False,
    steps_per_execution=42,
)
eight = shuffled_batches(len(x_train), 8, batch_size=32)
fit_batches(model, x_train, y_train, eight)
firing, kernel = firing_rates(model), ops.convert_to_numpy(model.kernels[0])
own_rate.assign(np.full(own_rate.shape, 0.05))
fit_batches(model, x_train, y_train, eight)
later = accuracies(model, x_train, y_train).reshape(2, len(dose), len(seeds))
moved = np.linalg.norm(ops.convert_to_numpy(model.kernels[0]) - kernel, axis=1)
moved = moved.reshape(2, len(dose), len(seeds), 64)  # of each unit's weights

# %% tags=["hide-input"]
dead = 100 * (firing[0] == 0).mean(axis=-1)  # (rates, seeds), ReLU
show(
    curves(
        np.linspace(0, 100, firing.shape[-1]),
        {
            f"α = {rate}": 100 * np.sort(firing[0, k], axis=-1)
            for k, rate in enumerate(dose)
        },
        x_label="units, from the most silent (%)",
        y_label="digits on which the unit is on (%)",
    ),
    "alive-firing",
    caption="On how many digits a ReLU unit is on, after eight epochs; units sorted, "
    "mean and range of three seeds. Where a curve lies on the floor, units are dead. "
    "Few are at a rate of 0.5, though about half of all outputs are 0 there. At a rate "
    "of 2 most are.",
    alt="Three rising curves. Dead units, mean: "
    + ", ".join(
        f"{each.mean():.0f} % at a rate of {rate}"
        for rate, each in zip(dose, dead, strict=True)
    )
    + ".",
)

# %%
silent = 100 * (1 - firing[0].mean(axis=-1))
claim(
    "alive-zeros-are-ordinary",
    "Zeros are ordinary in a healthy network: share of outputs that are 0 at a rate of "
    "0.5, for each seed.",
    measured=silent[1],
    above=30,
    unit="%",
)
claim(
    "alive-few-dead",
    "At a rate of 0.5 few ReLU units are dead after eight epochs: share, for each "
    "seed.",
    measured=dead[1],
    below=20,
    unit="%",
)
claim(
    "alive-high-rate-kills",
    "A high rate kills: dead units at a rate of 2, for each seed.",
    measured=dead[2],
    above=60,
    unit="%",
)
off = firing[:, 2, :, :64] == 0  # First-layer units that are never on, at a rate of 2.
claim(
    "alive-dead-stay-dead",
    "Dead units stay so at a lower rate: longest way that the weights of one have gone "
    "in eight more epochs.",
    measured=moved[0, 2][off[0]].max(),
    equals=0,
)
claim(
    "alive-leak-moves",
    "Leaky units that are never above 0 still move: shortest way of the weights of one "
    "in eight more epochs.",
    measured=moved[1, 2][off[1]].min(),
    above=0,
)
claim(
    "alive-leak-is-no-rescue",
    "A leak of 0.01 did not bring back a network that a rate of 2 had silenced: "
    "accuracy after eight more epochs, ReLU and leaky, for each seed.",
    measured=later[:, 2],
    below=50,
    unit="%",
)

# %% [markdown]
# A leak keeps the gradient from being 0. It does not make it large: after the overdose
# leaky networks learned next to nothing either. From a milder start, biases of −8, and
# under Adam {doc}`leaky units came back <03_layers_and_nonlinearity>`. The better
# medicine is a lower rate from the beginning.
#
# ## Gates through time
#
# In a recurrent network the layers are time steps, and all have the same weights. What
# does a gate do there? An LSTM {cite:p}`hochreiter1997long` keeps a state that is added
# to. A *forget gate* $f$ {cite:p}`gers2000learning` says how much of it stays:
#
# ```{literalinclude} ../dlbook/layers/lstm.py
# :pyobject: LSTMCell.call
# :language: python
# :dedent: 4
# ```
#
# Along $c$ alone, the slope from one step to the next is $f$: a highway through time.
# So all depends on $f = \sigma(b_f + \dots)$. The GRU's update gate $z$ does the same
# {cite:p}`cho2014learning`. We leave all weights as drawn, and turn the gate's bias
# from −2 to 5. How much of the gradient of the last output arrives at each of 60 steps?
# (The bias enters as a second input, which is the same at every step. So one batch
# holds all biases.)

# %%
gate_biases = np.arange(-2.0, 6.0)
columns = {LSTM: slice(32, 64), GRU: slice(0, 32)}  # Of f and of z, in the kernel.


def through_time(kind, seed):
    """Length of the gradient at each step in parts of the last, (biases, 60)."""
    keras.utils.set_random_seed(seed)
    random = np.random.default_rng(seed)
    layer = LSTM(32, unit_forget_bias=False) if kind is LSTM else GRU(32)
    layer.build((None, 60, 2))
    kernel = ops.convert_to_numpy(layer.cell.kernel).copy()
    kernel[1] = 0
    kernel[1, columns[kind]] = 1
    layer.cell.kernel.assign(kernel)
    u = np.tile(random.uniform(-1, 1, (4, 60)), (len(gate_biases), 1))
    x = np.stack([u, np.repeat(gate_biases, 4)[:, None] + 0 * u], axis=2)
    toward = random.normal(size=32).astype("float32")
    slope = input_gradients(lambda x: ops.sum(layer(x) * toward), x.astype("float32"))
    size = np.linalg.norm(slope[:, :, 0].reshape(-1, 4, 60), axis=1)
    return size / size[:, -1:]


# %%
arrived = {
    kind.__name__: np.maximum([through_time(kind, seed) for seed in seeds], 1e-16)
    for kind in columns
}  # (seeds, biases, steps)
in_time = {name: np.exp(np.log(each).mean(axis=0)) for name, each in arrived.items()}
at = {bias: np.argmin(np.abs(gate_biases - bias)) for bias in (0, 1, 3, 5)}

# %% tags=["hide-input"]
animate(
    moving_curves(
        np.arange(1, 61),
        in_time,
        [f"bias of the gate: {bias:.0f}".replace("-", "−") for bias in gate_biases],
        x_label="time step",
        y_label="gradient / that of the last step",
        y_scale="log",
        limits=(1e-16, 100),
        bounds={"unchanged": 1},
    ),
    "alive-gates",
    caption="Gradient of the last output at each of 60 steps, read from right to left, "
    "while the bias of the forget gate (LSTM) or the update gate (GRU) goes from −2 to "
    "5; geometric mean of three seeds, below 10⁻¹⁶ drawn there. With the gate half "
    "closed nothing arrives from the first step. As it opens the line rises, for the "
    "LSTM above 1.",
    alt="Two curves that rise from the left as the bias grows. At the first step, at a "
    "bias of 1, 3 and 5: "
    + "; ".join(
        f"{name} " + ", ".join(f"{each[at[bias], 0]:.1g}" for bias in (1, 3, 5))
        for name, each in in_time.items()
    )
    + ".",
)

# %%
claim(
    "alive-lstm-default",
    "With Keras's forget bias of 1 an untrained LSTM lets little through 60 steps: "
    "first over last, for each seed.",
    measured=arrived["LSTM"][:, at[1], 0],
    below=5e-3,
)
claim(
    "alive-lstm-open",
    "With a forget bias of 3 the gradient arrives through an LSTM's 60 steps: first "
    "over last, for each seed.",
    measured=arrived["LSTM"][:, at[3], 0],
    above=0.1,
)
claim(
    "alive-gru-default",
    "A GRU at its default bias, 0, lets nothing through 60 steps: first over last, for "
    "each seed.",
    measured=arrived["GRU"][:, at[0], 0],
    below=1e-8,
)
claim(
    "alive-gru-open",
    "With a bias of 5 the gradient arrives through a GRU's 60 steps: first over last, "
    "for each seed.",
    measured=arrived["GRU"][:, at[5], 0],
    above=0.05,
)

# %% [markdown]
# With $b_f = 3$ the product of 59 gates is about $0.953^{59} = 0.06$. More arrives,
# even more than was sent: other paths lead through $h$, and they add to it. An open
# gate slows vanishing down. It does not forbid growth.
#
# ### The adding problem
#
# Does it matter for learning? {cite:t}`hochreiter1997long`, section 5.4, set a task
# that only memory can solve: in a sequence of numbers from −1 to 1 two are marked, both
# in the first half. What is asked is $\tfrac12$ plus a quarter of their sum, at the
# end. An answer counts as wrong if it is off by more than 0.04. Saying always
# $\tfrac12$ costs a squared error of $\tfrac1{24}$.
#
# We take sequences of 40 steps and LSTMs of 16 units, with a forget bias of 1 and of 3.
# All see 7,200 sequences, once each, under Adam at 0.01. The library's cells compute
# several networks at once if their weights carry an axis more.


# %%
class Beside(keras.layers.Layer):
    """K LSTM cells as one; its states are (batch, K · 16)."""

    def __init__(self, cells):
        super().__init__()
        self.K, self.cell = len(cells), LSTMCell(16)
        self.state_size = [16 * self.K] * self.cell.states
        for name in ("kernel", "recurrent_kernel", "bias"):
            values = [ops.convert_to_numpy(getattr(each, name)) for each in cells]
            shape = (self.K, -1, values[0].shape[-1])  # b: (networks, 1, columns)
            setattr(self.cell, name, keras.Variable(np.reshape(values, shape)))
        self.built = True

    def call(self, x, states):
        apart = [ops.reshape(s, (-1, self.K, 16)) for s in states]
        apart = [ops.transpose(s, (1, 0, 2)) for s in apart]
        _, apart = self.cell.call(x, apart)  # (networks, batch, units) each
        states = [
            ops.reshape(ops.transpose(s, (1, 0, 2)), (-1, 16 * self.K)) for s in apart
        ]
        return states[0], states


class Sum(keras.layers.Layer):
    """What each network answers, (batch, networks)."""

    def __init__(self, K):
        super().__init__()
        self.w = variable(np.random.default_rng(0).normal(0, 0.25, (K, 16)))
        self.b = variable(np.zeros(K))
        self.built = True

    def call(self, h):
        h = ops.reshape(h, (-1, *self.w.shape))
        return ops.sum(h * self.w, axis=2) + self.b


# %%
def lstm_cell(b_f, seed):
    keras.utils.set_random_seed(seed)
    cell = LSTMCell(16)
    cell.build((None, 2))
    bias = ops.convert_to_numpy(cell.bias).copy()
    bias[16:32] = b_f
    cell.bias.assign(bias)
    return cell


lstms = [lstm_cell(b_f, seed) for b_f in (1, 3) for seed in seeds]
adders = keras.Sequential([keras.layers.RNN(Beside(lstms)), Sum(len(lstms))])
adders.compile(
    Adam(0.01),
    lambda y, y_hat: ops.sum(ops.square(y_hat - y), axis=1),
    jit_compile=True,
    steps_per_execution=25,
)

# %%
x_add, y_add = adding_problem(7200, 40, seed=0)
x_new, y_new = adding_problem(500, 40, seed=1)
adders.build(x_new.shape)
answers = []  # To new sequences, after every 75 steps.
for part in np.arange(7200).reshape(3, 75, 32):
    fit_batches(adders, x_add, y_add, part)
    answers.append(ops.convert_to_numpy(adders(x_new)))
apart = np.split(np.abs(np.array(answers) - y_new), 2, axis=-1)
errors = {
    f"LSTM, bias {b_f}": np.mean(off_by**2, axis=1).T
    for b_f, off_by in zip((1, 3), apart, strict=True)
}
wrong = 100 * np.mean(apart[1][-1] > 0.04, axis=0)

# %% tags=["hide-input"]
show(
    curves(
        32 * np.arange(75, 226, 75),
        errors,
        x_label="sequences seen",
        y_label="mean squared error on new sequences",
        y_scale="log",
        bounds={"": 1 / 24},
        markers=True,
    ),
    "alive-adding",
    caption="The adding problem over 40 steps; mean and range of three seeds. Dotted: "
    "the error of always saying ½. The "
    "LSTMs differ in nothing but the first value of the forget gate's bias. The one "
    "whose gate starts open learns first.",
    alt="Curves that stay near the error of guessing, and one that falls. At the "
    "end: " + ", ".join(f"{k} {v[:, -1].mean():.1g}" for k, v in errors.items()) + ".",
)

# %%
claim(
    "alive-adding-open",
    "With its forget gate open at the start an LSTM learns to add: squared error, for "
    "each seed; guessing costs 0.042.",
    measured=errors["LSTM, bias 3"][:, -1],
    below=0.015,
)
claim(
    "alive-adding-default",
    "With Keras's forget bias of 1 an LSTM lags at learning to add: mean squared error "
    "in parts of that with a bias of 3.",
    measured=errors["LSTM, bias 1"][:, -1].mean()
    / errors["LSTM, bias 3"][:, -1].mean(),
    above=2,
)
claim(
    "alive-adding-wrong",
    "An LSTM with a forget bias of 3 is off by more than 0.04, which counts as wrong, "
    "on a minority of new sums: share, mean of the seeds.",
    measured=wrong.mean(),
    below=50,
    unit="%",
)

# %% [markdown]
# And against the paper? There an LSTM without forget gates, whose state is kept whole
# by design, solved sequences of 100 to 1,000 steps. Ours saw 7,200 sequences of 40
# steps, and was wrong on {glue:text}`alive-adding-wrong` of new ones. It is a smaller
# task, stopped early, with more units, Adam, and sequences of one length. What carries
# over is the cause: a path through time whose slope is near 1.
#
# ## Where the popular answer goes wrong
#
# Much of what one hears is right. Skips let gradients by, even with sigmoids, though
# many full ones amplify. Xavier's and He's weights keep gradients in range at the
# start, each with its own activation, and on average: many directions are lost all the
# same. A leaky ReLU has no exact zeros {cite:p}`maas2013rectifier`, and that is all it
# mends. Vanishing gradients can stop learning: the sigmoids were at chance at both
# rates, with each seed. The rest needs more care.
#
# :::{popular-answer} The derivative of the activation function causes the problem.
# :verdict: imprecise
# :question: vanishing-gradient-remedies
# :claims: alive-slope-is-one-factor, alive-quarter-vanishes
#
# It is one factor. With weights of γ = ¼ even linear layers, whose slope is 1, halve
# the signal.
# :::
#
# :::{popular-answer} Swapping sigmoid for ReLU is the simplest cure.
# :verdict: imprecise
# :question: vanishing-gradient-remedies
# :claims: alive-relu-small-stuck, alive-relu-he, alive-he-beats-glorot
#
# Together with He's weights {cite:p}`glorot2011deep,he2015delving`. With a tenth of
# their variance nothing is gained, and with Keras's default, Glorot's, little.
# :::
#
# :::{popular-answer} A unit with zero gradient is dead, as its weights stop changing.
# :verdict: imprecise
# :question: vanishing-gradient-remedies
# :claims: alive-zeros-are-ordinary, alive-few-dead, alive-dead-stay-dead
#
# Zero for *one* example is the ordinary state of half the outputs. Zero for all of them
# is death.
# :::
#
# :::{popular-answer} Batch normalisation preserves gradient magnitude.
# :verdict: imprecise
# :question: vanishing-gradient-remedies
# :claims: alive-batch-norm
#
# It saved our sigmoids at both rates. In deep ReLU stacks it makes gradients explode at
# the start, by $\sqrt{\pi/(\pi-1)} \approx 1.21$ a layer, which {doc}`the next chapter
# <15_batch_normalization>` measures.
# :::
#
# :::{popular-answer} Each weight changes in proportion to its partial derivative.
# :verdict: imprecise
# :question: vanishing-gradient-and-fixes
# :claims: alive-sgd-step-follows-gradient, alive-adam-step-ignores-gradient
#
# Under gradient descent. Adam and RMSprop divide the size away.
# :::
#
# :::{popular-answer} With many layers early gradients get low: derivatives multiply.
# :verdict: imprecise
# :question: vanishing-gradient-and-fixes
# :claims: alive-sigmoid-signal, alive-he-in-range, alive-fourfold-explodes
#
# If the factors are below 1. With other weights the same product stays or explodes.
# :::
#
# :::{popular-answer} ReLU or leaky ReLU in place of sigmoid and tanh fixes it.
# :verdict: imprecise
# :question: vanishing-gradient-and-fixes
# :claims: alive-tanh, alive-relu-he, alive-relu-small-stuck, alive-leaky-small-stuck
#
# Tanh needed no fixing: with Glorot's weights it learned as well as ReLU with He's, or
# better. ReLUs with small weights stayed at chance.
# :::
#
# :::{popular-answer} GRU and LSTM carry gradients to earlier time steps.
# :verdict: imprecise
# :question: vanishing-gradient-and-fixes
# :claims: alive-lstm-default, alive-lstm-open, alive-gru-default, alive-gru-open
#
# If their gates are open, by training or from the start
# {cite:p}`jozefowicz2015empirical`. At Keras's first biases next to nothing came
# through 60 steps.
# :::
#
# ## What we saw
#
# - A signal survives if the factor of a layer is near 1. First weights can arrange it,
#   each activation with its own gain; orthogonal ones keep most directions, except
#   under ReLU.
# - A skip puts the identity into each factor, a gate a share of it. Skips trained even
#   the sigmoids, gates helped tanh. Through twenty layers it matters how they begin.
# - ReLU is one remedy of many, and useless to SGD with small weights. Its units die of
#   high rates.
# - Gates do through time what skips do through layers, if they begin open.
# - Remedies want different rates. Compared at one rate, they rank differently.
#
# One line of the table was nearly indifferent to the rate: batch normalization. What
# does it do, and what not? That is {doc}`the next chapter <15_batch_normalization>`.
#
# ## In an interview
#
# :::{interview-card} Which remedies exist for vanishing gradients, how good are they?
# :id: vanishing-gradient-remedies
# :figure: alive-chain
#
# All aim at a typical stretch near 1 in each layer's Jacobian. The activation: tanh or
# ReLU, whose slope is 1 for $z > 0$ and 0 below; a unit off on *all* inputs is dead. It
# helps only with first weights to match: Glorot's variance
# $2/(n_\text{in}+n_\text{out})$ for tanh, He's $2/n_\text{in}$ for ReLU; with small
# weights a deep ReLU net under SGD stays at chance. Skips, $h + F(h)$, add the identity
# to the Jacobian, so that even sigmoids train; highway nets gate that path. Batch
# normalization rescales activations, but deep ReLU stacks with it explode at the start,
# by about 1.21 a layer.
# :::
#
# :::{interview-card} How do vanishing gradients stall a network, and what repairs it?
# :id: vanishing-gradient-and-fixes
# :figure: alive-depth
#
# SGD moves a weight in proportion to its gradient. If the product of Jacobians shrinks
# that, early layers stand still. Adam's steps do not depend on the size and move them,
# but the signal stays lost. Skips, $h_{l+1} = h_l + F(h_l)$, put the identity into each
# factor and are among the strongest single repairs; a highway's gates do the same if
# they start near 0. ReLU needs He's weights; tanh with Glorot's does as well. LSTM and
# GRU repair vanishing through *time*: their state is added to, and a gate near 1 keeps
# it. With its bias near 0 they vanish too.
# :::
#
# ## Exercises
#
# 1. **Recall.** Why does a skip keep the gradient from vanishing, and what can it not
#    keep it from?
#
#    :::{dropdown} Solution
#    The Jacobian is $I + \partial F/\partial h$: 1 in each factor, whatever $F$ does.
#    It cannot keep it from exploding, if $\partial F/\partial h$ adds to that in each
#    layer.
#    :::
#
# 2. **By hand.** A highway of 50 layers shall start with half of the signal on the ways
#    around. Which first bias $b_T$ does it need?
#
#    :::{dropdown} Solution
#    $(1-\sigma(b_T))^{50} = \tfrac12$, so $\sigma(b_T) = 1 - 2^{-1/50} = 0.0138$ and
#    $b_T = \ln\frac{0.0138}{1-0.0138} =$ {glue:text}`alive-exercise-bias`.
#    :::

# %% tags=["hide-cell"]
T_50 = 1 - 0.5 ** (1 / 50)
claim(
    "alive-exercise-bias",
    "Exercise 2: the first bias of the gates.",
    measured=np.log(T_50 / (1 - T_50)),
    above=-4.28,
    below=-4.26,
)

# %% [markdown]
# 3. **Code.** Multiply out $(I + A)(I + B)$ for two residual layers. How many terms has
#    the product of twelve, and how many of them pass through no layer? Check the sum of
#    all for the row of neurons, where $F' = \tfrac14$.
#
#    :::{dropdown} Solution
#    $I + A + B + AB$. Each layer is taken or not: $2^{12} = 4096$ paths, of which one
#    passes through none. There are $\binom{12}{k}$ of length $k$, each with the slope
#    $(1/4)^k$; the next cell adds them up.
#    :::

# %% tags=["hide-cell"]
claim(
    "alive-exercise-paths",
    "Exercise 3: the slopes of all paths, added up, over the slope of the row.",
    measured=sum(comb(12, k) * 0.25**k for k in range(13)) / skip,
    above=0.9999,
    below=1.0001,
)

# %% [markdown]
# 4. **Predict, then run.** Give the leaky ReLU a slope of 1 below 0, so that it is
#    linear, and orthogonal weights. Which singular values has the Jacobian of twenty
#    layers? And does such a network learn digits better than ReLU?
#
#    :::{dropdown} Solution
#    All are 1, as in {numref}`alive-spectra`. But a stack of linear layers is one
#    linear layer: a perfect signal is not yet a good model.
#    :::
#
# 5. **Think.** The simple recurrent network in Keras starts with an orthogonal $U$. Why
#    does its gradient vanish all the same?
#
#    :::{dropdown} Solution
#    The Jacobian of a step is $U$ times the slopes of tanh, below 1 wherever the state
#    is not 0. The next cell measures how much of the gradient is left after 60 steps.
#    :::

# %% tags=["hide-cell"]


def rnn_left(seed):
    keras.utils.set_random_seed(seed)
    layer = keras.layers.SimpleRNN(32)
    layer.build((None, 60, 1))
    u = np.random.default_rng(seed).uniform(-1, 1, (4, 60, 1)).astype("float32")
    size = np.linalg.norm(input_gradients(lambda x: ops.sum(layer(x)), u), axis=(0, 2))
    return size[0] / size[-1]


claim(
    "alive-exercise-rnn",
    "Exercise 5: gradient at the first of 60 steps over that at the last, for each "
    "seed.",
    measured=[rnn_left(seed) for seed in seeds],
    below=0.2,
)

# %% [markdown]
# 6. **Run.** Train the LSTMs of {numref}`alive-adding` five times as long. Does the
#    one with a bias of 1 catch up? Then try $b_f = 8$. What can such a cell no longer
#    do?
#
#    :::{dropdown} Solution
#    Where a seed with bias 1 finds the way, its error falls too, only later. With
#    $b_f = 8$ the cell forgets next to nothing at first: fine for adding, but a task in
#    which old inputs have to be dropped becomes hard.
#    :::
#
# 7. **Open.** In the table each remedy stands alone. Combine two: skips and batch
#    normalization, orthogonal weights and gates. Which pairs are worth more than the
#    better of the two, at equal tuning?
#
#    :::{dropdown} Solution
#    There is no single answer. Give each pair as many rates as its parts had, and count
#    a gain only if it exceeds the spread of the seeds.
#    :::
#
# ## Further reading
#
# {cite:t}`glorot2010understanding` and {cite:t}`he2015delving` derive the first
# weights, {cite:t}`saxe2014exact` the orthogonal ones. Skips are by
# {cite:t}`he2016deep`, gates through depth by {cite:t}`srivastava2015highway`.
# {cite:t}`hochreiter1997long` invented the gated state, {cite:t}`gers2000learning` its
# forget gate, and {cite:t}`jozefowicz2015empirical` measured what its first bias is
# worth.
#
# :::{parts-used}
# :::
