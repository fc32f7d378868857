"""A trace as text for people."""

from __future__ import annotations

from flowsim.model import Event, Trace

_ENDS = {"succeed": "ok", "fail": "failed", "timeout": "timed out"}


def timeline(trace: Trace) -> str:
    """One line for each attempt, in the order of the starts, then one for each task that never ran."""
    ends = {(e.task, e.attempt): e for e in trace.events if e.kind in _ENDS}
    lines = [_attempt(e, ends[e.task, e.attempt]) for e in trace.events if e.kind == "start"]
    lines += [f"t={e.time} {e.task} {e.kind}" for e in trace.events if e.kind in ("skip", "cancel")]
    return "\n".join(lines)


def _attempt(start: Event, end: Event) -> str:
    return f"t={start.time}..{end.time} {start.task}#{start.attempt} on {start.worker}: {_ENDS[end.kind]}"
