"""The cover: the paths of two rules down a narrow valley, computed as it is drawn."""

import textwrap
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

INK, PAPER, EDGE = "#12324a", "#f7f5ef", "#2a7f9e"
CURVATURE = np.array([1.0, 24.0])


def path(momentum, rate=0.07, steps=60):
    """Gradient descent with momentum on the valley of the chapters."""
    theta, velocity = np.array([-1.0, 0.62]), np.zeros(2)
    points = [theta]
    for _ in range(steps):
        velocity = momentum * velocity - rate * CURVATURE * theta
        theta = theta + velocity
        points.append(theta)
    return np.array(points)


def draw(file, title):
    """Draws the cover of a book whose title is `name: what it is`."""
    figure = Figure(figsize=(8, 12), facecolor=PAPER)
    axes = figure.add_axes((0, 0.08, 1, 0.52), facecolor=PAPER)
    axes.axis("off")
    x, y = np.meshgrid(np.linspace(-1.2, 0.55, 300), np.linspace(-0.8, 0.8, 300))
    loss = (x**2 + CURVATURE[1] * y**2) / 2
    axes.contour(x, y, np.sqrt(loss), 14, colors=EDGE, linewidths=0.9, alpha=0.55)
    for momentum, colour in ((0.0, INK), (0.6, "#e0762b")):
        points = path(momentum)
        axes.plot(*points.T, color=colour, linewidth=3.5, marker="o", markersize=5)
    axes.plot(0, 0, "*", color=INK, markersize=26)
    name, _, subtitle = title.partition(": ")
    lines = textwrap.fill(subtitle[0].upper() + subtitle[1:], 20)
    figure.text(0.09, 0.86, name, fontsize=64, color=INK, weight="bold")
    figure.text(0.09, 0.83, lines, fontsize=27, color=INK, va="top", linespacing=1.35)
    figure.savefig(file, dpi=150)


def draw_for(app):
    """Puts the cover among the files that Sphinx copies."""
    file = Path(app.doctreedir, "cover", "cover.png")
    file.parent.mkdir(parents=True, exist_ok=True)
    draw(file, app.config.epub_title)
    app.config.html_static_path.append(str(file.parent))


def setup(app):
    app.connect("builder-inited", draw_for)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
