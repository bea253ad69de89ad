"""One training on several devices, which share each batch."""

import json
import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import keras


@dataclass(frozen=True)
class Parallel:
    """How a training is spread, as `data_parallel` set it up.

    Attributes:
        replicas: the copies of the model that share a batch, over all processes.
        processes: how many programs train together; 1 on a single machine, but on
            torch as many as GPUs.
        process: the number of this one, from 0.
        shards_itself: whether the backend gives each process its share of the data.

    Example:
        >>> second = Parallel(replicas=2, processes=2, process=1)
        >>> second.share([10, 11, 12, 13, 14]), second.batch_size(64)
        ([11, 13], 32)
    """

    replicas: int = 1
    processes: int = 1
    process: int = 0
    shards_itself: bool = False

    def share(self, examples):
        """The examples that this process gives to `fit`, of those that all have.

        Process p of P takes p, p + P, p + 2P, ...: the batches of all together, in
        order, are those of a single process. A rest of less than P is left out, so that
        no process waits for a step that others do not take. Where the backend itself
        shards the data, all are returned.
        """
        if self.shards_itself or self.processes == 1:
            return examples
        whole = len(examples) // self.processes * self.processes
        return examples[self.process : whole : self.processes]

    def batch_size(self, of_all):
        """The `batch_size` for `fit` in this process, where all together take `of_all`.

        Raises:
            ValueError: when it is not the same for all replicas.
        """
        if of_all % self.replicas:
            raise ValueError(
                f"A batch of {of_all} cannot be shared by {self.replicas} replicas. "
                f"Take a multiple of {self.replicas}."
            )
        return of_all if self.shards_itself else of_all // self.processes

    def replicate(self, model):
        """The model to compile and fit: on torch, one that averages its gradients.

        TensorFlow and JAX do it by themselves and get the model back. On torch the
        result is another model around it, by torch's DistributedDataParallel; it has
        the same weights: save the one that was given.

        Raises:
            ValueError: on several processes of torch, when the model is not built, or
                has several inputs or outputs.
        """
        if keras.backend.backend() != "torch" or self.processes == 1:
            return model
        return _replicated_by_torch(model)


@contextmanager
def data_parallel(devices=None):
    """Spreads training over several devices: build, compile and fit inside of it.

    Each device has a copy of the model and a part of every batch; the gradients are
    averaged, so that the copies remain equal. What does it is the backend's own
    engine:

    - **TensorFlow**: `MirroredStrategy` on the GPUs of a machine; with several workers
      in `TF_CONFIG`, `MultiWorkerMirroredStrategy`. `batch_size` is that of all
      devices together.
    - **JAX**: `keras.distribution.DataParallel` over all devices; with
      `KERAS_DISTRIBUTION_JOB_ADDRESSES`, `_NUM_PROCESSES` and `_PROCESS_ID` in the
      environment, or after `keras.distribution.initialize`, over several processes.
      A batch, the last one too, has to be a multiple of the replicas.
    - **torch**: Keras's `fit` knows one device. Started by `torchrun`, one process for
      each GPU, `replicate` puts torch's `DistributedDataParallel` into a Keras model.
      Moving averages, as in batch normalisation, are each process's own, and metrics
      are those of its share.

    Several processes are started by the launcher of the backend or of the cluster.

    Args:
        devices: their names, such as `["gpu:0", "gpu:1"]`; None takes all of the best
            kind. With several processes it must be None.

    Yields:
        A `Parallel`.

    Raises:
        ValueError: when several devices are named on torch, or any with several
            processes.

    Example:
        >>> import numpy as np
        >>> with data_parallel() as parallel:
        ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
        ...     model = parallel.replicate(model)
        ...     model.compile("sgd", "mse")
        ...     x = parallel.share(np.ones((8, 1)))
        ...     run = model.fit(x, x, parallel.batch_size(8), verbose=0)
        >>> parallel.process
        0
    """
    if devices is not None and not (isinstance(devices, (list, tuple)) and devices):
        raise ValueError(
            "`devices` must be a list of names, such as ['gpu:0', 'gpu:1'], or None. "
            f"Received: devices={devices!r}."
        )
    with ExitStack() as stack:
        yield _ENGINES[keras.backend.backend()](devices, stack)


def _by_tensorflow(devices, stack):
    import tensorflow as tf

    cluster = json.loads(os.environ.get("TF_CONFIG", "{}"))
    workers = cluster.get("cluster", {}).get("worker", [])
    if len(workers) > 1:
        _refuse_names(devices)
        strategy = tf.distribute.MultiWorkerMirroredStrategy()
        _reduce_as_fit_expects(strategy, tf)
        process = cluster["task"]["index"]
    else:
        strategy, process = tf.distribute.MirroredStrategy(devices), 0
    stack.enter_context(strategy.scope())
    replicas, processes = strategy.num_replicas_in_sync, max(len(workers), 1)
    return Parallel(replicas, processes, process, shards_itself=True)


def _reduce_as_fit_expects(strategy, tf):
    """Lets `fit` run: Keras 3.15 gives `reduce` what this strategy does not take.

    It hands over a whole batch instead of one tensor, and asks for the mean of numbers
    over their axis 0.
    """
    reduce = strategy.reduce

    def one(reduce_op, value, axis):
        is_number = strategy.experimental_local_results(value)[0].shape.rank == 0
        return reduce(reduce_op, value, None if is_number else axis)

    strategy.reduce = lambda reduce_op, value, axis: tf.nest.map_structure(
        lambda each: one(reduce_op, each, axis), value
    )


def _by_jax(devices, stack):
    import jax

    told = "KERAS_DISTRIBUTION_JOB_ADDRESSES" in os.environ
    if told and not jax.distributed.is_initialized():
        keras.distribution.initialize()
    if jax.process_count() > 1:
        _refuse_names(devices)
    distribution = keras.distribution.DataParallel(
        devices=devices, auto_shard_dataset=False
    )
    stack.enter_context(distribution.scope())
    replicas = distribution.num_model_replicas
    return Parallel(replicas, jax.process_count(), jax.process_index())


def _by_torch(devices, stack):
    import torch
    from torch import distributed

    processes = int(os.environ.get("WORLD_SIZE", 1))
    if processes == 1:
        return _one_device(devices, stack)
    _refuse_names(devices)
    on_gpu = torch.cuda.is_available()
    if on_gpu:
        local = int(os.environ.get("LOCAL_RANK", 0))
        torch.cuda.set_device(local)
        stack.enter_context(keras.device(f"gpu:{local}"))
    if not distributed.is_initialized():
        distributed.init_process_group("nccl" if on_gpu else "gloo")
        stack.callback(distributed.destroy_process_group)
    return Parallel(processes, processes, distributed.get_rank())


def _one_device(devices, stack):
    if devices and len(devices) > 1:
        raise ValueError(
            "On torch, Keras trains on one device in a process. Received: "
            f"devices={devices!r}. Start one process for each GPU: "
            f"torchrun --nproc-per-node={len(devices)} program.py, without `devices`."
        )
    if devices:
        stack.enter_context(keras.device(devices[0]))
    return Parallel()


def _replicated_by_torch(model):
    from torch.nn.parallel import DistributedDataParallel

    if not model.built or len(model.inputs) != 1 or len(model.outputs) != 1:
        raise ValueError(
            "`replicate` takes a model that is built and has one input and one output. "
            f"Received: {model.name!r}. Begin a Sequential model with keras.Input."
        )
    (x,), (y,) = model.inputs, model.outputs
    copies = keras.layers.TorchModuleWrapper(
        DistributedDataParallel(model), output_shape=y.shape
    )
    inputs = keras.Input(batch_shape=x.shape, dtype=x.dtype)
    return keras.Model(inputs, copies(inputs), name=f"replicated_{model.name}")


def _refuse_names(devices):
    if devices is not None:
        raise ValueError(
            "With several processes, each takes the devices that it sees. Received: "
            f"devices={devices!r}. Leave it out."
        )


_ENGINES = {"tensorflow": _by_tensorflow, "jax": _by_jax, "torch": _by_torch}
