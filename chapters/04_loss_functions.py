# %% [markdown]
# # A loss has a slope where accuracy has none
#
# {doc}`Layers and nonlinearity <03_layers_and_nonlinearity>` built functions with many
# weights. It did not say which weights are good. A person would count right answers.
# That number is useless for finding weights: move one of them a little, and the count
# stays what it was. So training lowers another number, the loss. The two are not the
# same, and much confusion comes from taking one for the other.
#
# This chapter answers two questions:
#
# - **What is a cost function, and how does it relate to accuracy?**
# - **What is cross-entropy, and why is it the usual cost for multi-class
#   classification?**

# %%
import keras
import numpy as np
from keras import ops
from sklearn.datasets import make_blobs, make_moons
from sklearn.metrics import log_loss

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, decision_regions, simplex_maps
from dlbook.losses import CategoricalCrossentropy
from dlbook.measures import calibration_error, gradients
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam
from dlbook.page import quote, show
from dlbook.regularizers import L2
from dlbook.training import descend, fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: slide a threshold
#
# *Why not simply raise the accuracy?* Forty apples lie on a table, 20 of them ripe. A
# machine measures the softness $x$ of each, and calls it ripe if $x > t$. The threshold
# $t$ is its only weight. We slide it in steps of 0.01 and count the errors.
#
# Beside it we let the machine say how sure it is: ripe with probability
# $p = \sigma(2(x - t))$, a soft step at $t$. We charge it $-\log p$ for a ripe apple
# and $-\log(1 - p)$ for an unripe one. Why just this, we will see. The mean over the
# apples is the loss.

# %%
seeds = (0, 1, 2)
thresholds = np.linspace(-3, 3, 601)
ripe = np.repeat([False, True], 20)


def softness(seed):
    random = np.random.default_rng(seed)
    return np.where(ripe, 1.0, -1.0) + random.normal(size=40)


away = np.stack([softness(seed) for seed in seeds])[:, None] - thresholds[:, None]
errors = np.mean((away > 0) != ripe, axis=2)  # (seeds, thresholds)
p_true = 1 / (1 + np.exp(-2 * np.where(ripe, away, -away)))
mean_loss = -np.log(p_true).mean(axis=2)

# %% tags=["hide-input"]
shown = np.abs(thresholds) <= 2
lowest = thresholds[mean_loss[0].argmin()]
show(
    curves(
        thresholds[shown],
        {"errors": errors[0, shown], "loss": mean_loss[0, shown]},
        x_label="threshold $t$ (units of softness)",
        y_label="share of errors; loss (nats)",
    ),
    "loss-threshold",
    caption="Forty apples and one threshold. The share of errors is a staircase: flat "
    "almost everywhere, then a jump. The loss slopes towards its minimum from both "
    "sides, so a step downhill is known at every point.",
    alt=f"A staircase that falls to {errors[0].min():.3f} and rises again, and a "
    f"smooth curve above it. Its minimum, {mean_loss[0].min():.2f}, is at t = "
    f"{lowest:.2f}.",
)

# %% [markdown]
# How many of the 600 small moves change anything? We repeat it with three tables of
# apples.

# %%
claim(
    "loss-accuracy-is-flat",
    "Most small moves of the threshold leave the accuracy exactly as it was: their "
    "share, for each seed.",
    measured=np.mean(np.diff(errors) == 0, axis=1),
    above=0.85,
)
claim(
    "loss-always-moves",
    "Every small move of the threshold changes the loss: share of the moves that do "
    "not, for each seed.",
    measured=np.mean(np.diff(mean_loss) == 0, axis=1),
    equals=0,
)
at_lowest_loss = errors[np.arange(3), mean_loss.argmin(axis=1)]
claim(
    "loss-is-a-stand-in",
    "At the threshold where the loss is lowest, the accuracy is near its best: points "
    "lost, for each seed.",
    measured=100 * (at_lowest_loss - errors.min(axis=1)),
    below=8,
    unit="points",
)

# %% [markdown]
# The derivative of the accuracy is zero wherever it exists. No gradient method can move
# a weight by it. The loss is a *surrogate*, a stand-in: it can be differentiated, and
# making it small usually makes the errors few ({cite:t}`goodfellow2016deep`, section
# 8.1.2). Usually, and not exactly.
#
# ## The rule: loss, cost, penalty
#
# *What exactly is the number that training lowers?* Three steps lead to it. The *loss*
# $\ell(\hat y, y)$ is what one example costs, given the prediction $\hat y$ and the
# target $y$. Its mean over $N$ examples is $L$. The *cost*, or *objective*, $J$ may add
# a penalty $\Omega$ on the weights, times a factor $\lambda$:
#
# $$
# L(\theta) = \frac1N \sum_{i=1}^N \ell(\hat y_i, y_i), \qquad
# J(\theta) = L(\theta) + \lambda\,\Omega(\theta)
# $$ (eq-cost)
#
# The penalty does not look at any example. A common one is the sum of all squared
# weights, which keeps them small. People say "loss" for all three. Does Keras? We ask
# it for the "loss" of a network with a penalty.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
start = keras.initializers.GlorotUniform(seed=0)
penalised = keras.Sequential(
    [
        keras.Input((64,)),
        keras.layers.Dense(10, kernel_initializer=start, kernel_regularizer=L2(0.01)),
    ]
)
each = CategoricalCrossentropy(from_logits=True, reduction=None)
targets = np.eye(10, dtype="float32")[y_test]
per_example = ops.convert_to_numpy(each(targets, penalised(x_test)))  # (images,)
penalty = 0.01 * np.sum(penalised.get_weights()[0].astype("float64") ** 2)

# %%
penalised.compile(loss=CategoricalCrossentropy(from_logits=True))
reported = penalised.evaluate(x_test, targets, verbose=0)
quote("loss-reported", reported)
quote("loss-mean", per_example.mean())
claim(
    "loss-cost-is-mean-plus-penalty",
    "What Keras reports as loss is the cost: mean loss plus penalty. Largest "
    "difference, relative.",
    measured=abs(reported / (per_example.mean() + penalty) - 1),
    below=1e-5,
)
claim(
    "loss-penalty-share",
    "The penalty is a visible part of what Keras reports as loss: its share.",
    measured=penalty / reported,
    above=0.03,
)

# %% [markdown]
# Keras says {glue:text}`loss-reported`; the examples alone cost
# {glue:text}`loss-mean`. Compare a training loss with another one only if both contain
# the same penalty.
#
# ### Four ways to charge for one answer
#
# *Which loss?* Take a yes-or-no question. Let $z$ be the score that the right answer
# gets: positive means right, and $p = \sigma(z)$ is its probability. Counting errors
# charges 1 for $z < 0$. Three smooth or nearly smooth stand-ins are the *hinge*
# $\max(0, 1 - z)$, the *squared error* $(1 - p)^2$ and the *cross-entropy* $-\log p$.

# %%
z = np.linspace(-5, 3, 321)
p = 1 / (1 + np.exp(-z))
charges = {
    "error counted": (z < 0).astype(float),
    "hinge": np.maximum(0, 1 - z),
    "squared error": (1 - p) ** 2,
    "cross-entropy": -np.log(p),
}

# %% tags=["hide-input"]
show(
    curves(
        z,
        charges,
        x_label="score $z$ of the right answer",
        y_label="loss (cross-entropy in nats)",
    ),
    "loss-four",
    caption="Four losses of one yes-or-no answer. On the left the answer is wrong. "
    "Hinge and cross-entropy grow the more certain the mistake is. The squared error "
    "of a probability levels off at 1: there it has next to no slope to go down.",
    alt=f"At z = -5 the cross-entropy is {charges['cross-entropy'][0]:.2f}, the hinge "
    f"{charges['hinge'][0]:.0f}, the squared error {charges['squared error'][0]:.2f}. "
    f"At z = 3 they are {charges['cross-entropy'][-1]:.2f}, 0 and "
    f"{charges['squared error'][-1]:.3f}.",
)

# %%
claim(
    "loss-charges-hesitation",
    "Cross-entropy charges a right answer that hesitates: its loss at p = 0.6.",
    measured=-np.log(0.6),
    above=0.5,
)
claim(
    "loss-never-rises",
    "None of four losses (counted error, hinge, squared error, cross-entropy) rises "
    "with the score of the right answer: largest rise.",
    measured=[np.diff(charge).max() for charge in charges.values()],
    below=1e-12,
)
claim(
    "loss-always-falls",
    "Cross-entropy falls all the way as the score of the right answer rises, also "
    "where the answer is right: largest change from one score to the next.",
    measured=np.diff(charges["cross-entropy"]).max(),
    below=0,
)

# %% [markdown]
# So a loss penalises mistakes, but not only them. Hinge stops at $z = 1$. Cross-entropy
# never stops: it always wants to be a little surer.
#
# ## Cross-entropy: the surprise, added up
#
# *Where does $-\log p$ come from?* A forecaster says rain with probability 0.8, 0.6 and
# 0.3 on three days. It rains on the first two. What happened had, by her word, the
# probability $0.8 \cdot 0.6 \cdot 0.7$. This product is the *likelihood*. A better
# forecaster gives what happens a higher one. With many days the product becomes too
# small to compute with, so one takes the logarithm: the product becomes a sum. With a
# minus in front, high becomes low, and each day has a loss of its own, $-\log p$.

# %%
said = np.array([0.8, 0.6, 0.7])  # of what happened
claim(
    "loss-is-likelihood",
    "The sum of −log p is the likelihood, in other units: e to the minus sum, over the "
    "product.",
    measured=np.exp(-np.sum(-np.log(said))) / np.prod(said),
    above=0.999999,
    below=1.000001,
)

# %% [markdown]
# So lowering this loss is *maximum likelihood* ({cite:t}`goodfellow2016deep`, section
# 5.5). For $K$ classes let $y$ be the row of label probabilities. Usually it is
# *one-hot*: 1 at the true class, 0 elsewhere. The *cross-entropy* of $p$ under $y$ is
#
# $$
# H(y, p) = -\sum_{k=1}^K y_k \log p_k \;=\; -\log p_\text{true}
# \quad\text{for a one-hot } y.
# $$ (eq-cross-entropy)
#
# Its unit is the *nat*; with the logarithm to base 2 it would be the bit. It is also
# called *log loss*. In a network, $p$ is the softmax of the scores $z$, the *logits*.
#
# ```{literalinclude} ../dlbook/losses.py
# :pyobject: CategoricalCrossentropy.call
# :language: python
# :dedent: 4
# ```
#
# ```{literalinclude} ../dlbook/losses.py
# :pyobject: _log_softmax
# :language: python
# ```
#
# ### Keras beside it
#
# *Is it what others compute?* We take 200 random predictions for two, three and ten
# classes, and ask Keras and scikit-learn.


# %%
def three_versions(K):
    random = np.random.default_rng(K)
    z = random.normal(size=(200, K)).astype("float32")
    c = np.arange(200) % K
    y = np.eye(K, dtype="float32")[c]
    shares = ops.convert_to_numpy(ops.softmax(ops.convert_to_tensor(z)))
    shares = shares.astype("float64")
    by_hand = float(CategoricalCrossentropy(from_logits=True)(y, z))
    keras_s = float(keras.losses.CategoricalCrossentropy(from_logits=True)(y, z))
    scikit = log_loss(c, shares / shares.sum(axis=1, keepdims=True))
    know_nothing = float(CategoricalCrossentropy(from_logits=True)(y, 0 * z))
    return keras_s / by_hand, scikit / by_hand, know_nothing / np.log(K)


versions = np.array([three_versions(K) for K in (2, 3, 10)])

# %%
claim(
    "loss-equals-keras",
    "Cross-entropy by hand, by Keras and by scikit-learn's log_loss agree: largest "
    "relative difference, for 2, 3 and 10 classes.",
    measured=np.abs(versions[:, :2] - 1).max(axis=1),
    below=1e-5,
)
claim(
    "loss-of-knowing-nothing",
    "Equal probabilities for K classes cost log K: loss over log K, for 2, 3 and 10.",
    measured=versions[:, 2],
    above=0.99999,
    below=1.00001,
)

# %% [markdown]
# $\log K$ is worth remembering. A network that has not learned yet should begin near
# it: 0.69 for two classes, 2.30 for ten. If it begins far above, its start is sure of
# something it cannot know.

# %%
first_losses = [
    float(each(targets, mlp(64, (32,), 10, seed=seed)(x_test)).numpy().mean())
    for seed in seeds
]
claim(
    "loss-first-is-log-k",
    "Untrained networks begin near log 10 on digits: their loss minus log 10, for each "
    "seed.",
    measured=np.array(first_losses) - np.log(10),
    above=-0.4,
    below=0.8,
)

# %% [markdown]
# ### How low can it go?
#
# *Is zero the best?* Suppose ten people label a blurred image: seven say class 1, two
# say class 2, one says class 3. The label is *soft*, $y = (0.7, 0.2, 0.1)$. We move $p$
# along a line through $y$ and look at the loss.

# %%
y_soft = np.array([0.7, 0.2, 0.1])
first = np.linspace(0.02, 0.98, 97)
line_of_p = np.stack([first, (1 - first) * 2 / 3, (1 - first) / 3], axis=1)


def cross_entropy(y, p):
    return -np.sum(y * np.log(p), axis=-1)


entropy = cross_entropy(y_soft, y_soft)
on_line = cross_entropy(y_soft, line_of_p)

# %% tags=["hide-input"]
show(
    curves(
        first,
        {
            "cross-entropy $H(y, p)$": on_line,
            "Kullback–Leibler divergence": on_line - entropy,
            "entropy of the label, $H(y)$": np.full(97, entropy),
        },
        x_label="probability $p_1$ given to class 1",
        y_label="nats",
    ),
    "loss-floor",
    caption="A soft label (0.7, 0.2, 0.1) and predictions on a line through it. The "
    "loss is lowest where the prediction is the label, and it is not zero there. What "
    "is above the floor is the Kullback–Leibler divergence.",
    alt=f"Two parallel curves with the minimum at 0.7: the cross-entropy falls to "
    f"{on_line.min():.3f}, the height of a level line, the divergence to 0.",
)

# %% [markdown]
# The floor is the *entropy* $H(y) = -\sum_k y_k \log y_k$, the surprise that no
# forecast can remove. What lies above it is the *Kullback–Leibler divergence*:
#
# $$
# H(y, p) = H(y) + D_\text{KL}(y \,\|\, p), \qquad D_\text{KL} \ge 0,
# \quad D_\text{KL} = 0 \text{ only for } p = y.
# $$ (eq-entropy)
#
# So honesty is the best policy: the lowest expected loss goes to who states the true
# probabilities. Such losses are called *proper scoring rules*
# {cite:p}`gneiting2007strictly`. For one-hot labels $H(y) = 0$. There is no ceiling: $p
# = 0$ for what happens costs infinitely much. And it is no distance, since the two
# arguments play different parts.

# %%
random_p = np.random.default_rng(0).dirichlet([1, 1, 1], size=100_000)
claim(
    "loss-has-a-floor",
    "For a soft label no prediction costs less than the label's entropy: lowest of "
    "100,000 random predictions minus that entropy.",
    measured=cross_entropy(y_soft, random_p).min() - entropy,
    above=0,
    below=0.001,
)
quote("loss-entropy", entropy)
third = np.full(3, 1 / 3)
claim(
    "loss-is-not-symmetric",
    "Swap label and prediction, and the cross-entropy changes: H(p, y) − H(y, p) for "
    "equal probabilities p.",
    measured=cross_entropy(third, y_soft) - cross_entropy(y_soft, third),
    above=0.2,
)

# %% [markdown]
# Nothing in this needs classes to choose from, or inputs. We let 27 logits, one for
# each letter and the space, learn a sentence by gradient descent: a language model that
# knows no context. The gradient by the logits is $p - y$; we come to it below.

# %%
sentence = "the loss of a letter is the surprise at seeing it and nothing else"
letters = np.array([" abcdefghijklmnopqrstuvwxyz".index(c) for c in sentence])
frequency = np.bincount(letters, minlength=27) / len(letters)


def softmax(z):
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


# %%
z_letters = descend(SGD(5.0), lambda z: softmax(z) - frequency, np.zeros(27), 5000)[-1]
p_letters = softmax(z_letters)
occur = frequency > 0
claim(
    "loss-learns-frequencies",
    "Cross-entropy without inputs learns how often each letter occurs: largest error "
    "of a probability.",
    measured=np.abs(p_letters - frequency).max(),
    below=1e-3,
)
claim(
    "loss-ends-at-entropy",
    "Without inputs the cross-entropy ends at the entropy of the letters: difference.",
    measured=cross_entropy(frequency, p_letters)
    - cross_entropy(frequency[occur], frequency[occur]),
    below=0.01,
    unit="nats",
)

# %% [markdown]
# ### Which probabilities does it see?
#
# *Does it matter how the wrong classes share the rest?* Class 1 is true. Forecast A
# says $(0.5, 0.5, 0)$, forecast B says $(0.5, 0.25, 0.25)$. Beside the cross-entropy we
# put the *Brier score* $\sum_k (p_k - y_k)^2$, the squared error of the probabilities
# {cite:p}`brier1950verification`. It is a proper scoring rule too. All forecasts for
# three classes fill a triangle.

# %%
y_first = np.array([1.0, 0.0, 0.0])
A, B = np.array([0.5, 0.5, 0.0]), np.array([0.5, 0.25, 0.25])


def log_score(p):
    return -np.log(np.maximum(p[..., 0], 1e-12))


def brier_score(p):
    return np.sum((p - y_first) ** 2, axis=-1)


# %% tags=["hide-input"]
show(
    simplex_maps(
        {"cross-entropy": log_score, "Brier score": brier_score},
        levels=np.arange(0, 2.01, 0.25),
        label="loss when class 1 is true",
        marks={"A": A, "B": B},
    ),
    "loss-triangle",
    caption="Every forecast for three classes is a point of the triangle; a corner is "
    "certainty. The cross-entropy has straight stripes: only the probability of the "
    "true class counts, so A and B cost the same. The Brier score has circles: B is "
    "nearer to the truth.",
    alt="Two triangles with contour lines. On the left the lines are parallel to the "
    f"side opposite to class 1; A and B both cost {log_score(A):.3f}. On the right "
    f"they are arcs around class 1; A costs {brier_score(A):.3f} and B "
    f"{brier_score(B):.3f}.",
)

# %%
claim(
    "loss-sees-only-the-true-class",
    "If class 1 is true, cross-entropy cannot tell the forecast (0.5, 0.5, 0) from "
    "(0.5, 0.25, 0.25): difference.",
    measured=abs(log_score(A) - log_score(B)),
    below=1e-9,
)
claim(
    "loss-brier-sees-all",
    "If class 1 is true, the Brier score tells (0.5, 0.5, 0) from (0.5, 0.25, 0.25): "
    "the first costs more, difference.",
    measured=brier_score(A) - brier_score(B),
    above=0.1,
)

# %% [markdown]
# The other classes come in by one door only: the probabilities sum to one, so what the
# wrong classes get, the true one lacks.
#
# ## The gradient: predicted minus true
#
# *What does the loss tell the network?* Put the softmax into {eq}`eq-cross-entropy`.
# For the true class $c$ the loss is $-z_c + \log \sum_j e^{z_j}$. The derivative of the
# logarithm by $z_k$ is $e^{z_k} / \sum_j e^{z_j} = p_k$. So
#
# $$
# \frac{\partial \ell}{\partial z_k} = p_k - y_k, \qquad
# \frac{\partial \ell}{\partial W} = x^\top (p - y)
# $$ (eq-p-minus-y)
#
# The first holds for the logits of any network. The second follows for a last layer $z
# = xW + b$; the layers before it multiply by further derivatives. We try both where the
# answer is badly wrong: $z = (10, 0, 0)$, and class 3 is true.

# %%
x_one = np.array([[1.0, -2.0]], dtype="float32")
W = keras.Variable(np.array([[10.0, 0, 0], [0, 0, 0]], dtype="float32"))
b = keras.Variable(np.zeros(3, dtype="float32"))
y_third = np.array([[0.0, 0.0, 1.0]], dtype="float32")
on_logits = CategoricalCrossentropy(from_logits=True)

# %%
by_W, by_b = gradients(lambda: on_logits(y_third, ops.matmul(x_one, W) + b), [W, b])
p_minus_y = softmax(np.array([10.0, 0.0, 0.0])) - y_third[0]
claim(
    "loss-gradient-is-p-minus-y",
    "The gradient of softmax and cross-entropy by the logits is p − y: largest "
    "difference.",
    measured=np.abs(np.asarray(by_b) - p_minus_y).max(),
    below=1e-5,
)
claim(
    "loss-gradient-of-weights",
    "The gradient of cross-entropy by the weights of the last layer is p − y times the "
    "input: largest difference.",
    measured=np.abs(np.asarray(by_W) - np.outer(x_one, p_minus_y)).max(),
    below=1e-5,
)

# %% [markdown]
# Now the squared error of the same probabilities. Its gradient has to pass through the
# softmax, which multiplies by $p$. The probability of the true class is nearly zero
# there, and so is the gradient: just where the mistake is greatest
# {cite:p}`golik2013cross`. We let the mistake grow: $z = (a, 0, 0)$.


# %%
def by_logits(y):
    """Gradients by the logits of both losses: name → a function of z."""

    def squared(z):
        p = softmax(z)
        error = 2 * (p - y)
        return p * (error - np.sum(p * error, axis=-1, keepdims=True))

    return {"cross-entropy": lambda z: softmax(z) - y, "Brier score": squared}


a = np.linspace(0, 15, 151)
z_wrong = a[:, None] * np.array([1.0, 0.0, 0.0])
pull = {
    name: np.linalg.norm(gradient(z_wrong), axis=1)
    for name, gradient in by_logits(y_third[0]).items()
}
at_ten = {name: values[100] for name, values in pull.items()}

# %% tags=["hide-input"]
show(
    curves(
        a,
        pull,
        x_label="score $a$ of the wrong class, above the true one",
        y_label="length of the gradient by $z$ (nats; Brier)",
        y_scale="log",
    ),
    "loss-pull",
    caption="How hard each loss pulls at the logits, from an undecided answer on the "
    "left to a very certain mistake on the right. The pull of the cross-entropy grows "
    "to its full size. That of the squared error all but vanishes.",
    alt=f"At a = 10 the gradient has the length {at_ten['cross-entropy']:.2f} for the "
    f"cross-entropy and {at_ten['Brier score']:.1g} for the Brier score; the latter "
    "falls along a straight line on the logarithmic axis.",
)

# %%
claim(
    "loss-pull-of-cross-entropy",
    "A certain mistake gets the full gradient from cross-entropy: length at a = 10.",
    measured=at_ten["cross-entropy"],
    above=1.4,
)
claim(
    "loss-pull-of-brier",
    "A certain mistake gets next to no gradient from the squared error: length at a = "
    "10.",
    measured=at_ten["Brier score"],
    below=1e-3,
)

# %% [markdown]
# ### Does it matter in training?
#
# A linear softmax on digits, three seeds, plain gradient descent with $\alpha = 0.5$,
# twenty passes. One half of the networks starts as usual. The other starts with large
# random weights of standard deviation 5: certain of everything, mostly wrong. Twelve
# networks train at once. The first six have the cross-entropy, the others the Brier
# score.


# %%
def two_losses(y, z):  # z: (batch, 12 networks, 10)
    p = ops.softmax(z[:, 6:])
    y_one_hot = ops.one_hot(ops.cast(ops.reshape(y, (-1, 1)), "int32"), 10)
    brier = ops.sum((p - y_one_hot) ** 2, axis=(1, 2))
    return StackedMLP.cross_entropy(y, z[:, :6]) + brier


def wrong_start(networks, rows):
    wrong = [np.random.default_rng(s).normal(0, 5, (rows, 10)) for s in seeds]
    kernels = ops.convert_to_numpy(networks.kernels[-1]).copy()
    kernels[3:6] = kernels[9:] = wrong
    networks.kernels[-1].assign(kernels)


# %%
def accuracy_of(networks, x, y):
    logits = ops.convert_to_numpy(networks(x))  # (examples, networks, classes)
    return (logits.argmax(axis=2) == y[:, None]).mean(axis=0)


def trained_on_both(units, passes):
    networks = StackedMLP(64, units, 10, list(seeds) * 4)
    wrong_start(networks, (64, *units)[-1])
    networks.compile(SGD(0.5), two_losses)
    history = [accuracy_of(networks, x_test, y_test)]
    for number in range(passes):
        batches = shuffled_batches(len(x_train), epochs=1, seed=number)
        fit_batches(networks, x_train, y_train, batches)
        history.append(accuracy_of(networks, x_test, y_test))
    return networks, np.reshape(history, (passes + 1, 4, 3))  # (passes, kinds, seeds)


_, linear = trained_on_both((), passes=20)
starts, names = ("usual start", "wrong start"), ("cross-entropy", "Brier score")
kinds = [f"{beginning}, {name}" for name in names for beginning in starts]

# %% tags=["hide-input"]
show(
    curves(
        np.arange(21),
        {kind: linear[:, k].T for k, kind in enumerate(kinds)},
        x_label="passes over the training digits",
        y_label="accuracy on held-out digits",
    ),
    "loss-wrong-start",
    caption="A linear softmax on digits, mean and range of three seeds. From the usual "
    "start both losses end at nearly the same accuracy, cross-entropy sooner. From a "
    "start that is certain and wrong, cross-entropy climbs out and the Brier score "
    "does not.",
    alt="Accuracy after twenty passes: "
    + ", ".join(f"{kind} {linear[-1, k].mean():.2f}" for k, kind in enumerate(kinds))
    + ".",
)

# %%
claim(
    "loss-escapes-wrong-start",
    "From large random weights, certain and mostly wrong, a linear softmax learns "
    "digits with cross-entropy: accuracy, for each seed.",
    measured=linear[-1, 1],
    above=0.55,
)
claim(
    "loss-brier-stays-wrong",
    "From large random weights, certain and mostly wrong, a linear softmax hardly "
    "learns digits with the squared error: accuracy, for each seed.",
    measured=linear[-1, 3],
    below=0.45,
)
claim(
    "loss-linear-tie",
    "From the usual start of a linear softmax on digits cross-entropy and Brier score "
    "tie: difference in accuracy, for each seed.",
    measured=100 * (linear[-1, 0] - linear[-1, 2]),
    above=-4,
    below=4,
    unit="points",
)

# %% [markdown]
# Is it so in a deeper network? We add a hidden layer of 32 ReLUs and give the wrong
# start to the last layer only.

# %%
networks, hidden = trained_on_both((32,), passes=20)
after_one_pass, _ = trained_on_both((32,), passes=1)


def share_silent(networks):
    h = ops.relu(ops.matmul(x_train[None], networks.kernels[0]) + networks.biases[0])
    return np.all(ops.convert_to_numpy(h) == 0, axis=1).mean(axis=1)  # (networks,)


silent = share_silent(networks)

# %%
claim(
    "loss-hidden-tie",
    "With a hidden layer and the usual start cross-entropy and Brier score tie: "
    "difference in accuracy, for each seed.",
    measured=100 * (hidden[-1, 0] - hidden[-1, 2]),
    above=-4,
    below=4,
    unit="points",
)
claim(
    "loss-hidden-wrong-start",
    "With a hidden layer and a last layer that starts certain and wrong neither loss "
    "learns digits: accuracy with cross-entropy, then with the Brier score, three "
    "seeds each.",
    measured=hidden[-1, [1, 3]],
    below=0.4,
)
claim(
    "loss-hidden-silent",
    "From a last layer that starts certain and wrong, cross-entropy kills hidden "
    "ReLUs: share of units that give 0 for every training digit, for each seed.",
    measured=silent[3:6],
    above=0.5,
)
claim(
    "loss-hidden-silent-at-once",
    "From a last layer that starts certain and wrong, cross-entropy kills most of the "
    "hidden ReLUs in the first pass: share of dead units after it, for each seed.",
    measured=share_silent(after_one_pass)[3:6],
    above=0.5,
)
claim(
    "loss-hidden-awake",
    "From the usual start, cross-entropy leaves the hidden ReLUs alive: share of units "
    "that give 0 for every training digit, for each seed.",
    measured=silent[:3],
    below=0.3,
)

# %% [markdown]
# That is a surprise. $p - y$ reaches the logits in full, but on its way down it is
# multiplied by the last layer's large weights. The first pass throws the hidden layer
# so far that most of its units no longer answer. A clear direction at the output is no
# promise for the layers below.
#
# With sound starts, squared error is often as good as cross-entropy on large tasks too
# {cite:p}`hui2021evaluation`.
#
# ### Give the loss the logits
#
# *Why `from_logits=True`?* In float32 a softmax with a lead of 200 is exactly 1 and 0.
# Whoever sees only these probabilities cannot know how wrong the answer was. The
# library keeps $p$ away from 0 by $10^{-7}$, as Keras does, so the loss is cut off, and
# beyond the cut there is no slope.

# %%
z_far = keras.Variable(np.array([[200.0, 0.0]], dtype="float32"))
y_far = np.array([[0.0, 1.0]], dtype="float32")
on_shares = CategoricalCrossentropy()
(slope_shares,) = gradients(lambda: on_shares(y_far, ops.softmax(z_far)), [z_far])
(slope_logits,) = gradients(lambda: on_logits(y_far, z_far), [z_far])

# %%
claim(
    "loss-from-logits",
    "A mistake with a lead of 200 costs 200 if the loss gets the logits.",
    measured=float(on_logits(y_far, z_far)),
    above=199.99,
    below=200.01,
)
claim(
    "loss-from-probabilities",
    "A mistake with a lead of 200 costs far less than 200 if the loss gets the "
    "probabilities, since they are cut off.",
    measured=float(on_shares(y_far, ops.softmax(z_far))),
    below=17,
)
claim(
    "loss-from-probabilities-no-slope",
    "For a mistake with a lead of 200 the gradient is gone if the loss gets the "
    "probabilities: its length, in parts of that from the logits.",
    measured=np.abs(np.asarray(slope_shares)).max() / np.abs(slope_logits).max(),
    below=1e-5,
)

# %% [markdown]
# ## The experiment: loss and accuracy part ways
#
# *Does a rising loss mean that the network gets worse?* We train networks with two
# hidden layers of 64 on 100 points of two interleaved half-moons, for 400 steps. Every
# 20 steps we measure on 2,000 fresh points, which training never sees. Such points are
# called *validation data*.

# %%
x_moons, y_moons = make_moons(2100, noise=0.35, random_state=0)
x_moons = x_moons.astype("float32")
few, fresh = slice(0, 100), slice(100, None)
moon_nets = StackedMLP(2, (64, 64), 2, seeds)
moon_nets.compile(Adam(0.01), StackedMLP.cross_entropy)
twenty_steps = np.tile(np.arange(100), (20, 1))
fresh_logits = []
for _ in range(20):
    fit_batches(moon_nets, x_moons[few], y_moons[few], twenty_steps)
    fresh_logits.append(ops.convert_to_numpy(moon_nets(x_moons[fresh])))
fresh_logits = np.array(fresh_logits, dtype="float64")  # (times, points, nets, 2)


# %%
def loss_and_errors(logits, c):
    """Mean loss and share of errors, (...), of logits (..., points, nets, classes)."""
    p = softmax(logits)
    of_true = np.take_along_axis(p, c[:, None, None], axis=-1)[..., 0]
    wrong = logits.argmax(axis=-1) != c[:, None]
    return -np.log(of_true).mean(axis=-2), wrong.mean(axis=-2)


fresh_loss, fresh_errors = np.array(
    [loss_and_errors(logits, y_moons[fresh]) for logits in fresh_logits]
).swapaxes(0, 1)  # each (times, nets)
best = fresh_loss.argmin(axis=0), np.arange(3)

# %% tags=["hide-input"]
multiples = {
    "loss": (fresh_loss / fresh_loss[best]).T,
    "errors": (fresh_errors / fresh_errors[best]).T,
}
show(
    curves(
        20 * np.arange(1, 21),
        multiples,
        x_label="training step",
        y_label="multiple of the value at the lowest loss",
    ),
    "loss-and-errors",
    caption="Loss and errors on fresh points, each in multiples of its value where the "
    "loss is lowest; mean and range of three seeds. The loss multiplies. The share of "
    "wrong answers hardly changes.",
    alt="Two curves that part: after 400 steps the loss stands at "
    f"{multiples['loss'][:, -1].mean():.1f} times its lowest value, the errors at "
    f"{multiples['errors'][:, -1].mean():.2f} times theirs.",
)

# %%
claim(
    "loss-multiplies",
    "Late in training the loss on fresh points is a multiple of its lowest value: for "
    "each seed.",
    measured=fresh_loss[-1] / fresh_loss[best],
    above=2.5,
)
claim(
    "loss-accuracy-stays",
    "From where the loss on fresh points is lowest to the end of training the accuracy "
    "hardly moves: its change, for each seed.",
    measured=100 * (fresh_errors[best] - fresh_errors[-1]),
    above=-5,
    below=5,
    unit="points",
)
quote("loss-times", np.mean(fresh_loss[-1] / fresh_loss[best]))
quote("loss-points-lost", 100 * np.mean(fresh_errors[-1] - fresh_errors[best]))

# %% [markdown]
# This is *overfitting*, seen by the loss and hardly by the answers. What did get worse
# is their certainty: the network is about as often wrong as before, and surer of it.
# The remedy shows it. Divide all logits by one
# number, the *temperature* {cite:p}`guo2017calibration`. The largest stays the largest,
# so no answer changes. For each network we take the temperature that suits the fresh
# points best.

# %%
temperatures = np.geomspace(1, 100, 41)
cooled = np.array(
    [loss_and_errors(fresh_logits[-1] / T, y_moons[fresh]) for T in temperatures]
)  # (temperatures, 2, nets)
claim(
    "loss-temperature-changes-no-answer",
    "No temperature changes an answer: largest change of the share of errors.",
    measured=np.abs(cooled[:, 1] - fresh_errors[-1]).max(),
    equals=0,
)
claim(
    "loss-temperature-cures-loss",
    "The right temperature takes away most of an overfitted network's loss on fresh "
    "points: loss with it over loss without, for each seed.",
    measured=cooled[:, 0].min(axis=0) / fresh_loss[-1],
    below=0.4,
)

# %% [markdown]
# ### It never stops pushing
#
# *When is cross-entropy satisfied?* If some weights separate the classes without error,
# then twice those weights are surer and cost less. There is no minimum, and the weights
# grow for ever, as the logarithm of the number of steps {cite:p}`soudry2018implicit`.
# We take three clouds of points that do not touch.


# %%
def weights_and_accuracy(seed):
    corners = [[0, 2], [2, -1], [-2, -1]]
    x, c = make_blobs(150, centers=corners, cluster_std=0.5, random_state=seed)
    x = np.c_[x, np.ones(150)]  # the last weight is the bias
    path = descend(
        SGD(1.0),
        lambda W: x.T @ (softmax(x @ W) - np.eye(3)[c]) / 150,
        start=np.zeros((3, 3)),
        steps=1000,
    )[[10, 100, 1000]]
    right = (x @ path).argmax(axis=2) == c
    return np.linalg.norm(path, axis=(1, 2)), right.mean(axis=1)


# %%
norms, rights = np.swapaxes([weights_and_accuracy(seed) for seed in seeds], 0, 1)
quote("loss-growth", np.mean(norms[:, 2] / norms[:, 1]))
claim(
    "loss-weights-keep-growing",
    "Where all answers are right, the weights still grow: their length after 1,000 "
    "steps over that after 100, for each seed.",
    measured=norms[:, 2] / norms[:, 1],
    above=1.25,
)
claim(
    "loss-all-right",
    "While the weights grow, all answers are right since step 10: accuracy after 10, "
    "100 and 1,000 steps.",
    measured=rights,
    equals=1,
)

# %% [markdown]
# ### Two thousand against forty
#
# *What if one class is rare?* Two clouds overlap. Class 0 has 2,000 points and class 1
# has 40. A linear sigmoid learns them in four ways:
#
# - by the plain loss;
# - with weights that make each rare example count 50 times;
# - by the *focal loss* $-(1 - p_\text{true})^\gamma \log p_\text{true}$ with $\gamma =
#   2$, which charges less for what is nearly right {cite:p}`lin2017focal`;
# - by the focal loss with the weights.
#
# *Recall* is the share of a class that is found.


# %%
def draw_points(seed, rare):
    random = np.random.default_rng(seed)
    c = np.repeat([0, 1], [50 * rare, rare])
    points = random.normal(size=(len(c), 2)) + 1.5 * c[:, None]
    return np.c_[points, np.ones(len(c))], c


weights_of_rare = np.array([1.0, 50.0, 1.0, 50.0])
gamma = np.array([0.0, 0.0, 2.0, 2.0])


def four_fits(x, c):
    sign, weight = 2 * c[:, None] - 1, np.where(c[:, None] == 1, weights_of_rare, 1)

    def gradient(W):  # (3 weights, 4 ways)
        p = 1 / (1 + np.exp(-sign * (x @ W)))  # of the true class
        slope = gamma * p * np.log(p) - (1 - p)
        return x.T @ (sign * weight * (1 - p) ** gamma * slope) / weight.sum(axis=0)

    return descend(SGD(1.0, momentum=0.9), gradient, np.zeros((3, 4)), 600)[-1]


# %% [markdown]
# Look at `slope` for $\gamma = 0$: the gradient is again $p - y$, times the input. Each
# seed has its own points, and is judged by 20,400 fresh ones in the same proportion.
# The fifth way is the plain loss again, with another threshold. If a miss is 50 times
# as bad as a false alarm, saying 1 pays as soon as $50\,p > 1 - p$, which is
# $p > 1/51$.

# %%
recall, errors_of_p, came_true = [], [], []
for seed in seeds:
    W_rare = four_fits(*draw_points(seed, rare=40))
    x_fresh, c_fresh = draw_points(seed + 100, rare=400)
    p_rare = 1 / (1 + np.exp(-x_fresh @ W_rare))  # (points, 4 ways)
    says_one = np.c_[p_rare > 0.5, p_rare[:, 0] > 1 / 51]
    found = says_one[c_fresh == 1].mean(axis=0), 1 - says_one[c_fresh == 0].mean(axis=0)
    recall.append(found)
    errors_of_p.append([calibration_error(c_fresh, p_rare[:, way]) for way in range(4)])
    near_0_3 = np.abs(p_rare[:, 0] - 0.3) < 0.1
    came_true.append(c_fresh[near_0_3].mean())
recall = np.array(recall)  # (seeds, rare and common, 5 ways)
errors_of_p = np.array(errors_of_p)  # (seeds, 4 ways)

# %% tags=["hide-input"]
x_rare, c_rare = draw_points(2, rare=40)
drawn = np.r_[0:2000:6, 2000:2040]


def linear_rule(w):
    return lambda points: (points @ w[:2] + w[2] > 0).astype(int)


show(
    decision_regions(
        {
            "plain loss": linear_rule(W_rare[:, 0]),
            "rare class × 50": linear_rule(W_rare[:, 1]),
        },
        x_rare[drawn, :2],
        c_rare[drawn],
        limits=((-3, 4), (-3, 4)),
    ),
    "loss-rare",
    caption="A rare class (squares) beside a common one (dots, one in six is drawn). "
    "The plain loss gives the rare class a small corner. Weights move the boundary, "
    "and the price is paid by the common class.",
    alt="Two panels with a straight boundary. Mean recall of the rare class over three "
    f"seeds: {recall[:, 0, 0].mean():.2f} with the plain loss and "
    f"{recall[:, 0, 1].mean():.2f} with weights; of the common class "
    f"{recall[:, 1, 0].mean():.2f} and {recall[:, 1, 1].mean():.2f}.",
)

# %%
quote("loss-rare-found", f"{recall[:, 0, 0].mean():.0%}")
claim(
    "loss-rare-plain",
    "With the plain loss most of the rare class is missed: its recall, for each seed.",
    measured=recall[:, 0, 0],
    below=0.5,
)
claim(
    "loss-rare-weighted",
    "With weights for the classes most of the rare class is found: its recall, for "
    "each seed.",
    measured=recall[:, 0, 1],
    above=0.65,
)
claim(
    "loss-common-weighted",
    "If the loss weights a rare class more, the common class pays: its recall with "
    "weights, for each seed.",
    measured=recall[:, 1, 1],
    below=0.95,
)
claim(
    "loss-rare-focal",
    "The focal loss without weights misses most of the rare class: its recall, for "
    "each seed.",
    measured=recall[:, 0, 2],
    below=0.5,
)

# %% [markdown]
# The focal loss alone did not help here. With the weights it does as they do. And the
# plain loss did what it promises: its probabilities are about right. Of the points with
# $p$ from 0.2 to 0.4, these shares *are* rare: {glue:text}`loss-plain-keeps-its-word`,
# for the three seeds. What did not fit is the threshold ½, which treats both mistakes
# as equally bad. The *calibration error* below sorts the points by $p$ into ten bins,
# and averages how far the share of rare points in a bin is from its mean $p$.

# %%
claim(
    "loss-rare-threshold",
    "With the threshold 1/51 the plain loss finds most of the rare class: recall, for "
    "each seed.",
    measured=recall[:, 0, 4],
    above=0.65,
)
claim(
    "loss-plain-is-calibrated",
    "The plain loss is nearly calibrated: its calibration error, for each seed.",
    measured=errors_of_p[:, 0],
    below=0.02,
)
claim(
    "loss-plain-keeps-its-word",
    "Of the points to which the plain loss gives 0.2 to 0.4, about so many are rare: "
    "share, for each seed.",
    measured=came_true,
    above=0.12,
    below=0.45,
)
claim(
    "loss-weights-distort",
    "Weights for the classes distort the probabilities: calibration error, for each "
    "seed.",
    measured=errors_of_p[:, 1],
    above=0.07,
)
claim(
    "loss-focal-weighted",
    "Focal loss and weights together find the rare class: recall, for each seed.",
    measured=recall[:, 0, 3],
    above=0.65,
)

# %% [markdown]
# In Keras the weights are `fit(..., class_weight={0: 1, 1: 50})`. *Resampling* draws
# rare examples more often instead; up to a factor it has the same expected gradient.
# {cite:t}`he2009learning` review both.
#
# ## Where the popular answer goes wrong
#
# ### About the cost
#
# :::{popular-answer} The cost function measures how accurate the network is.
# :verdict: wrong
# :question: cost-function
# :claims: loss-accuracy-is-flat, loss-multiplies, loss-accuracy-stays
#
# It measures error, so lower is better, and it is a stand-in. On fresh points it grew
# to {glue:text}`loss-times` times its lowest value, while the accuracy fell by
# {glue:text}`loss-points-lost` points (means of three seeds).
# :::
#
# :::{popular-answer} Cost function and loss function are the same thing.
# :verdict: imprecise
# :question: cost-function
# :claims: loss-cost-is-mean-plus-penalty, loss-penalty-share
#
# Loosely they are. Strictly, a loss belongs to one example, and the cost is the mean of
# the losses plus penalties. Keras prints the cost and calls it loss.
# :::
#
# :::{popular-answer} It penalises mistakes.
# :verdict: right
# :question: cost-function
# :claims: loss-charges-hesitation, loss-always-falls
#
# Yes, and cross-entropy also charges a right answer that is not certain:
# {glue:text}`loss-charges-hesitation` nats at $p = 0.6$.
# :::
#
# ### About cross-entropy
#
# :::{popular-answer} It quantifies the difference between predictions and labels.
# :verdict: imprecise
# :question: cross-entropy
# :claims: loss-has-a-floor, loss-is-not-symmetric
#
# It is low when they agree, but it is not a distance. It is not symmetric, and for the
# soft label above its floor is {glue:text}`loss-entropy`, not 0. The difference proper
# is the Kullback–Leibler divergence.
# :::
#
# :::{popular-answer} It looks at every class and penalises errors on each of them.
# :verdict: imprecise
# :question: cross-entropy
# :claims: loss-sees-only-the-true-class, loss-brier-sees-all
#
# With a one-hot label only $p_\text{true}$ enters ({numref}`loss-triangle`). The others
# matter because all sum to one. The Brier score does look at each.
# :::
#
# :::{popular-answer} Its gradient is proportional to predicted minus true probability.
# :verdict: imprecise
# :question: cross-entropy
# :claims: loss-gradient-is-p-minus-y, loss-gradient-of-weights, loss-hidden-wrong-start
#
# True by the logits of a softmax. By the weights it is multiplied by their input, and
# in deeper layers by every derivative on the way.
# :::
#
# :::{popular-answer} It copes with imbalance: it treats all examples alike.
# :verdict: wrong
# :question: cross-entropy
# :claims: loss-rare-plain, loss-rare-weighted, loss-rare-focal, loss-rare-threshold
#
# Just because every example counts the same, the common class rules. Only
# {glue:text}`loss-rare-found` of the rare class were found. Class weights, resampling
# or another threshold mend that. The focal loss did so only with weights.
# :::
#
# :::{popular-answer} It is preferred to squared error, which is for regression.
# :verdict: imprecise
# :question: cross-entropy
# :claims: loss-linear-tie, loss-hidden-tie, loss-brier-stays-wrong
#
# Usually preferred, yes. But the squared error of probabilities is a proper score too,
# and from a usual start it did as well. From a start that is certain and wrong it
# stalls.
# :::
#
# :::{popular-answer} It was devised specifically for classification.
# :verdict: imprecise
# :question: cross-entropy
# :claims: loss-learns-frequencies, loss-ends-at-entropy
#
# It comes from information theory {cite:p}`shannon1948mathematical` and likelihood. It
# fits any distribution, as our letters show. Language models use it, and so does
# *distillation*, where one network learns another's probabilities.
# :::
#
# ### Four that are right
#
# :::{popular-answer} It is also called log loss and scores predicted probabilities.
# :verdict: right
# :question: cross-entropy
# :claims: loss-is-likelihood, loss-equals-keras
#
# By {eq}`eq-cross-entropy`. Keras and scikit-learn compute the same.
# :::
#
# :::{popular-answer} It extends to any number of classes.
# :verdict: right
# :question: cross-entropy
# :claims: loss-of-knowing-nothing
#
# Knowing nothing costs $\log K$.
# :::
#
# :::{popular-answer} It fits softmax outputs and pushes probability to the right class.
# :verdict: right
# :question: cross-entropy
# :claims: loss-weights-keep-growing, loss-all-right
#
# And on separable data it never stops: from step 100 to step 1,000 the weights grew to
# {glue:text}`loss-growth` times their length, while every answer was right.
# :::
#
# :::{popular-answer} It gives gradient methods a clear direction.
# :verdict: right
# :question: cross-entropy
# :claims: loss-pull-of-cross-entropy, loss-pull-of-brier, loss-escapes-wrong-start
#
# At the logits, even for certain mistakes, where squared error has next to none.
# :::
#
# ## What we saw
#
# - Accuracy is a staircase without a slope. The loss stands in for it, and the two can
#   part: late in training the loss multiplies while the answers stay nearly as good.
# - Loss is for one example; cost is the mean plus penalties.
# - Cross-entropy is the negative log-likelihood. Its floor is the label's entropy, and
#   it has no ceiling. With one-hot labels it sees the true class alone.
# - By the logits its gradient is $p - y$. That rescues a linear network from a certain
#   and wrong start; a hidden layer below large weights it did not save.
# - A rare class needs weights, resampling or another threshold.
#
# The loss says how wrong a network is. By how much does it change with each of many
# weights? That is {doc}`backpropagation <05_backpropagation>`.
#
# ## In an interview
#
# :::{interview-card} What is a cost function, and how does it relate to accuracy?
# :id: cost-function
# :figure: loss-threshold
#
# The number that training lowers: $J(\theta) = \frac1N \sum_i \ell(\hat y_i, y_i) +
# \lambda\,\Omega(\theta)$, the mean of a loss for each example plus penalties. It is a
# differentiable stand-in for what we want. Accuracy is piecewise constant, so its
# gradient is zero almost everywhere. The two are not the same: cross-entropy also
# charges right answers that hesitate. They can part: late in training the validation
# loss may multiply while accuracy stays flat, because the wrong answers become surer.
# :::
#
# :::{interview-card} What is cross-entropy, and why is it the usual cost for classes?
# :id: cross-entropy
# :figure: loss-floor
#
# $H(y, p) = -\sum_k y_k \log p_k = H(y) + D_\text{KL}(y \| p)$; for a one-hot $y$ it is
# $-\log p_\text{true}$. Minimising it is maximum likelihood, and it is a proper scoring
# rule: the minimum is at $p = y$, with the value $H(y)$, which is 0 for hard labels. It
# is unbounded above. With softmax the gradient by the logits is $p - y$, so a certain
# mistake gets the full gradient, where squared error through a softmax gets nearly
# none. Compute it from logits, for numerical stability. It does not handle imbalance:
# it is a mean over examples. Use class weights, resampling, a threshold that fits the
# costs, or a weighted focal loss.
# :::
#
# ## Exercises
#
# 1. **Recall.** A network's "loss" in Keras falls from 0.9 to 0.7 while the data loss
#    stays at 0.6. What fell?
#
#    :::{dropdown} Solution
#    The penalty, from 0.3 to 0.1: the weights shrank. Log the data loss as a metric of
#    its own to see it.
#    :::
#
# 2. **By hand.** A softmax gives $p = (0.7, 0.2, 0.1)$. What are the loss and its
#    gradient by the logits if class 1 is true, and if class 3 is?
#
#    :::{dropdown} Solution
#    Class 1: $-\log 0.7 = 0.357$ and $(-0.3, 0.2, 0.1)$. Class 3: $-\log 0.1 = 2.303$
#    and $(0.7, 0.2, -0.9)$. The entries of each sum to zero. The next cell checks the
#    gradients by moving one logit a little at a time.
#    :::

# %% tags=["hide-cell"]
logits_0 = np.log([0.7, 0.2, 0.1])
nudged = logits_0 + 1e-6 * np.eye(3)
for_each_class = (np.log(softmax(logits_0)) - np.log(softmax(nudged))).T / 1e-6
claim(
    "loss-exercise-gradient",
    "Exercise 2: for p = (0.7, 0.2, 0.1) finite differences give p − y as the gradient "
    "if class 1 or class 3 is true: largest deviation.",
    measured=np.abs(
        for_each_class[[0, 2]] - [[-0.3, 0.2, 0.1], [0.7, 0.2, -0.9]]
    ).max(),
    below=1e-5,
)

# %% [markdown]
# 3. **Predict, then run.** Take the moon networks where their loss is lowest and
#    multiply all logits by 10. What happens to the accuracy and to the loss?
#
#    :::{dropdown} Solution
#    The accuracy stays: the largest logit stays the largest. The loss multiplies, since
#    every wrong answer is now ten times as sure. Multiplied by a large number, it is
#    that number times the mean lead of the wrong answers.
#    :::

# %% tags=["hide-cell"]
at_best = np.stack([fresh_logits[t, :, k] for k, t in enumerate(best[0])], axis=1)
usual, tenfold = (loss_and_errors(f * at_best, y_moons[fresh]) for f in (1, 10))
claim(
    "loss-exercise-tenfold",
    "Exercise 3: ten times the logits cost more: ratio of the losses, for each seed.",
    measured=tenfold[0] / usual[0],
    above=2,
)
claim(
    "loss-exercise-tenfold-accuracy",
    "Exercise 3: ten times the logits give the same answers: change of the share of "
    "errors.",
    measured=tenfold[1] - usual[1],
    equals=0,
)

# %% [markdown]
# 4. **Code.** *Label smoothing* replaces the one-hot label by 0.91 at the true one of
#    ten classes and 0.01 at the others (`label_smoothing=0.1`). What is the lowest
#    loss that a network can then reach?
#
#    :::{dropdown} Solution
#    The entropy of the smoothed label: $-0.91 \log 0.91 - 9 \cdot 0.01 \log 0.01 =
#    0.500$. Half a nat is not a sign of bad training here. The next cell reaches it.
#    :::

# %% tags=["hide-cell"]
smooth = np.r_[0.91, np.full(9, 0.01)]
smoothing = CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)
claim(
    "loss-exercise-smoothing",
    "Exercise 4: the lowest loss that can be reached with label smoothing of 0.1 and "
    "ten classes.",
    measured=float(smoothing(np.eye(10)[:1], np.log(smooth)[None])),
    above=0.5,
    below=0.501,
)

# %% [markdown]
# 5. **Code.** Show that the sigmoid with binary cross-entropy is the softmax of two
#    classes. Which two logits does a single logit $z$ stand for?
#
#    :::{dropdown} Solution
#    $(0, z)$, or any two with the difference $z$: $e^z / (e^0 + e^z) = \sigma(z)$. So
#    two outputs for two classes hold one number too many.
#    :::

# %% tags=["hide-cell"]
single = np.linspace(-8, 8, 33)
pair = softmax(np.stack([0 * single, single], axis=1))
claim(
    "loss-exercise-two-classes",
    "Exercise 5: softmax of (0, z) is the sigmoid of z: largest difference.",
    measured=np.abs(pair[:, 1] - 1 / (1 + np.exp(-single))).max(),
    below=1e-12,
)

# %% [markdown]
# 6. **Think.** A new network with ten classes begins with a loss of 9. Name two
#    possible causes.
#
#    :::{dropdown} Solution
#    Knowing nothing costs 2.30. A loss of 9 means that it is sure and wrong: its first
#    weights or its inputs are too large. Or the number contains a penalty.
#    :::
#
# 7. **Open.** To delete a good mail is 100 times as bad as to let a bad one through.
#    Would you weight the loss or move the threshold? What does each do to the
#    probabilities?
#
#    :::{dropdown} Solution
#    Let $p$ be the probability that the mail is bad. Delete if $p > 100/101$: then the
#    expected cost of deleting is the smaller one. This keeps the probabilities true,
#    and the costs can change without new training {cite:p}`elkan2001foundations`.
#    Weights build the costs into the network. That may pay if it is too small to be
#    right everywhere: it is then right where it counts.
#    :::
#
# ## Further reading
#
# {cite:t}`goodfellow2016deep`, section 3.13 for entropy and divergence, section 5.5 for
# maximum likelihood, section 6.2.2 for output units and their losses, section 8.1 for
# surrogates. {cite:t}`gneiting2007strictly` on proper scoring rules,
# {cite:t}`hui2021evaluation` for squared error in classification, and
# {cite:t}`guo2017calibration` on networks that are too sure.
#
# :::{parts-used}
# :::
