"""Helpers for text on terminals."""

from textkit.clip import clip, pad
from textkit.columns import columns
from textkit.width import width

__all__ = ["clip", "columns", "pad", "width"]
