"""A program that is killed goes on in another process, and ends as the straight run."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import dlbook
from dlbook.callbacks import checkpoint_file

from . import killed_training


@pytest.mark.backends
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Only POSIX has SIGKILL.")
def test_killed_while_it_writes_it_ends_as_the_straight_run(tmp_path):
    path, root = tmp_path / "run", str(Path(dlbook.__file__).parents[1])
    program = [sys.executable, killed_training.__file__, str(path)]
    done = subprocess.run(program, env=os.environ | {"PYTHONPATH": root}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(tmp_path.glob("run.*.partial"))) == 1
    content = checkpoint_file.read(path)
    assert (content["epoch"], content["batch"]) == (0, 2)
    end = killed_training.trained(path)
    assert list(tmp_path.glob("*.partial")) == []
    assert end == killed_training.trained(tmp_path / "straight")
