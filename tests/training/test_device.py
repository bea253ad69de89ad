"""The device is found, set up and described; a full memory is recognised as such."""

import sys
from types import SimpleNamespace

import full_memory
import keras
import pytest
from keras import ops

from dlbook.training import OutOfMemoryError, accelerators, device, use_gpu
from dlbook.training.accelerators import Accelerator, is_out_of_memory
from dlbook.training.backend_devices import DEVICES

BACKEND = keras.backend.backend()
TITLES = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield
    keras.config.set_dtype_policy(before)


class Imitation:
    """A backend with one GPU."""

    def __init__(self, name="NVIDIA A100", capability=(8, 0), notes=()):
        self.found = [(name, None, 0, capability)]
        self.notes = list(notes)

    def accelerators(self):
        return self.found

    def set_memory_growth(self, grows):
        return (None if self.notes else grows), self.notes


@pytest.mark.backends
def test_on_a_cpu_it_says_so_and_changes_nothing(monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation())
    DEVICES[BACKEND].found = []
    monkeypatch.setattr(accelerators, "nvidia_gpu_is_installed", lambda: False)
    before = keras.config.dtype_policy().name
    setup = use_gpu()
    assert (setup.kind, setup.devices, setup.notes) == ("cpu", (), ())
    assert (setup.memory_growth, setup.dtype_policy) == (None, before)
    assert str(setup).splitlines()[0] == (
        f"{TITLES[BACKEND]} trains on the CPU: it sees no GPU."
    )


def test_a_gpu_that_the_backend_does_not_see_is_mentioned(monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation())
    DEVICES[BACKEND].found = []
    monkeypatch.setattr(accelerators, "nvidia_gpu_is_installed", lambda: True)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert "tensorflow[and-cuda]" in str(use_gpu())
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")  # Hidden on purpose.
    assert use_gpu().notes == ()


@pytest.mark.parametrize(
    ("name", "capability", "expected"),
    [
        ("NVIDIA A100", (8, 0), "mixed_bfloat16"),
        ("Tesla V100", (7, 0), "mixed_float16"),
        ("Tesla P100", (6, 0), "float32"),
        ("Apple GPU", None, "float32"),
    ],
)
def test_the_policy_is_what_the_gpu_is_made_for(
    name, capability, expected, policy, monkeypatch
):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation(name, capability))
    setup = use_gpu()
    assert setup.dtype_policy == keras.config.dtype_policy().name == expected
    assert keras.layers.Dense(1).compute_dtype == expected.removeprefix("mixed_")
    assert setup.memory_growth is True


def test_what_is_asked_for_is_set_and_what_failed_is_said(policy, monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, Imitation(notes=["Too late."]))
    setup = use_gpu(mixed_precision="float32", jit=False)
    assert (setup.dtype_policy, setup.jit_compile) == ("float32", False)
    assert (setup.memory_growth, setup.notes) == (None, ("Too late.",))
    assert str(setup) == (
        "TensorFlow trains on NVIDIA A100 (compute capability 8.0).\n"
        "Policy float32, jit_compile=False, memory taken as before.\nToo late."
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [("memory_growth", 1), ("mixed_precision", True), ("jit", "yes")],
)
def test_a_bad_argument_is_refused(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be one of"):
        use_gpu(**{name: value})


def test_a_tpu_computes_in_bfloat16():
    assert device.best_policy(Accelerator("TPU", "tpu")) == "mixed_bfloat16"


def test_tensorflow_is_asked_in_its_own_words(monkeypatch):
    gpu = SimpleNamespace(name="/physical_device:GPU:0", device_type="GPU")
    grown = []

    def grow(device, grows):
        if grown:
            raise RuntimeError("Physical devices cannot be modified")
        grown.append((device, grows))

    details = {"device_name": "NVIDIA A100", "compute_capability": (8, 0)}
    experimental = SimpleNamespace(
        get_device_details=lambda device: details,
        set_memory_growth=grow,
        get_memory_info={"GPU:0": {"current": 3, "peak": 5}}.__getitem__,
    )
    config = SimpleNamespace(
        list_physical_devices=lambda kind: [gpu] if kind == "GPU" else [],
        experimental=experimental,
    )
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    asked = DEVICES["tensorflow"]
    assert asked.accelerators() == [("NVIDIA A100", None, 0, (8, 0))]
    assert asked.memory(0) == {"in_use": 3, "peak": 5}
    assert asked.set_memory_growth(True) == (True, [])
    assert grown == [(gpu, True)]
    growth, (note,) = asked.set_memory_growth(True)
    assert growth is None
    assert "Call `use_gpu` first" in note


def test_jax_is_asked_in_its_own_words(monkeypatch):
    stats = {"bytes_in_use": 3, "peak_bytes_in_use": 5, "bytes_limit": 8}
    gpu = SimpleNamespace(
        platform="gpu",
        device_kind="NVIDIA H100",
        compute_capability="9.0",
        memory_stats=lambda: stats,
    )
    cpu = SimpleNamespace(platform="cpu", memory_stats=lambda: None)
    jax = SimpleNamespace(local_devices=lambda: [gpu, cpu])
    monkeypatch.setitem(sys.modules, "jax", jax)
    asked = DEVICES["jax"]
    assert asked.accelerators() == [("NVIDIA H100", None, 0, (9, 0))]
    assert asked.memory(0) == {"in_use": 3, "peak": 5, "limit": 8}
    assert asked.memory(1) == {"in_use": None, "peak": None, "limit": None}


@pytest.mark.parametrize("begun", [False, True])
def test_jax_takes_memory_as_needed_if_it_is_told_before_it_begins(begun, monkeypatch):
    monkeypatch.setenv("XLA_PYTHON_CLIENT_PREALLOCATE", "unset")
    monkeypatch.setattr("dlbook.training.backend_devices._jax_has_begun", lambda: begun)
    growth, notes = DEVICES["jax"].set_memory_growth(True)
    assert (growth, len(notes)) == ((None, 1) if begun else (True, 0))
    assert DEVICES["jax"].set_memory_growth(True)[0] == growth


def torch_with(place, hip=None):
    cuda = SimpleNamespace(
        is_available=lambda: place == "cuda",
        device_count=lambda: 2,
        get_device_name=["NVIDIA A100", "NVIDIA T4"].__getitem__,
        get_device_capability=[(8, 0), (7, 5)].__getitem__,
        memory_allocated=[3, 4].__getitem__,
        max_memory_allocated=[5, 6].__getitem__,
        mem_get_info=[(1, 8), (1, 9)].__getitem__,
    )
    mps = SimpleNamespace(is_available=lambda: place == "mps")
    memory = SimpleNamespace(
        current_allocated_memory=lambda: 3, recommended_max_memory=lambda: 8
    )
    return SimpleNamespace(
        cuda=cuda,
        mps=memory,
        backends=SimpleNamespace(mps=mps),
        version=SimpleNamespace(hip=hip),
    )


def test_torch_is_asked_in_its_own_words(monkeypatch):
    monkeypatch.delenv("KERAS_TORCH_DEVICE", raising=False)
    monkeypatch.setitem(sys.modules, "torch", torch_with("cuda"))
    asked = DEVICES["torch"]
    assert asked.accelerators() == [
        ("NVIDIA A100", None, 0, (8, 0)),
        ("NVIDIA T4", None, 1, (7, 5)),
    ]
    assert asked.memory(1) == {"in_use": 4, "peak": 6, "limit": 9}
    monkeypatch.setitem(sys.modules, "torch", torch_with("cuda", hip="6.0"))
    assert asked.accelerators()[0][3] is None
    monkeypatch.setitem(sys.modules, "torch", torch_with("mps"))
    assert asked.accelerators() == [("Apple GPU", "apple", 0, None)]
    assert asked.memory(0) == {"in_use": 3, "limit": 8}
    monkeypatch.setenv("KERAS_TORCH_DEVICE", "cpu")
    assert asked.accelerators() == []
    assert asked.memory(0) == {}


@pytest.mark.backends
def test_a_backend_that_cannot_tell_its_memory_ends_nothing(monkeypatch):
    monkeypatch.setitem(DEVICES, BACKEND, SimpleNamespace())
    unknown = {"in_use": None, "peak": None, "limit": None}
    assert accelerators.memory() == unknown
    accelerators.reset_peak()
    accelerators.free_cache()


@pytest.mark.backends
@pytest.mark.skipif(BACKEND == "tensorflow", reason="it tries again for ten seconds")
def test_a_full_memory_is_recognised():
    with pytest.raises(RuntimeError) as caught:
        ops.ones((10**7, 10**7))  # 400 terabytes.
    assert is_out_of_memory(caught.value)


@pytest.mark.backends
def test_the_error_of_the_backend_is_recognised_and_others_are_not():
    assert is_out_of_memory(full_memory.error())
    assert not is_out_of_memory(ValueError("out of memory"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


def test_an_error_that_another_one_caused_is_recognised():
    error = RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
    outer = ValueError("in the step")
    outer.__cause__ = error
    assert is_out_of_memory(outer)
    assert is_out_of_memory(OutOfMemoryError(3))


@pytest.mark.gpu
@pytest.mark.backends
def test_on_a_gpu_its_name_and_its_memory_are_known(policy):
    setup = use_gpu()
    assert setup.devices
    assert setup.kind != "cpu"
    held = ops.ones((2**20,))
    assert ops.convert_to_numpy(held).sum() == 2**20
    assert accelerators.memory()["in_use"] >= 2**22
