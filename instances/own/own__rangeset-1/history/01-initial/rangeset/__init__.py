from rangeset.core import RangeSet

__all__ = ["RangeSet"]
