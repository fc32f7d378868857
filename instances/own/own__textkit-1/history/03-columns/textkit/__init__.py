"""Helpers for text on terminals."""

from textkit.clip import clip, pad
from textkit.columns import columns

__all__ = ["clip", "columns", "pad"]
