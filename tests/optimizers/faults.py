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
FAULTS = {"Adam": ADAM, "RMSprop": RMSPROP, "SGD": SGD}
