"""The device that trains: found, set up, and described in words."""

from dataclasses import dataclass, field

import keras

from dlbook.arguments import one_of
from dlbook.training import accelerators

POLICIES = ("auto", "float32", "mixed_bfloat16", "mixed_float16")
_ENGINES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@dataclass(frozen=True)
class DeviceSetup:
    """What Keras trains on, as `use_gpu` left it.

    Attributes:
        backend: "tensorflow", "jax" or "torch".
        kind: "nvidia", "amd", "apple", "tpu", "other" or "cpu".
        devices: the `Accelerator`s that the backend sees; none on a CPU.
        memory_growth: whether memory is taken as it is needed; None where it is left as
            it was.
        dtype_policy: the name of the policy that new layers take.
        jit_compile: the word for `model.compile(jit_compile=...)`.
        notes: sentences on what was not done, and why.

    Example:
        >>> print(DeviceSetup("jax", "cpu"))
        JAX trains on the CPU: it sees no GPU.
        Policy float32, jit_compile='auto', memory taken as before.
    """

    backend: str
    kind: str
    devices: tuple = ()
    memory_growth: bool | None = None
    dtype_policy: str = "float32"
    jit_compile: object = "auto"
    notes: tuple = field(default=())

    def __str__(self):
        names = ", ".join(map(str, self.devices)) or "the CPU: it sees no GPU"
        growth = {True: "as it is needed", False: "at once", None: "as before"}
        lines = [
            f"{_ENGINES.get(self.backend, self.backend)} trains on {names}.",
            f"Policy {self.dtype_policy}, jit_compile={self.jit_compile!r}, "
            f"memory taken {growth[self.memory_growth]}.",
        ]
        return "\n".join([*lines, *self.notes])


def use_gpu(memory_growth=True, mixed_precision="auto", jit="auto"):
    """Sets up the GPU that is there, before anything is computed, and says what it did.

    It goes by the backend of Keras: TensorFlow, JAX or torch; NVIDIA, AMD, Apple or
    TPU. Where there is none, it says so, and training goes on on the CPU.

    Args:
        memory_growth: True takes the GPU's memory as it is needed. Else TensorFlow
            takes all of it and JAX three quarters at the first operation; torch never
            does.
        mixed_precision: the policy of new layers, "float32", "mixed_bfloat16" or
            "mixed_float16". "auto" takes bfloat16 on a TPU and from compute capability
            8.0 (Ampere), float16 from 7.0 (Volta), and else leaves the policy alone.
            Weights remain in float32.
        jit: whether to compile, True or False. Keras asks this of each model: give
            `jit_compile` of the result to `compile`. "auto" is Keras's rule: XLA on JAX
            and on TensorFlow's GPU, no compilation on torch and on TensorFlow's CPU.

    Returns:
        A `DeviceSetup`; `print` shows it in words.

    Raises:
        ValueError: when an argument is none of these.

    Example:
        >>> device = use_gpu(mixed_precision="float32")
        >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", jit_compile=device.jit_compile)
        >>> device.dtype_policy
        'float32'
    """
    one_of("memory_growth", memory_growth, (True, False))
    one_of("mixed_precision", mixed_precision, POLICIES)
    one_of("jit", jit, ("auto", True, False))
    growth, notes = accelerators.set_memory_growth(memory_growth)
    devices = accelerators.accelerators()  # It starts the backend: set up before.
    policy = _policy(mixed_precision, devices)
    if policy is not None:
        keras.config.set_dtype_policy(policy)
    if not devices:
        notes, growth = [*accelerators.why_there_is_none()], None
        if policy in ("mixed_float16", "mixed_bfloat16"):
            notes.append(f"On a CPU, {policy} is mostly slower than float32.")
    return DeviceSetup(
        keras.backend.backend(),
        devices[0].kind if devices else "cpu",
        devices,
        growth,
        keras.config.dtype_policy().name,
        jit,
        tuple(notes),
    )


def _policy(asked, devices):
    """The name of the policy to set, or None to leave it alone."""
    if asked != "auto":
        return asked
    return best_policy(devices[0]) if devices else None


def best_policy(device):
    """The policy that the device computes fastest in, or None where that is unknown."""
    if device.kind == "tpu":
        return "mixed_bfloat16"
    if device.kind != "nvidia" or device.compute_capability is None:
        return None
    if device.compute_capability >= (8, 0):
        return "mixed_bfloat16"
    return "mixed_float16" if device.compute_capability >= (7, 0) else None
