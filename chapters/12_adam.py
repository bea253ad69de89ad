# %% [markdown]
# # Adam is RMSprop with momentum and a corrected start
#
# {doc}`RMSprop <11_rmsprop>` gives every weight a step of about $\alpha$. It left two
# things undone. Its first steps are too long, because its average starts at zero. And
# it has no momentum: each step follows the last gradient alone. Adam adds both, with
# one more average and two divisions.
#
# This chapter answers: **What does Adam compute, and why is it such a common
# default?**

# %%
import keras
import numpy as np
from keras import ops

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, descent_paths
from dlbook.measures import path_difference, training_path
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adagrad, Adam, RMSprop
from dlbook.optimizers.adam import bias_correction
from dlbook.page import quote, show
from dlbook.training import descend, sweep

# %% [markdown]
# ## The idea: a heavy ball on a bowl made round
#
# We take the bowl of the last chapter again,
# $L(\theta) = \tfrac12(\theta_1^2 + 100\,\theta_2^2)$. Momentum averages the gradients
# and rolls like a heavy ball. RMSprop divides by their size, which makes the bowl
# round. Adam does both.

# %%
curvature = np.array([1.0, 100.0])


def bowl(theta):
    return 0.5 * np.sum(curvature * theta**2, axis=-1)


rules = {
    "momentum": SGD(0.01, momentum=0.9),
    "RMSprop": RMSprop(0.05),
    "Adam": Adam(0.05),
}
paths = {
    name: descend(rule, lambda theta: curvature * theta, start=[1, 1], steps=200)
    for name, rule in rules.items()
}

# %% tags=["hide-input"]
shown = {name: path[:61] for name, path in paths.items()}
left = {name: bowl(path[-1]) for name, path in paths.items()}
show(
    descent_paths(bowl, shown, (0, 0), limits=((-0.45, 1.15), (-1.05, 1.15))),
    "adam-bowl",
    caption="Paths from the dot at (1, 1) towards the star; a square is the end after "
    "60 steps. Momentum swings across the valley. RMSprop walks the diagonal. Adam "
    "takes the diagonal too, rolls past the star and comes back.",
    alt="Contour lines of a narrow valley, three paths. After 200 steps the loss is "
    + ", ".join(f"{loss:.1g} for {name}" for name, loss in left.items())
    + ".",
)

# %% [markdown]
# Rolling past looks like a fault. Look at the end instead: Adam has settled, RMSprop
# has not. The cause is not momentum but the memory of the squares: a thousand steps in
# Adam, ten in RMSprop. While it still remembers the steep start, a smaller gradient
# means a smaller step. With RMSprop's short memory, Adam hovers too.

# %%
claim(
    "adam-settles-by-step-200",
    "After 200 steps on the bowl, Adam's loss is far below RMSprop's at the same rate: "
    "ratio.",
    measured=left["Adam"] / left["RMSprop"],
    below=0.001,
)
short_memory = descend(
    Adam(0.05, beta_2=0.9), lambda theta: curvature * theta, start=[1, 1], steps=400
)
claim(
    "adam-short-memory-hovers",
    "With a short memory of the squares Adam does not settle on the bowl but hovers: "
    "highest loss in the last 50 of 400 steps at β₂ = 0.9.",
    measured=bowl(short_memory[-50:]).max(),
    above=1e-5,
)

# %% [markdown]
# Even a long memory ends. At $\beta_2 = 0.99$ it lasts a hundred steps; we wait for two
# thousand.

# %%
longer = descend(
    Adam(0.05, beta_2=0.99), lambda theta: curvature * theta, start=[1, 1], steps=2000
)
claim(
    "adam-leaves-again",
    "Once it has forgotten the steep start, Adam leaves the minimum again: highest "
    "loss after step 500 over the loss at step 200, at β₂ = 0.99.",
    measured=bowl(longer[500:]).max() / bowl(longer[200]),
    above=100,
)

# %% [markdown]
# ## The rule
#
# Adam keeps two moving averages for each weight {cite:p}`kingma2015adam`. $m$ is the
# mean of the gradients, the *first moment*. $v$ is the mean of their squares, the
# *second moment* (also called the uncentred variance). Both start at zero:
#
# $$
# \begin{aligned}
# m_t &= \beta_1 m_{t-1} + (1 - \beta_1)\, g_t \\
# v_t &= \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2
# \end{aligned}
# $$ (eq-adam-moments)
#
# After $t$ steps the shares in such an average sum to $1 - \beta^t$, not to one: it is
# *biased* towards zero. Dividing by that sum is the *bias correction*. Then Adam steps:
#
# $$
# \hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad
# \hat v_t = \frac{v_t}{1 - \beta_2^t}, \qquad
# \theta_t = \theta_{t-1} - \alpha\, \frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}
# $$ (eq-adam)
#
# The usual values are $\beta_1 = 0.9$, $\beta_2 = 0.999$, $\alpha = 0.001$. The first
# average looks back over about ten steps, the second over a thousand. $\varepsilon$ is
# $10^{-8}$ in the paper and $10^{-7}$ in Keras.
#
# RMSprop's option `momentum` is something else: it sums the *steps*, after the
# division. Adam averages the gradients, before it.
#
# The library's code has the same lines. `amsgrad` is an option that we meet below.
#
# ```{literalinclude} ../dlbook/optimizers/adam.py
# :pyobject: Adam.step
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/optimizers/adam.py
# :pyobject: bias_correction
# :language: python
# ```
#
# ### What the correction corrects
#
# We feed 2,000 random gradients at each step, all with mean 1. If the theory holds, the
# mean of $m_t$ over them is $1 - \beta_1^t$.

# %%


class FirstMoment(Adam):
    def step(self, theta, g, t, alpha, m, *rest):
        m = m + (1 - self.beta_1) * (g - m)
        return theta - m, m, *rest


def noisy_ones(seed):
    random = np.random.default_rng(seed)
    return lambda theta: random.normal(1, 1, size=2000)


t = np.arange(1, 101)
m = -np.diff(descend(FirstMoment(), noisy_ones(0), np.zeros(2000), 100), axis=0)
claim(
    "adam-mean-is-biased",
    "The mean of m over 2,000 random streams is 1 − β₁ᵗ of the mean gradient: largest "
    "deviation in 100 steps.",
    measured=np.abs(m.mean(axis=1) - (1 - 0.9**t)).max(),
    below=0.05,
)

# %% [markdown]
# What does that do to the steps? The same gradients give them with and without the
# correction.

# %%


class Uncorrected(Adam):
    def step(self, theta, g, t, alpha, m, v, v_max):
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (g**2 - v)
        return theta - alpha * m / (ops.sqrt(v) + self.epsilon), m, v, v_max


moving = {
    rule: -np.diff(descend(rule(1.0), noisy_ones(0), np.zeros(2000), 1000), axis=0)
    for rule in (Adam, Uncorrected)
}
too_long = np.median(moving[Uncorrected] / moving[Adam], axis=1)

# %% [markdown]
# Their ratio needs no luck: the gradients cancel in it, and what remains is
# $(1 - \beta_1^t) / \sqrt{1 - \beta_2^t}$. At $t = 1$ this is
# $0.1/\sqrt{0.001} = 3.16$.

# %% tags=["hide-input"]
t = np.arange(1, 1001)
theory = (1 - 0.9**t) / np.sqrt(1 - 0.999**t)
figure = curves(
    t,
    {"measured": too_long, "calculated": theory},
    x_label="training step $t$",
    y_label="uncorrected / corrected step",
    x_scale="log",
    bounds={"as long as corrected": 1},
)
figure.axes[0].set_ylim(0, 7)
show(
    figure,
    "adam-correction",
    caption="Length of Adam's steps without the bias correction, against what it "
    "should be. The first is three times as "
    "long, the worst comes after a dozen steps, and the thousandth is still too long.",
    alt=f"The ratio starts at {too_long[0]:.2f}, peaks at {too_long.max():.2f} at step "
    f"{too_long.argmax() + 1} and falls to {too_long[-1]:.2f} at step 1,000. Measured "
    "and calculated lines coincide.",
)

# %%
quote("adam-worst-step", too_long.argmax() + 1)
claim(
    "adam-first-step-too-long",
    "Without the correction, Adam's first step is 0.1/√0.001 times as long as with it.",
    measured=too_long[0],
    above=3.1613,
    below=3.1633,
)
claim(
    "adam-peak-too-long",
    "Without the correction, Adam's steps get worse before they get better: the "
    "largest ratio of an uncorrected step to a corrected one.",
    measured=too_long.max(),
    above=6,
    below=7,
)
claim(
    "adam-correction-theory",
    "Adam's uncorrected steps are (1 − β₁ᵗ)/√(1 − β₂ᵗ) times as long as corrected "
    "ones: largest relative difference from it over 1,000 steps.",
    measured=np.abs(too_long / theory - 1).max(),
    below=1e-5,
)

# %% [markdown]
# Without the correction the worst step is number {glue:text}`adam-worst-step`:
# {glue:text}`adam-peak-too-long` times as long as it should be. The reason is that $v$,
# with its long memory, stays too small for longer than $m$ does.
#
# ## Keras beside it
#
# The paper also mentions a shortcut, which Keras takes: move the corrections into the
# rate and add a constant to $\sqrt{v_t}$ instead of $\sqrt{\hat v_t}$. Multiply
# numerator and denominator of {eq}`eq-adam` by $\sqrt{1 - \beta_2^t}$ to see what it
# changes:
#
# $$
# \alpha\,\frac{\hat m_t}{\sqrt{\hat v_t} + \varepsilon}
# = \alpha\,\frac{\sqrt{1-\beta_2^t}}{1-\beta_1^t}\;
#   \frac{m_t}{\sqrt{v_t} + \hat\varepsilon_t},
# \qquad \hat\varepsilon_t = \varepsilon\sqrt{1-\beta_2^t}.
# $$ (eq-adam-epsilon)
#
# So Keras's fixed $\hat\varepsilon = 10^{-7}$ acts at the first step like $\varepsilon
# = 3 \times 10^{-6}$ in {eq}`eq-adam`: thirty times as much. To compare like with like,
# we also give Keras's Adam the $\hat\varepsilon_t$ of {eq}`eq-adam-epsilon`, in a
# subclass of five lines. The hidden units are tanh, as in the last chapter.

# %%
digits = load_digits()
(x_train, y_train), _ = digits


class KerasWithPaperEpsilon(keras.optimizers.Adam):
    def update_step(self, gradient, variable, learning_rate):
        t = ops.cast(self.iterations + 1, "float32")
        self.epsilon = 1e-7 * ops.sqrt(bias_correction(self.beta_2, t))
        super().update_step(gradient, variable, learning_rate)


# %%
def thousand_steps(optimizer):
    model = mlp(64, (32,), 10, activation="tanh")
    return training_path(model, optimizer, x_train, y_train, steps=1000)


by_hand = thousand_steps(Adam())
others = {
    "as they stand": keras.optimizers.Adam(),
    "with $\\varepsilon$ translated": KerasWithPaperEpsilon(),
}
gaps = {
    name: path_difference(thousand_steps(optimizer), by_hand)
    for name, optimizer in others.items()
}

# %% tags=["hide-input"]
as_they_stand, mapped = gaps.values()
show(
    curves(
        np.arange(1, 1001),
        gaps,
        x_label="training step",
        y_label="difference / distance travelled",
        y_scale="log",
        bounds={"claimed bound": 2e-5},
    ),
    "adam-keras",
    caption="Adam written out by hand against `keras.optimizers.Adam`, training the "
    "same network on the same 1,000 batches of digits. As they stand, the two "
    "conventions for ε part at once. With ε translated, rounding is all that is left.",
    alt=f"Two lines on a logarithmic axis. As they stand the difference is at most "
    f"{as_they_stand.max():.1e}; with epsilon translated at most {mapped.max():.1e}.",
)

# %%
claim(
    "adam-equals-keras",
    "With ε translated, Adam by hand is Keras's Adam: largest difference in 1,000 "
    "steps on digits, in parts of the distance travelled.",
    measured=mapped.max(),
    below=2e-5,
)
claim(
    "adam-epsilon-conventions-differ",
    "With ε = 1e-7 in both conventions, Adam by hand and Keras's part: largest "
    "difference in 1,000 steps on digits, in parts of the distance travelled.",
    measured=as_they_stand.max(),
    above=1e-3,
)

# %% [markdown]
# What is left at the first steps is rounding, most of it Keras's: it computes
# $1 - 0.999^t$ in float32, where 0.999 is already rounded.
#
# Does the convention change what is learned? It can, where gradients are small, as in
# the early layers of a deep network. We divide the loss by 100,000 and train with the
# default rate, over three seeds.

# %%
seeds = (0, 1, 2)
by_hand_faint, keras_faint = (
    sweep(rule, [0.001], seeds, digits, epochs=10, loss_factor=1e-5)
    for rule in (Adam, keras.optimizers.Adam)
)
claim(
    "adam-epsilon-matters-when-faint",
    "With the loss divided by 100,000, Adam by hand learns more than Keras's: "
    "difference in accuracy, for each seed.",
    measured=100 * (by_hand_faint - keras_faint),
    above=4,
    unit="points",
)

# %% [markdown]
# There is one more difference, and it has nothing to do with $\varepsilon$. The 16-bit
# type bfloat16 keeps 8 bits of a number, so Keras's $\beta_2 = 0.999$ becomes 1. The
# correction is then zero and the weights never move. Our optimizers compute in float32
# and keep what rounding cuts off. This concerns models held entirely in bfloat16; the
# policy `mixed_bfloat16` keeps the weights in float32 and is safe.

# %%
keras.config.set_dtype_policy("bfloat16")
by_hand_half, keras_half = (
    sweep(rule, [0.01], seeds, digits, epochs=10)
    for rule in (Adam, keras.optimizers.Adam)
)
keras.config.set_dtype_policy("float32")
claim(
    "adam-bfloat16-by-hand",
    "Adam by hand learns in bfloat16: accuracy, for each seed.",
    measured=by_hand_half,
    above=0.93,
)
claim(
    "adam-bfloat16-keras",
    "Keras's Adam learns nothing in bfloat16: accuracy, for each seed (chance is 0.1).",
    measured=keras_half,
    below=0.3,
)

# %% [markdown]
# ## The experiment: what is a default rate worth?
#
# Ten learning rates, three seeds, four optimizers: 120 networks on handwritten digits.
# We look at two things. How good is each optimizer once its rate is tuned? And how
# good is it at the rate that Keras gives it?

# %%
rates = 1e-4 * np.sqrt(10.0) ** np.arange(10)
optimizers = {
    "SGD": SGD,
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "RMSprop": RMSprop,
    "Adam": Adam,
}
accuracy = {
    name: sweep(optimizer, rates, seeds, digits, epochs=10)
    for name, optimizer in optimizers.items()
}
tuned = {name: runs.mean(axis=1).max() for name, runs in accuracy.items()}
default_rate = {"SGD": 0.01, "momentum": 0.01, "RMSprop": 0.001, "Adam": 0.001}
default = {
    name: accuracy[name][np.isclose(rates, rate)][0]
    for name, rate in default_rate.items()
}

# %% tags=["hide-input"]
show(
    curves(
        rates,
        {name: runs.T for name, runs in accuracy.items()},
        x_label="learning rate $\\alpha$",
        y_label="accuracy on held-out digits",
        x_scale="log",
        markers=True,
    ),
    "adam-rates",
    caption="Accuracy against learning rate, mean and range of three seeds. The tops "
    "lie close together. Keras's default is 0.01 for SGD and momentum, 0.001 "
    "for RMSprop and Adam: look how far each hill has risen there.",
    alt="Four hills of accuracy over the learning rate. Accuracy at the default rate: "
    + ", ".join(f"{name} {runs.mean():.2f}" for name, runs in default.items())
    + ". Best accuracy: "
    + ", ".join(f"{name} {value:.2f}" for name, value in tuned.items())
    + ".",
)

# %%
claim(
    "adam-default-beats-sgd-default",
    "At their default rates, Adam reads digits far better than SGD after ten passes: "
    "difference in accuracy, for each seed.",
    measured=100 * (default["Adam"] - default["SGD"]),
    above=20,
    unit="points",
)
claim(
    "adam-tuned-tie",
    "Once tuned, Adam and SGD read digits about equally well: Adam's best mean "
    "accuracy minus SGD's.",
    measured=100 * (tuned["Adam"] - tuned["SGD"]),
    above=-4,
    below=4,
    unit="points",
)
claim(
    "adam-default-no-better-than-momentum",
    "At its default rate, Adam does no better than SGD with momentum: difference of "
    "the mean accuracies.",
    measured=100 * (default["Adam"].mean() - default["momentum"].mean()),
    below=1,
    unit="points",
)

# %% [markdown]
# Plain SGD's default is far too small for ten passes. Momentum's default does at least
# as well as Adam's. So Adam is not the only one with a good default. From momentum it
# differs in the unit: its rate, like RMSprop's, is a length. So a change in the loss's
# scale does not call for a new one, while $\varepsilon$ is small beside
# $\sqrt{\hat v}$. Most steps are no longer than $\alpha$. After a long silence they can
# be: the paper gives $3.16\,\alpha$ for one lone gradient, and several in a row reach
# more, up to $7.27\,\alpha$.

# %%
longest = np.abs(np.diff(by_hand.astype("float64"), axis=0)).max() / 0.001
claim(
    "adam-longest-step-on-digits",
    "Under Adam no weight steps further than 3.16 α on digits: the longest of 1,000 "
    "steps.",
    measured=longest,
    above=0.9,
    below=3.16,
    unit="α",
)
silence = iter(np.repeat([0.0, 1.0], [3000, 20]))
after_silence = descend(Adam(1.0), lambda theta: [next(silence)], [0.0], steps=3020)
claim(
    "adam-longest-step",
    "After 3,000 zero gradients, twenty equal ones drive Adam beyond 3.16 α: its "
    "longest step.",
    measured=np.abs(np.diff(after_silence[:, 0])).max(),
    above=6,
    below=7.27,
    unit="α",
)


def path_of_scaled_loss(scale):
    rule = Adam(0.05, epsilon=0)
    return descend(rule, lambda theta: scale * curvature * theta, [1, 1], steps=60)


claim(
    "adam-scale-invariant",
    "Without ε, a loss multiplied by 1,000 leaves Adam's path on the bowl unchanged: "
    "largest difference.",
    measured=np.abs(path_of_scaled_loss(1000) - path_of_scaled_loss(1)).max(),
    below=1e-12,
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# ### "Without bias correction the first steps are too small"
#
# :::{popular-answer} Without bias correction the first steps are too small.
# :verdict: wrong
# :question: adam
# :claims: adam-first-step-too-long, adam-peak-too-long
#
# Both averages start too small, but $v$ stands under a root in the denominator and is
# much further off. The first step is {glue:text}`adam-first-step-too-long` times as
# long as it should be ({numref}`adam-correction`).
# :::
#
# ### "Adam combines AdaGrad and RMSprop"
#
# The authors say that Adam combines the *advantages* of both {cite:p}`kingma2015adam`:
# AdaGrad's on sparse gradients, RMSprop's on changing ones. As a description of the
# mechanism it leaves out momentum. We can check what Adam contains. Without momentum
# and correction it should be RMSprop with $\rho = \beta_2$.

# %%
random = np.random.default_rng(0)
stream = random.normal(size=(300, 50))


def along_stream(optimizer):
    gradients = iter(stream)
    return descend(optimizer, lambda theta: next(gradients), np.zeros(50), len(stream))


claim(
    "adam-contains-rmsprop",
    "Adam with β₁ = 0, ε = 0 and no correction is RMSprop with ρ = β₂: largest "
    "difference over 300 random gradients.",
    measured=np.abs(
        along_stream(Uncorrected(0.1, beta_1=0, epsilon=0))
        - along_stream(RMSprop(0.1, rho=0.999, epsilon=0))
    ).max(),
    below=1e-6,
)

# %% [markdown]
# And AdaGrad? Let $\beta_2$ approach one. Then $\hat v_t$ becomes the plain mean of all
# squares so far. With a rate of $\alpha/\sqrt{t}$ the two factors of $t$ cancel,
# and AdaGrad's sum remains.

# %%


class FadingAdam(Adam):
    def step(self, theta, g, t, alpha, *moments):
        return super().step(theta, g, t, alpha / np.sqrt(t), *moments)


adagrad = along_stream(Adagrad(0.1, initial_accumulator_value=0, epsilon=0))
limit = along_stream(FadingAdam(0.1, beta_1=0, beta_2=1 - 1e-9, epsilon=0))
claim(
    "adam-contains-adagrad",
    "Adam with β₁ = 0, β₂ → 1 and the rate α/√t is AdaGrad: largest difference over "
    "300 random gradients.",
    measured=np.abs(limit - adagrad).max(),
    below=1e-5,
)

# %% [markdown]
# :::{popular-answer} Adam combines AdaGrad and RMSprop.
# :verdict: right
# :question: adam
# :claims: adam-contains-rmsprop, adam-contains-adagrad
#
# Right as the paper's motivation, and both are limits of Adam. Say also what it *is*:
# momentum over RMSprop, with both averages corrected for starting at zero.
# :::
#
# ### "The update is θ − v̂ + ε·η·m̂"
#
# Copied without its fraction bar and its root, the formula reads like this. We run it
# as written on $L = x^2$ from $x = 1$, beside the real one.

# %%


class Garbled(Adam):
    def step(self, theta, g, t, alpha, m, v, v_max):
        m = m + (1 - self.beta_1) * (g - m)
        v = v + (1 - self.beta_2) * (g**2 - v)
        m_hat, v_hat = m / (1 - self.beta_1**t), v / (1 - self.beta_2**t)
        return theta - v_hat + self.epsilon * alpha * m_hat, m, v, v_max


claim(
    "adam-garbled-formula",
    "Taken literally, a garbled formula of Adam explodes: largest |x| in five steps on "
    "x² from x = 1.",
    measured=np.abs(descend(Garbled(), lambda x: 2 * x, [1.0], steps=5)).max(),
    above=1e6,
)
claim(
    "adam-true-formula",
    "Adam's true formula descends x² from x = 1: |x| after 500 steps at α = 0.01.",
    measured=abs(descend(Adam(0.01), lambda x: 2 * x, [1.0], steps=500)[-1, 0]),
    below=0.01,
)

# %% [markdown]
# :::{popular-answer} Parameters change by θ − v̂ + ε·η·m̂.
# :verdict: wrong
# :question: adam
# :claims: adam-garbled-formula, adam-true-formula
#
# The formula is {eq}`eq-adam`. Taken literally, the garbled one reaches
# {glue:text}`adam-garbled-formula` within five steps.
# :::
#
# ### "It is the optimizer used most of the time"
#
# :::{popular-answer} Adam is the optimizer used most of the time.
# :verdict: unverifiable
# :question: adam
# :claims: adam-default-beats-sgd-default, adam-tuned-tie, adam-scale-invariant
#
# No measurement here can count what people use. It can say why one might: the default
# rate works, and goes on working when the loss changes its scale, until $\varepsilon$
# takes over. Tuned, plain SGD is within a few points on this task. Large comparisons
# find no winner either {cite:p}`schmidt2021descending`.
# :::
#
# ### "The first moment averages the noise away"
#
# $m$ is indeed less noisy than $g$. But noise that enters $m$ stays for about ten
# steps. It pushes the weight ten times, each time by a tenth. In sum nothing is lost.
# We add noise to the gradients of the bowl and let 200 copies settle, with $\beta_1 =
# 0.9$ and with $\beta_1 = 0$.


# %%
def scatter(beta_1):
    noise = np.random.default_rng(0)
    settled = descend(
        Adam(0.01, beta_1=beta_1),
        lambda theta: curvature * (theta + noise.normal(size=(200, 2)) / [1, 10]),
        start=np.ones((200, 2)),
        steps=600,
    )
    return np.sqrt(np.mean(settled[-200:] ** 2))


claim(
    "adam-momentum-keeps-noise",
    "Adam's momentum does not calm the weights under noisy gradients: their scatter "
    "with β₁ = 0.9 over that with β₁ = 0.",
    measured=scatter(0.9) / scatter(0.0),
    above=0.9,
    below=1.1,
)

# %% [markdown]
# :::{popular-answer} The first moment averages the noise away.
# :verdict: imprecise
# :question: adam
# :claims: adam-momentum-keeps-noise
#
# It smooths the gradient, not the weights. On this bowl, at a small rate, their scatter
# with it is {glue:text}`adam-momentum-keeps-noise` times the scatter without it.
# :::
#
# ### "Adam always converges"
#
# One weight is kept in $[-1, 1]$. Every 101st gradient is $+1010$ and all others are
# $-10$ {cite:p}`reddi2018convergence`. In sum they are positive, so the best point is
# $-1$. Adam meets the rare large gradient with a large $v$, forgets it, and takes long
# steps the wrong way. AMSGrad remembers the largest $v$.

# %%


class OnInterval(Adam):
    def step(self, theta, *rest):
        theta, *state = super().step(theta, *rest)
        return ops.clip(theta, -1, 1), *state


period = np.r_[1010.0, np.full(100, -10.0)]


def thirty_periods(optimizer):
    gradients = iter(np.tile(period, 30))
    return descend(optimizer, lambda theta: [next(gradients)], [0.0], 3030)[:, 0]


reddi = {
    "Adam": thirty_periods(OnInterval(0.05, beta_2=0.99)),
    "AMSGrad": thirty_periods(OnInterval(0.05, beta_2=0.99, amsgrad=True)),
}

# %% tags=["hide-input"]
figure = curves(
    np.arange(3031),
    reddi,
    x_label="step",
    y_label="weight $\\theta$",
    bounds={"best": -1, "worst": 1},
)
figure.axes[0].set_ylim(-1.1, 1.6)  # Room for the legend.
show(
    figure,
    "adam-reddi",
    caption="The mean gradient is positive, so the weight should fall to $-1$. Adam "
    "climbs to the worst point and stays near it. AMSGrad falls, slowly.",
    alt=f"After 3,030 steps Adam stands at {reddi['Adam'][-1]:+.2f} and AMSGrad at "
    f"{reddi['AMSGrad'][-1]:+.2f}, from a start at 0; the best point is -1.",
)

# %%
claim(
    "adam-ends-at-the-worst-point",
    "Adam ends near the worst point of a convex problem, 1: mean of the weight over "
    "the last of 30 periods.",
    measured=reddi["Adam"][-101:].mean(),
    above=0.7,
)
claim(
    "amsgrad-heads-for-the-best",
    "On a convex problem where Adam ends near the worst point, 1, AMSGrad heads for "
    "the best, −1: mean of the weight over the last of 30 periods.",
    measured=reddi["AMSGrad"][-101:].mean(),
    below=-0.1,
)

# %% [markdown]
# :::{popular-answer} Adam always converges.
# :verdict: wrong
# :question: adaptive-learning-rates
# :claims: adam-ends-at-the-worst-point, amsgrad-heads-for-the-best
#
# Not even on a convex problem of one weight. These gradients were built on purpose.
# :::
#
# ## What we saw
#
# - Adam is momentum over RMSprop with both averages corrected. At a constant rate it
#   settles for longer than RMSprop, but not for ever.
# - The correction makes early steps shorter: without it they are up to
#   {glue:text}`adam-peak-too-long` times as long.
# - By hand and in Keras it is the same, to {glue:text}`adam-equals-keras` of the
#   distance travelled, once ε is translated. ε matters where gradients are faint.
# - Its default rate works where plain SGD's does not; momentum's works as well. Tuned,
#   they lie within a few points.
# - Its first moment does not calm the weights, and its convergence is not guaranteed.
#
# Four rules were tuned here. {doc}`The last step of this part
# <12b_optimizers_compared>` gives the same effort to all nine.
#
# ## In an interview
#
# :::{interview-card} What does Adam compute, and why is it such a common default?
# :id: adam
# :figure: adam-bowl
#
# For each weight, two moving averages: $m$ of the gradient ($\beta_1 = 0.9$) and $v$ of
# its square ($\beta_2 = 0.999$). Both start at zero, so divide them by $1-\beta^t$.
# Step by $\alpha\,\hat m/(\sqrt{\hat v}+\varepsilon)$. It is momentum plus RMSprop plus
# bias correction; without the correction the first step is 3.16 times too long. Steps
# are about $\alpha$ long, $7.27\,\alpha$ at most, and do not depend on the loss's
# scale: a rate that worked for one loss often works for another. It is not always best:
# tuned SGD can do as well, use AdamW for weight decay, and AMSGrad mends a case where
# it goes the wrong way.
# :::
#
# ## Exercises
#
# 1. **Recall.** How many numbers does Adam store for each weight, besides the weight?
#
#    :::{dropdown} Solution
#    Two, $m$ and $v$; with AMSGrad three. RMSprop stores one, plain SGD none.
#    :::
#
# 2. **By hand.** Show that Adam's very first step has the length $\alpha$ when
#    $\varepsilon = 0$, for any $\beta_1$, $\beta_2$ and gradient.
#
#    :::{dropdown} Solution
#    $\hat m_1 = g$ and $\hat v_1 = g^2$, since each average holds one value and is
#    divided by its weight. So the step is $\alpha\, g/|g|$. The next cell checks it.
#    :::

# %% tags=["hide-cell"]
firsts = descend(
    Adam(1.0, beta_1=0.3, beta_2=0.7, epsilon=0),
    lambda theta: np.array([1e-6, -0.5, 40.0]),
    start=np.zeros(3),
    steps=1,
)[-1]
claim(
    "adam-exercise-first-step",
    "Exercise 2: the three first steps are −α, α and −α: largest deviation.",
    measured=np.abs(firsts - [-1, 1, -1]).max(),
    below=1e-9,
)

# %% [markdown]
# 3. **Predict, then run.** In the first experiment set `beta_1=0` in Adam. Which of
#    the other two paths will it resemble, and will it come to rest?
#
#    :::{dropdown} Solution
#    RMSprop's diagonal. It settles even better: momentum was not the reason. $v$ still
#    remembers the large early gradients, so the steps shrink with the gradient.
#    :::

# %% tags=["hide-cell"]
no_momentum = Adam(0.05, beta_1=0)
ends_at = descend(no_momentum, lambda theta: curvature * theta, [1, 1], 200)[-1]
claim(
    "adam-exercise-rests",
    "Exercise 3: without momentum, β₁ = 0, Adam settles on the bowl: its loss after "
    "200 steps.",
    measured=bowl(ends_at),
    below=1e-6,
)

# %% [markdown]
# 4. **Code.** Weight decay by a penalty, $L + \tfrac{w}{2}\theta^2$, passes through
#    Adam's division. AdamW, which is `Adam(weight_decay=w)` in Keras and here, shrinks
#    the weights outside of it. How far does each shrink a weight whose other gradient
#    is zero?
#
#    :::{dropdown} Solution
#    The penalty's gradient $w\theta$ is divided by its own size: the first step is
#    $\alpha$, whatever $w$ is. AdamW shrinks by $\alpha w \theta$. The next cell shows
#    the first.
#    :::


# %% tags=["hide-cell"]
def first_shrinking(decay):
    return 1 - descend(Adam(0.01), lambda theta: decay * theta, [1.0], 1)[-1, 0]


claim(
    "adam-exercise-penalty",
    "Exercise 4: the first shrinking step does not depend on the penalty: that under "
    "a penalty of 1 over that under 0.001.",
    measured=first_shrinking(1.0) / first_shrinking(0.001),
    above=0.99,
    below=1.01,
)

# %% [markdown]
# 5. **Think.** Your loss is not a number (NaN) for one batch. What happens to
#    $m$, $v$ and the weight, in this step and in the next ones?
#
#    :::{dropdown} Solution
#    All three become NaN and stay so: an average that once holds NaN never loses it.
#    SGD without momentum would lose only the weight. Skip such batches.
#    Clipping does not help: NaN clipped is NaN.
#    :::
#
# 6. **Open.** Adam's step hardly depends on the gradient's size, only on how steady its
#    sign is. What information does that throw away, and when would you want it back?
#
#    :::{dropdown} Solution
#    How much the loss would fall: a steep weight and a flat one get the same step. With
#    clean gradients of a well-scaled problem, gradient descent uses that information
#    and stops by itself. See {cite:t}`balles2018dissecting`.
#    :::
#
# ## Further reading
#
# {cite:t}`kingma2015adam`: Algorithm 1 is our rule; the remark just before section 2.1
# is Keras's. Their section 5 relates Adam to AdaGrad and RMSprop. AMSGrad follows
# Algorithm 2 of {cite:t}`reddi2018convergence`, and AdamW is by
# {cite:t}`loshchilov2019decoupled`.
#
# :::{parts-used}
# :::
