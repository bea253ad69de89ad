"""Each rule finds what it is for, and nothing else."""

import pytest

from dlbook.callbacks.device_diagnosis import DeviceRecord, diagnose_device

HEALTHY = {
    "steps": 100,
    "waiting": 0.05,
    "examples": 64,
    "peak": 70,
    "limit": 100,
    "utilisation": 0.9,
}


def kinds(**values):
    record = DeviceRecord(**HEALTHY | values)
    return [finding.kind for finding in diagnose_device(record)]


def test_a_busy_device_has_nothing():
    assert kinds() == []


def test_what_is_not_known_is_not_found():
    assert diagnose_device(DeviceRecord()) == []


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"cpu_despite_gpu": True}, ["fell_back_to_cpu"]),
        ({"waiting": 0.21}, ["input_bound"]),
        ({"waiting": 0.19}, []),
        ({"waiting": 0.9, "steps": 4}, []),
        ({"peak": 91}, ["memory_nearly_full"]),
        ({"peak": 89}, []),
        ({"peak": 39, "utilisation": 0.4}, ["small_batch"]),
        ({"peak": 39, "utilisation": 0.6}, []),
        ({"peak": 41, "utilisation": 0.4}, []),
        ({"peak": 39, "utilisation": None}, []),
        # A device that waits for data is idle whatever the batch.
        ({"peak": 39, "utilisation": 0.4, "waiting": 0.5}, ["input_bound"]),
        ({"faster_policy": "mixed_bfloat16"}, ["slow_precision"]),
    ],
)
def test_each_rule_has_its_limit(values, found):
    assert kinds(**values) == found


def test_a_finding_has_numbers_and_a_remedy():
    (found,) = diagnose_device(DeviceRecord(**HEALTHY | {"waiting": 0.6, "epoch": 2}))
    assert found.sentence == "60% of the time of a step it waits for data."
    assert found.evidence == {"waiting": 0.6}
    assert found.epoch == 2
    assert "prefetch" in str(found)
