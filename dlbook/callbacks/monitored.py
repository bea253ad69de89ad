"""A monitored quantity: its value in the logs, and which way is better."""

from dlbook.callbacks.running_fit import running_fit


def monitored_value(model, monitor, logs):
    """The quantity in the logs of an epoch, or None when it comes in a later epoch.

    Raises:
        ValueError: when it can come in no epoch; lists what there is.
    """
    if monitor in logs:
        return logs[monitor]
    fit = running_fit(model)
    validates = fit is None or fit["validation_data"] is not None
    validated = any(name.startswith("val_") for name in logs)
    of_validation = monitor.startswith("val_")
    known = of_validation and monitor.removeprefix("val_") in logs
    if known and validates and not validated:
        return None  # With validation_freq=2, every second epoch has no validation.
    hint = " Give `fit` validation data." if of_validation and not validates else ""
    raise ValueError(
        f"`monitor` is {monitor!r}, which is not in the logs of the epoch. "
        f"They have {sorted(logs)}.{hint}"
    )


def direction(model, monitor, mode):
    """+1 where larger is better, −1 where smaller is better.

    For `mode="auto"` it is that of the metric of this name, as in Keras.

    Raises:
        ValueError: when nothing says which way is better.
    """
    if mode != "auto":
        return 1 if mode == "max" else -1
    name = monitor.removeprefix("val_")
    if name == "loss":
        return -1
    # `compile` puts the metrics into one that has a list of them.
    inner = [each for m in model.metrics for each in getattr(m, "metrics", [])]
    for metric in inner:
        if metric.name == name and hasattr(metric, "_direction"):
            return 1 if metric._direction == "up" else -1
    raise ValueError(
        f"`mode` is 'auto', and the metric {name!r} does not say whether larger is "
        "better. Set mode='max' or mode='min'."
    )
