"""Dry runs of task graphs on a virtual clock."""

from flowsim.loader import load
from flowsim.model import CycleError, Event, Result, Run, Task, Trace, WorkflowError
from flowsim.scheduler import check, simulate
from flowsim.timeline import timeline

__all__ = [
    "CycleError",
    "Event",
    "Result",
    "Run",
    "Task",
    "Trace",
    "WorkflowError",
    "check",
    "load",
    "simulate",
    "timeline",
]
