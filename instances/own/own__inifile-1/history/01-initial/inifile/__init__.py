"""INI files as Windows programs write them."""

from inifile.errors import ParseError
from inifile.reader import loads

__all__ = ["ParseError", "loads"]
