"""Data that is made here or ships in a package; nothing is downloaded."""

from dlbook.data.digits import load_digits

__all__ = ["load_digits"]
