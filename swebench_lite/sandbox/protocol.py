"""What a sandbox takes and gives. A backend runs one job; it knows nothing of patches, tests or verdicts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from swebench_lite.records import Environment, Limits

# A sandbox without a network still knows itself: servers that tests start listen on localhost or on the machine's own name.
HOSTNAME = "sandbox"
HOSTS = f"127.0.0.1\tlocalhost {HOSTNAME}\n::1\tlocalhost ip6-localhost ip6-loopback\n".encode()


class Capability(StrEnum):
    """A promise that a sandbox makes; the conformance suite tests each one that is declared."""

    NO_NETWORK = "no network"
    PRIVATE_FILES = "the host's files are out of reach"
    PRIVATE_PROCESSES = "no process outlives the job"
    MEMORY_LIMIT = "memory limit"
    PROCESS_LIMIT = "process limit"
    IMAGES = "runs container images"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One process tree to run: a script with its input files in an environment.

    script: POSIX shell text. ``/@INPUT@`` in it becomes the folder that holds ``files``, ``/@TREE@`` the checkout.
    files: (name, bytes) pairs, readable by the script.
    tree: the host's one-commit checkout, for sandboxes whose environment does not carry one.
    untrusted_script: the script holds text from a dataset row; only a container may run it.
    """

    environment: Environment
    script: str
    files: tuple[tuple[str, bytes], ...] = ()
    limits: Limits = field(default_factory=Limits)
    tree: Path | None = None
    untrusted_script: bool = False
    name: str = "job"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What became of a job. A non-zero exit status is a result, never an error.

    exit_status: None when the job was killed at its time limit. output: stdout and stderr in the order written, capped.
    started: seconds from the call to the running process; seconds: how long the process ran.
    """

    exit_status: int | None
    output: bytes
    timed_out: bool = False
    out_of_memory: bool = False
    truncated: bool = False
    started: float = 0.0
    seconds: float = 0.0


# Called with each piece of output as it arrives; used for timing and live progress, never for grading.
Listener = Callable[[bytes], None]


class Sandbox(Protocol):
    """Runs jobs, each in a place of its own that nothing earlier has touched."""

    name: str
    capabilities: frozenset[Capability]

    def run(self, job: Job, *, scratch: Path, listen: Listener | None = None) -> Finished:
        """Run a job to its end or its limits. Thread-safe.

        scratch: an existing folder for this job's capped output while it runs.
        Raises EngineDown or InfraError when the sandbox itself fails, NoEnvironment when the environment is not there.
        """
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def identity(sandbox: Sandbox) -> str:
    """What evidence names its sandbox by: two of one name of which one has no walls are two, and so is what they show."""
    return sandbox.name if Capability.PRIVATE_FILES in sandbox.capabilities else f"{sandbox.name}, no walls"
