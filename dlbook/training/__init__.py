"""What `fit` hides, and what is repeated over rates and seeds."""

from dlbook.training.batches import fit_batches, shuffled_batches
from dlbook.training.descent import descend
from dlbook.training.sweep import sweep
from dlbook.training.apart import train_apart
from dlbook.training.device import DeviceSetup, use_gpu
from dlbook.training.data_parallel import Parallel, data_parallel
from dlbook.training.batch_size import find_batch_size
from dlbook.training.out_of_memory import OutOfMemoryError

__all__ = [
    "shuffled_batches",
    "fit_batches",
    "descend",
    "sweep",
    "train_apart",
    "use_gpu",
    "DeviceSetup",
    "data_parallel",
    "Parallel",
    "find_batch_size",
    "OutOfMemoryError",
]
