"""Checks that a config holds all that an optimizer was built with.

Each takes the class it checks, as those of `closed_forms` do.
"""

GENERIC = {
    "learning_rate": 0.25,
    "weight_decay": 0.01,
    "clipnorm": 2.0,
    "use_ema": True,
    "ema_momentum": 0.5,
    "ema_overwrite_frequency": 7,
    "loss_scale_factor": 8.0,
    "gradient_accumulation_steps": 3,
    "name": "named",
}
# None of these is a default.
OWN = {
    "SGD": {"momentum": 0.7, "nesterov": True},
    "Adagrad": {"initial_accumulator_value": 0.2, "epsilon": 0.3},
    "RMSprop": {"rho": 0.7, "momentum": 0.6, "epsilon": 0.3, "centered": True},
    "Adadelta": {"rho": 0.7, "epsilon": 0.3},
    "Adam": {"beta_1": 0.7, "beta_2": 0.6, "epsilon": 0.3, "amsgrad": True},
    "AdamW": {"beta_1": 0.7, "beta_2": 0.6, "epsilon": 0.3, "amsgrad": True},
    "Nadam": {"beta_1": 0.7, "beta_2": 0.6, "epsilon": 0.3},
}


def the_config_holds_every_argument(optimizer_class):
    """get_config returns what the constructor was given, under the same words."""
    arguments = GENERIC | OWN[optimizer_class.__name__]
    config = optimizer_class(**arguments).get_config()
    others = {"global_clipnorm": None, "clipvalue": None}
    assert config == arguments | others


def the_config_builds_the_same_optimizer(optimizer_class):
    """from_config returns an optimizer with the same config."""
    config = optimizer_class(**GENERIC, **OWN[optimizer_class.__name__]).get_config()
    assert optimizer_class.from_config(dict(config)).get_config() == config


CONFIGS = [the_config_holds_every_argument, the_config_builds_the_same_optimizer]
