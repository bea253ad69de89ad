# %% [markdown]
# # Momentum turns κ into its root; curvature can do more, at a price
#
# A larger batch buys a better gradient ({doc}`Batch size <08_batch_size>`). Even an
# exact one descends slowly. The sharpest direction limits the learning rate, the
# flattest one then has to wait, and the wait grows with the condition number $\kappa$
# ({doc}`The training loop <06_training_loop>`). Two things can help: a memory of past
# steps, and knowledge of the curvature.
#
# This chapter answers: **How does the momentum term improve gradient descent, and what
# are its limits? What is the Hessian, how can it speed up training, and why is it
# rarely used directly?**

# %%
from itertools import pairwise

import keras
import numpy as np
from sklearn.datasets import load_breast_cancer

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, descent_paths, moving_paths
from dlbook.measures import gradients, hessian_product, median_times, path_difference
from dlbook.models import mlp
from dlbook.optimizers import LBFGS, SGD, AdaHessian, Adam
from dlbook.optimizers.line_search import wolfe_step
from dlbook.page import animate, quote, show
from dlbook.training import descend

# %% [markdown]
# ## The idea: a step that remembers the last one
#
# On the bowl $\tfrac12(\theta_1^2 + 100\,\theta_2^2)$ the gradient points almost
# straight across the valley. Its small part along the valley has the same sign at every
# step; the large part across it changes sign if steps are long. What happens if a step
# keeps a share of the step before it? Equal signs add up and opposite signs cancel.

# %%
curvature = np.array([1.0, 100.0])


def bowl(theta):
    return 0.5 * np.sum(curvature * theta**2, axis=-1)


def slope(theta):
    return curvature * theta


bowl_paths = {
    "gradient descent": descend(SGD(0.0195), slope, [1, 1], steps=60),
    "momentum": descend(SGD(0.0195, momentum=0.7), slope, [1, 1], steps=60),
}

# %% tags=["hide-input"]
left = {name: bowl(path[-1]) for name, path in bowl_paths.items()}
show(
    descent_paths(bowl, bowl_paths, (0, 0), limits=((-0.3, 1.15), (-1.05, 1.15))),
    "momentum-bowl",
    caption="Sixty steps from the dot at (1, 1) towards the star, both at the learning "
    "rate 0.0195; a square is the end. Gradient descent jumps from wall to wall and "
    "creeps along the valley. With a share of 0.7 of the last step kept, the jumps "
    "die out in fewer steps and the creeping adds up.",
    alt="Contour lines of a narrow valley with two zigzag paths. After 60 steps the "
    "loss is "
    + " and ".join(f"{loss:.1g} with {name}" for name, loss in left.items())
    + ".",
)

# %%
claim(
    "momentum-lowers-the-bowl",
    "At the same rate, 60 steps with momentum 0.7 leave far less of the loss on the "
    "bowl than gradient descent: its loss over that with momentum.",
    measured=left["gradient descent"] / left["momentum"],
    above=50,
)

# %% [markdown]
# ## The rule, and its double
#
# How is that written? There are two ways, and books mix them up. The *classical* one is
# Polyak's *heavy ball* {cite:p}`polyak1964some`. The *velocity* $v$ is the last step:
#
# $$
# v_t = \mu\, v_{t-1} - \alpha\, g_t, \qquad \theta_t = \theta_{t-1} + v_t
# $$ (eq-momentum)
#
# $\mu$ in $[0, 1)$ is the *momentum*, often written $\beta$. Gradients are summed, each
# with a share $\mu^k$ after $k$ steps. The *averaged* way takes their exponential
# moving average:
#
# $$
# m_t = \mu\, m_{t-1} + (1 - \mu)\, g_t, \qquad
# \theta_t = \theta_{t-1} - \alpha\, m_t
# $$ (eq-momentum-averaged)
#
# Keras and this library use {eq}`eq-momentum`. Nesterov's variant, `nesterov=True`,
# takes the gradient at the point where the velocity is about to lead
# {cite:p}`nesterov1983method,sutskever2013importance`. In the code, $\theta$ is then
# that point (exercise 4 shows why):
#
# ```{literalinclude} ../dlbook/optimizers/sgd.py
# :pyobject: SGD.step
# :language: python
# :dedent: 4
# ```
#
# What does the factor $1-\mu$ change? Let the gradient be 1 for two hundred steps, at
# $\alpha = 1$. The last step is then the velocity itself.

# %%


class Averaged(SGD):
    def step(self, theta, g, t, alpha, m):
        m = self.momentum * m + (1 - self.momentum) * g
        return theta - alpha * m, m


def last_step(rule):
    return np.ptp(descend(rule, lambda theta: np.ones(1), [0.0], 200)[-2:])


claim(
    "momentum-classical-limit",
    "Under a constant gradient of 1, classical momentum with μ = 0.9 comes to steps of "
    "α/(1 − μ) = 10 α.",
    measured=last_step(SGD(1.0, momentum=0.9)),
    above=9.99,
    below=10.01,
    unit="α",
)
claim(
    "momentum-averaged-limit",
    "Under a constant gradient of 1, averaged momentum with μ = 0.9 comes to steps of "
    "α.",
    measured=last_step(Averaged(1.0, momentum=0.9)),
    above=0.999,
    below=1.001,
    unit="α",
)

# %% [markdown]
# So the same $\alpha$ means a ten times longer step in one than in the other. With
# $\alpha(1-\mu)$ in the classical form, they are one method.
#
# ### Keras beside it
#
# Which of the two is Keras's `SGD`, and is its `nesterov` ours? We run it on the bowl.

# %%


def keras_path(rule, steps=100):
    theta = keras.Variable([1.0, 1.0])
    path = [keras.ops.convert_to_numpy(theta).copy()]
    for _ in range(steps):
        rule.apply([keras.ops.convert_to_tensor(slope(path[-1]), "float32")], [theta])
        path.append(keras.ops.convert_to_numpy(theta).copy())
    return np.stack(path)


def distance(path, other):
    return path_difference(path, other).max()


# %%
in_keras = keras_path(keras.optimizers.SGD(0.001, momentum=0.9))
in_keras_ahead = keras_path(keras.optimizers.SGD(0.001, momentum=0.9, nesterov=True))
classical = descend(SGD(0.001, momentum=0.9), slope, [1, 1], 100)
ahead = descend(SGD(0.001, momentum=0.9, nesterov=True), slope, [1, 1], 100)
averaged = {
    rate: descend(Averaged(rate, momentum=0.9), slope, [1, 1], 100)
    for rate in (0.001, 0.01)
}

# %%
claim(
    "momentum-keras-is-classical",
    "Keras's momentum is the classical form, and its Nesterov is ours: largest "
    "difference in 100 steps on the bowl, in parts of the distance travelled.",
    measured=[distance(in_keras, classical), distance(in_keras_ahead, ahead)],
    below=1e-5,
)
claim(
    "momentum-forms-equal",
    "With α in the averaged form and α(1 − μ) in Keras's, the paths are the same: "
    "largest difference, in parts of the distance travelled.",
    measured=distance(in_keras, averaged[0.01]),
    below=1e-5,
)
claim(
    "momentum-forms-apart",
    "At the same α the averaged form and Keras's part: the largest difference, in "
    "parts of the distance travelled.",
    measured=distance(averaged[0.001], classical),
    above=0.1,
)

# %% [markdown]
# ### How long is the memory?
#
# A gradient's share has fallen to about a third after $1/(1-\mu)$ steps. If the
# gradient suddenly turns round, the weight rolls on for a while. After how many steps
# has it stopped or turned?

# %%


def steps_to_turn(mu):
    signs = iter(np.repeat([-1.0, 1.0], 2000))
    path = descend(SGD(1.0, momentum=mu), lambda theta: [next(signs)], [0.0], 4000)
    return 1 + np.argmax(np.diff(path[2000:, 0]) <= 0)


turns = [steps_to_turn(mu) for mu in (0.5, 0.9, 0.99)]
quote("momentum-turns", "{}, {} and {}".format(*turns))
claim(
    "momentum-memory",
    "The larger μ, the longer momentum rolls on when the gradient turns round: steps "
    "at μ = 0.9 over those at 0.5, and at 0.99 over those at 0.9.",
    measured=np.divide(turns[1:], turns[:-1]),
    above=3,
)

# %% [markdown]
# It has by step {glue:text}`momentum-turns` at $\mu$ = 0.5, 0.9 and 0.99.
#
# ## How much faster is it?
#
# In a bowl, each method multiplies the distance to the minimum by some share at every
# step, in the long run. At the best setting (for Nesterov's, the usual one) it is
#
# $$
# \underbrace{\frac{\kappa - 1}{\kappa + 1}}_{\text{gradient descent}}, \qquad
# \underbrace{\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}}_{\text{momentum}}, \qquad
# \underbrace{1 - \frac{1}{\sqrt\kappa}}_{\text{Nesterov}}
# $$ (eq-momentum-rates)
#
# for gradient descent at $\alpha = 2/(\lambda_{\max} + \lambda_{\min})$, for classical
# momentum at $\alpha = 4/(\sqrt{\lambda_{\max}} + \sqrt{\lambda_{\min}})^2$ and
# $\sqrt\mu = (\sqrt\kappa-1)/(\sqrt\kappa+1)$ {cite:p}`polyak1964some,goh2017momentum`,
# and for Nesterov's at $\alpha = 1/\lambda_{\max}$, $\mu =
# (\sqrt\kappa-1)/(\sqrt\kappa+1)$ {cite:p}`lessard2016analysis`. For large $\kappa$ the
# first is about $1 - 2/\kappa$, which takes $\kappa/2$ steps to shrink the distance to
# a third. The second is about $1 - 2/\sqrt\kappa$ and takes $\sqrt\kappa/2$. We test
# that on bowls of twenty curvatures.

# %%


def best_rules(kappa):
    """The three rules, tuned for curvatures from 1 to κ."""
    share = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    return {
        "gradient descent": SGD(2 / (kappa + 1)),
        "momentum": SGD(4 / (np.sqrt(kappa) + 1) ** 2, momentum=share**2),
        "Nesterov": SGD(1 / kappa, momentum=share, nesterov=True),
    }


def shrinking(rule, kappa, steps):
    """The distance to the minimum along a path from a distance of 1."""
    curvatures = np.geomspace(1, kappa, 20)
    start = np.full(20, 20**-0.5)
    path = descend(rule, lambda theta: curvatures * theta, start, steps)
    return np.linalg.norm(path, axis=1)


# %%
def steps_until(distances, target=1e-6):
    """The first step from which all distances stay below the target."""
    outside = np.flatnonzero(distances >= target)
    assert outside[-1] < len(distances) - 1, "the path never arrives"
    return outside[-1] + 1


# %%
theory = {"gradient descent": 99 / 101, "momentum": 9 / 11, "Nesterov": 9 / 10}
long_run = {name: shrinking(rule, 100, 800) for name, rule in best_rules(100).items()}
shares = {name: (d[800] / d[400]) ** (1 / 400) for name, d in long_run.items()}
kappas = np.array([10, 30, 100, 300, 1000])
needed = {
    name: np.array(
        [
            steps_until(shrinking(best_rules(kappa)[name], kappa, horizon))
            for kappa, horizon in zip(kappas, horizons, strict=True)
        ]
    )
    for name in theory
    for horizons in [8 * kappas if name == "gradient descent" else 60 + kappas]
}

# %% tags=["hide-input"]
show(
    curves(
        kappas,
        needed,
        x_label="condition number $\\kappa$",
        y_label="steps to a millionth of the distance",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "momentum-kappa",
    caption="Steps that bring the distance to the minimum down to a millionth, against "
    "the condition number, each method at the setting above. A hundred times the "
    "condition number costs gradient descent a hundred times the steps, and the "
    "other two about ten times.",
    alt="Three straight lines on logarithmic axes. From κ = 10 to κ = 1,000 the steps "
    "rise "
    + ", ".join(f"from {n[0]} to {n[-1]} ({name})" for name, n in needed.items())
    + ".",
)

# %%
claim(
    "momentum-rates-of-theory",
    "On a bowl with κ = 100 gradient descent, classical momentum and Nesterov's shrink "
    "the distance as theory says: logarithm of the measured share over that of theory.",
    measured=[np.log(shares[name]) / np.log(theory[name]) for name in theory],
    above=0.9,
    below=1.1,
)
exponents = {
    name: np.polyfit(np.log(kappas[1:]), np.log(steps[1:]), 1)[0]
    for name, steps in needed.items()
}
claim(
    "gd-steps-grow-with-kappa",
    "The steps of gradient descent grow with the first power of κ: exponent.",
    measured=exponents["gradient descent"],
    above=0.9,
    below=1.1,
)
claim(
    "momentum-steps-grow-with-root",
    "With momentum, classical or Nesterov's, the steps to a minimum grow with the root "
    "of κ: exponents.",
    measured=[exponents["momentum"], exponents["Nesterov"]],
    above=0.4,
    below=0.65,
)
claim(
    "momentum-saves-steps",
    "At κ = 100 gradient descent at its best takes several times the steps of momentum "
    "at its best: ratio.",
    measured=needed["gradient descent"][2] / needed["momentum"][2],
    above=4,
)

claim(
    "momentum-beats-nesterov-on-bowls",
    "With rate and μ set by theory for each κ, classical momentum takes fewer steps on "
    "bowls than Nesterov's: the latter's over its, for five condition numbers.",
    measured=needed["Nesterov"] / needed["momentum"],
    above=1.2,
)

# %% [markdown]
# Theory and bowls agree: $\kappa$ has become $\sqrt\kappa$.
#
# Is it momentum that saves steps, or the longer step that comes with it? We keep
# $\alpha = 0.01$ on the bowl with $\kappa = 100$.

# %%


def bowl_steps(rule):
    path = descend(rule, slope, [1, 1], 2500)
    return steps_until(np.linalg.norm(path, axis=1) / np.sqrt(2))


plain = bowl_steps(SGD(0.01))
claim(
    "momentum-averaged-no-faster",
    "At the same α the averaged form saves little: its steps at μ = 0.9 over those of "
    "gradient descent.",
    measured=bowl_steps(Averaged(0.01, momentum=0.9)) / plain,
    above=0.8,
    below=1.05,
)
mus = (0.8, 0.9, 0.95)
rolling = np.array([bowl_steps(SGD(0.01, momentum=mu)) for mu in mus])
looking = np.array([bowl_steps(SGD(0.01, momentum=mu, nesterov=True)) for mu in mus])
claim(
    "momentum-classical-faster",
    "At the same α the classical form saves most of the steps: its steps at μ = 0.9 "
    "over those of gradient descent.",
    measured=rolling[1] / plain,
    below=0.4,
)
claim(
    "nesterov-faster-at-high-momentum",
    "At μ = 0.9 and 0.95 Nesterov's takes fewer steps than classical momentum: ratio.",
    measured=looking[1:] / rolling[1:],
    below=1,
)
claim(
    "nesterov-slower-at-low-momentum",
    "At μ = 0.8 Nesterov's takes more steps than classical momentum: ratio.",
    measured=looking[0] / rolling[0],
    above=1,
)

# %% [markdown]
# It takes both. The averaged form gains only once its $\alpha$ is raised, tenfold for
# the same path. Gradient descent would diverge at that rate: it is above
# $2/\lambda_{\max} = 0.02$. Nesterov's look-ahead pays at the larger $\mu$ only.
#
# Which $\mu$ is best? For each we try 15 rates on two bowls and keep the best.

# %%


def fewest_steps(mu, kappa):
    """The fewest steps to a millionth, over 15 rates."""
    rates = np.geomspace(0.05, 2, 15)[:, None] / kappa
    bent = rates * np.array([1.0, kappa])  # the rate times the curvature
    start = np.ones((15, 2))
    path = descend(SGD(1.0, momentum=mu), lambda theta: bent * theta, start, 2000)
    near = np.linalg.norm(path, axis=2) < 1e-6
    outside = [np.flatnonzero(~column) for column in near.T]
    return min(out[-1] + 1 for out in outside)


tried = np.array([0, 0.3, 0.5, 0.7, 0.9, 0.95])
fewest = {kappa: [fewest_steps(mu, kappa) for mu in tried] for kappa in (10, 1000)}
best_mu = {kappa: tried[np.argmin(steps)] for kappa, steps in fewest.items()}
quote("momentum-best-mu-narrow", best_mu[1000])
quote("momentum-best-mu-round", best_mu[10])
claim(
    "momentum-best-mu-depends",
    "The best momentum depends on the problem: the best for κ = 1,000 minus the best "
    "for κ = 10.",
    measured=best_mu[1000] - best_mu[10],
    above=0.3,
)

# %% [markdown]
# At $\kappa = 10$ it is {glue:text}`momentum-best-mu-round` of those tried, at
# $\kappa = 1{,}000$ it is {glue:text}`momentum-best-mu-narrow`. $\mu$ is one more
# number to tune.
#
# ## What else does inertia do?
#
# ### It rings
#
# A heavy ball overshoots. On a bowl of one weight with curvature $\lambda$ the path
# swings around the minimum as soon as $\mu > (1 - \sqrt{\alpha\lambda})^2$
# {cite:p}`goh2017momentum`. Too much momentum is *underdamped*: it *rings*. Here
# $\alpha\lambda = 0.002$, so the limit is 0.913.

# %%
ringing = {
    f"$\\mu$ = {mu}": descend(SGD(0.002, momentum=mu), np.asarray, [1.0], 3000)[:, 0]
    for mu in (0.5, 0.9, 0.99, 0.999)
}
changes = [np.sum(path[1:] * path[:-1] < 0) for path in ringing.values()]
deepest = min(path.min() for path in ringing.values())

# %% tags=["hide-input"]
figure = curves(
    np.arange(601),
    {name: path[:601] for name, path in ringing.items()},
    x_label="step $t$",
    y_label="weight $\\theta_t$",
)
figure.axes[0].set_xlim(-30, 760)  # Room for the legend.
show(
    figure,
    "momentum-ringing",
    caption="One weight on its way to 0, at the same learning rate. More momentum is "
    "faster up to 0.9. With 0.99 the weight overshoots and swings, with 0.999 it "
    "hardly comes to rest.",
    alt="Four curves from 1 towards 0. Changes of sign in 3,000 steps: "
    + ", ".join(
        f"{n} at {name}" for name, n in zip(ringing, changes, strict=True)
    ).replace("$\\mu$", "μ")
    + f". The deepest overshoot is {deepest:.2f}.",
)

# %%
claim(
    "momentum-moderate-does-not-ring",
    "With momentum 0.5 and 0.9 the weight never crosses its minimum: changes of sign.",
    measured=changes[:2],
    equals=0,
)
claim(
    "momentum-high-rings",
    "With momentum 0.99 and 0.999 the weight swings to and fro about its minimum: "
    "changes of sign in 3,000 steps.",
    measured=changes[2:],
    above=20,
)

# %% [markdown]
# A remedy is to throw the velocity away when the loss rises, a *restart*
# {cite:p}`odonoghue2015adaptive`. The zigzag of {numref}`momentum-bowl` is the other
# way about: there momentum damps.
#
# ### It rolls over small bumps
#
# We put a bump of height $h$ in the way down:
# $L = \tfrac12\theta^2 + h\,e^{-((\theta-1.5)/0.4)^2}$, from $\theta = 3$ at
# $\alpha = 0.01$. On this side of a bump of height 1 there is a local minimum, at
# {glue:text}`momentum-before-the-bump`.

# %%


def bumped(theta, h):
    return theta**2 / 2 + h * np.exp(-(((theta - 1.5) / 0.4) ** 2))


def roll(mu, h, steps=3000):
    """Paths from θ = 3 on losses with bumps of these heights."""
    rule = SGD(0.01, momentum=mu)

    def slope_of_bump(theta):
        away = (theta - 1.5) / 0.4
        return theta - 5 * h * away * np.exp(-(away**2))

    return descend(rule, slope_of_bump, np.full(np.shape(h), 3.0), steps)


over = {f"$\\mu$ = {mu}": roll(mu, 1.0) for mu in (0, 0.5, 0.8, 0.9, 0.95)}
before_bump = over["$\\mu$ = 0"][-1]
quote("momentum-before-the-bump", before_bump)

# %% tags=["hide-input"]
show(
    curves(
        np.arange(301),
        {name: path[:301] for name, path in over.items()},
        x_label="step $t$",
        y_label="weight $\\theta_t$",
        bounds={"local minimum": before_bump, "lowest point": 0},
    ),
    "momentum-bump",
    caption="Five balls on the same slope with a bump of height 1 in it. Up to 0.8 "
    "they stop before the bump. With momentum 0.9 and more they roll over it.",
    alt="Five curves from 3. They end at "
    + ", ".join(
        f"{abs(path[-1]):.2f} for {name}" for name, path in over.items()
    ).replace("$\\mu$", "μ")
    + ".",
)

# %%
ends = np.array([path[-1] for path in over.values()])
claim(
    "momentum-stuck-before-the-bump",
    "With momentum up to 0.8 a weight that rolls down to 0 from 3 stays before a bump "
    "of height 1 at 1.5: where it ends.",
    measured=ends[:3],
    above=1.7,
)
claim(
    "momentum-passes-the-bump",
    "With momentum 0.9 and 0.95 a weight passes a bump of height 1 and finds the "
    "lowest point: distance from it at the end.",
    measured=np.abs(ends[3:]),
    below=0.01,
)
heights = np.arange(0, 5, 0.1)
highest = {mu: heights[np.abs(roll(mu, heights)[-1]) < 0.2].max() for mu in (0, 0.9)}
claim(
    "momentum-passes-higher-bumps",
    "Momentum 0.9 passes higher bumps than gradient descent: the highest that it "
    "passes over the other's.",
    measured=highest[0.9] / highest[0],
    above=1.5,
)
claim(
    "momentum-no-guarantee",
    "Momentum 0.9 does not pass all bumps: the highest that it passes, of heights up "
    "to 4.9.",
    measured=highest[0.9],
    above=1.2,
    below=2.5,
)

# %% [markdown]
# The same inertia passes good places. We turn the bump into a well, $h = -2$, which is
# deeper than the bowl's bottom.

# %%
in_well = {mu: bumped(roll(mu, -2.0)[-1], -2.0) for mu in (0, 0.9)}
claim(
    "momentum-jumps-out-of-a-good-minimum",
    "Gradient descent falls into a deep well and momentum 0.9 rolls through it to a "
    "worse minimum: by how much its final loss is higher.",
    measured=in_well[0.9] - in_well[0],
    above=0.5,
)

# %% [markdown]
# ### It leaves saddles sooner
#
# Does momentum help at a saddle? {doc}`Stochastic gradients <07_stochastic_gradients>`
# started a millionth beside the ridge of $\tfrac12\theta_1^2 +
# \tfrac14(\theta_2^2-1)^2$, which is $\theta_2 = 0$. We repeat it with momentum.

# %%


def saddle_slope(theta):
    return theta * [1, -1] + theta**3 * [0, 1]


def steps_to_leave(mu, start=1e-6):
    path = descend(SGD(0.05, momentum=mu), saddle_slope, [1, start], 600)
    away = np.abs(path[:, 1]) > 0.5
    return np.argmax(away) if away.any() else np.inf


claim(
    "momentum-leaves-sooner",
    "Momentum 0.9 leaves a saddle in fewer steps than gradient descent at the same "
    "rate: its steps over those of gradient descent.",
    measured=steps_to_leave(0.9) / steps_to_leave(0),
    below=0.5,
)
claim(
    "momentum-stays-on-the-ridge",
    "Exactly on the ridge of a saddle momentum does not help: size of both weights "
    "after 600 steps from (1, 0), with the saddle at (0, 0).",
    measured=np.abs(descend(SGD(0.05, momentum=0.9), saddle_slope, [1, 0], 600)[-1]),
    below=1e-6,
)

# %% [markdown]
# Exactly on the ridge both stay. So momentum helps past some bumps and out of saddles,
# and promises neither.
#
# ## What is curvature, and what would it be good for?
#
# Momentum still has one rate for all directions. The best rate along a direction is one
# over its curvature: a long step where it is flat, a short one where it is sharp. The
# curvatures stand in the *Hessian*, the matrix of all second derivatives:
#
# $$
# H_{ij} = \frac{\partial^2 L}{\partial\theta_i\,\partial\theta_j}, \qquad
# L(\theta + p) \approx L(\theta) + g^\top p + \tfrac12\, p^\top H p
# $$ (eq-hessian)
#
# Its *eigenvectors* are directions that do not mix, and its *eigenvalues* $\lambda$ are
# the curvatures along them. Sharp means a large $\lambda$, flat one near zero; where
# $\lambda$ is negative the loss bends down. *Newton's method* steps to the stationary
# point of the approximation on the right:
#
# $$ \theta_t = \theta_{t-1} - H^{-1} g $$ (eq-newton)
#
# In the directions of the eigenvectors this divides each part of the gradient by its
# own $\lambda$. On a bowl one such step is enough, however narrow. With
# `absolute` the code below divides by $|\lambda|$; we need that later.

# %%


def newton(slope, hessian, start, steps, absolute=False):
    path = [np.asarray(start, dtype=float)]
    for _ in range(steps):
        g, H = slope(path[-1]), hessian(path[-1])
        curvatures, directions = np.linalg.eigh(H)
        if absolute:
            curvatures = np.abs(curvatures)
        path.append(path[-1] - directions @ (directions.T @ g / curvatures))
    return np.stack(path)


# %%
turn = np.array([[1.0, -1.0], [1.0, 1.0]]) / np.sqrt(2)
steep = np.array([1.0, 1000.0])
rotated = turn @ np.diag(steep) @ turn.T
one_step = newton(lambda theta: rotated @ theta, lambda theta: rotated, [3, -2], 1)
claim(
    "newton-one-step",
    "On a rotated bowl with κ = 1,000 one step of Newton's method is enough: distance "
    "to the minimum after it.",
    measured=np.linalg.norm(one_step[-1]),
    below=1e-9,
)

# %% [markdown]
# ### The same on three surfaces
#
# {numref}`momentum-race` lets five methods go on three surfaces: the bowl with
# $\kappa = 100$, which is a ravine; the saddle with its minima at $(0, \pm1)$, from
# $(1, 0.3)$; and Rosenbrock's bent valley
# $(1-\theta_1)^2 + 100\,(\theta_2-\theta_1^2)^2$. One of the five is a preview:
# {doc}`Adam <12_adam>`.

# %%


def saddle(theta):
    return 0.5 * theta[..., 0] ** 2 + 0.25 * (theta[..., 1] ** 2 - 1) ** 2


def saddle_hessian(theta):
    return np.diag([1.0, 3 * theta[1] ** 2 - 1])


# %%
def rosenbrock(theta):
    a, b = theta[..., 0], theta[..., 1]
    return (1 - a) ** 2 + 100 * (b - a**2) ** 2


def rosenbrock_slope(theta):
    a, b = theta
    return np.array([2 * (a - 1) - 400 * a * (b - a**2), 200 * (b - a**2)])


def rosenbrock_hessian(theta):
    a, b = theta
    return np.array([[2 + 1200 * a**2 - 400 * b, -400 * a], [-400 * a, 200]])


# %%
def race(slope, hessian, start, alpha):
    rules = {
        "gradient descent": SGD(alpha),
        "momentum": SGD(alpha, momentum=0.9),
        "Nesterov": SGD(alpha, momentum=0.9, nesterov=True),
        "Adam": Adam(0.05),
    }
    paths = {name: descend(rule, slope, start, 300) for name, rule in rules.items()}
    return paths | {"Newton": newton(slope, hessian, start, 10)}


# %%
minima = [(0, -1), (0, 1)]
races = {
    "ravine": race(slope, lambda theta: np.diag(curvature), [1, 1], 0.01),
    "saddle": race(saddle_slope, saddle_hessian, [1, 0.3], 0.05),
    "Rosenbrock": race(rosenbrock_slope, rosenbrock_hessian, [-1.2, 1], 0.001),
}
panels = {
    "ravine": (bowl, races["ravine"], [(0, 0)], ((-0.75, 1.15), (-1.05, 1.15))),
    "saddle": (saddle, races["saddle"], minima, ((-1.1, 1.1), (-1.5, 1.5))),
    "Rosenbrock": (rosenbrock, races["Rosenbrock"], [(1, 1)], ((-1.7, 1.5), (-1, 2.2))),
}

# %% tags=["hide-input"]
looked_at = [0, 1, 2, 3, 5, 8, 12, 17, 25, 40, 80, 300]
in_saddle = {name: saddle(path[-1]) for name, path in races["saddle"].items()}
on_rosenbrock = {name: rosenbrock(p[-1]) for name, p in races["Rosenbrock"].items()}
animate(
    moving_paths(panels, looked_at),
    "momentum-race",
    caption="Five methods on three surfaces, from the dots; stars are minima, squares "
    "the present place. Press play to see them go. Momentum swings where it is steep. "
    "Newton's method is in the ravine's minimum after one step and in the saddle after "
    "a few. On Rosenbrock it leaves the picture at its second step and comes back.",
    alt="Three panels of contour lines, five growing paths in each. At the end the "
    "loss on the saddle is "
    + ", ".join(f"{loss:.2g} ({name})" for name, loss in in_saddle.items())
    + "; on Rosenbrock "
    + ", ".join(f"{loss:.2g} ({name})" for name, loss in on_rosenbrock.items())
    + ".",
    seconds=10,
)

# %% [markdown]
# ### Newton is drawn to saddles
#
# Why does it end in the saddle? {eq}`eq-newton` looks for zero slope, and a saddle has
# it. Where $\lambda$ is negative, dividing by it turns the step uphill. Dividing by
# $|\lambda|$ repairs that {cite:p}`dauphin2014identifying`.

# %%
repaired = newton(saddle_slope, saddle_hessian, [1, 0.3], 20, absolute=True)
claim(
    "newton-ends-in-the-saddle",
    "Started beside the ridge of a saddle, at (1, 0.3), Newton's method ends in the "
    "saddle at (0, 0): size of its weights.",
    measured=np.abs(races["saddle"]["Newton"][-1]),
    below=1e-6,
)
claim(
    "gd-ends-in-a-minimum",
    "Started beside the ridge of a saddle, at (1, 0.3), gradient descent ends in a "
    "minimum, (0, ±1): distance.",
    measured=np.abs(np.abs(races["saddle"]["gradient descent"][-1]) - [0, 1]),
    below=1e-3,
)
claim(
    "newton-absolute-ends-in-a-minimum",
    "With |λ| for λ, Newton's method ends in a minimum and not in the saddle: distance "
    "from (0, ±1).",
    measured=np.abs(np.abs(repaired[-1]) - [0, 1]),
    below=1e-6,
)

# %% [markdown]
# ## How are the curvatures of a network spread?
#
# Is a network's loss like these pictures? We take one with 8 tanh units, 610 weights,
# that reads 256 digits, and write its gradient by hand as in {doc}`Stochastic gradients
# <07_stochastic_gradients>`, for any number of layers. The digits lie in chunks of 128:
# `(chunks, 128, ...)`.

# %%
(x_train, y_train), _ = load_digits()
x = x_train[:256].astype("float64").reshape(2, 128, 64)
y = np.eye(10)[y_train[:256]].reshape(2, 128, 10)
widths = (64, 8, 10)


def layers_of(theta, widths):
    """The kernel and bias of each layer, cut from the row θ."""
    shapes = [shape for pair in pairwise(widths) for shape in (pair, pair[1:])]
    ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
    parts = zip(np.split(theta, ends), shapes, strict=True)
    arrays = [part.reshape(shape) for part, shape in parts]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


# %%
def forward(theta, x, widths=widths):
    """What enters each layer, and the logits."""
    *hidden, (W, b) = layers_of(theta, widths)
    hs = [x]
    for W_l, b_l in hidden:
        hs.append(np.tanh(hs[-1] @ W_l + b_l))
    return hs, hs[-1] @ W + b


def backward(theta, hs, delta, widths=widths):
    """The gradient as a row, from δ, the derivative by the logits."""
    rows = []
    for (W, _), h in zip(layers_of(theta, widths)[::-1], hs[::-1], strict=True):
        kernel = np.sum(h.swapaxes(1, 2) @ delta, axis=0)
        rows += [delta.sum(axis=(0, 1)), kernel.ravel()]
        delta = delta @ W.T * (1 - h**2)
    return np.concatenate(rows[::-1])


# %%
def softmax(z):
    z = np.exp(z - z.max(axis=-1, keepdims=True))
    return z / z.sum(axis=-1, keepdims=True)


def cross_entropy(theta, x=x, y=y):
    """The loss of the network, a mean over the digits, and its gradient."""
    hs, z = forward(theta, x)
    p = softmax(z)
    loss = -np.mean(np.log(np.sum(p * y, axis=-1) + 1e-300))
    return loss, backward(theta, hs, (p - y) / (x.shape[0] * x.shape[1]))


# %%
def first_weights(seed, widths=widths):
    model = mlp(64, widths[1:-1], 10, activation="tanh", seed=seed)
    return np.concatenate([np.ravel(w) for w in model.get_weights()]).astype("float64")


seeds = (0, 1, 2)
starts = [first_weights(seed) for seed in seeds]

# %% [markdown]
# The Hessian follows from the gradient. Along a vector $v$,
#
# $$ H v \approx \frac{g(\theta + \Delta v) - g(\theta - \Delta v)}{2\,\Delta} $$
#
# so a product with $H$ costs two gradients, and $H$ itself one product for each weight.
# The library's `hessian_product` computes $Hv$ exactly, at about the same price
# {cite:p}`pearlmutter1994fast`.

# %%


def product(function, theta, v, nudge=1e-4):
    """H v from two gradients."""
    ahead, behind = function(theta + nudge * v), function(theta - nudge * v)
    return (ahead[1] - behind[1]) / (2 * nudge)


def hessian_of(function, theta):
    H = np.stack([product(function, theta, unit) for unit in np.eye(theta.size)])
    return (H + H.T) / 2, np.abs(H - H.T).max() / np.abs(H).max()


# %%
cross_entropy_of_keras = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
network = mlp(64, (8,), 10, activation="tanh", seed=0)


def keras_loss():
    return cross_entropy_of_keras(y_train[:256], network(x_train[:256]))


def as_row(arrays):
    return np.concatenate([np.ravel(array) for array in arrays])


shapes = [tuple(variable.shape) for variable in network.trainable_variables]
random = np.random.default_rng(0)
v = [random.normal(size=shape) for shape in shapes]
exact = as_row(hessian_product(keras_loss, network.trainable_variables)(v))
by_differences = product(cross_entropy, starts[0], as_row(v))
claim(
    "hessian-product-equals-keras",
    "H v from two gradients by hand is the library's exact product of the Keras "
    "network: difference, in parts of its length.",
    measured=np.linalg.norm(by_differences - exact) / np.linalg.norm(exact),
    below=1e-4,
)

# %% [markdown]
# Now the whole matrix, before training and after, for three networks. For the training
# we use L-BFGS, which is explained below, and stop early: at a mean loss of
# {glue:text}`hessian-trained-loss`.

# %%
trained = [LBFGS(steps=25).minimize(cross_entropy, start)[0] for start in starts]
found = [hessian_of(cross_entropy, theta) for theta in (*starts, *trained)]
decomposed = [np.linalg.eigh(H) for H, _ in found]
before, after = np.split(np.array([curvatures for curvatures, _ in decomposed]), 2)
quote("hessian-trained-loss", np.mean([cross_entropy(theta)[0] for theta in trained]))

# %% tags=["hide-input"]
show(
    curves(
        np.arange(1, 611),
        {"before training": before[:, ::-1], "after": after[:, ::-1]},
        x_label="number of the eigenvalue, from the largest",
        y_label="curvature $\\lambda$ (loss/θ²)",
    ),
    "hessian-spectrum",
    caption="All 610 curvatures of the network's loss, from the sharpest to the most "
    "negative, mean and range of three networks. Before training a part is negative: "
    "there the loss bends down. Both before and after, a few directions are "
    "sharp and most are almost flat.",
    alt="Two falling curves, "
    + " and ".join(
        f"from {each[:, -1].mean():.2g} to {each[:, 0].mean():.2g} {when} training"
        for when, each in {"before": before, "after": after}.items()
    )
    + ". Both stay close to 0 over most of their length.",
)

# %%
H, _ = found[0]
top = decomposed[0][1][:, -1]
around = [cross_entropy(starts[0] + step * top)[0] for step in (-0.01, 0, 0.01)]
claim(
    "hessian-symmetric",
    "The Hessian is symmetric: largest difference from its mirror image, in parts of "
    "its largest entry, for three networks.",
    measured=[asymmetry for _, asymmetry in found[:3]],
    below=1e-5,
)
claim(
    "hessian-eigenvalue-is-curvature",
    "The largest eigenvalue is the bend of the loss along its eigenvector: second "
    "difference of the loss over it.",
    measured=np.diff(around, 2)[0] / 0.01**2 / before[0, -1],
    above=0.98,
    below=1.02,
)
claim(
    "hessian-negative-at-the-start",
    "Before training many directions bend down: share of curvatures below "
    "−10⁻⁴, for three networks.",
    measured=100 * np.mean(before < -1e-4, axis=1),
    above=15,
    unit="%",
)
claim(
    "hessian-few-sharp-directions",
    "After training thirty of the 610 directions hold most of all curvature: their "
    "share of the sum of |λ|, for three networks.",
    measured=[
        100 * np.sum(np.sort(np.abs(each))[-30:]) / np.sum(np.abs(each))
        for each in after
    ],
    above=70,
    unit="%",
)

# %% [markdown]
# What does that mean for a step? We walk half a unit from the trained weights, once in
# the sharpest direction and once in a random mixture of the 500 flattest, to both
# sides.

# %%


def rise_along(theta, v):
    """The mean rise of the loss half a unit away on both sides."""
    aside = [cross_entropy(theta + side * v)[0] for side in (-0.5, 0.5)]
    return np.mean(aside) - cross_entropy(theta)[0]


rises_along = []
for theta, (curvatures, directions) in zip(trained, decomposed[3:], strict=True):
    flattest = np.argsort(np.abs(curvatures))[:500]
    mixture = directions[:, flattest] @ np.random.default_rng(2).normal(size=500)
    mixture = mixture / np.linalg.norm(mixture)
    rises_along.append([rise_along(theta, v) for v in (directions[:, -1], mixture)])
claim(
    "hessian-sharp-and-flat",
    "Half a unit along the sharpest direction raises the loss, and along a mixture of "
    "the 500 flattest it hardly does: rise along the first over that along the second, "
    "for three networks.",
    measured=[sharp / abs(flat) for sharp, flat in rises_along],
    above=1000,
)

# %% [markdown]
# A sharp direction decides how long a step may be; in most others one may walk far and
# nothing happens. Such spectra are typical {cite:p}`sagun2016eigenvalues`. And the many
# negative eigenvalues at the start say that plain Newton is no way to begin.
#
# ## How is curvature used without the matrix?
#
# At a million weights the Hessian has $10^{12}$ entries: 4 TB in float32, and a solve
# costs some $10^{18}$ operations. What can be had for less?
#
# *Quasi-Newton* methods learn the curvature from the gradients that they compute
# anyway. Over a step $s = \theta_{t+1} - \theta_t$ the gradient changes by
# $y = g_{t+1} - g_t \approx H s$. BFGS corrects an estimate of $H^{-1}$ so that it maps
# $y$ to $s$; no second derivative is computed. It still keeps a matrix. L-BFGS keeps
# only the last ten or so pairs $(s, y)$ and never writes the matrix down
# {cite:p}`nocedal1980updating,liu1989limited`:
#
# ```{literalinclude} ../dlbook/optimizers/lbfgs.py
# :pyobject: two_loop
# :language: python
# ```
#
# Here is BFGS {cite:p}`nocedal2006numerical`. Both go along their estimate of
# $-H^{-1}g$ by a length that a *line search* finds: it tries the loss at several.

# %%


def bfgs(function, theta, steps, tolerance):
    loss, g = function(theta)
    inverse = np.eye(theta.size)
    for t in range(steps):
        a, loss, g_next = wolfe_step(function, theta, -inverse @ g, loss, g)
        s, change = -a * inverse @ g, g_next - g
        if t == 0:
            inverse = inverse * (s @ change) / (change @ change)
        V = np.eye(theta.size) - np.outer(s, change) / (change @ s)
        inverse = V @ inverse @ V.T + np.outer(s, s) / (change @ s)
        theta, g = theta + s, g_next
        if np.abs(g).max() < tolerance:
            break
    return theta


# %% [markdown]
# We compare them where the loss is convex: one neuron that tells benign tumours from
# malignant ones by 30 measurements {cite:p}`street1993nuclear`, with a penalty of
# $\tfrac12\cdot 10^{-2}\,\lVert\theta\rVert^2$. Every method starts at 0, and has
# arrived when no part of the gradient exceeds $10^{-8}$. Gradient descent and momentum
# 0.95 take $\alpha = 1/\lambda_{\max}$. A notebook takes down every gradient.

# %%
measured_cells, benign = load_breast_cancer(return_X_y=True)
A = (measured_cells - measured_cells.mean(axis=0)) / measured_cells.std(axis=0)
A = np.c_[A, np.ones(len(A))] * np.where(benign, 1, -1)[:, None]


def logistic(theta):
    margin = A @ theta
    g = -A.T @ (1 / (1 + np.exp(margin))) / len(A) + 0.01 * theta
    return np.mean(np.logaddexp(0, -margin)) + 0.005 * theta @ theta, g


def logistic_hessian(theta):
    p = 1 / (1 + np.exp(A @ theta))
    return (A.T * (p * (1 - p))) @ A / len(A) + 0.01 * np.eye(31)


# %%
class Notebook:
    """A function of θ that takes down the loss and the gradient at every call."""

    def __init__(self, function):
        self.function, self.losses, self.largest = function, [], []

    def __call__(self, theta):
        loss, g = self.function(theta)
        self.losses.append(loss)
        self.largest.append(np.abs(g).max())
        return loss, g

    def slope(self, theta):
        return self(theta)[1]


# %%
notes = {
    name: Notebook(logistic)
    for name in ("gradient descent", "momentum", "BFGS", "L-BFGS", "Newton")
}
rate = 1 / np.linalg.eigvalsh(logistic_hessian(np.zeros(31)))[-1]
zeros = np.zeros(31)
descend(SGD(rate), notes["gradient descent"].slope, zeros, 8000)
descend(SGD(rate, momentum=0.95), notes["momentum"].slope, zeros, 1500)
bfgs(notes["BFGS"], zeros, 300, 1e-10)
LBFGS(steps=300, tolerance=1e-10).minimize(notes["L-BFGS"], zeros)
newton(notes["Newton"].slope, logistic_hessian, zeros, 11)
count = {name: np.argmax(np.array(each.largest) < 1e-8) for name, each in notes.items()}

# %% tags=["hide-input"]
longest = max(len(each.largest) for each in notes.values())
trail = {
    name: np.r_[each.largest, np.full(longest - len(each.largest), np.nan)]
    for name, each in notes.items()
}
seen = np.unique(np.geomspace(1, longest - 1, 300).astype(int))
show(
    curves(
        seen,
        {name: np.maximum(each[seen], 1e-17) for name, each in trail.items()},
        x_label="gradient $g_t$, number",
        y_label="largest part of the gradient (loss/θ)",
        x_scale="log",
        y_scale="log",
        bounds={"arrived": 1e-8},
    ),
    "hessian-methods",
    caption="A neuron fitted to tumours: the largest part of the gradient, against the "
    "number of gradients computed (for Newton's method, a Hessian is computed with "
    "each). Near the minimum Newton's method gains ever more digits with a step.",
    alt="Five falling curves on logarithmic axes. Gradients until 1e-8: "
    + ", ".join(f"{n} for {name}" for name, n in count.items())
    + ".",
)

# %%
for name, each in count.items():
    quote(f"hessian-count-{name.lower().replace(' ', '-')}", each)
quote("hessian-newton-price", count["Newton"] * (1 + 2 * 31))
claim(
    "newton-few-steps",
    "Newton's method fits a neuron to tumours within a few steps: how many until no "
    "part of the gradient exceeds 10⁻⁸.",
    measured=count["Newton"],
    below=16,
)
claim(
    "lbfgs-fraction-of-gradients",
    "L-BFGS fits a neuron to tumours with a fraction of the gradients of gradient "
    "descent: ratio of the numbers until no part of the gradient exceeds 10⁻⁸.",
    measured=count["L-BFGS"] / count["gradient descent"],
    below=0.05,
)
logs = np.log10(notes["Newton"].largest)
close = np.flatnonzero((logs < -3) & (logs > -13))
claim(
    "newton-gains-digits",
    "Near the minimum Newton's method gains ever more digits: the logarithm of the "
    "gradient over that of the one before, where it is between 10⁻³ and 10⁻¹³.",
    measured=logs[close[1:]] / logs[close[:-1]],
    above=1.25,
)

# %% [markdown]
# Near a regular minimum Newton's method converges *quadratically*: the error of a step
# is, up to a factor, the square of the last one's. That is worth most at the end. Count
# the price, too. Without a formula for $H$, each of its steps takes $1 + 2P$ gradients
# for $P$ weights. The last column says how many gradients the neuron's 31 weights took:
#
# | method | gradients a step | numbers kept | at $10^6$ weights | needed here |
# |---|---|---|---|---|
# | gradient descent | 1 | 0 | 0 | {glue:text}`hessian-count-gradient-descent` |
# | momentum | 1 | $P$ | 4 MB | {glue:text}`hessian-count-momentum` |
# | AdaHessian | 3 | $3P$ | 12 MB | – |
# | L-BFGS, 10 pairs | about 1 | $20P$ | 80 MB | {glue:text}`hessian-count-l-bfgs` |
# | Gauss–Newton, 5 products | about 11 | $4P$ | 16 MB | – |
# | BFGS | about 1 | $P^2$ | 4 TB | {glue:text}`hessian-count-bfgs` |
# | Newton | $1 + 2P$ | $P^2$ | 4 TB | {glue:text}`hessian-newton-price` |
#
# Counted like that, Newton's method costs about as much as momentum, and that with only
# 31 weights. L-BFGS is the cheapest here.

# %%
claim(
    "lbfgs-needs-fewer-than-newton",
    "At the price of two gradients for a product with H, L-BFGS is cheaper than "
    "Newton's method, and than BFGS: its gradients over theirs.",
    measured=count["L-BFGS"]
    / np.array([count["Newton"] * (1 + 2 * 31), count["BFGS"]]),
    below=0.8,
)
claim(
    "hessian-memory",
    "Memory of the Hessian of a million weights in float32.",
    measured=4 * (10**6) ** 2 / 1e12,
    equals=4,
    unit="TB",
)


weights = network.trainable_variables
multiply_exactly = hessian_product(keras_loss, weights)
product_time, gradient_time = median_times(
    [lambda: multiply_exactly(v), lambda: gradients(keras_loss, weights)]
)
claim(
    "hessian-product-is-cheap",
    "One exact product with the Hessian of the small network costs a few gradients: "
    "median time of the library's product over that of its gradient.",
    measured=product_time / gradient_time,
    below=8,
)

# %% [markdown]
# ### Gauss–Newton
#
# The second idea for cheap curvature keeps the products and drops what can be negative.
# The network maps $\theta$ to logits with the Jacobian $J$; the loss bends over the
# logits by $H_z$, which has no negative eigenvalue. The *Gauss–Newton matrix*
# $G = J^\top H_z J$ is $H$ without the bend of the network itself. A product $Gv$ takes
# a pass forward, another for the change along $v$, and one back
# {cite:p}`schraudolph2002fast`. We count two gradients.

# %%


def gauss_newton_product(theta, v):
    """G v for the cross-entropy."""
    hs, z = forward(theta, x)
    pairs = zip(layers_of(theta, widths), layers_of(v, widths), strict=True)
    tangent = np.zeros_like(x)  # of what enters the layer, along v
    for k, ((W, _), (dW, db)) in enumerate(pairs):
        tangent = tangent @ W + hs[k] @ dW + db
        if k + 1 < len(hs):
            tangent = tangent * (1 - hs[k + 1] ** 2)
    p = softmax(z)
    bent = p * (tangent - np.sum(p * tangent, axis=-1, keepdims=True))  # H_z J v
    return backward(theta, hs, bent / (x.shape[0] * x.shape[1]))


# %% [markdown]
# The step solves $(G + cI)\,p = -g$ by five rounds of *conjugate gradients*, which need
# products only. $c$ damps it: it rises when a step fails and falls when one succeeds.
# This is the core of the *Hessian-free* method {cite:p}`martens2010deep`. No
# $P \times P$ array is made.

# %%


def solve(multiply, g, rounds=5):
    """p with multiply(p) ≈ −g, by conjugate gradients."""
    p, rest = np.zeros_like(g), -g
    direction = rest
    for _ in range(rounds):
        bent = multiply(direction)
        share = rest @ rest / (direction @ bent)
        p, new = p + share * direction, rest - share * bent
        direction = new + new @ new / (rest @ rest) * direction
        rest = new
    return p


# %%
def gauss_newton(theta, gradients_allowed, c):
    """Gradient-equivalents spent and the losses reached."""
    spent, (loss, g) = 1, cross_entropy(theta)
    spents, losses = [spent], [loss]
    while spent + 11 <= gradients_allowed:
        p = solve(lambda v: gauss_newton_product(theta, v) + c * v, g)  # noqa: B023
        new_loss, new_g = cross_entropy(theta + p)
        if new_loss < loss:
            theta, loss, g, c = theta + p, new_loss, new_g, c / 2
        else:
            c = 4 * c
        spent += 11
        spents, losses = [*spents, spent], [*losses, loss]
    return spents, losses


# %% [markdown]
# Five methods train the network of 610 weights, each with the price of 200 gradients,
# from three starts. Gradient descent, momentum 0.9 and Adam get the better of two rates
# for each start, Gauss–Newton the better of two first dampings $c$.

# %%
grids = {
    "gradient descent": [SGD(rate) for rate in (2, 3)],
    "momentum": [SGD(rate, momentum=0.9) for rate in (1, 2)],
    "Adam": [Adam(rate) for rate in (0.1, 0.2)],
}


# %%
def losses_of(rule, start):
    notebook = Notebook(cross_entropy)
    descend(rule, notebook.slope, start, 200)
    return np.minimum.accumulate(notebook.losses)


first_order = {
    name: np.array(
        [
            min((losses_of(rule, start) for rule in rules), key=lambda run: run[-1])
            for start in starts
        ]
    )
    for name, rules in grids.items()
}

# %%
spending = np.arange(1, 201)


def with_lbfgs(start):
    notebook = Notebook(cross_entropy)
    LBFGS(steps=150, tolerance=0).minimize(notebook, start)
    losses = np.minimum.accumulate(notebook.losses)[:200]
    return np.r_[losses, np.full(200 - len(losses), losses[-1])]


def with_gauss_newton(start):
    """The better of two first dampings."""
    runs = [gauss_newton(start, 200, c) for c in (0.01, 1)]
    spents, losses = min(runs, key=lambda run: run[1][-1])
    return np.array(losses)[np.searchsorted(spents, spending, side="right") - 1]


# %%
second_order = {
    "L-BFGS": np.array([with_lbfgs(start) for start in starts]),
    "Gauss–Newton": np.array([with_gauss_newton(start) for start in starts]),
}

# %% tags=["hide-input"]
race_of_losses = {name: runs[:, :200] for name, runs in first_order.items()}
race_of_losses |= second_order
show(
    curves(
        spending,
        {name: np.maximum(runs, 1e-6) for name, runs in race_of_losses.items()},
        x_label="price, in gradients",
        y_label="lowest training loss so far",
        y_scale="log",
    ),
    "hessian-network",
    caption="Training loss on 256 digits against what was paid, mean and range of "
    "three starts. L-BFGS is far ahead once it has seen some curvature. Gauss–Newton "
    "pays for five products at every step. It is behind tuned momentum and Adam at "
    "this price, and still falling. Values below $10^{-6}$ are drawn there.",
    alt="Five falling curves. Loss at the end, mean of three: "
    + ", ".join(f"{r[:, -1].mean():.1g} ({n})" for n, r in race_of_losses.items())
    + ".",
)

# %%
final = {name: runs[:, -1] for name, runs in race_of_losses.items()}
claim(
    "lbfgs-beats-first-order",
    "On all 256 digits L-BFGS ends with a lower training loss than Adam at the better "
    "of two rates, for the same number of gradients: its loss over Adam's, each start.",
    measured=final["L-BFGS"] / final["Adam"],
    below=0.3,
)
claim(
    "gauss-newton-without-a-matrix",
    "Gauss–Newton without a matrix learns for the price of 200 gradients: final loss, "
    "for each start.",
    measured=final["Gauss–Newton"],
    below=0.1,
)
claim(
    "gauss-newton-behind-momentum",
    "For the price of 200 gradients Gauss–Newton stays behind tuned momentum: its loss "
    "over momentum's, for each start.",
    measured=final["Gauss–Newton"] / final["momentum"],
    above=1.3,
)

# %% [markdown]
# ### And with mini-batches?
#
# Then why is L-BFGS not the usual choice? All of that was for one fixed batch. L-BFGS
# compares gradients and losses between steps; if each comes from 32 other digits, their
# differences hold the noise of both. L-BFGS and Adam get up to 400 batches.

# %%


def on_batches(seed, batch_size=32):
    random = np.random.default_rng(seed)
    images, labels = x.reshape(256, 64), y.reshape(256, 10)

    def function(theta):
        rows = random.integers(256, size=batch_size)
        return cross_entropy(theta, images[rows][None], labels[rows][None])

    return Notebook(function)


# %%
noisy = {name: [on_batches(seed) for seed in seeds] for name in ("L-BFGS", "Adam")}
ends_at = {
    "L-BFGS": [
        LBFGS(steps=400, tolerance=0).minimize(noisy["L-BFGS"][seed], starts[seed])[0]
        for seed in seeds
    ],
    "Adam": [
        descend(Adam(0.02), noisy["Adam"][seed].slope, starts[seed], 400)[-1]
        for seed in seeds
    ],
}
on_all = {
    name: np.array([cross_entropy(theta)[0] for theta in thetas])
    for name, thetas in ends_at.items()
}

# %%
claim(
    "lbfgs-fails-on-mini-batches",
    "On mini-batches of 32 L-BFGS is left behind: its final loss on all digits over "
    "Adam's, for each start.",
    measured=on_all["L-BFGS"] / on_all["Adam"],
    above=4,
)
claim(
    "lbfgs-gives-up-on-mini-batches",
    "On mini-batches the line search of L-BFGS gives up long before 400 batches are "
    "used: batches it saw, median of three starts.",
    measured=np.median([len(notebook.losses) for notebook in noisy["L-BFGS"]]),
    below=300,
)
batch_H = hessian_of(
    lambda theta: cross_entropy(theta, x[:1, :32], y[:1, :32]), starts[0]
)[0]
claim(
    "hessian-of-a-batch-is-noisy",
    "The Hessian of 32 digits is a poor estimate of that of all 256: size of the "
    "difference, in parts of the latter's.",
    measured=np.linalg.norm(batch_H - H) / np.linalg.norm(H),
    above=0.3,
)

# %% [markdown]
# So L-BFGS wants one loss that stays the same, and mini-batches gave it another at each
# call. Here even the tries of one line search met different batches: the hardest case.
#
# ## Is the diagonal enough?
#
# A third idea: keep only $H_{ii}$, one curvature for each weight. For a bowl that
# stands on the axes it cures everything. Each weight divided by its own curvature
# {cite:p}`becker1989improving` solves the bowl with $\kappa = 1{,}000$ at once.
# *Hutchinson's estimate* finds the diagonal from products: for random signs $z$,
# $z \odot Hz$ has the mean $\operatorname{diag} H$ {cite:p}`bekas2007estimator`.
# *AdaHessian* {cite:p}`yao2021adahessian` puts its square in the place of the squared
# gradient in {doc}`Adam <12_adam>`:
#
# ```{literalinclude} ../dlbook/optimizers/ada_hessian.py
# :pyobject: AdaHessian.step
# :language: python
# :dedent: 4
# ```
#
# We let it go on the bowl as it stands and turned by 45°. The turned Hessian has the
# diagonal $(500.5, 500.5)$, which tells the two weights nothing apart.

# %%


class OnBowl(AdaHessian):
    """AdaHessian on a bowl; θ holds one pair of weights for each seed."""

    H = None

    def step(self, theta, g, t, alpha, m, v, d):
        z = self.random.choice([-1.0, 1.0], size=theta.shape)
        return super().step(theta, g, t, alpha, m, v, np.abs(z * (z @ self.H)))


def bowl_losses(H, start):
    rule = OnBowl(0.15)
    rule.H, rule.random = H, np.random.default_rng(0)
    path = descend(rule, lambda theta: theta @ H, np.tile(start, (5, 1)), 200)
    return 0.5 * np.sum(path @ H * path, axis=-1)  # (steps + 1, seeds)


straight = bowl_losses(np.diag(steep), [1.0, 1.0])
turned = bowl_losses(rotated, turn @ [1.0, 1.0])

# %%
steep_path = descend(SGD(2 / 1001), lambda theta: steep * theta, [1, 1], 6000)
steep_steps = steps_until(0.5 * np.sum(steep * steep_path**2, axis=1))
claim(
    "adahessian-straight",
    "On the straight bowl AdaHessian needs a fraction of the steps of gradient descent "
    "at its best rate for a loss of a millionth: ratio. (The estimate is exact there.)",
    measured=steps_until(straight[:, 0]) / steep_steps,
    below=0.1,
)
claim(
    "adahessian-turned",
    "On the turned bowl AdaHessian is still far away after 200 steps: loss, for five "
    "seeds.",
    measured=turned[-1],
    above=1e-2,
)
diagonal_steps = descend(
    SGD(1.0), lambda theta: steep * theta / (steep + 1e-3), [1.0, 1.0], 20
)
claim(
    "diagonal-newton",
    "Dividing by |Hᵢᵢ| + 0.001 solves the straight bowl: steps to a millionth.",
    measured=steps_until(np.linalg.norm(diagonal_steps, axis=1)),
    below=10,
)

# %% [markdown]
# How good is the estimate for our network? Its error falls with the root of the number
# of probes, and with one it is several times the diagonal itself.

# %%
probes = np.random.default_rng(1).choice([-1.0, 1.0], size=(1000, 610))
estimates = probes * (probes @ H)
diagonal = np.diag(H)
errors = [
    np.linalg.norm(estimates[:n].mean(axis=0) - diagonal) / np.linalg.norm(diagonal)
    for n in (1, 10, 100, 1000)
]
claim(
    "hutchinson-one-probe-is-rough",
    "From one probe, Hutchinson's estimate of a Hessian's diagonal has an error larger "
    "than the diagonal: ratio of the lengths.",
    measured=errors[0],
    above=1.5,
)
claim(
    "hutchinson-more-probes-help",
    "More probes lower the error of Hutchinson's estimate of the diagonal: error with "
    "10, 100 and 1,000 probes over that with a tenth of them.",
    measured=np.divide(errors[1:], errors[:-1]),
    below=0.8,
)

# %% [markdown]
# The diagonal cures what stands on the axes. Its estimate has to be averaged over many
# steps.
#
# ## Does training follow the curvature, or the curvature the training?
#
# One belief is left to test: that the loss has a fixed sharpness, and $\alpha$ must
# stay below $2/\lambda_{\max}$. In a bowl that is so. A network's sharpest curvature
# changes while it learns. We train one with two hidden layers of 32 by gradient descent
# on all 256 digits, with the squared error, at two rates, and measure $\lambda_{\max}$
# by power iteration: multiply a vector by $H$ again and again.

# %%
deep = (64, 32, 32, 10)
x_centred = x - x.mean(axis=(0, 1))


def squared_error(theta):
    hs, z = forward(theta, x_centred, deep)
    away = z - y
    loss = 0.5 * np.mean(np.sum(away**2, axis=-1))
    return loss, backward(theta, hs, away / 256, deep)


def sharpest(theta, v, rounds):
    """The largest curvature, and its direction to start from next time."""
    for _ in range(rounds):
        v = product(squared_error, theta, v / np.linalg.norm(v))
    return np.linalg.norm(v), v


# %%
def train_and_watch(alpha, seed, steps=800, every=50):
    theta = first_weights(seed, deep)
    v, watched, losses = np.random.default_rng(seed).normal(size=theta.size), [], []
    for t in range(steps):
        loss, g = squared_error(theta)
        if t % every == 0:
            sharpness, v = sharpest(theta, v, rounds=15 if t else 40)
            watched.append(sharpness)
        losses.append(loss)
        theta = theta - alpha * g
    return np.array(watched), np.array(losses)


# %%
edge_rates = (0.3, 0.5)
watched = {
    alpha: [np.array(each) for each in zip(*runs, strict=True)]
    for alpha in edge_rates
    for runs in [[train_and_watch(alpha, seed) for seed in seeds]]
}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(0, 800, 50),
        {f"$\\alpha$ = {alpha}": watched[alpha][0] for alpha in edge_rates},
        x_label="step $t$",
        y_label="sharpness $\\lambda_{\\max}$ (loss/θ²)",
        bounds={f"{2 / alpha:.3g}": 2 / alpha for alpha in edge_rates},
    ),
    "hessian-edge",
    caption="The sharpest curvature of a network during gradient descent on all "
    "digits, mean and range of three starts. Dotted lines: $2/\\alpha$. At the smaller "
    "rate the sharpness rises to it, overshoots and comes back. At the larger it is "
    "pressed down to it at once. Both settle near it.",
    alt="Two curves that start at "
    f"{watched[0.5][0][:, 0].mean():.2g}. In the second half their mean is "
    + " and ".join(f"{watched[a][0][:, 8:].mean():.2f} (α = {a})" for a in edge_rates)
    + "; the dotted lines are at 6.67 and 4.",
)

# %%
settled = np.array([watched[a][0][:, 8:].mean(axis=1) * a / 2 for a in edge_rates])
claim(
    "edge-sharpness-settles",
    "In the second half of training the mean sharpness lies at 2/α, for two rates and "
    "three starts: sharpness over 2/α.",
    measured=settled,
    above=0.85,
    below=1.15,
)
rises = [np.mean(np.diff(watched[a][1][:, 400:], axis=1) > 0) for a in edge_rates]
claim(
    "edge-loss-does-not-fall-steadily",
    "At the edge of stability the loss rises at many steps: share of the steps in the "
    "second half, mean of three starts.",
    measured=100 * np.array(rises),
    above=5,
    unit="%",
)
claim(
    "edge-loss-falls-all-the-same",
    "At the edge of stability the loss falls all the same in the long run: the mean "
    "loss of the last 100 steps over that of steps 100 to 200, for each run.",
    measured=[
        losses[:, -100:].mean(axis=1) / losses[:, 100:200].mean(axis=1)
        for _, losses in watched.values()
    ],
    below=0.8,
)

# %% [markdown]
# The sharpness comes to $2/\alpha$, from below or from above, and stays near it, while
# the loss goes up and down and falls in the long run. This is the *edge of stability*
# {cite:p}`cohen2021gradient`. The rate does not only have to suit the curvature. It
# also chooses the curvature. That holds for exact gradients and long training, as here.
#
# ## Where the popular answer goes wrong
#
# ### About momentum
#
# :::{popular-answer} A velocity accumulates past gradients.
# :verdict: imprecise
# :question: momentum
# :claims: momentum-classical-limit, momentum-averaged-limit
#
# In the classical form it does. With the factor $1-\mu$ it is an average.
# :::
#
# :::{popular-answer} The update is v = βv + (1 − β)g, θ = θ − αv.
# :verdict: imprecise
# :question: momentum
# :claims: momentum-keras-is-classical, momentum-forms-equal, momentum-forms-apart
#
# One of two forms, and not that of Keras, in which the same $\alpha$ takes steps
# $1/(1-\beta)$ times as long.
# :::
#
# :::{popular-answer} A higher β weighs the past more, a lower one adapts sooner.
# :verdict: right
# :question: momentum
# :claims: momentum-memory
#
# The memory is about $1/(1-\beta)$ steps long.
# :::
#
# :::{popular-answer} Momentum converges faster.
# :verdict: imprecise
# :question: momentum
# :claims: momentum-saves-steps, momentum-classical-faster, momentum-averaged-no-faster
#
# Where $\kappa$ is large and $\alpha$ and $\mu$ are tuned: $\sqrt\kappa$ for $\kappa$.
# In the averaged form at the old $\alpha$ it saves little.
# :::
#
# :::{popular-answer} It gets over local minima and saddles.
# :verdict: imprecise
# :question: momentum
# :claims: momentum-passes-the-bump, momentum-no-guarantee, momentum-leaves-sooner,
# :  momentum-jumps-out-of-a-good-minimum
#
# Over low bumps, and out of saddles sooner. It passes good minima as well.
# :::
#
# :::{popular-answer} It smooths oscillations.
# :verdict: imprecise
# :question: momentum
# :claims: sgd-momentum-damps-zigzag, momentum-high-rings
#
# It damps the zigzag across a steep valley. Beyond $\mu = (1-\sqrt{\alpha\lambda})^2$
# it swings by itself.
# :::
#
# :::{popular-answer} Nesterov's look-ahead improves speed and stability.
# :verdict: imprecise
# :question: momentum
# :claims: nesterov-faster-at-high-momentum, nesterov-slower-at-low-momentum,
# :  momentum-beats-nesterov-on-bowls
#
# At one rate it took fewer steps at high momentum, and more at 0.8. Set for a bowl,
# classical momentum is the faster one ({numref}`momentum-kappa`). Nesterov's has a
# guarantee for every smooth convex loss {cite:p}`nesterov1983method`.
# :::
#
# And the adaptive methods: which of them keep a momentum at all? We ask Keras.

# %%
adaptive = {
    "Adagrad": keras.optimizers.Adagrad(),
    "Adadelta": keras.optimizers.Adadelta(),
    "RMSprop": keras.optimizers.RMSprop(),
    "Adam": keras.optimizers.Adam(),
}
slots = {}
for name, rule in adaptive.items():
    rule.build([keras.Variable([0.0])])
    slots[name] = sum("momentum" in slot.path for slot in rule.variables)
claim(
    "momentum-not-in-adagrad-and-rmsprop",
    "At their defaults Keras's Adagrad, Adadelta and RMSprop keep no momentum for a "
    "weight: slots of that name.",
    measured=[slots[name] for name in ("Adagrad", "Adadelta", "RMSprop")],
    equals=0,
)
claim(
    "momentum-in-adam",
    "Keras's Adam keeps one momentum for a weight: slots of that name.",
    measured=slots["Adam"],
    equals=1,
)
claim(
    "momentum-helps-a-non-convex-network",
    "On a network for digits, whose loss is not convex, momentum lowers the loss "
    "further than gradient descent: its loss after 200 gradients over the other's, for "
    "each start.",
    measured=final["momentum"] / final["gradient descent"],
    below=0.6,
)

# %% [markdown]
# :::{popular-answer} AdaGrad, RMSprop and Adam combine momentum with adaptive rates.
# :verdict: wrong
# :question: momentum
# :claims: momentum-not-in-adagrad-and-rmsprop, momentum-in-adam
#
# Of the three only Adam does. RMSprop has it as an option that is off by default.
# :::
#
# :::{popular-answer} β is one more hyperparameter, and its best value varies.
# :verdict: right
# :question: momentum
# :claims: momentum-best-mu-depends
#
# Best of those tried: {glue:text}`momentum-best-mu-round` at $\kappa = 10$,
# {glue:text}`momentum-best-mu-narrow` at $\kappa = 1{,}000$.
# :::
#
# :::{popular-answer} Momentum is bad for fast-changing gradients and non-convex losses.
# :verdict: unverifiable
# :question: momentum
# :claims: momentum-helps-a-non-convex-network, momentum-memory
#
# We know no source for it. A gradient that turns is followed late, by the length of the
# memory. But networks are non-convex, and momentum is standard for them
# {cite:p}`sutskever2013importance`; on ours it helped.
# :::
#
# ### About the Hessian
#
# :::{popular-answer} Newton and quasi-Newton methods take their step from the Hessian.
# :verdict: imprecise
# :question: hessian-second-order
# :claims: lbfgs-fraction-of-gradients, newton-few-steps
#
# Newton's method does. BFGS and L-BFGS were given losses and gradients only.
# :::
#
# :::{popular-answer} Second-order methods converge faster, above all near the optimum.
# :verdict: right
# :question: hessian-second-order
# :claims: newton-gains-digits, lbfgs-beats-first-order
#
# In steps, and with exact gradients. Count the price of a step as well.
# :::
#
# :::{popular-answer} Short steps where it is sharp and long ones where it is flat help.
# :verdict: right
# :question: hessian-second-order
# :claims: newton-one-step
#
# That is what $H^{-1}$ does along each eigenvector.
# :::
#
# :::{popular-answer} Curvature for each weight speeds up and stabilises training.
# :verdict: imprecise
# :question: hessian-second-order
# :claims: adahessian-straight, adahessian-turned, hutchinson-one-probe-is-rough
#
# If the bowl stands straight on the axes. Turned by 45° the diagonal says nothing.
# :::
#
# :::{popular-answer} SOALR, Second-Order Adaptive Learning Rates, does the same.
# :verdict: unverifiable
# :question: hessian-second-order
# :claims: diagonal-newton
#
# We found no paper, page or program under that name: treat it as non-existent. Real
# methods with a diagonal are AdaHessian, Sophia {cite:p}`liu2024sophia` and
# Becker and LeCun's {cite:p}`becker1989improving`.
# :::
#
# :::{popular-answer} The Hessian is expensive in computing and memory.
# :verdict: right
# :question: hessian-second-order
# :claims: hessian-memory, hessian-product-is-cheap
#
# The matrix is. A product with it is not.
# :::
#
# :::{popular-answer} Noise and bad conditioning of the Hessian make updates unstable.
# :verdict: imprecise
# :question: hessian-second-order
# :claims: newton-ends-in-the-saddle, hessian-of-a-batch-is-noisy
#
# They do. The main trouble is left out: where curvatures are negative, Newton's method
# is drawn to saddles.
# :::
#
# :::{popular-answer} Second-order methods do not scale to large models.
# :verdict: imprecise
# :question: hessian-second-order
# :claims: gauss-newton-without-a-matrix, gauss-newton-behind-momentum
#
# The explicit matrix does not. L-BFGS, Hessian-free methods and K-FAC, which keeps
# small matrices for each layer {cite:p}`martens2015optimizing`, do. Whether they pay is
# another question: here Gauss–Newton was behind momentum at equal price.
# :::
#
# :::{popular-answer} First-order methods remain the practical standard.
# :verdict: right
# :question: hessian-second-order
# :claims: lbfgs-fails-on-mini-batches, lbfgs-gives-up-on-mini-batches
#
# They bear the noise of mini-batches.
# :::
#
# ## What we saw
#
# - Two formulas bear the name momentum, a factor $1-\mu$ apart. Keras has the one
#   without it.
# - Tuned, momentum turns the factor $\kappa$ in the number of steps into $\sqrt\kappa$
#   ({numref}`momentum-kappa`). It may ring, and it may pass bumps and good minima
#   ({numref}`momentum-ringing`, {numref}`momentum-bump`).
# - Newton's method removes $\kappa$ and is drawn to saddles ({numref}`momentum-race`).
# - A network has a few sharp directions and hundreds of flat ones
#   ({numref}`hessian-spectrum`).
# - L-BFGS is by far the best on one fixed batch ({numref}`hessian-network`) and fails
#   on changing ones.
# - In long training with exact gradients the sharpness settles at $2/\alpha$
#   ({numref}`hessian-edge`).
#
# ## In an interview
#
# :::{interview-card} How does momentum improve gradient descent; what are its limits?
# :id: momentum
# :figure: momentum-bowl
#
# Classical (Polyak, Keras): $v_t = \mu v_{t-1} - \alpha g_t$,
# $\theta_t = \theta_{t-1} + v_t$. Averaged: $m_t = \mu m_{t-1} + (1-\mu) g_t$,
# $\theta_t = \theta_{t-1} - \alpha m_t$. They are one when $\alpha_\text{classical} =
# (1-\mu)\,\alpha_\text{averaged}$. The memory is about $1/(1-\mu)$ steps. Under a
# constant gradient the step comes to $\alpha/(1-\mu)$, or $\alpha$ when averaged. On
# quadratics, tuned, the number of steps grows with $\sqrt\kappa$, not $\kappa$. Too
# large a $\mu$ overshoots and rings. It may roll over small bumps and leaves saddles
# sooner, without guarantee. AdaGrad and plain RMSprop have none; Adam has.
# :::
#
# :::{interview-card} What is the Hessian, how can it help, and why is it rarely used?
# :id: hessian-second-order
# :figure: hessian-methods
#
# The matrix of second derivatives. Eigenvectors are directions, eigenvalues their
# curvatures. Newton's step $-H^{-1}g$ solves a quadratic at once and converges
# quadratically near a regular minimum, but where $H$ is indefinite it is drawn to any
# stationary point, saddles too. $H$ takes $P^2$ numbers, 4 TB for $10^6$ weights, and
# $O(P^3)$ operations to solve; a product $Hv$ costs about two gradients. BFGS and
# L-BFGS build $H^{-1}$ from gradient differences; L-BFGS keeps a few vector pairs.
# AdaHessian is Adam with Hutchinson's $z\odot Hz$ for the diagonal, which cannot see
# rotated curvature. Mini-batch noise spoils L-BFGS. "SOALR" could not be found.
# :::
#
# ## Exercises
#
# 1. **Recall.** You go from $\mu = 0.9$ to $0.99$ in Keras and keep $\alpha$. By how
#    much does the step under a constant gradient grow?
#
#    :::{dropdown} Solution
#    Tenfold: $\alpha/(1-\mu)$ goes from $10\,\alpha$ to $100\,\alpha$. Lower $\alpha$.
#    :::
#
# 2. **By hand.** $L = \tfrac12\theta^2$, $\theta_0 = 1$, $\alpha = \mu = 0.5$,
#    classical momentum from rest. Compute $\theta_1$, $\theta_2$ and $\theta_3$.
#
#    :::{dropdown} Solution
#    $v_1 = -0.5$, $\theta_1 = 0.5$; $v_2 = -0.25 - 0.25 = -0.5$, $\theta_2 = 0$;
#    $v_3 = -0.25$, $\theta_3 = -0.25$: it overshoots.
#    :::

# %% tags=["hide-cell"]
by_hand = descend(SGD(0.5, momentum=0.5), np.asarray, [1.0], 3)[1:, 0]
claim(
    "momentum-exercise-three-steps",
    "Exercise 2: classical momentum takes the weight to 0.5, 0 and −0.25 in three "
    "steps: largest deviation.",
    measured=np.abs(by_hand - [0.5, 0, -0.25]).max(),
    below=1e-12,
)

# %% [markdown]
# 3. **Predict, then run.** In {numref}`momentum-ringing`, which $\mu$ brings the weight
#    closest to 0 in the long run?
#
#    :::{dropdown} Solution
#    The limit of ringing, $(1-\sqrt{0.002})^2 = 0.913$. Below it the weight creeps;
#    above it every step leaves the share $\sqrt\mu$, which grows with $\mu$.
#    :::

# %% tags=["hide-cell"]
grid = np.arange(0.85, 0.99, 0.01)
still_away = [
    np.abs(descend(SGD(0.002, momentum=mu), np.asarray, [1.0], 1000)[-50:]).max()
    for mu in grid
]
claim(
    "momentum-exercise-critical",
    "Exercise 3: the best of fifteen momenta after 1,000 steps.",
    measured=grid[np.argmin(still_away)],
    above=0.895,
    below=0.945,
)

# %% [markdown]
# 4. **Code.** Books write Nesterov's method with two points: $\tilde\theta = \theta +
#    \mu v$, the gradient at $\tilde\theta$, then $v \leftarrow \mu v - \alpha g$ and
#    $\theta \leftarrow \theta + v$. Show that the $\theta$ of our rule, and of Keras's,
#    is the book's $\tilde\theta$.
#
#    :::{dropdown} Solution
#    Our rule adds $\mu v - \alpha g$ with the new $v$, that is, the step $v$ and the
#    change of the lead $\mu v$. The cell runs both on the bowl.
#    :::

# %% tags=["hide-cell"]
theta, velocity, leads = np.ones(2), np.zeros(2), []
for _ in range(101):
    lead = theta + 0.9 * velocity
    leads.append(lead)
    velocity = 0.9 * velocity - 0.001 * slope(lead)
    theta = theta + velocity
claim(
    "momentum-exercise-nesterov",
    "Exercise 4: the book's point that looks ahead is our θ: largest difference in 100 "
    "steps.",
    measured=np.abs(np.array(leads) - ahead).max(),
    below=1e-9,
)

# %% [markdown]
# 5. **Think.** Where does Newton's method go on $L = -\tfrac12\theta^2$? And with
#    $|\lambda|$?
#
#    :::{dropdown} Solution
#    In one step to 0, which is the maximum: $\theta - (-1)^{-1}(-\theta) = 0$. With
#    $|\lambda|$ it doubles $\theta$ at each step: away from the maximum.
#    :::

# %% tags=["hide-cell"]
on_hill = [
    newton(lambda theta: -theta, lambda theta: -np.eye(1), [1.0], 3, absolute)[-1, 0]
    for absolute in (False, True)
]
claim(
    "newton-exercise-hill",
    "Exercise 5: on −θ²/2, after three steps from 1, Newton's method is at 0, and with "
    "|λ| for λ at 8: largest deviation.",
    measured=np.abs(np.subtract(on_hill, [0, 8])).max(),
    below=1e-12,
)

# %% [markdown]
# 6. **Predict, then run.** AdaHessian failed on the turned bowl. What does turning do
#    to gradient descent, and to momentum?
#
#    :::{dropdown} Solution
#    Nothing: their rules treat all directions alike, so the path turns with the bowl.
#    Whatever scales each weight by itself, Adam as well, depends on the axes.
#    :::

# %% tags=["hide-cell"]
heavy = SGD(0.001, momentum=0.9)
upright = descend(heavy, lambda theta: steep * theta, [1.0, 1.0], 300)
sideways = descend(heavy, lambda theta: rotated @ theta, turn @ [1.0, 1.0], 300)
claim(
    "momentum-exercise-turned",
    "Exercise 6: the path on the turned bowl, turned back, is that on the straight "
    "one: largest difference.",
    measured=np.abs(sideways @ turn - upright).max(),
    below=1e-9,
)

# %% [markdown]
# 7. **Open.** At the edge of stability the sharpness follows the rate, and not the rate
#    the sharpness. What does that do to the advice "measure
#    $\lambda_{\max}$ and choose $\alpha$ below $2/\lambda_{\max}$"?
#
#    :::{dropdown} Solution
#    It is good advice for the first steps only. Later the network adapts to whatever
#    $\alpha$ was chosen, within limits: too large a rate at the start still diverges.
#    :::
#
# ## Further reading
#
# {cite:t}`goh2017momentum` draws momentum's rates and ringing.
# {cite:t}`nocedal2006numerical`, chapters 6 and 7, has BFGS and L-BFGS;
# {cite:t}`goodfellow2016deep`, section 8.6, judges second-order methods for networks.
# {cite:t}`cohen2021gradient` found the edge of stability.
#
# One rate for each weight worked when the valley stood on the axes, but Hutchinson's
# estimate cost two more gradients a step and was rough. The squares of the gradients
# come for free. {doc}`Adaptive learning rates <10_adaptive_learning_rates>` asks
# whether they can take the place of the curvature.
#
# :::{parts-used}
# :::
