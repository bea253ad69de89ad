# %% [markdown]
# # A machine learns when its score rises with experience
#
# How does one tell a handwritten 5 from a 6? Few could write it down. We will try, for
# all ten digits, and fail half of the time. Then we let the same program take its
# numbers from examples, and it reads nine digits in ten. This book is about such
# programs: how they work, why, and what is wrong with much of what is said about them.
#
# You need school mathematics and a little Python. Every word of the trade is explained
# where it first appears. This page is itself a program. A box with a tick is a *claim*:
# a sentence that the program measured when the page was made.
#
# This chapter answers: **What is artificial intelligence, and does it have to imitate
# human thought? What does it mean for a program to learn from data? What does the term
# deep learning cover, and what makes a neural network a deep one? Where do deep
# networks and classical machine-learning models really differ?**

# %%
from functools import cache

import keras
import numpy as np
from keras import ops
from sklearn import datasets
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from dlbook.callbacks import WeightHistory
from dlbook.claims import claim
from dlbook.data import load_digits
from dlbook.figures import (
    curve_panels,
    curves,
    decision_regions,
    image_grid,
    labelled_grids,
    moving_points,
    nested_sets,
)
from dlbook.models import mlp
from dlbook.page import animate, quote, show
from dlbook.training import train_apart

# %% [markdown]
# ## The idea: write the rule, or find it in examples
#
# What does it mean that a machine learns? Here is a task: to read one digit. Each is a
# scan of 8 × 8 pixels. A pixel is a number from 0, paper, to 1, ink. First we write the
# rule ourselves. We draw each digit as we would expect it: a *template*.

# %%
drawn = """
..##.. ..##.. .####. .####. ...##. #####. ...##. #####. .####. .####.
.#..#. .###.. ##..## ....## ..##.. ##.... ..##.. ....## ##..## ##..##
##..## ..##.. ....## ....## .##... ##.... .##... ....## ##..## ##..##
##..## ..##.. ...##. .####. ##..## ####.. ####.. ..#### .####. .#####
##..## ..##.. ..##.. ....## ###### ...##. ##.##. ...##. ..##.. ....##
##..## ..##.. .##... ....## ....## ....## ##..## ..##.. .#..#. ....##
.#..#. ..##.. ##.... ....## ....## #..##. ##..## ..##.. ##..## ...##.
..##.. ..##.. ###### ####.. ....## .###.. .####. ..##.. .####. .##...
"""
lines_of_ink = np.array([[*row.replace(" ", "")] for row in drawn.split("\n") if row])
by_hand = (lines_of_ink == "#").reshape(8, 10, 6).swapaxes(0, 1)  # (digits, 8, 6)
by_hand = np.pad(by_hand, ((0, 0), (0, 0), (1, 1))).reshape(10, 64).astype(float)

# %% [markdown]
# How well does a scan $x$ fit the template $w$ of a digit? We lay one over the other,
# multiply pixel by pixel, and add up:
#
# $$z = w_1 x_1 + w_2 x_2 + \dots + w_{64} x_{64}.$$
#
# Where both have ink, $z$ grows. So that a template with much ink has no advantage, it
# is divided by its length $\sqrt{w_1^2 + \dots + w_{64}^2}$. The answer is the digit
# with the largest $z$. We count right answers on 450 scans.

# %%
(x_train, y_train), (x_test, y_test) = load_digits()


def read(x, templates):
    w = templates / np.linalg.norm(templates, axis=1, keepdims=True)
    z = x @ w.T  # (scans, digits): every scan with every template
    return z.argmax(axis=1)


hand_accuracy = np.mean(read(x_test, by_hand) == y_test)
claim(
    "learn-by-hand",
    "Ten templates drawn by hand read about half of the digits: share of right "
    "answers (guessing gives 0.1).",
    measured=hand_accuracy,
    above=0.4,
    below=0.65,
)

# %% [markdown]
# Now we let data choose the numbers. There are 1,347 other scans whose digit somebody
# has noted: *examples*. Each template becomes the average of the examples of its digit.
# Nothing else in the program changes.

# %%
averaged = np.stack([x_train[y_train == digit].mean(axis=0) for digit in range(10)])
average_accuracy = np.mean(read(x_test, averaged) == y_test)
claim(
    "learn-by-averaging",
    "Taken from examples, ten templates read about nine digits in ten: share of right "
    "answers.",
    measured=average_accuracy,
    above=0.85,
    below=0.95,
)
quote("learn-hand-accuracy", f"{hand_accuracy:.0%}")
quote("learn-average-accuracy", f"{average_accuracy:.0%}")

# %% tags=["hide-input"]
show(
    image_grid(
        np.concatenate([by_hand, averaged]).reshape(-1, 8, 8),
        [str(digit) for digit in range(10)] * 2,
        columns=10,
        label="ink",
    ),
    "learn-templates",
    caption="Ten templates drawn by hand (above), and the averages of 1,347 examples "
    "(below). The averages are blurred: they have seen how differently people write.",
    alt=f"Twenty small images of the digits 0 to 9. The drawn ones are sharp and read "
    f"{hand_accuracy:.0%} of the test scans, the averaged ones are blurred and read "
    f"{average_accuracy:.0%}.",
)

# %% [markdown]
# The share of right answers is the *accuracy*. It rose from
# {glue:text}`learn-hand-accuracy` to {glue:text}`learn-average-accuracy`. The same
# program, with other numbers. They were not written by anyone: they were computed from
# examples. That is learning.
#
# The 450 scans were kept out of the averages. They are the *test set*. A test on
# examples that the program has already met would only show its memory. (The same people
# wrote both parts, so it does not say how well a stranger's hand is read.)
#
# ## What is artificial intelligence?
#
# Must a clever machine learn, then? Or think as we do? Take noughts and crosses
# (tic-tac-toe). A board is nine numbers: $1$ is a mark of the player whose turn it is,
# $-1$ one of the other's, $0$ is free. After a move the players change places, so all
# signs turn.

# %%
rows = [(0, 1, 2), (3, 4, 5), (6, 7, 8), (0, 3, 6), (1, 4, 7), (2, 5, 8)]
rows += [(0, 4, 8), (2, 4, 6)]


def free(board):
    return [square for square in range(9) if board[square] == 0]


def lost(board):
    return any(all(board[square] == -1 for square in row) for row in rows)


def after(board, move):
    return tuple(-mark for mark in (*board[:move], 1, *board[move + 1 :]))


# %% [markdown]
# What is a board $s$ worth to the player whose turn it is? Minus one if the game is
# lost, zero if the board is full. Otherwise as much as the best move. What a move is
# worth to me is what the next board is worth to you, with the opposite sign:
#
# $$V(s) = \max_a \bigl(-V(s \text{ after } a)\bigr).$$ (eq-learn-minimax)
#
# The function below is that formula. It calls itself until all games are played to the
# end. The method is called *minimax*: each player picks the maximum of what the other
# keeps at a minimum.

# %%


@cache
def value(board):
    if lost(board):
        return -1
    return max((-value(after(board, move)) for move in free(board)), default=0)


def best_moves(board):
    worth = {move: -value(after(board, move)) for move in free(board)}
    return [move for move in worth if worth[move] == max(worth.values())]


# %%
claim(
    "learn-minimax-draw",
    "If both play best, nobody wins at noughts and crosses: value of the empty board.",
    measured=value((0,) * 9),
    equals=0,
)


# %% [markdown]
# It meets a player who moves at random, in 300 games for each of three seeds. A *seed*
# is the number that a random generator starts from, so that chance repeats itself when
# the page is made again. The two take turns at beginning.

# %%
empty = (0,) * 9


def play(player, random, begins):
    board, its_turn = empty, begins
    while not lost(board) and free(board):
        move = player(board) if its_turn else random.choice(free(board))
        board, its_turn = after(board, move), not its_turn
    return 0 if not lost(board) else -1 if its_turn else 1


def games(player, seed):
    random = np.random.default_rng(seed)
    return np.array([play(player, random, game % 2 == 0) for game in range(300)])


# %%
seeds = (0, 1, 2)
searched = np.stack([games(lambda board: best_moves(board)[0], s) for s in seeds])
guessed = games(lambda board: free(board)[0], seed=0)
quote("learn-minimax-won", int((searched == 1).sum()))
quote("learn-minimax-drawn", int((searched == 0).sum()))
claim(
    "learn-minimax-never-loses",
    "Search loses no game of 900 against a random player: lost games, for each seed.",
    measured=(searched == -1).sum(axis=1),
    equals=0,
)

# %% [markdown]
# It won {glue:text}`learn-minimax-won` games and drew {glue:text}`learn-minimax-drawn`.
# Yet it has learned nothing: it would play its first game as well as its last. And it
# does not think as you do: no person tries out all games. Search, logic and planning
# are *artificial intelligence* (AI) without any learning.
#
# Four goals have been set for the field: machines that think like people, act like
# people, think rationally or act rationally {cite:p}`russell2020artificial{ch. 1}`. The
# last has become the usual one. A *rational agent* perceives, and acts so that its
# expected score is as high as possible. Being like a human is another goal, and not
# needed here.

# %% [markdown]
# ### The same task, learned
#
# Can a program learn the moves instead? We show it boards with their best moves, and
# hold some back. A board that is only turned or mirrored would be too easy a test. So
# boards that are turns or mirror images of each other form a *family*, and a fifth of
# the families is held back whole.

# %%


def boards_from(board, found):
    if board not in found and not lost(board) and free(board):
        found.add(board)
        for move in free(board):
            boards_from(after(board, move), found)
    return found


def family(board):
    turned = [np.rot90(np.reshape(board, (3, 3)), k) for k in range(4)]
    return min(tuple(image.ravel()) for each in turned for image in (each, each.T))


boards = sorted(boards_from(empty, set()))
_, families = np.unique(list(map(family, boards)), axis=0, return_inverse=True)
claim(
    "learn-boards",
    "Noughts and crosses can reach this many boards on which somebody still has to "
    "move.",
    measured=len(boards),
    equals=4520,
)

# %% [markdown]
# The learner is a *neural network*. For now take it as a formula with many adjustable
# numbers, its *weights*; we open it below. It sees 18 numbers: which squares are mine,
# and which are yours. It returns nine: how good each square looks. `train_apart` trains
# three networks at once, each on its own boards from its own random start. The words
# `loss`, `optimizer`, `steps` and `batch_size` say how; later chapters explain them.

# %%
marks = np.array(boards)
x_boards = np.concatenate([marks == 1, marks == -1], axis=1).astype("float32")
is_best = np.zeros((len(boards), 9), "float32")  # 1 where a move is a best one
for index, board in enumerate(boards):
    is_best[index, best_moves(board)] = 1

# %%
held_back = [np.random.default_rng(s).random(families.max() + 1) < 0.2 for s in seeds]
unseen = np.stack([held[families] for held in held_back])  # (seeds, boards)

clones = train_apart(
    [x_boards[~part] for part in unseen],
    [is_best[~part] for part in unseen],
    units=(128, 128),
    outputs=9,
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    optimizer=keras.optimizers.Adam(0.003),
    steps=700,
    seeds=seeds,
    batch_size=64,
)

# %%
looks = ops.convert_to_numpy(clones(x_boards)).swapaxes(0, 1)
chosen = np.where(marks == 0, looks, -np.inf).argmax(axis=2)  # (seeds, boards)
is_right = np.take_along_axis(is_best, chosen.T, axis=1).T
by_chance = is_best.sum(axis=1) / (marks == 0).sum(axis=1)
agreement = [right[part].mean() for right, part in zip(is_right, unseen, strict=True)]
chance = [by_chance[part].mean() for part in unseen]
claim(
    "learn-clone-agrees",
    "On families of noughts-and-crosses boards that it never saw, a network mostly "
    "picks a best move, but not always: share of the boards, for each seed.",
    measured=agreement,
    above=0.85,
    below=1,
)
claim(
    "learn-clone-beats-chance",
    "On unseen noughts-and-crosses boards a trained network picks best moves more "
    "often than chance: difference, for each seed.",
    measured=100 * np.subtract(agreement, chance),
    above=20,
    unit="points",
)


# %%
def follow(moves):
    chosen_at = dict(zip(boards, moves.tolist(), strict=True))
    return chosen_at.__getitem__


cloned = np.stack([games(follow(chosen[seed]), seed) for seed in seeds])
quote("learn-lowest-agreement", f"{min(agreement):.0%}")
quote("learn-cloned-lost", int((cloned == -1).sum()))
quote("learn-first-free-lost", int((guessed == -1).sum()))
claim(
    "learn-clone-loses-little",
    "At noughts and crosses a trained network loses few of 300 games against a random "
    "player: lost games, for each seed.",
    measured=(cloned == -1).sum(axis=1),
    below=30,
)

# %% tags=["hide-input"]
one_best = (is_best.sum(axis=1) == 1) & (np.abs(marks).sum(axis=1) == 4)
shown = np.flatnonzero(unseen[0] & one_best & (is_right[0] == 1))[0]
taken = np.where(marks[shown] == 0, 1.0, np.nan).reshape(3, 3)
signs = np.array(["O", "", "X"], dtype=object)[marks[shown] + 1].reshape(3, 3)
worth = [
    -value(after(boards[shown], move)) if marks[shown, move] == 0 else 0
    for move in range(9)
]
words = np.array(["draw", "win", "loss"], dtype=object)[worth].reshape(3, 3)
advice = 1 / (1 + np.exp(-looks[0, shown])).reshape(3, 3)
percent = np.vectorize("{:.2f}".format, otypes=[object])(advice)
show(
    labelled_grids(
        {
            "search: the move leads to": taken * is_best[shown].reshape(3, 3),
            "network: is it a best move?": taken * advice,
        },
        label="advised",
        texts={
            "search: the move leads to": np.where(signs == "", words, signs),
            "network: is it a best move?": np.where(signs == "", percent, signs),
        },
    ),
    "learn-board",
    caption="A board that the network never saw; X is to move. Search has played all "
    "games to the end. The network has played none: it judges by what other boards "
    "had in common. (On this board it is right; on some it is not.)",
    alt="Two boards side by side. Search finds exactly one best move, square "
    f"{chosen[0, shown] + 1}; the network gives it {np.nanmax(taken * advice):.2f}.",
)

# %% [markdown]
# When this page was made, the networks picked a best move on at least
# {glue:text}`learn-lowest-agreement` of the unseen boards. Of 900 games, on boards both
# seen and unseen, they lost {glue:text}`learn-cloned-lost`. A program that takes the
# first free square lost {glue:text}`learn-first-free-lost` of 300. So one task has two
# solutions, and we can put names on them. *Machine learning* is a family of methods
# inside AI, and *deep learning* is a part of machine learning
# {cite:p}`goodfellow2016deep{fig. 1.4}`.

# %% tags=["hide-input"]
show(
    nested_sets(
        {
            "artificial intelligence": "in it, and not in the next: search in noughts "
            f"and crosses, {(searched == -1).sum()} games lost of 900",
            "machine learning": "averaged templates for digits, "
            f"{average_accuracy:.0%} read",
            "deep learning": "the network that learned the moves, "
            f"{(cloned == -1).sum()} games lost of 900",
        }
    ),
    "learn-sets",
    caption="Three sets inside one another, each with a program of this chapter. The "
    "inner sets are ways to the same end, not better ends: of the two that play, "
    "search always picks a best move, and the network does not.",
    alt="Three nested boxes: artificial intelligence holds machine learning, which "
    f"holds deep learning. Search lost {(searched == -1).sum()} games of 900, the "
    f"network {(cloned == -1).sum()}.",
)

# %% [markdown]
# ## The rule: task, score, experience
#
# When may we say that a program learns? Mitchell's definition names three things
# {cite:p}`mitchell1997machine{sec. 1.1}`: a task $T$, a performance measure $P$, and an
# experience $E$. **A program learns if its $P$ on $T$ improves with $E$.** For digits,
# $T$ is reading, $E$ is $n$ examples, and $P$ is the accuracy on $N$ test scans:
#
# $$
# P(n) = \frac1N \sum_{i=1}^{N} \bigl[\, f_\theta(x_i) = y_i \,\bigr].
# $$ (eq-learn-accuracy)
#
# $x_i$ is a scan and $y_i$ its digit. The bracket is 1 if the answer is right, else 0.
# $f$ is the *model*: a formula chosen by people. $\theta$ (theta) stands for its
# weights, chosen by the $n$ examples. To *train* is to change $\theta$ until the errors
# on the examples are small.
#
# The model of this book is the network. It repeats one step, the *layer*. A layer
# multiplies its inputs by weights and adds them up, many times over, as a template
# does. Then it bends each sum by a simple function $\varphi$:
#
# $$h_l = \varphi(h_{l-1} W_l + b_l), \qquad h_0 = x.$$ (eq-learn-layer)
#
# $W_l$ is the table (the *matrix*) of the layer's weights, and $b_l$ a constant for
# each sum. One sum with its bend is a *unit*. In the library's code `units` says how
# many of them each layer has, `Dense` is the layer, `activation` is $\varphi$, and the
# initializer draws the random weights of the start. The last layer does not bend.
#
# ```{literalinclude} ../dlbook/models/mlp.py
# :start-at: widths = (*units, outputs)
# :end-at: return keras.Sequential
# :dedent: 4
# :language: python
# ```
#
# ### Does it improve?
#
# We give networks 20, 50, 100, 300 and 1,347 examples, over three seeds. A seed chooses
# the examples and the start. Beside them stand averaged templates from the same
# examples.

# %%
sizes = (20, 50, 100, 300, 1347)
parts = {
    (n, seed): np.random.default_rng(seed).permutation(len(x_train))[:n]
    for n in sizes
    for seed in seeds
}
digit_error = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

# %%
readers = train_apart(
    [x_train[part] for part in parts.values()],
    [y_train[part] for part in parts.values()],
    units=(64, 64),
    outputs=10,
    loss=digit_error,
    optimizer=keras.optimizers.Adam(0.003),
    steps=500,
    seeds=[seed for _, seed in parts],
)


# %%
def by_size(scores):
    return np.reshape(list(scores), (len(sizes), len(seeds))).T  # (seeds, sizes)


answers = ops.convert_to_numpy(readers(x_test)).argmax(axis=2)
network = by_size((answers == y_test[:, None]).mean(axis=0))


def averages(x, y):
    return np.stack([x[y == digit].sum(axis=0) + 1e-9 for digit in range(10)])


templates = by_size(
    np.mean(read(x_test, averages(x_train[part], y_train[part])) == y_test)
    for part in parts.values()
)

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        {"network": network, "averaged templates": templates},
        x_label="number of examples $n$",
        y_label="accuracy $P$ on 450 unseen digits",
        x_scale="log",
        bounds={"drawn by hand": hand_accuracy},
        markers=True,
    ),
    "learn-curve",
    caption="A *learning curve*: performance against experience. A line is the mean of "
    "three seeds, a band their range. The network goes on improving where the averages "
    "hardly do.",
    alt="Two rising curves. Mean accuracy of the network: "
    + ", ".join(
        f"{p:.2f} with {n}" for n, p in zip(sizes, network.mean(axis=0), strict=True)
    )
    + f" examples. The averages end at {templates[:, -1].mean():.2f}.",
)

# %%
claim(
    "learn-more-is-better",
    "A digit-reading network's mean accuracy rises with each step to more examples: "
    "smallest rise.",
    measured=100 * np.diff(network.mean(axis=0)).min(),
    above=0.5,
    unit="points",
)
late_gain = 100 * np.mean(network[:, -1] - network[:, -2])
claim(
    "learn-averages-end",
    "From 300 to 1,347 examples the network gains more than the averaged templates: "
    "difference of the mean gains.",
    measured=late_gain - 100 * np.mean(templates[:, -1] - templates[:, -2]),
    above=0.5,
    unit="points",
)
claim(
    "learn-without-big-data",
    "1,347 images of 8 × 8 pixels suffice to train a network: accuracy, for each seed.",
    measured=network[:, -1],
    above=0.94,
)

# %% [markdown]
# By Mitchell's definition, the network learns. So do the averages, but they come to an
# end sooner: ten templates can express only so much.
#
# ### It does not improve by itself
#
# Does a program with more examples always get better? Take points in the plane on two
# rings, one inside the other. The task is to say which ring a point is on. The model is
# a single straight line: *logistic regression*, which answers by the side of the line
# that a point is on.

# %%
ring_sizes = (50, 500, 5000)


def rings(examples, seed):
    return datasets.make_circles(examples, noise=0.1, factor=0.4, random_state=seed)


x_rings, y_rings = rings(2000, seed=99)  # to test with
drawn_rings = [rings(n, seed) for n in ring_sizes for seed in seeds]


def with_radius(x):
    return np.c_[x, (x**2).sum(axis=1)]  # a third number: the squared radius


# %%
straight = [LogisticRegression().fit(x, y) for x, y in drawn_rings]
helped = [LogisticRegression().fit(with_radius(x), y) for x, y in drawn_rings]
bent = train_apart(
    [x for x, _ in drawn_rings],
    [y for _, y in drawn_rings],
    units=(16,),
    outputs=2,
    loss=digit_error,
    optimizer=keras.optimizers.Adam(0.03),
    steps=300,
    seeds=list(seeds) * len(ring_sizes),
)

# %%
claim(
    "learn-line-stuck",
    "A straight line does not learn the rings, whatever the number of examples, 50, "
    "500 or 5,000: accuracy, for each size and seed.",
    measured=[model.score(x_rings, y_rings) for model in straight],
    below=0.65,
)
claim(
    "learn-feature-cures",
    "With the squared radius as a third input logistic regression learns the rings: "
    "lowest accuracy.",
    measured=min(model.score(with_radius(x_rings), y_rings) for model in helped),
    above=0.95,
)
said = ops.convert_to_numpy(bent(x_rings.astype("float32"))).argmax(axis=2)
claim(
    "learn-hidden-layer-cures",
    "A network with one layer of 16 bent sums learns the rings from the raw points: "
    "lowest accuracy.",
    measured=(said == y_rings[:, None]).mean(axis=0).min(),
    above=0.95,
)

# %% [markdown]
# No line separates two rings, so no amount of data helps. A program can only find what
# its model can express: its *hypothesis class*. That choice, called *inductive bias*,
# comes before all learning {cite:p}`mitchell1980need`. Averaged over every conceivable
# task, no choice beats another on unseen examples {cite:p}`wolpert1996lack`. People
# made two cures here: a better input by hand, and a model that can find one.

# %% [markdown]
# ## What makes a network deep?
#
# A *deep* network applies layers one after another. In symbols it is a composition:
#
# $$
# f = f_L \circ \dots \circ f_2 \circ f_1, \qquad h_l = f_l(h_{l-1}), \quad h_0 = x.
# $$ (eq-learn-composition)
#
# Read it from the right: $f_1$ comes first. $h_l$ is what layer $l$ returns, as in
# {eq}`eq-learn-layer`: a *representation*, the data in new coordinates. The data enter
# at the *input layer*, which computes nothing and does not count. Layers $1$ to $L-1$
# are *hidden*. The last is the *output layer*. Depth counts the trainable steps
# on the way from input to output. So input, one hidden layer and output make a
# *shallow* network.
#
# ### What depth buys
#
# Why one after another, and not side by side? Take a layer of two *ReLU* units. A ReLU
# passes a positive number on and makes a negative one 0. The layer folds the interval
# from 0 to 1 like a strip of paper:
#
# $$t(x) = 2\,\mathrm{relu}(x) - 4\,\mathrm{relu}(x - \tfrac12), \qquad
# \mathrm{relu}(z) = \max(z, 0).$$
#
# It rises from 0 to 1 and falls back to 0. What happens if we fold again and again?

# %%


def tent(x):
    return 2 * np.maximum(x, 0) - 4 * np.maximum(x - 0.5, 0)


def folded(x, layers):
    for _ in range(layers):
        x = tent(x)
    return x


def pieces(y):
    slopes = np.diff(y)
    return 1 + np.count_nonzero(np.abs(np.diff(slopes)) > 1e-9)


x_line = np.linspace(0, 1, 2**12 + 1)
counted = {layers: pieces(folded(x_line, layers)) for layers in range(1, 9)}

# %% tags=["hide-input"]
show(
    curve_panels(
        x_line,
        {
            f"{k} layer{'s' * (k > 1)}, {2 * k} units": folded(x_line, k)
            for k in (1, 2, 4, 6)
        },
        x_label="input $x$",
        y_label="output",
    ),
    "learn-teeth",
    caption="One layer folds the line once. Each further layer folds the folded line "
    "again, so the number of straight pieces doubles. The weights are set by hand.",
    alt="Four panels with saw-teeth of "
    + ", ".join(f"{counted[k]}" for k in (1, 2, 4, 6))
    + " straight pieces for 1, 2, 4 and 6 layers.",
)

# %% [markdown]
# Side by side, each ReLU adds at most one kink. So $u$ units in one hidden layer make
# at most $u + 1$ pieces {cite:p}`montufar2014number,telgarsky2016benefits`. We look at
# 100 random networks of one hidden layer with 16 units, for each of three seeds.

# %%


def most_pieces(units, seed):
    random = np.random.default_rng(seed)
    slope, out = random.normal(size=(2, 100, units, 1))
    kink = x_line[random.integers(0, len(x_line), (100, units, 1))]
    h = np.maximum(slope * (x_line - kink), 0)  # (networks, units, points)
    return max(pieces(y) for y in (out * h).sum(axis=1))


claim(
    "learn-depth-doubles",
    "k layers of two units draw 2ᵏ straight pieces: pieces over 2ᵏ, for k = 1 to 8.",
    measured=[counted[k] / 2**k for k in counted],
    equals=1,
)
claim(
    "learn-shallow-pieces",
    "One hidden layer of 16 ReLUs draws at most 17 straight pieces: most of 100 random "
    "networks, for each seed.",
    measured=[most_pieces(16, seed) for seed in seeds],
    below=18,
)
quote("learn-eight-folds", counted[8])

# %% [markdown]
# Eight layers with 16 units draw {glue:text}`learn-eight-folds` pieces. One hidden
# layer would need at least 255 units for that. This says what a deep network *can*
# express. Whether training finds it is another matter, and the subject of much of this
# book.
#
# ### What the layers do
#
# Back to the rings. What does a layer do to the data there? We train a network with two
# hidden layers: 16 units, then two. Two numbers are a point in the plane, so we can
# watch the last representation. $\varphi$ is *tanh* here, a smooth step from −1 to 1.
# After the hidden layers the network can only draw a straight line, as logistic
# regression does.

# %%
history = WeightHistory()
inner = train_apart(
    [rings(500, seed)[0] for seed in seeds],
    [rings(500, seed)[1] for seed in seeds],
    units=(16, 2),
    outputs=2,
    loss=digit_error,
    optimizer=keras.optimizers.Adam(0.01),
    steps=500,
    seeds=seeds,
    batch_size=64,
    activation="tanh",
    callbacks=[history],
)

# %%
shapes = [weight.shape for weight in inner.trainable_variables]
ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]


def weights_at(step, seed):
    parts_of = np.split(history.weights[step], ends)
    return [w.reshape(shape)[seed] for w, shape in zip(parts_of, shapes, strict=True)]


# %% [markdown]
# With the weights of a step in hand, the network is three lines. `@` multiplies a
# matrix of points by a matrix of weights.

# %%


def through(x, weights):
    W1, b1, W2, b2, W3, b3 = weights
    h1 = np.tanh(x @ W1 + b1)  # (points, 16)
    h2 = np.tanh(h1 @ W2 + b2)  # (points, 2)
    return x, h1, h2, h2 @ W3 + b3  # the last: one sum for each ring


# %% tags=["hide-input"]
some, of_ring = rings(120, seed=0)
looked_at = np.unique(np.geomspace(1, 501, 15).astype(int) - 1)[::-1]
looked_at = np.r_[looked_at[0], looked_at[::-1]]  # the end first: it stands on the page
frames = [weights_at(step, seed=0) for step in looked_at]
hits = [np.mean(through(some, w)[3].argmax(axis=1) == of_ring) for w in frames]
animate(
    moving_points(
        xs=[through(some, w)[2] for w in frames],
        y=of_ring,
        ws=[w[4][:, 1] - w[4][:, 0] for w in frames],
        bs=[w[5][0, 1] - w[5][0, 0] for w in frames],
        titles=[
            f"after {t} steps: {h:.0%} right"
            for t, h in zip(looked_at, hits, strict=True)
        ],
        limits=((-1.1, 1.1), (-1.1, 1.1)),
        x_label="first hidden number",
        y_label="second hidden number",
    ),
    "learn-rings-move",
    caption="Where the last hidden layer puts the points of two rings (0 outside, 1 "
    "inside), and the straight line with which the output layer divides them. Training "
    "moves the points until a line is enough. The first picture is the end.",
    alt="Points of two rings in the plane of two hidden numbers. At first the rings "
    f"overlap and {hits[1]:.0%} are on the right side of the line; after "
    f"{looked_at[0]} steps they are apart, {hits[0]:.0%} right.",
    seconds=5,
)

# %% [markdown]
# How good are the new coordinates? We fit logistic regression to what each layer
# returns. Such a test is a *linear probe* {cite:p}`alain2016understanding`.

# %%


def probe(layer, seed):
    x, y = rings(500, seed)
    weights = weights_at(-1, seed)
    line = LogisticRegression().fit(through(x, weights)[layer], y)
    return line.score(through(x_rings, weights)[layer], y_rings)


probes = [[probe(layer, seed) for seed in seeds] for layer in (0, 1, 2)]
claim(
    "learn-probe-raw",
    "On the raw points of two rings a straight line is hardly better than guessing: "
    "accuracy, for each seed.",
    measured=probes[0],
    below=0.65,
)
claim(
    "learn-probe-hidden",
    "A line on the numbers of a network's last hidden layer is enough to separate two "
    "rings: accuracy, for each seed.",
    measured=probes[2],
    above=0.9,
)

# %% [markdown]
# Nobody told the network about a radius. It found coordinates in which its task is
# simple, while it learned the task. That is the heart of deep learning: maps with
# weights, composed, and all fitted together by following the slope of the error (the
# *gradient*) downhill, so that representations are learned and not designed
# {cite:p}`lecun2015deep`.
#
# ## Keras beside it
#
# Is there more to it than multiply, add and bend? *Keras* is the toolbox that does the
# work in this book. It builds, trains and runs a network in a few calls. Then we do the
# running by hand, with nothing but NumPy, and compare.

# %%
keras.utils.set_random_seed(0)
reader = mlp(64, (64, 64), 10, seed=0)
reader.compile(keras.optimizers.Adam(0.003), digit_error)
reader.fit(x_train, y_train, batch_size=64, epochs=10, verbose=0)
z_keras = ops.convert_to_numpy(reader(x_test))

# %%
W1, b1, W2, b2, W3, b3 = reader.get_weights()
h1 = np.maximum(x_test.astype("float64") @ W1 + b1, 0)  # (scans, 64)
h2 = np.maximum(h1 @ W2 + b2, 0)  # (scans, 64)
z = h2 @ W3 + b3  # (scans, 10)

# %%
taps = keras.Model(reader.inputs[0], [layer.output for layer in reader.layers])
tapped = [ops.convert_to_numpy(h) for h in taps(x_test)]
largest = np.abs(z_keras).max()
claim(
    "learn-three-products",
    "Three matrix products in NumPy are the Keras network: largest difference of an "
    "output, in parts of the largest output.",
    measured=np.abs(z - z_keras).max() / largest,
    below=1e-4,
)
claim(
    "learn-layers-pass-on",
    "What the second hidden layer returns is all that the output layer needs: largest "
    "difference of an output when only these numbers are passed on, in parts of the "
    "largest.",
    measured=np.abs(tapped[1] @ W3 + b3 - z_keras).max() / largest,
    below=1e-4,
)

# %% tags=["hide-input"]
scan = int(np.flatnonzero((y_test == 5) & (z.argmax(axis=1) == 5))[0])
shares = np.exp(z[scan] - z[scan].max())
shares /= shares.sum()
stages = {
    "input: 64 pixels": x_test[scan].reshape(8, 8),
    "1st hidden: 64": (h1[scan] / h1[scan].max()).reshape(8, 8),
    "2nd hidden: 64": (h2[scan] / h2[scan].max()).reshape(8, 8),
    "output: 10": shares.reshape(5, 2),
}
texts = {name: np.full(stage.shape, "") for name, stage in stages.items()}
texts["output: 10"] = np.array([str(digit) for digit in range(10)]).reshape(5, 2)
show(
    labelled_grids(stages, label="value / largest", texts=texts),
    "learn-journey",
    caption="A scan on its way through the network: pixels, what 64 units of each "
    "hidden layer return (their order in the grid means nothing), and the output as "
    "shares of the ten digits.",
    alt=f"Four grids of shades. The scan shows a five; {np.mean(h1[scan] > 0):.0%} of "
    f"the units of the first hidden layer are above zero, and the output gives "
    f"{shares[5]:.2f} to the digit five.",
)

# %% [markdown]
# The unit was once an idealised nerve cell {cite:p}`mcculloch1943logical`, hence the
# words *neuron* and *neural*. The formula needs nothing of that. How its weights are
# trained is calculus ({doc}`Backpropagation <05_backpropagation>`), not biology.
#
# ## The experiment: deep or classical?
#
# There were many learners before deep networks, and they are in use. Four matter here.
# Logistic regression draws a line. A *decision tree* asks one question after another,
# such as "is $x_1$ above 0.3?". A *random forest* is many trees that vote
# {cite:p}`breiman2001random`. A *support vector machine* (SVM) compares a point with
# stored examples, by a measure of closeness called a *kernel*
# {cite:p}`cortes1995support`.

# %%
x_500, y_500 = rings(500, seed=0)
classical = {
    "logistic regr.": LogisticRegression(),
    "decision tree": DecisionTreeClassifier(random_state=0),
    "kernel SVM": SVC(),
}
rings_accuracy = {
    name: [model.fit(*rings(500, s)).score(x_rings, y_rings) for s in (2, 1, 0)]
    for name, model in classical.items()
}


def network_on_rings(points):
    return through(points, weights_at(-1, seed=0))[3].argmax(axis=1)


# %% tags=["hide-input"]
by_name = {name: model.predict for name, model in classical.items()}
show(
    decision_regions(
        by_name | {"network": network_on_rings},
        x_500[:80],
        y_500[:80],
        limits=((-1.5, 1.5), (-1.5, 1.5)),
    ),
    "learn-regions",
    caption="What four learners say about each point of the plane after the same 500 "
    "examples, of which 80 are drawn. Only logistic regression is tied to a straight "
    "line. The tree's border is made of steps.",
    alt="Four panels with two rings. Mean accuracy on unseen points: "
    + ", ".join(f"{name} {np.mean(a):.2f}" for name, a in rings_accuracy.items())
    + f", network {np.mean(network_on_rings(x_rings) == y_rings):.2f}.",
)

# %%
claim(
    "learn-logistic-is-linear",
    "Logistic regression cannot separate the rings: accuracy, for each seed.",
    measured=rings_accuracy["logistic regr."],
    below=0.65,
)
claim(
    "learn-tree-is-not-linear",
    "A decision tree can separate the rings: accuracy, for each seed.",
    measured=rings_accuracy["decision tree"],
    above=0.93,
)
claim(
    "learn-svm-is-not-linear",
    "A kernel SVM can separate the rings: accuracy, for each seed.",
    measured=rings_accuracy["kernel SVM"],
    above=0.95,
)

# %% [markdown]
# Three of the four draw what no line can. So where is the difference? The tree and the
# SVM have a fixed way to see the data: one input at a time, or closeness to examples.
# The network makes its own. Does that pay? We give the digits to all of them.

# %%
learners = {
    "logistic regression": lambda seed: LogisticRegression(solver="newton-cg"),
    "random forest": lambda seed: RandomForestClassifier(50, random_state=seed),
    "kernel SVM": lambda seed: SVC(C=10),
}
accuracy = {"network": network} | {
    name: by_size(
        learner(seed).fit(x_train[part], y_train[part]).score(x_test, y_test)
        for (_, seed), part in parts.items()
    )
    for name, learner in learners.items()
}

# %% tags=["hide-input"]
show(
    curves(
        sizes,
        accuracy,
        x_label="number of examples $n$",
        y_label="accuracy on 450 unseen digits",
        x_scale="log",
        markers=True,
    ),
    "learn-all-curves",
    caption="Four learners, the same examples; mean and range of three seeds. The "
    "network is not last with few examples, and not first with many.",
    alt="Four rising curves. Mean accuracy with 20 and with 1,347 examples: "
    + ", ".join(
        f"{name} {a[:, 0].mean():.2f} and {a[:, -1].mean():.2f}"
        for name, a in accuracy.items()
    )
    + ".",
)

# %%
claim(
    "learn-svm-ahead-at-the-end",
    "With all 1,347 examples the kernel SVM reads more digits than the network: "
    "difference in accuracy, for each seed.",
    measured=100 * (accuracy["kernel SVM"] - network)[:, -1],
    above=0.2,
    unit="points",
)
claim(
    "learn-network-ahead-of-forest",
    "With 20 examples the network is ahead of the random forest: difference of the "
    "mean accuracies.",
    measured=100 * (network - accuracy["random forest"])[:, 0].mean(),
    above=5,
    unit="points",
)

# %% [markdown]
# ## Where the popular answer goes wrong
#
# ### About artificial intelligence
#
# :::{popular-answer} AI means making machines able to think as people do.
# :verdict: imprecise
# :question: what-is-ai
# :claims: learn-minimax-never-loses, learn-minimax-draw
#
# That is one of four goals, and not the usual one. Search never loses, and tries out
# every game, as nobody does. Whether a machine *thinks* cannot be measured; Turing
# therefore replaced the question by a test {cite:p}`turing1950computing`.
# :::
#
# :::{popular-answer} AI machines copy human actions.
# :verdict: imprecise
# :question: what-is-ai
# :claims: learn-clone-agrees, learn-minimax-never-loses
#
# Imitation is one technique. Our network learned by it, though its teacher was no
# human; search copies nobody.
# :::
#
# ### About machine learning
#
# :::{popular-answer} Machine learning is one of AI's applications.
# :verdict: imprecise
# :question: what-is-machine-learning
# :claims: learn-minimax-never-loses, learn-clone-loses-little
#
# It is a family of methods inside AI. An application is what it is used for: here,
# noughts and crosses, which a method without learning plays too.
# :::
#
# :::{popular-answer} A learning machine gets better as it gathers experience.
# :verdict: right
# :question: what-is-machine-learning
# :claims: learn-more-is-better
#
# This is the definition, once "better" is tied to a task and to a measure
# ({numref}`learn-curve`).
# :::
#
# :::{popular-answer} The improvement happens automatically.
# :verdict: imprecise
# :question: what-is-machine-learning
# :claims: learn-line-stuck, learn-feature-cures, learn-hidden-layer-cures
#
# Only within what the model can express. A line stays near guessing with 5,000
# examples. People choose model, inputs, error and data.
# :::
#
# ### About deep learning
#
# :::{popular-answer} Deep learning is one branch inside machine learning.
# :verdict: right
# :question: what-is-deep-learning
# :claims: learn-by-hand, learn-by-averaging, learn-without-big-data
#
# All three read the same 450 digits: templates drawn by hand do not learn, averaged
# ones learn without being deep, and the network is deep ({numref}`learn-sets`).
# :::
#
# :::{popular-answer} Its networks are modelled on how the human brain is built.
# :verdict: imprecise
# :question: what-is-deep-learning
# :claims: learn-three-products
#
# A loose inspiration. What runs are matrix products with a bend between them: NumPy and
# Keras differ by {glue:text}`learn-three-products` of the largest output, by rounding.
# Whether brains do anything like the training rule is an open question
# {cite:p}`lillicrap2020backpropagation`.
# :::
#
# :::{popular-answer} It needs enormous amounts of data.
# :verdict: imprecise
# :question: what-is-deep-learning
# :claims: learn-without-big-data
#
# Large networks profit from much data, but no amount is part of the definition. 1,347
# tiny images were enough here.
# :::
#
# :::{popular-answer} Three layers, counting the input, make a network deep.
# :verdict: imprecise
# :question: what-is-deep-learning
# :claims: learn-depth-doubles, learn-shallow-pieces
#
# The input computes nothing, so that network has one hidden layer: it is shallow, and
# 16 units in it make at most 17 pieces. Many speak of deep from two hidden layers on;
# there is no agreed border {cite:p}`schmidhuber2015deep`.
# :::
#
# :::{popular-answer} Data enter at the input layer; hidden layers transform them.
# :verdict: right
# :question: what-is-deep-learning
# :claims: learn-layers-pass-on
#
# And the output layer gives the prediction, from the last hidden layer alone
# ({numref}`learn-journey`).
# :::
#
# :::{popular-answer} Driving cars, chatbots and face recognition use deep learning.
# :verdict: right
# :question: what-is-deep-learning
#
# All three are documented: a network that steers a car {cite:p}`bojarski2016end`, the
# method behind ChatGPT {cite:p}`ouyang2022training`, and FaceNet
# {cite:p}`schroff2015facenet`. This page did not measure them.
# :::
#
# ### About deep and classical
#
# :::{popular-answer} SVMs, trees and logistic regression all count as linear models.
# :verdict: wrong
# :question: deep-vs-classical-ml
# :claims: learn-logistic-is-linear, learn-tree-is-not-linear, learn-svm-is-not-linear
#
# Of the three only logistic regression is linear (and an SVM with a linear kernel). A
# tree answers by boxes {cite:p}`breiman1984classification`, a kernel SVM by curves
# ({numref}`learn-regions`).
# :::
#
# :::{popular-answer} Classical models need hand-made features; deep nets find them.
# :verdict: imprecise
# :question: deep-vs-classical-ml
# :claims: learn-feature-cures, learn-probe-hidden, learn-tree-is-not-linear
#
# A good first answer: a line did need the radius, and the network found its own
# coordinates. But tree and SVM read raw points too, and networks still want inputs
# encoded and scaled by hand {cite:p}`bengio2013representation`.
# :::
#
# :::{popular-answer} The word deep refers to stacking many layers.
# :verdict: right
# :question: deep-vs-classical-ml
# :claims: learn-depth-doubles
#
# Agreed usage {cite:p}`lecun2015deep`. What stacking buys is composition.
# :::
#
# ### "Deep learning for big data, classical methods for small"
#
# The digits do not bear it out, though 1,347 are not many. Tables of numbers are
# another kind of data. Here are ten measurements of each of 442 diabetes patients, and
# a score of how the disease went on {cite:p}`efron2004least`. $R^2$ is the share of the
# score's variance that is predicted: 1 is perfect, 0 is no better than the mean. We
# split three times.

# %%
x_patients, score = datasets.load_diabetes(return_X_y=True)
x_patients = (x_patients / x_patients.std(axis=0)).astype("float32")
score = (score - score.mean()) / score.std()
shuffled = [np.random.default_rng(seed).permutation(len(score)) for seed in seeds]
squared_error = keras.losses.MeanSquaredError()
deep = train_apart(
    [x_patients[order[:342]] for order in shuffled],
    [score[order[:342], None] for order in shuffled],
    units=(64, 64),
    outputs=1,
    loss=squared_error,
    optimizer=keras.optimizers.Adam(0.001),
    steps=100,
    seeds=seeds,
)


# %%
def r_squared(predicted, y):
    return 1 - np.mean((predicted - y) ** 2) / np.var(y)


def on_new_patients(k, order):
    old, held = order[:342], order[342:]
    line = LinearRegression().fit(x_patients[old], score[old])
    z = ops.convert_to_numpy(deep(x_patients[held]))[:, k, 0]
    straight_fit = line.predict(x_patients[held])
    return r_squared(straight_fit, score[held]), r_squared(z, score[held])


of_both = [on_new_patients(k, order) for k, order in enumerate(shuffled)]
line_r2, deep_r2 = np.transpose(of_both)
quote("learn-line-r2", line_r2.mean())
quote("learn-deep-r2", deep_r2.mean())
claim(
    "learn-tables",
    "On a small table of patients a network and a straight fit are not far apart: R² "
    "of the network minus R² of the fit, for each split.",
    measured=deep_r2 - line_r2,
    below=0.2,
    above=-0.2,
)

# %% [markdown]
# On average over the splits the network reaches $R^2 =$ {glue:text}`learn-deep-r2`, the
# straight fit {glue:text}`learn-line-r2`.
#
# :::{popular-answer} Deep learning excels with big data, classical methods with small.
# :verdict: imprecise
# :question: deep-vs-classical-ml
# :claims: learn-svm-ahead-at-the-end, learn-network-ahead-of-forest, learn-tables
#
# A tendency, not a law. Here the network beat the forest on the smallest set, and lost
# to the SVM on the largest ({numref}`learn-all-curves`). Who is ahead where depends on
# task, model and tuning. On tables, forests and their relatives hold their own in
# large comparisons {cite:p}`grinsztajn2022why,fernandez2014do`.
# :::
#
# ### "Deep nets need much data because they start from nothing"
#
# Do they have to start from nothing? We make two tasks that depend on the same three
# combinations of 40 inputs. The first network learns the source task from 4,000
# examples. Its first layer then serves the target task, which has 60. Taking over what
# was learned elsewhere is called *transfer*, and the learning before it *pre-training*.

# %%


def two_tasks(seed):
    random = np.random.default_rng(seed)
    directions = np.linalg.qr(random.normal(size=(40, 3)))[0]  # (inputs, 3)
    mix = random.normal(size=(3, 9))  # 8 source outputs and a target
    mix /= np.linalg.norm(mix, axis=0)

    def examples(count, part):
        x = random.normal(size=(count, 40)).astype("float32")
        return x, np.sin(x @ directions @ mix[:, part])

    source, target = slice(0, 8), slice(8, 9)
    return examples(4000, source), examples(60, target), examples(1000, target)


# %%
sources, targets, new = zip(*[two_tasks(seed) for seed in seeds], strict=True)
pretrained = train_apart(
    *zip(*sources, strict=True),
    units=(32,),
    outputs=8,
    loss=squared_error,
    optimizer=keras.optimizers.Adam(0.003),
    steps=500,
    seeds=seeds,
    batch_size=64,
)

# %% [markdown]
# The first layer stays as it is, *frozen*: what it returns is the new input. Beside it,
# a network of the same shape learns the target from scratch.

# %%
W_frozen, b_frozen = (
    ops.convert_to_numpy(part[0]) for part in (pretrained.kernels, pretrained.biases)
)


def frozen(x, k):
    return np.maximum(x @ W_frozen[k] + b_frozen[k], 0)  # (examples, 32)


def r2_on_target(see, units):
    networks = train_apart(
        [see(x, k) for k, (x, _) in enumerate(targets)],
        [y for _, y in targets],
        units=units,
        outputs=1,
        loss=squared_error,
        optimizer=keras.optimizers.Adam(0.003),
        steps=100,
        seeds=seeds,
    )
    return [
        r_squared(ops.convert_to_numpy(networks(see(x, k)))[:, k], y)
        for k, (x, y) in enumerate(new)
    ]


# %%
scratch = np.array(r2_on_target(lambda x, k: x, units=(32, 32)))
transferred = np.array(r2_on_target(frozen, units=(32,)))
quote("learn-scratch-r2", scratch.mean())
quote("learn-transfer-r2", transferred.mean())
claim(
    "learn-transfer-helps",
    "With 60 examples, a first layer learned on a related task raises R²: gain, for "
    "each seed.",
    measured=transferred - scratch,
    above=0.3,
)

# %% [markdown]
# From scratch, $R^2$ is {glue:text}`learn-scratch-r2` on average. With the frozen layer
# it is {glue:text}`learn-transfer-r2`. The tasks were made to be
# related; the less they are, the less transfer gives {cite:p}`yosinski2014how`.
#
# :::{popular-answer} Deep nets need much data because they start from nothing.
# :verdict: imprecise
# :question: deep-vs-classical-ml
# :claims: learn-transfer-helps
#
# From random weights they need more, but they need not start there. Pre-training helps,
# and so does a model that suits the data, such as one that treats all places of an
# image alike (a *convolution*).
# :::
#
# ## What we saw
#
# - AI is about machines that act well. Search plays without learning, a network learns
#   to play, and search is the better player of the two: its moves are always best.
# - To learn is to score higher with more experience: {glue:text}`learn-hand-accuracy`
#   for templates drawn by hand, {glue:text}`learn-average-accuracy` for averaged ones.
#   It happens only within what the model can express.
# - Deep networks compose layers. k layers of two units draw $2^k$ pieces, and hidden
#   layers find coordinates in which a line is enough.
# - Classical models are not all linear, and not all behind. The real difference is that
#   a network learns its representation together with its answer.
#
# Open is how the weights are found. {doc}`One neuron <02_one_neuron>` begins with a
# single sum, and a rule that sets its weights.
#
# ## In an interview
#
# :::{interview-card} What is AI, and does it have to imitate human thought?
# :id: what-is-ai
# :figure: learn-sets
#
# AI builds agents that choose good actions, given what they perceive. A rational agent
# maximises its expected performance. Thinking or acting like a human are other goals of
# the field, not its definition. Search, logic and planning are AI without learning:
# minimax never loses at noughts and crosses, learns nothing, and thinks like nobody.
# Machine learning is one way to obtain such an agent, and deep learning one way to do
# machine learning.
# :::
#
# :::{interview-card} What does it mean for a program to learn from data?
# :id: what-is-machine-learning
# :figure: learn-curve
#
# Mitchell: it learns from experience $E$, for tasks $T$ and performance $P$, if its $P$
# on $T$ improves with $E$. Measure $P$ on examples it has not seen. Improvement is not
# automatic: the right answer must be within the hypothesis class, the set of things the
# model can express. A line never learns two rings, however many points it sees. Machine
# learning is a family of methods inside AI, in which people still choose features,
# model, loss and data.
# :::
#
# :::{interview-card} What is deep learning, and what makes a network deep?
# :id: what-is-deep-learning
# :figure: learn-teeth
#
# The part of machine learning that fits compositions $f = f_L \circ \dots \circ f_1$ of
# differentiable maps with weights, by gradients, so that the representations in between
# are learned. Depth counts trainable layers from input to output. The input does not
# count: with one hidden layer a network is shallow. Depth buys expression: $k$ layers
# of two ReLUs draw $2^k$ pieces, one hidden layer needs about $2^k$ units. Brains are a
# loose metaphor; training, by backpropagation, is calculus. Big data helps but is not
# part of the definition: 1,347 tiny images were enough for a small network.
# :::
#
# :::{interview-card} Where do deep networks and classical models really differ?
# :id: deep-vs-classical-ml
# :figure: learn-all-curves
#
# In the representation. A deep network learns it together with the predictor; a
# classical model fixes it before, by hand-made features, by a kernel, or by one input
# at a time. It is not "linear against non-linear": trees and kernel SVMs draw curved or
# stepped borders. It is not simply "big data against small" either: that depends on how
# well the model's assumptions suit the data, and on pre-training. On small data and
# tables, classical models are often as good or better. "Deep" means many trainable
# layers.
# :::
#
# ## Exercises
#
# 1. **Recall.** Name task, performance measure and experience of the network that
#    learned noughts and crosses.
#
#    :::{dropdown} Solution
#    Task: to choose a move. Performance: the share of unseen boards at which it picks a
#    best move. Experience: boards with their best moves.
#    :::
#
# 2. **By hand.** X holds two squares of the top row, O two of the middle row, and the
#    rest is free. What is the board worth by {eq}`eq-learn-minimax` if X has to move,
#    and what if O has to?
#
#    :::{dropdown} Solution
#    Whoever moves completes a row and wins. So it is worth 1 both times, to the player
#    whose turn it is. The next cell asks `value`.
#    :::

# %% tags=["hide-cell"]
x_to_move = (1, 1, 0, -1, -1, 0, 0, 0, 0)
claim(
    "learn-exercise-value",
    "Exercise 2: the board is worth 1 to either player, if it is their turn.",
    measured=[value(x_to_move), value(tuple(-mark for mark in x_to_move))],
    equals=1,
)

# %% [markdown]
# 3. **Predict, then run.** Shuffle the 64 pixels of all scans, training and test, in
#    the same way. What happens to the accuracy of the averaged templates?
#
#    :::{dropdown} Solution
#    Nothing. A sum does not care in which order its terms come. A human could read no
#    scan any more. The next cell shows it.
#    :::

# %% tags=["hide-cell"]
mixed = np.random.default_rng(0).permutation(64)
mixed_templates = averages(x_train[:, mixed], y_train)
claim(
    "learn-exercise-shuffled",
    "Exercise 3: shuffled pixels cost the averaged templates nothing: change of the "
    "accuracy.",
    measured=abs(
        np.mean(read(x_test[:, mixed], mixed_templates) == y_test) - average_accuracy
    ),
    below=0.005,
)

# %% [markdown]
# 4. **Code.** Give logistic regression the three inputs $x_1, x_2$ and $x_1 x_2$, in
#    place of the squared radius. Does it learn the rings now?
#
#    :::{dropdown} Solution
#    No. Seen from the centre the rings look the same in all directions, while $x_1 x_2$
#    is positive in one quarter and negative in the next: on average it says nothing
#    about the ring. Not any feature helps, only one that suits the task.
#    :::


# %% tags=["hide-cell"]
def with_product(x):
    return np.c_[x, x[:, 0] * x[:, 1]]


by_product = LogisticRegression().fit(with_product(x_500), y_500)
claim(
    "learn-exercise-product",
    "Exercise 4: with the product of its inputs, a line does not learn the rings "
    "either: accuracy.",
    measured=by_product.score(with_product(x_rings), y_rings),
    below=0.65,
)

# %% [markdown]
# 5. **By hand.** How many units does one hidden layer need, at least, to draw the
#    saw-teeth of ten folds? How many have ten layers of two?
#
#    :::{dropdown} Solution
#    $2^{10} = 1024$ pieces need $1023$ units in one layer. Ten layers have 20. The next
#    cell counts the pieces.
#    :::

# %% tags=["hide-cell"]
claim(
    "learn-exercise-ten-folds",
    "Exercise 5: ten folds make 1,024 pieces.",
    measured=pieces(folded(x_line, 10)),
    equals=1024,
)

# %% [markdown]
# 6. **Think.** A program stores all examples and looks each question up. On the
#    examples its accuracy is 1. Does it learn, by Mitchell's definition?
#
#    :::{dropdown} Solution
#    It depends on $P$. On the stored examples it is perfect at once. On unseen scans it
#    has no answer, and $P$ does not rise. If it answers by the *nearest* stored
#    example, it learns: that is a classical method.
#    :::
#
# 7. **Open.** Search needed the rules of the game and no example; the network needed
#    examples and no rules. What would you use for chess, for a game whose rules you do
#    not know, and for reading handwriting?
#
#    :::{dropdown} Solution
#    Chess has far too many boards for complete search; good programs search some moves
#    ahead and judge the boards they reach by a learned network. Without rules there is
#    nothing to search: learn from games. For handwriting there are no rules to begin
#    with.
#    :::
#
# ## Further reading
#
# {cite:t}`russell2020artificial`, chapter 1, for the four goals of AI;
# {cite:t}`mitchell1997machine`, chapter 1, for what learning is;
# {cite:t}`goodfellow2016deep`, chapter 1, for depth and history; and
# {cite:t}`lecun2015deep` for deep learning in nine pages. The digits are by
# {cite:t}`alpaydin1998optical`, the classical learners run in scikit-learn
# {cite:p}`pedregosa2011scikit`.
#
# :::{parts-used}
# :::
