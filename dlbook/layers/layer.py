"""What every layer here shares: all that is Keras, no idea of a layer's own."""

import keras

# The last word of an argument's name says who reads and who writes it.
_KINDS = {
    "activation": keras.activations,
    "initializer": keras.initializers,
    "regularizer": keras.regularizers,
    "constraint": keras.constraints,
}


def _kind(word):
    return _KINDS.get(word.rsplit("_", 1)[-1])


class Layer(keras.layers.Layer):
    """The bookkeeping around `build` and `call`: words, weights, config.

    A subclass names what one may set (`hyperparameters`) and which weights it starts
    how (`initializers`). From the second alone it understands three words for each
    weight, as Keras does: `kernel_initializer`, `kernel_regularizer` and
    `kernel_constraint`. Example, a product by a matrix:

        >>> class Product(Layer):
        ...     hyperparameters = ("units",)
        ...     initializers = {"kernel": "glorot_uniform"}
        ...
        ...     def __init__(self, units, **options):
        ...         super().__init__(**options)
        ...         self.units = units
        ...
        ...     def build(self, input_shape):
        ...         shape = (input_shape[-1], self.units)
        ...         self.kernel = self.make_weight("kernel", shape)
        ...
        ...     def call(self, inputs):
        ...         return inputs @ self.kernel
        >>> product = Product(2, kernel_initializer="ones")
        >>> keras.ops.convert_to_numpy(product(keras.ops.ones((1, 3)))).tolist()
        [[3.0, 3.0]]

    An attribute whose name ends in `activation`, `initializer`, `regularizer` or
    `constraint` may be given as a name, a config or an object, and is kept as the
    object.

    Args:
        **options: those three words for each weight, and what Keras gives every layer:
            `name`, `dtype`, `trainable`, `autocast` and `activity_regularizer`.

    Attributes:
        hyperparameters: names of the attributes that belong to the config.
        initializers: each weight's name, and its initializer where none is given.

    Raises:
        ValueError: at construction, when a word or a name is unknown; when a weight is
            made from a shape that is not known.
    """

    hyperparameters = ()
    initializers = {}

    def __init__(self, **options):
        words = self._weight_words()
        given = {word: options.pop(word, default) for word, default in words.items()}
        super().__init__(**options)
        for word, value in given.items():
            setattr(self, word, value)

    @classmethod
    def _weight_words(cls):
        words = {}
        for weight, initializer in cls.initializers.items():
            words[f"{weight}_initializer"] = initializer
            words |= {f"{weight}_regularizer": None, f"{weight}_constraint": None}
        return words

    def __setattr__(self, name, value):
        if (kind := _kind(name)) and not name.startswith("_"):
            value = kind.get(value)
        super().__setattr__(name, value)

    def make_weight(self, name, shape, **options):
        """A weight that starts, is penalised and bounded as the words of its name say.

        Args:
            name: one of `initializers`.
            shape: its shape, whole numbers only.
            **options: what else `add_weight` takes, such as `trainable=False`.
        """
        if None in shape:
            raise ValueError(
                f"`{name}` of {type(self).__name__} would be of shape {tuple(shape)}, "
                "with None for a size that is not known. Give that size of the input."
            )
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=getattr(self, f"{name}_initializer"),
            regularizer=getattr(self, f"{name}_regularizer"),
            constraint=getattr(self, f"{name}_constraint"),
            **options,
        )

    def get_config(self):
        """Everything needed to build the same layer anew, as plain data."""
        config = super().get_config()
        for word in (*self.hyperparameters, *self._weight_words()):
            value, kind = getattr(self, word), _kind(word)
            config[word] = kind.serialize(value) if kind else value
        return config
