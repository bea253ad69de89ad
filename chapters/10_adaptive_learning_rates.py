# %% [markdown]
# # AdaGrad gives every weight its own rate, and only ever lowers it
#
# {doc}`Momentum and curvature <09_momentum_and_curvature>` ended with a bargain. The
# curvature gives every weight a rate of its own, and it is dear: each step needs more
# gradients than one. The squares of the gradients are there anyway. Can they take its
# place? They can, in part. This chapter asks where that helps, and what is left to
# choose.
#
# This chapter answers: **What is an adaptive learning rate, and how do AdaGrad, RMSprop
# and Adam implement it?**

# %%
import keras
import numpy as np
from keras import ops

from dlbook.claims import claim
from dlbook.data import load_digits, sparse_features
from dlbook.figures import curve_panels, curves, image_grid, moving_paths
from dlbook.measures import path_difference, training_path
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adadelta, Adagrad, Adam, Optimizer, RMSprop
from dlbook.page import animate, quote, show
from dlbook.training import descend, sweep

# %% [markdown]
# ## The idea: a common word and a rare one
#
# When does one rate not suit two weights? Let a text's score be the sum of the weights
# of its words, plus noise. The word "good" is in every text, the word "sublime" in one
# of fifty. Both weights should become 1. Each step sees one text. The gradient of the
# squared error is zero for a word that is not in it. We run thirty copies.

# %%
presence = np.array([1.0, 0.02])


def text_gradient(seed):
    """The gradient of the next text's error; θ is (copies, 2)."""
    random = np.random.default_rng(seed)

    def gradient(theta):
        x = (random.random(theta.shape) < presence).astype(float)
        score = x.sum(axis=1) + random.normal(0, 0.5, size=len(theta))
        return x * (np.sum(x * theta, axis=1) - score)[:, None]

    return gradient


# %%
def word_path(rule):
    return descend(rule, text_gradient(0), np.zeros((30, 2)), 2000)


word_paths = {
    "SGD, 0.01": word_path(SGD(0.01)),
    "SGD, 0.1": word_path(SGD(0.1)),
    "AdaGrad": word_path(Adagrad(0.25, initial_accumulator_value=0)),
}

# %% tags=["hide-input"]
panels = {
    f"{word}\n{name}": path[:, 0, k]
    for k, word in enumerate(("common word", "rare word"))
    for name, path in word_paths.items()
}
ends = {name: path[-500:, :, 1].mean() for name, path in word_paths.items()}
show(
    curve_panels(
        np.arange(2001), panels, x_label="step $t$", y_label="weight", columns=3
    ),
    "adagrad-two-words",
    caption="Weights of a common word (top) and a rare one (bottom), one run of 30. "
    "Both should reach 1. At a small rate the rare one does not arrive. At a large one "
    "the common one trembles. With AdaGrad both arrive and the common one is calm.",
    alt="Six panels of weights over 2,000 steps. Mean of the rare word's weight in the "
    "last 500 steps: "
    + ", ".join(f"{value:.2f} for {name}" for name, value in ends.items())
    + ".",
)


# %%
def word_errors(path):
    """Root mean square errors of the last 500 steps: common word, rare word."""
    return np.sqrt(np.mean((path[-500:] - 1) ** 2, axis=(0, 1)))


slow, fast, own = map(word_errors, word_paths.values())
claim(
    "adagrad-small-rate-starves",
    "At the rate 0.01 SGD brings the rare word's weight less than half of the way in "
    "2,000 steps: mean of the last 500.",
    measured=ends["SGD, 0.01"],
    below=0.5,
)
claim(
    "adagrad-large-rate-trembles",
    "At the rate 0.1 SGD makes the common word's weight tremble: its root mean square "
    "error over that at 0.01.",
    measured=fast[0] / slow[0],
    above=2,
)
claim(
    "adagrad-suits-both-words",
    "AdaGrad is about as calm on the common word as SGD at 0.01, and as good on the "
    "rare one as SGD at 0.1: its two errors over those of SGD.",
    measured=[own[0] / slow[0], own[1] / fast[1]],
    below=1.5,
)
claim(
    "adagrad-no-one-rate-suits-both",
    "No constant rate of SGD, of five from 0.01 to 0.1, suits a common and a rare word "
    "as AdaGrad does: larger of its two errors over AdaGrad's, smallest of all rates.",
    measured=min(
        np.max(word_errors(word_path(SGD(rate))) / own)
        for rate in np.geomspace(0.01, 0.1, 5)
    ),
    above=1.5,
)

# %% [markdown]
# The rare weight had as much to learn and fifty times fewer chances. It needs longer
# steps, at each of its chances. Nobody told AdaGrad which word is rare.
#
# ## The rule
#
# How does it find out? It adds up, for each weight, the squares of all gradients so far
# {cite:p}`duchi2011adaptive,mcmahan2010adaptive`, and divides by the root of the sum:
#
# $$
# \begin{aligned}
# s_t &= s_{t-1} + g_t^2 \\
# \theta_t &= \theta_{t-1} - \frac{\alpha}{\sqrt{s_0 + s_t + \varepsilon}}\; g_t
# \end{aligned}
# $$ (eq-adagrad)
#
# The fraction is the weight's *effective rate*. A rate made from the weight's own past
# gradients is called *adaptive*. A *schedule* is something else: it lowers the one
# $\alpha$ of all weights by the clock, whatever the gradients were. The sum $s_t$
# starts from zero, and $s_0$ is added to it: 0 in the paper, 0.1 in Keras.
#
# ```{literalinclude} ../dlbook/optimizers/adagrad.py
# :pyobject: Adagrad.step
# :language: python
# :dedent: 4
# ```
#
# What becomes of the step if the gradient stays the same? Then $s_t = t\,g^2$ and the
# step is $\alpha/\sqrt t$, whatever $g$ is. {doc}`RMSprop <11_rmsprop>` and
# {doc}`Adam <12_adam>` put a moving average in place of the sum. We feed all three a
# gradient of 1.

# %%
t = np.arange(1, 1001)
same_gradient = {
    rule.__class__.__name__.replace("Adag", "AdaG"): -np.diff(
        descend(rule, lambda theta: np.ones(1), [0.0], 1000)[:, 0]
    )
    for rule in (Adagrad(1.0, initial_accumulator_value=0), RMSprop(1.0), Adam(1.0))
}
slope, _ = np.polyfit(np.log(t), np.log(same_gradient["AdaGrad"]), 1)

# %% tags=["hide-input"]
show(
    curves(
        t,
        same_gradient,
        x_label="step $t$",
        y_label="length of the step / $\\alpha$",
        x_scale="log",
        y_scale="log",
    ),
    "adagrad-constant-gradient",
    caption="Length of each step under a gradient that never changes. AdaGrad's falls "
    "as $1/\\sqrt t$. RMSprop and Adam, which forget, settle at α.",
    alt=f"Three curves on logarithmic axes. AdaGrad's is a straight line of slope "
    f"{slope:.2f}; the other two end at 1.",
)

# %%
claim(
    "adagrad-falls-as-root",
    "Under a constant gradient AdaGrad's step falls as 1/√t: slope on logarithmic "
    "axes.",
    measured=slope,
    above=-0.51,
    below=-0.49,
)
claim(
    "adagrad-others-do-not-fall",
    "Under a constant gradient RMSprop's and Adam's steps stop changing: step 1,000 "
    "over step 100, for both.",
    measured=[
        same_gradient[name][999] / same_gradient[name][99]
        for name in ("RMSprop", "Adam")
    ],
    above=0.99,
    below=1.01,
)

# %% [markdown]
# The sum of $1/\sqrt t$ grows without end, as $2\sqrt t$. So AdaGrad gets anywhere, but
# a distance ten times as long takes a hundred times as many steps.
#
# ### Does it take the place of the curvature?
#
# We let it descend the bowl with the curvatures 1 and 100, on exact gradients. The
# steep weight's gradient is a hundred times the other's, and so is its root of $s$.

# %%
steepness = np.array([1.0, 100.0])


def down_bowl(rule, turn):
    """200 steps on the bowl, which is turned by a matrix; so is the start."""
    return descend(
        rule, lambda theta: turn @ (steepness * (theta @ turn)), turn @ [1, 1], 200
    )


straight = np.eye(2)
adagrad = Adagrad(0.5, initial_accumulator_value=0)
exact = down_bowl(adagrad, straight)

# %%
s = np.cumsum((steepness * exact[:-1]) ** 2, axis=0)
claim(
    "adagrad-makes-bowl-round",
    "On a bowl along the axes AdaGrad moves the steep weight and the flat one alike: "
    "largest difference between the two.",
    measured=np.abs(exact[:, 0] - exact[:, 1]).max(),
    below=1e-4,
)
claim(
    "adagrad-exact-rate-stays",
    "On a bowl along the axes, with exact gradients, AdaGrad's rate stops falling: "
    "effective rate at step 200 over that at step 20, for both weights.",
    measured=np.sqrt(s[19] / s[199]),
    above=0.99,
)

# %% [markdown]
# Here it does: the bowl is as good as round. But $\sqrt s$ is the size of a gradient,
# curvature times distance, and not the curvature. And there is one for each weight,
# none for the directions between. We turn the bowl by 30 degrees.

# %%
cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
rotation = np.array([[cosine, -sine], [sine, cosine]])
turned = down_bowl(adagrad, rotation)
descent = SGD(0.017)
bowls = {
    title: (
        lambda theta, turn=turn: np.sum(steepness * (theta @ turn) ** 2, axis=-1) / 2,
        {"gradient descent": down_bowl(descent, turn), "AdaGrad": path},
        [(0, 0)],
        ((-1.1, 2.35), (-0.85, 1.5)),
    )
    for title, turn, path in (
        ("on the axes", straight, exact),
        ("turned by 30°", rotation, turned),
    )
}

# %% tags=["hide-input"]
animate(
    moving_paths(bowls, [*range(11), 15, 20, 30, 50, 100, 150, 200]),
    "adagrad-bowls",
    caption="The same bowl, on the axes and turned. Gradient descent's path turns with "
    "it. AdaGrad walks straight to the star on the left. On the right it falls to the "
    "floor of the valley and creeps along it.",
    alt="Contour lines of a narrow valley, twice, with the paths of gradient descent "
    "and AdaGrad. After 20 steps AdaGrad's larger weight is "
    f"{np.abs(exact[20]).max():.2g} on the axes and {np.abs(turned[20]).max():.2f} on "
    f"the turned bowl, where it is {np.abs(turned[200]).max():.2f} after 200.",
)

# %%
claim(
    "adagrad-straight-bowl-arrives",
    "On the straight bowl AdaGrad has arrived after 20 steps: larger weight.",
    measured=np.abs(exact[20]).max(),
    below=1e-3,
)
claim(
    "adagrad-turned-bowl",
    "On the turned bowl AdaGrad is still on its way after 200 steps: larger weight.",
    measured=np.abs(turned[-1]).max(),
    above=0.05,
)

# %% [markdown]
# ### Does the rate always fall?
#
# On the straight bowl it did not. Without noise gradients fade on the way to the
# minimum, the sum stops growing, and the rate stays. With noise they never fade. Then
# the rate falls as $1/\sqrt t$, and that is welcome: it is the falling rate with which
# {doc}`noisy steps <07_stochastic_gradients>` come to rest.


# %%
def noise_floor(rule):
    """Variance of 500 weights around the minimum of a noisy parabola, in time."""
    random = np.random.default_rng(1)
    noisy = descend(
        rule, lambda x: x + random.normal(size=500), np.zeros(500), steps=1600
    )
    return noisy.var(axis=1)


falling = noise_floor(Adagrad(1.0, initial_accumulator_value=0))
staying = noise_floor(SGD(0.05))
claim(
    "adagrad-noise-floor-falls",
    "With noise AdaGrad's floor falls with its rate, as 1/√t: variance around the "
    "minimum at steps 90 to 110 over that at steps 1,500 to 1,600.",
    measured=falling[90:110].mean() / falling[1500:].mean(),
    above=2.5,
    below=6,
)
claim(
    "adagrad-sgd-floor-stays",
    "SGD's floor at a constant rate stays: variance around the minimum at steps 90 to "
    "110 over that at steps 1,500 to 1,600.",
    measured=staying[90:110].mean() / staying[1500:].mean(),
    above=0.7,
    below=1.4,
)

# %% [markdown]
# ## Keras beside it
#
# Are `Adagrad` and `Adadelta`, which comes below, the ones of Keras? We train a network
# on 200 batches of digits with each, and compare all weights after every step. AdaGrad
# starts at $s_0 = 0$ here.

# %%
digits = load_digits()
(x_train, y_train), _ = digits


def path_on_digits(optimizer):
    model = mlp(64, (32,), 10, activation="tanh")
    return training_path(model, optimizer, x_train, y_train, steps=200)


by_hand = Adagrad(0.01, initial_accumulator_value=0)
pairs = [
    (by_hand, keras.optimizers.Adagrad(0.01, initial_accumulator_value=0)),
    (Adadelta(1.0), keras.optimizers.Adadelta(1.0)),
]
gaps = [
    path_difference(path_on_digits(own_rule), path_on_digits(built_in)).max()
    for own_rule, built_in in pairs
]
claim(
    "adagrad-equals-keras",
    "AdaGrad and Adadelta by hand are Keras's: largest difference in 200 steps on "
    "digits, in parts of the distance travelled, for each.",
    measured=gaps,
    below=1e-5,
)

# %% [markdown]
# Which weights got which rate? Each of the 64 pixels feeds 32 weights. We rank the
# pixels by how often they are inked, and by the mean effective rate of their weights.

# %%
sums = [v.numpy() for v in by_hand.variables if v.name.endswith("_s")]
inked = np.mean(x_train > 0, axis=0)  # (pixels,)
pixel_rate = np.mean(0.01 / np.sqrt(sums[0] + 1e-7), axis=1)  # (pixels,)
ranks = np.argsort(np.argsort([inked, pixel_rate], axis=1), axis=1)
used = inked > 0
rank_correlation = np.corrcoef(
    *np.argsort(np.argsort([inked[used], pixel_rate[used]], axis=1), axis=1)
)[0, 1]

# %% tags=["hide-input"]
show(
    image_grid(
        ranks.reshape(2, 8, 8) + 1,
        ["how often inked", "effective rate"],
        columns=2,
        label="rank of 64 pixels",
    ),
    "adagrad-pixels",
    caption="The 64 pixels of a digit, ranked by how often they are inked (left) and "
    "by the effective rate of their weights after 200 steps of AdaGrad (right). The "
    "rates are the negative of the ink: the rarer a pixel, the higher its rate.",
    alt="Two pictures of eight by eight pixels, dark where the other is light. Their "
    f"rank correlation, over pixels that are ever inked, is {rank_correlation:.2f}.",
)

# %%
claim(
    "adagrad-rare-pixels-learn-faster",
    "The rarer a pixel is inked, the higher the effective rate of its weights: rank "
    "correlation over the pixels that are ever inked.",
    measured=rank_correlation,
    below=-0.6,
)
all_sums = np.concatenate([sums[0][used].ravel(), *map(np.ravel, sums[1:])])
spread = [
    np.divide(*np.percentile(1 / np.sqrt(s_0 + all_sums + 1e-7), [95, 5]))
    for s_0 in (0, 0.1)
]
claim(
    "adagrad-rates-spread",
    "After 200 steps on digits from s₀ = 0, AdaGrad's effective rates differ by more "
    "than tenfold: the 95th percentile over the 5th.",
    measured=spread[0],
    above=10,
)
claim(
    "adagrad-keras-start-hides-it",
    "With Keras's s₀ = 0.1, the gradients of 200 steps on digits give AdaGrad nearly "
    "equal effective rates: the 95th percentile over the 5th.",
    measured=spread[1],
    below=2,
)

# %% [markdown]
# The second number is a warning. $s_0$ is in units of $g^2$. Where gradients are small,
# as here, 0.1 outweighs all that is added to it. Every weight then has nearly the same
# rate $\alpha/\sqrt{0.1}$: Keras's default AdaGrad begins as SGD.
#
# ## The experiment: do rare features learn faster?
#
# Above, all rates were set by hand. What if each rule may choose its own? We make 4,000
# texts with 10 frequent features and 50 rare ones, each of which is in one text of
# fifty, and train a logistic regression: one pass over half of the texts in batches of
# 16. The other half is held out. Both try fifteen rates and keep the best. All rates
# run at once: the code trains $\theta/\alpha$, for which the rate $\alpha$ is 1.

# %%
seeds = (0, 1, 2)
problems = [sparse_features(4000, frequent=10, rare=50, seed=seed) for seed in seeds]
rates = 10.0 ** (np.arange(-8, 7) / 4)


def with_constant(x):
    return np.c_[x, np.ones(len(x))]


def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2


# %%
def one_pass(rule, alphas, seed, factors=1.0):
    """θ and the sum of squared gradients, a row for each rate or loss factor."""
    x, y = with_constant(problems[seed][0]), problems[seed][1]
    batches = iter(np.random.default_rng(seed + 10).permutation(2000).reshape(-1, 16))
    alphas, factors = np.reshape(alphas, (-1, 1)), np.reshape(factors, (-1, 1))
    total = np.zeros((max(len(alphas), len(factors)), x.shape[1]))

    def batch_gradient(scaled):  # θ/α
        rows = next(batches)
        error = sigmoid(alphas * scaled @ x[rows].T) - y[rows]
        g = factors * error @ x[rows] / 16
        total[:] += g**2
        return g

    start = np.zeros_like(total)
    return alphas * descend(rule, batch_gradient, start, steps=125)[-1], total


# %%
def held_out_loss(theta, seed):
    """Mean log-loss on the second half, for each row of θ."""
    x, y, *_ = problems[seed]
    z = theta @ with_constant(x[2000:]).T
    return np.mean(np.logaddexp(0, z) - y[2000:] * z, axis=1)


class ToThePower(Optimizer):
    """Divides by sᵖ: SGD for p = 0, AdaGrad for p = 1/2."""

    state = ("s",)

    def __init__(self, power):
        super().__init__(1.0)
        self.power = power

    def step(self, theta, g, t, alpha, s):
        s = s + g**2
        return theta - alpha * g / (s + 1e-20) ** self.power, s


# %% [markdown]
# The class runs both: without its division it is SGD, with the root AdaGrad at
# $s_0 = 0$. We will need a third power soon.

# %%
ends_by_rate = {
    name: [one_pass(ToThePower(power), rates, seed) for seed in seeds]
    for name, power in (("SGD", 0.0), ("AdaGrad", 0.5))
}
log_loss = {
    name: np.array([held_out_loss(theta, seed) for seed, (theta, _) in enumerate(runs)])
    for name, runs in ends_by_rate.items()
}  # (seeds, rates)
lowest = {name: losses.min(axis=1) for name, losses in log_loss.items()}

# %% tags=["hide-input"]
show(
    curves(
        rates,
        {
            name: np.where(losses.max(axis=0) < np.log(2), losses, np.nan)
            for name, losses in log_loss.items()
        },
        x_label="learning rate $\\alpha$",
        y_label="held-out log-loss (nats)",
        x_scale="log",
        bounds={"a guess of one half": np.log(2)},
        markers=True,
    ),
    "adagrad-sparse",
    caption="Log-loss after one pass over sparse features, against the learning rate; "
    "mean and range of three problems. A line ends where one of them is worse than a "
    "guess. AdaGrad's best rate is better than SGD's best, in each problem.",
    alt="Two U-shaped curves. Lowest log-loss, for each problem: "
    + "; ".join(
        f"{name} " + ", ".join(f"{v:.2f}" for v in values)
        for name, values in lowest.items()
    )
    + ".",
)


# %%
def share_learned(name, seed):
    """How far the rare weights have come, at the tuned rate: 1 is the rule's."""
    theta = ends_by_rate[name][seed][0][log_loss[name][seed].argmin()]
    w = problems[seed][2][10:]
    return theta[10:60] @ w / (w @ w)


rare_share = {name: [share_learned(name, seed) for seed in seeds] for name in log_loss}
quote("adagrad-rare-share", np.mean(rare_share["AdaGrad"]))
quote("adagrad-rare-share-sgd", np.mean(rare_share["SGD"]))
claim(
    "adagrad-better-on-sparse",
    "On sparse features tuned AdaGrad ends one pass at a lower held-out log-loss than "
    "tuned SGD: ratio, for each problem.",
    measured=lowest["AdaGrad"] / lowest["SGD"],
    below=0.94,
)
claim(
    "adagrad-rare-weights-further",
    "With AdaGrad the weights of rare features come further than with SGD, both at "
    "their best rate: share of the way over SGD's, for each problem.",
    measured=np.divide(rare_share["AdaGrad"], rare_share["SGD"]),
    above=1.1,
)
claim(
    "adagrad-rare-rates-higher",
    "AdaGrad gives rare features the higher effective rate: median of theirs over "
    "median of the frequent ones', for each problem.",
    measured=[
        np.sqrt(np.median(total[0, :10]) / np.median(total[0, 10:60]))
        for _, total in ends_by_rate["AdaGrad"]
    ],
    above=2,
)

# %% [markdown]
# At their best rates, the rare weights had come {glue:text}`adagrad-rare-share` of the
# way with AdaGrad and {glue:text}`adagrad-rare-share-sgd` with SGD, on average.
#
# ### What is promised
#
# Is there a guarantee? Let losses be convex and let them come one by one, in any order,
# even chosen by an enemy. *Regret* is what the learner lost in total, minus what the
# best fixed $\theta$ would have lost. Keep each weight in an interval of length $D$ and
# take $\alpha = D/\sqrt2$ and $s_0 = 0$. Then {cite:p}`duchi2011adaptive`
#
# $$
# \text{regret} \;\le\; \sqrt2\, D \sum_i \sqrt{s_{T,i}}\,.
# $$ (eq-adagrad-regret)
#
# In words: each weight $i$ costs the length of the row of its own gradients, and one
# that is hardly ever used costs hardly anything. With one rate for all $P$ weights,
# set by the sum over all of them, the same proof gives
# $\sqrt2\,D\sqrt{P}\,\sqrt{\sum_i s_{T,i}}$. That is never less, and equal only if all
# weights have equal sums. Over $T$ bounded gradients both grow at most as $\sqrt T$,
# so the regret per step goes to zero. We check it on one text at a time, with every
# weight kept in $[-10, 10]$. The best fixed $\theta$ is found from all texts at once.

# %%


class InBox(Adagrad):
    """AdaGrad that keeps every weight in [−10, 10]."""

    def step(self, theta, *rest):
        theta, *state = super().step(theta, *rest)
        return ops.clip(theta, -10, 10), *state


texts = np.stack([with_constant(x[:2000]) for x, *_ in problems], axis=1)
answers = np.stack([y[:2000] for _, y, *_ in problems], axis=1)  # (texts, problems)
makers = np.stack([np.r_[w, b] for *_, w, b in problems])  # (problems, weights)
coming = iter(zip(texts, answers, strict=True))


def next_text(theta):
    x, y = next(coming)
    return (sigmoid(np.sum(x * theta, axis=1)) - y)[:, None] * x


# %%
def in_box(alpha):
    return InBox(alpha, initial_accumulator_value=0, epsilon=1e-20)


def slope_of_all(theta):
    error = sigmoid(np.einsum("tpw,pw->tp", texts, theta)) - answers
    return np.einsum("tp,tpw->pw", error, texts)


played = descend(in_box(20 / np.sqrt(2)), next_text, np.zeros((3, 61)), 2000)[:-1]
best_fixed = descend(in_box(1.0), slope_of_all, makers, 150)[-1]


# %%
def total_loss(theta):
    z = np.sum(texts * theta, axis=2)
    return np.sum(np.logaddexp(0, z) - answers * z, axis=0)


errors = sigmoid(np.sum(texts * played, axis=2)) - answers
s_T = np.sum((errors[:, :, None] * texts) ** 2, axis=0)  # (problems, weights)
promise = np.sqrt(2) * 20 * np.sqrt(s_T).sum(axis=1)
claim(
    "adagrad-keeps-its-promise",
    "AdaGrad's regret after 2,000 texts is within its guarantee: regret over bound, "
    "for each problem.",
    measured=(total_loss(played) - total_loss(best_fixed)) / promise,
    below=1,
)
claim(
    "adagrad-promise-is-loose",
    "With the α of its guarantee AdaGrad loses more on 2,000 texts than a guess of one "
    "half each time: its loss over that of guessing, for each problem.",
    measured=total_loss(played) / (2000 * np.log(2)),
    above=1.5,
)
claim(
    "adagrad-promises-more",
    "AdaGrad's guarantee is stronger than that for one rate for all weights: its bound "
    "over the other, on the same gradients of 2,000 texts, for each problem.",
    measured=np.sqrt(s_T).sum(axis=1) / np.sqrt(61 * s_T.sum(axis=1)),
    below=0.85,
)

# %% [markdown]
# A guarantee of this kind is about the worst case. The rate that it asks for was far
# too high for these texts: a guess of one half would have lost less. And a network's
# loss is not convex.
#
# ## Why the root?
#
# Why $\sqrt{s}$ and not $s$? Multiply the loss by $c$. The gradient becomes $c\,g$ and
# the sum $c^2 s$. So $g/s^p$ is multiplied by $c^{1-2p}$. Only $p = \tfrac12$ cancels:
# with the root the scale of the loss does not matter. Without any division the steps
# are $c$ times as long, and with $s$ in place of $\sqrt s$ they are $c$ times as short.
# We tune each at $c = 1$, without the root among smaller rates, and then change $c$.

# %%
loss_factors = 10.0 ** np.arange(-3, 4)
powers = {"SGD": 0.0, "AdaGrad": 0.5, "g/s, without the root": 1.0}


def losses_by_factor(power, seed):
    rule = ToThePower(power)
    tried = rates / 100 if power == 1 else rates
    tuned = tried[held_out_loss(one_pass(rule, tried, seed)[0], seed).argmin()]
    return held_out_loss(one_pass(rule, tuned, seed, loss_factors)[0], seed)


rescaled = {
    name: np.array([losses_by_factor(power, seed) for seed in seeds])
    for name, power in powers.items()
}  # (seeds, factors)

# %% tags=["hide-input"]
show(
    curves(
        loss_factors,
        rescaled,
        x_label="factor of the loss, $c$",
        y_label="held-out log-loss (nats)",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "adagrad-root",
    caption="Log-loss after one pass, when the training loss is multiplied by $c$ and "
    "the learning rate is the one that was best at $c = 1$; mean and range of three "
    "problems. Only the rule with the root does not notice.",
    alt="Three curves. Log-loss at a factor of 1,000: "
    + ", ".join(f"{runs[:, -1].mean():.2g} for {n}" for n, runs in rescaled.items())
    + "; at 1/1,000: "
    + ", ".join(f"{runs[:, 0].mean():.2g}" for runs in rescaled.values())
    + ".",
)

# %%
no_division, root, no_root = rescaled.values()
claim(
    "adagrad-root-cancels-scale",
    "With its root, AdaGrad does not notice a loss times or over 1,000: largest change "
    "of the log-loss, for each problem.",
    measured=np.ptp(root, axis=1),
    below=1e-4,
)
claim(
    "adagrad-no-division-explodes",
    "SGD breaks down when the loss is multiplied by 1,000: its log-loss over that at "
    "factor 1, for each problem.",
    measured=no_division[:, -1] / no_division[:, 3],
    above=3,
)
claim(
    "adagrad-no-root-explodes",
    "Without the root AdaGrad breaks down when the loss is divided by 1,000: its "
    "log-loss over that at factor 1, for each problem.",
    measured=no_root[:, 0] / no_root[:, 3],
    above=3,
)

# %% [markdown]
# ## Where does AdaGrad stop too early?
#
# The sum never forgets. What if early gradients say nothing about later ones? A weight
# follows noisy numbers with the mean 2. The tenth of them is broken: it is 1,000 too
# small. We compare the errors of three rules, in a hundred copies and three seeds.

# %%


def noisy_numbers(broken_at=10):
    """The slope towards the next numbers; θ is (seeds, copies)."""
    randoms = [np.random.default_rng(seed) for seed in seeds]
    count = iter(range(1, 10_000))

    def gradient(theta):
        drawn = np.stack([random.normal(2, 1, size=100) for random in randoms])
        return theta - (drawn - 1000 * (next(count) == broken_at))

    return gradient


def follow_error_of(rule, **options):
    """Root mean square error of a hundred copies, (seeds, steps)."""
    path = descend(rule, noisy_numbers(**options), np.zeros((3, 100)), 1200)
    return np.sqrt(np.mean((path - 2) ** 2, axis=2)).T


followers = {
    "SGD": SGD(0.05),
    "AdaGrad": Adagrad(0.5, initial_accumulator_value=0),
    "RMSprop": RMSprop(0.05),
}
follow_error = {name: follow_error_of(rule) for name, rule in followers.items()}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1201),
        follow_error,
        x_label="step $t$",
        y_label="error (root mean square)",
        y_scale="log",
    ),
    "adagrad-broken-number",
    caption="Error of a weight that follows noisy numbers, the tenth of which is "
    "broken; mean and range of three seeds. SGD is thrown far away and comes back. "
    "RMSprop stands still until it has forgotten, and arrives. AdaGrad is hardly "
    "thrown, and then hardly moves.",
    alt="Three curves. Error after 1,200 steps: "
    + ", ".join(f"{runs[:, -1].mean():.2g} for {n}" for n, runs in follow_error.items())
    + ".",
)

# %%
healthy = follow_error_of(followers["AdaGrad"], broken_at=-1)
claim(
    "adagrad-never-forgets",
    "One broken number holds AdaGrad back: its error after 1,000 steps over "
    "RMSprop's, for each seed.",
    measured=follow_error["AdaGrad"][:, 1000] / follow_error["RMSprop"][:, 1000],
    above=2,
)
claim(
    "adagrad-arrives-without-it",
    "AdaGrad follows noisy numbers well if none is broken: its error with one broken "
    "number over that without, after 1,000 steps, for each seed.",
    measured=follow_error["AdaGrad"][:, 1000] / healthy[:, 1000],
    above=3,
)

# %% [markdown]
# One gradient of about 1,000 keeps the effective rate near $0.5/1000$, for good. A
# larger $\alpha$ would hide it, and so would clipping the gradient.
#
# Is a task that changes another such case? {doc}`Stochastic gradients
# <07_stochastic_gradients>` had a stream of points whose rule slowly turns by half a
# circle. Here is such a stream of 3,000 points, and AdaGrad at three rates.

# %%
stream = np.random.default_rng(3)
points = stream.normal(size=(3000, 3, 2))  # (time, runs, inputs)
angle = np.linspace(0, np.pi, 3000)
facing = np.stack([np.cos(angle), np.sin(angle)], axis=1)
sides = np.einsum("tri,ti->tr", points, facing) > 0
arriving = iter(zip(points, sides, strict=True))
stream_rates = np.array([0.03, 0.3, 3.0]).reshape(3, 1, 1)


def newest(scaled):
    """The gradient of the newest point's logistic loss, at θ = α · scaled."""
    now, side = next(arriving)
    error = sigmoid(np.sum(now * stream_rates * scaled, axis=2)) - side
    return error[:, :, None] * now


# %%
turning = descend(
    Adagrad(1.0, initial_accumulator_value=0), newest, np.zeros((3, 3, 2)), 3000
)[:-1]
right = (np.einsum("tri,tari->tar", points, turning) > 0) == sides[:, None]
late = right[2000:].mean(axis=0)  # (rates, runs)
claim(
    "adagrad-small-rate-left-behind",
    "At the rate 0.03 AdaGrad is left behind by a rule that turns: accuracy on the "
    "last third, for each run.",
    measured=late[0],
    below=0.75,
)
claim(
    "adagrad-large-rate-keeps-up",
    "At the rate 3 AdaGrad keeps up with a rule that turns: accuracy on the last "
    "third, for each run.",
    measured=late[2],
    above=0.93,
)

# %% [markdown]
# So a change need not stop it, if $\alpha$ was chosen large enough for the day when the
# sum is large. RMSprop needs no such foresight, since it forgets
# {cite:p}`tieleman2012rmsprop`. Another rule that forgets is Adadelta.
#
# ## Adadelta: can the unit of the step be right by itself?
#
# AdaGrad's division removes the unit of the loss. What is left is $\alpha$, which must
# have the unit of $\theta$: a weight in centimetres needs a hundred times the $\alpha$
# of one in metres. Newton's step $g/\lambda$, with the curvature $\lambda$, has the
# right unit without an $\alpha$. Since $\lambda$ is a change of gradient over a change
# of weight, $1/\lambda$ is like the size of a step over the size of a gradient.
# Adadelta takes that literally {cite:p}`zeiler2012adadelta`. It keeps a moving average
# $v$ of $g^2$ and another, $d$, of its own squared steps. Each keeps the share
# $\rho = 0.95$ of its old value at every step, and so forgets:
#
# $$
# \begin{aligned}
# v_t &= \rho\, v_{t-1} + (1-\rho)\, g_t^2 \\
# \delta_t &= \frac{\sqrt{d_{t-1} + \varepsilon}}{\sqrt{v_t + \varepsilon}}\; g_t \\
# d_t &= \rho\, d_{t-1} + (1-\rho)\, \delta_t^2 \\
# \theta_t &= \theta_{t-1} - \alpha\, \delta_t
# \end{aligned}
# $$ (eq-adadelta)
#
# ```{literalinclude} ../dlbook/optimizers/adadelta.py
# :pyobject: Adadelta.step
# :language: python
# :dedent: 4
# ```
#
# $\sqrt d$ has the unit of $\theta$, and $\sqrt v$ that of $g$, which cancels. The
# paper has no $\alpha$: it is 1. But look at $\varepsilon$. It is added to $v$ and to
# $d$, whose units differ. We walk down the parabola $\tfrac12 x^2$ from one metre, and
# again in centimetres: with the same $\varepsilon$, and with one that is converted for
# each place.


# %%


class Converted(Adadelta):
    """Adadelta with ε = 1e-6 in metres, for a weight that is in centimetres."""

    def step(self, theta, g, t, alpha, v, d):
        v = v + (1 - self.rho) * (g**2 - v)
        delta = g * ops.sqrt(d + 1e-6 * 100**2) / ops.sqrt(v + 1e-6 / 100**2)
        d = d + (1 - self.rho) * (delta**2 - d)
        return theta - alpha * delta, v, d


in_metres = descend(Adadelta(1.0, epsilon=1e-6), lambda x: x, [1.0], 200)
in_centimetres, converted = (
    descend(rule(1.0, epsilon=1e-6), lambda x: x / 100**2, [100.0], 200)
    for rule in (Adadelta, Converted)
)
quote("adadelta-metres", f"{100 * (1 - in_metres[-1, 0]):.0f}")

# %%
claim(
    "adadelta-units",
    "With ε in the right units Adadelta takes the same path in centimetres as in "
    "metres: largest difference.",
    measured=np.abs(converted / 100 - in_metres).max(),
    below=1e-9,
    unit="m",
)
claim(
    "adadelta-epsilon-has-a-unit",
    "With one number for ε Adadelta's path depends on the unit: the way it has come in "
    "200 steps, in centimetres over in metres.",
    measured=(1 - in_centimetres[-1] / 100) / (1 - in_metres[-1]),
    below=0.2,
)

# %% [markdown]
# In 200 steps it came {glue:text}`adadelta-metres` cm when it counted in metres, and
# {glue:text}`adadelta-epsilon-has-a-unit` times that when it counted in centimetres. So
# the argument holds for everything but $\varepsilon$. How much does that matter?
#
# ### What does it do at the start?
#
# At first $d = 0$. The first step is
# $\sqrt\varepsilon\,g/\sqrt{(1-\rho)g^2 + \varepsilon}$, about
# $\sqrt{\varepsilon/(1-\rho)}$ long: **$\varepsilon$ is the learning rate of the
# start.** Steps can grow only from what earlier steps were. Under a constant gradient
# $d$ gains about $(1-\rho)\,\varepsilon$ at each step, so after $t$ of them a step is
# about $\sqrt{\varepsilon\,(1 + (1-\rho)\,t)}$ long.

# %%
epsilons = np.array([1e-4, 1e-6, 1e-8, 1e-7])
four = Adadelta(1.0)
four.epsilon = epsilons  # One for each of four weights.
lengths = -np.diff(descend(four, np.ones_like, np.zeros(4), 1500), axis=0)
steps_to_one = np.argmax(np.cumsum(lengths[:, :3], axis=0) >= 1, axis=0) + 1

quote("adadelta-steps-six", steps_to_one[1])
quote("adadelta-steps-eight", steps_to_one[2])
quote("adadelta-first-step-keras", 0.001 * lengths[0, 3])

# %%
claim(
    "adadelta-epsilon-is-a-rate",
    "Adadelta's first step under a gradient of 1 is √(ε/(1 − ρ)), for four ε: "
    "measured over calculated.",
    measured=lengths[0] / np.sqrt(epsilons / 0.05),
    above=0.99,
    below=1.01,
)
claim(
    "adadelta-grows-slowly",
    "Adadelta's step number 1,500 under a gradient of 1 is about √(ε(1 + 0.05 · 1500)) "
    "long: measured over calculated.",
    measured=lengths[-1] / np.sqrt(epsilons * (1 + 0.05 * 1500)),
    above=0.8,
    below=1.3,
)
claim(
    "adadelta-small-epsilon-slow",
    "A hundredth of ε takes Adadelta several times the steps for the same distance: "
    "10⁻⁶ over 10⁻⁴, and 10⁻⁸ over 10⁻⁶.",
    measured=steps_to_one[1:] / steps_to_one[:2],
    above=3.5,
)

# %%
keras_default = -descend(Adadelta(), np.ones_like, [0.0], 200)[-1]
claim(
    "adadelta-default-thousandth",
    "With Keras's default rate Adadelta goes a thousandth as far as with the paper's: "
    "ratio of the distances after 200 equal gradients.",
    measured=keras_default / lengths[:200, 3].sum(),
    above=0.00099,
    below=0.00101,
)

# %% [markdown]
# A distance of 1 took {glue:text}`adadelta-steps-six` steps at $\varepsilon = 10^{-6}$
# and {glue:text}`adadelta-steps-eight` at $10^{-8}$. Keras does give Adadelta a
# learning rate, and its default is 0.001, a thousandth of the paper's. With its
# $\varepsilon = 10^{-7}$ the first step is {glue:text}`adadelta-first-step-keras`
# long. $d$ cannot make up for it, since it averages $\delta$ and not
# $\alpha\,\delta$. Keras's documentation says to use 1.0 for the paper's form.
#
# ### What is left to tune?
#
# We train the digits at eight values of $\alpha$, for AdaGrad and for Adadelta. Then we
# keep Adadelta's $\alpha = 1$ and try these and five smaller ones for $\varepsilon$. A
# subclass uses the place of the rate for it.

# %%


class ByEpsilon(Adadelta):
    """The paper's Adadelta; what is given as the rate is ε."""

    def step(self, theta, g, t, epsilon, v, d):
        v = v + (1 - self.rho) * (g**2 - v)
        delta = g * ops.sqrt(d + epsilon) / ops.sqrt(v + epsilon)
        d = d + (1 - self.rho) * (delta**2 - d)
        return theta - delta, v, d


values = 10.0 ** np.arange(-10, 3)
hidden = "Adadelta's ε"
knobs = {"AdaGrad": (Adagrad, 5), "Adadelta": (Adadelta, 5), hidden: (ByEpsilon, 0)}
accuracy = {}  # (values, seeds); NaN where not tried
for name, (rule, first) in knobs.items():
    accuracy[name] = np.full((len(values), len(seeds)), np.nan)
    accuracy[name][first:] = sweep(rule, values[first:], seeds, digits, epochs=10)
best = {name: np.nanmax(runs.mean(axis=1)) for name, runs in accuracy.items()}

# %% tags=["hide-input"]
default_accuracy = accuracy["Adadelta"][7]
show(
    curves(
        values,
        {name: runs.T for name, runs in accuracy.items()},
        x_label="learning rate $\\alpha$, or $\\varepsilon$",
        y_label="accuracy on held-out digits",
        x_scale="log",
        markers=True,
    ),
    "adagrad-tuning",
    caption="Accuracy on digits after ten passes against the number one has to choose; "
    "mean and range of three seeds. Both adaptive rules must be given a rate. At "
    "Keras's default of 0.001 neither has learned much. Adadelta at α = 1 has ε to "
    "choose, which is less delicate.",
    alt="Three hills of accuracy. Best: "
    + ", ".join(f"{value:.2f} for {n}" for n, value in best.items())
    + f". At 0.001 AdaGrad has {accuracy['AdaGrad'][7].mean():.2f} and Adadelta "
    f"{default_accuracy.mean():.2f}.",
)

# %%
claim(
    "adadelta-default-stands-still",
    "At Keras's default rate Adadelta hardly learns digits in ten passes: accuracy, "
    "for each seed (chance is 0.1).",
    measured=default_accuracy,
    below=0.3,
)
claim(
    "adagrad-default-stands-still",
    "At Keras's default rate AdaGrad learns little of the digits in ten passes: "
    "accuracy, for each seed (chance is 0.1).",
    measured=accuracy["AdaGrad"][7],
    below=0.5,
)
claim(
    "adadelta-rate-of-one",
    "At the paper's rate of 1 Adadelta learns digits: accuracy, for each seed.",
    measured=accuracy["Adadelta"][10],
    above=0.85,
)
claim(
    "adaptive-rates-need-tuning",
    "A rate ten times too small or too large costs AdaGrad dear: points of mean "
    "accuracy lost against its best at 0.1.",
    measured=100 * (best["AdaGrad"] - accuracy["AdaGrad"][[8, 10]].mean(axis=1)),
    above=10,
    unit="points",
)
claim(
    "adadelta-epsilon-needs-tuning",
    "Adadelta without a rate has ε to choose: mean accuracy lost at ε = 1e-10 against "
    "the best ε.",
    measured=100 * (best[hidden] - accuracy[hidden][0].mean()),
    above=30,
    unit="points",
)
claim(
    "adadelta-epsilon-forgives",
    "Nine ε, from 10⁻⁶ to 100, serve Adadelta about equally well: highest minus lowest "
    "mean accuracy.",
    measured=100 * np.ptp(accuracy[hidden][4:].mean(axis=1)),
    below=4,
    unit="points",
)
sgd_at_one = sweep(SGD, values[10:11], seeds, digits, epochs=10)
claim(
    "adadelta-large-epsilon-is-sgd",
    "With ε = 100 Adadelta does what SGD does at the rate 1: difference of the mean "
    "accuracies.",
    measured=100 * np.abs(accuracy[hidden][12].mean() - sgd_at_one.mean()),
    below=2,
    unit="points",
)

# %% [markdown]
# So AdaGrad's $\alpha$ must be right to within a power of ten. On digits Adadelta's
# $\varepsilon$ may be wrong by many, as long as it is not too small. But where
# $\varepsilon$ outweighs $v$ and $d$, the two roots cancel and the step is $g$: SGD at
# the rate 1, which happens to suit digits. Keras's default rates suit neither rule
# here.
#
# ## Do adaptive rates find worse solutions?
#
# All weights that fit the training data are not equally good on new data. Which of them
# does an adaptive rule find? {cite:t}`wilson2017marginal` built data (section 3.3) on
# which it finds the wrong ones. The answer $y$ is $+1$ for three examples of four, else
# $-1$. The first feature *is* the answer. Two more are always 1. All others belong to a
# single example: one of them is 1 if its answer is $+1$, five if it is $-1$.

# %%


def drawn_answers(seed):
    return np.where(np.random.default_rng(seed).random(300) < 0.75, 1.0, -1.0)


def wilson(seed):
    """100 examples to learn from and 200 to test, whose own features are unseen."""
    y = drawn_answers(seed)
    own = np.zeros((300, 100, 5))
    own[np.arange(100), np.arange(100)] = 1
    own[:100][y[:100] == 1, :, 1:] = 0
    return np.c_[y, np.ones((300, 2)), own.reshape(300, 500)], y


features, _ = wilson(0)
shown_rows = np.r_[0:10, 100:104]

# %% tags=["hide-input"]
show(
    image_grid(
        features[None, shown_rows, :53],
        ["ten examples, and four new ones"],
        columns=1,
        label="value of a feature",
        signed=True,
    ),
    "adagrad-wilson-data",
    caption="The data of Wilson et al.: an example a row, a feature a column. The "
    "first column is the answer. Two are always 1. The blocks are features that only "
    "one example has: five, of which one is set if the answer is +1. New examples, "
    "the last four rows, have none of these.",
    alt="A table of colours. Red cells are 1, blue ones −1, white ones 0. The first "
    "column is red or blue, the next two are red, and a staircase of short red bars "
    "follows, which ends before the last four rows.",
)

# %% [markdown]
# We fit the answers by least squares from $\theta = 0$ and call an example by the sign
# of what is predicted. We do the same on data of our own, built the other way round:
# twenty features are $0.1\,y$, faint but all of them right. One is always 1. And each
# example has one feature of its own, which is 20.

# %%


def mirrored(seed):
    y = drawn_answers(seed)
    faint = np.repeat(0.1 * y[:, None], 20, axis=1)
    return np.c_[faint, np.ones(300), 20 * np.eye(300, 100)], y


# %%
def fitted(rule_of_scale, make):
    """Weights after 200 exact steps, for three draws, and the share of new errors."""
    x, y = map(np.stack, zip(*map(make, seeds), strict=True))
    known = x[:, :100]  # (draws, examples, features)

    def gradient(theta):
        residual = (known @ theta[:, :, None])[:, :, 0] - y[:, :100]
        return (residual[:, None] @ known)[:, 0] / 100

    steepest = max(np.linalg.eigvalsh(each @ each.T / 100)[-1] for each in known)
    theta = descend(rule_of_scale(1 / steepest), gradient, x[:, 0] * 0, 200)[-1]
    called = np.sign(x @ theta[:, :, None])[:, :, 0] != y
    return theta, called[:, :100].mean(axis=1), called[:, 100:].mean(axis=1)


# %%
contenders = {
    "SGD": SGD,
    "momentum": lambda rate: SGD(0.3 * rate, momentum=0.9),
    "AdaGrad, $s_0 = 0.1$": lambda _: Adagrad(0.1),
    "AdaGrad": lambda _: Adagrad(0.1, initial_accumulator_value=0, epsilon=1e-20),
    "RMSprop": lambda _: RMSprop(0.002),
    "Adam": lambda _: Adam(0.003),
}
fits = {
    kind: {name: fitted(rule, make) for name, rule in contenders.items()}
    for kind, make in (("Wilson et al.", wilson), ("mirrored", mirrored))
}
wrong = {
    kind: {name: new for name, (_, _, new) in each.items()}
    for kind, each in fits.items()
}

# %%
on_wilson, on_mirrored = wrong.values()
plain, adaptive = ("SGD", "momentum"), ("AdaGrad", "RMSprop", "Adam")
claim(
    "adagrad-all-fit-training",
    "On the data of Wilson et al. and the mirrored ones, all six rules call every "
    "training example rightly: errors, for all rules, data and draws.",
    measured=max(
        known.max() for each in fits.values() for _, known, _ in each.values()
    ),
    equals=0,
)
claim(
    "adagrad-wilson-sgd-right",
    "On the data of Wilson et al. SGD and momentum make no error on new examples, in "
    "three draws: largest share.",
    measured=max(on_wilson[name].max() for name in plain),
    equals=0,
)
minority = np.array([np.mean(drawn_answers(seed)[100:] < 0) for seed in seeds])
claim(
    "adagrad-wilson-adaptive-wrong",
    "On the data of Wilson et al. AdaGrad, RMSprop and Adam err on every new example "
    "of the minority: errors over its size, smallest of all draws.",
    measured=min((on_wilson[name] / minority).min() for name in adaptive),
    above=0.99,
)

# %%
drawn = [(x[:100], y[:100]) for x, y in map(wilson, seeds)]
shortest = np.stack([x.T @ np.linalg.solve(x @ x.T, y) for x, y in drawn])
signs = np.stack([np.sign(x.T @ y) for x, y in drawn])
found = {name: theta for name, (theta, *_) in fits["Wilson et al."].items()}


def cosines(one, other):
    lengths_of_both = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.sum(one * other, axis=1) / lengths_of_both


claim(
    "adagrad-sgd-finds-shortest",
    "SGD finds, of all weights that fit, those of least length: largest difference "
    "from them, of three draws.",
    measured=np.abs(found["SGD"] - shortest).max(),
    below=1e-3,
)
claim(
    "adagrad-finds-signs",
    "On the data of Wilson et al. AdaGrad, RMSprop and Adam give all weights about one "
    "size, each with the sign of its feature's correlation with the answer: smallest "
    "cosine of the angle to those signs.",
    measured=min(cosines(found[name], signs).min() for name in adaptive),
    above=0.99,
)

# %%
claim(
    "adagrad-mirrored-adaptive-right",
    "On the mirrored data AdaGrad, RMSprop and Adam make no error on new examples, in "
    "three draws: largest share.",
    measured=max(on_mirrored[name].max() for name in adaptive),
    equals=0,
)
claim(
    "adagrad-mirrored-sgd-wrong",
    "On the mirrored data SGD and momentum err on every new example of the minority: "
    "errors over its size, smallest of all draws.",
    measured=min((on_mirrored[name] / minority).min() for name in plain),
    above=0.99,
)
claim(
    "adagrad-wilson-depends-on-start",
    "With Keras's s₀ = 0.1 AdaGrad makes no error on the data of Wilson et al.: "
    "largest share, of three draws.",
    measured=on_wilson["AdaGrad, $s_0 = 0.1$"].max(),
    equals=0,
)

# %% [markdown]
# What does this show? In a linear model SGD from zero finds, among all weights that
# fit, those of least length. They trust loud and shared features. On the first data
# AdaGrad, RMSprop and Adam found weights of about equal size, which trust all features
# alike. There the two constant features outvote the answer, and every new example is
# called $+1$. So optimizers do choose between solutions, and zero training error does
# not settle which is better.
#
# What does it not show? That adaptive rules generalise worse. On the mirrored data
# twenty faint features that are right help them, and SGD believes the constant. Which
# preference is the better one depends on the data and on the scale of its features. On
# real networks the paper saw tuned SGD ahead. Others tuned more of Adam's numbers, and
# then it never fell behind {cite:p}`choi2019empirical`.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} The idea is to adjust the rate automatically during training.
# :verdict: right
# :question: adaptive-learning-rates
# :claims: adagrad-rates-spread, adaptive-rates-need-tuning
#
# For each weight, from its own gradients. What is adjusted is the ratio between the
# weights' rates. The base rate $\alpha$ is still yours to tune.
# :::
#
# :::{popular-answer} AdaGrad slows weights with large gradients, and can stall.
# :verdict: right
# :question: adaptive-learning-rates
# :claims: adagrad-better-on-sparse, adagrad-rare-rates-higher, adagrad-never-forgets
#
# And it suits sparse data: rare features keep long steps. It stalls where early
# gradients were large.
# :::
#
# :::{popular-answer} AdaGrad's rate goes to zero, so it stops learning.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: adagrad-falls-as-root, adagrad-exact-rate-stays, adagrad-noise-floor-falls
#
# Only while gradients keep coming, and as $1/\sqrt t$, whose sum is infinite. Without
# noise the rate settles above zero. With noise the fall is what lets it come to rest.
# :::
#
# :::{popular-answer} RMSprop was designed to fix AdaGrad's shrinking rate.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: adagrad-others-do-not-fall, adagrad-never-forgets
#
# It does fix it: a moving average stands in place of the sum. It gives up AdaGrad's
# guarantee for that. But its lecture designs it as Rprop, a rule that uses only the
# gradient's sign, for mini-batches {cite:p}`tieleman2012rmsprop`.
# :::
#
# :::{popular-answer} Adaptive rates give more stable convergence.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: adagrad-root-cancels-scale, rmsprop-hovers, adam-ends-at-the-worst-point
#
# More stable against the scale of the loss. With a constant $\alpha$,
# {doc}`RMSprop <11_rmsprop>` does not come to rest, and {doc}`Adam <12_adam>` can end
# at the worst point of a convex problem {cite:p}`reddi2018convergence`.
# :::
#
# :::{popular-answer} Adam merges RMSprop with momentum.
# :verdict: right
# :question: adaptive-learning-rates
# :claims: adam-contains-rmsprop, adam-equals-keras
#
# Two decaying averages, of gradients and of their squares {cite:p}`kingma2015adam`, and
# a correction for their start at zero, shown in {doc}`its own chapter <12_adam>`.
# :::
#
# :::{popular-answer} Adadelta needs no learning rate.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: adadelta-epsilon-is-a-rate, adadelta-epsilon-forgives,
# :  adadelta-large-epsilon-is-sgd
#
# Its $\varepsilon$ is one, hidden, with the unit of $\theta^2$. On digits it forgave
# much: a large one makes SGD at the rate 1.
# Keras adds a visible rate, whose default makes steps a thousandth of the paper's.
# :::
#
# :::{popular-answer} Adaptive methods generalise worse than SGD.
# :verdict: imprecise
# :question: adaptive-learning-rates
# :claims: adagrad-wilson-adaptive-wrong, adagrad-mirrored-sgd-wrong
#
# There are data on which they do, and data on which SGD does. They prefer different
# solutions.
# :::
#
# ## What we saw
#
# - No one rate suited a common and a rare word ({numref}`adagrad-two-words`). On sparse
#   features tuned AdaGrad beat tuned SGD in each of three problems.
# - On the axes the squares stand in for the curvature. On a turned bowl they do not
#   ({numref}`adagrad-bowls`).
# - The root is the only power that cancels the scale of the loss
#   ({numref}`adagrad-root`). $s_0$ and $\varepsilon$ still have units: Keras's
#   $s_0 = 0.1$ made the rates on digits nearly equal.
# - AdaGrad's sum is a falling rate built in. It calms noise, and it never forgives one
#   broken gradient ({numref}`adagrad-broken-number`).
# - Adadelta forgets, and hides its rate in $\varepsilon$.
# - Adaptive rules prefer other solutions, not always worse ones.
#
# What is left open is a rule that divides like AdaGrad, forgets like Adadelta, and
# shows its rate. That is {doc}`RMSprop <11_rmsprop>`.
#
# ## In an interview
#
# :::{interview-card} What is an adaptive learning rate, and how is it implemented?
# :id: adaptive-learning-rates
# :figure: adagrad-two-words
#
# Each weight steps by $\alpha\,g/(\sqrt{s}+\varepsilon)$, where $s$ is a statistic of
# its own past squared gradients. A schedule, by contrast, changes one $\alpha$ for all.
# AdaGrad: $s = \sum g^2$, so steps fall as $1/\sqrt t$ under a steady gradient; good
# for sparse features, and it can stall. RMSprop: a moving average,
# $s \leftarrow \rho s + (1-\rho)g^2$, and divide by its *root*. Adam: momentum on $g$,
# RMSprop on $g^2$, bias correction. Adadelta replaces $\alpha$ by the size of its last
# steps, which start from $\varepsilon$. The root cancels the loss's scale, so $\alpha$
# is in units of the weight, and is still tuned. Adaptive does not mean safe: RMSprop
# and Adam can fail to converge even on convex problems.
# :::
#
# ## Exercises
#
# 1. **Recall.** Which units have $s$ and $\alpha$ in AdaGrad, and $d$ in Adadelta?
#
#    :::{dropdown} Solution
#    $s$ is in (loss/θ)², $\alpha$ in θ, since $g/\sqrt s$ has none, and $d$ in θ².
#    :::
#
# 2. **By hand.** The gradient is constant and $s_0 = \varepsilon = 0$. About how many
#    steps does AdaGrad need to move by $20\,\alpha$?
#
#    :::{dropdown} Solution
#    The steps sum to $\alpha\sum_{k\le t} 1/\sqrt k \approx \alpha(2\sqrt t - 1.46)$.
#    That is $20\,\alpha$ at $t \approx (21.46/2)^2 \approx 115$. The cell counts.
#    :::

# %% tags=["hide-cell"]
claim(
    "adagrad-exercise-distance",
    "Exercise 2: steps of AdaGrad until it has moved by 20 α.",
    measured=np.argmax(np.cumsum(same_gradient["AdaGrad"]) >= 20) + 1,
    above=113,
    below=118,
)

# %% [markdown]
# 3. **Predict, then run.** All gradients are 0.001. How long is the first step at
#    $s_0 = 0$, and how long at Keras's $s_0 = 0.1$?
#
#    :::{dropdown} Solution
#    At $s_0 = 0$ it is $\alpha$ (with $\varepsilon = 10^{-7}$ a little less,
#    $0.95\,\alpha$). At $s_0 = 0.1$ it is $0.001\,\alpha/\sqrt{0.1} = 0.0032\,\alpha$,
#    three hundred times as short.
#    :::

# %% tags=["hide-cell"]
small_first = [
    -descend(Adagrad(1.0, s_0), lambda x: np.full(1, 0.001), [0.0], 1)[-1, 0]
    for s_0 in (0, 0.1)
]
claim(
    "adagrad-exercise-small-gradients",
    "Exercise 3: the first step at s₀ = 0 over that at s₀ = 0.1.",
    measured=small_first[0] / small_first[1],
    above=280,
    below=320,
)

# %% [markdown]
# 4. **By hand.** A gradient of 1,000 comes once, then all are 1. After how many steps
#    is RMSprop's $v$ below 2, at $\rho = 0.9$? And Adam's, at $\beta_2 = 0.999$,
#    without the correction?
#
#    :::{dropdown} Solution
#    $v$ starts at $(1-\rho)10^6$ and then falls to 1 as
#    $1 + \rho^k\left((1-\rho)10^6 - 1\right)$. It is below 2 for
#    $k > \ln 10^5/\ln(1/0.9) \approx 109$ and, with $0.999$, for
#    $k > \ln 10^3/\ln(1/0.999) \approx 6904$. AdaGrad's sum stays above $10^6$.
#    :::

# %% tags=["hide-cell"]


def steps_to_forget(rho):
    v, k = (1 - rho) * 1e6, 0
    while v >= 2:
        v, k = rho * v + (1 - rho), k + 1
    return k


claim(
    "adagrad-exercise-forgetting",
    "Exercise 4: steps until v is below 2, for ρ = 0.9 and 0.999, over those "
    "calculated.",
    measured=np.divide([steps_to_forget(0.9), steps_to_forget(0.999)], [109, 6904]),
    above=0.98,
    below=1.03,
)

# %% [markdown]
# 5. **Code.** Write AdaGrad with one sum for all weights together. Does it still help
#    on sparse features?
#
#    :::{dropdown} Solution
#    Sum over the last axis: `s + ops.sum(g**2, axis=-1, keepdims=True)`. It has
#    AdaGrad's falling rate but one for all, and loses most of the gain over SGD: that
#    came from the rates being the weights' own.
#    :::

# %% tags=["hide-cell"]


class OneForAll(Optimizer):
    state = ("s",)

    def step(self, theta, g, t, alpha, s):
        s = s + ops.sum(g**2, axis=-1, keepdims=True)
        return theta - alpha * g / ops.sqrt(s + 1e-20), s


shared_rate = [
    held_out_loss(one_pass(OneForAll(1.0), rates, seed)[0], seed).min()
    for seed in seeds
]
claim(
    "adagrad-exercise-one-for-all",
    "Exercise 5: with one sum for all weights most of AdaGrad's gain over SGD is lost: "
    "part of it that is lost, for each problem.",
    measured=(shared_rate - lowest["AdaGrad"]) / (lowest["SGD"] - lowest["AdaGrad"]),
    above=0.5,
)

# %% [markdown]
# 6. **Think.** A feature is measured in millimetres in place of metres, so its values
#    are 1,000 times as large. What happens to its weight's gradient, and to AdaGrad's
#    step? Is it the step one would want?
#
#    :::{dropdown} Solution
#    The gradient is 1,000 times as large and the step is the same, since the factor
#    cancels. But the right weight is 1,000 times smaller, so the step should be, too.
#    AdaGrad removes the unit of the loss and not that of the features. Standardise
#    them.
#    :::
#
# 7. **Open.** The broken number hurt AdaGrad through $s$, and SGD through $\theta$.
#    Which change to the gradient protects both, and what does it cost?
#
#    :::{dropdown} Solution
#    Clipping: gradients beyond a threshold are cut to it. The threshold is one more
#    number to choose, in the unit of the gradient, and it biases the gradient wherever
#    large ones carry news.
#    :::
#
# ## Further reading
#
# {cite:t}`duchi2011adaptive`: Figure 1 is the algorithm, Theorem 5 the guarantee for
# one sum a weight; their full version keeps a matrix. {cite:t}`mcmahan2010adaptive`
# found the same rule at the same time. {cite:t}`zeiler2012adadelta`, section 3.2, has
# the argument about units. {cite:t}`wilson2017marginal`, section 3, has the lemma
# behind {numref}`adagrad-wilson-data`. {cite:t}`goodfellow2016deep`, section 8.5,
# compares the adaptive rules.
#
# :::{parts-used}
# :::
