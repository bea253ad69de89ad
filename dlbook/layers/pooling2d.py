"""What the layers share that sum up each window of an image."""

from dlbook.arguments import whole_numbers
from dlbook.layers.windowed import Windowed


class Pooling2D(Windowed):
    """One number for each window and channel; without weights.

    Args:
        pool_size: height and width of the window.
        strides: how far apart two windows are; None: they stand side by side.
        padding, data_format, **options: see `Windowed`.
    """

    hyperparameters = ("pool_size", "strides", "padding", "data_format")

    def __init__(
        self,
        pool_size=(2, 2),
        strides=None,
        padding="valid",
        data_format=None,
        **options,
    ):
        pool_size = whole_numbers("pool_size", pool_size, 2, 1)
        strides = pool_size if strides is None else strides
        super().__init__(strides, padding, data_format, **options)
        self.pool_size = pool_size

    def compute_output_shape(self, input_shape):
        """(batch, rows, columns, channels)."""
        return self.shape_of_places(input_shape, self.pool_size)
