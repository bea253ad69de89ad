# %% [markdown]
# # Overfitting: the training set cannot say how far to trust it
#
# {doc}`The training loop <06_training_loop>` showed networks that learned random labels
# by heart and read new digits no better than chance.
# {doc}`Convolution <18_convolution_and_sharing>` put knowledge into a network's
# structure, and it read new images better. This chapter measures such remedies on one
# task. Most have a setting that training cannot choose, a *hyperparameter*. The second
# half is about choosing these.
#
# It answers: **A deep network fits its training set but fails on the test set: what can
# be done? Which hyperparameters govern the training of a neural network, and how are
# they set?**

# %%
import warnings
from functools import partial
from itertools import pairwise

import keras
import numpy as np
from keras import ops
from numpy.polynomial.legendre import legvander
from sklearn.datasets import load_wine
from sklearn.linear_model import Lasso, LogisticRegression
from threadpoolctl import threadpool_limits

from dlbook.callbacks import EarlyStopping
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, dot_rows, moving_fit
from dlbook.layers import Dropout
from dlbook.models import StackedMLP, mlp
from dlbook.optimizers import SGD, Adam, Optimizer
from dlbook.page import animate, quote, readable, show, table
from dlbook.training import descend, fit_batches, shuffled_batches

with warnings.catch_warnings():
    # It looks for widgets to draw progress bars, and we draw none.
    warnings.filterwarnings("ignore", "IProgress not found")
    import optuna

one_core = threadpool_limits(1)  # For NumPy's small products more cores are slower.

# %% [markdown]
# ## The idea: twelve points and one knob
#
# What does it look like to fit too well? Twelve points lie near a sine. A polynomial
# with twelve coefficients can pass through all of them. We fit it by least squares with
# a penalty on the squared coefficients:
#
# $$
# J(w) = \sum_i \bigl(y_i - \hat y_i\bigr)^2 + \lambda \sum_j w_j^2
# $$ (eq-overfit-ridge)
#
# This is *ridge* regression {cite:p}`hoerl1970ridge`. The factor $\lambda$ says what a
# large coefficient costs.

# %%
seeds = (0, 1, 2)
factors = np.logspace(-6, 3, 13)  # λ
x, grid = np.linspace(-1, 1, 12), np.linspace(-1, 1, 201)
X, truth = legvander(x, 11), np.sin(np.pi * grid)  # X: (examples, coefficients)
w, examples = [], []
for noise_seed in range(20):
    y = np.sin(np.pi * x) + 0.3 * np.random.default_rng(noise_seed).normal(size=12)
    examples.append(y)
    w.append([np.linalg.solve(X.T @ X + f * np.eye(12), X.T @ y) for f in factors])
fits = w @ legvander(grid, 11).T  # (draws, λ, positions)
from_examples = np.mean((w @ X.T - np.array(examples)[:, None]) ** 2, axis=2)
from_truth = np.mean((fits - truth) ** 2, axis=2)  # (draws, λ)

# %% tags=["hide-input"]
animate(
    moving_fit(
        (x, examples[1]),
        grid,
        fits[1],
        truth,
        [
            f"λ = {readable(f, 2)}: {seen:.3f} from examples, {off:.2f} from the sine"
            for f, seen, off in zip(
                factors, from_examples[1], from_truth[1], strict=True
            )
        ],
        x_label="x",
        y_label="y",
    ),
    "overfit-knob",
    caption="A polynomial with twelve coefficients, twelve examples, and a growing "
    "penalty. At first it passes through each example and is wild between them. With "
    "more penalty it comes close to the sine, with too much it lies flat. The numbers "
    "are mean squared distances.",
    alt="A curve through twelve dots that at first swings far beyond them, then "
    "follows a sine wave, and in the end is flat. Mean squared distance from the sine: "
    f"{from_truth[1, 0]:.2f} at first, {from_truth[1].min():.2f} at best, "
    f"{from_truth[1, -1]:.2f} in the end.",
)

# %%
claim(
    "overfit-knows-by-heart",
    "With next to no penalty a polynomial of twelve coefficients fits its twelve "
    "examples: mean squared distance from them, largest of 20 draws of the noise.",
    measured=from_examples[:, 0].max(),
    below=1e-3,
)
claim(
    "overfit-fails-between",
    "With next to no penalty a polynomial of twelve coefficients misses the sine that "
    "its twelve noisy examples come from: squared distance over that with the best "
    "penalty, median of 20 draws.",
    measured=np.median(from_truth[:, 0] / from_truth.min(axis=1)),
    above=3,
)

# %%
claim(
    "overfit-training-wants-none",
    "The distance of a ridge fit from its examples grows with every step of the "
    "penalty: smallest growth in any of 20 draws, in parts of the distance.",
    measured=(np.diff(from_examples, axis=1) / from_examples[:, 1:]).min(),
    above=0,
)

# %% [markdown]
# To fit the examples and to fail between them is *overfitting*. The penalty remedies it
# and makes the fit on the examples *worse*. So the training error cannot choose
# $\lambda$: it would always choose 0. That takes other examples, the *validation* set.
# To report how good the choice is takes a third part, the *test* set.
#
# ## Is it overfitting at all?
#
# What else makes a model fail in use? We make four such cases. They need other cures.
#
# 1. **Another distribution.** Digits in use stand one pixel further right.
# 2. **Broken features.** Two of 13 measurements of wines, those with the largest
#    weights, are noise in use.
# 3. **A rare class.** It has 2 % of the examples. We look at its *recall*, the share
#    of them that is found.
# 4. **Leakage.** Labels are pure chance, inputs 1,000 numbers of noise. The 20 that go
#    best with the labels are picked. Then each fifth of the examples is held out in
#    turn (*cross-validation*).

# %%
(x_train, y_train), (x_test, y_test) = load_digits()


def moved(x, right, down=0):
    """Images moved by a pixel at most, with empty pixels behind."""
    padded = np.pad(x.reshape(-1, 8, 8), [(0, 0), (1, 1), (1, 1)])
    down, right = 1 - down, 1 - right
    return padded[:, down : down + 8, right : right + 8].reshape(x.shape)


linear = partial(LogisticRegression, max_iter=300)
reader = linear().fit(x_train, y_train)

# %%
right_digits = moved(x_test, right=1)
shift_gap = [
    reader.score(x, y)
    for x, y in ((x_train, y_train), (x_test, y_test), (right_digits, y_test))
]
shift_penalised = [  # A small C is a large penalty; C = 1 above.
    linear(C=C).fit(x_train, y_train).score(right_digits, y_test)
    for C in (0.1, 0.01, 0.001)
]

# %%


def wine_gap(seed):
    """Accuracy in training, on other wines, and on these with two broken features."""
    (x, y), draw = load_wine(return_X_y=True), np.random.default_rng(seed)
    order = draw.permutation(len(y))
    seen, new = order[:120], order[120:]
    x = (x - x[seen].mean(axis=0)) / x[seen].std(axis=0)
    model = linear().fit(x[seen], y[seen])
    broken = x[new].copy()
    heaviest = np.abs(model.coef_).sum(axis=0).argsort()[-2:]
    broken[:, heaviest] = draw.normal(size=(len(new), 2))
    scored = (x[seen], y[seen]), (x[new], y[new]), (broken, y[new])
    return [model.score(*each) for each in scored]


# %%


def rare_gap(seed):
    """Recall of a class of 2 % in training and on new examples, and with weights."""
    draw = np.random.default_rng(seed)
    rare = (draw.random((2, 10_000)) < 0.02).astype(int)
    x = draw.normal(size=(2, 10_000, 2)) + 1.5 * rare[..., None]
    models = [
        linear(class_weight=kind).fit(x[0], rare[0]) for kind in (None, "balanced")
    ]
    plain, weighted = models
    found = [plain.predict(x[part])[rare[part] == 1].mean() for part in (0, 1)]
    return [*found, weighted.predict(x[1])[rare[1] == 1].mean()]


# %%


def best_of(x, y):
    return np.abs(x.T @ y).argsort()[-20:]


def cross_validated(seed, leak):
    """Accuracy on 60 random labels of a ridge fit to 20 of 1,000 noise inputs."""
    draw = np.random.default_rng(seed)
    x, y = draw.normal(size=(60, 1000)), draw.permutation(np.repeat([-1, 1], 30))
    right = []
    for fold in draw.permutation(60).reshape(5, 12):
        rest = np.setdiff1d(np.arange(60), fold)
        some = best_of(x, y) if leak else best_of(x[rest], y[rest])
        A = x[np.ix_(rest, some)]
        w = np.linalg.solve(A.T @ A + 10 * np.eye(20), A.T @ y[rest])
        right.append(np.sign(x[np.ix_(fold, some)] @ w) == y[fold])
    return np.mean(right)


# %%
wine_gaps = np.array([wine_gap(seed) for seed in seeds])
rare_gaps = np.array([rare_gap(seed) for seed in seeds])
leaky, honest = (
    np.array([cross_validated(seed, leak) for seed in range(10)])
    for leak in (True, False)
)

# %%
look_alikes = {
    "training set": {
        "digits, moved in use": shift_gap[:1],
        "wines, two features broken": wine_gaps[:, 0],
        "recall of a rare class": rare_gaps[:, 0],
    },
    "held-out set": {
        "digits, moved in use": shift_gap[1:2],
        "wines, two features broken": wine_gaps[:, 1],
        "recall of a rare class": rare_gaps[:, 1],
        "random labels, leakage": leaky,
    },
    "in use": {
        "digits, moved in use": shift_gap[2:],
        "wines, two features broken": wine_gaps[:, 2],
        "random labels, leakage": honest,
    },
}

# %% tags=["hide-input"]
show(
    dot_rows(look_alikes, x_label="share of right answers"),
    "overfit-look-alikes",
    caption="Four failures that are not overfitting. Overfitting opens a gap between "
    "training set and held-out set. The first two open it behind the held-out set. The "
    "third has no gap, only low recall. Leakage hides that there is nothing to learn: "
    "its lower dots are those of an honest cross-validation.",
    alt=f"Dots. Moved digits: {shift_gap[0]:.2f}, {shift_gap[1]:.2f} and "
    f"{shift_gap[2]:.2f} in use. Wines: {wine_gaps[:, 0].mean():.2f}, "
    f"{wine_gaps[:, 1].mean():.2f}, {wine_gaps[:, 2].mean():.2f}. Recall: "
    f"{rare_gaps[:, 0].mean():.2f} and {rare_gaps[:, 1].mean():.2f}. Leakage: "
    f"{leaky.mean():.2f} held out, {honest.mean():.2f} in use.",
)

# %%
claim(
    "overfit-shift-small-gap",
    "Logistic regression hardly overfits the digits: accuracy on the training set "
    "minus that on held-out digits.",
    measured=100 * (shift_gap[0] - shift_gap[1]),
    below=4,
    unit="points",
)
claim(
    "overfit-shift-fails",
    "Logistic regression fails on held-out digits that stand one pixel further right: "
    "accuracy.",
    measured=shift_gap[2],
    below=0.6,
)

# %%
claim(
    "overfit-shift-penalty",
    "A stronger penalty does not mend a shift of the digits by one pixel: accuracy "
    "with a penalty 10, 100 and 1,000 times as strong, minus that before.",
    measured=100 * (np.array(shift_penalised) - shift_gap[2]),
    below=2,
    unit="points",
)
claim(
    "overfit-broken-features",
    "Two features of wines that turn to noise in use cost accuracy that no held-out "
    "set showed: loss on 58 wines, for each of three splits.",
    measured=100 * (wine_gaps[:, 1] - wine_gaps[:, 2]),
    above=3,
    unit="points",
)

# %%
claim(
    "overfit-rare-no-gap",
    "A class of 2 % is missed as often in training as on new examples: recall there "
    "minus here, mean of three seeds.",
    measured=100 * (rare_gaps[:, 0] - rare_gaps[:, 1]).mean(),
    above=-8,
    below=8,
    unit="points",
)
claim(
    "overfit-rare-weights",
    "Weights that balance the classes raise the recall of a class of 2 % on new "
    "examples: gain, for each seed.",
    measured=100 * (rare_gaps[:, 2] - rare_gaps[:, 1]),
    above=30,
    unit="points",
)

# %%
claim(
    "overfit-leak",
    "Features chosen on all data before cross-validation make labels of pure chance "
    "look learnable: accuracy, mean of ten data sets.",
    measured=leaky.mean(),
    above=0.75,
)
claim(
    "overfit-leak-mended",
    "Features chosen inside each fold of a cross-validation predict random labels no "
    "better than chance: accuracy, mean of ten data sets.",
    measured=honest.mean(),
    above=0.35,
    below=0.65,
)

# %% [markdown]
# So look first. Are the labels right? Are all features there in use, and do they mean
# what they meant? Does the test set look like use? Did anything of it reach training: a
# duplicate, a mean, a choice? Leakage is the worst, for it *hides* overfitting
# {cite:p}`kaufman2012leakage`. A shift asks for data like those in use, or for weights
# of the examples {cite:p}`shimodaira2000improving`, a rare class for
# {doc}`another loss or threshold <04_loss_functions>`.
#
# ## One testbed for all remedies
#
# Now real overfitting: what helps? A network with two hidden layers of 64 units learns
# 300 digits, in batches of 50 and for 40 epochs. To make the danger large, each label
# is wrong with probability 0.3; of these 300 it is {glue:text}`overfit-wrong-share`.
# Another 300 digits with such labels are the validation set. The 450 test digits have
# their right labels.

# %%
noise = np.random.default_rng(0)
is_wrong = noise.random(len(y_train)) < 0.3
another = (y_train + noise.integers(1, 10, size=len(y_train))) % 10
y_noisy = np.where(is_wrong, another, y_train)
few, validation = np.arange(300), np.arange(300, 600)
rest = np.arange(600, len(y_train))
share_right = 1 - is_wrong[few].mean()
quote("overfit-wrong-share", f"{100 * (1 - share_right):.0f} %")


def lesson(x, y, batch_size=50, epochs=40):
    """What training meets: images (steps, batch, 64) and labels (steps, batch)."""
    steps = epochs * 300 // batch_size
    batches = shuffled_batches(len(x), epochs, batch_size)[:steps]
    return x[batches], y[batches]


# %% [markdown]
# Many networks learn side by side, in arrays that begin with (networks, ...), by the
# two passes of {doc}`backpropagation <05_backpropagation>`. Hidden units are multiplied
# by masks `m`, with 0 for one that is absent.

# %%


def relu(z):
    return np.maximum(z, 0)


slopes = {relu: lambda h: h > 0, np.tanh: lambda h: 1 - h * h}  # φ'(z) from φ(z)


def forward(theta, x, m=(1,) * 9, phi=relu):
    """What each layer receives, and the logits (networks, batch, classes)."""
    h = [x]
    for W, b, mask in zip(theta[:-2:2], theta[1:-2:2], m, strict=False):
        h.append(mask * phi(h[-1] @ W + b))  # (networks, batch, units)
    return h, h[-1] @ theta[-2] + theta[-1]


# %%


def backward(theta, h, z, y, m, phi=relu):
    """The gradient of the mean cross-entropy by each W and b."""
    e = np.exp(np.maximum(z - z.max(axis=-1, keepdims=True), -40))
    delta = (e / e.sum(axis=-1, keepdims=True) - y) / z.shape[1]
    g = []
    for depth in reversed(range(len(h))):
        g = [h[depth].swapaxes(1, 2) @ delta, delta.sum(axis=1, keepdims=True), *g]
        if depth:
            delta = delta @ theta[2 * depth].swapaxes(1, 2)
            delta = delta * m[depth - 1] * slopes[phi](h[depth])
    return g


# %% [markdown]
# What is special about a network is a dict, such as `{"l2": 0.01, "seed": 2}`. A
# setting becomes an array with a number for each network.

# %%


def setting(runs, name, default):
    """A setting of each network, (networks, 1, 1)."""
    values = [run.get(name, default) for run in runs]
    return np.array(values, "float32")[:, None, None]


def masks(runs, units, batch, coin):
    """Dropout: m is 0 with probability p, else 1/(1 − p)."""
    p = setting(runs, "dropout", 0)
    drops = p[:, 0, 0] > 0
    m = [np.ones((len(runs), batch, n), "float32") for n in units if drops.any()]
    for each in m:
        draw = coin.random(each[drops].shape, "float32")
        each[drops] = (draw >= p[drops]) / (1 - p[drops])
    return m or [1] * len(units)


# %%
def penalised(g, theta, runs):
    """The gradient with that of l1 Σ|w| + l2 Σ w² for the kernels, not the biases."""
    l1, l2 = (setting(runs, name, 0) for name in ("l1", "l2"))
    pairs = zip(g[::2], theta[::2], g[1::2], strict=True)
    each = [(dW + l1 * np.sign(W) + 2 * l2 * W, db) for dW, W, db in pairs]
    return [array for pair in each for array in pair]


# %% [markdown]
# A narrow network is a wide one, most of whose units begin with weights of 0. Such a
# ReLU unit returns 0, and its slope is 0, so it stays out for ever.

# %%


def first_weights(units, runs, inputs):
    """W and b of each layer of each network, by He's rule."""
    theta, widths = [], (inputs, *units, 10)
    for depth, (rows, columns) in enumerate(pairwise(widths)):
        W = np.zeros((len(runs), rows, columns), "float32")
        for kernel, run in zip(W, runs, strict=True):
            draw, narrow = np.random.default_rng((run["seed"], depth)), run.get("units")
            last = depth == len(widths) - 2
            into, out = (rows if depth == 0 else narrow), (columns if last else narrow)
            size = kernel[:into, :out].shape
            kernel[:into, :out] = draw.normal(0, np.sqrt(2 / size[0]), size)
        theta += [W, np.zeros((len(runs), 1, columns), "float32")]
    return theta


# %% [markdown]
# The loop is that of {doc}`the training loop <06_training_loop>`. The rule is SGD with
# momentum, unless another is given.

# %%


def heavy_ball(runs):
    """SGD with each network's own momentum."""
    rule = SGD(momentum=0.9)
    rule.momentum = setting(runs, "momentum", 0.9)
    return rule


# %%


def train(runs, x, y, units=(64, 64), phi=relu, rule=None, look=None):
    """Weights of all networks after lessons x (steps, lessons, batch, inputs), y."""
    own, coin = [run.get("lesson", 0) for run in runs], np.random.default_rng(0)
    rule, alpha = rule or heavy_ball(runs), setting(runs, "rate", 0.05)
    theta = first_weights(units, runs, x.shape[-1])
    state = [[np.zeros_like(w)] * len(rule.state) for w in theta]
    for t in range(len(x)):
        m = masks(runs, units, x.shape[2], coin)
        h, z = forward(theta, x[t, own], m, phi)
        one_hot = np.eye(10, dtype="float32")[y[t, own]]
        g = penalised(backward(theta, h, z, one_hot, m, phi), theta, runs)
        for i, w in enumerate(theta):
            step = rule.step(w, g[i], np.float32(t + 1), alpha, *state[i])
            theta[i], *state[i] = map(np.asarray, step)
        if look:
            look(t, theta)
    return theta


# %% [markdown]
# Is it right? Keras trains one network from equal first weights on equal batches.

# %%
x_met, y_met = lesson(x_train[few], y_noisy[few])
checked = [{"seed": 0, "l2": 0.01}]
by_hand = train(checked, x_met[:60, None], y_met[:60, None])
twin = mlp(64, (64, 64), 10)
for layer in twin.layers:
    if layer.weights:
        layer.kernel.regularizer = keras.regularizers.L2(0.01)
start = first_weights((64, 64), checked, 64)
like_keras = [w[0].reshape(v.shape) for w, v in zip(start, twin.weights, strict=True)]
twin.set_weights(like_keras)
entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
twin.compile(keras.optimizers.SGD(0.05, momentum=0.9), entropy)
numbered = np.arange(3000).reshape(60, 50)
fit_batches(twin, x_met[:60].reshape(-1, 64), y_met[:60].ravel(), numbered)

# %%


def flat(arrays):
    return np.concatenate([np.ravel(each) for each in arrays])


by_both = flat(by_hand), flat(twin.get_weights())
claim(
    "overfit-equals-keras",
    "The loop by hand trains as Keras does, with momentum and an L2 penalty: distance "
    "of the weights after 60 steps, in parts of the way.",
    measured=np.linalg.norm(by_both[0] - by_both[1])
    / np.linalg.norm(by_both[0] - flat(start)),
    below=1e-3,
)

# %% [markdown]
# ### The remedies
#
# What can be changed?
#
# - **Data**: more digits (the other 747, some labels wrong too); *augmentation*, here
#   copies shifted by up to a pixel, new ones in each epoch; mended labels.
# - **Network**: narrow layers; a convolution; layers trained on something else.
# - **Loss**: a penalty on squared weights (L2, *ridge*), on absolute weights (L1,
#   *lasso*), on both (*elastic net*).
# - **Noise**: dropout; batch normalization.
# - **Time**: early stopping.
#
# All meet 240 batches of 50. Where a remedy has a strength, we try three and keep the
# one with the highest mean accuracy on the validation set. No choice looks at the test
# digits.

# %%


def jittered(x, seed):
    """Each image moved by −1, 0 or 1 pixel in either direction, at random."""
    ways = [moved(x, right, down) for right in (-1, 0, 1) for down in (-1, 0, 1)]
    which = np.random.default_rng(seed).integers(9, size=x.shape[:-1])
    return np.choose(which[..., None], ways)


larger = np.concatenate([few, rest])
lessons = {
    "as they are": (x_met, y_met),
    "shifted copies": (jittered(x_met, 0), y_met),
    "more digits": lesson(x_train[larger], y_noisy[larger]),
    "labels mended": lesson(x_train[few], y_train[few]),
}
x_lessons, y_lessons = (
    np.stack(part, axis=1) for part in zip(*lessons.values(), strict=True)
)

# %%
remedies = {
    "nothing": [{}],
    "ridge (L2)": [{"l2": f} for f in (0.003, 0.01, 0.03)],
    "lasso (L1)": [{"l1": f} for f in (0.001, 0.003, 0.006)],
    "elastic net": [{"l1": f, "l2": 2 * f} for f in (0.0005, 0.001, 0.002)],
    "dropout": [{"dropout": p} for p in (0.25, 0.5, 0.75)],
    "narrow layers": [{"units": n} for n in (8, 16, 32)],
} | {name: [{"lesson": k}] for k, name in enumerate(lessons) if k}
knobs = {
    "learning rate": [{"rate": a} for a in (0.0001, 0.01, 0.2)],
    "momentum": [{"momentum": mu} for mu in (0, 0.99)],
}
tried = [(n, s) for n, kinds in (remedies | knobs).items() for s in kinds]
runs = [kind | {"seed": seed} for _, kind in tried for seed in seeds]

# %%


def log_softmax(z):
    z = z - z.max(axis=-1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def scores(theta, x, y, phi=relu):
    """Mean cross-entropy and accuracy of each network."""
    z = forward(theta, x, phi=phi)[1]
    right_class = log_softmax(z)[..., np.arange(len(y)), y]
    return -right_class.mean(axis=-1), (z.argmax(axis=-1) == y).mean(axis=-1)


exams = {
    "training": (x_train[few], y_noisy[few]),
    "validation": (x_train[validation], y_noisy[validation]),
    "test": (x_test, y_test),
}

# %%
history = []


def look(t, theta):
    """After each epoch, the three networks without a remedy."""
    if (t + 1) % 6 == 0:
        plain = [w[:3] for w in theta]
        history.append([scores(plain, *exam) for exam in exams.values()])


theta = train(runs, x_lessons, y_lessons, look=look)
history = np.array(history)  # (epochs, exams, loss and accuracy, seeds)
result = {exam: scores(theta, *data) for exam, data in exams.items()}
moved_too = scores(theta, jittered(x_test, 1), y_test)[1].reshape(-1, 3)
accuracy_of = result["validation"][1].reshape(-1, 3).mean(axis=1)  # (tried,)
learned, tested = (result[exam][1].reshape(-1, 3) for exam in ("training", "test"))

# %%
chosen = {}
for name in remedies:
    of_name = [i for i, (n, _) in enumerate(tried) if n == name]
    chosen[name] = max(of_name, key=lambda i: accuracy_of[i])
on_training = {name: learned[i] for name, i in chosen.items()}
on_new = {name: tested[i] for name, i in chosen.items()}

# %% [markdown]
# Convolutions and batch normalization come from Keras. The filters of three networks
# stand in one layer, and each network reads its own in the next. We take three sizes of
# kernel, for later.

# %%


def apart(equation, shape, fan_in, **options):
    """A dense layer of three networks that do not see one another."""
    start = keras.initializers.RandomNormal(0, np.sqrt(2 / fan_in), seed=len(equation))
    return keras.layers.EinsumDense(
        equation, shape, kernel_initializer=start, **options
    )


def convolutions(pixels, size):
    """Logits (batch, 3, 10) of networks with 8 filters, pooling and a dense layer."""
    same = {"padding": "same", "activation": "relu"}
    start = keras.initializers.HeNormal(size)
    h = keras.layers.Conv2D(24, size, kernel_initializer=start, **same)(pixels)
    h = keras.layers.MaxPooling2D(2)(h)  # (batch, 4, 4, 24)
    h = keras.layers.Reshape((16, 3, 8))(h)
    return apart("bpkf,kpfc->bkc", (3, 10), 128, bias_axes="kc")(h)


# %%


def normalised(x):
    """Logits (batch, 3, 10) of our two hidden layers, with batch normalization."""
    h = keras.layers.RepeatVector(3)(x)  # (batch, 3, 64)
    for _ in range(2):
        z = apart("bkf,kfg->bkg", (3, 64), 64)(h)
        z = keras.layers.Reshape((192,))(z)
        h = keras.layers.ReLU()(keras.layers.BatchNormalization(momentum=0.9)(z))
        h = keras.layers.Reshape((3, 64))(h)
    return apart("bkf,kfc->bkc", (3, 10), 64, bias_axes="kc")(h)


kernel_sizes = (1, 3, 5)
x_in = keras.Input((64,))
pixels = keras.layers.Reshape((8, 8, 1))(x_in)
branches = [convolutions(pixels, size) for size in kernel_sizes] + [normalised(x_in)]

# %%
keras.utils.set_random_seed(0)
together = keras.Model(x_in, ops.concatenate(branches, axis=1))
rule = keras.optimizers.SGD(0.05, momentum=0.9)
together.compile(rule, StackedMLP.cross_entropy, steps_per_execution=20)
as_met = np.arange(y_met.size).reshape(y_met.shape)
fit_batches(together, x_met.reshape(-1, 64), y_met.ravel(), as_met)
by_keras = {}
for exam, (x_exam, y_exam) in exams.items():
    answer = ops.convert_to_numpy(together(x_exam)).argmax(axis=-1)
    share = (answer == y_exam[:, None]).mean(axis=0).reshape(4, 3)
    by_keras[exam] = dict(zip((*kernel_sizes, "batch norm"), share, strict=True))

# %% [markdown]
# *Pre-training*: a network first learns something else from the other 747 digits, with
# right labels. Then its hidden layers are *frozen*, and only a new last layer learns
# our 300. We try two lessons: the remainder when the digit is divided by five, so that
# 3 and 8 are alike, and the ten digits in a mirror.

# %%


def body(theta, x):
    """What the last hidden layer of each network returns, (networks, batch, units)."""
    return forward(theta, x)[0][-1]


def trunks(x, y):
    """Hidden layers of three networks, trained for as long as the others."""
    return train([{"seed": k} for k in seeds], *(p[:, None] for p in lesson(x, y)))


def new_heads(theta, x, y, *exam_list):
    """Accuracy of a last layer that is trained on frozen hidden ones, for each seed."""
    x_steps, y_steps = lesson(x, y)
    seen = np.stack([body(theta, batch) for batch in x_steps])
    own = [{"seed": k, "lesson": k} for k in seeds]
    heads = train(own, seen, np.stack([y_steps] * 3, axis=1), units=())
    return [scores(heads, body(theta, a), b)[1] for a, b in exam_list]


# %%
data_few = x_train[few], y_noisy[few]
mirrored = x_train.reshape(-1, 8, 8)[:, :, ::-1].reshape(-1, 64)
schools = {
    "layers from remainders": (x_train[rest], y_train[rest] % 5),
    "layers from a mirror": (mirrored[rest], y_train[rest]),
}
for name, school in schools.items():
    on_training[name], on_new[name] = new_heads(
        trunks(*school), *data_few, exams["training"], exams["test"]
    )

# %% [markdown]
# *Early stopping* needs no network of its own: `look` wrote down the validation loss of
# the plain ones. We stop when five epochs in a row brought no new lowest one, and go
# back to the best.

# %%
validation_loss = history[:, 1, 0]  # (epochs, seeds)


def stopped(loss, patience=5):
    """The best epoch so far, and the one in which training stops."""
    best = 0
    for epoch, value in enumerate(loss):
        best = epoch if value < loss[best] else best
        if epoch - best >= patience:
            return best, epoch
    return best, len(loss) - 1


bests, stops = zip(*map(stopped, validation_loss.T), strict=True)
for name, epochs in (("early stopping", bests), ("stopped, not restored", stops)):
    on_training[name] = history[epochs, 0, 1, seeds]
    on_new[name] = history[epochs, 2, 1, seeds]

# %%
for name, which in (("convolution", 3), ("batch norm", "batch norm")):
    on_training[name], on_new[name] = (by_keras[e][which] for e in ("training", "test"))
order = sorted(on_new, key=lambda name: -on_new[name].mean())
shown = {
    "on the training labels": {name: on_training[name] for name in order},
    "on new digits": {name: on_new[name] for name in order},
}
gain = {name: 100 * (on_new[name] - on_new["nothing"]) for name in order}

# %% tags=["hide-input"]
show(
    dot_rows(shown, x_label="accuracy", bounds={"share of right labels": share_right}),
    "overfit-remedies",
    caption="The testbed: 300 digits, many with wrong labels, three seeds. Without a "
    "remedy the network learns most wrong labels too. Most networks that learn fewer "
    "read new digits better. A network that learned mended labels is scored on the "
    "wrong ones all the same.",
    alt="Dots in rows. Mean accuracy on training labels and on new digits: "
    + "; ".join(
        f"{n} {on_training[n].mean():.2f} and {on_new[n].mean():.2f}" for n in order
    )
    + ".",
)

# %% [markdown]
# How do they help? We ask each network for the wrong labels of its training digits.

# %%
answers = forward(theta, x_train[few])[1].argmax(axis=-1)  # (networks, 300)
of_wrong = (answers == y_noisy[few])[:, is_wrong[few]]
known = of_wrong.mean(axis=1).reshape(-1, 3)  # (tried, seeds)
quote("overfit-narrow-units", tried[chosen["narrow layers"]][1]["units"])
quote("overfit-narrow-knows", f"{known[chosen['narrow layers']].mean():.2f}")
quote("overfit-plain-knows", f"{known[0].mean():.2f}")
claim(
    "overfit-wrong-by-heart",
    "Without a remedy the testbed's network learns many of the wrong labels by heart: "
    "share, for each seed.",
    measured=known[0],
    above=0.35,
)

# %%
keep_out = "ridge (L2)", "lasso (L1)", "elastic net", "dropout"
claim(
    "overfit-wrong-kept-out",
    "L2, L1, both, dropout, shifted copies and more digits keep the testbed's network "
    "from learning wrong labels: share that it learns, mean of three seeds each.",
    measured=[
        known[chosen[name]].mean()
        for name in (*keep_out, "shifted copies", "more digits")
    ],
    below=0.25,
)

# %%
quote("overfit-mended-gain", f"{gain['labels mended'].mean():.0f} points")
claim(
    "overfit-mended-most",
    "On the testbed mended labels gain most: their gain minus that of the next best "
    "remedy, means of three seeds.",
    measured=gain["labels mended"].mean()
    - max(gain[name].mean() for name in gain if name != "labels mended"),
    above=0.5,
    unit="points",
)

# %% [markdown]
# All six kept most wrong labels out, and read new digits better, as we shall see.
# Mending the labels gained most, {glue:text}`overfit-mended-gain`.
#
# ## Penalties: ridge, lasso, elastic net
#
# Which penalty does what? The book's regularizer has two factors. L2 alone is ridge, L1
# alone the *lasso* {cite:p}`tibshirani1996regression`, and both are the *elastic net*
# {cite:p}`zou2005regularization`:
#
# $$
# \Omega(w) = \text{l1} \sum_j |w_j| + \text{l2} \sum_j w_j^2
# $$ (eq-overfit-penalty)
#
# ```{literalinclude} ../dlbook/regularizers.py
# :pyobject: L1L2.__call__
# :language: python
# :dedent: 4
# ```
#
# The pull of the square, $2\,\text{l2}\,w_j$, weakens as a weight gets small. That of
# the absolute value, $\text{l1}\,\operatorname{sign}(w_j)$, does not. So at the lasso's
# minimum many weights can be exactly 0. Gradient steps do not get there: they jump
# across 0 and back. A *proximal* step does. It is a gradient step for the loss alone,
# after which each weight is moved towards 0 by $\alpha\,\text{l1}$, but not beyond:
#
# $$
# z = w - \alpha g, \qquad
# w \leftarrow \operatorname{sign}(z) \max\bigl(|z| - \alpha\,\text{l1},\; 0\bigr)
# $$ (eq-overfit-ista)
#
# This is *soft thresholding*, and the method is called ISTA
# {cite:p}`daubechies2004iterative,beck2009fast`.

# %%


class ISTA(Optimizer):
    """A gradient step, then each weight towards 0 by α l1, but not beyond."""

    def __init__(self, learning_rate, l1):
        super().__init__(learning_rate)
        self.l1 = l1

    def step(self, theta, g, t, alpha):
        z = theta - alpha * g
        return (ops.sign(z) * ops.maximum(ops.abs(z) - alpha * self.l1, 0),)


# %% [markdown]
# A linear model with 40 inputs, of which five matter, can show it on 100 examples.
# First the lasso's path: for each factor, the weights at the minimum.

# %%
draw = np.random.default_rng(0)
true = np.concatenate([[3, -2, 1.5, -1, 0.7], np.zeros(35)])
A = draw.normal(size=(100, 40))
b = A @ true + draw.normal(size=100)
l1_values = np.logspace(-2, 2, 41)


def slope_of(w):
    """∂/∂w of the mean squared error; w is (40,) or (40, factors)."""
    return (
        2 * (A.T @ (A @ w) - (A.T @ b).reshape(w.shape[0], *[1] * (w.ndim - 1))) / 100
    )


path = descend(ISTA(0.1, l1_values), slope_of, np.zeros((40, 41)), 800)[-1]

# %% tags=["hide-input"]
show(
    curves(
        l1_values,
        {f"weight {readable(true[j])}": path[j] for j in range(5)}
        | {"largest of the other 35": np.abs(path[5:]).max(axis=0)},
        x_label="factor l1",
        y_label="weight",
        x_scale="log",
    ),
    "overfit-path",
    caption="The lasso's path: weights of a linear model as the penalty grows. The 35 "
    "inputs without influence lose their weights first. The others shrink from the "
    "start and reach 0 one after the other.",
    alt="Six curves over the factor. Five begin near 3, −2, 1.5, −1 and 0.7 and bend "
    "to 0; the sixth begins near "
    f"{np.abs(path[5:, 0]).max():.2f} and is 0 from "
    f"{l1_values[np.abs(path[5:]).max(axis=0) == 0][0]:.1f} on.",
)

# %% [markdown]
# Then, at one factor, the minima of ridge, lasso and elastic net, and where SGD and
# Adam end with Keras's L1 penalty.

# %%


def by_gradient(rule):
    """Weights after 400 steps on all examples, with Keras's L1 penalty."""
    penalty = keras.regularizers.L1(0.3)
    layer = keras.layers.Dense(1, use_bias=False, kernel_regularizer=penalty)
    model = keras.Sequential([keras.Input((40,)), layer])
    model.compile(rule, "mse", steps_per_execution=100)
    fit_batches(model, A, b[:, None], np.tile(np.arange(100), (400, 1)))
    return layer.get_weights()[0][:, 0]


l1, l2 = np.array([0, 0.3, 0.3]), np.array([0.3, 0, 0.3])
minima = descend(
    ISTA(0.1, l1), lambda w: slope_of(w) + 2 * l2 * w, np.zeros((40, 3)), 800
)[-1]
ends = {
    "ridge, l2 = 0.3": minima[:, 0],
    "lasso by ISTA, l1 = 0.3": minima[:, 1],
    "elastic net by ISTA, both": minima[:, 2],
    "Keras's L1, SGD": by_gradient(keras.optimizers.SGD(0.05)),
    "Keras's L1, Adam": by_gradient(keras.optimizers.Adam(0.02)),
}

# %% tags=["hide-input"]
table(
    [
        {
            "minimised by": name,
            "exactly 0": int((w == 0).sum()),
            "below 0.02, not 0": int(((np.abs(w) < 0.02) & (w != 0)).sum()),
        }
        for name, w in ends.items()
    ],
    "overfit-zeros",
    caption="Weights of 40 that are exactly 0, and those that are only small. A "
    "gradient step leaves the lasso's zeros small.",
)

# %%
ridge_end, lasso_end, net_end, sgd_end, adam_end = ends.values()
claim(
    "overfit-ridge-no-zeros",
    "Ridge makes no weight of 40 exactly 0.",
    measured=np.sum(ridge_end == 0),
    equals=0,
)
claim(
    "overfit-lasso-zeros",
    "The lasso makes many of 40 weights exactly 0, of which 35 have no influence.",
    measured=np.sum(lasso_end == 0),
    above=18,
    below=36,
)

# %%
claim(
    "overfit-elastic-net-zeros",
    "The elastic net makes many of 40 weights exactly 0.",
    measured=np.sum(net_end == 0),
    above=12,
    below=36,
)
claim(
    "overfit-keras-no-zeros",
    "Keras's L1 penalty under SGD and under Adam makes no weight of 40 exactly 0.",
    measured=[np.sum(w == 0) for w in (sgd_end, adam_end)],
    equals=0,
)

# %%
lasso = Lasso(alpha=0.15, fit_intercept=False, tol=1e-10).fit(A, b).coef_
claim(
    "overfit-ista-is-the-lasso",
    "ISTA finds the lasso's minimum, as scikit-learn's solver does: largest difference "
    "of a weight.",
    measured=np.abs(lasso_end - lasso).max(),
    below=1e-4,
)

# %% [markdown]
# A second difference shows when two inputs are equal. Then only the sum of their
# weights matters to the loss. We start all three from $(0, 0)$ and from $(2, 0)$.

# %%
twins_x = np.repeat(draw.normal(size=(100, 1)), 2, axis=1)
twins_y = twins_x.sum(axis=1)


def twin_slope(w):
    """∂/∂w of the mean squared error and of l2 Σ w²; w is (2, ways)."""
    return 2 * twins_x.T @ (twins_x @ w - twins_y[:, None]) / 100 + 2 * l2_of * w


ways = {"ridge": (0, 0.5), "lasso": (0.1, 0), "elastic net": (0.1, 0.5)}  # l1, l2
l1_of, l2_of = np.repeat(list(ways.values()), 2, axis=0).T
starts = np.array([[0, 2] * 3, [0, 0] * 3])  # From (0, 0) and from (2, 0).
twin_ends = descend(ISTA(0.1, l1_of), twin_slope, starts, 400)[-1]
shares = np.abs(twin_ends[0] - twin_ends[1]).reshape(3, 2).max(axis=1)
spread = dict(zip(ways, shares, strict=True))

# %%
claim(
    "overfit-twins-shared",
    "Ridge and elastic net share the weight between two equal inputs, from either "
    "start: largest difference of the two weights.",
    measured=[spread["ridge"], spread["elastic net"]],
    below=1e-3,
)
claim(
    "overfit-twins-lasso",
    "The lasso does not care which of two equal inputs gets the weight: difference of "
    "the two weights from a start at (2, 0).",
    measured=spread["lasso"],
    above=1,
)

# %% [markdown]
# Ridge and the elastic net share the weight. The lasso leaves it where it started. On
# the testbed the three did about equally well.

# %%
claim(
    "overfit-penalties-help",
    "L2, L1 and both read new digits of the testbed better than no remedy: gain, mean "
    "of three seeds each.",
    measured=[gain[n].mean() for n in ("ridge (L2)", "lasso (L1)", "elastic net")],
    above=4,
    unit="points",
)

# %% [markdown]
# ## Dropout: noise in the units
#
# What does the dropout rate mean? In training each number is set to 0 with probability
# $p$, by its own toss, and the others are multiplied by $1/(1-p)$ so that the mean
# stays {cite:p}`srivastava2014dropout`. In use nothing is dropped and nothing scaled.
#
# ```{literalinclude} ../dlbook/layers/dropout.py
# :pyobject: Dropout.call
# :language: python
# :dedent: 4
# ```

# %%
ones = np.ones((2000, 100), "float32")
dropped = ops.convert_to_numpy(Dropout(0.4, seed=0)(ones, training=True))
in_use = ops.convert_to_numpy(Dropout(0.4, seed=0)(ones))
per_example = (dropped == 0).sum(axis=1)

# %%
claim(
    "overfit-dropout-share",
    "Dropout(0.4) sets four numbers in ten to 0: share of 200,000.",
    measured=np.mean(dropped == 0),
    above=0.39,
    below=0.41,
)
claim(
    "overfit-dropout-varies",
    "Dropout(0.4) drops no fixed percentage of the units: most minus fewest of 100, "
    "over 2,000 examples.",
    measured=np.ptp(per_example),
    above=15,
)

# %%
claim(
    "overfit-dropout-scale",
    "Dropout(0.4) multiplies the numbers that stay by 1/0.6: largest deviation.",
    measured=np.abs(dropped[dropped > 0] - 1 / 0.6).max(),
    below=1e-6,
)
claim(
    "overfit-dropout-in-use",
    "In use dropout does nothing: largest change.",
    measured=np.abs(in_use - ones).max(),
    equals=0,
)

# %%
claim(
    "overfit-dropout-helps",
    "On the testbed dropout reads new digits better than no remedy: gain, for each "
    "seed.",
    measured=gain["dropout"],
    above=3,
    unit="points",
)

# %% [markdown]
# So no unit can rely on another one. Batch normalization is noisy too, through the
# choice of the batch, and is said to regularise by that {cite:p}`luo2019towards`. On
# the testbed the network with it learned nearly all wrong labels and read new digits no
# better, as in {doc}`its own chapter <15_batch_normalization>`. It makes training
# easier, and that includes wrong labels.

# %%
claim(
    "overfit-batchnorm-memorises",
    "With batch normalization the testbed's network learns nearly all wrong labels "
    "too: accuracy on the training labels, for each seed.",
    measured=on_training["batch norm"],
    above=0.97,
)
claim(
    "overfit-batchnorm-below-ridge",
    "On the testbed batch normalization gains less than an L2 penalty: difference of "
    "the accuracy on new digits, mean of three seeds.",
    measured=(gain["batch norm"] - gain["ridge (L2)"]).mean(),
    below=-4,
    unit="points",
)
claim(
    "overfit-batchnorm-no-gain",
    "On the testbed batch normalization reads new digits no better than no remedy: "
    "gain, mean of three seeds.",
    measured=gain["batch norm"].mean(),
    below=0,
    unit="points",
)

# %% [markdown]
# ## Early stopping
#
# When does a network learn the wrong labels? Late. First comes what many examples have
# in common.

# %% tags=["hide-input"]
epochs_done = np.arange(1, len(history) + 1)
show(
    curves(
        epochs_done,
        {
            "training, some wrong": history[:, 0, 1].T,
            "validation, some wrong": history[:, 1, 1].T,
            "new digits, all right": history[:, 2, 1].T,
            "right training labels": np.full(40, share_right),
        },
        x_label="epoch",
        y_label="accuracy",
    ),
    "overfit-epochs",
    caption="The network without a remedy, by epoch; mean and range of three seeds. "
    "When it knows about as many training labels as are right, it reads new digits "
    "best. Most of what it learns from then on is wrong.",
    alt="Three curves. On training labels accuracy rises to "
    f"{history[-1, 0, 1].mean():.2f}. On new digits it rises to "
    f"{history[:, 2, 1].mean(axis=1).max():.2f} and falls to "
    f"{history[-1, 2, 1].mean():.2f}. The loss on the validation set was lowest at "
    f"epochs {', '.join(str(e + 1) for e in bests)}; training would have stopped at "
    f"{', '.join(str(e + 1) for e in stops)}.",
)

# %% [markdown]
# The callback does what `stopped` did: it waits for `patience` epochs, stops, and, if
# asked to, puts the best weights back.
#
# ```{literalinclude} ../dlbook/callbacks/early_stopping.py
# :pyobject: EarlyStopping.on_epoch_end
# :language: python
# :dedent: 4
# ```

# %%
watched = mlp(64, (64, 64), 10)
watched.set_weights(like_keras)
watched.compile(keras.optimizers.SGD(0.05, momentum=0.9), entropy)
stopping = EarlyStopping(patience=5, restore_best_weights=True)
recorded = watched.fit(
    *data_few,
    batch_size=50,
    epochs=40,
    validation_data=exams["validation"],
    callbacks=[stopping],
    verbose=0,
)
restored = watched.evaluate(*exams["validation"], batch_size=300, verbose=0)
lowest = min(recorded.history["val_loss"])

# %%
claim(
    "overfit-stopping-waits",
    "EarlyStopping with a patience of 5 ends training five epochs after the best: "
    "their difference.",
    measured=stopping.stopped_epoch - stopping.best_epoch,
    equals=5,
)
claim(
    "overfit-stopping-restores",
    "EarlyStopping puts the best weights back: validation loss afterwards minus the "
    "lowest on the way.",
    measured=abs(restored - lowest),
    below=1e-4,
)

# %%
claim(
    "overfit-stopping-helps",
    "On the testbed early stopping reads new digits better than training to the end: "
    "gain, for each seed.",
    measured=gain["early stopping"],
    above=3,
    unit="points",
)
claim(
    "overfit-restoring-short",
    "With a patience of five epochs restoring the best weights changes the accuracy on "
    "the testbed little: restored minus not restored, mean of three seeds.",
    measured=(gain["early stopping"] - gain["stopped, not restored"]).mean(),
    above=-4,
    below=4,
    unit="points",
)

# %%
patient_bests, late = zip(*[stopped(v, 20) for v in validation_loss.T], strict=True)
of_patience = history[patient_bests, 2, 1, seeds] - history[late, 2, 1, seeds]
claim(
    "overfit-restoring-long",
    "With a patience of 20 epochs restoring the best weights gains accuracy on the "
    "testbed: restored minus not restored, mean of three seeds.",
    measured=100 * of_patience.mean(),
    above=2,
    unit="points",
)

# %% [markdown]
# The validation labels are as often wrong as the training labels, but in other places.
# That is enough. To go back to the best weights gained
# {glue:text}`overfit-restoring-long` with a patience of 20 epochs, and nothing with one
# of five.
#
# ## Data and structure
#
# What did copies, convolution and trained layers bring? Augmentation says: this change
# of the image leaves the answer as it is. We test it on shifted digits too.

# %%
shift_rows = {name: moved_too[chosen[name]] for name in ("nothing", "shifted copies")}
claim(
    "overfit-copies-help",
    "Training on shifted copies reads test digits that are shifted by up to a pixel "
    "far better: gain, for each seed.",
    measured=100 * (shift_rows["shifted copies"] - shift_rows["nothing"]),
    above=25,
    unit="points",
)
claim(
    "overfit-copies-unshifted",
    "Training on shifted copies helps to read unshifted digits of the testbed too: "
    "gain, mean of three seeds.",
    measured=gain["shifted copies"].mean(),
    above=3,
    unit="points",
)

# %%
claim(
    "overfit-more-digits",
    "Three and a half times as many digits, with wrong labels among them too, help on "
    "the testbed at an equal number of steps: gain, for each seed.",
    measured=gain["more digits"],
    above=6,
    unit="points",
)

# %% [markdown]
# A better structure, or a smaller network? The convolution gained a little, narrow
# layers next to nothing. With {glue:text}`overfit-narrow-units` units a layer the
# network learned {glue:text}`overfit-narrow-knows` of the wrong labels, where the wide
# one learned {glue:text}`overfit-plain-knows`. So to keep them out is not enough.

# %%
claim(
    "overfit-convolution-helps",
    "In place of dense layers a convolution with pooling reads new digits of the "
    "testbed better: gain, mean of three seeds.",
    measured=gain["convolution"].mean(),
    above=1,
    unit="points",
)
claim(
    "overfit-narrow-little",
    "On the testbed narrow layers gain less than an L2 penalty: difference, mean of "
    "three seeds.",
    measured=(gain["narrow layers"] - gain["ridge (L2)"]).mean(),
    below=-3,
    unit="points",
)

# %% [markdown]
# Layers from elsewhere help if the tasks share structure {cite:p}`yosinski2014how`;
# {doc}`the first chapter <01_machines_that_learn>` measured that on a made-up task.
# Here layers from remainders gained {glue:text}`overfit-from-remainders`, those from
# the mirror {glue:text}`overfit-from-mirror`. It can be worse: layers that learned the
# digits 0 to 4 are frozen, and a new last layer learns our digits 5 to 9, with right
# labels.

# %%
low = rest[y_train[rest] < 5]
high, high_test = few[y_train[few] >= 5], y_test >= 5
exam_high = x_test[high_test], y_test[high_test]
data_high = x_train[high], y_train[high]
(foreign,) = new_heads(trunks(x_train[low], y_train[low]), *data_high, exam_high)
at_home = scores(trunks(*data_high), *exam_high)[1]

# %%
claim(
    "overfit-from-remainders",
    "Frozen layers that learned the remainders of other digits by five help: gain on "
    "the testbed, for each seed.",
    measured=gain["layers from remainders"],
    above=5,
    unit="points",
)
claim(
    "overfit-from-mirror",
    "Frozen layers that learned digits in a mirror do not help: gain on the testbed, "
    "mean of three seeds.",
    measured=gain["layers from a mirror"].mean(),
    above=-10,
    below=5,
    unit="points",
)

# %%
claim(
    "overfit-foreign-layers",
    "Frozen layers from the digits 0 to 4 read 5 to 9 worse than a network trained on "
    "these alone: difference, for each seed.",
    measured=100 * (foreign - at_home),
    below=-4,
    unit="points",
)

# %% [markdown]
# ## Does a larger network overfit more?
#
# One hears that overfitting comes from too many parameters. We vary their number. The
# 300 digits go through $P$ random ReLU units that are never trained. A last layer, with
# $P$ weights for each class, is fitted to the noisy labels by least squares. Where many
# solutions fit, we take the one with the smallest weights. We repeat it with ridge.

# %%


def random_units(seed, P):
    """P random ReLU units on the 300 digits and on the test digits."""
    V = np.random.default_rng(seed).normal(size=(65, P)) / np.sqrt(P)
    return [relu(np.c_[x, np.ones(len(x))] @ V) for x in (x_train[few], x_test)]


def judge(W, F_new):
    """Squared error and accuracy on new digits, and the length of the weights."""
    z = F_new @ W
    error = np.sum((z - np.eye(10)[y_test]) ** 2, axis=1).mean()
    return error, (z.argmax(axis=1) == y_test).mean(), np.linalg.norm(W)


def of_width(seed, P):
    """What `judge` says of the smallest weights that fit, and of ridge."""
    F, F_new = random_units(seed, P)
    e, U = np.linalg.eigh(F @ F.T)  # The weights are Fᵀ(FFᵀ)⁺ times the labels.
    targets, e = U.T @ np.eye(10)[y_noisy[few]], np.maximum(e, 1e-300)
    inverses = np.where(e > 1e-11 * e[-1], 1 / e, 0), 1 / (e + 0.3)
    return [judge(F.T @ (U @ (each[:, None] * targets)), F_new) for each in inverses]


# %%
widths = [10, 30, 75, 150, 225, 300, 400, 600, 1500]
by_width = np.array([[of_width(k, P) for P in widths] for k in seeds])
measured = {  # (seeds, widths, what `judge` returns)
    "smallest weights": by_width[:, :, 0],
    "ridge": by_width[:, :, 1],
}

# %% tags=["hide-input"]
show(
    curves(
        widths,
        {name: values[..., 1] for name, values in measured.items()},
        x_label="random units P",
        y_label="accuracy on new digits",
        x_scale="log",
        markers=True,
    ),
    "overfit-double-descent",
    caption="300 digits, many labels wrong, and a last layer on P random units. About "
    "P = 300 there are just enough weights to fit the labels, and they get huge. With "
    "more units the smallest weights that fit are small again. A penalty removes the "
    "valley.",
    alt="Two curves. With the smallest weights accuracy rises to "
    f"{measured['smallest weights'][:, :5, 1].mean(axis=0).max():.2f}, falls to "
    f"{measured['smallest weights'][:, 5, 1].mean():.2f} at 300 and rises to "
    f"{measured['smallest weights'][:, -1, 1].mean():.2f} at 1,500. With ridge it goes "
    f"up to {measured['ridge'][:, -1, 1].mean():.2f} without a valley.",
)

# %%
error, right, size = np.moveaxis(measured["smallest weights"], 2, 0)
claim(
    "overfit-peak",
    "With random units the error on new digits peaks where they are as many as the "
    "examples: at 300 over that at 75 and at 1,500, for each seed.",
    measured=[error[:, 5] / error[:, 2], error[:, 5] / error[:, -1]],
    above=5,
)
claim(
    "overfit-huge-weights",
    "Where random units are as many as the examples, the weights that fit are huge: "
    "length at 300 units over that at 1,500, for each seed.",
    measured=size[:, 5] / size[:, -1],
    above=5,
)

# %%
claim(
    "overfit-wide-recovers",
    "1,500 random units read new digits better than 300, which are as many as the "
    "examples: gain in accuracy, for each seed.",
    measured=100 * (right[:, -1] - right[:, 5]),
    above=20,
    unit="points",
)
claim(
    "overfit-ridge-no-peak",
    "With a ridge penalty as many random units as examples are no worse than fewer: "
    "accuracy on new digits with 300 units minus that with 75, for each seed.",
    measured=100 * (measured["ridge"][:, 5, 1] - measured["ridge"][:, 2, 1]),
    above=-3,
    unit="points",
)

# %% [markdown]
# This is *double descent* {cite:p}`belkin2019reconciling`. Not the number of parameters
# did the harm here, but huge weights that noise had asked for.
#
# ## Hyperparameters: what training does not choose
#
# What is a *hyperparameter*? A setting that shapes the model or its training and is not
# fitted by it. Gradient descent moves weights and biases. It could not choose the
# factor $\lambda$ in {eq}`eq-overfit-ridge`, since the training error always wants 0.
#
# | what it shapes | hyperparameters | not to be confused with |
# |---|---|---|
# | the network | layers, units, activation, kernel size | kernel weights: learned |
# | the steps | rate, momentum, batch size, epochs, optimizer | gradients: computed |
# | the rest | l1, l2, dropout rate, augmentation | the masks: drawn |
#
# Some words are used loosely. The *units* of a layer are its outputs, not its inputs. A
# *kernel* is slid over the image; its weights are learned, its size is chosen. A
# *batch* goes through as one array and gives one gradient. *Momentum* adds a part of
# the last step; it does not adapt the rate.

# %%
seven = keras.layers.Dense(7)
seven.build((None, 3))
claim(
    "hyper-units-are-outputs",
    "A layer of seven units on three inputs: outputs it returns.",
    measured=seven(np.ones((1, 3))).shape[1],
    equals=7,
)
claim(
    "hyper-rate-is-not-trained",
    "Training moves kernels and biases only: variables of the testbed's three dense "
    "layers that are trained, although a rate and a momentum were set.",
    measured=len(watched.trainable_variables),
    equals=6,
)

# %%
kernel_before = keras.initializers.HeNormal(3)((3, 3, 1, 24))
kernel = next(w for w in together.weights if w.shape == (3, 3, 1, 24))
way = np.linalg.norm(kernel - kernel_before) / np.linalg.norm(kernel_before)
claim(
    "hyper-kernel-is-learned",
    "The weights of a 3 × 3 kernel are learned, its size is chosen: way of the weights "
    "in training, in parts of their first length.",
    measured=way,
    above=0.1,
)

# %%
some = [w[:1] for w in theta]


def gradient_of(rows):
    """The gradient of the first network on these training digits."""
    one_hot = np.eye(10)[y_noisy[rows]]
    h, z = forward(some, x_train[rows].astype("float64")[None])
    return flat(backward(some, h, z, one_hot, (1, 1)))


# %%
together_g = gradient_of(few[:50])
one_by_one = np.mean([gradient_of(few[i : i + 1]) for i in range(50)], axis=0)
claim(
    "hyper-batch-is-joint",
    "The gradient of a batch of 50 is the mean of the 50 single ones, computed in one "
    "pass: largest difference, in parts of the largest entry.",
    measured=np.abs(together_g - one_by_one).max() / np.abs(together_g).max(),
    below=1e-5,
)

# %%
claim(
    "hyper-batches-per-epoch",
    "300 digits in batches of 50 are six steps an epoch: steps that Keras took, over "
    "its epochs.",
    measured=int(watched.optimizer.iterations) / len(recorded.epoch),
    equals=6,
)

# %%


def last_step(rule, gradient_at):
    """The length of step 200 under gradients that depend on the time alone."""
    times = iter(range(200))
    path = descend(rule, lambda theta: np.array([gradient_at(next(times))]), [0.0], 200)
    return abs(path[-1, 0] - path[-2, 0])


def steady(t):
    return 1.0


def alternating(t):
    return (-1.0) ** t


# %%
heavy = SGD(0.01, momentum=0.9)
claim(
    "hyper-rate-scales-the-step",
    "Ten times the rate, ten times the step of SGD.",
    measured=last_step(SGD(0.1), steady) / last_step(SGD(0.01), steady),
    above=9.99,
    below=10.01,
)
claim(
    "hyper-momentum-multiplies",
    "Under a steady gradient a momentum of 0.9 makes the steps of SGD 1/(1 − 0.9) "
    "times as long.",
    measured=last_step(heavy, steady) / 0.01,
    above=9.9,
    below=10.1,
)

# %%
claim(
    "hyper-momentum-damps",
    "Under a gradient that changes its sign at each step a momentum of 0.9 makes the "
    "steps of SGD 1/(1 + 0.9) times as long.",
    measured=last_step(heavy, alternating) / 0.01,
    above=0.52,
    below=0.532,
)

# %% [markdown]
# AdaGrad's long steps for rare features were measured in
# {doc}`its chapter <10_adaptive_learning_rates>`, the memory of batch normalization's
# averages in {doc}`its own <15_batch_normalization>`. That layer is no hyperparameter.
# Whether to use it is one, and so is the memory.
#
# ### How much does each matter?
#
# We change one setting of the testbed at a time and leave the others. A dot is the mean
# of three seeds.

# %%


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


slopes[sigmoid] = lambda h: h * (1 - h)
single = x_met[:, None], y_met[:, None]


def accuracy_with(phi=relu, data=single, rule=None, units=(64, 64), rates=(0.05,)):
    """Mean accuracy of three networks on new digits, for each rate."""
    some_runs = [{"seed": k, "rate": rate} for rate in rates for k in seeds]
    ended = train(some_runs, *data, units, phi, rule)
    return scores(ended, *exams["test"], phi)[1].reshape(-1, 3).mean(axis=1)


def from_testbed(name):
    """Means of the values that were tried above."""
    return [m.mean() for (n, _), m in zip(tried, tested, strict=True) if n == name]


# %%
adam_rates = (0.00001, 0.001, 0.1)
of_adam = accuracy_with(rule=Adam(), rates=adam_rates)
sizes = [[p[:, None] for p in lesson(*data_few, batch_size=n)] for n in (25, 300)]
others = {
    "learning rate": from_testbed("learning rate"),
    "momentum": from_testbed("momentum"),
    "units": from_testbed("narrow layers"),
    "dropout rate": from_testbed("dropout"),
    "l2": from_testbed("ridge (L2)"),
    "epochs": history[[0, 4, 9, 19], 2, 1].mean(axis=1),
    "hidden layers": [accuracy_with(units=(64,) * n)[0] for n in (1, 4)],
    "activation": [accuracy_with(phi)[0] for phi in (np.tanh, sigmoid)],
    "batch size": [accuracy_with(data=pair)[0] for pair in sizes],
    "optimizer": [of_adam[1]],
    "batch norm": [by_keras["test"]["batch norm"].mean()],
}

# %%
base = on_new["nothing"].mean()
conv = [by_keras["test"][n].mean() for n in kernel_sizes]
ranges = {name: np.ptp([*values, base]) for name, values in others.items()}
ranges["kernel size of a convolution"] = np.ptp(conv)
rows = sorted(ranges, key=lambda name: -ranges[name])
found = others | {"kernel size of a convolution": [conv[0], conv[2]]}
centre = {name: [base] for name in rows} | {"kernel size of a convolution": [conv[1]]}

# %% tags=["hide-input"]
show(
    dot_rows(
        {
            "other values": {name: found[name] for name in rows},
            "the testbed's": centre,
        },
        x_label="accuracy on new digits",
    ),
    "hyper-sensitivity",
    caption="One setting changed at a time, widest range on top. Rate 0.0001 to 0.2; "
    "momentum 0 to 0.99; units 8 to 64; dropout 0 to 0.75; l2 0 to 0.03; epochs 1 to "
    "40; layers 1 to 4; tanh and sigmoid; batches of 25 to 300; Adam at 0.001; with "
    "batch norm; kernels 1 × 1 to 5 × 5. A range depends on the values one tries.",
    alt="Dots in rows, with ranges of "
    + ", ".join(f"{name} {ranges[name]:.2f}" for name in rows)
    + ".",
)

# %%
claim(
    "hyper-rate-matters-much",
    "Learning rates from 0.0001 to 0.2 lead the testbed's network anywhere: range of "
    "the mean accuracy on new digits.",
    measured=100 * ranges["learning rate"],
    above=40,
    unit="points",
)
claim(
    "hyper-rate-matters-most",
    "Of twelve settings of the testbed the learning rate has the widest range of mean "
    "accuracy: its range minus the next.",
    measured=100 * (ranges["learning rate"] - sorted(ranges.values())[-2]),
    above=2,
    unit="points",
)
claim(
    "hyper-rate-is-not-all",
    "The learning rate is not the only setting that matters: range of the testbed's "
    "mean accuracy over units, over dropout rates and over factors l2.",
    measured=[100 * ranges[name] for name in ("units", "dropout rate", "l2")],
    above=12,
    unit="points",
)

# %%
claim(
    "hyper-adam-needs-a-rate",
    "Adam does not find its rate by itself: range of the testbed's mean accuracy over "
    "the rates 0.00001, 0.001 and 0.1.",
    measured=100 * np.ptp(of_adam),
    above=30,
    unit="points",
)
helpful = {
    "fewer epochs": max(others["epochs"]),
    "a lower rate": others["learning rate"][1],
    "less momentum": others["momentum"][0],
    "some dropout": max(others["dropout rate"]),
}
claim(
    "hyper-settings-stand-in",
    "Fewer epochs, a lower rate, less momentum and some dropout all help on the "
    "testbed: gain of each in mean accuracy.",
    measured=[100 * (value - base) for value in helpful.values()],
    above=4,
    unit="points",
)

# %% [markdown]
# The rate's range was the widest, {glue:text}`hyper-rate-matters-much`. Fewer epochs, a
# lower rate, less momentum and some dropout all helped. Each is a way not to learn the
# wrong labels. So settings stand in for one another, which changing one at a time
# cannot show.
#
# ## Search: let a program choose
#
# How are they set? By hand, with experience. By a *grid* of a few values of each. By
# *random search*, in which each trial has new values of all
# {cite:p}`bergstra2012random`. Or by a model of the trials so far: *Bayesian
# optimisation* {cite:p}`snoek2012practical`. The variant TPE splits the trials into
# good and poor, and proposes what is likely among the good and unlikely among the poor
# {cite:p}`bergstra2011algorithms`. We take it from Optuna {cite:p}`akiba2019optuna`.
#
# The task: one hidden layer, 12 epochs, five settings, 24 trials. A trial is judged on
# the validation set. Four trials run at once.

# %%
optuna.logging.set_verbosity(optuna.logging.ERROR)
brief = [p[:, None] for p in lesson(*data_few, epochs=12)]


def proposed(trial):
    return {
        "rate": trial.suggest_float("rate", 1e-4, 1, log=True),
        "momentum": trial.suggest_float("momentum", 0, 0.99),
        "units": trial.suggest_int("units", 4, 64, log=True),
        "dropout": trial.suggest_float("dropout", 0, 0.9),
        "l2": trial.suggest_float("l2", 1e-5, 0.1, log=True),
    }


# %%
searches, at_once = range(6), 4


def judged(some_runs):
    """Accuracy of one hidden layer on validation and test digits."""
    result_of = train(some_runs, *brief, units=(64,))
    return [scores(result_of, *exams[name])[1] for name in ("validation", "test")]


# %%


def search(sampler):
    """Six searches of 24 trials: accuracies (judges, searches, trials)."""
    make = partial(optuna.create_study, direction="maximize")
    studies = [make(sampler=sampler(seed=k)) for k in searches]
    parts = []
    for part in range(6):
        trials = [study.ask() for study in studies for _ in range(at_once)]
        accuracies = judged([proposed(trial) | {"seed": part} for trial in trials])
        for i, (trial, value) in enumerate(zip(trials, accuracies[0], strict=True)):
            studies[i // at_once].tell(trial, value)
        parts.append(np.reshape(accuracies, (2, len(studies), at_once)))
    return np.concatenate(parts, axis=2)


samplers = {
    "random search": optuna.samplers.RandomSampler,
    "TPE": partial(optuna.samplers.TPESampler, n_startup_trials=8),
}
trials_of = {name: search(sampler) for name, sampler in samplers.items()}

# %%
winners = {
    name: judges[:, searches, judges[0].argmax(axis=1)]
    for name, judges in trials_of.items()
}  # (judges, searches)
keras_default = judged([{"seed": k, "rate": 0.01, "momentum": 0} for k in seeds])
by_experience = judged([{"seed": k} for k in seeds])
quote("hyper-default", f"{keras_default[1].mean():.2f}")
quote("hyper-experience", f"{by_experience[1].mean():.2f}")
quote("hyper-random", f"{winners['random search'][1].mean():.2f}")
quote("hyper-tpe", f"{winners['TPE'][1].mean():.2f}")

# %% tags=["hide-input"]
best_so_far = {
    name: np.maximum.accumulate(judges[0], axis=1) for name, judges in trials_of.items()
}
show(
    curves(
        np.arange(1, 25),
        best_so_far,
        x_label="trials",
        y_label="best validation accuracy so far",
        bounds={
            "set by experience": by_experience[0].mean(),
            "defaults of SGD": keras_default[0].mean(),
        },
    ),
    "hyper-search",
    caption="Search over five settings, mean and range of six searches. Many of the "
    "validation labels are wrong, so about "
    f"{1 - is_wrong[validation].mean():.1f} is the most one can have. The first eight "
    "trials are random, and alike in both.",
    alt="Two rising curves. After 8 and 24 trials random search has "
    f"{best_so_far['random search'][:, 7].mean():.2f} and "
    f"{best_so_far['random search'][:, -1].mean():.2f}, TPE "
    f"{best_so_far['TPE'][:, 7].mean():.2f} and "
    f"{best_so_far['TPE'][:, -1].mean():.2f}. Thin lines: defaults of SGD "
    f"{keras_default[0].mean():.2f}, set by experience {by_experience[0].mean():.2f}.",
)

# %%
claim(
    "hyper-search-beats-default",
    "Random search of 24 trials finds better settings than the defaults of Keras's SGD "
    "(rate 0.01, no momentum): accuracy on test digits, mean gain of six searches.",
    measured=100 * (winners["random search"][1] - keras_default[1].mean()).mean(),
    above=20,
    unit="points",
)
claim(
    "hyper-tpe-learns",
    "TPE proposes better settings as it goes: mean validation accuracy of its last 12 "
    "trials minus that of random search's, mean of six searches.",
    measured=100
    * (trials_of["TPE"][0, :, 12:] - trials_of["random search"][0, :, 12:]).mean(),
    above=8,
    unit="points",
)

# %%
ahead = 100 * (best_so_far["TPE"] - best_so_far["random search"])[:, -1]
quote("hyper-tpe-ahead-least", ahead.min())
quote("hyper-tpe-ahead-most", ahead.max())
claim(
    "hyper-tpe-no-worse",
    "The best of 24 trials by TPE is not clearly worse than the best by random search: "
    "validation accuracy, mean difference of six searches.",
    measured=ahead.mean(),
    above=-8,
    unit="points",
)

# %% [markdown]
# TPE's trials got better. Its *best* was ahead by {glue:text}`hyper-tpe-no-worse` on
# average, in single searches by {glue:text}`hyper-tpe-ahead-least` to
# {glue:text}`hyper-tpe-ahead-most` points: six searches do not decide that. On test
# digits the winners of random search have accuracy {glue:text}`hyper-random`, those of
# TPE {glue:text}`hyper-tpe`, the defaults {glue:text}`hyper-default`. The testbed's
# settings, chosen by experience, have {glue:text}`hyper-experience`: search does not
# replace knowing a good region. A winner has also been lucky on the validation set. So
# the number to report comes from a test set that no choice has seen.
#
# *Hyperband* stops poor trials early and gives their time to the others
# {cite:p}`li2018hyperband`. *Population-based training* changes settings during the
# run: poor runs copy the weights of good ones and vary their settings
# {cite:p}`jaderberg2017population`.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} Check features, distributions and class balance.
# :verdict: imprecise
# :question: reducing-overfitting
# :claims: overfit-broken-features, overfit-shift-penalty, overfit-rare-no-gap
#
# Do, and first. But these are other failures. A model that hardly overfitted fell to
# {glue:text}`overfit-shift-fails` on moved digits, and a stronger penalty did not help.
# :::
#
# :::{popular-answer} Look for leakage between the sets.
# :verdict: imprecise
# :question: reducing-overfitting
# :claims: overfit-leak, overfit-leak-mended
#
# Leakage does not cause the gap, it hides it. Labels of pure chance were "predicted"
# with accuracy {glue:text}`overfit-leak`.
# :::
#
# :::{popular-answer} Overfitting comes from too complex a model.
# :verdict: imprecise
# :question: reducing-overfitting
# :claims: overfit-peak, overfit-huge-weights, overfit-wide-recovers
#
# Too complex for these data and this noise. Beyond the point where everything can be
# fitted, more units helped again.
# :::
#
# :::{popular-answer} Ridge is the L1 penalty and lasso the L2 penalty.
# :verdict: wrong
# :question: reducing-overfitting
# :claims: overfit-ridge-no-zeros, overfit-lasso-zeros, overfit-keras-no-zeros
#
# The other way round. The lasso (L1) zeroes weights, ridge (L2) shrinks all. Keras's L1
# under SGD or Adam leaves them small, not 0.
# :::
#
# :::{popular-answer} Batch normalization helps against overfitting.
# :verdict: imprecise
# :question: reducing-overfitting
# :claims: overfit-batchnorm-memorises, overfit-batchnorm-no-gain
#
# It makes training easier. As a regulariser it is weak at best. Here the network with
# it learned nearly every wrong label.
# :::
#
# :::{popular-answer} Hyperparameters can only be changed by hand.
# :verdict: wrong
# :question: hyperparameters
# :claims: hyper-search-beats-default, hyper-tpe-learns
#
# Random search, Bayesian optimisation, Hyperband and population-based training do it.
# People choose what is searched.
# :::
#
# :::{popular-answer} Batch size is how many examples pass through one by one.
# :verdict: wrong
# :question: hyperparameters
# :claims: hyper-batch-is-joint, hyper-batches-per-epoch
#
# They pass together, as one array, and give one mean gradient.
# :::
#
# :::{popular-answer} Optimizers find the right learning rate, the key to a good model.
# :verdict: imprecise
# :question: hyperparameters
# :claims: hyper-adam-needs-a-rate, hyper-rate-matters-much, hyper-rate-is-not-all
#
# They define how a step is made from gradients. A rate remains to be set, for Adam
# too; at Keras's default {doc}`Adadelta hardly learns <10_adaptive_learning_rates>`.
# None promises optimal weights. The rate often matters most, but not alone.
# :::
#
# ## What we saw
#
# - Overfitting is a gap between the training set and held-out examples. Shift, broken
#   features and rare classes are other failures. Leakage hides the gap.
# - Penalties, dropout, shifted copies and more digits kept wrong labels out. With them,
#   early stopping or related layers new digits were read better. Batch normalization
#   gained nothing, narrow layers hardly anything.
# - Exact zeros take a proximal step. Dropout acts in training only.
# - Worst was not the model with the most parameters, but the one with just enough of
#   them to fit the noise.
# - Training cannot choose hyperparameters, a validation set can. Search by a model of
#   past trials proposed better ones than blind search.
#
# ## In an interview
#
# :::{interview-card} A network fits its training set but fails on the test set: why?
# :id: reducing-overfitting
# :figure: overfit-remedies
#
# First rule out other causes: leakage, another distribution, wrong labels, broken
# features. They look alike and need other cures. Then *data*: more of it, or
# augmentation by changes that leave the answer as it is. *Model*: smaller, or better
# structured (convolution, pooling), or layers pre-trained on a related task. *Penalty*:
# L2 is ridge, L1 lasso, both elastic net; exact zeros need a proximal step, which SGD
# and Adam do not take. *Noise*: dropout. *Time*: early stopping on the validation loss,
# with `restore_best_weights`. Batch normalization regularises slightly at best. More
# parameters do not always overfit more (double descent).
# :::
#
# :::{interview-card} Which hyperparameters govern training, and how are they set?
# :id: hyperparameters
# :figure: hyper-sensitivity
#
# Settings that gradient descent does not fit. Architecture: layers, units (a layer's
# outputs), activation, kernel size (the kernel's weights are learned). Optimisation:
# rate, batch size (examples processed jointly), epochs, optimizer, momentum; 1,000
# records in batches of 100 make 10 batches an epoch. Regularisation: dropout rate $p$
# (in training only, what stays is scaled by $1/(1-p)$), weight decay. Whether to use
# batch normalization, and its memory. The rate usually matters most. They are set on a
# validation set, by hand or by random search, Bayesian optimisation, Hyperband or
# population-based training; the test set is kept for the end.
# :::
#
# ## Exercises
#
# 1. **Recall.** 1,000 records, batches of 100, 20 epochs. How many batches are there in
#    an epoch, how many steps in all? What is another name of L2 plus L1?
#
#    :::{dropdown} Solution
#    10 and 200. The elastic net.
#    :::

# %% tags=["hide-cell"]
counted = shuffled_batches(1000, 20, batch_size=100)
claim(
    "hyper-exercise-batches",
    "Exercise 1: steps in 20 epochs of 1,000 records in batches of 100.",
    measured=len(counted),
    equals=200,
)

# %% [markdown]
# 2. **By hand.** A weight is 0.05, its gradient 0.2, the rate 0.1 and l1 = 0.5. Where
#    does it stand after a proximal step, and where after a gradient step with the
#    penalty's gradient?
#
#    :::{dropdown} Solution
#    $z = 0.05 - 0.02 = 0.03$, less than $\alpha\,\text{l1} = 0.05$, so it is 0. With
#    the gradient: $0.05 - 0.1 \cdot (0.2 + 0.5) = -0.02$, beyond 0.
#    :::

# %% tags=["hide-cell"]
both_ways = [
    descend(ISTA(0.1, 0.5), lambda w: 0.2 + 0 * w, [0.05], 1)[-1, 0],
    descend(SGD(0.1), lambda w: 0.2 + 0.5 * np.sign(w), [0.05], 1)[-1, 0] + 0.02,
]
claim(
    "overfit-exercise-prox",
    "Exercise 2: the weight after a proximal step, and its distance from −0.02 after "
    "the other.",
    measured=np.abs(both_ways),
    below=1e-9,
)

# %% [markdown]
# 3. **Predict, then run.** A hundred networks have learned nothing and guess among ten
#    classes. How good is the best of them on a validation set of 50 digits, and how
#    good is that one on a test set?
#
#    :::{dropdown} Solution
#    Its validation accuracy is {glue:text}`hyper-exercise-lucky` on average, though all
#    are equally bad: the deviation of one is $\sqrt{0.1 \cdot 0.9/50} = 0.04$, and the
#    best of a hundred lies almost three deviations up. On the test set it has
#    {glue:text}`hyper-exercise-sober`.
#    :::

# %% tags=["hide-cell"]
guess = np.random.default_rng(0).random((200, 100, 500)) < 0.1  # (repeats, networks, …)
best_guess = guess[..., :50].mean(axis=2).argmax(axis=1)
lucky = guess[np.arange(200), best_guess]
claim(
    "hyper-exercise-lucky",
    "Exercise 3: validation accuracy of the best of a hundred guessers, mean of 200 "
    "repeats.",
    measured=lucky[:, :50].mean(),
    above=0.17,
)

# %% tags=["hide-cell"]
claim(
    "hyper-exercise-sober",
    "Exercise 3: accuracy on 450 other digits of the guesser that was best of a "
    "hundred, mean of 200 repeats.",
    measured=lucky[:, 50:].mean(),
    above=0.09,
    below=0.11,
)

# %% [markdown]
# 4. **Code.** Put two remedies together on the testbed: shifted copies and an L2
#    penalty of 0.003. Do the gains add up?
#
#    :::{dropdown} Solution
#    Together they gained {glue:text}`overfit-exercise-both`. Their single gains add up
#    to more: each keeps out what the other keeps out too.
#    :::

# %% tags=["hide-cell"]
both_runs = [{"seed": k, "lesson": 1, "l2": 0.003} for k in seeds]
both = scores(train(both_runs, x_lessons, y_lessons), *exams["test"])[1]
claim(
    "overfit-exercise-both",
    "Exercise 4: gain of shifted copies with L2 on the testbed, mean of three seeds.",
    measured=100 * (both - on_new["nothing"]).mean(),
    above=4,
    unit="points",
)

# %% tags=["hide-cell"]
claim(
    "overfit-exercise-sum",
    "Exercise 4: gain of shifted copies with L2 minus the sum of the single gains.",
    measured=100 * (both - on_new["nothing"]).mean()
    - gain["shifted copies"].mean()
    - 100 * (tested[1] - on_new["nothing"]).mean(),
    below=0,
    unit="points",
)

# %% [markdown]
# 5. **Think.** Why is a grid of $3 \times 3$ trials worse than nine random ones, if
#    only one of two settings matters?
#
#    :::{dropdown} Solution
#    The grid tries three values of the one that matters, random search nine
#    {cite:p}`bergstra2012random`.
#    :::
#
# 6. **Open.** Which settings of a model of yours did you never vary? Write down what
#    you expect, then let a search of 20 trials vary three of them.
#
#    :::{dropdown} Solution
#    If winners often lie at the border of what you allowed, the range was too narrow.
#    :::
#
# ## Further reading
#
# {cite:t}`goodfellow2016deep` treat regularisation in chapter 7, hyperparameters in
# section 5.3. {cite:t}`kaufman2012leakage` collect cases of leakage.
# {cite:t}`prechelt1998early` compares rules for stopping.
#
# :::{parts-used}
# :::
