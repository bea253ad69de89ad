"""The cases of attention."""

import keras

from . import Case
from .core import NAN

COUNT = [0, -1, 2.5, "3", True, NAN]
BIRD = {
    "block_size": 1,
    "window": 1,
    "global_blocks": 1,
    "random_blocks": 1,
    "seed": 3,
}
WEIGHTS = {
    "query/kernel": (6, 2, 3),
    "query/bias": (2, 3),
    "key/kernel": (6, 2, 3),
    "key/bias": (2, 3),
    "value/kernel": (6, 2, 3),
    "value/bias": (2, 3),
    "attention_output/kernel": (2, 3, 6),
    "attention_output/bias": (6,),
}


class KerasSelfAttention(keras.layers.MultiHeadAttention):
    """Keras's layer with x for the query and for the value, and our words."""

    def __init__(self, causal=False, big_bird=None, **options):
        super().__init__(**options)
        self.causal, self.big_bird = causal, big_bird

    def build(self, input_shape):
        super().build(input_shape, input_shape)

    def call(self, inputs, attention_mask=None, training=False, mask=None):
        return super().call(
            inputs,
            inputs,
            value_mask=mask,
            attention_mask=attention_mask,
            training=training,
            use_causal_mask=self.causal,
        )

    def get_config(self):
        words = {"causal": self.causal, "big_bird": self.big_bird}
        return super().get_config() | words


CASES = [
    Case(
        "SelfAttention",
        {"num_heads": 2, "key_dim": 3, "bias_initializer": "zeros"},
        shapes=((3, 5, 6),),
        weights=WEIGHTS,
        builtin=KerasSelfAttention,
        mask="both",
        refused={
            "num_heads": [*COUNT, None],
            "key_dim": [*COUNT, None],
            "value_dim": COUNT,
            "dropout": [-0.1, 1.5, NAN, "0.5", None],
            "seed": [-1, 0.5, "7"],
            "kernel_initializer": ["glorot"],
        },
    ),
    Case(
        "SelfAttention",
        {"num_heads": 2, "key_dim": 3, "causal": True, "use_bias": False},
        shapes=((3, 5, 6),),
        weights={name: WEIGHTS[name] for name in WEIGHTS if "kernel" in name},
        builtin=KerasSelfAttention,
        mask="both",
        variant="causal, without bias",
    ),
    Case(
        "SelfAttention",
        {"num_heads": 2, "key_dim": 3, "dropout": 0.5, "seed": 7},
        shapes=((3, 5, 6),),
        weights=WEIGHTS,
        builtin=KerasSelfAttention,
        mask="both",
        trains=True,
        seed=True,
        variant="with dropout",
    ),
    Case(
        "SelfAttention",
        {"num_heads": 2, "key_dim": 3, "big_bird": BIRD},
        shapes=((3, 5, 6),),
        weights=WEIGHTS,
        mask="both",
        refused={"big_bird": [{"window": 2, "bird": 1}, 3, {"length": 3}]},
        variant="big bird",
    ),
]
