# %% [markdown]
# # One walk back through the graph gives every derivative
#
# A {doc}`loss <04_loss_functions>` says in one number how wrong a network is. To learn,
# each weight needs more: by how much does the loss change when *this* weight moves a
# little? That number is the derivative. A network has thousands of weights, or
# billions. To nudge them one by one costs a run of the network for each.
# Backpropagation finds all the derivatives for the price of about two runs more.
#
# This chapter answers: **What is a computational graph, and how is it used? How does
# backpropagation work, and why is it needed? How do backpropagation and gradient
# descent divide the work?**

# %%
import math
import time
import tracemalloc
from itertools import pairwise

import keras
import numpy as np
from keras import ops

from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, decision_regions, graph_passes, image_grid
from dlbook.losses import SparseCategoricalCrossentropy
from dlbook.measures import gradients
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adam
from dlbook.page import animate, quote, show
from dlbook.training import descend

# %% [markdown]
# ## The idea: a formula is a graph
#
# What does a computer keep of a formula? Take one neuron with a shortcut around its
# tanh. It predicts $s$, the target is $y$, and the loss is the squared error:
#
# $$z = w x + b, \qquad s = \tanh(z) + z, \qquad L = (s - y)^2.$$
#
# Cut it into single operations and draw an arrow from each number to the operations
# that use it. No arrow leads back to where it came from. Such a drawing is called a
# *directed acyclic graph*; this one is the *computational graph* of $L$. A node is a
# *variable* (here $w$ and $b$, which we want to train), a *constant* ($x$ and $-y$), or
# an *operation*. An edge hands the output of one node to another.
#
# In a program the graph is no drawing. It is a few objects that know their parents.

# %%


class Value:
    """A node: a given number, or an operation on its parents."""

    def __init__(self, value=None, constant=False, operation=None, parents=()):
        self.value, self.constant = value, constant
        self.operation, self.parents = operation, parents
        self.adjoint = 0.0

    def __add__(self, other):
        return Value(operation="+", parents=(self, other))

    def __mul__(self, other):
        return Value(operation="×", parents=(self, other))


# %% [markdown]
# `+` and `×` compute nothing yet: they only note down what is to be computed. We write
# the other two operations as functions, and then the formula.


# %%
def tanh(a):
    return Value(operation="tanh", parents=(a,))


def square(a):
    return Value(operation="( )²", parents=(a,))


w, b = Value(0.5), Value(-0.5)
x, minus_y = Value(2.0, constant=True), Value(-2.0, constant=True)
q = w * x
z = q + b
h = tanh(z)
s = h + z
e = s + minus_y
loss = square(e)

# %% [markdown]
# ### Forwards: the value of each node
#
# In which order can the nodes be computed? A node needs its parents first. An order in
# which all parents come before their children is a *topological order*
# {cite:p}`kahn1962topological`. The function below finds one: it visits a node's
# parents before it writes down the node.


# %%
def in_order(output):
    order = []

    def visit(node):
        if node not in order:
            for parent in node.parents:
                visit(parent)
            order.append(node)

    visit(output)
    return order


# %% [markdown]
# Each operation is listed with two functions: one for its value, and one for its
# *slopes*, its derivatives by its inputs. The slopes are all the calculus that the
# graph needs. The product $a \cdot b$, for example, has the slope $b$ by $a$.

# %%
OPERATIONS = {
    "+": (lambda a, b: a + b, lambda a, b: (1.0, 1.0)),
    "×": (lambda a, b: a * b, lambda a, b: (b, a)),
    "tanh": (np.tanh, lambda a: (1 - np.tanh(a) ** 2,)),
    "( )²": (lambda a: a**2, lambda a: (2 * a,)),
}


def inputs_of(node):
    return [parent.value for parent in node.parents]


def evaluate(order):
    for node in order:
        if node.parents:
            value_of, _ = OPERATIONS[node.operation]
            node.value = value_of(*inputs_of(node))
    return order[-1].value


quote("backprop-small-loss", evaluate(in_order(loss)))

# %% [markdown]
# The loss is {glue:text}`backprop-small-loss`. There are many topological orders. Does
# it matter which one we take? We list them all.


# %%
def all_orders(nodes, order=()):
    if len(order) == len(nodes):
        yield order
    for node in nodes:
        if node not in order and all(parent in order for parent in node.parents):
            yield from all_orders(nodes, (*order, node))


orders = list(all_orders(in_order(loss)))
quote("backprop-orders", len(orders))
claim(
    "backprop-any-order",
    "Every topological order of a small graph gives the same value of the loss: "
    "highest minus lowest over all orders.",
    measured=np.ptp([evaluate(order) for order in orders]),
    equals=0,
)

# %% [markdown]
# All {glue:text}`backprop-orders` agree.
#
# ### Backwards: the adjoint of each node
#
# Now we want the derivatives. We write $\bar v$ for $\partial L/\partial v$, by how
# much the loss changes per unit of the node $v$. It is called the *adjoint* of $v$. At
# the end of the graph it is known: $\bar L = 1$. And the *chain rule* leads from the
# children $c$ of a node, the nodes that use it, to the node itself:
#
# $$
# \bar v = \sum_{c\,\in\,\text{children of } v} \bar c\;\frac{\partial c}{\partial v}.
# $$ (eq-adjoint)
#
# Why a sum? $z$ is used twice, by tanh and by the shortcut. A nudge of $z$ reaches the
# loss on both ways, and the two effects add up. So the rule needs the children first:
# we walk the same order in reverse. Each node passes its adjoint, times the slope, to
# each of its parents. Nothing is passed to constants: nobody asks how the loss would
# change with them.


# %%
def slopes_of(node):
    _, slopes = OPERATIONS[node.operation]
    return slopes(*inputs_of(node))


def backpropagate(order):
    for node in order:
        node.adjoint = 0.0
    order[-1].adjoint = 1.0
    for node in reversed(order):
        if node.parents:
            for parent, slope in zip(node.parents, slopes_of(node), strict=True):
                if not parent.constant:
                    parent.adjoint += node.adjoint * slope


order = in_order(loss)
backpropagate(order)

# %% [markdown]
# That is all. The walk from the loss back to the weights is *backpropagation*, or
# *reverse-mode automatic differentiation*. Play the figure to see both passes.

# %% tags=["hide-input"]
names = dict(
    zip(
        (w, x, q, b, z, h, s, minus_y, e, loss),
        ("$w$", "$x$", "$q$", "$b$", "$z$", "$h$", "$s$", "$-y$", "$e$", "$L$"),
        strict=True,
    )
)
slopes = {
    (names[parent], names[node]): slope
    for node in order
    if node.parents
    for parent, slope in zip(node.parents, slopes_of(node), strict=True)
    if not parent.constant
}
animate(
    graph_passes(
        {
            name: tuple(names[each] for each in node.parents)
            for node, name in names.items()
        },
        symbols={name: node.operation for node, name in names.items() if node.parents},
        values={name: node.value for node, name in names.items()},
        adjoints={
            name: node.adjoint for node, name in names.items() if not node.constant
        },
        slopes=slopes,
    ),
    "backprop-graph",
    caption="The graph of $L = (\\tanh(z) + z - y)^2$ with $z = wx + b$. Circles are "
    "operations, boxes are given. Blue: values, computed from left to right. Orange: "
    "adjoints, computed from right to left. Grey: the slope of each edge. Multiply an "
    "orange number by the slope of an edge that ends at it, and you have what flows "
    "back through that edge. Two flows meet at $z$.",
    alt=f"A graph of ten nodes. The loss is {loss.value:.2f}. The adjoint of s is "
    f"{s.adjoint:.2f}, that of z is {z.adjoint:.2f}, the sum of two flows, that of b "
    f"is {b.adjoint:.2f} and that of w is {w.adjoint:.2f}.",
    seconds=20,
)

# %% [markdown]
# Is it right? We nudge $w$ by a millionth up and down, and evaluate the graph again.


# %%
def nudged(output, node, nudge):
    start = node.value
    node.value = start + nudge
    found = evaluate(in_order(output))
    node.value = start
    return found


def slope_by_nudge(output, node, nudge=1e-6):
    up, down = nudged(output, node, nudge), nudged(output, node, -nudge)
    return (up - down) / (2 * nudge)


quote("backprop-w-adjoint", w.adjoint)
quote("backprop-w-fall", f"{-0.01 * w.adjoint:.2f}")
claim(
    "backprop-nudge",
    "The adjoint of a weight is what a nudge of this weight shows: relative "
    "difference.",
    measured=abs(slope_by_nudge(loss, w) / w.adjoint - 1),
    below=1e-7,
)

# %% [markdown]
# The adjoint of $w$ is {glue:text}`backprop-w-adjoint`: push $w$ up by 0.01, and the
# loss falls by about {glue:text}`backprop-w-fall`.
#
# The sum in {eq}`eq-adjoint` is one character of the code, the `+` of `+=`. It is the
# usual mistake of those who write this for the first time. Without it, $z$ keeps only
# what came last.

# %%


def backpropagate_without_sum(order):
    found = {order[-1]: 1.0}
    for node in reversed(order):
        if node.parents:
            for parent, slope in zip(node.parents, slopes_of(node), strict=True):
                found[parent] = found[node] * slope  # Should add to what is there.
    return found


without_sum = backpropagate_without_sum(order)
claim(
    "backprop-missing-sum",
    "If adjoints are not summed, a node that is used twice gets a wrong one, and so "
    "does all before it: the wrong adjoint of a weight over the right one.",
    measured=without_sum[w] / w.adjoint,
    below=0.6,
)

# %% [markdown]
# ### A loop becomes a graph when it is unrolled
#
# What if a network feeds its output back to its input? Then we draw one copy for each
# turn of the loop, and the graph is acyclic again. All copies share the same weight. So
# this weight is a node with many children, and the sum takes care of it. Here is
# $h_t = \tanh(u\, h_{t-1} + x_t)$, five times.

# %%
u, state = Value(0.8), Value(0.1, constant=True)
for observed in (1.0, -0.5, 0.3, 0.9, -1.2):
    state = tanh(u * state + Value(observed, constant=True))

output = square(state)
unrolled = in_order(output)
evaluate(unrolled)
backpropagate(unrolled)
uses = sum(u in node.parents for node in unrolled)
claim(
    "backprop-unrolled-loop",
    f"Over {uses} turns of an unrolled loop, the adjoint of the shared weight is what "
    "a nudge shows: relative difference.",
    measured=abs(slope_by_nudge(output, u) / u.adjoint - 1),
    below=1e-6,
)

# %% [markdown]
# ### Keras keeps the same graph
#
# Is this how real libraries work? We write the formula once more on symbols of Keras.
# They hold no numbers either. Then we ask Keras's record which operation takes its
# inputs from which, and compare with our own. An edge is named by the kinds of
# operation at its ends.

# %%
given = {name: keras.Input((1,), name=name) for name in ("w", "x", "b", "-y")}
keras_z = given["w"] * given["x"] + given["b"]
keras_loss = ops.square(ops.tanh(keras_z) + keras_z + given["-y"])
recorded = keras.Function(list(given.values()), keras_loss)

maker = {id(operation.output): operation for operation in recorded.operations}
keras_edges = [
    (type(maker[id(tensor)]).__name__, type(operation).__name__)
    for operation in recorded.operations
    if id(operation.output) not in map(id, given.values())
    for tensor in keras.tree.flatten(operation.input)
]

# %%
keras_name = {"+": "Add", "×": "Multiply", "tanh": "Tanh", "( )²": "Square"}
our_edges = [
    (keras_name.get(parent.operation, "InputLayer"), keras_name[node.operation])
    for node in order
    for parent in node.parents
]
pairs = zip(sorted(our_edges), sorted(keras_edges), strict=True)
claim(
    "backprop-keras-graph",
    f"Keras records the same {len(our_edges)} edges for the formula, by the kinds of "
    "operation at their ends: those that differ.",
    measured=sum(ours != its for ours, its in pairs),
    equals=0,
)

# %% [markdown]
# Keras can evaluate its record, too. For derivatives, `gradients` of this book asks the
# library beneath Keras, here TensorFlow. That one notes down the operations while it
# computes them; such a record is called a *tape*. Then it walks back.

# %%
w_keras, b_keras = (keras.Variable(v, dtype="float64") for v in (w.value, b.value))


def loss_in_keras():
    z = w_keras * x.value + b_keras
    return (ops.tanh(z) + z + minus_y.value) ** 2


from_tape = gradients(loss_in_keras, [w_keras, b_keras])
claim(
    "backprop-equals-tape",
    "Adjoints by hand are the derivatives that the library beneath Keras gives: "
    "largest difference over a weight and a bias.",
    measured=np.abs(np.subtract(from_tape, [w.adjoint, b.adjoint])).max(),
    below=1e-12,
)

# %% [markdown]
# ## The rule for layers
#
# What does the walk look like in a network? There a node is a whole array, and an
# operation a whole layer. Layer $l$ takes the rows of $h_{l-1}$, one row for each
# example, and computes
#
# $$z_l = h_{l-1} W_l + b_l, \qquad h_l = \varphi(z_l), \qquad h_0 = x.$$
#
# Let $\delta_l$ be the adjoint of $z_l$, an array of its shape. Then
#
# $$
# \begin{aligned}
# \delta_l &= \left(\delta_{l+1} W_{l+1}^\top\right) \odot \varphi'(z_l), \\
# \frac{\partial L}{\partial W_l} &= h_{l-1}^\top\, \delta_l, \qquad
# \frac{\partial L}{\partial b_l} = \sum_{\text{rows}} \delta_l,
# \end{aligned}
# $$ (eq-backprop)
#
# where $\odot$ multiplies entry by entry. These are three slopes. From $z_{l+1}$ back
# to $h_l$ the slope is $W_{l+1}$. From $h_l$ back to $z_l$ it is $\varphi'$. And the
# slope of $z_l$ by a weight is the number that this weight multiplies: an entry of
# $h_{l-1}$. Where examples are written as columns, the first line reads
# $(W_{l+1}^\top \delta_{l+1}) \odot \varphi'(z_l)$.
#
# With tanh, $\varphi'(z_l) = 1 - \tanh^2(z_l) = 1 - h_l^2$. So the walk needs only what
# the forward pass has left behind.


# %%
def forward(h, layers):
    kept = [h]  # what enters each layer, (batch, units)
    for W, bias in layers[:-1]:
        kept.append(np.tanh(kept[-1] @ W + bias))
    W, bias = layers[-1]
    return kept, kept[-1] @ W + bias  # the last layer: logits, (batch, classes)


def backward(delta, kept, layers):
    found = []
    for (W, _), h in zip(reversed(layers), reversed(kept), strict=True):
        found.append((h.mT @ delta, delta.sum(axis=-2, keepdims=True)))
        delta = (delta @ W.mT) * (1 - h**2)  # (batch, units)
    return found[::-1], delta


# %% [markdown]
# Where does the walk begin? For cross-entropy after a softmax the last $\delta$ is
# $(p - y)/B$: predicted minus true probabilities, over the number of examples $B$.
# Everything works on stacks of networks as well; we shall use that.


# %%
def log_softmax(logits):
    logits = logits - logits.max(axis=-1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))


def cross_entropy(x, y, layers):
    return -(y * log_softmax(forward(x, layers)[1])).sum(axis=-1).mean(axis=-1)


def layer_gradients(x, y, layers):
    kept, logits = forward(x, layers)
    delta = (np.exp(log_softmax(logits)) - y) / y.shape[-2]  # (batch, classes)
    return backward(delta, kept, layers)[0]


# %% [markdown]
# Is it right? We compare all 2,778 derivatives of a network of three layers with those
# of Keras, on 1,347 handwritten digits, in float64 and for three seeds.

# %%
digits = load_digits()
(images, labels), _ = digits
images = images.astype("float64")
one_hot = np.eye(10)[labels]
seeds = (0, 1, 2)


def flat(layers):
    return np.concatenate([np.ravel(array) for pair in layers for array in pair])


def keras_layers(model):
    arrays = [variable.numpy() for variable in model.trainable_variables]
    return list(zip(arrays[::2], arrays[1::2], strict=True))


# %%
keras.config.set_dtype_policy("float64")
measure = SparseCategoricalCrossentropy(from_logits=True, dtype="float64")


def tape_gradients(model):
    return gradients(lambda: measure(labels, model(images)), model.trainable_variables)


apart = []
for seed in seeds:
    model = mlp(64, (32, 16), 10, activation="tanh", seed=seed)
    by_hand = flat(layer_gradients(images, one_hot, keras_layers(model)))
    by_tape = np.concatenate([array.ravel() for array in tape_gradients(model)])
    apart.append(np.linalg.norm(by_hand - by_tape) / np.linalg.norm(by_tape))
claim(
    "backprop-layers-equal-tape",
    "Backpropagation written out for layers is Keras's: distance of the gradients on "
    "digits, in parts of their length, for each seed.",
    measured=apart,
    below=1e-12,
)

# %% [markdown]
# ### What the gradient of a weight looks like
#
# For one example, $\partial L/\partial W_1 = x^\top \delta_1$ is a product of a column
# and a row. So each hidden unit gets a copy of the picture, multiplied by the unit's
# $\delta$. A positive $\delta$ says that the loss would fall if the unit's input were
# smaller.

# %%
layers = keras_layers(model)
(first_gradient, deltas), *_ = layer_gradients(images[:1], one_hot[:1], layers)
shown_units = np.argsort(-deltas[0])[[0, 1, 16, -2, -1]]
claim(
    "backprop-outer-product",
    "For one example the gradient of the first weights has rank one: its second "
    "singular value over its first.",
    measured=np.divide(*np.linalg.svd(first_gradient)[1][1::-1]),
    below=1e-10,
)

# %% tags=["hide-input"]
show(
    image_grid(
        first_gradient.T[shown_units].reshape(-1, 8, 8),
        [f"δ = {deltas[0, unit]:+.2f}".replace("-", "−") for unit in shown_units],
        label="$\\partial L/\\partial W_1$",
        signed=True,
    ),
    "backprop-outer",
    caption="The gradient of the 64 weights into each of five hidden units, for one "
    f"handwritten {labels[0]}, arranged like the pixels. Every unit gets the same "
    "digit, times its δ. Weights at pixels without ink get no gradient.",
    alt=f"Five pictures of the same digit {labels[0]}, red where delta is positive and "
    "blue where it is negative. The deltas are "
    + ", ".join(f"{delta:+.3f}" for delta in deltas[0, shown_units])
    + ".",
)

# %% [markdown]
# ## How to check a gradient
#
# How does one find a slope that was written down wrongly? Compare with nudges. The
# *central difference* nudges one weight by $\Delta$, up and down:
#
# $$\frac{\partial L}{\partial \theta} \approx
# \frac{L(\theta + \Delta) - L(\theta - \Delta)}{2\Delta}.$$
#
# How large should $\Delta$ be? A large one is wrong because the loss bends: the error
# grows as $\Delta^2$. A small one is wrong because the two losses agree in almost all
# their digits, and their difference is rounding noise, divided by $2\Delta$. We try
# thirteen sizes, on fifty weights of a new network, in both number formats.


# %%
def new_layers(widths, seed, count=()):
    random = np.random.default_rng(seed)
    shapes = list(pairwise(widths))
    limits = [np.sqrt(6 / sum(shape)) for shape in shapes]  # Glorot's
    return [
        (random.uniform(-a, a, (*count, *shape)), np.zeros((*count, 1, shape[1])))
        for a, shape in zip(limits, shapes, strict=True)
    ]


def as_layers(theta, widths):
    layers, stack = [], theta.shape[:-1]
    for inputs, units in pairwise(widths):
        ends = [inputs * units, (inputs + 1) * units]
        kernel, bias, theta = np.split(theta, ends, axis=-1)
        layers.append(
            (kernel.reshape(*stack, inputs, units), bias.reshape(*stack, 1, units))
        )
    return layers


def central_differences(function, theta, nudge, which):
    rows = nudge * (np.arange(len(theta)) == np.reshape(which, (-1, 1)))
    return (function(theta + rows) - function(theta - rows)) / (2 * nudge)


# %%
widths = (64, 32, 16, 10)
nudges = 10.0 ** np.arange(-12, 1)


def errors(seed, dtype):
    theta = flat(new_layers(widths, seed))
    x, y = images[:64], one_hot[:64]
    exact = flat(layer_gradients(x, y, as_layers(theta, widths)))
    which = np.random.default_rng(seed).choice(len(theta), 50, replace=False)
    x, y, theta = (array.astype(dtype) for array in (x, y, theta))
    found = [
        central_differences(
            lambda t: cross_entropy(x, y, as_layers(t, widths)), theta, nudge, which
        )
        for nudge in nudges.astype(dtype)
    ]
    return np.linalg.norm(found - exact[which], axis=1) / np.linalg.norm(exact[which])


error = {
    name: np.array([errors(seed, name) for seed in seeds])
    for name in ("float64", "float32")
}

# %% tags=["hide-input"]
lowest = {name: runs.min(axis=1).max() for name, runs in error.items()}
show(
    curves(
        nudges,
        error,
        x_label="nudge $\\Delta$",
        y_label="error / length of the gradient",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "backprop-check",
    caption="Central differences against backpropagation: mean and range of three "
    "seeds. To the right the loss bends, to the left rounding takes over. In float32 "
    "no nudge is good.",
    alt="Two V-shaped curves on logarithmic axes. The lowest error is "
    + ", ".join(f"{value:.0e} in {name}" for name, value in lowest.items())
    + ".",
)

# %%
claim(
    "backprop-gradient-check",
    "In float64, central differences confirm the gradient: error at Δ = 10⁻⁵, for each "
    "seed.",
    measured=error["float64"][:, 7],
    below=1e-7,
)
claim(
    "backprop-nudge-too-small",
    "For checking a gradient by central differences a smaller nudge is not better: "
    "error at Δ = 10⁻¹² over error at 10⁻⁵, for each seed.",
    measured=error["float64"][:, 0] / error["float64"][:, 7],
    above=1000,
)
claim(
    "backprop-check-in-float32",
    "In float32 the check of a gradient by central differences is much blunter: lowest "
    "error over that in float64, for each seed.",
    measured=error["float32"].min(axis=1) / error["float64"].min(axis=1),
    above=1000,
)

# %% [markdown]
# So: check in float64, with a nudge near $10^{-5}$, on a few dozen weights. The error
# of a correct gradient is then below $10^{-7}$. One that is wrong by ten per cent shows
# an error of 0.1.
#
# ## What it costs
#
# ### Work
#
# If nudges give the same numbers, why not train with them? They cost two forward passes
# for *each* of the $P$ weights. Backpropagation costs one forward and one backward pass
# for all of them together. In the forward pass a layer takes one product of matrices.
# On the way back {eq}`eq-backprop` has two, of the same size. So we expect three times
# the work of a forward pass. An array that counts the multiplications in its matrix
# products can tell.


# %%
class Counting(np.ndarray):
    multiplications = 0

    def __matmul__(self, other):
        product = super().__matmul__(other)
        Counting.multiplications += product.size * self.shape[-1]
        return product


def work(function, *arguments):
    Counting.multiplications = 0
    function(images[:64].view(Counting), one_hot[:64], *arguments)
    return Counting.multiplications


# %%
networks = [new_layers((64, n, n, 10), seed=0) for n in (4, 16, 64, 256, 1024)]
weights = np.array([len(flat(layers)) for layers in networks])
forward_work = np.array([work(cross_entropy, layers) for layers in networks])
gradient_work = np.array([work(layer_gradients, layers) for layers in networks])
claim(
    "backprop-costs-three-passes",
    "Forward and backward pass together take three times the multiplications of a "
    "forward pass: ratio, for each of five networks.",
    measured=gradient_work / forward_work,
    above=2.9,
    below=3.1,
)
claim(
    "backprop-work-is-linear",
    "The work of a gradient is proportional to the number of weights: multiplications "
    "for each weight and example, for each of five networks.",
    measured=gradient_work / weights / 64,
    above=2.5,
    below=3.1,
)

# %% [markdown]
# Now the nudges, on the second network. We count, and look at the clock as well. The
# clock depends on the computer and on what else it does, so we ask it only for a
# coarse ratio. For backpropagation the fastest of ten runs counts, for the nudges a
# single one.


# %%
def slopes_by_nudges(x, y, widths=(64, 16, 16, 10)):
    theta = flat(new_layers(widths, seed=0))

    def loss_at(theta):
        return cross_entropy(x, y, as_layers(theta, widths))

    return central_differences(loss_at, theta, 1e-5, range(len(theta)))


def fastest(function, *arguments, repeats=10):
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function(images[:64], one_hot[:64], *arguments)
        seconds.append(time.perf_counter() - begun)
    return min(seconds)


# %%
nudge_work = work(slopes_by_nudges)
claim(
    "backprop-nudges-need-2p-passes",
    f"Central differences for P = {weights[1]:,} weights take 2P forward passes: their "
    "multiplications over those of one pass, for each weight.",
    measured=nudge_work / forward_work[1] / weights[1],
    equals=2,
)
claim(
    "backprop-nudges-are-slow",
    "Central differences take far longer than backpropagation on the same network: "
    "ratio of the times.",
    measured=fastest(slopes_by_nudges, repeats=1)
    / fastest(layer_gradients, networks[1]),
    above=50,
)

# %% tags=["hide-input"]
show(
    curves(
        weights,
        {
            "forward pass": forward_work,
            "forward and backward pass": gradient_work,
            "central differences (calculated)": 2 * weights * forward_work,
        },
        x_label="number of weights $P$",
        y_label="multiplications",
        x_scale="log",
        y_scale="log",
        markers=True,
    ),
    "backprop-cost",
    caption="The work for one gradient of networks with two hidden layers, over 64 "
    "digits. Backpropagation stays at three times a forward pass. Nudges need $2P$ "
    "forward passes, so their line is twice as steep.",
    alt="Three rising lines on logarithmic axes. "
    f"For {weights[-1]:,} weights a forward pass takes {forward_work[-1]:.1e} "
    f"multiplications, both passes {gradient_work[-1]:.1e}, and central differences "
    f"{2.0 * weights[-1] * forward_work[-1]:.1e}.",
)

# %%
quote("backprop-largest-network", f"{weights[-1] / 1e6:.2f} million")
by_nudges = 2.0 * weights[-1] * forward_work[-1]
quote("backprop-largest-work", f"{gradient_work[-1] / 1e6:.0f} million")
quote("backprop-largest-time", f"{1000 * gradient_work[-1] / 1e10:.0f} milliseconds")
quote("backprop-nudging-time", f"{by_nudges / 1e10 / 3600:.1f} hours")

# %% [markdown]
# For {glue:text}`backprop-largest-network` weights one gradient on 64 digits takes
# {glue:text}`backprop-largest-work` multiplications. A processor that does ten billion
# a second needs {glue:text}`backprop-largest-time` for it. By nudges it would be
# {glue:text}`backprop-nudging-time`, and training needs thousands of gradients.
# That is not impossible in principle. It is hopeless in practice. The bargain holds for
# other functions too: by reverse mode, a gradient takes less than six times the work of
# the function, and typically two to three times ({cite:t}`baydin2018automatic`, section
# 3.2).
#
# One could also carry derivatives *forwards*, along with the values. That is exact too,
# but each walk gives the derivatives by one weight only: $P$ walks. Backwards wins
# because a loss is *one* number at the end of *many* weights.
#
# ### Memory
#
# The price is paid in memory. The slopes on the way back need the values from the way
# forward, so the $h_l$ of all layers have to be kept. Without a backward pass, each
# can be thrown away as soon as the next one is known. We measure the peak.

# %%


def predict(x, y, layers):
    for W, bias in layers[:-1]:
        x = np.tanh(x @ W + bias)
    return x @ layers[-1][0] + layers[-1][1]


def peak_memory(function, hidden_layers):
    layers = new_layers((64, *[32] * hidden_layers, 10), seed=0)
    tracemalloc.start()
    function(images, one_hot, layers)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 1e6


claim(
    "backprop-memory-grows-with-depth",
    "Four times as many layers need more than twice the memory for a gradient: peak "
    "with 32 hidden layers over that with 8.",
    measured=peak_memory(layer_gradients, 32) / peak_memory(layer_gradients, 8),
    above=2,
)
claim(
    "backprop-prediction-memory",
    "For a prediction alone the memory does not grow with depth: peak with 32 hidden "
    "layers over that with 8.",
    measured=peak_memory(predict, 32) / peak_memory(predict, 8),
    below=1.2,
)

# %% [markdown]
# When memory is short one can keep only some of the $h_l$ and compute the others again
# on the way back. This is called *checkpointing* {cite:p}`chen2016training`, and it is
# an exercise below.
#
# ## Two jobs: find the slope, take the step
#
# Who does what in training? Backpropagation finds the gradient. *Gradient descent*
# takes a step against it, $\theta \leftarrow \theta - \alpha\, g$. These are two jobs,
# and each can be given to someone else. We train a small network on four points, the
# exclusive or, in four ways: gradients by backpropagation or by central differences,
# steps by gradient descent or by Adam.

# %%
xor_x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype="float64")
xor_y = np.eye(2)[[0, 1, 1, 0]]
tiny = (2, 6, 2)


def tiny_loss(theta):
    return cross_entropy(xor_x, xor_y, as_layers(theta, tiny))


sources = {
    "backpropagation": lambda theta: flat(
        layer_gradients(xor_x, xor_y, as_layers(theta, tiny))
    ),
    "differences": lambda theta: central_differences(
        tiny_loss, theta, 1e-5, range(len(theta))
    ),
}
rules = {"gradient descent": SGD(0.5), "Adam": Adam(0.05)}

# %%
paths = {
    (rule, source): np.array(
        [
            descend(rules[rule], sources[source], flat(new_layers(tiny, seed)), 200)
            for seed in seeds
        ]
    )
    for rule in rules
    for source in sources
}
curve = {
    f"{rule}, {source}": np.array([[tiny_loss(theta) for theta in run] for run in runs])
    for (rule, source), runs in paths.items()
}

# %% tags=["hide-input"]
show(
    curves(
        np.arange(201),
        curve,
        x_label="step",
        y_label="loss (nats)",
        y_scale="log",
    ),
    "backprop-swap",
    caption="A network with 32 weights on the exclusive or, mean and range of three "
    "seeds. There are four curves, but one sees two: where the gradient comes from "
    "makes no difference. Who takes the step does.",
    alt="Two pairs of curves, each pair on top of each other. Mean loss after 200 "
    "steps: "
    + ", ".join(f"{name} {runs[:, -1].mean():.3g}" for name, runs in curve.items())
    + ".",
)


# %%
def distance(one, other):
    return np.linalg.norm(paths[one][:, -1] - paths[other][:, -1], axis=-1)


by_source = [
    distance((rule, "backpropagation"), (rule, "differences")) for rule in rules
]
by_rule = distance(*((rule, "backpropagation") for rule in rules))
claim(
    "backprop-source-is-exchangeable",
    "With one optimizer, gradients by backpropagation and by central differences lead "
    "to the same weights: distance after 200 steps, for each optimizer and seed.",
    measured=by_source,
    below=1e-4,
)
claim(
    "backprop-rule-makes-the-path",
    "Adam leads elsewhere than gradient descent: distance of the weights over the "
    "largest distance between two sources of the gradient, for each seed.",
    measured=by_rule / np.max(by_source),
    above=1000,
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# ### "Backpropagation trains the network by updating its parameters"
#
# In Keras the two jobs are two calls. We watch the weights around each.

# %%
watched = mlp(64, (32,), 10)
before = flat(keras_layers(watched))
slope = tape_gradients(watched)
after_backpropagation = flat(keras_layers(watched))
keras.optimizers.SGD(0.01).apply(
    [ops.convert_to_tensor(array) for array in slope], watched.trainable_variables
)
after_the_optimizer = flat(keras_layers(watched))

# %%
claim(
    "backprop-changes-no-weight",
    "Backpropagation leaves every weight as it was: largest change.",
    measured=np.abs(after_backpropagation - before).max(),
    equals=0,
)
claim(
    "backprop-optimizer-changes-weights",
    "The optimizer changes the weights: largest change.",
    measured=np.abs(after_the_optimizer - before).max(),
    above=1e-5,
)

# %% [markdown]
# :::{popular-answer} Backpropagation trains the network by updating its parameters.
# :verdict: imprecise
# :question: backpropagation
# :claims: backprop-changes-no-weight, backprop-optimizer-changes-weights
#
# It computes gradients and changes nothing. The update, and the repetition, belong to
# the optimizer {cite:p}`goodfellow2016deep`.
# :::
#
# ### "Parameters move in the direction that minimises the error"
#
# The negative gradient is the direction in which the loss falls fastest *right here*.
# We follow it in a straight line from the first weights of the digits network, over
# three seeds.

# %%
digit_widths = (64, 32, 10)
lengths = np.geomspace(0.01, 1000, 61)


def along_the_line(seed):
    theta = flat(new_layers(digit_widths, seed))
    g = flat(layer_gradients(images, one_hot, as_layers(theta, digit_widths)))
    return g, [
        cross_entropy(images, one_hot, as_layers(theta - step * g, digit_widths))
        for step in (0, 1e-6, *lengths)
    ]


scans = [along_the_line(seed) for seed in seeds]
heights = np.array([losses for _, losses in scans])  # (seeds, steps)
start, just_off, line = heights[:, 0], heights[:, 1], heights[:, 2:]
best_length = lengths[line.argmin(axis=1)]

# %% tags=["hide-input"]
near = lengths <= 20
show(
    curves(
        lengths[near],
        {
            f"seed {seed}": run[near] / first
            for seed, run, first in zip(seeds, line, start, strict=True)
        },
        x_label="length of the step $\\alpha$ (in units of the gradient)",
        y_label="loss / loss at the start",
        x_scale="log",
    ),
    "backprop-line",
    caption="The loss on the digits along the negative gradient, for three seeds. It "
    "falls at first, comes nowhere near zero, and goes up and down where the step is "
    "too long. Far to the right of the picture it is many times the loss at the start.",
    alt="Three lines that start at 1 and dip. The lowest points are "
    + ", ".join(
        f"{low:.2f} at step {best:.1f}"
        for low, best in zip(line.min(axis=1) / start, best_length, strict=True)
    )
    + f". At step 1,000, outside of the picture, they reach at least "
    f"{(line[:, -1] / start).min():.0f}.",
)

# %%
initial = (just_off - start) / 1e-6
claim(
    "backprop-initial-slope",
    "Along the negative gradient the loss at first falls at the rate of the squared "
    "gradient: measured slope over −|g|², for each seed.",
    measured=initial / [-np.sum(g**2) for g, _ in scans],
    above=0.99,
    below=1.01,
)
claim(
    "backprop-too-far",
    "A hundred times the best step along the negative gradient is worse than none: "
    "loss there over loss at the start, for each seed.",
    measured=[
        np.interp(100 * best, lengths, run) / first
        for best, run, first in zip(best_length, line, start, strict=True)
    ],
    above=2,
)
claim(
    "backprop-line-ends-high",
    "The best point on the line along the first negative gradient is far from a "
    "minimum: loss there over loss at the start, for each seed.",
    measured=line.min(axis=1) / start,
    above=0.5,
)

# %% [markdown]
# Nor need the direction be good. On the bowl $\tfrac12(\theta_1^2 + 100\,\theta_2^2)$
# at $(10, 1)$ the negative gradient is $(-10, -100)$. The minimum lies in the direction
# $(-10, -1)$. A cosine of 1 would mean the same direction, 0 a right angle.

# %%
position = np.array([10.0, 1.0])
downhill = -np.array([1.0, 100.0]) * position
claim(
    "backprop-downhill-is-not-towards",
    "On the bowl ½(θ₁² + 100 θ₂²) at (10, 1) the steepest descent points well away "
    "from the minimum: cosine of the angle between them.",
    measured=downhill @ -position / np.linalg.norm(downhill) / np.linalg.norm(position),
    above=0.18,
    below=0.22,
)

# %% [markdown]
# :::{popular-answer} Parameters move in the direction that minimises the error.
# :verdict: imprecise
# :question: backpropagation
# :claims: backprop-initial-slope, backprop-too-far, backprop-downhill-is-not-towards
#
# They move in the direction that is steepest where they stand. How far it stays
# downhill, the gradient does not say ({numref}`backprop-line`).
# :::
#
# ### "Gradient descent with backpropagation leads to the optimal parameters"
#
# The exclusive or again, now with two hidden units. That is enough to solve it. We take
# sixty random starts, twenty for each of three seeds, and train each for 10,000 steps.
# For comparison we train networks without a hidden layer for 2,000. Their loss is
# convex: it has a single valley.


# %%
def train(widths, steps, rate=1.0):
    starts = [new_layers(widths, seed, (20,)) for seed in seeds]
    layers = [tuple(map(np.stack, zip(*each))) for each in zip(*starts)]  # noqa: B905
    losses = []
    for _ in range(steps):
        found = layer_gradients(xor_x, xor_y, layers)
        losses.append(cross_entropy(xor_x, xor_y, layers))
        layers = [
            tuple(array - rate * g for array, g in zip(*pair, strict=True))
            for pair in zip(layers, found, strict=True)
        ]
    norm = np.sqrt(sum((g**2).sum(axis=(-2, -1)) for pair in found for g in pair))
    return np.array(losses), norm  # (steps, seeds, starts), (seeds, starts)


xor_losses, xor_norms = train((2, 2, 2), steps=10_000)
convex_losses, _ = train((2, 2), steps=2_000)

# %% tags=["hide-input"]
ends = xor_losses[-1]
taken = np.unique(np.geomspace(1, 10_000, 150).astype(int))
runs = xor_losses[taken - 1].reshape(len(taken), -1).T
solved = ends.ravel() < 0.1
quote("backprop-xor-solved", solved.sum())
quote("backprop-xor-stuck", (~solved).sum())
show(
    curves(
        taken,
        {
            f"{solved.sum()} starts that solve it": runs[solved],
            f"{(~solved).sum()} starts that do not": runs[~solved],
        },
        x_label="step",
        y_label="loss (nats)",
        x_scale="log",
    ),
    "backprop-xor",
    caption="Sixty starts of the same network on the exclusive or, mean and range. All "
    "have almost come to rest, but not at the same loss. The upper group ends at "
    f"$\\ln 2 / 2 = {math.log(2) / 2:.3f}$: what one pays for two points right and two "
    "left to chance.",
    alt=f"Two bands. {solved.sum()} starts end at a mean loss of "
    f"{ends.ravel()[solved].mean():.4f}, {(~solved).sum()} starts at "
    f"{ends.ravel()[~solved].mean():.3f}.",
)

# %%
claim(
    "backprop-ends-differ",
    "Sixty starts of one network on the exclusive or do not end at one loss: highest "
    "minus lowest, for each seed of twenty.",
    measured=np.ptp(ends, axis=1),
    above=0.1,
    unit="nats",
)
claim(
    "backprop-ends-are-flat",
    "Sixty starts of one network on the exclusive or have all almost come to rest: the "
    "largest gradient norm, for each seed of twenty.",
    measured=xor_norms.max(axis=1),
    below=0.01,
)
claim(
    "backprop-convex-ends-agree",
    "Without a hidden layer all starts on the exclusive or end at the same loss: "
    "highest minus lowest, for each seed.",
    measured=np.ptp(convex_losses[-1], axis=1),
    below=1e-6,
    unit="nats",
)

# %% [markdown]
# :::{popular-answer} Together they lead to the optimal parameter values.
# :verdict: imprecise
# :question: backprop-vs-gradient-descent
# :claims: backprop-ends-differ, backprop-ends-are-flat, backprop-convex-ends-agree
#
# They lead to where the gradient vanishes. Of sixty starts
# {glue:text}`backprop-xor-solved` solve the task and {glue:text}`backprop-xor-stuck`
# get stuck. From random starts and with a small enough rate, gradient descent almost
# surely avoids points that are flat but lead down on some side, *strict saddle points*
# {cite:p}`lee2016gradient`; it does not avoid poor valleys. On a convex loss every
# valley is as deep as the deepest.
# :::
#
# ### "Without backpropagation gradients would be intractable"
#
# :::{popular-answer} Without it, gradients would be intractable.
# :verdict: imprecise
# :question: backpropagation
# :claims: backprop-nudges-need-2p-passes, backprop-costs-three-passes
#
# Infeasible, not intractable: $2P$ forward passes in place of about three. The number
# of passes grows with $P$, not exponentially. For
# {glue:text}`backprop-largest-network` weights, at ten billion multiplications a
# second, that is {glue:text}`backprop-nudging-time` for a gradient instead of
# {glue:text}`backprop-largest-time`.
# :::
#
# ### "The steps are repeated for many iterations, called epochs"
#
# An iteration is one step on one batch. An epoch is one pass over all examples. We let
# Keras count.

# %%
keras.config.set_dtype_policy("float32")
counting = mlp(64, (), 10)
counting.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
counting.fit(*digits[0], batch_size=64, epochs=2, verbose=0)
quote("backprop-iterations", int(counting.optimizer.iterations))
claim(
    "backprop-iterations-are-not-epochs",
    "Two epochs of N = 1,347 digits in batches of B = 64 are 2⌈N/B⌉ iterations: "
    "iterations over that number.",
    measured=int(counting.optimizer.iterations) / (2 * math.ceil(1347 / 64)),
    equals=1,
)

# %% [markdown]
# :::{popular-answer} Iterations are epochs.
# :verdict: imprecise
# :question: backpropagation
# :claims: backprop-iterations-are-not-epochs
#
# Two epochs were {glue:text}`backprop-iterations` iterations. The two words agree only
# when one batch holds all examples. The {doc}`training loop <06_training_loop>` comes
# next.
# :::
#
# ### "It makes deep networks learn representations"
#
# What if only the last layer learned? Its gradient needs no walk back. The task is to
# tell a ring from the ring around it, with four hidden units.


# %%
def rings(seed, examples=200):
    random = np.random.default_rng(seed)
    outer = np.arange(examples) % 2
    radius = 0.5 + 0.5 * outer + 0.1 * random.normal(size=examples)
    angle = random.uniform(0, 2 * np.pi, examples)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    return points, np.eye(2)[outer]


def train_on_rings(seed, learning_layers):
    x, y = rings(seed)
    layers = new_layers((2, 4, 2), seed)
    for _ in range(2000):
        found = layer_gradients(x, y, layers)
        for k in learning_layers:
            layers[k] = tuple(a - g for a, g in zip(layers[k], found[k], strict=True))
    return lambda points: forward(points, layers)[1].argmax(axis=1)


def accuracy_on_rings(classifier, seed):
    points, target = rings(seed + 100)
    return np.mean(classifier(points) == target.argmax(axis=1))


all_layers = [train_on_rings(seed, (0, 1)) for seed in seeds]
last_layer = [train_on_rings(seed, (1,)) for seed in seeds]
on_rings = {
    name: np.array(list(map(accuracy_on_rings, classifiers, seeds)))
    for name, classifiers in (("all layers", all_layers), ("last layer", last_layer))
}

# %% tags=["hide-input"]
points, target = rings(seed=0)
show(
    decision_regions(
        {"all layers learn": all_layers[0], "only the last layer": last_layer[0]},
        points,
        target.argmax(axis=1),
        limits=((-1.5, 1.5), (-1.5, 1.5)),
    ),
    "backprop-rings",
    caption="What a network with four hidden units says at each point of the plane, "
    "after 2,000 steps from the same first weights. Left: all layers learn. Right: the "
    "hidden units stay as they were drawn.",
    alt="Two rings of points. Accuracy on new points over three seeds: "
    + "; ".join(
        f"{name} " + ", ".join(f"{value:.2f}" for value in values)
        for name, values in on_rings.items()
    )
    + ".",
)

# %%
claim(
    "backprop-hidden-layers-must-learn",
    "Training all layers separates two rings far better than training only the last "
    "layer on random hidden units: difference in accuracy, for each seed.",
    measured=100 * (on_rings["all layers"] - on_rings["last layer"]),
    above=20,
    unit="points",
)

# %% [markdown]
# :::{popular-answer} It makes deep networks learn complex representations.
# :verdict: right
# :question: backpropagation
# :claims: backprop-hidden-layers-must-learn
#
# It brings the error to the hidden layers, so that they can change. That they then
# learn something good takes suitable first weights and activations, too.
# :::
#
# ### "It works for arbitrary architectures"
#
# For all whose parts have a slope almost everywhere. We build something odd in Keras: a
# layer that is used twice, two branches that are multiplied, a loss that nobody uses.
# Then we compare with nudges of all weights along three random directions.

# %%
keras.config.set_dtype_policy("float64")
entrance = keras.Input((64,))
shared = keras.layers.Dense(64, activation="tanh")
once = shared(entrance)
twice = shared(once)
product = keras.layers.Multiply()([twice, keras.layers.Dense(64)(entrance)])
odd = keras.Model(entrance, keras.layers.Concatenate()([once, product]))
random = np.random.default_rng(0)
odd.set_weights([0.3 * random.normal(size=v.shape) for v in odd.trainable_variables])


def odd_loss():
    out = odd(images[:64])
    return ops.mean(ops.log(1 + out**2)) + ops.max(ops.sin(out[:, 0]))


odd_slope = gradients(odd_loss, odd.trainable_variables)


# %%
def error_along_a_direction():
    start = [variable.numpy() for variable in odd.trainable_variables]
    direction = [random.normal(size=array.shape) for array in start]
    losses = []
    for nudge in (1e-5, -1e-5):
        odd.set_weights([s + nudge * d for s, d in zip(start, direction, strict=True)])
        losses.append(float(odd_loss()))
    odd.set_weights(start)
    slope = sum(np.sum(g * d) for g, d in zip(odd_slope, direction, strict=True))
    return abs((losses[0] - losses[1]) / 2e-5 / slope - 1)


claim(
    "backprop-odd-architecture",
    "In a network with shared, multiplied and joined parts the gradient is what nudges "
    "show: relative difference along three random directions.",
    measured=[error_along_a_direction() for _ in range(3)],
    below=1e-5,
)

# %% [markdown]
# And where a part has no slope? A unit that outputs only $-1$ or $+1$ is flat
# everywhere except at the jump. Then nothing flows back.

# %%
steps_only = mlp(64, (32,), 10, activation=ops.sign)
blocked = tape_gradients(steps_only)[0]
keras.config.set_dtype_policy("float32")
claim(
    "backprop-steps-block",
    "Behind units that jump, the weights get no gradient: the largest entry.",
    measured=np.abs(blocked).max(),
    equals=0,
)

# %% [markdown]
# :::{popular-answer} It works for arbitrary architectures, losses and optimizers.
# :verdict: right
# :question: backpropagation
# :claims: backprop-odd-architecture, backprop-steps-block, backprop-rule-makes-the-path
#
# As long as every part has a derivative almost everywhere, and not zero everywhere.
# Steps, rounding and choosing the largest class block it. Which optimizer takes the
# gradient makes no difference to it.
# :::
#
# :::{popular-answer} It scales to large data and architectures.
# :verdict: right
# :question: backpropagation
# :claims: backprop-work-is-linear, backprop-memory-grows-with-depth
#
# Its work is proportional to the weights and to the examples. Its memory grows with
# depth and batch, because the values of the forward pass are kept.
# :::
#
# ### "A computational graph is a diagram of operations and data flow"
#
# :::{popular-answer} It is a diagram of operations and data flow.
# :verdict: imprecise
# :question: computational-graph
# :claims: backprop-any-order, backprop-equals-tape, backprop-keras-graph
#
# It is a data structure that is run, forwards and backwards. {numref}`backprop-graph`
# was drawn from the same objects that computed its numbers. TensorFlow is built around
# such graphs {cite:p}`abadi2016tensorflow`.
# :::
#
# :::{popular-answer} The backward pass runs the edges in reverse with the chain rule.
# :verdict: right
# :question: computational-graph
# :claims: backprop-nudge, backprop-missing-sum, backprop-equals-tape
#
# Say also that adjoints add up where a value is used more than once. Without the sum,
# the adjoint of $w$ was {glue:text}`backprop-missing-sum` of what it should be.
# :::
#
# ## What we saw
#
# - A formula is a graph of operations. Any order with parents first gives its value;
#   the same order in reverse gives all adjoints.
# - Written out for layers it is Keras's gradient, to a rounding error.
# - It takes three times the work of a forward pass, whatever the number of weights, and
#   memory that grows with depth.
# - It finds slopes and moves nothing. Exchange it for nudges, and the same optimizer
#   takes the same path.
# - The gradient is local. A step can be too long, and where training comes to rest is
#   not always the best point.
#
# ## In an interview
#
# :::{interview-card} What is a computational graph, and how is it used?
# :id: computational-graph
# :figure: backprop-cost
#
# A directed acyclic graph. Its nodes are variables, constants and operations, its edges
# carry numbers or tensors from an output to the inputs that use it. It is a data
# structure that a library runs; the drawing is a by-product. Forwards: visit the nodes
# in topological order, parents first, and compute each value. Backwards: visit them in
# reverse. Each node multiplies the adjoint that it got by its local derivative (its
# Jacobian) and passes it to its parents. Where a value is used several times, adjoints
# add up. Constants need no gradient. Loops become acyclic when they are unrolled.
# :::
#
# :::{interview-card} How does backpropagation work, and why is it needed?
# :id: backpropagation
# :figure: backprop-check
#
# It is reverse-mode automatic differentiation. A forward pass computes and keeps the
# values of all layers. Then $\delta_l = (\delta_{l+1} W_{l+1}^\top) \odot
# \varphi'(z_l)$ carries the error back, layer by layer, and $\partial L/\partial W_l =
# h_{l-1}^\top \delta_l$. All derivatives together cost about two forward passes more,
# however many weights there are. Central differences cost $2P$ forward passes for $P$
# weights: hours in place of milliseconds for a million. The price is memory, since
# activations are kept; checkpointing trades it for time. It needs parts that are
# differentiable almost everywhere. It computes gradients only: the update is the
# optimizer's.
# :::
#
# :::{interview-card} How do backpropagation and gradient descent divide the work?
# :id: backprop-vs-gradient-descent
# :figure: backprop-line
#
# Backpropagation is an algorithm that computes the gradient of the loss. Gradient
# descent is a rule that uses it: step against it. The choices are independent. Gradient
# descent takes the same path with gradients by finite differences, only far more
# slowly. Backpropagation's gradients feed Adam or L-BFGS just as well. Together they
# find points where the gradient vanishes. Only on a convex loss is that surely the
# best.
# :::
#
# ## Exercises
#
# 1. **Recall.** What two things must a library know about an operation to take it into
#    a graph, and what must it keep from the forward pass?
#
#    :::{dropdown} Solution
#    How to compute its value, and its derivatives by its inputs. It keeps whatever
#    these derivatives need: for a product the two factors, for tanh its result.
#    :::
#
# 2. **By hand.** Draw the graph of $L = a\,c + a$ at $a = 3$, $c = 4$ and find both
#    adjoints.
#
#    :::{dropdown} Solution
#    $\bar c = a = 3$. $a$ is used twice: $\bar a = c + 1 = 5$. The next cell asks
#    `Value`.
#    :::

# %% tags=["hide-cell"]
a, c = Value(3.0), Value(4.0)
exercise = in_order(a * c + a)
evaluate(exercise)
backpropagate(exercise)
claim(
    "backprop-exercise-adjoints",
    "Exercise 2: in a·c + a with a = 3 and c = 4 the adjoints of a and c are 5 and 3: "
    "largest deviation.",
    measured=max(abs(a.adjoint - 5), abs(c.adjoint - 3)),
    equals=0,
)

# %% [markdown]
# 3. **Predict, then run.** In the first graph set $b = 5$, so that tanh is close to 1.
#    What are the slope of the edge from $z$ to $h$ and the flow back through it? Does
#    $w$ still get a gradient?
#
#    :::{dropdown} Solution
#    $1 - \tanh^2(6)$ is about $2 \times 10^{-5}$: almost nothing flows through tanh.
#    But the shortcut has the slope 1, and through it $w$ gets its gradient. That is
#    one use of shortcuts in deep networks.
#    :::

# %% tags=["hide-cell"]
b.value = 5.0
evaluate(order)
backpropagate(order)
claim(
    "backprop-exercise-shortcut",
    "Exercise 3: where tanh is close to 1, almost nothing flows back through it: the "
    "share of the adjoint of its input z that comes through tanh.",
    measured=slopes_of(h)[0] * h.adjoint / z.adjoint,
    below=1e-4,
)

# %% [markdown]
# 4. **Code.** Write the derivative forwards. Give each node a number $\dot v$, its
#    derivative by $w$, and compute it along with the value. How many walks do you need
#    for both weights of the first graph?
#
#    :::{dropdown} Solution
#    $\dot v = \sum \dot a\; \partial v/\partial a$ over the parents $a$ of $v$, with
#    $\dot w = 1$ and $0$ at the other given nodes. One walk for each weight. The next
#    cell does it.
#    :::


# %% tags=["hide-cell"]
def derivative_by(weight, order):
    dot = {}
    for node in order:
        dot[node] = 1.0 if node is weight else 0.0
        if node.parents:
            pairs = zip(node.parents, slopes_of(node), strict=True)
            dot[node] = sum(dot[parent] * slope for parent, slope in pairs)
    return dot[order[-1]]


claim(
    "backprop-exercise-forward-mode",
    "Exercise 4: two walks forwards give the derivatives by two weights that one walk "
    "back gives: largest relative difference.",
    measured=[abs(derivative_by(each, order) / each.adjoint - 1) for each in (w, b)],
    below=1e-12,
)

# %% [markdown]
# 5. **Code.** Checkpointing: keep $h$ only at every fifth layer, and compute the others
#    again, piece by piece, on the way back. Compare gradients and peak memory for 32
#    hidden layers.
#
#    :::{dropdown} Solution
#    `forward` and `backward` of this chapter work on a piece of the network as well as
#    on all of it. The gradients are the same, for about one more forward pass.
#    :::


# %% tags=["hide-cell"]
def gradients_in_pieces(x, y, layers, size=5):
    pieces = [layers[i : i + size] for i in range(0, len(layers), size)]
    kept = [x]
    for piece in pieces[:-1]:
        kept.append(np.tanh(predict(kept[-1], y, piece)))
    logits = predict(kept[-1], y, pieces[-1])
    delta, found = (np.exp(log_softmax(logits)) - y) / len(y), []
    for piece in reversed(pieces):
        again, _ = forward(kept.pop(), piece)
        part, delta = backward(delta, again, piece)
        found = part + found
    return found


deep = new_layers((64, *[32] * 32, 10), seed=0)
claim(
    "backprop-exercise-checkpoints",
    "Exercise 5: the gradient computed in pieces is the gradient computed in one: "
    "largest difference.",
    measured=np.abs(
        flat(gradients_in_pieces(images, one_hot, deep))
        - flat(layer_gradients(images, one_hot, deep))
    ).max(),
    below=1e-12,
)
claim(
    "backprop-exercise-less-memory",
    "Exercise 5: the gradient in pieces needs less memory: peak in pieces over peak in "
    "one.",
    measured=peak_memory(gradients_in_pieces, 32) / peak_memory(layer_gradients, 32),
    below=0.7,
)

# %% [markdown]
# 6. **Think.** You freeze all layers but the last two. Which parts of the backward pass
#    can be left out, and which values need not be kept?
#
#    :::{dropdown} Solution
#    Everything before the second to last layer: its $\delta$ is still needed, for the
#    gradient of its own weights, but no $\delta$ before it. Only the inputs of the last
#    two layers need to be kept. Frozen weights are constants of the graph.
#    :::
#
# 7. **Open.** Units that jump block the gradient. What could be sent back through a
#    jump instead of its true slope?
#
#    :::{dropdown} Solution
#    The slope of something smooth that resembles the jump. The *straight-through
#    estimator* {cite:p}`bengio2013estimating` takes the slope 1. It is no gradient of
#    the loss, so nothing guarantees that the loss falls, but it often does.
#    :::
#
# ## Further reading
#
# {cite:t}`rumelhart1986learning` made backpropagation known for networks. Reverse mode
# is older: {cite:t}`linnainmaa1970representation`, and {cite:t}`linnainmaa1976taylor`
# in English. {cite:t}`baydin2018automatic` survey automatic differentiation; their
# section 3 has both modes. {cite:t}`griewank2008evaluating` is the book on it. Section
# 6.5 of {cite:t}`goodfellow2016deep` keeps backpropagation and the optimizer apart, as
# we did.
#
# :::{parts-used}
# :::
