"""Sandboxes: one protocol, several walls. ``open_sandbox("docker", settings)`` gives a context manager."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from swebench_lite.errors import UsageError, unknown
from swebench_lite.sandbox.protocol import Capability, Finished, Job, Sandbox, identity
from swebench_lite.settings import Settings

if TYPE_CHECKING:
    from swebench_lite.sandbox.docker import DockerSandbox
    from swebench_lite.sandbox.local import LocalSandbox

__all__ = ["SANDBOXES", "Capability", "Finished", "Job", "Sandbox", "identity", "open_sandbox"]


def _docker(settings: Settings) -> DockerSandbox:
    from swebench_lite.sandbox.docker import DockerSandbox

    return DockerSandbox()


def _local(settings: Settings) -> LocalSandbox:
    from swebench_lite.sandbox.local import LocalSandbox

    return LocalSandbox(settings)


SANDBOXES: dict[str, Callable[[Settings], Sandbox]] = {"docker": _docker, "local": _local}


def open_sandbox(name: str, settings: Settings) -> Sandbox:
    """The sandbox of that name; use it in a ``with`` block.

    Raises UsageError for an unknown name, EngineDown when docker's engine does not answer.
    """
    if name not in SANDBOXES:
        raise UsageError(unknown("sandbox", name, SANDBOXES))
    return SANDBOXES[name](settings)
