"""The programs of docs/use.md run, and print what stands below them."""

import json
import re
import tomllib
from pathlib import Path

import fresh_process
import keras
import pytest

from dlbook.training import accelerators

pytestmark = pytest.mark.backends
BACKEND = keras.backend.backend()
ENGINE = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}[BACKEND]
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "use.md").read_text(encoding="utf-8")
CODE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NUMBER = r"\d+(?:\.\d+)?(?:e-?\d+)?%?"

# Section → its blocks of code, (language, text), in their order.
SECTIONS = {part.split("\n")[0]: CODE.findall(part) for part in PAGE.split("\n## ")[1:]}
PARTS = [title for title, blocks in SECTIONS.items() if "text" in dict(blocks)]
PROGRAMS = {title: SECTIONS[title][0][1] for title in PARTS}
SHOWN = {title: SECTIONS[title][1][1].replace("TensorFlow", ENGINE) for title in PARTS}

# One after another, as it takes longer to import a backend than to run them all. The
# names of layers begin anew for each.
RUN_ALL = """
import contextlib, io, json, sys
import keras
printed = {}
for title, code in json.loads(sys.argv[1]).items():
    keras.utils.clear_session()
    with contextlib.redirect_stdout(io.StringIO()) as stream:
        exec(code, {"__name__": "__main__"})
    printed[title] = stream.getvalue()
print(json.dumps(printed))
"""
KILLED_AFTER_37_BATCHES = """
import itertools, os
from dlbook.callbacks import Checkpoint
counted, after = itertools.count(1), Checkpoint.on_train_batch_end
def on_train_batch_end(self, batch, logs=None):
    after(self, batch, logs)
    if next(counted) == 37:
        os._exit(0)
Checkpoint.on_train_batch_end = on_train_batch_end
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("use")


@pytest.fixture(scope="module")
def printed(folder):
    """Section → what its first program printed; what it wrote is in the folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        said = fresh_process.run(RUN_ALL, json.dumps(PROGRAMS))
    return json.loads(said.splitlines()[-1])


def assert_alike(text, shown):
    """The same words and whole numbers; of others none is four times what is shown."""
    text, shown = " ".join(text.split()), " ".join(shown.split())
    assert re.sub(NUMBER, "0", text) == re.sub(NUMBER, "0", shown)
    pairs = zip(re.findall(NUMBER, text), re.findall(NUMBER, shown), strict=True)
    for came, stands in (pair for pair in pairs if pair[0] != pair[1]):
        assert not (came.isdigit() and stands.isdigit()), text
        came, stands = float(came.rstrip("%")), float(stands.rstrip("%"))
        assert stands / 4 < came < 4 * stands, text


def test_eight_sections_begin_with_a_short_program_and_what_it_prints():
    assert len(PARTS) == 8
    for title in PARTS:
        assert [kind for kind, _ in SECTIONS[title][:2]] == ["python", "text"]
        assert len([line for line in PROGRAMS[title].splitlines() if line]) <= 20


@pytest.mark.parametrize("title", [each for each in PARTS if each != "Checkpoint"])
def test_a_program_prints_what_the_page_shows(title, printed):
    if title.startswith("use_gpu") and accelerators.accelerators():
        pytest.skip("The page shows what is printed where there is no GPU.")
    assert_alike(printed[title], SHOWN[title])


def test_a_saved_model_loads_where_dlbook_is_not_installed(
    printed, folder, monkeypatch
):
    (_, _, (_, program), (_, shown)) = SECTIONS["An optimizer"]
    monkeypatch.chdir(folder)
    assert_alike(
        fresh_process.run(f"import sys; sys.modules['dlbook'] = None\n{program}"), shown
    )


def test_whole_models_load_where_their_part_was_imported(printed, folder, monkeypatch):
    monkeypatch.chdir(folder)
    program = ["import keras"]
    for part, file in (("optimizers", "model"), ("layers", "places")):
        assert f"`import dlbook.{part}`" in " ".join(PAGE.split())
        program += [f"import dlbook.{part}; keras.saving.load_model('{file}.keras')"]
    fresh_process.run("\n".join(program))


def test_the_monitor_s_picture_and_table_are_written(printed, folder):
    _, _, (_, header) = SECTIONS["GradientMonitor"]
    lines = (folder / "gradients.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == header.strip()
    assert len(lines) == 1 + 16 * 18  # Every second of 32 updates, 18 weights.
    assert (folder / "gradients.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_that_is_killed_goes_on_to_the_loss_of_the_one_that_is_not(
    printed, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    program = PROGRAMS["Checkpoint"]
    assert fresh_process.run(KILLED_AFTER_37_BATCHES + program) == ""
    resumed = fresh_process.run(program)
    assert_alike(resumed, SHOWN["Checkpoint"])
    assert resumed.splitlines()[1:] == printed["Checkpoint"].splitlines()


@pytest.mark.skipif(BACKEND != "jax", reason="What is tried is a flag of JAX.")
def test_two_devices_are_tried_as_the_page_says(tmp_path, monkeypatch):
    command = SECTIONS["data_parallel"][2][1].splitlines()[0]
    name, _, value = command.split()[0].partition("=")
    monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert fresh_process.run(PROGRAMS["data_parallel"]) == "replicas: 2\n"


def test_the_program_of_a_tab_chooses_its_backend(monkeypatch):
    codes = [code for _, code in SECTIONS["Choose a backend"]]
    (program,) = [code for code in codes if f'"{BACKEND}"' in code]
    others = {"tensorflow": "jax", "jax": "torch", "torch": "tensorflow"}
    monkeypatch.setenv("KERAS_BACKEND", others[BACKEND])
    assert fresh_process.run(program).split() == [BACKEND]


def test_the_extras_that_are_installed_exist():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = re.findall(r'pip install "\.\[(\w+)\]"', PAGE)
    assert extras == ["tensorflow", "jax", "torch"]
    assert set(extras) <= set(project["optional-dependencies"])
    assert f"Python {project['requires-python'].strip('>=')} or later" in PAGE
