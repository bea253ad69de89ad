"""A thousand float32 steps stay within 1e-6 of the float64 formula."""

import pytest

from . import formulas
from .counterparts import FORMULAS, OURS, VARIANTS, label
from .descent import descend
from .streams import gaps, random_streams


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=label)
def test_a_thousand_steps_follow_the_formula_at_every_scale(name, variant):
    streams = random_streams()
    optimizer = OURS[name](**variant)
    rate = float(optimizer.learning_rate)
    reference = [formulas.path(FORMULAS[name], s, rate, **variant) for s in streams]
    assert max(gaps(descend(optimizer, streams), reference)) < 1e-6
