"""One file of plain numbers and arrays, which is always whole."""

import json
import os
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np

_DAMAGE = (OSError, EOFError, ValueError, KeyError, IndexError, NotImplementedError)
_DAMAGE += (zipfile.BadZipFile, zlib.error, struct.error)


def write(path, content):
    """Writes the file, or leaves the one that is there.

    It is written under another name, sent to the disk, and then renamed: however this
    ends, under `path` stands either the old file or the new one.

    Args:
        path: where; `numpy.load` can open it.
        content: dicts, lists and tuples of numbers, strings, None and arrays.

    Raises:
        TypeError: when something else is in it.
    """
    arrays = []
    plain = json.dumps(_to_plain(content, arrays))
    arrays = {f"array_{index}": array for index, array in enumerate(arrays)}
    partial = Path(f"{path}.{os.getpid()}.partial")
    try:
        with open(partial, "wb") as file:
            np.savez(file, content=np.frombuffer(plain.encode(), "uint8"), **arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    _send_names_to_the_disk(Path(path).parent)


def read(path):
    """What `write` was given.

    Raises:
        ValueError: when the file is damaged, or none of `write`.
    """
    try:
        # NumPy leaves a file open that it cannot read.
        with open(path, "rb") as raw, np.load(raw, allow_pickle=False) as file:
            arrays = [file[f"array_{index}"] for index in range(len(file.files) - 1)]
            return _from_plain(json.loads(bytes(file["content"])), arrays)
    except _DAMAGE as error:
        raise ValueError(
            f"The checkpoint {str(path)!r} is damaged, or no checkpoint: {error}. "
            "Nothing was changed. Move it away to begin anew, or name another file."
        ) from error


def remove_leftovers(path):
    """Removes what a program left that was killed while it wrote."""
    path = Path(path)
    for partial in path.parent.glob(f"{path.name}.*.partial"):
        partial.unlink(missing_ok=True)


def _send_names_to_the_disk(folder):
    if os.name == "posix":  # Elsewhere, a folder cannot be opened.
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _to_plain(value, arrays):
    """As JSON; each array is put into the list, and its place stands for it."""
    if isinstance(value, dict):
        return {"dict": [[key, _to_plain(value[key], arrays)] for key in value]}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [_to_plain(each, arrays) for each in value]}
    if isinstance(value, (np.ndarray, np.generic)) and value.dtype != object:
        array = np.asarray(value)
        # Of bfloat16 and its like, which are not its own, NumPy stores the bits only.
        own = array.dtype.isbuiltin == 1
        arrays.append(array if own else array.view(f"u{array.itemsize}"))
        return {"array": len(arrays) - 1, "dtype": array.dtype.name}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(
        "A checkpoint holds numbers, strings, None, arrays, and lists, tuples and "
        f"dicts of them. Received: {value!r} of {type(value)}."
    )


def _from_plain(value, arrays):
    match value:
        case {"dict": pairs}:
            return {key: _from_plain(each, arrays) for key, each in pairs}
        case {"list": values}:
            return [_from_plain(each, arrays) for each in values]
        case {"tuple": values}:
            return tuple(_from_plain(each, arrays) for each in values)
        case {"array": index, "dtype": name}:
            return arrays[index].view(np.dtype(name))[()]  # A number, if it was one.
    return value
