"""A reading, and what can keep one from coming."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reading:
    """One report of the weather tool: degrees Celsius, metres a second, None where the station could not measure."""

    place: str
    day: str
    celsius: float | None
    wind: float | None
    sky: str
    token: str


class BriefingError(Exception):
    """There is no reading; the message says why."""


class UnknownPlace(BriefingError):
    """The tool does not know the place."""


class ToolUnavailable(BriefingError):
    """The tool could not be started, did not end in time, or was busy every time."""


class ToolFailed(BriefingError):
    """The tool ended with a status that promises nothing."""


class BadReport(BriefingError):
    """The tool claims success, but what it wrote is not the report that was asked for."""
