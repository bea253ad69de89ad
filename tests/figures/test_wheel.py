"""What one installs is what stands in the folder, the style file included."""

import zipfile
from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

import dlbook

LIBRARY = Path(dlbook.__file__).parent


def test_the_wheel_holds_every_file_of_the_library(tmp_path):
    builder = WheelBuilder(str(LIBRARY.parent))
    (wheel,) = builder.build(directory=str(tmp_path), versions=["standard"])
    packed = {
        name for name in zipfile.ZipFile(wheel).namelist() if ".dist-" not in name
    }
    files = {path for path in LIBRARY.rglob("*") if path.is_file()}
    on_disk = {
        path.relative_to(LIBRARY.parent).as_posix()
        for path in files
        if path.suffix != ".pyc"
    }
    assert packed == on_disk
    assert "dlbook/figures/dlbook.mplstyle" in packed
