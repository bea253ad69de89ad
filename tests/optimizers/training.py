"""A small model on real digits, and what its training leaves behind."""

import keras
import numpy as np

from dlbook.data import load_digits
from dlbook.models import mlp

EPOCHS, BATCH = 50, 64


def train(optimizer, epochs=EPOCHS, **compiled):
    """Trains a 64-8-10 network on 1,280 digits, 20 steps an epoch, unshuffled.

    Its units are tanh: where a ReLU switches on a step earlier in one run than in the
    other, a difference of 1e-5 grows to 1e-3, whatever the optimizer.

    Returns:
        The model and its weights, flattened, before training and after each epoch:
        an array (epochs + 1, weights).
    """
    (x, y), _ = load_digits()
    model = mlp(64, (8,), 10, activation="tanh")
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer, loss, **compiled)
    rows = [_flat(model)]
    record = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: rows.append(_flat(model))
    )
    model.fit(x[:1280], y[:1280], BATCH, epochs, 0, callbacks=[record], shuffle=False)
    return model, np.stack(rows)


def recording(optimizer_class, epochs=EPOCHS):
    """The optimizer class, with a slot `tape` that keeps the gradients of all steps."""
    steps = 20 * epochs

    class Recording(optimizer_class):
        def build(self, variables):
            super().build(variables)
            self.tape = [self.add_variable((steps, *v.shape)) for v in variables]

        def update_step(self, gradient, variable, learning_rate):
            tape = self.tape[self._get_variable_index(variable)]
            row = keras.ops.reshape(self.iterations, (1, 1))
            written = keras.ops.scatter_update(tape, row, gradient[None])
            self.assign(tape, written)
            super().update_step(gradient, variable, learning_rate)

    return Recording


def _flat(model):
    return np.concatenate([np.ravel(w) for w in model.get_weights()])
