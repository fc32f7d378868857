"""Lazy building blocks for streams of items."""

from streamkit.batches import abatched, batched
from streamkit.windows import awindows, windows

__all__ = ["abatched", "awindows", "batched", "windows"]
