"""Runs a program in a new Python process, which knows only what it imports."""

import os
import subprocess
import sys
from pathlib import Path

import dlbook


def run(program, *arguments):
    """Runs the source text; returns what it printed. Fails the test when it fails."""
    root = str(Path(dlbook.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
