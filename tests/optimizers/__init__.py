"""The optimizers' tests; all of them run on TensorFlow, on JAX and on torch."""
