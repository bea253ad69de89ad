"""The error that says which batch was too large."""


class OutOfMemoryError(MemoryError):
    """The memory of a device was full.

    Args:
        batch_size: examples in the batch, or None where that is not known.
        error: what the backend raised, or None.

    Attributes:
        batch_size, error: the same.

    Example:
        >>> str(OutOfMemoryError(512)).partition(". ")[0]
        'Out of memory with a batch of 512 examples'
    """

    def __init__(self, batch_size, error=None):
        self.batch_size, self.error = batch_size, error
        batch = f"a batch of {batch_size} examples" if batch_size else "this batch"
        # `fit` cuts off the cause of an error: the message keeps its words.
        said = f" The backend said: {_shortened(error)}" if error else ""
        super().__init__(
            f"Out of memory with {batch}. Take a smaller `batch_size`: "
            "`find_batch_size` searches the largest that fits. The optimizer's "
            "`gradient_accumulation_steps` then makes an update of several batches; "
            "`use_gpu` sets mixed precision, which needs about half the memory for "
            f"activations.{said}"
        )


def _shortened(error, characters=400):
    """The words of an error, of which some backends make pages."""
    words = " ".join(str(error).split())
    return words if len(words) <= characters else f"{words[:characters]} ..."
