# %% [markdown]
# # RMSprop makes every step about equally long
#
# {doc}`AdaGrad <10_adaptive_learning_rates>` gives every weight a rate of its own: it
# divides each gradient by the root of the sum of all its squares so far. That sum never
# forgets, so one wild gradient shortens all later steps. Adadelta forgets, and hides
# its learning rate in $\varepsilon$. RMSprop keeps AdaGrad's rate in plain sight and
# changes one word: the sum becomes a moving average.
#
# This chapter answers: **How does RMSprop work, step by step, and what does it
# guarantee?**

# %%
import keras
import numpy as np

from dlbook.claims import claim
from dlbook.data import load_digits, sparse_features
from dlbook.figures import curves, descent_paths
from dlbook.measures import path_difference, training_path
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adagrad, Optimizer, RMSprop
from dlbook.page import quote, show
from dlbook.training import descend, sweep

# %% [markdown]
# ## The idea: a bowl that is steep one way and flat the other
#
# How long is a step that is divided by such an average? Gradient descent takes long
# steps where the loss is steep and short ones where it is flat. Often one wants the
# opposite. Take a bowl over two weights. Along $\theta_2$ it bends a hundred times as
# much as along $\theta_1$, so its condition number, the largest bend over the
# smallest, is $\kappa = 100$:
#
# $$L(\theta) = \tfrac12\left(\theta_1^2 + 100\,\theta_2^2\right), \qquad
# g = \left(\theta_1,\ 100\,\theta_2\right).$$
#
# Both optimizers start at $(1, 1)$. Each step of gradient descent multiplies $\theta_2$
# by $1 - 100\,\alpha$. Beyond $\alpha = 2/100$ that factor is larger than one in size,
# and $\theta_2$ grows without end. We give it nearly that. `descend` applies an
# optimizer's formula again and again, and returns the path.

# %%
curvature = np.array([1.0, 100.0])


def bowl(theta):
    return 0.5 * np.sum(curvature * theta**2, axis=-1)


def slope(theta):
    return curvature * theta


bowl_paths = {
    "gradient descent": descend(SGD(0.019), slope, start=[1, 1], steps=300),
    "RMSprop": descend(RMSprop(0.02), slope, start=[1, 1], steps=300),
}

# %% tags=["hide-input"]
first_80 = {name: path[:81] for name, path in bowl_paths.items()}
left = {name: bowl(path[-1]) for name, path in first_80.items()}
show(
    descent_paths(bowl, first_80, (0, 0), limits=((-0.15, 1.15), (-1.05, 1.15))),
    "rmsprop-bowl",
    caption="Two paths from the dot at (1, 1) towards the star; a square is the end of "
    "a path. Gradient descent jumps across the valley and creeps along it. RMSprop "
    "moves both weights equally fast and so walks straight down the diagonal.",
    alt="Contour lines of a narrow valley. Gradient descent zigzags between its walls "
    f"and ends at loss {left['gradient descent']:.2g}; RMSprop follows a straight "
    f"diagonal and ends at loss {left['RMSprop']:.2g}.",
)

# %% [markdown]
# Equal steps are the whole idea; from $(1, 1)$ they make a straight line. The second
# gradient is a hundred times the first, yet both weights move by the same amount. We
# check that. Then we ask from which step on both weights stay within 0.05 of the
# minimum.

# %%
moves = np.abs(np.diff(bowl_paths["RMSprop"][:61], axis=0))
claim(
    "rmsprop-ignores-steepness",
    "On the bowl, RMSprop moves the weight with the hundredfold gradient as "
    "far as the other one: ratio of the distances.",
    measured=moves[:, 1].sum() / moves[:, 0].sum(),
    above=0.99,
    below=1.01,
)


# %%
def arrival(path):
    outside = np.flatnonzero(np.abs(path).max(axis=1) >= 0.05)
    assert outside[-1] < len(path) - 1, "the path never stays near the minimum"
    return outside[-1] + 1


steps_needed = {name: arrival(path) for name, path in bowl_paths.items()}
quote("gd-bowl-steps", steps_needed["gradient descent"])
quote("rmsprop-bowl-steps", steps_needed["RMSprop"])
claim(
    "rmsprop-faster-on-bowl",
    "On the bowl, RMSprop comes to stay within 0.05 of the minimum in fewer steps than "
    "gradient descent: ratio of the steps.",
    measured=steps_needed["RMSprop"] / steps_needed["gradient descent"],
    below=0.6,
)

# %% [markdown]
# RMSprop needs {glue:text}`rmsprop-bowl-steps` steps, gradient descent
# {glue:text}`gd-bowl-steps`. The bowl stands straight on the axes here. Keep that in
# mind: it will matter below.
#
# ## The rule
#
# RMSprop keeps one number for each weight: $v$, an *exponential moving average* of the
# squared gradient {cite:p}`tieleman2012rmsprop`. Each step keeps the share $\rho$ of it
# and adds the share $1 - \rho$ of the new square. Then the rule divides by the root:
#
# $$
# \begin{aligned}
# v_t &= \rho\, v_{t-1} + (1 - \rho)\, g_t^2 \\
# \theta_t &= \theta_{t-1} - \alpha\, \frac{g_t}{\sqrt{v_t + \varepsilon}}
# \end{aligned}
# $$ (eq-rmsprop)
#
# The average looks back over about $1/(1-\rho)$ steps: ten, for the usual
# $\rho = 0.9$. The root of a mean square is called *root mean square*, hence the name.
# The small $\varepsilon$ keeps the division safe when a gradient is zero.
#
# Look at the units. $g$ and $\sqrt{v}$ have the same one, so it cancels. What is left
# is $\alpha$: **in RMSprop the learning rate is about the length of a step.**
#
# Here is the library's own code. `centered` and `momentum` are two options that most
# people leave off. The average is written as $v + (1-\rho)(g^2 - v)$, which is the
# same sum, regrouped.
#
# ```{literalinclude} ../dlbook/optimizers/rmsprop.py
# :pyobject: RMSprop.step
# :language: python
# :dedent: 4
# ```
#
# What does the first step look like? $v_0 = 0$, so $v_1 = (1-\rho)\,g_1^2$, and $g_1$
# cancels. The step is $\alpha/\sqrt{1-\rho}$, whatever the gradient was.

# %%
first_step = -descend(RMSprop(1.0), lambda theta: np.ones(1), start=[0.0], steps=1)[-1]
claim(
    "rmsprop-first-step",
    "With ρ = 0.9, RMSprop's first step is 1/√(1 − ρ) times α long.",
    measured=first_step,
    above=3.161,
    below=3.163,
    unit="α",
)

# %% [markdown]
# The first step is {glue:text}`rmsprop-first-step`. Under a constant gradient the
# later ones shrink to $\alpha$. Nothing corrects this start. Adam will.
#
# It is also the longest step there can be. Since $v_t \ge (1-\rho)\, g_t^2$, no step is
# longer than $\alpha/\sqrt{1-\rho}$. RMSprop guarantees this and nothing more: even on
# a convex problem it may fail to converge {cite:p}`reddi2018convergence`.
#
# ## Keras beside it
#
# Is the hand-written class the one that Keras ships? We train one network twice on
# 1,000 batches of handwritten digits, once with each. The first weights and the
# batches are the same. After every step we compare all 2,410 weights. The hidden units
# are tanh. The slope of a ReLU jumps, and at the jump two paths that differ in the last
# bit can part for good, whatever the optimizer.

# %%
digits = load_digits()
(x_train, y_train), _ = digits


def thousand_steps(optimizer):
    model = mlp(64, (32,), 10, activation="tanh")
    return training_path(model, optimizer, x_train, y_train, steps=1000)


# %% [markdown]
# The difference is measured in parts of the distance travelled so far. A float32
# number is stored to about $6 \times 10^{-8}$ of its size, so nothing much below
# $10^{-7}$ can be expected.

# %%
optimizer = RMSprop()
by_hand = thousand_steps(optimizer)
built_in = thousand_steps(keras.optimizers.RMSprop())
gap = path_difference(by_hand, built_in)
claim(
    "rmsprop-equals-keras",
    "RMSprop by hand is Keras's RMSprop: largest difference in 1,000 steps on digits, "
    "in parts of the distance travelled.",
    measured=gap.max(),
    below=1e-5,
)

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 1001),
        {"by hand against built-in": np.maximum(gap, 1e-9)},
        x_label="training step",
        y_label="difference / distance travelled",
        y_scale="log",
        bounds={"claimed bound": 1e-5},
    ),
    "rmsprop-keras",
    caption="RMSprop written out by hand against `keras.optimizers.RMSprop`, both "
    "training the same network on the same batches. They part by rounding errors "
    "only. Equal weights are drawn at $10^{-9}$.",
    alt=f"The difference stays below {gap.max():.1e} over 1,000 training steps, on a "
    "logarithmic axis, far below the claimed bound of 1e-5.",
)

# %% [markdown]
# ## The experiment: which learning rates work?
#
# RMSprop is said to forgive a badly chosen learning rate. We try ten rates, each over
# three seeds, with four optimizers: 120 networks with 32 hidden units, ten passes over
# the digits. A rate is *usable* if its mean accuracy in ten passes comes within 5
# points of the optimizer's best. `sweep` trains the thirty networks of one optimizer at
# once.

# %%
rates = 1e-4 * np.sqrt(10.0) ** np.arange(10)
seeds = (0, 1, 2)
optimizers = {
    "SGD": SGD,
    "momentum": lambda rate: SGD(rate, momentum=0.9),
    "AdaGrad": Adagrad,
    "RMSprop": RMSprop,
}
accuracy = {
    name: sweep(optimizer, rates, seeds, digits, epochs=10)
    for name, optimizer in optimizers.items()
}
best = {name: runs.mean(axis=1).max() for name, runs in accuracy.items()}
usable = {
    name: int(np.sum(runs.mean(axis=1) > best[name] - 0.05))
    for name, runs in accuracy.items()
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
    "rmsprop-rates",
    caption="Accuracy against learning rate. A line is the mean of three seeds, a band "
    "their range. The tops lie close together. RMSprop's hill is the furthest "
    "to the left, and no wider than that of momentum.",
    alt="Four hills of accuracy over the learning rate. Usable rates out of ten: "
    + ", ".join(f"{name} {count}" for name, count in usable.items())
    + ". Best accuracies: "
    + ", ".join(f"{name} {value:.3f}" for name, value in best.items())
    + ".",
)

# %%
for name in optimizers:
    quote(f"usable-{name.lower()}", usable[name])
claim(
    "rmsprop-not-more-forgiving",
    "RMSprop has no more usable rates than momentum: its number of them minus "
    "momentum's.",
    measured=usable["RMSprop"] - usable["momentum"],
    below=1,
)
claim(
    "tuned-optimizers-tie",
    "Once tuned, SGD, momentum, AdaGrad and RMSprop read digits about equally well: "
    "highest minus lowest of their best mean accuracies.",
    measured=100 * np.ptp(list(best.values())),
    below=4,
    unit="points",
)

# %% [markdown]
# The rate still has to be chosen. What RMSprop does forgive is the *scale of the loss*.
# Multiply the loss by a thousand: $g$ and $\sqrt{v}$ grow alike, and cancel. We check
# this on the bowl, with $\varepsilon = 0$. Then we do it to the digits, at a rate that
# worked for each optimizer.

# %%
thousandfold = descend(
    RMSprop(0.02, epsilon=0), lambda theta: 1000 * slope(theta), [1, 1], steps=300
)
single = descend(RMSprop(0.02, epsilon=0), slope, [1, 1], steps=300)
claim(
    "rmsprop-scale-invariant",
    "Without ε, a loss multiplied by 1,000 leaves RMSprop's path on the bowl "
    "unchanged: largest difference.",
    measured=np.abs(thousandfold - single).max(),
    below=1e-12,
)

# %%
scaled = {
    "SGD": sweep(SGD, [rates[7]], seeds, digits, epochs=10, loss_factor=1000),
    "RMSprop": sweep(RMSprop, [rates[4]], seeds, digits, epochs=10, loss_factor=1000),
}
claim(
    "rmsprop-loss-times-1000",
    "RMSprop still learns when the loss is multiplied by 1,000: accuracy, for each "
    "seed.",
    measured=scaled["RMSprop"],
    above=0.93,
)
claim(
    "sgd-loss-times-1000",
    "SGD breaks down when the loss is multiplied by 1,000: accuracy, for each seed "
    "(chance is 0.1).",
    measured=scaled["SGD"],
    below=0.3,
)

# %% [markdown]
# That is a real gift: a sum over the batch in place of a mean needs no new learning
# rate. It has a limit, and the limit is $\varepsilon$. Now divide the loss by 1,000
# instead.

# %%
shrunk = sweep(RMSprop, [rates[4]], seeds, digits, epochs=10, loss_factor=1e-3)
unscaled = accuracy["RMSprop"][4]
claim(
    "rmsprop-loss-over-1000",
    "RMSprop does notice a loss divided by 1,000: points of accuracy lost, for each "
    "seed.",
    measured=100 * (unscaled - shrunk),
    above=4,
    unit="points",
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# ### "Epsilon is typically 1e-8"
#
# It depends on the library, and on which side of the root $\varepsilon$ stands. Keras
# adds $10^{-7}$ inside: $\sqrt{v + \varepsilon}$. PyTorch adds $10^{-8}$ outside:
# $\sqrt{v} + \varepsilon$. Inside the root, $10^{-7}$ acts on gradients below
# $\sqrt{10^{-7}} \approx 3 \times 10^{-4}$. We draw the length of the first step for
# gradients of every size, both with $\rho = 0.9$.

# %%
gradients = np.logspace(-10, 0, 201)
v_first = 0.1 * gradients**2
first_steps = {
    "inside, $10^{-7}$ (Keras)": -descend(
        RMSprop(1.0), lambda theta: gradients, np.zeros(201), steps=1
    )[-1],
    "outside, $10^{-8}$ (PyTorch)": gradients / (np.sqrt(v_first) + 1e-8),
}
claim(
    "rmsprop-epsilon-inside",
    "At a gradient of 1e-8, Keras's ε all but stops RMSprop: its first step, which "
    "would be 3.16 α without ε.",
    measured=np.interp(1e-8, gradients, first_steps["inside, $10^{-7}$ (Keras)"]),
    below=0.001,
    unit="α",
)

# %% tags=["hide-input"]
inside, outside = (np.interp(1e-6, gradients, s) for s in first_steps.values())
show(
    curves(
        gradients,
        first_steps,
        x_label="size of the gradient $|g|$",
        y_label="first step / $\\alpha$",
        x_scale="log",
        y_scale="log",
    ),
    "rmsprop-epsilon",
    caption="Length of the first step against the size of the gradient. The plateau is "
    "where RMSprop ignores the gradient's size. Inside the root, ε ends it at "
    "gradients 30,000 times as large.",
    alt=f"Two curves with a plateau at 3.16. At a gradient of 1e-6 the step is "
    f"{inside:.2g} α with epsilon inside the root and {outside:.2g} α outside.",
)

# %% [markdown]
# Does it matter in practice? In the network trained above, we count the weights whose
# $v$ is smaller than $\varepsilon$. For those, the step is no longer about
# $\alpha$. Some belong to pixels at the rim that are never inked; their gradient is
# zero and they do not count.

# %%
slots = [slot for slot in optimizer.variables if slot.name.endswith("_v")]
v = np.concatenate([np.ravel(slot.numpy()) for slot in slots])
claim(
    "rmsprop-epsilon-on-digits",
    "At the end of training on digits, ε outweighs v for many weights: those with "
    "0 < v < ε.",
    measured=100 * np.mean((v > 0) & (v < 1e-7)),
    above=5,
    unit="%",
)

# %% [markdown]
# :::{popular-answer} Epsilon is typically 1e-8.
# :verdict: imprecise
# :question: rmsprop
# :claims: rmsprop-epsilon-inside, rmsprop-epsilon-on-digits, rmsprop-loss-over-1000
#
# Keras puts $10^{-7}$ inside the root, PyTorch $10^{-8}$ outside. At the end of
# training on digits, the first one decides the step for
# {glue:text}`rmsprop-epsilon-on-digits` of the weights. With a loss a thousand times
# smaller, learning itself suffers.
# :::
#
# ### "It divides by the average of the squared gradients"
#
# By its *root*. Without the root the units no longer cancel, and steep directions get
# shorter steps than flat ones. A class without the root shows it on three parabolas
# $\tfrac{c}{2} x^2$.

# %%


class WithoutRoot(Optimizer):
    state = ("v",)

    def step(self, theta, g, t, alpha, v):
        v = 0.9 * v + 0.1 * g**2
        return theta - alpha * g / (v + 1e-7), v


bends = np.array([0.01, 1.0, 100.0])
ends = {
    rule.__name__: descend(rule(0.001), lambda x: bends * x, np.ones(3), steps=800)[-1]
    for rule in (RMSprop, WithoutRoot)
}

# %%
claim(
    "rmsprop-root-makes-equal",
    "With RMSprop's root, weights on parabolas whose bends span a factor of 10,000 end "
    "at the same x: largest minus smallest.",
    measured=np.ptp(ends["RMSprop"]),
    below=0.01,
)
claim(
    "rmsprop-no-root-differs",
    "Without RMSprop's root, weights on parabolas whose bends span a factor of 10,000 "
    "end far apart: largest |x| over smallest |x|.",
    measured=np.abs(ends["WithoutRoot"]).max() / np.abs(ends["WithoutRoot"]).min(),
    above=5,
)

# %% [markdown]
# :::{popular-answer} It divides the rate by the average of squared gradients.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: rmsprop-root-makes-equal, rmsprop-no-root-differs
#
# It divides by the square root of that average. The root is what makes the step
# independent of the gradient's scale.
# :::
#
# ### "Important parameters get suitable steps"
#
# The rule sees the size of a gradient, and nothing else. Let one gradient always be
# $+1$: that weight has somewhere to go. Let another be drawn at random about 0: that
# weight only trembles. Both have the same mean square.

# %%
noise = np.random.default_rng(0)


def useful_and_noise(theta):
    return np.array([1.0, noise.normal()])


steps = np.diff(descend(RMSprop(0.01), useful_and_noise, [0, 0], 500), axis=0)
root_mean_square = np.sqrt(np.mean(steps**2, axis=0))
claim(
    "rmsprop-blind-to-importance",
    "Under RMSprop a weight with pure noise for a gradient takes steps as long as one "
    "with a steady gradient: ratio of their root mean squares.",
    measured=root_mean_square[1] / root_mean_square[0],
    above=0.8,
    below=1.25,
)

# %% [markdown]
# :::{popular-answer} Steps follow the importance of the parameter.
# :verdict: imprecise
# :question: rmsprop
# :claims: rmsprop-blind-to-importance
#
# They follow the recent size of its gradient. A rare feature does get long steps, since
# its $v$ has decayed. A weight whose gradient is pure noise gets them too: it goes to
# and fro, and nowhere.
# :::
#
# ### "It makes training more robust to the learning rate"
#
# :::{popular-answer} It depends less on the learning rate than momentum and AdaGrad.
# :verdict: imprecise
# :question: rmsprop
# :claims: rmsprop-not-more-forgiving, rmsprop-loss-times-1000, sgd-loss-times-1000
#
# Robust to the scale of the loss: yes. Robust to the rate itself: not more than
# momentum. In {numref}`rmsprop-rates` momentum has {glue:text}`usable-momentum`
# usable rates of ten, RMSprop {glue:text}`usable-rmsprop` and AdaGrad
# {glue:text}`usable-adagrad`. A larger comparison finds no optimizer that wins in
# general {cite:p}`schmidt2021descending`.
# :::
#
# ### "It converges faster than gradient descent"
#
# Often, and for two different reasons it may not. First, RMSprop sees one weight at a
# time, so it sees the bowl's shape only if the bowl stands on the axes. We turn the
# bowl by 30 degrees and count again. Gradient descent does not notice a turn.

# %%
turn = np.deg2rad(30)
rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
hessian = rotation @ np.diag(curvature) @ rotation.T

turned = descend(
    RMSprop(0.02), lambda theta: hessian @ theta, rotation @ [1, 1], steps=300
)
claim(
    "rmsprop-slower-on-turned-bowl",
    "A turn by 30 degrees costs RMSprop steps at the same rate: steps to the minimum, "
    "turned over straight.",
    measured=arrival(turned @ rotation) / steps_needed["RMSprop"],
    above=2,
)

# %% [markdown]
# Second, a step of constant length cannot come to rest. On a gentle bowl
# gradient descent lands on the minimum. RMSprop keeps stepping back and forth over
# it, about $\alpha/2$ away. A smaller rate at the end cures that.

# %%
gentle = np.array([1.0, 2.0])
resting = {
    rule.__name__: descend(rule(rate), lambda theta: gentle * theta, [1, 1], 1000)
    for rule, rate in ((SGD, 0.5), (RMSprop, 0.01))
}
claim(
    "gd-comes-to-rest",
    "Gradient descent comes to rest on a gentle bowl: largest weight after 1,000 "
    "steps.",
    measured=np.abs(resting["SGD"][-1]).max(),
    below=1e-10,
)
claim(
    "rmsprop-hovers",
    "RMSprop at a constant rate does not come to rest on a gentle bowl: largest weight "
    "in the last 50 of 1,000 steps.",
    measured=np.abs(resting["RMSprop"][-50:]).max() / 0.01,
    above=0.45,
    below=0.55,
    unit="α",
)

# %% [markdown]
# Where RMSprop does shine is *sparse* data, as AdaGrad does. A rare feature has a
# gradient of zero in most batches, so its $v$ is small and its few steps are long. We
# take AdaGrad's problem, with 10 frequent and 50 rare features, for two passes. Both
# optimizers may choose the best of five rates, each half a decade apart.

# %%


def loss_after_two_epochs(optimizer, seed):
    x, y, *_ = sparse_features(4000, frequent=10, rare=50, seed=seed)
    x = np.c_[x, np.ones(4000)]
    random = np.random.default_rng(seed + 100)
    order = np.concatenate([random.permutation(2000) for _ in range(2)])
    batches = iter(order.reshape(-1, 16))

    def batch_gradient(theta):
        rows = next(batches)
        error = 1 / (1 + np.exp(-x[rows] @ theta)) - y[rows]
        return x[rows].T @ error / 16

    z = x[2000:] @ descend(optimizer, batch_gradient, np.zeros(61), 250)[-1]
    return np.mean(np.logaddexp(0, z) - y[2000:] * z)


# %%
half_decades = np.sqrt(10.0) ** np.arange(5)
lowest = {
    rule: [
        min(loss_after_two_epochs(rule(rate), seed) for rate in first * half_decades)
        for seed in seeds
    ]
    for rule, first in ((SGD, 0.1), (RMSprop, 0.003))
}
claim(
    "rmsprop-better-on-sparse",
    "On sparse data, tuned RMSprop ends at a lower held-out loss than tuned SGD: "
    "ratio of the losses, for each seed.",
    measured=np.divide(lowest[RMSprop], lowest[SGD]),
    below=0.98,
)

# %% [markdown]
# :::{popular-answer} It converges faster than plain gradient descent.
# :verdict: imprecise
# :question: rmsprop
# :claims: rmsprop-better-on-sparse, rmsprop-slower-on-turned-bowl, rmsprop-hovers
#
# Faster where single weights differ in scale: on the bowl along the axes and on
# sparse data. Turned by 30 degrees, the same bowl takes it
# {glue:text}`rmsprop-slower-on-turned-bowl` times as many steps. At a constant rate it
# does not come to rest.
# :::
#
# ## What we saw
#
# - Written out by hand it is Keras's optimizer, to {glue:text}`rmsprop-equals-keras` of
#   the distance travelled.
# - The scale of the loss cancels, as long as gradients stay well above
#   $\sqrt{\varepsilon}$: about $3 \times 10^{-4}$ in Keras.
# - It does care about the learning rate, about as much as momentum does.
# - Its advantage is tied to the axes, and at a constant rate it hovers.
#
# ## In an interview
#
# :::{interview-card} How does RMSprop work, step by step, and what does it guarantee?
# :id: rmsprop
# :figure: rmsprop-bowl
#
# For each weight, keep a moving average of the squared gradient,
# $v \leftarrow \rho v + (1-\rho) g^2$ with $\rho = 0.9$. Step by
# $\alpha\, g / \sqrt{v + \varepsilon}$. The gradient's scale cancels, so every weight
# moves by about $\alpha$ a step and the scale of the loss does not matter. Unlike
# AdaGrad's sum, the average forgets, so steps do not die out. There is no bias
# correction: the first step is $\alpha/\sqrt{1-\rho} = 3.16\,\alpha$. It guarantees
# that no step is longer than that. It guarantees no convergence at a constant rate, and
# $\alpha$ still has to be tuned.
# :::
#
# ## Exercises
#
# 1. **Recall.** Which quantity does RMSprop store for each weight, and in which unit?
#
#    :::{dropdown} Solution
#    $v$, the moving average of the squared gradient. Its unit is that of $g^2$: loss
#    squared over weight squared.
#    :::
#
# 2. **By hand.** Take $\rho = 0.99$. How long is the first step, in units of $\alpha$?
#    How long is the hundredth, if the gradient is constant?
#
#    :::{dropdown} Solution
#    After $t$ equal gradients $v_t = (1 - \rho^t)\,g^2$, so the step is
#    $\alpha/\sqrt{1-\rho^t}$: $10\,\alpha$ at first, $1.26\,\alpha$ at the hundredth.
#    The next cell checks it.
#    :::

# %% tags=["hide-cell"]
constant = descend(RMSprop(1.0, rho=0.99), lambda theta: np.ones(1), [0.0], 100)
lengths = -np.diff(constant[:, 0])
claim(
    "rmsprop-exercise-first-step",
    "Exercise 2: at ρ = 0.99 the first step is ten times α.",
    measured=lengths[0],
    above=9.99,
    below=10.01,
    unit="α",
)
claim(
    "rmsprop-exercise-hundredth-step",
    "Exercise 2: the hundredth step is α/√(1 − ρ¹⁰⁰): measured over calculated.",
    measured=lengths[-1] * np.sqrt(1 - 0.99**100),
    above=0.999,
    below=1.001,
)

# %% [markdown]
# 3. **Predict, then run.** In the first experiment, replace `RMSprop(0.02)` by
#    `RMSprop(0.2)` and take 1,000 steps. Where does the path end, and how far from the
#    star?
#
#    :::{dropdown} Solution
#    It reaches the star within ten steps and cannot stay: in the end it jumps to and
#    fro, $\alpha/2 = 0.1$ away in each weight, so $0.1\sqrt2 = 0.14$ from the star.
#    Ten times the rate, ten times the distance.
#    :::

# %% tags=["hide-cell"]
jumping = descend(RMSprop(0.2), slope, start=[1, 1], steps=1000)
claim(
    "rmsprop-exercise-jumps",
    "Exercise 3: at α = 0.2 the weights end up jumping by α/2 about the star: the "
    "largest of the last 50 steps.",
    measured=np.abs(jumping[-50:]).max(),
    above=0.09,
    below=0.11,
)

# %% [markdown]
# 4. **Code.** Write sign descent,
#    $\theta \leftarrow \theta - \alpha\,\mathrm{sign}(g)$, as a subclass of
#    `Optimizer`. For which $\rho$ and $\varepsilon$ is RMSprop exactly
#    this?
#
#    :::{dropdown} Solution
#    For $\rho = 0$ and $\varepsilon = 0$: then $v = g^2$, and $g/\sqrt{v}$ is the
#    sign (except at $g = 0$, where RMSprop divides zero by zero). The next cell runs
#    both.
#    :::

# %% tags=["hide-cell"]


class SignDescent(Optimizer):
    def step(self, theta, g, t, alpha):
        return (theta - alpha * np.sign(g),)


signs = descend(SignDescent(0.01), slope, [1, 1], 50)
without_memory = descend(RMSprop(0.01, rho=0, epsilon=0), slope, [1, 1], 50)
claim(
    "rmsprop-exercise-sign",
    "Exercise 4: sign descent is RMSprop with ρ = 0 and ε = 0: largest difference.",
    measured=np.abs(signs - without_memory).max(),
    below=1e-12,
)

# %% [markdown]
# 5. **Think.** Your loss is a mean over the batch, and you change it to a sum. The
#    batch holds 64 examples. What must you do to $\alpha$ with SGD? With RMSprop?
#
#    :::{dropdown} Solution
#    Every gradient becomes 64 times as large. SGD needs $\alpha/64$. RMSprop needs
#    nothing: $v$ grows by $64^2$ and the factor cancels.
#    :::
#
# 6. **Open.** The turned bowl hides its axes from RMSprop. What would an optimizer have
#    to store to find them, and how much memory would that take for a million weights?
#
#    :::{dropdown} Solution
#    A whole matrix of averaged products $g g^\top$ instead of its diagonal: $10^{12}$
#    numbers. Methods such as Shampoo and K-FAC keep smaller matrices, two for the
#    kernel of each layer.
#    :::
#
# ## Further reading
#
# RMSprop was never published as a paper: its source is lecture 6.5 of Hinton's course
# {cite:p}`tieleman2012rmsprop`. There it is a form, for mini-batches, of Rprop, which
# uses only the sign of each gradient. It is Algorithm 8.5 in
# {cite:t}`goodfellow2016deep`, with $\varepsilon$ inside the root. The centered form is
# in {cite:t}`graves2013generating`, equations 38 to 45. AdaGrad is by
# {cite:t}`duchi2011adaptive`.
#
# :::{parts-used}
# :::
