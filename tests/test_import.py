"""Importing dlbook is cheap, and what its face promises is there."""

import importlib
import pkgutil
import subprocess
import sys

import keras
import pytest

import dlbook


def run(code, *options):
    """What a fresh interpreter that runs the code prints and logs."""
    command = [sys.executable, *options, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=True)


def test_importing_dlbook_loads_nothing_but_dlbook_and_the_standard_library():
    code = "import sys; old = set(sys.modules); import dlbook; "
    loaded = run(code + "print(*(set(sys.modules) - old))").stdout.split()
    assert "dlbook" in loaded
    roots = {name.partition(".")[0] for name in loaded}
    assert roots - sys.stdlib_module_names == {"dlbook"}
    assert len(loaded) < 20


def test_importing_dlbook_takes_less_time_than_importing_asyncio():
    # asyncio takes about 40 ms where dlbook takes 2. As both are timed in one process,
    # a slow machine slows both.
    log = run("import dlbook, asyncio", "-X", "importtime").stderr
    rows = (line.removeprefix("import time:").split("|") for line in log.splitlines())
    microseconds = {row[2].strip(): row[1] for row in rows if len(row) == 3}
    assert int(microseconds["dlbook"]) < int(microseconds["asyncio"])


def test_using_a_part_loads_that_part_and_no_other():
    code = "import sys, dlbook; dlbook.page.readable; print(*sys.modules)"
    loaded = run(code).stdout.split()
    parts = {name for name in loaded if name.startswith("dlbook.")}
    assert parts == {"dlbook.page"}


def test_every_part_on_disk_is_named_by_the_face():
    on_disk = {module.name for module in pkgutil.iter_modules(dlbook.__path__)}
    assert set(dlbook.__all__) == on_disk - {"arguments"}
    assert set(dlbook.__all__) < set(dir(dlbook))


@pytest.mark.backends
@pytest.mark.parametrize("part", dlbook.__all__)
def test_every_name_of_a_part_can_be_imported(part):
    module = importlib.import_module(f"dlbook.{part}")
    assert getattr(dlbook, part) is module
    names = getattr(module, "__all__", [])
    assert names or not hasattr(module, "__path__"), "a folder has a face"
    assert [name for name in names if not hasattr(module, name)] == []


@pytest.mark.backends
def test_all_parts_together_import_tensorflow_only_where_it_is_the_backend():
    parts = "import sys, keras, dlbook; [getattr(dlbook, p) for p in dlbook.__all__]; "
    loaded = run(parts + "print(*sys.modules)").stdout.split()
    assert ("tensorflow" in loaded) == (keras.backend.backend() == "tensorflow")


def test_a_part_that_does_not_exist_is_refused_with_the_names_of_those_that_do():
    with pytest.raises(AttributeError, match=r"optimiser.*optimizers"):
        _ = dlbook.optimiser
    assert not hasattr(dlbook, "optimiser")
