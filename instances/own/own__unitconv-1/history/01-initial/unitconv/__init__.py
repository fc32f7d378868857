from unitconv.convert import convert
from unitconv.registry import UnknownUnit

__all__ = ["UnknownUnit", "convert"]
