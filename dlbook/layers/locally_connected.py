"""What LocallyConnected1D and LocallyConnected2D share: all but the axes."""

from math import prod

from keras import ops

from dlbook.arguments import one_of, whole_number, whole_numbers
from dlbook.layers.windowed import Windowed


class LocallyConnected(Windowed):
    """A window of weights at each place, of its own; see `LocallyConnected2D`."""

    hyperparameters = (
        *("filters", "kernel_size", "strides", "padding", "data_format"),
        *("activation", "use_bias", "implementation"),
    )
    initializers = {"kernel": "glorot_uniform", "bias": "zeros"}

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        activation=None,
        use_bias=True,
        implementation=1,
        **options,
    ):
        super().__init__(strides, padding, data_format, **options)
        self.filters = whole_number("filters", filters, 1)
        self.kernel_size = whole_numbers("kernel_size", kernel_size, self.rank, 1)
        self.activation = activation
        self.use_bias = bool(use_bias)
        self.implementation = one_of("implementation", implementation, (1, 2, 3))

    def build(self, input_shape):
        """Makes W (places, window · channels, filters) and b (*places, filters)."""
        channels = self.fix_channels(input_shape)
        _, *places = self.compute_output_shape(input_shape)
        del places[self.channel_axis if self.channel_axis < 0 else 0]
        if None in (channels, *places):
            raise ValueError(
                "Each place has weights of its own, so all axes but the batch have to "
                f"be known. Received: an input of shape {tuple(input_shape)}."
            )
        self.places = tuple(places)
        inputs = prod(self.kernel_size) * channels
        shape = (prod(places), inputs, self.filters)
        self.kernel = self.make_weight("kernel", shape)
        shape = (*places, self.filters)
        self.bias = self.make_weight("bias", shape) if self.use_bias else None
        self.input_spec.shape = (None, *input_shape[1:])

    def call(self, inputs):
        """y = a(p W + b), with a W and a b for each place."""
        p = self.patches(inputs, self.kernel_size)  # (batch, *places, *window, c)
        if self.data_format == "channels_first":
            p = ops.moveaxis(p, -1, 1 + self.rank)  # (batch, *places, c, *window)
        p = ops.reshape(p, (-1, *self.kernel.shape[:2]))  # (batch, places, inputs)
        z = ops.einsum("bpi,pif->bpf", p, self.kernel)  # (batch, places, filters)
        z = self.as_given(ops.reshape(z, (-1, *self.places, self.filters)))
        if self.use_bias:
            z = z + self._bias_as_given()
        return self.activation(z)

    def _bias_as_given(self):
        if self.data_format == "channels_last":
            return self.bias  # (*places, filters)
        # Keras 2 did not turn it round, but took its numbers one after the other.
        return ops.reshape(self.bias, (self.filters, *self.places))

    def compute_output_shape(self, input_shape):
        """(batch, *places, filters), or (batch, filters, *places)."""
        return self.shape_of_places(input_shape, self.kernel_size, self.filters)
