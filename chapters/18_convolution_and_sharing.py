# %% [markdown]
# # Convolution shares its weights: a bet that every place is alike
#
# {doc}`Network families <17_network_families>` called each layer a bet, and saw a
# convolution win on signals whose neighbours belong together. This chapter takes that
# bet apart, on images. A dense network reads an image as a list of numbers, and does
# not know which pixels are neighbours. A convolution assumes two things: what belongs
# together is near, and the same thing may stand anywhere. We measure what that is
# worth, and when it is false.
#
# It answers: **What is parameter sharing, where is it used and when is it a bad idea?
# What does a typical convolutional network look like from image to class scores?**

# %%
from functools import partial

import keras
import numpy as np
from keras import ops

from dlbook import layers
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import dot_rows, image_grid, labelled_grids, moving_window
from dlbook.layers import (
    AveragePooling2D,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    LocallyConnected2D,
    MaxPooling2D,
)
from dlbook.measures import (
    effective_receptive_field,
    gradients,
    layer_sizes,
    multiply_adds,
    receptive_fields,
)
from dlbook.models import Siamese, StackedMLP, side_by_side
from dlbook.page import animate, quote, show, table
from dlbook.training import fit_batches, shuffled_batches

# %% [markdown]
# ## The idea: cut the wires, then tie them
#
# What does a layer have to be told about neighbours? Take a signal of eight numbers and
# a layer of six units. A dense layer joins everything with everything: 48 weights.
# Now cut wires. Let unit $i$ see only the window of inputs $i$, $i+1$, $i+2$. That
# leaves 18 weights: a *locally connected* layer. Then tie them: let all windows have
# the same three. That is a *convolution*.

# %%
random = np.random.default_rng(3)
kernel = np.array([-1.0, 0.2, 0.8])
window_of = np.arange(8)[None] - np.arange(6)[:, None]  # (units, inputs)
inside = (window_of >= 0) & (window_of < 3)
dense = random.uniform(-1, 1, size=(6, 8))
local = np.where(inside, dense, 0)
diagonals = np.where(inside, kernel[np.clip(window_of, 0, 2)], 0)

# %% tags=["hide-input"]
show(
    image_grid(
        [dense, local, diagonals],
        ["dense: 48", "locally connected: 18", "convolution: 3"],
        columns=3,
        label="weight",
        signed=True,
    ),
    "conv-matrices",
    caption="Three layers as matrices, with the number of their weights. A row is a "
    "unit, a column an input. A convolution is a dense layer most of whose weights are "
    "0, and whose others are equal along each diagonal.",
    alt="Three matrices of six rows and eight columns. The first is full of different "
    "colours, the second only in a band three wide, and in the third each diagonal of "
    "that band has one colour.",
)

# %%
signal = random.normal(size=8)
claim(
    "conv-is-a-matrix",
    "Sliding a kernel of three weights over a signal is a product with a matrix of "
    "equal diagonals: largest difference.",
    measured=np.abs(diagonals @ signal - np.correlate(signal, kernel, "valid")).max(),
    below=1e-12,
)

# %% [markdown]
# On an image the window has two sides. The layer below has one kernel of $3 \times 3$
# weights. They compare the right of the window with its left.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()
images, images_test = (x.reshape(-1, 8, 8, 1) for x in (x_train, x_test))
edge = np.array([[-1.0, 0.0, 1.0]] * 3)
slide = Conv2D(1, 3, use_bias=False)
slide.build((None, 8, 8, 1))
slide.kernel.assign(edge[:, :, None, None])
edge_map = ops.convert_to_numpy(slide(images[:1]))[0, :, :, 0]  # (6, 6)

# %% tags=["hide-input"]
animate(
    moving_window(images[0, :, :, 0], edge, edge_map, x_label="weighted sum"),
    "conv-slide",
    caption=f"A kernel on its way over a scan of a {y_train[0]}; its columns are −1, 0 "
    "and 1. At each place the "
    "nine pixels in the frame are multiplied by the nine weights and added up. Red: "
    "more ink on the right of the window. Blue: more on its left.",
    alt=f"An eight by eight digit, a kernel with columns −1, 0 and 1, and a six by six "
    f"map that fills place by place, from {edge_map.min():.2f} to "
    f"{edge_map.max():.2f}.",
    seconds=12,
)

# %% [markdown]
# The result is a *feature map*: it says where in the image the kernel's pattern is.
# One set of weights has made all 36 numbers. That is *parameter sharing*: one array of
# weights used at several places.
#
# ## The rule
#
# How does it read for colours and many patterns? The input has $C$ *channels* at each
# pixel, such as red, green and blue. Each *filter* $f$ has a kernel that spans the
# window **and all channels**, and makes one feature map. For a window of $k \times k$
# at stride $s$:
#
# $$
# y_{ijf} = b_f + \sum_{m=0}^{k-1} \sum_{n=0}^{k-1} \sum_{c=1}^{C}
# x_{is+m,\; js+n,\; c}\; W_{mncf}
# $$ (eq-conv)
#
# With $F$ filters these are $k^2 C F + F$ parameters, whatever the image's size. If
# each place $(i, j)$ had a $W$ and a $b$ of its own, {eq}`eq-conv` would be the locally
# connected layer {cite:p}`lecun1989generalization`.
#
# The code first cuts out the patches, one for each place. Then it multiplies all of
# them by one $W$:
#
# ```{literalinclude} ../dlbook/layers/conv2d.py
# :pyobject: Conv2D.call
# :language: python
# :dedent: 4
# ```
#
# The locally connected layer has the same patches and a kernel with one more index,
# the place `p`:
#
# ```{literalinclude} ../dlbook/layers/locally_connected.py
# :pyobject: LocallyConnected.call
# :language: python
# :dedent: 4
# ```
#
# ### How large is the map?
#
# The window starts at 0 and moves by the stride $s$ as long as it stays inside. Zeros
# may be put around the image, $p$ on each side: the *padding*. An image $n$ pixels wide
# then gives
#
# $$
# \left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1
# $$ (eq-conv-size)
#
# places {cite:p}`dumoulin2016guide`. Keras's `padding="valid"` is $p = 0$. Its `"same"`
# pads so that at stride 1 there are as many places as pixels: $p = (k-1)/2$ for odd
# $k$. Stride, padding, $k$ and the kind of pooling are chosen, not learned: they are
# hyperparameters.

# %%
drawn = [random.integers([8, 1, 1, 0], [40, 8, 5, 4]).tolist() for _ in range(50)]
misses = 0
for n, k, s, p in drawn:
    padded = keras.layers.ZeroPadding2D(p).compute_output_shape((1, n, n, 1))
    shapes = [
        layer(1, k, s).compute_output_shape(padded)
        for layer in (Conv2D, keras.layers.Conv2D)
    ]
    misses += sum(shape[1] != (n + 2 * p - k) // s + 1 for shape in shapes)

# %%
claim(
    "conv-output-size",
    "The formula ⌊(n + 2p − k)/s⌋ + 1 gives the size of the map, for 50 random "
    "widths, windows, strides and paddings, in Keras's layer and in ours: misses.",
    measured=misses,
    equals=0,
)

# %% [markdown]
# ### Keras beside it
#
# Are these the layers that Keras has? We give both the same weights, and inputs of
# three channels. A plain loop over one map is the third opinion.

# %%
x_random = random.normal(size=(4, 11, 9, 3)).astype("float32")


def gap_to_keras(name, *arguments, **options):
    """The largest difference between the two layers of this name."""
    ours, theirs = (
        getattr(kit, name)(*arguments, **options) for kit in (layers, keras.layers)
    )
    ours.build(x_random.shape)
    theirs.build(x_random.shape)
    drawn_weights = [random.normal(size=w.shape) for w in ours.weights]
    ours.set_weights(drawn_weights)
    theirs.set_weights(drawn_weights)
    return np.abs(ops.convert_to_numpy(ours(x_random) - theirs(x_random))).max()


# %%
gaps = [
    gap_to_keras("Conv2D", 5, 3),
    gap_to_keras("Conv2D", 5, (2, 4), strides=2, padding="same"),
    gap_to_keras("Conv2D", 6, 3, dilation_rate=2, groups=3, activation="relu"),
    gap_to_keras("MaxPooling2D", 3, 2, padding="same"),
    gap_to_keras("AveragePooling2D", 2),
    gap_to_keras("AveragePooling2D", 3, 2, padding="same"),
    gap_to_keras("GlobalAveragePooling2D"),
]
claim(
    "conv-layers-equal-keras",
    "Convolution, max, mean and global mean pooling by hand equal Keras's: largest "
    "difference, for seven settings.",
    measured=gaps,
    below=1e-5,
)

# %%
layer = keras.layers.Conv2D(5, 3)
y_maps = ops.convert_to_numpy(layer(x_random))
W, b = layer.get_weights()
second = np.full((9, 7), b[1])
for i in range(9):
    for j in range(7):
        second[i, j] += np.sum(x_random[0, i : i + 3, j : j + 3] * W[..., 1])
claim(
    "conv-one-map-per-filter",
    "Each filter makes one map, and its window spans all channels: largest difference "
    "between Keras's second map of five and a loop with the second kernel.",
    measured=np.abs(y_maps[0, :, :, 1] - second).max(),
    below=1e-4,
)

# %% [markdown]
# ## What sharing saves, and what not
#
# Sharing cuts the number of weights. Does it also cut the work? We count both for four
# filters on a digit, in three layers that return the same $6 \times 6 \times 4$
# numbers. A *multiply-add* is one product that is added to a sum.

# %%
builds = {
    "dense": [keras.layers.Flatten(), Dense(144)],
    "locally connected": [LocallyConnected2D(4, 3)],
    "convolution": [Conv2D(4, 3)],
}
counted = {
    name: keras.Sequential([keras.Input((8, 8, 1)), *built])
    for name, built in builds.items()
}
parameters = {name: model.count_params() for name, model in counted.items()}
work = {name: multiply_adds(model) for name, model in counted.items()}

# %% tags=["hide-input"]
table(
    [
        {"layer": n, "parameters": parameters[n], "multiply-adds": work[n]}
        for n in counted
    ],
    "conv-costs",
    caption="From 8 × 8 pixels to 6 × 6 × 4 numbers. Locality saves work, sharing does "
    "not.",
)

# %%
claim(
    "conv-parameters",
    "Four shared filters of nine weights and a bias: parameters of the convolution.",
    measured=parameters["convolution"],
    equals=40,
)
claim(
    "conv-parameters-unshared",
    "Without sharing, four filters of nine weights and a bias at 36 places need 36 "
    "times as many: parameters of the locally connected layer.",
    measured=parameters["locally connected"],
    equals=1440,
)
claim(
    "conv-same-multiply-adds",
    "Sharing saves no multiply-adds: those of the locally connected layer over those "
    "of the convolution.",
    measured=work["locally connected"] / work["convolution"],
    equals=1,
)

# %% [markdown]
# The dense layer does {glue:text}`conv-dense-work` times the work, but that is due to
# the wires that were cut. (Less memory to fetch may still save time.)
#
# ### The gradient is a sum
#
# A shared weight acts at 36 places. Which of the 36 gradients does it follow? Give the
# locally connected layer the same kernel everywhere. It then *is* the convolution. It
# still has a gradient for each place.

# %%
quote("conv-dense-work", work["dense"] / work["convolution"])
shared, unshared = (counted[n].layers[-1] for n in ("convolution", "locally connected"))
W = ops.convert_to_numpy(shared.kernel).reshape(9, 4)
unshared.kernel.assign(np.tile(W, (36, 1, 1)))
x_some, y_some = images[:32], random.normal(size=(32, 6, 6, 4)).astype("float32")
difference = np.abs(ops.convert_to_numpy(shared(x_some) - unshared(x_some))).max()

# %%


def gradient_of(layer):
    """∂L/∂W of a squared error, with a row for each window's weight."""
    (g,) = gradients(
        lambda: ops.mean((ops.tanh(layer(x_some)) - y_some) ** 2), [layer.kernel]
    )
    return g.reshape(-1, 9, 4)  # (places or 1, window, filters)


by_place, of_shared = gradient_of(unshared), gradient_of(shared)[0]
before = ops.convert_to_numpy(shared.kernel)
sgd = keras.optimizers.SGD(0.1)
sgd.apply_gradients([(ops.reshape(of_shared, (3, 3, 1, 4)), shared.kernel)])
moved = (ops.convert_to_numpy(shared.kernel) - before).reshape(9, 4)

# %%
claim(
    "conv-tied-equals-local",
    "With equal kernels the locally connected layer is the convolution: largest "
    "difference.",
    measured=difference,
    below=1e-5,
)
size = np.abs(of_shared).max()
claim(
    "conv-gradient-is-a-sum",
    "The gradient of the shared kernel is the sum of those of all 36 places: largest "
    "difference, in parts of the largest entry.",
    measured=np.abs(by_place.sum(axis=0) - of_shared).max() / size,
    below=1e-4,
)
claim(
    "conv-one-step",
    "A step of SGD moves the shared kernel once, by −α times the sum of the gradients "
    "of all places: largest difference, in parts of the longest move.",
    measured=np.abs(moved + 0.1 * by_place.sum(axis=0)).max() / np.abs(moved).max(),
    below=1e-3,
)
of_each = np.linalg.norm(by_place, axis=(1, 2))  # (places,)
claim(
    "conv-places-disagree",
    "The gradients of the 36 places do not agree: length of their sum over the sum of "
    "their lengths.",
    measured=np.linalg.norm(of_shared) / of_each.sum(),
    below=0.9,
)

# %% [markdown]
# Nothing is updated 36 times. {doc}`Backpropagation <05_backpropagation>` adds up the
# adjoints of all uses of a node, and a shared weight, of any kind, is a node with many
# uses.
#
# ## When sharing helps, when not, when it hurts
#
# Sharing says: a pattern means the same wherever it is. We choose three tasks, one
# where that is true, one where it hardly matters, one where it is false.
#
# - **Shifted digits**: the digit stands anywhere on a field of 12 × 12 pixels.
# - **Centred digits**: each as it was scanned, in the middle.
# - **A rule of place**: is the bar upright? In the right half the answer is reversed.

# %%


def shifted(x, seed, side=12):
    """Digits at random places of an empty field, and the places."""
    free = np.random.default_rng(seed).integers(0, side - 7, size=(len(x), 2))
    fields = np.zeros((len(x), side, side, 1), "float32")
    for field, digit, (row, column) in zip(fields, x, free, strict=True):
        field[row : row + 8, column : column + 8] = digit
    return fields, free


def bars(count, seed, noise=0.1):
    """Bars of three pixels; label: upright, and the reverse in the right half."""
    draw = np.random.default_rng(seed)
    x = draw.normal(0, noise, size=(count, 12, 12, 1)).astype("float32")
    upright, right = draw.integers(0, 2, size=(2, count))
    row, column = draw.integers(3, [9, 5], size=(count, 2)).T
    column += 4 * right
    for step in (-1, 0, 1):
        across, down = step * (1 - upright), step * upright
        x[np.arange(count), row + down, column + across] += 1
    return x, upright ^ right


# %%
tasks = {
    "shifted digits": (
        *(shifted(images[:600], 0)[0], y_train[:600]),
        *(shifted(images_test, 1)[0], y_test),
    ),
    "centred digits": (images[:150], y_train[:150], images_test, y_test),
    "rule of place": (*bars(600, 0), *bars(600, 1)),
}

# %% tags=["hide-input"]
examples, answers = [], []
for x, y, _, _ in tasks.values():
    around = (12 - x.shape[1]) // 2
    frame = [(0, 0), (around, around), (around, around)]
    examples.extend(np.pad(np.clip(x[:5, :, :, 0], 0, 1), frame))
    answers.extend(str(label) for label in y[:5])
show(
    image_grid(examples, answers, label="ink"),
    "conv-tasks",
    caption="Five examples of each task, with the right answer above. Top: digits at "
    "random places. Middle: digits in the middle. Bottom: bars on noise, whose meaning "
    "depends on the half in which they stand.",
    alt="Three rows of five small images: digits in different corners of a field, "
    "digits in the middle of it, and short upright or lying bars on noise.",
)

# %% [markdown]
# The networks have one form: a layer of 8 filters, max pooling, a layer of 16, and of
# each of the 16 maps its largest number, wherever it stands. A dense layer makes
# logits of these. For the rule of place one layer of 16 filters will do. Only the kind
# of layer differs, and each kind starts with He's variance. A third network convolves
# but reads its last maps place by place, with `Flatten`. It meets the two tasks in
# which places differ.

# %%


def classifier(layer, shape, outputs, seed, filters, head):
    parts, inputs = [keras.Input(shape)], 9
    for number in filters:
        start = keras.initializers.RandomNormal(0, np.sqrt(2 / inputs), seed=seed)
        if len(parts) > 1:
            parts.append(keras.layers.MaxPooling2D(2))
        parts.append(layer(number, 3, activation="relu", kernel_initializer=start))
        inputs = 9 * number
    last = keras.initializers.GlorotUniform(seed)
    return keras.Sequential([*parts, head(), Dense(outputs, kernel_initializer=last)])


# %%


def trained(build, lesson, exam, epochs, batch_size=64, rate=0.01):
    """Networks trained side by side from each seed; accuracies (networks, seeds)."""
    built, rule, runs = [build(seed) for seed in seeds], keras.optimizers.Adam(rate), []
    starts = [[model.get_weights() for model in models] for models in built]
    models = built[0]
    whole = side_by_side(models)
    whole.compile(rule, StackedMLP.cross_entropy, steps_per_execution=20)
    rule.build(whole.trainable_variables)
    blank = [ops.convert_to_numpy(state) for state in rule.variables]
    batches = shuffled_batches(len(lesson[0]), epochs, batch_size)
    for start in starts:
        for model, values in zip(models, start, strict=True):
            model.set_weights(values)
        for state, value in zip(rule.variables, blank, strict=True):
            state.assign(value)
        fit_batches(whole, *lesson, batches)
        answered = ops.convert_to_numpy(whole(exam[0])).argmax(axis=-1)
        runs.append((answered == exam[1][:, None]).mean(axis=0))
    return models, np.transpose(runs)


# %%
seeds = (0, 1, 2)
largest, flat = keras.layers.GlobalMaxPooling2D, keras.layers.Flatten
kinds = {
    "convolution": (keras.layers.Conv2D, largest),
    "locally connected": (LocallyConnected2D, largest),
    "convolution, flattened": (keras.layers.Conv2D, flat),
}
lessons = {"shifted digits": 8, "centred digits": 36, "rule of place": 4}  # epochs


def contestants(task, seed):
    """A network of each kind; on centred digits the first two."""
    filters, outputs = ((16,), 2) if task == "rule of place" else ((8, 16), 10)
    some = list(kinds.values())[: 2 if task == "centred digits" else 3]
    about = (tasks[task][0].shape[1:], outputs, seed, filters)
    return [classifier(layer, *about, head) for layer, head in some]


# %%
found, networks = {name: {} for name in kinds}, {}
for task, (x, y, x_new, y_new) in tasks.items():
    models, accuracies = trained(
        partial(contestants, task), (x, y), (x_new, y_new), lessons[task], 50, 0.015
    )
    for name, model, runs in zip(kinds, models, accuracies, strict=False):
        found[name][task], networks[task, name] = runs, model

# %% tags=["hide-input"]
show(
    dot_rows(found, x_label="accuracy on new images"),
    "conv-three-tasks",
    caption="Three networks of one form, three seeds each. Sharing "
    "helps where a pattern may be anywhere and the head does not ask where. It changes "
    "little on centred digits. Where the place decides it fails, unless the head "
    "reads the map place by place.",
    alt="Dots in three rows. Mean accuracies: "
    + "; ".join(
        f"{name}: " + ", ".join(f"{t} {runs.mean():.2f}" for t, runs in of.items())
        for name, of in found.items()
    )
    + ".",
)

# %%
conv, untied, flattened = found.values()
claim(
    "conv-sharing-helps",
    "On shifted digits sharing helps: accuracy of the convolution minus that of the "
    "locally connected layer, mean of three seeds.",
    measured=100 * (conv["shifted digits"] - untied["shifted digits"]).mean(),
    above=8,
    unit="points",
)
claim(
    "conv-sharing-neutral",
    "On centred digits sharing hardly matters: accuracy of the convolution minus that "
    "of the locally connected layer, mean of three seeds.",
    measured=100 * (conv["centred digits"] - untied["centred digits"]).mean(),
    above=-8,
    below=8,
    unit="points",
)
claim(
    "conv-sharing-hurts",
    "Where the place decides, the convolution with global pooling guesses: accuracy, "
    "for each seed.",
    measured=conv["rule of place"],
    above=0.35,
    below=0.65,
)
claim(
    "conv-unshared-solves",
    "The locally connected layer learns the rule of place: accuracy, for each seed.",
    measured=untied["rule of place"],
    above=0.95,
)
claim(
    "conv-flattened-solves",
    "A convolution whose head knows the places learns the rule of place: accuracy, "
    "for each seed.",
    measured=flattened["rule of place"],
    above=0.95,
)
claim(
    "conv-flattened-loses-the-gain",
    "A head that knows the places gives up much of the gain on shifted digits: "
    "accuracy with the largest of each map minus that with all of it, mean of three "
    "seeds.",
    measured=100 * (conv["shifted digits"] - flattened["shifted digits"]).mean(),
    above=2,
    unit="points",
)

# %% [markdown]
# The failure has a reason. A bar in the other half gives the same maps, shifted, and
# the largest number of a shifted map is the same. We show both bars, without noise.

# %%
two_bars = np.zeros((2, 12, 12, 1), "float32")
two_bars[0, 4:7, 3], two_bars[1, 4:7, 8] = 1, 1


def apart(model):
    left, right = ops.convert_to_numpy(model(two_bars))
    return np.abs(left - right).max()


blind, seeing = (apart(networks["rule of place", name]) for name in list(kinds)[:2])
claim(
    "conv-blind-to-place",
    "Convolution and global pooling give the same bar the same logits, in either half: "
    "largest difference.",
    measured=blind,
    below=1e-4,
)
claim(
    "conv-local-sees-place",
    "The locally connected network tells the same bar in either half apart: largest "
    "difference of the logits.",
    measured=seeing,
    above=1,
)

# %% [markdown]
# Sharing is a bet that the statistics of the data do not depend on the place. Where the
# bet is right, one kernel learns from all places at once. In images that are aligned,
# such as centred faces, it may be wrong: eyes are always above the mouth. There locally
# connected layers have been used with success
# {cite:p}`gregor2010emergence,taigman2014deepface`.
#
# ## What a unit sees
#
# What part of the image does a unit deep inside depend on? It is the unit's *receptive
# field*. A window of $k$ adds $k - 1$ pixels to it, times the strides of all layers
# before. Two layers of $3 \times 3$ see 5 × 5. We check it by gradient: which pixels
# move the unit in the middle?

# %%
windows = {"3 × 3": [3], "5 × 5": [5], "3 × 3 twice": [3, 3], "3 × 3 thrice": [3] * 3}
keras.utils.set_random_seed(0)
stacks = {
    name: keras.Sequential(
        [keras.Input((9, 9, 1)), *[Conv2D(8, k, activation="relu") for k in sizes]]
    )
    for name, sizes in windows.items()
}
noise = random.normal(size=(64, 9, 9, 1)).astype("float32")
fields = {n: effective_receptive_field(stack, noise) for n, stack in stacks.items()}
seen = {name: int((field > 0).sum()) for name, field in fields.items()}
weights = {name: sum(k * k for k in sizes) for name, sizes in windows.items()}

# %% tags=["hide-input"]
show(
    image_grid(
        [field / field.max() for field in fields.values()],
        [f"{name}\n{seen[name]} pixels, {weights[name]}$C^2$" for name in fields],
        columns=4,
        label="influence",
    ),
    "conv-fields",
    caption="Which pixels of a 9 × 9 image move the unit in the middle, and how "
    "strongly, in parts of the strongest; random weights, mean of 64 images. Below the "
    "name: how many pixels, and the weights of the stack if each layer has $C$ "
    "channels in and out. A stack sees as far as a large window with fewer weights, "
    "and looks most at the middle.",
    alt="Four grey squares: "
    + ", ".join(f"{n} sees {seen[n]} pixels with {weights[n]} C²" for n in seen)
    + ". In the stacks the influence is strongest in the middle.",
)

# %%
claim(
    "conv-receptive-fields",
    "Pixels that one 3 × 3, one 5 × 5, two and three 3 × 3 layers see: misses against "
    "9, 25, 25 and 49.",
    measured=np.abs(np.subtract(list(seen.values()), [9, 25, 25, 49])).sum(),
    equals=0,
)
by_arithmetic = [receptive_fields(stack)[-1].size[0] ** 2 for stack in stacks.values()]
claim(
    "conv-fields-by-arithmetic",
    "The rule of k − 1 pixels a layer finds the number of pixels that the gradient "
    "finds: misses in four stacks.",
    measured=np.abs(np.subtract(list(seen.values()), by_arithmetic)).sum(),
    equals=0,
)
centre_share = [fields[n][3:6, 3:6].sum() / fields[n].sum() for n in windows]
claim(
    "conv-field-has-a-middle",
    "Three stacked layers look at the middle more than at the rim: share of the "
    "influence that 9 of 49 pixels have (even would be 0.18).",
    measured=centre_share[-1],
    above=0.25,
)

# %% [markdown]
# Luo and others call this the *effective* receptive field
# {cite:p}`luo2016understanding`. So the argument for $3 \times 3$ is about stacks: the
# same field as $5 \times 5$, $18C^2$ weights instead of $25C^2$, and one nonlinearity
# more {cite:p}`simonyan2015very`.
#
# Do two small layers compute what a large one does? Take a random $5 \times 5$ layer as
# the target, and fit two linear $3 \times 3$ layers with $M$ channels between them.
# Each is solved by least squares in turn, which cannot make the fit worse. With
# $M = C = 4$ they have 288 weights, the target 400.

# %%
join = np.zeros((5, 5, 3, 3, 3, 3))  # 1 where two offsets add up to a third
for i, j, m, n in np.ndindex(3, 3, 3, 3):
    join[i + m, j + n, i, j, m, n] = 1
join = join.reshape(25, 9, 9)


def stack_error(channels, between, seed, rounds=60):
    """Error of the best two 3 × 3 layers, in parts of a random 5 × 5 layer."""
    draw = np.random.default_rng(seed)
    goal = draw.normal(size=(25, channels, channels))  # (offset, in, out)
    second = draw.normal(size=(9, between, channels))
    for _ in range(rounds):
        A = np.einsum("pqr,rmo->poqm", join, second).reshape(25 * channels, -1)
        best = np.linalg.lstsq(A, goal.swapaxes(1, 2).reshape(len(A), -1))[0]
        first = best.reshape(9, between, channels).swapaxes(1, 2)
        A = np.einsum("pqr,qim->pirm", join, first).reshape(25 * channels, -1)
        best = np.linalg.lstsq(A, goal.reshape(len(A), -1))[0]
        second = best.reshape(9, between, channels)
    made = np.einsum("pqr,qim,rmo->pio", join, first, second)
    return np.linalg.norm(made - goal) / np.linalg.norm(goal)


# %%
claim(
    "conv-stack-is-not-a-large-kernel",
    "Two linear 3 × 3 layers cannot copy a random 5 × 5 layer of four channels: error "
    "of the best fit found, relative, for each seed.",
    measured=[stack_error(4, 4, seed) for seed in seeds],
    above=0.1,
)
claim(
    "conv-one-channel-stack",
    "Two linear 3 × 3 layers cannot copy a random 5 × 5 layer of one channel: error "
    "of the best fit found, relative, for each seed.",
    measured=[stack_error(1, 1, seed) for seed in seeds],
    above=0.05,
)
claim(
    "conv-wider-stack-is-enough",
    "With two channels between, and so more weights (36) than the 25, two linear 3 × "
    "3 layers copy a random 5 × 5 layer of one channel: error of the best fit found, "
    "relative, for each seed.",
    measured=[stack_error(1, 2, seed, rounds=400) for seed in seeds],
    below=1e-3,
)

# %% [markdown]
# Fewer weights, fewer functions. A stack has other features, which reach as far.
#
# ## Pooling
#
# What does pooling keep? Of each window, or of each whole map, one number: the largest,
# or the mean. It has no weights.
#
# ```{literalinclude} ../dlbook/layers/max_pooling2d.py
# :pyobject: MaxPooling2D.call
# :language: python
# :dedent: 4
# ```

# %%
numbers = np.arange(16.0).reshape(1, 4, 4, 1)
pooled = {
    name: ops.convert_to_numpy(layer(numbers)).reshape(side, side)
    for name, layer, side in (
        ("largest", MaxPooling2D(2), 2),
        ("mean", AveragePooling2D(2), 2),
        ("global mean", GlobalAveragePooling2D(), 1),
    )
}

# %% tags=["hide-input"]
texts = {"input": numbers[0, :, :, 0].astype(int).astype(str)}
show(
    labelled_grids(
        {"input": numbers[0, :, :, 0]} | pooled, "value", texts=texts, high=15.0
    ),
    "conv-pooling",
    caption="Sixteen numbers, and what three kinds of pooling keep of them. The first "
    "two look at windows of 2 × 2, the last at everything.",
    alt="A grid from 0 to 15. Largest: 5, 7, 13, 15. Mean: 2.5, 4.5, 10.5, 12.5. "
    "Global mean: 7.5.",
)

# %%
by_rule = {
    "largest": [[5, 7], [13, 15]],
    "mean": [[2.5, 4.5], [10.5, 12.5]],
    "global mean": [[7.5]],
}
claim(
    "conv-pooling-by-hand",
    "Max, mean and global mean pooling of a 4 × 4 grid: largest deviation from the "
    "values by hand.",
    measured=[np.abs(pooled[name] - by_rule[name]).max() for name in pooled],
    below=1e-6,
)

# %% [markdown]
# Why throw numbers away? Move a digit by one pixel. Its feature maps move along, and a
# network that reads them place by place sees large changes. We take the first layer of
# the network that was trained on shifted digits.

# %%
first_layer = networks["shifted digits", "convolution"].layers[0]
here, there = np.zeros((2, 450, 13, 13, 1), "float32")
here[:, 2:10, 2:10], there[:, 2:10, 3:11] = images_test, images_test
maps = [ops.convert_to_numpy(first_layer(x)) for x in (here, there)]


def change(pool):
    """How much the shift changes the numbers, in parts of their length."""
    a, b = (ops.convert_to_numpy(pool(each)) for each in maps)
    return np.linalg.norm(a - b) / np.linalg.norm(a)


changes = {
    "the maps themselves": change(ops.copy),
    "largest of 2 × 2": change(MaxPooling2D(2)),
    "largest of 5 × 5": change(MaxPooling2D(5)),
    "mean of each map": change(GlobalAveragePooling2D()),
}

# %% tags=["hide-input"]
table(
    [{"numbers": name, "change": value} for name, value in changes.items()],
    "conv-shift",
    caption="By how much a shift of one pixel changes the numbers, in parts of their "
    "length, over 450 digits.",
)

# %%
claim(
    "conv-maps-move-along",
    "A convolution of a shifted image is the shifted map: largest difference, in parts "
    "of the largest number.",
    measured=np.abs(maps[1][:, :, 1:] - maps[0][:, :, :-1]).max() / maps[0].max(),
    below=1e-4,
)
claim(
    "conv-pooling-calms",
    "Pooling 5 × 5 makes the numbers steadier under a shift: their change over that of "
    "the maps.",
    measured=changes["largest of 5 × 5"] / changes["the maps themselves"],
    below=0.9,
)
claim(
    "conv-global-mean-steady",
    "The mean of each map does not notice the shift at all, as long as the digit stays "
    "on the field: change.",
    measured=changes["mean of each map"],
    below=1e-4,
)

# %% [markdown]
# The first is *equivariance*: shift in, shift out. The last is *invariance*: shift in,
# no change out. Convolution gives the one, global pooling the other, and pooling by
# windows lies between. Invariance has a price: where the digit was is gone.
#
# ## From image to class scores
#
# What does a whole network look like? Convolution, ReLU, pooling; the same again with
# more filters; then a *head*. LeNet-5, with tanh instead of ReLU
# {cite:p}`lecun1998gradient`, and VGG {cite:p}`simonyan2015very` are built in this way.
# The classic head flattens the last
# maps into dense layers. The modern one takes the mean of each map, *global average
# pooling* {cite:p}`lin2014network`, as ResNets do {cite:p}`he2016deep`. For classes,
# softmax turns the logits into probabilities; for another task the last layer is
# another.

# %%


def convnet(seed, kit, flatten=True):
    keras.utils.set_random_seed(seed)
    same = {"padding": "same", "activation": "relu"}
    trunk = [
        keras.Input((8, 8, 1)),
        kit.Conv2D(16, 3, **same),  # (batch, 8, 8, 16)
        kit.MaxPooling2D(),  # (batch, 4, 4, 16)
        kit.Conv2D(32, 3, **same),  # (batch, 4, 4, 32)
        kit.MaxPooling2D(),  # (batch, 2, 2, 32)
    ]
    classic = [keras.layers.Flatten(), kit.Dense(64, activation="relu")]
    head = classic if flatten else [kit.GlobalAveragePooling2D()]
    return keras.Sequential([*trunk, *head, kit.Dense(10)])


# %%
(classic_net, mean_net), (by_flatten, by_mean) = trained(
    lambda seed: [convnet(seed, keras.layers, flatten) for flatten in (True, False)],
    (images, y_train),
    (images_test, y_test),
    epochs=6,
)
our_net = convnet(0, layers)
our_net.set_weights(classic_net.get_weights())
gap = np.abs(
    ops.convert_to_numpy(our_net(images_test) - classic_net(images_test))
).max()
shapes = [layer.output.shape[1:] for layer in our_net.layers[:4]]

# %% tags=["hide-input"]
table(
    [
        {
            "layer": row.kind,
            "output": " × ".join(map(str, row.output_shape)),
            "parameters": row.parameters,
            "multiply-adds": row.multiply_adds,
        }
        for row in layer_sizes(our_net)
    ],
    "conv-network",
    caption="A small convolutional network for digits, layer by layer. Most of the "
    "work is in the second convolution, most of the weights in the first dense layer.",
)

# %%
claim(
    "conv-network-reads-digits",
    "Twice convolution, ReLU and pooling, then dense layers: accuracy on held-out "
    "digits, for each seed.",
    measured=by_flatten,
    above=0.92,
)
claim(
    "conv-network-shapes",
    "The maps shrink as their number grows, 8·8·16, 4·4·16, 4·4·32, 2·2·32: misses.",
    measured=sum(
        shape != right
        for shape, right in zip(
            shapes, [(8, 8, 16), (4, 4, 16), (4, 4, 32), (2, 2, 32)], strict=True
        )
    ),
    equals=0,
)
claim(
    "conv-network-equals-keras",
    "Built from this book's layers with the same weights, the small convolutional "
    "network gives the same logits: largest difference.",
    measured=gap,
    below=1e-4,
)
claim(
    "conv-mean-head-smaller",
    "With global average pooling the small convolutional network has far fewer "
    "parameters: share.",
    measured=mean_net.count_params() / classic_net.count_params(),
    below=0.5,
)
claim(
    "conv-mean-head-works",
    "With global average pooling the small convolutional network reads digits nearly "
    "as well: accuracy, for each seed.",
    measured=by_mean,
    above=0.88,
)

# %% [markdown]
# Four digits walk through the network with the classic head. Of each stage we pick
# the filter that is most active over all digits.

# %%
h, stages = images_test, [images_test]
for layer in our_net.layers[:4]:
    h = layer(h)
    stages.append(ops.convert_to_numpy(h))
liveliest = [stage.mean(axis=(0, 1, 2)).argmax() for stage in stages]
picked = [0, *[liveliest[k] for k in (1, 1, 3, 3)]]
walkers = [np.argmax(y_test == digit) for digit in (0, 1, 4, 7)]
walk = []
for each in walkers:
    for stage, f in zip(stages, picked, strict=True):
        picture = stage[each, :, :, f] / stage[..., f].max()
        walk.append(np.kron(picture, np.ones([8 // len(picture)] * 2)))

# %% tags=["hide-input"]
steps = ["image, 8 × 8", "conv, 8 × 8", "pool, 4 × 4", "conv, 4 × 4", "pool, 2 × 2"]
show(
    image_grid(walk, [*steps, *[""] * 15], label="in parts of its largest"),
    "conv-stages",
    caption="Four digits on their way through a trained network, each row one digit. "
    "Second and third column: one of 16 maps of the first layer and what pooling "
    "keeps of it. Fourth and fifth: one of 32 of the second layer. The picture gets "
    "coarser from left to right.",
    alt="Four rows of five images. The first shows a digit, the second which strokes "
    "the filter answers to, the third the same on 4 by 4 pixels, the fourth a map of "
    "the second layer, the last four numbers.",
)

# %% [markdown]
# ### Why do filters double as maps shrink?
#
# A stage's work is places times $k^2 C_\text{in} C_\text{out}$. Halving the side
# quarters the places; doubling the filters quadruples the product. So the work of the
# stages stays even. It is a rule of thumb, no law.

# %%


def stage_work(widths):
    """Multiply-adds of each stage, two convolutions and pooling, from 32 × 32 × 3."""
    stack = [keras.Input((32, 32, 3))]
    for width in widths:
        stack += [keras.layers.Conv2D(width, 3, padding="same") for _ in range(2)]
        stack.append(keras.layers.MaxPooling2D(2))
    rows = layer_sizes(keras.Sequential(stack))
    return np.reshape([row.multiply_adds for row in rows], (-1, 3)).sum(axis=1)


doubling, constant = stage_work((16, 32, 64)), stage_work((16, 16, 16))
claim(
    "conv-doubling-is-even",
    "If filters double where the side halves, three stages cost much the same: largest "
    "over smallest.",
    measured=doubling.max() / doubling.min(),
    below=2,
)
claim(
    "conv-constant-is-uneven",
    "With as many filters everywhere the first of three stages costs most: largest "
    "over smallest.",
    measured=constant.max() / constant.min(),
    above=4,
)

# %% [markdown]
# ### Do more layers need more data?
#
# We put one or four convolutions of 16 filters before the same head, and train on a
# hundred digits.

# %%


def stack_of(depth, seed):
    keras.utils.set_random_seed(seed)
    same = {"padding": "same", "activation": "relu"}
    later = [keras.layers.Conv2D(16, 3, **same) for _ in range(depth - 1)]
    first = [keras.layers.Conv2D(16, 3, **same), keras.layers.MaxPooling2D(2)]
    head = [keras.layers.Flatten(), keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((8, 8, 1)), *first, *later, *head])


# %%
_, (by_one, by_four) = trained(
    lambda seed: [stack_of(depth, seed) for depth in (1, 4)],
    (images[:100], y_train[:100]),
    (images_test, y_test),
    epochs=40,
    rate=0.005,
)
quote("conv-deep-accuracy", by_four.mean())
claim(
    "conv-deep-on-little-data",
    "On a hundred digits four layers are not much worse than one: accuracy of four "
    "minus that of one, mean of three seeds.",
    measured=100 * (by_four - by_one).mean(),
    above=-8,
    unit="points",
)

# %% [markdown]
# Four layers read {glue:text}`conv-deep-accuracy` of the held-out digits after seeing a
# hundred. Depth alone did not call for more data here.
#
# ## One network, used twice
#
# Are these two digits the same? A *Siamese* network
# sends both through **one** trunk $f$ and compares the codes
# {cite:p}`bromley1993signature,chopra2005learning`: the answer depends on
# $\lVert f(a) - f(b) \rVert$. People draw two trunks. There is one, called twice; its
# gradient is the sum over both calls.
#
# ```{literalinclude} ../dlbook/models/siamese.py
# :pyobject: Siamese.call
# :language: python
# :dedent: 4
# ```
#
# What if there were two indeed? We let the second start as a copy of the first and
# train it apart. All train briefly, for about 180 steps of 32 pairs.

# %%


def trunk(seed):
    keras.utils.set_random_seed(seed)
    return keras.Sequential(
        [keras.Input((64,)), Dense(64, activation="relu"), Dense(16)]
    )


def pair_network(kind, seed):
    f, x = trunk(seed), keras.Input((2, 64))
    a, b = x[:, 0], x[:, 1]
    if kind == "one trunk":
        d = Siamese(f)((a, b))
    else:
        g = trunk(seed)  # A copy of f, which then goes its own way.
        d = ops.sqrt(ops.sum((f(a) - g(b)) ** 2, axis=1, keepdims=True) + 1e-9)
    start = {"kernel_initializer": keras.initializers.Constant(-1.0)}
    return keras.Model(x, Dense(1, **start)(d))


def pairs(x, y, count, seed):
    """Pairs (count, 2, 64), half of them of the same digit, and whether they are."""
    draw = np.random.default_rng(seed)
    a, equal = draw.integers(len(y), size=count), np.arange(count) % 2
    b = [
        draw.choice(np.flatnonzero((y == y[i]) == e))
        for i, e in zip(a, equal, strict=True)
    ]
    return np.stack([x[a], x[b]], axis=1), equal


def pair_loss(y, z):
    """Cross-entropy of each pair, summed over the networks (batch, networks, 1)."""
    y = ops.cast(ops.reshape(y, (-1, 1)), "float32")
    return ops.sum(ops.softplus(z[..., 0]) - y * z[..., 0], axis=1)


# %%
new_pairs, is_equal = pairs(x_test, y_test, 2000, 1)
twins = {
    name: [pair_network(name, k) for k in seeds] for name in ("one trunk", "two trunks")
}
together = side_by_side([model for models in twins.values() for model in models])
rule = keras.optimizers.SGD(0.1, momentum=0.9)
together.compile(rule, pair_loss, steps_per_execution=20)
rule.build(together.trainable_variables)
beginning = [ops.convert_to_numpy(v) for v in (*together.variables, *rule.variables)]
of_pairs = {name: {} for name in twins}
for count in (300, 1500):
    for each, value in zip(
        (*together.variables, *rule.variables), beginning, strict=True
    ):
        each.assign(value)
    order = shuffled_batches(count, 6000 // count, 32)
    fit_batches(together, *pairs(x_train, y_train, count, 0), order)
    logits = ops.convert_to_numpy(together(new_pairs))[..., 0]
    right = ((logits > 0) == is_equal[:, None]).mean(axis=0).reshape(2, 3)
    for name, runs in zip(of_pairs, right, strict=True):
        of_pairs[name][f"{count:,} pairs"] = runs

# %% tags=["hide-input"]
show(
    dot_rows(of_pairs, x_label="accuracy on new pairs"),
    "conv-pairs",
    caption="Same digit or not? One trunk for both images against a trunk for each, "
    "three seeds.",
    alt="; ".join(
        f"{name}: " + ", ".join(f"{row} {runs.mean():.2f}" for row, runs in of.items())
        for name, of in of_pairs.items()
    )
    + ".",
)

# %%


def asymmetry(model):
    """By how much the logit changes when the two images change places."""
    swapped = new_pairs[:, ::-1]
    return np.abs(ops.convert_to_numpy(model(new_pairs) - model(swapped))).max()


one, two = of_pairs.values()
trunk_gain = {row: one[row] - two[row] for row in one}
trunks = {name: models[0].count_params() for name, models in twins.items()}
claim(
    "conv-siamese-few-pairs",
    "With 300 pairs one trunk tells equal digits better than two: accuracy, mean "
    "difference over three seeds.",
    measured=100 * trunk_gain["300 pairs"].mean(),
    above=1,
    unit="points",
)
claim(
    "conv-siamese-more-pairs",
    "With 1,500 pairs one trunk still tells equal digits better than two: accuracy, "
    "mean difference over three seeds.",
    measured=100 * trunk_gain["1,500 pairs"].mean(),
    above=2,
    unit="points",
)
claim(
    "conv-siamese-parameters",
    "A second trunk costs 64 · 64 + 64 + 64 · 16 + 16 parameters more.",
    measured=trunks["two trunks"] - trunks["one trunk"],
    equals=5200,
)
claim(
    "conv-siamese-symmetric",
    "With one trunk the order of the two images does not count: largest change of a "
    "logit when they are swapped, for each seed.",
    measured=[asymmetry(model) for model in twins["one trunk"]],
    below=1e-4,
)
claim(
    "conv-two-trunks-asymmetric",
    "With two trunks the order of the two images counts: largest change of a logit "
    "when they are swapped, for each seed.",
    measured=[asymmetry(model) for model in twins["two trunks"]],
    above=0.1,
)

# %% [markdown]
# Being the same is symmetric. One trunk knows that from the start, two have to learn
# it. For inputs of different kinds, say a photo and a text, two trunks are right.
#
# ### Across layers, over time, between tasks
#
# A *recurrent* layer uses one matrix at all time steps. One may even use one layer at
# several depths, as the Universal Transformer {cite:p}`dehghani2019universal` and
# ALBERT {cite:p}`lan2020albert` do. As a rule, each layer has its own weights. We
# try it: four hidden layers of 64 units on top of the first, once with one set of
# weights for all four.

# %%


def deep_network(shared, seed):
    keras.utils.set_random_seed(seed)
    one = Dense(64, activation="relu")
    x = keras.Input((64,))
    h = Dense(64, activation="relu")(x)
    for _ in range(4):
        h = (one if shared else Dense(64, activation="relu"))(h)
    return keras.Model(x, Dense(10)(h))


(reusing_net, separate_net), (reused, separate) = trained(
    lambda seed: [deep_network(shared, seed) for shared in (True, False)],
    (x_train, y_train),
    (x_test, y_test),
    epochs=4,
    rate=0.004,
)

# %%
claim(
    "conv-depth-shared-parameters",
    "One layer used four times saves three layers of 64 · 64 + 64 parameters.",
    measured=separate_net.count_params() - reusing_net.count_params(),
    equals=12_480,
)
claim(
    "conv-depth-shared-learns",
    "A network that uses one layer four times learns digits about as well: its "
    "accuracy minus that of the other, mean of three seeds.",
    measured=100 * (reused - separate).mean(),
    above=-4,
    below=4,
    unit="points",
)

# %% [markdown]
# Last, several *tasks* may share their lower layers: multi-task learning
# {cite:p}`caruana1997multitask`. That is a bet again, that the tasks need the same
# features. An exercise below shows it won and lost. One hears that it helps convergence
# by "more diverse features"; whether that is the reason is not established.
#
# ## Where the popular answer goes wrong
#
# ### On sharing
#
# :::{popular-answer} Parameter sharing makes the network computationally cheap.
# :verdict: imprecise
# :question: parameter-sharing
# :claims: conv-same-multiply-adds, conv-parameters, conv-parameters-unshared
#
# It saves parameters: {glue:text}`conv-parameters` instead of
# {glue:text}`conv-parameters-unshared`. The multiply-adds stay. Small windows save
# work, sharing does not.
# :::
#
# :::{popular-answer} The same weights are updated several times in backpropagation.
# :verdict: imprecise
# :question: parameter-sharing
# :claims: conv-gradient-is-a-sum, conv-one-step, conv-places-disagree
#
# The gradients of all uses are added up, and one step is made.
# :::
#
# :::{popular-answer} A shared set of weights serves several layers.
# :verdict: imprecise
# :question: parameter-sharing
# :claims: conv-depth-shared-parameters, conv-depth-shared-learns
#
# Usually it serves one layer, at all places or time steps. Sharing across layers is a
# special design.
# :::
#
# :::{popular-answer} Sharing is typical of Siamese networks with parallel trunks.
# :verdict: imprecise
# :question: parameter-sharing
# :claims: conv-siamese-few-pairs, conv-siamese-symmetric
#
# They are one case, with one trunk called twice. Convolution and recurrence are the
# common ones.
# :::
#
# :::{popular-answer} Parameter sharing helps generalisation.
# :verdict: imprecise
# :question: parameter-sharing
# :claims: conv-sharing-helps, conv-sharing-neutral, conv-sharing-hurts
#
# If the data are alike everywhere: {glue:text}`conv-sharing-helps` on shifted digits.
# On centred ones it hardly matters, and on a rule of place it fails.
# :::
#
# ### On convolutional networks
#
# :::{popular-answer} 3 × 3 kernels extract the same features as large ones, faster.
# :verdict: imprecise
# :question: cnn-architecture
# :claims: conv-receptive-fields, conv-stack-is-not-a-large-kernel
#
# A *stack* of them sees as far, with fewer weights. Its functions are others.
# :::
#
# :::{popular-answer} In the end the maps are flattened into dense layers.
# :verdict: imprecise
# :question: cnn-architecture
# :claims: conv-mean-head-smaller, conv-mean-head-works
#
# That is the classic head. The mean of each map is the common modern one, with
# {glue:text}`conv-mean-head-smaller` of the parameters here.
# :::
#
# :::{popular-answer} Complex data need more layers, and more layers need more data.
# :verdict: imprecise
# :question: cnn-architecture
# :claims: conv-deep-on-little-data
#
# A tendency. On a hundred digits four layers differed from one by
# {glue:text}`conv-deep-on-little-data`. Regularisation, pre-training and residual
# connections change it, and larger networks can generalise better
# {cite:p}`belkin2019reconciling`.
# :::
#
# ## What we saw
#
# - A convolution is a dense layer with most wires cut and the rest tied. Cutting saves
#   work, tying saves weights.
# - The gradient of a tied weight is the sum over its uses; it takes one step.
# - Tying helped on shifted digits, hardly mattered on centred ones and failed where
#   the place decides. A flattened head undoes much of the gain, and tells places apart.
# - Stacks of small windows see as far as large ones. They are other functions.
# - Convolution moves with its input. Pooling steadies it; global pooling stands still.
# - One trunk for two inputs makes the answer symmetric by construction.
#
# ## In an interview
#
# :::{interview-card} What is parameter sharing, and when is it a bad idea?
# :id: parameter-sharing
# :figure: conv-three-tasks
#
# One array of weights used at several places: at all positions of a feature map
# (convolution), at all time steps (recurrent networks), in both branches of a Siamese
# network, now and then in several layers (ALBERT, Universal Transformer). Its gradient
# is the sum over all uses, applied in one update. It cuts parameters and builds in that
# a pattern means the same everywhere. It does not cut multiply-adds: a locally
# connected layer does as many. It is a bad idea where the place matters, as in aligned
# faces; there locally connected layers can win. Keras 3 has none: cut out patches and
# multiply each by its own matrix (`ops.image.extract_patches` and `einsum`).
# :::
#
# :::{interview-card} What does a convolutional network look like, image to scores?
# :id: cnn-architecture
# :figure: conv-stages
#
# Blocks of 3 × 3 convolutions with "same" padding and ReLU, then pooling, repeated:
# channels go up as resolution goes down. Then flatten or global average pooling, dense,
# softmax. A filter spans all input channels: $k^2 C_\text{in} C_\text{out} +
# C_\text{out}$ parameters, and $\lfloor (n + 2p - k)/s \rfloor + 1$ places. Two
# stacked 3 × 3 layers see 5 × 5 with $18C^2$ instead of $25C^2$ weights and one
# nonlinearity more; a single one does not. Pooling keeps one statistic per window
# (largest, mean) or per map (global average). Depth, stride, padding and filter size
# are hyperparameters. That more layers need more data is a tendency, no rule.
# :::
#
# ## Exercises
#
# 1. **Recall.** A layer has 64 filters of 3 × 3 on an image of 32 × 32 pixels and 16
#    channels, with "same" padding. How many parameters, how many multiply-adds?
#
#    :::{dropdown} Solution
#    $9 \cdot 16 \cdot 64 + 64 = 9{,}280$ parameters and
#    $32^2 \cdot 9 \cdot 16 \cdot 64 = 9{,}437{,}184$ multiply-adds.
#    :::

# %% tags=["hide-cell"]
recalled = keras.Sequential(
    [keras.Input((32, 32, 16)), keras.layers.Conv2D(64, 3, padding="same")]
)
claim(
    "conv-exercise-counts",
    "Exercise 1: parameters and multiply-adds, minus 9,280 and 9,437,184.",
    measured=[recalled.count_params() - 9280, multiply_adds(recalled) - 9_437_184],
    equals=0,
)

# %% [markdown]
# 2. **By hand.** An image is 28 pixels wide, the window 5, the stride 2, without any
#    padding. How wide is the map? Which pixels does nobody see?
#
#    :::{dropdown} Solution
#    $\lfloor (28 - 5)/2 \rfloor + 1 = 12$. The last window covers pixels 22 to 26
#    (counted from 0), so the last row and column, 27, are never seen.
#    :::

# %% tags=["hide-cell"]
wide = Conv2D(1, 5, strides=2)
wide.build((None, 28, 28, 1))
reach = sum(
    effective_receptive_field(wide, np.ones((1, 28, 28, 1)), (i, i)) for i in range(12)
)
claim(
    "conv-exercise-unseen",
    "Exercise 2: influence of the last row and column on any unit of the diagonal.",
    measured=reach[27].sum() + reach[:, 27].sum(),
    equals=0,
)

# %% [markdown]
# 3. **Predict, then run.** Max pooling sends its gradient to one pixel, mean pooling to
#    all. What is the gradient of the sum of all outputs for an input of 4 × 4 distinct
#    numbers and windows of 2 × 2?
#
#    :::{dropdown} Solution
#    With the largest: 1 at four pixels and 0 at twelve. With the mean: ¼ everywhere.
#    :::

# %% tags=["hide-cell"]
cell = keras.Variable(numbers.astype("float32"))
to_largest, to_all = (
    gradients(lambda pool=pool: ops.sum(pool(cell)), [cell])[0]
    for pool in (MaxPooling2D(2), AveragePooling2D(2))
)
claim(
    "conv-exercise-pool-gradient",
    "Exercise 3: pixels that get a gradient from max pooling.",
    measured=np.count_nonzero(to_largest),
    equals=4,
)
claim(
    "conv-exercise-mean-gradient",
    "Exercise 3: gradients of mean pooling, smallest and largest.",
    measured=[to_all.min(), to_all.max()],
    equals=0.25,
)

# %% [markdown]
# 4. **Code.** Ask the network that was trained on shifted digits *where* the digit is:
#    fit row and column by least squares on its last maps, once flattened, once with the
#    largest number of each map only. How much of the variance does each explain on new
#    images?
#
#    :::{dropdown} Solution
#    Flattened, {glue:text}`conv-exercise-where-flat`; after global pooling
#    {glue:text}`conv-exercise-where-pooled`. The same trunk serves another task with
#    another head, if the head has not thrown away what the task needs.
#    :::

# %% tags=["hide-cell"]
classes = networks["shifted digits", "convolution"]
(field_train, at_train), (field_test, at_test) = (
    shifted(images, 2),
    shifted(images_test, 3),
)


def last_maps(x):
    for layer in classes.layers[:3]:
        x = layer(x)
    return ops.convert_to_numpy(x)  # (batch, 3, 3, 16)


def explained(read):
    """R² of row and column by a linear head on what `read` keeps of the maps."""
    ones = [
        np.c_[read(last_maps(x)), np.ones(len(x))] for x in (field_train, field_test)
    ]
    head = np.linalg.lstsq(ones[0], at_train)[0]
    return 1 - np.mean((ones[1] @ head - at_test) ** 2) / at_test.var(axis=0).mean()


claim(
    "conv-exercise-where-flat",
    "Exercise 4: share of the place's variance that a linear head finds in all maps.",
    measured=explained(lambda maps: maps.reshape(len(maps), -1)),
    above=0.7,
)
claim(
    "conv-exercise-where-pooled",
    "Exercise 4: share of the place's variance that a linear head finds in the "
    "largest number of each map.",
    measured=explained(lambda maps: maps.max(axis=(1, 2))),
    below=0.7,
)

# %% [markdown]
# 5. **Code.** Eight tasks have 40 examples each of 30 features, and one answer. Share a
#    linear bottom layer of four units. When does it beat eight separate regressions?
#
#    :::{dropdown} Solution
#    When the tasks need the same features. If their true weights lie in a common plane,
#    the shared layer finds it from all 320 examples. If they point in eight unrelated
#    directions, four units cannot hold them. The next cell measures both.
#    :::

# %% tags=["hide-cell"]


def tasks_explained(common, seed):
    """R² on new examples of eight tasks: bottom shared, and separate."""
    draw = np.random.default_rng(seed)
    true = draw.normal(size=(30, 8))
    if common:
        true = draw.normal(size=(30, 2)) @ draw.normal(size=(2, 8))
    x = draw.normal(size=(8, 40, 30))
    y = np.einsum("tnd,dt->tn", x, true)
    y += 0.3 * y.std() * draw.normal(size=y.shape)
    alone = np.stack([np.linalg.lstsq(a, b)[0] for a, b in zip(x, y, strict=True)])
    bottom = draw.normal(size=(30, 4))
    for _ in range(20):
        pair = zip(x, y, strict=True)
        top = np.stack([np.linalg.lstsq(a @ bottom, b)[0] for a, b in pair])
        A = np.einsum("tnd,tk->tndk", x, top).reshape(320, 120)
        normal = A.T @ A + 1e-6 * np.eye(120)
        bottom = np.linalg.solve(normal, A.T @ y.ravel()).reshape(30, 4)
    weights = {"shared": top @ bottom.T, "alone": alone}
    return [1 - np.sum((w.T - true) ** 2) / np.sum(true**2) for w in weights.values()]


in_plane, unrelated = (
    np.array([tasks_explained(common, seed) for seed in seeds])
    for common in (True, False)
)
claim(
    "conv-multitask-helps",
    "Exercise 5: with a common plane, R² of the shared bottom minus that of separate "
    "regressions, for each seed.",
    measured=in_plane[:, 0] - in_plane[:, 1],
    above=0.05,
)
claim(
    "conv-multitask-hurts",
    "Exercise 5: with unrelated tasks, R² of the shared bottom minus that of separate "
    "regressions, for each seed.",
    measured=unrelated[:, 0] - unrelated[:, 1],
    below=-0.05,
)

# %% [markdown]
# 6. **Think.** With "same" padding the border is filled with zeros. Can a convolution
#    then know where it is?
#
#    :::{dropdown} Solution
#    Near the border, yes: its window sees zeros that the image would not have. Each
#    layer carries that further in. So a deep network with "same" padding is not quite
#    equivariant. Without padding, fewer windows see the border, and that gives it away
#    as well. So our rule of place kept its bars away from it.
#    :::
#
# 7. **Open.** Which other transformations than shifts do you know that leave the answer
#    the same? What would a layer look like that shares its weights over them?
#
#    :::{dropdown} Solution
#    Turns, mirrors, scale; for sets, any order. One applies the same kernel in all its
#    turned versions and pools over them. Like every sharing it is a bet: a turned 6 is
#    a 9.
#    :::
#
# ## Further reading
#
# {cite:t}`lecun1989generalization` compares dense, locally connected and shared layers
# on one task; {cite:t}`lecun1998gradient` is the network that read cheques. The
# arithmetic of windows is drawn in {cite:t}`dumoulin2016guide` and
# {cite:t}`araujo2019computing`. Chapter 9 of {cite:t}`goodfellow2016deep` treats
# convolution as an infinitely strong prior. The Siamese network is by
# {cite:t}`bromley1993signature`.
#
# :::{parts-used}
# :::
