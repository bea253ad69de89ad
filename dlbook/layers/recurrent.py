"""What recurrent layers share: the loop over time."""

import keras

from dlbook.layers.recurrent_cell import RecurrentCell


class Recurrent(keras.layers.RNN):
    """Keras's loop over time around a cell of dlbook.

    Keras keeps the words of the loop apart from those of the cell; here one
    constructor takes both, and the layer answers for its cell's words, as Keras's
    own recurrent layers do.
    """

    cell_class = RecurrentCell

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for word in cls.cell_class.words():
            setattr(
                cls, word, property(lambda self, word=word: getattr(self.cell, word))
            )

    def __init__(self, units, activation="tanh", **options):
        words = [word for word in self.cell_class.words() if word in options]
        own = {word: options.pop(word) for word in words}
        both = {
            word: options[word] for word in ("dtype", "trainable") if word in options
        }
        cell = self.cell_class(units, activation, name="cell", **own, **both)
        super().__init__(cell, **options)
        self.input_spec = keras.layers.InputSpec(ndim=3)

    def get_config(self):
        """The words of the loop and those of the cell, side by side."""
        config, cell = super().get_config(), self.cell.get_config()
        del config["cell"]
        return config | {word: cell[word] for word in self.cell.words()}

    @classmethod
    def from_config(cls, config):
        """The layer again."""
        return cls(**config)
