"""One-line faults: what stands in an optimizer's file, and what to put in its place."""

_BUILD = "super().__init__(learning_rate, name=name, **options)"
ADAM = {
    "sign descent": (
        "alpha * m_hat / (ops.sqrt(v_hat) + self.epsilon)",
        "alpha * ops.sign(m_hat)",
    ),
    "first correction missing": ("m / bias_correction(self.beta_1, t)", "m"),
    "second correction missing": (
        "v_max / bias_correction(self.beta_2, t)",
        "v_max",
    ),
    "epsilon inside the root": (
        "ops.sqrt(v_hat) + self.epsilon",
        "ops.sqrt(v_hat + self.epsilon)",
    ),
    "epsilon before the correction": (
        "(ops.sqrt(v_hat) + self.epsilon)",
        "(ops.sqrt(v_max) + self.epsilon) * ops.sqrt(v_hat / v_max)",
    ),
    "wrong beta": ("(1 - self.beta_2) * (g**2", "(1 - self.beta_1) * (g**2"),
    "root missing": ("ops.sqrt(v_hat)", "v_hat"),
    "modulus for the square": ("g**2 - v", "ops.abs(g) - v"),
    "momentum forgotten": ("m / bias_correction(self.beta_1, t)", "g"),
    "betas swapped": (_BUILD, f"{_BUILD}; beta_1, beta_2 = beta_2, beta_1"),
    "epsilon lost from the config": ('"epsilon", "amsgrad")', '"amsgrad")'),
    "t off by one": ("expm1(t *", "expm1((t + 1) *"),
    "largest v not kept": ("m, v, v_max\n", "m, v, v\n"),
    "amsgrad ignored": ("v_max / bias", "v / bias"),
}
RMSPROP = {
    "sign descent": (
        "alpha * g / ops.sqrt(variance + self.epsilon)",
        "alpha * ops.sign(g)",
    ),
    "epsilon outside the root": (
        "ops.sqrt(variance + self.epsilon)",
        "(ops.sqrt(variance) + self.epsilon)",
    ),
    "root missing": ("ops.sqrt(variance", "(variance"),
    "rho for one minus rho": ("(1 - self.rho) * (g**2", "self.rho * (g**2"),
    "momentum ignored": ("u = self.momentum * u", "u = 0 * u"),
    "mean not squared": ("v - a**2", "v - a"),
    "centered ignored": ("ops.relu(v - a**2)", "v"),
    "rho lost from the config": ('("rho", "momentum",', '("momentum",'),
}
SGD = {
    "ascent": ("return theta + v, v", "return theta - v, v"),
    "momentum ignored": ("v = self.momentum * v", "v = 0 * v"),
    "rate outside the velocity": ("* v - alpha * g\n", "* v - g\n"),
    "nesterov ignored": ("theta + self.momentum * v - alpha * g", "theta + v"),
    "nesterov looks twice": ("theta + self.momentum", "theta + self.momentum**2"),
    "nesterov lost from the config": ('("momentum", "nesterov")', '("momentum",)'),
}
ADAGRAD = {
    "ascent": ("theta - alpha", "theta + alpha"),
    "squares not summed": ("s = s + g**2", "s = g**2"),
    "modulus for the square": ("s + g**2", "s + ops.abs(g)"),
    "root missing": ("ops.sqrt(s_0 + s + self.epsilon)", "(s_0 + s + self.epsilon)"),
    "epsilon outside the root": (
        "ops.sqrt(s_0 + s + self.epsilon)",
        "(ops.sqrt(s_0 + s) + self.epsilon)",
    ),
    "epsilon ignored": ("s_0 + s + self.epsilon", "s_0 + s"),
    "start ignored": ("ops.sqrt(s_0 + s", "ops.sqrt(s"),
    "sum not kept": ("self.epsilon), s\n", "self.epsilon), g**2\n"),
    "start lost from the config": (
        '("initial_accumulator_value", "epsilon")',
        '("epsilon",)',
    ),
}
ADADELTA = {
    "ascent": ("theta - alpha", "theta + alpha"),
    "own step ignored": ("ops.sqrt(d + self.epsilon)", "self.epsilon**0.5"),
    "own step known too early": (
        "        delta = g",
        "        d = d + g**2\n        delta = g",
    ),
    "rate in the average": ("(delta**2 - d)", "((alpha * delta)**2 - d)"),
    "rate ignored": ("alpha * delta", "delta"),
    "rho for one minus rho": ("(1 - self.rho) * (g**2", "self.rho * (g**2"),
    "own step not averaged": (
        "d = d + (1 - self.rho) * (delta**2 - d)",
        "d = delta**2",
    ),
    "root missing": ("ops.sqrt(v + self.epsilon)", "(v + self.epsilon)"),
    "epsilon outside the root": (
        "ops.sqrt(v + self.epsilon)",
        "(ops.sqrt(v) + self.epsilon)",
    ),
    "rho lost from the config": ('("rho", "epsilon")', '("epsilon",)'),
}
ADAMW = {
    "no decay": ("weight_decay=weight_decay,", "weight_decay=0,"),
    "another decay": ("weight_decay=weight_decay,", "weight_decay=weight_decay / 2,"),
    "amsgrad ignored": ("            amsgrad,\n", "            False,\n"),
    "betas swapped": (
        "            beta_1,\n            beta_2,\n",
        "            beta_2,\n            beta_1,\n",
    ),
    "epsilon ignored": ("            epsilon,\n", "            1e-7,\n"),
    "options dropped": ("            **options,\n        )", "        )"),
}
NADAM = {
    "ascent": ("theta - alpha", "theta + alpha"),
    "no look ahead": ("mu_next * m / w_next", "mu * m / w"),
    "plain Adam": ("mu_next * m / w_next + (1 - mu) * g / w", "m / w"),
    "gradient forgotten": (" + (1 - mu) * g / w", ""),
    "one weight for both": ("(1 - mu) * g / w\n", "(1 - mu) * g / w_next\n"),
    "the weight of one step": ("w = w + (1 - mu) * (1 - w)", "w = 1 - mu + 0 * w"),
    "weight not kept": ("m, v, w\n", "m, v, w_next\n"),
    "warm-up slower": ("0.96**at", "0.96**(at / 250)"),
    "warm-up off by one": ("in (t, t + 1)", "in (t - 1, t)"),
    "second correction missing": ("v / bias_correction(self.beta_2, t)", "v"),
    "wrong beta": ("(1 - self.beta_2) * (g**2", "(1 - self.beta_1) * (g**2"),
    "modulus for the square": ("g**2 - v", "ops.abs(g) - v"),
    "epsilon inside the root": (
        "ops.sqrt(v_hat) + self.epsilon",
        "ops.sqrt(v_hat + self.epsilon)",
    ),
    "epsilon lost from the config": ('"beta_2", "epsilon")', '"beta_2")'),
}
FAULTS = {
    "SGD": SGD,
    "Adagrad": ADAGRAD,
    "RMSprop": RMSPROP,
    "Adadelta": ADADELTA,
    "Adam": ADAM,
    "AdamW": ADAMW,
    "Nadam": NADAM,
}
