# %% [markdown]
# # A cheap, noisy gradient goes far and does not come to rest
#
# {doc}`The training loop <06_training_loop>` made its promises for the exact gradient:
# below a known learning rate the loss falls at every step, and in a bowl it reaches the
# bottom. Yet its batches held 64 digits of 1,347. Their gradient is not the exact one.
# This chapter asks what a gradient from a few examples is worth, and what it costs.
#
# This chapter answers: **What is stochastic gradient descent, and why is it used for
# neural networks? How do gradient descent and stochastic gradient descent differ in
# cost, convergence and sensitivity? Why does stochastic gradient descent fluctuate
# around a minimum instead of settling? How do batch, mini-batch and single-sample
# gradient descent compare?**

# %%
import keras
import numpy as np

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, scatter
from dlbook.measures import (
    draw_batches,
    gradient_variance,
    gradients,
    median_times,
    path_difference,
    training_path,
    variance_of_batches,
)
from dlbook.models import mlp
from dlbook.optimizers import SGD
from dlbook.page import quote, show
from dlbook.training import descend, shuffled_batches

# %% [markdown]
# ## The idea: the middle of a thousand numbers
#
# What happens if a step looks at one example only? Take a thousand numbers $x_i$ and
# one weight $\theta$ that is to be their middle. The loss of one example is
# $\ell_i = \tfrac12(\theta - x_i)^2$, its slope $\theta - x_i$. The mean of all slopes
# is $\theta - \bar x$. So the exact step goes towards the mean $\bar x$, and the step
# on one example towards that example.

# %%
numbers = np.random.default_rng(0).normal(2, 1, size=1000)
middle = numbers.mean()


def slope_of(batch_size, seed):
    """The slope of the loss on numbers drawn at random; θ may hold many weights."""
    random = np.random.default_rng(seed)

    def slope(theta):
        drawn = random.choice(numbers, size=(*theta.shape, batch_size))
        return theta - drawn.mean(axis=-1)

    return slope


def exact_slope(theta):
    return theta - middle


# %%
slopes = {"all 1,000": exact_slope, "16": slope_of(16, seed=0), "1": slope_of(1, 1)}
one_weight = {
    f"{name} examples a step" if name != "1" else "1 example a step": descend(
        SGD(0.1), slope, [0.0], 100
    )[:, 0]
    for name, slope in slopes.items()
}
last_fifty = {name: np.std(path[50:]) for name, path in one_weight.items()}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(101),
        one_weight,
        x_label="step $t$",
        y_label="weight $\\theta_t$",
    ),
    "sgd-one-weight",
    caption="A weight on its way to the mean of a thousand numbers, at the learning "
    "rate 0.1. All three arrive at about the same time. The exact one stays. The "
    "others go on trembling, the more the fewer examples a step sees.",
    alt="Three curves that rise from 0 to 2. Standard deviation in the last 50 steps: "
    + ", ".join(f"{size:.2g} with {name}" for name, size in last_fifty.items())
    + ".",
)

# %%
again = [descend(SGD(0.1), exact_slope, [0.0], 100) for _ in range(10)]
claim(
    "sgd-exact-path-repeats",
    "Gradient descent has one path: largest spread of ten runs from the same start.",
    measured=np.ptp(again, axis=0).max(),
    equals=0,
)
claim(
    "sgd-mean-of-slopes",
    "The slopes of the single examples have the exact slope for their mean: "
    "difference.",
    measured=abs(np.mean(1.5 - numbers) - exact_slope(1.5)),
    below=1e-12,
)

# %% [markdown]
# One example cost a thousandth of the exact step and led to the same place. It did not
# stay there. The rest of the chapter is about these two facts.
#
# ## The rule: a batch in place of all
#
# How is the step of a network's weights written? Draw a set $\mathcal B$ of $B$
# examples at random, and take the mean of their gradients:
#
# $$
# \theta \leftarrow \theta - \alpha\, g, \qquad
# g = \frac1B \sum_{i\in\mathcal B} \nabla\ell_i(\theta)
# $$ (eq-sgd)
#
# This is *stochastic gradient descent*, SGD; stochastic means random. Its ancestor is
# the search for a zero by noisy measurements {cite:p}`robbins1951stochastic`. Three
# names differ in $B$ only. $B = N$ is *batch* or *full-batch* gradient descent, $B = 1$
# is SGD in the strict sense, and anything between is *mini-batch* gradient descent. In
# practice "SGD" means mini-batches, drawn without replacement: the examples are
# shuffled anew for each epoch. The optimizer does not know $B$; it is handed $g$. With
# `momentum` 0 the code below is {eq}`eq-sgd`:
#
# ```{literalinclude} ../dlbook/optimizers/sgd.py
# :pyobject: SGD.step
# :language: python
# :dedent: 4
# ```
#
# The network is one with 32 tanh units that reads digits. Its gradient is written out
# as in {doc}`Backpropagation <05_backpropagation>`, since a small batch passes NumPy
# faster than it passes Keras. All 2,410 weights stand in one row $\theta$.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
x, x_held_out = x_train.astype("float64"), x_test.astype("float64")
N = len(x)
everyone = np.arange(N)


def layers_of(theta):
    """The kernels and biases that stand in the row θ."""
    W1, b1, W2, b2 = np.split(theta, [2048, 2080, 2400])
    return W1.reshape(64, 32), b1, W2.reshape(32, 10), b2


def forward(theta, x):
    W1, b1, W2, b2 = layers_of(theta)
    h = np.tanh(x @ W1 + b1)
    z = h @ W2 + b2
    return h, z - z.max(axis=1, keepdims=True)


def loss(theta):
    """Cross-entropy, the mean over all training digits."""
    z = np.concatenate([forward(theta, part)[1] for part in np.array_split(x, 11)])
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[everyone, y_train])


# %%
def summed_gradient(theta, rows):
    """The gradients of these training digits, added up."""
    (h, z), y = forward(theta, x[rows]), y_train[rows]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    delta_2 = p - np.eye(10)[y]  # (batch, 10)
    delta_1 = delta_2 @ layers_of(theta)[2].T * (1 - h**2)  # (batch, 32)
    parts = x[rows].T @ delta_1, delta_1.sum(axis=0), h.T @ delta_2, delta_2.sum(axis=0)
    return np.concatenate([part.ravel() for part in parts])


def gradient(theta, rows):
    """The gradient of their mean loss, summed over chunks of 128 at most."""
    chunks = np.split(rows, range(128, len(rows), 128))
    return sum(summed_gradient(theta, chunk) for chunk in chunks) / len(rows)


# %%
def flat(arrays):
    return np.concatenate([np.ravel(each) for each in arrays]).astype("float64")


def first_weights(seed):
    return flat(mlp(64, (32,), 10, activation="tanh", seed=seed).get_weights())


seeds = (0, 1, 2)
starts = [first_weights(seed) for seed in seeds]

# %% [markdown]
# ### Keras beside it
#
# In Keras the batch size is an argument of `fit`. We train once by hand and once in
# Keras, on the same batches: with $B = 16$, and with $B = N$, which makes Keras's `SGD`
# plain gradient descent.

# %%


def gap_to_keras(batch_size, steps):
    """Largest difference of the paths, in parts of the distance travelled."""
    model = mlp(64, (32,), 10, activation="tanh")
    rule = keras.optimizers.SGD(0.1)
    built_in = training_path(model, rule, x_train, y_train, steps, batch_size)
    order = iter(shuffled_batches(N, steps, batch_size))
    by_hand = descend(
        SGD(0.1), lambda theta: gradient(theta, next(order)), starts[0], steps
    )
    return path_difference(by_hand, built_in)[1:].max()


claim(
    "sgd-equals-keras",
    "The network by hand and Keras's take the same path, in 50 steps on batches of 16 "
    "and in 20 on all digits: largest difference, in parts of the distance travelled.",
    measured=[gap_to_keras(16, 50), gap_to_keras(N, 20)],
    below=1e-4,
)

# %%
default = SGD(0.01)
counted = mlp(64, (), 10)
counted.compile(default, keras.losses.SparseCategoricalCrossentropy(from_logits=True))
counted.fit(x_train, y_train, verbose=0)
claim(
    "sgd-keras-default",
    "Without being told, `fit` takes mini-batches of 32: its updates in an epoch of "
    "1,347 digits, against ⌈1347/32⌉ = 43.",
    measured=int(default.iterations),
    equals=43,
)

# %% [markdown]
# ## How noisy is the gradient of a batch?
#
# Is it right on average, and how far is it off? We compute the gradient of every digit
# by itself, at the weights that the network begins with. For a picture we look at two
# numbers of each gradient: its part along the exact gradient, and its part along one
# direction across it, chosen at random.

# %%
exact = gradient(starts[0], everyone)
size = np.linalg.norm(exact)
across = np.random.default_rng(3).normal(size=exact.size)
across -= across @ exact / size**2 * exact
across /= np.linalg.norm(across)


def of_batches(theta, batch_size, batches, seed):
    """The gradients of batches of digits drawn with replacement."""
    drawn = draw_batches((np.arange(N),), batch_size, batches, seed)
    return np.stack([gradient(theta, rows) for (rows,) in drawn])


cloud = {
    f"B = {B}": of_batches(starts[0], B, 300, seed=B) @ np.c_[exact / size, across]
    for B in (1, 16, 256)
}
singles = np.stack([gradient(starts[0], [i]) for i in range(N)])

# %% tags=["hide-input"]
show(
    scatter(
        {name: points.T for name, points in cloud.items()},
        x_label="part along the exact gradient",
        y_label="part across it",
    ),
    "sgd-cloud",
    caption="Gradients of 300 batches of digits, for three sizes of batch. Every cloud "
    "lies around the exact gradient, which has only the first part. Sixteen times the "
    "examples make a cloud a quarter as wide. Left of zero a step leads uphill.",
    alt=f"Three nested clouds around the point ({size:.2g}, 0). Standard deviation "
    "along the exact gradient: "
    + ", ".join(f"{each[:, 0].std():.2g} for {name}" for name, each in cloud.items())
    + ".",
)

# %%
network = mlp(64, (32,), 10, activation="tanh")
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
of_keras = flat(
    gradients(
        lambda: cross_entropy(y_train, network(x_train)), network.trainable_variables
    )
)
claim(
    "sgd-unbiased",
    "The mean of all single-digit gradients is Keras's gradient of the mean loss: "
    "length of the difference, in parts of the gradient's.",
    measured=np.linalg.norm(singles.mean(axis=0) - of_keras) / size,
    below=1e-4,
)
quote("sgd-spread-of-singles", np.sqrt(singles.var(axis=0).sum()) / size)
claim(
    "sgd-some-point-uphill",
    "Some single digits point the wrong way: share of their gradients that lie against "
    "the exact one.",
    measured=100 * np.mean(singles @ exact < 0),
    above=5,
    unit="%",
)

# %% [markdown]
# Right on average is called *unbiased*. How far off is a single one? The root mean
# square of the error is {glue:text}`sgd-spread-of-singles` times the length of the
# gradient itself, and for {glue:text}`sgd-some-point-uphill` of the digits a small step
# by their gradient alone would lead uphill. A mean of $B$ independent draws has a
# $B$-th of their variance. With $V_B$ for the variance summed over all weights,
#
# $$
# V_B = \frac{V_1}{B} \ \text{ with replacement,} \qquad
# V_B = \frac{V_1}{B}\left(1 - \frac{B}{N}\right) \ \text{ without}
# $$ (eq-gradient-variance)
#
# {cite:p}`cochran1977sampling`. Without replacement the last factor makes the noise
# vanish at $B = N$, where there is nothing left to chance.

# %%
batch_sizes = np.array([1, 4, 16, 64, 256, 1024])


def total_variance(each):
    return np.var(each, axis=0, ddof=1).sum()


def shuffled(theta, B, seed):
    """The gradients of 60 batches drawn without replacement."""
    random = np.random.default_rng(seed)
    rows = [random.permutation(N)[:B] for _ in range(60)]
    return np.stack([gradient(theta, each) for each in rows])


with_replacement, without = np.array(
    [
        [
            [total_variance(of_batches(theta, B, 60, seed)) for B in batch_sizes],
            [total_variance(shuffled(theta, B, seed)) for B in batch_sizes],
        ]
        for seed, theta in enumerate(starts)
    ]
).transpose(1, 0, 2)  # (networks, sizes) each

# %% tags=["hide-input"]
show(
    curves(
        batch_sizes,
        {
            "with replacement": with_replacement,
            "without": without,
            "$V_1/B$": total_variance(singles) / batch_sizes,
        },
        x_label="batch size $B$",
        y_label="variance $V_B$ (loss/θ)²",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "sgd-variance",
    caption="Variance of the gradient, summed over all weights, against the batch "
    "size; mean and range of three networks. It falls as 1/B. Only when a batch holds "
    "a large part of all the digits does it matter how they are drawn.",
    alt="Straight lines of slope −1 on logarithmic axes, from "
    f"{with_replacement[:, 0].mean():.2g} at B = 1 to "
    f"{with_replacement[:, -1].mean():.2g} with replacement and "
    f"{without[:, -1].mean():.2g} without at B = 1,024.",
)

# %%
log_sizes = np.log(batch_sizes)
claim(
    "sgd-variance-slope",
    "The variance of a batch's gradient falls with the first power of the batch size: "
    "exponent, for each of three networks.",
    measured=[np.polyfit(log_sizes, np.log(row), 1)[0] for row in with_replacement],
    above=-1.1,
    below=-0.9,
)
V_1 = np.array([total_variance([gradient(t, [i]) for i in range(N)]) for t in starts])
by_theory = [variance_of_batches(V, 1024, examples=N) for V in V_1]
claim(
    "sgd-variance-without-replacement",
    "Drawn without replacement, batches of 1,024 of the 1,347 digits have gradients of "
    "the variance that theory says: measured over theory, for each network.",
    measured=without[:, -1] / by_theory,
    above=0.7,
    below=1.4,
)
claim(
    "sgd-noise-ranks",
    "A mini-batch of 64 is calmer than one example: variance of the gradient at B = 1 "
    "over that at B = 64, for each network.",
    measured=with_replacement[:, 0] / with_replacement[:, 3],
    above=40,
)

# %% [markdown]
# The library's `gradient_variance` does the same for any Keras model and any loss.
# {numref}`sgd-variance` also says how dear calm is: a tenth of the error in the
# gradient, the root of $V_B$, costs a hundred times the examples.
#
# Theory draws with replacement, `fit` shuffles. Does it matter in training? Ten passes
# in batches of 32, both ways.

# %%


def trained(batches, alpha, seed):
    theta = starts[seed]
    for rows in batches:
        theta = theta - alpha * gradient(theta, rows)
    return theta


shuffled_end = [
    loss(trained(shuffled_batches(N, 10, 32, seed), 0.2, seed)) for seed in seeds
]
drawn_rows = np.random.default_rng(0).integers(N, size=(3, 420, 32))
drawn_end = [loss(trained(drawn_rows[seed], 0.2, seed)) for seed in seeds]
claim(
    "sgd-shuffled-or-drawn",
    "Shuffled batches and independent draws end at about the same training loss: ratio "
    "after ten passes, for each network.",
    measured=np.divide(shuffled_end, drawn_end),
    above=0.7,
    below=1.4,
)

# %% [markdown]
# ## What does a cheap step buy?
#
# Is a noisy step worth its lower price? We train until the loss over all digits is
# below 0.3. Each batch size has a learning rate that was chosen beforehand to suit it.
# What do we count, updates or examples? Both.

# %%


def updates_until(target, batch_size, alpha, seed, copies=1, limit=4000):
    """Updates until the loss is below the target, looked at every few updates."""
    random = np.random.default_rng(seed + 10)
    theta, look = starts[seed], 25 if batch_size < 8 else 5
    for t in range(1, limit + 1):
        drawn = random.integers(copies * N, size=batch_size) % N
        rows = drawn if batch_size < N else everyone
        theta = theta - alpha * gradient(theta, rows)
        if t % look == 0 and loss(theta) < target:
            return t
    return np.inf


suitable = {1: 0.1, 8: 0.4, 64: 0.8, N: 1.6}
updates = np.array(
    [[updates_until(0.3, B, rate, s) for B, rate in suitable.items()] for s in seeds]
)  # (networks, sizes)
passes = updates * np.array(list(suitable)) / N

# %% tags=["hide-input"]
show(
    curves(
        list(suitable),
        {"updates": updates, "passes over the data": passes},
        x_label="batch size $B$",
        y_label="needed for a loss of 0.3",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "sgd-price",
    caption="What it takes to bring the training loss below 0.3, against the batch "
    "size; mean and range of three networks, each size at a suitable learning rate. "
    "Exact steps bear the largest rate and are the fewest. They are also the dearest.",
    alt="Updates fall from "
    f"{updates[:, 0].mean():.0f} at B = 1 to {updates[:, -1].mean():.0f} at B = N, "
    f"while passes rise from {passes[:, 0].mean():.2g} to {passes[:, -1].mean():.0f}.",
)

# %%
claim(
    "sgd-fewer-passes",
    "Single examples reach a training loss of 0.3 in a fraction of the passes of "
    "gradient descent: its passes over theirs, for each network.",
    measured=passes[:, -1] / passes[:, 0],
    above=15,
)
quote("sgd-passes-saved", f"{np.mean(passes[:, -1] / passes[:, 0]):.0f}")
quote("sgd-updates-more", f"{np.mean(updates[:, 0] / updates[:, -1]):.0f}")
quote("sgd-passes-one", f"{passes[:, 0].mean():.2f}")
quote("sgd-passes-all", f"{passes[:, -1].mean():.0f}")
claim(
    "sgd-more-updates",
    "To a training loss of 0.3 single examples take more updates than gradient "
    "descent: theirs over its, for each network.",
    measured=updates[:, 0] / updates[:, -1],
    above=5,
)

# %% [markdown]
# With single examples the network was there after {glue:text}`sgd-passes-one` of a
# pass, where gradient descent read all digits {glue:text}`sgd-passes-all` times. The
# reason is *redundancy*: the second picture of a zero repeats most of what the first
# one said. In the extreme, let every digit be stored ten times.

# %%
tenfold = [updates_until(0.3, 1, 0.1, seed, copies=10) for seed in seeds]
claim(
    "sgd-redundancy",
    "With ten copies of every digit, single-example SGD needs about as many gradients "
    "as without copies: mean with copies over mean without.",
    measured=np.mean(tenfold) / updates[:, 0].mean(),
    above=0.6,
    below=1.6,
)

# %% [markdown]
# Gradient descent takes the same steps as before, each at ten times the price. It is
# the price of a step that grows with $N$, and not the number of steps. A straight-line
# fit to more and more examples shows it. Its rate is $1/\lambda_{\max}$, one over the
# largest curvature of its loss.

# %%


def line_fit(examples, inputs, noise, seed=0):
    """Random examples (A, b) of a linear rule, and the curvatures H of their loss."""
    random = np.random.default_rng(seed)
    A = random.normal(size=(examples, inputs))
    rule = random.normal(size=inputs) / np.sqrt(inputs)
    return A, A @ rule + noise * random.normal(size=examples), A.T @ A / examples


def steps_to_fit(examples):
    A, b, H = line_fit(examples, 10, 0.5)
    lowest = np.linalg.solve(H, A.T @ b / examples)
    rule = SGD(1 / np.linalg.eigvalsh(H)[-1])
    path = descend(rule, lambda theta: H @ (theta - lowest), lowest * 0, 50) - lowest
    return np.argmax(np.sum(path @ H * path, axis=1) / 2 < 1e-6)


steps_by_N = [steps_to_fit(examples) for examples in (1000, 10_000, 100_000)]
claim(
    "sgd-steps-do-not-grow",
    "A hundred times the examples do not take gradient descent more steps: steps at "
    "100,000 examples over steps at 1,000.",
    measured=steps_by_N[2] / steps_by_N[0],
    below=1,
)

# %% [markdown]
# And memory? The gradient of a mean is a mean of gradients. It can be summed chunk by
# chunk, and only one chunk has to fit. `gradient` above does so. Keras has the option
# `gradient_accumulation_steps` of its optimizers.

# %%
at_once = summed_gradient(starts[0], everyone) / N
claim(
    "sgd-chunks-equal-full",
    "The full gradient can be summed in chunks of 128 digits: largest difference from "
    "that of all at once.",
    measured=np.abs(at_once - exact).max(),
    below=1e-9,
)

# %% [markdown]
# ### What does the clock say?
#
# Counting gradients is fair only if each costs the same. It does not: processors work
# on whole arrays, and one example leaves them idle. We time the update of the network,
# as a median of many, and multiply by the updates in a pass.

# %%
one_update = [lambda B=B: gradient(starts[0], everyone[:B]) for B in (1, 32, N)]
update_time = dict(zip((1, 32, N), median_times(one_update, repeats=50), strict=True))
claim(
    "sgd-update-cheapest-at-one",
    "An update is cheapest with one example: time of a full-batch update over it.",
    measured=update_time[N] / update_time[1],
    above=3,
)
claim(
    "sgd-pass-dearest-at-one",
    "A pass over the data is dearest with one example: its time over that of a pass in "
    "batches of 32.",
    measured=update_time[1] * N / (update_time[32] * N / 32),
    above=5,
)

# %% [markdown]
# Which batch size arrives first depends on $N$ as well. We fit a line with 200 inputs
# until the loss is 0.05 above the lowest, from 1,000 and from 20,000 examples. Small
# batches need a smaller rate, $\alpha = \tfrac12/(1 + 200/B)$; the full batch takes
# $1/\lambda_{\max}$. We count the updates and time them.

# %%


def time_to_fit(A, b, H, B):
    """Updates until the loss is 0.05 above the lowest, times the time of one."""
    examples, inputs = A.shape
    lowest = np.linalg.solve(H, A.T @ b / examples)
    full = examples == B
    alpha = 1 / np.linalg.eigvalsh(H)[-1] if full else 0.5 / (1 + inputs / B)
    random, theta, t = np.random.default_rng(1), np.zeros(inputs), 0

    def update(theta):
        rows = slice(None) if full else random.integers(examples, size=B)
        return theta - alpha * A[rows].T @ (A[rows] @ theta - b[rows]) / B

    while (theta - lowest) @ H @ (theta - lowest) / 2 > 0.05 and t < 5000:
        theta, t = update(theta), t + 1
    return t * median_times([lambda: update(theta)])[0]


# %%
fit_time = {
    examples: {B: time_to_fit(*problem, B) for B in (1, 32, 512, examples)}
    for examples in (1000, 20_000)
    for problem in [line_fit(examples, 200, 0.5)]
}

# %%
few, many = fit_time[1000], fit_time[20_000]
claim(
    "sgd-small-data-full-batch",
    "From 1,000 examples the full batch beats single examples by far: time of B = 1 "
    "over it.",
    measured=few[1] / few[1000],
    above=4,
)
claim(
    "sgd-large-data-mini-batch",
    "From 20,000 examples a mini-batch beats single examples and the full batch: time "
    "of B = 1, and of the full batch, over the better of B = 32 and 512.",
    measured=np.array([many[1], many[20_000]]) / min(many[32], many[512]),
    above=1,
)

# %% [markdown]
# So mini-batches are used because they pass both tests: gradients cheap enough to take
# many, and arrays large enough to keep the processor busy. Sizes of 32 to 128 are
# common, and even smaller ones have advocates {cite:p}`masters2018revisiting`.
#
# ## Why does it not settle?
#
# What keeps the weight of {numref}`sgd-one-weight` trembling? At the minimum the mean
# of all gradients is zero. The gradient of a batch is not. Each step therefore carries
# the weight away by $\alpha$ times the noise, and pulls it back by the share
# $\alpha\lambda$, where $\lambda$ is the curvature. In the end both balance. With
# $\sigma^2$ for the variance of a single example's gradient,
#
# $$
# \operatorname{Var}(\theta) = (1 - \alpha\lambda)^2 \operatorname{Var}(\theta)
# + \frac{\alpha^2\sigma^2}{B}
# \quad\Rightarrow\quad
# \operatorname{Var}(\theta) = \frac{\alpha\,\sigma^2}{\lambda\,(2 - \alpha\lambda)\,B}
# $$ (eq-noise-floor)
#
# For small rates that is $\alpha\sigma^2/(2\lambda B)$ {cite:p}`mandt2017stochastic`:
# the weights stay in a *noise ball* around the minimum. The loss above the lowest is
# half of the variance times $\lambda$: $\alpha\sigma^2/(4B)$ for each direction. Such
# a remainder is a *noise floor*. We let a thousand weights go from the mean, where
# $\lambda = 1$ and $\sigma^2$ is the variance of the numbers.

# %%


def floor_of(rule, batch_size=1, steps=300):
    """Variance of a thousand weights around the mean, over the last third."""
    path = descend(rule, slope_of(batch_size, seed=4), np.full(1000, middle), steps)
    return np.mean((path[-steps // 3 :] - middle) ** 2)


# %%
pairs = [(alpha, B) for alpha in (0.05, 0.2, 0.5) for B in (1, 4, 16)]
floors = np.array([floor_of(SGD(alpha), B) for alpha, B in pairs])
alphas, sizes = np.transpose(pairs)
claim(
    "sgd-floor-formula",
    "The noise floor of SGD is ασ²/((2 − α)B) on the parabola of curvature 1, for "
    "three rates and three batch sizes: measured over theory.",
    measured=floors / (alphas * numbers.var() / ((2 - alphas) * sizes)),
    above=0.8,
    below=1.25,
)
claim(
    "sgd-floor-falls-with-batch",
    "The noise floor of SGD falls with the batch size: floor at B = 1 over that at B = "
    "16, at the rate 0.05.",
    measured=floors[0] / floors[2],
    above=12,
    below=21,
)

# %% [markdown]
# Does momentum calm it? *Momentum* adds to each step a share $\mu$ of the step before,
# as in `SGD.step` above. It sums about $1/(1-\mu)$ gradients, so at the same $\alpha$
# it moves that many times as fast. To compare like with like, the *effective rate*
# $\alpha/(1-\mu)$ has to be equal.

# %%
calm = floor_of(SGD(0.02), steps=1500)
claim(
    "sgd-momentum-same-floor",
    "At equal effective rate momentum leaves the noise floor where it was: floor with "
    "momentum 0.9 at α = 0.002 over floor without at 0.02.",
    measured=floor_of(SGD(0.002, momentum=0.9), steps=1500) / calm,
    above=0.8,
    below=1.25,
)
claim(
    "sgd-momentum-raises-floor",
    "At the same learning rate momentum raises the noise floor of SGD: floor with "
    "momentum 0.9 at α = 0.02 over that without.",
    measured=floor_of(SGD(0.02, momentum=0.9), steps=1500) / calm,
    above=5,
)

# %% [markdown]
# That is what theory says for small rates {cite:p}`yuan2016influence`. Momentum is good
# against another unrest, which has nothing to do with chance. On a bowl with curvatures
# 1 and 100 and a rate above $1/100$, even exact steps jump across the steep
# direction each time.

# %%
curvature = np.array([1.0, 100.0])


def steep_weight(rule, steps):
    return descend(rule, lambda theta: curvature * theta, [1.0, 1.0], steps)[:, 1]


zigzag = steep_weight(SGD(0.0195), 200)
damped = steep_weight(SGD(0.0195, momentum=0.5), 50)
claim(
    "sgd-zigzag-without-noise",
    "Exact steps zigzag where one direction is steep: changes of sign of the steep "
    "weight in 200 steps.",
    measured=np.sum(zigzag[1:] * zigzag[:-1] < 0),
    above=190,
)
claim(
    "sgd-momentum-damps-zigzag",
    "Momentum 0.5 damps the zigzag of exact steps across a steep direction: size of "
    "the steep weight after 50 steps, without momentum over with.",
    measured=abs(zigzag[50] / damped[50]),
    above=1e3,
)

# %% [markdown]
# ### What makes it settle?
#
# {eq}`eq-noise-floor` names the cures. Lower $\alpha$ as you go; raise $B$; or remove
# $\sigma$. A fourth does not touch the noise: report the *average* of all weights so
# far, in which the trembling cancels (*Polyak–Ruppert averaging*,
# {cite:t}`polyak1992acceleration`). For the first, theory asks that the sum of the
# rates is infinite and that of their squares is not {cite:p}`robbins1951stochastic`.
# Rates that fall as $1/t$ do that.
#
# We fit a line with ten inputs, one example a step. $\sigma$ is zero at the minimum if
# one rule fits all examples exactly, which is called *interpolation*: then we draw
# the answers without noise.

# %%
A, b, H = line_fit(1000, 10, 0.5)
A_exact, b_exact, _ = line_fit(1000, 10, 0.0)


def one_example(A, b, seed):
    """The gradient of one random example, for each row of θ."""
    random = np.random.default_rng(seed)

    def slope(theta):
        rows = random.integers(len(b), size=len(theta))
        error = np.sum(A[rows] * theta, axis=1) - b[rows]
        return error[:, None] * A[rows]

    return slope


# %%
def above_lowest(path, A, b):
    away = path - np.linalg.lstsq(A, b, rcond=None)[0]
    return np.sum(away @ H * away, axis=-1).T / 2  # (runs, steps)


# %% [markdown]
# `descend` keeps the learning rate. To lower it, we shrink the gradient in its place,
# which is the same for SGD.

# %%
fall = iter(1 / (1 + np.arange(5000) / 40))
shrinking = one_example(A, b, seed=6)
ten_runs = np.zeros((10, 10))  # (runs, inputs)
constant = descend(SGD(0.05), one_example(A, b, seed=5), ten_runs, 5000)
decayed = descend(
    SGD(0.05), lambda theta: next(fall) * shrinking(theta), ten_runs, 5000
)
fitting = descend(SGD(0.05), one_example(A_exact, b_exact, seed=7), ten_runs, 5000)
average = np.cumsum(constant, axis=0) / np.arange(1, 5002)[:, None, None]
excess = {
    "constant rate": above_lowest(constant, A, b),
    "its average": above_lowest(average, A, b),
    "falling rate": above_lowest(decayed, A, b),
    "interpolation": above_lowest(fitting, A_exact, b_exact),
}

# %% tags=["hide-input"]
shown = np.unique(np.geomspace(1, 5000, 80).astype(int))
show(
    curves(
        shown,
        {name: np.maximum(runs[:, shown], 1e-8) for name, runs in excess.items()},
        x_label="step $t$",
        y_label="loss above the lowest",
        x_scale="log",
        y_scale="log",
    ),
    "sgd-cures",
    caption="Loss above the lowest, one example a step; mean and range of ten runs. At "
    "a constant rate it stops at a floor. The average of that same path goes on "
    "falling, and so does a run whose rate falls. Where one rule fits every example "
    "there is no floor. Values below $10^{-8}$ are drawn there.",
    alt="Four curves. After 5,000 steps, on average: "
    + ", ".join(f"{name} {runs[:, -1].mean():.1g}" for name, runs in excess.items())
    + ".",
)

# %%
early, late = slice(500, 1500), slice(4000, 5001)
floor = excess["constant rate"][:, late].mean()
claim(
    "sgd-constant-rate-stays",
    "At a constant rate single examples gain hardly anything late in a run: loss above "
    "the lowest late in the run over that after 500 to 1,500 steps.",
    measured=floor / excess["constant rate"][:, early].mean(),
    above=0.6,
    below=1.6,
)
claim(
    "sgd-falling-rate-arrives",
    "A falling rate leaves a fraction of the noise floor: the floor of the constant "
    "rate over what the falling one leaves.",
    measured=floor / excess["falling rate"][:, late].mean(),
    above=10,
)
claim(
    "sgd-average-arrives",
    "The average of the weights at a constant rate leaves a fraction of the noise "
    "floor: the floor over what the average leaves.",
    measured=floor / excess["its average"][:, late].mean(),
    above=10,
)
claim(
    "sgd-interpolation-has-no-floor",
    "If one rule fits all examples, single examples at a constant rate arrive: largest "
    "loss above the lowest at the end, of ten runs.",
    measured=excess["interpolation"][:, -1].max(),
    below=1e-15,
)

# %% [markdown]
# None of these is free. With a falling rate the loss above the lowest falls like $1/t$
# only. Exact steps take a fixed share of it away each time, in a bowl whose curvatures
# lie between two bounds above zero (*strongly convex* and *smooth*). Interpolation is
# not so rare: a network with more weights than examples can come near it
# {cite:p}`ma2018power`.
#
# ## Which learning rates does it bear?
#
# Is SGD more forgiving of the learning rate, or less? The same fit, a thousand steps,
# eleven rates, four sizes of batch.

# %%
rates = np.array([0.01, 0.02, 0.04, 0.07, 0.1, 0.15, 0.25, 0.4, 0.7, 1.1, 1.6])
lowest_point = np.linalg.lstsq(A, b, rcond=None)[0]


def left_after(B, steps=1000):
    """Loss above the lowest over the last 200 steps, (rates, seeds)."""
    random = np.random.default_rng(8)

    def slope(theta):
        rows = random.integers(1000, size=(*theta.shape[:2], B))
        error = np.einsum("rsbd,rsd->rsb", A[rows], theta) - b[rows]
        return rates[:, None, None] * np.einsum("rsbd,rsb->rsd", A[rows], error) / B

    def exact_gradient(theta):
        return rates[:, None, None] * ((theta - lowest_point) @ H)

    with np.errstate(over="ignore", invalid="ignore"):
        rule = exact_gradient if B == 1000 else slope
        away = descend(SGD(1.0), rule, np.zeros((11, 3, 10)), steps)[-200:]
        away = away - lowest_point
        return np.mean(np.sum(away @ H * away, axis=-1) / 2, axis=0)


# %%
left = {B: left_after(B) for B in (1, 8, 64, 1000)}
at_start = lowest_point @ H @ lowest_point / 2
usable = {B: np.all(each < at_start, axis=1) for B, each in left.items()}
largest = {B: rates[good].max() for B, good in usable.items()}

# %% tags=["hide-input"]
show(
    curves(
        rates,
        {
            f"B = {B}" if B < 1000 else "all": np.where(
                usable[B][:, None], np.maximum(each, 1e-12), np.nan
            ).T
            for B, each in left.items()
        },
        x_label="learning rate $\\alpha$",
        y_label="loss above the lowest",
        x_scale="log",
        y_scale="log",
        bounds={"at the start": at_start},
        markers=True,
    ),
    "sgd-rates",
    caption="Loss above the lowest in the last 200 of 1,000 steps, mean and range of "
    "three seeds. A line ends where the loss ends above its start. With all examples "
    "every rate from 0.04 on gives the same, nothing (drawn at $10^{-12}$). The "
    "smaller the batch, the more the rate decides, and the sooner the line ends.",
    alt="Four curves over the rate. Largest rate that still lowers the loss: "
    + ", ".join(f"{rate:g} for B = {B}" for B, rate in largest.items())
    + ".",
)

# %%
quote("sgd-largest-rate-one", largest[1])
quote("sgd-largest-rate-all", largest[1000])
claim(
    "sgd-bears-smaller-rates",
    "Single examples bear smaller rates than the exact gradient: its largest usable "
    "rate over theirs.",
    measured=largest[1000] / largest[1],
    above=4,
)
claim(
    "sgd-largest-rate-grows",
    "The largest usable rate grows with the batch: from B = 1 to 8, and from 8 to 64, "
    "as a ratio.",
    measured=[largest[8] / largest[1], largest[64] / largest[8]],
    above=1,
)
claim(
    "sgd-rate-decides-the-rest",
    "With single examples ten times the rate leaves many times the loss: at 0.1 over "
    "0.01, for each seed.",
    measured=left[1][4] / left[1][0],
    above=4,
)
claim(
    "gd-rate-does-not-matter",
    "With all examples every rate from 0.04 to 1.6 leaves nothing: largest loss above "
    "the lowest.",
    measured=left[1000][2:].max(),
    below=1e-12,
)

# %% [markdown]
# SGD is the more sensitive of the two, and the largest rate it bears is smaller:
# {glue:text}`sgd-largest-rate-one` against {glue:text}`sgd-largest-rate-all` of those
# tried. The reason is that a single example is steep. The curvature of its loss is the
# squared length of its inputs, here about 10, while the mean over all examples bends by
# about 1 in every direction. Does the network agree?

# %%
claim(
    "gd-learns-at-one",
    "At the rate 1 gradient descent learns the digits: loss after 60 updates, for "
    "each network.",
    measured=[loss(trained([everyone] * 60, 1.0, seed)) for seed in seeds],
    below=0.5,
)
claim(
    "sgd-fails-at-one",
    "At the rate 1 single examples do worse than guessing, which has the loss 2.3: "
    "loss after 1,000 updates, for each network.",
    measured=[
        loss(trained(shuffled_batches(N, 1, 1, seed)[:1000], 1.0, seed))
        for seed in seeds
    ],
    above=2.3,
)

# %% [markdown]
# ## Does noise lead out of bad places?
#
# {doc}`The training loop <06_training_loop>` saw noise carry weights from a shallow
# valley to a deeper one, if there was neither too little nor too much. Does it also
# carry them back? The loss is the same,
# $L = \tfrac14(\theta^2-1)^2 + 0.15\,\theta$. Its deep valley is on the left. Half of
# the weights start in the shallow valley, half in the deep one.

# %%
noise_levels = np.arange(0, 4.25, 0.5)
jolts = np.random.default_rng(9)
theta = np.empty((2, 3, len(noise_levels), 100))  # (starts, runs, levels, weights)
theta[0], theta[1] = 0.9, -1.05
for _ in range(1000):
    slope_here = np.clip(theta**3 - theta + 0.15, -20, 20)
    jolt = noise_levels[:, None] * jolts.normal(size=theta.shape)
    theta = theta - 0.1 * (slope_here + jolt)
in_deep = np.mean(theta < 0, axis=3)  # (starts, runs, levels)
helped, held = in_deep

# %% tags=["hide-input"]
show(
    curves(
        noise_levels,
        {"started in the shallow valley": helped, "started in the deep one": held},
        x_label="standard deviation of the noise (unit of the gradient)",
        y_label="share in the deep valley",
        markers=True,
    ),
    "sgd-wells",
    caption="Share of weights in the deeper valley after 1,000 steps, by where they "
    "started; mean and range of three runs. With little noise each stays where it was. "
    "Where the noise is strong enough to free the ones, it drives out the others as "
    "well: the curves meet.",
    alt="Two curves. From the shallow valley the share rises from "
    f"{helped[:, 0].mean():.2f} to {helped.mean(axis=0).max():.2f} and falls to "
    f"{helped[:, -1].mean():.2f}; from the deep one it falls from "
    f"{held[:, 0].mean():.2f} to {held[:, -1].mean():.2f}.",
)

# %%
claim(
    "sgd-no-noise-no-escape",
    "On a loss with a shallow and a deep valley no weight leaves the shallow one "
    "without noise: share that did.",
    measured=helped[:, 0],
    equals=0,
)
claim(
    "sgd-noise-can-escape",
    "With the right amount of noise most weights leave the shallow valley for the deep "
    "one: largest mean share.",
    measured=helped.mean(axis=0).max(),
    above=0.75,
)
claim(
    "sgd-noise-leaves-good-valleys",
    "Strong noise drives weights out of the deep valley of a loss with two: share of "
    "those that started there and are elsewhere, at the strongest, for each run.",
    measured=1 - held[:, -1],
    above=0.25,
)

# %% [markdown]
# So noise gives probabilities and no guarantee: it frees weights from the bad valley
# and from the good one. Theory, too, says that how far SGD sees past a valley depends
# on the rate and the noise {cite:p}`kleinberg2018alternative`.
#
# A *saddle* is a point where the slope is zero, downhill in some direction and uphill
# in others. Does descent get stuck there? A small one is at the origin of
# $\tfrac12\theta_1^2 - \tfrac12\theta_2^2 + \tfrac14\theta_2^4$, with its minima at
# $\theta_2 = \pm1$. We start exactly on the ridge, $\theta_2 = 0$; a millionth
# beside it; and on it with a little noise.

# %%


def off_saddle(start, noise=0.0):
    """The path of gradient descent, for each row of the start."""
    random = np.random.default_rng(10)

    def slope(theta):
        exact = theta * [1, -1] + theta**3 * [0, 1]
        return exact + noise * random.normal(size=theta.shape)

    return descend(SGD(0.05), slope, start, 600)


def leaves(path):
    """The first step at which each θ₂ is more than a half away from 0."""
    return np.argmax(np.abs(path[..., 1]) > 0.5, axis=0)


# %%
on_ridge = off_saddle([[1.0, 0.0]])
beside = leaves(off_saddle([[1.0, 1e-6]]))
shaken = leaves(off_saddle(np.tile([1.0, 0.0], (200, 1)), noise=0.01))

# %%
claim(
    "gd-stays-on-the-ridge",
    "Started exactly on the ridge of a saddle, gradient descent ends in the saddle "
    "point: size of both weights at the end.",
    measured=np.abs(on_ridge[-1]),
    below=1e-9,
)
claim(
    "gd-leaves-from-beside",
    "Started a millionth beside the ridge of a saddle, gradient descent leaves the "
    "saddle: the step at which it has.",
    measured=beside,
    above=200,
    below=400,
)
claim(
    "sgd-noise-leaves-sooner",
    "With noise of 0.01 descent leaves a saddle even from its ridge, and sooner than "
    "exact steps from a millionth beside it: median step of 200 runs.",
    measured=np.median(shaken),
    above=50,
    below=180,
)

# %% [markdown]
# Only an exact start stays, and random starting weights are never exact: gradient
# descent avoids such saddles with probability one {cite:p}`lee2016gradient`. Noise
# makes it sooner {cite:p}`ge2015escaping`. In a network with many weights saddles are
# thought to be far more common than bad valleys {cite:p}`dauphin2014identifying`.
#
# ## Is a batch of one online learning?
#
# *Online learning* means that examples arrive in a stream, each is used when it comes,
# and what is right may change. $B = 1$ on a stored set, epoch after epoch, is not that.
# The rule can do it, though. We classify points of a plane by the side of a line on
# which they lie, while that line slowly turns by half a circle. A second model learns
# from the first 1,000 points and is then left alone.

# %%
stream = np.random.default_rng(11)
points = stream.normal(size=(6000, 3, 2))  # (time, runs, inputs)
angle = np.linspace(0, np.pi, 6000)
facing = np.stack([np.cos(angle), np.sin(angle)], axis=1)
labels = (np.einsum("tri,ti->tr", points, facing) > 0).astype(float)
arriving = iter(zip(points, labels, strict=True))


# %%
def newest(theta):
    """The gradient of the logistic loss of the example that arrives."""
    now, label = next(arriving)
    p = 1 / (1 + np.exp(-np.sum(now * theta, axis=1)))
    return (p - label)[:, None] * now


online = descend(SGD(0.5), newest, np.zeros((3, 2)), 6000)[:-1]


def correct(theta):
    return (np.sum(points * theta, axis=2) > 0) == labels  # (time, runs)


stopped = online.copy()
stopped[1000:] = online[1000]
right = {"goes on learning": correct(online), "stopped at 1,000": correct(stopped)}

# %% tags=["hide-input"]
by_200 = {name: each.reshape(30, 200, 3).mean(axis=1).T for name, each in right.items()}
show(
    curves(
        np.arange(100, 6000, 200),
        by_200,
        x_label="examples that have arrived",
        y_label="accuracy on the next ones",
        bounds={"as by a coin": 0.5},
    ),
    "sgd-stream",
    caption="Accuracy on a stream whose rule turns, in windows of 200 examples that "
    "the model had not yet seen; mean and range of three runs. One step for each "
    "example keeps up. A model that stopped learning ends worse than a coin.",
    alt="Two curves. In the last window the accuracy is "
    + " and ".join(f"{each[:, -1].mean():.2f} ({n})" for n, each in by_200.items())
    + ".",
)

# %%
third = slice(4000, 6000)
claim(
    "sgd-follows-a-stream",
    "On the last third of a drifting stream, one step for each example beats a model "
    "that stopped: difference of the accuracies, for each run.",
    measured=np.subtract(*[each[third].mean(axis=0) for each in right.values()]),
    above=0.3,
)
claim(
    "sgd-stopped-is-misled",
    "On the last third of a drifting stream, a model that stopped is worse than a "
    "coin: its accuracy, for each run.",
    measured=right["stopped at 1,000"][third].mean(axis=0),
    below=0.5,
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# ### About the learning rate
#
# :::{popular-answer} SGD is less sensitive to the learning rate than gradient descent.
# :verdict: wrong
# :question: gd-vs-sgd
# :claims: sgd-rate-decides-the-rest, gd-rate-does-not-matter
#
# The reverse ({numref}`sgd-rates`). Below $2/\lambda_{\max}$ gradient descent reaches
# the same point at any rate. For SGD the rate sets the floor at which it stops.
# :::
#
# :::{popular-answer} Its randomness lets SGD converge with higher learning rates.
# :verdict: wrong
# :question: gd-vs-sgd
# :claims: sgd-bears-smaller-rates, sgd-largest-rate-grows, sgd-fails-at-one
#
# The largest usable rate shrinks with the batch, in the line fit and in the network.
# :::
#
# ### About cost and speed
#
# :::{popular-answer} Single samples are the most efficient, then mini-batches.
# :verdict: wrong
# :question: batch-minibatch-stochastic
# :claims: sgd-update-cheapest-at-one, sgd-pass-dearest-at-one
#
# True for one update. A pass over the data took
# {glue:text}`sgd-pass-dearest-at-one` times as long with single examples as with
# batches of 32.
# :::
#
# :::{popular-answer} SGD converges faster than full-batch descent.
# :verdict: imprecise
# :question: stochastic-gradient-descent
# :claims: sgd-fewer-passes, sgd-more-updates, sgd-constant-rate-stays
#
# Faster per pass and early on. It needs more updates, and at a constant rate it stops
# at a floor that exact steps do not have.
# :::
#
# :::{popular-answer} Gradient descent is slow on large data.
# :verdict: imprecise
# :question: gd-vs-sgd
# :claims: sgd-steps-do-not-grow, sgd-redundancy
#
# Each step is dearer. There are no more of them.
# :::
#
# :::{popular-answer} Full batch for small data, mini-batch for medium, one for large.
# :verdict: imprecise
# :question: batch-minibatch-stochastic
# :claims: sgd-small-data-full-batch, sgd-large-data-mini-batch
#
# For small data a full batch is fine. For large data single examples were slower than
# a mini-batch too; mini-batches serve data sets of every size.
# :::
#
# :::{popular-answer} Full batch needs the whole data set in memory.
# :verdict: imprecise
# :question: batch-minibatch-stochastic
# :claims: sgd-chunks-equal-full
#
# The gradient can be summed over chunks. What grows is the computation. The same
# answers the claim that memory rules gradient descent out for large models.
# :::
#
# ### About where it ends
#
# :::{popular-answer} Full batch reaches the true minimum, the others only its vicinity.
# :verdict: imprecise
# :question: batch-minibatch-stochastic
# :claims: sgd-falling-rate-arrives, sgd-average-arrives, sgd-interpolation-has-no-floor
#
# At a constant rate. With a falling one, with averaging, or where the model can fit
# every example, the others arrive too.
# :::
#
# :::{popular-answer} It circles the minimum for a while before it converges.
# :verdict: imprecise
# :question: sgd-oscillation
# :claims: sgd-constant-rate-stays, sgd-floor-formula
#
# At a constant rate it never does: the floor after a thousand steps is still there
# after five thousand.
# :::
#
# :::{popular-answer} Noise and the learning rate are the causes of the oscillation.
# :verdict: imprecise
# :question: sgd-oscillation
# :claims: sgd-zigzag-without-noise
#
# There is a third: curvatures that differ. Then exact steps zigzag as well.
# :::
#
# :::{popular-answer} Momentum and adaptive rates reduce the oscillation and the noise.
# :verdict: imprecise
# :question: sgd-oscillation
# :claims: sgd-momentum-same-floor, sgd-momentum-raises-floor, sgd-momentum-damps-zigzag
#
# Momentum damps the zigzag. The noise floor stays where it was at equal effective rate,
# and rises at equal $\alpha$. An adaptive rate need not come to rest even without
# noise, as {doc}`RMSprop <11_rmsprop>` shows.
# :::
#
# :::{popular-answer} GD finds the global minimum if convex, a local one otherwise.
# :verdict: imprecise
# :question: gd-vs-sgd
# :claims: gd-rate-does-not-matter, gd-stays-on-the-ridge
#
# Only below $2/\lambda_{\max}$; above it may diverge. And on other losses it is
# promised a point of zero slope, which can be a saddle.
# :::
#
# ### About escaping
#
# :::{popular-answer} Noise lets SGD escape local minima and explore better.
# :verdict: imprecise
# :question: stochastic-gradient-descent
# :claims: sgd-no-noise-no-escape, sgd-noise-can-escape, sgd-noise-leaves-good-valleys
#
# A probability that depends on the amount of noise, and noise leaves good valleys too.
# :::
#
# :::{popular-answer} SGD may get stuck in saddle points.
# :verdict: imprecise
# :question: stochastic-gradient-descent
# :claims: gd-stays-on-the-ridge, gd-leaves-from-beside, sgd-noise-leaves-sooner
#
# Only from an exact start, and noise ends even that. What a saddle costs is time.
# :::
#
# Does the calm of a large batch do harm, then? Two sizes, the same number of updates,
# the same rate:

# %%


def held_out_accuracy(batch_size, seed):
    batches = np.random.default_rng(seed).integers(N, size=(300, batch_size))
    z = forward(trained(batches, 0.2, seed), x_held_out)[1]
    return np.mean(z.argmax(axis=1) == y_test)


small, large = (
    np.array([held_out_accuracy(B, seed) for seed in seeds]) for B in (8, 256)
)
claim(
    "sgd-large-batch-not-trapped",
    "After 300 updates each, batches of 256 are not behind batches of 8 on held-out "
    "digits by as much as two points: points that they lose, for each network.",
    measured=100 * (small - large),
    below=2,
    unit="points",
)

# %% [markdown]
# :::{popular-answer} Larger batches converge more slowly, and into poor minima.
# :verdict: imprecise
# :question: sgd-oscillation
# :claims: sgd-large-batch-not-trapped, sgd-fewer-passes
#
# Slower per pass, not per update. That they end in worse minima is not settled: much of
# the gap in the literature goes away with more updates {cite:p}`hoffer2017train`.
# :::
#
# ### About the words
#
# :::{popular-answer} Batch size 1 is online learning.
# :verdict: imprecise
# :question: stochastic-gradient-descent
# :claims: sgd-follows-a-stream
#
# Online learning is a stream, each example used once as it arrives. One example a step
# suits it, and so would ten. Epochs over a stored set are not online.
# :::
#
# :::{popular-answer} Minimising the loss makes the network accurate on unseen data.
# :verdict: imprecise
# :question: stochastic-gradient-descent
# :claims: loop-memorised, loop-memory-is-not-skill
#
# SGD, too, lowers the training loss only. It can learn labels that mean nothing.
# :::
#
# ## What we saw
#
# - A batch's gradient is right on average, with a variance that falls as $1/B$
#   ({numref}`sgd-variance`).
# - Gradient descent took {glue:text}`sgd-passes-saved` times the passes of single
#   examples, which took {glue:text}`sgd-updates-more` times its updates
#   ({numref}`sgd-price`).
# - At a constant rate a floor of the order of $\alpha/B$ remains. A falling rate,
#   averaging, larger batches and interpolation lower it; momentum does not
#   ({numref}`sgd-cures`).
# - The smaller the batch, the smaller the largest rate ({numref}`sgd-rates`).
# - Noise leaves bad places, and good ones ({numref}`sgd-wells`).
#
# Four sizes of batch stood in this chapter, each with a rate that was found for it. How
# to choose the size, and how the rate follows it, is the question of
# {doc}`Batch size <08_batch_size>`.
#
# ## In an interview
#
# :::{interview-card} What is stochastic gradient descent, and why is it used?
# :id: stochastic-gradient-descent
# :figure: sgd-price
#
# Gradient descent with the mean gradient of a random batch in place of all examples:
# $\theta \leftarrow \theta - \alpha\frac1B\sum_{i\in\mathcal B}\nabla\ell_i(\theta)$.
# It is unbiased, with a variance that falls as $1/B$. It is used because an update is
# cheap and data are redundant: far more progress per epoch. At a constant $\alpha$ it
# ends in a noise ball whose loss grows with $\alpha/B$; a falling rate or
# interpolation removes it. Its noise may leave shallow minima and saddles, and good
# minima too. In practice "SGD" means mini-batches, reshuffled every epoch.
# :::
#
# :::{interview-card} How do GD and SGD differ in cost, convergence and sensitivity?
# :id: gd-vs-sgd
# :figure: sgd-one-weight
#
# GD pays $N$ gradients for an exact step and, on strongly convex smooth losses, gains a
# fixed share per step for any $\alpha < 2/\lambda_{\max}$; beyond it may diverge. SGD
# pays $B$, is ahead early, and stops at a floor that grows with $\alpha$; with a
# falling rate its error falls like $1/t$. SGD tolerates smaller rates, not larger.
# Neither finds global minima in general: GD may stop at a saddle. Memory is no obstacle
# to GD, since gradients add up over chunks.
# :::
#
# :::{interview-card} Why does SGD fluctuate around a minimum instead of settling?
# :id: sgd-oscillation
# :figure: sgd-cures
#
# At the minimum the mean gradient is zero and the gradients of batches are not. In a
# direction of curvature $\lambda$ this keeps a variance of about
# $\alpha\sigma^2/(2\lambda B)$. Apart from noise, steps beyond $1/\lambda$ zigzag
# across that direction, and beyond $2/\lambda$ diverge. Against the noise: lower
# $\alpha$ as you go, raise $B$, or average the weights (Polyak–Ruppert). Momentum damps
# the zigzag only; at equal $\alpha/(1-\mu)$ the floor is unchanged.
# :::
#
# :::{interview-card} How do batch, mini-batch and single-sample descent compare?
# :id: batch-minibatch-stochastic
# :figure: sgd-cloud
#
# One family, indexed by $B$. $B = N$ is exact, $B = 1$ the noisiest, with a variance
# proportional to $\frac1B(1 - \frac BN)$. Per update $B = 1$ is the cheapest; per epoch
# it is the slowest, because the hardware idles. Mini-batches balance the two and are
# used for data sets of every size. At a constant rate SGD ends near the minimum, at a
# falling one at it.
# :::
#
# ## Exercises
#
# 1. **Recall.** By how much does the standard deviation of the gradient fall if the
#    batch grows from 16 to 64?
#
#    :::{dropdown} Solution
#    By half. The variance falls to a quarter.
#    :::
#
# 2. **By hand.** Five examples have the slopes 1, 2, 3, 4 and 5. Batches of four are
#    drawn without replacement. What is the variance of their mean slope? Note that
#    $V_1$ in the second formula of {eq}`eq-gradient-variance` divides by $N - 1$.
#
#    :::{dropdown} Solution
#    $V_1 = 10/4 = 2.5$, so $V_4 = \tfrac{2.5}{4}\cdot\tfrac15 = 0.125$. The next cell
#    lists all five batches.
#    :::

# %% tags=["hide-cell"]
five = np.arange(1.0, 6.0)
claim(
    "sgd-exercise-four-of-five",
    "Exercise 2: the variance of the five possible means of four of the slopes 1, 2, "
    "3, 4 and 5.",
    measured=np.var([np.delete(five, i).mean() for i in range(5)]),
    above=0.12499,
    below=0.12501,
)

# %% [markdown]
# 3. **Predict, then run.** In {numref}`sgd-one-weight`, let the rate be $1/t$ and the
#    batch one example. What is the weight after $t$ steps?
#
#    :::{dropdown} Solution
#    $\theta_t = \theta_{t-1} + (x - \theta_{t-1})/t$ is the running mean: exactly the
#    mean of the examples met so far. The falling rate makes SGD an average.
#    :::

# %% tags=["hide-cell"]
running = 0.0
for t, number in enumerate(numbers, start=1):
    running = running - (running - number) / t
claim(
    "sgd-exercise-running-mean",
    "Exercise 3: one pass over a thousand numbers at the rate 1/t ends at their mean: "
    "difference.",
    measured=abs(running - middle),
    below=1e-9,
)

# %% [markdown]
# 4. **Code.** Measure $V_1$ and $V_{16}$ of a Keras model with the library's
#    `gradient_variance`. Is their ratio 16?
#
#    :::{dropdown} Solution
#    About, within the error of the draws: the cell takes 40 batches of each.
#    :::

# %% tags=["hide-cell"]


def keras_variance(batch_size):
    return gradient_variance(
        lambda x, y: cross_entropy(y, network(x)),
        network.trainable_variables,
        draw_batches((x_train, y_train), batch_size, 40),
    )


claim(
    "sgd-exercise-keras-variance",
    "Exercise 4: the variance of Keras's gradients at B = 1 over that at B = 16.",
    measured=keras_variance(1) / keras_variance(16),
    above=10,
    below=25,
)

# %% [markdown]
# 5. **Think.** You double the batch and want the same noise floor. What may you do to
#    the learning rate, and what can stop you?
#
#    :::{dropdown} Solution
#    Double it: the floor goes with $\alpha/B$. It stops near $2/\lambda_{\max}$, which
#    no batch size can lift.
#    :::
#
# 6. **Open.** Shuffling makes each example come once in an epoch. Can that lower the
#    noise floor? When?
#
#    :::{dropdown} Solution
#    The noises of one epoch add up to zero. The weight remembers about
#    $1/(\alpha\lambda)$ steps. Where that is longer than an epoch, they cancel; where
#    it is much shorter, nothing changes. The cell takes the thousand numbers in batches
#    of 100 at $\alpha = 0.02$, a memory of five epochs.
#    :::

# %% tags=["hide-cell"]
epochs_of_ten = np.random.default_rng(12)
fifty = np.full(50, middle)
at_ends = []
for _ in range(60):
    dealt = epochs_of_ten.permuted(np.tile(numbers, (50, 1)), axis=1)
    for batch_mean in dealt.reshape(50, 10, 100).mean(axis=2).T:
        fifty = fifty - 0.02 * (fifty - batch_mean)
    at_ends.append(np.mean((fifty - middle) ** 2))
claim(
    "sgd-exercise-shuffling-cancels",
    "Exercise 6: the noise floor at the ends of shuffled epochs, over that of "
    "independent draws.",
    measured=np.mean(at_ends[30:]) / floor_of(SGD(0.02), 100, steps=600),
    below=0.4,
)

# %% [markdown]
# ## Further reading
#
# {cite:t}`robbins1951stochastic` is the origin. {cite:t}`bottou2018optimization`,
# sections 3 and 4, compares both methods and proves the floor and the falling rate;
# {cite:t}`bottou2008tradeoffs` says why large data favour cheap steps.
# {cite:t}`goodfellow2016deep`, section 8.1.3, is on batches. Momentum, Nesterov,
# AdaGrad, {doc}`RMSprop <11_rmsprop>` and {doc}`Adam <12_adam>` all start from the
# gradient of a batch, and differ in the step they make of it.
#
# :::{parts-used}
# :::
