"""A program that is killed goes on in another process, and ends as the straight run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dlbook
from dlbook.callbacks import checkpoint_file

from . import killed_training


def run(*paths):
    root = str(Path(dlbook.__file__).parents[1])
    program = [sys.executable, killed_training.__file__, *map(str, paths)]
    environment = os.environ | {"PYTHONPATH": root}
    return subprocess.run(program, env=environment, stdout=subprocess.PIPE, check=False)


@pytest.mark.backends
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Only POSIX has SIGKILL.")
def test_killed_while_it_writes_it_ends_as_the_straight_run(tmp_path):
    path = tmp_path / "run"
    assert run(path).returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("run.*.partial"))) == 1
    content = checkpoint_file.read(path)
    assert (content["epoch"], content["batch"]) == (0, 2)
    resumed, straight = json.loads(run(path, tmp_path / "straight").stdout)
    assert list(tmp_path.glob("*.partial")) == []
    assert resumed == straight
