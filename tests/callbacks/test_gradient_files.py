"""The files hold the record, and other programs can read them."""

import csv
import json
import sys
from types import SimpleNamespace

import pytest

from dlbook.callbacks import gradient_files

RECORD = {
    "paths": ["a/kernel", "a,b/bias"],
    "updates": [1, 11],
    "findings": [{"kind": "frozen"}],
    "norm": [[1.5, 2.0], [None, 4.0]],
    "zeros": [[0.0, 0.25], [1.0, 0.5]],
}
ROWS = [
    {"update": 1, "path": "a/kernel", "norm": 1.5, "zeros": 0.0},
    {"update": 1, "path": "a,b/bias", "norm": 2.0, "zeros": 0.25},
    {"update": 11, "path": "a/kernel", "norm": None, "zeros": 1.0},
    {"update": 11, "path": "a,b/bias", "norm": 4.0, "zeros": 0.5},
]


def test_each_line_of_json_is_one_weight_at_one_update(tmp_path):
    path = tmp_path / "gradients.jsonl"
    gradient_files.write_json_lines(RECORD, path)
    assert [json.loads(line) for line in path.read_text().splitlines()] == ROWS


def test_the_table_is_the_same_and_empty_where_there_is_no_number(tmp_path):
    path = tmp_path / "gradients.csv"
    gradient_files.write_csv(RECORD, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    written = [
        {name: "" if value is None else str(value) for name, value in row.items()}
        for row in ROWS
    ]
    assert rows == written


def test_without_tensorboard_nothing_is_written_and_nothing_fails(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    assert gradient_files.write_tensorboard(RECORD, tmp_path / "logs") is False
    assert not (tmp_path / "logs").exists()


def scalars(events, number):
    """Update, tag and number of each scalar, in order."""
    return sorted(
        (event.step, value.tag, number(value))
        for event in events
        for value in event.summary.value
    )


FINITE = sorted(
    (row["update"], f"{name}/{row['path']}", row[name])
    for row in ROWS
    for name in ("norm", "zeros")
    if row[name] is not None
)


def test_tensorboard_reads_the_numbers_that_are_finite(tmp_path):
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    from tensorboard.backend.event_processing import event_file_loader

    assert gradient_files.write_tensorboard(RECORD, tmp_path) is True
    (file,) = tmp_path.iterdir()
    events = event_file_loader.EventFileLoader(str(file)).Load()
    assert scalars(events, lambda value: value.tensor.float_val[0]) == FINITE


class Writer:
    """Stands in for TensorBoard's, which no requirement of dlbook installs."""

    def __init__(self, folder):
        self.folder, self.events, self.closed = folder, [], False
        WRITERS.append(self)

    def add_event(self, event):
        self.events.append(event)

    def close(self):
        self.closed = True


WRITERS = []


def test_the_events_for_tensorboard_hold_the_numbers_that_are_finite(
    tmp_path, monkeypatch
):
    # TensorFlow has the messages that TensorBoard reads, but no reader or writer.
    events = pytest.importorskip("tensorflow.core.util.event_pb2")
    summaries = pytest.importorskip("tensorflow.core.framework.summary_pb2")
    messages = SimpleNamespace(event_pb2=events, summary_pb2=summaries)
    file = SimpleNamespace(EventFileWriter=Writer)
    writers = SimpleNamespace(event_file_writer=file)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto", messages)
    monkeypatch.setitem(sys.modules, "tensorboard.summary.writer", writers)
    assert gradient_files.write_tensorboard(RECORD, tmp_path) is True
    (writer,) = WRITERS
    assert (writer.folder, writer.closed) == (str(tmp_path), True)
    assert scalars(writer.events, lambda value: value.simple_value) == FINITE
