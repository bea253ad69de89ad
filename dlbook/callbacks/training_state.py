"""All variables of a training: weights, seeds, metrics, the optimizer's."""

import hashlib
import json
import re

from dlbook.callbacks.copies import copies, put_back


def build(model, data):
    """Builds all that training will keep, if that is left to the first step.

    On TensorFlow it is: here, it is told what a batch looks like, and none is taken.

    Args:
        model: a compiled model, in `fit`.
        data: the iterator of its `fit`.
    """
    batches = getattr(data, "_distributed_dataset", None)
    if batches is not None:
        model._symbolic_build(data_batch=batches.element_spec)
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
    if getattr(model.optimizer, "inner_optimizer", model.optimizer).use_ema:
        # On JAX, an earlier `fit` has left the averages and the weights in the same
        # buffers, which the next one fails to donate (Keras 3.15).
        put_back(copies(model.trainable_variables), model.trainable_variables)


def training_state(model):
    """The values of all variables, as plain arrays, and what model they are of."""
    values = {name: copies(variables) for name, variables in _variables(model).items()}
    return {"values": values, "description": _description(model)}


def set_training_state(state, model, inside_epoch):
    """Gives the variables the values of the state.

    Args:
        state: of `training_state`.
        model: the model to change.
        inside_epoch: whether the metrics go on, too: each epoch begins them anew.

    Raises:
        ValueError: when the state is of another model; nothing is changed then.
    """
    groups = _variables(model)
    if not inside_epoch:
        del groups["metrics"]
    _refuse_another(state["description"], _description(model), groups)
    for name, variables in groups.items():
        put_back(state["values"][name], variables)


def _variables(model):
    return {
        "model": model.variables,  # With the seeds of its layers.
        "optimizer": own_variables(model.optimizer),
        "metrics": model.metrics_variables,
    }


def _description(model):
    optimizer = model.optimizer
    rules = (optimizer, getattr(optimizer, "inner_optimizer", None))
    shapes = {
        name: [[each.path, list(each.shape), each.dtype] for each in variables]
        for name, variables in _variables(model).items()
    }
    rule = [type(each).__name__ for each in rules if each is not None]
    return {"shapes": shapes, "rule": rule, "layers": _fingerprint(model)}


def _fingerprint(model):
    """Of how the layers are configured; None where a model does not say it."""
    try:
        config = json.dumps(model.get_config(), default=lambda each: str(type(each)))
    except Exception:  # A model of one's own raises what it likes.
        return None
    # Keras numbers the names of a program: "dense", "dense_1".
    return hashlib.sha256(re.sub(r'(_\d+)?"', '"', config).encode()).hexdigest()


def _refuse_another(there, here, groups):
    for name in groups:
        a, b = there["shapes"][name], here["shapes"][name]
        _refuse_if(len(a) != len(b), f"{len(a)} variables of the {name}", len(b))
        for (path, *kind), (_, *other) in zip(a, b, strict=True):
            _refuse_if(kind != other, f"{path!r} of the {name} as {kind}", other)
    _refuse_if(there["rule"] != here["rule"], f"{there['rule']} to train", here["rule"])
    known = there["layers"] and here["layers"]
    configured = "layers of the same shapes that are configured in another way"
    _refuse_if(known and there["layers"] != here["layers"], configured, "others")


def _refuse_if(differs, there, here):
    if differs:
        raise ValueError(f"it is of another model: it has {there}; here: {here}.")


def own_variables(optimizer):
    """The variables of an optimizer, without those of a GradientMonitor."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    recorder = vars(inner).get("_gradient_recorder")
    others = {id(variable) for variable in recorder._variables} if recorder else ()
    return [variable for variable in optimizer.variables if id(variable) not in others]
