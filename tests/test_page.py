"""What a chapter shows, run as a program and run in a notebook."""

import os
import subprocess
import sys
from pathlib import Path

import nbclient
import nbformat
import pytest

import dlbook

CHAPTER = """
from matplotlib.figure import Figure
from dlbook.claims import claim
from dlbook.page import quote, show

figure = Figure()
figure.add_subplot().plot([0, 1])
show(figure, "line", caption="A *line* < a curve.", alt="A line\\n  that rises.")
quote("slope", 2.34e-7)
claim("steep", "It is > flat.", measured=MEASURED, above=1, unit="steps")
"""
ANIMATION = """
from matplotlib.animation import FuncAnimation
from matplotlib.figure import Figure
from dlbook.page import animate

figure = Figure()
(line,) = figure.add_subplot().plot([0, 1])
rising = FuncAnimation(figure, lambda step: line.set_ydata([0, step]), frames=3)
animate(rising, "rising-line", "It < rises.", alt="A \\"line\\" that rises.", seconds=1)
"""
TABLE = """
from dlbook.page import table

rows = [{"rule": "SGD", "loss": 1e-7}, {"rule": "Adam", "loss": 40000}]
table(rows, "rules", caption="Two *rules*.")
"""
TRUE, FALSE = (CHAPTER.replace("MEASURED", value) for value in ("[2, 3]", "[2, 0.5]"))


def run_as_a_program(chapter, folder):
    """Runs the text as `07_line.py` in the folder, on a machine without a screen."""
    (folder / "07_line.py").write_text(chapter)
    without = {"MPLBACKEND", "DISPLAY", "WAYLAND_DISPLAY"}
    kept = {word: v for word, v in os.environ.items() if word not in without}
    root = str(Path(dlbook.__file__).parents[1])
    return subprocess.run(
        [sys.executable, "07_line.py"],
        cwd=folder,
        env=kept | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_a_chapter_is_a_program_that_prints_and_saves_what_it_shows(tmp_path):
    done = run_as_a_program(TRUE, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        f"figure  {Path('build/figures/07_line/line.png')}",
        "number  slope = 2.34×10⁻⁷",
        "holds   steep: It is > flat. Measured 2, 3 steps, claimed > 1 steps.",
    ]
    image = tmp_path / "build" / "figures" / "07_line" / "line.png"
    assert image.read_bytes().startswith(b"\x89PNG")


def test_a_false_claim_fails_the_program_and_is_named(tmp_path):
    done = run_as_a_program(FALSE, tmp_path)
    assert done.returncode == 1
    assert "FalseClaim: The claim steep: It is > flat. Measured 2, 0.5" in done.stderr
    assert "holds" not in done.stdout


@pytest.fixture
def in_a_kernel(monkeypatch, tmp_path):
    """Runs a chapter in a Jupyter kernel and returns the cells' outputs."""
    monkeypatch.setenv("PYTHONPATH", str(Path(dlbook.__file__).parents[1]))
    monkeypatch.chdir(tmp_path)

    def run(chapter):
        cells = [nbformat.v4.new_code_cell(part) for part in chapter.split("\n\n")]
        notebook = nbformat.v4.new_notebook(cells=cells)
        nbclient.NotebookClient(notebook, kernel_name="python3").execute()
        return [output for cell in cells for output in cell.outputs]

    return run


def test_a_notebook_carries_all_that_the_page_needs(in_a_kernel, tmp_path):
    outputs = in_a_kernel(TRUE)
    assert {output.output_type for output in outputs} == {"display_data"}
    picture, caption, slope, steep, claim = outputs
    assert picture.data["image/svg+xml"].lstrip().startswith("<?xml")
    assert picture.data["text/plain"] == "A line\n  that rises."
    assert caption.data["text/markdown"].splitlines() == [
        ":::{shown-figure} line",
        ':alt: "A line that rises."',
        "",
        "A *line* < a curve.",
        ":::",
    ]
    assert "A *line* &lt; a curve." in caption.data["text/html"]
    glue = "application/papermill.record/"
    assert slope.data == {f"{glue}text/plain": "'2.34×10⁻⁷'"}
    assert slope.metadata == {"scrapbook": {"name": "slope", "mime_prefix": glue}}
    assert steep.data == {f"{glue}text/plain": "'2, 3 steps'"}
    assert steep.metadata["scrapbook"]["name"] == "steep"
    assert claim.data["text/markdown"].splitlines() == [
        ":::{claim} steep",
        ':measured: "2, 3 steps"',
        ':bound: "> 1 steps"',
        "",
        "It is > flat.",
        ":::",
    ]
    assert "It is &gt; flat. Measured 2, 3 steps" in claim.data["text/html"]
    assert not (tmp_path / "build").exists()


def test_a_word_of_numpy_is_quoted_as_a_word(in_a_kernel):
    chapter = "import numpy as np\nfrom dlbook.page import quote\n"
    (word,) = in_a_kernel(chapter + 'quote("worst", np.array(["texture"])[0])')
    assert list(word.data.values()) == ["'texture'"]


def test_a_false_claim_stops_the_notebook(in_a_kernel):
    with pytest.raises(nbclient.exceptions.CellExecutionError, match="The claim steep"):
        in_a_kernel(FALSE)


def test_an_animation_is_a_player_that_needs_no_network(in_a_kernel):
    player, caption = in_a_kernel(ANIMATION)
    page = player.data["text/html"]
    assert page.count("data:image/png;base64,") == 3
    assert "http" not in page
    assert (
        '<img alt="A &quot;line&quot; that rises." id="_anim_img_rising_line">' in page
    )
    assert 'type="range" aria-label="Frame"' in page
    assert ", 333," in page  # milliseconds a frame
    assert caption.data["text/markdown"].startswith(":::{shown-figure} rising-line")


def test_an_animation_comes_out_alike_in_every_build(in_a_kernel):
    first, second = in_a_kernel(ANIMATION)[0], in_a_kernel(ANIMATION)[0]
    assert first.data["text/html"] == second.data["text/html"]


def test_a_program_saves_its_animation(tmp_path):
    done = run_as_a_program(ANIMATION, tmp_path)
    assert done.returncode == 0, done.stderr
    path = Path("build/figures/07_line/rising-line.gif")
    assert done.stdout.splitlines() == [f"figure  {path}"]
    assert (tmp_path / path).read_bytes().startswith(b"GIF89a")


def test_a_table_is_a_directive_on_the_page_and_columns_in_a_program(
    in_a_kernel, tmp_path
):
    (table,) = in_a_kernel(TABLE)
    assert table.data["text/markdown"].splitlines() == [
        ":::{table} Two *rules*.",
        ':name: "rules"',
        "",
        "| rule | loss |",
        "|---|---|",
        "| SGD | 10⁻⁷ |",
        "| Adam | 40,000 |",
        ":::",
    ]
    assert run_as_a_program(TABLE, tmp_path).stdout.splitlines() == [
        "table   rules",
        "rule  loss",
        "SGD   10⁻⁷",
        "Adam  40,000",
    ]
