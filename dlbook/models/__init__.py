"""Models that several chapters use; a chapter builds its own otherwise."""

from dlbook.models.mlp import mlp
from dlbook.models.stacked_mlp import StackedMLP
from dlbook.models.stacked_rnn import StackedRNN
from dlbook.models.side_by_side import side_by_side
from dlbook.models.siamese import Siamese
from dlbook.models.autoencoder import Autoencoder

__all__ = ["mlp", "StackedMLP", "StackedRNN", "side_by_side", "Siamese", "Autoencoder"]
