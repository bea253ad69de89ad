"""What a record of numbers, made by hand, is said to show."""

from dataclasses import replace

import numpy as np
import pytest

from dlbook.callbacks.diagnosis import diagnose
from dlbook.callbacks.finding import KINDS, Finding
from dlbook.callbacks.training_record import TrainingRecord
from dlbook.callbacks.weight_roles import WeightRole

ROWS, LAYERS = 40, 4


def roles(**of_kernels):
    """Four layers of 9 inputs, each with a kernel and a bias."""
    found = []
    for layer in range(LAYERS):
        kernel, bias = f"{layer}/kernel", f"{layer}/bias"
        found += [WeightRole(kernel, True, 9, bias=bias, **of_kernels)]
        found += [WeightRole(bias)]
    return found


def record(**changes):
    """A healthy one: gradients of 1, updates of 0.003, a loss that falls."""
    table = np.ones((ROWS, 2 * LAYERS))
    healthy = TrainingRecord(
        roles(),
        updates=np.arange(ROWS) * 5 + 1,
        norm=table,
        update_ratio=0.003 * table,
        weight_norm=5 * table,
        not_finite=0 * table,
        start=20,
        still=np.where(table[0] > 0, 0.1, 0),
        losses=[2.3, 1.5, 0.5],
        held_out=[1.6, 0.9],
        epoch=1,
    )
    return replace(healthy, **changes)


def only(found):
    (finding,) = found
    assert finding.kind in KINDS
    return finding


def changed(table, columns, values, rows=slice(None)):
    table = table.copy()
    table[rows, columns] = values
    return table


def test_of_a_healthy_training_nothing_is_said():
    assert diagnose(record()) == []


def test_before_the_first_record_nothing_is_said():
    none = np.zeros((0, 2 * LAYERS))
    tables = dict.fromkeys(("norm", "update_ratio", "weight_norm", "not_finite"), none)
    assert diagnose(record(updates=np.zeros(0), start=0, **tables)) == []


def test_the_first_update_that_is_not_finite_is_named_with_its_weights():
    bad = changed(record().not_finite, [2, 3], [9, 1], rows=25)
    bad = changed(bad, slice(None), 7, rows=slice(26, None))
    finding = only(diagnose(record(not_finite=bad)))
    assert (finding.kind, finding.update) == ("not_finite", 25 * 5 + 1)
    assert finding.weights == ("1/kernel", "1/bias")
    assert finding.evidence == {"entries": 10, "weights": 2}


@pytest.mark.parametrize(("ratio", "kinds"), [(5e-4, ["vanishing"]), (5e-3, [])])
def test_vanishing_is_the_first_kernel_against_the_last(ratio, kinds):
    norm = record().norm * np.repeat(np.geomspace(ratio, 1, LAYERS), 2)
    norm[::9] = 1.0  # Single records do not change a median.
    found = diagnose(record(norm=norm))
    assert [finding.kind for finding in found] == kinds
    for finding in found:
        assert finding.evidence["ratio"] == pytest.approx(ratio)
        assert finding.weights == ("0/kernel",)


@pytest.mark.parametrize(("ratio", "kinds"), [(80, ["exploding"]), (30, [])])
def test_exploding_is_growth_over_depth(ratio, kinds):
    norm = record().norm * np.repeat(np.geomspace(ratio, 1, LAYERS), 2)
    found = diagnose(record(norm=norm))
    assert [finding.kind for finding in found] == kinds
    for finding in found:
        assert finding.evidence["depth_ratio"] == pytest.approx(ratio)


def test_gradients_that_explode_at_first_explain_long_updates_afterwards():
    norm = record().norm.copy()
    norm[1:13] *= np.repeat(np.geomspace(80, 1, LAYERS), 2)  # Of the first twenty.
    long = 0.2 * record().norm
    stays = {"update_ratio": long, "losses": [2.3, 2.4], "held_out": []}
    assert only(diagnose(record(norm=norm, **stays))).kind == "exploding"


@pytest.mark.parametrize(("rows", "kinds"), [(10, ["vanishing"]), (9, [])])
def test_of_fewer_than_ten_records_nothing_is_said(rows, kinds):
    norm = record().norm * np.repeat(np.geomspace(5e-4, 1, LAYERS), 2)
    names = ("updates", "update_ratio", "weight_norm", "not_finite")
    few = {name: getattr(record(), name)[:rows] for name in names}
    found = diagnose(record(norm=norm[:rows], start=0, **few))
    assert [finding.kind for finding in found] == kinds


@pytest.mark.parametrize("row", [15, 30])
def test_exploding_is_also_growth_over_the_running_median_in_recent_records(row):
    norm = changed(record().norm, slice(None), 150.0, rows=row)
    found = diagnose(record(norm=norm))
    if row < 20:  # The epoch before.
        assert found == []
    else:
        finding = only(found)
        assert (finding.kind, finding.update) == ("exploding", row * 5 + 1)
        assert finding.evidence["growth"] == pytest.approx(150)


def test_a_fit_that_ends_near_a_minimum_does_not_explode_at_one_hard_example():
    norm = record().norm.copy()
    norm[10:] = 1e-6
    norm[35] = 1.0  # A million times the median, but no more than at first.
    assert diagnose(record(norm=norm)) == []


@pytest.mark.parametrize(
    ("share", "rectified"), [(0.6, True), (0.6, False), (0.4, True)]
)
def test_units_are_dead_only_in_layers_of_relu_and_from_half_on(share, rectified):
    still = np.zeros(2 * LAYERS)
    still[[1, 3, 5, 7]] = np.nan
    still[2] = share
    found = diagnose(record(still=still, roles=roles(rectified=rectified)))
    if rectified and share >= 0.5:
        finding = only(found)
        assert (finding.kind, finding.weights) == ("dead_units", ("1/kernel",))
        assert finding.evidence == {"share": share}
        assert "60%" in finding.sentence
        assert "last 20 records" in finding.sentence  # From the 21st of 40 on.
    else:
        assert found == []


def test_kernels_that_stay_0_are_named_and_hide_what_follows():
    columns = [0, 2, 4]
    finding = only(
        diagnose(
            record(
                roles=roles(rectified=True),
                still=np.ones(2 * LAYERS),
                norm=changed(record().norm, columns, 0),
                weight_norm=changed(record().weight_norm, columns, 0),
                losses=[2.3, 2.3],
            )
        )
    )
    assert finding.kind == "zero_weights"
    assert finding.weights == ("0/kernel", "1/kernel", "2/kernel")


def test_a_kernel_that_leaves_0_is_no_fault():
    left = changed(record().weight_norm, 6, 0, rows=0)
    assert diagnose(record(weight_norm=left)) == []


def test_a_kernel_that_is_held_at_0_against_its_gradient_is_not_called_stuck():
    held = changed(record().weight_norm, 6, 0)
    assert diagnose(record(weight_norm=held)) == []


@pytest.mark.parametrize("nothing", [np.nan, 0.0])
def test_weights_without_any_gradient_are_disconnected(nothing):
    norm = changed(record().norm, [2, 3], nothing)
    absent = changed(record().not_finite, [2, 3], nothing)
    finding = only(diagnose(record(norm=norm, not_finite=absent)))
    assert finding.kind == "disconnected"
    assert finding.weights == ("1/kernel", "1/bias")


def test_frozen_weights_are_called_frozen_whatever_else_there_is():
    found = diagnose(record(frozen=["a/kernel"], losses=[2.3, 2.3], held_out=[]))
    assert [finding.kind for finding in found] == ["frozen"]
    assert found[0].weights == ("a/kernel",)


@pytest.mark.parametrize(("size", "kinds"), [(60, ["unscaled_inputs"]), (2, [])])
def test_the_size_of_inputs_is_read_off_the_first_layer(size, kinds):
    random = np.random.default_rng(0)
    x = (random.normal(size=(ROWS, 32, 9)) * 0.3 + 1) * size
    delta = random.normal(size=(ROWS, 32, 5))
    norm = record().norm.copy()
    kernels = np.linalg.norm(np.einsum("tbi,tbo->tio", x, delta), axis=(1, 2))
    norm[:, ::2] = kernels[:, None]  # Through ReLUs, all layers' are as large.
    norm[:, 1] = np.linalg.norm(delta.sum(axis=1), axis=1)
    found = diagnose(record(norm=norm))
    assert [finding.kind for finding in found] == kinds
    for finding in found:
        assert finding.evidence["input_size"] == pytest.approx(size, rel=0.1)
    regularized = roles(regularized=True, penalised=True)  # A part that is not δ's.
    assert diagnose(record(norm=norm, roles=regularized)) == []


@pytest.mark.parametrize("penalised", [True, False])
def test_only_a_penalty_can_be_too_strong(penalised):
    shrinking = record().weight_norm * np.geomspace(1, 0.3, ROWS)[:, None]
    found = diagnose(record(roles=roles(penalised=penalised), weight_norm=shrinking))
    assert [f.kind for f in found] == ["penalty_too_strong"] * penalised
    for finding in found:
        assert finding.evidence["share"] == pytest.approx(0.3)


@pytest.mark.parametrize("losses", [[2.3, 2.4], [2.3, 900.0], [2.3, np.nan]])
def test_long_updates_and_a_loss_that_does_not_fall_are_a_high_rate(losses):
    long = 0.2 * np.ones((ROWS, 2 * LAYERS))
    finding = only(diagnose(record(update_ratio=long, losses=losses, held_out=[])))
    assert finding.kind == "learning_rate_too_high"
    assert finding.evidence["update_ratio"] == pytest.approx(0.2)
    assert diagnose(record(update_ratio=long)) == []  # The loss falls: a bold rate.


def test_units_that_die_after_long_updates_died_of_the_rate():
    ratio = changed(record().update_ratio, slice(None), 0.8, rows=0)
    dying = {"roles": roles(rectified=True), "still": np.full(2 * LAYERS, 0.8)}
    finding = only(diagnose(record(update_ratio=ratio, **dying)))
    assert finding.kind == "learning_rate_too_high"
    assert only(diagnose(record(**dying))).kind == "dead_units"


def test_a_rate_that_ends_in_infinity_at_once_is_seen_by_the_updates_before():
    rows = slice(0, 6)
    few = record(
        **{name: getattr(record(), name)[rows] for name in ("updates", "norm")},
        weight_norm=record().weight_norm[rows],
        update_ratio=3 * np.ones((6, 2 * LAYERS)),
        not_finite=changed(record().not_finite[rows], 0, 9, rows=5),
        start=0,
        losses=[2.3, np.nan],
    )
    kinds = [finding.kind for finding in diagnose(few)]
    assert kinds == ["learning_rate_too_high", "not_finite"]


@pytest.mark.parametrize(
    ("ratio", "losses", "kinds"),
    [
        (1e-5, [2.3, 2.29, 2.28], ["learning_rate_too_low"]),
        (1e-5, [2.9, 2.29, 2.28], ["learning_rate_too_low"]),  # A hard first batch.
        (1e-5, [2.3, 1.1, 0.1], []),  # It has arrived.
        (1e-5, [2.3, 2.29], []),  # One epoch: too early to say.
        (1e-3, [2.3, 2.29, 2.28], []),
    ],
)
def test_short_updates_are_a_low_rate_while_the_loss_is_where_it_was(
    ratio, losses, kinds
):
    short = np.full((ROWS, 2 * LAYERS), ratio)
    found = diagnose(record(update_ratio=short, losses=losses))
    assert [finding.kind for finding in found] == kinds


@pytest.mark.parametrize(
    ("held_out", "kinds"),
    [
        ([2.31, 2.3, 2.32, 2.4, 2.5, 2.6, 2.7, 2.8], ["nothing_learned"]),
        ([2.31, 2.3, 2.32, 2.4, 2.5, 2.6, 2.7], []),  # Too early to say.
        ([2.31, 1.9, 2.32, 2.4, 2.5, 2.6, 2.7, 2.8], []),
        ([0.8, 0.79, 0.8, 0.8, 0.8, 0.8, 0.8, 0.8], []),  # All in the first epoch.
    ],
)
def test_held_out_examples_tell_learning_from_learning_by_heart(held_out, kinds):
    losses = [2.3, *np.linspace(2.2, 0.4, len(held_out))]
    found = diagnose(record(losses=losses, held_out=held_out))
    assert [finding.kind for finding in found] == kinds


@pytest.mark.parametrize("sign", [1, -1])
def test_a_loss_that_can_be_negative_is_not_said_to_stay(sign):
    losses = [sign * 0.1, *np.full(8, -1.0)]
    ratio = np.full((ROWS, 2 * LAYERS), 0.2)
    assert diagnose(record(losses=losses, held_out=[])) == []
    assert diagnose(record(losses=losses, held_out=[], update_ratio=ratio)) == []


def test_a_loss_that_is_not_a_number_says_nothing_about_labels():
    bad = changed(record().not_finite, 0, 9, rows=slice(15, None))
    held_out = [*[2.3] * 8, np.nan]
    lost = record(losses=[2.3, *held_out], held_out=held_out, not_finite=bad)
    assert [finding.kind for finding in diagnose(lost)] == ["not_finite"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_finding_says_what_to_do_and_where_to_read(kind):
    finding = Finding(kind, "it is so.", ("a/kernel",), {"ratio": 2.0}, 3)
    assert str(finding).startswith(f"Epoch 4, {kind.replace('_', ' ')}: it is so. ")
    assert finding.remedy in str(finding)
    assert finding.chapter in str(finding)
    assert finding.to_dict() == {
        "kind": kind,
        "sentence": "it is so.",
        "epoch": 3,
        "update": None,
        "remedy": finding.remedy,
        "chapter": finding.chapter,
        "weights": ["a/kernel"],
        "evidence": {"ratio": 2.0},
    }
