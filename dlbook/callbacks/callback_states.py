"""What the callbacks of a `fit` know, so that they go on after a restart."""

import warnings

# Keras's own say it nowhere.
_KEPT_BY_KERAS = {
    "EarlyStopping": ("wait", "best", "best_epoch", "best_weights", "stopped_epoch"),
    "ReduceLROnPlateau": ("wait", "best", "cooldown_counter"),
    "ModelCheckpoint": ("best", "_batches_seen_since_last_saving", "_last_batch_seen"),
    "History": ("epoch", "history"),
}


def callback_states(callbacks):
    """The states of those that have one: pairs of the class's name and the state."""
    states = ((type(each).__name__, _state(each)) for each in callbacks)
    return [[name, state] for name, state in states if state is not None]


def set_callback_states(states, callbacks):
    """Gives each callback its state; of several of a class, in their order."""
    states = list(states)
    for callback in callbacks:
        name = type(callback).__name__
        if _state(callback) is None:
            continue
        found = next((each for each in states if each[0] == name), None)
        if found is None:
            warnings.warn(
                f"The checkpoint has no state of {name}, which begins anew.",
                stacklevel=2,
            )
            continue
        states.remove(found)
        _set_state(callback, found[1])


def _state(callback):
    if hasattr(callback, "get_state") and hasattr(callback, "set_state"):
        return callback.get_state()
    names = _names_of_keras(callback)
    if names is None:
        return None
    return {name: getattr(callback, name) for name in names}


def _set_state(callback, state):
    if hasattr(callback, "set_state"):
        callback.set_state(state)
        return
    for name, value in state.items():
        setattr(callback, name, value)


def _names_of_keras(callback):
    if not type(callback).__module__.startswith("keras."):
        return None
    names = _KEPT_BY_KERAS.get(type(callback).__name__)
    return names and [name for name in names if hasattr(callback, name)]
