"""What NVIDIA's driver measures, read through nvidia-ml-py where it is installed."""

import os


class NvidiaSensors:
    """The sensors of one GPU; without the package or the driver, they say nothing.

    Args:
        index: the number of the GPU among those that the program sees. The driver and
            CUDA count alike only with CUDA_DEVICE_ORDER=PCI_BUS_ID, or where all GPUs
            are of one kind.
    """

    def __init__(self, index=0):
        self._library = self._handle = None
        try:
            import pynvml

            pynvml.nvmlInit()
            self._handle = _handle(pynvml, index)
            self._library = pynvml
        except Exception:  # No package, no driver, no right: each has its own error.
            return

    def read(self):
        """What is measured now.

        Returns:
            A dict: `utilisation`, the share of the last moment in which the GPU
            computed, in [0, 1]; `temperature` in °C; `memory`, all that the GPU has, in
            bytes. Each is None where it is not known.
        """
        library, handle = self._library, self._handle
        if library is None:
            return dict.fromkeys(("utilisation", "temperature", "memory"))
        return {
            "utilisation": _quietly(
                lambda: library.nvmlDeviceGetUtilizationRates(handle).gpu / 100
            ),
            "temperature": _quietly(
                lambda: library.nvmlDeviceGetTemperature(
                    handle, library.NVML_TEMPERATURE_GPU
                )
            ),
            "memory": _quietly(lambda: library.nvmlDeviceGetMemoryInfo(handle).total),
        }


def _handle(pynvml, index):
    """The GPU of this index among those of CUDA_VISIBLE_DEVICES."""
    visible = [
        name.strip() for name in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")
    ]
    if visible != [""]:
        name = visible[index]
        if not name.isdigit():
            return pynvml.nvmlDeviceGetHandleByUUID(name)
        index = int(name)
    return pynvml.nvmlDeviceGetHandleByIndex(index)


def _quietly(read):
    try:
        return read()
    except Exception:  # A sensor that this GPU lacks.
        return None
