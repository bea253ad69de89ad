"""The record of a GradientMonitor as files that other programs read."""

import csv
import json
import math
from pathlib import Path

NOT_TABLES = ("paths", "updates", "findings")


def lines(record):
    """The record as dicts, one for each update and weight.

    Args:
        record: `GradientMonitor.to_dict()`.
    """
    names = [name for name in record if name not in NOT_TABLES]
    for row, update in enumerate(record["updates"]):
        for column, path in enumerate(record["paths"]):
            values = {name: record[name][row][column] for name in names}
            yield {"update": update, "path": path} | values


def write_json_lines(record, path):
    """Writes one object of JSON a line."""
    with Path(path).open("w", encoding="utf-8") as file:
        for line in lines(record):
            file.write(json.dumps(line) + "\n")


def write_csv(record, path):
    """Writes a table with a header; a cell is empty where there is no finite number."""
    header = ["update", "path", *(name for name in record if name not in NOT_TABLES)]
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, header, lineterminator="\n")
        table.writeheader()
        table.writerows(lines(record))


def write_tensorboard(record, folder):
    """Writes a scalar for each statistic and weight, `norm/dense/kernel` say.

    Returns:
        Whether TensorBoard is installed; without it nothing is written.
    """
    try:
        from tensorboard.compat.proto import event_pb2, summary_pb2
        from tensorboard.summary.writer import event_file_writer
    except ImportError:
        return False
    writer = event_file_writer.EventFileWriter(str(folder))
    for line in lines(record):
        update, path = line.pop("update"), line.pop("path")
        values = [
            summary_pb2.Summary.Value(tag=f"{name}/{path}", simple_value=value)
            for name, value in line.items()
            if value is not None
        ]
        summary = summary_pb2.Summary(value=values)
        writer.add_event(event_pb2.Event(step=update, summary=summary))
    writer.close()
    return True


def plain(table):
    """A table as lists of lists; None for what is not finite, which JSON has not."""
    rows = table.astype("float64").tolist()
    return [[x if math.isfinite(x) else None for x in row] for row in rows]
