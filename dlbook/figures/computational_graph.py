"""A formula as a graph: what is computed from what, and what flows along the edges."""

from dlbook.figures.canvas import canvas, moving

_VALUE, _ADJOINT, _INK = "#0072B2", "#D55E00", "#555555"


def computational_graph(parents, symbols=None, values=None, adjoints=None, slopes=None):
    """Nodes from left to right, each right of all nodes that it is computed from.

    A node that is computed is a circle, a node that is given is a box. An edge that
    passes over a node is bent.

    Args:
        parents: name → the names of the nodes it is computed from, which come before
            it; `()` for a node that is given. Names may hold mathematics, `"$x$"`.
        symbols: name → what stands inside a circle, such as `"+"`.
        values: name → a number, in blue above the node.
        adjoints: name → a number, in orange below the node.
        slopes: `(parent, child)` → a number, beside the edge.

    Returns:
        A matplotlib `Figure`.

    Raises:
        ValueError: when a node comes before one that it is computed from.
    """
    figure, _ = _drawn(parents, symbols, values, adjoints, slopes)
    return figure


def graph_passes(parents, symbols, values, adjoints, slopes=None):
    """The same picture in motion: values appear forwards, then adjoints backwards.

    The first frame is the whole picture. Then each frame adds one node's value, in the
    order of `parents`, and after the last one adjoint, in the reverse order.

    Args:
        parents, symbols, values, adjoints, slopes: as in `computational_graph`.

    Returns:
        A matplotlib `FuncAnimation`.
    """
    figure, artists = _drawn(parents, symbols, values, adjoints, slopes)
    forwards = [("value", name) for name in parents if name in values]
    backwards = [("adjoint", name) for name in reversed(parents) if name in adjoints]
    stops = [*forwards, *backwards]

    def draw(frame):
        under_way = 0 < frame <= len(stops)
        seen = stops[:frame] if under_way else stops
        new = stops[frame - 1] if under_way else None
        for key, artist in artists.items():
            kind, name = key
            if kind == "edge":
                parent, child = name
                lit = {("value", child): _VALUE, ("adjoint", parent): _ADJOINT}
                artist.set_color(lit.get(new, _INK))
            else:
                artist.set_visible(key in seen)
                artist.set_fontweight("bold" if key == new else "normal")

    return moving(figure, draw, frames=len(stops) + 3)


def _places(parents):
    """A column and a row for each node: `name → (column, row)`."""
    column = {}
    for name, above in parents.items():
        if late := [each for each in above if each not in column]:
            raise ValueError(
                "Each node comes after those that it is computed from. "
                f"Received: {name!r} before {late[0]!r}."
            )
        column[name] = max((column[each] + 1 for each in above), default=0)
    for name, above in parents.items():
        if not above:  # As far to the right as it can stand.
            uses = [column[child] for child, its in parents.items() if name in its]
            column[name] = min(uses, default=1) - 1
    places = {}
    # Those that are computed first: they make the spine.
    for name in sorted(parents, key=lambda name: not parents[name]):
        spine = [places[each][1] for each in parents[name] if each in places]
        row = spine[0] if spine else 0
        while (column[name], row) in places.values():
            row += 1
        places[name] = column[name], row
    return places


def _bent(start, end):
    """Whether an edge passes over a column, where a node may stand."""
    return end[0] - start[0] > 1


def _away_from_bends(places, parents, name):
    """−1 where a bent edge leaves a node to the right, +1 where one arrives."""
    edges = [(each, child) for child, above in parents.items() for each in above]
    bent = [edge for edge in edges if _bent(*(places[end] for end in edge))]
    return any(name == child for _, child in bent) - any(name == a for a, _ in bent)


def _number(value):
    return f"{value:.2f}".replace("-", "−")


def _drawn(parents, symbols, values, adjoints, slopes):
    """The figure, and its texts and edges by kind and name."""
    symbols, values, adjoints = symbols or {}, values or {}, adjoints or {}
    places = _places(parents)
    last_column, last_row = (max(each) for each in zip(*places.values(), strict=True))
    with canvas(height=1.6 + 1.05 * last_row) as (figure, axes):
        axes.set(xlim=(-0.5, last_column + 0.5), ylim=(last_row + 0.7, -0.75))
        axes.axis("off")
        artists = {}
        for name, above in parents.items():
            sheet = _Sheet(axes, places, name)
            sheet.node(symbols.get(name, name), marker="o" if above else "s")
            if name in values:
                label = f"{name} = " if name in symbols else ""
                text = label + _number(values[name])
                artists["value", name] = sheet.value(
                    text, _away_from_bends(places, parents, name)
                )
            if name in adjoints:
                lower = any(places[each][1] > places[name][1] for each in above)
                artists["adjoint", name] = sheet.adjoint(adjoints[name], lower)
            for each in above:
                artists["edge", (each, name)] = sheet.edge_from(places[each])
                if (slope := (slopes or {}).get((each, name))) is not None:
                    sheet.slope(places[each], slope)
    return figure, artists


class _Sheet:
    """Where one node is drawn, with what stands around it."""

    def __init__(self, axes, places, name):
        self.axes, self.place = axes, places[name]
        self.below = self.place[1] > 0  # Its edges leave upwards, so texts go below.

    def node(self, symbol, marker):
        look = {"ms": 25, "mfc": "none", "mec": _INK, "mew": 1.1}
        self.axes.plot(*self.place, marker, **look)
        size = 11 if len(symbol.strip("$")) < 3 else 9
        middle = {"ha": "center", "va": "center_baseline"}
        self.axes.text(*self.place, symbol, fontsize=size, **middle)

    def write(self, text, at, offset, **look):
        middle = {"ha": "center", "textcoords": "offset points"}
        return self.axes.annotate(text, at, offset, **middle, **look)

    def value(self, text, aside):
        offset = 11 * aside, -26 if self.below else 18
        return self.write(text, self.place, offset, color=_VALUE, fontsize=9)

    def adjoint(self, number, aside):
        offset = 15 if aside else 0, -39 if self.below else -26
        look = {"color": _ADJOINT, "fontsize": 9}
        return self.write(_number(number), self.place, offset, **look)

    def edge_from(self, start):
        from matplotlib.patches import FancyArrowPatch

        arrow = FancyArrowPatch(
            *(start, self.place),
            arrowstyle="-|>",
            mutation_scale=9,
            connectionstyle=f"arc3,rad={-0.6 if _bent(start, self.place) else 0}",
            shrinkA=14,
            shrinkB=14,
            color=_INK,
        )
        return self.axes.add_patch(arrow)

    def slope(self, start, number):
        middle = [(a + b) / 2 for a, b in zip(start, self.place, strict=True)]
        over = 41 if _bent(start, self.place) else 3
        offset = (0, over) if start[1] == self.place[1] else (16, -6)
        self.write(f"×{_number(number)}", middle, offset, color=_INK, fontsize=7.5)
