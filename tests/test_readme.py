"""What README.md, CONTRIBUTING.md and CITATION.cff say is so."""

import re
from pathlib import Path

import keras
import pytest

import dlbook

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_readme_s_own_model_is_compiled_with_dlbook_s_adam():
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {}
    exec(code, names)
    assert type(names["model"].optimizer) is dlbook.optimizers.Adam
    assert len(code.split("\n\n", 1)[1].splitlines()) <= 5


def test_adam_s_words_and_defaults_are_those_of_keras_as_the_readme_says():
    ours = dlbook.optimizers.Adam(name="adam").get_config()
    assert ours == keras.optimizers.Adam(name="adam").get_config()


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_file_that_is_named_exists(text):
    linked = re.findall(r"\]\(([^)]+)\)", text)
    quoted = re.findall(r"`((?:chapters|dlbook|docs|tests|\.ci)/[\w./]*)`", text)
    run = re.findall(r"(chapters/\w+\.py)", text)
    paths = {*linked, *quoted, *run} - {"chapters/NN_name.py"}
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("text", [README, CONTRIBUTING], ids=["README", "CONTRIBUTING"])
def test_every_make_target_that_is_named_exists(text):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    named = re.findall(r"(?:`|^)make (?:PYTHON=\S+ )?([a-z-]+)", text, re.MULTILINE)
    assert named
    assert set(named) <= set(targets)


def test_the_citation_gives_the_version_of_the_library():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {dlbook.__version__}\n" in citation
