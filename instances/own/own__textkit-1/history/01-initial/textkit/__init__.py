"""Helpers for text on terminals."""

from textkit.clip import clip, pad

__all__ = ["clip", "pad"]
