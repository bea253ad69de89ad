"""A config is plain data from which the same optimizer can be built."""

import json

import keras
import pytest

from .configs import CONFIGS
from .counterparts import OURS


def a_rate():
    return 0.125


@pytest.mark.parametrize("check", CONFIGS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", OURS)
def test_the_round_trip_keeps_every_argument(name, check):
    check(OURS[name])


@pytest.mark.parametrize("name", OURS)
def test_it_is_registered_in_the_name_of_dlbook(name):
    assert keras.saving.get_registered_name(OURS[name]) == f"dlbook>{name}"
    assert keras.saving.get_registered_object(f"dlbook>{name}") is OURS[name]


@pytest.mark.parametrize("name", OURS)
def test_it_passes_through_json_with_its_schedule(name):
    schedule = keras.optimizers.schedules.ExponentialDecay(0.5, 10, 0.25)
    optimizer = OURS[name](schedule, clipnorm=2.0)
    text = json.dumps(keras.optimizers.serialize(optimizer))
    copy = keras.optimizers.deserialize(json.loads(text))
    assert type(copy) is OURS[name]
    assert copy.get_config() == optimizer.get_config()
    assert float(copy._learning_rate(10)) == pytest.approx(0.125)


@pytest.mark.parametrize("name", OURS)
def test_it_passes_through_its_config_with_a_callable_rate(name):
    optimizer = OURS[name](a_rate)
    with keras.saving.custom_object_scope({"a_rate": a_rate}):
        config = keras.optimizers.serialize(optimizer)
        copy = keras.optimizers.deserialize(config)
    assert float(copy.learning_rate) == 0.125


@pytest.mark.parametrize("name", OURS)
def test_a_copy_with_the_state_goes_on_where_the_first_stopped(name):
    first, copy = OURS[name](0.5), OURS[name].from_config(OURS[name](0.5).get_config())
    weights = [keras.Variable([1.0, -2.0]), keras.Variable([1.0, -2.0])]
    gradient = keras.ops.convert_to_tensor([0.5, 3.0])
    first.apply([gradient], weights[:1])
    copy.build(weights[1:])
    weights[1].assign(weights[0])
    copy.set_weights([keras.ops.convert_to_numpy(v) for v in first.variables])
    first.apply([gradient])
    copy.apply([gradient])
    after = [keras.ops.convert_to_numpy(weight) for weight in weights]
    assert (after[0] == after[1]).all()
    assert (after[0] != [1.0, -2.0]).all()
