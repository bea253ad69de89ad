"""The picture of a graph: every node stands right of those it is computed from."""

import pytest
from matplotlib import pyplot
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from dlbook.figures import computational_graph, graph_passes

# s = tanh(w) · w + b: w is used twice.
PARENTS = {"w": (), "h": ("w",), "p": ("h", "w"), "b": (), "s": ("p", "b")}
SYMBOLS = {"h": "tanh", "p": "×", "s": "+"}
VALUES = {"w": 0.5, "h": 0.46, "p": 0.23, "b": -1.0, "s": -0.77}
ADJOINTS = {"s": 1.0, "p": 1.25, "h": 0.5, "w": 0.86, "b": 2.0}
BLUE, ORANGE, INK = "#0072b2", "#d55e00", "#555555"


def axes_of(**numbers):
    return computational_graph(PARENTS, SYMBOLS, **numbers).axes[0]


def texts(axes, color):
    return {text.get_text() for text in axes.texts if to_hex(text.get_color()) == color}


def arrows(axes):
    return [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]


def places(axes):
    """Where the nodes stand: symbol → (column, row)."""
    marked = {tuple(float(x) for (x,) in line.get_data()) for line in axes.lines}
    found = {text.get_text(): text.get_position() for text in axes.texts}
    return {symbol: place for symbol, place in found.items() if place in marked}


def test_each_node_stands_right_of_its_parents_and_no_two_in_one_place():
    where = places(axes_of())
    assert where.keys() == {"w", "tanh", "×", "b", "+"}
    assert len(set(where.values())) == 5
    for child, above in PARENTS.items():
        for parent in above:
            ends = (where[SYMBOLS.get(name, name)][0] for name in (parent, child))
            assert next(ends) < next(ends)


def test_a_node_that_is_given_stands_just_before_its_first_use():
    assert places(axes_of())["b"][0] == places(axes_of())["×"][0]


def test_what_is_given_is_a_box_and_what_is_computed_a_circle():
    markers = [line.get_marker() for line in axes_of().lines]
    assert sorted(markers) == ["o", "o", "o", "s", "s"]


def test_there_is_an_arrow_for_each_edge_and_only_the_far_one_is_bent():
    drawn = arrows(axes_of())
    assert len(drawn) == 5
    assert sum(arrow.get_connectionstyle().rad != 0 for arrow in drawn) == 1


def test_numbers_stand_in_their_colours_with_the_names_of_what_is_computed():
    axes = axes_of(values=VALUES, adjoints=ADJOINTS, slopes={("w", "h"): -0.79})
    assert texts(axes, BLUE) == {"0.50", "h = 0.46", "p = 0.23", "−1.00", "s = −0.77"}
    assert texts(axes, ORANGE) == {"1.00", "1.25", "0.50", "0.86", "2.00"}
    assert texts(axes, INK) == {"×−0.79"}
    assert not texts(axes_of(), BLUE)


def test_a_node_before_its_parent_is_refused():
    with pytest.raises(ValueError, match="'h' before 'w'"):
        computational_graph({"h": ("w",), "w": ()})


@pytest.fixture
def frames():
    """The animation's axes, and a function that draws one of its frames."""
    animation = graph_passes(PARENTS, SYMBOLS, VALUES, ADJOINTS)
    animation._draw_was_started = True  # It is not saved, and need not be.
    return animation._fig.axes[0], animation._func, list(animation.new_frame_seq())


def shown(axes, color):
    visible = [text for text in axes.texts if text.get_visible()]
    return {text.get_text() for text in visible if to_hex(text.get_color()) == color}


def test_values_appear_forwards_and_adjoints_backwards(frames):
    axes, draw, numbers = frames
    seen = []
    for frame in numbers[1:11]:
        draw(frame)
        seen.append((len(shown(axes, BLUE)), len(shown(axes, ORANGE))))
    forwards = [(k, 0) for k in range(1, 6)]
    backwards = [(5, k) for k in range(1, 6)]
    assert seen == forwards + backwards
    draw(2)
    assert shown(axes, BLUE) == {"0.50", "h = 0.46"}
    draw(7)
    assert shown(axes, ORANGE) == {"1.00", "2.00"}


def test_the_first_and_the_last_frame_are_the_whole_picture(frames):
    axes, draw, numbers = frames
    for frame in (numbers[0], numbers[-1]):
        draw(5)
        draw(frame)
        assert (len(shown(axes, BLUE)), len(shown(axes, ORANGE))) == (5, 5)
        assert {to_hex(arrow.get_edgecolor()) for arrow in arrows(axes)} == {INK}


def test_the_edges_over_which_a_number_came_are_lit(frames):
    axes, draw, _ = frames
    draw(3)  # The value of p comes from h and w.
    lit = [to_hex(arrow.get_edgecolor()) for arrow in arrows(axes)]
    assert sorted(lit) == sorted([BLUE, BLUE, INK, INK, INK])
    draw(10)  # The adjoint of w comes from h and p.
    lit = [to_hex(arrow.get_edgecolor()) for arrow in arrows(axes)]
    assert sorted(lit) == sorted([ORANGE, ORANGE, INK, INK, INK])


def test_no_figure_stays_open():
    axes_of()
    assert pyplot.get_fignums() == []
