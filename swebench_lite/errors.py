"""One error tree. Each attempt error knows its Outcome, so one place can turn errors into verdicts.

    SwebenchLiteError
    ├── UsageError              what the user asked for is wrong; exit status 2
    │   └── DatasetError        a dataset, row or predictions file cannot be read
    ├── AttemptError            ends one attempt, never a run; carries the Outcome
    │   ├── NoAnswer            NO_ANSWER
    │   ├── Truncated           TRUNCATED
    │   ├── PatchRefused        PATCH_INVALID
    │   ├── Tampered            TAMPERED
    │   ├── ProviderError       PROVIDER
    │   ├── NoEnvironment       NO_ENVIRONMENT
    │   │   └── RepositoryError a repository or commit is not to be had
    │   └── InfraError          INFRA, on the engine's own evidence only
    │       └── EngineDown      the container engine does not answer
    └── StoreError              an artefact cannot be written (disk full, no permission)

A test checks that every AttemptError subclass names its Outcome. A failing test is never an exception: it is an Execution.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar

from swebench_lite.records import Outcome


class SwebenchLiteError(Exception):
    """Root of everything this project raises on purpose."""


class UsageError(SwebenchLiteError):
    """The user asked for something that is not there or makes no sense."""


class DatasetError(UsageError):
    """A dataset, a row or a predictions file cannot be read; the message says where."""


class StoreError(SwebenchLiteError):
    """An artefact could not be written; the run stops and can be resumed."""


class AttemptError(SwebenchLiteError):
    """Ends one attempt with ``outcome``; never a run. evidence: texts to keep beside the attempt, by file name."""

    outcome: ClassVar[Outcome] = Outcome.CRASHED
    evidence: Mapping[str, str] = MappingProxyType({})


class NoAnswer(AttemptError):
    """A reply holds nothing that can be applied."""

    outcome = Outcome.NO_ANSWER


class Truncated(AttemptError):
    """A reply hit its length limit before there was an answer in it."""

    outcome = Outcome.TRUNCATED


class PatchRefused(AttemptError):
    """A patch that must not or cannot be applied."""

    outcome = Outcome.PATCH_INVALID


class Tampered(AttemptError):
    """A patch reached for something that decides its own verdict."""

    outcome = Outcome.TAMPERED


class ProviderError(AttemptError):
    """The model's provider failed."""

    outcome = Outcome.PROVIDER


class NoEnvironment(AttemptError):
    """No environment could be made for an instance."""

    outcome = Outcome.NO_ENVIRONMENT


class RepositoryError(NoEnvironment):
    """A repository, a commit or an object is not to be had."""


class InfraError(AttemptError):
    """The engine failed, on its own evidence."""

    outcome = Outcome.INFRA


class EngineDown(InfraError):
    """The container engine does not answer."""


def unknown(what: str, given: str, known: Iterable[str]) -> str:
    """One sentence for a name that is not known, with the near miss or the choices.

    >>> unknown("sandbox", "dokcer", ["docker", "local"])
    "unknown sandbox 'dokcer'; did you mean 'docker'? choose from docker, local"
    """
    names = sorted(set(known))
    close = difflib.get_close_matches(given, names, n=1, cutoff=0.6)
    hint = f"did you mean '{close[0]}'? " if close else ""
    shown = ", ".join(names[:12]) + (f", … ({len(names)} in all)" if len(names) > 12 else "")
    return (
        f"unknown {what} '{given}'; {hint}choose from {shown}" if names else f"unknown {what} '{given}'; there are none"
    )
