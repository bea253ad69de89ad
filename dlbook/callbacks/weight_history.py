"""A record of every weight after every step."""

import keras
import numpy as np


class WeightHistory(keras.callbacks.Callback):
    """Records all trainable weights before training and after each batch.

    Meant for small models: it keeps `(steps + 1) × weights` numbers.

    Attributes:
        weights: array `(steps + 1, weights)`, float32; row t holds θₜ, the trainable
            weights in the model's order, flattened. Empty before training.

    Raises:
        ValueError: when training begins, if the model was compiled to take several
            steps in one execution, between which no callback is asked.

    Example:
        >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
        >>> model.compile("sgd", "mse", run_eagerly=True)
        >>> history, x = WeightHistory(), np.ones((6, 2))
        >>> run = model.fit(x, x[:, :1], batch_size=2, verbose=0, callbacks=[history])
        >>> history.weights.shape
        (4, 3)
    """

    def __init__(self):
        super().__init__()
        self._rows = []

    @property
    def weights(self):
        return np.array(self._rows, dtype="float32")

    def on_train_begin(self, logs=None):
        if self.model.steps_per_execution != 1:
            raise ValueError(
                "WeightHistory sees the weights only between executions, which here "
                f"take {self.model.steps_per_execution} steps each. Compile the model "
                "with steps_per_execution=1."
            )
        self._rows = [self._flat_weights()]

    def on_train_batch_end(self, batch, logs=None):
        self._rows.append(self._flat_weights())

    def _flat_weights(self):
        weights = self.model.trainable_weights
        return np.concatenate([np.ravel(weight.numpy()) for weight in weights])
