"""Weather briefings from the readings of the weather tool."""

from briefing.client import fetch
from briefing.model import (
    BadReport,
    BriefingError,
    Reading,
    ToolFailed,
    ToolUnavailable,
    UnknownPlace,
)

__all__ = [
    "BadReport",
    "BriefingError",
    "Reading",
    "ToolFailed",
    "ToolUnavailable",
    "UnknownPlace",
    "fetch",
]
