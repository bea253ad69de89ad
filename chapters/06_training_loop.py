# %% [markdown]
# # Training is a loop of four stations
#
# {doc}`Backpropagation <05_backpropagation>` gives the slope of the loss for every
# weight. It changes none of them. Training does: it takes a few examples, finds the
# slope, moves each weight a little, and begins again. This chapter writes that loop
# out, counts its turns, and asks what it promises.
#
# This chapter answers: **What happens in one training update? What is gradient descent,
# when does it converge, and what does it promise? What does an optimizer do? How do
# samples, batches, iterations and epochs relate?**

# %%
import keras
import numpy as np
from keras import ops
from scipy import stats
from scipy.special import log_softmax
from sklearn.datasets import load_diabetes

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, scatter
from dlbook.measures import (
    gradient_function,
    gradients,
    path_difference,
    training_path,
)
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam, RMSprop
from dlbook.page import quote, show
from dlbook.training import descend, fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: one weight on a parabola
#
# How far should one step go? The smallest case has one weight and a loss that is a
# parabola, $L(\theta) = \tfrac12\theta^2$. Its slope at $\theta$ is $g = \theta$. To go
# down we move against the slope, the further the steeper it is: to
# $\theta - \alpha g$, where $\alpha$ is a number that we choose. Here that is
# $(1 - \alpha)\,\theta$, so every step multiplies the weight by $1 - \alpha$.

# %%
rates = (0.1, 0.5, 1.8, 2.05)
falls = {
    f"α = {alpha}": descend(SGD(alpha), lambda theta: theta, [1.0], 20)[:, 0]
    for alpha in rates
}
lengths = {
    alpha: abs(descend(SGD(alpha), lambda theta: theta, [1.0], 1000)[-1, 0])
    for alpha in (1.98, 2.02)
}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(21),
        falls,
        x_label="step $t$",
        y_label="weight $\\theta_t$",
        markers=True,
    ),
    "loop-one-weight",
    caption="One weight on a parabola with its minimum at 0, four learning rates. A "
    "small rate creeps, a middling one is there in a few steps. A large one jumps "
    "across the minimum and back, closer each time. Beyond 2 each jump is longer than "
    "the last.",
    alt="Four sequences from weight 1. After 20 steps the weight is "
    + ", ".join(f"{path[-1]:.2g} for {name}" for name, path in falls.items())
    + ".",
)

# %%
claim(
    "loop-converges-below-two",
    "On the parabola ½θ² a weight comes to rest at the minimum just below α = 2: its "
    "size after 1,000 steps at α = 1.98.",
    measured=lengths[1.98],
    below=1e-6,
)
claim(
    "loop-diverges-above-two",
    "On the parabola ½θ² a weight flies away just above α = 2: its size after 1,000 "
    "steps at α = 2.02.",
    measured=lengths[2.02],
    above=1e6,
)

# %% [markdown]
# The number $\alpha$ is called the *learning rate*. Two per cent more of it can decide
# between rest and ruin.
#
# ## The rule: step against the gradient
#
# A network has many weights. All their slopes together are the *gradient* $g$. Gradient
# descent moves every weight against its own slope {cite:p}`cauchy1847methode`:
#
# $$
# \theta_t = \theta_{t-1} - \alpha\, g_t, \qquad
# g_t = \frac{\partial L}{\partial \theta}(\theta_{t-1})
# $$ (eq-gradient-descent)
#
# In the library this is `SGD` without momentum, where $v$ is just $-\alpha g$:
#
# ```{literalinclude} ../dlbook/optimizers/sgd.py
# :pyobject: SGD.step
# :language: python
# :dedent: 4
# ```
#
# Two questions decide whether it makes sense. Does the gradient say what the loss will
# do? And is against it the best way to go?
#
# ### What the gradient says
#
# It promises something about *small* changes. Move all weights by $\epsilon d$, where
# $d$ is a direction of length one. Then
#
# $$ L(\theta + \epsilon d) = L(\theta) + \epsilon\, g \cdot d + \text{an error}. $$
#
# If $g$ is right, halving $\epsilon$ divides the error by four, because the next term
# is the curvature times $\epsilon^2/2$. We try it on a network that reads digits, in
# float64 so that rounding does not hide the error.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
first_digits, true_classes = x_train[:64].astype("float64"), np.eye(10)[y_train[:64]]


def surprise(parameters):
    """Cross-entropy: the mean of −ln of the probability given to the true class."""
    W, b, V, c = parameters
    hidden = ops.tanh(ops.matmul(first_digits, W) + b)  # (batch, units)
    z = ops.matmul(hidden, V) + c  # logits: (batch, classes)
    return ops.mean(ops.logsumexp(z, axis=1) - ops.sum(true_classes * z, axis=1))


# %%
start = [part.astype("float64") for part in mlp(64, (32,), 10).get_weights()]
weights = [keras.Variable(part, dtype="float64") for part in start]
slope_here = gradients(lambda: surprise(weights), weights)


def loss_along(direction, epsilon):
    moved = [at + epsilon * d for at, d in zip(start, direction, strict=True)]
    return float(surprise(moved))


def unit_directions(count, seed):
    """Random directions of length 1: a list of arrays shaped as the weights, each."""
    random = np.random.default_rng(seed)
    for _ in range(count):
        parts = [random.normal(size=value.shape) for value in start]
        norm = np.sqrt(sum(np.sum(part**2) for part in parts))
        yield [part / norm for part in parts]


def product(one, other):
    return sum(float(np.sum(a * b)) for a, b in zip(one, other, strict=True))


# %%
sizes = 10.0 ** np.arange(-4, 1)
standing = loss_along(slope_here, 0)
taylor = np.abs(
    [
        [
            loss_along(way, size) - standing - size * product(slope_here, way)
            for size in sizes
        ]
        for way in unit_directions(3, seed=0)
    ]
)
orders = [np.polyfit(np.log(sizes[:-1]), np.log(row[:-1]), 1)[0] for row in taylor]

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        {"measured": taylor, "slope 2": taylor.mean() * sizes**2},
        x_label="size of the change $\\epsilon$ (unit of the weights)",
        y_label="error of the promise (loss)",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "loop-taylor",
    caption="How far the gradient's promise is off, for three random directions (mean "
    "and range). The line falls with slope 2: ten times smaller a change, a hundred "
    "times smaller an error.",
    alt="On two logarithmic axes the error falls along a straight line. Its slopes are "
    + ", ".join(f"{order:.3f}" for order in orders)
    + ".",
)

# %%
claim(
    "loop-gradient-promise",
    "The error of the change in loss that the gradient promises falls with the square "
    "of the change of the weights: exponent, for each of three directions.",
    measured=orders,
    above=1.9,
    below=2.1,
)

# %% [markdown]
# Which of all directions lowers the loss fastest? The promise is $\epsilon\, g\cdot d$,
# and that is lowest where $d$ points straight against $g$. We compare it with 1,000
# random directions.

# %%
norm = np.sqrt(product(slope_here, slope_here))
against = [-part / norm for part in slope_here]
drop = standing - loss_along(against, 0.01)
others = [standing - loss_along(way, 0.01) for way in unit_directions(1000, seed=1)]
quote("loop-directions", 1000)
claim(
    "loop-steepest",
    "Against the gradient the loss falls faster than along any of 1,000 random "
    "directions: its drop over the best of theirs.",
    measured=drop / max(others),
    above=2,
)

# %% [markdown]
# It falls {glue:text}`loop-steepest` times as far as along the best of
# {glue:text}`loop-directions` random ways. Guessing directions is hopeless where there
# are thousands of weights; the gradient is worth its price.
#
# ## How long may a step be?
#
# On the parabola the limit was $\alpha = 2$. A network has no single parabola, but near
# any point the loss bends along each direction by some *curvature* $\lambda$. A step
# along that direction multiplies the distance by $1 - \alpha\lambda$. This stays below
# one in size while $\alpha < 2/\lambda$. The sharpest curvature decides for all:
#
# $$ \alpha < \frac{2}{\lambda_{\max}} $$ (eq-largest-rate)
#
# Books write $L$ for $\lambda_{\max}$ and call the loss *$L$-smooth*. We test the limit
# where the curvature is the same everywhere: a straight-line fit to ten measurements of
# 442 people with diabetes, by half the mean squared error.

# %%
measurements, progress = load_diabetes(return_X_y=True, scaled=True)
X = measurements / measurements.std(axis=0)
y = (progress - progress.mean()) / progress.std()
curvatures = np.linalg.eigvalsh(X.T @ X / len(X))
limit = 2 / curvatures[-1]
best = np.linalg.lstsq(X, y, rcond=None)[0]


def squared_error(theta):
    return 0.5 * np.mean((X @ theta - y) ** 2)


def path_at(factor, steps=2000):
    """The path of gradient descent from zero, at this multiple of the limit."""
    rule = SGD(factor * limit)
    return descend(rule, lambda theta: X.T @ (X @ theta - y) / len(X), best * 0, steps)


# %%
factors = np.array([0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.98, 1.02])
fits = {factor: path_at(factor) for factor in factors}
left = np.array([squared_error(path[-1]) for path in fits.values()])
left -= squared_error(best)

# %% tags=["hide-input"]
show(
    curves(
        factors[:-1],
        {"after 2,000 steps": left[:-1]},
        x_label="learning rate / $(2/\\lambda_{\\max})$",
        y_label="loss above the lowest",
        x_scale="log",
        y_scale="log",
        bounds={"at the start": squared_error(best * 0) - squared_error(best)},
        markers=True,
    ),
    "loop-rates",
    caption="Loss left after 2,000 steps, against the learning rate as a share of the "
    "limit. The larger the rate, the less is left, up to the limit itself. At 1.02 "
    "times the limit, outside the picture, the loss has exploded.",
    alt=f"The loss left falls from {left[0]:.1g} at 0.02 of the limit to "
    f"{left[-2]:.1g} at 0.98. At 1.02 it is {left[-1]:.1g}.",
)

# %%
claim(
    "loop-limit-below",
    "Just below the rate 2/λ_max gradient descent finds the lowest loss of a "
    "straight-line fit: what is left above it, at 0.98 of this limit.",
    measured=left[-2],
    below=1e-6,
)
claim(
    "loop-falls-at-every-step",
    "Below the rate 2/λ_max the loss of a straight-line fit falls at every step: its "
    "largest change in the first 200 steps, at 0.98 of this limit.",
    measured=np.diff([squared_error(theta) for theta in fits[0.98][:201]]).max(),
    below=0,
)
claim(
    "loop-limit-above",
    "Just above the rate 2/λ_max gradient descent diverges on a straight-line fit: "
    "loss above the lowest, at 1.02 times this limit.",
    measured=left[-1],
    above=1e6,
)

# %% [markdown]
# So the sharpest direction limits the rate, and the flattest one then has to wait. How
# long it waits depends on the ratio of their curvatures, the *condition number*
# $\kappa = \lambda_{\max}/\lambda_{\min}$. At the best rate each step leaves a share of
# $(\kappa - 1)/(\kappa + 1)$ of the distance {cite:p}`goh2017momentum`. On the bowl
# $\tfrac12(\theta_1^2 + 100\,\theta_2^2)$ that is $99/101$.

# %%
curvature = np.array([1.0, 100.0])


def on_bowl(rule, steps):
    return descend(rule, lambda theta: curvature * theta, [1.0, 1.0], steps)


steady = np.linalg.norm(on_bowl(SGD(2 / 101), 400), axis=1)
claim(
    "loop-rate-of-the-bowl",
    "On the bowl with κ = 100 a step at the best rate leaves 99/101 of the distance: "
    "the share left by a step, over that.",
    measured=(steady[400] / steady[200]) ** (1 / 200) / (99 / 101),
    above=0.9999,
    below=1.0001,
)

# %% [markdown]
# What is promised, then? Say that no curvature on the way exceeds $\lambda_{\max}$ and
# that the rate stays below the limit. Then the loss falls at every step and the slope
# goes to zero. If the loss is *convex*, a bowl without a second valley, it falls to the
# lowest value there is. A network's loss is not convex, and the promise ends at "slope
# zero".
#
# ## The loop
#
# Now the network. One update has four stations:
#
# 1. **Forward.** The batch goes through the layers: weighted sums and activations give
#    the predictions $\hat y = f_\theta(x)$.
# 2. **Loss.** One number says how wrong they are: the mean over the batch, plus a
#    penalty on the weights if there is one.
# 3. **Backward.** Backpropagation gives the gradient $g$ of that number.
# 4. **Update.** The optimizer turns $g$ into new weights.
#
# The first two stand in `loss`, the third is `slope`, the fourth `apply`.

# %%
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
batches = shuffled_batches(len(x_train), epochs=5, batch_size=64, seed=0)


def flat(model):
    """All weights of a model in one row."""
    return np.concatenate([np.ravel(part) for part in model.get_weights()])


def by_hand(optimizer):
    """Trains a network with the loop written out, and returns its weights."""
    model = mlp(64, (32,), 10, activation="tanh")

    def loss(x, y):
        return cross_entropy(y, model(x))

    slope = gradient_function(loss, model.trainable_variables)
    for batch in batches:
        g = slope(x_train[batch], y_train[batch])
        optimizer.apply(map(ops.convert_to_tensor, g), model.trainable_variables)
    return flat(model)


def by_fit(optimizer, loss=cross_entropy):
    """Trains the same network on the same batches with `fit`.

    Returns its weights and how far they are from where they began.
    """
    model = mlp(64, (32,), 10, activation="tanh")
    begin = flat(model)
    model.compile(optimizer, loss)
    fit_batches(model, x_train, y_train, batches)
    return flat(model), np.linalg.norm(flat(model) - begin)


# %%
fitted, travelled = by_fit(SGD(0.1))
claim(
    "loop-equals-fit",
    "The loop by hand and `model.fit` end at the same weights after five passes over "
    "the digits: distance between them, in parts of the distance travelled.",
    measured=np.linalg.norm(by_hand(SGD(0.1)) - fitted) / travelled,
    below=1e-4,
)

# %% [markdown]
# `fit` does more around these lines. It shuffles, it keeps a running mean of the loss
# and it calls callbacks. If it is given a *validation set*, examples that never enter
# an update, it judges them too. The weights come from the four stations.
#
# ### Which loss?
#
# The task decides. For a number, one usually takes the mean squared error, for a class
# the cross-entropy. Both are the same idea: the *negative log-likelihood*, the surprise
# at what was observed. The squared error is the surprise if errors are Gaussian, up to
# a factor and a constant; the cross-entropy is the surprise at a class.

# %%
random = np.random.default_rng(0)
truth, guess = random.normal(size=(2, 1000))
gaussian = -stats.norm.logpdf(truth, loc=guess)
squares_and_constant = 0.5 * (truth - guess) ** 2 + 0.5 * np.log(2 * np.pi)
probabilities = random.dirichlet(np.ones(4), size=1000).astype("float32")
classes = random.integers(4, size=1000)
of_the_class = -stats.multinomial.logpmf(np.eye(4)[classes], 1, probabilities)
charged = keras.losses.sparse_categorical_crossentropy(classes, probabilities)
claim(
    "loop-losses-are-surprises",
    "Half the squared error and a constant are the Gaussian's surprise; cross-entropy "
    "is the surprise at a class: largest difference over 1,000 predictions each.",
    measured=[
        np.abs(squares_and_constant - gaussian).max(),
        np.abs(ops.convert_to_numpy(charged) - of_the_class).max(),
    ],
    below=1e-4,
)

# %% [markdown]
# ## Samples, batches, iterations, epochs
#
# How often does the loop turn? Four words count it. A *sample* is one example; there
# are $N$. A *batch* is the part of them that makes one gradient; its size $B$ is
# chosen. An *iteration*, or step, is one update on one batch. An *epoch* is one pass
# over all samples, forward and backward. One epoch takes
#
# $$ \left\lceil \frac{N}{B} \right\rceil $$ (eq-iterations)
#
# iterations, rounded up because the last batch may be smaller. We train on the numbers
# 0 to 19, where each example is its own name, and let the loss write down whom it
# meets.

# %%


def meetings(samples, batch_size, epochs):
    """Trains with `fit`; returns the samples of each batch, and the updates made."""
    met = []

    def loss(y, prediction):
        met.append(ops.convert_to_numpy(y)[:, 0].astype(int))
        return ops.mean(prediction**2)

    model = mlp(1, (), 1)
    optimizer = SGD(1e-4)
    model.compile(optimizer, loss, run_eagerly=True)
    keras.utils.set_random_seed(0)
    names = np.arange(samples, dtype="float32")[:, None]
    model.fit(names, names, batch_size=batch_size, epochs=epochs, verbose=0)
    return met, int(optimizer.iterations)


met, _ = meetings(samples=20, batch_size=6, epochs=3)
who = np.concatenate(met)
when = np.repeat(1 + np.arange(len(met)), [len(batch) for batch in met])
epoch_of = np.ceil(when / np.ceil(20 / 6))

# %% tags=["hide-input"]
figure = scatter(
    {
        f"epoch {epoch}": (when[epoch_of == epoch], who[epoch_of == epoch])
        for epoch in (1, 2, 3)
    },
    x_label="iteration $t$",
    y_label="sample",
)
figure.axes[0].set(xlim=(0.5, 15.5), xticks=range(1, 13), yticks=range(0, 20, 5))
show(
    figure,
    "loop-meetings",
    caption="Who is met when: 20 samples in batches of 6, three epochs. Each epoch "
    "takes four iterations and meets every sample once, in a new order. Its last batch "
    "holds only two.",
    alt="Dots in twelve columns, one for each iteration. The columns hold "
    + ", ".join(str(len(batch)) for batch in met)
    + " samples.",
)

# %%
claim(
    "loop-epoch-meets-all-once",
    "An epoch meets every sample once: fewest and most meetings of a sample in each of "
    "three epochs.",
    measured=[
        count
        for epoch in (1, 2, 3)
        for count in np.unique(who[epoch_of == epoch], return_counts=True)[1][[0, -1]]
    ],
    equals=1,
)
settings = [(200, 5), (5000, 500), (1000, 100), (1000, 300)]
updates = {pair: meetings(*pair, epochs=2)[1] for pair in settings}
claim(
    "loop-iterations-per-epoch",
    "Iterations per epoch for 200 samples in batches of 5, 5,000 in 500, 1,000 in 100 "
    "and 1,000 in 300, over the formula's 40, 10, 10 and 4.",
    measured=np.array(list(updates.values())) / 2 / [40, 10, 10, 4],
    equals=1,
)
claim(
    "loop-thousand-epochs",
    "200 samples in batches of 5, extended from 2 epochs to 1,000: updates.",
    measured=updates[200, 5] / 2 * 1000,
    equals=40_000,
)

# %% [markdown]
# ### How many epochs?
#
# The number of epochs is a choice too. Too few, and the network has not learned; too
# many, and it learns what is only true of its training set. We make that danger large:
# 300 digits to learn from, and for about half of them the label is drawn anew at
# random. `study` trains three networks, from three seeds, and looks at them after each
# epoch.

# %%
seeds = (0, 1, 2)


def study(labels, epochs=50):
    """Accuracy in training and on held-out digits, and the held-out loss, by epoch."""
    networks = StackedMLP(64, (128,), 10, seeds)
    networks.compile(Adam(0.01), networks.cross_entropy)
    seen = x_train[: len(labels)]
    batches = shuffled_batches(len(seen), epochs, batch_size=50)
    records = []

    def accuracy(z, y):
        return np.mean(z.argmax(axis=2) == y[:, None], axis=0)  # (networks,)

    def look(batch, logs):
        if (batch + 1) % (len(batches) // epochs) == 0:
            z_seen, z = (ops.convert_to_numpy(networks(x)) for x in (seen, x_test))
            loss = -log_softmax(z, axis=2)[range(len(z)), :, y_test].mean(axis=0)
            records.append([accuracy(z_seen, labels), accuracy(z, y_test), loss])

    callback = keras.callbacks.LambdaCallback(on_train_batch_end=look)
    fit_batches(networks, seen, labels, batches, callbacks=[callback])
    return np.transpose(records, (1, 2, 0))  # (quantities, networks, epochs)


# %%
noise = np.random.default_rng(0)
right_labels = y_train[:300]
redrawn = noise.random(300) < 1 / 2
partly_wrong = np.where(redrawn, noise.integers(10, size=300), right_labels)
_, _, held_out_loss = study(partly_wrong)
best_epoch = 1 + held_out_loss.argmin(axis=1)

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 51),
        {f"seed {seed}": loss for seed, loss in zip(seeds, held_out_loss, strict=True)},
        x_label="epoch",
        y_label="cross-entropy on held-out digits",
    ),
    "loop-epochs",
    caption="Loss on held-out digits while the network learns labels of which about "
    "half are noise. It falls for some epochs and then rises.",
    alt="Three curves that fall, turn and rise. Lowest at epochs "
    + ", ".join(map(str, best_epoch))
    + f"; at the end {held_out_loss[:, -1].mean():.1f} on average.",
)

# %%
claim(
    "loop-best-epoch",
    "With noisy labels the held-out loss is lowest well before the end: epoch of the "
    "minimum out of 50, for each seed.",
    measured=best_epoch,
    above=1,
    below=35,
)
claim(
    "loop-too-many-epochs",
    "With noisy labels going on makes the held-out loss worse: after 50 epochs over "
    "the lowest, for each seed.",
    measured=held_out_loss[:, -1] / held_out_loss.min(axis=1),
    above=1.1,
)

# %% [markdown]
# Nobody knows the best number beforehand. One watches the held-out loss and stops when
# it no longer falls, which is called *early stopping* {cite:p}`prechelt1998early`.
#
# ## What does the optimizer do?
#
# It is the last of the four stations. It gets the gradient and decides the step; it
# never sees the data, and the loss only through its gradient. `SGD` takes the
# gradient as it is. The others keep something of the past and change the step by it.
# We begin with the one that changes nothing, beside Keras's.

# %%


def path_on_digits(optimizer, steps=100):
    model = mlp(64, (32,), 10, activation="tanh")
    return training_path(model, optimizer, x_train, y_train, steps)


sgd_path = path_on_digits(SGD(0.1))
claim(
    "loop-sgd-equals-keras",
    "SGD by hand is Keras's: largest difference in 100 steps on digits, in parts of "
    "the distance travelled.",
    measured=path_difference(sgd_path, path_on_digits(keras.optimizers.SGD(0.1))).max(),
    below=1e-5,
)

# %% [markdown]
# **Momentum** adds up earlier gradients. Where they agree it speeds up; where they
# alternate they cancel {cite:p}`polyak1964some`. On the bowl, each at the best rate
# that theory gives it, we count the steps until the distance is a ten-thousandth.

# %%
plain = SGD(2 / 101)
heavy = SGD((2 / 11) ** 2, momentum=(9 / 11) ** 2)
distances = {
    name: np.linalg.norm(on_bowl(rule, 600), axis=1)
    for name, rule in [("gradient descent", plain), ("momentum", heavy)]
}
steps_needed = {name: int(np.argmax(d < 1e-4)) for name, d in distances.items()}

# %% tags=["hide-input"]
figure = curves(
    np.arange(601),
    distances,
    x_label="step $t$",
    y_label="distance from the minimum",
    y_scale="log",
    bounds={"a ten-thousandth": 1e-4},
)
figure.axes[0].set_ylim(1e-6, 10)
show(
    figure,
    "loop-momentum",
    caption="Distance from the minimum of the bowl with κ = 100. Gradient descent "
    "gains the same share at every step. Momentum swings far out at first, and is "
    "there much sooner.",
    alt="Two falling lines on a logarithmic axis, momentum's after a short rise and "
    "much steeper. Steps until the distance is 0.0001: "
    + ", ".join(f"{count} for {name}" for name, count in steps_needed.items())
    + ".",
)

# %%
quote("loop-momentum-steps", steps_needed["momentum"])
quote("loop-plain-steps", steps_needed["gradient descent"])
claim(
    "loop-momentum-faster",
    "With κ = 100 momentum needs a fraction of the steps: steps of plain gradient "
    "descent over its own, each at its best rate.",
    measured=steps_needed["gradient descent"] / steps_needed["momentum"],
    above=4,
)

# %% [markdown]
# {glue:text}`loop-plain-steps` steps against {glue:text}`loop-momentum-steps`. In
# theory the first number grows like $\kappa$ and the second like $\sqrt\kappa$
# {cite:p}`goh2017momentum`.
#
# **Adaptive** optimizers give each weight a step length of its own: they divide its
# gradient by a measure of its past sizes. AdaGrad {cite:p}`duchi2011adaptive` takes the
# root of the sum of their squares; {doc}`RMSprop <11_rmsprop>` and
# {doc}`Adam <12_adam>` take moving means, which forget. Take two weights, one with the
# slope 1 and one with 25.

# %%
slopes = np.array([1.0, 25.0])
last_step = {
    name: np.diff(descend(rule, lambda theta: slopes, [0.0, 0.0], 50), axis=0)[-1]
    for name, rule in [("SGD", SGD(0.01)), ("RMSprop", RMSprop(0.01))]
}
claim(
    "loop-sgd-keeps-the-ratio",
    "For two weights with the slopes 25 and 1 SGD keeps the ratio: the steeper "
    "weight's step over the flatter's.",
    measured=last_step["SGD"][1] / last_step["SGD"][0],
    above=24.99,
    below=25.01,
)
claim(
    "loop-rmsprop-levels-it",
    "For two weights with the slopes 25 and 1 RMSprop levels the ratio: the steeper "
    "weight's step over the flatter's, after 50 steps.",
    measured=last_step["RMSprop"][1] / last_step["RMSprop"][0],
    above=0.9,
    below=1.1,
)

# %% [markdown]
# And on a network? Three optimizers, three seeds, ten passes over the digits, each at a
# rate that suits it.

# %%


def training_loss(optimizer):
    networks = StackedMLP(64, (32,), 10, seeds)
    networks.compile(optimizer, networks.cross_entropy)
    fit_batches(networks, x_train, y_train, shuffled_batches(len(x_train), 10))
    log_likelihood = log_softmax(ops.convert_to_numpy(networks(x_train)), axis=2)
    return -log_likelihood[range(len(y_train)), :, y_train].mean(axis=0)


learned = {
    "SGD": training_loss(SGD(0.2)),
    "momentum": training_loss(SGD(0.05, momentum=0.9)),
    "Adam": training_loss(Adam(0.01)),
}
quote("loop-untrained", np.log(10))
claim(
    "loop-three-optimizers-learn",
    "SGD, momentum and Adam all learn the digits: cross-entropy in training after ten "
    "passes, for each of three seeds.",
    measured=list(learned.values()),
    below=0.4,
)

# %% [markdown]
# A guesser has {glue:text}`loop-untrained`. How much of such differences is left when
# each rate is tuned, the {doc}`chapter on Adam <12_adam>` measures: a few points of
# accuracy on these digits.
#
# ## Where the popular answer goes wrong
#
# ### About the words
#
# :::{popular-answer} 200 samples in batches of 5 for 1,000 epochs: 40 updates.
# :verdict: wrong
# :question: epoch-iteration-batch
# :claims: loop-iterations-per-epoch, loop-thousand-epochs
#
# Forty is the number for one epoch. A thousand epochs make
# {glue:text}`loop-thousand-epochs`.
# :::
#
# :::{popular-answer} An epoch is the number of passes over the data.
# :verdict: imprecise
# :question: epoch-iteration-batch
# :claims: loop-epoch-meets-all-once
#
# An epoch is one pass. How many there are is the *number of epochs*.
# :::
#
# :::{popular-answer} An iteration is the total number of batches in an epoch.
# :verdict: imprecise
# :question: epoch-iteration-batch
# :claims: loop-iterations-per-epoch
#
# An iteration is one update. There are as many of them in an epoch as there are
# batches.
# :::
#
# :::{popular-answer} The batch is the divided data set, and a hyperparameter.
# :verdict: imprecise
# :question: epoch-iteration-batch
# :claims: loop-batch-sizes
#
# A batch is one of the parts. The hyperparameter, a number that one chooses before
# training, is its size. The last batch of an epoch may fall short of it.
# :::

# %%
claim(
    "loop-batch-sizes",
    "20 samples in batches of 6: the batches of the first epoch hold 20 samples in "
    "all, the largest 6 and the last 2; deviation from that.",
    measured=np.subtract(
        [sum(map(len, met[:4])), max(map(len, met[:4])), len(met[3])], [20, 6, 2]
    ),
    equals=0,
)

# %% [markdown]
# ### "The new weight is the old one minus the rate times the gradient"
#
# That is gradient descent. What do others do with the very same first gradient?

# %%
first_path = {
    "SGD": sgd_path,
    "momentum": path_on_digits(SGD(0.1, momentum=0.9), steps=2),
    "Adam": path_on_digits(Adam(0.1, epsilon=1e-12), steps=2),
}
g_first = -(sgd_path[1] - sgd_path[0]) / 0.1
felt = np.abs(g_first) > 1e-6
adam_step = (first_path["Adam"][1] - first_path["Adam"][0])[felt]
second = {name: path[2] - path[1] for name, path in first_path.items()}
claim(
    "loop-adam-steps-by-sign",
    "Adam's first step is the rate times the gradient's sign: largest deviation, in "
    "parts of the rate.",
    measured=np.abs(adam_step + 0.1 * np.sign(g_first[felt])).max() / 0.1,
    below=1e-3,
)
claim(
    "loop-momentum-second-step",
    "Momentum's second step is longer than SGD's from the same place: their ratio.",
    measured=np.linalg.norm(second["momentum"]) / np.linalg.norm(second["SGD"]),
    above=1.3,
)

# %% [markdown]
# :::{popular-answer} The update is w minus the learning rate times the gradient.
# :verdict: imprecise
# :question: training-loop
# :claims: loop-sgd-equals-keras, loop-adam-steps-by-sign, loop-momentum-second-step
#
# This is plain gradient descent, {eq}`eq-gradient-descent`. Adam's first step keeps of
# the gradient only its sign, and momentum adds most of the step before.
# :::
#
# ### "Lowering the cost yields accurate predictions"
#
# It lowers the cost *in training*. We deal the labels of the 300 digits out at random,
# so that there is nothing to learn, and train as before.

# %%
dealt = np.random.default_rng(1).permutation(right_labels)
memorised, guessed, _ = study(dealt)
_, read, _ = study(right_labels, epochs=15)

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 51),
        {"in training": memorised, "on held-out digits": guessed},
        x_label="epoch",
        y_label="accuracy",
        bounds={"chance": 0.1},
    ),
    "loop-dealt-labels",
    caption="Accuracy of networks whose training labels were dealt out at random, mean "
    "and range of three seeds. They learn nearly all of them by heart, and read new "
    "digits no better than chance.",
    alt=f"Training accuracy climbs to {memorised[:, -1].mean():.2f}, held-out accuracy "
    f"stays at {guessed[:, -1].mean():.2f}.",
)

# %%
claim(
    "loop-memorised",
    "Networks learn labels that mean nothing: accuracy in training, for each seed.",
    measured=memorised[:, -1],
    above=0.85,
)
claim(
    "loop-memory-is-not-skill",
    "Networks that learned labels without meaning read held-out digits no better than "
    "by guessing: accuracy, for each seed.",
    measured=guessed[:, -1],
    below=0.2,
)
claim(
    "loop-right-labels-generalise",
    "Networks that learned the right labels of 300 digits for fifteen epochs read "
    "held-out digits: accuracy, for each seed.",
    measured=read[:, -1],
    above=0.9,
)

# %% [markdown]
# :::{popular-answer} Lowering the cost yields accurate predictions.
# :verdict: imprecise
# :question: gradient-descent
# :claims: loop-memorised, loop-memory-is-not-skill, loop-right-labels-generalise
#
# It lowers the training cost, and that can be done by heart: this is the experiment of
# {cite:t}`zhang2017understanding`. Only held-out data can say whether the predictions
# are accurate.
# :::
#
# ### "SGD avoids local minima"
#
# Gradient descent stops in the first valley it meets, if its steps are small. Does the
# noise of small batches lead out of it? We take a loss with two valleys,
# $L = \tfrac14(\theta^2-1)^2 + 0.15\,\theta$. The left one is deeper. Five
# hundred weights start in the right one. In place of small batches, Gaussian noise of
# growing size is added to their gradients. The slope itself is cut at ±20, so that no
# weight is thrown to infinity.

# %%
levels = np.arange(0, 8.5, 0.5)
shape = (3, len(levels), 500)  # (runs, sizes of the noise, weights)
jolts = np.random.default_rng(0)


def noisy_slope(theta):
    slope = np.clip(theta**3 - theta + 0.15, -20, 20)
    return slope + levels[:, None] * jolts.normal(size=shape)


settled = descend(SGD(0.05), noisy_slope, np.full(shape, 0.9), 400)[-1]
escaped = np.mean(settled < 0, axis=2)  # (runs, sizes of the noise)

# %% tags=["hide-input"]
show(
    curves(
        levels,
        {"escaped": escaped},
        x_label="standard deviation of the noise (unit of the gradient)",
        y_label="share in the deeper valley",
        markers=True,
    ),
    "loop-escape",
    caption="Share of weights that are in the deeper valley after 400 steps, mean and "
    "range of three runs. Without noise none, with the right amount most, with too "
    "much fewer again: noise throws them back as well.",
    alt=f"The share is {escaped[:, 0].mean():.2f} without noise, at most "
    f"{escaped.mean(axis=0).max():.2f}, and {escaped[:, -1].mean():.2f} at the "
    "strongest.",
)

# %%
claim(
    "loop-gradient-descent-stays",
    "On a loss with two valleys no weight leaves the shallow one without noise: share "
    "that did.",
    measured=escaped[:, 0],
    equals=0,
)
claim(
    "loop-noise-can-help",
    "On a loss with two valleys most weights find the deeper one with a fitting amount "
    "of noise: largest share.",
    measured=escaped.mean(axis=0).max(),
    above=0.65,
)
claim(
    "loop-noise-is-no-guarantee",
    "On a loss with two valleys not all weights find the deeper one even with a "
    "fitting amount of noise: largest share in any run.",
    measured=escaped.max(),
    below=0.9,
)
claim(
    "loop-too-much-noise",
    "On a loss with two valleys fewer weights find the deeper one with too much noise: "
    "share at the strongest noise over the largest share.",
    measured=escaped[:, -1].mean() / escaped.mean(axis=0).max(),
    below=0.85,
)

# %% [markdown]
# :::{popular-answer} SGD improves on gradient descent: cheap steps, no local minima.
# :verdict: imprecise
# :question: role-of-the-optimizer
# :claims: loop-noise-can-help, loop-noise-is-no-guarantee, loop-too-much-noise
#
# An update from a small batch is cheaper. Escape is possible, not guaranteed, and it
# depends on the amount of noise. Nor is each step as good: where the loss is a bowl,
# exact steps gain a fixed share every time, while noisy ones at a constant rate stop
# at a distance {cite:p}`bottou2018optimization`.
# :::
#
# ## What we saw
#
# - Against the gradient the loss falls fastest, for small steps
#   ({numref}`loop-taylor`). Below $2/\lambda_{\max}$ gradient descent converges; 2 %
#   above, it explodes.
# - The loop by hand and `fit` end at the same weights.
# - An epoch is $\lceil N/B\rceil$ updates and meets each sample once. The best number
#   of epochs was {glue:text}`loop-best-epoch` for the three seeds.
# - Momentum and adaptive optimizers change the step, not the gradient.
# - A low training loss proves nothing about new data ({numref}`loop-dealt-labels`).
#
# ## In an interview
#
# :::{interview-card} What happens, step by step, in one training update?
# :id: training-loop
# :figure: loop-one-weight
#
# Forward: the batch goes through the layers, $\hat y = f_\theta(x)$. Loss: the mean
# over the batch, such as cross-entropy for classes or the squared error for numbers,
# both negative log-likelihoods, plus any penalty. Backward: reverse-mode
# differentiation gives the gradient at the price of about two forward passes more.
# Update: gradient descent sets $w \leftarrow w - \alpha\,\partial L/\partial w$; other
# optimizers transform the gradient first. Then comes the next shuffled batch; a
# validation set, which trains nothing, shows when to stop.
# :::
#
# :::{interview-card} What is gradient descent, and when does it converge?
# :id: gradient-descent
# :figure: loop-rates
#
# Step against the gradient, $\theta \leftarrow \theta - \alpha\nabla L$: locally the
# steepest way down. If the curvature is at most $\lambda_{\max}$, any
# $\alpha < 2/\lambda_{\max}$ leads to a stationary point, where the slope is zero; if
# the loss is convex, that is the global minimum. On a quadratic it diverges above
# $2/\lambda_{\max}$, and below each step leaves at best $(\kappa-1)/(\kappa+1)$ of
# the distance, with $\kappa = \lambda_{\max}/\lambda_{\min}$. It lowers the training
# loss, and promises neither accuracy nor generalisation.
# :::
#
# :::{interview-card} What does an optimizer do, and how do the main ones differ?
# :id: role-of-the-optimizer
# :figure: loop-momentum
#
# It turns gradients into updates; the loss gives it nothing but the gradient. Batch
# gradient descent uses the exact one, SGD a cheap one from a few samples, noisy but
# right on average. Momentum sums past gradients, a low-pass filter: faster along
# valleys, calmer across. AdaGrad, RMSprop and Adam divide by past sizes, which gives
# each weight a step length of its own. With tuned learning rates the differences are
# often small.
# :::
#
# :::{interview-card} How do samples, batches, iterations and epochs relate?
# :id: epoch-iteration-batch
# :figure: loop-meetings
#
# A batch is the part of the $N$ samples used for one gradient; its size $B$ is a
# hyperparameter. An iteration is one update on one batch. An epoch is one pass over
# all samples, $\lceil N/B\rceil$ iterations, the last batch perhaps smaller. $E$ epochs
# make $E\lceil N/B\rceil$ updates: 200 samples in batches of 5 are 40 an epoch, 40,000
# in 1,000 epochs. How many epochs is a hyperparameter too, often left to early
# stopping.
# :::
#
# ## Exercises
#
# 1. **Recall.** Which of the four stations of the loop does each of these change: Adam
#    instead of SGD; Dropout; an L2 penalty; a larger batch?
#
#    :::{dropdown} Solution
#    The update; the forward pass; the loss; none of them, but the first three get more
#    examples.
#    :::
#
# 2. **By hand.** $N = 1{,}347$ digits, batches of 64, 10 epochs. How many updates does
#    `fit` make? How many samples are in the last batch of an epoch?
#
#    :::{dropdown} Solution
#    $\lceil 1347/64\rceil = 22$ an epoch, 220 in all; $1347 - 21\cdot 64 = 3$ samples.
#    The next cell asks Keras.
#    :::

# %% tags=["hide-cell"]
optimizer_of_exercise = SGD(0.01)
counted = mlp(64, (), 10)
counted.compile(optimizer_of_exercise, cross_entropy)
counted.fit(x_train, y_train, batch_size=64, epochs=10, verbose=0)
claim(
    "loop-exercise-updates",
    "Exercise 2: updates in ten epochs of 1,347 digits in batches of 64.",
    measured=int(optimizer_of_exercise.iterations),
    equals=220,
)

# %% [markdown]
# 3. **Predict, then run.** On the parabola of the first figure, which rate reaches the
#    minimum in a single step? What is special about $\alpha = 2$?
#
#    :::{dropdown} Solution
#    $\alpha = 1$, since $1 - \alpha = 0$. At $\alpha = 2$ the weight jumps between $+1$
#    and $-1$ for ever.
#    :::

# %% tags=["hide-cell"]
one_jump = descend(SGD(1.0), lambda theta: theta, [1.0], 1)[-1, 0]
for_ever = np.abs(descend(SGD(2.0), lambda theta: theta, [1.0], 100)[:, 0])
claim(
    "loop-exercise-parabola",
    "Exercise 3: on the parabola ½θ² from 1, the weight after one step at α = 1, and "
    "how far its size strays from 1 in 100 steps at α = 2.",
    measured=[abs(one_jump), np.abs(for_ever - 1).max()],
    below=1e-9,
)

# %% [markdown]
# 4. **Code.** Multiply the loss by 10. How must $\alpha$ change so that gradient
#    descent takes the same path? Does it hold on the digits?
#
#    :::{dropdown} Solution
#    $\alpha/10$: the gradient is ten times as long. The cell trains so, and compares
#    with the network from above.
#    :::

# %% tags=["hide-cell"]
scaled, _ = by_fit(SGD(0.01), lambda y, z: 10 * cross_entropy(y, z))
claim(
    "loop-exercise-scale",
    "Exercise 4: ten times the loss and a tenth of the rate end at the same weights: "
    "distance, in parts of the distance travelled.",
    measured=np.linalg.norm(scaled - fitted) / travelled,
    below=1e-4,
)

# %% [markdown]
# 5. **Think.** In {numref}`loop-rates` the loss left keeps falling up to the limit
#    itself. Yet on the bowl the best rate was $2/101$, below the limit of $2/100$. Why
#    is there a best rate at all?
#
#    :::{dropdown} Solution
#    Close to the limit the sharpest direction itself becomes slow: its factor
#    $1 - \alpha\lambda_{\max}$ comes near $-1$. The best rate makes the sharpest and
#    the flattest equally slow, $\alpha = 2/(\lambda_{\max} + \lambda_{\min})$. For the
#    diabetes data $\kappa$ is in the hundreds, and that is close to the limit.
#    :::
#
# 6. **Open.** A validation set tells when to stop. After a hundred experiments that all
#    stopped by the same validation set, what does its loss still tell you?
#
#    :::{dropdown} Solution
#    Less than it seems: each choice made by it has fitted it a little. Keep a third
#    part, the test set, for a single final look.
#    :::
#
# ## Further reading
#
# {cite:t}`goodfellow2016deep`, section 4.3 on gradient descent and section 8.1.3 on
# batches. {cite:t}`bottou2018optimization`, section 4, proves what noisy gradients can
# and cannot promise.
#
# :::{parts-used}
# :::
