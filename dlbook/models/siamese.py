"""The Siamese network: one trunk looks at two inputs, and they are compared."""

import keras
from keras import ops


def _length(x):
    # The root's slope at 0 is infinite; below ε the length is flat instead.
    squares = ops.sum(ops.square(x), axis=-1, keepdims=True)
    return ops.sqrt(ops.maximum(squares, keras.config.epsilon() ** 2))


def _euclidean(a, b):
    return _length(a - b)


def _manhattan(a, b):
    return ops.sum(ops.abs(a - b), axis=-1, keepdims=True)


def _cosine(a, b):
    cosine = ops.sum(a * b, axis=-1, keepdims=True) / (_length(a) * _length(b))
    return 1 - cosine


_DISTANCES = {"euclidean": _euclidean, "manhattan": _manhattan, "cosine": _cosine}


@keras.saving.register_keras_serializable("dlbook")
class Siamese(keras.Model):
    """The distance between two inputs, as seen by one trunk::

        d = ‖f(a) − f(b)‖₂                  "euclidean"
        d = ‖f(a) − f(b)‖₁                  "manhattan"
        d = 1 − cos ∠(f(a), f(b))           "cosine", from 0 to 2; 1 where a code is 0

    f has one set of weights. Its gradient is the sum of what comes through a and b; the
    model is symmetric, and d(a, a) is 0 (euclidean: 1e-7, where the slope is 0). The
    distance is taken in float32 at least.

    Args:
        trunk: f, a layer or model, `(batch, ...)` → `(batch, code)`.
        distance: "euclidean", "manhattan" or "cosine".
        **options: `name`, `dtype` and what else `keras.Model` takes.

    Input: a pair (a, b), each as the trunk's input. Output: d, (batch, 1).

    Raises:
        ValueError: when the distance has no such name.

    Example:
        >>> model = Siamese(keras.layers.Rescaling(2.0))
        >>> a, b = ops.array([[0.0, 0.0]]), ops.array([[3.0, 4.0]])
        >>> model((a, b)).shape == (1, 1), float(model((a, b))[0, 0])
        (True, 10.0)

    Source: Bromley et al. (1993); Hadsell, Chopra & LeCun (2006), section 2.
    """

    def __init__(self, trunk, distance="euclidean", **options):
        super().__init__(**options)
        if distance not in _DISTANCES:
            raise ValueError(
                f"`distance` must be one of {list(_DISTANCES)}. "
                f"Received: distance={distance!r}."
            )
        self.trunk = trunk
        self.distance = distance

    def build(self, input_shape):
        """Builds the trunk, for the shape of a."""
        if not self.trunk.built:
            self.trunk.build(input_shape[0])
        self.built = True

    def call(self, inputs, training=None):
        """d, (batch, 1)."""
        a, b = (self.trunk(x, training=training) for x in inputs)  # (batch, code)
        # In float16 ε² would be 0.
        dtype = keras.backend.result_type(a.dtype, "float32")
        d = _DISTANCES[self.distance](ops.cast(a, dtype), ops.cast(b, dtype))
        return ops.cast(d, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """(batch, 1)."""
        return (input_shape[0][0], 1)

    def get_config(self):
        """The trunk goes in as a layer."""
        trunk = keras.saving.serialize_keras_object(self.trunk)
        return super().get_config() | {"trunk": trunk, "distance": self.distance}

    @classmethod
    def from_config(cls, config):
        """The model again, around a trunk made from its own config."""
        trunk = keras.saving.deserialize_keras_object(config["trunk"])
        return cls(**config | {"trunk": trunk})
