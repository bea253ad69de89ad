# %% [markdown]
# # Small batches save epochs, large batches save updates
#
# {doc}`A cheap, noisy gradient <07_stochastic_gradients>` goes far, and its noise
# falls as $1/B$. That chapter took sizes of 1, 8, 64 or all examples, each with a
# learning rate that had been found for it. It did not say which size to take, or why
# each wanted another rate.
#
# This chapter answers: **What goes wrong with very small or very large batches, and how
# should the batch size be chosen? How does batch size affect training time, memory and
# convergence?**

# %%
import tracemalloc

import keras
import numpy as np
from threadpoolctl import threadpool_limits

from dlbook.claims import claim
from dlbook.data import load_digits, load_mnist1d
from dlbook.figures import curves, scatter
from dlbook.measures import bias_variance, median_times, sharpness
from dlbook.models import mlp
from dlbook.page import quote, show
from dlbook.training import shuffled_batches

one_core = threadpool_limits(1)  # NumPy's products: times that another run can repeat.

# %% [markdown]
# ## The idea: what is one step worth?
#
# We take the smallest case of the last chapter again: one weight $\theta$ that is to be
# the middle of a thousand numbers $x_i$, with the loss
# $\ell_i = \tfrac12(\theta - x_i)^2$. Let it stand a distance $d$ from the mean
# $\bar x$. A step with the mean slope of $B$ numbers goes $\alpha$ times the way to the
# mean of these $B$, which lies beside $\bar x$ by some chance error $e$. If the numbers
# have the variance $\sigma^2$, that of the error is $\sigma^2/B$. The loss above the
# lowest is half the squared distance. On average over all batches,
# $\langle\cdot\rangle$, this is left of that square:
#
# $$
# \big\langle\big((1-\alpha)\,d + \alpha e\big)^2\big\rangle
# = (1-\alpha)^2 d^2 + \alpha^2\,\frac{\sigma^2}{B} .
# $$
#
# A small $\alpha$ leaves the first part, a large one the second. The best $\alpha$ is
# in between. Setting the derivative by $\alpha$ to zero gives
#
# $$
# \alpha = \frac{1}{1 + B_\text{noise}/B}, \qquad
# B_\text{noise} = \frac{\sigma^2}{d^2} ,
# $$ (eq-one-step)
#
# and the share of the loss that this step removes is the same number. A batch of
# $B_\text{noise}$ numbers removes half of what the exact step would. We try it: many
# steps for each $B$, from $d = 0.25$.

# %%
numbers = np.random.default_rng(0).normal(2, 1, size=1000)
middle, d = numbers.mean(), 0.25
B_noise = numbers.var() / d**2
sizes = 2 ** np.arange(11)


def share_removed(B, alpha):
    """Share of the loss that a step removes, the mean of many steps."""
    random = np.random.default_rng(B)
    drawn = random.choice(numbers, size=(max(2000, 400_000 // B), B))
    e = drawn.mean(axis=1) - middle
    return 1 - np.mean(((1 - alpha) * d + alpha * e) ** 2) / d**2


# %%
best_alpha = 1 / (1 + B_noise / sizes)
factors = {"at the best rate": 1, "at half of it": 0.5, "at 1.8 times it": 1.8}
share = {
    name: [share_removed(B, factor / (1 + B_noise / B)) for B in sizes]
    for name, factor in factors.items()
}

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        {"calculated, at the best rate": best_alpha, **share},
        x_label="batch size $B$",
        y_label="share of the loss removed by one step",
        x_scale="log",
        bounds={"half": 0.5},
        markers=True,
    ),
    "batch-one-step",
    caption="What one step removes of the loss, for one weight. For small batches, "
    "twice the batch makes a step nearly twice as good. For large ones a step is "
    "almost as good as the exact one already, and more examples are wasted on it. "
    "Rates beside the best one remove less. The two upper curves coincide.",
    alt="Curves that rise in an S. At the best rate one example removes "
    f"{100 * share['at the best rate'][0]:.1f} % of the loss, 16 remove "
    f"{100 * share['at the best rate'][4]:.0f} % and 1,024 remove "
    f"{100 * share['at the best rate'][-1]:.0f} %. The calculated curve coincides.",
)

# %%
at_best = np.array(share["at the best rate"])
quote("batch-one-weight-noise", f"{B_noise:.0f}")
claim(
    "batch-one-step-theory",
    "One step at the best rate removes 1/(1 + B_noise/B) of the loss: measured over "
    "calculated, smallest and largest of eleven batch sizes.",
    measured=[(at_best / best_alpha).min(), (at_best / best_alpha).max()],
    above=0.85,
    below=1.15,
)
claim(
    "batch-first-doublings-pay",
    "Sixteen times the batch makes a step of one example many times as good: share "
    "removed at B = 16 over that at B = 1.",
    measured=at_best[4] / at_best[0],
    above=6,
)
claim(
    "batch-last-doublings-do-not",
    "Beyond a batch of 64, sixteen times the batch hardly helps one step: share of the "
    "loss removed at B = 1,024 over that at B = 64, at the best rates.",
    measured=at_best[10] / at_best[6],
    below=1.5,
)

# %% [markdown]
# Here $B_\text{noise}$ is {glue:text}`batch-one-weight-noise`. It divides the batch
# sizes in two. Well below it an example is worth its price, and the best rate grows
# with $B$. Well above it a step is as good as it gets, and the rate should stay. Both
# regimes will come back in the network.
#
# ## The rule: what B changes, and what it does not
#
# What does the batch size mean for a network? The step is
# $\theta \leftarrow \theta - \alpha g$ with
# $g = \frac1B \sum_{i\in\mathcal B} \nabla\ell_i(\theta)$, as before. Two things
# depend on $B$: the variance of $g$, which is $V_1/B$, and the number of updates in a
# pass over the data, $\lceil N/B\rceil$. The distance $d$ of {eq}`eq-one-step` becomes
# the length of the exact gradient $\bar g$, and $\sigma^2$ the variance of all its
# parts together:
#
# $$
# B_\text{noise} = \frac{V_1}{\lVert\bar g\rVert^2}, \qquad
# \text{updates} \approx U_\text{min}\left(1 + \frac{B_\text{noise}}{B}\right)
# $$ (eq-noise-scale)
#
# This is the *gradient noise scale* {cite:p}`mccandlish2018empirical`; it takes the
# loss to bend alike in all directions, so it is an estimate. A batch size near it is
# called *critical*. $U_\text{min}$ is the number of exact steps to some goal. If a step
# at size $B$ achieves the share $1/(1 + B_\text{noise}/B)$ of an exact one, it takes
# $1 + B_\text{noise}/B$ times as many.
#
# The library's `shuffled_batches` cuts the epochs into batches so:
#
# ```{literalinclude} ../dlbook/training/batches.py
# :pyobject: shuffled_batches
# :start-at: batch_size = min
# :language: python
# :dedent: 4
# ```
#
# The network has 32 ReLU units and reads digits. Many networks of different
# seeds and rates train side by side, so its arrays have leading axes $(\dots)$ for the
# networks. The gradient is that of {doc}`Backpropagation <05_backpropagation>`.

# %%
(x, y), (x_held_out, y_held_out) = load_digits()
N = len(x)
seeds = (0, 1, 2)
one_hot = np.eye(10, dtype="float32")


def first_weights(inputs, seeds):
    """W1, b1, W2, b2 of a network for each seed, each (networks, rows, columns)."""
    networks = [mlp(inputs, (32,), 10, seed=seed).get_weights() for seed in seeds]
    return [
        np.stack([np.atleast_2d(p) for p in each])
        for each in zip(*networks, strict=True)
    ]


def forward(theta, x):
    W1, b1, W2, b2 = theta
    h = np.maximum(x @ W1 + b1, 0)  # (..., batch, 32)
    z = h @ W2 + b2  # (..., batch, 10)
    return h, z - z.max(axis=-1, keepdims=True)


# %%
def gradient(theta, x, y):
    """The gradient of the mean cross-entropy over the batch, for each network."""
    h, z = forward(theta, x)
    p = np.exp(z)
    delta_2 = p / p.sum(axis=-1, keepdims=True) - one_hot[y]
    delta_2 /= np.float32(x.shape[-2])
    delta_1 = (delta_2 @ np.swapaxes(theta[2], -1, -2)) * (h > 0)
    along = [(x, delta_1), (h, delta_2)]
    pairs = [
        (np.swapaxes(a, -1, -2) @ delta, delta.sum(axis=-2, keepdims=True))
        for a, delta in along
    ]
    return [part for pair in pairs for part in pair]


def step(theta, alpha, x, y):
    return [p - alpha * g for p, g in zip(theta, gradient(theta, x, y), strict=True)]


# %%
def loss(theta, x, y):
    """Mean cross-entropy of each network."""
    z = forward(theta, x)[1]
    right = np.sum(z * one_hot[y], axis=-1)
    return np.mean(np.log(np.exp(z).sum(axis=-1)) - right, axis=-1)


def accuracy(theta, x, y):
    return np.mean(forward(theta, x)[1].argmax(axis=-1) == y, axis=-1)


starts = first_weights(64, seeds)

# %% [markdown]
# ### Keras beside it
#
# In Keras the size is `fit(batch_size=32)`. `fit` also takes the last, smaller batch of
# an epoch, so its updates are $\lceil N/B\rceil$; `shuffled_batches` leaves it out.
#
# Keras can also average the gradients of several batches before it steps, by the option
# `gradient_accumulation_steps` of its optimizers. Four batches of 16 should then be one
# of 64. We take ten steps of 64 by hand, and forty batches of 16 in Keras.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
adding_up = mlp(64, (32,), 10)
adding_up.compile(
    keras.optimizers.SGD(0.1, gradient_accumulation_steps=4), cross_entropy
)
ten_of_64 = shuffled_batches(N, epochs=1, batch_size=64)[:10]
rows = ten_of_64.ravel()
adding_up.fit(x[rows], y[rows], batch_size=16, shuffle=False, verbose=0)
by_hand = [p[0] for p in starts]
for batch in ten_of_64:
    by_hand = step(by_hand, 0.1, x[batch], y[batch])
claim(
    "batch-accumulation-is-a-large-batch",
    "Keras with four batches of 16 averaged is the network by hand with batches of 64: "
    "largest difference of a weight after ten steps.",
    measured=max(
        np.abs(a - b).max()
        for a, b in zip(by_hand, adding_up.get_weights(), strict=True)
    ),
    below=1e-5,
)

# %%
in_keras = mlp(64, (32,), 10)
in_keras.compile(keras.optimizers.SGD(0.1), cross_entropy)
counted = []
for B in (4, 16, 64, 256, N):
    before = int(in_keras.optimizer.iterations)
    in_keras.fit(x, y, batch_size=B, verbose=0)
    counted.append(int(in_keras.optimizer.iterations) - before)
claim(
    "batch-updates-per-epoch",
    "The updates of an epoch in Keras are ⌈N/B⌉, here 337, 85, 22, 6 and 1 at B = 4, "
    "16, 64, 256 and N = 1,347: largest difference.",
    measured=np.abs(np.subtract(counted, [337, 85, 22, 6, 1])).max(),
    equals=0,
)

# %% [markdown]
# ### Is the gradient of a small batch biased?
#
# One hears that small batches have another *bias*. A biased estimate is wrong on
# average. We take 3,000 batches of each size at the starting weights and ask how far
# the mean of their gradients lies from the exact gradient. Chance alone makes that a
# distance of about $\sqrt{V_1/(3000\,B)}$.

# %%


def gradients_of_all(theta):
    """The gradient of each digit by itself, (digits, weights)."""
    h, z = forward(theta, x)
    p = np.exp(z)
    delta_2 = p / p.sum(axis=-1, keepdims=True) - one_hot[y]
    delta_1 = (delta_2 @ theta[2].T) * (h > 0)
    outer = [
        (a[:, :, None] * delta[:, None, :]).reshape(N, -1)
        for a, delta in ((x, delta_1), (h, delta_2))
    ]
    return np.concatenate([outer[0], delta_1, outer[1], delta_2], axis=1)


# %%
singles = gradients_of_all([p[0] for p in starts])
V_1 = singles.var(axis=0).sum()
far_off = []
for B in (1, 4, 16, 64, 256):
    drawn = np.random.default_rng(B).integers(N, size=(3000, B))
    times_drawn = np.bincount(drawn.ravel(), minlength=N).astype("float32")
    mean_of_batches = times_drawn @ singles / drawn.size
    distance = np.linalg.norm(mean_of_batches - singles.mean(axis=0))
    far_off.append(distance / np.sqrt(V_1 / drawn.size))
claim(
    "batch-gradient-unbiased",
    "At B = 1, 4, 16, 64 and 256 the mean gradient of 3,000 batches is as near to the "
    "exact one as chance allows: distance in units of its standard error.",
    measured=far_off,
    below=2,
)

# %% [markdown]
# No size is biased. Only the variance differs.
#
# ## How many updates, and how many epochs?
#
# It is often said that small batches converge in fewer iterations or epochs. These are
# two statements. We count both, until the loss over all digits is below 0.3. First all
# sizes get the same rate, 0.1. Then each gets the best of three rates, which a search
# over more had shown to bracket its best.

# %%
batch_sizes = np.array([1, 4, 16, 64, 256, N])


def draw(B, draws, x=x, y=y):
    """A batch for each of the networks; all examples where B is their number."""
    if len(x) == B:
        return x, y
    rows = np.stack([random.integers(len(x), size=B) for random in draws])
    return x[rows], y[rows]


# %%
def updates_until(target, B, rates, limit=1500):
    """Updates until the loss is below the target, (rates, networks)."""
    draws = [np.random.default_rng(seed + 10) for seed in seeds]
    theta = [np.tile(p, (len(rates), 1, 1, 1)) for p in starts]
    alpha = np.reshape(rates, (-1, 1, 1, 1)).astype("float32")
    arrived = np.full((len(rates), len(seeds)), np.inf)
    look = 20 if B == 1 else 5
    for t in range(1, limit + 1):
        theta = step(theta, alpha, *draw(B, draws))
        if t % look == 0:
            there = loss(theta, x, y) < target
            arrived = np.minimum(arrived, np.where(there, t, np.inf))
            fastest = arrived.mean(axis=1).min()
            if np.isfinite(arrived).all() or t > 2 * fastest:
                break  # A rate that takes twice as long is given up.
    return arrived


# %%
rates_of = {1: 0.1, 4: 0.2, 16: 0.8, 64: 0.8, 256: 0.8, N: 0.8}
equal_updates, tuned_updates, tuned_rate = [], [], []
for B, rate in rates_of.items():
    equal_updates.append(updates_until(0.3, B, [0.1])[0])
    tried = np.array([rate / 2, rate, 2 * rate])
    found = updates_until(0.3, B, tried)
    best = found.mean(axis=1).argmin()
    tuned_updates.append(found[best])
    tuned_rate.append(tried[best])
equal_updates = np.transpose(equal_updates)  # (networks, sizes)
tuned_updates = np.transpose(tuned_updates)
equal_epochs = equal_updates * batch_sizes / N
tuned_epochs = tuned_updates * batch_sizes / N

# %% tags=["hide-input"]
show(
    curves(
        batch_sizes,
        {
            "updates, all at $\\alpha = 0.1$": equal_updates,
            "updates, each at its best rate": tuned_updates,
            "epochs, all at $\\alpha = 0.1$": equal_epochs,
            "epochs, each at its best rate": tuned_epochs,
        },
        x_label="batch size $B$",
        y_label="needed for a loss of 0.3",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "batch-updates-epochs",
    caption="Updates and epochs until the training loss of the digits is below 0.3; "
    "mean and range of three networks. Updates fall with the batch size and then stay. "
    "Epochs rise: slowly at first when the rate is tuned, then in proportion.",
    alt="Two falling curves, updates, and two rising ones, epochs. From B = 1 to all, "
    f"updates go from {equal_updates[:, 0].mean():.0f} to "
    f"{equal_updates[:, -1].mean():.0f} at the equal rate and from "
    f"{tuned_updates[:, 0].mean():.0f} to {tuned_updates[:, -1].mean():.0f} at the "
    f"best; epochs from {tuned_epochs[:, 0].mean():.2g} to "
    f"{equal_epochs[:, -1].mean():.0f} and to {tuned_epochs[:, -1].mean():.0f}.",
)

# %%
quote("batch-tuned-updates", ", ".join(f"{each:.0f}" for each in tuned_updates.mean(0)))
quote("batch-tuned-epochs", ", ".join(f"{each:.2g}" for each in tuned_epochs.mean(0)))
quote("batch-tuned-rates", ", ".join(f"{rate:g}" for rate in tuned_rate))
claim(
    "batch-small-needs-more-updates",
    "At the same rate, single examples need more updates than batches of 64: theirs "
    "over those, for each network.",
    measured=equal_updates[:, 0] / equal_updates[:, 3],
    above=1.5,
)
claim(
    "batch-small-needs-fewer-epochs",
    "At the same rate, single examples need far fewer epochs than batches of 64: those "
    "of batches of 64 over theirs, for each network.",
    measured=equal_epochs[:, 3] / equal_epochs[:, 0],
    above=10,
)
claim(
    "batch-tuned-updates-fall",
    "At the best rate of each size, updates fall with the batch: from 1 to 4, to 16 "
    "and to 64, mean updates before over those after.",
    measured=np.divide(*tuned_updates.mean(axis=0)[[[0, 1, 2], [1, 2, 3]]]),
    above=1.2,
)

# %%
from_256, from_all = tuned_updates.mean(axis=0)[4:]
claim(
    "batch-updates-flatten",
    "From 256 to all 1,347 digits nothing is gained any more: mean updates at 256 over "
    "those with all, at the best rates.",
    measured=from_256 / from_all,
    above=0.7,
    below=1.5,
)
claim(
    "batch-tuned-epochs-rise",
    "With all digits in a batch the epochs are many times those of single examples, at "
    "the best rates: ratio for each network.",
    measured=tuned_epochs[:, -1] / tuned_epochs[:, 0],
    above=20,
)
claim(
    "batch-best-rate-grows",
    "Larger batches want larger rates: best rate with 64 over that with one example.",
    measured=tuned_rate[3] / tuned_rate[0],
    above=2.1,
)

# %% [markdown]
# At the best rates, {glue:text}`batch-tuned-rates`, the updates were
# {glue:text}`batch-tuned-updates`, for $B$ from 1 to all. The epochs were
# {glue:text}`batch-tuned-epochs`. So small batches need *fewer epochs and more
# updates*. Updates fall, then flatten; others found the same on many tasks
# {cite:p}`shallue2019measuring`. The reason for the epochs is that a small batch makes
# more updates in each.
#
# Does {eq}`eq-noise-scale` describe the curve? We read $U_\text{min}$ and the critical
# size off its two ends, and predict the three sizes between. Then we measure
# the noise scale itself, along the way of three networks.

# %%
updates_mean = tuned_updates.mean(axis=0)
U_min = updates_mean[4:].mean()
critical = updates_mean[0] / U_min - 1
predicted = U_min * (1 + critical / batch_sizes[1:4])
claim(
    "batch-updates-formula",
    "The updates at B = 4, 16 and 64 follow the formula: counted over predicted.",
    measured=updates_mean[1:4] / predicted,
    above=0.6,
    below=1.6,
)


def noise_scale(theta):
    each = gradients_of_all(theta)
    return each.var(axis=0).sum() / np.sum(each.mean(axis=0) ** 2)


# %%
draws = [np.random.default_rng(seed) for seed in seeds]
walking, on_the_way = starts, []
for t in range(121):
    if t in (0, 20, 40, 60, 120):
        each = [[p[k] for p in walking] for k in range(len(seeds))]
        on_the_way.append([noise_scale(theta) for theta in each])
    walking = step(walking, np.float32(0.4), *draw(64, draws))
measured_scale = np.exp(np.log(on_the_way[:4]).mean())
quote("batch-critical", f"{critical:.0f}")
quote("batch-noise-scale", f"{measured_scale:.0f}")
quote("batch-noise-scale-late", f"{np.mean(on_the_way[4]):.0f}")
claim(
    "batch-noise-scale-predicts",
    "The noise scale of the gradients says roughly where the updates flatten: noise "
    "scale on the way to the loss over the critical size of the counts.",
    measured=measured_scale / critical,
    above=0.5,
    below=10,
)
claim(
    "batch-noise-scale-grows",
    "The noise scale grows as the network learns: after 120 updates over that at the "
    "start, mean of three networks.",
    measured=np.mean(on_the_way[4]) / np.mean(on_the_way[0]),
    above=1.4,
)

# %% [markdown]
# The counts give a critical size of {glue:text}`batch-critical`, the gradients'
# noise {glue:text}`batch-noise-scale`. That is the right order and no more. One reason
# may be that the loss does not bend alike in all directions. After 120 updates the
# noise scale was {glue:text}`batch-noise-scale-late`: the gradient shrinks faster than
# its noise. A larger batch is worth more at the end than at the start.
#
# ## What does the clock say?
#
# Updates are not seconds. How long does an epoch take? We take the median time of many
# updates and multiply by the updates in an epoch. NumPy is held to one core; Keras
# trains the same network.

# %%


def steps_by_hand(batch_sizes):
    return [lambda B=B: step(one_network, 0.1, x[:B], y[:B]) for B in batch_sizes]


# %%
one_network = [p[0] for p in starts]
clocked = np.array([1, 8, 32, 64, 128, 512, N])
in_keras_steps = [lambda B=B: in_keras.train_on_batch(x[:B], y[:B]) for B in clocked]
update_time = {
    "by hand": median_times(steps_by_hand(clocked), repeats=40),
    "in Keras": median_times(in_keras_steps, repeats=40),
}
epoch_time = {name: each * np.ceil(N / clocked) for name, each in update_time.items()}

# %% tags=["hide-input"]
show(
    curves(
        clocked,
        epoch_time,
        x_label="batch size $B$",
        y_label="time of an epoch (s)",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "batch-epoch-time",
    caption="Time of one pass over 1,347 digits, from the median time of an update. As "
    "long as an update costs about the same whatever it holds, the epoch gets cheaper "
    "in proportion to $B$. By hand that ends when arithmetic takes over. In Keras, "
    "where each update costs more whatever it holds, it ends later.",
    alt="Two falling curves. From B = 1 to all digits an epoch goes "
    + " and ".join(
        f"from {each[0]:.2g} to {each[-1]:.2g} seconds {name}"
        for name, each in epoch_time.items()
    )
    + ".",
)

# %%
claim(
    "batch-epoch-slowest-at-one",
    "An epoch of single examples takes several times as long as one in batches of 32: "
    "ratio, by hand and in Keras.",
    measured=[each[0] / each[2] for each in epoch_time.values()],
    above=3,
)
claim(
    "batch-update-dearer-with-all",
    "One update with all digits costs more than one with 8, by hand: ratio.",
    measured=update_time["by hand"][-1] / update_time["by hand"][1],
    above=2,
)
claim(
    "batch-epoch-saturates",
    "By hand an epoch stops getting cheaper in proportion to the batch: time of an "
    "epoch in batches of 128 over that with all digits at once, 11 times as many.",
    measured=epoch_time["by hand"][4] / epoch_time["by hand"][-1],
    below=5,
)

# %% [markdown]
# Time to the goal is updates times seconds. A small batch has too many updates,
# a very large one too dear ones. We multiply the counts of
# {numref}`batch-updates-epochs` by the time of an update by hand.

# %%
seconds = updates_mean * median_times(steps_by_hand(batch_sizes), repeats=40)
quote("batch-fastest-size", f"{batch_sizes[np.argmin(seconds)]}")
claim(
    "batch-middle-is-fastest",
    "The loss of 0.3 is reached soonest in the middle: time with single examples, and "
    "with all digits, over the shortest.",
    measured=seconds[[0, -1]] / seconds[1:-1].min(),
    above=2,
)

# %% [markdown]
# On this machine the fastest of the six was $B$ = {glue:text}`batch-fastest-size`. A
# GPU does thousands of sums at once; there the time of an update stays flat for longer,
# and larger batches are worth their while. That is not measured here. The critical
# size does not depend on the machine, the time of an update does.
#
# ### Must it be a power of two?
#
# Sizes of 32, 64 and 128 are a custom. Is 64 faster than its neighbours?

# %%
at_64, *beside_64 = median_times(steps_by_hand((64, 60, 61, 63, 65, 67)), repeats=200)
claim(
    "batch-no-magic-in-64",
    "No neighbour of 64 costs twice as much: slowest update at 60, 61, 63, 65 and 67 "
    "over that at 64.",
    measured=max(beside_64) / at_64,
    below=2,
)

# %% [markdown]
# Not here. Some accelerators work on tiles of 8 or more numbers, above all in
# 16-bit arithmetic, and there multiples of 8 can pay. Time it on your device.
#
# ### And memory?
#
# Backpropagation keeps what every layer returned until the gradient has come back. So
# memory is the weights, which do not depend on $B$, plus for each example the
# sum of the layers' widths:
#
# $$ M(B) = M_\text{weights} + B \cdot M_\text{example} . $$ (eq-batch-memory)

# %%


def peak_bytes(B):
    """The most memory that one gradient takes besides weights and examples."""
    tracemalloc.start()
    gradient(one_network, x[:B], y[:B])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


memory = {B: peak_bytes(B) for B in (256, 512, 1024)}
quote("batch-bytes-each", f"{(memory[1024] - memory[512]) / 512:.0f}")
claim(
    "batch-memory-linear",
    "Memory grows in proportion to the batch: what 512 further digits add over what "
    "256 further ones added before.",
    measured=(memory[1024] - memory[512]) / (memory[512] - memory[256]),
    above=1.6,
    below=2.4,
)

# %% [markdown]
# Each digit takes {glue:text}`batch-bytes-each` bytes here: 42 outputs of layers at
# four bytes each, and copies that our code makes on the way. That is little; in a
# deep network it can fill the device. `find_batch_size` searches for the largest
# size that fits: it doubles until a step fails, then halves the interval.
#
# ```{literalinclude} ../dlbook/training/batch_size.py
# :pyobject: _largest
# :language: python
# ```
#
# If the size you want does not fit, add up the gradients of smaller batches, as Keras
# did above. That saves memory and no time.
#
# ## How far does the rate follow the batch?
#
# If you double the batch, what becomes of the rate? The *linear scaling rule* says:
# double it {cite:p}`krizhevsky2014one,goyal2017accurate`. The argument counts examples.
# One step of $2B$ at the rate $2\alpha$ goes as far as two steps of $B$ at
# $\alpha$, if the gradient does not change between the two. We train for five epochs
# at every size, and let the rate grow with $B$, with $\sqrt B$, or not at all, from
# 0.025 at $B = 4$.

# %%
x_1280, y_1280 = x[:1280], y[:1280]  # a multiple of every size
scaled_sizes = 2 ** np.arange(2, 10)


def after_five_epochs(B, alpha):
    """Training loss of each network."""
    theta = starts
    orders = [shuffled_batches(1280, 5, B, seed) for seed in seeds]
    for rows in np.stack(orders, axis=1):  # (networks, batch)
        theta = step(theta, np.float32(alpha), x_1280[rows], y_1280[rows])
    return loss(theta, x_1280, y_1280)


powers = {"$\\alpha \\propto B$": 1, "$\\alpha \\propto \\sqrt{B}$": 0.5, "constant": 0}
scaled = {
    name: np.transpose(
        [after_five_epochs(B, 0.025 * (B / 4) ** power) for B in scaled_sizes]
    )
    for name, power in powers.items()
}

# %% tags=["hide-input"]
by_rule = list(scaled.values())
show(
    curves(
        scaled_sizes,
        scaled,
        x_label="batch size $B$",
        y_label="training loss after five epochs",
        x_scale="log",
        bounds={"at the start": float(loss(starts, x_1280, y_1280).mean())},
        markers=True,
    ),
    "batch-scaling",
    caption="Training loss after five epochs, by how the rate follows the batch; mean "
    "and range of three networks. In proportion to $B$, the loss stays about the same "
    "over four doublings. Then the rate gets too large, and training fails. A rate "
    "that grows less leaves larger batches behind from the start.",
    alt="Three curves. Loss at B = 4, 64 and 512: "
    + "; ".join(
        f"{name} {runs[:, 0].mean():.2f}, {runs[:, 4].mean():.2f}, "
        f"{runs[:, -1].mean():.2f}"
        for name, runs in zip(("linear", "root", "constant"), by_rule, strict=True)
    )
    + ".",
)

# %%
linear, root, constant = by_rule
claim(
    "batch-linear-scaling-holds",
    "With the rate in proportion to it, eight and sixteen times the batch end at about "
    "the same loss: at B = 32 and B = 64 over B = 4, for each network.",
    measured=linear[:, 3:5] / linear[:, :1],
    above=0.8,
    below=1.4,
)
claim(
    "batch-linear-scaling-ends",
    "Linear scaling ends when the rate gets too large: loss at B = 256 and the rate "
    "1.6 over that at B = 4, for each network.",
    measured=linear[:, 6] / linear[:, 0],
    above=2,
)
claim(
    "batch-constant-rate-falls-behind",
    "At a constant rate a larger batch is far behind after five epochs: loss at B = 32 "
    "over that at B = 4, for each network.",
    measured=constant[:, 3] / constant[:, 0],
    above=3,
)
claim(
    "batch-root-scaling-falls-behind",
    "With the rate in proportion to √B larger batches fall behind: loss after five "
    "epochs at B = 32 over that at B = 4, for each network.",
    measured=root[:, 3] / root[:, 0],
    above=1.5,
)

# %% [markdown]
# It held from 4 to 64 and failed at 256, where $\alpha$ is 1.6. {eq}`eq-one-step` has
# the same two ends: well below $B_\text{noise}$ the best rate grows with $B$, well
# above it stays at that of the exact step. Curvature sets that one. Beyond
# $2/\lambda_{\max}$ even exact steps lead away, and no batch size lifts that limit.
# {cite:t}`goyal2017accurate` let the rate rise slowly over the first epochs, a
# *warm-up*, since the start bears less. For Adam, which divides by the gradient's size,
# theory and experiments favour $\sqrt B$ {cite:p}`malladi2022sdes`.
#
# ## Do large batches generalise worse?
#
# Large batches are said to end in places that are worse for unseen data
# {cite:p}`keskar2017large`. What is being compared? We train on 512 digits only, in
# batches of 8 and of all 512, both at the rate 0.2, and look at held-out digits. Twenty
# epochs are 1,280 updates in the one case, and 20 in the other. So we train
# both for 1,280 updates, and look at the same runs twice. On the way we keep the
# weights at which the training loss first falls below 0.03; they serve in the next
# section.

# %%
x_512, y_512 = x[:512], y[:512]
marks = sorted({*range(1, 21), *range(64, 1281, 64), 24, 32, 40, 48})


def train_on_512(B, alpha, updates):
    """Held-out accuracy at each mark, and the weights at the loss 0.03."""
    draws, theta = [np.random.default_rng(seed + 20) for seed in seeds], starts
    seen, kept = {}, [None] * len(seeds)
    for t in range(1, updates + 1):
        theta = step(theta, np.float32(alpha), *draw(B, draws, x_512, y_512))
        if t in marks:
            seen[t] = accuracy(theta, x_held_out, y_held_out)
        if t % 5 == 0:
            for k in np.flatnonzero(loss(theta, x_512, y_512) < 0.03):
                kept[k] = kept[k] or [p[k] for p in theta]
    return seen, kept


# %%
runs = {
    "$B$ = 8": train_on_512(8, 0.2, 1280),
    "$B$ = 512": train_on_512(512, 0.2, 1280),
    "$B$ = 512, $\\alpha$ = 0.8": train_on_512(512, 0.8, 320),
}
seen_8, seen_512, seen_512_fast = (seen for seen, _ in runs.values())
per_epoch = {
    "$B$ = 8, 64 updates each": [seen_8[64 * e] for e in range(1, 21)],
    "$B$ = 512, 1 update each": [seen_512[e] for e in range(1, 21)],
    "$B$ = 512 at $\\alpha$ = 0.8": [seen_512_fast[e] for e in range(1, 21)],
}
per_update = {
    "$B$ = 8": [seen_8[t] for t in marks],
    "$B$ = 512": [seen_512[t] for t in marks],
}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 21),
        {name: np.transpose(each) for name, each in per_epoch.items()},
        x_label="epoch",
        y_label="accuracy on held-out digits",
        markers=True,
    ),
    "batch-equal-epochs",
    caption="Accuracy on held-out digits after equal epochs; mean and range of three "
    "networks, at the rate 0.2 where none is named. After 20 epochs the large batch is "
    "far behind, a little less so at a larger rate: it has made 20 updates, the "
    "small one 1,280.",
    alt="Three curves. After 20 epochs: "
    + ", ".join(
        f"{name} {np.mean(each[-1]):.3f}"
        for name, each in zip(
            ("B = 8", "B = 512", "B = 512 at rate 0.8"), per_epoch.values(), strict=True
        )
    )
    + ".",
)

# %% tags=["hide-input"]
show(
    curves(
        marks,
        {name: np.transpose(each) for name, each in per_update.items()},
        x_label="update",
        y_label="accuracy on held-out digits",
        x_scale="log",
    ),
    "batch-equal-updates",
    caption="The same runs, against updates. Now the large batch is ahead at first, "
    "and the two end level. The gap of 20 epochs was one of training, not of "
    "generalisation.",
    alt="Two rising curves, that of the large batch first. They end at "
    f"{np.mean(seen_8[1280]):.3f} (B = 8) and {np.mean(seen_512[1280]):.3f} (B = 512).",
)

# %%
claim(
    "batch-equal-epochs-gap",
    "After 20 epochs each, batches of 8 are far ahead of batches of 512 on held-out "
    "digits: difference in accuracy, for each network.",
    measured=100 * (seen_8[1280] - seen_512[20]),
    above=10,
    unit="points",
)
claim(
    "batch-equal-updates-no-gap",
    "After 1,280 updates each, batches of 8 and of 512 are level on held-out digits: "
    "size of the difference in accuracy, for each network.",
    measured=100 * np.abs(seen_8[1280] - seen_512[1280]),
    below=3,
    unit="points",
)
claim(
    "batch-tuned-rate-narrows-the-gap",
    "A rate of 0.8 in place of 0.2 helps batches of 512, which lag at equal epochs: "
    "points of held-out accuracy gained after 20 epochs, for each network.",
    measured=100 * (seen_512_fast[20] - seen_512[20]),
    above=2,
    unit="points",
)

# %% [markdown]
# Much of the reported gap is of this kind: unequal training, or a rate tuned for one
# size only {cite:p}`hoffer2017train,shallue2019measuring`. Is all of it? Digits are
# easy. We try 500 noisy signals of MNIST-1D, which a network can learn by heart
# while it gets most of the unseen ones wrong. All train until the training loss
# is 0.2, twelve networks each: batches of 8 at the rate 0.2, and of 500 at two rates.

# %%
(x_noisy, y_noisy), (x_unseen, y_unseen) = load_mnist1d()
x_noisy, y_noisy = x_noisy[:500], y_noisy[:500]
twelve = range(12)


def accuracy_at_loss(target, B, alpha, look, limit=4000):
    """Accuracy on unseen signals where the training loss first is below the target."""
    draws = [np.random.default_rng(k + 20) for k in twelve]
    theta = first_weights(40, twelve)
    found = np.full(len(twelve), np.nan)
    for t in range(1, limit + 1):
        theta = step(theta, np.float32(alpha), *draw(B, draws, x_noisy, y_noisy))
        if t % look == 0:
            new = (loss(theta, x_noisy, y_noisy) < target) & np.isnan(found)
            found[new] = accuracy(theta, x_unseen, y_unseen)[new]
            if not np.isnan(found).any():
                break
    return 100 * found


# %%
noisy = {
    "small": accuracy_at_loss(0.2, 8, 0.2, look=25),
    "large": accuracy_at_loss(0.2, 500, 0.8, look=5),
    "large-fast": accuracy_at_loss(0.2, 500, 3.2, look=5),
}
for name, percent in noisy.items():
    quote(f"batch-noisy-{name}", f"{percent.mean():.1f} ± {percent.std():.1f} %")
claim(
    "batch-noisy-gap",
    "On 500 noisy signals, at the same training loss, batches of 8 read unseen signals "
    "better than batches of 500 at the rate 0.8: difference of the mean accuracies.",
    measured=noisy["small"].mean() - noisy["large"].mean(),
    above=0.5,
    unit="points",
)
claim(
    "batch-noisy-gap-closes",
    "On noisy signals batches of 500 at the rate 3.2 are nearly as good as batches of "
    "8: their gap, in parts of that at the rate 0.8.",
    measured=(noisy["small"].mean() - noisy["large-fast"].mean())
    / (noisy["small"].mean() - noisy["large"].mean()),
    below=0.6,
)

# %% [markdown]
# The small batch was ahead, {glue:text}`batch-noisy-small` against
# {glue:text}`batch-noisy-large` (mean and standard deviation). Noise acts as a mild
# regulariser here, one would say. But at four times the rate the large batch had
# {glue:text}`batch-noisy-large-fast`, without any noise. A large enough rate did most
# of what the small batch had done.
#
# ## Sharp minima
#
# Where large batches do worse, the usual explanation is sharpness. Are their minima
# sharper, and does it matter? A *sharp* minimum is one where the loss rises steeply
# around the weights, measured by the largest curvature $\lambda_{\max}$ of the training
# loss. Curvature depends on how far training has come, so we compare at
# the same training loss, 0.03: the weights that we kept. `sharpness` finds
# $\lambda_{\max}$ by power iteration.

# %%
probe = mlp(64, (32,), 10)


def sharpness_of(theta):
    weights = probe.get_weights()
    probe.set_weights([p.reshape(w.shape) for p, w in zip(theta, weights, strict=True)])
    return sharpness(
        lambda: cross_entropy(y_512, probe(x_512)),
        probe.trainable_variables,
        tolerance=0.01,
    )


at_loss = {name: kept for name, (_, kept) in runs.items()}
sharp = {
    name: np.array([sharpness_of(theta) for theta in kept])
    for name, kept in at_loss.items()
}
matched = [loss(theta, x_512, y_512) for kept in at_loss.values() for theta in kept]
claim(
    "batch-losses-matched",
    "Networks whose sharpness is compared have about the same training loss: lowest "
    "and highest of nine.",
    measured=[min(matched), max(matched)],
    above=0.02,
    below=0.031,
)

# %% [markdown]
# ### Sharp by another name
#
# Before we look, a warning. Take the smallest network of two layers: the output
# is $uv$ and should be 1, so $L = \tfrac12(uv - 1)^2$. All points with $uv = 1$ are the
# same function and have the same loss, 0. The curvature there is
# $\lambda_{\max} = u^2 + v^2$: 2 at $(1, 1)$, and 100.01 at $(10, \tfrac1{10})$. The
# same holds for ReLU layers. Multiply $W_1$ and $b_1$ by $a$ and divide $W_2$ by $a$:
# no output changes, and the sharpness does {cite:p}`dinh2017sharp`. We do that to the
# small-batch networks, with $a = 3$.

# %%


def rescaled(theta, a):
    W1, b1, W2, b2 = theta
    return [W1 * a, b1 * a, W2 / a, b2]


of_8 = at_loss["$B$ = 8"]
same_function = [rescaled(theta, np.float32(3)) for theta in of_8]
sharp["$B$ = 8, rescaled"] = np.array([sharpness_of(each) for each in same_function])
at_loss["$B$ = 8, rescaled"] = same_function
reads = {
    name: np.array([accuracy(theta, x_held_out, y_held_out) for theta in kept])
    for name, kept in at_loss.items()
}

# %% tags=["hide-input"]
show(
    scatter(
        {name: (sharp[name], reads[name]) for name in sharp},
        x_label="sharpness $\\lambda_{\\max}$ (loss/θ²)",
        y_label="accuracy on held-out digits",
    ),
    "batch-sharpness",
    caption="Sharpness and held-out accuracy at the training loss 0.03, three networks "
    "each, at the rate 0.2 where none is named. At equal rate the large batch is "
    "sharper, and a little behind. At a larger rate it is less so. Rescaled, the "
    "small-batch networks are the sharpest of all, and read what they read before.",
    alt="Four groups of three points, accuracies between "
    f"{min(each.min() for each in reads.values()):.3f} and "
    f"{max(each.max() for each in reads.values()):.3f}. Mean sharpness: "
    + ", ".join(
        f"{name.replace('$', '')} {each.mean():.2f}" for name, each in sharp.items()
    ).replace("\\alpha", "rate")
    + ".",
)

# %%
claim(
    "batch-large-is-sharper",
    "At equal rate and equal training loss batches of 512 end sharper than batches of "
    "8: sharpness of the former over that of the latter, for each network.",
    measured=sharp["$B$ = 512"] / sharp["$B$ = 8"],
    above=1.2,
)
claim(
    "batch-larger-rate-is-flatter",
    "A larger rate makes networks trained in batches of 512 flatter: sharpness at the "
    "rate 0.2 over that at 0.8, at equal training loss, for each network.",
    measured=sharp["$B$ = 512"] / sharp["$B$ = 512, $\\alpha$ = 0.8"],
    above=1.1,
)
claim(
    "batch-sharper-hardly-worse",
    "The sharper networks are hardly worse on held-out digits: points that batches of "
    "512 lose to batches of 8 at equal training loss, for each network.",
    measured=100 * (reads["$B$ = 8"] - reads["$B$ = 512"]),
    below=3,
    unit="points",
)

# %%
claim(
    "batch-rescaling-changes",
    "Multiplying one layer by 3 and dividing the next by 3 changes the sharpness: "
    "after over before, for each network.",
    measured=sharp["$B$ = 8, rescaled"] / sharp["$B$ = 8"],
    above=2,
)
claim(
    "batch-rescaling-keeps-the-function",
    "Multiplying one layer by 3 and dividing the next by 3 changes no output: largest "
    "difference of a logit on held-out digits, over the largest logit.",
    measured=max(
        np.abs(forward(a, x_held_out)[1] - forward(b, x_held_out)[1]).max()
        / np.abs(forward(b, x_held_out)[1]).max()
        for a, b in zip(same_function, of_8, strict=True)
    ),
    below=1e-4,
)

# %% [markdown]
# So large batches did end sharper, {glue:text}`batch-large-is-sharper` times, and
# {glue:text}`batch-sharper-hardly-worse` behind, a few of 450 images. Part of the
# sharpness belongs to the rate: the same exact steps end flatter at 0.8. Where steps
# are noisy, the ratio $\alpha/B$ seems to count more than $B$ itself
# {cite:p}`jastrzebski2017three`. That sharpness is the *cause* of the difference does
# not follow. It can be tripled without touching the function, so by itself it cannot
# say how the function generalises.
#
# ## Bias and variance, which are not the gradient's
#
# Small batches are said to have lower bias and higher variance. Do they? In statistics
# the words belong to the learned model. Train many networks, each on data of its own.
# Let $f_k(x)$ be what network $k$ says, $\bar f(x)$ their mean and $f(x)$ the truth.
# Then the mean squared error has two parts {cite:p}`geman1992neural`:
#
# $$
# \big\langle (f_k(x) - f(x))^2 \big\rangle
# = \underbrace{(\bar f(x) - f(x))^2}_{\text{bias}^2}
# + \underbrace{\big\langle (f_k(x) - \bar f(x))^2 \big\rangle}_{\text{variance}}
# $$ (eq-batch-bias-variance)
#
# Bias is what all get wrong together, and the sign of *underfitting*. Variance is how
# far they differ, and the sign of *overfitting*.
#
# We learn $\sin x$ from 32 noisy points, with 12 tanh units: twenty data sets, with a
# network for each, and that three times over. $B = 4$ and $B = 32$, which is all
# points, get the same rate. The library's `bias_variance` splits the error.

# %%
grid = np.linspace(-3, 3, 61, dtype="float32")[:, None]
many = np.random.default_rng(40)
x_sets = many.uniform(-3, 3, size=(60, 32, 1)).astype("float32")
y_sets = np.sin(x_sets) + 0.3 * many.normal(size=x_sets.shape).astype("float32")
first_curves = [
    many.normal(size=shape).astype("float32") * scale
    for shape, scale in [((60, 1, 12), 1), ((60, 1, 12), 1), ((60, 12, 1), 0.3)]
] + [np.zeros((60, 1, 1), "float32")]


def curve_step(theta, alpha, x, y):
    """One step on the squared error of sixty networks."""
    W1, b1, W2, b2 = theta
    h = np.tanh(x @ W1 + b1)
    delta_2 = (h @ W2 + b2 - y) / np.float32(x.shape[1])
    delta_1 = (delta_2 @ W2.swapaxes(1, 2)) * (1 - h**2)
    slopes = [x.swapaxes(1, 2) @ delta_1, delta_1.sum(axis=1, keepdims=True)]
    slopes += [h.swapaxes(1, 2) @ delta_2, delta_2.sum(axis=1, keepdims=True)]
    return [p - alpha * g for p, g in zip(theta, slopes, strict=True)]


# %%
looks = (60, 120, 250, 500, 1000, 2000, 4000)


def learned_curves(B, falling=False):
    """Bias² and variance of three times twenty networks, at each look."""
    random, theta, found = np.random.default_rng(41), first_curves, []
    which = np.arange(60)[:, None]
    for t in range(1, 4001):
        alpha = 0.1 * min(1, 2 - t / 2000) if falling else 0.1
        drawn = random.integers(32, size=(60, B)) if B < 32 else np.arange(32)
        batch = x_sets[which, drawn], y_sets[which, drawn]
        theta = curve_step(theta, np.float32(alpha), *batch)
        if t in looks:
            W1, b1, W2, b2 = theta
            f_k = (np.tanh(grid @ W1 + b1) @ W2 + b2)[..., 0].reshape(3, 20, 61)
            found.append(bias_variance(f_k, np.sin(grid[:, 0])))
    return np.transpose(found, (1, 2, 0))  # bias² and variance, (repeats, looks) each


# %%
small_batch, all_points = learned_curves(4), learned_curves(32)
small_falling = learned_curves(4, falling=True)
all_falling = learned_curves(32, falling=True)
equal_pass = looks.index(500)  # 4,000 updates of 4 read as much as 500 of 32

# %% tags=["hide-input"]
show(
    curves(
        looks,
        {
            "bias², $B$ = 4": small_batch[0],
            "bias², $B$ = 32": all_points[0],
            "variance, $B$ = 4": small_batch[1],
            "variance, $B$ = 32": all_points[1],
        },
        x_label="updates",
        y_label="part of the squared error",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "batch-bias-variance",
    caption="Bias and variance of networks that learn $\\sin x$, against updates; mean "
    "and range of three times twenty data sets. Bias falls with the updates, at "
    "both sizes. What the small batch has more of is variance.",
    alt="Four curves. After 4,000 updates bias² is "
    f"{small_batch[0][:, -1].mean():.2g} (B = 4) and {all_points[0][:, -1].mean():.2g} "
    f"(B = 32), variance {small_batch[1][:, -1].mean():.2g} and "
    f"{all_points[1][:, -1].mean():.2g}. Bias² of B = 32 after 500 updates is "
    f"{all_points[0][:, equal_pass].mean():.2g}.",
)

# %%
bias_large, variance_large = all_points.mean(axis=1)
bias_small, variance_small = small_batch.mean(axis=1)
claim(
    "batch-bias-is-undertraining",
    "The bias of a large batch, B = 32, is a lack of updates: its mean bias² after 500 "
    "updates over that after 4,000.",
    measured=bias_large[equal_pass] / bias_large[-1],
    above=2,
)
claim(
    "batch-bias-equal-epochs",
    "After equal epochs, not updates, the large batch has more bias: mean bias² of B = "
    "32 after 500 updates over that of B = 4 after 4,000.",
    measured=bias_large[equal_pass] / bias_small[-1],
    above=2,
)
claim(
    "batch-bias-equal-updates",
    "After equal updates the large batch has no more bias than the small one: mean "
    "bias² of B = 32 over that of B = 4, both after 4,000.",
    measured=bias_large[-1] / bias_small[-1],
    below=1,
)

# %%
claim(
    "batch-variance-of-small",
    "At a constant rate the models of small batches have more variance: B = 4 over "
    "B = 32 after 4,000 updates, for each of three repeats.",
    measured=small_batch[1][:, -1] / all_points[1][:, -1],
    above=1.2,
)
claim(
    "batch-variance-falls-with-the-rate",
    "A rate that falls to zero removes most of a small batch's excess variance: excess "
    "of B = 4 over B = 32 at a falling rate, in parts of that at a constant one.",
    measured=(small_falling[1][:, -1].mean() - all_falling[1][:, -1].mean())
    / (variance_small[-1] - variance_large[-1]),
    below=0.5,
)

# %% [markdown]
# Bias was a matter of updates, not of batch size. What the small batch has more of is
# variance. The excess is its noise floor, proportional to $\alpha/B$
# ({doc}`A cheap, noisy gradient <07_stochastic_gradients>`): the weights tremble around
# the minimum, so each model ends elsewhere. That is not exploration. When the rate
# fell, it went.
#
# A floor is not the worst that can happen to a small batch. At a rate that suits a
# large one, single examples do not learn.

# %%
at_point_four = {}
for B in (1, 64):
    draws = [np.random.default_rng(seed + 50) for seed in seeds]
    theta = starts
    for _ in range(300):
        theta = step(theta, np.float32(0.4), *draw(B, draws))
    at_point_four[B] = loss(theta, x, y)
claim(
    "batch-one-fails-at-a-large-rate",
    "At the rate 0.4 single examples fail where batches of 64 learn: training loss "
    "after 300 updates over theirs, for each network.",
    measured=at_point_four[1] / at_point_four[64],
    above=3,
)
claim(
    "batch-one-does-not-learn",
    "At the rate 0.4 single examples do not learn at all: training loss after 300 "
    "updates over that at the start, for each network.",
    measured=at_point_four[1] / loss(starts, x, y),
    above=0.8,
)

# %% [markdown]
# ## How to choose
#
# 1. Start where the hardware is busy: time an update at 32, 64, 128, … and stop where
#    doubling $B$ doubles its time, or where memory ends.
# 2. Do not go far beyond the critical size: see whether doubling $B$, with the rate
#    tuned, still lowers the updates to the goal.
# 3. Keep enough updates: at a fixed number of epochs, a larger batch makes fewer.
# 4. With every new $B$ search the rate anew, from $\alpha \propto B$ for SGD
#    and $\alpha \propto \sqrt B$ for Adam.
# 5. If more does not fit, add up gradients. If the model overfits, a smaller batch or a
#    larger rate is one remedy to try among others.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} Smaller batches converge in fewer iterations or epochs.
# :verdict: wrong
# :question: batch-size-effects
# :claims: batch-small-needs-more-updates, batch-small-needs-fewer-epochs
#
# Fewer epochs, and not fewer iterations ({numref}`batch-updates-epochs`). At the same
# rate single examples took {glue:text}`batch-small-needs-more-updates` times the
# updates of batches of 64. They "adapt quickly" per epoch only, by updating more often.
# :::
#
# :::{popular-answer} Large batches are steadier but slower.
# :verdict: imprecise
# :question: choosing-batch-size
# :claims: batch-tuned-updates-fall, batch-tuned-epochs-rise, batch-middle-is-fastest
#
# They need more epochs, but fewer updates if the rate is tuned, up to the critical
# size. In seconds the middle won.
# :::
#
# :::{popular-answer} Small batches have lower bias because they overfit.
# :verdict: wrong
# :question: choosing-batch-size
# :claims: batch-gradient-unbiased, batch-bias-equal-updates, batch-bias-equal-epochs
#
# The gradient is unbiased at every size. The model's bias is lower only against a large
# batch that has made fewer updates ({numref}`batch-bias-variance`).
# :::
#
# :::{popular-answer} Their variance is higher owing to exploration.
# :verdict: imprecise
# :question: choosing-batch-size
# :claims: batch-variance-of-small, batch-variance-falls-with-the-rate
#
# It is higher, at a constant rate: the noise floor. A falling rate takes most of the
# excess away.
# :::
#
# :::{popular-answer} Large batches have higher bias as they fit the data too closely.
# :verdict: wrong
# :question: choosing-batch-size
# :claims: batch-bias-is-undertraining, batch-bias-equal-updates
#
# Fitting too closely is overfitting: low bias, high variance. A large batch with
# bias is *under*fitted: it made too few updates. Lower variance it has, at a constant
# rate.
# :::
#
# :::{popular-answer} Small batches generalise better because noise regularises.
# :verdict: imprecise
# :question: choosing-batch-size
# :claims: batch-equal-epochs-gap, batch-equal-updates-no-gap, batch-noisy-gap-closes
#
# On digits nearly the whole gap was one of updates. On noisy signals there was one of
# {glue:text}`batch-noisy-gap`, and a larger rate for the large batch closed most of it.
# :::
#
# :::{popular-answer} Large batches find sharp minima that generalise worse.
# :verdict: imprecise
# :question: choosing-batch-size
# :claims: batch-large-is-sharper, batch-sharper-hardly-worse, batch-rescaling-changes
#
# Sharper at equal rate, yes, and here {glue:text}`batch-sharper-hardly-worse` worse at
# equal training loss. But sharpness can be changed without changing the function.
# :::
#
# Other sayings are right once the missing words are put in.
#
# :::{popular-answer} Very small batches may fail to converge, and under-use hardware.
# :verdict: right
# :question: choosing-batch-size
# :claims: batch-one-fails-at-a-large-rate, batch-one-does-not-learn,
# :  batch-epoch-slowest-at-one
#
# At a fixed rate. Likewise they "may end at suboptimal points or oscillate". A smaller
# or a falling rate lets them converge.
# :::
#
# :::{popular-answer} Small batches take longer and less memory; all data may not fit.
# :verdict: right
# :question: batch-size-effects
# :claims: batch-epoch-slowest-at-one, batch-memory-linear, batch-update-dearer-with-all
#
# Longer per epoch; an update is quicker. And all data fit if their gradients are added
# up from parts.
# :::
#
# ## What we saw
#
# - Below the noise scale an example is worth its price; above it a step is as good as
#   it gets ({numref}`batch-one-step`).
# - With growing $B$ updates fall and flatten, epochs rise
#   ({numref}`batch-updates-epochs`). The clock prefers the middle.
# - The rate may grow with $B$, up to what the curvature allows
#   ({numref}`batch-scaling`).
# - Most of the gap between batch sizes was unequal training
#   ({numref}`batch-equal-epochs`, {numref}`batch-equal-updates`) and, on noisy signals,
#   an untuned rate.
# - At equal rate large batches ended sharper, and hardly worse; sharpness can be
#   tripled without changing a single answer ({numref}`batch-sharpness`).
#
# One thing a larger batch does not cure. Once the noise is gone, the rate is bounded by
# the steepest direction, and the flat ones wait. Batches of all 1,347 digits needed
# about as many updates as batches of 256. What can be done with an exact gradient in a
# narrow valley is the question of the next chapter,
# {doc}`Momentum and curvature <09_momentum_and_curvature>`.
#
# ## In an interview
#
# :::{interview-card} What goes wrong with very small or large batches; how to choose?
# :id: choosing-batch-size
# :figure: batch-one-step
#
# Small $B$: noisy gradients (variance $\propto 1/B$), many cheap updates, idle
# hardware, a smaller $\alpha$. Large $B$: an accurate gradient, few updates per epoch,
# a larger $\alpha$, and diminishing returns beyond the critical size, about
# $V_1/\lVert\bar g\rVert^2$. The gradient is unbiased at every $B$; that has nothing to
# do with the model's bias and variance. Much of the reported generalisation gap of
# large batches is fewer updates and untuned rates; they end sharper, which need not
# mean worse. Recipe: the largest $B$ that fits, still speeds up and leaves
# enough updates; scale $\alpha$ with $B$; tune both.
# :::
#
# :::{interview-card} How does batch size affect training time, memory and convergence?
# :id: batch-size-effects
# :figure: batch-updates-epochs
#
# Time per epoch falls with $B$ until the hardware is saturated. Activation memory grows
# linearly in $B$; the weights' does not. Per epoch small batches progress
# faster, since they make more updates; per update they do not. With a tuned rate the
# updates to a target fall with $B$, then flatten at the critical batch size. At a
# constant rate the noise floor is proportional to $\alpha/B$.
# :::
#
# ## Exercises
#
# 1. **Recall.** How many updates does Keras's `fit` make in ten epochs of 1,347
#    examples with $B = 64$? And how many batches does `shuffled_batches` return?
#
#    :::{dropdown} Solution
#    $10\cdot\lceil 1347/64\rceil = 220$, and 210: it leaves the last, smaller batch
#    out.
#    :::

# %% tags=["hide-cell"]
claim(
    "batch-exercise-count",
    "Exercise 1: the batches of ten epochs without the last, smaller ones.",
    measured=len(shuffled_batches(1347, epochs=10, batch_size=64)),
    equals=210,
)

# %% [markdown]
# 2. **By hand.** At $B = B_\text{noise}$, what is the best rate for our one weight,
#    what share of the loss does a step remove, and how many examples does the path to
#    the goal cost, against a very small batch?
#
#    :::{dropdown} Solution
#    A half, and a half. It takes twice $U_\text{min}$ updates, so $2 B_\text{noise}
#    U_\text{min}$ examples, against $B_\text{noise} U_\text{min}$ for $B \to 0$: twice
#    the fewest updates and twice the fewest examples. That is the compromise.
#    :::

# %% tags=["hide-cell"]
claim(
    "batch-exercise-half",
    "Exercise 2: share removed at the rate 1/2 by a step of B_noise numbers, rounded.",
    measured=share_removed(round(B_noise), 0.5),
    above=0.47,
    below=0.53,
)

# %% [markdown]
# 3. **Predict, then run.** For $L = \tfrac12(uv-1)^2$, gradient descent with
#    $\alpha = 0.25$ starts beside the minimum $(3, \tfrac13)$. Does it stay there?
#    Where does it go?
#
#    :::{dropdown} Solution
#    The sharpness there is $9.1$, and a rate of 0.25 cannot rest where it exceeds
#    $2/\alpha = 8$. It jumps out and comes to rest at another point with $uv = 1$,
#    which is flatter. A large rate shuns sharp minima; it needs no noise for that.
#    :::

# %% tags=["hide-cell"]
u, v, farthest = 3.0, 0.334, 0.0
for _ in range(200):
    error = u * v - 1
    farthest = max(farthest, abs(error))
    u, v = u - 0.25 * error * v, v - 0.25 * error * u
claim(
    "batch-exercise-leaves-sharp",
    "Exercise 3: gradient descent leaves the sharp minimum: largest |uv − 1| on the "
    "way, from 0.002.",
    measured=farthest,
    above=0.3,
)
claim(
    "batch-exercise-rests-flat",
    "Exercise 3: gradient descent rests where the sharpness is below 2/α = 8: u² + v² "
    "at the end.",
    measured=u**2 + v**2,
    above=2,
    below=8,
)

# %% [markdown]
# 4. **Code.** Take the first small-batch network and rescale it by $a = \tfrac13$ and
#    $a = 3$. Does either make it flatter than training did?
#
#    :::{dropdown} Solution
#    No, both make it sharper: training ended nearer to the flattest of these copies
#    than either is. With larger factors they get ever sharper.
#    :::

# %% tags=["hide-cell"]
by_scale = [sharpness_of(rescaled(of_8[0], np.float32(a))) for a in (1 / 3, 3)]
claim(
    "batch-exercise-both-sharper",
    "Exercise 4: sharpness after rescaling by 1/3 and by 3, over that before.",
    measured=np.array(by_scale) / sharp["$B$ = 8"][0],
    above=1.5,
)

# %% [markdown]
# 5. **Think.** A colleague trained for 30 epochs with $B = 32$ and $B = 4096$, both at
#    $\alpha = 0.1$, and reports that large batches generalise worse. What do you ask?
#
#    :::{dropdown} Solution
#    How many updates each made (128 times fewer). Whether the training losses are
#    equal. Whether the rate was tuned for 4096. Over how many seeds. Whether the
#    schedule was counted in epochs.
#    :::
#
# 6. **Think.** You train at $B = 256$, $\alpha = 0.4$ with SGD. Memory allows only 32.
#    Name two ways to go on, and what each costs.
#
#    :::{dropdown} Solution
#    Add up eight batches of 32: the same path, the same number of examples, memory
#    for one more number a weight, and eight small passes for each step. Or take
#    $B = 32$ and $\alpha = 0.05$: the same progress per epoch as far as linear scaling
#    holds, with eight times the updates. Layers that look across the batch, such as
#    batch normalization, see 32 examples in both.
#    :::
#
# 7. **Open.** The noise scale grows during training. Should the batch size? What
#    would you have to change together with it?
#
#    :::{dropdown} Solution
#    Raising $B$ lowers the noise as lowering $\alpha$ does, at fewer updates. So one
#    may raise $B$ where one would lower $\alpha$, up to the size where the hardware is
#    saturated {cite:p}`smith2018dont`.
#    :::
#
# ## Further reading
#
# {cite:t}`shallue2019measuring` count updates to a target on many tasks and review the
# disagreements. {cite:t}`mccandlish2018empirical`, section 2, derives the noise scale.
# {cite:t}`keskar2017large` and {cite:t}`dinh2017sharp` are the two sides on sharpness;
# {cite:t}`hoffer2017train` and {cite:t}`masters2018revisiting` those on generalisation.
# {cite:t}`goyal2017accurate` is on linear scaling.
#
# :::{parts-used}
# :::
