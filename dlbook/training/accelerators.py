"""What the backends know of their devices: names, memory, running out of it."""

import os
from dataclasses import dataclass
from pathlib import Path

import keras

from dlbook.training.backend_devices import DEVICES


@dataclass(frozen=True)
class Accelerator:
    """A device that is no CPU.

    Attributes:
        name: as its maker calls it.
        kind: "nvidia", "amd", "apple", "tpu" or "other".
        index: its number within the backend.
        compute_capability: of NVIDIA, such as `(8, 0)`, or None.
    """

    name: str
    kind: str
    index: int = 0
    compute_capability: tuple | None = None

    def __str__(self):
        if self.compute_capability is None:
            return self.name
        return f"{self.name} (compute capability {_dotted(self.compute_capability)})"


def accelerators():
    """The accelerators of this process that the backend of Keras sees, a tuple."""
    found = _devices().accelerators()
    return tuple(
        Accelerator(name, kind or _maker(name), index, capability)
        for name, kind, index, capability in found
    )


def set_memory_growth(grows):
    """Takes memory as it is needed, or not; call it before anything is computed.

    Returns:
        What holds now, True, False or None for unknown; and a list of sentences that
        say what could not be done.
    """
    return _devices().set_memory_growth(grows)


def memory(index=0):
    """The memory of a device in bytes, as the backend counts it.

    Returns:
        A dict of `in_use`, `peak` and `limit`, each an int, or None where the backend
        does not say. On a CPU all are None.
    """
    try:
        read = _devices().memory(index)
    except Exception:  # Backends differ in what they raise; a look ends no training.
        read = {}
    return {name: read.get(name) for name in ("in_use", "peak", "limit")}


def reset_peak(index=0):
    """Counts the peak of the memory from now on, where the backend can."""
    try:
        _devices().reset_peak(index)
    except Exception:  # As above.
        return


def free_cache():
    """Gives back memory that the backend keeps for later, where it can."""
    try:
        _devices().free_cache()
    except Exception:  # As above.
        return


def is_out_of_memory(error):
    """Whether a backend raised this because the memory of a device was full."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if _says_out_of_memory(error):
            return True
        error = error.__cause__
    return False


def _says_out_of_memory(error):
    if isinstance(error, MemoryError):
        return True  # NumPy's too.
    # By name: the classes are the backends' own, and there is one for each.
    name, message = type(error).__name__, str(error)
    if name in ("ResourceExhaustedError", "OutOfMemoryError"):
        return True
    phrases = ("RESOURCE_EXHAUSTED", "out of memory", "DefaultCPUAllocator")
    engine = name in ("XlaRuntimeError", "JaxRuntimeError", "InternalError")
    engine = engine or isinstance(error, RuntimeError)
    return engine and any(phrase in message for phrase in phrases)


def why_there_is_none():
    """Sentences on why the backend sees no GPU though the machine may have one."""
    if not nvidia_gpu_is_installed() or cpu_was_chosen():
        return []
    extra = {
        "tensorflow": 'pip install "tensorflow[and-cuda]"',
        "jax": 'pip install "jax[cuda13]"',
        "torch": "pip install torch, of a build with CUDA",
    }[keras.backend.backend()]
    return [
        "The machine has an NVIDIA GPU, which the backend does not see: perhaps its "
        f"build has no CUDA ({extra}), or the driver is too old for it."
    ]


def nvidia_gpu_is_installed():
    """Whether the driver of NVIDIA runs, whatever the backend sees."""
    return Path("/proc/driver/nvidia/version").exists()


def cpu_was_chosen():
    """Whether the environment hides the GPU on purpose."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    words = {
        "jax": os.environ.get("JAX_PLATFORMS", ""),
        "torch": os.environ.get("KERAS_TORCH_DEVICE", ""),
    }
    return visible in ("", "-1") or words.get(keras.backend.backend(), "") == "cpu"


def _devices():
    return DEVICES[keras.backend.backend()]


def _dotted(version):
    return ".".join(map(str, version))


def _maker(name):
    """The maker of a device, from its name."""
    for kind, words in {
        "nvidia": ("nvidia", "geforce", "tesla", "quadro"),
        "amd": ("amd", "radeon", "instinct"),
        "apple": ("apple", "metal"),
    }.items():
        if any(word in name.lower() for word in words):
            return kind
    return "other"
