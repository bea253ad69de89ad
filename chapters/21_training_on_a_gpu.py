# %% [markdown]
# # Training on a GPU, on several, on several machines: other times, the same weights
#
# All networks of this book train in seconds on a CPU. Yours may need days. One remedy
# is other hardware: a GPU, several, several machines. That should change how long
# training takes, and nothing of what is learned. This chapter says what has to be done
# for the one, and measures the other. {doc}`Small batches save epochs, large
# batches save updates <08_batch_size>` left the hardware's side of its questions open.
#
# It answers: **Which batch size keeps a device busy? What does it wait for? What do
# numbers of 16 bits cost and save? How do several devices train one network, and how
# does training survive a machine that fails?**
#
# Every claim below was measured, on the device that is named below or, where the
# text says so, on its CPU. What is said of GPUs is known from sources; those sentences
# say so or cite them. Run the chapter on a GPU, and it measures yours.

# %%
import contextlib
import math
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from queue import Queue
from threading import Thread

import keras
import ml_dtypes
import numpy as np
from keras import ops

# %%
from dlbook.callbacks import Checkpoint, DeviceMonitor
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import curves, moving_cells, timelines
from dlbook.measures import median_times, number_of_parameters
from dlbook.models import mlp
from dlbook.page import animate, quote, show, table
from dlbook.training import (
    data_parallel,
    find_batch_size,
    fit_batches,
    shuffled_batches,
    use_gpu,
)

# %% [markdown]
# Two things have to be said before the backend computes anything. A section below wants
# two devices, so the CPU is to count as two. And `use_gpu` sets up what is there. We
# keep float32 for now; by itself it takes 16 bits where a GPU is made for them.

# %%
if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")  # It tells every gradient that it sends.
    cpu = tf.config.list_physical_devices("CPU")[0]
    halves = [tf.config.LogicalDeviceConfiguration()] * 2
    tf.config.set_logical_device_configuration(cpu, halves)
elif keras.backend.backend() == "jax":
    import jax

    jax.config.update("jax_num_cpu_devices", 2)
device = use_gpu(mixed_precision="float32")
quote("gpu-device", str(device).splitlines()[0])

# %% [markdown]
# It found: *{glue:text}`gpu-device`*
#
# ## The idea: a step has a fixed price, and a price per example
#
# What does one step cost? Something is paid for each step, whatever it holds: Python
# calls, the start of each operation, the update of the weights. The rest is paid for
# each example. With $t_0$ and $t_1$ for the two,
#
# $$
# t(B) = t_0 + t_1 B, \qquad
# \frac{B}{t(B)} = \frac{1}{t_1} \cdot \frac{1}{1 + B_\text{half}/B}, \qquad
# B_\text{half} = \frac{t_0}{t_1} .
# $$ (eq-gpu-step)
#
# The examples per second rise with $B$ and approach $1/t_1$. At $B_\text{half}$ half of
# that is reached: the *knee*. Below it the device mostly waits for its orders. We time
# steps of a network with two hidden layers of 256 units. The sizes take turns, so a
# busy moment meets all of them. Each turn has a new order: otherwise the smallest batch
# would always follow the largest, which slows it.

# %%
(x, y), _ = load_digits()
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def compiled(*units):
    model = mlp(64, units, 10)
    model.compile(keras.optimizers.SGD(0.01), cross_entropy)
    return model


def batch_of(B):
    """So many digits, from the first on, again from the first where they end."""
    rows = np.arange(B) % len(x)
    return x[rows], y[rows]


# %%
def step_of(model, B):
    batch = batch_of(B)
    return lambda: model.train_on_batch(*batch)


# %% [markdown]
# How far up? Until a step takes six times as long as one with a single example. Then
# the knee lies well inside.

# %%
wide, largest = compiled(256, 256), 1024
while largest < 2**18:
    single, many = median_times([step_of(wide, B) for B in (1, largest)], repeats=5)
    if many > 6 * single:
        break
    largest *= 2
sizes = 2 ** np.arange(largest.bit_length())
step_time = median_times([step_of(wide, B) for B in sizes])

# %% [markdown]
# Least squares on the relative error finds $t_0$ and $t_1$.

# %%
prices = np.stack([np.ones(len(sizes)), sizes], axis=1) / step_time[:, None]
t_0, t_1 = np.linalg.lstsq(prices, np.ones(len(sizes)))[0]
B_half = t_0 / t_1
throughput = sizes / step_time
quote("gpu-fixed-price", f"{1e3 * t_0:.2g} ms")
quote("gpu-example-price", f"{1e6 * t_1:.2g} µs")
quote("gpu-knee", f"{float(f'{B_half:.2g}'):,.0f}")

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        {"measured": throughput, "two prices": sizes / (t_0 + t_1 * sizes)},
        x_label="batch size $B$",
        y_label="examples per second",
        x_scale="log",
        y_scale="log",
        bounds={"half": 1 / t_1 / 2},
        markers=True,
    ),
    "gpu-throughput",
    caption="Examples per second against the batch size, on the device that built this "
    "page. The line of two prices has two numbers, fitted. It crosses the dotted "
    "height, half of the most, at the knee. Far below, twice the batch is about twice "
    "the speed. Above, no batch gains another factor of two.",
    alt="Two curves that nearly coincide. They rise in a straight line and bend. "
    f"One example in a batch: {throughput[0]:,.0f} per second; 64: "
    f"{throughput[6]:,.0f}; {sizes[-1]:,}: {throughput[-1]:,.0f}. "
    f"The knee is at {B_half:,.0f} examples.",
)

# %%
claim(
    "gpu-batch-fills-the-device",
    "Larger batches use the device: examples per second in batches of 64 over those "
    "one at a time.",
    measured=throughput[6] / throughput[0],
    above=8,
)
claim(
    "gpu-throughput-saturates",
    "Beyond the knee larger batches bring little: examples per second in the largest "
    "batches over those in batches of a quarter.",
    measured=throughput[-1] / throughput[-3],
    below=2.5,
)
claim(
    "gpu-two-prices",
    "A fixed price and a price per example describe the time of a step: factor between "
    "calculated and measured time, geometric mean over all batch sizes.",
    measured=np.exp(np.abs(np.log((t_0 + t_1 * sizes) / step_time)).mean()),
    below=2,
)

# %% [markdown]
# Here a step costs {glue:text}`gpu-fixed-price` and each example
# {glue:text}`gpu-example-price`; the knee is at $B_\text{half}$ =
# {glue:text}`gpu-knee`. A GPU does many more sums at once. Its $t_1$ is far smaller,
# its $t_0$ is not, so its knee lies at larger batches. That is why a small network in
# small batches may be no faster on a GPU. (Known, not measured here.)
#
# ### Two knees
#
# Is the largest batch then the best? {eq}`eq-gpu-step` has the form of the law in
# {doc}`the chapter on batch size <08_batch_size>`: with a rate tuned for each size, one
# needs $U_\text{min}(1 + B_\text{noise}/B)$ updates to a goal. Beyond the *noise
# scale* $B_\text{noise}$ an update gets hardly better. The time to the goal is the
# product:
#
# $$
# T(B) = U_\text{min} \left(1 + \frac{B_\text{noise}}{B}\right) (t_0 + t_1 B),
# \qquad B^\star = \sqrt{B_\text{noise}\, B_\text{half}} .
# $$ (eq-gpu-two-knees)
#
# The best size is the geometric mean of the two knees. One belongs to the data and the
# network, the other to the device. We draw it for the prices above and a noise
# scale of 100, and for a device that computes an example sixteen times as fast.

# %%
B_noise, grid = 100, 2 ** np.linspace(0, 16, 400)


def time_to_goal(t_1):
    return (1 + B_noise / grid) * (t_0 + t_1 * grid)


slower, faster = time_to_goal(t_1), time_to_goal(t_1 / 16)
best_sizes = grid[[slower.argmin(), faster.argmin()]]

# %% tags=["hide-input"]
show(
    curves(
        grid,
        {"this device": slower / t_0, "examples 16 × as fast": faster / t_0},
        x_label="batch size $B$",
        y_label="time to the goal, in $U_{\\min}\\, t_0$",
        x_scale="log",
        y_scale="log",
    ),
    "gpu-two-knees",
    caption="Time to a goal, calculated from two prices and a noise scale of 100 "
    "examples. A small batch makes too many updates. A large one pays for examples "
    "that no longer help. On the faster device the valley is lower, wider and at "
    "larger batches.",
    alt="Two valleys. The lowest points are at batches of "
    f"{best_sizes[0]:.0f} and, for the faster device, {best_sizes[1]:.0f}.",
)

# %%
claim(
    "gpu-best-size",
    "The shortest time is at the geometric mean of noise scale and knee: best size on "
    "a fine grid over the formula's, for two devices.",
    measured=best_sizes / np.sqrt(B_noise * np.array([B_half, 16 * B_half])),
    above=0.95,
    below=1.05,
)

# %% [markdown]
# ## What does the device wait for?
#
# A device that is busy in each step may still be idle between steps, if the next batch
# has not arrived. Say a batch takes a time $t_\text{load}$ to load. One after the
# other, that is $t_\text{load} + t(B)$ for each step. If a second thread loads the next
# batch meanwhile, it is the larger of the two: loading is hidden while it is shorter
# than a step. That is *prefetching*. By hand it is a queue:

# %%


def prefetched(batches, depth=2):
    """The same batches; a thread keeps the next ones ready."""
    ready, end = Queue(depth), object()

    def work():
        for batch in batches:
            ready.put(batch)
        ready.put(end)

    Thread(target=work, daemon=True).start()
    while (batch := ready.get()) is not end:
        yield batch


# %% [markdown]
# A generator that sleeps for a quarter of a step stands for the disk. We train from it
# directly, and through the queue, and keep when each step began to wait, had its
# batch, and ended.

# %%
large = batch_of(1024)
load_time = median_times([step_of(wide, 1024)])[0] / 4


# %%
def slow_disk(steps):
    for _ in range(steps):
        time.sleep(load_time)
        yield large


def clocked(batches):
    """Begin of waiting, of computing, and end, for each step; seconds."""
    moments, begin = [], time.perf_counter()
    for batch in batches:
        arrived = time.perf_counter()
        wide.train_on_batch(*batch)
        moments.append((begin, arrived, time.perf_counter()))
        begin = moments[-1][2]
    return np.array(moments) - moments[0][0]


# %%
in_turn, ahead = clocked(slow_disk(30)), clocked(prefetched(slow_disk(30)))
waited, waited_ahead = (np.median(run[:, 1] - run[:, 0]) for run in (in_turn, ahead))

# %% tags=["hide-input"]
drawn = {"loading in turn": in_turn[10:15], "loading ahead": ahead[10:15]}
drawn = {name: 1e3 * (run - run[0, 0]) for name, run in drawn.items()}
show(
    timelines(
        {n: {"waits": run[:, :2], "computes": run[:, 1:]} for n, run in drawn.items()},
        "time (ms)",
    ),
    "gpu-timeline",
    caption="Five steps of training, as measured. Above, each step first waits for its "
    "batch. Below, a thread has loaded it during the step before.",
    alt="Bars along the time. In turn, waiting and computing alternate; the median "
    f"wait is {1e3 * waited:.1f} ms. Ahead, the bars of computing touch, and the "
    f"median wait is {1e3 * waited_ahead:.2g} ms.",
)

# %%
claim(
    "gpu-prefetch-hides-loading",
    "Loading that takes a quarter of a step disappears behind it: median waiting "
    "time of a step without prefetching over that with it.",
    measured=waited / waited_ahead,
    above=2,
)

# %% [markdown]
# ### Keras beside it
#
# On TensorFlow, Keras loads ahead from arrays. For what you write yourself, it is
# `.prefetch` of a `tf.data.Dataset`, `workers` of a `PyDataset`, `num_workers` of a
# torch `DataLoader`. But one thread ahead hides no more than one step. Now loading is
# to take eight times as long as computing, and many threads load at once.
# `DeviceMonitor` splits each step, and says what holds it up.

# %%


class SlowDisk(keras.utils.PyDataset):
    """Thirty batches, each of which takes as long as eight steps."""

    def __len__(self):
        return 30

    def __getitem__(self, index):
        time.sleep(32 * load_time)
        return large


monitors = {}
for loaders in (1, 16):
    monitors[loaders] = DeviceMonitor()
    data = SlowDisk(workers=loaders, max_queue_size=16)
    wide.fit(data, verbose=0, callbacks=[monitors[loaders]])

# %%
after_first = [(m.waiting[1:], m.computing[1:]) for m in monitors.values()]
one_waits, many_wait = (np.median(waiting) for waiting, _ in after_first)
shares = [np.sum(w) / (np.sum(w) + np.sum(c)) for w, c in after_first]
for name, share in zip(("one", "many"), shares, strict=True):
    quote(f"gpu-waits-{name}", f"{100 * share:.0f} %")

# %%
claim(
    "gpu-input-bound-is-found",
    "The monitor finds that training with one slow loader is input-bound: findings of "
    "that kind.",
    measured=[f.kind for f in monitors[1].findings].count("input_bound"),
    equals=1,
)
claim(
    "gpu-more-loaders-help",
    "Where loading is slower than computing, more loaders help: median waiting time of "
    "a step with one over that with sixteen.",
    measured=one_waits / many_wait,
    above=2,
)

# %% [markdown]
# With one loader {glue:text}`gpu-waits-one` of the time was waiting, with sixteen
# {glue:text}`gpu-waits-many`. `examples_per_second` is in the progress bar too. Ask for
# a faster device only when this one does not wait {cite:p}`murray2021tfdata`.
#
# ## Sixteen bits instead of thirty-two
#
# Many GPUs multiply numbers of 16 bits several times as fast as numbers of 32
# {cite:p}`micikevicius2018mixed`, and half the bytes have to be moved. What is
# lost? There are two ways to spend 16 bits. float16 has finer steps, bfloat16 the
# range of float32.

# %%
formats = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
limits = {name: ml_dtypes.finfo(kind) for name, kind in formats.items()}
table(
    [
        {
            "format": name,
            "bytes": each.bits // 8,
            "largest": float(each.max),
            "smallest": float(each.smallest_subnormal),
            "step above 1": float(each.eps),
        }
        for name, each in limits.items()
    ],
    "gpu-formats",
    caption="Three formats of numbers. *Smallest* is the least number above zero.",
)

# %% [markdown]
# Take one weight on its way from 1 to 2, by gradient descent on
# $\tfrac12(\theta - 2)^2$ at $\alpha = 0.001$. The first update is 0.001. In bfloat16
# the next number after 1 is 1.0078: the update is rounded away. *Mixed precision*
# computes the gradient in 16 bits and keeps the weight in 32.

# %%


def descend_in(weight, compute, steps=8000):
    """θ after each step; the weight in one format, the gradient in another."""
    theta, path = weight(1), []
    for _ in range(steps):
        gradient = compute(theta) - compute(2)
        theta = weight(theta - weight(0.001) * weight(gradient))
        path.append(float(theta))
    return path


# %%
f32, f16, bf16 = formats.values()
mixed = "mixed: float32, gradient in bfloat16"
paths = {
    "float32": descend_in(f32, f32),
    mixed: descend_in(f32, bf16),
    "float16": descend_in(f16, f16),
    "bfloat16": descend_in(bf16, bf16),
}

# %% tags=["hide-input"]
steps, axes = np.arange(1, 8001), ("step", "weight $\\theta$")
descent = curves(steps, paths, *axes, bounds={"goal": 2})
descent.axes[0].set_ylim(0.5, 2.1)  # Room for the legend.
show(
    descent,
    "gpu-one-weight",
    caption="One weight on its way to 2. In 16 bits alone it stops where an update is "
    "less than half a step of the format: at once in bfloat16, half-way in float16. "
    "With the weight in 32 bits a gradient of 16 is good enough.",
    alt="Four curves from 1. "
    + ", ".join(f"{name} ends at {path[-1]:.3f}" for name, path in paths.items())
    + ".",
)

# %%
ends = {name: path[-1] for name, path in paths.items()}
claim(
    "gpu-bfloat16-weight-stays",
    "A weight of 1 in bfloat16 does not notice updates of 0.001: where it is after "
    "8,000 steps.",
    measured=ends["bfloat16"],
    equals=1,
)
claim(
    "gpu-float16-weight-stops",
    "A weight in float16 stops half-way from 1 to the goal 2, at updates of at most "
    "0.001: where it is after 8,000 steps.",
    measured=ends["float16"],
    below=1.6,
)
claim(
    "gpu-mixed-weight-arrives",
    "A weight in float32 whose gradient is in bfloat16 arrives from 1 at the goal 2: "
    "where it is after 8,000 steps.",
    measured=ends[mixed],
    above=1.99,
)

# %% [markdown]
# float16 has the opposite weakness: small gradients become 0. So the loss is multiplied
# by a large number before backpropagation and the gradient divided by it after, in
# float32: *loss scaling*. Keras's policy `mixed_float16` does that by itself. bfloat16
# needs none {cite:p}`kalamkar2019bfloat16`.

# %%
tiny, scale = 1e-8, 2.0**15
claim(
    "gpu-float16-loses-small-gradients",
    "In float16 a gradient of 1e-8 becomes 0.",
    measured=float(np.float16(tiny)),
    equals=0,
)
claim(
    "gpu-loss-scaling-saves-them",
    "Scaled by 2¹⁵ in float16 and divided again, a gradient of 1e-8 survives: relative "
    "error.",
    measured=abs(float(np.float16(tiny * scale)) / scale / tiny - 1),
    below=1e-3,
)

# %% [markdown]
# Does a network tell the same? We read digits with SGD at a small rate, from the
# same three starts, in float32, in `mixed_bfloat16`, and with everything in bfloat16.

# %%


def final_losses(policy, seeds=(0, 1, 2)):
    """Training loss after twelve epochs, computed in float32; for each seed."""
    judge, found = mlp(64, (128,), 10), []
    keras.config.set_dtype_policy(policy)
    model = mlp(64, (128,), 10)
    keras.config.set_dtype_policy("float32")
    rule = keras.optimizers.SGD(0.01)
    model.compile(rule, cross_entropy, steps_per_execution=42)
    for seed in seeds:
        model.set_weights(mlp(64, (128,), 10, seed=seed).get_weights())
        fit_batches(model, x, y, shuffled_batches(len(x), 12, 32, seed))
        judge.set_weights([np.asarray(w, "float32") for w in model.get_weights()])
        found.append(float(cross_entropy(y, judge(x))))
    return np.array(found)


# %%
policies = ("float32", "mixed_bfloat16", "bfloat16")
loss_in = {policy: final_losses(policy) for policy in policies}

# %%
claim(
    "gpu-mixed-learns-alike",
    "Mixed precision learns what float32 learns: training loss with mixed_bfloat16 "
    "over that with float32, for each of three seeds.",
    measured=loss_in["mixed_bfloat16"] / loss_in["float32"],
    above=0.95,
    below=1.05,
)
claim(
    "gpu-only-16-bits-falls-behind",
    "With the weights in bfloat16 too, training falls behind: training loss over that "
    "in float32, for each of three seeds.",
    measured=loss_in["bfloat16"] / loss_in["float32"],
    above=1.2,
)

# %% [markdown]
# Is it faster? That is a question to the device.

# %%
keras.config.set_dtype_policy("mixed_bfloat16")
in_16_bits = compiled(256, 256)
keras.config.set_dtype_policy("float32")
both = median_times([step_of(model, 1024) for model in (in_16_bits, wide)])
quote("gpu-mixed-time", f"{both[0] / both[1]:.2f}")

# %% [markdown]
# Here a step in `mixed_bfloat16` took {glue:text}`gpu-mixed-time` times as long as one
# in float32; another device has another number. By itself, `use_gpu()` switches to 16
# bits only where it finds a GPU, or a TPU, that is made for them.
#
# ## What fills the memory?
#
# {doc}`The chapter on batch size <08_batch_size>` measured that memory has a part that
# does not depend on $B$, and one in proportion to it. For a network of $P$ weights
# whose layers return $A$ numbers for each example, with Adam:
#
# $$
# M(B) \approx \underbrace{(4 + 4 + 8)\,P}_{\text{weights, gradients, Adam}}
# + \underbrace{s\,A\,B}_{\text{what the layers return}} \quad\text{bytes},
# $$ (eq-gpu-memory)
#
# with $s = 4$ in float32 and 2 in 16 bits. Mixed precision adds $2P$ for the copy that
# computes. We count on a small convolutional network and look at the real
# tensors.

# %%


def convolutional(policy):
    parts, same = [keras.Input((64, 64, 3))], {"padding": "same", "dtype": policy}
    for filters in (32, 64, 128):
        for _ in range(2):
            parts.append(keras.layers.Conv2D(filters, 3, activation="relu", **same))
        parts.append(keras.layers.MaxPooling2D(2, dtype=policy))
    parts.append(keras.layers.GlobalAveragePooling2D(dtype=policy))
    return keras.Sequential([*parts, keras.layers.Dense(10, dtype=policy)])


# %%
def bytes_of(tensors):
    size = {"float32": 4, "bfloat16": 2}
    kinds = [keras.backend.standardize_dtype(each.dtype) for each in tensors]
    return sum(
        math.prod(t.shape) * size[k] for t, k in zip(tensors, kinds, strict=True)
    )


# %%
weight_bytes, example_bytes = {}, {}
for policy in ("float32", "mixed_bfloat16"):
    model = convolutional(policy)
    returned = [ops.zeros((1, 64, 64, 3))]
    for part in model.layers:
        returned.append(part(returned[-1]))
    weight_bytes[policy] = bytes_of(model.weights)
    example_bytes[policy] = bytes_of(returned[1:])
P = number_of_parameters(model.weights)
always = {"float32": 16 * P, "mixed_bfloat16": 18 * P}
memory_sizes = 2 ** np.arange(0, 18)
memory = {p: (always[p] + example_bytes[p] * memory_sizes) / 1e9 for p in always}
fits = {p: int((8e9 - always[p]) / example_bytes[p]) for p in always}

# %% tags=["hide-input"]
show(
    curves(
        memory_sizes,
        memory,
        x_label="batch size $B$",
        y_label="memory of a step (GB)",
        x_scale="log",
        y_scale="log",
        bounds={"8 GB": 8},
        markers=True,
    ),
    "gpu-memory",
    caption=f"Memory that a step needs at least, counted, for a network of {P:,} "
    "weights on images of 64 × 64 pixels. For single images weights, gradients and "
    "Adam make up most of it, and mixed precision needs "
    f"{memory['mixed_bfloat16'][0] / memory['float32'][0]:.2f} times as much as "
    "float32. Soon what the layers return is all that counts, and there it needs half.",
    alt="Two curves, flat at first, then rising in proportion. By count, a batch of "
    f"{fits['float32']:,} fits 8 GB in float32, and one of "
    f"{fits['mixed_bfloat16']:,} in mixed precision.",
)

# %%
quote("gpu-fits", f"{fits['float32']:,} and {fits['mixed_bfloat16']:,}")
claim(
    "gpu-activations-halved",
    "In mixed precision what the layers return takes half the bytes: mixed_bfloat16 "
    "over float32.",
    measured=example_bytes["mixed_bfloat16"] / example_bytes["float32"],
    equals=0.5,
)
claim(
    "gpu-weights-not-halved",
    "In mixed precision the weights take as many bytes as before: mixed_bfloat16 over "
    "float32.",
    measured=weight_bytes["mixed_bfloat16"] / weight_bytes["float32"],
    equals=1,
)
claim(
    "gpu-activations-fill-memory",
    "In batches of 32 it is not the weights that fill memory: bytes that the layers of "
    "a convolutional network return over those of weights, gradients and Adam.",
    measured=32 * example_bytes["float32"] / always["float32"],
    above=5,
)

# %% [markdown]
# By this count batches of {glue:text}`gpu-fits` fit into 8 GB, in float32 and in mixed
# precision. That is a bound from above: libraries keep more than the results, and need
# room to work. So `find_batch_size` tries real steps, and then puts everything back. A
# CPU takes its memory from all programs, so we give the search an upper end.

# %%
before = wide.get_weights()
find_batch_size(wide, x, y, low=64, high=256)  # 256: all that it was allowed.
claim(
    "gpu-search-leaves-no-trace",
    "The search for a batch size trains, and leaves the weights as they were: largest "
    "difference.",
    measured=max(
        np.abs(a - b).max() for a, b in zip(before, wide.get_weights(), strict=True)
    ),
    equals=0,
)

# %% [markdown]
# If the batch you want does not fit: accumulate gradients, as below. Or compute
# the forward pass a second time instead of keeping it {cite:p}`chen2016training`. Or
# spread weights and Adam's averages over several devices {cite:p}`rajbhandari2020zero`.
#
# ## Several devices
#
# How do several devices train one network? Each has a copy of the weights and gets a
# part of every batch. The gradient of a mean over $B$ examples is the mean of the
# gradients over $n$ equal parts:
#
# $$
# g = \frac1B \sum_{i \in \mathcal B} \nabla \ell_i
# = \frac1n \sum_{k=1}^{n} g_k, \qquad
# g_k = \frac nB \sum_{i \in \mathcal B_k} \nabla \ell_i .
# $$ (eq-gpu-parallel)
#
# So all make the same step, and the copies remain equal. This is *data parallelism*
# {cite:p}`dean2012large,goyal2017accurate`. *Gradient accumulation* is the
# same sum, one part after the other on one device. In Keras both are a line. (On torch
# Keras trains on one device in a process. There the next cell takes one.)

# %%


def learned(batch_size, accumulated=None):
    """All weights after two epochs with Adam, in one array."""
    model = mlp(64, (32,), 10)
    rule = keras.optimizers.Adam(0.01, gradient_accumulation_steps=accumulated)
    model.compile(rule, cross_entropy)
    model.fit(x[:1344], y[:1344], batch_size, epochs=2, shuffle=False, verbose=0)
    return np.concatenate([np.ravel(w) for w in model.get_weights()])


one_each = keras.backend.backend() == "torch"
with data_parallel(None if one_each else ["cpu:0", "cpu:1"]) as parallel:
    on_two = learned(parallel.batch_size(64))
with keras.device("cpu" if one_each else "cpu:0"):
    on_one, added_up, in_halves = learned(64), learned(16, accumulated=4), learned(32)

# %%
roads = {
    f"devices that share batches of 64: {parallel.replicas}": on_two,
    "four batches of 16, accumulated": added_up,
    "32 at a time, not accumulated": in_halves,
}
apart = {name: np.abs(theta - on_one).max() for name, theta in roads.items()}
table(
    [{"road": name, "largest difference": gap} for name, gap in apart.items()],
    "gpu-roads",
    caption="Weights after two epochs, against those of one device with batches of 64.",
)

# %%
two_devices, accumulated, half_batch = apart.values()
if one_each:
    print("One device in a process, so two were not compared.")
else:
    claim(
        "gpu-two-devices-equal-one",
        "Two devices that share batches of 64 learn the weights that one learns: "
        "largest difference after two epochs.",
        measured=two_devices,
        below=1e-4,
    )

# %%
claim(
    "gpu-accumulation-equals-large-batch",
    "Four accumulated batches of 16 are one batch of 64: largest difference of a "
    "weight after two epochs.",
    measured=accumulated,
    below=1e-4,
)
claim(
    "gpu-half-batch-is-another-run",
    "Batches of 32 without adding up are another training: largest difference of a "
    "weight from that with batches of 64.",
    measured=half_batch,
    above=0.01,
)

# %% [markdown]
# What differs is the order of the sums, in the last digits. (Both at once, several
# devices and accumulation, Keras 3.15 refuses on TensorFlow.) Two conditions are
# easily missed. The batch of all devices together must be the one you want, with
# the learning rate that fits *it*. And no layer may look across the batch. Batch
# normalization does: on TensorFlow and torch each device takes the mean of its own
# part.

# %%
normalize = keras.layers.BatchNormalization()
of_whole = normalize(x[:64], training=True)
of_parts = [normalize(x[:32], training=True), normalize(x[32:64], training=True)]
claim(
    "gpu-batch-norm-sees-its-part",
    "Batch normalization of two halves is not that of the whole batch of 64: largest "
    "difference of an output.",
    measured=np.abs(ops.convert_to_numpy(of_whole - ops.concatenate(of_parts))).max(),
    above=0.1,
)

# %% [markdown]
# On TensorFlow `BatchNormalization(synchronized=True)` takes the mean over all devices.
# JAX always does.
#
# ### How the gradients are added up
#
# Each of $n$ workers has a gradient of $P$ numbers and needs the sum of all. Sent to
# one place, $nP$ numbers arrive there: twice the workers, twice the wait. A ring does
# better. Cut the gradient into $n$ chunks. In each of $n - 1$ steps every worker sends
# one chunk to its neighbour, which adds it to its own. Then each has the full sum of
# one chunk. In $n - 1$ further steps the sums go round.

# %%


def ring(gradients):
    """What the workers hold after each step, (steps + 1, workers, chunks)."""
    held, n = np.array(gradients), len(gradients)
    states = [held.copy()]
    for step in range(2 * (n - 1)):
        sent = [(k, (k - step) % n, (k + 1) % n) for k in range(n)]
        pieces = [held[sender, chunk].copy() for sender, chunk, _ in sent]
        for (_, chunk, receiver), piece in zip(sent, pieces, strict=True):
            adding = step < n - 1
            held[receiver, chunk] = piece + adding * held[receiver, chunk]
        states.append(held.copy())
    return np.array(states)


# %%
of_four = np.random.default_rng(4).integers(-9, 10, size=(4, 4))
states, parts_in = ring(of_four), ring(np.ones((4, 4)))
phases = ["before"] + [f"{t} of 3: send and add" for t in (1, 2, 3)]
phases += [f"{t} of 3: send the sum on" for t in (1, 2, 3)]

# %% tags=["hide-input"]
animate(
    moving_cells(
        parts_in,
        np.char.replace(states.astype(str), "-", "−"),
        phases,
        rows=[f"worker {k}" for k in range(1, 5)],
        columns=[f"chunk {k}" for k in range(1, 5)],
        label="workers in the number",
        high=4.0,
    ),
    "gpu-ring",
    caption="Four workers add up their gradients, of four numbers each. Worker 1 sends "
    "to 2, 2 to 3, 3 to 4, 4 to 1. What has just arrived is framed. After three steps "
    "each has one complete sum, after six all have all.",
    alt=f"A table of four workers and four chunks. It begins with {of_four.tolist()} "
    f"and ends with {states[-1, 0].astype(int).tolist()} in every row.",
    seconds=7,
)

# %%
workers = 2 ** np.arange(1, 7)


def received(n):
    """The gradients that each of n workers gets: chunks that change, of n."""
    changes = np.diff(ring(np.ones((n, n))), axis=0) != 0
    return changes.sum(axis=(0, 2)) / n


got = np.array([[received(n).min(), received(n).max()] for n in workers])
of_many = np.random.default_rng(5).normal(size=(16, 16, 100))  # The last: numbers.

# %%
claim(
    "gpu-ring-adds-up",
    "After the ring each of 16 workers has the sum of all gradients: largest "
    "difference.",
    measured=np.abs(ring(of_many)[-1] - of_many.sum(axis=0)).max(),
    below=1e-9,
)
claim(
    "gpu-ring-traffic",
    "In a ring each of n workers gets, and so sends, 2(n − 1)/n gradients, fewer than "
    "two: largest difference of the count from that, for 2 to 64 workers.",
    measured=np.abs(got.T - 2 * (workers - 1) / workers).max(),
    equals=0,
)

# %% [markdown]
# Each worker sends $2(n-1)/n$ times its gradient, the least that is possible
# {cite:p}`patarasuk2009bandwidth`; Horovod is built on it
# {cite:p}`sergeev2018horovod`. Today's libraries also send the last layers' gradients
# while the first layers' are still computed {cite:p}`li2020pytorch`. Two devices are
# twice as fast only if sending is hidden behind computing, and if half of the batch is
# still far above the knee. Here both devices are one CPU, so no speed was measured.
#
# ## Several machines
#
# What changes when the workers share no memory? Each machine runs the same
# program. It is told how many there are, which one it is, and whom to call. The
# smallest case: two processes learn three weights by least squares, and send their
# gradients through a socket. The program of a worker is this text.

# %%
WORKER = """
import socket, sys
import numpy as np
rank, port = map(int, sys.argv[1:])
x = np.random.default_rng(0).normal(size=(48, 3))
y = x @ [1.0, 2.0, 3.0]
theta = np.zeros(3)
call = socket.create_connection(("127.0.0.1", port), timeout=60)
with call, call.makefile("rwb") as line:
    for step in range(30):
        mine = (np.arange(16) + 16 * step)[rank::2] % 48  # every second one
        g = x[mine].T @ (x[mine] @ theta - y[mine]) / 8
        line.write(g.tobytes())
        line.flush()
        theta -= 0.1 * np.frombuffer(line.read(g.nbytes))  # the mean of both
print(*theta)
"""

# %% [markdown]
# The chapter itself starts both, takes their calls, and returns the mean. Each wait has
# an end, so nothing is left behind if one of them fails.

# %%


def two_processes():
    """The weights that each of two processes has learned."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        program = [sys.executable, "-c", WORKER]
        port = str(server.getsockname()[1])
        pipe = {"stdout": subprocess.PIPE, "text": True}
        started = [subprocess.Popen([*program, rank, port], **pipe) for rank in "01"]
        try:
            serve([server.accept()[0] for _ in started], steps=30)
            said = [each.communicate(timeout=60)[0] for each in started]
        finally:
            for each in started:
                each.kill()
    return np.array([text.split() for text in said], float)


# %%
def serve(calls, steps):
    """Sends everyone the mean of what all have sent, so many times."""
    for call in calls:
        call.settimeout(60)
    lines = [call.makefile("rwb") for call in calls]
    for _ in range(steps):
        mean = np.mean([np.frombuffer(line.read(24)) for line in lines], axis=0)
        for line in lines:
            line.write(mean.tobytes())
            line.flush()
    for each in (*lines, *calls):
        each.close()


# %%
x_line = np.random.default_rng(0).normal(size=(48, 3))
y_line, alone = x_line @ [1.0, 2.0, 3.0], np.zeros(3)
for step in range(30):
    rows = (np.arange(16) + 16 * step) % 48
    alone -= 0.1 * x_line[rows].T @ (x_line[rows] @ alone - y_line[rows]) / 16
together = two_processes()

# %%
claim(
    "gpu-two-processes-equal-one",
    "Two processes that exchange gradients through a socket learn the weights of one "
    "process: largest difference.",
    measured=np.abs(together - alone).max(),
    below=1e-9,
)
claim(
    "gpu-processes-agree",
    "Two processes that exchange gradients end with the same weights as each other: "
    "largest difference.",
    measured=np.abs(together[0] - together[1]).max(),
    equals=0,
)

# %% [markdown]
# Real training leaves the line and the waiting to the backend's engine. With
# `data_parallel` the program stays the same, and only its start differs:
#
# | from … to | what changes |
# |---|---|
# | CPU → GPU | `use_gpu()` first; a larger batch, with its own learning rate |
# | → several of a machine | `with data_parallel():` around build, compile and `fit` |
# | → several machines, TensorFlow | the same, started on each with its `TF_CONFIG` |
# | → several machines, JAX | the same, with `KERAS_DISTRIBUTION_…` set on each |
# | → several GPUs or machines, torch | the same, started by `torchrun` |
#
# For TensorFlow, the first of two machines is started so, the second with `"index": 1`:
#
# ```bash
# TF_CONFIG='{"cluster": {"worker": ["10.0.0.1:9000", "10.0.0.2:9000"]},
#             "task": {"type": "worker", "index": 0}}' python program.py
# ```
#
# {doc}`/docs/api/devices` has the details. The project's tests start two processes that
# way on each backend, and hold their weights against those of one. That takes longer
# than a chapter may.
#
# ## When a machine fails
#
# The more machines, the sooner one fails. Training should go on from its
# last file as if nothing had happened. What has to be in that file? We train for three
# epochs with dropout and Adam. A second run is cut after 37 batches and started
# again from the file of `Checkpoint`. A third gets all weights of the cut run, and
# nothing else.

# %%


class PowerCut(Exception):
    """The machine is gone."""


# %%
class Watched(keras.callbacks.Callback):
    """Keeps the first kernel after each batch; cuts training after so many."""

    def __init__(self, cut_after=None):
        super().__init__()
        self.cut_after, self.kernels = cut_after, []

    def on_train_batch_end(self, batch, logs=None):
        self.kernels.append(self.model.layers[0].get_weights()[0])
        if len(self.kernels) == self.cut_after:
            raise PowerCut


# %%
folder = tempfile.TemporaryDirectory()


def with_dropout():
    keras.utils.set_random_seed(3)
    hidden = [keras.layers.Dense(64, "relu"), keras.layers.Dropout(0.3)]
    model = keras.Sequential([keras.Input((64,)), *hidden, keras.layers.Dense(10)])
    model.compile(keras.optimizers.Adam(0.002), cross_entropy)
    return model


def run(name, cut_after=None):
    """Trains, or goes on from the file of this name: the model, and its kernels."""
    model, watched = with_dropout(), Watched(cut_after)
    saving = Checkpoint(Path(folder.name, name), every=10, verbose=0)
    with contextlib.suppress(PowerCut):
        model.fit(x, y, 64, epochs=3, verbose=0, callbacks=[watched, saving])
    return model, np.array(watched.kernels)


# %%
straight, kernels = run("straight")
cut, kernels_cut = run("cut", cut_after=37)
resumed, kernels_resumed = run("cut")
weights_only, watched = with_dropout(), Watched()
weights_only.set_weights(cut.get_weights())
rest = shuffled_batches(len(x), 2, 64)[: len(kernels) - 37]
fit_batches(weights_only, x, y, rest, callbacks=[watched])
folder.cleanup()

# %%
batches = np.arange(1, len(kernels) + 1)
travelled = np.linalg.norm(kernels[-1] - kernels[36])


def off_course(path, begin):
    """Distance from the straight run after each batch; before the run, none."""
    shown = np.full(len(kernels), np.nan)
    away = np.array(path) - kernels[begin : begin + len(path)]
    shown[begin : begin + len(path)] = np.linalg.norm(away, axis=(1, 2)) / travelled
    return shown


went_on = len(kernels) - len(kernels_resumed)
off = off_course(watched.kernels, 37)

# %% tags=["hide-input"]
show(
    curves(
        batches[24:],
        {
            "resumed from the checkpoint": off_course(kernels_resumed, went_on)[24:],
            "from the weights alone": off[24:],
        },
        x_label="batch",
        y_label="distance from the uncut run",
        bounds={"as far as that run still went": 1},
    ),
    "gpu-resumed",
    caption="How far the first kernel is from that of a run without a cut, in parts of "
    f"the way from the cut to the end. The last file is of batch {went_on}. From "
    "the checkpoint the run is the uncut one. From the weights alone it is another.",
    alt="Two curves. The resumed run stays at 0 to the end. That from "
    f"the weights alone begins at batch 38 and rises to {off[-1]:.2f}.",
)

# %%
claim(
    "gpu-resumed-is-bit-identical",
    "A run that was cut and resumed from its checkpoint ends with the weights of the "
    "uncut run: largest difference of any weight.",
    measured=max(
        np.abs(a - b).max()
        for a, b in zip(straight.get_weights(), resumed.get_weights(), strict=True)
    ),
    equals=0,
)
claim(
    "gpu-batches-lost",
    "With a file after every ten batches, a cut loses at most ten: batches that were "
    "trained twice.",
    measured=len(kernels_cut) - went_on,
    below=11,
)
claim(
    "gpu-weights-are-not-enough",
    "A run that goes on from the weights alone ends elsewhere: distance from the uncut "
    "run, in parts of the way from the cut to the end.",
    measured=off[-1],
    above=0.1,
)

# %% [markdown]
# The weights are not the state of training. To it belong Adam's averages, the random
# numbers of dropout, the order of the examples and the place in it, and what callbacks
# remember. The other run need not be worse, but it is not the one that was begun.
# `Checkpoint` writes all of it, under another name that is changed at the end. So a cut
# during writing leaves the file before. The project's tests kill programs in that
# moment.
#
# ## Where the popular answer goes wrong
#
# :::{popular-answer} The larger the batch, the faster the training.
# :verdict: imprecise
# :question: choosing-batch-size
# :claims: gpu-batch-fills-the-device, gpu-throughput-saturates, gpu-best-size
#
# Up to the knee it brings more examples per second. Up to the noise scale each of them
# counts. Beyond the geometric mean of the two, the time to the goal rises.
# :::
#
# :::{popular-answer} Gradient accumulation makes training as fast as a large batch.
# :verdict: imprecise
# :question: batch-size-effects
# :claims: gpu-accumulation-equals-large-batch
#
# It makes it as *good*: the weights are the same. It saves memory. Each small batch
# still pays its fixed price.
# :::
#
# :::{popular-answer} Mixed precision halves the memory.
# :verdict: imprecise
# :claims: gpu-activations-halved, gpu-weights-not-halved
#
# It halves what the layers return, which is the larger part in large batches. Weights,
# gradients and Adam's averages stay at 32 bits.
# :::
#
# :::{popular-answer} Sixteen bits are too coarse to train with.
# :verdict: imprecise
# :claims: gpu-mixed-learns-alike, gpu-only-16-bits-falls-behind
#
# For weights in bfloat16 they were. For the computation they were enough.
# :::
#
# :::{popular-answer} The more devices, the more each of them has to send.
# :verdict: imprecise
# :claims: gpu-ring-traffic
#
# In a ring each sends one gradient if there are two, and less than two whatever their
# number. What grows is the number of steps, and the chance that one is slow.
# :::
#
# :::{popular-answer} To be able to go on after a cut, save the weights.
# :verdict: imprecise
# :claims: gpu-weights-are-not-enough, gpu-resumed-is-bit-identical
#
# They are enough to use the network. To go on with the same run, they are not.
# :::
#
# ## What we saw
#
# - A step has a fixed price and a price per example; their ratio is the device's knee
#   ({numref}`gpu-throughput`).
# - The best batch lies between the device's knee and the noise scale
#   ({numref}`gpu-two-knees`).
# - Loading ahead hides loading behind computing ({numref}`gpu-timeline`).
# - Weights wanted 32 bits, gradients were content with 16 ({numref}`gpu-one-weight`).
# - Two devices, two processes, accumulated batches: the same weights.
# - A run that was cut can end on the same bits ({numref}`gpu-resumed`).
#
# Known from sources only: how much a GPU, 16 bits on it, or several of them save. One
# report trained ImageNet on 256 GPUs in an hour, nine tenths as efficiently as on
# eight {cite:p}`goyal2017accurate`. How it is on yours, this chapter will measure.
#
# ## In an interview
#
# The questions that this chapter helps to answer have their cards in
# {doc}`the chapter on batch size <08_batch_size>`. What hardware adds:
#
# - *How should the batch size be chosen?* Time a step at 32, 64, 128, …; far below the
#   knee larger is nearly free. Stay within a few times the noise scale. Full memory is
#   no aim in itself. Tune the rate again.
# - *How does it affect time and memory?* A step costs $t_0 + t_1 B$ and needs 16 bytes
#   per weight with Adam, plus $s A$ bytes per example.
#
# ## Exercises
#
# 1. **Recall.** A step takes 5 ms with 32 examples and 6.6 ms with 64. Where is the
#    knee, and how many examples per second are the most?
#
#    :::{dropdown} Solution
#    $t_1 = 1.6/32 = 0.05$ ms and $t_0 = 5 - 1.6 = 3.4$ ms. The knee is at
#    $3.4/0.05 = 68$, the most $1/t_1 = 20{,}000$ per second.
#    :::

# %% tags=["hide-cell"]
price_per_example = (6.6 - 5) / 32
claim(
    "gpu-exercise-knee",
    "Exercise 1: the knee, in examples.",
    measured=(5 - 32 * price_per_example) / price_per_example,
    above=67.9,
    below=68.1,
)

# %% [markdown]
# 2. **By hand.** Show that $B^\star = \sqrt{B_\text{noise} B_\text{half}}$. How much
#    longer than the least possible does training take there if both knees are equal?
#
#    :::{dropdown} Solution
#    $T/U_\text{min} = t_0 + t_1 B_\text{noise} + t_1 B + t_0 B_\text{noise}/B$.
#    Its derivative is 0 at $B^2 = B_\text{noise} t_0/t_1$. With equal knees $B$ is that
#    knee, twice the fewest updates at twice the fixed price: $T = 4\,U_\text{min} t_0$.
#    :::
#
# 3. **By hand.** Eight workers share a network of 25 million weights in float32. How
#    many bytes does each send in a step? How long does it take on a link of 10 Gbit/s?
#
#    :::{dropdown} Solution
#    $2 \cdot \tfrac78 \cdot 10^8 = 175$ MB, or 1.4 Gbit: 0.14 s. A step should
#    compute for longer than that, or gradients be sent in 16 bits, or less often.
#    :::

# %% tags=["hide-cell"]
claim(
    "gpu-exercise-ring",
    "Exercise 3: megabytes that each of eight workers sends in a step.",
    measured=received(8).max() * 4 * 25,
    equals=175,
)

# %% [markdown]
# 4. **Predict, then run.** Add 1 to a bfloat16 number, ten thousand times, from 0.
#    Where does it end? And a float16?
#
#    :::{dropdown} Solution
#    At 256 and at 2,048. There the step of the format is 2, and 256 + 1 is rounded back
#    to 256. A sum of many terms, such as a mean loss, wants 32 bits too.
#    :::

# %% tags=["hide-cell"]
for name, kind, end in (("bfloat16", bf16, 256), ("float16", f16, 2048)):
    total = kind(0)
    for _ in range(10_000):
        total = kind(total + kind(1))
    claim(
        f"gpu-exercise-count-in-{name}",
        f"Exercise 4: where counting in {name} ends.",
        measured=float(total),
        equals=end,
    )

# %% [markdown]
# 5. **Code.** Two workers get 48 and 16 examples of a batch of 64. Is the plain mean of
#    their mean gradients that of the batch? Mend it.
#
#    :::{dropdown} Solution
#    No. {eq}`eq-gpu-parallel` needs equal parts. Weighted by 48/64 and 16/64 it is.
#    Accumulation has the same trap where the last batch of an epoch is smaller.
#    :::

# %% tags=["hide-cell"]
draw = np.random.default_rng(6)
each = draw.normal(size=(64, 10))  # A gradient for each example.
mean_48, mean_16 = each[:48].mean(axis=0), each[48:].mean(axis=0)
claim(
    "gpu-exercise-plain-mean",
    "Exercise 5: largest error of the plain mean of unequal parts.",
    measured=np.abs((mean_48 + mean_16) / 2 - each.mean(axis=0)).max(),
    above=0.05,
)
claim(
    "gpu-exercise-weighted-mean",
    "Exercise 5: largest error of the weighted mean.",
    measured=np.abs(0.75 * mean_48 + 0.25 * mean_16 - each.mean(axis=0)).max(),
    below=1e-12,
)

# %% [markdown]
# 6. **Think.** Loading a batch takes 30 ms, a step 20 ms. How fast is training with one
#    loader in turn, one ahead, two ahead, four ahead?
#
#    :::{dropdown} Solution
#    50, 30, 20 and 20 ms a step. With $w$ loaders it is the larger of $30/w$ and 20.
#    From two on the device is the limit, if the disk itself can serve two.
#    :::
#
# 7. **Open.** You may rent eight GPUs at a third of their price, and each may be taken
#    away at any moment. What do you save, how often, and what do you do with seven?
#
#    :::{dropdown} Solution
#    All of the state, on a disk that outlives the machines. The interval $\Delta$
#    weighs the cost of a file, paid once in $\Delta$, against half a $\Delta$ lost in
#    each cut. With seven, the batch is another, and so should be the learning rate; or
#    keep the batch by accumulating.
#    :::
#
# ## Further reading
#
# {cite:t}`goyal2017accurate` is the recipe for large batches on many GPUs, with its
# pitfalls. {cite:t}`micikevicius2018mixed` introduced mixed precision and loss scaling.
# {cite:t}`li2020pytorch` describe how gradients are sent while others are computed.
# {cite:t}`dean2012large` also let workers go on without waiting for each other, which
# is no longer the same training.
#
# :::{parts-used}
# :::
