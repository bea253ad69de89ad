"""TensorFlow's, JAX's and torch's own words for devices and their memory."""

import os

# A backend is loaded at the first question, and only the one that is asked: so the
# three stand side by side, and tests can ask each of a maker's imitation.


class TensorFlowDevices:
    """What TensorFlow says."""

    def accelerators(self):
        import tensorflow as tf

        found = []
        for index, device in enumerate(_physical_devices(tf)):
            if device.device_type == "TPU":
                found.append(("TPU", "tpu", index, None))
                continue
            details = tf.config.experimental.get_device_details(device)
            name = details.get("device_name", device.name)
            found.append((name, None, index, details.get("compute_capability")))
        return found

    def set_memory_growth(self, grows):
        import tensorflow as tf

        notes = []
        for device in tf.config.list_physical_devices("GPU"):
            try:
                tf.config.experimental.set_memory_growth(device, grows)
            except (RuntimeError, ValueError) as error:
                notes.append(
                    f"Memory growth of {device.name} is as it was: {error}. Call "
                    "`use_gpu` first in the program."
                )
        return (None if notes else grows), notes

    def memory(self, index):
        import tensorflow as tf

        if not tf.config.list_physical_devices("GPU"):
            return {}
        read = tf.config.experimental.get_memory_info(f"GPU:{index}")
        return {"in_use": read["current"], "peak": read["peak"]}

    def reset_peak(self, index):
        import tensorflow as tf

        if tf.config.list_physical_devices("GPU"):
            tf.config.experimental.reset_memory_stats(f"GPU:{index}")

    def free_cache(self):
        """It keeps what it has taken until the process ends."""


class JaxDevices:
    """What JAX says."""

    def accelerators(self):
        import jax

        found = []
        for index, device in enumerate(jax.local_devices()):
            if device.platform == "cpu":
                continue
            kind = "tpu" if device.platform == "tpu" else None
            kind = "apple" if device.platform.lower() == "metal" else kind
            capability = getattr(device, "compute_capability", None)
            found.append((device.device_kind, kind, index, _version(capability)))
        return found

    def set_memory_growth(self, grows):
        word = "false" if grows else "true"
        if os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE") == word:
            return grows, []
        if _jax_has_begun():
            return None, [
                "JAX had taken its memory before: call `use_gpu` first in the program, "
                f"or set XLA_PYTHON_CLIENT_PREALLOCATE={word} around it."
            ]
        os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = word
        return grows, []

    def memory(self, index):
        import jax

        read = jax.local_devices()[index].memory_stats() or {}
        return {
            "in_use": read.get("bytes_in_use"),
            "peak": read.get("peak_bytes_in_use"),
            "limit": read.get("bytes_limit"),
        }

    def reset_peak(self, index):
        """JAX counts the peak since the process began."""

    def free_cache(self):
        import jax

        jax.clear_caches()  # Compiled steps of other batch sizes.


class TorchDevices:
    """What torch says."""

    def accelerators(self):
        import torch

        match self._place(torch):
            case "cuda":
                return [_of_cuda(torch, i) for i in range(torch.cuda.device_count())]
            case "mps":
                return [("Apple GPU", "apple", 0, None)]
            case "xpu":
                return [(torch.xpu.get_device_name(0), None, 0, None)]
        return []

    def set_memory_growth(self, grows):
        notes = [] if grows else ["torch takes memory as it is needed, always."]
        return True, notes

    def memory(self, index):
        import torch

        match self._place(torch):
            case "cuda":
                return {
                    "in_use": torch.cuda.memory_allocated(index),
                    "peak": torch.cuda.max_memory_allocated(index),
                    "limit": torch.cuda.mem_get_info(index)[1],
                }
            case "mps":
                return {
                    "in_use": torch.mps.current_allocated_memory(),
                    "limit": torch.mps.recommended_max_memory(),
                }
        return {}

    def reset_peak(self, index):
        import torch

        if self._place(torch) == "cuda":
            torch.cuda.reset_peak_memory_stats(index)

    def free_cache(self):
        import torch

        match self._place(torch):
            case "cuda":
                torch.cuda.empty_cache()
            case "mps":
                torch.mps.empty_cache()

    def _place(self, torch):
        """The device that Keras puts tensors on, by Keras's own order."""
        chosen = os.environ.get("KERAS_TORCH_DEVICE")
        if chosen:
            return chosen.partition(":")[0].replace("gpu", "cuda")
        if torch.backends.mps.is_available():
            return "mps"
        if torch.cuda.is_available():
            return "cuda"
        xpu = getattr(torch, "xpu", None)
        return "xpu" if xpu is not None and xpu.is_available() else "cpu"


def _physical_devices(tf):
    kinds = ("GPU", "TPU")
    return [
        device for kind in kinds for device in tf.config.list_physical_devices(kind)
    ]


def _of_cuda(torch, index):
    capability = None
    if torch.version.hip is None:  # AMD's numbers mean something else.
        capability = torch.cuda.get_device_capability(index)
    return (torch.cuda.get_device_name(index), None, index, capability)


def _version(text):
    """(8, 0) for "8.0"; None where there is none."""
    return tuple(int(part) for part in str(text).split(".")) if text else None


def _jax_has_begun():
    try:
        from jax._src.xla_bridge import (  # JAX has no public name for it.
            backends_are_initialized,
        )
    except ImportError:
        return False
    return backends_are_initialized()


DEVICES = {
    "tensorflow": TensorFlowDevices(),
    "jax": JaxDevices(),
    "torch": TorchDevices(),
}
